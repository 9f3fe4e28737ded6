/// Boxes and limits within which a solver may move.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

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

/// What the guards leave to the solver: the weight each asset may have afterwards, why, and the turnover that is allowed.
struct limits {
    box weight{};                                               ///< as shares of the wealth after trading
    std::span<double> trade{};                                  ///< per asset: largest |notional|; 0 freezes it
    std::span<why> cause{};                                     ///< per asset: what narrowed it last, `why::full` where nothing did
    double turnover = std::numeric_limits<double>::infinity();  ///< one-way
    bool narrowed = false;                                      ///< false: every weight and trade is still free

    /// Narrows an asset to lo..hi and remembers why, where that is narrower than before.
    void narrow(std::size_t i, double lo, double hi, why because) noexcept {
        if (!(lo > weight.lower[i] || hi < weight.upper[i])) return;
        cause[i] = because;
        narrowed = true;
        weight.intersect(i, lo, hi);
    }

    /// Keeps an asset's trade at or below a notional.
    void narrow_trade(std::size_t i, double most, why because) noexcept {
        if (!(most < trade[i])) return;
        cause[i] = because;
        narrowed = true;
        trade[i] = most;
    }

    /// Keeps the one-way turnover at or below a share of the portfolio.
    void narrow_turnover(double most) noexcept { turnover = most < turnover ? most : turnover; }
};

}  // namespace ballast::inline v0
