#include <ballast/cost/volume_share.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"
#include "support/json.hpp"

#include <ballast/any/cost.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <type_traits>

// k·|x|·(|x|/V)² up to a share of the volume.

using namespace ballast;
using cost::beyond_limit;

static_assert(cost_model<cost::volume_share> && cost::volume_share::shape == cost_shape::general);
static_assert(std::is_aggregate_v<cost::volume_share> && detail::told_at_run_time<cost::volume_share>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
}  // namespace

TEST_CASE("volume_share: what simulators report") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: portfolio_cases.json is skipped");
        return;
    }
    const test::json cases = test::json::load(std::string{folder} + "/reference/portfolio_cases.json");
    for (const beyond_limit beyond : {beyond_limit::straight, beyond_limit::capped}) {
        // Zipline: the price of a fill within the limit.
        const test::json& future = cases.by_id("zipline-volume-share-future");
        const test::json& in = future["input"];
        const double price = in["price"].number(), units = in["order"].number();
        REQUIRE(units == 10.0);
        const ballast_test::market_look l{{price}, {in["bar_volume"].number()}};
        const cost::volume_share m{.impact = in["price_impact"].number(), .limit = in["volume_limit"].number(), .beyond = beyond};
        const double x = units * price;
        CHECK(price + m.bind(l.look).cost(0, x) / units == Approx(future["expected"]["fill_price"].number()).epsilon(1e-14));
        CHECK(-m.bind(l.look).cost(0, -x) / units == Approx(price - future["expected"]["fill_price"].number()).epsilon(1e-10));

        // Lean: the slippage of a unit, capped where the order is larger than the limit; straight on costs no less.
        const test::json& lean = cases.by_id("lean-volume-share-slippage");
        const double lean_price = lean["input"]["price"].number(), quantity = lean["input"]["qty"].number();
        REQUIRE(lean["input"]["cases"].size() == 4);
        for (std::size_t k = 0; k < 4; ++k) {
            const test::json& one = lean["input"]["cases"][k];
            const ballast_test::market_look bar{{lean_price}, {one["V"].number()}};
            const cost::volume_share s{.impact = one["impact"].number(), .limit = one["limit"].number(), .beyond = beyond};
            const double slippage = s.bind(bar.look).cost(0, quantity * lean_price) / quantity;
            const double expected = lean["expected"]["slippage"][k].number();
            CAPTURE(k, slippage, expected);
            if (beyond == beyond_limit::capped || quantity <= one["limit"].number() * one["V"].number())
                CHECK(std::fabs(slippage - expected) <= 1e-12);
            else
                CHECK(slippage > expected);
        }
    }
}

// V = 1e6, k = 0.1, at most 2 %: 4 bp of 20,000 are 0.8; beyond it the slope stays 12 bp, or falls to 4 bp / 100.
TEST_CASE("volume_share: within the limit and beyond it") {
    const ballast_test::price_look l{{1.0}};
    const cost::volume_share straight{.impact = 0.1, .limit = 0.02, .volume = 1e6, .rate = 0.001};
    const cost::volume_share capped{.impact = 0.1, .limit = 0.02, .volume = 1e6, .rate = 0.001, .beyond = beyond_limit::capped};
    const auto s = straight.bind(l.look);
    const auto c = capped.bind(l.look);
    for (const double sign : {1.0, -1.0}) {
        for (const double x : {0.0, 1.0, 1e4, 2e4}) {
            CHECK(s.cost(0, sign * x) == Approx(x * (0.001 + 0.1 * (x / 1e6) * (x / 1e6))).epsilon(1e-14));
            CHECK(c.cost(0, sign * x) == s.cost(0, sign * x));
        }
        CHECK(s.cost(0, sign * 5e4) == Approx(20.0 + 0.8 + 3e4 * (0.001 + 3.0 * 4e-5)));
        CHECK(c.cost(0, sign * 5e4) == Approx(5e4 * (0.001 + 4e-5)));
        CHECK(s.marginal(0, sign * 5e4).low == Approx(sign * (0.001 + 1.2e-4)));
        CHECK(c.marginal(0, sign * 5e4).low == Approx(sign * (0.001 + 4e-5)));
    }
    // A kink at the limit of the capped one.
    CHECK(c.marginal(0, 2e4).low == Approx(0.001 + 4e-5));
    CHECK(c.marginal(0, 2e4).high == Approx(0.001 + 1.2e-4));
    CHECK(c.marginal(0, -2e4).low == Approx(-0.001 - 1.2e-4));
    CHECK(c.marginal(0, -2e4).high == Approx(-0.001 - 4e-5));
    CHECK(s.marginal(0, 2e4).low == s.marginal(0, 2e4).high);
    ballast_test::check_slopes(c, 1, ballast_test::many_points(7, {2e4, -2e4}));
    ballast_test::check_shape<cost_shape::general>(c, 1, {});
}

TEST_CASE("volume_share: the shape is told at run time") {
    const cost::volume_share straight{};
    CHECK(straight.runtime_traits().shape == cost_shape::convex);
    CHECK(straight.runtime_traits().responsive);
    CHECK_FALSE(straight.runtime_traits().linear);
    const cost::volume_share capped{.beyond = beyond_limit::capped};
    CHECK(capped.runtime_traits().shape == cost_shape::general);
    CHECK_FALSE(capped.runtime_traits().responsive);
    const any_cost erased = straight;
    CHECK(erased.runtime_shape() == cost_shape::convex);
    CHECK(erased.has_respond());
    const any_cost other = capped;
    CHECK(other.runtime_shape() == cost_shape::general);
    CHECK_FALSE(other.has_respond());
}

