/// Rounded trades that agree with each other: with the wealth that their own costs leave, and with the cash.
#pragma once

#include <cstddef>
#include <span>

#include "../../numeric/octet.hpp"
#include "../../numeric/sum.hpp"
#include "../../solver/detail/balance.hpp"
#include "../concept.hpp"
#include "exposure_limits.hpp"
#include "fee_ledger.hpp"
#include "trade_columns.hpp"

namespace ballast::inline v0::detail {

/// Rounds all trades and settles them. `Prices`: `worst(asset, buy)`, the worst price at which an order may fill; `beyond_reference()`,
/// whether that may be worse than the reference price; `largest_drift_first()`, who is served first where the cash does not reach for all.
///
/// *Settled* means: at the wealth W′ = W − Σ costs that the rounded trades leave, no asset is a whole order away from its share of W′. That
/// is what the next call looks at, so it finds nothing to do. Trades are rounded at the solver's wealth first; those that are an order off
/// at the wealth that results are rounded again. As a trade that is less than a step off, on either side, is left as it is, this ends after
/// a pass or two.
///
/// Where the cash does not reach, buys are made smaller (or served one after another) until it does, what was to be sold for the wealth that they would have left is not
/// sold, and what is left over is spent on those furthest short, until no order that is wanted can be paid for.
template <class View, class Prices>
class settlement {
public:
    settlement(const problem& p, const View& view, solution& s, sizing_scratch& scratch, const Prices& prices) noexcept
        : p_{p},
          view_{view},
          s_{s},
          trades_{scratch, p.look.assets()},
          buys_{scratch.buys.data()},
          prices_{prices},
          round_{p, view},
          fees_{p, round_, trades_, prices, scratch},
          rough_{round_.coarse() || !convex()},
          blur_{p.look.value * (1.0 + (p.look.rules->leverage > 1.0 ? p.look.rules->leverage : 0.0)) * blur} {}

    [[nodiscard]] fault run() noexcept {
        for (int round = 0;; ++round) {
            if (const fault f = settle_all()) return f;
            if (!fees_.open() || cover_fees(round)) break;
        }
        s_.wealth = p_.look.value - totals_.cost;
        for (std::size_t i = 0; i < trades_.assets(); ++i)
            if (s_.cause[i] != why::full || trades_.quantity(i) == 0.0 || fees_.open()) trades_.name(i, cause(i));
        return {};
    }

    // For whoever chooses other whole steps than these.
    /// Another trade, for a reason.
    void adopt(std::size_t i, sized_trade t, why because) noexcept {
        t.cut = because;
        trades_.set(i, t);
    }
    /// What is left above what has to stay, of the trades as they are; the totals follow.
    [[nodiscard]] double spare_cash() noexcept { return left_over(); }
    /// What sums of these amounts can not tell from zero; after `spare_cash`.
    [[nodiscard]] double noise() const noexcept { return noise_; }
    /// What a trade takes from the cash if it fills as badly as it may.
    [[nodiscard]] double cash_of(std::size_t i, const sized_trade& t) const noexcept { return takes(i, t); }
    /// Makes positions smaller until leverage and margin are kept (exposure_limits.hpp); `may_add`: also of assets that are not traded yet.
    /// True where that changed a trade.
    bool keep_exposure(bool may_add) noexcept {
        return exposure_limits{p_.look}.any() && exposure_keeper<settlement>{p_, s_, *this}.keep(may_add);
    }
    /// The trades are done: the wealth that they leave.
    void finish() noexcept { s_.wealth = p_.look.value - totals_.cost; }

    [[nodiscard]] const rounder<View>& round() const noexcept { return round_; }
    [[nodiscard]] const trade_columns& trades() const noexcept { return trades_; }
    [[nodiscard]] const trade_totals& totals() const noexcept { return totals_; }
    /// What is paid in other assets than the one that is traded.
    [[nodiscard]] const fee_ledger<View, Prices>& fees() const noexcept { return fees_; }

private:
    friend class exposure_keeper<settlement>;

