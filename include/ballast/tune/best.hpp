/// The width or interval that is best for given costs.
#pragma once

#include <cmath>
#include <limits>

#include "band.hpp"
#include "calendar.hpp"
#include "detail/highest.hpp"

namespace ballast::inline v0::tune {

/// The best of a kind of policies, and what is to be expected of it.
template <class Policy>
struct best {
    Policy policy{};         ///< with an infinite width or interval where it is best never to trade, 0 where to trade all the time
    expectation expected{};  ///< of it; what can not be answered is its `problem`
    double score = std::numeric_limits<double>::quiet_NaN();  ///< `expected.score(risk_aversion)`
};

}  // namespace ballast::inline v0::tune

namespace ballast::inline v0::detail {

[[nodiscard]] inline configuration_fault check_search(const tune::gbm_market& m, double target, const tune::costs& c,
                                                      double risk_aversion) noexcept {
    if (const configuration_fault f = check_tuning(m, target, c)) return f;
    if (!(risk_aversion >= 0.0) || !finite(risk_aversion)) return {"risk_aversion", risk_aversion, "must be finite and at or above 0"};
    return {};
}

/// Takes what is better, and keeps what is as good.
template <class Policy>
void keep_better(tune::best<Policy>& b, const Policy& policy, const tune::expectation& e, double risk_aversion) noexcept {
    const double score = e.score(risk_aversion);
    if (!e.problem && (!(b.score >= score) || b.expected.problem)) b = {policy, e, score};
}

/// What is no answer is worse than any.
[[nodiscard]] inline double worth(const tune::expectation& e, double risk_aversion) noexcept {
    return e.problem ? -std::numeric_limits<double>::infinity() : e.score(risk_aversion);
}

}  // namespace ballast::inline v0::detail

namespace ballast::inline v0::tune {

/// The half-width of the band, with this depth, for which log_growth − ½·risk_aversion·tracking_error² is largest.
///
/// The risk aversion is what a variance of the return against the target portfolio is worth in growth per year; the investor for whom the
/// target is best has 1/σ² times the drift in excess over the target, which is 1 where the target maximises growth. With 0 growth alone
/// counts: then a target that is below the weight of highest growth is best left behind for good, which is not what a target is for. A
/// search over all widths from 1e-6 of the way to an edge that is never reached, on both sides of it, and over never and always: the score is
/// as good as any of 200 widths in equal ratios to 1e-12; the width itself, where the score is flat, to some 1e-5 of it. A target below 0 or
/// above 1 is never left alone: widths up to 64 times its distance from 0 or 1. Some milliseconds; allocates nothing.
[[nodiscard]] inline best<band> best_width(const gbm_market& m, double target, const costs& c, double risk_aversion = 1.0,
                                           double depth = 1.0) noexcept {
    constexpr double endless = std::numeric_limits<double>::infinity();
    best<band> b{.policy = {.half_width = endless, .depth = depth}};
    b.expected.problem = v0::detail::check_search(m, target, c, risk_aversion);
    if (!b.expected.problem) b.expected.problem = b.policy.validate();
    if (b.expected.problem) return b;

    const auto answer = [&](double width) { return expect(m, target, band{width, depth}, c); };
    const auto consider = [&](double width) { v0::detail::keep_better(b, band{width, depth}, answer(width), risk_aversion); };
    consider(endless);
    if (target == 0.0 || target == 1.0 || v0::detail::log_odds{m}.at_rest()) return b;
    const auto search = [&](double from, double to) {
        consider(v0::detail::highest(from, to, 100, [&](double width) { return v0::detail::worth(answer(width), risk_aversion); }));
    };
    const double to_zero = v0::detail::absolute(target);
    const double to_one = v0::detail::absolute(1.0 - target);
    const double nearer = to_zero < to_one ? to_zero : to_one;
    const double farther = to_zero < to_one ? to_one : to_zero;
    search(1e-6 * nearer, nearer * (1.0 - 1e-9));
    search(nearer, target > 0.0 && target < 1.0 ? farther * (1.0 - 1e-9) : 64.0 * farther);
    consider(0.0);
    if (b.expected.problem) b.expected = answer(1e-6 * nearer);  // why none of them is possible
    return b;
}

/// The interval for which log_growth − ½·risk_aversion·tracking_error² is largest, of those from 1e-8 to 1e4 times 1/(σ² + |ν|), ν the
/// difference of the growths, and of never and always; see `best_width`. The target has to be from 0 to 1. Some 10 milliseconds with a risk
/// aversion, a tenth of that without; allocates nothing.
[[nodiscard]] inline best<calendar> best_interval(const gbm_market& m, double target, const costs& c, double risk_aversion = 1.0) noexcept {
    constexpr double endless = std::numeric_limits<double>::infinity();
    best<calendar> b{.policy = {.interval = endless}};
    b.expected.problem = v0::detail::check_search(m, target, c, risk_aversion);
    if (!b.expected.problem) b.expected.problem = expect(m, target, b.policy, c).problem;
    if (b.expected.problem) return b;

    const v0::detail::log_odds y{m};
    const auto consider = [&](double interval) {
        v0::detail::keep_better(b, calendar{interval}, expect(m, target, calendar{interval}, c), risk_aversion);
    };
    consider(endless);
    if (target == 0.0 || target == 1.0 || y.at_rest()) return b;
    const double unit = 1.0 / (y.variance + v0::detail::absolute(y.drift));
    consider(v0::detail::highest(1e-8 * unit, 1e4 * unit, 120, [&](double interval) {
        return v0::detail::expect_calendar(m, target, interval, c, risk_aversion > 0.0).score(risk_aversion);
    }));
    consider(0.0);
    return b;
}

}  // namespace ballast::inline v0::tune
