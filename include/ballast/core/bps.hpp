/// Basis points: `10_bps` is 0.0010.
#pragma once

namespace ballast::inline v0 {

/// `n` basis points as a fraction.
[[nodiscard]] constexpr double bps(double n) noexcept { return n / 10'000.0; }

inline namespace literals {
[[nodiscard]] constexpr double operator""_bps(unsigned long long n) noexcept { return bps(static_cast<double>(n)); }
[[nodiscard]] constexpr double operator""_bps(long double n) noexcept { return bps(static_cast<double>(n)); }
}  // namespace literals

}  // namespace ballast::inline v0
