// expect: ballast: the third part must be a solver: .status solve
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
#ifdef BALLAST_CONTROL
    status solve(const problem&, const auto&, solution&) const noexcept { return status::solved; }
#else
    void solve(const problem&, const auto&, solution&) const noexcept {}  // how well has to be said
#endif
};

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, mine{}};
