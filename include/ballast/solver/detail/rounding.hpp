/// From a wanted trade to one that can be sent.
#pragma once

#include <cstddef>

#include "../../core/step.hpp"
#include "../../cost/detail/cost_lanes.hpp"
#include "../../numeric/octet.hpp"
#include "../concept.hpp"
#include "fee_reader.hpp"
#include "order_minimums.hpp"
#include "zero_crossing.hpp"

namespace ballast::inline v0 {

/// One asset's trade as it can be sent.
struct sized_trade {
    int128 steps = 0;       ///< signed; 0 where the instrument is continuous
    double quantity = 0.0;  ///< signed; 0: no trade
    double notional = 0.0;  ///< by which the position changes, at the reference price: quantity × price, less a fee that is paid in kind
    double cost = 0.0;      ///< of all its orders
    why cut = why::full;    ///< what made it smaller than wanted, if anything
    bool overflow = false;  ///< more steps than can be counted
};

namespace detail {

/// Trades below this share of the portfolio are rounding noise, not trades.
inline constexpr double dust = 1.0 / 1099511627776.0;  // 2^-40
/// What doubles can not tell from zero in sums over a portfolio, as a share of it.
inline constexpr double blur = 1.0 / 70368744177664.0;  // 2^-46

/// Eight trades as they can be sent.
struct rounded_octet {
    octet quantity, notional, cost;
    octet count;     ///< steps
    octet short_of;  ///< above 0 where steps cut something off
};

/// Rounds trades by the rules of their instruments, of the mandate and of the rows that are held: whole steps, nothing sold that is not
/// held, no order below its minimum notional, none below 2^-40 of the portfolio, none that costs as much as it moves.
template <class View>
class rounder {
public:
    using view_type = View;
    rounder(const problem& p, const View& view) noexcept
        : p_{p},
          view_{view},
          price_{p.look.price.data()},
          position_{p.look.position.data()},
          quantity_{p.look.quantity.data()},
          held_steps_{p.look.steps},
          step_{p.look.input->instruments.step},
          minimum_{p.look.input->instruments},
          min_position_{p.look.input->instruments.min_position},
          crossing_{p.look.input->instruments, p.look.steps},
          smallest_{p.look.value * dust},
          allow_short_{p.look.rules->allow_short},
          mapped_{p.rows.mapped},
          has_steps_{!p.look.input->instruments.step.empty()},
          has_holes_{!p.look.input->instruments.min_position.empty()},
          fees_{p.look},
          unusual_{has_holes_ || fees_.rounds()},
          costs_{view} {
        if (has_steps_ && step_.uniform()) {
            const decimal_step& s = step_[0];
            of_all_ = {every(s.value()), every(static_cast<double>(s.mantissa())), every(up(s)), every(down(s))};
        }
    }

