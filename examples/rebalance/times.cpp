#include "times.hpp"

#include <ballast/core/civil_date.hpp>
#include <ballast/describe.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "text.hpp"

using namespace ballast;

namespace host {

namespace {

constexpr const char* months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

/// Takes `least` to `most` digits off the front.
bool take_digits(std::string_view& text, std::size_t least, std::size_t most, int& out) {
    std::size_t n = 0;
    out = 0;
    while (n < text.size() && n < most && text[n] >= '0' && text[n] <= '9') out = out * 10 + (text[n++] - '0');
    text.remove_prefix(n);
    return n >= least;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

/// ".25" as nanoseconds.
bool take_fraction(std::string_view& text, std::int64_t& ns) {
    ns = 0;
    if (!take(text, '.')) return true;
    std::int64_t unit = 1'000'000'000;
    std::size_t n = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        unit /= 10;
        ns += (text.front() - '0') * unit;
        text.remove_prefix(1);
        ++n;
    }
    return n > 0 && n <= 9;
}

/// "Z", "+02:00", "-0500", or nothing.
bool take_zone(std::string_view& text, duration& ahead) {
    ahead = {};
    if (text.empty() || take(text, 'Z')) return true;
    const bool east = text.front() == '+';
    if (!take(text, '+') && !take(text, '-')) return false;
    int hour = 0;
    int minute = 0;
    if (!take_digits(text, 2, 2, hour)) return false;
    (void)take(text, ':');
    if (!take_digits(text, 2, 2, minute) || hour > 14 || minute > 59) return false;
    ahead = east ? hours(hour) + minutes(minute) : hours(-hour) + minutes(-minute);
    return true;
}

bool take_month(std::string_view& text, int& month) {
    if (text.size() < 3) return false;
    const std::string name{lower_case(text[0]), lower_case(text[1]), lower_case(text[2])};
    for (month = 1; month <= 12; ++month)
        if (name == months[month - 1]) break;
    text.remove_prefix(3);
    return month <= 12;
}

bool is_date(int year, int month, int day) {
    return year >= 1678 && year <= 2261 && month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

}  // namespace

bool parse_time(std::string_view text, timestamp& out) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!text.empty() && (text.front() < '0' || text.front() > '9')) {  // Aug 1 2000
        if (!take_month(text, month) || !take(text, ' ') || !take_digits(text, 1, 2, day)) return false;
        (void)take(text, ',');
        if (!take(text, ' ') || !take_digits(text, 4, 4, year) || !text.empty() || !is_date(year, month, day)) return false;
        out = timestamp_from_civil(year, month, day);
        return true;
    }
    if (!take_digits(text, 4, 4, year) || !take(text, '-') || !take_digits(text, 2, 2, month) || !take(text, '-')) return false;
    if (!take_digits(text, 2, 2, day) || !is_date(year, month, day)) return false;
    timestamp t = timestamp_from_civil(year, month, day);
    if (!text.empty()) {
        if (!take(text, 'T') && !take(text, ' ')) return false;
        int hour = 0;
        int minute = 0;
        int second = 0;
        std::int64_t fraction = 0;
        duration ahead;
        if (!take_digits(text, 2, 2, hour) || !take(text, ':') || !take_digits(text, 2, 2, minute)) return false;
        if (take(text, ':') && (!take_digits(text, 2, 2, second) || !take_fraction(text, fraction))) return false;
        if (!take_zone(text, ahead) || !text.empty() || hour > 23 || minute > 59 || second > 59) return false;
        t = t + hours(hour) + minutes(minute) + seconds(second) + nanoseconds(fraction) - ahead;
    }
    out = t;
    return true;
}

bool is_midnight(timestamp t) { return t.ns % days(1).ns == 0; }

std::string date_text(timestamp t) { return to_string(t).substr(0, 10); }

std::string time_text(timestamp t) { return is_midnight(t) ? date_text(t) : to_string(t); }

timestamp clock_now() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(since).count()};
}

}  // namespace host
