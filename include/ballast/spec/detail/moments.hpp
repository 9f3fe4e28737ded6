/// Points in time and days of the week in texts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../core/civil_date.hpp"
#include "../../core/timestamp.hpp"
#include "../../trigger/time_window.hpp"
#include "slots.hpp"

namespace ballast::inline v0::spec::detail {

/// `2026-12-25` or `2026-12-25+14h30m`, in UTC.
[[nodiscard]] inline std::optional<fault> read_moment(piece p, timestamp& out) {
    civil_date d;
    const bool timed = p.text.size() > 10 && p.text[10] == '+';
    if (!read_date(p.text.substr(0, 10), d) || (p.text.size() > 10 && !timed))
        return wrong(p, quoted(p.text) + " is no date, such as 2026-12-25 or 2026-12-25+14h30m");
    duration rest{};
    if (timed) {
        const piece clock = p.part(11);
        std::string message = read_time(clock.text, rest);
        if (!message.empty()) return wrong(clock, std::move(message));
        if (rest.ns < 0 || rest >= days(1)) return wrong(clock, quoted(clock.text) + " is no time of a day");
    }
    out = timestamp{} + days(day_number(d)) + rest;
    return {};
}
[[nodiscard]] inline std::string moment_text(timestamp t) {
    const std::int64_t day = day_number(t);
    std::string text = date_text(civil_from_day_number(day));
    if (const duration rest = elapsed(timestamp{} + days(day), t); rest.ns != 0) {
        text += '+';
        text += time_text(rest);
    }
    return text;
}

template <>
struct value_of<timestamp> {
    static std::optional<fault> read(const slot& s, piece p, int, notes&) { return read_moment(p, in<timestamp>(s)); }
    static std::string write(const slot& s) { return in<timestamp>(s).happened() ? moment_text(in<timestamp>(s)) : std::string{}; }
    static bool spoil(const slot&, std::size_t) { return false; }
    static constexpr value_type type{&read, &write, &no_words, &spoil, &copy_value<timestamp>};
};

/// `[2026-01-28+19h 2026-03-18+18h]`
template <>
struct value_of<std::vector<timestamp>> {
    static std::optional<fault> read(const slot& s, piece p, int, notes&) {
        std::vector<timestamp> all;
        const bool many = p.text.starts_with('[');
        std::size_t from = many ? 1 : 0;
        const std::size_t end = p.text.size() - (many ? 1 : 0);
        while (from < end) {
            std::size_t to = from;
            while (to < end && !is_space(p.text[to]) && p.text[to] != ',') ++to;
            if (to > from) {
                timestamp t;
                if (auto f = read_moment(p.part(from, to - from), t)) return f;
                all.push_back(t);
            }
            from = to + 1;
        }
        if (all.empty()) return wrong(p, "times are expected, such as [2026-01-28+19h 2026-03-18+18h]");
        in<std::vector<timestamp>>(s) = std::move(all);
        return {};
    }
    static std::string write(const slot& s) {
        const std::vector<timestamp>& all = in<std::vector<timestamp>>(s);
        if (all.empty()) return {};
        std::string text = "[";
        for (const timestamp t : all) {
            if (text.size() > 1) text += ' ';
            text += moment_text(t);
        }
        text += ']';
        return text;
    }
    static bool spoil(const slot&, std::size_t) { return false; }
    static constexpr value_type type{&read, &write, &no_words, &spoil, &copy_value<std::vector<timestamp>>};
};

/// `[1 2 3 4 5]`, where 1 is Monday, or a word for several.
template <>
struct value_of<trigger::weekday_set> {
    struct word {
        std::string_view text{};
        trigger::weekday_set days{};
    };
    static constexpr word known[] = {{"every_day", {}}, {"working", {1, 2, 3, 4, 5}}, {"weekend", {6, 7}}};

    static std::optional<fault> read(const slot& s, piece p, int, notes&) {
        trigger::weekday_set all = {std::initializer_list<int>{}};
        for (const word& w : known)
            if (p.text == w.text) {
                in<trigger::weekday_set>(s) = w.days;
                return {};
            }
        const bool many = p.text.starts_with('[');
        const piece inside = many ? p.part(1, p.text.size() - 2) : p;
        bool any = false;
        for (std::size_t i = 0; i < inside.text.size(); ++i) {
            const char c = inside.text[i];
            if (is_space(c) || c == ',') continue;
            const bool alone = i + 1 == inside.text.size() || is_space(inside.text[i + 1]) || inside.text[i + 1] == ',';
            if (c < '1' || c > '7' || !alone)
                return wrong(p, quoted(p.text) + " are no days, such as [1 2 3 4 5] (1 is Monday) or `working`");
            all.insert(c - '0');
            any = true;
        }
        if (!any) return wrong(p, "days are expected, such as [1 2 3 4 5] (1 is Monday) or `working`");
        in<trigger::weekday_set>(s) = all;
        return {};
    }
    static std::string write(const slot& s) {
        for (const word& w : known)
            if (in<trigger::weekday_set>(s) == w.days) return std::string{w.text};
        std::string text = "[";
        for (int d = 1; d <= 7; ++d) {
            if (!in<trigger::weekday_set>(s).holds(d)) continue;
            if (text.size() > 1) text += ' ';
            text += static_cast<char>('0' + d);
        }
        text += ']';
        return text;
    }
    static std::vector<std::string_view> words(const slot&) {
        std::vector<std::string_view> w;
        for (const word& k : known) w.push_back(k.text);
        return w;
    }
    static bool spoil(const slot& s, std::size_t k) {
        in<trigger::weekday_set>(s) = {std::initializer_list<int>{}};
        return k == 0;
    }
    static constexpr value_type type{&read, &write, &words, &spoil, &copy_value<trigger::weekday_set>};
};

}  // namespace ballast::inline v0::spec::detail
