// A guard of one's own: it sees the proposal with its orders, cost and turnover, and lets it pass, holds it back or blocks it.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

/// Holds back what costs too much for the drift that it removes.
struct worth_its_cost {
    double most = 0.02;  // cost per turnover

    static constexpr const char* name = "worth_its_cost";
    [[nodiscard]] verdict check(const proposal& p) const noexcept {
        const decision& d = p.decision;
        return d.cost > most * d.turnover * d.value ? verdict::hold : verdict::pass;
    }
};

int main() {
    keeper k{rebalancer{trigger::band{.absolute = 0.02}, cost::minimum{cost::proportional{.rate = 10_bps}, 5.0}, solver::to_target{},
                        worth_its_cost{}},
             {.assets = 2}};
    const std::vector<double> price{50.0, 100.0}, target{0.6, 0.4};

    if (k.observe({.now = timestamp_from_civil(2024, 3, 1), .price = price})) return 1;
    for (const double first : {132.0, 160.0}) {
        const std::vector<double> quantity{first, 40.0};
        const decision& d = k.propose({.quantity = quantity}, target);
        std::printf("weight %.4f: %s", d.weight_before()[0], to_string(d.outcome));
        if (d.guard != nullptr) std::printf(", says %s", d.guard);
        std::printf("; %zu orders, cost %.2f\n", d.orders.size(), d.cost);
    }
}
