/// Costs of eight trades at once.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "../../numeric/octet.hpp"
#include "../concept.hpp"

namespace ballast::inline v0::detail {

/// Asks a bound cost for eight trades: registers where it is linear, one by one where not.
template <class View>
class cost_lanes {
public:
    explicit cost_lanes(const View& view) noexcept : view_{view} {
        if constexpr (uniform_bound_cost<View>) {
            if (!view.uniform()) return;
            same_ = true;
            const linear_cost all = view.linear(0);
            fixed_ = every(all.fixed);
            buy_ = every(all.buy);
            minus_sell_ = every(-all.sell);
        }
    }

    /// The costs of trades x of a block; `rate`: their slopes on the trades' sides.
    template <class Lanes>
    [[nodiscard, gnu::always_inline]] octet operator()(std::size_t first, const octet& x, Lanes lanes, octet& rate) const noexcept {
        if constexpr (linear_bound_cost<View>) {
            octet fixed = fixed_, buy = buy_, minus_sell = minus_sell_;
            if (!same_) {
                double each_fixed[8] = {}, each_buy[8] = {}, each_minus_sell[8] = {};
                for (std::size_t l = 0; l < lanes.count; ++l) {
                    const linear_cost of_one = view_.linear(first + l);
                    each_fixed[l] = of_one.fixed;
                    each_buy[l] = of_one.buy;
                    each_minus_sell[l] = -of_one.sell;
                }
                fixed = load(each_fixed);
                buy = load(each_buy);
                minus_sell = load(each_minus_sell);
            }
            rate = where_above(x, every(0.0), buy, minus_sell);
            if constexpr (shape_of<View>() == cost_shape::convex)
                return rate * x;
            else
                return where_above(absolute(x), every(0.0), fixed + rate * x, every(0.0));
        } else {
            double trades[8], slopes[8] = {}, costs[8] = {};
            store(trades, x);
            for (std::size_t l = 0; l < lanes.count; ++l) {
                const slope_interval m = view_.marginal(first + l, trades[l]);
                slopes[l] = trades[l] > 0.0 ? m.high : m.low;
                costs[l] = view_.cost(first + l, trades[l]);
            }
            rate = load(slopes);
            return load(costs);
        }
    }

    /// The fixed parts of a block's costs.
    template <class Lanes>
    [[nodiscard]] octet jumps(std::size_t first, Lanes lanes) const noexcept {
        if constexpr (linear_bound_cost<View>)
            if (same_) return fixed_;
        return gather(lanes, [&](std::size_t l) { return jump_of(view_, first + l); });
    }

private:
    const View& view_;
    octet fixed_ = every(0.0), buy_ = every(0.0), minus_sell_ = every(0.0);
    bool same_ = false;
};

/// A bound cost that is the larger of another one and an amount.
template <class View>
concept floored_cost = requires(const View& v) {
    requires View::at_least_amount;
    v.inner;
    v.amount;
};

template <floored_cost View>
class cost_lanes<View> {
public:
    explicit cost_lanes(const View& view) noexcept : inner_{view.inner}, amount_{every(view.amount)} {}

    template <class Lanes>
    [[nodiscard, gnu::always_inline]] octet operator()(std::size_t first, const octet& x, Lanes lanes, octet& rate) const noexcept {
        const octet c = inner_(first, x, lanes, rate);
        rate = where_above(amount_, c, every(0.0), rate);
        return where_above(absolute(x), every(0.0), larger(c, amount_), every(0.0));
    }
    template <class Lanes>
    [[nodiscard]] octet jumps(std::size_t first, Lanes lanes) const noexcept {
        return larger(inner_.jumps(first, lanes), amount_);
    }

private:
    cost_lanes<std::remove_cvref_t<decltype(std::declval<const View&>().inner)>> inner_;
    octet amount_;
};
template <class View>
cost_lanes(const View&) -> cost_lanes<View>;

}  // namespace ballast::inline v0::detail
