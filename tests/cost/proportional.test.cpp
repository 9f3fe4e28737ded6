#include <ballast/cost/proportional.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <ballast/core/bps.hpp>
#include <ballast/cost/rounded.hpp>

#include <limits>
#include <string>
#include <vector>

// rate·x⁺ + sell·x⁻, sell = rate where it is not given.

using namespace ballast;

static_assert(cost_model<cost::proportional> && cost::proportional::shape == cost_shape::convex);
static_assert(linear_bound_cost<cost::proportional::view> && responsive_cost<cost::proportional::view>);

TEST_CASE("proportional: the fee of zipline's PerDollar") {
    // 15 bps of traded value: tests/finance/test_commissions.py::test_per_dollar of zipline.
    const ballast_test::price_look l{{100.0}};
    const cost::proportional fee{.rate = 15_bps};
    const auto v = fee.bind(l.look);
    CHECK(v.cost(0, 230 * 100.0) == Approx(34.5).margin(1e-7));
    CHECK(v.cost(0, 170 * 101.0) == Approx(25.755).margin(1e-7));
    CHECK(v.cost(0, 100 * 102.0) == Approx(15.3).margin(1e-7));
    CHECK(v.cost(0, -230 * 100.0) == Approx(34.5).margin(1e-7));
}

TEST_CASE("proportional: one rate, two rates, a rate per asset") {
    const ballast_test::price_look l{{1.0, 1.0, 1.0}};
    const cost::proportional one{.rate = 0.001};
    const cost::proportional two{.rate = 0.001, .sell = 0.004};
    const cost::proportional duty{.sell = 0.001};
    const cost::proportional each{.rate = {0.001, 0.002, 0.003}, .sell = {0.0, 0.01, 0.003}};
    const cost::proportional mixed{.rate = {0.001, 0.002, 0.003}, .sell = 0.005};
    CHECK(one.bind(l.look).cost(2, 1000.0) == Approx(1.0));
    CHECK(one.bind(l.look).cost(2, -1000.0) == Approx(1.0));
    CHECK(two.bind(l.look).cost(2, 1000.0) == Approx(1.0));
    CHECK(two.bind(l.look).cost(2, -1000.0) == Approx(4.0));
    CHECK(duty.bind(l.look).cost(0, 1000.0) == 0.0);
    CHECK(duty.bind(l.look).cost(0, -1000.0) == Approx(1.0));
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(each.bind(l.look).cost(i, 1000.0) == Approx(static_cast<double>(i) + 1.0));
        CHECK(mixed.bind(l.look).cost(i, 1000.0) == Approx(static_cast<double>(i) + 1.0));
        CHECK(mixed.bind(l.look).cost(i, -1000.0) == Approx(5.0));
    }
    CHECK(each.bind(l.look).cost(0, -1000.0) == 0.0);
    CHECK(each.bind(l.look).cost(1, -1000.0) == Approx(10.0));
    CHECK(each.bind(l.look).cost(2, -1000.0) == Approx(3.0));
    CHECK(each.bind(l.look).jump(1) == 0.0);
}

TEST_CASE("proportional: slopes, convexity and responses, with rebates and without") {
    const ballast_test::price_look l{{1.0, 1.0, 1.0}};
    const std::vector<cost::proportional> models{
        {.rate = 0.001},
        {.rate = 0.01, .sell = 0.03},
        {.rate = -0.002, .sell = 0.005},                              // makers are paid to buy
        {.rate = 0.004, .sell = -0.004},                              // just convex: back and forth costs nothing
        {.rate = {0.0, 0.02, -0.001}, .sell = {0.01, -0.02, 0.001}},  //
    };
    for (const auto& m : models) {
        REQUIRE_FALSE(m.validate());
        const auto v = m.bind(l.look);
        const auto points = ballast_test::many_points(5);
        ballast_test::check_slopes(v, 3, points);
        ballast_test::check_shape<cost_shape::convex>(v, 3, points);
    }
    ballast_test::check_respond(models[1].bind(l.look), 3, 11);
    ballast_test::check_respond(models[2].bind(l.look), 3, 12);
    ballast_test::check_respond(models[4].bind(l.look), 3, 13);
}

