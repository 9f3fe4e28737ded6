#include <ballast/rebalancer/detail/open_orders.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"

#include <ballast/core/apply.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include <cstdint>
#include <limits>
#include <vector>

// What is on its way or still to come, on books that can be reckoned by hand; over random books: tests/promises/to_come.test.cpp.

using namespace ballast;
using sizing::reconciled;
using sizing::shortfall_rule;
using test::propose_once;

namespace {

const auto at_once = trigger::every{.interval = {}};

/// Prices of 10 and whole units unless said otherwise.
struct book {
    std::vector<double> quantity{};
    std::vector<double> target{};
    double cash = 0.0;
    std::vector<open_order> open{};
    double unsettled = 0.0;
    double flow = 0.0;
    mandate rules{};
    reconciled sizing{};
    std::vector<decimal_step> step{decimal_step{1, 0}};
    std::vector<double> price = std::vector<double>(target.size(), 10.0);
    std::vector<std::uint32_t> asset_of_row{};

    [[nodiscard]] decision propose() const {
        const inputs in{
            .market = {.price = price},
            .account =
                {.cash = cash, .quantity = quantity, .unsettled = unsettled, .flow = flow, .open = open, .asset_of_row = asset_of_row},
            .target = target,
            .instruments = {.step = step}};
        const rebalancer r{at_once, cost::zero{}, solver::to_target{}, rules, sizing};
        return propose_once(r, in, {.assets = price.size(), .rows = quantity.size(), .open = open.size()});
    }
};

double ordered(const decision& d, std::uint32_t asset) {
    double sum = 0.0;
    for (const order& o : d.orders)
        if (o.asset == asset) sum += o.quantity;
    return sum;
}

why cause_of(const decision& d, std::uint32_t asset) { return d.reason_of(asset).code; }
using cancels = std::vector<std::uint32_t>;

}  // namespace

// ---- open orders ------------------------------------------------------------------------------------------------------------------------

TEST_CASE("open orders: only what they do not do already is ordered") {
    // 50 of 1000 wanted; 20 are held, 20 on their way.
    book b{.quantity = {20.0}, .target = {0.5}, .cash = 800.0, .open = {{.asset = 0, .quantity = 20.0}}};
    CHECK(ordered(b.propose(), 0) == 10.0);
    CHECK(b.propose().cancels.empty());
    CHECK(b.propose().weight_before()[0] == 0.4);
    CHECK(b.propose().cash == 800.0);
    CHECK(b.propose().cash_after == 700.0);
    b.open[0].quantity = 30.0;
    CHECK(b.propose().orders.empty());
    CHECK(b.propose().outcome == outcome::hold);
    b = {.quantity = {80.0}, .target = {0.5}, .cash = 200.0, .open = {{.asset = 0, .quantity = -20.0}}};
    CHECK(ordered(b.propose(), 0) == -10.0);
}

TEST_CASE("open orders: one that is in the way is cancelled, and nothing is sent against it") {
    book b{.quantity = {0.0}, .target = {0.5}, .cash = 1000.0, .open = {{.asset = 0, .quantity = 90.0}}};
    decision d = b.propose();
    CHECK(d.orders.empty());
    CHECK(d.cancels.empty());  // 50 too few without it, 40 too many with it
    CHECK(cause_of(d, 0) == why::open_order);
    b.target = {0.1};  // 80 too many with it, 10 too few without
    d = b.propose();
    CHECK(d.outcome == outcome::trade);
    CHECK(d.orders.empty());
    CHECK(d.cancels == cancels{0});
    CHECK(d.more_to_do());
    CHECK(d.cash_after == d.cash);
    b.open.clear();  // cancelled: now the rest is ordered
    d = b.propose();
    CHECK(ordered(d, 0) == 10.0);
    CHECK_FALSE(d.more_to_do());
}

TEST_CASE("open orders: the newest are cancelled first, and those that help stay") {
    book b{.quantity = {0.0},
           .target = {0.2},
           .cash = 1000.0,
           .open = {{.asset = 0, .quantity = 20.0}, {.asset = 0, .quantity = 15.0}, {.asset = 0, .quantity = 25.0}}};
    const decision d = b.propose();
    CHECK(d.cancels == cancels{1, 2});
    CHECK(d.orders.empty());
    CHECK(d.reason_of(0).more_to_do() == false);  // 20 are left, as wanted
    b.open = {{.asset = 0, .quantity = -5.0}, {.asset = 0, .quantity = 5.0}};
    b.quantity = {20.0};
    b.cash = 800.0;
    CHECK(b.propose().cancels.empty());  // they make up for each other
}

