/// The host's targets, made larger or smaller until their volatility is as wanted.
#pragma once

#include <cstddef>
#include <limits>

#include "../core/per_asset.hpp"
#include "../risk/detail/covariance.hpp"
#include "concept.hpp"
#include "detail/scaled.hpp"

namespace ballast::inline v0::target {

/// w = f·t with f = min(volatility/σ(t), leverage/Σ|tᵢ|): the host's targets t at the wanted volatility, as far as the cap on the gross
/// exposure lets them (Moreira and Muir 2017; Hallerbach 2012). σ(t) = √(tᵀΣt) per year, of an estimator in any layout. A diagonal one knows
/// no correlations: then σ²(t) = (1 − ρ)·Σ(tᵢσᵢ)² + ρ·(Σ|tᵢσᵢ|)² with ρ = `correlation`; at its default of 1 that is as much as the volatility
/// can be, whatever the correlations are. Targets without any risk get the capped exposure, targets of 0 stay so. A leverage above 1 also
/// needs the mandate's. With a safe asset, t are the targets of the others, and it has what they leave over, below 0 where they borrow.
///
/// Faults: no such estimator or one that is not ready (`risk_not_ready`), variances that are no numbers (`bad_risk`; of no asset where
/// tᵀΣt is negative or none). O(n), O(n²) dense, O(n·k²) in the factor layout.
struct volatility_target {
    double volatility = std::numeric_limits<double>::quiet_NaN();  ///< per year; to be given
    double leverage = 1.0;                                         ///< largest gross exposure Σ|w|
    double correlation = 1.0;                                      ///< between any two assets, where the estimator knows none
    std::uint32_t safe = no_index;                                 ///< the asset that takes the rest; none: cash
    std::size_t estimator = 0;                                     ///< which of the rebalancer's estimators

    static constexpr const char* name = "volatility_target";
    static constexpr bool transforms = true;
    static constexpr risk_need needs = risk_need::volatility;

    void prepare(target_scratch& scratch, const sizes& s) const { scratch.ask_for(room(s.assets)); }

    [[nodiscard]] fault weights(const look& l, target_scratch& scratch, std::span<double> out) const noexcept {
        const std::size_t n = out.size();
        if (!scratch.holds(room(n))) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        if (const fault f = detail::check_risk_view(l, estimator)) return f;
        const double gross = detail::gross_target(l.target, safe);
        if (!detail::finite(gross)) return detail::hand_on_targets(l, out), fault{};
        const double variance = variance_of(l, scratch.numbers.data(), out);
        if (!(variance >= 0.0) || !detail::finite(variance)) return {fault_code::bad_risk, no_index, variance};
        double factor = gross > 0.0 ? leverage / gross : 0.0;
        if (variance > 0.0)
            if (const double wanted = volatility / __builtin_sqrt(variance); wanted < factor) factor = wanted;
        detail::scale_targets(l, factor, safe, out);
        return {};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return detail::covers_safe(safe, n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(volatility >= 0.0) || !detail::finite(volatility))
            return {"volatility_target.volatility", volatility, "has to be given: a finite volatility per year at or above 0"};
        if (!(leverage > 0.0) || !detail::finite(leverage))
            return {"volatility_target.leverage", leverage, "must be a finite number above 0"};
        if (!(correlation >= 0.0 && correlation <= 1.0))
            return {"volatility_target.correlation", correlation, "must be a correlation between 0 and 1"};
        return {};
    }

private:
    [[nodiscard]] static constexpr std::size_t room(std::size_t n) noexcept { return n + detail::factor_room(n); }

    /// Of the host's risky targets.
    [[nodiscard]] double variance_of(const look& l, double* memory, std::span<double> out) const noexcept {
        const risk_view& risk = l.risk[estimator];
        const std::size_t n = out.size();
        for (std::size_t i = 0; i < n; ++i) out[i] = i == safe ? 0.0 : l.target[i];
        exact_sum sum;
        if (risk.layout == risk_layout::diagonal) {
            exact_sum together;
            for (std::size_t i = 0; i < n; ++i) {
                const double own = detail::absolute(out[i]) * __builtin_sqrt(risk.specific[i]);
                sum.add(own * own);
                together.add(own);
            }
            return (1.0 - correlation) * sum.value() + correlation * together.value() * together.value();
        }
        detail::times_covariance(risk, n, out.data(), memory, memory + n);
        for (std::size_t i = 0; i < n; ++i) sum.add(out[i] * memory[i]);
        return sum.value();
    }
};

}  // namespace ballast::inline v0::target
