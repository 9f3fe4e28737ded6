// A whole call, from a tick to the committed fills, where exceptions and run-time type information are off.
#include <ballast/core/apply.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/guard/stale_price.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/cara_band.hpp>
#include <ballast/trigger/optimal_band.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

namespace {
int failures = 0;
void expect(bool holds, const char* what) {
    if (holds) return;
    ++failures;
    std::fprintf(stderr, "not so: %s\n", what);
}

void one_account() {
    const std::vector<double> price{100.0, 50.0, 10.0}, target{0.5, 0.3, 0.2};
    const std::vector<timestamp> as_of(3, timestamp_from_civil(2024, 1, 2));
    holdings mine{.cash = 10.0, .quantity = {70.0, 40.0, 100.0}};
    keeper k{rebalancer{trigger::any_of{trigger::band{.absolute = 0.05}, trigger::calendar{}},
                        cost::sum{cost::minimum{cost::proportional{.rate = 10_bps}, 0.5}, cost::fixed{.amount = 0.1}}, solver::to_target{},
                        guard::stale_price{}, risk::ewma{}},
             {.assets = 3}};
    k.instruments({.step = {decimal_step{0.01}}});
    expect(!k.observe({.now = timestamp_from_civil(2024, 1, 2), .price = price, .as_of = as_of}), "the tick is taken");
    const decision& d = k.propose(mine.view(), target);
    expect(d.outcome == outcome::trade && d.orders.size() == 3, "it trades");
    expect(!apply(mine, d), "the orders fit the holdings");
    expect(!k.commit(d), "the decision is committed");
    const decision& again = k.propose(mine.view(), target);
    expect(again.orders.empty(), "proposing again finds nothing to do");

    // Bad data is an outcome.
    const std::vector<double> bad{100.0, -1.0, 10.0};
    expect(!k.observe({.now = timestamp_from_civil(2024, 1, 3), .price = bad}), "a bad price is no fault of a tick");
    const decision& rejected = k.propose(mine.view(), target);
    expect(rejected.outcome == outcome::rejected && rejected.problem.code == fault_code::bad_price && rejected.problem.index == 1,
           "a bad price is rejected by name");
    const fill unknown{7, 1.0, 1.0, 0.0};
    expect(k.commit(d, {&unknown, 1}).code == fault_code::bad_fill, "an unknown fill is told");
}

void to_the_edge() {
    const std::vector<double> price{100.0, 50.0}, target{0.5, 0.5}, quantity{70.0, 60.0};
    const rebalancer r{trigger::volatility_band{.width = 0.05, .reference = 0.2, .exponent = -1.0}, cost::proportional{.rate = 10_bps},
                       solver::to_band{}, guard::max_turnover{.limit = 0.5}, risk::ewma{.half_life = days(5)}};
    decltype(r)::market_state market;
    decltype(r)::account_state account;
    decltype(r)::workspace scratch;
    decision d;
    const sizes s{.assets = 2};
    r.prepare(market, s);
    r.prepare(account, s);
    r.prepare(scratch, s);
    r.prepare(d, s);
    const inputs in{.market = {.now = {days(1).ns}, .price = price}, .account = {.quantity = quantity}, .target = target};
    expect(!r.observe(market, in.market), "the tick is taken");
    expect(!r.observe(market, account, in, scratch), "the valuation is taken");
    r.propose(market, account, in, scratch, d);
    expect(d.outcome == outcome::hold || d.outcome == outcome::trade, "it decides");
    expect(std::fabs(d.value - 10'000.0) < 1e-9, "it values");
    expect(!r.commit(account, d, in.market.now), "it is committed");
}

void best_widths() {
    const std::vector<double> price{100.0}, target{0.5}, quantity{70.0};
    const auto trades = [&](const auto& trigger) {
        const rebalancer r{trigger, cost::proportional{.rate = 10_bps}, solver::to_band{}, risk::given{}};
        keeper k{r, {.assets = 1}};
        const std::vector<double> volatility{0.2};
        expect(!k.observe({.price = price, .volatility = volatility}), "the tick is taken");
        return k.propose({.cash = 3000.0, .quantity = quantity}, target).outcome == outcome::trade;
    };
    for (const auto method : {region_method::exact, region_method::expansion}) {
        expect(trades(trigger::optimal_band{.risk_aversion = 3.0, .rate = 10_bps, .method = method}), "beyond the optimal band it trades");
        expect(trades(trigger::optimal_band{.risk_aversion = 3.0, .rate = 10_bps, .drift = 0.06, .method = method}),
               "with a drift as well");
        expect(!trades(trigger::optimal_band{.risk_aversion = 3.0, .rate = 10_bps, .drift = 0.09, .method = method}),
               "not with a high one");
        expect(trades(trigger::cara_band{.risk_aversion = 3e-4, .rate = 10_bps, .interest = 0.02, .method = method}), "amounts as well");
    }
}
}  // namespace

int main() {
    one_account();
    to_the_edge();
    best_widths();
    return failures;
}
