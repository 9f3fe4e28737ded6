/// Sample volatility of the last returns.
#pragma once

#include <cstdint>

#include "concept.hpp"
#include "detail/bar_formulas.hpp"

namespace ballast::inline v0::risk {

/// Variance per year of each asset's last n log returns r about their mean, over the time T that they took:
///   v = n/T · Σ(rᵢ − r̄)²/(n − 1)
/// the sample variance per return times the returns per year. Without drift that is unbiased whatever the intervals; a drift μ per year adds
/// μ² times the intervals' variance over their mean, nothing where they are equal.
///
/// Gaps: a return over a night, a weekend or a hole in the data counts like any other and brings its time along. A price that is the same as
/// before teaches nothing (see risk/concept.hpp), so that n returns are n moves. O(1) per tick and asset on average, O(n) for one tick in n.
struct close_to_close {
    std::uint64_t returns = 20;  ///< n, the window

    static constexpr const char* name = "close_to_close";
    static constexpr risk_need provides = risk_need::volatility;

    using estimate = v0::detail::bar_estimate<v0::detail::close_to_close_formula>;  ///< what it knows

    void prepare(estimate& e, const sizes& s) const { e.make_room(s, returns); }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept { return e.has_room(returns); }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept { return e.check(m, returns); }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept { return e.observe(m, returns, {}); }
    /// Ready once every asset has had n prices after its first, moves or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept { return e.view(returns); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (returns < 2 || returns > v0::detail::most_bars)
            return {"close_to_close.returns", static_cast<double>(returns), "must be 2 to 1048576 returns: of one there is no mean"};
        return {};
    }
};

}  // namespace ballast::inline v0::risk
