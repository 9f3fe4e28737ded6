/// One order over constant-product curves, in closed form.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "../../numeric/octet.hpp"
#include "../../numeric/ranking.hpp"
#include "../concept.hpp"
#include "split_search.hpp"

namespace ballast::inline v0::detail {

/// A curve out(x) = O·(x/(I + x)), in(y) = I·(y/(O − y)), with I = `input_scale()` and O = `output_scale()` at or above 0, fees included. In this
/// order of operations split and curve agree to the bit.
template <class Curve>
concept product_curve = venue::venue_curve<Curve> && requires(const Curve& c) {
    { c.input_scale() }
    noexcept->std::same_as<double>;
    { c.output_scale() }
    noexcept->std::same_as<double>;
};

/// The roots of n numbers above 0. Two at a time where the machine does that: compilers keep to one where a root might have to set errno.
inline void square_roots(const double* x, double* root, std::size_t n) noexcept {
    std::size_t i = 0;
#if defined(__SSE2__) && defined(__has_builtin)
#if __has_builtin(__builtin_ia32_sqrtpd)
    using pair = double __attribute__((vector_size(16)));
    for (; i + 2 <= n; i += 2) {
        pair p;
        __builtin_memcpy(&p, x + i, sizeof p);
        p = __builtin_ia32_sqrtpd(p);
        __builtin_memcpy(root + i, &p, sizeof p);
    }
#endif
#endif
    for (; i < n; ++i) root[i] = __builtin_sqrt(x[i]);
}

/// Water-filling. A pool's marginal price is O·I/(I + x)². With r = √(O·I), and t = √(I/O), the price^(−1/2) of its first unit, at
/// price^(−1/2) = w it takes r·(w − t) where that is above 0: a line. All in distances from the best pool, d = t − t₀ and u = w − t₀, so
/// that nothing cancels: with the pools that take part u = (amount + Σ r·d)/Σ r. Where the output is given, it gives r·(q − v) with q =
/// √(O/I), v = √price, which is the same with d = q₀ − q, u = q₀ − v. Which take part: all to begin with, then those with d < u, until
/// none leaves (Michelot 1986); after 12 passes the best are taken one after another from a heap, so that it is O(n log n) at the worst.
///
/// The loss against the price's best size is (r − v·S)²/S with S = I + x: the certificate, from the final sizes, free of cancellation.
template <given_amount Given, product_curve Curve>
class split_product {
public:
    split_product(std::span<const Curve> curves, const venue_use* use, double amount, split_memory& m, split_columns to) noexcept
        : amount_{amount},
          scale_in_{m.a.data()},
          scale_out_{m.b.data()},
          root_{m.c.data()},
          apart_{m.d.data()},
          heap_{m.heap},
          to_{to},
          n_{curves.size()} {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < n_; ++i) {
            const double in = curves[i].input_scale();
            const double out = curves[i].output_scale();
            const double product = in * out;
            const bool there = in > 0.0 && out > 0.0 && (use == nullptr || use[i] != venue_use::unused);
            representable_ = representable_ && (!there || (product > 1e-250 && product < 1e250 && in < 1e250 && out < 1e250));
            any_ = any_ || there;
            scale_in_[i] = there ? in : 1.0;
            scale_out_[i] = there ? out : 0.0;
            root_[i] = there ? product : 1.0;
            apart_[i] = there ? (Given == given_amount::in ? in : out) : (Given == given_amount::in ? infinity : -infinity);
        }
    }
    /// False where the scales are too large or too little for their product: the search does those.
    [[nodiscard]] bool representable() const noexcept { return representable_; }

