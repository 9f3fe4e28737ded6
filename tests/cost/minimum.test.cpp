#include <ballast/cost/minimum.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/per_unit.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

// max(inner cost, amount) for x ≠ 0.

using namespace ballast;

static_assert(cost_model<cost::minimum<cost::proportional>>);
static_assert(cost::minimum<cost::proportional>::shape == cost_shape::fixed_plus_convex);
static_assert(cost::minimum<cost::fixed>::shape == cost_shape::fixed_plus_convex);
static_assert(cost::minimum<cost::maximum<cost::proportional>>::shape == cost_shape::general);
static_assert(!linear_bound_cost<cost::minimum<cost::proportional>::view>);
static_assert(!responsive_cost<cost::minimum<cost::proportional>::view>);

TEST_CASE("minimum: a commission of 18 bps and at least 5") {
    const ballast_test::price_look l{{10.0}};
    const cost::minimum fee{cost::proportional{.rate = 18_bps}, 5.0};
    REQUIRE_FALSE(fee.validate());
    const auto v = fee.bind(l.look);
    CHECK(v.cost(0, 0.0) == 0.0);
    CHECK(v.cost(0, 1e-300) == 5.0);
    CHECK(v.cost(0, -1000.0) == 5.0);
    CHECK(v.cost(0, 10'000.0) == Approx(18.0));
    CHECK(v.cost(0, -21'000.0) == Approx(37.8));
    CHECK(v.jump(0) == 5.0);
    const double from = 5.0 / 0.0018;  // where the minimum stops to bind
    const auto points = ballast_test::many_points(1, {from, -from});
    ballast_test::check_slopes(v, 1, points);
    ballast_test::check_shape<cost_shape::fixed_plus_convex>(v, 1, points);
}

TEST_CASE("minimum: the fees of zipline's PerContract, exchange fee included") {
    // An order of 230, 400 and then 500 contracts at 0.01 each and 0.3 for the exchange, with four minimums:
    // tests/finance/test_commissions.py::test_per_contract_* of zipline.
    const ballast_test::price_look l{{57.0}};
    const double contracts[] = {230.0, 400.0, 500.0};
    const double minimums[] = {0.0, 3.0, 5.0, 7.0};
    const double expected[4][3] = {{2.6, 4.3, 5.3}, {3.0, 4.3, 5.3}, {5.0, 5.0, 5.3}, {7.0, 7.0, 7.0}};
    for (int k = 0; k < 4; ++k) {
        const cost::minimum fee{cost::sum{cost::fixed{.amount = 0.3}, cost::per_unit{.amount = 0.01}}, minimums[k]};
        const auto v = fee.bind(l.look);
        for (int j = 0; j < 3; ++j) {
            CHECK(v.cost(0, contracts[j] * 57.0) == Approx(expected[k][j]).margin(1e-7));
            CHECK(v.cost(0, -contracts[j] * 57.0) == Approx(expected[k][j]).margin(1e-7));
        }
        CHECK(v.jump(0) == std::max(0.3, minimums[k]));
    }
}

TEST_CASE("minimum: a jump and a convex rest stay one, whichever of jump and minimum is larger") {
    const ballast_test::price_look l{{1.0}};
    for (const double jump : {0.0, 1.0, 3.0})
        for (const double amount : {0.0, 1.0, 3.0, 10.0})
            for (const double sell : {0.02, -0.005}) {
                CAPTURE(jump, amount, sell);
                const cost::minimum fee{cost::sum{cost::fixed{.amount = jump}, cost::proportional{.rate = 0.01, .sell = sell}}, amount};
                REQUIRE_FALSE(fee.validate());
                const auto v = fee.bind(l.look);
                std::vector<double> kinks;
                if (amount > jump) kinks = {(amount - jump) / 0.01, (jump - amount) / sell};
                if (amount < jump && sell < 0.0) kinks = {(jump - amount) / sell};
                const auto points = ballast_test::many_points(3, kinks);
                ballast_test::check_slopes(v, 1, points);
                ballast_test::check_shape<cost_shape::fixed_plus_convex>(v, 1, points);
                for (const double x : points)
                    if (x != 0.0) CHECK(v.cost(0, x) == std::max(amount, jump + (x > 0.0 ? 0.01 * x : -sell * x)));
            }
}

TEST_CASE("minimum: of nothing is a fixed fee, a minimum of 0 takes nothing but rebates") {
    const ballast_test::price_look l{{1.0}};
    const cost::minimum at_least{cost::zero{}, 2.0};
    CHECK(at_least.bind(l.look).cost(0, 3.0) == 2.0);
    CHECK(at_least.bind(l.look).cost(0, 0.0) == 0.0);
    const cost::minimum no_rebate{cost::proportional{.rate = 0.01, .sell = -0.005}, 0.0};
    const auto v = no_rebate.bind(l.look);
    CHECK(v.cost(0, 100.0) == 1.0);
    CHECK(v.cost(0, -100.0) == 0.0);
    CHECK(v.marginal(0, 0.0).low == 0.0);
    CHECK(v.marginal(0, 0.0).high == 0.01);
    CHECK(v.jump(0) == 0.0);
}

TEST_CASE("minimum: of a fee with a maximum") {
    const ballast_test::price_look l{{1.0}};
    const cost::minimum fee{cost::maximum{cost::proportional{.rate = 0.01}, 20.0}, 5.0};
    const auto v = fee.bind(l.look);
    CHECK(v.cost(0, 100.0) == 5.0);
    CHECK(v.cost(0, 1000.0) == 10.0);
    CHECK(v.cost(0, -5000.0) == 20.0);
    ballast_test::check_slopes(v, 1, ballast_test::many_points(4, {500.0, -500.0, 2000.0, -2000.0}));
    ballast_test::check_shape<cost_shape::general>(v, 1, {});
}

TEST_CASE("minimum: the inner model's lists and faults are its own") {
    const cost::minimum fee{cost::proportional{.rate = {0.1, 0.2}}, 5.0};
    CHECK(fee.covers(2));
    CHECK_FALSE(fee.covers(3));
    for (const double bad : {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        const cost::minimum no_amount{cost::zero{}, bad};
        REQUIRE(no_amount.validate());
        CHECK(std::string{no_amount.validate().parameter} == "minimum.amount");
    }
    const cost::minimum of_bad{cost::proportional{.rate = -0.1}, 5.0};
    REQUIRE(of_bad.validate());
    CHECK(std::string{of_bad.validate().parameter} == "proportional.rate");
}
