/// What solvers share that look for the best trade of one period: the wealth that its own costs leave, whole orders, reasons.
///
/// The problem itself is a program's: a class with
///
/// | expression            | meaning                                                                                                      |
/// |-----------------------|--------------------------------------------------------------------------------------------------------------|
/// | `at(wealth, budget)`  | takes the columns `held`, `aim`, `lower`, `upper`, shares of this wealth; all shares together come to the budget at most |
/// | `solve(price)`        | fills the column `share`; the price of cash is where a search may begin                                       |
/// | `price()`             | the price of cash                                                                                            |
/// | `holds(order)`        | whether the shares held are the best, but for what is no order; `order(i, buy)` is the smallest share of one   |
/// | `certificate()`       | `optimality` at the shares                                                                                    |
/// | `reason(i)`           | optional: why an asset is where it is for the program's own limits; `why::full`: for none of them              |
/// | `spend(x, half)`, ... | optional: it limits the turnover, and so much of the cash is spent, or half of what is paid in costs           |
/// | `ended()`             | optional: `search_end`; where the limits contradict each other there is no answer                             |
/// | `tell(solution&)`     | optional: the prices that explain the answer, and which limits contradict each other                          |
///
/// Costs that are paid lower the wealth, and what is aimed at are shares of what is left: W' = W − Σ paid costs at the best shares of W', a
/// fixed point in one number. So no cost stands in the budget of the program, which is one of W'; it is weighed once, with the
/// objective.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "../../numeric/sum.hpp"
#include "../concept.hpp"
#include "balance.hpp"
#include "rounding.hpp"
#include "self_finance.hpp"

namespace ballast::inline v0::detail {

/// What the search works with, per asset.
struct one_period_columns {
    std::vector<double> from{};  ///< positions that a round begins with
    std::vector<why> cut{};      ///< what keeps an order from being sent
    void prepare(std::size_t n) {
        from.resize(n);
        cut.resize(n);
    }
};

/// `Columns` has `held`, `aim`, `lower`, `upper`, `share`. What is paid of the costs lowers the wealth.
template <class Program, class Columns, class Paid>
class one_period {
public:
    one_period(const problem& p, const Paid& paid, Program& program, Columns& c, one_period_columns& m, solution& s) noexcept
        : p_{p},
          l_{p.look},
          paid_{paid},
          m_{m},
          c_{c},
          s_{s},
          n_{p.look.assets()},
          round_{p, paid},
          program_{program} {}

    [[nodiscard]] status operator()() noexcept {
        s_.for_this_wealth = true;
        for (std::size_t i = 0; i < n_; ++i) {
            m_.from[i] = l_.position[i];
            m_.cut[i] = why::full;
        }
        at(l_.value);
        const bool stays = program_.holds([&](std::size_t i, bool buy) { return smallest_order(i, buy); });
        if (impossible()) return give_up();
        s_.optimality = program_.certificate();
        if (stays) {
            if (!round_.coarse()) s_.optimality.proved = true;  // but for what is no trade
            s_.wealth = l_.value;
            if constexpr (tells_prices) program_.tell(s_);
            tell(l_.value);
            return status::solved;
        }
        double w = find_wealth();
        if constexpr (limits_turnover) w = within_turnover(w);
        if (impossible()) return give_up();
        s_.optimality = program_.certificate();
        if constexpr (tells_prices) program_.tell(s_);
        if (round_.coarse()) w = to_orders(w);
        if (impossible()) return give_up();
        s_.wealth = w;
        tell(w);
        if (pays_itself_ && !round_.coarse()) s_.wealth = wealth_after(p_, paid_, s_);
        if (!(s_.wealth > 0.0)) s_.wealth = w;
        if (form_.reduced()) explain_reserve(p_, s_);
        if (p_.limits.turnover < std::numeric_limits<double>::infinity())
            keep_turnover(p_, paid_, s_, [&](solution& again) { self_finance(p_, paid_, again); });
        if (lost_) s_.optimality.proved = false;
        return s_.optimality.proved ? status::solved : status::inexact;
    }

private:
    /// The program at a wealth: shares held and wanted, and what they may be.
    void at(double w) noexcept {
        at_ = w;
        form_ = targets_beside_reserve(l_, w);
        const double floor = l_.rules->cash_floor(w, l_.cash_target);
        double budget = 1.0 - floor / w;
        exact_sum least;
        for (std::size_t i = 0; i < n_; ++i) {
            const double held = m_.from[i] / w;
            const double aim = form_.of(l_.target[i], w);
            const double before = l_.position[i] / w;
            double most = l_.rules->leverage;
            for (const double x : {held, aim, before}) most = absolute(x) > most ? absolute(x) : most;
            double low = l_.rules->allow_short ? -most : before < 0.0 ? before : 0.0, high = most;
            if (l_.target[i] == 0.0) {
                low = before < 0.0 ? before : 0.0;
                high = before > 0.0 ? before : 0.0;
            }
            const share_range range = allowed(p_, i, w);
            c_.held[i] = held;
            c_.aim[i] = aim;
            c_.lower[i] = range.nearest(low);
            c_.upper[i] = range.nearest(high);
            least.add(c_.lower[i]);
        }
        if (least.value() > budget) budget = least.value();
        program_.at(w, budget);
    }

