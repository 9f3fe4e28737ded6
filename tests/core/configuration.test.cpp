#include <ballast/core/configuration.hpp>

#include "support/catch.hpp"

#include <ballast/cost/fixed.hpp>
#include <ballast/cost/maximum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/equal.hpp>
#include <ballast/trigger/band.hpp>

#include <cstring>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>

// Bad configuration is told when the rebalancer is built: parameter, value, range. Without exceptions: tests/no_exceptions.

using namespace ballast;

static_assert(std::is_base_of_v<std::exception, invalid_configuration>);
static_assert(std::is_nothrow_copy_constructible_v<invalid_configuration>);
static_assert(!std::is_convertible_v<configuration_fault, bool> && std::is_constructible_v<bool, configuration_fault>);

namespace {
template <class... Parts>
std::string refused(Parts... parts) {
    try {
        const rebalancer r{std::move(parts)...};
        return "";
    } catch (const invalid_configuration& e) {
        CHECK(e.fault().parameter != nullptr);
        CHECK(std::string{e.what()}.find(e.fault().parameter) != std::string::npos);
        CHECK(std::string{e.what()}.find(e.fault().range) != std::string::npos);
        return e.what();
    }
}

struct without_validate {};
struct with_validate {
    configuration_fault validate() const { return {"with_validate.x", 2.5, "must be something else"}; }
};
}  // namespace

TEST_CASE("configuration: nothing wrong is false") {
    STATIC_REQUIRE_FALSE(configuration_fault{});
    STATIC_REQUIRE(configuration_fault{"p", 1.0, "must be 2"});
    CHECK_FALSE(detail::validate(without_validate{}));
    CHECK(std::strcmp(detail::validate(with_validate{}).parameter, "with_validate.x") == 0);
}

TEST_CASE("configuration: the exception says parameter, value and range") {
    const invalid_configuration e{{"band.absolute", -0.05, "must be a weight at or above 0"}};
    CHECK(std::string{e.what()} == "ballast: band.absolute = -0.05: must be a weight at or above 0");
    CHECK(e.fault().value == -0.05);
    const invalid_configuration copy{e};
    CHECK(std::string{copy.what()} == e.what());
    // A text that is too long is cut, not overrun.
    const std::string range(1'000, 'x');
    const invalid_configuration long_one{{"p", 1.0, range.c_str()}};
    CHECK(std::string{long_one.what()}.size() < 200);
    CHECK(std::string{long_one.what()}.rfind("ballast: p = 1: xxx", 0) == 0);
}

TEST_CASE("configuration: every part of a rebalancer is validated when it is built") {
    const trigger::band band{.absolute = 0.05};
    const cost::zero free{};
    const solver::to_target solver{};
    CHECK(refused(band, free, solver) == "");
    CHECK(refused(trigger::band{.absolute = -0.05}, free, solver) == "ballast: band.absolute = -0.05: must be a weight at or above 0");
    CHECK_THAT(refused(trigger::band{}, free, solver), StartsWith("ballast: band.absolute"));
    CHECK_THAT(refused(band, cost::fixed{.amount = -1.0}, solver), StartsWith("ballast: fixed.amount = -1: "));
    CHECK_THAT(refused(band, cost::sum{free, cost::maximum{cost::proportional{.rate = 2.0}, 1.0}}, solver),
               StartsWith("ballast: proportional.rate = 2: "));
    CHECK_THAT(refused(band, free, solver::to_band{.depth = 1.5}), StartsWith("ballast: to_band.depth = 1.5: "));
    CHECK_THAT(refused(band, free, solver, guard::max_turnover{.limit = -1.0}), StartsWith("ballast: max_turnover.limit = -1: "));
    CHECK_THAT(refused(band, free, solver, target::equal{.cash = 2.0}), StartsWith("ballast: equal.cash = 2: "));
    CHECK_THAT(refused(band, free, solver, mandate{.leverage = 0.0}), StartsWith("ballast: mandate.leverage = 0: "));
    CHECK_THAT(refused(band, free, solver, sizing::reconciled{.collar = 1.0}), StartsWith("ballast: reconciled.collar = 1: "));
}
