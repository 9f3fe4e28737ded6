/// Time-invariant portfolio protection: a floor that follows the value up.
#pragma once

#include <limits>

#include "concept.hpp"
#include "detail/insurance.hpp"
#include "detail/scaled.hpp"

namespace ballast::inline v0::target {

/// The gross exposure is E = min(m·(V − F), cap·V), 0 below the floor, with a floor that is a ratchet: F is `floor` times the highest value
/// that a valuation has seen, and never falls (Estep and Kritzman 1988). With a growth rate the floor also rises by e^(growth·Δt) from
/// valuation to valuation. A look's own value counts: at one time stamp the answer is the same before and after the account observed it.
/// The host's targets say what the exposure is made of: they are scaled so that Σ|w| of the risky assets is E/V. What is left is cash, or
/// the safe asset's.
///
/// What trading costs comes off the cushion: where it does not cost nothing, a call right after the fills wants m times the cost less. A band
/// or a calendar as the trigger keeps that from being traded.
///
/// What it remembers is the floor and its time. Money paid in raises V, and the floor with it; money paid out leaves the floor where it
/// is. A cap above 1 also needs the mandate's leverage. O(n).
struct tipp {
    double multiplier = std::numeric_limits<double>::quiet_NaN();  ///< m; to be given
    double floor = std::numeric_limits<double>::quiet_NaN();       ///< share of the highest value; to be given
    double growth = 0.0;                                           ///< of the floor, per year, continuous, at or above 0
    double cap = 1.0;                                              ///< largest exposure, share of the value
    std::uint32_t safe = no_index;                                 ///< the asset that takes the rest; none: cash

    static constexpr const char* name = "tipp";
    static constexpr bool transforms = true;
    struct memory {
        double floor = 0.0;                   ///< base currency
        timestamp seen = timestamp::never();  ///< when it was that
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.floor);
            visit(m.seen);
        }
    };

    void weights(const look& l, const memory& m, std::span<double> out) const noexcept {
        detail::scale_targets_to(l, detail::insured_exposure(l.value, floor_at(l, m), multiplier, cap), safe, out);
    }
    void observe(const look& l, memory& m) const noexcept {
        m.floor = floor_at(l, m);
        m.seen = l.now;
    }
    /// F at the time of a look, base currency.
    [[nodiscard]] double floor_at(const look& l, const memory& m) const noexcept {
        const double share = floor * l.value;
        if (!m.seen.happened()) return share;
        const duration passed = elapsed(m.seen, l.now);
        const double kept = m.floor * detail::grown(growth, passed.ns > 0 ? passed.years() : 0.0);
        return share > kept ? share : kept;
    }
    /// The chance that a gap breaks a floor that stays where it is, or grows as cash does: `cppi::gap`, as the ratchet only moves after a
    /// rise, and by less than the value.
    [[nodiscard]] gap_risk gap(double drift, double volatility, double per_year, double horizon) const noexcept {
        return detail::gap_risk_of(multiplier, drift, growth, volatility, per_year, horizon);
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return detail::covers_safe(safe, n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(multiplier >= 0.0) || !detail::finite(multiplier))
            return {"tipp.multiplier", multiplier, "has to be given: a finite number at or above 0"};
        if (!(floor >= 0.0 && floor <= 1.0)) return {"tipp.floor", floor, "has to be given: a share between 0 and 1"};
        if (!(growth >= 0.0) || !detail::finite(growth)) return {"tipp.growth", growth, "must be a finite rate per year at or above 0"};
        if (!(cap >= 0.0) || !detail::finite(cap)) return {"tipp.cap", cap, "must be a finite share at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::target
