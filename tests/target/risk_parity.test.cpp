#include <ballast/target/risk_parity.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/same_bits.hpp"
#include "support/targets.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace ballast;
using ballast::target::risk_parity;
using ballast_test::test_look;
using test::refusal;

static_assert(std::is_aggregate_v<risk_parity> && target_policy<risk_parity>);
static_assert(!detail::transforms<risk_parity>() && detail::need_of<risk_parity>() == risk_need::volatility);

namespace {
using matrix = std::vector<double>;

/// A look of n assets that knows one risk view.
struct risky {
    test_look base;
    look view{};
    std::vector<risk_view> views{};
    std::vector<double> diagonal{};

    risky(std::size_t n, const risk_view& r) : base{std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)}, views{r} {
        view = base.look();
        view.risk = views;
    }
    /// Of a dense Σ, which has to outlive it.
    risky(std::size_t n, const matrix& sigma) : risky(n, risk_view{.layout = risk_layout::dense, .ready = true}) {
        for (std::size_t i = 0; i < n; ++i) diagonal.push_back(sigma[i * n + i]);
        views[0].dense = sigma;
        views[0].specific = diagonal;
    }
    risky(const risky&) = delete;
    risky& operator=(const risky&) = delete;
    ~risky() = default;
    operator const look&() const { return view; }
};

/// The largest |wᵢ(Σw)ᵢ/(wᵀΣw) − bᵢ|/bᵢ, in extended precision.
double off(const matrix& sigma, const std::vector<double>& w, std::vector<double> budget = {}) {
    const std::size_t n = w.size();
    if (budget.empty()) budget.assign(n, 1.0);
    long double all = 0, budgets = 0;
    std::vector<long double> each(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j)
            each[i] += static_cast<long double>(w[i]) * static_cast<long double>(sigma[i * n + j]) * static_cast<long double>(w[j]);
        all += each[i];
        budgets += static_cast<long double>(budget[i]);
    }
    long double worst = 0;
    for (std::size_t i = 0; i < n; ++i)
        if (budget[i] > 0.0) {
            const long double b = static_cast<long double>(budget[i]) / budgets;
            worst = std::max(worst, std::fabs(each[i] / all - b) / b);
        }
    return static_cast<double>(worst);
}

matrix from_correlations(const std::vector<double>& vol, const test::json& corr) {
    matrix sigma;
    for (std::size_t i = 0; i < vol.size(); ++i)
        for (std::size_t j = 0; j < vol.size(); ++j) sigma.push_back(vol[i] * vol[j] * corr[i][j].number());
    return sigma;
}

/// A A^T / m, with a little of the identity.
matrix random_covariance(std::mt19937_64& random, std::size_t n, std::size_t m, double common, double own) {
    std::normal_distribution<double> noise;
    std::vector<double> a(n * m), scale(n);
    for (double& s : scale) s = 0.05 + 0.5 * std::fabs(noise(random));
    for (std::size_t k = 0; k < m; ++k) {
        const double market = noise(random);
        for (std::size_t i = 0; i < n; ++i) a[i * m + k] = scale[i] * (common * market + noise(random));
    }
    matrix sigma(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j <= i; ++j) {
            double s = 0.0;
            for (std::size_t k = 0; k < m; ++k) s += a[i * m + k] * a[j * m + k];
            sigma[i * n + j] = sigma[j * n + i] = s / static_cast<double>(m) + (i == j ? own * scale[i] * scale[i] : 0.0);
        }
    return sigma;
}
double sum(const std::vector<double>& w) {
    double s = 0.0;
    for (const double x : w) s += x;
    return s;
}
}  // namespace

