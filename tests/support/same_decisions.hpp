// Two rebalancers of the same policies, told apart by nothing: seeded random books that move on from day to day, and a walk through them in
// which both must agree on every decision, fault and saved byte.
#pragma once

#include <ballast/any.hpp>
#include <ballast/core/archive.hpp>
#include <ballast/core/civil_date.hpp>

#include "catch.hpp"
#include "same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>
#include <vector>

namespace test {

/// What a host owns of one account, moving on with time.
struct book {
    std::mt19937_64 random;
    std::vector<double> price{}, quantity{}, target{}, volatility{}, min_notional{};
    std::vector<ballast::decimal_step> step{};
    std::vector<ballast::timestamp> as_of{};
    std::vector<std::uint32_t> asset_of_row{};
    double cash = 0.0;
    ballast::timestamp now = ballast::timestamp_from_civil(2021, 3, 1);
    bool own_targets = false;  // the policy makes them

    explicit book(std::uint64_t seed, std::size_t n) : random{seed} {
        double invested = 0.0;
        double sum = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            price.push_back(std::exp(8.0 * unit() - 2.0));
            target.push_back(unit() < 0.15 ? 0.0 : 0.1 + unit());
            sum += target.back();
            volatility.push_back(0.05 + 0.6 * unit());
            as_of.push_back(now);
        }
        const double kept = unit() < 0.5 ? 0.0 : 0.2 * unit();
        for (std::size_t i = 0; i < n; ++i) {
            if (sum > 0.0) target[i] *= (1.0 - kept) / sum;
            const double value = 1e5 * target[i] * (0.7 + 0.6 * unit());
            const bool split = unit() < 0.3;
            for (int k = 0; k < (split ? 2 : 1); ++k) {
                quantity.push_back(value / price[i] / (split ? 2.0 : 1.0));
                asset_of_row.push_back(static_cast<std::uint32_t>(i));
            }
            invested += value;
        }
        cash = 1e5 > invested ? 1e5 - invested : 1000.0;
        if (unit() < 0.5)
            for (std::size_t i = 0; i < n; ++i) step.push_back({1, -static_cast<int>(4.0 * unit())});
        if (unit() < 0.3) min_notional.push_back(50.0);
    }
    [[nodiscard]] double unit() { return static_cast<double>(random() >> 11) * (1.0 / 9007199254740992.0); }

    /// The next day, or a moment later. Now and then a price is missing or old.
    void go_on() {
        now = now + (unit() < 0.2 ? ballast::minutes(1) : ballast::hours(24));
        for (std::size_t i = 0; i < price.size(); ++i) {
            const double p = std::isfinite(price[i]) ? price[i] : 10.0;
            price[i] = unit() < 0.01 ? std::numeric_limits<double>::quiet_NaN() : p * std::exp(0.06 * (unit() + unit() - 1.0));
            if (unit() < 0.9) as_of[i] = now;
            volatility[i] *= std::exp(0.1 * (unit() - 0.5));
        }
    }
    [[nodiscard]] ballast::market_view market() const { return {.now = now, .price = price, .as_of = as_of, .volatility = volatility}; }
    [[nodiscard]] ballast::inputs in() const {
        ballast::inputs i{.market = market(),
                          .account = {.cash = cash, .quantity = quantity, .asset_of_row = asset_of_row},
                          .instruments = {.step = step, .min_notional = min_notional}};
        if (!own_targets) i.target = target;
        return i;
    }
    void fill(const ballast::decision& d, double part) {
        for (const ballast::order& o : d.orders) {
            quantity[o.row] += part * o.quantity;
            cash -= part * (o.notional + o.cost);
        }
    }
};

/// A rebalancer with states of its own.
template <class Rebalancer>
struct desk {
    Rebalancer policy;
    typename Rebalancer::market_state market{};
    typename Rebalancer::account_state account{};
    typename Rebalancer::workspace workspace{};
    ballast::decision answer{};

    desk(Rebalancer p, const ballast::sizes& s) : policy{std::move(p)} {
        policy.prepare(market, s);
        policy.prepare(account, s);
        policy.prepare(workspace, s);
        policy.prepare(answer, s);
    }
    const ballast::decision& propose(const ballast::inputs& in) {
        policy.propose(market, account, in, workspace, answer);
        return answer;
    }
};

struct seen {
    int trades = 0, holds = 0, held_back = 0, rejected = 0;
};

/// Both walk through the same days of seeded random books and must agree on everything: faults, decisions, and what their states are as
/// bytes.
template <class Exact>
seen check_same(const Exact& exact, const ballast::any_rebalancer& erased, std::uint64_t seed, bool own_targets = false,
                std::size_t only = 99) {
    seen all;
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{17}}) {
        if (only != 99 && n != only) continue;
        book b{seed + n, n};
        b.own_targets = own_targets;
        const ballast::sizes s{.assets = n, .rows = b.quantity.size()};
        desk a{exact, s};
        desk e{erased, s};
        for (int day = 0; day < 60; ++day) {
            CAPTURE(seed, n, day);
            const ballast::inputs in = b.in();
            REQUIRE(same_bits(a.policy.observe(a.market, in.market), e.policy.observe(e.market, in.market)));
            const ballast::decision& d = a.propose(in);
            REQUIRE(same_bits(d, e.propose(in)));
            if (b.unit() < 0.9)
                REQUIRE(same_bits(a.policy.observe(a.market, a.account, in, a.workspace),
                                  e.policy.observe(e.market, e.account, in, e.workspace)));
            switch (d.outcome) {
                case ballast::outcome::trade: ++all.trades; break;
                case ballast::outcome::rejected: ++all.rejected; break;
                case ballast::outcome::hold: ++all.holds; break;
                default: ++all.held_back; break;
            }
            if (!d.orders.empty() && b.unit() < 0.8) {
                std::vector<ballast::fill> fills;
                const double part = b.unit() < 0.3 ? 0.5 : 1.0;
                for (std::uint32_t k = 0; k < d.orders.size(); ++k)
                    fills.push_back({.order = k, .quantity = part * d.orders[k].quantity, .price = d.orders[k].price});
                REQUIRE(same_bits(a.policy.commit(a.account, d, fills, b.now), e.policy.commit(e.account, e.answer, fills, b.now)));
                b.fill(d, part);
            }
            REQUIRE(ballast::save(a.account) == ballast::save(e.account));
            REQUIRE(ballast::save(a.market) == ballast::save(e.market));
            b.go_on();
        }
    }
    return all;
}

}  // namespace test
