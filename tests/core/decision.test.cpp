#include <ballast/core/decision.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

using namespace ballast;

namespace {
decision of_three() {
    decision d;
    d.reserve(3, 4, 2);
    d.reset(3);
    d.value = 1000.0;
    const double before[] = {0.5, 0.3, 0.2};
    const double after[] = {0.4, 0.35, 0.25};
    const double drift[] = {0.1, 0.0, -0.1};
    for (std::size_t i = 0; i < 3; ++i) {
        d.writable_before()[i] = before[i];
        d.writable_after()[i] = after[i];
        d.writable_drift()[i] = drift[i];
    }
    return d;
}
}  // namespace

TEST_CASE("decision: every outcome has a text of its own") {
    std::set<std::string> texts;
    const int outcomes = static_cast<int>(outcome::inexact) + 1;
    for (int o = 0; o < outcomes; ++o) texts.insert(to_string(static_cast<outcome>(o)));
    CHECK(static_cast<int>(texts.size()) == outcomes);
    CHECK(texts.count("unknown") == 0);
    CHECK(std::string{to_string(static_cast<outcome>(255))} == "unknown");
}

TEST_CASE("decision: weights after are those before where nothing is ordered") {
    decision d = of_three();
    CHECK(d.weight_after().data() == d.weight_before().data());
    d.orders.emplace_back();
    CHECK(d.weight_after()[0] == 0.4);
    CHECK(d.weight_before()[0] == 0.5);
    CHECK(d.weight_after().size() == 3);
    CHECK(d.drift()[2] == -0.1);
    d.cost = 1.5;
    CHECK(d.value_after() == 998.5);
}

TEST_CASE("decision: the reason of an asset, listed or not, fired or not") {
    decision d = of_three();
    CHECK(d.reason_of(2).code == why::trigger_quiet);
    CHECK(d.reason_of(2).wished == Approx(100.0));
    CHECK(d.reason_of(0).wished == Approx(-100.0));
    CHECK(d.reason_of(0).done == 0.0);
    CHECK(d.reason_of(7).wished == 0.0);  // no such asset
    d.firing.fired = true;
    CHECK(d.reason_of(1).code == why::inside_band);
    d.reasons.push_back({2, why::cut_by_cash, 100.0, 40.0});
    CHECK(d.reason_of(2).code == why::cut_by_cash);
    CHECK(d.reason_of(2).missing() == 60.0);
    CHECK(d.reason_of(2).asset == 2);
}

TEST_CASE("decision: more to do where any reason says so") {
    decision d = of_three();
    CHECK_FALSE(d.more_to_do());
    d.reasons.push_back({0, why::full, -100.0, -100.0});
    d.reasons.push_back({1, why::below_step, 1.0, 0.0});
    CHECK_FALSE(d.more_to_do());
    d.reasons.push_back({2, why::cut_by_turnover, 100.0, 40.0});
    CHECK_FALSE(d.more_to_do());  // it may be that nothing is left that could be sent
    d.reasons.back().more = true;
    CHECK(d.more_to_do());
}

TEST_CASE("decision: reserve makes room for all lists, and holds says for how much") {
    decision d;
    CHECK(d.holds(0, 0, 0));
    CHECK_FALSE(d.holds(1, 0, 0));
    d.reserve(3, 4, 2);
    CHECK(d.holds(3, 4, 2));
    CHECK_FALSE(d.holds(4, 4, 2));
    CHECK_FALSE(d.holds(3, 5, 2));
    CHECK_FALSE(d.holds(3, 4, 3));
    const auto* orders = d.orders.data();
    for (int k = 0; k < 4; ++k) d.orders.emplace_back();
    CHECK(d.orders.data() == orders);
}

TEST_CASE("decision: a certificate tells whether a choice was made, and how much better another one could be") {
    CHECK_FALSE(optimality{}.made);
    CHECK_FALSE(step_certificate{}.made());
    CHECK(step_certificate{.proved = true}.made());  // nothing is missing, and that is proved
    CHECK(step_certificate{.nodes = 1}.made());
    const step_certificate c{.objective = 0.25, .bound = 0.125, .plain = 0.5};
    CHECK(c.made());
    CHECK(c.gap() == 0.125);
    CHECK(step_certificate{.bound = -1.0}.made());
    CHECK(step_certificate{.bound = -1.0}.gap() == 1.0);
}

TEST_CASE("decision: reset empties everything that the last answer said, and keeps the memory") {
    decision d = of_three();
    d.outcome = outcome::rejected;
    d.problem = {fault_code::bad_price, 1, -1.0};
    d.firing.fired = true;
    d.guard = "max_turnover";
    d.cash = d.cash_after = d.cost = d.turnover = 5.0;
    d.orders.emplace_back();
    d.reasons.emplace_back();
    d.leaves.emplace_back();
    d.reset(2);
    CHECK(d.outcome == outcome::hold);
    CHECK_FALSE(d.problem);
    CHECK_FALSE(d.firing.fired);
    CHECK(d.guard == nullptr);
    CHECK(d.value == 0.0);
    CHECK(d.cash == 0.0);
    CHECK(d.cash_after == 0.0);
    CHECK(d.cost == 0.0);
    CHECK(d.turnover == 0.0);
    CHECK(d.orders.empty());
    CHECK(d.reasons.empty());
    CHECK(d.leaves.empty());
    CHECK(d.assets() == 2);
    CHECK(d.weight_before().size() == 2);
    CHECK(d.drift().size() == 2);
    CHECK(d.holds(3, 4, 2));
}

TEST_CASE("decision: names of limits are owned, and cut where they are too long") {
    STATIC_REQUIRE(label{}.empty());
    STATIC_REQUIRE(label{"tech"} == label{"tech"});
    STATIC_REQUIRE_FALSE(label{"tech"} == label{"tec"});
    STATIC_REQUIRE(label{nullptr}.empty());
    CHECK(std::string{label{"a name that is longer than a label can hold"}.text()} == "a name that is longer than a la");
    CHECK(std::string{label{"tech"}.text()} == "tech");
}

TEST_CASE("decision: what an asset is worth beside what it costs") {
    STATIC_REQUIRE(asset_worth{.benefit = 0.5, .cost_low = -1.0, .cost_high = 1.0}.missing() == 0.0);
    STATIC_REQUIRE(asset_worth{.benefit = 1.5, .cost_low = -1.0, .cost_high = 1.0}.missing() == 0.5);
    STATIC_REQUIRE(asset_worth{.benefit = -3.0, .cost_low = -1.0, .cost_high = 1.0}.missing() == -2.0);
}

TEST_CASE("decision: room for prices is there where it was asked for, and kept when it is emptied") {
    answer_prices p;
    CHECK(p.holds(9, {}));
    CHECK_FALSE(p.holds(1, {.any = true}));
    p.reserve(9, {.any = true, .factors = 2, .limits = 3});
    CHECK(p.holds(9, {.any = true, .factors = 2, .limits = 3}));
    CHECK_FALSE(p.holds(9, {.any = true, .factors = 3, .limits = 3}));
    p.limits.push_back({.name = "one"});
    decision d;
    d.prices = p;
    d.reset(0);
    CHECK(d.prices.limits.empty());
    p.clear();
    CHECK(p.holds(9, {.any = true, .factors = 2, .limits = 3}));
}
