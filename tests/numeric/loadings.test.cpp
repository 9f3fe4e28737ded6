#include <ballast/numeric/loadings.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <random>
#include <vector>

using namespace ballast;

TEST_CASE("products with loadings of any size are those of plain loops") {
    std::mt19937_64 random{5};
    std::uniform_real_distribution<double> some{-1.0, 1.0};
    for (std::size_t k = 0; k <= 50; ++k)
        for (const std::size_t n : {0u, 1u, 2u, 3u, 4u, 5u, 8u, 9u, 31u}) {
            const std::size_t whole = (k + 7) / 8 * 8;
            std::vector<double> loadings(n * k), x(whole, 0.0), y(n), sums(whole, -7.0);
            for (double& f : loadings) f = some(random);
            for (std::size_t a = 0; a < k; ++a) x[a] = some(random);
            for (double& v : y) v = some(random);
            const std::vector<double> before = y;

            detail::add_loadings(loadings.data(), n, k, x.data(), y.data());
            bool near = true;
            for (std::size_t i = 0; i < n; ++i) {
                double sum = before[i];
                for (std::size_t a = 0; a < k; ++a) sum += loadings[i * k + a] * x[a];
                near = near && detail::absolute(sum - y[i]) <= 1e-13;
            }
            detail::sum_loadings(loadings.data(), n, k, y.data(), sums.data());
            for (std::size_t a = 0; a < k; ++a) {
                double sum = 0.0;
                for (std::size_t i = 0; i < n; ++i) sum += loadings[i * k + a] * y[i];
                near = near && detail::absolute(sum - sums[a]) <= 1e-13;
            }
            // What is beyond the factors is nobody's.
            for (std::size_t a = k; a < whole; ++a) near = near && sums[a] == -7.0;
            INFO("n = " << n << ", k = " << k);
            CHECK(near);
        }
}
