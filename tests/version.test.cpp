#include <ballast/version.hpp>

#include "support/catch.hpp"

#include <string>
#include <type_traits>

#define BALLAST_TEST_TEXT(x) #x
#define BALLAST_TEST_EXPANDED_TEXT(x) BALLAST_TEST_TEXT(x)

// Only the inline namespace of the major version makes both names the same entity.
#define BALLAST_TEST_PASTED(a, b) a##b
#define BALLAST_TEST_NAMESPACE(major) BALLAST_TEST_PASTED(v, major)
static_assert(std::is_same_v<ballast::version_info, ballast::BALLAST_TEST_NAMESPACE(BALLAST_VERSION_MAJOR)::version_info>);

static_assert(std::is_aggregate_v<ballast::version_info>);
static_assert(std::is_trivially_copyable_v<ballast::version_info>);

TEST_CASE("version: the constant says what the macros say") {
    STATIC_REQUIRE(ballast::version.major_number == BALLAST_VERSION_MAJOR);
    STATIC_REQUIRE(ballast::version.minor_number == BALLAST_VERSION_MINOR);
    STATIC_REQUIRE(ballast::version.patch_number == BALLAST_VERSION_PATCH);
}

TEST_CASE("version: the build read the same numbers") {
    const char* const built = BALLAST_TEST_BUILD_VERSION;
    const char* const stands = BALLAST_TEST_EXPANDED_TEXT(BALLAST_VERSION_MAJOR) "." BALLAST_TEST_EXPANDED_TEXT(
        BALLAST_VERSION_MINOR) "." BALLAST_TEST_EXPANDED_TEXT(BALLAST_VERSION_PATCH);
    REQUIRE(std::string{built} == stands);
}
