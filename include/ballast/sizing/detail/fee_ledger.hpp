/// Fees that are paid in an asset other than the one that is traded: what each fee asset owes, and that it does not run out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../solver/detail/rounding.hpp"
#include "../concept.hpp"
#include "trade_columns.hpp"

namespace ballast::inline v0::detail {

/// Keeps, for every asset, what the orders of others take from it as fees. An asset is traded towards its share *and* for what it owes, so
/// that what is left of it is where it should be. Where whole steps, or what may be bought, do not bring that about, it is
/// bought at least as much as it owes (`pin`), and where that can not be, the orders that pay in it become smaller (`cap`).
/// No answer of this class looks at the asset's own fee that is paid in kind: that is part of its trade.
template <class View, class Prices>
class fee_ledger {
public:
    fee_ledger(const problem& p, const rounder<View>& round, const trade_columns& trades, const Prices& prices, sizing_scratch& m) noexcept
        : p_{p},
          round_{round},
          trades_{trades},
          prices_{prices},
          owed_{m.owed.data()},
          worst_{m.owed_at_limit.data()},
          pin_{m.pin.data()},
          cap_{m.cap.data()},
          left_{m.left.data()},
          turn_{m.turn.data()},
          open_{round.fees().any() && any_pays_elsewhere()} {
        if (!open_) return;
        for (std::size_t i = 0; i < trades.assets(); ++i) {
            owed_[i] = worst_[i] = 0.0;
            pin_[i] = -infinity;
            cap_[i] = infinity;
        }
    }

    /// Whether any fee is paid in another asset.
    [[nodiscard]] bool open() const noexcept { return open_; }
    /// What is taken from asset i for the orders of others, base currency.
    [[nodiscard]] double owed(std::size_t i) const noexcept { return open_ ? owed_[i] : 0.0; }
    /// All of that; at the reference prices and if all orders fill as badly as they may.
    /// @{
    [[nodiscard]] double total() const noexcept { return total_; }
    [[nodiscard]] double total_at_limit() const noexcept { return total_at_limit_; }
    /// @}
    /// The trade nearest to x that the asset's pin and cap leave.
    [[nodiscard]] double within(std::size_t i, double x) const noexcept {
        if (!open_) return x;
        const double capped = x > cap_[i] ? cap_[i] : x < -cap_[i] ? -cap_[i] : x;
        return capped < pin_[i] ? pin_[i] : capped;
    }
    [[nodiscard]] bool pinned(std::size_t i) const noexcept { return open_ && pin_[i] > -infinity; }
    [[nodiscard]] double pin(std::size_t i) const noexcept { return pin_[i]; }
    [[nodiscard]] bool capped(std::size_t i) const noexcept { return open_ && cap_[i] < infinity; }
    [[nodiscard]] double cap(std::size_t i) const noexcept { return cap_[i]; }
    /// Whether anything is paid in it.
    [[nodiscard]] bool owes(std::size_t i) const noexcept { return open_ && worst_[i] != 0.0; }

    /// Reckons what the trades as they are owe. O(n).
    void reckon() noexcept {
        if (!open_) return;
        const std::size_t n = trades_.assets();
        for (std::size_t i = 0; i < n; ++i) owed_[i] = worst_[i] = 0.0;
        exact_sum total, at_limit;
        for (std::size_t i = 0; i < n; ++i) {
            const sized_trade t = trades_[i];
            const bool buy = t.quantity > 0.0;
            if (t.quantity == 0.0 || !round_.fees().elsewhere(i, buy)) continue;
            const std::uint32_t j = round_.fees().asset_of(i, buy);
            const double cost_there = cost_at_limit(i, t);
            owed_[j] += t.cost;
            worst_[j] += cost_there > t.cost ? cost_there : t.cost;
            total.add(t.cost);
            at_limit.add(cost_there);
        }
        total_ = total.value();
        total_at_limit_ = at_limit.value();
    }

    /// When the orders of an asset are sent: what fees are paid in is bought before other assets, those first of which there is too little, and
    /// before the sales where these pay more in it than there is.
    enum class turn : std::uint8_t { before_sales, sale, short_fee_asset, fee_asset, other };
    [[nodiscard]] turn turn_of(std::size_t i) const noexcept { return static_cast<turn>(turn_[i]); }

