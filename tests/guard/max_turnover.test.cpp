#include <ballast/guard/max_turnover.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
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
using ballast::guard::max_turnover;
using ballast_test::account_of;
using ballast_test::book;

static_assert(std::is_aggregate_v<max_turnover> && std::is_trivially_copyable_v<max_turnover> && guard_policy<max_turnover>);
static_assert(detail::limiting_guard<max_turnover> && !detail::judging_guard<max_turnover>);
static_assert(std::is_same_v<memory_of<max_turnover>, no_memory>);
static_assert(noexcept(max_turnover{}.validate()) && detail::check_guard<max_turnover>());

namespace {
const auto at_once = trigger::every{.interval = {}};
const mandate anything{.leverage = 10.0, .allow_short = true};

struct seen {
    int limited = 0;
    int more = 0;
    int free = 0;
};
// The limit holds in the list, is told, and does nothing where it is not reached.
template <class Trigger, class Cost, class Solver>
seen holds_over_random_books(std::uint64_t seed, const Trigger& trigger, const Cost& cost, const Solver& solver) {
    std::mt19937_64 rng{seed};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    seen s;
    for (int round = 0; round < 300; ++round) {
        const ballast_test::book_kind kind{
            .shorts = round % 3 == 0, .steps = round % 2 == 0, .rows = round % 5 == 0, .minimums = round % 7 == 0};
        const book b = ballast_test::random_book(rng, 1 + rng() % 12, kind);
        const double limit = round % 10 == 0 ? 0.001 * unit(rng) : 0.5 * unit(rng);
        account_of plain{rebalancer{trigger, cost, solver, anything}, b};
        account_of guarded{rebalancer{trigger, cost, solver, anything, max_turnover{.limit = limit}}, b};
        const decision& free = plain.propose(b);
        const decision& d = guarded.propose(b);
        CAPTURE(seed, round, limit, b.assets());
        CHECK_FALSE(d.problem);
        CHECK(d.turnover <= limit * (1.0 + 1e-12));
        CHECK(d.turnover == Approx(ballast_test::turnover_of(b, d)).epsilon(1e-12).margin(1e-15));
        // Half of the costs is what the limit is careful about.
        if (free.turnover + 0.5 * free.cost / b.value() <= limit * (1.0 - 1e-9)) {
            REQUIRE(d.orders.size() == free.orders.size());
            for (std::size_t k = 0; k < d.orders.size(); ++k) CHECK(d.orders[k].quantity == free.orders[k].quantity);
            for (const reason& r : d.reasons) CHECK(r.code != why::cut_by_turnover);
            ++s.free;
        } else if (free.turnover > limit && !d.orders.empty()) {
            ++s.limited;
            book then = b;
            ballast_test::fill(then, d);
            if (d.more_to_do())
                ++s.more;
            else
                CHECK(guarded.propose(then).orders.empty());
        }
    }
    return s;
}

// Proposing, filling and proposing again comes to where going without a limit comes to, in about turnover / limit steps.
template <class Trigger, class Cost, class Solver>
void converges(std::uint64_t seed, const Trigger& trigger, const Cost& cost, const Solver& solver) {
    std::mt19937_64 rng{seed};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int round = 0; round < 60; ++round) {
        book b = ballast_test::random_book(rng, 1 + rng() % 8, {.shorts = round % 3 == 0, .steps = round % 2 == 0});
        account_of plain{rebalancer{trigger, cost, solver, anything}, b};
        const double limit = 0.02 + 0.1 * unit(rng);
        account_of guarded{rebalancer{trigger, cost, solver, anything, max_turnover{.limit = limit}}, b};
        const double way = plain.propose(b).turnover;
        const int expected = static_cast<int>(std::ceil(way / limit)) + 3;
        int steps = 0;
        CAPTURE(seed, round, limit, way, expected);
        for (;; ++steps) {
            const decision& d = guarded.propose(b);
            REQUIRE_FALSE(d.problem);
            if (d.outcome != outcome::trade || steps > 2 * expected) break;
            CHECK(d.turnover <= limit * (1.0 + 1e-12));
            ballast_test::fill(b, d);
        }
        CHECK(steps <= expected);
        for (const double left : ballast_test::traded(b, plain.propose(b))) CHECK(std::fabs(left) <= ballast_test::steps_together(b));
        CHECK_FALSE(guarded.propose(b).more_to_do());
    }
}
}  // namespace

