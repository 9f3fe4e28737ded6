/// Whether a program is one: the sizes of its columns, and numbers that they may hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "../../core/arithmetic.hpp"
#include "../../core/fault.hpp"
#include "../../core/risk_view.hpp"
#include "../../numeric/octet.hpp"
#include "../program.hpp"

namespace ballast::inline v0::detail {

/// Where the first number that is not finite stands; `size()` where there is none. O(size), one fast pass where there is none.
[[nodiscard]] inline std::size_t first_not_finite(std::span<const double> x) noexcept {
    octet lost = every(0.0);  // a number less itself is 0, or NaN where it is not finite, and NaN stays
    for_each_octet(x.size(), [&](std::size_t first, auto lanes) {
        const octet block = load(x.data() + first, lanes, 0.0);
        lost = lost + (block - block);
    });
    double each[8];
    store(each, lost);
    double all = 0.0;
    for (const double l : each) all += l;
    if (all == 0.0) return x.size();
    std::size_t i = 0;
    while (finite(x[i])) ++i;
    return i;
}

namespace program_check {
[[nodiscard]] inline fault wrong_size(std::size_t size) noexcept {
    return {fault_code::size_mismatch, no_index, static_cast<double>(size)};
}

[[nodiscard]] inline fault at(fault_code code, std::size_t i, double value) noexcept {
    return {code, static_cast<std::uint32_t>(i), value};
}

/// All finite, or the fault of the first that is not.
[[nodiscard]] inline fault all_finite(std::span<const double> x, fault_code code) noexcept {
    const std::size_t i = first_not_finite(x);
    if (i == x.size()) return {};
    return at(code, i, x[i]);
}

/// A pair of limits: numbers, and some room between −infinity and the upper, and between the lower and infinity.
[[nodiscard]] inline bool bad_lower(double x) noexcept { return !(x < std::numeric_limits<double>::infinity()); }
[[nodiscard]] inline bool bad_upper(double x) noexcept { return !(x > -std::numeric_limits<double>::infinity()); }
[[nodiscard]] inline fault limits(std::span<const double> lower, std::span<const double> upper) noexcept {
    for (std::size_t i = 0; i < lower.size(); ++i) {
        if (bad_lower(lower[i])) return at(fault_code::bad_limit, i, lower[i]);
        if (bad_upper(upper[i])) return at(fault_code::bad_limit, i, upper[i]);
    }
    return {};
}

[[nodiscard]] inline fault sizes(const solver::program& p) noexcept {
    const std::size_t n = p.assets();
    const std::size_t m = p.row_count();
    const risk_view& r = p.risk;
    for (const std::size_t size : {r.specific.size(), p.benchmark.size(), p.lower.size(), p.upper.size()})
        if (size != n) return wrong_size(size);
    if (!p.expected_return.empty() && p.expected_return.size() != n) return wrong_size(p.expected_return.size());
    if (p.row_upper.size() != m) return wrong_size(p.row_upper.size());
    if (p.rows.size() != m * n) return wrong_size(p.rows.size());
    if (r.layout == risk_layout::dense && r.dense.size() != n * n) return wrong_size(r.dense.size());
    if (r.layout != risk_layout::factor) return {};
    const std::size_t k = r.factors();
    if (r.loadings.size() != n * k) return wrong_size(r.loadings.size());
    if (r.factor_covariance.size() != k * k) return wrong_size(r.factor_covariance.size());
    return {};
}

/// Whether two numbers are one but for rounding, beside numbers of that size.
[[nodiscard]] inline bool as_good_as(double one, double other, double size) noexcept { return absolute(one - other) <= 1e-12 * size; }

/// All of Σ, whose diagonal is known to hold variances. It is read in tiles, as its columns are far apart.
[[nodiscard]] inline fault dense(const risk_view& r) noexcept {
    const std::size_t n = r.specific.size();
    const double* const sigma = r.dense.data();
    if (const std::size_t at_fault = first_not_finite(r.dense); at_fault < r.dense.size())
        return at(fault_code::bad_risk, at_fault / n, sigma[at_fault]);
    for (std::size_t i = 0; i < n; ++i)
        if (!as_good_as(sigma[i * n + i], r.specific[i], r.specific[i])) return at(fault_code::bad_risk, i, sigma[i * n + i]);
    constexpr std::size_t tile = 32;
    for (std::size_t top = 0; top < n; top += tile)
        for (std::size_t left = 0; left <= top; left += tile)
            for (std::size_t i = top; i < n && i < top + tile; ++i)
                for (std::size_t j = left; j < i && j < left + tile; ++j) {
                    const double one = sigma[i * n + j], other = sigma[j * n + i];
                    if (one == other) continue;
                    const double size = absolute(one) + __builtin_sqrt(r.specific[i]) * __builtin_sqrt(r.specific[j]);
                    if (!as_good_as(one, other, size)) return at(fault_code::bad_risk, i, one - other);
                }
    return {};
}

[[nodiscard]] inline fault risk(const risk_view& r) noexcept {
    for (std::size_t i = 0; i < r.specific.size(); ++i)
        if (!(r.specific[i] >= 0.0 && finite(r.specific[i]))) return at(fault_code::bad_risk, i, r.specific[i]);
    if (r.layout == risk_layout::dense) return dense(r);
    if (r.layout != risk_layout::factor) return {};
    const std::size_t k = r.factors();
    if (const std::size_t at_fault = first_not_finite(r.loadings); at_fault < r.loadings.size())
        return at(fault_code::bad_risk, at_fault / k, r.loadings[at_fault]);
    const std::span<const double> omega = r.factor_covariance;
    if (const fault f = all_finite(omega, fault_code::bad_risk)) return {f.code, no_index, f.value};
    for (std::size_t a = 0; a < k; ++a) {
        if (!(omega[a * k + a] >= 0.0)) return {fault_code::bad_risk, no_index, omega[a * k + a]};
        // Two sides that differ by more than rounding: half of the pull would be that of another matrix.
        for (std::size_t b = 0; b < a; ++b) {
            const double one = omega[a * k + b];
            const double other = omega[b * k + a];
            const double size = absolute(one) + __builtin_sqrt(omega[a * k + a]) * __builtin_sqrt(omega[b * k + b]);
            if (!as_good_as(one, other, size)) return {fault_code::bad_risk, no_index, one - other};
        }
    }
    return {};
}

/// The numbers that stand alone.
[[nodiscard]] inline fault scalars(const solver::program& p) noexcept {
    if (!(p.risk_aversion >= 0.0 && finite(p.risk_aversion))) return {fault_code::bad_risk, no_index, p.risk_aversion};
    if (!(p.wealth > 0.0 && finite(p.wealth))) return {fault_code::bad_value, no_index, p.wealth};
    const auto bad = [](double x) -> fault { return {fault_code::bad_limit, no_index, x}; };
    if (bad_lower(p.budget_lower)) return bad(p.budget_lower);
    if (p.costs_inside && p.budget_lower > -std::numeric_limits<double>::infinity()) return bad(p.budget_lower);
    if (bad_upper(p.budget_upper)) return bad(p.budget_upper);
    if (!(p.turnover >= 0.0)) return bad(p.turnover);
    if (!(p.leverage >= 0.0)) return bad(p.leverage);
    if (!(p.tracking_error >= 0.0)) return bad(p.tracking_error);
    if (!(p.costs >= 0.0)) return bad(p.costs);
    return {};
}
}  // namespace program_check

/// What is wrong with a program, if something is: columns of another size (`size_mismatch`), no risk at all (`risk_not_ready`), one that has
/// negative variances, a factor covariance or a dense Σ that is not finite or, by more than rounding, not symmetric, or a dense Σ with another
/// diagonal than its variances (`bad_risk`, as a risk aversion below 0), a wealth that is not above 0, held positions (`bad_weight`), benchmarks
/// (`bad_target`) or expected returns that are not finite, and limits that are no number, leave nothing on either side, or are below 0 where they
/// may not be (`bad_limit`; also a lower side of a budget with the costs in it, which would not be convex).
///
/// Bounds and limits that cross are no fault: such a program is infeasible. Whether the factor covariance or a dense Σ has directions of negative
/// variance is left to whoever takes it apart. A `known_risk` is one whose numbers were checked before. Allocates nothing, O(n·(k + m) + k²), and O(n²) of a dense Σ.
[[nodiscard]] inline fault check_program(const solver::program& p, bool known_risk = false) noexcept {
    using namespace program_check;
    if (p.risk.layout == risk_layout::none) return {fault_code::risk_not_ready, no_index, 0.0};
    if (const fault f = sizes(p)) return f;
    if (const fault f = scalars(p)) return f;
    if (const fault f = all_finite(p.held, fault_code::bad_weight)) return f;
    if (const fault f = all_finite(p.benchmark, fault_code::bad_target)) return f;
    if (const fault f = all_finite(p.expected_return, fault_code::bad_expected_return)) return f;
    if (const fault f = limits(p.lower, p.upper)) return f;
    if (const fault f = limits(p.row_lower, p.row_upper)) return f;
    if (const std::size_t i = first_not_finite(p.rows); i < p.rows.size()) return at(fault_code::bad_limit, i % p.assets(), p.rows[i]);
    return known_risk ? fault{} : risk(p.risk);
}

/// The first asset whose bounds cross, however little; `no_index` where none do. O(n).
[[nodiscard]] inline std::uint32_t first_crossed(const solver::program& p) noexcept {
    for (std::size_t i = 0; i < p.lower.size(); ++i)
        if (p.lower[i] > p.upper[i]) return static_cast<std::uint32_t>(i);
    return no_index;
}

}  // namespace ballast::inline v0::detail
