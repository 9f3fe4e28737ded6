#include <ballast/trigger/drawdown.hpp>

#include <ballast/core/archive.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/describe.hpp>
#include <ballast/keeper.hpp>
#include <ballast/solver/closest.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/cash_flow.hpp>
#include <ballast/trigger/not_.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::trigger::drawdown;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<drawdown> && std::is_trivially_copyable_v<drawdown>);
static_assert(trigger_policy<drawdown> && !banded_trigger<drawdown> && detail::check_trigger<drawdown>());
static_assert(detail::has_memory<drawdown> && detail::need_of<drawdown>() == risk_need::nothing);
static_assert(noexcept(drawdown{}.check(look{}, {})) && noexcept(drawdown{}.validate()));

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// An account of one asset and cash.
test_look worth(double position, double cash, double flow = 0.0) {
    test_look l = test_look::holding(cash + flow, {position}, {1.0}, {0.5});
    l.input.account.cash = cash;
    l.input.account.flow = flow;
    return l;
}
/// What a commit of such a decision tells.
decision committed(double value, double cash_after, double flow = 0.0) {
    decision d;
    d.value = value;
    d.cash_after = cash_after;
    d.flow = flow;
    return d;
}
}  // namespace

TEST_CASE("drawdown: from the highest value that was seen, strictly") {
    const drawdown t{.limit = 0.1};
    drawdown::memory m;
    CHECK_FALSE(t.check(worth(1.0, 0.0), m).fired);  // nothing was seen yet
    CHECK(t.check(worth(1.0, 0.0), m).measure == 0.0);
    t.observe(worth(50.0, 50.0), m);
    CHECK_FALSE(t.check(worth(40.0, 50.0), m).fired);  // 10 % is not beyond 10 %
    CHECK(t.check(worth(39.0, 50.0), m).fired);
    t.observe(worth(70.0, 50.0), m);  // a new peak
    const firing f = t.check(worth(55.0, 50.0), m);
    CHECK(f.fired);
    CHECK(f.measure == Approx(0.125));
    CHECK(f.threshold == 0.1);
    CHECK(f.unit == measure_unit::fall);
    CHECK(std::string{f.trigger} == "drawdown");
    CHECK(describe(f) == "drawdown fired: the account is 12.50% below its peak, 2.50% beyond the 10.00% allowed");
    CHECK(t.check(worth(90.0, 50.0), m).measure == 0.0);
    trigger::not_<drawdown>::memory around;
    detail::get<0>(around.parts) = m;
    CHECK(describe(trigger::not_{t}.check(worth(90.0, 50.0), around)) ==
          "not_ fired: what it turns around did not fire, the account is 0.00% below its peak, 10.00% short of the 10.00% allowed");
}

TEST_CASE("drawdown: acts once, and again after it has come back") {
    const drawdown t{.limit = 0.1, .rearm = 0.05};
    drawdown::memory m;
    const auto see = [&](double value) {
        const test_look l = worth(value - 50.0, 50.0);
        const bool fired = t.check(l, m).fired;
        t.observe(l, m);
        CHECK(t.check(l, m).fired == fired);  // the same before and after the valuation
        return fired;
    };
    const auto commit = [&](double value) { t.commit(committed(value, 50.0), timestamp{}, m); };
    CHECK_FALSE(see(100.0));
    CHECK_FALSE(see(91.0));
    CHECK(see(89.0));
    CHECK(see(88.0));  // nothing was done
    commit(88.0);
    CHECK_FALSE(see(88.0));
    CHECK(describe(t.check(worth(38.0, 50.0), m)) ==
          "drawdown: the account is 12.00% below its peak, 7.00% beyond the 5.00% allowed (acted on already)");
    CHECK_FALSE(see(70.0));
    CHECK_FALSE(see(92.0));  // 8 %: not back yet
    CHECK_FALSE(see(89.0));
    CHECK_FALSE(see(95.0));  // 5 %: over
    CHECK(see(89.0));        // a new one
    commit(89.0);
    CHECK_FALSE(see(89.0));
    CHECK_FALSE(see(101.0));
    CHECK(see(90.0));
    // A commit outside of a drawdown silences nothing.
    CHECK_FALSE(see(110.0));
    commit(110.0);
    CHECK(see(95.0));
}

