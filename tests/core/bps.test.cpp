#include <ballast/core/bps.hpp>

#include "support/catch.hpp"

#include <cstdlib>
#include <string>

using ballast::bps;
using namespace ballast::literals;

static_assert(noexcept(bps(1.0)) && noexcept(1_bps));
static_assert(10_bps == 0.0010 && 0_bps == 0.0 && 10'000_bps == 1.0 && 1_bps == 0.0001 && 25_bps == 0.0025);
static_assert(bps(10) == 10_bps && bps(-5.0) == -0.0005);
static_assert(0.5_bps == 0.00005 && 2.5_bps == 0.00025 && 12.5_bps == 0.00125);

TEST_CASE("bps: whole basis points are the nearest double to their decimal number") {
    int wrong = 0;
    for (int n = 0; n <= 30'000; ++n) wrong += bps(n) != std::strtod((std::to_string(n) + "e-4").c_str(), nullptr);
    CHECK(wrong == 0);
}

TEST_CASE("bps: so are tenths, written as literals") {
    if (sizeof(long double) == sizeof(double)) return;  // no room for the digits that decide
    CHECK(0.1_bps == 0.00001);
    CHECK(0.3_bps == 0.00003);
    CHECK(0.7_bps == 0.00007);
    CHECK(1.1_bps == 0.00011);
    CHECK(3.3_bps == 0.00033);
    CHECK(99.9_bps == 0.00999);
}
