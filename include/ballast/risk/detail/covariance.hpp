/// Σ of a risk view, whatever its layout: checked, multiplied with a vector, x'Σx without scratch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "../../core/arithmetic.hpp"
#include "../../core/look.hpp"
#include "../../core/risk_view.hpp"

namespace ballast::inline v0::detail {

/// Why a view that is ready does not fit n assets, if so: it is of another size, or one of its own variances is negative or not finite. O(n).
[[nodiscard]] inline fault check_view_shape(const risk_view& r, std::size_t n) noexcept {
    const auto wrong_size = [](std::size_t size) -> fault { return {fault_code::size_mismatch, no_index, static_cast<double>(size)}; };
    if (r.specific.size() != n) return wrong_size(r.specific.size());
    if (r.layout == risk_layout::dense && r.dense.size() != n * n) return wrong_size(r.dense.size());
    if (r.layout == risk_layout::factor) {
        const std::size_t k = r.factors();
        if (r.loadings.size() != n * k) return wrong_size(r.loadings.size());
        if (r.factor_covariance.size() != k * k) return wrong_size(r.factor_covariance.size());
    }
    const auto bad = [](std::size_t i, double v) -> fault { return {fault_code::bad_risk, static_cast<std::uint32_t>(i), v}; };
    for (std::size_t i = 0; i < n; ++i)
        if (const double v = r.specific[i]; !(v >= 0.0) || !finite(v)) return bad(i, v);
    for (std::size_t i = 0; i < n && r.layout == risk_layout::dense; ++i)  // what the matrix itself says
        if (const double v = r.dense[i * n + i]; !(v >= 0.0) || !finite(v)) return bad(i, v);
    return {};
}
/// The same, and every asset's variance is asked for: O(n), in the factor layout O(n·k²).
[[nodiscard]] inline fault check_view(const risk_view& r, std::size_t n) noexcept {
    if (const fault f = check_view_shape(r, n)) return f;
    for (std::size_t i = 0; i < n && r.layout == risk_layout::factor; ++i)
        if (const double v = r.variance(i); !(v >= 0.0) || !finite(v)) return {fault_code::bad_risk, static_cast<std::uint32_t>(i), v};
    return {};
}
/// Why the estimator's view says nothing of the look's assets, if so: there is none or it is not ready, or it does not fit them.
/// @{
[[nodiscard]] inline fault check_risk_ready(const look& l, std::size_t estimator) noexcept {
    if (estimator >= l.risk.size() || !l.risk[estimator].ready || l.risk[estimator].layout == risk_layout::none)
        return {fault_code::risk_not_ready, no_index, static_cast<double>(estimator)};
    return {};
}
[[nodiscard]] inline fault check_risk_shape(const look& l, std::size_t estimator) noexcept {
    if (const fault f = check_risk_ready(l, estimator)) return f;
    return check_view_shape(l.risk[estimator], l.assets());
}
/// With no more factors than assets, for which there is scratch (`factor_room`).
[[nodiscard]] inline fault check_risk_view(const look& l, std::size_t estimator) noexcept {
    if (const fault f = check_risk_ready(l, estimator)) return f;
    const risk_view& r = l.risk[estimator];
    if (r.layout == risk_layout::factor && r.factors() > l.assets())
        return {fault_code::size_mismatch, no_index, static_cast<double>(r.loadings.size())};
    return check_view(r, l.assets());
}
/// @}

/// Scratch for `times_covariance`: of the factor layout, which has no more factors than assets.
[[nodiscard]] constexpr std::size_t factor_room(std::size_t assets) noexcept { return 2 * assets; }

/// y = Σx for a view that was checked; Σ is symmetric, `factors` has `factor_room`. O(n), O(n²) dense, where assets
/// with x = 0 cost nothing, O(n·k + k²) in the factor layout; it leaves Fᵀx in factors[0..k) and ΩFᵀx in the k after it.
inline void times_covariance(const risk_view& r, std::size_t n, const double* x, double* y, double* factors) noexcept {
    if (r.layout == risk_layout::dense) {
        // Column by column: no sum depends on the one before, and each has its terms in the order of the assets.
        for (std::size_t i = 0; i < n; ++i) y[i] = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            const double* column = r.dense.data() + j * n;
            const double xj = x[j];
            if (xj == 0.0) continue;
            for (std::size_t i = 0; i < n; ++i) y[i] += column[i] * xj;
        }
        return;
    }
    for (std::size_t i = 0; i < n; ++i) y[i] = r.specific[i] * x[i];
    if (r.layout != risk_layout::factor) return;
    const std::size_t k = r.factors();
    double* exposure = factors;
    double* pull = factors + k;
    for (std::size_t a = 0; a < k; ++a) exposure[a] = 0.0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t a = 0; a < k; ++a) exposure[a] += r.loadings[i * k + a] * x[i];
    for (std::size_t a = 0; a < k; ++a) {
        pull[a] = 0.0;
        for (std::size_t b = 0; b < k; ++b) pull[a] += r.factor_covariance[a * k + b] * exposure[b];
    }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t a = 0; a < k; ++a) y[i] += r.loadings[i * k + a] * pull[a];
}

