/// What tuning makes largest.
///
/// | expression             | required | meaning                                                                       |
/// |------------------------|----------|-------------------------------------------------------------------------------|
/// | `o.score(expectation)` | yes      | `double`, higher is better; `noexcept`                                        |
/// | `o.needs_tracking()`   | no       | false where it does not read the tracking error, the slowest figure of a calendar |
/// | `o.validate()`         | no       | configuration: core/configuration.hpp                                         |
#pragma once

#include <concepts>

#include "../core/arithmetic.hpp"
#include "expectation.hpp"

namespace ballast::inline v0::tune {

/// What a search can make largest. The table at the top of this header says what else it may have.
template <class O>
concept objective_policy = requires(const O& o, const expectation& e) {
    { o.score(e) }
    noexcept->std::same_as<double>;
};

/// log_growth − ½·risk_aversion·tracking_error²; without a risk aversion log growth after costs alone. Weights that drift to where growth is
/// higher are a gain: a target below the weight of highest growth is then best left behind for good, which is not what a target is for. The
/// objective where the target itself is that weight.
struct growth {
    double risk_aversion = 0.0;  ///< what a year's variance of the return against the target is worth in growth, twice

    /// The larger the better.
    [[nodiscard]] double score(const expectation& e) const noexcept {
        return risk_aversion == 0.0 ? e.log_growth : e.log_growth - 0.5 * risk_aversion * e.tracking_error * e.tracking_error;
    }
    /// Whether `score` reads the tracking error.
    [[nodiscard]] bool needs_tracking() const noexcept { return risk_aversion != 0.0; }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(risk_aversion >= 0.0) || !v0::detail::finite(risk_aversion))
            return {"growth.risk_aversion", risk_aversion, "must be finite and at or above 0"};
        return {};
    }
};

/// −cost − ½·risk_aversion·tracking_error²: the target is meant, and being off it is risk and nothing else. For an investor with this risk
/// aversion whose best weight the target is (`gbm_market::risk_aversion_for`) that is what is lost of the certainty equivalent per year, in the
/// mean-variance sense; with a risk aversion of 1 it is growth.
struct closeness {
    double risk_aversion = 1.0;  ///< above 0

    /// The larger the better.
    [[nodiscard]] double score(const expectation& e) const noexcept {
        return 0.0 - e.cost - 0.5 * risk_aversion * e.tracking_error * e.tracking_error;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(risk_aversion > 0.0) || !v0::detail::finite(risk_aversion))
            return {"closeness.risk_aversion", risk_aversion, "must be finite and above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::tune

namespace ballast::inline v0::detail {
template <class O>
concept with_needs_tracking = requires(const O& o) {
    { o.needs_tracking() }
    noexcept->std::same_as<bool>;
};
template <class O>
[[nodiscard]] bool needs_tracking(const O& o) noexcept {
    if constexpr (with_needs_tracking<O>)
        return o.needs_tracking();
    else
        return true;
}
}  // namespace ballast::inline v0::detail
