#include <ballast/trigger/predictive_band.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/garch.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>

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
using ballast::trigger::predictive_band;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<predictive_band> && trigger_policy<predictive_band> && banded_trigger<predictive_band>);
static_assert(std::is_same_v<memory_of<predictive_band>, no_memory>);
static_assert(detail::need_of<predictive_band>() == risk_need::volatility);
static_assert(noexcept(predictive_band{}.check(look{})) && noexcept(predictive_band{}.region(look{}, box{})) && noexcept(
    predictive_band{}.widths_at(0, 0.5, 0.1)) && noexcept(predictive_band{}.validate()));
static_assert(detail::check_trigger<predictive_band>());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
predictive_band of(double deviations, duration horizon = days(30)) { return {.deviations = deviations, .horizon = horizon}; }
double odds(double w) { return std::log(w / (1.0 - w)); }
double weight_at(double odds) { return 1.0 / (1.0 + std::exp(-odds)); }
}  // namespace

// Half in one asset of 80 % a year, half in cash: over a year and one standard deviation the log-odds go from 0 to ±0.8, the weight to
// 1/(1 + e^∓0.8) = 0.68997… and 0.31002…
TEST_CASE("predictive_band: one asset and cash by hand") {
    const predictive_band year = of(1.0, hours(8766));
    const test_look l = test_look{{0.68}, {0.5}}.volatility({0.8});
    CHECK(year.check(l).threshold == Approx(0.18997448112761).epsilon(1e-12));
    CHECK_FALSE(year.check(l).fired);
    CHECK(year.check(test_look{{0.7}, {0.5}}.volatility({0.8})).fired);
    CHECK(year.check(test_look{{0.3}, {0.5}}.volatility({0.8})).threshold == Approx(0.18997448112761).epsilon(1e-12));
    CHECK(year.check(l).unit == measure_unit::weight);
    CHECK(std::string{year.check(l).trigger} == "predictive_band");
    // Not in the middle the sides differ.
    const auto w = year.widths_at(0, 0.2, 0.64);
    CHECK(w.above == Approx(weight_at(odds(0.2) + 0.8) - 0.2).epsilon(1e-13));
    CHECK(w.below == Approx(0.2 - weight_at(odds(0.2) - 0.8)).epsilon(1e-13));
    CHECK(w.above > w.below);
    // Narrow: target·(1 − target)·zσ√h; four times the time is twice the width.
    const auto narrow = of(0.5, seconds(1)).widths_at(0, 0.3, 0.04);
    CHECK(narrow.above == Approx(0.21 * 0.5 * 0.2 * std::sqrt(seconds(1).years())).epsilon(1e-4));
    CHECK(of(0.5, seconds(4)).widths_at(0, 0.3, 0.04).below == Approx(2.0 * narrow.below).epsilon(1e-4));
}

// What it promises: had the weight been at its target a horizon ago, it is inside with the chance of z deviations.
TEST_CASE("predictive_band: a simulated book of two assets stays inside as often as z deviations say") {
    std::mt19937_64 rng{41};
    std::normal_distribution<double> noise{0.0, 1.0};
    const double sigma[] = {0.6, 0.3}, correlation = 0.4, target = 0.35, years = days(60).years();
    const std::vector<double> variance{0.36, 0.09}, dense{0.36, 0.072, 0.072, 0.09};
    test_look l{{target, 1.0 - target}, {target, 1.0 - target}};
    l.risk = {{.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = dense}};
    l.refresh();
    for (const double z : {0.7, 1.0, 2.0}) {
        const auto box = ballast_test::region(of(z, days(60)), l);
        const int paths = 100'000;
        int inside = 0;
        for (int p = 0; p < paths; ++p) {
            const double a = noise(rng), b = correlation * a + std::sqrt(1.0 - correlation * correlation) * noise(rng);
            // Without drift of the log-odds, as the formula has it.
            const double first = target * std::exp(sigma[0] * std::sqrt(years) * a);
            const double second = (1.0 - target) * std::exp(sigma[1] * std::sqrt(years) * b);
            const double w = first / (first + second);
            inside += w > box.lower[0] && w < box.upper[0] ? 1 : 0;
        }
        const double share = static_cast<double>(inside) / paths, expected = std::erf(z * std::sqrt(0.5));
        CAPTURE(z, share, expected);
        CHECK(std::fabs(share - expected) < 4.0 * std::sqrt(expected * (1.0 - expected) / paths));
    }
}

