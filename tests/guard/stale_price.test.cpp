#include <ballast/guard/stale_price.hpp>

#include <ballast/keeper.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/never.hpp>

#include "support/catch.hpp"
#include "support/guarded.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::guard::stale_price;
using ballast_test::account_of;
using ballast_test::book;

static_assert(std::is_aggregate_v<stale_price> && std::is_trivially_copyable_v<stale_price> && guard_policy<stale_price>);
static_assert(detail::limiting_guard<stale_price> && detail::judging_guard<stale_price>);
static_assert(std::is_same_v<memory_of<stale_price>, no_memory>);
static_assert(noexcept(stale_price{}.validate()) && detail::check_guard<stale_price>());

namespace {
const auto at_once = trigger::every{.interval = {}};

// 70/20/10 to 40/30/30 at prices of 1, quoted so long ago.
book dated(const std::vector<duration>& age) {
    book b;
    b.price = {1.0, 1.0, 1.0};
    b.quantity = {70.0, 20.0, 10.0};
    b.target = {0.4, 0.3, 0.3};
    for (const duration d : age) b.as_of.push_back(b.now - d);
    return b;
}
}  // namespace

TEST_CASE("stale_price: freezes what is too old, and the others go on as far as it lets them") {
    const stale_price g{.max_age = minutes(15)};
    const auto decide = [&](const book& b) {
        account_of a{rebalancer{at_once, cost::zero{}, solver::to_target{}, g}, b};
        return a.propose(b);
    };
    const decision fresh = decide(dated({duration{}, minutes(15), seconds(1)}));  // just so old is good
    CHECK(fresh.orders.size() == 3);
    CHECK(fresh.outcome == outcome::trade);

    const book b = dated({duration{}, minutes(15) + nanoseconds(1), duration{}});
    const decision d = decide(b);
    const std::vector<double> x = ballast_test::traded(b, d);
    CHECK(d.outcome == outcome::trade);
    CHECK(x[1] == 0.0);
    CHECK(d.reason_of(1).code == why::frozen_stale);
    CHECK(d.reason_of(1).done == 0.0);
    CHECK(d.reason_of(1).wished == Approx(10.0));
    // The third buys its 20; the first sells no more than that, or the book would be under-invested.
    CHECK(x[2] == Approx(20.0));
    CHECK(x[0] == Approx(-20.0));
    CHECK(d.reason_of(0).code == why::cut_for_balance);
    CHECK(d.guard == nullptr);
}

TEST_CASE("stale_price: quotes from the future and quotes that never happened are no better") {
    book b = dated({seconds(-1), duration{}, duration{}});
    b.as_of[1] = timestamp::never();
    for (const duration age : {minutes(15), duration{std::numeric_limits<std::int64_t>::max()}}) {
        account_of a{rebalancer{at_once, cost::zero{}, solver::to_target{}, stale_price{.max_age = age}}, b};
        const decision& d = a.propose(b);
        CHECK(d.reason_of(0).code == why::frozen_stale);
        CHECK(d.reason_of(1).code == why::frozen_stale);
        CHECK(ballast_test::traded(b, d)[0] == 0.0);
        CHECK(ballast_test::traded(b, d)[1] == 0.0);
    }
}

TEST_CASE("stale_price: with every price too old nothing trades, and every reason says so") {
    const book b = dated({hours(1), hours(2), hours(3)});
    account_of a{rebalancer{at_once, cost::zero{}, solver::to_target{}, stale_price{}}, b};
    const decision& d = a.propose(b);
    CHECK(d.outcome == outcome::hold);
    CHECK(d.orders.empty());
    CHECK(d.reasons.size() == 3);
    for (const reason& r : d.reasons) CHECK(r.code == why::frozen_stale);
    CHECK_FALSE(d.more_to_do());  // at the same prices there is nothing left to do
}

TEST_CASE("stale_price: without dates nothing can be said, and what would trade is blocked") {
    book b = dated({});
    account_of a{rebalancer{at_once, cost::proportional{.rate = 10_bps}, solver::to_target{}, stale_price{}}, b};
    const decision& d = a.propose(b);
    CHECK(d.outcome == outcome::blocked);
    CHECK(std::string{d.guard} == "stale_price");
    CHECK(d.orders.empty());
    CHECK(d.turnover == 0.0);
    CHECK(d.cost == 0.0);
    CHECK(d.cash_after == d.cash);
    for (const reason& r : d.reasons) CHECK(r.code == why::held_back);
    CHECK(d.firing.fired);
    // What would not trade is not.
    account_of quiet{rebalancer{trigger::never{}, cost::zero{}, solver::to_target{}, stale_price{}}, b};
    CHECK(quiet.propose(b).outcome == outcome::hold);
    CHECK(quiet.propose(b).guard == nullptr);
    b.target = {0.7, 0.2, 0.1};
    account_of there{rebalancer{at_once, cost::zero{}, solver::to_target{}, stale_price{}}, b};
    CHECK(there.propose(b).outcome == outcome::hold);
}

