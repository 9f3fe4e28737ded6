/// Whether a dense Σ has no direction of negative variance, with nothing of what solves with it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../core/arithmetic.hpp"
#include "../../core/fault.hpp"
#include "../../core/risk_view.hpp"
#include "../../numeric/octet.hpp"

namespace ballast::inline v0::detail {

/// `bad_risk` where Σ + share·diag Σ + noise·I, of a dense Σ that `check_program` let pass, is not positive definite, but for assets that do not move
/// at all. Its index is an asset that has no variance left, or a negative one, beside those before it, its value how much; or a covariance that
/// no two assets of their variances can have. By Cholesky's method, which as computed ends with positive pivots only if what it was given is
/// definite but for about n²·2^-53 of each variance (Higham 2002, Accuracy and Stability of Numerical Algorithms, theorems 10.3 and 10.7).
/// `scratch` has n² numbers. O(n³/3).
[[nodiscard]] inline fault not_definite(const risk_view& r, double share, double noise, double* scratch) noexcept {
    const std::size_t n = r.specific.size();
    for (std::size_t i = 0; i < n; ++i) {
        double* const row = scratch + i * n;
        const double* const sigma = r.dense.data() + i * n;
        const double own = __builtin_sqrt(r.specific[i]);
        for (std::size_t j = 0; j < i; ++j) {
            if (absolute(sigma[j]) > (1.0 + 1e-10) * own * __builtin_sqrt(r.specific[j]) + noise)
                return {fault_code::bad_risk, static_cast<std::uint32_t>(i), sigma[j]};
            const double left = sigma[j] - dot(row, scratch + j * n, j);
            row[j] = left == 0.0 ? 0.0 : left / scratch[j * n + j];
        }
        const double given = r.specific[i] + share * r.specific[i] + noise;
        const double left = given - dot(row, row, i);
        if (!(left > 0.0) && given > 0.0) return {fault_code::bad_risk, static_cast<std::uint32_t>(i), left};
        row[i] = left > 0.0 ? __builtin_sqrt(left) : 1.0;  // without any variance at all
    }
    return {};
}

/// `bad_risk` where a dense Σ is not positive semidefinite even with 1e-10 of its own and 2^-48 of the largest variance on top of each: that much is
/// rounding. O(n³/3).
[[nodiscard]] inline fault negative_variance(const risk_view& r, double* scratch) noexcept {
    double largest = 0.0;
    for (const double v : r.specific)
        if (v > largest) largest = v;
    return not_definite(r, 1e-10, 0x1p-48 * largest, scratch);
}

/// A part of the variances of a dense Σ that is all theirs: Σ − part·diag Σ is positive semidefinite. 2^-27, which matters little to what is
/// added up and is far above rounding up to some thousand assets, or 0 where it is not so. O(n³/3), less where it is not.
[[nodiscard]] inline double part_of_its_own(const risk_view& r, double* scratch) noexcept {
    return not_definite(r, -0x1p-26, 0.0, scratch) ? 0.0 : 0x1p-27;
}

}  // namespace ballast::inline v0::detail
