#include <ballast/core/arithmetic.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <random>

// That a build with -ffast-math is refused: tests/compile_fail/fast_math.cpp.

using namespace ballast;

TEST_CASE("arithmetic: 128 bits are 128 bits") {
    STATIC_REQUIRE(sizeof(int128) == 16);
    STATIC_REQUIRE(sizeof(uint128) == 16);
    STATIC_REQUIRE(static_cast<int128>(-1) < 0);
    STATIC_REQUIRE(~uint128{0} > 0);
}

TEST_CASE("arithmetic: absolute, finite, whole") {
    STATIC_REQUIRE(detail::absolute(-2.5) == 2.5);
    STATIC_REQUIRE(detail::absolute(2.5) == 2.5);
    STATIC_REQUIRE(detail::absolute(0.0) == 0.0);
    CHECK(std::isnan(detail::absolute(std::numeric_limits<double>::quiet_NaN())));
    CHECK(detail::finite(0.0));
    CHECK(detail::finite(-std::numeric_limits<double>::max()));
    CHECK(detail::finite(std::numeric_limits<double>::denorm_min()));
    CHECK_FALSE(detail::finite(std::numeric_limits<double>::infinity()));
    CHECK_FALSE(detail::finite(-std::numeric_limits<double>::infinity()));
    CHECK_FALSE(detail::finite(std::numeric_limits<double>::quiet_NaN()));
    STATIC_REQUIRE(detail::whole(2.99) == 2.0);
    STATIC_REQUIRE(detail::whole(-2.99) == -2.0);
    STATIC_REQUIRE(detail::whole(4503599627370497.0) == 4503599627370497.0);
}

TEST_CASE("arithmetic: rounding_error is what a sum lost") {
    // With a = 1 and b = 2^-60 the sum is 1, and what was lost is b.
    STATIC_REQUIRE(detail::rounding_error(1.0, 0x1p-60, 1.0) == 0x1p-60);
    STATIC_REQUIRE(detail::rounding_error(0x1p-60, 1.0, 1.0) == 0x1p-60);
    STATIC_REQUIRE(detail::rounding_error(-1.0, 0x1p-60, -1.0) == 0x1p-60);
    STATIC_REQUIRE(detail::rounding_error(1.0, 2.0, 3.0) == 0.0);
    std::mt19937_64 random{5};
    std::uniform_real_distribution<double> part{-1.0, 1.0};
    std::uniform_int_distribution<int> exponent{-10, 10};
    for (int trial = 0; trial < 10'000; ++trial) {
        const double a = std::ldexp(part(random), exponent(random));
        const double b = std::ldexp(part(random), exponent(random));
        const double s = a + b;
        const auto wide = [](double x) { return static_cast<__float128>(x); };
        CHECK(wide(a) + wide(b) == wide(s) + wide(detail::rounding_error(a, b, s)));
    }
}

TEST_CASE("arithmetic: the constants are the powers of two that their comments say") {
    CHECK(detail::two_to_52 == std::ldexp(1.0, 52));
    CHECK(detail::snap == std::ldexp(1.0, -50));
}
