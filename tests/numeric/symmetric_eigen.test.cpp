#include <ballast/numeric/symmetric_eigen.hpp>

#include "support/catch.hpp"
#include "support/same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

using namespace ballast;

namespace {
const double pi = std::acos(-1.0);

struct solved {
    std::vector<double> a, vector, value, scratch;
    bool good = false;
    explicit solved(std::vector<double> of) : a(std::move(of)), vector(a) {
        value.resize(static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(a.size())))));
        scratch.resize(symmetric_eigen_room(value.size()));
        good = symmetric_eigen(vector, value, scratch);
    }
    [[nodiscard]] std::size_t n() const { return value.size(); }
    // The largest entry of AV − VΛ, of VᵀV − 1, and of the order.
    void check(double tolerance) const {
        REQUIRE(good);
        long double size = 0, residual = 0, angle = 0;
        for (const double x : a) size = std::fmax(size, static_cast<long double>(std::fabs(x)));
        for (std::size_t k = 0; k < n(); ++k) {
            if (k > 0) REQUIRE(value[k - 1] >= value[k]);
            for (std::size_t i = 0; i < n(); ++i) {
                long double sum = 0, product = 0;
                for (std::size_t j = 0; j < n(); ++j) {
                    const long double aij = 0.5L * (static_cast<long double>(a[i * n() + j]) + static_cast<long double>(a[j * n() + i]));
                    sum += aij * static_cast<long double>(vector[k * n() + j]);
                    product += static_cast<long double>(vector[k * n() + j]) * static_cast<long double>(vector[i * n() + j]);
                }
                residual = std::fmax(residual,
                                     std::fabs(sum - static_cast<long double>(value[k]) * static_cast<long double>(vector[k * n() + i])));
                angle = std::fmax(angle, std::fabs(product - (i == k ? 1.0L : 0.0L)));
            }
        }
        CHECK(residual <= static_cast<long double>(tolerance) * size);
        CHECK(angle <= static_cast<long double>(tolerance));
    }
};

std::vector<double> square(std::size_t n, auto&& entry) {
    std::vector<double> a(n * n);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) a[i * n + j] = entry(i, j);
    return a;
}
}  // namespace

TEST_CASE("symmetric_eigen: closed forms") {
    for (const std::size_t n : {1u, 2u, 3u, 5u, 8u, 9u, 30u, 64u}) {
        CAPTURE(n);
        // The second difference: 2 − 2cos(kπ/(n + 1)), with vectors √(2/(n + 1))·sin(jkπ/(n + 1)).
        const solved s{square(n, [](std::size_t i, std::size_t j) { return i == j ? 2.0 : (i + 1 == j || j + 1 == i ? -1.0 : 0.0); })};
        s.check(1e-13);
        const double m = static_cast<double>(n) + 1.0;
        for (std::size_t k = 0; k < n; ++k) {
            const double angle = pi * static_cast<double>(n - k) / m;
            CHECK(s.value[k] == Approx(2.0 - 2.0 * std::cos(angle)).margin(1e-13));
            for (std::size_t j = 0; j < n; ++j)
                CHECK(std::fabs(s.vector[k * n + j]) ==
                      Approx(std::fabs(std::sqrt(2.0 / m) * std::sin(angle * static_cast<double>(j + 1)))).margin(1e-11));
        }
        // One correlation for all pairs: 1 + (n − 1)ρ once, 1 − ρ for the rest.
        const double rho = 0.3;
        const solved c{square(n, [&](std::size_t i, std::size_t j) { return i == j ? 1.0 : rho; })};
        c.check(1e-13);
        CHECK(c.value[0] == Approx(1.0 + (static_cast<double>(n) - 1.0) * rho).epsilon(1e-14));
        for (std::size_t k = 1; k < n; ++k) CHECK(c.value[k] == Approx(1.0 - rho).epsilon(1e-13));
        for (std::size_t j = 0; j < n; ++j) CHECK(c.vector[j] == Approx(1.0 / std::sqrt(static_cast<double>(n))).epsilon(1e-12));
        // A square of one vector; nothing; a diagonal in any order.
        const solved r{square(n, [](std::size_t i, std::size_t j) { return static_cast<double>((i + 1) * (j + 1)); })};
        r.check(1e-13);
        const double N = static_cast<double>(n);
        CHECK(r.value[0] == Approx(N * (N + 1) * (2 * N + 1) / 6).epsilon(1e-14));
        for (std::size_t k = 1; k < n; ++k) CHECK(r.value[k] == Approx(0.0).margin(1e-14 * r.value[0]));
        const solved zero{std::vector<double>(n * n, 0.0)};
        zero.check(0.0);
        const solved d{square(n, [&](std::size_t i, std::size_t j) { return i == j ? static_cast<double>((7 * i) % n) - 2.0 : 0.0; })};
        d.check(0.0);
    }
    // [[a, b], [b, c]]
    const solved two{{2.0, 1.5, 1.5, -1.0}};
    two.check(1e-15);
    CHECK(two.value[0] == Approx(0.5 + std::sqrt(1.5 * 1.5 + 1.5 * 1.5)).epsilon(1e-15));
    CHECK(two.value[1] == Approx(0.5 - std::sqrt(1.5 * 1.5 + 1.5 * 1.5)).epsilon(1e-15));
    // Wilkinson's W21+ has pairs of eigenvalues that agree to many digits; its largest is 10.746194182903393.
    const solved wilkinson{square(21, [](std::size_t i, std::size_t j) {
        return i == j ? std::fabs(static_cast<double>(i) - 10.0) : (i + 1 == j || j + 1 == i ? 1.0 : 0.0);
    })};
    wilkinson.check(1e-14);
    CHECK(wilkinson.value[0] == Approx(10.746194182903393).epsilon(1e-14));
    CHECK(wilkinson.value[1] == Approx(10.746194182903322).epsilon(1e-14));
    // Hilbert's matrix of 3: its eigenvalues are the roots of x³ − (23/15)x² + (127/720)x − 1/2160.
    const solved hilbert{square(3, [](std::size_t i, std::size_t j) { return 1.0 / static_cast<double>(i + j + 1); })};
    for (const double x : hilbert.value)
        CHECK(x * x * x - 23.0 / 15.0 * x * x + 127.0 / 720.0 * x - 1.0 / 2160.0 == Approx(0.0).margin(1e-15));
}

