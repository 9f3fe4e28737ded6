#include <ballast/tune/objective.hpp>

#include "support/catch.hpp"

#include <limits>
#include <string>

using namespace ballast;
using tune::closeness;
using tune::growth;

namespace {
struct of_the_host {
    double score(const tune::expectation& e) const noexcept { return -e.turnover; }
};
struct may_throw {
    double score(const tune::expectation& e) const { return e.cost; }
};
}  // namespace
static_assert(tune::objective_policy<growth> && tune::objective_policy<closeness> && tune::objective_policy<of_the_host>);
static_assert(!tune::objective_policy<may_throw> && !tune::objective_policy<int>);

TEST_CASE("tune: the objectives") {
    const tune::expectation e{.log_growth = 0.05, .turnover = 0.3, .cost = 0.002, .tracking_error = 0.04};
    CHECK(growth{}.score(e) == 0.05);
    CHECK(growth{2.0}.score(e) == Approx(0.05 - 0.0016).epsilon(1e-14));
    CHECK(closeness{2.0}.score(e) == Approx(-0.002 - 0.0016).epsilon(1e-14));
    CHECK(of_the_host{}.score(e) == -0.3);
    // Growth alone is known without the tracking error.
    CHECK(growth{}.score({.log_growth = 0.05}) == 0.05);
    CHECK_FALSE(detail::needs_tracking(growth{}));
    CHECK(detail::needs_tracking(growth{1.0}));
    CHECK(detail::needs_tracking(closeness{}));
    CHECK(detail::needs_tracking(of_the_host{}));
}

TEST_CASE("tune: a risk aversion that is none is named") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
    CHECK_FALSE(growth{}.validate());
    CHECK_FALSE(closeness{}.validate());
    for (const double bad : {nan, inf, -1.0}) {
        CHECK(std::string{growth{bad}.validate().parameter} == "growth.risk_aversion");
        CHECK(std::string{closeness{bad}.validate().parameter} == "closeness.risk_aversion");
    }
    CHECK(closeness{0.0}.validate());
}