    /// Rounds all trades, settles them and makes them fit the cash, the limits on the exposure and the turnover limit.
    [[nodiscard]] fault settle_all() noexcept {
        double margin = snap;
        for (int attempt = 0; attempt < 14; ++attempt, margin *= 8.0) {
            totals_ = {};
            if (rough_ && !anything_to_send()) {
                if (raise_cash()) name_the_short();
                keep_exposure(true);
                break;
            }
            if (const fault f = round_all(s_.wealth)) return f;
            if (rough_) settle(reach::all);
            fit_cash();
            keep_exposure(true);
            // The turnover limit is the solver's to keep; what costs less than it reckoned moves a little more.
            const double turnover = 0.5 * (totals_.gross + absolute(totals_.spent)) / p_.look.value;
            if (!(turnover > p_.limits.turnover)) break;
            s_.fraction *= attempt < 12 ? p_.limits.turnover / turnover * (1.0 - margin) : 0.0;
        }
        return {};
    }

    /// True where all fees that are paid in other assets can be paid. Otherwise asks for another round, with more of these assets bought; in the end, with
    /// less traded that pays in them.
    [[nodiscard]] bool cover_fees(int& round) noexcept {
        fees_.reckon();
        bool reset = false;
        for (std::size_t i = 0; i < trades_.assets(); ++i) {  // bought for fees of orders that were taken back since
            if (!(trades_.quantity(i) > 0.0) || fees_.owes(i) || fees_.pinned(i) || trades_.cut(i) == why::exposure_reduced) continue;
            const double own = s_.trade(p_.look, p_.limits, i, p_.look.value - trades_.total_cost());
            if (trades_.notional(i) - own < 0.5 * round_.grain(i)) continue;
            trades_.set(i, own > 0.0 ? rounded(i, own, rounding::toward_no_trade) : sized_trade{});
            reset = true;
        }
        if (reset && keep_exposure(true)) fees_.reckon();
        const bool paid_for = left_over() >= -noise_ || !buys_pinned();
        const bool in_vain = fees_.pins_in_vain();
        if (paid_for && !in_vain && fees_.covered(noise_)) return true;
        if ((!paid_for || in_vain) && round < 6) round = 6;
        if (round < 6)
            fees_.pin_what_is_short();
        else if (round == 6)
            fees_.share_what_is_there([&](std::size_t i) { return may_move(i) ? s_.trade(p_.look, p_.limits, i, s_.wealth) : 0.0; });
        else if (round == 7)
            fees_.stop_all();
        else {
            for (std::size_t i = 0; i < trades_.assets(); ++i) trades_.clear(i);
            totals_ = {};
            return true;
        }
        return false;
    }
    [[nodiscard]] bool buys_pinned() const noexcept {
        for (std::size_t i = 0; i < trades_.assets(); ++i)
            if (fees_.pinned(i) && trades_.quantity(i) > 0.0) return true;
        return false;
    }

    /// The reason of asset i's trade, or of its absence.
    [[nodiscard]] why cause(std::size_t i) const noexcept {
        const why wished = s_.cause[i];
        const why cut = trades_.cut(i);
        switch (cut) {
            case why::cut_by_cash:
            case why::cut_at_limit:
            case why::no_cash:
            case why::no_cash_at_limit:
            case why::cut_by_settlement:
            case why::not_settled:
            case why::cash_raised:
            case why::exposure_reduced:
            case why::cut_by_exposure:
            case why::exposure_full:
            case why::exposure_stays: return cut;
            default: break;
        }
        if (fees_.capped(i) && absolute(s_.trade(p_.look, p_.limits, i, s_.wealth)) >= fees_.cap(i))
            return trades_.quantity(i) != 0.0 ? why::cut_by_fee_asset : why::no_fee_asset;
        const double own = fees_.open() ? s_.trade(p_.look, p_.limits, i, s_.wealth) : 0.0;
        if (fees_.owes(i) && trades_.notional(i) - own >= 0.5 * round_.grain(i)) return why::fees_covered;
        if (trades_.quantity(i) != 0.0) return wished == why::full || wished == why::not_worth_cost ? cut : wished;
        const bool as_wished = wished == why::full || wished == why::exposure_kept || wished == why::reserve_kept || wished == why::hedged;
        if (!as_wished && (s_.move[i] == 0 || absolute(wanted(i, s_.wealth)) <= round_.smallest())) return wished;
        return cut == why::full || cut == why::cut_to_step ? why::below_step : cut;
    }

