/// What trading on an open pool may lose to those who trade around it.
///
/// An order of v is seen before it is carried out. An attacker buys the same coin before it (front run, f), so that it is filled at a worse
/// price, and sells after it. The order's least output keeps f within bounds. Both use the one pool with reserves x and y, of whose input the
/// share 1 − γ stays with the pool as fee (constant product, as in Uniswap v2; Adams, Zinsmeister and Robinson 2020). With what it takes
/// from the pool written out, for f, v in units of x:
///
///     quote           y·γv/(1 + γv)
///     its output      y·γv/((1 + γf)(1 + f + γv))
///     attacker gains  x·f·((1 + f)(γ²v − (1 − γ²)) + γ³v(1 + v)) / ((1 + f) + γ²f(1 + f + γv))
///
/// The output is the quote less the share s where (1 + γf)(1 + f + γv) = (1 + γv)/(1 − s): a quadratic equation in f. The gain per f/(...) is
/// linear in f, so that no front run of any size gains where it does not at f → 0: below the root r* of γ³r² + (γ² + γ³)r = 1 − γ². Without a
/// fee r* is 0, and the largest front run is the best one. On sandwiches and their bounds by slippage see Heimbach and Wattenhofer 2022,
/// "Eliminating sandwich attacks with the help of game theory".
#pragma once

#include <cstddef>
#include <limits>

#include "../core/arithmetic.hpp"
#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// A constant-product pool in which an order is sandwiched. Amounts in coins, or both reserves in base currency. Nothing is subtracted from
/// something of its size, so that orders tiny beside the pool keep their digits. Orders below 0 count as 0; a tolerance is from 0 to below 1.
struct sandwiched_pool {
    double in = 0.0;   ///< reserve of the coin that the order pays, above 0
    double out = 0.0;  ///< reserve of the coin that it gets, above 0
    double fee = 0.0;  ///< 1 − γ: share of the input that stays with the pool, 0 to below 1

