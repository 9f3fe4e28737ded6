// expect: ballast: a trigger needs .firing check.const look&. const noexcept.
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
#ifdef BALLAST_CONTROL
    firing check(const look&) const noexcept { return {}; }
#else
    bool check(const look&) const noexcept { return true; }  // a firing is more than a yes
#endif
};

const rebalancer r{mine{}, cost::zero{}, solver::to_target{}};
