// expect: ballast: this solver does not accept a cost model of this shape
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/solver/no_trade_region.hpp>
#include <ballast/trigger/every.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const cost::proportional fees{.rate = 0.001};
#else
const cost::minimum fees{cost::proportional{.rate = 0.001}, 1.0};
#endif

const rebalancer r{trigger::every{}, fees, solver::no_trade_region{}, risk::ewma{}};
