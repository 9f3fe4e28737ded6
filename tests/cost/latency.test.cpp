#include <ballast/cost/latency.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <cmath>
#include <random>
#include <string>
#include <vector>

// k·σ·√τ·|x|

using namespace ballast;

namespace {
static_assert(cost_model<cost::latency> && cost::latency::shape == cost_shape::convex);
static_assert(uniform_bound_cost<cost::latency::view> && responsive_cost<cost::latency::view> && partly_paid_cost<cost::latency::view>);
}  // namespace

TEST_CASE("latency: the amount by hand") {
    // 80 % a year over a block of 12 s.
    const cost::latency m{.volatility = {0.8, 0.4}, .delay = seconds(12)};
    const double deviation = 0.8 * std::sqrt(12.0 / (365.25 * 86'400.0));
    const auto v = m.bind(look{});
    CHECK(v.cost(0, 1e6) == Approx(1e6 * deviation / std::sqrt(2.0 * std::acos(-1.0))).epsilon(1e-14));
    CHECK(v.cost(0, -1e6) == v.cost(0, 1e6));
    CHECK(v.cost(1, 1e6) == Approx(0.5 * v.cost(0, 1e6)).epsilon(1e-15));
    CHECK(v.cost(0, 0.0) == 0.0);
    CHECK(v.paid().cost(0, 1e6) == 0.0);
    // Four blocks: twice as much.
    CHECK((cost::latency{.volatility = 0.8, .delay = seconds(48)}).bind(look{}).cost(0, 1e6) == Approx(2.0 * v.cost(0, 1e6)));
    CHECK((cost::latency{.volatility = 0.8, .delay = seconds(12), .k = 0.0}).bind(look{}).cost(0, 1e6) == 0.0);
}

TEST_CASE("latency: the default is the mean of the moves against the order") {
    std::mt19937_64 random{7};
    std::normal_distribution<double> move{0.0, 1.0};
    double against = 0.0;
    constexpr int draws = 400'000;
    for (int n = 0; n < draws; ++n) against += std::max(move(random), 0.0);
    // The standard error is √(1/2 − 1/(2π))/√draws = 9.2e-4.
    CHECK(against / draws == Approx(cost::latency{}.k).margin(4.0 * 9.3e-4));
    CHECK(cost::latency{}.k == Approx(1.0 / std::sqrt(2.0 * std::acos(-1.0))).epsilon(1e-15));
}

TEST_CASE("latency: slopes, convexity and responses") {
    const cost::latency m{.volatility = {3.0, 0.9, 0.0}, .delay = hours(1)};
    const auto v = m.bind(look{});
    ballast_test::check_slopes(v, 3, ballast_test::many_points(1));
    ballast_test::check_shape<cost_shape::convex>(v, 3, ballast_test::many_points(2));
    ballast_test::check_respond(v, 3, 3);
}

TEST_CASE("latency: parameters that are refused") {
    const auto said = [](const cost::latency& m) { return m.validate() ? std::string{m.validate().parameter} : std::string{}; };
    CHECK(said({.volatility = 0.8, .delay = seconds(12)}).empty());
    CHECK(said({.delay = seconds(12)}) == "latency.volatility");
    CHECK(said({.volatility = -0.1, .delay = seconds(12)}) == "latency.volatility");
    CHECK(said({.volatility = {0.1, std::nan("")}, .delay = seconds(12)}) == "latency.volatility");
    CHECK(said({.volatility = 0.8}) == "latency.delay");
    CHECK(said({.volatility = 0.8, .delay = seconds(1), .k = -1.0}) == "latency.k");
    CHECK_FALSE(cost::latency{.volatility = {0.1, 0.2}}.covers(3));
}
