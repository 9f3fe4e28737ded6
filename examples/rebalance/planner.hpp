// Deciding about an account.
#pragma once

#include <ballast/core/decision.hpp>
#include <ballast/core/timestamp.hpp>

#include <vector>

#include "book.hpp"
#include "factors.hpp"
#include "policy.hpp"

namespace host {

/// What a plan is asked for besides the book.
struct occasion {
    ballast::timestamp now{};
    ballast::timestamp last_trade = ballast::timestamp::never();
    double flow = 0.0;       ///< paid in, or below 0 to be paid out
    double unsettled = 0.0;  ///< of the book's cash
    std::vector<double> signals{};
    factor_model factors{};            ///< empty: the policy reads none
    std::vector<double> covariance{};  ///< of the book's assets; likewise
};

/// One proposal for the account as it is.
failure decide(const book& b, const named_policy& p, const occasion& when, ballast::decision& d);

}  // namespace host
