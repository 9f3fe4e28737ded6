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
    for (const why w : {why::full,
                        why::exposure_kept,
                        why::reserve_kept,
                        why::steps_chosen,
                        why::cash_raised,
                        why::cut_by_settlement,
                        why::cut_to_step,
                        why::cut_by_cash,
                        why::cut_at_limit,
                        why::cut_by_turnover,
                        why::cut_by_trade_limit,
                        why::cut_by_holding,
                        why::cut_by_bounds,
                        why::cut_by_maximum,
                        why::cut_by_borrow,
                        why::cut_to_close,
                        why::cut_to_least,
                        why::cut_for_balance,
                        why::cut_by_participation,
                        why::cut_by_depth,
                        why::cut_to_need,
                        why::cut_to_rate,
                        why::hedged,
                        why::for_return,
                        why::limit_kept,
                        why::cut_by_limit,
                        why::exposure_reduced,
                        why::cut_at_zero,
                        why::cut_by_exposure,
                        why::fees_covered,
                        why::cut_by_fee_asset})
        CHECK(traded(w));
    for (const why w : {why::trigger_quiet,    why::inside_band,    why::below_step,    why::below_minimum,  why::below_quantity,
                        why::below_least,      why::not_worth_cost, why::frozen_price,  why::frozen_stale,   why::frozen_by_host,
                        why::not_settled,      why::open_order,     why::beyond_orders, why::not_bought,     why::not_sold,
                        why::no_volume,        why::no_buying,      why::no_selling,    why::close_only,     why::no_cash,
                        why::no_cash_at_limit, why::held_back,      why::exposure_full, why::exposure_stays, why::no_fee_asset})
        CHECK_FALSE(traded(w));
}

TEST_CASE("reason: which of them may leave something to do at the same prices") {
    // A limit on how much at a time, others that could not move, cash that better fills than the limit prices will bring: the next call may go on.
    // Steps, minimums, costs, holdings, bounds, frozen prices and cash that is not there stay as they are.
    const std::set<why> may{why::cut_by_participation, why::cut_by_depth,     why::beyond_orders,  why::cut_by_settlement,
                            why::not_settled,          why::open_order,       why::cut_by_maximum, why::cut_by_turnover,
                            why::cut_by_trade_limit,   why::cut_for_balance,  why::cut_at_limit,   why::no_cash_at_limit,
                            why::exposure_reduced,     why::cut_by_exposure,  why::exposure_full,  why::exposure_stays,
                            why::cut_at_zero,          why::cut_by_fee_asset, why::no_fee_asset,   why::cut_to_rate};
    for (int c = 0; c <= static_cast<int>(last); ++c) {
        const why w = static_cast<why>(c);
        CHECK(may_leave_more(w) == (may.count(w) == 1));
    }
    CHECK_FALSE(reason{.asset = 0, .code = why::cut_by_turnover}.more_to_do());
    CHECK(reason{.asset = 0, .code = why::cut_by_turnover, .more = true}.more_to_do());
}

TEST_CASE("reason: what is missing is the wish less what was done, in both directions") {
    STATIC_REQUIRE(reason{0, why::cut_by_cash, 100.0, 60.0}.missing() == 40.0);
    STATIC_REQUIRE(reason{0, why::cut_to_step, -100.0, -60.0}.missing() == -40.0);
    STATIC_REQUIRE(reason{}.asset == no_index);
    STATIC_REQUIRE(reason{}.missing() == 0.0);
}
