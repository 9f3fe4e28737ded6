#include <ballast/core/inputs.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"
#include "support/same_bits.hpp"

#include <ballast/core/apply.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/guard/stale_price.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

// The same account, handed over in every way there is, gives the same answer. What happens to bad inputs: rebalancer/detail/valuation.test.cpp.

using namespace ballast;
using namespace ballast::literals;
using test::propose_once;
using test::same_bits;

static_assert(std::is_trivially_copyable_v<inputs> && std::is_aggregate_v<inputs> && std::is_aggregate_v<account_view>);

namespace {

struct book {
    std::vector<double> price;
    std::vector<double> quantity;
    std::vector<double> target;
    std::vector<decimal_step> step;
    std::vector<decimal_step> tick;
    std::vector<double> min_notional;
    std::vector<timestamp> as_of;
    double cash = 0.0;
    timestamp now = timestamp_from_days(20'000);

    static timestamp timestamp_from_days(int d) { return {days(d).ns}; }

    [[nodiscard]] inputs view() const {
        return {.market = {.now = now, .price = price, .as_of = as_of},
                .account = {.cash = cash, .quantity = quantity},
                .target = target,
                .instruments = {.step = step, .tick = tick, .min_notional = min_notional}};
    }
};

book random_book(std::size_t n, std::uint64_t seed) {
    std::mt19937_64 random{seed};
    std::uniform_real_distribution<double> price{0.5, 500.0};
    std::uniform_real_distribution<double> amount{0.0, 1000.0};
    std::uniform_real_distribution<double> part{0.0, 1.0};
    book b;
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        b.price.push_back(std::round(100.0 * price(random)) / 100.0);
        b.quantity.push_back(i % 5 == 3 ? 0.0 : std::round(1000.0 * amount(random)) / 1000.0);
        b.target.push_back(i % 7 == 2 ? 0.0 : part(random));
        sum += b.target.back();
        b.step.push_back(i % 3 == 0 ? decimal_step{} : i % 3 == 1 ? decimal_step{1, -3} : decimal_step{5, -1});
        b.tick.push_back(i % 2 == 0 ? decimal_step{} : decimal_step{1, -2});
        b.min_notional.push_back(i % 4 == 0 ? 50.0 : 0.0);
        b.as_of.push_back({b.now.ns - (i % 11 == 5 ? hours(2) : minutes(1)).ns});
    }
    for (double& t : b.target) t /= sum * 1.02;
    b.cash = 300.0 * part(random);
    return b;
}

const auto policies = [](auto&& f) {
    const cost::sum costs{cost::fixed{.amount = 0.5}, cost::proportional{.rate = 10_bps, .sell = 12_bps}};
    f(rebalancer{trigger::band{.absolute = 0.01}, cost::proportional{.rate = 10_bps}, solver::to_target{}});
    f(rebalancer{trigger::band{.relative = 0.2}, costs, solver::to_band{}, guard::stale_price{}});
    f(rebalancer{trigger::band{.absolute = 0.01, .relative = 0.25}, costs, solver::to_target{}, guard::max_turnover{.limit = 0.1},
                 sizing::reconciled{.collar = 0.01}, mandate{.reserve = 0.02}});
};

struct row {  // everything of an asset in one struct, as hosts have it
    char symbol[5] = "";
    double price = 0.0;
    double quantity = 0.0;
    double target = 0.0;
    decimal_step step{};
    std::uint32_t id = 0;
    decimal_step tick{};
    double min_notional = 0.0;
    timestamp as_of{};
};

bool trades(const decision& d) { return d.outcome == outcome::trade && !d.orders.empty(); }

/// The asset trades of a decision, summed over rows.
std::vector<double> notionals(const decision& d) {
    std::vector<double> x(d.assets(), 0.0);
    for (const order& o : d.orders) x[o.asset] += o.notional;
    return x;
}

}  // namespace

TEST_CASE("inputs: a rule of one entry stands for all, an empty one for none") {
    const std::vector<double> each{1.0, 2.0, 3.0};
    const double one[] = {7.0};
    CHECK(detail::rule(column<double>{each}, 1) == 2.0);
    CHECK(detail::rule(column<double>{one}, 2) == 7.0);
    CHECK(detail::rule(column<double>{}, 2) == 0.0);
    CHECK(detail::rule(column<decimal_step>{}, 2).continuous());
}

