/// Unsigned whole numbers of several 64-bit words, of a size fixed when compiled: what the integers of smart contracts are reckoned in.
#pragma once

#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "../core/arithmetic.hpp"

namespace ballast::inline v0 {

namespace detail {

/// A built-in whole number, those of 128 bits too.
template <class T>
concept built_in_whole = (std::integral<T> && !std::same_as<T, bool>) || std::same_as<T, int128> || std::same_as<T, uint128>;

constexpr std::uint64_t low_word(uint128 x) noexcept { return static_cast<std::uint64_t>(x); }
constexpr std::uint64_t high_word(uint128 x) noexcept { return static_cast<std::uint64_t>(x >> 64); }
constexpr uint128 two_words(std::uint64_t high, std::uint64_t low) noexcept { return (uint128{high} << 64) | low; }
constexpr uint128 product(std::uint64_t a, std::uint64_t b) noexcept { return uint128{a} * b; }

/// a + b + carry; the carry is 0 or 1, and told anew.
constexpr std::uint64_t add_with_carry(std::uint64_t a, std::uint64_t b, bool& carry) noexcept {
    std::uint64_t sum = 0;
    const bool first = __builtin_add_overflow(a, b, &sum);
    const bool second = __builtin_add_overflow(sum, std::uint64_t{carry}, &sum);
    carry = first | second;
    return sum;
}
/// a − b − borrow.
constexpr std::uint64_t subtract_with_borrow(std::uint64_t a, std::uint64_t b, bool& borrow) noexcept {
    std::uint64_t difference = 0;
    const bool first = __builtin_sub_overflow(a, b, &difference);
    const bool second = __builtin_sub_overflow(difference, std::uint64_t{borrow}, &difference);
    borrow = first | second;
    return difference;
}

/// Quotients of two words by one, and of three words by two, with the reciprocal of the divisor reckoned once: a product instead of a
/// division per word (Möller and Granlund 2011, Improved division by invariant integers: algorithms 4, 5 and 6). Divisors are normalised:
/// their highest bit is set.
/// @{
/// ⌊(2^128 − 1)/d⌋ − 2^64.
constexpr std::uint64_t reciprocal(std::uint64_t d) noexcept { return low_word(two_words(~d, ~std::uint64_t{0}) / d); }
/// ⌊(2^192 − 1)/d⌋ − 2^64.
constexpr std::uint64_t reciprocal(uint128 d) noexcept {
    const std::uint64_t high = high_word(d);
    const std::uint64_t low = low_word(d);
    std::uint64_t v = reciprocal(high);
    std::uint64_t p = high * v + low;
    if (p < low) {
        --v;
        if (p >= high) {
            --v;
            p -= high;
        }
        p -= high;
    }
    const uint128 t = product(v, low);
    p += high_word(t);
    if (p < high_word(t)) {
        --v;
        if (two_words(p, low_word(t)) >= d) --v;
    }
    return v;
}
/// (u1, u0)/d with u1 < d; leaves the remainder in u1.
constexpr std::uint64_t quotient_2_by_1(std::uint64_t& u1, std::uint64_t u0, std::uint64_t d, std::uint64_t v) noexcept {
    const uint128 estimate = product(v, u1) + two_words(u1, u0);
    std::uint64_t q = high_word(estimate) + 1;
    std::uint64_t r = u0 - q * d;
    if (r > low_word(estimate)) {
        --q;
        r += d;
    }
    if (r >= d) {
        ++q;
        r -= d;
    }
    u1 = r;
    return q;
}
/// (u, u0)/d with u < d; leaves the remainder in u.
constexpr std::uint64_t quotient_3_by_2(uint128& u, std::uint64_t u0, uint128 d, std::uint64_t v) noexcept {
    const uint128 estimate = product(v, high_word(u)) + u;
    std::uint64_t q = high_word(estimate);
    const std::uint64_t r1 = low_word(u) - q * high_word(d);
    uint128 r = two_words(r1, u0) - product(q, low_word(d)) - d;
    ++q;
    if (high_word(r) >= low_word(estimate)) {
        --q;
        r += d;
    }
    if (r >= d) {
        ++q;
        r -= d;
    }
    u = r;
    return q;
}
/// @}

/// Words that count: up to the highest that is not zero.
constexpr std::size_t significant(const std::uint64_t* words, std::size_t size) noexcept {
    while (size > 0 && words[size - 1] == 0) --size;
    return size;
}

/// words/d in place; gives the remainder. d > 0.
constexpr std::uint64_t divide_by_word(std::uint64_t* words, std::size_t size, std::uint64_t d) noexcept {
    size = significant(words, size);
    if (size == 0) return 0;
    if (size == 1) {
        const std::uint64_t r = words[0] % d;
        words[0] /= d;
        return r;
    }
    const int shift = std::countl_zero(d);
    d <<= shift;
    const std::uint64_t v = reciprocal(d);
    // Word by word from the top, each shifted on its way.
    std::uint64_t r = shift == 0 ? 0 : words[size - 1] >> (64 - shift);
    for (std::size_t i = size; i-- > 0;) {
        std::uint64_t next = words[i] << shift;
        if (shift != 0 && i > 0) next |= words[i - 1] >> (64 - shift);
        words[i] = quotient_2_by_1(r, next, d, v);
    }
    return r >> shift;
}

/// to = from·2^shift, for a shift of 0..63; gives what goes over the top.
constexpr std::uint64_t shift_words(const std::uint64_t* from, std::uint64_t* to, std::size_t size, int shift) noexcept {
    std::uint64_t over = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint64_t word = from[i];
        to[i] = (word << shift) | over;
        over = shift == 0 ? 0 : word >> (64 - shift);
    }
    return over;
}

/// One word of a long division: takes d (of m > 2 words, normalised, with the reciprocal v of its highest two) as often as it goes out of the
/// m + 1 words of u, where u < d·2^64, and gives how often (Knuth, The Art of Computer Programming, vol. 2, 4.3.1, algorithm D; with
/// estimates from three words by two the step back is needed once in some 2^64).
constexpr std::uint64_t long_division_step(std::uint64_t* u, const std::uint64_t* d, std::size_t m, std::uint64_t v) noexcept {
    const uint128 divisor = two_words(d[m - 1], d[m - 2]);
    uint128 top = two_words(u[m], u[m - 1]);
    if (top == divisor) {  // then 2^64 − 1 is never too much
        std::uint64_t over = 0;
        for (std::size_t i = 0; i < m; ++i) {
            const uint128 p = product(~std::uint64_t{0}, d[i]) + over;
            bool borrow = false;
            u[i] = subtract_with_borrow(u[i], low_word(p), borrow);
            over = high_word(p) + std::uint64_t{borrow};
        }
        u[m] -= over;
        return ~std::uint64_t{0};
    }
    std::uint64_t q = quotient_3_by_2(top, u[m - 2], divisor, v);
    std::uint64_t over = 0;
    for (std::size_t i = 0; i + 2 < m; ++i) {
        const uint128 p = product(q, d[i]) + over;
        bool borrow = false;
        u[i] = subtract_with_borrow(u[i], low_word(p), borrow);
        over = high_word(p) + std::uint64_t{borrow};
    }
    const bool too_much = top < over;
    top -= over;
    u[m - 2] = low_word(top);
    u[m - 1] = high_word(top);
    u[m] = 0;
    if (too_much) {
        --q;
        bool carry = false;
        for (std::size_t i = 0; i < m; ++i) u[i] = add_with_carry(u[i], d[i], carry);
    }
    return q;
}

/// u/d of N and M words: N words of the quotient, M of the remainder. By 0: a quotient of ones throughout, and what fits of u is left.
template <std::size_t N, std::size_t M>
constexpr void divide_words(const std::uint64_t* u, const std::uint64_t* d, std::uint64_t* quotient, std::uint64_t* remainder) noexcept {
    const std::size_t n = significant(u, N);
    const std::size_t m = significant(d, M);
    for (std::size_t i = 0; i < N; ++i) quotient[i] = m == 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < M; ++i) remainder[i] = i < N && (m == 0 || n < m) ? u[i] : 0;
    if (m == 0 || n < m) return;
    if (m == 1) {
        for (std::size_t i = 0; i < n; ++i) quotient[i] = u[i];
        remainder[0] = divide_by_word(quotient, n, d[0]);
        return;
    }
    if constexpr (M > 1) {
        std::uint64_t dividend[N + 1]{};
        std::uint64_t divisor[M]{};
        const int shift = std::countl_zero(d[m - 1]);
        dividend[n] = shift_words(u, dividend, n, shift);
        shift_words(d, divisor, m, shift);
        const uint128 top = two_words(divisor[m - 1], divisor[m - 2]);
        const std::uint64_t v = reciprocal(top);
        if (m == 2) {
            uint128 r = two_words(dividend[n], dividend[n - 1]);
            for (std::size_t i = n - 1; i-- > 0;) quotient[i] = quotient_3_by_2(r, dividend[i], top, v);
            r >>= shift;
            remainder[0] = low_word(r);
            remainder[1] = high_word(r);
            return;
        }
        for (std::size_t i = n - m + 1; i-- > 0;) quotient[i] = long_division_step(dividend + i, divisor, m, v);
        for (std::size_t i = 0; i < m; ++i)
            remainder[i] = shift == 0 ? dividend[i] : (dividend[i] >> shift) | (dividend[i + 1] << (64 - shift));
    }
}

