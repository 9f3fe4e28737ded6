// expect: a policy needs volatility or covariance, but no estimator is named
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/never.hpp>

struct by_volatility : ballast::cost::zero {
    static constexpr ballast::risk_need needs = ballast::risk_need::volatility;
};

int main() {
#ifdef BALLAST_CONTROL
    (void)ballast::rebalancer{ballast::trigger::never{}, by_volatility{}, ballast::solver::to_target{}, ballast::risk::given{}};
#else
    (void)ballast::rebalancer{ballast::trigger::never{}, by_volatility{}, ballast::solver::to_target{}};
#endif
}
