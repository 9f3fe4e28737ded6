/// Leverage, net leverage and margin: what positions together may come to, and lists that are made smaller until they keep it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../../core/fault.hpp"
#include "../../core/look.hpp"
#include "../../numeric/sum.hpp"
#include "../../solver/detail/balance.hpp"
#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// Each is Σ cᵢ·positionᵢ ≤ cap·wealth, where cᵢ depends on the side of position i at most.
enum class exposure_kind : std::uint8_t {
    gross,      ///< Σ|position| ≤ leverage·wealth
    net_long,   ///< Σ position ≤ net leverage·wealth
    net_short,  ///< −Σ position ≤ net leverage·wealth
    margin,     ///< Σ margin·|position| ≤ wealth
};
inline constexpr exposure_kind exposure_kinds[] = {exposure_kind::gross, exposure_kind::net_long, exposure_kind::net_short,
                                                   exposure_kind::margin};

/// One number of each kind.
struct exposure_values {
    double of[4] = {};
    [[nodiscard]] double& operator[](exposure_kind k) noexcept { return of[static_cast<std::size_t>(k)]; }
    [[nodiscard]] double operator[](exposure_kind k) const noexcept { return of[static_cast<std::size_t>(k)]; }
};

/// The limits on the exposure of one account.
class exposure_limits {
public:
    explicit exposure_limits(const look& l) noexcept
        : look_{l},
          long_{l.input->instruments.margin_long},
          short_{l.input->instruments.margin_short},
          gross_{l.rules->leverage != 1.0 || l.rules->allow_short},
          net_{l.rules->net_leverage < std::numeric_limits<double>::infinity()},
          margin_{!l.input->instruments.margin_long.empty() || !l.input->instruments.margin_short.empty()} {}

    /// Whether there is anything to keep that a book without shorts and without borrowed cash does not keep by itself.
    [[nodiscard]] bool any() const noexcept { return gross_ || net_ || margin_; }
    [[nodiscard]] bool has(exposure_kind k) const noexcept {
        return k == exposure_kind::gross ? gross_ : k == exposure_kind::margin ? margin_ : net_;
    }
    /// cᵢ for a position of this sign.
    [[nodiscard]] double rate(exposure_kind k, std::size_t i, double position) const noexcept {
        switch (k) {
            case exposure_kind::gross: return position < 0.0 ? -1.0 : 1.0;
            case exposure_kind::net_long: return 1.0;
            case exposure_kind::net_short: return -1.0;
            case exposure_kind::margin: break;
        }
        return position < 0.0 ? -short_[i] : long_[i];
    }
    /// What a position adds.
    [[nodiscard]] double of(exposure_kind k, std::size_t i, double position) const noexcept { return rate(k, i, position) * position; }
    /// Of all assets, each at `position(i)`. O(n).
    template <class Position>
    [[nodiscard]] double sum(exposure_kind k, Position&& position) const noexcept {
        exact_sum all;
        for (std::size_t i = 0; i < look_.assets(); ++i) all.add(of(k, i, position(i)));
        return all.value();
    }
    /// The largest share of the wealth; what the targets come to, where these are above it by what is still accepted.
    [[nodiscard]] double cap(exposure_kind k) const noexcept {
        const double most = k == exposure_kind::gross    ? look_.rules->leverage
                            : k == exposure_kind::margin ? 1.0
                                                         : look_.rules->net_leverage;
        const double targeted = sum(k, [&](std::size_t i) { return look_.target[i]; });
        return targeted > most ? targeted : most;
    }
    /// The initial margin that the targets need, as a share of the wealth.
    [[nodiscard]] double margin_of_targets() const noexcept {
        return margin_ ? sum(exposure_kind::margin, [&](std::size_t i) { return look_.target[i]; }) : 0.0;
    }

private:
    const look& look_;
    rule_reader<double> long_, short_;
    bool gross_, net_, margin_;
};

