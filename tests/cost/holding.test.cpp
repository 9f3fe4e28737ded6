#include <ballast/cost/holding.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/rebate.hpp>
#include <ballast/cost/rounded.hpp>
#include <ballast/cost/sum.hpp>

#include <cmath>
#include <random>
#include <string>
#include <vector>

// cost = h(v + x) − h(v), h(v) = (long_rate·v⁺ + short_rate·v⁻)·horizon

using namespace ballast;

namespace {

static_assert(cost_model<cost::holding> && cost::holding::shape == cost_shape::convex);
static_assert(responsive_cost<cost::holding::view> && !linear_bound_cost<cost::holding::view>);
static_assert(partly_paid_cost<cost::holding::view> && !batched_cost<cost::holding::view>);
// A sum pays what its parts pay, and is as simple as that allows.
using with_fee = cost::sum<cost::proportional, cost::holding>;
static_assert(with_fee::shape == cost_shape::convex && !linear_bound_cost<with_fee::view>);
static_assert(linear_bound_cost<detail::paid_type<with_fee::view>> && responsive_cost<detail::paid_type<with_fee::view>>);
static_assert(uniform_bound_cost<detail::paid_type<with_fee::view>>);
static_assert(detail::shape_of<detail::paid_type<with_fee::view>>() == cost_shape::convex);
static_assert(!partly_paid_cost<cost::sum<cost::proportional, cost::fixed>::view>);
static_assert(detail::shape_of<detail::paid_type<cost::sum<cost::fixed, cost::holding>::view>>() == cost_shape::fixed_plus_convex);

constexpr duration year_of_365{365LL * 86'400 * 1'000'000'000};

struct held_look {
    std::vector<double> price, position;
    look l{};
    explicit held_look(std::vector<double> positions) : price(positions.size(), 1.0), position(std::move(positions)) {
        l.price = price;
        l.position = position;
        l.value = 1e6;
    }
    held_look(const held_look&) = delete;
    held_look& operator=(const held_look&) = delete;
};

const std::vector<double> positions{0.0, 5000.0, -5000.0, 3.0, -1e6};

cost::holding some() {
    return {.long_rate = {0.02, 0.03, 0.01, -0.005, 0.02}, .short_rate = {0.01, 0.0, 0.04, 0.005, -0.02}, .horizon = year_of_365};
}

}  // namespace

TEST_CASE("holding: the cost of the position after the trade less that of the one before") {
    const held_look h{positions};
    const cost::holding m = some();
    const auto v = m.bind(h.l);
    std::vector<double> kinks;
    for (const double p : positions) kinks.insert(kinks.end(), {-p, p, -0.5 * p, -2.0 * p});
    for (const double x : ballast_test::many_points(1, kinks))
        for (std::size_t i = 0; i < positions.size(); ++i) {
            const auto hold = [&](long double at) {
                return at > 0 ? at * static_cast<long double>(m.long_rate[i]) : -at * static_cast<long double>(m.short_rate[i]);
            };
            const long double p = static_cast<long double>(positions[i]);
            const double exact = static_cast<double>(hold(p + static_cast<long double>(x)) - hold(p));
            CAPTURE(i, x);
            CHECK(v.cost(i, x) == Approx(exact).epsilon(1e-12).margin(1e-15 * std::fabs(positions[i])));
        }
    // Tiny trades beside a large position keep their digits.
    CHECK(v.cost(4, 1e-12) == -(-0.02 * 1e-12));
    CHECK(v.cost(1, -1e-20) == 0.03 * -1e-20);
}

