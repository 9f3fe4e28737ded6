/// Rounded trades that agree with each other: with the wealth that their own costs leave, and with the cash.
#pragma once

#include <cstddef>
#include <span>

#include "../../numeric/sum.hpp"
#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// Rounds all trades and settles them. `Prices`: `worst(asset, buy)`, the worst price at which an order may fill.
///
/// *Settled* means: at the wealth W′ = W − Σ costs that the rounded trades leave, no asset is a whole order away from its share of W′. That is what the next
/// call looks at, so it finds nothing to do. Trades are rounded at the solver's wealth first; those that are an order off at the wealth that results are
/// rounded again. As a trade that is less than a step off, on either side, is left as it is, this ends after a pass or two.
template <class View, class Prices>
class settlement {
public:
    settlement(const problem& p, const View& view, solution& s, sizing_scratch& scratch, const Prices& prices) noexcept
        : p_{p},
          view_{view},
          s_{s},
          trades_{scratch.trade.data()},
          buys_{scratch.buys.data()},
          prices_{prices},
          round_{p, view},
          rough_{round_.coarse() || shape_of<View>() != cost_shape::convex},
          blur_{p.look.value * (1.0 + (p.look.rules->leverage > 1.0 ? p.look.rules->leverage : 0.0)) * blur} {}

    [[nodiscard]] fault run() noexcept {
        const std::size_t n = p_.look.assets();
        double margin = snap;
        for (int attempt = 0; attempt < 14; ++attempt, margin *= 8.0) {
            if (!rough_) {
                round_all(s_.wealth);
            } else if (anything_to_send()) {
                round_all(s_.wealth);
                settle(reach::all);
            } else {
                break;
            }
            for (std::size_t i = 0; i < n; ++i)
                if (trades_[i].overflow) return {fault_code::overflow, static_cast<std::uint32_t>(i), wanted(i, s_.wealth)};
            fit_cash();
            // The turnover limit is the solver's to keep; what costs less than it reckoned moves a little more.
            const double turnover = turnover_now();
            if (!(turnover > p_.limits.turnover)) break;
            s_.fraction *= attempt < 12 ? p_.limits.turnover / turnover * (1.0 - margin) : 0.0;
        }
        s_.wealth = p_.look.value - cost();
        return {};
    }

    [[nodiscard]] const rounder<View>& round() const noexcept { return round_; }

    /// The reason of asset i's trade, or of its absence.
    [[nodiscard]] why cause(std::size_t i) const noexcept {
        const sized_trade& t = trades_[i];
        const why wished = s_.cause[i];
        if (t.cut == why::cut_by_cash || t.cut == why::cut_at_limit || t.cut == why::no_cash || t.cut == why::no_cash_at_limit) return t.cut;
        const bool as_wished = wished == why::full || wished == why::exposure_kept || wished == why::reserve_kept;
        if (t.quantity != 0.0) return wished == why::full || wished == why::not_worth_cost ? t.cut : wished;
        if (!as_wished && absolute(wanted(i, s_.wealth)) <= round_.smallest()) return wished;
        if (s_.move[i] == 0 && !as_wished) return wished;
        return t.cut == why::full || t.cut == why::cut_to_step ? why::below_step : t.cut;
    }

private:
    /// What `settle` may do: anything; anything but buy more; only what brings cash.
    enum class reach { all, sales, more_cash };

    [[nodiscard]] double wanted(std::size_t i, double wealth) const noexcept { return s_.trade(p_.look, p_.limits, i, wealth); }
    /// Where nothing is traded yet, an order has to be wanted at the wealth with it and at the wealth without it.
    [[nodiscard]] double wanted_now(std::size_t i, double wealth) const noexcept {
        const double x = wanted(i, wealth);
        if constexpr (shape_of<View>() == cost_shape::convex) return x;
        if (trades_[i].quantity != 0.0 || x == 0.0) return x;
        const double with_it = wanted(i, wealth - view_.cost(i, x));
        return x * with_it <= 0.0 ? 0.0 : absolute(x) < absolute(with_it) ? x : with_it;
    }
    /// Assets that the solver left out for their cost may be worth it at the wealth that the others really leave.
    [[nodiscard]] bool may_move(std::size_t i) const noexcept { return s_.move[i] != 0 || (s_.cause[i] == why::not_worth_cost && rough_); }
    [[nodiscard]] double cost() const noexcept {
        lanes sum;
        for (std::size_t i = 0; i < p_.look.assets(); ++i) sum.at[i % lanes::width] += trades_[i].cost;
        return sum.sum();
    }

