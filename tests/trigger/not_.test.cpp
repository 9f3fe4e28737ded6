#include <ballast/trigger/not_.hpp>

#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/never.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/triggers.hpp"

#include <random>
#include <string>
#include <type_traits>

using namespace ballast;
using ballast::trigger::all_of;
using ballast::trigger::any_of;
using ballast::trigger::band;
using ballast::trigger::calendar;
using ballast::trigger::every;
using ballast::trigger::never;
using ballast::trigger::not_;
using ballast::trigger::volatility_band;
using ballast_test::alternating;
using ballast_test::says;
using ballast_test::scripted;
using ballast_test::test_look;

static_assert(std::is_empty_v<not_<never>> && std::is_empty_v<memory_of<not_<band>>> && !std::is_empty_v<memory_of<not_<calendar>>>);
static_assert(trigger_policy<not_<band>> && !banded_trigger<not_<band>>);  // the outside of a box is no box
static_assert(detail::need_of<not_<volatility_band>>() == risk_need::volatility);
static_assert(noexcept(not_<never>{}.check(look{}, {})));
static_assert(detail::check_trigger<not_<band>>());
// Twice not is not a copy.
static_assert(std::is_same_v<decltype(not_{not_{never{}}}), not_<not_<never>>>);
static_assert(std::is_same_v<decltype(not_{not_{not_{never{}}}}), not_<not_<not_<never>>>>);

TEST_CASE("not_: fires where the inner trigger does not, and never on a problem") {
    const test_look l{{0.5}, {0.5}};
    for (const says a : ballast_test::all_answers) {
        const auto e = ballast_test::explain(not_{scripted{a, 4.0}}, l);
        CHECK(e.answer.fired == (a == says::quiet));
        CHECK(static_cast<bool>(e.answer.problem) == (a == says::problem));
        CHECK(std::string{e.answer.trigger} == "not_");
        CHECK(e.answer.measure == -4.0);
        CHECK(e.answer.threshold == -100.0);
        // The leaf is told as it stands.
        REQUIRE(e.leaves.size() == 1);
        CHECK(e.leaves[0].measure == 4.0);
        CHECK(e.leaves[0].fired == (a == says::fires));
        CHECK(std::string{e.leaves[0].trigger} == "scripted");
        CHECK(ballast_test::check(not_{not_{scripted{a}}}, l).fired == (a == says::fires));
    }
    CHECK(ballast_test::check(not_{never{}}, l).fired);
    CHECK_FALSE(ballast_test::check(not_{not_{never{}}}, l).fired);
}

TEST_CASE("not_: the sign of the margin still tells") {
    const test_look l{{0.6, 0.4}, {0.5, 0.5}};
    const firing inside = ballast_test::check(not_{band{.absolute = 0.2}}, l);
    CHECK(inside.fired);
    CHECK(inside.margin() == Approx(0.1));
    const firing outside = ballast_test::check(not_{band{.absolute = 0.04}}, l);
    CHECK_FALSE(outside.fired);
    CHECK(outside.margin() == Approx(-0.06));
}

// ¬(a ∨ b) = ¬a ∧ ¬b and ¬(a ∧ b) = ¬a ∨ ¬b, where all can tell.
TEST_CASE("not_: De Morgan, over random looks and bands") {
    std::mt19937_64 rng{20};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int any_fired = 0;
    int all_fired = 0;
    for (int round = 0; round < 2000; ++round) {
        const test_look l = ballast_test::random_look(rng, 1 + rng() % 5);
        const band a{.absolute = 0.1 * unit(rng)};
        const band b{.relative = unit(rng)};
        const bool neither = ballast_test::check(not_{any_of{a, b}}, l).fired;
        const bool not_both = ballast_test::check(not_{all_of{a, b}}, l).fired;
        CHECK(neither == ballast_test::check(all_of{not_{a}, not_{b}}, l).fired);
        CHECK(not_both == ballast_test::check(any_of{not_{a}, not_{b}}, l).fired);
        CHECK(neither == !(a.check(l).fired || b.check(l).fired));
        any_fired += !neither;
        all_fired += !not_both;
    }
    CHECK(any_fired > 200);
    CHECK(any_fired < 1900);
    CHECK(all_fired > 200);
    CHECK(all_fired < any_fired);
}

TEST_CASE("not_: passes on what its part learns") {
    test_look l{{0.5}, {0.5}};
    const not_ t{every{.interval = days(1)}};
    memory_of<std::remove_const_t<decltype(t)>> m;
    CHECK_FALSE(t.check(l.at(timestamp{}), m).fired);
    t.commit({}, timestamp{}, m);
    CHECK(t.check(l.at(timestamp{} + hours(23)), m).fired);
    CHECK_FALSE(t.check(l.at(timestamp{} + hours(24)), m).fired);
    const not_ a{alternating{}};
    memory_of<std::remove_const_t<decltype(a)>> n;
    CHECK_FALSE(a.check(l, n).fired);
    a.observe(l, n);
    CHECK(a.check(l, n).fired);
}

TEST_CASE("not_: validates and covers as its part") {
    CHECK(not_{scripted{.bad_parameter = 2.0}}.validate().value == 2.0);
    CHECK_FALSE(not_{scripted{}}.validate());
    CHECK_FALSE(not_{scripted{.covered = 3}}.covers(2));
    CHECK(not_{not_{scripted{.covered = 3}}}.covers(3));
    CHECK(not_{any_of{never{}, band{.absolute = 0.1}}}.leaves() == 2);
}
