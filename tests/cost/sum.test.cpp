#include <ballast/cost/sum.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"
#include "support/guarded.hpp"
#include "support/one_call.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/half_spread.hpp>
#include <ballast/cost/holding.hpp>
#include <ballast/cost/latency.hpp>
#include <ballast/cost/linear_impact.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/per_unit.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/square_root_impact.hpp>
#include <ballast/cost/tiered.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/no_trade_region.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// Σ parts. Of linear ones linear, of convex ones convex. Linear ones and one that answers prices answer them.

using namespace ballast;

namespace {
/// A host's own convex cost without a closed form: 1e-6·x².
struct quadratic {
    static constexpr cost_shape shape = cost_shape::convex;
    struct view {
        double cost(std::size_t, double x) const noexcept { return 1e-6 * x * x; }
        slope_interval marginal(std::size_t, double x) const noexcept { return {2e-6 * x, 2e-6 * x}; }
    };
    view bind(const look&) const noexcept { return {}; }
};

using linear_convex = cost::sum<cost::proportional, cost::half_spread, cost::per_unit>;
using linear_fixed = cost::sum<cost::fixed, cost::proportional>;
using curved = cost::sum<cost::proportional, quadratic>;
using impact_and_rates = cost::sum<cost::proportional, cost::square_root_impact, cost::half_spread>;
using two_impacts = cost::sum<cost::linear_impact, cost::square_root_impact>;
using impact_and_fixed = cost::sum<cost::square_root_impact, cost::fixed>;
using nested_impact = cost::sum<cost::half_spread, cost::sum<cost::proportional, cost::linear_impact>>;
using held_and_rates = cost::sum<cost::latency, cost::holding, cost::proportional>;
using with_minimum = cost::sum<cost::minimum<cost::proportional>, cost::half_spread>;
using with_maximum = cost::sum<cost::maximum<cost::proportional>, cost::fixed>;
}  // namespace

static_assert(linear_convex::shape == cost_shape::convex && linear_bound_cost<linear_convex::view> && responsive_cost<linear_convex::view>);
static_assert(linear_fixed::shape == cost_shape::fixed_plus_convex && linear_bound_cost<linear_fixed::view> &&
              !responsive_cost<linear_fixed::view>);
static_assert(curved::shape == cost_shape::convex && !linear_bound_cost<curved::view> && !responsive_cost<curved::view>);
static_assert(!linear_bound_cost<impact_and_rates::view> && responsive_cost<impact_and_rates::view> &&
              !partly_paid_cost<impact_and_rates::view> && !batched_cost<impact_and_rates::view>);
static_assert(!responsive_cost<two_impacts::view> && two_impacts::shape == cost_shape::convex);
static_assert(!responsive_cost<impact_and_fixed::view> && impact_and_fixed::shape == cost_shape::fixed_plus_convex);
static_assert(responsive_cost<nested_impact::view> && !linear_bound_cost<nested_impact::view>);
// What is paid of holding and latency is nothing: the rest is linear.
static_assert(responsive_cost<held_and_rates::view> && !linear_bound_cost<held_and_rates::view> && partly_paid_cost<held_and_rates::view> &&
              linear_bound_cost<detail::paid_type<held_and_rates::view>> && responsive_cost<detail::paid_type<held_and_rates::view>>);
static_assert(detail::check_cost<impact_and_rates>() && detail::check_cost<two_impacts>() && detail::check_cost<held_and_rates>());
static_assert(with_minimum::shape == cost_shape::fixed_plus_convex && !linear_bound_cost<with_minimum::view>);
static_assert(with_maximum::shape == cost_shape::general && !linear_bound_cost<with_maximum::view>);
static_assert(cost_model<linear_convex> && cost_model<linear_fixed> && cost_model<curved> && cost_model<with_minimum> &&
              cost_model<with_maximum>);
static_assert(detail::check_cost<linear_convex>() && detail::check_cost<curved>() && detail::check_cost<with_maximum>());
static_assert(std::is_same_v<decltype(cost::sum{cost::zero{}}), cost::sum<cost::zero>>);