TEST_CASE("max_turnover: the limit holds in the list, whatever the costs and the solver") {
    const auto check = [](const seen& s) {
        CHECK(s.limited > 60);
        CHECK(s.more > 50);
        CHECK(s.free > 20);
    };
    check(holds_over_random_books(41, at_once, cost::zero{}, solver::to_target{}));
    check(holds_over_random_books(42, at_once, cost::proportional{.rate = 30_bps}, solver::to_target{}));
    check(holds_over_random_books(43, at_once, cost::fixed{.amount = 20.0}, solver::to_target{}));
    check(holds_over_random_books(44, at_once, cost::minimum{cost::proportional{.rate = 30_bps}, 15.0}, solver::to_target{}));
    check(holds_over_random_books(45, trigger::band{.absolute = 0.03}, cost::proportional{.rate = 30_bps}, solver::to_band{}));
    check(holds_over_random_books(46, trigger::band{.relative = 0.2},
                                  cost::sum{cost::fixed{.amount = 5.0}, cost::proportional{.rate = 10_bps}},
                                  solver::to_band{.depth = 0.5, .rows = solver::band_rows::all}));
}

TEST_CASE("max_turnover: repeated proposals converge") {
    converges(51, at_once, cost::zero{}, solver::to_target{});
    converges(52, at_once, cost::proportional{.rate = 30_bps}, solver::to_target{});
    converges(53, trigger::band{.absolute = 0.03}, cost::proportional{.rate = 30_bps}, solver::to_band{});
}

// Two assets 60/40 to 50/50 without costs: turnover 0.1. Half the limit makes half of each trade.
TEST_CASE("max_turnover: all trades are cut by one factor, with their reason") {
    book b;
    b.price = {1.0, 1.0};
    b.quantity = {60.0, 40.0};
    b.target = {0.5, 0.5};
    account_of a{rebalancer{at_once, cost::zero{}, solver::to_target{}, max_turnover{.limit = 0.05}}, b};
    const decision& d = a.propose(b);
    REQUIRE(d.orders.size() == 2);
    CHECK(d.orders[0].quantity == Approx(-5.0).epsilon(1e-14));
    CHECK(d.orders[1].quantity == Approx(5.0).epsilon(1e-14));
    CHECK(d.turnover <= 0.05);
    CHECK(d.turnover == Approx(0.05).epsilon(1e-12));
    for (const reason& r : d.reasons) CHECK(r.code == why::cut_by_turnover);
    CHECK(d.reasons.size() == 2);
    CHECK(d.more_to_do());
    CHECK(d.reason_of(0).missing() == Approx(-5.0));
}

TEST_CASE("max_turnover: a limit of 0 trades nothing and says why, an infinite one is none") {
    book b;
    b.price = {1.0, 1.0};
    b.quantity = {60.0, 40.0};
    b.target = {0.5, 0.5};
    account_of none{rebalancer{at_once, cost::zero{}, solver::to_target{}, max_turnover{.limit = 0.0}}, b};
    CHECK(none.propose(b).orders.empty());
    CHECK(none.propose(b).outcome == outcome::hold);
    CHECK(none.propose(b).turnover == 0.0);
    CHECK(none.propose(b).reason_of(0).code == why::cut_by_turnover);
    account_of all{rebalancer{at_once, cost::zero{}, solver::to_target{}, max_turnover{.limit = std::numeric_limits<double>::infinity()}},
                   b};
    CHECK(all.propose(b).turnover == Approx(0.1));
}

TEST_CASE("max_turnover: of several the tightest counts") {
    limits lim;
    const ballast_test::test_look l{{0.5}, {0.5}};
    max_turnover{.limit = 0.3}.narrow(l, lim);
    CHECK(lim.turnover == 0.3);
    max_turnover{.limit = 0.4}.narrow(l, lim);
    CHECK(lim.turnover == 0.3);
    max_turnover{.limit = 0.1}.narrow(l, lim);
    CHECK(lim.turnover == 0.1);
    CHECK_FALSE(lim.narrowed);
}

TEST_CASE("max_turnover: a bad limit is refused with parameter, value and range") {
    for (const double bad : {-0.1, std::numeric_limits<double>::quiet_NaN()}) {
        const configuration_fault f = max_turnover{.limit = bad}.validate();
        REQUIRE(f);
        CHECK_THAT(std::string{invalid_configuration{f}.what()},
                   StartsWith("ballast: max_turnover.limit = ") && EndsWith("must be a share at or above 0"));
    }
    CHECK_FALSE(max_turnover{}.validate());
}
