/// From inputs to the look: checks, value, weights, drifts. Two passes over the assets.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "../../core/decision.hpp"
#include "../../core/fault.hpp"
#include "../../core/inputs.hpp"
#include "../../core/look.hpp"
#include "../../core/mandate.hpp"
#include "../../core/step.hpp"
#include "../../numeric/octet.hpp"
#include "../../numeric/sum.hpp"
#include "instrument_rules.hpp"
#include "open_orders.hpp"

namespace ballast::inline v0::detail {

/// Targets may exceed the leverage by this much before they are refused: what is left of 1/3 + 1/3 + 1/3 after six digits.
inline constexpr double leverage_slack = 1e-6;

/// Buffers of a valuation; used only where the host's own columns can not be read in place.
struct valuation_buffers {
    std::vector<double> price{}, quantity{}, position{}, target{};
    std::vector<int128> steps{};
    std::vector<std::uint8_t> frozen{};

    void prepare(const sizes& s) {
        price.resize(s.assets);
        quantity.resize(s.row_count());
        steps.resize(s.row_count());
        position.resize(s.assets);
        target.resize(s.assets);
        frozen.resize(s.assets);
    }
    [[nodiscard]] bool holds(std::size_t assets, std::size_t rows) const noexcept {
        return position.size() >= assets && quantity.size() >= rows;
    }
};

[[nodiscard]] constexpr bool usable_price(double p) noexcept { return p > 0.0 && finite(p); }

/// What one pass over prices and quantities tells.
struct position_pass {
    double invested = 0.0;         ///< Σ quantity · price; any value that is not finite makes it not finite
    bool bad_price = false;        ///< some price is not above zero; NaN may pass, it shows in the sum
    bool signed_quantity = false;  ///< some quantity has its sign bit set: below zero, or −0
};

/// Signs are looked for in the bits: an OR leaves the registers to the sums.
[[nodiscard]] inline position_pass sum_positions(const double* __restrict price, const double* __restrict quantity,
                                                 std::size_t n) noexcept {
    octet sum = every(0.0), prices = every(1.0), quantities = every(0.0);
    for_each_octet(
        n, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
            const octet p = load(price + i, lanes, 1.0);
            const octet q = load(quantity + i, lanes, 0.0);
            sum = sum + q * p;
            prices = bits_of(prices, signed_unless_positive(p));
            quantities = bits_of(quantities, q);
        });
    return {sum_of(sum), any_signed(prices), any_signed(quantities)};
}

struct drift_pass {
    double target_sum = 0.0;
    double largest_drift = 0.0;
    std::uint32_t furthest = no_index;  ///< the first asset with it
    bool signed_target = false;         ///< some target has its sign bit set
};

/// weight = quantity · price / value, drift = weight − target, and the largest of them. A target that is not finite makes their sum not finite. The
/// positions themselves are not kept: five columns of 1,000 assets are all that fits in a first-level cache.
[[nodiscard]] inline drift_pass measure_drift(const double* __restrict price, const double* __restrict quantity,
                                              const double* __restrict target, double value, double* __restrict weight,
                                              double* __restrict drift, std::size_t n) noexcept {
    octet sum = every(0.0), largest = every(0.0), signs = every(0.0);
    const octet values = every(value);
    for_each_octet(
        n, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
            const octet w = load(quantity + i, lanes, 0.0) * load(price + i, lanes, 0.0) / values;
            store(weight + i, w, lanes);
            const octet t = load(target + i, lanes, 0.0);
            const octet d = w - t;
            store(drift + i, d, lanes);
            largest = larger(absolute(d), largest);
            sum = sum + t;
            signs = bits_of(signs, t);
        });
    drift_pass pass{.target_sum = sum_of(sum), .largest_drift = largest_of(largest), .signed_target = any_signed(signs)};
    // Only the lanes that hold the largest are searched for it.
    double at[8];
    store(at, largest);
    std::size_t first = n;
    for (std::size_t l = 0; l < 8; ++l) {
        if (at[l] != pass.largest_drift) continue;
        std::size_t i = l;
        while (i < first && absolute(drift[i]) != pass.largest_drift) i += 8;
        first = i < first ? i : first;
    }
    if (first < n) pass.furthest = static_cast<std::uint32_t>(first);
    return pass;
}

