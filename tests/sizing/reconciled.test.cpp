// The list that is sent as it is. What has to hold of it, whatever was wanted:
//   every quantity is a whole number of steps, every limit a whole number of ticks, no order is below its minimum;
//   cash after every prefix, each order filled at its limit or at the reference, whichever is worse, is at or above the reserve;
//   no row sells more than it holds; what was spent is what cash lost;
//   after the fills the next call finds nothing to do.
// The referee of tests/support/order_checker.hpp reckons all of this from the inputs alone, in long doubles.
#include <ballast/sizing/reconciled.hpp>

#include <ballast/core/apply.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/rounded.hpp>
#include <ballast/cost/tiered.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/one_call.hpp"
#include "support/order_checker.hpp"
#include "support/random_book.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace ballast;
using sizing::reconciled;
using test::propose_once;

static_assert(sizing_policy<reconciled>);

namespace {

const auto at_once = trigger::every{.interval = {}};

// What a host keeps of one account, at prices of 1 unless said otherwise.
struct account {
    std::vector<double> quantity{};
    std::vector<double> target{};
    double cash = 0.0;
    std::vector<decimal_step> step{}, tick{};
    std::vector<double> min_notional{};
    std::vector<double> price = std::vector<double>(target.size(), 1.0);
    std::vector<std::uint32_t> asset_of_row{}, place_of_row{};
    mandate rules{};

    [[nodiscard]] inputs view() const {
        return {.market = {.price = price},
                .account = {.cash = cash, .quantity = quantity, .asset_of_row = asset_of_row, .place_of_row = place_of_row},
                .target = target,
                .instruments = {.step = step, .tick = tick, .min_notional = min_notional}};
    }
    [[nodiscard]] decision propose(const reconciled& sizing = {}) const { return propose(cost::zero{}, sizing); }
    template <class Cost>
    [[nodiscard]] decision propose(const Cost& cost, const reconciled& sizing = {}) const {
        return propose_once(rebalancer{at_once, cost, solver::to_target{}, sizing, rules}, view(),
                            {.assets = price.size(), .rows = quantity.size()});
    }
};

double ordered(const decision& d, std::uint32_t asset) {
    double sum = 0.0;
    for (const order& o : d.orders)
        if (o.asset == asset) sum += o.quantity;
    return sum;
}

const std::vector<decimal_step> whole{decimal_step{1, 0}};

}  // namespace

// ---- over random books ------------------------------------------------------------------------------------------------------------------

namespace {
template <class Cost, class Fee>
void over_random_books(std::uint64_t seed, const Cost& cost_of, const Fee& fee_of) {
    ballast_test::dice dice{seed};
    int trades = 0, again = 0;
    for (int round = 0; round < 700; ++round) {
        const auto b = ballast_test::random_book(dice, dice.below(14));
        const reconciled sizing{.collar = dice.chance(0.5) ? 0.0 : dice.scale(1e-4, 0.1)};
        const double size = b.value() * dice.scale(1e-7, 1e-4);
        const auto cost = cost_of(size);
        const rebalancer r{at_once, cost, solver::to_target{}, sizing, b.rules};
        const decision d = propose_once(r, b.view(), {.assets = b.price.size(), .rows = b.held.quantity.size()});
        CAPTURE(seed, round, b.price.size(), b.held.quantity.size(), sizing.collar);
        REQUIRE_FALSE(d.problem);
        const auto fee = [&](std::size_t, double x) { return fee_of(size, std::fabs(x)); };
        CHECK(ballast_test::first_complaint(b.view(), {.rules = b.rules, .collar = sizing.collar}, fee, d) == "");
        if (d.orders.empty()) continue;
        ++trades;
        if (d.more_to_do()) continue;
        auto next = b.held;
        REQUIRE_FALSE(apply(next, d));
        const decision second = propose_once(r, b.view(next), {.assets = b.price.size(), .rows = next.quantity.size()});
        CHECK(second.orders.empty());
        ++again;
    }
    CHECK(trades > 400);
    CHECK(again > 250);
}
}  // namespace

