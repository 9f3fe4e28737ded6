// Whole numbers of any size beside the library's wide integers: there and back, with the arithmetic that a fixed width has. The reference is
// tests/support/whole_number.hpp: schoolbook on 32-bit digits, long division bit by bit.
#pragma once

#include "whole_number.hpp"

#include <ballast/numeric/wide_uint.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ballast_test {

using big_number = whole_number;

template <std::size_t Words>
big_number big(const ballast::wide_uint<Words>& n) {
    big_number b;
    for (std::size_t i = Words; i-- > 0;) b = (b << 64) + big_number{n.word(i)};
    return b;
}
inline big_number big(std::uint64_t n) { return n; }

inline big_number big_power_of_two(std::size_t exponent) { return big_number{1} << static_cast<int>(exponent); }

// Modulo 2^bits.
inline big_number low_bits(const big_number& n, std::size_t bits) {
    return n.bits() <= bits ? n : divided(n, big_power_of_two(bits)).remainder;
}

// Modulo the width.
template <class Wide>
Wide wide(const big_number& n) {
    std::uint64_t words[Wide::words]{};
    for (std::size_t i = 0; i < 64 * Wide::words; ++i)
        if (n.bit(i)) words[i / 64] |= std::uint64_t{1} << (i % 64);
    return Wide::from_words(words);
}

inline big_number big_from_decimal(std::string_view digits) {
    big_number n;
    for (const char c : digits) n = n * big_number{10} + big_number{static_cast<std::uint64_t>(c - '0')};
    return n;
}
inline std::string to_decimal(big_number n) {
    std::string digits;
    do {
        auto [quotient, last] = divided(n, 10);
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(last.rough())));
        n = quotient;
    } while (n.bits() != 0);
    return digits;
}

}  // namespace ballast_test
