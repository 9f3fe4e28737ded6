// The composition as a whole: propose is a pure function (configuration, states, inputs) -> decision, and commit is the only thing after
// which an account remembers that it acted. What the parts decide is tested where the parts are; here it is that each of them is asked,
// that its answer ends in the right outcome, and that nothing else changes.
#include <ballast/rebalancer.hpp>

#include <ballast/any/trigger.hpp>
#include <ballast/core/archive.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/equal.hpp>
#include <ballast/target/fixed.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/never.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"
#include "support/random_book.hpp"
#include "support/same_bits.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace ballast;
using test::one_call;
using test::propose_once;
using test::same_bits;

namespace {

const auto at_once = trigger::every{.interval = {}};
constexpr timestamp start{1'600'000'000'000'000'000};

// Two assets at a price of 1, 60 and 40 of them, wanted half and half: to_target without costs sells 10 and buys 10.
struct two_assets {
    std::vector<double> price{1.0, 1.0};
    std::vector<double> quantity{60.0, 40.0};
    std::vector<double> target{0.5, 0.5};
    double cash = 0.0;
    timestamp now = start;
    std::vector<decimal_step> step{};

    [[nodiscard]] inputs view() const {
        return {.market = {.now = now, .price = price},
                .account = {.cash = cash, .quantity = quantity},
                .target = target,
                .instruments = {.step = step}};
    }
};

// Not worth it where the orders cost more than `most`.
struct too_dear {
    double most = 0.0;
    static constexpr const char* name = "too_dear";
    [[nodiscard]] verdict check(const proposal& p) const noexcept { return p.decision.cost > most ? verdict::hold : verdict::pass; }
};
// Forbids a turnover above `most`.
struct forbids {
    double most = 0.0;
    static constexpr const char* name = "forbids";
    [[nodiscard]] verdict check(const proposal& p) const noexcept { return p.decision.turnover > most ? verdict::block : verdict::pass; }
};
// Keeps the weight of one asset within bounds.
struct bounds {
    std::size_t asset = 0;
    double lower = 0.0;
    double upper = 1.0;
    static constexpr const char* name = "bounds";
    void narrow(const look&, limits& l) const noexcept { l.narrow(asset, lower, upper, why::cut_by_bounds); }
};
// Goes half of the way and says that it stopped short.
struct half_way {
    [[maybe_unused]] static constexpr const char* name = "half_way";
    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, solution& s) const noexcept {
        (void)solver::to_target{}.solve(p, view, s);
        for (std::size_t i = 0; i < p.look.assets(); ++i) s.share[i] = 0.5 * (s.share[i] + p.look.weight[i]);
        return status::inexact;
    }
};
struct gives_up {
    [[maybe_unused]] static constexpr const char* name = "gives_up";
    template <bound_cost View>
    [[nodiscard]] status solve(const problem&, const View&, solution&) const noexcept {
        return status::infeasible;
    }
};
// The host's targets, with asset 0 taking what the others lose.
struct tilted {
    double by = 0.0;
    [[maybe_unused]] static constexpr const char* name = "tilted";
    static constexpr bool transforms = true;
    void weights(const look& l, std::span<double> out) const noexcept {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = l.target[i] * (1.0 - by);
        if (!out.empty()) out[0] += by;
    }
};
// Never sure of anything.
struct unsure {
    static constexpr const char* name = "unsure";
    [[nodiscard]] firing check(const look&) const noexcept { return {.trigger = name, .problem = {fault_code::risk_not_ready, 1, 3.0}}; }
};

bool holds_nothing(const decision& d) {
    return d.orders.empty() && d.cost == 0.0 && d.turnover == 0.0 && d.cash_after == d.cash && d.value_after() == d.value;
}

}  // namespace

// ---- outcomes ---------------------------------------------------------------------------------------------------------------------------

TEST_CASE("rebalancer: hold: no trigger fired, the account is shown as it is") {
    const rebalancer r{trigger::band{.absolute = 0.4}, cost::proportional{.rate = 10_bps}, solver::to_target{}};
    const two_assets b{.cash = 100.0};
    const decision d = propose_once(r, b.view());
    CHECK(d.outcome == outcome::hold);
    CHECK_FALSE(d.firing.fired);
    CHECK(d.at == start);
    CHECK(d.value == 200.0);
    CHECK(d.cash == 100.0);
    CHECK(holds_nothing(d));
    CHECK(d.reasons.empty());
    REQUIRE(d.assets() == 2);
    CHECK(d.weight_before()[0] == 0.3);
    CHECK(d.drift()[0] == 0.3 - 0.5);
    CHECK(d.weight_after()[1] == 0.2);
    CHECK(d.reason_of(0).code == why::trigger_quiet);
    CHECK(d.reason_of(0).wished == Approx(40.0));
    CHECK_FALSE(d.more_to_do());
}

TEST_CASE("rebalancer: trade: the orders, what they cost, and the account after them") {
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}};
    const decision d = propose_once(r, two_assets{}.view());
    REQUIRE(d.outcome == outcome::trade);
    CHECK(d.firing.fired);
    REQUIRE(d.orders.size() == 2);
    CHECK(d.orders[0].quantity == -10.0);
    CHECK(d.orders[1].quantity == 10.0);
    CHECK(d.turnover == 0.1);
    CHECK(d.cost == 0.0);
    CHECK(d.cash_after == 0.0);
    CHECK(d.weight_before()[0] == 0.6);
    CHECK(d.weight_after()[0] == 0.5);
    CHECK(d.weight_after()[1] == 0.5);
    REQUIRE(d.reasons.size() == 2);
    CHECK(d.reasons[0].code == why::full);
    CHECK(d.reasons[0].wished == Approx(-10.0));
    CHECK(d.reasons[0].done == -10.0);
    CHECK_FALSE(d.more_to_do());
}