    /// What the order gets if nobody is before it.
    [[nodiscard]] constexpr double quote(double order) const noexcept {
        const double r = kept() * share(order);
        return out * (r / (1.0 + r));
    }
    /// The largest front run that leaves the order its least output, (1 − tolerance)·quote; in coins that are paid in. O(1).
    [[nodiscard]] double largest_front_run(double order, double tolerance) const noexcept { return in * largest(share(order), tolerance); }
    /// What the attacker has more in the end than before, in coins that are paid in, without gas; below 0: less. O(1).
    [[nodiscard]] constexpr double gain(double order, double front_run) const noexcept {
        return in * gain_of(share(order), front_run / in);
    }
    /// The front run within the tolerance that gains most; 0 where none gains. O(1).
    [[nodiscard]] double best_front_run(double order, double tolerance) const noexcept { return in * best(share(order), tolerance); }
    /// What the order gets less than its quote, in coins that it gets. O(1).
    [[nodiscard]] constexpr double loss(double order, double front_run) const noexcept {
        return out * loss_of(share(order), front_run / in);
    }
    /// The largest order that no front run of any size gains from, whatever its tolerance, even without gas; 0 without a fee. O(1).
    [[nodiscard]] double safe_order() const noexcept {
        const double g = kept(), a = g * g * g, b = g * g + a;
        return in * (2.0 * both_ways() / (b + __builtin_sqrt(b * b + 4.0 * a * both_ways())));
    }
    /// The largest order whose best front run gains no more than the attack costs (gas, what is paid for its place in the block; in coins that
    /// are paid in). Infinite without a tolerance. Bisection to the last bits: the gain rises with the order. Some hundred steps.
    [[nodiscard]] double safe_order(double tolerance, double attack_cost) const noexcept {
        const double cost = attack_cost / in;
        double low = share(safe_order());
        double high = low > 1e-6 ? 2.0 * low : 1e-6;
        for (; !pays(high, tolerance, cost); high *= 2.0)
            if (high > 1e150) return std::numeric_limits<double>::infinity();
        for (int k = 0; k < 1200; ++k) {
            const double middle = low + 0.5 * (high - low);
            if (!(middle > low && middle < high)) break;
            (pays(middle, tolerance, cost) ? high : low) = middle;
        }
        return in * low;
    }
    /// What the order loses to a front run that gains most, where it gains more than the attack costs; otherwise 0. Never more than
    /// tolerance·quote. In coins that it gets; O(1).
    [[nodiscard]] double expected_loss(double order, double tolerance, double attack_cost) const noexcept {
        const double r = share(order);
        const double f = best(r, tolerance);
        if (!(gain_of(r, f) > attack_cost / in)) return 0.0;
        const double most = tolerance * quote(order);
        const double lost = out * loss_of(r, f);
        return lost < most ? lost : most;
    }
    /// By how much that rises with the order; where it begins, or the best front run becomes the largest, on one of the sides.
    [[nodiscard]] double marginal_loss(double order, double tolerance, double attack_cost) const noexcept {
        const double r = share(order), g = kept();
        const double f = best(r, tolerance);
        if (!(gain_of(r, f) > attack_cost / in)) return 0.0;
        const double scale = out / in;
        const double after_quote = 1.0 + g * r;
        if (f >= largest(r, tolerance)) return scale * (tolerance * g / (after_quote * after_quote));
        // The best front run is where q0 + 2·q1·f + q2·f² = 0: how it moves with the order, and the loss with both.
        const quadratic q = condition(r);
        const double b = g * g * r - both_ways(), d = 1.0 + g * g + g * g * g * r;
        const double a_rate = g * g + g * g * g * (1.0 + 2.0 * r), b_rate = g * g, d_rate = g * g * g;
        const double with_order = a_rate + 2.0 * b_rate * f + (b_rate * d + b * d_rate - a_rate * g * g) * f * f;
        const double f_rate = -with_order / (2.0 * q.one + 2.0 * q.two * f);
        const double u = 1.0 + g * f, w = 1.0 + f + g * r;
        const double of_order = g / (after_quote * after_quote) - g * (1.0 + f) / (u * w * w);
        const double of_front_run = g * r * (g * w + u) / (u * u * w * w);
        return scale * (of_order + of_front_run * f_rate);
    }

private:
    /// q0 + 2·q1·f + q2·f²
    struct quadratic {
        double zero, one, two;
    };

    [[nodiscard]] constexpr double kept() const noexcept { return 1.0 - fee; }
    /// 1 − γ²: what a trade there and back leaves with the pool.
    [[nodiscard]] constexpr double both_ways() const noexcept { return fee * (2.0 - fee); }
    [[nodiscard]] constexpr double share(double order) const noexcept { return order > 0.0 ? order / in : 0.0; }

    // All of the following in units of the reserve that is paid into.
    [[nodiscard]] double largest(double r, double tolerance) const noexcept {
        const double g = kept();
        const double b = 1.0 + g + g * g * r;
        const double c = (1.0 + g * r) * (tolerance / (1.0 - tolerance));
        return 2.0 * c / (b + __builtin_sqrt(b * b + 4.0 * g * c));
    }
    [[nodiscard]] constexpr double gain_of(double r, double f) const noexcept {
        const double g = kept();
        const double by = (1.0 + f) * (g * g * r - both_ways()) + g * g * g * r * (1.0 + r);
        return f * (by / ((1.0 + f) + g * g * f * (1.0 + f + g * r)));
    }
    [[nodiscard]] constexpr double loss_of(double r, double f) const noexcept {
        const double g = kept();
        return g * r * (f * (1.0 + g + g * f + g * g * r) / ((1.0 + g * r) * (1.0 + g * f) * (1.0 + f + g * r)));
    }
    /// Where the gain f(A + Bf)/(1 + Df + γ²f²) is level: A + 2B·f + (B·D − A·γ²)·f² = 0.
    [[nodiscard]] constexpr quadratic condition(double r) const noexcept {
        const double g = kept();
        const double b = g * g * r - both_ways();
        const double a = b + g * g * g * r * (1.0 + r);
        return {a, b, b * (1.0 + g * g + g * g * g * r) - a * g * g};
    }
    [[nodiscard]] double best(double r, double tolerance) const noexcept {
        const quadratic q = condition(r);
        if (!(q.zero > 0.0)) return 0.0;
        const double most = largest(r, tolerance);
        const double under = q.one * q.one - q.two * q.zero;
        const double below = under >= 0.0 ? __builtin_sqrt(under) - q.one : 0.0;
        if (!(below > 0.0)) return most;  // the gain rises without end
        const double level = q.zero / below;
        return level < most ? level : most;
    }
    [[nodiscard]] bool pays(double r, double tolerance, double cost) const noexcept { return gain_of(r, best(r, tolerance)) > cost; }
};

