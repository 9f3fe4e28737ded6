#include <ballast/target/fixed.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <limits>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::target::fixed;

static_assert(std::is_aggregate_v<fixed> && target_policy<fixed> && std::is_same_v<memory_of<fixed>, no_memory>);
static_assert(!detail::transforms<fixed>() && detail::need_of<fixed>() == risk_need::nothing);
static_assert(noexcept(fixed{}.weights(look{}, {})) && noexcept(fixed{}.validate()));

namespace {
std::vector<double> weights(const fixed& t, std::size_t n) {
    std::vector<double> out(n, -1.0);
    t.weights(ballast_test::test_look{std::vector<double>(n, 0.1), std::vector<double>(n, 0.0)}, out);
    return out;
}
const auto at_once = trigger::every{.interval = {}};
}  // namespace

TEST_CASE("fixed: the same weights at every look") {
    CHECK(weights({{0.6, 0.3}}, 2) == std::vector{0.6, 0.3});
    CHECK(weights({{-0.2, 0.3, 0.9}}, 3) == std::vector{-0.2, 0.3, 0.9});
    CHECK(weights({0.2}, 4) == std::vector(4, 0.2));
    CHECK(weights({{0.5}}, 1) == std::vector{0.5});
    CHECK(weights({0.5}, 0).empty());
    CHECK(fixed{{0.6, 0.3}}.covers(2));
    CHECK_FALSE(fixed{{0.6, 0.3}}.covers(3));
    CHECK(fixed{0.2}.covers(5));
}

TEST_CASE("fixed: brings a book to its weights, cash takes what they leave over") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, fixed{{0.6, 0.3}}}, {.assets = 2}};
    const std::vector<double> price{2.0, 5.0}, quantity{10.0, 10.0};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    const decision& d = k.propose({.cash = 30.0, .quantity = quantity});
    CHECK(d.outcome == outcome::trade);
    CHECK(d.weight_after()[0] == Approx(0.6));
    CHECK(d.weight_after()[1] == Approx(0.3));
    CHECK(d.cash_after == Approx(10.0));
}

TEST_CASE("fixed: targets from the host as well are a fault") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, fixed{{0.6, 0.3}}}, {.assets = 2}};
    const std::vector<double> price{2.0, 5.0}, quantity{10.0, 10.0}, target{0.6, 0.3};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    const decision& d = k.propose({.cash = 30.0, .quantity = quantity}, target);
    CHECK(d.outcome == outcome::rejected);
    CHECK(d.problem.code == fault_code::targets_given_twice);
    CHECK(d.orders.empty());
}

TEST_CASE("fixed: shorts and leverage are the mandate's to allow") {
    const std::vector<double> price{2.0, 5.0}, quantity{10.0, 10.0};
    const auto problem = [&](const fixed& t, const mandate& m) {
        keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, t, m}, {.assets = 2}};
        REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
        return k.propose({.cash = 30.0, .quantity = quantity}).problem.code;
    };
    CHECK(problem({{-0.2, 0.3}}, {}) == fault_code::short_target);
    CHECK(problem({{-0.2, 0.3}}, {.allow_short = true}) == fault_code::none);
    CHECK(problem({{0.8, 0.3}}, {}) == fault_code::over_leveraged);
    CHECK(problem({{0.8, 0.3}}, {.leverage = 1.5}) == fault_code::none);
    CHECK(problem({0.6}, {}) == fault_code::over_leveraged);  // one number for each of two
}

TEST_CASE("fixed: bad weights are refused with parameter, value and range") {
    const auto text = [](const fixed& t) -> std::string {
        const configuration_fault f = t.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    CHECK(text({}) == "ballast: fixed.weight = 0: has to be given");
    CHECK(text({{0.5, std::numeric_limits<double>::infinity()}}) == "ballast: fixed.weight = inf: must be a finite weight");
    CHECK_THAT(text({{0.5, std::numeric_limits<double>::quiet_NaN()}}), StartsWith("ballast: fixed.weight = "));
    CHECK(text({{-0.5, 1.5}}).empty());
}
