// expect: this guard has a member `check`, but not
#include <ballast/rebalancer.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/never.hpp>

using namespace ballast;

struct my_guard {
    static constexpr const char* name = "mine";
    void narrow(const look&, limits&) const noexcept {}
#ifndef BALLAST_CONTROL
    [[nodiscard]] bool check(const proposal&) const noexcept { return true; }
#else
    [[nodiscard]] verdict check(const proposal&) const noexcept { return verdict::pass; }
#endif
};

const rebalancer policy{trigger::never{}, cost::zero{}, solver::to_target{}, my_guard{}};
