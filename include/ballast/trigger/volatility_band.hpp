/// A band whose width follows volatility.
#pragma once

#include <cmath>

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/band_check.hpp"

namespace ballast::inline v0::trigger {

/// Fires when |weight − target| exceeds width·(σ/reference)^exponent, kept within floor and ceiling; σ is the asset's volatility per year
/// from an estimator of the rebalancer. The exponent says which school it follows and has no default: −1 tightens in turbulence (constant
/// risk of the deviation); +2/3 widens (where a squared deviation costs the same at any volatility, the optimal width under proportional
/// costs is in proportion to σ^(2/3)); 0 ignores σ (where it costs as much as the variance that it adds, σ cancels out of the optimal width
/// at a given target: Gerhold, Guasoni, Muhle-Karbe and Schachermayer 2014). A volatility of zero gives the limit: with a negative exponent
/// the ceiling, with a positive one the floor. While the estimator is not ready the width is that at σ = reference. Strict as `band` is. A
/// rebalancer without that estimator, or one whose numbers are none, rejects the decision. O(n) with one power an asset.
struct volatility_band {
    per_asset width{};                                           ///< weight, at σ = reference; to be given
    per_asset reference{};                                       ///< volatility per year; to be given
    double exponent = std::numeric_limits<double>::quiet_NaN();  ///< to be given
    per_asset floor = 0.0;                                       ///< smallest width
    per_asset ceiling = 1.0;                                     ///< largest width
    std::size_t estimator = 0;                                   ///< which of the rebalancer's estimators

    static constexpr const char* name = "volatility_band";
    static constexpr risk_need needs = risk_need::volatility;

    [[nodiscard]] firing check(const look& l) const noexcept {
        if (const fault problem = check_risk(l)) return {.trigger = name, .unit = measure_unit::weight, .problem = problem};
        return detail::check_band(l, name, [&](std::size_t i) { return widths(l, i); });
    }
    void region(const look& l, const box& b) const noexcept {
        if (!check_risk(l)) detail::narrow_to_band(l, b, [&](std::size_t i) { return widths(l, i); });
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        return width.covers(n) && reference.covers(n) && floor.covers(n) && ceiling.covers(n);
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= 0.0); };
        const auto not_finite = [](double x) { return !(x >= 0.0) || !detail::finite(x); };
        const auto not_positive = [](double x) { return !(x > 0.0) || !detail::finite(x); };
        if (!width.given()) return {"volatility_band.width", 0.0, "has to be given"};
        if (const double* v = width.find(not_finite)) return {"volatility_band.width", *v, "must be a finite weight at or above 0"};
        if (!reference.given()) return {"volatility_band.reference", 0.0, "has to be given"};
        if (const double* v = reference.find(not_positive)) return {"volatility_band.reference", *v, "must be a finite volatility above 0"};
        if (!detail::finite(exponent))
            return {"volatility_band.exponent", exponent, "has to be given: -1 tightens in turbulence, 2/3 widens"};
        if (const double* v = floor.find(not_finite)) return {"volatility_band.floor", *v, "must be a finite weight at or above 0"};
        if (!ceiling.given()) return {"volatility_band.ceiling", 0.0, "has to be given: the largest width"};
        if (const double* v = ceiling.find(bad)) return {"volatility_band.ceiling", *v, "must be a weight at or above 0"};
        const std::size_t lists = floor.size() > ceiling.size() ? floor.size() : ceiling.size();
        for (std::size_t i = 0; i < (lists > 0 ? lists : 1); ++i) {
            if ((!floor.uniform() && i >= floor.size()) || (!ceiling.uniform() && i >= ceiling.size())) break;  // `covers` tells
            if (floor[i] > ceiling[i]) return {"volatility_band.floor", floor[i], "must not be above the ceiling"};
        }
        return {};
    }

    /// The width of asset i at volatility `sigma`, a number at or above zero.
    [[nodiscard]] double width_at(std::size_t i, double sigma) const noexcept {
        if (width[i] == 0.0) return floor[i];  // whatever the factor, infinity included
        const double w = width[i] * std::pow(sigma / reference[i], exponent);
        if (w > ceiling[i]) return ceiling[i];
        return w < floor[i] ? floor[i] : w;
    }

private:
    /// There is such an estimator, and while it is ready it knows a variance of every asset.
    [[nodiscard]] fault check_risk(const look& l) const noexcept {
        if (estimator >= l.risk.size()) return {fault_code::risk_not_ready, no_index, static_cast<double>(estimator)};
        const risk_view& risk = l.risk[estimator];
        if (!risk.ready) return {};
        if (risk.specific.size() != l.assets()) return {fault_code::size_mismatch, no_index, static_cast<double>(risk.specific.size())};
        for (std::size_t i = 0; i < l.assets(); ++i)
            if (const double v = risk.variance(i); !(v >= 0.0) || !detail::finite(v))
                return {fault_code::bad_risk, static_cast<std::uint32_t>(i), v};
        return {};
    }
    [[nodiscard]] detail::half_widths widths(const look& l, std::size_t i) const noexcept {
        const risk_view& risk = l.risk[estimator];
        const double w = width_at(i, risk.ready ? std::sqrt(risk.variance(i)) : reference[i]);
        return {w, w};
    }
};

}  // namespace ballast::inline v0::trigger
