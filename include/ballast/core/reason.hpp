/// Why each asset was traded as it was, or not.
#pragma once

#include <cstdint>

#include "fault.hpp"

namespace ballast::inline v0 {

/// What decided the size of an asset's trade. Assets of the first group moved, those of the last did not; those of the second moved less
/// than they should have, or not at all where the limit left them no room.
enum class why : std::uint8_t {
    // as wished
    full,              ///< to its target, or to where the solver wanted it
    exposure_kept,     ///< moved so that the book is neither over- nor under-invested
    reserve_kept,      ///< moved so that the reserve stays in cash
    steps_chosen,      ///< whole steps that bring the book as a whole nearest to its targets
    cash_raised,       ///< sold up to a step more than wished, so that the cash reaches
    fees_covered,      ///< bought, or kept, so that the fees that are paid in it can be
    exposure_reduced,  ///< its position was made smaller than wished, by up to a step, so that leverage and margin are kept
    hedged,            ///< moved away from its target, or past it, for the risk that it shares with others
    for_return,        ///< moved away from its target, or past it, for its expected return
    limit_kept,        ///< moved so that a limit on several assets at once is kept
    // short of the wish
    cut_to_step,           ///< rounded to whole steps
    cut_by_cash,           ///< the cash above the reserve did not reach
    cut_by_settlement,     ///< the cash at hand did not reach; what has still to settle, or open sales to bring, will
    cut_at_limit,          ///< the cash would not reach if all orders filled at their limit prices
    cut_by_turnover,       ///< the turnover limit
    cut_by_trade_limit,    ///< the limit on one asset's trade
    cut_by_holding,        ///< no more was held than was sold
    cut_by_bounds,         ///< a bound on the position
    cut_by_maximum,        ///< the largest order that the instrument takes
    cut_by_limit,          ///< a limit on several assets at once
    cut_by_borrow,         ///< no more can be borrowed to be sold
    cut_to_close,          ///< its position may be closed, not turned around
    cut_at_zero,           ///< closed; what would go beyond zero is too small for an order of its own
    cut_by_exposure,       ///< leverage or margin allow no more
    cut_to_least,          ///< a smaller position, above nothing, may not be held
    cut_for_balance,       ///< others could not move, so that this one must move less
    cut_by_participation,  ///< the share of the market's volume that may be traded
    cut_by_depth,          ///< what its venue takes or gives within the tolerance
    cut_by_fee_asset,      ///< what is held of the asset that its fees are paid in did not reach
    cut_to_rate,           ///< a part of the way, as the solver says; the next call goes on
    cut_to_need,           ///< sales raise missing cash only, and no more is missing
    // not traded
    trigger_quiet,     ///< no trigger fired
    inside_band,       ///< a trigger fired, but this asset is inside its band
    below_step,        ///< less than one step
    below_minimum,     ///< below the minimum notional
    below_quantity,    ///< below the minimum quantity
    below_least,       ///< would lead to a position below the smallest that may be held
    not_worth_cost,    ///< the trade would cost as much as it moves
    frozen_price,      ///< its price can not be used
    frozen_stale,      ///< its price is too old
    frozen_by_host,    ///< the host keeps it as it is
    no_buying,         ///< it may not be bought
    no_selling,        ///< it may not be sold
    close_only,        ///< its position may only be made smaller
    not_bought,        ///< purchases are not asked for
    not_sold,          ///< sales are not asked for
    no_volume,         ///< nothing of it is traded in the market, or nothing that can be used is known of it
    no_cash,           ///< the cash above the reserve does not reach for an order
    no_cash_at_limit,  ///< it would not if all orders filled at their limit prices
    no_fee_asset,      ///< of the asset that its fees are paid in there is not enough for an order
    not_settled,       ///< the cash at hand does not reach for an order; what is still to come will
    exposure_full,     ///< leverage or margin leave no room for an order
    exposure_stays,    ///< leverage or margin ask for a smaller position, but no order that would make it smaller may be sent
    open_order,        ///< open orders of the other side are to be cancelled first
    beyond_orders,     ///< one order more than may be sent; others are larger
    held_back,         ///< a guard held the whole proposal back
};

[[nodiscard]] constexpr const char* to_string(why w) noexcept {
    switch (w) {
        case why::full: return "traded in full";
        case why::exposure_kept: return "moved to keep the exposure";
        case why::exposure_reduced: return "reduced to keep leverage and margin";
        case why::hedged: return "moved for the risk that it shares with others";
        case why::for_return: return "moved for its expected return";
        case why::limit_kept: return "moved to keep a limit on several assets";
        case why::cut_to_step: return "rounded to whole steps";
        case why::reserve_kept: return "moved to keep the reserve";
        case why::steps_chosen: return "whole steps chosen for the book as a whole";
        case why::cash_raised: return "sold a little more to raise the cash";
        case why::fees_covered: return "bought or kept to pay fees in it";
        case why::cut_by_cash: return "cut: not enough cash";
        case why::cut_by_settlement: return "cut: cash that would reach has not settled yet";
        case why::cut_at_limit: return "cut: not enough cash at the limit prices";
        case why::cut_by_turnover: return "cut by the turnover limit";
        case why::cut_by_trade_limit: return "cut by the trade limit";
        case why::cut_by_holding: return "cut: no more is held";
        case why::cut_by_bounds: return "cut by a bound on the position";
        case why::cut_by_maximum: return "cut to the largest order that is taken";
        case why::cut_by_limit: return "cut by a limit on several assets";
        case why::cut_by_borrow: return "cut: no more can be borrowed";
        case why::cut_to_close: return "cut: its position may only be closed";
        case why::cut_at_zero: return "cut: what goes beyond zero is too small an order";
        case why::cut_by_exposure: return "cut: leverage or margin allow no more";
        case why::cut_to_least: return "cut: a smaller position may not be held";
        case why::cut_for_balance: return "cut: others could not move";
        case why::cut_by_participation: return "cut to a share of the market's volume";
        case why::cut_by_depth: return "cut to what the venue holds";
        case why::cut_by_fee_asset: return "cut: not enough of the asset that its fees are paid in";
        case why::cut_to_rate: return "a part of the way at a time";
        case why::cut_to_need: return "cut: no more cash is needed";
        case why::trigger_quiet: return "no trigger fired";
        case why::inside_band: return "inside its band";
        case why::below_step: return "less than one step";
        case why::below_minimum: return "below the minimum notional";
        case why::below_quantity: return "below the minimum quantity";
        case why::below_least: return "would leave less than the smallest position";
        case why::not_worth_cost: return "would cost as much as it moves";
        case why::frozen_price: return "frozen: its price can not be used";
        case why::frozen_stale: return "frozen: its price is too old";
        case why::frozen_by_host: return "frozen: the host keeps it as it is";
        case why::no_buying: return "it may not be bought";
        case why::no_selling: return "it may not be sold";
        case why::close_only: return "its position may only be closed";
        case why::not_bought: return "purchases are not asked for";
        case why::not_sold: return "sales are not asked for";
        case why::no_volume: return "its trading volume is zero or not known";
        case why::no_cash: return "not enough cash above the reserve for an order";
        case why::no_cash_at_limit: return "not enough cash above the reserve for an order at the limit prices";
        case why::no_fee_asset: return "not enough of the asset that its fees are paid in";
        case why::not_settled: return "cash that would reach for an order has not settled yet";
        case why::exposure_full: return "leverage or margin leave no room for an order";
        case why::exposure_stays: return "too large for leverage or margin, but no order that may be sent reduces it";
        case why::open_order: return "open orders of the other side are to be cancelled first";
        case why::beyond_orders: return "one order more than may be sent";
        case why::held_back: return "held back by a guard";
    }
    return "unknown";
}

/// True for the reasons of assets that move, the second group included.
[[nodiscard]] constexpr bool traded(why w) noexcept { return w < why::trigger_quiet; }

/// True for reasons after which the next call may find something left to do at the same prices: only a part was done, others could not
/// move, cash has to settle, an order has to be cancelled, leverage and margin decided, or orders that fill at better prices than their limits leave cash for more.
/// Whether it would is `reason::more`.
[[nodiscard]] constexpr bool may_leave_more(why w) noexcept {
    constexpr auto bit = [](why of) { return std::uint64_t{1} << static_cast<unsigned>(of); };
    constexpr std::uint64_t those = bit(why::cut_by_maximum) | bit(why::cut_by_participation) | bit(why::cut_by_depth) |
                                    bit(why::beyond_orders) | bit(why::cut_by_fee_asset) | bit(why::no_fee_asset) |
                                    bit(why::cut_by_settlement) | bit(why::not_settled) | bit(why::open_order) | bit(why::cut_by_turnover) |
                                    bit(why::cut_to_rate) | bit(why::cut_by_trade_limit) | bit(why::cut_for_balance) |
                                    bit(why::cut_at_limit) | bit(why::no_cash_at_limit) | bit(why::exposure_reduced) |
                                    bit(why::cut_by_exposure) | bit(why::exposure_full) | bit(why::exposure_stays) | bit(why::cut_at_zero);
    return (those >> static_cast<unsigned>(w) & 1u) != 0;
}

/// The reason of one asset. Amounts in base currency, buys positive.
struct reason {
    std::uint32_t asset = no_index;  ///< which one
    why code = why::full;            ///< the kind of reason
    double wished = 0.0;             ///< notional that would bring the asset to its target
    double done = 0.0;               ///< notional of the orders in the list
    /// Once the orders are filled at their reference prices, what is to be cancelled is cancelled and all cash has settled, a call at the same
    /// prices would go on with this asset.
    bool more = false;

    /// Notional that was wished for and is not traded.
    [[nodiscard]] constexpr double missing() const noexcept { return wished - done; }
    /// Whether the next call will go on with it.
    [[nodiscard]] constexpr bool more_to_do() const noexcept { return more; }
};

}  // namespace ballast::inline v0
