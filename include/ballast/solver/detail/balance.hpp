/// Keeping the book neither over- nor under-invested where some assets may not go where they should.
#pragma once

#include <cstddef>
#include <span>

#include "../../core/step.hpp"
#include "../../numeric/sum.hpp"
#include "../concept.hpp"
#include "rounding.hpp"

namespace ballast::inline v0::detail {

/// Lower and upper share of `wealth` that an asset may have after trading, its limit on the trade included; that one wins where they
/// contradict.
struct share_range {
    double lower;
    double upper;
    [[nodiscard]] constexpr double nearest(double x) const noexcept { return x > upper ? upper : x < lower ? lower : x; }
};
[[nodiscard]] inline share_range allowed(const problem& p, std::size_t i, double wealth) noexcept {
    if (!p.limits.narrowed) return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    const double v = p.look.position[i];
    const share_range by_trade{(v - p.limits.sell[i]) / wealth, (v + p.limits.buy[i]) / wealth};
    return {by_trade.nearest(p.limits.weight.lower[i]), by_trade.nearest(p.limits.weight.upper[i])};
}

/// The reason of an asset that `allowed` keeps from the share that it wants.
[[nodiscard]] inline why kept_by(const problem& p, std::size_t i, double wealth, double wanted) noexcept {
    const limits& lim = p.limits;
    const double x = share_range{lim.weight.lower[i], lim.weight.upper[i]}.nearest(wanted) * wealth - p.look.position[i];
    return x > lim.buy[i] ? lim.buy_cause[i] : x < -lim.sell[i] ? lim.sell_cause[i] : lim.weight_cause[i];
}

/// Target shares with room for the reserve: tᵢ·scale·(wealth − set_aside). Where the targets and the reserve do not fit side by side into
/// the wealth, all targets shrink by one common factor; what they borrow goes on being borrowed.
struct target_shares {
    double scale = 1.0;
    double set_aside = 0.0;
    [[nodiscard]] constexpr double of(double target, double wealth) const noexcept { return target * scale * (1.0 - set_aside / wealth); }
    [[nodiscard]] constexpr bool reduced() const noexcept { return scale != 1.0 || set_aside != 0.0; }
};
[[nodiscard]] inline target_shares targets_beside_reserve(const look& l, double wealth) noexcept {
    const double invested = 1.0 - l.cash_target;
    const double whole = 1.0 + l.rules->borrowed(l.cash_target);
    const double reserved = l.rules->reserve * wealth + l.rules->reserve_amount;
    if (!(invested * wealth > whole * wealth - reserved) || invested <= 0.0) return {};
    if (reserved >= wealth) return {(whole - 1.0) / invested, 0.0};
    return {(whole - l.rules->reserve) / invested, l.rules->reserve_amount / (whole - l.rules->reserve)};
}

/// Where the reserve made the targets smaller: assets that it moves, or keeps from their targets, say so.
inline void explain_reserve(const problem& p, solution& s) noexcept {
    const look& l = p.look;
    for (std::size_t i = 0; i < l.assets(); ++i) {
        if (s.cause[i] != why::full) continue;
        const double x = s.trade(l, p.limits, i, s.wealth);
        const double wished = l.target[i] * s.wealth - l.position[i];
        if (s.move[i] == 0)
            s.cause[i] = why::no_cash;
        else if (l.target[i] != 0.0)
            s.cause[i] = x * wished > 0.0 && absolute(x) <= absolute(wished) ? why::cut_by_cash : why::reserve_kept;
    }
}

/// Moves shares so that their sum lies between the exposure held before and the exposure of the goals, and leaves the cash that has to
/// stay. `goal(i)` is where asset i would be if nothing held it. Shares are of `wealth`.
template <class View, class Goal>
class exposure {
public:
    exposure(const problem& p, const rounder<View>& round, solution& s, double wealth, const Goal& goal) noexcept
        : p_{p},
          round_{round},
          s_{s},
          wealth_{wealth},
          goal_{goal} {
        const look& l = p.look;
        exact_sum held, aim;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            // Where a bound on the weight moves an asset, the exposure goes along.
            held.add(bounded(i, l.weight[i]));
            aim.add(bounded(i, goal(i)));
        }
        low_ = held.value() < aim.value() ? held.value() : aim.value();
        high_ = held.value() < aim.value() ? aim.value() : held.value();
        const double most = 1.0 - l.rules->cash_floor(wealth, l.cash_target) / wealth;
        high_ = high_ < most ? high_ : most;
        low_ = low_ < high_ ? low_ : high_;
    }

