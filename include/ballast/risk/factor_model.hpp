/// Risk by factors that the host feeds: exposures by regression.
#pragma once

#include <cstdint>
#include <vector>

#include "concept.hpp"
#include "detail/weighted_covariance.hpp"

namespace ballast::inline v0::risk {

/// Covariance per year Σ = FΩFᵀ + D by outside series f, which the host passes with the ticks in `market_view::factor`: F the exposures
/// (betas) of the assets' log returns to the moves of all series together, by least squares, Ω the covariance of the moves, D what is left
/// of each variance. All from second moments about zero with weights that halve every `half_life`, as in risk::ewma_covariance:
///   F = Σ_af Σ_ff⁻¹,  Ω = Σ_ff,  D = diag(Σ_aa − FΩFᵀ)
/// The variances are those of risk::ewma_covariance. Positive semidefinite by construction, with D at or above 0.
///
/// A move is the difference of two numbers of a series: of an index or a price feed the logarithm, of an interest rate the rate. Any unit:
/// FΩFᵀ does not depend on it, F is per unit. An asset of the market is a factor like any other where its log price is fed. A number that
/// is missing at a tick is NaN (a tick without a column: none at all); a series that is repeated while it has no news is passed so, not as
/// the number before. Rows are taken as by risk::ewma_covariance, with series awaited like assets: with `patience` above the time between
/// two numbers of the slowest series each row has them all. A series that does not move, or of whose variance those before it leave less
/// than a millionth, has exposures of 0.
///
/// `beta` and `correlation` tell of a single series. No more series than assets. O(n·k² + k³) per row, O(n + k) for a tick that waits.
struct factor_model {
    std::uint64_t series = 1;       ///< k
    duration half_life = days(60);  ///< after which a return counts half
    std::uint64_t warm_up = 20;     ///< rows in which every asset and series had a number after its first, before the view is ready
    duration every{};               ///< shortest time from one row to the next
    duration patience = days(4);    ///< longest wait of a row for an asset or series without a number; 0: each tick is a row

    static constexpr const char* name = "factor_model";
    static constexpr risk_need provides = risk_need::covariance;

    struct estimate {
        v0::detail::return_rows rows{};           ///< of the assets, then the series
        v0::detail::fading_weights weights{};     ///< of both
        std::vector<double> variance{};           ///< per asset and year
        std::vector<double> cross{};              ///< n × k: covariances of assets and series
        std::vector<double> factor_covariance{};  ///< k × k
        std::vector<double> loadings{};           ///< n × k
        std::vector<double> specific{};           ///< n

