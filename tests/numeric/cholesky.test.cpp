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

namespace {

/// The same in plain loops.
std::size_t plain_cholesky(std::vector<double>& a, std::size_t n, std::size_t stride, std::size_t pivots, double least,
                           const std::vector<double>& diagonal, const double* instead) {
    std::size_t missing = 0;
    for (std::size_t k = 0; k < pivots; ++k) {
        double* const top = a.data() + k * stride;
        if (!(top[k] > least * diagonal[k])) {
            for (std::size_t j = k; j < n; ++j) top[j] = 0.0;
            if (instead != nullptr) top[k] = std::sqrt(instead[k]);
            ++missing;
            continue;
        }
        top[k] = std::sqrt(top[k]);
        for (std::size_t j = k + 1; j < n; ++j) top[j] /= top[k];
        for (std::size_t i = k + 1; i < n; ++i)
            for (std::size_t j = i; j < n; ++j) a[i * stride + j] -= top[i] * top[j];
    }
    return missing;
}

/// A covariance of unlike volatilities, in which every `twin`-th row is a copy of one before; what is below the diagonal is no number.
std::vector<double> with_twins(std::size_t n, std::size_t stride, std::size_t twin, std::mt19937_64& dice) {
    std::normal_distribution<double> any;
    std::uniform_real_distribution<double> volatility{0.1, 10.0};
    const std::size_t k = 4;
    std::vector<double> f(n * k), s(n), own(n);
    for (double& x : f) x = any(dice);
    std::vector<std::size_t> as(n);
    for (std::size_t i = 0; i < n; ++i) {
        as[i] = twin > 0 && i > 0 && i % twin == 0 ? as[dice() % i] : i;
        s[i] = volatility(dice);
        own[i] = 0.5 + std::fabs(any(dice));
    }
    std::vector<double> a((n - 1) * stride + n, std::nan(""));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = i; j < n; ++j) {
            double sum = as[i] == as[j] ? own[as[i]] : 0.0;
            for (std::size_t c = 0; c < k; ++c) sum += f[as[i] * k + c] * f[as[j] * k + c];
            a[i * stride + j] = s[i] * s[j] * sum;
        }
    return a;
}

}  // namespace

TEST_CASE("cholesky: by blocks of pivots it is the same as one by one", "[numeric]") {
    std::mt19937_64 dice{14};
    const auto check = [&](std::size_t n, std::size_t pivots, std::size_t stride, std::size_t twin, bool given) {
        INFO("n " << n << ", pivots " << pivots << ", stride " << stride << ", twin " << twin << ", given " << given);
        const auto a = with_twins(n, stride, twin, dice);
        std::vector<double> diagonal(n), instead(n);
        for (std::size_t i = 0; i < n; ++i) diagonal[i] = a[i * stride + i];
        for (std::size_t i = 0; i < n; ++i) instead[i] = 1.0 + static_cast<double>(i);
        auto plain = a, blocked = a;
        const std::size_t missing = plain_cholesky(plain, n, stride, pivots, 1e-9, diagonal, given ? instead.data() : nullptr);
        REQUIRE(cholesky(blocked.data(), n, stride, pivots, 1e-9, diagonal.data(), given ? instead.data() : nullptr) == missing);
        if (twin == 0) REQUIRE(missing == 0);
        double error = 0.0;
        bool below = true, rows = true;
        for (std::size_t i = 0; i < n; ++i) {
            bool none = i < pivots && i + 1 < n;  // a pivot that is none has a row of zeros
            for (std::size_t j = i + 1; j < n; ++j) none = none && plain[i * stride + j] == 0.0;
            for (std::size_t j = 0; j < stride && i * stride + j < a.size(); ++j) {
                const double x = plain[i * stride + j], y = blocked[i * stride + j];
                if (j < i || j >= n) {
                    below = below && std::isnan(y);
                } else {
                    // Pivots are in units of a volatility, what is left in those of a covariance.
                    const double unit = std::sqrt(diagonal[j]) * (i < pivots ? 1.0 : std::sqrt(diagonal[i]));
                    error = std::max(error, std::isnan(y) ? 1e300 : std::fabs(x - y) / unit);
                    rows = rows && (!none || x == y);
                }
            }
        }
        REQUIRE(error < 1e-11);
        REQUIRE(below);
        REQUIRE(rows);
    };
    for (const std::size_t n : {1u, 8u, 63u, 64u, 65u, 66u, 71u, 72u, 73u, 80u, 96u, 127u, 128u, 129u, 131u, 136u, 192u, 200u})
        for (const std::size_t twin : {0u, 3u, 17u}) {
            check(n, n, n, twin, false);
            check(n, n, (n + 7) / 8 * 8, twin, true);
            check(n, n - n / 9, n + 1, twin, false);
        }
    for (int times = 0; times < 60; ++times) {
        const std::size_t n = 1 + dice() % 200;
        check(n, dice() % (n + 1), n + dice() % 9, dice() % 4 == 0 ? 1 + dice() % 20 : 0, dice() % 2 == 0);
    }
}

