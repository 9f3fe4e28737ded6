#include <ballast/rebalancer/detail/charges.hpp>

#include "support/catch.hpp"
#include "support/next_calls.hpp"
#include "support/one_call.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/any/solver.hpp>
#include <ballast/core/apply.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/gas.hpp>
#include <ballast/cost/holding.hpp>
#include <ballast/cost/latency.hpp>
#include <ballast/describe.hpp>
#include <ballast/guard/worth_it.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/no_trade_region.hpp>
#include <ballast/trigger/every.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

// What a list costs once, and what is not paid with it, through whole rebalancers.

namespace ballast_test {

using gas_cost = ballast::cost::sum<ballast::cost::gas, ballast::cost::proportional>;
using unpaid_cost = ballast::cost::sum<ballast::cost::proportional, ballast::cost::holding, ballast::cost::latency>;

/// A batch from next to nothing to more than most lists are worth.
template <>
gas_cost random_cost<gas_cost>(dice& d, const book& b) {
    const double slice = b.value() / static_cast<double>(b.price.size() + 1);
    ballast::cost::gas gas{.base = slice * d.scale(1e-6, 1e-1), .gas_price = 1.0, .coin = 1e9};
    if (d.chance(0.7)) gas.leg = slice * d.scale(1e-6, 1e-2);
    return gas_cost{gas, ballast::cost::proportional{.rate = d.chance(0.7) ? d.scale(1e-5, 5e-3) : 0.0}};
}

/// Dividends that would pay for a good part of what is bought, were they cash.
template <>
unpaid_cost random_cost<unpaid_cost>(dice& d, const book& b) {
    (void)b;
    const double yield = d.between(-0.9, 0.9);
    return unpaid_cost{ballast::cost::proportional{.rate = d.chance(0.7) ? d.scale(1e-5, 5e-3) : 0.0},
                       ballast::cost::holding{.long_rate = yield, .short_rate = d.between(0.0, 0.5) - yield, .horizon = ballast::days(400)},
                       ballast::cost::latency{.volatility = d.scale(0.1, 3.0), .delay = ballast::hours(5)}};
}

}  // namespace ballast_test

using namespace ballast;

namespace {

constexpr duration year_of_365{365LL * 86'400 * 1'000'000'000};

/// Two assets, half of the value in each; all of it is cash.
struct plain_book {
    std::vector<double> price{10.0, 20.0}, quantity{0.0, 0.0}, target{0.5, 0.5}, volatility{0.3, 0.3};
    double cash = 10'000.0;

    [[nodiscard]] inputs view() const {
        inputs in;
        in.market = {.now = timestamp{1'700'000'000'000'000'000}, .price = price, .volatility = volatility};
        in.account.cash = cash;
        in.account.quantity = quantity;
        in.target = target;
        return in;
    }
};

template <class Cost, class... More>
decision ask(const plain_book& b, const Cost& cost, const More&... more) {
    return test::propose_once(rebalancer{trigger::every{.interval = {}}, cost, solver::to_target{}, more...}, b.view());
}

}  // namespace