    /// True where trades have to be rounded at all; otherwise any double can be sent.
    [[nodiscard]] bool coarse() const noexcept {
        const auto& rules = p_.look.input->instruments;
        return !rules.step.empty() || minimum_.any() || unusual_ || mapped_ || crossing_.any();
    }
    /// What counts as noise goes along with the wealth.
    void at_wealth(double wealth) noexcept { smallest_ = wealth * dust; }
    /// Trades up to this size are none.
    [[nodiscard]] double smallest() const noexcept { return smallest_; }
    /// The smallest change of asset i's position.
    [[nodiscard]] double grain(std::size_t i) const noexcept {
        const double step = step_[i].value() * price_[i];
        return step > smallest_ ? step : smallest_;
    }
    [[nodiscard]] const decimal_step& step_of(std::size_t i) const noexcept { return step_[i]; }
    /// The smallest order of this side.
    [[nodiscard]] double minimum_of(std::size_t i, bool buy) const noexcept { return minimum_(i, buy, price_[i]); }
    [[nodiscard]] bool mapped() const noexcept { return mapped_; }
    /// What fees are paid in.
    [[nodiscard]] const fee_reader& fees() const noexcept { return fees_; }
    /// What one order of this notional costs.
    [[nodiscard]] double order_cost(std::size_t i, double notional) const noexcept {
        const double cost = view_.cost(i, notional);
        return fees_.rounds() ? fees_.paid(i, notional, cost) : cost;
    }
    /// The notional of the order, or of all orders, that a trade consists of.
    [[nodiscard]] double ordered(std::size_t i, const sized_trade& t) const noexcept {
        return fees_.any() ? t.quantity * price_[i] : t.notional;
    }
    /// The trade that consists of orders of this notional at most, in whole steps toward no trade.
    [[nodiscard]] sized_trade of_orders(std::size_t i, double notional) const noexcept {
        if (!fees_.in_kind(i, notional > 0.0)) return (*this)(i, notional, rounding::toward_no_trade);
        double x = notional - order_cost(i, notional);
        const double step = step_[i].value() * price_[i];
        for (int attempt = 0; attempt < 4 && x * notional > 0.0; ++attempt) {
            const sized_trade t = (*this)(i, x, rounding::toward_no_trade);
            const double over = absolute(t.quantity * price_[i]) - absolute(notional);
            if (over <= absolute(notional) * snap) return t;
            const double less = over > step ? over : step;
            x += notional > 0.0 ? -less : less;
        }
        return {.cut = why::cut_by_maximum};
    }
    /// The row that fees in asset i are taken from; the one that buys of it go to.
    [[nodiscard]] std::uint32_t fee_row(std::size_t i) const noexcept {
        return mapped_ ? main_row(i, p_.rows.first[i]) : static_cast<std::uint32_t>(i);
    }
    /// Which trades through zero are two orders.
    [[nodiscard]] const zero_crossings& crossing() const noexcept { return crossing_; }
    /// What a trade of x costs with all its orders, before it is rounded; of an asset in several rows as if it lay in one.
    [[nodiscard]] double cost_of_orders(std::size_t i, double x) const noexcept {
        if (!crossing_.any() || mapped_ || !crossing_.splits(i, quantity_[i], x / price_[i])) return order_cost(i, x);
        return order_cost(i, -position_[i]) + order_cost(i, x + position_[i]);
    }

    /// The trade of asset i that comes closest to notional x. O(1), O(rows of the asset) for sales from several rows.
    [[nodiscard]] sized_trade operator()(std::size_t i, double x, rounding how) const noexcept {
        const sized_trade t = of_any_position(i, x, how);
        return has_holes_ && t.quantity != 0.0 ? beside_hole(i, t) : t;
    }

    /// The same for what is asked most often: an asset in one row, counts below 2^49. False for the rest.
    [[gnu::always_inline]] bool in_one_row(sized_trade& t, std::size_t i, double x, rounding how) const noexcept {
        if (unusual_ || crossing_.any()) [[unlikely]]
            return false;
        return ignoring_hole(t, i, x, how);
    }