TEST_CASE("rebalancer: a trigger that fired where nothing can be traded holds and says why") {
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}};
    two_assets b{.step = {decimal_step{20, 0}}};
    const decision d = propose_once(r, b.view());
    CHECK(d.outcome == outcome::hold);
    CHECK(d.firing.fired);
    CHECK(holds_nothing(d));
    REQUIRE(d.reasons.size() == 2);
    CHECK(d.reasons[0].code == why::below_step);
    CHECK(d.reasons[1].code == why::below_step);
}

// 20 are moved, 1 % of them is 0.2 or a little less.
TEST_CASE("rebalancer: not worth it: a guard holds the proposal back, by name, and the reasons say so") {
    const two_assets b{};
    const auto propose = [&](double most) {
        return propose_once(rebalancer{at_once, cost::proportional{.rate = 0.01}, solver::to_target{}, too_dear{.most = most}}, b.view());
    };
    const decision held = propose(0.19);
    CHECK(held.outcome == outcome::not_worth_it);
    REQUIRE(held.guard != nullptr);
    CHECK(std::string{held.guard} == "too_dear");
    CHECK(holds_nothing(held));
    CHECK(held.weight_after()[0] == 0.6);
    REQUIRE(held.reasons.size() == 2);
    for (const reason& x : held.reasons) {
        CHECK(x.code == why::held_back);
        CHECK(x.done == 0.0);
        CHECK(x.wished != 0.0);
        CHECK_FALSE(x.more);
    }
    const decision passed = propose(0.2);
    CHECK(passed.outcome == outcome::trade);
    CHECK(passed.guard == nullptr);
    CHECK(passed.cost > 0.19);
}

TEST_CASE("rebalancer: blocked: a guard forbids; block outweighs hold in either order, and the first that says so is named") {
    const two_assets b{};
    const auto c = cost::proportional{.rate = 0.01};
    const solver::to_target s{};
    const decision blocked = propose_once(rebalancer{at_once, c, s, forbids{.most = 0.05}}, b.view());
    CHECK(blocked.outcome == outcome::blocked);
    CHECK(std::string{blocked.guard} == "forbids");
    CHECK(holds_nothing(blocked));
    CHECK(propose_once(rebalancer{at_once, c, s, forbids{.most = 0.5}}, b.view()).outcome == outcome::trade);
    for (const decision& d : {propose_once(rebalancer{at_once, c, s, forbids{}, too_dear{}}, b.view()),
                              propose_once(rebalancer{at_once, c, s, too_dear{}, forbids{}}, b.view())}) {
        CHECK(d.outcome == outcome::blocked);
        CHECK(std::string{d.guard} == "forbids");
    }
    const decision first = propose_once(rebalancer{at_once, c, s, forbids{}, too_dear{}, forbids{}}, b.view());
    CHECK(std::string{first.guard} == "forbids");
    // Where nothing would be sent there is nothing to judge: both limits are 0, and 0 is not above them.
    two_assets there{.quantity = {50.0, 50.0}};
    const decision none = propose_once(rebalancer{at_once, c, s, forbids{}, too_dear{}}, there.view());
    CHECK(none.outcome == outcome::hold);
    CHECK(none.guard == nullptr);
}

TEST_CASE("rebalancer: rejected: bad data is told with its place and value, and nothing else is") {
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}};
    const auto rejects = [&](const two_assets& b, fault_code code, std::uint32_t index, double value) {
        const decision d = propose_once(r, b.view(), {.assets = 2});
        CHECK(d.outcome == outcome::rejected);
        CHECK(d.problem.code == code);
        CHECK(d.problem.index == index);
        CHECK(same_bits(d.problem.value, value));
        CHECK(d.orders.empty());
        CHECK(d.reasons.empty());
        CHECK(d.at == start);
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double inf = std::numeric_limits<double>::infinity();
    rejects({.price = {1.0, -2.0}}, fault_code::bad_price, 1, -2.0);
    rejects({.price = {0.0, 1.0}}, fault_code::bad_price, 0, 0.0);
    rejects({.price = {1.0, inf}}, fault_code::bad_price, 1, inf);
    rejects({.quantity = {1.0, inf}}, fault_code::bad_quantity, 1, inf);
    rejects({.quantity = {1.0, -2.0}}, fault_code::short_not_allowed, 1, -2.0);
    rejects({.quantity = {1.0}}, fault_code::size_mismatch, no_index, 1.0);
    rejects({.target = {0.5, inf}}, fault_code::bad_target, 1, inf);
    rejects({.target = {-0.5, 0.5}}, fault_code::short_target, 0, -0.5);
    rejects({.target = {0.75, 0.5}}, fault_code::over_leveraged, no_index, 1.25);
    rejects({.target = {}}, fault_code::targets_missing, no_index, 0.0);
    rejects({.target = {0.5}}, fault_code::size_mismatch, no_index, 1.0);
    rejects({.cash = inf}, fault_code::bad_cash, no_index, inf);
    rejects({.cash = -100.0}, fault_code::no_value, no_index, 0.0);
    rejects({.step = {decimal_step{-1, 0}}}, fault_code::bad_step, 0, 0.0);
    const std::vector<std::uint64_t> keys{3, 2, 1};
    const two_assets good;
    inputs with_keys = good.view();
    with_keys.instruments.key = keys;
    CHECK(propose_once(r, with_keys, {.assets = 2}).problem.code == fault_code::size_mismatch);
    for (const decision& d :
         {propose_once(r, two_assets{.price = {1.0, nan}}.view()), propose_once(r, two_assets{.quantity = {nan, 1.0}}.view()),
          propose_once(r, two_assets{.target = {nan, 0.5}}.view()), propose_once(r, two_assets{.cash = nan}.view())}) {
        CHECK(d.outcome == outcome::rejected);
        CHECK(d.problem.value != d.problem.value);
    }
}

