/// A fee with a minimum per order.
#pragma once

#include "../core/memory.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// max(inner cost, amount) for any order at all: `minimum{proportional{.rate = 18_bps}, 5.0}`. With a convex inner model this is a fixed part and a
/// convex rest, max(inner − amount, 0).
template <cost_model Inner>
struct minimum {
    Inner inner{};
    double amount = 0.0;  ///< base currency per order

    static constexpr cost_shape shape = Inner::shape == cost_shape::convex ? cost_shape::fixed_plus_convex : cost_shape::general;
    static constexpr const char* name = "minimum";

    struct view {
        bound_cost_of<Inner> inner;
        double amount;
        [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
            if (x == 0.0) return 0.0;
            const double c = inner.cost(i, x);
            return c > amount ? c : amount;
        }
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            const double c = inner.cost(i, x);
            const slope_interval s = inner.marginal(i, x);
            if (c > amount) return s;
            if (c < amount || x == 0.0) return {0.0, 0.0};
            return x > 0.0 ? slope_interval{0.0, s.high} : slope_interval{s.low, 0.0};
        }
    };
    [[nodiscard]] view bind(const look& l) const noexcept { return {inner.bind(l), amount}; }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return detail::covers(inner, n); }
    [[nodiscard]] configuration_fault validate() const {
        if (detail::not_an_amount(amount)) return {"minimum.amount", amount, "must be an amount at or above 0"};
        return detail::validate(inner);
    }
};
template <class Inner>
minimum(Inner, double) -> minimum<Inner>;

}  // namespace ballast::inline v0::cost