    /// The trades of a block at once, where nothing about them is unusual: rounded toward no trade, in one row each, none of them closing a
    /// position, none refused. The same arithmetic as above without a branch. False: take them one by one.
    template <class Lanes>
    [[nodiscard, gnu::always_inline]] bool octet_at(std::size_t first, const octet& x, Lanes lanes, rounded_octet& t) const noexcept {
        if (unusual_ || !minimum_.plain()) return false;
        const octet price = load(price_ + first, lanes, 1.0);
        const octet held = load(quantity_ + first, lanes, 0.0);
        const octet position = load(position_ + first, lanes, 0.0);
        const octet size = absolute(x);
        // The least of all margins; at or below 0: unusual. Lanes that are not there count below.
        octet least = size - every(smallest_);
        least = smaller(absolute(x + position) - absolute(position) * every(snap), least);
        if (has_steps_) {
            const steps_of_block s = steps(first, lanes);
            const octet ratio = size / (price * s.value);
            least = smaller(every(two_to_52) - ratio * larger(s.mantissa, every(8.0)), least);  // below 2^49, and the product below 2^52
            const octet nearest = (ratio + every(two_to_52)) - every(two_to_52);
            const octet count = nearest - where_above(nearest - ratio, ratio * every(snap), every(1.0), every(0.0));
            t.short_of = ratio * every(1.0 - snap) - count;
            t.count = with_sign_of(count, x);
            t.quantity = with_sign_of(count * s.mantissa * s.up / s.down, x);
        } else {
            t.short_of = t.count = every(0.0);
            t.quantity = x / price;
        }
        if (!allow_short_)
            least = smaller(t.quantity + held, least);
        else if (crossing_.any())  // none through zero
            least = smaller(with_sign_of(every(1.0), held) * (t.quantity + held), least);
        t.notional = t.quantity * price;
        octet rate = every(0.0);
        t.cost = costs_(first, t.notional, lanes, rate);
        least = smaller(absolute(t.notional) - larger(minimum_.octet_at(first, lanes), t.cost), least);
        double all[8];
        store(all, least);
        double worst = all[0];
        for (std::size_t l = 1; l < lanes.count; ++l) worst = all[l] < worst ? all[l] : worst;
        return worst > 0.0;
    }
    /// How far a trade of each asset of a block may be off: less than a whole order; `none`: that of assets without steps.
    template <class Lanes>
    [[nodiscard, gnu::always_inline]] octet grains(std::size_t first, Lanes lanes, double none) const noexcept {
        if (!has_steps_) return every(none);
        const octet step =
            step_.uniform() ? every(step_[0].value()) : gather(lanes, [&](std::size_t l) { return step_[first + l].value(); });
        const octet grain = larger(step * load(price_ + first, lanes, 1.0), every(smallest_)) - every(none);
        return where_above(step, every(0.0), grain, every(none));
    }

    /// Calls `write(row, steps, quantity, notional, cost)` for each order that the trade consists of. Sales are taken from the asset's rows
    /// in their order, no more from each than it holds; where shorts are allowed, what is left goes to its most negative row, or to its
    /// last. Buys go to its most negative row, or to its first; where positions have to be closed first, they close its other short rows
    /// before. Row `no_index`: the asset has none.
    template <class Write>
    void for_each_order(std::size_t i, const sized_trade& t, Write&& write) const noexcept {
        if (t.quantity == 0.0) return;
        if (row_by_row(i, t.quantity)) return from_rows(i, t.steps, t.quantity, write);
        const auto row = mapped_ ? main_row(i, p_.rows.first[i]) : static_cast<std::uint32_t>(i);
        if (mapped_ || !crossing_.splits(i, quantity_[i], t.quantity)) return write(row, t.steps, t.quantity, ordered(i, t), t.cost);
        (void)in_two_orders(i, row, t.steps, t.quantity, write);
    }

private:
    struct steps_of_block {
        octet value{}, mantissa{}, up{}, down{};
    };
    [[nodiscard]] static double up(const decimal_step& s) noexcept { return power_of_ten[s.exponent() > 0 ? s.exponent() : 0]; }
    [[nodiscard]] static double down(const decimal_step& s) noexcept { return power_of_ten[s.exponent() < 0 ? -s.exponent() : 0]; }
    template <class Lanes>
    [[nodiscard, gnu::always_inline]] steps_of_block steps(std::size_t first, Lanes lanes) const noexcept {
        if (step_.uniform()) return of_all_;
        double value[8] = {}, mantissa[8] = {}, ups[8] = {}, downs[8] = {};
        for (std::size_t l = 0; l < lanes.count; ++l) {
            const decimal_step& s = step_[first + l];
            value[l] = s.value();
            mantissa[l] = static_cast<double>(s.mantissa());
            ups[l] = up(s);
            downs[l] = down(s);
        }
        return {load(value), load(mantissa), load(ups), load(downs)};
    }
    /// The view's cost, in a form that is inlined.
    [[nodiscard, gnu::always_inline]] double cost_of(std::size_t i, double x) const noexcept {
        if constexpr (linear_bound_cost<View>) {
            const linear_cost c = view_.linear(i);
            return x == 0.0 ? 0.0 : c.fixed + (x > 0.0 ? c.buy : -c.sell) * x;
        } else {
            return view_.cost(i, x);
        }
    }
    [[nodiscard]] sized_trade of_any_position(std::size_t i, double x, rounding how) const noexcept {
        sized_trade t;
        if (fees_.rounds())
            t = beside_fee(i, x, how);
        else if (mapped_ || !ignoring_hole(t, i, x, how))
            t = in_any_rows(i, x, how);
        return !mapped_ && crossing_.any() && crossing_.splits(i, quantity_[i], t.quantity) ? closing_first(i, t) : t;
    }

