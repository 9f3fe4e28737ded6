/// Parameters with one number for buys and another for sells.
#pragma once

#include <cstddef>

#include "../../core/configuration.hpp"
#include "../../core/per_asset.hpp"

namespace ballast::inline v0::detail {

/// The numbers of buys and of sells, and by how much they move from one asset to the next. Refers to the policy.
struct side_numbers {
    const double* buys = nullptr;
    const double* sells = nullptr;
    std::size_t buy_stride = 0;
    std::size_t sell_stride = 0;

    /// `sell` stands for sales where it is given, `both` where not.
    [[nodiscard]] static side_numbers of(const per_asset& both, const per_asset& sell) noexcept {
        const per_asset& of_sales = sell.given() ? sell : both;
        return {both.first(), of_sales.first(), both.stride(), of_sales.stride()};
    }
    [[nodiscard]] double buy(std::size_t i) const noexcept { return buys[i * buy_stride]; }
    [[nodiscard]] double sell(std::size_t i) const noexcept { return sells[i * sell_stride]; }
    [[nodiscard]] bool uniform() const noexcept { return buy_stride == 0 && sell_stride == 0; }
};

/// What is wrong with rebates, which are negative numbers: what one side gives back must not exceed what the other takes.
[[nodiscard]] inline configuration_fault pays_back_too_much(const per_asset& both, const per_asset& sell, const char* both_name,
                                                            const char* sell_name) noexcept {
    if (!sell.given()) {
        const auto negative = [](double x) { return x < 0.0; };
        if (const double* v = both.find(negative)) return {both_name, *v, "a rebate on both sides would pay for trading back and forth"};
        return {};
    }
    const std::size_t n = both.size() > sell.size() ? both.size() : sell.size();
    for (std::size_t i = 0; i < (n == 0 ? 1 : n); ++i) {
        if ((both.uniform() || i < both.size()) && (sell.uniform() || i < sell.size()) && both[i] + sell[i] < 0.0)
            return {sell_name, sell[i], "a rebate that exceeds the fee of the other side would pay for trading back and forth"};
    }
    return {};
}

}  // namespace ballast::inline v0::detail
