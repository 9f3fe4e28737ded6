/// Signed whole numbers of several 64-bit words, in two's complement: for contracts that reckon with both signs.
#pragma once

#include <compare>
#include <cstddef>

#include "wide_uint.hpp"

namespace ballast::inline v0 {

/// A signed whole number of `Words` words of 64 bits: from −2^(bits−1) to 2^(bits−1) − 1. Arithmetic is modulo 2^bits, in two's complement,
/// also where the true result is out of this range: nothing is undefined. Quotients are rounded towards zero and the remainder has the sign
/// of the dividend, as with the built-in numbers; by 0 the quotient is −1 and the remainder the dividend. The least number divided by −1 is
/// itself. Built-in whole numbers (modulo 2^bits) and narrower signed ones become one implicitly; from wider ones and from `wide_uint`, and
/// to all others, it takes a cast.
template <std::size_t Words>
class wide_int {
public:
    using magnitude = wide_uint<Words>;           ///< its bits, and its size without the sign
    static constexpr std::size_t words = Words;   ///< of 64 bits
    static constexpr int bits = magnitude::bits;  ///< all of them, the sign with them

    /// 0.
    constexpr wide_int() noexcept = default;
    /// A built-in number.
    template <detail::built_in_whole T>
    constexpr wide_int(T n) noexcept : bits_{n} {}
    /// The same bits.
    constexpr explicit wide_int(const magnitude& n) noexcept : bits_{n} {}
    /// Of another width: the same number where it fits, else its low words.
    template <std::size_t Other>
        requires(Other != Words)
    constexpr explicit(Other > Words) wide_int(const wide_int<Other>& n) noexcept
        : bits_{static_cast<wide_uint<Words>>(static_cast<wide_uint<Other>>(n))} {
        if constexpr (Other < Words)
            if (n.negative()) bits_ |= magnitude::largest() << (64 * static_cast<int>(Other));
    }
    /// The largest and the least number.
    /// @{
    [[nodiscard]] static constexpr wide_int largest() noexcept { return wide_int{magnitude::largest() >> 1}; }
    [[nodiscard]] static constexpr wide_int least() noexcept { return wide_int{magnitude::power_of_two(bits - 1)}; }
    /// @}

    /// Below 0.
    [[nodiscard]] constexpr bool negative() const noexcept { return bits_.bit(bits - 1); }
    /// Without the sign, which always fits.
    [[nodiscard]] constexpr magnitude absolute() const noexcept { return negative() ? -bits_ : bits_; }

    /// The same bits.
    [[nodiscard]] constexpr explicit operator magnitude() const noexcept { return bits_; }
    /// The low bits.
    template <detail::built_in_whole T>
    [[nodiscard]] constexpr explicit operator T() const noexcept {
        return static_cast<T>(bits_);
    }
    /// Not 0.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return static_cast<bool>(bits_); }
    /// The nearest double, the even one of two that are as near.
    [[nodiscard]] constexpr explicit operator double() const noexcept {
        const double size = static_cast<double>(absolute());
        return negative() ? -size : size;
    }

    /// Modulo 2^bits.
    /// @{
    [[nodiscard]] friend constexpr wide_int operator+(const wide_int& a, const wide_int& b) noexcept { return wide_int{a.bits_ + b.bits_}; }
    [[nodiscard]] friend constexpr wide_int operator-(const wide_int& a, const wide_int& b) noexcept { return wide_int{a.bits_ - b.bits_}; }
    [[nodiscard]] friend constexpr wide_int operator-(const wide_int& a) noexcept { return wide_int{-a.bits_}; }
    [[nodiscard]] friend constexpr wide_int operator*(const wide_int& a, const wide_int& b) noexcept { return wide_int{a.bits_ * b.bits_}; }
    /// @}
    /// Rounded towards zero.
    [[nodiscard]] friend constexpr wide_int operator/(const wide_int& a, const wide_int& b) noexcept {
        if (!b) return -1;
        const magnitude q = a.absolute() / b.absolute();
        return wide_int{a.negative() != b.negative() ? -q : q};
    }
    /// What is left, with the sign of a.
    [[nodiscard]] friend constexpr wide_int operator%(const wide_int& a, const wide_int& b) noexcept {
        const magnitude r = a.absolute() % b.absolute();
        return wide_int{a.negative() ? -r : r};
    }

    /// As the operators that they stand for.
    /// @{
    constexpr wide_int& operator+=(const wide_int& b) noexcept { return *this = *this + b; }
    constexpr wide_int& operator-=(const wide_int& b) noexcept { return *this = *this - b; }
    constexpr wide_int& operator*=(const wide_int& b) noexcept { return *this = *this * b; }
    constexpr wide_int& operator/=(const wide_int& b) noexcept { return *this = *this / b; }
    constexpr wide_int& operator%=(const wide_int& b) noexcept { return *this = *this % b; }
    constexpr wide_int& operator++() noexcept { return *this = *this + 1; }
    constexpr wide_int& operator--() noexcept { return *this = *this - 1; }
    /// @}

    /// Times 2^shift; 0 for shifts by the width or more, and by less than 0.
    [[nodiscard]] friend constexpr wide_int operator<<(const wide_int& a, int shift) noexcept { return wide_int{a.bits_ << shift}; }
    /// Divided by 2^shift and rounded down, the sign kept; shifts by the width or more give 0 or −1, those by less than 0 give 0.
    [[nodiscard]] friend constexpr wide_int operator>>(const wide_int& a, int shift) noexcept {
        if (shift < 0) return {};
        return wide_int{a.negative() ? ~(~a.bits_ >> shift) : a.bits_ >> shift};
    }

    [[nodiscard]] friend constexpr bool operator==(const wide_int& a, const wide_int& b) noexcept { return a.bits_ == b.bits_; }
    [[nodiscard]] friend constexpr std::strong_ordering operator<=>(const wide_int& a, const wide_int& b) noexcept {
        if (a.negative() != b.negative()) return a.negative() ? std::strong_ordering::less : std::strong_ordering::greater;
        return a.bits_ <=> b.bits_;
    }

    /// The sum, difference or product modulo 2^bits, and whether it is the true one.
    /// @{
    [[nodiscard]] friend constexpr bool checked_add(const wide_int& a, const wide_int& b, wide_int& sum) noexcept {
        const bool same = a.negative() == b.negative();
        const bool below = a.negative();
        sum = a + b;
        return !same || sum.negative() == below;
    }
    [[nodiscard]] friend constexpr bool checked_subtract(const wide_int& a, const wide_int& b, wide_int& difference) noexcept {
        const bool same = a.negative() == b.negative();
        const bool below = a.negative();
        difference = a - b;
        return same || difference.negative() == below;
    }
    [[nodiscard]] friend constexpr bool checked_multiply(const wide_int& a, const wide_int& b, wide_int& product) noexcept {
        const bool below = a.negative() != b.negative();
        magnitude size;
        const bool whole = checked_multiply(a.absolute(), b.absolute(), size);
        product = wide_int{below ? -size : size};
        return whole && (size == 0 || product.negative() == below) && size <= magnitude::power_of_two(bits - 1);
    }
    /// @}

private:
    magnitude bits_{};
};

using int256 = wide_int<4>;  ///< What contracts reckon in where there are signs.

}  // namespace ballast::inline v0
