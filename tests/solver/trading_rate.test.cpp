// The rate is checked against reference numbers, against the fixed point that it solves (the value of being off, found by iterating Bellman's
// equation), and against the best of many rates; the solver against the plain formula, limits, and the referee over random books.
#include <ballast/solver/trading_rate.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/json.hpp"
#include "support/looks.hpp"
#include "support/next_calls.hpp"
#include "support/one_call.hpp"
#include "support/solved.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

using namespace ballast;
using ballast::solver::quadratic_cost_rate;
using ballast::solver::trading_rate;
using ballast::solver::trading_speed;
using ballast_test::dice;
using ballast_test::test_look;

static_assert(solver_policy<trading_rate> && std::is_aggregate_v<trading_rate>);
static_assert(!detail::needs_region<trading_rate>() && detail::need_of<trading_rate>() == risk_need::nothing);
static_assert(detail::accepts<trading_rate>(cost_shape::general));

namespace {
using solved = ballast_test::solved<trading_rate>;

// ½·A·x² is what being off by x costs from now on: trading to y costs ½λ(x − y)², what is left costs (1 − ρ)(½γy² + ½Ay²). One step of it.
long double bellman(long double a, long double gamma, long double lambda, long double rho) {
    const long double rest = (1.0L - rho) * (gamma + a);
    return lambda * rest / (lambda + rest);
}
}  // namespace

TEST_CASE("trading_rate: the reference rates and the fixed point behind them") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: garleanu_pedersen_rates.json is skipped");
        return;
    }
    const test::json all = test::json::load(std::string{folder} + "/reference/garleanu_pedersen_rates.json");
    REQUIRE(all.size() == 4);
    for (std::size_t k = 0; k < all.size(); ++k) {
        const test::json& row = all[k];
        const double gamma = row["gamma"].number(), lambda = row["lam"].number();
        const trading_speed s = quadratic_cost_rate(gamma, lambda, row["rho"].number());
        CAPTURE(k);
        CHECK(std::fabs(s.curvature - row["a"].number()) <= 1e-12 * s.curvature);
        CHECK(std::fabs(s.rate - row["trade_rate"].number()) <= 1e-12);
        // The fixed point of the first row was iterated to an absolute 1e-15 by its author, of a number of 2e-8.
        const double close = k == 0 ? 1e-7 : 1e-12;
        CHECK(std::fabs(s.curvature - row["A_fixed_point"].number()) <= close * s.curvature);
        CHECK(std::fabs(s.rate - row["rate_from_A"].number()) <= close);
        const trading_rate policy{.risk_aversion = gamma, .impact = lambda, .discount = row["rho"].number()};
        CHECK_FALSE(policy.validate());
        CHECK(policy.speed().rate == s.rate);
    }
}

TEST_CASE("trading_rate: the rate solves Bellman's equation, and no other rate is better") {
    dice d{601};
    for (int round = 0; round < 2000; ++round) {
        const double gamma = d.scale(1e-9, 1e3), lambda = d.scale(1e-9, 1e6), rho = d.chance(0.1) ? 0.0 : d.between(0.0, 0.9);
        const trading_speed s = quadratic_cost_rate(gamma, lambda, rho);
        CAPTURE(gamma, lambda, rho, s.rate);
        CHECK(s.rate > 0.0);
        CHECK(s.rate < 1.0);
        CHECK(s.curvature == Approx(s.rate * lambda).epsilon(1e-15));
        const long double a = static_cast<long double>(s.curvature);
        const long double next =
            bellman(a, static_cast<long double>(gamma), static_cast<long double>(lambda), static_cast<long double>(rho));
        CHECK(static_cast<double>(std::fabs(next - a)) <= 1e-15 * s.curvature);
        // What a constant rate costs from x = 1 on: ½(λr² + (1 − ρ)γ(1 − r)²) / (1 − (1 − ρ)(1 − r)²).
        const auto costs = [&](double r) {
            return 0.5 * (lambda * r * r + (1.0 - rho) * gamma * (1.0 - r) * (1.0 - r)) / (1.0 - (1.0 - rho) * (1.0 - r) * (1.0 - r));
        };
        CHECK(costs(s.rate) == Approx(0.5 * s.curvature).epsilon(1e-9));
        for (const double by : {0.5, 0.9, 0.99, 1.01, 1.1, 2.0})
            if (s.rate * by <= 1.0) CHECK(costs(s.rate) <= costs(s.rate * by) * (1.0 + 1e-12));
    }
    // Without costs at once; dear trades are slow; in units of the aversion only what they are of each other counts.
    CHECK(quadratic_cost_rate(2.0, 0.0, 0.1).rate == 1.0);
    CHECK(quadratic_cost_rate(2.0, 0.0, 0.1).curvature == 0.0);
    CHECK(quadratic_cost_rate(1.0, 1.0, 0.0).rate == Approx((std::sqrt(5.0) - 1.0) / 2.0).epsilon(1e-15));
    CHECK(quadratic_cost_rate(1e-300, 1e-299, 0.01).rate == Approx(quadratic_cost_rate(1.0, 10.0, 0.01).rate).epsilon(1e-14));
    CHECK(quadratic_cost_rate(1.0, 1e12, 0.01).rate < 1e-10);
}

