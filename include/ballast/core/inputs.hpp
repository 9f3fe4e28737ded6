/// What the host hands over for one call: the market, the account, the targets. Views only; nothing is copied or kept.
#pragma once

#include <cstddef>
#include <cstdint>

#include "column.hpp"
#include "instruments.hpp"
#include "step.hpp"
#include "timestamp.hpp"

namespace ballast::inline v0 {

/// Sizes for which states, workspaces and decisions are prepared.
struct sizes {
    std::size_t assets = 0;  ///< how many
    std::size_t rows = 0;    ///< 0: as many as assets

    /// Rows; without a number of their own, one per asset.
    [[nodiscard]] constexpr std::size_t row_count() const noexcept { return rows == 0 ? assets : rows; }
};

/// One tick of the market. Columns are per asset.
struct market_view {
    timestamp now{};              ///< when the prices are from
    column<double> price{};       ///< base currency per unit, above zero
    column<timestamp> as_of{};    ///< when each price was quoted; optional, read by `guard::stale_price`
    column<double> volatility{};  ///< per year; optional, read by `risk::given`
    column<double> volume{};      ///< units traded per day; optional, read by `guard::participation`
};

/// The account: rows of holdings with cash, in units or in whole steps, or weights with a portfolio value. Columns are per row. An account that holds nothing gives zeros, one for
/// each asset; in a universe without assets there is only the cash, or the value.
struct account_view {
    double cash = 0.0;                     ///< base currency; may be negative. With weights it is what they leave over, and stays 0 here
    column<double> quantity{};             ///< units held; negative: short
    column<int128> steps{};                ///< the same in whole steps of the instruments' steps: exact for any number of them
    column<double> weight{};               ///< the other way in: position / portfolio value
    double value = 0.0;                    ///< portfolio value that goes with `weight`, above zero; otherwise not looked at
    column<std::uint32_t> asset_of_row{};  ///< optional: which asset each row holds; empty: row i is asset i
    column<std::uint32_t> place_of_row{};  ///< optional: where it is; handed through to the orders
};

/// Everything that `propose` looks at.
struct inputs {
    market_view market{};           ///< prices
    account_view account{};         ///< what is held
    column<double> target{};        ///< wanted weight per asset; empty where a target policy makes them
    instrument_view instruments{};  ///< how it may be traded
};

}  // namespace ballast::inline v0
