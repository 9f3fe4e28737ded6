/// The account after the fills.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "decision.hpp"
#include "inputs.hpp"
#include "step.hpp"

namespace ballast::inline v0 {

/// Holdings that own their numbers: what `apply` works on and a small host may keep.
struct holdings {
    double cash = 0.0;                          ///< in the base currency
    std::vector<double> quantity{};             ///< per row
    std::vector<std::uint32_t> asset_of_row{};  ///< empty: row i is asset i
    std::vector<int128> steps{};                ///< per row, where they are counted; `apply` then keeps `quantity` at what they come to

    /// As the inputs ask for it; it refers to this object.
    [[nodiscard]] account_view view() const noexcept {
        if (!steps.empty()) return {.cash = cash, .steps = steps, .asset_of_row = asset_of_row};
        return {.cash = cash, .quantity = quantity, .asset_of_row = asset_of_row};
    }
};

namespace detail {
/// a + b, exact in steps where both are whole numbers of them.
[[nodiscard]] constexpr double add_quantity(double held, double traded, const decimal_step& step) noexcept {
    if (step.continuous()) return held + traded;
    const step_count a = steps_toward_zero(held, step);
    const step_count b = steps_toward_zero(traded, step);
    const bool whole_a = !a.overflow && absolute(quantity_of(a.steps, step) - held) <= absolute(held) * snap;
    const bool whole_b = !b.overflow && absolute(quantity_of(b.steps, step) - traded) <= absolute(traded) * snap;
    constexpr int128 half = largest_count / 2;
    const bool fits = a.steps <= half && a.steps >= -half && b.steps <= half && b.steps >= -half;
    return whole_a && whole_b && fits ? quantity_of(a.steps + b.steps, step) : held + traded;
}

/// Every fill belongs to an order, is on its side at a price above zero, and all fills of an order together are not larger than it. O(number of
/// fills) where they come in the order of the orders, with the square of it otherwise.
[[nodiscard]] inline fault check_fills(const decision& d, std::span<const fill> fills) noexcept {
    bool in_order = true;
    double filled = 0.0;
    for (std::size_t k = 0; k < fills.size(); ++k) {
        const fill& f = fills[k];
        const fault bad{fault_code::bad_fill, static_cast<std::uint32_t>(k), f.quantity};
        if (f.order >= d.orders.size() || !finite(f.quantity) || !(f.price > 0.0) || !finite(f.price) || !finite(f.cost) ||
            !finite(f.fee_quantity))
            return bad;
        if (f.fee_quantity != 0.0) {
            bool pays = false;
            for (const fee_payment& fee : d.fees) pays = pays || fee.order == f.order;
            if (!pays) return {fault_code::bad_fill, static_cast<std::uint32_t>(k), f.fee_quantity};
        }
        in_order = in_order && (k == 0 || fills[k - 1].order <= f.order);
        if (in_order) {
            filled = k > 0 && fills[k - 1].order == f.order ? filled + f.quantity : f.quantity;
        } else {
            filled = 0.0;
            for (std::size_t j = 0; j <= k; ++j)
                if (fills[j].order == f.order) filled += fills[j].quantity;
        }
        const double ordered = d.orders[f.order].quantity;
        if (f.quantity * ordered < 0.0 || absolute(filled) > absolute(ordered) * (1.0 + 1e-12)) return bad;
    }
    return {};
}

/// Where an order is booked: its row, or, for an asset that had none, the row that is appended for it. `h.quantity.size()` where it is not there yet.
template <class Line>
[[nodiscard]] std::size_t row_of(const holdings& h, const Line& o, std::size_t rows_before) noexcept {
    if (o.row != no_index) return o.row;
    std::size_t r = rows_before;
    while (r < h.quantity.size() && h.asset_of_row[r] != o.asset) ++r;
    return r;
}

/// Whether the holdings are those that the orders are for, as far as that can be seen; makes room for the rows to be appended.
[[nodiscard]] inline fault prepare_rows(holdings& h, const decision& d) {
    const bool mapped = !h.asset_of_row.empty();
    const std::size_t rows = h.quantity.size();
    if (!h.steps.empty() && h.steps.size() != rows) return {fault_code::size_mismatch, no_index, static_cast<double>(h.steps.size())};
    if (mapped && h.asset_of_row.size() != rows) return {fault_code::size_mismatch, no_index, static_cast<double>(rows)};
    std::size_t more = 0;
    const auto is_wrong = [&](const auto& line) {
        more += line.row == no_index ? 1u : 0u;
        return line.row == no_index ? !mapped : line.row >= rows || (mapped ? h.asset_of_row[line.row] : line.row) != line.asset;
    };
    for (const order& o : d.orders)
        if (is_wrong(o)) return {fault_code::bad_asset_of_row, o.row, static_cast<double>(o.asset)};
    for (const fee_payment& f : d.fees)
        if (is_wrong(f)) return {fault_code::bad_asset_of_row, f.row, static_cast<double>(f.asset)};
    if (more > 0) {
        h.quantity.reserve(rows + more);
        if (!h.steps.empty()) h.steps.reserve(rows + more);
        h.asset_of_row.reserve(rows + more);
    }
    return {};
}

/// An order, or a payment in an asset: `quantity` of it, whose whole is `all`.
template <class Line>
void book(holdings& h, const Line& line, double quantity, double all, std::size_t rows_before) {
    const std::size_t r = row_of(h, line, rows_before);
    if (r == h.quantity.size()) {
        h.quantity.push_back(0.0);
        if (!h.steps.empty()) h.steps.push_back(0);
        h.asset_of_row.push_back(line.asset);
    }
    if (h.steps.empty()) {
        h.quantity[r] = add_quantity(h.quantity[r], quantity, line.step);
    } else {
        const int128 steps = absolute(quantity) == absolute(all) ? line.steps : steps_toward_zero(absolute(quantity), line.step).steps;
        h.steps[r] += (quantity < 0.0) == (steps < 0) ? steps : -steps;
        h.quantity[r] = quantity_of(h.steps[r], line.step);
    }
}
/// What is left of a row that pays all that it has is nothing, not the last bits of sums. O(fees), and of orders for each that is below nothing.
inline void clear_what_is_paid(holdings& h, const decision& d, std::size_t rows_before) noexcept {
    if (!h.steps.empty()) return;
    for (const fee_payment& f : d.fees) {
        const std::size_t r = row_of(h, f, rows_before);
        if (r == h.quantity.size() || !(h.quantity[r] < 0.0)) continue;
        double moved = 0.0;
        for (const order& o : d.orders)
            if (row_of(h, o, rows_before) == r) moved += absolute(o.quantity);
        for (const fee_payment& g : d.fees)
            if (row_of(h, g, rows_before) == r) moved += absolute(g.quantity);
        if (-h.quantity[r] <= moved * (4.0 * snap)) h.quantity[r] = 0.0;
    }
}
}  // namespace detail

/// All orders of `d` filled at their reference prices, and its flow paid. Quantities stay on the grid of their orders' steps. An asset that had no row gets one at the end,
/// the only case in which it allocates. Where the holdings are not those that the decision was made for (a row that is not there, or of another
/// asset) it tells so and changes nothing. O(number of orders).
inline fault apply(holdings& h, const decision& d) {
    if (const fault f = detail::prepare_rows(h, d)) return f;
    const std::size_t rows = h.quantity.size();
    for (const order& o : d.orders) detail::book(h, o, o.quantity, o.quantity, rows);
    for (const fee_payment& f : d.fees) detail::book(h, f, -f.quantity, f.quantity, rows);
    detail::clear_what_is_paid(h, d, rows);
    const double cash = h.cash + d.flow;
    h.cash = cash == d.cash ? d.cash_after : cash + (d.cash_after - d.cash);
    return {};
}

/// The fills that really happened, in part or in full, with their prices and costs. A fill that belongs to no order, is on its other side, larger than
/// what is left of it, or pays in an asset where the order does not, is told (`bad_fill`, index: the fill), and nothing is changed. O(number of fills) where they come in the order of the orders.
inline fault apply(holdings& h, const decision& d, std::span<const fill> fills) {
    if (const fault f = detail::check_fills(d, fills)) return f;
    if (const fault f = detail::prepare_rows(h, d)) return f;
    const std::size_t rows = h.quantity.size();
    double lost = 0.0;
    const auto pay = [&](double amount) {
        const double left = h.cash - amount;
        lost += detail::rounding_error(h.cash, -amount, left);
        h.cash = left;
    };
    std::size_t fee = 0;  // both lists are in the order of the orders, most of the time
    for (const fill& f : fills) {
        const order& o = d.orders[f.order];
        if (f.quantity != 0.0) detail::book(h, o, f.quantity, o.quantity, rows);
        if (f.fee_quantity != 0.0) {
            for (std::size_t k = 0; k < d.fees.size() && d.fees[fee].order != f.order; ++k) fee = fee + 1 < d.fees.size() ? fee + 1 : 0;
            detail::book(h, d.fees[fee], -f.fee_quantity, d.fees[fee].quantity, rows);
        }
        pay(f.quantity * f.price * d.orders[f.order].multiplier);
        pay(f.cost);
    }
    detail::clear_what_is_paid(h, d, rows);
    h.cash += lost;
    return {};
}

}  // namespace ballast::inline v0
