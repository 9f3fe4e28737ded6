/// What all banded triggers share: finding the asset that is furthest beyond its band, and the band as a box.
#pragma once

#include <cstddef>

#include "../../numeric/octet.hpp"
#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// Allowed deviation above and below a target, both at or above zero.
struct half_widths {
    double above = 0.0;
    double below = 0.0;
};

/// How far a drift is beyond its band; negative inside.
[[nodiscard]] constexpr double excess(double drift, const half_widths& w) noexcept {
    return drift > 0.0 ? drift - w.above : -drift - w.below;
}

/// Checks every asset against `widths(i)`. Measure: |drift| of the asset that is furthest beyond its band, or, where all are inside,
/// nearest to the edge on the side to which it drifted; the first of equals. Threshold: that asset's width on that side. O(n), one pass and
/// a search.
template <class Widths>
[[nodiscard]] firing check_band(const look& l, const char* name, Widths&& widths) noexcept {
    const std::size_t n = l.assets();
    firing f{.trigger = name, .unit = measure_unit::weight};
    if (n == 0) return f;
    constexpr double lowest = -std::numeric_limits<double>::infinity();
    const double* drift = l.drift.data();
    octet worst = every(lowest);
    for_each_octet(
        n, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
            const octet d = load(drift + i, lanes, 0.0);
            const octet above = d - gather(lanes, [&](std::size_t lane) { return widths(i + lane).above; });
            const octet below = -d - gather(lanes, [&](std::size_t lane) { return widths(i + lane).below; });
            octet e = where_above(d, every(0.0), above, below);
            if constexpr (lanes.all) {
                worst = larger(e, worst);
            } else {
                double rest[8];
                store(rest, e);
                worst = larger(load(rest, lanes, lowest), worst);
            }
        });
    const double most = largest_of(worst);
    // The first that reaches it, looked for in the lanes that do. Reckoned again, an excess may differ in its last digit where the compiler
    // fuses multiplications: then the largest of these.
    std::size_t at = n;
    double found = lowest;
    double reached[8];
    store(reached, worst);
    for (std::size_t lane = 0; lane < 8; ++lane) {
        if (reached[lane] != most) continue;
        for (std::size_t k = lane; k < n; k += 8) {
            const double e = excess(drift[k], widths(k));
            if (e > found || (e == found && k < at)) {
                at = k;
                found = e;
            }
            if (e >= most) break;
        }
    }
    const half_widths w = widths(at);
    f.asset = static_cast<std::uint32_t>(at);
    f.measure = absolute(drift[at]);
    f.threshold = drift[at] > 0.0 ? w.above : w.below;
    f.fired = beyond(f.measure, f.threshold);
    return f;
}

/// The same for one width on both sides of every asset, where the largest drift of the look is all that is asked for.
[[nodiscard]] inline firing check_band_of_one_width(const look& l, const char* name, double width) noexcept {
    return {.fired = beyond(l.largest_drift, width),
            .trigger = name,
            .measure = l.largest_drift,
            .threshold = width,
            .unit = measure_unit::weight,
            .asset = l.furthest};
}

/// Narrows the box to the band. An asset with an infinite width is left as it is.
template <class Widths>
void narrow_to_band(const look& l, const box& b, Widths&& widths) noexcept {
    for (std::size_t i = 0; i < l.assets(); ++i) {
        const half_widths w = widths(i);
        b.intersect(i, l.target[i] - w.below, l.target[i] + w.above);
    }
}

}  // namespace ballast::inline v0::detail
