/// Boxes and limits within which a solver may move.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "inputs.hpp"
#include "reason.hpp"

namespace ballast::inline v0 {

/// Lower and upper weight per asset: a trigger's live band.
struct box {
    /// Weights, one entry per asset.
    /// @{
    std::span<double> lower{};
    std::span<double> upper{};
    /// @}

    /// Narrows an asset to what both allow. A bound that is no number allows everything.
    void intersect(std::size_t i, double lo, double hi) const noexcept {
        if (lo > lower[i]) lower[i] = lo;
        if (hi < upper[i]) upper[i] = hi;
    }
};

/// What guards and the instruments' rules leave to the solver: the weight each asset may have afterwards, how much of it may be bought and
/// sold, why, and the turnover that is allowed.
struct limits {
    box weight{};  ///< as shares of the wealth after trading
    /// Per asset: the largest notional that may be bought, and sold, at or above 0.
    /// @{
    std::span<double> buy{};
    std::span<double> sell{};
    /// @}
    /// Per asset: what narrowed the weight, the buys and the sales last, `why::full` where nothing did.
    /// @{
    std::span<why> weight_cause{};
    std::span<why> buy_cause{};
    std::span<why> sell_cause{};
    /// @}
    double turnover = std::numeric_limits<double>::infinity();  ///< one-way
    bool narrowed = false;                                      ///< false: every weight and trade is still free

    /// Narrows an asset to lo..hi and remembers why, where that is narrower than before.
    void narrow(std::size_t i, double lo, double hi, why because) noexcept {
        if (!(lo > weight.lower[i] || hi < weight.upper[i])) return;
        weight_cause[i] = because;
        narrowed = true;
        weight.intersect(i, lo, hi);
    }

    /// Keeps what is bought, what is sold, or either, at or below a notional; below 0 counts as 0.
    /// @{
    void narrow_buy(std::size_t i, double most, why because) noexcept { narrow_side(buy[i], buy_cause[i], most, because); }
    void narrow_sell(std::size_t i, double most, why because) noexcept { narrow_side(sell[i], sell_cause[i], most, because); }
    void narrow_trade(std::size_t i, double most, why because) noexcept {
        narrow_buy(i, most, because);
        narrow_sell(i, most, because);
    }
    /// @}

    /// Keeps the one-way turnover at or below a share of the portfolio.
    void narrow_turnover(double most) noexcept { turnover = most < turnover ? most : turnover; }

    /// The notional nearest to x, buys positive, that may be traded.
    [[nodiscard]] double nearest_trade(std::size_t i, double x) const noexcept {
        if (!narrowed) return x;
        return x > buy[i] ? buy[i] : x < -sell[i] ? -sell[i] : x;
    }
    /// False where the asset can neither be bought nor sold.
    [[nodiscard]] bool may_trade(std::size_t i) const noexcept { return !narrowed || buy[i] > 0.0 || sell[i] > 0.0; }

private:
    void narrow_side(double& side, why& cause, double most, why because) noexcept {
        if (!(most < side)) return;
        side = most > 0.0 ? most : 0.0;
        cause = because;
        narrowed = true;
    }
};

/// What limits refer to.
struct limits_memory {
    /// As in `limits`, one entry per asset.
    /// @{
    std::vector<double> lower{}, upper{}, buy{}, sell{};
    std::vector<why> weight_cause{}, buy_cause{}, sell_cause{};
    /// @}

    void prepare(const sizes& s) {
        for (auto* v : {&lower, &upper, &buy, &sell}) v->resize(s.assets);
        for (auto* v : {&weight_cause, &buy_cause, &sell_cause}) v->resize(s.assets);
    }

    /// Limits of n assets, `prepared` for as many, all of them free. O(n).
    [[nodiscard]] limits free(std::size_t n) noexcept {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < n; ++i) {
            lower[i] = -infinity;
            upper[i] = buy[i] = sell[i] = infinity;
            weight_cause[i] = buy_cause[i] = sell_cause[i] = why::full;
        }
        return unset(n);
    }
    /// The same without a value written: for whoever reads nothing but `narrowed` and the turnover.
    [[nodiscard]] limits unset(std::size_t n) noexcept {
        return {.weight = {{lower.data(), n}, {upper.data(), n}},
                .buy = {buy.data(), n},
                .sell = {sell.data(), n},
                .weight_cause = {weight_cause.data(), n},
                .buy_cause = {buy_cause.data(), n},
                .sell_cause = {sell_cause.data(), n}};
    }
};

}  // namespace ballast::inline v0
