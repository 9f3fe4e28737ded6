#include <ballast/guard/worth_it.hpp>

#include <ballast/any/guard.hpp>
#include <ballast/core/archive.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/describe.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/stale_price.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/closest.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/guarded.hpp"
#include "support/looks.hpp"
#include "support/targets.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using ballast::guard::worth_it;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<worth_it> && guard_policy<worth_it> && detail::check_guard<worth_it>());
static_assert(detail::judging_guard<worth_it> && !detail::limiting_guard<worth_it> && detail::has_memory<worth_it>);
static_assert(noexcept(worth_it{}.check(std::declval<const proposal&>(), {})) && noexcept(worth_it{}.validate()));

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
const auto at_once = trigger::every{.interval = {}};
const duration year{static_cast<std::int64_t>(365.25 * 86400e9)};
const timestamp start = timestamp{} + days(20'000);

/// A decision with an order, that leads to these weights at this cost.
struct made {
    decision d{};
    made(const test_look& l, const std::vector<double>& after, double cost) {
        d.reserve(l.assets(), 1, 1);
        d.reset(l.assets());
        d.value = l.value;
        d.cost = cost;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            d.writable_before()[i] = l.weight[i];
            d.writable_drift()[i] = l.drift[i];
            d.writable_after()[i] = after[i];
        }
        d.orders.emplace_back();
    }
};
struct judged {
    verdict says = verdict::pass;
    weighing note{};
};
judged judge(const worth_it& g, const test_look& l, const decision& d, const worth_it::memory& m = {}) {
    judged j;
    j.says = g.check({l, d, &j.note}, m);
    return j;
}
/// A keeper of two assets of price 1 with given volatilities.
template <class Keeper>
void see(Keeper& k, const std::vector<double>& price, const std::vector<double>& volatility, timestamp now = start) {
    REQUIRE_FALSE(k.observe({.now = now, .price = price, .volatility = volatility}));
}
std::string range_of(const worth_it& g) {
    const configuration_fault f = g.validate();
    return f ? invalid_configuration{f}.what() : "";
}
}  // namespace

// 1,000, drifts of ±10 %, both assets at 20 % a year and uncorrelated: d'Σd = 2·0.01·0.04 = 0.0008. At a risk aversion of 5 and over half a
// year to be rid of it is worth 1,000 · 2.5 · 0.0008 · 0.5 = 1.
TEST_CASE("worth_it: benefit and cost by hand") {
    const test_look l = test_look{{0.6, 0.4}, {0.5, 0.5}, 1000.0}.volatility({0.2, 0.2});
    const worth_it g{.risk_aversion = 5.0, .horizon = {year.ns / 2}};
    const judged cheap = judge(g, l, made{l, {0.5, 0.5}, 0.999}.d);
    CHECK(cheap.says == verdict::pass);
    CHECK(cheap.note.made);
    CHECK(cheap.note.benefit == Approx(1.0).epsilon(1e-13));
    CHECK(cheap.note.risk == cheap.note.benefit);
    CHECK(cheap.note.carry == 0.0);
    CHECK(cheap.note.cost == 0.999);
    CHECK(cheap.note.horizon == duration{year.ns / 2});
    CHECK_FALSE(cheap.note.forced);
    CHECK(judge(g, l, made{l, {0.5, 0.5}, 1.001}.d).says == verdict::hold);
    // Half of the way takes three quarters of the variance away.
    CHECK(judge(g, l, made{l, {0.55, 0.45}, 0.5}.d).note.benefit == Approx(0.75).epsilon(1e-13));
    // Away from the targets it is worth less than nothing, also at no cost.
    const judged away = judge(g, l, made{l, {0.7, 0.3}, 0.0}.d);
    CHECK(away.note.benefit == Approx(-3.0).epsilon(1e-13));
    CHECK(away.says == verdict::hold);
    // What costs nothing may bring nothing; a rebate may cost a little.
    CHECK(judge(g, l, made{l, {0.4, 0.6}, 0.0}.d).note.benefit == Approx(0.0).margin(1e-15));
    CHECK(judge(g, l, made{l, {0.6, 0.4}, 0.0}.d).says == verdict::pass);
    CHECK(judge(g, l, made{l, {0.7, 0.3}, -3.01}.d).says == verdict::pass);
    CHECK(judge(g, l, made{l, {0.7, 0.3}, -2.99}.d).says == verdict::hold);
}

