#include <ballast/trigger/volatility_band.hpp>

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
using ballast::trigger::volatility_band;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<volatility_band> && trigger_policy<volatility_band> && banded_trigger<volatility_band>);
static_assert(std::is_same_v<memory_of<volatility_band>, no_memory>);
static_assert(detail::need_of<volatility_band>() == risk_need::volatility);
static_assert(noexcept(volatility_band{}.check(look{})) && noexcept(volatility_band{}.region(look{}, box{})) && noexcept(
    volatility_band{}.width_at(0, 0.0)) && noexcept(volatility_band{}.validate()));
static_assert(detail::check_trigger<volatility_band>());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double tolerance = 1.0 / 281474976710656.0;  // 2^-48

volatility_band of(double exponent) { return {.width = 0.05, .reference = 0.2, .exponent = exponent}; }
}  // namespace

// width·(σ/reference)^exponent. At σ = 2·reference: exponent −1 halves the width, +2/3 makes it 2^(2/3) = 1.5874 times as wide; at σ =
// 8·reference +2/3 makes it 4 times as wide.
TEST_CASE("volatility_band: tightens, widens or ignores as the exponent says") {
    CHECK(of(-1.0).width_at(0, 0.4) == Approx(0.025).epsilon(1e-14));
    CHECK(of(-1.0).width_at(0, 0.1) == Approx(0.1).epsilon(1e-14));
    CHECK(of(2.0 / 3.0).width_at(0, 0.4) == Approx(0.05 * 1.5874010519681994).epsilon(1e-14));
    CHECK(of(2.0 / 3.0).width_at(0, 1.6) == Approx(0.2).epsilon(1e-14));
    CHECK(of(0.0).width_at(0, 3.0) == 0.05);
    for (const double exponent : {-1.0, 0.0, 2.0 / 3.0, 5.0}) CHECK(of(exponent).width_at(0, 0.2) == 0.05);

    const test_look l = test_look{{0.54, 0.46}, {0.5, 0.5}}.volatility({0.4, 0.2});
    CHECK(of(-1.0).check(l).fired);
    CHECK(of(-1.0).check(l).asset == 0);
    CHECK(of(-1.0).check(l).measure == Approx(0.04));
    CHECK(of(-1.0).check(l).threshold == Approx(0.025));
    CHECK_FALSE(of(2.0 / 3.0).check(l).fired);
    CHECK(of(2.0 / 3.0).check(l).asset == 1);  // the nearer to its edge
    CHECK_FALSE(of(0.0).check(l).fired);
    CHECK(std::string{of(0.0).check(l).trigger} == "volatility_band");
}

// Cases band-width-sigma-0.2, -0.4 and -0.8 of the data folder: 30 bps at a weight of 0.6. Where a squared deviation costs 0.1 whatever the
// volatility, the best width is (3·0.003·(0.24σ)²/0.4)^(1/3); where it costs the variance that it adds, σ cancels out.
TEST_CASE("volatility_band: the widths that are best for a squared deviation that costs the same at any volatility") {
    const volatility_band widening{.width = 0.0372867900714, .reference = 0.2, .exponent = 2.0 / 3.0};
    CHECK(widening.width_at(0, 0.4) == Approx(0.0591890897839).margin(1e-10));
    CHECK(widening.width_at(0, 0.8) == Approx(0.0939568233881).margin(1e-10));
    const volatility_band the_same{.width = 0.0442083779837, .reference = 0.2, .exponent = 0.0};
    for (const double sigma : {0.2, 0.4, 0.8}) CHECK(the_same.width_at(0, sigma) == 0.0442083779837);
}

TEST_CASE("volatility_band: floor and ceiling") {
    const volatility_band b{.width = 0.05, .reference = 0.2, .exponent = -1.0, .floor = 0.03, .ceiling = 0.08};
    CHECK(b.width_at(0, 0.2) == 0.05);
    CHECK(b.width_at(0, 10.0) == 0.03);
    CHECK(b.width_at(0, 0.01) == 0.08);
    const volatility_band each{.width = 0.05, .reference = 0.2, .exponent = 1.0, .floor = {0.0, 0.04}, .ceiling = {0.2, 0.06}};
    CHECK(each.width_at(0, 0.1) == Approx(0.025));
    CHECK(each.width_at(1, 0.1) == 0.04);
    CHECK(each.width_at(0, 0.4) == Approx(0.1));
    CHECK(each.width_at(1, 0.4) == 0.06);
    // By default nothing is narrower than 0 or wider than the whole portfolio.
    CHECK(of(-1.0).width_at(0, 1e-9) == 1.0);
}