TEST_CASE("predictive_band: floor and ceiling, and what does not move") {
    const predictive_band b{.deviations = 1.0, .horizon = days(30), .floor = 0.01, .ceiling = 0.05};
    CHECK(b.widths_at(0, 0.5, 0.0).above == 0.01);
    CHECK(b.widths_at(0, 0.5, 100.0).above == 0.05);
    CHECK(b.widths_at(0, 0.5, 100.0).below == 0.05);
    CHECK(b.widths_at(0, 0.0, 1.0).above == 0.01);
    CHECK(b.widths_at(0, 1.0, 1.0).below == 0.01);
    CHECK(of(1.0).widths_at(0, 0.0, 1e300).above == 0.0);
    CHECK(of(1.0).widths_at(0, 1.0, 1e300).above == 0.0);
    // At an endless volatility everything between nothing and all is to be expected.
    for (const double t : {1e-12, 0.3, 0.999}) {
        CHECK(of(1.0).widths_at(0, t, 1e300).above == Approx(1.0 - t));
        CHECK(of(1.0).widths_at(0, t, 1e300).below == Approx(t));
    }
    const predictive_band each{.deviations = {1.0, 2.0}, .horizon = days(30), .floor = {0.0, 0.2}, .ceiling = {0.001, infinity}};
    CHECK(each.widths_at(0, 0.5, 0.04).above == 0.001);
    CHECK(each.widths_at(1, 0.5, 0.04).above == 0.2);
}

// The same law for a short position, and for one on borrowed cash: the asset is multiplied by e^±x, the cash stays.
TEST_CASE("predictive_band: short and leveraged targets") {
    const predictive_band open{.deviations = 1.0, .horizon = days(30), .ceiling = infinity};
    for (const double t : {-0.4, -0.05, 0.05, 0.6, 1.2, 2.0})
        for (const double s : {0.05, 0.4, 1.0}) {
            const double x = s * std::sqrt(days(30).years());
            const double up = t * std::exp(x) / (1.0 - t + t * std::exp(x)), down = t * std::exp(-x) / (1.0 - t + t * std::exp(-x));
            const auto w = open.widths_at(0, t, s * s);
            CAPTURE(t, s);
            CHECK(w.above == Approx(std::fmax(up, down) - t).epsilon(1e-11));
            CHECK(w.below == Approx(t - std::fmin(up, down)).epsilon(1e-11));
        }
    // Short 100 %: the price may rise by a half at most before all is lost, as 2·e^0.7 > 2: no weight is too low then.
    CHECK(of(1.0, hours(8766)).widths_at(0, -1.0, 0.49).below == 1.0);  // the ceiling
    predictive_band no_ceiling = of(1.0, hours(8766));
    no_ceiling.ceiling = infinity;
    CHECK(no_ceiling.widths_at(0, -1.0, 0.49).below == infinity);
    CHECK(no_ceiling.widths_at(0, -1.0, 0.49).above == Approx(1.0 - std::exp(-0.7) / (2.0 - std::exp(-0.7))).epsilon(1e-12));
    CHECK(no_ceiling.widths_at(0, 3.0, 0.49).above == infinity);
    CHECK(no_ceiling.widths_at(0, 3.0, 1e300).below == Approx(2.0));
}

