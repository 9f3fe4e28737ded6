/// Constant proportion portfolio insurance.
#pragma once

#include <limits>

#include "concept.hpp"
#include "detail/insurance.hpp"
#include "detail/scaled.hpp"

namespace ballast::inline v0::target {

/// The gross exposure is E = min(m·(V − F), cap·V), 0 below the floor: m times the cushion of the value V above a floor F (Black and Jones
/// 1987; Black and Perold 1992). F is the larger of `floor`·V₀ and `floor_amount`, both growing by e^(growth·t) from the account's first
/// valuation on, V₀ its value then; before there is one, F is that of an account that begins now. The host's targets say what the exposure
/// is made of: they are scaled so that Σ|w| of the risky assets is E/V. What is left is cash, or the safe asset's.
///
/// What trading costs comes off the cushion: where it does not cost nothing, a call right after the fills wants m times the cost less. A band
/// or a calendar as the trigger keeps that from being traded.
///
/// What it remembers is the value and the time of the first valuation. Money paid in or out moves V and not F; a floor for it is a new
/// account's. The chance that the floor breaks between rebalances: `gap`. A cap above 1 also needs the mandate's leverage. O(n).
struct cppi {
    double multiplier = std::numeric_limits<double>::quiet_NaN();  ///< m; to be given
    double floor = 0.0;                                            ///< share of the first value
    double floor_amount = 0.0;                                     ///< base currency
    double growth = 0.0;                                           ///< of the floor, per year, continuous
    double cap = 1.0;                                              ///< largest exposure, share of the value
    std::uint32_t safe = no_index;                                 ///< the asset that takes the rest; none: cash

    static constexpr const char* name = "cppi";
    static constexpr bool transforms = true;
    struct memory {
        double first_value = 0.0;              ///< V₀
        timestamp begun = timestamp::never();  ///< when that was
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.first_value);
            visit(m.begun);
        }
    };

    void weights(const look& l, const memory& m, std::span<double> out) const noexcept {
        detail::scale_targets_to(l, detail::insured_exposure(l.value, floor_at(l, m), multiplier, cap), safe, out);
    }
    void observe(const look& l, memory& m) const noexcept {
        if (m.begun.happened()) return;
        m.first_value = l.value;
        m.begun = l.now;
    }
    /// F at the time of a look, base currency.
    [[nodiscard]] double floor_at(const look& l, const memory& m) const noexcept {
        const bool begun = m.begun.happened();
        const double share = floor * (begun ? m.first_value : l.value);
        const double base = share > floor_amount ? share : floor_amount;
        return begun ? base * detail::grown(growth, elapsed(m.begun, l.now).years()) : base;
    }
    /// The chance that a gap breaks the floor, where the risky part follows geometric Brownian motion, is rebalanced `per_year` times a year,
    /// and cash earns r, by which the floor grows (Balder, Brandl and Mahayni 2009): with Δ = 1/per_year it is
    ///   p = Φ(−(ln(m/(m − 1)) + (drift − r − σ²/2)·Δ)/(σ√Δ))
    /// in a period and 1 − (1 − p)^(horizon/Δ) until the horizon; 0 for m ≤ 1. Drift and volatility are per year, the drift is that of
    /// the expected price, continuous; the horizon is in years. A cap on the exposure, which does not count here, makes it smaller.
    [[nodiscard]] gap_risk gap(double drift, double volatility, double per_year, double horizon) const noexcept {
        return detail::gap_risk_of(multiplier, drift, growth, volatility, per_year, horizon);
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return detail::covers_safe(safe, n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(multiplier >= 0.0) || !detail::finite(multiplier))
            return {"cppi.multiplier", multiplier, "has to be given: a finite number at or above 0"};
        if (!(floor >= 0.0) || !detail::finite(floor)) return {"cppi.floor", floor, "must be a finite share at or above 0"};
        if (!(floor_amount >= 0.0) || !detail::finite(floor_amount))
            return {"cppi.floor_amount", floor_amount, "must be a finite amount at or above 0"};
        if (!detail::finite(growth)) return {"cppi.growth", growth, "must be a finite rate per year"};
        if (!(cap >= 0.0) || !detail::finite(cap)) return {"cppi.cap", cap, "must be a finite share at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::target