TEST_CASE("volatility_band: a volatility of zero gives the limit") {
    CHECK(of(-1.0).width_at(0, 0.0) == 1.0);
    CHECK(of(2.0 / 3.0).width_at(0, 0.0) == 0.0);
    CHECK(of(0.0).width_at(0, 0.0) == 0.05);
    volatility_band open = of(-1.0);
    open.ceiling = infinity;
    CHECK(open.width_at(0, 0.0) == infinity);
    const test_look l = test_look{{0.9}, {0.0}}.volatility({0.0});
    CHECK_FALSE(open.check(l).fired);
    CHECK(ballast_test::region(open, l).upper[0] == infinity);
    // A width of 0 stays 0, whatever it is multiplied with.
    CHECK(volatility_band{.width = 0, .reference = 0.2, .exponent = -1}.width_at(0, 0.0) == 0.0);
    CHECK(volatility_band{.width = 0, .reference = 0.2, .exponent = -1, .floor = 0.01}.width_at(0, 0.0) == 0.01);
    CHECK(volatility_band{.width = 0.1, .reference = 0.2, .exponent = 300}.width_at(0, 100.0) == 1.0);
}

TEST_CASE("volatility_band: while the estimator is not ready the width is that at the reference") {
    const test_look early = test_look{{0.54, 0.46}, {0.5, 0.5}}.volatility({0.4, 0.4}, false);
    CHECK_FALSE(of(-1.0).check(early).fired);
    CHECK(of(-1.0).check(early).threshold == 0.05);
    CHECK(of(-1.0).check(test_look{{0.56}, {0.5}}.volatility({0.01}, false)).fired);
    CHECK(ballast_test::region(of(-1.0), early).upper[0] == Approx(0.55));
    // Floor and ceiling hold then as well.
    const volatility_band b{.width = 0.05, .reference = 0.2, .exponent = -1.0, .ceiling = 0.03};
    CHECK(b.check(early).threshold == 0.03);
}

TEST_CASE("volatility_band: reads the estimator that it is told to") {
    const test_look l = test_look{{0.54}, {0.5}}.volatility({0.1}).volatility({0.4});
    volatility_band b = of(-1.0);
    CHECK_FALSE(b.check(l).fired);
    b.estimator = 1;
    CHECK(b.check(l).fired);
    b.estimator = 2;
    const firing missing = b.check(l);
    CHECK_FALSE(missing.fired);
    CHECK(missing.problem.code == fault_code::risk_not_ready);
    CHECK(missing.problem.value == 2.0);
    CHECK(ballast_test::region(b, l).upper[0] == infinity);
}

TEST_CASE("volatility_band: an estimator whose numbers are none is a problem, not a width") {
    for (const double bad : {not_a_number, infinity}) {
        const test_look l = test_look{{0.54, 0.46}, {0.5, 0.5}}.volatility({0.2, bad});
        const firing f = of(-1.0).check(l);
        CHECK_FALSE(f.fired);
        CHECK(f.problem.code == fault_code::bad_risk);
        CHECK(f.problem.index == 1);
        CHECK(ballast_test::region(of(-1.0), l).upper[0] == infinity);
    }
    test_look negative = test_look{{0.54}, {0.5}}.volatility({0.2});
    negative.variance[0][0] = -0.04;
    CHECK(of(-1.0).check(negative).problem.code == fault_code::bad_risk);
    const test_look too_few = test_look{{0.54, 0.46}, {0.5, 0.5}}.volatility({0.2});
    CHECK(of(-1.0).check(too_few).problem.code == fault_code::size_mismatch);
    CHECK(of(-1.0).check(too_few).problem.value == 1.0);
    // While it is not ready nobody reads it.
    CHECK_FALSE(of(-1.0).check(test_look{{0.5}, {0.5}}.volatility({not_a_number}, false)).problem);
}

TEST_CASE("volatility_band: reads the factor layout as well") {
    test_look l{{0.54, 0.46}, {0.5, 0.5}};
    const std::vector<double> loadings{1.0, 2.0}, omega{0.03}, specific{0.01, 0.04};
    l.risk.push_back(
        {.layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega});
    l.refresh();
    // σ² = 0.01 + 0.03 = 0.2² and 0.04 + 0.12 = 0.4².
    CHECK(of(-1.0).check(l).asset == 1);
    CHECK(of(-1.0).check(l).threshold == Approx(0.025).epsilon(1e-13));
}

TEST_CASE("volatility_band: an empty universe stays quiet") {
    const test_look l = test_look{std::vector<double>{}, std::vector<double>{}}.volatility({});
    CHECK_FALSE(of(-1.0).check(l).fired);
    CHECK_FALSE(of(-1.0).check(l).problem);
}

