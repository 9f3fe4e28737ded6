/// Pools of coins that are worth about the same: the invariant of Curve's StableSwap and of Balancer's stable pools.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../core/configuration.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue {

/// The A of the StableSwap paper (Egorov 2019), which multiplies n^n, as the A of the contracts: A·n^(n−1).
[[nodiscard]] constexpr double amplification_of_paper(double a, std::size_t coins) noexcept {
    for (std::size_t k = 1; k < coins; ++k) a *= static_cast<double>(coins);
    return a;
}

/// One direction of a stable pool. With D and the other coins fixed, the invariant is x·y·(x + y + B) = K in what the pool holds of the two
/// coins; of n, A, D and the others there remains one number, s = x + y + B = D^(n+1)/(n^n·∏·A·n) as the pool stands. After d in and w out
/// (x + d)(y − w)(s + d − w) = x·y·s, which is a quadratic equation in either: nothing is iterated but in `inverse_marginal`. Where s is
/// large this is a constant product, where it is small a constant sum.
///
/// `out` and `in` are right to some 1e-15 (as if what goes in, or out, were that much off), for trades of any size; so are
/// `shortfall` and `excess`, to some 1e-14, relative to their value plus size times slope. O(1), but `inverse_marginal`: some 10 steps.
class stable_curve {
public:
    /// Takes nothing and gives nothing.
    constexpr stable_curve() noexcept = default;

    /// From what the pool holds of both coins and s, all of the same value per unit, above 0, and best not far above 1; an amount in counts
    /// `unit_in` of these each, and each of them that goes out is an amount of `unit_out`. What is taken ends at `depth`.
    constexpr stable_curve(double x, double y, double s, double unit_in, double unit_out,
                           double depth = std::numeric_limits<double>::infinity()) noexcept
        : x_{x},
          y_{y},
          s_{s},
          unit_in_{unit_in},
          unit_out_{unit_out},
          depth_{depth} {}

    [[nodiscard]] double out(double x) const noexcept {
        if (!(x > 0.0) || depth_ == 0.0) return 0.0;
        return change_out(inward(x)) * unit_out_;
    }