/// The same from positions that are known already.
[[nodiscard]] inline drift_pass measure_drift(std::span<const double> position, const double* target, double value, double* weight,
                                              double* drift) noexcept {
    drift_pass pass;
    exact_sum sum;
    for (std::size_t i = 0; i < position.size(); ++i) {
        weight[i] = position[i] / value;
        drift[i] = weight[i] - target[i];
        sum.add(target[i]);
        pass.signed_target = pass.signed_target || target[i] < 0.0;
        const double a = absolute(drift[i]);
        if (a < pass.largest_drift || (pass.furthest != no_index && a == pass.largest_drift)) continue;
        pass.largest_drift = a;
        pass.furthest = static_cast<std::uint32_t>(i);
    }
    pass.target_sum = sum.value();
    return pass;
}

template <class T>
const T* in_place_or_copied(const column<T>& c, std::vector<T>& buffer) noexcept {
    if (c.contiguous()) return c.data();
    for (std::size_t i = 0; i < c.size(); ++i) buffer[i] = c[i];
    return buffer.data();
}

[[nodiscard]] constexpr fault fault_at(fault_code code, std::size_t index, double value) noexcept {
    return {code, static_cast<std::uint32_t>(index), value};
}

/// True where the account is given by weights; without any assets its value tells.
[[nodiscard]] constexpr bool given_by_weight(const account_view& a) noexcept {
    return !a.weight.empty() || (a.quantity.empty() && a.steps.empty() && a.value != 0.0);
}

/// How many rows the account has.
[[nodiscard]] constexpr std::size_t row_count(const account_view& a) noexcept {
    return !a.weight.empty() ? a.weight.size() : !a.steps.empty() ? a.steps.size() : a.quantity.size();
}

/// What is wrong with the shape of the inputs, if anything.
[[nodiscard]] inline fault check_shape(const inputs& in) noexcept {
    const std::size_t n = in.market.price.size();
    const auto& a = in.account;
    const bool by_quantity = !a.quantity.empty() || !a.steps.empty();
    const bool by_weight = given_by_weight(a);
    const auto size_fault = [](std::size_t size) { return fault{fault_code::size_mismatch, no_index, static_cast<double>(size)}; };
    if ((by_quantity && by_weight) || (!a.quantity.empty() && !a.steps.empty())) return {fault_code::holdings_given_twice};
    if (!by_quantity && a.weight.empty() && n > 0 && a.asset_of_row.empty()) return {fault_code::holdings_missing};
    const std::size_t rows = row_count(a);
    if (a.asset_of_row.empty() ? rows != n : a.asset_of_row.size() != rows) return size_fault(rows);
    if (!a.place_of_row.empty() && a.place_of_row.size() != rows) return size_fault(a.place_of_row.size());
    if (!in.target.empty() && in.target.size() != n) return size_fault(in.target.size());
    if (!in.market.as_of.empty() && in.market.as_of.size() != n) return size_fault(in.market.as_of.size());
    if (!in.market.volume.empty() && in.market.volume.size() != n) return size_fault(in.market.volume.size());
    if (!fits_rule(in.instruments.multiplier, n)) return size_fault(in.instruments.multiplier.size());
    for (std::size_t r = 0; r < a.asset_of_row.size(); ++r)
        if (a.asset_of_row[r] >= n) return fault_at(fault_code::bad_asset_of_row, r, a.asset_of_row[r]);
    if (!finite(a.cash) || (by_weight && a.cash != 0.0)) return {fault_code::bad_cash, no_index, a.cash};
    if (!finite(a.flow)) return {fault_code::bad_flow, no_index, a.flow};
    if (!(a.unsettled >= 0.0 && finite(a.unsettled))) return {fault_code::bad_flow, no_index, a.unsettled};
    if (!(a.trailing_volume >= 0.0 && finite(a.trailing_volume))) return {fault_code::bad_flow, no_index, a.trailing_volume};
    if (by_weight && !a.open.empty()) return {fault_code::bad_open_order};
    if (by_weight && !(a.value > 0.0 && finite(a.value))) return {fault_code::bad_value, no_index, a.value};
    return {};
}

/// Replaces prices that can not be used by the last good ones and marks their assets.
[[nodiscard]] inline fault freeze_bad_prices(const double* price, std::span<const double> last_good, valuation_buffers& b,
                                             std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double p = price[i];
        b.frozen[i] = usable_price(p) ? 0 : 1;
        if (b.frozen[i] != 0 && (i >= last_good.size() || !usable_price(last_good[i]))) return fault_at(fault_code::bad_price, i, p);
        b.price[i] = b.frozen[i] != 0 ? last_good[i] : p;
    }
    return {};
}

