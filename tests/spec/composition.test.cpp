#include <ballast/spec/composition.hpp>

#include "support/catch.hpp"
#include "support/same_decisions.hpp"

#include <ballast/core/bps.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/spec.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace ballast;
using spec::composition;

namespace {
composition of(std::initializer_list<std::pair<const char*, const char*>> fields) {
    composition c;
    for (const auto& [field, text] : fields) {
        const auto wrong = c.add(field, text);
        CAPTURE(field, text, wrong ? wrong->message : "");
        REQUIRE_FALSE(wrong);
    }
    return c;
}
/// What `check` says, with the part of the text that it points at.
std::pair<std::string, std::string> checked(const composition& c) {
    const auto wrong = c.check();
    const auto built = c.build();
    CHECK(static_cast<bool>(built) == !wrong);
    if (!wrong) return {};
    CHECK(built.fault().message == wrong->message);
    const std::string text = to_text(c);
    REQUIRE(wrong->at + wrong->length <= text.size());
    return {wrong->message, text.substr(wrong->at, wrong->length)};
}
using told = std::pair<std::string, std::string>;
}  // namespace

TEST_CASE("composition: fields one by one, and the text that they make") {
    composition c = of({{"reserve", "1%"},
                        {"guard", "max_turnover:0.2"},
                        {"trigger", "band:0.05"},
                        {"cost", "fixed:1"},
                        {"trigger", "calendar:monthly"},
                        {"all", ""},
                        {"cost", "proportional:10bps"},
                        {"guard", "stale_price:1h"},
                        {"estimator", "given"},
                        {"target", "equal:10%"},
                        {"sizing", "reconciled:5bps"},
                        {"solver", "to_band:midpoint"},
                        {"leverage", "1.5"},
                        {"allow_short", "true"},
                        {"bad_price", "freeze"},
                        {"proceeds", "when_settled"},
                        {"reserve_amount", "100"}});
    c.name = "mine";
    const std::string text = to_text(c);
    CHECK(text ==
          "mine: trigger=band:absolute=0.05; trigger=calendar:period=monthly; all; cost=fixed:amount=1; cost=proportional:rate=0.001; "
          "solver=to_band:depth=0.5; guard=max_turnover:limit=0.2; guard=stale_price:max_age=1h; target=equal:cash=0.1; estimator=given; "
          "sizing=reconciled:collar=0.0005; reserve=0.01; reserve_amount=100; leverage=1.5; allow_short; bad_price=freeze; "
          "proceeds=when_settled");
    const auto again = spec::policy(text);
    REQUIRE(again);
    CHECK(to_text(*again) == text);
    CHECK(again->name == "mine");
    CHECK(again->all);
    CHECK(again->mandate.leverage == 1.5);
    CHECK(again->mandate.proceeds == proceeds::when_settled);
    CHECK(again->guards.size() == 2);
    CHECK(again->guards[1].text == "stale_price:max_age=1h");
    CHECK(again->guards[1].policy.runtime_name() == std::string{"stale_price"});
    CHECK(checked(c) == told{});
}

TEST_CASE("composition: a field that is wrong changes nothing") {
    composition c = of({{"trigger", "never"}, {"solver", "to_target"}, {"reserve", "0.1"}});
    const std::string before = to_text(c);
    for (const auto& [field, text] : std::vector<std::pair<const char*, const char*>>{{"trigger", "nevr"},
                                                                                      {"solver", "to_target"},
                                                                                      {"reserve", "2"},
                                                                                      {"leverage", "0"},
                                                                                      {"allow_short", "perhaps"},
                                                                                      {"cost", ""},
                                                                                      {"cost", "fixed:-1"},
                                                                                      {"", "never"},
                                                                                      {"name", "x"},
                                                                                      {"all", "1"}}) {
        CAPTURE(field, text);
        const auto wrong = c.add(field, text);
        REQUIRE(wrong);
        CHECK_FALSE(wrong->message.empty());
        CHECK(wrong->at + wrong->length <= std::string{text}.size());
        CHECK(to_text(c) == before);
    }
    CHECK(c.add("solver", "to_target")->message == "`solver` was given already");
    CHECK(c.add("reserve", "0.2")->message == "`reserve` was given already");
    CHECK_FALSE(c.add("leverage", "2"));
    CHECK(c.add("leverage", "3")->message == "`leverage` was given already");
    CHECK(c.add("trigers", "never")->message == "unknown field `trigers`; did you mean `trigger`?");
}

