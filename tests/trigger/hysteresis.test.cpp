#include <ballast/trigger/hysteresis.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/never.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/triggers.hpp"

#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::trigger::any_of;
using ballast::trigger::band;
using ballast::trigger::calendar;
using ballast::trigger::hysteresis;
using ballast::trigger::never;
using ballast::trigger::volatility_band;
using ballast_test::says;
using ballast_test::scripted;
using ballast_test::test_look;

static_assert(trigger_policy<hysteresis<band, band>> && banded_trigger<hysteresis<band, band>> && banded_trigger<hysteresis<never, band>>);
static_assert(!banded_trigger<hysteresis<band, never>>);
static_assert(sizeof(memory_of<hysteresis<band, band>>) <= 2);
static_assert(std::is_trivially_copyable_v<hysteresis<never, never>>);
static_assert(detail::need_of<hysteresis<never, volatility_band>>() == risk_need::volatility);
static_assert(noexcept(hysteresis<never, never>{}.check(look{}, {})));
static_assert(detail::check_trigger<hysteresis<band, band>>() && detail::check_trigger<hysteresis<band, never>>());

namespace {
test_look off_by(double drift) { return {{0.5 + drift}, {0.5}}; }
const hysteresis wide_narrow{band{.absolute = 0.05}, band{.absolute = 0.02}};
using wide_narrow_memory = memory_of<hysteresis<band, band>>;
}  // namespace

TEST_CASE("hysteresis: starts at the wide band and goes on to the narrow one") {
    wide_narrow_memory m;
    const auto step = [&](double drift) {
        const test_look l = off_by(drift);
        const bool fired = wide_narrow.check(l, m).fired;
        wide_narrow.observe(l, m);
        CHECK(wide_narrow.check(l, m).fired == fired);  // the same after the account observed it
        return fired;
    };
    CHECK_FALSE(step(0.03));
    CHECK_FALSE(step(0.05));
    CHECK(step(0.06));
    CHECK(step(0.04));
    CHECK(step(-0.03));
    CHECK_FALSE(step(0.02));
    CHECK_FALSE(step(0.03));
    CHECK(step(-0.07));
    CHECK_FALSE(step(0.0));
}

// |            | on fires | on quiet, off fires | both quiet |
// | not active | on       | quiet: on           | quiet: on  |
// | active     | on       | off                 | quiet: on  |
// and a problem of `on`, or of `off` while active, is told. Both leaves are told, once.
TEST_CASE("hysteresis: truth table") {
    const test_look l{{0.5}, {0.5}};
    for (const says on : ballast_test::all_answers)
        for (const says off : ballast_test::all_answers)
            for (const bool active : {false, true}) {
                const hysteresis t{scripted{on, 1.0}, scripted{off, 2.0}};
                memory_of<std::remove_const_t<decltype(t)>> m;
                m.active = active;
                const auto e = ballast_test::explain(t, l, m);
                const bool from_off = on == says::quiet && active && off != says::quiet;
                CHECK(e.answer.measure == (from_off ? 2.0 : 1.0));
                CHECK(e.answer.fired == (on == says::fires || (from_off && off == says::fires)));
                CHECK(static_cast<bool>(e.answer.problem) == (on == says::problem || (from_off && off == says::problem)));
                REQUIRE(t.leaves() == 2);
                REQUIRE(e.leaves.size() == 2);
                CHECK(e.leaves[0].measure == 1.0);
                CHECK(e.leaves[1].measure == 2.0);
                // A valuation switches it, unless it can not tell.
                t.observe(l, m);
                CHECK(m.active == (e.answer.problem ? active : e.answer.fired));
                CHECK(detail::get<0>(m.inner.parts).observed == 1);
                CHECK(detail::get<1>(m.inner.parts).observed == 1);
                const firing again = t.check(l, m);
                CHECK(again.fired == e.answer.fired);
                CHECK(again.measure == e.answer.measure);
            }
}

