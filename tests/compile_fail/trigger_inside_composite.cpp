// expect: this policy has a member `observe`, but not
#include <ballast/rebalancer.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/never.hpp>

using namespace ballast;

struct my_trigger {
    struct memory {
        int seen = 0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.seen);
        }
    };
    [[nodiscard]] firing check(const look&, const memory&) const noexcept { return {.trigger = "mine"}; }
#ifndef BALLAST_CONTROL
    void observe(const look&) const noexcept {}
#else
    void observe(const look&, memory& m) const noexcept { ++m.seen; }
#endif
};

const rebalancer policy{trigger::any_of{trigger::never{}, my_trigger{}}, cost::zero{}, solver::to_target{}};
