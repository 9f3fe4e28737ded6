/// Several venues as one curve.
#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include "concept.hpp"

namespace ballast::inline v0::venue {

/// All venues of a list as one: what they give together when every amount is split over them as is best (`split_in`, which also tells how much goes
/// where). Concave, as they are, and so a curve like any other: a cost model sees the price of the split, not that of one pool.
///
/// It remembers no amounts and has no scratch: each question is a search for the price at which all agree, some 20 to 40 questions to each curve. The
/// curves must outlive it. With curves that answer to rounding so does it, to some 1e-14.
template <class Curve = any_curve>
class combined {
public:
    static_assert(venue_curve<Curve>, "ballast: venue::combined is made of curves");

    /// No venue: takes nothing.
    constexpr combined() noexcept = default;
    /// Of these, all from one asset to another.
    constexpr explicit combined(std::span<const Curve> curves) noexcept : curves_{curves} {}

    [[nodiscard]] constexpr double out(double x) const noexcept {
        if (!(x > 0.0)) return 0.0;
        const agreement a = agree<false>(x);
        const quote all = filled(a);
        return a.all ? all.out : all.out + a.price_few * (x - all.in);  // what rounding placed too little or too much
    }
    [[nodiscard]] constexpr double in(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        if (!(y <= most_out())) return infinity;
        const agreement a = agree<true>(y);
        const quote all = filled(a);
        return a.all ? all.in : all.in + (y - all.out) / a.price_few;
    }
    /// What no venue's slopes forbid at its part of the amount.
    [[nodiscard]] constexpr slope_interval marginal(double x) const noexcept {
        const agreement a = agree<false>(x);
        slope_interval s{0.0, infinity};
        bool any = false;
        for (const Curve& c : curves_) {
            if (!(c.depth() > 0.0)) continue;
            const slope_interval own = c.marginal(a.amount_of(c));
            s.low = any && s.low > own.low ? s.low : own.low;
            s.high = s.high < own.high ? s.high : own.high;
            any = true;
        }
        if (x > depth()) return {};
        if (s.low > s.high) s.low = s.high = s.low + 0.5 * (s.high - s.low);  // by rounding
        return s;
    }
    [[nodiscard]] constexpr amount_interval inverse_marginal(double p) const noexcept {
        amount_interval all;
        for (const Curve& c : curves_) {
            const amount_interval own = taken(c, p);
            all.low += own.low;
            all.high += own.high;
        }
        return all;
    }
    [[nodiscard]] constexpr double depth() const noexcept {
        double sum = 0.0;
        for (const Curve& c : curves_) sum += c.depth();
        return sum;
    }
    /// Of sums of what is not negative, so without cancellation where the venues' own are.
    /// @{
    [[nodiscard]] constexpr double shortfall(double x) const noexcept {
        if (!(x > 0.0)) return 0.0;
        const agreement a = agree<false>(x);
        const double best = best_spot();
        double sum = 0.0;
        double placed = 0.0;
        for (const Curve& c : curves_) {
            const double own = a.amount_of(c);
            placed += own;
            if (own > 0.0) sum += (best - spot(c)) * own + venue::shortfall(c, own);
        }
        return sum + (a.all ? best : best - a.price_few) * (x - placed);  // beyond the depth nothing more comes out
    }
    [[nodiscard]] constexpr double excess(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        if (!(y <= most_out())) return infinity;
        const agreement a = agree<true>(y);
        const double best = best_spot();
        double sum = 0.0;
        double given = 0.0;
        for (const Curve& c : curves_) {
            const double own = c.out(a.amount_of(c));
            given += own;
            if (own > 0.0) sum += own * ((best - spot(c)) / (best * spot(c))) + venue::excess(c, own);
        }
        return a.all ? sum : sum + (y - given) * ((best - a.price_few) / (best * a.price_few));
    }
    /// @}

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    /// Two prices between which all agree on an amount, and how far from the higher one: each curve takes so much of the way between what it takes at both.
    struct agreement {
        double price_few = 0.0;   ///< at which too little is taken, or just enough
        double price_many = 0.0;  ///< at which too much is taken, or just enough
        double part = 0.0;
        bool all = false;      ///< every venue to its depth
        std::size_t open = 0;  ///< how many would take any amount at this price: each takes `part` more, the others nothing