TEST_CASE("cholesky: large systems are solved", "[numeric]") {
    std::mt19937_64 dice{15};
    std::normal_distribution<double> any;
    for (const std::size_t n : {65u, 100u, 150u}) {
        auto u = with_twins(n, n, 0, dice);
        const auto a = u;
        const auto entry = [&](std::size_t i, std::size_t j) { return i < j ? a[i * n + j] : a[j * n + i]; };
        REQUIRE(cholesky(u.data(), n, n, n, 0.0, nullptr) == 0);
        std::vector<double> x(n), right(n);
        for (double& v : x) v = any(dice);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) right[i] += entry(i, j) * x[j];
        solve_transposed(u.data(), n, n, n, right.data());
        solve_upper(u.data(), n, n, n, right.data());
        for (std::size_t i = 0; i < n; ++i) REQUIRE_THAT(right[i], Catch::Matchers::WithinAbs(x[i], 1e-9));
    }
}

TEST_CASE("cholesky: a pivot that is no number, or too large for one, is none", "[numeric]") {
    for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL, -1.0, 0.0})
        for (const std::size_t n : {3u, 90u}) {
            std::vector<double> a(n * n), diagonal(n, 1.0);
            for (std::size_t i = 0; i < n; ++i) a[i * n + i] = i == 2 ? bad : 4.0;
            REQUIRE(cholesky(a.data(), n, n, n, 1e-12, diagonal.data()) == 1);
            for (std::size_t i = 0; i < n; ++i) CHECK(a[i * n + i] == (i == 2 ? 0.0 : 2.0));
        }
}

TEST_CASE("cholesky: nothing below the diagonal is read or written, and pivots are told by their own diagonal, at all sizes", "[numeric]") {
    std::mt19937_64 dice{19};
    for (const std::size_t n : {std::size_t{7}, std::size_t{64}, std::size_t{65}, std::size_t{91}, std::size_t{130}, std::size_t{201}}) {
        const std::size_t rank = n - n / 4;
        auto a = random_product(n, rank, dice);
        // Rows of very different units: which of them have no pivot does not depend on these.
        std::vector<double> unit(n);
        for (std::size_t i = 0; i < n; ++i) unit[i] = std::pow(10.0, static_cast<double>(i * 7 % 13) - 6.0);
        auto scaled = a;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) scaled[i * n + j] *= unit[i] * unit[j];
        constexpr double untouched = -1234.5;
        for (auto* m : {&a, &scaled})
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < i; ++j) (*m)[i * n + j] = untouched;
        const auto diagonal = diagonal_of(scaled, n);
        CAPTURE(n);
        CHECK(cholesky(scaled.data(), n, n, n, 1e-9, diagonal.data()) == n - rank);
        for (std::size_t i = 0; i < n; ++i) {
            CHECK((scaled[i * n + i] == 0.0) == (i >= rank));
            for (std::size_t j = 0; j < i; ++j) REQUIRE(scaled[i * n + j] == untouched);
        }
        // Without a pivot the answer is 0.
        std::vector<double> x(n, 1.0);
        solve_transposed(scaled.data(), n, n, n, x.data());
        for (std::size_t i = rank; i < n; ++i) CHECK(x[i] == 0.0);
        std::fill(x.begin(), x.end(), 1.0);
        solve_upper(scaled.data(), n, n, n, x.data());
        for (std::size_t i = rank; i < n; ++i) CHECK(x[i] == 0.0);
    }
}
