#include <ballast/guard/depth.hpp>

#include <ballast/any/cost.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/rebate.hpp>
#include <ballast/cost/rounded.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/closest.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/venue/at_venue.hpp>
#include <ballast/venue/constant_product.hpp>

#include "support/catch.hpp"
#include "support/guarded.hpp"
#include "support/looks.hpp"
#include "support/one_call.hpp"

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::guard::depth;
using ballast_test::book;

static_assert(std::is_aggregate_v<depth> && guard_policy<depth>);
static_assert(detail::limiting_guard<depth> && !detail::judging_guard<depth> && detail::check_guard<depth>());

namespace {
const auto at_once = trigger::every{.interval = {}};

/// The pool of an asset and money: so many units at a price.
venue::market pool(double units, double price, double fee = 0.003) {
    const venue::constant_product p{.balances = {units, units * price}, .fee = fee};
    return {.sell = p.curve(0, 1), .buy = p.curve(1, 0)};
}

template <class Solver>
decision decide(const book& b, const std::vector<venue::market>& markets, const per_asset& tolerance, const Solver& solver) {
    const rebalancer r{at_once, venue::at_venue{markets}, solver, depth{.markets = markets, .tolerance = tolerance}};
    return test::propose_once(r, b.inputs());
}

std::string refusal(const depth& g) {
    const configuration_fault f = g.validate();
    return f ? f.parameter : "";
}
}  // namespace