/// Prices of one unit of quantity, for instruments of which one unit stands for several of what is priced.
[[nodiscard]] inline fault multiply_prices(const double* price, const column<double>& multiplier, valuation_buffers& b,
                                           std::size_t n) noexcept {
    for (std::size_t i = 0; i < multiplier.size(); ++i)
        if (!(multiplier[i] > 0.0 && finite(multiplier[i]))) return fault_at(fault_code::bad_multiplier, i, multiplier[i]);
    for (std::size_t i = 0; i < n; ++i) b.price[i] = price[i] * multiplier[multiplier.size() == 1 ? 0 : i];
    return {};
}

/// The first pass: holdings and prices to positions and value. Fills the look but for targets and drifts. On a fault the look is not to be used.
[[nodiscard]] inline fault value_account(const inputs& in, const mandate& m, std::span<const double> last_good, valuation_buffers& b,
                                         look& out) noexcept {
    if (const fault f = check_shape(in)) return f;
    const std::size_t n = in.market.price.size();
    const auto& a = in.account;
    const bool by_weight = given_by_weight(a);
    if (!a.steps.empty() && !fits_rule(in.instruments.step, n))
        return {fault_code::size_mismatch, no_index, static_cast<double>(in.instruments.step.size())};
    const std::size_t rows = row_count(a);
    if (!b.holds(n, rows)) return {fault_code::not_prepared, no_index, static_cast<double>(n > rows ? n : rows)};

    const double* price = in_place_or_copied(in.market.price, b.price);
    const double* quantity = nullptr;
    const auto asset_of = [&](std::size_t r) -> std::size_t { return a.asset_of_row.empty() ? r : a.asset_of_row[r]; };

    const auto first_bad_price = [&]() -> std::size_t {
        for (std::size_t i = 0; i < n; ++i)
            if (!usable_price(price[i])) return i;
        return n;
    };
    const auto freeze = [&]() -> fault {
        const std::size_t bad = first_bad_price();
        if (bad == n) return {};
        if (m.bad_price == on_bad_price::reject) return fault_at(fault_code::bad_price, bad, price[bad]);
        if (const fault f = freeze_bad_prices(price, last_good, b, n)) return f;
        price = b.price.data();
        out.frozen = {b.frozen.data(), n};
        return {};
    };

    if (!in.instruments.multiplier.empty()) {
        if (const fault f = freeze()) return f;
        if (const fault f = multiply_prices(price, in.instruments.multiplier, b, n)) return f;
        price = b.price.data();
    }

    if (by_weight) {
        if (const fault f = freeze()) return f;
        for (std::size_t r = 0; r < rows; ++r) {
            if (!finite(a.weight[r])) return fault_at(fault_code::bad_weight, r, a.weight[r]);
            b.quantity[r] = a.weight[r] * a.value / price[asset_of(r)];
        }
        quantity = b.quantity.data();
    } else if (!a.steps.empty()) {
        for (std::size_t r = 0; r < rows; ++r) {
            const decimal_step step = rule(in.instruments.step, asset_of(r));
            if (!step.valid() || step.continuous()) return fault_at(fault_code::bad_step, asset_of(r), step.value());
            b.quantity[r] = quantity_of(a.steps[r], step);
        }
        quantity = b.quantity.data();
    } else {
        quantity = in_place_or_copied(a.quantity, b.quantity);
    }

    open_cash open;
    out.steps = {};
    if (!a.steps.empty() && a.open.empty() && a.steps.contiguous()) out.steps = {a.steps.data(), rows};
    if (!a.steps.empty() && out.steps.empty()) {
        for (std::size_t r = 0; r < rows; ++r) b.steps[r] = a.steps[r];
        out.steps = {b.steps.data(), rows};
    }
    if (!a.open.empty()) {
        if (const fault f = freeze()) return f;
        if (quantity != b.quantity.data())
            for (std::size_t r = 0; r < rows; ++r) b.quantity[r] = a.quantity[r];
        quantity = b.quantity.data();
        const std::span counted{b.steps.data(), out.steps.size()};
        if (const fault f = book_open_orders(in, price, m.allow_short, {b.quantity.data(), rows}, counted, open)) return f;
    }

    double* position = b.position.data();
    bool look_for_shorts = !m.allow_short;
    if (by_weight) {
        for (std::size_t i = 0; i < n; ++i) position[i] = 0.0;
        exact_sum invested;
        for (std::size_t r = 0; r < rows; ++r) {
            const double v = a.weight[r] * a.value;
            position[asset_of(r)] += v;
            invested.add(v);
        }
        out.booked = a.value - invested.value() + a.flow;
        out.cash = out.booked;
        out.value = a.value + a.flow;
    } else if (a.asset_of_row.empty()) {
        position_pass pass = sum_positions(price, quantity, n);
        look_for_shorts = look_for_shorts && pass.signed_quantity;
        if (!finite(pass.invested) || pass.bad_price) {
            for (std::size_t r = 0; r < rows; ++r)
                if (!finite(quantity[r])) return fault_at(fault_code::bad_quantity, r, quantity[r]);
            if (const fault f = freeze()) return f;
            pass = sum_positions(price, quantity, n);
        }
        out.booked = a.cash + a.flow;
        out.cash = out.booked + open.filled.value();
        out.value = pass.invested + out.cash;
    } else {
        if (const fault f = freeze()) return f;
        for (std::size_t i = 0; i < n; ++i) position[i] = 0.0;
        exact_sum invested;
        for (std::size_t r = 0; r < rows; ++r) {
            const double q = quantity[r];
            if (!finite(q)) return fault_at(fault_code::bad_quantity, r, q);
            const double v = q * price[asset_of(r)];
            position[asset_of(r)] += v;
            invested.add(v);
        }
        for_each_unheld(a, [&](std::size_t i, double q) {
            position[i] += q * price[i];
            invested.add(q * price[i]);
        });
        out.booked = a.cash + a.flow;
        out.cash = out.booked + open.filled.value();
        out.value = invested.value() + out.cash;
    }
    out.at_hand = out.booked + open.at_hand.value();
    out.settled = m.proceeds == proceeds::when_settled ? out.at_hand - a.unsettled : out.at_hand;
    if (look_for_shorts)
        for (std::size_t r = 0; r < rows; ++r)
            if (quantity[r] < 0.0) return fault_at(fault_code::short_not_allowed, r, by_weight ? a.weight[r] : quantity[r]);
    if (!(out.value > 0.0) || !finite(out.value)) return {fault_code::no_value, no_index, out.value};

    out.now = in.market.now;
    out.price = {price, n};
    out.quantity = {quantity, rows};
    if (by_weight || !a.asset_of_row.empty()) out.position = {position, n};
    out.input = &in;
    out.rules = &m;
    return {};
}

