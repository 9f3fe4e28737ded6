// expect: ballast: a policy needs regimes, but no estimator is named that tells them; add risk::hamilton
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given_regimes.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/regime_band.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const risk::given_regimes last{};
#else
const risk::ewma last{};
#endif

const rebalancer r{trigger::regime_band{.width = {0.03, 0.08}}, cost::zero{}, solver::to_target{}, last};
