#include <ballast/core/instruments.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"

#include <ballast/core/apply.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/per_unit.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

// One rule after the other on books that can be reckoned by hand; all of them together, over random books: tests/promises.

using namespace ballast;
using test::propose_once;

static_assert(std::is_aggregate_v<instrument_view> && std::is_trivially_copyable_v<instrument_view> && std::is_aggregate_v<instruments>);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
const auto at_once = trigger::every{.interval = {}};
const rebalancer to_target{at_once, cost::zero{}, solver::to_target{}};
const rebalancer with_shorts{at_once, cost::zero{}, solver::to_target{}, mandate{.leverage = 4.0, .allow_short = true}};

/// A host's book at prices of 10 unless said otherwise.
struct book {
    std::vector<double> quantity{};
    std::vector<double> target{};
    double cash = 0.0;
    instruments rules{};
    std::vector<double> price = std::vector<double>(target.size(), 10.0);

    [[nodiscard]] inputs view() const {
        return {.market = {.price = price}, .account = {.cash = cash, .quantity = quantity}, .target = target, .instruments = rules.view()};
    }
    [[nodiscard]] decision propose() const { return propose_once(to_target, view()); }
    [[nodiscard]] decision propose_short() const { return propose_once(with_shorts, view()); }
};

double ordered(const decision& d, std::uint32_t asset) {
    double sum = 0.0;
    for (const order& o : d.orders)
        if (o.asset == asset) sum += o.quantity;
    return sum;
}

why cause_of(const decision& d, std::uint32_t asset) { return d.reason_of(asset).code; }

}  // namespace

TEST_CASE("instruments: the owned rules show all of themselves") {
    const instruments all{.step = {decimal_step{1, 0}},
                          .tick = {decimal_step{1, -2}},
                          .multiplier = {1.0, 2.0},
                          .min_notional = {1.0},
                          .max_notional = {2.0},
                          .min_quantity = {3.0},
                          .max_quantity = {4.0},
                          .buy = {.min_quantity = {5.0}, .max_quantity = {6.0}, .min_notional = {7.0}, .max_notional = {8.0}},
                          .sell = {.min_quantity = {9.0}, .max_quantity = {10.0}, .min_notional = {11.0}, .max_notional = {12.0}},
                          .min_position = {13.0},
                          .max_position = {14.0},
                          .max_short = {15.0},
                          .restriction = {restriction::no_buy},
                          .crossing = {zero_crossing::close_first},
                          .margin_long = {17.0},
                          .margin_short = {18.0},
                          .key = {16}};
    const instrument_view v = all.view();
    CHECK(v.step.data() == all.step.data());
    CHECK(v.tick.data() == all.tick.data());
    CHECK(v.multiplier.size() == 2);
    CHECK(v.min_notional[0] == 1.0);
    CHECK(v.max_notional[0] == 2.0);
    CHECK(v.min_quantity[0] == 3.0);
    CHECK(v.max_quantity[0] == 4.0);
    CHECK(v.buy.min_quantity[0] == 5.0);
    CHECK(v.buy.max_quantity[0] == 6.0);
    CHECK(v.buy.min_notional[0] == 7.0);
    CHECK(v.buy.max_notional[0] == 8.0);
    CHECK(v.sell.min_quantity[0] == 9.0);
    CHECK(v.sell.max_quantity[0] == 10.0);
    CHECK(v.sell.min_notional[0] == 11.0);
    CHECK(v.sell.max_notional[0] == 12.0);
    CHECK(v.min_position[0] == 13.0);
    CHECK(v.max_position[0] == 14.0);
    CHECK(v.max_short[0] == 15.0);
    CHECK(v.restriction[0] == restriction::no_buy);
    CHECK(v.crossing[0] == zero_crossing::close_first);
    CHECK(v.margin_long[0] == 17.0);
    CHECK(v.margin_short[0] == 18.0);
    CHECK(v.key[0] == 16);
    CHECK(order_size_view{}.empty());
    CHECK_FALSE(v.buy.empty());
}

