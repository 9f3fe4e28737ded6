#include <ballast/core/mandate.hpp>

#include "support/catch.hpp"

#include <limits>
#include <string>
#include <type_traits>

using namespace ballast;

static_assert(std::is_aggregate_v<mandate> && std::is_trivially_copyable_v<mandate>);

namespace {
std::string refused(const mandate& m) {
    const configuration_fault f = m.validate();
    return f ? f.parameter : "";
}
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
}  // namespace

TEST_CASE("mandate: by default neither shorts nor leverage, no reserve, bad prices rejected") {
    STATIC_REQUIRE(mandate{}.leverage == 1.0);
    STATIC_REQUIRE(mandate{}.net_leverage == std::numeric_limits<double>::infinity());
    STATIC_REQUIRE_FALSE(mandate{}.allow_short);
    STATIC_REQUIRE(mandate{}.reserved(1000.0) == 0.0);
    STATIC_REQUIRE(mandate{}.bad_price == on_bad_price::reject);
    STATIC_REQUIRE_FALSE(mandate{}.validate());
}

TEST_CASE("mandate: the reserve is a share and an amount, and never more than there is") {
    STATIC_REQUIRE(mandate{.reserve = 0.25}.reserved(1000.0) == 250.0);
    STATIC_REQUIRE(mandate{.reserve_amount = 30.0}.reserved(1000.0) == 30.0);
    STATIC_REQUIRE(mandate{.reserve = 0.25, .reserve_amount = 30.0}.reserved(1000.0) == 280.0);
    STATIC_REQUIRE(mandate{.reserve_amount = 30.0}.reserved(20.0) == 20.0);
    STATIC_REQUIRE(mandate{.reserve = 0.5, .reserve_amount = 30.0}.reserved(20.0) == 20.0);
}

// floor = reserved(W) − borrowed·W, where targets above 1 borrow Σ target − 1 and leverage allows it.
TEST_CASE("mandate: the cash that has to stay is the reserve, less what the targets borrow") {
    constexpr mandate geared{.reserve = 0.125, .reserve_amount = 30.0, .leverage = 2.0};
    STATIC_REQUIRE(geared.borrowed(0.25) == 0.0);
    STATIC_REQUIRE(geared.borrowed(-0.5) == 0.5);
    STATIC_REQUIRE(geared.cash_floor(1000.0, 0.25) == 155.0);
    STATIC_REQUIRE(geared.cash_floor(1000.0, 0.0) == 155.0);
    STATIC_REQUIRE(geared.cash_floor(1000.0, -0.5) == -345.0);
    // Without leverage nothing is borrowed, also where the targets come to a little more than 1.
    STATIC_REQUIRE(mandate{.reserve = 0.125}.borrowed(-0.5) == 0.0);
    STATIC_REQUIRE(mandate{.reserve = 0.125}.cash_floor(1000.0, -1e-7) == 125.0);
}

TEST_CASE("mandate: what makes no sense is refused, and named") {
    CHECK(refused({.reserve = 0.999, .reserve_amount = 1e12, .leverage = 5.0, .allow_short = true}) == "");
    for (const double bad : {-0.01, 1.0, not_a_number, infinity}) CHECK(refused({.reserve = bad}) == "mandate.reserve");
    for (const double bad : {-0.01, not_a_number, infinity}) CHECK(refused({.reserve_amount = bad}) == "mandate.reserve_amount");
    for (const double bad : {-1.0, 0.0, not_a_number, infinity}) CHECK(refused({.leverage = bad}) == "mandate.leverage");
    for (const double bad : {-0.01, not_a_number, -infinity}) CHECK(refused({.net_leverage = bad}) == "mandate.net_leverage");
    for (const double good : {0.0, 0.5, infinity}) CHECK(refused({.net_leverage = good}) == "");
}
