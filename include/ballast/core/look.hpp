/// The one picture of the account and the market that every policy looks at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "fault.hpp"
#include "inputs.hpp"
#include "mandate.hpp"
#include "regime_view.hpp"
#include "risk_view.hpp"
#include "timestamp.hpp"

namespace ballast::inline v0 {

/// Value, weights and drifts at one moment. Spans are per asset unless said otherwise; rows of one asset are summed into it. Valid during the call.
///
/// It is filled as the call goes on: target policies see time, value, cash, prices, quantities, what is frozen and risk (and the host's targets, where they
/// transform them); triggers see all but `position`, which is `weight`·`value` to them; guards, solvers and sizing see everything.
struct look {
    timestamp now{};                         ///< the time of the call
    double value = 0.0;                      ///< portfolio value, cash included; above zero
    double cash = 0.0;                       ///< in the base currency; open orders count as filled at the reference prices, flows as paid
    double booked = 0.0;                     ///< the account's own cash: flows as paid, nothing of open orders
    double at_hand = 0.0;                    ///< the cash without what open sales have still to bring, open buys at their limits
    double settled = 0.0;                    ///< of the cash at hand: what buys may be paid with at once
    double cash_target = 0.0;                ///< what the targets leave over: 1 − Σ target
    std::uint32_t furthest = no_index;       ///< the first asset with the largest drift; none where there are no assets
    double largest_drift = 0.0;              ///< max |drift| over the assets, cash not counted
    std::span<const double> price{};         ///< per asset: what one unit of quantity is worth, multiplier included
    std::span<const double> position{};      ///< value held, base currency; empty before a trigger fired
    std::span<const double> weight{};        ///< position / value
    std::span<const double> target{};        ///< per asset: the wanted weight
    std::span<const double> drift{};         ///< weight − target
    std::span<const double> quantity{};      ///< per row, units; open orders count as filled
    std::span<const int128> steps{};         ///< per row, the same in steps; empty where the host does not count
    std::span<const std::uint8_t> frozen{};  ///< 1 where a bad price froze the asset; empty: none is
    std::span<const risk_view> risk{};       ///< one per estimator, in the order in which the rebalancer names them
    std::span<const regime_view> regime{};   ///< one per risk view, in the same order: of an estimator that tells no regimes an empty one
    const inputs* input = nullptr;           ///< what the host gave
    const v0::mandate* rules = nullptr;      ///< what the account may do

    [[nodiscard]] std::size_t assets() const noexcept { return price.size(); }
    /// How many rows.
    [[nodiscard]] std::size_t rows() const noexcept { return quantity.size(); }
    /// The asset that a row holds.
    [[nodiscard]] std::uint32_t asset_of(std::size_t row) const noexcept {
        const auto& map = input->account.asset_of_row;
        return map.empty() ? static_cast<std::uint32_t>(row) : map[row];
    }
    /// Whether its price is bad, or something else forbids to trade it.
    [[nodiscard]] bool is_frozen(std::size_t asset) const noexcept { return !frozen.empty() && frozen[asset] != 0; }
    /// The contract multiplier of an asset; 1 where there is none.
    [[nodiscard]] double multiplier(std::size_t asset) const noexcept {
        const auto& m = input->instruments.multiplier;
        return m.empty() ? 1.0 : m[m.size() == 1 ? 0 : asset];
    }
    /// The price of an asset as it was quoted, before its multiplier; not of one that is frozen.
    [[nodiscard]] double quoted(std::size_t asset) const noexcept {
        return input->instruments.multiplier.empty() ? price[asset] : input->market.price[asset];
    }
    /// Cash's weight − its target.
    [[nodiscard]] double cash_drift() const noexcept { return cash / value - cash_target; }
};

}  // namespace ballast::inline v0
