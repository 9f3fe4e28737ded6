#include <ballast/spec.hpp>

#include "support/catch.hpp"
#include "support/enumerators.hpp"
#include "support/same_decisions.hpp"

#include <ballast/core/bps.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/trigger/any_of.hpp>

#include <array>
#include <bit>
#include <clocale>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using spec::to_text;
using test::check_same;
using test::seen;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// What a field of a composition reads, in its one form; or the message of the fault, with where it is.
std::string read(std::string_view field, std::string_view text) {
    spec::composition c;
    if (const auto f = c.add(field, text)) return "at " + std::to_string(f->at) + "+" + std::to_string(f->length) + ": " + f->message;
    if (!c.triggers.empty()) return c.triggers[0].text;
    if (!c.costs.empty()) return c.costs[0].text;
    if (c.solver) return c.solver->text;
    if (!c.guards.empty()) return c.guards[0].text;
    if (c.target) return c.target->text;
    if (!c.estimators.empty()) return c.estimators[0].text;
    if (c.sizing) return c.sizing->text;
    return to_text(c);
}
std::string trigger_text(std::string_view text) { return read("trigger", text); }
std::string cost_text(std::string_view text) { return read("cost", text); }

/// The fault of a text that has to have one.
spec::fault fault_in(std::string_view field, const std::string& text) {
    spec::composition c;
    const auto f = c.add(field, text);
    CAPTURE(field, text);
    REQUIRE(f);
    CHECK_FALSE(f->message.empty());
    CHECK(f->message.back() != '.');
    CHECK(f->at + f->length <= text.size());
    CHECK(to_text(c).empty());
    return *f;
}
/// The part of the text that the fault points at.
std::string blamed(std::string_view field, const std::string& text) {
    const spec::fault f = fault_in(field, text);
    return text.substr(f.at, f.length);
}

any_rebalancer build(const std::string& text) {
    const auto c = spec::policy(text);
    CAPTURE(text, c ? std::string{} : describe(c.fault(), text));
    REQUIRE(c);
    auto r = c->build();
    REQUIRE(r);
    return *std::move(r);
}

struct dice {
    std::mt19937_64 random;
    explicit dice(std::uint64_t seed) : random{seed} {}
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(random() % n); }
    double unit() { return static_cast<double>(random() >> 11) * (1.0 / 9007199254740992.0); }
    bool chance(double p) { return unit() < p; }
    /// Any double of some range of sizes, with all its digits.
    double number(double largest = 1.0) { return unit() * largest * std::exp2(-20.0 * unit()); }
    per_asset list(double largest = 1.0) {
        if (chance(0.4)) return number(largest);
        std::vector<double> each(1 + below(4));
        for (double& x : each) x = chance(0.1) ? 0.0 : number(largest);
        return each;
    }
    duration time() {
        const std::int64_t units[] = {1, 1'000'000'000, 60'000'000'000, 86'400'000'000'000};
        return {static_cast<std::int64_t>(below(1000)) * units[below(4)]};
    }
    template <class E>
    E any() {
        const auto all = test::enumerators<E>();
        return all[below(all.size())];
    }
};

}  // namespace

// ---- what the words are ----

TEST_CASE("spec: the texts of a command line") {
    CHECK(trigger_text("band:absolute=0.05,relative=0.25") == to_text(trigger::band{.absolute = 0.05, .relative = 0.25}));
    CHECK(trigger_text("calendar:monthly") == to_text(trigger::calendar{}));
    CHECK(trigger_text("every:24h") == to_text(trigger::every{hours(24)}));
    CHECK(trigger_text("every:0s") == to_text(trigger::every{{}}));
    CHECK(trigger_text("never") == to_text(trigger::never{}));
    CHECK(cost_text("proportional:bps=10") == to_text(cost::proportional{.rate = 10_bps}));
    CHECK(cost_text("fixed:amount=1") == to_text(cost::fixed{.amount = 1.0}));
    CHECK(read("solver", "to_target") == to_text(solver::to_target{}));
    CHECK(read("solver", "to_band:edge") == to_text(solver::to_band{.depth = solver::to_band::edge}));
    CHECK(read("guard", "max_turnover:limit=0.2") == to_text(guard::max_turnover{.limit = 0.2}));
    CHECK(read("reserve", "0.01") == "reserve=0.01");

    CHECK(trigger_text("band:absolute=0.05,relative=0.25") == "band:absolute=0.05,relative=0.25");
    CHECK(trigger_text("calendar:monthly") == "calendar:period=monthly");
    CHECK(trigger_text("every:24h") == "every:interval=1d");
    CHECK(trigger_text("every:0s") == "every:interval=0s");
    CHECK(cost_text("proportional:bps=10") == "proportional:rate=0.001");
    CHECK(read("solver", "to_band:edge") == "to_band:depth=0");
}

TEST_CASE("spec: values without names, words, flags and spaces") {
    CHECK(trigger_text("band:0.05") == "band:absolute=0.05");
    CHECK(trigger_text(" band : absolute = 5% , larger , relative = 2500 bps ") == "band:absolute=0.05,relative=0.25,combine=larger");
    CHECK(trigger_text("band:larger,relative=.25,absolute=.05") == "band:absolute=0.05,relative=0.25,combine=larger");
    CHECK(trigger_text("band:unlimited,absolute_below=0.05") == "band:absolute=unlimited,absolute_below=0.05");
    CHECK(trigger_text("calendar:yearly,month=4,day=-1,pending,preceding,utc_offset=-5h") ==
          "calendar:period=yearly,day=-1,month=4,miss=pending,roll=preceding,utc_offset=-5h");
    CHECK(trigger_text("distance:10%,euclidean") == "distance:limit=0.1,measure=euclidean");
    CHECK(trigger_text("volatility_band:5%,reference=16%,exponent=-1,floor=1%,ceiling=10%,estimator=1") ==
          "volatility_band:width=0.05,reference=0.16,exponent=-1,floor=0.01,ceiling=0.1,estimator=1");
    CHECK(read("solver", "to_band:0.3,rows=all") == "to_band:depth=0.3,rows=all");
    CHECK(read("solver", "to_band:midpoint,all") == "to_band:depth=0.5,rows=all");
    CHECK(read("solver", "to_band:depth=midpoint") == "to_band:depth=0.5");
    CHECK(read("guard", "max_trade:amount=1e4") == "max_trade:amount=10000");
    CHECK(read("guard", "stale_price:90s") == "stale_price:max_age=90s");
    CHECK(read("estimator", "ewma:10d,warm_up=5") == "ewma:half_life=10d,warm_up=5");
    CHECK(read("estimator", "given") == "given");
    CHECK(read("target", "fixed:[60%, 40%]") == "fixed:weight=[0.6 0.4]");
    CHECK(read("target", "equal") == "equal:cash=0");
    CHECK(read("target", "risk_parity:[50% 30% 20%],estimator=1") == "risk_parity:budget=[0.5 0.3 0.2],estimator=1");
    CHECK(read("target", "glide_path:[2020-01-01:80%:20% 2040-01-01+12h:1/4:0.7]") ==
          "glide_path:path=[2020-01-01:0.8:0.2 2040-01-01+12h:0.25:0.7]");
    CHECK(read("solver", "tracking:5,groups=[tech:10%:0.3 ~rest::5% 0 0 1 - / us::1/2 0 - - -],exposures=value:-0.1::3") ==
          "tracking:risk_aversion=5,groups=[tech:0.1:0.3 ~rest::0.05 0 0 1 - / us::0.5 0 - - -],exposures=[value:-0.1::3]");
    CHECK(read("target", "glide_path:2020-01-01:60%") == "glide_path:path=[2020-01-01:0.6]");
    CHECK(read("target", "cppi:3,floor=80%,safe=1") == "cppi:multiplier=3,floor=0.8,safe=1");
    CHECK(read("target", "minimum_variance:upper=40%,lower=-unlimited,groups=[tech:10%:0.3 0 0 -]") ==
          "minimum_variance:lower=-unlimited,upper=0.4,groups=[tech:0.1:0.3 0 0 -]");
    CHECK(read("target", "mean_variance:[4% 5%],risk_aversion=3") == "mean_variance:expected_return=[0.04 0.05],risk_aversion=3");
    CHECK(read("target", "mean_variance:expected_return=[4% 5%],target_return=4.5%,limits=beta::1.1:1:1.2") ==
          "mean_variance:expected_return=[0.04 0.05],target_return=0.045,limits=[beta::1.1:1:1.2]");
    CHECK(read("target", "maximum_sharpe:[4% 5%],cash=5%,factors=8") == "maximum_sharpe:expected_return=[0.04 0.05],cash=0.05,factors=8");
    CHECK(read("target", "black_litterman:[5%:::1:-1 0.03:70%:0.001:0:1],tau=0.025,posterior_covariance") ==
          "black_litterman:views=[0.05:::1:-1 0.03:0.7:0.001:0:1],tau=0.025,posterior_covariance");
    CHECK(read("target", "tipp:3,floor=80%,safe=cash") == "tipp:multiplier=3,floor=0.8");
    CHECK(read("target", "projected:upper=40%,in_proportion,keep_sum") == "projected:lower=0,upper=0.4,keep_sum,by=in_proportion");
    CHECK(read("target", "mean_reversion:1,slope") == "mean_reversion:strength=1,signal=slope");
    CHECK(read("sizing", "reconciled:50bps") == "reconciled:collar=0.005");
    CHECK(read("sizing", "integer") == "integer:distance=squared");
    CHECK(read("sizing", "integer:absolute,max_orders=5,largest_drift,collar=10bps") ==
          "integer:distance=absolute,max_orders=5,collar=0.001,shortfall=largest_drift");
    CHECK(read("sizing", "integer:max_orders=unlimited,exact_rows=0,nodes=7") == "integer:distance=squared,exact_rows=0,nodes=7");
    CHECK(read("allow_short", "") == "allow_short");
    CHECK(read("allow_short", "true") == "allow_short");
    CHECK(read("allow_short", "false").empty());
    CHECK(read("bad_price", "freeze") == "bad_price=freeze");
    CHECK(read("proceeds", "when_settled") == "proceeds=when_settled");
    CHECK(read("proceeds", "at_once").empty());
    CHECK(cost_text("proportional:sell=10bps") == "proportional:rate=0,sell=0.001");
    CHECK(cost_text("half_spread:bps=[1 2.5]") == "half_spread:spread=[0.0001 0.00025]");
    CHECK(cost_text("linear_impact:10%,daily_volume=[1e7 2e6]") == "linear_impact:coefficient=0.1,daily_volume=[10000000 2000000]");
    CHECK(cost_text("square_root_impact") == "square_root_impact:coefficient=1");
    CHECK(cost_text("square_root_impact:0.8,daily_volatility=200bps,rate=5bps,days_per_year=252") ==
          "square_root_impact:coefficient=0.8,daily_volatility=0.02,rate=0.0005,days_per_year=252");
    CHECK(cost_text("power_impact:1.6,daily_volume=5e6") == "power_impact:exponent=1.6,daily_volume=5000000");
    CHECK(cost_text("almgren:2e9,days=0.5,daily_volatility=2%,temporary=0.15") ==
          "almgren:outstanding=2000000000,days=0.5,daily_volatility=0.02,temporary=0.15");
    CHECK(cost_text("volume_share:0.1,capped,limit=5%") == "volume_share:impact=0.1,limit=0.05,beyond=capped");
}

TEST_CASE("spec: lists have one number per asset; a list of one number stands for all") {
    CHECK(trigger_text("band:absolute=[0.05 0.02]") == to_text(trigger::band{.absolute = {0.05, 0.02}}));
    CHECK(trigger_text("band:absolute=[0.05,0.02]") == to_text(trigger::band{.absolute = {0.05, 0.02}}));
    CHECK(trigger_text("band:[ 5% , 2% ],relative=[0.5 unlimited]").substr(0, 3) == "at ");
    CHECK(trigger_text("band:[ 5% , unlimited ],relative=[0.5 0.25]") == "band:absolute=[0.05 unlimited],relative=[0.5 0.25]");
    CHECK(trigger_text("band:absolute=[0.05]") == "band:absolute=0.05");

    spec::composition c;
    REQUIRE_FALSE(c.add("trigger", "band:absolute=[0.05 0.02]"));
    REQUIRE_FALSE(c.add("cost", "proportional:10bps"));
    CHECK(c.assets() == 2);
    CHECK_FALSE(c.check());
    REQUIRE_FALSE(c.add("cost", "fixed:[1 2 3]"));
    const auto f = c.check();
    REQUIRE(f);
    CHECK(to_text(c).substr(f->at, f->length) == "fixed:amount=[1 2 3]");
    CHECK(f->message == "a list of 3, where another one is of 2 assets");
    CHECK(blamed("trigger", "band:absolute=[0.05 0.02],relative=[0.1 0.2 0.3]") == "[0.1 0.2 0.3]");
    CHECK(blamed("trigger", "any_of(band:[0.05 0.02], band:[0.1 0.2 0.3])") == "[0.1 0.2 0.3]");
}

