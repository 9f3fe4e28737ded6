/// How far a book is from its targets: what sizing in whole steps and flows make small.
#pragma once

#include <cstdint>

namespace ballast::inline v0 {

/// With eᵢ the drift of asset i as a weight.
enum class distance : std::uint8_t {
    squared,   ///< Σ eᵢ²
    absolute,  ///< Σ |eᵢ|
    tracking,  ///< λ/2 · eᵀΣe, with Σ of a risk view and a risk aversion λ
};

/// Its name.
[[nodiscard]] constexpr const char* to_string(distance d) noexcept {
    switch (d) {
        case distance::squared: return "squared";
        case distance::absolute: return "absolute";
        case distance::tracking: return "tracking";
    }
    return "?";
}

}  // namespace ballast::inline v0
