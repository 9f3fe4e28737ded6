/// What the host hands over for one call: the market, the account, the targets. Views only; nothing is copied or kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "column.hpp"
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
};

/// What can be traded and how. Columns are per asset; a column of one entry stands for all assets, an empty one for "no rule". They are read, and
/// checked, when a trigger fired.
struct instrument_view {
    column<decimal_step> step{};    ///< quantities sent are whole numbers of it; a zero step is continuous
    column<decimal_step> tick{};    ///< limit prices are whole numbers of it, rounded to the side that does not fill worse
    column<double> min_notional{};  ///< base currency; an order below it is not sent
    column<std::uint64_t> key{};    ///< breaks ties: of two assets that are equally good the smaller key goes first, then the smaller index
};

/// The same, owned: what a keeper keeps.
struct instruments {
    std::vector<decimal_step> step{};    ///< as in `instrument_view`
    std::vector<decimal_step> tick{};    ///< as in `instrument_view`
    std::vector<double> min_notional{};  ///< as in `instrument_view`
    std::vector<std::uint64_t> key{};    ///< as in `instrument_view`

    /// Good as long as this is neither changed nor gone.
    [[nodiscard]] instrument_view view() const noexcept { return {.step = step, .tick = tick, .min_notional = min_notional, .key = key}; }
};

/// The account: rows of holdings with cash, or weights with a portfolio value. Columns are per row. An account that holds nothing gives zeros, one for
/// each asset; in a universe without assets there is only the cash, or the value.
struct account_view {
    double cash = 0.0;                     ///< base currency; may be negative. With weights it is what they leave over, and stays 0 here
    column<double> quantity{};             ///< units held; negative: short
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

namespace detail {
/// Entry `i` of a column that may stand for all by one entry or for none.
template <class T>
[[nodiscard]] constexpr T rule(const column<T>& c, std::size_t i) noexcept {
    return c.empty() ? T{} : c[c.size() == 1 ? 0 : i];
}
}  // namespace detail

}  // namespace ballast::inline v0