TEST_CASE("sum: cost, slopes and jump are the sums of the parts'") {
    const ballast_test::price_look l{{10.0, 0.5}};
    const cost::fixed a{.amount = {1.0, 0.0}};
    const cost::proportional b{.rate = 0.001, .sell = 0.002};
    const cost::half_spread c{.spread = {0.004, 0.01}};
    const cost::per_unit d{.amount = 0.01};
    const cost::minimum e{cost::proportional{.rate = 0.0005}, 0.5};
    const cost::maximum f{cost::proportional{.rate = 0.002}, 9.0};
    const cost::sum linear{a, b, c, d};
    const cost::sum all{a, b, c, d, e, f};
    const cost::sum nested{cost::sum{a, b}, cost::sum{c, cost::sum{d, e}}, f};
    REQUIRE_FALSE(all.validate());
    const auto parts = [&](std::size_t i, double x, bool every) {
        return a.bind(l.look).cost(i, x) + b.bind(l.look).cost(i, x) + c.bind(l.look).cost(i, x) + d.bind(l.look).cost(i, x) +
               (every ? e.bind(l.look).cost(i, x) + f.bind(l.look).cost(i, x) : 0.0);
    };
    for (std::size_t i = 0; i < 2; ++i)
        for (const double x : ballast_test::many_points(1)) {
            CHECK(linear.bind(l.look).cost(i, x) == Approx(parts(i, x, false)).epsilon(1e-14));
            CHECK(all.bind(l.look).cost(i, x) == Approx(parts(i, x, true)).epsilon(1e-14));
            CHECK(nested.bind(l.look).cost(i, x) == Approx(parts(i, x, true)).epsilon(1e-14));
        }
    CHECK(linear.bind(l.look).jump(0) == 1.0);
    CHECK(all.bind(l.look).jump(0) == 1.5);
    CHECK(all.bind(l.look).jump(1) == 0.5);
    CHECK(linear.bind(l.look).linear(0).buy == Approx(0.001 + 0.002 + 0.001));
    CHECK(linear.bind(l.look).linear(1).sell == Approx(0.002 + 0.005 + 0.02));
    const double kinks[] = {0.5 / 0.0005, 9.0 / 0.002};
    const auto points = ballast_test::many_points(2, {kinks[0], -kinks[0], kinks[1], -kinks[1]});
    ballast_test::check_slopes(linear.bind(l.look), 2, points);
    ballast_test::check_slopes(all.bind(l.look), 2, points);
    ballast_test::check_shape<cost_shape::fixed_plus_convex>(linear.bind(l.look), 2, points);
    ballast_test::check_shape<cost_shape::general>(all.bind(l.look), 2, points);
    CHECK(ballast_test::worst_subgradient(all.bind(l.look), 0, points) > 1e-4);
}

TEST_CASE("sum: shapes hold, and responses of linear ones are the best") {
    const ballast_test::price_look l{{10.0, 0.5}};
    const linear_convex m{cost::proportional{.rate = -0.001, .sell = 0.002}, cost::half_spread{.spread = {0.004, 0.01}},
                          cost::per_unit{.amount = {0.01, 0.0005}}};
    REQUIRE_FALSE(m.validate());
    ballast_test::check_shape<cost_shape::convex>(m.bind(l.look), 2, ballast_test::many_points(3));
    ballast_test::check_respond(m.bind(l.look), 2, 4);
    const curved q{cost::proportional{.rate = 0.001}, quadratic{}};
    ballast_test::check_shape<cost_shape::convex>(q.bind(l.look), 1, ballast_test::many_points(5));
    const with_minimum w{cost::minimum{cost::proportional{.rate = 0.001}, 2.0}, cost::half_spread{.spread = 0.002}};
    ballast_test::check_shape<cost_shape::fixed_plus_convex>(w.bind(l.look), 1, ballast_test::many_points(6, {2000.0, -2000.0}));
    ballast_test::check_slopes(w.bind(l.look), 1, ballast_test::many_points(7, {2000.0, -2000.0}));
}

