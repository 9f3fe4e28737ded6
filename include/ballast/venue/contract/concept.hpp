/// Contracts: pools in the contracts' own integer arithmetic, equal to the chain to the last unit. Amounts are whole units of the tokens'
/// smallest parts (wei). The doubles of venue/ are for searching; what is sent, and what may come back at the least, is reckoned here.
///
/// A pool answers `out_given_in(in, out, amount)` and `in_given_out(in, out, amount)`, with the tokens by their indices in the pool; where the
/// contract would refuse (revert), the answer holds the reason and no amount. `apply(in, out, amount)` moves the pool as the trade would.
#pragma once

#include <cstdint>

#include "../../numeric/wide_uint.hpp"

namespace ballast::inline v0::venue::contract {

/// Why a contract would not trade.
enum class refusal : std::uint8_t {
    none,
    zero_amount,         ///< nothing goes in, or nothing is asked for
    no_liquidity,        ///< the pool, or this side of it, is empty
    beyond_liquidity,    ///< more is asked for than the pool holds
    same_token,          ///< both sides are one token
    unknown_token,       ///< an index beyond the pool's tokens
    too_much_in,         ///< above the share of a reserve that may go in
    too_much_out,        ///< above the share of a reserve that may come out
    overflow,            ///< a number exceeds the contract's integers
    no_convergence,      ///< an iteration does not end
    beyond_price_limit,  ///< the price would leave the range that the contract knows
    invariant,           ///< the pool would hold less than its invariant asks for
};

/// In words.
[[nodiscard]] constexpr const char* to_string(refusal r) noexcept {
    switch (r) {
        case refusal::none: return "none";
        case refusal::zero_amount: return "the amount is zero";
        case refusal::no_liquidity: return "the pool has no liquidity";
        case refusal::beyond_liquidity: return "the pool does not hold that much";
        case refusal::same_token: return "both sides are the same token";
        case refusal::unknown_token: return "the pool has no such token";
        case refusal::too_much_in: return "more than the pool takes in at once";
        case refusal::too_much_out: return "more than the pool gives out at once";
        case refusal::overflow: return "a number exceeds the integers of the contract";
        case refusal::no_convergence: return "the iteration of the contract does not end";
        case refusal::beyond_price_limit: return "the price would leave the range of the contract";
        case refusal::invariant: return "the invariant of the pool would fall";
    }
    return "unknown";
}

/// What a contract answers: an amount, or why there is none. Converts to true where there is one.
struct [[nodiscard]] answer {
    uint256 amount{};             ///< whole units; 0 where it is refused
    refusal why = refusal::none;  ///< why it is

    constexpr answer() noexcept = default;
    /// An amount.
    constexpr answer(const uint256& a) noexcept : amount{a} {}
    /// None.
    constexpr answer(refusal r) noexcept : why{r} {}
    /// Whether there is an amount.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return why == refusal::none; }
};

}  // namespace ballast::inline v0::venue::contract
