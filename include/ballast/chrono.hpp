/// Between std::chrono and ballast's own times. Not part of ballast.hpp: that header takes longer to compile than all the rest.
///
/// `to_chrono` is exact: 64 bits of nanoseconds are 64 bits of nanoseconds. `from_chrono` saturates: what lies beyond the 292 years on
/// either side of 1970 that these reach becomes the nearest that they do. `checked_from_chrono` refuses such values instead. Whole numbers
/// of fractions of a nanosecond are rounded down, floating-point numbers to the nearest nanosecond, halves away from zero.
///
/// Time points are those of the system clock's epoch, `std::chrono::sys_time`; for another clock the host says what its epoch is.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "core/step.hpp"
#include "core/timestamp.hpp"

namespace ballast::inline v0 {

namespace detail {
struct chrono_ns {
    std::int64_t ns = 0;
    bool fits = true;
    bool number = true;
};

/// Nanoseconds in one tick, as a fraction in lowest terms.
template <class Period>
struct ns_per_tick {
    static constexpr int128 divisor() noexcept {
        int128 a = static_cast<int128>(Period::num) * 1'000'000'000;
        int128 b = Period::den;
        while (b != 0) {
            const int128 rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }
    static constexpr int128 num = static_cast<int128>(Period::num) * 1'000'000'000 / divisor();
    static constexpr int128 den = Period::den / divisor();
    static_assert(num <= ((static_cast<int128>(1) << 126) / den), "ballast: this std::chrono period is too odd a fraction of a second");
};

template <class Rep, class Period>
[[nodiscard]] constexpr chrono_ns ns_of(const std::chrono::duration<Rep, Period>& d) noexcept {
    static_assert(std::is_arithmetic_v<Rep>, "ballast: from_chrono takes durations that count in built-in numbers");
    using per_tick = ns_per_tick<Period>;
    constexpr std::int64_t least = (std::numeric_limits<std::int64_t>::min)();
    constexpr std::int64_t most = (std::numeric_limits<std::int64_t>::max)();
    if constexpr (std::is_floating_point_v<Rep>) {
        constexpr long double edge = 9223372036854775808.0L;  // 2^63
        const long double x =
            static_cast<long double>(d.count()) * static_cast<long double>(per_tick::num) / static_cast<long double>(per_tick::den);
        if (x != x) return {0, false, false};
        if (x >= edge) return {most, false};
        if (x < -edge) return {least, false};
        const auto down = static_cast<std::int64_t>(x);  // toward zero
        const long double rest = x - static_cast<long double>(down);
        if (rest >= 0.5L && down < most) return {down + 1, true};
        if (rest <= -0.5L && down > least) return {down - 1, true};
        return {down, true};
    } else {
        const int128 count = d.count();
        int128 whole_parts = count / per_tick::den;
        int128 rest = count % per_tick::den;
        if (rest < 0) {
            rest += per_tick::den;
            --whole_parts;
        }
        if (whole_parts > most / per_tick::num + 1) return {most, false};
        if (whole_parts < least / per_tick::num - 1) return {least, false};
        const int128 ns = whole_parts * per_tick::num + rest * per_tick::num / per_tick::den;
        if (ns > most) return {most, false};
        if (ns < least) return {least, false};
        return {static_cast<std::int64_t>(ns), true};
    }
}
}  // namespace detail

// ---- spans ----

/// Exact.
[[nodiscard]] constexpr std::chrono::nanoseconds to_chrono(duration d) noexcept { return std::chrono::nanoseconds{d.ns}; }

/// Saturates; a NaN is no time at all, 0.
template <class Rep, class Period>
[[nodiscard]] constexpr duration from_chrono(const std::chrono::duration<Rep, Period>& d) noexcept {
    return {detail::ns_of(d).ns};
}
/// False, and nothing changed, where the value is beyond what a duration can say, or NaN.
template <class Rep, class Period>
[[nodiscard]] constexpr bool checked_from_chrono(const std::chrono::duration<Rep, Period>& d, duration& out) noexcept {
    const detail::chrono_ns n = detail::ns_of(d);
    if (n.fits) out = {n.ns};
    return n.fits;
}

// ---- points ----

/// Exact; `never()` is the earliest time point of all.
[[nodiscard]] constexpr std::chrono::sys_time<std::chrono::nanoseconds> to_chrono(timestamp t) noexcept {
    return std::chrono::sys_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{t.ns}};
}

/// Saturates, but never to `never()`: that is what the one time point 2^63 ns before 1970 stands for, and a NaN.
template <class Duration>
[[nodiscard]] constexpr timestamp from_chrono(const std::chrono::sys_time<Duration>& t) noexcept {
    const detail::chrono_ns n = detail::ns_of(t.time_since_epoch());
    if (!n.number) return timestamp::never();
    return {!n.fits && n.ns == timestamp::never().ns ? n.ns + 1 : n.ns};
}
/// False, and nothing changed, where the value is beyond what a timestamp can say, or NaN.
template <class Duration>
[[nodiscard]] constexpr bool checked_from_chrono(const std::chrono::sys_time<Duration>& t, timestamp& out) noexcept {
    const detail::chrono_ns n = detail::ns_of(t.time_since_epoch());
    if (n.fits) out = {n.ns};
    return n.fits;
}

}  // namespace ballast::inline v0