TEST_CASE("reconciled: over random books no rule is broken, and the next call finds nothing to do: proportional costs") {
    over_random_books(
        1, [](double) { return cost::proportional{.rate = 20_bps}; }, [](double, double x) { return 0.0020 * x; });
}
TEST_CASE("reconciled: over random books no rule is broken, and the next call finds nothing to do: minimum fees") {
    over_random_books(
        2,
        [](double size) {
            return cost::minimum{cost::proportional{.rate = 20_bps}, size};
        },
        [](double size, double x) { return std::fmax(0.0020 * x, x > 0.0 ? size : 0.0); });
}
TEST_CASE("reconciled: over random books no rule is broken, and the next call finds nothing to do: no costs") {
    over_random_books(
        3, [](double) { return cost::zero{}; }, [](double, double) { return 0.0; });
}

// ---- steps and minimums -----------------------------------------------------------------------------------------------------------------

TEST_CASE("reconciled: whole steps, toward no trade on both sides") {
    const account a{.quantity = {62.5, 30.25}, .target = {0.5, 0.5}, .cash = 7.25, .step = whole};
    const decision d = a.propose();
    REQUIRE(d.orders.size() == 2);
    CHECK(d.orders[0].quantity == -12.0);  // 12.5
    CHECK(d.orders[0].steps == -12);
    CHECK(d.orders[1].quantity == 19.0);  // 19.75
    CHECK(d.orders[1].step == decimal_step{1, 0});
    CHECK(d.cash_after == 0.25);
    CHECK(d.reasons[0].code == why::cut_to_step);
    CHECK(d.reasons[1].code == why::cut_to_step);
    // One step for each asset, one of them without.
    const account each{.quantity = {62.5, 30.25}, .target = {0.5, 0.5}, .cash = 7.25, .step = {decimal_step{5, 0}, decimal_step{}}};
    const decision e = each.propose();
    CHECK(e.orders[0].quantity == -10.0);
    CHECK(e.orders[1].steps == 0);
    CHECK(e.orders[1].step.continuous());
    CHECK(e.orders[1].quantity == Approx(17.25));  // 19.75 are wanted, 7.25 + 10 are there
    CHECK(e.reasons[1].code == why::cut_by_cash);
}

TEST_CASE("reconciled: a wish of just a whole number of steps is sent in full, however the double falls") {
    // 0.1 is not a double: 3 steps of it are 0.30000000000000004 or 0.29999999999999999.
    const account a{.quantity = {0.0}, .target = {0.3}, .cash = 1.0, .step = {decimal_step{1, -1}}};
    CHECK(a.propose().orders[0].steps == 3);
    CHECK(a.propose().orders[0].reason == why::full);
    const account b{.quantity = {4.35}, .target = {0.0}, .step = {decimal_step{1, -2}}};
    CHECK(b.propose().orders[0].steps == -435);
    CHECK(b.propose().orders[0].quantity == -4.35);
}

TEST_CASE("reconciled: less than a step is no order, and says so") {
    const account a{.quantity = {50.75, 49.25}, .target = {0.5, 0.5}, .step = whole};
    const decision d = a.propose();
    CHECK(d.outcome == outcome::hold);
    CHECK(d.reason_of(0).code == why::below_step);
    CHECK(d.reason_of(1).code == why::below_step);
    CHECK_FALSE(d.more_to_do());
}

TEST_CASE("reconciled: an order of the minimum notional is sent, one below it is not") {
    const account at{.quantity = {60.0, 40.0}, .target = {0.5, 0.5}, .min_notional = {10.0}};
    CHECK(at.propose().orders.size() == 2);
    const account above{.quantity = {60.0, 40.0}, .target = {0.5, 0.5}, .min_notional = {10.0000001}};
    const decision d = above.propose();
    CHECK(d.outcome == outcome::hold);
    CHECK(d.reason_of(0).code == why::below_minimum);
    CHECK(d.reason_of(1).code == why::below_minimum);
    // In steps: 15 are wanted, 14 can be sent, 14.5 have to.
    const account steps{.quantity = {65.0, 20.0}, .target = {0.5, 0.2}, .cash = 15.0, .step = {decimal_step{7, 0}}, .min_notional = {14.5}};
    CHECK(steps.propose().orders.empty());
    CHECK(steps.propose().reason_of(0).code == why::below_minimum);
}

// ---- sequence, limits, cash -------------------------------------------------------------------------------------------------------------

