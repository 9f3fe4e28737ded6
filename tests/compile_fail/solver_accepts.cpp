// expect: ballast: this solver has a member .accepts., but not .static constexpr bool accepts.cost_shape.
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    status solve(const problem&, const auto&, solution&) const noexcept { return status::solved; }
#ifdef BALLAST_CONTROL
    static constexpr bool accepts(cost_shape s) { return s == cost_shape::convex; }
#else
    bool accepts(cost_shape s) const { return s == cost_shape::convex; }
#endif
};

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, mine{}};
