// expect: memory has to list its fields
#include <ballast/rebalancer.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>

using namespace ballast;

struct my_trigger {
    struct memory {
        int seen = 0;
#ifdef BALLAST_CONTROL
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.seen);
        }
#endif
    };
    [[nodiscard]] firing check(const look&, const memory&) const noexcept { return {.trigger = "mine"}; }
};

const rebalancer policy{my_trigger{}, cost::zero{}, solver::to_target{}};