    /// Where moving toward the goals can not make up for the moves that are wanted, makes those on the other side smaller, all by the same
    /// fraction.
    void give_back() noexcept {
        const double lack = missing();
        if (lack == 0.0) return;
        exact_sum rest;
        rest.add(lack);
        for (std::size_t i = 0; i < p_.look.assets(); ++i) {
            const double way = way_to_goal(i, lack);
            if (simple() || sendable(i, way) != 0.0) rest.add(-way);  // but for what steps cut off
        }
        const double left = rest.value();
        if (!(lack > 0.0 ? left > negligible : left < -negligible)) return;
        const auto way_back = [&](std::size_t i) { return on_side(share_held(i) - share_now(i), left); };
        exact_sum all;
        for (std::size_t i = 0; i < p_.look.assets(); ++i) all.add(way_back(i));
        const double moved = all.value();
        if (moved == 0.0) return;
        const double part = left / moved < 1.0 ? 1.0 - left / moved : 0.0;  // that may stay
        ranking longest{p_.ranks};
        exact_sum spare;  // what rounding leaves over of what may stay
        spare.add(absolute(moved) * part);
        for (std::size_t i = 0; i < p_.look.assets(); ++i) {
            const double way = -way_back(i);
            if (way == 0.0) continue;
            double stays = part * way;
            if (!simple()) {
                stays = traded(i, stays);
                spare.add(-absolute(stays));
                s_.round[i] = rounding::nearest;
                longest.push(p_.rank(i, absolute(way)));
            }
            stay_at(i, stays);
        }
        while (!longest.empty()) {  // goes to those that had the longest way to go
            const ranked next = longest.take();
            const std::size_t i = next.index;
            const double stays = absolute(share_now(i) - share_held(i));
            const double enough = stays + spare.value();
            const double most = enough < next.score ? enough : next.score;
            const double more = traded(i, left < 0.0 ? most + blur / 4 : -most - blur / 4);
            spare.add(stays - absolute(more));
            stay_at(i, more);
        }
    }

    /// Moves assets that are short of their goals on the side that is needed toward them, all by the same fraction of their way; in whole
    /// steps and orders that may be sent where there are such. What has to be sold is sold, up to a step more; what may be bought is not
    /// exceeded. `way`: memory for one number per asset.
    void make_up(std::span<double> way) noexcept {
        const double lack = missing();
        if (lack == 0.0) return;
        const std::size_t n = p_.look.assets();
        exact_sum ways;
        for (std::size_t i = 0; i < n; ++i) ways.add(way[i] = way_to_goal(i, lack));
        const double room = ways.value();
        if (room == 0.0) return;
        if (simple()) {
            const double part = lack / room < 1.0 ? lack / room : 1.0;
            for (std::size_t i = 0; i < n; ++i) move_by(i, part * way[i]);
            return;
        }
        const bool sell = lack < 0.0;
        const double wanted = absolute(lack);
        const auto gained = [&](double part) {
            exact_sum sum;
            for (std::size_t i = 0; i < n; ++i)
                if (way[i] != 0.0) sum.add(absolute(sendable(i, part * way[i])));
            return sum.value();
        };
        // The fraction at which the moves come to what is wanted, between two: nearly a straight line, made of steps.
        double below = 0.0, of_below = 0.0;
        double above = 1.0, of_above = gained(1.0);
        if (of_above <= wanted) {
            below = 1.0;
            of_below = of_above;
        }
        for (int k = 0; k < 24 && below < above && of_above - of_below > wanted * (1.0 / 4096.0); ++k) {
            const double straight = below + (wanted - of_below) / (of_above - of_below) * (above - below);
            const double middle = k % 3 == 2 || !(straight > below && straight < above) ? below + 0.5 * (above - below) : straight;
            const double of_middle = gained(middle);
            (of_middle <= wanted ? below : above) = middle;
            (of_middle <= wanted ? of_below : of_above) = of_middle;
        }
        // What is left at the smaller one is taken from those that have the longest way to go.
        ranking longest{p_.ranks};
        for (std::size_t i = 0; i < n; ++i) {
            if (way[i] == 0.0) continue;
            way[i] -= move_by(i, sendable(i, below * way[i]));
            if (way[i] != 0.0) longest.push(p_.rank(i, absolute(way[i])));
        }
        double left = wanted - of_below;
        while (!longest.empty() && left > (sell ? negligible : 0.0)) {
            const std::size_t furthest = longest.take().index;
            if (!sell && round_.grain(furthest) > left * wealth_) continue;
            const double whole_way = way[furthest];
            const double enough = left < absolute(whole_way) ? left : absolute(whole_way);
            double more = sendable(furthest, sell ? -enough : enough);
            if (sell && absolute(more) < left - negligible) {  // up to a step more
                const double step = (1.0 + snap) * round_.grain(furthest) / wealth_;
                const double rounded_up = sendable(furthest, more - step);
                if (absolute(rounded_up) <= absolute(whole_way) * (1.0 + snap)) more = rounded_up;
            }
            left -= absolute(move_by(furthest, more));
        }
    }

private:
    static constexpr double negligible = blur;

