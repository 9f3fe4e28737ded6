#include <ballast/trigger/signal.hpp>

#include <ballast/core/archive.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/describe.hpp>
#include <ballast/keeper.hpp>
#include <ballast/sim/replay.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/not_.hpp>

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
using ballast::trigger::on_missing;
using ballast::trigger::signal_side;
using ballast_test::test_look;
using on_signal = ballast::trigger::signal;

static_assert(std::is_aggregate_v<on_signal> && std::is_trivially_copyable_v<on_signal>);
static_assert(trigger_policy<on_signal> && !banded_trigger<on_signal> && detail::check_trigger<on_signal>());
static_assert(detail::has_memory<on_signal> && detail::need_of<on_signal>() == risk_need::nothing);
static_assert(noexcept(on_signal{}.check(look{}, {})) && noexcept(on_signal{}.validate()));

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// A look with these signals; they outlive it in the caller.
test_look showing(const std::vector<double>& signals) {
    test_look l{{0.5}, {0.5}};
    l.input.market.signal = signals;
    return l;
}
firing check(const on_signal& t, const std::vector<double>& signals, bool active = false) {
    return t.check(showing(signals), {.active = active});
}
}  // namespace

TEST_CASE("signal: beyond its threshold, strictly, on either side") {
    const on_signal high{.threshold = 0.9};
    CHECK(check(high, {0.91}).fired);
    CHECK_FALSE(check(high, {0.9}).fired);
    CHECK_FALSE(check(high, {0.2}).fired);
    const on_signal low{.threshold = -0.5, .side = signal_side::below};
    CHECK(check(low, {-0.51}).fired);
    CHECK_FALSE(check(low, {-0.5}).fired);
    CHECK_FALSE(check(low, {3.0}).fired);
    // A positive margin stands for firing on both sides.
    CHECK(check(high, {1.0}).margin() == Approx(0.1));
    CHECK(check(high, {0.5}).margin() == Approx(-0.4));
    CHECK(check(low, {-0.7}).margin() == Approx(0.2));
    CHECK(check(low, {0.0}).margin() == Approx(-0.5));
    const firing f = check(on_signal{.index = 1, .threshold = 2.0}, {5.0, 3.0});
    CHECK(f.fired);
    CHECK(f.measure == 3.0);
    CHECK(f.threshold == 2.0);
    CHECK(f.asset == 1);
    CHECK(f.unit == measure_unit::signal);
    CHECK(std::string{f.trigger} == "signal");
    CHECK(check(low, {0.0}).unit == measure_unit::signal_below);
}

TEST_CASE("signal: what was not given or is not finite rejects, or leaves it as it was") {
    for (const double bad : {not_a_number, infinity, -infinity}) {
        const firing f = check({.index = 1, .threshold = 0.9}, {0.5, bad});
        CHECK_FALSE(f.fired);
        CHECK(f.problem.code == fault_code::bad_signal);
        CHECK(f.problem.index == 1);
    }
    CHECK(check({.index = 2, .threshold = 0.9}, {0.5, 0.5}).problem.code == fault_code::bad_signal);
    CHECK(std::isnan(check({.index = 2, .threshold = 0.9}, {0.5, 0.5}).problem.value));
    CHECK(check({.threshold = 0.9}, {}).problem.code == fault_code::bad_signal);

    const on_signal patient{.threshold = 0.9, .back = 0.1, .missing = on_missing::quiet};
    on_signal::memory m;
    const auto observe = [&](const std::vector<double>& s) { patient.observe(showing(s), m); };
    observe({});
    CHECK_FALSE(m.active);
    observe({0.95});
    CHECK(m.active);
    observe({not_a_number});
    CHECK(m.active);
    CHECK_FALSE(check(patient, {not_a_number}, true).fired);
    CHECK_FALSE(check(patient, {}, true).problem);
    CHECK(check(patient, {0.85}, m.active).fired);
    // A signal that rejects leaves it as it was as well.
    on_signal strict = patient;
    strict.missing = on_missing::reject;
    strict.observe(showing({}), m);
    CHECK(m.active);
}

