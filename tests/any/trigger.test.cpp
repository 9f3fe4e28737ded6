#include <ballast/any/trigger.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/same_bits.hpp"

#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/distance.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/hysteresis.hpp>
#include <ballast/trigger/never.hpp>
#include <ballast/trigger/not_.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using namespace ballast_test;
using test::same_bits;

static_assert(trigger_policy<any_trigger> && banded_trigger<any_trigger> && detail::explaining<any_trigger>);
static_assert(std::is_copy_constructible_v<any_trigger> && std::is_nothrow_move_constructible_v<any_trigger> &&
              std::is_copy_assignable_v<any_trigger> && std::is_nothrow_move_assignable_v<any_trigger> &&
              std::is_nothrow_default_constructible_v<any_trigger>);
// Implicitly from triggers, and from nothing else.
static_assert(std::is_convertible_v<trigger::band, any_trigger> && std::is_convertible_v<trigger::cooldown<any_trigger>, any_trigger>);
static_assert(!std::is_convertible_v<int, any_trigger> && !std::is_convertible_v<look, any_trigger> &&
              !std::is_convertible_v<firing, any_trigger>);
static_assert(std::is_copy_constructible_v<any_memory> && std::is_nothrow_move_assignable_v<any_memory>);

namespace {

const trigger::band wide{.absolute = 0.04};
const trigger::band narrow{.absolute = 0.02, .relative = 0.3};
const trigger::every daily{days(1)};
const trigger::calendar weekly{.period = trigger::period::weekly, .miss = trigger::on_miss::pending};

/// The erased trigger answers as the one that it holds over a walk of random looks in which some are observed and some firings committed.
template <class Exact>
void check_same(const Exact& exact, const any_trigger& erased, std::uint64_t seed) {
    CHECK(erased.has_region() == detail::has_region(exact));
    CHECK(erased.leaves() == detail::leaf_count(exact));
    CHECK(erased.runtime_needs() == detail::need_of(exact));
    std::mt19937_64 rng{seed};
    int fired = 0;
    for (const std::size_t n : look_sizes) {
        CHECK(erased.covers(n) == detail::covers(exact, n));
        memory_of<Exact> of_exact{};
        detail::prepare(of_exact, {.assets = n});
        any_memory of_erased;
        CHECK_FALSE(erased.prepared(of_erased));
        erased.prepare(of_erased, {.assets = n});
        REQUIRE(erased.prepared(of_erased));
        timestamp now = timestamp_from_civil(2022, 1, 3);
        for (int k = 0; k < 12; ++k) {
            CAPTURE(n, k);
            test_look l = random_look(rng, n);
            l.volatility(std::vector<double>(n, 0.2 + 0.05 * k), k > 2);
            l.at(now);
            const explained a = ballast_test::explain(exact, l, of_exact);
            const explained b = ballast_test::explain(erased, l, of_erased);
            CAPTURE(a.answer.trigger, b.answer.trigger, a.answer.fired, b.answer.fired, seed, a.answer.measure, b.answer.measure);
            REQUIRE(same_bits(a.answer, b.answer));
            REQUIRE(test::same_lists(a.leaves, b.leaves));
            REQUIRE(same_bits(ballast_test::check(exact, l, of_exact), ballast_test::check(erased, l, of_erased)));
            const test_box free{n};
            const test_box of_b = ballast_test::region(erased, l, of_erased);
            if constexpr (banded_trigger<Exact>) {
                const test_box of_a = ballast_test::region(exact, l, of_exact);
                REQUIRE(same_bits(std::span<const double>{of_a.lower}, std::span<const double>{of_b.lower}));
                REQUIRE(same_bits(std::span<const double>{of_a.upper}, std::span<const double>{of_b.upper}));
            } else {
                REQUIRE(of_b.lower == free.lower);
                REQUIRE(of_b.upper == free.upper);
            }
            fired += a.answer.fired ? 1 : 0;
            if (rng() % 3 != 0) {
                detail::observe(exact, l, of_exact);
                detail::observe(erased, l, of_erased);
            }
            if (rng() % 3 == 0) {
                const decision d;
                detail::commit(exact, d, now, of_exact);
                detail::commit(erased, d, now, of_erased);
            }
            now = now + hours(static_cast<std::int64_t>(rng() % 60));
        }
    }
    CAPTURE(seed);
    CHECK((fired > 0) == !std::is_same_v<Exact, trigger::never>);
}

}  // namespace

