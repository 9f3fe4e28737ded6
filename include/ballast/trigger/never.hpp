/// Buy and hold.
#pragma once

#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// Never fires.
struct never {
    static constexpr const char* name = "never";
    [[nodiscard]] constexpr firing check(const look&) const noexcept { return {.trigger = name, .unit = measure_unit::yes_no}; }
};

}  // namespace ballast::inline v0::trigger
