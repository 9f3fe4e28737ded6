#include <ballast/trigger/time_window.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/describe.hpp>
#include <ballast/keeper.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/not_.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::trigger::time_window;
using ballast::trigger::weekday_set;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<time_window>);
static_assert(trigger_policy<time_window> && !banded_trigger<time_window> && detail::check_trigger<time_window>());
static_assert(std::is_same_v<memory_of<time_window>, no_memory>);
static_assert(noexcept(time_window{}.check(look{})) && noexcept(time_window{}.opens(timestamp{})) && noexcept(time_window{}.validate()));
static_assert(weekday_set{}.valid() && weekday_set{}.holds(1) && weekday_set{}.holds(7) && !weekday_set{}.holds(0) &&
              !weekday_set{}.holds(8));
static_assert(!weekday_set{0}.valid() && !weekday_set{1, 8}.valid() && weekday_set{1, 3} == weekday_set{3, 1, 1});

namespace {
// 2026-01-05 was a Monday.
const timestamp monday = timestamp_from_civil(2026, 1, 5);

firing check(const time_window& t, timestamp now) {
    test_look l{{0.5}, {0.5}};
    l.at(now);
    return t.check(l);
}
bool open(const time_window& t, timestamp now) { return check(t, now).fired; }

/// Open at this minute, by the rule in words.
bool open_by_the_rule(const time_window& t, timestamp now) {
    if (now < t.not_before) return false;
    for (const timestamp e : t.events)
        if (now.ns >= e.ns - t.before.ns && now.ns < e.ns + t.after.ns) return false;
    const std::int64_t local = now.ns + t.utc_offset.ns;
    const std::int64_t day = detail::floor_div(local, days(1).ns);
    const std::int64_t of_day = local - day * days(1).ns;
    if (t.to > t.from) return t.days.holds(iso_weekday(day)) && of_day >= t.from.ns && of_day < t.to.ns;
    return (t.days.holds(iso_weekday(day)) && of_day >= t.from.ns) || (t.days.holds(iso_weekday(day - 1)) && of_day < t.to.ns);
}
}  // namespace

TEST_CASE("time_window: hours of working days") {
    const time_window t{.from = hours(14) + minutes(30), .to = hours(21), .days = {1, 2, 3, 4, 5}};
    CHECK_FALSE(open(t, monday + hours(14) + minutes(30) - nanoseconds(1)));
    CHECK(open(t, monday + hours(14) + minutes(30)));
    CHECK(open(t, monday + hours(21) - nanoseconds(1)));
    CHECK_FALSE(open(t, monday + hours(21)));
    for (int d = 0; d < 14; ++d) CHECK(open(t, monday + days(d) + hours(18)) == (d % 7 < 5));
    const firing f = check(t, monday + hours(12));
    CHECK(f.measure == -9000.0);
    CHECK(f.threshold == 0.0);
    CHECK(f.unit == measure_unit::until_open);
    CHECK(std::string{f.trigger} == "time_window");
    CHECK(describe(f) == "time_window: closed, opens in 2 h 30 min");
    CHECK(describe(check(t, monday + hours(15))) == "time_window fired: open");
    // Friday night until Monday.
    CHECK(t.opens(monday + days(4) + hours(22)) == monday + days(7) + hours(14) + minutes(30));
    CHECK(describe(check(t, monday + days(4) + hours(22))) == "time_window: closed, opens in 2 d 17 h");
    CHECK(check(t, monday + hours(15)).measure == 0.0);
}

TEST_CASE("time_window: by default always open; a window past midnight belongs to the day on which it opened") {
    for (int h = 0; h < 200; ++h) CHECK(open(time_window{}, monday + hours(h)));
    const time_window night{.from = hours(22), .to = hours(2), .days = {1}};  // Monday 22:00 to Tuesday 02:00
    CHECK_FALSE(open(night, monday + hours(1)));
    CHECK_FALSE(open(night, monday + hours(21)));
    CHECK(open(night, monday + hours(22)));
    CHECK(open(night, monday + hours(25)));
    CHECK_FALSE(open(night, monday + hours(26)));
    CHECK_FALSE(open(night, monday + days(1) + hours(22)));
    CHECK(night.opens(monday + hours(26)) == monday + days(7) + hours(22));
    // From equals to: a whole day from there on.
    const time_window day{.from = hours(9), .to = hours(9), .days = {6}};
    CHECK(open(day, monday + days(5) + hours(9)));
    CHECK(open(day, monday + days(6) + hours(8)));
    CHECK_FALSE(open(day, monday + days(6) + hours(9)));
}

