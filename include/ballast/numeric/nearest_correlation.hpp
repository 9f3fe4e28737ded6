/// The correlation matrix nearest to one that is none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "../core/arithmetic.hpp"
#include "symmetric_eigen.hpp"

namespace ballast::inline v0 {

/// How a repair went.
struct repair_result {
    bool done = false;        ///< false: an entry is not finite, a span too small, a variance negative, or `steps` were not enough
    std::uint64_t steps = 0;  ///< projections that it took; 0: nothing had to be repaired
    double distance = 0.0;    ///< from the matrix that was given: √Σ(difference)², of correlations
};

/// When to stop.
struct repair_limits {
    double tolerance = 1e-10;    ///< relative change of a step, in the norm √Σxᵢⱼ²
    std::uint64_t steps = 2000;  ///< at most
};

/// Numbers of scratch that `nearest_correlation` and `nearest_covariance` need for a matrix of n rows.
[[nodiscard]] constexpr std::size_t nearest_correlation_room(std::size_t n) noexcept { return 4 * n * n + 5 * n; }

namespace detail {
[[nodiscard]] inline double norm(const double* x, std::size_t n) noexcept { return __builtin_sqrt(dot(x, x, n)); }

/// Dykstra's corrected alternating projections between the positive semidefinite matrices and those with a diagonal of ones.
struct correlation_repair {
    std::size_t n;
    double* y;           ///< with a diagonal of ones
    double* x;           ///< positive semidefinite
    double* correction;  ///< what the last projection took away
    double* vectors;
    double* values;
    double* scratch;

    [[nodiscard]] std::size_t size() const noexcept { return n * n; }
    /// Eigenvalues of m below 0 become 0; the result is in x. The smallest eigenvalue goes to `least`.
    [[nodiscard]] bool project(const double* m, double& least) const noexcept {
        for (std::size_t k = 0; k < size(); ++k) vectors[k] = m[k];
        if (!symmetric_eigen({vectors, size()}, {values, n}, {scratch, symmetric_eigen_room(n)})) return false;
        least = values[n - 1];
        for (std::size_t k = 0; k < size(); ++k) x[k] = 0.0;
        for (std::size_t k = 0; k < n && values[k] > 0.0; ++k)
            for (std::size_t i = 0; i < n; ++i) add_multiple(x + i * n, vectors + k * n, values[k] * vectors[k * n + i], n);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < i; ++j) x[i * n + j] = x[j * n + i];
        return true;
    }
    /// From y, which is symmetric and has a diagonal of ones; so is the answer, in y.
    [[nodiscard]] repair_result run(const repair_limits& limits) const noexcept {
        repair_result r;
        double least = 0.0;
        if (!project(y, least)) return r;
        if (least >= -8.0 * 0x1p-52 * static_cast<double>(n)) {  // as exactly as this can be known
            r.done = true;
            return r;
        }
        for (std::size_t k = 0; k < size(); ++k) correction[k] = 0.0;
        while (!r.done && r.steps < limits.steps) {
            ++r.steps;
            for (std::size_t k = 0; k < size(); ++k) vectors[k] = y[k] - correction[k];
            for (std::size_t k = 0; k < size(); ++k) correction[k] = -vectors[k];
            if (!project(vectors, least)) return r;
            for (std::size_t k = 0; k < size(); ++k) correction[k] += x[k];
            double change = 0.0;
            double apart = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) {
                    const double next = i == j ? 1.0 : x[i * n + j];
                    change += (next - y[i * n + j]) * (next - y[i * n + j]);
                    apart += (next - x[i * n + j]) * (next - x[i * n + j]);
                    y[i * n + j] = next;
                }
            const double enough = limits.tolerance * norm(y, size());
            r.done = change <= enough * enough && apart <= enough * enough;
        }
        // The one that is positive semidefinite, scaled to ones on the diagonal, from which it is `tolerance` away.
        for (std::size_t i = 0; i < n; ++i) values[i] = x[i * n + i] > 0.0 ? 1.0 / __builtin_sqrt(x[i * n + i]) : 0.0;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) y[i * n + j] = i == j ? 1.0 : x[i * n + j] * (values[i] * values[j]);
        return r;
    }
};
}  // namespace detail

