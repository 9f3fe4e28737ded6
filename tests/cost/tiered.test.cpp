#include <ballast/cost/tiered.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"
#include "support/next_calls.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

// marginal: Σ over tiers of rate·(the part of |x| between its edges); whole: the rate of the tier that |x| lies in, times |x|.

using namespace ballast;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

static_assert(cost_model<cost::tiered> && cost::tiered::shape == cost_shape::general);
static_assert(!linear_bound_cost<cost::tiered::view> && !responsive_cost<cost::tiered::view>);  // to the compiler; the object tells
static_assert(detail::told_at_run_time<cost::tiered> && detail::told_at_run_time<bound<cost::tiered>>);
static_assert(cost::sum<cost::tiered, cost::fixed>::shape == cost_shape::general);

// A table of fees can stand in the program's text.
constexpr cost::tiered falling{.tiers = {{10'000.0, 10_bps}, {100'000.0, 5_bps}, {infinity, 2_bps}}};
static_assert(!falling.validate() && falling.tiers.size() == 3);
static_assert(falling.bind(look{}).cost(0, 20'000.0) == 15.0);

cost_shape shape_of(const cost::tiered& t) { return t.runtime_traits().shape; }

/// Edges and rates: rising, falling, or neither.
cost::tiered random_tiers(ballast_test::dice& d, cost::tiering by, int kind) {
    cost::tiered t{.by = by};
    const std::size_t count = 1 + d.below(cost::tier_list::capacity);
    double edge = d.scale(1.0, 1e3);
    double rate = d.scale(1e-5, 1e-3);
    for (std::size_t k = 0; k < count; ++k) {
        t.tiers.push_back({k + 1 == count ? infinity : edge, rate});
        edge *= 1.0 + d.scale(0.05, 5.0);
        rate = kind == 0 ? rate * d.between(1.0, 1.3) : kind == 1 ? rate * d.between(0.5, 0.99) : d.scale(1e-5, 1e-2);
    }
    return t;
}

/// All edges, on both sides of 0.
std::vector<double> edges_of(const cost::tiered& t) {
    std::vector<double> edges;
    for (const cost::tier& one : t.tiers)
        if (one.up_to < infinity) edges.insert(edges.end(), {one.up_to, -one.up_to});
    return edges;
}

/// Slices of the order, counted one by one.
double by_slices(const cost::tiered& t, double size) {
    double sum = 0.0;
    double from = 0.0;
    for (const cost::tier& one : t.tiers) {
        sum += one.rate * std::max(0.0, std::min(size, one.up_to) - from);
        from = one.up_to;
    }
    return sum;
}

}  // namespace

TEST_CASE("tiered: each rate for its part of the order") {
    const ballast_test::price_look l{{10.0}};
    const auto v = falling.bind(l.look);
    CHECK(v.cost(0, 0.0) == 0.0);
    CHECK(v.cost(0, 1'000.0) == Approx(1.0));
    CHECK(v.cost(0, 10'000.0) == Approx(10.0));
    CHECK(v.cost(0, -20'000.0) == Approx(15.0));
    CHECK(v.cost(0, 100'000.0) == Approx(55.0));
    CHECK(v.cost(0, -1'000'000.0) == Approx(235.0));
    CHECK(v.marginal(0, 10'000.0).low == 5_bps);
    CHECK(v.marginal(0, 10'000.0).high == 10_bps);
    CHECK(v.marginal(0, -10'000.0).low == -10_bps);
    CHECK(v.marginal(0, -10'000.0).high == -5_bps);
    CHECK(v.marginal(0, 0.0).low == -10_bps);
    CHECK(v.marginal(0, 0.0).high == 10_bps);
    CHECK(v.jump(0) == 0.0);
    CHECK(shape_of(falling) == cost_shape::general);
}

TEST_CASE("tiered: the rate of the order's size for the whole order") {
    const ballast_test::price_look l{{10.0}};
    cost::tiered fee = falling;
    fee.by = cost::tiering::whole;
    REQUIRE_FALSE(fee.validate());
    const auto v = fee.bind(l.look);
    CHECK(v.cost(0, 10'000.0) == Approx(10.0));  // still in the first tier
    CHECK(v.cost(0, std::nextafter(10'000.0, infinity)) == Approx(5.0));
    CHECK(v.cost(0, -20'000.0) == Approx(10.0));
    CHECK(v.cost(0, 100'000.0) == Approx(50.0));
    CHECK(v.cost(0, 1e9) == Approx(2e5));
    CHECK(v.cost(0, -0.0) == 0.0);
    CHECK(v.jump(0) == 0.0);
    CHECK(v.marginal(0, 5'000.0).low == 10_bps);
    CHECK(v.marginal(0, -50'000.0).high == -5_bps);
    CHECK(v.marginal(0, 100'000.0).low == 2_bps);  // the slopes of both sides
    CHECK(v.marginal(0, 100'000.0).high == 5_bps);
    CHECK(shape_of(fee) == cost_shape::general);
}

TEST_CASE("tiered: random tiers by slices, their slopes, and the shape that they tell") {
    const ballast_test::price_look l{{1.0}};
    ballast_test::dice d{1};
    for (int trial = 0; trial < 150; ++trial) {
        const int kind = trial % 3;
        const cost::tiered t = random_tiers(d, cost::tiering::marginal, kind);
        CAPTURE(trial, t.tiers.size());
        REQUIRE_FALSE(t.validate());
        const auto v = t.bind(l.look);
        const auto edges = edges_of(t);
        const auto points = ballast_test::many_points(static_cast<std::uint64_t>(trial), edges);
        double worst = 0.0;
        for (const double x : points) {
            const double size = std::fabs(x);
            worst = std::max(worst, std::fabs(v.cost(0, x) - by_slices(t, size)) / (1e-300 + by_slices(t, size)));
            CHECK(v.cost(0, x) == v.cost(0, -x));
            CHECK(v.marginal(0, x).low == -v.marginal(0, -x).high);
        }
        CHECK(worst < 1e-14);
        // Slopes against finite differences: at the kinks that are far enough from each other, and between them.
        std::vector<double> clear;
        for (const double x : points) {
            const double h = std::max(std::fabs(x), 1.0) * 1e-6;
            const bool near = std::any_of(edges.begin(), edges.end(), [&](double e) { return e != x && std::fabs(e - x) < 2.0 * h; });
            if (!near) clear.push_back(x);
        }
        ballast_test::check_slopes(v, 1, clear);
        const bool rises = std::is_sorted(t.tiers.begin(), t.tiers.end(), [](auto& a, auto& b) { return a.rate < b.rate; });
        CHECK((shape_of(t) == cost_shape::convex) == rises);
        CHECK(t.runtime_traits().responsive == rises);
        CHECK_FALSE(t.runtime_traits().linear);
        if (rises)
            ballast_test::check_shape<cost_shape::convex>(v, 1, points);
        else
            CHECK(ballast_test::worst_subgradient(v, 0, points) > 1e-9);  // it is none
    }
}

TEST_CASE("tiered: random tiers for the whole order") {
    const ballast_test::price_look l{{1.0}};
    ballast_test::dice d{2};
    for (int trial = 0; trial < 150; ++trial) {
        const cost::tiered t = random_tiers(d, cost::tiering::whole, trial % 3);
        REQUIRE_FALSE(t.validate());
        const auto v = t.bind(l.look);
        CHECK((shape_of(t) == cost_shape::convex) == (t.tiers.size() == 1));
        const auto points = ballast_test::many_points(static_cast<std::uint64_t>(trial), edges_of(t));
        for (const double x : points) {
            const double size = std::fabs(x);
            const auto at = std::find_if(t.tiers.begin(), t.tiers.end(), [&](auto& one) { return size <= one.up_to; });
            CHECK(v.cost(0, x) == at->rate * size);
            const slope_interval s = v.marginal(0, x);
            CHECK(s.low <= (x < 0.0 ? -at->rate : at->rate));
            CHECK(s.high >= (x < 0.0 ? -at->rate : at->rate));
        }
    }
    // Where all rates are the same nothing jumps.
    const cost::tiered same{.tiers = {{10.0, 1_bps}, {20.0, 1_bps}, {.rate = 1_bps}}, .by = cost::tiering::whole};
    CHECK(shape_of(same) == cost_shape::convex);
    ballast_test::check_shape<cost_shape::convex>(same.bind(l.look), 1, ballast_test::many_points(3, {10.0, -20.0}));
}

TEST_CASE("tiered: rising rates answer prices") {
    const ballast_test::price_look l{{1.0}};
    const cost::tiered rising{.tiers = {{500.0, 0.001}, {2'000.0, 0.01}, {6'000.0, 0.02}, {.rate = 0.03}}};
    REQUIRE(rising.runtime_traits().responsive);
    const auto v = rising.bind(l.look);
    ballast_test::check_respond(v, 1, 21, 20'000);
    // Without curvature it goes to the edge beyond which the rate is more than the price, and no further where it is the same.
    CHECK(v.respond(0, 0.015, 0.0, 0.0, -1e9, 1e9).x == 2'000.0);
    CHECK(v.respond(0, -0.015, 0.0, 0.0, -1e9, 1e9).x == -2'000.0);
    CHECK(v.respond(0, 0.01, 0.0, 0.0, -1e9, 1e9).x == 500.0);
    CHECK(v.respond(0, 0.001, 0.0, 0.0, -1e9, 1e9).x == 0.0);
    CHECK(v.respond(0, 0.04, 0.0, 0.0, -1e9, infinity).x == infinity);
    // Random ones against a grid that has the edges.
    ballast_test::dice d{3};
    for (int trial = 0; trial < 300; ++trial) {
        const cost::tiered t = random_tiers(d, cost::tiering::marginal, 0);
        const auto view = t.bind(l.look);
        const double price = d.between(-2.0, 2.0) * t.tiers[t.tiers.size() - 1].rate;
        const double curvature = d.chance(0.2) ? 0.0 : d.scale(1e-8, 1e-3);
        const double centre = d.between(-1e4, 1e4);
        const double lo = -d.scale(1.0, 1e6);
        const double hi = d.scale(1.0, 1e6);
        const auto objective = [&](double x) { return view.cost(0, x) + 0.5 * curvature * (x - centre) * (x - centre) - price * x; };
        const response r = view.respond(0, price, curvature, centre, lo, hi);
        const double scale = std::fabs(price * r.x) + 0.5 * curvature * centre * centre + view.cost(0, r.x) + 1e-12;
        double best = objective(r.x);
        for (const double x : edges_of(t))
            if (lo <= x && x <= hi) best = std::min(best, objective(x));
        for (int k = 0; k <= 5'000; ++k) best = std::min(best, objective(std::clamp(lo + (hi - lo) * k / 5'000.0, lo, hi)));
        CAPTURE(trial, price, curvature, centre, lo, hi, r.x);
        CHECK(r.x >= lo);
        CHECK(r.x <= hi);
        CHECK(objective(r.x) <= best + 1e-12 * scale);
    }
}

TEST_CASE("tiered: one tier is a proportional fee, to the bit") {
    const ballast_test::price_look l{{1.0}};
    const cost::proportional plain{.rate = 13_bps};
    for (const cost::tiering by : {cost::tiering::marginal, cost::tiering::whole}) {
        const cost::tiered t{.tiers = {{.rate = 13_bps}}, .by = by};
        REQUIRE_FALSE(t.validate());
        const auto v = t.bind(l.look);
        const auto p = plain.bind(l.look);
        for (const double x : ballast_test::many_points(4)) {
            CHECK(v.cost(0, x) == p.cost(0, x));
            CHECK(v.marginal(0, x).low == p.marginal(0, x).low);
            CHECK(v.marginal(0, x).high == p.marginal(0, x).high);
        }
        ballast_test::dice d{5};
        for (int trial = 0; trial < 2'000; ++trial) {
            const double price = d.between(-0.01, 0.01), curvature = d.chance(0.3) ? 0.0 : d.scale(1e-8, 1.0),
                         centre = d.between(-1e3, 1e3);
            const double lo = d.between(-1e3, 1e3), hi = lo + d.between(0.0, 1e3);
            const response a = v.respond(0, price, curvature, centre, lo, hi);
            const response b = p.respond(0, price, curvature, centre, lo, hi);
            CHECK(a.x == b.x);
            CHECK(a.slope == b.slope);
            CHECK(a.piece == b.piece);
        }
    }
}

TEST_CASE("tiered: the rate of the volume that the account traded") {
    // A volume of just an edge is in the tier above.
    const cost::tiered fee{.tiers = {{50'000.0, 26_bps}, {1e6, 20_bps}, {.rate = 10_bps}}, .by = cost::tiering::trailing};
    REQUIRE_FALSE(fee.validate());
    CHECK(shape_of(fee) == cost_shape::convex);
    CHECK(fee.runtime_traits().linear);
    CHECK(fee.runtime_traits().responsive);
    inputs in;
    look l;
    l.input = &in;
    for (const auto& [volume, rate] : {std::pair{0.0, 26_bps}, std::pair{49'999.99, 26_bps}, std::pair{50'000.0, 20_bps},
                                       std::pair{1e6, 10_bps}, std::pair{1e300, 10_bps}}) {
        in.account.trailing_volume = volume;
        const auto v = fee.bind(l);
        const cost::proportional plain{.rate = rate};
        const auto p = plain.bind(l);
        const any_cost erased = fee;
        CAPTURE(volume, rate);
        CHECK(erased.bind(l).has_linear());
        // The size of the order does not count, nor do the edges.
        for (const double x : ballast_test::many_points(8, {50'000.0, -50'000.0, 1e6})) {
            CHECK(v.cost(0, x) == p.cost(0, x));
            CHECK(v.marginal(0, x).low == p.marginal(0, x).low);
            CHECK(v.marginal(0, x).high == p.marginal(0, x).high);
            CHECK(erased.bind(l).cost(0, x) == p.cost(0, x));
            CHECK(erased.bind(l).linear(0).cost(x) == p.cost(0, x));
        }
        ballast_test::check_respond(v, 1, 31, 1'000);
        ballast_test::check_shape<cost_shape::convex>(v, 1, ballast_test::many_points(9));
    }
    CHECK(fee.bind(look{}).cost(0, 1000.0) == Approx(2.6));  // without inputs nothing was traded
    CHECK(cost::tiered{.by = cost::tiering::trailing}.bind(look{}).linear(0).buy == 0.0);
}

TEST_CASE("tiered: beside others, and erased") {
    const ballast_test::price_look l{{1.0}};
    const cost::tiered rising{.tiers = {{1'000.0, 1_bps}, {.rate = 10_bps}}};
    const cost::minimum least{rising, 0.5};
    const cost::maximum most{least, 2.0};
    const cost::sum all{most, cost::fixed{.amount = 1.0}};
    const auto v = all.bind(l.look);
    CHECK(v.cost(0, 10.0) == 1.5);
    CHECK(v.cost(0, -2'000.0) == Approx(2.1));
    CHECK(v.cost(0, 1e6) == 3.0);
    CHECK(v.jump(0) == 1.5);
    // The minimum binds up to 1,444.44, the maximum from 2,900.
    ballast_test::check_slopes(v, 1, {0.0, 1.0, 1'400.0, 2'000.0, 3'000.0, -1'400.0, -2'500.0, -1e6, 1'000.0 + 4'000.0 / 9.0});
    const any_cost erased = rising;
    CHECK(erased.runtime_shape() == cost_shape::convex);
    CHECK(erased.has_respond());
    CHECK_FALSE(erased.has_linear());
    CHECK(any_cost{falling}.runtime_shape() == cost_shape::general);
    CHECK_FALSE(any_cost{falling}.has_respond());
    CHECK(erased.bind(l.look).respond(0, 0.0005, 1e-6, 0.0, -1e9, 1e9).x == rising.bind(l.look).respond(0, 0.0005, 1e-6, 0.0, -1e9, 1e9).x);
    CHECK(any_costs{{rising, cost::proportional{.rate = 1_bps}}}.runtime_traits().shape == cost_shape::convex);
}

TEST_CASE("tiered: what are no tiers is refused, and named") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto value = [](const cost::tier_list& tiers) {
        const configuration_fault f = cost::tiered{.tiers = tiers}.validate();
        REQUIRE(f);
        CHECK(std::string{f.parameter} == "tiered.tiers");
        return f.value;
    };
    CHECK(value({}) == 0.0);
    CHECK(value({{100.0, 0.1}}) == 100.0);  // what of larger orders?
    CHECK(value({{100.0, 0.1}, {50.0, 0.1}, {.rate = 0.1}}) == 50.0);
    CHECK(value({{100.0, 0.1}, {100.0, 0.1}, {.rate = 0.1}}) == 100.0);
    CHECK(value({{-1.0, 0.1}, {.rate = 0.1}}) == -1.0);
    CHECK(value({{0.0, 0.1}, {.rate = 0.1}}) == 0.0);
    CHECK(std::isnan(value({{nan, 0.1}, {.rate = 0.1}})));
    CHECK(value({{infinity, 0.1}, {.rate = 0.1}}) == infinity);
    CHECK(value({{.rate = -0.1}}) == -0.1);  // a rebate is a cost of its own
    CHECK(value({{.rate = 1.0}}) == 1.0);
    CHECK(std::isnan(value({{10.0, nan}, {.rate = 0.1}})));
    cost::tier_list many;
    for (int k = 1; k <= 16; ++k) many.push_back({k == 16 ? infinity : k * 10.0, 0.01});
    CHECK_FALSE(cost::tiered{.tiers = many}.validate());
    many.push_back({.rate = 0.01});
    CHECK(value(many) == 17.0);
    CHECK(many.size() == 16);
    // Not valid, but safe to ask.
    const ballast_test::price_look l{{1.0}};
    const cost::tiered none;
    CHECK(none.bind(l.look).cost(0, 5.0) == 0.0);
    CHECK(none.bind(l.look).marginal(0, 5.0).high == 0.0);
}

// The promises of tests/promises, for tiers of either kind that rise, fall or do neither, beside a fixed fee.
TEST_CASE("tiered: lists are accepted by the referee, and leave the next call nothing to do") {
    ballast_test::next_calls next;
    ballast_test::for_accepted_lists<ballast_test::tiered_cost>(ballast_test::books_of(12'000),
                                                                [&](auto& call, std::uint64_t) { (void)next.as_said(call); });
    CHECK(next.again > ballast_test::books_of(5'000));
    CHECK(next.found == 0);
}
