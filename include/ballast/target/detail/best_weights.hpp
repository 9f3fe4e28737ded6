/// The weights that are best within limits: what target policies that look for them have in common.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "../../core/arithmetic.hpp"
#include "../../core/configuration.hpp"
#include "../../core/look.hpp"
#include "../../core/per_asset.hpp"
#include "../../cost/zero.hpp"
#include "../../numeric/sum.hpp"
#include "../../risk/detail/covariance.hpp"
#include "../../solver/joint_limits.hpp"
#include "../../solver/price_search.hpp"

namespace ballast::inline v0::detail {

/// What a search for weights works with: O(n·m + (k + m)²) numbers, and O((n + m)²) where there is to be room for a full covariance matrix.
struct best_weights_memory {
    solver::price_search search{};
    std::vector<double> none{};  ///< zeros: nothing is held, nothing is wanted
    std::vector<double> lower{}, upper{}, expected_return{}, aim{};
    std::vector<double> rows{}, row_lower{}, row_upper{}, row_price{};
    std::vector<double> factor_price{};
    double budget_price = 0.0;          ///< of the last search
    solver::certificate certificate{};  ///< of the last search
    std::size_t assets = 0, factors = 0, limits = 0;
    bool dense = false;  ///< there is room for a full covariance matrix

    void prepare(std::size_t n, std::size_t k, std::size_t m, bool dense_risk) {
        assets = n;
        factors = k;
        limits = m;
        search.prepare(n, k, m, dense_risk);
        dense = dense_risk;
        none.assign(n, 0.0);
        for (auto* v : {&lower, &upper, &expected_return, &aim}) v->resize(n);
        rows.resize(n * m);
        for (auto* v : {&row_lower, &row_upper, &row_price}) v->resize(m);
        factor_price.resize(k);
    }
    [[nodiscard]] bool holds(std::size_t n, std::size_t k, std::size_t m, bool for_dense) const noexcept {
        return assets >= n && factors >= k && limits >= m && (dense || !for_dense);
    }
};

/// The limits of a policy, which stay where they are.
struct weight_limits {
    const per_asset& lower;
    const per_asset& upper;
    double cash;
    const std::vector<solver::linear_limit>& sums;
    const std::vector<solver::group_limits>& groups;
    std::size_t estimator;
    std::size_t factors;

    /// How many there are on several assets at once, but for the sum of all.
    [[nodiscard]] std::size_t count() const noexcept {
        std::size_t all = sums.size();
        for (const solver::group_limits& g : groups) all += g.groups.size();
        return all;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        bool all = lower.covers(n) && upper.covers(n);
        for (const solver::linear_limit& l : sums) all = all && l.coefficient.covers(n);
        for (const solver::group_limits& g : groups) all = all && g.group_of.size() == n;
        return all;
    }

    /// What the parameters are called.
    struct names {
        const char* lower;
        const char* upper;
        const char* cash;
        const char* limits;
        const char* groups;
    };
    [[nodiscard]] configuration_fault validate(const names& called) const noexcept {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        if (!lower.given()) return {called.lower, 0.0, "has to be given: the smallest weight, or -infinity"};
        if (const double* v = lower.find([](double x) { return !(x < infinity); }))
            return {called.lower, *v, "must be a weight or -infinity, and not above the upper bound"};
        if (!upper.given()) return {called.upper, 0.0, "has to be given: the largest weight, or infinity"};
        if (const double* v = upper.find([](double x) { return !(x > -infinity); }))
            return {called.upper, *v, "must be a weight or infinity"};
        const std::size_t lists = lower.size() > upper.size() ? lower.size() : upper.size();
        for (std::size_t i = 0; i < (lists > 0 ? lists : 1); ++i) {
            if ((!lower.uniform() && i >= lower.size()) || (!upper.uniform() && i >= upper.size())) break;  // `covers` tells
            if (lower[i] > upper[i]) return {called.lower, lower[i], "must be a weight or -infinity, and not above the upper bound"};
        }
        if (!(cash <= 1.0) || !finite(cash)) return {called.cash, cash, "must be a share at or below 1; below 0 it is borrowed"};
        configuration_fault first;
        const auto look_at = [&](const auto& l, const char* parameter) {
            if (first) return;
            const bool bad_lower = !(l.lower < infinity);
            if (bad_lower || !(l.upper > -infinity))
                first = {parameter, bad_lower ? l.lower : l.upper,
                         "must have numbers as bounds; the lower may be -infinity, the upper infinity"};
            else if (l.lower > l.upper)
                first = {parameter, l.lower, "must not have a lower bound above the upper one"};
            else if (l.active)
                first = {parameter, 1.0, "must be on the weights: there are no targets yet from which they could differ"};
        };
        for (const solver::linear_limit& l : sums) {
            look_at(l, called.limits);
            if (first) return first;
            if (!l.coefficient.given()) return {called.limits, 0.0, "must have coefficients"};
            if (const double* v = l.coefficient.find([](double x) { return !finite(x); }))
                return {called.limits, *v, "must have finite coefficients"};
        }
        for (const solver::group_limits& g : groups)
            for (const solver::group_limit& l : g.groups) look_at(l, called.groups);
        return first;
    }
};

/// One look: the w with the least γ/2·wᵀΣw − αᵀw within the limits and with Σw = 1 − cash, for one γ or for several. The answer stands in `out`.
class best_weights {
public:
    best_weights(const weight_limits& how, best_weights_memory& m, std::span<double> out) noexcept : how_{how}, m_{m}, out_{out} {}

