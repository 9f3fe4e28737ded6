/// Settled trades written down: orders with their limit prices, reasons, and what the account looks like afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "../../core/decision.hpp"
#include "../../core/step.hpp"
#include "../../numeric/sum.hpp"
#include "../concept.hpp"
#include "settlement.hpp"

namespace ballast::inline v0::detail {

/// How far from their reference prices orders may fill.
struct limit_prices {
    const look& l;
    double collar;
    bool largest_first;  ///< who is served first where the cash does not reach

    [[nodiscard]] bool beyond_reference() const noexcept { return collar > 0.0; }
    [[nodiscard]] bool largest_drift_first() const noexcept { return largest_first; }
    /// The worst price of one unit at which an order of this side may fill. Ticks make limits better, never worse, so that without a collar the
    /// reference price is the worst.
    [[nodiscard]] double worst(std::size_t i, bool buy) const noexcept {
        return collar == 0.0 ? l.price[i] : limit(i, buy) * l.multiplier(i);
    }
    /// The worst quote, rounded to whole ticks: a buy's down and a sell's up.
    [[nodiscard]] double limit(std::size_t i, bool buy) const noexcept {
        const double price = l.quoted(i) * (buy ? 1.0 + collar : 1.0 - collar);
        const decimal_step tick = rule(l.input->instruments.tick, i);
        if (tick.continuous()) return price;
        const step_count down = steps_toward_zero(price, tick);
        if (down.overflow) return price;
        const double at = quantity_of(down.steps, tick);
        if (buy || absolute(at - price) <= price * snap) return at;
        return quantity_of(down.steps + 1, tick);
    }
};

/// Writes the list. `order_of`: memory for one number per asset.
template <class Settled>
class order_list {
public:
    order_list(const problem& p, const Settled& settled, const limit_prices& prices, std::uint32_t* order_of) noexcept
        : p_{p},
          settled_{settled},
          prices_{prices},
          order_of_{order_of} {}

    /// Orders, reasons, cash, costs and weights afterwards.
    void write(decision& d) const noexcept {
        const look& l = p_.look;
        const std::size_t n = l.assets();
        const trade_columns& trades = settled_.trades();
        // Which side an asset is on can not be predicted: first the lists, without branches, sells from the front and buys from the back;
        // an asset is in one of them at most. Then the orders.
        std::size_t sells = 0;
        std::size_t buys = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double quantity = trades.quantity(i);
            order_of_[sells] = order_of_[n - 1 - buys] = static_cast<std::uint32_t>(i);
            sells += quantity < 0.0 ? 1u : 0u;
            buys += quantity > 0.0 ? 1u : 0u;
        }
        const auto bought = [&](std::size_t k) -> std::uint32_t& { return order_of_[n - 1 - k]; };
        const std::size_t early = settled_.fees().open() ? buy_in_turn(buys, bought) : 0;
        write_orders(early, bought, true, d);
        write_orders(
            sells, [&](std::size_t k) { return order_of_[k]; }, false, d);
        write_orders(
            buys - early, [&](std::size_t k) { return bought(early + k); }, true, d);
        write_fees(d);
        trade_totals all = settled_.totals();
        const bool several = p_.rows.mapped || settled_.round().crossing().any() || settled_.round().fees().any();
        if (several) {  // an asset's orders may round otherwise than their sum
            exact_sum spent;
            for (const order& o : d.orders) {
                spent.add(o.notional);
                if (settled_.round().fees().asset_of(o.asset, o.buy()) == no_index) spent.add(o.cost);
            }
            all.spent = spent.value();
        }
        d.cost = all.cost;
        d.cash_after = d.cash - all.spent;
        if (!l.rules->money_step.continuous()) count_cash(d);
        d.turnover = 0.5 * (all.gross + absolute(all.spent)) / l.value;
        const double value_after = l.value - d.cost;
        const auto after = d.writable_after();
        for (std::size_t i = 0; i < n; ++i) after[i] = (l.position[i] + trades.notional(i)) / value_after;
        if (settled_.fees().open())
            for (std::size_t i = 0; i < n; ++i) after[i] -= settled_.fees().owed(i) / value_after;
        const double smallest = l.value * dust;
        for (std::size_t i = 0; i < n; ++i) {
            const double done = settled_.round().ordered(i, trades[i]);
            const double wished = -l.drift[i] * l.value;
            if (absolute(wished) <= smallest && done == 0.0) continue;
            reason& r = d.reasons.emplace_back();
            r.asset = static_cast<std::uint32_t>(i);
            r.code = trades.cut(i);
            r.wished = wished;
            r.done = done;
        }
    }

private:
    /// Puts buys in their turn. How many go before the sales. O(buys · buys of fee assets).
    template <class Bought>
    [[nodiscard]] std::size_t buy_in_turn(std::size_t buys, Bought&& bought) const noexcept {
        using turn = typename std::remove_cvref_t<decltype(settled_.fees())>::turn;
        std::size_t early = 0;
        for (std::size_t k = 0; k < buys; ++k) {
            const std::uint32_t asset = bought(k);
            const turn now = settled_.fees().turn_of(asset);
            std::size_t at = k;
            for (; at > 0 && settled_.fees().turn_of(bought(at - 1)) > now; --at) bought(at) = bought(at - 1);
            bought(at) = asset;
            early += now == turn::before_sales ? 1u : 0u;
        }
        return early;
    }

