/// What a policy is in texts: its parameters, listed once. Parser, catalogue, suggestions and `to_text` read this list.
///
/// An entry is a `vocabulary<Policy>`; the list of its family at the end of the file of the family (triggers.hpp, costs.hpp and charges.hpp,
/// targets.hpp, estimators.hpp, others.hpp) names it. Names of policies are their `name`, enumerators' are the compiler's; names of
/// parameters stand in the entry.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../core/configuration.hpp"
#include "../description.hpp"
#include "../result.hpp"
#include "reader.hpp"
#include "slots.hpp"

namespace ballast::inline v0::spec::detail {

/// | member                                     | meaning                                                                   |
/// |--------------------------------------------|---------------------------------------------------------------------------|
/// | `name`, `summary`, `example`               | texts; the example is right, and gives what has no default                |
/// | `draft`                                    | an aggregate with the parameters                                          |
/// | `parameters(draft, visit)`                 | `visit(member, about)` for each, in the order of the class, leading first |
/// | `least_parts`, `most_parts`                | policies in parentheses                                                   |
/// | `make(draft, parts)`                       | the policy                                                                |
/// | `taken(policy)`, `each_part(policy, f)`    | the way back                                                              |
template <class Policy>
struct vocabulary;

struct nothing_to_fill {};

/// An entry of an aggregate, which is its own draft.
template <class Policy>
struct of_aggregate {
    static constexpr const char* name = Policy::name;
    using draft = Policy;
    static constexpr std::size_t least_parts = 0;
    static constexpr std::size_t most_parts = 0;
    template <class Parts>
    [[nodiscard]] static Policy make(Policy d, const Parts&) {
        return d;
    }
    [[nodiscard]] static const Policy& taken(const Policy& p) noexcept { return p; }
    template <class F>
    static void each_part(const Policy&, F&&) {}
};
template <class Policy>
struct without_parameters : of_aggregate<Policy> {
    template <class P, class Visit>
    static void parameters(P&, Visit&&) {}
};

/// The entries of a family, all made into an `Any`.
template <class Any, class... Policies>
struct words {};

/// Which list a family has.
template <class Any>
struct words_of;

/// The first family that knows a policy of this name.
[[nodiscard]] std::optional<family> family_of_policy(std::string_view name) noexcept;

// ---- one policy ----

template <class V>
[[nodiscard]] std::vector<slot> slots_of(typename V::draft& d) {
    std::vector<slot> s;
    V::parameters(d, slot_collector{s});
    return s;
}

template <class V>
[[nodiscard]] std::string arguments_of(typename V::draft d) {
    typename V::draft plain{};
    return arguments_text(slots_of<V>(d), slots_of<V>(plain), ",", true);
}

/// "name:arguments(parts)"
[[nodiscard]] inline std::string policy_text(const char* name, const std::string& arguments, const std::string& parts) {
    std::string text = name;
    if (!arguments.empty()) {
        text += ':';
        text += arguments;
    }
    if (!parts.empty()) {
        text += '(';
        text += parts;
        text += ')';
    }
    return text;
}

template <class Any>
[[nodiscard]] std::span<const std::string_view> names_of() noexcept;
template <class Any>
[[nodiscard]] std::optional<stated<Any>> read_policy(reader& r, std::size_t depth);

/// A policy in the making: what was read of it.
template <class Draft, class Any>
struct pending {
    Draft draft{};
    std::vector<Any> parts{};
    std::string parts_text{};
};

template <class V, class Any>
bool read_parts(reader& r, piece name, std::size_t depth, pending<typename V::draft, Any>& p) {
    constexpr family of = words_of<Any>::of;
    const auto count = [&] {
        std::string s = quoted(name.text);
        s += " takes ";
        s += V::most_parts == description::any_number ? std::string{"one or more "} + to_string(of) + "s"
             : V::most_parts == 1                     ? std::string{"one "} + to_string(of)
                                                      : std::to_string(V::most_parts) + " " + to_string(of) + "s";
        s += " in parentheses";
        return s;
    };
    if (!r.take('(')) return V::least_parts == 0 || r.refuse(name, count());
    if constexpr (V::most_parts == 0) {
        std::string message = quoted(name.text);
        message += " takes no policies in parentheses; arguments follow a `:`";
        return r.refuse(r.since(r.position() - 1), std::move(message));
    } else {
        if (depth >= reader::deepest) return r.refuse(name, "the parentheses stand in each other too deep");
        do {
            const piece before = r.rest();
            if (r.next() == ')' && p.parts.empty()) return r.missing(count());
            auto part = read_policy<Any>(r, depth + 1);
            if (!part) return false;
            if (p.parts.size() == V::most_parts) return r.refuse(r.since(before.at), count());
            p.parts.push_back(std::move(part->policy));
            if (!p.parts_text.empty()) p.parts_text += ", ";
            p.parts_text += part->text;
        } while (r.take(','));
        if (!r.take(')')) {
            if (r.at_end()) return r.missing("`)` is missing");
            return r.refuse(r.peek(), "`,` or `)` is expected here");
        }
        return p.parts.size() >= V::least_parts || r.refuse(name, count());
    }
}

/// What follows the name.
template <class V, class Any>
bool read_rest(reader& r, piece name, std::size_t depth, std::vector<slot>& all_slots, pending<typename V::draft, Any>& p) {
    all_slots = slots_of<V>(p.draft);
    const auto names = names_of<Any>();
    if (r.take(':')) {
        if (!r.arguments(V::name, all_slots, words_of<Any>::of, names, depth > 0)) return false;
    } else if (r.argument_follows_comma(names, depth > 0)) {
        std::string message = "the arguments of ";
        message += quoted(V::name);
        message += " follow a `:`";
        return r.refuse(r.peek(), std::move(message));
    }
    return read_parts<V, Any>(r, name, depth, p);
}

template <class V, class Any>
[[nodiscard]] std::optional<stated<Any>> read_entry(reader& r, piece name, std::size_t depth) {
    pending<typename V::draft, Any> p;
    std::vector<slot> all_slots;
    if (!read_rest<V, Any>(r, name, depth, all_slots, p)) return {};
    stated<Any> s;
    s.text = policy_text(V::name, arguments_of<V>(p.draft), p.parts_text);
    s.policy = Any{V::make(p.draft, std::move(p.parts))};
    if (const configuration_fault f = s.policy.validate()) {
        r.refuse(refusal(f, all_slots, name));
        return {};
    }
    return s;
}

// ---- the catalogue ----

/// What `validate()` says when only this parameter is wrong, or not given.
template <class V, class Any>
void describe_parameter(const pending<typename V::draft, Any>& right, std::size_t k, parameter& out) {
    const auto told = [&](typename V::draft d, std::string_view& range) {
        const configuration_fault f = Any{V::make(std::move(d), std::vector<Any>{right.parts})}.validate();
        if (!f || parameter_in(f) != out.name) return false;
        range = f.range;
        return true;
    };
    std::string_view range;
    typename V::draft plain{};
    const auto as_default = slots_of<V>(plain);
    typename V::draft without = right.draft;
    // The parameter as it is by default, all others right.
    as_default[k].type->copy(slots_of<V>(without)[k], as_default[k]);
    const bool required = told(std::move(without), range);
    for (std::size_t bad = 0;; ++bad) {
        typename V::draft d = right.draft;
        const auto s = slots_of<V>(d);
        if (!s[k].type->spoil(s[k], bad)) break;
        if (told(std::move(d), range)) break;
    }
    out.range = range;
    out.required = required;
    if (!required) out.by_default = as_default[k].type->write(as_default[k]);
}

template <class V, class Any>
[[nodiscard]] description describe_entry() {
    description d;
    d.family = words_of<Any>::of;
    d.name = V::name;
    d.summary = V::summary;
    d.example = V::example;
    d.least_parts = V::least_parts;
    d.most_parts = V::most_parts;
    reader r{{V::example, 0}};
    pending<typename V::draft, Any> right;
    std::vector<slot> all_slots;
    const piece name = r.take_word();
    if (!read_rest<V, Any>(r, name, 0, all_slots, right)) return d;
    for (std::size_t k = 0; k < all_slots.size(); ++k) {
        parameter p;
        p.name = all_slots[k].what.name;
        p.unit = all_slots[k].what.unit;
        p.meaning = all_slots[k].what.meaning;
        p.per_asset = all_slots[k].type->per_asset;
        if (all_slots[k].type->words != nullptr)
            for (const std::string_view word : all_slots[k].type->words(all_slots[k])) p.choices.emplace_back(word);
        describe_parameter<V, Any>(right, k, p);
        d.parameters.push_back(std::move(p));
    }
    return d;
}

// ---- a family ----

template <class Any>
struct entry {
    std::string_view name;
    std::optional<stated<Any>> (*read)(reader&, piece name, std::size_t depth);
    description (*describe)();
};
template <class Any, class List>
struct table_of;
template <class Any, class... Policies>
struct table_of<Any, words<Any, Policies...>> {
    static constexpr std::size_t size = sizeof...(Policies);
    static constexpr entry<Any> entries[] = {
        {vocabulary<Policies>::name, &read_entry<vocabulary<Policies>, Any>, &describe_entry<vocabulary<Policies>, Any>}...};
    static constexpr std::string_view names[] = {vocabulary<Policies>::name...};
};
template <class Any>
using table = table_of<Any, typename words_of<Any>::list>;

/// The names of a family's policies.
template <class Any>
std::span<const std::string_view> names_of() noexcept {
    return table<Any>::names;
}

template <class Any>
std::optional<stated<Any>> read_policy(reader& r, std::size_t depth) {
    constexpr family of = words_of<Any>::of;
    const piece name = r.take_word();
    if (name.text.empty()) {
        const piece here = r.peek();
        std::string message = with_article(of);
        message += " is expected here";
        if (here.text.empty())
            r.missing(std::move(message));
        else
            r.refuse(here, std::move(message));
        return {};
    }
    for (const entry<Any>& e : table<Any>::entries)
        if (e.name == name.text) return e.read(r, name, depth);
    std::string message;
    if (r.next() == '=') {
        message = quoted(name.text);
        message += " is expected to be ";
        message += with_article(of);
        message += "; arguments follow its name and a `:`";
    } else {
        message = "unknown ";
        message += to_string(of);
        message += ' ';
        message += quoted(name.text);
        if (const std::optional<family> other = family_of_policy(name.text)) {
            message += ", which is ";
            message += with_article(*other);
        } else {
            message += suggestion(name.text, names_of<Any>());
        }
    }
    r.refuse(name, std::move(message));
    return {};
}

/// A text that is one policy and nothing else.
template <class Any>
[[nodiscard]] result<stated<Any>> read_whole(piece text) {
    reader r{text};
    auto s = read_policy<Any>(r, 0);
    if (s && !r.at_end()) {
        if (r.take(',') || r.begins_policy(names_of<Any>()))
            r.refuse(r.rest(), reader::one_expected(words_of<Any>::of));
        else
            r.refuse(r.rest(), "nothing is expected after the policy");
    }
    if (r.wrong) return std::move(*r.wrong);
    s->assets = r.seen.assets;
    s->estimators = r.seen.estimators;
    return std::move(*s);
}

}  // namespace ballast::inline v0::spec::detail
