/// A rebalancer in parts, as texts name them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../any.hpp"
#include "description.hpp"
#include "detail/costs.hpp"
#include "detail/estimators.hpp"
#include "detail/others.hpp"
#include "detail/targets.hpp"
#include "detail/triggers.hpp"
#include "result.hpp"

namespace ballast::inline v0::spec {

/// What a policy text says: `policy(text)` gives one, or a host adds field by field what its options say:
///
///     spec::composition c;
///     if (const auto wrong = c.add("trigger", "band:absolute=0.05")) return refuse(*wrong);
///     if (const auto wrong = c.add("cost", "proportional:bps=10")) return refuse(*wrong);
///     const spec::result<any_rebalancer> r = c.build();
///
/// Fields are `trigger`, `cost`, `guard`, `estimator`, each any number of times, and once `solver`, `target`, `sizing`, `all` and the
/// members of the mandate: `reserve`, `reserve_amount`, `leverage`, `net_leverage`, `allow_short`, `bad_price`, `proceeds`, `money_step`.
struct composition {
    std::string name{};                               ///< before the colon; "" where there is none
    std::vector<stated<any_trigger>> triggers{};      ///< one at least
    bool all = false;                                 ///< all of them have to fire, not any of them
    std::vector<stated<any_cost>> costs{};            ///< summed; none: trading costs nothing
    std::optional<stated<any_solver>> solver{};       ///< none: to_target
    std::vector<stated<any_guard>> guards{};          ///< in any order
    std::optional<stated<any_target>> target{};       ///< none: the host gives targets with every call
    std::vector<stated<any_estimator>> estimators{};  ///< in the order by which policies name them
    std::optional<stated<any_sizing>> sizing{};       ///< none: reconciled
    v0::mandate mandate{};                            ///< the default one unless said

    /// Reads one field more; what is wrong, with its place in `text`. Nothing was added then. For `all` and `allow_short` the text may be
    /// empty.
    [[nodiscard]] std::optional<fault> add(std::string_view field, std::string_view text);

    /// What keeps the parts from going together: no trigger, a solver that needs a band where there is none, a policy that needs an
    /// estimator, lists for different numbers of assets. The place is that in `to_text(*this)`.
    [[nodiscard]] std::optional<fault> check() const;

    /// Entries of the lists of numbers: how many assets the book has to have. 0 where no policy has a list.
    [[nodiscard]] std::size_t assets() const noexcept;