    /// Whether every fee can be paid when it falls due, and the cash reaches for what has to be bought before the sales. Also finds
    /// each asset's turn. After `reckon`. O(n).
    [[nodiscard]] bool covered(double noise) noexcept {
        if (!open_) return true;
        const std::size_t n = trades_.assets();
        for (std::size_t i = 0; i < n; ++i) left_[i] = 0.0;
        for (std::size_t i = 0; i < n; ++i)  // what the sales take
            if (trades_.quantity(i) < 0.0 && round_.fees().elsewhere(i, false)) left_[round_.fees().asset_of(i, false)] += due(i);
        double early = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            const bool buys = trades_.quantity(i) > 0.0;
            const turn t = !buys                 ? turn::sale
                           : worst_[i] == 0.0    ? turn::other
                           : left_[i] > held(i)  ? turn::before_sales
                           : worst_[i] > held(i) ? turn::short_fee_asset
                                                 : turn::fee_asset;
            turn_[i] = static_cast<std::uint8_t>(t);
            if (t == turn::before_sales) early += takes(i);
        }
        const look& l = p_.look;
        const double floor = l.rules->cash_floor(l.value, l.cash_target);
        if (early > 0.0 && l.at_hand - early < (floor < l.at_hand ? floor : l.at_hand) - noise) return false;
        for (std::size_t i = 0; i < n; ++i) left_[i] = held(i);
        for (const turn now : {turn::before_sales, turn::sale, turn::short_fee_asset, turn::fee_asset, turn::other})
            for (std::size_t i = 0; i < n; ++i) {
                if (turn_of(i) != now || trades_.quantity(i) == 0.0) continue;
                left_[i] += change_of_row(i);
                if (!round_.fees().elsewhere(i, trades_.quantity(i) > 0.0)) continue;
                const std::uint32_t j = round_.fees().asset_of(i, trades_.quantity(i) > 0.0);
                left_[j] -= due(i);
                if (left_[j] < -rounding(j)) return false;
            }
        for (std::size_t j = 0; j < n; ++j)
            if (worst_[j] != 0.0 && left_[j] < -rounding(j)) return false;
        return true;
    }

