/// What rebalancing is worth before costs.
#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include "../core/risk_view.hpp"

namespace ballast::inline v0::tune {

/// The excess growth rate of a portfolio that is always at these weights, per year: ½(Σ wᵢΣᵢᵢ − wᵀΣw), by which its log growth exceeds the mean
/// of its assets' with the same weights (Fernholz and Shay 1982, Journal of Finance 37, 615-624). What the weights leave over is cash, which has no
/// variance. A diagonal view knows of no correlations: they count as 0. NaN where the view is not ready or of another size. O(n²); with k
/// factors O(n·k²). Allocates nothing.
[[nodiscard]] inline double excess_growth(std::span<const double> weights, const risk_view& risk) noexcept {
    const std::size_t n = weights.size();
    const std::size_t k = risk.layout == risk_layout::factor ? risk.factors() : 0;
    const bool fits = risk.ready && risk.layout != risk_layout::none && risk.specific.size() == n &&
                      (risk.layout != risk_layout::dense || risk.dense.size() == n * n) &&
                      (risk.layout != risk_layout::factor || (risk.loadings.size() == n * k && risk.factor_covariance.size() == k * k));
    if (!fits) return std::numeric_limits<double>::quiet_NaN();
    double of_assets = 0.0;
    double of_all = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        of_assets += weights[i] * risk.variance(i);
        if (risk.layout != risk_layout::dense) of_all += weights[i] * weights[i] * risk.specific[i];
        if (risk.layout == risk_layout::dense)
            for (std::size_t j = 0; j < n; ++j) of_all += weights[i] * weights[j] * risk.dense[i * n + j];
    }
    const auto exposure = [&](std::size_t a) {
        double sum = 0.0;
        for (std::size_t i = 0; i < n; ++i) sum += weights[i] * risk.loadings[i * k + a];
        return sum;
    };
    for (std::size_t a = 0; a < k; ++a)
        for (std::size_t b = 0; b < k; ++b) of_all += risk.factor_covariance[a * k + b] * exposure(a) * exposure(b);
    return 0.5 * (of_assets - of_all);
}

}  // namespace ballast::inline v0::tune