TEST_CASE("composition: what does not go together is told, with the part that is to blame") {
    CHECK(checked(of({{"cost", "zero"}})) ==
          told{"a trigger is missing: trigger=band:absolute=0.05, or trigger=every:0s to act on every look", ""});
    CHECK(checked(of({{"trigger", "calendar:monthly"}, {"solver", "to_band:edge"}})) ==
          told{"this solver goes to the edge of a band, but the trigger has none; use a trigger with a band, or to_target",
               "to_band:depth=0"});
    CHECK(checked(of({{"trigger", "calendar:monthly"}, {"trigger", "band:0.05"}, {"solver", "to_band:edge"}})) == told{});
    CHECK(checked(of({{"trigger", "not_(band:0.05)"}, {"solver", "to_band:edge"}})).second == "to_band:depth=0");
    CHECK(checked(of({{"trigger", "not_(distance:0.05)"}, {"solver", "to_band"}})).second == "to_band:depth=0");
    CHECK(checked(of({{"trigger", "any_of(never, distance:0.05)"}, {"solver", "to_band"}})).second == "to_band:depth=0");

    const char* const live = "volatility_band:5%,reference=16%,exponent=-1";
    CHECK(checked(of({{"trigger", "never"}, {"sizing", "integer:risk_aversion=2"}})) ==
          told{"volatilities are needed, but there is no estimator; add estimator=ewma or estimator=given",
               "integer:distance=squared,risk_aversion=2"});
    CHECK(checked(of({{"trigger", "never"}, {"sizing", "integer:risk_aversion=2"}, {"estimator", "given"}})) == told{});
    CHECK(checked(of({{"trigger", "never"}, {"solver", "no_trade_region"}})).first ==
          "volatilities are needed, but there is no estimator; add estimator=ewma or estimator=given");
    CHECK(checked(of({{"trigger", "never"}, {"solver", "no_trade_region"}, {"estimator", "given"}})) == told{});
    CHECK(checked(of({{"trigger", "never"}, {"cost", "fixed:1"}, {"solver", "no_trade_region"}, {"estimator", "given"}})).first ==
          "this solver does not accept a cost model of this shape");
    CHECK(checked(of({{"trigger", "never"}, {"cost", "fixed:1"}, {"solver", "trading_rate"}})) == told{});
    const std::string live_text = "volatility_band:width=0.05,reference=0.16,exponent=-1";
    CHECK(checked(of({{"trigger", "never"}, {"trigger", live}})) ==
          told{"volatilities are needed, but there is no estimator; add estimator=ewma or estimator=given", live_text});
    CHECK(checked(of({{"trigger", "any_of(never, cooldown:1d(volatility_band:5%,reference=16%,exponent=-1))"}})).second ==
          "any_of(never, cooldown:interval=1d(" + live_text + "))");
    CHECK(checked(of({{"trigger", live}, {"estimator", "given"}})) == told{});
    const told regimes{"regimes are needed, but no estimator tells them; add estimator=hamilton:... or estimator=given_regimes",
                       "regime_band:width=[0.03 0.08]"};
    CHECK(checked(of({{"trigger", "regime_band:[3% 8%]"}})) == regimes);
    CHECK(checked(of({{"trigger", "regime_band:[3% 8%]"}, {"estimator", "ewma"}})) == regimes);
    CHECK(checked(of({{"trigger", "regime_band:[3% 8%]"}, {"estimator", "given_regimes"}})) == told{});
    CHECK(checked(of({{"trigger", "regime_band:[3% 8%]"}, {"estimator", "threshold_regimes:enter=0.5(ewma)"}})) == told{});
    CHECK(checked(of({{"trigger", live}, {"estimator", "given_regimes"}})).first.substr(0, 23) == "volatilities are needed");
    CHECK(checked(of({{"trigger", (std::string{"any_of("} + live + ",estimator=2, never)").c_str()},
                      {"estimator", "given"},
                      {"estimator", "ewma"}})) ==
          told{"estimator 2 is asked for, but the last one is estimator 1", "any_of(" + live_text + ",estimator=2, never)"});
    CHECK(checked(of({{"trigger", "never"}, {"target", "fixed:[0.5 0.5]"}, {"guard", "max_trade:[0.1 0.1 0.1]"}})) ==
          told{"a list of 2, where another one is of 3 assets", "fixed:weight=[0.5 0.5]"});
}

