/// Weighted pools: up to eight tokens, of which the product of the balances, each to the power of its weight, never falls.
#pragma once

#include <cstddef>
#include <limits>

#include "../core/configuration.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue {

/// One direction of a weighted pool: out(x) = reach·(1 − (1 + x/scale)^−w), with w = weight in / weight out (Martinelli and Mushegian 2019,
/// "Balancer", out-given-in). The fee is in the two amounts: `scale` is the balance of what goes in / (1 − fee) and `reach` the balance of
/// what comes out where the fee is taken from what goes in; the balance and (1 − fee)·balance where it is taken from what comes out.
///
/// All is reckoned with log1p and expm1, without cancellation for trades tiny beside the pool. Relative errors for weights from 0.01 to 0.99 and
/// x from 1e-18 to 1e3 of the balance, as tests hold them: `out` 1e-15; `marginal` 1e-15·(1 + its logarithm, beside that of the first unit);
/// `in` 1e-15·(1 + the logarithm of the growth of the pool); `shortfall` 5e-14, `excess` 5e-14 times the same. Where (w + 1)·x/scale, for
/// `excess` (1/w + 1)·y/reach, is at or below 1/32, these two sum the binomial series from its second term; above they subtract, by which
/// up to 64 times the rounding is lost.
class weighted_curve {
public:
    /// Takes nothing, and gives nothing.
    constexpr weighted_curve() noexcept = default;
    /// Weights may be any numbers above 0: only their ratio matters. The depth is what moves the pool by `max_in_ratio` of the balance that
    /// grows, or by `max_out_ratio` of the one that shrinks, whichever comes first; infinity and 1 are no limits.
    weighted_curve(double scale, double reach, double weight_in, double weight_out,
                   double max_in_ratio = std::numeric_limits<double>::infinity(), double max_out_ratio = 1.0) noexcept
        : scale_{scale},
          reach_{reach},
          power_{weight_in / weight_out},
          inverse_power_{weight_out / weight_in} {
        spot_ = reach_ * power_ / scale_;
        double most_ratio = max_in_ratio;
        if (max_out_ratio < 1.0) {
            const double by_out = __builtin_expm1(-__builtin_log1p(-max_out_ratio) * inverse_power_);
            if (by_out < most_ratio) most_ratio = by_out;
        }
        depth_ = scale_ * most_ratio;
        most_ = given(depth_);
    }

    [[nodiscard]] double out(double x) const noexcept { return x >= depth_ ? most_ : given(x); }
    [[nodiscard]] double in(double y) const noexcept {
        if (!(y < most_)) return y == 0.0 ? 0.0 : y == most_ ? depth_ : std::numeric_limits<double>::infinity();
        const double x = scale_ * __builtin_expm1(logarithm(y) * inverse_power_);
        return x < depth_ ? x : depth_;
    }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        if (x > depth_) return {0.0, 0.0};
        const double slope = x == 0.0 ? spot_ : spot_ * __builtin_exp(-(power_ + 1.0) * __builtin_log1p(x / scale_));
        return {x < depth_ ? slope : 0.0, x > 0.0 ? slope : std::numeric_limits<double>::infinity()};
    }
    [[nodiscard]] amount_interval inverse_marginal(double p) const noexcept {
        if (!(p < spot_)) return {0.0, 0.0};
        if (!(p > 0.0)) return {depth_, depth_};
        const double x = scale_ * __builtin_expm1(__builtin_log1p((spot_ - p) / p) / (power_ + 1.0));
        const double best = x < depth_ ? x : depth_;
        return {best, best};
    }
    [[nodiscard]] constexpr double depth() const noexcept { return depth_; }
    [[nodiscard]] double shortfall(double x) const noexcept {
        if (x <= 0.0) return 0.0;
        return x <= depth_ ? lost(x) : lost(depth_) + spot_ * (x - depth_);
    }
    [[nodiscard]] double excess(double y) const noexcept {
        const double x = in(y);
        if (!(y > 0.0) || !detail::finite(x)) return x;
        const double share = y / reach_;
        if ((inverse_power_ + 1.0) * share <= series_below) return scale_ * inverse_power_ * share * second_order(-share, inverse_power_);
        return x - scale_ * inverse_power_ * share;
    }