TEST_CASE("drawdown: with repeat it lasts from the limit to the way back, whatever is committed") {
    const drawdown t{.limit = 0.1, .rearm = 0.05, .repeat = true};
    drawdown::memory m;
    const double values[] = {100.0, 91.0, 89.0, 92.0, 94.9, 95.0, 91.0, 89.9, 120.0, 107.0};
    const bool fires[] = {false, false, true, true, true, false, false, true, false, true};
    for (std::size_t i = 0; i < std::size(values); ++i) {
        const test_look l = worth(values[i], 0.0);
        CAPTURE(i);
        CHECK(t.check(l, m).fired == fires[i]);
        t.observe(l, m);
        t.commit(committed(values[i], 0.0), timestamp{}, m);
    }
    // Without `rearm` the way back is the limit.
    const drawdown plain{.limit = 0.1, .repeat = true};
    m = {};
    plain.observe(worth(100.0, 0.0), m);
    plain.observe(worth(89.0, 0.0), m);
    CHECK(plain.check(worth(89.9, 0.0), m).fired);
    CHECK_FALSE(plain.check(worth(90.0, 0.0), m).fired);
}

// Tokemak, AutopoolETHStrategy (defi_cases.json): paused where the value is below all of the last three, here: by more than from the highest
// of them to the lowest.
TEST_CASE("drawdown: a breaker on the value (tokemak-nav-pause)") {
    const double nav[] = {10.0, 11.0, 12.0, 9.0};
    const bool paused[] = {false, false, false, true};
    const drawdown t{.limit = 1.0 - 10.0 / 12.0, .repeat = true};
    drawdown::memory m;
    for (std::size_t day = 0; day < 4; ++day) {
        CHECK(t.check(worth(nav[day], 0.0), m).fired == paused[day]);
        t.observe(worth(nav[day], 0.0), m);
    }
}

TEST_CASE("drawdown: flows are neither gain nor loss") {
    const drawdown t{.limit = 0.1};
    drawdown::memory m;
    const auto share = [&](const test_look& l) {
        const double s = t.check(l, m).measure;
        t.observe(l, m);
        return s;
    };
    CHECK(share(worth(60.0, 40.0)) == 0.0);
    CHECK(share(worth(55.0, 40.0)) == Approx(0.05));
    // 100 are paid in: told once, told again, booked.
    CHECK(share(worth(55.0, 40.0, 100.0)) == Approx(0.05));
    CHECK(share(worth(55.0, 40.0, 100.0)) == Approx(0.05));
    CHECK(share(worth(55.0, 140.0)) == Approx(0.05));
    // Of the larger account 4 % more are lost.
    CHECK(share(worth(55.0 - 0.04 * 195.0, 140.0)) == Approx(1.0 - 0.95 * 0.96));
    // Half is taken out, with nothing traded; then 3 % are lost.
    const double whole = 187.2;
    CHECK(share(worth(47.2, 140.0, -whole / 2)) == Approx(1.0 - 0.95 * 0.96));
    CHECK(share(worth(47.2, 140.0 - whole / 2)) == Approx(1.0 - 0.95 * 0.96));
    CHECK(share(worth(47.2 - 0.03 * whole / 2, 140.0 - whole / 2)) == Approx(1.0 - 0.95 * 0.96 * 0.97));
    // A flow that comes to nothing after all.
    m = {};
    CHECK(share(worth(60.0, 40.0)) == 0.0);
    CHECK(share(worth(60.0, 40.0, 50.0)) == 0.0);
    CHECK(share(worth(60.0, 40.0)) == 0.0);
    CHECK(share(worth(50.0, 40.0)) == Approx(0.1));
}

