/// The trades that come closest to the targets with the cash that there is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../numeric/sum.hpp"
#include "../concept.hpp"
#include "balance.hpp"
#include "rounding.hpp"
#include "water_fill.hpp"

namespace ballast::inline v0::detail {

/// Reckons, for a given wealth after costs, what is sold and what is bought, and why.
template <class View>
class cash_plan {
public:
    cash_plan(const problem& p, const View& view, ways& m, drift_measure measure, bool may_buy, bool may_sell) noexcept
        : p_{p},
          view_{view},
          m_{m},
          round_{p, view},
          measure_{measure},
          may_buy_{may_buy},
          may_sell_{may_sell},
          smallest_{p.look.value * dust},
          noise_{p.look.value * snap} {
        for (std::size_t i = 0; i < p.look.assets(); ++i) m.stays[i] = 0;
    }

    /// Trades for shares of this wealth.
    void at(double wealth) noexcept {
        const look& l = p_.look;
        wealth_ = wealth;
        form_ = targets_beside_reserve(l, wealth);
        whole_ = round_.coarse() || shape_of(view_) != cost_shape::convex;
        round_.at_wealth(wealth);
        for (std::size_t i = 0; i < l.assets(); ++i) find_way(i);
        const double floor = l.rules->cash_floor(wealth, l.cash_target);
        sell(floor - l.cash);
        exact_sum cash;
        cash.add(l.cash);
        cash.add(-floor);
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (m_.side[i] != trade_side::sell) continue;
            cash.add(m_.done[i]);
            cash.add(-m_.fee[i]);
        }
        buy(cash.value());
    }

    /// Of those that traded at another wealth, and do not now, one or all are not tried again, the shortest way first: ends back and forth
    /// between orders and the wealth that their own costs leave.
    void leave_out(bool one) noexcept {
        const std::size_t n = p_.look.assets();
        std::size_t shortest = n;
        for (std::size_t i = 0; i < n; ++i) {
            if (m_.side[i] == trade_side::none || m_.stays[i] == left_out) continue;
            if (m_.done[i] != 0.0) {
                m_.stays[i] = has_traded;
            } else if (m_.stays[i] == has_traded) {
                if (!one) m_.stays[i] = left_out;
                if (shortest == n || p_.rank(i, -m_.most[i]).before(p_.rank(shortest, -m_.most[shortest]))) shortest = i;
            }
        }
        if (shortest < n) m_.stays[shortest] = left_out;
    }

    [[nodiscard]] double cost() const noexcept {
        exact_sum sum;
        for (std::size_t i = 0; i < p_.look.assets(); ++i) sum.add(m_.fee[i]);
        return sum.value();
    }
    /// Signed notional.
    [[nodiscard]] double trade(std::size_t i) const noexcept { return m_.side[i] == trade_side::sell ? -m_.done[i] : m_.done[i]; }
    /// Part of it, as it can be sent.
    [[nodiscard]] sized_trade part_of(std::size_t i, double fraction) const noexcept {
        const double x = fraction * trade(i);
        return x == 0.0 ? sized_trade{} : round_(i, x, rounding::toward_no_trade);
    }
    /// Whether trades are whole orders already.
    [[nodiscard]] bool whole_orders() const noexcept { return whole_; }
    [[nodiscard]] const target_shares& form() const noexcept { return form_; }

