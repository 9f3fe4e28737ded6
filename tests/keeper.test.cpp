// One account with its market in one object: keeper is a rebalancer with states, workspace and the newest prices of its own. So all that it
// answers is what the rebalancer would answer with states kept by hand; and a keeper that is killed and restored from saved states goes on
// as if nothing had happened.
#include <ballast/keeper.hpp>

#include <ballast/core/archive.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/guard/participation.hpp>
#include <ballast/guard/stale_price.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/equal.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/hysteresis.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"
#include "support/same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace ballast;
using test::same_bits;

namespace {

constexpr timestamp start{1'600'000'000'000'000'000};
const auto at_once = trigger::every{.interval = {}};
const std::vector<double> halves{0.5, 0.5};

// Remembers in every way that a policy can: when it last acted, whether it is on, what the market did.
auto rich_policy() {
    return rebalancer{
        trigger::any_of{trigger::cooldown{trigger::volatility_band{.width = 0.04, .reference = 0.2, .exponent = -1.0}, days(3)},
                        trigger::hysteresis{trigger::band{.absolute = 0.06}, trigger::band{.absolute = 0.01}},
                        trigger::every{.interval = days(20)}},
        cost::proportional{.rate = 20_bps}, solver::to_target{}, guard::max_turnover{.limit = 0.03},
        risk::ewma{.half_life = days(10), .warm_up = 5}};
}

// A seeded path of prices, a day apart.
class market_path {
public:
    market_path(std::uint64_t seed, std::size_t n) : rng_{seed} { price.assign(n, 50.0); }
    void next() {
        std::normal_distribution<double> noise{0.0, 0.03};
        for (double& p : price) p *= std::exp(noise(rng_));
        now = now + days(1);
    }
    [[nodiscard]] market_view view() const { return {.now = now, .price = price}; }

    std::vector<double> price{};
    timestamp now = start;

private:
    std::mt19937_64 rng_;
};

}  // namespace

TEST_CASE("keeper: the three verbs: observe, propose, commit") {
    keeper k{rebalancer{trigger::every{.interval = days(7)}, cost::zero{}, solver::to_target{}}, {.assets = 2}};
    std::vector<double> price{1.0, 1.0};
    holdings h{.cash = 0.0, .quantity = {60.0, 40.0}};

    REQUIRE_FALSE(k.observe({.now = start, .price = price}));
    CHECK(k.now() == start);
    const decision& d = k.propose(h.view(), halves);
    REQUIRE(d.outcome == outcome::trade);
    CHECK(d.at == start);
    REQUIRE(d.orders.size() == 2);
    CHECK(d.orders[0].quantity == -10.0);
    REQUIRE_FALSE(k.commit(d));
    REQUIRE_FALSE(apply(h, d));

    price = {1.5, 1.0};
    REQUIRE_FALSE(k.observe({.now = start + days(6), .price = price}));
    CHECK(k.propose(h.view(), halves).outcome == outcome::hold);
    REQUIRE_FALSE(k.observe({.now = start + days(7), .price = price}));
    CHECK(k.propose(h.view(), halves).outcome == outcome::trade);
}

TEST_CASE("keeper: prices are copied, the newest count") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}}, {.assets = 2}};
    const holdings h{.quantity = {60.0, 40.0}};
    {
        std::vector<double> price{1.0, 1.0};
        REQUIRE_FALSE(k.observe({.now = start, .price = price}));
        price = {7.0, 9.0};
        CHECK(k.propose(h.view(), halves).value == 100.0);
        price = {2.0, 1.0};
        REQUIRE_FALSE(k.observe({.now = start + days(1), .price = price}));
        price = {7.0, 9.0};
    }
    const decision& d = k.propose(h.view(), halves);
    CHECK(d.value == 160.0);
    CHECK(d.orders[0].price == 2.0);
    CHECK(d.at == start + days(1));
}

