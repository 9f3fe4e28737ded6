/// What all stateful policies have in common: the calls with and without memory, observed and committed.
#pragma once

#include <concepts>

#include "../detail/named.hpp"
#include "decision.hpp"
#include "look.hpp"
#include "memory.hpp"
#include "timestamp.hpp"

namespace ballast::inline v0 {

namespace detail {
template <class P>
concept observing = requires(const P& p, const look& l, memory_of<P>& m) {
    { p.observe(l, m) }
    noexcept->std::same_as<void>;
};
template <class P>
concept committing = requires(const P& p, const decision& d, timestamp t, memory_of<P>& m) {
    { p.commit(d, t, m) }
    noexcept->std::same_as<void>;
};

/// A valuation of the account: the policy may learn from it.
template <class P>
void observe(const P& p, const look& l, memory_of<P>& m) noexcept {
    if constexpr (observing<P>) p.observe(l, m);
}

/// Orders of `d` were filled at `at`: the policy may remember it.
template <class P>
void commit(const P& p, const decision& d, timestamp at, memory_of<P>& m) noexcept {
    if constexpr (committing<P>) p.commit(d, at, m);
}

template <class P>
concept with_risk_need = requires {
    { P::needs } -> std::convertible_to<risk_need>;
};

template <class P>
[[nodiscard]] consteval risk_need need_of() noexcept {
    if constexpr (with_risk_need<P>)
        return P::needs;
    else
        return risk_need::nothing;
}

template <class... Ps>
[[nodiscard]] consteval risk_need largest_need() noexcept {
    return (risk_need::nothing | ... | need_of<Ps>());
}

template <class P>
concept with_runtime_needs = requires(const P& p) {
    { p.runtime_needs() }
    noexcept->std::same_as<risk_need>;
};

/// What this very policy needs: erased ones, and those made of them, tell it at run time.
template <class P>
[[nodiscard]] constexpr risk_need need_of(const P& p) noexcept {
    if constexpr (with_runtime_needs<P>)
        return p.runtime_needs();
    else
        return need_of<P>();
}

/// The sentences for members that have an optional name but another signature.
template <class P>
consteval bool check_optional_members() {
    static_assert(!names_observe<P> || observing<P>,
                  "ballast: this policy has a member `observe`, but not `void observe(const look&, memory&) const noexcept`");
    static_assert(!names_commit<P> || committing<P>,
                  "ballast: this policy has a member `commit`, but not `void commit(const decision&, timestamp, memory&) const noexcept`");
    static_assert(!names_validate<P> || has_validate<P>,
                  "ballast: this policy has a member `validate`, but not `configuration_fault validate() const`");
    static_assert(!names_covers<P> || has_covers<P>,
                  "ballast: this policy has a member `covers`, but not `bool covers(std::size_t) const`");
    static_assert(!names_needs<P> || with_risk_need<P>,
                  "ballast: this policy has a member `needs`, but not `static constexpr risk_need needs`");
    static_assert(
        lists_fields<memory_of<P>>,
        "ballast: this policy's memory has to list its fields: `template <class Self, class Visit> static void fields(Self&, Visit&&)`");
    static_assert(!names_prepare<memory_of<P>> || preparable<memory_of<P>>,
                  "ballast: this policy's memory has a member `prepare`, but not `void prepare(const sizes&)`");
    return true;
}
}  // namespace detail

}  // namespace ballast::inline v0
