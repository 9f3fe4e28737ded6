/// At a fixed interval.
#pragma once

#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// Fires when `interval` has passed since the last commit, and at once where nothing was ever committed. An interval of zero fires on every look.
/// Measure and threshold are seconds; reaching the threshold fires.
struct every {
    duration interval = days(1);

    static constexpr const char* name = "every";
    struct memory {
        timestamp last = timestamp::never();
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.last);
        }
    };

    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        const duration passed = elapsed(m.last, l.now);
        return {.fired = passed >= interval,
                .trigger = name,
                .measure = static_cast<double>(passed.ns) * 1e-9,
                .threshold = static_cast<double>(interval.ns) * 1e-9,
                .unit = measure_unit::seconds};
    }
    void commit(const decision&, timestamp at, memory& m) const noexcept { m.last = at; }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (interval.ns < 0) return {"every.interval", static_cast<double>(interval.ns) * 1e-9, "must be a time at or above 0 (seconds)"};
        return {};
    }
};

}  // namespace ballast::inline v0::trigger
