/// Exponentially weighted volatility.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "concept.hpp"
#include "detail/price_track.hpp"

namespace ballast::inline v0::risk {

/// Variance per year of each asset's log returns about zero, with weights that halve every `half_life` of elapsed time: after a return r
/// over Δ years
///   v ← δ·v + (1 − δ)·r²/Δ,  δ = 2^(−Δ/half_life)
/// which for equal intervals is RiskMetrics' estimator (J.P. Morgan and Reuters 1996, section 5.2) with λ = δ, per year. Divided by the sum
/// of the weights so far, so that it is unbiased from the first return on. O(n) per tick, with a logarithm an asset.
///
/// What teaches nothing, so that the next return spans the gap: a price that can not be used; a tick at or before the asset's last one;
/// and, where the market view has `as_of`, a quote that is not newer than the asset's last one, or later than the tick itself. So a stale
/// quote that is told as such is no calm market.
struct ewma {
    duration half_life = days(30);  ///< after which a return counts half
    std::uint64_t warm_up = 20;     ///< returns of every asset before the view is ready

    static constexpr const char* name = "ewma";
    static constexpr risk_need provides = risk_need::volatility;

    struct estimate {
        std::vector<double> variance{};        ///< per year, corrected for the start; 0 before the first return
        std::vector<double> weight{};          ///< sum of the weights so far, below 1
        std::vector<double> price{};           ///< last price; 0 before the first
        std::vector<timestamp> seen{};         ///< when it was quoted
        std::vector<std::uint64_t> returns{};  ///< how many so far
        std::uint64_t fewest = 0;              ///< returns of the asset that has seen the fewest

        void prepare(const sizes& s) {
            variance.assign(s.assets, 0.0);
            weight.assign(s.assets, 0.0);
            price.assign(s.assets, 0.0);
            seen.assign(s.assets, timestamp::never());
            returns.assign(s.assets, 0);
            fewest = 0;
        }
        /// The next return is from the last price in new units.
        void adjust(std::size_t asset, double factor) noexcept { price[asset] = v0::detail::adjusted_price(price[asset], factor); }
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.variance);
            visit(e.weight);
            visit(e.price);
            visit(e.seen);
            visit(e.returns);
            visit(e.fewest);
        }
    };

    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        const std::size_t n = e.price.size();
        if (m.price.size() != n) return {fault_code::size_mismatch, no_index, static_cast<double>(m.price.size())};
        if (!m.as_of.empty() && m.as_of.size() != n) return {fault_code::size_mismatch, no_index, static_cast<double>(m.as_of.size())};
        return {};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        const std::size_t n = e.price.size();
        step last{};
        std::uint64_t fewest = (std::numeric_limits<std::uint64_t>::max)();
        for (std::size_t i = 0; i < n; ++i) {
            const timestamp quoted = m.as_of.empty() ? m.now : m.as_of[i];
            if (quoted <= m.now) learn(e, i, m.price[i], quoted, last);
            fewest = e.returns[i] < fewest ? e.returns[i] : fewest;
        }
        e.fewest = n == 0 ? 0 : fewest;
        return {};
    }
    /// Ready once every asset has seen `warm_up` returns.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::diagonal, .ready = e.returns.empty() || e.fewest >= warm_up, .specific = e.variance};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (half_life.ns <= 0) return {"ewma.half_life", half_life.seconds(), "must be a time above 0 (seconds)"};
        if (warm_up == 0) return {"ewma.warm_up", 0.0, "must be 1 return or more: without any no volatility is known"};
        return {};
    }

private:
    /// Elapsed time and what follows from it: most assets of a tick share it.
    struct step {
        duration passed{};
        double years = 0.0;
        double decay = 0.0;  ///< δ
        double gain = 0.0;   ///< 1 − δ, above 0 however short the step
    };

    void learn(estimate& e, std::size_t i, double p, timestamp quoted, step& s) const noexcept {
        if (!v0::detail::is_price(p) || quoted <= e.seen[i]) return;
        if (e.price[i] > 0.0) {
            const duration passed = elapsed(e.seen[i], quoted);
            if (passed != s.passed) {
                const double lives = static_cast<double>(passed.ns) / static_cast<double>(half_life.ns);
                s = {passed, passed.years(), std::exp2(-lives), -std::expm1(-lives * 0.69314718055994530942)};
            }
            const double r = v0::detail::log_return(e.price[i], p);
            const double kept = s.decay * e.weight[i];
            e.weight[i] = kept + s.gain;
            e.variance[i] = (kept * e.variance[i] + s.gain * (r * r / s.years)) / e.weight[i];
            ++e.returns[i];
        }
        e.price[i] = p;
        e.seen[i] = quoted;
    }
};

}  // namespace ballast::inline v0::risk