TEST_CASE("risk_parity: the published weights (erc_reference.json)") {
    const test::json all = test::reference("erc_reference.json");
    for (const char* name : {"const_corr_0.5", "block_corr"}) {
        const test::json& c = all[name];
        const std::vector<double> vol = c["vol"].numbers(), expected = c["erc"].numbers();
        const matrix sigma = from_correlations(vol, c["corr"]);
        const risky l{vol.size(), sigma};
        const std::vector<double> w = test::weights_of(risk_parity{}, l);
        double variance = 0.0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            CHECK(w[i] == Approx(expected[i]).epsilon(1e-10));
            double pull = 0.0;
            for (std::size_t j = 0; j < expected.size(); ++j) pull += sigma[i * vol.size() + j] * w[j];
            variance += w[i] * pull;
        }
        if (!expected.empty()) CHECK(std::sqrt(variance) == Approx(c["erc_vol"].number()).epsilon(1e-10));
    }
    if (const std::vector<double> expected = all["two_asset_20_5_vol"]["erc"].numbers(); !expected.empty())
        for (const double rho : {-0.9, 0.0, 0.3, 0.99}) {
            const matrix sigma{0.04, rho * 0.01, rho * 0.01, 0.0025};
            const std::vector<double> w = test::weights_of(risk_parity{}, risky{2, sigma});
            CHECK(w[0] == Approx(expected[0]).epsilon(1e-10));
            CHECK(w[1] == Approx(expected[1]).epsilon(1e-10));
        }
    const test::json& c = all["three_asset_budgets_50_30_20"];
    if (const std::vector<double> expected = c["weights"].numbers(), budget = c["budgets"].numbers(); !expected.empty()) {
        matrix sigma;
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t j = 0; j < 3; ++j) sigma.push_back(c["cov"][i][j].number());
        const std::vector<double> w = test::weights_of(risk_parity{.budget = per_asset{budget}}, risky{3, sigma});
        for (std::size_t i = 0; i < 3; ++i) CHECK(w[i] == Approx(expected[i]).epsilon(1e-10));
    }
}

TEST_CASE("risk_parity: two assets in closed form, equal correlations and a diagonal") {
    // Two assets: w ∝ 1/σ whatever the correlation; any number with one correlation: the same.
    for (const double rho : {-0.999, -0.5, 0.0, 0.5, 0.999}) {
        const matrix sigma{0.09, rho * 0.03, rho * 0.03, 0.01};
        const std::vector<double> w = test::weights_of(risk_parity{}, risky{2, sigma});
        CHECK(w[0] == Approx(0.25).epsilon(1e-12));
        CHECK(w[1] == Approx(0.75).epsilon(1e-12));
    }
    for (const std::size_t n : {1u, 2u, 5u, 40u})
        for (const double rho : {0.0, 0.3, 0.95}) {
            matrix sigma;
            double all = 0.0;
            const auto vol = [](std::size_t i) { return 0.1 + 0.01 * static_cast<double>(i); };
            for (std::size_t i = 0; i < n; ++i) {
                all += 1.0 / vol(i);
                for (std::size_t j = 0; j < n; ++j) sigma.push_back(vol(i) * vol(j) * (i == j ? 1.0 : rho));
            }
            const std::vector<double> w = test::weights_of(risk_parity{}, risky{n, sigma});
            for (std::size_t i = 0; i < n; ++i) CHECK(w[i] == Approx(1.0 / vol(i) / all).epsilon(1e-12));
        }
    // Without correlations: w ∝ √b/σ.
    test_look l{{0.0, 0.0, 0.0}, {0.0, 0.0, 0.0}};
    l.volatility({0.1, 0.2, 0.4});
    const std::vector<double> w = test::weights_of(risk_parity{.budget = {0.25, 0.25, 0.5}, .cash = 0.2}, l);
    const double all = 0.5 / 0.1 + 0.5 / 0.2 + std::sqrt(0.5) / 0.4;
    CHECK(w[0] == Approx(0.8 * 0.5 / 0.1 / all).epsilon(1e-13));
    CHECK(w[1] == Approx(0.8 * 0.5 / 0.2 / all).epsilon(1e-13));
    CHECK(w[2] == Approx(0.8 * std::sqrt(0.5) / 0.4 / all).epsilon(1e-13));
}

TEST_CASE("risk_parity: contributions are right to 1e-12 on random covariances, equal or budgeted") {
    std::mt19937_64 random{11};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    double worst = 0.0;
    int cases = 0;
    for (const std::size_t n : {2u, 3u, 5u, 8u, 20u, 60u, 150u, 500u})
        for (int k = 0; k < (n < 50 ? 60 : n < 500 ? 6 : 2); ++k) {
            // From independent to a market that explains nearly all, from many observations to fewer than assets.
            const double common = k % 3 == 0 ? 0.0 : k % 3 == 1 ? 1.0 : 5.0;
            const std::size_t m = k % 2 == 0 ? 3 * n : n / 2 + 1;
            const matrix sigma = random_covariance(random, n, m, common, 0.05);
            std::vector<double> budget;
            if (k % 4 >= 2)
                for (std::size_t i = 0; i < n; ++i) budget.push_back(std::exp(4.0 * unit(random) - 2.0));
            risk_parity p;
            if (!budget.empty()) p.budget = per_asset{budget};
            const std::vector<double> w = test::weights_of(p, risky{n, sigma});
            CHECK(sum(w) == Approx(1.0).epsilon(1e-14));
            for (const double x : w) CHECK(x > 0.0);
            worst = std::max(worst, off(sigma, w, budget));
            ++cases;
        }
    CAPTURE(cases);
    CHECK(worst * 1e12 <= 1.0);
}

