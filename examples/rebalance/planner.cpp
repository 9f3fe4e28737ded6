#include "planner.hpp"

#include <ballast/describe.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace ballast;

namespace host {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// What sums over a portfolio can not tell from zero, as a share of it.
constexpr double noise = 1e-12;

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
    bool cut = false;
    for (int attempt = 0;; ++attempt) {
        if (failure f = propose(d)) return f;
        if (book_.open.empty()) return {};
        if (bound_sales(d)) continue;
        if (!bound_purchases(d, attempt)) break;
        cut = true;
    }
    return cut ? spend_rest(d) : failure{};
}

void planner::keep(std::size_t i, double most, why because) {
    kept_.most[i] = most;
    kept_.cause[i] = because;
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
    const inputs in{.market = {.now = now_, .price = book_.price, .as_of = book_.as_of, .volatility = book_.volatility},
                    .account = {.cash = settled_.cash, .quantity = settled_.quantity},
                    .target = book_.target,
                    .instruments = {.step = book_.step, .min_notional = book_.min_notional}};
    if (const fault f = r.observe(market, in.market)) return {bad_data, describe(f, book_.asset)};
    if (last_trade_.happened()) {
        decision traded;  // clocks ask when, not what
        traded.orders.emplace_back();
        if (const fault f = r.commit(account, traded, last_trade_)) return {bad_data, describe(f, book_.asset)};
    }
    r.propose(market, account, in, scratch, d);
    return {};
}

double planner::sellable(std::size_t i) const { return std::max(0.0, std::min(book_.quantity[i], book_.quantity[i] + book_.open_of(i))); }

double planner::left_over(const decision& d) const {
    double cash = settled_.at_hand;
    for (const order& o : d.orders) cash -= o.quantity * o.limit_price + o.cost * std::max(1.0, o.limit_price / o.price);
    double target_of_cash = 1.0;
    for (std::size_t i = 0; i < d.assets(); ++i) target_of_cash -= d.weight_before()[i] - d.drift()[i];
    return cash - std::min(policy_.parts.mandate.cash_floor(d.value_after(), target_of_cash), settled_.at_hand);
}

/// True where a sale was too large.
bool planner::bound_sales(const decision& d) {
    if (policy_.parts.mandate.allow_short) return false;
    bool any = false;
    for (const order& o : d.orders) {
        const double most = sellable(o.asset);
        if (o.buy() || -o.quantity <= most) continue;
        // Steps are counted to 2^-50; any other quantity must not be above what is held by its last bit.
        const bool again = kept_.cause[o.asset] == why::cut_by_holding;
        keep(o.asset, again ? 0.0 : most * book_.price[o.asset] * (1.0 - 0x1p-51), why::cut_by_holding);
        any = true;
    }
    return any;
}

/// True where the purchases were too large. Without open sales the list keeps to the cash by itself.
bool planner::bound_purchases(const decision& d, int attempt) {
    double bought = 0.0;
    for (const order& o : d.orders)
        if (o.buy()) bought += o.notional + o.cost;
    const double left = left_over(d);
    if (settled_.at_hand >= settled_.cash || bought == 0.0 || left >= -d.value * noise) return false;
    const double part = attempt > 50 ? 0.0 : std::max(0.0, bought + left) / bought * (1.0 - 1e-9);
    for (const order& o : d.orders)
        if (o.buy()) keep(o.asset, o.notional * part, part > 0.0 ? why::cut_by_cash : why::no_cash);
    return true;
}

/// Purchases that were cut are raised again as far as the rest reaches, those first of which most is missing.
failure planner::spend_rest(decision& d) {
    std::vector<reason> short_of;
    for (const reason& r : d.reasons)
        if (kept_.cause[r.asset] == why::cut_by_cash && r.missing() > 0.0) short_of.push_back(r);
    std::stable_sort(short_of.begin(), short_of.end(), [](const reason& a, const reason& b) { return a.missing() > b.missing(); });
    for (const reason& r : short_of) {
        double rate = 0.0;
        for (const order& o : d.orders)
            if (o.asset == r.asset) rate = o.limit_price / o.price * (1.0 + o.cost / o.notional) - 1.0;
        const double more = left_over(d) / (1.0 + rate);
        if (!(more > d.value * noise)) break;
        const kept before = kept_;
        keep(r.asset, std::max(0.0, d.reason_of(r.asset).done) + more, why::cut_by_cash);
        decision raised;
        if (failure f = propose(raised)) return f;
        if (left_over(raised) >= -raised.value * noise && !bound_sales(raised) && raised.turnover > d.turnover)
            d = std::move(raised);
        else
            kept_ = before;
    }
    return {};
}

}  // namespace host