TEST_CASE("reconciled: sells first, then buys, each in the order of the assets") {
    const account a{.quantity = {10.0, 30.0, 10.0, 30.0, 20.0}, .target = {0.2, 0.2, 0.2, 0.2, 0.2}};
    const decision d = a.propose();
    REQUIRE(d.orders.size() == 4);
    const std::uint32_t expected[] = {1, 3, 0, 2};
    for (std::size_t k = 0; k < 4; ++k) CHECK(d.orders[k].asset == expected[k]);
    for (std::size_t k = 0; k < 4; ++k) CHECK(d.orders[k].buy() == (k >= 2));
}

TEST_CASE("reconciled: limits are the reference and the collar, on the tick that fills no worse") {
    account a{.quantity = {10.0, 0.0}, .target = {0.0, 0.5}, .price = {3.37, 3.37}};
    const auto limits = [&](const reconciled& s) {
        const decision d = a.propose(s);
        REQUIRE(d.orders.size() == 2);
        CHECK(d.orders[0].price == 3.37);
        return std::pair{d.orders[0].limit_price, d.orders[1].limit_price};
    };
    CHECK(limits({}) == std::pair{3.37, 3.37});
    CHECK(limits({.collar = 0.1}).first == Approx(3.033).epsilon(1e-15));
    CHECK(limits({.collar = 0.1}).second == Approx(3.707).epsilon(1e-15));
    a.tick = {decimal_step{5, -2}};
    CHECK(limits({.collar = 0.1}) == std::pair{3.05, 3.7});
    a.tick = {decimal_step{25, -2}};
    CHECK(limits({}) == std::pair{3.5, 3.25});
    a.tick = {decimal_step{1, -2}};  // 337 of them, whatever the double says
    CHECK(limits({}) == std::pair{3.37, 3.37});
    a.tick = {decimal_step{25, -2}, decimal_step{}};
    CHECK(limits({}) == std::pair{3.5, 3.37});
}

// Sold are 10 at 0.95 at worst: 9.5 are sure. Bought at 1.05 at worst: 9.5 / 1.05 may be ordered.
TEST_CASE("reconciled: cash holds when every order fills at its limit, and better fills are told to leave more to do") {
    const account a{.quantity = {60.0, 40.0}, .target = {0.5, 0.5}};
    const decision d = a.propose({.collar = 0.05});
    REQUIRE(d.orders.size() == 2);
    CHECK(d.orders[0].quantity == -10.0);
    CHECK(d.orders[1].quantity == Approx(9.5 / 1.05).epsilon(1e-12));
    CHECK(d.reason_of(1).code == why::cut_at_limit);
    CHECK(d.more_to_do());
    // With 0.975 of cash beside it is enough: 10·1.05 − 10·0.95 = 1, of a value that is larger by as much.
    const account rich{.quantity = {60.0, 40.0}, .target = {0.45, 0.45}, .cash = 10.0};
    CHECK(rich.propose({.collar = 0.05}).orders[1].quantity == Approx(9.5));
    CHECK_FALSE(rich.propose({.collar = 0.05}).more_to_do());
    // A step of 10 that only better fills would pay for: 10.5 at its limit, 0.6 + 9.5 are sure, 0.6 + 10 are likely.
    const account steps{.quantity = {60.0, 40.0}, .target = {0.497, 0.4972}, .cash = 0.6, .step = {decimal_step{10, 0}}};
    const decision s = steps.propose({.collar = 0.05});
    REQUIRE(s.orders.size() == 1);
    CHECK(s.reason_of(1).code == why::no_cash_at_limit);
    CHECK(s.more_to_do());
    // And one that they would not pay for either.
    const account poor{.quantity = {60.0, 40.0}, .target = {0.5, 0.5}, .step = {decimal_step{10, 0}}};
    CHECK(poor.propose({.collar = 0.05}).reason_of(1).code == why::no_cash);
    CHECK_FALSE(poor.propose({.collar = 0.05}).more_to_do());
}

TEST_CASE("reconciled: the reserve stays in cash at the limit prices too") {
    account a{.quantity = {60.0, 30.0}, .target = {0.5, 0.4}, .cash = 10.0};
    a.rules = {.reserve_amount = 10.0};
    const decision d = a.propose({.collar = 0.05});
    REQUIRE(d.orders.size() == 2);
    const double worst = 10.0 + 10.0 * 0.95 - d.orders[1].quantity * 1.05;
    CHECK(worst == Approx(10.0).epsilon(1e-12));
    // An account that is below its reserve buys nothing with what it has.
    account poor{.quantity = {50.0, 45.0}, .target = {0.5, 0.5}, .cash = 5.0};
    poor.rules = {.reserve_amount = 20.0};
    const decision p = poor.propose();
    CHECK(p.cash_after == Approx(20.0));
    for (const order& o : p.orders) CHECK_FALSE(o.buy());
}

