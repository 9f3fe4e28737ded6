#include <ballast/cost/per_unit.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

// amount·|quantity|, the quantity being x / price.

using namespace ballast;

static_assert(cost_model<cost::per_unit> && cost::per_unit::shape == cost_shape::convex);
static_assert(linear_bound_cost<cost::per_unit::view> && responsive_cost<cost::per_unit::view>);

TEST_CASE("per_unit: half a cent a share, whatever a share costs") {
    std::mt19937_64 random{2};
    std::uniform_real_distribution<double> price{0.01, 5000.0};
    std::uniform_real_distribution<double> shares{-1e5, 1e5};
    const cost::per_unit fee{.amount = 0.005};
    for (int trial = 0; trial < 1'000; ++trial) {
        const ballast_test::price_look l{{price(random), price(random)}};
        const double q = shares(random);
        for (std::size_t i = 0; i < 2; ++i) CHECK(fee.bind(l.look).cost(i, q * l.price[i]) == Approx(0.005 * std::fabs(q)).epsilon(1e-14));
    }
}

TEST_CASE("per_unit: slopes, convexity and responses, per asset") {
    const ballast_test::price_look l{{1.0, 250.0, 0.04}};
    const cost::per_unit fee{.amount = {0.005, 2.5, 0.0}};
    REQUIRE_FALSE(fee.validate());
    const auto v = fee.bind(l.look);
    ballast_test::check_slopes(v, 3, ballast_test::many_points(5));
    ballast_test::check_shape<cost_shape::convex>(v, 3, ballast_test::many_points(6));
    ballast_test::check_respond(v, 3, 7);
    CHECK(v.marginal(1, 1.0).high == Approx(0.01));
    CHECK(v.cost(2, 1e6) == 0.0);
    CHECK(v.jump(1) == 0.0);
    CHECK(fee.covers(3));
    CHECK_FALSE(fee.covers(2));
}

TEST_CASE("per_unit: another amount for sales, and rebates") {
    const ballast_test::price_look l{{20.0, 250.0, 0.04}};
    // A levy on sales alone, and a venue that takes from takers less than it gives to makers who sell.
    const cost::per_unit levy{.sell = 0.000166};
    const cost::per_unit maker{.amount = 0.003, .sell = -0.002};
    const cost::per_unit each{.amount = {0.003, -0.01, 0.0}, .sell = {-0.003, 0.02, 0.001}};
    CHECK(levy.bind(l.look).cost(0, 1'000 * 20.0) == 0.0);
    CHECK(levy.bind(l.look).cost(0, -1'000 * 20.0) == Approx(0.166));
    CHECK(maker.bind(l.look).cost(1, 100 * 250.0) == Approx(0.3));
    CHECK(maker.bind(l.look).cost(1, -100 * 250.0) == Approx(-0.2));
    CHECK(each.bind(l.look).cost(1, 100 * 250.0) == Approx(-1.0));
    std::uint64_t seed = 8;
    for (const cost::per_unit& fee : {levy, maker, each}) {
        REQUIRE_FALSE(fee.validate());
        const auto v = fee.bind(l.look);
        ballast_test::check_slopes(v, 3, ballast_test::many_points(seed));
        ballast_test::check_shape<cost_shape::convex>(v, 3, ballast_test::many_points(seed + 1));
        ballast_test::check_respond(v, 3, seed += 2);
    }
    CHECK(each.covers(3));
    CHECK_FALSE(each.covers(2));
    CHECK_FALSE(cost::per_unit{.amount = 0.1, .sell = {0.1, 0.2}}.covers(3));
}

TEST_CASE("per_unit: an amount that is none is refused, and named") {
    for (const double bad : {-0.01, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        const cost::per_unit fee{.amount = bad};
        REQUIRE(fee.validate());
        CHECK(std::string{fee.validate().parameter} == "per_unit.amount");
    }
    CHECK_FALSE(cost::per_unit{}.validate());
    CHECK(cost::per_unit{.amount = {0.1, -3.0}}.validate().value == -3.0);
    const auto parameter = [](const cost::per_unit& fee) {
        const configuration_fault f = fee.validate();
        return f ? std::string{f.parameter} : std::string{};
    };
    CHECK(parameter({.amount = 0.1, .sell = -0.1}) == "");
    CHECK(parameter({.amount = 0.1, .sell = -0.2}) == "per_unit.sell");  // back and forth would earn money
    CHECK(parameter({.amount = -0.2, .sell = 0.1}) == "per_unit.sell");
    CHECK(parameter({.amount = {0.1, 0.2}, .sell = {-0.1, -0.3}}) == "per_unit.sell");
    CHECK(parameter({.amount = 0.1, .sell = std::numeric_limits<double>::quiet_NaN()}) == "per_unit.sell");
    CHECK(parameter({.amount = 0.1, .sell = std::numeric_limits<double>::infinity()}) == "per_unit.sell");
}
