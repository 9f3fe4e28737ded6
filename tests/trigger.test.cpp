// Includes nothing else: trigger.hpp has to bring every trigger, and what they need.
#include <ballast/trigger.hpp>

#include "support/catch.hpp"
#include "support/family.hpp"

#include <string>

using namespace ballast;

TEST_CASE("trigger: the family's header brings every member") {
    STATIC_REQUIRE(trigger_policy<trigger::never>);
    STATIC_REQUIRE(trigger_policy<trigger::every>);
    STATIC_REQUIRE(trigger_policy<trigger::calendar>);
    STATIC_REQUIRE(trigger_policy<trigger::band>);
    STATIC_REQUIRE(trigger_policy<trigger::volatility_band>);
    STATIC_REQUIRE(trigger_policy<trigger::predictive_band>);
    STATIC_REQUIRE(trigger_policy<trigger::regime_band>);
    STATIC_REQUIRE(trigger_policy<trigger::breach_probability>);
    STATIC_REQUIRE(trigger_policy<trigger::optimal_band>);
    STATIC_REQUIRE(trigger_policy<trigger::cara_band>);
    STATIC_REQUIRE(trigger_policy<trigger::distance>);
    STATIC_REQUIRE(trigger_policy<trigger::cash_flow>);
    STATIC_REQUIRE(trigger_policy<trigger::tracking_error>);
    STATIC_REQUIRE(trigger_policy<trigger::drawdown>);
    STATIC_REQUIRE(trigger_policy<trigger::signal>);
    STATIC_REQUIRE(trigger_policy<trigger::time_window>);
    STATIC_REQUIRE(trigger_policy<trigger::any_of<trigger::every, trigger::band>>);
    STATIC_REQUIRE(trigger_policy<trigger::all_of<trigger::every>>);
    STATIC_REQUIRE(trigger_policy<trigger::not_<trigger::band>>);
    STATIC_REQUIRE(trigger_policy<trigger::cooldown<trigger::band>>);
    STATIC_REQUIRE(trigger_policy<trigger::hysteresis<trigger::band, trigger::band>>);
}

TEST_CASE("trigger: members are named after their classes, no two the same") {
    CHECK(std::string{trigger::never::name} == "never");
    CHECK(std::string{trigger::every::name} == "every");
    CHECK(std::string{trigger::calendar::name} == "calendar");
    CHECK(std::string{trigger::band::name} == "band");
    CHECK(std::string{trigger::volatility_band::name} == "volatility_band");
    CHECK(std::string{trigger::predictive_band::name} == "predictive_band");
    CHECK(std::string{trigger::regime_band::name} == "regime_band");
    CHECK(std::string{trigger::breach_probability::name} == "breach_probability");
    CHECK(std::string{trigger::optimal_band::name} == "optimal_band");
    CHECK(std::string{trigger::cara_band::name} == "cara_band");
    CHECK(std::string{trigger::distance::name} == "distance");
    CHECK(std::string{trigger::cash_flow::name} == "cash_flow");
    CHECK(std::string{trigger::tracking_error::name} == "tracking_error");
    CHECK(std::string{trigger::drawdown::name} == "drawdown");
    CHECK(std::string{trigger::signal::name} == "signal");
    CHECK(std::string{trigger::time_window::name} == "time_window");
    CHECK(std::string{trigger::any_of<trigger::every, trigger::band>::name} == "any_of");
    CHECK(std::string{trigger::all_of<trigger::every>::name} == "all_of");
    CHECK(std::string{trigger::not_<trigger::band>::name} == "not_");
    CHECK(std::string{trigger::cooldown<trigger::band>::name} == "cooldown");
    CHECK(std::string{trigger::hysteresis<trigger::band, trigger::band>::name} == "hysteresis");
    CHECK(test::names_differ<trigger::never, trigger::every, trigger::calendar, trigger::band, trigger::volatility_band,
                             trigger::predictive_band, trigger::regime_band, trigger::breach_probability, trigger::optimal_band,
                             trigger::cara_band, trigger::distance, trigger::cash_flow, trigger::tracking_error, trigger::drawdown,
                             trigger::signal, trigger::time_window, trigger::any_of<trigger::every, trigger::band>,
                             trigger::all_of<trigger::every>, trigger::not_<trigger::band>, trigger::cooldown<trigger::band>,
                             trigger::hysteresis<trigger::band, trigger::band>>());
}

TEST_CASE("trigger: bands have a region, and what is made of them has where it is said") {
    STATIC_REQUIRE(banded_trigger<trigger::band>);
    STATIC_REQUIRE(banded_trigger<trigger::volatility_band>);
    STATIC_REQUIRE(banded_trigger<trigger::predictive_band>);
    STATIC_REQUIRE(banded_trigger<trigger::regime_band>);
    STATIC_REQUIRE(banded_trigger<trigger::breach_probability>);
    STATIC_REQUIRE(banded_trigger<trigger::optimal_band>);
    STATIC_REQUIRE(banded_trigger<trigger::cara_band>);
    STATIC_REQUIRE(banded_trigger<trigger::any_of<trigger::every, trigger::band>>);
    STATIC_REQUIRE(banded_trigger<trigger::cooldown<trigger::band>>);
    STATIC_REQUIRE(banded_trigger<trigger::hysteresis<trigger::every, trigger::band>>);
    STATIC_REQUIRE_FALSE(banded_trigger<trigger::any_of<trigger::every, trigger::calendar>>);
    STATIC_REQUIRE_FALSE(banded_trigger<trigger::not_<trigger::band>>);
    STATIC_REQUIRE_FALSE(banded_trigger<trigger::distance>);
    STATIC_REQUIRE_FALSE(banded_trigger<trigger::cash_flow>);
    STATIC_REQUIRE_FALSE(banded_trigger<trigger::tracking_error>);
}