TEST_CASE("holding: slopes, convexity and responses") {
    const held_look h{positions};
    const cost::holding m = some();
    const auto v = m.bind(h.l);
    // A step of the differences, h, must hold no kink: the small position has its own points.
    const std::vector<double> points = ballast_test::many_points(2, {-5000.0, 5000.0, -3.0, 3.0, 1e6, -1e6, 2500.0, -7500.0});
    ballast_test::check_slopes(v, positions.size(), points);
    ballast_test::check_shape<cost_shape::convex>(v, positions.size(), points);
    for (const double x : {std::nextafter(-5000.0, 0.0), std::nextafter(-5000.0, -1e9)}) {  // closed, but for rounding
        CHECK(v.marginal(1, x).low == -m.short_rate[1]);
        CHECK(v.marginal(1, x).high == m.long_rate[1]);
    }
    const held_look three{{0.0, 4000.0, -4000.0}};
    const cost::holding n{.long_rate = {0.02, 0.03, -0.01}, .short_rate = {0.01, -0.01, 0.04}, .horizon = year_of_365};
    ballast_test::check_respond(n.bind(three.l), 3, 3);
    // Where no price is worth a step further, the position is closed: the kink, within the bounds.
    const response r = n.bind(three.l).respond(1, 0.02, 1e-9, -4000.0, -1e5, 1e5);
    CHECK(r.x == -4000.0);
    CHECK(r.slope == 0.0);
    CHECK(r.piece == -1);
    CHECK(n.bind(three.l).respond(1, 0.03, 0.0, 0.0, -1e5, 1e5).x == 0.0);  // of equally good ones the smallest trade
    CHECK(n.bind(three.l).respond(2, -0.01, 0.0, 0.0, -1e5, 1e5).x == 4000.0);
}

TEST_CASE("holding: what it stands for") {
    const held_look h{{1000.0, -1000.0}};
    const duration month{30LL * 86'400 * 1'000'000'000};
    // A borrow fee of 3 % a year: selling 2000 leaves 1000 short, for 30 days of 365.
    const cost::holding borrow{.short_rate = 0.03, .horizon = month};
    CHECK(borrow.bind(h.l).cost(0, -2000.0) == Approx(1000.0 * 0.03 * 30.0 / 365.0).epsilon(1e-14));
    CHECK(borrow.bind(h.l).cost(1, 2000.0) == Approx(-1000.0 * 0.03 * 30.0 / 365.0).epsilon(1e-14));  // what is closed is saved
    CHECK(borrow.bind(h.l).cost(0, 500.0) == 0.0);
    // Funding of a perpetual: longs pay what shorts get, so that it is a rate of the trade, whatever is held.
    const cost::holding funding{.long_rate = 0.1, .short_rate = -0.1, .horizon = month};
    for (const double x : {-3000.0, -1000.0, 1.0, 2500.0})
        for (const std::size_t i : {0u, 1u}) CHECK(funding.bind(h.l).cost(i, x) == Approx(x * 0.1 * 30.0 / 365.0).epsilon(1e-13));
    // A dividend is a cost below 0 to who buys, and to who sells short one above.
    const cost::holding dividend{.long_rate = -0.04, .short_rate = 0.04, .horizon = year_of_365};
    CHECK(dividend.bind(h.l).cost(0, 1000.0) == -40.0);
    CHECK(dividend.bind(h.l).cost(1, -1000.0) == 40.0);
    // Without positions in the look: weights; without either, nothing is held.
    look by_weight;
    const std::vector<double> weight{0.5, -0.5};
    by_weight.weight = weight;
    by_weight.value = 2000.0;
    CHECK(borrow.bind(by_weight).cost(1, 2000.0) == borrow.bind(h.l).cost(1, 2000.0));
    CHECK(borrow.bind(look{}).cost(0, -1000.0) == Approx(1000.0 * 0.03 * 30.0 / 365.0).epsilon(1e-14));
}

TEST_CASE("holding: what a position cost") {
    const timestamp from{1'700'000'000'000'000'000};
    const timestamp later{from.ns + 73LL * 86'400 * 1'000'000'000};  // a fifth of 365 days
    const cost::holding m{.long_rate = 0.05, .short_rate = {0.02, 0.03}, .horizon = days(1)};
    CHECK(m.accrued(0, 1000.0, from, later) == Approx(10.0).epsilon(1e-15));
    CHECK(m.accrued(1, -1000.0, from, later) == Approx(6.0).epsilon(1e-15));
    CHECK(m.accrued(1, 0.0, from, later) == 0.0);
    CHECK(m.accrued(0, 1000.0, from, from) == 0.0);
    CHECK(m.accrued(0, 1000.0, later, from) == -m.accrued(0, 1000.0, from, later));
    CHECK(cost::accrued(-500.0, 0.1, -0.1, from, later) == Approx(-10.0).epsilon(1e-15));
    CHECK(cost::years_of_365(year_of_365) == 1.0);
    // Spans add up.
    const timestamp between{from.ns + 86'400'123'456'789};
    CHECK(m.accrued(0, 777.0, from, between) + m.accrued(0, 777.0, between, later) == Approx(m.accrued(0, 777.0, from, later)));
}

