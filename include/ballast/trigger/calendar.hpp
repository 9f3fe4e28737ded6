/// On the first observation of a new day, week, month, quarter, half-year or year.
#pragma once

#include "../core/civil_date.hpp"
#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// How long a period is.
enum class period : std::uint8_t { daily, weekly, monthly, quarterly, half_yearly, yearly };

/// What becomes of a period in which the trigger fired and nothing was committed.
enum class on_miss : std::uint8_t {
    skip,     ///< it is gone: only the first observation of a period fires
    pending,  ///< it stays due until a commit
};

/// Where a period begins that would begin on a holiday.
enum class on_holiday : std::uint8_t {
    following,  ///< on the next day that is none
    preceding,  ///< on the last day before that is none
};

/// The host's holidays: any day on which it does not want to trade, weekends included where it observes prices on them. The predicate is
/// called with dates of the calendar's own clock, any number of times and from any thread that proposes; it must not throw and has to
/// outlive the trigger.
struct holiday_calendar {
    bool (*is_holiday)(const civil_date&, const void* context) = nullptr;  ///< null: there are none
    const void* context = nullptr;                                         ///< handed to the predicate

    /// Is this a holiday? Days are counted from 1970-01-01.
    [[nodiscard]] bool operator()(std::int64_t day) const noexcept {
        return is_holiday != nullptr && is_holiday(civil_from_day_number(day), context);
    }
};

/// Fires on the first observation at or after the beginning of each period; an account without any observation is due at once. On a holiday
/// it does not fire, and what the account observes on one takes no chance away. Periods whose beginnings fall on the same day for holidays
/// are one. A commit within a period is its rebalance, whichever trigger led to it. The answer at one time stamp is the same before and
/// after the account observed it.
///
/// Without observations (`observe` of the account; a keeper makes one at every proposal) it can not know which look is the first, and is
/// due until a commit.
struct calendar {
    v0::trigger::period period = v0::trigger::period::monthly;  ///< how long a period is
    /// weekly: 1 = Monday .. 7 (ISO 8601); daily: not used; else day of the month, cut to the month's length, or from its end: −1 is the
    /// last, −2 the one before
    int day = 1;
    /// quarterly: 1..3, month of the quarter; half_yearly: 1..6, of the half-year; yearly: 1..12; else not used
    int month = 1;
    on_miss miss = on_miss::skip;             ///< what becomes of a missed one
    on_holiday roll = on_holiday::following;  ///< where one begins that would on a holiday
    holiday_calendar holidays{};              ///< none unless given
    duration utc_offset{};  ///< the trading place's clock ahead of UTC, at most a day either way; a period begins at its midnight

    static constexpr const char* name = "calendar";
    /// A holiday moves the beginning of a period by this many days at most.
    static constexpr int longest_roll = 31;
    struct memory {
        std::int64_t period_seen = none;            ///< first day of the newest period observed
        timestamp first_seen = timestamp::never();  ///< the observation that was the first of it
        std::int64_t period_done = none;            ///< first day of the newest period committed in
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.period_seen);
            visit(m.first_seen);
            visit(m.period_done);
        }
    };

    /// Measure: 1 where it is due, 0 otherwise; threshold 1.
    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        const bool due = is_due(l.now, m) && !holidays(day_number(l.now, utc_offset));
        return {.fired = due, .trigger = name, .measure = due ? 1.0 : 0.0, .threshold = 1.0, .unit = measure_unit::yes_no};
    }
    /// A holiday is not an observation: the period's first chance comes after it.
    void observe(const look& l, memory& m) const noexcept {
        if (holidays(day_number(l.now, utc_offset))) return;
        const std::int64_t start = period_start(l.now);
        if (m.period_seen != none && start <= m.period_seen) return;
        m.period_seen = start;
        m.first_seen = l.now;
    }
    void commit(const decision&, timestamp at, memory& m) const noexcept {
        const std::int64_t start = period_start(at);
        if (m.period_done == none || start > m.period_done) m.period_done = start;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (period == period::weekly) {
            if (day < 1 || day > 7) return {"calendar.day", static_cast<double>(day), "must be 1 (Monday) to 7 (Sunday)"};
        } else if (day < -28 || day == 0 || day > 31) {
            return {"calendar.day", static_cast<double>(day), "must be 1 to 31, or -1 (last) to -28"};
        }
        const int months = period == period::quarterly ? 3 : period == period::half_yearly ? 6 : 12;
        if (month < 1 || month > months)
            return {"calendar.month", static_cast<double>(month), "must be 1 to 3 for quarters, 1 to 6 for half-years, 1 to 12 for years"};
        if (utc_offset > days(1) || utc_offset < days(-1))
            return {"calendar.utc_offset", utc_offset.seconds(), "must be a day at most, either way (seconds)"};
        return {};
    }

    /// First day (days since 1970-01-01) of the newest period that has begun at `t`. O(1) and, with holidays, a call for each day that a
    /// roll passes.
    [[nodiscard]] std::int64_t period_start(timestamp t) const noexcept {
        const std::int64_t today = day_number(t, utc_offset);
        // The roll of a holiday may have carried the next beginning to today or before, or this one past it.
        std::int64_t k = period_of(today) + 1;
        std::int64_t start = beginning(k);
        while (start > today) start = beginning(--k);
        return start;
    }

private:
    static constexpr std::int64_t none = (std::numeric_limits<std::int64_t>::min)();

    [[nodiscard]] bool is_due(timestamp now, const memory& m) const noexcept {
        const std::int64_t start = period_start(now);
        if (m.period_done != none && m.period_done >= start) return false;
        if (m.period_seen == none || start > m.period_seen) return true;
        return miss == on_miss::pending ? m.period_seen == start : m.first_seen == now;
    }
    /// Months in a period, 0 where it is of days.
    [[nodiscard]] int length() const noexcept {
        switch (period) {
            case period::monthly: return 1;
            case period::quarterly: return 3;
            case period::half_yearly: return 6;
            case period::yearly: return 12;
            default: return 0;
        }
    }
    /// Number of the period that holds a day, were there no holidays; at most one too high.
    [[nodiscard]] std::int64_t period_of(std::int64_t today) const noexcept {
        if (period == period::daily) return today;
        if (period == period::weekly) return detail::floor_div(today - (day - 4), 7);
        const civil_date d = civil_from_day_number(today);
        return detail::floor_div(std::int64_t{d.year} * 12 + (d.month - 1) - phase(), length());
    }
    [[nodiscard]] int phase() const noexcept { return period == period::monthly ? 0 : month - 1; }
    /// First day of a period.
    [[nodiscard]] std::int64_t beginning(std::int64_t k) const noexcept {
        if (period == period::daily) return rolled(k);
        if (period == period::weekly) return rolled(7 * k + (day - 4));  // day 0 was a Thursday
        const std::int64_t months = k * length() + phase();
        const auto year = static_cast<int>(detail::floor_div(months, 12));
        const auto month_of_year = static_cast<int>(months - std::int64_t{year} * 12) + 1;
        const int last = days_in_month(year, month_of_year);
        int d = day > 0 ? day : last + 1 + day;
        if (d > last) d = last;
        return rolled(day_number(civil_date{year, month_of_year, d}));
    }
    [[nodiscard]] std::int64_t rolled(std::int64_t d) const noexcept {
        for (int i = 0; i < longest_roll && holidays(d); ++i) d += roll == on_holiday::following ? 1 : -1;
        return d;
    }
};

}  // namespace ballast::inline v0::trigger