/// Makes positions smaller until every limit on the exposure is kept, where trades that may be sent can do so:
///
///  1. positions above what they should have, the furthest first, down to the whole step that is nearest to it;
///  2. trades that add to the exposure, all by one common factor;
///  3. positions above what they should have once more, by less than a step beyond it.
///
/// What that leaves over goes by whole steps to those furthest off. So nobody is cut while another is above what he should have by half a
/// step and more, and the next call, which wants what was cut, finds no more room than this one. A trade is changed only where no other limit is exceeded
/// further for it and the cash is kept; in the end no limit is exceeded by more than before all trades. Under a turnover limit only trades that
/// add are cut.
template <class Settled>
class exposure_keeper {
public:
    exposure_keeper(const problem& p, const solution& s, Settled& settled) noexcept
        : p_{p},
          s_{s},
          settled_{settled},
          limits_{p.look},
          turnover_{p.limits.turnover < std::numeric_limits<double>::infinity()} {}

    /// True where a trade was changed. `may_add`: assets that are not traded yet may be.
    bool keep(bool may_add) noexcept {
        may_add_ = may_add;
        for (const exposure_kind k : exposure_kinds)
            if (limits_.has(k)) {
                cap_[k] = limits_.cap(k);
                before_[k] = limits_.sum(k, [&](std::size_t i) { return p_.look.position[i]; });
            }
        bool any = false;
        for (int pass = 0; pass < 12; ++pass) {
            measure();
            if (excess() == 0.0) break;
            bool changed = false;
            for (const exposure_kind k : exposure_kinds)
                for (int again = 0; again < 12 && beyond(k) && reduce(k, reach::nearest); ++again) changed = true;
            for (const exposure_kind k : exposure_kinds)
                if (beyond(k) && cut_back(k)) changed = true;
            for (const exposure_kind k : exposure_kinds)
                for (int again = 0; again < 12 && beyond(k) && reduce(k, reach::beyond); ++again) changed = true;
            if (!changed) break;
            any = true;
            settled_.fit_buys();
        }
        for (const exposure_kind k : exposure_kinds) out_of_reach_ = out_of_reach_ || lack(k) > 4.0 * noise_;
        for (int pass = 0; any && pass < 8; ++pass) {
            const bool moved = settle(false);
            if (!settle(true) && !moved) break;
        }
        measure();
        for (double less = 1.0 / 16777216.0; less <= 1.0 && worse(); less *= 8.0) {
            shrink_all(1.0 - less);
            settle(true);
            measure();
        }
        if (excess() > 0.0) explain();
        return any;
    }

private:
    [[nodiscard]] double position(std::size_t i) const noexcept {
        return p_.look.position[i] + settled_.trades_.notional(i) - settled_.fees_.owed(i);
    }
    [[nodiscard]] double goal(std::size_t i) const noexcept { return form_.of(p_.look.target[i], wealth_) * wealth_; }

    /// Sums, wealth and cash of the trades as they are. O(n).
    void measure() noexcept {
        left_ = settled_.spare_cash();
        const double noise = 2.0 * settled_.blur_;
        noise_ = noise > settled_.noise_ ? noise : settled_.noise_;
        wealth_ = p_.look.value - settled_.totals_.cost;
        form_ = targets_beside_reserve(p_.look, wealth_);
        for (const exposure_kind k : exposure_kinds)
            if (limits_.has(k)) sum_[k] = limits_.sum(k, [&](std::size_t i) { return position(i); });
    }
    [[nodiscard]] double lack(exposure_kind k) const noexcept { return limits_.has(k) ? sum_[k] - cap_[k] * wealth_ : 0.0; }
    [[nodiscard]] bool beyond(exposure_kind k) const noexcept { return lack(k) > noise_; }
    /// All that is beyond its limit.
    [[nodiscard]] double excess() const noexcept { return excess_of(sum_, wealth_); }
    [[nodiscard]] double excess_of(const exposure_values& sum, double wealth) const noexcept {
        double all = 0.0;
        for (const exposure_kind k : exposure_kinds)
            if (const double x = limits_.has(k) ? sum[k] - cap_[k] * wealth : 0.0; x > noise_) all += x;
        return all;
    }
    /// What asset i adds beyond what it should.
    [[nodiscard]] double above(exposure_kind k, std::size_t i) const noexcept {
        const double held = position(i);
        const double rate = limits_.rate(k, i, held);
        if (k == exposure_kind::net_long || k == exposure_kind::net_short) return rate * (held - goal(i));
        const double meant = rate * goal(i);  // below 0 on the other side
        return rate * held - (meant > 0.0 ? meant : 0.0);
    }

