/// A fee with a maximum per order.
#pragma once

#include <cstddef>
#include <type_traits>

#include "../core/memory.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// min(inner cost, amount): `maximum{proportional{.rate = 25_bps}, 100.0}`. Not convex. A rebate is left as it is.
template <class Inner>
struct maximum {
    static_assert(cost_model<Inner>, "ballast: cost::maximum needs a cost model as its first part");

    Inner inner{};        ///< the other cost
    double amount = 0.0;  ///< base currency per order, above 0

    static constexpr cost_shape shape = cost_shape::general;
    static constexpr const char* name = "maximum";

    /// Of a bound cost.
    template <class Bound>
    struct view_of {
        Bound inner;    ///< the other cost, bound
        double amount;  ///< of the model
        /// The maximum is one of what is paid, too.
        [[nodiscard]] view_of<detail::paid_type<Bound>> paid() const noexcept requires partly_paid_cost<Bound> {
            return {detail::paid_of(inner), amount};
        }
        [[nodiscard]] double batch() const noexcept requires batched_cost<Bound> { return inner.batch(); }
        [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
            const double c = inner.cost(i, x);
            return c < amount ? c : amount;
        }
        /// At the size where the maximum begins to bind the slope falls to 0; the interval spans the fall.
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            const double c = x == 0.0 ? detail::jump_of(inner, i) : inner.cost(i, x);
            if (c > amount) return {};
            const slope_interval s = inner.marginal(i, x);
            if (c < amount) return s;
            if constexpr (!convex_inside<Bound>()) return {s.low < 0.0 ? s.low : 0.0, s.high > 0.0 ? s.high : 0.0};
            // The inner slopes rise from s.low on the left to s.high on the right; where the inner cost goes above the maximum, the slope is 0.
            return {s.high < 0.0 ? s.high : 0.0, s.low > 0.0 ? s.low : 0.0};
        }
        [[nodiscard]] double jump(std::size_t i) const noexcept {
            const double j = detail::jump_of(inner, i);
            return j < amount ? j : amount;
        }
    };
    using view = view_of<bound_cost_of<Inner>>;  ///< what `bind` gives
    [[nodiscard]] view bind(const look& l) const noexcept { return {inner.bind(l), amount}; }
    [[nodiscard]] fault check(const look& l) const noexcept { return detail::check_call(inner, l); }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return detail::covers(inner, n); }
    [[nodiscard]] configuration_fault validate() const {
        if (detail::not_an_amount(amount) || amount == 0.0) return {"maximum.amount", amount, "must be an amount above 0"};
        return detail::validate(inner);
    }

private:
    /// Whether the slopes of the inner cost rise.
    template <class Bound>
    [[nodiscard]] static consteval bool convex_inside() noexcept {
        if constexpr (std::is_same_v<Bound, bound_cost_of<Inner>>)
            return Inner::shape != cost_shape::general;
        else
            return detail::shape_of<Bound>() != cost_shape::general;
    }
};
template <class Inner>
maximum(Inner, double) -> maximum<Inner>;

}  // namespace ballast::inline v0::cost