/// The second pass: weights, drifts and the checks of the targets. `target` holds n values.
[[nodiscard]] inline fault drift_account(const double* target, const mandate& m, decision& d, look& out) noexcept {
    const std::size_t n = out.price.size();
    const auto weight = d.writable_before();
    const auto drift = d.writable_drift();
    const drift_pass pass = out.position.empty()
                                ? measure_drift(out.price.data(), out.quantity.data(), target, out.value, weight.data(), drift.data(), n)
                                : measure_drift(out.position, target, out.value, weight.data(), drift.data());
    double gross = pass.target_sum;
    if (!finite(gross) || pass.signed_target) {
        exact_sum sum;
        for (std::size_t i = 0; i < n; ++i) {
            if (!finite(target[i])) return fault_at(fault_code::bad_target, i, target[i]);
            if (target[i] < 0.0 && !m.allow_short) return fault_at(fault_code::short_target, i, target[i]);
            sum.add(absolute(target[i]));
        }
        gross = sum.value();
    }
    if (gross > m.leverage + leverage_slack) return {fault_code::over_leveraged, no_index, gross};
    if (absolute(pass.target_sum) > m.net_leverage + leverage_slack) return {fault_code::over_net_leverage, no_index, pass.target_sum};
    out.target = {target, n};
    out.weight = weight;
    out.drift = drift;
    out.largest_drift = pass.largest_drift;
    out.furthest = pass.furthest;
    out.cash_target = 1.0 - pass.target_sum;
    return {};
}

/// The positions, for the stages that trade.
inline void fill_positions(valuation_buffers& b, look& l) noexcept {
    if (l.position.size() == l.assets()) return;
    for (std::size_t i = 0; i < l.assets(); ++i) b.position[i] = l.quantity[i] * l.price[i];
    l.position = {b.position.data(), l.assets()};
}

}  // namespace ballast::inline v0::detail