    /// The wealth W' = W − costs whose best shares cost just so much; the shares stand in their column.
    [[nodiscard]] double find_wealth() noexcept {
        const bool given = s_.given_wealth > 0.0;
        double w = given ? s_.given_wealth : l_.value;
        double price = 0.0, last_w = 0.0, last_off = 0.0, low = 0.0, high = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < n_; ++i) c_.share[i] = l_.position[i] / w;
        for (int attempt = 0; attempt < 64; ++attempt) {
            if (attempt > 0 || w != at_) at(w);
            for (std::size_t i = 0; attempt > 0 && i < n_; ++i)  // what stayed is where it was, at another wealth
                if (m_.cut[i] == why::inside_band) c_.share[i] = c_.held[i];
            program_.solve(price);
            if (impossible()) return w;
            price = program_.price();
            exact_sum cost;
            for (std::size_t i = 0; i < n_; ++i) {
                m_.cut[i] = c_.share[i] == c_.held[i] ? why::inside_band : why::full;
                if (c_.share[i] != c_.held[i]) cost.add(paid_.cost(i, (c_.share[i] - c_.held[i]) * w));
            }
            const double left = l_.value - cost.value();
            const double off = left - w;
            const double before = w;
            if (given || absolute(off) <= l_.value * (snap / 4)) return w;
            (off > 0.0 ? low : high) = w;
            // The cost is nearly a straight line in the wealth, and small; where it is not, halves.
            const double secant = w + off * (w - last_w) / (last_off - off);
            const bool close_by = attempt > 0 && attempt % 3 != 0 && absolute(secant - w) <= 2.0 * absolute(off);
            last_w = w;
            last_off = off;
            w = close_by ? secant : left;
            if (!(w > low && w < high) || attempt % 8 == 7) w = high < 1e300 ? low + 0.5 * (high - low) : 2.0 * low;
            if (!(w > low && w < high)) w = before;
            if (w == before || attempt == 63) break;
        }
        // Where there is more than one best answer the cost may jump; then these shares pay for themselves.
        pays_itself_ = true;
        if (absolute(last_off) <= l_.value * 1e-2) return last_w;
        lost_ = true;  // raising the cash costs more than there is
        w = l_.value;
        at(w);
        program_.solve();
        return w;
    }

