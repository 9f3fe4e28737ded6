/// Volatility from the highs and lows of bars.
#pragma once

#include <cstdint>

#include "concept.hpp"
#include "detail/bar_formulas.hpp"

namespace ballast::inline v0::risk {

/// Variance per year of each asset's last n bars, over the time T that they took, for prices that move without drift:
///   v = 1/T · Σ (ln Hᵢ/Lᵢ)² / (4 ln 2)
/// (Parkinson 1980, Journal of Business 53, 61-65). As exact as close_to_close with five times as many bars, where prices move without jumps;
/// with few trades in a bar the true high and low are not seen, and it is too low.
///
/// Gaps: it sees nothing of what happens between bars, so that nights and weekends count as time without a move: it is the volatility of
/// the open hours, spread over the year. After a hole longer than `longest_gap` a bar teaches nothing but where the next one begins (so
/// that bars of a week need a longer one, without which it never gets ready), and a bar in which nothing happened (high = low, at the close
/// before) is left out with its time: neither stale quotes nor missing bars make the market look calm. Nor do bars of one price: they teach
/// nothing, and a feed of closes alone never gets it ready. Where a market trades so thinly that bars are flat because nothing happened,
/// that is too high.
///
/// Of each tick it reads `high`, `low` and the price, the close; a tick without these columns teaches nothing. O(1) per bar and asset on
/// average, O(n) for one bar in n.
struct parkinson {
    std::uint64_t bars = 20;         ///< n, the window
    duration longest_gap = days(5);  ///< between bars; after a longer one some are missing

    static constexpr const char* name = "parkinson";
    static constexpr risk_need provides = risk_need::volatility;

    using estimate = v0::detail::bar_estimate<v0::detail::parkinson_formula>;  ///< what it knows

    void prepare(estimate& e, const sizes& s) const { e.make_room(s, bars); }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept { return e.has_room(bars); }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept { return e.check(m, bars); }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept { return e.observe(m, bars, longest_gap); }
    /// Ready once every asset has had n bars after its first, flat or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept { return e.view(bars); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (bars == 0 || bars > v0::detail::most_bars) return {"parkinson.bars", static_cast<double>(bars), "must be 1 to 1048576 bars"};
        if (longest_gap.ns <= 0) return {"parkinson.longest_gap", longest_gap.seconds(), "must be a time above 0 (seconds)"};
        return {};
    }
};

}  // namespace ballast::inline v0::risk
