// Fees that are not paid in the base currency, on books that can be reckoned by hand; over random books: tests/promises.
#include <ballast/sizing/reconciled.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"

#include <ballast/core/apply.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/rebate.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace ballast;
using test::propose_once;

namespace {

const auto at_once = trigger::every{.interval = {}};
const rebalancer one_percent{at_once, cost::proportional{.rate = 0.01}, solver::to_target{}};

struct book {
    std::vector<double> price{};
    holdings held{};
    std::vector<double> target{};
    instruments rules{};

    [[nodiscard]] inputs view() const {
        return {.market = {.price = price}, .account = held.view(), .target = target, .instruments = rules.view()};
    }
    template <class Rebalancer>
    [[nodiscard]] decision propose(const Rebalancer& r) const {
        return propose_once(r, view());
    }
    [[nodiscard]] decision propose() const { return propose(one_percent); }
};

double bought(const decision& d, std::uint32_t asset) {
    double sum = 0.0;
    for (const order& o : d.orders)
        if (o.asset == asset) sum += o.quantity;
    return sum;
}
double paid_in(const decision& d, std::uint32_t asset) {
    double sum = 0.0;
    for (const fee_payment& f : d.fees)
        if (f.asset == asset) sum += f.quantity;
    return sum;
}
std::size_t place_of(const decision& d, std::uint32_t asset) {
    for (std::size_t k = 0; k < d.orders.size(); ++k)
        if (d.orders[k].asset == asset) return k;
    return d.orders.size();
}

}  // namespace

TEST_CASE("fee assets: a buy whose fee is paid in kind spends all the cash on the order and brings less") {
    const book b{
        .price = {10.0}, .held = {.cash = 1000.0, .quantity = {0.0}}, .target = {1.0}, .rules = {.fee_asset = {.buy = {own_asset}}}};
    const decision d = b.propose();
    REQUIRE(d.orders.size() == 1);
    CHECK(d.orders[0].quantity == Approx(100.0).epsilon(1e-12));
    CHECK(d.orders[0].cost == Approx(10.0).epsilon(1e-12));
    CHECK(d.cash_after == Approx(0.0).margin(1e-9));
    REQUIRE(d.fees.size() == 1);
    CHECK(d.fees[0].order == 0);
    CHECK(d.fees[0].asset == 0);
    CHECK(d.fees[0].row == 0);
    CHECK(d.fees[0].quantity == Approx(1.0).epsilon(1e-12));
    CHECK(d.weight_after()[0] == Approx(1.0).epsilon(1e-12));
    holdings h = b.held;
    REQUIRE_FALSE(apply(h, d));
    CHECK(h.quantity[0] == Approx(99.0).epsilon(1e-12));
    CHECK(book{b.price, h, b.target, b.rules}.propose().orders.empty());
}

TEST_CASE("fee assets: in whole steps the order is whole, and what is received need not be") {
    book b{.price = {10.0, 7.0},
           .held = {.cash = 1000.0, .quantity = {0.0, 0.0}},
           .target = {0.5, 0.5},
           .rules = {.step = {decimal_step{1, 0}}, .fee_asset = {.buy = {own_asset}}, .fee_step = {decimal_step{1, -3}}}};
    const decision d = b.propose();
    // Both at W′ = 1000 − costs: 50 · 10 and 71 · 7 spend 997 and cost 9.97 (in thousandths: 0.500 and 0.710 units).
    CHECK(bought(d, 0) == 50.0);
    CHECK(bought(d, 1) == 71.0);
    CHECK(paid_in(d, 0) == 0.5);
    CHECK(paid_in(d, 1) == 0.71);
    CHECK(d.cash_after == Approx(3.0).epsilon(1e-13));
    REQUIRE_FALSE(apply(b.held, d));
    CHECK(b.held.quantity[0] == 49.5);
    CHECK(b.held.quantity[1] == 70.29);
    CHECK(b.propose().orders.empty());
    // Everything is sold again: the odd parts can not be sold, and are said to be less than a step.
    b.target = {0.0, 0.0};
    const decision out = b.propose();
    CHECK(bought(out, 0) == -49.0);
    CHECK(bought(out, 1) == -70.0);
    CHECK(out.fees.empty());  // sales pay in cash
    CHECK(out.reason_of(0).code == why::cut_to_step);
    CHECK(out.reason_of(0).missing() == Approx(-5.0));
}