TEST_CASE("volume_share: slopes, convexity, answers to prices, and markets from plenty to nothing") {
    const ballast_test::price_look l{{1.0}};
    // No limit: it is a square all the way.
    const auto square = [](double volume, int k) {
        return cost::volume_share{.impact = 0.05 * (k + 1), .limit = infinity, .volume = volume, .rate = k % 2 == 0 ? 0.0 : 0.002};
    };
    ballast_test::check_impact(square, l.look, 41);
    ballast_test::check_scale([&](double volume) { return square(volume, 3); }, l.look, 42);
    const auto limited = [](double volume) { return cost::volume_share{.impact = 2.0, .limit = 0.1, .volume = volume, .rate = 0.001}; };
    ballast_test::check_scale(limited, l.look, 43);
    for (const double volume : {1e4, 5e4, 1e6, 1e8}) {
        const cost::volume_share m = limited(volume);
        const auto v = m.bind(l.look);
        CAPTURE(volume);
        ballast_test::check_shape<cost_shape::convex>(v, 1, ballast_test::many_points(44, {0.1 * volume, -0.1 * volume}));
        ballast_test::check_conditions(v, 0, 45, volume);
        if (volume < 1e6) ballast_test::check_respond(v, 1, 46);
        // Straight from the limit on: without curvature the answer jumps to the bound there.
        const double slope = v.marginal(0, 0.2 * volume).low;
        CHECK(slope == Approx(0.001 + 3.0 * 2.0 * 0.01));
        CHECK(v.respond(0, slope * 1.001, 0.0, 0.0, -infinity, infinity).x == infinity);
        CHECK(v.respond(0, slope * 0.999, 0.0, 0.0, -infinity, infinity).x < 0.1 * volume);
        CHECK(v.respond(0, -slope * 1.001, 0.0, 0.0, -7.0 * volume, infinity).x == -7.0 * volume);
    }
    // Nothing to pay: k = 0.
    const cost::volume_share none{.impact = 0.0, .limit = infinity, .volume = 1e6, .rate = 0.01};
    CHECK(none.bind(l.look).cost(0, 1e9) == Approx(1e7));
    CHECK(none.bind(l.look).respond(0, 0.02, 0.0, 0.0, -7.0, 9.0).x == 9.0);
}

TEST_CASE("volume_share: without volume nothing is traded, capped or not") {
    const ballast_test::market_look l{{2.0, 1.0, 1.0, 1.0, 1.0}, {5e5, 0.0, not_a_number, -1.0, infinity}};
    for (const beyond_limit beyond : {beyond_limit::straight, beyond_limit::capped}) {
        const cost::volume_share m{.beyond = beyond};
        const auto v = m.bind(l.look);
        CHECK(v.cost(0, 1e4) == Approx(1e4 * 0.1 * 1e-4));
        for (std::size_t i = 1; i < 5; ++i) ballast_test::check_untradable(v, i);
        const cost::volume_share own{.volume = 0.0, .beyond = beyond};
        ballast_test::check_untradable(own.bind(l.look), 0);
        const ballast_test::price_look bare{{1.0}};
        ballast_test::check_untradable(m.bind(bare.look), 0);
        // Limits so far out that the largest slope comes first.
        const cost::volume_share wide{.impact = 1.0, .limit = 1e9, .volume = 1.0, .beyond = beyond};
        double last = 0.0;
        for (double x = 1.0; x < 1e13; x *= 2.0) {
            const double c = wide.bind(l.look).cost(0, x);
            CHECK(c > last);
            CHECK(c <= 1e6 * x);
            last = c;
        }
    }
}

TEST_CASE("volume_share: what makes no sense is refused, and named") {
    CHECK_FALSE(cost::volume_share{}.validate());
    for (const double bad : {-0.1, not_a_number, infinity}) {
        CHECK(std::string{cost::volume_share{.impact = bad}.validate().parameter} == "volume_share.impact");
        CHECK(std::string{cost::volume_share{.volume = bad}.validate().parameter} == "volume_share.volume");
        CHECK(std::string{cost::volume_share{.rate = bad}.validate().parameter} == "volume_share.rate");
    }
    for (const double bad : {0.0, -0.1, not_a_number})
        CHECK(std::string{cost::volume_share{.limit = bad}.validate().parameter} == "volume_share.limit");
    CHECK_FALSE(cost::volume_share{.limit = infinity}.validate());
    CHECK(cost::volume_share{.impact = {1.0, 2.0}}.covers(2));
    CHECK_FALSE(cost::volume_share{.impact = {1.0, 2.0}}.covers(3));
    CHECK_FALSE(cost::volume_share{.limit = {1.0, 2.0}}.covers(3));
    CHECK_FALSE(cost::volume_share{.volume = {1.0, 2.0}}.covers(3));
    CHECK_FALSE(cost::volume_share{.rate = {0.1, 0.2}}.covers(3));
}