    /// Why an asset trades as it does, or does not.
    [[nodiscard]] why cause(std::size_t i) const noexcept {
        const double wished = wish(i);
        if (m_.side[i] == trade_side::none) {
            if (absolute(wished) <= smallest_) return why::full;
            if (wished > 0.0 ? !may_buy_ : !may_sell_) return wished > 0.0 ? why::not_bought : why::not_sold;
            return p_.limits.narrowed ? kept_by(p_, i, wealth_, (p_.look.position[i] + wished) / wealth_) : why::full;
        }
        const bool buys = m_.side[i] == trade_side::buy;
        if (m_.stays[i] == left_out && order(i, m_.most[i]).quantity != 0.0) return buys ? why::no_cash : why::not_worth_cost;
        const double left = m_.most[i] - m_.done[i];
        if (left > smallest_ && whole_) {
            const sized_trade all = order(i, m_.most[i]);
            if (all.quantity == 0.0) return all.cut;
            if (absolute(all.notional) <= m_.done[i] * (1.0 + snap)) return all.cut == why::full ? why::cut_to_step : all.cut;
        }
        if (left > smallest_) return !buys ? why::cut_to_need : m_.done[i] == 0.0 ? why::no_cash : why::cut_by_cash;
        return m_.way[i] - m_.most[i] > smallest_ ? kept_by(p_, i, wealth_, (p_.look.position[i] + wished) / wealth_) : why::full;
    }

private:
    static constexpr std::uint8_t has_traded = 1, left_out = 2;
    enum class growth : std::uint8_t { none, too_dear, done };

    [[nodiscard]] double wish(std::size_t i) const noexcept { return form_.of(p_.look.target[i], wealth_) * wealth_ - p_.look.position[i]; }

    /// How far an asset should, may and has to go.
    void find_way(std::size_t i) noexcept {
        const look& l = p_.look;
        const double v = l.position[i];
        const double wished = wish(i);
        double most = wished, least = 0.0;
        if (p_.limits.narrowed) {
            const share_range range = allowed(p_, i, wealth_);
            const double aim = (v + wished) / wealth_;
            const double kept = range.nearest(aim);
            if (kept != aim) most = p_.limits.nearest_trade(i, kept * wealth_ - v);
            const double held = range.nearest(v / wealth_);
            least = held * wealth_ - v;
            if (absolute(least) <= smallest_) least = 0.0;
        }
        m_.done[i] = m_.fee[i] = 0.0;
        m_.side[i] = most > smallest_ && may_buy_ ? trade_side::buy : most < -smallest_ && may_sell_ ? trade_side::sell : trade_side::none;
        if (m_.side[i] == trade_side::none) return;
        const double side = most > 0.0 ? 1.0 : -1.0;
        m_.most[i] = side * most;
        m_.way[i] = side * wished > side * most ? side * wished : side * most;
        m_.least[i] = side * least > 0.0 ? (side * least < side * most ? side * least : side * most) : 0.0;
        m_.open[i] = m_.stays[i] == left_out ? 0 : 1;
        if constexpr (linear_bound_cost<View>) {
            const linear_cost c = view_.linear(i);
            m_.rate[i] = most > 0.0 ? c.buy : c.sell;
        } else {
            m_.rate[i] = view_.cost(i, most) / (side * most);
        }
        if (!(m_.rate[i] < 1.0)) whole_ = true;  // not every order is worth its cost
    }

    [[nodiscard]] sized_trade order(std::size_t i, double amount) const noexcept {
        return round_(i, m_.side[i] == trade_side::buy ? amount : -amount, rounding::toward_no_trade);
    }
    /// What an order of this side takes from the cash, or brings.
    [[nodiscard]] double cash_of(std::size_t i, double amount, double fee) const noexcept {
        return m_.side[i] == trade_side::buy ? amount + fee : amount - fee;
    }
    [[nodiscard]] double cash_of(std::size_t i, const sized_trade& t) const noexcept { return cash_of(i, absolute(t.notional), t.cost); }
    void place(std::size_t i, const sized_trade& t) noexcept {
        m_.done[i] = absolute(t.notional);
        m_.fee[i] = t.cost;
    }
    /// What is left of an amount of cash.
    [[nodiscard]] double left_of(double cash, trade_side side) const noexcept {
        exact_sum sum;
        sum.add(cash);
        for (std::size_t i = 0; i < p_.look.assets(); ++i)
            if (m_.side[i] == side) sum.add(-cash_of(i, m_.done[i], m_.fee[i]));
        return sum.value();
    }

