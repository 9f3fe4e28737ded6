/// The parameters of a policy as places that a text can fill: each with its name, and what to do with a value of its type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../core/civil_date.hpp"
#include "../../core/configuration.hpp"
#include "../../core/per_asset.hpp"
#include "../../core/step.hpp"
#include "../result.hpp"
#include "text.hpp"

namespace ballast::inline v0::spec::detail {

/// A word that stands for a number, such as `edge` of to_band's depth.
struct named_number {
    std::string_view word{};
    double value = 0.0;
};

/// What is said of a parameter in the one list of its policy.
struct about {
    const char* name;
    const char* unit;
    const char* meaning;
    bool fraction = false;  ///< takes % and bps
    std::span<const named_number> words{};
    bool names_estimator = false;
};
/// Of a weight, a rate, a share, a volatility: `5%` and `500bps` are 0.05.
[[nodiscard]] constexpr about fraction(const char* name, const char* unit, const char* meaning) noexcept {
    return {name, unit, meaning, true};
}

/// Which estimator a policy reads.
[[nodiscard]] constexpr about which_estimator() noexcept {
    about which{"estimator", "index", "which of the estimators, from 0"};
    which.names_estimator = true;
    return which;
}

/// What a text says besides the values: which universes and estimators it goes with.
struct notes {
    std::size_t assets = 0;
    std::size_t estimators = 0;
};

struct slot;

/// What can be done with a value of some type.
struct value_type {
    /// The value of the piece; or what is wrong, and where. `exponent`: of a unit that stands with the name.
    std::optional<fault> (*read)(const slot&, piece, int exponent, notes&) = nullptr;
    /// A text that reads back as the same value; "" for what is not given.
    std::string (*write)(const slot&) = nullptr;
    /// Words that stand for a value.
    std::vector<std::string_view> (*words)(const slot&) = nullptr;
    /// Makes it a value that is probably refused, the k-th of some; false where there are no more.
    bool (*spoil)(const slot&, std::size_t k) = nullptr;
    /// Makes the first what the second is.
    void (*copy)(const slot& to, const slot& from) = nullptr;
    bool per_asset = false;
    bool flag = false;  ///< its name alone sets it
};

struct slot {
    about what;
    void* member;
    const value_type* type;
    bool given = false;
    piece value{};  ///< where it was given
};

[[nodiscard]] inline fault wrong(piece where, std::string message) { return {where.at, where.text.size(), std::move(message)}; }

/// The value of a slot.
template <class T>
[[nodiscard]] T& in(const slot& s) noexcept {
    return *static_cast<T*>(s.member);
}

template <class T>
void copy_value(const slot& to, const slot& from) {
    in<T>(to) = in<T>(from);
}

template <class T>
struct value_of;

[[nodiscard]] inline std::vector<std::string_view> no_words(const slot&) { return {}; }

[[nodiscard]] inline const named_number* named(const slot& s, std::string_view word) noexcept {
    for (const named_number& n : s.what.words)
        if (n.word == word) return &n;
    return nullptr;
}
[[nodiscard]] inline std::optional<fault> read_double(const slot& s, piece p, int exponent, double& out) {
    if (const named_number* n = named(s, p.text)) {
        out = n->value;
        return {};
    }
    std::string message = read_number(p.text, s.what.fraction, exponent, out);
    if (message.empty()) return {};
    return wrong(p, std::move(message));
}

template <>
struct value_of<double> {
    static std::optional<fault> read(const slot& s, piece p, int exponent, notes&) { return read_double(s, p, exponent, in<double>(s)); }
    static std::string write(const slot& s) { return number_text(in<double>(s)); }
    static std::vector<std::string_view> words(const slot& s) {
        std::vector<std::string_view> w;
        for (const named_number& n : s.what.words) w.push_back(n.word);
        return w;
    }
    static bool spoil(const slot& s, std::size_t k) {
        in<double>(s) = std::numeric_limits<double>::quiet_NaN();
        return k == 0;
    }
    static constexpr value_type type{&read, &write, &words, &spoil, &copy_value<double>};
};

template <>
struct value_of<per_asset> {
    static std::optional<fault> read(const slot& s, piece p, int exponent, notes& n) {
        if (!p.text.starts_with('[')) {
            double x = 0.0;
            if (auto f = read_double(s, p, exponent, x)) return f;
            in<per_asset>(s) = x;
            return {};
        }
        std::vector<double> each;
        std::size_t from = 1;
        const std::size_t end = p.text.size() - 1;  // the reader has seen the closing bracket
        while (from < end) {
            std::size_t to = from;
            while (to < end && !is_space(p.text[to]) && p.text[to] != ',') ++to;
            if (to > from) {
                double x = 0.0;
                if (auto f = read_double(s, p.part(from, to - from), exponent, x)) return f;
                each.push_back(x);
            }
            from = to + 1;
        }
        if (each.empty()) return wrong(p, "a list needs a number for each asset");
        const std::size_t count = each.size();
        if (count > 1 && n.assets != 0 && n.assets != count) {
            std::string message = "a list of ";
            message += std::to_string(count);
            message += ", where another one is of ";
            message += std::to_string(n.assets);
            message += " assets";
            return wrong(p, std::move(message));
        }
        if (count > 1) n.assets = count;
        in<per_asset>(s) = per_asset{std::move(each)};
        return {};
    }
    static std::string write(const slot& s) {
        const per_asset& v = in<per_asset>(s);
        if (!v.given()) return {};
        if (v.uniform()) return number_text(v[0]);
        std::string text = "[";
        for (std::size_t i = 0; i < v.size(); ++i) {
            if (i > 0) text += ' ';
            text += number_text(v[i]);
        }
        text += ']';
        return text;
    }
    static bool spoil(const slot& s, std::size_t k) {
        in<per_asset>(s) = std::numeric_limits<double>::quiet_NaN();
        return k == 0;
    }
    static constexpr value_type type{&read, &write, &value_of<double>::words, &spoil, &copy_value<per_asset>, true};
};

/// Numbers that are not of assets: of regimes. One alone needs no brackets.
template <>
struct value_of<std::vector<double>> {
    static std::optional<fault> read(const slot& s, piece p, int exponent, notes&) {
        std::vector<double> each;
        const bool many = p.text.starts_with('[');
        std::size_t from = many ? 1 : 0;
        const std::size_t end = p.text.size() - (many ? 1 : 0);
        while (from < end) {
            std::size_t to = from;
            while (to < end && !is_space(p.text[to]) && p.text[to] != ',') ++to;
            if (to > from) {
                double x = 0.0;
                if (auto f = read_double(s, p.part(from, to - from), exponent, x)) return f;
                each.push_back(x);
            }
            from = to + 1;
        }
        if (each.empty()) return wrong(p, "numbers are expected, such as [0.03 0.08]");
        in<std::vector<double>>(s) = std::move(each);
        return {};
    }
    static std::string write(const slot& s) {
        const auto& v = in<std::vector<double>>(s);
        if (v.empty()) return {};
        if (v.size() == 1) return number_text(v[0]);
        std::string text = "[";
        for (std::size_t i = 0; i < v.size(); ++i) {
            if (i > 0) text += ' ';
            text += number_text(v[i]);
        }
        text += ']';
        return text;
    }
    static bool spoil(const slot& s, std::size_t k) {
        in<std::vector<double>>(s) = {std::numeric_limits<double>::quiet_NaN()};
        return k == 0;
    }
    static constexpr value_type type{&read, &write, &value_of<double>::words, &spoil, &copy_value<std::vector<double>>};
};

/// A decimal number, or 0.
template <>
struct value_of<decimal_step> {
    static std::optional<fault> read(const slot& s, piece p, int exponent, notes&) {
        double x = 0.0;
        if (auto f = read_double(s, p, exponent, x)) return f;
        in<decimal_step>(s) = x;
        return {};
    }
    static std::string write(const slot& s) { return number_text(in<decimal_step>(s).value()); }
    static bool spoil(const slot& s, std::size_t k) {
        in<decimal_step>(s) = -1.0;
        return k == 0;
    }
    static constexpr value_type type{&read, &write, &no_words, &spoil, &copy_value<decimal_step>};
};

/// The one word that a whole number may have stands for the largest, which is no limit.
template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
struct value_of<T> {
    static std::optional<fault> read(const slot& s, piece p, int, notes& n) {
        if (named(s, p.text) != nullptr) {
            in<T>(s) = (std::numeric_limits<T>::max)();
            return {};
        }
        T x{};
        const char* const end = p.text.data() + p.text.size();
        const auto answer = std::from_chars(p.text.data(), end, x);
        if (p.text.empty() || answer.ec == std::errc::invalid_argument || answer.ptr != end) {
            std::string message = p.text.empty() ? std::string{} : quoted(p.text) + " is no ";
            message += std::is_signed_v<T> ? "whole number" : "whole number at or above 0";
            if (p.text.empty()) message += " is expected";
            return wrong(p, p.text.empty() ? "a " + message : std::move(message));
        }
        if (answer.ec != std::errc{}) return wrong(p, quoted(p.text) + " is too large");
        in<T>(s) = x;
        if (s.what.names_estimator) {
            if (x >= (std::numeric_limits<T>::max)() - 1) return wrong(p, quoted(p.text) + " is too large");
            const std::size_t needed = static_cast<std::size_t>(x) + 1;
            if (needed > n.estimators) n.estimators = needed;
        }
        return {};
    }
    static std::string write(const slot& s) {
        const T x = in<T>(s);
        if (!s.what.words.empty() && x == (std::numeric_limits<T>::max)()) return std::string{s.what.words.front().word};
        return std::to_string(x);
    }
    static bool spoil(const slot& s, std::size_t k) {
        constexpr long long bad[] = {1000, 0, -1000};
        if (k > 2 || (bad[k] < 0 && !std::is_signed_v<T>)) return false;
        in<T>(s) = static_cast<T>(bad[k]);
        return true;
    }
    static constexpr value_type type{&read, &write, &value_of<double>::words, &spoil, &copy_value<T>};
};

template <>
struct value_of<bool> {
    static std::optional<fault> read(const slot& s, piece p, int, notes&) {
        if (p.text != "true" && p.text != "false") return wrong(p, quoted(p.text) + " is neither `true` nor `false`");
        in<bool>(s) = p.text == "true";
        return {};
    }
    static std::string write(const slot& s) { return in<bool>(s) ? "true" : "false"; }
    static bool spoil(const slot&, std::size_t) { return false; }
    static constexpr value_type type{&read, &write, &no_words, &spoil, &copy_value<bool>, false, true};
};

template <>
struct value_of<duration> {
    static std::optional<fault> read(const slot& s, piece p, int, notes&) {
        std::string message = read_time(p.text, in<duration>(s));
        if (message.empty()) return {};
        return wrong(p, std::move(message));
    }
    static std::string write(const slot& s) { return time_text(in<duration>(s)); }
    static bool spoil(const slot& s, std::size_t k) {
        in<duration>(s) = {k == 0 ? v0::detail::earliest_ns + 1 : v0::detail::longest_ns};
        return k < 2;
    }
    static constexpr value_type type{&read, &write, &no_words, &spoil, &copy_value<duration>};
};

// ---- enumerators, by the names that they have in the class ----

template <auto V>
[[nodiscard]] consteval std::string_view enumerator_name() {
    std::string_view text = __PRETTY_FUNCTION__;  // "... [with auto V = ns::color::red; ...]" or "... [V = ns::color::red]"
    text.remove_prefix(text.find("V = ") + 4);
    text = text.substr(0, text.find_first_of(";]"));
    text = text.substr(text.rfind(')') + 1);  // a value without a name is a cast: "(ns::color)17"
    if (text.find_first_not_of("0123456789") == std::string_view::npos) return {};
    return text.substr(text.rfind(':') + 1);
}
template <class E>
struct enumerators {
    static constexpr std::size_t most = 16;
    template <std::size_t... Is>
    static constexpr auto make(std::index_sequence<Is...>) {
        struct all {
            std::string_view names[most];
        };
        return all{{enumerator_name<static_cast<E>(Is)>()...}};
    }
    static constexpr auto table = make(std::make_index_sequence<most>{});
    static_assert(table.names[most - 1].empty());
};

template <class E>
    requires std::is_enum_v<E>
struct value_of<E> {
    static std::optional<fault> read(const slot& s, piece p, int, notes&) {
        for (std::size_t i = 0; i < enumerators<E>::most; ++i)
            if (!p.text.empty() && enumerators<E>::table.names[i] == p.text) {
                in<E>(s) = static_cast<E>(i);
                return {};
            }
        const auto all = words(s);
        std::string message = quoted(p.text);
        message += " is no ";
        message += s.what.name;
        message += suggestion(p.text, all);
        return wrong(p, std::move(message));
    }
    static std::string write(const slot& s) {
        const auto i = static_cast<std::size_t>(in<E>(s));
        return i < enumerators<E>::most ? std::string{enumerators<E>::table.names[i]} : std::string{};
    }
    static std::vector<std::string_view> words(const slot&) {
        std::vector<std::string_view> w;
        for (const std::string_view name : enumerators<E>::table.names)
            if (!name.empty()) w.push_back(name);
        return w;
    }
    static bool spoil(const slot&, std::size_t) { return false; }
    static constexpr value_type type{&read, &write, &words, &spoil, &copy_value<E>};
};

// ---- dates ----

/// Days on which not to trade.
struct day_list {
    std::vector<std::int64_t> days{};  ///< day numbers, rising
    bool weekends = false;
    bool of_the_host = false;  ///< a predicate, which no text can say

