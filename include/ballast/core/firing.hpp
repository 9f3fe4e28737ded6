/// What a trigger says.
#pragma once

#include <cstdint>
#include <limits>

#include "fault.hpp"

namespace ballast::inline v0 {

/// The answer of one trigger: whether it fired, what it measured, and its threshold. A band or a distance has to exceed its threshold, by
/// more than 2^-48; a clock has to reach it. `margin()` is in the same unit: positive tells how far beyond the threshold the measure is,
/// negative how far from it.
struct firing {
    bool fired = false;
    const char* trigger = "";        ///< the policy's name, a literal
    double measure = 0.0;            ///< weights for bands and distances, seconds for clocks
    double threshold = 0.0;          ///< in the same unit
    std::uint32_t asset = no_index;  ///< the asset that is nearest to firing or furthest beyond
    fault problem{};                 ///< set where the trigger could not tell; the decision is rejected

    [[nodiscard]] constexpr double margin() const noexcept { return measure - threshold; }
};

}  // namespace ballast::inline v0
