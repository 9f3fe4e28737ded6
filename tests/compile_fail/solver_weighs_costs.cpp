// expect: ballast: this solver has a member .weighs_costs., but not .static constexpr bool weighs_costs
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    status solve(const problem&, const auto&, solution&) const noexcept { return status::solved; }
#ifdef BALLAST_CONTROL
    static constexpr bool weighs_costs = true;
#else
    bool weighs_costs = true;
#endif
};

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, mine{}};
