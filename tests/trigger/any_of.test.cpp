#include <ballast/trigger/any_of.hpp>

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
#include <vector>

using namespace ballast;
using ballast::trigger::any_of;
using ballast::trigger::band;
using ballast::trigger::calendar;
using ballast::trigger::never;
using ballast::trigger::volatility_band;
using ballast_test::alternating;
using ballast_test::says;
using ballast_test::scripted;
using ballast_test::test_look;

// Costs nothing where its parts cost nothing, and has a region where one of them has.
static_assert(std::is_empty_v<any_of<never>> && std::is_empty_v<memory_of<any_of<never>>> &&
              std::is_empty_v<memory_of<any_of<never, band>>>);
static_assert(!std::is_empty_v<memory_of<any_of<never, calendar>>>);
static_assert(sizeof(any_of<never, calendar>) == sizeof(calendar));
static_assert(std::is_trivially_copyable_v<any_of<never, calendar>>);
static_assert(trigger_policy<any_of<never, band>> && banded_trigger<any_of<never, band>> && banded_trigger<any_of<any_of<band>, never>>);
static_assert(!banded_trigger<any_of<never, calendar>>);
static_assert(detail::need_of<any_of<never>>() == risk_need::nothing);
static_assert(detail::need_of<any_of<never, any_of<volatility_band>>>() == risk_need::volatility);
static_assert(noexcept(any_of<never>{}.check(look{}, {})) && noexcept(any_of<never>{}.leaves()));
static_assert(detail::check_trigger<any_of<never, band>>() && detail::check_trigger<any_of<never>>());

// | parts                  | answer                                       |
// | a problem anywhere     | does not fire; the first problem             |
// | else some fire         | fires, with the numbers of the first of them |
// | else                   | quiet, with the numbers of the first part    |
TEST_CASE("any_of: truth table of three parts, every leaf told once and in order") {
    const test_look l{{0.5}, {0.5}};
    for (const says a : ballast_test::all_answers)
        for (const says b : ballast_test::all_answers)
            for (const says c : ballast_test::all_answers) {
                const says answers[] = {a, b, c};
                const any_of t{scripted{a, 1.0}, scripted{b, 2.0}, scripted{c, 3.0}};
                int first_problem = 0, first_fired = 0;
                for (int i = 3; i >= 1; --i) {
                    if (answers[i - 1] == says::problem) first_problem = i;
                    if (answers[i - 1] == says::fires) first_fired = i;
                }
                const auto e = ballast_test::explain(t, l);
                const int told = first_problem != 0 ? first_problem : first_fired != 0 ? first_fired : 1;
                CHECK(e.answer.measure == told);
                CHECK(e.answer.fired == (first_problem == 0 && first_fired != 0));
                CHECK(static_cast<bool>(e.answer.problem) == (first_problem != 0));
                const firing plain = ballast_test::check(t, l);
                CHECK(plain.measure == e.answer.measure);
                CHECK(plain.fired == e.answer.fired);
                REQUIRE(t.leaves() == 3);
                REQUIRE(e.leaves.size() == 3);
                for (std::size_t i = 0; i < 3; ++i) {
                    CHECK(e.leaves[i].measure == static_cast<double>(i + 1));
                    CHECK(e.leaves[i].fired == (answers[i] == says::fires));
                    CHECK(static_cast<bool>(e.leaves[i].problem) == (answers[i] == says::problem));
                }
            }
}

TEST_CASE("any_of: one part alone is that part") {
    const test_look l{{0.5}, {0.5}};
    for (const says a : ballast_test::all_answers) {
        const firing alone = ballast_test::check(scripted{a, 4.0}, l);
        const firing wrapped = ballast_test::check(any_of{scripted{a, 4.0}}, l);
        CHECK(wrapped.fired == alone.fired);
        CHECK(wrapped.measure == 4.0);
        CHECK(wrapped.problem.code == alone.problem.code);
        CHECK(std::string{wrapped.trigger} == "scripted");
    }
}

TEST_CASE("any_of: nested ones tell every leaf once") {
    const test_look l{{0.5}, {0.5}};
    const any_of t{scripted{says::quiet, 1.0},
                   any_of{scripted{says::quiet, 2.0}, any_of{scripted{says::fires, 3.0}, scripted{says::quiet, 4.0}}},
                   scripted{says::fires, 5.0}};
    CHECK(t.leaves() == 5);
    const auto e = ballast_test::explain(t, l);
    CHECK(e.answer.fired);
    CHECK(e.answer.measure == 3.0);
    REQUIRE(e.leaves.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) CHECK(e.leaves[i].measure == static_cast<double>(i + 1));
}

