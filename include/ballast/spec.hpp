/// Text to policy, for hosts that read their policy from a file or a command line.
///
///     const auto when = spec::trigger(text);  // "band:absolute=0.05,relative=0.25"
///     if (!when) return refuse(spec::describe(when.fault(), text));
///
///     const auto parts = spec::policy("5/25: trigger=band:0.05,relative=0.25; cost=proportional:10bps; reserve=0.01");
///     const auto policy = parts->build();     // result<any_rebalancer>
///
/// **A policy** is `name`, `name:arguments`, `name(policies)` or `name:arguments(policies)`; names are those of the classes and of their
/// members. Spaces may stand anywhere but inside a word or a number.
///
/// | text                                              | is                                                                             |
/// |---------------------------------------------------|--------------------------------------------------------------------------------|
/// | `band:absolute=0.05,relative=0.25`                | `band{.absolute = 0.05, .relative = 0.25}`: the smaller of the two             |
/// | `band:absolute=0.05,relative=0.25,larger`         | the same with `.combine = combine::larger`                                     |
/// | `every:24h`                                       | a value without a name is the first parameter's                                |
/// | `calendar:monthly`, `to_band:edge,all`            | a word without a name is an enumerator, a named number, or a bool that is true |
/// | `proportional:10bps`, `:0.1%`, `:bps=10`, `:0.001`| the same four times: fractions take units, and `bps=` is the first parameter's |
/// | `band:absolute=[0.05 0.02]`                       | one number per asset                                                           |
/// | `target=fixed:[1/3 1/3]`, `exponent=2/3`          | quotients                                                                      |
/// | `max_trade:share=unlimited`                       | infinity, where the policy takes it; `inf` and `nan` are refused               |
/// | `calendar:monthly,holidays=[weekends 2026-12-25]` | dates on which it does not fire                                                |
/// | `any_of(band:absolute=0.05, calendar:monthly)`    | policies made of policies; so are `all_of`, `not_`, `hysteresis`, `sum`        |
/// | `cooldown:30d(band:absolute=0.05)`                | `cooldown{band{...}, days(30)}`; so are `minimum:5(...)`, `maximum:100(...)`   |
///
/// In parentheses a comma goes on with the arguments of the policy before it, unless what follows is the name of a policy, or a word before
/// a `:` or `(`: `any_of(band:0.05,relative=0.25,calendar:monthly,day=-1)` has two parts.
///
/// Times are numbers with units, from large to small: `90s`, `15m`, `24h`, `7d`, `2w`, `1h30m`, `1.5h`; there are `ms`, `us` and `ns` as
/// well. A week has 7 days. Months and years are no times: they are the calendar's.
///
/// **Everything is checked.** What `validate()` of a policy or a rebalancer would refuse is a fault with its place, the nearest right word
/// and the range; nothing here throws `invalid_configuration` or ends the program, whatever the text. Numbers are read without regard to
/// locales, to the double nearest to what their digits and unit say. One fault is told at a time.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "any.hpp"
#include "spec/composition.hpp"
#include "spec/description.hpp"
#include "spec/result.hpp"

