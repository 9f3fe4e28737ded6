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
