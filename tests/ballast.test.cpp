// Includes nothing else of ballast: the umbrella has to be enough for a program that uses all of it. What it reaches is checked by
// tests/structure/umbrella.cmake; that it brings neither streams nor clocks, by tests/no_exceptions/umbrella.cpp.
#include <ballast/ballast.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

TEST_CASE("ballast: one include is enough for a program") {
    keeper k{rebalancer{trigger::any_of{trigger::calendar{.period = trigger::period::monthly}, trigger::band{.absolute = 0.05}},
                        cost::sum{cost::fixed{.amount = 1.0}, cost::proportional{.rate = 10_bps}}, solver::to_target{},
                        target::fixed{{0.6, 0.4}}, guard::max_turnover{.limit = 0.5}, risk::ewma{}, mandate{.reserve = 0.01}},
             {.assets = 2}};
    k.instruments({.step = {decimal_step{0.01}}});
    const std::vector<double> price{100.0, 50.0};
    holdings held{.cash = 1000.0, .quantity = {70.0, 40.0}};
    REQUIRE_FALSE(k.observe({.now = timestamp_from_civil(2024, 1, 2), .price = price}));
    const decision& d = k.propose(held.view());
    REQUIRE(d.outcome == outcome::trade);
    const std::string text = describe(d, {"stocks", "bonds"});
    CHECK_THAT(text, StartsWith("TRADE at 2024-01-02T00:00:00Z, portfolio 10000.00: calendar fired: due"));
    CHECK_THAT(text, ContainsSubstring("SELL ") && ContainsSubstring(" stocks at ") && ContainsSubstring(" bonds at "));
    REQUIRE_FALSE(k.commit(d));
    const auto bytes = save(k.account());
    REQUIRE_FALSE(load(k.account(), bytes));
    REQUIRE_FALSE(apply(held, d));
    CHECK(k.propose(held.view()).orders.empty());
}
