// expect: memory has a member `prepare`, but not
#include <ballast/rebalancer.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>

using namespace ballast;

struct my_trigger {
    struct memory {
        std::vector<double> seen{};
#ifndef BALLAST_CONTROL
        void prepare(std::size_t n) { seen.resize(n); }
#else
        void prepare(const sizes& s) { seen.resize(s.assets); }
#endif
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.seen);
        }
    };
    [[nodiscard]] firing check(const look&, const memory&) const noexcept { return {.trigger = "mine"}; }
};

const rebalancer policy{my_trigger{}, cost::zero{}, solver::to_target{}};
