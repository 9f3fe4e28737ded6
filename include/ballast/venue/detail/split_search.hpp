/// One order over many curves of any kind: the search for the price at which they take it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "../../numeric/ranking.hpp"
#include "../../numeric/sum.hpp"
#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// Which side of an order is given.
enum class given_amount : std::uint8_t { in, out };

/// Whether a venue may be used, in a search over sets of venues.
enum class venue_use : std::uint8_t { open, used, unused };

/// Columns of one entry per venue; only `prepare` allocates.
struct split_memory {
    std::vector<double> a{}, b{}, c{}, d{}, spot{};
    std::vector<ranked> heap{};
    std::vector<venue_use> use{}, best{}, trial{};
    std::vector<std::uint32_t> level{};
    struct branch {
        double bound;         ///< nothing below this branching is better
        std::uint32_t venue;  ///< which one it decides
        bool second;          ///< whether the first of both ways is done
    };
    std::vector<branch> path{};

    void prepare(std::size_t n) {
        for (auto* column : {&a, &b, &c, &d, &spot}) column->resize(n > column->size() ? n : column->size());
        const std::size_t all = a.size();
        heap.resize(all);
        use.resize(all);
        best.resize(all);
        trial.resize(all);
        level.resize(all);
        path.resize(all);
    }
    [[nodiscard]] std::size_t capacity() const noexcept { return a.size(); }
};

/// What a split comes to, besides its columns.
struct split_sums {
    double in = 0.0, out = 0.0;  ///< totals
    double unfilled = 0.0;       ///< of the amount given
    double price = 0.0;          ///< units out per unit in at which all venues agree
    double gap = 0.0;            ///< in units of out where the input is given, of in otherwise
    bool exact = true;           ///< false where the search had to stop
    std::uint32_t steps = 0;     ///< how often all venues were asked
};

/// Venue by venue, of the order of the curves: rounding of the whole is put where it moves least.
struct split_columns {
    double* in;
    double* out;
};

[[nodiscard]] inline double sum_of_column(const double* x, std::size_t n) noexcept {
    exact_sum s;
    for (std::size_t i = 0; i < n; ++i) s.add(x[i]);
    return s.value();
}

/// Adds what `x` lacks of `amount` to the largest entry among those that `may` name, within 0 and `most(i)`.
template <class May, class Most>
inline void place_rest(double* x, std::size_t n, double amount, May may, Most most) noexcept {
    for (int round = 0; round < 2; ++round) {
        exact_sum rest;
        rest.add(amount);
        for (std::size_t i = 0; i < n; ++i) rest.add(-x[i]);
        const double r = rest.value();
        if (r == 0.0 || !finite(r)) return;
        std::size_t at = n;
        for (std::size_t i = 0; i < n; ++i)
            if ((may(i) || round > 0) && x[i] > 0.0 && (at == n || x[i] > x[at]) && x[i] + r >= 0.0 && x[i] + r <= most(i)) at = i;
        if (at < n) x[at] += r;
    }
}

/// The search. At a price every curve takes what `inverse_marginal` says; the lower the price the more they take. A bracket of two
/// prices, at which they take less and more than the amount, closes on the price at which they take it: by secants in price^(−1/2), in
/// which constant-product pools are straight lines, and, where these are slow, at the price in the middle of what the curve takes that
/// makes most of the difference, which finds the straight pieces. What is then taken lies between what both ends take.
template <given_amount Given, class Curve>
class split_search {
public:
    split_search(std::span<const Curve> curves, const venue_use* use, double amount, split_memory& m, split_columns to) noexcept
        : curves_{curves},
          amount_{amount},
          spot_{m.spot.data()},
          few_{m.a.data()},
          many_{m.b.data()},
          low_{m.c.data()},
          high_{m.d.data()},
          to_{to},
          n_{curves.size()} {
        for (std::size_t i = 0; i < n_; ++i) {
            spot_[i] = 0.0;
            to_.in[i] = to_.out[i] = 0.0;
            if (use != nullptr && use[i] == venue_use::unused) continue;
            const double first = curves_[i].marginal(0.0).low;
            if (first > 0.0 && finite(first) && curves_[i].depth() > 0.0) spot_[i] = first;
            top_ = spot_[i] > top_ ? spot_[i] : top_;
        }
    }

    [[nodiscard]] split_sums solve() noexcept {
        if (amount_ == 0.0 || top_ == 0.0) return nothing();
        if (takes_no_more()) return take_all();
        if (!bracket()) return Given == given_amount::in ? take_bracket(false) : nothing();
        if (!hit_) close();
        return take_bracket(true);
    }

private:
    enum class side { few, many, hit };

