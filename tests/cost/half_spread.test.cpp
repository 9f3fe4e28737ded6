#include <ballast/cost/half_spread.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <limits>
#include <string>

// spread/2·|x|: buying at the ask, selling at the bid, reckoned from the mid.

using namespace ballast;

static_assert(cost_model<cost::half_spread> && cost::half_spread::shape == cost_shape::convex);
static_assert(linear_bound_cost<cost::half_spread::view> && responsive_cost<cost::half_spread::view>);

TEST_CASE("half_spread: the cost is the difference to the mid") {
    const double bid = 99.0;
    const double ask = 101.5;
    const double mid = 0.5 * (bid + ask);
    const ballast_test::price_look l{{mid}};
    const cost::half_spread s{.spread = (ask - bid) / mid};
    const double units = 30.0;
    CHECK(s.bind(l.look).cost(0, units * mid) == Approx(units * (ask - mid)));
    CHECK(s.bind(l.look).cost(0, -units * mid) == Approx(units * (mid - bid)));
}

TEST_CASE("half_spread: slopes, convexity and responses, per asset") {
    const ballast_test::price_look l{{1.0, 1.0, 1.0}};
    const cost::half_spread s{.spread = {0.0, 0.01, 1.9}};
    REQUIRE_FALSE(s.validate());
    const auto v = s.bind(l.look);
    ballast_test::check_slopes(v, 3, ballast_test::many_points(5));
    ballast_test::check_shape<cost_shape::convex>(v, 3, ballast_test::many_points(6));
    const cost::half_spread narrow{.spread = 0.02};
    ballast_test::check_respond(narrow.bind(l.look), 3, 7);
    CHECK(v.cost(1, 100.0) == Approx(0.5));
    CHECK(v.cost(2, -100.0) == Approx(95.0));
    CHECK(v.jump(1) == 0.0);
    CHECK(s.covers(3));
    CHECK_FALSE(s.covers(4));
}

TEST_CASE("half_spread: a spread that no quote can have is refused, and named") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double bad : {-0.01, 2.0, nan, std::numeric_limits<double>::infinity()}) {
        const cost::half_spread s{.spread = bad};
        REQUIRE(s.validate());
        CHECK(std::string{s.validate().parameter} == "half_spread.spread");
    }
    for (const double good : {0.0, 0.5, 1.99}) {
        const cost::half_spread s{.spread = good};
        CHECK_FALSE(s.validate());
    }
    CHECK(cost::half_spread{.spread = {0.1, 3.0}}.validate().value == 3.0);
}
