/// Acting costs nothing.
#pragma once

#include "concept.hpp"

namespace ballast::inline v0::cost {

/// No cost at all: for tests, for dry runs, and as the neutral element of `cost::sum`.
struct zero {
    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "zero";

    struct view : detail::convex_linear_view<view> {
        [[nodiscard]] constexpr linear_cost linear(std::size_t) const noexcept { return {}; }
        [[nodiscard]] constexpr bool uniform() const noexcept { return true; }
    };
    [[nodiscard]] constexpr view bind(const look&) const noexcept { return {}; }
};

}  // namespace ballast::inline v0::cost