    /// Why there is nothing to search, if so: the view is not that of n assets, or there is no room; or the bounds do not let the sum be.
    [[nodiscard]] fault begin(const risk_view& risk, std::size_t more_limits = 0) noexcept {
        const std::size_t n = out_.size(), k = risk.layout == risk_layout::factor ? risk.factors() : 0;
        if (k > how_.factors) return {fault_code::too_many_factors, no_index, static_cast<double>(k)};
        if (!m_.holds(n, k, how_.count() + more_limits, risk.layout == risk_layout::dense))
            return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        if (const fault f = check_view_shape(risk, n)) return f;
        p_.risk = risk;
        p_.benchmark = p_.held = std::span<const double>{m_.none.data(), n};
        for (std::size_t i = 0; i < n; ++i) {
            m_.lower[i] = how_.lower[i];
            m_.upper[i] = how_.upper[i];
        }
        p_.lower = std::span<const double>{m_.lower.data(), n};
        p_.upper = std::span<const double>{m_.upper.data(), n};
        p_.budget_lower = p_.budget_upper = 1.0 - how_.cash;
        for (const solver::linear_limit& l : how_.sums) add(l.lower, l.upper, [&](std::size_t i) { return l.coefficient[i]; });
        for (const solver::group_limits& all : how_.groups)
            for (std::size_t g = 0; g < all.groups.size(); ++g)
                add(all.groups[g].lower, all.groups[g].upper, [&](std::size_t i) { return all.group_of[i] == g ? 1.0 : 0.0; });
        a_.position = out_;
        a_.factor_price = std::span<double>{m_.factor_price.data(), k};
        if (const fault f = sum_within_reach()) return f;
        bound_by_sum();
        return {};
    }
    /// The least γ/2·(w − b)ᵀΣ(w − b) instead. These are read before the answer is written.
    void aim_at(std::span<const double> b) noexcept {
        const std::size_t n = out_.size();
        for (std::size_t i = 0; i < n; ++i) m_.aim[i] = b[i];
        p_.benchmark = std::span<const double>{m_.aim.data(), n};
    }
    /// For several searches: what they have in common is done once. A fault where Σ is no covariance matrix.
    [[nodiscard]] fault search_often() noexcept { return m_.search.prepare_shared(p_.risk); }
    /// α, to be filled in.
    [[nodiscard]] std::span<double> expected_return() noexcept { return {m_.expected_return.data(), out_.size()}; }
    /// αᵀw ≥ R, one limit more; for which `begin` was asked.
    void want_return(double least) noexcept {
        return_row_ = rows_;
        add(least, std::numeric_limits<double>::infinity(), [&](std::size_t i) { return m_.expected_return[i]; });
    }
    /// The same without it.
    void want_no_return() noexcept {
        if (return_row_ == no_row) return;
        --rows_;
        return_row_ = no_row;
        a_.warm = false;
    }

    /// Without α the least variance; with a γ of 0 the largest return.
    [[nodiscard]] fault search(double risk_aversion, bool with_return) noexcept {
        const std::size_t n = out_.size();
        p_.risk_aversion = risk_aversion;
        p_.expected_return = with_return ? std::span<const double>{m_.expected_return.data(), n} : std::span<const double>{};
        p_.rows = std::span<const double>{m_.rows.data(), rows_ * n};
        p_.row_lower = std::span<const double>{m_.row_lower.data(), rows_};
        p_.row_upper = std::span<const double>{m_.row_upper.data(), rows_};
        a_.price.row = std::span<double>{m_.row_price.data(), rows_};
        m_.search.solve(p_, cost::zero::view{}, a_);
        const solver::certificate& c = a_.certificate;
        m_.budget_price = a_.price.budget;
        m_.certificate = c;
        a_.warm = true;
        if (c.how == search_end::best) return {};
        if (c.fault) return c.fault;
        if (c.how == search_end::infeasible) return conflict();
        double worst = c.relative_dual > c.relative_primal ? c.relative_dual : c.relative_primal;
        if (!(c.relative_gap <= worst)) worst = c.relative_gap;
        // As good as the best, though a limit whose price is next to nothing is not reached.
        if (worst <= 1e-9) return {};
        return {fault_code::not_solved, no_index, worst};
    }

