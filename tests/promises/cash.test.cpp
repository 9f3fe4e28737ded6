// Cash after every prefix of the list, with every order at its limit price, stays at or above the reserve, or where it was before if that is less; no row
// crosses zero unless shorts are allowed; orders are whole steps at or above their minimums; and what is spent is what cash loses:
//   |Σ notional + Σ cost + Δcash| ≤ 4ε·(Σ|notional| + |cash|).
// The referee (support/order_checker.hpp) shares no code with the library.
#include "support/catch.hpp"
#include "support/random_run.hpp"

using namespace ballast_test;

TEST_CASE("promise: every list of random books and policies is accepted by an independent referee") {
    std::size_t traded = 0;
    std::size_t orders = 0;
    constexpr std::uint64_t books = books_of(30'000);
    const std::size_t rejected = for_random_calls(books, {}, [&](const auto& call, std::uint64_t seed) {
        const std::string complaint = call.complaint();
        if (!complaint.empty()) {
            CAPTURE(seed);
            FAIL_CHECK(complaint);
        }
        traded += call.answer.orders.empty() ? 0u : 1u;
        orders += call.answer.orders.size();
    });
    CAPTURE(rejected, traded, orders);
    CHECK(rejected < books / 20);
    CHECK(traded > books / 3);
}

TEST_CASE("promise: the referee objects to what is wrong") {
    auto call = make_random_call<convex_cost, ballast::solver::to_target>(0, {});
    for (std::uint64_t seed = 6; call.answer.orders.size() < 2; seed += 6) {
        call = make_random_call<convex_cost, ballast::solver::to_target>(seed, {});
        call.propose();
    }
    REQUIRE(call.complaint().empty());
    ballast::decision d = call.answer;
    d.orders.back().quantity *= 1.01;
    CHECK_FALSE(call.complaint(d).empty());
    d = call.answer;
    d.cash_after += 1e-6 * d.value;
    CHECK_FALSE(call.complaint(d).empty());
    d = call.answer;
    d.orders.push_back(d.orders.front());
    CHECK_FALSE(call.complaint(d).empty());
}
