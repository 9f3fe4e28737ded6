// expect: ballast: this solver goes to the edge of a band, but the trigger has no region; use a banded trigger, or solver::to_target
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/every.hpp>

using namespace ballast;

const auto when =
#ifdef BALLAST_CONTROL
    trigger::band{.absolute = 0.05}
#else
    trigger::every{.interval = days(30)}
#endif
;

const rebalancer r{when, cost::zero{}, solver::to_band{}};
