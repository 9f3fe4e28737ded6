#include <ballast/core/arithmetic.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>

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

TEST_CASE("arithmetic: the constants are the powers of two that their comments say") {
    CHECK(detail::two_to_52 == std::ldexp(1.0, 52));
    CHECK(detail::snap == std::ldexp(1.0, -50));
}
