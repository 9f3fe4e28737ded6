// What other systems' users ran into, and what their tests expect: cases of portfolio_cases.json and defi_cases.json (the ids stand above each). Where the other system is
// wrong, the test is named after the trap and holds the right answer.
#include "support/catch.hpp"
#include "support/one_call.hpp"

#include <ballast/core/apply.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/closest.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/cash_flow.hpp>
#include <ballast/trigger/every.hpp>

#include <cmath>
#include <utility>
#include <vector>

using namespace ballast;
using namespace ballast::literals;
using test::propose_once;

namespace {

const auto at_once = trigger::every{.interval = {}};
const std::vector<decimal_step> whole{decimal_step{1, 0}};
const mandate shorts{.leverage = 2.0, .allow_short = true};

template <class Cost>
decision answer(const Cost& cost, const std::vector<double>& price, const std::vector<double>& quantity, double cash,
                const std::vector<double>& target, const std::vector<decimal_step>& step = whole, const mandate& rules = {}) {
    return propose_once(
        rebalancer{at_once, cost, solver::to_target{}, rules},
        {.market = {.price = price}, .account = {.cash = cash, .quantity = quantity}, .target = target, .instruments = {.step = step}});
}

double ordered(const decision& d, std::uint32_t asset) {
    double sum = 0.0;
    for (const order& o : d.orders)
        if (o.asset == asset) sum += o.quantity;
    return sum;
}

}  // namespace

// bt-fixed-commission-sequence: shares of 100 at a fee of 1 an order.
TEST_CASE("peers: a buy with its fee costs no more than there is") {
    const cost::fixed fee{.amount = 1.0};
    for (const auto& [cash, shares] : {std::pair{500.0, 4.0}, std::pair{501.0, 5.0}, std::pair{100.0, 0.0}, std::pair{101.0, 1.0}}) {
        const decision d = answer(fee, {100.0}, {0.0}, cash, {1.0});
        CAPTURE(cash);
        CHECK(ordered(d, 0) == shares);
        CHECK(d.cash_after == cash - shares * 100.0 - (shares > 0.0 ? 1.0 : 0.0));
    }
    CHECK(ordered(answer(fee, {100.0}, {5.0}, 0.0, {0.0}), 0) == -5.0);  // all of it
}

// bt-fractional
TEST_CASE("peers: fractional shares reach the target") {
    const decision d = answer(cost::zero{}, {100.0, 100.0}, {0.0, 0.0}, 1000.2, {0.42, 0.58}, {});
    CHECK(d.orders[0].notional == Approx(420.084).epsilon(1e-15));
    CHECK(d.orders[1].notional == Approx(580.116).epsilon(1e-15));
}

// bt-turnover-5days: the peer rounds sales up to a whole share as well, and so sells one share more than it has to.
TEST_CASE("peers: whole shares every day, rounded toward no trade on both sides") {
    const std::vector<double> a{100.0, 105.0, 110.0, 115.0, 100.0}, b{100.0, 95.0, 90.0, 85.0, 100.0};
    const double turnover[] = {0.0, 0.024985, 0.025032832409347464, 0.025351275372686922, 0.07495432317034133};
    holdings h{.cash = 1'000'000.0, .quantity = {0.0, 0.0}};
    for (std::size_t day = 0; day < 5; ++day) {
        const double value = h.cash + h.quantity[0] * a[day] + h.quantity[1] * b[day];
        const decision d = answer(cost::zero{}, {a[day], b[day]}, h.quantity, h.cash, {0.5, 0.5});
        double bought = 0.0, sold = 0.0;
        for (const order& o : d.orders) (o.buy() ? bought : sold) += std::fabs(o.notional);
        CAPTURE(day, value, bought, sold);
        if (day > 0) CHECK(std::fabs(std::fmin(bought, sold) / value - turnover[day]) <= 230.0 / value);  // two shares
        REQUIRE_FALSE(apply(h, d));
        CHECK(h.cash >= 0.0);
        CHECK(std::fabs(h.quantity[0] * a[day] - 0.5 * value) < a[day] + b[day]);  // one share cut off, and one for the cash
        CHECK(std::fabs(h.quantity[1] * b[day] - 0.5 * value) < a[day] + b[day]);  // one share cut off, and one for the cash
    }
}

// zipline-round-order: 3.9999 shares become 4 there.
TEST_CASE("peers: 3.9999 shares are three, not four that nobody asked for") {
    for (const auto& [wanted, shares] : {std::pair{3.9999, 3.0}, std::pair{5.5, 5.0}, std::pair{-5.5, -5.0}}) {
        const double held = wanted < 0.0 ? 10.0 : 0.0;
        const double cash = 1000.0 - held * 100.0;
        const decision d = answer(cost::zero{}, {100.0}, {held}, cash, {(held + wanted) / 10.0});
        CAPTURE(wanted);
        CHECK(ordered(d, 0) == shares);
    }
}

