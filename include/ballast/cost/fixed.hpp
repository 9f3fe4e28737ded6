/// A fee per order, whatever its size.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// amount for any order at all, nothing for none.
struct fixed {
    per_asset amount = 0.0;  ///< base currency per order

    static constexpr cost_shape shape = cost_shape::fixed_plus_convex;
    static constexpr const char* name = "fixed";

    struct view : detail::linear_view<view> {
        const per_asset* amount = nullptr;  ///< of the model
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept { return {(*amount)[i], 0.0, 0.0}; }
        [[nodiscard]] bool uniform() const noexcept { return amount->uniform(); }
    };
    [[nodiscard]] view bind(const look&) const noexcept {
        view v;
        v.amount = &amount;
        return v;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return amount.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (const double* v = amount.find(detail::not_an_amount)) return {"fixed.amount", *v, "must be an amount at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::cost