    [[nodiscard]] bool convex() const noexcept { return shape_of(view_) == cost_shape::convex; }

    /// What `settle` may do: anything; anything but buy more; only what brings cash.
    enum class reach { all, sales, more_cash };

    [[nodiscard]] double wanted(std::size_t i, double wealth) const noexcept {
        return s_.trade(p_.look, p_.limits, i, wealth) + fees_.owed(i);
    }
    /// Where nothing is traded yet, an order has to be wanted at the wealth with it and at the wealth without it.
    [[nodiscard]] double wanted_now(std::size_t i, double wealth) const noexcept {
        const double x = wanted(i, wealth);
        if (convex()) return x;
        if (trades_.quantity(i) != 0.0 || x == 0.0) return x;
        const double with_it = wanted(i, wealth - round_.cost_of_orders(i, x));
        return x * with_it <= 0.0 ? 0.0 : absolute(x) < absolute(with_it) ? x : with_it;
    }
    /// Assets that the solver left out for their cost may be worth it at the wealth that the others really leave.
    [[nodiscard]] bool may_move(std::size_t i) const noexcept {
        return s_.move[i] != 0 || (s_.cause[i] == why::not_worth_cost && rough_) || fees_.pinned(i) ||
               (fees_.owes(i) && s_.cause[i] == why::full);
    }

    [[nodiscard]] sized_trade rounded(std::size_t i, double x, rounding how) const noexcept {
        sized_trade t = round_(i, x, how);
        if (round_.fees().any()) {
            t = beside_fees(i, x, how);
        } else if (const double most = p_.limits.nearest_trade(i, t.notional); most != t.notional) {
            t = round_(i, most, rounding::toward_no_trade);
        }
        if (t.quantity < 0.0 && prices_.beyond_reference() && loses_at_limit(i, t)) return {.cut = why::not_worth_cost};
        return t;
    }
    /// The same where fees may be paid in assets: limits are of orders, and what fees are paid in is bought for them.
    [[nodiscard]] sized_trade beside_fees(std::size_t i, double x, rounding how) const noexcept {
        const double wish = p_.limits.nearest_trade(i, fees_.within(i, x));
        sized_trade t = round_(i, wish, how);
        if (fees_.pinned(i) && t.notional < fees_.pin(i)) {
            const double least = round_.grain(i) > round_.minimum_of(i, true) ? round_.grain(i) : round_.minimum_of(i, true);
            const double more = fees_.pin(i) + round_.grain(i);
            t = round_(i, fees_.pin(i) > 0.0 && more < least + round_.grain(i) ? least + round_.grain(i) : more, rounding::toward_no_trade);
        }
        const double order = round_.ordered(i, t);
        const double most = p_.limits.nearest_trade(i, order);
        return most == order ? t : round_.of_orders(i, most);
    }
    /// No trade, or the one that its fees need.
    [[nodiscard]] sized_trade nothing(std::size_t i) const noexcept {
        return fees_.pinned(i) ? rounded(i, 0.0, rounding::toward_no_trade) : sized_trade{};
    }
    /// A buy that is no larger than fees need it.
    [[nodiscard]] bool needed(std::size_t i) const noexcept { return fees_.pinned(i) && trades_.quantity(i) <= nothing(i).quantity; }
    /// A sale of which an order would cost more than it brings if it filled at its limit: the cash after it could be less than before.
    [[nodiscard]] bool loses_at_limit(std::size_t i, const sized_trade& t) const noexcept {
        const double limit = prices_.worst(i, false);
        bool loses = false;
        round_.for_each_order(i, t, [&](std::uint32_t, int128, double quantity, double, double) {
            const double amount = quantity * limit;
            loses = loses || amount + round_.order_cost(i, amount) >= 0.0;
        });
        return loses;
    }

