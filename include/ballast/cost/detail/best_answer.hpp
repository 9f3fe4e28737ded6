/// The best answer of one asset to a price, for every convex cost.
///
/// With φ the cost, k a curvature and c a centre, the x in lo..hi that minimises φ(x) + k/2·(x − c)² − p·x is the one where
///   0 ∈ ∂φ(x) + k·(x − c) − p
/// or the bound before it. Costs that have a closed form give it. For others it is searched in the slopes, which rise with x: with secants whose
/// standing end weighs less from step to step (Anderson and Björck 1973, "A new high order method of regula falsi type"), in a bracket that is
/// never wider than bisection would have made it a few steps later (the projection of Oliveira and Takahashi 2020, "An enhancement of the
/// bisection method average performance preserving minmax optimality"). Bisection is over the doubles themselves, in their order, and not over
/// their values: from 0 to the largest number there are 63 halves, whatever the scale, and at the end there is no double between the two ends.
/// So a kink that is a double is met exactly, and no number of the same size is better than the answer but for the rounding of the slopes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "../../core/arithmetic.hpp"
#include "../concept.hpp"
#include "cost_ref.hpp"

namespace ballast::inline v0::detail {

/// The search: of sizes at or above 0 to one side of 0.
template <bound_cost View>
class answer_search {
public:
    constexpr answer_search(const View& view, std::size_t i, double price, double curvature, double centre) noexcept
        : view_{view},
          asset_{i},
          price_{price},
          curvature_{curvature},
          centre_{centre} {}

    /// In lo..hi.
    [[nodiscard]] constexpr response within(double lo, double hi) noexcept {
        const double start = lo > 0.0 ? lo : hi < 0.0 ? hi : 0.0;  // the smallest trade
        const slope_interval s = slope(start);
        const bool buys = s.high < 0.0;
        if (s.low <= 0.0 && s.high >= 0.0) return told(start, lo, hi);
        if (start != 0.0 && buys != (start > 0.0)) return told(start, lo, hi);  // it is too far already
        const double bound = absolute(buys ? hi : lo);
        sign_ = buys ? 1.0 : -1.0;
        const double size = best_size(absolute(start), buys ? -s.high : s.low, bound);
        if (size == bound) return buys ? response{hi, 0.0, 2} : response{lo, 0.0, -2};
        return told(sign_ * size, lo, hi);
    }

private:
    static constexpr double farthest = 1e300;
    /// Steps by which a bracket may lag behind bisection: what secants take until they know the curve.
    static constexpr int grace = 4;

    /// Of what is minimised, at x.
    [[nodiscard]] constexpr slope_interval slope(double x) const noexcept {
        const slope_interval s = view_.marginal(asset_, x);
        const double rest = curvature_ * (x - centre_) - price_;
        return {s.low + rest, s.high + rest};
    }
    /// The same by the size.
    [[nodiscard]] constexpr slope_interval by_size(double size) const noexcept {
        const slope_interval s = slope(sign_ * size);
        return sign_ > 0.0 ? s : slope_interval{-s.high, -s.low};
    }
    /// Doubles at or above 0 by their order.
    /// @{
    [[nodiscard]] static constexpr std::uint64_t place(double size) noexcept { return std::bit_cast<std::uint64_t>(size); }
    [[nodiscard]] static constexpr double number(std::uint64_t place) noexcept { return std::bit_cast<double>(place); }
    /// @}

