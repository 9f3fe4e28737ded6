/// Acts before a band is left: when that has become likely.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/band_check.hpp"
#include "detail/first_passage.hpp"
#include "detail/relative_risk.hpp"

namespace ballast::inline v0::trigger {

/// Fires when for some asset the chance that its weight leaves target ± width at any time within the next `horizon`, though nobody trades,
/// exceeds `limit`; 1 where it has left already. For hosts that can not act at once: that trade once a day, or have orders that take hours.
///
/// While nobody trades, the log-odds of a weight, x = log(w/(1 − w)), is the log of the asset's value over that of the rest of the book. Of
/// geometric Brownian motions it is a Brownian motion, whose variance per year is that of the asset's return less the rest's, and whose
/// drift is half of the rest's variance less half of the asset's: nothing is expected to return more than anything else, cash included. The
/// band's edges are levels of x, an edge at or beyond 0 or 1 is never reached, and the chance is that of the first passage of either level,
/// in closed form. For two assets, or one asset and cash, that is exact; with more the rest counts as one asset, composed as the targets
/// have it, whose weights stay as they are (detail/relative_risk.hpp). Short and leveraged weights likewise, with log |w/(1 − w)|, as long
/// as the rest of the book is of one sign. An estimator that knows variances alone makes the assets uncorrelated; one that forecasts
/// (risk::garch) should have this horizon.
///
/// Its region are the weights from which the chance is at most `limit`, inside of the band; where there are none, the target. So
/// solver::to_band trades no further than until the band is safe for the horizon. While the estimator is not ready only what has left its
/// band fires. A rebalancer without that estimator, or one whose numbers are none, rejects the decision. O(n) from variances, O(n²) from a
/// dense covariance, O(n·k²) from k factors; the region takes some hundred times as many exponentials.
struct breach_probability {
    per_asset width{};                                        ///< weight: half the width of the band; to be given
    duration horizon = days(1);                               ///< within which it may be left
    double limit = std::numeric_limits<double>::quiet_NaN();  ///< the largest chance that is accepted; to be given
    std::size_t estimator = 0;                                ///< which of the rebalancer's estimators

    static constexpr const char* name = "breach_probability";
    static constexpr risk_need needs = risk_need::volatility;

    [[nodiscard]] firing check(const look& l) const noexcept {
        firing f{.trigger = name, .threshold = limit, .unit = measure_unit::chance};
        if ((f.problem = check_risk(l))) return f;
        const bool ready = l.risk[estimator].ready;
        const detail::relative_risk risk{l, l.risk[estimator]};
        double furthest = 0.0;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const detail::relative_motion motion = ready ? risk.of(i) : detail::relative_motion{};
            if (!detail::finite(motion.sigma2) || !detail::finite(motion.drift)) {
                f.problem = {fault_code::bad_risk, static_cast<std::uint32_t>(i), motion.sigma2};
                return f;
            }
            const double p = chance(l, i, l.weight[i], motion);
            const double beyond = detail::absolute(l.drift[i]) - width[i];
            // Of several that have left their bands the one that is furthest out.
            if (f.asset != no_index && (p < f.measure || (p == f.measure && !(p == 1.0 && beyond > furthest)))) continue;
            f.asset = static_cast<std::uint32_t>(i);
            f.measure = p;
            furthest = beyond;
        }
        f.fired = detail::beyond(f.measure, limit);
        return f;
    }
    void region(const look& l, const box& b) const noexcept {
        if (check_risk(l)) return;
        const bool ready = l.risk[estimator].ready;
        const detail::relative_risk risk{l, l.risk[estimator]};
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (!(width[i] < std::numeric_limits<double>::infinity())) continue;
            const detail::relative_motion motion = ready ? risk.of(i) : detail::relative_motion{};
            if (!detail::finite(motion.sigma2) || !detail::finite(motion.drift)) continue;  // `check` tells
            b.intersect(i, edge(l, i, motion, -width[i]), edge(l, i, motion, width[i]));
        }
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return width.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!width.given()) return {"breach_probability.width", 0.0, "has to be given"};
        if (const double* v = width.find([](double x) { return !(x > 0.0); }))
            return {"breach_probability.width", *v, "must be a weight above 0"};
        if (horizon.ns <= 0) return {"breach_probability.horizon", horizon.seconds(), "must be a time above 0 (seconds)"};
        if (!(limit >= 0.0 && limit < 1.0)) return {"breach_probability.limit", limit, "has to be given: a chance from 0 to below 1"};
        return {};
    }

private:
    /// There is such an estimator, and while it is ready it knows a variance of every asset.
    [[nodiscard]] fault check_risk(const look& l) const noexcept {
        if (estimator >= l.risk.size()) return {fault_code::risk_not_ready, no_index, static_cast<double>(estimator)};
        return detail::relative_risk::check(l, l.risk[estimator]);
    }
    /// How far the log-odds of `to` are from those of w, where both are on the same side of 0 and of 1; infinite where they are not.
    [[nodiscard]] static double log_distance(double w, double to) noexcept {
        const double ratio = (w - to) / (to * (1.0 - w));  // w(1 − to)/(to(1 − w)) − 1
        if (!(to * w > 0.0) || !((1.0 - to) * (1.0 - w) > 0.0) || !(ratio > -1.0)) return std::numeric_limits<double>::infinity();
        return detail::absolute(std::log1p(ratio));
    }
    /// The chance that asset i leaves its band if its weight is w.
    [[nodiscard]] double chance(const look& l, std::size_t i, double w, const detail::relative_motion& motion) const noexcept {
        const double target = l.target[i];
        if (detail::beyond(detail::absolute(w - target), width[i])) return 1.0;
        if (w == 0.0 || w == 1.0) return 0.0;  // it stays so
        const double years = horizon.years();
        const double s = std::sqrt(motion.sigma2 * years);
        double below = w > target - width[i] ? log_distance(w, target - width[i]) : 0.0;
        double above = w < target + width[i] ? log_distance(w, target + width[i]) : 0.0;
        if (w < 0.0 || w > 1.0) {  // a higher weight has lower log-odds
            const double was = below;
            below = above;
            above = was;
        }
        const double move = motion.drift * years;
        if (!(s > 0.0)) return -move >= below || move >= above ? 1.0 : 0.0;
        return detail::exit_probability(below / s, above / s, move / s);
    }
    /// The weight furthest from the target, on the side of the edge of the band, from which the chance is at most the limit.
    [[nodiscard]] double edge(const look& l, std::size_t i, const detail::relative_motion& motion, double away) const noexcept {
        const double target = l.target[i];
        if (chance(l, i, target, motion) > limit) return target;
        double quiet = 0.0;
        double loud = 1.0;
        if (!(chance(l, i, target + away, motion) > limit)) return target + away;  // by drift alone, the estimator not ready
        // Of the sides of a motion that is killed at both ends the chance to survive is log-concave: it falls once on the way out.
        while (loud - quiet > 1e-15) {
            const double middle = 0.5 * (quiet + loud);
            (chance(l, i, target + middle * away, motion) > limit ? loud : quiet) = middle;
        }
        return target + quiet * away;
    }
};

}  // namespace ballast::inline v0::trigger