TEST_CASE("instruments: every restriction has words") {
    CHECK(std::string{to_string(restriction::none)} == "none");
    CHECK(std::string{to_string(restriction::no_buy)} == "no buying");
    CHECK(std::string{to_string(restriction::no_sell)} == "no selling");
    CHECK(std::string{to_string(restriction::close_only)} == "close only");
    CHECK(std::string{to_string(restriction::frozen)} == "frozen");
    CHECK(std::string{to_string(static_cast<restriction>(77))} == "unknown");
    CHECK(std::string{to_string(zero_crossing::one_order)} == "one order");
    CHECK(std::string{to_string(zero_crossing::close_first)} == "close first");
    CHECK(std::string{to_string(static_cast<zero_crossing>(2))} == "unknown");
}

// ---- restrictions -----------------------------------------------------------------------------------------------------------------------

TEST_CASE("instruments: what may not be bought is sold all the same, and the other way round") {
    using enum restriction;
    const book b{.quantity = {50.0, 20.0, 30.0}, .target = {0.3, 0.3, 0.4}, .rules = {.restriction = {none, no_buy, none}}};
    const decision d = b.propose();
    CHECK(cause_of(d, 1) == why::no_buying);
    CHECK(ordered(d, 1) == 0.0);
    CHECK(d.reason_of(1).missing() == Approx(100.0));
    CHECK(ordered(d, 2) == Approx(10.0));
    // What the second asset can not take is not sold of the first: the book would be left in cash that nobody asked for.
    CHECK(ordered(d, 0) == Approx(-10.0));
    CHECK(cause_of(d, 0) == why::cut_for_balance);

    const book sell{.quantity = {20.0, 50.0, 30.0}, .target = {0.3, 0.3, 0.4}, .rules = {.restriction = {none, no_buy, none}}};
    CHECK(ordered(sell.propose(), 1) == Approx(-20.0));
    const book kept{.quantity = {50.0, 20.0}, .target = {0.4, 0.6}, .cash = 300.0, .rules = {.restriction = {no_sell, none}}};
    const decision k = kept.propose();
    CHECK(cause_of(k, 0) == why::no_selling);
    CHECK(ordered(k, 0) == 0.0);
}

TEST_CASE("instruments: a frozen asset stays as it is, whatever its side") {
    const book b{
        .quantity = {50.0, 20.0}, .target = {0.0, 1.0}, .cash = 300.0, .rules = {.restriction = {restriction::frozen, restriction::none}}};
    const decision d = b.propose();
    CHECK(cause_of(d, 0) == why::frozen_by_host);
    CHECK(ordered(d, 0) == 0.0);
    CHECK(ordered(d, 1) == Approx(30.0));
    const book all{.quantity = {50.0, 20.0}, .target = {0.0, 1.0}, .rules = {.restriction = {restriction::frozen}}};
    CHECK(all.propose().orders.empty());
}

TEST_CASE("instruments: close only makes a position smaller, down to nothing, and opens none") {
    const auto only = [](double held, double target) {
        return book{
            .quantity = {held}, .target = {target}, .cash = 1000.0 - 10.0 * held, .rules = {.restriction = {restriction::close_only}}};
    };
    CHECK(ordered(only(50.0, 0.2).propose_short(), 0) == Approx(-30.0));
    CHECK(only(50.0, 0.7).propose_short().orders.empty());
    CHECK(cause_of(only(50.0, 0.7).propose_short(), 0) == why::close_only);
    CHECK(only(0.0, 0.7).propose_short().orders.empty());
    CHECK(only(0.0, -0.7).propose_short().orders.empty());
    const decision turned = only(50.0, -0.2).propose_short();
    CHECK(ordered(turned, 0) == -50.0);  // exactly what is held
    CHECK(cause_of(turned, 0) == why::cut_to_close);
    CHECK_FALSE(turned.more_to_do());
    CHECK(ordered(only(-50.0, 0.2).propose_short(), 0) == 50.0);
    CHECK(ordered(only(-50.0, -0.2).propose_short(), 0) == Approx(30.0));
    CHECK(cause_of(only(-50.0, -0.9).propose_short(), 0) == why::close_only);
}

