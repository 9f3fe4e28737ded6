// What came of a replay as a picture: wealth, drawdown, and weights with their targets and bands.
#pragma once

#include <ballast/core/timestamp.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace host {

/// One policy, row by row. `weight`, `lower` and `upper` are rows × assets, after trading.
struct plotted_policy {
    std::string name{};
    std::vector<double> wealth{};
    std::vector<double> drawdown{};
    std::vector<double> weight{};
    std::vector<double> target{};          ///< one per asset; none where they change
    std::vector<double> lower{}, upper{};  ///< of the band before trading; infinite where there is none
};

/// An SVG: a panel of wealth (on a scale of ratios where it grew or fell much), one of drawdown, and one of weights for each policy.
[[nodiscard]] std::string draw(std::span<const ballast::timestamp> when, std::span<const std::string> assets,
                               std::span<const plotted_policy> policies);

}  // namespace host
