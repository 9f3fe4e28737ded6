#include <ballast/numeric/gram.hpp>

#include <cstddef>
#include <random>
#include <vector>

#include "support/catch.hpp"

using namespace ballast;

namespace {

std::vector<double> plain_product(const std::vector<double>& panel, const std::vector<double>& weight, std::size_t columns) {
    const std::size_t stride = gram_stride(columns);
    std::vector<double> sum(columns * columns);
    for (std::size_t a = 0; a < columns; ++a)
        for (std::size_t b = 0; b < columns; ++b) {
            long double s = 0.0L;
            for (std::size_t r = 0; r < weight.size(); ++r)
                s += static_cast<long double>(weight[r]) * static_cast<long double>(panel[r * stride + a]) *
                     static_cast<long double>(panel[r * stride + b]);
            sum[a * columns + b] = static_cast<double>(s);
        }
    return sum;
}

}  // namespace

TEST_CASE("gram: the upper triangle is the sum of weighted squares", "[numeric]") {
    std::mt19937_64 dice{7};
    std::uniform_real_distribution<double> any{-1.0, 1.0};
    for (const std::size_t columns :
         {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{8}, std::size_t{9}, std::size_t{23}, std::size_t{41}})
        for (const std::size_t rows : {std::size_t{0}, std::size_t{1}, std::size_t{5}, std::size_t{64}}) {
            const std::size_t stride = gram_stride(columns);
            std::vector<double> panel(rows * stride), scaled(rows * stride), weight(rows), matrix(stride * stride);
            for (std::size_t r = 0; r < rows; ++r) {
                weight[r] = any(dice);
                for (std::size_t c = 0; c < columns; ++c) panel[r * stride + c] = any(dice);
                for (std::size_t c = 0; c < stride; ++c) scaled[r * stride + c] = weight[r] * panel[r * stride + c];
            }
            add_gram(panel.data(), scaled.data(), rows, columns, matrix.data());
            const auto expected = plain_product(panel, weight, columns);
            for (std::size_t a = 0; a < columns; ++a)
                for (std::size_t b = a; b < columns; ++b) {
                    INFO(columns << " columns, " << rows << " rows, entry " << a << ", " << b);
                    REQUIRE_THAT(matrix[a * stride + b],
                                 Catch::Matchers::WithinAbs(expected[a * columns + b], 1e-14 * static_cast<double>(rows + 1)));
                }
            // Taking the same rows off again leaves rounding.
            for (double& s : scaled) s = -s;
            add_gram(panel.data(), scaled.data(), rows, columns, matrix.data());
            for (std::size_t a = 0; a < columns; ++a)
                for (std::size_t b = a; b < columns; ++b)
                    REQUIRE_THAT(matrix[a * stride + b], Catch::Matchers::WithinAbs(0.0, 1e-14 * static_cast<double>(rows + 1)));
        }
}

TEST_CASE("gram: rows begin at whole eights", "[numeric]") {
    CHECK(gram_stride(0) == 0);
    CHECK(gram_stride(1) == 8);
    CHECK(gram_stride(8) == 8);
    CHECK(gram_stride(9) == 16);
}
