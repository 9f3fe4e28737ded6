/// Weights that fall as volatility rises.
#pragma once

#include <cmath>

#include "../numeric/sum.hpp"
#include "../risk/detail/covariance.hpp"
#include "concept.hpp"

namespace ballast::inline v0::target {

/// wᵢ = (1 − cash)·σᵢ^(−power) / Σⱼ σⱼ^(−power), with σ per year from an estimator of the rebalancer. At the default power of 1 it is what risk
/// parity comes to where all correlations are the same (Maillard, Roncalli and Teïletche 2010), at 2 the least variance of assets that are
/// uncorrelated, at 0 equal weights. In the factor layout σ² is the whole variance. Faults: no such estimator or
/// one that is not ready (`risk_not_ready`), a volatility that is zero, negative or no number (`bad_risk`). O(n), in the factor layout
/// O(n·k²).
struct inverse_volatility {
    double power = 1.0;         ///< of 1/σ, at or above 0
    double cash = 0.0;          ///< share of the portfolio that stays in cash
    std::size_t estimator = 0;  ///< which of the rebalancer's estimators

    static constexpr const char* name = "inverse_volatility";
    static constexpr risk_need needs = risk_need::volatility;

    [[nodiscard]] fault weights(const look& l, std::span<double> out) const noexcept {
        if (const fault f = detail::check_risk_view(l, estimator)) return f;
        const risk_view& risk = l.risk[estimator];
        exact_sum all;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const double v = risk.variance(i);
            out[i] = power == 1.0 ? 1.0 / __builtin_sqrt(v) : power == 2.0 ? 1.0 / v : std::pow(v, -0.5 * power);
            if (!detail::finite(out[i])) return {fault_code::bad_risk, static_cast<std::uint32_t>(i), v};
            all.add(out[i]);
        }
        const double share = (1.0 - cash) / all.value();
        for (double& w : out) w *= share;
        return {};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(power >= 0.0) || !detail::finite(power)) return {"inverse_volatility.power", power, "must be a finite number at or above 0"};
        if (!(cash >= 0.0 && cash <= 1.0)) return {"inverse_volatility.cash", cash, "must be a share between 0 and 1"};
        return {};
    }
};

}  // namespace ballast::inline v0::target
