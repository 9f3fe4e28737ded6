// expect: ballast: this solver has a member .needs_region., but not .static constexpr bool needs_region
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    status solve(const problem&, const auto&, solution&) const noexcept { return status::solved; }
#ifdef BALLAST_CONTROL
    static constexpr bool needs_region = true;
#else
    static bool needs_region() { return true; }
#endif
};

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, mine{}};