TEST_CASE("signal: with hysteresis a signal that hovers about its threshold is one event") {
    const on_signal t{.threshold = 0.9, .back = 0.1};
    const double path[] = {0.85, 0.95, 0.89, 0.91, 0.81, 0.8, 0.89, 0.9, 0.91, 0.79, 0.95};
    const bool fires[] = {false, true, true, true, true, false, false, false, true, false, true};
    on_signal::memory m;
    for (std::size_t i = 0; i < std::size(path); ++i) {
        const std::vector<double> now{path[i]};
        const test_look l = showing(now);
        CAPTURE(i);
        CHECK(t.check(l, m).fired == fires[i]);
        t.observe(l, m);
        CHECK(t.check(l, m).fired == fires[i]);  // the same before and after the valuation
        CHECK(m.active == fires[i]);
    }
    const on_signal low{.threshold = 10.0, .side = signal_side::below, .back = 5.0};
    m = {};
    const double depth[] = {20.0, 9.0, 14.0, 15.0, 12.0, 9.9};
    const bool thin[] = {false, true, true, false, false, true};
    for (std::size_t i = 0; i < std::size(depth); ++i) {
        const std::vector<double> now{depth[i]};
        const test_look l = showing(now);
        CAPTURE(i);
        CHECK(low.check(l, m).fired == thin[i]);
        low.observe(l, m);
    }
}

// On from beyond the threshold until back by the hysteresis, reckoned by a plain state machine; above and below are mirror images.
TEST_CASE("signal: random paths, against a plain machine and its mirror image") {
    std::mt19937_64 rng{3};
    std::uniform_real_distribution<double> unit{-1.0, 1.0};
    int changes = 0;
    for (int round = 0; round < 300; ++round) {
        const double threshold = unit(rng), back = std::fabs(unit(rng)) * (round % 4 == 0 ? 0.0 : 0.5);
        const on_signal up{.threshold = threshold, .back = back};
        const on_signal down{.threshold = -threshold, .side = signal_side::below, .back = back};
        on_signal::memory m_up, m_down;
        bool on = false;
        double x = unit(rng);
        for (int k = 0; k < 50; ++k) {
            x += 0.3 * unit(rng);
            const bool before = on;
            on = on ? x > threshold - back : x > threshold;
            changes += on != before;
            const std::vector<double> plus{x}, minus{-x};
            REQUIRE(up.check(showing(plus), m_up).fired == on);
            REQUIRE(down.check(showing(minus), m_down).fired == on);
            up.observe(showing(plus), m_up);
            down.observe(showing(minus), m_down);
        }
    }
    CHECK(changes > 500);
}

// Balancer, CircuitBreakerLib (defi_cases.json): the price of a pool token, supply·weight/balance, between bounds of 0.8 and 2 to the power
// of one less the weight.
TEST_CASE("signal: a corridor for a price (bal-circuit-breaker)") {
    const double weight = 0.8, price = 4202.444487 * weight / 8000.0;
    const double lower = price * std::pow(0.8, 1.0 - weight), upper = price * std::pow(2.0, 1.0 - weight);
    CHECK(lower == Approx(0.401901829037131).epsilon(1e-12));
    CHECK(upper == Approx(0.482734106918326).epsilon(1e-12));
    const trigger::any_of outside{on_signal{.threshold = upper}, on_signal{.threshold = lower, .side = signal_side::below}};
    const auto trips = [&](double p) {
        const std::vector<double> now{p};
        return ballast_test::check(outside, showing(now)).fired;
    };
    CHECK_FALSE(trips(price));
    CHECK_FALSE(trips(lower));
    CHECK_FALSE(trips(upper));
    CHECK(trips(std::nextafter(lower, 0.0)));
    CHECK(trips(std::nextafter(upper, 1.0)));
}

