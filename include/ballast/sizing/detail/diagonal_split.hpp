/// The largest diagonal that may be taken out of a covariance: with D such that A − D is positive semidefinite, xᵀAx is the separable xᵀDx plus a
/// convex rest, and a tangent of the rest makes a separable lower bound of the whole.
#pragma once

#include <cstddef>

#include "../../core/arithmetic.hpp"

namespace ballast::inline v0::detail {

/// Whether A − diag(d) is positive definite by more than the rounding of its Cholesky factor, which is left in `out`. O(n³/3).
inline bool cholesky_without(const double* a, const double* d, std::size_t n, double* out) noexcept {
    const double rounding = 4.0 * static_cast<double>(n + 4) / 9007199254740992.0;  // Higham 2002, theorem 10.7
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            double sum = a[i * n + j];
            for (std::size_t k = 0; k < j; ++k) sum -= out[i * n + k] * out[j * n + k];
            out[i * n + j] = sum / out[j * n + j];
        }
        const double all = a[i * n + i];
        double sum = all - d[i] - static_cast<double>(n) * rounding * all;
        for (std::size_t k = 0; k < i; ++k) sum -= out[i * n + k] * out[i * n + k];
        if (!(sum > 0.0)) return false;
        out[i * n + i] = __builtin_sqrt(sum);
    }
    return true;
}

/// out = (L·Lᵀ)⁻¹, of which the lower triangle of `l` holds L. O(n³).
inline void inverse_of(const double* l, std::size_t n, double* out) noexcept {
    for (std::size_t c = 0; c < n; ++c) {
        for (std::size_t i = 0; i < n; ++i) {
            double sum = i == c ? 1.0 : 0.0;
            for (std::size_t k = 0; k < i; ++k) sum -= l[i * n + k] * out[k * n + c];
            out[i * n + c] = sum / l[i * n + i];
        }
        for (std::size_t i = n; i-- > 0;) {
            double sum = out[i * n + c];
            for (std::size_t k = i + 1; k < n; ++k) sum -= l[k * n + i] * out[k * n + c];
            out[i * n + c] = sum / l[i * n + i];
        }
    }
}

/// Fills d: a share of A's diagonal, found by halving, and as much more as goes into one element after the other
/// (what element i has left is 1/((A − D)⁻¹)ᵢᵢ). All 0 where A is singular. Memory: twice n².
inline void split_diagonal(const double* a, std::size_t n, double* d, double* memory) noexcept {
    double* l = memory;
    double* inverse = memory + n * n;
    double low = 0.0, high = 1.0;
    const auto share = [&](double x) {
        for (std::size_t i = 0; i < n; ++i) d[i] = x * a[i * n + i];
    };
    for (int round = 0; round < 24 && low == 0.0; ++round) {
        high *= 0.5;
        share(high);
        if (cholesky_without(a, d, n, l)) low = high;
    }
    high = 2.0 * low;
    for (int round = 0; round < 3 && low > 0.0; ++round) {
        share(0.5 * (low + high));
        (cholesky_without(a, d, n, l) ? low : high) = 0.5 * (low + high);
    }
    share(low);
    if (low == 0.0 || !cholesky_without(a, d, n, l)) return;
    inverse_of(l, n, inverse);
    for (int round = 0; round < (n > 64 ? 2 : 3); ++round)
        for (std::size_t i = 0; i < n; ++i) {
            const double more = 0.5 / inverse[i * n + i];
            d[i] += more;
            // Sherman and Morrison 1950: the inverse after one element of the diagonal has changed; the divisor is 1 − ½.
            for (std::size_t r = 0; r < n; ++r) l[r] = inverse[r * n + i];
            for (std::size_t r = 0; r < n; ++r)
                for (std::size_t c = 0; c < n; ++c) inverse[r * n + c] += 2.0 * more * l[r] * l[c];
        }
    // What was gained is given back step by step where rounding has made it too much.
    for (int round = 0; round < 20; ++round) {
        if (cholesky_without(a, d, n, l)) return;
        for (std::size_t i = 0; i < n; ++i) d[i] *= 1.0 - 1e-9 * static_cast<double>(1U << round);
    }
    share(low);
}

}  // namespace ballast::inline v0::detail
