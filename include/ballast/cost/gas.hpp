/// What a chain takes for carrying trades out.
#pragma once

#include <cstddef>

#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// Gas of a list of orders that is sent as one transaction: a base that is paid once, whatever is in it, and a part for each leg, which is an
/// order. In base currency,
///
///     batch = coin·(base·gas_price + base_bytes·gas_per_byte·data_price)·10⁻⁹
///     leg   = coin·(leg·gas_price + leg_bytes·gas_per_byte·data_price)·10⁻⁹
///
/// The first product is execution: gas units by the price of one, which is the block's base fee and the tip (Buterin et al. 2019, EIP-1559).
/// Of a plain transaction 21,000 units are its base (Wood 2014, "Ethereum: a secure decentralised generalised transaction ledger",
/// appendix G). The second is what a layer 2 charges for writing the transaction's data to layer 1; 0 on layer 1 itself. Calldata takes 16
/// gas units for each byte that is not zero (EIP-2028). OP Stack: `data_price` is the layer 1's base fee times the
/// fee scalar, or since Ecotone the weighted price of calldata and blobs by the two scalars; a fixed overhead of g gas units
/// counts as g/16 of `base_bytes`. Arbitrum: bytes are those of the compressed transaction and `data_price` the chain's price of a unit of layer 1
/// gas; it charges them as gas units of its own, to the same amount.
///
/// Orders see the leg as their fixed cost; the list pays the batch once (`batch` in cost/concept.hpp): the rebalancer sets it aside before
/// the orders are made, books it in `decision::batch`, and does not send a list that moves no more than it costs. Transactions of their own
/// are `fixed`, or a leg with all of it. Shape: a jump for each order. O(1).
struct gas {
    double base = 21'000.0;      ///< gas units, once a list
    per_asset leg = 0.0;         ///< gas units of an order
    double gas_price = 0.0;      ///< 10⁻⁹ fee coins a unit (gwei), tip included
    double coin = 1.0;           ///< base currency for one fee coin
    double base_bytes = 0.0;     ///< that a layer 2 writes to its layer 1, once a list
    per_asset leg_bytes = 0.0;   ///< and for each order
    double gas_per_byte = 16.0;  ///< of layer 1 gas, for a byte
    double data_price = 0.0;     ///< 10⁻⁹ fee coins a unit of layer 1 gas, scalars included

    static constexpr cost_shape shape = cost_shape::fixed_plus_convex;
    static constexpr const char* name = "gas";

    struct view : detail::linear_view<view> {
        const gas* of = nullptr;  ///< the model
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept { return {of->of_leg(i), 0.0, 0.0}; }
        [[nodiscard]] bool uniform() const noexcept { return of->leg.uniform() && of->leg_bytes.uniform(); }
        [[nodiscard]] double batch() const noexcept { return of->of_batch(); }
    };
    [[nodiscard]] view bind(const look&) const noexcept {
        view v;
        v.of = this;
        return v;
    }

    /// What is paid once a list, and for an order of asset i; base currency.
    /// @{
    [[nodiscard]] double of_batch() const noexcept { return amount(base, base_bytes); }
    [[nodiscard]] double of_leg(std::size_t i) const noexcept { return amount(leg[i], leg_bytes[i]); }
    /// @}
    /// What sending `orders` of them as one list saves against one by one.
    [[nodiscard]] double saved_by_batching(std::size_t orders) const noexcept {
        return orders == 0 ? 0.0 : static_cast<double>(orders - 1) * of_batch();
    }

    [[nodiscard]] bool covers(std::size_t n) const noexcept { return leg.covers(n) && leg_bytes.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= 0.0 && x <= 1e15); };
        const char* const range = "must be a number at or above 0, and no more than 1e15";
        if (bad(base)) return {"gas.base", base, range};
        if (const double* v = leg.find(bad)) return {"gas.leg", *v, range};
        if (bad(gas_price)) return {"gas.gas_price", gas_price, range};
        if (bad(coin)) return {"gas.coin", coin, range};
        if (bad(base_bytes)) return {"gas.base_bytes", base_bytes, range};
        if (const double* v = leg_bytes.find(bad)) return {"gas.leg_bytes", *v, range};
        if (bad(gas_per_byte)) return {"gas.gas_per_byte", gas_per_byte, range};
        if (bad(data_price)) return {"gas.data_price", data_price, range};
        return {};
    }

private:
    [[nodiscard]] double amount(double units, double bytes) const noexcept {
        return coin * (units * gas_price + bytes * gas_per_byte * data_price) / 1e9;
    }
};

}  // namespace ballast::inline v0::cost
