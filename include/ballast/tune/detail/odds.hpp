/// Weights as the market moves them, and trades as costs shape them.
#pragma once

#include <cmath>
#include <limits>

#include "../expectation.hpp"
#include "../market.hpp"

namespace ballast::inline v0::detail {

/// Between trades the logarithm of the odds w/(1 − w) is a Brownian motion with drift: that of the first price in terms of the other.
struct log_odds {
    double drift = 0.0;     ///< ν, per year
    double variance = 0.0;  ///< σ², per year

    explicit log_odds(const tune::gbm_market& m) noexcept : drift{m.growth() - m.other_growth()}, variance{m.relative_variance()} {}

    [[nodiscard]] double volatility() const noexcept { return std::sqrt(variance); }
    [[nodiscard]] bool at_rest() const noexcept { return drift == 0.0 && variance == 0.0; }
};

/// How far the weight has moved once the log-odds have risen by `x` from those of `from`.
[[nodiscard]] inline double drift_of_weight(double from, double x) noexcept {
    const double size = from * (1.0 - from);
    if (x > 0.0) {
        const double less = std::expm1(-x);
        return -size * less / (1.0 + (1.0 - from) * less);
    }
    const double more = std::expm1(x);
    return size * more / (1.0 + from * more);
}

/// By how much the log-odds have to rise for the weight to move by `by`; infinite where it never gets there.
[[nodiscard]] inline double rise_to_move(double from, double by) noexcept { return std::log1p(by / (from * (1.0 - (from + by)))); }

/// A rebalance, in shares of the wealth before it.
struct rebalance {
    double first = 0.0;  ///< |trade| of the first asset
    double other = 0.0;  ///< |trade| of the other
    double paid = 0.0;   ///< costs: wealth after is 1 − paid

    [[nodiscard]] double turnover() const noexcept { return 0.5 * (first + other); }
    [[nodiscard]] double log_wealth() const noexcept { return std::log1p(-paid); }
};

/// From the weight `to` − `way` to the weight `to`, of the wealth that is left. The signs of the two trades are those that agree with what
/// comes of them: with a fixed cost both may be sales. No way is no trade.
[[nodiscard]] inline rebalance rebalanced(double to, double way, const tune::costs& c) noexcept {
    if (way == 0.0) return {};
    const double sign = way > 0.0 ? 1.0 : -1.0;
    const double rest = 1.0 - to;
    rebalance best;
    constexpr double flips[4][2] = {{1.0, -1.0}, {-1.0, -1.0}, {1.0, 1.0}, {-1.0, 1.0}};
    for (const auto& flip : flips) {
        const double s1 = flip[0] * (flip[0] == flip[1] ? 1.0 : sign);
        const double s2 = flip[1] * (flip[0] == flip[1] ? 1.0 : sign);
        const double paid = (c.fixed + (c.rate * s1 - c.other_rate * s2) * way) / (1.0 + c.rate * s1 * to + c.other_rate * s2 * rest);
        const double first = s1 * (way - to * paid);
        const double other = s2 * (-way - rest * paid);
        if (&flip == &flips[0] || (first >= 0.0 && other >= 0.0)) best = {absolute(first), absolute(other), paid};
        if (first >= 0.0 && other >= 0.0) break;
    }
    return best;
}

/// An endless series of trades at the weight `at`, each of next to nothing, per unit by which they hold back the log-odds.
struct trickle {
    double first = 0.0;
    double other = 0.0;
    double paid = 0.0;
};
[[nodiscard]] inline trickle trickled(double at, bool buys, const tune::costs& c) noexcept {
    const double ratio = buys ? (1.0 + c.rate) / (1.0 - c.other_rate) : (1.0 - c.rate) / (1.0 + c.other_rate);
    const double first = absolute(at * (1.0 - at)) / (1.0 + (ratio - 1.0) * at);
    return {first, ratio * first, absolute(ratio - 1.0) * first};
}

[[nodiscard]] inline configuration_fault check_tuning(const tune::gbm_market& m, double target, const tune::costs& c) noexcept {
    if (const configuration_fault f = m.validate()) return f;
    if (!finite(m.relative_variance()) || !finite(m.growth()) || !finite(m.other_growth()))
        return {"gbm_market.volatility", m.volatility > m.other_volatility ? m.volatility : m.other_volatility,
                "must have a finite square"};
    if (!finite(target)) return {"target", target, "must be finite"};
    return c.validate();
}

[[nodiscard]] inline tune::expectation no_answer(const configuration_fault& f) noexcept {
    tune::expectation e;
    e.problem = f;
    return e;
}

/// Never a trade: in the long run all of it is in the asset that grows faster; with equal growths in either half of the time.
[[nodiscard]] inline tune::expectation left_alone(const tune::gbm_market& m, double target) noexcept {
    const log_odds y{m};
    tune::expectation e{
        .log_growth = m.other_growth(), .rebalances = 0.0, .turnover = 0.0, .traded = 0.0, .cost = 0.0, .tracking_error = 0.0};
    if (y.drift > 0.0) e.log_growth += y.drift;
    if (target == 0.0) e.log_growth = m.other_growth();
    if (target == 1.0) e.log_growth = m.growth();
    if (target == 0.0 || target == 1.0 || y.at_rest()) return e;
    const double to_other = target * target;
    const double to_first = (1.0 - target) * (1.0 - target);
    const double square = y.drift > 0.0 ? to_first : y.drift < 0.0 ? to_other : 0.5 * (to_first + to_other);
    e.tracking_error = y.volatility() * std::sqrt(square);
    return e;
}

/// Always at its target: the limit of narrow bands and short intervals. Where prices have a volatility that is endless trading, which must
/// cost nothing to be worth anything; where they only drift apart it is not.
[[nodiscard]] inline tune::expectation always_at(const tune::gbm_market& m, double target, const tune::costs& c) noexcept {
    constexpr double endless = std::numeric_limits<double>::infinity();
    const log_odds y{m};
    tune::expectation e{.log_growth = m.growth_at(target),
                        .rebalances = endless,
                        .turnover = endless,
                        .traded = endless,
                        .cost = 0.0,
                        .tracking_error = 0.0};
    if (target == 0.0 || target == 1.0 || y.at_rest()) {
        e.turnover = e.traded = 0.0;
        return e;
    }
    if (y.variance == 0.0 && c.fixed == 0.0) {
        const bool inside = target > 0.0 && target < 1.0;
        const trickle t = trickled(target, (y.drift > 0.0) != inside, c);
        const double flow = absolute(y.drift);
        e.turnover = 0.5 * flow * (t.first + t.other);
        e.traded = flow * t.first;
        e.cost = flow * t.paid;
        e.log_growth -= e.cost;
    } else if (!c.none()) {
        e.cost = endless;
        e.log_growth = -endless;
    }
    return e;
}

}  // namespace ballast::inline v0::detail
