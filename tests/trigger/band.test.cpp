#include <ballast/trigger/band.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::trigger::band;
using ballast::trigger::combine;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<band> && trigger_policy<band> && banded_trigger<band>);
static_assert(std::is_same_v<memory_of<band>, no_memory>);  // remembers nothing
static_assert(!std::is_empty_v<band> && !detail::observing<band> && !detail::committing<band>);
static_assert(noexcept(band{}.check(look{})) && noexcept(band{}.region(look{}, box{})) && noexcept(band{}.validate()));
static_assert(detail::need_of<band>() == risk_need::nothing);
static_assert(detail::check_trigger<band>());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double tolerance = 1.0 / 281474976710656.0;  // 2^-48

// width above and below of every asset, reckoned for itself:
//   combine(a, r·|T|), where `combine` is min or max and what is not given does not count.
struct plain_widths {
    std::vector<double> above, below;
};
double plain_width(const per_asset& a, const per_asset& r, combine how, std::size_t i, double target) {
    const double absolute = a[i];
    const double relative = r[i] * std::fabs(target);
    if (!r.given()) return absolute;
    if (!a.given()) return relative;
    return how == combine::smaller ? std::fmin(absolute, relative) : std::fmax(absolute, relative);
}
plain_widths widths_of(const band& b, const look& l) {
    plain_widths w;
    for (std::size_t i = 0; i < l.assets(); ++i) {
        w.above.push_back(plain_width(b.absolute, b.relative, b.combine, i, l.target[i]));
        w.below.push_back(plain_width(b.absolute_below.given() ? b.absolute_below : b.absolute,
                                      b.relative_below.given() ? b.relative_below : b.relative, b.combine, i, l.target[i]));
    }
    return w;
}

// The asset furthest beyond its band, the first of equals; what it measures; whether that is beyond.
firing plain_check(const band& b, const look& l) {
    const plain_widths w = widths_of(b, l);
    firing f{.trigger = "band"};
    double most = -infinity;
    for (std::size_t i = 0; i < l.assets(); ++i) {
        const double d = l.weight[i] - l.target[i];
        const double width = d > 0.0 ? w.above[i] : w.below[i];
        if (std::fabs(d) - width > most) {
            most = std::fabs(d) - width;
            f.asset = static_cast<std::uint32_t>(i);
            f.measure = std::fabs(d);
            f.threshold = width;
        }
    }
    f.fired = most > tolerance;
    return f;
}

per_asset random_list(std::mt19937_64& rng, std::size_t n, double scale) {
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::vector<double> list(n);
    for (double& x : list) x = unit(rng) < 0.1 ? 0.0 : scale * unit(rng);
    return list;
}

// A band of every kind: one or two widths, one number or lists, the same or different below.
band random_band(std::mt19937_64& rng, std::size_t n) {
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    band b;
    const auto some = [&](double scale) -> per_asset { return rng() % 2 == 0 ? per_asset(scale * unit(rng)) : random_list(rng, n, scale); };
    const auto kind = rng() % 3;
    if (kind != 0) b.absolute = some(0.15);
    if (kind != 1) b.relative = some(1.5);
    if (rng() % 3 == 0) b.absolute_below = some(0.15);
    if (rng() % 3 == 0) b.relative_below = some(1.5);
    b.combine = rng() % 2 == 0 ? combine::smaller : combine::larger;
    return b;
}
}  // namespace

TEST_CASE("band: a drift equal to the width does not fire") {
    const test_look l{{0.55, 0.45}, {0.5, 0.5}};
    CHECK(l.look().drift[0] > 0.05);  // in doubles it is wider
    CHECK_FALSE(band{.absolute = 0.05}.check(l).fired);
    CHECK_FALSE(band{.relative = 0.1}.check(l).fired);
    CHECK(band{.absolute = 0.0499}.check(l).fired);
    CHECK(test_look({0.5501, 0.4499}, {0.5, 0.5}).look().drift[0] > 0.05);
    CHECK(band{.absolute = 0.05}.check(test_look({0.5501, 0.4499}, {0.5, 0.5})).fired);
}

TEST_CASE("band: the edge is 2^-48 thick, no more") {
    const auto fires = [](double off) { return band{.absolute = 0.125}.check(test_look{{0.375 + off}, {0.25}}).fired; };
    CHECK_FALSE(fires(tolerance / 2));
    CHECK_FALSE(fires(tolerance));
    CHECK(fires(tolerance * 2));
}

