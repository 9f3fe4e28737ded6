// The composition chosen at run time, where exceptions and run-time type information are off: it decides as the one chosen at compile time,
// and allocates nothing once it is prepared. Counts allocations itself, which the program of the unit tests can not do for one file.
#include <ballast/any.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/core/civil_date.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/sizing/integer.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/fixed.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

#include "allocations.hpp"

using namespace ballast;

namespace {

int failures = 0;
void expect(bool what, const char* text, int day) {
    if (what) return;
    ++failures;
    std::printf("day %d: %s\n", day, text);
}

bool same(const decision& a, const decision& b) {
    if (a.outcome != b.outcome || a.problem.code != b.problem.code || a.orders.size() != b.orders.size() || a.cost != b.cost ||
        a.steps.objective != b.steps.objective || a.steps.nodes != b.steps.nodes || a.cash_after != b.cash_after ||
        a.firing.measure != b.firing.measure || a.leaves.size() != b.leaves.size() || a.reasons.size() != b.reasons.size())
        return false;
    for (std::size_t k = 0; k < a.orders.size(); ++k)
        if (a.orders[k].asset != b.orders[k].asset || a.orders[k].quantity != b.orders[k].quantity ||
            a.orders[k].reason != b.orders[k].reason)
            return false;
    return true;
}

/// Both live through the same days of an account.
template <class Exact>
void walk(keeper<Exact>& exact, keeper<any_rebalancer>& erased, const instruments& rules, std::size_t& chosen) {
    exact.instruments(rules);
    erased.instruments(rules);
    std::vector<double> price{100.0, 20.0, 5.0}, held{40.0, 150.0, 600.0};
    double cash = 0.0;
    int trades = 0;
    const std::size_t before = allocations;
    for (int day = 0; day < 200; ++day) {
        const market_view market{.now = timestamp_from_civil(2021, 3, 1) + days(day), .price = price};
        expect(!exact.observe(market) && !erased.observe(market), "a tick was refused", day);
        const account_view account{.cash = cash, .quantity = held};
        const decision& a = exact.propose(account);
        const decision& b = erased.propose(account);
        expect(same(a, b), "the two decide differently", day);
        chosen += b.steps.plain > 0.0 ? 1 : 0;
        if (a.outcome == outcome::trade) {
            ++trades;
            for (const order& o : a.orders) {
                held[o.row] += o.quantity;
                cash -= o.notional + o.cost;
            }
        }
        expect(!exact.commit(a) && !erased.commit(b), "a commit was refused", day);
        for (std::size_t i = 0; i < price.size(); ++i)
            price[i] *= 1.0 + 0.03 * std::sin(static_cast<double>(day) * (1.3 + 0.7 * static_cast<double>(i)));
    }
    expect(allocations == before, "something was allocated after prepare", 200);
    expect(trades > 5 && trades < 150, "the walk tests nothing", trades);
}

}  // namespace

int main() {
    const trigger::volatility_band by_volatility{.width = 0.01, .reference = 0.3, .exponent = -1.0, .floor = 0.002};
    const trigger::cooldown when{trigger::any_of{by_volatility, trigger::calendar{.period = trigger::period::weekly}}, days(2)};
    const cost::sum fees{cost::fixed{.amount = 0.5}, cost::minimum{cost::proportional{.rate = 10_bps}, 1.0}};
    const solver::to_band to_edge{.depth = 0.2};
    const guard::max_turnover turnover{.limit = 0.2};
    const guard::max_trade trade{.share = 0.1};
    const target::fixed targets{{0.4, 0.3, 0.3}};
    const risk::ewma estimator{.half_life = days(5), .warm_up = 5};

    // Every part put together at run time: composites, sums and wrappers of erased parts.
    any_trigger erased_when =
        trigger::any_of{any_trigger{by_volatility}, any_trigger{trigger::calendar{.period = trigger::period::weekly}}};
    erased_when = trigger::cooldown{erased_when, days(2)};
    const any_costs erased_fees{{cost::fixed{.amount = 0.5}, cost::minimum{cost::proportional{.rate = 10_bps}, 1.0}}};

    const sizes s{.assets = 3};
    keeper exact{rebalancer{when, fees, to_edge, turnover, trade, targets, estimator}, s};
    keeper erased{any_rebalancer{erased_when, erased_fees, to_edge, {turnover, trade}, targets, {estimator}}, s};

    std::size_t chosen = 0;
    walk(exact, erased, {}, chosen);
    expect(chosen == 0, "whole steps were chosen, where nobody asked for them", 200);

    // Whole steps, by the search.
    const sizing::integer whole{.max_orders = 2};
    keeper exact_whole{rebalancer{when, fees, solver::to_target{}, targets, estimator, whole}, s};
    keeper erased_whole{any_rebalancer{erased_when, erased_fees, solver::to_target{}, {}, targets, {estimator}, {}, whole}, s};
    walk(exact_whole, erased_whole, {.step = {decimal_step{1}}}, chosen);
    expect(chosen > 5, "no whole steps were chosen", 200);
    return failures == 0 ? 0 : 1;
}
