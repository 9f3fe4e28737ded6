/// Time as the host tells it: nanoseconds since 1970-01-01T00:00:00Z. The library reads no clock.
///
/// 64 bits of nanoseconds reach from 1677-09-21 to 2262-04-11. Arithmetic never overflows: what would lie beyond ends at the last moment,
/// or the longest span, that can be said.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace ballast::inline v0 {

namespace detail {
inline constexpr std::int64_t longest_ns = (std::numeric_limits<std::int64_t>::max)();
inline constexpr std::int64_t earliest_ns = (std::numeric_limits<std::int64_t>::min)();

[[nodiscard]] constexpr std::int64_t saturating_add(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? earliest_ns : longest_ns) : sum;
}
[[nodiscard]] constexpr std::int64_t saturating_subtract(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t difference = 0;
    return __builtin_sub_overflow(a, b, &difference) ? (a < 0 ? earliest_ns : longest_ns) : difference;
}
[[nodiscard]] constexpr std::int64_t saturating_multiply(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? ((a < 0) != (b < 0) ? earliest_ns : longest_ns) : product;
}
}  // namespace detail

/// A span of time in whole nanoseconds, up to about ±292 years.
struct duration {
    std::int64_t ns = 0;  ///< nanoseconds

    friend constexpr auto operator<=>(duration, duration) noexcept = default;
    /// What does not fit in 64 bits becomes the nearest that does.
    /// @{
    friend constexpr duration operator+(duration a, duration b) noexcept { return {detail::saturating_add(a.ns, b.ns)}; }
    friend constexpr duration operator-(duration a, duration b) noexcept { return {detail::saturating_subtract(a.ns, b.ns)}; }
    friend constexpr duration operator*(duration a, std::int64_t k) noexcept { return {detail::saturating_multiply(a.ns, k)}; }
    /// @}

    /// The span in years of 365.25 days, the unit in which volatilities and returns are stated.
    [[nodiscard]] constexpr double years() const noexcept { return static_cast<double>(ns) / (365.25 * 86400.0 * 1e9); }
    /// The span in seconds, the unit in which clocks tell their measure.
    [[nodiscard]] constexpr double seconds() const noexcept { return static_cast<double>(ns) / 1e9; }
};

/// A duration of so many; what does not fit in 64 bits becomes the nearest that does. A day has 24 hours.
/// @{
[[nodiscard]] constexpr duration nanoseconds(std::int64_t n) noexcept { return {n}; }
[[nodiscard]] constexpr duration milliseconds(std::int64_t n) noexcept { return {detail::saturating_multiply(n, 1'000'000)}; }
[[nodiscard]] constexpr duration seconds(std::int64_t n) noexcept { return {detail::saturating_multiply(n, 1'000'000'000)}; }
[[nodiscard]] constexpr duration minutes(std::int64_t n) noexcept { return {detail::saturating_multiply(n, 60'000'000'000)}; }
[[nodiscard]] constexpr duration hours(std::int64_t n) noexcept { return {detail::saturating_multiply(n, 3'600'000'000'000)}; }
[[nodiscard]] constexpr duration days(std::int64_t n) noexcept { return {detail::saturating_multiply(n, 86'400'000'000'000)}; }
/// @}

/// A point in time. `timestamp::never()` stands for "has not happened"; it compares before every other.
struct timestamp {
    std::int64_t ns = 0;  ///< nanoseconds since 1970-01-01T00:00:00Z

    friend constexpr auto operator<=>(timestamp, timestamp) noexcept = default;
    /// What never happened stays so, however much later; what did happen does not become so, however much earlier.
    friend constexpr timestamp operator+(timestamp t, duration d) noexcept {
        return t.happened() ? after_all(detail::saturating_add(t.ns, d.ns)) : t;
    }
    /// Saturates.
    friend constexpr timestamp operator-(timestamp t, duration d) noexcept {
        return t.happened() ? after_all(detail::saturating_subtract(t.ns, d.ns)) : t;
    }

    /// Before everything: for what has not happened yet.
    [[nodiscard]] static constexpr timestamp never() noexcept { return {detail::earliest_ns}; }
    /// False for `never()`.
    [[nodiscard]] constexpr bool happened() const noexcept { return ns != detail::earliest_ns; }

private:
    [[nodiscard]] static constexpr timestamp after_all(std::int64_t ns) noexcept { return {ns == detail::earliest_ns ? ns + 1 : ns}; }
};

/// Elapsed time from `earlier` to `later`, negative where it is the other way round; the longest representable span where `earlier` never
/// happened or the difference does not fit.
[[nodiscard]] constexpr duration elapsed(timestamp earlier, timestamp later) noexcept {
    if (!earlier.happened()) return {detail::longest_ns};
    return {detail::saturating_subtract(later.ns, earlier.ns)};
}

}  // namespace ballast::inline v0
