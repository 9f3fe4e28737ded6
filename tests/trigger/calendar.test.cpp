#include <ballast/trigger/calendar.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <chrono>
#include <cstdint>
#include <ctime>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::trigger::calendar;
using ballast::trigger::holiday_calendar;
using ballast::trigger::on_holiday;
using ballast::trigger::on_miss;
using ballast::trigger::period;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<calendar> && std::is_trivially_copyable_v<calendar> && trigger_policy<calendar>);
static_assert(!banded_trigger<calendar> && detail::observing<calendar> && detail::committing<calendar>);
static_assert(std::is_trivially_copyable_v<calendar::memory>);
static_assert(noexcept(calendar{}.check(look{}, calendar::memory{})) && noexcept(calendar{}.validate()));
static_assert(detail::check_trigger<calendar>());

namespace {
using day_set = std::set<std::int64_t>;

// Holidays as a set of day numbers; weekends too where told.
struct holiday_list {
    day_set days;
    bool weekends = false;

    [[nodiscard]] bool has(std::int64_t day) const { return days.count(day) != 0 || (weekends && iso_weekday(day) >= 6); }
    [[nodiscard]] holiday_calendar predicate() const {
        return {[](const civil_date& d, const void* self) { return static_cast<const holiday_list*>(self)->has(day_number(d)); }, this};
    }
};

std::chrono::year_month_day civil(std::int64_t day) { return std::chrono::sys_days{std::chrono::days{day}}; }

int last_day_of(std::chrono::year_month_day d) {
    return static_cast<int>(static_cast<unsigned>(std::chrono::year_month_day_last{d.year() / d.month() / std::chrono::last}.day()));
}

// Would a period begin on this day, were there no holidays? By the standard library's calendar.
bool begins(const calendar& c, std::int64_t day) {
    if (c.period == period::daily) return true;
    if (c.period == period::weekly)
        return static_cast<int>(std::chrono::weekday{std::chrono::sys_days{std::chrono::days{day}}}.iso_encoding()) == c.day;
    const auto d = civil(day);
    const int month = static_cast<int>(static_cast<unsigned>(d.month()));
    if (c.period == period::quarterly && month != c.month && month != c.month + 3 && month != c.month + 6 && month != c.month + 9)
        return false;
    if (c.period == period::half_yearly && month != c.month && month != c.month + 6) return false;
    if (c.period == period::yearly && month != c.month) return false;
    const int last = last_day_of(d);
    const int wanted = c.day > 0 ? (c.day < last ? c.day : last) : last + 1 + c.day;
    return static_cast<int>(static_cast<unsigned>(d.day())) == wanted;
}

// The days on which periods begin, holidays walked over one by one.
day_set beginnings(const calendar& c, const holiday_list& holidays, std::int64_t first, std::int64_t last) {
    day_set all;
    for (std::int64_t day = first; day <= last; ++day) {
        if (!begins(c, day)) continue;
        std::int64_t d = day;
        while (holidays.has(d)) d += c.roll == on_holiday::following ? 1 : -1;
        all.insert(d);
    }
    return all;
}
std::int64_t newest(const day_set& starts, std::int64_t today) { return *--starts.upper_bound(today); }

// What one account has seen, as a list: no state machine.
struct plain_account {
    std::vector<std::pair<std::int64_t, timestamp>> observed;  // period, moment; holidays left out
    std::vector<std::int64_t> committed;                       // period