TEST_CASE("fee assets: a sale whose fee is paid in kind leaves enough to pay it") {
    book b{.price = {10.0},
           .held = {.cash = 0.0, .quantity = {101.0}},
           .target = {0.0},
           .rules = {.step = {decimal_step{1, 0}}, .fee_asset = {.sell = {own_asset}}}};
    const decision d = b.propose();
    CHECK(bought(d, 0) == -100.0);
    CHECK(paid_in(d, 0) == Approx(1.0).epsilon(1e-12));
    CHECK(d.cash_after == 1000.0);
    REQUIRE_FALSE(apply(b.held, d));
    CHECK(b.held.quantity[0] == 0.0);
    CHECK(b.held.cash == 1000.0);
    b.held.quantity[0] = 100.0;  // 100 and their fee are not there
    CHECK(bought(b.propose(), 0) == -99.0);
}

TEST_CASE("fee assets: holdings in steps pay whole steps, rounded up") {
    const book b{.price = {10.0},
                 .held = {.cash = 100.0, .quantity = {0.0}, .steps = {0}},
                 .target = {1.0},
                 .rules = {.step = {decimal_step{1, -2}}, .fee_asset = {.buy = {own_asset}}, .fee_step = {decimal_step{1, -8}}}};
    const decision d = b.propose(rebalancer{at_once, cost::proportional{.rate = 0.001}, solver::to_target{}});
    REQUIRE(d.orders.size() == 1);
    CHECK(d.orders[0].steps == 1000);
    REQUIRE(d.fees.size() == 1);
    CHECK(d.fees[0].steps == 1);
    CHECK(d.fees[0].step == decimal_step{1, -2});
    holdings h = b.held;
    REQUIRE_FALSE(apply(h, d));
    CHECK(h.steps[0] == 999);
    CHECK(h.quantity[0] == 9.99);
}

TEST_CASE("fee assets: fees in a third asset are taken from it, and it is brought to its share besides") {
    // The coin is asset 2, at its target before. 1% of 1000 sold and 1000 bought: 20 of base currency in coins.
    book b{.price = {10.0, 20.0, 4.0},
           .held = {.cash = 0.0, .quantity = {200.0, 0.0, 500.0}},
           .target = {0.25, 0.25, 0.5},
           .rules = {.fee_asset = {.buy = {2}, .sell = {2}}}};
    const decision d = b.propose();
    double in_coins = 0.0;
    for (const order& o : d.orders) in_coins += o.cost / 4.0;
    CHECK(paid_in(d, 2) == Approx(in_coins).epsilon(1e-13));
    CHECK(d.cash_after == Approx(0.0).margin(1e-9));
    const double wealth = d.value - d.cost;
    REQUIRE_FALSE(apply(b.held, d));
    CHECK(b.held.quantity[0] * 10.0 == Approx(0.25 * wealth).epsilon(1e-12));
    CHECK(b.held.quantity[1] * 20.0 == Approx(0.25 * wealth).epsilon(1e-12));
    CHECK(b.held.quantity[2] * 4.0 == Approx(0.5 * wealth).epsilon(1e-12));
    CHECK(d.reason_of(2).code == why::fees_covered);
    CHECK(b.propose().orders.empty());
}

TEST_CASE("fee assets: a coin without a target is bought as far as fees need it, first and with its reason") {
    book b{.price = {10.0, 20.0, 4.0},
           .held = {.cash = 1000.0, .quantity = {0.0, 0.0, 0.0}},
           .target = {0.5, 0.5, 0.0},
           .rules = {.step = {decimal_step{1, 0}, decimal_step{1, 0}, decimal_step{1, -2}}, .fee_asset = {.buy = {2, 2, no_index}}}};
    const decision d = b.propose();
    REQUIRE(d.orders.size() == 3);
    CHECK(place_of(d, 2) == 0);
    CHECK(d.reason_of(2).code == why::fees_covered);
    const double due = paid_in(d, 2);
    CHECK(due > 0.0);
    CHECK(bought(d, 2) >= due * (1.0 - 1e-14));
    CHECK(bought(d, 2) < due + 0.02);
    CHECK(d.cash_after >= 0.0);
    REQUIRE_FALSE(apply(b.held, d));
    CHECK(b.held.quantity[2] >= 0.0);
    CHECK(b.held.quantity[2] < 0.02);
    const decision again = b.propose();
    CHECK(again.orders.empty());
}

