/// Numbers, amounts, times and names as text: the same on every machine, whatever its locale.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

#include "../../core/civil_date.hpp"
#include "../../core/step.hpp"
#include "../../core/timestamp.hpp"

namespace ballast::inline v0::detail {

/// The shortest text that reads back as the same double; without an exponent where that is not long.
[[nodiscard]] inline std::string shortest_text(double x) {
    if (x != x) return "nan";
    char buffer[64];
    const double size = absolute(x);
    const bool plain = size == 0.0 || (size >= 1e-9 && size < 1e16);
    const auto end = plain ? std::to_chars(buffer, buffer + sizeof buffer, x + 0.0, std::chars_format::fixed)
                           : std::to_chars(buffer, buffer + sizeof buffer, x);
    return {buffer, end.ptr};
}

/// Rounded to `decimals` places after the point, or to more where two digits other than leading zeros need them.
[[nodiscard]] inline std::string rounded_text(double x, int decimals) {
    const double size = absolute(x);
    if (!(size < 1e15)) return shortest_text(x);
    const bool nothing = size < 1e-15;
    int places = decimals;
    for (double scaled = size * power_of_ten[decimals]; scaled < 9.5 && size < 1.0 && !nothing; scaled *= 10.0) ++places;
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, nothing ? 0.0 : x, std::chars_format::fixed, places);
    std::string text{buffer, end.ptr};
    for (; places > decimals && text.back() == '0'; --places) text.pop_back();
    return text;
}

/// An amount of money: two decimals, more for small ones.
[[nodiscard]] inline std::string amount_text(double x) { return rounded_text(x, 2); }
/// A weight, in percent: two decimals, more for small ones.
[[nodiscard]] inline std::string percent_text(double weight) { return rounded_text(100.0 * weight, 2) + "%"; }

/// count × mantissa × 10^exponent, exactly; no zeros at the end of a fraction. `count` may have all of its 128 bits.
[[nodiscard]] inline std::string decimal_text(bool negative, uint128 count, std::uint64_t mantissa, int exponent) {
    std::uint32_t limb[6] = {};
    for (int i = 0; i < 4; ++i) limb[i] = static_cast<std::uint32_t>(count >> (32 * i));
    const auto multiply = [&](std::uint32_t factor, std::uint32_t(&out)[6], int shift) {
        std::uint64_t carry = 0;
        for (int i = 0; i + shift < 6; ++i) {
            carry += std::uint64_t{limb[i]} * factor + out[i + shift];
            out[i + shift] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
    };
    std::uint32_t product[6] = {};
    multiply(static_cast<std::uint32_t>(mantissa), product, 0);
    multiply(static_cast<std::uint32_t>(mantissa >> 32), product, 1);

    std::string digits;  // last digit first
    for (bool more = true; more;) {
        std::uint64_t rest = 0;
        more = false;
        for (int i = 5; i >= 0; --i) {
            rest = (rest << 32) | product[i];
            product[i] = static_cast<std::uint32_t>(rest / 10);
            rest %= 10;
            more = more || product[i] != 0;
        }
        digits += static_cast<char>('0' + rest);
    }
    if (digits == "0") return digits;
    const std::size_t places = exponent < 0 ? static_cast<std::size_t>(-exponent) : 0;
    while (digits.size() <= places) digits += '0';
    std::size_t dropped = 0;
    while (dropped < places && digits[dropped] == '0') ++dropped;

    std::string text = negative ? "-" : "";
    for (std::size_t i = digits.size(); i-- > dropped;) {
        text += digits[i];
        if (i == places && i > dropped) text += '.';
    }
    for (int i = 0; i < exponent; ++i) text += '0';
    return text;
}

[[nodiscard]] inline std::string steps_text(int128 steps, const decimal_step& step) {
    const uint128 size = steps < 0 ? -static_cast<uint128>(steps) : static_cast<uint128>(steps);
    return decimal_text(steps < 0, size, static_cast<std::uint64_t>(step.mantissa()), step.exponent());
}
/// The same without the sign.
[[nodiscard]] inline std::string size_text(int128 steps, const decimal_step& step) {
    const std::string text = steps_text(steps, step);
    return text.front() == '-' ? text.substr(1) : text;
}

/// n with at least `width` digits.
[[nodiscard]] inline std::string padded(std::uint64_t n, std::size_t width) {
    std::string text = std::to_string(n);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

/// ".25" for 250,000,000 ns; nothing for 0.
[[nodiscard]] inline std::string fraction_text(std::uint64_t ns) {
    if (ns == 0) return {};
    std::string text{'.'};  // a literal in front of a sum lets g++ 12 warn at -O3
    text += padded(ns, 9);
    while (text.back() == '0') text.pop_back();
    return text;
}

/// A span of time as a person would say it, to the second of its units: "30 d 4 h", "12 min 3 s", "0.25 s".
[[nodiscard]] inline std::string span_text(double seconds) {
    if (seconds < 0.0) return "-" + span_text(-seconds);
    if (!(seconds < 9.2e9)) return seconds == seconds ? "more than 290 years" : "nan";
    if (seconds < 59.9995) {
        const double thousandths = whole(seconds * 1000.0 + 0.5);
        return shortest_text(thousandths > 0.0 ? thousandths / 1000.0 : seconds) + " s";
    }
    constexpr std::int64_t size[] = {86'400, 3'600, 60, 1};
    constexpr const char* unit[] = {" d", " h", " min", " s"};
    for (std::size_t k = 0;; ++k) {
        // Rounded to the smaller unit, which may make a whole one of the larger.
        const auto small_units = static_cast<std::int64_t>(seconds / static_cast<double>(size[k + 1]) + 0.5);
        const std::int64_t ratio = size[k] / size[k + 1];
        if (small_units < ratio) continue;
        std::string text = std::to_string(small_units / ratio) + unit[k];
        if (small_units % ratio != 0) text += " " + std::to_string(small_units % ratio) + unit[k + 1];
        return text;
    }
}

}  // namespace ballast::inline v0::detail