TEST_CASE("keeper: before the first observation there is no price") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}}, {.assets = 2}};
    const holdings h{.quantity = {60.0, 40.0}};
    const decision& d = k.propose(h.view(), halves);
    CHECK(d.outcome == outcome::rejected);
    CHECK(d.problem.code == fault_code::bad_price);
    CHECK(d.problem.index == 0);
}

TEST_CASE("keeper: proposing twice is the same, also where policies remember valuations") {
    keeper k{rich_policy(), {.assets = 3}};
    market_path path{5, 3};
    holdings h{.cash = 100.0, .quantity = {10.0, 10.0, 10.0}};
    const std::vector<double> target{0.4, 0.3, 0.2};
    int trades = 0;
    int holds = 0;
    for (int day = 0; day < 200; ++day) {
        path.next();
        REQUIRE_FALSE(k.observe(path.view()));
        const decision first = k.propose(h.view(), target);
        const auto market = save(k.market());
        const auto account = save(k.account());
        for (int again = 0; again < 3; ++again) CHECK(same_bits(k.propose(h.view(), target), first));
        CHECK(save(k.market()) == market);
        CHECK(save(k.account()) == account);
        (first.outcome == outcome::trade ? trades : holds)++;
        REQUIRE_FALSE(k.commit(first));
        REQUIRE_FALSE(apply(h, first));
    }
    CHECK(trades > 20);
    CHECK(holds > 20);
}

TEST_CASE("keeper: answers as the rebalancer does with states kept by hand") {
    auto r = rich_policy();
    using policy = decltype(r);
    const sizes s{.assets = 3};
    policy::market_state market;
    policy::account_state account;
    policy::workspace work;
    decision d;
    r.prepare(market, s);
    r.prepare(account, s);
    r.prepare(work, s);
    r.prepare(d, s);
    keeper k{r, s};
    market_path path{6, 3};
    holdings h{.cash = 100.0, .quantity = {10.0, 10.0, 10.0}};
    const std::vector<double> target{0.4, 0.3, 0.2};
    const std::vector<decimal_step> step{decimal_step{1, -2}};
    k.instruments({.step = step});
    for (int day = 0; day < 200; ++day) {
        path.next();
        const inputs in{.market = path.view(), .account = h.view(), .target = target, .instruments = {.step = step}};
        REQUIRE_FALSE(k.observe(in.market));
        REQUIRE_FALSE(r.observe(market, in.market));
        r.propose(market, account, in, work, d);
        REQUIRE_FALSE(r.observe(market, account, in, work));
        CHECK(same_bits(k.propose(h.view(), target), d));
        CHECK(save(k.account()) == save(account));
        CHECK(save(k.market()) == save(market));
        REQUIRE_FALSE(k.commit(d));
        REQUIRE_FALSE(r.commit(account, d, path.now));
        REQUIRE_FALSE(apply(h, d));
    }
}

TEST_CASE("keeper: instruments: steps, minimums and ticks are copied, one for all or one each") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, sizing::reconciled{.collar = 0.01}}, {.assets = 2}};
    const std::vector<double> price{3.0, 7.0};
    const holdings h{.cash = 100.0, .quantity = {0.0, 0.0}};
    REQUIRE_FALSE(k.observe({.now = start, .price = price}));
    const std::vector<double> target{0.48, 0.48};
    CHECK(k.propose(h.view(), target).orders[0].quantity == Approx(16.0));
    CHECK(k.propose(h.view(), target).orders[1].step.continuous());
    {
        std::vector<decimal_step> step{decimal_step{1, 0}};
        k.instruments({.step = step});
        step[0] = decimal_step{7, 0};
    }
    {
        const decision& d = k.propose(h.view(), target);
        REQUIRE(d.orders.size() == 2);
        CHECK(d.orders[0].quantity == 16.0);
        CHECK(d.orders[1].quantity == 6.0);  // 48 / 7
        CHECK(d.orders[1].steps == 6);
        CHECK(d.orders[0].limit_price == Approx(3.03));
    }
    k.instruments({.step = {decimal_step{5, 0}, decimal_step{1, -1}}, .tick = {decimal_step{25, -2}}, .min_notional = {0.0, 50.0}});
    {
        const decision& d = k.propose(h.view(), target);
        REQUIRE(d.orders.size() == 1);
        CHECK(d.orders[0].quantity == 15.0);
        CHECK(d.orders[0].limit_price == 3.0);  // 3.03 on quarters
        CHECK(d.reason_of(1).code == why::below_minimum);
    }
    k.instruments({});
    CHECK(k.propose(h.view(), target).orders.size() == 2);
    k.instruments({.step = {decimal_step{1, 0}, decimal_step{1, 0}, decimal_step{1, 0}}});
    CHECK(k.propose(h.view(), target).problem.code == fault_code::size_mismatch);
}

