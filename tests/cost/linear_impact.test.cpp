#include <ballast/cost/linear_impact.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <limits>
#include <random>
#include <string>
#include <type_traits>

// η/2·x²/V: the price moves in a straight line while it is traded, so that half of the move is paid.

using namespace ballast;

static_assert(cost_model<cost::linear_impact> && cost::linear_impact::shape == cost_shape::convex);
static_assert(std::is_aggregate_v<cost::linear_impact> && responsive_cost<cost::linear_impact::view>);
static_assert(!linear_bound_cost<cost::linear_impact::view>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
}  // namespace

// 10 % of a day's volume at η = 20 % moves the price by 2 %, from 100 to 102; a thousand slices bought on the way pay 101 on average.
TEST_CASE("linear_impact: half of the move is paid") {
    const ballast_test::price_look l{{100.0}};
    const cost::linear_impact m{.coefficient = 0.2, .daily_volume = 1e6};
    const auto v = m.bind(l.look);
    CHECK(v.cost(0, 1e5) == Approx(1e5 * 0.01));
    CHECK(v.cost(0, -1e5) == Approx(1e5 * 0.01));
    double paid = 0.0;
    const int slices = 1000;
    for (int k = 0; k < slices; ++k)
        paid += 100.0 * (0.2 * (1e5 * (k + 0.5) / slices) / 1e6);  // above the first price, per slice of 1 unit
    CHECK(v.cost(0, 1e5) == Approx(paid * (1e5 / slices / 100.0)));
    CHECK(v.marginal(0, 1e5).low == Approx(0.02));
    CHECK(v.jump(0) == 0.0);
    // With half a spread on top.
    const cost::linear_impact more{.coefficient = 0.2, .daily_volume = 1e6, .rate = 0.001};
    CHECK(more.bind(l.look).cost(0, -1e5) == Approx(1e5 * 0.011));
    CHECK(more.bind(l.look).marginal(0, 0.0).low == -0.001);
    CHECK(more.bind(l.look).marginal(0, 0.0).high == 0.001);
}

TEST_CASE("linear_impact: slopes, convexity, answers to prices, and markets from plenty to nothing") {
    const ballast_test::price_look l{{1.0}};
    const auto make = [](double volume, int k) {
        return cost::linear_impact{.coefficient = 0.02 * (k + 1), .daily_volume = volume, .rate = k % 2 == 0 ? 0.0 : 0.003};
    };
    ballast_test::check_impact(make, l.look, 11);
    ballast_test::check_scale([&](double volume) { return make(volume, 3); }, l.look, 12);
}

TEST_CASE("linear_impact: without impact only the rate is left") {
    const ballast_test::price_look l{{1.0}};
    const cost::linear_impact m{.coefficient = 0.0, .daily_volume = 1e6, .rate = 0.01};
    const auto v = m.bind(l.look);
    CHECK(v.cost(0, 500.0) == Approx(5.0));
    CHECK(v.marginal(0, 1e200).low == 0.01);
    CHECK(v.respond(0, 0.02, 0.0, 0.0, -7.0, 9.0).x == 9.0);
    CHECK(v.respond(0, 0.02, 0.0, 0.0, -7.0, infinity).x == infinity);
    CHECK(v.respond(0, 0.02, 0.0, 0.0, -7.0, infinity).slope == 0.0);
    CHECK(v.respond(0, 0.01, 0.0, 0.0, -7.0, 9.0).x == 0.0);
    CHECK(v.respond(0, 0.02, 1e-4, 0.0, -infinity, infinity).x == Approx(100.0));
}

// Volume in units at the price of the look; what can not be known is not traded.
TEST_CASE("linear_impact: the market's volume, where none is given") {
    const ballast_test::market_look l{{2.0, 4.0, 1.0, 1.0, 1.0, 1.0}, {5e5, 2.5e5, 0.0, not_a_number, -1.0, infinity}};
    const cost::linear_impact m{.coefficient = 0.2};
    const auto v = m.bind(l.look);
    CHECK(v.cost(0, 1e4) == Approx(10.0));
    CHECK(v.cost(1, 1e4) == v.cost(0, 1e4));
    for (std::size_t i = 2; i < 6; ++i) ballast_test::check_untradable(v, i);
    const cost::linear_impact own{.coefficient = 0.2, .daily_volume = {1e6, 0.0, 1e6, 1e6, 1e6, 1e6}};
    CHECK(own.bind(l.look).cost(2, 1e4) == Approx(10.0));
    ballast_test::check_untradable(own.bind(l.look), 1);
    const ballast_test::market_look silent{{1.0}};
    ballast_test::check_untradable(m.bind(silent.look), 0);
    const ballast_test::price_look bare{{1.0}};
    ballast_test::check_untradable(m.bind(bare.look), 0);
}

TEST_CASE("linear_impact: lists have to fit") {
    const cost::linear_impact m{.coefficient = {0.1, 0.2}, .daily_volume = 1e6};
    CHECK(m.covers(2));
    CHECK_FALSE(m.covers(3));
    CHECK_FALSE(cost::linear_impact{.coefficient = 0.1, .daily_volume = {1.0, 2.0}}.covers(1));
    CHECK_FALSE(cost::linear_impact{.coefficient = 0.1, .rate = {0.0, 0.0}}.covers(1));
}

TEST_CASE("linear_impact: what makes no sense is refused, and named") {
    CHECK(std::string{cost::linear_impact{}.validate().parameter} == "linear_impact.coefficient");
    for (const double bad : {-0.1, not_a_number, infinity}) {
        CHECK(std::string{cost::linear_impact{.coefficient = bad}.validate().parameter} == "linear_impact.coefficient");
        CHECK(std::string{cost::linear_impact{.coefficient = 0.1, .daily_volume = {1.0, bad}}.validate().parameter} ==
              "linear_impact.daily_volume");
        CHECK(std::string{cost::linear_impact{.coefficient = 0.1, .rate = bad}.validate().parameter} == "linear_impact.rate");
    }
    CHECK(cost::linear_impact{.coefficient = 0.1, .rate = 1.0}.validate());
    CHECK_FALSE(cost::linear_impact{.coefficient = 0.0, .daily_volume = 0.0, .rate = 0.0}.validate());
}