TEST_CASE("inputs: sizes without rows have as many as assets") {
    STATIC_REQUIRE(sizes{.assets = 5}.row_count() == 5);
    STATIC_REQUIRE(sizes{.assets = 5, .rows = 9}.row_count() == 9);
    STATIC_REQUIRE(sizes{.assets = 5, .rows = 2}.row_count() == 2);
}

TEST_CASE("inputs: columns of structs give the same bits as columns of numbers") {
    for (const std::size_t n : {1u, 2u, 7u, 8u, 9u, 40u, 201u}) {
        const book b = random_book(n, n);
        std::vector<row> rows(n);
        for (std::size_t i = 0; i < n; ++i)
            rows[i] = {"abc",     b.price[i],        b.quantity[i], b.target[i], b.step[i], static_cast<std::uint32_t>(i),
                       b.tick[i], b.min_notional[i], b.as_of[i]};
        const inputs strided{
            .market = {.now = b.now, .price = {rows, &row::price}, .as_of = {rows, &row::as_of}},
            .account = {.cash = b.cash, .quantity = {rows, &row::quantity}},
            .target = {rows, &row::target},
            .instruments = {.step = {rows, &row::step}, .tick = {rows, &row::tick}, .min_notional = {rows, &row::min_notional}}};
        int traded = 0;
        policies([&](const auto& r) {
            const decision plain = propose_once(r, b.view());
            CHECK(plain.outcome != outcome::rejected);
            CHECK(same_bits(plain, propose_once(r, strided)));
            traded += trades(plain) ? 1 : 0;
        });
        CHECK((traded > 0 || n == 1));

        // The same by weight.
        std::vector<double> weight(n);
        double value = b.cash;
        for (std::size_t i = 0; i < n; ++i) value += b.quantity[i] * b.price[i];
        for (std::size_t i = 0; i < n; ++i) rows[i].quantity = weight[i] = b.quantity[i] * b.price[i] / value;
        inputs plain = b.view();
        plain.account = {.weight = weight, .value = value};
        inputs by_row = strided;
        by_row.account = {.weight = {rows, &row::quantity}, .value = value};
        policies([&](const auto& r) { CHECK(same_bits(propose_once(r, plain), propose_once(r, by_row))); });
    }
}

TEST_CASE("inputs: vectors, arrays, spans and a column of a matrix give the same bits") {
    const book b = random_book(8, 3);
    std::array<double, 8> prices{};
    std::vector<double> matrix(8 * 3, -1.0);  // a row for each asset: price, quantity, target
    for (std::size_t i = 0; i < 8; ++i) {
        prices[i] = matrix[3 * i] = b.price[i];
        matrix[3 * i + 1] = b.quantity[i];
        matrix[3 * i + 2] = b.target[i];
    }
    inputs mixed = b.view();
    mixed.market.price = prices;
    mixed.account.quantity = std::span{b.quantity};
    inputs of_matrix = b.view();
    of_matrix.market.price = {matrix.data(), 8, 3 * sizeof(double)};
    of_matrix.account.quantity = {matrix.data() + 1, 8, 3 * sizeof(double)};
    of_matrix.target = {matrix.data() + 2, 8, 3 * sizeof(double)};
    policies([&](const auto& r) {
        const decision plain = propose_once(r, b.view());
        CHECK(same_bits(plain, propose_once(r, mixed)));
        CHECK(same_bits(plain, propose_once(r, of_matrix)));
    });
}

TEST_CASE("inputs: one rule for all is the same as a list of it") {
    book b = random_book(20, 5);
    b.step.assign(20, decimal_step{1, -2});
    b.tick.assign(20, decimal_step{5, -2});
    b.min_notional.assign(20, 30.0);
    inputs one = b.view();
    one.instruments = {
        .step = std::span{b.step}.first(1), .tick = std::span{b.tick}.first(1), .min_notional = std::span{b.min_notional}.first(1)};
    policies([&](const auto& r) { CHECK(same_bits(propose_once(r, b.view()), propose_once(r, one))); });
}