TEST_CASE("keeper: prices that are too old, and ticks that tell no age") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, guard::stale_price{.max_age = minutes(15)}}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0};
    const holdings h{.quantity = {60.0, 40.0}};
    {
        // The ages are copied as the prices are.
        std::vector<timestamp> as_of{start, start - minutes(16)};
        REQUIRE_FALSE(k.observe({.now = start, .price = price, .as_of = as_of}));
        as_of = {start, start};
    }
    const decision& stale = k.propose(h.view(), halves);
    CHECK(stale.orders.empty());
    CHECK(stale.reason_of(1).code == why::frozen_stale);
    const std::vector<timestamp> fresh{start, start - minutes(15)};
    REQUIRE_FALSE(k.observe({.now = start, .price = price, .as_of = fresh}));
    CHECK(k.propose(h.view(), halves).outcome == outcome::trade);
    // The ages of a tick before are not those of this one.
    REQUIRE_FALSE(k.observe({.now = start, .price = price}));
    const decision& undated = k.propose(h.view(), halves);
    CHECK(undated.outcome == outcome::blocked);
    CHECK(std::string{undated.guard} == "stale_price");
}

TEST_CASE("keeper: volumes are copied, and a tick without them tells none") {
    const std::vector<double> price{10.0}, quantity{0.0}, target{1.0};
    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, guard::participation{.rate = 0.1}},
             {.assets = 1}};
    std::vector<double> volume{200.0};
    REQUIRE_FALSE(k.observe({.now = start, .price = price, .volume = volume}));
    volume[0] = 5.0;  // a copy was kept
    const account_view account{.cash = 1000.0, .quantity = quantity};
    CHECK(k.propose(account, target).orders.at(0).quantity == 20.0);
    CHECK(k.propose(account, target).reason_of(0).code == why::cut_by_participation);
    REQUIRE_FALSE(k.observe({.now = start + days(1), .price = price}));
    CHECK(k.propose(account, target).orders.empty());
    CHECK(k.propose(account, target).reason_of(0).code == why::no_volume);
    const std::vector<double> two{1.0, 2.0};
    CHECK(k.observe({.now = start + days(2), .price = price, .volume = two}).code == fault_code::size_mismatch);
}

TEST_CASE("keeper: a bad price rejects, or freezes its row at the last good one, until a good one comes") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> good{1.0, 1.0, 1.0};
    const std::vector<double> bad{2.0, 1.0, nan};
    const holdings h{.quantity = {30.0, 30.0, 60.0}};
    const std::vector<double> target{0.25, 0.25, 0.5};

    keeper strict{rebalancer{at_once, cost::zero{}, solver::to_target{}}, {.assets = 3}};
    REQUIRE_FALSE(strict.observe({.now = start, .price = good}));
    REQUIRE_FALSE(strict.observe({.now = start + days(1), .price = bad}));
    CHECK(strict.propose(h.view(), target).outcome == outcome::rejected);
    CHECK(strict.propose(h.view(), target).problem.code == fault_code::bad_price);
    CHECK(strict.propose(h.view(), target).problem.index == 2);

    keeper lenient{rebalancer{at_once, cost::zero{}, solver::to_target{}, mandate{.bad_price = on_bad_price::freeze}}, {.assets = 3}};
    // Without any good price there is nothing to value it at.
    REQUIRE_FALSE(lenient.observe({.now = start, .price = bad}));
    CHECK(lenient.propose(h.view(), target).problem.code == fault_code::bad_price);
    REQUIRE_FALSE(lenient.observe({.now = start + days(1), .price = good}));
    REQUIRE_FALSE(lenient.observe({.now = start + days(2), .price = bad}));
    const decision& d = lenient.propose(h.view(), target);
    CHECK_FALSE(d.problem);
    CHECK(d.value == 150.0);  // 60 + 30 + 60 at its last price
    CHECK(d.reason_of(2).code == why::frozen_price);
    for (const order& o : d.orders) CHECK(o.asset != 2);
    CHECK(d.outcome == outcome::trade);
    REQUIRE_FALSE(lenient.observe({.now = start + days(3), .price = good}));
    CHECK(lenient.propose(h.view(), target).reason_of(2).code != why::frozen_price);
}

