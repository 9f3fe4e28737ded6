#include <ballast/solver/joint_limits.hpp>

#include "support/catch.hpp"

#include <limits>
#include <type_traits>

using namespace ballast;

static_assert(std::is_aggregate_v<solver::linear_limit> && std::is_aggregate_v<solver::group_limit> &&
              std::is_aggregate_v<solver::group_limits> && std::is_aggregate_v<solver::factor_limit>);

// What they do is tested with those that keep them: solver::tracking and the target policies that look for the best weights.
TEST_CASE("joint_limits: of which nothing is said they limit nothing") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto open = [](const auto& l) { return l.lower == -infinity && l.upper == infinity && !l.active; };
    CHECK(open(solver::linear_limit{}));
    CHECK(open(solver::group_limit{}));
    CHECK(open(solver::factor_limit{}));
    CHECK(solver::linear_limit{}.coefficient[0] == 1.0);
    CHECK(solver::group_limits{}.groups.empty());
    CHECK(solver::factor_limit{}.factor == 0);
}
