#include <ballast/tune/best.hpp>

#include "support/tuning.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <type_traits>

using namespace ballast;
using tune::band;
using tune::best;
using tune::best_band;
using tune::best_interval;
using tune::best_width;
using tune::calendar;
using tune::closeness;
using tune::costs;
using tune::expect;
using tune::expectation;
using tune::gbm_market;
using tune::growth;

static_assert(std::is_trivially_copyable_v<best<band>>);
static_assert(noexcept(best_width(gbm_market{}, 0.5, costs{}, growth{})));
static_assert(noexcept(best_interval(gbm_market{}, 0.5, costs{}, growth{})));
static_assert(noexcept(best_band(gbm_market{}, 0.5, costs{}, growth{})));

namespace {
constexpr double inf = std::numeric_limits<double>::infinity();
const gbm_market typical{.drift = 0.08, .volatility = 0.2, .other_drift = 0.03};

// The highest score of all widths on a grid, and never and always.
template <class O>
double scanned_width(const gbm_market& m, double t, const costs& c, const O& o, double depth) {
    double top = -inf;
    const auto look = [&](double h) {
        const expectation e = expect(m, t, band{h, depth}, c);
        if (!e.problem) top = std::max(top, o.score(e));
    };
    for (double h = 1e-5; h < 1.0; h *= 1.003) look(h);
    for (int k = 1; k < 1000; ++k) look(0.001 * k);
    look(inf);
    look(0.0);
    return top;
}
template <class O>
double scanned_interval(const gbm_market& m, double t, const costs& c, const O& o) {
    double top = -inf;
    const auto look = [&](double x) { top = std::max(top, o.score(expect(m, t, calendar{x}, c))); };
    for (double x = 1e-4; x < 200.0; x *= 1.02) look(x);
    look(inf);
    look(0.0);
    return top;
}

// Whatever the host counts: here turnover is taxed.
struct taxed {
    double rate = 0.1;
    double score(const expectation& e) const noexcept { return e.log_growth - rate * e.turnover; }
};
}  // namespace

TEST_CASE("tune::best_width: no width on a fine grid is better") {
    test::chance random{1};
    for (int k = 0; k < 30; ++k) {
        const gbm_market m = random.market();
        const costs c = random.costs();
        const double t = random.between(0.05, 0.95), depth = k % 3 == 0 ? 0.0 : k % 3 == 1 ? 1.0 : random.unit();
        CAPTURE(k, m.drift, m.volatility, m.other_drift, m.other_volatility, m.correlation, t, c.rate, c.other_rate, c.fixed, depth);
        const auto check = [&](const auto& o) {
            const best<band> b = best_width(m, t, c, o, depth);
            REQUIRE_FALSE(b.expected.problem);
            CHECK(b.policy.depth == depth);
            CHECK(b.score == o.score(b.expected));
            CHECK(b.score == o.score(expect(m, t, b.policy, c)));
            const double top = scanned_width(m, t, c, o, depth);
            CHECK(b.score >= top - 1e-9 * std::fabs(top) - 1e-13);
        };
        check(closeness{random.between(0.5, 10.0)});
        check(growth{});
        check(growth{random.between(0.5, 20.0)});
        check(taxed{});
    }
}

TEST_CASE("tune::best_interval: no interval on a fine grid is better") {
    test::chance random{2};
    for (int k = 0; k < 8; ++k) {
        const gbm_market m = random.market();
        const costs c = random.costs();
        const double t = random.between(0.05, 0.95);
        CAPTURE(k, m.drift, m.volatility, m.other_drift, m.other_volatility, m.correlation, t, c.rate, c.other_rate, c.fixed);
        const auto check = [&](const auto& o) {
            const best<calendar> b = best_interval(m, t, c, o);
            REQUIRE_FALSE(b.expected.problem);
            CHECK(b.score == o.score(b.expected));
            const double top = scanned_interval(m, t, c, o);
            CHECK(b.score >= top - 1e-9 * std::fabs(top) - 1e-13);
        };
        check(closeness{random.between(0.5, 10.0)});
        check(growth{});
    }
}