TEST_CASE("keeper: a tick of the wrong size, or earlier than the last, is refused and the prices stay") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, risk::ewma{}}, {.assets = 2}};
    const holdings h{.quantity = {60.0, 40.0}};
    const std::vector<double> price{1.0, 1.0};
    const std::vector<double> three{2.0, 2.0, 2.0};
    const std::vector<double> later{2.0, 2.0};
    const std::vector<timestamp> one{start};
    REQUIRE_FALSE(k.observe({.now = start, .price = price}));
    const auto market = save(k.market());
    CHECK(k.observe({.now = start + days(1), .price = three}).code == fault_code::size_mismatch);
    CHECK(k.observe({.now = start + days(1), .price = later, .as_of = one}).code == fault_code::size_mismatch);
    CHECK(k.observe({.now = start - days(1), .price = later}).code == fault_code::bad_time);
    CHECK(k.now() == start);
    CHECK(save(k.market()) == market);
    CHECK(k.propose(h.view(), halves).value == 100.0);
}

TEST_CASE("keeper: fills that happened, those that did not, and bad ones") {
    keeper k{rebalancer{trigger::every{.interval = days(7)}, cost::zero{}, solver::to_target{}}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0};
    const holdings h{.quantity = {60.0, 40.0}};
    REQUIRE_FALSE(k.observe({.now = start, .price = price}));
    const decision& d = k.propose(h.view(), halves);
    const auto before = save(k.account());
    REQUIRE_FALSE(k.commit(d, {}));
    CHECK(save(k.account()) == before);
    const std::vector<fill> bad{{.order = 0, .quantity = 1.0, .price = 1.0}};
    CHECK(k.commit(d, bad).code == fault_code::bad_fill);
    CHECK(save(k.account()) == before);
    const std::vector<fill> part{{.order = 0, .quantity = -1.0, .price = 1.0}};
    REQUIRE_FALSE(k.commit(d, part));
    CHECK(save(k.account()) != before);
    CHECK(k.propose(h.view(), halves).outcome == outcome::hold);
}

TEST_CASE("keeper: fills later than the newest tick; the last decision stays with a keeper that moves") {
    const rebalancer policy{trigger::cooldown{at_once, days(2)}, cost::zero{}, solver::to_target{}};
    const std::vector<double> price{1.0, 1.0};
    const holdings h{.quantity = {70.0, 30.0}};
    const auto fired_after = [&](auto commit) {
        keeper k{policy, {.assets = 2}};
        REQUIRE_FALSE(k.observe({.now = start, .price = price}));
        REQUIRE(k.propose(h.view(), halves).orders.size() == 2);
        REQUIRE_FALSE(commit(k));
        REQUIRE_FALSE(k.observe({.now = start + days(2), .price = price}));
        return k.propose(h.view(), halves).outcome == outcome::trade;
    };
    const std::vector<fill> part{{.order = 1, .quantity = 5.0, .price = 1.0}}, none{};
    CHECK(fired_after([](auto& k) { return k.commit(k.last_decision()); }));
    CHECK(fired_after([&](auto& k) { return k.commit(k.last_decision(), part); }));
    CHECK_FALSE(fired_after([&](auto& k) { return k.commit(k.last_decision(), part, start + hours(1)); }));
    CHECK(fired_after([&](auto& k) { return k.commit(k.last_decision(), none, start + hours(1)); }));

    keeper before{policy, {.assets = 2}};
    REQUIRE_FALSE(before.observe({.now = start, .price = price}));
    const decision* answer = &before.propose(h.view(), halves);
    CHECK(&before.last_decision() == answer);
    const keeper after = std::move(before);
    CHECK(after.last_decision().orders.size() == 2);
    CHECK(after.last_decision().at == start);
}