// ---- sizes of orders --------------------------------------------------------------------------------------------------------------------

TEST_CASE("instruments: an order below the minimum quantity is not sent, one of just as much is") {
    for (const double least : {30.0, std::nextafter(30.0, 31.0)}) {
        const book b{.quantity = {20.0}, .target = {0.5}, .cash = 800.0, .rules = {.min_quantity = {least}}};
        const decision d = b.propose();
        CAPTURE(least);
        CHECK(ordered(d, 0) == (least == 30.0 ? 30.0 : 0.0));
        if (least > 30.0) CHECK(cause_of(d, 0) == why::below_quantity);
    }
}

TEST_CASE("instruments: a minimum of one side leaves the other alone") {
    const book buying{.quantity = {20.0}, .target = {0.5}, .cash = 800.0};
    const book selling{.quantity = {80.0}, .target = {0.5}, .cash = 200.0};
    const auto with = [](book b, const order_sizes& buy, const order_sizes& sell) {
        b.rules.buy = buy;
        b.rules.sell = sell;
        return b.propose();
    };
    const order_sizes much{.min_notional = {301.0}};
    const order_sizes many{.min_quantity = {30.5}};
    for (const auto& [sizes, code] : {std::pair{much, why::below_minimum}, std::pair{many, why::below_quantity}}) {
        CHECK(with(buying, sizes, {}).orders.empty());
        CHECK(cause_of(with(buying, sizes, {}), 0) == code);
        CHECK(ordered(with(buying, {}, sizes), 0) == 30.0);
        CHECK(with(selling, {}, sizes).orders.empty());
        CHECK(cause_of(with(selling, {}, sizes), 0) == code);
        CHECK(ordered(with(selling, sizes, {}), 0) == -30.0);
    }
}

TEST_CASE("instruments: what is above the largest order is left to the next call") {
    const order_sizes half{.max_quantity = {15.0}};
    const order_sizes amount{.max_notional = {150.0}};
    for (const bool buys : {true, false})
        for (const int which : {0, 1, 2, 3}) {
            book b{
                .quantity = {buys ? 20.0 : 80.0}, .target = {0.5}, .cash = buys ? 800.0 : 200.0, .rules = {.step = {decimal_step{1, 0}}}};
            if (which == 0) b.rules.max_quantity = {15.0};
            if (which == 1) b.rules.max_notional = {150.0};
            if (which == 2) (buys ? b.rules.buy : b.rules.sell) = half;
            if (which == 3) (buys ? b.rules.buy : b.rules.sell) = amount;
            CAPTURE(buys, which);
            holdings h{.cash = b.cash, .quantity = b.quantity};
            decision d = b.propose();
            CHECK(ordered(d, 0) == (buys ? 15.0 : -15.0));
            CHECK(cause_of(d, 0) == why::cut_by_maximum);
            CHECK(d.more_to_do());
            REQUIRE_FALSE(apply(h, d));
            b.quantity = h.quantity;
            b.cash = h.cash;
            d = b.propose();
            CHECK(ordered(d, 0) == (buys ? 15.0 : -15.0));
            CHECK(cause_of(d, 0) == why::full);
            CHECK_FALSE(d.more_to_do());
        }
}