TEST_CASE("tune::best_band: no depth is better") {
    for (const costs& c : {costs{.rate = 0.002}, costs{.fixed = 1e-5}, costs{.rate = 0.001, .fixed = 1e-5}}) {
        const closeness o{2.0};
        const best<band> b = best_band(typical, 0.6, c, o);
        REQUIRE_FALSE(b.expected.problem);
        for (double depth = 0.0; depth <= 1.0; depth += 0.05) CHECK(b.score >= best_width(typical, 0.6, c, o, depth).score - 1e-12);
        // Rates stop at the edge, fixed costs go to the target, both together in between.
        if (c.fixed == 0.0) CHECK(b.policy.depth == 0.0);
        if (c.rate == 0.0) CHECK(b.policy.depth > 0.99);
        if (c.fixed > 0.0 && c.rate > 0.0) CHECK((b.policy.depth > 0.2 && b.policy.depth < 0.95));
    }
}

// For small costs: the edge by the cube root (3c/(2γ))^⅓·(T(1 − T))^⅔ (Rogers 2004; Janeček and Shreve 2004), all the way with fixed costs by
// the quartic root (12F/γ)^¼·(T(1 − T))^½, and the interval by minimising c·σT(1 − T)·√(2/(πΔ)) + ¼γσ²·(σT(1 − T))²·Δ.
TEST_CASE("tune: the best for small costs is the one of the expansions") {
    const double gamma = 2.5, t = 0.4, k2 = t * (1 - t) * t * (1 - t);
    double off_before = inf;
    for (const double c : {1e-4, 1e-6, 1e-8}) {
        CAPTURE(c);
        const double cube = std::cbrt(1.5 * c / gamma * k2);
        const best<band> edge = best_width(typical, t, {.rate = c}, closeness{gamma}, 0.0);
        const double off = std::fabs(edge.policy.half_width / cube - 1.0);
        CHECK(off < cube);
        CHECK(off < off_before);
        off_before = off + 1e-5;
        const double quartic = std::sqrt(std::sqrt(12.0 * c / gamma * k2));
        CHECK(best_width(typical, t, {.fixed = c}, closeness{gamma}).policy.half_width == Approx(quartic).epsilon(quartic + 1e-5));
        const double s = 0.2 * std::sqrt(k2);
        const double interval = std::pow(2.0 * c * std::sqrt(2 / 3.14159265358979323846) / (gamma * 0.04 * s), 2.0 / 3.0);
        CHECK(best_interval(typical, t, {.rate = c}, closeness{gamma}).policy.interval == Approx(interval).epsilon(0.2 * interval + 1e-4));
    }
}

// Where the target is the weight of highest growth, growth and closeness with a risk aversion of 1 are the same but for the square of what is
// paid at a time.
TEST_CASE("tune: growth is closeness at the weight of highest growth") {
    for (const gbm_market& m :
         {gbm_market{.drift = 0.02, .volatility = 0.2},
          gbm_market{.drift = 0.09, .volatility = 0.3, .other_drift = 0.07, .other_volatility = 0.2, .correlation = 0.1}}) {
        const double t = (m.growth() - m.other_growth()) / m.relative_variance() + 0.5;
        REQUIRE((t > 0.3 && t < 0.8));
        CHECK(m.risk_aversion_for(t) == Approx(1.0).epsilon(1e-12));
        for (const double depth : {0.0, 0.5, 1.0}) {
            const expectation e = expect(m, t, band{0.07, depth}, {.rate = 1e-4, .other_rate = 2e-4});
            CHECK(e.log_growth == Approx(m.growth_at(t) + closeness{1.0}.score(e)).margin(1e-3 * e.cost));
            const costs c{.rate = 0.001, .fixed = depth == 0.0 ? 0.0 : 1e-5};
            const best<band> a = best_width(m, t, c, growth{}, depth), b = best_width(m, t, c, closeness{1.0}, depth);
            CHECK(a.policy.half_width == Approx(b.policy.half_width).epsilon(1e-3));
            CHECK(a.score == Approx(m.growth_at(t) + b.score).margin(1e-3 * -b.score));
        }
        const expectation e = expect(m, t, calendar{0.5}, {.rate = 1e-4});
        CHECK(e.log_growth == Approx(m.growth_at(t) + closeness{1.0}.score(e)).margin(1e-3 * e.cost));
    }
}

