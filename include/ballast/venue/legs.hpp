/// An order in legs, one for each venue that fills a part of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
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
/// A sale is split so that the most money comes out, a purchase so that the least goes in, with the fixed costs of the venues used. In steps the legs add up to the
/// order exactly, and no other way to share its steps among the venues used brings more: each leg is rounded down, and the steps left over go one by one to
/// where they bring most. A sale may leave
/// unfilled what would not pay its fixed cost; a purchase is made whatever it costs.
class leg_splitter {
public:
    /// Room for so many venues.
    void prepare(std::size_t venues) {
        workspace_.prepare(venues);
        result_.prepare(venues);
        steps_.resize(venues > steps_.size() ? venues : steps_.size());
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
    /// What `units` through a venue bring or, below 0, cost; minus infinity where it does not take or give them.
    [[nodiscard]] static double money_of(const order& o, const any_curve& c, double units) noexcept {
        if (o.buy()) return -c.in(units);
        return units <= c.depth() ? c.out(units) : -std::numeric_limits<double>::infinity();
    }
    /// What so many steps more (fewer) at a venue change.
    [[nodiscard]] double change(const order& o, const leg_terms& terms, std::size_t k, int128 more) const noexcept {
        return money_of(o, terms.curves[k], quantity_of(steps_[k] + more, o.step)) -
               money_of(o, terms.curves[k], quantity_of(steps_[k], o.step));
    }
    /// The venue, of those in use, at which one step more (fewer) changes most for the better; `n` where none can.
    [[nodiscard]] std::size_t best_change(const order& o, const leg_terms& terms, const std::vector<double>& units, int128 more,
                                          double& by) const noexcept {
        const std::size_t n = units.size();
        std::size_t best = n;
        by = -std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k < n; ++k) {
            if (!(units[k] > 0.0) || steps_[k] + more < 0) continue;
            const double c = change(o, terms, k, more);
            if (c > by) {
                best = k;
                by = c;
            }
        }
        return best;
    }
    /// Whole steps per venue. On return `left` is what nobody takes.
    void count(const order& o, const leg_terms& terms, const std::vector<double>& units, int128& left) noexcept {
        const std::size_t n = units.size();
        // What the split left unfilled stays so, in whole steps; a part of one finds no room below.
        int128 wanted = left;
        if (result_.unfilled > 0.0) wanted -= steps_toward_zero(result_.unfilled, o.step).steps;
        if (wanted < 0) wanted = 0;
        int128 given = 0;
        std::size_t most = 0;
        for (std::size_t k = 0; k < n; ++k) {
            steps_[k] = units[k] > 0.0 ? steps_toward_zero(units[k], o.step).steps : 0;
            given += steps_[k];
            if (steps_[k] > steps_[most]) most = k;
        }
        // Above 2^53 steps doubles are no counts: what is too much or too little is that of the largest leg, where it matters least.
        if (n > 0 && (given > wanted || wanted - given > static_cast<int128>(n))) {
            const int128 all = steps_[most] + (wanted - given);
            if (all >= 0 && detail::finite(money_of(o, terms.curves[most], quantity_of(all, o.step)))) {
                steps_[most] = all;
                given = wanted;
            }
        }
        double gain = 0.0;
        double loss = 0.0;
        for (; given < wanted; ++given) {
            const std::size_t k = best_change(o, terms, units, 1, gain);
            if (k == n || !detail::finite(gain)) break;
            ++steps_[k];
        }
        // What every venue brings is concave: where no step is better moved, no other way to share them is better.
        for (std::size_t moved = 0; moved < 8 * n; ++moved) {
            const std::size_t from = best_change(o, terms, units, -1, loss);
            const std::size_t to = best_change(o, terms, units, 1, gain);
            if (from == n || to == n || from == to || !(gain + loss > 1e-13 * detail::absolute(gain))) break;
            --steps_[from];
            ++steps_[to];
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
};

}  // namespace ballast::inline v0::venue
