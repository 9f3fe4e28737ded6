// expect: ballast: a rebalancer has one target policy at most
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/equal.hpp>
#include <ballast/target/fixed.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const mandate last{};
#else
const target::equal last{};
#endif

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, target::fixed{{0.6, 0.4}}, last};
