/// Eigenvalues and eigenvectors of a symmetric matrix.
#pragma once

#include <cstddef>
#include <span>

#include "../core/arithmetic.hpp"
#include "octet.hpp"

namespace ballast::inline v0 {

namespace detail {
/// (x, y) ← (c·x + s·y, c·y − s·x).
inline void turn(double* x, double* y, double c, double s, std::size_t n) noexcept {
    const octet co = every(c);
    const octet si = every(s);
    for_each_octet(
        n, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
            const octet a = load(x + i, lanes);
            const octet b = load(y + i, lanes);
            store(x + i, co * a + si * b, lanes);
            store(y + i, co * b - si * a, lanes);
        });
}

/// The way to the eigenvalues in two parts: A = QTQᵀ with T of three diagonals by Householder's reflections, T = YΛYᵀ by implicitly shifted
/// QR steps (Golub and Van Loan 2013, Matrix Computations, algorithms 8.3.1 to 8.3.3). The matrix becomes (QY)ᵀ: rows are turned, not
/// columns.
struct eigen_work {
    std::size_t n;
    double* a;         ///< n × n
    double* diagonal;  ///< of T
    double* beside;    ///< of T: entry k is between k and k + 1
    double* scale;     ///< of the reflections
    double* product;

    [[nodiscard]] double* row(std::size_t i) const noexcept { return a + i * n; }

    /// Leaves each reflection's vector in its row, behind the diagonal.
    void reduce() const noexcept {
        for (std::size_t k = 0; k + 1 < n; ++k) {
            diagonal[k] = row(k)[k];
            const std::size_t m = n - k - 1;
            double* v = row(k) + k + 1;
            const double below = dot(v + 1, v + 1, m - 1);
            scale[k] = 0.0;
            beside[k] = v[0];
            if (!(below > 0.0)) continue;
            const double length = __builtin_sqrt(v[0] * v[0] + below);
            beside[k] = v[0] > 0.0 ? -length : length;
            v[0] -= beside[k];
            const double f = 2.0 / (v[0] * v[0] + below);
            scale[k] = f;
            // A ← (1 − f·vvᵀ)A(1 − f·vvᵀ) = A − vwᵀ − wvᵀ,  p = f·Av,  w = p − ½f(pᵀv)·v
            for (std::size_t i = 0; i < m; ++i) product[i] = 0.0;
            for (std::size_t i = 0; i < m; ++i) add_multiple(product, row(k + 1 + i) + k + 1, f * v[i], m);
            add_multiple(product, v, -0.5 * f * dot(product, v, m), m);
            for (std::size_t i = 0; i < m; ++i) {
                add_multiple(row(k + 1 + i) + k + 1, product, -v[i], m);
                add_multiple(row(k + 1 + i) + k + 1, v, -product[i], m);
            }
        }
        diagonal[n - 1] = row(n - 1)[n - 1];
    }
    /// The matrix becomes Qᵀ.
    void accumulate() const noexcept {
        row(n - 1)[n - 1] = 1.0;
        for (std::size_t k = n - 1; k-- > 0;) {
            const std::size_t m = n - k - 1;
            const double* v = row(k) + k + 1;
            for (std::size_t i = k + 1; i < n; ++i) {
                if (scale[k] != 0.0) add_multiple(row(i) + k + 1, v, -scale[k] * dot(row(i) + k + 1, v, m), m);
                row(i)[k] = 0.0;
            }
            for (std::size_t j = k; j < n; ++j) row(k)[j] = j == k ? 1.0 : 0.0;
        }
    }
    [[nodiscard]] bool negligible(std::size_t k) const noexcept {
        return absolute(beside[k]) <= 0x1p-53 * (absolute(diagonal[k]) + absolute(diagonal[k + 1])) + 0x1p-120;
    }
    /// False where it does not come to an end.
    [[nodiscard]] bool diagonalise() const noexcept {
        std::size_t last = n - 1;
        for (std::size_t steps = 0; last > 0;) {
            if (negligible(last - 1)) {
                --last;
                continue;
            }
            if (++steps > 60 * n) return false;
            std::size_t first = last - 1;
            while (first > 0 && !negligible(first - 1)) --first;
            chase(first, last);
        }
        return true;
    }
    /// One QR step with Wilkinson's shift on the block from first to last.
    void chase(std::size_t first, std::size_t last) const noexcept {
        const double half = 0.5 * (diagonal[last - 1] - diagonal[last]);
        const double b = beside[last - 1];
        const double root = __builtin_sqrt(half * half + b * b);
        double x = diagonal[first] - (diagonal[last] - b * b / (half > 0.0 ? half + root : half - root));
        double z = beside[first];
        for (std::size_t k = first; k < last; ++k) {
            const double r = __builtin_sqrt(x * x + z * z);
            const double c = r > 0.0 ? x / r : 1.0;
            const double s = r > 0.0 ? z / r : 0.0;
            if (k > first) beside[k - 1] = r;
            const double p = diagonal[k];
            const double q = diagonal[k + 1];
            const double e = beside[k];
            diagonal[k] = c * c * p + 2.0 * c * s * e + s * s * q;
            diagonal[k + 1] = s * s * p - 2.0 * c * s * e + c * c * q;
            beside[k] = c * s * (q - p) + (c * c - s * s) * e;
            if (k + 1 < last) {
                x = beside[k];
                z = s * beside[k + 1];
                beside[k + 1] *= c;
            }
            turn(row(k), row(k + 1), c, s, n);
        }
    }
};
}  // namespace detail

