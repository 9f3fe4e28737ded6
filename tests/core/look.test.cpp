#include <ballast/core/look.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <vector>

using namespace ballast;

TEST_CASE("look: rows are assets where there is no map") {
    const std::vector<double> price{1.0, 2.0, 3.0};
    const std::vector<double> quantity{4.0, 5.0, 6.0};
    const inputs in{};
    look l;
    l.price = price;
    l.quantity = quantity;
    l.input = &in;
    CHECK(l.assets() == 3);
    CHECK(l.rows() == 3);
    for (std::uint32_t r = 0; r < 3; ++r) CHECK(l.asset_of(r) == r);
}

TEST_CASE("look: rows belong to the assets of the map") {
    const std::vector<double> price{1.0, 2.0};
    const std::vector<double> quantity{4.0, 5.0, 6.0};
    const std::vector<std::uint32_t> map{1, 0, 1};
    inputs in{};
    in.account.asset_of_row = map;
    look l;
    l.price = price;
    l.quantity = quantity;
    l.input = &in;
    CHECK(l.assets() == 2);
    CHECK(l.rows() == 3);
    for (std::size_t r = 0; r < 3; ++r) CHECK(l.asset_of(r) == map[r]);
}

TEST_CASE("look: frozen assets are marked, or none is") {
    look l;
    CHECK_FALSE(l.is_frozen(0));
    const std::vector<std::uint8_t> frozen{0, 1};
    l.frozen = frozen;
    CHECK_FALSE(l.is_frozen(0));
    CHECK(l.is_frozen(1));
}

TEST_CASE("look: the drift of cash") {
    look l;
    l.value = 200.0;
    l.cash = 50.0;
    l.cash_target = 0.1;
    CHECK(l.cash_drift() == 0.15);
    l.cash = -50.0;
    CHECK(l.cash_drift() == -0.35);
}

TEST_CASE("look: an empty one has no assets and nothing that is furthest") {
    CHECK(look{}.assets() == 0);
    CHECK(look{}.furthest == no_index);
}