    /// Where the sum of what is beyond the limits becomes less; where no limit is exceeded by more; or (`cut`, `settled`) by more than before
    /// all trades.
    enum class when { less, not_more, cut, settled };
    /// Puts another trade in place of asset i's, where that is so and the cash is kept.
    bool change(std::size_t i, const sized_trade& t, when ok, bool keep_cash) noexcept {
        const sized_trade before = settled_.trades_[i];
        if (t.overflow || t.quantity == before.quantity || (!may_add_ && before.quantity == 0.0)) return false;
        const double held = position(i), then = p_.look.position[i] + t.notional;
        exposure_values sum = sum_;
        for (const exposure_kind k : exposure_kinds)
            if (limits_.has(k)) sum[k] += limits_.of(k, i, then) - limits_.of(k, i, held);
        const double wealth = wealth_ - (t.cost - before.cost);
        for (const exposure_kind k : exposure_kinds) {  // none grows beyond its limit for the sake of another
            if (!limits_.has(k) || sum[k] <= sum_[k] || sum[k] - cap_[k] * wealth <= noise_) continue;
            if (!((ok == when::cut || ok == when::settled) && sum[k] <= before_[k])) return false;
        }
        const double now = excess_of(sum, wealth), was = excess();
        if ((ok == when::less && !(now < was)) || (ok == when::not_more && now > was)) return false;
        const mandate& rules = *p_.look.rules;
        const bool waits = rules.proceeds == proceeds::when_settled;
        const double eased = settled_.eased();
        const auto takes = [&](const sized_trade& x) { return waits && x.quantity < 0.0 ? 0.0 : settled_.takes(i, x); };
        const double price = takes(t) - takes(before) - eased * (t.cost - before.cost);
        if (keep_cash && price > 0.0 && price > left_ + 0.5 * settled_.noise_) return false;
        settled_.adopt(i, t, reason_of(t, before, ok));
        left_ -= price;
        sum_ = sum;
        wealth_ = wealth;
        return true;
    }
    [[nodiscard]] static bool was_cut(why cut) noexcept { return cut == why::cut_by_exposure || cut == why::exposure_full; }
    [[nodiscard]] static why reason_of(const sized_trade& now, const sized_trade& before, when ok) noexcept {
        const bool settles = ok == when::not_more || ok == when::settled;
        const bool reduced = before.cut == why::exposure_reduced;
        if (settles && !was_cut(before.cut) && !reduced) return now.cut;
        if (now.quantity == 0.0) return why::exposure_full;
        if (settles) return reduced ? why::exposure_reduced : why::cut_by_exposure;
        const bool part = now.notional * before.notional > 0.0 && absolute(now.notional) < absolute(before.notional);
        return part ? why::cut_by_exposure : why::exposure_reduced;
    }

    /// Whether asset i may be sold, or bought: the solver knows of reasons that are no limits.
    [[nodiscard]] bool allowed_side(std::size_t i, bool buy) const noexcept {
        return s_.cause[i] != (buy ? why::not_bought : why::not_sold);
    }
    /// The trade nearest to x that the bounds on the weight leave; what is outside them already may come nearer.
    [[nodiscard]] double within_bounds(std::size_t i, double x) const noexcept {
        if (!p_.limits.narrowed) return x;
        const double now = settled_.trades_.notional(i);
        const double low = p_.limits.weight.lower[i] * wealth_ - p_.look.position[i];
        const double high = p_.limits.weight.upper[i] * wealth_ - p_.look.position[i];
        return x < now && x < low ? (now < low ? now : low) : x > now && x > high ? (now > high ? now : high) : x;
    }

