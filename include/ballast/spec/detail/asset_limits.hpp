/// Limits on several assets at once, as texts: the parameters that are lists of limits, of `solver::tracking` and of target policies.
///
/// | parameter   | items, with spaces between                                                                                               |
/// |-------------|--------------------------------------------------------------------------------------------------------------------------|
/// | `limits`    | `name:lower:upper:coefficients`, one coefficient for all assets or one for each: `beta:0.9:1.1:1.2:0.8:1`                  |
/// | `groups`    | `name:lower:upper` for each group, then for each asset the number of its group, from 0, or `-`: `tech::0.3 rest:: 0 0 1 -`. Another grouping follows after `/` |
/// | `exposures` | `name:lower:upper:factor`: `momentum:-0.1:0.1:3`                                                                          |
///
/// A bound that is left out is none. A name that begins with `~` is of a limit on what the weights differ from the targets by. Of names that are
/// made elsewhere, letters that have a meaning here are written as `_`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../solver/joint_limits.hpp"
#include "slots.hpp"

namespace ballast::inline v0::spec::detail {

/// The items of a list, in brackets or a single one.
template <class F>
[[nodiscard]] std::optional<fault> each_item(piece p, F&& f) {
    const bool many = p.text.starts_with('[');
    std::size_t from = many ? 1 : 0;
    const std::size_t end = p.text.size() - (many ? 1 : 0);  // the reader has seen the closing bracket
    while (from < end) {
        std::size_t to = from;
        while (to < end && !is_space(p.text[to])) ++to;
        if (to > from)
            if (auto wrong_item = f(p.part(from, to - from))) return wrong_item;
        from = to + 1;
    }
    return {};
}
/// What stands between colons.
[[nodiscard]] inline std::vector<piece> fields_of(piece item) {
    std::vector<piece> fields;
    for (std::size_t from = 0; from <= item.text.size();) {
        std::size_t to = item.text.find(':', from);
        if (to == std::string_view::npos) to = item.text.size();
        fields.push_back(item.part(from, to - from));
        from = to + 1;
    }
    return fields;
}
[[nodiscard]] inline std::optional<fault> read_plain(piece p, double& out) {
    std::string message = read_number(p.text, true, 0, out);
    if (message.empty()) return {};
    return wrong(p, std::move(message));
}
[[nodiscard]] inline std::optional<fault> read_count(piece p, std::size_t& out) {
    const char* const end = p.text.data() + p.text.size();
    const auto answer = std::from_chars(p.text.data(), end, out);
    if (p.text.empty() || answer.ec != std::errc{} || answer.ptr != end)
        return wrong(p, quoted(p.text) + " is no whole number at or above 0");
    return {};
}
/// Name and bounds of any limit.
template <class Limit>
[[nodiscard]] std::optional<fault> read_bounds(const std::vector<piece>& fields, Limit& limit) {
    std::string name{fields[0].text};
    limit.active = !name.empty() && name.front() == '~';
    if (limit.active) name.erase(0, 1);
    if (name.size() > label::most) return wrong(fields[0], "a name has 31 letters at most");
    limit.name = label{name.c_str()};
    for (const bool upper : {false, true}) {
        const piece& bound = fields[upper ? 2 : 1];
        if (!bound.text.empty())
            if (auto f = read_plain(bound, upper ? limit.upper : limit.lower)) return f;
    }
    return {};
}
template <class Limit>
[[nodiscard]] std::string bounds_text(const Limit& limit) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::string text = limit.active ? "~" : "";
    for (const char* c = limit.name.text(); *c != '\0'; ++c) {
        const bool plain = !is_space(*c) && std::string_view{":~/[](),;=-"}.find(*c) == std::string_view::npos;
        text += plain ? *c : '_';
    }
    text += ':';
    if (limit.lower != -infinity) text += number_text(limit.lower);
    text += ':';
    if (limit.upper != infinity) text += number_text(limit.upper);
    return text;
}
/// A limit whose bounds cross.
template <class List>
[[nodiscard]] bool spoil_limits(const slot& s, std::size_t k) {
    in<List>(s).assign(1, {});
    if constexpr (requires { in<List>(s)[0].groups; }) {
        in<List>(s)[0].groups.assign(1, {.lower = 1.0, .upper = 0.0});
    } else {
        in<List>(s)[0].lower = 1.0;
        in<List>(s)[0].upper = 0.0;
    }
    return k == 0;
}

