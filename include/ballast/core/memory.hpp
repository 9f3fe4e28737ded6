/// What policies remember of one account, and how it is listed for saving.
///
/// A policy with something to remember has a nested type `memory`: default-constructible, copyable, with
///
/// - `template <class Self, class Visit> static void fields(Self& m, Visit&& visit)`, which calls `visit` once for each field, whatever it
///   holds. A field is a number, a bool, an enum, a `timestamp`, a `duration`, a `std::vector` of these, a struct with `fields`, or the
///   memory of other policies as `memories<Policies...>`; core/archive.hpp has the full table;
/// - where it has vectors, `void prepare(const sizes&)`, the only place where they grow.
///
/// Where what is remembered is known at run time only, the policy itself has `void prepare(memory&, const sizes&) const`, called after the
/// memory's own, and `bool prepared(const memory&) const noexcept`.
///
/// It also has a `static constexpr const char* name`, by which saved bytes know it, and may have `memory_version` (default 1), raised
/// whenever the fields change.
#pragma once

#include <concepts>
#include <type_traits>

#include "../detail/pack.hpp"
#include "inputs.hpp"

namespace ballast::inline v0 {

/// The memory of a policy that remembers nothing.
struct no_memory {
    template <class Self, class Visit>
    static constexpr void fields(Self&, Visit&&) noexcept {}
};

namespace detail {
template <class Policy>
concept has_memory = requires {
    typename Policy::memory;
};

template <class Policy>
struct memory_of_policy {
    using type = no_memory;
};
template <has_memory Policy>
struct memory_of_policy<Policy> {
    using type = typename Policy::memory;
};

template <class Policy>
concept has_covers = requires(const Policy& p, std::size_t n) {
    { p.covers(n) } -> std::same_as<bool>;
};

/// False where one of the policy's lists does not have one entry for each of n assets.
template <class Policy>
[[nodiscard]] constexpr bool covers(const Policy& p, std::size_t n) noexcept {
    if constexpr (has_covers<Policy>)
        return p.covers(n);
    else
        return true;
}

/// Stands for whoever visits fields.
struct any_visitor {
    template <class T>
    constexpr void operator()(T&&) const noexcept {}
};
template <class M>
concept lists_fields = requires(M& m, any_visitor v) {
    M::fields(m, v);
};

template <class T>
concept preparable = requires(T& t, const sizes& s) {
    t.prepare(s);
};

template <class T>
void prepare(T& t, const sizes& s) {
    if constexpr (preparable<T>) t.prepare(s);
}

/// What remembers prices can be told that the unit of an asset has changed.
template <class T>
concept adjustable = requires(T& t, std::size_t asset, double factor) {
    { t.adjust(asset, factor) }
    noexcept->std::same_as<void>;
};
/// An old price in new units; 0, as if there had been none, where that is no price.
[[nodiscard]] constexpr double adjusted_price(double price, double factor) noexcept {
    const double p = price * factor;
    return p - p == 0.0 ? p : 0.0;
}

/// A policy that puts into its memory, scratch or estimate what only it knows at run time: an erased one, or one that may be made of such.
template <class Policy, class Memory>
concept prepares = requires(const Policy& p, Memory& m, const sizes& s) {
    p.prepare(m, s);
};
template <class Policy, class Memory>
concept tells_prepared = requires(const Policy& p, const Memory& m) {
    { p.prepared(m) }
    noexcept->std::same_as<bool>;
};

/// What is left to do after `prepare(m, s)` for a memory that depends on the policy itself.
template <class Policy, class Memory>
void prepare_for(const Policy& p, Memory& m, const sizes& s) {
    if constexpr (prepares<Policy, Memory>) p.prepare(m, s);
}

/// False where the memory was not prepared for this policy.
template <class Policy, class Memory>
[[nodiscard]] constexpr bool prepared_for(const Policy& p, const Memory& m) noexcept {
    if constexpr (tells_prepared<Policy, Memory>)
        return p.prepared(m);
    else
        return true;
}
}  // namespace detail

/// The memory type of a policy, `no_memory` where it has none.
template <class Policy>
using memory_of = typename detail::memory_of_policy<Policy>::type;

/// The memory of a composite: one for each part, in order. Empty where no part has one.
template <class... Policies>
struct memories {
    [[no_unique_address]] detail::pack<memory_of<Policies>...> parts{};  ///< one of each

    void prepare(const sizes& s) {
        detail::for_each(parts, [&](auto& m) { detail::prepare(m, s); });
    }
    template <class Self, class Visit>
    static void fields(Self& m, Visit&& visit) {
        detail::for_each(m.parts, [&](auto& part) { visit(part); });
    }
};

}  // namespace ballast::inline v0
