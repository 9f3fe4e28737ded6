/// Fees in whole cents, or whatever the venue counts in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "../core/memory.hpp"
#include "../core/step.hpp"
#include "concept.hpp"
#include "detail/cost_ref.hpp"

namespace ballast::inline v0::cost {

/// Whom rounding a fee serves.
enum class fee_rounding : std::uint8_t {
    up,       ///< the venue: a fee becomes larger, a rebate smaller
    nearest,  ///< neither; half a step is rounded away from 0
    down,     ///< who pays: a fee becomes smaller, a rebate larger
};

/// A fee as whole steps. With q = |fee| / step: where q is within q·2^-50 of a whole number, it is that number, so that 0.07 counted out in
/// doubles is 7 cents and not 8. Otherwise it is the whole number above or below, as `to` says; for `nearest` the one above where q is half
/// a step or more above the one below, and what is within q·2^-50 of half a step is half a step. A step of 0 leaves the fee as it is, and so
/// does one of which there would be more than fit in 127 bits. The answer is the double nearest to the number of steps (core/step.hpp). O(1).
[[nodiscard]] constexpr double round_fee(double fee, const decimal_step& step, fee_rounding to) noexcept {
    if (step.continuous() || !step.valid() || fee == 0.0) return fee;
    const double ratio = detail::absolute(fee) / step.value();
    if (!(ratio < detail::two_to_52 / 8)) {  // from here on there is a whole number within 2^-50
        const step_count n = steps_toward_zero(fee, step);
        return n.overflow ? fee : quantity_of(n.steps, step);
    }
    const double below = detail::whole(ratio);
    double count = detail::whole(ratio + 0.5);
    if (count == 0.0 || !(detail::absolute(ratio - count) <= ratio * detail::snap)) {
        const bool away =
            to == fee_rounding::nearest ? ratio - below >= 0.5 - ratio * detail::snap : (to == fee_rounding::up) == (fee > 0.0);
        count = away ? below + 1.0 : below;
    }
    if (count == 0.0) return 0.0;
    return quantity_of(static_cast<int128>(static_cast<std::int64_t>(fee < 0.0 ? -count : count)), step);
}

/// The fee of each order as the venue rounds it: `rounded{proportional{.rate = 18_bps}}` goes up to the next cent, `rounded{fee, 0.001,
/// fee_rounding::nearest}` to the nearest thousandth. `round_fee` says precisely how. No order costs nothing; the smallest one costs a step
/// where the other cost is above 0 and is rounded up. What stands in it is rounded in one: to round each part of a sum, round the parts.
/// Where fees are not rounded up, orders of which they are less than a step are free, and a next call may find one.
///
/// The cost is a staircase, of general shape, its slope 0 wherever it has one. Without a step it is the other cost, shape and all; the
/// compiler can not know that, the object and its views tell.
template <class Inner>
struct rounded {
    static_assert(cost_model<Inner>, "ballast: cost::rounded needs a cost model as its first part");

    Inner inner{};                       ///< the other cost
    decimal_step step{1, -2};            ///< base currency; 0: not rounded
    fee_rounding to = fee_rounding::up;  ///< in whose favour

    static constexpr cost_shape shape = cost_shape::general;
    static constexpr const char* name = "rounded";

    /// Of a bound cost.
    template <class Bound>
    struct view_of {
        Bound inner;        ///< the other cost, bound
        const rounded* of;  ///< the model
        /// What is paid is rounded, too, and so is what is paid for a list of orders.
        /// @{
        [[nodiscard]] constexpr view_of<detail::paid_type<Bound>> paid() const noexcept requires partly_paid_cost<Bound> {
            return {detail::paid_of(inner), of};
        }
        [[nodiscard]] constexpr double batch() const noexcept requires batched_cost<Bound> {
            return round_fee(inner.batch(), of->step, of->to);
        }
        /// @}

        [[nodiscard]] constexpr double cost(std::size_t i, double x) const noexcept {
            return x == 0.0 ? 0.0 : round_fee(inner.cost(i, x), of->step, of->to);
        }
        [[nodiscard]] constexpr slope_interval marginal(std::size_t i, double x) const noexcept {
            return of->step.continuous() ? inner.marginal(i, x) : slope_interval{};
        }
        [[nodiscard]] constexpr double jump(std::size_t i) const noexcept {
            return of->step.continuous() ? detail::jump_of(inner, i) : cost(i, detail::next_to_nothing);
        }
        /// Only where the traits say so: where nothing is rounded.
        /// @{
        [[nodiscard]] constexpr linear_cost linear(std::size_t i) const noexcept requires detail::with_linear<Bound> {
            return inner.linear(i);
        }
        [[nodiscard]] constexpr response respond(std::size_t i, double price, double curvature, double centre, double lo,
                                                 double hi) const noexcept requires detail::with_respond<Bound> {
            return inner.respond(i, price, curvature, centre, lo, hi);
        }
        /// @}
        [[nodiscard]] constexpr cost_traits runtime_traits() const noexcept {
            if (!of->step.continuous()) return {};
            if constexpr (std::is_same_v<Bound, bound_cost_of<Inner>>)
                return detail::traits_of(of->inner);
            else if constexpr (detail::told_at_run_time<Bound>)
                return inner.runtime_traits();
            else
                return detail::traits_of_view<Bound>();
        }
    };
    using view = view_of<bound_cost_of<Inner>>;  ///< what `bind` gives
    [[nodiscard]] constexpr view bind(const look& l) const noexcept { return {inner.bind(l), this}; }

    [[nodiscard]] constexpr cost_traits runtime_traits() const noexcept {
        return step.continuous() ? detail::traits_of(inner) : cost_traits{};
    }
    [[nodiscard]] fault check(const look& l) const noexcept { return detail::check_call(inner, l); }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return detail::covers(inner, n); }
    [[nodiscard]] configuration_fault validate() const {
        if (!step.valid()) return {"rounded.step", step.value(), "must be a decimal step at or above 0"};
        return detail::validate(inner);
    }
};
template <class Inner>
rounded(Inner) -> rounded<Inner>;
template <class Inner>
rounded(Inner, decimal_step) -> rounded<Inner>;
template <class Inner>
rounded(Inner, decimal_step, fee_rounding) -> rounded<Inner>;

}  // namespace ballast::inline v0::cost
