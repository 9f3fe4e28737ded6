#include <ballast/trigger/regime_band.hpp>

#include <ballast/any.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given_regimes.hpp>
#include <ballast/risk/hamilton.hpp>
#include <ballast/risk/threshold_regimes.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/never.hpp>

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
using ballast::trigger::regime_band;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<regime_band> && trigger_policy<regime_band> && banded_trigger<regime_band>);
static_assert(std::is_same_v<memory_of<regime_band>, no_memory>);
static_assert(detail::need_of<regime_band>() == risk_need::regimes);
static_assert(detail::need_of<trigger::any_of<trigger::never, regime_band>>() == risk_need::regimes);
static_assert(noexcept(regime_band{}.check(look{})) && noexcept(regime_band{}.region(look{}, box{})) && noexcept(regime_band{}.validate()));
static_assert(detail::check_trigger<regime_band>());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
regime_band two() { return {.width = {0.02, 0.08}}; }
}  // namespace

TEST_CASE("regime_band: the widths of the regimes, mixed by how likely each is") {
    const test_look base{{0.55, 0.45}, {0.5, 0.5}};
    const auto threshold = [&](double turbulent) {
        test_look l = base;
        return two().check(l.regimes(2, {1.0 - turbulent, turbulent})).threshold;
    };
    CHECK(threshold(0.0) == 0.02);
    CHECK(threshold(1.0) == 0.08);
    CHECK(threshold(0.5) == Approx(0.05).epsilon(1e-15));
    CHECK(threshold(0.25) == Approx(0.035).epsilon(1e-15));

    test_look calm = base;
    const firing f = two().check(calm.regimes(2, {0.75, 0.25}));
    CHECK(f.fired);
    CHECK(f.asset == 0);
    CHECK(f.measure == Approx(0.05));
    CHECK(f.unit == measure_unit::weight);
    CHECK(std::string{f.trigger} == "regime_band");
    test_look wild = base;
    CHECK_FALSE(two().check(wild.regimes(2, {0.25, 0.75})).fired);
    const auto box = ballast_test::region(two(), wild);
    CHECK(box.upper[0] == Approx(0.5 + 0.065));
    CHECK(box.lower[1] == Approx(0.5 - 0.065));
    // Of any number of regimes; a scale for each asset.
    test_look three = base;
    const regime_band many{.width = {0.01, 0.02, 0.03}, .scale = {1.0, 10.0}};
    three.regimes(3, {0.2, 0.3, 0.5});
    CHECK(many.check(three).threshold == Approx(0.023).epsilon(1e-14));
    CHECK(ballast_test::region(many, three).upper[1] == Approx(0.5 + 0.23));
}

TEST_CASE("regime_band: each asset by its own regime, where the estimator tells one for each") {
    test_look l{{0.55, 0.45}, {0.5, 0.5}};
    l.regimes(2, {0.0, 1.0, 1.0, 0.0});
    const firing f = two().check(l);
    CHECK(f.fired);
    CHECK(f.asset == 1);
    CHECK(f.threshold == 0.02);
    CHECK(ballast_test::region(two(), l).upper[0] == Approx(0.58));
    CHECK(ballast_test::region(two(), l).upper[1] == Approx(0.52));
}

TEST_CASE("regime_band: while the estimator is not ready all regimes are as likely") {
    test_look l{{0.54, 0.46}, {0.5, 0.5}};
    l.regimes(2, {not_a_number, not_a_number}, false);
    CHECK(two().check(l).threshold == Approx(0.05).epsilon(1e-15));
    CHECK_FALSE(two().check(l).fired);
    CHECK_FALSE(two().check(l).problem);
    CHECK(ballast_test::region(two(), l).upper[0] == Approx(0.55));
}

