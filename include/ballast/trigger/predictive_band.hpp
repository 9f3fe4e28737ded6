/// A band as wide as what is to be expected of the market.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/band_check.hpp"
#include "detail/relative_risk.hpp"

namespace ballast::inline v0::trigger {

/// Fires when a weight has left the interval in which it would be, `deviations` standard deviations to either side, had it been at its target
/// one `horizon` ago: a drift that the market makes as a matter of course is none to act on. With σ the forecast volatility of the asset's
/// return less that of the rest of the book, per year, and h the horizon in years, its edges are
///   target·e^±zσ√h / (1 − target + target·e^±zσ√h),  z = deviations
/// from the law of a weight's log-odds, log(w/(1 − w)), which is a Brownian motion where asset and rest are geometric ones (without its drift;
/// detail/relative_risk.hpp says how the rest counts, and the case of several assets). For small widths it is target·(1 − target)·zσ√h. A
/// target of 0 or 1 moves nowhere, and has the floor. Short and leveraged targets are covered by the same formula: an edge that lies beyond
/// the loss of all value is infinitely far.
///
/// The widths, of which the one above and the one below the target differ, are kept within floor and ceiling. Which forecast that is, the
/// estimator says: of risk::garch, whose own horizon should be this one, the average of the variances that it expects on the way; of all
/// others the volatility of today. While the estimator is not ready the width is the ceiling. Strict as `band` is. A rebalancer without
/// that estimator, or one whose numbers are none, rejects the decision. O(n) from variances, O(n²) from a dense covariance, O(n·k²) from k
/// factors.
struct predictive_band {
    per_asset deviations{};      ///< z, above 0; to be given
    duration horizon = days(1);  ///< over which the market may move
    per_asset floor = 0.0;       ///< smallest width, weight
    per_asset ceiling = 1.0;     ///< largest width, weight
    std::size_t estimator = 0;   ///< which of the rebalancer's estimators

    static constexpr const char* name = "predictive_band";
    static constexpr risk_need needs = risk_need::volatility;

    [[nodiscard]] firing check(const look& l) const noexcept {
        firing f{.trigger = name, .unit = measure_unit::weight};
        if ((f.problem = check_risk(l))) return f;
        const bool ready = l.risk[estimator].ready;
        const detail::relative_risk risk{l, l.risk[estimator]};
        for (std::size_t i = 0; ready && i < l.assets(); ++i)
            if (const double v = risk.of(i).sigma2; !detail::finite(v)) {
                f.problem = {fault_code::bad_risk, static_cast<std::uint32_t>(i), v};
                return f;
            }
        return detail::check_band(l, name, [&](std::size_t i) { return widths(l, i, risk, ready); });
    }
    void region(const look& l, const box& b) const noexcept {
        if (check(l).problem) return;
        const bool ready = l.risk[estimator].ready;
        const detail::relative_risk risk{l, l.risk[estimator]};
        detail::narrow_to_band(l, b, [&](std::size_t i) { return widths(l, i, risk, ready); });
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return deviations.covers(n) && floor.covers(n) && ceiling.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= 0.0); };
        const auto not_finite = [](double x) { return !(x >= 0.0) || !detail::finite(x); };
        const auto not_positive = [](double x) { return !(x > 0.0) || !detail::finite(x); };
        if (!deviations.given()) return {"predictive_band.deviations", 0.0, "has to be given: a finite number above 0"};
        if (const double* v = deviations.find(not_positive)) return {"predictive_band.deviations", *v, "must be a finite number above 0"};
        if (horizon.ns <= 0) return {"predictive_band.horizon", horizon.seconds(), "must be a time above 0 (seconds)"};
        if (const double* v = floor.find(not_finite)) return {"predictive_band.floor", *v, "must be a finite weight at or above 0"};
        if (!ceiling.given()) return {"predictive_band.ceiling", 0.0, "has to be given: the largest width"};
        if (const double* v = ceiling.find(bad)) return {"predictive_band.ceiling", *v, "must be a weight at or above 0"};
        const std::size_t lists = floor.size() > ceiling.size() ? floor.size() : ceiling.size();
        for (std::size_t i = 0; i < (lists > 0 ? lists : 1); ++i) {
            if ((!floor.uniform() && i >= floor.size()) || (!ceiling.uniform() && i >= ceiling.size())) break;  // `covers` tells
            if (floor[i] > ceiling[i]) return {"predictive_band.floor", floor[i], "must not be above the ceiling"};
        }
        return {};
    }

    /// Both widths of asset i at this target, where its log-odds have the variance `sigma2` per year, at or above 0.
    [[nodiscard]] detail::half_widths widths_at(std::size_t i, double target, double sigma2) const noexcept {
        const double x = deviations[i] * std::sqrt(sigma2 * horizon.years());
        const double up = moved(target, std::expm1(x));
        const double down = moved(target, std::expm1(-x));
        // Of weights below 0 or above 1 the higher one has the lower log-odds.
        const bool turned = target < 0.0 || target > 1.0;
        return {kept(i, turned ? down : up), kept(i, turned ? up : down)};
    }

private:
    [[nodiscard]] fault check_risk(const look& l) const noexcept {
        if (estimator >= l.risk.size()) return {fault_code::risk_not_ready, no_index, static_cast<double>(estimator)};
        return detail::relative_risk::check(l, l.risk[estimator]);
    }
    [[nodiscard]] detail::half_widths widths(const look& l, std::size_t i, const detail::relative_risk& risk, bool ready) const noexcept {
        return ready ? widths_at(i, l.target[i], risk.of(i).sigma2) : detail::half_widths{ceiling[i], ceiling[i]};
    }
    /// By how much the weight changes where the asset gains e on the rest.
    [[nodiscard]] static double moved(double target, double e) noexcept {
        const double value = 1.0 + target * e;
        if (target == 0.0 || target == 1.0 || e == 0.0) return 0.0;
        if (!(value > 0.0)) return std::numeric_limits<double>::infinity();
        const double by = e > 1e300 ? (1.0 - target) / (1.0 / e + target) * target : target * (1.0 - target) * e / value;
        return by < 0.0 ? -by : by;
    }
    [[nodiscard]] double kept(std::size_t i, double w) const noexcept {
        if (w > ceiling[i]) return ceiling[i];
        return w < floor[i] ? floor[i] : w;
    }
};

}  // namespace ballast::inline v0::trigger