    /// Of a trade that is made smaller, this share of the wealth.
    void stay_at(std::size_t i, double share) noexcept {
        s_.share[i] = share_held(i) + share;
        s_.move[i] = share == 0.0 ? 0 : 1;
        s_.cause[i] = why::cut_for_balance;
    }

    /// Any trade can be sent.
    [[nodiscard]] bool simple() const noexcept { return !round_.coarse() && shape_of<View>() == cost_shape::convex; }
    [[nodiscard]] double bounded(std::size_t i, double share) const noexcept {
        if (!p_.limits.narrowed) return share;
        return share_range{p_.limits.weight.lower[i], p_.limits.weight.upper[i]}.nearest(share);
    }
    [[nodiscard]] double share_held(std::size_t i) const noexcept { return p_.look.position[i] / wealth_; }
    [[nodiscard]] double share_now(std::size_t i) const noexcept { return s_.move[i] != 0 ? s_.share[i] : share_held(i); }
    [[nodiscard]] static double on_side(double way, double side) noexcept {
        return side > 0.0 ? (way > 0.0 ? way : 0.0) : (way < 0.0 ? way : 0.0);
    }
    /// What the sum of the shares lacks; above 0: more must be bought.
    [[nodiscard]] double missing() const noexcept {
        exact_sum sum;
        for (std::size_t i = 0; i < p_.look.assets(); ++i) sum.add(share_now(i));
        const double now = sum.value();
        if (now > high_ + negligible)
            return (high_ - now) - (round_.coarse() ? blur : 0.0);  // in whole steps a rounding error would cost a step
        return now < low_ - negligible ? low_ - now : 0.0;
    }
    [[nodiscard]] double way_to_goal(std::size_t i, double lack) const noexcept {
        return on_side(allowed(p_, i, wealth_).nearest(goal_(i)) - share_now(i), lack);
    }
    /// The part of a way that an order of its own can go.
    [[nodiscard]] double traded(std::size_t i, double way) const noexcept {
        return way == 0.0 ? 0.0 : round_(i, way * wealth_, rounding::toward_no_trade).notional / wealth_;
    }
    /// The part of a way that orders can go; an order that is there already grows by whole steps.
    [[nodiscard]] double sendable(std::size_t i, double way) const noexcept {
        if (way == 0.0) return 0.0;
        if (s_.move[i] == 0) return traded(i, way);
        if (round_.step_of(i).continuous()) return way;
        const double step = round_.step_of(i).value() * p_.look.price[i] / wealth_;
        const double count = (absolute(way) + blur) / step;
        return count < two_to_52 ? (way < 0.0 ? -step : step) * whole(count) : way;
    }
    /// Returns the way.
    double move_by(std::size_t i, double way) noexcept {
        if (way == 0.0) return way;
        s_.share[i] = share_now(i) + way;
        if (s_.move[i] == 0) s_.cause[i] = why::exposure_kept;
        s_.move[i] = 1;
        s_.round[i] = round_.coarse() ? rounding::nearest : rounding::toward_no_trade;
        return way;
    }

    const problem& p_;
    const rounder<View>& round_;
    solution& s_;
    double wealth_;
    const Goal& goal_;
    double low_ = 0.0;
    double high_ = 0.0;
};

}  // namespace ballast::inline v0::detail
