#include <ballast/cost/power_impact.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <ballast/cost/linear_impact.hpp>
#include <ballast/cost/square_root_impact.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <type_traits>

// b·σ·|x|·(|x|/V)^{p−1}.

using namespace ballast;

static_assert(cost_model<cost::power_impact> && cost::power_impact::shape == cost_shape::convex);
static_assert(std::is_aggregate_v<cost::power_impact> && responsive_cost<cost::power_impact::view>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double exponents[] = {1.5, 1.6, 2.0, 1.05, 1.2, 2.5, 3.0, 4.0, 1.01, 1.75, 5.0, 1.4};
}  // namespace

// σ = 2 %, V = 1e6, b = 0.8. Ten thousand: 1 % of the volume; 0.01^0.6 = 10^-1.2.
TEST_CASE("power_impact: figures by hand") {
    const ballast_test::price_look l{{1.0}};
    const cost::power_impact m{.exponent = 1.6, .coefficient = 0.8, .daily_volatility = 0.02, .daily_volume = 1e6};
    const auto v = m.bind(l.look);
    CHECK(v.cost(0, 1e4) == Approx(1e4 * 0.016 * 0.063095734448019324));
    CHECK(v.cost(0, -1e4) == v.cost(0, 1e4));
    CHECK(v.marginal(0, 1e4).high == Approx(1.6 * 0.016 * 0.063095734448019324));
    CHECK(v.cost(0, 1e6) == Approx(1e6 * 0.016));
    const cost::power_impact cubic{.exponent = 3.0, .daily_volatility = 0.02, .daily_volume = 1e6, .rate = 0.001};
    CHECK(cubic.bind(l.look).cost(0, 1e5) == Approx(1e5 * (0.001 + 0.02 * 0.01)));
}

TEST_CASE("power_impact: the powers that have a model of their own") {
    const ballast_test::price_look l{{1.0}};
    std::mt19937_64 random{5};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    const cost::power_impact root{.coefficient = 1.2, .daily_volatility = 0.03, .daily_volume = 2e6, .rate = 0.001};
    const cost::square_root_impact same_root{.coefficient = 1.2, .daily_volatility = 0.03, .daily_volume = 2e6, .rate = 0.001};
    const cost::power_impact line{.exponent = 2.0, .coefficient = 1.2, .daily_volatility = 0.03, .daily_volume = 2e6};
    const cost::linear_impact same_line{.coefficient = 2.0 * 1.2 * 0.03, .daily_volume = 2e6};
    const auto equal = [](double a, double b) { return std::fabs(a - b) <= 1e-13 * (std::fabs(a) + std::fabs(b)); };
    const auto check = [&](const auto& a, const auto& b, double x, double p, double k, double c) {
        CAPTURE(x, p, k, c);
        CHECK(equal(a.cost(0, x), b.cost(0, x)));
        CHECK(equal(a.marginal(0, x).low, b.marginal(0, x).low));
        const response ra = a.respond(0, p, k, c, -infinity, infinity), rb = b.respond(0, p, k, c, -infinity, infinity);
        CHECK(equal(ra.x, rb.x));
        CHECK(equal(ra.slope, rb.slope));
    };
    for (int trial = 0; trial < 300; ++trial) {
        const double x = (unit(random) - 0.5) * 1e7, p = 0.2 * (unit(random) - 0.5), c = 1e5 * (unit(random) - 0.5);
        const double k = trial % 3 == 0 ? 0.0 : std::pow(10.0, -9.0 + 6.0 * unit(random));
        check(root.bind(l.look), same_root.bind(l.look), x, p, k, c);
        check(line.bind(l.look), same_line.bind(l.look), x, p, k, c);
    }
}

TEST_CASE("power_impact: slopes, convexity, answers to prices, and markets from plenty to nothing") {
    const ballast_test::price_look l{{1.0}};
    for (int first = 0; first < 12; first += 2) {
        const auto make = [&](double volume, int k) {
            return cost::power_impact{.exponent = exponents[static_cast<std::size_t>(first + k) % 12],
                                      .coefficient = 0.5 + 0.1 * k,
                                      .daily_volatility = 0.01 + 0.005 * k,
                                      .daily_volume = volume,
                                      .rate = k % 2 == 0 ? 0.0 : 0.002};
        };
        CAPTURE(first);
        if (first == 0) ballast_test::check_impact(make, l.look, 21);
        ballast_test::check_scale([&](double volume) { return make(volume, 3); }, l.look, 22);
    }
}

