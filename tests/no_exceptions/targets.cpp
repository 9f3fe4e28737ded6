// Every target policy over a year of an account, where exceptions and run-time type information are off: named at compile time and chosen at
// run time it decides the same, allocates nothing once it is prepared, and goes on from saved bytes as if nothing had happened.
#include <ballast/any.hpp>
#include <ballast/core/archive.hpp>
#include <ballast/core/civil_date.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target.hpp>
#include <ballast/trigger/every.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "allocations.hpp"

using namespace ballast;

namespace {

int failures = 0;
void expect(bool what, const char* policy, const char* text, int day) {
    if (what) return;
    if (++failures > 20) return;
    std::printf("%s, day %d: %s\n", policy, day, text);
}

bool same(const decision& a, const decision& b) {
    if (a.outcome != b.outcome || a.problem.code != b.problem.code || a.orders.size() != b.orders.size() || a.cash_after != b.cash_after)
        return false;
    for (std::size_t i = 0; i < a.assets(); ++i)
        if (a.drift()[i] != b.drift()[i] || a.weight_after()[i] != b.weight_after()[i]) return false;
    return true;
}

/// States of one account under one rebalancer.
template <class Rebalancer>
struct account_of {
    Rebalancer policy;
    typename Rebalancer::market_state market{};
    typename Rebalancer::account_state account{};
    typename Rebalancer::workspace scratch{};
    decision answer{};

    explicit account_of(Rebalancer r, const sizes& s) : policy{r} {
        policy.prepare(market, s);
        policy.prepare(account, s);
        policy.prepare(scratch, s);
        policy.prepare(answer, s);
    }
    const decision& propose(const inputs& in) {
        (void)policy.observe(market, in.market);
        policy.propose(market, account, in, scratch, answer);
        if (answer.outcome != outcome::rejected) (void)policy.observe(market, account, in, scratch);
        return answer;
    }
};

template <class Target>
void walk(const Target& target) {
    const char* const name = Target::name;
    const sizes s{.assets = 3};
    const trigger::every when{.interval = days(3)};
    const risk::ewma estimator{.half_life = days(20), .warm_up = 5};
    const mandate rules{.leverage = 3.0};
    account_of exact{rebalancer{when, cost::zero{}, solver::to_target{}, target, estimator, rules}, s};
    account_of erased{any_rebalancer{when, any_cost{cost::zero{}}, solver::to_target{}, {}, any_target{target}, {estimator}, rules}, s};
    account_of restarted{rebalancer{when, cost::zero{}, solver::to_target{}, target, estimator, rules}, s};

    std::vector<double> price{100.0, 20.0, 5.0}, held{40.0, 150.0, 600.0}, wanted(3);
    double cash = 0.0;
    int trades = 0, told = 0;
    std::vector<std::byte> bytes;
    for (int day = 0; day < 300; ++day) {
        const double t = static_cast<double>(day);
        wanted = {0.4 + 0.1 * std::sin(0.1 * t), 0.3, 0.3 - 0.1 * std::sin(0.1 * t)};
        inputs in{.market = {.now = timestamp_from_civil(2021, 3, 1) + days(day), .price = price},
                  .account = {.cash = cash, .quantity = held}};
        if (detail::transforms(target)) in.target = wanted;
        if (day % 50 == 49) {
            bytes = save(exact.account);
            restarted.policy.prepare(restarted.account, s);
            expect(!load(restarted.account, bytes), name, "saved bytes are not taken", day);
        }
        const std::size_t before = allocations;
        const decision& a = exact.propose(in);
        const decision& b = erased.propose(in);
        const decision& c = restarted.propose(in);
        expect(same(a, b), name, "erased it decides differently", day);
        expect(same(a, c), name, "after a restart it decides differently", day);
        told += a.outcome == outcome::rejected ? 1 : 0;
        expect(a.outcome != outcome::rejected || a.problem.code == fault_code::risk_not_ready, name, to_string(a.problem.code), day);
        if (a.outcome == outcome::trade) {
            ++trades;
            for (const order& o : a.orders) {
                held[o.row] += o.quantity;
                cash -= o.notional + o.cost;
            }
        }
        (void)exact.policy.commit(exact.account, a, in.market.now);
        (void)erased.policy.commit(erased.account, b, in.market.now);
        (void)restarted.policy.commit(restarted.account, c, in.market.now);
        expect(allocations == before, name, "something was allocated after prepare", day);
        for (std::size_t i = 0; i < price.size(); ++i)
            price[i] *= 1.0 + 0.03 * std::sin(static_cast<double>(day) * (1.3 + 0.7 * static_cast<double>(i)));
    }
    expect(trades > 50, name, "the walk tests nothing", trades);
    expect(told < 10, name, "it is rejected too often", told);
}

}  // namespace

int main() {
    const timestamp begin = timestamp_from_civil(2021, 3, 1);
    walk(target::fixed{{0.4, 0.3, 0.3}});
    walk(target::equal{.cash = 0.1});
    walk(target::inverse_volatility{});
    walk(target::risk_parity{.budget = {0.5, 0.3, 0.2}});
    walk(target::minimum_variance{.upper = 0.5});
    walk(target::mean_variance{.expected_return = {0.05, 0.08, 0.02}, .risk_aversion = 3.0});
    walk(target::mean_variance{.expected_return = {0.05, 0.08, 0.02}, .target_return = 0.055});
    walk(target::maximum_sharpe{.expected_return = {0.05, 0.08, 0.02}, .upper = 0.7});
    walk(target::glide_path{{{begin, {0.4, 0.3, 0.3}}, {begin + days(200), {0.1, 0.1, 0.8}}}});
    walk(target::projected{.lower = 0.25, .upper = 0.45});
    walk(target::smoothed{.step = 0.02});
    walk(target::smoothed{.step = 0.02, .every = days(1)});
    walk(target::volatility_target{.volatility = 0.2, .leverage = 1.5});
    walk(target::constant_leverage{.leverage = 0.7, .speed = 0.2});
    walk(target::cppi{.multiplier = 2.0, .floor = 0.5, .growth = 0.02});
    walk(target::tipp{.multiplier = 2.0, .floor = 0.7, .safe = 1});
    walk(target::black_litterman{.views = {{.weight = {1.0, -1.0, 0.0}, .expected_return = 0.02}}});
    walk(target::black_litterman{.views = {{.weight = {1.0, -1.0, 0.0}, .expected_return = 0.02}}, .lower = 0.1, .upper = 0.7});
    walk(target::mean_reversion{.strength = 2.0, .half_life = days(10)});
    return failures == 0 ? 0 : 1;
}
