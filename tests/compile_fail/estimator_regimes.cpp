// expect: ballast: this estimator has a member .regimes., but not .regime_view regimes.const estimate.. const noexcept
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/concept.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    static constexpr const char* name = "mine";
    static constexpr risk_need provides = risk_need::regimes;
    struct estimate {
        std::vector<double> chances{};
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.chances);
        }
    };
    fault observe(estimate&, const market_view&) const noexcept { return {}; }
    risk_view view(const estimate&) const noexcept { return {}; }
#ifdef BALLAST_CONTROL
    regime_view regimes(const estimate& e) const noexcept { return {.ready = true, .regimes = 2, .probability = e.chances}; }
#else
    std::vector<double> regimes(const estimate& e) const { return e.chances; }
#endif
};

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, mine{}};
