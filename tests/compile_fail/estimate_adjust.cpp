// expect: ballast: this estimate has a member .adjust., but not .void adjust.std::size_t, double. noexcept.
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
        void adjust(std::size_t asset, double factor) noexcept { variance[asset] *= factor; }
#else
        void adjust(double factor) noexcept { variance[0] *= factor; }
#endif
    };
    fault observe(estimate&, const market_view&) const noexcept { return {}; }
    risk_view view(const estimate&) const noexcept { return {}; }
};

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, mine{}};
