// Policies with every parameter open, so that a few instantiations cover many compositions: triggers that can be anything with a band, the
// three shapes of costs, guards that may or may not bind.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <ballast/cost/fixed.hpp>
#include <ballast/cost/half_spread.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/per_unit.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/rebate.hpp>
#include <ballast/cost/rounded.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/tiered.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/distance.hpp>

#include "order_checker.hpp"
#include "random_book.hpp"

namespace ballast_test {

enum class fires { always, band, distance, band_or_distance, band_and_distance };

/// Any of the compositions of a band and a distance, chosen at run time. Its region is the band's.
struct open_trigger {
    fires when = fires::always;
    ballast::trigger::band band{.absolute = 0.05};
    ballast::trigger::distance distance{};

    static constexpr const char* name = "open_trigger";
    [[nodiscard]] ballast::firing check(const ballast::look& l) const noexcept {
        if (when == fires::always) return {.fired = true, .trigger = name};
        const ballast::firing b = band.check(l);
        const ballast::firing d = distance.check(l);
        switch (when) {
            case fires::band: return b;
            case fires::distance: return d;
            case fires::band_or_distance: return b.fired ? b : d;
            default: return b.fired ? d : b;
        }
    }
    void region(const ballast::look& l, const ballast::box& b) const noexcept { band.region(l, b); }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return band.covers(n); }
};

/// Freezes assets, bounds their trades and their weights.
struct open_guard {
    std::vector<double> buy{}, sell{};     ///< per asset, base currency
    std::vector<double> lower{}, upper{};  ///< per asset, weights

    static constexpr const char* name = "open_guard";
    void narrow(const ballast::look& l, ballast::limits& lim) const noexcept {
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (!buy.empty()) {
                const auto cause = [](double most) { return most == 0.0 ? ballast::why::frozen_stale : ballast::why::cut_by_trade_limit; };
                lim.narrow_buy(i, buy[i], cause(buy[i]));
                lim.narrow_sell(i, sell[i], cause(sell[i]));
            }
            if (!lower.empty()) lim.narrow(i, lower[i], upper[i], ballast::why::cut_by_bounds);
        }
    }
};

using convex_cost = ballast::cost::sum<ballast::cost::proportional, ballast::cost::half_spread, ballast::cost::per_unit>;
using fixed_cost = ballast::cost::sum<ballast::cost::fixed,
                                      ballast::cost::minimum<ballast::cost::sum<ballast::cost::proportional, ballast::cost::per_unit>>,
                                      ballast::cost::half_spread>;
using general_cost = ballast::cost::sum<ballast::cost::maximum<ballast::cost::minimum<ballast::cost::proportional>>, ballast::cost::fixed>;

/// Tiers of either kind, rising or falling, alone and beside others.
using tiered_cost = ballast::cost::sum<ballast::cost::tiered, ballast::cost::fixed>;
/// Fees in whole steps.
using rounded_cost = ballast::cost::sum<
    ballast::cost::rounded<ballast::cost::sum<ballast::cost::minimum<ballast::cost::proportional>, ballast::cost::per_unit>>,
    ballast::cost::half_spread>;
/// A rebate beside a fee that it may exceed.
using rebate_cost = ballast::cost::sum<ballast::cost::rebate<ballast::cost::sum<ballast::cost::proportional, ballast::cost::fixed>>,
                                       ballast::cost::half_spread>;

[[nodiscard]] inline ballast::per_asset random_rates(dice& d, std::size_t n, double low, double high) {
    if (n == 0 || d.chance(0.6)) return d.scale(low, high);
    std::vector<double> each(n);
    for (double& r : each) r = d.chance(0.1) ? 0.0 : d.scale(low, high);
    return each;
}

/// Tiers around the size of a usual trade; the rates rise, fall or neither.
[[nodiscard]] inline ballast::cost::tiered random_tiers(dice& d, double slice) {
    ballast::cost::tiered t{.by = d.chance(0.5) ? ballast::cost::tiering::marginal : ballast::cost::tiering::whole};
    const std::size_t count = 1 + d.below(5);
    const int kind = static_cast<int>(d.below(3));
    double edge = slice * d.scale(1e-3, 1e-1);
    double rate = d.scale(1e-5, 1e-2);
    for (std::size_t k = 0; k < count; ++k) {
        t.tiers.push_back({k + 1 == count ? HUGE_VAL : edge, rate});
        edge *= 1.0 + d.scale(1e-2, 10.0);
        rate = kind == 0 ? rate * d.between(1.0, 3.0) : kind == 1 ? rate * d.between(0.3, 1.0) : d.scale(1e-5, 1e-2);
        if (rate > 0.05) rate = 0.05;
    }
    return t;
}

