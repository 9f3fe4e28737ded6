#include <ballast/ballast.hpp>

#include <cstdio>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

int main() {
    const std::vector<const char*> symbols{"MSFT", "AMZN", "IBM", "AAPL"};
    const std::vector<double> targets{0.30, 0.20, 0.30, 0.20};
    const std::vector<double> prices{28.30, 61.33, 96.98, 99.80};  // end of April 2007
    const std::vector<double> shares{266, 148, 82, 58};            // 20,000 at these targets in July 2006

    keeper k{rebalancer{trigger::band{.absolute = 0.05, .relative = 0.25},        // act when a weight leaves its 5/25 band,
                        cost::minimum{cost::proportional{.rate = 10_bps}, 1.00},  // pay 10 bps, at least 1.00 an order,
                        solver::to_target{}},                                     // go all the way
             {.assets = symbols.size()}};
    k.instruments({.step = {decimal_step{1}}, .min_notional = {500.0}});  // whole shares, no order below 500

    if (k.observe({.now = timestamp_from_civil(2007, 4, 30), .price = prices})) return 1;
    const decision& d = k.propose({.cash = 129.54, .quantity = shares}, targets);
    std::printf("%s\n", describe(d, symbols).c_str());
    if (k.commit(d)) return 1;  // once the orders are filled
}
