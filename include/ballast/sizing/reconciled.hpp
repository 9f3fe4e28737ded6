/// One reconciled trade list: steps, minimums, fees, cash and sequence settled in the list itself.
#pragma once

#include <cstddef>

#include "../numeric/sum.hpp"
#include "concept.hpp"
#include "detail/rounding.hpp"
#include "detail/shortfall.hpp"

namespace ballast::inline v0::sizing {

/// Sells first, then buys, each in row order. Quantities are whole steps, rounded toward no trade (`rounding::inward`: into the band); no more is sold than is held
/// unless shorts are allowed; an order below its minimum notional is not sent. The wealth that the shares are of is what is left after the costs of the
/// rounded orders, so that proposing again finds nothing to do. After every prefix of the list, with every order filled at its limit price, cash is at or
/// above the reserve (where it was before): where it does not reach, all buys are made smaller by one common factor, and what that leaves over goes to those furthest short
/// by whole steps. Limit prices are reference·(1 ± collar), rounded to the tick that fills no worse.
struct reconciled {
    double collar = 0.0;  ///< how much worse than the reference price an order may fill, a fraction

    static constexpr const char* name = "reconciled";

    template <bound_cost View>
    [[nodiscard]] fault size(const problem& p, const View& view, solution& s, sizing_scratch& scratch, decision& d) const noexcept {
        const look& l = p.look;
        const std::size_t n = l.assets();
        if (scratch.trade.size() < n || scratch.buys.size() < n) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        detail::rounder round{p, s};
        if (const fault f = round_all(round, view, s, scratch.trade)) return f;
        if (const fault f = fit_cash(round, view, s, scratch, d)) return f;
        write(p, view, s, scratch.trade, d);
        return {};
    }

    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(collar >= 0.0 && collar < 1.0)) return {"reconciled.collar", collar, "must be a fraction at or above 0 and below 1"};
        return {};
    }

    /// The worst price at which an order of this side may fill. Rounded to whole ticks, a buy's down and a sell's up.
    [[nodiscard]] double limit_price(const look& l, std::size_t asset, bool buy) const noexcept {
        const double price = l.price[asset] * (buy ? 1.0 + collar : 1.0 - collar);
        const decimal_step tick = detail::rule(l.input->instruments.tick, asset);
        if (tick.continuous()) return price;
        const step_count down = steps_toward_zero(price, tick);
        if (down.overflow) return price;
        const double at = quantity_of(down.steps, tick);
        if (buy || detail::absolute(at - price) <= price * detail::snap) return at;
        return quantity_of(down.steps + 1, tick);
    }