// lean-size-zero_to_short, lean-size-half_long_to_full_short: shares of 25, an account of 100,000, a quarter of a percent held back.
TEST_CASE("peers: shorts are sized for what is left after the fee") {
    const std::pair<double, double> opened[] = {{0.0, -1995.0}, {1.0, -1994.0}, {10'000.0, -1795.0}};
    for (const auto& [fee, shares] : opened)
        CHECK(ordered(answer(cost::fixed{.amount = fee}, {25.0}, {0.0}, 100'000.0, {-0.5 * 0.9975}, whole, shorts), 0) == shares);
    const std::pair<double, double> turned[] = {{0.0, -5990.0}, {1.0, -5989.0}, {10'000.0, -5591.0}};
    for (const auto& [fee, shares] : turned)
        CHECK(ordered(answer(cost::fixed{.amount = fee}, {25.0}, {2000.0}, 50'000.0, {-0.9975}, whole, shorts), 0) == shares);
}

// lean-size-precision: the exact quotient is 1684.99999999999999999999999997, which no double can tell from 1685.
TEST_CASE("peers: a quotient that only sixty digits tell from a whole number") {
    const double target = 0.9974916597687310306770010284;
    const decision d = answer(cost::zero{}, {66.5}, {-190.0}, 112'302.5, {target}, whole, shorts);
    const double shares = ordered(d, 0);
    CHECK((shares == 1684.0 || shares == 1685.0));
    CHECK((shares - 190.0) * 66.5 <= target * 99'667.5 * (1.0 + 1e-15));
}

// lean-set-holdings-liquidate
TEST_CASE("peers: what has no target is sold, and first") {
    const decision d = answer(cost::zero{}, {100.0, 200.0, 300.0}, {3.0, 3.0, 3.0}, 100'000.0, {0.5 * 0.9975, 0.5 * 0.9975, 0.0});
    REQUIRE(d.orders.size() == 3);
    CHECK(d.orders[0].asset == 2);
    CHECK(ordered(d, 0) == 504.0);
    CHECK(ordered(d, 1) == 250.0);
    CHECK(ordered(d, 2) == -3.0);
}

// lumibot-drift-with-cash, lumibot-short-drift: their drift is target less weight.
TEST_CASE("peers: cash counts in the value and has no drift of its own") {
    const decision d = answer(cost::zero{}, {1.0, 1.0, 1.0}, {1500.0, 1000.0, 800.0}, 1000.0, {0.5, 0.3, 0.2}, {});
    const double drift[] = {0.1511627906976744, 0.06744186046511629, 0.013953488372093023};
    for (std::size_t i = 0; i < 3; ++i) CHECK(-d.drift()[i] == Approx(drift[i]).epsilon(1e-12));
    CHECK(d.orders[0].notional == Approx(650.0).epsilon(1e-12));
    const decision s = answer(cost::zero{}, {110.0}, {-5.0}, 1500.0, {-0.5}, {}, shorts);
    CHECK(s.weight_before()[0] == Approx(-0.5789473684210527).epsilon(1e-14));
    CHECK(-s.drift()[0] == Approx(0.07894736842105263).epsilon(1e-13));
    CHECK(s.weight_after()[0] * s.value == Approx(-475.0).epsilon(1e-14));
}

// vibe-scale-basket-for-fee: all of 100,000 in two assets at 10 bps.
TEST_CASE("peers: a fee makes the whole basket smaller by one factor, in any order of the assets") {
    for (const bool turned : {false, true}) {
        const std::vector<double> target = turned ? std::vector{0.4, 0.6} : std::vector{0.6, 0.4};
        const decision d = answer(cost::proportional{.rate = 10_bps}, {1.0, 1.0}, {0.0, 0.0}, 100'000.0, target, {});
        const std::size_t spy = turned ? 1 : 0;
        CHECK(d.orders[spy].notional == Approx(59940.059940059946).epsilon(1e-14));
        CHECK(d.orders[1 - spy].notional == Approx(39960.03996003997).epsilon(1e-14));
        CHECK(d.cost == Approx(99.90009990009992).epsilon(1e-12));
        CHECK(std::fabs(d.cash_after) < 1e-9);
    }
}

// bt-relative-drift-gate: a drift of half the target is not beyond half of it.
TEST_CASE("peers: a relative band is strict") {
    const double first[] = {0.5, 0.25, 0.24, 0.75, 0.76};
    const bool fires[] = {false, false, true, false, true};
    const rebalancer r{trigger::band{.relative = 0.5}, cost::zero{}, solver::to_target{}};
    const std::vector<double> price{1.0, 1.0}, target{0.5, 0.5};
    for (std::size_t k = 0; k < 5; ++k) {
        const std::vector<double> weight{first[k], 1.0 - first[k]};
        CAPTURE(k);
        CHECK(propose_once(r, {.market = {.price = price}, .account = {.weight = weight, .value = 100.0}, .target = target}).firing.fired ==
              fires[k]);
    }
}

// kraken-fiat-correction: a deposit of which 5 % stay in cash; both assets lack some.
TEST_CASE("peers: a deposit is spent on what there is too little of") {
    const std::vector<double> price{1.0, 1.0}, quantity{480.0, 450.0}, target{0.5, 0.45};
    const inputs in{.market = {.price = price}, .account = {.cash = 170.0, .quantity = quantity}, .target = target};
    for (const drift_measure by : {drift_measure::squared, drift_measure::absolute}) {
        const decision d = propose_once(
            rebalancer{trigger::cash_flow{.share = 0.05}, cost::zero{}, solver::closest{.distance = by, .sides = solver::sides::buys_only}},
            in);
        REQUIRE(d.orders.size() == 2);
        CHECK(ordered(d, 0) == Approx(70.0).epsilon(1e-12));
        CHECK(ordered(d, 1) == Approx(45.0).epsilon(1e-12));
        CHECK(d.cash_after == Approx(55.0).epsilon(1e-12));
    }
}