    [[nodiscard]] bool empty() const noexcept { return days.empty() && !weekends; }
    [[nodiscard]] bool holds(std::int64_t day) const noexcept {
        if (weekends && iso_weekday(day) >= 6) return true;
        std::size_t from = 0;
        for (std::size_t n = days.size(); n > 0;) {
            const std::size_t half = n / 2;
            if (days[from + half] < day) {
                from += half + 1;
                n -= half + 1;
            } else {
                n = half;
            }
        }
        return from < days.size() && days[from] == day;
    }
    void insert(std::int64_t day) {
        std::size_t at = days.size();
        while (at > 0 && days[at - 1] > day) --at;
        if (at == 0 || days[at - 1] != day) days.insert(days.begin() + static_cast<std::ptrdiff_t>(at), day);
    }
};

template <>
struct value_of<day_list> {
    static constexpr std::string_view weekends = "weekends";
    static std::optional<fault> read(const slot& s, piece p, int, notes&) {
        day_list& list = in<day_list>(s);
        const bool many = p.text.starts_with('[');
        std::size_t from = many ? 1 : 0;
        const std::size_t end = p.text.size() - (many ? 1 : 0);
        bool any = false;
        while (from < end) {
            std::size_t to = from;
            while (to < end && !is_space(p.text[to]) && p.text[to] != ',') ++to;
            if (const piece item = p.part(from, to - from); to > from) {
                civil_date d;
                if (item.text == weekends)
                    list.weekends = true;
                else if (read_date(item.text, d))
                    list.insert(day_number(d));
                else
                    return wrong(item, quoted(item.text) + " is no date, such as 2026-12-25, and not `weekends`");
                any = true;
            }
            from = to + 1;
        }
        if (!any) return wrong(p, "dates are expected, such as [2026-12-25 2027-01-01], or `weekends`");
        return {};
    }
    static std::string write(const slot& s) {
        const day_list& list = in<day_list>(s);
        if (list.of_the_host) return "[?]";
        if (list.empty()) return {};
        std::string text = "[";
        if (list.weekends) text += weekends;
        for (const std::int64_t day : list.days) {
            if (text.size() > 1) text += ' ';
            text += date_text(civil_from_day_number(day));
        }
        text += ']';
        return text;
    }
    static std::vector<std::string_view> words(const slot&) { return {weekends}; }
    static bool spoil(const slot&, std::size_t) { return false; }
    static constexpr value_type type{&read, &write, &words, &spoil, &copy_value<day_list>};
};

// ---- the slots of a policy ----

/// Called with each parameter of a policy: makes the list of its slots.
struct slot_collector {
    std::vector<slot>& to;
    template <class T>
    void operator()(T& member, const about& what) const {
        to.push_back({what, &member, &value_of<T>::type, false, {}});
    }
};

/// The name of a parameter in a `configuration_fault`: "absolute" of "band.absolute".
[[nodiscard]] inline std::string_view parameter_in(const configuration_fault& f) noexcept {
    const std::string_view whole = f.parameter;
    const std::size_t dot = whole.rfind('.');
    return dot == std::string_view::npos ? whole : whole.substr(dot + 1);
}

}  // namespace ballast::inline v0::spec::detail
