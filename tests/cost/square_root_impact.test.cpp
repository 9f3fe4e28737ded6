#include <ballast/cost/square_root_impact.hpp>

#include "support/catch.hpp"
#include "support/costs.hpp"
#include "support/guarded.hpp"
#include "support/one_call.hpp"

#include <ballast/any/cost.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/closest.hpp>
#include <ballast/solver/no_trade_region.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/solver/trading_rate.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/every.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

// a·|x| + b·σ·|x|^{3/2}/√V.

using namespace ballast;

static_assert(cost_model<cost::square_root_impact> && cost::square_root_impact::shape == cost_shape::convex);
static_assert(std::is_aggregate_v<cost::square_root_impact> && responsive_cost<cost::square_root_impact::view>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
}  // namespace

// σ = 2 %, V = 1e6, b = 1: a hundredth of the volume moves the price by a tenth of σ.
TEST_CASE("square_root_impact: figures by hand") {
    const ballast_test::price_look l{{1.0}};
    const cost::square_root_impact m{.daily_volatility = 0.02, .daily_volume = 1e6};
    const auto v = m.bind(l.look);
    CHECK(v.cost(0, 1e4) == Approx(1e4 * 0.002));
    CHECK(v.cost(0, -1e4) == Approx(1e4 * 0.002));
    CHECK(v.marginal(0, 1e4).high == Approx(0.003));
    CHECK(v.cost(0, 1e6) == Approx(1e6 * 0.02));  // a day's volume costs a day's volatility
    CHECK(v.cost(0, 4e4) == Approx(8.0 * v.cost(0, 1e4)));
    const cost::square_root_impact more{.coefficient = 0.5, .daily_volatility = 0.02, .daily_volume = 1e6, .rate = 0.001};
    CHECK(more.bind(l.look).cost(0, -1e4) == Approx(1e4 * (0.001 + 0.001)));
    CHECK(more.bind(l.look).marginal(0, 0.0).low == -0.001);
    CHECK(more.bind(l.look).marginal(0, 0.0).high == 0.001);
    // The price 0.4 % takes in 1.5·0.02·√(x/V) = 0.004: x = V·(4/30)².
    CHECK(v.respond(0, 0.004, 0.0, 0.0, -infinity, infinity).x == Approx(1e6 * 16.0 / 900.0));
    CHECK(v.respond(0, -0.004, 0.0, 0.0, -infinity, infinity).x == Approx(-1e6 * 16.0 / 900.0));
    CHECK(v.respond(0, -0.004, 0.0, 0.0, -100.0, infinity).piece == -2);
    CHECK(v.respond(0, 0.0, 0.0, 0.0, -100.0, infinity).x == 0.0);
}

TEST_CASE("square_root_impact: slopes, convexity, answers to prices, and markets from plenty to nothing") {
    const ballast_test::price_look l{{1.0}};
    const auto make = [](double volume, int k) {
        return cost::square_root_impact{
            .coefficient = 0.5 + 0.1 * k, .daily_volatility = 0.01 + 0.01 * k, .daily_volume = volume, .rate = k % 2 == 0 ? 0.0 : 0.003};
    };
    ballast_test::check_impact(make, l.look, 51);
    ballast_test::check_scale([&](double volume) { return make(volume, 3); }, l.look, 52);
}