TEST_CASE("stale_price: the age counts from the look, through a keeper") {
    keeper k{rebalancer{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, stale_price{.max_age = hours(1)}},
             {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{60.0, 40.0}, target{0.5, 0.5};
    const timestamp start = timestamp{} + days(20'000);
    const std::vector<timestamp> as_of{start, start};
    REQUIRE_FALSE(k.observe({.now = start + hours(1), .price = price, .as_of = as_of}));
    CHECK(k.propose({.quantity = quantity}, target).outcome == outcome::trade);
    REQUIRE_FALSE(k.observe({.now = start + hours(1) + seconds(1), .price = price, .as_of = as_of}));
    CHECK(k.propose({.quantity = quantity}, target).outcome == outcome::hold);
    CHECK(k.propose({.quantity = quantity}, target).reason_of(0).code == why::frozen_stale);
    REQUIRE_FALSE(k.observe({.now = start + hours(2), .price = price}));  // no dates any more
    CHECK(k.propose({.quantity = quantity}, target).outcome == outcome::blocked);
}

// No asset whose quote is older than the limit is in the list, whatever else is; the exposure stays between what it was and what the
// targets ask for.
TEST_CASE("stale_price: random books, steps, costs and solvers") {
    std::mt19937_64 rng{81};
    const mandate anything{.leverage = 10.0, .allow_short = true};
    int frozen = 0;
    int trades = 0;
    for (int round = 0; round < 600; ++round) {
        book b = ballast_test::random_book(
            rng, 1 + rng() % 10, {.shorts = round % 3 == 0, .steps = round % 2 == 0, .rows = round % 5 == 0, .minimums = round % 7 == 0});
        const std::size_t n = b.assets();
        std::vector<bool> stale(n);
        for (std::size_t i = 0; i < n; ++i) {
            const auto age = seconds(static_cast<std::int64_t>(rng() % 1300) - 100);
            stale[i] = age > seconds(900) || age < duration{};
            b.as_of.push_back(b.now - age);
        }
        const auto check = [&](const decision& d) {
            CAPTURE(round, n);
            CHECK_FALSE(d.problem);
            double before = 0.0, after = 0.0, wanted = 0.0, largest_step = 0.0;
            const std::vector<double> x = ballast_test::traded(b, d);
            for (std::size_t i = 0; i < n; ++i) {
                if (stale[i]) CHECK(x[i] == 0.0);
                before += d.weight_before()[i];
                after += d.weight_after()[i];
                wanted += b.target[i];
                if (!b.step.empty()) largest_step += b.step[i].value() * b.price[i] / b.value();
                if (!b.min_notional.empty()) largest_step += b.min_notional[i] / b.value();
            }
            for (const reason& r : d.reasons)
                if (r.code == why::frozen_stale) {
                    CHECK(stale[r.asset]);
                    ++frozen;
                }
            const double slack = largest_step + 0.005;
            CHECK(after >= std::fmin(before, wanted) - slack);
            CHECK(after <= std::fmax(before, wanted) + slack);
            trades += d.outcome == outcome::trade;
        };
        const stale_price g{};
        const cost::proportional costs{.rate = 30_bps};
        account_of to_target{rebalancer{at_once, costs, solver::to_target{}, anything, g}, b};
        check(to_target.propose(b));
        account_of to_band{rebalancer{trigger::band{.absolute = 0.02}, costs, solver::to_band{}, anything, g}, b};
        check(to_band.propose(b));
        account_of limited{rebalancer{at_once, costs, solver::to_target{}, guard::max_trade{.share = 0.05}, anything, g}, b};
        check(limited.propose(b));
    }
    CHECK(frozen > 1000);
    CHECK(trades > 1000);
}

TEST_CASE("stale_price: a negative age is refused with parameter, value and range") {
    const configuration_fault f = stale_price{.max_age = seconds(-60)}.validate();
    REQUIRE(f);
    CHECK(std::string{invalid_configuration{f}.what()} == "ballast: stale_price.max_age = -60: must be a time at or above 0 (seconds)");
    CHECK_FALSE(stale_price{.max_age = {}}.validate());
    CHECK_FALSE(stale_price{}.validate());
}
