/// Integrals over lognormal prices, for policies that trade at fixed times.
#pragma once

#include <cmath>
#include <limits>

#include "odds.hpp"
#include "panels.hpp"

namespace ballast::inline v0::detail {

/// E f(X) for a normal X, where f is smooth between a few kinks, and all that bends it lies within 40 of `centre`.
struct normal_mean {
    double mean = 0.0;
    double deviation = 0.0;
    double centre = 0.0;
    double kink[2] = {};

    template <class F>
    [[nodiscard]] double operator()(const F& f) const noexcept {
        if (deviation == 0.0) return f(mean);
        const auto density = [&](double z) { return f(mean + deviation * z) * std::exp(-0.5 * z * z); };
        const auto z_of = [&](double x) { return (x - mean) / deviation; };
        const double stops[5] = {z_of(kink[0]), z_of(kink[1]), z_of(centre - 40.0), z_of(centre + 40.0), 9.0};
        const double fine = 4.0 / deviation;
        double sum = 0.0;
        // Beyond 9 deviations there is less than 1e-18.
        for (double at = -9.0; at < 9.0;) {
            const bool bent = at >= stops[2] && at < stops[3];
            double to = at + (bent && fine < 2.0 ? fine : 2.0);
            for (const double stop : stops)
                if (stop > at && stop < to) to = stop;
            if (!(to > at)) to = at + 2.0 < 9.0 ? at + 2.0 : 9.0;  // what bends is narrower than rounding
            sum += panel(at, to, density);
            at = to;
        }
        return sum / 2.50662827463100050242;
    }
};

/// ln(1 + T(eˣ − 1)) − T·x: what rebalancing brings over holding T of one growth and 1 − T of the other. By its series where x is small.
[[nodiscard]] inline double growth_beyond_mean(double target, double x) noexcept {
    if (absolute(x) < 2e-3) {
        const double k2 = target * (1.0 - target);
        const double tilt = 1.0 - 2.0 * target;
        const double a = 0.5 + x * (tilt / 6.0 + x * ((1.0 - 6.0 * k2) / 24.0 + x * (tilt * (1.0 - 12.0 * k2) / 120.0 +
                                                                                     x * (1.0 - 30.0 * k2 + 120.0 * k2 * k2) / 720.0)));
        return k2 * x * x * a;
    }
    if (x > 0.0) return (1.0 - target) * x + std::log1p((1.0 - target) * std::expm1(-x));
    return std::log1p(target * std::expm1(x)) - target * x;
}

/// E (w − T)² over the time since the last trade, all of it alike: the mean over u² of an interval, which takes the root out of the
/// deviation.
[[nodiscard]] inline double mean_square_drift(const log_odds& y, double target, double interval) noexcept {
    const double deviation = std::sqrt(y.variance * interval);
    const double shift = y.drift * interval;
    const double away = absolute(shift);
    const double centre = -rise_to_move(0.5, target - 0.5);
    const double first = 1.0 / (1.0 + deviation + std::sqrt(away));
    double sum = 0.0;
    for (double at = 0.0; at < 1.0;) {
        double width = 0.5 * at > first ? 0.5 * at : first;
        // Where the mean runs through the weights' range it may not run through much of it, or of a deviation, in one panel.
        const double much = 2.5 + deviation * at;
        if (away * at * at < 90.0 + absolute(centre) && 2.0 * away * at * width > much) width = much / (2.0 * away * at);
        const double to = at + width < 1.0 ? at + width : 1.0;
        sum += panel(at, to, [&](double u) {
            const normal_mean e{shift * u * u, deviation * u, centre, {centre, centre}};
            return 2.0 * u * e([&](double x) {
                       const double off = drift_of_weight(target, x);
                       return off * off;
                   });
        });
        at = to;
    }
    return sum;
}

/// A calendar, with all checked. Without the tracking error, the slowest of it, that is NaN.
[[nodiscard]] inline tune::expectation expect_calendar(const tune::gbm_market& m, double target, double interval, const tune::costs& c,
                                                       bool tracking) noexcept {
    const log_odds y{m};
    if (interval < 1e-100) return always_at(m, target, c);
    if (!finite(interval)) return left_alone(m, target);
    tune::expectation e = left_alone(m, target);
    e.rebalances = 1.0 / interval;
    if (target == 0.0 || target == 1.0 || y.at_rest()) return e;

    // Costs have kinks where one of the two trades changes its sign.
    const double centre = -rise_to_move(0.5, target - 0.5);
    const auto where = [&](double off) {
        const double w = target + off;
        return w > 0.0 && w < 1.0 ? rise_to_move(target, off) : 0.0;
    };
    const double shift = y.drift * interval;
    const normal_mean mean{shift,
                           std::sqrt(y.variance * interval),
                           centre,
                           {where(-target * c.fixed / (1.0 - c.other_rate)), where((1.0 - target) * c.fixed / (1.0 - c.rate))}};
    const auto trade = [&](double x) { return rebalanced(target, -drift_of_weight(target, x), c); };
    e.log_growth = m.other_growth() + target * y.drift + mean([&](double x) { return growth_beyond_mean(target, x); }) / interval;
    e.traded = mean([&](double x) { return trade(x).first; }) / interval;
    e.turnover = 0.5 * (e.traded + mean([&](double x) { return trade(x).other; }) / interval);
    e.cost = 0.0;
    if (!c.none()) {
        e.cost = mean([&](double x) { return trade(x).paid; }) / interval;
        e.log_growth += mean([&](double x) { return trade(x).log_wealth(); }) / interval;
    }
    e.tracking_error =
        tracking ? y.volatility() * std::sqrt(mean_square_drift(y, target, interval)) : std::numeric_limits<double>::quiet_NaN();
    return e;
}

}  // namespace ballast::inline v0::detail
