/// Basis points: `10_bps` is 0.0010.
#pragma once

namespace ballast::inline v0 {

/// `n` basis points as a fraction.
[[nodiscard]] constexpr double bps(double n) noexcept { return n / 10'000.0; }

/// `using namespace ballast::literals;` brings these alone.
inline namespace literals {
/// So many basis points.
[[nodiscard]] constexpr double operator""_bps(unsigned long long n) noexcept { return bps(static_cast<double>(n)); }
/// Divided before it is rounded to a double, so that `0.1_bps` is the double nearest to 0.00001 (where long double is wider).
[[nodiscard]] constexpr double operator""_bps(long double n) noexcept { return static_cast<double>(n / 10'000.0L); }
}  // namespace literals

}  // namespace ballast::inline v0