    [[nodiscard]] double in(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        const double w = y / unit_out_;
        if (depth_ == 0.0 || !(w < y_)) return infinity;
        const double d = change_in(w) / unit_in_;
        if (d <= depth_) return d;
        return y <= out(depth_) ? depth_ : infinity;
    }

    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        if (depth_ == 0.0) return {0.0, infinity};
        if (!(x > 0.0)) return {spot_of(x_, y_, s_) * unit_in_ * unit_out_, infinity};
        const double m = at(inward(x)).slope() * unit_in_ * unit_out_;
        return {x < depth_ ? m : 0.0, m};
    }

    /// As many units as make the slope p, within some roundings of the slope.
    [[nodiscard]] amount_interval inverse_marginal(double p) const noexcept {
        if (depth_ == 0.0) return {};
        if (!(p < marginal(0.0).low)) return {};
        if (depth_ < infinity && !(p > marginal(depth_).high)) return {depth_, depth_};
        const double slope = p / (unit_in_ * unit_out_);
        if (!(slope > 0.0)) return {infinity, infinity};
        const double d = where(slope, inward(depth_)) / unit_in_;
        const double x = d < depth_ ? d : depth_;
        return {x, x};
    }

    [[nodiscard]] constexpr double depth() const noexcept { return depth_; }

    [[nodiscard]] double shortfall(double x) const noexcept {
        if (!(x > 0.0) || depth_ == 0.0) return 0.0;
        const double d = inward(x);
        const double more = x * unit_in_ - d;  // beyond the depth nothing comes out for it
        return (lost_out(d) + (more > 0.0 ? spot_of(x_, y_, s_) * more : 0.0)) * unit_out_;
    }

    [[nodiscard]] double excess(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        const double w = y / unit_out_;
        if (depth_ == 0.0 || !(w < y_) || (depth_ < infinity && y > out(depth_))) return infinity;
        return lost_in(w) / unit_in_;
    }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    static constexpr double endless = 1e100;  ///< so much in leaves nothing, and its square is still a number

    /// Where the pool is after a trade: the two coins and x + y + B.
    struct state {
        double x, y, t;
        [[nodiscard]] constexpr double slope() const noexcept { return spot_of(x, y, t); }
        /// By what the slope falls per unit in; no term is taken from another.
        [[nodiscard]] constexpr double bend() const noexcept {
            const double ty = t + y;
            return 2.0 * (y / x) * (t / x) * ((x - y) * (x - y) + x * y + t * (t + x + y)) / (ty * ty * ty);
        }
    };
    [[nodiscard]] static constexpr double spot_of(double x, double y, double t) noexcept { return y / x * ((t + x) / (t + y)); }

    [[nodiscard]] double inward(double x) const noexcept {
        const double d = (x < depth_ ? x : depth_) * unit_in_;
        return d < endless ? d : endless;
    }
    /// (y − s − d)² + 4·x·y·s/(x + d), which both the change and what is left have under their root.
    [[nodiscard]] double root(double d) const noexcept {
        const double a = (y_ - d) - s_;
        return __builtin_sqrt(a * a + 4.0 * y_ * (s_ * (x_ / (x_ + d))));
    }
    /// w for d: w² − (y + s + d)·w + y·d·(1 + s/(x + d)) = 0.
    [[nodiscard]] double change_out(double d) const noexcept {
        const double w = 2.0 * (y_ * (d * (1.0 + s_ / (x_ + d)))) / (y_ + s_ + d + root(d));
        return w < y_ ? w : y_;
    }
    /// d for w < y: d² + (x + s − w)·d = x·w·(1 + s/(y − w)).
    [[nodiscard]] double change_in(double w) const noexcept { return positive_root((x_ - w) + s_, x_ * (w * (1.0 + s_ / (y_ - w)))); }
    /// The e above 0 with e² + u·e = q, q ≥ 0.
    [[nodiscard]] static double positive_root(double u, double q) noexcept {
        const double r = __builtin_sqrt(u * u + 4.0 * q);
        return u < 0.0 ? 0.5 * (r - u) : q == 0.0 ? 0.0 : 2.0 * (q / (u + r));
    }
    [[nodiscard]] state at(double d) const noexcept {
        const double a = (y_ - d) - s_;
        const double c = y_ * (s_ * (x_ / (x_ + d)));
        const double r = root(d);
        const double y = a > 0.0 ? 0.5 * (a + r) : 2.0 * c / (r - a);
        return {x_ + d, y, c / y};
    }
    /// g·d − w = e, with g the first slope: e² + (y + s + d − 2·g·d)·e = d²·h. Where much is bought of what there is more of, h would be a
    /// difference, and s·(κ + x·y/((x + d)(y − w)) − 1) is the same with κ = d·(y − x)/(x·(y + s)), (g − 1)·d = s·κ.
    [[nodiscard]] double lost_out(double d) const noexcept {
        const double m = y_ + s_;
        const double v = y_ - x_;
        const double kappa = d / x_ * (v / m);
        if (kappa > 0.25) {
            const state now = at(d);
            return s_ * (kappa + x_ / now.x * (y_ / now.y) - 1.0);
        }
        const double share = (x_ + s_) / m;
        // The first is 1 − share·v/m, without a difference.
        const double n = (v * v + x_ * y_ + s_ * (s_ + x_ + y_)) / (m * m) - kappa * share;
        const double h = y_ * (d / x_) * (s_ * (d / (x_ + d))) * n;
        return positive_root((y_ - d) + s_ * (1.0 - 2.0 * kappa), h);
    }
    /// d − w/g = e, the mirror of it: e² + (x + s − w + 2·w/g)·e = w²·h.
    [[nodiscard]] double lost_in(double w) const noexcept {
        const double m = x_ + s_;
        const double v = x_ - y_;
        const double y = y_ - w;
        const double share = (y_ + s_) / m;
        const double n =
            v > 0.0 ? (v * v + x_ * y_ + s_ * (s_ + x_ + y_)) / (m * m) + w / y_ * (v / m) * share : 1.0 - y / y_ * (v / m) * share;
        const double h = x_ * (w / y_) * (s_ * (w / y)) * n;
        return positive_root((x_ - w) + s_ + 2.0 * (w / spot_of(x_, y_, s_)), h);
    }
    /// The d at which the slope is p: Newton's steps on its root's inverse, which is a line for a constant product, between bounds. Out is
    /// concave, so d·p is at most what there is.
    [[nodiscard]] double where(double p, double last) const noexcept {
        constexpr double epsilon = std::numeric_limits<double>::epsilon();
        double low = 0.0;
        double high = y_ / p < last ? y_ / p : last;
        double d = 0.0;
        double before = high;
        for (int step = 0; step < 200; ++step) {
            const state now = at(d);
            const double m = now.slope();
            const double over = (m - p) / p;
            (over > 0.0 ? low : high) = d;
            const double bend = now.bend();
            // The slope is right to some roundings, and as if what goes in were one off.
            if (detail::absolute(m - p) <= epsilon * (4.0 * m + d * bend)) break;
            const double move = 2.0 * m * (over / (__builtin_sqrt(m / p) + 1.0)) / bend;
            double next = d + move;
            if (!(next > low && next < high) || !(2.0 * detail::absolute(move) < before)) {
                const double a = x_ + low;
                const double b = x_ + high;
                next = b > 4.0 * a ? __builtin_sqrt(a) * __builtin_sqrt(b) - x_ : low + 0.5 * (high - low);
            }
            if (!(next > low && next < high)) break;
            before = detail::absolute(next - d);
            d = next;
        }
        return d;
    }

    double x_ = 0.0, y_ = 0.0, s_ = 0.0;
    double unit_in_ = 1.0, unit_out_ = 1.0;
    double depth_ = 0.0;
};