TEST_CASE("sum: rates beside a cost that answers prices are another price on each side") {
    const ballast_test::price_look l{{10.0, 0.5}};
    // A rate beside the impact is the rate of the impact: one closed form checks the other.
    const cost::square_root_impact impact{.daily_volatility = {0.02, 0.05}, .daily_volume = {1e6, 1e5}};
    const impact_and_rates m{cost::proportional{.rate = 0.001}, impact, cost::half_spread{.spread = 0.002}};
    const cost::square_root_impact same{.daily_volatility = {0.02, 0.05}, .daily_volume = {1e6, 1e5}, .rate = 0.002};
    REQUIRE_FALSE(m.validate());
    const auto v = m.bind(l.look);
    const auto w = same.bind(l.look);
    std::mt19937_64 random{31};
    std::uniform_real_distribution<double> unit{-1.0, 1.0};
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (int trial = 0; trial < 2'000; ++trial) {
        const std::size_t i = trial % 2 == 0 ? 0 : 1;
        const double p = 0.02 * unit(random), k = trial % 3 == 0 ? 0.0 : 1e-6 * (1.1 + unit(random)), c = 1e4 * unit(random);
        double lo = trial % 4 == 0 ? -infinity : trial % 5 == 0 ? 0.0 : 1e4 * unit(random);
        double hi = trial % 7 == 0 ? infinity : trial % 6 == 0 ? 0.0 : 1e4 * unit(random);
        if (lo > hi) std::swap(lo, hi);
        const response a = v.respond(i, p, k, c, lo, hi), b = w.respond(i, p, k, c, lo, hi);
        CAPTURE(trial, p, k, c, lo, hi, a.x, b.x);
        CHECK(a.x == Approx(b.x).epsilon(1e-12).margin(1e-9));
        CHECK(a.slope == Approx(b.slope).epsilon(1e-9));
        CHECK(int{a.piece} == int{b.piece});
    }
    ballast_test::check_respond(v, 2, 32);
    ballast_test::check_conditions(v, 0, 33, 1e6);
    // A stamp duty on sales, and a rebate on one side.
    const cost::sum one_sided{impact, cost::proportional{.rate = -0.001, .sell = 0.003}};
    ballast_test::check_respond(one_sided.bind(l.look), 2, 34);
    CHECK(one_sided.bind(l.look).respond(0, 0.0, 0.0, 0.0, -infinity, infinity).x > 0.0);
    CHECK(one_sided.bind(l.look).respond(0, -0.0011, 0.0, 0.0, -infinity, infinity).x == 0.0);
    CHECK(one_sided.bind(l.look).respond(0, -0.0029, 0.0, 0.0, -infinity, infinity).x == 0.0);
    CHECK(one_sided.bind(l.look).respond(0, -0.0031, 0.0, 0.0, -infinity, infinity).x < 0.0);
    ballast_test::check_respond(
        nested_impact{cost::half_spread{.spread = 0.002},
                      cost::sum{cost::proportional{.rate = 0.001}, cost::linear_impact{.coefficient = 0.5, .daily_volume = {1e6, 1e5}}}}
            .bind(l.look),
        2, 35);
    // Bounds at 0 that stop it are told as such, as linear costs do.
    CHECK(int{v.respond(0, 0.01, 0.0, 0.0, -5.0, 0.0).piece} == 2);
    CHECK(int{v.respond(0, -0.01, 0.0, 0.0, 0.0, 5.0).piece} == -2);
    CHECK(int{v.respond(0, 0.001, 0.0, 0.0, 0.0, 0.0).piece} == 0);
}

