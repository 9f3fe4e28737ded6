#include <ballast/numeric/nearest_correlation.hpp>

#include "support/catch.hpp"
#include "support/same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

using namespace ballast;

namespace {
using numbers = std::vector<double>;

repair_result repair(numbers& a, std::size_t n, const repair_limits& limits = {}) {
    numbers scratch(nearest_correlation_room(n));
    return nearest_correlation(a, n, scratch, limits);
}
numbers eigenvalues(numbers a, std::size_t n) {
    numbers value(n), scratch(symmetric_eigen_room(n));
    REQUIRE(symmetric_eigen(a, value, scratch));
    return value;
}
double distance(const numbers& a, const numbers& b) {
    double sum = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return std::sqrt(sum);
}
void check_correlation(const numbers& c, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        REQUIRE(c[i * n + i] == 1.0);
        for (std::size_t j = 0; j < n; ++j) REQUIRE(test::same_bits(c[i * n + j], c[j * n + i]));
    }
    CHECK(eigenvalues(c, n).back() >= -1e-14 * static_cast<double>(n));
}
// A proof that X is the nearest to A: there is a diagonal Θ with M = A − X + Θ at or below 0 and MX = 0, so that for every other correlation matrix C
// ⟨A − X, C − X⟩ = ⟨M, C − X⟩ = ⟨M, C⟩ ≤ 0 (Higham 2002, theorem 2.4). The largest eigenvalue of M and the largest entry of MX.
std::pair<double, double> proof(const numbers& a, const numbers& x, std::size_t n) {
    numbers m(n * n);
    for (std::size_t k = 0; k < n * n; ++k) m[k] = a[k] - x[k];
    const auto times = [&](std::size_t i, std::size_t j) {
        double sum = 0.0;
        for (std::size_t k = 0; k < n; ++k) sum += m[i * n + k] * x[k * n + j];
        return sum;
    };
    numbers theta(n);
    for (std::size_t i = 0; i < n; ++i) theta[i] = -times(i, i);
    for (std::size_t i = 0; i < n; ++i) m[i * n + i] += theta[i];
    double rest = 0.0;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) rest = std::fmax(rest, std::fabs(times(i, j)));
    return {eigenvalues(m, n).front(), rest};
}
// A random correlation matrix: of vectors of length 1.
numbers some_correlation(std::size_t n, std::mt19937_64& rng) {
    std::normal_distribution<double> noise{};
    const std::size_t k = 1 + rng() % n;
    numbers v(n * k), c(n * n);
    for (double& x : v) x = noise(rng);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            double ij = 0.0, ii = 0.0, jj = 0.0;
            for (std::size_t l = 0; l < k; ++l) {
                ij += v[i * k + l] * v[j * k + l];
                ii += v[i * k + l] * v[i * k + l];
                jj += v[j * k + l] * v[j * k + l];
            }
            c[i * n + j] = ij / std::sqrt(ii * jj);
        }
    return c;
}
}  // namespace

// Of Higham (2002), to the four digits that are printed there; the distance of the first is 0.5278.
TEST_CASE("nearest_correlation: the published examples") {
    numbers three{1, 1, 0, 1, 1, 1, 0, 1, 1};
    const repair_result r = repair(three, 3);
    CHECK(r.done);
    const numbers expected{1, 0.7607, 0.1573, 0.7607, 1, 0.7607, 0.1573, 0.7607, 1};
    for (std::size_t k = 0; k < 9; ++k) CHECK(three[k] == Approx(expected[k]).margin(5e-5));
    CHECK(r.distance == Approx(0.5278).margin(5e-5));
    check_correlation(three, 3);

    numbers four{2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2};
    CHECK(repair(four, 4).done);
    const numbers nearest{1, -0.8084, 0.1916, 0.1068, -0.8084, 1, -0.6562, 0.1916, 0.1916, -0.6562, 1, -0.8084, 0.1068, 0.1916, -0.8084, 1};
    for (std::size_t k = 0; k < 16; ++k) CHECK(four[k] == Approx(nearest[k]).margin(5e-5));
    check_correlation(four, 4);
}

// Closed forms: of two assets the nearest correlation is the one cut to [−1, 1]; with one ρ below −1/(n − 1) for all pairs it is that for all.
TEST_CASE("nearest_correlation: closed forms") {
    for (const double rho : {-3.0, -1.0, -0.5, 0.0, 0.99, 1.0, 1.5}) {
        numbers two{1, rho, rho, 1};
        CHECK(repair(two, 2).done);
        CHECK(two[1] == Approx(rho > 1.0 ? 1.0 : (rho < -1.0 ? -1.0 : rho)).margin(1e-9));
    }
    for (const std::size_t n : {3u, 6u, 12u}) {
        numbers a(n * n, -0.7);
        for (std::size_t i = 0; i < n; ++i) a[i * n + i] = 1.0;
        CHECK(repair(a, n).done);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < i; ++j) CHECK(a[i * n + j] == Approx(-1.0 / (static_cast<double>(n) - 1.0)).margin(1e-9));
    }
}

