#include <ballast/cost/zero.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <type_traits>

using namespace ballast;

static_assert(cost_model<cost::zero> && std::is_empty_v<cost::zero> && std::is_empty_v<cost::zero::view>);
static_assert(linear_bound_cost<cost::zero::view> && responsive_cost<cost::zero::view>);
static_assert(cost::zero::shape == cost_shape::convex);

TEST_CASE("zero: costs nothing, on both sides") {
    const ballast_test::price_look l{{1.0, 2.0}};
    const auto v = cost::zero{}.bind(l.look);
    for (const double x : ballast_test::many_points(1)) {
        CHECK(v.cost(1, x) == 0.0);
        CHECK(v.marginal(1, x).low == 0.0);
        CHECK(v.marginal(1, x).high == 0.0);
    }
    CHECK(v.linear(0).fixed == 0.0);
    CHECK(v.jump(0) == 0.0);
    ballast_test::check_shape<cost_shape::convex>(v, 2, ballast_test::many_points(2));
}

TEST_CASE("zero: goes where the price takes it") {
    const ballast_test::price_look l{{1.0}};
    const auto v = cost::zero{}.bind(l.look);
    // k·(x − c) = p
    CHECK(v.respond(0, 0.02, 0.001, 5.0, -100.0, 100.0).x == Approx(25.0));
    CHECK(v.respond(0, -0.02, 0.001, 5.0, -100.0, 100.0).x == Approx(-15.0));
    CHECK(v.respond(0, -0.005, 0.001, 5.0, -100.0, 100.0).x == Approx(0.0).margin(1e-12));
    CHECK(v.respond(0, 0.02, 0.0, 5.0, -100.0, 100.0).x == 100.0);
    CHECK(v.respond(0, 0.0, 0.0, 5.0, -100.0, 100.0).x == 0.0);
    ballast_test::check_respond(v, 1, 3);
}

TEST_CASE("zero: a view of no assets is made without looking at any") { CHECK(cost::zero{}.bind(look{}).cost(0, 1.0) == 0.0); }
