// The single header, once more, and once more with one of the headers that it leaves out unless asked.
#include <ballast/ballast.hpp>

#include <vector>

#include <ballast/ballast.hpp>

#define BALLAST_WITH_OSTREAM
#include <ballast/ballast.hpp>

#include <iostream>

double wealth_elsewhere();
void print_elsewhere(std::ostream& out);
const ballast::mandate& mandate_elsewhere();

int main() {
    using namespace ballast;
    using namespace ballast::literals;
    keeper k{rebalancer{trigger::never{}, cost::proportional{.rate = 10_bps}, solver::to_target{}, mandate_elsewhere()}, {.assets = 1}};
    const std::vector<double> price{1.0};
    const double quantity[] = {1.0};
    const double target[] = {0.5};
    if (k.observe({.now = timestamp_from_civil(2020, 1, 1), .price = price})) return 1;
    const decision& d = k.propose({.cash = 1.0, .quantity = quantity}, target);
    std::cout << d.outcome << ' ' << wealth_elsewhere() << ' ';
    print_elsewhere(std::cout);
}
