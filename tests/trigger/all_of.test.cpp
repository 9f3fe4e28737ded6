#include <ballast/trigger/all_of.hpp>

#include <ballast/trigger/band.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/never.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/triggers.hpp"

#include <limits>
#include <random>
#include <string>
#include <type_traits>

using namespace ballast;
using ballast::trigger::all_of;
using ballast::trigger::band;
using ballast::trigger::calendar;
using ballast::trigger::never;
using ballast::trigger::volatility_band;
using ballast_test::alternating;
using ballast_test::says;
using ballast_test::scripted;
using ballast_test::test_look;

static_assert(std::is_empty_v<all_of<never>> && std::is_empty_v<memory_of<all_of<never, band>>>);
static_assert(!std::is_empty_v<memory_of<all_of<never, calendar>>>);
static_assert(trigger_policy<all_of<never, band>> && banded_trigger<all_of<never, band>> && !banded_trigger<all_of<never, calendar>>);
static_assert(detail::need_of<all_of<never, volatility_band>>() == risk_need::volatility);
static_assert(noexcept(all_of<never>{}.check(look{}, {})));
static_assert(detail::check_trigger<all_of<calendar, band>>() && detail::check_trigger<all_of<never>>());

// | parts                  | answer                                       |
// | a problem anywhere     | does not fire; the first problem             |
// | else all fire          | fires, with the numbers of the last          |
// | else                   | quiet, with the numbers of the first that is |
TEST_CASE("all_of: truth table of three parts, every leaf told once and in order") {
    const test_look l{{0.5}, {0.5}};
    for (const says a : ballast_test::all_answers)
        for (const says b : ballast_test::all_answers)
            for (const says c : ballast_test::all_answers) {
                const says answers[] = {a, b, c};
                const all_of t{scripted{a, 1.0}, scripted{b, 2.0}, scripted{c, 3.0}};
                int first_problem = 0, first_quiet = 0;
                for (int i = 3; i >= 1; --i) {
                    if (answers[i - 1] == says::problem) first_problem = i;
                    if (answers[i - 1] == says::quiet) first_quiet = i;
                }
                const auto e = ballast_test::explain(t, l);
                const int told = first_problem != 0 ? first_problem : first_quiet != 0 ? first_quiet : 3;
                CHECK(e.answer.measure == told);
                CHECK(e.answer.fired == (first_problem == 0 && first_quiet == 0));
                CHECK(static_cast<bool>(e.answer.problem) == (first_problem != 0));
                CHECK(ballast_test::check(t, l).measure == e.answer.measure);
                CHECK(ballast_test::check(t, l).fired == e.answer.fired);
                REQUIRE(e.leaves.size() == 3);
                for (std::size_t i = 0; i < 3; ++i) {
                    CHECK(e.leaves[i].measure == static_cast<double>(i + 1));
                    CHECK(e.leaves[i].fired == (answers[i] == says::fires));
                }
            }
}

// No part fires: De Morgan, with any_of's table.
TEST_CASE("all_of: one part alone is that part, nested ones tell every leaf once") {
    const test_look l{{0.5}, {0.5}};
    for (const says a : ballast_test::all_answers) {
        CHECK(ballast_test::check(all_of{scripted{a, 4.0}}, l).fired == (a == says::fires));
        CHECK(ballast_test::check(all_of{scripted{a, 4.0}}, l).measure == 4.0);
    }
    const all_of t{scripted{says::fires, 1.0}, all_of{scripted{says::fires, 2.0}, scripted{says::quiet, 3.0}}, scripted{says::fires, 4.0}};
    CHECK(t.leaves() == 4);
    const auto e = ballast_test::explain(t, l);
    CHECK_FALSE(e.answer.fired);
    CHECK(e.answer.measure == 3.0);
    REQUIRE(e.leaves.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) CHECK(e.leaves[i].measure == static_cast<double>(i + 1));
}