TEST_CASE("predictive_band: while the estimator is not ready the width is the ceiling; without one it is a problem") {
    predictive_band b = of(1.0);
    b.ceiling = 0.1;
    const test_look early = test_look{{0.59}, {0.5}}.volatility({not_a_number}, false);
    CHECK_FALSE(b.check(early).fired);
    CHECK_FALSE(b.check(early).problem);
    CHECK(b.check(early).threshold == 0.1);
    CHECK(b.check(test_look{{0.61}, {0.5}}.volatility({0.01}, false)).fired);
    CHECK(ballast_test::region(b, early).upper[0] == Approx(0.6));
    const auto problem = [&](const test_look& l) {
        CHECK_FALSE(b.check(l).fired);
        CHECK(ballast_test::region(b, l).upper[0] == infinity);
        return b.check(l).problem;
    };
    CHECK(problem(test_look{{0.9}, {0.5}}).code == fault_code::risk_not_ready);
    CHECK(problem(test_look{{0.9, 0.1}, {0.5, 0.5}}.volatility({0.2, not_a_number})).index == 1);
    CHECK(problem(test_look{{0.9, 0.1}, {0.5, 0.5}}.volatility({0.2, infinity})).code == fault_code::bad_risk);
    CHECK(problem(test_look{{0.9, 0.1}, {0.5, 0.5}}.volatility({0.2})).code == fault_code::size_mismatch);
    const std::vector<double> variance{0.04, 0.04}, dense{0.04, not_a_number, 0.01, 0.04};
    test_look d{{0.9, 0.1}, {0.5, 0.5}};
    d.risk = {{.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = dense}};
    d.refresh();
    CHECK(problem(d).code == fault_code::bad_risk);
    const test_look empty = test_look{std::vector<double>{}, std::vector<double>{}}.volatility({});
    CHECK_FALSE(b.check(empty).fired);
    CHECK_FALSE(b.check(empty).problem);
}

TEST_CASE("predictive_band: random looks, against a plain formula and the region") {
    std::mt19937_64 rng{42};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int fired = 0, quiet = 0;
    for (const std::size_t n : ballast_test::look_sizes)
        for (int round = 0; round < 100; ++round) {
            test_look l = ballast_test::random_look(rng, n);
            std::vector<double> sigma(n), z(n), floor(n), ceiling(n);
            for (std::size_t i = 0; i < n; ++i) {
                sigma[i] = unit(rng);
                z[i] = 0.1 + 3.0 * unit(rng);
                floor[i] = 0.02 * unit(rng);
                ceiling[i] = floor[i] + 0.2 * unit(rng);
            }
            l.volatility(sigma);
            const predictive_band b{
                .deviations = z, .horizon = days(1 + static_cast<std::int64_t>(90.0 * unit(rng))), .floor = floor, .ceiling = ceiling};
            REQUIRE_FALSE(b.validate());
            REQUIRE(b.covers(n));
            const auto box = ballast_test::region(b, l);
            double most = -infinity;
            bool same = true;
            for (std::size_t i = 0; i < n; ++i) {
                const double t = l.target[i];
                double variance = sigma[i] * sigma[i];
                for (std::size_t j = 0; j < n; ++j)
                    if (j != i) variance += std::pow(l.target[j] / (1.0 - t) * sigma[j], 2.0);
                const double x = z[i] * std::sqrt(variance * b.horizon.years());
                const auto edge = [&](double e) {
                    const double rest = 1.0 - t + t * e;
                    return rest > 0.0 ? t * e / rest : std::copysign(infinity, t);
                };
                const auto kept = [&](double w) { return std::fmin(std::fmax(w, floor[i]), ceiling[i]); };
                const double high = kept(std::fmax(edge(std::exp(x)), edge(std::exp(-x))) - t),
                             low = kept(t - std::fmin(edge(std::exp(x)), edge(std::exp(-x))));
                most = std::fmax(most, std::fmax(l.drift[i] - high, -l.drift[i] - low));
                same = same && std::fabs(box.upper[i] - (t + high)) < 1e-12 && std::fabs(box.lower[i] - (t - low)) < 1e-12;
            }
            const firing f = b.check(l);
            REQUIRE_FALSE(f.problem);
            CHECK(same);
            if (std::fabs(most) > 1e-12) CHECK(f.fired == (n > 0 && most > 0.0));
            (f.fired ? fired : quiet) += 1;
        }
    CHECK(fired > 100);
    CHECK(quiet > 100);
}

