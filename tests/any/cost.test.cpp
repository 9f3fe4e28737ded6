#include <ballast/any/cost.hpp>

#include "support/catch.hpp"
#include "support/same_bits.hpp"

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/half_spread.hpp>
#include <ballast/cost/linear_impact.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/per_unit.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/rebate.hpp>
#include <ballast/cost/rounded.hpp>
#include <ballast/cost/square_root_impact.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/tiered.hpp>
#include <ballast/cost/zero.hpp>

#include <cmath>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using test::same_bits;

static_assert(cost_model<any_cost> && cost_model<any_costs> && any_cost::shape == cost_shape::general &&
              any_costs::shape == cost_shape::general);
static_assert(std::is_copy_constructible_v<any_cost> && std::is_nothrow_move_constructible_v<any_cost> &&
              std::is_copy_assignable_v<any_cost> && std::is_nothrow_move_assignable_v<any_cost>);
static_assert(std::is_convertible_v<cost::fixed, any_cost> && std::is_convertible_v<any_costs, any_cost> &&
              !std::is_convertible_v<double, any_cost>);
// To whoever does not ask at run time, an erased cost may be anything.
static_assert(!linear_bound_cost<any_cost::view> && !responsive_cost<any_cost::view> && !linear_bound_cost<bound<any_cost>>);
static_assert(bound<any_cost>::shape == cost_shape::general && std::is_trivially_copyable_v<any_cost::view>);
static_assert(!linear_bound_cost<bound_cost_of<cost::sum<any_cost, cost::fixed>>> &&
              cost::sum<any_cost, cost::zero>::shape == cost_shape::general);

namespace {

/// Three prices, and a number of its own that a model may read.
struct price_look {
    std::vector<double> price{100.0, 0.5, 2500.0};
    look at{};
    price_look() {
        at.price = price;
        at.value = 1e5;
    }
};

/// x² / value for every asset, in a view that is larger than what an erased one has room for.
struct bulky {
    static constexpr const char* name = "bulky";
    static constexpr cost_shape shape = cost_shape::convex;
    struct view {
        double value = 1.0;
        double room[40] = {};
        [[nodiscard]] double cost(std::size_t, double x) const noexcept { return x * x / value; }
        [[nodiscard]] slope_interval marginal(std::size_t, double x) const noexcept { return {2.0 * x / value, 2.0 * x / value}; }
        [[nodiscard]] response respond(std::size_t, double price, double curvature, double centre, double lo, double hi) const noexcept {
            const double x = (price + curvature * centre) / (2.0 / value + curvature);
            return {x < lo ? lo : x > hi ? hi : x, 0.0, 1};
        }
    };
    [[nodiscard]] view bind(const look& l) const noexcept { return {.value = l.value}; }
};
static_assert(sizeof(bulky::view) > detail::view_room);

bool same(const slope_interval& a, const slope_interval& b) { return same_bits(a.low, b.low) && same_bits(a.high, b.high); }
bool same(const linear_cost& a, const linear_cost& b) {
    return same_bits(a.fixed, b.fixed) && same_bits(a.buy, b.buy) && same_bits(a.sell, b.sell);
}
bool same(const response& a, const response& b) { return same_bits(a.x, b.x) && same_bits(a.slope, b.slope) && a.piece == b.piece; }

std::vector<double> notionals() {
    std::vector<double> xs{0.0, -0.0, 1e-12, -1e-12, 1e12, -1e12};
    std::mt19937_64 rng{5};
    std::uniform_real_distribution<double> exponent{-4.0, 7.0};
    for (int k = 0; k < 200; ++k) xs.push_back((k % 2 == 0 ? 1.0 : -1.0) * std::pow(10.0, exponent(rng)));
    return xs;
}

/// Cost, slopes, linear form and responses are those of the model, to the bit; so are the traits.
template <class Model>
void check_same(const Model& model, const any_cost& erased, const cost_traits& wanted) {
    const price_look l;
    const bound<Model> exact{model.bind(l.at)};
    const any_cost::view first = erased.bind(l.at);
    const any_cost::view view = first;  // a copy is as good
    CHECK(erased.runtime_shape() == wanted.shape);
    CHECK(erased.has_linear() == wanted.linear);
    CHECK(erased.has_respond() == wanted.responsive);
    CHECK(view.runtime_shape() == wanted.shape);
    CHECK(view.has_linear() == wanted.linear);
    CHECK(view.has_respond() == wanted.responsive);
    for (std::size_t n = 0; n < 5; ++n) CHECK(erased.covers(n) == detail::covers(model, n));
    const std::vector<double> xs = notionals();
    for (std::size_t i = 0; i < l.price.size(); ++i) {
        REQUIRE(same_bits(detail::jump_of(exact, i), detail::jump_of(view, i)));
        for (const double x : xs) {
            REQUIRE(same_bits(exact.cost(i, x), view.cost(i, x)));
            REQUIRE(same(exact.marginal(i, x), view.marginal(i, x)));
            if constexpr (detail::with_respond<bound<Model>>)
                if (wanted.responsive)
                    for (const double price : {-0.01, 0.0, 0.0005, 0.02})
                        REQUIRE(same(exact.respond(i, price, 1e-4, x, -5e4, 5e4), view.respond(i, price, 1e-4, x, -5e4, 5e4)));
        }
        if constexpr (detail::with_linear<bound<Model>>)
            if (wanted.linear) REQUIRE(same(exact.linear(i), view.linear(i)));
    }
}

constexpr auto convex = cost_shape::convex;
constexpr auto fixed_plus_convex = cost_shape::fixed_plus_convex;
constexpr auto general = cost_shape::general;

}  // namespace