// Every target and width in whole percents, the weight on the edge as decimals go: none fires; a hundredth of a point further all do.
TEST_CASE("band: edges in decimal terms, on both sides, absolute and relative") {
    int on_edge = 0;
    int beyond = 0;
    int relative_on_edge = 0;
    int relative_beyond = 0;
    int count = 0;
    for (int target = -100; target <= 100; ++target)
        for (int width = 0; width <= 60; ++width)
            for (const int side : {-1, 1}) {
                const double t = target / 100.0;
                const auto look_at = [&](double w) { return test_look{{w}, {t}}; };
                on_edge += band{.absolute = width / 100.0}.check(look_at((target + side * width) / 100.0)).fired;
                beyond += band{.absolute = width / 100.0}.check(look_at((100 * target + side * (100 * width + 1)) / 10'000.0)).fired;
                relative_on_edge += band{.relative = width / 100.0}.check(look_at((100 * target + side * width * target) / 10'000.0)).fired;
                const int size = target < 0 ? -target : target;
                relative_beyond +=
                    band{.relative = width / 100.0}.check(look_at((100 * target + side * (width * size + 1)) / 10'000.0)).fired;
                ++count;
            }
    CHECK(on_edge == 0);
    CHECK(relative_on_edge == 0);
    CHECK(beyond == count);
    CHECK(relative_beyond == count);
}

// |w − T|/T > 0.5 with targets 50/50 (bt, tests/test_algos.py, test_run_if_out_of_bounds).
TEST_CASE("band: a published relative gate") {
    const band gate{.relative = 0.5};
    CHECK_FALSE(gate.check(test_look({0.5, 0.5}, {0.5, 0.5})).fired);
    CHECK_FALSE(gate.check(test_look({0.25, 0.75}, {0.5, 0.5})).fired);
    CHECK(gate.check(test_look({0.24, 0.76}, {0.5, 0.5})).fired);
    CHECK_FALSE(gate.check(test_look({0.75, 0.25}, {0.5, 0.5})).fired);
    CHECK(gate.check(test_look({0.76, 0.24}, {0.5, 0.5})).fired);
}

// Positions 1500, 1000, 800 and cash 1000 with targets 50/30/20: drifts 0.1512, 0.0674, 0.0140, none of cash
// (lumibot, tests/test_drift_rebalancer.py, test_calculate_absolute_drift_when_quote_asset_position_exists; there target − weight).
TEST_CASE("band: cash counts in the value and has no band") {
    const auto l = test_look::holding(1000.0, {1500.0, 1000.0, 800.0}, {1.0, 1.0, 1.0}, {0.5, 0.3, 0.2});
    CHECK(l.look().drift[0] == Approx(-0.1511627906976744).epsilon(1e-12));
    CHECK(l.look().drift[1] == Approx(-0.06744186046511629).epsilon(1e-12));
    CHECK(l.look().drift[2] == Approx(-0.013953488372093023).epsilon(1e-12));
    const firing f = band{.absolute = 0.15}.check(l);
    CHECK(f.fired);
    CHECK(f.asset == 0);
    CHECK(f.measure == Approx(0.1511627906976744).epsilon(1e-12));
    // Cash is 0.23 off.
    CHECK(l.look().cash_drift() == Approx(1000.0 / 4300.0));
    CHECK_FALSE(band{.absolute = 0.152}.check(l).fired);
}

// Cash 1500, −5 at 110, target −50 %: weight −0.5789, drift 0.0789 (the same file, test_shorting_more_when_price_goes_up_short_something;
// there target − weight).
TEST_CASE("band: a short that grew is below its target") {
    const auto l = test_look::holding(1500.0, {-5.0}, {110.0}, {-0.5});
    CHECK(l.look().weight[0] == Approx(-0.5789473684210527).epsilon(1e-12));
    CHECK(l.look().drift[0] == Approx(-0.07894736842105263).epsilon(1e-12));
    CHECK(band{.absolute = 0.0789}.check(l).fired);
    CHECK_FALSE(band{.absolute = 0.079}.check(l).fired);
    CHECK(band{.relative = 0.15}.check(l).fired);  // 0.075 of |−0.5|
    CHECK_FALSE(band{.relative = 0.16}.check(l).fired);
    // It is the lower side that counts.
    CHECK_FALSE(band{.absolute = 0.01, .absolute_below = 0.1}.check(l).fired);
    CHECK(band{.absolute = 0.1, .absolute_below = 0.01}.check(l).fired);
}

TEST_CASE("band: the smaller and the larger of two widths") {
    // 5/25: small targets by a quarter of them, large ones by five points.
    const test_look small{{0.051}, {0.04}};
    const test_look large{{0.54}, {0.5}};
    CHECK(band{.absolute = 0.05, .relative = 0.25}.check(small).fired);
    CHECK(band{.absolute = 0.05, .relative = 0.25}.check(small).threshold == Approx(0.01));
    CHECK_FALSE(band{.absolute = 0.05, .relative = 0.25}.check(large).fired);
    CHECK(band{.absolute = 0.05, .relative = 0.25}.check(large).threshold == 0.05);
    CHECK_FALSE(band{.absolute = 0.05, .relative = 0.25, .combine = combine::larger}.check(small).fired);
    CHECK(band{.absolute = 0.05, .relative = 0.25, .combine = combine::larger}.check(small).threshold == 0.05);
    CHECK(band{.absolute = 0.05, .relative = 0.25, .combine = combine::larger}.check(large).threshold == 0.125);
}

TEST_CASE("band: a target of 0 has no relative room") {
    const test_look held{{0.001, 0.5}, {0.0, 0.5}};
    CHECK(band{.relative = 0.25}.check(held).fired);
    CHECK(band{.relative = 0.25}.check(held).asset == 0);
    CHECK(band{.relative = 0.25}.check(held).threshold == 0.0);
    CHECK_FALSE(band{.absolute = 0.01}.check(held).fired);
    CHECK(band{.absolute = 0.01, .relative = 0.25}.check(held).fired);
    CHECK_FALSE(band{.absolute = 0.01, .relative = 0.25, .combine = combine::larger}.check(held).fired);
    // Nothing held, nothing wanted.
    CHECK_FALSE(band{.relative = 0.25}.check(test_look({0.0, 0.5}, {0.0, 0.5})).fired);
    CHECK_FALSE(band{.absolute = 0.0}.check(test_look({0.0, 0.5}, {0.0, 0.5})).fired);
}

TEST_CASE("band: an infinite width takes an asset or a side out") {
    const test_look l{{0.9, 0.1}, {0.5, 0.5}};
    CHECK_FALSE(band{.absolute = infinity}.check(l).fired);
    CHECK_FALSE(band{.absolute = {infinity, 0.4}}.check(l).fired);
    CHECK(band{.absolute = {infinity, 0.3}}.check(l).fired);
    CHECK(band{.absolute = {infinity, 0.3}}.check(l).asset == 1);
    CHECK(band{.absolute = infinity, .absolute_below = 0.3}.check(l).asset == 1);
    CHECK_FALSE(band{.absolute = infinity, .absolute_below = 0.4}.check(l).fired);
    const auto box = ballast_test::region(band{.absolute = {infinity, 0.3}}, l);
    CHECK(box.lower[0] == -infinity);
    CHECK(box.upper[0] == infinity);
    CHECK(box.upper[1] == Approx(0.8));
}

TEST_CASE("band: a width per asset") {
    const test_look l{{0.33, 0.37, 0.30}, {0.3, 0.3, 0.4}};
    CHECK(band{.absolute = {0.05, 0.05, 0.05}}.check(l).asset == 2);
    CHECK(band{.absolute = {0.02, 0.08, 0.2}}.check(l).asset == 0);
    CHECK(band{.absolute = {0.02, 0.08, 0.2}}.check(l).measure == Approx(0.03));
    CHECK_FALSE(band{.absolute = {0.03, 0.07, 0.1}}.check(l).fired);
    CHECK_FALSE(band{.relative = {0.1, 0.24, 0.25}}.check(l).fired);
    CHECK(band{.relative = {0.1, 0.23, 0.25}}.check(l).asset == 1);
}

TEST_CASE("band: the first of equals is named, whatever the lane") {
    for (const std::size_t n : ballast_test::look_sizes)
        for (std::size_t first = 0; first < n; ++first)
            for (std::size_t second = first; second < n; ++second) {
                std::vector<double> weight(n, 0.0);
                weight[second] = -0.25;
                weight[first] = 0.25;
                const test_look l{weight, std::vector<double>(n, 0.0)};
                const firing one_width = band{.absolute = 0.1}.check(l);
                const firing a_list = band{.absolute = per_asset(std::vector<double>(n, 0.1))}.check(l);
                if (one_width.asset != first || a_list.asset != first || !one_width.fired || !a_list.fired) {
                    CAPTURE(n, first, second);
                    CHECK(one_width.asset == first);
                    CHECK(a_list.asset == first);
                }
            }
}

TEST_CASE("band: an empty universe stays quiet") {
    const test_look l{std::vector<double>{}, std::vector<double>{}};
    for (const band& b : {band{.absolute = 0.0}, band{.relative = 0.0}, band{.absolute = 0.0, .relative = 0.1}}) {
        const firing f = b.check(l);
        CHECK_FALSE(f.fired);
        CHECK(f.asset == no_index);
        CHECK(f.measure == 0.0);
        (void)ballast_test::region(b, l);
    }
}

// check(look) against a plain search over all assets, and against the region: it fires where and only where a weight is outside of
//   [T − width below, T + width above]
// by more than 2^-48.
TEST_CASE("band: random bands over random looks, against a plain search and the region") {
    std::mt19937_64 rng{11};
    int fired = 0;
    int quiet = 0;
    for (const std::size_t n : ballast_test::look_sizes)
        for (int round = 0; round < 400; ++round) {
            ballast_test::look_kind kind{.spread = round % 2 == 0 ? 0.03 : 0.1};
            if (round % 4 == 0) kind.round_to = 1.0 / 64.0;  // exact: many tie, many sit on an edge
            const test_look l = ballast_test::random_look(rng, n, kind);
            band b = random_band(rng, n);
            if (kind.round_to > 0.0) {
                b = band{.absolute = static_cast<double>(rng() % 6) / 64.0};
                if (rng() % 2 == 0) b.absolute_below = per_asset(static_cast<double>(rng() % 6) / 64.0);
            }
            REQUIRE_FALSE(b.validate());
            REQUIRE(b.covers(n));
            const firing f = b.check(l);
            const firing plain = plain_check(b, l);
            const auto box = ballast_test::region(b, l);
            const plain_widths w = widths_of(b, l);
            bool outside = false;
            bool same_box = true;
            for (std::size_t i = 0; i < n; ++i) {
                const double weight = l.weight[i];
                outside = outside || weight - box.upper[i] > tolerance || box.lower[i] - weight > tolerance;
                same_box = same_box && box.lower[i] == l.target[i] - w.below[i] && box.upper[i] == l.target[i] + w.above[i];
            }
            if (n > 0) (f.fired ? fired : quiet) += 1;
            if (f.fired != plain.fired || f.asset != plain.asset || f.measure != plain.measure ||
                (n > 0 && f.threshold != plain.threshold) || f.fired != outside || !same_box || std::string{f.trigger} != "band" ||
                f.problem) {
                CAPTURE(n, round, f.asset, plain.asset, f.measure, plain.measure, f.threshold, plain.threshold);
                CHECK(f.fired == plain.fired);
                CHECK(f.fired == outside);
                CHECK(same_box);
                FAIL("band and plain search differ");
            }
        }
    // Both answers were tried.
    CHECK(fired > 500);
    CHECK(quiet > 500);
}

TEST_CASE("band: a region only narrows") {
    const test_look l{{0.5, 0.5}, {0.5, 0.5}};
    ballast_test::test_box box{2};
    box.lower[0] = 0.48;
    box.upper[1] = 0.51;
    band{.absolute = 0.05}.region(l, box.view());
    CHECK(box.lower[0] == 0.48);
    CHECK(box.upper[0] == Approx(0.55));
    CHECK(box.lower[1] == Approx(0.45));
    CHECK(box.upper[1] == 0.51);
}

TEST_CASE("band: bad widths are refused with parameter, value and range") {
    const auto text = [](const band& b) -> std::string {
        const configuration_fault f = b.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    const double not_a_number = std::numeric_limits<double>::quiet_NaN();
    CHECK(text({}) == "ballast: band.absolute = 0: a band needs a width: absolute, relative or both");
    CHECK(text({.absolute_below = 0.1}) == "ballast: band.absolute = 0: a band needs a width: absolute, relative or both");
    CHECK(text({.absolute = -0.05}) == "ballast: band.absolute = -0.05: must be a weight at or above 0");
    CHECK(text({.absolute = {0.05, -0.02}}) == "ballast: band.absolute = -0.02: must be a weight at or above 0");
    CHECK_THAT(text({.absolute = not_a_number}),
               StartsWith("ballast: band.absolute = ") && EndsWith("nan: must be a weight at or above 0"));
    CHECK_THAT(text({.absolute = {0.1, not_a_number}}), ContainsSubstring("band.absolute") && ContainsSubstring("nan"));
    CHECK(text({.relative = -1}) == "ballast: band.relative = -1: must be a finite share at or above 0");
    CHECK(text({.relative = infinity}) == "ballast: band.relative = inf: must be a finite share at or above 0");
    CHECK(text({.absolute = 0.1, .absolute_below = -0.1}) == "ballast: band.absolute_below = -0.1: must be a weight at or above 0");
    CHECK(text({.absolute = 0.1, .relative_below = -0.1}) == "ballast: band.relative_below = -0.1: must be a finite share at or above 0");
    for (const band& good :
         {band{.absolute = 0}, band{.absolute = infinity}, band{.relative = 0.25}, band{.absolute = {0.1, 0.2}, .relative = 3}})
        CHECK(text(good).empty());
}
