/// Exponentially weighted volatility.
#pragma once

#include <cmath>
#include <vector>

#include "concept.hpp"

namespace ballast::inline v0::risk {

/// Variance per year of each asset's log returns, with weights that halve every `half_life` of elapsed time: after a return r over Δ years
///   v ← δ·v + (1 − δ)·r²/Δ,  δ = 2^(−Δ/half_life)
/// which for equal intervals is RiskMetrics' estimator (J.P. Morgan 1996) with λ = δ. Divided by the sum of the weights so far, so that it is unbiased from the first return on. A
/// tick at or before an asset's last one teaches nothing, nor does a price that can not be used; the next return then spans the gap. O(n) per tick.
struct ewma {
    duration half_life = days(30);
    std::size_t warm_up = 20;  ///< returns before the view is ready

    static constexpr const char* name = "ewma";
    static constexpr risk_need provides = risk_need::volatility;

    struct estimate {
        std::vector<double> variance{};  ///< per year, corrected for the start
        std::vector<double> weight{};    ///< sum of the weights so far, below 1
        std::vector<double> price{};     ///< last price; 0 before the first
        std::vector<timestamp> seen{};   ///< when
        std::vector<std::uint64_t> returns{};
        std::uint64_t warm = 0;  ///< assets that have seen enough returns

        void prepare(const sizes& s) {
            variance.assign(s.assets, 0.0);
            weight.assign(s.assets, 0.0);
            price.assign(s.assets, 0.0);
            seen.assign(s.assets, timestamp::never());
            returns.assign(s.assets, 0);
            warm = 0;
        }
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.variance);
            visit(e.weight);
            visit(e.price);
            visit(e.seen);
            visit(e.returns);
            visit(e.warm);
        }
    };

    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (m.price.size() != e.price.size()) return {fault_code::size_mismatch, no_index, static_cast<double>(m.price.size())};
        double last_years = -1.0;
        double decay = 1.0;
        for (std::size_t i = 0; i < e.price.size(); ++i) {
            const double p = m.price[i];
            if (!(p > 0.0) || p - p != 0.0) continue;
            if (e.seen[i].happened()) {
                if (m.now <= e.seen[i]) continue;
                const double years = elapsed(e.seen[i], m.now).years();
                if (years != last_years) {
                    decay = std::exp2(-years / half_life.years());
                    last_years = years;
                }
                const double r = std::log(p / e.price[i]);
                const double total = decay * e.weight[i] + (1.0 - decay);
                e.variance[i] = (decay * e.weight[i] * e.variance[i] + (1.0 - decay) * (r * r / years)) / total;
                e.weight[i] = total;
                if (++e.returns[i] == warm_up) ++e.warm;
            }
            e.price[i] = p;
            e.seen[i] = m.now;
        }
        return {};
    }
    /// Ready once every asset has seen `warm_up` returns.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::diagonal, .ready = warm_up == 0 || e.warm == e.returns.size(), .specific = e.variance};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (half_life.ns <= 0) return {"ewma.half_life", static_cast<double>(half_life.ns) * 1e-9, "must be a time above 0 (seconds)"};
        return {};
    }
};

}  // namespace ballast::inline v0::risk