    /// Whether there is anything to begin with: a sale that is wanted at the wealth before costs, or a buy that the cash at hand pays for.
    /// With neither nothing is sent, even where sales and buys together would bear each other out; a settled list leaves neither, so that
    /// the call after it finds nothing.
    [[nodiscard]] bool anything_to_send() noexcept {
        const double wealth = p_.look.value;
        round_.at_wealth(wealth);
        bool buys = false;
        for (std::size_t i = 0; i < trades_.assets(); ++i) { trades_.clear(i); }
        fees_.reckon();
        for (std::size_t i = 0; i < trades_.assets(); ++i) {
            if (!may_move(i)) continue;
            const sized_trade t = rounded(i, wanted_now(i, wealth), s_.round[i]);
            if (t.quantity < 0.0 || t.overflow) return true;
            buys = buys || t.quantity > 0.0;
            trades_.name(i, t.cut);
        }
        if (!buys) return false;
        if (top_up(false, true)) return true;
        name_the_short();
        return false;  // no trades: the totals are zero
    }

    [[nodiscard]] fault round_all(double wealth) noexcept {
        const trades_at trade{s_, p_.look, p_.limits, wealth};
        const bool usual = !p_.limits.narrowed && !prices_.beyond_reference() && !round_.mapped() && !round_.fees().any();
        const std::uint8_t* const move = s_.move.data();
        const rounding* const how = s_.round.data();
        const auto alike = [&](std::size_t first, std::size_t count) __attribute__((always_inline)) {
            std::uint8_t other = 0;
            for (std::size_t i = first; i < first + count; ++i)
                other |= static_cast<std::uint8_t>(how[i]) | static_cast<std::uint8_t>(move[i] == 0 ? 1 : 0);
            return other == static_cast<std::uint8_t>(rounding::toward_no_trade);
        };
        fault f;
        for_each_octet(
            trades_.assets(), [&](std::size_t first, auto lanes) __attribute__((always_inline)) {
                if (usual && alike(first, lanes.count) && trades_.set_octet(first, trade.octet_at(first, lanes), lanes, round_)) return;
                for (std::size_t i = first; i < first + lanes.count && !f; ++i) {
                    sized_trade t;
                    if (s_.move[i] != 0 || (fees_.open() && may_move(i))) {
                        const double x = trade(i) + fees_.owed(i);
                        if (!usual || !round_.in_one_row(t, i, x, s_.round[i])) t = rounded(i, x, s_.round[i]);
                        if (t.overflow) f = {fault_code::overflow, static_cast<std::uint32_t>(i), x};
                    }
                    trades_.set(i, t);
                }
            });
        return f;
    }

    /// Rounds those trades again that are an order off at the wealth that all of them leave. True where any changed.
    bool settle(reach of) noexcept {
        bool any = false;
        for (int pass = 0; pass < 16; ++pass) {
            const double wealth = p_.look.value - trades_.total_cost();
            round_.at_wealth(wealth);
            fees_.reckon();
            if (of == reach::all && settled(wealth)) break;
            bool changed = false;
            for (std::size_t i = 0; i < trades_.assets(); ++i) {
                if (!may_move(i)) continue;
                const double off = wanted_now(i, wealth) - trades_.notional(i);
                const bool exact = pass < 4 && round_.step_of(i).continuous();  // what has no steps follows the wealth to the end
                if (absolute(off) < (exact ? blur_ : round_.grain(i) - blur_)) continue;
                if (off > 0.0 && (of == reach::more_cash || (of == reach::sales && trades_.quantity(i) >= 0.0))) continue;
                changed = adjust(i, off, exact ? 0.0 : blur_, pass >= 4) || changed;
            }
            if (!changed) break;
            any = true;
        }
        return any;
    }

    /// True where no trade is a step off, asked in one go; false where it takes a closer look. What costs jump for is wanted less, not more.
    [[nodiscard]] bool settled(double wealth) const noexcept {
        const trades_at trade{s_, p_.look, p_.limits, wealth};
        bool all = true;
        for_each_octet(
            trades_.assets(), [&](std::size_t first, auto lanes) __attribute__((always_inline)) {
                const octet off = absolute(trade.octet_at(first, lanes) - trades_.notionals(first, lanes));
                if (!fees_.open() && largest_of(off - round_.grains(first, lanes, blur_)) < 0.0) return;
                for (std::size_t i = first; i < first + lanes.count && all; ++i)
                    all = !may_move(i) || absolute(wanted_now(i, wealth) - trades_.notional(i)) < tolerance(i);
            });
        return all;
    }

