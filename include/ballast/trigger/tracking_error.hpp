/// When the book's risk against its targets is too large.
#pragma once

#include <limits>

#include "../risk/detail/covariance.hpp"
#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// Fires when the tracking error √(d'Σd) exceeds `limit`, a volatility per year; d are the drifts weight − target, Σ the covariance of an
/// estimator of the rebalancer (Grinold and Kahn, Active Portfolio Management, 1999, chapter 3). Drifts that offset each other, and drifts of
/// what hardly moves, count for little. Cash has no risk. A view of variances alone counts the assets as uncorrelated. Strict as bands are.
///
/// While the estimator is not ready it stays quiet and its measure is −1: other triggers beside it go on. A rebalancer without that
/// estimator, or one whose numbers are none or no covariance matrix (d'Σd below 0 by more than rounding), rejects the decision. The set in
/// which it stays quiet is an ellipsoid and no box, so that it has no region. O(n), O(n²) with a dense view, O(n·k) with k ≤ 32 factors.
struct tracking_error {
    double limit = std::numeric_limits<double>::quiet_NaN();  ///< volatility per year; to be given
    std::size_t estimator = 0;                                ///< which of the rebalancer's estimators

    static constexpr const char* name = "tracking_error";
    static constexpr risk_need needs = risk_need::volatility;

    [[nodiscard]] firing check(const look& l) const noexcept {
        firing f{.trigger = name, .measure = -1.0, .threshold = limit, .unit = measure_unit::volatility};
        if (estimator < l.risk.size() && !l.risk[estimator].ready) return f;
        if ((f.problem = detail::check_risk_shape(l, estimator))) return f;
        double variance = 0.0;
        f.problem = detail::variance_of(
            l.risk[estimator], l.assets(), [&](std::size_t i) { return l.drift[i]; }, variance);
        if (f.problem) return f;
        f.measure = __builtin_sqrt(variance);
        f.fired = detail::beyond(f.measure, limit);
        return f;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(limit >= 0.0) || !detail::finite(limit))
            return {"tracking_error.limit", limit, "has to be given: a finite volatility per year at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::trigger