/// A pool of 2 to 8 coins under the invariant A·n·S + D = A·n·D + D^(n+1)/(n^n·∏x), S the sum and ∏x the product of what it holds
/// (Egorov 2019). A is what `A()` of Curve's contracts and `amp` of Balancer's say (for the latter without their precision of 1000); the
/// paper's A is n^(n−1) times smaller: `amplification_of_paper`. Curve: fee from the output. Balancer: `.fee_from = fee_side::input`.
///
/// With `offpeg_fee_multiplier` above 1 (Curve's stableswap-ng) the fee of a trade is m·f/((m − 1)·4·x·y/(x + y)² + 1), x and y the means
/// of what is held of both coins before and after it: f where they are even, up to m·f. What is paid under such a fee, which
/// `out(in, out, x)` and `apply` tell, is not concave: toward even balances it is convex, and far beyond the reserves it falls. So
/// `curve(in, out, largest)` is not that, but the concave curve below it with the highest fee that a trade of at most `largest` can meet,
/// at its beginning or its end; it ends there. Without `largest` that is m·f, and endless.
///
/// Beside the contracts' integers amounts are within 1e-12 of themselves and the contracts' own roundings: units of the coins and of the
/// 1e-18 in which balances are counted, some per coin and at the price; a fee that changes is rounded there to 1e-10.
struct stable {
    static constexpr std::size_t capacity = 8;  ///< coins that there may be