    [[nodiscard]] double tolerance(std::size_t i) const noexcept {
        return round_.step_of(i).continuous() ? blur_ : round_.grain(i) - blur_;
    }

    /// Moves a trade by `off`; where it `has_to`, only if an order of that size would be sent on top of it, so that this ends.
    bool adjust(std::size_t i, double off, double beyond, bool has_to) noexcept {
        const double before = trades_.notional(i);
        const sized_trade now = rounded(i, before + off + (off < 0.0 ? -beyond : beyond), s_.round[i]);
        if (now.quantity == trades_.quantity(i) || now.overflow) return false;
        const double change = now.notional - before;
        if (has_to && before != 0.0 && (absolute(change) < round_.minimum_of(i, change > 0.0) || absolute(change) <= view_.cost(i, change)))
            return false;
        trades_.set(i, now);
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
        const bool in_kind = round_.fees().in_kind(i, buy);
        round_.for_each_order(i, t, [&](std::uint32_t, int128, double quantity, double, double) {
            const double amount = quantity * limit;
            sum += in_kind ? amount : amount + round_.order_cost(i, amount);
        });
        return sum;
    }

    /// The totals as the cash and the positions see them: a fee that is taken from an asset is that asset's.
    [[nodiscard]] trade_totals totals_now() noexcept {
        trade_totals all = trades_.totals();
        if (!fees_.open()) return all;
        fees_.reckon();
        all.spent -= fees_.total();
        all.gross = 0.0;
        for (std::size_t i = 0; i < trades_.assets(); ++i) all.gross += absolute(trades_.notional(i) - fees_.owed(i));
        return all;
    }
    /// Cash above what has to stay, if all orders fill as badly as they may. Also finds what sums of such amounts can not tell from zero.
    [[nodiscard]] double left_over() noexcept {
        const look& l = p_.look;
        const trade_totals all = totals_ = totals_now();
        const double size = absolute(l.cash) > absolute(l.at_hand) ? absolute(l.cash) : absolute(l.at_hand);
        noise_ = (all.gross + size) * snap + (l.input->account.weight.empty() ? 0.0 : l.value * snap);
        const double left = beyond_floor(l.at_hand, all);
        if (l.rules->proceeds == proceeds::at_once) return left;
        exact_sum settled;  // buys alone
        settled.add(l.settled);
        for (std::size_t i = 0; i < l.assets(); ++i)
            if (trades_.quantity(i) > 0.0) settled.add(-takes(i, trades_[i]));
        const double of_settled = settled.value();
        return of_settled < left ? of_settled : left;
    }
    /// By how much what has to stay falls for each unit of cost; cash that has settled is not more for it.
    [[nodiscard]] double eased() const noexcept {
        const double share = p_.look.rules->reserve - p_.look.rules->borrowed(p_.look.cash_target);
        return share > 0.0 && p_.look.rules->proceeds == proceeds::when_settled ? 0.0 : share;
    }
    /// What such cash leaves above what has to stay, once the orders are filled.
    [[nodiscard]] double beyond_floor(double before, const trade_totals& all) const noexcept {
        const look& l = p_.look;
        exact_sum cash;
        cash.add(before);
        if (!prices_.beyond_reference()) {
            cash.add(-all.spent);
        } else {
            for (std::size_t i = 0; i < l.assets(); ++i)
                if (trades_.quantity(i) != 0.0) cash.add(-takes(i, trades_[i]));
            cash.add(fees_.total_at_limit());
        }
        cash.add(-l.rules->cash_floor(l.value - all.cost, l.cash_target));
        return cash.value();
    }

    /// Makes the buys fit the cash that the sells leave.
    void fit_cash() noexcept {
        double left = left_over();
        if (left >= -noise_) {
            // Where a cost jumps, the wealth that the solver found may lie on its far side, and there may be cash for a little more.
            if (shape_of(view_) == cost_shape::general && top_up(false, false)) {
                settle(reach::more_cash);
                left = left_over();
            }
            return;
        }
        if (left >= -2.0 * round_.smallest() && trim(left, true)) return;
        for (int round = 0; round < 24; ++round) {
            // What is sold too much for the wealth that is left is taken back; in the end only as far as there is cash for it.
            const bool late = round >= 6;
            left = left_over();
            if (left < -noise_) {
                if (round > 0 && trim(left, false)) continue;
                if (!(prices_.largest_drift_first() ? put_back(left, round == 0) : shrink(left, round == 0))) break;
                if (!late) sell_afresh();
            } else if (!settle(late ? reach::more_cash : reach::sales) && !top_up(late, false)) {
                break;
            }
        }
        fit_buys();
        raise_cash();
        name_the_short();
    }

