#include <ballast/cost/sum.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/half_spread.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/per_unit.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>

#include <string>
#include <type_traits>

// Σ parts. Of linear ones linear, of convex ones convex.

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
using with_minimum = cost::sum<cost::minimum<cost::proportional>, cost::half_spread>;
using with_maximum = cost::sum<cost::maximum<cost::proportional>, cost::fixed>;
}  // namespace

static_assert(linear_convex::shape == cost_shape::convex && linear_bound_cost<linear_convex::view> && responsive_cost<linear_convex::view>);
static_assert(linear_fixed::shape == cost_shape::fixed_plus_convex && linear_bound_cost<linear_fixed::view> &&
              !responsive_cost<linear_fixed::view>);
static_assert(curved::shape == cost_shape::convex && !linear_bound_cost<curved::view> && !responsive_cost<curved::view>);
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