TEST_CASE("any_trigger: answers as the trigger that it holds, in every family member") {
    check_same(trigger::never{}, trigger::never{}, 1);
    check_same(daily, daily, 2);
    check_same(weekly, weekly, 3);
    check_same(wide, wide, 4);
    check_same(narrow, narrow, 5);
    const trigger::volatility_band by_volatility{.width = 0.03, .reference = 0.3, .exponent = -1.0, .floor = 0.01};
    check_same(by_volatility, by_volatility, 6);
    check_same(trigger::distance{}, trigger::distance{}, 7);
    check_same(trigger::any_of{daily, wide}, trigger::any_of{daily, wide}, 8);
    check_same(trigger::all_of{weekly, narrow}, trigger::all_of{weekly, narrow}, 9);
    check_same(trigger::not_{daily}, trigger::not_{daily}, 10);
    check_same(trigger::cooldown{narrow, days(3)}, trigger::cooldown{narrow, days(3)}, 11);
    check_same(trigger::hysteresis{wide, narrow}, trigger::hysteresis{wide, narrow}, 12);
}

TEST_CASE("any_trigger: composites of erased triggers are composites of the triggers themselves") {
    check_same(trigger::any_of{daily, wide, weekly}, trigger::any_of{any_trigger{daily}, any_trigger{wide}, any_trigger{weekly}}, 13);
    // Put together one by one.
    check_same(trigger::any_of{trigger::any_of{daily, wide}, weekly},
               trigger::any_of{any_trigger{trigger::any_of{any_trigger{daily}, any_trigger{wide}}}, any_trigger{weekly}}, 14);
    check_same(trigger::cooldown{trigger::all_of{weekly, wide}, days(2)},
               trigger::cooldown{any_trigger{trigger::all_of{any_trigger{weekly}, any_trigger{wide}}}, days(2)}, 15);
    check_same(trigger::hysteresis{trigger::any_of{daily, wide}, narrow},
               trigger::hysteresis{any_trigger{trigger::any_of{daily, wide}}, any_trigger{narrow}}, 16);
    // not_{not_{weekly}} would be a copy of the inner one.
    check_same(trigger::not_<trigger::not_<trigger::calendar>>{trigger::not_{weekly}},
               trigger::not_{any_trigger{trigger::not_{any_trigger{weekly}}}}, 17);
}

// The region of all_of is that of its first part that has one, of any_of the intersection, of hysteresis that of its second part. An erased
// part without a region is passed over.
TEST_CASE("any_trigger: whether it has a region is told at run time, through composites as well") {
    CHECK(any_trigger{wide}.has_region());
    CHECK_FALSE(any_trigger{daily}.has_region());
    CHECK_FALSE(any_trigger{}.has_region());
    CHECK(any_trigger{trigger::any_of{any_trigger{daily}, any_trigger{wide}}}.has_region());
    CHECK_FALSE(any_trigger{trigger::any_of{any_trigger{daily}, any_trigger{weekly}}}.has_region());
    CHECK(any_trigger{trigger::hysteresis{any_trigger{daily}, any_trigger{wide}}}.has_region());
    CHECK_FALSE(any_trigger{trigger::hysteresis{any_trigger{wide}, any_trigger{daily}}}.has_region());
    CHECK_FALSE(any_trigger{trigger::cooldown{any_trigger{daily}, days(1)}}.has_region());
    CHECK_FALSE(any_trigger{trigger::not_{any_trigger{wide}}}.has_region());

    const test_look l{{0.5, 0.5}, {0.6, 0.4}};
    const any_trigger second = trigger::all_of{any_trigger{daily}, any_trigger{wide}, any_trigger{trigger::band{.absolute = 0.01}}};
    any_memory m;
    second.prepare(m, {.assets = 2});
    const test_box b = ballast_test::region(second, l, m);
    CHECK(b.lower[0] == Approx(0.56));
    CHECK(b.upper[1] == Approx(0.44));
}

TEST_CASE("any_trigger: what it needs is told at run time, through composites as well") {
    const trigger::volatility_band needy{.width = 0.03, .reference = 0.3, .exponent = 0.0};
    CHECK(any_trigger{needy}.runtime_needs() == risk_need::volatility);
    CHECK(any_trigger{wide}.runtime_needs() == risk_need::nothing);
    CHECK(any_trigger{trigger::cooldown{any_trigger{trigger::any_of{any_trigger{wide}, any_trigger{needy}}}, days(1)}}.runtime_needs() ==
          risk_need::volatility);
    CHECK(any_trigger{}.runtime_needs() == risk_need::nothing);
}

