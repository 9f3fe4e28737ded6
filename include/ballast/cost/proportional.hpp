/// A fee in proportion to the traded value.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// rate·|x|: `proportional{.rate = 10_bps}`. `sell`, where given, is the rate of sales: `proportional{.sell = 10_bps}` is a stamp duty. A negative rate
/// is a rebate, which must not exceed what the other side pays: trading back and forth would earn money, and the cost would not be convex. Where a rebate on both
/// sides stands against a spread or a fee that is always paid, give the net rate.
struct proportional {
    per_asset rate = 0.0;  ///< fraction of the notional, on buys and, unless `sell` is given, on sells
    per_asset sell{};      ///< fraction of the notional on sells

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "proportional";

    struct view : detail::convex_linear_view<view> {
        /// Rates of buys and of sells, and by how much they move from one asset to the next.
        /// @{
        const double* buy = nullptr;
        const double* sell = nullptr;
        std::size_t buy_stride = 0;
        std::size_t sell_stride = 0;
        /// @}
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept { return {0.0, buy[i * buy_stride], sell[i * sell_stride]}; }
        [[nodiscard]] bool uniform() const noexcept { return buy_stride == 0 && sell_stride == 0; }
    };
    [[nodiscard]] view bind(const look&) const noexcept {
        const per_asset& of_sales = sell.given() ? sell : rate;
        view v;
        v.buy = rate.first();
        v.buy_stride = rate.stride();
        v.sell = of_sales.first();
        v.sell_stride = of_sales.stride();
        return v;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return rate.covers(n) && sell.covers(n); }
    /// Rates lie in −1..1, and what a sale gives back must not exceed what a purchase takes.
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x > -1.0 && x < 1.0); };
        if (const double* v = rate.find(bad)) return {"proportional.rate", *v, "must be a fraction between -1 and 1"};
        if (const double* v = sell.find(bad)) return {"proportional.sell", *v, "must be a fraction between -1 and 1"};
        if (!sell.given()) {
            const auto negative = [](double x) { return x < 0.0; };
            if (const double* v = rate.find(negative))
                return {"proportional.rate", *v, "a rebate on both sides would pay for trading back and forth"};
            return {};
        }
        const std::size_t n = rate.size() > sell.size() ? rate.size() : sell.size();
        for (std::size_t i = 0; i < (n == 0 ? 1 : n); ++i) {
            if ((rate.uniform() || i < rate.size()) && (sell.uniform() || i < sell.size()) && rate[i] + sell[i] < 0.0)
                return {"proportional.sell", sell[i],
                        "a rebate that exceeds the fee of the other side would pay for trading back and forth"};
        }
        return {};
    }
};

}  // namespace ballast::inline v0::cost