TEST_CASE("risk_parity: hedges, uneven scales and extreme budgets") {
    // Correlations of −0.9 in pairs, a thousandfold difference of volatilities.
    const std::size_t n = 10;
    matrix sigma(n * n, 0.0);
    const auto vol = [](std::size_t i) { return std::pow(10.0, -3.0 + static_cast<double>(i) / 3.0); };
    for (std::size_t i = 0; i < n; ++i) sigma[i * n + i] = vol(i) * vol(i);
    for (std::size_t i = 0; i < n; i += 2) sigma[i * n + i + 1] = sigma[(i + 1) * n + i] = -0.9 * vol(i) * vol(i + 1);
    CHECK(off(sigma, test::weights_of(risk_parity{}, risky{n, sigma})) <= 1e-12);
    std::vector<double> budget(n, 1.0);
    for (std::size_t i = 0; i < n; ++i) budget[i] = std::pow(10.0, static_cast<double>(i) - 5.0);
    CHECK(off(sigma, test::weights_of(risk_parity{.budget = per_asset{budget}}, risky{n, sigma}), budget) <= 1e-11);
    // A hedge that is nearly perfect: as near as Σx can be known.
    const matrix pair{0.04, -0.04 * (1.0 - 1e-6), -0.04 * (1.0 - 1e-6), 0.04};
    const std::vector<double> w = test::weights_of(risk_parity{.budget = {0.7, 0.3}}, risky{2, pair});
    CHECK(off(pair, w, {0.7, 0.3}) <= 1e-9);
}

TEST_CASE("risk_parity: all layouts give the weights of the same covariance") {
    std::mt19937_64 random{12};
    std::normal_distribution<double> noise;
    for (const std::size_t n : {3u, 12u, 50u})
        for (const std::size_t k : {1u, 3u}) {
            std::vector<double> specific(n), loadings(n * k), omega(k * k);
            for (double& s : specific) s = 0.01 + 0.05 * std::fabs(noise(random));
            for (double& f : loadings) f = 1.0 + 0.5 * noise(random);
            for (std::size_t a = 0; a < k; ++a)
                for (std::size_t b = 0; b < k; ++b) omega[a * k + b] = a == b ? 0.03 : 0.005;
            matrix sigma(n * n, 0.0);
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) {
                    if (i == j) sigma[i * n + j] = specific[i];
                    for (std::size_t a = 0; a < k; ++a)
                        for (std::size_t b = 0; b < k; ++b)
                            sigma[i * n + j] += loadings[i * k + a] * omega[a * k + b] * loadings[j * k + b];
                }
            const risky by_factors{
                n, {.layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega}};
            const std::vector<double> a = test::weights_of(risk_parity{}, by_factors);
            const std::vector<double> b = test::weights_of(risk_parity{}, risky{n, sigma});
            CHECK(off(sigma, a) <= 1e-12);
            for (std::size_t i = 0; i < n; ++i) CHECK(a[i] == Approx(b[i]).epsilon(1e-11));
        }
}

TEST_CASE("risk_parity: a budget of 0 leaves an asset out, and the sum of budgets does not matter") {
    std::mt19937_64 random{13};
    const matrix sigma = random_covariance(random, 4, 20, 1.0, 0.1);
    const std::vector<double> with = test::weights_of(risk_parity{.budget = {2.0, 0.0, 1.0, 1.0}}, risky{4, sigma});
    CHECK(with[1] == 0.0);
    matrix rest;
    for (const std::size_t i : {0u, 2u, 3u})
        for (const std::size_t j : {0u, 2u, 3u}) rest.push_back(sigma[i * 4 + j]);
    const std::vector<double> without = test::weights_of(risk_parity{.budget = {0.5, 0.25, 0.25}}, risky{3, rest});
    CHECK(with[0] == Approx(without[0]).epsilon(1e-12));
    CHECK(with[2] == Approx(without[1]).epsilon(1e-12));
    CHECK(with[3] == Approx(without[2]).epsilon(1e-12));
}

