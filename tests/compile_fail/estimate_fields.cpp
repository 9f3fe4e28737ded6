// expect: an estimate has to list its fields
#include <ballast/rebalancer.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/never.hpp>

using namespace ballast;

struct my_estimator {
    static constexpr const char* name = "mine";
    static constexpr risk_need provides = risk_need::volatility;
    struct estimate {
        std::vector<double> variance{};
        void prepare(const sizes& s) { variance.assign(s.assets, 0.04); }
#ifdef BALLAST_CONTROL
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.variance);
        }
#endif
    };
    [[nodiscard]] fault observe(estimate&, const market_view&) const noexcept { return {}; }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::diagonal, .ready = true, .specific = e.variance};
    }
};

const rebalancer policy{trigger::never{}, cost::zero{}, solver::to_target{}, my_estimator{}};
