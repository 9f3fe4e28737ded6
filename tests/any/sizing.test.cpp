#include <ballast/any/sizing.hpp>

#include "support/books_of.hpp"
#include "support/catch.hpp"
#include "support/one_call.hpp"
#include "support/random_book.hpp"
#include "support/same_bits.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/sizing/integer.hpp>
#include <ballast/sizing/reconciled.hpp>
#include <ballast/solver/closest.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using test::propose_once;
using test::same_bits;

static_assert(sizing_policy<any_sizing> && detail::is_sizing<any_sizing>);
static_assert(!detail::is_guard<any_sizing> && !detail::is_target<any_sizing> && !detail::is_estimator<any_sizing>);
static_assert(std::is_copy_constructible_v<any_sizing> && std::is_nothrow_move_constructible_v<any_sizing> &&
              std::is_copy_assignable_v<any_sizing> && std::is_nothrow_move_assignable_v<any_sizing>);
static_assert(std::is_convertible_v<sizing::reconciled, any_sizing> && std::is_convertible_v<sizing::integer, any_sizing> &&
              !std::is_convertible_v<int, any_sizing> && !std::is_convertible_v<solver::to_target, any_sizing>);

namespace {

const trigger::band narrow{.absolute = 0.002};

/// The erased sizing writes every decision as the one that it holds does, whether the cost and the sizing are erased or not.
template <class Exact, class Cost, class Solver>
std::size_t check_same(const Exact& exact, const Cost& cost, const Solver& solver, std::uint64_t seed, std::size_t most = 20) {
    const any_sizing erased = exact;
    const any_cost erased_cost = cost;
    ballast_test::dice dice{seed};
    std::size_t trades = 0;
    for (std::uint64_t round = 0; round < ballast_test::books_of(60); ++round) {
        const auto b = ballast_test::random_book(dice, dice.below(most));
        CAPTURE(seed, round);
        const decision d = propose_once(rebalancer{narrow, cost, solver, exact, b.rules}, b.view());
        trades += d.outcome == outcome::trade ? 1 : 0;
        REQUIRE(same_bits(propose_once(rebalancer{narrow, cost, solver, erased, b.rules}, b.view()), d));
        REQUIRE(same_bits(propose_once(rebalancer{narrow, erased_cost, solver, erased, b.rules}, b.view()), d));
        REQUIRE(same_bits(propose_once(rebalancer{narrow, erased_cost, solver, exact, b.rules}, b.view()), d));
    }
    return trades;
}

/// Tells in the solution with which cost and which memory it was called. Needs a risk view, and room for three counts.
struct telling {
    double limit = 1.0;
    static constexpr const char* name = "telling";
    static constexpr risk_need needs = risk_need::volatility;
    static constexpr std::size_t room = 3;
    void prepare(sizing_scratch& m, const sizes&) const { m.counts.resize(room); }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return n != 7; }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(limit >= 0.0)) return {"telling.limit", limit, "must be at or above 0"};
        return {};
    }
    template <bound_cost View>
    [[nodiscard]] fault size(const problem&, const View& view, solution& s, sizing_scratch& m, decision&) const noexcept {
        if (m.counts.size() < room) return {fault_code::not_prepared, no_index, 3.0};
        static_assert(detail::told_at_run_time<View> || std::is_same_v<View, detail::any_linear_view>);
        if constexpr (detail::told_at_run_time<View>) {
            const cost_traits t = view.runtime_traits();
            s.wealth = 100.0 * static_cast<double>(t.shape) + (t.linear ? 10.0 : 0.0) + (t.responsive ? 1.0 : 0.0);
        }
        s.set_aside = view.cost(0, 100.0);
        return {};
    }
};

/// A look with one asset, of which nothing is asked but the number of assets.
struct question {
    std::vector<double> price{1.0};
    look l{};
    limits lim{};
    solution answer{};
    sizing_scratch scratch{};
    decision d{};

    question() { l.price = price; }
    template <class View>
    fault ask(const any_sizing& s, const View& view) {
        return s.size(problem{l, lim}, view, answer, scratch, d);
    }
};

}  // namespace

