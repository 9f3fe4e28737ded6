/// Pools of concentrated liquidity in the contract's integers: Uniswap v3 and what was made of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "../../core/configuration.hpp"
#include "../detail/uniswap_v3_math.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue::contract {

/// An initialised tick: a price, 1.0001^index, where liquidity begins or ends.
struct uniswap_v3_tick {
    std::int32_t index = 0;  ///< -887272..887272, a multiple of the pool's spacing
    int128 net = 0;          ///< liquidity that is added where the price rises past the tick, and taken where it falls: `liquidityNet`
};

/// What a swap does, or why it is refused. Converts to true where it is not.
struct [[nodiscard]] uniswap_v3_swap {
    uint256 in{};                 ///< what is paid, with the fee
    uint256 out{};                ///< what is received
    uint256 unfilled{};           ///< of the amount that was given: what the pool did not trade up to the limit of the price
    uint256 sqrt_price_x96{};     ///< of the pool afterwards
    std::int32_t tick = 0;        ///< likewise
    uint128 liquidity = 0;        ///< likewise
    refusal why = refusal::none;  ///< why it is refused

    /// True where it is not refused.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return why == refusal::none; }
};

/// A pool of Uniswap v3: the state of the contract and all of its initialised ticks, which the host keeps. Token 0 and token 1 are the
/// pool's own; the price is token 1 per token 0. Every step is the contract's (UniswapV3Pool.swap), the stops at the ends of its words of 256
/// spacings too, each of which rounds once more. Nothing is known of tokens that take fees of their own on transfers.
///
/// A swap takes one step for each initialised tick and each end of a word that it passes, each of some products and quotients; finding the first tick takes
/// O(log ticks).
struct uniswap_v3 {
    std::span<const uniswap_v3_tick> ticks{};  ///< all that are initialised, each above the one before; outlive the pool
    uint256 sqrt_price_x96{};                  ///< `slot0.sqrtPriceX96`: √price in parts of 2^-96
    std::int32_t tick = 0;                     ///< `slot0.tick`
    uint128 liquidity = 0;                     ///< `liquidity`: what is there at the price
    std::uint32_t fee_pips = 3000;             ///< of what goes in, in millionths
    std::int32_t tick_spacing = 60;            ///< ticks lie at multiples of it

    /// Trades `amount` of what goes in, with the fee, until it is used up or the price is at `limit`; 0: the end of the contract's range, as
    /// routers have it. Where liquidity runs out, the price goes to the limit and the rest is unfilled. Refuses: zero_amount, overflow (an amount of 2^255
    /// or more), beyond_price_limit (the price is there already, or the limit is out of the contract's range), same_token, unknown_token.
    [[nodiscard]] constexpr uniswap_v3_swap swap_given_in(std::size_t in, std::size_t out, const uint256& amount,
                                                          const uint256& limit = {}) const noexcept {
        return swap(in, out, amount, limit, true);
    }
    /// The same for `amount` of what comes out.
    [[nodiscard]] constexpr uniswap_v3_swap swap_given_out(std::size_t in, std::size_t out, const uint256& amount,
                                                           const uint256& limit = {}) const noexcept {
        return swap(in, out, amount, limit, false);
    }

    /// What comes out for `amount` in: what QuoterV2 says, which is what comes out of a part of `amount` where the liquidity does not suffice for all
    /// (`swap_given_in` tells the unfilled part). 0 where it is too little for one unit. Refuses as `swap_given_in` does, and no_liquidity where nothing at all
    /// can be traded.
    [[nodiscard]] constexpr answer out_given_in(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        const uniswap_v3_swap s = swap_given_in(in, out, amount);
        if (!s) return s.why;
        if (!s.in && !s.out) return refusal::no_liquidity;
        return s.out;
    }
    /// What has to go in for `amount` out. Refuses as `swap_given_out` does, no_liquidity where there is nothing to be had, and beyond_liquidity
    /// where there is less than `amount`, as QuoterV2 and the routers do.
    [[nodiscard]] constexpr answer in_given_out(std::size_t in, std::size_t out, const uint256& amount) const noexcept {
        const uniswap_v3_swap s = swap_given_out(in, out, amount);
        if (!s) return s.why;
        if (!s.in && !s.out) return refusal::no_liquidity;
        if (s.unfilled) return refusal::beyond_liquidity;
        return s.in;
    }

