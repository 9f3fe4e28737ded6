/// Not more than a share of what the market trades.
#pragma once

#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::guard {

/// Keeps every asset's trade, all its rows together, at or below `rate` of its daily volume (`market_view::volume`, in units of quantity:
/// contracts where there is a multiplier) per call, with the reason `why::cut_by_participation`; the next call goes on. Who calls more
/// than once a day divides the rate. An asset without volume is frozen, and so is one whose volume is NaN, infinite or below 0, and every
/// asset where the market view has no volumes at all: what can not be judged is not traded, with the reason `why::no_volume`.
struct participation {
    per_asset rate = 0.1;  ///< share of the daily volume

    static constexpr const char* name = "participation";
    void narrow(const look& l, limits& lim) const noexcept {
        const auto& volume = l.input->market.volume;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const double units = volume.empty() ? 0.0 : volume[i];
            if (units > 0.0 && detail::finite(units))
                lim.narrow_trade(i, rate[i] * units * l.price[i], why::cut_by_participation);
            else
                lim.narrow_trade(i, 0.0, why::no_volume);
        }
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return rate.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!rate.given()) return {"participation.rate", 0.0, "a rate has to be given"};
        if (const double* v = rate.find([](double x) { return !(x >= 0.0); }))
            return {"participation.rate", *v, "must be a share at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::guard