// 5 are to be bought, 3 sold; but a sale below 5 is not sent, so that there are only 2. Both buys get two fifths.
TEST_CASE("reconciled: a book short of cash cuts all buys by one factor") {
    const account a{.quantity = {53.0, 23.0, 22.0}, .target = {0.5, 0.25, 0.25}, .cash = 2.0, .min_notional = {5.0, 0.0, 0.0}};
    const decision d = a.propose();
    CHECK(ordered(d, 0) == 0.0);
    CHECK(ordered(d, 1) == Approx(0.8).epsilon(1e-12));
    CHECK(ordered(d, 2) == Approx(1.2).epsilon(1e-12));
    CHECK(std::fabs(d.cash_after) < 1e-12);
    CHECK(d.reason_of(0).code == why::below_minimum);
    CHECK(d.reason_of(1).code == why::cut_by_cash);
    CHECK(d.reason_of(2).code == why::cut_by_cash);
    CHECK_FALSE(d.more_to_do());
}

// In steps of a half: 0.8 and 1.2 become 0.5 and 1; the half that is left goes to the one that is further short.
TEST_CASE("reconciled: what one factor leaves over goes by whole steps to those furthest short") {
    account a{.quantity = {53.0, 23.0, 22.0},
              .target = {0.5, 0.25, 0.25},
              .cash = 2.0,
              .step = {decimal_step{5, -1}},
              .min_notional = {5.0, 0.0, 0.0}};
    const decision d = a.propose();
    CHECK(ordered(d, 1) == 0.5);
    CHECK(ordered(d, 2) == 1.5);
    CHECK(d.cash_after == 0.0);
    // Nothing at all: who would get a step says that there is no cash.
    a.cash = 0.25;
    const decision none = a.propose();
    CHECK(none.outcome == outcome::hold);
    CHECK(none.reason_of(1).code == why::no_cash);
    CHECK(none.reason_of(2).code == why::no_cash);
}

TEST_CASE("reconciled: fees are paid out of the cash that is there") {
    // All cash goes into one asset: x + 1 % of x is 100, in hundredths: 99.00, and 0.99 of fees.
    const account a{.quantity = {0.0}, .target = {1.0}, .cash = 100.0, .step = {decimal_step{1, -2}}};
    const decision d = a.propose(cost::proportional{.rate = 0.01});
    REQUIRE(d.orders.size() == 1);
    CHECK(d.orders[0].quantity == 99.0);
    CHECK(d.orders[0].cost == Approx(0.99));
    CHECK(d.cash_after == Approx(0.01));
    // An order that costs as much as it moves is not sent.
    const decision dear = a.propose(cost::fixed{.amount = 50.0});
    CHECK(dear.outcome == outcome::hold);
    CHECK(dear.reason_of(0).code == why::not_worth_cost);
}

// ---- all of it --------------------------------------------------------------------------------------------------------------------------

TEST_CASE("reconciled: selling everything leaves exactly zero") {
    ballast_test::dice dice{4};
    for (int round = 0; round < 300; ++round) {
        const std::size_t n = 1 + dice.below(6);
        account a{};
        const bool steps = dice.chance(0.5);
        const bool rows = dice.chance(0.5);
        a.rules.allow_short = dice.chance(0.3);
        for (std::size_t i = 0; i < n; ++i) {
            a.target.push_back(0.0);
            const auto step = steps ? ballast_test::random_step(dice) : decimal_step{};
            a.price.push_back(dice.scale(0.1, 10.0) / (step.continuous() ? 1.0 : step.value()));
            a.step.push_back(step);
            const std::size_t parts = rows ? 1 + dice.below(3) : 1;
            for (std::size_t k = 0; k < parts; ++k) {
                const double q = dice.scale(1.0, 1e6);
                a.quantity.push_back(step.continuous() ? q : quantity_of(static_cast<int128>(q), step));
                if (rows) a.asset_of_row.push_back(static_cast<std::uint32_t>(i));
            }
        }
        const decision d = a.propose(cost::proportional{.rate = dice.chance(0.5) ? 0.0 : 0.003});
        CAPTURE(round, n, steps, rows);
        REQUIRE(d.orders.size() == a.quantity.size());
        holdings h{.cash = 0.0, .quantity = a.quantity, .asset_of_row = a.asset_of_row};
        REQUIRE_FALSE(apply(h, d));
        for (const double q : h.quantity) CHECK(q == 0.0);
        for (std::size_t i = 0; i < n; ++i) CHECK(d.weight_after()[i] == Approx(0.0).margin(1e-15));
        for (const reason& r : d.reasons) CHECK(r.code == why::full);
    }
}

