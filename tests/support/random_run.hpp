// Decisions over seeded random books under seeded random policies: every shape of cost, every solver, bands and distances, limits, collars, ticks,
// steps, minimums, reserves, shorts, several rows of an asset.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <ballast/solver/closest.hpp>

#include "books_of.hpp"
#include "order_checker.hpp"
#include "random_book.hpp"
#include "random_policy.hpp"

namespace ballast_test {

/// One random call: the book, what its host allows, and the policy with its states.
template <class Cost, class Solver>
struct random_call {
    book of{};
    house_rules house{};
    bool limited = false;  ///< a guard may hold something back
    runner<open_rebalancer<Cost, Solver>> run;
    ballast::decision answer{};

    void propose() { run.propose(of.view(), answer); }

    /// The model's own cost of a signed notional, as far as it is paid.
    [[nodiscard]] double cost(std::size_t asset, double notional) const {
        std::vector<double> worth;
        for (std::size_t i = 0; i < of.price.size(); ++i) worth.push_back(of.worth(i));
        ballast::look l;
        l.price = worth;
        const auto all = run.policy.cost().bind(l);
        return ballast::detail::paid_of(all).cost(asset, notional);
    }
    /// What the referee (order_checker.hpp) has against a decision about this book; "" where it has nothing.
    [[nodiscard]] std::string complaint(const ballast::decision& d) const {
        return first_complaint(
            of.view(), house, [&](std::size_t i, double x) { return cost(i, x); }, d);
    }
    [[nodiscard]] std::string complaint() const { return complaint(answer); }
};

template <class Solver>
[[nodiscard]] Solver random_solver(dice& d) {
    Solver s{};
    if constexpr (requires { s.depth; }) {
        s.depth = d.chance(0.5) ? 0.0 : d.chance(0.5) ? 0.5 : d.unit();
        if (d.chance(0.3)) s.rows = ballast::solver::band_rows::all;
    }
    if constexpr (requires { s.impact; }) {
        s.rate = d.chance(0.3) ? 0.0 : d.chance(0.1) ? 1.0 : d.scale(0.01, 1.0);
        s.impact = d.scale(0.01, 100.0);
        if (d.chance(0.3)) s.decay = d.unit();
    }
    if constexpr (requires { s.sides; }) {
        s.sides = static_cast<ballast::solver::sides>(d.below(3));
        if (d.chance(0.4)) s.distance = ballast::drift_measure::absolute;
    }
    return s;
}

template <class Cost, class Solver>
[[nodiscard]] random_call<Cost, Solver> make_random_call(std::uint64_t seed, const book_kind& kind) {
    dice d{seed};
    const std::size_t n = random_count(d);
    book b = random_book(d, n, kind);
    const Cost cost = random_cost<Cost>(d, b);
    const open_trigger trigger = random_trigger(d, n, !std::is_same_v<Solver, ballast::solver::to_target>);
    const limits_drawn limits = random_limits(d, b);
    const double collar = d.chance(0.2) ? d.scale(1e-4, 1e-2) : 0.0;
    house_rules house{
        .rules = b.rules, .collar = collar, .max_turnover = limits.turnover, .max_buy = limits.guard.buy, .max_sell = limits.guard.sell};
    const bool limited = ballast::detail::limits_trades(b.view().instruments) || limits.turnover < HUGE_VAL || !limits.guard.buy.empty() ||
                         !limits.guard.lower.empty();
    open_rebalancer<Cost, Solver> policy{
        trigger,
        cost,
        random_solver<Solver>(d),
        ballast::guard::max_turnover{.limit = limits.turnover},
        limits.guard,
        {collar, d.chance(0.2) ? ballast::sizing::shortfall_rule::largest_drift : ballast::sizing::shortfall_rule::proportional},
        b.rules};
    const ballast::sizes s{n, b.held.quantity.size() + n + 1};
    return {std::move(b), std::move(house), limited, {std::move(policy), s}, {}};
}

/// Calls `body(call, seed)` for every seed below `count`, spread over all compositions, after its `propose`; some seeds twice. Books whose inputs are at fault are left
/// out; how many were is the answer.
template <class Body>
std::size_t for_random_calls(std::uint64_t count, const book_kind& kind, Body&& body) {
    std::size_t rejected = 0;
    const auto one = [&]<class Cost, class Solver>(std::uint64_t seed, const Cost*, const Solver*) {
        auto call = make_random_call<Cost, Solver>(seed, kind);
        call.propose();
        if (call.answer.outcome == ballast::outcome::rejected)
            ++rejected;
        else
            body(call, seed);
    };
    using ballast::solver::closest;
    using ballast::solver::to_band;
    using ballast::solver::to_target;
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        switch (seed % 6) {
            case 0: one(seed, static_cast<const convex_cost*>(nullptr), static_cast<const to_target*>(nullptr)); break;
            case 1: one(seed, static_cast<const fixed_cost*>(nullptr), static_cast<const to_target*>(nullptr)); break;
            case 2: one(seed, static_cast<const general_cost*>(nullptr), static_cast<const to_target*>(nullptr)); break;
            case 3: one(seed, static_cast<const convex_cost*>(nullptr), static_cast<const to_band*>(nullptr)); break;
            case 4: one(seed, static_cast<const fixed_cost*>(nullptr), static_cast<const to_band*>(nullptr)); break;
            default: one(seed, static_cast<const general_cost*>(nullptr), static_cast<const to_band*>(nullptr)); break;
        }
        switch (seed % 12) {  // besides
            case 3: one(seed, static_cast<const convex_cost*>(nullptr), static_cast<const closest*>(nullptr)); break;
            case 7: one(seed, static_cast<const fixed_cost*>(nullptr), static_cast<const closest*>(nullptr)); break;
            case 11: one(seed, static_cast<const general_cost*>(nullptr), static_cast<const closest*>(nullptr)); break;
            default: break;
        }
    }
    return rejected;
}

}  // namespace ballast_test