private:
    static constexpr double series_below = 1.0 / 32.0;

    /// What comes out for x, which is not beyond the depth.
    [[nodiscard]] double given(double x) const noexcept { return -reach_ * __builtin_expm1(-power_ * __builtin_log1p(x / scale_)); }
    /// −log(1 − y/reach), for y below the reach: near it what is left is the difference of two numbers close to each other, which is exact.
    [[nodiscard]] double logarithm(double y) const noexcept {
        return y <= 0.5 * reach_ ? -__builtin_log1p(-y / reach_) : __builtin_log(reach_ / (reach_ - y));
    }
    /// spot·x − out(x), for x that is not beyond the depth.
    [[nodiscard]] double lost(double x) const noexcept {
        const double ratio = x / scale_;
        if ((power_ + 1.0) * ratio <= series_below) return spot_ * x * second_order(ratio, power_);
        return reach_ * (power_ * ratio + __builtin_expm1(-power_ * __builtin_log1p(ratio)));
    }
    /// ((1 + z)^−a − 1 + a·z)/(a·z) for (a + 1)·|z| ≤ 1/32: each term is below 1/32 of the one before, so twelve reach the last bit.
    [[nodiscard]] static double second_order(double z, double a) noexcept {
        double term = 0.5 * (a + 1.0) * z;
        double sum = term;
        for (int k = 2; k < 14; ++k) {
            term *= -z * (a + k) / (k + 1.0);
            sum += term;
        }
        return z < 0.0 ? -sum : sum;
    }

    double scale_ = 1.0;
    double reach_ = 0.0;
    double power_ = 1.0;
    double inverse_power_ = 1.0;
    double spot_ = 0.0;
    double depth_ = 0.0;
    double most_ = 0.0;  // what comes out at the depth
};

/// A weighted pool, as those of Balancer: `weighted{.tokens = 2, .balances = {100.0, 2.0}, .weights = {0.8, 0.2}, .fee = 0.003}`. Balances have
/// their decimals applied. The fee stays in the pool. Of amounts beyond the two ratios Balancer takes none: `max_in_ratio` holds for what goes
/// in, after the fee, where that amount is given, `max_out_ratio` where the amount that comes out is given. The curves keep to both, so that
/// what they promise can be had either way; set the one that does not matter to infinity or 1. Whether the last unit before a limit is
/// taken, only the integers of contract::balancer_weighted know.
struct weighted {
    static constexpr std::size_t capacity = 8;  ///< how many tokens there may be

    std::size_t tokens = 0;               ///< how many there are
    double balances[capacity]{};          ///< units of each token
    double weights[capacity]{};           ///< above 0; their sum is 1 to 1e-9
    double fee = 0.0;                     ///< a fraction, 0 up to below 1
    fee_side fee_from = fee_side::input;  ///< Balancer: of what goes in
    double max_in_ratio = 0.3;            ///< of the balance that grows, as Balancer v2 has it; infinity: no limit
    double max_out_ratio = 0.3;           ///< of the balance that shrinks, likewise; 1: no limit

    /// From token `in` to token `out`. An empty curve where they are the same, not in the pool, or one of their balances is empty.
    [[nodiscard]] weighted_curve curve(std::size_t in, std::size_t out) const noexcept {
        const std::size_t n = tokens < capacity ? tokens : capacity;
        if (in >= n || out >= n || in == out || !(balances[in] > 0.0) || !(balances[out] > 0.0)) return {};
        const double kept = 1.0 - fee;
        if (fee_from == fee_side::input)
            return {balances[in] / kept, balances[out], weights[in], weights[out], max_in_ratio, max_out_ratio};
        return {balances[in], kept * balances[out], weights[in], weights[out], max_in_ratio, max_out_ratio};
    }
    /// Trades x, of more than the depth only that; what came out. Nothing is traded, and 0 told, for an x that is no number above 0, and for an
    /// infinite one where nothing bounds it.
    double apply(std::size_t in, std::size_t out, double x) noexcept {
        const weighted_curve c = curve(in, out);
        const double taken = x > c.depth() ? c.depth() : x;
        if (!(taken > 0.0) || !detail::finite(taken)) return 0.0;
        const double given = c.out(taken);
        balances[in] += taken;
        balances[out] -= given;
        return given;
    }
    /// Which number can not be, if any.
    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (tokens < 2 || tokens > capacity) return {"weighted.tokens", static_cast<double>(tokens), "must be from 2 to 8"};
        double sum = 0.0;
        for (std::size_t i = 0; i < tokens; ++i) {
            if (!(balances[i] >= 0.0) || !detail::finite(balances[i]))
                return {"weighted.balances", balances[i], "must be finite numbers at or above 0"};
            if (!(weights[i] > 0.0) || !(weights[i] < 1.0)) return {"weighted.weights", weights[i], "must be numbers above 0 and below 1"};
            sum += weights[i];
        }
        if (!(detail::absolute(sum - 1.0) <= 1e-9)) return {"weighted.weights", sum, "must have the sum 1, to 1e-9"};
        if (!(fee >= 0.0) || !(fee < 1.0)) return {"weighted.fee", fee, "must be a number at or above 0 and below 1"};
        if (!(max_in_ratio > 0.0)) return {"weighted.max_in_ratio", max_in_ratio, "must be a number above 0, or infinite"};
        if (!(max_out_ratio > 0.0) || !(max_out_ratio <= 1.0))
            return {"weighted.max_out_ratio", max_out_ratio, "must be a number above 0 and at or below 1"};
        return {};
    }
};

}  // namespace ballast::inline v0::venue
