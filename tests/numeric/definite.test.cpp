#include <ballast/numeric/definite.hpp>
#include <ballast/numeric/symmetric_eigen.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include "support/catch.hpp"

using namespace ballast;

namespace {

struct matrix {
    std::size_t n;
    std::vector<double> entries = std::vector<double>(n * n);

    double& at(std::size_t i, std::size_t j) { return entries[i * n + j]; }
    double at(std::size_t i, std::size_t j) const { return entries[i * n + j]; }
};

bool is_semidefinite(const matrix& m, double share = 0.0) {
    const std::size_t stride = m.n + 3;
    std::vector<double> work(m.n * stride, -7.0);
    const auto before = m.entries;
    const bool is = semidefinite(m.entries.data(), m.n, m.n, share, work.data(), stride);
    REQUIRE(std::equal(before.begin(), before.end(), m.entries.begin(),
                       [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); }));
    return is;
}
double lowest(const matrix& m) {
    std::vector<double> work(m.n * m.n);
    return most_negative_eigenvalue(m.entries.data(), m.n, m.n, work.data(), m.n);
}

/// The sample covariance of so many observations: its rank is one less. `scales`: volatilities from 1e-3 to 1e3.
matrix sample_covariance(std::size_t n, std::size_t observations, bool scales, std::mt19937_64& dice) {
    std::normal_distribution<double> any;
    std::vector<double> r(observations * n), mean(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double scale = scales ? std::pow(10.0, 3.0 * any(dice) / 2.0) : 0.02;
        for (std::size_t t = 0; t < observations; ++t) mean[i] += (r[t * n + i] = scale * any(dice)) / static_cast<double>(observations);
    }
    matrix m{n};
    for (std::size_t t = 0; t < observations; ++t)
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) m.at(i, j) += (r[t * n + i] - mean[i]) * (r[t * n + j] - mean[j]);
    return m;
}
/// QᵀΛQ of a Q that is three random reflections, symmetric to the bit.
matrix with_eigenvalues(const std::vector<double>& values, std::mt19937_64& dice) {
    std::normal_distribution<double> any;
    const std::size_t n = values.size();
    matrix m{n};
    for (std::size_t i = 0; i < n; ++i) m.at(i, i) = values[i];
    for (int times = 0; times < 3; ++times) {
        std::vector<double> v(n);
        double square = 0.0;
        for (double& x : v) {
            x = any(dice);
            square += x * x;
        }
        const auto reflect = [&](std::size_t start, std::size_t step) {
            double along = 0.0;
            for (std::size_t i = 0; i < n; ++i) along += v[i] * m.entries[start + i * step];
            for (std::size_t i = 0; i < n; ++i) m.entries[start + i * step] -= 2.0 * along / square * v[i];
        };
        for (std::size_t i = 0; i < n; ++i) reflect(i * n, 1);
        for (std::size_t i = 0; i < n; ++i) reflect(i, n);
    }
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j) m.at(i, j) = m.at(j, i);
    return m;
}

}  // namespace

TEST_CASE("definite: covariances of samples pass, whatever their rank and their units", "[numeric]") {
    std::mt19937_64 dice{31};
    for (const std::size_t n : {1u, 2u, 3u, 8u, 20u, 63u, 64u, 65u, 81u, 130u})
        for (const std::size_t observations : {std::size_t{2}, n / 2 + 2, n, n + 1, 2 * n + 5})
            for (const bool scales : {false, true}) {
                INFO("n " << n << ", observations " << observations << ", scales " << scales);
                const matrix m = sample_covariance(n, observations, scales, dice);
                REQUIRE(is_semidefinite(m));
                if (observations <= n && n > 1) REQUIRE_FALSE(is_semidefinite(m, 1e-6));  // of what is singular nothing can be split off
            }
}

TEST_CASE("definite: equal assets, rows of zeros and no assets pass", "[numeric]") {
    std::mt19937_64 dice{32};
    CHECK(is_semidefinite(matrix{0}));
    CHECK(is_semidefinite(matrix{1}));
    CHECK(is_semidefinite(matrix{70}));
    for (const std::size_t n : {6u, 70u, 100u}) {
        matrix m = sample_covariance(n, 3 * n, true, dice);
        for (std::size_t j = 0; j < n; ++j) m.at(4, j) = m.at(1, j);
        for (std::size_t j = 0; j < n; ++j) m.at(j, 4) = m.at(j, 1);
        for (std::size_t j = 0; j < n; ++j) m.at(3, j) = m.at(j, 3) = 0.0;
        CHECK(is_semidefinite(m));
        CHECK_FALSE(is_semidefinite(m, 1e-6));
        m.at(3, n - 1) = m.at(n - 1, 3) = 1e-9;
        CHECK_FALSE(is_semidefinite(m));
    }
}