TEST_CASE("fee assets: what is kept for fees is not sold, though nothing of it is wanted") {
    book b{.price = {10.0, 20.0, 4.0},
           .held = {.cash = 0.0, .quantity = {100.0, 0.0, 25.0}},
           .target = {0.5, 0.5, 0.0},
           .rules = {.fee_asset = {.buy = {2}, .sell = {2}}}};
    const decision d = b.propose();
    // The coin's own sale pays in kind, the others' fees come out of what is left; in the end nothing is.
    REQUIRE_FALSE(apply(b.held, d));
    CHECK(b.held.quantity[2] >= 0.0);
    CHECK(b.held.quantity[2] == Approx(0.0).margin(1e-9));
    CHECK(d.cash_after == Approx(0.0).margin(1e-8));
}

TEST_CASE("fee assets: coins that the sales need are bought before them where the cash at hand pays for them") {
    book b{.price = {10.0, 20.0, 4.0},
           .held = {.cash = 100.0, .quantity = {100.0, 0.0, 0.0}},
           .target = {0.4, 0.6, 0.0},
           .rules = {.step = {decimal_step{1, 0}, decimal_step{1, 0}, decimal_step{1, -1}},
                     .fee_asset = {.buy = {2, 2, no_index}, .sell = {2, 2, no_index}}}};
    const decision d = b.propose();
    REQUIRE(d.orders.size() == 3);
    CHECK(place_of(d, 2) == 0);
    CHECK(place_of(d, 0) == 1);
    REQUIRE_FALSE(apply(b.held, d));
    CHECK(b.held.quantity[2] >= 0.0);
    CHECK(b.propose().orders.empty());
}

TEST_CASE("fee assets: without coins and without cash to buy them less is traded, and it is told that the next call goes on") {
    book b{.price = {10.0, 20.0, 4.0},
           .held = {.cash = 0.0, .quantity = {100.0, 0.0, 0.5}},
           .target = {0.5, 0.5, 0.0},
           .rules = {.step = {decimal_step{1, -2}}, .fee_asset = {.buy = {2, 2, no_index}, .sell = {2, 2, no_index}}}};
    // Half a coin is worth 2: it pays for a sale of 200, not of 500.
    const decision d = b.propose();
    CHECK(bought(d, 0) == Approx(-20.0).margin(0.011));
    CHECK(d.reason_of(0).code == why::cut_by_fee_asset);
    CHECK(d.more_to_do());
    for (int call = 0; call < 3; ++call) REQUIRE_FALSE(apply(b.held, b.propose()));
    const decision end = b.propose();
    CHECK(end.orders.empty());
    CHECK(end.weight_before()[0] == Approx(0.5).margin(1e-3));
    // Nothing at all is there: nothing can be sold, and it is told why.
    b.held = {.cash = 0.0, .quantity = {100.0, 0.0, 0.0}};
    const decision stuck = b.propose();
    CHECK(stuck.orders.empty());
    CHECK(stuck.reason_of(0).code == why::no_fee_asset);
}

TEST_CASE("fee assets: rebates are paid out in the asset, and nothing is paid where there is no fee") {
    book b{.price = {10.0}, .held = {.cash = 1000.0, .quantity = {0.0}}, .target = {0.5}, .rules = {.fee_asset = {.buy = {own_asset}}}};
    const decision paid = b.propose(rebalancer{at_once, cost::rebate{cost::proportional{.rate = 0.01}}, solver::to_target{}});
    // x is ordered and 1.01 x received; of the wealth 1000 + 0.01 x half is wanted: x = 500 / 1.005.
    REQUIRE(paid.fees.size() == 1);
    CHECK(bought(paid, 0) == Approx(50.0 / 1.005).epsilon(1e-12));
    CHECK(paid.fees[0].quantity == Approx(-0.5 / 1.005).epsilon(1e-12));
    REQUIRE_FALSE(apply(b.held, paid));
    CHECK(b.held.quantity[0] == Approx(50.5 / 1.005).epsilon(1e-12));
    CHECK(b.propose(rebalancer{at_once, cost::rebate{cost::proportional{.rate = 0.01}}, solver::to_target{}}).orders.empty());
    b.held = {.cash = 1000.0, .quantity = {0.0}};
    const decision free = b.propose(rebalancer{at_once, cost::zero{}, solver::to_target{}});
    CHECK(free.fees.empty());
    CHECK(bought(free, 0) == 50.0);
}