// GARCH expects the variance to fall back: its forecast over a month is below that over a day, and so are the widths beside √time.
TEST_CASE("predictive_band: the forecast of an estimator over the horizon") {
    const auto width_after_a_crash = [](duration horizon) {
        const risk::garch garch{.omega = 2e-6, .alpha = 0.1, .beta = 0.85, .horizon = horizon, .warm_up = 1};
        predictive_band b = of(1.0, horizon);
        keeper k{rebalancer{b, cost::zero{}, solver::to_target{}, garch}, {.assets = 1}};
        const std::vector<double> quantity{1.0}, target{0.5};
        double p = 100.0;
        for (int t = 0; t < 30; ++t) {
            p *= t == 29 ? 0.9 : t % 2 == 0 ? 1.005 : 1.0 / 1.005;
            REQUIRE_FALSE(k.observe({.now = timestamp{} + days(t), .price = {&p, 1}}));
        }
        return k.propose({.cash = p, .quantity = quantity}, target).firing.threshold;
    };
    // h after the crash, by the recursion: the forecast is h̄ + (h − h̄)(1 − 0.95^m)/(0.05 m) per day.
    double h = 2e-6 / 0.05;
    for (int t = 1; t < 30; ++t) {
        const double r = t == 29 ? std::log(0.9) : std::log(1.005) * (t % 2 == 0 ? 1.0 : -1.0);
        h = 2e-6 + 0.1 * r * r + 0.85 * h;
    }
    for (const int m : {1, 5, 30, 120}) {
        const double mean = 4e-5 + (h - 4e-5) * (1.0 - std::pow(0.95, m)) / (0.05 * m);
        CHECK(width_after_a_crash(days(m)) == Approx(weight_at(std::sqrt(mean * m)) - 0.5).epsilon(1e-10));
    }
    CHECK(width_after_a_crash(days(120)) < 0.6 * std::sqrt(120.0) * width_after_a_crash(days(1)));
}

TEST_CASE("predictive_band: to_band stops at the edge, and the next call is quiet") {
    std::mt19937_64 rng{43};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int traded = 0;
    for (int round = 0; round < 60; ++round) {
        const std::size_t n = 1 + rng() % 6;
        std::vector<double> price(n), quantity(n), target(n), volatility(n);
        for (std::size_t i = 0; i < n; ++i) {
            price[i] = 10.0 + 90.0 * unit(rng);
            target[i] = 0.9 / static_cast<double>(n);
            quantity[i] = 1000.0 * target[i] * (0.8 + 0.4 * unit(rng)) / price[i];
            volatility[i] = 0.1 + 0.5 * unit(rng);
        }
        keeper k{rebalancer{of(0.5, days(20)), cost::zero{}, solver::to_band{}, risk::given{}}, {.assets = n}};
        REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price, .volatility = volatility}));
        holdings h{.cash = 1000.0, .quantity = quantity};
        for (std::size_t i = 0; i < n; ++i) h.cash -= quantity[i] * price[i];
        const decision& d = k.propose(h.view(), target);
        REQUIRE_FALSE(d.problem);
        if (d.orders.empty()) continue;
        ++traded;
        REQUIRE_FALSE(apply(h, d));
        CHECK(k.propose(h.view(), target).orders.empty());
        CHECK_FALSE(k.last_decision().firing.fired);
    }
    CHECK(traded > 20);
}

TEST_CASE("predictive_band: bad parameters are refused with parameter, value and range") {
    const auto refusal = [](const predictive_band& b) {
        const configuration_fault f = b.validate();
        return f ? invalid_configuration{f}.what() : std::string{};
    };
    CHECK(refusal(of(1.0)).empty());
    CHECK(refusal({.deviations = 1.0, .ceiling = infinity}).empty());
    CHECK_THAT(refusal({}), StartsWith("ballast: predictive_band.deviations = 0: has to be given"));
    CHECK_THAT(refusal(of(0.0)), StartsWith("ballast: predictive_band.deviations = 0: must be"));
    CHECK_THAT(refusal(of(infinity)), StartsWith("ballast: predictive_band.deviations = inf"));
    CHECK_THAT(refusal(of(1.0, {})), StartsWith("ballast: predictive_band.horizon = 0"));
    CHECK_THAT(refusal({.deviations = 1.0, .floor = -0.1}), StartsWith("ballast: predictive_band.floor = -0.1"));
    CHECK_THAT(refusal({.deviations = 1.0, .ceiling = not_a_number}), StartsWith("ballast: predictive_band.ceiling = nan"));
    CHECK_THAT(refusal({.deviations = 1.0, .ceiling = per_asset{}}), StartsWith("ballast: predictive_band.ceiling = 0: has to be given"));
    CHECK_THAT(refusal({.deviations = 1.0, .floor = {0.1, 0.3}, .ceiling = 0.2}), StartsWith("ballast: predictive_band.floor = 0.3"));
    CHECK_FALSE(predictive_band{.deviations = {1.0, 2.0}}.covers(3));
}
