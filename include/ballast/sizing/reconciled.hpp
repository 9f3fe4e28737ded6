/// One reconciled trade list: steps, minimums, fees, cash and sequence settled in the list itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../numeric/sum.hpp"
#include "concept.hpp"
#include "detail/settlement.hpp"

namespace ballast::inline v0::sizing {

/// Who gets the cash where it does not reach for all buys.
enum class shortfall_rule : std::uint8_t {
    proportional,   ///< all buys become smaller by one common factor
    largest_drift,  ///< the one furthest below its target is served first, as far as there is cash
};

[[nodiscard]] constexpr const char* to_string(shortfall_rule r) noexcept {
    switch (r) {
        case shortfall_rule::proportional: return "proportional";
        case shortfall_rule::largest_drift: return "largest drift";
    }
    return "unknown";
}

/// Sells first, then buys, each in row order. Quantities are whole steps, rounded toward no trade (or as the solver rounded them); no more
/// is sold than is held unless shorts are allowed; an order below its minimum notional, or that costs as much as it moves, is not sent. The
/// wealth that the shares are of is what is left after the costs of the rounded orders, so that proposing again finds nothing to do
/// (sizing/detail/settlement.hpp). After every prefix of the list, with every order filled at its limit price or at the reference price,
/// cash is at or above the reserve, or where it was before if that is less (up to 2^-50 of the amounts that it is made of): where it does
/// not reach, all buys are made smaller by one common factor, and what that leaves over goes by whole steps to those furthest short; or
/// those furthest short are served first (`shortfall`). Limit
/// prices are reference·(1 ± collar), rounded to the tick that fills no worse.
struct reconciled {
    double collar = 0.0;                                      ///< how much worse than the reference price an order may fill, a fraction
    shortfall_rule shortfall = shortfall_rule::proportional;  ///< who gets the cash where it does not reach

    static constexpr const char* name = "reconciled";

    template <bound_cost View>
    [[nodiscard]] fault size(const problem& p, const View& view, solution& s, sizing_scratch& scratch, decision& d) const noexcept {
        const std::size_t n = p.look.assets();
        if (!scratch.holds(n)) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        const limit_prices prices{*this, p.look};
        detail::settlement settled{p, view, s, scratch, prices};
        if (const fault f = settled.run()) return f;
        write(p, settled, scratch.buys.data(), d);
        return {};
    }

    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(collar >= 0.0 && collar < 1.0)) return {"reconciled.collar", collar, "must be a fraction at or above 0 and below 1"};
        return {};
    }

    /// The worst quote at which an order of this side may fill. Rounded to whole ticks, a buy's down and a sell's up.
    [[nodiscard]] double limit_price(const look& l, std::size_t asset, bool buy) const noexcept {
        const double price = l.quoted(asset) * (buy ? 1.0 + collar : 1.0 - collar);
        const decimal_step tick = detail::rule(l.input->instruments.tick, asset);
        if (tick.continuous()) return price;
        const step_count down = steps_toward_zero(price, tick);
        if (down.overflow) return price;
        const double at = quantity_of(down.steps, tick);
        if (buy || detail::absolute(at - price) <= price * detail::snap) return at;
        return quantity_of(down.steps + 1, tick);
    }