TEST_CASE("open orders: cash that they may take is not spent twice, and what sales have still to bring is not spent") {
    // All 1000 are wanted in the two assets; the open buy may take 22 x 10.5 of 500.
    const book b{
        .quantity = {0.0, 50.0}, .target = {0.5, 0.5}, .cash = 500.0, .open = {{.asset = 0, .quantity = 22.0, .limit_price = 10.5}}};
    const decision d = b.propose();
    CHECK(ordered(d, 0) == 26.0);  // 269 are left
    CHECK(cause_of(d, 0) == why::cut_by_settlement);
    // The open sale brings 200, but not yet.
    const book s{.quantity = {70.0, 20.0}, .target = {0.5, 0.5}, .cash = 100.0, .open = {{.asset = 0, .quantity = -20.0}}};
    const decision e = s.propose();
    CHECK(e.weight_before()[0] == 0.5);
    CHECK(ordered(e, 1) == 10.0);
    CHECK(cause_of(e, 1) == why::cut_by_settlement);
    CHECK(e.more_to_do());
}

TEST_CASE("open orders: by row, and for an asset that has no row yet") {
    book b{.quantity = {20.0, 10.0},
           .target = {0.5, 0.5},
           .cash = 700.0,
           .open = {{.asset = 0, .row = 1, .quantity = 5.0}, {.asset = 1, .quantity = 30.0}},
           .asset_of_row = {0, 0}};
    const decision d = b.propose();
    CHECK(d.weight_before()[0] == 0.35);
    CHECK(d.weight_before()[1] == 0.3);
    CHECK(ordered(d, 0) == 15.0);
    CHECK(ordered(d, 1) == 20.0);
}

TEST_CASE("open orders: those that do not fit the account are a fault") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto bad = [](const open_order& o, const book& of) {
        book b = of;
        b.open = {{.asset = 0, .quantity = 1.0}, o};
        const decision d = b.propose();
        CHECK(d.problem.code == fault_code::bad_open_order);
        CHECK(d.problem.index == 1);
        CHECK(d.outcome == outcome::rejected);
    };
    const book plain{.quantity = {20.0, 10.0}, .target = {0.5, 0.5}, .cash = 700.0};
    book mapped = plain;
    mapped.asset_of_row = {0, 0};
    bad({.asset = 2, .quantity = 1.0}, plain);
    bad({.asset = 0, .row = 1, .quantity = 1.0}, plain);
    bad({.asset = 0, .quantity = nan}, plain);
    bad({.asset = 0, .quantity = 1.0, .limit_price = -1.0}, plain);
    bad({.asset = 0, .quantity = 1.0, .cost = nan}, plain);
    bad({.asset = 1, .quantity = -11.0}, plain);  // more than is held
    mapped.open = {};
    book with_row = mapped;
    with_row.open = {{.asset = 0, .row = 0, .quantity = 1.0}, {.asset = 1, .quantity = -1.0}};
    CHECK(with_row.propose().problem.code == fault_code::bad_open_order);
    with_row.open[1] = {.asset = 1, .row = 0, .quantity = 1.0};
    CHECK(with_row.propose().problem.index == 1);
    const std::vector<double> weight{0.5}, price{1.0}, target{0.5};
    const std::vector<open_order> open{{.asset = 0, .quantity = 1.0}};
    const rebalancer r{at_once, cost::zero{}, solver::to_target{}};
    const inputs in{.market = {.price = price}, .account = {.weight = weight, .value = 10.0, .open = open}, .target = target};
    CHECK(propose_once(r, in).problem.code == fault_code::bad_open_order);
    const decision more = propose_once(r,
                                       {.market = {.price = price},
                                        .account = {.cash = 1.0, .quantity = weight, .open = std::vector<open_order>(3, open[0])},
                                        .target = target},
                                       {.assets = 1, .open = 2});
    CHECK(more.problem.code == fault_code::not_prepared);
    CHECK(more.problem.value == 3.0);
}

// ---- cash -------------------------------------------------------------------------------------------------------------------------------

