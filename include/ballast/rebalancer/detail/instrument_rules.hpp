/// What the instruments' rules come to: faults, and limits on what may be bought and sold.
#pragma once

#include <cstddef>

#include "../../core/fault.hpp"
#include "../../core/instruments.hpp"
#include "../../core/limits.hpp"
#include "../../core/look.hpp"

namespace ballast::inline v0::detail {

template <class T>
[[nodiscard]] constexpr bool fits_rule(const column<T>& c, std::size_t n) noexcept {
    return c.size() <= 1 || c.size() == n;
}

/// f(column) for every column of the rules, until one answers with a fault.
template <class F>
[[nodiscard]] fault first_fault(const instrument_view& rules, F&& f) noexcept {
    fault found;
    const auto ask = [&](const auto&... columns) { (void)((found = f(columns), !found) && ...); };
    ask(rules.step, rules.tick, rules.multiplier, rules.min_notional, rules.max_notional, rules.min_quantity, rules.max_quantity,
        rules.buy.min_quantity, rules.buy.max_quantity, rules.buy.min_notional, rules.buy.max_notional, rules.sell.min_quantity,
        rules.sell.max_quantity, rules.sell.min_notional, rules.sell.max_notional, rules.min_position, rules.max_position, rules.max_short,
        rules.restriction, rules.fee_asset.buy, rules.fee_asset.sell, rules.fee_step, rules.crossing, rules.margin_long, rules.margin_short,
        rules.key);
    return found;
}

/// Whether every column has no entry, one, or one for each asset.
[[nodiscard]] inline fault check_sizes(const instrument_view& rules, std::size_t n) noexcept {
    return first_fault(rules, [n](const auto& c) -> fault {
        if (fits_rule(c, n)) return {};
        return {fault_code::size_mismatch, no_index, static_cast<double>(c.size())};
    });
}

/// What is wrong with the rules for n assets, if anything. Asked only before trading: nothing else reads them (multipliers aside).
[[nodiscard]] inline fault check_instruments(const instrument_view& rules, std::size_t n) noexcept {
    if (const fault f = check_sizes(rules, n)) return f;
    const auto all = [](fault_code code, const auto& value, const auto& good) noexcept {
        return [code, value, good](const auto&... columns) noexcept {
            fault found;
            const auto one = [&](const auto& c) {
                for (std::size_t i = 0; i < c.size() && !found; ++i)
                    if (!good(c[i])) found = {code, static_cast<std::uint32_t>(i), value(c[i])};
                return !found;
            };
            (void)(one(columns) && ...);
            return found;
        };
    };
    const auto itself = [](double x) noexcept { return x; };
    const auto steps = all(
        fault_code::bad_step, [](const decimal_step& s) noexcept { return s.value(); },
        [](const decimal_step& s) noexcept { return s.valid(); });
    const auto minimums = all(fault_code::bad_minimum, itself, [](double x) noexcept { return x >= 0.0 && finite(x); });
    const auto maximums = all(fault_code::bad_maximum, itself, [](double x) noexcept { return x >= 0.0; });
    const auto restrictions = all(
        fault_code::bad_restriction, [](restriction r) noexcept { return static_cast<double>(r); },
        [](restriction r) noexcept { return r <= restriction::frozen; });
    const auto fee_assets = all(
        fault_code::bad_fee_asset, [](std::uint32_t j) noexcept { return static_cast<double>(j); },
        [n](std::uint32_t j) noexcept { return j < n || j == own_asset || j == no_index; });
    const auto margins = all(fault_code::bad_margin, itself, [](double x) noexcept { return x >= 0.0 && finite(x); });
    const auto crossings = all(
        fault_code::bad_restriction, [](zero_crossing c) noexcept { return static_cast<double>(c); },
        [](zero_crossing c) noexcept { return c <= zero_crossing::close_first; });
    if (const fault f = steps(rules.step, rules.tick, rules.fee_step)) return f;
    if (const fault f = fee_assets(rules.fee_asset.buy, rules.fee_asset.sell)) return f;
    if (const fault f = minimums(rules.min_notional, rules.min_quantity, rules.buy.min_notional, rules.buy.min_quantity,
                                 rules.sell.min_notional, rules.sell.min_quantity, rules.min_position))
        return f;
    if (const fault f = maximums(rules.max_notional, rules.max_quantity, rules.buy.max_notional, rules.buy.max_quantity,
                                 rules.sell.max_notional, rules.sell.max_quantity, rules.max_position, rules.max_short))
        return f;
    if (const fault f = margins(rules.margin_long, rules.margin_short)) return f;
    if (const fault f = crossings(rules.crossing)) return f;
    return restrictions(rules.restriction);
}

/// Whether any rule limits what may be bought or sold.
[[nodiscard]] inline bool limits_trades(const instrument_view& rules) noexcept {
    return !(rules.max_notional.empty() && rules.max_quantity.empty() && rules.buy.max_notional.empty() && rules.buy.max_quantity.empty() &&
             rules.sell.max_notional.empty() && rules.sell.max_quantity.empty() && rules.max_position.empty() && rules.max_short.empty() &&
             rules.restriction.empty());
}

/// Narrows what may be bought and sold to what the rules allow; positions must be known. Of two rules that allow the same the one that lasts
/// is told: what may not be done at all before what goes on in the next call. O(n).
inline void narrow_to_rules(const look& l, limits& lim) noexcept {
    const instrument_view& rules = l.input->instruments;
    const auto larger = [](double a, double b) { return a > b ? a : b; };
    for (std::size_t i = 0; i < l.assets(); ++i) {
        const double price = l.price[i];
        const double held = l.position[i];
        switch (rule(rules.restriction, i)) {
            case restriction::none: break;
            case restriction::no_buy: lim.narrow_buy(i, 0.0, why::no_buying); break;
            case restriction::no_sell: lim.narrow_sell(i, 0.0, why::no_selling); break;
            case restriction::frozen: lim.narrow_trade(i, 0.0, why::frozen_by_host); break;
            case restriction::close_only:
                lim.narrow_buy(i, larger(-held, 0.0), held < 0.0 ? why::cut_to_close : why::close_only);
                lim.narrow_sell(i, larger(held, 0.0), held > 0.0 ? why::cut_to_close : why::close_only);
                break;
        }
        if (!rules.max_position.empty()) {
            const double most = rule(rules.max_position, i) * price;
            lim.narrow_buy(i, most - held, why::cut_by_bounds);
            lim.narrow_sell(i, most + held, why::cut_by_bounds);
        }
        if (!rules.max_short.empty()) lim.narrow_sell(i, rule(rules.max_short, i) * price + held, why::cut_by_borrow);
        const auto at_most = [&](const column<double>& amount, const column<double>& quantity, auto&& narrow) {
            if (!amount.empty()) narrow(rule(amount, i));
            if (!quantity.empty()) narrow(rule(quantity, i) * price);
        };
        at_most(rules.max_notional, rules.max_quantity, [&](double most) { lim.narrow_trade(i, most, why::cut_by_maximum); });
        at_most(rules.buy.max_notional, rules.buy.max_quantity, [&](double most) { lim.narrow_buy(i, most, why::cut_by_maximum); });
        at_most(rules.sell.max_notional, rules.sell.max_quantity, [&](double most) { lim.narrow_sell(i, most, why::cut_by_maximum); });
    }
}

}  // namespace ballast::inline v0::detail
