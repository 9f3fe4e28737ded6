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

/// Holdings that own their numbers: what `apply` works on and a small host may keep. Allocates when it is made and nowhere else.
struct holdings {
    double cash = 0.0;
    std::vector<double> quantity{};             ///< per row
    std::vector<std::uint32_t> asset_of_row{};  ///< empty: row i is asset i

    [[nodiscard]] account_view view() const noexcept { return {.cash = cash, .quantity = quantity, .asset_of_row = asset_of_row}; }
};

namespace detail {
/// a + b, exact in steps where both are whole numbers of them.
[[nodiscard]] constexpr double add_quantity(double held, double traded, const decimal_step& step) noexcept {
    if (step.continuous()) return held + traded;
    const step_count a = steps_toward_zero(held, step);
    const step_count b = steps_toward_zero(traded, step);
    const bool whole_a = !a.overflow && absolute(quantity_of(a.steps, step) - held) <= absolute(held) * snap;
    const bool whole_b = !b.overflow && absolute(quantity_of(b.steps, step) - traded) <= absolute(traded) * snap;
    return whole_a && whole_b ? quantity_of(a.steps + b.steps, step) : held + traded;
}
}  // namespace detail

/// All orders filled at their reference prices. O(number of orders).
inline void apply(holdings& h, const decision& d) noexcept {
    for (const order& o : d.orders)
        if (o.row < h.quantity.size()) h.quantity[o.row] = detail::add_quantity(h.quantity[o.row], o.quantity, o.step);
    if (!d.orders.empty()) h.cash = d.cash_after;
}

/// The fills that really happened, with their prices and costs. O(number of fills).
inline void apply(holdings& h, const decision& d, std::span<const fill> fills) noexcept {
    for (const fill& f : fills) {
        if (f.order >= d.orders.size()) continue;
        const order& o = d.orders[f.order];
        if (o.row < h.quantity.size()) h.quantity[o.row] = detail::add_quantity(h.quantity[o.row], f.quantity, o.step);
        h.cash -= f.quantity * f.price + f.cost;
    }
}

}  // namespace ballast::inline v0
