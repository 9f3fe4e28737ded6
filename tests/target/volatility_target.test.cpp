#include <ballast/target/volatility_target.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/targets.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace ballast;
using ballast::target::volatility_target;
using ballast_test::test_look;
using test::refusal;
using test::weights_of;

static_assert(std::is_aggregate_v<volatility_target> && target_policy<volatility_target> && detail::transforms<volatility_target>());
static_assert(detail::need_of<volatility_target>() == risk_need::volatility);

namespace {
test_look wanting(const std::vector<double>& target) { return {std::vector<double>(target.size(), 0.0), target}; }
/// The same look with one risk view.
look with(const test_look& l, std::vector<risk_view>& views, const risk_view& r) {
    views.assign(1, r);
    look v = l.look();
    v.risk = views;
    return v;
}
}  // namespace

TEST_CASE("volatility_target: one asset at volatility/σ, as far as the cap lets it") {
    for (const double sigma : {0.05, 0.1, 0.2, 0.8}) {
        test_look l = wanting({1.0});
        l.volatility({sigma});
        CHECK(weights_of(volatility_target{.volatility = 0.1}, l)[0] == Approx(std::min(1.0, 0.1 / sigma)).epsilon(1e-15));
        CHECK(weights_of(volatility_target{.volatility = 0.1, .leverage = 1.5}, l)[0] == Approx(std::min(1.5, 0.1 / sigma)).epsilon(1e-15));
    }
    test_look still = wanting({0.5, 0.0});
    still.volatility({0.0, 0.2});
    CHECK(weights_of(volatility_target{.volatility = 0.1}, still) == std::vector{1.0, 0.0});  // no risk: the cap
    test_look nothing = wanting({0.0, 0.0});
    nothing.volatility({0.1, 0.2});
    CHECK(weights_of(volatility_target{.volatility = 0.1}, nothing) == std::vector{0.0, 0.0});
    CHECK(weights_of(volatility_target{.volatility = 0.0}, wanting({1.0}).volatility({0.1})) == std::vector{0.0});
}

TEST_CASE("volatility_target: a diagonal view and a correlation") {
    const std::vector<double> t{0.6, 0.4}, sigma{0.3, 0.2};
    test_look l = wanting(t);
    l.volatility(sigma);
    for (const double rho : {0.0, 0.3, 1.0}) {
        const double v = std::sqrt(0.18 * 0.18 + 0.08 * 0.08 + 2.0 * rho * 0.18 * 0.08);
        const std::vector<double> w = weights_of(volatility_target{.volatility = 0.1, .leverage = 9.0, .correlation = rho}, l);
        CHECK(w[0] == Approx(0.6 * 0.1 / v).epsilon(1e-14));
        CHECK(w[1] == Approx(0.4 * 0.1 / v).epsilon(1e-14));
    }
    // The default is the worst case: also of a short position that might be no hedge.
    test_look s = wanting({0.6, -0.4});
    s.volatility(sigma);
    CHECK(weights_of(volatility_target{.volatility = 0.1, .leverage = 9.0}, s)[0] == Approx(0.6 * 0.1 / 0.26).epsilon(1e-14));
}