TEST_CASE("reconciled: what is held between two steps stays, and is not oversold") {
    const account a{.quantity = {10.5}, .target = {0.0}, .step = whole};
    const decision d = a.propose();
    CHECK(d.orders[0].quantity == -10.0);
    CHECK(d.orders[0].reason == why::cut_to_step);
    const account less{.quantity = {0.5}, .target = {0.0}, .cash = 1.0, .step = whole};
    CHECK(less.propose().orders.empty());
    CHECK(less.propose().reason_of(0).code == why::below_step);
}

// ---- rows -------------------------------------------------------------------------------------------------------------------------------

TEST_CASE("reconciled: sales are taken from an asset's rows in their order, buys go to its first") {
    account a{.quantity = {5.0, 20.0, 10.0, 30.0, 5.0},
              .target = {0.4, 0.6},
              .cash = 30.0,
              .asset_of_row = {0, 1, 0, 0, 1},
              .place_of_row = {7, 8, 9, 7, 8}};
    // 45 and 25 of 100: 5 of asset 0 go, 35 of asset 1 come.
    const decision d = a.propose();
    REQUIRE(d.orders.size() == 2);
    CHECK(d.orders[0].row == 0);
    CHECK(d.orders[0].place == 7);
    CHECK(d.orders[0].quantity == Approx(-5.0));
    CHECK(d.orders[1].row == 1);
    CHECK(d.orders[1].place == 8);
    CHECK(d.orders[1].quantity == Approx(35.0));
    // 25 of them: all of the first two rows and 10 of the third.
    a.target = {0.2, 0.6};
    const decision more = a.propose();
    REQUIRE(more.orders.size() == 4);
    CHECK(more.orders[0].row == 0);
    CHECK(more.orders[0].quantity == -5.0);
    CHECK(more.orders[1].row == 2);
    CHECK(more.orders[1].quantity == -10.0);
    CHECK(more.orders[2].row == 3);
    CHECK(more.orders[2].quantity == Approx(-10.0));
    CHECK(more.orders[2].place == 7);
    CHECK(more.reasons.size() == 2);
    CHECK(more.reason_of(0).done == Approx(-25.0));
}

TEST_CASE("reconciled: an asset without a row is bought all the same, at no row and no place") {
    const account a{.quantity = {50.0}, .target = {0.25, 0.5}, .cash = 50.0, .asset_of_row = {0}, .place_of_row = {3}};
    const decision d = a.propose();
    REQUIRE(d.orders.size() == 2);
    CHECK(d.orders[1].row == no_index);
    CHECK(d.orders[1].place == no_index);
    CHECK(d.orders[1].asset == 1);
    holdings h{.cash = 50.0, .quantity = {50.0}, .asset_of_row = {0}};
    REQUIRE_FALSE(apply(h, d));
    CHECK(h.quantity == std::vector<double>{25.0, 50.0});
    CHECK(h.asset_of_row == std::vector<std::uint32_t>{0, 1});
}

TEST_CASE("reconciled: where shorts are allowed, the rest of a sale goes to the row that is short already, and buys cover it first") {
    account a{.quantity = {10.0, -5.0, 10.0}, .target = {-0.2}, .cash = 85.0, .asset_of_row = {0, 0, 0}};
    a.rules = {.allow_short = true};
    const decision d = a.propose();  // 15 held, −20 wanted
    REQUIRE(d.orders.size() == 3);
    CHECK(ordered(d, 0) == Approx(-35.0));
    holdings h{.cash = 85.0, .quantity = a.quantity, .asset_of_row = a.asset_of_row};
    REQUIRE_FALSE(apply(h, d));
    CHECK(h.quantity[0] == 0.0);
    CHECK(h.quantity[1] == Approx(-20.0));
    CHECK(h.quantity[2] == 0.0);
    account b{.quantity = {1.0, -21.0}, .target = {-0.1}, .cash = 120.0, .asset_of_row = {0, 0}};
    b.rules = {.allow_short = true};
    const decision covers = b.propose();
    REQUIRE(covers.orders.size() == 1);
    CHECK(covers.orders[0].row == 1);
    CHECK(covers.orders[0].quantity == Approx(10.0));
}

