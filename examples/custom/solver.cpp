// A solver of one's own: it says which share of the wealth each asset should have afterwards. Steps, minimums, fees and cash are settled
// after it, and so are frozen assets and limits on trades and turnover; bounds on weights (p.limits.weight) are a solver's own to keep.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

/// Part of the way to the target, for every asset.
struct part_of_the_way {
    double part = 0.5;

    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& cost, solution& s) const noexcept {
        const look& l = p.look;
        s.wealth = l.value;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            s.move[i] = 1;
            s.share[i] = l.weight[i] - part * l.drift[i];
            s.wealth -= cost.cost(i, -part * l.drift[i] * l.value);
        }
        return status::solved;
    }
};

int main() {
    keeper k{rebalancer{trigger::band{.absolute = 0.02}, cost::proportional{.rate = 10_bps}, part_of_the_way{.part = 0.5}}, {.assets = 2}};
    k.instruments({.step = {decimal_step{0.1}}});
    const std::vector<double> price{50.0, 100.0}, target{0.6, 0.4};
    holdings mine{.cash = 0.0, .quantity = {140.0, 30.0}};

    if (k.observe({.now = timestamp_from_civil(2024, 3, 1), .price = price})) return 1;
    for (int round = 1; round <= 4; ++round) {
        const decision& d = k.propose(mine.view(), target);
        std::printf("%d: weights %.4f %.4f, %s\n", round, d.weight_before()[0], d.weight_before()[1], to_string(d.outcome));
        for (const order& o : d.orders) std::printf("   asset %u: %+.1f\n", o.asset, o.quantity);
        if (apply(mine, d) || k.commit(d)) return 1;
    }
    std::printf("cash %.4f\n", mine.cash);
}
