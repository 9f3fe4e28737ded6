#include "planner.hpp"

#include <ballast/describe.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include "purchases.hpp"

using namespace ballast;

namespace host {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

settled settle(const book& b) {
    settled s{.quantity = b.quantity, .cash = b.cash, .at_hand = b.cash};
    for (std::size_t i = 0; i < b.open.size(); ++i) {
        s.quantity[i] = b.quantity[i] + b.open[i];
        s.cash -= b.open[i] * b.price[i];
        if (b.open[i] > 0.0) s.at_hand -= b.open[i] * b.price[i];
    }
    return s;
}

planner::planner(const book& b, const settled& s, const named_policy& p, timestamp now, timestamp last_trade)
    : book_{b},
      settled_{s},
      policy_{p},
      now_{now},
      last_trade_{last_trade} {
    kept_.most.assign(b.assets(), infinity);
    kept_.cause.assign(b.assets(), why::full);
    for (std::size_t i = 0; i < b.assets(); ++i)
        if (b.is_frozen(i)) keep(i, 0.0, why::frozen_by_host);
}

failure planner::decide(decision& d) {
    do {
        if (failure f = propose(d)) return f;
    } while (!book_.open.empty() && bound_sales(d));
    // Without open sales the list keeps to the cash by itself.
    if (settled_.at_hand < settled_.cash) cut_purchases(d);
    return {};
}

void planner::keep(std::size_t i, double most, why because) {
    kept_.most[i] = most;
    kept_.cause[i] = because;
}

inputs planner::inputs() const {
    return {.market = {.now = now_, .price = book_.price, .as_of = book_.as_of, .volatility = book_.volatility},
            .account = {.cash = settled_.cash, .quantity = settled_.quantity},
            .target = book_.target,
            .instruments = {.step = book_.step, .min_notional = book_.min_notional}};
}

failure planner::propose(decision& d) const {
    named_policy p = policy_;
    p.parts.guards.push_back({.policy = kept_, .text = "kept", .assets = book_.assets(), .estimators = 0});
    std::vector<any_rebalancer> built;
    if (failure f = build(p, built)) return f;
    const any_rebalancer& r = built.front();
    const sizes n{.assets = book_.assets()};
    any_rebalancer::market_state market;
    any_rebalancer::account_state account;
    any_rebalancer::workspace scratch;
    r.prepare(market, n);
    r.prepare(account, n);
    r.prepare(scratch, n);
    r.prepare(d, n);
    const ballast::inputs in = inputs();
    if (const fault f = r.observe(market, in.market)) return {bad_data, describe(f, book_.asset)};
    if (last_trade_.happened()) {
        decision traded;  // clocks ask when, not what
        traded.orders.emplace_back();
        if (const fault f = r.commit(account, traded, last_trade_)) return {bad_data, describe(f, book_.asset)};
    }
    r.propose(market, account, in, scratch, d);
    return {};
}

/// True where a sale was too large.
bool planner::bound_sales(const decision& d) {
    if (policy_.parts.mandate.allow_short) return false;
    bool any = false;
    for (const order& o : d.orders) {
        const double held = book_.quantity[o.asset];
        const double most = std::max(0.0, held);
        if (o.buy() || -o.quantity <= most) continue;
        // Steps are counted to 2^-50; any other quantity must not be above what is held by its last bit.
        const bool again = kept_.cause[o.asset] == why::cut_by_holding;
        keep(o.asset, again ? 0.0 : most * book_.price[o.asset] * (1.0 - 0x1p-51), why::cut_by_holding);
        any = true;
    }
    return any;
}

/// Makes the purchases so small that they can be paid for with the cash at hand and what the list's own sales bring.
void planner::cut_purchases(decision& d) const {
    const ballast::inputs in = inputs();
    std::vector<double> target;
    std::vector<double> position;
    double target_of_cash = 1.0;
    for (std::size_t i = 0; i < d.assets(); ++i) {
        target.push_back(d.weight_before()[i] - d.drift()[i]);
        position.push_back(settled_.quantity[i] * book_.price[i]);
        target_of_cash -= target.back();
    }
    const look l{.now = now_,
                 .value = d.value,
                 .cash = d.cash,
                 .cash_target = target_of_cash,
                 .price = book_.price,
                 .position = position,
                 .weight = d.weight_before(),
                 .target = target,
                 .drift = d.drift(),
                 .quantity = settled_.quantity,
                 .input = &in,
                 .rules = &policy_.parts.mandate};
    const any_cost model = policy_.parts.joined_cost();
    const any_cost::view costs = model.bind(l);
    purchases p{d, costs, book_.min_notional};
    const double floor = std::min(policy_.parts.mandate.cash_floor(d.value_after(), target_of_cash), settled_.at_hand);
    double left = settled_.at_hand - floor;
    for (const order& o : d.orders)
        if (!o.buy()) left -= o.quantity * o.limit_price + o.cost;
    if (!p.fit(left)) p.apply(d);
}

}  // namespace host
