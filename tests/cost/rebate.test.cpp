#include <ballast/cost/rebate.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"
#include "support/random_run.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/half_spread.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

// −(the other cost).

using namespace ballast;

static_assert(cost_model<cost::rebate<cost::proportional>>);
static_assert(cost::rebate<cost::proportional>::shape == cost_shape::general);
static_assert(!linear_bound_cost<cost::rebate<cost::proportional>::view> && !responsive_cost<cost::rebate<cost::proportional>::view>);

TEST_CASE("rebate: vectorbt's order with negative fees") {
    // A rate of -10 % and -1 per order: 10 at 10, bought 10 % higher, pay 110, give back 12, and leave 2 of 100 in cash.
    // tests/test_portfolio.py::test_execute_order_nb of vectorbt.
    const cost::rebate fee{cost::sum{cost::proportional{.rate = 0.1}, cost::fixed{.amount = 1.0}}};
    REQUIRE_FALSE(fee.validate());
    const ballast_test::price_look filled_at{{11.0}};
    CHECK(fee.bind(filled_at.look).cost(0, 10.0 * 11.0) == Approx(-12.0).margin(1e-9));
    CHECK(100.0 - 110.0 - fee.bind(filled_at.look).cost(0, 110.0) == Approx(2.0).margin(1e-9));
    // The same seen from the price before: the slippage is a cost, and the rate is of what it fills at.
    const cost::sum all{cost::proportional{.rate = 0.1},
                        cost::rebate{cost::sum{cost::proportional{.rate = 0.11}, cost::fixed{.amount = 1.0}}}};
    const ballast_test::price_look before{{10.0}};
    CHECK(100.0 - 100.0 - all.bind(before.look).cost(0, 100.0) == Approx(2.0).margin(1e-9));
}

TEST_CASE("rebate: a rebalancer prices it") {
    const rebalancer r{trigger::band{.absolute = 0.01},
                       cost::rebate{cost::sum{cost::proportional{.rate = 0.1}, cost::fixed{.amount = 1.0}}}, solver::to_target{}};
    ballast_test::runner run{r, {1, 2}};
    const std::vector<double> price{11.0};
    const std::vector<double> target{1.0};
    const std::vector<double> quantity{0.0};
    decision d;
    const inputs in{.market = {.price = price}, .account = {.cash = 100.0, .quantity = quantity}, .target = target};
    run.propose(in, d);
    REQUIRE(d.orders.size() == 1);
    // All of the wealth that is left: x = 100 + 1 + x/10.
    CHECK(d.orders[0].notional == Approx(101.0 / 0.9));
    CHECK(d.cost == Approx(-1.0 - 0.1 * d.orders[0].notional));
    CHECK(d.cash_after == Approx(0.0).margin(1e-9));
}

TEST_CASE("rebate: slopes are those of the other cost, turned") {
    const ballast_test::price_look l{{1.0}};
    const cost::sum inner{cost::fixed{.amount = 2.0}, cost::proportional{.rate = 0.01, .sell = 0.002}};
    const cost::rebate fee{inner};
    const auto v = fee.bind(l.look);
    ballast_test::check_slopes(v, 1, ballast_test::many_points(1));
    for (const double x : ballast_test::many_points(2)) CHECK(v.cost(0, x) == -inner.bind(l.look).cost(0, x));
    CHECK(v.jump(0) == -2.0);
    CHECK_FALSE(std::signbit(v.cost(0, 0.0)));
    // Beside what it is paid back of.
    const cost::sum net{cost::half_spread{.spread = 10_bps}, cost::rebate{cost::proportional{.rate = 2_bps}}};
    CHECK(net.bind(l.look).cost(0, 1e4) == Approx(3.0));
    CHECK(net.bind(l.look).cost(0, -1e4) == Approx(3.0));
    auto points = ballast_test::many_points(3);
    points.erase(
        points.begin());  // 0, where the kinks of both lie: their intervals add up to more than what is between the slopes of the sum
    ballast_test::check_slopes(net.bind(l.look), 1, points);
    CHECK(net.bind(l.look).marginal(0, 0.0).low == Approx(-7_bps));
    CHECK(net.bind(l.look).marginal(0, 0.0).high == Approx(7_bps));
    // Within limits: a rebate stays in a fee with a maximum, and a minimum takes it.
    const cost::maximum most{fee, 5.0};
    const cost::minimum least{fee, 5.0};
    CHECK(most.bind(l.look).cost(0, 1e3) == Approx(-12.0));
    CHECK(least.bind(l.look).cost(0, 1e3) == 5.0);
    CHECK(any_cost{fee}.runtime_shape() == cost_shape::general);
    CHECK(any_cost{fee}.bind(l.look).cost(0, -100.0) == v.cost(0, -100.0));
}

TEST_CASE("rebate: the inner model's lists and faults are its own") {
    const cost::rebate fee{cost::proportional{.rate = {0.1, 0.2}}};
    CHECK(fee.covers(2));
    CHECK_FALSE(fee.covers(3));
    const cost::rebate of_bad{cost::proportional{.rate = -0.1}};
    REQUIRE(of_bad.validate());
    CHECK(std::string{of_bad.validate().parameter} == "proportional.rate");
}

// A fixed rebate may exceed what a small order moves: buying then brings in cash, and as buys stand in row order, those before it may find the cash too low.
// Lists with such orders are left out.
TEST_CASE("rebate: lists of books with rebates on both sides are accepted by the referee") {
    std::size_t traded = 0;
    for (std::uint64_t seed = 0; seed < ballast_test::books_of(6'000); ++seed) {
        auto call = ballast_test::make_random_call<ballast_test::rebate_cost, solver::to_target>(seed, {});
        call.propose();
        const auto earns = [](const order& o) { return std::fabs(o.notional) + o.cost < 0.0; };
        if (call.answer.orders.empty() || std::any_of(call.answer.orders.begin(), call.answer.orders.end(), earns)) continue;
        ++traded;
        CAPTURE(seed);
        CHECK(call.complaint() == "");
    }
    CHECK(traded > ballast_test::books_of(3'000));
}
