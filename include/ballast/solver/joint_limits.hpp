/// Limits on several assets at once: sums of weights, groups, exposures to factors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "../core/decision.hpp"
#include "../core/per_asset.hpp"

namespace ballast::inline v0::solver {

/// lower ≤ Σ coefficient·share ≤ upper, with shares of the wealth after costs: net exposure (coefficients of 1), beta (the assets' betas),
/// anything that adds up.
struct linear_limit {
    label name{};                 ///< for texts and prices
    per_asset coefficient = 1.0;  ///< of each asset's share
    /// May be infinite, the lower one below, the upper one above.
    /// @{
    double lower = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
    /// @}
    bool active = false;  ///< of shares − targets instead of the shares
};

/// The bounds of one group of assets: a sector, a country.
struct group_limit {
    label name{};  ///< for texts and prices
    /// May be infinite, the lower one below, the upper one above.
    /// @{
    double lower = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
    /// @}
    bool active = false;  ///< of shares − targets instead of the shares
};
/// Of assets that belong to groups, the sum of each group's shares. Another grouping is another one of these.
struct group_limits {
    std::vector<std::uint32_t> group_of{};  ///< per asset: its group; `no_index`, or any number that is no group's: none
    std::vector<group_limit> groups{};      ///< each
};

/// The book's exposure to a factor of the risk model: lower ≤ Σ loading·share ≤ upper.
struct factor_limit {
    label name{};            ///< for texts and prices
    std::size_t factor = 0;  ///< of the risk view, from 0
    /// May be infinite, the lower one below, the upper one above.
    /// @{
    double lower = -std::numeric_limits<double>::infinity();
    double upper = std::numeric_limits<double>::infinity();
    /// @}
    bool active = false;  ///< of shares − targets instead of the shares
};

}  // namespace ballast::inline v0::solver
