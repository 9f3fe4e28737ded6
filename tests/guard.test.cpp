// Includes nothing else: guard.hpp has to bring every guard, and what they need.
#include <ballast/guard.hpp>

#include "support/catch.hpp"
#include "support/family.hpp"

#include <string>

using namespace ballast;

TEST_CASE("guard: the family's header brings every member") {
    STATIC_REQUIRE(guard_policy<guard::depth>);
    STATIC_REQUIRE(guard_policy<guard::max_turnover>);
    STATIC_REQUIRE(guard_policy<guard::max_trade>);
    STATIC_REQUIRE(guard_policy<guard::participation>);
    STATIC_REQUIRE(guard_policy<guard::stale_price>);
    STATIC_REQUIRE(guard_policy<guard::worth_it>);
}

TEST_CASE("guard: members are named after their classes, no two the same") {
    CHECK(std::string{guard::depth::name} == "depth");
    CHECK(std::string{guard::max_turnover::name} == "max_turnover");
    CHECK(std::string{guard::max_trade::name} == "max_trade");
    CHECK(std::string{guard::participation::name} == "participation");
    CHECK(std::string{guard::stale_price::name} == "stale_price");
    CHECK(std::string{guard::worth_it::name} == "worth_it");
    CHECK(test::names_differ<guard::depth, guard::max_turnover, guard::max_trade, guard::participation, guard::stale_price,
                             guard::worth_it>());
}
