/// A = UᵀU of a symmetric matrix, in place, row by row; as a whole or of its first rows only.
#pragma once

#include <cstddef>

#include "octet.hpp"

namespace ballast::inline v0 {

/// The first `pivots` steps of Cholesky's method on the upper triangle of a matrix of n rows (Golub and Van Loan 2013, Matrix Computations, algorithm 4.2.1 by rows):
/// its first rows become those of U, and the rest what is left to be factored, the Schur complement. A pivot that is not above `least` times the
/// diagonal entry that it began as is none: its row becomes 0, and nothing is taken off the others. For a matrix that is positive semidefinite
/// these are the rows that depend on the ones before. With `instead` such a
/// pivot is taken to be that, and none of the others' business. Returns how many pivots were none. O(pivots·n²).
inline std::size_t cholesky(double* matrix, std::size_t n, std::size_t stride, std::size_t pivots, double least, const double* diagonal,
                            const double* instead = nullptr) noexcept {
    std::size_t missing = 0;
    for (std::size_t k = 0; k < pivots; ++k) {
        double* const top = matrix + k * stride;
        if (!(top[k] > least * diagonal[k])) {
            for (std::size_t j = k; j < n; ++j) top[j] = 0.0;
            if (instead != nullptr) top[k] = __builtin_sqrt(instead[k]);
            ++missing;
            continue;
        }
        const double root = __builtin_sqrt(top[k]);
        const double inverse = 1.0 / root;
        top[k] = root;
        for (std::size_t j = k + 1; j < n; ++j) top[j] *= inverse;
        for (std::size_t i = k + 1; i < n; ++i)
            if (top[i] != 0.0) detail::add_multiple(matrix + i * stride + i, top + i, -top[i], n - i);
    }
    return missing;
}

/// Solves Uᵀy = x in place for the first `pivots` rows, and takes what they explain off the rest of x. Where a pivot is none y is 0. O(pivots·n).
inline void solve_transposed(const double* u, std::size_t n, std::size_t stride, std::size_t pivots, double* x) noexcept {
    for (std::size_t k = 0; k < pivots; ++k) {
        const double* const row = u + k * stride;
        if (row[k] == 0.0) {
            x[k] = 0.0;
            continue;
        }
        x[k] /= row[k];
        detail::add_multiple(x + k + 1, row + k + 1, -x[k], n - k - 1);
    }
}

/// Solves Ux = y in place for the first `pivots` rows, the rest of x being known. Where a pivot is none x is 0. O(pivots·n).
inline void solve_upper(const double* u, std::size_t n, std::size_t stride, std::size_t pivots, double* x) noexcept {
    for (std::size_t k = pivots; k-- > 0;) {
        const double* const row = u + k * stride;
        x[k] = row[k] == 0.0 ? 0.0 : (x[k] - detail::dot(row + k + 1, x + k + 1, n - k - 1)) / row[k];
    }
}

}  // namespace ballast::inline v0