// active' = wide fires, or active and narrow fires; fires where active'. Valuations are some of the looks, commits any.
TEST_CASE("hysteresis: random walks, against a plain state machine") {
    std::mt19937_64 rng{22};
    std::normal_distribution<double> noise{0.0, 0.015};
    wide_narrow_memory m;
    bool active = false;
    double drift = 0.0;
    int wrong = 0, fired = 0, between = 0;
    for (int step = 0; step < 20'000; ++step) {
        drift = 0.97 * drift + noise(rng);
        const double size = drift < 0 ? -drift : drift;
        const bool fires = size > 0.05 || (active && size > 0.02);
        const test_look l = off_by(drift);
        wrong += wide_narrow.check(l, m).fired != fires;
        fired += fires;
        between += fires && size <= 0.05;
        if (rng() % 4 != 0) {
            wide_narrow.observe(l, m);
            active = fires;
        }
        if (rng() % 4 == 0) wide_narrow.commit({}, timestamp{step}, m);
        wrong += m.active != active;
    }
    CHECK(wrong == 0);
    CHECK(fired > 1000);
    CHECK(between > 500);
}

TEST_CASE("hysteresis: the region is that of the narrow band") {
    const test_look l{{0.6, 0.4}, {0.5, 0.5}};
    const auto box = ballast_test::region(wide_narrow, l);
    CHECK(box.lower == ballast_test::region(band{.absolute = 0.02}, l).lower);
    CHECK(box.upper == ballast_test::region(band{.absolute = 0.02}, l).upper);
}

// What it is made for: 2 % of turnover at a time, from a drift of 8 points until less than 2 are left, while a plain band of 5 stops at 4.
TEST_CASE("hysteresis: goes on where a turnover limit cuts every step") {
    const auto drifts_left = [](const auto& trigger) {
        keeper k{rebalancer{trigger, cost::zero{}, solver::to_target{}, guard::max_turnover{.limit = 0.02}}, {.assets = 2}};
        const std::vector<double> price{1.0, 1.0}, target{0.5, 0.5};
        holdings h{0.0, {58.0, 42.0}, {}};
        int trades = 0;
        for (int day = 0; day < 20; ++day) {
            (void)k.observe({.now = timestamp{} + days(day), .price = price});
            const decision& d = k.propose(h.view(), target);
            if (d.outcome != outcome::trade) break;
            CHECK(d.turnover <= 0.02);
            CHECK_FALSE(apply(h, d));
            CHECK_FALSE(k.commit(d));
            ++trades;
        }
        return std::pair{h.quantity[0] / 100.0 - 0.5, trades};
    };
    const auto [plain, plain_trades] = drifts_left(band{.absolute = 0.05});
    CHECK(plain == Approx(0.04));
    CHECK(plain_trades == 2);
    const auto [further, more_trades] = drifts_left(wide_narrow);
    CHECK(further == Approx(0.02));
    CHECK(more_trades == 3);
}

// A rebalance that a calendar led to does not switch on what did not fire.
TEST_CASE("hysteresis: the commit of another trigger does not start it") {
    const any_of t{calendar{}, wide_narrow};
    memory_of<std::remove_const_t<decltype(t)>> m;
    test_look l = off_by(0.01);
    CHECK(t.check(l.at(timestamp_from_civil(2026, 1, 1)), m).fired);
    t.observe(l.at(timestamp_from_civil(2026, 1, 1)), m);
    CHECK_FALSE(detail::get<1>(m.parts).active);
    t.commit({}, timestamp_from_civil(2026, 1, 1), m);
    test_look later = off_by(0.03);
    CHECK_FALSE(t.check(later.at(timestamp_from_civil(2026, 1, 2)), m).fired);
}

TEST_CASE("hysteresis: validates and covers as its parts") {
    CHECK(hysteresis{scripted{.bad_parameter = 1.0}, scripted{.bad_parameter = 2.0}}.validate().value == 1.0);
    CHECK(hysteresis{scripted{}, scripted{.bad_parameter = 2.0}}.validate().value == 2.0);
    CHECK_FALSE(hysteresis{scripted{}, scripted{}}.validate());
    CHECK_FALSE(hysteresis{scripted{.covered = 2}, scripted{}}.covers(3));
    CHECK_FALSE(hysteresis{scripted{}, scripted{.covered = 2}}.covers(3));
}