/// x'Σx of a view that was checked, with x given as a function of the asset, which is called several times for each. Needs no scratch: O(n),
/// O(n²) dense, O(n·k) in the factor layout up to 32 factors, and that times (k/32)² beyond.
template <class Weights>
[[nodiscard]] double quadratic_form(const risk_view& r, std::size_t n, const Weights& x) noexcept {
    double sum = 0.0;
    if (r.layout == risk_layout::dense) {
        for (std::size_t i = 0; i < n; ++i) {
            const double xi = x(i);
            if (xi == 0.0) continue;
            const double* row = r.dense.data() + i * n;
            double pull = 0.0;
            for (std::size_t j = 0; j < n; ++j) pull += row[j] * x(j);
            sum += xi * pull;
        }
        return sum;
    }
    for (std::size_t i = 0; i < n; ++i) sum += r.specific[i] * x(i) * x(i);
    if (r.layout != risk_layout::factor) return sum;
    constexpr std::size_t width = 32;
    const std::size_t k = r.factors();
    // The exposures Fᵀx to the factors from..from + width.
    const auto exposures = [&](std::size_t from, double(&out)[width]) {
        const std::size_t to = from + width < k ? from + width : k;
        for (double& e : out) e = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            const double xi = x(i);
            for (std::size_t a = from; a < to; ++a) out[a - from] += r.loadings[i * k + a] * xi;
        }
        return to;
    };
    double here[width];
    double there[width];
    for (std::size_t a0 = 0; a0 < k; a0 += width) {
        const std::size_t a1 = exposures(a0, here);
        for (std::size_t b0 = 0; b0 < k; b0 += width) {
            const std::size_t b1 = b0 == a0 ? a1 : exposures(b0, there);
            const double* other = b0 == a0 ? here : there;
            for (std::size_t a = a0; a < a1; ++a)
                for (std::size_t b = b0; b < b1; ++b) sum += here[a - a0] * r.factor_covariance[a * k + b] * other[b - b0];
        }
    }
    return sum;
}

/// The variance x'Σx of a view that was checked, at or above 0; a fault where Σ has an entry that is no number, or is no covariance matrix:
/// below 0 by more than rounding makes it.
template <class Weights>
[[nodiscard]] fault variance_of(const risk_view& r, std::size_t n, const Weights& x, double& out) noexcept {
    out = quadratic_form(r, n, x);
    if (!finite(out)) return {fault_code::bad_risk, no_index, out};
    if (out >= 0.0) return {};
    // The variance were everything perfectly correlated, which is the most that there can be: what rounding is measured by.
    double most = 0.0;
    for (std::size_t i = 0; i < n; ++i) most += absolute(x(i)) * __builtin_sqrt(r.variance(i));
    if (!(out >= -1e-9 * most * most)) return {fault_code::bad_risk, no_index, out};
    out = 0.0;
    return {};
}

}  // namespace ballast::inline v0::detail
