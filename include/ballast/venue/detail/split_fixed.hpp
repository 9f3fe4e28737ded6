/// Which venues an order should use where each use costs something.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

#include "split_product.hpp"
#include "split_search.hpp"

namespace ballast::inline v0::detail {

/// The split without fixed costs, over all venues or those that `use` leaves.
template <given_amount Given, class Curve>
[[nodiscard]] split_sums plain_split(std::span<const Curve> curves, const venue_use* use, double amount, split_memory& m,
                                     split_columns to) noexcept {
    if constexpr (product_curve<Curve>) {
        split_product<Given, Curve> closed{curves, use, amount, m, to};
        if (closed.representable()) return closed.solve();
    }
    return split_search<Given, Curve>{curves, use, amount, m, to}.solve();
}

/// Branch and bound over the set of venues used. Values are the output less fixed costs where the input is given, else minus the input
/// with fixed costs: the larger the better. At any price p, D(p) = p·amount + Σ max(0, best of the venue at p − its cost), over the
/// venues that are still open, and without the maximum over those that are used, is a bound (weak duality); the least of these is found
/// by bisection. The venues that it uses, split exactly, are the next candidate.
template <given_amount Given, class Curve>
class split_fixed {
public:
    split_fixed(std::span<const Curve> curves, std::span<const double> fixed, double amount, split_memory& m, split_columns to) noexcept
        : curves_{curves},
          fixed_{fixed},
          amount_{amount},
          m_{m},
          to_{to},
          n_{curves.size()} {}

    struct answer {
        split_sums sums;
        double fixed = 0.0;     ///< costs of the venues used
        std::size_t nodes = 0;  ///< sets of decisions looked at
        bool complete = true;   ///< false where it ran into the limit
    };

    /// With a limit on the nodes; 0: none.
    [[nodiscard]] answer solve(std::size_t limit) noexcept {
        for (std::size_t i = 0; i < n_; ++i) {
            m_.use[i] = finite(fixed_[i]) ? venue_use::open : venue_use::unused;
            m_.best[i] = m_.use[i];
            m_.level[i] = 0;
        }
        start();
        if (!hopeless_) search(limit);
        answer a;
        a.sums = plain_split<Given>(curves_, m_.best.data(), amount_, m_, to_);
        a.fixed = charged();
        a.nodes = nodes_;
        a.complete = complete_;
        const double value = Given == given_amount::in ? a.sums.out - a.fixed : -(a.sums.in + a.fixed);
        if (!hopeless_ && bound_ - value > a.sums.gap) a.sums.gap = bound_ - value;
        return a;
    }

private:
    static constexpr double least = -std::numeric_limits<double>::infinity();

    [[nodiscard]] double charged() const noexcept {
        exact_sum s;
        for (std::size_t i = 0; i < n_; ++i)
            if (to_.in[i] > 0.0) s.add(fixed_[i]);
        return s.value();
    }
    /// The venues that `set` leaves, split exactly: kept where that is the best so far.
    double attempt(const venue_use* set) noexcept {
        const split_sums s = plain_split<Given>(curves_, set, amount_, m_, to_);
        if (Given == given_amount::out && s.unfilled > 0.0) return least;
        const double value = Given == given_amount::in ? s.out - charged() : -(s.in + charged());
        if (value > value_) {
            value_ = value;
            for (std::size_t i = 0; i < n_; ++i) m_.best[i] = to_.in[i] > 0.0 ? venue_use::used : venue_use::unused;
        }
        return s.price;
    }
    /// The first candidates: none at all where the input is given, and all.
    void start() noexcept {
        for (std::size_t i = 0; i < n_; ++i) m_.trial[i] = m_.use[i];
        if (Given == given_amount::in) {
            value_ = 0.0;
            for (std::size_t i = 0; i < n_; ++i) m_.best[i] = venue_use::unused;
        }
        const double price = attempt(m_.trial.data());
        hopeless_ = Given == given_amount::out && price == least;  // it can not be had: all that there is
        for (std::size_t i = 0; i < n_; ++i) {
            const double first = m_.use[i] == venue_use::open ? curves_[i].marginal(0.0).low : 0.0;
            if (first > top_ && finite(first)) top_ = first;
        }
        from_ = price > 0.0 ? price : top_;
        bound_ = value_;
    }

