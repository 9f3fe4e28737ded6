/// Weighted pools of Balancer v2, to the last unit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../core/configuration.hpp"
#include "../detail/balancer_math.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue::contract {

/// Which power function the contract of a pool has. Where weights are equal, or one twice or four times the other, the answers differ in their
/// last digits.
enum class power_version : std::uint8_t {
    plain,       ///< by logarithms for every exponent: contracts of before January 2022
    short_cuts,  ///< products for the exponents 1, 2 and 4: later ones
};

/// What the weighted pools of Balancer v2 reckon with 18 decimals, without fees and without the pool's own scaling of tokens (WeightedMath of
/// balancer-v2-monorepo). Balances and amounts are whole units, weights have 18 decimals, and only their ratio matters here.
/// @{
/// What comes out for `amount`, rounded down. Refused where it exceeds 30 % of the balance (BAL#304).
[[nodiscard]] constexpr answer weighted_out_given_in(const uint256& balance_in, const uint256& weight_in, const uint256& balance_out,
                                                     const uint256& weight_out, const uint256& amount, power_version version) noexcept {
    detail::balancer::fixed_point f;
    const uint256 limit = f.mul_down(balance_in, 300'000'000'000'000'000);
    if (f.why == refusal::none && amount > limit) return refusal::too_much_in;
    const uint256 base = f.div_up(balance_in, f.add(balance_in, amount));
    const uint256 exponent = f.div_down(weight_in, weight_out);
    if (f.why != refusal::none) return f.why;
    const uint256 power = f.power_up(base, exponent, version == power_version::short_cuts);
    const uint256 out = f.mul_down(balance_out, f.complement(power));
    return f.why == refusal::none ? answer{out} : answer{f.why};
}
/// What has to go in for `amount`, rounded up. Refused where it exceeds 30 % of the balance (BAL#305).
[[nodiscard]] constexpr answer weighted_in_given_out(const uint256& balance_in, const uint256& weight_in, const uint256& balance_out,
                                                     const uint256& weight_out, const uint256& amount, power_version version) noexcept {
    detail::balancer::fixed_point f;
    const uint256 limit = f.mul_down(balance_out, 300'000'000'000'000'000);
    if (f.why == refusal::none && amount > limit) return refusal::too_much_out;
    const uint256 base = f.div_up(balance_out, f.subtract(balance_out, amount));
    const uint256 exponent = f.div_up(weight_out, weight_in);
    if (f.why != refusal::none) return f.why;
    const uint256 power = f.power_up(base, exponent, version == power_version::short_cuts);
    const uint256 in = f.mul_up(balance_in, f.subtract(power, detail::balancer::one));
    return f.why == refusal::none ? answer{in} : answer{f.why};
}
/// @}

/// A weighted pool of Balancer v2, as the vault asks it: up to eight tokens, of up to 18 decimals. The fee is taken from what goes in, rounded up,
/// and stays in the pool; what comes out is rounded down and what has to go in up, by more than an error of the power function could be
/// worth. Of one trade no more goes in, after the fee, than 30 % of the balance where that amount is given, and no more comes out where that is.
/// The vault keeps balances below 2^112, and so refuses what would exceed that (`overflow`). A pool without a balance on either side is refused
/// (`no_liquidity`): the vault has none, but before its first deposit.
///
/// Beside venue::weighted of the same pool without its limits, in whole units: `out_given_in` is not above what the curve gives (but for a
/// rounding of 2e-15), and below it by no more than 2.2e-14 of the balance of `out`, one unit, and what one unit of `in` is worth before the fee;
/// `in_given_out` is not below, and above by no more than 2.2e-14 of the balance of `in` and of the amount, and three units, all before the fee.
///
/// Some 0.8 µs an answer, a third of that where the power has a short cut. O(1) in the number of tokens.
struct balancer_weighted {
    static constexpr std::size_t capacity = 8;  ///< how many tokens there may be

    std::size_t tokens = 0;                                           ///< how many there are
    uint256 balances[capacity]{};                                     ///< whole units of the token, as the vault tells them; below 2^112
    uint256 weights[capacity]{};                                      ///< 18 decimals: from 1 % on, with the sum 1
    std::uint8_t decimals[capacity]{18, 18, 18, 18, 18, 18, 18, 18};  ///< of the token, up to 18
    uint256 swap_fee{};                                               ///< 18 decimals, below 1: 3e15 is 0.3 %
    power_version version = power_version::short_cuts;                ///< of the pool's contract

    /// What comes out of token `out` for `amount` of token `in`; may be 0 for an amount worth less than a unit.
    [[nodiscard]] constexpr answer out_given_in(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (const refusal r = unfit(in, out, amount); r != refusal::none) return r;
        detail::balancer::fixed_point f;
        const uint256 after_fee = f.subtract(amount, f.mul_up(amount, swap_fee));
        const uint256 amount_in = f.mul_down(after_fee, scaling(in));
        const uint256 balance_in = f.mul_down(balances[in], scaling(in));
        const uint256 balance_out = f.mul_down(balances[out], scaling(out));
        if (f.why != refusal::none) return f.why;
        const answer scaled = weighted_out_given_in(balance_in, weights[in], balance_out, weights[out], amount_in, version);
        if (!scaled) return scaled;
        const uint256 result = f.div_down(scaled.amount, scaling(out));
        if (f.why != refusal::none) return f.why;
        return vault_takes(in, amount) ? answer{result} : answer{refusal::overflow};
    }
    /// What has to go in of token `in` for `amount` of token `out`, fee included.
    [[nodiscard]] constexpr answer in_given_out(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        if (const refusal r = unfit(in, out, amount); r != refusal::none) return r;
        detail::balancer::fixed_point f;
        const uint256 amount_out = f.mul_down(amount, scaling(out));
        const uint256 balance_in = f.mul_down(balances[in], scaling(in));
        const uint256 balance_out = f.mul_down(balances[out], scaling(out));
        if (f.why != refusal::none) return f.why;
        const answer scaled = weighted_in_given_out(balance_in, weights[in], balance_out, weights[out], amount_out, version);
        if (!scaled) return scaled;
        const uint256 before_fee = f.div_up(scaled.amount, scaling(in));
        const uint256 result = f.div_up(before_fee, f.complement(swap_fee));
        if (f.why != refusal::none) return f.why;
        return vault_takes(in, result) ? answer{result} : answer{refusal::overflow};
    }
    /// Trades `amount` of token `in`; what came out. Where it is refused, the pool stays as it was.
    constexpr answer apply(std::size_t in, std::size_t out, const uint256& amount) noexcept {
        const answer a = out_given_in(in, out, amount);
        if (!a) return a;
        balances[in] += amount;
        balances[out] -= a.amount;
        return a;
    }
    /// Π balance^weight with 18 decimals, of the balances as if all tokens had 18, rounded down: what trades never lower by more than it is rounded.
    [[nodiscard]] constexpr answer invariant() const noexcept {
        detail::balancer::fixed_point f;
        uint256 product = detail::balancer::one;
        for (std::size_t i = 0; i < tokens && i < capacity; ++i)
            product =
                f.mul_down(product, f.power_down(f.mul_down(balances[i], scaling(i)), weights[i], version == power_version::short_cuts));
        if (f.why != refusal::none) return f.why;
        return product ? answer{product} : answer{refusal::no_liquidity};
    }
    /// Which number can not be, if any. The contracts' own bounds of the fee, 0.0001 % to 10 % and more in some, are not asked for.
    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (tokens < 2 || tokens > capacity) return {"balancer_weighted.tokens", static_cast<double>(tokens), "must be from 2 to 8"};
        uint256 sum;
        for (std::size_t i = 0; i < tokens; ++i) {
            if (!balances[i].fits(112)) return {"balancer_weighted.balances", static_cast<double>(balances[i]), "must be below 2^112"};
            if (weights[i] < uint256{10'000'000'000'000'000} || weights[i] > detail::balancer::one)
                return {"balancer_weighted.weights", static_cast<double>(weights[i]), "must be from 1e16 to 1e18"};
            if (decimals[i] > 18) return {"balancer_weighted.decimals", static_cast<double>(decimals[i]), "must be at or below 18"};
            sum += weights[i];
        }
        if (sum != detail::balancer::one) return {"balancer_weighted.weights", static_cast<double>(sum), "must have the sum 1e18"};
        if (swap_fee >= detail::balancer::one) return {"balancer_weighted.swap_fee", static_cast<double>(swap_fee), "must be below 1e18"};
        return {};
    }

private:
    /// What the vault and an empty pool would not begin with.
    [[nodiscard]] constexpr refusal unfit(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        const std::size_t n = tokens < capacity ? tokens : capacity;
        if (!amount) return refusal::zero_amount;
        if (in == out) return refusal::same_token;
        if (in >= n || out >= n) return refusal::unknown_token;
        if (!balances[in] || !balances[out]) return refusal::no_liquidity;
        return refusal::none;
    }
    /// What makes a token one of 18 decimals, itself with 18 decimals.
    [[nodiscard]] constexpr uint256 scaling(std::size_t token) const noexcept {
        uint256 factor = detail::balancer::one;
        for (int k = decimals[token]; k < 18; ++k) factor *= 10;
        return factor;
    }
    [[nodiscard]] constexpr bool vault_takes(std::size_t in, const uint256& amount) const noexcept {
        return amount.fits(112) && (balances[in] + amount).fits(112);
    }
};

}  // namespace ballast::inline v0::venue::contract