    /// Takes over where a swap of this pool ends; nothing where it is refused.
    constexpr void move(const uniswap_v3_swap& s) noexcept {
        if (!s) return;
        sqrt_price_x96 = s.sqrt_price_x96;
        tick = s.tick;
        liquidity = s.liquidity;
    }
    /// Trades `amount` of what goes in, and tells what comes out, as `out_given_in` does.
    constexpr answer apply(std::size_t in, std::size_t out, const uint256& amount) noexcept {
        const uniswap_v3_swap s = swap_given_in(in, out, amount);
        if (!s) return s.why;
        if (!s.in && !s.out) return refusal::no_liquidity;
        move(s);
        return s.out;
    }

    /// √price in parts of 2^-96 at a tick of -887272..887272, rounded as the contract does; 0 beyond.
    [[nodiscard]] static constexpr uint256 sqrt_price_at_tick(std::int32_t index) noexcept { return detail::v3::sqrt_ratio_at_tick(index); }
    /// The highest tick that is not above the price; out of the contract's range the nearest one within.
    [[nodiscard]] static constexpr std::int32_t tick_at_sqrt_price(const uint256& price_x96) noexcept {
        if (price_x96 < detail::v3::lowest_ratio) return -detail::v3::highest_tick;
        if (price_x96 >= detail::v3::highest_ratio) return detail::v3::highest_tick - 1;
        return detail::v3::tick_at_sqrt_ratio(price_x96);
    }
    /// The liquidity at a tick by the ticks alone: what `liquidity` has to be at `tick`. O(ticks).
    [[nodiscard]] constexpr uint128 liquidity_at(std::int32_t index) const noexcept {
        uint128 sum = 0;
        for (const uniswap_v3_tick& t : ticks)
            if (t.index <= index) sum += static_cast<uint128>(t.net);
        return sum;
    }

    /// Finds ticks that do not rise or are no multiples of the spacing, liquidity that leaves its range, and a price, a tick and a liquidity
    /// that do not belong together. O(ticks).
    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        using namespace detail::v3;
        if (!(fee_pips < whole_fee)) return {"uniswap_v3.fee_pips", static_cast<double>(fee_pips), "must be below a million"};
        if (tick_spacing < 1 || tick_spacing > 16383)
            return {"uniswap_v3.tick_spacing", static_cast<double>(tick_spacing), "must be from 1 to 16383"};
        uint128 sum = 0;
        for (std::size_t k = 0; k < ticks.size(); ++k) {
            const std::int32_t index = ticks[k].index;
            const auto value = static_cast<double>(index);
            if (index < -highest_tick || index > highest_tick || index % tick_spacing != 0)
                return {"uniswap_v3.ticks", value, "must be multiples of the spacing from -887272 to 887272"};
            if (k > 0 && index <= ticks[k - 1].index) return {"uniswap_v3.ticks", value, "must rise from one to the next"};
            if (!crossed(sum, ticks[k].net, false, sum)) return {"uniswap_v3.ticks", value, "must leave liquidity from 0 to 2^128 - 1"};
        }
        if (sum != 0) return {"uniswap_v3.ticks", static_cast<double>(sum), "must add up to no liquidity above the last"};
        if (sqrt_price_x96 < lowest_ratio || sqrt_price_x96 >= highest_ratio)
            return {"uniswap_v3.sqrt_price_x96", static_cast<double>(sqrt_price_x96), "must lie within the contract's range"};
        const std::int32_t here = tick_at_sqrt_ratio(sqrt_price_x96);
        const bool crossed_down = tick == here - 1 && sqrt_ratio_at_tick(here) == sqrt_price_x96;  // a swap has ended on a tick from above
        if (tick != here && !crossed_down) return {"uniswap_v3.tick", static_cast<double>(tick), "must be the tick of the price"};
        if (liquidity != liquidity_at(tick))
            return {"uniswap_v3.liquidity", static_cast<double>(liquidity), "must be the sum of the ticks up to the price"};
        return {};
    }

