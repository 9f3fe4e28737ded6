/// The same weight for every asset.
#pragma once

#include "concept.hpp"

namespace ballast::inline v0::target {

/// (1 − cash) / n for each of n assets, whatever their prices.
struct equal {
    double cash = 0.0;  ///< share of the portfolio that stays in cash

    static constexpr const char* name = "equal";
    void weights(const look&, std::span<double> out) const noexcept {
        for (double& w : out) w = (1.0 - cash) / static_cast<double>(out.size());
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(cash >= 0.0 && cash <= 1.0)) return {"equal.cash", cash, "must be a share between 0 and 1"};
        return {};
    }
};

}  // namespace ballast::inline v0::target
