#include <ballast/guard/max_trade.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/guarded.hpp"
#include "support/looks.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::guard::max_trade;
using ballast_test::account_of;
using ballast_test::book;

static_assert(std::is_aggregate_v<max_trade> && guard_policy<max_trade>);
static_assert(detail::limiting_guard<max_trade> && !detail::judging_guard<max_trade>);
static_assert(std::is_same_v<memory_of<max_trade>, no_memory>);
static_assert(noexcept(max_trade{}.validate()) && noexcept(max_trade{}.covers(1)) && detail::check_guard<max_trade>());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
const auto at_once = trigger::every{.interval = {}};
const mandate anything{.leverage = 10.0, .allow_short = true};

double largest_allowed(const max_trade& g, std::size_t i, double value) {
    double most = infinity;
    if (g.share.given()) most = std::fmin(most, g.share[i] * value);
    if (g.amount.given()) most = std::fmin(most, g.amount[i]);
    return most;
}

max_trade random_limit(std::mt19937_64& rng, std::size_t n, double value) {
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    const auto some = [&](double scale) -> per_asset {
        if (rng() % 2 == 0) return scale * unit(rng);
        std::vector<double> each(n);
        for (double& x : each) x = rng() % 5 == 0 ? infinity : rng() % 9 == 0 ? 0.0 : scale * unit(rng);
        return each;
    };
    max_trade g;
    const auto kind = rng() % 3;
    if (kind != 0) g.share = some(0.15);
    if (kind != 1) g.amount = some(0.15 * value);
    return g;
}

struct seen {
    int limited = 0;
    int more = 0;
    int free = 0;
};
// Every asset's |notional|, all its rows together, keeps to min(share·value, amount), and those that it holds back say so.
template <class Trigger, class Cost, class Solver>
seen holds_over_random_books(std::uint64_t seed, const Trigger& trigger, const Cost& cost, const Solver& solver) {
    std::mt19937_64 rng{seed};
    seen s;
    for (int round = 0; round < 300; ++round) {
        const ballast_test::book_kind kind{
            .shorts = round % 3 == 0, .steps = round % 2 == 0, .rows = round % 5 == 0, .minimums = round % 7 == 0};
        const std::size_t n = 1 + rng() % 12;
        const book b = ballast_test::random_book(rng, n, kind);
        const max_trade g = random_limit(rng, n, b.value());
        account_of plain{rebalancer{trigger, cost, solver, anything}, b};
        account_of guarded{rebalancer{trigger, cost, solver, anything, g}, b};
        const decision& free = plain.propose(b);
        const decision& d = guarded.propose(b);
        CAPTURE(seed, round, n);
        REQUIRE_FALSE(g.validate());
        CHECK_FALSE(d.problem);
        const std::vector<double> done = ballast_test::traded(b, d);
        const std::vector<double> wished = ballast_test::traded(b, free);
        bool reached = false;
        for (std::size_t i = 0; i < n; ++i) {
            const double most = largest_allowed(g, i, b.value());
            if (std::fabs(done[i]) > most * (1.0 + 1e-12)) {
                CAPTURE(i, most, done[i]);
                CHECK(std::fabs(done[i]) <= most * (1.0 + 1e-12));
            }
            reached = reached || std::fabs(wished[i]) > most;
            // On the way to a target: what is held back says so, or that it waits for one that is.
            if (std::is_same_v<Solver, solver::to_target> && done[i] != 0.0 && std::fabs(wished[i]) > most * (1.0 + 1e-9)) {
                const why code = d.reason_of(i).code;
                CAPTURE(i, to_string(code), wished[i], done[i], most);
                CHECK((code == why::cut_by_trade_limit || code == why::cut_for_balance));
            }
        }
        if (!d.more_to_do() && !d.orders.empty()) {
            book then = b;
            ballast_test::fill(then, d);
            double left = 0.0;
            for (const double x : ballast_test::traded(then, guarded.propose(then))) left = std::fmax(left, std::fabs(x));
            CHECK(left <= ballast_test::steps_together(b));
        }
        s.more += d.more_to_do();
        if (!reached && free.outcome == outcome::trade) {
            for (std::size_t i = 0; i < n; ++i) CHECK(done[i] == Approx(wished[i]).epsilon(1e-9).margin(1e-9 * b.value()));
            ++s.free;
        } else if (reached) {
            ++s.limited;
        }
    }
    return s;
}