    /// A trade through zero as its venue takes it.
    [[nodiscard]] sized_trade closing_first(std::size_t i, const sized_trade& t) const noexcept {
        sized_trade all{.cut = t.cut};
        if (fees_.in_kind(i, t.quantity > 0.0)) {  // what is left of it after the fee is turned around by the next call
            all = t.quantity > 0.0 ? in_any_rows(i, -position_[i], rounding::toward_no_trade)
                                   : beside_fee(i, -position_[i], rounding::toward_no_trade);
            if (t.quantity > 0.0) all.notional -= all.cost;
            if (all.quantity != 0.0) all.cut = why::cut_at_zero;
            return all;
        }
        const auto add = [&](std::uint32_t, int128 steps, double quantity, double notional, double cost) {
            all.steps += steps;
            all.quantity += quantity;
            all.notional += notional;
            all.cost += cost;
        };
        const why refused = in_two_orders(i, static_cast<std::uint32_t>(i), t.steps, t.quantity, add);
        if (refused != why::full) all.cut = refused;
        if (refused == why::full) all.quantity = t.quantity;
        return all;
    }
    /// Writes the order that closes a row's position and then the one that opens the other side; where the first may not be sent neither is.
    /// Why not all of it is written, or `why::full`.
    template <class Write>
    [[nodiscard]] why in_two_orders(std::size_t i, std::uint32_t row, int128 steps, double quantity, Write&& write) const noexcept {
        const trade_parts t = crossing_.parts(i, row, quantity_[row], steps, quantity);
        why cut = why::full;
        const auto one = [&](int128 count, double units, double above) {
            const double notional = units * price_[i];
            const double cost = order_cost(i, notional);
            if (!(absolute(notional) > above) || !sendable(i, notional, cost, cut)) return false;
            write(row, count, units, notional, cost);
            return true;
        };
        if (!one(t.close_steps, t.close, 0.0)) return cut == why::full ? why::below_step : cut;
        if (!t.closes) return why::cut_to_step;
        return one(t.open_steps, t.open, p_.look.value * dust) ? why::full : why::cut_at_zero;
    }

