/// Target policies: where target weights come from, where the host does not give them.
///
/// | expression                                        | required | meaning                                                                     |
/// |---------------------------------------------------|----------|-----------------------------------------------------------------------------|
/// | `t.weights(look[, memory][, target_scratch&], out)` | yes    | writes one target per asset into `out`, a `span<double>`; `noexcept`; void, or the `fault` for which there are none |
/// | `static constexpr bool transforms`                | no       | true: it makes its targets from those that the host gives                   |
/// | `t.runtime_transforms()`                          | no       | the same, where only the object knows: of erased ones                       |
/// | `t.prepare(target_scratch&, sizes)`               | no       | room in the workspace for what it works with: numbers, or a type of its own |
/// | `memory`, `observe`, `commit`, `needs`            | no       | as for triggers                                                             |
/// | `t.validate()`, `t.covers(n)`                     | no       | configuration                                                               |
///
/// The look it is given has prices, positions, cash, value and risk views, but no weights, targets and drifts yet; where it `transforms`, it
/// has the host's targets, which are then required and may be any numbers: what is not finite is handed on, so that the decision names it.
/// Where it does not, targets of the host's own are a fault. `out` is no part of the look.
///
/// Models here: fixed, equal, inverse_volatility, risk_parity, minimum_variance, mean_variance, maximum_sharpe, glide_path; of the host's
/// targets: projected, smoothed, volatility_target, constant_leverage, cppi, tipp, mean_reversion, black_litterman. A small one of one's own is examples/custom/target.cpp.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "../core/detail/held_value.hpp"
#include "../core/look.hpp"
#include "../core/policy.hpp"

namespace ballast::inline v0 {

/// Memory of the workspace in which a target policy works. Warm or cold it changes no answer.
struct target_scratch {
    std::vector<double> numbers{};  ///< as many as the policy asked for
    detail::held_value own{};  ///< what else it works with, of a type of its own: `own.hold<T>()` when it prepares, `own.get<T>()` after

    /// Room for so many.
    void ask_for(std::size_t n) {
        if (numbers.size() < n) numbers.resize(n);
    }
    /// Whether there is.
    [[nodiscard]] bool holds(std::size_t n) const noexcept { return numbers.size() >= n; }
};

namespace detail {
template <class Result>
concept weights_result = std::same_as<Result, void> || std::same_as<Result, fault>;

template <class T>
concept plain_weights = requires(const T& t, const look& l, std::span<double> out) {
    { t.weights(l, out) }
    noexcept->weights_result;
};
template <class T>
concept memory_weights = requires(const T& t, const look& l, const memory_of<T>& m, std::span<double> out) {
    { t.weights(l, m, out) }
    noexcept->weights_result;
};
template <class T>
concept scratch_weights = requires(const T& t, const look& l, target_scratch& s, std::span<double> out) {
    { t.weights(l, s, out) }
    noexcept->weights_result;
};
template <class T>
concept memory_scratch_weights = requires(const T& t, const look& l, const memory_of<T>& m, target_scratch& s, std::span<double> out) {
    { t.weights(l, m, s, out) }
    noexcept->weights_result;
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
concept target_policy =
    detail::plain_weights<T> || detail::memory_weights<T> || detail::scratch_weights<T> || detail::memory_scratch_weights<T>;

namespace detail {
template <class F>
[[nodiscard]] fault as_fault(F&& f) noexcept {
    if constexpr (std::is_void_v<decltype(f())>)
        return f(), fault{};
    else
        return f();
}
template <target_policy T>
[[nodiscard]] fault weights(const T& t, const look& l, const memory_of<T>& m, target_scratch& s, std::span<double> out) noexcept {
    return as_fault([&]() noexcept {
        if constexpr (memory_scratch_weights<T>)
            return t.weights(l, m, s, out);
        else if constexpr (scratch_weights<T>)
            return t.weights(l, s, out);
        else if constexpr (memory_weights<T>)
            return t.weights(l, m, out);
        else
            return t.weights(l, out);
    });
}
}  // namespace detail

namespace target {
/// The chances that a floor is broken, because it can be kept from rebalance to rebalance only: of `cppi` and `tipp`.
struct gap_risk {
    double period = 0.0;   ///< within one period, where it stood at its beginning
    double horizon = 0.0;  ///< at least once until the horizon
};
}  // namespace target

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