// Step by step to where it would go without the limit: at most as many steps as the largest trade takes, and a few for steps and costs.
template <class Trigger, class Cost, class Solver>
void converges(std::uint64_t seed, const Trigger& trigger, const Cost& cost, const Solver& solver) {
    std::mt19937_64 rng{seed};
    for (int round = 0; round < 60; ++round) {
        book b = ballast_test::random_book(rng, 1 + rng() % 8, {.shorts = round % 3 == 0, .steps = round % 2 == 0});
        const max_trade g{.amount = (0.02 + 0.02 * static_cast<double>(rng() % 5)) * b.value()};
        bool coarse = false;  // a limit of less than a few steps leaves nothing to go by
        for (std::size_t i = 0; i < b.step.size(); ++i) coarse = coarse || b.step[i].value() * b.price[i] > 0.25 * g.amount[0];
        if (coarse) continue;
        account_of plain{rebalancer{trigger, cost, solver, anything}, b};
        account_of guarded{rebalancer{trigger, cost, solver, anything, g}, b};
        double way = 0.0;
        for (const double x : ballast_test::traded(b, plain.propose(b))) way += std::fabs(x);
        const int expected = static_cast<int>(std::ceil(way / (0.75 * g.amount[0]))) + 4;
        int steps = 0;
        CAPTURE(seed, round, way, g.amount[0], expected);
        for (;; ++steps) {
            const decision& d = guarded.propose(b);
            REQUIRE_FALSE(d.problem);
            if (d.outcome != outcome::trade || steps > 2 * expected) break;
            ballast_test::fill(b, d);
        }
        CHECK(steps <= expected);
        for (const double left : ballast_test::traded(b, plain.propose(b))) CHECK(std::fabs(left) <= ballast_test::steps_together(b));
        CHECK_FALSE(guarded.propose(b).more_to_do());
    }
}
}  // namespace

TEST_CASE("max_trade: the limit holds in the list, whatever the costs and the solver") {
    const auto check = [](const seen& s) {
        CHECK(s.limited > 100);
        CHECK(s.more > 50);
        CHECK(s.free >= 5);
    };
    check(holds_over_random_books(61, at_once, cost::zero{}, solver::to_target{}));
    check(holds_over_random_books(62, at_once, cost::proportional{.rate = 30_bps}, solver::to_target{}));
    check(holds_over_random_books(63, at_once, cost::fixed{.amount = 20.0}, solver::to_target{}));
    check(holds_over_random_books(64, at_once, cost::minimum{cost::proportional{.rate = 30_bps}, 15.0}, solver::to_target{}));
    check(holds_over_random_books(65, trigger::band{.absolute = 0.03}, cost::proportional{.rate = 30_bps}, solver::to_band{}));
    check(holds_over_random_books(66, trigger::band{.relative = 0.2}, cost::zero{},
                                  solver::to_band{.depth = 0.5, .rows = solver::band_rows::all}));
}

TEST_CASE("max_trade: repeated proposals converge") {
    converges(71, at_once, cost::zero{}, solver::to_target{});
    converges(72, at_once, cost::proportional{.rate = 30_bps}, solver::to_target{});
    converges(73, trigger::band{.absolute = 0.03}, cost::proportional{.rate = 30_bps}, solver::to_band{});
}

