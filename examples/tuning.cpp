// Which band? For a book of stocks and cash, costs of 10 bps, and the investor for whom 60 % is best: what the usual policies cost, and
// the band that costs least. It goes into the rebalancer as it is.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

/// An objective of your own: one function. Here turnover is taxed.
struct after_tax {
    double rate = 0.0;
    double score(const tune::expectation& e) const noexcept { return tune::closeness{2.0}.score(e) - rate * e.turnover; }
};

void print(const char* policy, const tune::expectation& e) {
    std::printf("%-26s %10.2f %9.1f %% %13.2f %% %8.2f bp\n", policy, e.rebalances, 100 * e.turnover, 100 * e.tracking_error, 1e4 * e.cost);
}

int main() {
    const tune::gbm_market market{.drift = 0.08, .volatility = 0.20, .other_drift = 0.03};
    const tune::costs costs{.rate = 10_bps};
    const tune::closeness objective{.risk_aversion = market.risk_aversion_for(0.6)};

    std::printf("a year of                  rebalances    turnover  tracking error      cost\n");
    print("monthly", tune::expect(market, 0.6, tune::calendar{1.0 / 12.0}, costs));
    print("5 points, to the target", tune::expect(market, 0.6, tune::band{.half_width = 0.05}, costs));
    const tune::best<tune::band> best = tune::best_band(market, 0.6, costs, objective);
    print("the best band", best.expected);
    std::printf("which is %.4f wide on each side, depth %.2f\n", best.policy.half_width, best.policy.depth);
    const auto taxed = tune::best_width(market, 0.6, costs, after_tax{.rate = 0.01}, 0.0);
    std::printf("with a tax on turnover: %.4f\n", taxed.policy.half_width);

    const rebalancer policy{trigger::band{.absolute = best.policy.half_width}, cost::proportional{.rate = costs.rate},
                            solver::to_band{.depth = best.policy.depth}};
    keeper k{policy, {.assets = 1}};
    const std::vector<double> price{100.0}, held{64.0}, target{0.6};
    if (k.observe({.now = timestamp_from_civil(2024, 3, 1), .price = price})) return 1;
    const decision& d = k.propose({.cash = 3600.0, .quantity = held}, target);
    std::printf("%s %.2f of 64 units\n", to_string(d.outcome), d.orders.empty() ? 0.0 : d.orders[0].quantity);
}
