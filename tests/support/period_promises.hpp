// Promises of the solvers of one period: money in another unit changes no share, and assets in another order have the same trades.
#pragma once

#include "catch.hpp"
#include "period_problems.hpp"
#include "same_bits.hpp"
#include "solved.hpp"

#include <cmath>
#include <cstddef>
#include <vector>

namespace ballast_test {

// All amounts of money times a power of 2: the wealth is scaled by it, to the last bit, and all else is the same.
template <class Solver>
void check_scale(const Solver& solver, const random_problem& p, double by = 1048576.0) {
    const solved<Solver> one{solver, p.l, p.cost, p.b};
    random_problem q = p;
    q.l.value *= by;
    q.l.rules.reserve_amount *= by;
    for (auto* column : {&q.b.buy, &q.b.sell})
        for (double& x : *column) x *= by;
    show_risk(q);
    const solved<Solver> scaled{solver, q.l, q.cost, q.b};
    CHECK(scaled.how == one.how);
    CHECK(test::same_bits(scaled.s.wealth, one.s.wealth * by));
    CHECK(test::same_bits(scaled.s.optimality, one.s.optimality));
    CHECK(test::same_bits(scaled.share, one.share));
    CHECK(scaled.move == one.move);
    CHECK(scaled.cause == one.cause);
}

template <class T>
std::vector<T> in_order(const std::vector<T>& x, const std::vector<std::size_t>& order) {
    std::vector<T> y;
    if (x.empty()) return y;
    for (const std::size_t i : order) y.push_back(x[i]);
    return y;
}
// The asset that was order[i] is now asset i. Show its risk afterwards: that of a copy is its first owner's.
inline random_problem in_order(const random_problem& p, const std::vector<std::size_t>& order) {
    random_problem q = p;
    const std::size_t n = order.size(), k = p.c.loadings.size() / (n == 0 ? 1 : n);
    for (auto* column : {&q.c.specific, &q.l.weight, &q.l.target, &q.b.lower, &q.b.upper, &q.b.buy, &q.b.sell})
        *column = in_order(*column, order);
    std::vector<double> buy, sell;
    for (std::size_t i = 0; i < n; ++i) {
        const linear_cost c = p.cost.bind(p.l).linear(order[i]);
        buy.push_back(c.buy);
        sell.push_back(c.sell);
        for (std::size_t j = 0; j < n && !p.c.dense.empty(); ++j) q.c.dense[i * n + j] = p.c.dense[order[i] * n + order[j]];
        for (std::size_t a = 0; a < k; ++a) q.c.loadings[i * k + a] = p.c.loadings[order[i] * k + a];
    }
    q.cost = {.rate = buy, .sell = sell};
    return q;
}
inline std::vector<std::size_t> draw_order(dice& d, std::size_t n) {
    std::vector<std::size_t> order(n);
    for (std::size_t i = 0; i < n; ++i) order[i] = i;
    for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[d.below(i)]);
    return order;
}
// By how much of the value a trade differs at most. `reordered` is the solver with what it says of single assets in that order.
template <class Solver>
double apart_in_order(const Solver& solver, const Solver& reordered, const random_problem& p, const std::vector<std::size_t>& order) {
    const solved<Solver> one{solver, p.l, p.cost, p.b};
    random_problem q = in_order(p, order);
    show_risk(q);
    const solved<Solver> other{reordered, q.l, q.cost, q.b};
    CHECK(other.how == one.how);
    double apart = 0.0;
    for (std::size_t i = 0; i < order.size(); ++i) apart = std::fmax(apart, std::fabs(other.trade(i) - one.trade(order[i])));
    return apart / p.l.value;
}

}  // namespace ballast_test
