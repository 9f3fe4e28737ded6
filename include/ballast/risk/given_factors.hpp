/// A factor model that the host knows better.
#pragma once

#include <cstdint>
#include <vector>

#include "concept.hpp"
#include "detail/given_matrix.hpp"

namespace ballast::inline v0::risk {

/// Passes the host's own factor model of covariances per year, Σ = FΩFᵀ + D, through, as of the newest tick that had it:
///   F  `market_view::loadings`, n × k: exposures, asset by asset
///   Ω  `market_view::factor_covariance`, k × k: covariances per year of the factors' returns, row by row
///   D  `market_view::specific`, n: variances per year that no factor explains
/// Each is kept until a tick has a new one, so that exposures may come each day and covariances once a month; ready once all three are there.
/// Units of a factor: any, FΩFᵀ does not depend on them.
///
/// A fault that changes nothing is a column of another size (`size_mismatch`); an exposure that is not finite, or with which the variance of the
/// asset is not (`bad_loading`, with the asset); a specific variance that is negative or not finite (`bad_risk`, with the asset); and
/// (`bad_factor_covariance`, with the factor) an Ω with a variance that is negative, an entry that is not finite, two entries for one pair that
/// differ by more than 1e-9 of the product of their volatilities (of two that differ by less the one above the diagonal counts), or one that is not
/// positive semidefinite: its correlations have an eigenvalue below −1e-8. Such a one is repaired by `nearest_covariance`; one with an eigenvalue
/// below 0 but not that far, which few digits make, has its covariances made smaller by 2e-8 of them, and is positive semidefinite then. A split
/// changes nothing: returns are told.
///
/// No more factors than assets; who has more passes F as the n × n identity and FΩFᵀ for Ω, which is the same Σ. O(n·k) per tick that has the
/// model, with k³/6 more where Ω is a new one; n·k + 2k² + n + k numbers of memory.
struct given_factors {
    std::uint64_t factors = 1;  ///< k

    static constexpr const char* name = "given_factors";
    static constexpr risk_need provides = risk_need::covariance;

    struct estimate {
        std::vector<double> loadings{};           ///< n × k
        std::vector<double> factor_covariance{};  ///< k × k, per year
        std::vector<double> specific{};           ///< n, per year
        /// Which of them have been told.
        /// @{
        bool has_loadings = false;
        bool has_factor_covariance = false;
        bool has_specific = false;
        /// @}

        /// Scratch: no part of what is remembered. `check` works in it: two threads do not check ticks against one estimate at a time.
        mutable v0::detail::covariance_test test{};

        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.loadings);
            visit(e.factor_covariance);
            visit(e.specific);
            visit(e.has_loadings);
            visit(e.has_factor_covariance);
            visit(e.has_specific);
        }
    };

    void prepare(estimate& e, const sizes& s) const {
        const auto k = static_cast<std::size_t>(factors);
        e.loadings.assign(s.assets * k, 0.0);
        e.factor_covariance.assign(k * k, 0.0);
        e.specific.assign(s.assets, 0.0);
        e.has_loadings = e.has_factor_covariance = e.has_specific = false;
        e.test.make_room(k);
    }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept {
        return e.test.size() == factors && e.loadings.size() == e.specific.size() * factors;
    }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        const std::size_t n = e.specific.size();
        if (!prepared(e)) return {fault_code::not_prepared, no_index, static_cast<double>(factors)};
        if (!covers(n)) return {fault_code::bad_parameter_count, no_index, static_cast<double>(n)};
        if (!m.loadings.empty() && m.loadings.size() != n * factors) return wrong_size(m.loadings);
        if (!m.specific.empty() && m.specific.size() != n) return wrong_size(m.specific);
        if (!m.factor_covariance.empty())
            if (const fault f = e.test(m.factor_covariance, fault_code::bad_factor_covariance)) return f;
        for (std::size_t i = 0; i < m.specific.size(); ++i)
            if (!(m.specific[i] >= 0.0) || !v0::detail::finite(m.specific[i]))
                return {fault_code::bad_risk, static_cast<std::uint32_t>(i), m.specific[i]};
        return check_variances(e, m);
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        for (std::size_t c = 0; c < m.loadings.size(); ++c) e.loadings[c] = m.loadings[c];
        for (std::size_t i = 0; i < m.specific.size(); ++i) e.specific[i] = m.specific[i];
        if (!m.factor_covariance.empty()) v0::detail::copy_passed(m.factor_covariance, e.test, e.factor_covariance.data());
        e.has_loadings = e.has_loadings || !m.loadings.empty();
        e.has_specific = e.has_specific || !m.specific.empty();
        e.has_factor_covariance = e.has_factor_covariance || !m.factor_covariance.empty();
        return {};
    }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::factor,
                .ready = e.specific.empty() || (e.has_loadings && e.has_factor_covariance && e.has_specific),
                .specific = e.specific,
                .loadings = e.loadings,
                .factor_covariance = e.factor_covariance};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return n == 0 || factors <= n; }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (factors < 1 || factors > 1024) return {"given_factors.factors", static_cast<double>(factors), "must be 1 to 1024 factors"};
        return {};
    }

private:
    [[nodiscard]] static fault wrong_size(const column<double>& c) noexcept {
        return {fault_code::size_mismatch, no_index, static_cast<double>(c.size())};
    }
    /// Exposures that are finite; and, with what is known of the rest, variances: dᵢ + (Σ|fᵢₐ|·√Ωₐₐ)² is no less.
    [[nodiscard]] fault check_variances(const estimate& e, const market_view& m) const noexcept {
        const std::size_t k = e.test.size();
        if (m.loadings.empty() && m.specific.empty() && m.factor_covariance.empty()) return {};
        for (std::size_t i = 0; i < e.specific.size(); ++i) {
            double most = 0.0;
            for (std::size_t a = 0; a < k; ++a) {
                const double f = m.loadings.empty() ? e.loadings[i * k + a] : m.loadings[i * k + a];
                if (!v0::detail::finite(f)) return {fault_code::bad_loading, static_cast<std::uint32_t>(i), f};
                const double v = m.factor_covariance.empty() ? e.factor_covariance[a * k + a] : m.factor_covariance[a * k + a];
                most += v0::detail::absolute(f) * __builtin_sqrt(v);
            }
            const double d = m.specific.empty() ? e.specific[i] : m.specific[i];
            if (!v0::detail::finite(most * most + d)) return {fault_code::bad_loading, static_cast<std::uint32_t>(i), most};
        }
        return {};
    }
};

}  // namespace ballast::inline v0::risk