    /// The triggers as one; empty where there is none.
    [[nodiscard]] any_trigger joined_trigger() const;
    /// The costs as one.
    [[nodiscard]] any_cost joined_cost() const;
    /// The rebalancer, or what `check` says.
    [[nodiscard]] result<any_rebalancer> build() const;
};

/// A text that gives the composition back: every field that is not the default.
[[nodiscard]] std::string to_text(const composition& c);

namespace detail {
template <class Any>
[[nodiscard]] bool knows(std::string_view name) noexcept {
    for (const std::string_view n : names_of<Any>())
        if (n == name) return true;
    return false;
}
inline std::optional<family> family_of_policy(std::string_view name) noexcept {
    if (knows<any_trigger>(name)) return family::trigger;
    if (knows<any_cost>(name)) return family::cost;
    if (knows<any_solver>(name)) return family::solver;
    if (knows<any_guard>(name)) return family::guard;
    if (knows<any_target>(name)) return family::target;
    if (knows<any_estimator>(name)) return family::estimator;
    if (knows<any_sizing>(name)) return family::sizing;
    return {};
}

/// Where a part of a composition stands in a text.
struct placed {
    family of = family::trigger;
    std::size_t index = 0;
    piece where{};
};
/// Why parts do not go together, and which of them is to blame.
struct mismatch {
    family of = family::trigger;
    std::size_t index = 0;
    std::string message{};
};

/// f(family, index, stated) for each part but the mandate, until it says true.
template <class F>
void any_part(const composition& c, F&& f) {
    for (std::size_t i = 0; i < c.triggers.size(); ++i)
        if (f(family::trigger, i, c.triggers[i])) return;
    for (std::size_t i = 0; i < c.costs.size(); ++i)
        if (f(family::cost, i, c.costs[i])) return;
    if (c.solver && f(family::solver, 0u, *c.solver)) return;
    for (std::size_t i = 0; i < c.guards.size(); ++i)
        if (f(family::guard, i, c.guards[i])) return;
    if (c.target && f(family::target, 0u, *c.target)) return;
    for (std::size_t i = 0; i < c.estimators.size(); ++i)
        if (f(family::estimator, i, c.estimators[i])) return;
    if (c.sizing) f(family::sizing, 0u, *c.sizing);
}

template <class Policy>
[[nodiscard]] std::vector<Policy> policies_of(const std::vector<stated<Policy>>& parts) {
    std::vector<Policy> all;
    for (const auto& part : parts) all.push_back(part.policy);
    return all;
}
[[nodiscard]] inline any_solver solver_of(const composition& c) { return c.solver ? c.solver->policy : any_solver{solver::to_target{}}; }
[[nodiscard]] inline std::optional<any_target> target_of(const composition& c) {
    if (!c.target) return {};
    return c.target->policy;
}
[[nodiscard]] inline any_sizing sizing_of(const composition& c) { return c.sizing ? c.sizing->policy : any_sizing{sizing::reconciled{}}; }

template <class Policy>
[[nodiscard]] bool needs_any(const Policy& p, risk_need of) noexcept {
    return (v0::detail::need_of(p) & of) != risk_need::nothing;
}

[[nodiscard]] inline std::optional<mismatch> find_mismatch(const composition& c) {
    std::optional<mismatch> found;
    if (c.triggers.empty())
        return mismatch{family::trigger, 0, "a trigger is missing: trigger=band:absolute=0.05, or trigger=every:0s to act on every look"};
    std::size_t assets = 0;
    any_part(c, [&](family of, std::size_t i, const auto& part) {
        if (part.assets != 0 && assets != 0 && part.assets != assets) {
            found = mismatch{
                of, i, "a list of " + std::to_string(part.assets) + ", where another one is of " + std::to_string(assets) + " assets"};
            return true;
        }
        if (part.assets != 0) assets = part.assets;
        if (part.estimators > c.estimators.size() && !c.estimators.empty()) {
            std::string message = "estimator ";
            message += std::to_string(part.estimators - 1);
            message += " is asked for, but the last one is estimator ";
            message += std::to_string(c.estimators.size() - 1);
            found = mismatch{of, i, std::move(message)};
            return true;
        }
        return false;
    });
    if (found) return found;
    const configuration_fault f = any_rebalancer::check(c.joined_trigger(), c.joined_cost(), solver_of(c), policies_of(c.guards),
                                                        target_of(c), policies_of(c.estimators), c.mandate, sizing_of(c));
    if (!f) return {};
    const std::string_view parameter = f.parameter;
    if (parameter == "solver.needs_region")
        return mismatch{family::solver, 0,
                        "this solver goes to the edge of a band, but the trigger has none; use a trigger with a band, or to_target"};
    if (parameter == "cost.shape") return mismatch{family::solver, 0, f.range};
    if (parameter == "policy.needs") {
        const auto missing = static_cast<risk_need>(f.value);
        const bool volatility = (missing & risk_need::volatility) != risk_need::nothing;
        any_part(c, [&](family of, std::size_t i, const auto& part) {
            if (!needs_any(part.policy, volatility ? risk_need::volatility : risk_need::regimes)) return false;
            found = mismatch{of, i,
                             volatility ? "volatilities are needed, but there is no estimator; add estimator=ewma or estimator=given"
                                        : "regimes are needed, but no estimator tells them; add estimator=hamilton:... or "
                                          "estimator=given_regimes"};
            return true;
        });
        if (found) return found;
    }
    // A part that a host put in without asking.
    found = mismatch{parameter.starts_with("mandate.") ? family::mandate : family::trigger, 0, std::string{parameter} + ": " + f.range};
    any_part(c, [&](family of, std::size_t i, const auto& part) {
        if (!part.policy.validate()) return false;
        found->of = of;
        found->index = i;
        return true;
    });
    return found;
}

/// The fault at the place of the part that is to blame, or at the end where it is not in the text.
[[nodiscard]] inline fault fault_of(mismatch m, const std::vector<placed>& places, std::size_t end) {
    for (const placed& p : places)
        if (p.of == m.of && p.index == m.index) return wrong(p.where, std::move(m.message));
    return {end, 0, std::move(m.message)};
}

/// The fields of a policy text; where its parts stand in it.
[[nodiscard]] inline std::string write(const composition& c, std::vector<placed>& places) {
    std::string text = c.name;
    bool first = true;
    const auto begin_field = [&] {
        if (first && !c.name.empty()) text += ": ";
        if (!first) text += "; ";
        first = false;
    };
    const auto field = [&](family of, std::size_t i, std::string_view name, const std::string& value) {
        begin_field();
        text += name;
        text += '=';
        places.push_back({of, i, {{}, text.size()}});
        text += value;
    };
    any_part(c, [&](family of, std::size_t i, const auto& part) {
        field(of, i, to_string(of), part.text);
        if (of == family::trigger && c.all && i + 1 == c.triggers.size()) {
            begin_field();
            text += "all";
        }
        return false;
    });
    v0::mandate m = c.mandate;
    v0::mandate plain;
    const std::string of_mandate =
        arguments_text(slots_of<vocabulary<v0::mandate>>(m), slots_of<vocabulary<v0::mandate>>(plain), "; ", false);
    if (!of_mandate.empty()) {
        begin_field();
        places.push_back({family::mandate, 0, {{}, text.size()}});
        text += of_mandate;
    }
    for (placed& p : places) {
        const std::size_t end = p.of == family::mandate ? text.size() : text.find(';', p.where.at);
        p.where.text = std::string_view{text}.substr(p.where.at, end == std::string::npos ? end : end - p.where.at);
    }
    return text;
}

/// What a field is: its name, where it stands, what it says.
struct field_text {
    piece name{};
    piece value{};
    bool has_value = false;
};

template <class Any>
[[nodiscard]] std::optional<fault> add_to(std::vector<stated<Any>>& parts, piece text) {
    auto part = read_whole<Any>(text);
    if (!part) return part.fault();
    parts.push_back(*std::move(part));
    return {};
}
template <class Any>
[[nodiscard]] std::optional<fault> add_to(std::optional<stated<Any>>& only, piece text) {
    auto part = read_whole<Any>(text);
    if (!part) return part.fault();
    only = *std::move(part);
    return {};
}

/// "`band` is a trigger, and so stands in a field: trigger=band"
[[nodiscard]] inline std::string in_field(std::string_view policy, family of) {
    std::string s = quoted(policy);
    s += " is ";
    s += with_article(of);
    s += ", and so stands in a field: ";
    s += to_string(of);
    s += '=';
    s += policy;
    return s;
}

/// Reads one field. `given` are the fields that may not come again.
[[nodiscard]] inline std::optional<fault> add_field(composition& c, const field_text& field, std::vector<std::string>& given) {
    const std::string_view name = field.name.text;
    const auto needs_value = [&](const char* example) -> std::optional<fault> {
        if (field.has_value) return {};
        return wrong(field.name, quoted(name) + " needs a value, such as " + example);
    };
    const auto once = [&]() -> std::optional<fault> {
        for (const std::string& g : given)
            if (g == name) return wrong(field.name, quoted(name) + " was given already");
        return {};
    };
    const auto policy = [&](auto& to, const char* example, bool only_once) -> std::optional<fault> {
        if (auto f = needs_value(example)) return f;
        if (only_once)
            if (auto f = once()) return f;
        if (auto f = add_to(to, field.value)) return f;
        if (only_once) given.emplace_back(name);
        return {};
    };
    if (name == "trigger") return policy(c.triggers, "trigger=band:absolute=0.05", false);
    if (name == "cost") return policy(c.costs, "cost=proportional:10bps", false);
    if (name == "guard") return policy(c.guards, "guard=max_turnover:0.2", false);
    if (name == "estimator") return policy(c.estimators, "estimator=ewma", false);
    if (name == "solver") return policy(c.solver, "solver=to_target", true);
    if (name == "target") return policy(c.target, "target=equal", true);
    if (name == "sizing") return policy(c.sizing, "sizing=reconciled:collar=50bps", true);

    const auto value_of_slot = [&](slot& s) -> std::optional<fault> {
        if (auto f = once()) return f;
        if (!field.has_value && !s.type->flag) return wrong(field.name, quoted(name) + " needs a value");
        notes ignored;
        const piece value = field.has_value ? field.value : piece{"true", field.name.at};
        if (value.text.empty()) return wrong(value, quoted(name) + " needs a value");
        if (auto f = s.type->read(s, value, 0, ignored)) return f;
        s.given = true;
        s.value = value;
        return {};
    };
    if (name == "all") {
        bool all = false;
        slot s{about{"all", "", ""}, &all, &value_of<bool>::type, false, {}};
        if (auto f = value_of_slot(s)) return f;
        c.all = all;
        given.emplace_back(name);
        return {};
    }
    v0::mandate changed = c.mandate;
    auto all_slots = slots_of<vocabulary<v0::mandate>>(changed);
    for (slot& s : all_slots) {
        if (s.what.name != name) continue;
        if (auto f = value_of_slot(s)) return f;
        if (const configuration_fault f = changed.validate()) return refusal(f, all_slots, field.name);
        c.mandate = changed;
        given.emplace_back(name);
        return {};
    }
    std::vector<std::string_view> known{"trigger", "cost", "solver", "guard", "target", "estimator", "sizing", "all"};
    for (const slot& s : all_slots) known.push_back(s.what.name);
    std::string message = "unknown field ";
    message += quoted(name);
    const std::string_view word = name.substr(0, name.find_first_of(" :("));
    if (const std::optional<family> of = family_of_policy(word)) {
        message += "; ";
        message += in_field(word, *of);
    } else {
        message += suggestion(name, known);
    }
    return wrong(field.name, std::move(message));
}

/// Where the part that was read last stands.
inline void note_place(const composition& c, const field_text& field, std::vector<placed>& places) {
    for (const family of :
         {family::trigger, family::cost, family::solver, family::guard, family::target, family::estimator, family::sizing})
        if (field.name.text == to_string(of)) {
            const std::size_t index = of == family::trigger     ? c.triggers.size() - 1
                                      : of == family::cost      ? c.costs.size() - 1
                                      : of == family::guard     ? c.guards.size() - 1
                                      : of == family::estimator ? c.estimators.size() - 1
                                                                : 0;
            places.push_back({of, index, field.value});
        }
}

/// The fields that may not come again and that a composition has: of the mandate, those that are not the default.
[[nodiscard]] inline std::vector<std::string> given_in(composition c) {
    std::vector<std::string> given;
    if (c.solver) given.emplace_back("solver");
    if (c.target) given.emplace_back("target");
    if (c.sizing) given.emplace_back("sizing");
    if (c.all) given.emplace_back("all");
    v0::mandate plain;
    const auto of_mandate = slots_of<vocabulary<v0::mandate>>(c.mandate);
    const auto of_plain = slots_of<vocabulary<v0::mandate>>(plain);
    for (std::size_t i = 0; i < of_mandate.size(); ++i)
        if (of_mandate[i].type->write(of_mandate[i]) != of_plain[i].type->write(of_plain[i])) given.emplace_back(of_mandate[i].what.name);
    return given;
}

/// Takes from the other what was not given here.
inline void complete(composition& c, const composition& others, const std::vector<std::string>& given) {
    const auto is_given = [&](std::string_view name) {
        for (const std::string& g : given)
            if (g == name) return true;
        return false;
    };
    if (c.triggers.empty()) {
        c.triggers = others.triggers;
        if (!is_given("all")) c.all = others.all;
    }
    if (c.costs.empty()) c.costs = others.costs;
    if (!c.solver) c.solver = others.solver;
    if (c.guards.empty()) c.guards = others.guards;
    if (!c.target) c.target = others.target;
    if (c.estimators.empty()) c.estimators = others.estimators;
    if (!c.sizing) c.sizing = others.sizing;
    v0::mandate of_others = others.mandate;
    const auto to = slots_of<vocabulary<v0::mandate>>(c.mandate);
    const auto from = slots_of<vocabulary<v0::mandate>>(of_others);
    for (std::size_t i = 0; i < to.size(); ++i)
        if (!is_given(to[i].what.name)) to[i].type->copy(to[i], from[i]);
}
}  // namespace detail

inline std::optional<fault> composition::add(std::string_view field, std::string_view text) {
    const detail::piece value = detail::piece{text, 0}.trimmed();
    auto given = detail::given_in(*this);
    constexpr std::size_t elsewhere = static_cast<std::size_t>(-1);  // the field's name is not in the text
    auto f = detail::add_field(*this, {{field, elsewhere}, value, !value.text.empty()}, given);
    if (f && (f->at == elsewhere || text.empty())) return fault{0, 0, std::move(f->message)};
    return f;
}

inline std::optional<fault> composition::check() const {
    auto m = detail::find_mismatch(*this);
    if (!m) return {};
    std::vector<detail::placed> places;
    const std::string text = detail::write(*this, places);
    return detail::fault_of(std::move(*m), places, text.size());
}

inline std::size_t composition::assets() const noexcept {
    std::size_t n = 0;
    detail::any_part(*this, [&](family, std::size_t, const auto& part) {
        n = part.assets;
        return n != 0;
    });
    return n;
}

inline any_trigger composition::joined_trigger() const {
    std::vector<any_trigger> parts = detail::policies_of(triggers);
    if (parts.size() == 1) return std::move(parts[0]);
    return all ? detail::joined<trigger::all_of>(parts) : detail::joined<trigger::any_of>(parts);
}

inline any_cost composition::joined_cost() const {
    if (costs.empty()) return cost::zero{};
    if (costs.size() == 1) return costs[0].policy;
    return any_costs{detail::policies_of(costs)};
}

inline result<any_rebalancer> composition::build() const {
    if (auto f = check()) return std::move(*f);
    return any_rebalancer{joined_trigger(),
                          joined_cost(),
                          detail::solver_of(*this),
                          detail::policies_of(guards),
                          detail::target_of(*this),
                          detail::policies_of(estimators),
                          mandate,
                          detail::sizing_of(*this)};
}

inline std::string to_text(const composition& c) {
    std::vector<detail::placed> places;
    return detail::write(c, places);
}

}  // namespace ballast::inline v0::spec