    /// Where more cash would stay borrowed than the targets borrow (a withdrawal, an overdrawn account), sells more, by steps that the
    /// rounding cut off: of those furthest above what they should have first, and of none by a step beyond it.
    bool raise_cash() noexcept {
        if (p_.limits.turnover < std::numeric_limits<double>::infinity()) return false;
        int pass = 0;
        for (; pass < 8 && sell_more(); ++pass)
            // The wealth that is left is less, and there may be more cash than was missing; each follows the other by a share of the costs.
            for (int round = 0; round < 12; ++round) {
                const bool sold = settle(reach::more_cash);
                if (!top_up(false, false) && !sold) break;
            }
        return pass > 0;
    }
    [[nodiscard]] double missing() noexcept {
        const look& l = p_.look;
        totals_ = totals_now();
        const double floor = l.rules->cash_floor(l.value - totals_.cost, l.cash_target);
        return -(beyond_floor(l.cash, totals_) + (floor > 0.0 ? floor : 0.0));
    }
    bool sell_more() noexcept {
        const look& l = p_.look;
        const double negligible = 2.0 * blur_ > noise_ ? 2.0 * blur_ : noise_;
        double lack = missing();
        if (lack <= negligible) return false;
        const double wealth = l.value - trades_.total_cost();
        const target_shares form = targets_beside_reserve(l, wealth);
        const auto above = [&](std::size_t i) { return l.position[i] + trades_.notional(i) - form.of(l.target[i], wealth) * wealth; };
        ranking furthest{p_.ranks};
        for (std::size_t i = 0; i < trades_.assets(); ++i) {
            if (round_.step_of(i).continuous() || trades_.quantity(i) > 0.0) continue;
            if (s_.move[i] == 0 && s_.cause[i] != why::below_step) continue;  // the solver leaves it alone for a reason of its own
            if (const double over = above(i); over > round_.smallest()) furthest.push(p_.rank(i, over));
        }
        bool any = false;
        while (!furthest.empty() && lack > negligible) {
            const std::size_t i = furthest.take().index;
            const sized_trade before = trades_[i];
            const double grain = round_.grain(i);
            const double most = grain * (whole((above(i) - blur_) / grain) + 1.0);
            const double enough = grain * (whole(lack * (1.0 - snap) / grain) + 1.0);
            const sized_trade more = rounded(i, before.notional - (most < enough ? most : enough), rounding::nearest);
            if (!(more.notional < before.notional) || !(takes(i, more) < takes(i, before))) continue;
            trades_.set(i, more);
            trades_.name(i, why::cash_raised);
            lack = missing();
            any = true;
        }
        return any;
    }

    /// Takes a little that is missing from the largest buy; `continuous`: from the largest that is, or from the largest sale that is.
    bool trim(double left, bool continuous) noexcept {
        for (int attempt = 0; attempt < 4; ++attempt) {
            const std::size_t n = trades_.assets();
            std::size_t largest = n;
            for (std::size_t i = 0; i < n; ++i) {
                const double size = trades_.notional(i);
                if (continuous ? size == 0.0 || !round_.step_of(i).continuous() : size <= 0.0) continue;
                if (largest == n || p_.rank(i, size).before(p_.rank(largest, trades_.notional(largest)))) largest = i;
            }
            if (largest == n) return false;
            const sized_trade before = trades_[largest];
            trades_.set(largest, rounded(largest, before.notional + left * (1.0 + 0.5 * attempt), rounding::toward_no_trade));
            const double now = trades_.quantity(largest) == 0.0 ? left : left_over();
            if (now >= -noise_) return true;
            if (!(now > left)) {
                trades_.set(largest, before);
                return false;
            }
            left = now;
        }
        return false;
    }