TEST_CASE("rebalancer: rejected: a trigger that can not tell, and a list that does not fit the assets") {
    const decision d = propose_once(rebalancer{unsure{}, cost::zero{}, solver::to_target{}}, two_assets{}.view());
    CHECK(d.outcome == outcome::rejected);
    CHECK(d.problem.code == fault_code::risk_not_ready);
    CHECK(d.problem.index == 1);
    CHECK(d.problem.value == 3.0);
    const rebalancer three{trigger::band{.absolute = {0.1, 0.1, 0.1}}, cost::zero{}, solver::to_target{}};
    CHECK(propose_once(three, two_assets{}.view()).problem.code == fault_code::bad_parameter_count);
    const rebalancer costs{at_once, cost::proportional{.rate = {0.1, 0.1, 0.1}}, solver::to_target{}};
    CHECK(propose_once(costs, two_assets{}.view()).problem.code == fault_code::bad_parameter_count);
    const rebalancer guards{at_once, cost::zero{}, solver::to_target{}, guard::max_trade{.share = {0.1, 0.1, 0.1}}};
    CHECK(propose_once(guards, two_assets{}.view()).problem.code == fault_code::bad_parameter_count);
}

TEST_CASE("rebalancer: infeasible: limits that contradict each other name the asset and by how much") {
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}, bounds{.asset = 1, .lower = 0.5}, bounds{.asset = 1, .upper = 0.25}};
    const decision d = propose_once(r, two_assets{}.view());
    CHECK(d.outcome == outcome::infeasible);
    CHECK(d.problem.code == fault_code::limits_conflict);
    CHECK(d.problem.index == 1);
    CHECK(d.problem.value == 0.25);
    CHECK(d.orders.empty());
    CHECK(d.reasons.empty());
    CHECK(d.firing.fired);
    // Bounds that just meet are none.
    const rebalancer meets{at_once, cost::zero{}, solver::to_target{}, bounds{.asset = 1, .lower = 0.5}, bounds{.asset = 1, .upper = 0.5}};
    CHECK(propose_once(meets, two_assets{}.view()).outcome == outcome::trade);
    // They are asked only where something fired.
    const rebalancer quiet{trigger::never{}, cost::zero{}, solver::to_target{}, bounds{.asset = 1, .lower = 0.5},
                           bounds{.asset = 1, .upper = 0.25}};
    CHECK(propose_once(quiet, two_assets{}.view()).outcome == outcome::hold);
    // A solver may find it out as well.
    const decision gave_up = propose_once(rebalancer{at_once, cost::zero{}, gives_up{}}, two_assets{}.view());
    CHECK(gave_up.outcome == outcome::infeasible);
    CHECK(gave_up.problem.code == fault_code::limits_conflict);
    CHECK(gave_up.orders.empty());
}

TEST_CASE("rebalancer: inexact: a solver that stopped short is never told as success") {
    const rebalancer r{at_once, cost::zero{}, half_way{}};
    const decision d = propose_once(r, two_assets{}.view());
    CHECK(d.outcome == outcome::inexact);
    REQUIRE(d.orders.size() == 2);
    CHECK(d.orders[0].quantity == Approx(-5.0));
    CHECK_FALSE(d.problem);
    // Without orders there is nothing that falls short.
    const decision there = propose_once(r, two_assets{.quantity = {50.0, 50.0}}.view());
    CHECK(there.outcome == outcome::hold);
    // A guard's verdict goes over it.
    const decision blocked = propose_once(rebalancer{at_once, cost::zero{}, half_way{}, forbids{}}, two_assets{}.view());
    CHECK(blocked.outcome == outcome::blocked);
    CHECK(blocked.orders.empty());
}

TEST_CASE("rebalancer: every trigger tells how far it is from firing, the whole tells which one fired") {
    const rebalancer r{trigger::any_of{trigger::every{.interval = days(7)}, trigger::band{.absolute = 0.0625}}, cost::zero{},
                       solver::to_target{}};
    two_assets b{};
    one_call call{r, sizes{.assets = 2}};
    REQUIRE(call.propose(b.view()).outcome == outcome::trade);  // never acted before
    REQUIRE_FALSE(r.commit(call.account, call.decision, start));
    b.now = start + days(1);
    const decision& d = call.propose(b.view());
    CHECK(d.outcome == outcome::trade);
    REQUIRE(d.leaves.size() == 2);
    CHECK(std::string{d.leaves[0].trigger} == "every");
    CHECK_FALSE(d.leaves[0].fired);
    CHECK(d.leaves[0].measure == 86400.0);
    CHECK(d.leaves[0].margin() == -6 * 86400.0);
    CHECK(std::string{d.leaves[1].trigger} == "band");
    CHECK(d.leaves[1].fired);
    CHECK(d.leaves[1].asset == 0);
    CHECK(d.leaves[1].measure == Approx(0.1));
    CHECK(d.leaves[1].threshold == 0.0625);
    CHECK(same_bits(d.firing, d.leaves[1]));
    b.quantity = {52.0, 48.0};
    const decision& quiet = call.propose(b.view());
    CHECK(quiet.outcome == outcome::hold);
    REQUIRE(quiet.leaves.size() == 2);
    CHECK(quiet.leaves[1].margin() == Approx(0.02 - 0.0625));
    CHECK_FALSE(quiet.firing.fired);
}

// ---- commit -----------------------------------------------------------------------------------------------------------------------------

namespace {
const rebalancer weekly{trigger::every{.interval = days(7)}, cost::proportional{.rate = 10_bps}, solver::to_target{},
                        too_dear{.most = 1.0}};
}

