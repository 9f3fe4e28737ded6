#include <ballast/target/equal.hpp>

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
using ballast::target::equal;

static_assert(std::is_aggregate_v<equal> && std::is_trivially_copyable_v<equal> && target_policy<equal>);
static_assert(std::is_same_v<memory_of<equal>, no_memory> && !detail::transforms<equal>());
static_assert(noexcept(equal{}.weights(look{}, {})) && noexcept(equal{}.validate()));

TEST_CASE("equal: every asset has the same weight, and they add up") {
    for (const std::size_t n : ballast_test::look_sizes)
        for (const double cash : {0.0, 0.1, 0.25, 1.0}) {
            std::vector<double> out(n, -1.0);
            equal{.cash = cash}.weights(ballast_test::test_look{std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)}, out);
            double sum = 0.0;
            for (const double w : out) {
                CHECK(w == out[0]);
                sum += w;
            }
            if (n > 0) CHECK(sum == Approx(1.0 - cash).margin(1e-15).epsilon(1e-14));
        }
}

TEST_CASE("equal: brings any number of assets to their share, within the default mandate") {
    for (std::size_t n = 0; n <= 40; ++n) {
        keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, equal{.cash = 0.05}}, {.assets = n}};
        std::vector<double> price(n), quantity(n);
        for (std::size_t i = 0; i < n; ++i) {
            price[i] = 1.0 + static_cast<double>(i);
            quantity[i] = static_cast<double>(i * i % 7);
        }
        REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
        const decision& d = k.propose({.cash = 100.0, .quantity = quantity});
        CHECK_FALSE(d.problem);
        CHECK(d.outcome == (n == 0 ? outcome::hold : outcome::trade));
        for (const double w : d.weight_after()) CHECK(w == Approx(0.95 / static_cast<double>(n)));
        // All of it in cash is a target as well; none of it does not ask for leverage.
        keeper all{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, equal{}}, {.assets = n}};
        REQUIRE_FALSE(all.observe({.now = timestamp{1}, .price = price}));
        CHECK_FALSE(all.propose({.cash = 100.0, .quantity = quantity}).problem);
    }
}

TEST_CASE("equal: targets from the host as well are a fault") {
    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, equal{}}, {.assets = 2}};
    const std::vector<double> price{2.0, 5.0}, quantity{10.0, 10.0}, target{0.5, 0.5};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    CHECK(k.propose({.cash = 30.0, .quantity = quantity}, target).problem.code == fault_code::targets_given_twice);
    CHECK(k.propose({.cash = 30.0, .quantity = quantity}).outcome == outcome::trade);
}

TEST_CASE("equal: a bad share of cash is refused with parameter, value and range") {
    for (const double bad : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
        const configuration_fault f = equal{.cash = bad}.validate();
        REQUIRE(f);
        CHECK_THAT(std::string{invalid_configuration{f}.what()},
                   StartsWith("ballast: equal.cash = ") && EndsWith("must be a share between 0 and 1"));
    }
    CHECK_FALSE(equal{.cash = 1.0}.validate());
    CHECK_FALSE(equal{}.validate());
}
