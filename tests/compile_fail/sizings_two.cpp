// expect: ballast: a rebalancer has one sizing at most
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const mandate last{};
#else
const sizing::reconciled last{};
#endif

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, sizing::reconciled{.collar = 0.01}, last};
