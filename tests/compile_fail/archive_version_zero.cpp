// expect: ballast: a policy.s .memory_version. starts at 1
#include <ballast/core/archive.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>

using namespace ballast;

struct mine {
    static constexpr const char* name = "mine";
#ifdef BALLAST_CONTROL
    static constexpr unsigned memory_version = 1;
#else
    static constexpr unsigned memory_version = 0;
#endif
    struct memory {
        int seen = 0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.seen);
        }
    };
    firing check(const look&) const noexcept { return {}; }
};

const rebalancer r{mine{}, cost::zero{}, solver::to_target{}};
const auto bytes = save(decltype(r)::account_state{});