TEST_CASE("rebalancer: committing a hold, a proposal held back or a rejection does nothing") {
    one_call call{weekly, sizes{.assets = 2}};
    const auto before = save(call.account);
    const two_assets there{.quantity = {50.0, 50.0}};
    const two_assets dear{.price = {1e3, 1e3}};
    const two_assets bad{.price = {1.0, -1.0}};
    for (const auto& [book, expected] : {std::pair{there, outcome::hold}, {dear, outcome::not_worth_it}, {bad, outcome::rejected}}) {
        REQUIRE(call.propose(book.view()).outcome == expected);
        CHECK_FALSE(weekly.commit(call.account, call.decision, start));
        CHECK_FALSE(weekly.commit(call.account, call.decision, {}, start));
        CHECK(save(call.account) == before);
    }
    REQUIRE(call.propose(two_assets{}.view()).outcome == outcome::trade);
    CHECK_FALSE(weekly.commit(call.account, call.decision, start));
    CHECK(save(call.account) != before);
    CHECK(call.propose(two_assets{.now = start + days(6)}.view()).outcome == outcome::hold);
    CHECK(call.propose(two_assets{.now = start + days(7)}.view()).outcome == outcome::trade);
}

TEST_CASE("rebalancer: a partial fill is remembered, no fill is not, a bad one is refused and nothing remembered") {
    one_call call{weekly, sizes{.assets = 2}};
    const auto before = save(call.account);
    REQUIRE(call.propose(two_assets{}.view()).orders.size() == 2);
    const decision d = call.decision;
    const double sold = d.orders[0].quantity;
    const double bought = d.orders[1].quantity;

    CHECK_FALSE(weekly.commit(call.account, d, {}, start));
    CHECK(save(call.account) == before);
    const std::vector<fill> nothing{{.order = 0, .quantity = 0.0, .price = 1.0}, {.order = 1, .quantity = 0.0, .price = 1.0}};
    CHECK_FALSE(weekly.commit(call.account, d, nothing, start));
    CHECK(save(call.account) == before);

    const double nan = std::numeric_limits<double>::quiet_NaN();
    const fill bad[] = {
        {.order = 2, .quantity = 1.0, .price = 1.0},            // no such order
        {.order = 0, .quantity = 1.0, .price = 1.0},            // the other side
        {.order = 1, .quantity = bought * 1.01, .price = 1.0},  // more than was ordered
        {.order = 1, .quantity = nan, .price = 1.0},
        {.order = 1, .quantity = bought, .price = 0.0},
        {.order = 1, .quantity = bought, .price = 1.0, .cost = nan},
    };
    for (const fill& f : bad) {
        const std::vector<fill> fills{{.order = 0, .quantity = sold, .price = 1.0}, f};
        const fault problem = weekly.commit(call.account, d, fills, start);
        CHECK(problem.code == fault_code::bad_fill);
        CHECK(problem.index == 1);
        CHECK(save(call.account) == before);
    }
    // Two parts that together are too much.
    const std::vector<fill> parts{{.order = 1, .quantity = 0.6 * bought, .price = 1.0},
                                  {.order = 1, .quantity = 0.6 * bought, .price = 1.0}};
    CHECK(weekly.commit(call.account, d, parts, start).index == 1);
    CHECK(save(call.account) == before);

    const std::vector<fill> part{{.order = 0, .quantity = 0.25 * sold, .price = 0.99, .cost = 0.1}};
    CHECK_FALSE(weekly.commit(call.account, d, part, start));
    one_call whole{weekly, sizes{.assets = 2}};
    CHECK_FALSE(weekly.commit(whole.account, d, start));
    CHECK(save(call.account) == save(whole.account));
}

TEST_CASE("rebalancer: fills in part, booked by apply, leave the rest to the next proposal") {
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}};
    two_assets b{};
    one_call call{r, sizes{.assets = 2}};
    const decision d = call.propose(b.view());
    holdings h{.cash = 0.0, .quantity = b.quantity};
    const std::vector<fill> fills{{.order = 0, .quantity = -4.0, .price = 1.0}, {.order = 1, .quantity = 3.0, .price = 1.0}};
    REQUIRE_FALSE(r.commit(call.account, d, fills, start));
    REQUIRE_FALSE(apply(h, d, fills));
    CHECK(h.cash == 1.0);
    b.quantity = h.quantity;
    b.cash = h.cash;
    const decision& rest = call.propose(b.view());
    REQUIRE(rest.orders.size() == 2);
    CHECK(rest.orders[0].quantity == -6.0);
    CHECK(rest.orders[1].quantity == 7.0);
    CHECK(rest.cash_after == 0.0);
}

// ---- purity -----------------------------------------------------------------------------------------------------------------------------

namespace {
using everything = rebalancer<trigger::any_of<trigger::cooldown<trigger::band>, trigger::every>, cost::proportional, solver::to_band,
                              guard::max_trade, risk::ewma, mandate>;
// A copy that warm scratch knows nothing of.
decision fresh(const everything& r, const everything::market_state& m, const everything::account_state& a, const inputs& in) {
    const std::size_t rows = detail::row_count(in.account);
    everything::workspace w;
    decision d;
    r.prepare(w, {in.market.price.size(), rows});
    r.prepare(d, {in.market.price.size(), rows});
    r.propose(m, a, in, w, d);
    return d;
}
}  // namespace

