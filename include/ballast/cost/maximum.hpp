/// A fee with a maximum per order.
#pragma once

#include "../core/memory.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// min(inner cost, amount): `maximum{proportional{.rate = 25_bps}, 100.0}`. Not convex.
template <cost_model Inner>
struct maximum {
    Inner inner{};
    double amount = 0.0;  ///< base currency per order

    static constexpr cost_shape shape = cost_shape::general;
    static constexpr const char* name = "maximum";

    struct view {
        bound_cost_of<Inner> inner;
        double amount;
        [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
            const double c = inner.cost(i, x);
            return c < amount ? c : amount;
        }
        /// At the size where the maximum begins to bind the slope falls to 0; the interval spans the fall.
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            const double c = inner.cost(i, x);
            if (c < amount) return inner.marginal(i, x);
            if (c > amount) return {0.0, 0.0};
            const slope_interval s = inner.marginal(i, x);
            return {s.low < 0.0 ? s.low : 0.0, s.high > 0.0 ? s.high : 0.0};
        }
    };
    [[nodiscard]] view bind(const look& l) const noexcept { return {inner.bind(l), amount}; }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return detail::covers(inner, n); }
    [[nodiscard]] configuration_fault validate() const {
        if (detail::not_an_amount(amount)) return {"maximum.amount", amount, "must be an amount at or above 0"};
        return detail::validate(inner);
    }
};
template <class Inner>
maximum(Inner, double) -> maximum<Inner>;

}  // namespace ballast::inline v0::cost