    /// The smallest best size from `low` on, where the slope is −fall; `bound` where it is beyond that.
    [[nodiscard]] constexpr double best_size(double low, double fall, double bound) const noexcept {
        if (!(low < bound)) return bound;
        double high = curvature_ > 0.0 ? low + fall / curvature_ : farthest;  // costs only make it less
        double rise = 0.0;
        for (;;) {
            if (!(high > low)) high = number(place(low) + 1);
            if (!(high < farthest)) high = farthest;
            if (!(high < bound)) high = bound;
            if (!finite(high)) high = farthest;
            const slope_interval s = by_size(high);
            if (ends(s)) return high;
            rise = s.low;
            if (!(s.high < 0.0)) break;
            if (high == bound || !(high < farthest)) return bound;
            low = high;
            fall = -s.high;
            high *= 2.0;
        }
        return between(low, fall, high, rise);
    }
    /// Is this the answer, and the smallest?
    [[nodiscard]] constexpr bool ends(const slope_interval& s) const noexcept {
        return s.high >= 0.0 && (s.low < 0.0 || (s.low == 0.0 && curvature_ > 0.0));
    }
    /// In a bracket at whose ends the slopes are −fall, below 0, and rise, at or above it.
    [[nodiscard]] constexpr double between(double low, double fall, double high, double rise) const noexcept {
        std::uint64_t a = place(low), b = place(high);
        int bits = 64 + grace;                 // of the largest part of the bracket that the next step may leave
        double of_low = fall, of_high = rise;  // as the secant weighs them
        bool last_was_high = true;
        std::uint64_t step = 1;  // from an end
        while (b - a > 1) {
            const std::uint64_t width = b - a;
            const int most = static_cast<int>(std::bit_width(width - 1)) + grace;
            bits = (bits < most ? bits : most) - 1;
            const double cut = low + (high - low) * (of_low / (of_low + of_high));
            std::uint64_t c = place(cut);
            if (!(cut > low && cut < high)) {
                // At an end, but for rounding, or so far as can be told: the other end comes near, by steps that grow.
                c = step >= width / 2 ? a + width / 2 : cut >= high ? b - step : a + step;
                step *= 8;
            }
            if (bits < 63) {
                const std::uint64_t left = std::uint64_t{1} << (bits > 0 ? bits : 0);
                if (c - a > left) c = a + left;
                if (b - c > left) c = b - left;
            }
            if (c == a) ++c;
            if (c == b) --c;
            const double size = number(c);
            const slope_interval s = by_size(size);
            if (ends(s)) return size;
            if (s.high < 0.0) {
                if (!last_was_high) of_high *= weight(-s.high, fall);
                last_was_high = false;
                a = c;
                low = size;
                of_low = fall = -s.high;
            } else {
                if (last_was_high) of_low *= weight(s.low, rise);
                last_was_high = true;
                b = c;
                high = size;
                of_high = rise = s.low;
            }
        }
        return rise <= fall ? high : low;
    }
    /// By how much less the end weighs that stays once more, when the other one comes from one slope to the next.
    [[nodiscard]] static constexpr double weight(double next, double last) noexcept {
        const double w = 1.0 - next / last;
        return w > 0.0 ? w : 0.5;
    }

    /// The answer with its slope and piece, where no bound stops it before.
    [[nodiscard]] constexpr response told(double x, double lo, double hi) const noexcept {
        if (x == 0.0) return {};
        if (x <= lo) return {lo, 0.0, -2};
        if (x >= hi) return {hi, 0.0, 2};
        return {x, reach(x), static_cast<std::int8_t>(x > 0.0 ? 1 : -1)};
    }
    /// dx/dprice, over a stretch that rounding does not hide, and a quarter of it: what bends more the closer it is looked at is a kink.
    [[nodiscard]] constexpr double reach(double x) const noexcept {
        const slope_interval s = view_.marginal(asset_, x);
        if (s.low < s.high) return 0.0;
        const double h = 0x1p-20 * absolute(x);
        const auto bend = [&](double over) {
            return (view_.marginal(asset_, x + over).low - view_.marginal(asset_, x - over).high) / (2.0 * over);
        };
        const double wide = bend(h), close = bend(0.25 * h);
        if (close > 2.0 * wide && close > curvature_) return 0.0;
        const double least = close < wide ? close : wide;  // a kink beside it is none of its own
        const double flat = curvature_ + (least < 0.0 ? 0.0 : least);
        return flat > 0.0 && finite(flat) ? 1.0 / flat : 0.0;
    }

    const View& view_;
    std::size_t asset_;
    double price_, curvature_, centre_;
    double sign_ = 1.0;
};

/// The x in lo..hi that minimises cost(i, x) + curvature/2·(x − centre)² − price·x, for convex costs, and those that are so but for a fixed part,
/// which is left out. Needs curvature ≥ 0, finite price and centre, and lo ≤ hi, which may be infinite. x is exactly 0 where price +
/// curvature·centre lies within the slopes at 0. Of equally good answers it is the smallest trade; ±infinity where without curvature nothing ends
/// it. O(1) where the cost is linear or responsive; otherwise some 10 to 20 questions for slopes where they are smooth, at most 80.
template <bound_cost View>
[[nodiscard]] constexpr response best_answer(const View& view, std::size_t i, double price, double curvature, double centre, double lo,
                                             double hi) noexcept {
    if constexpr (linear_bound_cost<View>) {
        return view.linear(i).respond(price, curvature, centre, lo, hi);
    } else if constexpr (responsive_cost<View>) {
        return view.respond(i, price, curvature, centre, lo, hi);
    } else {
        if constexpr (told_at_run_time<View> && with_linear<View>)
            if (view.runtime_traits().linear) return view.linear(i).respond(price, curvature, centre, lo, hi);
        if constexpr (told_at_run_time<View> && with_respond<View>)
            if (view.runtime_traits().responsive) return view.respond(i, price, curvature, centre, lo, hi);
        return answer_search<View>{view, i, price, curvature, centre}.within(lo, hi);
    }
}

}  // namespace ballast::inline v0::detail
