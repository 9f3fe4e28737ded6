/// Regimes that the host knows better.
#pragma once

#include <cstddef>
#include <vector>

#include "concept.hpp"

namespace ballast::inline v0::risk {

/// Passes `market_view::regime` through, as of the newest tick that had it: how likely each of `count` regimes of the market is, by whatever
/// model the host has. Not ready before one did. A column of another size, or chances that are no numbers from 0 to 1 or do not add up to 1
/// within 1e-6, are a fault that changes nothing. They are divided by their sum. It knows nothing of volatilities. O(count).
struct given_regimes {
    std::size_t count = 2;  ///< how many regimes there are, from 1 to 64

    static constexpr const char* name = "given_regimes";
    static constexpr risk_need provides = risk_need::regimes;

    struct estimate {
        std::vector<double> probability{};  ///< of each regime
        bool ready = false;                 ///< whether there are any

        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.probability);
            visit(e.ready);
        }
    };

    void prepare(estimate& e, const sizes&) const {
        e.probability.assign(count, 0.0);
        e.ready = false;
    }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept { return e.probability.size() == count; }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        if (!prepared(e)) return {fault_code::not_prepared, no_index, static_cast<double>(count)};
        if (m.regime.empty()) return {};
        if (m.regime.size() != count) return {fault_code::size_mismatch, no_index, static_cast<double>(m.regime.size())};
        double sum = 0.0;
        for (std::size_t r = 0; r < count; ++r) {
            if (!(m.regime[r] >= 0.0 && m.regime[r] <= 1.0)) return {fault_code::bad_regime, static_cast<std::uint32_t>(r), m.regime[r]};
            sum += m.regime[r];
        }
        if (!(sum >= 1.0 - 1e-6 && sum <= 1.0 + 1e-6)) return {fault_code::bad_regime, no_index, sum};
        return {};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        if (m.regime.empty()) return {};
        double sum = 0.0;
        for (std::size_t r = 0; r < count; ++r) sum += m.regime[r];
        for (std::size_t r = 0; r < count; ++r) e.probability[r] = m.regime[r] / sum;
        e.ready = true;
        return {};
    }
    /// Empty.
    [[nodiscard]] risk_view view(const estimate&) const noexcept { return {}; }
    /// The chances of the last tick that had some.
    [[nodiscard]] regime_view regimes(const estimate& e) const noexcept {
        return {.ready = e.ready, .regimes = count, .probability = e.probability};
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (count < 1 || count > 64) return {"given_regimes.count", static_cast<double>(count), "must be from 1 to 64 regimes"};
        return {};
    }
};

}  // namespace ballast::inline v0::risk
