/// A fee in proportion to the traded value.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/two_sides.hpp"

namespace ballast::inline v0::cost {

/// rate·|x|: `proportional{.rate = 10_bps}`. `sell`, where given, is the rate of sales: `proportional{.sell = 10_bps}` is a stamp duty on sales,
/// `proportional{.rate = 50_bps, .sell = 0.0}` one on purchases; where it is rounded up to whole steps, it stands in `rounded`. A negative rate
/// is a rebate, which must not exceed what the other side pays: trading back and forth would earn money, and the cost would not be convex. Where a rebate on both
/// sides stands against a spread or a fee that is always paid, give the net rate.
struct proportional {
    per_asset rate = 0.0;  ///< fraction of the notional, on buys and, unless `sell` is given, on sells
    per_asset sell{};      ///< fraction of the notional on sells

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "proportional";

    struct view : detail::convex_linear_view<view> {
        detail::side_numbers rates{};  ///< of the model
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept { return {0.0, rates.buy(i), rates.sell(i)}; }
        [[nodiscard]] bool uniform() const noexcept { return rates.uniform(); }
    };
    [[nodiscard]] view bind(const look&) const noexcept {
        view v;
        v.rates = detail::side_numbers::of(rate, sell);
        return v;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return rate.covers(n) && sell.covers(n); }
    /// Rates lie in −1..1, and what a sale gives back must not exceed what a purchase takes.
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x > -1.0 && x < 1.0); };
        if (const double* v = rate.find(bad)) return {"proportional.rate", *v, "must be a fraction between -1 and 1"};
        if (const double* v = sell.find(bad)) return {"proportional.sell", *v, "must be a fraction between -1 and 1"};
        return detail::pays_back_too_much(rate, sell, "proportional.rate", "proportional.sell");
    }
};

}  // namespace ballast::inline v0::cost
