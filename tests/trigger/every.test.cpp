#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <limits>
#include <random>
#include <string>
#include <type_traits>

using namespace ballast;
using ballast::trigger::every;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<every> && std::is_trivially_copyable_v<every> && trigger_policy<every> && !banded_trigger<every>);
static_assert(std::is_trivially_copyable_v<every::memory>);
static_assert(!detail::observing<every> && detail::committing<every>);  // valuations do not move its clock
static_assert(noexcept(every{}.check(look{}, every::memory{})) && noexcept(every{}.validate()));
static_assert(detail::check_trigger<every>());

TEST_CASE("every: fires at once where nothing was ever committed, then on the interval") {
    const every t{.interval = days(7)};
    every::memory m;
    test_look l;
    const timestamp start = timestamp{} + days(20'000);
    CHECK(t.check(l.at(start), m).fired);
    t.commit({}, start, m);
    CHECK_FALSE(t.check(l.at(start), m).fired);
    const firing almost = t.check(l.at(start + days(7) + nanoseconds(-1)), m);
    CHECK_FALSE(almost.fired);
    CHECK(almost.margin() < 0.0);
    const firing reached = t.check(l.at(start + days(7)), m);
    CHECK(reached.fired);
    CHECK(reached.margin() == 0.0);
    CHECK(reached.measure == 7 * 86400.0);
    CHECK(reached.threshold == 7 * 86400.0);
    CHECK(std::string{reached.trigger} == "every");
    CHECK(t.check(l.at(start + days(400)), m).fired);
}

TEST_CASE("every: an interval of zero fires on every look") {
    const every t{.interval = {}};
    every::memory m;
    test_look l;
    CHECK(t.check(l.at(timestamp{5}), m).fired);
    t.commit({}, timestamp{5}, m);
    CHECK(t.check(l.at(timestamp{5}), m).fired);
    CHECK(t.check(l.at(timestamp{6}), m).fired);
    CHECK_FALSE(t.check(l.at(timestamp{4}), m).fired);
}

TEST_CASE("every: is not upset by the ends of time") {
    const every t{.interval = days(1)};
    test_look l;
    const timestamp last{std::numeric_limits<std::int64_t>::max()};
    const timestamp first{std::numeric_limits<std::int64_t>::min() + 1};
    CHECK(t.check(l.at(last), {.last = first}).fired);
    CHECK_FALSE(t.check(l.at(first), {.last = last}).fired);
    CHECK(t.check(l.at(first), {}).fired);
}

// A plain clock: fires where now − last ≥ interval, with `last` moved by commits alone.
TEST_CASE("every: random looks and commits, against a plain clock") {
    std::mt19937_64 rng{14};
    for (const std::int64_t interval : {1, 60, 3600, 86400}) {
        const every t{.interval = seconds(interval)};
        every::memory m;
        test_look l;
        std::int64_t now = 1'000'000'000;
        std::int64_t last = -1;
        int fired = 0;
        int wrong = 0;
        for (int step = 0; step < 2000; ++step) {
            now += static_cast<std::int64_t>(rng() % static_cast<unsigned>(2 * interval));
            const bool due = last < 0 || now - last >= interval;
            wrong += t.check(l.at(timestamp{} + seconds(now)), m).fired != due;
            fired += due;
            if (due ? rng() % 3 != 0 : rng() % 10 == 0) {  // others lead to commits as well
                last = now;
                t.commit({}, timestamp{} + seconds(now), m);
            }
        }
        CHECK(wrong == 0);
        CHECK(fired > 500);
        CHECK(fired < 1900);
    }
}

TEST_CASE("every: a negative interval is refused with parameter, value and range") {
    const configuration_fault f = every{.interval = seconds(-90)}.validate();
    REQUIRE(f);
    CHECK(std::string{invalid_configuration{f}.what()} == "ballast: every.interval = -90: must be a time at or above 0 (seconds)");
    CHECK_FALSE(every{.interval = {}}.validate());
    CHECK_FALSE(every{}.validate());
}