    /// Of the answer; per year.
    /// @{
    [[nodiscard]] double return_of() const noexcept {
        exact_sum sum;
        for (std::size_t i = 0; i < out_.size(); ++i) sum.add(m_.expected_return[i] * out_[i]);
        return sum.value();
    }
    [[nodiscard]] fault variance_of_answer(double& out) const noexcept {
        return variance_of(
            p_.risk, out_.size(), [&](std::size_t i) { return out_[i]; }, out);
    }
    /// @}
    /// What they would be, did nothing cancel: what rounding is measured by.
    /// @{
    [[nodiscard]] double size_of_return() const noexcept {
        double sum = 0.0;
        for (std::size_t i = 0; i < out_.size(); ++i) sum += absolute(m_.expected_return[i] * out_[i]);
        return sum;
    }
    [[nodiscard]] double size_of_variance() const noexcept {
        double sum = 0.0;
        for (std::size_t i = 0; i < out_.size(); ++i) sum += absolute(out_[i]) * __builtin_sqrt(p_.risk.variance(i));
        return sum * sum;
    }
    /// @}

private:
    static constexpr std::size_t no_row = (std::numeric_limits<std::size_t>::max)();

    template <class Coefficient>
    void add(double lower, double upper, const Coefficient& coefficient) noexcept {
        const std::size_t n = out_.size();
        for (std::size_t i = 0; i < n; ++i) m_.rows[rows_ * n + i] = coefficient(i);
        m_.row_lower[rows_] = lower;
        m_.row_upper[rows_] = upper;
        ++rows_;
    }
    [[nodiscard]] fault sum_within_reach() const noexcept {
        const double wanted = 1.0 - how_.cash;
        for (const bool above : {false, true}) {
            const std::vector<double>& bounds = above ? m_.upper : m_.lower;
            exact_sum sum, size;
            bool ends = true;
            for (std::size_t i = 0; i < out_.size() && ends; ++i) {
                ends = finite(bounds[i]);
                if (!ends) continue;
                sum.add(bounds[i]);
                size.add(absolute(bounds[i]));
            }
            if (!ends) continue;
            const double off = sum.value() - wanted;
            if ((above ? -off : off) > 0x1p-50 * (size.value() + absolute(wanted))) return {fault_code::sum_out_of_reach, no_index, off};
        }
        return {};
    }
    /// Where the sum and all bounds of one side do not let weights go as far as the other side would, a bound beyond their reach takes the place of an
    /// infinite one: with finite ones it can be proved that limits contradict each other.
    void bound_by_sum() noexcept {
        const double wanted = 1.0 - how_.cash;
        exact_sum least, most;
        bool from = true, to = true;
        for (std::size_t i = 0; i < out_.size(); ++i) {
            from = from && finite(m_.lower[i]);
            to = to && finite(m_.upper[i]);
            if (from) least.add(m_.lower[i]);
            if (to) most.add(m_.upper[i]);
        }
        for (std::size_t i = 0; i < out_.size(); ++i) {
            if (from && !finite(m_.upper[i])) m_.upper[i] = m_.lower[i] + 2.0 * absolute(wanted - least.value()) + 1.0;
            if (to && !finite(m_.lower[i])) m_.lower[i] = m_.upper[i] - 2.0 * absolute(most.value() - wanted) - 1.0;
        }
    }
    /// Which limits contradict each other.
    [[nodiscard]] fault conflict() const noexcept {
        if (return_row_ != no_row && m_.row_price[return_row_] != 0.0)
            return {fault_code::return_out_of_reach, no_index, m_.row_lower[return_row_]};
        for (std::size_t j = 0; j < rows_; ++j)
            if (m_.row_price[j] != 0.0) return {fault_code::limits_contradict, static_cast<std::uint32_t>(j), 0.0};
        return {fault_code::limits_contradict};
    }

    const weight_limits& how_;
    best_weights_memory& m_;
    std::span<double> out_;
    solver::program p_{};
    solver::program_answer a_{};
    std::size_t rows_ = 0;
    std::size_t return_row_ = no_row;
};

}  // namespace ballast::inline v0::detail
