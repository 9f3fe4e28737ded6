#include <ballast/core/distance.hpp>

#include "support/catch.hpp"
#include "support/enumerators.hpp"

#include <type_traits>

using namespace ballast;

static_assert(sizeof(v0::distance) == 1 && std::is_enum_v<v0::distance>);

TEST_CASE("distance of weights: squared unless said otherwise") {
    STATIC_REQUIRE(v0::distance{} == v0::distance::squared);
    CHECK(test::enumerators<v0::distance>().size() == 2);
}
