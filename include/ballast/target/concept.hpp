/// Target policies: where target weights come from, where the host does not give them.
///
/// | expression                                | required | meaning                                                          |
/// |-------------------------------------------|----------|------------------------------------------------------------------|
/// | `t.weights(look[, memory], span<double>)` | yes      | writes one target per asset; `noexcept`                          |
/// | `static constexpr bool transforms`        | no       | true: it makes its targets from those that the host gives        |
/// | `t.runtime_transforms()`                  | no       | the same, where only the object knows: of erased ones            |
/// | `memory`, `observe`, `commit`, `needs`    | no       | as for triggers                                                  |
/// | `t.validate()`, `t.covers(n)`             | no       | configuration                                                    |
///
/// The look it is given has prices, positions, cash, value and risk views, but no weights, targets and drifts yet; where it `transforms`, it
/// has the host's targets, which are then required. Where it does not, targets of the host's own are a fault.
///
/// Models here: fixed, equal. A small one of one's own is examples/custom/target.cpp.
#pragma once

#include <concepts>
#include <span>
#include <type_traits>

#include "../core/look.hpp"
#include "../core/policy.hpp"

namespace ballast::inline v0 {

namespace detail {
template <class T>
concept plain_weights = requires(const T& t, const look& l, std::span<double> out) {
    { t.weights(l, out) }
    noexcept->std::same_as<void>;
};
template <class T>
concept memory_weights = requires(const T& t, const look& l, const memory_of<T>& m, std::span<double> out) {
    { t.weights(l, m, out) }
    noexcept->std::same_as<void>;
};
template <class T>
concept with_transforms = requires {
    typename std::bool_constant<T::transforms>;
};
template <class T>
[[nodiscard]] consteval bool transforms() noexcept {
    if constexpr (with_transforms<T>)
        return T::transforms;
    else
        return false;
}
template <class T>
concept with_runtime_transforms = requires(const T& t) {
    { t.runtime_transforms() }
    noexcept->std::same_as<bool>;
};
/// The same of this very policy: erased ones tell it at run time.
template <class T>
[[nodiscard]] constexpr bool transforms(const T& t) noexcept {
    if constexpr (with_runtime_transforms<T>)
        return t.runtime_transforms();
    else
        return transforms<T>();
}
}  // namespace detail

/// What a target policy must have: `weights`. The table at the top of this header says what else it may have.
template <class T>
concept target_policy = detail::plain_weights<T> || detail::memory_weights<T>;

namespace detail {
template <target_policy T>
void weights(const T& t, const look& l, const memory_of<T>& m, std::span<double> out) noexcept {
    if constexpr (memory_weights<T>)
        t.weights(l, m, out);
    else
        t.weights(l, out);
}
}  // namespace detail

namespace detail {
/// The sentences for members that have an optional name but another signature.
template <class T>
consteval bool check_target() {
    static_assert(!names_transforms<T> || with_transforms<T>,
                  "ballast: this target policy has a member `transforms`, but not `static constexpr bool transforms`");
    return check_optional_members<T>();
}
}  // namespace detail

}  // namespace ballast::inline v0