TEST_CASE("any_of: a sink without room drops leaves and does not allocate") {
    const test_look l{{0.5}, {0.5}};
    const any_of t{scripted{says::quiet, 1.0}, scripted{says::fires, 2.0}};
    std::vector<firing> out;
    leaf_sink none{out};
    CHECK(t.explain(l, {}, none).fired);
    CHECK(out.empty());
    CHECK(out.capacity() == 0);
    out.reserve(1);
    leaf_sink one{out};
    CHECK(t.explain(l, {}, one).fired);
    CHECK(out.size() == 1);
    CHECK(out.capacity() == 1);
}

TEST_CASE("any_of: passes on what its parts learn, each to its own memory") {
    const test_look l{{0.5}, {0.5}};
    const any_of t{scripted{}, never{}, alternating{}, any_of{scripted{}}};
    memory_of<std::remove_const_t<decltype(t)>> m;
    CHECK(t.check(l, m).fired);
    t.observe(l, m);
    CHECK_FALSE(t.check(l, m).fired);
    t.observe(l, m);
    CHECK(t.check(l, m).fired);
    t.commit({}, timestamp{77}, m);
    CHECK(detail::get<0>(m.parts).observed == 2);
    CHECK(detail::get<0>(m.parts).committed == timestamp{77});
    CHECK(detail::get<2>(m.parts).observed == 2);
    CHECK_FALSE(detail::get<2>(m.parts).committed.happened());  // has no commit
    CHECK(detail::get<0>(detail::get<3>(m.parts).parts).observed == 2);
    CHECK(detail::get<0>(detail::get<3>(m.parts).parts).committed == timestamp{77});
}

// A union of "outside of a box" is outside of the intersection of the boxes.
TEST_CASE("any_of: fires where and only where a weight lies outside of its region") {
    std::mt19937_64 rng{18};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int fired = 0;
    int looks = 0;
    for (const std::size_t n : ballast_test::look_sizes)
        for (int round = 0; round < 100; ++round) {
            const test_look l = ballast_test::random_look(rng, n);
            const band a{.absolute = 0.15 * unit(rng)};
            const band b{.relative = 1.5 * unit(rng)};
            const any_of t{never{}, a, any_of{b, never{}}};
            const auto box = ballast_test::region(t, l);
            const auto box_a = ballast_test::region(a, l);
            const auto box_b = ballast_test::region(b, l);
            bool outside = false;
            bool intersection = true;
            for (std::size_t i = 0; i < n; ++i) {
                outside = outside || l.weight[i] - box.upper[i] > 1e-14 || box.lower[i] - l.weight[i] > 1e-14;
                intersection = intersection && box.upper[i] == std::fmin(box_a.upper[i], box_b.upper[i]) &&
                               box.lower[i] == std::fmax(box_a.lower[i], box_b.lower[i]);
            }
            const bool answer = ballast_test::check(t, l).fired;
            fired += answer;
            ++looks;
            if (answer != outside || !intersection) {
                CAPTURE(n, round);
                CHECK(answer == outside);
                CHECK(intersection);
            }
        }
    CHECK(fired > looks / 4);
    CHECK(fired < looks);
}

TEST_CASE("any_of: the first part that does not validate is told, and all have to cover") {
    CHECK_FALSE(any_of{scripted{}, scripted{}}.validate());
    CHECK(any_of{scripted{}, scripted{.bad_parameter = 2.0}, scripted{.bad_parameter = 3.0}}.validate().value == 2.0);
    CHECK(std::string{invalid_configuration{any_of{never{}, any_of{band{.absolute = -1}}}.validate()}.what()} ==
          "ballast: band.absolute = -1: must be a weight at or above 0");
    const any_of t{scripted{}, band{.absolute = {0.1, 0.2}}};
    CHECK(t.covers(2));
    CHECK_FALSE(t.covers(3));
    CHECK_FALSE(any_of{any_of{scripted{.covered = 3}}, scripted{.covered = 4}}.covers(3));
}