    struct profit {
        double value;  ///< what the venue brings at the price, before its cost, in the unit of the costs
        double low, high;
    };
    [[nodiscard]] profit profit_at(std::size_t i, double price) const noexcept {
        if (!(curves_[i].marginal(0.0).low >= price)) return {0.0, 0.0, 0.0};
        const venue::amount_interval x = curves_[i].inverse_marginal(price);
        const profit at_low = part_at(i, price, x.low);
        return {at_low.value, at_low.low, x.high == x.low ? at_low.low : part_at(i, price, x.high).low};
    }
    /// At a size; no venue takes or gives more than the whole amount.
    [[nodiscard]] profit part_at(std::size_t i, double price, double x) const noexcept {
        if constexpr (Given == given_amount::in) {
            const double in = x < amount_ ? x : amount_;
            const double value = curves_[i].out(in) - price * in;
            return {value > 0.0 ? value : 0.0, in, in};
        } else {
            double out = finite(x) ? curves_[i].out(x) : amount_;
            if (!(out < amount_)) {
                out = amount_;
                x = curves_[i].in(amount_);
            }
            const double value = out / price - x;
            return {value > 0.0 ? value : 0.0, out, out};
        }
    }
    /// D(price) of the present decisions; which side of the best price it is on: below 0 where more is taken than there is.
    [[nodiscard]] double bound_at(double price, int& where) const noexcept {
        exact_sum sum, low, high;
        for (std::size_t i = 0; i < n_; ++i) {
            if (m_.use[i] == venue_use::unused) continue;
            const profit p = profit_at(i, price);
            const double net = p.value - fixed_[i];
            if (m_.use[i] == venue_use::open && !(net >= 0.0)) continue;
            sum.add(net);
            if (m_.use[i] == venue_use::used || net > 0.0) low.add(p.low);
            high.add(p.high);
        }
        where = low.value() > amount_ ? -1 : high.value() < amount_ ? 1 : 0;
        sum.add(Given == given_amount::in ? price * amount_ : -amount_ / price);
        return sum.value();
    }
    /// The least D over prices, and the price; stops as soon as it is no better than what is known.
    [[nodiscard]] double bound(double& price) const noexcept {
        const double enough = value_ + tolerance();
        int where = 0;
        double lowest = bound_at(from_, where);
        price = from_;
        if (lowest <= enough || where == 0) return lowest;
        double few = where > 0 ? from_ : top_, many = from_;
        double factor = 0.95;
        const auto try_at = [&](double p) {
            const double d = bound_at(p, where);
            if (d < lowest) {
                lowest = d;
                price = p;
            }
            return lowest <= enough || where == 0;
        };
        while (where > 0) {
            few = many;
            many *= factor;
            factor = factor > 0.5 ? 0.5 : factor * factor;
            if (!(many > 1e-290)) return lowest;
            if (try_at(many)) return lowest;
        }
        for (int step = 0; step < 30 && few > many * (1.0 + 1e-9); ++step) {
            const double middle = __builtin_sqrt(few * many);
            if (try_at(middle)) return lowest;
            (where > 0 ? few : many) = middle;
        }
        return lowest;
    }
    [[nodiscard]] double tolerance() const noexcept { return 1e-13 * absolute(value_); }