/// Is called where a literal is not a number of its type: that ends a constant expression.
inline void not_a_number_of_this_size() noexcept {}

}  // namespace detail

/// A number in decimal digits, without allocating: converts to `std::string_view`.
template <std::size_t Capacity>
class decimal_text {
public:
    /// The digits, the highest first; no end mark.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {digits_ + (Capacity - size_), size_}; }
    /// Likewise.
    [[nodiscard]] constexpr operator std::string_view() const noexcept { return view(); }
    /// One more digit before the others, while there is room.
    constexpr void push_front(char digit) noexcept {
        if (size_ < Capacity) digits_[Capacity - ++size_] = digit;
    }

private:
    char digits_[Capacity]{};
    std::size_t size_ = 0;
};

/// An unsigned whole number of `Words` words of 64 bits; arithmetic is modulo 2^(64·Words), as that of the built-in unsigned types. Nothing
/// allocates or fails: a quotient by 0 is the largest number, and leaves the dividend as remainder. Where a number too large must not pass,
/// there are `checked_add`, `checked_subtract`, `checked_multiply` and `mul_div`. Built-in whole numbers (negative ones modulo
/// 2^(64·Words)) and narrower numbers become one implicitly; to narrower ones, to built-in types and to double it takes a cast. Sums
/// O(words), products and quotients O(words²).
template <std::size_t Words>
class wide_uint {
    static_assert(Words >= 1 && Words <= 16, "ballast: wide_uint has 1 to 16 words");

public:
    static constexpr std::size_t words = Words;                               ///< of 64 bits
    static constexpr int bits = static_cast<int>(64 * Words);                 ///< all of them
    static constexpr std::size_t digits10 = 64 * Words * 30103 / 100000 + 1;  ///< decimal digits of the largest

