#include <ballast/cost/rounded.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"
#include "support/next_calls.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/per_unit.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/rebate.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

// Fees as whole numbers of steps.

using namespace ballast;
using cost::fee_rounding;
using cost::round_fee;

namespace {

static_assert(cost_model<cost::rounded<cost::proportional>> && cost::rounded<cost::proportional>::shape == cost_shape::general);
static_assert(!linear_bound_cost<cost::rounded<cost::proportional>::view> && !responsive_cost<cost::rounded<cost::proportional>::view>);
static_assert(detail::told_at_run_time<cost::rounded<cost::proportional>>);

constexpr decimal_step cent{1, -2};
static_assert(round_fee(1.001, cent, fee_rounding::up) == 1.01 && round_fee(1.001, cent, fee_rounding::down) == 1.0);

constexpr fee_rounding all_ways[] = {fee_rounding::up, fee_rounding::nearest, fee_rounding::down};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdouble-promotion"
/// The whole number of steps by its definition, in long doubles; where a border is nearer than they can tell, none.
struct by_definition {
    bool told = false;
    long double steps = 0.0L;
    by_definition(double fee, long double step, fee_rounding to) {
        const long double q = std::fabs(static_cast<long double>(fee)) / step;
        const long double below = std::floor(q);
        const long double blur = q * std::ldexp(1.0L, -50);
        const long double doubt = q * std::ldexp(1.0L, -52);
        const auto border = [&](long double off) { return std::fabs(off - blur) <= doubt; };
        told = !border(q - below) && !border(below + 1.0L - q) && !(to == fee_rounding::nearest && border(below + 0.5L - q));
        if (q - below <= blur)
            steps = below;
        else if (below + 1.0L - q <= blur)
            steps = below + 1.0L;
        else if (to == fee_rounding::nearest)
            steps = below + 0.5L - q <= blur ? below + 1.0L : below;
        else
            steps = (to == fee_rounding::up) == (fee > 0.0) ? below + 1.0L : below;
        if (fee < 0.0) steps = -steps;
    }
};
#pragma GCC diagnostic pop

}  // namespace