TEST_CASE("worth_it: carry is the change of each position at its expected return") {
    const test_look l{{0.6, 0.4}, {0.5, 0.5}, 1000.0};
    const worth_it g{.horizon = {year.ns / 4}, .expected_return = {0.01, 0.05}};
    const judged j = judge(g, l, made{l, {0.5, 0.5}, 0.0}.d);
    CHECK(j.note.carry == Approx((0.05 - 0.01) * 100.0 * 0.25).epsilon(1e-12));
    CHECK(j.note.risk == 0.0);
    // Weights after are shares of what the costs leave.
    CHECK(judge(g, l, made{l, {0.5, 0.5}, 10.0}.d).note.carry == Approx(0.25 * (0.01 * (495.0 - 600.0) + 0.05 * (495.0 - 400.0))));
    CHECK(g.runtime_needs() == risk_need::nothing);
    CHECK((worth_it{.risk_aversion = 1.0}).runtime_needs() == risk_need::volatility);
    const test_look both = test_look{{0.6, 0.4}, {0.5, 0.5}, 1000.0}.volatility({0.2, 0.2});
    worth_it sum = g;
    sum.risk_aversion = 5.0;
    const judged s = judge(sum, both, made{both, {0.5, 0.5}, 0.0}.d);
    CHECK(s.note.risk == Approx(0.5).epsilon(1e-12));
    CHECK(s.note.benefit == s.note.risk + s.note.carry);
}

// Tokemak, AutopoolETHStrategy (defi_cases.json): (aprIn·inVal − aprOut·outVal)·days/365 must exceed outVal − inVal.
TEST_CASE("worth_it: a swap has to earn its cost back (tokemak-swap-cost-offset)") {
    const test::json all = test::reference("defi_cases.json");
    const test::json& c = all.by_id("tokemak-swap-cost-offset")["input"];
    const double out = c["out_value"].number(), in = c["in_value"].number(), threshold = c["in_apr_fail"].number();
    if (std::isnan(out)) return;
    // Their year has 365 days.
    const duration horizon{static_cast<std::int64_t>(c["offset_days"].number() * 86400e9 * 365.25 / 365.0)};
    const test_look l{{1.0, 0.0}, {0.0, 1.0}, out};
    const double cost = out - in;
    const auto says = [&](double apr) {
        const worth_it g{.horizon = horizon, .expected_return = {c["out_apr"].number(), apr}};
        return judge(g, l, made{l, {0.0, 1.0}, cost}.d).says;
    };
    CHECK(says(threshold * (1.0 - 1e-12)) == verdict::hold);
    CHECK(says(threshold * (1.0 + 1e-12)) == verdict::pass);
}

// The same source: from 28 days on 3 more for each 20 without a trade, up to 60.
TEST_CASE("worth_it: an idle account becomes more patient (tokemak-offset-relax)") {
    const test::json all = test::reference("defi_cases.json");
    const test::json& c = all.by_id("tokemak-offset-relax");
    const std::vector<double> idle = c["input"]["idle_days"].numbers(), offset = c["expected"]["offset_days"].numbers();
    const auto of = [&](const char* name) { return days(static_cast<std::int64_t>(c["input"][name].number())); };
    if (idle.empty()) return;
    const worth_it g{
        .risk_aversion = 1.0, .horizon = of("init"), .relax = of("relax_step"), .relax_every = of("relax_every"), .longest = of("max")};
    worth_it::memory m;
    g.observe(test_look{{0.5}, {0.5}}.at(start - hours(8)), m);
    for (std::size_t i = 0; i < idle.size(); ++i) {
        CAPTURE(idle[i]);
        CHECK(g.horizon_at(start + days(static_cast<std::int64_t>(idle[i])), m) == days(static_cast<std::int64_t>(offset[i])));
    }
    g.commit(decision{}, start + days(300), m);
    CHECK(g.horizon_at(start + days(310), m) == of("init"));
}

