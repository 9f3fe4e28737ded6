// A cost model of one's own: its shape, and a view of one look that tells costs and slopes.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <vector>

using namespace ballast;

/// Trading x moves the price in proportion to x: impact·x², convex.
struct linear_impact {
    double impact = 1e-6;  // cost per squared unit of base currency

    static constexpr cost_shape shape = cost_shape::convex;
    struct view {
        double impact;
        [[nodiscard]] double cost(std::size_t, double x) const noexcept { return impact * x * x; }
        [[nodiscard]] slope_interval marginal(std::size_t, double x) const noexcept { return {2.0 * impact * x, 2.0 * impact * x}; }
    };
    [[nodiscard]] view bind(const look&) const noexcept { return {impact}; }
};

int main() {
    keeper k{rebalancer{trigger::band{.absolute = 0.05}, cost::sum{linear_impact{.impact = 1e-6}, cost::fixed{.amount = 2.0}},
                        solver::to_target{}},
             {.assets = 2}};
    const std::vector<double> price{50.0, 100.0}, target{0.6, 0.4}, quantity{1400.0, 300.0};

    if (k.observe({.now = timestamp_from_civil(2024, 3, 1), .price = price})) return 1;
    const decision& d = k.propose({.quantity = quantity}, target);
    for (const order& o : d.orders) std::printf("asset %u: %+.4f for %+.2f, cost %.4f\n", o.asset, o.quantity, o.notional, o.cost);
    std::printf("value %.2f - cost %.4f = %.4f\n", d.value, d.cost, d.value_after());
    for (std::size_t i = 0; i < d.assets(); ++i)
        std::printf("asset %zu: weight %.4f -> %.10f\n", i, d.weight_before()[i], d.weight_after()[i]);
}
