/// Only as far as the band asks for.
#pragma once

#include <cstdint>
#include <vector>

#include "concept.hpp"
#include "detail/balance.hpp"
#include "detail/self_finance.hpp"

namespace ballast::inline v0::solver {

/// Which assets move once the trigger has fired.
enum class band_rows : std::uint8_t {
    drifted,  ///< those outside their band
    all,      ///< those further from their target than the destination is
};

/// Brings assets that left the trigger's live band to its edge, or further in: with proportional costs the edge is where trading should
/// stop, with fixed costs it should go on (Taksar, Klass and Assaf 1988; Morton and Pliska 1995). Weights are those after costs, so that
/// assets which only the costs push out of their bands move as well. The destination lies inside the band by 2^-40 of the portfolio at
/// least; in whole steps it is the last step outside or the first inside, whichever is nearer to the target. An asset whose order could not
/// be sent stays where it is.
///
/// The book's exposure stays between what it was and what the targets ask for: where going to the edge would leave it over- or
/// under-invested, assets move toward their targets, all by the same fraction of their way, with the reason `why::exposure_kept`; where
/// that does not reach, the trades to the edges are made smaller, with the reason `why::cut_for_balance`. O(n) per pass, a few of them;
/// some fifty with steps.
struct to_band {
    double depth = 0.0;  ///< 0: the edge, 0.5: midway to the target, 1: the target
    /// Which assets move.
    band_rows rows = band_rows::drifted;

    static constexpr const char* name = "to_band";
    static constexpr bool needs_region = true;
    static constexpr double edge = 0.0;      ///< a depth: as far as the band
    static constexpr double midpoint = 0.5;  ///< a depth: halfway from there to the target

    struct scratch {
        std::vector<std::int8_t> side{};    ///< 1: left its band above, −1: below
        std::vector<std::uint8_t> stuck{};  ///< its order could not be sent, and is not tried again
        std::vector<double> way{};          ///< of those that make up for others
        void prepare(const sizes& s) {
            way.resize(s.assets);
            side.resize(s.assets);
            stuck.resize(s.assets);
        }
    };

    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, scratch& m, solution& s) const noexcept {
        const look& l = p.look;
        const detail::rounder<View> round{p, view};
        s.for_this_wealth = true;
        const bool given = s.given_wealth > 0.0;
        if (!given)
            for (std::size_t i = 0; i < l.assets(); ++i) {
                m.side[i] = 0;
                m.stuck[i] = 0;
            }
        double w = given ? s.given_wealth : l.value;
        for (int attempt = 0; attempt < 20; ++attempt) {
            const detail::target_shares form = detail::targets_beside_reserve(l, w);
            const bool grown = leave_band(p, form, round, m, s, w, given || attempt > 6);
            const auto goal = [&](std::size_t i) { return form.of(l.target[i], w); };
            detail::exposure e{p, round, s, w, goal};
            e.give_back();
            if (round.coarse()) to_whole_steps(p, form, round, s, w);
            e.make_up(m.way);
            for (std::size_t i = 0; i < l.assets(); ++i)
                if (s.move[i] != 0 && detail::absolute(s.trade(l, p.limits, i, w)) <= round.smallest()) s.move[i] = 0;
            s.wealth = given ? w : detail::wealth_after(p, view, s);
            const double off = detail::absolute(s.wealth - w);
            w = s.wealth;
            if (given || (!grown && off <= l.value * (round.coarse() ? detail::dust / 16 : detail::snap))) break;
        }
        if (p.limits.turnover < std::numeric_limits<double>::infinity())
            detail::keep_turnover(p, view, s, [&](solution& again) { detail::self_finance(p, view, again); });
        return status::solved;
    }

    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (!(depth >= 0.0 && depth <= 1.0)) return {"to_band.depth", depth, "must be between 0 (edge) and 1 (target)"};
        return {};
    }

