/// Crossing the spread.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// Half of the quoted spread on either side of the mid, which is the reference price: spread/2·|x|.
struct half_spread {
    per_asset spread = 0.0;  ///< (ask − bid) / mid, a fraction; below 2, which no quote with a bid above 0 reaches

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "half_spread";

    struct view : detail::convex_linear_view<view> {
        const per_asset* spread = nullptr;  ///< of the model
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept { return {0.0, 0.5 * (*spread)[i], 0.5 * (*spread)[i]}; }
        [[nodiscard]] bool uniform() const noexcept { return spread->uniform(); }
    };
    [[nodiscard]] view bind(const look&) const noexcept {
        view v;
        v.spread = &spread;
        return v;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return spread.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= 0.0 && x < 2.0); };
        if (const double* v = spread.find(bad)) return {"half_spread.spread", *v, "must be a fraction at or above 0 and below 2"};
        return {};
    }
};

}  // namespace ballast::inline v0::cost