TEST_CASE("composition: parts that a host puts in without a text are checked as well") {
    composition c = of({{"trigger", "never"}});
    c.costs.push_back({.policy = cost::fixed{.amount = -1.0}, .text = "fixed:amount=-1"});
    CHECK(checked(c) == told{"fixed.amount: must be an amount at or above 0", "fixed:amount=-1"});
    c.costs.clear();
    c.triggers.push_back({});
    CHECK(checked(c).first == "any_trigger: holds no policy: it was default-constructed or moved from");
    c.triggers.pop_back();
    c.mandate.leverage = -1.0;
    CHECK(checked(c) == told{"mandate.leverage: must be a number above 0", "leverage=-1"});
    c.mandate = {};
    c.sizing = spec::stated<any_sizing>{.policy = sizing::reconciled{.collar = 2.0}, .text = "reconciled:collar=2"};
    CHECK(checked(c).second == "reconciled:collar=2");
}

TEST_CASE("composition: parts that are left out") {
    composition c;
    CHECK(c.joined_trigger().empty());
    CHECK(c.joined_cost().runtime_name() == std::string{"zero"});
    CHECK(c.assets() == 0);
    REQUIRE_FALSE(c.add("trigger", "every:0s"));
    const auto r = c.build();
    REQUIRE(r);
    test::check_same(rebalancer{trigger::every{{}}, cost::zero{}, solver::to_target{}}, *r, 3);
    CHECK(r->mandate().leverage == 1.0);
    REQUIRE_FALSE(c.add("trigger", "band:[0.1 0.2 0.3]"));
    CHECK(c.assets() == 3);
}

