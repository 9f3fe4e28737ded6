#include <ballast/core/apply.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

// quantity' = quantity + Σ fills, exact in steps; cash' = cash − Σ (quantity·price + cost).

using namespace ballast;

namespace {
order an_order(std::uint32_t row, std::uint32_t asset, double quantity, double price, double cost = 0.0, decimal_step step = {}) {
    order o;
    o.row = row;
    o.asset = asset;
    o.quantity = quantity;
    o.step = step;
    if (!step.continuous()) o.steps = steps_toward_zero(quantity, step).steps;
    o.price = o.limit_price = price;
    o.notional = quantity * price;
    o.cost = cost;
    return o;
}
decision decided(double cash, std::vector<order> orders) {
    decision d;
    d.outcome = outcome::trade;
    d.cash = d.cash_after = cash;
    for (const order& o : orders) d.cash_after -= o.notional + o.cost;
    d.orders = std::move(orders);
    return d;
}
/// The fault, and that nothing changed.
fault refused(holdings h, const decision& d, const std::vector<fill>& fills) {
    const holdings before = h;
    const fault f = apply(h, d, fills);
    CHECK(f);
    CHECK(h.cash == before.cash);
    CHECK(h.quantity == before.quantity);
    CHECK(h.asset_of_row == before.asset_of_row);
    return f;
}
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
}  // namespace

TEST_CASE("apply: all orders filled at their reference prices") {
    holdings h{1000.0, {70.0, 40.0}, {}};
    const decision d = decided(1000.0, {an_order(0, 0, -10.0, 50.0, 1.0), an_order(1, 1, 5.0, 20.0, 0.5)});
    CHECK_FALSE(apply(h, d));
    CHECK(h.quantity == std::vector<double>{60.0, 45.0});
    CHECK(h.cash == 1000.0 + 500.0 - 1.0 - 100.0 - 0.5);
}

TEST_CASE("apply: a decision without orders changes nothing") {
    holdings h{1000.0, {70.0}, {}};
    decision d;
    d.cash = d.cash_after = 5.0;
    CHECK_FALSE(apply(h, d));
    CHECK_FALSE(apply(h, d, {}));
    CHECK(h.cash == 1000.0);
    CHECK(h.quantity == std::vector<double>{70.0});
}

TEST_CASE("apply: cash that came in since the decision stays") {
    holdings h{1250.0, {70.0}, {}};
    const decision d = decided(1000.0, {an_order(0, 0, 2.0, 100.0, 1.0)});
    CHECK_FALSE(apply(h, d));
    CHECK(h.cash == 1049.0);
    holdings same{1000.0, {70.0}, {}};
    CHECK_FALSE(apply(same, d));
    CHECK(same.cash == d.cash_after);
    // The cash of the decision to the bit, whatever the difference rounds to.
    std::mt19937_64 random{1};
    std::uniform_real_distribution<double> amount{0.0, 1000.0};
    for (int trial = 0; trial < 100; ++trial) {
        holdings exact{amount(random), {70.0}, {}};
        decision e = decided(exact.cash, {an_order(0, 0, 1.0, exact.cash)});
        e.cash_after = 1e-6 * amount(random);
        CHECK_FALSE(apply(exact, e));
        CHECK(exact.cash == e.cash_after);
    }
}

TEST_CASE("apply: fills in part, at prices and costs of their own") {
    holdings h{1000.0, {70.0, 40.0}, {}};
    const decision d = decided(1000.0, {an_order(0, 0, -10.0, 50.0), an_order(1, 1, 5.0, 20.0)});
    const fill fills[] = {{0, -4.0, 49.0, 0.25}, {0, -6.0, 48.5, 0.25}, {1, 2.5, 20.5, 0.1}};
    CHECK_FALSE(apply(h, d, fills));
    CHECK(h.quantity == std::vector<double>{60.0, 42.5});
    CHECK(h.cash == Approx(1000.0 + 4 * 49.0 + 6 * 48.5 - 0.5 - 2.5 * 20.5 - 0.1).epsilon(1e-15));
    // A rebate pays; a fee without a fill (of a cancelled order) is paid.
    const fill rebate[] = {{1, 1.0, 20.0, -0.5}, {0, 0.0, 50.0, 2.0}};
    const double before = h.cash;
    CHECK_FALSE(apply(h, d, rebate));
    CHECK(h.cash == Approx(before - 20.0 + 0.5 - 2.0));
    CHECK(h.quantity == std::vector<double>{60.0, 43.5});
}