TEST_CASE("inputs: weights and a value answer as holdings and cash do, to 1e-12") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        book b = random_book(1 + seed * 3, 100 + seed);
        b.step.clear();  // whole steps of quantities that are known to a rounding would differ by one
        b.min_notional.clear();
        double value = b.cash;
        for (std::size_t i = 0; i < b.price.size(); ++i) value += b.quantity[i] * b.price[i];
        std::vector<double> weight;
        for (std::size_t i = 0; i < b.price.size(); ++i) weight.push_back(b.quantity[i] * b.price[i] / value);
        inputs by_weight = b.view();
        by_weight.account = {.weight = weight, .value = value};
        policies([&](const auto& r) {
            const decision held = propose_once(r, b.view());
            const decision weighed = propose_once(r, by_weight);
            REQUIRE(weighed.outcome == held.outcome);
            CHECK(weighed.firing.fired == held.firing.fired);
            CHECK(weighed.firing.measure == Approx(held.firing.measure).margin(1e-12));
            CHECK(weighed.value == Approx(held.value).epsilon(1e-12));
            CHECK(weighed.cash == Approx(held.cash).margin(1e-12 * value));
            CHECK(weighed.cash_after == Approx(held.cash_after).margin(1e-12 * value));
            CHECK(weighed.cost == Approx(held.cost).margin(1e-12 * value));
            CHECK(weighed.turnover == Approx(held.turnover).margin(1e-12));
            REQUIRE(weighed.orders.size() == held.orders.size());
            for (std::size_t k = 0; k < held.orders.size(); ++k) {
                CHECK(weighed.orders[k].asset == held.orders[k].asset);
                CHECK(weighed.orders[k].reason == held.orders[k].reason);
                CHECK(weighed.orders[k].notional == Approx(held.orders[k].notional).margin(1e-12 * value));
                CHECK(weighed.orders[k].quantity == Approx(held.orders[k].quantity).margin(1e-12 * value / held.orders[k].price));
            }
            for (std::size_t i = 0; i < held.assets(); ++i) {
                CHECK(weighed.weight_before()[i] == Approx(held.weight_before()[i]).margin(1e-12));
                CHECK(weighed.weight_after()[i] == Approx(held.weight_after()[i]).margin(1e-12));
            }
        });
    }
}

TEST_CASE("inputs: an account of several rows per asset trades its assets as if their rows were one") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const std::size_t n = 2 + seed;
        book b = random_book(n, 200 + seed);
        // Split every holding into one to three rows of whole thousandths, in any order. Each row holds whole steps: what is left of a step in a row can
        // not be sent with that of another.
        for (std::size_t i = 2; i < n; i += 3) b.step[i] = decimal_step{1, -3};
        std::mt19937_64 random{seed};
        std::vector<std::pair<std::uint32_t, double>> parts;
        for (std::uint32_t i = 0; i < n; ++i) {
            std::int64_t left = std::llround(b.quantity[i] * 1000.0);
            for (int k = 0; k < 2; ++k) {
                const auto part = static_cast<std::int64_t>(random() % 3) * left / 4;
                parts.emplace_back(i, static_cast<double>(part) / 1000.0);
                left -= part;
            }
            parts.emplace_back(i, static_cast<double>(left) / 1000.0);
        }
        std::shuffle(parts.begin(), parts.end(), random);
        std::vector<double> quantity;
        std::vector<std::uint32_t> asset;
        std::vector<std::uint32_t> place;
        for (const auto& [i, q] : parts) {
            quantity.push_back(q);
            asset.push_back(i);
            place.push_back(static_cast<std::uint32_t>(1000 + place.size()));
        }
        inputs in_rows = b.view();
        in_rows.account = {.cash = b.cash, .quantity = quantity, .asset_of_row = asset, .place_of_row = place};
        // With costs in proportion alone: a fixed part is paid for each row that is sold.
        const rebalancer r{trigger::band{.absolute = 0.01}, cost::proportional{.rate = 10_bps}, solver::to_target{}};
        const decision merged = propose_once(r, b.view());
        const decision split = propose_once(r, in_rows);
        REQUIRE(split.outcome == merged.outcome);
        const std::vector<double> a = notionals(merged);
        const std::vector<double> c = notionals(split);
        for (std::size_t i = 0; i < n; ++i) {
            CAPTURE(seed, i);
            CHECK(c[i] == Approx(a[i]).margin(1e-12 * merged.value));
            CHECK(split.weight_before()[i] == Approx(merged.weight_before()[i]).margin(1e-12));
            CHECK(split.weight_after()[i] == Approx(merged.weight_after()[i]).margin(1e-12));
        }
        CHECK(split.cash_after == Approx(merged.cash_after).margin(1e-12 * merged.value));
        // Each order is of a row of its asset, at its place, and sells no more than the row holds.
        for (const order& o : split.orders) {
            REQUIRE(o.row < quantity.size());
            CHECK(asset[o.row] == o.asset);
            CHECK(place[o.row] == o.place);
            if (!o.buy()) CHECK(-o.quantity <= quantity[o.row]);
        }
    }
}

