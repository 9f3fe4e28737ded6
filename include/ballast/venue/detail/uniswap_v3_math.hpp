/// The arithmetic of Uniswap v3 within a range of ticks, rounded as the contract rounds: after TickMath, SqrtPriceMath and SwapMath of
/// Uniswap/v3-core (Adams, Zinsmeister, Salem, Keefer and Robinson 2021). Square roots of prices are numbers of 2^-96, liquidity has 128 bits.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../core/arithmetic.hpp"
#include "../../numeric/wide_uint.hpp"

namespace ballast::inline v0::detail::v3 {

inline constexpr std::int32_t highest_tick = 887272;   ///< the lowest is its opposite
inline constexpr std::uint32_t whole_fee = 1'000'000;  ///< fees are counted in millionths
inline constexpr uint256 lowest_ratio{4295128739u};    ///< at the lowest tick: a price may be this, and above
inline constexpr uint256 highest_ratio =
    1461446703485210103287273052203988822378723970342_u256;  ///< at the highest tick: prices are below it
inline constexpr uint256 one_ratio = uint256::power_of_two(96);

/// ⌊a·b/2^128⌋.
[[nodiscard]] constexpr uint128 high_product(uint128 a, uint128 b) noexcept {
    const uint128 low_low = product(low_word(a), low_word(b));
    const uint128 low_high = product(low_word(a), high_word(b));
    const uint128 high_low = product(high_word(a), low_word(b));
    const uint128 middle = uint128{high_word(low_low)} + low_word(low_high) + low_word(high_low);
    return product(high_word(a), high_word(b)) + high_word(low_high) + high_word(high_low) + high_word(middle);
}

/// 2^128/√1.0001^(2^k), as the contract has them.
inline constexpr uint128 root_powers[20] = {
    two_words(0xfffcb933bd6fad37, 0xaa2d162d1a594001), two_words(0xfff97272373d4132, 0x59a46990580e213a),
    two_words(0xfff2e50f5f656932, 0xef12357cf3c7fdcc), two_words(0xffe5caca7e10e4e6, 0x1c3624eaa0941cd0),
    two_words(0xffcb9843d60f6159, 0xc9db58835c926644), two_words(0xff973b41fa98c081, 0x472e6896dfb254c0),
    two_words(0xff2ea16466c96a38, 0x43ec78b326b52861), two_words(0xfe5dee046a99a2a8, 0x11c461f1969c3053),
    two_words(0xfcbe86c7900a88ae, 0xdcffc83b479aa3a4), two_words(0xf987a7253ac41317, 0x6f2b074cf7815e54),
    two_words(0xf3392b0822b70005, 0x940c7a398e4b70f3), two_words(0xe7159475a2c29b74, 0x43b29c7fa6e889d9),
    two_words(0xd097f3bdfd2022b8, 0x845ad8f792aa5825), two_words(0xa9f746462d870fdf, 0x8a65dc1f90e061e5),
    two_words(0x70d869a156d2a1b8, 0x90bb3df62baf32f7), two_words(0x31be135f97d08fd9, 0x81231505542fcfa6),
    two_words(0x09aa508b5b7a84e1, 0xc677de54f3e99bc9), two_words(0x005d6af8dedb8119, 0x6699c329225ee604),
    two_words(0x00002216e584f5fa, 0x1ea926041bedfe98), two_words(0x00000000048a1703, 0x91f7dc42444e8fa2),
};

/// The square root of the price at a tick, rounded up from the contract's product of powers; for −887272..887272, 0 beyond.
[[nodiscard]] constexpr uint256 sqrt_ratio_at_tick(std::int32_t tick) noexcept {
    if (tick < -highest_tick || tick > highest_tick) return {};
    if (tick == 0) return one_ratio;
    const auto size = static_cast<std::uint32_t>(tick < 0 ? -tick : tick);
    uint128 ratio = 0;
    for (std::size_t k = 0; k < 20; ++k)
        if (((size >> k) & 1) != 0) ratio = ratio == 0 ? root_powers[k] : high_product(ratio, root_powers[k]);
    const uint256 r = tick > 0 ? uint256::largest() / uint256{ratio} : uint256{ratio};
    const bool exact = (r.word(0) & 0xffff'ffff) == 0;
    return (r >> 32) + uint256{exact ? 0u : 1u};
}

/// The highest tick whose square root of the price is not above `ratio`, which is at or above the lowest and below the highest. A logarithm
/// that is right to 1/200 of a tick, and where it is as near to a tick as that, a look at the tick.
[[nodiscard]] constexpr std::int32_t tick_at_sqrt_ratio(const uint256& ratio) noexcept {
    constexpr int steps = 22;
    const int width = ratio.bit_width();
    auto mantissa = static_cast<std::uint64_t>(width > 64 ? ratio >> (width - 64) : ratio << (64 - width));
    std::int64_t logarithm = width - 97;
    for (int k = 0; k < steps; ++k) {  // square: is the next bit of the logarithm set?
        const uint128 square = product(mantissa, mantissa);
        const bool above = (square >> 127) != 0;
        logarithm = 2 * logarithm + (above ? 1 : 0);
        mantissa = static_cast<std::uint64_t>(square >> (above ? 64 : 63));
    }
    constexpr double ticks_per_bit = 13863.636746827591 / static_cast<double>(1 << steps);  // 1/log2(√1.0001)
    const double at = static_cast<double>(logarithm) * ticks_per_bit + highest_tick + 1;    // above 0: a cast rounds down
    const auto low = static_cast<std::int32_t>(at - 1e-4) - highest_tick - 1;
    const auto high = static_cast<std::int32_t>(at + ticks_per_bit + 1e-4) - highest_tick - 1;
    return low == high || high > highest_tick || sqrt_ratio_at_tick(high) > ratio ? low : high;
}

/// ⌈n/d⌉.
[[nodiscard]] constexpr uint256 divide_up(const uint256& n, const uint256& d) noexcept {
    const auto [quotient, rest] = divide(n, d);
    return rest ? quotient + uint256{1u} : quotient;
}

/// Units of token 0 between two square roots of prices, a ≤ b, a > 0.
[[nodiscard]] constexpr uint256 amount0_between(const uint256& a, const uint256& b, uint128 liquidity, bool up) noexcept {
    const uint256 scaled = uint256{liquidity} << 96;
    uint256 r;
    if (up) {
        (void)mul_div_up(scaled, b - a, b, r);
        return divide_up(r, a);
    }
    (void)mul_div(scaled, b - a, b, r);
    return r / a;
}
/// Units of token 1, likewise.
[[nodiscard]] constexpr uint256 amount1_between(const uint256& a, const uint256& b, uint128 liquidity, bool up) noexcept {
    const uint512 p = multiply_wide(uint256{liquidity}, b - a);
    const uint256 r{p >> 96};
    const bool exact = p.word(0) == 0 && (p.word(1) & 0xffff'ffff) == 0;
    return up && !exact ? r + uint256{1u} : r;
}

/// Where an amount takes the price. Not `reached` where the contract would refuse: a reserve is not enough, or a number too large.
struct moved {
    uint256 ratio{};
    bool reached = false;
};
/// Token 0 comes in (`add`) or goes out: rounded up.
[[nodiscard]] constexpr moved move_by_amount0(const uint256& ratio, uint128 liquidity, const uint256& amount, bool add) noexcept {
    if (!amount) return {ratio, true};
    const uint256 scaled = uint256{liquidity} << 96;
    uint256 r;
    uint256 p;
    uint256 d;
    const bool fits = checked_multiply(amount, ratio, p);
    if (add) {
        if (fits && checked_add(scaled, p, d)) {
            (void)mul_div_up(scaled, ratio, d, r);  // at most the ratio
            return {r, true};
        }
        if (!checked_add(scaled / ratio, amount, d)) return {};
        return {divide_up(scaled, d), true};
    }
    if (!fits || scaled <= p) return {};
    if (!mul_div_up(scaled, ratio, scaled - p, r) || !r.fits(160)) return {};
    return {r, true};
}
/// Token 1 comes in or goes out: rounded down.
[[nodiscard]] constexpr moved move_by_amount1(const uint256& ratio, uint128 liquidity, const uint256& amount, bool add) noexcept {
    uint256 q;
    if (add) {
        if (!mul_div(amount, one_ratio, uint256{liquidity}, q)) return {};
        uint256 r;
        if (!checked_add(ratio, q, r) || !r.fits(160)) return {};
        return {r, true};
    }
    if (!mul_div_up(amount, one_ratio, uint256{liquidity}, q) || ratio <= q) return {};
    return {ratio - q, true};
}
/// From what goes in, without the fee, or comes out; `down` where token 0 goes in. Without liquidity nothing is reached.
/// @{
[[nodiscard]] constexpr moved move_by_input(const uint256& ratio, uint128 liquidity, const uint256& amount, bool down) noexcept {
    if (!ratio || liquidity == 0) return {};
    return down ? move_by_amount0(ratio, liquidity, amount, true) : move_by_amount1(ratio, liquidity, amount, true);
}
[[nodiscard]] constexpr moved move_by_output(const uint256& ratio, uint128 liquidity, const uint256& amount, bool down) noexcept {
    if (!ratio || liquidity == 0) return {};
    return down ? move_by_amount1(ratio, liquidity, amount, false) : move_by_amount0(ratio, liquidity, amount, false);
}
/// @}

/// A trade within one range.
struct swap_step {
    uint256 ratio{};  ///< where the price ends
    uint256 in{};     ///< without the fee
    uint256 out{};
    uint256 fee{};      ///< on top of `in`
    bool done = false;  ///< false where the contract would refuse
};
/// Trades `amount`, given of what goes in (with the fee) or of what comes out, until `target` at the most, which tells the direction.
[[nodiscard]] constexpr swap_step step_within(const uint256& ratio, const uint256& target, uint128 liquidity, bool given_in,
                                              const uint256& amount, std::uint32_t fee_pips) noexcept {
    const bool down = ratio >= target;
    const auto paid = [&](const uint256& to) {
        return down ? amount0_between(to, ratio, liquidity, true) : amount1_between(ratio, to, liquidity, true);
    };
    const auto got = [&](const uint256& to) {
        return down ? amount1_between(to, ratio, liquidity, false) : amount0_between(ratio, to, liquidity, false);
    };
    const uint256 kept{whole_fee - fee_pips};
    swap_step s;
    if (given_in) {
        uint256 net;
        (void)mul_div(amount, kept, uint256{whole_fee}, net);
        s.in = paid(target);
        const bool whole = net >= s.in;
        const moved m = whole ? moved{target, true} : move_by_input(ratio, liquidity, net, down);
        if (!m.reached) return {};
        s.ratio = m.ratio;
        if (s.ratio != target) {  // what is left over by rounding is fee too
            s.in = paid(s.ratio);
            s.fee = amount - s.in;
        }
        s.out = got(s.ratio);
        if (s.ratio != target) {
            s.done = true;
            return s;
        }
    } else {
        s.out = got(target);
        const bool whole = amount >= s.out;
        const moved m = whole ? moved{target, true} : move_by_output(ratio, liquidity, amount, down);
        if (!m.reached) return {};
        s.ratio = m.ratio;
        if (s.ratio != target) s.out = got(s.ratio);
        s.in = paid(s.ratio);
        if (s.out > amount) s.out = amount;
    }
    s.done = mul_div_up(s.in, uint256{fee_pips}, kept, s.fee);
    return s;
}

}  // namespace ballast::inline v0::detail::v3