TEST_CASE("all_of: passes on what its parts learn") {
    const test_look l{{0.5}, {0.5}};
    const all_of t{scripted{says::fires}, never{}, alternating{}};
    memory_of<std::remove_const_t<decltype(t)>> m;
    t.observe(l, m);
    t.observe(l, m);
    t.commit({}, timestamp{5}, m);
    CHECK(detail::get<0>(m.parts).observed == 2);
    CHECK(detail::get<0>(m.parts).committed == timestamp{5});
    CHECK(detail::get<2>(m.parts).observed == 2);
    const all_of alternates{scripted{says::fires}, alternating{}};
    memory_of<std::remove_const_t<decltype(alternates)>> n;
    CHECK(alternates.check(l, n).fired);
    alternates.observe(l, n);
    CHECK_FALSE(alternates.check(l, n).fired);
}

TEST_CASE("all_of: monthly bands look at the band on the first of the month alone") {
    const all_of t{calendar{}, band{.absolute = 0.05}};
    memory_of<std::remove_const_t<decltype(t)>> m;
    test_look near{{0.52, 0.48}, {0.5, 0.5}};
    test_look far{{0.60, 0.40}, {0.5, 0.5}};
    t.observe(near.at(timestamp_from_civil(2026, 1, 10)), m);
    CHECK_FALSE(t.check(far.at(timestamp_from_civil(2026, 1, 11)), m).fired);
    CHECK(std::string{t.check(far.at(timestamp_from_civil(2026, 1, 11)), m).trigger} == "calendar");
    CHECK_FALSE(t.check(near.at(timestamp_from_civil(2026, 2, 1)), m).fired);
    CHECK(std::string{t.check(near.at(timestamp_from_civil(2026, 2, 1)), m).trigger} == "band");
    CHECK(t.check(far.at(timestamp_from_civil(2026, 2, 1)), m).fired);
    CHECK(t.check(far.at(timestamp_from_civil(2026, 2, 1)), m).measure == Approx(0.1));
    t.observe(near.at(timestamp_from_civil(2026, 2, 1)), m);
    CHECK_FALSE(t.check(far.at(timestamp_from_civil(2026, 2, 2)), m).fired);
}

// Its region is that of the first part that has one. A weight moved to within it is quiet there, and so all_of is; where all_of fires a
// weight is outside.
TEST_CASE("all_of: the region is that of the first banded part") {
    std::mt19937_64 rng{19};
    int fired = 0;
    for (const std::size_t n : ballast_test::look_sizes)
        for (int round = 0; round < 100; ++round) {
            const test_look l = ballast_test::random_look(rng, n);
            const band first{.absolute = 0.06};
            const band second{.absolute = 0.02};
            const all_of t{never{}, first, second};
            const auto box = ballast_test::region(t, l);
            const auto box_first = ballast_test::region(first, l);
            CHECK(box.lower == box_first.lower);
            CHECK(box.upper == box_first.upper);
            const all_of both{first, second};
            bool outside = false;
            test_look inside = l;
            for (std::size_t i = 0; i < n; ++i) {
                outside = outside || l.weight[i] > box.upper[i] + 1e-14 || l.weight[i] < box.lower[i] - 1e-14;
                inside.weight[i] = std::fmin(std::fmax(l.weight[i], box.lower[i]), box.upper[i]);
            }
            inside.refresh();
            const bool answer = ballast_test::check(both, l).fired;
            fired += answer;
            if (answer) CHECK(outside);
            CHECK_FALSE(ballast_test::check(both, inside).fired);
        }
    CHECK(fired > 100);
}

TEST_CASE("all_of: the first part that does not validate is told, and all have to cover") {
    CHECK(all_of{scripted{}, scripted{.bad_parameter = 2.0}, scripted{.bad_parameter = 3.0}}.validate().value == 2.0);
    CHECK_FALSE(all_of{scripted{}, scripted{}}.validate());
    CHECK_FALSE(all_of{scripted{.covered = 3}, scripted{.covered = 4}}.covers(3));
    CHECK(all_of{scripted{.covered = 3}, scripted{}}.covers(3));
}
