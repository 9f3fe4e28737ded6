// expect: this policy has a member `needs`, but not
#include <ballast/rebalancer.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>

using namespace ballast;

struct my_trigger {
#ifndef BALLAST_CONTROL
    static constexpr bool needs = true;
#else
    static constexpr risk_need needs = risk_need::nothing;
#endif
    [[nodiscard]] firing check(const look&) const noexcept { return {.trigger = "mine"}; }
};

const rebalancer policy{my_trigger{}, cost::zero{}, solver::to_target{}};
