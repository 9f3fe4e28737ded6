// The smallest venue of one's own: a desk that pays 2,000 for the first unit and half a unit of money less for every one after it. Beside a pool
// it takes its share of an order like any venue of the library.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <limits>
#include <vector>

using namespace ballast;

namespace {

/// out(x) = x·(2000 − x/4) up to 200 units. The five members that venue_curve asks for.
struct desk {
    [[nodiscard]] double out(double x) const noexcept { return x < 200.0 ? x * (2000.0 - 0.25 * x) : 390'000.0; }
    [[nodiscard]] double in(double y) const noexcept {
        if (!(y <= 390'000.0)) return std::numeric_limits<double>::infinity();
        return y / (1000.0 + __builtin_sqrt(1'000'000.0 - 0.25 * y));
    }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        const double slope = 2000.0 - 0.5 * x;
        return {x < 200.0 ? slope : 0.0, x > 0.0 ? slope : std::numeric_limits<double>::infinity()};
    }
    [[nodiscard]] venue::amount_interval inverse_marginal(double p) const noexcept {
        const double x = 2.0 * (2000.0 - p);
        const double most = x < 200.0 ? x : 200.0;
        return most > 0.0 ? venue::amount_interval{most, most} : venue::amount_interval{};
    }
    [[nodiscard]] double depth() const noexcept { return 200.0; }
};
static_assert(venue::venue_curve<desk>);

}  // namespace

int main() {
    const venue::constant_product pool{.balances = {5'000.0, 10'000'000.0}, .fee = 0.003};
    const std::vector<venue::any_curve> curves{desk{}, pool.curve(0, 1)};
    venue::split_workspace scratch;
    venue::split_result split;
    scratch.prepare(curves.size());
    split.prepare(curves.size());
    for (const double units : {10.0, 100.0, 1000.0}) {
        venue::split_in(curves, units, scratch, split);
        std::printf("sell %6.1f: the desk takes %6.2f, the pool %6.2f, for %.2f; the next unit brings %.2f\n", units, split.in[0],
                    split.in[1], split.total_out, split.price);
    }
    return 0;
}