TEST_CASE("rebalancer: propose changes nothing but its answer, and asked again answers the same to the last bit") {
    ballast_test::dice dice{7};
    int trades = 0;
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 1 + dice.below(12);
        ballast_test::book b = ballast_test::random_book(dice, n);
        const everything r{
            trigger::any_of{trigger::cooldown{trigger::band{.relative = 0.05}, days(2)}, trigger::every{.interval = days(30)}},
            cost::proportional{.rate = 10_bps},
            solver::to_band{},
            guard::max_trade{.share = 0.3},
            risk::ewma{},
            b.rules};
        const sizes s{n, b.held.quantity.size()};
        one_call call{r, s};
        timestamp now = start;
        for (int tick = 0; tick < 4; ++tick, now = now + days(1)) {
            for (double& p : b.price) p *= dice.between(0.9, 1.1);
            inputs in = b.view();
            in.market.now = now;
            REQUIRE_FALSE(r.observe(call.market, in.market));
            const auto market = save(call.market);
            const auto account = save(call.account);
            const decision first = call.propose(in);
            CHECK(save(call.market) == market);
            CHECK(save(call.account) == account);
            CHECK(same_bits(call.propose(in), first));
            CHECK(same_bits(fresh(r, call.market, call.account, in), first));

            // What if the prices, the targets, the cash were others? Asking leaves no trace.
            ballast_test::book other = b;
            for (double& p : other.price) p *= dice.between(0.5, 2.0);
            for (double& t : other.target) t *= 0.5;
            other.held.cash += 0.1 * b.value();
            inputs what_if = other.view();
            what_if.market.now = now + days(400);
            const decision if_so = call.propose(what_if);
            CHECK(if_so.at == what_if.market.now);
            CHECK(same_bits(if_so, fresh(r, call.market, call.account, what_if)));
            CHECK(save(call.market) == market);
            CHECK(save(call.account) == account);
            CHECK(same_bits(call.propose(in), first));
            CAPTURE(round, tick, n);
            REQUIRE_FALSE(r.observe(call.market, call.account, in, call.workspace));
            if (first.outcome != outcome::trade) continue;
            ++trades;
            REQUIRE_FALSE(r.commit(call.account, first, now));
            REQUIRE_FALSE(apply(b.held, first));
            REQUIRE(b.held.quantity.size() <= s.rows + n);
            if (b.held.quantity.size() != s.rows) break;  // an asset got its first row
        }
    }
    CHECK(trades > 150);
}

TEST_CASE("rebalancer: a decision that is reused tells nothing of the call before") {
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}};
    one_call call{r, sizes{.assets = 2}};
    const decision first = call.propose(two_assets{}.view());
    CHECK(call.propose(two_assets{.price = {1.0, -1.0}}.view()).outcome == outcome::rejected);
    CHECK(call.decision.value == 0.0);
    CHECK(call.decision.leaves.empty());
    CHECK_FALSE(call.decision.firing.fired);
    CHECK(same_bits(call.propose(two_assets{}.view()), first));
    CHECK_FALSE(call.decision.problem);
}

// ---- room -------------------------------------------------------------------------------------------------------------------------------

namespace {
template <class Rebalancer>
void refuses(const Rebalancer& r, const typename Rebalancer::market_state& m, const typename Rebalancer::account_state& a,
             typename Rebalancer::workspace& w, decision& d, double needed) {
    const std::size_t room[] = {d.orders.capacity(), d.reasons.capacity(), d.leaves.capacity(), w.share.capacity(),
                                w.valuation.position.capacity()};
    r.propose(m, a, two_assets{}.view(), w, d);
    CHECK(d.outcome == outcome::rejected);
    CHECK(d.problem.code == fault_code::not_prepared);
    CHECK(d.problem.value == needed);
    CHECK(d.orders.empty());
    const std::size_t after[] = {d.orders.capacity(), d.reasons.capacity(), d.leaves.capacity(), w.share.capacity(),
                                 w.valuation.position.capacity()};
    for (std::size_t k = 0; k < std::size(room); ++k) CHECK(after[k] == room[k]);
}
}  // namespace

TEST_CASE("rebalancer: what is not prepared, or too small, is a fault and stays as it is") {
    using erased = rebalancer<any_trigger, cost::zero, solver::to_target, risk::ewma>;
    const erased r{any_trigger{trigger::every{.interval = {}}}, cost::zero{}, solver::to_target{}, risk::ewma{}};
    struct parts {
        erased::market_state m{};
        erased::account_state a{};
        erased::workspace w{};
        decision d{};
    };
    const auto prepared = [&](std::size_t assets) {
        parts p;
        const sizes s{.assets = assets};
        r.prepare(p.m, s);
        r.prepare(p.a, s);
        r.prepare(p.w, s);
        r.prepare(p.d, s);
        return p;
    };
    {
        parts p = prepared(2);
        r.propose(p.m, p.a, two_assets{}.view(), p.w, p.d);
        REQUIRE(p.d.outcome == outcome::trade);
    }
    for (const std::size_t room : {std::size_t{0}, std::size_t{1}}) {
        CAPTURE(room);
        const parts small = prepared(room);
        parts p = prepared(2);
        decision d = small.d;
        refuses(r, p.m, p.a, p.w, d, 2.0);
        erased::workspace w = small.w;
        refuses(r, p.m, p.a, w, p.d, 2.0);
        refuses(r, small.m, p.a, p.w, p.d, 2.0);  // an estimator knows one asset, or none
    }
    {
        parts p = prepared(2);
        parts none;
        refuses(r, p.m, p.a, p.w, none.d, 2.0);
        refuses(r, p.m, p.a, none.w, p.d, 2.0);
        refuses(r, none.m, p.a, p.w, p.d, 2.0);
        refuses(r, p.m, none.a, p.w, p.d, 2.0);
        // Nor does anything else take them.
        CHECK(r.observe(none.m, two_assets{}.view().market).code == fault_code::not_prepared);
        CHECK(r.observe(p.m, none.a, two_assets{}.view(), p.w).code == fault_code::not_prepared);
        CHECK(r.observe(p.m, p.a, two_assets{}.view(), none.w).code == fault_code::not_prepared);
        r.propose(p.m, p.a, two_assets{}.view(), p.w, p.d);
        REQUIRE(p.d.outcome == outcome::trade);
        CHECK(r.commit(none.a, p.d, start).code == fault_code::not_prepared);
        CHECK_FALSE(r.commit(p.a, p.d, start));
    }
    {
        // More room than is needed does not matter, but to estimators, which have one estimate an asset.
        parts p = prepared(2);
        parts large = prepared(9);
        r.propose(p.m, large.a, two_assets{}.view(), large.w, large.d);
        CHECK(large.d.outcome == outcome::trade);
        refuses(r, large.m, p.a, p.w, p.d, 2.0);
    }
}