TEST_CASE("charges: gas is set aside once, and for each leg") {
    const cost::gas gas{.base = 20'000.0, .leg = 100'000.0, .gas_price = 50.0, .coin = 2000.0};  // 2 once, 10 a leg
    plain_book b;
    const decision d = ask(b, gas);
    REQUIRE(d.orders.size() == 2);
    CHECK(d.batch == Approx(2.0).epsilon(1e-14));
    CHECK(d.cost == Approx(22.0).epsilon(1e-14));
    CHECK(d.value_after() == Approx(9978.0).epsilon(1e-14));
    for (const order& o : d.orders) {
        CHECK(o.cost == Approx(10.0).epsilon(1e-14));
        CHECK(o.notional == Approx(4989.0).epsilon(1e-13));
    }
    CHECK(d.cash_after == Approx(0.0).margin(1e-9));
    CHECK(d.cash_after >= -1e-9);
    CHECK(d.weight_after()[0] == Approx(0.5).epsilon(1e-13));
    CHECK(d.unpaid == 0.0);
    CHECK(describe(d).find("cost 22.00 (2.00 once for the list), turnover") != std::string::npos);
    // Erased it is the same to the bit.
    const decision e = ask(b, any_cost{gas});
    REQUIRE(e.orders.size() == 2);
    CHECK(e.orders[0].quantity == d.orders[0].quantity);
    CHECK(e.cost == d.cost);
    CHECK(e.batch == d.batch);
    CHECK(e.cash_after == d.cash_after);
    // Filled, there is nothing left to do, though the cash is not what the targets leave: the base is no reason to trade.
    b.quantity = {d.orders[0].quantity, d.orders[1].quantity};
    b.cash = d.cash_after;
    CHECK(ask(b, gas).orders.empty());
    b.cash = 1.5;  // less than the base moves nothing
    CHECK(ask(b, gas).orders.empty());
    CHECK(ask(b, gas).batch == 0.0);
    CHECK(ask(b, gas).cost == 0.0);
}

