/// From a wanted trade to one that can be sent.
#pragma once

#include <cstddef>

#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// Rounds trades by the rules of their instruments and of the mandate.
struct rounder {
    const problem& p;
    solution& s;
    mutable bool overflowed = false;

    [[nodiscard]] bool any_steps() const noexcept {
        return !p.look.input->instruments.step.empty() || !p.look.input->instruments.min_notional.empty();
    }

    /// The trade of asset i that brings it to its share of `wealth`, rounded. Writes the asset's reason.
    template <class View>
    [[nodiscard]] sized_trade operator()(const View& view, std::size_t i, double wealth) const noexcept {
        return exactly(view, i, wanted(i, wealth));
    }

    /// The wanted trade before rounding.
    [[nodiscard]] double wanted(std::size_t i, double wealth) const noexcept { return s.trade(p.look, p.limits, i, wealth); }

    /// True where the trade at `wealth` may round to another number of steps than `t`.
    [[nodiscard]] bool differs(std::size_t i, const sized_trade& t, double wealth) const noexcept { return wanted(i, wealth) != t.wanted; }

    /// Rounds a notional. Writes the asset's reason where rounding decided.
    template <class View>
    [[nodiscard]] sized_trade exactly(const View& view, std::size_t i, double x) const noexcept {
        const look& l = p.look;
        const auto& rules = l.input->instruments;
        const double price = l.price[i];
        sized_trade t;
        t.wanted = x;
        const decimal_step step = rule(rules.step, i);
        const double held = held_of(i);
        const bool sells_all = x < 0.0 && s.share[i] == 0.0 && s.fraction >= 1.0 && x <= -l.position[i];
        double quantity = sells_all ? -held : x / price;
        why cut = settled(s.cause[i]);
        if (quantity < 0.0 && -quantity > held && !l.rules->allow_short) {
            cut = -quantity > held * (1.0 + snap) ? why::cut_by_holding : cut;
            quantity = held > 0.0 ? -held : 0.0;
        }
        if (step.continuous()) {
            t.quantity = quantity;
        } else {
            step_count count = steps_toward_zero(quantity, step);
            overflowed = overflowed || count.overflow;
            double whole_steps = quantity_of(count.steps, step);
            const double rest = quantity - whole_steps;
            if (s.round[i] == rounding::inward && absolute(rest) > absolute(quantity) * snap) {
                const int128 one_more = count.steps + (quantity < 0.0 ? -1 : 1);
                const double with_one_more = quantity_of(one_more, step);
                const double aim = l.target[i] * (l.value - s.set_aside) - l.position[i];
                const bool held_enough = with_one_more > 0.0 || l.rules->allow_short || -with_one_more <= held * (1.0 + snap);
                const double after = (l.position[i] + with_one_more * price) / l.value;
                const bool allowed = p.limits.allow(i, with_one_more * price, after);
                if (held_enough && allowed && absolute(with_one_more * price - aim) <= absolute(whole_steps * price - aim)) {
                    count.steps = one_more;
                    whole_steps = with_one_more;
                }
            }
            t.steps = count.steps;
            t.quantity = whole_steps;
            if (count.steps == 0)
                cut = why::below_step;
            else if (cut == why::full && absolute(whole_steps) < absolute(quantity) * (1.0 - snap))
                cut = why::cut_to_step;
        }
        t.notional = t.quantity * price;
        if (t.quantity != 0.0 && absolute(t.notional) < rule(rules.min_notional, i)) {
            t.steps = 0;
            t.quantity = t.notional = 0.0;
            cut = why::below_minimum;
        }
        t.cost = t.quantity == 0.0 ? 0.0 : view.cost(i, t.notional);
        s.cause[i] = cut;
        return t;
    }

    [[nodiscard]] double held_of(std::size_t i) const noexcept {
        const look& l = p.look;
        if (l.input->account.asset_of_row.empty()) return l.quantity[i];
        double q = 0.0;
        for (std::size_t r = 0; r < l.rows(); ++r)
            if (l.asset_of(r) == i) q += l.quantity[r];
        return q;
    }

private:
    /// The reason before rounding, where this is not the first attempt.
    [[nodiscard]] static constexpr why settled(why w) noexcept {
        return w == why::cut_to_step || w == why::below_step || w == why::below_minimum || w == why::cut_by_holding ? why::full : w;
    }
};

}  // namespace ballast::inline v0::detail
