/// At a fixed interval.
#pragma once

#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// Fires when `interval` has passed since the last commit, and at once where nothing was ever committed. An interval of zero fires on every
/// look (but for one that is earlier than the last commit). Measure and threshold are seconds; reaching the threshold fires.
struct every {
    duration interval = days(1);  ///< 0: fires at every look

    static constexpr const char* name = "every";
    struct memory {
        timestamp last = timestamp::never();  ///< commit
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.last);
        }
    };

    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        const duration passed = elapsed(m.last, l.now);
        return {.fired = passed >= interval,
                .trigger = name,
                .measure = passed.seconds(),
                .threshold = interval.seconds(),
                .unit = measure_unit::seconds};
    }
    void commit(const decision&, timestamp at, memory& m) const noexcept { m.last = at; }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (interval.ns < 0) return {"every.interval", interval.seconds(), "must be a time at or above 0 (seconds)"};
        return {};
    }
};

}  // namespace ballast::inline v0::trigger
