// Deciding about an account with open orders and frozen rows.
#pragma once

#include <ballast/core/decision.hpp>
#include <ballast/core/timestamp.hpp>

#include <vector>

#include "book.hpp"
#include "kept.hpp"
#include "policy.hpp"

namespace host {

/// The account as it will be once the open orders are filled at the book's prices. Its value is that of the account as it is.
struct settled {
    std::vector<double> quantity{};
    double cash = 0.0;
    double at_hand = 0.0;  ///< cash without what open sales have still to bring
};

[[nodiscard]] settled settle(const book& b);

/// Decides about the settled account. What can not be done before the open orders are filled is taken back: selling more than is held and not on
/// sale already, and spending what open sales have still to bring. The rows concerned are bounded, and the policy decides again, so that
/// the others go along; what is left over then is spent where most is missing.
class planner {
public:
    planner(const book& b, const settled& s, const named_policy& p, ballast::timestamp now, ballast::timestamp last_trade);

    failure decide(ballast::decision& d);

private:
    void keep(std::size_t i, double most, ballast::why because);
    failure propose(ballast::decision& d) const;
    /// How much may still be sold of an asset.
    [[nodiscard]] double sellable(std::size_t i) const;
    /// Cash at hand after the list is filled at its limit prices, less what has to stay; below zero where it spends too much.
    [[nodiscard]] double left_over(const ballast::decision& d) const;
    bool bound_sales(const ballast::decision& d);
    bool bound_purchases(const ballast::decision& d, int attempt);
    failure spend_rest(ballast::decision& d);

    const book& book_;
    const settled& settled_;
    const named_policy& policy_;
    ballast::timestamp now_;
    ballast::timestamp last_trade_;
    kept kept_{};
};

}  // namespace host