TEST_CASE("drawdown: the same amount paid in again and again is a new flow where the cash has taken the last one") {
    const drawdown t{.limit = 0.1};
    drawdown::memory m;
    double cash = 50.0;
    for (int k = 0; k < 12; ++k) {  // held each time: nobody commits
        const test_look l = worth(50.0, cash, 10.0);
        CHECK(t.check(l, m).measure == Approx(0.0).margin(1e-12));
        t.observe(l, m);
        cash += 10.0;
    }
    CHECK(t.check(worth(50.0, cash), m).measure == Approx(0.0).margin(1e-12));
    CHECK(t.check(worth(28.0, cash), m).measure == Approx(0.1));
}

TEST_CASE("drawdown: a withdrawal that is sold for") {
    const drawdown t{.limit = 0.1};
    drawdown::memory m;
    t.observe(worth(100.0, 0.0), m);
    t.observe(worth(100.0, 0.0, -30.0), m);
    t.commit(committed(70.0, 0.0, -30.0), timestamp{}, m);  // sells 30 and pays them out
    CHECK(t.check(worth(70.0, 0.0), m).measure == Approx(0.0).margin(1e-12));
    // Sold, but not paid out yet: the cash is there, and the same flow is told.
    CHECK(t.check(worth(70.0, 30.0, -30.0), m).measure == Approx(0.0).margin(1e-12));
    // Paid out, and as much is to be paid out once more.
    CHECK(t.check(worth(70.0, 0.0, -30.0), m).measure == Approx(0.0).margin(1e-12));
    t.observe(worth(70.0, 0.0), m);
    CHECK(t.check(worth(63.0, 0.0), m).measure == Approx(0.1));
}

TEST_CASE("drawdown: a deposit into an account that was worth nothing starts anew") {
    const drawdown t{.limit = 0.1};
    drawdown::memory m;
    t.observe(worth(100.0, -50.0), m);
    const test_look rescued = worth(40.0, -50.0, 60.0);  // 10 below nothing before the deposit
    CHECK(t.check(rescued, m).measure == 1.0);
    CHECK(t.check(rescued, m).fired);
    t.observe(rescued, m);
    CHECK(t.check(worth(40.0, 10.0), m).measure == 0.0);
    CHECK(t.check(worth(35.0, 10.0), m).measure == Approx(0.1));
}

// A fund with units: what comes in buys units at the price of the day, what goes out redeems them. The drawdown is that of the unit price,
// whenever flows are told, told again, booked with or without a trade.
TEST_CASE("drawdown: random accounts with flows, against the price of a unit") {
    std::mt19937_64 rng{41};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::normal_distribution<double> normal{0.0, 1.0};
    int fired = 0;
    for (int round = 0; round < 200; ++round) {
        const double limit = 0.05 + 0.2 * unit(rng);
        const drawdown t{.limit = limit, .repeat = true};
        drawdown::memory m;
        double position = 100.0 * unit(rng) + 1.0, cash = 100.0 * unit(rng) + 1.0, flow = 0.0;
        double units = position + cash, highest = 0.0;
        bool on = false;
        for (int k = 0; k < 120; ++k) {
            position *= std::exp(0.03 * normal(rng));
            if (flow == 0.0 && unit(rng) < 0.3) {  // a new flow: units at today's price
                flow = (unit(rng) < 0.5 ? 0.4 : -0.3) * unit(rng) * (position + cash);
                const double price = (position + cash) / units;
                units += flow / price;
            }
            const double price = (position + cash + flow) / units;
            highest = std::max(highest, price);
            const double share = 1.0 - price / highest;
            on = share > limit;
            const test_look l = worth(position, cash, flow);
            const firing f = t.check(l, m);
            if (std::fabs(share - limit) > 1e-9) {
                CAPTURE(round, k, share, limit, f.measure);
                REQUIRE(f.fired == on);
            }
            REQUIRE(f.measure == Approx(share).margin(1e-9));
            fired += f.fired;
            t.observe(l, m);
            if (flow == 0.0) continue;
            const double luck = unit(rng);
            if (luck < 0.4) {  // booked as it is
                cash += flow;
                flow = 0.0;
            } else if (luck < 0.8) {  // a rebalance, at no cost
                const double half = 0.5 * (position + cash + flow);
                position = half;
                cash = half;
                t.commit(committed(2.0 * half, half, flow), timestamp{}, m);
                flow = 0.0;
            }  // else it is told once more
        }
    }
    CHECK(fired > 500);
}

