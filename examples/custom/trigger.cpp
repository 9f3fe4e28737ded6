// A trigger of one's own: one function that looks and answers. No base class, no registration.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

/// Fires when too much cash lies idle.
struct idle_cash {
    double limit = 0.02;  // share of the portfolio above the cash target

    [[nodiscard]] firing check(const look& l) const noexcept {
        const double idle = l.cash_drift();
        return {.fired = idle > limit, .trigger = "idle_cash", .measure = idle, .threshold = limit, .unit = measure_unit::weight};
    }
};

int main() {
    // It combines with the others as they do among themselves.
    keeper k{
        rebalancer{trigger::any_of{trigger::band{.absolute = 0.05}, idle_cash{}}, cost::proportional{.rate = 10_bps}, solver::to_target{}},
        {.assets = 2}};
    const std::vector<double> price{50.0, 100.0}, target{0.6, 0.4}, quantity{120.0, 40.0};

    if (k.observe({.now = timestamp_from_civil(2024, 3, 1), .price = price})) return 1;
    for (const double cash : {100.0, 500.0}) {
        const decision& d = k.propose({.cash = cash, .quantity = quantity}, target);
        std::printf("cash %.0f: %s", cash, to_string(d.outcome));
        if (d.firing.fired) std::printf(", since %s measures %.4f above %.4f", d.firing.trigger, d.firing.measure, d.firing.threshold);
        std::printf("\n");
        for (const order& o : d.orders) std::printf("  asset %u: %+.4f\n", o.asset, o.quantity);
    }
}
