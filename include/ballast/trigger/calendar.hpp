/// On the first observation of a new week, month, quarter or year.
#pragma once

#include "../core/civil_date.hpp"
#include "concept.hpp"

namespace ballast::inline v0::trigger {

enum class period : std::uint8_t { weekly, monthly, quarterly, yearly };

/// What becomes of a period in which the trigger fired and nothing was committed.
enum class on_miss : std::uint8_t {
    skip,     ///< it is gone: only the first observation of a period fires
    pending,  ///< it stays due until a commit
};

/// Where a period begins that would begin on a holiday.
enum class on_holiday : std::uint8_t { following, preceding };

/// The host's holidays: any day on which it does not want to trade, weekends included where it observes prices on them.
struct holiday_calendar {
    bool (*is_holiday)(const civil_date&, const void* context) = nullptr;
    const void* context = nullptr;

    [[nodiscard]] bool operator()(std::int64_t day) const noexcept {
        return is_holiday != nullptr && is_holiday(civil_from_day_number(day), context);
    }
};

/// Fires on the first observation at or after the beginning of each period; an account without any observation is due at once. On a holiday it
/// does not fire. The answer at one time stamp is the same before and after the account observed it.
struct calendar {
    v0::trigger::period period = v0::trigger::period::monthly;
    int day = 1;  ///< weekly: 1 = Monday .. 7; else day of the month, cut to its length; −1 is the last day of the month, −2 the one before
    int month = 1;  ///< quarterly: 1..3, month of the quarter; yearly: 1..12
    on_miss miss = on_miss::skip;
    on_holiday roll = on_holiday::following;
    holiday_calendar holidays{};
    duration utc_offset{};  ///< the trading place's clock ahead of UTC

    static constexpr const char* name = "calendar";
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

    /// Measure: 1 on the first observation of a period, 0 otherwise; threshold 1.
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
        const bool weekly = period == period::weekly;
        if (day == 0 || (weekly ? day < 1 || day > 7 : day < -28 || day > 31))
            return {"calendar.day", static_cast<double>(day), weekly ? "must be 1 (Monday) to 7" : "must be 1 to 31, or -1 (last) to -28"};
        const int months = period == period::quarterly ? 3 : 12;
        if (month < 1 || month > months)
            return {"calendar.month", static_cast<double>(month), "must be 1 to 3 for quarters, 1 to 12 for years"};
        return {};
    }

    /// First day (days since 1970-01-01) of the newest period that has begun at `t`.
    [[nodiscard]] std::int64_t period_start(timestamp t) const noexcept {
        const std::int64_t today = day_number(t, utc_offset);
        if (period == period::weekly) {
            std::int64_t start = rolled(today - (iso_weekday(today) + 7 - day) % 7);
            // A roll may have carried the newest beginning past today, or next week's to today or before.
            if (const std::int64_t next = rolled(today - (iso_weekday(today) + 7 - day) % 7 + 7); next <= today) return next;
            return start <= today ? start : rolled(today - (iso_weekday(today) + 7 - day) % 7 - 7);
        }
        const civil_date d = civil_from_day_number(today);
        const int length = period == period::monthly ? 1 : period == period::quarterly ? 3 : 12;
        const int months = d.year * 12 + (d.month - 1);
        const int phase = length == 1 ? 0 : month - 1;
        int k = static_cast<int>(detail::floor_div(months - phase, length)) * length + phase + length;
        std::int64_t start = month_begin(k);
        while (start > today) start = month_begin(k -= length);
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
    /// The beginning in month `k` (12·year + month − 1).
    [[nodiscard]] std::int64_t month_begin(int k) const noexcept {
        const int year = static_cast<int>(detail::floor_div(k, 12));
        const int month_of_year = k - year * 12 + 1;
        const int length = days_in_month(year, month_of_year);
        int d = day > 0 ? day : length + 1 + day;
        if (d > length) d = length;
        if (d < 1) d = 1;
        return rolled(day_number(civil_date{year, month_of_year, d}));
    }
    [[nodiscard]] std::int64_t rolled(std::int64_t d) const noexcept {
        for (int i = 0; i < 31 && holidays(d); ++i) d += roll == on_holiday::following ? 1 : -1;
        return d;
    }
};

}  // namespace ballast::inline v0::trigger