TEST_CASE("keeper: a target policy makes the targets, and none are given") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}, target::equal{}}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0};
    const holdings h{.quantity = {60.0, 40.0}};
    REQUIRE_FALSE(k.observe({.now = start, .price = price}));
    CHECK(k.propose(h.view()).orders[0].quantity == -10.0);
}

TEST_CASE("keeper: an empty universe holds") {
    keeper k{rebalancer{at_once, cost::zero{}, solver::to_target{}}, {}};
    REQUIRE_FALSE(k.observe({.now = start}));
    CHECK(k.propose({.cash = 5.0}).outcome == outcome::hold);
    CHECK(k.propose({.cash = 5.0}).value == 5.0);
}

// Two keepers see the same prices. One lives through; the other is destroyed and restored from its two states at a day of chance and at a
// moment of chance: before the tick, between tick and proposal, between proposal and commit, after the commit. What is lost with a keeper
// is only its copy of the newest prices, which the host shows it again.
TEST_CASE("keeper: killed and restored at any moment, it goes on as if nothing had happened") {
    using policy = decltype(rich_policy());
    const sizes s{.assets = 3};
    const std::vector<double> target{0.4, 0.3, 0.2};
    std::mt19937_64 rng{11};
    int kills = 0;
    int trades_after_a_kill_between = 0;
    for (int round = 0; round < 20; ++round) {
        keeper steady{rich_policy(), s};
        std::optional<keeper<policy>> mortal{std::in_place, rich_policy(), s};
        market_path path{static_cast<std::uint64_t>(100 + round), 3};
        holdings h{.cash = 100.0, .quantity = {10.0, 10.0, 10.0}};
        const auto kill = [&](bool ticked) {
            const std::vector<std::byte> market = save(mortal->market());
            const std::vector<std::byte> account = save(mortal->account());
            mortal.reset();
            mortal.emplace(rich_policy(), s);
            REQUIRE_FALSE(load(mortal->market(), market));
            REQUIRE_FALSE(load(mortal->account(), account));
            CHECK(save(mortal->market()) == market);
            CHECK(save(mortal->account()) == account);
            // The host shows it the last tick again: no time passed, so nothing is learnt twice.
            if (ticked) REQUIRE_FALSE(mortal->observe(path.view()));
            CHECK(save(mortal->market()) == market);
            ++kills;
        };
        for (int day = 0; day < 80; ++day) {
            const auto moment = rng() % 8;
            if (moment == 0 && day > 0) kill(true);
            path.next();
            REQUIRE_FALSE(steady.observe(path.view()));
            REQUIRE_FALSE(mortal->observe(path.view()));
            if (moment == 1) kill(true);
            const decision d = steady.propose(h.view(), target);
            CHECK(same_bits(mortal->propose(h.view(), target), d));
            if (moment == 2) {
                // What was proposed is lost with it and proposed again, the same to the last bit.
                kill(true);
                CHECK(same_bits(mortal->propose(h.view(), target), d));
                trades_after_a_kill_between += d.outcome == outcome::trade ? 1 : 0;
            }
            REQUIRE_FALSE(steady.commit(d));
            REQUIRE_FALSE(mortal->commit(d));
            REQUIRE_FALSE(apply(h, d));
            if (moment == 3) kill(true);
            CHECK(save(mortal->account()) == save(steady.account()));
            CHECK(save(mortal->market()) == save(steady.market()));
        }
    }
    CHECK(kills > 400);
    CHECK(trades_after_a_kill_between > 20);
}