template <>
struct value_of<std::vector<solver::linear_limit>> {
    using list = std::vector<solver::linear_limit>;
    static std::optional<fault> read(const slot& s, piece p, int, notes& n) {
        list all;
        auto bad = each_item(p, [&](piece item) -> std::optional<fault> {
            const std::vector<piece> fields = fields_of(item);
            if (fields.size() < 4) return wrong(item, quoted(item.text) + " is no limit, such as beta:0.9:1.1:1.2:0.8:1");
            solver::linear_limit limit;
            if (auto f = read_bounds(fields, limit)) return f;
            std::vector<double> each;
            for (std::size_t k = 3; k < fields.size(); ++k) {
                double x = 0.0;
                if (auto f = read_plain(fields[k], x)) return f;
                each.push_back(x);
            }
            if (each.size() > 1 && n.assets != 0 && n.assets != each.size())
                return wrong(item, std::to_string(each.size()) + " coefficients, where another list is of " + std::to_string(n.assets) +
                                       " assets");
            if (each.size() > 1) n.assets = each.size();
            limit.coefficient = per_asset{std::move(each)};
            all.push_back(std::move(limit));
            return {};
        });
        if (bad) return bad;
        if (all.empty()) return wrong(p, "limits are expected, such as [beta:0.9:1.1:1.2:0.8:1]");
        in<list>(s) = std::move(all);
        return {};
    }
    static std::string write(const slot& s) {
        std::string text;
        for (const solver::linear_limit& l : in<list>(s)) {
            text += text.empty() ? "[" : " ";
            text += bounds_text(l);
            for (std::size_t i = 0; i < (l.coefficient.uniform() ? 1 : l.coefficient.size()); ++i) {
                text += ':';
                text += number_text(l.coefficient[i]);
            }
        }
        return text.empty() ? text : text + "]";
    }
    static constexpr value_type type{&read, &write, &no_words, &spoil_limits<list>, &copy_value<list>};
};

template <>
struct value_of<std::vector<solver::factor_limit>> {
    using list = std::vector<solver::factor_limit>;
    static std::optional<fault> read(const slot& s, piece p, int, notes&) {
        list all;
        auto bad = each_item(p, [&](piece item) -> std::optional<fault> {
            const std::vector<piece> fields = fields_of(item);
            if (fields.size() != 4) return wrong(item, quoted(item.text) + " is no limit on a factor, such as momentum:-0.1:0.1:3");
            solver::factor_limit limit;
            if (auto f = read_bounds(fields, limit)) return f;
            if (auto f = read_count(fields[3], limit.factor)) return f;
            all.push_back(limit);
            return {};
        });
        if (bad) return bad;
        if (all.empty()) return wrong(p, "limits on factors are expected, such as [momentum:-0.1:0.1:3]");
        in<list>(s) = std::move(all);
        return {};
    }
    static std::string write(const slot& s) {
        std::string text;
        for (const solver::factor_limit& l : in<list>(s)) {
            text += text.empty() ? "[" : " ";
            text += bounds_text(l);
            text += ':';
            text += std::to_string(l.factor);
        }
        return text.empty() ? text : text + "]";
    }
    static constexpr value_type type{&read, &write, &no_words, &spoil_limits<list>, &copy_value<list>};
};

template <>
struct value_of<std::vector<solver::group_limits>> {
    using list = std::vector<solver::group_limits>;
    static std::optional<fault> read(const slot& s, piece p, int, notes& n) {
        list all(1);
        piece last = p;
        const auto finish = [&]() -> std::optional<fault> {
            const std::size_t count = all.back().group_of.size();
            if (all.back().groups.empty() || count == 0)
                return wrong(last, "groups and the assets' numbers of them are expected, such as [tech::0.3 rest:: 0 0 1 -]");
            if (n.assets != 0 && n.assets != count)
                return wrong(last,
                             std::to_string(count) + " assets in groups, where another list is of " + std::to_string(n.assets) + " assets");
            n.assets = count;
            return {};
        };
        auto bad = each_item(p, [&](piece item) -> std::optional<fault> {
            last = item;
            solver::group_limits& now = all.back();
            if (item.text == "/") {
                if (auto f = finish()) return f;
                all.emplace_back();
                return {};
            }
            if (item.text == "-") {
                now.group_of.push_back(no_index);
                return {};
            }
            const std::vector<piece> fields = fields_of(item);
            if (fields.size() == 1) {
                std::size_t group = 0;
                if (auto f = read_count(item, group)) return f;
                if (group >= now.groups.size())
                    return wrong(item, quoted(item.text) + " is no group: they are counted from 0, and stand first");
                now.group_of.push_back(static_cast<std::uint32_t>(group));
                return {};
            }
            if (fields.size() != 3) return wrong(item, quoted(item.text) + " is no group, such as tech:0.1:0.3");
            if (!now.group_of.empty()) return wrong(item, "groups stand before the assets");
            solver::group_limit limit;
            if (auto f = read_bounds(fields, limit)) return f;
            now.groups.push_back(limit);
            return {};
        });
        if (bad) return bad;
        if (auto f = finish()) return f;
        in<list>(s) = std::move(all);
        return {};
    }
    static std::string write(const slot& s) {
        std::string text;
        for (const solver::group_limits& all : in<list>(s)) {
            text += text.empty() ? "[" : " / ";
            bool first = true;
            for (const solver::group_limit& g : all.groups) {
                if (!std::exchange(first, false)) text += ' ';
                text += bounds_text(g);
            }
            for (const std::uint32_t g : all.group_of) {
                text += ' ';
                text += g < all.groups.size() ? std::to_string(g) : std::string{"-"};
            }
        }
        return text.empty() ? text : text + "]";
    }
    static constexpr value_type type{&read, &write, &no_words, &spoil_limits<list>, &copy_value<list>};
};

}  // namespace ballast::inline v0::spec::detail