TEST_CASE("rebalancer: rows beyond those that were prepared are a fault") {
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}};
    const std::vector<std::uint32_t> asset_of{0, 1, 0};
    two_assets b{.quantity = {30.0, 40.0, 30.0}};
    inputs in = b.view();
    in.account.asset_of_row = asset_of;
    const decision small = propose_once(r, in, {.assets = 2});
    CHECK(small.problem.code == fault_code::not_prepared);
    CHECK(small.problem.value == 3.0);
    const decision d = propose_once(r, in, {.assets = 2, .rows = 3});
    REQUIRE(d.outcome == outcome::trade);
    CHECK(d.orders[0].row == 0);
    CHECK(d.orders[0].quantity == -10.0);
    CHECK(d.orders[1].row == 1);
}

TEST_CASE("rebalancer: time does not run backwards for what learns") {
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}, risk::ewma{}};
    one_call call{r, sizes{.assets = 2}};
    two_assets b{};
    REQUIRE_FALSE(r.observe(call.market, b.view().market));
    REQUIRE_FALSE(r.observe(call.market, call.account, b.view(), call.workspace));
    const auto market = save(call.market);
    const auto account = save(call.account);
    b.now = {start.ns - 1};
    CHECK(r.observe(call.market, b.view().market).code == fault_code::bad_time);
    CHECK(r.observe(call.market, call.account, b.view(), call.workspace).code == fault_code::bad_time);
    CHECK(save(call.market) == market);
    CHECK(save(call.account) == account);
}

TEST_CASE("rebalancer: where nothing can be sent, but cash settles or open orders are filled, there is more to do") {
    const std::vector<double> price{10.0, 10.0};
    const std::vector<double> target{0.5, 0.5};
    const auto ask = [&](const account_view& account, const mandate& m = {}) {
        return test::propose_once(rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, m},
                                  {.market = {.price = price}, .account = account, .target = target});
    };
    const std::vector<double> held{10.0, 0.0};
    const mandate later{.proceeds = proceeds::when_settled};
    // 100 of A, 100 in cash that has not settled.
    const decision settles = ask({.cash = 100.0, .quantity = held, .unsettled = 100.0}, later);
    CHECK(settles.outcome == outcome::hold);
    CHECK(settles.reason_of(1).code == why::not_settled);
    CHECK(settles.reason_of(1).more_to_do());
    CHECK_FALSE(settles.reason_of(0).more_to_do());
    // 20 of A, 10 of which are on sale; the other 10 are right, and B waits for what the sale brings.
    const std::vector<double> twice{20.0, 0.0};
    const std::vector<open_order> sale{{.asset = 0, .quantity = -10.0}};
    const decision waits = ask({.quantity = twice, .open = sale});
    CHECK(waits.outcome == outcome::hold);
    CHECK(waits.reason_of(1).more_to_do());
    // 5 too many of A are on order: as far off without them.
    const std::vector<open_order> buy{{.asset = 0, .quantity = 10.0}};
    const std::vector<double> some{5.0, 10.0};
    const decision bought = ask({.cash = 50.0, .quantity = some, .open = buy});
    CHECK(bought.cancels.empty());
    CHECK(bought.reason_of(0).code == why::open_order);
    CHECK(bought.reason_of(0).more_to_do());
}

TEST_CASE("rebalancer: open orders are booked on the grid of the steps, and what is sold in two orders adds up") {
    const std::vector<double> price{8.9, 10.0};
    const std::vector<double> target{0.0, 0.5};
    const std::vector<double> held{20.65, 100.0};
    const std::vector<open_order> sale{{.asset = 0, .quantity = -20.59}};
    const std::vector<decimal_step> step{decimal_step{1, -2}};
    const std::vector<double> most{std::numeric_limits<double>::infinity(), 100.0};
    const auto ask = [&](const instrument_view& rules) {
        return test::propose_once(
            rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}},
            {.market = {.price = price}, .account = {.quantity = held, .open = sale}, .target = target, .instruments = rules});
    };
    // In doubles 20.65 − 20.59 is less than 0.06 by more than a step's last bit.
    REQUIRE(20.65 - 20.59 < 0.06 * (1.0 - 0x1p-50));
    const decision d = ask({.step = step, .max_notional = most});
    REQUIRE(d.orders.size() == 2);
    CHECK(bool(d.orders[0].steps == -6));
    CHECK(d.reason_of(1).more_to_do());
    CHECK(ask({.max_notional = most}).reason_of(1).more_to_do());
    // A column of the wrong length is the fault that it was.
    const std::vector<decimal_step> wrong(3);
    CHECK(ask({.step = wrong}).problem.code == fault_code::size_mismatch);
}

TEST_CASE("rebalancer: an empty universe holds, whatever fires") {
    const rebalancer r{at_once, cost::proportional{.rate = 10_bps}, solver::to_target{}, mandate{.reserve = 0.1}};
    const decision d = propose_once(r, {.market = {.now = start}, .account = {.cash = 100.0}}, {});
    CHECK(d.outcome == outcome::hold);
    CHECK(d.firing.fired);
    CHECK(d.value == 100.0);
    CHECK(holds_nothing(d));
    const decision nothing = propose_once(r, {.market = {.now = start}}, {});
    CHECK(nothing.problem.code == fault_code::no_value);
}

