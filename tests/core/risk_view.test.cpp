#include <ballast/core/risk_view.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;

static_assert(std::is_trivially_copyable_v<risk_view> && std::is_aggregate_v<risk_view>);
static_assert(noexcept(risk_view{}.variance(0)) && noexcept(risk_view{}.factors()));
static_assert(risk_need::nothing < risk_need::volatility && risk_need::volatility < risk_need::covariance);
// Needs are sets: covariance is volatility and more, regimes are something else.
static_assert((risk_need::volatility | risk_need::covariance) == risk_need::covariance);
static_assert((risk_need::covariance & risk_need::volatility) == risk_need::volatility);
static_assert((risk_need::regimes & risk_need::covariance) == risk_need::nothing);
static_assert(((risk_need::regimes | risk_need::volatility) & risk_need::regimes) == risk_need::regimes);

TEST_CASE("risk_view: by default it says nothing and is not ready") {
    const risk_view v;
    CHECK(v.layout == risk_layout::none);
    CHECK_FALSE(v.ready);
    CHECK(v.factors() == 0);
    CHECK(v.specific.empty());
}

TEST_CASE("risk_view: diagonal and dense layouts tell the variances as they stand") {
    const std::vector<double> variance{0.04, 0.09, 0.0};
    const std::vector<double> sigma{0.04, 0.01, 0.0, 0.01, 0.09, 0.0, 0.0, 0.0, 0.0};
    const risk_view diagonal{.layout = risk_layout::diagonal, .ready = true, .specific = variance};
    const risk_view dense{.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = sigma};
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(diagonal.variance(i) == variance[i]);
        CHECK(dense.variance(i) == variance[i]);
        CHECK(dense.variance(i) == sigma[i * 3 + i]);
    }
    CHECK(diagonal.factors() == 0);
}

TEST_CASE("risk_view: covariance, correlation and beta of two assets") {
    const std::vector<double> variance{0.04, 0.09, 0.0};
    const std::vector<double> sigma{0.04, 0.01, 0.0, 0.01, 0.09, 0.0, 0.0, 0.0, 0.0};
    const risk_view diagonal{.layout = risk_layout::diagonal, .ready = true, .specific = variance};
    const risk_view dense{.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = sigma};
    CHECK((dense.covariance(0, 1) == 0.01 && dense.covariance(1, 0) == 0.01 && dense.covariance(1, 1) == 0.09));
    CHECK((diagonal.covariance(0, 1) == 0.0 && diagonal.covariance(1, 1) == 0.09));
    CHECK(dense.correlation(0, 1) == Approx(0.01 / (0.2 * 0.3)));
    CHECK(dense.beta(0, 1) == Approx(0.01 / 0.09));
    CHECK(dense.beta(1, 0) == Approx(0.01 / 0.04));
    CHECK((dense.correlation(0, 0) == Approx(1.0) && dense.beta(0, 0) == 1.0 && diagonal.beta(0, 1) == 0.0));
    CHECK((dense.correlation(0, 2) == 0.0 && dense.correlation(2, 2) == 0.0 && dense.beta(0, 2) == 0.0 && dense.beta(2, 0) == 0.0));
    const std::vector<double> over{0.01, 0.011, 0.011, 0.01}, pair{0.01, 0.01};
    CHECK(risk_view{.layout = risk_layout::dense, .specific = pair, .dense = over}.correlation(0, 1) == 1.0);
    // Two assets on one factor of variance 0.04: covariance 0.5·2·0.04.
    const std::vector<double> f{0.5, 2.0}, omega{0.04}, own{0.03, 0.0};
    const risk_view factor{.layout = risk_layout::factor, .specific = own, .loadings = f, .factor_covariance = omega};
    CHECK(factor.covariance(0, 1) == Approx(0.04));
    CHECK(factor.covariance(0, 0) == Approx(0.04));
    CHECK(factor.beta(0, 1) == Approx(0.25));
    CHECK(factor.correlation(0, 1) == Approx(0.5));
}

// Σ = F Ω Fᵀ + D: the diagonal of the whole matrix, made by two full products.
TEST_CASE("risk_view: the factor layout tells the diagonal of F Ω Fᵀ + D") {
    std::mt19937_64 rng{4};
    std::normal_distribution<double> any{0.0, 0.3};
    for (const std::size_t n : {std::size_t{1}, std::size_t{5}, std::size_t{12}})
        for (const std::size_t k : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
            std::vector<double> f(n * k), half(k * k), omega(k * k, 0.0), d(n);
            for (double& x : f) x = any(rng);
            for (double& x : half) x = any(rng);
            for (double& x : d) x = any(rng) * any(rng) + 0.01;
            for (std::size_t a = 0; a < k; ++a)
                for (std::size_t b = 0; b < k; ++b)
                    for (std::size_t c = 0; c < k; ++c) omega[a * k + b] += half[a * k + c] * half[b * k + c];
            const risk_view v{.layout = risk_layout::factor, .ready = true, .specific = d, .loadings = f, .factor_covariance = omega};
            CHECK(v.factors() == k);
            std::vector<double> product(n * k, 0.0);  // F Ω
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t b = 0; b < k; ++b)
                    for (std::size_t a = 0; a < k; ++a) product[i * k + b] += f[i * k + a] * omega[a * k + b];
            for (std::size_t i = 0; i < n; ++i) {
                double whole = d[i];
                for (std::size_t b = 0; b < k; ++b) whole += product[i * k + b] * f[i * k + b];
                CHECK(v.variance(i) == Approx(whole).epsilon(1e-13));
            }
        }
}
