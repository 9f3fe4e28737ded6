#include <ballast/any/solver.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/same_bits.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/closest.hpp>
#include <ballast/solver/no_trade_region.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/solver/tracking.hpp>
#include <ballast/solver/trading_rate.hpp>

#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using namespace ballast_test;
using test::same_bits;

static_assert(solver_policy<any_solver>);
static_assert(std::is_copy_constructible_v<any_solver> && std::is_nothrow_move_constructible_v<any_solver> &&
              std::is_copy_assignable_v<any_solver> && std::is_nothrow_move_assignable_v<any_solver> &&
              std::is_copy_constructible_v<any_solver::scratch>);
static_assert(std::is_convertible_v<solver::to_target, any_solver> && !std::is_convertible_v<int, any_solver>);
// Statically it composes with everything; what it needs it tells at run time.
static_assert(!detail::needs_region<any_solver>() && detail::accepts<any_solver>(cost_shape::general));

namespace {

/// What a solver fills, and what it is asked.
struct task {
    test_look look;
    limits_memory room{};
    std::vector<double> share, region_lower, region_upper;
    std::vector<std::uint8_t> move;
    std::vector<rounding> round;
    std::vector<why> cause;
    std::vector<ranked> ranks;
    limits lim{};
    solution answer{};

    explicit task(test_look l) : look{std::move(l)} {
        const std::size_t n = look.assets();
        room.prepare({.assets = n});
        share.assign(n, 0.0);
        move.assign(n, 0);
        round.assign(n, rounding::toward_no_trade);
        cause.assign(n, why::full);
        ranks.resize(n);
        for (std::size_t i = 0; i < n; ++i) {
            region_lower.push_back(look.target[i] - 0.02);
            region_upper.push_back(look.target[i] + 0.02);
        }
        lim = room.free(n);
        answer = {.share = share, .move = move, .round = round, .cause = cause, .wealth = look.value};
    }
    task(const task&) = delete;
    task& operator=(const task&) = delete;

    [[nodiscard]] problem ask() { return {look.look(), lim, {region_lower, region_upper}, {}, ranks}; }
    [[nodiscard]] bool same_as(const task& other) const {
        return same_bits(std::span<const double>{share}, std::span<const double>{other.share}) && move == other.move &&
               round == other.round && cause == other.cause && same_bits(answer.set_aside, other.answer.set_aside) &&
               same_bits(answer.fraction, other.answer.fraction) && same_bits(answer.wealth, other.answer.wealth);
    }
};

/// The erased solver fills every solution as the one that it holds does, whether the cost is erased as well or not.
template <class Exact, class Cost>
void check_same(const Exact& exact, const Cost& model, std::uint64_t seed) {
    const any_solver erased = exact;
    const any_cost erased_cost = model;
    std::mt19937_64 rng{seed};
    for (const std::size_t n : look_sizes) {
        any_solver::scratch scratch;
        erased.prepare(scratch, {.assets = n});
        scratch_of<Exact> own{};
        detail::prepare(own, {.assets = n});
        for (int k = 0; k < 8; ++k) {
            CAPTURE(seed, n, k);
            const test_look l = random_look(rng, n, {.shorts = false});
            const double turnover = k % 3 == 0 ? 0.05 : std::numeric_limits<double>::infinity();
            task a{l}, b{l}, c{l}, d{l};
            for (task* t : {&a, &b, &c, &d}) t->lim.turnover = turnover;
            const bound<Cost> bound_a{model.bind(a.look)}, bound_b{model.bind(b.look)};
            const bound<any_cost> bound_c{erased_cost.bind(c.look)}, bound_d{erased_cost.bind(d.look)};
            const status s = detail::solve(exact, a.ask(), bound_a, own, a.answer);
            REQUIRE(detail::solve(erased, b.ask(), bound_b, scratch, b.answer) == s);
            REQUIRE(b.same_as(a));
            REQUIRE(detail::solve(erased, c.ask(), bound_c, scratch, c.answer) == s);
            REQUIRE(c.same_as(a));
            REQUIRE(detail::solve(exact, d.ask(), bound_d, own, d.answer) == s);
            REQUIRE(d.same_as(a));
        }
    }
}

/// Tells by its status and its answer with which static traits it was compiled. Has scratch of its own; accepts what does not have a fixed
/// part.
struct telling {
    static constexpr const char* name = "telling";
    static constexpr bool accepts(cost_shape s) noexcept { return s != cost_shape::fixed_plus_convex; }
    struct scratch {
        std::vector<double> room{};
        void prepare(const sizes& s) { room.assign(s.assets, 3.0); }
    };
    template <bound_cost View>
    [[nodiscard]] status solve(const problem&, const View&, scratch& m, solution& s) const noexcept {
        const cost_traits t = detail::traits_of_view<View>();
        s.wealth = 100.0 * static_cast<double>(t.shape) + (t.linear ? 10.0 : 0.0) + (t.responsive ? 1.0 : 0.0);
        s.set_aside = m.room.empty() ? 0.0 : m.room[0];
        return status::inexact;
    }
};

/// Is compiled for costs that answer prices, and for no others.
struct by_answers {
    static constexpr const char* name = "by_answers";
    template <responsive_cost View>
    [[nodiscard]] status solve(const problem&, const View&, solution&) const noexcept {
        return status::solved;
    }
};

}  // namespace