TEST_CASE("regime_band: an estimator that is not there or tells something else is a problem, not a width") {
    const auto problem = [](const regime_band& b, const test_look& l) {
        const firing f = b.check(l);
        CHECK_FALSE(f.fired);
        CHECK(ballast_test::region(b, l).upper[0] == infinity);
        return f.problem;
    };
    const test_look none{{0.6}, {0.5}};
    CHECK(problem(two(), none).code == fault_code::risk_not_ready);
    test_look l = none;
    l.regimes(0, {}, false);
    CHECK(problem(two(), l).code == fault_code::risk_not_ready);  // an estimator of volatility alone
    l.regimes(3, {0.5, 0.25, 0.25});
    regime_band second = two();
    second.estimator = 1;
    CHECK(problem(second, l).code == fault_code::size_mismatch);
    CHECK(problem(second, l).value == 3.0);
    second.estimator = 2;
    CHECK(problem(second, l).code == fault_code::risk_not_ready);
    CHECK(problem(second, l).value == 2.0);
    for (const std::vector<double>& bad : {std::vector<double>{1.5, -0.5}, {0.5, not_a_number}, {infinity, 0.0}, {0.5, 0.4}, {0.0, 0.0}}) {
        test_look wrong = none;
        wrong.regimes(2, bad);
        CHECK(problem(two(), wrong).code == fault_code::bad_regime);
    }
    test_look sizes = none;
    sizes.regimes(2, {1.0, 0.0, 1.0});
    CHECK(problem(two(), sizes).code == fault_code::size_mismatch);
    test_look empty{std::vector<double>{}, std::vector<double>{}};
    CHECK_FALSE(two().check(empty.regimes(2, {})).problem);
    CHECK_FALSE(two().check(empty).fired);
}

TEST_CASE("regime_band: random looks, against a plain formula and the region") {
    std::mt19937_64 rng{31};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int fired = 0, quiet = 0;
    for (const std::size_t n : ballast_test::look_sizes)
        for (int round = 0; round < 100; ++round) {
            test_look l = ballast_test::random_look(rng, n);
            const std::size_t k = 1 + rng() % 4;
            const bool each = round % 2 == 0;
            std::vector<double> width(k), scale(n), chances;
            for (double& w : width) w = 0.15 * unit(rng);
            for (double& s : scale) s = 0.5 + unit(rng);
            for (std::size_t i = 0; i < (each ? n : 1); ++i) {
                std::vector<double> p(k);
                double sum = 0.0;
                for (double& x : p) sum += x = unit(rng);
                for (const double x : p) chances.push_back(x / sum);
            }
            l.regimes(k, chances);
            const regime_band b{.width = width, .scale = scale};
            REQUIRE_FALSE(b.validate());
            REQUIRE(b.covers(n));
            const auto box = ballast_test::region(b, l);
            double most = -infinity;
            bool same = true;
            for (std::size_t i = 0; i < n; ++i) {
                double w = 0.0;
                for (std::size_t r = 0; r < k; ++r) w += scale[i] * width[r] * chances[(each ? i * k : 0) + r];
                most = std::fmax(most, std::fabs(l.weight[i] - l.target[i]) - w);
                same = same && std::fabs(box.upper[i] - (l.target[i] + w)) < 1e-13 && std::fabs(box.lower[i] - (l.target[i] - w)) < 1e-13;
            }
            const firing f = b.check(l);
            REQUIRE_FALSE(f.problem);
            REQUIRE(same);
            REQUIRE((n == 0 || std::fabs(f.margin() - most) < 1e-13));
            REQUIRE((std::fabs(most) < 1e-12 || f.fired == (n > 0 && most > 0.0)));
            (f.fired ? fired : quiet) += 1;
        }
    CHECK(fired > 100);
    CHECK(quiet > 100);
}

