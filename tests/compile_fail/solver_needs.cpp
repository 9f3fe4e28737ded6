// expect: ballast: a policy needs volatility or covariance, but no estimator is named; add risk::ewma.. or risk::given..
#include <ballast/cost/proportional.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/solver/no_trade_region.hpp>
#include <ballast/trigger/every.hpp>

using namespace ballast;

#ifdef BALLAST_CONTROL
const risk::ewma last{};
#else
const mandate last{};
#endif

const rebalancer r{trigger::every{}, cost::proportional{.rate = 0.001}, solver::no_trade_region{}, last};