TEST_CASE("square_root_impact: volume and volatility of the market, where none are given") {
    const ballast_test::market_look l{
        {2.0, 2.0, 2.0, 2.0, 2.0, 2.0}, {5e5, 5e5, 0.0, 5e5, not_a_number, 5e5}, {0.4, 0.0, 0.4, not_a_number, 0.4, -0.1}};
    const cost::square_root_impact m{.rate = 0.001};
    const cost::square_root_impact own{.daily_volatility = 0.4 / std::sqrt(365.25), .daily_volume = 1e6, .rate = 0.001};
    const auto v = m.bind(l.look);
    CHECK(v.cost(0, 1e4) == Approx(own.bind(l.look).cost(0, 1e4)).epsilon(1e-14));
    CHECK(v.cost(1, 1e4) == Approx(10.0));  // nothing moves: only the rate is left
    CHECK(v.respond(1, 0.002, 0.0, 0.0, -7.0, infinity).x == infinity);
    CHECK(v.respond(1, 0.002, 0.0, 0.0, -7.0, infinity).slope == 0.0);
    for (std::size_t i = 2; i < 6; ++i) ballast_test::check_untradable(v, i);
    // What the policy says comes first.
    const cost::square_root_impact given{.daily_volatility = 0.02, .daily_volume = {1e6, 1e6, 1e6, 1e6, 0.0, 1e6}};
    const auto g = given.bind(l.look);
    for (const std::size_t i : {0u, 1u, 2u, 3u, 5u}) CHECK(g.cost(i, 1e4) == Approx(20.0));
    ballast_test::check_untradable(g, 4);
    const ballast_test::market_look no_volatility{{1.0}, {1e6}};
    ballast_test::check_untradable(m.bind(no_volatility.look), 0);
    const ballast_test::price_look bare{{1.0}};
    ballast_test::check_untradable(m.bind(bare.look), 0);
}

TEST_CASE("square_root_impact: what makes no sense is refused, and named") {
    CHECK_FALSE(cost::square_root_impact{}.validate());
    for (const double bad : {-0.1, not_a_number, infinity}) {
        CHECK(std::string{cost::square_root_impact{.coefficient = bad}.validate().parameter} == "square_root_impact.coefficient");
        CHECK(std::string{cost::square_root_impact{.daily_volatility = bad}.validate().parameter} == "square_root_impact.daily_volatility");
        CHECK(std::string{cost::square_root_impact{.daily_volume = bad}.validate().parameter} == "square_root_impact.daily_volume");
        CHECK(std::string{cost::square_root_impact{.rate = bad}.validate().parameter} == "square_root_impact.rate");
        CHECK(std::string{cost::square_root_impact{.days_per_year = bad}.validate().parameter} == "square_root_impact.days_per_year");
    }
    CHECK(std::string{cost::square_root_impact{.coefficient = per_asset{}}.validate().parameter} == "square_root_impact.coefficient");
    CHECK(cost::square_root_impact{.coefficient = {1.0, 2.0}}.covers(2));
    CHECK_FALSE(cost::square_root_impact{.coefficient = {1.0, 2.0}}.covers(3));
    CHECK_FALSE(cost::square_root_impact{.daily_volatility = {1.0, 2.0}}.covers(3));
    CHECK_FALSE(cost::square_root_impact{.daily_volume = {1.0, 2.0}}.covers(3));
    CHECK_FALSE(cost::square_root_impact{.rate = {0.1, 0.2}}.covers(3));
}

// ---- through whole rebalancers ----

