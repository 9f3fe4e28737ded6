/// One reconciled trade list: steps, minimums, fees, cash and sequence settled in the list itself.
#pragma once

#include <cstddef>

#include "concept.hpp"
#include "detail/order_list.hpp"
#include "detail/settlement.hpp"

namespace ballast::inline v0::sizing {

/// Sells first, then buys, each in row order. Quantities are whole steps, rounded toward no trade (or as the solver rounded them); no more
/// is sold than is held unless shorts are allowed; an order below its minimum notional, or that costs as much as it moves, is not sent. The
/// wealth that the shares are of is what is left after the costs of the rounded orders, so that proposing again finds nothing to do
/// (sizing/detail/settlement.hpp). After every prefix of the list, with every order filled at its limit price or at the reference price,
/// cash is at or above the reserve, or where it was before if that is less (up to 2^-50 of the amounts that it is made of): where it does
/// not reach, all buys are made smaller by one common factor, and what that leaves over goes by whole steps to those furthest short; or
/// those furthest short are served first (`shortfall`). Limit
/// prices are reference·(1 ± collar), rounded to the tick that fills no worse.
struct reconciled {
    double collar = 0.0;                                      ///< how much worse than the reference price an order may fill, a fraction
    shortfall_rule shortfall = shortfall_rule::proportional;  ///< who gets the cash where it does not reach

    static constexpr const char* name = "reconciled";

    template <bound_cost View>
    [[nodiscard]] fault size(const problem& p, const View& view, solution& s, sizing_scratch& scratch, decision& d) const noexcept {
        const std::size_t n = p.look.assets();
        if (!scratch.holds(n)) return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        const detail::limit_prices prices{p.look, collar, shortfall == shortfall_rule::largest_drift};
        detail::settlement settled{p, view, s, scratch, prices};
        if (const fault f = settled.run()) return f;
        detail::order_list{p, settled, prices, scratch.buys.data()}.write(d);
        return {};
    }

    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(collar >= 0.0 && collar < 1.0)) return {"reconciled.collar", collar, "must be a fraction at or above 0 and below 1"};
        return {};
    }
};

}  // namespace ballast::inline v0::sizing