    /// A trade whose fee may be paid in kind: the position changes by the order less its fee, so that a buy is larger than the change and a sale smaller.
    [[nodiscard]] sized_trade beside_fee(std::size_t i, double x, rounding how) const noexcept {
        if (!fees_.in_kind(i, x > 0.0)) return in_any_rows(i, x, how);
        sized_trade t = in_any_rows(i, order_for(i, x), how);
        for (int attempt = 0; mapped_ && attempt < 4 && t.quantity < 0.0 && t.notional - t.cost < x * (1.0 + snap); ++attempt) {
            if (!(x + t.cost < 0.0)) return {.cut = why::not_worth_cost};
            t = in_any_rows(i, x + t.cost, how);  // orders in several rows, each with its fee
        }
        // Together with its fee a sale is not of more than is held.
        const double most = allow_short_ ? absolute(x) : position_[i];
        for (int attempt = 0; attempt < 4 && t.quantity < 0.0 && t.cost - t.notional > most; ++attempt) {
            const double over = (t.cost - t.notional) - most;
            const double step = step_[i].value() * price_[i];
            t = in_any_rows(i, t.notional + (over > step ? over : step), rounding::toward_no_trade);
        }
        if (t.quantity < 0.0 && t.cost - t.notional > most * (1.0 + snap)) t = {.cut = why::below_step};
        t.notional -= t.cost;
        if (t.quantity > 0.0 && t.notional <= t.cost) return {.cut = why::not_worth_cost};  // what it moves is what is left of it
        return t;
    }
    /// The notional of the order that changes the position by x: o − φ(o) = x. Found by going from one to the next, as fees grow by less than the order;
    /// where they jump, the smallest of all that were tried.
    [[nodiscard]] double order_for(std::size_t i, double x) const noexcept {
        double order = x;
        double least = x;
        for (int k = 0; k < 60; ++k) {
            const double next = x + view_.cost(i, order);
            if (next * x <= 0.0) return 0.0;  // the fee is more than all of it
            if (absolute(next) < absolute(least) || k == 0) least = next;
            if (absolute(next - order) <= absolute(x) * snap) return next;
            order = next;
        }
        return least;
    }

    /// A trade that would leave a position above nothing but below the smallest that may be held ends at the nearest that may, on its way;
    /// where there is none, there is no trade.
    [[nodiscard]] sized_trade beside_hole(std::size_t i, const sized_trade& t) const noexcept {
        const double held = held_of(i);
        const double least = min_position_[i];
        const double end = held + (fees_.any() ? t.notional / price_[i] : t.quantity);
        const double after = absolute(end);
        if (after <= absolute(held) * snap || after >= least * (1.0 - snap)) return t;
        sized_trade shorter{.cut = why::below_least};
        const bool turns = (held > 0.0) != (end > 0.0);
        if (turns && held != 0.0)
            shorter = of_any_position(i, -position_[i], rounding::toward_no_trade);
        else if (absolute(held) > least)
            shorter = of_any_position(i, (held > 0.0 ? least - held : -least - held) * price_[i], rounding::toward_no_trade);
        const double left = absolute(held + (fees_.any() ? shorter.notional / price_[i] : shorter.quantity));
        if (shorter.quantity == 0.0 || (left > absolute(held) * snap && left < least * (1.0 - snap))) return {.cut = why::below_least};
        shorter.cut = why::cut_to_least;
        return shorter;
    }

    [[gnu::always_inline]] bool ignoring_hole(sized_trade& t, std::size_t i, double x, rounding how) const noexcept {
        const double price = price_[i];
        const double held = quantity_[i];
        const double position = position_[i];
        const decimal_step& step = step_[i];
        const bool closes = absolute(x + position) <= absolute(position) * snap;
        double quantity = 0.0;
        if (step.continuous()) {
            quantity = closes ? -held : x / price;
            if ((quantity < -held) & !allow_short_) [[unlikely]]
                return false;
        } else {
            const double ratio = closes ? absolute(held) / step.value() : absolute(x) / (price * step.value());
            const auto mantissa = static_cast<double>(step.mantissa());
            if (!(ratio < two_to_52 / 8 && ratio * mantissa < two_to_52)) [[unlikely]]
                return false;
            const double nearest = whole(ratio + 0.5);
            const bool down =
                (how == rounding::toward_no_trade) & (nearest - ratio > ratio * snap);  // without a branch: no one can predict it
            const double count = nearest - static_cast<double>(down);
            const double exact = count * mantissa;  // exact, and so a single rounding for the quantity
            const double rounded = step.exponent() < 0 ? exact / power_of_ten[-step.exponent()] : exact * power_of_ten[step.exponent()];
            if ((x < 0.0) & !allow_short_ & more_than(rounded, held)) [[unlikely]]
                return false;
            t.cut = count < ratio * (1.0 - snap) ? why::cut_to_step : why::full;
            t.steps = static_cast<std::int64_t>(__builtin_copysign(count, x));
            quantity = __builtin_copysign(rounded, x);
        }
        const double notional = quantity * price;
        const double cost = cost_of(i, notional);
        const double size = absolute(notional);
        const double least = minimum_(i, x > 0.0, price);
        if (!(size >= least && size > cost && absolute(x) > smallest_)) [[unlikely]] {
            // Nothing: because of the rule that comes first.
            t = {};
            t.cut = quantity == 0.0 || !(absolute(x) > smallest_) ? why::below_step
                    : size < least                                ? minimum_.reason(i, x > 0.0, price, size)
                                                                  : why::not_worth_cost;
            return true;
        }
        t.quantity = quantity;
        t.notional = notional;
        t.cost = cost;
        return true;
    }

