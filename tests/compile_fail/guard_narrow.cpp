// expect: ballast: this guard has a member .narrow., but not .void narrow.const look&\[, const memory&\], limits&. const noexcept
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

using namespace ballast;

struct mine {
    static constexpr const char* name = "mine";
    verdict check(const proposal&) const noexcept { return verdict::pass; }
#ifdef BALLAST_CONTROL
    void narrow(const look&, limits&) const noexcept {}
#else
    void narrow(const look&, limits) const {}
#endif
};

const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, mine{}};