TEST_CASE("any_trigger: a memory that is not its own is a fault of the firing") {
    const test_look l{{0.5, 0.5}, {0.6, 0.4}};
    const any_trigger clock = daily;
    const any_trigger band = wide;
    any_memory none;
    CHECK(ballast_test::check(clock, l, none).problem.code == fault_code::not_prepared);
    CHECK(ballast_test::check(clock, l, none).trigger == std::string{"every"});
    CHECK(ballast_test::check(band, l, none).problem.code == fault_code::not_prepared);
    CHECK_FALSE(ballast_test::check(band, l, none).fired);

    any_memory of_clock;
    clock.prepare(of_clock, {.assets = 2});
    CHECK(clock.remembers());
    CHECK_FALSE(band.remembers());
    CHECK(ballast_test::check(clock, l, of_clock).fired);
    CHECK(ballast_test::check(any_trigger{weekly}, l, of_clock).problem.code == fault_code::not_prepared);
    CHECK(ballast_test::check(band, l, of_clock).problem.code == fault_code::not_prepared);
    CHECK_FALSE(any_trigger{weekly}.prepared(of_clock));
    // Other parameters are the same policy; a trigger that remembers nothing does with what another one left that remembers nothing.
    CHECK(any_trigger{trigger::every{days(9)}}.prepared(of_clock));
    any_memory of_band;
    band.prepare(of_band, {.assets = 2});
    CHECK(any_trigger{trigger::distance{}}.prepared(of_band));
    CHECK_FALSE(clock.prepared(of_band));
    // The parts of a composite are asked as well.
    const any_trigger rested_clock = trigger::cooldown{clock, days(1)};
    const any_trigger rested_band = trigger::cooldown{band, days(1)};
    any_memory of_rested;
    rested_clock.prepare(of_rested, {.assets = 2});
    CHECK(rested_clock.prepared(of_rested));
    CHECK_FALSE(rested_band.prepared(of_rested));
    // A region is left as it is.
    test_box b{2};
    band.region(l, of_clock, b.view());
    CHECK(b.upper[0] == HUGE_VAL);
}

TEST_CASE("any_trigger: memories are values") {
    test_look l{{0.5, 0.5}, {0.5, 0.5}};
    l.at(timestamp_from_civil(2022, 1, 3));
    const any_trigger clock = trigger::cooldown{any_trigger{daily}, days(1)};
    any_memory first;
    clock.prepare(first, {.assets = 2});
    any_memory second = first;
    detail::commit(clock, decision{}, l.look().now, first);
    CHECK_FALSE(ballast_test::check(clock, l, first).fired);
    CHECK(ballast_test::check(clock, l, second).fired);
    second = first;
    CHECK_FALSE(ballast_test::check(clock, l, second).fired);
    const any_memory& itself = second;
    second = itself;
    CHECK_FALSE(ballast_test::check(clock, l, second).fired);
    const any_memory third = std::move(second);
    CHECK_FALSE(ballast_test::check(clock, l, third).fired);
    CHECK(ballast_test::check(clock, l, second).problem.code == fault_code::not_prepared);  // NOLINT: on purpose
    second = third;
    CHECK_FALSE(ballast_test::check(clock, l, second).fired);
    // Preparing forgets.
    clock.prepare(first, {.assets = 2});
    CHECK(ballast_test::check(clock, l, first).fired);
}

TEST_CASE("any_trigger: triggers are values; an empty one never fires and does not validate") {
    const test_look l{{0.5, 0.5}, {0.6, 0.4}};
    any_trigger a = trigger::band{.absolute = {0.2, 0.2}};
    any_trigger b = a;
    a = wide;
    any_memory m;
    a.prepare(m, {.assets = 2});
    CHECK(ballast_test::check(a, l, m).fired);
    CHECK_FALSE(ballast_test::check(b, l, m).fired);
    b = std::move(a);
    CHECK(ballast_test::check(b, l, m).fired);
    CHECK(a.empty());  // NOLINT: on purpose
    CHECK_FALSE(b.empty());
    CHECK(ballast_test::check(a, l, m).problem.code == fault_code::not_prepared);
    CHECK_FALSE(ballast_test::check(a, l, m).fired);
    CHECK(ballast_test::explain(a, l, m).answer.problem.code == fault_code::not_prepared);
    CHECK(a.validate().parameter == std::string{"any_trigger"});
    CHECK(a.leaves() == 1);
    CHECK(a.covers(7));
    CHECK(a.runtime_name() == std::string{});
    detail::observe(a, l, m);
    detail::commit(a, decision{}, l.look().now, m);
    a.prepare(m, {.assets = 2});
    const any_trigger copy_of_nothing = a;
    CHECK(copy_of_nothing.empty());
    a = b;
    const any_trigger& itself = a;
    a = itself;
    CHECK(ballast_test::check(a, l, m).fired);
    CHECK(a.runtime_name() == std::string{"band"});
    CHECK_FALSE(a.validate());
    CHECK(any_trigger{trigger::band{.absolute = -1.0}}.validate().parameter == std::string{"band.absolute"});
    CHECK_FALSE(any_trigger{trigger::band{.absolute = {0.1, 0.1}}}.covers(3));
}