    [[nodiscard]] double turnover_now() const noexcept {
        exact_sum net;
        double gross = 0.0;
        for (std::size_t i = 0; i < p_.look.assets(); ++i) {
            net.add(trades_[i].notional);
            net.add(trades_[i].cost);
            gross += absolute(trades_[i].notional);
        }
        return 0.5 * (gross + absolute(net.value())) / p_.look.value;
    }

    [[nodiscard]] sized_trade rounded(std::size_t i, double x, rounding how) const noexcept {
        sized_trade t = round_(i, x, how);
        if (p_.limits.narrowed && absolute(t.notional) > p_.limits.trade[i])
            t = round_(i, x < 0.0 ? -p_.limits.trade[i] : p_.limits.trade[i], rounding::toward_no_trade);
        if (t.quantity < 0.0 && prices_.beyond_reference() && loses_at_limit(i, t)) return {.cut = why::not_worth_cost};
        return t;
    }
    /// A sale of which an order would cost more than it brings if it filled at its limit: the cash after it could be less than before.
    [[nodiscard]] bool loses_at_limit(std::size_t i, const sized_trade& t) const noexcept {
        const double limit = prices_.worst(i, false);
        bool loses = false;
        round_.for_each_order(i, t, [&](std::uint32_t, int128, double quantity, double, double) {
            const double amount = quantity * limit;
            loses = loses || amount + view_.cost(i, amount) >= 0.0;
        });
        return loses;
    }

    /// Whether there is anything to begin with: a sale that is wanted at the wealth before costs, or a buy that the cash at hand pays for. With neither nothing
    /// is sent, even where sales and buys together would bear each other out; a settled list leaves neither, so that the call after it finds nothing.
    [[nodiscard]] bool anything_to_send() noexcept {
        const double wealth = p_.look.value;
        bool buys = false;
        for (std::size_t i = 0; i < p_.look.assets(); ++i) {
            trades_[i] = {};
            if (!may_move(i)) continue;
            const sized_trade t = rounded(i, wanted_now(i, wealth), s_.round[i]);
            if (t.quantity < 0.0 || t.overflow) return true;
            buys = buys || t.quantity > 0.0;
            trades_[i].cut = t.cut;
        }
        if (!buys) return false;
        if (top_up(false, true)) return true;
        name_the_short();
        return false;
    }

    void round_all(double wealth) noexcept {
        for (std::size_t i = 0; i < p_.look.assets(); ++i)
            trades_[i] = s_.move[i] != 0 ? rounded(i, wanted(i, wealth), s_.round[i]) : sized_trade{};
    }

    /// Rounds those trades again that are an order off at the wealth that all of them leave. True where any changed.
    bool settle(reach of) noexcept {
        bool any = false;
        for (int pass = 0; pass < 16; ++pass) {
            const double wealth = p_.look.value - cost();
            bool changed = false;
            for (std::size_t i = 0; i < p_.look.assets(); ++i) {
                if (!may_move(i)) continue;
                const double off = wanted_now(i, wealth) - trades_[i].notional;
                if (absolute(off) < round_.grain(i) - blur_) continue;
                if (off > 0.0 && (of == reach::more_cash || (of == reach::sales && trades_[i].quantity >= 0.0))) continue;
                changed = adjust(i, off, pass >= 4) || changed;
            }
            if (!changed) break;
            any = true;
        }
        return any;
    }

    /// Moves a trade by `off`; where it `has_to`, only if an order of that size would be sent on top of it, so that this ends.
    bool adjust(std::size_t i, double off, bool has_to) noexcept {
        const sized_trade& t = trades_[i];
        const sized_trade now = rounded(i, t.notional + off + (off < 0.0 ? -blur_ : blur_), s_.round[i]);
        if (now.quantity == t.quantity || now.overflow) return false;
        const double change = now.notional - t.notional;
        if (has_to && t.quantity != 0.0 && (absolute(change) < round_.minimum_of(i) || absolute(change) <= view_.cost(i, change))) return false;
        trades_[i] = now;
        return true;
    }