    std::size_t coins = 0;                                              ///< how many there are, 2..8
    double balances[capacity] = {};                                     ///< what the pool holds, in units of each coin
    double rates[capacity] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0};  ///< what a unit of each counts
    double amplification = std::numeric_limits<double>::quiet_NaN();    ///< A, 1e-12..1e12
    double fee = 0.0;                                                   ///< a fraction, 0..1
    fee_side fee_from = fee_side::output;                               ///< of what it is taken
    double offpeg_fee_multiplier = 1.0;                                 ///< m; at 1 and below the fee is fixed
    double admin_share = 0.0;                                           ///< of the fee: leaves the pool, 0..1

    /// D, the sum that the coins would have if they were even, to some roundings; 0 where the pool is not valid.
    [[nodiscard]] double invariant() const noexcept {
        double x[capacity] = {};
        return counted(x) ? solve(x).d : 0.0;
    }

    /// From coin `in` to coin `out`; takes nothing where they are the same or not there, or the pool is not valid. O(coins) and some 10
    /// steps of Newton's. For a fee that depends on the trade see above; with a fixed one it is endless, whatever `largest` is.
    [[nodiscard]] stable_curve curve(std::size_t in, std::size_t out,
                                     double largest = std::numeric_limits<double>::infinity()) const noexcept {
        const pair p = between(in, out);
        if (!p.there) return {};
        if (!dynamic()) return p.with(fee, fee_from, std::numeric_limits<double>::infinity());
        if (!(largest > 0.0)) return {};
        double highest = fee * offpeg_fee_multiplier;
        if (largest < std::numeric_limits<double>::infinity()) {
            const double first = fee_between(p.x, p.y);
            const double last = fee_of(p, largest);
            highest = first > last ? first : last;
        }
        return p.with(highest, fee_from, largest);
    }

    /// What the pool pays for x, whatever its fee.
    [[nodiscard]] double out(std::size_t in, std::size_t out, double x) const noexcept {
        const pair p = between(in, out);
        if (!p.there) return 0.0;
        return p.with(fee_of(p, x), fee_from, std::numeric_limits<double>::infinity()).out(x);
    }

    /// The fee of a trade of x, a fraction; of the first unit for 0.
    [[nodiscard]] double fee_at(std::size_t in, std::size_t out, double x) const noexcept {
        const pair p = between(in, out);
        return p.there ? fee_of(p, x) : fee;
    }

    /// Trades x, and tells what came out. The fee stays, but for the share of the admin. A pool of which so much was bought that nothing is
    /// left is none any more; of an amount that is infinite or no number nothing is traded.
    double apply(std::size_t in, std::size_t out, double x) noexcept {
        const pair p = between(in, out);
        if (!p.there || !(x > 0.0) || !detail::finite(x)) return 0.0;
        const double f = fee_of(p, x);
        const double paid = p.with(f, fee_from, std::numeric_limits<double>::infinity()).out(x);
        const double taken = f * admin_share;
        if (fee_from == fee_side::input) {
            balances[in] += x - x * taken;
            balances[out] -= paid;
        } else {
            balances[in] += x;
            balances[out] -= paid + paid / (1.0 - f) * taken;
        }
        if (balances[out] < 0.0) balances[out] = 0.0;  // the last digit
        return paid;
    }

    [[nodiscard]] configuration_fault validate() const noexcept {
        if (coins < 2 || coins > capacity) return {"stable.coins", static_cast<double>(coins), "must be 2 to 8"};
        for (std::size_t k = 0; k < coins; ++k) {
            if (!in_range(balances[k])) return {"stable.balances", balances[k], "must be numbers from 1e-60 to 1e60"};
            if (!in_range(rates[k])) return {"stable.rates", rates[k], "must be numbers from 1e-60 to 1e60"};
        }
        if (!(amplification >= 1e-12 && amplification <= 1e12))
            return {"stable.amplification", amplification, "must be a number from 1e-12 to 1e12"};
        if (!(fee >= 0.0 && fee < 1.0)) return {"stable.fee", fee, "must be at or above 0 and below 1"};
        if (!(offpeg_fee_multiplier >= 0.0 && detail::finite(offpeg_fee_multiplier)))
            return {"stable.offpeg_fee_multiplier", offpeg_fee_multiplier, "must be a number at or above 0"};
        if (dynamic() && fee_from == fee_side::input)
            return {"stable.offpeg_fee_multiplier", offpeg_fee_multiplier, "must be at most 1 with a fee on the input"};
        if (dynamic() && !(fee * offpeg_fee_multiplier < 1.0))
            return {"stable.offpeg_fee_multiplier", offpeg_fee_multiplier, "must leave the highest fee below 1"};
        if (!(admin_share >= 0.0 && admin_share <= 1.0)) return {"stable.admin_share", admin_share, "must be from 0 to 1"};
        return {};
    }

