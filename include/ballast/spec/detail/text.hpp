/// Words, numbers, times and dates as texts say them.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "../../core/arithmetic.hpp"
#include "../../core/civil_date.hpp"
#include "../../core/timestamp.hpp"

namespace ballast::inline v0::spec::detail {

// ---- pieces and words ----

[[nodiscard]] constexpr bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr char lowered(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
[[nodiscard]] constexpr bool is_letter(char c) noexcept { return lowered(c) >= 'a' && lowered(c) <= 'z'; }
[[nodiscard]] constexpr bool in_word(char c) noexcept { return is_letter(c) || is_digit(c) || c == '_'; }

/// A part of the text that is read, and where it stands in it.
struct piece {
    std::string_view text{};
    std::size_t at = 0;

    [[nodiscard]] constexpr piece part(std::size_t from, std::size_t length = std::string_view::npos) const {
        return {text.substr(from, length), at + from};
    }
    [[nodiscard]] constexpr piece trimmed() const {
        std::size_t from = 0;
        std::size_t to = text.size();
        while (from < to && is_space(text[from])) ++from;
        while (to > from && is_space(text[to - 1])) --to;
        return part(from, to - from);
    }
    [[nodiscard]] constexpr std::size_t end() const noexcept { return at + text.size(); }
};

/// In backticks, cut to what a line can hold, without control characters.
[[nodiscard]] inline std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 48;
    std::string q = "`";
    std::size_t n = text.size() <= longest ? text.size() : longest;
    while (n < text.size() && n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0u) == 0x80u) --n;  // no half of a character
    for (const char c : text.substr(0, n)) q += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
    if (n < text.size()) q += "...";
    q += '`';
    return q;
}

/// How many letters have to be changed, added, left out or exchanged with their neighbour, whatever their case.
[[nodiscard]] inline std::size_t letters_between(std::string_view a, std::string_view b) noexcept {
    constexpr std::size_t longest = 32;
    if (a.size() > longest || b.size() > longest) return longest;
    std::size_t rows[3][longest + 1] = {};
    std::size_t* before_last = rows[0];
    std::size_t* last = rows[1];
    std::size_t* row = rows[2];
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto equal = [&](std::size_t x, std::size_t y) { return lowered(a[x - 1]) == lowered(b[y - 1]); };
            std::size_t least = last[j - 1] + (equal(i, j) ? 0u : 1u);
            if (last[j] + 1 < least) least = last[j] + 1;
            if (row[j - 1] + 1 < least) least = row[j - 1] + 1;
            if (i > 1 && j > 1 && equal(i, j - 1) && equal(i - 1, j) && before_last[j - 2] + 1 < least) least = before_last[j - 2] + 1;
            row[j] = least;
        }
        std::size_t* const oldest = before_last;
        before_last = last;
        last = row;
        row = oldest;
    }
    return last[b.size()];
}

/// Is it what is left of the word when some letters, but not the first, are left out?
[[nodiscard]] inline bool abbreviates(std::string_view s, std::string_view word) noexcept {
    if (s.empty() || word.empty() || lowered(s[0]) != lowered(word[0])) return false;
    std::size_t i = 0;
    for (const char c : word)
        if (i < s.size() && lowered(s[i]) == lowered(c)) ++i;
    return i == s.size();
}

/// The word that was most probably meant; "" where none is like it.
[[nodiscard]] inline std::string_view nearest(std::string_view word, std::span<const std::string_view> words) noexcept {
    std::string_view best;
    std::size_t least = word.size() / 3 + 2;
    for (const std::string_view w : words) {
        std::size_t d = letters_between(word, w);
        // The beginning of a word, its end, or what is left of it when letters are left out, is as near as one wrong letter.
        if (word.size() >= 3 && d > 1 && (abbreviates(word, w) || w.ends_with(word) || word.starts_with(w))) d = 1;
        if (d < least && d < w.size()) {
            least = d;
            best = w;
        }
    }
    return best;
}

/// "; did you mean `band`?", or all that there are.
[[nodiscard]] inline std::string suggestion(std::string_view word, std::span<const std::string_view> words) {
    std::string s;
    if (const std::string_view best = nearest(word, words); !best.empty()) {
        s += "; did you mean `";
        s += best;
        s += "`?";
    } else if (!words.empty()) {
        s += words.size() == 1 ? "; there is only " : "; there are ";
        for (std::size_t i = 0; i < words.size(); ++i) {
            if (i > 0) s += i + 1 == words.size() ? " and " : ", ";
            s += words[i];
        }
    }
    return s;
}

// ---- numbers ----

inline constexpr std::string_view no_limit = "unlimited";

/// What stands after a number: nothing, or what divides it by a power of ten.
struct number_unit {
    std::string_view text{};
    int exponent = 0;
};
inline constexpr number_unit fraction_units[] = {{"bps", -4}, {"%", -2}};

