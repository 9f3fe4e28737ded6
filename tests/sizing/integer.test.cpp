#include <ballast/sizing/integer.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"
#include "support/random_run.hpp"

#include <ballast/core/apply.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/sizing/reconciled.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/distance.hpp>
#include <ballast/trigger/every.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

// The search itself, against brute force: integer_search.test.cpp. Here: what it makes of a book.

using namespace ballast;
using sizing::integer;
using sizing::reconciled;
using test::propose_once;

static_assert(sizing_policy<integer>);

namespace {

const auto at_once = trigger::every{.interval = {}};
const std::vector<decimal_step> whole{decimal_step{1, 0}};

struct book {
    std::vector<double> price{};
    std::vector<double> quantity{};
    std::vector<double> target{};
    double cash = 0.0;
    std::vector<double> volatility{};

    [[nodiscard]] inputs view() const {
        return {.market = {.price = price, .volatility = volatility},
                .account = {.cash = cash, .quantity = quantity},
                .target = target,
                .instruments = {.step = whole}};
    }
    template <class Cost, class Sizing>
    [[nodiscard]] decision propose(const Cost& cost, const Sizing& s) const {
        return propose_once(rebalancer{at_once, cost, solver::to_target{}, s}, view());
    }
};

double ordered(const decision& d, std::uint32_t asset) {
    double sum = 0.0;
    for (const order& o : d.orders)
        if (o.asset == asset) sum += o.quantity;
    return sum;
}

}  // namespace

TEST_CASE("integer: cash that plain rounding leaves is put where it brings the book nearest") {
    // 1000 in shares of 300, 120 and 70 at 60, 30 and 10 %: plain 1, 2, 1 leaves 390 in cash.
    const book b{.price = {300.0, 120.0, 70.0}, .quantity = {0.0, 0.0, 0.0}, .target = {0.6, 0.3, 0.1}, .cash = 1000.0};
    const decision plain = b.propose(cost::zero{}, reconciled{});
    const decision best = b.propose(cost::zero{}, integer{});
    CHECK(ordered(plain, 0) == 2.0);  // 0.6 is two shares and no less
    CHECK(ordered(plain, 1) == 2.0);
    CHECK(ordered(plain, 2) == 1.0);
    CHECK(ordered(best, 0) == 2.0);
    CHECK(ordered(best, 1) == 2.0);
    CHECK(best.steps.proved);
    CHECK(best.steps.objective <= best.steps.plain);
    // At 50, 35 and 15 % of 1000: plain 1, 2, 2; the second share of 300 would be 100 too much, one of 120 only 10 too much.
    const book c{.price = {300.0, 120.0, 70.0}, .quantity = {0.0, 0.0, 0.0}, .target = {0.5, 0.35, 0.15}, .cash = 1000.0};
    const decision d = c.propose(cost::zero{}, integer{});
    CHECK(ordered(d, 0) == 2.0);  // 600, nearer to 500 than 300 is; the cash reaches for 240 and 140 beside it
    CHECK(ordered(d, 1) == 2.0);
    CHECK(ordered(d, 2) == 2.0);
    CHECK(d.reason_of(0).code == why::steps_chosen);
    CHECK(d.cash_after == 20.0);
    CHECK(d.steps.proved);
    CHECK(d.steps.bound <= d.steps.objective);
}

// Over all counts within reach of the targets whose cost is covered: nothing is nearer than what was chosen.
TEST_CASE("integer: no choice within the cash is nearer, by brute force") {
    ballast_test::dice dice{11};
    for (int round = 0; round < 150; ++round) {
        const std::size_t n = 2 + dice.below(3);
        book b;
        double value = 0.0, rest = 1.0;
        for (std::size_t i = 0; i < n; ++i) {
            b.price.push_back(ballast_test::dice::digits(dice.scale(20.0, 400.0), 3));
            b.quantity.push_back(static_cast<double>(dice.below(4)));
            b.target.push_back(std::round(100.0 * rest * dice.between(0.2, 0.6)) / 100.0);
            rest -= b.target.back();
            value += b.price.back() * b.quantity.back();
        }
        b.cash = std::round(dice.between(100.0, 1500.0));
        value += b.cash;
        const bool absolute = dice.chance(0.5);
        const decision d = b.propose(cost::zero{}, integer{.distance = absolute ? drift_measure::absolute : drift_measure::squared});
        const auto off = [&](const std::vector<int>& k) {
            double cash = b.cash, sum = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                if (b.quantity[i] + k[i] < 0.0) return std::numeric_limits<double>::infinity();
                cash -= k[i] * b.price[i];
                const double e = (b.quantity[i] + k[i]) * b.price[i] / value - b.target[i];
                sum += absolute ? std::fabs(e) : e * e;
            }
            return cash < -1e-9 ? std::numeric_limits<double>::infinity() : sum;
        };
        std::vector<int> chosen(n), k(n, -4);
        for (std::size_t i = 0; i < n; ++i) chosen[i] = static_cast<int>(ordered(d, static_cast<std::uint32_t>(i)));
        const double found = off(chosen);
        double best = std::numeric_limits<double>::infinity();
        for (bool more = true; more;) {
            best = std::min(best, off(k));
            more = false;
            for (std::size_t i = 0; i < n && !more; ++i) {
                more = ++k[i] <= 40 && k[i] * b.price[i] <= value;
                if (!more) k[i] = -4;
            }
        }
        CAPTURE(round, n, absolute, found, best);
        CHECK(found <= best * (1.0 + 1e-9) + 1e-15);
        CHECK(d.steps.proved);
    }
}

