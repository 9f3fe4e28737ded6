/// Is a symmetric matrix positive semidefinite, but for rounding? If not, its most negative eigenvalue.
#pragma once

#include <cstddef>

#include "../core/arithmetic.hpp"
#include "cholesky.hpp"

namespace ballast::inline v0 {

namespace detail {

/// A symmetric matrix of n rows, `stride` entries after each other, whose upper triangle is read; and room for another one, which is written.
struct definite_work {
    const double* a;
    std::size_t n;
    std::size_t stride;
    double* work;
    std::size_t work_stride;

    /// Does a row without a variance have a covariance?
    [[nodiscard]] bool empty_variance() const noexcept {
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i + 1; j < n; ++j)
                if (a[i * stride + j] != 0.0 && (a[i * stride + i] == 0.0 || a[j * stride + j] == 0.0)) return true;
        return false;
    }
    /// Is there a Cholesky factor of A + share·diag(A) + shift·I? Rows of zeros need none.
    [[nodiscard]] bool has_factor(double share, double shift) const noexcept {
        std::size_t empty = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double* const from = a + i * stride;
            double* const to = work + i * work_stride;
            for (std::size_t j = i; j < n; ++j) to[j] = from[j];
            to[i] += share * from[i] + shift;
            if (to[i] == 0.0) ++empty;
        }
        if (empty > 0 && empty_variance()) return false;
        return cholesky(work, n, work_stride, n, 0.0, nullptr) == empty;
    }
    /// Not below −λ, λ being the most negative eigenvalue: by Gershgorin's discs. 0 where none reaches below it; not finite if an entry is not.
    [[nodiscard]] double bound() const noexcept {
        double* const radius = work;
        double most = 0.0;
        for (std::size_t i = 0; i < n; ++i) radius[i] = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            const double* const row = a + i * stride;
            for (std::size_t j = i + 1; j < n; ++j) {
                const double size = absolute(row[j]);
                radius[i] += size;
                radius[j] += size;
            }
            const double reach = radius[i] - row[i];  // the rows before have added theirs
            if (!finite(reach)) return reach;
            if (reach > most) most = reach;
        }
        return most;
    }
};

}  // namespace detail

/// What rounding can take off the diagonal, as a share of it: n·2⁻⁴⁴. Cholesky's method itself needs (n + 1)·2⁻⁵³ (Demmel 1989; Higham 2002,
/// Accuracy and Stability of Numerical Algorithms, theorem 10.7); the rest is for how the matrix was reckoned.
[[nodiscard]] constexpr double rounding_share(std::size_t n) noexcept { return static_cast<double>(n) * 0x1p-44; }

/// Is A − share·diag(A) positive semidefinite, but for `rounding_share` of the diagonal? It is if Cholesky's method ends on it with that much
/// added: then no eigenvalue of the matrix scaled to a diagonal of 1 is below about minus that, and one further below would have stopped it
/// (after Rump 2006, Verification of positive definiteness, BIT Numerical Mathematics 46, who takes as much off, to be sure of definite
/// matrices; here singular ones have to pass: few observations, equal assets, rows of zeros). The units of the rows do not matter. A row
/// with 0 on the diagonal has to be 0. With entries that are not finite: no. The upper triangle of A is read, n rows, `stride` entries after
/// each other; that of `work`, which is other memory, n rows `work_stride` after each other, is written. O(n³/3).
[[nodiscard]] inline bool semidefinite(const double* a, std::size_t n, std::size_t stride, double share, double* work,
                                       std::size_t work_stride) noexcept {
    return detail::definite_work{a, n, stride, work, work_stride}.has_factor(rounding_share(n) - share, 0.0);
}

/// The most negative eigenvalue of a matrix that is not positive semidefinite, to 1 percent: −s for the least s with which A + s·I has a
/// Cholesky factor, by halving. 0 if there is none below −2⁻⁶⁴ times what Gershgorin's discs leave open; NaN with entries that are not
/// finite. Memory as for `semidefinite`. Fourteen times O(n³/3): for telling what is wrong with a matrix.
[[nodiscard]] inline double most_negative_eigenvalue(const double* a, std::size_t n, std::size_t stride, double* work,
                                                     std::size_t work_stride) noexcept {
    const detail::definite_work matrix{a, n, stride, work, work_stride};
    const double bound = matrix.bound();
    if (!detail::finite(bound)) return __builtin_nan("");
    if (bound == 0.0) return 0.0;
    double high = bound;
    double low = bound * 0x1p-64;
    if (matrix.has_factor(0.0, low)) return 0.0;
    for (double ratio = 0x1p-32; ratio <= 0.5; ratio = __builtin_sqrt(ratio)) {  // to a factor of 2
        const double middle = high * ratio;
        (matrix.has_factor(0.0, middle) ? high : low) = middle;
    }
    for (int i = 0; i < 7; ++i) {
        const double middle = 0.5 * (low + high);
        (matrix.has_factor(0.0, middle) ? high : low) = middle;
    }
    return -0.5 * (low + high);
}

}  // namespace ballast::inline v0
