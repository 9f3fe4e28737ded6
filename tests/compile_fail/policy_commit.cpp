// expect: ballast: this policy has a member .commit., but not .void commit.const decision&, timestamp, memory&. const noexcept
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
    void commit(const decision&, timestamp, memory& m) const noexcept { ++m.seen; }
#else
    void commit(const decision&, memory& m) const noexcept { ++m.seen; }
#endif
};

const rebalancer r{mine{}, cost::zero{}, solver::to_target{}};
