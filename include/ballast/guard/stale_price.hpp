/// No trade on an old price.
#pragma once

#include "concept.hpp"

namespace ballast::inline v0::guard {

/// Freezes assets whose price was quoted more than `max_age` before the look, after it or never, with the reason `why::frozen_stale`; a
/// price just so old is good. The others trade on, as far as the exposure allows. Where the market view has no `as_of` nothing can be said
/// of any price, and every proposal is blocked.
struct stale_price {
    duration max_age = minutes(15);  ///< older prices are stale

    static constexpr const char* name = "stale_price";
    void narrow(const look& l, limits& lim) const noexcept {
        const auto& as_of = l.input->market.as_of;
        if (as_of.empty()) return;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const duration age = elapsed(as_of[i], l.now);
            if (age > max_age || age.ns < 0 || !as_of[i].happened()) lim.narrow_trade(i, 0.0, why::frozen_stale);
        }
    }
    [[nodiscard]] verdict check(const proposal& p) const noexcept {
        return p.look.input->market.as_of.empty() && !p.decision.orders.empty() ? verdict::block : verdict::pass;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (max_age.ns < 0) return {"stale_price.max_age", max_age.seconds(), "must be a time at or above 0 (seconds)"};
        return {};
    }
};

}  // namespace ballast::inline v0::guard
