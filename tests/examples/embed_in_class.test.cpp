// The class that the example embed_in_class shows: what people copy has to hold where things go wrong as well.
#include <ballast/core/civil_date.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

#include <utility>

#include "embed_in_class/portfolio.hpp"
#include "support/catch.hpp"

using namespace ballast;

namespace {

constexpr timestamp start = timestamp_from_civil(2024, 3, 1);

portfolio make(std::vector<position> positions, double cash) {
    return {"a",
            {{1, "X", 100.0, 0.5}, {2, "Y", 50.0, 0.5}},
            std::move(positions),
            cash,
            any_rebalancer{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}}};
}

}  // namespace

TEST_CASE("embed_in_class: an account that holds nothing yet") {
    portfolio p = make({}, 10'000.0);
    REQUIRE_FALSE(p.update(start));
    const std::vector<client_order> orders = p.rebalance();
    REQUIRE(orders.size() == 2);
    CHECK(orders[0].id == "a-1-0");
    CHECK(orders[1].id == "a-1-1");
    CHECK(orders[1].symbol == "Y");
    CHECK(orders[1].book == "a");
    CHECK(orders[1].quantity == 100.0);
    for (const client_order& o : orders) REQUIRE(p.on_fill(o.id, o.quantity, o.limit, 1.0));
    REQUIRE_FALSE(p.settle(start));
    CHECK(p.cash() == -2.0);  // fees that the policy knew nothing of
    CHECK(p.positions()[0].quantity == 50.0);
}

TEST_CASE("embed_in_class: nothing is proposed while orders are out, and ids of other orders are refused") {
    portfolio p = make({{"b", 1, 200.0}}, 0.0);
    CHECK_FALSE(p.on_fill("a-0-0", 1.0, 50.0, 0.0));
    REQUIRE_FALSE(p.update(start));
    REQUIRE(p.rebalance().size() == 2);
    CHECK(p.rebalance().empty());
    for (const char* id : {"", "a", "a-1", "a-1-", "a-1-2", "a-1-0x", "a-1-0 ", "a-1--1", "a-2-0", "a-0-0", "b-1-0"}) {
        CAPTURE(id);
        CHECK_FALSE(p.on_fill(id, 1.0, 50.0, 0.0));
    }
    // The sale in two parts, of the buy nothing.
    REQUIRE(p.on_fill("a-1-0", -60.0, 50.0, 0.0));
    REQUIRE(p.on_fill("a-1-0", -40.0, 51.0, 0.5));
    REQUIRE_FALSE(p.settle(start + hours(1)));
    CHECK(p.positions()[0].quantity == 100.0);
    CHECK(p.cash() == 60.0 * 50.0 + 40.0 * 51.0 - 0.5);
    CHECK_FALSE(p.on_fill("a-1-1", 1.0, 100.0, 0.0));  // too late
    REQUIRE_FALSE(p.settle(start + hours(1)));
    CHECK(p.cash() == 60.0 * 50.0 + 40.0 * 51.0 - 0.5);
    const std::vector<client_order> again = p.rebalance();
    REQUIRE(again.size() == 1);
    CHECK(again[0].id == "a-2-0");
    CHECK(again[0].symbol == "X");
}

TEST_CASE("embed_in_class: fills that are larger than their order, unknown symbols, bad prices") {
    portfolio p = make({{"b", 1, 200.0}}, 0.0);
    CHECK_FALSE(p.on_price("Z", 1.0));
    REQUIRE(p.on_price("Y", -1.0));
    REQUIRE_FALSE(p.update(start));
    CHECK(p.rebalance().empty());
    CHECK(p.why().problem.code == fault_code::bad_price);
    REQUIRE(p.on_price("Y", 50.0));
    REQUIRE_FALSE(p.update(start + hours(1)));
    CHECK(p.update(start));  // earlier than the last
    REQUIRE(p.rebalance().size() == 2);
    REQUIRE(p.on_fill("a-1-0", -101.0, 50.0, 0.0));
    CHECK(p.settle(start + hours(2)));
    CHECK(p.cash() == 0.0);
    CHECK(p.positions()[0].quantity == 200.0);
}
