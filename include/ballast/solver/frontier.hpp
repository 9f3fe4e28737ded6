/// What it costs to be close to the benchmark: the best for each of several tracking errors.
#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include "../core/arithmetic.hpp"
#include "../cost/concept.hpp"
#include "../numeric/sum.hpp"
#include "../risk/detail/covariance.hpp"
#include "limited_search.hpp"
#include "program.hpp"

namespace ballast::inline v0::solver {

/// One point of a frontier.
struct frontier_point {
    double limit = std::numeric_limits<double>::infinity();  ///< on entry: the tracking error that is allowed; infinite: any
    double tracking_error = 0.0;                             ///< of the answer: √((w − b)ᵀΣ(w − b))
    double costs = 0.0;                                      ///< Σφᵢ(wᵢ − hᵢ)
    double expected_return = 0.0;                            ///< αᵀw
    double price = 0.0;                     ///< θ·TE: by so much the objective would fall were one unit of tracking error more allowed
    v0::solver::certificate certificate{};  ///< how good the answer is
};

/// Traces the frontier of a program: each point is the answer to the program with that limit on the tracking error, in place of the
/// program's own. With γ = 0 and no α that is the least cost of being so close, a convex and falling function of the tracking error. Each search begins
/// where the one before ended, so that limits are best in order, the widest first.
///
/// `points` have their limits on entry, all else is filled in; where a point has no answer (`search_end::infeasible`: so close nothing can be,
/// or a fault) its certificate says so, its sums are 0, and those after it are answered all the same. `positions` is empty, or has room for the
/// w of each point, n numbers after each other. What the answer `a` holds at the end is the last point's. Nothing is allocated. False where
/// `positions` is of another size: then nothing is done.
template <bound_cost View>
[[nodiscard]] bool trace_frontier(limited_search& search, const program& p, const View& view, std::span<frontier_point> points,
                                  program_answer& a, std::span<double> positions = {}, const search_options& how = {}) noexcept {
    const std::size_t n = p.assets();
    if (!positions.empty() && positions.size() != points.size() * n) return false;
    program one = p;
    for (std::size_t k = 0; k < points.size(); ++k) {
        frontier_point& at = points[k];
        at = {.limit = at.limit};
        one.tracking_error = at.limit;
        search.solve(one, view, a, how);
        at.certificate = a.certificate;
        const search_end end = a.certificate.how;
        const bool answered = end == search_end::best || end == search_end::closest || end == search_end::stopped;
        a.warm = end == search_end::best;
        for (std::size_t i = 0; i < n && !positions.empty() && a.position.size() == n; ++i) positions[k * n + i] = a.position[i];
        if (!answered) continue;
        exact_sum costs, gain;
        for (std::size_t i = 0; i < n; ++i) {
            costs.add(view.cost(i, p.wealth * (a.position[i] - p.held[i])) / p.wealth);
            gain.add(p.alpha(i) * a.position[i]);
        }
        const double square = detail::quadratic_form(p.risk, n, [&](std::size_t i) { return a.position[i] - p.benchmark[i]; });
        at.tracking_error = square > 0.0 ? __builtin_sqrt(square) : 0.0;
        at.costs = costs.value();
        at.expected_return = gain.value();
        at.price = a.price.risk > 0.0 ? a.price.risk * at.limit : 0.0;
    }
    return true;
}

}  // namespace ballast::inline v0::solver
