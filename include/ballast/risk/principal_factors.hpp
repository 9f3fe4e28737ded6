/// Risk by the factors that explain most of what the assets do together.
#pragma once

#include <cstdint>
#include <vector>

#include "../numeric/symmetric_eigen.hpp"
#include "concept.hpp"
#include "detail/weighted_covariance.hpp"

namespace ballast::inline v0::risk {

/// Covariance per year Σ = FΩFᵀ + D by the k largest principal components of the correlation matrix C of risk::ewma_covariance: with its
/// eigenvalues λ₁ ≥ λ₂ ≥ ..., their vectors v and the volatilities σ,
///   Fᵢₐ = σᵢ·vₐᵢ,  Ω = diag(λ₁, ..., λₖ),  Dᵢ = σᵢ²·(1 − Σ λₐ·vₐᵢ²)
/// (Jolliffe 2002, Principal Component Analysis, section 2.3). Of correlations, so that a loud asset is no factor by itself. The variances
/// are those of risk::ewma_covariance when the factors were found; correlations beyond the first k factors are taken for noise. Positive
/// semidefinite by construction, with D at or above 0, and with an inverse where each asset has something of its own. The largest entry of
/// each vector is above zero.
///
/// The factors are found anew at the first row of returns after each `refresh`; in between the view stays. Missing quotes: as
/// risk::ewma_covariance. O(n²) per row, O(n³) where factors are found, about 9n³ multiplications; O(n) for a tick that waits.
struct principal_factors {
    std::uint64_t factors = 3;       ///< k; of fewer assets all
    duration half_life = days(120);  ///< after which a return counts half
    std::uint64_t warm_up = 60;      ///< rows in which every asset was quoted after its first, before the view is ready
    duration refresh = days(1);      ///< shortest time from finding factors to finding them anew; 0: at every row
    duration every{};                ///< shortest time from one row to the next
    duration patience = days(4);     ///< longest wait of a row for an asset without a quote; 0: each tick is a row

    static constexpr const char* name = "principal_factors";
    static constexpr risk_need provides = risk_need::covariance;

    struct estimate {
        v0::detail::weighted_covariance all{};    ///< what the factors are made of
        timestamp found = timestamp::never();     ///< when they were
        std::vector<double> loadings{};           ///< n × k
        std::vector<double> factor_covariance{};  ///< k × k
        std::vector<double> specific{};           ///< n

        // Scratch: no part of what is remembered.
        std::vector<double> vectors{};  ///< n × n
        std::vector<double> values{};   ///< n
        std::vector<double> work{};     ///< of `symmetric_eigen`

        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.all);
            visit(e.found);
            visit(e.loadings);
            visit(e.factor_covariance);
            visit(e.specific);
        }
        /// The next return is from the last price in new units.
        void adjust(std::size_t asset, double factor) noexcept { all.adjust(asset, factor); }
    };

    void prepare(estimate& e, const sizes& s) const {
        const std::size_t k = count(s.assets);
        e.all.prepare(s);
        e.found = timestamp::never();
        e.loadings.assign(s.assets * k, 0.0);
        e.factor_covariance.assign(k * k, 0.0);
        e.specific.assign(s.assets, 0.0);
        e.vectors.assign(s.assets * s.assets, 0.0);
        e.values.assign(s.assets, 0.0);
        e.work.assign(symmetric_eigen_room(s.assets), 0.0);
    }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept {
        const std::size_t k = count(e.specific.size());
        return e.all.variance.size() == e.specific.size() && e.factor_covariance.size() == k * k;
    }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        if (const fault f = v0::detail::check_prices(e.specific.size(), m)) return f;
        if (!prepared(e)) return {fault_code::not_prepared, no_index, static_cast<double>(m.price.size())};
        return {};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        if (!e.all.learn(m, half_life, every, patience) || e.all.rows.fewest < warm_up) return {};
        if (!e.found.happened() || elapsed(e.found, e.all.rows.taken) >= refresh) find(e);
        return {};
    }
    /// Ready once every asset was quoted for `warm_up` rows after its first, moved or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::factor,
                .ready = e.specific.empty() || e.found.happened(),
                .specific = e.specific,
                .loadings = e.loadings,
                .factor_covariance = e.factor_covariance};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (factors < 1) return {"principal_factors.factors", 0.0, "must be 1 factor or more"};
        if (half_life.ns <= 0) return {"principal_factors.half_life", half_life.seconds(), "must be a time above 0 (seconds)"};
        if (warm_up == 0) return {"principal_factors.warm_up", 0.0, "must be 1 row or more: without any nothing is known"};
        if (refresh.ns < 0) return {"principal_factors.refresh", refresh.seconds(), "must be a time at or above 0 (seconds)"};
        if (every.ns < 0) return {"principal_factors.every", every.seconds(), "must be a time at or above 0 (seconds)"};
        if (patience.ns < 0) return {"principal_factors.patience", patience.seconds(), "must be a time at or above 0 (seconds)"};
        return {};
    }

private:
    [[nodiscard]] std::size_t count(std::size_t n) const noexcept { return factors < n ? static_cast<std::size_t>(factors) : n; }

    void find(estimate& e) const noexcept {
        const std::size_t n = e.specific.size();
        const std::size_t k = count(n);
        for (std::size_t i = 0; i < n; ++i) e.work[i] = __builtin_sqrt(e.all.variance[i]);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                const double both = e.work[i] * e.work[j];
                e.vectors[i * n + j] = both > 0.0 ? (i == j ? 1.0 : e.all.dense[i * n + j] / both) : 0.0;
            }
        if (!symmetric_eigen(e.vectors, e.values, e.work)) return;
        e.found = e.all.rows.taken;
        for (std::size_t a = 0; a < k; ++a) {
            e.values[a] = e.values[a] > 0.0 ? e.values[a] : 0.0;
            for (std::size_t b = 0; b < k; ++b) e.factor_covariance[a * k + b] = a == b ? e.values[a] : 0.0;
        }
        for (std::size_t i = 0; i < n; ++i) {
            const double volatility = __builtin_sqrt(e.all.variance[i]);
            double own = 1.0;
            for (std::size_t a = 0; a < k; ++a) {
                const double v = e.vectors[a * n + i];
                e.loadings[i * k + a] = volatility * v;
                own -= e.values[a] * v * v;
            }
            // What is left of 1 by rounding is nothing.
            e.specific[i] = own > 1e-14 * static_cast<double>(n) ? e.all.variance[i] * own : 0.0;
        }
    }
};

}  // namespace ballast::inline v0::risk
