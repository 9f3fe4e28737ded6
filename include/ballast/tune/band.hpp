/// What is to be expected of rebalancing when the weight leaves a band.
#pragma once

#include <cmath>
#include <initializer_list>
#include <limits>

#include "detail/odds.hpp"
#include "detail/two_barriers.hpp"

namespace ballast::inline v0::tune {

/// When the weight is more than `half_width` off its target, back by `depth` of the way: `trigger::band` with its `absolute` width, and
/// `solver::to_band` with this depth (or `solver::to_target`). A relative width r is the half-width r·target.
struct band {
    double half_width = 0.05;  ///< weight; 0: trades all the time; infinite: never
    double depth = 1.0;        ///< 0: to the edge, held there by trades of next to nothing; 0.5: midway; 1: to the target

    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(half_width >= 0.0)) return {"band.half_width", half_width, "must be a weight at or above 0"};
        if (!(depth >= 0.0 && depth <= 1.0)) return {"band.depth", depth, "must be from 0, the edge, to 1, the target"};
        return {};
    }
};

}  // namespace ballast::inline v0::tune

namespace ballast::inline v0::detail {

/// A band as barriers for the log-odds, and the two kinds of trades that it makes. Beyond weights of 0 and 1 the weight falls where the
/// log-odds rise.
class band_cycle {
public:
    band_cycle(const tune::gbm_market& m, double target, const tune::band& policy, const tune::costs& c) noexcept
        : market_{m},
          odds_{m},
          motion_{odds_.drift, odds_.variance},
          costs_{c},
          target_{target},
          depth_{policy.depth < 1e-100 ? 0.0 : policy.depth},
          edge_{target > 0.0 && target < 1.0 ? policy.half_width : -policy.half_width} {
        above_ = distance(0.0, edge_);
        below_ = distance(0.0, -edge_);
    }

    [[nodiscard]] bool ever_left() const noexcept {
        if (finite(above_) && finite(below_)) return true;
        return (finite(above_) && odds_.drift > 0.0) || (finite(below_) && odds_.drift < 0.0);
    }
    /// Where it is never left, or once in a while and then never again.
    [[nodiscard]] tune::expectation never_left() const noexcept {
        tune::expectation e = left_alone(market_, target_);
        // Without a drift, but held on one side, it is far out on the other for almost all of the time.
        if (odds_.drift == 0.0 && finite(above_) != finite(below_))
            e.tracking_error = odds_.volatility() * absolute(finite(above_) ? target_ : 1.0 - target_);
        return e;
    }
    /// Costs that leave nothing.
    [[nodiscard]] configuration_fault check() const noexcept {
        for (const double edge : {edge_, -edge_}) {
            if (!finite(distance(0.0, edge))) continue;
            const double at = target_ + edge;
            const double all = costs_.rate * absolute(at) + costs_.other_rate * absolute(1.0 - at);
            if (!(all < 1.0)) return {"costs.rate", costs_.rate, "must leave something of a portfolio at the edges of its band"};
            const double paid = rebalanced(at - depth_ * edge, -depth_ * edge, costs_).paid;
            if (!(paid < 1.0)) return {"costs.fixed", costs_.fixed, "must leave something of a portfolio at the edges of its band"};
        }
        return {};
    }
    [[nodiscard]] tune::expectation answer() const noexcept { return depth_ > 0.0 ? jumping() : held(); }

private:
    /// From the weight `from` off the target, by how much the log-odds change until it is `to` off; infinite where it can not get there.
    [[nodiscard]] double distance(double from, double to) const noexcept {
        const double w = target_ + to;
        const bool same_side = (w > 0.0) == (target_ > 0.0) && (w < 1.0) == (target_ < 1.0) && w != 0.0 && w != 1.0;
        return same_side ? absolute(rise_to_move(target_ + from, to - from)) : std::numeric_limits<double>::infinity();
    }
    /// From an edge to where a trade leads, be it next to nothing.
    [[nodiscard]] double way_back(double edge) const noexcept {
        return finite(distance(0.0, edge)) ? absolute(rise_to_move(target_ + edge, -depth_ * edge))
                                           : std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] double off_after(double rise) const noexcept { return drift_of_weight(target_, rise); }
    /// Beyond this distance from a start `rise` above the target the weight is 0 or 1.
    [[nodiscard]] double flat(double rise) const noexcept {
        return 45.0 + absolute(std::log(absolute(target_))) + absolute(std::log(absolute(1.0 - target_))) + absolute(rise);
    }
    /// Growth without costs, by Itô's formula, from the means of the weight and of its square: no differences of nearly equal numbers.
    [[nodiscard]] double growth(double mean_off, double mean_square) const noexcept {
        const double slope = odds_.drift + 0.5 * odds_.variance * (1.0 - 2.0 * target_);
        return market_.growth_at(target_) + slope * mean_off - 0.5 * odds_.variance * mean_square;
    }

