// expect: ballast: each further part must be a guard, a target policy, an estimator, a sizing or a mandate
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const guard::max_turnover last{.limit = 0.1};
#else
const cost::zero last{};  // a second cost model: cost::sum adds them
#endif

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, last};
