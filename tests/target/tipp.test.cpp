#include <ballast/target/tipp.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/cppi.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/targets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace ballast;
using ballast::target::tipp;
using ballast_test::test_look;
using test::refusal;
using test::weights_of;

static_assert(std::is_aggregate_v<tipp> && std::is_trivially_copyable_v<tipp> && target_policy<tipp> && detail::transforms<tipp>());

namespace {
test_look worth(double value, timestamp now = {}, const std::vector<double>& target = {1.0}) {
    test_look l{std::vector<double>(target.size(), 0.0), target, value};
    l.at(now);
    return l;
}
}  // namespace

TEST_CASE("tipp: the floor follows the highest value and never falls") {
    const tipp p{.multiplier = 3.0, .floor = 0.8};
    tipp::memory m;
    std::mt19937_64 random{61};
    std::normal_distribution<double> noise;
    double value = 100.0, highest = 0.0, last_floor = 0.0;
    for (int day = 0; day < 500; ++day) {
        highest = std::max(highest, value);
        const test_look l = worth(value, timestamp{} + days(day));
        const double before = weights_of(p, l, m)[0];
        CHECK(before == Approx(std::clamp(3.0 * (value - 0.8 * highest) / value, 0.0, 1.0)).margin(1e-14));
        p.observe(l, m);
        CHECK(weights_of(p, l, m)[0] == before);  // the same before and after it was observed
        CHECK(m.floor >= last_floor);
        CHECK(m.floor == Approx(0.8 * highest).epsilon(1e-15));
        last_floor = m.floor;
        value *= std::exp(0.02 * noise(random));
    }
    // Below the floor all is safe; at its own peak the exposure is m(1 − floor).
    CHECK(weights_of(p, worth(0.5 * highest, timestamp{} + days(501)), m)[0] == 0.0);
    CHECK(weights_of(p, worth(2.0 * highest, timestamp{} + days(501)), m)[0] == Approx(0.6).epsilon(1e-14));
}

TEST_CASE("tipp: a floor that grows besides") {
    const tipp p{.multiplier = 2.0, .floor = 0.8, .growth = 0.05};
    tipp::memory m;
    p.observe(worth(100.0), m);
    const timestamp year{static_cast<std::int64_t>(365.25 * 86400e9)};
    CHECK(weights_of(p, worth(100.0, year), m)[0] == Approx(2.0 * (1.0 - 0.8 * std::exp(0.05))).epsilon(1e-13));
    // In steps or at once, the same.
    for (int k = 1; k <= 4; ++k) p.observe(worth(90.0, timestamp{k * (year.ns / 4)}), m);
    CHECK(m.floor == Approx(80.0 * std::exp(0.05)).epsilon(1e-14));
}

TEST_CASE("tipp: on a path that only falls it is cppi") {
    const tipp a{.multiplier = 4.0, .floor = 0.7};
    const target::cppi b{.multiplier = 4.0, .floor = 0.7};
    tipp::memory of_a;
    target::cppi::memory of_b;
    for (int k = 0; k < 40; ++k) {
        const test_look l = worth(100.0 - k, timestamp{k});
        a.observe(l, of_a);
        b.observe(l, of_b);
        CHECK(weights_of(a, l, of_a) == weights_of(b, l, of_b));
    }
    const target::gap_risk gap = a.gap(0.05, 0.3, 12.0, 1.0);
    CHECK(gap.period == b.gap(0.05, 0.3, 12.0, 1.0).period);
    CHECK(gap.horizon == b.gap(0.05, 0.3, 12.0, 1.0).horizon);
}

// The reference of cppi's gap risk holds for a ratchet as well: the cushion is set anew at each valuation, above or at where it was.
TEST_CASE("tipp: the chance of a gap, by paths that the policy itself is rebalanced on") {
    const tipp p{.multiplier = 8.0, .floor = 0.8, .cap = 1e6};
    const double mu = 0.085, sigma = 0.3, dt = 1.0 / 12.0;
    const double expected = p.gap(mu, sigma, 12.0, 1.0).horizon;
    std::mt19937_64 random{62};
    std::normal_distribution<double> noise;
    constexpr int paths = 20'000;
    int broken = 0;
    const test_look l = worth(100.0);
    look v = l.look();
    std::vector<double> out(1);
    for (int k = 0; k < paths; ++k) {
        tipp::memory m;
        v.value = 100.0;
        for (int s = 0; s < 12; ++s) {
            v.now = timestamp{s};
            p.observe(v, m);
            p.weights(v, m, out);
            v.value *= 1.0 + out[0] * (std::exp((mu - 0.5 * sigma * sigma) * dt + sigma * std::sqrt(dt) * noise(random)) - 1.0);
            if (v.value < m.floor * (1.0 - 1e-12)) {
                ++broken;
                break;
            }
        }
    }
    CHECK(static_cast<double>(broken) / paths == Approx(expected).margin(3.89 * std::sqrt(expected * (1.0 - expected) / paths)));
}

TEST_CASE("tipp: a mix of risky assets, a safe one, and a call") {
    const std::vector<double> w = weights_of(tipp{.multiplier = 3.0, .floor = 0.8, .safe = 0}, worth(100.0, {}, {0.5, 0.2, 0.2}));
    CHECK(w[0] == Approx(0.4).epsilon(1e-14));
    CHECK(w[1] == Approx(0.3).epsilon(1e-14));
    CHECK(w[2] == Approx(0.3).epsilon(1e-14));
    CHECK(tipp{.safe = 0}.covers(1));
    CHECK_FALSE(tipp{.safe = 0}.covers(0));

    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, tipp{.multiplier = 3.0, .floor = 0.8}},
             {.assets = 1}};
    const std::vector<double> target{1.0}, held{60.0};
    std::vector<double> price{1.0};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    CHECK(k.propose({.cash = 40.0, .quantity = held}, target).orders.empty());
    price[0] = 2.0;  // 160: the floor rises to 128
    REQUIRE_FALSE(k.observe({.now = timestamp{2}, .price = price}));
    CHECK(k.propose({.cash = 40.0, .quantity = held}, target).weight_after()[0] == Approx(0.6));
    price[0] = 1.5;  // 130
    REQUIRE_FALSE(k.observe({.now = timestamp{3}, .price = price}));
    CHECK(k.propose({.cash = 40.0, .quantity = held}, target).weight_after()[0] == Approx(3.0 * 2.0 / 130.0));
}

TEST_CASE("tipp: bad parameters are refused with parameter, value and range") {
    CHECK_THAT(refusal(tipp{}), EndsWith("has to be given: a finite number at or above 0"));
    CHECK_THAT(refusal(tipp{.multiplier = 3.0}), EndsWith("has to be given: a share between 0 and 1"));
    CHECK(refusal(tipp{.multiplier = 3.0, .floor = 0.8}).empty());
    CHECK(refusal(tipp{.multiplier = 3.0, .floor = 0.8, .growth = -0.1}) ==
          "ballast: tipp.growth = -0.1: must be a finite rate per year at or above 0");
    CHECK(refusal(tipp{.multiplier = 3.0, .floor = 0.8, .cap = -0.1}) == "ballast: tipp.cap = -0.1: must be a finite share at or above 0");
}
