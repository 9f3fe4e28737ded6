// expect: ballast: this cost model has a member .check., but not .fault check.const look&. const noexcept
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine : cost::zero {
#ifdef BALLAST_CONTROL
    fault check(const look&) const noexcept { return {}; }
#else
    bool check(const look&) const noexcept { return true; }
#endif
};

const rebalancer r{trigger::band{.absolute = 0.05}, mine{}, solver::to_target{}};
