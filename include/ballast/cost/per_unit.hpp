/// A fee per share, contract or coin.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/two_sides.hpp"

namespace ballast::inline v0::cost {

/// amount·|quantity| = amount/price·|x|: "half a cent a share". The price is the look's: base currency per unit. `sell`, where given, is the
/// amount of sales: a levy on them alone is `per_unit{.sell = 0.000166}`. A negative amount is a rebate, which must not exceed what the other
/// side pays.
struct per_unit {
    per_asset amount = 0.0;  ///< base currency per unit, on buys and, unless `sell` is given, on sells
    per_asset sell{};        ///< base currency per unit, on sells

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "per_unit";

    struct view : detail::convex_linear_view<view> {
        detail::side_numbers amounts{};  ///< of the model
        const double* price = nullptr;   ///< of the look
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept {
            return {0.0, amounts.buy(i) / price[i], amounts.sell(i) / price[i]};
        }
    };
    [[nodiscard]] view bind(const look& l) const noexcept {
        view v;
        v.amounts = detail::side_numbers::of(amount, sell);
        v.price = l.price.data();
        return v;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return amount.covers(n) && sell.covers(n); }
    /// What a sale gives back must not exceed what a purchase takes, and the other way round.
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= -1e300 && x <= 1e300); };
        if (const double* v = amount.find(bad)) return {"per_unit.amount", *v, "must be a finite amount"};
        if (const double* v = sell.find(bad)) return {"per_unit.sell", *v, "must be a finite amount"};
        return detail::pays_back_too_much(amount, sell, "per_unit.amount", "per_unit.sell");
    }
};

}  // namespace ballast::inline v0::cost