// ---- targets ----------------------------------------------------------------------------------------------------------------------------

TEST_CASE("rebalancer: a target policy makes the targets, and the host's own beside it are a fault") {
    two_assets b{.target = {}};
    const rebalancer equal{at_once, cost::zero{}, solver::to_target{}, target::equal{.cash = 0.5}};
    const decision e = propose_once(equal, b.view());
    REQUIRE(e.outcome == outcome::trade);
    CHECK(e.weight_after()[0] == 0.25);
    CHECK(e.weight_after()[1] == 0.25);
    CHECK(e.cash_after == 50.0);
    const rebalancer fixed{at_once, cost::zero{}, solver::to_target{}, target::fixed{{0.25, 0.75}}};
    const decision f = propose_once(fixed, b.view());
    CHECK(f.weight_after()[0] == 0.25);
    CHECK(f.weight_after()[1] == 0.75);
    b.target = {0.5, 0.5};
    CHECK(propose_once(equal, b.view()).problem.code == fault_code::targets_given_twice);
    CHECK(propose_once(fixed, b.view()).problem.code == fault_code::targets_given_twice);
    // What they make is held to the mandate.
    const rebalancer much{at_once, cost::zero{}, solver::to_target{}, target::fixed{0.75}};
    CHECK(propose_once(much, two_assets{.target = {}}.view()).problem.code == fault_code::over_leveraged);
}

TEST_CASE("rebalancer: a target policy that transforms needs the host's targets and starts from them") {
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}, tilted{.by = 0.5}};
    const decision d = propose_once(r, two_assets{.target = {0.25, 0.5}}.view());
    REQUIRE(d.outcome == outcome::trade);
    CHECK(d.weight_after()[0] == 0.625);
    CHECK(d.weight_after()[1] == 0.25);
    CHECK(propose_once(r, two_assets{.target = {}}.view()).problem.code == fault_code::targets_missing);
}

TEST_CASE("rebalancer: weights and a value, or holdings and cash: the same orders") {
    const rebalancer r{at_once, cost::proportional{.rate = 10_bps}, solver::to_target{}};
    const std::vector<double> price{4.0, 8.0};
    const std::vector<double> quantity{10.0, 5.0};  // 40 + 40 + 48 in cash
    const std::vector<double> weight{0.3125, 0.3125};
    const std::vector<double> target{0.5, 0.25};
    const decision held = propose_once(r, {.market = {.price = price}, .account = {.cash = 48.0, .quantity = quantity}, .target = target});
    const decision weighed = propose_once(r, {.market = {.price = price}, .account = {.weight = weight, .value = 128.0}, .target = target});
    REQUIRE(held.orders.size() == 2);
    CHECK(same_bits(held, weighed));
}

// ---- golden trade lists -----------------------------------------------------------------------------------------------------------------
//
// Three books whose orders were worked out by hand. These numbers are what hosts rely on: they may change only where a rule of DESIGN.md
// changes (what self-financing means, toward which side quantities are rounded, where a band's destination lies), and such a change is
// an entry in the changelog. A faster or tidier way to the same rules must leave them as they are.

namespace {
struct expected_order {
    std::uint32_t asset;
    int128 steps;
    double quantity;
    double notional;
    double cost;
};
void is_golden(const decision& d, const std::vector<expected_order>& expected) {
    REQUIRE(d.outcome == outcome::trade);
    REQUIRE(d.orders.size() == expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k) {
        CAPTURE(k);
        CHECK(d.orders[k].row == expected[k].asset);
        CHECK(d.orders[k].asset == expected[k].asset);
        CHECK(bool(d.orders[k].steps == expected[k].steps));
        CHECK(d.orders[k].quantity == expected[k].quantity);
        CHECK(d.orders[k].notional == Approx(expected[k].notional).epsilon(1e-15));
        CHECK(d.orders[k].cost == Approx(expected[k].cost).epsilon(1e-14));
    }
}
}  // namespace

// Whole shares under the 5/25 rule, 10 bps. W = 100000:
//
//        price   held   position   weight   target   width = min(5 %, target/4)
//   A      100    680      68000     0.68     0.60   0.05   outside by 0.03
//   B       50    500      25000     0.25     0.30   0.05   on the edge
//   C       20    250       5000     0.05     0.08   0.02   outside by 0.01
//   cash                    2000     0.02     0.02
//
// A is sold, B and C are bought, so the costs are 0.001·(68000 − 0.6 W′ + 0.3 W′ − 25000 + 0.08 W′ − 5000) = 38 − 0.00022 W′, and
// W′ = 99962 / 0.99978 = 99983.9965. Toward no trade in whole shares:
//   A  68000 − 59990.40 = 8009.60, 80.10 shares: sell 80, 8000, costs 8
//   B  29995.20 − 25000 = 4995.20, 99.90 shares: buy 99, 4950, costs 4.95
//   C   7998.72 −  5000 = 2998.72, 149.94 shares: buy 149, 2980, costs 2.98
// Costs 15.93; W′ = 99984.07 is no share away for any of them. Cash 2000 + 8000 − 4950 − 2980 − 15.93 = 2054.07.
TEST_CASE("rebalancer: golden trade list: whole shares and the 5/25 rule") {
    const rebalancer r{trigger::band{.absolute = 0.05, .relative = 0.25}, cost::proportional{.rate = 10_bps}, solver::to_target{}};
    const std::vector<double> price{100.0, 50.0, 20.0};
    const std::vector<double> quantity{680.0, 500.0, 250.0};
    const std::vector<double> target{0.60, 0.30, 0.08};
    const std::vector<decimal_step> share{decimal_step{1, 0}};
    const decision d = propose_once(
        r,
        {.market = {.price = price}, .account = {.cash = 2000.0, .quantity = quantity}, .target = target, .instruments = {.step = share}});
    is_golden(d, {{0, -80, -80.0, -8000.0, 8.0}, {1, 99, 99.0, 4950.0, 4.95}, {2, 149, 149.0, 2980.0, 2.98}});
    CHECK(d.firing.asset == 0);
    CHECK(d.firing.measure == Approx(0.08));
    CHECK(d.firing.threshold == 0.05);
    CHECK(d.cost == Approx(15.93).epsilon(1e-14));
    CHECK(d.cash_after == Approx(2054.07).epsilon(1e-14));
    CHECK(d.turnover == Approx(0.5 * (8000.0 + 4950.0 + 2980.0 + 54.07) / 100000.0).epsilon(1e-13));
    REQUIRE(d.reasons.size() == 3);
    for (const reason& x : d.reasons) CHECK(x.code == why::cut_to_step);
    CHECK_FALSE(d.more_to_do());
}

