// expect: ballast: the view of this cost model has a member .paid., but not .paid.. const noexcept. that gives a bound cost
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    static constexpr cost_shape shape = cost_shape::convex;
    struct view {
        double cost(std::size_t, double x) const noexcept { return x < 0 ? -x : x; }
        slope_interval marginal(std::size_t, double x) const noexcept { return x < 0 ? slope_interval{-1, -1} : slope_interval{1, 1}; }
#ifdef BALLAST_CONTROL
        detail::nothing_paid paid() const noexcept { return {}; }
#else
        double paid(std::size_t, double) const noexcept { return 0.0; }
#endif
    };
    view bind(const look&) const noexcept { return {}; }
};

const rebalancer r{trigger::band{.absolute = 0.05}, mine{}, solver::to_target{}};
