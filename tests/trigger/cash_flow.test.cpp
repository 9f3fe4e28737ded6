#include <ballast/trigger/cash_flow.hpp>

#include <ballast/cost/proportional.hpp>
#include <ballast/keeper.hpp>
#include <ballast/solver/closest.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/calendar.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::trigger::cash_flow;
using ballast::trigger::cash_kind;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<cash_flow> && std::is_trivially_copyable_v<cash_flow> && trigger_policy<cash_flow>);
static_assert(!banded_trigger<cash_flow>);
static_assert(std::is_same_v<memory_of<cash_flow>, no_memory>);
static_assert(noexcept(cash_flow{}.check(look{})) && noexcept(cash_flow{}.validate()));
static_assert(detail::check_trigger<cash_flow>());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
}

TEST_CASE("cash_flow: idle is what is beyond the targets' rest and the reserve, missing what there is less than the reserve") {
    // Worth 100, 20 in cash, of which the targets leave over 10.
    test_look l{{0.5, 0.3}, {0.6, 0.3}};
    CHECK(cash_flow{}.check(l).measure == Approx(0.1));
    CHECK(cash_flow{}.check(l).fired);
    CHECK(cash_flow{.share = 0.0999}.check(l).fired);
    CHECK_FALSE(cash_flow{.share = 0.1001}.check(l).fired);
    CHECK(std::string{cash_flow{}.check(l).trigger} == "cash_flow");
    CHECK(cash_flow{}.check(l).asset == no_index);
    // A reserve that is larger than what the targets leave over counts in its place.
    l.rules.reserve = 0.15;
    CHECK(cash_flow{}.check(l).measure == Approx(0.05));
    l.rules.reserve = 0.25;
    CHECK(cash_flow{}.check(l).measure == Approx(0.05));  // now it is missing
    CHECK(cash_flow{}.check(l).fired);
    CHECK(cash_flow{.watch = cash_kind::missing}.check(l).measure == Approx(0.05));
    CHECK(cash_flow{.watch = cash_kind::idle}.check(l).measure == 0.0);
    CHECK_FALSE(cash_flow{.share = 0.0, .watch = cash_kind::idle}.check(l).fired);
    l.rules.reserve_amount = 5.0;
    CHECK(cash_flow{}.check(l).measure == Approx(0.1));
    // Overdrawn.
    const test_look overdrawn{{0.7, 0.4}, {0.5, 0.5}};
    CHECK(cash_flow{}.check(overdrawn).measure == Approx(0.1));
    CHECK(cash_flow{.share = 0.0, .watch = cash_kind::missing}.check(overdrawn).fired);
}

TEST_CASE("cash_flow: the smaller of share and amount counts, and what equals it does not fire") {
    const test_look l{{0.5, 0.375}, {0.5, 0.5}};  // 12.5 of 100 in cash
    CHECK_FALSE(cash_flow{.share = 0.125}.check(l).fired);
    CHECK(cash_flow{.share = 0.1249}.check(l).fired);
    CHECK(cash_flow{.share = 0.5, .amount = 12.0}.check(l).fired);
    CHECK(cash_flow{.share = 0.5, .amount = 12.0}.check(l).threshold == Approx(0.12));
    CHECK(cash_flow{.share = 0.05, .amount = 50.0}.check(l).fired);
    CHECK_FALSE(cash_flow{.share = 0.5, .amount = 12.5}.check(l).fired);
    CHECK(cash_flow{.share = infinity, .amount = 10.0}.check(l).fired);
}

TEST_CASE("cash_flow: targets that borrow make the room for it larger") {
    test_look l{{0.9, 0.5}, {0.9, 0.6}};  // 40 borrowed, targets ask for 50
    l.rules.leverage = 1.5;
    CHECK(cash_flow{}.check(l).measure == Approx(0.1));
    const test_look exact{{0.9, 0.6}, {0.9, 0.6}};
    test_look there = exact;
    there.rules.leverage = 1.5;
    CHECK_FALSE(cash_flow{.share = 0.0}.check(there).fired);
}

