/// What sums of costs have in common: what they can do, and how they answer a price.
#pragma once

#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// The traits of a sum, from those of its parts: the worst shape; linear where all are. Convex, it answers prices where all are linear but for at
/// most one, which answers them.
class traits_of_sum {
public:
    constexpr void add(const cost_traits& of_part) noexcept {
        if (of_part.shape > sum_.shape) sum_.shape = of_part.shape;
        if (of_part.linear) return;
        sum_.responsive = sum_.linear && of_part.responsive;
        sum_.linear = false;
    }
    [[nodiscard]] constexpr cost_traits value() const noexcept {
        return {sum_.shape, sum_.linear, sum_.responsive && sum_.shape == cost_shape::convex};
    }

private:
    cost_traits sum_{.shape = cost_shape::convex, .linear = true, .responsive = true};
};

/// Rates and another convex cost, whose slopes at 0 are `at_none`, and whose best answer without the rates to another price within other bounds is
/// `other(price, lo, hi)`. On each side of 0 a rate is no more than another price; in between lies the kink at 0. Takes the time of one answer.
template <class Other>
[[nodiscard]] constexpr response respond_beside_rates(const linear_cost& rates, const slope_interval& at_none, double price,
                                                      double curvature, double centre, double lo, double hi, Other&& other) noexcept {
    if (lo > 0.0) return other(price - rates.buy, lo, hi);
    if (hi < 0.0) return other(price + rates.sell, lo, hi);
    const double pull = price + curvature * centre;
    if (pull > at_none.high + rates.buy) {
        const response r = other(price - rates.buy, 0.0, hi);
        if (r.x > 0.0 || r.piece == 2) return r;
    } else if (pull < at_none.low - rates.sell) {
        const response r = other(price + rates.sell, lo, 0.0);
        if (r.x < 0.0 || r.piece == -2) return r;
    }
    return {};
}

}  // namespace ballast::inline v0::detail
