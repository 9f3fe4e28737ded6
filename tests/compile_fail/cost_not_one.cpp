// expect: ballast: the second part must be a cost model: .static constexpr cost_shape shape. and .bind
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
#ifdef BALLAST_CONTROL
    static constexpr cost_shape shape = cost_shape::convex;
#else
    cost_shape shape = cost_shape::convex;  // solvers have to know it when they are compiled
#endif
    struct view {
        double cost(std::size_t, double x) const noexcept { return x < 0 ? -x : x; }
        slope_interval marginal(std::size_t, double x) const noexcept { return x < 0 ? slope_interval{-1, -1} : slope_interval{1, 1}; }
    };
    view bind(const look&) const noexcept { return {}; }
};

const rebalancer r{trigger::band{.absolute = 0.05}, mine{}, solver::to_target{}};
