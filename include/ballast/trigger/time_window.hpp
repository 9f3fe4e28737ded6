/// Only within hours of the day and days of the week, not before a time, not about an event.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <vector>

#include "../core/civil_date.hpp"
#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// Days of the week, 1 = Monday .. 7 = Sunday (ISO 8601): `{1, 2, 3, 4, 5}`. All of them unless said otherwise.
class weekday_set {
public:
    constexpr weekday_set() noexcept = default;
    /// These. A number that is no day makes the set invalid.
    constexpr weekday_set(std::initializer_list<int> days) noexcept : bits_{0} {
        for (const int d : days) insert(d);
    }
    /// Adds a day.
    constexpr void insert(int day) noexcept { bits_ = static_cast<std::uint16_t>(bits_ | (day >= 1 && day <= 7 ? 1u << day : wrong)); }
    /// Whether a day is one of them.
    [[nodiscard]] constexpr bool holds(int day) const noexcept { return day >= 1 && day <= 7 && (bits_ >> day & 1u) != 0; }
    /// At least one day, and nothing that is none.
    [[nodiscard]] constexpr bool valid() const noexcept { return bits_ != 0 && (bits_ & wrong) == 0; }
    friend constexpr bool operator==(weekday_set, weekday_set) noexcept = default;

private:
    static constexpr unsigned wrong = 1u << 8;
    std::uint16_t bits_ = 0xFE;
};

/// Fires while it is open, as a permission beside other triggers: `all_of{time_window{.from = hours(14), .to = hours(20)}, band{...}}`; alone
/// it fires at every look while it is open. It is open from `from` until just before `to` of the days of the week that are named, by a clock
/// that runs `utc_offset` ahead of UTC: no time zone is known, who needs summer time changes the offset. Where `to` is not later than `from`
/// it runs past midnight, and belongs to the day on which it opened. It is closed before `not_before`, and about each of the events: from
/// `before` before it until just before `after` after it (an event with neither closes nothing).
///
/// Its measure is how long it still stays closed, in seconds below 0, and 0 while it is open; the longest span where it does not open again in
/// the time that can be told. It has no region. O(1), and with m events O(m) where none is in the way, at most O(m²).
struct time_window {
    duration from{};                            ///< time of the day at which it opens, below 24 h
    duration to = hours(24);                    ///< at which it closes, above 0 and at most 24 h
    weekday_set days{};                         ///< on which it opens
    duration utc_offset{};                      ///< the clock ahead of UTC, at most a day either way
    timestamp not_before = timestamp::never();  ///< closed before; never: no such time
    std::vector<timestamp> events{};            ///< in any order
    duration before{};                          ///< closed so long before each event
    duration after{};                           ///< and so long from it on

    static constexpr const char* name = "time_window";

    [[nodiscard]] firing check(const look& l) const noexcept {
        const duration closed = elapsed(l.now, opens(l.now));
        return {.fired = closed.ns == 0,
                .trigger = name,
                .measure = closed.ns == 0 ? 0.0 : -closed.seconds(),
                .unit = measure_unit::until_open};
    }
    /// The first time at or after `now` at which it is open; the last that a timestamp can say where there is none.
    [[nodiscard]] timestamp opens(timestamp now) const noexcept {
        timestamp t = now < not_before ? not_before : now;
        for (;;) {
            const timestamp within = next_within_hours(t);
            const timestamp free = after_events(within);
            if (free == within) return within;
            t = free;  // later: each event moves it at most once
        }
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (from.ns < 0 || from >= hours(24))
            return {"time_window.from", from.seconds(), "must be a time of the day, below 24 h (seconds)"};
        if (to.ns <= 0 || to > hours(24))
            return {"time_window.to", to.seconds(), "must be a time of the day, above 0 and at most 24 h (seconds)"};
        if (!days.valid()) return {"time_window.days", 0.0, "must be days of the week, 1 (Monday) to 7 (Sunday)"};
        if (utc_offset > v0::days(1) || utc_offset < v0::days(-1))
            return {"time_window.utc_offset", utc_offset.seconds(), "must be a day at most, either way (seconds)"};
        if (before.ns < 0) return {"time_window.before", before.seconds(), "must be a time at or above 0 (seconds)"};
        if (after.ns < 0) return {"time_window.after", after.seconds(), "must be a time at or above 0 (seconds)"};
        return {};
    }

private:
    static constexpr timestamp last{(std::numeric_limits<std::int64_t>::max)()};

    /// A day that opens begins with today's or yesterday's window, or with the next of the seven after.
    [[nodiscard]] timestamp next_within_hours(timestamp t) const noexcept {
        const std::int64_t today = day_number(t, utc_offset);
        const duration length{to > from ? to.ns - from.ns : to.ns - from.ns + hours(24).ns};
        for (std::int64_t d = today - 1; d <= today + 7; ++d) {
            if (!days.holds(iso_weekday(d))) continue;
            const timestamp start = timestamp{} + v0::days(d) + from - utc_offset;
            if (t < start) return start;
            if (t < start + length || start + length == last) return t;
        }
        return last;
    }
    /// The end of the closed times about events that hold t, where the last of them ends; t where none does.
    [[nodiscard]] timestamp after_events(timestamp t) const noexcept {
        for (const timestamp e : events)
            if (const timestamp end = e + after; e.happened() && t >= e - before && t < end) t = end;
        return t;
    }
};

}  // namespace ballast::inline v0::trigger