TEST_CASE("apply: the cash of many fills is the sum of their amounts, rounded once") {
    std::mt19937_64 random{3};
    std::uniform_real_distribution<double> price{0.01, 5'000.0};
    std::vector<order> orders;
    std::vector<fill> fills;
    const double cash = 1e9;
    auto left = static_cast<__float128>(cash);
    double plain = cash;
    for (std::uint32_t i = 0; i < 2'000; ++i) {
        const double quantity = i % 2 == 0 ? price(random) : -price(random);
        const fill f{i, quantity, price(random), 0.01};
        orders.push_back(an_order(i, i, quantity, f.price));
        fills.push_back(f);
        left -= static_cast<__float128>(f.quantity * f.price) + static_cast<__float128>(f.cost);
        plain -= f.quantity * f.price + f.cost;
    }
    holdings h{cash, std::vector<double>(2'000, 1e6), {}};
    CHECK_FALSE(apply(h, decided(cash, orders), fills));
    CHECK(h.cash == static_cast<double>(left));
    CHECK(plain != h.cash);
}

TEST_CASE("apply: ten thousand trades leave every quantity on the grid of its steps") {
    const std::vector<decimal_step> steps{0.01, 0.1, decimal_step{1, -8}, decimal_step{25, -4}, decimal_step{1, -18}, decimal_step{3, 2}};
    std::mt19937_64 random{17};
    std::uniform_int_distribution<std::int64_t> traded{-1'000'000, 1'000'000};
    holdings h{0.0, std::vector<double>(steps.size(), 0.0), {}};
    std::vector<int128> count(steps.size(), 0);
    double plain = 0.0;
    int off_grid = 0;
    for (int trade = 0; trade < 10'000; ++trade) {
        const auto row = static_cast<std::uint32_t>(trade % static_cast<int>(steps.size()));
        const std::int64_t n = traded(random);
        const double quantity = quantity_of(n, steps[row]);
        if (row == 0) plain += quantity;
        const decision d = decided(h.cash, {an_order(row, row, quantity, 1.0, 0.0, steps[row])});
        if (trade % 2 == 0) {
            CHECK_FALSE(apply(h, d));
        } else {
            const fill whole{0, quantity, 1.0, 0.0};
            CHECK_FALSE(apply(h, d, {&whole, 1}));
        }
        count[row] += n;
        // The double nearest to the exact decimal, and so the same as if it had been typed in.
        off_grid += h.quantity[row] != quantity_of(count[row], steps[row]);
    }
    CHECK(off_grid == 0);
    CHECK(plain != h.quantity[0]);  // the plain sum is not on the grid
}

TEST_CASE("apply: what is not whole steps is added as it is") {
    holdings h{0.0, {0.005}, {}};
    const decision d = decided(0.0, {an_order(0, 0, 0.02, 1.0, 0.0, 0.01)});
    CHECK_FALSE(apply(h, d));
    CHECK(h.quantity[0] == 0.005 + 0.02);
    const fill third{0, 0.005, 1.0, 0.0};  // half a step
    CHECK_FALSE(apply(h, d, {&third, 1}));
    CHECK(h.quantity[0] == Approx(0.03));
    // Counts that do not fit.
    holdings huge{0.0, {1e30}, {}};
    CHECK_FALSE(apply(huge, decided(0.0, {an_order(0, 0, 2.0, 1.0, 0.0, decimal_step{1, -18})})));
    CHECK(huge.quantity[0] == 1e30);
    holdings large{0.0, {1.6e20}, {}};  // as steps 1.6e38: the sum of two does not fit
    CHECK_FALSE(apply(large, decided(0.0, {an_order(0, 0, 1.6e20, 1.0, 0.0, decimal_step{1, -18})})));
    CHECK(large.quantity[0] == 3.2e20);
}

TEST_CASE("apply: selling everything in steps leaves exactly nothing") {
    for (const double held : {0.3, 4.35, 0.07, 1234.56}) {
        holdings h{0.0, {0.0}, {}};
        for (int k = 0; k < 3; ++k) { CHECK_FALSE(apply(h, decided(h.cash, {an_order(0, 0, held, 1.0, 0.0, 0.01)}))); }
        const double all = quantity_of(3 * steps_toward_zero(held, 0.01).steps, 0.01);
        CHECK(h.quantity[0] == all);
        CHECK_FALSE(apply(h, decided(h.cash, {an_order(0, 0, -all, 1.0, 0.0, 0.01)})));
        CHECK(h.quantity[0] == 0.0);
    }
}

TEST_CASE("apply: a bad fill is told, with its number, and nothing is changed") {
    const holdings h{1000.0, {70.0, 40.0}, {}};
    const decision d = decided(1000.0, {an_order(0, 0, -10.0, 50.0), an_order(1, 1, 5.0, 20.0)});
    const fill good{0, -4.0, 50.0, 0.0};
    const auto bad = [&](const fill& f) {
        const fault told = refused(h, d, {good, f});
        CHECK(told.code == fault_code::bad_fill);
        CHECK(told.index == 1);
        CHECK((told.value == f.quantity || std::isnan(f.quantity)));
    };
    bad({2, 1.0, 50.0, 0.0});           // of no order
    bad({no_index, 1.0, 50.0, 0.0});    //
    bad({0, 1.0, 50.0, 0.0});           // on the other side
    bad({1, -1.0, 20.0, 0.0});          //
    bad({0, -6.01, 50.0, 0.0});         // more than is left
    bad({1, 5.01, 20.0, 0.0});          //
    bad({1, 1.0, 0.0, 0.0});            // at no price
    bad({1, 1.0, -20.0, 0.0});          //
    bad({1, 1.0, not_a_number, 0.0});   //
    bad({1, 1.0, infinity, 0.0});       //
    bad({1, not_a_number, 20.0, 0.0});  //
    bad({1, infinity, 20.0, 0.0});      //
    bad({1, 1.0, 20.0, not_a_number});  //
    bad({1, 1.0, 20.0, -infinity});     //
    // More than is left, also where the fills do not come in the order of the orders.
    CHECK(refused(h, d, {{1, 3.0, 20.0, 0.0}, {0, -1.0, 50.0, 0.0}, {1, 2.5, 20.0, 0.0}}).index == 2);
    holdings filled = h;
    CHECK_FALSE(apply(filled, d, std::vector<fill>{{1, 3.0, 20.0, 0.0}, {0, -10.0, 50.0, 0.0}, {1, 2.0, 20.0, 0.0}}));
    CHECK(filled.quantity == std::vector<double>{60.0, 45.0});
    // A decision that did not trade has no fills.
    CHECK(refused(h, decision{}, {good}).code == fault_code::bad_fill);
}

TEST_CASE("apply: fills of tenths add up to the whole") {
    holdings h{1000.0, {0.0}, {}};
    const decision d = decided(1000.0, {an_order(0, 0, 1.0, 10.0)});
    const std::vector<fill> tenths(10, fill{0, 0.1, 10.0, 0.0});  // their sum in doubles is not 1
    CHECK_FALSE(apply(h, d, tenths));
    CHECK(h.quantity[0] == Approx(1.0));
}

TEST_CASE("apply: holdings that the decision was not made for are told, and nothing is changed") {
    const auto told = [](holdings h, const decision& d) {
        const holdings before = h;
        const fault f = apply(h, d);
        CHECK(h.cash == before.cash);
        CHECK(h.quantity == before.quantity);
        CHECK(h.asset_of_row == before.asset_of_row);
        return f.code;
    };
    const decision third_row = decided(10.0, {an_order(0, 0, 1.0, 1.0), an_order(2, 2, 1.0, 1.0)});
    CHECK(told({10.0, {1.0, 1.0}, {}}, third_row) == fault_code::bad_asset_of_row);
    CHECK(told({10.0, {}, {}}, third_row) == fault_code::bad_asset_of_row);
    // A row of another asset.
    CHECK(told({10.0, {1.0, 1.0, 1.0}, {0, 1, 1}}, third_row) == fault_code::bad_asset_of_row);
    CHECK(told({10.0, {1.0, 1.0, 1.0}, {0, 1}}, third_row) == fault_code::size_mismatch);
    // An asset without a row, in an account whose rows are its assets.
    CHECK(told({10.0, {1.0}, {}}, decided(10.0, {an_order(no_index, 1, 1.0, 1.0)})) == fault_code::bad_asset_of_row);
}

TEST_CASE("apply: an asset that had no row gets one") {
    holdings h{100.0, {5.0, 6.0}, {1, 1}};
    const decision d = decided(100.0, {an_order(0, 1, -2.0, 1.0), an_order(no_index, 0, 3.0, 1.0), an_order(no_index, 2, 4.0, 1.0)});
    CHECK_FALSE(apply(h, d));
    CHECK(h.quantity == std::vector<double>{3.0, 6.0, 3.0, 4.0});
    CHECK(h.asset_of_row == std::vector<std::uint32_t>{1, 1, 0, 2});
    CHECK(h.cash == 95.0);
    // Several fills of it go to the same row.
    holdings g{100.0, {5.0, 6.0}, {1, 1}};
    CHECK_FALSE(apply(g, d, std::vector<fill>{{2, 1.0, 1.0, 0.0}, {1, 1.0, 1.0, 0.0}, {2, 2.0, 1.0, 0.0}, {1, 2.0, 1.0, 0.0}}));
    CHECK(g.quantity == std::vector<double>{5.0, 6.0, 3.0, 3.0});
    CHECK(g.asset_of_row == std::vector<std::uint32_t>{1, 1, 2, 0});
}

TEST_CASE("holdings: the view shows cash, quantities and the map") {
    const holdings h{5.0, {1.0, 2.0}, {0, 0}};
    CHECK(h.view().cash == 5.0);
    CHECK(h.view().quantity.data() == h.quantity.data());
    CHECK(h.view().asset_of_row[1] == 0);
    CHECK(h.view().weight.empty());
    CHECK(holdings{}.view().quantity.empty());
}
