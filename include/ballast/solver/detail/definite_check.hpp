/// Whether a dense Σ has no direction of negative variance, with nothing of what solves with it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../../core/arithmetic.hpp"
#include "../../core/fault.hpp"
#include "../../core/risk_view.hpp"
#include "../../numeric/octet.hpp"

namespace ballast::inline v0::detail {

/// `bad_risk` where a dense Σ, which `check_program` let pass, is not positive semidefinite; its index is an asset that has no variance left, or a
/// negative one, beside those before it, its value how much. Σ counts as positive semidefinite if it is with 1e-10 of its own and 2^-48 of the
/// largest variance on top of each: by Cholesky's method, which as computed ends with positive pivots only if what it was given is definite but
/// for about n²·2^-53 of each variance (Higham 2002, Accuracy and Stability of Numerical Algorithms, theorems 10.3 and 10.7). Before that no
/// correlation may be beyond ±1, so that what has no variance has no covariances. `scratch` has n² numbers. O(n³/3).
[[nodiscard]] inline fault negative_variance(const risk_view& r, double* scratch) noexcept {
    const std::size_t n = r.specific.size();
    double largest = 0.0;
    for (const double v : r.specific)
        if (v > largest) largest = v;
    const double noise = 0x1p-48 * largest;
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
        const double given = r.specific[i] + 1e-10 * r.specific[i] + noise;
        const double left = given - dot(row, row, i);
        if (!(left > 0.0) && given > 0.0) return {fault_code::bad_risk, static_cast<std::uint32_t>(i), left};
        row[i] = left > 0.0 ? __builtin_sqrt(left) : 1.0;  // without any variance at all
    }
    return {};
}

}  // namespace ballast::inline v0::detail