    /// 0.
    constexpr wide_uint() noexcept = default;
    /// A built-in number; a negative one modulo 2^bits.
    template <detail::built_in_whole T>
    constexpr wide_uint(T n) noexcept {
        w_[0] = static_cast<std::uint64_t>(n);
        std::uint64_t rest = 0;
        if constexpr (T(-1) < T(0)) rest = n < 0 ? ~std::uint64_t{0} : 0;
        std::size_t next = 1;
        if constexpr (sizeof(T) > 8 && Words > 1) w_[next++] = detail::high_word(static_cast<uint128>(n));
        for (; next < Words; ++next) w_[next] = rest;
    }
    /// Of another width: the low words.
    template <std::size_t Other>
        requires(Other != Words)
    constexpr explicit(Other > Words) wide_uint(const wide_uint<Other>& n) noexcept {
        for (std::size_t i = 0; i < Words && i < Other; ++i) w_[i] = n.word(i);
    }
    /// The words, the lowest first.
    [[nodiscard]] static constexpr wide_uint from_words(const std::uint64_t (&lowest_first)[Words]) noexcept {
        wide_uint n;
        for (std::size_t i = 0; i < Words; ++i) n.w_[i] = lowest_first[i];
        return n;
    }
    /// x rounded towards zero; 0 of negative numbers and NaN, the largest of what is above it.
    [[nodiscard]] static constexpr wide_uint from_double(double x) noexcept {
        if (!(x >= 1.0)) return {};
        const auto pattern = std::bit_cast<std::uint64_t>(x);
        const int exponent = static_cast<int>(pattern >> 52) - 1023;
        if (exponent >= bits) return largest();
        const wide_uint digits = (pattern & 0xf'ffff'ffff'ffff) | (std::uint64_t{1} << 52);
        return exponent >= 52 ? digits << (exponent - 52) : digits >> (52 - exponent);
    }
    /// A number in decimal digits alone; none where there is another character, no digit, or too large a number.
    [[nodiscard]] static constexpr std::optional<wide_uint> from_decimal(std::string_view text) noexcept {
        if (text.empty()) return std::nullopt;
        wide_uint n;
        for (const char c : text)
            if (c < '0' || c > '9' || !n.push_back(10, static_cast<std::uint64_t>(c - '0'))) return std::nullopt;
        return n;
    }
    /// 2^bits − 1.
    [[nodiscard]] static constexpr wide_uint largest() noexcept { return ~wide_uint{}; }
    /// 2^exponent; 0 beyond the width.
    [[nodiscard]] static constexpr wide_uint power_of_two(int exponent) noexcept { return wide_uint{1} << exponent; }

    /// The i-th word, from the lowest.
    [[nodiscard]] constexpr std::uint64_t word(std::size_t i) const noexcept { return w_[i]; }
    /// Whether bit i is set; not beyond the width.
    [[nodiscard]] constexpr bool bit(int i) const noexcept {
        return i >= 0 && i < bits && ((w_[static_cast<std::size_t>(i / 64)] >> (i % 64)) & 1) != 0;
    }
    /// Bits up to the highest that is set: 0 of 0.
    [[nodiscard]] constexpr int bit_width() const noexcept {
        const std::size_t n = detail::significant(w_, Words);
        return n == 0 ? 0 : static_cast<int>(64 * n) - std::countl_zero(w_[n - 1]);
    }
    /// Whether it is below 2^width.
    [[nodiscard]] constexpr bool fits(int width) const noexcept { return bit_width() <= width; }

    /// The low bits.
    template <detail::built_in_whole T>
    [[nodiscard]] constexpr explicit operator T() const noexcept {
        if constexpr (sizeof(T) > 8 && Words > 1) return static_cast<T>(detail::two_words(w_[1], w_[0]));
        return static_cast<T>(w_[0]);
    }
    /// Not 0.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return detail::significant(w_, Words) != 0; }
    /// The nearest double, the even one of two that are as near; infinite from 2^1024 − 2^970 on, which 15 words do not reach.
    [[nodiscard]] constexpr explicit operator double() const noexcept {
        const int shift = bit_width() - 64;
        if (shift <= 0) return static_cast<double>(w_[0]);
        // The highest 64 bits, of which the lowest, far below the last of the double, stands for all that is cut off.
        const wide_uint top = *this >> shift;
        const bool exact = (top << shift) == *this;
        const double scale = std::bit_cast<double>(static_cast<std::uint64_t>(1023 + shift) << 52);
        return static_cast<double>(top.w_[0] | std::uint64_t{!exact}) * scale;
    }
    /// In decimal digits, "0" of 0.
    [[nodiscard]] constexpr decimal_text<digits10> to_decimal() const noexcept {
        decimal_text<digits10> text;
        wide_uint rest = *this;
        do {
            std::uint64_t part = detail::divide_by_word(rest.w_, Words, 10'000'000'000'000'000'000u);
            for (int i = 0; i < 19 && (rest || part != 0 || i == 0); ++i, part /= 10) text.push_front(static_cast<char>('0' + part % 10));
        } while (rest);
        return text;
    }

    /// n·base + digit, in place; false, with the number of no use, where it is too large.
    [[nodiscard]] constexpr bool push_back(std::uint64_t base, std::uint64_t digit) noexcept {
        std::uint64_t over = digit;
        for (std::uint64_t& w : w_) {
            const uint128 p = detail::product(w, base) + over;
            w = detail::low_word(p);
            over = detail::high_word(p);
        }
        return over == 0;
    }

    /// Modulo 2^bits.
    /// @{
    [[nodiscard]] friend constexpr wide_uint operator+(const wide_uint& a, const wide_uint& b) noexcept {
        wide_uint sum;
        (void)checked_add(a, b, sum);
        return sum;
    }
    [[nodiscard]] friend constexpr wide_uint operator-(const wide_uint& a, const wide_uint& b) noexcept {
        wide_uint difference;
        (void)checked_subtract(a, b, difference);
        return difference;
    }
    [[nodiscard]] friend constexpr wide_uint operator-(const wide_uint& a) noexcept { return wide_uint{} - a; }
    [[nodiscard]] friend constexpr wide_uint operator*(const wide_uint& a, const wide_uint& b) noexcept {
        wide_uint p;
        for (std::size_t i = 0; i < Words; ++i) {
            std::uint64_t over = 0;
            for (std::size_t j = 0; i + j < Words; ++j) {
                const uint128 t = detail::product(a.w_[i], b.w_[j]) + p.w_[i + j] + over;
                p.w_[i + j] = detail::low_word(t);
                over = detail::high_word(t);
            }
        }
        return p;
    }
    /// @}
    /// What `divide` gives.
    struct division {
        wide_uint quotient;   ///< rounded down; the largest number where the divisor is 0
        wide_uint remainder;  ///< what is left; all of it where the divisor is 0
    };
    /// Both at once.
    [[nodiscard]] friend constexpr division divide(const wide_uint& a, const wide_uint& b) noexcept {
        division d;
        detail::divide_words<Words, Words>(a.w_, b.w_, d.quotient.w_, d.remainder.w_);
        return d;
    }
    /// One of the two.
    /// @{
    [[nodiscard]] friend constexpr wide_uint operator/(const wide_uint& a, const wide_uint& b) noexcept { return divide(a, b).quotient; }
    [[nodiscard]] friend constexpr wide_uint operator%(const wide_uint& a, const wide_uint& b) noexcept { return divide(a, b).remainder; }
    /// @}

    /// Bit by bit; shifts by the width or more, and by less than 0, give 0.
    /// @{
    [[nodiscard]] friend constexpr wide_uint operator&(const wide_uint& a, const wide_uint& b) noexcept {
        wide_uint c;
        for (std::size_t i = 0; i < Words; ++i) c.w_[i] = a.w_[i] & b.w_[i];
        return c;
    }
    [[nodiscard]] friend constexpr wide_uint operator|(const wide_uint& a, const wide_uint& b) noexcept {
        wide_uint c;
        for (std::size_t i = 0; i < Words; ++i) c.w_[i] = a.w_[i] | b.w_[i];
        return c;
    }
    [[nodiscard]] friend constexpr wide_uint operator^(const wide_uint& a, const wide_uint& b) noexcept {
        wide_uint c;
        for (std::size_t i = 0; i < Words; ++i) c.w_[i] = a.w_[i] ^ b.w_[i];
        return c;
    }
    [[nodiscard]] friend constexpr wide_uint operator~(const wide_uint& a) noexcept {
        wide_uint c;
        for (std::size_t i = 0; i < Words; ++i) c.w_[i] = ~a.w_[i];
        return c;
    }
    [[nodiscard]] friend constexpr wide_uint operator<<(const wide_uint& a, int shift) noexcept {
        wide_uint c;
        if (shift < 0 || shift >= bits) return c;
        const auto whole = static_cast<std::size_t>(shift / 64);
        const int part = shift % 64;
        for (std::size_t i = Words; i-- > whole;) {
            c.w_[i] = a.w_[i - whole] << part;
            if (part != 0 && i > whole) c.w_[i] |= a.w_[i - whole - 1] >> (64 - part);
        }
        return c;
    }
    [[nodiscard]] friend constexpr wide_uint operator>>(const wide_uint& a, int shift) noexcept {
        wide_uint c;
        if (shift < 0 || shift >= bits) return c;
        const auto whole = static_cast<std::size_t>(shift / 64);
        const int part = shift % 64;
        for (std::size_t i = whole; i < Words; ++i) {
            c.w_[i - whole] = a.w_[i] >> part;
            if (part != 0 && i + 1 < Words) c.w_[i - whole] |= a.w_[i + 1] << (64 - part);
        }
        return c;
    }
    /// @}

    /// As the operators that they stand for.
    /// @{
    constexpr wide_uint& operator+=(const wide_uint& b) noexcept { return *this = *this + b; }
    constexpr wide_uint& operator-=(const wide_uint& b) noexcept { return *this = *this - b; }
    constexpr wide_uint& operator*=(const wide_uint& b) noexcept { return *this = *this * b; }
    constexpr wide_uint& operator/=(const wide_uint& b) noexcept { return *this = *this / b; }
    constexpr wide_uint& operator%=(const wide_uint& b) noexcept { return *this = *this % b; }
    constexpr wide_uint& operator&=(const wide_uint& b) noexcept { return *this = *this & b; }
    constexpr wide_uint& operator|=(const wide_uint& b) noexcept { return *this = *this | b; }
    constexpr wide_uint& operator^=(const wide_uint& b) noexcept { return *this = *this ^ b; }
    constexpr wide_uint& operator<<=(int shift) noexcept { return *this = *this << shift; }
    constexpr wide_uint& operator>>=(int shift) noexcept { return *this = *this >> shift; }
    constexpr wide_uint& operator++() noexcept { return *this = *this + wide_uint{1}; }
    constexpr wide_uint& operator--() noexcept { return *this = *this - wide_uint{1}; }
    constexpr wide_uint operator++(int) noexcept {
        const wide_uint before = *this;
        ++*this;
        return before;
    }
    constexpr wide_uint operator--(int) noexcept {
        const wide_uint before = *this;
        --*this;
        return before;
    }
    /// @}

    [[nodiscard]] friend constexpr bool operator==(const wide_uint& a, const wide_uint& b) noexcept {
        std::uint64_t different = 0;
        for (std::size_t i = 0; i < Words; ++i) different |= a.w_[i] ^ b.w_[i];
        return different == 0;
    }
    [[nodiscard]] friend constexpr std::strong_ordering operator<=>(const wide_uint& a, const wide_uint& b) noexcept {
        for (std::size_t i = Words; i-- > 0;)
            if (a.w_[i] != b.w_[i]) return a.w_[i] <=> b.w_[i];
        return std::strong_ordering::equal;
    }

    /// The sum, difference or product modulo 2^bits, and whether it is the true one.
    /// @{
    [[nodiscard]] friend constexpr bool checked_add(const wide_uint& a, const wide_uint& b, wide_uint& sum) noexcept {
        bool carry = false;
        for (std::size_t i = 0; i < Words; ++i) sum.w_[i] = detail::add_with_carry(a.w_[i], b.w_[i], carry);
        return !carry;
    }
    [[nodiscard]] friend constexpr bool checked_subtract(const wide_uint& a, const wide_uint& b, wide_uint& difference) noexcept {
        bool borrow = false;
        for (std::size_t i = 0; i < Words; ++i) difference.w_[i] = detail::subtract_with_borrow(a.w_[i], b.w_[i], borrow);
        return !borrow;
    }
    [[nodiscard]] friend constexpr bool checked_multiply(const wide_uint& a, const wide_uint& b, wide_uint& p) noexcept {
        if constexpr (Words % 2 == 0) {
            // Two halves, the usual case, always fit.
            std::uint64_t high = 0;
            for (std::size_t i = Words / 2; i < Words; ++i) high |= a.w_[i] | b.w_[i];
            if (high == 0) {
                p = multiply_wide(wide_uint<Words / 2>{a}, wide_uint<Words / 2>{b});
                return true;
            }
        }
        const wide_uint<2 * Words> whole = multiply_wide(a, b);
        p = wide_uint{whole};
        std::uint64_t over = 0;
        for (std::size_t i = Words; i < 2 * Words; ++i) over |= whole.word(i);
        return over == 0;
    }
    /// @}
    /// The whole product.
    [[nodiscard]] friend constexpr wide_uint<2 * Words> multiply_wide(const wide_uint& a, const wide_uint& b) noexcept {
        std::uint64_t p[2 * Words]{};
        for (std::size_t i = 0; i < Words; ++i) {
            std::uint64_t over = 0;
            for (std::size_t j = 0; j < Words; ++j) {
                const uint128 t = detail::product(a.w_[i], b.w_[j]) + p[i + j] + over;
                p[i + j] = detail::low_word(t);
                over = detail::high_word(t);
            }
            p[i + Words] = over;
        }
        return wide_uint<2 * Words>::from_words(p);
    }
    /// ⌊a·b/d⌋ of the whole product. False, with `result` as it was, where d is 0 or the quotient exceeds the width.
    [[nodiscard]] friend constexpr bool mul_div(const wide_uint& a, const wide_uint& b, const wide_uint& d, wide_uint& result) noexcept {
        wide_uint rest;
        return a.scaled(b, d, result, rest);
    }
    /// ⌈a·b/d⌉, likewise.
    [[nodiscard]] friend constexpr bool mul_div_up(const wide_uint& a, const wide_uint& b, const wide_uint& d, wide_uint& result) noexcept {
        wide_uint rest;
        wide_uint q;
        if (!a.scaled(b, d, q, rest) || (rest && q == largest())) return false;
        result = rest ? q + wide_uint{1} : q;
        return true;
    }
    /// ⌊√n⌋. Newton's iteration from above, from the root in doubles: two or three quotients.
    [[nodiscard]] friend constexpr wide_uint square_root(const wide_uint& n) noexcept {
        const int width = n.bit_width();
        if (width == 0) return n;
        wide_uint x = power_of_two((width + 1) / 2);
        // Above the root, whatever was rounded; below 2^1000 nothing is infinite.
        if (!std::is_constant_evaluated() && width <= 1000)
            x = from_double(__builtin_sqrt(static_cast<double>(n)) * (1.0 + 1.0 / two_to_51)) + wide_uint{1};
        for (;;) {
            const wide_uint next = (x + n / x) >> 1;
            if (next >= x) return x;
            x = next;
        }
    }

private:
    static constexpr double two_to_51 = 2251799813685248.0;

    /// a·b/d, its remainder, and whether it has a value.
    constexpr bool scaled(const wide_uint& b, const wide_uint& d, wide_uint& result, wide_uint& rest) const noexcept {
        const wide_uint<2 * Words> whole = multiply_wide(*this, b);
        std::uint64_t p[2 * Words]{};
        for (std::size_t i = 0; i < 2 * Words; ++i) p[i] = whole.word(i);
        // The quotient exceeds the width where the high half is not below the divisor; a divisor of 0 is among these.
        wide_uint high;
        for (std::size_t i = 0; i < Words; ++i) high.w_[i] = p[Words + i];
        if (high >= d) return false;
        std::uint64_t q[2 * Words]{};
        detail::divide_words<2 * Words, Words>(p, d.w_, q, rest.w_);
        for (std::size_t i = 0; i < Words; ++i) result.w_[i] = q[i];
        return true;
    }

    std::uint64_t w_[Words]{};
};

using uint256 = wide_uint<4>;  ///< What contracts reckon in.
using uint512 = wide_uint<8>;  ///< Their products.

namespace detail {
template <std::size_t Words>
consteval wide_uint<Words> wide_literal(const char* text) {
    const bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const bool other = text[0] == '0' && text[1] != '\0' && !hexadecimal;
    if (other) not_a_number_of_this_size();
    wide_uint<Words> n;
    for (const char* c = hexadecimal ? text + 2 : text; *c != '\0'; ++c) {
        if (*c == '\'') continue;
        int digit = *c - '0';
        if (hexadecimal && *c >= 'a') digit = *c - 'a' + 10;
        if (hexadecimal && *c >= 'A' && *c <= 'F') digit = *c - 'A' + 10;
        if (digit < 0 || digit >= (hexadecimal ? 16 : 10)) not_a_number_of_this_size();
        if (!n.push_back(hexadecimal ? 16 : 10, static_cast<std::uint64_t>(digit))) not_a_number_of_this_size();
    }
    return n;
}
}  // namespace detail

/// `340282366920938463463374607431768211456_u256`, `0xfffcb933'bd6fad37'aa2d162d'1a594001_u256`: decimal and hexadecimal digits; others, and
/// numbers that are too large, do not compile.
/// @{
[[nodiscard]] consteval uint256 operator""_u256(const char* text) { return detail::wide_literal<4>(text); }
[[nodiscard]] consteval uint512 operator""_u512(const char* text) { return detail::wide_literal<8>(text); }
/// @}

}  // namespace ballast::inline v0