        // Scratch: no part of what is remembered.
        std::vector<double> root{};  ///< k × k: LLᵀ = Ω
        std::vector<double> part{};  ///< k

        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.rows);
            visit(e.weights);
            visit(e.variance);
            visit(e.cross);
            visit(e.factor_covariance);
            visit(e.loadings);
            visit(e.specific);
        }
        /// The next return is from the last price in new units.
        void adjust(std::size_t asset, double factor) noexcept { rows.adjust(asset, factor); }
    };

    void prepare(estimate& e, const sizes& s) const {
        const auto k = static_cast<std::size_t>(series);
        e.rows.make_room(s.assets + k);
        e.weights.make_room(s.assets + k);
        for (auto* v : {&e.variance, &e.specific}) v->assign(s.assets, 0.0);
        for (auto* v : {&e.cross, &e.loadings}) v->assign(s.assets * k, 0.0);
        for (auto* v : {&e.factor_covariance, &e.root}) v->assign(k * k, 0.0);
        e.part.assign(k, 0.0);
    }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept {
        return e.part.size() == series && e.rows.size() == e.variance.size() + series;
    }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        if (const fault f = v0::detail::check_prices(e.variance.size(), m)) return f;
        if (!prepared(e)) return {fault_code::not_prepared, no_index, static_cast<double>(m.price.size())};
        if (!m.factor.empty() && m.factor.size() != series)
            return {fault_code::size_mismatch, no_index, static_cast<double>(m.factor.size())};
        if (!covers(m.price.size())) return {fault_code::bad_parameter_count, no_index, static_cast<double>(m.price.size())};
        return {};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        const std::size_t n = e.variance.size();
        const auto k = static_cast<std::size_t>(series);
        if (!e.rows.take(m, n, every, patience)) return {};
        auto& w = e.weights;
        w.weigh(e.rows, half_life);
        for (std::size_t i = 0; i < n; ++i) e.variance[i] = w.keep[i] * w.keep[i] * e.variance[i] + w.news[i] * w.news[i];
        const double* keep = w.keep.data();
        const double* news = w.news.data();
        v0::detail::fade_and_add(e.cross.data(), n, k, keep, news, keep + n, news + n);
        v0::detail::fade_and_add(e.factor_covariance.data(), k, k, keep + n, news + n, keep + n, news + n);
        regress(e);
        return {};
    }
    /// Ready once every asset and series had a number in `warm_up` rows after its first, moved or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::factor,
                .ready = e.variance.empty() || e.rows.fewest >= warm_up,
                .specific = e.specific,
                .loadings = e.loadings,
                .factor_covariance = e.factor_covariance};
    }
    /// By how much the asset's log return is expected to move with a move of 1 of the series, whatever the other series do; 0 where it does
    /// not move.
    [[nodiscard]] double beta(const estimate& e, std::size_t asset, std::size_t of_series) const noexcept {
        const auto k = static_cast<std::size_t>(series);
        const double v = e.factor_covariance[of_series * k + of_series];
        return v > 0.0 ? e.cross[asset * k + of_series] / v : 0.0;
    }
    /// Correlation of the asset with the series, within [-1, 1]; 0 where one of them does not move.
    [[nodiscard]] double correlation(const estimate& e, std::size_t asset, std::size_t of_series) const noexcept {
        const auto k = static_cast<std::size_t>(series);
        const double v = e.factor_covariance[of_series * k + of_series];
        if (!(v > 0.0) || !(e.variance[asset] > 0.0)) return 0.0;
        const double c = e.cross[asset * k + of_series] / (__builtin_sqrt(v) * __builtin_sqrt(e.variance[asset]));
        return c > 1.0 ? 1.0 : (c < -1.0 ? -1.0 : c);
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return n == 0 || series <= n; }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (series < 1 || series > 1024) return {"factor_model.series", static_cast<double>(series), "must be 1 to 1024 series"};
        if (half_life.ns <= 0) return {"factor_model.half_life", half_life.seconds(), "must be a time above 0 (seconds)"};
        if (warm_up == 0) return {"factor_model.warm_up", 0.0, "must be 1 row or more: without any nothing is known"};
        if (every.ns < 0) return {"factor_model.every", every.seconds(), "must be a time at or above 0 (seconds)"};
        if (patience.ns < 0) return {"factor_model.patience", patience.seconds(), "must be a time at or above 0 (seconds)"};
        return {};
    }

private:
    /// Ω = LLᵀ; the column of a series that can nearly be made of those before it is 0: exposures to it would be rounding.
    void factorise(estimate& e) const noexcept {
        const auto k = static_cast<std::size_t>(series);
        for (std::size_t a = 0; a < k; ++a)
            for (std::size_t b = a; b < k; ++b) {
                double left = e.factor_covariance[b * k + a];
                for (std::size_t c = 0; c < a; ++c) left -= e.root[b * k + c] * e.root[a * k + c];
                if (b == a)
                    e.root[a * k + a] = left > 1e-6 * e.factor_covariance[a * k + a] ? __builtin_sqrt(left) : 0.0;
                else
                    e.root[b * k + a] = e.root[a * k + a] > 0.0 ? left / e.root[a * k + a] : 0.0;
            }
    }
    void regress(estimate& e) const noexcept {
        factorise(e);
        const auto k = static_cast<std::size_t>(series);
        const auto solved = [&](double x, std::size_t a) { return e.root[a * k + a] > 0.0 ? x / e.root[a * k + a] : 0.0; };
        for (std::size_t i = 0; i < e.variance.size(); ++i) {
            double left = e.variance[i];
            for (std::size_t a = 0; a < k; ++a) {
                double x = e.cross[i * k + a];
                for (std::size_t c = 0; c < a; ++c) x -= e.root[a * k + c] * e.part[c];
                e.part[a] = solved(x, a);
                left -= e.part[a] * e.part[a];
            }
            for (std::size_t a = k; a-- > 0;) {
                double x = e.part[a];
                for (std::size_t c = a + 1; c < k; ++c) x -= e.root[c * k + a] * e.loadings[i * k + c];
                e.loadings[i * k + a] = solved(x, a);
            }
            e.specific[i] = left > 0.0 ? left : 0.0;
        }
    }
};

}  // namespace ballast::inline v0::risk
