/// Σ of a risk view, whatever its layout: checked, multiplied with a vector, summed up to a variance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "../../core/look.hpp"
#include "../../core/risk_view.hpp"
#include "../../numeric/sum.hpp"

namespace ballast::inline v0::detail {

/// Why the estimator's view says nothing of the look's assets, if so: there is none or it is not ready, it is of another size, or a variance
/// is negative or not finite. O(n), in the factor layout O(n·k²).
[[nodiscard]] inline fault check_target_risk(const look& l, std::size_t estimator) noexcept {
    if (estimator >= l.risk.size() || !l.risk[estimator].ready || l.risk[estimator].layout == risk_layout::none)
        return {fault_code::risk_not_ready, no_index, static_cast<double>(estimator)};
    const risk_view& r = l.risk[estimator];
    const std::size_t n = l.assets();
    const auto wrong_size = [](std::size_t size) -> fault { return {fault_code::size_mismatch, no_index, static_cast<double>(size)}; };
    if (r.specific.size() != n) return wrong_size(r.specific.size());
    if (r.layout == risk_layout::dense && r.dense.size() != n * n) return wrong_size(r.dense.size());
    if (r.layout == risk_layout::factor) {
        const std::size_t k = r.factors();
        if (k > n || r.loadings.size() != n * k) return wrong_size(r.loadings.size());
        if (r.factor_covariance.size() != k * k) return wrong_size(r.factor_covariance.size());
    }
    for (std::size_t i = 0; i < n; ++i)
        if (const double v = r.variance(i); !(v >= 0.0) || !finite(v)) return {fault_code::bad_risk, static_cast<std::uint32_t>(i), v};
    return {};
}

/// Scratch for `multiply`: of the factor layout, which has no more factors than assets.
[[nodiscard]] constexpr std::size_t factor_room(std::size_t assets) noexcept { return 2 * assets; }

/// y = Σx for a view that was checked; Σ is symmetric, `factors` has `factor_room`. O(n), O(n²) dense, O(n·k + k²) in the factor layout.
inline void times_covariance(const risk_view& r, std::size_t n, const double* x, double* y, double* factors) noexcept {
    if (r.layout == risk_layout::dense) {
        // Column by column: no sum depends on the one before, and each has its terms in the order of the assets.
        for (std::size_t i = 0; i < n; ++i) y[i] = 0.0;
        for (std::size_t j = 0; j < n; ++j) {
            const double* column = r.dense.data() + j * n;
            const double xj = x[j];
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

}  // namespace ballast::inline v0::detail
