/// Time as the host tells it: nanoseconds since 1970-01-01T00:00:00Z. The library reads no clock.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace ballast::inline v0 {

/// A span of time in whole nanoseconds (about ±292 years).
struct duration {
    std::int64_t ns = 0;

    friend constexpr auto operator<=>(duration, duration) noexcept = default;
    friend constexpr duration operator+(duration a, duration b) noexcept { return {a.ns + b.ns}; }
    friend constexpr duration operator-(duration a, duration b) noexcept { return {a.ns - b.ns}; }
    friend constexpr duration operator*(duration a, std::int64_t k) noexcept { return {a.ns * k}; }

    /// The span in years of 365.25 days, the unit in which volatilities and returns are stated.
    [[nodiscard]] constexpr double years() const noexcept { return static_cast<double>(ns) / (365.25 * 86400.0 * 1e9); }
};

[[nodiscard]] constexpr duration nanoseconds(std::int64_t n) noexcept { return {n}; }
[[nodiscard]] constexpr duration milliseconds(std::int64_t n) noexcept { return {n * 1'000'000}; }
[[nodiscard]] constexpr duration seconds(std::int64_t n) noexcept { return {n * 1'000'000'000}; }
[[nodiscard]] constexpr duration minutes(std::int64_t n) noexcept { return seconds(60 * n); }
[[nodiscard]] constexpr duration hours(std::int64_t n) noexcept { return seconds(3600 * n); }
[[nodiscard]] constexpr duration days(std::int64_t n) noexcept { return seconds(86400 * n); }

/// A point in time. `timestamp::never()` stands for "has not happened"; it compares before every other.
struct timestamp {
    std::int64_t ns = 0;

    friend constexpr auto operator<=>(timestamp, timestamp) noexcept = default;
    friend constexpr timestamp operator+(timestamp t, duration d) noexcept { return {t.ns + d.ns}; }

    [[nodiscard]] static constexpr timestamp never() noexcept { return {(std::numeric_limits<std::int64_t>::min)()}; }
    [[nodiscard]] constexpr bool happened() const noexcept { return *this != never(); }
};

/// Elapsed time from `earlier` to `later`; the longest representable span where `earlier` never happened or the
/// difference does not fit.
[[nodiscard]] constexpr duration elapsed(timestamp earlier, timestamp later) noexcept {
    constexpr auto longest = (std::numeric_limits<std::int64_t>::max)();
    if (!earlier.happened()) return {longest};
    if (later.ns > 0 && earlier.ns < later.ns - longest) return {longest};
    if (later.ns < 0 && earlier.ns > later.ns + longest) return {-longest};
    return {later.ns - earlier.ns};
}

}  // namespace ballast::inline v0