// PyPortfolioOpt's integer program counts what is left over as distance, so that an asset without a target may be bought to use up cash
// (portfolio_cases.json, ppo-lp-degenerate). What was not asked for is not bought.
TEST_CASE("integer: cash that is left over does not buy what has no target") {
    ballast_test::dice dice{3};
    for (int round = 0; round < 100; ++round) {
        book b;
        const std::size_t n = 3 + dice.below(8);
        for (std::size_t i = 0; i < n; ++i) {
            b.price.push_back(ballast_test::dice::digits(dice.scale(5.0, 900.0), 4));
            b.quantity.push_back(0.0);
            b.target.push_back(i % 3 == 0 ? 0.0 : 1.0 / static_cast<double>(n));
        }
        b.price[0] = 1.0;  // cheap enough to use up any cash
        b.cash = 10'000.0;
        const decision d = b.propose(cost::proportional{.rate = 0.001}, integer{});
        for (std::size_t i = 0; i < n; i += 3) CHECK(ordered(d, static_cast<std::uint32_t>(i)) == 0.0);
    }
}

TEST_CASE("integer: the smallest order is what there is to choose from") {
    // 200 of 1000 are wanted in shares of 100, of which no fewer than three are sold: three are nearer than none. No fewer than five: none.
    const book b{.price = {100.0}, .quantity = {0.0}, .target = {0.2}, .cash = 1000.0};
    for (const auto& [least, shares] : {std::pair{3.0, 3.0}, std::pair{5.0, 0.0}}) {
        inputs in = b.view();
        const std::vector<double> quantity{least};
        in.instruments.min_quantity = quantity;
        const decision d = propose_once(rebalancer{at_once, cost::zero{}, solver::to_target{}, integer{}}, in);
        CAPTURE(least);
        CHECK(ordered(d, 0) == shares);
    }
}

TEST_CASE("integer: at most so many orders, the best ones") {
    const book b{.price = {10.0, 10.0, 10.0, 10.0}, .quantity = {0.0, 0.0, 0.0, 0.0}, .target = {0.4, 0.3, 0.2, 0.1}, .cash = 1000.0};
    const decision d = b.propose(cost::zero{}, integer{.max_orders = 2});
    CHECK(d.orders.size() == 2);
    CHECK(ordered(d, 0) == 40.0);
    CHECK(ordered(d, 1) == 30.0);
}

TEST_CASE("integer: a cost that is not worth it is not paid for a step") {
    // One more share brings the book nearer by little and costs a minimum fee.
    const book b{.price = {10.0, 10.0}, .quantity = {49.0, 50.0}, .target = {0.5, 0.5}, .cash = 10.0};
    CHECK(ordered(b.propose(cost::zero{}, integer{}), 0) == 1.0);
    CHECK(b.propose(cost::minimum{cost::zero{}, 5.0}, integer{}).orders.empty());
}

