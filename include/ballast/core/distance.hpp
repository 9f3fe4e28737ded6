/// How far weights are from their targets.
#pragma once

#include <cstdint>

namespace ballast::inline v0 {

/// How the distance of weights wᵢ from targets tᵢ is measured.
enum class distance : std::uint8_t {
    squared,   ///< Σ (wᵢ − tᵢ)²: one large drift counts more than many small ones
    absolute,  ///< Σ |wᵢ − tᵢ|: every unit of drift counts the same
};

}  // namespace ballast::inline v0