TEST_CASE("risk_parity: warm or cold, the same bits") {
    std::mt19937_64 random{14};
    const matrix first = random_covariance(random, 30, 40, 1.0, 0.1), second = random_covariance(random, 30, 40, 2.0, 0.1);
    const risky a{30, first}, b{30, second};
    const risk_parity p;
    target_scratch cold, warm;
    std::vector<double> x(30), y(30, 7.0);
    p.prepare(cold, {.assets = 30});
    p.prepare(warm, {.assets = 500});
    REQUIRE_FALSE(p.weights(a, cold, x));
    for (int k = 0; k < 3; ++k) {
        REQUIRE_FALSE(p.weights(b, warm, y));
        REQUIRE_FALSE(p.weights(a, warm, y));
        CHECK(test::same_bits(std::span<const double>{x}, std::span<const double>{y}));
    }
}

TEST_CASE("risk_parity: faults of the estimate and of the scratch") {
    const auto code = [](std::size_t n, const matrix& sigma, const risk_parity& p = {}) { return test::fault_of(p, risky{n, sigma}); };
    CHECK(code(2, {0.04, 0.01, 0.01, 0.0}).code == fault_code::bad_risk);
    CHECK(code(2, {0.04, 0.01, 0.01, 0.0}).index == 1);
    CHECK(code(2, {0.04, 0.0, 0.0, 0.0}, {.budget = {1.0, 0.0}}).code == fault_code::none);
    CHECK(code(2, {0.04, -0.04, -0.04, 0.04}).code == fault_code::bad_risk);  // they hedge each other completely
    CHECK(code(2, {0.04, -0.08, -0.08, 0.04}).code == fault_code::bad_risk);  // no covariance matrix
    const std::vector<double> variance{0.04, 0.01}, three{0.04, 0.0, 0.0};
    const auto of_size = [&](risk_view r) {
        r.ready = true;
        return test::fault_of(risk_parity{}, risky{2, r}).code;
    };
    CHECK(of_size({.layout = risk_layout::dense, .specific = variance, .dense = three}) == fault_code::size_mismatch);
    CHECK(of_size({.layout = risk_layout::factor, .specific = variance, .loadings = three, .factor_covariance = variance}) ==
          fault_code::size_mismatch);
    CHECK(of_size({.layout = risk_layout::factor, .specific = variance, .loadings = variance, .factor_covariance = variance}) ==
          fault_code::size_mismatch);
    CHECK(of_size({.layout = risk_layout::none}) == fault_code::risk_not_ready);
    test_look l{{0.0, 0.0}, {0.0, 0.0}};
    CHECK(test::fault_of(risk_parity{}, l).code == fault_code::risk_not_ready);
    l.volatility({0.1, 0.2}, false);
    CHECK(test::fault_of(risk_parity{}, l).code == fault_code::risk_not_ready);
    l.volatility({0.1, 0.2});
    target_scratch none;
    std::vector<double> out(2);
    CHECK(risk_parity{.estimator = 1}.weights(l, none, out).code == fault_code::not_prepared);
    CHECK(test::weights_of(risk_parity{}, test_look{}.volatility({})).empty());
}

TEST_CASE("risk_parity: a call from prices to orders") {
    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, risk_parity{.cash = 0.1}, risk::given{}},
             {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{0.0, 0.0}, volatility{0.1, 0.3};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price, .volatility = volatility}));
    const decision& d = k.propose({.cash = 100.0, .quantity = quantity});
    REQUIRE(d.outcome == outcome::trade);
    CHECK(d.weight_after()[0] == Approx(0.675));
    CHECK(d.weight_after()[1] == Approx(0.225));
    CHECK(risk_parity{.budget = {0.5, 0.5}}.covers(2));
    CHECK_FALSE(risk_parity{.budget = {0.5, 0.5}}.covers(3));
}

TEST_CASE("risk_parity: bad parameters are refused with parameter, value and range") {
    CHECK(refusal(risk_parity{}).empty());
    CHECK(refusal(risk_parity{.budget = {0.5, -0.5}}) ==
          "ballast: risk_parity.budget = -0.5: must be a finite share at or above 0, and not 0 for all");
    CHECK(refusal(risk_parity{.budget = {0.0, 0.0}}) ==
          "ballast: risk_parity.budget = 0: must be a finite share at or above 0, and not 0 for all");
    CHECK(refusal(risk_parity{.cash = -0.1}) == "ballast: risk_parity.cash = -0.1: must be a share between 0 and 1");
}