    [[nodiscard]] split_sums nothing() const noexcept {
        for (std::size_t i = 0; i < n_; ++i) to_.in[i] = to_.out[i] = 0.0;
        return {.unfilled = amount_, .price = top_, .steps = steps_};
    }
    /// The amount that the curve takes (or gives) by its size x in; more than twice what is asked for is as good as that.
    [[nodiscard]] double given_of(std::size_t i, double x) const noexcept {
        double y = x;
        if constexpr (Given == given_amount::out) {
            y = curves_[i].out(x);
            if (!(y == y)) y = 0.0;
        }
        return y < 2.0 * amount_ ? y : 2.0 * amount_;
    }
    /// Whether the venues together take no more than the amount.
    [[nodiscard]] bool takes_no_more() const noexcept {
        exact_sum all;
        for (std::size_t i = 0; i < n_; ++i) {
            if (spot_[i] == 0.0) continue;
            const double depth = curves_[i].depth();
            if (!finite(depth)) return false;
            all.add(Given == given_amount::in ? depth : curves_[i].out(depth));
        }
        return all.value() <= amount_;
    }
    [[nodiscard]] split_sums take_all() noexcept {
        for (std::size_t i = 0; i < n_; ++i) {
            if (spot_[i] == 0.0) continue;
            to_.in[i] = curves_[i].depth();
            to_.out[i] = curves_[i].out(to_.in[i]);
        }
        split_sums s = totals();
        s.unfilled = amount_ - (Given == given_amount::in ? s.in : s.out);
        if (!(s.unfilled > 0.0)) s.unfilled = 0.0;
        return s;
    }
    [[nodiscard]] split_sums totals() const noexcept {
        return {.in = sum_of_column(to_.in, n_), .out = sum_of_column(to_.out, n_), .steps = steps_};
    }

    /// What all take at a price: into `low_` and `high_`.
    [[nodiscard]] side ask(double price) noexcept {
        ++steps_;
        exact_sum low, high;
        for (std::size_t i = 0; i < n_; ++i) {
            if (spot_[i] < price || spot_[i] == 0.0) {
                low_[i] = high_[i] = 0.0;
                continue;
            }
            const venue::amount_interval x = curves_[i].inverse_marginal(price);
            low_[i] = given_of(i, x.low);
            high_[i] = x.high == x.low ? low_[i] : given_of(i, x.high);
            low.add(low_[i]);
            high.add(high_[i]);
        }
        sum_low_ = low.value();
        sum_high_ = high.value();
        return sum_low_ > amount_ ? side::many : sum_high_ < amount_ ? side::few : side::hit;
    }
    /// Asks, and keeps the answer as that end of the bracket; true where the amount is met.
    bool keep(double price) noexcept {
        last_ = ask(price);
        if (last_ != side::few) {
            price_many_ = price;
            sum_many_ = last_ == side::hit ? sum_high_ : sum_low_;
        }
        if (last_ != side::many) {
            price_few_ = price;
            sum_few_ = last_ == side::hit ? sum_low_ : sum_high_;
        }
        if (last_ == side::many) swap_columns(many_, low_);
        if (last_ == side::few) swap_columns(few_, high_);
        if (last_ == side::hit) {
            swap_columns(few_, low_);
            swap_columns(many_, high_);
            hit_ = true;
        }
        return hit_;
    }
    static void swap_columns(double*& x, double*& y) noexcept {
        double* const z = x;
        x = y;
        y = z;
    }