/// Replaces a symmetric matrix of n rows with the correlation matrix that is nearest to it, in the norm √Σ(difference)²: positive
/// semidefinite (up to rounding) with a diagonal of exactly ones. Of a matrix that is not symmetric ½(A + Aᵀ) is taken, of its diagonal,
/// whatever it is, the distance counts. By alternating projections with Dykstra's correction (Higham 2002, IMA Journal of Numerical
/// Analysis 22, 329-343, algorithm 3.3), which converge to the one nearest. A matrix that is a correlation matrix already is left as it is.
/// Where it is not `done` because of `limits.steps`, the matrix is a correlation matrix all the same, but not yet the nearest one;
/// otherwise it is not touched.
///
/// With `scratch` of `nearest_correlation_room(n)` numbers nothing is allocated. O(n³) a step; usually some tens of steps.
[[nodiscard]] inline repair_result nearest_correlation(std::span<double> matrix, std::size_t n, std::span<double> scratch,
                                                       const repair_limits& limits = {}) noexcept {
    if (matrix.size() != n * n || scratch.size() < nearest_correlation_room(n)) return {};
    for (const double a : matrix)
        if (!(a >= -1e100 && a <= 1e100)) return {};
    if (n == 0) return {.done = true};
    double* s = scratch.data();
    const std::size_t m = n * n;
    const detail::correlation_repair work{n, s, s + m, s + 2 * m, s + 3 * m, s + 4 * m, s + 4 * m + n};
    bool changed = false;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            const double a = i == j ? matrix[i * n + i] : 0.5 * matrix[i * n + j] + 0.5 * matrix[j * n + i];
            work.y[i * n + j] = a;
            changed = changed || a != matrix[i * n + j] || (i == j && a != 1.0);
        }
    // The first projection onto a diagonal of ones has nothing to correct: where the diagonal is another, the nearest matrix is the same.
    for (std::size_t i = 0; i < n; ++i) work.y[i * n + i] = 1.0;
    repair_result r = work.run(limits);
    if (!r.done && r.steps == 0) return r;
    if (r.steps == 0 && !changed) return r;
    double apart = 0.0;
    for (std::size_t k = 0; k < m; ++k) {
        apart += (work.y[k] - matrix[k]) * (work.y[k] - matrix[k]);
        matrix[k] = work.y[k];
    }
    r.distance = __builtin_sqrt(apart);
    return r;
}

/// Replaces a matrix of n rows with a covariance matrix of the same variances, whose correlations are the nearest ones (see
/// `nearest_correlation`). Without variance there is no covariance. The distance is that of the correlations. A negative variance can not
/// be repaired.
[[nodiscard]] inline repair_result nearest_covariance(std::span<double> matrix, std::size_t n, std::span<double> scratch,
                                                      const repair_limits& limits = {}) noexcept {
    if (matrix.size() != n * n || scratch.size() < nearest_correlation_room(n)) return {};
    for (const double a : matrix)
        if (!detail::finite(a)) return {};
    for (std::size_t i = 0; i < n; ++i)
        if (!(matrix[i * n + i] >= 0.0)) return {};
    if (n == 0) return {.done = true};
    double* s = scratch.data();
    const std::size_t m = n * n;
    double* deviation = s + 4 * m + 4 * n;
    const detail::correlation_repair work{n, s, s + m, s + 2 * m, s + 3 * m, s + 4 * m, s + 4 * m + n};
    for (std::size_t i = 0; i < n; ++i) deviation[i] = __builtin_sqrt(matrix[i * n + i]);
    double apart = 0.0;
    const auto correlation = [&](std::size_t i, std::size_t j) {
        if (i == j) return 1.0;
        if (!(deviation[i] > 0.0) || !(deviation[j] > 0.0)) return 0.0;
        const double c = (0.5 * matrix[i * n + j] + 0.5 * matrix[j * n + i]) / deviation[i] / deviation[j];
        return c > 1e100 ? 1e100 : (c < -1e100 ? -1e100 : c);
    };
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) work.y[i * n + j] = correlation(i, j);
    repair_result r = work.run(limits);
    if (!r.done && r.steps == 0) return r;
    bool changed = r.steps != 0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            changed = changed || matrix[i * n + j] != matrix[j * n + i] || (deviation[i] == 0.0 && matrix[i * n + j] != 0.0);
    if (!changed) return r;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const double c = correlation(i, j);
            apart += 2.0 * (work.y[i * n + j] - c) * (work.y[i * n + j] - c);
            matrix[i * n + j] = matrix[j * n + i] = work.y[i * n + j] * (deviation[i] * deviation[j]);
        }
    r.distance = __builtin_sqrt(apart);
    return r;
}

}  // namespace ballast::inline v0