private:
    struct limit_prices {
        const reconciled& rule;
        const look& l;
        [[nodiscard]] bool beyond_reference() const noexcept { return rule.collar > 0.0; }
        [[nodiscard]] bool largest_drift_first() const noexcept { return rule.shortfall == shortfall_rule::largest_drift; }
        /// Ticks make limits better, never worse, so that without a collar the reference price is the worst.
        [[nodiscard]] double worst(std::size_t i, bool buy) const noexcept {
            return rule.collar == 0.0 ? l.price[i] : rule.limit_price(l, i, buy) * l.multiplier(i);
        }
    };

    /// Orders, reasons and what the account looks like afterwards.
    template <class Settled>
    void write(const problem& p, const Settled& settled, std::uint32_t* order_of, decision& d) const noexcept {
        const look& l = p.look;
        const std::size_t n = l.assets();
        const detail::trade_columns& trades = settled.trades();
        // Which side an asset is on can not be predicted: first the lists, without branches, sells from the front and buys from the back;
        // an asset is in one of them at most. Then the orders.
        std::size_t sells = 0;
        std::size_t buys = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double quantity = trades.quantity(i);
            order_of[sells] = order_of[n - 1 - buys] = static_cast<std::uint32_t>(i);
            sells += quantity < 0.0 ? 1u : 0u;
            buys += quantity > 0.0 ? 1u : 0u;
        }
        write_orders(
            p, settled, sells, [&](std::size_t k) { return order_of[k]; }, false, d);
        write_orders(
            p, settled, buys, [&](std::size_t k) { return order_of[n - 1 - k]; }, true, d);
        detail::trade_totals all = settled.totals();
        if (p.rows.mapped) {  // an asset's orders may round otherwise than their sum
            exact_sum spent;
            for (const order& o : d.orders) {
                spent.add(o.notional);
                spent.add(o.cost);
            }
            all.spent = spent.value();
        }
        d.cost = all.cost;
        d.cash_after = d.cash - all.spent;
        d.turnover = 0.5 * (all.gross + detail::absolute(all.spent)) / l.value;
        const double value_after = l.value - d.cost;
        const auto after = d.writable_after();
        for (std::size_t i = 0; i < n; ++i) after[i] = (l.position[i] + trades.notional(i)) / value_after;
        const double smallest = l.value * detail::dust;
        for (std::size_t i = 0; i < n; ++i) {
            const double done = trades.notional(i);
            const double wished = -l.drift[i] * l.value;
            if (detail::absolute(wished) <= smallest && done == 0.0) continue;
            reason& r = d.reasons.emplace_back();
            r.asset = static_cast<std::uint32_t>(i);
            r.code = trades.cut(i);
            r.wished = wished;
            r.done = done;
        }
    }

    template <class Settled, class AssetAt>
    void write_orders(const problem& p, const Settled& settled, std::size_t count, AssetAt&& asset_at, bool buy,
                      decision& d) const noexcept {
        const look& l = p.look;
        const detail::trade_columns& trades = settled.trades();
        const auto& place = l.input->account.place_of_row;
        const bool at_reference = l.input->instruments.tick.empty() && collar == 0.0;
        const order blank;
        const auto write_one = [&](std::uint32_t i, std::uint32_t row, int128 steps, double quantity, double notional, double cost)
            __attribute__((always_inline)) {
            d.orders.push_back(blank);
            order& o = d.orders.back();
            o.row = row;
            o.asset = i;
            o.steps = steps;
            o.step = settled.round().step_of(i);
            o.quantity = quantity;
            o.price = o.limit_price = l.price[i];
            o.notional = notional;
            o.cost = cost;
            o.reason = trades.cut(i);
        };
        if (!p.rows.mapped) {
            for (std::size_t k = 0; k < count; ++k) {
                const std::uint32_t i = asset_at(k);
                write_one(i, i, trades.steps(i), trades.quantity(i), trades.notional(i), trades.cost(i));
            }
        } else {
            for (std::size_t k = 0; k < count; ++k) {
                const std::uint32_t i = asset_at(k);
                settled.round().for_each_order(i, trades[i], [&](std::uint32_t row, int128 steps, double q, double notional, double cost) {
                    write_one(i, row, steps, q, notional, cost);
                });
            }
        }
        const std::span<order> written{d.orders};
        if (!l.input->instruments.multiplier.empty())
            for (order& o : written) {
                if (o.buy() != buy) continue;
                o.price = o.limit_price = l.quoted(o.asset);
                o.multiplier = l.multiplier(o.asset);
            }
        if (!at_reference)
            for (order& o : written)
                if (o.buy() == buy) o.limit_price = limit_price(l, o.asset, buy);
        if (!place.empty())
            for (order& o : written)
                if (o.buy() == buy && o.row != no_index) o.place = place[o.row];
    }
};

}  // namespace ballast::inline v0::sizing
