/// Pools of two tokens whose product stays: Uniswap v2 and what was made of it, in the contracts' integers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../core/configuration.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue::contract {

/// How a pair takes its fee, and where the fee stays.
enum class fee_rounding : std::uint8_t {
    in_formula,  ///< as a factor of what goes in, nothing rounded for it; it stays in the pool: Uniswap v2, SushiSwap, PancakeSwap v2
    removed_first,  ///< rounded down to whole units, taken off what goes in, and kept outside the pool: volatile pools of Velodrome v2, Aerodrome
};

/// A pair of Uniswap v2 or of a fork. With x in, y out, and the fee f of D parts:
///
/// in_formula: out = ⌊x·(D − f)·R_out/(R_in·D + x·(D − f))⌋, in = ⌊R_in·y·D/((R_out − y)·(D − f))⌋ + 1 (v2-periphery, UniswapV2Library).
/// That is the least amount that gives y, or, where the division leaves nothing over, one unit more than the least.
///
/// removed_first: a = x − ⌊x·f/D⌋, out = ⌊a·R_out/(R_in + a)⌋ (Aerodrome, Pool.getAmountOut; that answers 0 where here nothing in, or an
/// empty reserve, is refused). These contracts have no function for what has to go in: here it is the least amount that gives y.
///
/// `out_given_in`, `in_given_out` and `quote` are those functions; `swap` and `apply` are the pair's own `swap`, which also refuses where
/// nothing would come out, where a reserve would exceed 112 bits (in_formula) or 256, and where the product would fall. Each: some ten
/// products and a quotient or two. No token takes a fee of its own on transfers, and what lies in the pool beyond its reserves is not
/// counted.
struct uniswap_v2 {
    uint256 reserves[2]{};                 ///< whole units of the two tokens; below 2^112 with `in_formula`
    std::uint32_t fee = 3;                 ///< parts of `fee_denominator`, below it
    std::uint32_t fee_denominator = 1000;  ///< 1000: Uniswap; 10000: PancakeSwap (25), Aerodrome (its factory's fee of this pool)
    fee_rounding rounding = fee_rounding::in_formula;  ///< which of the two

    static constexpr int reserve_bits = 112;  ///< of a reserve, with `in_formula`

    /// What comes out for `amount` in. 0 where it is too little for one unit. Refuses: zero_amount, no_liquidity (a reserve is 0), overflow
    /// (a product above 256 bits), same_token, unknown_token.
    [[nodiscard]] constexpr answer out_given_in(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (const refusal r = no_trade(in, out, amount); r != refusal::none) return r;
        uint256 numerator;
        uint256 denominator;
        if (rounding == fee_rounding::in_formula) {
            uint256 taken;
            if (!checked_multiply(amount, kept(), taken) || !checked_multiply(taken, reserves[out], numerator) ||
                !checked_multiply(reserves[in], fee_denominator, denominator) || !checked_add(denominator, taken, denominator))
                return refusal::overflow;
        } else {
            uint256 taken;
            if (!after_fee(amount, taken) || !checked_multiply(taken, reserves[out], numerator) ||
                !checked_add(reserves[in], taken, denominator))
                return refusal::overflow;
        }
        return numerator / denominator;
    }

    /// What has to go in for `amount` out. Refuses: zero_amount, no_liquidity, beyond_liquidity (as much as the reserve, or more), overflow,
    /// same_token, unknown_token.
    [[nodiscard]] constexpr answer in_given_out(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (const refusal r = no_trade(in, out, amount); r != refusal::none) return r;
        if (amount >= reserves[out]) return refusal::beyond_liquidity;
        uint256 numerator;
        uint256 denominator;
        if (!checked_multiply(reserves[in], amount, numerator)) return refusal::overflow;
        denominator = reserves[out] - amount;
        if (rounding == fee_rounding::in_formula) {
            if (!checked_multiply(numerator, fee_denominator, numerator) || !checked_multiply(denominator, kept(), denominator))
                return refusal::overflow;
            return one_more(numerator / denominator);
        }
        // What has to be left after the fee, rounded up, at least 1; then the least amount of which so much is left: x − ⌊x·f/D⌋ ≥ a where
        // x·(D − f) > (a − 1)·D.
        const auto [whole, rest] = divide(numerator, denominator);
        uint256 least;
        if (!checked_multiply(rest ? whole : whole - 1, fee_denominator, least)) return refusal::overflow;
        return one_more(least / kept());
    }

