// expect: ballast: this policy has a member .observe., but not .void observe.const look&, memory&. const noexcept
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    static constexpr const char* name = "mine";
    struct memory {
        int seen = 0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.seen);
        }
    };
    firing check(const look&) const noexcept { return {}; }
#ifdef BALLAST_CONTROL
    void observe(const look&, memory& m) const noexcept { ++m.seen; }
#else
    void observe(const look&, memory& m) const { ++m.seen; }
#endif
};

const rebalancer r{mine{}, cost::zero{}, solver::to_target{}};