TEST_CASE("charges: a list that moves no more than it costs is not sent") {
    plain_book b{.quantity = {500.0, 245.0}, .cash = 100.0};
    const cost::gas little{.base = 20'000.0, .gas_price = 50.0, .coin = 2000.0};
    CHECK(ask(b, little).orders.size() >= 1);
    const cost::gas much{.base = 1'200'000.0, .gas_price = 50.0, .coin = 2000.0};  // 120 once
    const decision d = ask(b, much);
    CHECK(d.orders.empty());
    CHECK(d.outcome == outcome::hold);
    CHECK(d.cost == 0.0);
    CHECK(d.cash_after == 100.0);
    CHECK(d.reason_of(1).code == why::not_worth_cost);
    const cost::gas all{.base = 2e9, .gas_price = 50.0, .coin = 2000.0};  // more than there is
    CHECK(ask(b, all).orders.empty());
    CHECK(ask(b, all).outcome == outcome::hold);
}

TEST_CASE("charges: worth_it weighs the base and what is not paid") {
    plain_book b{.quantity = {0.0, 0.0}};
    const guard::worth_it w{.horizon = year_of_365, .expected_return = 0.05};  // 5 % of what is bought
    const cost::gas gas{.base = 2'000'000.0, .gas_price = 50.0, .coin = 2000.0};
    const decision d = ask(b, gas, w);
    CHECK(d.weighing.cost == Approx(200.0));
    CHECK(d.orders.size() == 2);
    const cost::sum dear{gas, cost::holding{.long_rate = 0.04, .horizon = year_of_365}};
    const decision e = ask(b, dear, w);
    CHECK(e.outcome == outcome::not_worth_it);
    CHECK(e.weighing.cost == Approx(200.0 + 0.04 * 9800.0));
    CHECK(e.weighing.benefit == Approx(0.05 * 9800.0 * (365.0 / 365.25)));
    CHECK(e.unpaid == 0.0);
    CHECK(e.batch == 0.0);
}

TEST_CASE("charges: a cost below 0 that is not paid brings no cash") {
    const plain_book b;
    // 40 % a year on what is held: 4000 that are not there.
    const cost::holding dividend{.long_rate = -0.4, .short_rate = 0.4, .horizon = year_of_365};
    for (const decision& d : {ask(b, dividend), ask(b, any_cost{dividend}), ask(b, cost::sum{dividend}), ask(b, any_costs{{dividend}})}) {
        REQUIRE(d.orders.size() == 2);
        CHECK(d.orders[0].notional == Approx(5000.0).epsilon(1e-14));
        CHECK(d.orders[0].cost == 0.0);
        CHECK(d.cash_after >= -1e-9);
        CHECK(d.cost == 0.0);
        CHECK(d.unpaid == Approx(-4000.0).epsilon(1e-13));
        CHECK(d.value_after() == d.value);
        CHECK(describe(d).find("cost 0.00, -4000.00 besides that is not paid with it, turnover") != std::string::npos);
    }
}

TEST_CASE("charges: the solver that weighs costs sees what is not paid, and buys with what is there") {
    plain_book b{.quantity = {0.0, 250.0}, .target = {0.5, 0.5}, .cash = 5000.0};
    const auto bought = [&](const auto& cost, const auto& solver) {
        const rebalancer r{trigger::every{.interval = {}}, cost, solver, risk::given{}};
        test::one_call call{r, {.assets = 2}};
        REQUIRE_FALSE(r.observe(call.market, b.view().market));
        const decision d = call.propose(b.view());
        CHECK(d.cash_after >= -1e-6);
        double sum = 0.0;
        for (const order& o : d.orders)
            if (o.asset == 0) sum += o.notional;
        return sum;
    };
    const solver::no_trade_region region{.risk_aversion = 3.0};
    const cost::proportional fee{.rate = 20_bps};
    const double plain = bought(fee, region);
    const double dear = bought(cost::sum{fee, cost::holding{.long_rate = 0.03, .horizon = year_of_365}}, region);
    const double cheap = bought(cost::sum{fee, cost::holding{.long_rate = -0.03, .short_rate = 0.03, .horizon = year_of_365}}, region);
    CHECK(plain > 100.0);
    CHECK(dear < plain - 100.0);
    CHECK(cheap > plain + 10.0);
    // Erased: the same to the bit.
    const cost::sum both{fee, cost::holding{.long_rate = 0.02, .horizon = year_of_365}};
    CHECK(bought(any_cost{both}, region) == bought(both, region));
    CHECK(bought(any_cost{both}, any_solver{region}) == bought(both, region));
    CHECK(bought(both, any_solver{region}) == bought(both, region));
    CHECK(bought(any_cost{fee}, region) == plain);
    // Others go to their targets, paid or not.
    CHECK(bought(cost::sum{fee, cost::holding{.long_rate = 0.03, .horizon = year_of_365}}, solver::to_target{}) ==
          bought(fee, solver::to_target{}));
}

TEST_CASE("charges: whatever it is expected to bring, the solver that weighs buys with what is there") {
    ballast_test::dice d{11};
    int traded = 0, again = 0;
    for (int trial = 0; trial < 150; ++trial) {
        plain_book b{.price = {}, .quantity = {}, .target = {}, .volatility = {}, .cash = d.scale(10.0, 1e4)};
        const std::size_t n = 1 + d.below(5);
        const decimal_step one{trial % 2, 0};  // whole units every other time
        std::vector<decimal_step> step(n, one);
        for (std::size_t i = 0; i < n; ++i) {
            b.price.push_back(d.scale(1.0, 100.0));
            b.quantity.push_back(std::floor(d.scale(1.0, 200.0)));
            b.target.push_back(d.unit() / static_cast<double>(n));
            b.volatility.push_back(d.between(0.1, 0.8));
        }
        const double yield = d.between(-0.9, 0.9);
        const cost::sum cost{cost::proportional{.rate = d.scale(1e-4, 1e-2)},
                             cost::holding{.long_rate = yield, .short_rate = 0.1 - yield, .horizon = year_of_365}};
        const rebalancer r{trigger::every{.interval = {}}, cost, solver::no_trade_region{.risk_aversion = 2.0}, risk::given{}};
        inputs in = b.view();
        in.instruments.step = step;
        test::one_call call{r, {.assets = n}};
        REQUIRE_FALSE(r.observe(call.market, in.market));
        const decision first = call.propose(in);
        CAPTURE(trial, n, yield, first.value, first.cash_after);
        if (first.orders.empty()) continue;
        ++traded;
        double paid = 0.0, unpaid = 0.0;
        for (const order& o : first.orders) {
            paid += o.cost;
            unpaid += yield * o.notional;
        }
        CHECK(first.cash_after >= -1e-9 * first.value);
        CHECK(first.cost == Approx(paid).epsilon(1e-12));
        CHECK(first.unpaid == Approx(unpaid).epsilon(1e-9).margin(1e-9 * first.value));
        if (first.more_to_do()) continue;
        holdings h{.cash = b.cash, .quantity = b.quantity};
        REQUIRE_FALSE(apply(h, first));
        inputs next = in;
        next.account = h.view();
        ++again;
        CHECK(call.propose(next).orders.empty());
    }
    CHECK(traded > 70);
    CHECK(again > 40);
}

TEST_CASE("charges: the volume of the account sets the rate, and a bad one is told") {
    plain_book b;
    inputs in = b.view();
    const rebalancer r{trigger::every{.interval = {}},
                       cost::tiered{.tiers = {{1'000.0, 20_bps}, {.rate = 10_bps}}, .by = cost::tiering::trailing}, solver::to_target{}};
    CHECK(test::propose_once(r, in).cost == Approx(10'000.0 * 20e-4 / 1.002));
    in.account.trailing_volume = 1'000.0;
    CHECK(test::propose_once(r, in).cost == Approx(10'000.0 * 10e-4 / 1.001));
    for (const double bad : {-1.0, HUGE_VAL, std::nan("")}) {
        in.account.trailing_volume = bad;
        CHECK(test::propose_once(r, in).outcome == outcome::rejected);
        CHECK(test::propose_once(r, in).problem.code == fault_code::bad_flow);
    }
}

TEST_CASE("charges: lists with gas are accepted by the referee, and leave the next call nothing to do") {
    ballast_test::next_calls next;
    std::uint64_t charged = 0;
    ballast_test::for_accepted_lists<ballast_test::gas_cost>(ballast_test::books_of(3'000), [&](auto& call, std::uint64_t seed) {
        const double once = call.run.policy.cost().bind(look{}).batch();
        CHECK(call.answer.batch >= once);
        CHECK(call.answer.batch <= once + call.house.rules.money_step.value());
        ++charged;
        next.check(call, seed);
    });
    CHECK(charged > ballast_test::books_of(1'000));
    CHECK(next.again > ballast_test::books_of(500));
    CHECK(next.found == 0);
}

TEST_CASE("charges: lists with costs that are not paid are accepted by the referee, and leave the next call nothing to do") {
    ballast_test::next_calls next;
    ballast_test::for_accepted_lists<ballast_test::unpaid_cost>(ballast_test::books_of(2'000), [&](auto& call, std::uint64_t seed) {
        CHECK(call.answer.batch == 0.0);
        next.check(call, seed);
    });
    CHECK(next.again > ballast_test::books_of(500));
    CHECK(next.found == 0);
}

TEST_CASE("charges: where sales settle later, what is paid for the list is not spent on buys as well") {
    // 1,000 of one asset of which half is to be in the other; 100 of cash, 10 of which the list costs.
    const std::vector<double> price{1.0, 1.0}, quantity{1'000.0, 0.0}, target{0.5, 0.5};
    const rebalancer r{trigger::every{.interval = {}}, cost::gas{.base = 1e9, .gas_price = 10.0}, solver::to_target{},
                       mandate{.proceeds = proceeds::when_settled}};
    const decision d = test::propose_once(
        r, {.market = {.now = timestamp{1}, .price = price}, .account = {.cash = 100.0, .quantity = quantity}, .target = target});
    REQUIRE_FALSE(d.problem);
    CHECK(d.batch == 10.0);
    double bought = 0.0;
    for (const order& o : d.orders)
        if (o.buy()) bought += o.notional;
    CHECK(bought == Approx(90.0).epsilon(1e-12));
    CHECK(bought <= 90.0 * (1.0 + 1e-12));
}