// The price that makes a size the best one, for all powers and sizes: the answer is that size.
TEST_CASE("power_impact: the answer to the slope of a size is the size") {
    const ballast_test::price_look l{{1.0}};
    std::mt19937_64 random{23};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int trial = 0; trial < 5'000; ++trial) {
        const double volume = std::pow(10.0, 12.0 * unit(random) - 2.0);
        const cost::power_impact m{.exponent = 1.0 + std::pow(10.0, -2.0 + 3.0 * unit(random)),
                                   .coefficient = 2.0 * unit(random),
                                   .daily_volatility = 0.001 + 0.1 * unit(random),
                                   .daily_volume = volume,
                                   .rate = trial % 2 == 0 ? 0.0 : 0.01 * unit(random)};
        const auto v = m.bind(l.look);
        const double x = (trial % 3 == 0 ? -1.0 : 1.0) * volume * std::pow(10.0, -4.0 + 5.0 * unit(random));
        const double k = trial % 4 == 0 ? 0.0 : std::pow(10.0, -8.0 + 8.0 * unit(random)) / volume;
        const double c = trial % 5 == 0 ? 0.0 : x * 2.0 * unit(random);
        const double slope = v.marginal(0, x).low;
        if (std::fabs(slope) >= 1e6 || std::fabs(slope) - m.rate[0] < 1e-6 * std::fabs(slope))
            continue;  // past the end; lost beside the rate
        const response r = v.respond(0, slope + k * (x - c), k, c, -infinity, infinity);
        CAPTURE(trial, m.exponent, volume, x, k, c, r.x);
        // The price is known to 1e-16 of itself: so well is the size known.
        const double scale = std::fabs(slope) + std::fabs(k * x) + std::fabs(k * c);
        CHECK(std::fabs(r.x - x) <= 8e-15 * scale * r.slope + 1e-13 * std::fabs(x));
        CHECK(r.piece == (x > 0.0 ? 1 : -1));
        // Clamped.
        CHECK(v.respond(0, slope + k * (x - c), k, c, -0.5 * std::fabs(x), 0.5 * std::fabs(x)).piece == (x > 0.0 ? 2 : -2));
        CHECK(std::fabs(v.respond(0, slope + k * (x - c), k, c, -0.5 * std::fabs(x), 0.5 * std::fabs(x)).x) == 0.5 * std::fabs(x));
    }
}

TEST_CASE("power_impact: volume and volatility of the market, where none are given") {
    // 0.4 a year is 0.4/√252 a day.
    const ballast_test::market_look l{{2.0, 2.0, 2.0, 2.0}, {5e5, 5e5, 0.0, 5e5}, {0.4, 0.0, 0.4, not_a_number}};
    const cost::power_impact m{.exponent = 1.6, .rate = 0.001, .days_per_year = 252.0};
    const cost::power_impact own{.exponent = 1.6, .daily_volatility = 0.4 / std::sqrt(252.0), .daily_volume = 1e6, .rate = 0.001};
    const auto v = m.bind(l.look);
    CHECK(v.cost(0, 1e4) == Approx(own.bind(l.look).cost(0, 1e4)).epsilon(1e-14));
    CHECK(v.cost(1, 1e4) == Approx(10.0));  // nothing moves
    CHECK(v.respond(1, 0.002, 0.0, 0.0, -7.0, infinity).x == infinity);
    CHECK(v.respond(1, 0.002, 1e-6, 0.0, -7.0, infinity).x == Approx(1000.0));
    ballast_test::check_untradable(v, 2);
    ballast_test::check_untradable(v, 3);
    const ballast_test::market_look no_volatility{{1.0}, {1e6}};
    ballast_test::check_untradable(m.bind(no_volatility.look), 0);
    const ballast_test::price_look bare{{1.0}};
    ballast_test::check_untradable(m.bind(bare.look), 0);
}

TEST_CASE("power_impact: what makes no sense is refused, and named") {
    CHECK_FALSE(cost::power_impact{}.validate());
    for (const double bad : {1.0, 0.5, -1.0, not_a_number, infinity})
        CHECK(std::string{cost::power_impact{.exponent = bad}.validate().parameter} == "power_impact.exponent");
    for (const double bad : {-0.1, not_a_number, infinity}) {
        CHECK(std::string{cost::power_impact{.coefficient = bad}.validate().parameter} == "power_impact.coefficient");
        CHECK(std::string{cost::power_impact{.daily_volatility = bad}.validate().parameter} == "power_impact.daily_volatility");
        CHECK(std::string{cost::power_impact{.daily_volume = bad}.validate().parameter} == "power_impact.daily_volume");
        CHECK(std::string{cost::power_impact{.rate = bad}.validate().parameter} == "power_impact.rate");
        CHECK(std::string{cost::power_impact{.days_per_year = bad}.validate().parameter} == "power_impact.days_per_year");
    }
    CHECK(cost::power_impact{.days_per_year = 0.0}.validate());
    CHECK(std::string{cost::power_impact{.coefficient = per_asset{}}.validate().parameter} == "power_impact.coefficient");
    CHECK(cost::power_impact{.coefficient = {1.0, 2.0}}.covers(2));
    CHECK_FALSE(cost::power_impact{.coefficient = {1.0, 2.0}}.covers(3));
    CHECK_FALSE(cost::power_impact{.daily_volatility = {1.0, 2.0}}.covers(3));
    CHECK_FALSE(cost::power_impact{.daily_volume = {1.0, 2.0}}.covers(3));
    CHECK_FALSE(cost::power_impact{.rate = {0.1, 0.2}}.covers(3));
}