TEST_CASE("worth_it: the horizon follows the time between trades") {
    const worth_it g{.risk_aversion = 1.0, .horizon = days(30), .adapt = 0.25, .shortest = days(2), .longest = days(90)};
    worth_it::memory m;
    CHECK(g.horizon_at(start, m) == days(30));
    const auto commit = [&](int day) { g.commit(decision{}, start + days(day), m); };
    commit(0);
    CHECK(g.horizon_at(start, m) == days(30));
    commit(10);
    CHECK(g.horizon_at(start, m) == days(10));
    commit(10);  // more fills of the same
    CHECK(g.horizon_at(start, m) == days(10));
    commit(32);  // 10 + (22 − 10)/4
    CHECK(g.horizon_at(start, m) == days(13));
    commit(1000);
    CHECK(g.horizon_at(start, m) == days(90));
    for (int k = 1; k < 60; ++k) commit(1000 + k);
    CHECK(g.horizon_at(start, m) == days(2));
    worth_it fixed = g;
    fixed.adapt = 0.0;
    CHECK(fixed.horizon_at(start, m) == days(30));
    // Nothing runs over.
    m = {.first = timestamp{} + days(-100'000), .average = 1e300};
    CHECK(g.horizon_at(start, m) == days(90));
    const worth_it wide{.risk_aversion = 1.0,
                        .horizon = days(30),
                        .relax = {std::numeric_limits<std::int64_t>::max()},
                        .relax_every = nanoseconds(1),
                        .longest = {std::numeric_limits<std::int64_t>::max()}};
    CHECK(wide.horizon_at(start, m) == wide.longest);
}

TEST_CASE("worth_it: forced trades pass, whatever they cost") {
    const worth_it g{.risk_aversion = 5.0, .horizon = days(1)};
    const auto forced = [&](auto&& l) {  // a copy would leave flow and margins behind
        if (l.risk.empty()) l.volatility({0.2, 0.2});
        const judged j = judge(g, l, made{l, {0.5, 0.4}, 1e6}.d);
        CHECK(j.note.made);
        CHECK(j.note.cost == 1e6);
        CHECK((j.says == verdict::pass) == j.note.forced);
        return j.note.forced;
    };
    CHECK(forced(test_look{{0.6, 0.41}, {0.5, 0.4}}));  // cash is owed
    CHECK_FALSE(forced(test_look{{0.6, 0.4}, {0.5, 0.4}}));
    // A reserve that prices have eaten into is a drift; one that a payment would eat into is not.
    test_look reserve{{0.57, 0.39}, {0.5, 0.4}};
    reserve.rules.reserve = 0.05;
    reserve.refresh();
    CHECK_FALSE(forced(reserve));
    reserve.input.account.flow = -1.0;
    CHECK(forced(reserve));
    test_look enough{{0.55, 0.39}, {0.5, 0.4}};
    enough.rules.reserve = 0.05;
    enough.refresh();
    enough.input.account.flow = -1.0;
    CHECK_FALSE(forced(enough));
    enough.input.account.flow = 1.0;
    CHECK_FALSE(forced(enough));
    // Leverage, net leverage and margins.
    test_look levered{{1.2, 0.9}, {1.1, 0.9}};
    levered.rules.leverage = 2.0;
    levered.refresh();
    CHECK(forced(levered));
    levered.rules.leverage = 2.2;
    CHECK(forced(levered));  // more is borrowed than the targets borrow
    test_look within{{1.1, 0.9}, {1.2, 0.9}};
    within.rules.leverage = 2.1;
    within.refresh();
    CHECK_FALSE(forced(within));
    within.rules.net_leverage = 1.9;
    CHECK(forced(within));
    test_look margined{{0.5, -0.4}, {0.5, -0.4}};
    margined.rules.allow_short = true;
    margined.refresh();
    CHECK_FALSE(forced(margined));
    const std::vector<double> half{0.5}, much{1.0, 2.0};
    margined.input.instruments.margin_long = half;
    margined.input.instruments.margin_short = much;
    CHECK(forced(margined));  // 0.25 + 0.8
    margined.input.instruments.margin_short = half;
    CHECK_FALSE(forced(margined));
}

TEST_CASE("worth_it: what can not be judged is blocked") {
    const worth_it g{.risk_aversion = 5.0, .horizon = days(30)};
    const auto code = [&](const test_look& l) {
        const judged j = judge(g, l, made{l, {0.5, 0.5}, 0.0}.d);
        CHECK(j.says == (j.note.problem ? verdict::block : verdict::pass));
        return j.note.problem.code;
    };
    const std::vector<double> w{0.6, 0.4}, t{0.5, 0.5};
    CHECK(code(test_look{w, t}) == fault_code::risk_not_ready);
    CHECK(code(test_look{w, t}.volatility({0.2, 0.2}, false)) == fault_code::risk_not_ready);
    CHECK(code(test_look{w, t}.volatility({0.2, not_a_number})) == fault_code::bad_risk);
    CHECK(code(test_look{w, t}.volatility({0.2})) == fault_code::size_mismatch);
    CHECK(code(test_look{w, t}.volatility({0.2, 0.2})) == fault_code::none);
    // Without a risk aversion nobody asks; what is forced is not judged; where there is no order there is nothing to judge.
    CHECK(judge({.horizon = days(30), .expected_return = 0.0}, test_look{w, t}, made{test_look{w, t}, {0.5, 0.5}, 0.0}.d).says ==
          verdict::pass);
    const test_look owing{{0.6, 0.5}, {0.5, 0.5}};
    CHECK(judge(g, owing, made{owing, {0.5, 0.5}, 0.0}.d).says == verdict::pass);
    decision nothing;
    CHECK_FALSE(judge(g, test_look{w, t}, nothing).note.made);
    CHECK(judge(g, test_look{w, t}, nothing).says == verdict::pass);

    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, risk::ewma{}, g}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{60.0, 40.0};
    REQUIRE_FALSE(k.observe({.now = start, .price = price}));
    const decision& d = k.propose({.quantity = quantity}, t);
    CHECK(d.outcome == outcome::blocked);
    CHECK(describe(d).find("worth_it forbids to trade now, their benefit is not known: the risk estimate has seen too few observations") !=
          std::string::npos);
}

TEST_CASE("worth_it: a decision tells both numbers, held or not") {
    const std::vector<double> price{1.0, 1.0}, quantity{600.0, 400.0}, target{0.5, 0.5}, volatility{0.2, 0.2};
    const auto decide = [&](double fee, std::string& text) {
        keeper k{rebalancer{at_once, cost::fixed{.amount = fee}, solver::to_target{}, risk::given{},
                            worth_it{.risk_aversion = 5.0, .horizon = days(183)}},
                 {.assets = 2}};
        see(k, price, volatility);
        const decision d = k.propose({.quantity = quantity}, target);
        text = describe(d);
        return d;
    };
    std::string text;
    const decision held = decide(3.0, text);
    CHECK(held.outcome == outcome::not_worth_it);
    CHECK(std::string{held.guard} == "worth_it");
    CHECK(held.orders.empty());
    CHECK(held.cost == 0.0);
    CHECK(held.weighing.made);
    CHECK(held.weighing.cost == Approx(6.0));
    CHECK(held.weighing.benefit == Approx(1.002).epsilon(1e-3));
    for (const reason& r : held.reasons) CHECK(r.code == why::held_back);
    CHECK(text.find("NOT WORTH IT") == 0);
    CHECK(text.find("worth_it says that the trades are not worth it, benefit 1.00 over 183 d (risk 1.00, carry 0.00), cost 6.00; every "
                    "fired: ") != std::string::npos);
    const decision done = decide(0.25, text);
    CHECK(done.outcome == outcome::trade);
    CHECK(done.guard == nullptr);
    CHECK(done.weighing.cost == Approx(done.cost));
    CHECK(text.find("\n  worth it: benefit 1.00 over 183 d (risk 1.00, carry 0.00), cost 0.50") != std::string::npos);
    // A call that decides nothing tells nothing.
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, risk::given{}, worth_it{.risk_aversion = 5.0, .horizon = days(183)}},
             {.assets = 2}};
    see(k, price, volatility);
    CHECK(k.propose({.quantity = quantity}, target).weighing.made);
    CHECK_FALSE(k.propose({.quantity = quantity}, {}).weighing.made);
    const std::vector<double> even{500.0, 500.0};
    CHECK_FALSE(k.propose({.quantity = even}, target).weighing.made);
}

