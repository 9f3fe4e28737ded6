// expect: ballast: a vector in a memory must hold numbers, bools, enums, timestamps or durations
#include <ballast/core/archive.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>

using namespace ballast;

struct mine {
    static constexpr const char* name = "mine";
    struct memory {
#ifdef BALLAST_CONTROL
        std::vector<timestamp> seen{};
#else
        std::vector<std::vector<double>> seen{};
#endif
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.seen);
        }
    };
    firing check(const look&) const noexcept { return {}; }
};

const rebalancer r{mine{}, cost::zero{}, solver::to_target{}};
const auto bytes = save(decltype(r)::account_state{});
