/// What can be traded and how: steps, sizes of orders and positions, what is forbidden.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "column.hpp"
#include "fault.hpp"
#include "step.hpp"

namespace ballast::inline v0 {

/// What may not be done with an asset.
enum class restriction : std::uint8_t {
    none,
    no_buy,      ///< it may be sold
    no_sell,     ///< it may be bought
    close_only,  ///< its position may become smaller, down to nothing
    frozen,      ///< it stays as it is
};

[[nodiscard]] constexpr const char* to_string(restriction r) noexcept {
    switch (r) {
        case restriction::none: return "none";
        case restriction::no_buy: return "no buying";
        case restriction::no_sell: return "no selling";
        case restriction::close_only: return "close only";
        case restriction::frozen: return "frozen";
    }
    return "unknown";
}

/// How a trade that turns a position around, from long to short or back, is sent.
enum class zero_crossing : std::uint8_t {
    one_order,    ///< as it is
    close_first,  ///< by two orders, as the venue takes none through zero: one that closes the position, then one that opens the other side
};

[[nodiscard]] constexpr const char* to_string(zero_crossing c) noexcept {
    switch (c) {
        case zero_crossing::one_order: return "one order";
        case zero_crossing::close_first: return "close first";
    }
    return "unknown";
}

/// How small and how large one order may be. Columns are per asset; a column of one entry stands for all assets, an empty one for "no rule". Each at or
/// above 0; a maximum may be infinite. An order below a minimum is not sent; what is above a maximum is left to the next call.
struct order_size_view {
    /// Units, in the asset's contracts where it has a multiplier.
    /// @{
    column<double> min_quantity{};
    column<double> max_quantity{};
    /// @}
    /// Base currency.
    /// @{
    column<double> min_notional{};
    column<double> max_notional{};
    /// @}

    /// Whether there is no rule at all.
    [[nodiscard]] constexpr bool empty() const noexcept {
        return min_quantity.empty() && max_quantity.empty() && min_notional.empty() && max_notional.empty();
    }
};

/// Where a fee asset is asked for: the asset that the order is of. A buy brings less, a sale takes more from what is held.
inline constexpr std::uint32_t own_asset = no_index - 1;

/// What the fees of an asset's orders are paid in: the index of an asset that is held, `own_asset`, or `no_index` for the base currency. Costs stay
/// amounts of base currency; what they come to in the fee asset is reckoned at its price. One entry for all, one per asset, or none: base currency.
struct fee_asset_view {
    /// Of buys, and of sales.
    /// @{
    column<std::uint32_t> buy{}, sell{};
    /// @}

    /// Whether all fees are paid in the base currency.
    [[nodiscard]] constexpr bool empty() const noexcept { return buy.empty() && sell.empty(); }
};

/// What can be traded and how. Columns are per asset; a column of one entry stands for all assets, an empty one for "no rule". Most are read, and
/// checked, when a trigger fired; multipliers always, as values depend on them.
struct instrument_view {
    column<decimal_step> step{};    ///< quantities sent are whole numbers of it; a zero step is continuous
    column<decimal_step> tick{};    ///< limit prices are whole numbers of it, rounded to the side that does not fill worse
    column<double> multiplier{};    ///< units of the priced thing in one unit of quantity (a contract), above 0; 1 where there is none
    column<double> min_notional{};  ///< base currency; an order below it is not sent
    column<double> max_notional{};  ///< base currency per asset and call; the rest is left to the next one
    column<double> min_quantity{};  ///< units; an order below it is not sent
    column<double> max_quantity{};  ///< units per asset and call; the rest is left to the next one
    order_size_view buy{};          ///< what counts for buys besides
    order_size_view sell{};         ///< what counts for sales besides
    column<double> min_position{};  ///< units; a trade leaves nothing or as much as that, long or short
    column<double> max_position{};  ///< units, long or short; above it nothing is added, what is there already stays
    column<double> max_short{};     ///< units that can be borrowed: no sale leads further below zero
    column<v0::restriction> restriction{};  ///< what may not be done
    fee_asset_view fee_asset{};             ///< what fees are paid in
    column<decimal_step>
        fee_step{};  ///< fees that are paid in this asset are rounded up to whole numbers of it; holdings in steps: to its step
    column<zero_crossing> crossing{};  ///< how a position is turned around; where an asset lies in several rows, that of one row
    /// Initial margin: the share of a long, and of a short, position that the account's value has to cover.
    /// @{
    column<double> margin_long{};
    column<double> margin_short{};
    /// @}
    column<std::uint64_t> key{};  ///< breaks ties: of two assets that are equally good the smaller key goes first, then the smaller index
};

/// Order sizes, owned.
struct order_sizes {
    /// As in `order_size_view`.
    /// @{
    std::vector<double> min_quantity{}, max_quantity{}, min_notional{}, max_notional{};
    /// @}

    /// Good as long as this is neither changed nor gone.
    [[nodiscard]] order_size_view view() const noexcept {
        return {.min_quantity = min_quantity, .max_quantity = max_quantity, .min_notional = min_notional, .max_notional = max_notional};
    }
};

/// Fee assets, owned.
struct fee_assets {
    /// As in `fee_asset_view`.
    /// @{
    std::vector<std::uint32_t> buy{}, sell{};
    /// @}

    /// Good as long as this is neither changed nor gone.
    [[nodiscard]] fee_asset_view view() const noexcept { return {.buy = buy, .sell = sell}; }
};

/// The same as `instrument_view`, owned: what a keeper keeps.
struct instruments {
    /// As in `instrument_view`.
    /// @{
    std::vector<decimal_step> step{}, tick{};
    std::vector<double> multiplier{};
    std::vector<double> min_notional{}, max_notional{}, min_quantity{}, max_quantity{};
    order_sizes buy{}, sell{};
    std::vector<double> min_position{}, max_position{}, max_short{};
    std::vector<v0::restriction> restriction{};
    fee_assets fee_asset{};
    std::vector<decimal_step> fee_step{};
    std::vector<zero_crossing> crossing{};
    std::vector<double> margin_long{}, margin_short{};
    std::vector<std::uint64_t> key{};
    /// @}

    /// Good as long as this is neither changed nor gone.
    [[nodiscard]] instrument_view view() const noexcept {
        return {.step = step,
                .tick = tick,
                .multiplier = multiplier,
                .min_notional = min_notional,
                .max_notional = max_notional,
                .min_quantity = min_quantity,
                .max_quantity = max_quantity,
                .buy = buy.view(),
                .sell = sell.view(),
                .min_position = min_position,
                .max_position = max_position,
                .max_short = max_short,
                .restriction = restriction,
                .fee_asset = fee_asset.view(),
                .fee_step = fee_step,
                .crossing = crossing,
                .margin_long = margin_long,
                .margin_short = margin_short,
                .key = key};
    }
};

namespace detail {
/// Entry `i` of a column that may stand for all by one entry or for none.
template <class T>
[[nodiscard]] constexpr T rule(const column<T>& c, std::size_t i) noexcept {
    return c.empty() ? T{} : c[c.size() == 1 ? 0 : i];
}
}  // namespace detail

}  // namespace ballast::inline v0
