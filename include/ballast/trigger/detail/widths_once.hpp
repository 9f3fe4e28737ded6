/// Bands whose widths take long to reckon: each asset's once a call, and once for neighbours whose numbers are the same.
#pragma once

#include <cstddef>
#include <limits>

#include "band_check.hpp"

namespace ballast::inline v0::detail {

/// f(i, widths) for every asset, first to last; the widths are `solve(problem(i))`.
template <class Problem, class Solve, class F>
void each_width_once(std::size_t n, Problem&& problem, Solve&& solve, F&& f) noexcept {
    if (n == 0) return;
    auto solved = problem(0);
    half_widths w = solve(solved);
    f(std::size_t{0}, w);
    for (std::size_t i = 1; i < n; ++i) {
        const auto next = problem(i);
        if (!(next == solved)) {
            w = solve(next);
            solved = next;
        }
        f(i, w);
    }
}

/// The firing of `check_band`.
template <class Problem, class Solve>
[[nodiscard]] firing check_widths_once(const look& l, const char* name, Problem&& problem, Solve&& solve) noexcept {
    firing f{.trigger = name, .unit = measure_unit::weight};
    double most = -std::numeric_limits<double>::infinity();
    each_width_once(l.assets(), problem, solve, [&](std::size_t i, const half_widths& w) {
        const double e = excess(l.drift[i], w);
        if (!(e > most)) return;
        most = e;
        f.asset = static_cast<std::uint32_t>(i);
        f.measure = absolute(l.drift[i]);
        f.threshold = l.drift[i] > 0.0 ? w.above : w.below;
    });
    f.fired = beyond(f.measure, f.threshold);
    return f;
}

/// The box of `narrow_to_band`.
template <class Problem, class Solve>
void narrow_to_widths_once(const look& l, const box& b, Problem&& problem, Solve&& solve) noexcept {
    each_width_once(l.assets(), problem, solve,
                    [&](std::size_t i, const half_widths& w) { b.intersect(i, l.target[i] - w.below, l.target[i] + w.above); });
}

}  // namespace ballast::inline v0::detail