TEST_CASE("signal: a keeper passes the newest signals on, and forgets those that a tick leaves out") {
    keeper k{rebalancer{trigger::all_of{on_signal{.index = 1, .threshold = 0.9, .back = 0.1}, trigger::band{.absolute = 0.05}},
                        cost::zero{}, solver::to_target{}},
             {.assets = 2, .signal_count = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{60.0, 40.0}, even{50.0, 50.0}, target{0.5, 0.5};
    const std::vector<double> calm{0.0, 0.2}, high{0.0, 0.95}, falling{0.0, 0.85}, one{0.5}, three{1.0, 2.0, 3.0};
    const timestamp start = timestamp{} + days(20'000);
    const auto see = [&](int day, const std::vector<double>& s) {
        return k.observe({.now = start + days(day), .price = price, .signal = s});
    };
    REQUIRE_FALSE(see(0, calm));
    CHECK(k.propose({.quantity = quantity}, target).outcome == outcome::hold);
    REQUIRE_FALSE(see(1, high));
    CHECK(k.propose({.quantity = quantity}, target).outcome == outcome::trade);
    REQUIRE_FALSE(k.commit(k.last_decision()));
    CHECK(k.propose({.quantity = even}, target).orders.empty());
    REQUIRE_FALSE(see(2, falling));
    CHECK(k.propose({.quantity = quantity}, target).outcome == outcome::trade);  // still on
    // Saved and loaded it is still on.
    const auto bytes = save(k.account());
    keeper other{k.policy(), {.assets = 2, .signal_count = 2}};
    REQUIRE_FALSE(load(other.account(), bytes));
    REQUIRE_FALSE(other.observe({.now = start + days(3), .price = price, .signal = falling}));
    CHECK(other.propose({.quantity = quantity}, target).outcome == outcome::trade);
    keeper fresh{k.policy(), {.assets = 2, .signal_count = 2}};
    REQUIRE_FALSE(fresh.observe({.now = start + days(3), .price = price, .signal = falling}));
    CHECK(fresh.propose({.quantity = quantity}, target).outcome == outcome::hold);

    REQUIRE_FALSE(see(4, one));
    const decision& without = k.propose({.quantity = quantity}, target);
    CHECK(without.outcome == outcome::rejected);
    CHECK(without.problem.code == fault_code::bad_signal);
    CHECK(without.problem.index == 1);
    CHECK(describe(without).find("a signal is missing or not a finite number: signal 1, value nan") != std::string::npos);
    const fault too_many = see(5, three);
    CHECK(too_many.code == fault_code::not_prepared);
    CHECK(too_many.value == 3.0);
}

TEST_CASE("signal: texts say which signal and how far") {
    CHECK(describe(check({.index = 2, .threshold = 0.5}, {0.0, 0.0, 0.75})) == "signal fired: signal 2 is 0.75, 0.25 beyond 0.5");
    CHECK(describe(check({.threshold = 0.5}, {0.25})) == "signal: signal 0 is 0.25, 0.25 short of 0.5");
    CHECK(describe(check({.threshold = 0.5}, {0.5})) == "signal: signal 0 is 0.5, exactly 0.5");
    CHECK(describe(check({.threshold = 4.0, .side = signal_side::below}, {3.0})) == "signal fired: signal 0 is 3, 1 below 4");
    CHECK(describe(check({.threshold = 4.0, .side = signal_side::below}, {6.5})) == "signal: signal 0 is 6.5, 2.5 above 4");
    CHECK(describe(check({.threshold = 4.0, .side = signal_side::below}, {4.0})) == "signal: signal 0 is 4, exactly 4");
    CHECK(describe(check({.threshold = 0.5, .missing = on_missing::quiet}, {})) == "signal: signal 0 is not known");
    CHECK_THAT(describe(check({.index = 3, .threshold = 0.5}, {})),
               StartsWith("signal: can not tell, a signal is missing or not a finite number: signal 3"));
}

TEST_CASE("signal: a replay shows each row its own") {
    const std::vector<timestamp> when{timestamp{}, timestamp{} + days(1), timestamp{} + days(2), timestamp{} + days(3)};
    const std::vector<double> price{1.0, 1.0, 2.0, 1.0, 2.0, 1.0, 4.0, 1.0}, target{0.5, 0.5}, signal{0.0, 0.0, 1.0, 0.0};
    const rebalancer r{on_signal{.threshold = 0.5}, cost::zero{}, solver::to_target{}};
    std::vector<bool> fired;
    const auto each = [&](const sim::row_report& row) { fired.push_back(row.row > 0 && row.decision.firing.fired); };
    const auto result = sim::replay(r, {.when = when, .price = price, .assets = 2, .signal = signal, .signal_count = 1}, target, {}, each);
    CHECK_FALSE(result.problem);
    CHECK(fired == std::vector<bool>{false, false, true, false});
    CHECK(result.rebalances == 1);
    const auto short_of = sim::replay(r, {.when = when, .price = price, .assets = 2, .signal = signal, .signal_count = 2}, target);
    CHECK(short_of.problem.code == fault_code::size_mismatch);
    CHECK(short_of.problem.value == 4.0);
    const auto none = sim::replay(r, {.when = when, .price = price, .assets = 2}, target);
    CHECK(none.problem.code == fault_code::bad_signal);
}

TEST_CASE("signal: bad parameters are refused with parameter, value and range") {
    const auto text = [](const on_signal& t) -> std::string {
        const configuration_fault f = t.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    CHECK(text({.threshold = -3.0, .back = 0.0}).empty());
    for (const double bad : {not_a_number, infinity}) {
        CHECK_THAT(text({.threshold = bad}), StartsWith("ballast: signal.threshold = ") && EndsWith("has to be given: a finite number"));
        CHECK_THAT(text({.threshold = 1.0, .back = bad}), StartsWith("ballast: signal.back = "));
    }
    CHECK(text({.threshold = 1.0, .back = -0.5}) == "ballast: signal.back = -0.5: must be a finite number at or above 0");
    CHECK(text({.index = no_index, .threshold = 1.0}) == "ballast: signal.index = 4.29497e+09: must be the index of a signal, from 0");
    CHECK(on_signal{}.validate());
}
