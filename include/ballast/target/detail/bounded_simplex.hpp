/// The nearest point of a box with a given sum.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "../../core/arithmetic.hpp"
#include "../../numeric/sum.hpp"

namespace ballast::inline v0::detail {

/// What is asked of one coordinate.
struct bounded_weight {
    double wish = 0.0;   ///< v, finite
    double give = 1.0;   ///< a, at or above 0: how readily it moves
    double lower = 0.0;  ///< may be −∞
    double upper = 0.0;  ///< at or above `lower`; may be +∞

    /// v + λa within the bounds.
    [[nodiscard]] double at(double lambda) const noexcept { return clamped(give == 0.0 ? wish : wish + lambda * give); }
    [[nodiscard]] double clamped(double w) const noexcept { return w < lower ? lower : w > upper ? upper : w; }
};

/// The double in the middle of the row of all doubles between two, or the lower one where there is none.
[[nodiscard]] inline double double_between(double low, double high) noexcept {
    constexpr std::int64_t least = (std::numeric_limits<std::int64_t>::min)();
    const auto rank_of = [](double x) {
        const auto bits = std::bit_cast<std::int64_t>(x);
        return bits < 0 ? least - bits : bits;
    };
    const std::int64_t from = rank_of(low), to = rank_of(high);
    const std::int64_t middle = (from & to) + ((from ^ to) >> 1);
    return std::bit_cast<double>(middle < 0 ? least - middle : middle);
}

/// A pass over all coordinates at one λ.
struct simplex_pass {
    double sum = 0.0;                                              ///< Σ w
    double give = 0.0;                                             ///< Σ a of those between their bounds
    double next_above = std::numeric_limits<double>::infinity();   ///< the nearest λ above at which one meets or leaves a bound
    double next_below = -std::numeric_limits<double>::infinity();  ///< and below
};

/// Writes w = argmin Σ (wᵢ − vᵢ)²/(2aᵢ) over lower ≤ w ≤ upper, Σw = `total`; aᵢ = 0 leaves wᵢ at vᵢ, clamped. `item(i)` is a `bounded_weight`. With
/// the multiplier λ of the sum the answer is wᵢ = clamp(vᵢ + λaᵢ) (Held, Wolfe and Crowder 1974; Duchi et al. 2008), and Σw rises
/// with λ in straight pieces: λ is found by Newton steps inside a bracket that is halved where they are slow, and the piece that holds it is
/// then solved at once, so that the answer depends on the set of free coordinates and not on the way there. Where the bounds leave no such
/// sum, the nearest: all at their lower, or upper bounds. O(n) a pass, at most about a hundred passes and usually fewer than six; a sum that
/// is right already changes no coordinate that is within its bounds. Nothing is allocated.
template <class Item>
void project_weights(const Item& item, double total, std::span<double> out) noexcept {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::size_t n = out.size();

    const auto pass_at = [&](double lambda) noexcept {
        simplex_pass p;
        exact_sum sum;
        for (std::size_t i = 0; i < n; ++i) {
            const bounded_weight b = item(i);
            const double w = b.at(lambda);
            sum.add(w);
            if (b.give == 0.0) continue;
            const double low = (b.lower - b.wish) / b.give;
            const double high = (b.upper - b.wish) / b.give;
            if (low < lambda && lambda < high) p.give += b.give;
            for (const double edge : {low, high}) {
                if (edge > lambda && edge < p.next_above) p.next_above = edge;
                if (edge < lambda && edge > p.next_below) p.next_below = edge;
            }
        }
        p.sum = sum.value();
        return p;
    };
    // All of one piece: what is at a bound at `inside` stays there, and the others share what is left.
    const auto finish = [&](double inside) noexcept {
        exact_sum rest;
        double give = 0.0;
        rest.add(total);
        for (std::size_t i = 0; i < n; ++i) {
            const bounded_weight b = item(i);
            const bool free = b.give > 0.0 && (b.lower - b.wish) / b.give < inside && inside < (b.upper - b.wish) / b.give;
            rest.add(free ? -b.wish : -b.at(inside));
            if (free) give += b.give;
        }
        const double lambda = give > 0.0 ? rest.value() / give : inside;
        for (std::size_t i = 0; i < n; ++i) {
            const bounded_weight b = item(i);
            const bool free = b.give > 0.0 && (b.lower - b.wish) / b.give < inside && inside < (b.upper - b.wish) / b.give;
            out[i] = free ? b.at(lambda) : b.at(inside);
        }
    };
    const auto all_at = [&](bool upper) noexcept {
        for (std::size_t i = 0; i < n; ++i) {
            const bounded_weight b = item(i);
            out[i] = b.give == 0.0 ? b.clamped(b.wish) : upper ? b.upper : b.lower;
        }
    };

    exact_sum least, most;
    for (std::size_t i = 0; i < n; ++i) {
        const bounded_weight b = item(i);
        least.add(b.give == 0.0 ? b.clamped(b.wish) : b.lower);
        most.add(b.give == 0.0 ? b.clamped(b.wish) : b.upper);
    }
    // With an infinite bound these are no numbers, and no comparison is true.
    if (least.value() >= total) return all_at(false);
    if (most.value() <= total) return all_at(true);

    double low = -(std::numeric_limits<double>::max)(), high = (std::numeric_limits<double>::max)();
    double lambda = 0.0;
    constexpr int newton_steps = 30;
    for (int k = 0; k < newton_steps + 70; ++k) {
        const simplex_pass p = pass_at(lambda);
        const double missing = total - p.sum;
        if (missing == 0.0 && p.give > 0.0 && lambda != 0.0) return finish(lambda);
        if (missing == 0.0) {  // the wishes themselves, or a flat piece, all of it right
            for (std::size_t i = 0; i < n; ++i) out[i] = item(i).at(lambda);
            return;
        }
        (missing > 0.0 ? low : high) = lambda;
        const double edge = missing > 0.0 ? p.next_above : p.next_below;
        // Where the answer lies in the piece that begins here, a point inside it tells which coordinates are free.
        const double inside = edge == infinity    ? lambda + 1.0 + absolute(lambda)
                              : edge == -infinity ? lambda - 1.0 - absolute(lambda)
                                                  : lambda + (edge - lambda) / 2.0;
        double give = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            const bounded_weight b = item(i);
            if (b.give > 0.0 && (b.lower - b.wish) / b.give < inside && inside < (b.upper - b.wish) / b.give) give += b.give;
        }
        const double newton = give > 0.0 ? lambda + missing / give : edge;
        if (give > 0.0 && (missing > 0.0 ? newton <= edge : newton >= edge)) return finish(inside);
        const double middle = double_between(low, high);
        if (middle == low) return finish(inside);
        lambda = k < newton_steps && newton > low && newton < high ? newton : middle;
    }
    finish(lambda);
}

}  // namespace ballast::inline v0::detail
