#include <ballast/core/per_asset.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/fixed.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"

#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;

namespace {
struct policy {
    per_asset width{};
    per_asset with_default = 0.25;
};
}  // namespace

static_assert(std::is_convertible_v<double, per_asset> && std::is_convertible_v<std::vector<double>, per_asset>);
static_assert(std::is_nothrow_move_constructible_v<per_asset> && std::is_nothrow_constructible_v<per_asset, double>);
static_assert(std::is_aggregate_v<policy>);
static_assert(!std::is_trivially_copyable_v<per_asset>);  // it owns its list: a span in a shared configuration would dangle

TEST_CASE("per_asset: one number stands for every asset") {
    const policy p{.width = 0.05};
    CHECK(p.width.given());
    CHECK(p.width.uniform());
    CHECK(p.width.size() == 0);
    CHECK(p.width[0] == 0.05);
    CHECK(p.width[999] == 0.05);
    for (const std::size_t n : {0u, 1u, 2u, 1000u}) CHECK(p.width.covers(n));
    CHECK(p.with_default[7] == 0.25);
    CHECK(policy{.width = 1}.width[3] == 1.0);
    CHECK(policy{.width = 0}.width.given());
}

TEST_CASE("per_asset: a list has one number per asset") {
    const policy p{.width = {0.05, 0.02, 1}};
    CHECK(p.width.given());
    CHECK_FALSE(p.width.uniform());
    CHECK(p.width.size() == 3);
    CHECK(p.width[0] == 0.05);
    CHECK(p.width[1] == 0.02);
    CHECK(p.width[2] == 1.0);
    CHECK(p.width.covers(3));
    for (const std::size_t n : {0u, 1u, 2u, 4u}) CHECK_FALSE(p.width.covers(n));
}

TEST_CASE("per_asset: a list of one number is that number, however it is written") {
    for (const policy& p : {policy{.width = {0.05}}, policy{.width = std::vector<double>{0.05}}, policy{.width = per_asset{0.05}}}) {
        CHECK(p.width.given());
        CHECK(p.width.uniform());
        CHECK(p.width[0] == 0.05);
        CHECK(p.width[5] == 0.05);
        CHECK(p.width.covers(1));
        CHECK(p.width.covers(6));
    }
}

TEST_CASE("per_asset: what is not given, and what is given without numbers") {
    for (const policy& p : {policy{}, policy{.width = {}}}) {
        CHECK_FALSE(p.width.given());
        CHECK(p.width.covers(3));
        CHECK(p.width[3] == 0.0);
        CHECK(p.width.find([](double) { return true; }) == nullptr);
    }
    // A list that came out empty is not "not given", and not a width of 0 for everybody.
    const policy empty{.width = std::vector<double>{}};
    CHECK(empty.width.given());
    CHECK_FALSE(empty.width.uniform());
    CHECK(empty.width.covers(0));
    CHECK_FALSE(empty.width.covers(1));
}

TEST_CASE("per_asset: finds the first bad value") {
    const auto negative = [](double x) { return !(x >= 0.0); };
    CHECK(per_asset{0.1}.find(negative) == nullptr);
    CHECK(*per_asset{-0.1}.find(negative) == -0.1);
    const per_asset list{0.1, -0.2, -0.3};
    REQUIRE(list.find(negative) != nullptr);
    CHECK(*list.find(negative) == -0.2);
    const per_asset with_nan{0.1, 0.2, std::numeric_limits<double>::quiet_NaN()};
    REQUIRE(with_nan.find(negative) != nullptr);
    CHECK(*with_nan.find(negative) != *with_nan.find(negative));
}

TEST_CASE("per_asset: copies own their numbers") {
    per_asset a{0.1, 0.2};
    const per_asset b = a;
    a = 0.5;
    CHECK(b[1] == 0.2);
    CHECK(a[1] == 0.5);
    per_asset c = b;
    const per_asset d = std::move(c);
    CHECK(d.covers(2));
    CHECK(d[0] == 0.1);
}

namespace {
template <class... Parts>
fault_code fault_with(std::size_t n, Parts... parts) {
    keeper k{rebalancer{std::move(parts)...}, {.assets = n}};
    const std::vector<double> price(n, 10.0), quantity(n, 1.0), target(n, 0.5 / static_cast<double>(n));
    const std::vector<double> volatility(n, 0.2);
    (void)k.observe({.now = timestamp{} + days(1), .price = price, .volatility = volatility});
    constexpr bool makes_targets = (target_policy<Parts> || ...);
    const column<double> targets = makes_targets ? column<double>{} : column<double>{target};
    const decision& d = k.propose({.cash = 5.0, .quantity = quantity}, targets);
    if (d.problem.code == fault_code::bad_parameter_count) {
        CHECK(d.outcome == outcome::rejected);
        CHECK(d.orders.empty());
        CHECK(d.problem.value == static_cast<double>(n));
    }
    return d.problem.code;
}
}  // namespace

TEST_CASE("per_asset: a list of the wrong length is a fault of the decision, whoever owns it") {
    const auto wrong = fault_code::bad_parameter_count;
    const auto fine = fault_code::none;
    const per_asset three{0.1, 0.1, 0.1};
    const per_asset two{0.1, 0.1};
    for (const bool right : {true, false}) {
        const per_asset& list = right ? three : two;
        const fault_code expected = right ? fine : wrong;
        CHECK(fault_with(3, trigger::band{.absolute = list}, cost::zero{}, solver::to_target{}) == expected);
        CHECK(fault_with(3, trigger::band{.relative = list}, cost::zero{}, solver::to_target{}) == expected);
        CHECK(fault_with(3, trigger::band{.absolute = 0.1, .absolute_below = list}, cost::zero{}, solver::to_target{}) == expected);
        CHECK(fault_with(3, trigger::band{.absolute = 0.1, .relative_below = list}, cost::zero{}, solver::to_target{}) == expected);
        CHECK(fault_with(3, trigger::band{.absolute = 0.1}, cost::zero{}, solver::to_target{}, guard::max_trade{.share = list}) ==
              expected);
        CHECK(fault_with(3, trigger::band{.absolute = 0.1}, cost::zero{}, solver::to_target{}, guard::max_trade{.amount = list}) ==
              expected);
        CHECK(fault_with(3, trigger::band{.absolute = 0.1}, cost::zero{}, solver::to_target{}, target::fixed{list}) == expected);
    }
    // One number, and a list of one, stand for all three.
    CHECK(fault_with(3, trigger::band{.absolute = 0.1}, cost::zero{}, solver::to_target{}) == fine);
    CHECK(fault_with(3, trigger::band{.absolute = {0.1}}, cost::zero{}, solver::to_target{}) == fine);
    CHECK(fault_with(3, trigger::band{.absolute = std::vector<double>{}}, cost::zero{}, solver::to_target{}) == wrong);
}
