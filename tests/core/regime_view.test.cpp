#include <ballast/core/regime_view.hpp>

#include "support/catch.hpp"

#include <type_traits>
#include <vector>

using namespace ballast;

static_assert(std::is_trivially_copyable_v<regime_view> && std::is_aggregate_v<regime_view>);
static_assert(noexcept(regime_view{}.of(0)));

TEST_CASE("regime_view: by default it tells no regimes and is not ready") {
    const regime_view v;
    CHECK_FALSE(v.ready);
    CHECK(v.regimes == 0);
    CHECK(v.of(0).empty());
}

TEST_CASE("regime_view: the chances of the market are those of every asset, or each has its own") {
    const std::vector<double> market{0.2, 0.3, 0.5}, each{0.1, 0.9, 0.4, 0.6, 1.0, 0.0};
    const regime_view one{.ready = true, .regimes = 3, .probability = market};
    for (const std::size_t i : {0u, 1u, 7u}) {
        REQUIRE(one.of(i).size() == 3);
        CHECK(one.of(i)[2] == 0.5);
    }
    const regime_view own{.ready = true, .regimes = 2, .probability = each};
    CHECK(own.of(0)[1] == 0.9);
    CHECK(own.of(1)[0] == 0.4);
    CHECK(own.of(2)[0] == 1.0);
    CHECK(own.of(2).size() == 2);
    // Of a single asset the two are the same.
    const std::vector<double> single{0.25, 0.75};
    CHECK(regime_view{.ready = true, .regimes = 2, .probability = single}.of(0)[1] == 0.75);
}