private:
    /// A product that neither overflows nor underflows.
    struct product {
        double mantissa = 1.0;
        int exponent = 0;
        void times(double v) noexcept {
            int e = 0;
            mantissa = __builtin_frexp(mantissa * v, &e);
            exponent += e;
        }
    };
    struct solution {
        double d, excess;  ///< D and D^(n+1)/(n^n·∏x·A·n), which is S − D + D/(A·n)
    };
    /// Both coins of a trade, in parts of the whole pool (its sum, rounded to a power of two).
    struct pair {
        double x = 0.0, y = 0.0, s = 0.0;
        double unit_in = 1.0, unit_out = 1.0;  ///< an amount in, counted so; a part out, as an amount
        bool there = false;

        [[nodiscard]] stable_curve with(double f, fee_side side, double depth) const noexcept {
            const bool input = side == fee_side::input;
            return {x, y, s, input ? unit_in * (1.0 - f) : unit_in, input ? unit_out : unit_out * (1.0 - f), depth};
        }
    };

    [[nodiscard]] static constexpr bool in_range(double v) noexcept { return v >= 1e-60 && v <= 1e60; }
    [[nodiscard]] bool dynamic() const noexcept { return offpeg_fee_multiplier > 1.0; }

    /// What the pool holds, counted by the rates; false where that is not valid.
    [[nodiscard]] bool counted(double* x) const noexcept {
        if (validate()) return false;
        for (std::size_t k = 0; k < coins; ++k) x[k] = balances[k] * rates[k];
        return true;
    }
    /// D by Newton's steps on D^(n+1)/(n^n·∏x) + (A·n − 1)·D − A·n·S. It is convex, and from above the steps only
    /// fall; they end where they no longer do. They begin at S or, where the coins are far apart, at a power of two above
    /// (n^n·∏x·max(A·n, 1)·S)^(1/(n+1)), which D does not exceed either.
    [[nodiscard]] solution solve(const double* x) const noexcept {
        const double n = static_cast<double>(coins);
        const double ann = amplification * n;
        double sum = 0.0;
        for (std::size_t k = 0; k < coins; ++k) sum += x[k];
        product all;
        for (std::size_t k = 0; k < coins; ++k) all.times(n * x[k]);
        all.times(sum);
        if (ann > 1.0) all.times(ann);
        const int steps = static_cast<int>(coins) + 1;
        const int power = all.exponent >= 0 ? (all.exponent + steps - 1) / steps : -(-all.exponent / steps);
        const double bound = __builtin_ldexp(1.0, power);
        double d = bound < sum ? bound : sum;
        double ratio = 0.0;  // D^n/(n^n·∏x)
        for (int step = 0; step < 255; ++step) {
            product r;
            for (std::size_t k = 0; k < coins; ++k) r.times(d / (n * x[k]));
            ratio = __builtin_ldexp(r.mantissa, r.exponent);
            const double next = (ann * sum + n * (ratio * d)) / (ann - 1.0 + (n + 1.0) * ratio);
            if (!(next < d)) break;
            d = next;
        }
        return {d, d * ratio / ann};
    }
    [[nodiscard]] pair between(std::size_t in, std::size_t out) const noexcept {
        double x[capacity] = {};
        if (in >= coins || out >= coins || in == out || !counted(x)) return {};
        const solution now = solve(x);
        double sum = 0.0;
        for (std::size_t k = 0; k < coins; ++k) sum += x[k];
        int e = 0;
        (void)__builtin_frexp(sum, &e);
        const double part = __builtin_ldexp(1.0, -e);
        const double whole = __builtin_ldexp(1.0, e);
        return {x[in] * part, x[out] * part, now.excess * part, rates[in] * part, whole / rates[out], true};
    }
    /// Of the fee that depends on both balances.
    [[nodiscard]] double fee_between(double x, double y) const noexcept {
        const double even = 4.0 * (x / (x + y)) * (y / (x + y));
        return offpeg_fee_multiplier * fee / ((offpeg_fee_multiplier - 1.0) * even + 1.0);
    }
    [[nodiscard]] double fee_of(const pair& p, double amount) const noexcept {
        if (!dynamic()) return fee;
        if (!(amount > 0.0)) return fee_between(p.x, p.y);
        const double d = amount * p.unit_in;
        const double w = p.with(0.0, fee_side::output, std::numeric_limits<double>::infinity()).out(amount) / p.unit_out;
        return d < 1e100 ? fee_between(p.x + 0.5 * d, p.y - 0.5 * w) : offpeg_fee_multiplier * fee;
    }
};

}  // namespace ballast::inline v0::venue