TEST_CASE("fee assets: a fixed fee in kind") {
    const book b{
        .price = {10.0}, .held = {.cash = 1000.0, .quantity = {0.0}}, .target = {1.0}, .rules = {.fee_asset = {.buy = {own_asset}}}};
    const decision d = b.propose(rebalancer{at_once, cost::fixed{.amount = 20.0}, solver::to_target{}});
    CHECK(bought(d, 0) == Approx(100.0).epsilon(1e-12));
    CHECK(paid_in(d, 0) == Approx(2.0).epsilon(1e-12));
}

TEST_CASE("fee assets: fills tell what they paid in the asset") {
    book b{.price = {10.0}, .held = {.cash = 1000.0, .quantity = {0.0}}, .target = {1.0}, .rules = {.fee_asset = {.buy = {own_asset}}}};
    const decision d = b.propose();
    const std::vector<fill> fills{{.order = 0, .quantity = 50.0, .price = 10.0, .fee_quantity = 0.5}};
    REQUIRE_FALSE(apply(b.held, d, fills));
    CHECK(b.held.quantity[0] == 49.5);
    CHECK(b.held.cash == 500.0);
    const std::vector<fill> wrong{{.order = 0, .quantity = 50.0, .price = 10.0, .fee_quantity = std::numeric_limits<double>::quiet_NaN()}};
    CHECK(apply(b.held, d, wrong).code == fault_code::bad_fill);
    b.rules = {};
    const decision plain = b.propose();
    CHECK(apply(b.held, plain, fills).code == fault_code::bad_fill);
}

TEST_CASE("fee assets: an index that is none is refused") {
    book b{.price = {10.0}, .held = {.cash = 1000.0, .quantity = {0.0}}, .target = {1.0}, .rules = {.fee_asset = {.buy = {1}}}};
    const decision d = b.propose();
    CHECK(d.outcome == outcome::rejected);
    CHECK(d.problem.code == fault_code::bad_fee_asset);
    CHECK(d.problem.value == 1.0);
    b.rules.fee_asset = {.sell = {0, 0}};
    CHECK(b.propose().problem.code == fault_code::size_mismatch);
}

// Amounts of money beside fees in assets: what an order takes is whole cents.
TEST_CASE("money step: what orders take from the cash is whole cents, against the account") {
    const rebalancer in_cents{at_once, cost::proportional{.rate = 0.001}, solver::to_target{}, mandate{.money_step = 0.01}};
    book b{.price = {33.335, 7.007},
           .held = {.cash = 1000.07, .quantity = {0.0, 100.0}},
           .target = {0.6, 0.2},
           .rules = {.step = {decimal_step{1, 0}}}};
    const decision d = b.propose(in_cents);
    // Sales of 51 bring 357.357 less 0.357357, down to 356.99 of 356.999643; buys of 30 take 1000.05 and 1.00005, up to 1001.06.
    REQUIRE(d.orders.size() == 2);
    CHECK(d.orders[0].quantity == -51.0);
    CHECK(d.orders[0].notional + d.orders[0].cost == Approx(-356.99).epsilon(1e-14));
    CHECK(d.orders[1].quantity == 30.0);
    CHECK(d.orders[1].notional + d.orders[1].cost == Approx(1001.06).epsilon(1e-14));
    CHECK(d.cash_after == 356.00);
    REQUIRE_FALSE(apply(b.held, d));
    CHECK(b.held.cash == 356.00);
    CHECK(b.propose(in_cents).orders.empty());
    CHECK(std::string{mandate{.money_step = -1.0}.validate().parameter} == "mandate.money_step");
}