TEST_CASE("any_solver: solves as the solver that it holds, to the bit") {
    const cost::proportional rate{.rate = 20_bps};
    const cost::sum fees{cost::fixed{.amount = 0.3}, rate};
    const cost::minimum least{rate, 0.5};
    const cost::maximum most{least, 1.0};
    check_same(solver::to_target{}, cost::zero{}, 1);
    check_same(solver::to_target{}, rate, 2);
    check_same(solver::to_target{}, fees, 3);
    check_same(solver::to_target{}, least, 4);
    check_same(solver::to_target{}, most, 5);
    check_same(solver::to_band{}, rate, 6);
    check_same(solver::to_band{.depth = 0.5}, fees, 7);
    check_same(solver::to_band{.depth = 0.2, .rows = solver::band_rows::all}, least, 8);
    check_same(solver::to_band{}, most, 9);
    check_same(solver::closest{}, rate, 10);
    check_same(solver::closest{.distance = drift_measure::absolute, .sides = solver::sides::buys_only}, fees, 11);
    check_same(solver::closest{.sides = solver::sides::sells_only}, most, 12);
    check_same(solver::trading_rate{.rate = 0.3}, fees, 13);
    check_same(solver::trading_rate{.impact = 20.0, .decay = 0.1}, least, 14);
}

TEST_CASE("any_solver: what it needs and accepts is told at run time") {
    CHECK(any_solver{solver::to_band{}}.runtime_needs_region());
    CHECK_FALSE(any_solver{solver::to_target{}}.runtime_needs_region());
    CHECK(any_solver{solver::no_trade_region{}}.runtime_needs() == risk_need::volatility);
    CHECK(any_solver{solver::trading_rate{}}.runtime_needs() == risk_need::nothing);
    CHECK(any_solver{solver::tracking{}}.runtime_needs() == risk_need::volatility);
    CHECK_FALSE(any_solver{solver::tracking{}}.runtime_accepts({cost_shape::fixed_plus_convex, true, false}));
    const price_counts told = any_solver{solver::tracking{.limits = {{}, {}}, .factors = 5}}.told_prices();
    CHECK((told.any && told.factors == 5 && told.limits == 2));
    CHECK_FALSE(any_solver{solver::to_target{}}.told_prices().any);
    CHECK(any_solver{solver::tracking{}}.remembers());
    CHECK_FALSE(any_solver{solver::no_trade_region{}}.remembers());
    CHECK(any_solver{solver::no_trade_region{}}.runtime_accepts({cost_shape::convex, true, true}));
    CHECK_FALSE(any_solver{solver::no_trade_region{}}.runtime_accepts({cost_shape::fixed_plus_convex, true, false}));
    CHECK(any_solver{solver::to_target{}}.runtime_accepts({cost_shape::general, false, false}));
    const any_solver picky = telling{};
    CHECK(picky.runtime_accepts({cost_shape::convex, false, false}));
    CHECK(picky.runtime_accepts({cost_shape::general, false, false}));
    CHECK_FALSE(picky.runtime_accepts({cost_shape::fixed_plus_convex, true, false}));
    const any_solver prices = by_answers{};
    CHECK(prices.runtime_accepts({cost_shape::convex, false, true}));
    CHECK(prices.runtime_accepts({cost_shape::convex, true, false}));  // what is linear and convex can answer
    CHECK_FALSE(prices.runtime_accepts({cost_shape::convex, false, false}));
    CHECK_FALSE(prices.runtime_accepts({cost_shape::general, true, true}));
}

// A solver is compiled for traits. Behind the erasure it must run in the version that the model itself would have had: shape · 100 + linear
// · 10 + responsive.
TEST_CASE("any_solver: the solver runs in the version for the traits of the cost") {
    const auto version = [](const any_solver& s, const any_cost& c) {
        task t{test_look{{0.5, 0.5}, {0.6, 0.4}}};
        any_solver::scratch scratch;
        s.prepare(scratch, {.assets = 2});
        const bound<any_cost> view{c.bind(t.look)};
        const status how = detail::solve(s, t.ask(), view, scratch, t.answer);
        if (how == status::inexact) CHECK(t.answer.set_aside == 3.0);  // its scratch was prepared
        return how == status::inexact ? t.answer.wealth : -1.0;
    };
    const cost::proportional rate{.rate = 20_bps};
    CHECK(version(telling{}, rate) == 11.0);
    CHECK(version(telling{}, cost::maximum{rate, 1.0}) == 200.0);
    CHECK(version(telling{}, cost::fixed{.amount = 1.0}) == -1.0);
}