TEST_CASE("settlement: buys are paid with what has settled where the mandate asks for it") {
    book b{.quantity = {60.0, 10.0}, .target = {0.4, 0.6}, .cash = 300.0, .unsettled = 100.0};
    CHECK(ordered(b.propose(), 1) == 50.0);  // at once: the sale's 200, and all of the cash
    b.rules.proceeds = proceeds::when_settled;
    const decision d = b.propose();
    CHECK(ordered(d, 0) == -20.0);
    CHECK(ordered(d, 1) == 20.0);  // 200 have settled
    CHECK(cause_of(d, 1) == why::cut_by_settlement);
    CHECK(d.more_to_do());
    CHECK(d.reason_of(1).missing() == Approx(300.0));
    b.unsettled = 300.0;
    const decision none = b.propose();
    CHECK(ordered(none, 1) == 0.0);
    CHECK(cause_of(none, 1) == why::not_settled);
    for (const double bad : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
        b.unsettled = bad;
        CHECK(b.propose().problem.code == fault_code::bad_flow);
    }
}

TEST_CASE("settlement: who gets the cash where it does not reach is a rule") {
    // Nothing can be sold; wishes of 300 and 100 units, cash for 100.
    book b{.quantity = {700.0, 0.0, 0.0}, .target = {0.0, 0.6, 0.2}, .cash = 1000.0};
    b.step = {decimal_step{1, 0}};
    b.price = {10.0, 10.0, 10.0};
    b.rules.proceeds = proceeds::when_settled;
    decision d = b.propose();
    CHECK(ordered(d, 1) == 75.0);
    CHECK(ordered(d, 2) == 25.0);
    b.sizing.shortfall = shortfall_rule::largest_drift;
    d = b.propose();
    CHECK(ordered(d, 1) == 100.0);
    CHECK(ordered(d, 2) == 0.0);
    b.cash = 6000.0;  // reaches for the first, and for a part of the other
    b.quantity = {100.0, 0.0, 0.0};
    b.target = {0.0, 0.6, 0.4};
    d = b.propose();
    CHECK(ordered(d, 1) == 420.0);
    CHECK(ordered(d, 2) == 180.0);
}

TEST_CASE("flows: what is paid in is invested, and paying it is booked") {
    const book b{.quantity = {50.0, 50.0}, .target = {0.5, 0.5}, .flow = 200.0};
    const decision d = b.propose();
    CHECK(d.value == 1200.0);
    CHECK(d.cash == 200.0);
    CHECK(d.flow == 200.0);
    CHECK(ordered(d, 0) == 10.0);
    CHECK(ordered(d, 1) == 10.0);
    CHECK(d.cash_after == 0.0);
    holdings h{.cash = 0.0, .quantity = {50.0, 50.0}};
    REQUIRE_FALSE(apply(h, d));
    CHECK(h.cash == 0.0);
    CHECK(h.quantity == std::vector<double>{60.0, 60.0});
}

TEST_CASE("flows: what is to be paid out is raised to the last step") {
    // 105 are to be paid out of two assets in steps of 10: 6 of one, 5 of the other.
    book b{.quantity = {50.0, 50.0}, .target = {0.5, 0.5}, .flow = -105.0};
    const decision d = b.propose();
    CHECK(d.value == 895.0);
    CHECK(ordered(d, 0) + ordered(d, 1) == -11.0);
    CHECK(d.cash_after == 5.0);
    CHECK(cause_of(d, 0) == why::cash_raised);
    CHECK_FALSE(d.more_to_do());
    b.flow = -4.0;  // less than a step
    CHECK(ordered(b.propose(), 0) + ordered(b.propose(), 1) == -1.0);
    b.cash = 4.0;
    CHECK(b.propose().orders.empty());
    b.flow = -1005.0;  // more than there is
    CHECK(b.propose().problem.code == fault_code::no_value);
    b.flow = std::numeric_limits<double>::infinity();
    CHECK(b.propose().problem.code == fault_code::bad_flow);
}

TEST_CASE("flows: an account that is overdrawn sells until it is not") {
    const book b{.quantity = {51.0, 50.0}, .target = {0.5, 0.5}, .cash = -7.0};
    const decision d = b.propose();
    CHECK(d.cash_after >= 0.0);
    CHECK(d.cash_after < 10.0);
    CHECK(ordered(d, 0) == -1.0);
}
