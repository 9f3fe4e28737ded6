// Making the purchases of a trade list smaller.
#pragma once

#include <ballast/any/cost.hpp>
#include <ballast/core/column.hpp>
#include <ballast/core/decision.hpp>

#include <vector>

namespace host {

/// The purchases of a decision, each of which may be made a fraction of what it is.
class purchases {
public:
    /// `minimum`: per asset, what an order has to be worth at least; may be empty.
    purchases(const ballast::decision& d, const ballast::any_cost::view& costs, const std::vector<double>& minimum);

    /// Finds the largest common fraction at which they take no more than this, at their limit prices and with their costs; then raises
    /// those of which most is missing, as far as that reaches. True where nothing had to be cut.
    bool fit(double cash);

    /// Puts them into the decision, whose figures and reasons follow.
    void apply(ballast::decision& d) const;

private:
    struct purchase {
        ballast::order whole{};
        ballast::order part{};  ///< of no quantity where it is not sent
        double fraction = 1.0;
    };

    void take(purchase& p, double fraction) const;
    [[nodiscard]] double needed() const;
    void set_all(double fraction);

    const ballast::any_cost::view& costs_;
    const std::vector<double>& minimum_;
    double value_;
    std::vector<purchase> all_{};
};

}  // namespace host