/// Costs of every shape, in proportion to the book.
template <class Cost>
[[nodiscard]] Cost random_cost(dice& d, const book& b) {
    namespace cost = ballast::cost;
    const std::size_t n = b.price.size();
    const double value = b.value();
    const double slice = value / static_cast<double>(n + 1);
    cost::proportional proportional{.rate = 0.0};
    if (d.chance(0.8)) proportional.rate = random_rates(d, n, 1e-5, d.chance(0.1) ? 0.05 : 5e-3);
    if (d.chance(0.2)) proportional.sell = random_rates(d, n, 1e-5, 5e-3);
    cost::half_spread spread{.spread = 0.0};
    if (d.chance(0.3)) spread.spread = random_rates(d, n, 1e-5, 1e-2);
    cost::per_unit unit{.amount = 0.0};
    if (n > 0 && d.chance(0.3)) {
        std::vector<double> each(n);
        for (std::size_t i = 0; i < n; ++i) each[i] = b.price[i] * d.scale(1e-6, 5e-3);
        unit.amount = each;
    }
    cost::fixed fixed{.amount = 0.0};
    if (d.chance(0.6)) fixed.amount = random_rates(d, n, slice * 1e-6, slice * 1e-2);
    const double least = d.chance(0.6) ? slice * d.scale(1e-6, 1e-2) : 0.0;
    if constexpr (std::is_same_v<Cost, convex_cost>)
        return Cost{proportional, spread, unit};
    else if constexpr (std::is_same_v<Cost, fixed_cost>)
        return Cost{fixed, cost::minimum{cost::sum{proportional, unit}, least}, spread};
    else if constexpr (std::is_same_v<Cost, tiered_cost>)
        return Cost{random_tiers(d, slice), fixed};
    else if constexpr (std::is_same_v<Cost, rounded_cost>) {
        cost::rounded<cost::sum<cost::minimum<cost::proportional>, cost::per_unit>> whole{
            cost::sum{cost::minimum{proportional, least}, unit}};
        whole.step = d.chance(0.1) ? ballast::decimal_step{}
                                   : ballast::decimal_step{1 + static_cast<std::int64_t>(d.below(5)),
                                                           static_cast<int>(std::floor(std::log10(slice * d.scale(1e-8, 1e-3))))};
        whole.to = static_cast<cost::fee_rounding>(d.below(3));
        return Cost{whole, spread};
    } else if constexpr (std::is_same_v<Cost, rebate_cost>)
        return Cost{cost::rebate{cost::sum{proportional, fixed}}, spread};
    else
        return Cost{cost::maximum{cost::minimum{proportional, least}, least + slice * d.scale(1e-5, 1e-1)}, fixed};
}

[[nodiscard]] inline open_trigger random_trigger(dice& d, std::size_t n, bool mostly_bands) {
    open_trigger t;
    t.when = d.chance(mostly_bands ? 0.6 : 0.2) ? fires::band : static_cast<fires>(d.below(5));
    ballast::trigger::band band{};
    const int kind = static_cast<int>(d.below(4));
    const double wide = n == 0 ? 0.05 : 0.3 / static_cast<double>(n);
    if (kind != 1) band.absolute = random_rates(d, n, wide * 0.01, wide);
    if (kind != 0) band.relative = random_rates(d, n, 0.01, 0.4);
    if (d.chance(0.5)) band.combine = ballast::trigger::combine::larger;
    if (d.chance(0.2) && kind != 1) band.absolute_below = random_rates(d, n, wide * 0.01, wide);
    if (d.chance(0.1) && kind != 1) band.absolute_below = d.chance(0.5) ? 1e9 : 0.0;
    t.band = band;
    t.distance.limit = d.scale(1e-3, 0.2);
    return t;
}

/// Whether anything but cash, steps and minimums holds this policy back.
struct limits_drawn {
    open_guard guard{};
    double turnover = HUGE_VAL;
};
[[nodiscard]] inline limits_drawn random_limits(dice& d, const book& b) {
    limits_drawn l;
    const std::size_t n = b.price.size();
    if (d.chance(0.1)) l.turnover = d.chance(0.1) ? 0.0 : d.scale(1e-3, 0.3);
    if (d.chance(0.15)) {  // some assets frozen, some limited
        const auto most = [&] {
            return d.chance(0.3) ? 0.0 : d.chance(0.2) ? b.value() / static_cast<double>(n) * d.scale(1e-3, 1.0) : HUGE_VAL;
        };
        const bool one_sided = d.chance(0.5);
        for (std::size_t i = 0; i < n; ++i) {
            l.guard.buy.push_back(most());
            l.guard.sell.push_back(one_sided ? most() : l.guard.buy.back());
        }
    }
    if (d.chance(0.05)) {
        for (std::size_t i = 0; i < n; ++i) {
            l.guard.lower.push_back(d.chance(0.8) ? -HUGE_VAL : b.target[i] * d.between(0.5, 1.1));
            l.guard.upper.push_back(d.chance(0.8) ? HUGE_VAL : std::fmax(b.target[i] * d.between(0.8, 1.2), l.guard.lower.back()));
        }
    }
    return l;
}

template <class Cost, class Solver>
using open_rebalancer = ballast::rebalancer<open_trigger, Cost, Solver, ballast::guard::max_turnover, open_guard,
                                            ballast::sizing::reconciled, ballast::mandate>;

/// A rebalancer with states of its own.
template <class Rebalancer>
struct runner {
    Rebalancer policy;
    typename Rebalancer::market_state market{};
    typename Rebalancer::account_state account{};
    typename Rebalancer::workspace workspace{};

    runner(Rebalancer r, const ballast::sizes& s) : policy{std::move(r)} {
        policy.prepare(market, s);
        policy.prepare(account, s);
        policy.prepare(workspace, s);
    }
    void propose(const ballast::inputs& in, ballast::decision& d) {
        policy.prepare(d, {in.market.price.size(), in.account.quantity.size() + in.market.price.size() + 1});
        policy.propose(market, account, in, workspace, d);
    }
};

}  // namespace ballast_test
