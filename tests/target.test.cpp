// Includes nothing else: target.hpp has to bring every target policy, and what they need.
#include <ballast/target.hpp>

#include "support/catch.hpp"
#include "support/family.hpp"

#include <string>

using namespace ballast;

TEST_CASE("target: the family's header brings every member") {
    STATIC_REQUIRE(target_policy<target::fixed>);
    STATIC_REQUIRE(target_policy<target::equal>);
}

TEST_CASE("target: members are named after their classes, no two the same") {
    CHECK(std::string{target::fixed::name} == "fixed");
    CHECK(std::string{target::equal::name} == "equal");
    CHECK(test::names_differ<target::fixed, target::equal>());
}