TEST_CASE("time_window: on the clock of the trading place") {
    const time_window t{.from = hours(9), .to = hours(10), .days = {1}, .utc_offset = hours(9)};
    CHECK(open(t, monday));  // 9:00 there
    CHECK_FALSE(open(t, monday - nanoseconds(1)));
    CHECK_FALSE(open(t, monday + hours(9)));
    const time_window west{.from = hours(20), .to = hours(24), .days = {7}, .utc_offset = hours(-5)};
    CHECK(open(west, monday + hours(1)));  // Sunday, 20:00 there
    CHECK_FALSE(open(west, monday + hours(5)));
}

TEST_CASE("time_window: not before a time, not about events") {
    const time_window later{.from = hours(8), .to = hours(9), .not_before = monday + hours(12)};
    CHECK_FALSE(open(later, monday + hours(8)));
    CHECK(later.opens(monday) == monday + hours(32));
    CHECK(open(later, monday + days(1) + hours(8)));
    CHECK(open({.not_before = monday}, monday));

    const time_window t{.events = {monday + hours(40), monday + hours(19)}, .before = hours(1), .after = minutes(30)};
    CHECK(open(t, monday + hours(18) - nanoseconds(1)));
    CHECK_FALSE(open(t, monday + hours(18)));
    CHECK_FALSE(open(t, monday + hours(19)));
    CHECK(open(t, monday + hours(19) + minutes(30)));
    CHECK_FALSE(open(t, monday + hours(39)));
    CHECK(check(t, monday + hours(18)).measure == -5400.0);
    // Events that overlap, and one that ends when the window is closed.
    const time_window many{.from = hours(8),
                           .to = hours(12),
                           .events = {monday + hours(11), monday + hours(9), monday + hours(10)},
                           .before = minutes(40),
                           .after = minutes(60)};
    CHECK(open(many, monday + hours(8) + minutes(19)));
    CHECK(many.opens(monday + hours(8) + minutes(20)) == monday + hours(32));
    // With nothing before or after it closes nothing; never is no event.
    CHECK(open({.events = {monday, timestamp::never()}}, monday));
}

TEST_CASE("time_window: at the ends of time") {
    const timestamp first{std::numeric_limits<std::int64_t>::min() + 1}, last{std::numeric_limits<std::int64_t>::max()};
    const time_window closed_for_good{.not_before = last, .events = {monday}, .before = {last.ns}, .after = {last.ns}};
    CHECK(closed_for_good.opens(monday) == last);
    CHECK(describe(check({.events = {monday}, .after = {last.ns}}, monday)).find("closed, ") != std::string::npos);
    for (const timestamp t : {first, last, timestamp::never(), timestamp{}})
        for (const duration offset : {days(-1), duration{}, days(1)}) {
            const time_window w{.from = hours(23), .to = hours(1), .days = {7}, .utc_offset = offset, .events = {t}, .before = days(1)};
            CHECK(w.opens(t) >= t);
        }
    firing f{.trigger = "time_window", .measure = -9.3e9, .unit = measure_unit::until_open};
    CHECK(describe(f) == "time_window: closed, and does not open again");
}

