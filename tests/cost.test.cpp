// Includes nothing else: cost.hpp has to bring every cost model, and what they need.
#include <ballast/cost.hpp>

#include "support/catch.hpp"
#include "support/family.hpp"

#include <string>

using namespace ballast;

TEST_CASE("cost: the family's header brings every member") {
    STATIC_REQUIRE(cost_model<cost::zero>);
    STATIC_REQUIRE(cost_model<cost::proportional>);
    STATIC_REQUIRE(cost_model<cost::half_spread>);
    STATIC_REQUIRE(cost_model<cost::per_unit>);
    STATIC_REQUIRE(cost_model<cost::fixed>);
    STATIC_REQUIRE(cost_model<cost::minimum<cost::proportional>>);
    STATIC_REQUIRE(cost_model<cost::maximum<cost::proportional>>);
    STATIC_REQUIRE(cost_model<cost::tiered>);
    STATIC_REQUIRE(cost_model<cost::maker_taker>);
    STATIC_REQUIRE(cost_model<cost::linear_impact>);
    STATIC_REQUIRE(cost_model<cost::square_root_impact>);
    STATIC_REQUIRE(cost_model<cost::power_impact>);
    STATIC_REQUIRE(cost_model<cost::almgren>);
    STATIC_REQUIRE(cost_model<cost::volume_share>);
    STATIC_REQUIRE(cost_model<cost::holding>);
    STATIC_REQUIRE(cost_model<cost::latency>);
    STATIC_REQUIRE(cost_model<cost::gas>);
    STATIC_REQUIRE(cost_model<cost::sandwich>);
    STATIC_REQUIRE(cost_model<cost::rounded<cost::proportional>>);
    STATIC_REQUIRE(cost_model<cost::rebate<cost::proportional>>);
    STATIC_REQUIRE(cost_model<cost::sum<cost::fixed, cost::proportional>>);
}

TEST_CASE("cost: members are named after their classes, no two the same") {
    CHECK(std::string{cost::zero::name} == "zero");
    CHECK(std::string{cost::proportional::name} == "proportional");
    CHECK(std::string{cost::half_spread::name} == "half_spread");
    CHECK(std::string{cost::per_unit::name} == "per_unit");
    CHECK(std::string{cost::fixed::name} == "fixed");
    CHECK(std::string{cost::minimum<cost::proportional>::name} == "minimum");
    CHECK(std::string{cost::maximum<cost::proportional>::name} == "maximum");
    CHECK(std::string{cost::tiered::name} == "tiered");
    CHECK(std::string{cost::maker_taker::name} == "maker_taker");
    CHECK(std::string{cost::linear_impact::name} == "linear_impact");
    CHECK(std::string{cost::square_root_impact::name} == "square_root_impact");
    CHECK(std::string{cost::power_impact::name} == "power_impact");
    CHECK(std::string{cost::almgren::name} == "almgren");
    CHECK(std::string{cost::volume_share::name} == "volume_share");
    CHECK(std::string{cost::holding::name} == "holding");
    CHECK(std::string{cost::latency::name} == "latency");
    CHECK(std::string{cost::gas::name} == "gas");
    CHECK(std::string{cost::sandwich::name} == "sandwich");
    CHECK(std::string{cost::rounded<cost::proportional>::name} == "rounded");
    CHECK(std::string{cost::rebate<cost::proportional>::name} == "rebate");
    CHECK(std::string{cost::sum<cost::fixed, cost::proportional>::name} == "sum");
    CHECK(test::names_differ<cost::zero, cost::proportional, cost::half_spread, cost::per_unit, cost::fixed, cost::tiered,
                             cost::maker_taker, cost::linear_impact, cost::square_root_impact, cost::power_impact, cost::almgren,
                             cost::volume_share, cost::holding, cost::latency, cost::gas, cost::sandwich, cost::minimum<cost::proportional>,
                             cost::maximum<cost::proportional>, cost::rounded<cost::proportional>, cost::rebate<cost::proportional>,
                             cost::sum<cost::fixed, cost::proportional>>());
}

TEST_CASE("cost: shapes") {
    STATIC_REQUIRE(cost::sum<cost::zero, cost::half_spread>::shape == cost_shape::convex);
    STATIC_REQUIRE(cost::sum<cost::fixed, cost::half_spread>::shape == cost_shape::fixed_plus_convex);
    STATIC_REQUIRE(cost::sum<cost::fixed, cost::maximum<cost::per_unit>>::shape == cost_shape::general);
}
