// Includes nothing else: solver.hpp has to bring every solver, and what they need.
#include <ballast/solver.hpp>

#include "support/catch.hpp"
#include "support/family.hpp"

#include <string>

using namespace ballast;

TEST_CASE("solver: the family's header brings every member") {
    STATIC_REQUIRE(solver_policy<solver::to_target>);
    STATIC_REQUIRE(solver_policy<solver::to_band>);
    STATIC_REQUIRE(solver_policy<solver::closest>);
    STATIC_REQUIRE(solver_policy<solver::no_trade_region>);
    STATIC_REQUIRE(solver_policy<solver::tracking>);
    STATIC_REQUIRE(solver_policy<solver::trading_rate>);
}

TEST_CASE("solver: members are named after their classes, no two the same") {
    CHECK(std::string{solver::to_target::name} == "to_target");
    CHECK(std::string{solver::to_band::name} == "to_band");
    CHECK(std::string{solver::closest::name} == "closest");
    CHECK(std::string{solver::no_trade_region::name} == "no_trade_region");
    CHECK(std::string{solver::tracking::name} == "tracking");
    CHECK(std::string{solver::trading_rate::name} == "trading_rate");
    CHECK(test::names_differ<solver::to_target, solver::to_band, solver::closest, solver::no_trade_region, solver::tracking,
                             solver::trading_rate>());
}