TEST_CASE("any_sizing: sizes as the sizing that it holds, to the bit") {
    const cost::proportional rate{.rate = 20_bps};
    const cost::sum fees{cost::fixed{.amount = 0.3}, rate};
    const cost::minimum least{rate, 0.5};
    const cost::maximum most{least, 1.0};
    std::size_t trades = 0;
    trades += check_same(sizing::reconciled{}, cost::zero{}, solver::to_target{}, 1);
    trades += check_same(sizing::reconciled{}, rate, solver::to_target{}, 2);
    trades += check_same(sizing::reconciled{.collar = 0.01}, fees, solver::to_band{}, 3);
    trades += check_same(sizing::reconciled{.shortfall = sizing::shortfall_rule::largest_drift}, least, solver::to_target{}, 4);
    trades += check_same(sizing::reconciled{}, most, solver::closest{}, 5);
    trades += check_same(sizing::integer{}, rate, solver::to_target{}, 6, 8);
    trades += check_same(sizing::integer{.distance = drift_measure::absolute, .max_orders = 3}, fees, solver::to_target{}, 7, 8);
    trades += check_same(sizing::integer{.exact_rows = 0, .collar = 0.005}, least, solver::to_target{}, 8, 8);
    CHECK(trades > ballast_test::books_of(200));
}

TEST_CASE("any_sizing: the cost that it sees has the traits of the model, erased before or not") {
    const any_sizing s = telling{};
    question q;
    s.prepare(q.scratch, {.assets = 1});
    const auto version = [&](const auto& model) {
        using model_type = std::remove_cvref_t<decltype(model)>;
        const bound<model_type> known{model.bind(q.l)};
        REQUIRE_FALSE(q.ask(s, known));
        const solution of_known = q.answer;
        const any_cost erased = model;
        const bound<any_cost> view{erased.bind(q.l)};
        REQUIRE_FALSE(q.ask(s, view));
        CHECK(q.answer.wealth == of_known.wealth);
        CHECK(same_bits(q.answer.set_aside, of_known.set_aside));
        CHECK(same_bits(q.answer.set_aside, known.cost(0, 100.0)));
        return q.answer.wealth;
    };
    const cost::proportional rate{.rate = 20_bps};
    CHECK(version(rate) == 11.0);
    CHECK(version(cost::fixed{.amount = 1.0}) == 110.0);
    CHECK(version(cost::maximum{rate, 1.0}) == 200.0);
}

TEST_CASE("any_sizing: what it needs, covers and validates is that of what it holds") {
    const any_sizing s = telling{};
    CHECK(s.runtime_name() == std::string{"telling"});
    CHECK(s.runtime_needs() == risk_need::volatility);
    CHECK(s.covers(6));
    CHECK_FALSE(s.covers(7));
    CHECK_FALSE(s.validate());
    CHECK(any_sizing{telling{.limit = -1.0}}.validate().parameter == std::string{"telling.limit"});
    CHECK(any_sizing{sizing::reconciled{.collar = 1.0}}.validate().parameter == std::string{"reconciled.collar"});
    CHECK(any_sizing{sizing::integer{}}.runtime_needs() == risk_need::nothing);
    CHECK(any_sizing{sizing::integer{.risk_aversion = 1.0}}.runtime_needs() == risk_need::volatility);
}

TEST_CASE("any_sizing: its memory is prepared with the scratch, and asked for") {
    const any_sizing s = telling{};
    question q;
    const cost::zero free;
    const bound<cost::zero> view{free.bind(q.l)};
    CHECK(q.ask(s, view).code == fault_code::not_prepared);
    any_sizing{sizing::reconciled{}}.prepare(q.scratch, {.assets = 1});
    CHECK(q.scratch.counts.empty());
    CHECK(q.ask(s, view).code == fault_code::not_prepared);
    s.prepare(q.scratch, {.assets = 1});
    CHECK(q.scratch.counts.size() == 3);
    CHECK_FALSE(q.ask(s, view));
}

TEST_CASE("any_sizing: sizings are values; an empty one does not validate and sizes nothing") {
    any_sizing a = sizing::integer{.max_orders = 2};
    any_sizing b = a;
    a = sizing::reconciled{};
    CHECK(b.runtime_name() == std::string{"integer"});
    CHECK(a.runtime_name() == std::string{"reconciled"});
    b = std::move(a);
    CHECK(b.runtime_name() == std::string{"reconciled"});
    CHECK(a.empty());  // NOLINT: on purpose
    CHECK(a.validate().parameter == std::string{"any_sizing"});
    CHECK(a.runtime_needs() == risk_need::nothing);
    question q;
    const cost::zero free;
    const bound<cost::zero> view{free.bind(q.l)};
    a.prepare(q.scratch, {.assets = 1});
    CHECK(q.ask(a, view).code == fault_code::not_prepared);
    CHECK(q.ask(a, view).value == 1.0);
}
