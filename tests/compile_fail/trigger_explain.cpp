// expect: ballast: this trigger has a member .explain., but not .firing explain
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    firing check(const look&) const noexcept { return {}; }
#ifdef BALLAST_CONTROL
    firing explain(const look&, const no_memory&, leaf_sink&) const noexcept { return {}; }
#else
    firing explain(const look&, leaf_sink&) const noexcept { return {}; }
#endif
};

const rebalancer r{mine{}, cost::zero{}, solver::to_target{}};