TEST_CASE("volatility_target: any layout reaches the wanted volatility, or the cap, on random covariances") {
    std::mt19937_64 random{41};
    std::normal_distribution<double> noise;
    std::vector<risk_view> views;
    for (int k = 0; k < 300; ++k) {
        const std::size_t n = 1 + random() % 12, f = 1 + random() % std::min<std::size_t>(n, 3);
        std::vector<double> specific(n), loadings(n * f), omega(f * f, 0.0), t(n), diagonal(n), sigma(n * n, 0.0);
        for (double& s : specific) s = 0.01 + 0.05 * std::fabs(noise(random));
        for (double& x : loadings) x = 1.0 + noise(random);
        for (std::size_t a = 0; a < f; ++a) omega[a * f + a] = 0.04;
        for (double& x : t) x = noise(random);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                if (i == j) sigma[i * n + j] = specific[i];
                for (std::size_t a = 0; a < f; ++a) sigma[i * n + j] += 0.04 * loadings[i * f + a] * loadings[j * f + a];
                if (i == j) diagonal[i] = sigma[i * n + j];
            }
        const test_look l = wanting(t);
        const volatility_target p{.volatility = 0.15, .leverage = 1.2};
        const std::vector<double> by_factors = weights_of(
            p,
            with(l, views,
                 {.layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega}));
        const std::vector<double> w =
            weights_of(p, with(l, views, {.layout = risk_layout::dense, .ready = true, .specific = diagonal, .dense = sigma}));
        double variance = 0.0, gross = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(w[i] == Approx(by_factors[i]).epsilon(1e-10).margin(1e-13));
            gross += std::fabs(w[i]);
            for (std::size_t j = 0; j < n; ++j) variance += w[i] * w[j] * sigma[i * n + j];
        }
        CHECK(gross <= 1.2 * (1.0 + 1e-14));
        CHECK(std::sqrt(variance) <= 0.15 * (1.0 + 1e-11));
        CHECK((gross >= 1.2 * (1.0 - 1e-14) || std::sqrt(variance) >= 0.15 * (1.0 - 1e-11)));
    }
}

TEST_CASE("volatility_target: what is left over is cash, or the safe asset's") {
    test_look l = wanting({0.7, 0.2, 0.1});
    l.volatility({0.4, 0.05, 0.4});
    const std::vector<double> w = weights_of(volatility_target{.volatility = 0.1, .safe = 1}, l);
    CHECK(w[0] == Approx(0.7 / 0.8 * 0.25));
    CHECK(w[2] == Approx(0.1 / 0.8 * 0.25));
    CHECK(w[1] == Approx(0.75));
    CHECK(volatility_target{.volatility = 0.1, .safe = 1}.covers(2));
    CHECK_FALSE(volatility_target{.volatility = 0.1, .safe = 1}.covers(1));
    CHECK(volatility_target{}.covers(0));
}

TEST_CASE("volatility_target: what is wrong is told") {
    const volatility_target p{.volatility = 0.1};
    test_look l = wanting({0.5, 0.5});
    CHECK(test::fault_of(p, l).code == fault_code::risk_not_ready);
    l.volatility({0.1, 0.1}, false);
    CHECK(test::fault_of(p, l).code == fault_code::risk_not_ready);
    std::vector<risk_view> views;
    const std::vector<double> variance{0.01, 0.01}, broken{0.01, -0.05, -0.05, 0.01};
    const look v = with(l, views, {.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = broken});
    CHECK(test::fault_of(p, v).code == fault_code::bad_risk);
    test_look bad = wanting({0.5, std::numeric_limits<double>::infinity()});
    bad.volatility({0.1, 0.1});
    CHECK(std::isinf(weights_of(p, bad)[1]));
    target_scratch none;
    std::vector<double> out(2);
    CHECK(p.weights(bad, none, out).code == fault_code::not_prepared);
}

TEST_CASE("volatility_target: a call from prices to orders") {
    keeper k{
        rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, volatility_target{.volatility = 0.1}, risk::given{}},
        {.assets = 1}};
    const std::vector<double> price{1.0}, quantity{0.0}, target{1.0};
    for (const auto& [sigma, expected] : {std::pair{0.4, 0.25}, std::pair{0.05, 1.0}}) {
        const std::vector<double> volatility{sigma};
        REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price, .volatility = volatility}));
        CHECK(k.propose({.cash = 100.0, .quantity = quantity}, target).weight_after()[0] == Approx(expected));
    }
}

TEST_CASE("volatility_target: bad parameters are refused with parameter, value and range") {
    CHECK_THAT(refusal(volatility_target{}), EndsWith("has to be given: a finite volatility per year at or above 0"));
    CHECK(refusal(volatility_target{.volatility = 0.1}).empty());
    CHECK(refusal(volatility_target{.volatility = 0.1, .leverage = 0.0}) ==
          "ballast: volatility_target.leverage = 0: must be a finite number above 0");
    CHECK(refusal(volatility_target{.volatility = 0.1, .correlation = -0.5}) ==
          "ballast: volatility_target.correlation = -0.5: must be a correlation between 0 and 1");
}
