/// Why each asset was traded as it was, or not.
#pragma once

#include <cstdint>

#include "fault.hpp"

namespace ballast::inline v0 {

/// What decided the size of an asset's trade. The first two groups were traded, the last was not.
enum class why : std::uint8_t {
    // traded as wished
    full,           ///< to its target, or to where the solver wanted it
    exposure_kept,  ///< inside its band, but moved so that the book is neither over- nor under-invested
    // traded, but short of the wish
    cut_to_step,         ///< rounded to whole steps, toward no trade
    cut_by_cash,         ///< the cash above the reserve did not reach
    cut_by_turnover,     ///< the turnover limit
    cut_by_trade_limit,  ///< the limit on one asset's trade
    cut_by_holding,      ///< no more was held than was sold
    cut_by_bounds,       ///< a bound on the position
    cut_for_balance,     ///< others could not move, so that this one must move less
    // not traded
    trigger_quiet,   ///< no trigger fired
    inside_band,     ///< a trigger fired, but this asset is inside its band
    below_step,      ///< less than one step
    below_minimum,   ///< below the minimum notional
    not_worth_cost,  ///< the trade would cost as much as it moves
    frozen_price,    ///< its price can not be used
    frozen_stale,    ///< its price is too old
    no_cash,         ///< no cash above the reserve
    held_back,       ///< a guard held the whole proposal back
};

[[nodiscard]] constexpr const char* to_string(why w) noexcept {
    switch (w) {
        case why::full: return "traded in full";
        case why::exposure_kept: return "moved to keep the exposure";
        case why::cut_to_step: return "rounded to whole steps";
        case why::cut_by_cash: return "cut: not enough cash";
        case why::cut_by_turnover: return "cut by the turnover limit";
        case why::cut_by_trade_limit: return "cut by the trade limit";
        case why::cut_by_holding: return "cut: no more is held";
        case why::cut_by_bounds: return "cut by a bound on the position";
        case why::cut_for_balance: return "cut: others could not move";
        case why::trigger_quiet: return "no trigger fired";
        case why::inside_band: return "inside its band";
        case why::below_step: return "less than one step";
        case why::below_minimum: return "below the minimum notional";
        case why::not_worth_cost: return "would cost as much as it moves";
        case why::frozen_price: return "frozen: its price can not be used";
        case why::frozen_stale: return "frozen: its price is too old";
        case why::no_cash: return "no cash above the reserve";
        case why::held_back: return "held back by a guard";
    }
    return "unknown";
}

[[nodiscard]] constexpr bool traded(why w) noexcept { return w < why::trigger_quiet; }

/// True for reasons after which the next call may find something left to do at the same prices.
[[nodiscard]] constexpr bool more_to_do(why w) noexcept {
    return w == why::cut_by_cash || w == why::cut_by_turnover || w == why::cut_by_trade_limit || w == why::cut_for_balance ||
           w == why::no_cash || w == why::held_back;
}

/// The reason of one asset. Amounts in base currency, buys positive.
struct reason {
    std::uint32_t asset = no_index;
    why code = why::full;
    double wished = 0.0;  ///< notional that would bring the asset to its target
    double done = 0.0;    ///< notional of the orders in the list

    [[nodiscard]] constexpr double missing() const noexcept { return wished - done; }
    [[nodiscard]] constexpr bool more_to_do() const noexcept { return v0::more_to_do(code); }
};

}  // namespace ballast::inline v0
