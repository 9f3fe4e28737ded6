// Includes nothing else: sizing.hpp has to bring every sizing, and what they need.
#include <ballast/sizing.hpp>

#include "support/catch.hpp"
#include "support/family.hpp"

#include <string>

using namespace ballast;

TEST_CASE("sizing: the family's header brings every member") { STATIC_REQUIRE(sizing_policy<sizing::reconciled>); }

TEST_CASE("sizing: members are named after their classes, no two the same") {
    CHECK(std::string{sizing::reconciled::name} == "reconciled");
    CHECK(test::names_differ<sizing::reconciled>());
}