// Minute by minute: open where the rule in words says so, and otherwise it opens at the first minute at which it does.
TEST_CASE("time_window: random windows, against the rule in words at every minute of some weeks") {
    std::mt19937_64 rng{77};
    const auto below = [&](std::int64_t n) { return static_cast<std::int64_t>(rng() % static_cast<std::uint64_t>(n)); };
    int opened = 0;
    int closed = 0;
    for (int round = 0; round < 60; ++round) {
        time_window t{.from = minutes(below(1440)), .to = minutes(1 + below(1440))};
        weekday_set some{static_cast<int>(1 + below(7))};
        for (int d = 1; d <= 7; ++d)
            if (rng() % 2 == 0) some.insert(d);
        t.days = some;
        t.utc_offset = minutes(below(2881) - 1440);
        if (round % 3 == 0) t.not_before = monday + minutes(below(20'000));
        if (round % 2 == 0) {
            for (std::int64_t k = below(6); k >= 0; --k) t.events.push_back(monday + minutes(below(30'000)));
            t.before = minutes(below(600));
            t.after = minutes(below(600));
        }
        REQUIRE_FALSE(t.validate());
        constexpr int span = 60'000;  // six weeks
        timestamp next{std::numeric_limits<std::int64_t>::max()};
        bool any = false;
        for (int m = span; m >= 0; --m) {
            const timestamp now = monday - days(2) + minutes(m);
            const bool is = open_by_the_rule(t, now);
            if (is) next = now;
            any = any || is;
            if (!any || m % 7 != 0) continue;
            const timestamp opens = t.opens(now);
            if (opens != next || open(t, now) != is) {
                CAPTURE(round, m);
                CHECK(opens.ns == next.ns);
                FAIL("another time to open than by the rule");
            }
            (is ? opened : closed) += 1;
        }
    }
    CHECK(opened > 10'000);
    CHECK(closed > 10'000);
}

TEST_CASE("time_window: as a permission beside a band, a hold says when it opens") {
    keeper k{rebalancer{
                 trigger::all_of{time_window{.from = hours(14), .to = hours(20), .days = {1, 2, 3, 4, 5}}, trigger::band{.absolute = 0.05}},
                 cost::zero{}, solver::to_target{}},
             {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{60.0, 40.0}, even{50.0, 50.0}, target{0.5, 0.5};
    REQUIRE_FALSE(k.observe({.now = monday + hours(9), .price = price}));
    const decision& early = k.propose({.quantity = quantity}, target);
    CHECK(early.outcome == outcome::hold);
    CHECK(describe(early).find("the trigger did not fire; time_window: closed, opens in 5 h; band fired: ") != std::string::npos);
    REQUIRE_FALSE(k.observe({.now = monday + hours(14), .price = price}));
    CHECK(k.propose({.quantity = quantity}, target).outcome == outcome::trade);
    REQUIRE_FALSE(k.commit(k.last_decision()));
    CHECK_FALSE(k.propose({.quantity = even}, target).firing.fired);
    CHECK(open(time_window{.from = hours(1), .to = hours(2)}, monday) == false);
    const trigger::not_ outside{time_window{.from = hours(1), .to = hours(2)}};
    test_look l{{0.5}, {0.5}};
    l.at(monday);
    CHECK(describe(ballast_test::check(outside, l)) == "not_ fired: what it turns around did not fire, closed, opens in 1 h");
    l.at(monday + hours(1));
    CHECK(describe(ballast_test::check(outside, l)) == "not_: what it turns around fired, open");
    CHECK(describe(ballast_test::check(trigger::not_{outside}, l)) == "not_ fired: open");
}

TEST_CASE("time_window: bad parameters are refused with parameter, value and range") {
    const auto text = [](const time_window& t) -> std::string {
        const configuration_fault f = t.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    CHECK(text({}).empty());
    CHECK(text({.from = hours(24)}) == "ballast: time_window.from = 86400: must be a time of the day, below 24 h (seconds)");
    CHECK_THAT(text({.from = seconds(-1)}), StartsWith("ballast: time_window.from = -1"));
    CHECK(text({.to = {}}) == "ballast: time_window.to = 0: must be a time of the day, above 0 and at most 24 h (seconds)");
    CHECK_THAT(text({.to = hours(25)}), StartsWith("ballast: time_window.to = 90000"));
    CHECK(text({.days = {0}}) == "ballast: time_window.days = 0: must be days of the week, 1 (Monday) to 7 (Sunday)");
    CHECK_THAT(text({.days = std::initializer_list<int>{}}), StartsWith("ballast: time_window.days"));
    CHECK_THAT(text({.utc_offset = hours(25)}), StartsWith("ballast: time_window.utc_offset = 90000"));
    CHECK_THAT(text({.before = seconds(-1)}), StartsWith("ballast: time_window.before = -1"));
    CHECK_THAT(text({.after = seconds(-1)}), StartsWith("ballast: time_window.after = -1"));
}
