// Words and numbers of the host: joining, quoting, reading and writing them the same on every machine, and the nearest right word.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace host {

/// What the program ends with.
enum exit_code : int {
    done = 0,         ///< also where the decision is to hold
    not_written = 1,  ///< an output can not be written
    wrong_usage = 2,
    bad_data = 3,
    infeasible = 4,
};

/// What went wrong; nothing where the code is `done`.
struct [[nodiscard]] failure {
    exit_code code = done;
    std::string message{};

    explicit operator bool() const noexcept { return code != done; }
};

/// The parts, one after the other. (Sums of strings that begin with a literal let g++ 12 warn, wrongly, of overlapping copies.)
inline std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) text += part;
    return text;
}

/// Several words with a separator between them.
template <class Words>
std::string listed(const Words& words, std::string_view separator = ", ") {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += separator;
        text += word;
    }
    return text;
}

inline std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// What stands between commas, without the blanks around it.
inline std::vector<std::string> parts_of(std::string_view text) {
    std::vector<std::string> parts;
    for (bool last = false; !last;) {
        const std::size_t comma = text.find(',');
        last = comma == std::string_view::npos;
        parts.emplace_back(trimmed(text.substr(0, comma)));
        if (!last) text.remove_prefix(comma + 1);
    }
    return parts;
}

/// A text of the user's, as it may stand in a message: in quotes, cut where it is long, without control characters.
inline std::string in_quotes(std::string_view text) {
    constexpr std::size_t longest = 60;
    std::string out = "'";
    for (const char c : text.substr(0, longest)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    if (text.size() > longest) out += "...";
    return out += "'";
}

inline char lower_case(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The same word, capitals and small letters alike.
inline bool same_word(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower_case(a[i]) != lower_case(b[i])) return false;
    return true;
}

/// How many letters have to be changed, added, dropped or swapped with their neighbour to make one word of the other (Damerau 1964; no
/// letter is touched twice). Capitals count as small letters.
inline std::size_t distance_between(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower_case(a[i - 1]) == lower_case(b[j - 1]);
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (same ? 0u : 1u)});
            const bool swapped =
                i > 1 && j > 1 && lower_case(a[i - 1]) == lower_case(b[j - 2]) && lower_case(a[i - 2]) == lower_case(b[j - 1]);
            if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
        }
        before.swap(last);
        last.swap(now);
    }
    return last[b.size()];
}

/// The right word that is nearest to a wrong one; empty where none is near.
template <class Words>
std::string nearest(std::string_view wrong, const Words& right) {
    std::string best;
    std::size_t least = 0;
    for (const auto& candidate : right) {
        const std::string_view word = candidate;
        const std::size_t d = distance_between(wrong, word);
        const std::size_t longest = std::max(wrong.size(), word.size());
        if (2 * d > longest || (!best.empty() && d >= least)) continue;
        best = word;
        least = d;
    }
    return best;
}

/// "; did you mean 'band'?", or, where nothing is near, "; there are: band, calendar".
template <class Words>
std::string advice(std::string_view wrong, const Words& right) {
    const std::string near_by = nearest(wrong, right);
    if (!near_by.empty()) return joined({"; did you mean '", near_by, "'?"});
    const std::string all = listed(right);
    return all.empty() ? std::string{} : joined({"; there are: ", all});
}

/// A finite number that fills the whole text, with a decimal point: no blanks, thousands separators, hexadecimals, infinities or NaNs.
inline bool parse_number(std::string_view text, double& out) {
    if (!text.empty() && text.front() == '+') {
        text.remove_prefix(1);
        if (!text.empty() && (text.front() == '-' || text.front() == '+')) return false;
    }
    if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return false;
    double x = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(x)) return false;
    out = x;
    return true;
}

/// So many significant digits, trailing zeros dropped.
inline std::string significant(double x, int digits) {
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, x + 0.0, std::chars_format::general, digits);
    return {buffer, end.ptr};
}
inline std::string number12(double x) { return significant(x, 12); }

/// The shortest text that reads back as the same double; without an exponent where that is not long.
inline std::string shortest(double x) {
    char buffer[64];
    const double size = std::abs(x);
    const bool plain = size == 0.0 || (size >= 1e-9 && size < 1e16);
    const auto end = plain ? std::to_chars(buffer, buffer + sizeof buffer, x + 0.0, std::chars_format::fixed)
                           : std::to_chars(buffer, buffer + sizeof buffer, x);
    return {buffer, end.ptr};
}

/// With so many places after the point.
inline std::string fixed(double x, int places) {
    char buffer[400];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, x + 0.0, std::chars_format::fixed, places);
    return {buffer, end.ptr};
}

/// Lines of columns, each as wide as its widest field, indented: the first and the last begin, the others end at one place.
inline std::string aligned(const std::vector<std::vector<std::string>>& lines) {
    std::string out;
    std::vector<std::size_t> wide(lines.empty() ? 0 : lines[0].size());
    for (const auto& fields : lines)
        for (std::size_t c = 0; c < fields.size(); ++c) wide[c] = std::max(wide[c], fields[c].size());
    for (const auto& fields : lines) {
        out += "  ";
        for (std::size_t c = 0; c < fields.size(); ++c) {
            const std::string room(wide[c] - fields[c].size(), ' ');
            const bool last = c + 1 == fields.size();
            out += c == 0 ? joined({fields[c], room}) : last ? fields[c] : joined({room, fields[c]});
            if (!last) out += "  ";
        }
        out += '\n';
    }
    return out;
}

/// A field of a CSV line: quoted where it has to be (RFC 4180).
inline std::string csv_field(std::string_view text) {
    const bool blank_edge = !text.empty() && (text.front() == ' ' || text.back() == ' ');
    if (!blank_edge && text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string{text};
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out += '"';
}

/// A line of CSV.
template <class Fields = std::initializer_list<std::string_view>>
void add_line(std::string& out, const Fields& fields) {
    bool first = true;
    for (const std::string_view field : fields) {
        if (!first) out += ',';
        first = false;
        out += csv_field(field);
    }
    out += '\n';
}

}  // namespace host
