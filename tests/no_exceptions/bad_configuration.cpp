// A bad configuration is refused when the rebalancer is built: with exceptions by throwing `invalid_configuration`, without them by ending the program after the
// same message. The program runs itself, as what it looks at is how it ends.
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <stdio.h>
#include <sys/wait.h>

using namespace ballast;

namespace {
void build_a_bad_one() { const rebalancer r{trigger::band{.absolute = -0.05}, cost::zero{}, solver::to_target{}}; }

[[noreturn]] void refused() {
#if defined(__cpp_exceptions)
    try {
        build_a_bad_one();
    } catch (const invalid_configuration& e) {
        std::fprintf(stderr, "%s\n", e.what());
        std::abort();
    }
#else
    build_a_bad_one();
#endif
    std::exit(0);  // it was not
}
}  // namespace

int main(int argc, char** argv) {
    if (argc > 1 && std::strcmp(argv[1], "refused") == 0) refused();
    // The shell tells of a signal as 128 + its number.
    std::string command{"'"};
    command.append(argv[0]).append("' refused 2>&1; echo \"ended with $?\"");
    std::FILE* child = popen(command.c_str(), "r");
    if (child == nullptr) return 2;
    std::string output;
    char part[256];
    while (std::fgets(part, sizeof part, child) != nullptr) output += part;
    if (pclose(child) != 0) return 3;
    const bool says = output.rfind("ballast: band.absolute = -0.05: must be a weight at or above 0\n", 0) == 0;
    const bool aborts = output.find("ended with 134") != std::string::npos;
    if (!says || !aborts) std::fprintf(stderr, "%s", output.c_str());
    return says && aborts ? 0 : 1;
}
