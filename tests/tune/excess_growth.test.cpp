#include <ballast/tune/excess_growth.hpp>

#include <ballast/core/civil_date.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/sim/replay.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/never.hpp>
#include <ballast/tune/market.hpp>

#include "support/catch.hpp"
#include "support/json.hpp"

#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

using namespace ballast;
using tune::excess_growth;

namespace {
test::json published() {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: rebalancing_premium.json is skipped");
        return {};
    }
    return test::json::load(std::string{folder} + "/reference/rebalancing_premium.json");
}
}  // namespace

TEST_CASE("tune::excess_growth: the published rates") {
    const test::json all = published();
    const test::json& rates = all["excess_growth_rate"];
    if (!all.is(test::json::kind::null)) REQUIRE(rates.size() == 4);
    for (std::size_t k = 0; k < rates.size(); ++k) {
        const std::vector<double> w = rates[k]["w"].numbers(), vol = rates[k]["vol"].numbers();
        const double rho = rates[k]["rho"].number();
        std::vector<double> sigma;
        for (std::size_t i = 0; i < w.size(); ++i)
            for (std::size_t j = 0; j < w.size(); ++j) sigma.push_back(vol[i] * vol[j] * (i == j ? 1.0 : rho));
        std::vector<double> variance;
        for (const double v : vol) variance.push_back(v * v);
        const risk_view view{.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = sigma};
        CHECK(excess_growth(w, view) == Approx(rates[k]["egr"].number()).epsilon(1e-13));
        if (w.size() != 2) continue;
        // Of two assets it is what is expected of a portfolio always at its target beyond the mean of the growths.
        const tune::gbm_market m{.drift = 0.5 * vol[0] * vol[0],
                                 .volatility = vol[0],
                                 .other_drift = 0.5 * vol[1] * vol[1],
                                 .other_volatility = vol[1],
                                 .correlation = rho};
        CHECK(m.growth_at(w[0]) == Approx(rates[k]["egr"].number()).epsilon(1e-13));
    }
}

// Shannon's demon: a stock that doubles or halves goes nowhere; half in it and half in cash grows by ½ ln 1.5 + ½ ln 0.75 a period.
TEST_CASE("tune::excess_growth: Shannon's demon, through the library") {
    const test::json demon = published()["shannon_demon"];
    const double growth = demon.is(test::json::kind::null) ? 0.05889151782819173 : demon["growth_per_period_log"].number();
    CHECK(growth == Approx(0.5 * std::log(1.5) + 0.5 * std::log(0.75)).epsilon(1e-14));
    std::mt19937_64 random{7};
    std::vector<timestamp> when{timestamp_from_civil(2000, 1, 1)};
    std::vector<double> price{1.0};
    int ups = 0, downs = 0;
    while (when.size() < 1001) {
        bool up = random() % 2 == 0;
        if (ups == 500) up = false;
        if (downs == 500) up = true;
        ++(up ? ups : downs);
        price.push_back(price.back() * (up ? 2.0 : 0.5));
        when.push_back(when.back() + days(1));
    }
    const sim::history h{.when = when, .price = price, .assets = 1};
    const std::vector<double> half{0.5};
    const auto grown = [&](auto t) {
        const sim::result r = sim::replay(rebalancer{t, cost::zero{}, solver::to_target{}}, h, half);
        REQUIRE_FALSE(r.problem);
        return std::log(r.wealth) / 1000.0;
    };
    CHECK(grown(trigger::every{.interval = {}}) == Approx(growth).epsilon(1e-9));
    CHECK(std::fabs(grown(trigger::never{})) < 1e-12);
}

TEST_CASE("tune::excess_growth: the layouts agree, cash is what is left over") {
    std::mt19937_64 random{11};
    const auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
    for (const std::size_t n : {0u, 1u, 3u, 8u}) {
        const std::size_t k = n < 2 ? n : 2;
        std::vector<double> w(n), d(n), f(n * k), omega(k * k), sigma(n * n), variance(n);
        for (double& x : w) x = unit() - 0.2;
        for (double& x : d) x = 0.1 * unit();
        for (double& x : f) x = unit() - 0.3;
        for (std::size_t a = 0; a < k; ++a) omega[a * k + a] = 0.02 + 0.1 * unit();
        if (k == 2) omega[1] = omega[2] = 0.3 * std::sqrt(omega[0] * omega[3]);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                if (i == j) sigma[i * n + j] = d[i];
                for (std::size_t a = 0; a < k; ++a)
                    for (std::size_t b = 0; b < k; ++b) sigma[i * n + j] += f[i * k + a] * omega[a * k + b] * f[j * k + b];
            }
        for (std::size_t i = 0; i < n; ++i) variance[i] = sigma[i * n + i];
        double expected = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            expected += 0.5 * w[i] * variance[i];
            for (std::size_t j = 0; j < n; ++j) expected -= 0.5 * w[i] * w[j] * sigma[i * n + j];
        }
        const risk_view dense{.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = sigma};
        const risk_view factor{.layout = risk_layout::factor, .ready = true, .specific = d, .loadings = f, .factor_covariance = omega};
        CHECK(excess_growth(w, dense) == Approx(expected).epsilon(1e-12).margin(1e-16));
        CHECK(excess_growth(w, factor) == Approx(expected).epsilon(1e-12).margin(1e-16));
        double apart = 0.0;
        for (std::size_t i = 0; i < n; ++i) apart += 0.5 * w[i] * (1.0 - w[i]) * variance[i];
        const risk_view diagonal{.layout = risk_layout::diagonal, .ready = true, .specific = variance};
        CHECK(excess_growth(w, diagonal) == Approx(apart).epsilon(1e-12).margin(1e-16));
    }
}

TEST_CASE("tune::excess_growth: a view that does not fit has no answer") {
    const std::vector<double> w{0.5, 0.5}, v{0.04, 0.01}, one{0.04}, sigma{0.04, 0.0, 0.0, 0.01};
    CHECK(excess_growth(w, {.layout = risk_layout::diagonal, .ready = true, .specific = v}) == Approx(0.00625));
    CHECK(std::isnan(excess_growth(w, {})));
    CHECK(std::isnan(excess_growth(w, {.layout = risk_layout::diagonal, .ready = false, .specific = v})));
    CHECK(std::isnan(excess_growth(w, {.layout = risk_layout::diagonal, .ready = true, .specific = one})));
    CHECK(std::isnan(excess_growth(w, {.layout = risk_layout::dense, .ready = true, .specific = v, .dense = v})));
    CHECK(std::isnan(
        excess_growth(w, {.layout = risk_layout::factor, .ready = true, .specific = v, .loadings = v, .factor_covariance = sigma})));
}
