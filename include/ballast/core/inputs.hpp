/// What the host hands over for one call: the market, the account, the targets. Views only; nothing is copied or kept.
#pragma once

#include <cstddef>
#include <cstdint>

#include "column.hpp"
#include "fault.hpp"
#include "instruments.hpp"
#include "step.hpp"
#include "timestamp.hpp"

namespace ballast::inline v0 {

/// Sizes for which states, workspaces and decisions are prepared.
struct sizes {
    std::size_t assets = 0;        ///< how many
    std::size_t rows = 0;          ///< 0: as many as assets
    std::size_t open = 0;          ///< open orders; 0: as many as rows
    std::size_t signal_count = 0;  ///< numbers of the host's that a keeper has to remember (`market_view::signal`)
    /// Risk views may be dense: room for n² numbers where a policy works with such a matrix. A rebalancer sees by itself which of the estimators that
    /// it has tell covariances of all pairs; it is for those that do so only later on.
    bool dense_risk = false;

    /// Rows; without a number of their own, one per asset.
    [[nodiscard]] constexpr std::size_t row_count() const noexcept { return rows == 0 ? assets : rows; }
    /// Open orders; without a number of their own, one per row.
    [[nodiscard]] constexpr std::size_t open_count() const noexcept { return open == 0 ? row_count() : open; }
};

/// One tick of the market. Columns are per asset unless said otherwise. A tick may end a bar: with `open`, `high` and `low` the price is the
/// bar's close, and `now` (or `as_of`) the time of that close.
struct market_view {
    timestamp now{};              ///< when the prices are from
    column<double> price{};       ///< base currency per unit, above zero
    column<double> open{};        ///< first price of the bar; optional, read by the range estimators of risk/, as the next two are
    column<double> high{};        ///< highest price of the bar
    column<double> low{};         ///< lowest price of the bar
    column<timestamp> as_of{};    ///< when each price was quoted; optional, read by `guard::stale_price`
    column<double> volatility{};  ///< per year; optional, read by `risk::given`
    column<double> regime{};      ///< how likely each regime of the market is; optional, read by `risk::given_regimes`
    column<double> volume{};      ///< units traded per day; optional, read by `guard::participation`
    column<double> factor{};      ///< not per asset: series from outside whose differences `risk::factor_model` reads; optional
    column<double> loadings{};  ///< exposures to factors, n × k, asset by asset; optional, read by `risk::given_factors`, with the next two
    column<double> factor_covariance{};  ///< not per asset: of the factors' returns per year, k × k, row by row
    column<double> specific{};           ///< variance per year that no factor explains
    column<double> covariance{};  ///< of the assets' returns per year, n × n, row by row; optional, read by `risk::given_covariance`
    column<double> signal{};      ///< not per asset: any numbers that the host wants acted on, by their order; read by `trigger::signal`
};

/// An order that was sent and is not filled yet, as the host knows it: what is left of it. A decision's order carries the same row, asset
/// and steps.
struct open_order {
    std::uint32_t asset = no_index;  ///< which one
    std::uint32_t row = no_index;    ///< of the holdings; `no_index` where row i is asset i, or where the asset has none yet
    double quantity = 0.0;           ///< units still to be filled; a buy is positive
    int128 steps = 0;                ///< the same in whole steps; read where holdings are counted
    double limit_price = 0.0;        ///< as quoted; 0: it fills at the reference price
    double cost = 0.0;               ///< fees that it will still cost, base currency
};

/// The account: rows of holdings with cash, in units or in whole steps, or weights with a portfolio value. Columns are per row. An account
/// that holds nothing gives zeros, one for each asset; in a universe without assets there is only the cash, or the value.
struct account_view {
    double cash = 0.0;          ///< base currency; may be negative. With weights it is what they leave over, and stays 0 here
    column<double> quantity{};  ///< units held; negative: short
    column<int128> steps{};     ///< the same in whole steps of the instruments' steps: exact for any number of them
    column<double> weight{};    ///< the other way in: position / portfolio value
    double value = 0.0;         ///< portfolio value that goes with `weight`, above zero; otherwise not looked at
    double unsettled = 0.0;     ///< of the cash: what has not settled yet, at or above 0 (see `mandate::proceeds`)
    double flow = 0.0;          ///< base currency on top of the cash: paid in (above 0), or to be paid out once the orders are filled
    double trailing_volume =
        0.0;                    ///< base currency traded over its venue's window (30 days, mostly), at or above 0; read by `cost::tiered`
    column<open_order> open{};  ///< orders that are on their way; not beside weights
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