/// Digits times a power of ten, rounded once. False where it is no number, or none that a double can hold.
enum class number_fault : std::uint8_t { none, not_a_number, beyond_range };
[[nodiscard]] inline number_fault scaled_number(std::string_view digits, int exponent, double& out) {
    const char* const end = digits.data() + digits.size();
    double plain = 0.0;
    const auto read = std::from_chars(digits.data(), end, plain, std::chars_format::general);
    if (digits.empty() || read.ec == std::errc::invalid_argument || read.ptr != end) return number_fault::not_a_number;
    if (read.ec != std::errc{}) return number_fault::beyond_range;
    out = plain;
    if (exponent == 0 || plain == 0.0) return number_fault::none;
    const std::size_t e = digits.find_first_of("eE");
    int own = 0;
    if (e != std::string_view::npos) {
        const char* from = digits.data() + e + 1;
        if (*from == '+') ++from;
        if (std::from_chars(from, end, own).ec != std::errc{}) return number_fault::beyond_range;
    }
    std::string moved{digits.substr(0, e)};
    moved += 'e';
    moved += std::to_string(own + exponent);
    const auto again = std::from_chars(moved.data(), moved.data() + moved.size(), out, std::chars_format::general);
    return again.ec == std::errc{} ? number_fault::none : number_fault::beyond_range;
}

/// Reads a number, or one number divided by another (2/3); answers what is wrong with it, or "". `fraction`: it may have a unit.
/// `exponent`: of the unit that it has already.
[[nodiscard]] inline std::string read_number(std::string_view text, bool fraction, int exponent, double& out) {
    const piece all{text, 0};
    std::string_view digits = all.trimmed().text;
    const std::string_view whole = digits;
    if (digits.empty()) return "a number is expected";
    if (digits == no_limit) {
        out = std::numeric_limits<double>::infinity();
        return {};
    }
    if (digits.starts_with('-') && digits.substr(1) == no_limit) {
        out = -std::numeric_limits<double>::infinity();
        return {};
    }
    for (const number_unit& unit : fraction_units)
        if (digits.size() > unit.text.size() && digits.ends_with(unit.text)) {
            if (!fraction) return quoted(whole) + " has a unit, where a plain number is expected";
            if (exponent != 0) return quoted(whole) + " has a unit of its own";
            exponent = unit.exponent;
            digits = piece{digits.substr(0, digits.size() - unit.text.size()), 0}.trimmed().text;
            break;
        }
    const std::string_view unsigned_digits = digits.starts_with('-') || digits.starts_with('+') ? digits.substr(1) : digits;
    if (!unsigned_digits.empty() && is_letter(unsigned_digits.front())) {
        const char first = lowered(unsigned_digits.front());
        if ((first == 'i' || first == 'n') && scaled_number(unsigned_digits, 0, out) != number_fault::not_a_number)
            return quoted(whole) + " is no number to reckon with; where no limit is meant, write `unlimited`";
    }
    const std::size_t slash = digits.find('/');
    double divisor = 1.0;
    if (slash != std::string_view::npos) {
        if (scaled_number(digits.substr(slash + 1), 0, divisor) != number_fault::none || !(divisor > 0.0) || divisor - divisor != 0.0)
            return quoted(whole) + " is not a number";
        digits = digits.substr(0, slash);
    }
    switch (scaled_number(digits, exponent, out)) {
        case number_fault::none: {
            const bool zero = out == 0.0;
            out /= divisor;
            if (out - out == 0.0 && (zero || out != 0.0)) return {};
            [[fallthrough]];
        }
        case number_fault::beyond_range: return quoted(whole) + " is too large or too small for a number";
        case number_fault::not_a_number: break;
    }
    return quoted(whole) + " is not a number";
}

/// Digits that read back as the same number.
[[nodiscard]] inline std::string number_text(double x) {
    if (x == std::numeric_limits<double>::infinity()) return std::string{no_limit};
    if (x == -std::numeric_limits<double>::infinity()) return std::string{"-unlimited"};
    char buffer[40];
    const double size = x < 0.0 ? -x : x;
    const bool plain = size >= 1e-6 && size < 1e15;
    const auto written = plain ? std::to_chars(buffer, buffer + sizeof buffer, x, std::chars_format::fixed)
                               : std::to_chars(buffer, buffer + sizeof buffer, x);
    return {buffer, written.ptr};
}

// ---- times ----