    /// How far an asset may be made smaller: to the whole step that is nearest to what it should have, or to the first beyond it.
    enum class reach { nearest, beyond };
    [[nodiscard]] double room(exposure_kind k, std::size_t i, reach how) const noexcept {
        const double held = position(i);
        const double over = above(k, i);
        const double rate = limits_.rate(k, i, held);
        if (!(over > settled_.round_.smallest()) || rate == 0.0 || !allowed_side(i, rate < 0.0)) return 0.0;
        const double step = step_of(i);
        double most = over / absolute(rate);
        const double count = step > 0.0 ? (most - settled_.blur_) / step : two_to_52;
        if (count < two_to_52) most = step * (how == reach::nearest ? whole(count + 0.5) : whole(count) + 1.0);
        // Across zero it would grow again.
        return k != exposure_kind::net_long && k != exposure_kind::net_short && most > absolute(held) ? absolute(held) : most;
    }
    /// What a step is worth, 0 where it is none or less than the smallest trade.
    [[nodiscard]] double step_of(std::size_t i) const noexcept {
        const double step = settled_.round_.step_of(i).value() * p_.look.price[i];
        return step > settled_.round_.smallest() ? step : 0.0;
    }
    /// Makes those smaller that are above what they should have: first those furthest above it, or those that end the least beyond it.
    /// O(n log n).
    bool reduce(exposure_kind k, reach how) noexcept {
        if (turnover_) return false;
        ranking next{p_.ranks};
        for (std::size_t i = 0; i < p_.look.assets(); ++i)
            if (const double most = room(k, i, how); most > 0.0) {
                const double over = above(k, i);
                next.push(p_.rank(i, how == reach::nearest ? over : over - most * absolute(limits_.rate(k, i, position(i)))));
            }
        bool any = false;
        while (!next.empty() && beyond(k)) {
            const std::size_t i = next.take().index;
            const double most = room(k, i, how);
            if (!(most > 0.0)) continue;
            const double rate = limits_.rate(k, i, position(i));
            const double smallest = settled_.round_.smallest();
            const double step = step_of(i);
            double enough = lack(k) / absolute(rate);
            if (step > 0.0 && enough < most && enough < step * two_to_52) enough = step * (whole(enough * (1.0 - snap) / step) + 1.0);
            if (enough < smallest) enough = 2.0 * smallest;
            any = lessen(i, rate, enough < most ? enough : most) || (enough < most && lessen(i, rate, most)) || any;
        }
        return any;
    }
    bool lessen(std::size_t i, double rate, double by) noexcept {
        const double now = settled_.trades_.notional(i);
        return change(i, settled_.rounded(i, within_bounds(i, rate > 0.0 ? now - by : now + by), rounding::nearest), when::less, true);
    }

    /// What the trade of asset i adds.
    [[nodiscard]] double added(exposure_kind k, std::size_t i) const noexcept {
        if (settled_.trades_.quantity(i) == 0.0) return 0.0;
        const double more = limits_.of(k, i, position(i)) - limits_.of(k, i, p_.look.position[i]);
        return more > 0.0 ? more : 0.0;
    }
    /// Trades that add to the exposure become smaller by one common factor. O(n).
    bool cut_back(exposure_kind k) noexcept {
        exact_sum all;
        for (std::size_t i = 0; i < p_.look.assets(); ++i) all.add(added(k, i));
        const double whole_of_it = all.value();
        if (!(whole_of_it > 0.0)) return false;
        const double part = lack(k) < whole_of_it ? lack(k) / whole_of_it : 1.0;
        bool any = false;
        for (std::size_t i = 0; i < p_.look.assets(); ++i) {
            const double more = added(k, i);
            const double rate = limits_.rate(k, i, position(i));
            if (more == 0.0 || rate == 0.0) continue;
            const double now = settled_.trades_.notional(i);
            const double x = now - part * more / rate;
            any = change(i, absolute(x) <= settled_.round_.smallest() ? sized_trade{} : settled_.rounded(i, x, rounding::toward_no_trade),
                         when::cut, false) ||
                  any;
        }
        return any;
    }

    /// Whether a limit is exceeded by more than before all trades.
    [[nodiscard]] bool worse() const noexcept {
        bool any = false;
        for (const exposure_kind k : exposure_kinds) any = any || (lack(k) > 4.0 * noise_ && sum_[k] > before_[k] + 4.0 * noise_);
        return any;
    }
    /// All trades part of the way: what they come to between nothing and all of them is nowhere more than at both ends.
    void shrink_all(double part) noexcept {
        for (std::size_t i = 0; i < p_.look.assets(); ++i) {
            const double x = part * settled_.trades_.notional(i);
            if (x == settled_.trades_.notional(i)) continue;
            const sized_trade t = x == 0.0 ? sized_trade{} : settled_.rounded(i, x, rounding::toward_no_trade);
            settled_.adopt(i, t, t.quantity == 0.0 ? why::exposure_full : why::cut_by_exposure);
        }
        settled_.fit_buys();
    }