TEST_CASE("inputs: rows in the order of their assets, named as such, give the same bits as without the map") {
    const book b = random_book(30, 9);
    std::vector<std::uint32_t> same(30);
    for (std::uint32_t i = 0; i < 30; ++i) same[i] = i;
    inputs mapped = b.view();
    mapped.account.asset_of_row = same;
    policies([&](const auto& r) {
        const decision plain = propose_once(r, b.view());
        const decision with_map = propose_once(r, mapped);
        REQUIRE(with_map.orders.size() == plain.orders.size());
        for (std::size_t k = 0; k < plain.orders.size(); ++k) {
            CHECK(with_map.orders[k].row == plain.orders[k].row);
            CHECK(with_map.orders[k].steps == plain.orders[k].steps);
            CHECK(with_map.orders[k].quantity == Approx(plain.orders[k].quantity).epsilon(1e-12));
        }
    });
}

TEST_CASE("inputs: a universe without assets is cash, whichever way it is given") {
    policies([&](const auto& r) {
        const decision by_cash = propose_once(r, {.account = {.cash = 500.0}});
        CHECK(by_cash.outcome == outcome::hold);
        CHECK(by_cash.value == 500.0);
        CHECK(by_cash.cash == 500.0);
        CHECK(by_cash.cash_after == 500.0);
        CHECK(by_cash.orders.empty());
        CHECK(by_cash.weight_before().empty());
        CHECK_FALSE(by_cash.firing.fired);
        const decision by_value = propose_once(r, {.account = {.value = 500.0}});
        CHECK(same_bits(by_value, by_cash));
    });
}

TEST_CASE("inputs: an account that holds nothing yet, and one with debts") {
    const std::vector<double> price{10.0, 20.0};
    const std::vector<double> nothing{0.0, 0.0};
    const std::vector<double> some{10.0, 10.0};
    const std::vector<double> target{0.5, 0.5};
    const rebalancer r{trigger::band{.absolute = 0.01}, cost::proportional{}, solver::to_target{}};
    const decision first = propose_once(r, {.market = {.price = price}, .account = {.cash = 100.0, .quantity = nothing}, .target = target});
    CHECK(first.outcome == outcome::trade);
    CHECK(first.orders.size() == 2);
    CHECK(first.cash_after == Approx(0.0).margin(1e-12));
    const decision first_by_weight =
        propose_once(r, {.market = {.price = price}, .account = {.weight = nothing, .value = 100.0}, .target = target});
    CHECK(same_bits(first, first_by_weight));
    // 300 held on 100 borrowed: 200 are left, 100 for each.
    const decision indebted =
        propose_once(r, {.market = {.price = price}, .account = {.cash = -100.0, .quantity = some}, .target = target});
    CHECK(indebted.outcome == outcome::trade);
    CHECK(indebted.value == Approx(200.0));
    CHECK(indebted.cash_after == Approx(0.0).margin(1e-12));
    const std::vector<double> over{0.5, 1.0};
    const decision indebted_by_weight =
        propose_once(r, {.market = {.price = price}, .account = {.weight = over, .value = 200.0}, .target = target});
    CHECK(indebted_by_weight.cash == Approx(-100.0));
    CHECK(indebted_by_weight.cash_after == Approx(0.0).margin(1e-12));
}