    [[nodiscard]] split_sums solve() noexcept {
        if (!any_) return nothing(0.0);
        square_roots(root_, root_, n_);
        measure();
        const double spot = Given == given_amount::in ? 1.0 / (best_ * best_) : best_ * best_;
        if (amount_ == 0.0) return nothing(spot);
        fill();
        double v = Given == given_amount::in ? 1.0 / (best_ + level_) : best_ - level_;
        const bool most = Given == given_amount::out && !(v > 0.5 * best_);
        if (most) v = from_above();
        if (!(v > 0.0)) return nothing(spot);
        const split_sums s = sizes(v, most);
        return finite(s.in) ? s : nothing(spot);
    }

private:
    [[nodiscard]] split_sums nothing(double price) noexcept {
        for (std::size_t i = 0; i < n_; ++i) to_.in[i] = to_.out[i] = 0.0;
        return {.unfilled = amount_, .price = price, .steps = steps_};
    }
    /// `apart_`: t or q of each, then how far it is from the best. A pool that is not there is infinitely far.
    void measure() noexcept {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        octet best = every(infinity);
        for_each_octet(
            n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                octet t = load(apart_ + i, lanes, Given == given_amount::in ? infinity : -infinity) / load(root_ + i, lanes, 1.0);
                if constexpr (Given == given_amount::out) t = -t;
                store(apart_ + i, t, lanes);
                best = smaller(t, best);
            });
        const double least = smallest_of(best);
        best_ = Given == given_amount::in ? least : -least;
        const octet from = every(least), limit = every((std::numeric_limits<double>::max)()), none = every(0.0);
        for_each_octet(
            n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                const octet d = load(apart_ + i, lanes) - from;
                store(apart_ + i, d, lanes);
                store(root_ + i, where_above(d, limit, none, load(root_ + i, lanes)), lanes);
            });
    }
    /// u, from those that are closer than u.
    [[nodiscard]] double level_of_those_below(double u) noexcept {
        ++steps_;
        octet roots = every(0.0), weighted = every(0.0);
        const octet below = every(u), none = every(0.0);
        for_each_octet(
            n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                const octet d = load(apart_ + i, lanes);
                const octet r = where_above(below, d, load(root_ + i, lanes), none);
                roots = roots + r;
                weighted = weighted + r * where_above(below, d, d, none);
            });
        roots_ = sum_of(roots);
        return (amount_ + sum_of(weighted)) / roots_;
    }
    void fill() noexcept {
        double u = std::numeric_limits<double>::infinity();
        for (int pass = 0; pass < 12; ++pass) {
            const double next = level_of_those_below(u);
            if (!(next < u)) {
                level_ = next;
                return;
            }
            u = next;
        }
        ranking order{heap_};
        for (std::size_t i = 0; i < n_; ++i)
            if (apart_[i] < u) order.push({.score = -apart_[i], .key = 0, .index = static_cast<std::uint32_t>(i)});
        exact_sum roots, weighted;
        while (!order.empty()) {
            const ranked next = order.take();
            if (roots.value() > 0.0 && -next.score >= u) break;
            roots.add(root_[next.index]);
            weighted.add(root_[next.index] * -next.score);
            u = (amount_ + weighted.value()) / roots.value();
        }
        level_ = level_of_those_below(u);
    }
    /// √price where nearly all is asked for: by what is left.
    [[nodiscard]] double from_above() const noexcept {
        exact_sum left;
        for (std::size_t i = 0; i < n_; ++i)
            if (apart_[i] < level_) left.add(scale_out_[i]);
        left.add(-amount_);
        return left.value() / roots_;
    }
    [[nodiscard]] split_sums sizes(double v, bool most) noexcept {
        double* const given = Given == given_amount::in ? to_.in : to_.out;
        const octet u = every(level_), none = every(0.0), speed = every(v);
        if (most) {
            for (std::size_t i = 0; i < n_; ++i) {
                const double y = scale_out_[i] - root_[i] * v;
                given[i] = root_[i] > 0.0 && y > 0.0 ? y : 0.0;
            }
        } else {
            for_each_octet(
                n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                    const octet d = load(apart_ + i, lanes);
                    const octet x = where_above(u, d, load(root_ + i, lanes) * (u - where_above(u, d, d, none)), none);
                    store(given + i, x, lanes);
                });
        }
        place();
        // The other side, totals and the certificate.
        exact_octet in, out, gap;
        for_each_octet(
            n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                const octet a = load(scale_in_ + i, lanes, 1.0), b = load(scale_out_ + i, lanes);
                const octet g = load(given + i, lanes);
                octet x = g, y = g;
                if constexpr (Given == given_amount::in) {
                    y = b * (g / (a + g));
                    store(to_.out + i, y, lanes);
                } else {
                    x = where_above(g, none, a * (g / where_above(g, none, b - g, every(1.0))), none);
                    store(to_.in + i, x, lanes);
                }
                in.add(x);
                out.add(y);
                const octet whole = a + x;
                const octet off = load(root_ + i, lanes) - speed * whole;
                const octet counted = where_above(x, none, off, larger(off, none));
                gap.add(counted * counted / whole);
            });
        split_sums s{.in = in.value(), .out = out.value(), .price = v * v, .steps = steps_};
        s.gap = Given == given_amount::in ? gap.value() : gap.value() / s.price;
        s.exact = finite(s.gap);
        return s;
    }
    /// What rounding has left of the amount.
    void place() noexcept {
        double* const given = Given == given_amount::in ? to_.in : to_.out;
        for (int round = 0; round < 2; ++round) {
            exact_octet sum;
            octet largest = every(0.0);
            for_each_octet(
                n_, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
                    const octet x = load(given + i, lanes);
                    sum.add(x);
                    largest = larger(x, largest);
                });
            exact_sum rest;
            rest.add(amount_);
            rest.add(-sum.value());
            const double r = rest.value();
            if (r == 0.0) return;
            const double top = largest_of(largest);
            if (absolute(r) <= 0x1p-50 * top || round > 0) {
                std::size_t at = 0;
                while (at + 1 < n_ && given[at] != top) ++at;
                if (given[at] + r > 0.0) given[at] += r;
                return;
            }
            // More than a few units in the last place: each its share, by how much it moves with the price.
            for (std::size_t i = 0; i < n_; ++i) {
                if (!(given[i] > 0.0)) continue;
                const double x = given[i] + r * (root_[i] / roots_);
                given[i] = x > 0.0 ? x : 0.0;
            }
        }
    }

    double amount_;
    double* scale_in_;
    double* scale_out_;
    double* root_;
    double* apart_;
    std::span<ranked> heap_;
    split_columns to_;
    std::size_t n_;
    bool representable_ = true, any_ = false;
    double best_ = 0.0, level_ = 0.0, roots_ = 0.0;
    std::uint32_t steps_ = 0;
};

}  // namespace ballast::inline v0::detail