TEST_CASE("trading_rate: every asset goes the same part of its way, as shares of what is left") {
    const test_look l{{0.5, 0.2, 0.1}, {0.3, 0.4, 0.2}, 1000.0};
    const solved free{{.rate = 0.25}, l, cost::zero{}};
    CHECK(free.trade(0) == Approx(-50.0).epsilon(1e-13));
    CHECK(free.trade(1) == Approx(50.0).epsilon(1e-13));
    CHECK(free.trade(2) == Approx(25.0).epsilon(1e-13));
    CHECK(free.cause[0] == why::cut_to_rate);
    CHECK(free.s.wealth == 1000.0);
    // x = r·(t·W′ − v), W′ = W − Σ k|x|.
    const solved paid{{.rate = 0.25}, l, cost::proportional{.rate = 0.01}};
    double cost = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(paid.trade(i) == Approx(0.25 * (l.target[i] * paid.s.wealth - l.position[i])).epsilon(1e-12));
        cost += 0.01 * std::fabs(paid.trade(i));
    }
    CHECK(paid.s.wealth == Approx(1000.0 - cost).epsilon(1e-14));
    // From the three: golden.
    const solved best{trading_rate{}, l, cost::zero{}};
    CHECK(best.trade(1) == Approx(200.0 * (std::sqrt(5.0) - 1.0) / 2.0).epsilon(1e-13));
    // A rate of 1 is to_target.
    const solved all{{.rate = 1.0}, l, cost::proportional{.rate = 0.01}};
    const ballast_test::solved<solver::to_target> target{l, cost::proportional{.rate = 0.01}};
    for (std::size_t i = 0; i < 3; ++i) CHECK(all.trade(i) == Approx(target.trade(i)).margin(1e-9));
    CHECK(all.cause[0] == why::full);
    const solved costless{{.impact = 0.0}, l, cost::zero{}};
    CHECK(costless.trade(0) == Approx(-200.0).epsilon(1e-13));
    CHECK(solved(trading_rate{}, test_look{}, cost::zero{}).how == status::solved);
}

TEST_CASE("trading_rate: a signal that fades is aimed short of") {
    // γ = 2, λ = 10, ρ = 0.01: a = 3.5433…; half of the signal is gone after a period or so.
    const trading_rate s{.risk_aversion = 2.0, .impact = 10.0, .discount = 0.01, .decay = 0.5};
    const double a = quadratic_cost_rate(2.0, 10.0, 0.01).curvature;
    CHECK(s.aim(0.4) == Approx(0.4 / (1.0 + 0.5 * a / 2.0)).epsilon(1e-15));
    const test_look l{{0.5, 0.2}, {0.3, 0.4}, 100.0};
    const solved r{s, l, cost::zero{}};
    CHECK(r.trade(1) == Approx(s.speed().rate * (100.0 * s.aim(0.4) - 20.0)).epsilon(1e-12));
    CHECK(r.trade(0) < 0.0);
    CHECK(trading_rate{.decay = 0.0}.aim(0.4) == 0.4);
}

