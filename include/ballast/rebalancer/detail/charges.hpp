/// What a list of orders costs besides its orders: once for all of them, and what is not paid with them.
#pragma once

#include "../../core/apply.hpp"
#include "../../core/decision.hpp"
#include "../../core/limits.hpp"
#include "../../core/look.hpp"
#include "../../core/step.hpp"
#include "../../cost/concept.hpp"
#include "../../numeric/sum.hpp"

namespace ballast::inline v0::detail {

/// The decision without its orders.
inline void clear_orders(decision& d) noexcept {
    d.orders.clear();
    d.fees.clear();
    d.cash_after = d.cash;
    d.cost = d.batch = d.unpaid = d.turnover = 0.0;
}
/// The same, as they are held back for a reason.
inline void hold_back(decision& d, why because) noexcept {
    clear_orders(d);
    for (auto& r : d.reasons)
        if (r.done != 0.0) r = {r.asset, because, r.wished, 0.0};
}

/// The account once an amount is paid out of it, and the turnover that is left beside it.
struct account_after {
    look left;
    limits narrower;

    account_after(const look& l, const limits& lim, double amount) noexcept : left{l}, narrower{lim} {
        for (double* of : {&left.value, &left.cash, &left.booked, &left.at_hand, &left.settled}) *of -= amount;
        narrower.turnover = (lim.turnover * l.value - 0.5 * amount) / left.value;
        if (!(narrower.turnover > 0.0)) narrower.turnover = 0.0;
    }
};

/// Orders that were found for an account of `value_left` are charged what is paid once for all of them, out of the account as it is. Not
/// sent where they move no more than they cost. Exact where the cash is whole steps of money.
inline void charge_batch(decision& d, double batch, double value_left, const decimal_step& money) noexcept {
    double moved = 0.0;
    for (const order& o : d.orders) moved += absolute(o.notional);
    if (!(moved > d.cost + batch)) return hold_back(d, why::not_worth_cost);
    const double spent = d.cash - d.cash_after;
    d.turnover = (d.turnover * value_left + 0.5 * (absolute(spent + batch) - absolute(spent))) / d.value;
    const bool counted = !money.continuous() && quantity_of(steps_toward_zero(d.cash_after, money).steps, money) == d.cash_after;
    d.cash_after = counted ? add_quantity(d.cash_after, -batch, money) : d.cash_after - batch;
    d.cost += batch;
    d.batch = batch;
}

/// What the orders cost beyond what is paid with them.
template <bound_cost View>
[[nodiscard]] double unpaid_cost(const View& costs, const decision& d) noexcept {
    const auto& paid = paid_of(costs);
    exact_sum unpaid;
    for (const reason& r : d.reasons) {
        if (r.done == 0.0) continue;
        unpaid.add(costs.cost(r.asset, r.done));
        unpaid.add(-paid.cost(r.asset, r.done));
    }
    return unpaid.value();
}

}  // namespace ballast::inline v0::detail
