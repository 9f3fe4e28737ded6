// The order in which assets come is the host's affair: permuting them permutes the answer. Sums round differently in another order, so
// continuous sizes agree to 1e-12 of the trade or of what can be told apart in a sum over the book; in whole steps they are equal but where
// a trade lies within that of the next step.
#include <ballast/rebalancer.hpp>

#include <ballast/cost/fixed.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"
#include "support/random_book.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

using namespace ballast;

namespace {

// Asset i of the answer is asset from[i] of b.
ballast_test::book permuted(const ballast_test::book& b, const std::vector<std::size_t>& from) {
    ballast_test::book p = b;
    const auto move = [&](auto& to, const auto& of) {
        if (of.size() == from.size() && !of.empty())
            for (std::size_t i = 0; i < from.size(); ++i) to[i] = of[from[i]];
    };
    move(p.price, b.price);
    move(p.target, b.target);
    move(p.step, b.step);
    move(p.tick, b.tick);
    if (b.min_notional.size() > 1) move(p.min_notional, b.min_notional);
    move(p.held.quantity, b.held.quantity);
    return p;
}

std::vector<std::size_t> random_order(ballast_test::dice& dice, std::size_t n) {
    std::vector<std::size_t> from(n);
    for (std::size_t i = 0; i < n; ++i) from[i] = i;
    for (std::size_t i = n; i > 1; --i) std::swap(from[i - 1], from[dice.below(i)]);
    return from;
}

// What each asset trades, as notional.
std::vector<double> trades(const decision& d, std::size_t n) {
    std::vector<double> x(n, 0.0);
    for (const order& o : d.orders) x[o.asset] += o.notional;
    return x;
}

struct tally {
    int books = 0;
    int orders = 0;
    int other = 0;
};

template <class Cost, class Solver>
tally over_random_books(std::uint64_t seed, double steps, const Cost& cost, const Solver& solver) {
    ballast_test::dice dice{seed};
    tally seen;
    for (int round = 0; round < 500; ++round) {
        const std::size_t n = 2 + dice.below(25);
        const auto b = ballast_test::random_book(dice, n, {.steps = steps, .minimums = steps > 0.0 ? 0.2 : 0.0, .rows = 0.0});
        const auto from = random_order(dice, n);
        const auto q = permuted(b, from);
        const trigger::band when{.relative = 0.01};
        const decision d = test::propose_once(rebalancer{when, cost, solver, b.rules}, b.view());
        const decision p = test::propose_once(rebalancer{when, cost, solver, b.rules}, q.view());
        CAPTURE(seed, round, n);
        CHECK(p.outcome == d.outcome);
        CHECK(p.value == Approx(d.value).epsilon(1e-13));
        const auto a = trades(d, n);
        const auto c = trades(p, n);
        double gross = std::fabs(b.held.cash);
        for (std::size_t i = 0; i < n; ++i) gross += std::fabs(b.held.quantity[i] * b.price[i]);
        ++seen.books;
        for (std::size_t i = 0; i < n; ++i) {
            const double x = a[from[i]], y = c[i];
            if (x == 0.0 && y == 0.0) continue;
            ++seen.orders;
            const double step = q.step.empty() ? 0.0 : q.step[i].value() * q.price[i];
            CAPTURE(i, x, y, step);
            if (step > 0.0) {
                seen.other += x == y ? 0 : 1;
            } else {
                CHECK(std::fabs(x - y) <= 1e-12 * (std::fabs(x) + gross));
            }
        }
    }
    return seen;
}

}  // namespace

TEST_CASE("promise: order: permuting the assets permutes continuous trades") {
    const cost::proportional c{.rate = 0.002};
    CHECK(over_random_books(1, 0.0, c, solver::to_target{}).orders > 1500);
    CHECK(over_random_books(2, 0.0, c, solver::to_band{.depth = 0.5}).orders > 1000);
}

TEST_CASE("promise: order: permuting the assets permutes trades in whole steps, but for ties") {
    const cost::sum c{cost::proportional{.rate = 0.002}, cost::fixed{.amount = 1.0}};
    for (const tally& t : {over_random_books(3, 1.0, c, solver::to_target{}), over_random_books(4, 1.0, c, solver::to_band{})}) {
        CHECK(t.orders > 800);
        CHECK(t.other * 100 <= t.orders);
    }
}
