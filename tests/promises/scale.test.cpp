// Money has no unit: with every amount of money (prices, cash, fees, minimums, reserves) times 2^k the same quantities are traded, to the
// last bit, and every amount of the answer is times 2^k. Multiplying a double by 2^k rounds nothing, so nothing may differ.
#include <ballast/rebalancer.hpp>

#include <ballast/cost/fixed.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"
#include "support/random_book.hpp"
#include "support/same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <limits>

using namespace ballast;
using test::same_bits;

namespace {

ballast_test::book times(ballast_test::book b, int k) {
    for (double& p : b.price) p = std::ldexp(p, k);
    for (double& m : b.min_notional) m = std::ldexp(m, k);
    b.held.cash = std::ldexp(b.held.cash, k);
    b.rules.reserve_amount = std::ldexp(b.rules.reserve_amount, k);
    return b;
}

struct parameters {
    double rate, fee, least, amount, limit, collar;
};

template <class Solver>
decision propose(const ballast_test::book& b, const Solver& solver, const parameters& p, int k) {
    const rebalancer r{
        trigger::band{.relative = 0.02},
        cost::sum{cost::fixed{.amount = std::ldexp(p.fee, k)}, cost::minimum{cost::proportional{.rate = p.rate}, std::ldexp(p.least, k)}},
        solver,
        guard::max_trade{.amount = std::ldexp(p.amount, k)},
        guard::max_turnover{.limit = p.limit},
        sizing::reconciled{.collar = p.collar},
        b.rules};
    return test::propose_once(r, b.view(), {.assets = b.price.size(), .rows = b.held.quantity.size()});
}

// True where `d` is `of` with every amount of money times 2^k.
void is_scaled(const decision& d, const decision& of, int k) {
    const auto money = [&](double a, double b) { return same_bits(a, std::ldexp(b, k)); };
    CHECK(d.outcome == of.outcome);
    CHECK(d.problem.code == of.problem.code);
    CHECK(same_bits(d.firing, of.firing));
    CHECK(money(d.value, of.value));
    CHECK(money(d.cash, of.cash));
    CHECK(money(d.cash_after, of.cash_after));
    CHECK(money(d.cost, of.cost));
    CHECK(same_bits(d.turnover, of.turnover));
    CHECK(same_bits(d.weight_before(), of.weight_before()));
    CHECK(same_bits(d.weight_after(), of.weight_after()));
    REQUIRE(d.orders.size() == of.orders.size());
    for (std::size_t i = 0; i < d.orders.size(); ++i) {
        const order& a = d.orders[i];
        const order& b = of.orders[i];
        CHECK((a.row == b.row && a.asset == b.asset && a.steps == b.steps && a.reason == b.reason));
        CHECK(same_bits(a.quantity, b.quantity));
        CHECK((money(a.price, b.price) && money(a.limit_price, b.limit_price) && money(a.notional, b.notional) && money(a.cost, b.cost)));
    }
    REQUIRE(d.reasons.size() == of.reasons.size());
    for (std::size_t i = 0; i < d.reasons.size(); ++i) {
        CHECK((d.reasons[i].asset == of.reasons[i].asset && d.reasons[i].code == of.reasons[i].code &&
               d.reasons[i].more == of.reasons[i].more));
        CHECK((money(d.reasons[i].wished, of.reasons[i].wished) && money(d.reasons[i].done, of.reasons[i].done)));
    }
}

template <class Solver>
int over_random_books(std::uint64_t seed, const Solver& solver) {
    ballast_test::dice dice{seed};
    int trades = 0;
    for (int round = 0; round < 400; ++round) {
        const auto b = ballast_test::random_book(dice, dice.below(16), {.ticks = 0.0});
        const double slice = b.value() / 16.0;
        const parameters p{.rate = dice.scale(1e-4, 1e-2),
                           .fee = dice.chance(0.5) ? 0.0 : slice * dice.scale(1e-6, 1e-2),
                           .least = dice.chance(0.5) ? 0.0 : slice * dice.scale(1e-6, 1e-2),
                           .amount = dice.chance(0.7) ? std::numeric_limits<double>::infinity() : slice * dice.unit(),
                           .limit = dice.chance(0.7) ? std::numeric_limits<double>::infinity() : 0.2 * dice.unit(),
                           .collar = dice.chance(0.5) ? 0.0 : 0.01 * dice.unit()};
        const decision d = propose(b, solver, p, 0);
        trades += d.outcome == outcome::trade ? 1 : 0;
        for (const int k : {-40, -1, 1, 7, 60}) {
            CAPTURE(seed, round, k);
            is_scaled(propose(times(b, k), solver, p, k), d, k);
        }
    }
    return trades;
}

}  // namespace

TEST_CASE("promise: scale: money times 2^k gives the same orders to the last bit: to_target") {
    CHECK(over_random_books(1, solver::to_target{}) > 150);
}
TEST_CASE("promise: scale: money times 2^k gives the same orders to the last bit: to_band") {
    CHECK(over_random_books(2, solver::to_band{}) > 150);
    CHECK(over_random_books(3, solver::to_band{.depth = 0.5, .rows = solver::band_rows::all}) > 150);
}