TEST_CASE("tune: the best may be never, or always") {
    // A target far below the weight of highest growth is left behind, if growth is all.
    const best<band> never = best_width(typical, 0.6, {.rate = 0.001}, growth{});
    CHECK(std::isinf(never.policy.half_width));
    CHECK(never.score == Approx(0.06).epsilon(1e-14));
    CHECK(std::isinf(best_interval(typical, 0.6, {.rate = 0.001}, growth{}).policy.interval));
    // Costs of nothing.
    CHECK(best_width(typical, 0.6, {}, closeness{}).policy.half_width == 0.0);
    CHECK(best_width(typical, 0.6, {}, closeness{}).score == 0.0);
    CHECK(best_interval(typical, 0.6, {}, closeness{}).policy.interval == 0.0);
    CHECK(best_band(typical, 0.6, {}, closeness{}).policy.half_width == 0.0);
    // Costs that nothing is worth.
    const closeness hardly{0.001};
    CHECK(std::isinf(best_width(typical, 0.6, {.rate = 0.5, .fixed = 0.2}, hardly).policy.half_width));
    CHECK(std::isinf(best_interval(typical, 0.6, {.rate = 0.5, .fixed = 0.2}, hardly).policy.interval));
    // A fixed cost at the edge, where there is no end of trades.
    CHECK(std::isinf(best_width(typical, 0.6, {.fixed = 1e-6}, closeness{}, 0.0).policy.half_width));
    // Nothing to do at all.
    for (const double t : {0.0, 1.0}) {
        CHECK(std::isinf(best_width(typical, t, {.rate = 0.001}, closeness{}).policy.half_width));
        CHECK(std::isinf(best_interval(typical, t, {.rate = 0.001}, closeness{}).policy.interval));
        CHECK(best_width(typical, t, {.rate = 0.001}, closeness{}).score == 0.0);
    }
    CHECK(std::isinf(best_width({}, 0.6, {.rate = 0.001}, closeness{}).policy.half_width));
    CHECK(std::isinf(best_interval({}, 0.6, {}, growth{}).policy.interval));
}

TEST_CASE("tune::best_width: leverage and shorts are never left alone") {
    for (const double t : {1.25, 2.0, -0.5}) {
        const closeness o{t < 0 ? 2.0 : 1.0};
        const best<band> b = best_width(typical, t, {.rate = 0.001}, o);
        REQUIRE_FALSE(b.expected.problem);
        CHECK((b.policy.half_width > 0.0 && b.policy.half_width < 1.0));
        for (double h = 1e-4; h < 2.0; h *= 1.01) {
            const expectation e = expect(typical, t, band{h}, {.rate = 0.001});
            if (!e.problem) CHECK(o.score(e) <= b.score + 1e-13);
        }
    }
}

TEST_CASE("tune: what can not be searched is named") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const auto named = [](const auto& b) {
        if (!b.expected.problem) return std::string{};
        CHECK(std::isnan(b.score));
        return std::string{b.expected.problem.parameter};
    };
    CHECK(named(best_width(typical, 0.6, {}, closeness{})).empty());
    CHECK(named(best_width({.volatility = nan}, 0.6, {}, closeness{})) == "gbm_market.volatility");
    CHECK(named(best_width(typical, nan, {}, closeness{})) == "target");
    CHECK(named(best_width(typical, 0.6, {.rate = -1.0}, closeness{})) == "costs.rate");
    CHECK(named(best_width(typical, 0.6, {}, closeness{0.0})) == "closeness.risk_aversion");
    CHECK(named(best_width(typical, 0.6, {}, growth{nan})) == "growth.risk_aversion");
    CHECK(named(best_width(typical, 0.6, {}, closeness{}, 2.0)) == "band.depth");
    CHECK(named(best_interval(typical, 1.5, {}, closeness{})) == "target");
    CHECK(named(best_interval({.drift = inf}, 0.6, {}, closeness{})) == "gbm_market.drift");
    CHECK(named(best_interval(typical, 0.6, {}, growth{-1.0})) == "growth.risk_aversion");
    CHECK(named(best_interval(typical, 0.6, {.rate = 0.5, .fixed = 0.9}, closeness{})) == "costs.fixed");
    CHECK(named(best_band(typical, nan, {}, closeness{})) == "target");
    CHECK(named(best_band(typical, 1.5, {}, closeness{0.0})) == "closeness.risk_aversion");
    // No width of such a leverage is possible.
    CHECK(named(best_width(typical, 100.0, {.rate = 0.02}, closeness{})) == "costs.rate");
}

TEST_CASE("tune: the same bits every time") {
    const best<band> a = best_width(typical, 0.6, {.rate = 0.001}, closeness{2.0}),
                     b = best_width(typical, 0.6, {.rate = 0.001}, closeness{2.0});
    CHECK(std::memcmp(&a.policy.half_width, &b.policy.half_width, sizeof(double)) == 0);
    CHECK(std::memcmp(&a.score, &b.score, sizeof(double)) == 0);
}
