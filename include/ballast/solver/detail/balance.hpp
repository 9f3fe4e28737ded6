/// Keeping the book neither over- nor under-invested where some assets may not go where they should.
#pragma once

#include <cstddef>

#include "../../core/step.hpp"
#include "../../numeric/sum.hpp"
#include "../concept.hpp"
#include "self_finance.hpp"

namespace ballast::inline v0::detail {

/// Lower and upper share an asset may have after trading, its limit on the trade included.
struct share_range {
    double lower;
    double upper;
};
[[nodiscard]] inline share_range allowed(const problem& p, std::size_t i) noexcept {
    if (!p.limits.narrowed) return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    const double w = p.look.weight[i];
    const double trade = p.limits.trade[i] / p.look.value;
    const double lo = p.limits.weight.lower[i] > w - trade ? p.limits.weight.lower[i] : w - trade;
    const double hi = p.limits.weight.upper[i] < w + trade ? p.limits.weight.upper[i] : w + trade;
    return {lo, hi};
}

/// Moves the shares so that their sum lies between the exposure held now and the exposure of the goals, and not above `most`. First the assets that
/// are short of their goal on the side that is needed go toward it, all by the same fraction of their way; where that does not reach, the trades of the
/// other side are made smaller, all by the same fraction. `goal(i)` is where asset i would be if nothing held it. O(n).
template <class Goal>
void balance(const problem& p, solution& s, double most, Goal&& goal) noexcept {
    const look& l = p.look;
    const std::size_t n = l.assets();
    exact_sum held_sum, goal_sum, wanted_sum;
    for (std::size_t i = 0; i < n; ++i) {
        held_sum.add(l.weight[i]);
        goal_sum.add(goal(i));
        wanted_sum.add(s.move[i] != 0 ? s.share[i] : l.weight[i]);
    }
    const double held = held_sum.value();
    const double aim = goal_sum.value();
    double low = held < aim ? held : aim;
    double high = held < aim ? aim : held;
    high = high < most ? high : most;
    low = low < high ? low : high;
    const double wanted = wanted_sum.value();
    const double lack = wanted < low ? low - wanted : wanted > high ? high - wanted : 0.0;  // positive: must buy more
    if (absolute(lack) <= dust / 16) return;

    const auto share_now = [&](std::size_t i) { return s.move[i] != 0 ? s.share[i] : l.weight[i]; };
    const auto room_to_goal = [&](std::size_t i) {
        const share_range range = allowed(p, i);
        double to = goal(i);
        to = to < range.lower ? range.lower : to > range.upper ? range.upper : to;
        const double way = to - share_now(i);
        return lack > 0.0 ? (way > 0.0 ? way : 0.0) : (way < 0.0 ? way : 0.0);
    };
    double room = 0.0;
    for (std::size_t i = 0; i < n; ++i) room += room_to_goal(i);
    double left = lack;
    if (room != 0.0) {
        const double part = left / room < 1.0 ? left / room : 1.0;
        for (std::size_t i = 0; i < n; ++i) {
            const double way = room_to_goal(i);
            if (way == 0.0) continue;
            s.share[i] = share_now(i) + part * way;
            if (s.move[i] == 0) s.cause[i] = why::exposure_kept;
            s.move[i] = 1;
        }
        left -= part * room;
    }
    if (absolute(left) <= dust / 16) return;
    const auto back = [&](std::size_t i) {  // what undoing the asset's trade would give
        const double way = l.weight[i] - share_now(i);
        return left > 0.0 ? (way > 0.0 ? way : 0.0) : (way < 0.0 ? way : 0.0);
    };
    room = 0.0;
    for (std::size_t i = 0; i < n; ++i) room += back(i);
    if (room == 0.0) return;
    const double part = left / room < 1.0 ? left / room : 1.0;
    for (std::size_t i = 0; i < n; ++i) {
        const double way = back(i);
        if (way == 0.0) continue;
        s.share[i] += part * way;
        s.cause[i] = why::cut_for_balance;
        if (part >= 1.0) s.move[i] = 0;
    }
}

}  // namespace ballast::inline v0::detail