    void sell(double missing) noexcept {
        if (may_buy_) {  // all that is wanted
            for (std::size_t i = 0; i < p_.look.assets(); ++i) {
                if (m_.side[i] != trade_side::sell || m_.stays[i] == left_out) continue;
                if (whole_) {
                    place(i, order(i, m_.most[i]));
                } else {
                    m_.done[i] = m_.most[i];
                    m_.fee[i] = view_.cost(i, -m_.done[i]);
                }
            }
            return;
        }
        share_out(trade_side::sell, missing > smallest_ ? missing : 0.0);
        if (whole_ && missing > smallest_) raise_the_rest(missing);
    }

    void buy(double cash) noexcept {
        share_out(trade_side::buy, cash);
        if (whole_) spend_the_rest(cash);
    }

    /// Water-filling; where orders are whole, without those that can not be sent, and once more with what rounding left over among those
    /// that have steps fine enough for it.
    void share_out(trade_side side, double cash) noexcept {
        const std::size_t n = p_.look.assets();
        water_fill<View> fill{p_, view_, m_, side, measure_};
        if (!whole_) {
            fill(cash);
            for (std::size_t i = 0; i < n; ++i) {
                if (m_.side[i] != side) continue;
                if (!(m_.done[i] > smallest_)) m_.done[i] = 0.0;
                m_.fee[i] = view_.cost(i, trade(i));
            }
            return;
        }
        double left = cash;
        for (int round = 0; round < 12; ++round) {
            fill(left);
            bool refused = false;
            for (std::size_t i = 0; i < n; ++i) {
                if (!fill.is_open(i)) continue;
                const sized_trade t = order(i, m_.done[i]);
                if (m_.done[i] > 0.0 && t.quantity == 0.0) {
                    m_.open[i] = 0;
                    refused = true;
                }
                place(i, t);
            }
            if (!refused) break;
        }
        for (int round = 0; round < 4; ++round) {
            left = left_of(cash, side);
            exact_sum again;
            again.add(left);
            bool any = false;
            for (std::size_t i = 0; i < n; ++i) {
                if (m_.side[i] != side) continue;
                m_.open[i] = m_.done[i] > 0.0 && 16.0 * round_.grain(i) <= left && m_.most[i] - m_.done[i] >= round_.grain(i) ? 1 : 0;
                if (m_.open[i] == 0) continue;
                any = true;
                m_.least[i] = m_.done[i];
                again.add(cash_of(i, m_.done[i], m_.fee[i]));
            }
            if (!any) break;
            fill(again.value());
            for (std::size_t i = 0; i < n; ++i)
                if (fill.is_open(i)) place(i, order(i, m_.done[i]));
        }
    }

    /// How far an asset still is from its target, against what a unit of it costs.
    [[nodiscard]] ranked longest(std::size_t i) const noexcept {
        const double left = m_.way[i] - m_.done[i];
        const bool by_cost = m_.side[i] == trade_side::buy && measure_ == drift_measure::squared;
        return p_.rank(i, by_cost ? left / (1.0 + m_.rate[i]) : left);
    }

    /// Whether it is a step or more short of where it may go.
    [[nodiscard]] bool has_room(std::size_t i) const noexcept {
        return m_.most[i] - m_.done[i] > smallest_ && m_.most[i] - m_.done[i] >= round_.grain(i) * (1.0 - 1e-9);
    }