    /// The cash that is left, to the last step of money: where it was whole steps, and every order's amount is.
    void count_cash(decision& d) const noexcept {
        const decimal_step step = p_.look.rules->money_step;
        const auto whole = [&](double amount, double of, int128& steps) {
            const double half = amount < 0.0 ? -0.5 * step.value() : 0.5 * step.value();
            const step_count count = steps_toward_zero(amount + half, step);  // the nearest
            steps = count.steps;
            constexpr int128 most = largest_count / 4096;
            return !count.overflow && count.steps < most && -count.steps < most &&
                   absolute(quantity_of(count.steps, step) - amount) <= of * snap;
        };
        int128 left = 0;
        if (d.orders.empty() || !whole(d.cash, 0.0, left)) return;
        for (const order& o : d.orders) {
            int128 taken = 0;
            if (!whole(o.notional + o.cost, absolute(o.notional) + absolute(o.cost), taken) ||
                settled_.round().fees().asset_of(o.asset, o.buy()) != no_index)
                return;
            left -= taken;
        }
        d.cash_after = quantity_of(left, step);
    }

    /// What the orders pay in assets.
    void write_fees(decision& d) const noexcept {
        const auto& fees = settled_.round().fees();
        if (!fees.any()) return;
        for (std::uint32_t k = 0; k < d.orders.size(); ++k) {
            const order& o = d.orders[k];
            const std::uint32_t j = fees.asset_of(o.asset, o.buy());
            if (j == no_index || o.cost == 0.0) continue;
            const decimal_step step = fees.step_of(j);
            const double units = fees.units(j, o.cost);
            d.fees.push_back({.order = k,
                              .asset = j,
                              .row = j == o.asset ? o.row : settled_.round().fee_row(j),
                              .quantity = units,
                              .steps = step.continuous() ? int128{0} : steps_toward_zero(units, step).steps,
                              .step = step});
        }
    }

    template <class AssetAt>
    void write_orders(std::size_t count, AssetAt&& asset_at, bool buy, decision& d) const noexcept {
        const look& l = p_.look;
        const trade_columns& trades = settled_.trades();
        const auto& place = l.input->account.place_of_row;
        const bool at_reference = l.input->instruments.tick.empty() && !prices_.beyond_reference();
        const order blank;
        const auto write_one = [&](std::uint32_t i, std::uint32_t row, int128 steps, double quantity, double notional, double cost)
            __attribute__((always_inline)) {
            d.orders.push_back(blank);
            order& o = d.orders.back();
            o.row = row;
            o.asset = i;
            o.steps = steps;
            o.step = settled_.round().step_of(i);
            o.quantity = quantity;
            o.price = o.limit_price = l.price[i];
            o.notional = notional;
            o.cost = cost;
            o.reason = trades.cut(i);
        };
        if (!p_.rows.mapped && !settled_.round().crossing().any()) {
            for (std::size_t k = 0; k < count; ++k) {
                const std::uint32_t i = asset_at(k);
                write_one(i, i, trades.steps(i), trades.quantity(i), settled_.round().ordered(i, trades[i]), trades.cost(i));
            }
        } else {
            for (std::size_t k = 0; k < count; ++k) {
                const std::uint32_t i = asset_at(k);
                settled_.round().for_each_order(i, trades[i], [&](std::uint32_t row, int128 steps, double q, double notional, double cost) {
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
                if (o.buy() == buy) o.limit_price = prices_.limit(o.asset, buy);
        if (!place.empty())
            for (order& o : written)
                if (o.buy() == buy && o.row != no_index) o.place = place[o.row];
    }

    const problem& p_;
    const Settled& settled_;
    const limit_prices& prices_;
    std::uint32_t* order_of_;
};

}  // namespace ballast::inline v0::detail
