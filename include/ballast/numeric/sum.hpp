/// Sums in a fixed order: the same bits from every compiler, on every thread.
#pragma once

#include <cstddef>

namespace ballast::inline v0 {

/// A sum that carries its rounding errors along (Neumaier 1974): off by two roundings of the result, whatever the number of terms,
/// as long as that stays below 2^50. Not for builds that reassociate.
class exact_sum {
public:
    constexpr void add(double x) noexcept {
        const double s = sum_ + x;
        const double big = (sum_ < 0 ? -sum_ : sum_) >= (x < 0 ? -x : x) ? sum_ : x;
        const double small_one = big == sum_ ? x : sum_;
        lost_ += (big - s) + small_one;
        sum_ = s;
    }
    [[nodiscard]] constexpr double value() const noexcept { return sum_ + lost_; }

private:
    double sum_ = 0.0;
    double lost_ = 0.0;
};

/// A plain array of eight lanes, folded pairwise. In loops that fill several at once this is what both compilers make vector code of.
[[nodiscard]] constexpr double sum_of(const double (&at)[8]) noexcept {
    return ((at[0] + at[4]) + (at[1] + at[5])) + ((at[2] + at[6]) + (at[3] + at[7]));
}
[[nodiscard]] constexpr double largest_of(const double (&at)[8]) noexcept {
    double m = at[0];
    for (const double x : at) m = x > m ? x : m;
    return m;
}

/// Eight partial sums, added up pairwise: fast, and with an error of n/8 roundings at most.
struct lanes {
    static constexpr std::size_t width = 8;
    double at[width] = {};

    [[nodiscard]] constexpr double sum() const noexcept {
        return ((at[0] + at[4]) + (at[1] + at[5])) + ((at[2] + at[6]) + (at[3] + at[7]));
    }
    [[nodiscard]] constexpr double largest() const noexcept {
        double m = at[0];
        for (double x : at) m = x > m ? x : m;
        return m;
    }
    [[nodiscard]] constexpr double smallest() const noexcept {
        double m = at[0];
        for (double x : at) m = x < m ? x : m;
        return m;
    }
    constexpr void fill(double x) noexcept {
        for (double& l : at) l = x;
    }
};

}  // namespace ballast::inline v0
