/// Integrals by Gauss's rule on panels.
#pragma once

namespace ballast::inline v0::detail {

/// ∫ f from `from` to `to` by the rule of Gauss and Legendre with 16 points: exact for polynomials up to degree 31.
template <class F>
[[nodiscard]] double panel(double from, double to, const F& f) noexcept {
    constexpr double point[8] = {0.09501250983763744018, 0.28160355077925891323, 0.45801677765722738634, 0.61787624440264374844,
                                 0.75540440835500303389, 0.86563120238783174388, 0.94457502307323257607, 0.98940093499164993259};
    constexpr double weight[8] = {0.18945061045506849628, 0.18260341504492358886, 0.16915651939500253818, 0.14959598881657673208,
                                  0.12462897125553387205, 0.09515851168249278480, 0.06225352393864789286, 0.02715245941175409485};
    const double centre = 0.5 * (from + to);
    const double half = 0.5 * (to - from);
    double sum = 0.0;
    for (int j = 0; j < 8; ++j) sum += weight[j] * (f(centre - half * point[j]) + f(centre + half * point[j]));
    return half * sum;
}

/// ∫ f from 0 to `length` where f changes over distances of `layer` at both ends, and of `widest` everywhere: panels grow from the ends
/// inward.
template <class F>
[[nodiscard]] double graded(double length, double layer, double widest, const F& f) noexcept {
    double sum = 0.0;
    double at = 0.0;
    while (at < length) {
        const double left = length - at;
        double width = 0.5 * (at < left ? at : left);
        if (width < layer) width = layer;
        if (width < 1e-15 * at) width = 1e-15 * at;
        if (width > widest) width = widest;
        const double to = at + width < length ? at + width : length;
        sum += panel(at, to, f);
        at = to;
    }
    return sum;
}

}  // namespace ballast::inline v0::detail