TEST_CASE("worth_it: of several guards the decision tells what the one weighed that held it back") {
    const std::vector<double> price{1.0, 1.0}, quantity{600.0, 400.0}, target{0.5, 0.5}, volatility{0.2, 0.2};
    const worth_it patient{.risk_aversion = 5.0, .horizon = days(36'500)}, strict{.risk_aversion = 5.0, .horizon = days(1)};
    const auto decide = [&](auto... guards) {
        keeper k{rebalancer{at_once, cost::fixed{.amount = 1.0}, solver::to_target{}, risk::given{}, guards...}, {.assets = 2}};
        see(k, price, volatility);
        return decision{k.propose({.quantity = quantity}, target)};
    };
    const decision lone = decide(strict);
    const auto same = [&](const decision& d, double horizon_days) {
        CHECK(d.weighing.horizon.seconds() == horizon_days * 86400.0);
        return d.outcome;
    };
    CHECK(same(decide(patient, strict), 1.0) == outcome::not_worth_it);
    CHECK(same(decide(strict, patient), 1.0) == outcome::not_worth_it);
    CHECK(same(decide(any_guards{{any_guard{patient}, any_guard{strict}}}), 1.0) == outcome::not_worth_it);
    CHECK(same(decide(any_guards{{any_guard{strict}, any_guard{patient}}}), 1.0) == outcome::not_worth_it);
    CHECK(same(decide(any_guard{patient}, guard::max_trade{.share = 1.0}), 36'500.0) == outcome::trade);
    CHECK(decide(any_guard{strict}).weighing.benefit == lone.weighing.benefit);
    CHECK(std::string{decide(any_guards{{any_guard{strict}}}).guard} == "worth_it");
    // A guard that blocks for other reasons has weighed nothing.
    for (const decision& d : {decide(strict, guard::stale_price{}), decide(guard::stale_price{}, strict),
                              decide(any_guards{{any_guard{strict}, any_guard{guard::stale_price{}}}})}) {
        CHECK(d.outcome == outcome::blocked);
        CHECK(std::string{d.guard} == "stale_price");
        CHECK_FALSE(d.weighing.made);
    }
}

TEST_CASE("worth_it: a withdrawal is sold for, though it is not worth it") {
    const std::vector<double> price{1.0, 1.0}, quantity{520.0, 480.0}, target{0.5, 0.5}, volatility{0.01, 0.01};
    keeper k{rebalancer{at_once, cost::fixed{.amount = 1.0}, solver::closest{.sides = solver::sides::sells_only}, risk::given{},
                        worth_it{.risk_aversion = 1.0, .horizon = days(1)}},
             {.assets = 2}};
    see(k, price, volatility);
    const decision& idle = k.propose({.cash = 5.0, .quantity = quantity}, target);
    CHECK(idle.orders.empty());
    const decision& d = k.propose({.cash = 5.0, .quantity = quantity, .flow = -50.0}, target);
    CHECK(d.outcome == outcome::trade);
    CHECK(d.weighing.forced);
    CHECK(d.cash_after == Approx(0.0).margin(1e-9));
    CHECK(describe(d).find("\n  not weighed: they raise missing cash or reduce an exposure that is not allowed, cost 2.00") !=
          std::string::npos);
}

// Random books, through whole rebalancers: it trades where and only where what is reckoned here from the list of the same rebalancer without
// the guard exceeds its cost. A longer horizon never holds what a shorter one lets pass (benefits above 0), and what passed leaves nothing to
// do.
TEST_CASE("worth_it: random books, against the sum reckoned from the list") {
    std::mt19937_64 rng{61};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int passed = 0;
    int held = 0;
    for (int round = 0; round < 400; ++round) {
        const std::size_t n = 1 + rng() % 6;
        std::vector<double> price(n), quantity(n), target(n), volatility(n), mu(n);
        for (std::size_t i = 0; i < n; ++i) {
            price[i] = std::exp(4.0 * unit(rng));
            quantity[i] = 1000.0 * unit(rng) / price[i];
            target[i] = 0.9 * unit(rng) / static_cast<double>(n);
            volatility[i] = 0.05 + 0.6 * unit(rng);
            mu[i] = 0.2 * unit(rng) - 0.05;
        }
        const double cash = 200.0 * unit(rng);
        const cost::sum costs{cost::proportional{.rate = 1e-4 + 0.01 * unit(rng)}, cost::fixed{.amount = unit(rng)}};
        worth_it g{.risk_aversion = 6.0 * unit(rng), .horizon = days(1 + static_cast<std::int64_t>(rng() % 300))};
        if (round % 2 == 0) g.expected_return = mu;
        const auto decide = [&](auto... more) {
            keeper k{rebalancer{at_once, costs, solver::to_target{}, risk::given{}, more...}, {.assets = n}};
            see(k, price, volatility);
            return decision{k.propose({.cash = cash, .quantity = quantity}, target)};
        };
        const decision plain = decide();
        const decision d = decide(g);
        if (plain.orders.empty()) continue;
        double value = cash;
        for (std::size_t i = 0; i < n; ++i) value += quantity[i] * price[i];
        double variance_before = 0.0, variance_after = 0.0, carry = 0.0, cost = 0.0;
        std::vector<double> traded(n);
        for (const order& o : plain.orders) {
            traded[o.asset] += o.notional;
            cost += o.cost;
        }
        for (std::size_t i = 0; i < n; ++i) {
            const double before = quantity[i] * price[i] / value - target[i];
            const double after = (quantity[i] * price[i] + traded[i]) / (value - cost) - target[i];
            variance_before += before * before * volatility[i] * volatility[i];
            variance_after += after * after * volatility[i] * volatility[i];
            carry += mu[i] * traded[i];
        }
        const double years = g.horizon.seconds() / (365.25 * 86400.0);
        double benefit = value * g.risk_aversion / 2.0 * (variance_before - variance_after) * years;
        if (round % 2 == 0) benefit += carry * years;
        CAPTURE(round, n, benefit, cost, d.weighing.benefit);
        CHECK(d.weighing.benefit == Approx(benefit).epsilon(1e-9).margin(1e-9 * value));
        CHECK(d.weighing.cost == Approx(cost).epsilon(1e-12));
        if (std::fabs(benefit - cost) > 1e-7 * value) CHECK((d.outcome == outcome::trade) == (benefit > cost));
        if (d.outcome == outcome::trade) {
            ++passed;
            CHECK(d.orders.size() == plain.orders.size());
            worth_it longer = g;
            longer.horizon.ns *= 2;
            CHECK(decide(longer).outcome == outcome::trade);
            CHECK_FALSE(d.more_to_do());
        } else {
            ++held;
            CHECK(d.outcome == outcome::not_worth_it);
        }
    }
    CHECK(passed > 50);
    CHECK(held > 50);
}

TEST_CASE("worth_it: any layout of the covariance") {
    const std::vector<double> variance{0.04, 0.01}, dense{0.04, 0.01, 0.01, 0.01}, loadings{1.0, 1.0}, omega{0.01}, specific{0.03, 0.0};
    const risk_view views[] = {
        {.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = dense},
        {.layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega}};
    for (const risk_view& r : views) {
        test_look l{{0.6, 0.4}, {0.5, 0.5}, 1000.0};
        l.risk.push_back(r);
        l.refresh();
        // d'Σd = 0.01·(0.04 − 0.02 + 0.01) = 0.0003, times 1,000 · 4/2 · 1.
        const judged j = judge({.risk_aversion = 4.0, .horizon = year}, l, made{l, {0.5, 0.5}, 0.1}.d);
        CHECK(j.note.benefit == Approx(0.6).epsilon(1e-12));
        CHECK(j.says == verdict::pass);
    }
}

TEST_CASE("worth_it: what it remembers is saved and loaded") {
    const rebalancer r{at_once, cost::fixed{.amount = 1.0}, solver::to_target{}, risk::given{},
                       worth_it{.risk_aversion = 5.0, .horizon = days(3650), .adapt = 0.5, .relax = days(1), .relax_every = days(10)}};
    keeper k{r, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{600.0, 400.0}, target{0.5, 0.5}, volatility{0.2, 0.2};
    for (const int day : {0, 10, 14}) {
        see(k, price, volatility, start + days(day));
        const decision& d = k.propose({.quantity = quantity}, target);
        if (day < 14) CHECK(d.outcome == outcome::trade);
        if (d.outcome == outcome::trade) REQUIRE_FALSE(k.commit(d));
    }
    CHECK(k.last_decision().outcome == outcome::not_worth_it);  // 10 days are not enough
    CHECK(k.last_decision().weighing.horizon == days(10));
    const auto bytes = save(k.account());
    keeper other{r, {.assets = 2}};
    REQUIRE_FALSE(load(other.account(), bytes));
    see(other, price, volatility, start + days(33));
    CHECK(other.propose({.quantity = quantity}, target).weighing.horizon == days(12));
}

TEST_CASE("worth_it: bad parameters are refused with parameter, value and range") {
    const auto with = [](auto change) {
        worth_it g{.risk_aversion = 3.0, .horizon = days(30)};
        change(g);
        return range_of(g);
    };
    CHECK(with([](auto&) {}).empty());
    CHECK(range_of({.horizon = days(30), .expected_return = {0.01, 0.02}}).empty());
    CHECK(range_of({.horizon = days(30)}) ==
          "ballast: worth_it.risk_aversion = 0: a risk aversion above 0, or expected returns, have to be given");
    CHECK(with([](auto& g) { g.horizon = {}; }) == "ballast: worth_it.horizon = 0: has to be given: a time above 0 (seconds)");
    for (const double bad : {-1.0, infinity, not_a_number}) {
        CHECK_THAT(with([&](auto& g) { g.risk_aversion = bad; }), StartsWith("ballast: worth_it.risk_aversion = "));
        CHECK_THAT(with([&](auto& g) { g.adapt = bad; }), StartsWith("ballast: worth_it.adapt = "));
    }
    CHECK_THAT(with([](auto& g) { g.adapt = 1.5; }), EndsWith("must be a weight, 0 to 1"));
    CHECK(with([](auto& g) {
              g.expected_return = {0.1, infinity};
          }) == "ballast: worth_it.expected_return = inf: must be a finite return per year");
    CHECK_THAT(with([](auto& g) { g.relax = seconds(-1); }), StartsWith("ballast: worth_it.relax = -1"));
    CHECK_THAT(with([](auto& g) { g.relax = days(1); }), StartsWith("ballast: worth_it.relax_every = 0: has to be given with relax"));
    CHECK_THAT(with([](auto& g) { g.relax_every = seconds(-1); }), StartsWith("ballast: worth_it.relax_every = -1"));
    CHECK_THAT(with([](auto& g) { g.shortest = seconds(-1); }), StartsWith("ballast: worth_it.shortest = -1"));
    CHECK_THAT(with([](auto& g) { g.longest = {}; }), StartsWith("ballast: worth_it.longest = 0"));
    CHECK_THAT(with([](auto& g) { g.shortest = days(40), g.longest = days(39); }), StartsWith("ballast: worth_it.longest = "));
    CHECK((worth_it{.expected_return = {0.1, 0.2}}).covers(2));
    CHECK_FALSE((worth_it{.expected_return = {0.1, 0.2}}).covers(3));
    // It needs an estimator only where it has a risk aversion.
    CHECK(rebalancer<trigger::every, cost::zero, solver::to_target, worth_it>::check(at_once, {}, {},
                                                                                     worth_it{.risk_aversion = 1.0, .horizon = days(1)}));
    CHECK_FALSE(rebalancer<trigger::every, cost::zero, solver::to_target, worth_it>::check(
        at_once, {}, {}, worth_it{.horizon = days(1), .expected_return = 0.0}));
}