TEST_CASE("reconciled: rows too small to be sold one by one are not sold") {
    // 12 are to go, from rows of 4, 4 and 92 with a minimum of 5: the third sells them.
    const account a{.quantity = {4.0, 4.0, 92.0}, .target = {0.88}, .min_notional = {5.0}, .asset_of_row = {0, 0, 0}};
    const decision d = a.propose();
    REQUIRE(d.orders.size() == 1);
    CHECK(d.orders[0].row == 2);
    CHECK(d.orders[0].quantity == Approx(-12.0));
    // Where all are small, nothing can be sold.
    const account small{.quantity = {4.0, 4.0, 4.0}, .target = {0.0}, .cash = 88.0, .min_notional = {5.0}, .asset_of_row = {0, 0, 0}};
    CHECK(small.propose().orders.empty());
    CHECK(small.propose().reason_of(0).code == why::below_minimum);
}

// ---- faults -----------------------------------------------------------------------------------------------------------------------------

TEST_CASE("reconciled: more steps than can be counted are a fault that names the asset") {
    const account a{.quantity = {1.0, 0.0}, .target = {0.5, 0.5}, .cash = 1e15, .step = {decimal_step{1, -18}}, .price = {1.0, 1e-9}};
    const decision d = a.propose();
    CHECK(d.outcome == outcome::rejected);
    CHECK(d.problem.code == fault_code::overflow);
    CHECK(d.problem.index == 1);
    CHECK(d.orders.empty());
}

TEST_CASE("reconciled: scratch that is too small is a fault") {
    const ballast_test::test_look l{{0.5, 0.5}, {0.4, 0.6}};
    limits lim;
    std::vector<double> share{0.4, 0.6};
    std::vector<std::uint8_t> move{1, 1};
    std::vector<rounding> round(2, rounding::toward_no_trade);
    std::vector<why> cause(2, why::full);
    solution s{.share = share, .move = move, .round = round, .cause = cause, .wealth = 100.0};
    sizing_scratch scratch;
    decision d;
    d.reserve(2, 2, 1);
    d.reset(2);
    const auto view = cost::zero{}.bind(l);
    const fault f = reconciled{}.size({l, lim}, view, s, scratch, d);
    CHECK(f.code == fault_code::not_prepared);
    CHECK(f.value == 2.0);
    scratch.prepare({.assets = 2});
    CHECK_FALSE(reconciled{}.size({l, lim}, view, s, scratch, d));
    CHECK(d.orders.size() == 2);
}

TEST_CASE("reconciled: a bad collar is refused with parameter, value and range") {
    for (const double bad : {-0.01, 1.0, std::numeric_limits<double>::quiet_NaN()}) {
        const configuration_fault f = reconciled{.collar = bad}.validate();
        REQUIRE(f);
        CHECK(std::string{f.parameter} == "reconciled.collar");
        CHECK_THROWS_AS((rebalancer{at_once, cost::zero{}, solver::to_target{}, reconciled{.collar = bad}}), invalid_configuration);
    }
    CHECK_FALSE(reconciled{}.validate());
    CHECK_FALSE(reconciled{.collar = 0.99}.validate());
}

// ---- leverage, net leverage, margin ------------------------------------------------------------------------------------------------------

namespace {
/// Prices of 1, a value of 100 unless said otherwise, shorts allowed.
struct exposed {
    std::vector<double> quantity{};
    std::vector<double> target{};
    std::vector<double> step{};
    mandate rules{.allow_short = true};
    instruments venue{};
    double rate = 0.0;