    /// Whether two venues are the same but for their number: they trade alike and cost the same.
    [[nodiscard]] bool same(std::size_t i, std::size_t j) const noexcept {
        if (fixed_[i] != fixed_[j]) return false;
        if constexpr (std::is_trivially_copyable_v<Curve>)
            return __builtin_memcmp(&curves_[i], &curves_[j], sizeof(Curve)) == 0;
        else
            return false;
    }
    /// Decides a venue. Of several that are the same the first ones are used: without one, without those after it.
    void decide(std::size_t i, bool use, std::uint32_t level) noexcept {
        m_.use[i] = use ? venue_use::used : venue_use::unused;
        m_.level[i] = level;
        if (use) return;
        for (std::size_t j = 0; j < n_; ++j)
            if (m_.use[j] == venue_use::open && same(i, j)) {
                m_.use[j] = venue_use::unused;
                m_.level[j] = level;
            }
    }
    void undo(std::uint32_t level) noexcept {
        for (std::size_t i = 0; i < n_; ++i)
            if (m_.level[i] == level) {
                m_.use[i] = venue_use::open;
                m_.level[i] = 0;
            }
    }

    void search(std::size_t limit) noexcept {
        std::size_t depth = 0;
        double above = std::numeric_limits<double>::infinity();
        for (;;) {
            if (limit != 0 && nodes_ >= limit) {
                complete_ = false;
                bound_ = above > bound_ && finite(above) ? above : bound_;
                for (std::size_t k = 0; k < depth; ++k)
                    if (!m_.path[k].second && m_.path[k].bound > bound_) bound_ = m_.path[k].bound;
                return;
            }
            const double here = look(above);
            if (next_ < n_) {
                m_.path[depth] = {here, static_cast<std::uint32_t>(next_), false};
                above = here;
                ++depth;
                decide(next_, first_, static_cast<std::uint32_t>(depth));
                continue;
            }
            // Nothing better below: the other way of the last decision that has one.
            while (depth > 0 && m_.path[depth - 1].second) undo(static_cast<std::uint32_t>(depth--));
            if (depth == 0) break;
            const std::size_t venue = m_.path[depth - 1].venue;
            const bool was_used = m_.use[venue] == venue_use::used;
            undo(static_cast<std::uint32_t>(depth));
            above = m_.path[depth - 1].bound;
            m_.path[depth - 1].second = true;
            decide(venue, !was_used, static_cast<std::uint32_t>(depth));
        }
        if (value_ > bound_) bound_ = value_;
    }
    /// One set of decisions: its bound; and in `next_` the venue to decide next, none where nothing better is below.
    [[nodiscard]] double look(double above) noexcept {
        ++nodes_;
        next_ = n_;
        double price = 0.0;
        double d = bound(price);
        if (d > above) d = above;
        const auto done = [&]() {
            if (d > bound_ && d <= value_ + tolerance()) bound_ = d;
            return d <= value_ + tolerance();
        };
        if (done()) return d;
        double closest = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < n_; ++i) {
            m_.trial[i] = m_.use[i];
            if (m_.use[i] != venue_use::open) continue;
            const double net = profit_at(i, price).value - fixed_[i];
            m_.trial[i] = net >= 0.0 ? venue_use::used : venue_use::unused;
            if (fixed_[i] == 0.0) continue;  // used wherever that helps: nothing to decide
            const double distance = absolute(net) / fixed_[i];
            if (distance < closest) {
                closest = distance;
                next_ = i;
                first_ = net >= 0.0;
            }
        }
        for (std::size_t i = 0; i < n_; ++i)
            if (m_.use[i] == venue_use::open && fixed_[i] == 0.0) m_.trial[i] = venue_use::used;
        static_cast<void>(attempt(m_.trial.data()));
        if (next_ < n_ && done()) next_ = n_;
        return d;
    }

    std::span<const Curve> curves_;
    std::span<const double> fixed_;
    double amount_;
    split_memory& m_;
    split_columns to_;
    std::size_t n_;
    double value_ = least, bound_ = least, top_ = 0.0, from_ = 0.0;
    bool hopeless_ = false, complete_ = true, first_ = false;
    std::size_t nodes_ = 0, next_ = 0;
};

}  // namespace ballast::inline v0::detail