namespace {
const auto at_once = trigger::every{.interval = {}};

/// A book in a market, and which of its assets can not be traded.
struct market_book {
    ballast_test::book book;
    std::vector<double> volume, volatility;
    [[nodiscard]] bool dead(std::size_t i) const {
        return !(volume[i] > 0.0 && std::isfinite(volume[i])) || !(volatility[i] >= 0.0 && std::isfinite(volatility[i]));
    }
    [[nodiscard]] inputs in() const {
        ballast::inputs all = book.inputs();
        all.market.volume = volume;
        all.market.volatility = volatility;
        return all;
    }
};

market_book random_market(std::mt19937_64& random, bool all_volatilities) {
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    market_book m;
    m.book = ballast_test::random_book(random, 2 + random() % 9, {.steps = random() % 2 == 0, .minimums = random() % 3 == 0});
    for (std::size_t i = 0; i < m.book.assets(); ++i) {
        // Some 1e4 to 1e9 in base currency; now and then nothing, or next to nothing.
        const double units = std::pow(10.0, 4.0 + 5.0 * unit(random)) / m.book.price[i];
        const double odd[] = {0.0, not_a_number, 1e-9, 1e-300};
        m.volume.push_back(random() % 4 == 0 ? odd[random() % 4] : units);
        m.volatility.push_back(0.1 + 0.8 * unit(random));
        if (!all_volatilities && random() % 6 == 0) m.volatility.back() = random() % 2 == 0 ? 0.0 : not_a_number;
    }
    return m;
}

/// One call: all of it numbers, no order where nothing can be traded, costs as the model says.
template <class Rebalancer>
decision decide(const Rebalancer& r, const market_book& m, const cost::square_root_impact& impact) {
    const inputs in = m.in();
    test::one_call call{r, {.assets = m.book.assets(), .rows = m.book.quantity.size()}};
    REQUIRE_FALSE(r.observe(call.market, in.market));
    const decision& d = call.propose(in);
    REQUIRE(d.outcome != outcome::rejected);
    REQUIRE(d.outcome != outcome::infeasible);
    if (d.outcome == outcome::inexact) CHECK(d.optimality.gap < 1e-10);  // of the wealth: as good as proved
    const ballast_test::market_look l{m.book.price, m.volume, m.volatility};
    const auto v = impact.bind(l.look);
    double cost = 0.0;
    for (const order& o : d.orders) {
        CAPTURE(o.asset, o.notional, o.cost, m.volume[o.asset]);
        CHECK_FALSE(m.dead(o.asset));
        CHECK(std::isfinite(o.quantity));
        CHECK(o.cost == Approx(v.cost(o.asset, o.notional)).epsilon(1e-9));
        CHECK(o.cost < std::fabs(o.notional));
        cost += o.cost;
    }
    CHECK(d.cost == Approx(cost).margin(1e-9));
    CHECK(d.cash_after >= -1e-6);
    for (std::size_t i = 0; i < m.book.assets(); ++i) CHECK(std::isfinite(d.weight_after()[i]));
    return d;
}
}  // namespace

