/// Triggers: when to act.
///
/// | expression                        | required | meaning                                                                          |
/// |-----------------------------------|----------|----------------------------------------------------------------------------------|
/// | `t.check(look[, memory])`         | yes      | `firing`: whether it fired, its measure and its threshold; `noexcept`             |
/// | `t.region(look[, memory], box)`   | no       | narrows the box to its live band, for solvers that stop at an edge                |
/// | `t.has_region()`                  | no       | false where it offers none after all; true without it                             |
/// | `t.explain(look, memory, leaf_sink&)` | no   | for composites: checks, and tells the sink of every leaf                          |
/// | `t.leaves()`                      | no       | how many leaves `explain` tells of at most; 1 without it                          |
/// | `memory`, `observe`, `commit`     | no       | what it remembers of an account: core/memory.hpp                                  |
/// | `needs`                           | no       | `risk_need`: what it reads of estimators, from `look.risk[i]` or `look.regime[i]` |
/// | `t.runtime_needs()`               | no       | the same, where only the object knows: of erased ones and those made of them      |
/// | `t.validate()`, `t.covers(n)`     | no       | configuration: core/configuration.hpp, core/memory.hpp                            |
///
/// Which one:
///
/// | wish                                                    | trigger                                                                   |
/// |---------------------------------------------------------|---------------------------------------------------------------------------|
/// | on given days                                           | calendar                                                                  |
/// | so long after the last trade; at every look             | every; every with an interval of 0                                        |
/// | when one asset is too far off                           | band; volatility_band where the width should follow the market            |
/// | when being off costs more than trading                  | optimal_band; cara_band where the targets are amounts                     |
/// | when a band will probably be left, before it is         | breach_probability                                                        |
/// | bands that follow a forecast, or the regime             | predictive_band; regime_band                                              |
/// | when cash came in, or is wanted                         | cash_flow                                                                 |
/// | when all of them together are too far off, cash included | distance                                                                 |
/// | when their risk together, by a covariance, is too large | tracking_error                                                            |
/// | when a number of the host's says so                     | signal                                                                    |
/// | when the account has lost too much                      | drawdown                                                                  |
/// | within hours, on days of the week, not about an event   | all_of{time_window, band}                                                 |
/// | bands, but looked at on given days only                 | all_of{calendar, band}                                                    |
/// | bands, and on given days in any case                    | any_of{band, calendar}                                                    |
/// | not again so soon; on until it is good enough           | cooldown; hysteresis                                                      |
/// | buy and hold                                            | never                                                                     |
///
/// Cash has no band: it is what the others leave over, and `distance` counts it. The smallest legal trigger is examples/custom/trigger.cpp.
#pragma once

#include <concepts>
#include <vector>

#include "../core/firing.hpp"
#include "../core/limits.hpp"
#include "../core/look.hpp"
#include "../core/memory.hpp"
#include "../core/policy.hpp"

