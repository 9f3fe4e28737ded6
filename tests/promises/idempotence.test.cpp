// Once its orders are filled at their reference prices, a decision that does not say *more to do* leaves the next call nothing to do at the same prices.
// And where it says so, the next call does something. Where no guard and no collar limits, it is rare.
#include "support/catch.hpp"
#include "support/next_calls.hpp"

#include <cmath>

using namespace ballast_test;

TEST_CASE("promise: proposing again finds nothing to do") {
    constexpr std::uint64_t books = books_of(30'000);
    next_calls next;
    const std::size_t rejected = for_random_calls(books, {}, [&](auto& call, std::uint64_t seed) { next.check(call, seed); });
    CAPTURE(rejected, next.again, next.said_more, next.more_was_true, next.unlimited, next.unlimited_said_more);
    CHECK(next.again > books / 4);
    const double rare = 0.01 * static_cast<double>(next.unlimited);
    CHECK(static_cast<double>(next.unlimited_said_more) <= rare + 2.0 * std::sqrt(rare));  // the share of a sample
    CHECK(next.more_was_true == next.said_more);
}
