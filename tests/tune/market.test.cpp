#include <ballast/tune/market.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

using namespace ballast;
using tune::costs;
using tune::gbm_market;

static_assert(std::is_aggregate_v<gbm_market> && std::is_aggregate_v<costs>);
static_assert(std::is_trivially_copyable_v<gbm_market> && std::is_trivially_copyable_v<costs>);

TEST_CASE("tune::gbm_market: against cash") {
    const gbm_market m{.drift = 0.08, .volatility = 0.2, .other_drift = 0.03};
    CHECK(m.relative_volatility() == Approx(0.2).epsilon(1e-15));
    CHECK(m.growth() == Approx(0.06).epsilon(1e-14));
    CHECK(m.other_growth() == 0.03);
    CHECK(m.growth_at(0.0) == 0.03);
    CHECK(m.growth_at(1.0) == Approx(0.06).epsilon(1e-14));
    // μw + r(1 − w) − ½σ²w², highest at (μ − r)/σ².
    for (const double w : {-0.5, 0.2, 0.6, 1.25, 2.0})
        CHECK(m.growth_at(w) == Approx(0.03 + 0.05 * w - 0.02 * w * w).epsilon(1e-13).margin(1e-16));
    CHECK(m.risk_aversion_for(1.25) == Approx(1.0).epsilon(1e-14));
    CHECK(m.risk_aversion_for(0.625) == Approx(2.0).epsilon(1e-14));
    CHECK(m.risk_aversion_for(-0.5) < 0.0);
}

TEST_CASE("tune::gbm_market: two risky assets") {
    const gbm_market m{.drift = 0.08, .volatility = 0.2, .other_drift = 0.05, .other_volatility = 0.1, .correlation = 0.3};
    CHECK(m.relative_variance() == Approx(0.04 + 0.01 - 2 * 0.3 * 0.2 * 0.1).epsilon(1e-14));
    for (const double w : {0.0, 0.3, 0.6, 1.0}) {
        const double mean = 0.08 * w + 0.05 * (1 - w);
        const double variance = 0.04 * w * w + 0.01 * (1 - w) * (1 - w) + 2 * 0.3 * 0.02 * w * (1 - w);
        CHECK(m.growth_at(w) == Approx(mean - 0.5 * variance).epsilon(1e-13));
        // Around the weight that is best for a risk aversion, mean − ½γ·variance falls off to both sides.
        const double gamma = m.risk_aversion_for(w);
        const auto worth = [&](double x) {
            return 0.08 * x + 0.05 * (1 - x) - 0.5 * gamma * (0.04 * x * x + 0.01 * (1 - x) * (1 - x) + 2 * 0.3 * 0.02 * x * (1 - x));
        };
        CHECK(worth(w + 1e-3) == Approx(worth(w - 1e-3)).margin(1e-15));
    }
    // Two that move as one.
    const gbm_market same{.drift = 0.1, .volatility = 0.3, .other_drift = 0.1, .other_volatility = 0.3, .correlation = 1.0};
    CHECK(same.relative_variance() == 0.0);
    CHECK(same.growth_at(0.4) == Approx(0.1 - 0.045).epsilon(1e-15));
}

TEST_CASE("tune::gbm_market, tune::costs: what is wrong is named") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
    const auto named = [](const auto& x) {
        const configuration_fault f = x.validate();
        return std::string{f ? f.parameter : ""};
    };
    CHECK(named(gbm_market{}).empty());
    CHECK(named(gbm_market{.drift = -3.0, .volatility = 5.0, .other_drift = -1.0, .other_volatility = 2.0, .correlation = -1.0}).empty());
    for (const double bad : {nan, inf, -inf}) {
        CHECK(named(gbm_market{.drift = bad}) == "gbm_market.drift");
        CHECK(named(gbm_market{.other_drift = bad}) == "gbm_market.other_drift");
    }
    for (const double bad : {nan, inf, -1e-9}) {
        CHECK(named(gbm_market{.volatility = bad}) == "gbm_market.volatility");
        CHECK(named(gbm_market{.other_volatility = bad}) == "gbm_market.other_volatility");
    }
    for (const double bad : {nan, 1.01, -1.01}) CHECK(named(gbm_market{.correlation = bad}) == "gbm_market.correlation");
    CHECK(named(costs{}).empty());
    CHECK(costs{}.none());
    CHECK_FALSE(costs{.fixed = 1e-9}.none());
    CHECK(named(costs{.rate = 0.5, .other_rate = 0.99, .fixed = 0.1}).empty());
    for (const double bad : {nan, inf, -1e-9, 1.0}) {
        CHECK(named(costs{.rate = bad}) == "costs.rate");
        CHECK(named(costs{.other_rate = bad}) == "costs.other_rate");
        CHECK(named(costs{.fixed = bad}) == "costs.fixed");
    }
}