// Fires where and only where a weight lies outside of T ± clamp(width·(σ/reference)^exponent, floor, ceiling) by more than 2^-48; the power
// through exp and log.
TEST_CASE("volatility_band: random looks, against a plain formula and the region") {
    std::mt19937_64 rng{17};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int fired = 0;
    int quiet = 0;
    for (const std::size_t n : ballast_test::look_sizes)
        for (int round = 0; round < 150; ++round) {
            test_look l = ballast_test::random_look(rng, n);
            std::vector<double> sigma(n), width(n), reference(n), floor(n), ceiling(n);
            for (std::size_t i = 0; i < n; ++i) {
                sigma[i] = 0.02 + unit(rng);
                width[i] = 0.1 * unit(rng);
                reference[i] = 0.1 + 0.3 * unit(rng);
                floor[i] = 0.02 * unit(rng);
                ceiling[i] = floor[i] + 0.2 * unit(rng);
            }
            l.volatility(sigma);
            const double exponent = round % 3 == 0 ? -1.0 : round % 3 == 1 ? 2.0 / 3.0 : 4.0 * unit(rng) - 2.0;
            const volatility_band b{.width = width, .reference = reference, .exponent = exponent, .floor = floor, .ceiling = ceiling};
            REQUIRE_FALSE(b.validate());
            REQUIRE(b.covers(n));
            const auto box = ballast_test::region(b, l);
            double most = -infinity;
            bool outside = false;
            bool same = true;
            for (std::size_t i = 0; i < n; ++i) {
                double w = width[i] * std::exp(exponent * (std::log(sigma[i]) - std::log(reference[i])));
                w = w < floor[i] ? floor[i] : w > ceiling[i] ? ceiling[i] : w;
                most = std::fmax(most, std::fabs(l.weight[i] - l.target[i]) - w);
                outside = outside || l.weight[i] - box.upper[i] > tolerance || box.lower[i] - l.weight[i] > tolerance;
                same = same && std::fabs(box.upper[i] - (l.target[i] + w)) < 1e-13 && std::fabs(box.lower[i] - (l.target[i] - w)) < 1e-13;
            }
            const firing f = b.check(l);
            (f.fired ? fired : quiet) += n > 0 ? 1 : 0;
            if (f.fired != outside || !same || (std::fabs(most) > 1e-12 && f.fired != (most > 0.0)) ||
                (n > 0 && std::fabs(f.margin() - most) > 1e-13)) {
                CAPTURE(n, round, f.measure, f.threshold, most);
                CHECK(f.fired == outside);
                CHECK(same);
                FAIL("volatility_band and plain formula differ");
            }
        }
    CHECK(fired > 300);
    CHECK(quiet > 100);
}

TEST_CASE("volatility_band: bad parameters are refused with parameter, value and range") {
    const auto text = [](const volatility_band& b) -> std::string {
        const configuration_fault f = b.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    const auto with = [](auto change) {
        volatility_band b = of(-1.0);
        change(b);
        return b;
    };
    CHECK(text(of(-1.0)).empty());
    CHECK(text({.reference = 0.2, .exponent = -1}) == "ballast: volatility_band.width = 0: has to be given");
    CHECK(text({.width = 0.05, .exponent = -1}) == "ballast: volatility_band.reference = 0: has to be given");
    CHECK_THAT(text({.width = 0.05, .reference = 0.2}),
               StartsWith("ballast: volatility_band.exponent = ") && EndsWith("has to be given: -1 tightens in turbulence, 2/3 widens"));
    CHECK_THAT(text(of(infinity)), StartsWith("ballast: volatility_band.exponent = inf"));
    for (const double bad : {-0.05, infinity, not_a_number}) {
        CHECK_THAT(text(with([&](auto& b) { b.width = bad; })),
                   StartsWith("ballast: volatility_band.width = ") && EndsWith("must be a finite weight at or above 0"));
        CHECK_THAT(text(with([&](auto& b) { b.floor = bad; })),
                   StartsWith("ballast: volatility_band.floor = ") && EndsWith("must be a finite weight at or above 0"));
    }
    CHECK(text(with([](auto& b) {
              b.width = {0.05, -0.01};
          })) == "ballast: volatility_band.width = -0.01: must be a finite weight at or above 0");
    for (const double bad : {-0.2, 0.0, infinity, not_a_number})
        CHECK_THAT(text(with([&](auto& b) { b.reference = bad; })),
                   StartsWith("ballast: volatility_band.reference = ") && EndsWith("must be a finite volatility above 0"));
    for (const double bad : {-1.0, not_a_number})
        CHECK_THAT(text(with([&](auto& b) { b.ceiling = bad; })),
                   StartsWith("ballast: volatility_band.ceiling = ") && EndsWith("must be a weight at or above 0"));
    CHECK_THAT(text(with([](auto& b) { b.ceiling = {}; })), StartsWith("ballast: volatility_band.ceiling = 0: has to be given"));
    CHECK(text(with([](auto& b) { b.floor = 0.3, b.ceiling = 0.2; })) ==
          "ballast: volatility_band.floor = 0.3: must not be above the ceiling");
    CHECK(text(with([](auto& b) {
              b.floor = {0.1, 0.3}, b.ceiling = 0.2;
          })) == "ballast: volatility_band.floor = 0.3: must not be above the ceiling");
    CHECK(text(with([](auto& b) {
              b.floor = 0.15, b.ceiling = {0.2, 0.1};
          })) == "ballast: volatility_band.floor = 0.15: must not be above the ceiling");
    CHECK(text(with([](auto& b) { b.floor = {0.1, 0.3}, b.ceiling = {0.1, 0.3}; })).empty());
    CHECK(text(with([](auto& b) { b.ceiling = infinity; })).empty());
}
