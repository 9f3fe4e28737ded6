// A second translation unit, with everything that the single header holds. SWITCHES defines all that there is.
#include SWITCHES

#include <ballast/ballast.hpp>

double wealth_elsewhere() {
    using namespace ballast;
    using namespace ballast::literals;
    keeper k{rebalancer{trigger::never{}, cost::proportional{.rate = 10_bps}, solver::to_target{}}, {.assets = 1}};
    const double price[] = {2.0};
    const double quantity[] = {3.0};
    const double target[] = {0.5};
    if (k.observe({.now = from_chrono(std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}), .price = price})) return -1.0;
    return k.propose({.cash = 1.0, .quantity = quantity}, target).value;
}

void print_elsewhere(std::ostream& out) { out << ballast::outcome::trade << '\n'; }

const ballast::mandate& mandate_elsewhere() {
    static const ballast::mandate m{};
    return m;
}
