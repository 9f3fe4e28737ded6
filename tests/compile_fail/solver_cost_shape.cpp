// expect: ballast: this solver does not accept a cost model of this shape
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct convex_only {
    static constexpr bool accepts(cost_shape s) { return s == cost_shape::convex; }
    status solve(const problem&, const auto&, solution&) const noexcept { return status::solved; }
};
#ifdef BALLAST_CONTROL
const cost::proportional fees{.rate = 0.001};
#else
const cost::fixed fees{.amount = 1.0};
#endif

const rebalancer r{trigger::band{.absolute = 0.05}, fees, convex_only{}};