    /// What is left of the cash, in orders or steps more, until it does not reach for another.
    void spend_the_rest(double cash) noexcept {
        double left = left_of(cash, trade_side::buy) + 0.5 * noise_;
        ranking next{p_.ranks};
        for (std::size_t i = 0; i < p_.look.assets(); ++i)
            if (m_.side[i] == trade_side::buy && m_.stays[i] != left_out && has_room(i) && (round_.grain(i) <= left || m_.rate[i] < 0.0))
                next.push(longest(i));
        while (!next.empty() && left > 0.0) {
            const std::size_t i = next.take().index;
            const double before = cash_of(i, m_.done[i], m_.fee[i]);
            const auto attempt = [&](double amount) {
                const sized_trade t = order(i, amount);
                const double price = cash_of(i, t) - before;
                if (!(absolute(t.notional) > m_.done[i] * (1.0 + snap))) return growth::none;
                if (price > left) return growth::too_dear;
                place(i, t);
                left -= price;
                return growth::done;
            };
            const double grain = round_.grain(i);
            const double step = m_.done[i] + grain * (1.0 + snap);
            if (grain > smallest_ && 64.0 * grain > left && step <= m_.most[i] * (1.0 + 4.0 * snap)) {
                const growth by_one = attempt(step);
                if (by_one == growth::done && has_room(i)) next.push(longest(i));
                if (by_one != growth::none) continue;
            }
            double low = m_.done[i], high = m_.most[i];
            if (m_.rate[i] >= 0.0 && low + left < high) high = low + left;  // no more than the cash
            if (attempt(high) != growth::too_dear) continue;
            for (int k = 0; k < 60 && high - low > smallest_ / 64.0; ++k) {
                const double middle = low + 0.5 * (high - low);
                const sized_trade t = order(i, middle);
                (t.quantity == 0.0 || cash_of(i, t) - before <= left ? low : high) = middle;
            }
            (void)attempt(low);
        }
    }

    /// What rounding left missing, in orders or steps more, until nothing is missing. The last may go past its target by less than a step.
    void raise_the_rest(double cash) noexcept {
        double left = left_of(cash, trade_side::sell);
        ranking next{p_.ranks};
        for (std::size_t i = 0; i < p_.look.assets(); ++i)
            if (m_.side[i] == trade_side::sell && m_.stays[i] != left_out && m_.most[i] - m_.done[i] > smallest_) next.push(longest(i));
        while (!next.empty() && left > noise_) {
            const std::size_t i = next.take().index;
            const double before = cash_of(i, m_.done[i], m_.fee[i]);
            const double hard = -lowest_trade(i);
            const auto attempt = [&](double amount) {
                const sized_trade t = order(i, amount < hard ? amount : hard);
                const double brings = cash_of(i, t) - before;
                if (!(brings > 0.0)) return false;
                place(i, t);
                left -= brings;
                return true;
            };
            const double grain = round_.grain(i);
            if (grain > smallest_ && 64.0 * grain > left && attempt(m_.done[i] + grain * (1.0 + snap))) {
                if (m_.most[i] - m_.done[i] > smallest_) next.push(longest(i));
                continue;
            }
            double low = m_.done[i], high = m_.most[i];  // the least that brings enough
            if (const sized_trade all = order(i, high); cash_of(i, all) - before >= left) {
                for (int k = 0; k < 60 && high - low > smallest_ / 64.0; ++k) {
                    const double middle = low + 0.5 * (high - low);
                    const sized_trade t = order(i, middle);
                    (t.quantity == 0.0 || cash_of(i, t) - before < left ? low : high) = middle;
                }
            }
            (void)attempt(high);
        }
    }
    /// The largest sale that limits and bounds leave, below 0.
    [[nodiscard]] double lowest_trade(std::size_t i) const noexcept {
        const double infinity = std::numeric_limits<double>::infinity();
        if (!p_.limits.narrowed) return -infinity;
        return allowed(p_, i, wealth_).nearest(-infinity) * wealth_ - p_.look.position[i];
    }

    const problem& p_;
    const View& view_;
    ways& m_;
    rounder<View> round_;
    drift_measure measure_;
    bool may_buy_;
    bool may_sell_;
    bool whole_ = false;  ///< trades are made of orders that may be refused
    double smallest_;
    double noise_;
    double wealth_ = 0.0;
    target_shares form_{};
};

}  // namespace ballast::inline v0::detail
