#include <ballast/risk/given.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"

#include <limits>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::given;

static_assert(std::is_empty_v<given> && estimator_policy<given> && given::provides == risk_need::volatility);
static_assert(detail::check_estimator<given>());

namespace {
given::estimate fresh(std::size_t n) {
    given::estimate e;
    e.prepare({.assets = n});
    return e;
}
fault tell(given::estimate& e, const std::vector<double>& volatility) { return given{}.observe(e, {.volatility = volatility}); }
}  // namespace

TEST_CASE("given: passes on what the host says, squared, as of the newest tick that said it") {
    given::estimate e = fresh(2);
    CHECK_FALSE(given{}.view(e).ready);
    CHECK_FALSE(tell(e, {}));
    CHECK_FALSE(given{}.view(e).ready);
    CHECK_FALSE(tell(e, {0.5, 0.0}));
    CHECK(given{}.view(e).ready);
    CHECK(given{}.view(e).layout == risk_layout::diagonal);
    CHECK(given{}.view(e).variance(0) == 0.25);
    CHECK(given{}.view(e).variance(1) == 0.0);
    CHECK_FALSE(tell(e, {}));  // a tick without volatilities
    CHECK(given{}.view(e).variance(0) == 0.25);
    CHECK_FALSE(tell(e, {0.25, 0.125}));
    CHECK(given{}.view(e).variance(0) == 0.0625);
    e.prepare({.assets = 3});
    CHECK_FALSE(given{}.view(e).ready);
    CHECK(given{}.view(e).specific.size() == 3);
}

TEST_CASE("given: a fault changes nothing") {
    given::estimate e = fresh(2);
    REQUIRE_FALSE(tell(e, {0.5, 0.25}));
    const auto refused = [&](const std::vector<double>& volatility, fault_code code, std::uint32_t index) {
        const fault f = tell(e, volatility);
        CHECK(f.code == code);
        CHECK(f.index == index);
        CHECK(e.variance == std::vector<double>{0.25, 0.0625});
        CHECK(e.ready);
    };
    refused({0.1}, fault_code::size_mismatch, no_index);
    refused({0.1, 0.2, 0.3}, fault_code::size_mismatch, no_index);
    refused({0.1, -0.2}, fault_code::bad_risk, 1);
    refused({std::numeric_limits<double>::quiet_NaN(), 0.2}, fault_code::bad_risk, 0);
    refused({0.1, std::numeric_limits<double>::infinity()}, fault_code::bad_risk, 1);
    refused({0.1, 1e200}, fault_code::bad_risk, 1);  // its square is not finite
    given::estimate unready = fresh(1);
    CHECK(tell(unready, {-1.0}).code == fault_code::bad_risk);
    CHECK_FALSE(unready.ready);
}

TEST_CASE("given: feeds a volatility band, beside an estimator of another kind") {
    const std::vector<double> price{1.0}, volatility{0.4}, quantity{50.0}, target{0.5};
    for (const std::size_t estimator : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
        trigger::volatility_band b{.width = 0.05, .reference = 0.2, .exponent = -1.0};
        b.estimator = estimator;
        keeper k{rebalancer{b, cost::zero{}, solver::to_target{}, risk::ewma{.warm_up = 1}, given{}}, {.assets = 1}};
        REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price, .volatility = volatility}));
        const decision& d = k.propose({.cash = 50.0, .quantity = quantity}, target);
        if (estimator == 0) CHECK(d.firing.threshold == 0.05);  // ewma has seen no return yet
        if (estimator == 1) CHECK(d.firing.threshold == Approx(0.025));
        if (estimator == 2) {
            CHECK(d.outcome == outcome::rejected);
            CHECK(d.problem.code == fault_code::risk_not_ready);
        }
    }
}
