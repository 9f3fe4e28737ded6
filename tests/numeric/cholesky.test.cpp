#include <ballast/numeric/cholesky.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "support/catch.hpp"

using namespace ballast;

namespace {

/// BᵀB of a random B with `rank` rows: n × n.
std::vector<double> random_product(std::size_t n, std::size_t rank, std::mt19937_64& dice) {
    std::normal_distribution<double> any;
    std::vector<double> b(rank * n), a(n * n);
    for (double& x : b) x = any(dice);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t r = 0; r < rank; ++r) a[i * n + j] += b[r * n + i] * b[r * n + j];
    return a;
}
std::vector<double> diagonal_of(const std::vector<double>& a, std::size_t n) {
    std::vector<double> d(n);
    for (std::size_t i = 0; i < n; ++i) d[i] = a[i * n + i];
    return d;
}

}  // namespace

TEST_CASE("cholesky: UᵀU is the matrix, and systems are solved", "[numeric]") {
    std::mt19937_64 dice{11};
    std::normal_distribution<double> any;
    for (std::size_t n = 1; n <= 33; ++n) {
        const auto a = random_product(n, n + 3, dice);
        const auto diagonal = diagonal_of(a, n);
        auto u = a;
        REQUIRE(cholesky(u.data(), n, n, n, 1e-14, diagonal.data()) == 0);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i; j < n; ++j) {
                double sum = 0.0;
                for (std::size_t k = 0; k <= i; ++k) sum += u[k * n + i] * u[k * n + j];
                REQUIRE_THAT(sum, Catch::Matchers::WithinAbs(a[i * n + j], 1e-13 * std::sqrt(diagonal[i] * diagonal[j])));
            }
        std::vector<double> x(n), right(n);
        for (double& v : x) v = any(dice);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) right[i] += a[i * n + j] * x[j];
        auto solved = right;
        solve_transposed(u.data(), n, n, n, solved.data());
        solve_upper(u.data(), n, n, n, solved.data());
        for (std::size_t i = 0; i < n; ++i) {
            double left = 0.0;
            for (std::size_t j = 0; j < n; ++j) left += a[i * n + j] * solved[j];
            REQUIRE_THAT(left, Catch::Matchers::WithinAbs(right[i], 1e-11 * diagonal[i]));
        }
    }
}

TEST_CASE("cholesky: the first steps leave the Schur complement", "[numeric]") {
    std::mt19937_64 dice{12};
    const std::size_t n = 9, pivots = 4;
    const auto a = random_product(n, n + 2, dice);
    const auto diagonal = diagonal_of(a, n);
    auto whole = a, part = a;
    REQUIRE(cholesky(whole.data(), n, n, n, 1e-14, diagonal.data()) == 0);
    REQUIRE(cholesky(part.data(), n, n, pivots, 1e-14, diagonal.data()) == 0);
    for (std::size_t i = 0; i < pivots; ++i)
        for (std::size_t j = i; j < n; ++j) CHECK(part[i * n + j] == whole[i * n + j]);
    for (std::size_t i = pivots; i < n; ++i)
        for (std::size_t j = i; j < n; ++j) {
            double sum = 0.0;
            for (std::size_t k = pivots; k <= i; ++k) sum += whole[k * n + i] * whole[k * n + j];
            CHECK_THAT(part[i * n + j], Catch::Matchers::WithinAbs(sum, 1e-12));
        }
}

TEST_CASE("cholesky: rows that depend on others have no pivot", "[numeric]") {
    std::mt19937_64 dice{13};
    for (std::size_t n = 2; n <= 12; ++n)
        for (std::size_t rank = 1; rank < n; ++rank) {
            const auto a = random_product(n, rank, dice);
            const auto diagonal = diagonal_of(a, n);
            auto u = a;
            REQUIRE(cholesky(u.data(), n, n, n, 1e-10, diagonal.data()) == n - rank);
            // Of a right side in its range a solution is found.
            std::vector<double> right(n), solved;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) right[i] += a[i * n + j] * static_cast<double>(j + 1);
            solved = right;
            solve_transposed(u.data(), n, n, n, solved.data());
            solve_upper(u.data(), n, n, n, solved.data());
            for (std::size_t i = 0; i < n; ++i) {
                double left = 0.0;
                for (std::size_t j = 0; j < n; ++j) left += a[i * n + j] * solved[j];
                INFO("n " << n << ", rank " << rank);
                REQUIRE_THAT(left, Catch::Matchers::WithinAbs(right[i], 1e-6 * (1.0 + std::fabs(right[i]))));
            }
        }
}

TEST_CASE("cholesky: a pivot can be given instead of none", "[numeric]") {
    std::vector<double> a{4.0, 2.0, 0.0, 1.0};  // the second row is half of the first
    const std::vector<double> diagonal{4.0, 1.0}, instead{100.0, 9.0};
    CHECK(cholesky(a.data(), 2, 2, 2, 1e-12, diagonal.data(), instead.data()) == 1);
    CHECK(a == std::vector<double>{2.0, 1.0, 0.0, 3.0});
}