struct time_unit {
    std::string_view text{};
    std::int64_t ns = 0;
};
inline constexpr time_unit time_units[] = {{"w", days(7).ns},    {"d", days(1).ns},          {"h", hours(1).ns}, {"m", minutes(1).ns},
                                           {"s", seconds(1).ns}, {"ms", milliseconds(1).ns}, {"us", 1'000},      {"ns", 1}};

/// Reads one or several numbers, each with a unit, from the largest to the smallest; answers what is wrong, or "".
[[nodiscard]] inline std::string read_time(std::string_view text, duration& out) {
    const std::string_view whole = piece{text, 0}.trimmed().text;
    constexpr std::string_view units = "w, d, h, m, s, ms, us and ns";
    if (whole.empty()) return "a time is expected, such as 24h";
    std::string_view rest = whole;
    const bool negative = rest.front() == '-';
    if (negative) rest.remove_prefix(1);
    const auto too_long = [&] { return quoted(whole) + " is longer than a time can be, 292 years"; };
    const auto no_time = [&] { return quoted(whole) + " is not a time, such as 24h"; };
    if (rest.empty()) return no_time();
    uint128 total = 0;
    std::int64_t last_unit = detail::time_units[0].ns + 1;
    while (!rest.empty()) {
        uint128 mantissa = 0;
        std::int64_t decimals = 1;
        std::size_t n = 0;
        bool any = false;
        bool point = false;
        for (; n < rest.size() && (is_digit(rest[n]) || (rest[n] == '.' && !point)); ++n) {
            if (rest[n] == '.') {
                point = true;
                continue;
            }
            any = true;
            if (point) {
                if (decimals > 100'000'000'000'000'000) return quoted(whole) + " has more digits than a time can hold";
                decimals *= 10;
            }
            mantissa = mantissa * 10 + static_cast<unsigned>(rest[n] - '0');
            if (mantissa > uint128{1} << 70) return too_long();
        }
        if (!any) return no_time();
        rest.remove_prefix(n);
        while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
        n = 0;
        while (n < rest.size() && is_letter(rest[n])) ++n;
        const std::string_view name = rest.substr(0, n);
        rest.remove_prefix(n);
        while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
        if (name.empty()) {
            std::string wrong = quoted(whole);
            wrong += " needs a unit of time: ";
            wrong += units;
            return wrong;
        }
        const time_unit* unit = nullptr;
        for (const time_unit& u : time_units)
            if (u.text == name) unit = &u;
        if (unit == nullptr) {
            std::string wrong = "unknown unit of time ";
            wrong += quoted(name);
            wrong += "; there are ";
            wrong += units;
            return wrong;
        }
        if (unit->ns >= last_unit) return quoted(whole) + " has its units in the wrong order, or one of them twice";
        last_unit = unit->ns;
        const uint128 scaled = mantissa * static_cast<std::uint64_t>(unit->ns);
        if (scaled % static_cast<std::uint64_t>(decimals) != 0) return quoted(whole) + " is no whole number of nanoseconds";
        total += scaled / static_cast<std::uint64_t>(decimals);
        if (total > static_cast<std::uint64_t>(v0::detail::longest_ns)) return too_long();
    }
    const auto ns = static_cast<std::int64_t>(static_cast<std::uint64_t>(total));
    out = {negative ? -ns : ns};
    return {};
}

/// In the largest units in which it is a whole number, below weeks.
[[nodiscard]] inline std::string time_text(duration t) {
    if (t.ns == v0::detail::earliest_ns) t.ns += 1;  // its positive number would be no time
    std::string s = t.ns < 0 ? "-" : "";
    const std::int64_t ns = t.ns < 0 ? -t.ns : t.ns;
    for (const time_unit& u : time_units)
        if (u.text != "w" && ns >= u.ns && ns % u.ns == 0) {
            s += std::to_string(ns / u.ns);
            s += u.text;
            return s;
        }
    return "0s";
}

// ---- dates ----

/// YYYY-MM-DD.
[[nodiscard]] inline bool read_date(std::string_view text, civil_date& out) noexcept {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    for (const std::size_t i : {0u, 1u, 2u, 3u, 5u, 6u, 8u, 9u})
        if (!is_digit(text[i])) return false;
    const auto number = [&](std::size_t from, std::size_t n) {
        int x = 0;
        for (std::size_t i = from; i < from + n; ++i) x = x * 10 + (text[i] - '0');
        return x;
    };
    out = {number(0, 4), number(5, 2), number(8, 2)};
    return out.month >= 1 && out.month <= 12 && out.day >= 1 && out.day <= days_in_month(out.year, out.month);
}

[[nodiscard]] inline std::string date_text(const civil_date& d) {
    std::string s;
    const auto digits = [&](int x, int n) {
        char two[8] = {};
        for (int i = n - 1; i >= 0; --i, x /= 10) two[i] = static_cast<char>('0' + x % 10);
        s.append(two, static_cast<std::size_t>(n));
    };
    digits(d.year, 4);
    s += '-';
    digits(d.month, 2);
    s += '-';
    digits(d.day, 2);
    return s;
}

}  // namespace ballast::inline v0::spec::detail
