/// Civil (proleptic Gregorian) dates from timestamps, without std::chrono.
#pragma once

#include <compare>
#include <cstdint>

#include "timestamp.hpp"

namespace ballast::inline v0 {

/// A day of the proleptic Gregorian calendar.
struct civil_date {
    int year = 1970;  ///< of the Gregorian calendar
    int month = 1;    ///< 1..12
    int day = 1;      ///< 1..31

    friend constexpr auto operator<=>(const civil_date&, const civil_date&) noexcept = default;
};

namespace detail {
/// a / b rounded down, b above zero.
[[nodiscard]] constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept {
    const auto q = a / b;
    return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}
}  // namespace detail

/// Days since 1970-01-01. The year is reckoned from 1 March, so that the leap day is its last; 400 years are one cycle of 146,097 days. A
/// day that its month does not have is so many days after the month's first: 31 April is 1 May. Exact for every year that an int can hold.
[[nodiscard]] constexpr std::int64_t day_number(const civil_date& d) noexcept {
    const std::int64_t y = std::int64_t{d.year} - (d.month > 2 ? 0 : 1);
    const std::int64_t months_from_march = (d.month + 9) % 12;
    const std::int64_t day_of_year = (153 * months_from_march + 2) / 5 + d.day - 1;
    const std::int64_t leaps = detail::floor_div(y, 4) - detail::floor_div(y, 100) + detail::floor_div(y, 400);
    return y * 365 + leaps + day_of_year - 719'468;
}

/// The inverse of `day_number`. Exact for every day of a year that an int can hold.
[[nodiscard]] constexpr civil_date civil_from_day_number(std::int64_t number) noexcept {
    const std::int64_t from_march_0000 = number + 719'468;
    const std::int64_t cycle = detail::floor_div(from_march_0000, 146'097);
    const std::int64_t in_cycle = from_march_0000 - cycle * 146'097;
    const std::int64_t year_of_cycle = (in_cycle - in_cycle / 1'460 + in_cycle / 36'524 - in_cycle / 146'096) / 365;
    const std::int64_t day_of_year = in_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    const std::int64_t months_from_march = (5 * day_of_year + 2) / 153;
    const auto month = static_cast<int>(months_from_march < 10 ? months_from_march + 3 : months_from_march - 9);
    const auto day = static_cast<int>(day_of_year - (153 * months_from_march + 2) / 5 + 1);
    return {static_cast<int>(year_of_cycle + cycle * 400 + (month <= 2 ? 1 : 0)), month, day};
}

/// Days since 1970-01-01 of the day in which `t` falls, on a clock that runs `offset` ahead of UTC.
[[nodiscard]] constexpr std::int64_t day_number(timestamp t, duration offset = {}) noexcept {
    return detail::floor_div(detail::saturating_add(t.ns, offset.ns), days(1).ns);
}

/// The date of that day.
[[nodiscard]] constexpr civil_date civil_from_timestamp(timestamp t, duration offset = {}) noexcept {
    return civil_from_day_number(day_number(t, offset));
}

/// Midnight UTC of a civil date; the first or the last moment that a timestamp can say where the date lies beyond it.
[[nodiscard]] constexpr timestamp timestamp_from_civil(int year, int month, int day) noexcept {
    return timestamp{} + days(day_number(civil_date{year, month, day}));
}

/// Day of the week of a day number, 1 = Monday .. 7 = Sunday (ISO 8601). 1970-01-01 was a Thursday.
[[nodiscard]] constexpr int iso_weekday(std::int64_t number) noexcept {
    return static_cast<int>(number + 3 - detail::floor_div(number + 3, 7) * 7) + 1;
}

/// By the rule of the Gregorian calendar.
[[nodiscard]] constexpr bool is_leap_year(int year) noexcept { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/// 28..31, for a month 1..12.
[[nodiscard]] constexpr int days_in_month(int year, int month) noexcept {
    if (month == 2) return is_leap_year(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace ballast::inline v0
