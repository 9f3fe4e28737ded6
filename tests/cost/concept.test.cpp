#include <ballast/cost/concept.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"

#include <limits>
#include <random>
#include <type_traits>
#include <utility>

// linear_cost: fixed·[x ≠ 0] + buy·x⁺ + sell·x⁻. Its response minimises buy·x⁺ + sell·x⁻ + k/2·(x − c)² − p·x over lo..hi.

using namespace ballast;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The smallest legal model, and variations that break one rule each.
struct smallest {
    static constexpr cost_shape shape = cost_shape::convex;
    struct view {
        double cost(std::size_t, double x) const noexcept { return x < 0 ? -x : x; }
        slope_interval marginal(std::size_t, double x) const noexcept {
            return x > 0 ? slope_interval{1, 1} : x < 0 ? slope_interval{-1, -1} : slope_interval{-1, 1};
        }
    };
    view bind(const look&) const noexcept { return {}; }
};
struct without_shape {
    smallest::view bind(const look&) const noexcept { return {}; }
};
struct may_throw {
    static constexpr cost_shape shape = cost_shape::convex;
    smallest::view bind(const look&) const { return {}; }
};
struct without_marginal {
    static constexpr cost_shape shape = cost_shape::convex;
    struct view {
        double cost(std::size_t, double) const noexcept { return 0; }
    };
    view bind(const look&) const noexcept { return {}; }
};

/// A linear cost as a bound view.
struct linear_view_of : detail::convex_linear_view<linear_view_of> {
    linear_cost c;
    constexpr linear_cost linear(std::size_t) const noexcept { return c; }
};
linear_view_of view_of(linear_cost c) {
    linear_view_of v;
    v.c = c;
    return v;
}
}  // namespace

static_assert(cost_model<smallest>);
static_assert(!cost_model<without_shape>);
static_assert(!cost_model<may_throw>);
static_assert(!cost_model<without_marginal>);
// Without `paid` and `batch` all is paid with the order, by the very same view.
static_assert(!partly_paid_cost<smallest::view> && !batched_cost<smallest::view>);
static_assert(std::is_same_v<decltype(detail::paid_of(std::declval<const smallest::view&>())), const smallest::view&>);
static_assert(detail::batch_of(smallest::view{}) == 0.0);
static_assert(detail::nothing_paid{}.cost(0, 5.0) == 0.0 && detail::shape_of<detail::nothing_paid>() == cost_shape::convex);
static_assert(!linear_bound_cost<smallest::view> && !responsive_cost<smallest::view> && !jumping_cost<smallest::view>);
static_assert(linear_bound_cost<linear_view_of> && responsive_cost<linear_view_of> && jumping_cost<linear_view_of>);
static_assert(std::is_trivially_copyable_v<response> && std::is_trivially_copyable_v<linear_cost> && std::is_aggregate_v<linear_cost>);

TEST_CASE("cost concept: a bound cost knows the shape of its model, a bare view may be anything") {
    const look l;
    const bound<smallest> b{smallest{}.bind(l)};
    STATIC_REQUIRE(detail::shape_of<bound<smallest>>() == cost_shape::convex);
    STATIC_REQUIRE(detail::shape_of<smallest::view>() == cost_shape::general);
    CHECK(b.cost(0, -2.0) == 2.0);
    CHECK(detail::jump_of(b, 0) < 1e-250);
    STATIC_REQUIRE(detail::check_cost<smallest>());
}

TEST_CASE("linear_cost: cost and slopes on both sides, at 0, added up") {
    constexpr linear_cost c{2.0, 0.01, 0.03};
    STATIC_REQUIRE(c.cost(0.0) == 0.0);
    STATIC_REQUIRE(c.cost(100.0) == 3.0);
    STATIC_REQUIRE(c.cost(-100.0) == 5.0);
    STATIC_REQUIRE(c.marginal(5.0).low == 0.01);
    STATIC_REQUIRE(c.marginal(5.0).high == 0.01);
    STATIC_REQUIRE(c.marginal(-5.0).low == -0.03);
    STATIC_REQUIRE(c.marginal(-5.0).high == -0.03);
    STATIC_REQUIRE(c.marginal(0.0).low == -0.03);
    STATIC_REQUIRE(c.marginal(0.0).high == 0.01);
    constexpr linear_cost sum = c + linear_cost{1.0, 0.02, -0.01};
    STATIC_REQUIRE(sum.fixed == 3.0);
    STATIC_REQUIRE(sum.buy == 0.03);
    STATIC_REQUIRE(sum.sell == 0.03 - 0.01);
    CHECK(view_of(c).jump(0) == 2.0);
}

TEST_CASE("linear_cost: slopes are those of finite differences, and the shape is convex beside the jump") {
    std::mt19937_64 random{3};
    std::uniform_real_distribution<double> rate{0.0, 0.5};
    for (int trial = 0; trial < 20; ++trial) {
        const double buy = rate(random);
        const double sell = trial % 3 == 0 ? -0.9 * buy : rate(random);
        const auto v = view_of({trial % 2 == 0 ? 0.0 : 5.0, buy, sell});
        const auto points = ballast_test::many_points(static_cast<std::uint64_t>(trial));
        ballast_test::check_slopes(v, 1, points);
        trial % 2 == 0 ? ballast_test::check_shape<cost_shape::convex>(v, 1, points)
                       : ballast_test::check_shape<cost_shape::fixed_plus_convex>(v, 1, points);
    }
    // The check itself sees a shape that is not convex: a rebate above the other side's fee.
    CHECK(ballast_test::worst_subgradient(view_of({0.0, 0.01, -0.02}), 0, ballast_test::many_points(1)) > 1e-3);
}