// Tokens with 18 decimals, to the middle of bands of an eighth, no costs. W = 10000, every number a sum of powers of two:
//
//             price      held   position   weight   target   band             middle
//   ether      2000    4.3125       8625   0.8625   0.5      0.375 .. 0.625   0.5625
//   token      0.25       500        125   0.0125   0.375    0.25 .. 0.5      0.3125
//   third      1250         1       1250   0.125    0.125
//
// Ether goes from 8625 to 5625: sell 3000, 1.5 ether, 1 500 000 000 000 000 000 steps. The token goes from 125 to 3125: buy 3000, 12000
// tokens, 12000·10^18 steps, which no 64 bits hold. The book is invested as before, and no cash is left.
TEST_CASE("rebalancer: golden trade list: tokens with 18 decimals to the middle of their bands") {
    const rebalancer r{trigger::band{.absolute = 0.125}, cost::zero{}, solver::to_band{.depth = solver::to_band::midpoint}};
    const std::vector<double> price{2000.0, 0.25, 1250.0};
    const std::vector<double> quantity{4.3125, 500.0, 1.0};
    const std::vector<double> target{0.5, 0.375, 0.125};
    const std::vector<decimal_step> wei{decimal_step{1, -18}};
    const decision d =
        propose_once(r, {.market = {.price = price}, .account = {.quantity = quantity}, .target = target, .instruments = {.step = wei}});
    const int128 one = 1'000'000'000'000'000'000;
    is_golden(d, {{0, -(one + one / 2), -1.5, -3000.0, 0.0}, {1, 12000 * one, 12000.0, 3000.0, 0.0}});
    CHECK(d.cash_after == 0.0);
    CHECK(d.turnover == 0.3);
    CHECK(d.weight_after()[0] == 0.5625);
    CHECK(d.weight_after()[1] == 0.3125);
    CHECK(d.weight_after()[2] == 0.125);
    REQUIRE(d.reasons.size() == 2);
    CHECK(d.reasons[0].code == why::full);
    CHECK(d.reasons[1].code == why::full);
    CHECK_FALSE(d.more_to_do());
}

// A broker that takes 10 bps and at least 5 an order; hundredths of a share. W = 100000:
//
//        price   position   target
//   A       50      60000     0.50
//   B       25      29997     0.30   about 4 too much: the order would cost 5
//   C       10       8003     0.17
//   D        5          0     0.01   an order of about 1000 costs the minimum
//   cash             2000     0.02
//
// W′ = 100000 − 0.001·(60000 − 0.5 W′) − 0.001·(0.17 W′ − 8003) − 5 = 99943.003 / 0.99967 = 99975.9951:
//   A  60000 − 49987.9975 = 10012.0025, 200.2400 shares: sell 200.24, 10012, costs 10.012
//   B  29997 − 29992.7985 = 4.2015 < 5: stays
//   C  16995.9192 − 8003 = 8992.9192, 899.2919 shares: buy 899.29, 8992.9, costs 8.9929
//   D  999.75995, 199.95199 shares: buy 199.95, 999.75, costs 5
// Costs 24.0049; W′ = 99975.9951. Cash 2000 + 10012 − 8992.9 − 999.75 − 24.0049 = 1995.3451.
TEST_CASE("rebalancer: golden trade list: a minimum fee") {
    const rebalancer r{trigger::band{.absolute = 0.05}, cost::minimum{cost::proportional{.rate = 10_bps}, 5.0}, solver::to_target{}};
    const std::vector<double> price{50.0, 25.0, 10.0, 5.0};
    const std::vector<double> quantity{1200.0, 1199.88, 800.3, 0.0};
    const std::vector<double> target{0.50, 0.30, 0.17, 0.01};
    const std::vector<decimal_step> hundredth{decimal_step{1, -2}};
    const decision d = propose_once(r, {.market = {.price = price},
                                        .account = {.cash = 2000.0, .quantity = quantity},
                                        .target = target,
                                        .instruments = {.step = hundredth}});
    is_golden(d, {{0, -20024, -200.24, -10012.0, 10.012}, {2, 89929, 899.29, 8992.9, 8.9929}, {3, 19995, 199.95, 999.75, 5.0}});
    CHECK(d.cost == Approx(24.0049).epsilon(1e-13));
    CHECK(d.cash_after == Approx(1995.3451).epsilon(1e-13));
    CHECK(d.reason_of(1).code == why::not_worth_cost);
    CHECK(d.reason_of(1).done == 0.0);
    CHECK(d.reason_of(1).wished == Approx(3.0));
    CHECK_FALSE(d.more_to_do());
}
