#include <ballast/venue/slippage.hpp>

#include <cstdint>
#include <random>
#include <string>

#include "support/catch.hpp"

using namespace ballast;

namespace {
std::string refusal(const auto& policy) {
    const configuration_fault f = policy.validate();
    return f ? f.parameter : "";
}
}  // namespace

TEST_CASE("venue.slippage: the room is relative and clamped by amounts") {
    // One unit in that is worth 0.1, with 10 %; then with at least 0.1 and with at most 0.001 of the money: the numbers of
    // cowprotocol/services, crates/driver/src/domain/competition/solution/slippage.rs.
    const venue::quote q{.in = 1.0, .out = 0.1};
    CHECK(venue::slippage{.relative = 0.1}.most_in(q, 0.1) == Approx(1.1).epsilon(1e-15));
    CHECK(venue::slippage{.relative = 0.1, .least = 0.1}.most_in(q, 0.1) == Approx(2.0).epsilon(1e-15));
    CHECK(venue::slippage{.relative = 0.1, .most = 0.001}.most_in(q, 0.1) == Approx(1.01).epsilon(1e-15));
    CHECK(venue::slippage{.relative = 0.1}.least_out(q) == Approx(0.09).epsilon(1e-15));
    CHECK(venue::slippage{.relative = 0.1, .least = 5.0}.least_out(q) == 0.0);
    CHECK(venue::slippage{.relative = 0.0}.room(1e9) == 0.0);
}

TEST_CASE("venue.slippage: limit prices come from the quote, sales' below and purchases' above it") {
    const venue::slippage s{.relative = 0.01};
    // 20 units sold for 1,940: not below 1 % less than 97 each.
    CHECK(s.sale_limit({.in = 20.0, .out = 1'940.0}) == Approx(97.0 * 0.99));
    // 1,040 paid for 10 units.
    CHECK(s.purchase_limit({.in = 1'040.0, .out = 10.0}) == Approx(104.0 * 1.01));
    CHECK(s.sale_limit({}) == 0.0);
    CHECK(s.purchase_limit({}) == 0.0);
}

TEST_CASE("venue.slippage: what it refuses") {
    CHECK(refusal(venue::slippage{}).empty());
    CHECK(refusal(venue::slippage{.relative = 1.0}) == "slippage.relative");
    CHECK(refusal(venue::slippage{.relative = -0.1}) == "slippage.relative");
    CHECK(refusal(venue::slippage{.least = -1.0}) == "slippage.least");
    CHECK(refusal(venue::slippage{.least = 2.0, .most = 1.0}) == "slippage.most");
    CHECK(refusal(venue::unit_slippage{}).empty());
    CHECK(refusal(venue::unit_slippage{.parts_per_million = 1'000'001}) == "unit_slippage.parts_per_million");
    CHECK(refusal(venue::unit_slippage{.least = 2u, .most = 1u}) == "unit_slippage.least");
}

TEST_CASE("venue.slippage: limits in whole units never allow more than the tolerance") {
    const venue::unit_slippage s{.parts_per_million = 5'000};
    CHECK(s.least_out(uint256{1'000'000u}) == uint256{995'000u});
    CHECK(s.least_out(uint256{199u}) == uint256{199u});  // 0.995 units of room are none
    CHECK(s.least_out(uint256{200u}) == uint256{199u});
    CHECK(s.most_in(uint256{199u}) == uint256{199u});
    CHECK(s.most_in(uint256{1'000u}) == uint256{1'005u});
    CHECK(s.least_out(uint256{}) == uint256{});
    std::mt19937_64 random{77};
    for (int k = 0; k < 2'000; ++k) {
        const auto parts = static_cast<std::uint32_t>(random() % 1'000'001);
        const venue::unit_slippage any{.parts_per_million = parts};
        uint256 quoted;
        for (int w = 0; w < 4; ++w) quoted = (quoted << 64) | uint256{random()};
        quoted = quoted >> static_cast<int>(random() % 256);
        // In 512 bits: room = floor(quoted · parts / 10⁶).
        const uint512 exact = multiply_wide(quoted, uint256{parts}) / uint512{1'000'000u};
        CHECK(any.room(quoted) == uint256{exact});
        CHECK(any.least_out(quoted) == quoted - any.room(quoted));
        const uint256 most = any.most_in(quoted);
        CHECK(most >= quoted);
        CHECK((most == ~uint256{} || most - quoted == any.room(quoted)));
    }
    const venue::unit_slippage clamped{.parts_per_million = 5'000, .least = 10u, .most = 1'000u};
    CHECK(clamped.least_out(uint256{100u}) == uint256{90u});
    CHECK(clamped.least_out(uint256{5u}) == uint256{});
    CHECK(clamped.least_out(uint256{1'000'000'000u}) == uint256{999'999'000u});
    CHECK(clamped.most_in(~uint256{} - uint256{5u}) == ~uint256{});
}
