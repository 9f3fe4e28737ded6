/// How far weights are from their targets: what sizing in whole steps and flows make small.
#pragma once

#include <cstdint>

namespace ballast::inline v0 {

/// How the distance of weights wᵢ from targets tᵢ is measured.
enum class drift_measure : std::uint8_t {
    squared,   ///< Σ (wᵢ − tᵢ)²: one large drift counts more than many small ones
    absolute,  ///< Σ |wᵢ − tᵢ|: every unit of drift counts the same
};

[[nodiscard]] constexpr const char* to_string(drift_measure d) noexcept {
    switch (d) {
        case drift_measure::squared: return "squared";
        case drift_measure::absolute: return "absolute";
    }
    return "unknown";
}

}  // namespace ballast::inline v0