TEST_CASE("nearest_correlation: random matrices: a proof that none is nearer, and none in a sample is") {
    std::mt19937_64 rng{8};
    std::normal_distribution<double> noise{};
    std::uint64_t most = 0;
    for (int round = 0; round < 60; ++round) {
        const std::size_t n = 2 + rng() % 14;
        numbers a = some_correlation(n, rng);
        const double off = std::pow(10.0, -3.0 * static_cast<double>(rng() % 1000) / 1000.0);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < i; ++j) a[i * n + j] = a[j * n + i] = a[i * n + j] + off * noise(rng);
        numbers x = a;
        const repair_result r = repair(x, n);
        CAPTURE(round, n, off, r.steps);
        CHECK(r.done);
        most = r.steps > most ? r.steps : most;
        check_correlation(x, n);
        CHECK(r.distance == Approx(distance(a, x)).margin(1e-12));
        const auto [above, rest] = proof(a, x, n);
        CHECK(above < 1e-7);
        CHECK(rest < 1e-7);
        for (int k = 0; k < 200; ++k) {
            numbers c = some_correlation(n, rng);
            // Also ones that are close to it: on the way from x to c all are correlation matrices.
            const double part = std::pow(10.0, -static_cast<double>(k % 8));
            for (std::size_t l = 0; l < n * n; ++l) c[l] = x[l] + part * (c[l] - x[l]);
            REQUIRE(distance(a, c) >= r.distance - 1e-7 * part);
        }
        numbers again = x;
        CHECK(repair(again, n).distance <= 1e-12);
    }
    CHECK(most > 10);
}

TEST_CASE("nearest_correlation: leaves a correlation matrix as it is, also one that is singular") {
    std::mt19937_64 rng{9};
    for (int round = 0; round < 50; ++round) {
        const std::size_t n = 1 + rng() % 12;
        numbers a = some_correlation(n, rng);
        for (std::size_t i = 0; i < n; ++i) {
            a[i * n + i] = 1.0;
            for (std::size_t j = 0; j < i; ++j) a[i * n + j] = a[j * n + i];
        }
        const numbers before = a;
        const repair_result r = repair(a, n);
        CHECK((r.done && r.steps == 0 && r.distance == 0.0));
        CHECK(test::same_bits(a, before));
    }
}

TEST_CASE("nearest_correlation: what can not be repaired, and what there is when steps run out") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    numbers bad{1, nan, 0, 1}, scratch(nearest_correlation_room(3) - 1), other(100), three{1, 1, 0, 1, 1, 1, 0, 1, 1};
    CHECK_FALSE(repair(bad, 2).done);
    CHECK(bad[0] == 1.0);
    CHECK_FALSE(nearest_correlation(three, 3, scratch).done);
    CHECK_FALSE(nearest_correlation(three, 2, other).done);
    CHECK(three[2] == 0.0);
    numbers none;
    CHECK(repair(none, 0).done);
    const repair_result few = repair(three, 3, {.steps = 3});
    CHECK_FALSE(few.done);
    CHECK(few.steps == 3);
    check_correlation(three, 3);
    // Not symmetric: the symmetric part counts; a diagonal of its own is part of the distance.
    numbers skew{1, 0.5, 0.1, 1};
    const repair_result r = repair(skew, 2);
    CHECK((r.done && skew[1] == 0.3 && skew[2] == 0.3));
    CHECK(r.distance == Approx(std::sqrt(2 * 0.2 * 0.2)));
    numbers wide{2, 0.5, 0.5, 1};
    CHECK(repair(wide, 2).distance == Approx(1.0));
    CHECK(wide == numbers{1, 0.5, 0.5, 1});
}

TEST_CASE("nearest_covariance: keeps the variances and repairs the correlations") {
    const numbers deviation{0.1, 20.0, 0.0, 3.0};
    const std::size_t n = 4;
    numbers a(n * n);
    const numbers c{1, 1, 0.4, 0, 1, 1, 0, 1, 0.4, 0, 1, 0, 0, 1, 0, 1};
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) a[i * n + j] = c[i * n + j] * deviation[i] * deviation[j];
    const numbers before = a;
    numbers scratch(nearest_correlation_room(n));
    const repair_result r = nearest_covariance(a, n, scratch);
    CHECK(r.done);
    CHECK(r.distance == Approx(0.5278).margin(5e-5));
    for (std::size_t i = 0; i < n; ++i) CHECK(test::same_bits(a[i * n + i], before[i * n + i]));
    CHECK(a[1] == Approx(0.7607 * 2.0).margin(2e-4));
    CHECK(a[3] == Approx(0.1573 * 0.3).margin(2e-4));
    CHECK(test::same_bits(a[3], a[12]));
    for (std::size_t j = 0; j < n; ++j) CHECK(a[2 * n + j] == 0.0);
    const numbers good = a;
    CHECK(nearest_covariance(a, n, scratch).distance < 1e-12);
    numbers fine{2, 1, 1, 3};
    CHECK((nearest_covariance(fine, 2, scratch).done && fine == numbers{2, 1, 1, 3}));
    numbers negative{-1, 0, 0, 1};
    CHECK_FALSE(nearest_covariance(negative, 2, scratch).done);
    numbers related{0, 1, 1, 4};
    CHECK(nearest_covariance(related, 2, scratch).done);
    CHECK(related == numbers{0, 0, 0, 4});
}