    /// Renewal: what one trade leads to until the next one, weighed by how often it is a trade from above or from below.
    [[nodiscard]] tune::expectation jumping() const noexcept {
        struct start {
            double below, above, rise;
        };
        const double inner = (1.0 - depth_) * edge_;
        const start after_above{distance(inner, -edge_), way_back(edge_), rise_to_move(target_, inner)};
        const start after_below{way_back(-edge_), distance(-inner, edge_), rise_to_move(target_, -inner)};
        double often[2] = {1.0, 1.0};
        if (finite(above_) && finite(below_)) {
            const double down = motion_.leaves_below(after_above.below, after_above.above);
            const double up = motion_.leaves_above(after_below.below, after_below.above);
            often[0] = up / (down + up);
            often[1] = down / (down + up);
        } else {
            often[finite(above_) ? 1 : 0] = 0.0;
        }

        double time = 0.0, off = 0.0, square = 0.0;
        for (int k = 0; k < 2; ++k) {
            if (!(often[k] > 0.0)) continue;
            const start& s = k == 0 ? after_above : after_below;
            time += often[k] * motion_.time_to_leave(s.below, s.above);
            const auto mean = [&](auto&& g) { return often[k] * motion_.until_it_leaves(s.below, s.above, flat(s.rise), g); };
            off += mean([&](double y) { return off_after(s.rise + y); });
            square += mean([&](double y) {
                const double d = off_after(s.rise + y);
                return d * d;
            });
        }
        tune::expectation e{.log_growth = growth(off / time, square / time),
                            .rebalances = 1.0 / time,
                            .turnover = 0.0,
                            .traded = 0.0,
                            .cost = 0.0,
                            .tracking_error = odds_.volatility() * std::sqrt(square / time)};
        for (int k = 0; k < 2; ++k) {
            if (!(often[k] > 0.0)) continue;
            const double edge = k == 0 ? edge_ : -edge_;
            const rebalance r = rebalanced(target_ + (1.0 - depth_) * edge, -depth_ * edge, costs_);
            const double per_year = often[k] / time;
            e.traded += per_year * r.first;
            e.turnover += per_year * r.turnover();
            e.cost += per_year * r.paid;
            if (!costs_.none()) e.log_growth += per_year * r.log_wealth();
        }
        return e;
    }

    /// At the edges for a part of the time, which is where the trades are.
    [[nodiscard]] tune::expectation held() const noexcept {
        const double width = above_ + below_;
        const double inward = odds_.drift > 0.0 || (odds_.drift == 0.0 && finite(above_)) ? -1.0 : 1.0;
        const double from = inward < 0.0 ? above_ : -below_;
        const auto off_at = [&](double t) { return off_after(from + inward * t); };
        const double off = motion_.held_back(width, flat(from), off_at);
        const double square = motion_.held_back(width, flat(from), [&](double t) {
            const double d = off_at(t);
            return d * d;
        });
        tune::expectation e{.log_growth = growth(off, square),
                            .rebalances = std::numeric_limits<double>::infinity(),
                            .turnover = 0.0,
                            .traded = 0.0,
                            .cost = 0.0,
                            .tracking_error = odds_.volatility() * std::sqrt(square)};
        const bool inside = target_ > 0.0 && target_ < 1.0;
        const auto trade_at = [&](double edge, bool buys, double flow) {
            if (!(flow > 0.0)) return;
            const trickle t = trickled(target_ + edge, buys, costs_);
            e.traded += flow * t.first;
            e.turnover += 0.5 * flow * (t.first + t.other);
            e.cost += flow * t.paid;
        };
        trade_at(edge_, !inside, motion_.held_above(width));
        trade_at(-edge_, inside, motion_.held_below(width));
        if (costs_.fixed > 0.0) e.cost = std::numeric_limits<double>::infinity();
        e.log_growth -= e.cost;
        return e;
    }

    const tune::gbm_market& market_;
    log_odds odds_;
    barrier_motion motion_;
    const tune::costs& costs_;
    double target_;
    double depth_;
    double edge_;  ///< how far off the target the weight is at the barrier above
    double above_ = 0.0;
    double below_ = 0.0;
};

}  // namespace ballast::inline v0::detail

namespace ballast::inline v0::tune {

/// Prices are watched all the time, so that the weight never is beyond an edge: the log-odds of the weight are a Brownian motion with drift
/// between two barriers, from one trade to the next a renewal process; held at the edges it has an exponential density, and trades by its
/// local time there (for one risky asset so in Taksar, Klass and Assaf 1988, Mathematics of Operations Research 13, 277-294). Means over
/// time are integrals with known densities, by Gauss's rule. Prices that are looked at every δ years leave a band that is wider, at an edge w
/// by 0.5826·σ√δ·w(1 − w) (Broadie, Glasserman and Kou 1997, Mathematical Finance 7, 325-349).
///
/// Targets below 0 and above 1 have the same forms as long as both edges are finite: a portfolio that is watched all the time is not
/// ruined. An edge at or beyond 0 or 1 is never reached by a target that is on this side of it; where the drift leads away from the only
/// other one, trading ends some day, and the answer is what comes then. Some microseconds; allocates nothing.
[[nodiscard]] inline expectation expect(const gbm_market& m, double target, const band& policy, const costs& c = {}) noexcept {
    configuration_fault f = v0::detail::check_tuning(m, target, c);
    if (!f) f = policy.validate();
    const bool inside = target >= 0.0 && target <= 1.0;
    if (!f && !inside && !v0::detail::finite(policy.half_width))
        f = {"band.half_width", policy.half_width, "must be finite where the target is below 0 or above 1: left alone it may be ruined"};
    if (!f && !(c.rate * v0::detail::absolute(target) + c.other_rate * v0::detail::absolute(1.0 - target) < 1.0))
        f = {"costs.rate", c.rate, "must leave something of a portfolio at its target"};
    if (f) return v0::detail::no_answer(f);
    if (target == 0.0 || target == 1.0 || !v0::detail::finite(policy.half_width) || v0::detail::log_odds{m}.at_rest())
        return v0::detail::left_alone(m, target);
    if (policy.half_width < 1e-100) return v0::detail::always_at(m, target, c);

    const v0::detail::band_cycle cycle{m, target, policy, c};
    if (const configuration_fault costly = cycle.check()) return v0::detail::no_answer(costly);
    return cycle.ever_left() ? cycle.answer() : cycle.never_left();
}

}  // namespace ballast::inline v0::tune