// 70/20/10 to 40/30/30 without costs, at most 10 each: −10 of the first; the others would buy 10 each, and may only buy what it gives.
TEST_CASE("max_trade: what one asset can not move the others do not move either") {
    book b;
    b.price = {1.0, 1.0, 1.0};
    b.quantity = {70.0, 20.0, 10.0};
    b.target = {0.4, 0.3, 0.3};
    for (const max_trade& g : {max_trade{.share = 0.1}, max_trade{.amount = 10.0}, max_trade{.share = 0.1, .amount = 50.0},
                               max_trade{.share = 0.5, .amount = 10.0}, max_trade{.share = {0.1, 0.1, 0.1}}}) {
        account_of a{rebalancer{at_once, cost::zero{}, solver::to_target{}, g}, b};
        const decision& d = a.propose(b);
        const std::vector<double> x = ballast_test::traded(b, d);
        CHECK(x[0] == Approx(-10.0));
        CHECK(x[1] + x[2] == Approx(10.0));
        CHECK(x[1] == Approx(5.0));  // both are cut by the same part of their way
        CHECK(d.cash_after == Approx(0.0).margin(1e-12));
        CHECK(d.reason_of(0).code == why::cut_by_trade_limit);
        CHECK(d.reason_of(1).code == why::cut_for_balance);
        CHECK(d.reason_of(2).code == why::cut_for_balance);
        CHECK(d.more_to_do());
    }
}

TEST_CASE("max_trade: a limit of 0 keeps an asset as it is, an infinite one is none") {
    book b;
    b.price = {1.0, 1.0, 1.0};
    b.quantity = {60.0, 30.0, 10.0};
    b.target = {0.4, 0.3, 0.3};
    account_of kept{rebalancer{at_once, cost::zero{}, solver::to_target{}, max_trade{.amount = {0.0, infinity, infinity}}}, b};
    const decision& d = kept.propose(b);
    CHECK(ballast_test::traded(b, d)[0] == 0.0);
    CHECK(d.reason_of(0).code == why::cut_by_trade_limit);
    account_of free{rebalancer{at_once, cost::zero{}, solver::to_target{}, max_trade{.share = infinity}}, b};
    CHECK(ballast_test::traded(b, free.propose(b))[0] == Approx(-20.0));
    CHECK_FALSE(free.propose(b).more_to_do());
}

TEST_CASE("max_trade: together with a turnover limit both hold") {
    std::mt19937_64 rng{74};
    for (int round = 0; round < 200; ++round) {
        const book b = ballast_test::random_book(rng, 1 + rng() % 8, {.shorts = round % 3 == 0, .steps = round % 2 == 0});
        const double share = 0.01 * static_cast<double>(1 + rng() % 20);
        const double turnover = 0.01 * static_cast<double>(1 + rng() % 30);
        account_of a{rebalancer{at_once, cost::proportional{.rate = 10_bps}, solver::to_target{}, anything, max_trade{.share = share},
                                guard::max_turnover{.limit = turnover}},
                     b};
        const decision& d = a.propose(b);
        CHECK_FALSE(d.problem);
        CHECK(d.turnover <= turnover * (1.0 + 1e-12));
        for (const double x : ballast_test::traded(b, d)) CHECK(std::fabs(x) <= share * b.value() * (1.0 + 1e-12));
    }
}

TEST_CASE("max_trade: bad parameters are refused with parameter, value and range") {
    const auto text = [](const max_trade& g) -> std::string {
        const configuration_fault f = g.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    CHECK(text({}) == "ballast: max_trade.share = 0: a share or an amount has to be given");
    CHECK(text({.share = -0.1}) == "ballast: max_trade.share = -0.1: must be a share at or above 0");
    CHECK(text({.share = {0.1, -0.2}}) == "ballast: max_trade.share = -0.2: must be a share at or above 0");
    CHECK(text({.amount = -5}) == "ballast: max_trade.amount = -5: must be an amount at or above 0");
    CHECK_THAT(text({.amount = std::numeric_limits<double>::quiet_NaN()}), StartsWith("ballast: max_trade.amount = "));
    CHECK(text({.share = 0.0}).empty());
    CHECK(text({.amount = infinity}).empty());
    CHECK(max_trade{.share = {0.1, 0.2}}.covers(2));
    CHECK_FALSE(max_trade{.share = {0.1, 0.2}}.covers(3));
    CHECK_FALSE(max_trade{.share = 0.1, .amount = {1.0, 2.0}}.covers(3));
}
