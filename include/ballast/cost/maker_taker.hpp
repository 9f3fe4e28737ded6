/// The fees of a venue that asks another rate of orders that wait than of those that take.
#pragma once

#include <cstddef>

#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// (share·maker + (1 − share)·taker)·|x|, share being the part of an order that is expected to be filled while it waits in the book: 0 sends
/// all orders to be filled at once, 1 has them wait. A negative maker fee is a rebate. The rate that results must not be below 0: trading back
/// and forth would earn money, and the cost would not be convex. A rebate beyond the fees stands in `cost::rebate`, beside the spread that it
/// is paid for. What waiting costs besides is in no fee: `cost::latency` has a number for it. Linear, for all assets alike or one by one. O(1).
struct maker_taker {
    per_asset maker = 0.0;        ///< fraction of the notional; below 0: a rebate
    per_asset taker = 0.0;        ///< fraction of the notional, at or above 0
    per_asset maker_share = 0.0;  ///< 0 to 1: what is expected to be filled as maker

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "maker_taker";

    struct view : detail::convex_linear_view<view> {
        const maker_taker* of = nullptr;  ///< the model
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept {
            const double r = of->rate(i);
            return {0.0, r, r};
        }
        [[nodiscard]] bool uniform() const noexcept { return of->maker.uniform() && of->taker.uniform() && of->maker_share.uniform(); }
    };
    [[nodiscard]] view bind(const look&) const noexcept {
        view v;
        v.of = this;
        return v;
    }
    /// The rate to be expected of asset i, a fraction of the notional.
    [[nodiscard]] double rate(std::size_t i) const noexcept { return maker_share[i] * maker[i] + (1.0 - maker_share[i]) * taker[i]; }

    [[nodiscard]] bool covers(std::size_t n) const noexcept { return maker.covers(n) && taker.covers(n) && maker_share.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (const double* v = maker.find([](double x) { return !(x > -1.0 && x < 1.0); }))
            return {"maker_taker.maker", *v, "must be a fraction between -1 and 1"};
        if (const double* v = taker.find([](double x) { return !(x >= 0.0 && x < 1.0); }))
            return {"maker_taker.taker", *v, "must be a fraction at or above 0 and below 1"};
        if (const double* v = maker_share.find([](double x) { return !(x >= 0.0 && x <= 1.0); }))
            return {"maker_taker.maker_share", *v, "must be a share, 0 to 1"};
        std::size_t n = 1;
        for (const per_asset* p : {&maker, &taker, &maker_share}) n = p->size() > n ? p->size() : n;
        const auto reaches = [](const per_asset& p, std::size_t i) { return p.uniform() || i < p.size(); };
        for (std::size_t i = 0; i < n; ++i)
            if (reaches(maker, i) && reaches(taker, i) && reaches(maker_share, i) && rate(i) < 0.0)
                return {"maker_taker.maker", maker[i], "a rebate beyond the fees would pay for trading back and forth"};
        return {};
    }
};

}  // namespace ballast::inline v0::cost