    /// Whether anything is bought for fees that are no longer due, as what should have paid them is not traded after all. After `reckon`.
    [[nodiscard]] bool pins_in_vain() const noexcept {
        for (std::size_t j = 0; j < trades_.assets(); ++j)
            if (pinned(j) && worst_[j] == 0.0 && trades_.quantity(j) > 0.0) return true;
        return false;
    }
    /// Every asset that owes more than is left of it is to be bought that much more, in whole orders.
    void pin_what_is_short() noexcept {
        for (std::size_t j = 0; j < trades_.assets(); ++j) {
            if (worst_[j] == 0.0) continue;
            const double lack = worst_[j] - (held(j) + change_of_row(j));
            if (lack <= rounding(j)) continue;
            pin_[j] = trades_.notional(j) + lack;
        }
    }
    /// Nothing is bought for fees: those that pay in an asset share what there is of it, the largest wishes first, sales before buys.
    template <class Wish>
    void share_what_is_there(Wish&& wish) noexcept {
        const std::size_t n = trades_.assets();
        for (std::size_t i = 0; i < n; ++i) {
            pin_[i] = -infinity;
            left_[i] = held(i);
        }
        for (const bool buys : {false, true}) {
            ranking largest{p_.ranks};
            for (std::size_t i = 0; i < n; ++i)
                if (const double x = wish(i); buys ? x > 0.0 : x < 0.0) largest.push(p_.rank(i, absolute(x)));
            while (!largest.empty()) {
                const std::size_t i = largest.take().index;
                if (!round_.fees().elsewhere(i, buys)) continue;
                double& left = left_[round_.fees().asset_of(i, buys)];
                const double x = absolute(wish(i));
                cap_[i] = largest_paid(i, buys, x, left);
                const double size = cap_[i] < x ? cap_[i] : x;
                left -= cost_of(i, buys ? size : -size);
            }
        }
    }
    /// Nothing is traded that pays in another asset.
    void stop_all() noexcept {
        for (std::size_t i = 0; i < trades_.assets(); ++i) {
            pin_[i] = -infinity;
            if (pays_elsewhere(i)) cap_[i] = 0.0;
        }
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    [[nodiscard]] bool pays_elsewhere(std::size_t i) const noexcept {
        return round_.fees().elsewhere(i, true) || round_.fees().elsewhere(i, false);
    }
    [[nodiscard]] bool any_pays_elsewhere() const noexcept {
        for (std::size_t i = 0; i < trades_.assets(); ++i)
            if (pays_elsewhere(i)) return true;
        return false;
    }
    /// What sums of an asset's fees can not tell from zero.
    [[nodiscard]] double rounding(std::size_t j) const noexcept { return (held(j) + worst_[j]) * snap; }
    /// What a trade costs if its orders fill as badly as they may, at their limits or at the reference price.
    [[nodiscard]] double cost_at_limit(std::size_t i, const sized_trade& t) const noexcept {
        if (!prices_.beyond_reference()) return t.cost;
        const bool buy = t.quantity > 0.0;
        const double limit = prices_.worst(i, buy);
        if (buy ? limit <= p_.look.price[i] : limit >= p_.look.price[i]) return t.cost;
        double sum = 0.0;
        round_.for_each_order(
            i, t, [&](std::uint32_t, int128, double quantity, double, double) { sum += round_.order_cost(i, quantity * limit); });
        return sum;
    }
    /// The larger of what it costs there and at the reference price.
    [[nodiscard]] double due(std::size_t i) const noexcept {
        const sized_trade t = trades_[i];
        const double at_limit = cost_at_limit(i, t);
        return at_limit > t.cost ? at_limit : t.cost;
    }
    [[nodiscard]] double cost_of(std::size_t i, double x) const noexcept {
        if (x == 0.0) return 0.0;
        const double limit = prices_.worst(i, x > 0.0) / p_.look.price[i];
        const double cost = round_.order_cost(i, x);
        const double at_worst = limit > 1.0 ? round_.order_cost(i, x * limit) : cost;
        return at_worst > cost ? at_worst : cost;
    }
    /// The largest trade up to `most` whose fee is at or below `left`.
    [[nodiscard]] double largest_paid(std::size_t i, bool buy, double most, double left) const noexcept {
        const auto fits = [&](double size) { return cost_of(i, buy ? size : -size) <= left; };
        if (fits(most)) return infinity;
        double low = 0.0;
        double high = most;
        for (int k = 0; k < 60; ++k) {
            const double middle = low + 0.5 * (high - low);
            (fits(middle) ? low : high) = middle;
        }
        return low;
    }
    /// What fees in asset j can be taken from before any order: the row of which they are taken. Base currency.
    [[nodiscard]] double held(std::size_t j) const noexcept {
        const std::uint32_t row = round_.fee_row(j);
        const double units = row == no_index ? 0.0 : p_.look.quantity[row];
        return units > 0.0 ? units * p_.look.price[j] : 0.0;
    }
    /// By how much its own orders change that.
    [[nodiscard]] double change_of_row(std::size_t j) const noexcept {
        const std::uint32_t row = round_.fee_row(j);
        const sized_trade t = trades_[j];
        double change = 0.0;
        round_.for_each_order(j, t, [&](std::uint32_t r, int128, double, double notional, double cost) {
            if (r == row) change += round_.fees().in_kind(j, t.quantity > 0.0) ? notional - cost : notional;
        });
        return change;
    }
    [[nodiscard]] double takes(std::size_t j) const noexcept {
        const sized_trade t = trades_[j];
        const double limit = prices_.worst(j, true);
        const double price = p_.look.price[j];
        return t.quantity * (limit > price ? limit : price) + (round_.fees().asset_of(j, true) == no_index ? cost_of(j, t.notional) : 0.0);
    }

    const problem& p_;
    const rounder<View>& round_;
    const trade_columns& trades_;
    const Prices& prices_;
    double* owed_;
    double* worst_;
    double* pin_;
    double* cap_;
    double* left_;
    std::uint8_t* turn_;
    bool open_;
    double total_ = 0.0;
    double total_at_limit_ = 0.0;
};

}  // namespace ballast::inline v0::detail