TEST_CASE("definite: as much of the diagonal can be split off as the least eigenvalue says", "[numeric]") {
    std::mt19937_64 dice{33};
    for (const std::size_t n : {2u, 9u, 40u, 90u}) {
        // Equal correlations c: the scaled matrix has the eigenvalues 1 - c and 1 + (n - 1)c.
        const double c = 0.75;
        std::uniform_real_distribution<double> volatility{0.01, 3.0};
        std::vector<double> s(n);
        for (double& x : s) x = volatility(dice);
        matrix m{n};
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) m.at(i, j) = s[i] * s[j] * (i == j ? 1.0 : c);
        CHECK(is_semidefinite(m, 0.0));
        CHECK(is_semidefinite(m, 0.249999));
        CHECK_FALSE(is_semidefinite(m, 0.250001));
    }
}

TEST_CASE("definite: what is indefinite is refused, and by how much is said", "[numeric]") {
    matrix swap{2, {0.0, 1.0, 1.0, 0.0}};
    CHECK_FALSE(is_semidefinite(swap));
    CHECK_THAT(lowest(swap), Catch::Matchers::WithinRel(-1.0, 0.01));
    matrix negative{1, {-3.0}};
    CHECK_FALSE(is_semidefinite(negative));
    CHECK_THAT(lowest(negative), Catch::Matchers::WithinRel(-3.0, 0.01));
    // Three correlations that can not be: eigenvalues 1.9, 1.9 and -0.8.
    matrix three{3, {1.0, -0.9, -0.9, -0.9, 1.0, -0.9, -0.9, -0.9, 1.0}};
    CHECK_FALSE(is_semidefinite(three));
    CHECK_THAT(lowest(three), Catch::Matchers::WithinRel(-0.8, 0.01));

    std::mt19937_64 dice{34};
    std::uniform_real_distribution<double> any{0.0, 2.0};
    for (const std::size_t n : {2u, 5u, 33u, 64u, 65u, 100u})
        for (const double least : {-1e-6, -1e-4, -0.01, -1.0, -50.0}) {
            std::vector<double> values(n);
            for (double& v : values) v = any(dice);
            values[n / 2] = least;
            const matrix m = with_eigenvalues(values, dice);
            INFO("n " << n << ", eigenvalue " << least);
            REQUIRE_FALSE(is_semidefinite(m));
            REQUIRE_THAT(lowest(m), Catch::Matchers::WithinRel(least, 0.01));
        }
}

TEST_CASE("definite: rounded correlations are refused, with the eigenvalue that they have", "[numeric]") {
    std::mt19937_64 dice{35};
    for (const std::size_t n : {12u, 40u, 80u}) {
        const matrix sample = sample_covariance(n, n / 2, false, dice);
        matrix m{n};
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                m.at(i, j) = i == j ? 1.0 : std::round(1e6 * sample.at(i, j) / std::sqrt(sample.at(i, i) * sample.at(j, j))) / 1e6;
        matrix vectors = m;
        std::vector<double> values(n), room(3 * n);
        REQUIRE(symmetric_eigen(vectors.entries, values, room));
        const double least = *std::min_element(values.begin(), values.end());
        REQUIRE(least < -1e-7);
        CHECK_FALSE(is_semidefinite(m));
        CHECK_THAT(lowest(m), Catch::Matchers::WithinRel(least, 0.01));
    }
}

TEST_CASE("definite: what has no negative eigenvalue has none, and numbers have to be finite", "[numeric]") {
    std::mt19937_64 dice{36};
    CHECK(lowest(matrix{0}) == 0.0);
    CHECK(lowest(matrix{5}) == 0.0);
    CHECK(lowest(matrix{2, {2.0, 1.0, 1.0, 2.0}}) == 0.0);
    const matrix wide = sample_covariance(30, 90, false, dice);  // definite, though Gershgorin's discs do not say so
    CHECK(lowest(wide) == 0.0);
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        for (const std::size_t n : {3u, 90u})
            for (const std::size_t j : {std::size_t{1}, n - 1}) {
                matrix m = sample_covariance(n, 2 * n, false, dice);
                m.at(1, j) = m.at(j, 1) = bad;
                CHECK_FALSE(is_semidefinite(m));
                CHECK(std::isnan(lowest(m)));
            }
}

TEST_CASE("definite: an asset without variance has no covariance, wherever it stands", "[numeric]") {
    for (std::size_t n = 2; n <= 6; ++n)
        for (std::size_t still = 0; still < n; ++still)
            for (std::size_t other = 0; other < n; ++other) {
                if (still == other) continue;
                matrix m{n};
                for (std::size_t i = 0; i < n; ++i) m.at(i, i) = i == still ? 0.0 : 1.0;
                CAPTURE(n, still, other);
                CHECK(is_semidefinite(m));
                m.at(still, other) = m.at(other, still) = 1e-3;
                CHECK_FALSE(is_semidefinite(m));
                CHECK(lowest(m) == Approx(0.5 - std::sqrt(0.25 + 1e-6)).epsilon(0.02));
            }
}