    /// The wealth is another than the one that the trades are for, and cutting may have left something over: what is a step or more off is
    /// brought nearer, the furthest first, as far as limits and cash allow: the trades that were cut, or the others. O(n log n). True where
    /// any was.
    bool settle(bool cut_ones) noexcept {
        measure();
        ranking furthest{p_.ranks};
        for (std::size_t i = 0; i < p_.look.assets(); ++i)
            if (const double by = was_cut(settled_.trades_.cut(i)) == cut_ones ? absolute(off(i)) : 0.0; by > 0.0)
                furthest.push(p_.rank(i, by));
        bool any = false;
        while (!furthest.empty()) {
            const std::size_t i = furthest.take().index;
            const double by = off(i);
            const double now = settled_.trades_.notional(i);
            // Whether it got there, or is already; `low` is the largest part of the way of which that is known.
            const auto attempt = [&](double part) {
                sized_trade t = settled_.rounded(i, now + part * by, by * now < 0.0 ? s_.round[i] : rounding::toward_no_trade);
                if (!((t.notional - settled_.trades_.notional(i)) * by > 0.0)) return true;
                // Where not all can be brought within the limits, nobody goes a step beyond what he should have for it.
                const bool done = change(i, t, !cut_ones && out_of_reach_ ? when::settled : when::not_more, true);
                any = any || done;
                if (done && cut_ones && off(i) == 0.0) settled_.trades_.name(i, t.cut);  // there was room for all of it
                return done;
            };
            if (by == 0.0 || attempt(1.0)) continue;
            const double grain = settled_.round_.grain(i);
            double low = 0.0, high = 1.0;
            for (int tries = 0; tries < 60 && (high - low) * absolute(by) > 0.5 * grain; ++tries) {
                const double middle = low + 0.5 * (high - low);
                (attempt(middle) ? low : high) = middle;
            }
        }
        return any;
    }
    /// What a trade is off at the wealth as it is, signed; 0 where it is less than a step. One that was made smaller is off by what it went
    /// beyond what it should have.
    [[nodiscard]] double off(std::size_t i) const noexcept {
        if (!settled_.may_move(i) || (!may_add_ && settled_.trades_.quantity(i) == 0.0)) return 0.0;
        const bool reduced = settled_.trades_.cut(i) == why::exposure_reduced;
        const double by = reduced ? goal(i) - position(i) : settled_.wanted_now(i, wealth_) - settled_.trades_.notional(i);
        if (reduced && by * goal(i) <= 0.0) return 0.0;
        return absolute(by) >= settled_.tolerance(i) ? by : 0.0;
    }

    /// Names those that should be smaller and can not be.
    void explain() noexcept {
        const look& l = p_.look;
        const bool to_come = l.settled < l.cash || l.at_hand < l.cash;  // cash that may pay for closing a short later
        for (const exposure_kind k : exposure_kinds) {
            if (!beyond(k)) continue;
            for (std::size_t i = 0; i < p_.look.assets(); ++i) {
                const bool buy = limits_.rate(k, i, position(i)) < 0.0;
                const bool may = p_.limits.nearest_trade(i, buy ? p_.look.value : -p_.look.value) != 0.0 && allowed_side(i, buy);
                if (settled_.trades_.quantity(i) == 0.0 && may && above(k, i) > settled_.round_.smallest())
                    settled_.adopt(i, {}, buy && to_come ? why::not_settled : why::exposure_stays);
            }
        }
    }

    const problem& p_;
    const solution& s_;
    Settled& settled_;
    exposure_limits limits_;
    bool turnover_;  ///< limited: nothing is traded beyond what the solver wants
    bool may_add_ = true;
    bool out_of_reach_ = false;  ///< no trades that may be sent keep all limits
    exposure_values cap_{}, before_{}, sum_{};
    target_shares form_{};
    double wealth_ = 0.0;
    double left_ = 0.0;
    double noise_ = 0.0;
};

}  // namespace ballast::inline v0::detail