TEST_CASE("holding: none of it is paid with the order") {
    const held_look h{{1000.0, -1000.0}};
    const cost::holding m{.long_rate = -0.5, .short_rate = 0.6, .horizon = year_of_365};
    const cost::proportional fee{.rate = 10_bps};
    const cost::sum both{fee, m};
    const auto whole = both.bind(h.l);
    const auto paid = whole.paid();
    const auto alone = fee.bind(h.l);
    const any_cost erased = both;
    const auto erased_whole = erased.bind(h.l);
    const any_cost listed = any_costs{{fee, m}};
    const auto of_listed = listed.bind(h.l);
    CHECK(erased_whole.paid().runtime_traits().linear);
    CHECK(erased_whole.paid().runtime_traits().shape == cost_shape::convex);
    CHECK_FALSE(erased_whole.runtime_traits().linear);
    CHECK(of_listed.paid().runtime_traits().linear);
    CHECK_FALSE(erased_whole.ref().all_paid());
    CHECK(any_cost{fee}.bind(h.l).ref().all_paid());
    // Views that have no room in an erased one are bound anew.
    const any_cost nested = cost::sum{any_cost{fee}, any_cost{m}, any_cost{cost::proportional{}}};
    CHECK_FALSE(nested.bind(h.l).ref().all_paid());
    const cost::minimum at_least{both, 2.0};
    const cost::maximum at_most{both, 2.0};
    const cost::rounded in_cents{both};
    const cost::rebate paid_back{both};
    const auto least = at_least.bind(h.l).paid();
    const auto most = at_most.bind(h.l).paid();
    const auto cents = in_cents.bind(h.l).paid();
    const auto back = paid_back.bind(h.l).paid();
    for (const double x : ballast_test::many_points(5))
        for (const std::size_t i : {0u, 1u}) {
            CHECK(whole.cost(i, x) == alone.cost(i, x) + m.bind(h.l).cost(i, x));
            CHECK(paid.cost(i, x) == alone.cost(i, x));
            CHECK(erased_whole.cost(i, x) == whole.cost(i, x));
            CHECK(erased_whole.paid().cost(i, x) == alone.cost(i, x));
            CHECK(of_listed.cost(i, x) == whole.cost(i, x));
            CHECK(of_listed.paid().cost(i, x) == alone.cost(i, x));
            CHECK(nested.bind(h.l).cost(i, x) == whole.cost(i, x));
            CHECK(nested.bind(h.l).paid().cost(i, x) == alone.cost(i, x));
            CHECK(any_cost{fee}.bind(h.l).paid().cost(i, x) == alone.cost(i, x));
            CHECK(least.cost(i, x) == (x == 0.0 ? 0.0 : std::max(alone.cost(i, x), 2.0)));
            CHECK(most.cost(i, x) == std::min(alone.cost(i, x), 2.0));
            CHECK(cents.cost(i, x) == cost::round_fee(alone.cost(i, x), decimal_step{1, -2}, cost::fee_rounding::up));
            CHECK(back.cost(i, x) == 0.0 - alone.cost(i, x));
        }
}

TEST_CASE("holding: parameters that are refused") {
    const auto said = [](const cost::holding& m) { return m.validate() ? std::string{m.validate().parameter} : std::string{}; };
    CHECK(said({.horizon = days(1)}).empty());
    CHECK(said({.long_rate = -0.1, .short_rate = 0.1, .horizon = days(1)}).empty());
    CHECK(said({.long_rate = -0.1, .short_rate = 0.05, .horizon = days(1)}) == "holding.short_rate");
    CHECK(said({.long_rate = -0.1, .horizon = days(1)}) == "holding.short_rate");
    CHECK(said({.long_rate = {0.1, -0.1}, .short_rate = {0.0, 0.09}, .horizon = days(1)}) == "holding.short_rate");
    CHECK(said({}) == "holding.horizon");
    CHECK(said({.horizon = {-5}}) == "holding.horizon");
    CHECK(said({.long_rate = std::nan(""), .horizon = days(1)}) == "holding.long_rate");
    CHECK(said({.short_rate = HUGE_VAL, .horizon = days(1)}) == "holding.short_rate");
    CHECK(cost::holding{.long_rate = {0.1, 0.2}}.covers(2));
    CHECK_FALSE(cost::holding{.long_rate = {0.1, 0.2}}.covers(3));
}