/// Numbers of scratch that `symmetric_eigen` needs for a matrix of n rows.
[[nodiscard]] constexpr std::size_t symmetric_eigen_room(std::size_t n) noexcept { return 3 * n; }

/// A = Σ λₖ·vₖvₖᵀ of a symmetric matrix of n rows, row by row in `matrix`; only its symmetric part ½(A + Aᵀ) is looked at. The eigenvalues
/// come in `value`, the largest first; row k of `matrix` becomes vₖ, of length 1, its largest entry (the first of those within 1e-9 of it)
/// above zero. With `scratch` of `symmetric_eigen_room(n)` numbers nothing is allocated.
///
/// The error of each eigenvalue is a small multiple of 2⁻⁵³ of the largest one's size; small eigenvalues beside large ones are so known
/// to fewer digits. Of equal eigenvalues the vectors are some of those that span their space. False, and no result, where an entry is not
/// finite, or spans are of the wrong size. O(n³): about 9n³ multiplications.
[[nodiscard]] inline bool symmetric_eigen(std::span<double> matrix, std::span<double> value, std::span<double> scratch) noexcept {
    const std::size_t n = value.size();
    if (matrix.size() != n * n || scratch.size() < symmetric_eigen_room(n)) return false;
    if (n == 0) return true;
    double largest = 0.0;
    for (const double x : matrix) {
        if (!detail::finite(x)) return false;
        largest = detail::absolute(x) > largest ? detail::absolute(x) : largest;
    }
    // A power of 2 that brings the largest entry to 1: without rounding, so that squares neither overflow nor vanish.
    double unit = 1.0;
    for (; largest > 0.0 && largest * unit > 2.0; unit *= 0.5) {}
    for (; largest > 0.0 && largest * unit < 0.5 && unit < 0x1p1000; unit *= 2.0) {}
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j)
            matrix[i * n + j] = matrix[j * n + i] = 0.5 * (unit * matrix[i * n + j]) + 0.5 * (unit * matrix[j * n + i]);

    const detail::eigen_work w{n, matrix.data(), value.data(), scratch.data(), scratch.data() + n, scratch.data() + 2 * n};
    w.reduce();
    w.accumulate();
    if (!w.diagonalise()) return false;

    for (std::size_t k = 0; k < n; ++k) {
        std::size_t best = k;
        for (std::size_t i = k + 1; i < n; ++i)
            if (value[i] > value[best]) best = i;
        if (best != k) {
            const double v = value[k];
            value[k] = value[best];
            value[best] = v;
            detail::turn(w.row(k), w.row(best), 0.0, 1.0, n);  // one of them is turned around, but its sign is chosen below
        }
        double size = 0.0;
        for (std::size_t j = 0; j < n; ++j) size = detail::absolute(w.row(k)[j]) > size ? detail::absolute(w.row(k)[j]) : size;
        std::size_t lead = 0;
        while (detail::absolute(w.row(k)[lead]) < size * (1.0 - 1e-9)) ++lead;
        if (w.row(k)[lead] < 0.0)
            for (std::size_t j = 0; j < n; ++j) w.row(k)[j] = -w.row(k)[j];
        value[k] /= unit;
    }
    return true;
}

}  // namespace ballast::inline v0
