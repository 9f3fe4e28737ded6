// expect: ballast: this policy has a member .validate., but not .configuration_fault validate.. const
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
    configuration_fault validate() const { return {}; }
#else
    bool validate() const { return true; }
#endif
};

const rebalancer r{mine{}, cost::zero{}, solver::to_target{}};