// By its definition, in long doubles.
TEST_CASE("cash_flow: random looks, against plain sums") {
    std::mt19937_64 rng{31};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int fired = 0;
    for (const std::size_t n : ballast_test::look_sizes)
        for (int round = 0; round < 60; ++round) {
            test_look l = ballast_test::random_look(rng, n, {.shorts = false});
            double targets = 0.0;
            for (const double t : l.target) targets += t;
            for (double& t : l.target) t *= targets > 0.0 ? unit(rng) / targets : 0.0;
            l.refresh();
            if (round % 2 == 0) l.rules.reserve = 0.2 * unit(rng);
            if (round % 3 == 0) l.rules.reserve_amount = 100.0 * unit(rng);
            long double sum = 0.0L, invested = 0.0L;
            for (std::size_t i = 0; i < n; ++i) {
                sum += static_cast<long double>(l.target[i]);
                invested += static_cast<long double>(l.weight[i]);
            }
            const long double value = static_cast<long double>(l.value);
            const long double reserve =
                static_cast<long double>(l.rules.reserve) * value + static_cast<long double>(l.rules.reserve_amount);
            const long double cash = (1.0L - invested) * value;
            const long double idle = cash - std::fmax((1.0L - sum) * value, reserve);
            const long double missing = reserve - cash;
            const double flow = static_cast<double>(std::fmax(0.0L, std::fmax(idle, missing)) / value);
            const double limit = 0.3 * unit(rng);
            CAPTURE(n, round);
            const firing f = cash_flow{.share = limit}.check(l);
            CHECK(f.measure == Approx(flow).margin(1e-12));
            CHECK(f.fired == (flow > limit));
            CHECK(cash_flow{.share = limit, .watch = cash_kind::idle}.check(l).measure ==
                  Approx(static_cast<double>(std::fmax(0.0L, idle / value))).margin(1e-12));
            CHECK(cash_flow{.share = limit, .watch = cash_kind::missing}.check(l).measure ==
                  Approx(static_cast<double>(std::fmax(0.0L, missing / value))).margin(1e-12));
            fired += f.fired;
        }
    CHECK(fired > 100);
    CHECK(fired < 700);
}

TEST_CASE("cash_flow: a contribution and a withdrawal act at once, whatever the calendar says") {
    const auto run = [](solver::sides which, double flow) {
        keeper k{rebalancer{trigger::any_of{trigger::calendar{.period = trigger::period::yearly}, cash_flow{.share = 0.02}},
                            cost::proportional{.rate = 0.001}, solver::closest{.sides = which}},
                 {.assets = 2}};
        const std::vector<double> price{10.0, 20.0}, target{0.5, 0.5};
        holdings mine{.cash = 0.0, .quantity = {52.0, 24.0}};
        const timestamp start = timestamp{} + days(20'000);
        REQUIRE_FALSE(k.observe({.now = start, .price = price}));
        REQUIRE_FALSE(apply(mine, k.propose(mine.view(), target)));
        REQUIRE_FALSE(k.commit(k.propose(mine.view(), target)));
        REQUIRE_FALSE(k.observe({.now = start + days(1), .price = price}));
        CHECK(k.propose(mine.view(), target).outcome == outcome::hold);
        mine.cash += flow;
        const decision& d = k.propose(mine.view(), target);
        CHECK(d.outcome == outcome::trade);
        CHECK(std::string{d.firing.trigger} == "cash_flow");
        for (const order& o : d.orders) CHECK(o.buy() == (flow > 0.0));
        REQUIRE_FALSE(apply(mine, d));
        CHECK(mine.cash == Approx(0.0).margin(1e-9));
        CHECK(k.propose(mine.view(), target).outcome == outcome::hold);
    };
    run(solver::sides::buys_only, 100.0);
    run(solver::sides::sells_only, -100.0);
}

TEST_CASE("cash_flow: bad limits are refused with parameter, value and range") {
    const auto text = [](const cash_flow& t) -> std::string {
        const configuration_fault f = t.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    CHECK(text({.share = -0.1}) == "ballast: cash_flow.share = -0.1: must be a share at or above 0");
    CHECK(text({.amount = -5.0}) == "ballast: cash_flow.amount = -5: must be an amount at or above 0");
    CHECK_THAT(text({.share = std::numeric_limits<double>::quiet_NaN()}), StartsWith("ballast: cash_flow.share = "));
    CHECK_THAT(text({.share = infinity}), StartsWith("ballast: cash_flow.share = "));
    CHECK(text({.share = 0.0}).empty());
    CHECK(text({.share = infinity, .amount = 100.0}).empty());
}
