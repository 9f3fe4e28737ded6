/// When a number of the host's says so.
#pragma once

#include <cstdint>
#include <limits>

#include "concept.hpp"

namespace ballast::inline v0::trigger {

/// On which side of its threshold a signal fires.
enum class signal_side : std::uint8_t { above, below };

/// What is made of a signal that was not given, or is not finite.
enum class on_missing : std::uint8_t {
    reject,  ///< the decision is rejected (`fault_code::bad_signal`)
    quiet,   ///< it does not fire, and stays as it was: on or off
};

/// Fires while a number that the host hands in with every call (`market_view::signal`) lies beyond `threshold`, strictly: how much of a pool is
/// borrowed, how deep a market is, what a model forecasts. Once it fired it goes on until the signal has come back by `back` from the
/// threshold or further, so that a signal that hovers about its threshold is one event and not many. Whether it is on is remembered by
/// valuations (`observe` of the account; a keeper values at every proposal); without them it knows the threshold alone.
///
/// It looks at nothing else: as long as it is on it fires at every look, also where nothing is to be traded. `cooldown` around it waits
/// after a trade; `all_of` with a band asks for a drift as well. It has no region. O(1).
struct signal {
    std::size_t index = 0;                                        ///< which of the host's signals, from 0
    double threshold = std::numeric_limits<double>::quiet_NaN();  ///< in the signal's unit; to be given
    signal_side side = signal_side::above;                        ///< where it fires
    double back = 0.0;                                            ///< in the signal's unit: how far back it has to come
    on_missing missing = on_missing::reject;                      ///< what is made of a signal that is none

    static constexpr const char* name = "signal";
    struct memory {
        bool active = false;  ///< whether it is on
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.active);
        }
    };

    /// The measure is the signal, NaN where there is none; the threshold is the one at which it would change: the edge of the way back while
    /// it is on.
    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        const bool high = side == signal_side::above;
        const double width = m.active ? back : 0.0;
        firing f{.trigger = name,
                 .measure = value(l),
                 .threshold = high ? threshold - width : threshold + width,
                 .unit = high ? measure_unit::signal : measure_unit::signal_below,
                 .asset = static_cast<std::uint32_t>(index)};
        if (detail::finite(f.measure))
            f.fired = high ? f.measure > f.threshold : f.measure < f.threshold;
        else if (missing == on_missing::reject)
            f.problem = {fault_code::bad_signal, f.asset, f.measure};
        return f;
    }
    void observe(const look& l, memory& m) const noexcept {
        const firing f = check(l, m);
        if (detail::finite(f.measure)) m.active = f.fired;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (index >= no_index) return {"signal.index", static_cast<double>(index), "must be the index of a signal, from 0"};
        if (!detail::finite(threshold)) return {"signal.threshold", threshold, "has to be given: a finite number"};
        if (!(back >= 0.0) || !detail::finite(back)) return {"signal.back", back, "must be a finite number at or above 0"};
        return {};
    }

private:
    [[nodiscard]] double value(const look& l) const noexcept {
        const column<double>& all = l.input->market.signal;
        return index < all.size() ? all[index] : std::numeric_limits<double>::quiet_NaN();
    }
};

}  // namespace ballast::inline v0::trigger