TEST_CASE("symmetric_eigen: random matrices, of any scale, with equal eigenvalues, of low rank, not quite symmetric") {
    std::mt19937_64 rng{5};
    std::normal_distribution<double> noise{};
    for (int round = 0; round < 150; ++round) {
        const std::size_t n = 1 + rng() % 40;
        const std::size_t rank = round % 3 == 0 ? 1 + rng() % n : n;
        const double scale = std::pow(10.0, static_cast<double>(rng() % 600) - 300.0);
        std::vector<double> factor(n * rank), weight(rank);
        for (double& x : factor) x = noise(rng);
        for (double& x : weight) x = round % 5 == 0 ? 1.0 : std::exp(10.0 * noise(rng)) * (rng() % 4 == 0 ? -1.0 : 1.0);
        const auto a = square(n, [&](std::size_t i, std::size_t j) {
            double sum = 0.0;
            for (std::size_t k = 0; k < rank; ++k) sum += factor[i * rank + k] * weight[k] * factor[j * rank + k];
            return sum * scale * (round % 7 == 0 ? 1.0 + 0.1 * noise(rng) : 1.0);
        });
        const solved s{a};
        s.check(1e-13);
        double trace = 0.0, sum = 0.0, size = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            trace += a[i * n + i];
            sum += s.value[i];
            size += std::fabs(s.value[i]);
        }
        CHECK(std::fabs(trace - sum) <= 1e-13 * size);
        const solved again{a};
        CHECK((test::same_bits(s.vector, again.vector) && test::same_bits(s.value, again.value)));
    }
}

TEST_CASE("symmetric_eigen: what is no matrix has no eigenvalues") {
    CHECK(solved{{}}.good);
    CHECK_FALSE(solved{{1.0, std::numeric_limits<double>::quiet_NaN(), 0.0, 1.0}}.good);
    CHECK_FALSE(solved{{std::numeric_limits<double>::infinity()}}.good);
    std::vector<double> a(9, 1.0), value(3), small(8), scratch(9);
    CHECK_FALSE(symmetric_eigen(a, value, small));
    CHECK_FALSE(symmetric_eigen(std::span{a}.first(8), value, scratch));
    CHECK(symmetric_eigen(a, value, scratch));
    const solved huge{{1e308, 1e308, 1e308, 1e308}};
    CHECK_FALSE(std::isnan(huge.value[0]));
    const solved tiny{{5e-324, 0.0, 0.0, 0.0}};
    CHECK(tiny.value[0] == 5e-324);
}