TEST_CASE("rounded: a fee goes up to the next cent, unless told otherwise") {
    const ballast_test::price_look l{{10.0}};
    const cost::rounded fee{cost::proportional{.rate = 18_bps}};
    REQUIRE_FALSE(fee.validate());
    const auto v = fee.bind(l.look);
    CHECK(v.cost(0, 0.0) == 0.0);
    CHECK(v.cost(0, -0.0) == 0.0);
    CHECK(v.cost(0, 1e-9) == 0.01);  // the smallest order costs a cent
    CHECK(v.cost(0, 1'000.0) == 1.80);
    CHECK(v.cost(0, 1'001.0) == 1.81);
    CHECK(v.cost(0, -1'001.0) == 1.81);
    CHECK(v.jump(0) == 0.01);
    const cost::rounded down{cost::proportional{.rate = 18_bps}, cent, fee_rounding::down};
    CHECK(down.bind(l.look).cost(0, 1'005.0) == 1.80);
    CHECK(down.bind(l.look).jump(0) == 0.0);
    const cost::rounded near{cost::proportional{.rate = 18_bps}, 0.1, fee_rounding::nearest};
    CHECK(near.bind(l.look).cost(0, 1'000.0) == 1.8);
    CHECK(near.bind(l.look).cost(0, 1'020.0) == 1.8);
    CHECK(near.bind(l.look).cost(0, 1'040.0) == 1.9);
    CHECK(v.marginal(0, 1'000.0).high == 0.0);
    CHECK(v.marginal(0, 0.0).low == 0.0);
}

TEST_CASE("rounded: what doubles can not tell from a whole step is that step") {
    for (const fee_rounding to : all_ways) {
        CAPTURE(static_cast<int>(to));
        for (int k = 1; k < 100'000; k += 7) {
            const double fee = k / 100.0;
            for (const double seen : {fee, std::nextafter(fee, 0.0), std::nextafter(fee, 1e9), k * 0.01})
                if (round_fee(seen, cent, to) != fee) FAIL("not " << fee);
        }
    }
    CHECK(round_fee(0.07 * 100.0, decimal_step{1}, fee_rounding::up) == 7.0);  // 7.000000000000001
    CHECK(round_fee(0.1 + 0.2, decimal_step{1, -1}, fee_rounding::up) == 0.3);
    CHECK(round_fee(0.01 * (1.0 + std::ldexp(1.0, -48)), cent, fee_rounding::up) == 0.02);
    // Half a step goes away from 0, and so does what can not be told from it.
    CHECK(round_fee(0.125, cent, fee_rounding::nearest) == 0.13);
    CHECK(round_fee(1.005, cent, fee_rounding::nearest) == 1.01);  // the double is a little less
    CHECK(round_fee(-1.005, cent, fee_rounding::nearest) == -1.01);
    CHECK(round_fee(0.0049, cent, fee_rounding::nearest) == 0.0);
    CHECK_FALSE(std::signbit(round_fee(-0.001, cent, fee_rounding::up)));
}

TEST_CASE("rounded: a rebate is rounded in the same direction as a fee: up leaves less of it") {
    CHECK(round_fee(-1.009, cent, fee_rounding::up) == -1.0);
    CHECK(round_fee(-1.001, cent, fee_rounding::down) == -1.01);
    CHECK(round_fee(-1.004, cent, fee_rounding::nearest) == -1.0);
    CHECK(round_fee(-1.0, cent, fee_rounding::up) == -1.0);
    const ballast_test::price_look l{{10.0}};
    const cost::rounded back{cost::rebate{cost::proportional{.rate = 1_bps}}};
    CHECK(back.bind(l.look).cost(0, 199.0) == -0.01);
    CHECK(back.bind(l.look).cost(0, 99.0) == 0.0);
    const cost::rounded sided{cost::proportional{.rate = 2_bps, .sell = -1_bps}};
    CHECK(sided.bind(l.look).cost(0, 60.0) == 0.02);
    CHECK(sided.bind(l.look).cost(0, -160.0) == -0.01);
}

TEST_CASE("rounded: random fees and steps by the definition") {
    ballast_test::dice d{7};
    std::size_t told = 0;
    for (int trial = 0; trial < 200'000; ++trial) {
        const auto mantissa = static_cast<std::int64_t>(1 + d.below(trial % 2 == 0 ? 9 : 99'999));
        const int exponent = static_cast<int>(d.below(12)) - 8;
        const decimal_step step{mantissa, exponent};
        const long double exact = static_cast<long double>(mantissa) * std::pow(10.0L, exponent);
        double fee = step.value() * d.scale(1e-3, 1e11);
        if (d.chance(0.3)) fee = step.value() * std::round(fee / step.value() * 2.0) / 2.0;  // whole and half steps
        if (d.chance(0.3)) fee = std::nextafter(fee, d.chance(0.5) ? 0.0 : 1e300);
        if (d.chance(0.3)) fee = -fee;
        if (fee == 0.0) continue;
        const fee_rounding to = all_ways[d.below(3)];
        const double got = round_fee(fee, step, to);
        const by_definition want{fee, exact, to};
        CAPTURE(trial, mantissa, exponent, fee, static_cast<int>(to), got);
        const double as_double = quantity_of(static_cast<int128>(want.steps), step);
        const double least = std::fabs(fee) * std::ldexp(1.0, -49);
        if (want.told && got != as_double) FAIL("not " << as_double);
        if (to == fee_rounding::up && got < fee - least) FAIL("below");
        if (to == fee_rounding::down && got > fee + least) FAIL("above");
        if (std::fabs(got - fee) > (to == fee_rounding::nearest ? 0.5 : 1.0) * step.value() * (1.0 + 1e-12) + least) FAIL("too far");
        if (round_fee(got, step, to) != got) FAIL("rounded twice");
        told += want.told ? 1u : 0u;
    }
    CHECK(told > 190'000);
}

TEST_CASE("rounded: at the ends of what doubles and steps can be") {
    const double infinity = std::numeric_limits<double>::infinity();
    for (const fee_rounding to : all_ways) {
        CHECK(round_fee(0.0, cent, to) == 0.0);
        CHECK(round_fee(1.2345, decimal_step{}, to) == 1.2345);
        CHECK(round_fee(infinity, cent, to) == infinity);
        CHECK(std::isnan(round_fee(std::numeric_limits<double>::quiet_NaN(), cent, to)));
        CHECK(round_fee(1e300, cent, to) == 1e300);
        CHECK(round_fee(1e17, cent, to) == 1e17);
        CHECK(round_fee(-9007199254740993.0, decimal_step{1}, to) == -9007199254740992.0);
    }
    CHECK(round_fee(1e-300, cent, fee_rounding::up) == 0.01);
    CHECK(round_fee(std::numeric_limits<double>::denorm_min(), decimal_step{1, 6}, fee_rounding::up) == 1e6);
    CHECK(round_fee(-1e-300, cent, fee_rounding::down) == -0.01);
    CHECK(round_fee(1.0, decimal_step{1, 6}, fee_rounding::up) == 1e6);
}

TEST_CASE("rounded: without a step it is the other cost, shape and all") {
    const ballast_test::price_look l{{10.0}};
    const cost::proportional rate{.rate = 18_bps, .sell = 5_bps};
    const cost::rounded plain{rate, decimal_step{}};
    const auto v = plain.bind(l.look);
    CHECK(plain.runtime_traits().shape == cost_shape::convex);
    CHECK(plain.runtime_traits().linear);
    CHECK(plain.runtime_traits().responsive);
    ballast_test::check_slopes(v, 1, ballast_test::many_points(1));
    ballast_test::check_shape<cost_shape::convex>(v, 1, ballast_test::many_points(2));
    ballast_test::check_respond(v, 1, 3);
    CHECK(v.linear(0).sell == 5_bps);
    CHECK(v.jump(0) == 0.0);
    CHECK(any_cost{plain}.has_respond());
    const cost::rounded whole{rate};
    CHECK(whole.runtime_traits().shape == cost_shape::general);
    CHECK_FALSE(any_cost{whole}.has_linear());
    CHECK_FALSE(any_cost{whole}.has_respond());
    CHECK(any_cost{cost::rounded{any_cost{rate}, decimal_step{}}}.has_linear());
    CHECK(any_cost{cost::rounded{cost::minimum{rate, 5.0}, decimal_step{}}}.runtime_shape() == cost_shape::fixed_plus_convex);
}

TEST_CASE("rounded: in sums and limits, and around them") {
    const ballast_test::price_look l{{10.0}};
    const cost::proportional a{.rate = 0.0011};
    const cost::proportional b{.rate = 0.0012};
    CHECK(cost::rounded{cost::sum{a, b}}.bind(l.look).cost(0, 1.0) == 0.01);                 // together
    CHECK(cost::sum{cost::rounded{a}, cost::rounded{b}}.bind(l.look).cost(0, 1.0) == 0.02);  // each
    CHECK(cost::rounded{cost::maximum{cost::minimum{a, 1.0}, 2.0}}.bind(l.look).cost(0, 1'000.1) == 1.11);
    const cost::minimum least{cost::rounded{a}, 0.5};
    CHECK(least.bind(l.look).cost(0, 3.0) == 0.5);
    CHECK(least.bind(l.look).cost(0, 500.0) == 0.55);
    CHECK(least.bind(l.look).cost(0, -500.1) == 0.56);
    CHECK(least.bind(l.look).jump(0) == 0.5);
    CHECK(cost::maximum{cost::rounded{a}, 0.5}.bind(l.look).cost(0, 1e6) == 0.5);
    CHECK(any_costs{{cost::rounded{a}, cost::rounded{b}}}.bind(l.look).cost(0, 1.0) == 0.02);
    CHECK(cost::rounded{any_cost{a}}.bind(l.look).cost(0, 1.0) == 0.01);
    CHECK(cost::rounded{cost::zero{}}.bind(l.look).cost(0, 1.0) == 0.0);
    CHECK(cost::rounded{cost::zero{}}.bind(l.look).jump(0) == 0.0);
}

TEST_CASE("rounded: the inner model's lists and faults are its own") {
    const cost::rounded fee{cost::proportional{.rate = {0.1, 0.2}}};
    CHECK(fee.covers(2));
    CHECK_FALSE(fee.covers(3));
    for (const double bad : {-0.01, 1e-19, std::numeric_limits<double>::quiet_NaN()}) {
        const cost::rounded no_step{cost::zero{}, bad};
        REQUIRE(no_step.validate());
        CHECK(std::string{no_step.validate().parameter} == "rounded.step");
        const ballast_test::price_look l{{1.0}};
        CHECK(no_step.bind(l.look).cost(0, 5.0) == 0.0);
    }
    const cost::rounded of_bad{cost::proportional{.rate = -0.1}};
    REQUIRE(of_bad.validate());
    CHECK(std::string{of_bad.validate().parameter} == "proportional.rate");
}

// The promises of tests/promises. Fees rounded up cost every further order a step, so that the list is final; where fees are rounded to the nearest step
// or down, small orders are free, and steps as large as those drawn here may leave some for the next call.
TEST_CASE("rounded: lists are accepted by the referee, and leave the next call nothing to do") {
    ballast_test::next_calls next;
    std::size_t up = 0;
    ballast_test::for_accepted_lists<ballast_test::rounded_cost>(ballast_test::books_of(12'000), [&](auto& call, std::uint64_t) {
        const bool as_said = next.as_said(call);
        up += !as_said && detail::get<0>(call.run.policy.cost().parts()).to == fee_rounding::up ? 1u : 0u;
    });
    CHECK(next.again > ballast_test::books_of(5'000));
    CHECK(up == 0);
    CHECK(next.found <= 1);
}
