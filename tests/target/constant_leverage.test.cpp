#include <ballast/target/constant_leverage.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/targets.hpp"

#include <cmath>
#include <limits>
#include <vector>

using namespace ballast;
using ballast::target::constant_leverage;
using ballast_test::test_look;
using test::refusal;
using test::weights_of;

static_assert(std::is_aggregate_v<constant_leverage> && target_policy<constant_leverage> && detail::transforms<constant_leverage>());

namespace {
/// A book without positions but for quantities, as it is where rows are assets.
look without_positions(const test_look& l) {
    look v = l.look();
    v.position = {};
    return v;
}
}  // namespace

// Index Coop's flexible leverage tokens (defi_cases.json, fli-recenter): new = max(min, min(max, target·speed + (1 − speed)·current)).
TEST_CASE("constant_leverage: an interval of recentring (fli-recenter)") {
    const test::json all = test::reference("defi_cases.json");
    const test::json& c = all.by_id("fli-recenter");
    const test::json& rows = c["input"]["rows"];
    for (std::size_t k = 0; k < rows.size(); ++k) {
        const std::vector<double> row = rows[k].numbers();
        REQUIRE(row.size() == 5);
        const constant_leverage p{.leverage = row[1], .lower = row[2], .upper = row[3], .speed = row[4]};
        const test_look l{{row[0]}, {1.0}};
        for (const look& v : {l.look(), without_positions(l)})
            CHECK(weights_of(p, v)[0] == Approx(c["expected"]["new"][k].number()).epsilon(1e-15));
        // The same one interval after a commit.
        constant_leverage::memory m;
        p.commit({}, timestamp{}, m);
        test_look later = l;
        later.at(timestamp{} + days(1));
        CHECK(weights_of(p, later, m)[0] == Approx(c["expected"]["new"][k].number()).epsilon(1e-15));
    }
}

TEST_CASE("constant_leverage: at once by default, in the ratios of the host's targets") {
    const test_look l{{0.1, 0.2, 0.0}, {0.3, -0.2, 0.1}};
    const std::vector<double> w = weights_of(constant_leverage{.leverage = 2.0}, l);
    CHECK(w[0] == Approx(1.0).epsilon(1e-15));
    CHECK(w[1] == Approx(-2.0 / 3.0).epsilon(1e-15));
    CHECK(w[2] == Approx(1.0 / 3.0).epsilon(1e-15));
    const std::vector<double> s = weights_of(constant_leverage{.leverage = 0.5, .safe = 2}, l);
    CHECK(s[0] == Approx(0.3).epsilon(1e-15));
    CHECK(s[1] == Approx(-0.2).epsilon(1e-15));
    CHECK(s[2] == Approx(0.9).epsilon(1e-15));
    CHECK(weights_of(constant_leverage{.leverage = 2.0}, test_look{{0.0, 0.0}, {0.0, 0.0}}) == std::vector{0.0, 0.0});
    CHECK(std::isnan(weights_of(constant_leverage{.leverage = 2.0}, test_look{{0.0}, {std::numeric_limits<double>::quiet_NaN()}})[0]));
}

TEST_CASE("constant_leverage: little by little, as time passes") {
    const constant_leverage p{.leverage = 1.0, .speed = 0.5, .interval = hours(6)};
    constant_leverage::memory m;
    p.commit({}, timestamp{} + days(10), m);
    for (const int hour : {0, 1, 3, 6, 12, 60}) {
        test_look l{{0.5, 0.0, 1.5}, {0.5, 0.5, 0.0}};
        l.at(timestamp{} + days(10) + hours(hour));
        const std::vector<double> w = weights_of(p, l, m);
        CHECK(w[0] + w[1] + w[2] == Approx(1.0 + std::exp2(-hour / 6.0)).epsilon(1e-14));
        CHECK(w[0] == w[1]);
    }
    test_look safe{{0.5, 1.5}, {1.0, 0.0}};
    safe.at(timestamp{} + days(10));
    CHECK(weights_of(constant_leverage{.leverage = 1.0, .speed = 0.5, .safe = 1}, safe, m)[0] == 0.5);  // what is safe is no exposure
}

TEST_CASE("constant_leverage: proposing again right after a commit changes nothing") {
    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{},
                        constant_leverage{.leverage = 2.0, .speed = 0.25}, mandate{.leverage = 3.0}},
             {.assets = 1}};
    const std::vector<double> price{1.0}, target{1.0};
    holdings h{100.0, {0.0}, {}};
    double expected = 0.0;
    for (int day = 1; day <= 10; ++day) {
        REQUIRE_FALSE(k.observe({.now = timestamp{} + days(day), .price = price}));
        const decision& d = k.propose(h.view(), target);
        expected += 0.25 * (2.0 - expected);
        REQUIRE(d.outcome == outcome::trade);
        CHECK(d.weight_after()[0] == Approx(expected));
        REQUIRE_FALSE(apply(h, d));
        REQUIRE_FALSE(k.commit(d));
        CHECK(k.propose(h.view(), target).orders.empty());
    }
}

TEST_CASE("constant_leverage: rows of one asset are one position") {
    keeper k{
        rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, constant_leverage{.leverage = 0.0, .speed = 0.5}},
        {.assets = 2, .rows = 3}};
    const std::vector<double> price{1.0, 2.0}, target{0.5, 0.5}, quantity{10.0, 20.0, 5.0};
    const std::vector<std::uint32_t> asset_of_row{1, 0, 1};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    const decision& d = k.propose({.cash = 50.0, .quantity = quantity, .asset_of_row = asset_of_row}, target);
    CHECK(d.weight_after()[0] == Approx(0.125));  // half of (20 + 30)/100, half of that each
    CHECK(d.weight_after()[1] == Approx(0.125));
}

TEST_CASE("constant_leverage: bad parameters are refused with parameter, value and range") {
    CHECK_THAT(refusal(constant_leverage{}), EndsWith("has to be given: a finite number at or above 0"));
    CHECK(refusal(constant_leverage{.leverage = 2.0}).empty());
    CHECK(refusal(constant_leverage{.leverage = 2.0, .lower = -1.0}) ==
          "ballast: constant_leverage.lower = -1: must be a finite number at or above 0, and not above upper");
    CHECK(refusal(constant_leverage{.leverage = 2.0, .lower = 1.5, .upper = 1.0}) ==
          "ballast: constant_leverage.upper = 1: must be a number at or above lower");
    CHECK(refusal(constant_leverage{.leverage = 2.0, .speed = 0.0}) ==
          "ballast: constant_leverage.speed = 0: must be above 0 and at most 1");
    CHECK(refusal(constant_leverage{.leverage = 2.0, .interval = {}}) ==
          "ballast: constant_leverage.interval = 0: must be a time above 0 (seconds)");
    CHECK_FALSE(constant_leverage{.safe = 5}.covers(5));
}