TEST_CASE("trading_rate: limits come first, and the turnover limit makes it less still") {
    const test_look l{{0.5, 0.2, 0.1}, {0.3, 0.4, 0.2}, 1000.0};
    const solved held{{.rate = 0.5}, l, cost::zero{}, guard::max_trade{.amount = 30.0}};
    for (std::size_t i = 0; i < 3; ++i) CHECK(std::fabs(held.trade(i)) <= 30.0 * (1.0 + 1e-14));
    CHECK(held.cause[0] == why::cut_by_trade_limit);
    const solved slow{{.rate = 0.5}, l, cost::zero{}, guard::max_turnover{.limit = 0.02}};
    CHECK(slow.cause[1] == why::cut_by_turnover);
    CHECK(slow.trade(1) / slow.trade(0) == Approx(-1.0).epsilon(1e-12));
    CHECK(detail::turnover_of(problem{.look = l, .limits = slow.lim}, bound<cost::zero>{cost::zero{}.bind(l)}, slow.s) <= 0.02);
    // A fee that costs as much as the part of the way is not paid.
    const solved dear{{.rate = 0.01}, l, cost::fixed{.amount = 1.5}};
    CHECK(dear.trade(0) != 0.0);
    CHECK(dear.trade(2) == 0.0);
    CHECK(dear.cause[2] == why::not_worth_cost);
}

TEST_CASE("trading_rate: call after call the way shrinks by the rate, and each says that there is more") {
    const rebalancer r{trigger::every{.interval = {}}, cost::zero{}, trading_rate{.rate = 0.5}};
    const std::vector<double> price{10.0, 20.0}, target{0.5, 0.5};
    holdings h{.cash = 0.0, .quantity = {80.0, 10.0}};
    double off = 0.3;
    for (int call = 0; call < 20; ++call) {
        const decision d =
            test::propose_once(r, {.market = {.price = price}, .account = h.view(), .target = target}, {.assets = 2, .rows = 2});
        REQUIRE(d.outcome == outcome::trade);
        CHECK(d.drift()[0] == Approx(off).margin(1e-12));
        CHECK(d.more_to_do());
        CHECK(d.reason_of(0).code == why::cut_to_rate);
        REQUIRE_FALSE(apply(h, d));
        off *= 0.5;
    }
}

TEST_CASE("trading_rate: parameters out of range are refused") {
    CHECK_FALSE(trading_rate{}.validate());
    CHECK(std::string{trading_rate{.rate = -0.1}.validate().parameter} == "trading_rate.rate");
    CHECK(std::string{trading_rate{.rate = 1.1}.validate().parameter} == "trading_rate.rate");
    CHECK(std::string{trading_rate{.risk_aversion = 0.0}.validate().parameter} == "trading_rate.risk_aversion");
    CHECK(std::string{trading_rate{.impact = -1.0}.validate().parameter} == "trading_rate.impact");
    CHECK(std::string{trading_rate{.discount = 1.0}.validate().parameter} == "trading_rate.discount");
    CHECK(std::string{trading_rate{.decay = -1.0}.validate().parameter} == "trading_rate.decay");
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const trading_rate& bad : {trading_rate{.rate = nan}, trading_rate{.risk_aversion = nan}, trading_rate{.impact = nan},
                                    trading_rate{.discount = nan}, trading_rate{.decay = nan}})
        CHECK(bad.validate());
}

namespace {
template <class Cost, class Body>
void for_calls(std::uint64_t count, Body&& body) {
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        auto call = ballast_test::make_random_call<Cost, trading_rate>(seed, {});
        call.propose();
        if (call.answer.outcome != outcome::rejected) body(call, seed);
    }
}
}  // namespace

TEST_CASE("trading_rate: the referee accepts every list, nothing goes past its target, and what is left to do is told") {
    std::size_t orders = 0;
    ballast_test::next_calls next;
    const auto check = [&](auto& call, std::uint64_t seed) {
        CAPTURE(seed);
        if (const std::string complaint = call.complaint(); !complaint.empty()) FAIL_CHECK(complaint);
        orders += call.answer.orders.size();
        for (const order& o : call.answer.orders)
            if (o.reason == why::cut_to_rate && call.of.target[o.asset] == 0.0 && o.buy() && call.answer.weight_before()[o.asset] >= 0.0)
                FAIL_CHECK("buys an asset that has no target");
        next.check(call, seed);
    };
    for_calls<ballast_test::convex_cost>(ballast_test::books_of(4000), check);
    for_calls<ballast_test::fixed_cost>(ballast_test::books_of(4000), check);
    for_calls<ballast_test::general_cost>(ballast_test::books_of(4000), check);
    CAPTURE(orders, next.again, next.said_more, next.more_was_true);
    CHECK(orders > ballast_test::books_of(4000));
    CHECK(next.said_more > ballast_test::books_of(4000) / 4);
    CHECK(next.more_was_true == next.said_more);
}
