/// The width, depth or interval that is best for given costs.
#pragma once

#include <cmath>
#include <limits>

#include "band.hpp"
#include "calendar.hpp"
#include "detail/highest.hpp"
#include "objective.hpp"

namespace ballast::inline v0::tune {

/// The best of a kind of policies, and what is to be expected of it.
template <class Policy>
struct best {
    Policy policy{};         ///< with an infinite width or interval where it is best never to trade, 0 where to trade all the time
    expectation expected{};  ///< of it; what can not be answered is its `problem`
    double score = std::numeric_limits<double>::quiet_NaN();  ///< by the objective
};

}  // namespace ballast::inline v0::tune

namespace ballast::inline v0::detail {

/// Takes what is better, and keeps what is as good.
template <class Policy, class Objective>
void keep_better(tune::best<Policy>& b, const Policy& policy, const tune::expectation& e, const Objective& o) noexcept {
    if (e.problem) return;
    const double score = o.score(e);
    if (b.expected.problem || !(b.score >= score)) b = {policy, e, score};
}

}  // namespace ballast::inline v0::detail

namespace ballast::inline v0::tune {

/// The half-width for which a band with this depth scores highest: `best_width(m, 0.6, {.rate = 10_bps}, tune::closeness{2.0})`.
///
/// Searches the widths from 1e-6 of the target's distance from 0 or 1, on both sides of the width at which one edge is never reached any more,
/// and never and always: the score is as good as that of any of 100 widths in equal ratios on each side, and highest among their neighbours.
/// The width itself, where the score is flat, is good to some 1e-5 of it. A target below 0 or above 1 is never left alone: widths up to 64
/// times its larger distance from 0 and 1. About a millisecond; allocates nothing.
template <objective_policy Objective>
[[nodiscard]] best<band> best_width(const gbm_market& m, double target, const costs& c, const Objective& objective,
                                    double depth = 1.0) noexcept {
    constexpr double endless = std::numeric_limits<double>::infinity();
    best<band> b{.policy = {.half_width = endless, .depth = depth}};
    b.expected.problem = v0::detail::check_tuning(m, target, c);
    if (!b.expected.problem) b.expected.problem = b.policy.validate();
    if (!b.expected.problem) b.expected.problem = v0::detail::validate(objective);
    if (b.expected.problem) return b;

    const auto answer = [&](double width) { return expect(m, target, band{width, depth}, c); };
    const auto consider = [&](double width) { v0::detail::keep_better(b, band{width, depth}, answer(width), objective); };
    if (!(target >= 0.0 && target <= 1.0)) b.policy.half_width = 0.0;  // there is no never
    b.expected = answer(b.policy.half_width);
    if (b.expected.problem) return b;
    b.score = objective.score(b.expected);
    if (target == 0.0 || target == 1.0 || v0::detail::log_odds{m}.at_rest()) return b;
    const auto search = [&](double from, double to) {
        consider(v0::detail::highest(from, to, 100, 48, [&](double width) {
            const expectation e = answer(width);
            return e.problem ? -endless : objective.score(e);
        }));
    };
    const double to_zero = v0::detail::absolute(target);
    const double to_one = v0::detail::absolute(1.0 - target);
    const double nearer = to_zero < to_one ? to_zero : to_one;
    const double farther = to_zero < to_one ? to_one : to_zero;
    search(1e-6 * nearer, nearer * (1.0 - 1e-9));
    search(nearer, target > 0.0 && target < 1.0 ? farther * (1.0 - 1e-9) : 64.0 * farther);
    consider(0.0);
    return b;
}

/// The interval for which a calendar scores highest, of those from 1e-8 to 1e3 times 1/(σ² + |ν|) years, ν the difference of the growths, and
/// of never and always: as good as any of 100 in equal ratios, and highest among their neighbours. The target has to be from 0 to 1. Some
/// ten milliseconds, a few without the tracking error; allocates nothing.
template <objective_policy Objective>
[[nodiscard]] best<calendar> best_interval(const gbm_market& m, double target, const costs& c, const Objective& objective) noexcept {
    constexpr double endless = std::numeric_limits<double>::infinity();
    best<calendar> b{.policy = {.interval = endless}};
    b.expected.problem = v0::detail::validate(objective);
    if (b.expected.problem) return b;
    const auto consider = [&](double interval) {
        v0::detail::keep_better(b, calendar{interval}, expect(m, target, calendar{interval}, c), objective);
    };
    b.expected = expect(m, target, b.policy, c);
    if (b.expected.problem) return b;
    b.score = objective.score(b.expected);
    const v0::detail::log_odds y{m};
    if (target == 0.0 || target == 1.0 || y.at_rest()) return b;
    const double unit = 1.0 / (y.variance + v0::detail::absolute(y.drift));
    const bool tracking = v0::detail::needs_tracking(objective);
    consider(v0::detail::highest(1e-8 * unit, 1e3 * unit, 100, 48, [&](double interval) {
        return objective.score(v0::detail::expect_calendar(m, target, interval, c, tracking));
    }));
    consider(0.0);
    return b;
}

/// The half-width and the depth for which a band scores highest: with rates alone the edge, with fixed costs alone the target, with both in
/// between. `best_width` at 40 depths; some fifty milliseconds; allocates nothing.
template <objective_policy Objective>
[[nodiscard]] best<band> best_band(const gbm_market& m, double target, const costs& c, const Objective& objective) noexcept {
    best<band> b = best_width(m, target, c, objective, 1.0);
    const auto consider = [&](double depth) {
        const best<band> other = best_width(m, target, c, objective, depth);
        v0::detail::keep_better(b, other.policy, other.expected, objective);
    };
    if (b.expected.problem) return b;
    consider(v0::detail::highest(0.01, 1.0, 12, 24, [&](double depth) {
        const best<band> other = best_width(m, target, c, objective, depth);
        return other.expected.problem ? -std::numeric_limits<double>::infinity() : other.score;
    }));
    consider(0.0);
    return b;
}

}  // namespace ballast::inline v0::tune
