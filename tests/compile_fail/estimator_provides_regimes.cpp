// expect: ballast: an estimator has .regimes. where it provides risk_need::regimes, and only there
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/concept.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    static constexpr const char* name = "mine";
#ifdef BALLAST_CONTROL
    static constexpr risk_need provides = risk_need::regimes;
#else
    static constexpr risk_need provides = risk_need::volatility;
#endif
    struct estimate {
        std::vector<double> chances{};
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.chances);
        }
    };
    fault observe(estimate&, const market_view&) const noexcept { return {}; }
    risk_view view(const estimate&) const noexcept { return {}; }
    regime_view regimes(const estimate& e) const noexcept { return {.ready = true, .regimes = 2, .probability = e.chances}; }
};

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, mine{}};