    /// The last slope at which a curve alone takes the amount, or, where none does, at which all take all that they can.
    [[nodiscard]] double lowest_needed() const noexcept {
        double one = 0.0, all = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < n_; ++i) {
            if (spot_[i] == 0.0) continue;
            const double depth = curves_[i].depth();
            const double x = Given == given_amount::in ? amount_ : curves_[i].in(amount_);
            if (x <= depth && finite(x)) {
                const slope_interval s = curves_[i].marginal(x);
                const double price = x == depth ? s.high : s.low;
                one = price > one ? price : one;
            } else if (finite(depth)) {
                const double price = curves_[i].marginal(depth).high;
                all = price < all ? price : all;
            }
        }
        return one > 0.0 ? one : all;
    }
    /// From the best first unit down to a price at which enough is taken; false where there is none.
    [[nodiscard]] bool bracket() noexcept {
        price_few_ = top_;
        sum_few_ = 0.0;
        for (std::size_t i = 0; i < n_; ++i) few_[i] = 0.0;
        if (keep(top_)) return true;
        if (last_ == side::many) {  // by the rounding of one curve: next to nothing is asked for
            price_few_ = top_ * (1.0 + 0x1p-50);
            return true;
        }
        double price = lowest_needed();
        if (!(price > 0.0 && price < top_)) price = top_ * 0.5;
        double factor = 1.0 - 0x1p-48;
        while (!keep(price)) {
            if (last_ == side::many) return true;
            if (!(price > 1e-300)) return false;
            price *= factor;
            factor = factor > 0.999 ? 0.9 : factor * factor * factor;
        }
        return true;
    }

    /// Between two prices in the order of doubles.
    [[nodiscard]] static double between(double low, double high) noexcept {
        const auto l = std::bit_cast<std::uint64_t>(low);
        return std::bit_cast<double>(l + (std::bit_cast<std::uint64_t>(high) - l) / 2);
    }
    /// Where the straight line between both ends, over price^(−1/2), meets the amount.
    [[nodiscard]] double secant(double few, double many) const noexcept {
        const double from = 1.0 / __builtin_sqrt(price_few_);
        const double to = 1.0 / __builtin_sqrt(price_many_);
        const double w = from + (to - from) * (few / (few + many));
        return 1.0 / (w * w);
    }
    /// The price in the middle of what makes most of the difference of both ends.
    [[nodiscard]] double price_of_largest() const noexcept {
        std::size_t at = 0;
        for (std::size_t i = 1; i < n_; ++i)
            if (many_[i] - few_[i] > many_[at] - few_[at]) at = i;
        const double middle = few_[at] + 0.5 * (many_[at] - few_[at]);
        return curves_[at].marginal(Given == given_amount::in ? middle : curves_[at].in(middle)).low;
    }
    void close() noexcept {
        double few = amount_ - sum_few_, many = sum_many_ - amount_;
        double width = sum_many_ - sum_few_;
        bool slow = false;
        for (int step = 0; step < 200; ++step) {
            if (!(price_few_ - price_many_ > 0x1p-48 * price_few_)) return;
            double price = step % 8 == 7 ? between(price_many_, price_few_) : slow ? price_of_largest() : secant(few, many);
            const double room = 0x1p-49 * price_few_;
            if (!slow && price > price_few_ - room) price = price_few_ - room;
            if (!slow && price < price_many_ + room) price = price_many_ + room;
            if (!(price_many_ < price && price < price_few_)) price = between(price_many_, price_few_);
            const side before = last_;
            if (keep(price)) return;
            // Illinois: an end that stays counts half.
            few = last_ == side::few ? amount_ - sum_few_ : before == side::many ? 0.5 * few : few;
            many = last_ == side::many ? sum_many_ - amount_ : before == side::few ? 0.5 * many : many;
            slow = !slow && sum_many_ - sum_few_ > 0.25 * width;
            width = sum_many_ - sum_few_;
        }
        exact_ = false;
    }

    /// The point between both ends that has the whole amount, and its proof.
    [[nodiscard]] split_sums take_bracket(bool whole) noexcept {
        double* const given = Given == given_amount::in ? to_.in : to_.out;
        if (!whole) {  // all that they take at the lowest price
            many_ = few_;
            sum_many_ = sum_few_;
        }
        const double width = sum_many_ - sum_few_;
        double part = width > 0.0 ? (amount_ - sum_few_) / width : 0.0;
        part = part < 1.0 ? part : 1.0;
        for (std::size_t i = 0; i < n_; ++i) given[i] = few_[i] + part * (many_[i] - few_[i]);
        if (whole)
            place_rest(
                given, n_, amount_, [&](std::size_t i) { return many_[i] > few_[i]; },
                [&](std::size_t i) { return Given == given_amount::in ? curves_[i].depth() : amount_; });
        for (std::size_t i = 0; i < n_; ++i) {
            if (spot_[i] == 0.0) continue;
            if constexpr (Given == given_amount::in) {
                to_.out[i] = curves_[i].out(to_.in[i]);
            } else {
                to_.in[i] = curves_[i].in(to_.out[i]);
                if (!finite(to_.in[i])) to_.in[i] = curves_[i].depth();
            }
        }
        split_sums s = totals();
        if (!finite(s.in)) return nothing();  // a venue would have to give all that it has
        s.price = sum_many_ - amount_ < amount_ - sum_few_ ? price_many_ : price_few_;
        s.unfilled = whole ? 0.0 : amount_ - s.in;
        s.gap = gap_at(s.price);
        s.exact = exact_ && finite(s.gap);
        return s;
    }
    /// By how much each venue alone would do better at the price, all together.
    [[nodiscard]] double gap_at(double price) const noexcept {
        exact_sum gap;
        for (std::size_t i = 0; i < n_; ++i) {
            if (spot_[i] == 0.0) continue;
            const double x = spot_[i] < price ? 0.0 : curves_[i].inverse_marginal(price).low;
            gap.add(curves_[i].out(x) - price * x);
            gap.add(price * to_.in[i]);
            gap.add(-to_.out[i]);
        }
        const double all = Given == given_amount::in ? gap.value() : gap.value() / price;
        return all < 0.0 ? 0.0 : all;
    }

    std::span<const Curve> curves_;
    double amount_;
    double* spot_;
    double* few_;
    double* many_;
    double* low_;
    double* high_;
    split_columns to_;
    std::size_t n_;
    double top_ = 0.0;
    double price_few_ = 0.0, price_many_ = 0.0, sum_few_ = 0.0, sum_many_ = 0.0, sum_low_ = 0.0, sum_high_ = 0.0;
    side last_ = side::few;
    bool hit_ = false;
    bool exact_ = true;
    std::uint32_t steps_ = 0;
};

}  // namespace ballast::inline v0::detail
