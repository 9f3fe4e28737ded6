/// Exponentially weighted covariances.
#pragma once

#include <cstdint>

#include "concept.hpp"
#include "detail/weighted_covariance.hpp"

namespace ballast::inline v0::risk {

/// Covariance per year of the assets' log returns about zero, with weights that halve every `half_life` of elapsed time: after returns r
/// over Δ years
///   Σ ← δ·Σ + (1 − δ)·rrᵀ/Δ,  δ = 2^(−Δ/half_life)
/// which for equal intervals is RiskMetrics' estimator (J.P. Morgan and Reuters 1996, section 5.2) with λ = δ, per year; divided by the sum
/// of the weights so far. The variances are those of risk::ewma, where each quote is a new price. Positive semidefinite by construction,
/// whatever was observed.
///
/// Missing quotes: returns are taken in rows, for which every asset that has been quoted for the last one is awaited, but not longer than
/// `patience`: more than a weekend as it is, for intraday ticks some minutes. Where quotes come in turns, their returns overlap in part
/// only and correlations look smaller than they are; `every` of many times the time between quotes makes that small (Epps 1979, Journal of
/// the American Statistical Association 74, 291-298). Who is left out of a row, because it is not listed yet, halted, or quoted as before
/// (see risk/concept.hpp), keeps its variance; what is known of its covariance with the others fades, as
///   Σᵢⱼ ← √(δw/(δw + 1 − δ))·Σᵢⱼ,  w: the sum of asset j's weights
/// so that two assets count as related by what was seen of both: a correlation with a newcomer grows from 0 toward what it is as the time
/// before its listing is forgotten (after one half-life 0.7 of it, after three 0.94). O(n²) per row, a pass over the matrix; O(n) for a
/// tick that waits.
struct ewma_covariance {
    duration half_life = days(60);  ///< after which a return counts half
    std::uint64_t warm_up = 20;     ///< rows in which every asset was quoted after its first, before the view is ready
    duration every{};               ///< shortest time from one row to the next
    duration patience = days(4);    ///< longest wait of a row for an asset without a quote; 0: each tick is a row

    static constexpr const char* name = "ewma_covariance";
    static constexpr risk_need provides = risk_need::covariance;

    using estimate = v0::detail::weighted_covariance;  ///< what it knows

    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        return v0::detail::check_prices(e.variance.size(), m);
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        e.learn(m, half_life, every, patience);
        return {};
    }
    /// Ready once every asset was quoted for `warm_up` rows after its first, moved or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::dense,
                .ready = e.variance.empty() || e.rows.fewest >= warm_up,
                .specific = e.variance,
                .dense = e.dense};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (half_life.ns <= 0) return {"ewma_covariance.half_life", half_life.seconds(), "must be a time above 0 (seconds)"};
        if (warm_up == 0) return {"ewma_covariance.warm_up", 0.0, "must be 1 row or more: without any nothing is known"};
        if (every.ns < 0) return {"ewma_covariance.every", every.seconds(), "must be a time at or above 0 (seconds)"};
        if (patience.ns < 0) return {"ewma_covariance.patience", patience.seconds(), "must be a time at or above 0 (seconds)"};
        return {};
    }
};

}  // namespace ballast::inline v0::risk
