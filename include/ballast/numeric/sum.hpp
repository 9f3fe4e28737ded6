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

/// Eight exact sums side by side, folded into one at the end: for loops that both compilers make vector code of. Of the terms of a block of
/// eight, number l goes to sum l.
struct exact_lanes {
    /// One entry per sum: what it has come to, and what rounding took from it.
    /// @{
    double sum[8] = {};
    double lost[8] = {};
    /// @}

    /// Adds a block of eight terms.
    constexpr void add(const double (&x)[8]) noexcept {
        double s[8];
        for (int l = 0; l < 8; ++l) s[l] = sum[l] + x[l];
        for (int l = 0; l < 8; ++l) lost[l] += detail::rounding_error(sum[l], x[l], s[l]);
        for (int l = 0; l < 8; ++l) sum[l] = s[l];
    }
    /// The sum of all eight, rounded once.
    [[nodiscard]] constexpr double value() const noexcept {
        exact_sum all;
        for (const double x : sum) all.add(x);
        for (const double x : lost) all.add_lost(x);
        return all.value();
    }
};

/// A plain array of eight lanes, folded pairwise. In loops that fill several at once this is what both compilers make vector code of.
[[nodiscard]] constexpr double sum_of(const double (&at)[8]) noexcept {
    return ((at[0] + at[4]) + (at[1] + at[5])) + ((at[2] + at[6]) + (at[3] + at[7]));
}
/// The largest of a plain array of eight lanes.
[[nodiscard]] constexpr double largest_of(const double (&at)[8]) noexcept {
    double m = at[0];
    for (const double x : at) m = x > m ? x : m;
    return m;
}

/// Eight partial sums (term i goes to number i mod 8), added up pairwise: fast, and off by n/8 + 3 roundings of Σ|x| at most. Also for eight running maxima
/// or minima; these skip NaN in all lanes but the first, so that what must not be NaN has to be found by a sum.
struct lanes {
    static constexpr std::size_t width = 8;  ///< how many
    double at[width] = {};                   ///< one entry per lane

    /// All lanes together.
    [[nodiscard]] constexpr double sum() const noexcept {
        return ((at[0] + at[4]) + (at[1] + at[5])) + ((at[2] + at[6]) + (at[3] + at[7]));
    }
    /// The largest of all lanes.
    [[nodiscard]] constexpr double largest() const noexcept {
        double m = at[0];
        for (double x : at) m = x > m ? x : m;
        return m;
    }
    /// The smallest of all lanes.
    [[nodiscard]] constexpr double smallest() const noexcept {
        double m = at[0];
        for (double x : at) m = x < m ? x : m;
        return m;
    }
    /// Every lane becomes x.
    constexpr void fill(double x) noexcept {
        for (double& l : at) l = x;
    }
};

}  // namespace ballast::inline v0