    /// As much of the other token as `amount` is worth by the reserves alone, without fee and without moving them, rounded down: the
    /// library's `quote`. Refuses: zero_amount, no_liquidity, overflow, same_token, unknown_token.
    [[nodiscard]] constexpr answer quote(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (const refusal r = no_trade(in, out, amount); r != refusal::none) return r;
        uint256 numerator;
        if (!checked_multiply(amount, reserves[out], numerator)) return refusal::overflow;
        return numerator / reserves[in];
    }

    /// Trades `amount_in` for `amount_out` where the pair lets it happen, and moves the reserves: refuses, with the pool as it was, zero_amount
    /// (nothing out or in), beyond_liquidity, overflow, invariant (too much is asked for), same_token, unknown_token.
    [[nodiscard]] constexpr refusal swap(std::size_t in, std::size_t out, const uint256& amount_in, const uint256& amount_out) noexcept {
        if (const refusal r = no_trade(in, out, amount_in); r != refusal::none && r != refusal::no_liquidity) return r;
        if (amount_out == 0) return refusal::zero_amount;
        if (amount_out >= reserves[out]) return refusal::beyond_liquidity;
        uint256 has_in;
        uint256 before;
        uint256 after;
        const uint256 has_out = reserves[out] - amount_out;
        if (rounding == fee_rounding::in_formula) {
            // (balance·D − x·f)·(other balance·D) against R_in·R_out·D².
            uint256 scaled_in;
            uint256 scaled_out;
            uint256 of_fee;
            if (!checked_add(reserves[in], amount_in, has_in) || !checked_multiply(has_in, fee_denominator, scaled_in) ||
                !checked_multiply(amount_in, fee, of_fee) || !checked_subtract(scaled_in, of_fee, scaled_in) ||
                !checked_multiply(has_out, fee_denominator, scaled_out) || !checked_multiply(scaled_in, scaled_out, after) ||
                !checked_multiply(reserves[in], reserves[out], before) ||
                !checked_multiply(before, std::uint64_t{fee_denominator} * fee_denominator, before))
                return refusal::overflow;
        } else {
            uint256 taken;
            if (!after_fee(amount_in, taken) || !checked_add(reserves[in], taken, has_in) || !checked_multiply(has_in, has_out, after) ||
                !checked_multiply(reserves[in], reserves[out], before))
                return refusal::overflow;
        }
        if (after < before) return refusal::invariant;
        if (!allowed(has_in) || !allowed(has_out)) return refusal::overflow;
        reserves[in] = has_in;
        reserves[out] = has_out;
        return refusal::none;
    }

    /// Trades `amount` for what `out_given_in` says, tells it, and moves the reserves. Refuses, with the pool as it was, what it or `swap` refuses.
    constexpr answer apply(std::size_t in, std::size_t out, const uint256& amount) noexcept {
        const answer given = out_given_in(in, out, amount);
        if (!given) return given;
        if (const refusal r = swap(in, out, amount, given.amount); r != refusal::none) return r;
        return given;
    }

    /// Whether such a pair can be.
    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (fee_denominator == 0) return {"uniswap_v2.fee_denominator", 0.0, "must be at or above 1"};
        if (fee >= fee_denominator) return {"uniswap_v2.fee", static_cast<double>(fee), "must be below its denominator"};
        for (const uint256& r : reserves)
            if (!allowed(r)) return {"uniswap_v2.reserves", static_cast<double>(r), "must be below 2^112"};
        return {};
    }

private:
    [[nodiscard]] constexpr std::uint32_t kept() const noexcept { return fee_denominator - fee; }
    [[nodiscard]] constexpr bool allowed(const uint256& reserve) const noexcept {
        return rounding == fee_rounding::removed_first || reserve.fits(reserve_bits);
    }
    [[nodiscard]] constexpr refusal no_trade(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (in > 1 || out > 1) return refusal::unknown_token;
        if (in == out) return refusal::same_token;
        if (fee >= fee_denominator) return refusal::overflow;
        if (amount == 0) return refusal::zero_amount;
        if (reserves[0] == 0 || reserves[1] == 0) return refusal::no_liquidity;
        return refusal::none;
    }
    [[nodiscard]] constexpr bool after_fee(const uint256& amount, uint256& left) const noexcept {
        uint256 of_fee;
        if (!checked_multiply(amount, fee, of_fee)) return false;
        left = amount - of_fee / fee_denominator;
        return true;
    }
    [[nodiscard]] static constexpr answer one_more(uint256 amount) noexcept {
        if (!checked_add(amount, 1, amount)) return refusal::overflow;
        return amount;
    }
};

}  // namespace ballast::inline v0::venue::contract