TEST_CASE("any_cost: costs as the model that it holds, and tells what that one can") {
    check_same(cost::zero{}, cost::zero{}, {convex, true, true});
    const cost::proportional rates{.rate = {10_bps, 20_bps, 0.0}, .sell = 30_bps};
    check_same(rates, rates, {convex, true, true});
    check_same(cost::half_spread{.spread = 5_bps}, cost::half_spread{.spread = 5_bps}, {convex, true, true});
    check_same(cost::per_unit{.amount = 0.01}, cost::per_unit{.amount = 0.01}, {convex, true, true});
    check_same(cost::fixed{.amount = 4.0}, cost::fixed{.amount = 4.0}, {fixed_plus_convex, true, false});
    const cost::minimum least{rates, 3.0};
    check_same(least, least, {fixed_plus_convex, false, false});
    const cost::maximum most{least, 100.0};
    check_same(most, most, {general, false, false});
    const cost::sum fees{cost::fixed{.amount = 1.0}, rates, cost::per_unit{.amount = {0.01, 0.02, 0.03}}};
    check_same(fees, fees, {fixed_plus_convex, true, false});
    const cost::sum smooth{rates, cost::half_spread{.spread = 5_bps}};
    check_same(smooth, smooth, {convex, true, true});
    const cost::tiered rising{.tiers = {{100.0, 1_bps}, {5'000.0, 3_bps}, {.rate = 9_bps}}};
    check_same(rising, rising, {convex, false, true});
    const cost::tiered falling{.tiers = {{100.0, 9_bps}, {5'000.0, 3_bps}, {.rate = 1_bps}}};
    check_same(falling, falling, {general, false, false});
    const cost::rounded whole{fees, 0.05};
    check_same(whole, whole, {general, false, false});
    const cost::rounded exact{smooth, decimal_step{}};
    check_same(exact, exact, {convex, true, true});
    const cost::rebate back{fees};
    check_same(back, back, {general, false, false});
}

TEST_CASE("any_cost: a view without room in the erased one is bound anew, and costs the same") {
    check_same(bulky{}, bulky{}, {convex, false, true});
    // Models made of erased ones: to the compiler of any shape, so that is what they are.
    const cost::minimum least{cost::proportional{.rate = 10_bps}, 3.0};
    const cost::minimum erased_least{any_cost{cost::proportional{.rate = 10_bps}}, 3.0};
    static_assert(sizeof(bound_cost_of<cost::minimum<any_cost>>) > detail::view_room);
    check_same(least, erased_least, {general, false, false});
    const cost::sum erased_sum{any_cost{cost::fixed{.amount = 1.0}}, any_cost{erased_least}};
    check_same(cost::sum{cost::fixed{.amount = 1.0}, least}, erased_sum, {general, false, false});
}

// Σ of the parts: the same additions in the same order as in cost::sum, and so the same bits.
TEST_CASE("any_costs: a list is the sum of its parts, to the bit") {
    const cost::fixed fixed{.amount = 1.1};
    const cost::proportional rates{.rate = {10_bps, 20_bps, 0.0}, .sell = 30_bps};
    const cost::half_spread spread{.spread = 7_bps};
    const cost::minimum least{rates, 3.0};
    const std::vector<any_cost> linear{fixed, rates, spread};
    check_same(cost::sum{fixed, rates, spread}, any_costs{linear}, {fixed_plus_convex, true, false});
    check_same(cost::sum{rates, spread}, any_costs{{rates, spread}}, {convex, true, true});
    check_same(cost::sum{fixed, least}, any_costs{{fixed, least}}, {fixed_plus_convex, false, false});
    // One that bends beside linear ones answers prices; two do not, nor beside a fixed part.
    const cost::linear_impact line{.coefficient = 0.5, .daily_volume = 1e6};
    const cost::square_root_impact root{.daily_volatility = 0.02, .daily_volume = 1e6};
    check_same(cost::sum{rates, root, spread}, any_costs{{rates, root, spread}}, {convex, false, true});
    check_same(cost::sum{root}, any_costs{{root}}, {convex, false, true});
    check_same(cost::sum{rates, root, line}, any_costs{{rates, root, line}}, {convex, false, false});
    check_same(cost::sum{fixed, root}, any_costs{{fixed, root}}, {fixed_plus_convex, false, false});
    check_same(cost::sum{cost::sum{rates, line}, spread}, any_costs{{any_costs{{rates, line}}, spread}}, {convex, false, true});
    check_same(cost::sum{cost::maximum{rates, 9.0}, spread}, any_costs{{cost::maximum{rates, 9.0}, spread}}, {general, false, false});
    // Of one; of lists; of none.
    check_same(cost::sum{rates}, any_costs{{rates}}, {convex, true, true});
    check_same(cost::sum{cost::sum{fixed, rates}, spread}, any_costs{{any_costs{{fixed, rates}}, spread}},
               {fixed_plus_convex, true, false});
    const price_look l;
    const any_costs none;
    CHECK(none.bind(l.at).cost(0, 5.0) == 0.0);
    CHECK(none.bind(l.at).marginal(0, 0.0).high == 0.0);
    CHECK(none.bind(l.at).linear(0).buy == 0.0);
    CHECK(any_cost{none}.runtime_shape() == convex);
    CHECK_FALSE(any_costs{}.validate());
    CHECK(any_costs{{fixed, cost::fixed{.amount = -1.0}}}.validate().parameter == std::string{"fixed.amount"});
    CHECK_FALSE(any_costs{{fixed, rates}}.covers(2));
    CHECK(any_costs{{fixed, rates}}.covers(3));
}

namespace {
struct by_volatility : cost::zero {
    static constexpr risk_need needs = risk_need::volatility;
};
}  // namespace

TEST_CASE("any_cost: what it needs is told at run time") {
    CHECK(any_cost{by_volatility{}}.runtime_needs() == risk_need::volatility);
    CHECK(any_costs{{cost::zero{}, by_volatility{}}}.runtime_needs() == risk_need::volatility);
    CHECK(any_cost{cost::zero{}}.runtime_needs() == risk_need::nothing);
}

// The six types with static traits: whoever is called with one finds at compile time what the erased view tells at run time.
TEST_CASE("any_cost: reaches whoever asks for it with the traits of its model, statically") {
    const price_look l;
    const auto traits_of = [&](const any_cost& c) {
        const any_cost::view bound_to_look = c.bind(l.at);
        return detail::with_exact_traits(detail::ref_to(bound_to_look),
                                         [](const auto& exact) { return detail::traits_of_view<std::remove_cvref_t<decltype(exact)>>(); });
    };
    const auto is = [](const cost_traits& a, const cost_traits& b) {
        return a.shape == b.shape && a.linear == b.linear && a.responsive == b.responsive;
    };
    const cost::proportional rate{.rate = 10_bps};
    CHECK(is(traits_of(rate), {convex, true, true}));
    CHECK(is(traits_of(bulky{}), {convex, false, true}));
    CHECK(is(traits_of(cost::fixed{.amount = 1.0}), {fixed_plus_convex, true, false}));
    CHECK(is(traits_of(cost::minimum{rate, 1.0}), {fixed_plus_convex, false, false}));
    CHECK(is(traits_of(cost::maximum{rate, 1.0}), {general, false, false}));
    CHECK(is(traits_of(any_costs{{rate, cost::fixed{.amount = 1.0}}}), {fixed_plus_convex, true, false}));
    const any_cost held = rate;
    const any_cost::view view = held.bind(l.at);
    detail::with_exact_traits(detail::ref_to(view), [&](const auto& exact) { CHECK(exact.cost(0, 1000.0) == 1.0); });
}

TEST_CASE("any_cost: costs are values; an empty one costs nothing and does not validate") {
    const price_look l;
    any_cost a = cost::fixed{.amount = {1.0, 2.0, 3.0}};
    any_cost b = a;
    a = cost::fixed{.amount = 7.0};
    CHECK(a.bind(l.at).cost(1, 5.0) == 7.0);
    CHECK(b.bind(l.at).cost(1, 5.0) == 2.0);
    b = std::move(a);
    CHECK(b.bind(l.at).cost(1, 5.0) == 7.0);
    CHECK(a.empty());  // NOLINT: on purpose
    CHECK(a.bind(l.at).cost(1, 5.0) == 0.0);
    CHECK(a.bind(l.at).marginal(1, 5.0).high == 0.0);
    CHECK(a.validate().parameter == std::string{"any_cost"});
    CHECK(a.runtime_shape() == general);
    CHECK_FALSE(a.has_linear());
    a = b;
    CHECK(a.bind(l.at).cost(1, 5.0) == 7.0);
    CHECK_FALSE(a.validate());
    CHECK(a.runtime_name() == std::string{"fixed"});
}
