/// An order in legs, one for each venue that fills a part of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../core/order.hpp"
#include "../core/step.hpp"
#include "concept.hpp"
#include "slippage.hpp"
#include "split.hpp"

namespace ballast::inline v0::venue {

/// Where an order may go, and at what limits.
struct leg_terms {
    std::span<const any_curve> curves{};  ///< per venue, in the direction of the order: the asset in for a sale, money in for a purchase
    std::span<const double> fixed{};      ///< per venue: what one leg costs besides, in money (gas); empty: nothing
    venue::slippage slippage{};           ///< from the quote of each leg to its limit price
    decimal_step tick{};                  ///< limit prices are whole numbers of it, rounded to the side that fills no worse
};

/// What became of an order.
struct leg_summary {
    split_status status = split_status::not_prepared;  ///< as the split said
    double unfilled = 0.0;                             ///< units that no venue takes or gives
    int128 unfilled_steps = 0;                         ///< the same in steps, where the order is counted
    double money = 0.0;                                ///< what the legs bring or, below 0, cost, fixed costs included
    double gap = 0.0;  ///< proof of the split before it was rounded to steps: no other is better by more, in money
};

/// Splits orders over venues as is best for each. One per thread; only `prepare` allocates.
///
/// A sale is split so that the most money comes out, a purchase so that the least goes in, with the fixed costs of the venues used. In steps each leg is rounded
/// down, and the steps left over go one by one to the legs that rounding took most of, so that the legs add up to the order exactly. A sale may leave
/// unfilled what would not pay its fixed cost; a purchase is made whatever it costs.
class leg_splitter {
public:
    /// Room for so many venues.
    void prepare(std::size_t venues) {
        workspace_.prepare(venues);
        result_.prepare(venues);
        steps_.resize(venues > steps_.size() ? venues : steps_.size());
        part_.resize(steps_.size());
    }

