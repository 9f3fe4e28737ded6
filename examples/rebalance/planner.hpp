// Deciding about an account with open orders and frozen rows.
#pragma once

#include <ballast/core/decision.hpp>
#include <ballast/core/inputs.hpp>
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

/// Decides about the settled account. What can not be done before the open orders are filled is taken back. Where more would be sold than
/// is held, the row is bounded and the policy decides again. Where purchases would spend what open sales have still to bring, they are made
/// smaller by one common factor, in whole steps, and what is left over is spent where most is missing.
class planner {
public:
    planner(const book& b, const settled& s, const named_policy& p, ballast::timestamp now, ballast::timestamp last_trade);

    failure decide(ballast::decision& d);

private:
    void keep(std::size_t i, double most, ballast::why because);
    [[nodiscard]] ballast::inputs inputs() const;
    failure propose(ballast::decision& d) const;
    bool bound_sales(const ballast::decision& d);
    void cut_purchases(ballast::decision& d) const;

    const book& book_;
    const settled& settled_;
    const named_policy& policy_;
    ballast::timestamp now_;
    ballast::timestamp last_trade_;
    kept kept_{};
};

}  // namespace host