TEST_CASE("policy: a name, fields, and what is wrong with them") {
    const auto c = spec::policy(" monthly, 10 bps : trigger = calendar:monthly ; cost=proportional:bps=10 ; ");
    REQUIRE(c);
    CHECK(c->name == "monthly, 10 bps");
    CHECK(to_text(*c) == "monthly, 10 bps: trigger=calendar:period=monthly; cost=proportional:rate=0.001");
    REQUIRE(spec::policy("all; trigger=never; trigger=every:1h"));
    CHECK(spec::policy("all=false; trigger=never")->all == false);
    CHECK(spec::policy("trigger=never")->name.empty());

    struct example {
        const char* text;
        const char* part;
        const char* message;
    };
    for (const example& e : std::vector<example>{
             {"", "", "a trigger is missing"},
             {"  ", "", "a trigger is missing"},
             {"x:", "", "a trigger is missing"},
             {": trigger=never", ":", "a name is expected before the `:`"},
             {" : trigger=never", " :", "a name is expected before the `:`"},
             {"x: ; trigger=never", "", "a field is expected before the `;`"},
             {"trigger=never;;", "", "a field is expected before the `;`"},
             {"trigger", "trigger", "`trigger` needs a value, such as trigger=band:absolute=0.05"},
             {"trigger=", "", "a trigger is expected here"},
             {"trigger=; cost=zero", "", "a trigger is expected here"},
             {"=never", "", "unknown field ``"},
             {"never", "never", "unknown field `never`; `never` is a trigger, and so stands in a field: trigger=never"},
             {"x: band:0.05", "band:0.05", "unknown field `band:0.05`; `band` is a trigger, and so stands in a field: trigger=band"},
             {"x: fixed(1)", "fixed(1)", "unknown field `fixed(1)`; `fixed` is a cost, and so stands in a field: cost=fixed"},
             {"band:absolute=0.05", "band", "`band` is a trigger, and so stands in a field: trigger=band"},
             {" band:0.05", "band", "`band` is a trigger, and so stands in a field: trigger=band"},
             {"band: trigger=band:absolut=0.05", "absolut", "`band` has no `absolut`; did you mean `absolute`?"},
             {"bands:0.05", "0.05", "unknown field `0.05`"},
             {"trigger=never; solver=to_target; solver=to_target", "solver", "`solver` was given already"},
             {"trigger=never; reserve=0.1; reserve=0.1", "reserve", "`reserve` was given already"},
             {"trigger=never; all; all", "all", "`all` was given already"},
             {"trigger=never; allow_short; allow_short=false", "allow_short", "`allow_short` was given already"},
             {"trigger=never; reserve", "reserve", "`reserve` needs a value"},
             {"trigger=never; reserve=", "", "`reserve` needs a value"},
             {"trigger=never; leverage=-1", "-1", "leverage = -1: must be a number above 0"},
             {"trigger=never; guards=max_turnover", "guards", "unknown field `guards`; did you mean `guard`?"},
             {"trigger=calendar; solver=to_band; cost=zero", "to_band", "this solver goes to the edge of a band"},
             {"a: trigger=any_of(band:[1 2]); guard=max_trade:[1 2 3]", "max_trade:[1 2 3]",
              "a list of 3, where another one is of 2 assets"},
             {"trigger=band:0.05; trigger=volatility_band:5%,reference=16%,exponent=0", "volatility_band:5%,reference=16%,exponent=0",
              "volatilities are needed"},
         }) {
        const std::string text = e.text;
        const auto bad = spec::policy(text);
        CAPTURE(text);
        REQUIRE_FALSE(bad);
        CHECK(bad.fault().message.substr(0, std::string{e.message}.size()) == e.message);
        CHECK(text.substr(bad.fault().at, bad.fault().length) == e.part);
    }
}

TEST_CASE("policy: fields that a text does not name are those of the others") {
    const composition others = of({{"cost", "proportional:10bps"},
                                   {"estimator", "given"},
                                   {"solver", "to_band:edge"},
                                   {"guard", "stale_price:1h"},
                                   {"target", "equal"},
                                   {"sizing", "reconciled:1bps"},
                                   {"reserve", "1%"},
                                   {"leverage", "2"},
                                   {"trigger", "band:0.05"},
                                   {"trigger", "band:0.06"},
                                   {"all", "true"}});
    const auto text = [&](std::string_view t) {
        const auto c = spec::policy(t, others);
        CAPTURE(t, c ? "" : c.fault().message);
        REQUIRE(c);
        return to_text(*c);
    };
    CHECK(text("x: trigger=volatility_band:5%,reference=16%,exponent=-1; leverage=1; allow_short") ==
          "x: trigger=volatility_band:width=0.05,reference=0.16,exponent=-1; cost=proportional:rate=0.001; solver=to_band:depth=0; "
          "guard=stale_price:max_age=1h; target=equal:cash=0; estimator=given; sizing=reconciled:collar=0.0001; reserve=0.01; allow_short");
    CHECK(text("cost=zero; solver=to_target; guard=max_turnover; target=fixed:0.1; estimator=ewma; sizing=reconciled; reserve=0") ==
          "trigger=band:absolute=0.05; trigger=band:absolute=0.06; all; cost=zero; solver=to_target; guard=max_turnover:limit=1; "
          "target=fixed:weight=0.1; estimator=ewma:half_life=30d; sizing=reconciled:collar=0; leverage=2");
    CHECK(text("all=false").find("all;") == std::string::npos);
    CHECK(text("").find("all;") != std::string::npos);
    // A part of the others that does not go with the text.
    const auto bad = spec::policy("trigger=never", others);
    REQUIRE_FALSE(bad);
    CHECK(bad.fault().at == 13);
    CHECK(bad.fault().length == 0);
    CHECK(bad.fault().message.substr(0, 11) == "this solver");
}
