// expect: this trigger has a member `leaves`, but not
#include <ballast/rebalancer.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>

using namespace ballast;

struct my_trigger {
    [[nodiscard]] firing check(const look&) const noexcept { return {.trigger = "mine"}; }
#ifndef BALLAST_CONTROL
    [[nodiscard]] std::size_t leaves() { return 2; }
#else
    [[nodiscard]] std::size_t leaves() const noexcept { return 2; }
#endif
};

const rebalancer policy{my_trigger{}, cost::zero{}, solver::to_target{}};
