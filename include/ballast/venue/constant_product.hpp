/// A pool of two assets whose product stays: Uniswap v2 and its kin, in doubles.
#pragma once

#include <cstddef>
#include <limits>

#include "../core/configuration.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue {

/// One direction of a pool of a constant product, as the pool was when it was asked for: out(x) = O·x/(I + x). With reserves R and what the
/// fee leaves, γ = 1 − fee: I = R_in/γ, O = R_out where the fee is taken from what goes in, I = R_in, O = γ·R_out where it is taken from
/// what comes out. All of it is closed, one quotient or two; nothing subtracts numbers that are close, so each answer is right to some
/// 1e-15 of itself however small the trade is beside the pool. Where nearly all is asked for, `in` and `excess` are right for a reserve
/// that is as near, and `inverse_marginal` next to the spot price for a spot that is. Prices between 1e-150 and 1e150.
class constant_product_curve {
public:
    /// Takes nothing and gives nothing.
    constexpr constant_product_curve() noexcept = default;
    /// With I and O, in units of what goes in and of what comes out; where one of them is not above 0 there is no liquidity.
    constexpr constant_product_curve(double input_scale, double output_scale) noexcept {
        if (!(input_scale > 0.0 && output_scale > 0.0 && detail::finite(input_scale) && detail::finite(output_scale))) return;
        in_ = input_scale;
        out_ = output_scale;
        spot_ = output_scale / input_scale;
    }

    /// O·x/(I + x).
    [[nodiscard]] constexpr double out(double x) const noexcept { return x > 0.0 ? out_ * share(x) : 0.0; }
    /// I·y/(O − y).
    [[nodiscard]] constexpr double in(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        return y < out_ ? in_ * (y / (out_ - y)) : infinity;
    }
    /// O·I/(I + x)².
    [[nodiscard]] constexpr slope_interval marginal(double x) const noexcept {
        if (!(x > 0.0)) return {spot_, infinity};
        if (out_ == 0.0) return {};
        const double left = in_ / (in_ + x);
        const double slope = spot_ * left * left;
        return {slope, slope};
    }
    /// √(O·I/p) − I = I·(s − p)/(p + √(s·p)), with the spot price s = O/I.
    [[nodiscard]] constexpr amount_interval inverse_marginal(double p) const noexcept {
        if (!(p < spot_)) return {};
        const double x = p > 0.0 ? in_ * ((spot_ - p) / (p + __builtin_sqrt(spot_ * p))) : depth();
        return {x, x};
    }
    /// Infinite, but for a pool without liquidity.
    [[nodiscard]] constexpr double depth() const noexcept { return out_ > 0.0 ? infinity : 0.0; }

    /// s·x²/(I + x).
    [[nodiscard]] constexpr double shortfall(double x) const noexcept { return x > 0.0 ? spot_ * x * share(x) : 0.0; }
    /// y²/(s·(O − y)).
    [[nodiscard]] constexpr double excess(double y) const noexcept {
        if (!(y > 0.0)) return 0.0;
        return y < out_ ? y / spot_ * (y / (out_ - y)) : infinity;
    }

    /// I, units of what goes in: of so much in, half of O comes out. 0 without liquidity.
    [[nodiscard]] constexpr double input_scale() const noexcept { return in_; }
    /// O, units of what comes out: what all that can ever go in would give. 0 without liquidity.
    [[nodiscard]] constexpr double output_scale() const noexcept { return out_; }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    /// x/(I + x), for x > 0.
    [[nodiscard]] constexpr double share(double x) const noexcept { return x < infinity ? x / (in_ + x) : 1.0; }

    double in_ = 0.0;
    double out_ = 0.0;
    double spot_ = 0.0;
};

/// A pool of two assets with reserves R₀ and R₁ that keeps R₀·R₁ (Angeris, Kao, Chiang, Noyes and Chitra 2019, An analysis of Uniswap
/// markets). Fees stay in the pool, so that the product rises with every trade: of what goes in all is added to its reserve, of the other
/// goes what comes out. An empty reserve is a pool without liquidity: depth 0.
///
/// Against the contracts' integers (venue/contract/uniswap_v2.hpp, reserves and amounts as the nearest doubles): `out` is off by at most
/// 4·2^-52 of itself and the unit that the contract rounds down by; `in` by 4·2^-52·R/(R − y) of itself and the unit that it rounds up by,
/// y of R being asked for. Where the contract rounds the fee as well, by what one unit more of what goes in makes besides.
struct constant_product {
    double balances[2]{};                 ///< units of the two assets, at or above 0
    double fee = 0.0;                     ///< a fraction, 0..1, of what `fee_from` says
    fee_side fee_from = fee_side::input;  ///< from which amount it is taken

    /// From asset `in` to asset `out`, 0 and 1; without liquidity where these are one asset, or there is no such asset.
    [[nodiscard]] constexpr constant_product_curve curve(std::size_t in, std::size_t out) const noexcept {
        if (in > 1 || out != 1 - in) return {};
        const double kept = 1.0 - fee;
        if (fee_from == fee_side::input) return {balances[in] / kept, balances[out]};
        return {balances[in], kept * balances[out]};
    }
    /// Trades x of asset `in`: moves the reserves and tells what came out. Nothing is traded, and 0 told, for an x that is not a number above 0,
    /// and without liquidity.
    constexpr double apply(std::size_t in, std::size_t out, double x) noexcept {
        const constant_product_curve c = curve(in, out);
        if (!(x > 0.0) || !detail::finite(x) || c.depth() == 0.0) return 0.0;
        const double given = c.out(x);
        // Of little the rest is the difference; where little is left the difference would be all error.
        const double kept_back = fee_from == fee_side::output ? fee * x : 0.0;
        balances[out] =
            2.0 * given <= balances[out] ? balances[out] - given : balances[out] * ((c.input_scale() + kept_back) / (c.input_scale() + x));
        balances[in] += x;
        return given;
    }

    /// What is wrong with the pool, if anything is.
    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        for (const double r : balances)
            if (!(r >= 0.0 && detail::finite(r))) return {"constant_product.balances", r, "must be a number at or above 0"};
        if (!(fee >= 0.0 && fee < 1.0)) return {"constant_product.fee", fee, "must be at or above 0 and below 1"};
        return {};
    }
};

}  // namespace ballast::inline v0::venue
