/// How far a book is from its targets: what sizing in whole steps and flows make small.
#pragma once

#include <cstdint>

namespace ballast::inline v0 {

/// With eᵢ the drift of asset i as a weight.
enum class drift_measure : std::uint8_t {
    squared,   ///< Σ eᵢ²
    absolute,  ///< Σ |eᵢ|
    tracking,  ///< λ/2 · eᵀΣe, with Σ of a risk view and a risk aversion λ
};

/// Its name.
[[nodiscard]] constexpr const char* to_string(drift_measure d) noexcept {
    switch (d) {
        case drift_measure::squared: return "squared";
        case drift_measure::absolute: return "absolute";
        case drift_measure::tracking: return "tracking";
    }
    return "?";
}

}  // namespace ballast::inline v0