    [[nodiscard]] decision propose() const {
        const std::size_t n = quantity.size();
        const std::vector<double> price(n, 1.0);
        double cash = 100.0;
        for (const double q : quantity) cash -= q;
        std::vector<decimal_step> steps;
        for (const double s : step) steps.emplace_back(s);
        inputs in{
            .market = {.price = price}, .account = {.cash = cash, .quantity = quantity}, .target = target, .instruments = venue.view()};
        in.instruments.step = steps;
        const rebalancer r{at_once, cost::proportional{.rate = rate}, solver::to_target{}, rules};
        const decision d = propose_once(r, in);
        if (d.orders.empty()) return d;
        // Whatever was reduced or cut, the next call finds nothing.
        holdings h{.cash = cash, .quantity = quantity};
        CHECK_FALSE(apply(h, d));
        in.account = h.view();
        CHECK(propose_once(r, in).orders.empty());
        return d;
    }
};
}  // namespace

// 10 are to be sold in steps of 6, 2 more to be sold short: 54 and −50 would be more than 100.
TEST_CASE("reconciled: a position that rounding leaves above its target goes down to the nearest step where leverage asks for it") {
    const exposed b{.quantity = {60.0, -48.0}, .target = {0.5, -0.5}, .step = {6.0, 1.0}};
    const decision d = b.propose();
    CHECK(ordered(d, 0) == -12.0);
    CHECK(ordered(d, 1) == -2.0);
    CHECK(d.reason_of(0).code == why::exposure_reduced);
    CHECK(d.reason_of(1).code == why::full);
    CHECK_FALSE(d.more_to_do());
    // With leverage for it nothing else is done than rounding toward no trade.
    exposed more = b;
    more.rules.leverage = 1.04;
    CHECK(ordered(more.propose(), 0) == -6.0);
    CHECK(more.propose().reason_of(0).code == why::cut_to_step);
    more.rules.leverage = std::nextafter(1.04, 1.0) - 1e-12;
    CHECK(ordered(more.propose(), 0) == -12.0);
}

// In steps of 7 the nearest to 50 is 53. Of the 2 that are to be sold short none are left, then, and still 1 is too much: one step more is sold,
// after which there is room for the 2.
TEST_CASE("reconciled: trades that add are cut before a position goes beyond its target, and have what that leaves over") {
    const exposed b{.quantity = {60.0, -48.0}, .target = {0.5, -0.5}, .step = {7.0, 1.0}};
    const decision d = b.propose();
    CHECK(ordered(d, 0) == -14.0);
    CHECK(ordered(d, 1) == -2.0);
    CHECK(d.reason_of(0).code == why::exposure_reduced);
    // 46 are to be held, and 3 of 6 more fit beside 53.
    const exposed cut{.quantity = {60.0, -41.0}, .target = {0.5, -0.5}, .step = {7.0, 1.0}};
    const decision c = cut.propose();
    CHECK(ordered(c, 0) == -7.0);
    CHECK(ordered(c, 1) == -6.0);
    CHECK(c.reason_of(1).code == why::cut_by_exposure);
    CHECK(c.reason_of(1).missing() == Approx(-3.0));
}

TEST_CASE("reconciled: leverage holds for the value after costs") {
    // 1 % of 100 sold: 1 is gone, 99 are left, and with them 49.5 on each side.
    const exposed b{.quantity = {100.0, -100.0}, .target = {0.5, -0.5}, .step = {1.0, 1.0}, .rate = 0.01};
    const decision d = b.propose();
    double gross = 0.0;
    for (const double w : d.weight_after()) gross += std::fabs(w);
    CHECK(d.cost > 1.0);
    CHECK(gross <= 1.0 + 1e-12);
    CHECK(ordered(d, 0) == -51.0);
    CHECK(ordered(d, 1) == 51.0);
}

TEST_CASE("reconciled: where leverage is out of reach nothing is added, and who would have to be smaller says so") {
    const exposed kept{.quantity = {-90.0, 30.0, 0.0},
                       .target = {-0.5, 0.3, 0.2},
                       .step = {1.0, 1.0, 1.0},
                       .venue = {.restriction = {restriction::frozen, restriction::none, restriction::none}}};
    const decision d = kept.propose();
    CHECK(d.orders.empty());
    CHECK(d.reason_of(0).code == why::frozen_by_host);
    CHECK(d.reason_of(2).code == why::exposure_full);
    CHECK(d.weight_after()[0] == Approx(-0.9));
    const exposed small{.quantity = {60.0, -50.0}, .target = {0.5, -0.5}, .step = {1.0, 1.0}, .venue = {.min_notional = {20.0}}};
    CHECK(small.propose().orders.empty());
    CHECK(small.propose().reason_of(0).code == why::exposure_stays);
}