private:
    /// Rounds every trade at the wealth that the rounded trades leave. Starting from no costs the wealth only falls, and so ends at a wealth that
    /// explains its own trades; then buys that this wealth was too low for are topped up.
    template <class View>
    static fault round_all(const detail::rounder& round, const View& view, solution& s, std::vector<sized_trade>& trades) noexcept {
        const look& l = round.p.look;
        if (!round.any_steps()) {
            for (std::size_t i = 0; i < l.assets(); ++i) trades[i] = s.move[i] == 0 ? sized_trade{} : round(view, i, s.wealth);
            return {};
        }
        double wealth = l.value;
        for (int pass = 0; pass < 16; ++pass) {
            lanes cost;
            for (std::size_t i = 0; i < l.assets(); ++i) {
                if (s.move[i] == 0) {
                    if (pass == 0) trades[i] = {};
                    continue;
                }
                if (pass == 0 || round.differs(i, trades[i], wealth)) trades[i] = round(view, i, wealth);
                if (round.overflowed) return {fault_code::overflow, static_cast<std::uint32_t>(i), trades[i].wanted};
                cost.at[i % lanes::width] += trades[i].cost;
            }
            const double left = l.value - cost.sum();
            if (left >= wealth) {
                wealth = left;
                break;
            }
            if (wealth - left <= l.value * detail::snap) break;
            wealth = left;
        }
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (s.move[i] == 0 || !round.differs(i, trades[i], wealth)) continue;
            const sized_trade topped = round(view, i, wealth);
            if (topped.quantity > trades[i].quantity && topped.quantity > 0.0) trades[i] = topped;
        }
        s.wealth = wealth;
        return {};
    }

    /// Makes the buys fit the cash that the sells leave, at the limit prices.
    template <class View>
    fault fit_cash(const detail::rounder& round, const View& view, solution& s, sizing_scratch& scratch, decision& d) const noexcept {
        const look& l = round.p.look;
        exact_sum cash;
        cash.add(l.cash);
        double gross = detail::absolute(l.cash);
        std::size_t buys = 0;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const sized_trade& t = scratch.trade[i];
            gross += detail::absolute(t.notional);
            if (t.quantity > 0.0) scratch.buys[buys++] = static_cast<std::uint32_t>(i);
        }
        write_sells(round.p, view, s, scratch.trade, d);
        for (const order& o : d.orders) {
            const double proceeds = -o.quantity * o.limit_price;
            cash.add(proceeds);
            cash.add(-view.cost(o.asset, -proceeds));
        }
        detail::shortfall short_of{round, view, scratch.trade, std::span{scratch.buys.data(), buys},
                                   [&](std::size_t i) { return limit_price(l, i, true); }};
        return short_of.fit(cash.value() - l.rules->reserved(l.value), gross, s);
    }

    template <class View>
    void write_sells(const problem& p, const View& view, const solution& s, std::vector<sized_trade>& trades, decision& d) const noexcept {
        const look& l = p.look;
        if (l.input->account.asset_of_row.empty()) {
            for (std::size_t i = 0; i < l.assets(); ++i)
                if (trades[i].quantity < 0.0) write_order(p, view, s, i, i, trades[i].steps, trades[i].quantity, d);
        } else {
            write_split_sells(p, view, s, trades, d);
        }
    }

    /// Takes a sale from the asset's rows in their order, no more from each than it holds; what is left opens a short in the last of them.
    template <class View>
    void write_split_sells(const problem& p, const View& view, const solution& s, std::vector<sized_trade>& trades,
                           decision& d) const noexcept {
        const look& l = p.look;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (!(trades[i].quantity < 0.0)) continue;
            const decimal_step step = detail::rule(l.input->instruments.step, i);
            int128 steps_left = -trades[i].steps;
            double left = -trades[i].quantity;
            std::size_t last = l.rows();
            for (std::size_t r = 0; r < l.rows() && left > 0.0; ++r) {
                if (l.asset_of(r) != i) continue;
                last = r;
                if (!(l.quantity[r] > 0.0)) continue;
                if (step.continuous()) {
                    const double part = left < l.quantity[r] ? left : l.quantity[r];
                    write_order(p, view, s, r, i, 0, -part, d);
                    left -= part;
                } else {
                    const int128 held = steps_toward_zero(l.quantity[r], step).steps;
                    const int128 part = steps_left < held ? steps_left : held;
                    if (part == 0) continue;
                    write_order(p, view, s, r, i, -part, quantity_of(-part, step), d);
                    steps_left -= part;
                    left = quantity_of(steps_left, step);
                }
            }
            if (left > 0.0 && l.rules->allow_short && last < l.rows()) write_order(p, view, s, last, i, -steps_left, -left, d);
        }
    }

    /// Buys go to the asset's most negative row, or to its first.
    template <class View>
    void write_buys(const problem& p, const View& view, const solution& s, const std::vector<sized_trade>& trades,
                    decision& d) const noexcept {
        const look& l = p.look;
        const bool mapped = !l.input->account.asset_of_row.empty();
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (!(trades[i].quantity > 0.0)) continue;
            std::size_t row = i;
            if (mapped) {
                row = l.rows();
                for (std::size_t r = 0; r < l.rows(); ++r)
                    if (l.asset_of(r) == i && (row == l.rows() || (l.quantity[r] < 0.0 && l.quantity[r] < l.quantity[row]))) row = r;
            }
            write_order(p, view, s, row, i, trades[i].steps, trades[i].quantity, d);
        }
    }

    template <class View>
    void write_order(const problem& p, const View& view, const solution& s, std::size_t row, std::size_t asset, int128 steps,
                     double quantity, decision& d) const noexcept {
        const look& l = p.look;
        d.orders.emplace_back();
        order& o = d.orders.back();
        o.row = row < l.rows() ? static_cast<std::uint32_t>(row) : no_index;
        o.asset = static_cast<std::uint32_t>(asset);
        if (!l.input->account.place_of_row.empty() && row < l.rows()) o.place = l.input->account.place_of_row[row];
        o.steps = steps;
        o.step = detail::rule(l.input->instruments.step, asset);
        o.quantity = quantity;
        o.price = l.price[asset];
        o.limit_price = limit_price(l, asset, quantity > 0.0);
        o.notional = quantity * o.price;
        o.cost = view.cost(asset, o.notional);
        o.reason = s.cause[asset];
    }

    /// Buys, reasons and what the account looks like afterwards.
    template <class View>
    void write(const problem& p, const View& view, const solution& s, std::vector<sized_trade>& trades, decision& d) const noexcept {
        const look& l = p.look;
        write_buys(p, view, s, trades, d);
        exact_sum spent, cost;
        double gross = 0.0;
        for (std::size_t i = 0; i < l.assets(); ++i) trades[i].notional = 0.0;
        for (const order& o : d.orders) {
            spent.add(o.notional);
            spent.add(o.cost);
            cost.add(o.cost);
            gross += detail::absolute(o.notional);
            trades[o.asset].notional += o.notional;
        }
        d.cost = cost.value();
        d.cash_after = l.cash - spent.value();
        d.turnover = 0.5 * (gross + detail::absolute(spent.value())) / l.value;
        const double value_after = l.value - d.cost;
        const auto after = d.writable_after();
        const double smallest = l.value * (1.0 / 1099511627776.0);
        for (std::size_t i = 0; i < l.assets(); ++i) {
            after[i] = (l.position[i] + trades[i].notional) / value_after;
            const double wished = -l.drift[i] * l.value;
            if (detail::absolute(wished) <= smallest && trades[i].notional == 0.0) continue;
            d.reasons.push_back({static_cast<std::uint32_t>(i), s.cause[i], wished, trades[i].notional});
        }
    }
};

}  // namespace ballast::inline v0::sizing
