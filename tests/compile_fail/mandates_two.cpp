// expect: ballast: a rebalancer has one mandate at most
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const sizing::reconciled last{};
#else
const mandate last{};
#endif

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, mandate{.reserve = 0.01}, last};