// Tells by its answer what it was handed of the account's memory.
namespace {
struct counting {
    static constexpr const char* name = "counting";
    struct memory {
        std::uint64_t commits = 0;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.commits);
        }
    };
    [[nodiscard]] status solve(const problem&, const auto&, const memory& m, no_scratch&, solution& s) const noexcept {
        s.wealth = static_cast<double>(m.commits);
        return status::solved;
    }
    void commit(const decision&, timestamp, memory& m) const noexcept { ++m.commits; }
};
}  // namespace

TEST_CASE("any_solver: what the solver remembers of an account is handed to it; without it the search begins anew") {
    STATIC_REQUIRE(solver_policy<counting>);
    const any_solver s = counting{};
    task t{test_look{{0.5, 0.5}, {0.6, 0.4}}};
    const cost::zero free;
    const bound<cost::zero> view{free.bind(t.look)};
    any_solver::scratch scratch;
    any_memory memory;
    s.prepare(scratch, {.assets = 2});
    s.prepare(memory, {.assets = 2});
    for (const double commits : {0.0, 1.0, 2.0}) {
        REQUIRE(detail::solve(s, t.ask(), view, memory, scratch, t.answer) == status::solved);
        CHECK(t.answer.wealth == commits);
        s.commit(decision{}, {}, memory);
    }
    REQUIRE(detail::solve(s, t.ask(), view, scratch, t.answer) == status::solved);
    CHECK(t.answer.wealth == 0.0);
    const any_memory others;
    REQUIRE(detail::solve(s, t.ask(), view, others, scratch, t.answer) == status::solved);
    CHECK(t.answer.wealth == 0.0);
}

TEST_CASE("any_solver: the policy is there for who knows its type") {
    const any_solver none;
    CHECK(none.get_if<solver::to_target>() == nullptr);
    any_solver s = solver::no_trade_region{.risk_aversion = 3.0};
    CHECK(s.get_if<solver::to_target>() == nullptr);
    CHECK(s.get_if<solver::trading_rate>() == nullptr);
    REQUIRE(s.get_if<solver::no_trade_region>() != nullptr);
    solver::no_trade_region other = *s.get_if<solver::no_trade_region>();
    CHECK(other.risk_aversion == 3.0);
    other.risk_aversion = 4.0;
    const any_solver before = s;
    s = other;
    CHECK(s.get_if<solver::no_trade_region>()->risk_aversion == 4.0);
    CHECK(before.get_if<solver::no_trade_region>()->risk_aversion == 3.0);
    // Policies without members of their own are told apart as well.
    CHECK(any_solver{solver::to_target{}}.get_if<solver::to_target>() != nullptr);
    CHECK(any_cost{cost::zero{}}.get_if<cost::zero>() != nullptr);
    CHECK(any_cost{cost::zero{}}.get_if<cost::fixed>() == nullptr);
}

TEST_CASE("any_solver: scratch that is not its own is infeasible, never used") {
    const any_solver s = telling{};
    const any_solver plain = solver::to_target{};
    task t{test_look{{0.5, 0.5}, {0.6, 0.4}}};
    const cost::zero free;
    const bound<cost::zero> view{free.bind(t.look)};
    any_solver::scratch scratch;
    CHECK_FALSE(s.prepared(scratch));
    CHECK(s.solve(t.ask(), view, scratch, t.answer) == status::infeasible);
    plain.prepare(scratch, {.assets = 2});
    CHECK(plain.prepared(scratch));
    CHECK_FALSE(s.prepared(scratch));
    CHECK(s.solve(t.ask(), view, scratch, t.answer) == status::infeasible);
    s.prepare(scratch, {.assets = 2});
    CHECK(s.prepared(scratch));
    CHECK_FALSE(plain.prepared(scratch));
    CHECK(s.solve(t.ask(), view, scratch, t.answer) == status::inexact);
    any_solver::scratch copy = scratch;
    CHECK(s.prepared(copy));
    copy = std::move(scratch);
    CHECK(s.prepared(copy));
    CHECK_FALSE(s.prepared(scratch));  // NOLINT: on purpose
}

TEST_CASE("any_solver: solvers are values; an empty one does not validate and finds nothing") {
    any_solver a = solver::to_band{.depth = 0.5};
    any_solver b = a;
    a = solver::to_target{};
    CHECK(b.runtime_name() == std::string{"to_band"});
    CHECK(a.runtime_name() == std::string{"to_target"});
    b = std::move(a);
    CHECK(b.runtime_name() == std::string{"to_target"});
    CHECK(a.empty());  // NOLINT: on purpose
    CHECK(a.validate().parameter == std::string{"any_solver"});
    CHECK_FALSE(a.runtime_accepts({cost_shape::convex, true, true}));
    CHECK_FALSE(a.runtime_needs_region());
    task t{test_look{{0.5, 0.5}, {0.6, 0.4}}};
    const cost::zero free;
    const bound<cost::zero> view{free.bind(t.look)};
    any_solver::scratch scratch;
    a.prepare(scratch, {.assets = 2});
    CHECK(a.solve(t.ask(), view, scratch, t.answer) == status::infeasible);
    CHECK(any_solver{solver::to_band{.depth = 2.0}}.validate().parameter == std::string{"to_band.depth"});
}