TEST_CASE("respond: the best answer to a price, against a search") {
    ballast_test::check_respond(view_of({0.0, 0.01, 0.01}), 1, 1);
    ballast_test::check_respond(view_of({0.0, 0.002, 0.03}), 1, 2);
    ballast_test::check_respond(view_of({0.0, -0.005, 0.02}), 1, 3);   // a rebate on buys
    ballast_test::check_respond(view_of({0.0, 0.02, -0.0199}), 1, 4);  // a rebate on sells, nearly as large as the fee
    ballast_test::check_respond(view_of({7.0, 0.01, 0.005}), 1, 5);    // the fixed part plays no role where it is paid anyway
}

TEST_CASE("respond: known answers") {
    constexpr linear_cost c{0.0, 0.01, 0.02};
    // Buys until the marginal cost and the curvature eat the price: 0.01 + 0.001·x = 0.05.
    STATIC_REQUIRE(c.respond(0.05, 0.001, 0.0, -1e6, 1e6).piece == 1);
    CHECK(c.respond(0.05, 0.001, 0.0, -1e6, 1e6).x == Approx(40.0));
    CHECK(c.respond(0.05, 0.001, 0.0, -1e6, 1e6).slope == Approx(1000.0));
    CHECK(c.respond(-0.05, 0.001, 0.0, -1e6, 1e6).x == Approx(-30.0));
    CHECK(c.respond(-0.05, 0.001, 0.0, -1e6, 1e6).piece == -1);
    // Between −sell and buy nothing is worth its cost, ends included.
    for (const double p : {-0.02, -0.01, 0.0, 0.005, 0.01}) {
        CAPTURE(p);
        CHECK(c.respond(p, 0.001, 0.0, -1e6, 1e6).x == 0.0);
        CHECK(c.respond(p, 0.001, 0.0, -1e6, 1e6).piece == 0);
        CHECK(c.respond(p, 0.0, 0.0, -1e6, 1e6).x == 0.0);
        CHECK(c.respond(p, 0.0, 0.0, -1e6, 1e6).piece == 0);
        CHECK(c.respond(p, 0.0, 0.0, -infinity, infinity).piece == 0);
        // Bounds on one side of 0: the nearest allowed, and named.
        CHECK(c.respond(p, 0.0, 0.0, 5.0, 9.0).x == 5.0);
        CHECK(c.respond(p, 0.0, 0.0, 5.0, 9.0).piece == -2);
        CHECK(c.respond(p, 0.0, 0.0, -9.0, -5.0).x == -5.0);
        CHECK(c.respond(p, 0.0, 0.0, -9.0, -5.0).piece == 2);
        // 0 as a bound does not stop what would not trade.
        CHECK(c.respond(p, 0.001, 0.0, 0.0, 9.0).piece == 0);
        CHECK(c.respond(p, 0.001, 0.0, -9.0, 0.0).piece == 0);
    }
    CHECK(c.respond(0.05, 0.001, 0.0, -9.0, 0.0).piece == 2);  // it would buy
    CHECK(c.respond(-0.05, 0.001, 0.0, 0.0, 9.0).piece == -2);
    // Ends exactly on a bound.
    constexpr linear_cost d{0.0, 0.25, 0.5};
    CHECK(d.respond(1.0, 0.5, 0.0, -9.0, 1.5).x == 1.5);
    CHECK(d.respond(1.0, 0.5, 0.0, -9.0, 1.5).piece == 2);
    CHECK(d.respond(1.0, 0.5, 0.0, -9.0, 1.5).slope == 0.0);
    CHECK(d.respond(-1.0, 0.5, 0.0, -1.0, 9.0).x == -1.0);
    CHECK(d.respond(-1.0, 0.5, 0.0, -1.0, 9.0).piece == -2);
    CHECK(d.respond(-1.0, 0.5, 0.0, -1.0, 9.0).slope == 0.0);
}

TEST_CASE("respond: without curvature and bounds trading that pays is unbounded, and said so") {
    constexpr linear_cost c{0.0, 0.01, 0.02};
    const response buys = c.respond(0.011, 0.0, 0.0, -infinity, infinity);
    CHECK(buys.x == infinity);
    CHECK(buys.piece == 2);
    CHECK(buys.slope == 0.0);
    const response sells = c.respond(-0.021, 0.0, 0.0, -infinity, infinity);
    CHECK(sells.x == -infinity);
    CHECK(sells.piece == -2);
    CHECK(sells.slope == 0.0);
    CHECK(c.respond(0.011, 0.0, 0.0, -infinity, 50.0).x == 50.0);
    CHECK(c.respond(-0.021, 0.0, 0.0, -50.0, infinity).x == -50.0);
}

TEST_CASE("respond: a curvature so small that the answer overflows ends on the bound") {
    constexpr linear_cost c{0.0, 0.01, 0.02};
    const double tiny = std::numeric_limits<double>::denorm_min();
    CHECK(c.respond(0.05, tiny, 0.0, -1e6, 1e6).x == 1e6);
    CHECK(c.respond(-0.05, tiny, 0.0, -1e6, 1e6).x == -1e6);
    CHECK(c.respond(0.0, tiny, 0.0, -1e6, 1e6).x == 0.0);
    CHECK(c.respond(0.05, tiny, 0.0, -1e6, 1e6).slope == 0.0);
}