TEST_CASE("drawdown: through a keeper, once per drawdown, saved and loaded in between") {
    const rebalancer r{trigger::any_of{drawdown{.limit = 0.1, .rearm = 0.02}, trigger::cash_flow{.share = 0.2}},
                       cost::proportional{.rate = 0.001}, solver::to_target{}};
    keeper k{r, {.assets = 2}};
    const std::vector<double> target{0.5, 0.4};
    holdings mine{.cash = 10.0, .quantity = {50.0, 40.0}};
    timestamp now = timestamp{} + days(20'000);
    const auto day = [&](auto& keep, double a, double b, double flow = 0.0) -> const decision& {
        now = now + days(1);
        const std::vector<double> price{a, b};
        REQUIRE_FALSE(keep.observe({.now = now, .price = price}));
        account_view account = mine.view();
        account.flow = flow;
        return keep.propose(account, target);
    };
    CHECK_FALSE(day(k, 1.0, 1.0).firing.fired);
    CHECK_FALSE(day(k, 0.9, 1.0).firing.fired);
    const decision& d = day(k, 0.75, 1.0);  // 12.5 % lost
    CHECK(d.firing.fired);
    CHECK(std::string{d.firing.trigger} == "drawdown");
    REQUIRE_FALSE(apply(mine, d));
    REQUIRE_FALSE(k.commit(d));
    CHECK_FALSE(day(k, 0.75, 1.0).firing.fired);
    CHECK_FALSE(day(k, 0.6, 1.0).firing.fired);
    const auto bytes = save(k.account());
    keeper later{r, {.assets = 2}};
    REQUIRE_FALSE(load(later.account(), bytes));
    CHECK_FALSE(day(later, 0.6, 1.0).firing.fired);
    CHECK(day(later, 0.6, 1.0).leaves[0].measure > 0.15);
    CHECK_FALSE(day(later, 1.1, 1.1).firing.fired);
    CHECK(day(later, 0.8, 1.0).firing.fired);
    // Contributions through the same keeper leave no trace.
    keeper saver{rebalancer{trigger::any_of{drawdown{.limit = 0.1}, trigger::cash_flow{.share = 0.05}}, cost::zero{},
                            solver::closest{.sides = solver::sides::buys_only}},
                 {.assets = 2}};
    mine = {.cash = 0.0, .quantity = {50.0, 50.0}};
    for (int month = 0; month < 12; ++month) {
        const decision& bought = day(saver, 1.0, 1.0, 20.0);
        CHECK(std::string{bought.leaves[0].trigger} == "drawdown");
        CHECK(bought.leaves[0].measure == Approx(0.0).margin(1e-12));
        REQUIRE_FALSE(apply(mine, bought));
        REQUIRE_FALSE(saver.commit(bought));
    }
    CHECK(day(saver, 0.95, 0.95).leaves[0].measure == Approx(0.05 * (mine.quantity[0] + mine.quantity[1]) / 340.0));
}

TEST_CASE("drawdown: bad parameters are refused with parameter, value and range") {
    const auto text = [](const drawdown& t) -> std::string {
        const configuration_fault f = t.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    CHECK(text({.limit = 0.0}).empty());
    CHECK(text({.limit = 0.2, .rearm = 0.2}).empty());
    CHECK(text({.limit = 0.2, .rearm = 0.0}).empty());
    CHECK(text({.limit = 1.0}) == "ballast: drawdown.limit = 1: has to be given: a share at or above 0 and below 1");
    for (const double bad : {-0.1, not_a_number, infinity}) CHECK_THAT(text({.limit = bad}), StartsWith("ballast: drawdown.limit = "));
    CHECK(text({.limit = 0.1, .rearm = -0.1}) == "ballast: drawdown.rearm = -0.1: must be a share at or above 0");
    CHECK_THAT(text({.limit = 0.1, .rearm = not_a_number}), StartsWith("ballast: drawdown.rearm = "));
    CHECK(text({.limit = 0.1, .rearm = 0.2}) == "ballast: drawdown.rearm = 0.2: must not be above the limit");
    CHECK(drawdown{}.validate());
}
