/// Orders that are too large for one trade: how large a part may be, and when the next one goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../core/configuration.hpp"
#include "../core/timestamp.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue {

/// The largest amount in whose average price is within `tolerance` of the first unit's: out(x) ≥ (1 − tolerance)·spot·x. The depth where
/// all of it is; 0 for a tolerance below 0, and for one of 0 on a curve that bends. A bracketed search on the concave curve, exact to 2⁻⁵⁰ relative, from
/// below: the answer keeps the tolerance. Needs tolerance below 1 (else the depth) and a number; some 60 quotes.
template <venue_curve Curve>
[[nodiscard]] constexpr double largest_by_depth(const Curve& c, double tolerance) noexcept {
    const double price = spot(c);
    if (!(price > 0.0) || !(tolerance >= 0.0)) return 0.0;
    if (tolerance == 0.0) return c.inverse_marginal(price).high;
    const auto within = [&](double x) { return shortfall(c, x) <= tolerance * (price * x); };
    const double depth = c.depth();
    if (detail::finite(depth) && within(depth)) return depth;
    if (tolerance >= 1.0) return depth;
    // The marginal price falls at least as fast as the average: up to here the tolerance is kept.
    double low = c.inverse_marginal(price * (1.0 - tolerance)).low;
    // The average lies above the marginal price, and falls below the tolerance somewhere: doubled until it has.
    double high = low > 0.0 ? 2.0 * low : (detail::finite(depth) ? depth : 1.0);
    while (high < depth && within(high)) {
        low = high;
        high *= 2.0;
    }
    if (high > depth) high = depth;
    if (low == 0.0) {
        // Nothing is known to be within: down to where something is, or to nothing.
        while (high > (std::numeric_limits<double>::min)() && !within(high)) high *= 0.5;
        if (!within(high)) return 0.0;
        low = high;
        high *= 2.0;
    }
    for (int i = 0; i < 64; ++i) {
        const double middle = 0.5 * (low + high);
        if (!(middle > low && middle < high)) break;
        (within(middle) ? low : high) = middle;
    }
    return low;
}

/// What limits one part of an order, in units of what goes in. Of several limits the smallest counts.
struct chunk_limits {
    double depth = std::numeric_limits<double>::infinity();          ///< from `largest_by_depth`
    double participation = std::numeric_limits<double>::infinity();  ///< share of the volume that one cool-off brings
    double sandwich = std::numeric_limits<double>::infinity();       ///< the size below which attacking it does not pay (cost::sandwich)
    double size = std::numeric_limits<double>::infinity();           ///< any other maximum

    /// The smallest of them.
    [[nodiscard]] constexpr double largest() const noexcept {
        double m = depth;
        for (const double x : {participation, sandwich, size}) m = x < m ? x : m;
        return m;
    }
    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        const char* const names[] = {"chunk_limits.depth", "chunk_limits.participation", "chunk_limits.sandwich", "chunk_limits.size"};
        const double values[] = {depth, participation, sandwich, size};
        for (std::size_t i = 0; i < 4; ++i)
            if (!(values[i] >= 0.0)) return {names[i], values[i], "must be an amount at or above 0"};
        return {};
    }
};

/// How an order is cut.
enum class chunking : std::uint8_t {
    full,   ///< parts as large as allowed, and what is left as the last one
    equal,  ///< the fewest parts, all of the same size
};

/// An order in parts, with a cool-off between them. It remembers nothing: what is left and when the last part went is the host's to keep (an
/// account's holdings tell the one, its fills the other), so a plan survives a restart.
struct chunk_schedule {
    double largest = std::numeric_limits<double>::infinity();  ///< of one part, above 0
    duration cool_off{};                                       ///< from one part to the next, at or above 0
    chunking cut = chunking::full;                             ///< how it is cut

    /// How many parts an amount takes; 0 for nothing, or for more than 2⁵³.
    [[nodiscard]] constexpr double parts(double amount) const noexcept {
        if (!(amount > 0.0)) return 0.0;
        if (!(amount > largest)) return 1.0;
        const double n = amount / largest;
        if (!(n < 9007199254740992.0)) return 0.0;
        const double whole = detail::whole(n);
        return whole < n ? whole + 1.0 : whole;
    }
    /// The next part of what is left: never more than `largest`, never more than what is left.
    [[nodiscard]] constexpr double next(double left) const noexcept {
        if (!(left > 0.0)) return 0.0;
        if (!(left > largest)) return left;
        if (cut == chunking::full) return largest;
        const double n = parts(left);
        const double part = n > 0.0 ? left / n : largest;
        return part < largest ? part : largest;
    }
    /// When the part after one at `last` may go.
    [[nodiscard]] constexpr timestamp next_time(timestamp last) const noexcept { return last + cool_off; }
    /// Whether it may go now.
    [[nodiscard]] constexpr bool may_go(timestamp last, timestamp now) const noexcept { return now >= next_time(last); }

    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (!(largest > 0.0)) return {"chunk_schedule.largest", largest, "must be an amount above 0"};
        if (cool_off < duration{}) return {"chunk_schedule.cool_off", cool_off.seconds(), "must be a time at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::venue
