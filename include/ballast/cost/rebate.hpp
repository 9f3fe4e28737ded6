/// What a venue pays for trading.
#pragma once

#include <cstddef>

#include "../core/memory.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// The other cost with its sign turned, paid to the account: `rebate{sum{fixed{.amount = 1.0}, proportional{.rate = 2_bps}}}`. For what the
/// other models refuse because trading back and forth would earn money: a rebate on both sides, or a fixed one. Beside a fee it stands in a
/// sum. The shape is general: where a rebate is less than a fee that is always paid, the net rate, or a rebate on one side as a negative
/// rate of `proportional` or `per_unit`, serves solvers better. What the other cost takes for a whole list of orders (`batch`) is not paid back.
template <class Inner>
struct rebate {
    static_assert(cost_model<Inner>, "ballast: cost::rebate needs a cost model as its first part");

    Inner inner{};  ///< what is paid back

    static constexpr cost_shape shape = cost_shape::general;
    static constexpr const char* name = "rebate";

    /// Of a bound cost.
    template <class Bound>
    struct view_of {
        Bound inner;  ///< the other cost, bound
        /// What is paid of the other cost is paid back.
        [[nodiscard]] constexpr view_of<detail::paid_type<Bound>> paid() const noexcept requires partly_paid_cost<Bound> {
            return {detail::paid_of(inner)};
        }

        [[nodiscard]] constexpr double cost(std::size_t i, double x) const noexcept { return 0.0 - inner.cost(i, x); }
        [[nodiscard]] constexpr slope_interval marginal(std::size_t i, double x) const noexcept {
            const slope_interval s = inner.marginal(i, x);
            return {0.0 - s.high, 0.0 - s.low};
        }
        [[nodiscard]] constexpr double jump(std::size_t i) const noexcept { return 0.0 - detail::jump_of(inner, i); }
    };
    using view = view_of<bound_cost_of<Inner>>;  ///< what `bind` gives
    [[nodiscard]] constexpr view bind(const look& l) const noexcept { return {inner.bind(l)}; }
    [[nodiscard]] fault check(const look& l) const noexcept { return detail::check_call(inner, l); }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return detail::covers(inner, n); }
    [[nodiscard]] configuration_fault validate() const { return detail::validate(inner); }
};
template <class Inner>
rebate(Inner) -> rebate<Inner>;

}  // namespace ballast::inline v0::cost