    /// The program's turnover counts purchases and sales by one half; cash counts as well. How much cash is best spent: where what it is worth at the
    /// margin changes its sign, as the best objective is convex in it. In most books that is found at once: the cash stays what it is, but for
    /// half of the costs, or all that there is is spent.
    [[nodiscard]] double within_turnover(double w) noexcept {
        const double limit = p_.limits.turnover;
        if (!(limit < std::numeric_limits<double>::infinity()) || turnover_at(w) <= limit || impossible()) return w;
        double good = 0.0;  // an amount for which there is an answer
        bool any = false;
        const auto again = [&](double amount, bool half_of_costs) {
            program_.spend(amount, half_of_costs);
            at_ = 0.0;
            w = find_wealth();
            if (program_.ended() == search_end::best) {
                good = program_.spent() * w;
                any = true;
            }
            return program_.worth_of_spending();
        };
        slope_interval worth = again(0.0, true);
        const bool more = worth.low > 0.0 && !program_.spends_all(), less = worth.high < 0.0;
        if (more || less) {
            // Next to the end, where only one way of meeting the limit is left: buying alone, or selling.
            const double middle = program_.spent() * w, reach = limit * l_.value * (1.0 - 1.0 / 1073741824.0);
            double low = more ? middle : middle - reach, high = more ? middle + reach : middle;
            double of_low = worth.low, of_high = worth.high;
            bool straight_on = !impossible();
            worth = again(more ? high : low, false);
            straight_on = straight_on && !impossible();
            if (more) high = program_.spent() * w;
            (more ? of_high : of_low) = more ? worth.high : worth.low;
            bool found = !impossible() && (more ? worth.low >= 0.0 : worth.high <= 0.0);
            for (int pass = 0; pass < 60 && !found; ++pass) {
                double amount = low + of_low / (of_low - of_high) * (high - low);
                if (!straight_on || pass % 3 == 2 || !(amount > low && amount < high)) amount = low + 0.5 * (high - low);
                if (!(amount > low && amount < high) || high - low <= l_.value * (snap / 4)) break;
                worth = again(amount, false);
                const double tiny = snap * program_.size_of_worth();
                found = !impossible() && worth.low <= tiny && worth.high >= -tiny;
                if (!(worth.low > 0.0 || worth.high < 0.0)) break;
                (worth.low > 0.0 ? low : high) = amount;
                (worth.low > 0.0 ? of_low : of_high) = worth.low > 0.0 ? worth.low : worth.high;
                straight_on = straight_on && !impossible();
            }
        }
        if (program_.ended() != search_end::best && any) (void)again(good, false);
        return w;
    }
    /// One-way, as a share of the value before: see `turnover_of`.
    [[nodiscard]] double turnover_at(double w) const noexcept {
        exact_sum sold, bought, cost;
        for (std::size_t i = 0; i < n_; ++i) {
            const double x = (c_.share[i] - c_.held[i]) * w;
            if (x == 0.0) continue;
            (x < 0.0 ? sold : bought).add(absolute(x));
            cost.add(paid_.cost(i, x));
        }
        const double half = 0.5 * cost.value();
        const double as_seller = sold.value() - (half < 0.0 ? half : 0.0), as_buyer = bought.value() + (half > 0.0 ? half : 0.0);
        return (as_seller > as_buyer ? as_seller : as_buyer) / l_.value;
    }

    /// Of an asset, as a share of the wealth: what is less is no order.
    [[nodiscard]] double smallest_order(std::size_t i, bool buy) const noexcept {
        const double grain = round_.grain(i), least = round_.minimum_of(i, buy);
        return (grain > least ? grain : least) / l_.value;
    }