namespace {
const cost::tiered rising{.tiers = {{100.0, 5_bps}, {5'000.0, 20_bps}, {.rate = 40_bps}}};
const cost::tiered falling{.tiers = {{100.0, 40_bps}, {.rate = 5_bps}}};
const cost::tiered trailing{.tiers = {{1e6, 20_bps}, {.rate = 10_bps}}, .by = cost::tiering::trailing};

bool is(const cost_traits& t, const cost_traits& wanted) {
    return t.shape == wanted.shape && t.linear == wanted.linear && t.responsive == wanted.responsive;
}
}  // namespace

TEST_CASE("sum: where parts tell at run time what they can, so does the sum") {
    const ballast_test::price_look l{{10.0, 0.5}};
    const cost::proportional rate{.rate = 10_bps, .sell = 30_bps};
    const cost::square_root_impact root{.daily_volatility = 0.02, .daily_volume = 1e6};
    const auto check = [&](const auto& sum, const cost_traits& wanted) {
        STATIC_REQUIRE(std::remove_cvref_t<decltype(sum)>::shape == cost_shape::general);
        const auto view = sum.bind(l.look);
        CHECK(is(sum.runtime_traits(), wanted));
        CHECK(is(view.runtime_traits(), wanted));
        CHECK(is(any_cost{sum}.runtime_traits(), wanted));
        if (wanted.shape == cost_shape::convex)
            ballast_test::check_shape<cost_shape::convex>(view, 2, ballast_test::many_points(41, {100.0, -100.0, 5'000.0}));
        if (wanted.responsive) ballast_test::check_respond(view, 2, 46, 600);
    };
    constexpr auto convex = cost_shape::convex;
    check(cost::sum{rising, rate}, {convex, false, true});
    check(cost::sum{rate, cost::half_spread{.spread = 1_bps}, rising}, {convex, false, true});
    check(cost::sum{trailing, rate}, {convex, true, true});
    check(cost::sum{trailing, rising, rate}, {convex, false, true});
    check(cost::sum{trailing, root}, {convex, false, true});
    check(cost::sum{cost::sum{rising, rate}, rate}, {convex, false, true});
    check(cost::sum{any_cost{root}, any_cost{rate}}, {convex, false, true});
    CHECK(is(cost::sum{rising, root}.runtime_traits(), {convex, false, false}));
    CHECK(is(cost::sum{rising, quadratic{}}.runtime_traits(), {convex, false, false}));
    CHECK(is(cost::sum{falling, rate}.runtime_traits(), {cost_shape::general, false, false}));
    CHECK(is(cost::sum{trailing, cost::fixed{.amount = 1.0}}.runtime_traits(), {cost_shape::fixed_plus_convex, true, false}));
    CHECK(is(cost::sum{rising, cost::fixed{.amount = 1.0}}.runtime_traits(), {cost_shape::fixed_plus_convex, false, false}));
    // Of holding nothing is paid: what is paid of the sum tells its own.
    const cost::sum held{rising, rate, cost::holding{.long_rate = 0.02, .horizon = days(30)}};
    CHECK(is(held.runtime_traits(), {convex, false, false}));
    CHECK(is(held.bind(l.look).paid().runtime_traits(), {convex, false, true}));
    CHECK(held.bind(l.look).paid().cost(0, 50.0) == Approx(50.0 * 15_bps));
}

TEST_CASE("sum: solvers do with it what they do with a list of its parts") {
    std::mt19937_64 random{43};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int orders = 0;
    for (int trial = 0; trial < 60; ++trial) {
        const std::size_t assets = 2 + random() % 9;
        const ballast_test::book book = ballast_test::random_book(random, assets, {.steps = trial % 2 == 0});
        std::vector<double> volatility;
        for (std::size_t i = 0; i < book.assets(); ++i) volatility.push_back(0.1 + 0.8 * unit(random));
        inputs in = book.inputs();
        in.market.volatility = volatility;
        CAPTURE(trial);
        const auto decide = [&](const auto& cost, const auto& solver) {
            const rebalancer r{trigger::every{.interval = {}}, cost, solver, risk::given{}};
            const sizes room{.assets = book.assets(), .rows = book.quantity.size()};
            test::one_call call{r, room};
            REQUIRE_FALSE(r.observe(call.market, in.market));
            return call.propose(in);
        };
        const auto check = [&](const auto& solver, const auto&... parts) {
            const decision a = decide(cost::sum{parts...}, solver), b = decide(any_costs{{parts...}}, solver);
            CHECK(a.outcome != outcome::rejected);
            CHECK(a.outcome != outcome::infeasible);
            CHECK(a.outcome == b.outcome);
            CHECK(a.cost == b.cost);
            REQUIRE(a.orders.size() == b.orders.size());
            for (std::size_t k = 0; k < a.orders.size(); ++k) CHECK(a.orders[k].notional == b.orders[k].notional);
            orders += static_cast<int>(a.orders.size());
        };
        const cost::proportional rate{.rate = 10_bps, .sell = 30_bps};
        const cost::square_root_impact root{.daily_volatility = 0.02, .daily_volume = 1e6};
        check(solver::no_trade_region{.risk_aversion = 5.0}, rising, root, rate);
        check(solver::to_target{}, rising, rate, cost::holding{.long_rate = 0.02, .horizon = days(30)});
    }
    CHECK(orders > 200);
}

TEST_CASE("sum: zero is its neutral element") {
    const ballast_test::price_look l{{10.0}};
    const cost::proportional fee{.rate = 0.003, .sell = 0.001};
    const cost::sum with_zero{cost::zero{}, fee, cost::zero{}};
    for (const double x : ballast_test::many_points(8)) CHECK(with_zero.bind(l.look).cost(0, x) == fee.bind(l.look).cost(0, x));
    STATIC_REQUIRE(decltype(with_zero)::shape == cost_shape::convex);
    CHECK(detail::get<1>(with_zero.parts()).sell[0] == 0.001);
}

TEST_CASE("sum: the fees of Chinese A shares as hikyuu has them") {
    // 0.18 % commission, at least 5; 0.1 % stamp duty on sells; in Shanghai 0.001 per share for the transfer, at least 1. Price 10.
    // hikyuu_cpp/unit_test/hikyuu/trade_manage/test_crtFixedATC.cpp of hikyuu.
    const ballast_test::price_look l{{10.0}};
    const cost::sum shenzhen{cost::minimum{cost::proportional{.rate = 18_bps}, 5.0}, cost::proportional{.sell = 10_bps}};
    const cost::sum shanghai{shenzhen, cost::minimum{cost::per_unit{.amount = 0.001}, 1.0}};
    REQUIRE_FALSE(shanghai.validate());
    const double shares[] = {100.0, 1000.0, 2100.0};
    const double buys[] = {6.0, 19.0, 39.9};
    const double sells[] = {7.0, 29.0, 60.9};
    const double buys_shenzhen[] = {5.0, 18.0, 37.8};
    const double sells_shenzhen[] = {6.0, 28.0, 58.8};
    for (int k = 0; k < 3; ++k) {
        const double x = shares[k] * 10.0;
        CHECK(shanghai.bind(l.look).cost(0, x) == Approx(buys[k]).margin(1e-9));
        CHECK(shanghai.bind(l.look).cost(0, -x) == Approx(sells[k]).margin(1e-9));
        CHECK(shenzhen.bind(l.look).cost(0, x) == Approx(buys_shenzhen[k]).margin(1e-9));
        CHECK(shenzhen.bind(l.look).cost(0, -x) == Approx(sells_shenzhen[k]).margin(1e-9));
    }
    STATIC_REQUIRE(decltype(shanghai)::shape == cost_shape::fixed_plus_convex);
    CHECK(shanghai.bind(l.look).jump(0) == 6.0);
    const auto points = ballast_test::many_points(9, {5.0 / 0.0018, -5.0 / 0.0018, 10'000.0, -10'000.0});
    ballast_test::check_slopes(shanghai.bind(l.look), 1, points);
    ballast_test::check_shape<cost_shape::fixed_plus_convex>(shanghai.bind(l.look), 1, points);
}

TEST_CASE("sum: every part's list counts, and the first fault is told") {
    const cost::sum m{cost::fixed{.amount = {1.0, 2.0}}, cost::proportional{.rate = 0.1}, cost::half_spread{.spread = {0.1, 0.1}}};
    CHECK(m.covers(2));
    CHECK_FALSE(m.covers(3));
    const cost::sum disagree{cost::fixed{.amount = {1.0, 2.0}}, cost::half_spread{.spread = {0.1, 0.1, 0.1}}};
    CHECK_FALSE(disagree.covers(2));
    CHECK_FALSE(disagree.covers(3));
    const cost::sum bad{cost::zero{}, cost::half_spread{.spread = -1.0}, cost::fixed{.amount = -2.0}};
    REQUIRE(bad.validate());
    CHECK(std::string{bad.validate().parameter} == "half_spread.spread");
    CHECK(bad.validate().value == -1.0);
}