TEST_CASE("proportional: a list covers its own number of assets") {
    CHECK(cost::proportional{.rate = 0.1}.covers(0));
    CHECK(cost::proportional{.rate = 0.1}.covers(1000));
    const cost::proportional three{.rate = {0.1, 0.2, 0.3}};
    CHECK(three.covers(3));
    CHECK_FALSE(three.covers(2));
    const cost::proportional sells{.rate = 0.1, .sell = {0.1, 0.2}};
    CHECK(sells.covers(2));
    CHECK_FALSE(sells.covers(3));
    const cost::proportional disagree{.rate = {0.1, 0.1, 0.1}, .sell = {0.1, 0.2}};
    CHECK_FALSE(disagree.covers(2));
    CHECK_FALSE(disagree.covers(3));
}

TEST_CASE("proportional: what is no fee is refused, and named") {
    const auto parameter = [](const cost::proportional& p) {
        const configuration_fault f = p.validate();
        return f ? std::string{f.parameter} : std::string{};
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(parameter({}) == "");
    CHECK(parameter({.rate = 0.999}) == "");
    CHECK(parameter({.rate = 1.0}) == "proportional.rate");
    CHECK(parameter({.rate = nan}) == "proportional.rate");
    CHECK(parameter({.rate = std::numeric_limits<double>::infinity()}) == "proportional.rate");
    CHECK(parameter({.rate = -0.001}) == "proportional.rate");  // a rebate on both sides
    CHECK(parameter({.rate = {0.1, -0.1}}) == "proportional.rate");
    CHECK(cost::proportional{.rate = {0.1, -0.125}}.validate().value == -0.125);
    CHECK(parameter({.rate = 0.1, .sell = 1.5}) == "proportional.sell");
    CHECK(parameter({.rate = 0.1, .sell = nan}) == "proportional.sell");
    CHECK(parameter({.rate = 0.1, .sell = -0.1}) == "");
    CHECK(parameter({.rate = 0.1, .sell = -0.11}) == "proportional.sell");
    CHECK(parameter({.rate = -0.1, .sell = 0.1}) == "");
    CHECK(parameter({.rate = -0.11, .sell = 0.1}) == "proportional.sell");
    CHECK(parameter({.rate = {0.1, 0.2}, .sell = {-0.1, -0.3}}) == "proportional.sell");
    CHECK(parameter({.rate = {0.1, 0.2}, .sell = {-0.1, -0.2}}) == "");
    CHECK(parameter({.rate = {0.1, 0.3}, .sell = -0.2}) == "proportional.sell");
    CHECK(parameter({.rate = 0.2, .sell = {-0.1, -0.3}}) == "proportional.sell");
    // Lists of different lengths are compared as far as both go; the lengths are told by `covers`.
    CHECK(parameter({.rate = {0.1, 0.3, 0.3}, .sell = {-0.1, -0.2}}) == "");
}

TEST_CASE("proportional: duties on one side, with what their offices do to them") {
    const look l{};
    // China: 0.1 % on sales. United Kingdom: 0.5 % on purchases, rounded up to whole 5 pounds (Finance Act 1999, section 112).
    CHECK((cost::proportional{.sell = 10_bps}).bind(l).cost(0, -10'000.0) == Approx(10.0));
    CHECK((cost::proportional{.sell = 10_bps}).bind(l).cost(0, 10'000.0) == 0.0);
    const cost::proportional buys{.rate = 50_bps, .sell = 0.0};
    REQUIRE_FALSE(buys.validate());
    CHECK(buys.bind(l).cost(0, -12'345.0) == 0.0);
    const cost::rounded stamp{buys, decimal_step{5, 0}};
    CHECK(stamp.bind(l).cost(0, 12'345.0) == 65.0);
    CHECK(stamp.bind(l).cost(0, 12'000.0) == 60.0);
    CHECK(stamp.bind(l).cost(0, 1.0) == 5.0);
    CHECK(stamp.bind(l).cost(0, -12'345.0) == 0.0);
}
