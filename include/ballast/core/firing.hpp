/// What a trigger says.
#pragma once

#include <cstdint>
#include <limits>

#include "fault.hpp"

namespace ballast::inline v0 {

/// The answer of one trigger: whether it fired, what it measured, and the threshold that the measure has to exceed.
/// `margin()` is above zero where the measure is beyond the threshold, and tells in the same unit how far the trigger is from firing otherwise.
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
