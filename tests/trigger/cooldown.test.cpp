#include <ballast/trigger/cooldown.hpp>

#include <ballast/core/civil_date.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/never.hpp>
#include <ballast/trigger/not_.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/triggers.hpp"

#include <random>
#include <string>
#include <type_traits>

using namespace ballast;
using ballast::trigger::any_of;
using ballast::trigger::band;
using ballast::trigger::cooldown;
using ballast::trigger::never;
using ballast::trigger::not_;
using ballast::trigger::volatility_band;
using ballast_test::says;
using ballast_test::scripted;
using ballast_test::test_look;

static_assert(trigger_policy<cooldown<band>> && banded_trigger<cooldown<band>> && !banded_trigger<cooldown<never>>);
static_assert(sizeof(memory_of<cooldown<band>>) == sizeof(timestamp));  // nothing for the band, which remembers nothing
static_assert(sizeof(cooldown<never>) == sizeof(duration) && std::is_trivially_copyable_v<cooldown<never>>);
static_assert(detail::need_of<cooldown<volatility_band>>() == risk_need::volatility);
static_assert(noexcept(cooldown<never>{}.check(look{}, {})));
static_assert(detail::check_trigger<cooldown<band>>() && detail::check_trigger<cooldown<never>>());

TEST_CASE("cooldown: lets through what fires once the pause is over") {
    const cooldown t{band{.absolute = 0.05}, days(5)};
    memory_of<std::remove_const_t<decltype(t)>> m;
    test_look far{{0.6, 0.4}, {0.5, 0.5}};
    const timestamp start = timestamp_from_civil(2026, 1, 5);
    CHECK(t.check(far.at(start), m).fired);  // nothing was ever committed
    t.commit({}, start, m);
    const firing held = t.check(far.at(start + days(5) - nanoseconds(1)), m);
    CHECK_FALSE(held.fired);
    CHECK(std::string{held.trigger} == "cooldown");
    CHECK(held.threshold == 5 * 86400.0);
    CHECK(held.margin() <= 0.0);
    const firing through = t.check(far.at(start + days(5)), m);
    CHECK(through.fired);
    CHECK(std::string{through.trigger} == "band");
    CHECK(through.measure == Approx(0.1));
    // Where the inner trigger is quiet anyway, it is that which is told.
    test_look near{{0.51, 0.49}, {0.5, 0.5}};
    CHECK(std::string{t.check(near.at(start + days(1)), m).trigger} == "band");
}

TEST_CASE("cooldown: truth table, its own leaf after those of the inner trigger") {
    test_look l{{0.5}, {0.5}};
    for (const says a : ballast_test::all_answers)
        for (const bool over : {false, true}) {
            const cooldown t{any_of{never{}, scripted{a, 4.0}}, seconds(10)};
            memory_of<std::remove_const_t<decltype(t)>> m;
            m.last = timestamp{};
            const auto e = ballast_test::explain(t, l.at(timestamp{} + seconds(over ? 10 : 9)), m);
            CHECK(e.answer.fired == (over && a == says::fires));
            CHECK(static_cast<bool>(e.answer.problem) == (a == says::problem));
            CHECK((std::string{e.answer.trigger} == "cooldown") == (a == says::fires && !over));
            REQUIRE(t.leaves() == 3);
            REQUIRE(e.leaves.size() == 3);
            CHECK(std::string{e.leaves[0].trigger} == "never");
            CHECK(std::string{e.leaves[1].trigger} == "scripted");
            CHECK(std::string{e.leaves[2].trigger} == "cooldown");
            CHECK(e.leaves[2].fired == over);
            CHECK(e.leaves[2].measure == (over ? 10.0 : 9.0));
        }
}

TEST_CASE("cooldown: passes on what the inner trigger learns, and gives its region") {
    const test_look l{{0.6, 0.4}, {0.5, 0.5}};
    const cooldown t{scripted{}, days(1)};
    memory_of<std::remove_const_t<decltype(t)>> m;
    t.observe(l, m);
    t.commit({}, timestamp{9}, m);
    CHECK(m.last == timestamp{9});
    CHECK(detail::get<0>(m.inner.parts).observed == 1);
    CHECK(detail::get<0>(m.inner.parts).committed == timestamp{9});
    const band inner{.absolute = 0.05, .relative = 0.3};
    const auto box = ballast_test::region(cooldown{inner, days(1)}, l);
    CHECK(box.lower == ballast_test::region(inner, l).lower);
    CHECK(box.upper == ballast_test::region(inner, l).upper);
}

// Fires where the drift exceeds the width and now − last commit ≥ interval; every commit moves `last`.
TEST_CASE("cooldown: random walks of a weight, against a plain clock") {
    std::mt19937_64 rng{21};
    std::normal_distribution<double> noise{0.0, 0.02};
    for (const std::int64_t interval : {0, 1, 3, 20}) {
        const cooldown t{band{.absolute = 0.05}, days(interval)};
        memory_of<std::remove_const_t<decltype(t)>> m;
        double weight = 0.5;
        std::int64_t last = -1000;
        int wrong = 0, fired = 0, held = 0;
        for (std::int64_t day = 0; day < 3000; ++day) {
            weight += noise(rng);
            test_look l{{weight}, {0.5}};
            const bool far = weight - 0.5 > 0.05 || 0.5 - weight > 0.05;
            const bool due = far && day - last >= interval;
            wrong += t.check(l.at(timestamp{} + days(day)), m).fired != due;
            fired += due;
            held += far && !due;
            if (due || rng() % 50 == 0) {
                t.commit({}, timestamp{} + days(day), m);
                weight = 0.5;
                last = day;
            }
        }
        CHECK(wrong == 0);
        CHECK(fired > 50);
        CHECK((held > 0) == (interval > 1));
    }
}

TEST_CASE("cooldown: bad parameters are refused, its own first") {
    const configuration_fault f = cooldown{band{.absolute = -1}, seconds(-5)}.validate();
    CHECK(std::string{invalid_configuration{f}.what()} == "ballast: cooldown.interval = -5: must be a time at or above 0 (seconds)");
    CHECK(std::string{cooldown{band{.absolute = -1}, seconds(5)}.validate().parameter} == "band.absolute");
    CHECK_FALSE(cooldown{band{.absolute = 0.1}, duration{}}.validate());
    CHECK_FALSE(cooldown{scripted{.covered = 2}, days(1)}.covers(3));
    CHECK(cooldown{band{.absolute = 0.1}, days(5)}.interval() == days(5));
}
