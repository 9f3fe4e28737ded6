/// A fee per share, contract or coin.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// amount·|quantity| = amount/price·|x|: "half a cent a share". The price is the look's: base currency per unit.
struct per_unit {
    per_asset amount = 0.0;  ///< base currency per unit

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "per_unit";

    struct view : detail::convex_linear_view<view> {
        const per_asset* amount = nullptr;  ///< of the model
        const double* price = nullptr;      ///< of the look
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept {
            const double rate = (*amount)[i] / price[i];
            return {0.0, rate, rate};
        }
    };
    [[nodiscard]] view bind(const look& l) const noexcept {
        view v;
        v.amount = &amount;
        v.price = l.price.data();
        return v;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return amount.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (const double* v = amount.find(detail::not_an_amount)) return {"per_unit.amount", *v, "must be an amount at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::cost
