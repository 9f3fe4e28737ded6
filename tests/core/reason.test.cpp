#include <ballast/core/reason.hpp>

#include "support/catch.hpp"

#include <set>
#include <string>
#include <type_traits>

using namespace ballast;

static_assert(std::is_trivially_copyable_v<reason> && std::is_aggregate_v<reason>);

namespace {
constexpr why last = why::held_back;
}

TEST_CASE("reason: every why has a text of its own") {
    std::set<std::string> texts;
    const int codes = static_cast<int>(last) + 1;
    for (int c = 0; c < codes; ++c) {
        const std::string text = to_string(static_cast<why>(c));
        CHECK(text != "unknown");
        texts.insert(text);
    }
    CHECK(static_cast<int>(texts.size()) == codes);
    CHECK(std::string{to_string(static_cast<why>(255))} == "unknown");
}

TEST_CASE("reason: which of them are of assets that traded") {
    for (const why w : {why::full, why::exposure_kept, why::cut_to_step, why::cut_by_cash, why::cut_by_turnover, why::cut_by_trade_limit,
                        why::cut_by_holding, why::cut_by_bounds, why::cut_for_balance})
        CHECK(traded(w));
    for (const why w : {why::trigger_quiet, why::inside_band, why::below_step, why::below_minimum, why::not_worth_cost, why::frozen_price,
                        why::frozen_stale, why::no_cash, why::held_back})
        CHECK_FALSE(traded(w));
}

TEST_CASE("reason: which of them leave something to do at the same prices") {
    // A limit on how much at a time, cash that others' sells will bring, others that could not move: the next call may go on. Steps, minimums, costs,
    // holdings, bounds and frozen prices stay as they are.
    const std::set<why> more{why::cut_by_cash,     why::cut_by_turnover, why::cut_by_trade_limit,
                             why::cut_for_balance, why::no_cash,         why::held_back};
    for (int c = 0; c <= static_cast<int>(last); ++c) {
        const why w = static_cast<why>(c);
        CHECK(more_to_do(w) == (more.count(w) == 1));
        CHECK(reason{0, w}.more_to_do() == more_to_do(w));
    }
}

TEST_CASE("reason: what is missing is the wish less what was done, in both directions") {
    STATIC_REQUIRE(reason{0, why::cut_by_cash, 100.0, 60.0}.missing() == 40.0);
    STATIC_REQUIRE(reason{0, why::cut_to_step, -100.0, -60.0}.missing() == -40.0);
    STATIC_REQUIRE(reason{}.asset == no_index);
    STATIC_REQUIRE(reason{}.missing() == 0.0);
}