    /// Rounds the trades, and goes on from there while that leaves an order that pays. The shares are then of whole orders, and of the
    /// wealth that is the answer.
    [[nodiscard]] double to_orders(double w) noexcept {
        for (std::size_t i = 0; i < n_; ++i) m_.cut[i] = why::full;
        for (int pass = 0; pass < 8; ++pass) {
            bool changed = false;
            for (std::size_t i = 0; i < n_; ++i) {
                const double v = l_.position[i];
                if (c_.share[i] == c_.held[i]) continue;
                const sized_trade t = round_(i, c_.share[i] * w - v, rounding::toward_no_trade);
                m_.cut[i] = t.cut;
                const double there = v + t.notional;
                changed = changed || there != m_.from[i];
                m_.from[i] = there;
            }
            at(w);
            if (!changed || program_.holds([&](std::size_t i, bool buy) { return smallest_order(i, buy); })) break;
            program_.solve(program_.price());
            if (impossible()) break;
        }
        if (!(s_.given_wealth > 0.0)) {
            exact_sum left;
            left.add(l_.value);
            for (std::size_t i = 0; i < n_; ++i)
                if (m_.from[i] != l_.position[i]) left.add(-paid_.cost(i, m_.from[i] - l_.position[i]));
            w = left.value();
        }
        for (std::size_t i = 0; i < n_; ++i) {
            c_.held[i] = l_.position[i] / w;
            c_.share[i] = m_.from[i] == l_.position[i] ? c_.held[i] : m_.from[i] / w;
        }
        return w;
    }

    /// The shares and their reasons.
    void tell(double w) noexcept {
        const bool whole = round_.coarse();
        for (std::size_t i = 0; i < n_; ++i) {
            const double share = c_.share[i], held = c_.held[i], aim = c_.aim[i];
            s_.share[i] = share;
            s_.move[i] = share != held ? 1 : 0;
            s_.round[i] = whole ? rounding::nearest : rounding::toward_no_trade;
            const bool at_limit = p_.limits.narrowed && (share == c_.lower[i] || share == c_.upper[i]);
            const bool short_of_cash = program_.price() > 0.0 && aim > held;
            if (s_.move[i] == 0) {
                const why kept = at_limit ? kept_by(p_, i, w, aim) : why::full;
                const why limited = by_program(i);
                s_.cause[i] = kept != why::full                                         ? kept
                              : m_.cut[i] != why::full && m_.cut[i] != why::inside_band ? m_.cut[i]
                              : limited != why::full                                    ? limited
                              : short_of_cash                                           ? why::no_cash
                                                                                        : why::inside_band;
                continue;
            }
            const bool toward = share > held ? share <= aim + dust : share >= aim - dust;
            const why kept = at_limit ? kept_by(p_, i, w, aim) : why::full;
            const why limited = by_program(i);
            s_.cause[i] = !toward                         ? limited != why::full ? limited : why::hedged
                          : kept != why::full             ? kept
                          : limited != why::full          ? limited
                          : short_of_cash && share > held ? why::cut_by_cash
                                                          : why::full;
        }
    }

    static constexpr bool can_fail = requires(const Program& q) { q.ended(); };
    static constexpr bool tells_prices = requires(Program & q, solution& s) { q.tell(s); };
    static constexpr bool limits_turnover = requires(Program & q) { q.spend_freely(); };
    static constexpr bool has_reasons = requires(const Program& q) { q.reason(std::size_t{}); };

    /// The limits contradict each other.
    [[nodiscard]] bool impossible() const noexcept {
        if constexpr (can_fail)
            return program_.ended() == search_end::infeasible;
        else
            return false;
    }
    [[nodiscard]] status give_up() noexcept {
        s_.optimality = program_.certificate();
        if constexpr (tells_prices) program_.tell(s_);
        return status::infeasible;
    }
    [[nodiscard]] why by_program([[maybe_unused]] std::size_t i) const noexcept {
        if constexpr (has_reasons)
            return program_.reason(i);
        else
            return why::full;
    }

    const problem& p_;
    const look& l_;
    const Paid& paid_;
    one_period_columns& m_;
    Columns& c_;
    solution& s_;
    std::size_t n_;
    rounder<Paid> round_;
    Program& program_;
    target_shares form_{};
    double at_ = 0.0;           ///< the wealth of the columns
    bool pays_itself_ = false;  ///< the wealth is what the shares leave, not what they were found for
    bool lost_ = false;         ///< no wealth is left that its own costs leave
};

}  // namespace ballast::inline v0::detail