private:
    /// Liquidity beyond a tick; false where it leaves its 128 bits.
    [[nodiscard]] static constexpr bool crossed(uint128 before, int128 net, bool down, uint128& after) noexcept {
        const bool less = (net < 0) != down;
        const uint128 size = net < 0 ? uint128{0} - static_cast<uint128>(net) : static_cast<uint128>(net);
        after = less ? before - size : before + size;
        return size == 0 || (less ? after < before : after > before);
    }
    /// Rounded down.
    [[nodiscard]] constexpr std::int32_t compressed(std::int32_t index) const noexcept {
        return index / tick_spacing - (index % tick_spacing < 0 ? 1 : 0);
    }
    /// The end of a word of 256 spacings where a step stops without an initialised tick.
    [[nodiscard]] constexpr std::int32_t end_of_word(std::int32_t at, bool down) const noexcept {
        const std::int32_t end = down ? compressed(at) >> 8 << 8 : (compressed(at) + 1) >> 8 << 8 | 255;
        return end * tick_spacing;
    }
    /// Where a way without liquidity ends: a step downward that stops at the end of a word leaves the tick below it.
    [[nodiscard]] constexpr std::int32_t tick_at_limit(const uint256& limit, bool down) const noexcept {
        const std::int32_t at = detail::v3::tick_at_sqrt_ratio(limit);
        const bool stop = down && end_of_word(at, true) == at && detail::v3::sqrt_ratio_at_tick(at) == limit;
        return stop ? at - 1 : at;
    }
    /// How many ticks are at or below an index.
    [[nodiscard]] constexpr std::size_t ticks_up_to(std::int32_t index) const noexcept {
        std::size_t low = 0;
        std::size_t high = ticks.size();
        while (low < high) {
            const std::size_t mid = low + (high - low) / 2;
            if (ticks[mid].index <= index)
                low = mid + 1;
            else
                high = mid;
        }
        return low;
    }

    [[nodiscard]] constexpr uniswap_v3_swap refused(refusal why) const noexcept {
        return {{}, {}, {}, sqrt_price_x96, tick, liquidity, why};
    }
    [[nodiscard]] constexpr uniswap_v3_swap swap(std::size_t in, std::size_t out, const uint256& amount, uint256 limit,
                                                 bool given_in) const noexcept {
        using namespace detail::v3;
        if (in > 1 || out > 1) return refused(refusal::unknown_token);
        if (in == out) return refused(refusal::same_token);
        if (!amount) return refused(refusal::zero_amount);
        if (!amount.fits(255)) return refused(refusal::overflow);
        const bool down = in == 0;
        if (!limit) limit = down ? lowest_ratio + uint256{1u} : highest_ratio - uint256{1u};
        if (down ? limit >= sqrt_price_x96 || limit <= lowest_ratio : limit <= sqrt_price_x96 || limit >= highest_ratio)
            return refused(refusal::beyond_price_limit);

        uniswap_v3_swap s{{}, {}, amount, sqrt_price_x96, tick, liquidity, refusal::none};
        std::size_t passed = ticks_up_to(tick);  // ticks at or below the price
        while (s.unfilled && s.sqrt_price_x96 != limit) {
            const bool more = down ? passed > 0 : passed < ticks.size();
            const std::int32_t initialised = more ? ticks[down ? passed - 1 : passed].index : (down ? -highest_tick : highest_tick);
            // Words without liquidity hold no amounts: their ends would change nothing.
            if (s.liquidity == 0 && (down ? sqrt_ratio_at_tick(initialised) < limit : sqrt_ratio_at_tick(initialised) > limit)) {
                s.sqrt_price_x96 = limit;
                s.tick = tick_at_limit(limit, down);
                break;
            }
            const std::int32_t end = s.liquidity == 0 ? initialised : end_of_word(s.tick, down);
            const bool is_tick = more && (down ? initialised >= end : initialised <= end);
            std::int32_t next = is_tick ? initialised : end;
            next = next < -highest_tick ? -highest_tick : next > highest_tick ? highest_tick : next;

            const uint256 at_next = sqrt_ratio_at_tick(next);
            const bool limited = down ? at_next < limit : at_next > limit;
            const swap_step step = step_within(s.sqrt_price_x96, limited ? limit : at_next, s.liquidity, given_in, s.unfilled, fee_pips);
            if (!step.done) return refused(refusal::overflow);
            s.in += step.in + step.fee;
            s.out += step.out;
            s.unfilled -= given_in ? step.in + step.fee : step.out;
            if (step.ratio == at_next) {
                if (is_tick) {
                    const std::size_t k = down ? --passed : passed++;
                    if (!crossed(s.liquidity, ticks[k].net, down, s.liquidity)) return refused(refusal::overflow);
                }
                s.tick = down ? next - 1 : next;
            } else if (step.ratio != s.sqrt_price_x96) {
                s.tick = tick_at_sqrt_ratio(step.ratio);
            }
            s.sqrt_price_x96 = step.ratio;
        }
        return s;
    }
};

}  // namespace ballast::inline v0::venue::contract