    /// Makes all buys smaller than wished (or than they are) by one common factor, the first found at which they can be paid for. False
    /// where there are none.
    bool shrink(double left, bool from_wish) noexcept {
        std::size_t count = 0;
        double need = 0.0;
        for (std::size_t i = 0; i < trades_.assets(); ++i)
            if (trades_.quantity(i) > 0.0 && !needed(i)) {
                buys_[count++] = static_cast<std::uint32_t>(i);
                need += takes(i, trades_[i]);
            }
        const trades_at wish{s_, p_.look, p_.limits, p_.look.value - trades_.total_cost()};
        double factor = 1.0;
        for (int attempt = 0; left < -noise_ && factor > 0.0 && count > 0; ++attempt) {
            double next = factor + left / need;
            if (attempt > 5) next = next < 0.5 * factor ? next : 0.5 * factor;
            if (!(next > 0.0) || attempt >= 40) next = 0.0;
            for (std::size_t k = 0; k < count; ++k) {
                const auto i = buys_[k];
                const double x = from_wish ? next * wish(i) : trades_.notional(i) * (next / factor);
                trades_.set(i, next > 0.0 ? rounded(i, x, rounding::toward_no_trade) : nothing(i));
            }
            factor = next;
            left = left_over();
        }
        return count > 0;
    }

    /// Makes buys smaller until they can be paid for.
    void fit_buys() noexcept {
        for (double left = left_over(); left < -noise_ && shrink(left, false); left = left_over()) {}
    }

    /// Takes buys back, the smallest wish first, until the rest can be paid for; `all`: every one of them, to be served anew in the order of
    /// their wishes. False where there are none.
    bool put_back(double left, bool all) noexcept {
        const double wealth = p_.look.value - trades_.total_cost();
        ranking smallest{p_.ranks};
        for (std::size_t i = 0; i < trades_.assets(); ++i)
            if (trades_.quantity(i) > 0.0) smallest.push(p_.rank(i, -wanted(i, wealth)));
        const bool any = !smallest.empty();
        while (!smallest.empty() && (all || left < -noise_)) {
            const std::size_t i = smallest.take().index;
            const sized_trade before = trades_[i];
            const double less = before.notional + left;
            trades_.set(i, all || less <= 0.0 ? nothing(i) : rounded(i, less, rounding::toward_no_trade));
            left += takes(i, before) - takes(i, trades_[i]);
        }
        return any;
    }

    /// Rounds all sales again: smaller buys cost less, and what was to be sold for the wealth that they would have left is not.
    void sell_afresh() noexcept {
        const double wealth = p_.look.value - trades_.total_cost();
        for (std::size_t i = 0; i < trades_.assets(); ++i) {
            if (!(trades_.quantity(i) < 0.0)) continue;
            trades_.clear(i);
            const double x = wanted_now(i, wealth);
            if (x < 0.0) trades_.set(i, rounded(i, x, s_.round[i]));
        }
    }

    /// Gives what is left to those furthest short, as many whole steps as it pays for; `sales_too`: also to what is sold too much. O(n log n):
    /// each gift lowers the wealth, and with it what the others are short of, so that these are looked at again when their turn comes.
    bool top_up(bool sales_too, bool just_one) noexcept {
        const std::size_t n = trades_.assets();
        bool any = false;
        for (int pass = 0; pass < 8; ++pass) {
            means have{left_over() + 0.5 * noise_, p_.look.value - totals_.cost};
            ranking shortest{p_.ranks};
            for (std::size_t i = 0; i < n; ++i)
                if (const double by = short_by(i, have, sales_too); by > 0.0) shortest.push(p_.rank(i, by));
            bool raised = false;
            while (!shortest.empty() && !(raised && just_one)) {
                const std::size_t i = shortest.take().index;
                const double by = short_by(i, have, sales_too);
                if (by <= 0.0) continue;
                if (!shortest.empty() && !p_.rank(i, by).before(shortest.best())) {
                    shortest.push(p_.rank(i, by));
                    continue;
                }
                // What is short after it was raised could not pay for another step.
                raised = raise(i, by, have) || raised;
            }
            any = any || raised;
            if (!raised || just_one) break;
        }
        return any;
    }