TEST_CASE("regime_band: in a rebalancer, with every model of regimes, and the same erased") {
    const std::vector<double> quantity{1.0, 1.0}, target{0.5, 0.5};
    std::vector<double> price{100.0, 100.0};
    risk::hamilton filter{.calm_volatility = 0.1, .turbulent_volatility = 0.8, .warm_up = 3};
    filter.calm_lasts = days(100);
    filter.turbulent_lasts = days(10);
    filter.market = 1;
    const risk::threshold_regimes by_threshold{risk::ewma{.half_life = days(3), .warm_up = 3}, 0.5, 0.3};
    const risk::given_regimes by_host{};
    regime_band b[3] = {two(), two(), two()};
    for (std::size_t e = 0; e < 3; ++e) b[e].estimator = e;
    const auto exact = [&](const regime_band& of) {
        return rebalancer{of, cost::zero{}, solver::to_band{}, filter, by_threshold, by_host};
    };
    const auto erased = [&](const regime_band& of) {
        return any_rebalancer{of, cost::zero{}, solver::to_band{}, {}, {}, {filter, by_threshold, by_host}};
    };
    keeper k0{exact(b[0]), {.assets = 2}}, k1{exact(b[1]), {.assets = 2}}, k2{exact(b[2]), {.assets = 2}};
    keeper a0{erased(b[0]), {.assets = 2}}, a1{erased(b[1]), {.assets = 2}}, a2{erased(b[2]), {.assets = 2}};
    double largest[3] = {}, smallest[3] = {1.0, 1.0, 1.0};
    for (int t = 0; t < 80; ++t) {
        const double size = t < 40 ? 0.003 : 0.05;
        price[0] *= t % 2 == 0 ? 1.0 + size : 1.0 / (1.0 + size);
        price[1] *= t % 3 == 0 ? 1.0 + size : 1.0 / (1.0 + 0.5 * size);
        const std::vector<double> chances{t < 40 ? 1.0 : 0.1, t < 40 ? 0.0 : 0.9};
        const market_view m{.now = timestamp{} + days(t), .price = price, .regime = chances};
        const auto both = [&](auto& k, auto& a, std::size_t e) {
            REQUIRE_FALSE(k.observe(m));
            REQUIRE_FALSE(a.observe(m));
            const decision& d = k.propose({.quantity = quantity}, target);
            const decision& f = a.propose({.quantity = quantity}, target);
            REQUIRE_FALSE(d.problem);
            REQUIRE(d.outcome == f.outcome);
            REQUIRE(d.firing.threshold == f.firing.threshold);
            REQUIRE(save(k.market()) == save(a.market()));
            if (t > 10) {
                largest[e] = std::fmax(largest[e], d.firing.threshold);
                smallest[e] = std::fmin(smallest[e], d.firing.threshold);
            }
        };
        both(k0, a0, 0);
        both(k1, a1, 1);
        both(k2, a2, 2);
    }
    for (std::size_t e = 0; e < 3; ++e) {
        CAPTURE(e);
        CHECK(smallest[e] < 0.023);
        CHECK(largest[e] > 0.07);
    }
}

TEST_CASE("regime_band: erased, a rebalancer without regimes is refused") {
    const auto check = [](const std::vector<any_estimator>& estimators) {
        return any_rebalancer::check(two(), cost::zero{}, solver::to_target{}, {}, {}, estimators);
    };
    CHECK(std::string{check({}).parameter} == "policy.needs");
    CHECK_THAT(check({risk::ewma{}}).range, StartsWith("a policy needs regimes"));
    CHECK_FALSE(check({risk::given_regimes{}}));
    CHECK_FALSE(check({risk::ewma{}, risk::threshold_regimes{any_estimator{risk::ewma{}}, 0.5}}));
}

TEST_CASE("regime_band: bad parameters are refused with parameter, value and range") {
    const auto refusal = [](const regime_band& b) {
        const configuration_fault f = b.validate();
        return f ? invalid_configuration{f}.what() : std::string{};
    };
    CHECK(refusal(two()).empty());
    CHECK(refusal({.width = {0.05}}).empty());
    CHECK(refusal({.width = {0.0, 0.05}, .scale = {0.0, 1.0}}).empty());
    CHECK_THAT(refusal({}), StartsWith("ballast: regime_band.width = 0: has to be given"));
    CHECK_THAT(refusal({.width = {0.05, -0.1}}), StartsWith("ballast: regime_band.width = -0.1"));
    CHECK_THAT(refusal({.width = {infinity, 0.1}}), StartsWith("ballast: regime_band.width = inf"));
    CHECK_THAT(refusal({.width = {not_a_number}}), StartsWith("ballast: regime_band.width = nan"));
    CHECK_THAT(refusal({.width = {0.1}, .scale = -1.0}), StartsWith("ballast: regime_band.scale = -1"));
    CHECK_THAT(refusal({.width = {0.1}, .scale = {1.0, infinity}}), StartsWith("ballast: regime_band.scale = inf"));
    CHECK_FALSE(regime_band{.width = {0.1}, .scale = {1.0, 2.0}}.covers(3));
}