        [[nodiscard]] constexpr double amount_of(const Curve& c) const noexcept {
            if (all) return c.depth();
            if (price_few == price_many) {
                const amount_interval x = taken(c, price_few);
                if (open > 0) return detail::finite(x.high) ? x.low : x.low + part;
                return x.high > x.low ? x.low + part * (x.high - x.low) : x.low;
            }
            const double few = taken(c, price_few).high;
            const double many = taken(c, price_many).low;
            return few + part * (many - few);
        }
    };
    [[nodiscard]] static constexpr amount_interval taken(const Curve& c, double p) noexcept {
        const double first = spot(c);
        return first >= p && first > 0.0 ? c.inverse_marginal(p) : amount_interval{};
    }
    /// What all take and give.
    [[nodiscard]] constexpr quote filled(const agreement& a) const noexcept {
        quote all;
        for (const Curve& c : curves_) {
            const double own = a.amount_of(c);
            all.in += own;
            all.out += c.out(own);
        }
        return all;
    }
    [[nodiscard]] constexpr double best_spot() const noexcept {
        double best = 0.0;
        for (const Curve& c : curves_) {
            const double s = spot(c);
            if (s > best && c.depth() > 0.0) best = s;
        }
        return best;
    }
    [[nodiscard]] constexpr double most_out() const noexcept {
        double sum = 0.0;
        for (const Curve& c : curves_) {
            const double depth = c.depth();
            if (!detail::finite(depth)) return infinity;
            sum += c.out(depth);
        }
        return sum;
    }
    /// What all take, or give, at a price.
    template <bool Out>
    [[nodiscard]] constexpr amount_interval at_price(double p) const noexcept {
        amount_interval all;
        for (const Curve& c : curves_) {
            const amount_interval x = taken(c, p);
            const double low = Out ? c.out(x.low) : x.low;
            all.low += low;
            all.high += x.high == x.low ? low : Out ? c.out(x.high) : x.high;
        }
        return all;
    }
    /// The best price at which one of them alone takes (gives) the amount; 0 where none can.
    template <bool Out>
    [[nodiscard]] constexpr double alone(double amount) const noexcept {
        double best = 0.0;
        for (const Curve& c : curves_) {
            const double x = Out ? c.in(amount) : amount;
            const double depth = c.depth();
            if (!(x <= depth) || !detail::finite(x)) continue;
            const slope_interval s = c.marginal(x);
            const double p = x == depth ? s.high : s.low;
            best = p > best ? p : best;
        }
        return best;
    }
    /// The prices at which all venues together take (give) an amount: false position over price^(−1/2), in which constant-product pools are straight lines,
    /// with every third step in the middle.
    template <bool Out>
    [[nodiscard]] constexpr agreement agree(double amount) const noexcept {
        const double top = best_spot();
        if (!(top > 0.0)) return {0.0, 0.0, 0.0, true};
        if (!(amount > 0.0)) return {infinity, infinity, 0.0};
        if (!Out && amount >= depth()) return {0.0, 0.0, 0.0, true};
        if (Out && amount >= most_out()) return {0.0, 0.0, 0.0, true};
        const auto within = [&](double p, const amount_interval& x) {
            if (detail::finite(x.high)) return agreement{p, p, x.high > x.low ? (amount - x.low) / (x.high - x.low) : 0.0};
            std::size_t open = 0;
            for (const Curve& c : curves_) open += detail::finite(taken(c, p).high) ? std::size_t{0} : std::size_t{1};
            return agreement{p, p, (amount - x.low) / static_cast<double>(open) / (Out ? p : 1.0), false, open};
        };
        // In w = 1/√price: `few` is where too little is taken, `many` where too much is.
        double few = 1.0 / __builtin_sqrt(top);
        amount_interval x = at_price<Out>(top);
        if (x.low <= amount && amount <= x.high) return within(top, x);
        double taken_few = x.high;
        double many = few;
        double taken_many = 0.0;
        // At the price at which one of them would take it all alone it is enough, and not without end; otherwise further and further down.
        double next = alone<Out>(amount);
        for (double by = 0x1p-30; !(taken_many > amount); by = by < 1.0 ? by * 16.0 : by) {
            if (!(many < 1e150)) return {top, top, 0.0};
            many = next > 0.0 && next < top ? 1.0 / __builtin_sqrt(next) : many * (1.0 + by);
            const double p = next > 0.0 && next < top ? next : 1.0 / (many * many);
            next = 0.0;
            x = at_price<Out>(p);
            if (x.low <= amount && amount <= x.high) return within(p, x);
            if (x.high < amount) {
                few = many;
                taken_few = x.high;
            } else {
                taken_many = x.low;
            }
        }
        for (int step = 0; step < 200 && many - few > 0x1p-50 * many; ++step) {
            double w = step % 3 == 2 ? 0.5 * (few + many) : few + (many - few) * ((amount - taken_few) / (taken_many - taken_few));
            const double least = 0x1p-51 * many;
            w = w > few + least ? w : few + least;
            w = w < many - least ? w : many - least;
            if (!(w > few && w < many)) break;
            const double p = 1.0 / (w * w);
            x = at_price<Out>(p);
            if (x.low <= amount && amount <= x.high) return within(p, x);
            if (x.high < amount) {
                few = w;
                taken_few = x.high;
            } else {
                many = w;
                taken_many = x.low;
            }
        }
        return {1.0 / (few * few), 1.0 / (many * many), (amount - taken_few) / (taken_many - taken_few)};
    }

    std::span<const Curve> curves_{};
};

}  // namespace ballast::inline v0::venue
