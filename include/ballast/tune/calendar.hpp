/// What is to be expected of rebalancing at fixed times.
#pragma once

#include <initializer_list>

#include "detail/lognormal.hpp"
#include "detail/odds.hpp"

namespace ballast::inline v0::tune {

/// All the way to the target every so often: `trigger::every` or `trigger::calendar` with `solver::to_target`.
struct calendar {
    double interval = 1.0 / 12.0;  ///< years; 0: all the time; infinite: never

    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(interval >= 0.0)) return {"calendar.interval", interval, "must be a time at or above 0 (years)"};
        return {};
    }
};

/// With X normal, of mean νΔ and variance σ²Δ, wealth grows over an interval Δ in units of the other asset by 1 + T(e^X − 1), the weight is
/// off by what X has moved it, and costs are paid for that: integrals over X, by Gauss's rule on panels between the kinks that costs make, to
/// about 1e-13. The target has to be from 0 to 1: a leveraged or short portfolio may be ruined between two dates. Some 10 to 50 μs, a few
/// times that with the tracking error; allocates nothing.
[[nodiscard]] inline expectation expect(const gbm_market& m, double target, const calendar& policy, const costs& c = {}) noexcept {
    configuration_fault f = v0::detail::check_tuning(m, target, c);
    if (!f) f = policy.validate();
    if (!f && !(target >= 0.0 && target <= 1.0))
        f = {"target", target, "must be from 0 to 1 for a calendar: a leveraged or short portfolio may be ruined between two dates"};
    // The most there is to trade: where one of the two is next to worthless.
    if (!f && target > 0.0 && target < 1.0)
        for (const double way : {target, target - 1.0})
            if (!(v0::detail::rebalanced(target, way, c).paid < 1.0)) f = {"costs.fixed", c.fixed, "must leave something of a portfolio"};
    if (f) return v0::detail::no_answer(f);
    return v0::detail::expect_calendar(m, target, policy.interval, c, true);
}

}  // namespace ballast::inline v0::tune
