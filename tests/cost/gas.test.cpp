#include <ballast/cost/gas.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/rebate.hpp>
#include <ballast/cost/rounded.hpp>
#include <ballast/cost/sum.hpp>

#include <cmath>
#include <string>

// batch = coin·(base·gas_price + base_bytes·gas_per_byte·data_price)·1e-9, leg alike

using namespace ballast;

namespace {
static_assert(cost_model<cost::gas> && cost::gas::shape == cost_shape::fixed_plus_convex);
static_assert(uniform_bound_cost<cost::gas::view> && jumping_cost<cost::gas::view> && batched_cost<cost::gas::view>);
static_assert(batched_cost<cost::sum<cost::gas, cost::proportional>::view> && !batched_cost<cost::sum<cost::proportional>::view>);
static_assert(!batched_cost<cost::rebate<cost::gas>::view>);
}  // namespace

TEST_CASE("gas: amounts by hand") {
    // 150,000 units at 20 gwei and 3000 a coin: 9 a leg; the base of a transaction is 1.26.
    const cost::gas m{.leg = {150'000.0, 300'000.0}, .gas_price = 20.0, .coin = 3000.0};
    const auto v = m.bind(look{});
    CHECK(v.cost(0, 1e4) == Approx(9.0).epsilon(1e-15));
    CHECK(v.cost(1, -1e-9) == Approx(18.0).epsilon(1e-15));
    CHECK(v.cost(0, 0.0) == 0.0);
    CHECK(v.batch() == Approx(1.26).epsilon(1e-15));
    CHECK(m.saved_by_batching(5) == Approx(4 * 1.26));
    CHECK(m.saved_by_batching(1) == 0.0);
    CHECK(m.saved_by_batching(0) == 0.0);
    CHECK_FALSE(v.uniform());
    ballast_test::check_slopes(v, 2, ballast_test::many_points(1));
    ballast_test::check_shape<cost_shape::fixed_plus_convex>(v, 2, ballast_test::many_points(2));
}

TEST_CASE("gas: the data that a layer 2 writes") {
    // Execution at 0.01 gwei; 400 bytes a leg and 120 once, 16 units each, at 20 gwei times a scalar of 0.684.
    const cost::gas m{
        .leg = 150'000.0, .gas_price = 0.01, .coin = 3000.0, .base_bytes = 120.0, .leg_bytes = 400.0, .data_price = 20.0 * 0.684};
    CHECK(m.of_leg(0) == Approx(3000.0 * (150'000.0 * 0.01e-9 + 400.0 * 16.0 * 13.68e-9)).epsilon(1e-14));
    CHECK(m.of_batch() == Approx(3000.0 * (21'000.0 * 0.01e-9 + 120.0 * 16.0 * 13.68e-9)).epsilon(1e-14));
}

TEST_CASE("gas: a relayer's share of what it carries") {
    // across-protocol/sdk, test/relayFeeCalculator.test.ts: 305,572 units at 1 gwei, a token at 0.001 of the fee coin.
    const cost::gas m{.base = 0.0, .leg = 305'572.0, .gas_price = 1.0};
    for (const auto& [amount, share] : {std::pair{0.005, 61.1144}, std::pair{1e6, 0.000000305572}}) {
        const double notional = amount * 0.001;
        CHECK(m.bind(look{}).cost(0, notional) / notional == Approx(share).epsilon(1e-14));
    }
}

TEST_CASE("gas: the part of the batch goes through what it stands in") {
    const cost::gas m{.leg = 100'000.0, .gas_price = 10.0, .coin = 2000.0};  // 2 a leg, 0.42 once
    const cost::proportional fee{.rate = 10_bps};
    const look l{};
    CHECK(cost::sum{fee, m}.bind(l).batch() == Approx(0.42));
    CHECK(cost::sum{m, m}.bind(l).batch() == Approx(0.84));
    CHECK((cost::minimum{m, 5.0}).bind(l).batch() == Approx(0.42));
    CHECK((cost::maximum{m, 0.1}).bind(l).batch() == Approx(0.42));
    CHECK((cost::rounded{m, decimal_step{1, -1}}).bind(l).batch() == Approx(0.5));
    CHECK(any_cost{cost::sum{fee, m}}.bind(l).batch() == Approx(0.42));
    const any_cost listed = any_costs{{any_cost{m}, any_cost{fee}}};
    CHECK(listed.bind(l).batch() == Approx(0.42));
    CHECK(listed.bind(l).paid().batch() == Approx(0.42));
    CHECK(any_cost{fee}.bind(l).batch() == 0.0);
    CHECK(any_cost{}.bind(l).batch() == 0.0);
    // In the cost of an order there is nothing of it.
    CHECK(listed.bind(l).cost(0, 1000.0) == Approx(3.0));
}

TEST_CASE("gas: parameters that are refused") {
    const auto said = [](const cost::gas& m) { return m.validate() ? std::string{m.validate().parameter} : std::string{}; };
    CHECK(said({}).empty());
    CHECK(said({.base = -1.0}) == "gas.base");
    CHECK(said({.leg = {1.0, std::nan("")}}) == "gas.leg");
    CHECK(said({.gas_price = HUGE_VAL}) == "gas.gas_price");
    CHECK(said({.coin = -2.0}) == "gas.coin");
    CHECK(said({.base_bytes = -2.0}) == "gas.base_bytes");
    CHECK(said({.leg_bytes = -2.0}) == "gas.leg_bytes");
    CHECK(said({.gas_per_byte = -2.0}) == "gas.gas_per_byte");
    CHECK(said({.data_price = -2.0}) == "gas.data_price");
    CHECK_FALSE(cost::gas{.leg = {1.0, 2.0}}.covers(3));
}