TEST_CASE("depth: what a pool fills within the tolerance, in closed form") {
    // The average price of x into a reserve R with a fee is within t of the first unit's while γx ≤ R·t/(1 − t).
    ballast_test::test_look l{{0.5, 0.5}, {0.5, 0.5}};
    l.price = {10.0, 1.0};
    l.refresh();
    limits_memory m;
    m.prepare({.assets = 2});
    limits lim = m.free(2);
    const depth g{.markets = {pool(1'000.0, 10.0), {}}, .tolerance = 0.02};
    g.narrow(l, lim);
    const double in = 1'000.0 * (0.02 / 0.98);
    CHECK(lim.sell[0] == Approx(in / 0.997 * 10.0).epsilon(1e-11));
    CHECK(lim.buy[0] == Approx(in / (1'000.0 + in) * 1'000.0 * 10.0).epsilon(1e-11));
    CHECK(lim.sell_cause[0] == why::cut_by_depth);
    CHECK(lim.buy_cause[0] == why::cut_by_depth);
    // Without curves nothing is traded.
    CHECK(lim.buy[1] == 0.0);
    CHECK(lim.sell[1] == 0.0);
}

TEST_CASE("depth: a trade that its pool does not fill is cut, says so, and goes on in the next call") {
    book b;
    b.price = {10.0, 1.0};
    b.quantity = {700.0, 3'000.0};
    b.target = {0.5, 0.5};
    const decision d = decide(b, {pool(1'000.0, 10.0), pool(1e7, 1.0)}, 0.01, solver::to_target{});
    REQUIRE_FALSE(d.problem);
    REQUIRE(d.orders.size() == 2);
    CHECK(d.reason_of(0).code == why::cut_by_depth);
    CHECK(d.more_to_do());
    CHECK(d.orders[0].quantity == Approx(-1'000.0 * (0.01 / 0.99) / 0.997).epsilon(1e-9));
    // What the order costs is what the pool keeps of it.
    const double x = -d.orders[0].quantity * 0.997;
    CHECK(d.orders[0].cost == Approx(-d.orders[0].quantity * 10.0 - 10'000.0 * x / (1'000.0 + x)).epsilon(1e-9));
    const decision free = decide(b, {pool(1e6, 10.0), pool(1e7, 1.0)}, 0.01, solver::to_target{});
    CHECK(free.reason_of(0).code != why::cut_by_depth);
    CHECK_FALSE(free.more_to_do());
}

TEST_CASE("depth: with random pools no order exceeds its limit, no cash is overdrawn, and orders cost what the pools take") {
    std::mt19937_64 rng{93};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int limited = 0;
    for (int round = 0; round < 300; ++round) {
        const book b = ballast_test::random_book(rng, 1 + rng() % 8, {.steps = round % 2 == 0});
        const double value = b.value();
        std::vector<venue::market> markets;
        for (std::size_t i = 0; i < b.assets(); ++i)
            markets.push_back(pool(value / b.price[i] * std::pow(10.0, -1.0 + 3.0 * unit(rng)),
                                   b.price[i] * (1.0 + 0.01 * (unit(rng) - 0.5)), 0.01 * unit(rng)));
        const double tolerance = 0.05 * unit(rng);
        const auto check = [&](const decision& d) {
            CAPTURE(round);
            REQUIRE_FALSE(d.problem);
            double cash = b.cash;
            for (const order& o : d.orders) {
                const venue::market& at = markets[o.asset];
                const double units = std::fabs(o.quantity);
                const double most =
                    o.buy() ? at.buy.out(venue::largest_by_depth(at.buy, tolerance)) : venue::largest_by_depth(at.sell, tolerance);
                CHECK(units <= most * (1.0 + 1e-9));
                const double money = o.buy() ? -at.buy.in(units) : at.sell.out(units);
                CHECK(-o.notional - o.cost == Approx(money).epsilon(1e-9).margin(1e-9 * value));
                cash += money;
                CHECK(cash >= -1e-9 * value);
            }
            for (const reason& r : d.reasons) limited += r.code == why::cut_by_depth;
        };
        check(decide(b, markets, tolerance, solver::to_target{}));
        check(decide(b, markets, tolerance, solver::closest{}));
    }
    CHECK(limited > 100);
}

TEST_CASE("depth: at venues the promises hold: once filled there is nothing to do, the order of the assets and the unit of money change "
          "nothing") {
    std::mt19937_64 rng{94};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int done = 0;
    for (int round = 0; round < 200; ++round) {
        const book b = ballast_test::random_book(rng, 2 + rng() % 6, {});
        const std::size_t n = b.assets();
        std::vector<double> units, price, fee;
        for (std::size_t i = 0; i < n; ++i) {
            units.push_back(b.value() / b.price[i] * std::pow(10.0, 3.0 * unit(rng)));
            price.push_back(b.price[i] * (1.0 + 0.01 * (unit(rng) - 0.5)));
            fee.push_back(0.01 * unit(rng));
        }
        const auto markets = [&](auto at, double money) {
            std::vector<venue::market> all;
            for (std::size_t i = 0; i < n; ++i) all.push_back(pool(units[at(i)], price[at(i)] * money, fee[at(i)]));
            return all;
        };
        const auto as_it_is = [](std::size_t i) { return i; };
        const auto turned = [&](std::size_t i) { return n - 1 - i; };
        const decision d = decide(b, markets(as_it_is, 1.0), 0.02, solver::to_target{});
        CAPTURE(round, n);
        REQUIRE_FALSE(d.problem);
        std::vector<double> traded(n);
        for (const order& o : d.orders) traded[o.asset] += o.quantity;
        // Filled, the pools as they are.
        book after = b;
        for (const order& o : d.orders) after.quantity[o.asset] += o.quantity;
        after.cash = d.cash_after;
        if (!d.more_to_do()) {
            ++done;
            CHECK(decide(after, markets(as_it_is, 1.0), 0.02, solver::to_target{}).orders.empty());
        }
        // The assets the other way round.
        book back = b;
        for (std::size_t i = 0; i < n; ++i) {
            back.price[i] = b.price[turned(i)];
            back.quantity[i] = b.quantity[turned(i)];
            back.target[i] = b.target[turned(i)];
        }
        std::vector<double> of_turned(n);
        for (const order& o : decide(back, markets(turned, 1.0), 0.02, solver::to_target{}).orders)
            of_turned[turned(o.asset)] += o.quantity;
        // A quarter as much for everything.
        book poorer = b;
        for (double& p : poorer.price) p *= 0.25;
        poorer.cash *= 0.25;
        std::vector<double> of_poorer(n);
        for (const order& o : decide(poorer, markets(as_it_is, 0.25), 0.02, solver::to_target{}).orders) of_poorer[o.asset] += o.quantity;
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(of_turned[i] == Approx(traded[i]).epsilon(1e-10).margin(1e-12 * b.value() / b.price[i]));
            CHECK(of_poorer[i] == traded[i]);
        }
    }
    CHECK(done > 20);
}

TEST_CASE("depth: what it refuses") {
    CHECK(refusal(depth{}).empty());
    CHECK(refusal(depth{.tolerance = -0.1}) == "depth.tolerance");
    CHECK(refusal(depth{.tolerance = 1.5}) == "depth.tolerance");
    CHECK(refusal(depth{.tolerance = {}}) == "depth.tolerance");
    CHECK(depth{.markets = {{}, {}}}.covers(2));
    CHECK_FALSE(depth{.markets = {{}, {}}}.covers(3));
}

TEST_CASE("depth: an asset in several rows, each of which may send an order through its venue, is refused whoever prices it") {
    book b;
    b.price = {10.0, 1.0};
    b.quantity = {300.0, 400.0, 3'000.0};
    b.target = {0.5, 0.5};
    b.asset_of_row = {0, 0, 1};
    const std::vector<venue::market> markets{pool(1e5, 10.0), pool(1e6, 1.0)};
    const auto refused = [&](const decision& d) {
        return d.outcome == outcome::rejected && d.problem.code == fault_code::venue_shared && d.problem.index == 0 &&
               d.problem.value == 1.0 && d.orders.empty();
    };
    CHECK(refused(decide(b, markets, 0.5, solver::to_target{})));
    const auto with = [&](auto cost) {
        const rebalancer r{at_once, cost, solver::to_target{}};
        return test::propose_once(r, b.inputs());
    };
    const venue::at_venue model{markets};
    CHECK(refused(with(cost::sum{cost::zero{}, model})));
    CHECK(refused(with(cost::maximum{model, 100.0})));
    CHECK(refused(with(cost::minimum{model, 1.0})));
    CHECK(refused(with(cost::rounded{model})));
    CHECK(refused(with(cost::rebate{model})));
    CHECK(refused(with(any_cost{model})));
    CHECK(refused(with(any_costs{{any_cost{cost::zero{}}, any_cost{model}}})));
    CHECK(with(cost::zero{}).outcome == outcome::trade);
}
