/// What a trigger says.
#pragma once

#include <cstdint>
#include <limits>

#include "fault.hpp"

namespace ballast::inline v0 {

/// What a trigger's measure and threshold are.
enum class measure_unit : std::uint8_t {
    number,        ///< a plain number
    weight,        ///< a share of the portfolio value
    seconds,       ///< time since the last commit; 2^63 ns where there was none
    yes_no,        ///< 1 where it is due, 0 where it is not
    volatility,    ///< per year, as a fraction; below 0: not known yet
    fall,          ///< from the highest value, a share of it
    until_open,    ///< seconds until it opens, below 0; 0 while it is open
    signal,        ///< a number of the host's that fires above its threshold; `asset` is which one
    signal_below,  ///< the same, but below its threshold
    chance,        ///< a probability, from 0 to 1
};

/// The answer of one trigger: whether it fired, what it measured, and its threshold. A band or a distance has to exceed its threshold, by
/// more than 2^-48; a clock has to reach it. `margin()` is in the same unit: positive tells how far beyond the threshold the measure is,
/// negative how far from it. What fires below its threshold is beyond it there.
struct firing {
    bool fired = false;                        ///< whether to act
    const char* trigger = "";                  ///< the policy's name, a literal
    double measure = 0.0;                      ///< in `unit`
    double threshold = 0.0;                    ///< in `unit`
    measure_unit unit = measure_unit::number;  ///< of measure and threshold
    std::uint32_t asset = no_index;            ///< the asset that is nearest to firing or furthest beyond
    fault problem{};                           ///< set where the trigger could not tell; the decision is rejected

    /// How far beyond its threshold it is; below 0: how much is missing.
    [[nodiscard]] constexpr double margin() const noexcept {
        return unit == measure_unit::signal_below ? threshold - measure : measure - threshold;
    }
};

}  // namespace ballast::inline v0