/// The loss of an order to a sandwich on its pool: what an attacker who gains most takes from it, at most tolerance·quote, and nothing where
/// the attack would not pay (`sandwiched_pool::safe_order` tells up to which size). A buy and a sale of the same notional are alike: each pays
/// so much into one side of a pool whose sides are worth the same. Paid through the price at which the order is filled. It comes on top of
/// the pool's own price and fee, and of the gas.
///
/// General shape: nothing up to the safe size, with gas a jump there, then tolerance·quote, which bends down as the pool is exhausted. O(1).
struct sandwich {
    per_asset reserve{};          ///< base currency in one side of the asset's pool, above 0; to be given
    per_asset fee = 0.003;        ///< of the pool, share of the input, 0 to below 1
    per_asset tolerance = 0.005;  ///< by which the order's least output is below its quote, 0 to below 1
    double attack_cost = 0.0;     ///< base currency: the attacker's gas and what is paid for the place in the block

    static constexpr cost_shape shape = cost_shape::general;
    static constexpr const char* name = "sandwich";

    struct view {
        const sandwich* of;  ///< the model
        [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
            return of->pool(i).expected_loss(detail::absolute(x), of->tolerance[i], of->attack_cost);
        }
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            if (x == 0.0) {  // a pool without a fee, and attacks that cost nothing, take from any order
                const double s = of->fee[i] == 0.0 && of->attack_cost == 0.0 ? of->tolerance[i] : 0.0;
                return {-s, s};
            }
            const double s = of->pool(i).marginal_loss(detail::absolute(x), of->tolerance[i], of->attack_cost);
            return x > 0.0 ? slope_interval{s, s} : slope_interval{-s, -s};
        }
        [[nodiscard]] double jump(std::size_t) const noexcept { return 0.0; }
    };
    [[nodiscard]] view bind(const look&) const noexcept { return {this}; }

    /// The pool of asset i, both sides in base currency.
    [[nodiscard]] sandwiched_pool pool(std::size_t i) const noexcept { return {reserve[i], reserve[i], fee[i]}; }
    /// The largest notional of asset i that attacking does not pay for.
    [[nodiscard]] double safe_size(std::size_t i) const noexcept { return pool(i).safe_order(tolerance[i], attack_cost); }

    [[nodiscard]] bool covers(std::size_t n) const noexcept { return reserve.covers(n) && fee.covers(n) && tolerance.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!reserve.given()) return {"sandwich.reserve", 0.0, "has to be given: an amount above 0"};
        if (const double* v = reserve.find([](double x) { return !(x > 0.0) || x > 1e300; }))
            return {"sandwich.reserve", *v, "must be an amount above 0"};
        const auto bad = [](double x) { return !(x >= 0.0 && x < 1.0); };
        if (const double* v = fee.find(bad)) return {"sandwich.fee", *v, "must be a fraction at or above 0 and below 1"};
        if (const double* v = tolerance.find(bad)) return {"sandwich.tolerance", *v, "must be a fraction at or above 0 and below 1"};
        if (detail::not_an_amount(attack_cost)) return {"sandwich.attack_cost", attack_cost, "must be an amount at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::cost
