// What a trade moves the price, as a cost for tests: rate·|x| + impact/2·x².
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <ballast/cost/concept.hpp>

namespace ballast_test {
using namespace ballast;

// With answers to prices, or without: then solvers go by its slopes.
template <bool Answers>
struct moving {
    double rate = 0.0;
    std::vector<double> impact{};
    static constexpr cost_shape shape = cost_shape::convex;
    struct view {
        const moving& of;
        [[nodiscard]] double cost(std::size_t i, double x) const noexcept { return of.rate * std::fabs(x) + 0.5 * of.impact[i] * x * x; }
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            if (x == 0.0) return {-of.rate, of.rate};
            const double slope = (x > 0.0 ? of.rate : -of.rate) + of.impact[i] * x;
            return {slope, slope};
        }
        [[nodiscard]] response respond(std::size_t i, double price, double curvature, double centre, double lo,
                                       double hi) const noexcept requires Answers {
            const double both = curvature + of.impact[i];
            const double as_buyer = (curvature * centre + price - of.rate) / both;
            const double as_seller = (curvature * centre + price + of.rate) / both;
            response r;
            if (as_buyer > 0.0) r = {as_buyer, 1.0 / both, 1};
            if (as_seller < 0.0) r = {as_seller, 1.0 / both, -1};
            if (r.x <= lo && (r.x < lo || r.piece != 0)) return {lo, 0.0, -2};
            if (r.x >= hi && (r.x > hi || r.piece != 0)) return {hi, 0.0, 2};
            return r;
        }
    };
    [[nodiscard]] view bind(const look&) const noexcept { return {*this}; }
};

}  // namespace ballast_test