TEST_CASE("spec: policies in parentheses") {
    const trigger::band narrow{.absolute = 0.05, .relative = 0.25};
    CHECK(trigger_text("any_of(band:absolute=0.05,relative=0.25, calendar:monthly)") ==
          to_text(trigger::any_of{narrow, trigger::calendar{}}));
    CHECK(trigger_text("any_of(band:0.05,relative=0.25,calendar:monthly,day=-1,never,every:2d)") ==
          "any_of(band:absolute=0.05,relative=0.25, calendar:period=monthly,day=-1, never, every:interval=2d)");
    CHECK(trigger_text("all_of ( never , not_ ( every:1h ) )") == "all_of(never, not_(every:interval=1h))");
    CHECK(trigger_text("cooldown:30d(band:0.05,relative=0.25)") == to_text(trigger::cooldown{narrow, days(30)}));
    CHECK(trigger_text("cooldown:interval=30d(any_of(band:0.05, calendar))") ==
          "cooldown:interval=30d(any_of(band:absolute=0.05, calendar:period=monthly))");
    CHECK(trigger_text("hysteresis(band:0.05, band:0.02)") ==
          to_text(trigger::hysteresis{trigger::band{.absolute = 0.05}, trigger::band{.absolute = 0.02}}));
    CHECK(cost_text("minimum:5(proportional:18bps)") == to_text(cost::minimum{cost::proportional{.rate = 18_bps}, 5.0}));
    CHECK(cost_text("maximum:100(minimum:5(proportional:18bps))") ==
          to_text(cost::maximum{cost::minimum{cost::proportional{.rate = 18_bps}, 5.0}, 100.0}));
    CHECK(cost_text("tiered:[10000:10bps 100000:5bps unlimited:2bps]") ==
          to_text(cost::tiered{.tiers = {{10'000.0, 10_bps}, {100'000.0, 5_bps}, {.rate = 2_bps}}}));
    CHECK(cost_text("tiered:whole,tiers=[1e4:0.1%, 5bps]") == "tiered:tiers=[10000:0.001 unlimited:0.0005],by=whole");
    CHECK(cost_text("tiered:trailing,tiers=[1e6:0.1%, 8bps]") == "tiered:tiers=[1000000:0.001 unlimited:0.0008],by=trailing");
    CHECK(cost_text("sum(gas:leg=120000,gas_price=20,coin=3000, latency:volatility=80%,delay=12s)") ==
          to_text(cost::sum{cost::gas{.leg = 120'000.0, .gas_price = 20.0, .coin = 3000.0},
                            cost::latency{.volatility = 0.8, .delay = seconds(12)}}));
    CHECK(cost_text("tiered:7bps") == "tiered:tiers=[unlimited:0.0007]");
    CHECK(cost_text("rounded(proportional:18bps)") == to_text(cost::rounded{cost::proportional{.rate = 18_bps}}));
    CHECK(cost_text("rounded:0.005,nearest(proportional:18bps)") == "rounded:step=0.005,to=nearest(proportional:rate=0.0018)");
    CHECK(cost_text("rounded:step=0,to=down(zero)") == "rounded:step=0,to=down(zero)");
    CHECK(cost_text("sum(half_spread:4bps, rebate(per_unit:0.002,sell=0.001))") ==
          to_text(cost::sum{cost::half_spread{.spread = 4_bps}, cost::rebate{cost::per_unit{.amount = 0.002, .sell = 0.001}}}));
    CHECK(cost_text("sum(fixed:1, proportional:10bps,sell=20bps, zero)") ==
          to_text(cost::sum{cost::fixed{.amount = 1.0}, cost::proportional{.rate = 10_bps, .sell = 20_bps}, cost::zero{}}));
}

TEST_CASE("spec: fractions with units are the doubles nearest to what they say") {
    const auto rate = [](const std::string& text) {
        const auto c = spec::cost("proportional:rate=" + text);
        CAPTURE(text);
        REQUIRE(c);
        look l;
        return c->bind(l).linear(0).buy;
    };
    CHECK(rate("10bps") == 10_bps);
    CHECK(rate("0.1%") == 10_bps);
    CHECK(rate("0.001") == 10_bps);
    CHECK(rate("1e1bps") == 10_bps);
    CHECK(rate("1e-1%") == 10_bps);
    CHECK(rate("0.1bps") == 0.00001);
    CHECK(rate("0.7%") == 0.007);
    CHECK(rate("2.9bps") == 0.00029);
    for (int i = 0; i < 10'000; ++i) {
        const std::string n = std::to_string(i);
        REQUIRE(rate(n + "e-1bps") == i / 100'000.0);
        REQUIRE(rate(std::to_string(i % 1000) + "bps") == bps(i % 1000));
        REQUIRE(std::bit_cast<std::uint64_t>(rate(n + "e-3%")) == std::bit_cast<std::uint64_t>(i / 100'000.0));
    }
}

TEST_CASE("spec: quotients are those of doubles") {
    CHECK(read("target", "fixed:[1/3 1/3 1/4]") == to_text(target::fixed{{1.0 / 3.0, 1.0 / 3.0, 0.25}}));
    CHECK(trigger_text("volatility_band:5%,reference=16%,exponent=2/3") ==
          to_text(trigger::volatility_band{.width = 0.05, .reference = 0.16, .exponent = 2.0 / 3.0}));
    CHECK(trigger_text("band:50/3%") == to_text(trigger::band{.absolute = 0.5 / 3.0}));
    CHECK(read("leverage", "150%") == "leverage=1.5");
    for (const char* bad : {"1/0", "1/-3", "1/", "/3", "1//3", "1/2/3", "1/3bps%", "1/nan", "1 / 3 / 3", "1e300/1e-300", "nan/1", "1/inf",
                            "1/unlimited", "inf/2", "1e-300/1e300", "1/+3"})
        CHECK(blamed("trigger", std::string{"band:absolute="} + bad) == bad);
}

TEST_CASE("spec: times are exact") {
    const auto interval = [](const std::string& text) {
        const std::string t = trigger_text("every:" + text);
        return t.substr(t.find('=') + 1);
    };
    const auto ns = [](const std::string& text) {
        duration d;
        const std::string wrong = spec::detail::read_time(text, d);
        CAPTURE(text, wrong);
        REQUIRE(wrong.empty());
        return d.ns;
    };
    CHECK(ns("90s") == seconds(90).ns);
    CHECK(ns("15m") == minutes(15).ns);
    CHECK(ns("24h") == days(1).ns);
    CHECK(ns("2w") == days(14).ns);
    CHECK(ns("1h30m") == minutes(90).ns);
    CHECK(ns("1.5h") == minutes(90).ns);
    CHECK(ns("1w 2d 3h 4m 5s 6ms 7us 8ns") == days(9).ns + hours(3).ns + minutes(4).ns + seconds(5).ns + 6'007'008);
    CHECK(ns("0.000000001s") == 1);
    CHECK(ns("-5h30m") == -minutes(330).ns);
    CHECK(ns("0.1s") == 100'000'000);
    CHECK(ns("9223372036854775807ns") == std::numeric_limits<std::int64_t>::max());
    CHECK(interval("1.5h") == "90m");
    CHECK(interval("36h") == "36h");
    CHECK(interval("48h") == "2d");
    CHECK(interval("1001ms") == "1001ms");
    dice d{3};
    for (int i = 0; i < 2000; ++i) {
        const duration t = i % 2 == 0 ? d.time() : duration{static_cast<std::int64_t>(d.random() >> (1 + d.below(63)))};
        REQUIRE(ns(spec::detail::time_text(t)) == t.ns);
        REQUIRE(ns(spec::detail::time_text({-t.ns})) == -t.ns);
    }
    for (const char* bad : {"",
                            "24",
                            "h",
                            "-",
                            "-h",
                            "1.2.3h",
                            "3mo",
                            "1y",
                            "1h 5",
                            "5m1h",
                            "1h1h",
                            "0.5ns",
                            "293y",
                            "400000d",
                            "9223372036854775808ns",
                            "99999999999999999999999999999999999999999999w",
                            "1.0000000000000000000001s",
                            "1e3s",
                            "nan",
                            "inf",
                            "24h;",
                            "+5h",
                            "5 h h"}) {
        duration d2{7};
        CAPTURE(bad);
        CHECK_FALSE(spec::detail::read_time(bad, d2).empty());
    }
}

TEST_CASE("spec: numbers do not depend on the locale") {
    const char* before = std::setlocale(LC_ALL, nullptr);
    const std::string kept = before == nullptr ? "C" : before;
    for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"}) {
        std::setlocale(LC_ALL, name);
        CHECK(trigger_text("band:absolute=0.05") == "band:absolute=0.05");
        CHECK(blamed("trigger", "band:absolute=0,05") == "05");
    }
    std::setlocale(LC_ALL, kept.c_str());
}

// ---- the list is complete ----

namespace {
struct anything {
    template <class T>
    operator T() const;
};
template <class T, class... Members>
concept takes = requires {
    T{Members{}...};
};
/// How many members an aggregate has.
template <class T, class... Members>
constexpr std::size_t members_of() {
    if constexpr (takes<T, Members..., anything>)
        return members_of<T, Members..., anything>();
    else
        return sizeof...(Members);
}
static_assert(members_of<trigger::never>() == 0 && members_of<trigger::every>() == 1 && members_of<trigger::band>() == 5);

const spec::description& described(spec::family f, std::string_view name) {
    for (const spec::description& d : spec::catalogue())
        if (d.family == f && d.name == name) return d;
    FAIL("not in the catalogue: " << name);
    return spec::catalogue()[0];
}

/// Every aggregate of the library, and the family that it is in.
template <class F>
void for_each_aggregate(F&& f) {
    using spec::family;
    f(family::trigger, trigger::never{});
    f(family::trigger, trigger::every{});
    f(family::trigger, trigger::calendar{});
    f(family::trigger, trigger::band{});
    f(family::trigger, trigger::volatility_band{});
    f(family::trigger, trigger::optimal_band{});
    f(family::trigger, trigger::cara_band{});
    f(family::trigger, trigger::predictive_band{});
    f(family::trigger, trigger::regime_band{});
    f(family::trigger, trigger::breach_probability{});
    f(family::trigger, trigger::distance{});
    f(family::trigger, trigger::cash_flow{});
    f(family::trigger, trigger::tracking_error{});
    f(family::trigger, trigger::drawdown{});
    f(family::trigger, trigger::signal{});
    f(family::trigger, trigger::time_window{});
    f(family::cost, cost::zero{});
    f(family::cost, cost::proportional{});
    f(family::cost, cost::half_spread{});
    f(family::cost, cost::per_unit{});
    f(family::cost, cost::fixed{});
    f(family::cost, cost::tiered{});
    f(family::cost, cost::maker_taker{});
    f(family::cost, cost::holding{});
    f(family::cost, cost::latency{});
    f(family::cost, cost::gas{});
    f(family::cost, cost::sandwich{});
    f(family::cost, cost::linear_impact{});
    f(family::cost, cost::square_root_impact{});
    f(family::cost, cost::power_impact{});
    f(family::cost, cost::almgren{});
    f(family::cost, cost::volume_share{});
    f(family::solver, solver::to_target{});
    f(family::solver, solver::to_band{});
    f(family::solver, solver::closest{});
    f(family::solver, solver::no_trade_region{});
    f(family::solver, solver::tracking{});
    f(family::solver, solver::trading_rate{});
    f(family::guard, guard::max_turnover{});
    f(family::guard, guard::max_trade{});
    f(family::guard, guard::participation{});
    f(family::guard, guard::stale_price{});
    f(family::guard, guard::worth_it{});
    f(family::target, target::fixed{});
    f(family::target, target::equal{});
    f(family::target, target::inverse_volatility{});
    f(family::target, target::risk_parity{});
    f(family::target, target::minimum_variance{});
    f(family::target, target::mean_variance{});
    f(family::target, target::maximum_sharpe{});
    f(family::target, target::glide_path{});
    f(family::target, target::projected{});
    f(family::target, target::smoothed{});
    f(family::target, target::volatility_target{});
    f(family::target, target::constant_leverage{});
    f(family::target, target::cppi{});
    f(family::target, target::tipp{});
    f(family::target, target::mean_reversion{});
    f(family::target, target::black_litterman{});
    f(family::estimator, risk::close_to_close{});
    f(family::estimator, risk::realised{});
    f(family::estimator, risk::parkinson{});
    f(family::estimator, risk::garman_klass{});
    f(family::estimator, risk::rogers_satchell{});
    f(family::estimator, risk::garman_klass_yang_zhang{});
    f(family::estimator, risk::yang_zhang{});
    f(family::estimator, risk::ewma{});
    f(family::estimator, risk::garch{});
    f(family::estimator, risk::given{});
    f(family::estimator, risk::ewma_covariance{});
    f(family::estimator, risk::sample_covariance{});
    f(family::estimator, risk::ledoit_wolf{});
    f(family::estimator, risk::factor_model{});
    f(family::estimator, risk::principal_factors{});
    f(family::estimator, risk::hamilton{});
    f(family::estimator, risk::given_regimes{});
    f(family::estimator, risk::given_covariance{});
    f(family::estimator, risk::given_factors{});
    f(family::sizing, sizing::reconciled{});
    f(family::sizing, sizing::integer{});
}
}  // namespace

TEST_CASE("spec: every member of every policy is a parameter") {
    std::size_t entries = 0;
    for_each_aggregate([&](spec::family f, auto policy) {
        using P = decltype(policy);
        CAPTURE(P::name);
        CHECK(described(f, P::name).parameters.size() == members_of<P>());
        ++entries;
    });
    CHECK(described(spec::family::mandate, "mandate").parameters.size() == members_of<mandate>());
    // Besides the part that stands in parentheses.
    CHECK(described(spec::family::cost, "minimum").parameters.size() == members_of<cost::minimum<cost::zero>>() - 1);
    CHECK(described(spec::family::cost, "maximum").parameters.size() == members_of<cost::maximum<cost::zero>>() - 1);
    CHECK(described(spec::family::cost, "rounded").parameters.size() == members_of<cost::rounded<cost::zero>>() - 1);
    CHECK(described(spec::family::cost, "rebate").parameters.empty());
    CHECK(described(spec::family::trigger, "cooldown").parameters.size() == 1);
    CHECK(described(spec::family::estimator, "threshold_regimes").parameters.size() ==
          members_of<risk::threshold_regimes<risk::given>>() - 1);
    for (const char* name : {"any_of", "all_of", "not_", "hysteresis"}) CHECK(described(spec::family::trigger, name).parameters.empty());
    CHECK(described(spec::family::cost, "sum").parameters.empty());
    // tests/structure/spec_words.cmake compares the entries with the headers.
    CHECK(spec::catalogue().size() == entries + 12);
}

TEST_CASE("spec: every enumerator is a choice") {
    const auto choices = [](spec::family f, const char* policy, const char* parameter) {
        for (const spec::parameter& p : described(f, policy).parameters)
            if (p.name == parameter) return p.choices;
        return std::vector<std::string>{};
    };
    using words = std::vector<std::string>;
    CHECK(choices(spec::family::trigger, "calendar", "period") ==
          words{"daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly"});
    CHECK(choices(spec::family::trigger, "calendar", "miss") == words{"skip", "pending"});
    CHECK(choices(spec::family::trigger, "calendar", "roll") == words{"following", "preceding"});
    CHECK(choices(spec::family::trigger, "calendar", "holidays") == words{"weekends"});
    CHECK(choices(spec::family::trigger, "band", "combine") == words{"smaller", "larger"});
    CHECK(choices(spec::family::trigger, "distance", "measure") == words{"turnover", "euclidean"});
    CHECK(choices(spec::family::cost, "tiered", "by") == words{"marginal", "whole", "trailing"});
    CHECK(choices(spec::family::cost, "volume_share", "beyond") == words{"straight", "capped"});
    CHECK(choices(spec::family::cost, "rounded", "to") == words{"up", "nearest", "down"});
    CHECK(choices(spec::family::trigger, "cash_flow", "watch") == words{"both", "idle", "missing"});
    CHECK(choices(spec::family::trigger, "signal", "side") == words{"above", "below"});
    CHECK(choices(spec::family::trigger, "signal", "missing") == words{"reject", "quiet"});
    CHECK(choices(spec::family::trigger, "time_window", "days") == words{"every_day", "working", "weekend"});
    CHECK(choices(spec::family::solver, "closest", "distance") == words{"squared", "absolute"});
    CHECK(choices(spec::family::solver, "closest", "sides") == words{"both", "buys_only", "sells_only"});
    CHECK(choices(spec::family::solver, "to_band", "rows") == words{"drifted", "all"});
    CHECK(choices(spec::family::solver, "to_band", "depth") == words{"edge", "midpoint"});
    CHECK(choices(spec::family::sizing, "reconciled", "shortfall") == words{"proportional", "largest_drift"});
    CHECK(choices(spec::family::sizing, "integer", "shortfall") == words{"proportional", "largest_drift"});
    CHECK(choices(spec::family::sizing, "integer", "distance") == words{"squared", "absolute"});
    CHECK(choices(spec::family::sizing, "integer", "max_orders") == words{"unlimited"});
    CHECK(choices(spec::family::target, "projected", "by") == words{"equally", "in_proportion"});
    CHECK(choices(spec::family::target, "mean_reversion", "signal") == words{"deviation", "slope"});
    CHECK(choices(spec::family::target, "cppi", "safe") == words{"cash"});
    CHECK(choices(spec::family::mandate, "mandate", "bad_price") == words{"reject", "freeze"});
    CHECK(choices(spec::family::mandate, "mandate", "proceeds") == words{"at_once", "when_settled"});
    CHECK(test::enumerators<trigger::period>().size() == 6);
    CHECK(test::enumerators<trigger::on_miss>().size() == 2);
    CHECK(test::enumerators<trigger::on_holiday>().size() == 2);
    CHECK(test::enumerators<trigger::combine>().size() == 2);
    CHECK(test::enumerators<trigger::distance_measure>().size() == 2);
    CHECK(test::enumerators<cost::tiering>().size() == 3);
    CHECK(test::enumerators<cost::fee_rounding>().size() == 3);
    CHECK(test::enumerators<cost::beyond_limit>().size() == 2);
    CHECK(test::enumerators<solver::band_rows>().size() == 2);
    CHECK(test::enumerators<solver::sides>().size() == 3);
    CHECK(test::enumerators<drift_measure>().size() == 2);
    CHECK(test::enumerators<trigger::cash_kind>().size() == 3);
    CHECK(test::enumerators<trigger::signal_side>().size() == 2);
    CHECK(test::enumerators<trigger::on_missing>().size() == 2);
    CHECK(test::enumerators<target::spread>().size() == 2);
    CHECK(test::enumerators<target::tilt_signal>().size() == 2);
    CHECK(test::enumerators<risk::shrink_target>().size() == 2);
    CHECK(test::enumerators<on_bad_price>().size() == 2);
    CHECK(test::enumerators<proceeds>().size() == 2);
}

TEST_CASE("spec: the words of a family can not be taken for each other") {
    for (const spec::description& d : spec::catalogue()) {
        std::vector<std::string> words;
        for (const spec::parameter& p : d.parameters) {
            words.push_back(p.name);
            for (const std::string& c : p.choices) words.push_back(c);
        }
        for (const spec::description& other : spec::catalogue()) {
            CAPTURE(d.name, other.name);
            if (other.family == d.family)
                for (const std::string& w : words) CHECK((w != other.name));
        }
        for (std::size_t i = 0; i < words.size(); ++i)
            for (std::size_t k = 0; k < i; ++k) CHECK(words[i] != words[k]);
    }
}

TEST_CASE("spec: the catalogue says defaults, ranges and what has to be given") {
    for (const spec::description& d : spec::catalogue()) {
        CAPTURE(to_string(d.family), d.name);
        CHECK(d.summary.size() > 5);
        CHECK(d.summary.back() != '.');
        if (d.family != spec::family::mandate) {
            const std::string form = read(to_string(d.family), d.example);
            CAPTURE(form);
            CHECK(form.substr(0, d.name.size()) == d.name);
            CHECK(read(to_string(d.family), form) == form);
        } else {
            CHECK(spec::mandate(d.example));
        }
        for (const spec::parameter& p : d.parameters) {
            CAPTURE(p.name);
            CHECK(p.meaning.size() > 3);
            CHECK((p.range.empty() || p.range.starts_with("must ") || p.range.starts_with("has to be given")));
            // Only what can not be wrong has no range.
            CHECK((!p.range.empty() || !p.choices.empty() || p.name == "estimator" || p.name == "closest_feasible" || p.name == "factors" ||
                   p.name == "nodes" || p.name == "allow_short" || p.name == "keep_sum" || p.name == "index" || p.name == "repeat" ||
                   p.name == "events" || p.name == "not_before" || p.name == "posterior_covariance"));
            CHECK_FALSE((p.required && !p.by_default.empty()));
        }
    }
    const auto parameter = [](spec::family f, const char* policy, const char* name) {
        for (const spec::parameter& p : described(f, policy).parameters)
            if (p.name == name) return p;
        return spec::parameter{};
    };
    CHECK(parameter(spec::family::trigger, "every", "interval").by_default == "1d");
    CHECK(parameter(spec::family::trigger, "calendar", "period").by_default == "monthly");
    CHECK(parameter(spec::family::trigger, "volatility_band", "exponent").required);
    CHECK(parameter(spec::family::trigger, "volatility_band", "width").required);
    CHECK(parameter(spec::family::trigger, "volatility_band", "ceiling").by_default == "1");
    CHECK(parameter(spec::family::trigger, "volatility_band", "floor").range == "must be a finite weight at or above 0");
    CHECK(parameter(spec::family::trigger, "tracking_error", "limit").required);
    CHECK(parameter(spec::family::trigger, "signal", "threshold").required);
    CHECK(parameter(spec::family::trigger, "drawdown", "limit").required);
    CHECK(parameter(spec::family::trigger, "time_window", "to").by_default == "1d");
    CHECK(parameter(spec::family::guard, "worth_it", "horizon").required);
    CHECK(parameter(spec::family::guard, "worth_it", "longest").by_default == "36525d");
    CHECK_FALSE(parameter(spec::family::trigger, "band", "absolute").required);
    CHECK(parameter(spec::family::trigger, "band", "absolute").per_asset);
    CHECK(parameter(spec::family::trigger, "band", "absolute").range == "must be a weight at or above 0");
    CHECK(parameter(spec::family::cost, "maximum", "amount").required);
    CHECK(parameter(spec::family::cost, "minimum", "amount").by_default == "0");
    CHECK(parameter(spec::family::cost, "tiered", "tiers").required);
    CHECK(parameter(spec::family::cost, "rounded", "step").by_default == "0.01");
    CHECK(parameter(spec::family::cost, "rounded", "step").range == "must be a decimal step at or above 0");
    CHECK(parameter(spec::family::estimator, "ewma", "warm_up").by_default == "20");
    CHECK(parameter(spec::family::target, "fixed", "weight").required);
    CHECK(parameter(spec::family::mandate, "mandate", "leverage").range == "must be a number above 0");
    CHECK(described(spec::family::trigger, "any_of").most_parts == spec::description::any_number);
    CHECK(described(spec::family::trigger, "hysteresis").least_parts == 2);
    CHECK(&spec::catalogue()[0] == &spec::catalogue()[0]);
}

TEST_CASE("spec: times, events and days of the week") {
    CHECK(trigger_text("time_window:14h30m,to=21h,working") == "time_window:from=870m,to=21h,days=working");
    CHECK(trigger_text("time_window:from=9h,days=[5 1,3]") == "time_window:from=9h,days=[1 3 5]");
    CHECK(trigger_text("time_window:days=[7 6]") == "time_window:from=0s,days=weekend");
    CHECK(trigger_text("time_window:days=[1 2 3 4 5 6 7]") == "time_window:from=0s");
    CHECK(trigger_text("time_window:not_before=2026-12-25+14h30m,events=[2026-01-28+19h 2026-03-18],before=1h") ==
          "time_window:from=0s,not_before=2026-12-25+870m,events=[2026-01-28+19h 2026-03-18],before=1h");
    CHECK(trigger_text("time_window:events=2026-01-28") == "time_window:from=0s,events=[2026-01-28]");
    CHECK(blamed("trigger", "time_window:days=[1 8]") == "[1 8]");
    CHECK(blamed("trigger", "time_window:days=[12]") == "[12]");
    CHECK(blamed("trigger", "time_window:days=[ ]") == "[ ]");
    CHECK(blamed("trigger", "time_window:days=monday") == "monday");
    CHECK(blamed("trigger", "time_window:not_before=2026-02-30") == "2026-02-30");
    CHECK(blamed("trigger", "time_window:not_before=2026-02-20T12") == "2026-02-20T12");
    CHECK(blamed("trigger", "time_window:not_before=2026-02-20+25h") == "25h");
    CHECK(blamed("trigger", "time_window:events=[2026-01-28+19h 2026-03-40]") == "2026-03-40");
    CHECK(blamed("trigger", "time_window:events=[]") == "[]");
    CHECK(blamed("trigger", "time_window:from=24h") == "24h");
    CHECK(trigger_text("drawdown:10%,rearm=unlimited,repeat") == "drawdown:limit=0.1,repeat");
    CHECK(trigger_text("signal:2,threshold=90%,below,back=5%") == "signal:index=2,threshold=0.9,side=below,back=0.05");
}

// ---- there and back ----

namespace {
/// The text of a policy reads back as the same text; what it stands for is compared by `is_same`.
template <class P>
void round_trip(const char* field, const P& p) {
    const std::string text = spec::to_text(p);
    CAPTURE(field, text);
    REQUIRE(read(field, text) == text);
}
}  // namespace

TEST_CASE("spec: every policy gives a text that gives it back") {
    dice d{1};
    for (int i = 0; i < 300; ++i) {
        round_trip("trigger", trigger::every{d.time()});
        trigger::calendar c{.period = d.any<trigger::period>(), .miss = d.any<trigger::on_miss>(), .roll = d.any<trigger::on_holiday>()};
        c.day = c.period == trigger::period::weekly ? 1 + static_cast<int>(d.below(7))
                : d.chance(0.5)                     ? -static_cast<int>(1 + d.below(28))
                                                    : 31;
        c.month = 1 + static_cast<int>(d.below(3));
        if (d.chance(0.5)) c.utc_offset = minutes(static_cast<std::int64_t>(d.below(2800)) - 1400);
        round_trip("trigger", c);
        trigger::band b{.absolute = d.number(), .combine = d.any<trigger::combine>()};
        if (d.chance(0.5)) b.absolute = d.chance(0.3) ? per_asset{infinity} : d.list();
        if (d.chance(0.3) && b.absolute.uniform()) b.relative = d.list();
        if (d.chance(0.3)) b.absolute_below = d.number();
        if (d.chance(0.3)) b.relative_below = d.number();
        round_trip("trigger", b);
        round_trip("trigger", trigger::volatility_band{.width = d.list(),
                                                       .reference = 0.01 + d.number(),
                                                       .exponent = d.number(4.0) - 2.0,
                                                       .floor = d.chance(0.5) ? 0.0 : d.number(),
                                                       .ceiling = d.chance(0.5) ? 1.0 : infinity,
                                                       .estimator = d.below(3)});
        round_trip("trigger", trigger::optimal_band{.risk_aversion = 0.1 + d.number(),
                                                    .rate = d.list(),
                                                    .sell = d.chance(0.5) ? per_asset{} : d.number(),
                                                    .drift = d.chance(0.5) ? per_asset{} : d.number(0.2) - 0.1,
                                                    .fixed = d.chance(0.5) ? 0.0 : d.number(),
                                                    .method = region_method::expansion,
                                                    .estimator = d.below(3)});
        round_trip("trigger", trigger::cara_band{.risk_aversion = 1e-6 + d.number(),
                                                 .rate = d.list(),
                                                 .sell = d.chance(0.5) ? per_asset{} : d.number(),
                                                 .drift = d.chance(0.5) ? per_asset{} : d.number(0.2) - 0.1,
                                                 .interest = d.chance(0.5) ? 0.0 : d.number(),
                                                 .method = d.any<region_method>(),
                                                 .estimator = d.below(3)});
        round_trip("trigger", trigger::predictive_band{.deviations = per_asset{0.1 + d.number(4.0)},
                                                       .horizon = d.time() + seconds(1),
                                                       .floor = d.chance(0.5) ? 0.0 : d.number(),
                                                       .ceiling = d.chance(0.5) ? 1.0 : infinity,
                                                       .estimator = d.below(3)});
        trigger::regime_band regimes{.scale = d.chance(0.5) ? per_asset{1.0} : d.list(), .estimator = d.below(3)};
        for (std::size_t k = 1 + d.below(4); k > 0; --k) regimes.width.push_back(d.number());
        round_trip("trigger", regimes);
        round_trip("trigger",
                   trigger::breach_probability{
                       .width = 0.001 + d.number(), .horizon = d.time() + seconds(1), .limit = 0.99 * d.number(), .estimator = d.below(3)});
        risk::hamilton filter{.calm_volatility = 0.01 + d.number(), .turbulent_volatility = 0.01 + d.number()};
        filter.calm_lasts = d.time() + seconds(1);
        filter.turbulent_lasts = d.time() + seconds(1);
        if (d.chance(0.3)) filter.calm_mean = d.number() - 0.5;
        if (d.chance(0.3)) filter.turbulent_mean = {d.number(), -d.number()};
        if (d.chance(0.3)) filter.longest = d.time();
        if (d.chance(0.3)) filter.market = static_cast<std::uint32_t>(d.below(2));
        round_trip("estimator", filter);
        const double enter = 0.5 + d.number();
        round_trip("estimator", risk::threshold_regimes{filter, enter, d.chance(0.5) ? per_asset{} : per_asset{0.5 * enter},
                                                        d.chance(0.5) ? no_index : static_cast<std::uint32_t>(d.below(2))});
        round_trip("estimator", risk::given_regimes{.count = 1 + d.below(64)});
        round_trip("estimator", risk::given_factors{.factors = 1 + d.below(64)});
        round_trip("trigger", trigger::distance{.limit = d.number(), .measure = d.any<trigger::distance_measure>()});
        round_trip("trigger", trigger::any_of{trigger::cooldown{b, d.time()}, trigger::not_{trigger::all_of{c, trigger::never{}}},
                                              trigger::hysteresis{b, trigger::every{d.time()}}});
        cost::proportional p{.rate = d.list(0.1)};
        if (d.chance(0.3) && p.rate.uniform()) p.sell = d.chance(0.3) ? per_asset{-p.rate[0]} : d.list(0.1);
        round_trip("cost", p);
        const cost::half_spread h{.spread = d.list()};
        round_trip("cost", h);
        round_trip("cost", cost::per_unit{.amount = d.list(1e300)});
        round_trip("cost", cost::fixed{.amount = d.list(100.0)});
        const auto maybe = [&](double most) { return d.chance(0.5) ? per_asset{} : per_asset{d.number(most)}; };
        round_trip("cost", cost::linear_impact{.coefficient = d.list(), .daily_volume = maybe(1e9), .rate = d.number(0.1)});
        round_trip("cost", cost::square_root_impact{.coefficient = d.list(2.0), .daily_volatility = maybe(0.1), .days_per_year = 252.0});
        round_trip("cost", cost::power_impact{.exponent = 1.0 + d.number(), .daily_volatility = maybe(0.1), .daily_volume = maybe(1e9)});
        round_trip(
            "cost",
            cost::almgren{.outstanding = 1.0 + d.number(1e9), .days = 0.01 + d.number(), .temporary = d.number(), .rate = d.number(0.1)});
        round_trip("cost",
                   cost::volume_share{
                       .impact = d.number(), .limit = 0.01 + d.number(), .volume = maybe(1e9), .beyond = d.any<cost::beyond_limit>()});
        cost::tiered tiers{.by = d.any<cost::tiering>()};
        double edge = 0.0;
        for (std::size_t k = d.below(cost::tier_list::capacity); k > 0; --k)
            tiers.tiers.push_back({edge += 1.0 + d.number(1e6), 0.9 * d.number()});
        tiers.tiers.push_back({.rate = 0.9 * d.number()});
        round_trip("cost", tiers);
        round_trip("cost", cost::maker_taker{.maker = 0.1 * d.number(), .taker = d.list(0.1), .maker_share = d.number()});
        round_trip("cost", cost::holding{.long_rate = d.list(), .short_rate = d.number(), .horizon = d.time() + seconds(1)});
        round_trip("cost", cost::latency{.volatility = d.list(2.0), .delay = d.time() + seconds(1), .k = d.number(3.0)});
        round_trip("cost", cost::gas{.base = d.number(1e5),
                                     .leg = d.list(1e6),
                                     .gas_price = d.number(300.0),
                                     .coin = d.number(5e3),
                                     .base_bytes = d.number(1e3),
                                     .leg_bytes = d.number(1e3),
                                     .gas_per_byte = d.number(16.0),
                                     .data_price = d.number(50.0)});
        round_trip("cost", cost::sandwich{.reserve = 1.0 + d.number(1e6),
                                          .fee = 0.9 * d.number(),
                                          .tolerance = 0.9 * d.number(),
                                          .attack_cost = d.number(100.0)});
        round_trip("cost", cost::rounded{cost::rebate{cost::fixed{.amount = d.number()}},
                                         decimal_step{static_cast<std::int64_t>(d.below(1000)), static_cast<int>(d.below(12)) - 8},
                                         d.any<cost::fee_rounding>()});
        round_trip("cost",
                   cost::sum{cost::minimum{cost::zero{}, d.number(1e5)}, cost::maximum{cost::fixed{.amount = 1.0}, 1.0 + d.number()}});
        round_trip("solver", solver::to_band{.depth = d.number(), .rows = d.any<solver::band_rows>()});
        round_trip("solver", solver::closest{.distance = d.any<ballast::drift_measure>(), .sides = d.any<solver::sides>()});
        round_trip("solver", solver::no_trade_region{
                                 .risk_aversion = 0.1 + d.number(20.0), .horizon = d.time() + seconds(1), .estimator = d.below(3)});
        solver::tracking tracker{.risk_aversion = 0.1 + d.number(20.0),
                                 .turnover = d.chance(0.3) ? infinity : d.number(),
                                 .tracking_error = d.chance(0.5) ? infinity : d.number(),
                                 .cost_budget = d.chance(0.5) ? infinity : d.number(),
                                 .closest = d.chance(0.5)};
        tracker.limits = {{.name = "net", .lower = -d.number()},
                          {.name = "beta", .coefficient = {d.number(), d.number()}, .upper = 1.0, .active = true}};
        tracker.groups = {{.group_of = {0, no_index}, .groups = {{.name = "tech", .upper = d.number()}}},
                          {.group_of = {1, 0}, .groups = {{.lower = -d.number(), .active = true}, {.name = "b"}}}};
        tracker.exposures = {{.name = "value", .factor = d.below(9), .lower = -0.1, .upper = 0.1}};
        round_trip("solver", tracker);
        round_trip("solver", solver::trading_rate{.rate = d.number(),
                                                  .risk_aversion = 0.1 + d.number(20.0),
                                                  .impact = d.number(100.0),
                                                  .discount = 0.9 * d.number(),
                                                  .decay = d.number()});
        round_trip("guard", guard::participation{.rate = d.list()});
        round_trip("trigger", trigger::cash_flow{.share = d.number(),
                                                 .amount = d.chance(0.5) ? infinity : d.number(1e6),
                                                 .watch = d.any<trigger::cash_kind>()});
        round_trip("guard", guard::max_turnover{.limit = d.chance(0.1) ? infinity : d.number()});
        guard::max_trade m;
        if (d.chance(0.5)) m.share = d.list();
        if (!m.share.given()) m.amount = d.list(1e9);
        round_trip("guard", m);
        round_trip("guard", guard::stale_price{d.time()});
        round_trip("trigger", trigger::tracking_error{.limit = d.number(), .estimator = d.below(3)});
        round_trip("trigger", trigger::signal{.index = d.below(9),
                                              .threshold = d.number(1e3) - 500.0,
                                              .side = d.any<trigger::signal_side>(),
                                              .back = d.number(),
                                              .missing = d.any<trigger::on_missing>()});
        const double loss = 0.9 * d.number();
        round_trip("trigger",
                   trigger::drawdown{.limit = loss, .rearm = d.chance(0.5) ? infinity : loss * d.unit(), .repeat = d.chance(0.5)});
        trigger::time_window hours_of_day{.from = minutes(static_cast<std::int64_t>(d.below(1440))),
                                          .to = seconds(1 + static_cast<std::int64_t>(d.below(86'400))),
                                          .before = d.time(),
                                          .after = d.time()};
        trigger::weekday_set some{1 + static_cast<int>(d.below(7))};
        for (int day = 1; day <= 7; ++day)
            if (d.chance(0.6)) some.insert(day);
        hours_of_day.days = some;
        const auto moment = [&] { return timestamp{static_cast<std::int64_t>(d.random() >> 2) * (d.chance(0.5) ? 1 : -1)}; };
        if (d.chance(0.5)) hours_of_day.not_before = moment();
        for (std::size_t k = d.below(4); k > 0; --k) hours_of_day.events.push_back(d.chance(0.5) ? moment() : timestamp{} + d.time());
        round_trip("trigger", hours_of_day);
        guard::worth_it worth{.risk_aversion = 0.1 + d.number(10.0), .horizon = d.time() + nanoseconds(1), .estimator = d.below(3)};
        if (d.chance(0.5)) worth.expected_return = d.list();
        if (d.chance(0.5)) worth.adapt = d.number();
        if (d.chance(0.5)) worth.relax = d.time(), worth.relax_every = d.time() + nanoseconds(1);
        if (d.chance(0.5)) worth.shortest = nanoseconds(5), worth.longest = d.time() + nanoseconds(5);
        round_trip("guard", worth);
        round_trip("target", target::fixed{.weight = d.list()});
        round_trip("target", target::equal{.cash = d.number()});
        const auto safe = [&] { return d.chance(0.5) ? no_index : static_cast<std::uint32_t>(d.below(9)); };
        round_trip("target", target::inverse_volatility{.power = d.number(3.0), .cash = d.number(), .estimator = d.below(3)});
        target::risk_parity parity{.cash = d.number(), .estimator = d.below(3)};
        if (d.chance(0.5)) parity.budget = 0.1 + d.number();
        round_trip("target", parity);
        target::minimum_variance least{.lower = d.chance(0.3) ? -infinity : -d.number(), .upper = d.number(), .cash = d.number()};
        least.limits = {{.name = "beta", .coefficient = {d.number(), d.number()}, .lower = -1.0, .upper = d.number()}};
        least.groups = {{.group_of = {0, no_index}, .groups = {{.name = "tech", .upper = d.number()}}}};
        round_trip("target", least);
        target::mean_variance traded{.expected_return = d.number(), .risk_aversion = 0.1 + d.number(20.0), .factors = d.below(99)};
        if (d.chance(0.5)) traded.target_return = d.number();
        round_trip("target", traded);
        round_trip("target", target::maximum_sharpe{.expected_return = {d.number(), -d.number()}, .estimator = d.below(3)});
        target::black_litterman tilted{
            .risk_aversion = 0.1 + d.number(9.0), .tau = 0.01 + d.number(), .posterior_covariance = d.chance(0.5)};
        tilted.views = {{.weight = {d.number(), -d.number()}, .expected_return = d.number(), .confidence = d.unit()},
                        {.weight = d.number(), .expected_return = -d.number(), .variance = d.number()}};
        if (!tilted.posterior_covariance) tilted.upper = d.number();
        round_trip("target", tilted);
        target::glide_path glide;
        timestamp at = timestamp_from_civil(1990, 1, 1) + d.time();
        for (std::size_t k = 1 + d.below(4); k > 0; --k) {
            glide.path.push_back({at, d.chance(0.3) ? per_asset{d.number()} : per_asset{d.number(), 1.0 - d.number(), -d.number()}});
            at = at + seconds(1) + (d.chance(0.5) ? days(static_cast<std::int64_t>(d.below(9000))) : d.time());
        }
        if (!glide.validate()) round_trip("target", glide);
        round_trip(
            "target",
            target::projected{
                .lower = -d.number(), .upper = d.number(), .sum = d.number(), .keep_sum = d.chance(0.5), .by = d.any<target::spread>()});
        round_trip("target", target::smoothed{.step = 1e-6 + d.number(), .every = d.time()});
        round_trip("target", target::volatility_target{.volatility = d.number(),
                                                       .leverage = 0.1 + d.number(),
                                                       .correlation = d.number(),
                                                       .safe = safe(),
                                                       .estimator = d.below(3)});
        round_trip("target", target::constant_leverage{.leverage = d.number(4.0),
                                                       .lower = d.number(),
                                                       .upper = d.chance(0.5) ? infinity : 1.0 + d.number(),
                                                       .speed = d.chance(0.5) ? 1.0 : 1e-3 + 0.5 * d.number(),
                                                       .interval = d.time() + seconds(1),
                                                       .safe = safe()});
        round_trip("target", target::cppi{.multiplier = d.number(9.0),
                                          .floor = d.number(),
                                          .floor_amount = d.number(1e6),
                                          .growth = d.number() - 0.5,
                                          .cap = d.number(4.0),
                                          .safe = safe()});
        round_trip(
            "target",
            target::tipp{.multiplier = d.number(9.0), .floor = d.number(), .growth = d.number(), .cap = d.number(4.0), .safe = safe()});
        round_trip("target", target::mean_reversion{.strength = d.number(4.0) - 2.0,
                                                    .bound = 0.9 * d.number(),
                                                    .half_life = d.time() + seconds(1),
                                                    .signal = d.any<target::tilt_signal>()});
        round_trip("estimator", risk::ewma{.half_life = d.time() + seconds(1), .warm_up = 1 + (d.random() >> d.below(64)) / 2});
        round_trip("estimator", risk::close_to_close{.returns = 2 + d.below(1000)});
        round_trip("estimator", risk::realised{.horizon = minutes(60) + seconds(static_cast<std::int64_t>(d.below(100'000))),
                                               .every = seconds(1 + static_cast<std::int64_t>(d.below(3600)))});
        round_trip("estimator", risk::parkinson{.bars = 1 + d.below(1000), .longest_gap = d.time() + seconds(1)});
        round_trip("estimator", risk::garman_klass{.bars = 1 + d.below(1000), .longest_gap = d.time() + seconds(1)});
        round_trip("estimator", risk::rogers_satchell{.bars = 1 + d.below(1000), .longest_gap = d.time() + seconds(1)});
        round_trip("estimator", risk::garman_klass_yang_zhang{.bars = 1 + d.below(1000)});
        round_trip("estimator", risk::yang_zhang{.bars = 2 + d.below(1000)});
        round_trip("estimator", risk::garch{.mu = d.list(1e-3),
                                            .omega = 1e-6 * static_cast<double>(1 + d.below(100)),
                                            .alpha = 0.01 * static_cast<double>(d.below(20)),
                                            .beta = 0.01 * static_cast<double>(d.below(80)),
                                            .interval = d.time() + seconds(1),
                                            .closed = d.time(),
                                            .horizon = d.time() + seconds(1),
                                            .warm_up = 1 + d.below(100)});
        round_trip("estimator",
                   risk::ewma_covariance{
                       .half_life = d.time() + seconds(1), .warm_up = 1 + d.below(100), .every = d.time(), .patience = d.time()});
        round_trip("estimator", risk::sample_covariance{.returns = 2 + d.below(1000), .every = d.time(), .patience = d.time()});
        round_trip("estimator",
                   risk::ledoit_wolf{
                       .target = d.any<risk::shrink_target>(), .returns = 2 + d.below(1000), .every = d.time(), .patience = d.time()});
        round_trip("estimator", risk::factor_model{.series = 1 + d.below(1024),
                                                   .half_life = d.time() + seconds(1),
                                                   .warm_up = 1 + d.below(100),
                                                   .every = d.time(),
                                                   .patience = d.time()});
        round_trip("estimator", risk::principal_factors{.factors = 1 + d.below(1000),
                                                        .half_life = d.time() + seconds(1),
                                                        .warm_up = 1 + d.below(100),
                                                        .refresh = d.time(),
                                                        .every = d.time(),
                                                        .patience = d.time()});
        round_trip("sizing", sizing::reconciled{.collar = d.number(), .shortfall = d.any<sizing::shortfall_rule>()});
        sizing::integer whole{.distance = d.any<ballast::drift_measure>(),
                              .cost_weight = d.number(10.0),
                              .risk_aversion = d.chance(0.5) ? 0.0 : d.number(10.0),
                              .exact_rows = d.below(33),
                              .nodes = d.random() >> d.below(64),
                              .collar = d.number(),
                              .shortfall = d.any<sizing::shortfall_rule>()};
        if (d.chance(0.5)) whole.max_orders = d.below(100);
        round_trip("sizing", whole);
    }
    round_trip("trigger", trigger::never{});
    round_trip("cost", cost::zero{});
    round_trip("solver", solver::to_target{});
    round_trip("estimator", risk::given{});
    for_each_aggregate([](spec::family, auto policy) { CHECK(spec::to_text(policy).starts_with(decltype(policy)::name)); });
}

TEST_CASE("spec: a calendar with the host's own predicate says so, and can not be read back") {
    trigger::calendar c;
    c.holidays.is_holiday = [](const civil_date&, const void*) { return false; };
    CHECK(spec::to_text(c) == "calendar:period=monthly,holidays=[?]");
    CHECK(blamed("trigger", spec::to_text(c)) == "?");
}

TEST_CASE("spec: the mandate") {
    const auto m = spec::mandate("reserve=0.01,leverage=1.5,allow_short");
    REQUIRE(m);
    CHECK(m->reserve == 0.01);
    CHECK(m->leverage == 1.5);
    CHECK(m->allow_short);
    CHECK(m->reserve_amount == 0.0);
    CHECK(m->bad_price == on_bad_price::reject);
    CHECK(m->proceeds == proceeds::at_once);
    CHECK(spec::mandate("when_settled")->proceeds == proceeds::when_settled);
    CHECK(to_text(*m) == "reserve=0.01,leverage=1.5,allow_short");
    REQUIRE(spec::mandate(""));
    CHECK(to_text(*spec::mandate(" ")).empty());
    CHECK(to_text(*spec::mandate("1%,freeze,reserve_amount=500,allow_short=false")) == "reserve=0.01,reserve_amount=500,bad_price=freeze");
    CHECK(to_text(*spec::mandate("proceeds=when_settled,reserve=1%")) == "reserve=0.01,proceeds=when_settled");
    for (const auto& [text, part] : std::vector<std::pair<std::string, std::string>>{{"reserve=1", "1"},
                                                                                     {"reserve=0.1,leverage=0", "0"},
                                                                                     {"reserv=0.1", "reserv"},
                                                                                     {"leverage=two", "two"},
                                                                                     {"allow_short=yes", "yes"},
                                                                                     {"proceeds=settled", "settled"},
                                                                                     {"allow_short,allow_short", "allow_short"},
                                                                                     {"reserve=0.1(", "("},
                                                                                     {"reserve_amount=-5", "-5"}}) {
        const auto bad = spec::mandate(text);
        CAPTURE(text);
        REQUIRE_FALSE(bad);
        CHECK(text.substr(bad.fault().at, bad.fault().length) == part);
    }
}

// ---- what is wrong, and where ----

TEST_CASE("spec: a fault says what is wrong, where, and the nearest right word") {
    struct example {
        const char* field;
        const char* text;
        const char* part;  // of the text; "" for what is missing
        const char* message;
    };
    for (const example& e : std::vector<example>{
             {"trigger", "bnad", "bnad", "unknown trigger `bnad`; did you mean `band`?"},
             {"trigger", "BAND:0.05", "BAND", "unknown trigger `BAND`; did you mean `band`?"},
             {"trigger", "not(never)", "not", "unknown trigger `not`; did you mean `not_`?"},
             {"trigger", "vol_band", "vol_band", "unknown trigger `vol_band`; did you mean `volatility_band`?"},
             {"trigger", "xyzzy", "xyzzy",
              "unknown trigger `xyzzy`; there are never, every, calendar, band, volatility_band, predictive_band, regime_band, "
              "breach_probability, optimal_band, cara_band, distance, tracking_error, cash_flow, drawdown, signal, time_window, any_of, "
              "all_of, not_, cooldown and hysteresis"},
             {"trigger", "to_band", "to_band", "unknown trigger `to_band`, which is a solver"},
             {"trigger", "", "", "`trigger` needs a value, such as trigger=band:absolute=0.05"},
             {"trigger", "any_of( ,never)", ",", "a trigger is expected here"},
             {"trigger", ":0.05", ":0.05", "a trigger is expected here"},
             {"trigger", "0.05", "0", "unknown trigger `0`"},
             {"trigger", "band", "band", "band.absolute: a band needs a width: absolute, relative or both"},
             {"trigger", "band:", "", "an argument of `band` is expected here"},
             {"trigger", "band:0.05,", "", "an argument of `band` is expected here"},
             {"trigger", "band:,0.05", "", "an argument of `band` is expected here"},
             {"trigger", "band:absolut=0.05", "absolut", "`band` has no `absolut`; did you mean `absolute`?"},
             {"trigger", "band:=0.05", "=0.05", "`band` has no ``"},
             {"trigger", "band:absolute", "absolute", "`absolute` needs a `=` and a value"},
             {"trigger", "band:absolute=", "", "`absolute` needs a value"},
             {"trigger", "band:absolute=0.05,absolute=0.04", "absolute", "`absolute` was given already"},
             {"trigger", "band:0.05,0.04", "0.04", "`absolute` was given already; other values need their name (a decimal point is a `.`)"},
             {"trigger", "band:0,05", "05", "`absolute` was given already; other values need their name (a decimal point is a `.`)"},
             {"trigger", "band:absolute=0.05x", "0.05x", "`absolute`: `0.05x` is not a number"},
             {"trigger", "band:absolute=0.05 0.02", "0.05 0.02", "`absolute`: `0.05 0.02` is not a number"},
             {"trigger", "band:absolute=+0.05", "+0.05", "`absolute`: `+0.05` is not a number"},
             {"trigger", "band:absolute=0x1p-3", "0x1p-3", "`absolute`: `0x1p-3` is not a number"},
             {"trigger", "band:absolute=nan", "nan",
              "`absolute`: `nan` is no number to reckon with; where no limit is meant, write `unlimited`"},
             {"trigger", "band:absolute=-inf", "-inf",
              "`absolute`: `-inf` is no number to reckon with; where no limit is meant, write `unlimited`"},
             {"trigger", "band:absolute=INFINITY%", "INFINITY%",
              "`absolute`: `INFINITY%` is no number to reckon with; where no limit is meant, write `unlimited`"},
             {"trigger", "band:absolute=1e999", "1e999", "`absolute`: `1e999` is too large or too small for a number"},
             {"trigger", "band:absolute=1e-999", "1e-999", "`absolute`: `1e-999` is too large or too small for a number"},
             {"trigger", "band:absolute=5bps%", "5bps%", "`absolute`: `5bps%` is not a number"},
             {"trigger", "band:bps=5%", "5%", "`absolute`: `5%` has a unit of its own"},
             {"trigger", "band:absolute=-0.05", "-0.05", "absolute = -0.05: must be a weight at or above 0"},
             {"trigger", "band:relative=unlimited", "unlimited", "relative = unlimited: must be a finite share at or above 0"},
             {"trigger", "band:absolute=[0.05 -1%]", "-1%", "absolute = -1%: must be a weight at or above 0"},
             {"trigger", "band:absolute=[0.05 x]", "x", "`absolute`: `x` is not a number"},
             {"trigger", "band:absolute=[]", "[]", "`absolute`: a list needs a number for each asset"},
             {"trigger", "band:absolute=[0.05", "[0.05", "the list has no end: `]` is missing"},
             {"trigger", "band:absolute=[0.05]2", "2", "nothing is expected after the list but a comma"},
             {"trigger", "band:absolute=0.05]", "0.05]", "`absolute`: `0.05]` is not a number"},
             {"trigger", "band(absolute=0.05)", "(", "`band` takes no policies in parentheses; arguments follow a `:`"},
             {"trigger", "band,absolute=0.05", ",", "the arguments of `band` follow a `:`"},
             {"trigger", "band:0.05)", ")", "nothing is expected after the policy"},
             {"trigger", "band:0.05 calendar", "0.05 calendar", "`absolute`: `0.05 calendar` is not a number"},
             {"trigger", "never never", "never", "one trigger is expected here; several stand in any_of(...) or all_of(...)"},
             {"trigger", "never:1", "1", "`never` takes no arguments"},
             {"trigger", "never:a=1", "a", "`never` has no `a`; it takes no arguments"},
             {"trigger", "band:0.05,calendar:monthly", "calendar:monthly",
              "one trigger is expected here; several stand in any_of(...) or all_of(...)"},
             {"trigger", "calendar:montly", "montly", "`calendar` knows no `montly`; did you mean `monthly`?"},
             {"trigger", "calendar:period=months", "months", "`period`: `months` is no period; did you mean `monthly`?"},
             {"trigger", "calendar:weekly,day=8", "8", "day = 8: must be 1 (Monday) to 7 (Sunday)"},
             {"trigger", "calendar:day=1.5", "1.5", "`day`: `1.5` is no whole number"},
             {"trigger", "calendar:day=99999999999", "99999999999", "`day`: `99999999999` is too large"},
             {"trigger", "calendar:quarterly,month=4", "4",
              "month = 4: must be 1 to 3 for quarters, 1 to 6 for half-years, 1 to 12 for years"},
             {"trigger", "calendar:utc_offset=25h", "25h", "utc_offset = 25h: must be a day at most, either way (seconds)"},
             {"trigger", "calendar:holidays=[2026-02-29]", "2026-02-29",
              "`holidays`: `2026-02-29` is no date, such as 2026-12-25, and not `weekends`"},
             {"trigger", "calendar:holidays=[2026-12-25 sundays]", "sundays",
              "`holidays`: `sundays` is no date, such as 2026-12-25, and not `weekends`"},
             {"trigger", "calendar:holidays=[]", "[]", "`holidays`: dates are expected, such as [2026-12-25 2027-01-01], or `weekends`"},
             {"trigger", "every:30", "30", "`interval`: `30` needs a unit of time: w, d, h, m, s, ms, us and ns"},
             {"trigger", "every:3mo", "3mo", "`interval`: unknown unit of time `mo`; there are w, d, h, m, s, ms, us and ns"},
             {"trigger", "every:-1s", "-1s", "interval = -1s: must be a time at or above 0 (seconds)"},
             {"trigger", "every:30y", "30y", "`interval`: unknown unit of time `y`; there are w, d, h, m, s, ms, us and ns"},
             {"trigger", "every:soon", "soon", "`every` knows no `soon`; there is only interval"},
             {"trigger", "volatility_band:width=0.05,reference=0.16", "volatility_band",
              "volatility_band.exponent: has to be given: -1 tightens in turbulence, 2/3 widens"},
             {"trigger", "volatility_band:0.05,reference=0.16,exponent=1,floor=0.2,ceiling=0.1", "0.2",
              "floor = 0.2: must not be above the ceiling"},
             {"trigger", "volatility_band:0.05,reference=0.16,exponent=1,estimator=-1", "-1",
              "`estimator`: `-1` is no whole number at or above 0"},
             {"trigger", "volatility_band:0.05,reference=0.16,exponent=1,estimator=18446744073709551615", "18446744073709551615",
              "`estimator`: `18446744073709551615` is too large"},
             {"trigger", "optimal_band:rate=10bps", "optimal_band",
              "optimal_band.risk_aversion: has to be given: 1 for logarithmic utility, 2 to 10 often"},
             {"trigger", "optimal_band:3", "optimal_band", "optimal_band.rate: has to be given: what a trade costs, as a share of it"},
             {"trigger", "optimal_band:3,rate=10bps,fixed=5", "5", "fixed = 5: must be 0 where the method is exact; set it to expansion"},
             {"trigger", "optimal_band:3,rate=10bps,roots", "roots",
              "`optimal_band` knows no `roots`; there are risk_aversion, rate, sell, drift, fixed, method, exact, expansion and estimator"},
             {"trigger", "cara_band:3e-5,rate=10bps,interest=-1%", "-1%", "interest = -1%: must be a finite rate at or above 0"},
             {"trigger", "regime_band:[]", "[]", "`width`: numbers are expected, such as [0.03 0.08]"},
             {"trigger", "regime_band:[0.03 x]", "x", "`width`: "},
             {"trigger", "regime_band", "regime_band", "regime_band.width: has to be given"},
             {"trigger", "regime_band:[0.03 -8%]", "[0.03 -8%]", "width = [0.03 -8%]: must be a finite weight at or above 0"},
             {"trigger", "breach_probability:0.05", "breach_probability", "breach_probability.limit: has to be given"},
             {"trigger", "breach_probability:0.05,limit=1", "1", "limit = 1: has to be given: a chance from 0 to below 1"},
             {"trigger", "predictive_band:0", "0", "deviations = 0: must be a finite number above 0"},
             {"trigger", "any_of", "any_of", "`any_of` takes one or more triggers in parentheses"},
             {"trigger", "any_of()", "", "`any_of` takes one or more triggers in parentheses"},
             {"trigger", "any_of(never", "", "`)` is missing"},
             {"trigger", "any_of(never,)", ")", "a trigger is expected here"},
             {"trigger", "any_of(never;never)", ";never", "`,` or `)` is expected here"},
             {"trigger", "any_of(never,(never))", "(", "a trigger is expected here"},
             {"trigger", "any_of:never", "never", "`any_of` takes no arguments"},
             {"trigger", "any_of(band:0.05,bnad)", "bnad",
              "`bnad` is neither an argument of `band` nor another trigger; did you mean `band`?"},
             {"trigger", "any_of(band:0.05,bnad:0.1)", "bnad", "unknown trigger `bnad`; did you mean `band`?"},
             {"trigger", "any_of(never, relative=0.25)", ",", "the arguments of `never` follow a `:`"},
             {"trigger", "not_(never, never)", "never", "`not_` takes one trigger in parentheses"},
             {"trigger", "hysteresis(never)", "hysteresis", "`hysteresis` takes 2 triggers in parentheses"},
             {"trigger", "hysteresis(never, never, every)", "every", "`hysteresis` takes 2 triggers in parentheses"},
             {"trigger", "cooldown:5d", "cooldown", "`cooldown` takes one trigger in parentheses"},
             {"trigger", "cooldown(never,30d)", "30d", "unknown trigger `30d`"},
             {"trigger", "cooldown:-5d(never)", "-5d", "interval = -5d: must be a time at or above 0 (seconds)"},
             {"trigger", "cooldown:5d(band:-1)", "-1", "absolute = -1: must be a weight at or above 0"},
             {"cost", "proportional:100bps,sell=-2%", "-2%",
              "sell = -2%: a rebate that exceeds the fee of the other side would pay for trading back and forth"},
             {"cost", "proportional:2", "2", "rate = 2: must be a fraction between -1 and 1"},
             {"cost", "fixed:bps=1", "bps", "`fixed` has no `bps`; there is only amount"},
             {"cost", "fixed:1%", "1%", "`amount`: `1%` has a unit, where a plain number is expected"},
             {"cost", "minimum:5", "minimum", "`minimum` takes one cost in parentheses"},
             {"cost", "maximum(zero)", "maximum", "maximum.amount: must be an amount above 0"},
             {"cost", "tiered", "tiered", "tiered.tiers: must have at least one tier"},
             {"cost", "tiered:[]", "[]", "`tiers`: tiers are expected, such as [10000:10bps unlimited:5bps]"},
             {"cost", "tiered:[1000:10bps 500:5bps 1bps]", "[1000:10bps 500:5bps 1bps]",
              "tiers = [1000:10bps 500:5bps 1bps]: must have edges above 0, each above the one before"},
             {"cost", "tiered:[1000:10bps]", "[1000:10bps]", "tiers = [1000:10bps]: must end with a tier that has no edge"},
             {"cost", "tiered:[1k:10bps 5bps]", "1k", "`tiers`: `1k` is not a number"},
             {"cost", "tiered:[1000:-10bps 5bps]", "[1000:-10bps 5bps]",
              "tiers = [1000:-10bps 5bps]: must have rates at or above 0 and below 1"},
             {"cost", "rounded:-1(zero)", "-1", "step = -1: must be a decimal step at or above 0"},
             {"cost", "rounded:0.01", "rounded", "`rounded` takes one cost in parentheses"},
             {"cost", "rounded:sideways(zero)", "sideways", "`rounded` knows no `sideways`; there are step, to, up, nearest and down"},
             {"cost", "holding:short_rate=3%", "holding", "holding.horizon: has to be given: a time above 0 (seconds)"},
             {"cost", "latency:delay=12s", "latency", "latency.volatility: has to be given: per year, at or above 0"},
             {"cost", "sandwich:fee=0", "sandwich", "sandwich.reserve: has to be given: an amount above 0"},
             {"cost", "sum(zero, band)", "band", "unknown cost `band`, which is a trigger"},
             {"cost", "zero, zero", "zero", "one cost is expected here; several stand in sum(...)"},
             {"solver", "to_target:1", "1", "`to_target` takes no arguments"},
             {"solver", "to_band:1.5", "1.5", "depth = 1.5: must be between 0 (edge) and 1 (target)"},
             {"solver", "to_band:edges", "edges", "`to_band` knows no `edges`; did you mean `edge`?"},
             {"guard", "max_trade", "max_trade", "max_trade.share: a share or an amount has to be given"},
             {"guard", "max_turnover:limit=a lot", "a lot", "`limit`: `a lot` is not a number"},
             {"target", "fixed", "fixed", "fixed.weight: has to be given"},
             {"target", "fixed:unlimited", "unlimited", "weight = unlimited: must be a finite weight"},
             {"target", "equal:cash=2", "2", "cash = 2: must be a share between 0 and 1"},
             {"target", "glide_path", "glide_path", "glide_path.path: has to be given: points in time, each with weights"},
             {"target", "black_litterman:views=[]", "[]", "`views`: views are expected, such as [5%:::1:-1]"},
             {"target", "black_litterman:views=[5%:1:-1]", "5%:1:-1", "`views`: `5%:1:-1` is no view, such as 5%:::1:-1"},
             {"target", "black_litterman:views=[5%:much::1]", "much", "`views`: `much` is not a number"},
             {"target", "black_litterman:views=[5%:::1:-1 3%:::1:0:0]", "3%:::1:0:0",
              "`views`: 3 weights, where another list is of 2 assets"},
             {"solver", "tracking:limits=[]", "[]", "`limits`: limits are expected, such as [beta:0.9:1.1:1.2:0.8:1]"},
             {"solver", "tracking:limits=[beta:0.9]", "beta:0.9", "`limits`: `beta:0.9` is no limit, such as beta:0.9:1.1:1.2:0.8:1"},
             {"solver", "tracking:limits=[beta:low:1:1]", "low", "`limits`: `low` is not a number"},
             {"solver", "tracking:exposures=[value:0:1:x]", "x", "`exposures`: `x` is no whole number at or above 0"},
             {"solver", "tracking:groups=[a::1 0 1]", "1", "`groups`: `1` is no group: they are counted from 0, and stand first"},
             {"solver", "tracking:groups=[a::1]", "a::1",
              "`groups`: groups and the assets' numbers of them are expected, such as [tech::0.3 rest:: 0 0 1 -]"},
             {"solver", "tracking:groups=[a::1 0 -],expected_return=[0.1 0.2 0.3]", "[0.1 0.2 0.3]",
              "`expected_return`: a list of 3, where another one is of 2 assets"},
             {"target", "glide_path:[]", "[]", "`path`: points are expected, such as [2020-01-01:0.8:0.2 2040-01-01:0.3:0.7]"},
             {"target", "glide_path:[2020-13-01:0.5]", "2020-13-01", "`path`: `2020-13-01` is no date, such as 2026-12-25"},
             {"target", "glide_path:[2020-01-01 12h:0.5]", "2020-01-01", "`path`: `2020-01-01` has no weights, as in 2020-01-01:0.8:0.2"},
             {"target", "glide_path:[2020-01-01+noon:0.5]", "noon", "`path`: `noon` is not a time, such as 24h"},
             {"target", "glide_path:[2020-01-01:0.5:much]", "much", "`path`: `much` is not a number"},
             {"target", "glide_path:[2020-01-01:0.5:0.5 2021-01-01:0.4:0.3:0.3]", "2021-01-01:0.4:0.3:0.3",
              "`path`: 3 weights, where another list is of 2 assets"},
             {"target", "cppi:floor=0.8", "cppi", "cppi.multiplier: has to be given: a finite number at or above 0"},
             {"target", "projected:0.5,upper=0.4", "0.5", "lower = 0.5: must be a finite weight, and not above the upper bound"},
             {"estimator", "ewma:warm_up=0", "0", "warm_up = 0: must be 1 return or more: without any no volatility is known"},
             {"estimator", "EWMA", "EWMA", "unknown estimator `EWMA`; did you mean `ewma`?"},
             {"sizing", "reconciled:1", "1", "collar = 1: must be a fraction at or above 0 and below 1"},
             {"sizing", "integer:exact_rows=33", "33", "exact_rows = 33: must be 32 at most"},
             {"sizing", "integer:max_orders=-1", "-1", "`max_orders`: `-1` is no whole number at or above 0"},
             {"sizing", "integer:nodes=unlimited", "unlimited", "`nodes`: `unlimited` is no whole number at or above 0"},
             {"sizing", "integer:5", "5", "`distance`: `5` is no distance"},
             {"sizing", "integr", "integr", "unknown sizing `integr`; did you mean `integer`?"},
             {"reserve", "1", "1", "reserve = 1: must be a share at or above 0 and below 1"},
             {"reserve", "", "", "`reserve` needs a value"},
             {"reserv", "0.01", "", "unknown field `reserv`; did you mean `reserve`?"},
             {"triger", "never", "", "unknown field `triger`; did you mean `trigger`?"},
             {"all", "some", "some", "`some` is neither `true` nor `false`"},
             {"trigger", "band:absolute=\x01\x7f", "\x01\x7f", "`absolute`: `  ` is not a number"},
         }) {
        const std::string text = e.text;
        CAPTURE(text);
        const spec::fault f = fault_in(e.field, text);
        CHECK(f.message.substr(0, std::string{e.message}.size()) == e.message);
        CHECK(text.substr(f.at, f.length) == e.part);
    }
}

TEST_CASE("spec: whatever is spoilt in a right text is found where it is") {
    std::size_t spoilt = 0;
    for (const spec::description& d : spec::catalogue()) {
        if (d.family == spec::family::mandate) continue;
        const char* field = to_string(d.family);
        const std::string parts = d.example.find('(') == std::string::npos ? "" : d.example.substr(d.example.find('('));
        CAPTURE(field, d.name);
        // A wrong letter in, before, behind and instead of the name.
        for (const std::string& name : {"x" + d.name, d.name + "x", d.name.substr(1), d.name.substr(0, d.name.size() - 1), d.name + "_"}) {
            const std::string rest = d.example.substr(d.name.size());
            CHECK(blamed(field, name + rest) == name);
            ++spoilt;
        }
        for (const char* behind : {":x_y_z", ":xyz=1", " xyz", "]", "=1", "(never)(never)", ")", ";"}) {
            const std::string text = d.example + behind;
            const spec::fault f = fault_in(field, text);
            // At the earliest where the last word of the right text begins.
            CHECK(f.at + 30 >= d.example.size());
            ++spoilt;
        }
        for (const spec::parameter& p : d.parameters) {
            CAPTURE(p.name);
            for (const char* bad : {"nan", "inf", "x y", "=", "1e999", "--1", "0,,", "[1", "1..2", "??", "`"}) {
                const std::string text = d.name + ":" + p.name + "=" + bad + parts;
                const spec::fault f = fault_in(field, text);
                const std::size_t value = d.name.size() + p.name.size() + 2;
                CHECK(f.at >= value);
                CHECK(f.at <= value + std::string{bad}.size());
                ++spoilt;
            }
            const std::string key = p.name + "z";
            CHECK(blamed(field, d.name + ":" + key + "=1" + parts) == key);
            CHECK(blamed(field, d.name + ":" + p.name + "=" + parts).empty());
            spoilt += 2;
            for (const std::string& choice : p.choices) {
                CHECK(blamed(field, d.name + ":" + choice + "q" + parts) == choice + "q");
                CHECK(blamed(field, d.name + ":" + p.name + "=" + choice + "q" + parts) == choice + "q");
                spoilt += 2;
            }
        }
    }
    CHECK(spoilt > 800);
}

namespace {
const std::vector<std::string> good_policies{
    "5/25: trigger=band:absolute=0.05,relative=0.25; cost=proportional:bps=10; solver=to_target; guard=max_turnover:limit=0.2; "
    "reserve=0.01",
    "trigger=any_of(band:0.05,relative=25%,larger, calendar:monthly,day=-1,holidays=[weekends 2026-12-25]); solver=to_target; allow_short; "
    "sizing=integer:absolute,max_orders=4,exact_rows=20",
    "x: trigger=cooldown:30d(band:absolute=[0.05 0.02 0.1]); cost=sum(fixed:1, minimum:5(proportional:18bps)); solver=to_band:edge",
    "vol: estimator=ewma:30d,warm_up=5; trigger=volatility_band:5%,reference=16%,exponent=-1,ceiling=0.2; cost=half_spread:bps=[1 2]; "
    "solver=to_band:midpoint,all; guard=stale_price:15m; guard=max_trade:share=0.1,amount=1e6; sizing=reconciled:50bps; bad_price=freeze; "
    "proceeds=when_settled",
    "trigger=hysteresis(distance:0.1,euclidean, band:0.02); trigger=not_(every:24h); all; cost=maximum:100(per_unit:0.005); "
    "target=fixed:[0.6 "
    "0.4]; leverage=1.5; reserve_amount=100"};

/// What has to hold of any text at all.
void sound(const std::string& text) {
    const auto c = spec::policy(text);
    if (!c) {
        const spec::fault& f = c.fault();
        REQUIRE_FALSE(f.message.empty());
        REQUIRE(f.at <= text.size());
        REQUIRE(f.length <= text.size() - f.at);
        REQUIRE(describe(f, text).starts_with(f.message));
        return;
    }
    REQUIRE_FALSE(c->check());
    REQUIRE(c->build());
    // And back: the same parts.
    const std::string form = to_text(*c);
    CAPTURE(form);
    const auto again = spec::policy(form);
    REQUIRE(again);
    REQUIRE(to_text(*again) == form);
    REQUIRE(again->assets() == c->assets());
}
}  // namespace

TEST_CASE("spec: mutated texts never crash and never give what is not valid") {
    static constexpr std::string_view pieces[] = {":", ",",   "(",    ")",   "=",         ";",        "[",       "]",     " ",
                                                  "-", "1",   "0.05", "nan", "unlimited", "band",     "any_of(", "never", "all",
                                                  "%", "bps", "e9",   "\n",  "\xc3\xa9",  "trigger=", "24h",     "`",     "9999999999"};
    dice d{20};
    std::size_t wrong = 0;
    std::size_t right = 0;
    for (const std::string& good : good_policies) {
        CAPTURE(good);
        REQUIRE(spec::policy(good));
        sound(good);
        for (std::size_t i = 0; i <= good.size(); ++i) {
            sound(good.substr(0, i));
            sound(good.substr(i));
            if (i < good.size()) sound(good.substr(0, i) + good.substr(i + 1));
        }
        for (int i = 0; i < 4000; ++i) {
            std::string text = good;
            for (std::size_t k = 0; k <= d.below(3); ++k) {
                const std::size_t at = d.below(text.size() + 1);
                const std::size_t n = d.below(8);
                switch (d.below(5)) {
                    case 0: text.insert(at, pieces[d.below(std::size(pieces))]); break;
                    case 1: text.erase(at, n); break;
                    case 2: text.insert(at, text.substr(d.below(text.size() + 1), 2 * n)); break;
                    case 3:
                        if (at < text.size()) text[at] = static_cast<char>(d.below(256));
                        break;
                    default:
                        if (at < text.size()) text.replace(at, n, pieces[d.below(std::size(pieces))]);
                }
            }
            CAPTURE(text);
            sound(text);
            ++(spec::policy(text) ? right : wrong);
        }
    }
    CHECK(wrong > 10'000);
    CHECK(right > 500);
}

TEST_CASE("spec: texts of any depth and length") {
    std::string deep;
    for (int i = 0; i < 20; ++i) deep += "not_(";
    deep += "never" + std::string(20, ')');
    CHECK(trigger_text(deep) == deep);
    deep = "not_(" + deep;
    for (int i = 0; i < 17; ++i) deep = "not_(" + deep;
    CHECK_THAT(fault_in("trigger", deep).message, ContainsSubstring("too deep"));
    for (int i = 0; i < 100'000; ++i) deep += "any_of(";
    (void)fault_in("trigger", deep);
    // As many parts as one likes.
    std::string wide = "any_of(never";
    for (int i = 0; i < 20'000; ++i) wide += ",never";
    wide += ')';
    const auto t = spec::trigger(wide);
    REQUIRE(t);
    CHECK(t->leaves() == 20'001);
    (void)fault_in("trigger", wide + wide);
    (void)fault_in("trigger", std::string(100'000, 'a'));
    (void)fault_in("trigger", "every:" + std::string(100'000, '1') + "s");
    (void)fault_in("trigger", "band:0." + std::string(100'000, '0') + "x");
    CHECK(trigger_text("band:0.05" + std::string(100'000, '0')) == "band:absolute=0.05");
    std::string list = "band:[0.05";
    for (int i = 0; i < 5'000; ++i) list += " 0.05";
    const auto c = spec::policy("trigger=" + list + "]");
    REQUIRE(c);
    CHECK(c->assets() == 5'001);
}

// ---- the same decisions ----

namespace {
// An any_rebalancer of these very pieces; that it decides as a rebalancer of them is tested in any.test.cpp.
struct composed : any_rebalancer {
    template <class... More>
    composed(any_trigger t, any_cost c, any_solver s, const More&... more)
        : composed{std::move(t), std::move(c), std::move(s), parts_of(more...)} {}

private:
    struct parts {
        std::vector<any_guard> guards{};
        std::optional<any_target> target{};
        std::vector<any_estimator> risk{};
        v0::mandate mandate{};
        any_sizing sizing = sizing::reconciled{};
        void take(const v0::mandate& m) { mandate = m; }
        template <class Part>
        void take(const Part& p) {
            if constexpr (guard_policy<Part>)
                guards.emplace_back(p);
            else if constexpr (estimator_policy<Part>)
                risk.emplace_back(p);
            else if constexpr (sizing_policy<Part>)
                sizing = p;
            else
                target.emplace(p);
        }
    };
    template <class... More>
    static parts parts_of(const More&... more) {
        parts p;
        (p.take(more), ...);
        return p;
    }
    composed(any_trigger t, any_cost c, any_solver s, parts p)
        : any_rebalancer{std::move(t),        std::move(c),      std::move(s), std::move(p.guards),
                         std::move(p.target), std::move(p.risk), p.mandate,    p.sizing} {}
};
}  // namespace

TEST_CASE("spec: what a text says decides as the same policies in C++, to the bit") {
    const trigger::band narrow{.absolute = 0.01, .relative = 0.1};
    const std::string of_narrow = "trigger=band:absolute=0.01,relative=0.1; ";
    const seen s = check_same(rebalancer{narrow, cost::proportional{.rate = 20_bps}, solver::to_target{}},
                              build(of_narrow + "cost=proportional:bps=20; solver=to_target"), 1);
    CHECK(s.trades > 50);
    CHECK(s.holds > 20);
    CHECK(s.rejected > 0);
    check_same(composed{narrow, cost::zero{}, solver::to_band{}}, build(of_narrow + "solver=to_band:edge"), 2);
    check_same(composed{trigger::band{.relative = 0.1, .combine = trigger::combine::larger, .absolute_below = 0.02},
                        cost::half_spread{30_bps}, solver::to_band{.depth = 0.3, .rows = solver::band_rows::all}},
               build("trigger=band:relative=10%,larger,absolute_below=2%; cost=half_spread:30bps; solver=to_band:0.3,rows=all"), 3);
    check_same(
        composed{narrow, cost::per_unit{.amount = 0.01}, solver::to_target{}, guard::max_turnover{.limit = 0.01}, mandate{.reserve = 0.05}},
        build(of_narrow + "cost=per_unit:0.01; guard=max_turnover:limit=0.01; reserve=5%"), 4);
    check_same(composed{narrow, cost::proportional{.rate = 10_bps, .sell = 20_bps}, solver::to_target{},
                        guard::max_trade{.share = 0.03, .amount = 2000.0}, guard::stale_price{hours(20)},
                        mandate{.reserve_amount = 300.0, .bad_price = on_bad_price::freeze, .proceeds = proceeds::when_settled},
                        sizing::reconciled{.collar = 0.005}},
               build(of_narrow + "cost=proportional:10bps,sell=20bps; guard=max_trade:share=0.03,amount=2000; guard=stale_price:20h; "
                                 "reserve_amount=300; bad_price=freeze; proceeds=when_settled; sizing=reconciled:50bps"),
               5);
}

TEST_CASE("spec: whole steps are chosen as in C++") {
    const trigger::band narrow{.absolute = 0.01};
    const cost::proportional rate{.rate = 10_bps};
    const std::string of_narrow = "trigger=band:0.01; cost=proportional:10bps; sizing=integer:";
    check_same(composed{narrow, rate, solver::to_target{}, sizing::integer{.distance = drift_measure::absolute, .max_orders = 3}},
               build(of_narrow + "absolute,max_orders=3"), 30);
    check_same(composed{narrow, rate, solver::to_target{}, sizing::integer{.exact_rows = 0, .collar = 0.002}},
               build(of_narrow + "exact_rows=0,collar=20bps"), 31);
    check_same(composed{narrow, rate, solver::to_target{}, risk::given{}, sizing::integer{.risk_aversion = 3.0}},
               build("estimator=given; " + of_narrow + "risk_aversion=3"), 32);
}

TEST_CASE("spec: summed, least and largest costs decide as those in C++") {
    const trigger::band narrow{.absolute = 0.01, .relative = 0.1};
    const std::string of_narrow = "trigger=band:absolute=0.01,relative=0.1; ";
    const cost::fixed ticket{.amount = 5.0};
    const cost::proportional rate{.rate = 10_bps};
    const composed summed{narrow, cost::sum{ticket, rate}, solver::to_target{}};
    check_same(summed, build(of_narrow + "cost=fixed:amount=5; cost=proportional:bps=10"), 6);
    check_same(summed, build(of_narrow + "cost=sum(fixed:5, proportional:10bps)"), 6);
    const cost::minimum least{cost::proportional{.rate = 30_bps}, 8.0};
    check_same(composed{narrow, least, solver::to_target{}}, build(of_narrow + "cost=minimum:8(proportional:30bps)"), 7);
    check_same(composed{narrow, cost::maximum{least, 25.0}, solver::to_band{.depth = 0.3}},
               build(of_narrow + "cost=maximum:25(minimum:8(proportional:30bps)); solver=to_band:0.3"), 8);
    check_same(composed{narrow, cost::maximum{cost::proportional{.rate = 30_bps}, 25.0}, solver::to_band{}},
               build(of_narrow + "cost=maximum:25(proportional:30bps); solver=to_band"), 9);
    check_same(composed{narrow, cost::minimum{cost::sum{ticket, rate}, 6.0}, solver::to_target{}},
               build(of_narrow + "cost=minimum:6(sum(fixed:5, proportional:10bps))"), 10);
    check_same(composed{narrow, cost::maximum{cost::sum{ticket, rate}, 6.0}, solver::to_target{}},
               build(of_narrow + "cost=maximum:6(sum(fixed:5, proportional:10bps))"), 11);
}

TEST_CASE("spec: tiers, rounded fees and rebates decide as those in C++") {
    const trigger::band narrow{.absolute = 0.01};
    const std::string of_narrow = "trigger=band:0.01; ";
    const cost::tiered tiers{.tiers = {{500.0, 30_bps}, {5'000.0, 10_bps}, {.rate = 5_bps}}};
    const std::string text = "cost=tiered:[500:30bps 5000:10bps 5bps]";
    check_same(composed{narrow, tiers, solver::to_target{}}, build(of_narrow + text), 40);
    const cost::tiered rising{.tiers = {{500.0, 5_bps}, {5'000.0, 10_bps}, {.rate = 30_bps}}};
    check_same(composed{narrow, rising, solver::to_band{}}, build(of_narrow + "cost=tiered:[500:5bps 5000:10bps 30bps]; solver=to_band"),
               41);
    cost::tiered whole = tiers;
    whole.by = cost::tiering::whole;
    check_same(composed{narrow, whole, solver::to_target{}}, build(of_narrow + text + ",whole"), 42);
    check_same(composed{narrow, cost::rounded{cost::proportional{.rate = 18_bps}}, solver::to_target{}},
               build(of_narrow + "cost=rounded(proportional:18bps)"), 43);
    check_same(composed{narrow, cost::rounded{cost::minimum{cost::proportional{.rate = 18_bps}, 5.0}, 0.5, cost::fee_rounding::nearest},
                        solver::to_band{}},
               build(of_narrow + "cost=rounded:0.5,nearest(minimum:5(proportional:18bps)); solver=to_band"), 44);
    check_same(composed{narrow, cost::sum{cost::half_spread{.spread = 20_bps}, cost::rebate{cost::proportional{.rate = 2_bps}}},
                        solver::to_target{}},
               build(of_narrow + "cost=half_spread:20bps; cost=rebate(proportional:2bps)"), 45);
}

TEST_CASE("spec: the parts of a limited cost keep their shape") {
    const auto shape = [](const char* text) {
        const auto c = spec::cost(text);
        REQUIRE(c);
        return c->runtime_shape();
    };
    CHECK(shape("proportional:10bps") == cost_shape::convex);
    CHECK(shape("minimum:5(proportional:10bps)") == cost_shape::fixed_plus_convex);
    CHECK(shape("minimum:5(fixed:1)") == cost_shape::fixed_plus_convex);
    CHECK(shape("minimum:5(sum(fixed:1, proportional:10bps))") == cost_shape::fixed_plus_convex);
    CHECK(shape("maximum:5(proportional:10bps)") == cost_shape::general);
    CHECK(shape("minimum:5(maximum:9(fixed:1))") == cost_shape::general);
    CHECK(shape("tiered:[1000:1bps 2bps]") == cost_shape::convex);
    CHECK(shape("tiered:[1000:2bps 1bps]") == cost_shape::general);
    CHECK(shape("minimum:5(tiered:[1000:1bps 2bps])") == cost_shape::fixed_plus_convex);
    CHECK(shape("rounded:0(tiered:[1000:1bps 2bps])") == cost_shape::convex);
    CHECK(shape("rounded(proportional:1bps)") == cost_shape::general);
    CHECK(spec::cost("tiered:[1000:1bps 2bps]")->has_respond());
    CHECK(spec::cost("sum(proportional:10bps, half_spread:2bps)")->has_respond());
    CHECK(spec::cost("sum(proportional:10bps, fixed:1)")->has_linear());
}

TEST_CASE("spec: triggers made of others decide, explain and save as those in C++") {
    const trigger::band narrow{.absolute = 0.01, .relative = 0.1};
    const cost::proportional rate{.rate = 10_bps};
    const std::string costs = "cost=proportional:10bps; ";
    const trigger::calendar weekly{.period = trigger::period::weekly};
    const trigger::distance far_off{.limit = 0.05, .measure = trigger::distance_measure::euclidean};
    // Two, three, four and five parts, in parentheses and as fields.
    const std::string b = "band:absolute=0.01,relative=0.1";
    check_same(composed{trigger::any_of{narrow, weekly}, rate, solver::to_target{}},
               build(costs + "trigger=any_of(" + b + ", calendar:weekly)"), 12);
    check_same(composed{trigger::any_of{trigger::every{days(9)}, far_off, narrow}, rate, solver::to_band{}},
               build(costs + "trigger=every:9d; trigger=distance:0.05,euclidean; trigger=" + b + "; solver=to_band"), 13);
    check_same(
        composed{trigger::all_of{narrow, trigger::not_{trigger::never{}}, weekly, trigger::every{days(2)}}, rate, solver::to_target{}},
        build(costs + "trigger=" + b + "; trigger=not_(never); trigger=calendar:weekly; trigger=every:2d; all"), 14);
    check_same(composed{trigger::any_of{trigger::never{}, weekly, far_off, trigger::all_of{narrow, trigger::every{days(3)}}, narrow}, rate,
                        solver::to_band{.depth = 0.5}},
               build(costs + "solver=to_band:midpoint; trigger=any_of(never, calendar:weekly, distance:0.05,euclidean, all_of(" + b +
                     ", every:3d), " + b + ")"),
               15);
    check_same(composed{trigger::all_of{far_off, trigger::band{.absolute = 0.01}, narrow}, rate, solver::to_band{}},
               build(costs + "solver=to_band; trigger=all_of(distance:0.05,euclidean, band:0.01, " + b + ")"), 16);
    check_same(composed{trigger::any_of{weekly}, rate, solver::to_target{}}, build(costs + "trigger=any_of(calendar:weekly)"), 17);
    check_same(composed{trigger::cooldown{narrow, days(5)}, rate, solver::to_band{}},
               build(costs + "solver=to_band; trigger=cooldown:5d(" + b + ")"), 18);
    check_same(composed{trigger::hysteresis{trigger::band{.absolute = 0.03}, trigger::band{.absolute = 0.01}}, rate, solver::to_band{},
                        guard::max_turnover{.limit = 0.01}},
               build(costs + "solver=to_band; trigger=hysteresis(band:3%, band:1%); guard=max_turnover:1%"), 19);
}

TEST_CASE("spec: estimators, volatility bands and targets decide as those in C++") {
    const cost::proportional rate{.rate = 10_bps};
    const std::string costs = "cost=proportional:10bps; ";
    const trigger::volatility_band live{.width = 0.02, .reference = 0.3, .exponent = -1.0, .floor = 0.005, .ceiling = 0.1};
    check_same(composed{live, rate, solver::to_target{}, risk::ewma{.half_life = days(10), .warm_up = 5}},
               build(costs + "trigger=volatility_band:2%,reference=30%,exponent=-1,floor=0.5%,ceiling=10%; estimator=ewma:10d,warm_up=5"),
               20);
    check_same(composed{trigger::tracking_error{.limit = 0.004}, rate, solver::to_target{}, risk::ewma{.half_life = days(10), .warm_up = 5},
                        guard::worth_it{.risk_aversion = 4.0, .horizon = days(60), .adapt = 0.3}},
               build(costs + "trigger=tracking_error:0.4%; estimator=ewma:10d,warm_up=5; guard=worth_it:4,horizon=60d,adapt=30%"), 24);
    check_same(composed{trigger::any_of{trigger::drawdown{.limit = 0.02, .rearm = 0.01}, trigger::band{.absolute = 0.05}}, rate,
                        solver::to_target{}},
               build(costs + "trigger=any_of(drawdown:2%,rearm=1%, band:5%)"), 25);
    trigger::volatility_band second = live;
    second.estimator = 1;
    check_same(composed{second, rate, solver::to_band{}, risk::ewma{}, risk::given{}},
               build(costs + "trigger=volatility_band:2%,reference=30%,exponent=-1,floor=0.5%,ceiling=10%,estimator=1; solver=to_band; "
                             "estimator=ewma; estimator=given"),
               21);
    check_same(composed{trigger::band{.absolute = 0.02}, rate, solver::to_target{}, target::equal{.cash = 0.1}},
               build(costs + "trigger=band:2%; target=equal:10%"), 22, true);
    check_same(composed{trigger::band{.absolute = {0.02, 0.03}}, rate, solver::to_target{}, target::fixed{{0.6, 0.3}}},
               build(costs + "trigger=band:[2% 3%]; target=fixed:[0.6 0.3]"), 23, true, 2);
    const trigger::band narrow{.absolute = 0.02};
    check_same(composed{narrow, rate, solver::no_trade_region{.risk_aversion = 40.0, .horizon = days(300)}, risk::given{}},
               build(costs + "trigger=band:2%; solver=no_trade_region:40,horizon=300d; estimator=given"), 45);
    check_same(composed{narrow, rate, solver::trading_rate{.risk_aversion = 2.0, .impact = 20.0, .discount = 0.01}},
               build(costs + "trigger=band:2%; solver=trading_rate:risk_aversion=2,impact=20,discount=1%"), 46);
}

namespace {
bool off_market(const civil_date& d, const void*) {
    const std::int64_t day = day_number(d);
    return iso_weekday(day) >= 6 || d == civil_date{2021, 4, 1} || d == civil_date{2021, 4, 2} || d == civil_date{2021, 4, 5};
}
}  // namespace

TEST_CASE("spec: a calendar of dates decides and saves as one with the host's predicate") {
    const cost::proportional rate{.rate = 10_bps};
    trigger::calendar monthly{.day = 1, .miss = trigger::on_miss::pending};
    monthly.holidays.is_holiday = off_market;
    const std::string days_off = "holidays=[2021-04-05 weekends 2021-04-01 2021-04-02 2021-04-02]";
    const seen s = check_same(composed{monthly, rate, solver::to_target{}},
                              build("cost=proportional:10bps; trigger=calendar:monthly,day=1,pending," + days_off), 24);
    CHECK(s.trades > 3);
    monthly.roll = trigger::on_holiday::preceding;
    monthly.miss = trigger::on_miss::skip;
    monthly.utc_offset = hours(-5);
    check_same(composed{trigger::any_of{monthly, trigger::never{}}, rate, solver::to_target{}},
               build("cost=proportional:10bps; trigger=any_of(calendar:monthly,preceding,utc_offset=-5h," + days_off + ", never)"), 25);
    CHECK(trigger_text("calendar:" + days_off) == "calendar:period=monthly,holidays=[weekends 2021-04-01 2021-04-02 2021-04-05]");
    CHECK(trigger_text("calendar:weekends") == "calendar:period=monthly,holidays=[weekends]");
    CHECK(trigger_text("calendar:holidays=2021-04-01") == "calendar:period=monthly,holidays=[2021-04-01]");
    // The dates go with the trigger, wherever it is copied to.
    any_trigger kept;
    {
        const auto first = spec::trigger("calendar:daily,holidays=[2021-03-01]");
        REQUIRE(first);
        const any_trigger copy = *first;
        kept = copy;
    }
    check_same(
        [] {
            trigger::calendar daily{.period = trigger::period::daily};
            daily.holidays.is_holiday = [](const civil_date& d, const void*) { return d == civil_date{2021, 3, 1}; };
            return composed{daily, cost::zero{}, solver::to_target{}};
        }(),
        any_rebalancer{kept, cost::zero{}, solver::to_target{}}, 26);
}