    /// What there is to spend, and the wealth that all trades leave.
    struct means {
        exact_sum left{};
        double wealth = 0.0;
        means(double cash, double w) noexcept : wealth{w} { left.add(cash); }
    };

    /// How much asset i is short of what it should have, 0 where it is less than an order or there is nothing to pay for one.
    [[nodiscard]] double short_by(std::size_t i, const means& have, bool sales_too) const noexcept {
        if (!may_move(i) || (trades_.quantity(i) < 0.0 && !sales_too)) return 0.0;
        const double by = wanted_now(i, have.wealth) - trades_.notional(i);
        const double grain = round_.grain(i) - blur_;
        return by >= grain && grain <= have.left.value() ? by : 0.0;
    }

    /// Raises one trade by at most `by`, as far as there are means.
    bool raise(std::size_t i, double by, means& have) noexcept {
        const sized_trade before = trades_[i];
        const double taken = takes(i, before);
        const double left = have.left.value();
        const double eased = this->eased();
        const auto takes_more = [&](const sized_trade& t) { return (takes(i, t) - taken) - eased * (t.cost - before.cost); };
        const auto attempt = [&](double more) {
            const sized_trade t = rounded(i, before.notional + more, rounding::toward_no_trade);
            const double price = takes_more(t);
            if (t.quantity <= before.quantity || price > left) return false;
            trades_.set(i, t);
            have.left.add(-price);
            have.wealth -= t.cost - before.cost;
            return true;
        };
        if (attempt(by + blur_)) return true;
        double low = 0.0;
        double high = by < left ? by : left;
        for (int k = 0; k < 60 && high - low > blur_; ++k) {
            const double middle = k == 0 ? high : low + 0.5 * (high - low);
            const sized_trade t = rounded(i, before.notional + middle, rounding::toward_no_trade);
            const bool fits = t.quantity == 0.0 || takes_more(t) <= left;
            (fits ? low : high) = middle;
            if (k == 0 && fits) break;
        }
        return low > 0.0 && attempt(low);
    }

    /// Tells the assets that are an order short that it was the cash, and whether better fills than the limits would help.
    void name_the_short() noexcept {
        const look& l = p_.look;
        exact_sum gain;
        if (prices_.beyond_reference())
            for (std::size_t i = 0; i < l.assets(); ++i)
                if (trades_.quantity(i) != 0.0) gain.add(takes(i, trades_[i]) - (trades_.notional(i) + trades_.cost(i)));
        const double left = left_over() + noise_;
        const double at_reference = left + gain.value();  // what is left if all orders fill at their reference prices
        const double to_come = beyond_floor(l.cash, totals_) + gain.value() + noise_;  // once cash has settled and open sales are filled
        const double wealth = l.value - trades_.total_cost();
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (!may_move(i) || trades_.quantity(i) < 0.0) continue;
            if (!(wanted_now(i, wealth) - trades_.notional(i) >= round_.grain(i) - blur_)) continue;
            const double least = round_.grain(i) > round_.minimum_of(i, true) ? round_.grain(i) : round_.minimum_of(i, true);
            const double at_worst = least * (prices_.worst(i, true) / l.price[i]);
            const bool at_limit = gain.value() > noise_ && at_worst <= at_reference;
            const bool settles = !at_limit && to_come > at_reference && at_worst <= to_come;
            if (trades_.quantity(i) != 0.0) {
                trades_.name(i, at_limit ? why::cut_at_limit : settles ? why::cut_by_settlement : why::cut_by_cash);
                continue;
            }
            const sized_trade first = rounded(i, wanted_now(i, wealth) + blur_, s_.round[i]);
            trades_.name(i, first.quantity == 0.0 ? first.cut
                            : at_limit            ? why::no_cash_at_limit
                            : settles             ? why::not_settled
                                                  : why::no_cash);
        }
    }

    const problem& p_;
    const View& view_;
    solution& s_;
    trade_columns trades_;
    std::uint32_t* buys_;
    const Prices& prices_;
    rounder<View> round_;
    fee_ledger<View, Prices> fees_;
    bool rough_;  ///< trades are not simply what the solver wants
    double blur_;
    double noise_ = 0.0;
    trade_totals totals_{};  ///< of the trades when `left_over` was last asked, which is after their last change
};

}  // namespace ballast::inline v0::detail
