/// One line of the trade list.
#pragma once

#include <cstdint>

#include "fault.hpp"
#include "reason.hpp"
#include "step.hpp"

namespace ballast::inline v0 {

/// An order that the host can send as it is. Amounts are in base currency, quantities in units; a buy is positive.
struct order {
    std::uint32_t row = no_index;      ///< of the holdings
    std::uint32_t asset = no_index;    ///< of the row
    std::uint32_t against = no_index;  ///< the row that pays; `no_index`: cash
    std::uint32_t place = no_index;    ///< the row's place, where the host gave one
    std::uint32_t venue = no_index;    ///< where it goes; `no_index`: not said
    std::uint32_t parent = no_index;   ///< legs of one split share it
    int128 steps = 0;                  ///< whole steps; 0 where `step` is continuous
    decimal_step step{};               ///< in which the quantity is counted
    double quantity = 0.0;             ///< the double nearest to steps × step
    double price = 0.0;                ///< reference price, as it was quoted
    double limit_price = 0.0;          ///< no worse than this
    double multiplier = 1.0;           ///< of the contract: what one unit of quantity stands for
    double notional = 0.0;             ///< quantity × price × multiplier
    double cost = 0.0;                 ///< fees and spread, at or above zero but for rebates
    why reason = why::full;            ///< why it has this size

    /// A buy has a positive quantity.
    [[nodiscard]] constexpr bool buy() const noexcept { return quantity > 0.0; }
};

/// What an order pays in an asset instead of cash. Its `order::cost` is what that is worth.
struct fee_payment {
    std::uint32_t order = no_index;  ///< index into `decision::orders`
    std::uint32_t asset = no_index;  ///< in which it is paid
    std::uint32_t row = no_index;    ///< of the holdings that it is taken from; `no_index`: the row that is appended for the asset
    double quantity = 0.0;           ///< units; below 0: a rebate
    int128 steps = 0;                ///< the same in whole steps; 0 where `step` is continuous
    decimal_step step{};             ///< in which it is counted
};

/// What became of an order: a part of it or all, at a price of its own.
struct fill {
    std::uint32_t order = no_index;  ///< index into `decision::orders`
    double quantity = 0.0;           ///< same sign as the order's
    double price = 0.0;              ///< as quoted: of one unit, or of what a contract is a multiple of
    double cost = 0.0;               ///< paid in the base currency
    double fee_quantity = 0.0;       ///< units paid in the asset that the order pays its fees in (`decision::fees`)
};

}  // namespace ballast::inline v0
