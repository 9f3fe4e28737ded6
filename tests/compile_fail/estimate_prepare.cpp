// expect: ballast: this estimate has a member .prepare., but not .void prepare.const sizes&.
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/concept.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    static constexpr const char* name = "mine";
    static constexpr risk_need provides = risk_need::volatility;
    struct estimate {
        std::vector<double> variance{};
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.variance);
        }
#ifdef BALLAST_CONTROL
        void prepare(const sizes& s) { variance.resize(s.assets); }
#else
        void prepare(std::size_t assets) { variance.resize(assets); }
#endif
    };
    fault observe(estimate&, const market_view&) const noexcept { return {}; }
    risk_view view(const estimate&) const noexcept { return {}; }
};

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, mine{}};
