#include "purchases.hpp"

#include <algorithm>
#include <cmath>

using namespace ballast;

namespace host {

namespace {

/// What sums over a portfolio can not tell from zero, as a share of it; and what is no trade.
constexpr double blur = 1e-13;
constexpr double dust = 0x1p-40;

/// The largest fraction from `low`, which is right, to `high` that is right too: to the last bit that counts.
template <class Right>
double largest(double low, double high, Right&& right) {
    if (right(high)) return high;
    for (int k = 0; k < 60; ++k) {
        const double middle = 0.5 * (low + high);
        (right(middle) ? low : high) = middle;
    }
    return low;
}

}  // namespace

purchases::purchases(const decision& d, const any_cost::view& costs, const std::vector<double>& minimum)
    : costs_{costs},
      minimum_{minimum},
      value_{d.value} {
    for (const order& o : d.orders)
        if (o.buy()) all_.push_back({.whole = o, .part = o, .fraction = 1.0});
}

/// Whole steps of the fraction, or none where that is below the minimum or costs as much as it moves.
void purchases::take(purchase& p, double fraction) const {
    p.fraction = fraction;
    p.part = p.whole;
    if (fraction == 1.0) return;
    order& o = p.part;
    o.quantity *= fraction;
    if (!o.step.continuous()) {
        const step_count n = steps_toward_zero(o.quantity, o.step);
        o.steps = n.overflow ? 0 : n.steps;
        o.quantity = quantity_of(o.steps, o.step);
    }
    o.notional = o.quantity * o.price;
    o.cost = costs_.cost(o.asset, o.notional);
    o.reason = why::cut_by_cash;
    const double least = std::max(value_ * dust, minimum_.empty() ? 0.0 : minimum_[o.asset]);
    if (!(o.quantity > 0.0) || o.notional < least || o.cost >= o.notional) {
        o.steps = 0;
        o.quantity = o.notional = o.cost = 0.0;
    }
}

void purchases::set_all(double fraction) {
    for (purchase& p : all_) take(p, fraction);
}

double purchases::needed() const {
    double cash = 0.0;
    for (const purchase& p : all_)
        cash += p.part.quantity * p.part.limit_price + p.part.cost * std::max(1.0, p.part.limit_price / p.part.price);
    return cash;
}

bool purchases::fit(double cash) {
    if (needed() <= cash + value_ * blur) return true;
    set_all(largest(0.0, 1.0, [&](double fraction) {
        set_all(fraction);
        return needed() <= cash;
    }));
    std::vector<purchase*> by_missing;
    for (purchase& p : all_) by_missing.push_back(&p);
    std::stable_sort(by_missing.begin(), by_missing.end(), [](const purchase* a, const purchase* b) {
        return a->whole.notional - a->part.notional > b->whole.notional - b->part.notional;
    });
    for (purchase* p : by_missing)
        take(*p, largest(p->fraction, 1.0, [&](double fraction) {
            take(*p, fraction);
            return needed() <= cash;
        }));
    return false;
}

void purchases::apply(decision& d) const {
    std::vector<order> orders;
    double spent = 0.0;
    double gross = 0.0;
    d.cost = 0.0;
    const auto add = [&](const order& o) {
        orders.push_back(o);
        spent += o.notional + o.cost;
        gross += std::abs(o.notional);
        d.cost += o.cost;
    };
    for (const order& o : d.orders)
        if (!o.buy()) add(o);
    for (const purchase& p : all_) {
        if (p.part.quantity > 0.0) add(p.part);
        if (p.part.notional == p.whole.notional) continue;
        for (reason& r : d.reasons)
            if (r.asset == p.whole.asset) {
                r.code = p.part.quantity > 0.0 ? why::cut_by_cash : why::no_cash;
                r.done = p.part.notional;
                r.more = true;
            }
    }
    d.orders = std::move(orders);
    d.cash_after = d.cash - spent;
    d.turnover = 0.5 * (gross + std::abs(spent)) / d.value;
    const auto after = d.writable_after();
    for (std::size_t i = 0; i < d.assets(); ++i) after[i] = d.weight_before()[i] * d.value;
    for (const order& o : d.orders) after[o.asset] += o.notional;
    for (double& w : after) w /= d.value_after();
    if (d.orders.empty() && d.outcome == outcome::trade) d.outcome = outcome::hold;
}

}  // namespace host
