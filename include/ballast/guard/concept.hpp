/// Guards: what must never happen, and whether it is worth it.
///
/// | expression                    | required       | meaning                                                                       |
/// |-------------------------------|----------------|-------------------------------------------------------------------------------|
/// | `g.narrow(look[, memory], limits&)` | one of the two | narrows weights, trades or turnover before the solver: nothing is shrunk later |
/// | `g.check(proposal[, memory])` | one of the two | `verdict`: pass, hold the proposal back, or block it                           |
/// | `g.check(proposal[, memory], const char*& name)` | no | for guards made of others: the same, and the name of the one that says so; beside the first |
/// | `static constexpr name`       | yes            | told in the decision                                                          |
/// | `memory`, `observe`, `commit` | no             | as for triggers: what a breaker that opened has to know                        |
/// | `g.validate()`, `g.covers(n)` | no             | configuration                                                                 |
///
/// Guards here: depth, max_turnover, max_trade, participation, stale_price, worth_it. A small one of one's own is examples/custom/guard.cpp.
#pragma once

#include <concepts>
#include <cstdint>

#include "../core/decision.hpp"
#include "../core/limits.hpp"
#include "../core/look.hpp"
#include "../core/policy.hpp"

namespace ballast::inline v0 {

/// What a guard says of a proposal.
enum class verdict : std::uint8_t {
    pass,
    hold,   ///< not worth it: no orders
    block,  ///< not allowed: no orders
};

/// What guards judge.
struct proposal {
    const v0::look& look;          ///< what was decided on
    const v0::decision& decision;  ///< with its orders, costs and turnover
    v0::weighing* note = nullptr;  ///< where a guard may write down what it weighed: the decision tells it
};

namespace detail {
template <class G>
concept remembering_limiting_guard = requires(const G& g, const look& l, const memory_of<G>& m, limits& lim) {
    { g.narrow(l, m, lim) }
    noexcept->std::same_as<void>;
};
template <class G>
concept limiting_guard = remembering_limiting_guard<G> || requires(const G& g, const look& l, limits& lim) {
    { g.narrow(l, lim) }
    noexcept->std::same_as<void>;
};
template <class G>
concept remembering_judging_guard = requires(const G& g, const proposal& p, const memory_of<G>& m) {
    { g.check(p, m) }
    noexcept->std::same_as<verdict>;
};
template <class G>
concept judging_guard = remembering_judging_guard<G> || requires(const G& g, const proposal& p) {
    { g.check(p) }
    noexcept->std::same_as<verdict>;
};
template <class G>
concept remembering_naming_guard = requires(const G& g, const proposal& p, const memory_of<G>& m, const char*& name) {
    { g.check(p, m, name) }
    noexcept->std::same_as<verdict>;
};
template <class G>
concept naming_guard = remembering_naming_guard<G> || requires(const G& g, const proposal& p, const char*& name) {
    { g.check(p, name) }
    noexcept->std::same_as<verdict>;
};

template <limiting_guard G>
void narrow(const G& g, const look& l, [[maybe_unused]] const memory_of<G>& m, limits& lim) noexcept {
    if constexpr (remembering_limiting_guard<G>)
        g.narrow(l, m, lim);
    else
        g.narrow(l, lim);
}
/// What the guard says of a proposal, and the name of the one that says so.
template <judging_guard G>
[[nodiscard]] verdict judge(const G& g, const proposal& p, [[maybe_unused]] const memory_of<G>& m, const char*& name) noexcept {
    name = G::name;
    if constexpr (remembering_naming_guard<G>)
        return g.check(p, m, name);
    else if constexpr (naming_guard<G>)
        return g.check(p, name);
    else if constexpr (remembering_judging_guard<G>)
        return g.check(p, m);
    else
        return g.check(p);
}
template <class G>
consteval bool check_guard() {
    static_assert(!names_narrow<G> || limiting_guard<G>,
                  "ballast: this guard has a member `narrow`, but not `void narrow(const look&[, const memory&], limits&) const noexcept`");
    static_assert(!names_check<G> || judging_guard<G>,
                  "ballast: this guard has a member `check`, but not `verdict check(const proposal&[, const memory&]) const noexcept`");
    return check_optional_members<G>();
}
}  // namespace detail

/// What a guard must have: a name, and `narrow` or `check`. The table at the top of this header says what else it may have.
template <class G>
concept guard_policy = (detail::limiting_guard<G> || detail::judging_guard<G>)&&requires {
    { G::name } -> std::convertible_to<const char*>;
};

}  // namespace ballast::inline v0
