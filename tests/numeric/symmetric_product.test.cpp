#include <ballast/numeric/symmetric_product.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include "support/catch.hpp"

using namespace ballast;

TEST_CASE("symmetric product: is the sum over all columns, whatever the size and however many are zero", "[numeric]") {
    std::mt19937_64 dice{21};
    std::uniform_real_distribution<double> any{-1.0, 1.0};
    for (const std::size_t n : {0u, 1u, 2u, 3u, 4u, 5u, 7u, 8u, 9u, 15u, 16u, 17u, 40u, 61u, 200u})
        for (const double filled : {0.0, 0.1, 0.5, 1.0}) {
            const std::size_t stride = n + n % 3;
            std::vector<double> a(n * stride + 1, std::numeric_limits<double>::quiet_NaN()), x(n), y(n);
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = i; j < n; ++j) a[i * stride + j] = a[j * stride + i] = any(dice);
            for (double& v : x) v = std::fabs(any(dice)) < filled ? any(dice) : 0.0;
            for (double& v : y) v = any(dice);
            const auto before = y;
            add_symmetric_product(a.data(), n, stride, x.data(), y.data());
            for (std::size_t i = 0; i < n; ++i) {
                long double sum = static_cast<long double>(before[i]);
                for (std::size_t j = 0; j < n; ++j) sum += static_cast<long double>(a[i * stride + j]) * static_cast<long double>(x[j]);
                INFO("n " << n << ", filled " << filled << ", entry " << i);
                REQUIRE_THAT(y[i], Catch::Matchers::WithinAbs(static_cast<double>(sum), 1e-15 * static_cast<double>(n + 4)));
            }
            if (filled == 0.0) REQUIRE(y == before);
        }
}

TEST_CASE("symmetric product: rows that weigh nothing are not looked at", "[numeric]") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> a{1.0, 2.0, 3.0, nan, nan, nan, 3.0, 5.0, 6.0}, x{2.0, 0.0, -1.0}, y{10.0, 20.0, 30.0};
    add_symmetric_product(a.data(), 3, 3, x.data(), y.data());
    CHECK(y == std::vector<double>{10.0 + 2.0 - 3.0, 20.0 + 4.0 - 5.0, 30.0 + 6.0 - 6.0});
}
