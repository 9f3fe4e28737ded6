#include <ballast/ballast.hpp>

#include <cstdio>

using namespace ballast;
using namespace ballast::literals;

int main() {
    keeper k{rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{.rate = 10_bps}, solver::to_target{}}, {.assets = 2}};
    const double prices[] = {10.0, 20.0};
    const double quantities[] = {80.0, 10.0};
    const double targets[] = {0.5, 0.5};
    if (k.observe({.now = timestamp_from_civil(2020, 1, 1), .price = prices})) return 1;
    const decision& d = k.propose({.quantity = quantities}, targets);
    std::printf("ballast %d.%d.%d: %s\n", version.major_number, version.minor_number, version.patch_number, to_string(d.outcome));
    return d.outcome == outcome::trade ? 0 : 1;
}
