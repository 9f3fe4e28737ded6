// expect: ballast: this trigger has a member .region., but not .void region.const look&
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    firing check(const look&) const noexcept { return {}; }
#ifdef BALLAST_CONTROL
    void region(const look&, const box&) const noexcept {}
#else
    void region(const look&, box&) const noexcept {}
#endif
};

const rebalancer r{mine{}, cost::zero{}, solver::to_target{}};
