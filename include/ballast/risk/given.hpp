/// Volatilities that the host knows better.
#pragma once

#include <limits>
#include <vector>

#include "concept.hpp"

namespace ballast::inline v0::risk {

/// Passes `market_view::volatility` through, as of the newest tick that had it; not ready before one did. One number for every asset: a
/// column of another size, or a volatility that is negative or whose square is not finite, is a fault that changes nothing.
struct given {
    static constexpr const char* name = "given";
    static constexpr risk_need provides = risk_need::volatility;

    struct estimate {
        std::vector<double> variance{};  ///< per year
        bool ready = false;              ///< whether there are volatilities

        void prepare(const sizes& s) {
            variance.assign(s.assets, 0.0);
            ready = false;
        }
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.variance);
            visit(e.ready);
        }
    };

    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        if (m.volatility.empty()) return {};
        if (m.volatility.size() != e.variance.size())
            return {fault_code::size_mismatch, no_index, static_cast<double>(m.volatility.size())};
        for (std::size_t i = 0; i < m.volatility.size(); ++i) {
            const double v = m.volatility[i];
            if (!(v >= 0.0) || !(v * v < std::numeric_limits<double>::infinity()))
                return {fault_code::bad_risk, static_cast<std::uint32_t>(i), v};
        }
        return {};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        if (m.volatility.empty()) return {};
        for (std::size_t i = 0; i < m.volatility.size(); ++i) e.variance[i] = m.volatility[i] * m.volatility[i];
        e.ready = true;
        return {};
    }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::diagonal, .ready = e.ready, .specific = e.variance};
    }
};

}  // namespace ballast::inline v0::risk