    [[nodiscard]] sized_trade in_any_rows(std::size_t i, double x, rounding how) const noexcept {
        sized_trade t;
        if (!(absolute(x) > smallest_)) {
            t.cut = why::below_step;
            return t;
        }
        const double price = price_[i];
        const double held = held_of(i);
        double quantity = absolute(x + position_[i]) <= absolute(position_[i]) * snap ? -held : x / price;
        if (quantity < 0.0 && !allow_short_ && quantity < -held) {
            if (-quantity > held * (1.0 + snap)) t.cut = why::cut_by_holding;
            quantity = held > 0.0 ? -held : 0.0;
        }
        to_steps(t, i, quantity, how, held);
        if (row_by_row(i, t.quantity)) {
            take_from_rows(t, i);
        } else {
            t.notional = t.quantity * price;
            t.cost = t.quantity == 0.0 ? 0.0 : order_cost(i, t.notional);
            if (!sendable(i, t.notional, t.cost, t.cut)) t = {.cut = t.cut, .overflow = t.overflow};
        }
        if (t.quantity == 0.0 && (t.cut == why::full || t.cut == why::cut_to_step)) t.cut = why::below_step;
        return t;
    }

    [[nodiscard]] double held_of(std::size_t i) const noexcept {
        if (!mapped_) return quantity_[i];
        double held = 0.0;
        for (auto r = p_.rows.first[i]; r != no_index; r = p_.rows.next[r]) held += quantity_[r];
        return held;
    }

    /// Whole steps, counted in doubles while these are exact.
    void to_steps(sized_trade& t, std::size_t i, double quantity, rounding how, double held) const noexcept {
        const decimal_step step = step_of(i);
        if (step.continuous()) {
            t.quantity = quantity;
            return;
        }
        const double size = absolute(quantity);
        const double ratio = size / step.value();
        const auto mantissa = static_cast<double>(step.mantissa());
        if (ratio < two_to_52 / 8 && ratio * mantissa < two_to_52) [[likely]] {
            double count = whole(ratio + 0.5);
            if (how == rounding::toward_no_trade && count - ratio > ratio * snap) count -= 1.0;
            const auto times_step = [&](double times) {
                const double exact = times * mantissa;
                return step.exponent() < 0 ? exact / power_of_ten[-step.exponent()] : exact * power_of_ten[step.exponent()];
            };
            double rounded = times_step(count);
            if (quantity < 0.0 && !allow_short_ && more_than(rounded, held)) rounded = times_step(count -= 1.0);
            if (rounded < size * (1.0 - snap) && t.cut == why::full) t.cut = why::cut_to_step;
            t.quantity = quantity < 0.0 ? -rounded : rounded;
            t.steps = static_cast<std::int64_t>(quantity < 0.0 ? -count : count);
            return;
        }
        step_count count = steps_toward_zero(quantity, step);
        t.overflow = count.overflow;
        if (count.overflow) return;
        if (held_steps_.empty()) {
            if (quantity < 0.0 && !allow_short_ && more_than(-quantity_of(count.steps, step), held)) ++count.steps;
        } else {  // no more of what was counted than there is, and all of it where all is to go
            const int128 all = steps_held(i);
            if (quantity == -held || (quantity < 0.0 && !allow_short_ && -count.steps > all)) count.steps = -all;
        }
        t.steps = count.steps;
        t.quantity = quantity_of(count.steps, step);
    }
    [[nodiscard]] int128 steps_held(std::size_t i) const noexcept {
        if (!mapped_) return held_steps_[i];
        int128 held = 0;
        for (auto r = p_.rows.first[i]; r != no_index; r = p_.rows.next[r]) held += held_steps_[r];
        return held;
    }
    /// Whole steps that a holding just misses count as held where both doubles stand for the same decimal.
    [[nodiscard]] static bool more_than(double size, double held) noexcept { return size - held > held * snap; }
    [[nodiscard]] static int128 whole_steps(double held, const decimal_step& step) noexcept {
        const int128 count = steps_toward_zero(held, step).steps;
        return more_than(quantity_of(count, step), held) ? count - 1 : count;
    }