    // ---- cash ---------------------------------------------------------------------------------------------------------------------------------
    /// What a trade takes from the cash if it fills as badly as it may, at its limit or at the reference price; negative for sales.
    [[nodiscard]] double takes(std::size_t i, const sized_trade& t) const noexcept {
        if (t.quantity == 0.0) return 0.0;
        const bool buy = t.quantity > 0.0;
        const double price = p_.look.price[i];
        const double limit = prices_.worst(i, buy);
        if (buy ? limit <= price : limit >= price) return t.notional + t.cost;
        double sum = 0.0;
        round_.for_each_order(i, t, [&](std::uint32_t, int128, double quantity, double, double) {
            const double amount = quantity * limit;
            sum += amount + view_.cost(i, amount);
        });
        return sum;
    }

    /// Cash above what has to stay, if all orders fill as badly as they may. Also finds the size of the amounts that it is made of.
    [[nodiscard]] double left_over() noexcept {
        const look& l = p_.look;
        exact_sum cash, paid;
        cash.add(l.cash);
        double gross = absolute(l.cash);
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const sized_trade& t = trades_[i];
            if (t.quantity == 0.0) continue;
            cash.add(-takes(i, t));
            paid.add(t.cost);
            gross += absolute(t.notional);
        }
        const double wealth = l.value - paid.value();
        cash.add(-l.rules->cash_floor(wealth, l.cash_target));
        noise_ = gross * snap + (l.input->account.weight.empty() ? 0.0 : l.value * snap);
        return cash.value();
    }

    /// Makes the buys fit the cash that the sells leave.
    void fit_cash() noexcept {
        double left = left_over();
        if (left >= -noise_) return;
        if (left >= -2.0 * round_.smallest() && trim(left, true)) return;
        for (int round = 0; round < 24; ++round) {
            // What is sold too much for the wealth that is left is taken back; in the end only as far as there is cash for it.
            const bool late = round >= 6;
            left = left_over();
            if (left < -noise_) {
                if (round > 0 && trim(left, false)) continue;
                if (!shrink(left, round == 0)) break;
                if (!late) sell_afresh();
            } else if (!settle(late ? reach::more_cash : reach::sales) && !top_up(late)) {
                break;
            }
        }
        for (left = left_over(); left < -noise_ && shrink(left, false); left = left_over()) {}
        name_the_short();
    }

    /// Takes a little that is missing from the largest buy; `continuous`: from the largest that is, or from the largest sale that is.
    bool trim(double left, bool continuous) noexcept {
        for (int attempt = 0; attempt < 4; ++attempt) {
            std::size_t largest = p_.look.assets();
            for (std::size_t i = 0; i < p_.look.assets(); ++i) {
                const double size = trades_[i].notional;
                if (continuous ? size == 0.0 || !round_.step_of(i).continuous() : size <= 0.0) continue;
                if (largest == p_.look.assets() || size > trades_[largest].notional) largest = i;
            }
            if (largest == p_.look.assets()) return false;
            const sized_trade before = trades_[largest];
            trades_[largest] = rounded(largest, before.notional + left * (1.0 + 0.5 * attempt), rounding::toward_no_trade);
            const double now = trades_[largest].quantity == 0.0 ? left : left_over();
            if (now >= -noise_) return true;
            if (!(now > left)) {
                trades_[largest] = before;
                return false;
            }
            left = now;
        }
        return false;
    }

    /// Makes all buys smaller than wished (or than they are) by one common factor, the first found at which they can be paid for. False where there are none.
    bool shrink(double left, bool from_wish) noexcept {
        std::size_t count = 0;
        double need = 0.0;
        for (std::size_t i = 0; i < p_.look.assets(); ++i)
            if (trades_[i].quantity > 0.0) {
                buys_[count++] = static_cast<std::uint32_t>(i);
                need += takes(i, trades_[i]);
            }
        const double wealth = p_.look.value - cost();
        double factor = 1.0;
        for (int attempt = 0; left < -noise_ && factor > 0.0 && count > 0; ++attempt) {
            double next = factor + left / need;
            if (attempt > 5) next = next < 0.5 * factor ? next : 0.5 * factor;
            const double factor_before = factor;
            factor = next > 0.0 && attempt < 40 ? next : 0.0;
            for (std::size_t k = 0; k < count; ++k) {
                const auto i = buys_[k];
                const double x = from_wish ? factor * wanted(i, wealth) : trades_[i].notional * (next / factor_before);
                trades_[i] = factor > 0.0 ? rounded(i, x, rounding::toward_no_trade) : sized_trade{};
            }
            left = left_over();
        }
        return count > 0;
    }

    /// Rounds all sales again: smaller buys cost less, and what was to be sold for the wealth that they would have left is not.
    void sell_afresh() noexcept {
        const double wealth = p_.look.value - cost();
        for (std::size_t i = 0; i < p_.look.assets(); ++i) {
            if (!(trades_[i].quantity < 0.0)) continue;
            trades_[i] = {};
            const double x = wanted_now(i, wealth);
            if (x < 0.0) trades_[i] = rounded(i, x, s_.round[i]);
        }
    }

    /// Gives what is left to those furthest short, as many whole steps as it pays for.
    bool top_up(bool sales_too, bool just_one = false) noexcept {
        const std::size_t n = p_.look.assets();
        bool any = false;
        for (std::size_t i = 0; i < n; ++i) buys_[i] = 0;  // 1: nothing more can be bought
        for (std::size_t served = 0; served < 4 * n + 4; ++served) {
            const double left = left_over() + noise_;
            const double wealth = p_.look.value - cost();
            std::size_t best = n;
            double most = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                if (buys_[i] != 0 || !may_move(i) || (trades_[i].quantity < 0.0 && !sales_too)) continue;
                const double short_of = wanted_now(i, wealth) - trades_[i].notional;
                const double grain = round_.grain(i) - blur_;
                if (short_of >= grain && short_of > most && grain <= left) {
                    most = short_of;
                    best = i;
                }
            }
            if (best == n) break;
            if (!raise(best, most, left)) {
                buys_[best] = 1;
                continue;
            }
            any = true;
            if (just_one) break;
        }
        return any;
    }

    /// Raises one buy by at most `by`, as far as `left` pays for.
    bool raise(std::size_t i, double by, double left) noexcept {
        const sized_trade before = trades_[i];
        const double taken = takes(i, before);
        const double eased = p_.look.rules->reserve - p_.look.rules->borrowed(p_.look.cash_target);  // costs lower what has to stay
        const auto attempt = [&](double more) {
            const sized_trade t = rounded(i, before.notional + more, rounding::toward_no_trade);
            const double takes_more = (takes(i, t) - taken) - eased * (t.cost - before.cost);
            if (t.quantity <= before.quantity || takes_more > left) return false;
            trades_[i] = t;
            return true;
        };
        if (attempt(by + blur_)) return true;
        double low = 0.0;
        double high = by < left ? by : left;
        for (int k = 0; k < 60 && high - low > blur_; ++k) {
            const double middle = k == 0 ? high : low + 0.5 * (high - low);
            const sized_trade t = rounded(i, before.notional + middle, rounding::toward_no_trade);
            const double takes_more = (takes(i, t) - taken) - eased * (t.cost - before.cost);
            const bool fits = t.quantity == 0.0 || takes_more <= left;
            if (fits && k == 0) {
                low = middle;
                break;
            }
            (fits ? low : high) = middle;
        }
        return low > 0.0 && attempt(low);
    }

    /// Tells the assets that are an order short that it was the cash, and whether better fills than the limits would help.
    void name_the_short() noexcept {
        const look& l = p_.look;
        exact_sum gain;
        for (std::size_t i = 0; i < l.assets(); ++i)
            if (trades_[i].quantity != 0.0) gain.add(takes(i, trades_[i]) - (trades_[i].notional + trades_[i].cost));
        const double at_reference = left_over() + gain.value() + noise_;  // what is left if all orders fill at their reference prices
        const double wealth = l.value - cost();
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (!may_move(i)) continue;
            sized_trade& t = trades_[i];
            if (t.quantity < 0.0 || !(wanted_now(i, wealth) - t.notional >= round_.grain(i) - blur_)) continue;
            const double least = round_.grain(i) > round_.minimum_of(i) ? round_.grain(i) : round_.minimum_of(i);
            const bool at_limit = gain.value() > noise_ && least * (prices_.worst(i, true) / l.price[i]) <= at_reference;
            if (t.quantity == 0.0) {
                const sized_trade first = rounded(i, wanted_now(i, wealth) + blur_, s_.round[i]);
                t.cut = first.quantity == 0.0 ? first.cut : at_limit ? why::no_cash_at_limit : why::no_cash;
            } else {
                t.cut = at_limit ? why::cut_at_limit : why::cut_by_cash;
            }
        }
    }

    const problem& p_;
    const View& view_;
    solution& s_;
    sized_trade* trades_;
    std::uint32_t* buys_;
    const Prices& prices_;
    rounder<View> round_;
    bool rough_;  ///< trades are not simply what the solver wants
    double blur_;
    double noise_ = 0.0;
};

}  // namespace ballast::inline v0::detail