namespace ballast::inline v0 {

/// Collects the firings of leaves, in the order in which they are told, as many as there is room for. Without a vector it drops them. Never
/// allocates.
class leaf_sink {
public:
    constexpr leaf_sink() noexcept = default;
    /// Appends to a vector, up to its capacity.
    explicit leaf_sink(std::vector<firing>& out) noexcept : out_{&out} {}
    /// Hears of one leaf.
    void operator()(const firing& f) noexcept {
        if (out_ != nullptr && out_->size() < out_->capacity()) out_->push_back(f);
    }

private:
    std::vector<firing>* out_ = nullptr;
};

namespace detail {
template <class T>
concept plain_check = requires(const T& t, const look& l) {
    { t.check(l) }
    noexcept->std::same_as<firing>;
};
template <class T>
concept memory_check = requires(const T& t, const look& l, const memory_of<T>& m) {
    { t.check(l, m) }
    noexcept->std::same_as<firing>;
};
template <class T>
concept plain_region = requires(const T& t, const look& l, const box& b) {
    { t.region(l, b) }
    noexcept->std::same_as<void>;
};
template <class T>
concept memory_region = requires(const T& t, const look& l, const memory_of<T>& m, const box& b) {
    { t.region(l, m, b) }
    noexcept->std::same_as<void>;
};
template <class T>
concept explaining = requires(const T& t, const look& l, const memory_of<T>& m, leaf_sink& s) {
    { t.explain(l, m, s) }
    noexcept->std::same_as<firing>;
};
template <class T>
concept with_has_region = requires(const T& t) {
    { t.has_region() }
    noexcept->std::same_as<bool>;
};
template <class T>
concept with_leaves = requires(const T& t) {
    { t.leaves() }
    noexcept->std::convertible_to<std::size_t>;
};
}  // namespace detail

/// What a trigger must have: a `check`. The table at the top of this header says what else it may have.
template <class T>
concept trigger_policy = detail::plain_check<T> || detail::memory_check<T>;

/// A trigger that offers the band inside which it stays quiet.
template <class T>
concept banded_trigger = trigger_policy<T> &&(detail::plain_region<T> || detail::memory_region<T>);

namespace detail {
template <trigger_policy T>
[[nodiscard]] firing check(const T& t, const look& l, const memory_of<T>& m) noexcept {
    if constexpr (memory_check<T>)
        return t.check(l, m);
    else
        return t.check(l);
}

/// Checks once and tells the sink of every leaf.
template <trigger_policy T>
[[nodiscard]] firing examine(const T& t, const look& l, const memory_of<T>& m, leaf_sink& sink) noexcept {
    if constexpr (explaining<T>) {
        return t.explain(l, m, sink);
    } else {
        const firing f = detail::check(t, l, m);  // qualified: not what else is found beside the trigger
        sink(f);
        return f;
    }
}

template <banded_trigger T>
void narrow_to_region(const T& t, const look& l, const memory_of<T>& m, const box& b) noexcept {
    if constexpr (memory_region<T>)
        t.region(l, m, b);
    else
        t.region(l, b);
}

/// Does this very trigger offer a region? Erased ones, and those made of them, tell it at run time.
template <trigger_policy T>
[[nodiscard]] constexpr bool has_region(const T& t) noexcept {
    if constexpr (banded_trigger<T> && with_has_region<T>)
        return t.has_region();
    else
        return banded_trigger<T>;
}

template <trigger_policy T>
[[nodiscard]] std::size_t leaf_count(const T& t) noexcept {
    if constexpr (with_leaves<T>)
        return t.leaves();
    else
        return 1;
}

/// Composites have a region where their parts have one, and lend the name to the others.
template <class T>
concept passes_region_on = requires {
    typename T::composite_tag;
};

template <class T>
consteval bool check_trigger() {
    static_assert(
        trigger_policy<T>,
        "ballast: a trigger needs `firing check(const look&) const noexcept` or `firing check(const look&, const memory&) const noexcept`");
    static_assert(
        !names_region<T> || banded_trigger<T> || passes_region_on<T>,
        "ballast: this trigger has a member `region`, but not `void region(const look&[, const memory&], const box&) const noexcept`");
    static_assert(
        !names_explain<T> || explaining<T>,
        "ballast: this trigger has a member `explain`, but not `firing explain(const look&, const memory&, leaf_sink&) const noexcept`");
    static_assert(!names_leaves<T> || with_leaves<T>,
                  "ballast: this trigger has a member `leaves`, but not `std::size_t leaves() const noexcept`");
    return check_optional_members<T>();
}

/// Weights are quotients of rounded numbers: one that lies within this of an edge is on it, and an edge is inside. (A weight of 0.55 is
/// 0.05 from a target of 0.5 as decimals go; in doubles it is 4e-17 further.)
inline constexpr double edge_tolerance = 1.0 / 281474976710656.0;  // 2^-48

[[nodiscard]] constexpr bool beyond(double measure, double threshold) noexcept { return measure - threshold > edge_tolerance; }
}  // namespace detail

}  // namespace ballast::inline v0
