/// Sums in a fixed order: the same bits from every compiler, on every thread.
#pragma once

#include <cstddef>

#include "../core/arithmetic.hpp"

namespace ballast::inline v0 {

/// A sum that carries its rounding errors along, as if it were made with twice the digits and rounded once at the end: with u = 2^-53 and n
/// terms it is off by at most u·|Σx| + n²u²·Σ|x| (Ogita, Rump and Oishi 2005, proposition 4.5). For amounts of money that is the true sum rounded, unless
/// terms cancel to less than n²·2^-53 of their size. The order of the terms matters only below that. A term that is not finite, or an
/// overflow on the way, makes it not finite.
class exact_sum {
public:
    /// Adds a term.
    constexpr void add(double x) noexcept {
        const double s = sum_ + x;
        lost_ += detail::rounding_error(sum_, x, s);
        sum_ = s;
    }
    /// The sum, rounded once.
    [[nodiscard]] constexpr double value() const noexcept { return sum_ + lost_; }
    /// Adds what another such sum has lost.
    constexpr void add_lost(double x) noexcept { lost_ += x; }

private:
    double sum_ = 0.0;
    double lost_ = 0.0;
};

}  // namespace ballast::inline v0