private:
    /// The band of one asset and where trades into it end. Where the reserve moves the targets, the bands go along.
    struct live_band {
        double target, lower, upper, inner_lower, inner_upper;
    };
    [[nodiscard]] live_band band_of(const problem& p, const detail::target_shares& form, std::size_t i, double w,
                                    double slack) const noexcept {
        const double target = p.look.target[i];
        const double at = form.reduced() ? form.of(target, w) : target;
        double lower = p.region.lower[i] + (at - target);
        double upper = p.region.upper[i] + (at - target);
        if (slack > 0.0) {  // inside for every wealth that it may be
            lower += detail::absolute(lower) * slack;
            upper -= detail::absolute(upper) * slack;
        }
        return {at, lower, upper, -inward(-at, -lower, depth), inward(at, upper, depth)};
    }

    /// Gives every asset that has to move its destination as a share of wealth w. True where an asset was not among them before; none ever
    /// stops being among them. `for_good`: one that can not be sent now is not tried again, which ends back and forth between an order and
    /// the wealth that its own cost leaves.
    template <class Round>
    bool leave_band(const problem& p, const detail::target_shares& form, const Round& round, scratch& m, solution& s, double w,
                    bool for_good) const noexcept {
        const look& l = p.look;
        bool grown = false;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const double held = l.position[i] / w;
            const live_band b = band_of(p, form, i, w, s.given_slack / w);
            s.share[i] = held;
            s.move[i] = 0;
            s.round[i] = rounding::toward_no_trade;
            s.cause[i] = why::inside_band;
            const double from_above = rows == band_rows::drifted ? b.upper : b.inner_upper;
            const double from_below = rows == band_rows::drifted ? b.lower : b.inner_lower;
            const std::int8_t side = held - from_above > edge_slack ? 1 : from_below - held > edge_slack ? -1 : 0;
            if (side != 0 && side != m.side[i]) {
                m.side[i] = side;
                grown = true;
            }
            double wanted = m.side[i] > 0 ? b.inner_upper : m.side[i] < 0 ? b.inner_lower : held;
            if (m.side[i] > 0 ? wanted > held : wanted < held) wanted = held;
            const double kept = detail::allowed(p, i, w).nearest(wanted);
            if (detail::absolute(kept - held) <= detail::dust) {  // inside, or kept where it is
                if (detail::absolute(wanted - held) > detail::dust) s.cause[i] = detail::kept_by(p, i, w, wanted);
                continue;
            }
            s.share[i] = kept;
            s.cause[i] = kept != wanted ? detail::kept_by(p, i, w, wanted) : why::full;
            if (!p.limits.may_trade(i)) continue;
            s.move[i] = 1;
            if (m.stuck[i] == 0 && !round.coarse() && detail::shape_of<typename Round::view_type>() == cost_shape::convex) continue;
            const sized_trade t = rounded(p, form, round, s, i, w);
            if (t.quantity != 0.0 && m.stuck[i] == 0) continue;
            s.move[i] = 0;
            s.share[i] = held;
            s.cause[i] = t.quantity != 0.0 ? why::not_worth_cost : t.cut;
            if (for_good) m.stuck[i] = 1;
        }
        return grown;
    }

    /// The shares that whole steps lead to.
    template <class Round>
    void to_whole_steps(const problem& p, const detail::target_shares& form, const Round& round, solution& s, double w) const noexcept {
        for (std::size_t i = 0; i < p.look.assets(); ++i) {
            if (s.move[i] == 0) continue;
            const sized_trade t = rounded(p, form, round, s, i, w);
            s.share[i] = (p.look.position[i] + t.notional) / w;
            s.round[i] = rounding::nearest;
            if (t.quantity == 0.0) s.move[i] = 0;
        }
    }

    /// The trade to the asset's share: one step more where that brings it inside and not further from its target.
    template <class Round>
    [[nodiscard]] sized_trade rounded(const problem& p, const detail::target_shares& form, const Round& round, const solution& s,
                                      std::size_t i, double w) const noexcept {
        const look& l = p.look;
        const double v = l.position[i];
        const double x = s.share[i] * w - v;
        if (s.cause[i] == why::cut_for_balance) return round(i, x, rounding::nearest);
        const sized_trade t = round(i, x, rounding::toward_no_trade);
        const double step = round.step_of(i).value() * l.price[i];
        if (step == 0.0) return t;
        const double after = v + t.notional;
        const bool all = rows == band_rows::all;
        const live_band b = band_of(p, form, i, w, s.given_slack / w);
        const double upper = all ? b.inner_upper : inward(b.target, b.upper, edge);
        const double lower = all ? b.inner_lower : -inward(-b.target, -b.lower, edge);
        if (x < 0.0 ? after / w - upper <= edge_slack : lower - after / w <= edge_slack) return t;
        const sized_trade more = round(i, t.notional + (x < 0.0 ? -step : step), rounding::nearest);
        const double aim = b.target * w;
        const double there = v + more.notional;
        const detail::share_range range = detail::allowed(p, i, w);
        if (more.quantity == 0.0 || range.nearest(there / w) != there / w) return t;
        return detail::absolute(there - aim) <= detail::absolute(after - aim) ? more : t;
    }

    /// From the upper edge toward the target by a share of that way, and by 2^-40 at least where the band is wide enough.
    [[nodiscard]] static double inward(double target, double upper, double share) noexcept {
        if (!(upper > target) || upper > 1e300) return upper;
        const double to = upper - share * (upper - target);
        const double safe = upper - detail::dust;
        const double at = to < safe ? to : safe;
        return at > target ? at : target;
    }

    /// Just below the 2^-48 from which on triggers see an asset outside: one that they do not see is not moved, one that they may see the
    /// next time is.
    static constexpr double edge_slack = 1.0 / 281474976710656.0 - 1.0 / 1125899906842624.0;
};

}  // namespace ballast::inline v0::solver
