/// y + Ax of a symmetric matrix, where many x may be 0.
#pragma once

#include <cstddef>

#include "octet.hpp"

namespace ballast::inline v0 {

namespace detail {
/// y ← y + Σ xᵣ·rowᵣ over four rows, so that y is read and written once for all of them.
inline void add_four_rows(double* y, const double* const (&row)[4], const double (&x)[4], std::size_t n) noexcept {
    const double *const p = row[0], *const q = row[1], *const r = row[2], *const s = row[3];
    const octet a = every(x[0]), b = every(x[1]), c = every(x[2]), d = every(x[3]);
    for_each_octet(
        n, [&](std::size_t i, auto lanes) __attribute__((always_inline)) {
            octet sum = load(y + i, lanes) + a * load(p + i, lanes);
            sum = sum + b * load(q + i, lanes);
            sum = sum + c * load(r + i, lanes);
            store(y + i, sum + d * load(s + i, lanes), lanes);
        });
}
}  // namespace detail

/// y ← y + Ax. A symmetric matrix of n rows, `stride` entries after each other, is read by whole rows, and only those whose x is not 0: as
/// fast as memory brings them. Each entry of y has its terms in the order of the rows. y is neither in A nor in x. O(n·(entries of x that are not 0)).
inline void add_symmetric_product(const double* a, std::size_t n, std::size_t stride, const double* x, double* y) noexcept {
    const double* row[4];
    double factor[4];
    std::size_t held = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (x[i] == 0.0) continue;
        row[held] = a + i * stride;
        factor[held] = x[i];
        if (++held < 4) continue;
        detail::add_four_rows(y, row, factor, n);
        held = 0;
    }
    for (std::size_t r = 0; r < held; ++r) detail::add_multiple(y, row[r], factor[r], n);
}

}  // namespace ballast::inline v0
