#include <ballast/cost/maker_taker.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/half_spread.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/rebate.hpp>
#include <ballast/cost/sum.hpp>

#include <cmath>
#include <string>

// (share·maker + (1 − share)·taker)·|x|

using namespace ballast;

namespace {
static_assert(cost_model<cost::maker_taker> && cost::maker_taker::shape == cost_shape::convex);
static_assert(uniform_bound_cost<cost::maker_taker::view> && responsive_cost<cost::maker_taker::view>);
}  // namespace

TEST_CASE("maker_taker: the rate that is to be expected") {
    const cost::maker_taker m{.maker = {-1_bps, 2_bps, 2_bps}, .taker = 6_bps, .maker_share = {0.5, 1.0, 0.0}};
    const auto v = m.bind(look{});
    CHECK(v.cost(0, 10'000.0) == Approx(2.5));
    CHECK(v.cost(1, -10'000.0) == Approx(2.0));
    CHECK(v.cost(2, 10'000.0) == Approx(6.0));
    CHECK(v.cost(0, 0.0) == 0.0);
    CHECK_FALSE(v.uniform());
    CHECK((cost::maker_taker{.taker = 6_bps}).bind(look{}).uniform());
    CHECK_FALSE(m.validate());
    ballast_test::check_slopes(v, 3, ballast_test::many_points(1));
    ballast_test::check_shape<cost_shape::convex>(v, 3, ballast_test::many_points(2));
    ballast_test::check_respond(v, 3, 3);
}

TEST_CASE("maker_taker: what would earn from trading back and forth is refused") {
    const auto said = [](const cost::maker_taker& m) { return m.validate() ? std::string{m.validate().parameter} : std::string{}; };
    CHECK(said({}).empty());
    CHECK(said({.maker = -1_bps, .taker = 1_bps, .maker_share = 0.5}).empty());  // nothing is left over
    CHECK(said({.maker = -1_bps, .taker = 1_bps, .maker_share = 0.6}) == "maker_taker.maker");
    CHECK(said({.maker = -1_bps, .taker = 1_bps, .maker_share = {0.5, 0.6}}) == "maker_taker.maker");
    CHECK(said({.maker = 1.0}) == "maker_taker.maker");
    CHECK(said({.taker = -1_bps}) == "maker_taker.taker");
    CHECK(said({.taker = std::nan("")}) == "maker_taker.taker");
    CHECK(said({.maker_share = 1.5}) == "maker_taker.maker_share");
    CHECK(cost::maker_taker{.maker_share = {0.5, 0.6}}.covers(2));
    CHECK_FALSE(cost::maker_taker{.maker_share = {0.5, 0.6}}.covers(3));
}

TEST_CASE("maker_taker: a rebate that exceeds everything stands beside the spread that it is paid for") {
    // vectorbt, tests/test_portfolio.py::test_execute_order_nb: 10 at 10, filled at 11, a fee of −10 % of that and −1: 2 of 100 are left.
    const cost::sum all{cost::half_spread{.spread = 0.2},
                        cost::rebate{cost::sum{cost::proportional{.rate = 0.11}, cost::fixed{.amount = 1.0}}}};
    CHECK(100.0 - (100.0 + all.bind(look{}).cost(0, 100.0)) == Approx(2.0).epsilon(1e-12));
    CHECK((cost::maker_taker{.maker = -0.1, .maker_share = 1.0}).validate());
}