TEST_CASE("integer: by risk, the volatile asset is put right first") {
    const book b{.price = {100.0, 100.0}, .quantity = {0.0, 0.0}, .target = {0.55, 0.45}, .cash = 1000.0, .volatility = {0.1, 0.6}};
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}, integer{.risk_aversion = 5.0}, risk::given{}};
    test::one_call call{r, {.assets = 2}};
    REQUIRE_FALSE(r.observe(call.market, b.view().market));
    const decision d = call.propose(b.view());
    REQUIRE(d.outcome == outcome::trade);
    CHECK(d.steps.proved);
    const double other = ordered(d, 1);
    CHECK((other == 4.0 || other == 5.0));
    CHECK(d.steps.objective <= d.steps.plain);
    // Nobody who tells the risk is refused when it is put together; somebody who does not know it yet, when it is asked.
    CHECK(integer{.risk_aversion = 1.0}.runtime_needs() == risk_need::volatility);
    CHECK(integer{}.runtime_needs() == risk_need::nothing);
    using without_risk = rebalancer<trigger::every, cost::zero, solver::to_target, integer>;
    CHECK(std::string{without_risk::check(at_once, {}, {}, integer{.risk_aversion = 1.0}).parameter} == "policy.needs");
    CHECK_FALSE(without_risk::check(at_once, {}, {}, integer{}));
    CHECK(propose_once(r, b.view()).problem.code == fault_code::risk_not_ready);
}

TEST_CASE("integer: over random books every list is accepted, no worse than the plain one, and not gone on with") {
    std::size_t traded = 0, proved = 0, chosen = 0, again = 0;
    for (std::uint64_t seed = 0; seed < 1'200; ++seed) {
        ballast_test::dice d{seed};
        const std::size_t n = d.below(14);
        ballast_test::book b = ballast_test::random_book(d, n, {.steps = 1.0});
        const double rate = d.scale(1e-5, 1e-2);
        const double least = d.chance(0.5) ? b.value() / static_cast<double>(n + 1) * d.scale(1e-6, 1e-2) : 0.0;
        integer s{.distance = d.chance(0.5) ? drift_measure::squared : drift_measure::absolute,
                  .nodes = 5'000,
                  .collar = d.chance(0.2) ? 0.003 : 0.0};
        if (d.chance(0.2)) s.max_orders = 1 + d.below(5);
        const rebalancer r{trigger::distance{.limit = 1e-4}, cost::minimum{cost::proportional{.rate = rate}, least}, solver::to_target{}, s,
                           b.rules};
        ballast_test::runner run{r, {n, b.held.quantity.size() + n + 1}};
        decision x;
        run.propose(b.view(), x);
        if (x.outcome == outcome::rejected) continue;
        CAPTURE(seed, n);
        const std::string complaint = ballast_test::first_complaint(
            b.view(), {.rules = b.rules, .collar = s.collar},
            [&](std::size_t, double q) { return q == 0.0 ? 0.0 : std::max(rate * std::fabs(q), least); }, x);
        CHECK(complaint == "");
        std::size_t chosen_orders = x.orders.size();  // what fees are paid in is traded besides
        for (const order& o : x.orders) {
            bool pays = false;
            for (const fee_payment& f : x.fees) pays = pays || (f.asset == o.asset && x.orders[f.order].asset != o.asset);
            chosen_orders -= pays ? 1u : 0u;
        }
        if (b.held.asset_of_row.empty()) CHECK(chosen_orders <= s.max_orders);
        CHECK(x.steps.objective <= x.steps.plain + 1e-9 * std::fabs(x.steps.objective));
        CHECK(x.steps.bound <= x.steps.objective);
        proved += x.steps.proved ? 1u : 0u;
        for (const auto& q : x.reasons) {
            chosen += q.code == why::steps_chosen ? 1u : 0u;
            if (b.target[q.asset] == 0.0 && q.code != why::fees_covered) CHECK((q.done <= 0.0 || x.weight_before()[q.asset] < 0.0));
        }
        if (x.orders.empty()) continue;
        ++traded;
        const bool more = x.more_to_do();
        REQUIRE_FALSE(apply(b.held, x));
        run.propose(b.view(), x);
        if (!more) again += x.orders.empty() ? 0u : 1u;
    }
    CAPTURE(traded, proved, chosen, again);
    CHECK(traded > 700);
    CHECK(chosen > 700);
    CHECK(again == 0);
}

TEST_CASE("integer: bad parameters are refused with their range") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(integer{}.validate());
    CHECK(std::string{integer{.cost_weight = -1.0}.validate().parameter} == "integer.cost_weight");
    CHECK(std::string{integer{.cost_weight = nan}.validate().parameter} == "integer.cost_weight");
    CHECK(std::string{integer{.risk_aversion = -1.0}.validate().parameter} == "integer.risk_aversion");
    CHECK(std::string{integer{.exact_rows = 33}.validate().parameter} == "integer.exact_rows");
    CHECK(std::string{integer{.collar = 1.0}.validate().parameter} == "integer.collar");
}