    /// Appends the legs of `o` to `out`, as far as its capacity reaches (`not_prepared` where it does not): orders like `o` with their own
    /// quantity, limit price, notional and cost, `venue` the index of the curve, `parent` as given. Their cost is what they pay beyond the
    /// reference price, fixed costs included.
    leg_summary split(const order& o, std::uint32_t parent, const leg_terms& terms, std::vector<order>& out) noexcept {
        leg_summary s;
        const std::size_t n = terms.curves.size();
        const std::size_t free = out.capacity() - out.size();
        if (n > steps_.size() || n > free) return s;
        const double amount = detail::absolute(o.quantity);
        const split_costs costs{.fixed = terms.fixed};
        s.status = o.buy() ? split_out(terms.curves, amount, costs, workspace_, result_)
                           : split_in(terms.curves, amount, costs, workspace_, result_);
        s.unfilled = amount;
        s.unfilled_steps = o.steps < 0 ? -o.steps : o.steps;
        if (s.status == split_status::bad_amount || s.status == split_status::not_prepared) return s;
        s.gap = result_.gap;
        const std::vector<double>& units = o.buy() ? result_.out : result_.in;
        const bool counted = !o.step.continuous();
        if (counted) count(o, terms, units, s.unfilled_steps);
        for (std::size_t k = 0; k < n; ++k) {
            if (counted ? steps_[k] == 0 : !(units[k] > 0.0)) continue;
            const double u = counted ? quantity_of(steps_[k], o.step) : units[k];
            const order leg = leg_of(o, parent, k, u, terms);
            out.push_back(leg);
            s.money -= leg.notional + leg.cost;
        }
        s.unfilled = counted ? quantity_of(s.unfilled_steps, o.step) : result_.unfilled;
        return s;
    }

private:
    [[nodiscard]] static bool fills(const order& o, const any_curve& c, double units) noexcept {
        return o.buy() ? detail::finite(c.in(units)) : units <= c.depth();
    }
    /// Whole steps per venue. On return `left` is what nobody takes.
    void count(const order& o, const leg_terms& terms, const std::vector<double>& units, int128& left) noexcept {
        const std::size_t n = units.size();
        // What the split left unfilled stays so; part of a step counts as a whole one.
        int128 wanted = left;
        if (result_.unfilled > 0.0) {
            const step_count unfilled = steps_toward_zero(result_.unfilled, o.step);
            const bool part = quantity_of(unfilled.steps, o.step) < result_.unfilled * (1.0 - detail::snap);
            wanted -= unfilled.steps + (part ? 1 : 0);
            if (wanted < 0) wanted = 0;
        }
        int128 given = 0;
        for (std::size_t k = 0; k < n; ++k) {
            steps_[k] = units[k] > 0.0 ? steps_toward_zero(units[k], o.step).steps : 0;
            part_[k] = units[k] - quantity_of(steps_[k], o.step);
            given += steps_[k];
        }
        // Above 2^53 steps a double is no count: what is too much is taken from the largest leg, where it matters least.
        while (given > wanted) {
            std::size_t most = 0;
            for (std::size_t k = 1; k < n; ++k)
                if (steps_[k] > steps_[most]) most = k;
            const int128 less = given - wanted < steps_[most] ? given - wanted : steps_[most];
            steps_[most] -= less;
            given -= less;
        }
        // Fewer steps are left than there are legs, but where doubles are no counts: then the largest leg takes them.
        if (wanted - given > static_cast<int128>(n)) {
            std::size_t most = 0;
            for (std::size_t k = 1; k < n; ++k)
                if (steps_[k] > steps_[most]) most = k;
            const int128 all = steps_[most] + (wanted - given);
            if (fills(o, terms.curves[most], quantity_of(all, o.step))) {
                steps_[most] = all;
                given = wanted;
            }
        }
        for (; given < wanted; ++given) {
            std::size_t best = n;
            for (std::size_t k = 0; k < n; ++k) {
                if (!(units[k] > 0.0) || (best < n && part_[k] <= part_[best])) continue;
                if (fills(o, terms.curves[k], quantity_of(steps_[k] + 1, o.step))) best = k;
            }
            if (best == n) break;
            ++steps_[best];
            part_[best] -= o.step.value();
        }
        left -= given;
    }
    [[nodiscard]] order leg_of(const order& o, std::uint32_t parent, std::size_t k, double units, const leg_terms& terms) const noexcept {
        const any_curve& c = terms.curves[k];
        const double sign = o.buy() ? 1.0 : -1.0;
        const double fixed = terms.fixed.empty() ? 0.0 : terms.fixed[k];
        order leg = o;
        leg.venue = static_cast<std::uint32_t>(k);
        leg.parent = parent;
        leg.quantity = sign * units;
        leg.steps = o.step.continuous() ? 0 : (o.buy() ? steps_[k] : -steps_[k]);
        leg.notional = leg.quantity * o.price * o.multiplier;
        const quote q = o.buy() ? quote{.in = c.in(units), .out = units} : quote{.in = units, .out = c.out(units)};
        leg.cost = (o.buy() ? q.in - leg.notional : -leg.notional - q.out) + fixed;
        leg.limit_price =
            on_tick((o.buy() ? terms.slippage.purchase_limit(q) : terms.slippage.sale_limit(q)) / o.multiplier, terms.tick, o.buy());
        return leg;
    }
    /// A purchase's limit down to a whole tick, a sale's up.
    [[nodiscard]] static double on_tick(double price, const decimal_step& tick, bool buy) noexcept {
        if (tick.continuous()) return price;
        const step_count down = steps_toward_zero(price, tick);
        const double at = quantity_of(down.steps, tick);
        return buy || at >= price * (1.0 - detail::snap) ? at : quantity_of(down.steps + 1, tick);
    }

    split_workspace workspace_{};
    split_result result_{};
    std::vector<int128> steps_{};
    std::vector<double> part_{};
};

}  // namespace ballast::inline v0::venue