// Four assets of 25,000 each at 1; one is not traded in the market. 10,000 of another are 1 % of its volume, and cost 10 % of σ of a day.
TEST_CASE("square_root_impact: no trade where there is no volume, and the rest goes on") {
    market_book m;
    m.book.price = {1.0, 1.0, 1.0, 1.0};
    m.book.quantity = {25'000.0, 25'000.0, 25'000.0, 25'000.0};
    m.book.target = {0.35, 0.15, 0.3, 0.2};
    m.volume = {1e6, 1e6, 0.0, 1e6};
    m.volatility = {0.4, 0.4, 0.4, 0.4};
    const cost::square_root_impact impact{.days_per_year = 400.0};  // 2 % a day
    const decision d = decide(rebalancer{at_once, impact, solver::to_target{}}, m, impact);
    REQUIRE(d.outcome == outcome::trade);
    REQUIRE(d.orders.size() == 3);
    CHECK(d.reason_of(2).code == why::not_worth_cost);
    CHECK_FALSE(d.more_to_do());
    // The targets, of what is left after the costs.
    const double after = d.value_after();
    CHECK(d.cost == Approx(20.0 + 20.0 + 5000.0 * 0.02 * std::sqrt(5000.0 / 1e6)).epsilon(0.01));
    for (const std::size_t i : {0u, 1u, 3u}) CHECK(d.weight_after()[i] * after == Approx(m.book.target[i] * after).epsilon(1e-9));
    CHECK(d.weight_after()[2] * after == Approx(25'000.0));

    // All of the market closed: nothing to do. The same with a cost that is known at run time.
    m.volume = {0.0, 0.0, 0.0, 0.0};
    CHECK(decide(rebalancer{at_once, impact, solver::to_target{}}, m, impact).outcome == outcome::hold);
    CHECK(decide(rebalancer{at_once, any_cost{impact}, solver::to_target{}}, m, impact).outcome == outcome::hold);
}

TEST_CASE("square_root_impact: through every solver, in markets where some assets can not be traded") {
    std::mt19937_64 random{53};
    int traded = 0, held = 0;
    for (int trial = 0; trial < 150; ++trial) {
        const market_book m = random_market(random, true);
        const cost::square_root_impact impact{.coefficient = 0.3 + 0.1 * (trial % 10), .rate = trial % 3 == 0 ? 0.001 : 0.0};
        CAPTURE(trial);
        const auto run = [&](const auto& trigger, const auto& solver) {
            const decision d = decide(rebalancer{trigger, impact, solver, risk::given{}}, m, impact);
            const decision e = decide(rebalancer{trigger, any_cost{impact}, solver, risk::given{}}, m, impact);
            CHECK(e.orders.size() == d.orders.size());
            CHECK(e.cost == d.cost);
            for (const order& o : d.orders) ++(m.volume[o.asset] > 0.0 ? traded : held);
        };
        run(at_once, solver::to_target{});
        run(trigger::band{.absolute = 0.02}, solver::to_band{.depth = 0.5});
        run(at_once, solver::closest{});
        run(at_once, solver::no_trade_region{.risk_aversion = 5.0});
        run(at_once, solver::trading_rate{.rate = 0.3});
        if (trial >= 30) continue;
        // The same as sums; the second one answers no prices, and the search in its slopes does.
        const cost::sum parts{cost::proportional{.rate = impact.rate}, cost::square_root_impact{.coefficient = impact.coefficient}};
        const cost::square_root_impact half{.coefficient = 0.5 * impact.coefficient[0]};
        const cost::sum halves{half, cost::proportional{.rate = impact.rate}, half};
        const solver::no_trade_region best{.risk_aversion = 5.0};
        const decision d = decide(rebalancer{at_once, impact, best, risk::given{}}, m, impact);
        const decision e = decide(rebalancer{at_once, parts, best, risk::given{}}, m, impact);
        CHECK(std::fabs(d.optimality.objective - e.optimality.objective) <= 1e-9);
        bool tradable = true;  // two costs that are both at their limit cost twice as much
        for (std::size_t i = 0; i < m.book.assets(); ++i) tradable = tradable && !m.dead(i);
        const decision f = decide(rebalancer{at_once, halves, best, risk::given{}}, m, impact);
        if (tradable) CHECK(std::fabs(d.optimality.objective - f.optimality.objective) <= 1e-9);
    }
    CHECK(held == 0);
    CHECK(traded > 1'000);
}

TEST_CASE("square_root_impact: where the volatility is not known nothing is traded either, and a second call finds nothing") {
    std::mt19937_64 random{54};
    int orders = 0;
    for (int trial = 0; trial < 200; ++trial) {
        market_book m = random_market(random, false);
        const cost::square_root_impact impact{.rate = 0.0005};
        CAPTURE(trial);
        const rebalancer r{at_once, impact, solver::to_target{}};
        const decision d = decide(r, m, impact);
        orders += static_cast<int>(d.orders.size());
        ballast_test::fill(m.book, d);
        if (!d.more_to_do()) CHECK(decide(r, m, impact).orders.empty());
    }
    CHECK(orders > 300);
}

// An answer of the solver is the best of its program, whatever moves alone.
TEST_CASE("square_root_impact: the best trade for risk and impact stops where its next unit costs what it is worth") {
    market_book m;
    m.book.price = {1.0, 1.0};
    m.book.quantity = {70'000.0, 30'000.0};
    m.book.target = {0.5, 0.3};
    m.volume = {2e6, 0.0};
    m.volatility = {0.5, 0.5};
    const cost::square_root_impact impact{};
    const solver::no_trade_region solver{.risk_aversion = 0.5};
    const decision d = decide(rebalancer{at_once, impact, solver, risk::given{}}, m, impact);
    REQUIRE(d.orders.size() == 1);
    const double x = d.orders[0].notional, after = d.value_after();
    const ballast_test::market_look l{m.book.price, m.volume, m.volatility};
    // γσ²(w − t), against the cost's slope; with w of the wealth after costs.
    const double worth = 0.5 * 0.25 * ((70'000.0 + x) / after - 0.5);
    CHECK(x < 0.0);
    CHECK(worth == Approx(-impact.bind(l.look).marginal(0, x).low).epsilon(1e-6));
}
