#include <ballast/tune/expectation.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <type_traits>

using namespace ballast;

static_assert(std::is_aggregate_v<tune::expectation> && std::is_trivially_copyable_v<tune::expectation>);

TEST_CASE("tune::expectation: nothing is expected before it is known") {
    const tune::expectation e;
    CHECK_FALSE(e.problem);
    for (const double x : {e.log_growth, e.rebalances, e.turnover, e.traded, e.cost, e.tracking_error}) CHECK(std::isnan(x));
}
