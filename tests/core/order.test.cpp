#include <ballast/core/order.hpp>

#include "support/catch.hpp"

#include <type_traits>

using namespace ballast;

static_assert(std::is_trivially_copyable_v<order> && std::is_aggregate_v<order>);
static_assert(std::is_trivially_copyable_v<fill> && std::is_aggregate_v<fill>);

TEST_CASE("order: a new one is of nothing, against cash, continuous") {
    constexpr order o;
    STATIC_REQUIRE(o.row == no_index);
    STATIC_REQUIRE(o.asset == no_index);
    STATIC_REQUIRE(o.against == no_index);
    STATIC_REQUIRE(o.place == no_index);
    STATIC_REQUIRE(o.venue == no_index);
    STATIC_REQUIRE(o.parent == no_index);
    STATIC_REQUIRE(o.step.continuous());
    STATIC_REQUIRE(o.steps == 0);
    STATIC_REQUIRE_FALSE(o.buy());
    STATIC_REQUIRE(fill{}.order == no_index);
}

TEST_CASE("order: the sign of the quantity is its side") {
    STATIC_REQUIRE(order{.quantity = 1.0}.buy());
    STATIC_REQUIRE_FALSE(order{.quantity = -1.0}.buy());
}