namespace ballast::inline v0::spec {

namespace detail {
template <class Any>
[[nodiscard]] result<Any> read_policy_alone(std::string_view text) {
    auto s = read_whole<Any>({text, 0});
    if (!s) return s.fault();
    return std::move(s->policy);
}

template <class Any>
void describe_family(std::vector<description>& all) {
    for (const entry<Any>& e : table<Any>::entries) all.push_back(e.describe());
}
}  // namespace detail

/// One policy of a family, or what is wrong with the text.
/// @{
[[nodiscard]] inline result<any_trigger> trigger(std::string_view text) { return detail::read_policy_alone<any_trigger>(text); }
[[nodiscard]] inline result<any_cost> cost(std::string_view text) { return detail::read_policy_alone<any_cost>(text); }
[[nodiscard]] inline result<any_solver> solver(std::string_view text) { return detail::read_policy_alone<any_solver>(text); }
[[nodiscard]] inline result<any_guard> guard(std::string_view text) { return detail::read_policy_alone<any_guard>(text); }
[[nodiscard]] inline result<any_target> target(std::string_view text) { return detail::read_policy_alone<any_target>(text); }
[[nodiscard]] inline result<any_estimator> estimator(std::string_view text) { return detail::read_policy_alone<any_estimator>(text); }
[[nodiscard]] inline result<any_sizing> sizing(std::string_view text) { return detail::read_policy_alone<any_sizing>(text); }
/// @}

/// `reserve=0.01,leverage=1.5,allow_short`; an empty text is the default.
[[nodiscard]] inline result<v0::mandate> mandate(std::string_view text) {
    using words = detail::vocabulary<v0::mandate>;
    v0::mandate m;
    auto all_slots = detail::slots_of<words>(m);
    detail::reader r{{text, 0}};
    if (r.at_end()) return m;
    if (r.arguments(words::name, all_slots, family::mandate, {}, false) && !r.at_end()) r.refuse(r.rest(), "nothing is expected here");
    if (r.wrong) return std::move(*r.wrong);
    if (const configuration_fault f = m.validate()) return detail::refusal(f, all_slots, {text, 0});
    return m;
}

/// `NAME: trigger=band:absolute=0.05,relative=0.25; cost=proportional:bps=10; solver=to_target; guard=max_turnover:0.2; reserve=0.01`. The
/// name may be left out. Several triggers: any of them, with the field `all` all of them; several costs: their sum. Fields that it does not
/// name are those of `others`, such as what the options of a command line say for all policies. What it gives has passed `check`; where a
/// part of `others` is to blame, the place is the end of the text.
[[nodiscard]] inline result<composition> policy(std::string_view text, const composition& others = {}) {
    composition c;
    const detail::piece whole{text, 0};
    detail::piece rest = whole;
    const std::size_t named = text.find_first_of(":=;(");
    if (named != std::string_view::npos && text[named] == ':') {
        const detail::piece name = whole.part(0, named).trimmed();
        if (name.text.empty()) return fault{0, named + 1, "a name is expected before the `:`"};
        c.name = name.text;
        rest = whole.part(named + 1);
    }
    std::vector<detail::placed> places;
    std::vector<std::string> given;
    while (!rest.trimmed().text.empty()) {
        const std::size_t semicolon = rest.text.find(';');
        const detail::piece field = rest.part(0, semicolon).trimmed();
        rest = semicolon == std::string_view::npos ? rest.part(rest.text.size()) : rest.part(semicolon + 1);
        if (field.text.empty()) return fault{field.at, 0, "a field is expected before the `;`"};
        const std::size_t equals = field.text.find('=');
        const bool has_value = equals != std::string_view::npos;
        const detail::field_text f{field.part(0, equals).trimmed(), has_value ? field.part(equals + 1).trimmed() : detail::piece{},
                                   has_value};
        if (auto wrong = detail::add_field(c, f, given)) {
            // `band:absolute=0.05` reads as the field `absolute` of a policy called `band`.
            const auto of = detail::family_of_policy(c.name);
            if (of && wrong->at == f.name.at && places.empty())
                return fault{text.find(c.name), c.name.size(), detail::in_field(c.name, *of)};
            return std::move(*wrong);
        }
        detail::note_place(c, f, places);
    }
    detail::complete(c, others, given);
    if (auto m = detail::find_mismatch(c)) return detail::fault_of(std::move(*m), places, whole.trimmed().end());
    return c;
}

/// Every policy that texts can name, by family, each with its parameters. Made at the first call, and then the same.
[[nodiscard]] inline std::span<const description> catalogue() {
    static const std::vector<description> all = [] {
        std::vector<description> d;
        detail::describe_family<any_trigger>(d);
        detail::describe_family<any_cost>(d);
        detail::describe_family<any_solver>(d);
        detail::describe_family<any_guard>(d);
        detail::describe_family<any_target>(d);
        detail::describe_family<any_estimator>(d);
        detail::describe_family<any_sizing>(d);
        detail::describe_family<v0::mandate>(d);
        d.back().example.erase(0, d.back().name.size() + 1);  // its parameters stand alone
        return d;
    }();
    return all;
}

// ---- the way back ----

template <class Policy>
concept with_words = !std::is_same_v<Policy, v0::mandate> && requires {
    typename detail::vocabulary<Policy>::draft;
};

/// A text that gives the policy back: `to_text(trigger::band{.absolute = 0.05})` is "band:absolute=0.05". Of all policies of the library
/// but erased ones (whose texts `stated` and `composition` keep), and of those made of them. A calendar with the host's own predicate says
/// `holidays=[?]`, which no parser takes.
template <with_words Policy>
[[nodiscard]] std::string to_text(const Policy& p) {
    using words = detail::vocabulary<Policy>;
    std::string parts;
    words::each_part(p, [&](const auto& part) {
        if (!parts.empty()) parts += ", ";
        parts += to_text(part);
    });
    return detail::policy_text(words::name, detail::arguments_of<words>(words::taken(p)), parts);
}
/// `reserve=0.01,leverage=1.5,allow_short`
[[nodiscard]] inline std::string to_text(v0::mandate m) {
    using words = detail::vocabulary<v0::mandate>;
    v0::mandate plain;
    return detail::arguments_text(detail::slots_of<words>(m), detail::slots_of<words>(plain), ",", false);
}

}  // namespace ballast::inline v0::spec
