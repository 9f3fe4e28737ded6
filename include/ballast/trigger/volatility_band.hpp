/// A band whose width follows volatility.
#pragma once

#include <cmath>

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/band_check.hpp"

namespace ballast::inline v0::trigger {

/// Fires when |weight − target| exceeds width·(σ/reference)^exponent, kept within floor and ceiling; σ is the asset's volatility per year from
/// an estimator of the rebalancer. The exponent says which school it follows and has no default: −1 tightens in turbulence (constant risk of the
/// deviation), +2/3 widens (the optimal width under proportional costs grows with σ^(2/3), Gerhold, Guasoni, Muhle-Karbe and Schachermayer 2014), 0 ignores σ.
/// While the estimator is not ready the width is that at σ = reference.
struct volatility_band {
    per_asset width{};      ///< weight, at σ = reference
    per_asset reference{};  ///< volatility per year
    double exponent = std::numeric_limits<double>::quiet_NaN();
    per_asset floor = 0.0;      ///< smallest width
    per_asset ceiling = 1.0;    ///< largest width
    std::size_t estimator = 0;  ///< which of the rebalancer's estimators

    static constexpr const char* name = "volatility_band";
    static constexpr risk_need needs = risk_need::volatility;

    [[nodiscard]] firing check(const look& l) const noexcept {
        firing f{.trigger = name, .unit = measure_unit::weight};
        if (estimator >= l.risk.size()) {
            f.problem = {fault_code::risk_not_ready, no_index, static_cast<double>(estimator)};
            return f;
        }
        return detail::check_band(l, name, [&](std::size_t i) { return widths(l, i); });
    }
    void region(const look& l, const box& b) const noexcept {
        if (estimator < l.risk.size()) detail::narrow_to_band(l, b, [&](std::size_t i) { return widths(l, i); });
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        return width.covers(n) && reference.covers(n) && floor.covers(n) && ceiling.covers(n);
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= 0.0); };
        const auto not_positive = [](double x) { return !(x > 0.0); };
        if (!width.given()) return {"volatility_band.width", 0.0, "has to be given"};
        if (const double* v = width.find(bad)) return {"volatility_band.width", *v, "must be a weight at or above 0"};
        if (!reference.given()) return {"volatility_band.reference", 0.0, "has to be given"};
        if (const double* v = reference.find(not_positive)) return {"volatility_band.reference", *v, "must be a volatility above 0"};
        if (!detail::finite(exponent))
            return {"volatility_band.exponent", exponent, "has to be given: -1 tightens in turbulence, 2/3 widens"};
        if (const double* v = floor.find(bad)) return {"volatility_band.floor", *v, "must be a weight at or above 0"};
        if (const double* v = ceiling.find(bad)) return {"volatility_band.ceiling", *v, "must be a weight at or above 0"};
        if (floor.uniform() && ceiling.uniform() && floor[0] > ceiling[0])
            return {"volatility_band.floor", floor[0], "must not be above the ceiling"};
        return {};
    }

    /// The width of asset i at volatility `sigma`. A volatility of zero gives the limit: ceiling or floor.
    [[nodiscard]] double width_at(std::size_t i, double sigma) const noexcept {
        const double w = width[i] * std::pow(sigma / reference[i], exponent);
        if (!(w <= ceiling[i])) return ceiling[i];
        return w < floor[i] ? floor[i] : w;
    }

private:
    [[nodiscard]] detail::half_widths widths(const look& l, std::size_t i) const noexcept {
        const risk_view& risk = l.risk[estimator];
        const double w = width_at(i, risk.ready ? std::sqrt(risk.variance(i)) : reference[i]);
        return {w, w};
    }
};

}  // namespace ballast::inline v0::trigger
