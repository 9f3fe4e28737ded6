/// Targets that never change.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::target {

/// The same weights at every look: `fixed{{0.6, 0.4}}`, one for each asset, or one number for all of them. What they leave over is cash.
/// Whether they may be negative or above 1 in sum is the mandate's to say, at every look.
struct fixed {
    per_asset weight{};  ///< one number for all or one for each

    static constexpr const char* name = "fixed";
    void weights(const look&, std::span<double> out) const noexcept {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = weight[i];
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return weight.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!weight.given()) return {"fixed.weight", 0.0, "has to be given"};
        if (const double* v = weight.find([](double x) { return !detail::finite(x); }))
            return {"fixed.weight", *v, "must be a finite weight"};
        return {};
    }
};

}  // namespace ballast::inline v0::target
