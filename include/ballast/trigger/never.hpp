/// Buy and hold.
#pragma once

#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// Never fires.
struct never {
    static constexpr const char* name = "never";
    [[nodiscard]] constexpr firing check(const look&) const noexcept { return {.trigger = name}; }
};

}  // namespace ballast::inline v0::trigger
