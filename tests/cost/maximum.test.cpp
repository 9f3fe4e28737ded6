#include <ballast/cost/maximum.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

// min(inner cost, amount).

using namespace ballast;

static_assert(cost_model<cost::maximum<cost::proportional>>);
static_assert(cost::maximum<cost::proportional>::shape == cost_shape::general);
static_assert(!linear_bound_cost<cost::maximum<cost::proportional>::view>);
static_assert(!responsive_cost<cost::maximum<cost::proportional>::view>);

TEST_CASE("maximum: a fee of 25 bps and at most 100") {
    const ballast_test::price_look l{{10.0}};
    const cost::maximum fee{cost::proportional{.rate = 25_bps}, 100.0};
    REQUIRE_FALSE(fee.validate());
    const auto v = fee.bind(l.look);
    CHECK(v.cost(0, 0.0) == 0.0);
    CHECK(v.cost(0, 1000.0) == Approx(2.5));
    CHECK(v.cost(0, -1000.0) == Approx(2.5));
    CHECK(v.cost(0, 40'000.0) == Approx(100.0));
    CHECK(v.cost(0, 1e9) == 100.0);
    CHECK(v.cost(0, -1e9) == 100.0);
    CHECK(v.jump(0) == 0.0);
    ballast_test::check_slopes(v, 1, ballast_test::many_points(1, {40'000.0, -40'000.0}));
    ballast_test::check_shape<cost_shape::general>(v, 1, {});
    // It is said to be of general shape because it is not convex.
    CHECK(ballast_test::worst_subgradient(v, 0, ballast_test::many_points(2)) > 1e-4);
}

TEST_CASE("maximum: with jumps below, at and above it, with rebates") {
    const ballast_test::price_look l{{1.0}};
    for (const double jump : {0.0, 1.0, 3.0, 5.0})
        for (const double sell : {0.02, -0.005}) {
            CAPTURE(jump, sell);
            const cost::maximum fee{cost::sum{cost::fixed{.amount = jump}, cost::proportional{.rate = 0.01, .sell = sell}}, 3.0};
            const auto v = fee.bind(l.look);
            std::vector<double> kinks;
            if (jump < 3.0) kinks = {(3.0 - jump) / 0.01, (jump - 3.0) / sell};
            if (jump > 3.0 && sell < 0.0) kinks = {(jump - 3.0) / sell};
            const auto points = ballast_test::many_points(3, kinks);
            ballast_test::check_slopes(v, 1, points);
            for (const double x : points)
                if (x != 0.0) CHECK(v.cost(0, x) == std::min(3.0, jump + (x > 0.0 ? 0.01 * x : -sell * x)));
            CHECK(v.jump(0) == std::min(3.0, jump));
        }
}

TEST_CASE("maximum: of a fee with a minimum") {
    const ballast_test::price_look l{{1.0}};
    const cost::maximum fee{cost::minimum{cost::proportional{.rate = 0.01}, 5.0}, 20.0};
    const auto v = fee.bind(l.look);
    CHECK(v.cost(0, 1.0) == 5.0);
    CHECK(v.cost(0, -1000.0) == 10.0);
    CHECK(v.cost(0, 1e6) == 20.0);
    CHECK(v.jump(0) == 5.0);
    ballast_test::check_slopes(v, 1, ballast_test::many_points(4, {500.0, -500.0, 2000.0, -2000.0}));
    // Of another maximum: the smaller.
    const cost::maximum twice{cost::maximum{cost::proportional{.rate = 0.01}, 20.0}, 8.0};
    CHECK(twice.bind(l.look).cost(0, 1e6) == 8.0);
    ballast_test::check_slopes(twice.bind(l.look), 1, ballast_test::many_points(5, {-800.0, 800.0}));
}

TEST_CASE("maximum: the inner model's lists and faults are its own") {
    const cost::maximum fee{cost::proportional{.rate = {0.1, 0.2}}, 5.0};
    CHECK(fee.covers(2));
    CHECK_FALSE(fee.covers(3));
    for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        const cost::maximum no_amount{cost::proportional{}, bad};
        REQUIRE(no_amount.validate());
        CHECK(std::string{no_amount.validate().parameter} == "maximum.amount");
    }
    const cost::maximum of_bad{cost::proportional{.rate = -0.1}, 5.0};
    REQUIRE(of_bad.validate());
    CHECK(std::string{of_bad.validate().parameter} == "proportional.rate");
}