    /// False for an order that may not or should not be sent; then `cut` says why.
    [[nodiscard]] bool sendable(std::size_t i, double notional, double cost, why& cut) const noexcept {
        const double size = absolute(notional);
        const bool buy = notional > 0.0;
        if (size < minimum_of(i, buy)) {
            if (size > 0.0) cut = minimum_.reason(i, buy, price_[i], size);
            return false;
        }
        if (size > cost) return true;
        if (size > 0.0) cut = why::not_worth_cost;
        return size == 0.0;
    }

    /// The row that buys go to and that may go short.
    [[nodiscard]] std::uint32_t main_row(std::size_t i, std::uint32_t otherwise) const noexcept {
        const double* quantity = p_.look.quantity.data();
        std::uint32_t row = otherwise;
        double lowest = 0.0;
        for (auto r = p_.rows.first[i]; r != no_index; r = p_.rows.next[r])
            if (quantity[r] < lowest) {
                lowest = quantity[r];
                row = r;
            }
        return row;
    }
    [[nodiscard]] std::uint32_t last_row(std::size_t i) const noexcept {
        std::uint32_t row = no_index;
        for (auto r = p_.rows.first[i]; r != no_index; r = p_.rows.next[r]) row = r;
        return row;
    }

    /// Whether a trade is made of several rows: sales, and what closes short positions before more is bought.
    [[nodiscard]] bool row_by_row(std::size_t i, double quantity) const noexcept {
        return mapped_ && (quantity < 0.0 || (quantity > 0.0 && crossing_.has_rule(i)));
    }

    /// A trade as it can be taken from the asset's rows.
    void take_from_rows(sized_trade& t, std::size_t i) const noexcept {
        const sized_trade wanted = t;
        t.steps = 0;
        t.quantity = t.notional = t.cost = 0.0;
        why refused = wanted.quantity < 0.0 ? why::cut_by_holding : why::cut_to_step;
        from_rows(
            i, wanted.steps, wanted.quantity,
            [&](std::uint32_t, int128 steps, double quantity, double notional, double cost) {
                t.steps += steps;
                t.quantity += quantity;
                t.notional += notional;
                t.cost += cost;
            },
            &refused);
        if (t.steps != 0) t.quantity = quantity_of(t.steps, step_of(i));
        if (absolute(t.quantity) < absolute(wanted.quantity) * (1.0 - snap))
            t.cut = t.quantity == 0.0 || refused == why::cut_at_zero ? refused
                    : wanted.quantity < 0.0                          ? why::cut_by_holding
                                                                     : why::cut_to_step;
    }

    /// True where a trade is of all that the asset's rows hold, all of them on one side.
    [[nodiscard]] bool closes_all(std::size_t i, double quantity) const noexcept {
        const double* held = p_.look.quantity.data();
        for (auto r = p_.rows.first[i]; r != no_index; r = p_.rows.next[r])
            if (quantity < 0.0 ? held[r] < 0.0 : held[r] > 0.0) return false;
        return quantity == -held_of(i);
    }

