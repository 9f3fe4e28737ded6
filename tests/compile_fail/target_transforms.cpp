// expect: ballast: this target policy has a member .transforms., but not .static constexpr bool transforms
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    void weights(const look&, std::span<double>) const noexcept {}
#ifdef BALLAST_CONTROL
    static constexpr bool transforms = true;
#else
    static bool transforms() { return true; }
#endif
};

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, mine{}};
