/// The highest point of a curve over a range of scales.
#pragma once

#include <cmath>

namespace ballast::inline v0::detail {

/// Where f is highest between two numbers above 0: the highest of `points` in equal ratios, and golden sections (Kiefer 1953, Proceedings of
/// the American Mathematical Society 4, 502-506) between its neighbours. A top that is narrower than the ratio may be missed. Of points that
/// are as high the larger. `points` + `sections` + 2 calls.
template <class F>
[[nodiscard]] double highest(double from, double to, int points, int sections, const F& f) noexcept {
    const double begin = std::log(from);
    const double step = (std::log(to) - begin) / (points - 1);
    const auto at = [&](double x) { return f(std::exp(x)); };
    int top = 0;
    double height = at(begin);
    for (int k = 1; k < points; ++k)
        if (const double h = at(begin + k * step); h >= height) {
            height = h;
            top = k;
        }
    double best = begin + top * step;
    double low = top > 0 ? best - step : best;
    double high = top + 1 < points ? best + step : best;
    constexpr double golden = 0.61803398874989484820;
    double left = high - golden * (high - low);
    double right = low + golden * (high - low);
    double of_left = at(left);
    double of_right = at(right);
    for (int k = 0; k < sections; ++k) {
        const bool go_right = of_right >= of_left;
        if (const double h = go_right ? of_right : of_left; h >= height) {
            height = h;
            best = go_right ? right : left;
        }
        if (go_right) {
            low = left;
            left = right;
            of_left = of_right;
            right = low + golden * (high - low);
            of_right = at(right);
        } else {
            high = right;
            right = left;
            of_right = of_left;
            left = high - golden * (high - low);
            of_left = at(left);
        }
    }
    return std::exp(best);
}

}  // namespace ballast::inline v0::detail
