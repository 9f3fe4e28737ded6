// What a user's first program does: include the umbrella. It prints the version that it was compiled with.
#include <ballast/ballast.hpp>

#include <cstdio>

int main() { std::printf("%d.%d.%d\n", ballast::version.major_number, ballast::version.minor_number, ballast::version.patch_number); }
