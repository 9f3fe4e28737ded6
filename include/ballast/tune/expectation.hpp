/// What is to be expected of a policy.
#pragma once

#include <limits>

#include "../core/configuration.hpp"

namespace ballast::inline v0::tune {

/// The long-run figures of a policy, each per year. Where there is a `problem` they are NaN.
struct expectation {
    configuration_fault problem{};                                 ///< what can not be answered: which parameter, and why
    double log_growth = std::numeric_limits<double>::quiet_NaN();  ///< of the portfolio, after costs
    double rebalances = std::numeric_limits<double>::quiet_NaN();  ///< how many; infinite for a policy that trades all the time
    double turnover = std::numeric_limits<double>::quiet_NaN();    ///< one-way: ½·Σ|Δ position| over both, shares of the wealth before
    double traded = std::numeric_limits<double>::quiet_NaN();      ///< |Δ position| of the first asset alone
    double cost = std::numeric_limits<double>::quiet_NaN();        ///< what is paid, shares of the wealth before
    /// σ·√E(weight − target)²: volatility of the return less that of a portfolio always at its target, costs left aside.
    double tracking_error = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace ballast::inline v0::tune
