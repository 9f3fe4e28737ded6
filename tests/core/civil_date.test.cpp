#include <ballast/core/civil_date.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>

using namespace ballast;

static_assert(std::is_trivially_copyable_v<civil_date> && std::is_aggregate_v<civil_date>);
static_assert(noexcept(day_number(civil_date{})) && noexcept(civil_from_day_number(0)) && noexcept(iso_weekday(0)));
static_assert(day_number(civil_date{1970, 1, 1}) == 0 && iso_weekday(0) == 4);

namespace {
// Where the two disagree, over all days of the years first..last.
struct disagreement {
    int number = 0;
    int date = 0;
    int weekday = 0;
    int length = 0;
    int leap = 0;
    std::int64_t days = 0;
};
disagreement compare_years(int first, int last) {
    namespace chrono = std::chrono;
    disagreement d;
    const chrono::sys_days begin{chrono::year{first} / chrono::January / 1};
    const chrono::sys_days end{chrono::year{last} / chrono::December / 31};
    for (chrono::sys_days day = begin; day <= end; day += chrono::days{1}) {
        const chrono::year_month_day ymd{day};
        const std::int64_t number = day.time_since_epoch().count();
        const civil_date date{static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
                              static_cast<int>(static_cast<unsigned>(ymd.day()))};
        d.number += day_number(date) != number;
        d.date += civil_from_day_number(number) != date;
        d.weekday += iso_weekday(number) != static_cast<int>(chrono::weekday{day}.iso_encoding());
        const unsigned length = static_cast<unsigned>(chrono::year_month_day_last{ymd.year() / ymd.month() / chrono::last}.day());
        d.length += days_in_month(date.year, date.month) != static_cast<int>(length);
        d.leap += is_leap_year(date.year) != ymd.year().is_leap();
        ++d.days;
    }
    return d;
}
void check_years(int first, int last, std::int64_t days) {
    const disagreement d = compare_years(first, last);
    CHECK(d.days == days);
    CHECK(d.number == 0);
    CHECK(d.date == 0);
    CHECK(d.weekday == 0);
    CHECK(d.length == 0);
    CHECK(d.leap == 0);
}
}  // namespace

TEST_CASE("civil_date: eight hundred years of days, as std::chrono has them") { check_years(1600, 2399, 2 * 146'097); }

TEST_CASE("civil_date: years before 1 and far ahead, as std::chrono has them") {
    check_years(-401, -2, 146'097);
    check_years(-32'767, -32'764, 1461);
    check_years(32'764, 32'767, 1461);
}

TEST_CASE("civil_date: there and back over every year that an int can hold") {
    std::mt19937_64 rng{2};
    std::uniform_int_distribution<int> any_year{std::numeric_limits<int>::min(), std::numeric_limits<int>::max()};
    int wrong = 0;
    for (int round = 0; round < 100'000; ++round) {
        const int year = any_year(rng);
        const int month = 1 + static_cast<int>(rng() % 12);
        const civil_date date{year, month, 1 + static_cast<int>(rng() % 28)};
        wrong += civil_from_day_number(day_number(date)) != date;
        wrong += iso_weekday(day_number(date) + 1) != iso_weekday(day_number(date)) % 7 + 1;
    }
    CHECK(wrong == 0);
    for (const int year : {std::numeric_limits<int>::min(), std::numeric_limits<int>::max()})
        for (const civil_date date : {civil_date{year, 1, 1}, civil_date{year, 12, 31}})
            CHECK(civil_from_day_number(day_number(date)) == date);
}

TEST_CASE("civil_date: a day that its month does not have is that many days after the first") {
    CHECK(civil_from_day_number(day_number(civil_date{2026, 4, 31})) == civil_date{2026, 5, 1});
    CHECK(civil_from_day_number(day_number(civil_date{2025, 2, 30})) == civil_date{2025, 3, 2});
    CHECK(civil_from_day_number(day_number(civil_date{2024, 2, 30})) == civil_date{2024, 3, 1});
}

// Known days: Bastille 1789-07-14 a Tuesday, the first moon landing 1969-07-20 a Sunday, 2000-01-01 a Saturday.
TEST_CASE("civil_date: known weekdays") {
    CHECK(iso_weekday(day_number(civil_date{1789, 7, 14})) == 2);
    CHECK(iso_weekday(day_number(civil_date{1969, 7, 20})) == 7);
    CHECK(iso_weekday(day_number(civil_date{2000, 1, 1})) == 6);
}

TEST_CASE("civil_date: the day of a moment, at both of its ends and on other clocks") {
    const timestamp noon = timestamp_from_civil(2026, 3, 1) + hours(12);
    CHECK(civil_from_timestamp(noon) == civil_date{2026, 3, 1});
    CHECK(civil_from_timestamp(timestamp_from_civil(2026, 3, 1)) == civil_date{2026, 3, 1});
    CHECK(civil_from_timestamp(timestamp_from_civil(2026, 3, 1) + nanoseconds(-1)) == civil_date{2026, 2, 28});
    CHECK(civil_from_timestamp(noon, hours(12)) == civil_date{2026, 3, 2});
    CHECK(civil_from_timestamp(noon, hours(12) - nanoseconds(1)) == civil_date{2026, 3, 1});
    CHECK(civil_from_timestamp(noon, hours(-13)) == civil_date{2026, 2, 28});
    // Before the epoch, where division would round the other way.
    CHECK(civil_from_timestamp(timestamp{-1}) == civil_date{1969, 12, 31});
    CHECK(day_number(timestamp{-86'400'000'000'000}) == -1);
    CHECK(day_number(timestamp{-86'400'000'000'001}) == -2);
}

TEST_CASE("civil_date: moments at the ends of time do not overflow") {
    const timestamp last{std::numeric_limits<std::int64_t>::max()};
    const timestamp first{std::numeric_limits<std::int64_t>::min() + 1};
    CHECK(civil_from_timestamp(last, days(1)) == civil_date{2262, 4, 11});
    CHECK(civil_from_timestamp(first, days(-1)) == civil_date{1677, 9, 21});
    CHECK(timestamp_from_civil(2262, 4, 11).ns == 106'751 * 86'400'000'000'000);
    CHECK(timestamp_from_civil(2300, 1, 1) == last);
    CHECK(timestamp_from_civil(1500, 1, 1) == first);
    CHECK(timestamp_from_civil(1500, 1, 1).happened());
}

TEST_CASE("civil_date: dates compare in the order of days") {
    std::mt19937_64 rng{3};
    int wrong = 0;
    for (int round = 0; round < 10'000; ++round) {
        const auto a = static_cast<std::int64_t>(rng() % 2'000'000) - 1'000'000;
        const auto b = rng() % 4 == 0 ? a + static_cast<std::int64_t>(rng() % 3) : static_cast<std::int64_t>(rng() % 2'000'000) - 1'000'000;
        wrong += (a <=> b) != (civil_from_day_number(a) <=> civil_from_day_number(b));
    }
    CHECK(wrong == 0);
}