    [[nodiscard]] bool due(on_miss miss, std::int64_t current, timestamp now) const {
        for (const std::int64_t p : committed)
            if (p >= current) return false;
        if (miss == on_miss::pending) return true;
        for (const auto& [p, when] : observed)
            if (p == current && when < now) return false;
        return true;
    }
};

std::vector<calendar> every_kind() {
    std::vector<calendar> all;
    all.push_back({.period = period::daily});
    for (int day = 1; day <= 7; ++day) all.push_back({.period = period::weekly, .day = day});
    for (int day = -28; day <= 31; ++day)
        if (day != 0) all.push_back({.period = period::monthly, .day = day});
    for (const int day : {1, 15, 29, 30, 31, -1, -2, -28}) {
        for (int month = 1; month <= 3; ++month) all.push_back({.period = period::quarterly, .day = day, .month = month});
        for (int month = 1; month <= 6; ++month) all.push_back({.period = period::half_yearly, .day = day, .month = month});
        for (int month = 1; month <= 12; ++month) all.push_back({.period = period::yearly, .day = day, .month = month});
    }
    return all;
}

std::string name_of(const calendar& c) {
    return "period " + std::to_string(static_cast<int>(c.period)) + " day " + std::to_string(c.day) + " month " + std::to_string(c.month) +
           (c.roll == on_holiday::following ? " following" : " preceding") + (c.miss == on_miss::skip ? " skip" : " pending");
}

const std::int64_t year_2000 = day_number(civil_date{2000, 1, 1});
const std::int64_t year_2020 = day_number(civil_date{2020, 1, 1});
timestamp day_start(std::int64_t day) { return timestamp{} + days(day); }

holiday_list random_holidays(std::mt19937_64& rng, double share, bool weekends) {
    holiday_list h;
    h.weekends = weekends;
    for (std::int64_t day = year_2000 - 500; day < year_2020 + 500; ++day) {
        if (static_cast<double>(rng() % 10'000) < share * 10'000.0) h.days.insert(day);
        // Now and then a long closure, longer than a week, sometimes than three.
        if (rng() % 700 == 0)
            for (std::int64_t d = day; d < day + 5 + static_cast<std::int64_t>(rng() % 20); ++d) h.days.insert(d);
    }
    return h;
}
}  // namespace

TEST_CASE("calendar: period starts over twenty years, against a walk through the days") {
    std::mt19937_64 rng{15};
    const holiday_list none;
    const holiday_list some = random_holidays(rng, 0.03, false);
    const holiday_list exchange = random_holidays(rng, 0.03, true);
    for (const calendar& kind : every_kind())
        for (const holiday_list* holidays : {&none, &some, &exchange})
            for (const on_holiday roll : {on_holiday::following, on_holiday::preceding}) {
                if (holidays == &none && roll == on_holiday::preceding) continue;
                calendar c = kind;
                c.roll = roll;
                if (holidays != &none) c.holidays = holidays->predicate();
                REQUIRE_FALSE(c.validate());
                const day_set starts = beginnings(c, *holidays, year_2000 - 450, year_2020 + 450);
                int wrong = 0;
                for (std::int64_t day = year_2000; day < year_2020; ++day)
                    wrong += c.period_start(day_start(day) + hours(static_cast<std::int64_t>(rng() % 24))) != newest(starts, day);
                if (wrong != 0) {
                    CAPTURE(name_of(c), holidays->days.size(), wrong);
                    CHECK(wrong == 0);
                }
            }
    SUCCEED();
}

// Twenty years with zero to three looks a day, commits that follow a firing or come from elsewhere (on holidays as well), on four clocks.
// Fired:
//   today is no holiday, nothing was committed in this period, and (skip) nothing was observed in it at an earlier moment.
// The answer is the same before and after the account observed the look.
TEST_CASE("calendar: fires as a list of all that the account saw says") {
    std::mt19937_64 rng{16};
    const holiday_list none;
    const holiday_list exchange = random_holidays(rng, 0.03, true);
    const holiday_list some = random_holidays(rng, 0.1, false);
    const duration clocks[] = {duration{}, hours(9), hours(-5), minutes(345)};
    std::vector<calendar> kinds;
    for (const calendar& c : every_kind())
        if (c.period == period::daily || c.period == period::weekly || c.day == 1 || c.day == 31 || c.day == -2 || c.day == 15)
            kinds.push_back(c);
    std::size_t turn = 0;
    int fired_in_all = 0;
    for (const calendar& kind : kinds)
        for (const on_miss miss : {on_miss::skip, on_miss::pending}) {
            calendar c = kind;
            c.miss = miss;
            const holiday_list& holidays = turn % 3 == 0 ? none : turn % 3 == 1 ? exchange : some;
            c.roll = turn % 2 == 0 ? on_holiday::following : on_holiday::preceding;
            c.utc_offset = clocks[turn % 4];
            ++turn;
            if (&holidays != &none) c.holidays = holidays.predicate();
            const day_set starts = beginnings(c, holidays, year_2000 - 450, year_2020 + 450);
            calendar::memory memory;
            plain_account plain;
            test_look l;
            int wrong = 0;
            int moved = 0;
            int fired = 0;
            const std::int64_t years = miss == on_miss::skip ? 20 : 5;
            for (std::int64_t day = year_2000; day < year_2000 + years * 365; ++day) {
                const auto looks = rng() % 4;
                for (std::uint64_t k = 0; k < looks; ++k) {
                    const timestamp now = day_start(day) + hours(static_cast<std::int64_t>(8 * k + rng() % 8)) - c.utc_offset;
                    const std::int64_t current = newest(starts, day);
                    const bool due = !holidays.has(day) && plain.due(c.miss, current, now);
                    const bool before = c.check(l.at(now), memory).fired;
                    wrong += before != due;
                    fired += due;
                    c.observe(l.at(now), memory);
                    moved += c.check(l.at(now), memory).fired != before;
                    if (!holidays.has(day)) {
                        // Older periods can not come back.
                        if (!plain.observed.empty() && plain.observed.back().first != current) plain.observed.clear();
                        plain.observed.emplace_back(current, now);
                    }
                    if (before ? rng() % 3 != 0 : rng() % 40 == 0) {
                        c.commit({}, now, memory);
                        plain.committed.assign(1, current);
                        wrong += c.check(l.at(now), memory).fired;
                    }
                }
            }
            fired_in_all += fired;
            if (wrong != 0 || moved != 0 || fired == 0) {
                CAPTURE(name_of(c), turn, wrong, moved);
                CHECK(wrong == 0);
                CHECK(moved == 0);
                CHECK(fired > 0);
            }
        }
    CHECK(fired_in_all > 10'000);
}

// ISO 8601: week 1 is the one with the year's first Thursday. A weekly period of Mondays is one ISO week, also over the turn of a year.
TEST_CASE("calendar: weeks from Monday are ISO weeks, at year ends as well") {
    const calendar c{.period = period::weekly};
    const auto iso_week = [](std::int64_t day) {
        const std::time_t t = static_cast<std::time_t>(day * 86'400);
        std::tm parts{};
        gmtime_r(&t, &parts);
        char text[16] = {};
        std::strftime(text, sizeof text, "%G-W%V", &parts);
        return std::string{text};
    };
    CHECK(iso_week(day_number(civil_date{2027, 1, 3})) == "2026-W53");
    int wrong = 0;
    for (std::int64_t day = day_number(civil_date{1971, 1, 1}); day < day_number(civil_date{2100, 1, 1}); ++day) {
        const bool new_week = iso_week(day) != iso_week(day - 1);
        const bool new_period = c.period_start(day_start(day)) != c.period_start(day_start(day - 1));
        wrong += new_week != new_period;
        wrong += new_period && c.period_start(day_start(day)) != day;
    }
    CHECK(wrong == 0);
}

TEST_CASE("calendar: hourly looks fire in the first hour of a month and no more") {
    const calendar c{};
    calendar::memory m;
    test_look l;
    const timestamp noon = timestamp_from_civil(2026, 1, 20) + hours(12);
    CHECK(c.check(l.at(noon), m).fired);  // an account without any observation is due at once
    c.observe(l.at(noon), m);
    std::vector<timestamp> fired;
    for (timestamp t = noon + hours(1); t < timestamp_from_civil(2026, 5, 2); t = t + hours(1)) {
        if (c.check(l.at(t), m).fired) fired.push_back(t);
        c.observe(l.at(t), m);
    }
    CHECK(fired == std::vector{timestamp_from_civil(2026, 2, 1), timestamp_from_civil(2026, 3, 1), timestamp_from_civil(2026, 4, 1),
                               timestamp_from_civil(2026, 5, 1)});
}

TEST_CASE("calendar: pending stays due until a commit, skip does not") {
    test_look l;
    const timestamp start = timestamp_from_civil(2026, 1, 5);
    for (const on_miss miss : {on_miss::skip, on_miss::pending}) {
        const calendar c{.miss = miss};
        calendar::memory m;
        c.observe(l.at(start), m);
        c.commit({}, start, m);
        const timestamp first = timestamp_from_civil(2026, 2, 3);  // the 1st and 2nd were not observed
        CHECK(c.check(l.at(first), m).fired);
        c.observe(l.at(first), m);
        CHECK(c.check(l.at(first + days(3)), m).fired == (miss == on_miss::pending));
        c.observe(l.at(first + days(3)), m);
        CHECK(c.check(l.at(first + days(24)), m).fired == (miss == on_miss::pending));
        c.commit({}, first + days(24), m);
        CHECK_FALSE(c.check(l.at(first + days(24)), m).fired);
        CHECK_FALSE(c.check(l.at(first + days(25)), m).fired);
        CHECK(c.check(l.at(timestamp_from_civil(2026, 3, 1)), m).fired);
    }
}

TEST_CASE("calendar: a commit that another trigger led to is the period's rebalance") {
    const calendar c{};
    calendar::memory m;
    test_look l;
    c.observe(l.at(timestamp_from_civil(2026, 1, 31)), m);
    c.commit({}, timestamp_from_civil(2026, 2, 1), m);  // before the calendar's own look
    CHECK_FALSE(c.check(l.at(timestamp_from_civil(2026, 2, 1) + hours(1)), m).fired);
    CHECK(c.check(l.at(timestamp_from_civil(2026, 3, 1)), m).fired);
}

// In a closure longer than a week two Mondays have the same next open day. A commit on one of the holidays belongs to the week before them.
TEST_CASE("calendar: closures longer than a period") {
    holiday_list closed;
    for (std::int64_t d = day_number(civil_date{2026, 2, 14}); d <= day_number(civil_date{2026, 2, 24}); ++d) closed.days.insert(d);
    const calendar following{.period = period::weekly, .holidays = closed.predicate()};
    const auto at = [](int month, int day) { return timestamp_from_civil(2026, month, day); };
    CHECK(following.period_start(at(2, 24)) == day_number(civil_date{2026, 2, 9}));
    CHECK(following.period_start(at(2, 25)) == day_number(civil_date{2026, 2, 25}));
    CHECK(following.period_start(at(3, 1)) == day_number(civil_date{2026, 2, 25}));
    CHECK(following.period_start(at(3, 2)) == day_number(civil_date{2026, 3, 2}));
    calendar::memory m;
    test_look l;
    following.observe(l.at(at(2, 10)), m);
    following.commit({}, at(2, 20), m);  // on a holiday
    CHECK_FALSE(following.check(l.at(at(2, 20)), m).fired);
    CHECK(following.check(l.at(at(2, 25)), m).fired);

    const calendar preceding{.period = period::weekly, .roll = on_holiday::preceding, .holidays = closed.predicate()};
    CHECK(preceding.period_start(at(2, 12)) == day_number(civil_date{2026, 2, 9}));
    CHECK(preceding.period_start(at(2, 13)) == day_number(civil_date{2026, 2, 13}));
    CHECK(preceding.period_start(at(3, 1)) == day_number(civil_date{2026, 2, 13}));
}

TEST_CASE("calendar: holidays take no chance away and fire nothing") {
    holiday_list new_year;
    new_year.days.insert(day_number(civil_date{2026, 1, 1}));
    const calendar c{.period = period::yearly, .holidays = new_year.predicate()};
    calendar::memory m;
    test_look l;
    c.observe(l.at(timestamp_from_civil(2025, 12, 30)), m);
    for (int hour = 0; hour < 24; ++hour) {
        CHECK_FALSE(c.check(l.at(timestamp_from_civil(2026, 1, 1) + hours(hour)), m).fired);
        c.observe(l.at(timestamp_from_civil(2026, 1, 1) + hours(hour)), m);
    }
    CHECK(c.check(l.at(timestamp_from_civil(2026, 1, 2)), m).fired);
}

TEST_CASE("calendar: where every day is a holiday it never fires and comes to an end") {
    const holiday_calendar always{[](const civil_date&, const void*) { return true; }, nullptr};
    test_look l;
    for (const period p : {period::daily, period::weekly, period::monthly, period::quarterly, period::half_yearly, period::yearly})
        for (const on_holiday roll : {on_holiday::following, on_holiday::preceding}) {
            const calendar c{.period = p, .roll = roll, .holidays = always};
            calendar::memory m;
            for (std::int64_t day = year_2000; day < year_2000 + 800; day += 3) {
                CHECK_FALSE(c.check(l.at(day_start(day)), m).fired);
                c.observe(l.at(day_start(day)), m);
                c.commit({}, day_start(day), m);
            }
        }
}

TEST_CASE("calendar: a period begins at midnight of its own clock") {
    const timestamp midnight_in_tokyo = timestamp_from_civil(2026, 1, 31) + hours(15);
    const calendar tokyo{.utc_offset = hours(9)};
    CHECK(tokyo.period_start(midnight_in_tokyo) == day_number(civil_date{2026, 2, 1}));
    CHECK(tokyo.period_start(midnight_in_tokyo + nanoseconds(-1)) == day_number(civil_date{2026, 1, 1}));
    const calendar new_york{.utc_offset = hours(-5)};
    CHECK(new_york.period_start(timestamp_from_civil(2026, 2, 1) + hours(4)) == day_number(civil_date{2026, 1, 1}));
    CHECK(new_york.period_start(timestamp_from_civil(2026, 2, 1) + hours(5)) == day_number(civil_date{2026, 2, 1}));
    // Holidays are asked in dates of that clock.
    holiday_list first;
    first.days.insert(day_number(civil_date{2026, 2, 1}));
    const calendar closed{.holidays = first.predicate(), .utc_offset = hours(9)};
    test_look l;
    CHECK_FALSE(closed.check(l.at(midnight_in_tokyo), {}).fired);
    CHECK(closed.check(l.at(midnight_in_tokyo + days(1)), {}).fired);
}

TEST_CASE("calendar: measure, threshold and name") {
    test_look l;
    const firing due = calendar{}.check(l.at(timestamp{}), {});
    CHECK(due.measure == 1.0);
    CHECK(due.threshold == 1.0);
    CHECK(std::string{due.trigger} == "calendar");
    calendar::memory m;
    calendar{}.observe(l.at(timestamp{}), m);
    CHECK(calendar{}.check(l.at(timestamp{1}), m).measure == 0.0);
}

TEST_CASE("calendar: is not upset by the ends of time") {
    test_look l;
    for (const std::int64_t ns :
         {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::min() + 1, std::numeric_limits<std::int64_t>::max()})
        for (const period p : {period::daily, period::weekly, period::monthly, period::quarterly, period::half_yearly, period::yearly})
            for (const duration offset : {days(-1), duration{}, days(1)}) {
                const calendar c{.period = p, .utc_offset = offset};
                calendar::memory m;
                CHECK(c.check(l.at(timestamp{ns}), m).fired);
                c.observe(l.at(timestamp{ns}), m);
                c.commit({}, timestamp{ns}, m);
                CHECK_FALSE(c.check(l.at(timestamp{ns}), m).fired);
            }
}

TEST_CASE("calendar: bad days, months and clocks are refused with parameter, value and range") {
    const auto text = [](const calendar& c) -> std::string {
        const configuration_fault f = c.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    for (const int day : {0, 8, -1, 31})
        CHECK(text({.period = period::weekly, .day = day}) ==
              "ballast: calendar.day = " + std::to_string(day) + ": must be 1 (Monday) to 7 (Sunday)");
    for (const period p : {period::monthly, period::quarterly, period::half_yearly, period::yearly})
        for (const int day : {0, 32, -29})
            CHECK(text({.period = p, .day = day}) ==
                  "ballast: calendar.day = " + std::to_string(day) + ": must be 1 to 31, or -1 (last) to -28");
    const std::string months = ": must be 1 to 3 for quarters, 1 to 6 for half-years, 1 to 12 for years";
    CHECK(text({.period = period::quarterly, .month = 4}) == "ballast: calendar.month = 4" + months);
    CHECK(text({.period = period::half_yearly, .month = 7}) == "ballast: calendar.month = 7" + months);
    CHECK(text({.period = period::yearly, .month = 13}) == "ballast: calendar.month = 13" + months);
    CHECK(text({.period = period::yearly, .month = 0}) == "ballast: calendar.month = 0" + months);
    CHECK(text({.utc_offset = days(1) + seconds(1)}) ==
          "ballast: calendar.utc_offset = 86401: must be a day at most, either way (seconds)");
    CHECK(text({.utc_offset = days(-2)}) == "ballast: calendar.utc_offset = -172800: must be a day at most, either way (seconds)");
    for (const calendar& good : every_kind()) CHECK(text(good).empty());
}
