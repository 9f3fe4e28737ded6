/// A curve that takes no more than so much.
#pragma once

#include <limits>

#include "concept.hpp"

namespace ballast::inline v0::venue {

/// The other curve up to `most`: for parts of an order that may not be larger (chunk_limits), whatever the venue holds. Erased, a curve of 104
/// bytes at the most fits; of an `any_curve` take a `curve_ref`.
template <class Curve>
struct capped {
    static_assert(venue_curve<Curve>, "ballast: venue::capped caps a curve");

    Curve inner;        ///< the venue's
    double most = 0.0;  ///< the largest amount in, at or above 0

    [[nodiscard]] constexpr double out(double x) const noexcept { return inner.out(x < most ? x : most); }
    [[nodiscard]] constexpr double in(double y) const noexcept {
        const double x = inner.in(y);
        if (x <= most) return x;
        // Just what the cap gives, but for rounding.
        return y <= inner.out(most) ? most : std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] constexpr slope_interval marginal(double x) const noexcept {
        if (x > most) return {};
        const slope_interval s = inner.marginal(x);
        return {x < most ? s.low : 0.0, s.high};
    }
    [[nodiscard]] constexpr amount_interval inverse_marginal(double p) const noexcept {
        const amount_interval x = inner.inverse_marginal(p);
        return {x.low < most ? x.low : most, x.high < most ? x.high : most};
    }
    [[nodiscard]] constexpr double depth() const noexcept {
        const double d = inner.depth();
        return d < most ? d : most;
    }
    [[nodiscard]] constexpr double shortfall(double x) const noexcept {
        if (!(x > most)) return venue::shortfall(inner, x);
        return venue::shortfall(inner, most) + spot(inner) * (x - most);
    }
    [[nodiscard]] constexpr double excess(double y) const noexcept {
        const double x = in(y);
        return detail::finite(x) ? venue::excess(inner, y) : x;
    }
};
template <class Curve>
capped(Curve, double) -> capped<Curve>;

}  // namespace ballast::inline v0::venue