TEST_CASE("reconciled: the net leverage holds on both sides") {
    for (const double side : {1.0, -1.0}) {
        // 60 − 40 would be 20; in steps of 10 and 1 it is 69 − 40.
        exposed b{.quantity = {79.0 * side, -40.0 * side}, .target = {0.6 * side, -0.4 * side}, .step = {10.0, 1.0}};
        b.rules.leverage = 2.0;
        CHECK(ordered(b.propose(), 0) == -10.0 * side);
        b.rules.net_leverage = 0.2;
        const decision d = b.propose();
        CAPTURE(side);
        CHECK(ordered(d, 0) == -20.0 * side);
        CHECK(d.reason_of(0).code == why::exposure_reduced);
        b.rules.net_leverage = 0.3;
        CHECK(ordered(b.propose(), 0) == -10.0 * side);
    }
}

TEST_CASE("reconciled: initial margin is kept, each side with its own rate") {
    for (const bool turned : {false, true}) {
        const double side = turned ? -1.0 : 1.0;
        // 15 of 100 are to go, in steps of 8: beside 70 on the other side, 84 need a margin of 98, and 92 would need 102.
        exposed b{.quantity = {100.0 * side, -70.0 * side}, .target = {0.85 * side, -0.7 * side}, .step = {8.0, 1.0}};
        b.rules.leverage = 3.0;
        CAPTURE(turned);
        CHECK(ordered(b.propose(), 0) == -8.0 * side);
        (turned ? b.venue.margin_short : b.venue.margin_long) = {0.5, 9.0};
        (turned ? b.venue.margin_long : b.venue.margin_short) = {9.0, 0.8};
        const decision d = b.propose();
        CHECK(ordered(d, 0) == -16.0 * side);
        CHECK(d.reason_of(0).code == why::exposure_reduced);
        (turned ? b.venue.margin_short : b.venue.margin_long)[0] = 0.47;  // 92 need 99.24
        CHECK(ordered(b.propose(), 0) == -8.0 * side);
    }
}

TEST_CASE("reconciled: targets that need more margin than there is are refused, and so are those beyond the net leverage") {
    exposed b{.quantity = {0.0, 0.0}, .target = {0.8, -0.4}, .step = {1.0, 1.0}};
    b.rules.leverage = 2.0;
    b.venue.margin_long = {1.0};
    b.venue.margin_short = {0.5};
    CHECK(b.propose().outcome == outcome::trade);
    b.venue.margin_short = {0.51};
    const decision d = b.propose();
    CHECK(d.outcome == outcome::rejected);
    CHECK(d.problem.code == fault_code::over_margin);
    CHECK(d.problem.value == Approx(0.8 + 0.51 * 0.4));
    CHECK(d.orders.empty());
    b.venue = {};
    b.rules.net_leverage = 0.4;
    CHECK(b.propose().outcome == outcome::trade);
    b.target = {0.3, -0.8};
    CHECK(b.propose().problem.code == fault_code::over_net_leverage);
    CHECK(b.propose().problem.value == Approx(-0.5));
}

// ---- costs that jump ---------------------------------------------------------------------------------------------------------------------

TEST_CASE("reconciled: the largest order that can be paid for is found on the near side of a jump in its cost") {
    const account a{.quantity = {0.0}, .target = {1.0}, .cash = 101.5, .step = {decimal_step{1, -2}}};
    // 1 %, in whole units of money: 100 cost 1, anything more costs 2, and 99.5 with that.
    const decision fee = a.propose(cost::rounded{cost::proportional{.rate = 0.01}, decimal_step{1, 0}});
    CHECK(ordered(fee, 0) == 100.0);
    CHECK(fee.cash_after == 0.5);
    CHECK_FALSE(fee.more_to_do());
    // 1 % up to 100, 2 % of everything above; what is left buys a little more in an order of its own, and the decision says so.
    const decision tier = a.propose(cost::tiered{.tiers = {{100.0, 0.01}, {.rate = 0.02}}, .by = cost::tiering::whole});
    CHECK(ordered(tier, 0) == 100.0);
    CHECK(tier.more_to_do());
}
