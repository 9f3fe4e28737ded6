/// Volatility from the open, high, low and close of bars, whatever the drift.
#pragma once

#include <cstdint>

#include "concept.hpp"
#include "detail/bar_formulas.hpp"

namespace ballast::inline v0::risk {

/// Variance per year of each asset's last n bars, over the time T that they took:
///   v = 1/T · Σ ln Hᵢ/Cᵢ · ln Hᵢ/Oᵢ + ln Lᵢ/Cᵢ · ln Lᵢ/Oᵢ
/// (Rogers and Satchell 1991, Annals of Applied Probability 1, 504-512): unbiased whatever the drift, about as exact as close_to_close with six
/// times as many bars. A bar that opens at one end and closes at the other counts nothing.
///
/// Gaps: it sees nothing of what happens between bars, so that nights and weekends count as time without a move: it is the volatility of
/// the open hours, spread over the year. After a hole longer than `longest_gap` a bar teaches nothing but where the next one begins (so
/// that bars of a week need a longer one, without which it never gets ready), and a bar in which nothing happened (high = low, at the close
/// before) is left out with its time: neither stale quotes nor missing bars make the market look calm. Nor do bars of one price: they teach
/// nothing, and a feed of closes alone never gets it ready. Where a market trades so thinly that bars are flat because nothing happened,
/// that is too high.
///
/// Of each tick it reads `open`, `high`, `low` and the price, the close; a tick without these columns teaches nothing. O(1) per bar and asset
/// on average, O(n) for one bar in n.
struct rogers_satchell {
    std::uint64_t bars = 20;         ///< n, the window
    duration longest_gap = days(5);  ///< between bars; after a longer one some are missing

    static constexpr const char* name = "rogers_satchell";
    static constexpr risk_need provides = risk_need::volatility;

    using estimate = v0::detail::bar_estimate<v0::detail::rogers_satchell_formula>;  ///< what it knows

    void prepare(estimate& e, const sizes& s) const { e.make_room(s, bars); }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept { return e.has_room(bars); }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept { return e.check(m, bars); }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept { return e.observe(m, bars, longest_gap); }
    /// Ready once every asset has had n bars after its first, flat or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept { return e.view(bars); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (bars == 0 || bars > v0::detail::most_bars)
            return {"rogers_satchell.bars", static_cast<double>(bars), "must be 1 to 1048576 bars"};
        if (longest_gap.ns <= 0) return {"rogers_satchell.longest_gap", longest_gap.seconds(), "must be a time above 0 (seconds)"};
        return {};
    }
};

}  // namespace ballast::inline v0::risk
