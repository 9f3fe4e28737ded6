// What the calls after a decision find, once its orders are filled at their reference prices.
#pragma once

#include <cstddef>
#include <cstdint>

#include "catch.hpp"
#include "random_run.hpp"

namespace ballast_test {

/// Counts over many random calls.
struct next_calls {
    std::size_t again = 0;                ///< decisions after which there should be nothing more
    std::size_t found = 0;                ///< of these: the next call trades
    std::size_t said_more = 0;            ///< decisions that say *more to do*
    std::size_t more_was_true = 0;        ///< of these: the next call trades
    std::size_t unlimited = 0;            ///< decisions that no guard, no collar and no fee asset limits
    std::size_t unlimited_said_more = 0;  ///< of these: say *more to do*

    /// Fills the orders of the call's answer and asks again. False where the answer said that there is no more to do, and there is. Without
    /// orders nothing is asked.
    template <class Call>
    [[nodiscard]] bool as_said(Call& call) {
        if (call.answer.orders.empty()) return true;
        const bool more = call.answer.more_to_do();
        const bool free = !call.limited && call.house.collar == 0.0 && call.of.venue.fee_asset.view().empty();
        unlimited += free ? 1u : 0u;
        unlimited_said_more += free && more ? 1u : 0u;
        REQUIRE_FALSE(apply(call.of.held, call.answer));
        call.propose();
        const bool trades = !call.answer.orders.empty();
        if (more) {
            ++said_more;
            more_was_true += trades ? 1u : 0u;
            return true;
        }
        ++again;
        found += trades ? 1u : 0u;
        return !trades;
    }
    /// The same, and a failure where it is not as was said.
    template <class Call>
    void check(Call& call, std::uint64_t seed) {
        const std::size_t orders = call.answer.orders.size();
        if (as_said(call)) return;
        CAPTURE(seed, orders, call.answer.orders.size(), call.answer.orders[0].notional, call.answer.value);
        FAIL_CHECK("the next call trades");
    }
};

/// A random book under random policies for each seed below `count`, with a random cost of this kind: `body(call, seed)` for every list that
/// is not empty, once the referee has accepted it.
template <class Cost, class Body>
void for_accepted_lists(std::uint64_t count, Body&& body) {
    const auto one = [&](auto call, std::uint64_t seed) {
        call.propose();
        CAPTURE(seed);
        if (call.answer.orders.empty()) return;
        CHECK(call.complaint() == "");
        body(call, seed);
    };
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        if (seed % 2 == 0)
            one(make_random_call<Cost, ballast::solver::to_target>(seed, {}), seed);
        else
            one(make_random_call<Cost, ballast::solver::to_band>(seed, {}), seed);
    }
}

}  // namespace ballast_test