// QuantConnect Lean, OrderSizingTests (portfolio_cases.json, lean-max-order-value): a CL contract of 1000 barrels at 250 is worth 250,000. An
// order of at most 100,000 is none; one of at most a million is four.
TEST_CASE("instruments: the largest order of a contract counts its multiplier") {
    for (const auto& [most, contracts] : {std::pair{100'000.0, 0.0}, std::pair{1'000'000.0, 4.0}}) {
        const book b{.quantity = {0.0},
                     .target = {1.0},
                     .cash = 100 * 250'000.0,
                     .rules = {.step = {decimal_step{1, 0}}, .multiplier = {1000.0}, .max_notional = {most}},
                     .price = {250.0}};
        const decision d = b.propose();
        CAPTURE(most);
        CHECK(ordered(d, 0) == contracts);
        if (contracts == 0.0) CHECK_FALSE(d.more_to_do());  // the next call could not send one either
    }
}

// ---- positions --------------------------------------------------------------------------------------------------------------------------

TEST_CASE("instruments: a position is nothing or at least the smallest that may be held") {
    const auto change = [](double held, double target, double least) {
        return book{.quantity = {held}, .target = {target}, .cash = 1000.0 - 10.0 * held, .rules = {.min_position = {least}}}
            .propose_short();
    };
    CHECK(change(0.0, 0.1, 20.0).orders.empty());  // 10 units would be too few
    CHECK(cause_of(change(0.0, 0.1, 20.0), 0) == why::below_least);
    CHECK(ordered(change(0.0, 0.2, 20.0), 0) == Approx(20.0));
    const decision down = change(50.0, 0.1, 20.0);
    CHECK(ordered(down, 0) == Approx(-30.0));  // as far as the smallest
    CHECK(cause_of(down, 0) == why::cut_to_least);
    CHECK_FALSE(down.more_to_do());
    CHECK(ordered(change(50.0, 0.0, 20.0), 0) == -50.0);         // nothing may be held
    CHECK(change(10.0, 0.15, 20.0).orders.empty());              // below it already: it stays,
    CHECK(ordered(change(10.0, 0.0, 20.0), 0) == -10.0);         // goes,
    CHECK(ordered(change(10.0, 0.3, 20.0), 0) == Approx(20.0));  // or grows to enough
    CHECK(ordered(change(50.0, -0.1, 20.0), 0) == -50.0);        // too few for a short position: it is closed
    CHECK(cause_of(change(50.0, -0.1, 20.0), 0) == why::cut_to_least);
    CHECK(ordered(change(50.0, -0.2, 20.0), 0) == Approx(-70.0));
    CHECK(ordered(change(-50.0, -0.1, 20.0), 0) == Approx(30.0));
    CHECK(ordered(change(-50.0, 0.1, 20.0), 0) == 50.0);
}

TEST_CASE("instruments: nothing is added above the largest position, and nothing that is there has to go") {
    const auto change = [](double held, double target) {
        return book{.quantity = {held}, .target = {target}, .cash = 1000.0 - 10.0 * held, .rules = {.max_position = {30.0}}}
            .propose_short();
    };
    CHECK(ordered(change(10.0, 0.5), 0) == Approx(20.0));
    CHECK(cause_of(change(10.0, 0.5), 0) == why::cut_by_bounds);
    CHECK_FALSE(change(10.0, 0.5).more_to_do());
    CHECK(change(40.0, 0.5).orders.empty());
    CHECK(cause_of(change(40.0, 0.5), 0) == why::cut_by_bounds);
    CHECK(ordered(change(40.0, 0.35), 0) == Approx(-5.0));
    CHECK(ordered(change(-10.0, -0.5), 0) == Approx(-20.0));
}

TEST_CASE("instruments: no more is sold short than can be borrowed") {
    const auto change = [](double held, double target) {
        return book{.quantity = {held}, .target = {target}, .cash = 1000.0 - 10.0 * held, .rules = {.max_short = {30.0}}}.propose_short();
    };
    CHECK(ordered(change(0.0, -0.5), 0) == Approx(-30.0));
    CHECK(cause_of(change(0.0, -0.5), 0) == why::cut_by_borrow);
    CHECK(ordered(change(20.0, -0.5), 0) == Approx(-50.0));
    CHECK(change(-40.0, -0.5).orders.empty());
    CHECK(ordered(change(-10.0, 0.5), 0) == Approx(60.0));
}

// ---- through zero ----------------------------------------------------------------------------------------------------------------------

namespace {
/// One asset at 10 in an account of 1000, at a venue that takes no order through zero.
struct crossing_book {
    double held = 0.0;
    double target = 0.0;
    instruments rules{};
    double fee = 0.0;
    zero_crossing crossing = zero_crossing::close_first;

    [[nodiscard]] decision propose() const {
        book b{.quantity = {held}, .target = {target}, .cash = 1000.0 - 10.0 * held, .rules = rules};
        b.rules.crossing = {crossing};
        const rebalancer r{at_once, cost::fixed{.amount = fee}, solver::to_target{}, mandate{.leverage = 4.0, .allow_short = true}};
        return propose_once(r, b.view());
    }
};
}  // namespace

TEST_CASE("instruments: where no order may go through zero, one closes and the next opens the other side") {
    for (const double side : {1.0, -1.0}) {
        const decision d = crossing_book{.held = 20.0 * side, .target = -0.3 * side, .rules = {.step = {decimal_step{1, 0}}}}.propose();
        CAPTURE(side);
        REQUIRE(d.orders.size() == 2);
        CHECK(d.orders[0].quantity == -20.0 * side);
        CHECK((d.orders[0].steps == static_cast<int>(-20 * side)));
        CHECK(d.orders[1].quantity == -30.0 * side);
        CHECK((d.orders[1].steps == static_cast<int>(-30 * side)));
        CHECK(d.orders[0].row == d.orders[1].row);
        CHECK(d.reason_of(0).done == -500.0 * side);
        CHECK(d.weight_after()[0] == Approx(-0.3 * side));
        // As one order where the venue does not mind, and where nothing is turned around.
        const auto count = [&](double held, double target, zero_crossing c) {
            return crossing_book{.held = held * side, .target = target * side, .crossing = c}.propose().orders.size();
        };
        CHECK(count(20.0, -0.3, zero_crossing::one_order) == 1);
        CHECK(count(20.0, 0.0, zero_crossing::close_first) == 1);
        CHECK(count(20.0, 0.1, zero_crossing::close_first) == 1);
        CHECK(count(20.0, 0.3, zero_crossing::close_first) == 1);
        CHECK(count(0.0, -0.3, zero_crossing::close_first) == 1);
    }
}

TEST_CASE("instruments: each of two orders through zero pays its own fixed fee, and the wealth that is left knows of both") {
    const decision d = crossing_book{.held = 20.0, .target = -0.3, .fee = 5.0}.propose();
    REQUIRE(d.orders.size() == 2);
    CHECK(d.orders[0].cost == 5.0);
    CHECK(d.orders[1].cost == 5.0);
    CHECK(d.cost == 10.0);
    CHECK(d.orders[0].quantity == -20.0);
    CHECK(d.orders[1].quantity == Approx(-0.3 * 990.0 / 10.0).epsilon(1e-12));
    CHECK(d.cash_after == Approx(1000.0 - 10.0 + 297.0));
    CHECK_FALSE(d.more_to_do());
}

TEST_CASE("instruments: of two orders through zero the second is left out where it is too small, and both where the first is") {
    // 20 are held; 4 more are to be sold short, of which 5 make an order.
    const decision closed = crossing_book{.held = 20.0, .target = -0.04, .rules = {.min_quantity = {5.0}}}.propose();
    REQUIRE(closed.orders.size() == 1);
    CHECK(closed.orders[0].quantity == -20.0);
    CHECK(cause_of(closed, 0) == why::cut_at_zero);
    CHECK_FALSE(closed.more_to_do());
    CHECK(crossing_book{.held = 20.0, .target = -0.05, .rules = {.min_quantity = {5.0}}}.propose().orders.size() == 2);
    // 4 are held.
    const decision none = crossing_book{.held = 4.0, .target = -0.3, .rules = {.min_quantity = {5.0}}}.propose();
    CHECK(none.orders.empty());
    CHECK(cause_of(none, 0) == why::below_quantity);
    // An order that costs as much as it moves is none.
    const decision dear = crossing_book{.held = 20.0, .target = -0.004, .fee = 5.0}.propose();
    REQUIRE(dear.orders.size() == 1);
    CHECK(cause_of(dear, 0) == why::cut_at_zero);
    // What is held between two steps can not be closed, and so not be turned around.
    const decision between = crossing_book{.held = 20.5, .target = -0.3, .rules = {.step = {decimal_step{1, 0}}}}.propose();
    REQUIRE(between.orders.size() == 1);
    CHECK(between.orders[0].quantity == -20.0);
    CHECK(cause_of(between, 0) == why::cut_to_step);
}

TEST_CASE("instruments: two orders through zero are one trade to the largest order of a call and to the smallest position") {
    const decision most = crossing_book{.held = 20.0, .target = -0.3, .rules = {.max_quantity = {35.0}}}.propose();
    CHECK(ordered(most, 0) == Approx(-35.0));
    CHECK(most.orders.size() == 2);
    CHECK(cause_of(most, 0) == why::cut_by_maximum);
    CHECK(most.more_to_do());
    const decision least = crossing_book{.held = 20.0, .target = -0.1, .rules = {.min_position = {15.0}}}.propose();
    CHECK(ordered(least, 0) == -20.0);
    CHECK(cause_of(least, 0) == why::cut_to_least);
}

TEST_CASE("instruments: in several rows what is held of each is closed before the other side is opened") {
    const auto orders = [](const std::vector<double>& rows, double target) {
        holdings h{.cash = 1000.0, .quantity = rows, .asset_of_row = std::vector<std::uint32_t>(rows.size(), 0)};
        for (const double q : rows) h.cash -= 10.0 * q;
        const std::vector<double> price{10.0}, targets{target};
        const std::vector<zero_crossing> crossing{zero_crossing::close_first};
        const inputs in{.market = {.price = price}, .account = h.view(), .target = targets, .instruments = {.crossing = crossing}};
        std::vector<std::pair<std::uint32_t, double>> found;
        const decision d = propose_once(with_shorts, in);
        for (const order& o : d.orders) found.emplace_back(o.row, std::round(1e9 * o.quantity) / 1e9);
        REQUIRE_FALSE(apply(h, d));
        double left = 0.0;
        for (const double q : h.quantity) left += q;
        CHECK(left == Approx(100.0 * target));
        return found;
    };
    using list = std::vector<std::pair<std::uint32_t, double>>;
    CHECK(orders({5.0, 15.0}, -0.3) == list{{0, -5.0}, {1, -15.0}, {1, -30.0}});
    CHECK(orders({-5.0, -15.0}, 0.3) == list{{0, 5.0}, {1, 15.0}, {1, 30.0}});
    CHECK(orders({5.0, -15.0}, 0.3) == list{{1, 15.0}, {1, 25.0}});
    CHECK(orders({5.0, -15.0}, -0.3) == list{{0, -5.0}, {1, -15.0}});
    CHECK(orders({5.0, 15.0}, 0.3) == list{{0, 10.0}});
}

TEST_CASE("instruments: what is counted in steps is closed to the last of them before the other side is opened") {
    const int128 held = (static_cast<int128>(1) << 70) + 12'345;  // doubles are 2^18 apart there
    const std::vector<double> price{1e-18}, target{-0.5};
    const std::vector<decimal_step> step{decimal_step{1, 0}};
    const std::vector<zero_crossing> crossing{zero_crossing::close_first};
    const holdings h{.cash = 1000.0, .quantity = {0.0}, .steps = {held}};
    const inputs in{.market = {.price = price}, .account = h.view(), .target = target, .instruments = {.step = step, .crossing = crossing}};
    const decision d = propose_once(with_shorts, in);
    REQUIRE(d.orders.size() == 2);
    CHECK((d.orders[0].steps == -held));
    CHECK(d.orders[1].quantity < 0.0);
}

// ---- multipliers ------------------------------------------------------------------------------------------------------------------------

TEST_CASE("instruments: a multiplier makes values of prices; orders show the quote") {
    const rebalancer r{at_once, cost::per_unit{.amount = 2.0}, solver::to_target{}, sizing::reconciled{.collar = 0.01}};
    book b{.quantity = {1.0, 0.0},
           .target = {0.5, 0.5},
           .cash = 140'000.0,
           .rules = {.step = {decimal_step{1, 0}}, .tick = {decimal_step{25, -2}}, .multiplier = {50.0, 1.0}},
           .price = {400.0, 100.0}};
    const decision d = propose_once(r, b.view());
    CHECK(d.value == 160'000.0);
    REQUIRE(d.orders.size() == 2);
    const order& o = d.orders[0];
    CHECK(o.quantity == 0.0 + ordered(d, 0));
    CHECK(o.price == 400.0);
    CHECK(o.limit_price == 404.0);
    CHECK(o.multiplier == 50.0);
    CHECK(o.notional == o.quantity * 20'000.0);
    CHECK(o.cost == 2.0 * o.quantity);  // per contract
    CHECK(d.orders[1].multiplier == 1.0);
    holdings h{.cash = b.cash, .quantity = b.quantity};
    const std::vector<fill> filled{{.order = 0, .quantity = o.quantity, .price = 401.0, .cost = 2.5}};
    REQUIRE_FALSE(apply(h, d, filled));
    CHECK(h.cash == 140'000.0 - o.quantity * 401.0 * 50.0 - 2.5);
}

// ---- counted holdings -------------------------------------------------------------------------------------------------------------------

TEST_CASE("instruments: holdings counted in steps are sold to the last of them, whatever doubles can tell") {
    // 2.3 million tokens of 18 decimals: 2^81 steps, where neighbouring doubles are 2^28 steps apart.
    const int128 ten_to_9 = 1'000'000'000;
    const int128 held = (2'345'678 * ten_to_9 + 901'234'567) * ten_to_9 + 890'123'457;
    const std::vector<double> price{1.5, 2.0}, target{0.0, 1.0};
    const std::vector<decimal_step> step{decimal_step{1, -18}, decimal_step{1, -6}};
    for (const bool rows : {false, true}) {
        holdings h{.cash = 10.0, .quantity = {0.0, 0.0}, .steps = {held, 5'000'000}};
        if (rows) h = {.cash = 10.0, .quantity = {0.0, 0.0, 0.0}, .asset_of_row = {0, 1, 0}, .steps = {held - 3, 5'000'000, 3}};
        const inputs in{.market = {.price = price}, .account = h.view(), .target = target, .instruments = {.step = step}};
        const decision d = propose_once(to_target, in);
        int128 sold = 0;
        for (const order& o : d.orders)
            if (o.asset == 0) sold -= o.steps;
        CAPTURE(rows);
        CHECK((sold == held));
        REQUIRE_FALSE(apply(h, d));
        int128 left = 0;
        for (std::size_t r = 0; r < h.steps.size(); ++r)
            if (r != 1) left += h.steps[r];
        CHECK((left == 0));
        CHECK(h.quantity[0] == 0.0);
        CHECK(h.quantity[1] == quantity_of(h.steps[1], step[1]));
        CHECK(propose_once(to_target, {.market = {.price = price}, .account = h.view(), .target = target, .instruments = {.step = step}})
                  .orders.empty());
    }
}

TEST_CASE("instruments: the last step goes whichever side the nearest double lies on") {
    std::mt19937_64 random{19};
    const std::vector<double> price{1e-3}, target{0.0};
    const std::vector<decimal_step> step{decimal_step{1, -18}};
    for (int round = 0; round < 200; ++round) {
        const int128 held = (int128{1} << (60 + round % 40)) + static_cast<int128>(random() >> 8);
        const std::vector<int128> steps{held};
        const decision d = propose_once(
            to_target,
            {.market = {.price = price}, .account = {.cash = 1.0, .steps = steps}, .target = target, .instruments = {.step = step}});
        CAPTURE(round);
        REQUIRE(d.orders.size() == 1);
        CHECK((d.orders[0].steps == -held));
    }
}

TEST_CASE("instruments: a part of what is counted is sold in whole steps, and never more than there is") {
    const int128 held = (int128{1} << 90) + 12345;
    const std::vector<double> price{1.0}, target{0.25};
    const std::vector<decimal_step> step{decimal_step{1, -18}};
    holdings h{.cash = 0.0, .quantity = {0.0}, .steps = {held}};
    const decision d =
        propose_once(to_target, {.market = {.price = price}, .account = h.view(), .target = target, .instruments = {.step = step}});
    REQUIRE(d.orders.size() == 1);
    CHECK((-d.orders[0].steps < held));
    CHECK(d.orders[0].quantity == quantity_of(d.orders[0].steps, step[0]));
    CHECK(d.weight_after()[0] == Approx(0.25).epsilon(1e-12));
    REQUIRE_FALSE(apply(h, d));
    CHECK((h.steps[0] == held + d.orders[0].steps));
}

TEST_CASE("instruments: counted holdings of an asset without a step are a fault, and so is giving both") {
    const std::vector<double> price{1.0}, target{1.0}, quantity{1.0};
    const std::vector<int128> steps{100};
    const std::vector<decimal_step> none{decimal_step{}};
    const decision d = propose_once(to_target, {.market = {.price = price}, .account = {.steps = steps}, .target = target});
    CHECK(d.problem.code == fault_code::bad_step);
    CHECK(
        propose_once(to_target, {.market = {.price = price}, .account = {.steps = steps}, .target = target, .instruments = {.step = none}})
            .problem.code == fault_code::bad_step);
    CHECK(propose_once(to_target, {.market = {.price = price}, .account = {.quantity = quantity, .steps = steps}, .target = target})
              .problem.code == fault_code::holdings_given_twice);
}

// ---- faults -----------------------------------------------------------------------------------------------------------------------------

TEST_CASE("instruments: bad rules are told with asset and value, and nothing is traded") {
    const auto told = [](const instruments& rules, fault_code code, std::uint32_t index) {
        const book b{.quantity = {50.0, 20.0}, .target = {0.3, 0.7}, .cash = 300.0, .rules = rules};
        const decision d = b.propose();
        CHECK(d.outcome == outcome::rejected);
        CHECK(d.problem.code == code);
        CHECK(d.problem.index == index);
        CHECK(d.orders.empty());
    };
    using enum fault_code;
    for (const double bad : {-1.0, not_a_number, infinity}) {
        told({.min_notional = {0.0, bad}}, bad_minimum, 1);
        told({.min_quantity = {bad}}, bad_minimum, 0);
        told({.buy = {.min_quantity = {bad, 0.0}}}, bad_minimum, 0);
        told({.buy = {.min_notional = {0.0, bad}}}, bad_minimum, 1);
        told({.sell = {.min_quantity = {0.0, bad}}}, bad_minimum, 1);
        told({.sell = {.min_notional = {0.0, bad}}}, bad_minimum, 1);
        told({.min_position = {0.0, bad}}, bad_minimum, 1);
    }
    for (const double bad : {-1.0, not_a_number}) {
        told({.max_notional = {1.0, bad}}, bad_maximum, 1);
        told({.max_quantity = {bad}}, bad_maximum, 0);
        told({.buy = {.max_quantity = {bad, 0.0}}}, bad_maximum, 0);
        told({.buy = {.max_notional = {1.0, bad}}}, bad_maximum, 1);
        told({.sell = {.max_quantity = {1.0, bad}}}, bad_maximum, 1);
        told({.sell = {.max_notional = {1.0, bad}}}, bad_maximum, 1);
        told({.max_position = {1.0, bad}}, bad_maximum, 1);
        told({.max_short = {1.0, bad}}, bad_maximum, 1);
    }
    for (const double bad : {0.0, -1.0, not_a_number, infinity}) told({.multiplier = {1.0, bad}}, bad_multiplier, 1);
    told({.restriction = {restriction::none, static_cast<restriction>(9)}}, bad_restriction, 1);
    told({.crossing = {zero_crossing::close_first, static_cast<zero_crossing>(2)}}, bad_restriction, 1);
    for (const double bad : {-0.1, infinity, not_a_number}) {
        told({.margin_long = {0.5, bad}}, bad_margin, 1);
        told({.margin_short = {bad}}, bad_margin, 0);
    }
    told({.max_notional = {1.0, 2.0, 3.0}}, size_mismatch, no_index);
    told({.multiplier = {1.0, 2.0, 3.0}}, size_mismatch, no_index);
    told({.restriction = std::vector<restriction>(3)}, size_mismatch, no_index);
}
