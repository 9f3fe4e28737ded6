#include <ballast/core/firing.hpp>

#include "support/catch.hpp"

#include <type_traits>

using namespace ballast;

static_assert(std::is_trivially_copyable_v<firing> && std::is_aggregate_v<firing>);
static_assert(std::is_trivially_copyable_v<fault> && !std::is_convertible_v<fault, bool>);
static_assert(firing{.measure = 0.75, .threshold = 0.5}.margin() == 0.25);
static_assert(firing{.measure = 10.0, .threshold = 86400.0}.margin() == -86390.0);

TEST_CASE("firing: by default nothing fired, of no asset, without a problem and without a name") {
    const firing f;
    CHECK_FALSE(f.fired);
    CHECK(f.trigger[0] == '\0');
    CHECK(f.asset == no_index);
    CHECK_FALSE(f.problem);
    CHECK(f.margin() == 0.0);
}
