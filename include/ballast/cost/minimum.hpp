/// A fee with a minimum per order.
#pragma once

#include "../core/memory.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// max(inner cost, amount) for any order at all: `minimum{proportional{.rate = 18_bps}, 5.0}`. Where the inner cost is a jump (or none) and a convex rest g,
/// so is this one: max(jump, amount), and max(g − (amount − jump)⁺, −(jump − amount)⁺), which is convex.
template <class Inner>
struct minimum {
    static_assert(cost_model<Inner>, "ballast: cost::minimum needs a cost model as its first part");

    Inner inner{};        ///< the other cost
    double amount = 0.0;  ///< base currency per order

    static constexpr cost_shape shape = Inner::shape == cost_shape::general ? cost_shape::general : cost_shape::fixed_plus_convex;
    static constexpr const char* name = "minimum";

    /// Of a bound cost.
    template <class Bound>
    struct view_of {
        static constexpr bool at_least_amount = true;  ///< the cost is max(inner, amount): what passes over many assets make use of
        Bound inner;                                   ///< the other cost, bound
        double amount;                                 ///< of the model
        /// The minimum is one of what is paid, too.
        [[nodiscard]] view_of<detail::paid_type<Bound>> paid() const noexcept requires partly_paid_cost<Bound> {
            return {detail::paid_of(inner), amount};
        }
        [[nodiscard]] double batch() const noexcept requires batched_cost<Bound> { return inner.batch(); }
        [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
            if (x == 0.0) return 0.0;
            const double c = inner.cost(i, x);
            return c > amount ? c : amount;
        }
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            const double c = x == 0.0 ? detail::jump_of(inner, i) : inner.cost(i, x);
            if (c < amount) return {};
            const slope_interval s = inner.marginal(i, x);
            if (c > amount) return s;
            // Where the minimum stops to bind the slope rises from 0.
            return {s.low < 0.0 ? s.low : 0.0, s.high > 0.0 ? s.high : 0.0};
        }
        [[nodiscard]] double jump(std::size_t i) const noexcept {
            const double j = detail::jump_of(inner, i);
            return j > amount ? j : amount;
        }
    };
    using view = view_of<bound_cost_of<Inner>>;  ///< what `bind` gives
    [[nodiscard]] view bind(const look& l) const noexcept { return {inner.bind(l), amount}; }
    [[nodiscard]] fault check(const look& l) const noexcept { return detail::check_call(inner, l); }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return detail::covers(inner, n); }
    [[nodiscard]] configuration_fault validate() const {
        if (detail::not_an_amount(amount)) return {"minimum.amount", amount, "must be an amount at or above 0"};
        return detail::validate(inner);
    }
};
template <class Inner>
minimum(Inner, double) -> minimum<Inner>;

}  // namespace ballast::inline v0::cost
