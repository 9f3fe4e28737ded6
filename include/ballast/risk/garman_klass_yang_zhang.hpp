/// Volatility from bars and the jumps between them.
#pragma once

#include <cstdint>

#include "concept.hpp"
#include "detail/bar_formulas.hpp"

namespace ballast::inline v0::risk {

/// Variance per year of each asset's last n bars, over the time T that they took, for prices that move without drift:
///   v = 1/T · Σ (ln Oᵢ/Cᵢ₋₁)² + ½ (ln Hᵢ/Lᵢ)² − (2 ln 2 − 1) (ln Cᵢ/Oᵢ)²
/// garman_klass with the opening jump, as Yang and Zhang (2000, Journal of Business 73, 477-491) extend it.
///
/// Gaps: the jump from the close before to the open counts, over a night, a weekend or a hole in the data, and brings its time along. A bar
/// in which nothing happened (high = low, at the close before) teaches nothing; the next one spans it.
///
/// Of each tick it reads `open`, `high`, `low` and the price, the close; a tick without these columns teaches nothing. O(1) per bar and asset
/// on average, O(n) for one bar in n.
struct garman_klass_yang_zhang {
    std::uint64_t bars = 20;  ///< n, the window

    static constexpr const char* name = "garman_klass_yang_zhang";
    static constexpr risk_need provides = risk_need::volatility;

    using estimate = v0::detail::bar_estimate<v0::detail::garman_klass_yang_zhang_formula>;  ///< what it knows

    void prepare(estimate& e, const sizes& s) const { e.make_room(s, bars); }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept { return e.has_room(bars); }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept { return e.check(m, bars); }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept { return e.observe(m, bars, {}); }
    /// Ready once every asset has had n bars after its first, flat or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept { return e.view(bars); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (bars == 0 || bars > v0::detail::most_bars)
            return {"garman_klass_yang_zhang.bars", static_cast<double>(bars), "must be 1 to 1048576 bars"};
        return {};
    }
};

}  // namespace ballast::inline v0::risk
