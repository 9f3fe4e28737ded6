/// Whether a matrix that the host passes is a covariance matrix.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "../../core/arithmetic.hpp"
#include "../../core/column.hpp"
#include "../../core/fault.hpp"
#include "../../numeric/octet.hpp"

namespace ballast::inline v0::detail {

/// Of correlations: by how much a matrix may fail to be positive semidefinite, and to be symmetric.
/// @{
inline constexpr double semidefinite_slack = 1e-8;
inline constexpr double symmetric_slack = 1e-9;
/// @}
/// What the covariances of a matrix that fails, but by no more than that, are multiplied by: with variances as they are its correlations then have no eigenvalue
/// below 0.
inline constexpr double semidefinite_shrink = 1.0 / (1.0 + 2.0 * semidefinite_slack);

/// Tests one matrix after the other, with the room for it; knows the last one that passed, so that the same one again costs O(n²). Each entry
/// above the diagonal counts for both.
class covariance_test {
public:
    /// For matrices of n rows: n² + n numbers.
    void make_room(std::size_t n) {
        root_.assign(n * n, 0.0);
        diagonal_.assign(n, 0.0);
        passed_ = false;
    }
    [[nodiscard]] std::size_t size() const noexcept { return diagonal_.size(); }
    /// What the covariances of the matrix that passed are to be multiplied by: 1, or `semidefinite_shrink`.
    [[nodiscard]] double shrink() const noexcept { return shrink_; }

    /// Index: the row at fault. O(n³/6) multiplications where the matrix is another one than that before.
    [[nodiscard]] fault operator()(const column<double>& m, fault_code code) noexcept {
        const std::size_t n = size();
        if (m.size() != n * n) return {fault_code::size_mismatch, no_index, static_cast<double>(m.size())};
        for (std::size_t i = 0; i < n; ++i) {
            const double v = m[i * n + i];
            if (!(v >= 0.0) || !finite(v)) return {code, static_cast<std::uint32_t>(i), v};
        }
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (const double a = m[j * n + i], b = m[i * n + j]; a != b) {
                    const double scale = __builtin_sqrt(m[i * n + i]) * __builtin_sqrt(m[j * n + j]);
                    if (!(absolute(a - b) <= symmetric_slack * scale)) return {code, static_cast<std::uint32_t>(i), b};
                }
        if (passed_ && same(m)) return {};
        // But for the rounding of the factors (Higham 2002, theorem 10.7).
        const double rounding = 32.0 * static_cast<double>(n + 4) * 0x1p-53;
        shrink_ = 1.0;
        if (!factorise(m, code, rounding)) return {};
        shrink_ = semidefinite_shrink;
        return factorise(m, code, semidefinite_slack);
    }

private:
    [[nodiscard]] bool same(const column<double>& m) const noexcept {
        const std::size_t n = size();
        for (std::size_t i = 0; i < n; ++i) {
            if (diagonal_[i] != m[i * n + i]) return false;
            for (std::size_t j = i + 1; j < n; ++j)
                if (root_[i * n + j] != m[i * n + j]) return false;
        }
        return true;
    }
    /// Below the diagonal the Cholesky factor of the correlations with the slack on their diagonal, by rows; above it the matrix itself.
    [[nodiscard]] fault factorise(const column<double>& m, fault_code code, double slack) noexcept {
        passed_ = false;
        const std::size_t n = size();
        for (std::size_t i = 0; i < n; ++i) {
            double* const row = root_.data() + i * n;
            diagonal_[i] = m[i * n + i];
            for (std::size_t j = i + 1; j < n; ++j) row[j] = m[i * n + j];
            const double own = __builtin_sqrt(diagonal_[i]);
            for (std::size_t j = 0; j < i; ++j) {
                const double c = root_[j * n + i];
                const double other = __builtin_sqrt(diagonal_[j]);
                // What does not move does not move with anything.
                const double correlation = c == 0.0 ? 0.0 : c / own / other;
                if (!finite(correlation)) return {code, static_cast<std::uint32_t>(i), c};
                row[j] = (correlation - dot(row, root_.data() + j * n, j)) / root_[j * n + j];
            }
            const double left = 1.0 + slack - dot(row, row, i);
            if (!(left > 0.0)) return {code, static_cast<std::uint32_t>(i), (left - slack) * diagonal_[i]};
            row[i] = __builtin_sqrt(left);
        }
        passed_ = true;
        return {};
    }

    std::vector<double> root_{};
    std::vector<double> diagonal_{};
    double shrink_ = 1.0;
    bool passed_ = false;
};

/// Writes the one that passed: symmetric to the last bit, and positive semidefinite but for rounding.
inline void copy_passed(const column<double>& m, const covariance_test& test, double* out) noexcept {
    const std::size_t n = test.size();
    for (std::size_t i = 0; i < n; ++i) {
        out[i * n + i] = m[i * n + i];
        for (std::size_t j = i + 1; j < n; ++j) out[i * n + j] = out[j * n + i] = test.shrink() * m[i * n + j];
    }
}

}  // namespace ballast::inline v0::detail
