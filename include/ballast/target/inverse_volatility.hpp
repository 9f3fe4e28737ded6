/// Weights that fall as volatility rises.
#pragma once

#include "../numeric/sum.hpp"
#include "concept.hpp"
#include "detail/covariance.hpp"

namespace ballast::inline v0::target {

/// wᵢ = (1 − cash)·(1/σᵢ) / Σⱼ 1/σⱼ, with σ per year from an estimator of the rebalancer: what risk parity comes to where all correlations are
/// the same (Maillard, Roncalli and Teïletche 2010, section 2.2). In the factor layout σ² is the whole variance. Faults: no such estimator or
/// one that is not ready (`risk_not_ready`), a volatility that is zero, negative or no number (`bad_risk`). O(n), in the factor layout
/// O(n·k²).
struct inverse_volatility {
    double cash = 0.0;          ///< share of the portfolio that stays in cash
    std::size_t estimator = 0;  ///< which of the rebalancer's estimators

    static constexpr const char* name = "inverse_volatility";
    static constexpr risk_need needs = risk_need::volatility;

    [[nodiscard]] fault weights(const look& l, std::span<double> out) const noexcept {
        if (const fault f = detail::check_target_risk(l, estimator)) return f;
        const risk_view& risk = l.risk[estimator];
        exact_sum all;
        for (std::size_t i = 0; i < out.size(); ++i) {
            const double v = risk.variance(i);
            out[i] = 1.0 / __builtin_sqrt(v);
            if (!detail::finite(out[i])) return {fault_code::bad_risk, static_cast<std::uint32_t>(i), v};
            all.add(out[i]);
        }
        const double share = (1.0 - cash) / all.value();
        for (double& w : out) w *= share;
        return {};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(cash >= 0.0 && cash <= 1.0)) return {"inverse_volatility.cash", cash, "must be a share between 0 and 1"};
        return {};
    }
};

}  // namespace ballast::inline v0::target
