// expect: ballast: a policy needs volatility or covariance, but no estimator is named; add risk::ewma.. or risk::given..
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/volatility_band.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const risk::ewma last{};
#else
const mandate last{};
#endif

const rebalancer r{trigger::volatility_band{.width = 0.05, .reference = 0.2, .exponent = -1.0}, cost::zero{}, solver::to_target{}, last};
