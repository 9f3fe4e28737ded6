/// A band with a width for each regime of the market.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/band_check.hpp"

namespace ballast::inline v0::trigger {

/// Fires when |weight − target| exceeds scale·Σ pᵣ·widthᵣ, the widths of the regimes mixed by how likely each is now, as an estimator of the
/// rebalancer tells it (risk::hamilton, risk::threshold_regimes, risk::given_regimes or the host's own): of the market, or of each asset by
/// itself. `regime_band{.width = {0.03, 0.08}}` is narrow while it is calm and wide in turbulence, and in between where nobody can say; with
/// the larger width first it tightens. While the estimator is not ready all regimes count as equally likely. Strict as `band` is. A rebalancer without
/// that estimator, one whose estimator tells another number of regimes, or chances that are none, reject the decision. O(n·regimes).
struct regime_band {
    std::vector<double> width{};  ///< weight, for each regime; to be given
    per_asset scale = 1.0;        ///< by which an asset's width is multiplied
    std::size_t estimator = 0;    ///< which of the rebalancer's estimators

    static constexpr const char* name = "regime_band";
    static constexpr risk_need needs = risk_need::regimes;

    [[nodiscard]] firing check(const look& l) const noexcept {
        if (const fault problem = check_regimes(l)) return {.trigger = name, .unit = measure_unit::weight, .problem = problem};
        return detail::check_band(l, name, [&](std::size_t i) { return widths(l, i); });
    }
    void region(const look& l, const box& b) const noexcept {
        if (!check_regimes(l)) detail::narrow_to_band(l, b, [&](std::size_t i) { return widths(l, i); });
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return scale.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= 0.0) || !detail::finite(x); };
        if (width.empty()) return {"regime_band.width", 0.0, "has to be given: one weight for each regime"};
        for (const double w : width)
            if (bad(w)) return {"regime_band.width", w, "must be a finite weight at or above 0, one for each regime"};
        if (!scale.given()) return {"regime_band.scale", 0.0, "must be a finite number at or above 0"};
        if (const double* v = scale.find(bad)) return {"regime_band.scale", *v, "must be a finite number at or above 0"};
        return {};
    }

    /// The width of asset i where the regimes are as likely as `chances` says, one for each.
    [[nodiscard]] double width_at(std::size_t i, std::span<const double> chances) const noexcept {
        double mixed = 0.0;
        for (std::size_t r = 0; r < width.size(); ++r) mixed += chances[r] * width[r];
        return scale[i] * mixed;
    }

private:
    /// There is such an estimator, it tells as many regimes as there are widths, and while it is ready their chances are some.
    [[nodiscard]] fault check_regimes(const look& l) const noexcept {
        if (estimator >= l.regime.size() || l.regime[estimator].regimes == 0)
            return {fault_code::risk_not_ready, no_index, static_cast<double>(estimator)};
        const regime_view& told = l.regime[estimator];
        const std::size_t k = told.regimes;
        if (k != width.size()) return {fault_code::size_mismatch, no_index, static_cast<double>(k)};
        if (!told.ready) return {};
        const std::span<const double> p = told.probability;
        if (p.size() != k && p.size() != k * l.assets()) return {fault_code::size_mismatch, no_index, static_cast<double>(p.size())};
        for (std::size_t at = 0; at < p.size(); at += k) {
            double sum = 0.0;
            for (std::size_t r = 0; r < k; ++r) {
                if (!(p[at + r] >= 0.0 && p[at + r] <= 1.0)) return {fault_code::bad_regime, static_cast<std::uint32_t>(r), p[at + r]};
                sum += p[at + r];
            }
            if (!(sum >= 1.0 - 1e-6 && sum <= 1.0 + 1e-6)) return {fault_code::bad_regime, no_index, sum};
        }
        return {};
    }
    [[nodiscard]] detail::half_widths widths(const look& l, std::size_t i) const noexcept {
        const regime_view& told = l.regime[estimator];
        double w = 0.0;
        if (told.ready) {
            w = width_at(i, told.of(i));
        } else {
            for (const double of_regime : width) w += of_regime / static_cast<double>(width.size());
            w *= scale[i];
        }
        return {w, w};
    }
};

}  // namespace ballast::inline v0::trigger
