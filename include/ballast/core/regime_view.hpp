/// In which regime the market is likely to be: what every model of regimes tells and every policy reads.
#pragma once

#include <cstddef>
#include <span>

namespace ballast::inline v0 {

/// How likely each of a number of regimes is now. One set of chances for the whole market, or one for each asset. Where an estimator tells
/// none, `regimes` is 0.
struct regime_view {
    bool ready = false;                     ///< false while the model has seen too little
    std::size_t regimes = 0;                ///< how many there are
    std::span<const double> probability{};  ///< `regimes` numbers from 0 to 1 that add up to 1; or so many for each asset, asset by asset

    /// The chances of the regimes of one asset: its own, or those of the market.
    [[nodiscard]] std::span<const double> of(std::size_t asset) const noexcept {
        return probability.size() <= regimes ? probability : probability.subspan(asset * regimes, regimes);
    }
};

}  // namespace ballast::inline v0
