// Once its orders are filled at their reference prices, a decision that does not say *more to do* leaves the next call nothing to do at the same prices.
// And where it says so, the next call does something. Where no guard and no collar limits, it is rare.
#include "support/catch.hpp"
#include "support/random_run.hpp"

using namespace ballast_test;

TEST_CASE("promise: proposing again finds nothing to do") {
    std::size_t again = 0;
    std::size_t said_more = 0;
    std::size_t unlimited = 0;
    std::size_t unlimited_said_more = 0;
    std::size_t more_was_true = 0;
    constexpr std::uint64_t books = books_of(30'000);
    const std::size_t rejected = for_random_calls(books, {}, [&](auto& call, std::uint64_t seed) {
        if (call.answer.orders.empty()) return;
        const bool more = call.answer.more_to_do();
        const std::size_t orders = call.answer.orders.size();
        const bool free = !call.limited && call.house.collar == 0.0;
        unlimited += free ? 1u : 0u;
        unlimited_said_more += free && more ? 1u : 0u;
        REQUIRE_FALSE(apply(call.of.held, call.answer));
        call.propose();
        if (more) {
            ++said_more;
            more_was_true += call.answer.orders.empty() ? 0u : 1u;
            return;
        }
        ++again;
        if (!call.answer.orders.empty()) {
            CAPTURE(seed, orders, call.answer.orders.size(), call.answer.orders[0].notional, call.answer.value);
            FAIL_CHECK("the next call trades");
        }
    });
    CAPTURE(rejected, again, said_more, more_was_true, unlimited, unlimited_said_more);
    CHECK(again > books / 4);
    CHECK(static_cast<double>(unlimited_said_more) <= 0.01 * static_cast<double>(unlimited));
    CHECK(more_was_true == said_more);
}
