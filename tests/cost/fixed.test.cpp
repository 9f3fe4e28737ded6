#include <ballast/cost/fixed.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <limits>
#include <string>

// amount·[x ≠ 0].

using namespace ballast;

static_assert(cost_model<cost::fixed> && cost::fixed::shape == cost_shape::fixed_plus_convex);
static_assert(linear_bound_cost<cost::fixed::view> && jumping_cost<cost::fixed::view>);
// A response would be wrong: the cost is not convex.
static_assert(!responsive_cost<cost::fixed::view>);

TEST_CASE("fixed: the same for any order at all, nothing for none") {
    const ballast_test::price_look l{{1.0, 2.0}};
    const cost::fixed fee{.amount = {4.95, 0.0}};
    REQUIRE_FALSE(fee.validate());
    const auto v = fee.bind(l.look);
    for (const double x : {1e-300, -1e-300, 1.0, -1.0, 1e12, -1e12}) {
        CHECK(v.cost(0, x) == 4.95);
        CHECK(v.cost(1, x) == 0.0);
        CHECK(v.marginal(0, x).low == 0.0);
        CHECK(v.marginal(0, x).high == 0.0);
    }
    CHECK(v.cost(0, 0.0) == 0.0);
    CHECK(v.jump(0) == 4.95);
    CHECK(v.linear(0).fixed == 4.95);
    ballast_test::check_slopes(v, 2, ballast_test::many_points(1));
    ballast_test::check_shape<cost_shape::fixed_plus_convex>(v, 2, ballast_test::many_points(2));
    CHECK(fee.covers(2));
    CHECK_FALSE(fee.covers(1));
}

TEST_CASE("fixed: an amount that is none is refused, and named") {
    for (const double bad : {-0.01, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        const cost::fixed fee{.amount = bad};
        REQUIRE(fee.validate());
        CHECK(std::string{fee.validate().parameter} == "fixed.amount");
    }
    CHECK_FALSE(cost::fixed{}.validate());
    CHECK(cost::fixed{.amount = {0.1, -3.0}}.validate().value == -3.0);
}