    /// What can be sold of so many units where the fee is taken from them as well.
    [[nodiscard]] double beside_its_fee(std::size_t i, double held) const noexcept {
        double sold = -order_for(i, -held * price_[i]) / price_[i];
        for (int attempt = 0; attempt < 4; ++attempt) {
            const double over = sold + fees_.units(i, view_.cost(i, -sold * price_[i])) - held;
            if (!(over > 0.0)) break;
            sold = sold > over ? sold - over : 0.0;
        }
        return sold;
    }

    template <class Write>
    void from_rows(std::size_t i, int128 steps, double quantity, Write&& write, why* refused = nullptr) const noexcept {
        const decimal_step step = step_of(i);
        const bool buys = quantity > 0.0;
        const double sign = buys ? 1.0 : -1.0;
        const double* held = p_.look.quantity.data();
        const bool may_turn = buys || allow_short_;
        const std::uint32_t open = may_turn ? main_row(i, buys ? p_.rows.first[i] : last_row(i)) : no_index;
        int128 steps_left = buys ? steps : -steps;
        double left = sign * quantity;
        const double least = left * snap;
        const bool in_kind = !buys && fees_.in_kind(i, false);
        const bool all = step.continuous() && !in_kind && closes_all(i, quantity);  // row by row: what sums leave over would stay
        const auto part = [&](std::uint32_t r, int128 part_steps, double part_quantity) {
            const double notional = sign * part_quantity * price_[i];
            const double cost = order_cost(i, notional);
            why cut = why::full;
            if (part_quantity == 0.0 || !sendable(i, notional, cost, cut)) {
                if (refused != nullptr && cut != why::full) *refused = cut;
                return;
            }
            write(r, buys ? part_steps : -part_steps, sign * part_quantity, notional, cost);
            steps_left -= part_steps;
            left -= part_quantity;
        };
        const auto to_go = [&] { return held_steps_.empty() ? left > least : steps_left > 0; };
        for (auto r = p_.rows.first[i]; r != no_index && to_go(); r = p_.rows.next[r]) {
            const double there = -sign * held[r];
            if (r == open || !(there > 0.0)) continue;
            const double of_row = in_kind ? beside_its_fee(i, there) : there;
            if (step.continuous()) {
                part(r, 0, !all && left < of_row * (1.0 - snap) ? left : of_row);
            } else {
                const int128 most = held_steps_.empty() || in_kind ? whole_steps(of_row, step) : buys ? -held_steps_[r] : held_steps_[r];
                const int128 count = steps_left < most ? steps_left : most;
                part(r, count, quantity_of(count, step));
                left = quantity_of(steps_left, step);
            }
        }
        if (!may_turn || !to_go()) return;
        if (open == no_index || all || !crossing_.splits(i, held[open], sign * left))
            return part(open, steps_left, all ? -sign * held[open] : left);
        const why cut = in_two_orders(i, open, buys ? steps_left : -steps_left, sign * left, write);
        if (refused != nullptr && cut != why::full) *refused = cut;
    }

    const problem& p_;
    const View& view_;
    const double* price_;
    const double* position_;
    const double* quantity_;
    std::span<const int128> held_steps_;  ///< per row; empty where the host does not count
    rule_reader<decimal_step> step_;
    smallest_orders minimum_;
    rule_reader<double> min_position_;
    zero_crossings crossing_;
    double smallest_;
    bool allow_short_;
    bool mapped_;
    bool has_steps_;
    bool has_holes_;  ///< not every position may be held
    fee_reader fees_;
    bool unusual_;  ///< trades are more than their orders' steps: taken one by one
    cost_lanes<View> costs_;
    steps_of_block of_all_{};  ///< where all assets have the same step
};

}  // namespace detail
}  // namespace ballast::inline v0
