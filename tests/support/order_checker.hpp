// An independent referee of an order list: plain loops over what the host handed in and what it got back, in long doubles, with no help
// from the library. It knows the rules of DESIGN.md: whole steps, limits, cash after every prefix, holdings, minimums, conservation.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <ballast/core/decision.hpp>
#include <ballast/core/inputs.hpp>
#include <ballast/core/mandate.hpp>

// The referee reckons in more digits than the library on purpose.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdouble-promotion"

namespace ballast_test {

/// What the referee has to know beside inputs and decision.
struct house_rules {
    ballast::mandate rules{};
    double collar = 0.0;
    double max_turnover = HUGE_VAL;             ///< one-way
    std::vector<double> max_buy{}, max_sell{};  ///< per asset, base currency; empty: no limit
};

namespace referee {
/// Exactly, and said so: some compilers warn of a conversion that makes a number wider.
inline long double wide(double x) { return static_cast<long double>(x); }
inline long double wide(long double x) { return x; }
inline long double ten_to(int e) {
    long double p = 1.0L;
    for (; e > 0; --e) p *= 10.0L;
    for (; e < 0; ++e) p /= 10.0L;
    return p;
}
/// The entry of an optional column, or what stands for none.
inline double or_else(const ballast::column<double>& c, std::size_t i, double none) {
    return c.size() == 0 ? none : c.size() == 1 ? c[0] : c[i];
}
template <class T>
T one_of(const ballast::column<T>& c, std::size_t i) {
    return c.size() == 0 ? T{} : c.size() == 1 ? c[0] : c[i];
}
}  // namespace referee

/// What positions come to against what they may, as amounts: gross, net long, net short, margin.
struct exposure_totals {
    long double of[4] = {};
};
/// Of assets worth `position` each.
inline exposure_totals exposures_of(const ballast::inputs& in, const std::vector<long double>& position) {
    exposure_totals sum;
    for (std::size_t i = 0; i < position.size(); ++i) {
        const long double x = position[i];
        const double margin =
            x < 0 ? referee::or_else(in.instruments.margin_short, i, 0.0) : referee::or_else(in.instruments.margin_long, i, 0.0);
        sum.of[0] += std::fabs(x);
        sum.of[1] += x;
        sum.of[2] -= x;
        sum.of[3] += std::fabs(x) * referee::wide(margin);
    }
    return sum;
}
/// The most that they may come to for an account worth so much: what the mandate says, or what the targets themselves come to.
inline exposure_totals exposure_caps(const ballast::inputs& in, const ballast::mandate& rules, long double value) {
    std::vector<long double> target;
    for (std::size_t i = 0; i < in.target.size(); ++i) target.push_back(referee::wide(in.target[i]));
    exposure_totals cap = exposures_of(in, target);
    const double most[4] = {rules.leverage, rules.net_leverage, rules.net_leverage, 1.0};
    for (int k = 0; k < 4; ++k) cap.of[k] = value * std::fmax(cap.of[k], referee::wide(most[k]));
    return cap;
}

/// The first broken rule in words; empty where the list may be sent. `cost(asset, notional)` is what the host knows of its fees, signed notional.
template <class Cost>
[[nodiscard]] std::string first_complaint(const ballast::inputs& in, const house_rules& h, const Cost& cost, const ballast::decision& d) {
    using referee::wide;
    std::ostringstream out;
    out.precision(17);
    const auto& account = in.account;
    const std::size_t n = in.market.price.size();
    const bool by_weight = account.weight.size() > 0;
    const std::size_t rows = by_weight ? account.weight.size() : account.steps.size() > 0 ? account.steps.size() : account.quantity.size();
    const auto worth = [&](std::size_t i) { return in.market.price[i] * referee::or_else(in.instruments.multiplier, i, 1.0); };
    const bool mapped = account.asset_of_row.size() > 0;
    const auto asset_of = [&](std::size_t r) -> std::size_t { return mapped ? account.asset_of_row[r] : r; };

    // The account before.
    std::vector<long double> blur(rows, 0.0L);  // what sums of holdings and open orders may be off by, in units of their last bit
    std::vector<long double> held(rows, 0.0L), position(n, 0.0L), traded(n, 0.0L);
    long double cash = wide(account.cash);
    long double value = wide(account.cash);
    if (by_weight) cash = value = wide(account.value);
    for (std::size_t r = 0; r < rows; ++r) {
        const long double p = worth(asset_of(r));
        if (by_weight)
            held[r] = wide(account.weight[r]) * wide(account.value) / p;
        else if (account.steps.size() > 0)
            held[r] = static_cast<long double>(account.steps[r]) * wide(referee::one_of(in.instruments.step, asset_of(r)).value());
        else
            held[r] = wide(account.quantity[r]);
        position[asset_of(r)] += held[r] * p;
        if (by_weight)
            cash -= held[r] * p;
        else
            value += held[r] * p;
    }
    // Flows are paid, open orders are filled: at the reference prices as far as positions go; for the cash at hand, buys at their limits and sales
    // not at all.
    cash += wide(account.flow);
    value += wide(account.flow);
    const long double booked = cash;
    long double at_hand = cash;
    for (std::size_t k = 0; k < account.open.size(); ++k) {
        const ballast::open_order& o = account.open[k];
        const long double unit = worth(o.asset);
        const std::size_t r = mapped ? o.row : o.asset;
        const long double units = account.steps.size() > 0
                                      ? static_cast<long double>(o.steps) * wide(referee::one_of(in.instruments.step, o.asset).value())
                                      : wide(o.quantity);
        if (r < rows) held[r] += units;
        if (r < rows) blur[r] += std::fabs(units);
        position[o.asset] += units * unit;
        cash -= wide(o.quantity) * unit + wide(o.cost);
        value -= wide(o.cost);
        const long double limit = wide(o.limit_price) * wide(referee::or_else(in.instruments.multiplier, o.asset, 1.0));
        at_hand -= wide(o.cost);
        if (o.quantity > 0.0) at_hand -= wide(o.quantity) * std::fmax(limit, unit);
    }
    const bool waits = h.rules.proceeds == ballast::proceeds::when_settled;
    long double settled = at_hand - wide(account.unsettled);
    long double gross_held = std::fabs(cash) + std::fabs(at_hand);
    for (std::size_t r = 0; r < rows; ++r) gross_held += std::fabs(held[r] * wide(worth(asset_of(r))));
    const long double ulp = 1.0L / 4503599627370496.0L;  // 2^-52
    for (std::size_t k = 0; k < d.cancels.size(); ++k) {
        if (d.cancels[k] >= account.open.size() || (k > 0 && d.cancels[k] <= d.cancels[k - 1])) return "cancels what is not open";
        for (const ballast::order& o : d.orders)
            if (o.asset == account.open[d.cancels[k]].asset) return "cancels and sends orders of one asset";
    }
    for (const ballast::order& o : d.orders)
        for (std::size_t k = 0; k < account.open.size(); ++k)
            if (account.open[k].asset == o.asset && account.open[k].quantity * o.quantity < 0.0) return "an order against an open one";
    if (d.orders.empty()) {
        if (!d.cancels.empty() && d.cost == 0.0) return {};
        if (d.outcome == ballast::outcome::trade || d.outcome == ballast::outcome::inexact) return "trades without an order";
        if (d.cost != 0.0 || d.turnover != 0.0 || d.cash_after != d.cash) return "no orders, but a cost or a turnover";
        return {};
    }
    if (d.outcome != ballast::outcome::trade && d.outcome != ballast::outcome::inexact) return "orders, but the outcome is not to trade";
    if (std::fabs(wide(d.value) - value) > 64 * ulp * gross_held) {
        out << "value " << d.value << ", should be " << static_cast<double>(value);
        return out.str();
    }

    // What is paid once for the list is paid like a flow.
    const long double batch = wide(d.batch);
    if (!(batch >= 0.0L)) return "a batch that pays";
    cash -= batch;
    at_hand -= batch;
    settled -= batch;

    long double targets = 0.0L;
    for (std::size_t i = 0; i < in.target.size(); ++i) targets += wide(in.target[i]);
    // What fees are paid in, and how money is counted.
    const ballast::decimal_step money_step = h.rules.money_step;
    const long double money = static_cast<long double>(money_step.mantissa()) * referee::ten_to(money_step.exponent());
    const auto& rules_of_all = in.instruments;
    const auto fee_asset = [&](std::size_t i, bool buys) -> std::uint32_t {
        const auto& c = buys ? rules_of_all.fee_asset.buy : rules_of_all.fee_asset.sell;
        if (c.size() == 0) return ballast::no_index;
        const std::uint32_t j = c.size() == 1 ? c[0] : c[i];
        return j == ballast::own_asset ? static_cast<std::uint32_t>(i) : j;
    };
    const auto fee_step = [&](std::size_t j) {
        return account.steps.size() > 0 ? referee::one_of(rules_of_all.step, j) : referee::one_of(rules_of_all.fee_step, j);
    };
    // The fee of an order as the venue takes it, base currency: rounded up where it is counted in an asset.
    const auto fee_of = [&](std::size_t i, bool buys, double notional) -> long double {
        const long double plain = cost(i, notional);
        const std::uint32_t j = fee_asset(i, buys);
        if (j == ballast::no_index && money > 0.0L)
            return std::ceil((wide(notional) + plain) / money - std::fabs((wide(notional) + plain) / money) * 8 * ulp - 1e-18L) * money -
                   wide(notional);
        if (j == ballast::no_index || fee_step(j).mantissa() == 0) return plain;
        const long double unit = static_cast<long double>(fee_step(j).mantissa()) * referee::ten_to(fee_step(j).exponent());
        return std::ceil(plain / (wide(worth(j)) * unit) * (1.0L - 8 * ulp) - 1e-18L) * unit * wide(worth(j));
    };
    std::vector<long double> fees_in(n, 0.0L), fees_at_limit(n, 0.0L), of_row(rows, 0.0L);
    std::vector<bool> for_fees(n, false);
    for (std::size_t i = 0; i < n; ++i)
        for (const bool buys : {false, true})
            if (const std::uint32_t j = fee_asset(i, buys); j < n && j != i) for_fees[j] = true;
    std::vector<long double> stock = held;  // after the orders so far and what they pay
    std::size_t next_fee = 0;
    std::vector<int> side(n, 0);
    std::vector<bool> row_seen(rows, false);
    std::vector<long double> running = held;
    std::vector<long double> units_traded(n, 0.0L);
    bool bought = false;
    long double total_cost = 0.0L, spent = 0.0L, gross = std::fabs(booked), two_way = 0.0L;
    long double worst_cash = at_hand, worst_prefix = at_hand;
    const long double settled_before = settled;
    for (std::size_t k = 0; k < d.orders.size(); ++k) {
        const ballast::order& o = d.orders[k];
        const auto bad = [&](const char* what, long double a = 0, long double b = 0) {
            out << "order " << k << " (asset " << o.asset << ", quantity " << o.quantity << "): " << what << ' ' << static_cast<double>(a)
                << ' ' << static_cast<double>(b);
            return out.str();
        };
        if (o.asset >= n) return bad("no such asset");
        if (o.row == ballast::no_index) {
            for (std::size_t r = 0; r < rows; ++r)
                if (asset_of(r) == o.asset) return bad("has no row, though the asset has one");
        } else {
            if (o.row >= rows || asset_of(o.row) != o.asset) return bad("the row is not the asset's");
            // Through zero in two orders, one after the other, where the venue asks for it; otherwise in one.
            const bool close_first = referee::one_of(in.instruments.crossing, o.asset) == ballast::zero_crossing::close_first;
            const long double was = running[o.row];
            const long double now = was + wide(o.quantity);
            const long double blurred = 8 * ulp * (std::fabs(held[o.row]) + blur[o.row] + std::fabs(wide(o.quantity)));
            const bool closed = row_seen[o.row] && std::fabs(was) <= blurred && k > 0 && d.orders[k - 1].row == o.row &&
                                (d.orders[k - 1].quantity > 0.0) == (o.quantity > 0.0);
            if (row_seen[o.row] && !(close_first && closed)) return bad("a second order for one row");
            if (close_first && std::fabs(was) > blurred && std::fabs(now) > blurred && (was > 0) != (now > 0))
                return bad("goes through zero", was, now);
            row_seen[o.row] = true;
            running[o.row] = now;
        }
        if (!(o.quantity != 0.0) || !std::isfinite(o.quantity)) return bad("no quantity");
        const bool buys = o.quantity > 0.0;
        if (side[o.asset] == (buys ? -1 : 1)) return bad("the asset is bought and sold");
        side[o.asset] = buys ? 1 : -1;
        if (bought && !buys) return bad("a sale after a purchase");
        bought = bought || (buys && !for_fees[o.asset]);

        // Whole steps.
        const ballast::decimal_step step = referee::one_of(in.instruments.step, o.asset);
        if (!(o.step == step)) return bad("not the instrument's step");
        if (step.mantissa() == 0) {
            if (o.steps != 0) return bad("counts steps of a continuous instrument");
        } else {
            const long double unit = static_cast<long double>(step.mantissa()) * referee::ten_to(step.exponent());
            const long double exact = static_cast<long double>(o.steps) * unit;
            if (std::fabs(exact - wide(o.quantity)) > 0.51L * ulp * std::fabs(exact)) return bad("not whole steps", exact, unit);
        }
        const double price = in.market.price[o.asset];
        if (o.price != price) return bad("not the reference price", price);
        if (o.multiplier != referee::or_else(in.instruments.multiplier, o.asset, 1.0)) return bad("not the multiplier", o.multiplier);
        if (o.notional != o.quantity * worth(o.asset)) return bad("notional", o.notional);
        const double minimum = referee::one_of(in.instruments.min_notional, o.asset);
        if (std::fabs(o.notional) < minimum) return bad("below the minimum notional", o.notional, minimum);

        const auto& rules = in.instruments;
        const ballast::order_size_view& of_side = buys ? rules.buy : rules.sell;
        for (const auto* least : {&rules.min_quantity, &of_side.min_quantity})
            if (std::fabs(wide(o.quantity)) < wide(referee::or_else(*least, o.asset, 0.0)) * (1.0L - 4 * ulp))
                return bad("below the minimum quantity");
        if (std::fabs(o.notional) < referee::or_else(of_side.min_notional, o.asset, 0.0))
            return bad("below the minimum notional of its side");
        for (const auto* most : {&rules.max_quantity, &of_side.max_quantity})
            if (std::fabs(wide(o.quantity)) > wide(referee::or_else(*most, o.asset, HUGE_VAL)) * (1.0L + 8 * ulp))
                return bad("above the maximum quantity");
        for (const auto* most : {&rules.max_notional, &of_side.max_notional})
            if (std::fabs(wide(o.notional)) > wide(referee::or_else(*most, o.asset, HUGE_VAL)) * (1.0L + 8 * ulp))
                return bad("above the maximum notional");
        switch (referee::one_of(rules.restriction, o.asset)) {
            case ballast::restriction::none: break;
            case ballast::restriction::no_buy:
                if (buys) return bad("may not be bought");
                break;
            case ballast::restriction::no_sell:
                if (!buys) return bad("may not be sold");
                break;
            case ballast::restriction::close_only:
                if (buys == (position[o.asset] >= 0)) return bad("may only be closed");
                break;
            case ballast::restriction::frozen: return bad("is frozen");
        }

        // Limits: as far from the reference as allowed and no further, on a tick.
        const ballast::decimal_step tick = referee::one_of(in.instruments.tick, o.asset);
        const long double unit = static_cast<long double>(tick.mantissa()) * referee::ten_to(tick.exponent());
        const long double furthest = static_cast<long double>(price) * (buys ? 1.0L + wide(h.collar) : 1.0L - wide(h.collar));
        const long double inside = buys ? furthest - wide(o.limit_price) : wide(o.limit_price) - furthest;
        if (inside < -8 * ulp * wide(price)) return bad("limit beyond the collar", o.limit_price, furthest);
        if (inside > unit + 8 * ulp * wide(price)) return bad("limit more than a tick inside the collar", o.limit_price, furthest);
        if (tick.mantissa() != 0) {
            const long double ticks = wide(o.limit_price) / unit;
            if (std::fabs(ticks - std::round(ticks)) > 8 * ulp * ticks) return bad("limit between ticks", o.limit_price);
        }

        // What it pays in an asset.
        long double fee = fee_of(o.asset, buys, o.notional);
        const std::uint32_t paid_in = fee_asset(o.asset, buys);
        const bool in_cash = paid_in == ballast::no_index;
        const bool in_kind = paid_in == o.asset;
        long double units_of_fee = 0.0L;
        if (!in_cash && o.cost != 0.0) {
            if (next_fee >= d.fees.size() || d.fees[next_fee].order != k) return bad("does not tell what it pays in an asset");
            const ballast::fee_payment& f = d.fees[next_fee++];
            if (f.step.mantissa() != 0) {  // which of two counts is rounding where the exact one is a whole number but for the last bits
                const long double of_step =
                    static_cast<long double>(f.step.mantissa()) * referee::ten_to(f.step.exponent()) * wide(worth(paid_in));
                if (std::fabs(wide(o.cost) - fee) <= 1.01L * of_step) fee = wide(o.cost);
            }
            units_of_fee = wide(f.quantity);
            if (f.asset != paid_in) return bad("pays in another asset", f.asset, paid_in);
            if (f.row != ballast::no_index && (f.row >= rows || asset_of(f.row) != paid_in)) return bad("pays from a row of another asset");
            if (in_kind && f.row != o.row) return bad("pays from another row than its own");
            if (!(f.step == fee_step(paid_in))) return bad("not the step of the fee");
            if (f.step.mantissa() != 0) {
                const long double of_step = static_cast<long double>(f.step.mantissa()) * referee::ten_to(f.step.exponent());
                if (std::fabs(static_cast<long double>(f.steps) * of_step - units_of_fee) > 0.51L * ulp * std::fabs(units_of_fee))
                    return bad("the fee is not in whole steps", units_of_fee, of_step);
            }
            if (std::fabs(units_of_fee * wide(worth(paid_in)) - fee) > 64 * ulp * std::fabs(fee))
                return bad("the fee in the asset", units_of_fee);
            fees_in[paid_in] += units_of_fee * wide(worth(paid_in));
            if (f.row != ballast::no_index) of_row[f.row] += units_of_fee;
            if (!in_kind && !h.rules.allow_short) {
                long double left = f.row == ballast::no_index ? 0.0L : stock[f.row];
                if (f.row == ballast::no_index)  // bought in this list, as the asset had none
                    for (std::size_t e = 0; e < k; ++e)
                        if (d.orders[e].asset == paid_in) left += wide(d.orders[e].quantity);
                long double due = 0.0L;
                for (const ballast::fee_payment& g : d.fees)
                    if (g.order <= k && g.asset == paid_in && d.orders[g.order].asset != paid_in && f.row == ballast::no_index)
                        due += wide(g.quantity);
                if (f.row != ballast::no_index) due = units_of_fee;
                if (left - due < -8.0L * ulp * (std::fabs(left) + due) - 2 * ulp * gross_held / wide(worth(paid_in)))
                    return bad("pays more in an asset than is there", due, left);
                if (f.row != ballast::no_index) stock[f.row] -= units_of_fee;
            }
        }

        // Holdings.
        if (o.row != ballast::no_index) {
            const long double before = stock[o.row];
            const long double after = before + wide(o.quantity) - (in_kind ? units_of_fee : 0.0L);
            stock[o.row] = after;
            if (!h.rules.allow_short && after < 0 && std::fabs(after) > 4.01L * ulp * (std::fabs(before) + blur[o.row]))
                return bad("sells more than is held", before);
            if (!h.rules.allow_short && !buys && before <= 0) return bad("sells what is not held", before);
        }

        if (in_cash && money > 0.0L) {  // whole steps of money; which of two is rounding where the exact amount is one
            const long double amount = wide(o.notional) + wide(o.cost);
            const long double whole = std::round(amount / money) * money;
            if (std::fabs(amount - whole) > 4 * ulp * (std::fabs(whole) + std::fabs(wide(o.cost))))
                return bad("not a whole amount of money", amount);
            if (std::fabs(fee - wide(o.cost)) <= 1.01L * money + 8 * ulp * std::fabs(wide(o.notional)) &&
                wide(o.cost) >= cost(o.asset, o.notional) - 8 * ulp * std::fabs(wide(o.notional)))
                fee = wide(o.cost);
        }
        if (std::fabs(fee - wide(o.cost)) > 64 * ulp * std::fabs(fee)) return bad("cost", o.cost, fee);
        total_cost += wide(o.cost);
        spent += wide(o.notional) + (in_cash ? wide(o.cost) : 0.0L);
        gross += std::fabs(wide(o.notional));
        traded[o.asset] += wide(o.notional);
        units_traded[o.asset] += wide(o.quantity);

        // Cash if every order fills as badly as it may, here or at its reference price.
        const double worst = buys ? std::fmax(o.limit_price, o.price) : std::fmin(o.limit_price, o.price);
        const double amount = o.quantity * (worst * o.multiplier);
        const long double fee_at_worst = fee_of(o.asset, buys, amount);
        const long double in_money = static_cast<long double>(amount) + (in_cash ? fee_at_worst : 0.0L);
        if (!in_cash && !in_kind) fees_at_limit[paid_in] += std::fmax(fee_at_worst, fee);
        worst_cash -= in_money;
        worst_prefix = std::fmin(worst_prefix, worst_cash);
        if (buys) settled -= in_money;
    }
    if (next_fee != d.fees.size()) return "a fee without an order";
    for (std::size_t i = 0; i < n; ++i) {
        two_way += std::fabs(traded[i] - fees_in[i]);
        if (fees_at_limit[i] == 0.0L || h.rules.allow_short) continue;
        if (position[i] + traded[i] - fees_at_limit[i] < -64 * ulp * (gross + gross_held)) {
            out << "asset " << i << " runs out where fees are paid in it: " << static_cast<double>(position[i] + traded[i]) << " for "
                << static_cast<double>(fees_at_limit[i]);
            return out.str();
        }
    }
    if (waits && settled < std::fmin(settled_before, 0.0L) - 8 * ulp * (gross + gross_held)) {
        out << "pays buys with cash that has not settled: " << static_cast<double>(settled) << " is left of "
            << static_cast<double>(settled_before);
        return out.str();
    }

    // Cash.
    const long double after = value - total_cost - batch;
    long double reserve = wide(h.rules.reserve) * after + wide(h.rules.reserve_amount);
    reserve = std::fmin(reserve, after);
    if (targets > 1.0L && h.rules.leverage > 1.0)
        reserve -= (static_cast<long double>(targets) - 1.0L) * after;  // borrowing that the targets ask for
    const long double floor = std::fmin(at_hand, reserve);
    const long double loose = 4.0L + (targets > 1.0L ? static_cast<long double>(n) / 8.0L : 0.0L);  // the library's own sum of the targets
    if (worst_prefix < floor - loose * ulp * (gross + gross_held)) {
        out << "cash falls to " << static_cast<double>(worst_prefix) << ", below " << static_cast<double>(floor)
            << " (before: " << static_cast<double>(at_hand) << ", missing " << static_cast<double>(floor - worst_prefix) << ")";
        return out.str();
    }

    // Conservation: what was spent is what cash lost; in steps of money exactly.
    const auto steps_of_money = [&](double amount) { return std::round(wide(amount) / money); };
    const auto is_whole = [&](double amount) {
        return wide(amount) - steps_of_money(amount) * money == 0.0L || amount == static_cast<double>(steps_of_money(amount) * money);
    };
    bool all_in_cash = true;
    for (const ballast::order& o : d.orders) all_in_cash = all_in_cash && fee_asset(o.asset, o.quantity > 0.0) == ballast::no_index;
    if (money > 0.0L && all_in_cash && is_whole(d.cash) && gross / money < 1e14L) {
        long double left = steps_of_money(d.cash);
        for (const ballast::order& o : d.orders) left -= std::round((wide(o.notional) + wide(o.cost)) / money);
        left -= std::round(batch / money);
        if (!is_whole(d.cash_after) || steps_of_money(d.cash_after) != left) {
            out << "cash is not what its steps of money come to: " << d.cash_after << ", should be " << static_cast<double>(left * money);
            return out.str();
        }
    }
    const long double kept = spent + batch + (wide(d.cash_after) - wide(d.cash));
    if (std::fabs(kept) > 4 * (ulp / 2) * gross) {
        out << "not conserved: " << static_cast<double>(kept) << " of " << static_cast<double>(gross);
        return out.str();
    }
    // What rounding takes, in money or in fee assets, is told from notionals.
    const long double of_rounding = money > 0.0L || !d.fees.empty() ? gross : 0.0L;
    if (std::fabs(total_cost + batch - wide(d.cost)) > 8 * ulp * (std::fabs(total_cost) + batch + of_rounding))
        return "the total cost is not the sum of the orders' costs";
    const long double turnover = 0.5L * (two_way + std::fabs(spent + batch)) / value;
    if (std::fabs(turnover - wide(d.turnover)) > (1e-12L + 64 * ulp * gross_held / value) * (turnover + 1e-3L)) {
        out << "turnover " << d.turnover << ", should be " << static_cast<double>(turnover);
        return out.str();
    }
    if (d.turnover > h.max_turnover * (1.0 + 1e-12)) {
        out << "turnover " << d.turnover << " above its limit " << h.max_turnover;
        return out.str();
    }
    for (std::size_t i = 0; i < n; ++i) {
        if (traded[i] != 0.0L) {  // positions, in units
            const long double unit = worth(i);
            const long double now = (position[i] + traded[i] - fees_in[i]) / unit;
            const long double was = position[i] / unit;
            const long double blurred = 16 * ulp * (std::fabs(was) + std::fabs(traded[i]) / unit);
            const auto complain = [&](const char* what) {
                out << "asset " << i << ": " << what << ", from " << static_cast<double>(was) << " to " << static_cast<double>(now);
                return out.str();
            };
            const long double least = referee::or_else(in.instruments.min_position, i, 0.0);
            const long double most = referee::or_else(in.instruments.max_position, i, HUGE_VAL);
            if (std::fabs(now) > blurred && std::fabs(now) < least - blurred && !for_fees[i])
                return complain("less than the smallest position");
            if (std::fabs(now) > most + blurred && std::fabs(now) > std::fabs(was) + blurred)
                return complain("more than the largest position");
            if (now < -wide(referee::or_else(in.instruments.max_short, i, HUGE_VAL)) - blurred && now < was)
                return complain("more is borrowed than can be");
            if (referee::one_of(in.instruments.restriction, i) == ballast::restriction::close_only && now * was < -blurred * std::fabs(was))
                return complain("turned around, though it may only be closed");
        }
        const ballast::order_size_view& of_side = traded[i] > 0.0L ? in.instruments.buy : in.instruments.sell;
        for (const auto* most : {&in.instruments.max_quantity, &of_side.max_quantity})
            if (std::fabs(units_traded[i]) > wide(referee::or_else(*most, i, HUGE_VAL)) * (1.0L + 16 * ulp))
                return "more than the maximum quantity";
        for (const auto* most : {&in.instruments.max_notional, &of_side.max_notional})
            if (std::fabs(traded[i]) > wide(referee::or_else(*most, i, HUGE_VAL)) * (1.0L + 16 * ulp))
                return "more than the maximum notional";
        const std::vector<double>& allowed = traded[i] > 0.0L ? h.max_buy : h.max_sell;
        if (!allowed.empty() && std::fabs(traded[i]) > wide(allowed[i]) * (1.0L + 1e-12L) + 4 * ulp * gross_held) {
            out << "asset " << i << " trades " << static_cast<double>(traded[i]) << ", allowed are " << allowed[i];
            return out.str();
        }
        const long double w = (position[i] + traded[i] - fees_in[i]) / after;
        if (std::fabs(w - wide(d.weight_after()[i])) > 64 * ulp * (gross_held / after) * (1.0L + std::fabs(w))) {
            out << "weight after of asset " << i << ": " << d.weight_after()[i] << ", should be " << static_cast<double>(w);
            return out.str();
        }
    }

    // Leverage and margin: kept, or at least no further beyond them than before.
    std::vector<long double> then(n);
    for (std::size_t i = 0; i < n; ++i) then[i] = position[i] + traded[i] - fees_in[i];
    const exposure_totals most = exposure_caps(in, h.rules, after), was = exposures_of(in, position), is = exposures_of(in, then);
    static constexpr const char* words[4] = {"gross exposure", "net exposure", "net short exposure", "margin"};
    for (int k = 0; k < 4; ++k)
        if (is.of[k] > most.of[k] + 1e-12L * (gross_held + gross) && is.of[k] > was.of[k] + 1e-12L * (gross_held + gross)) {
            out << words[k] << ' ' << static_cast<double>(is.of[k]) << ", at most " << static_cast<double>(most.of[k]) << ", before "
                << static_cast<double>(was.of[k]);
            return out.str();
        }
    return {};
}

}  // namespace ballast_test

#pragma GCC diagnostic pop
