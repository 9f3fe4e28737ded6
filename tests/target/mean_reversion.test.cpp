#include <ballast/target/mean_reversion.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/same_bits.hpp"
#include "support/targets.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace ballast;
using ballast::target::mean_reversion;
using ballast::target::tilt_signal;
using ballast_test::test_look;
using test::refusal;
using test::weights_of;

static_assert(std::is_aggregate_v<mean_reversion> && target_policy<mean_reversion> && detail::transforms<mean_reversion>());

namespace {
test_look at_prices(const std::vector<double>& price, const std::vector<double>& target, timestamp now) {
    test_look l{std::vector<double>(price.size(), 0.0), target};
    l.price = price;
    l.refresh();
    l.at(now);
    return l;
}
}  // namespace

TEST_CASE("mean_reversion: off by default, to the bit") {
    const std::vector<double> t{0.31, 0.17, -0.2};
    const mean_reversion p;
    auto m = test::fresh_memory(p, 3);
    for (int day = 0; day < 20; ++day) {
        const test_look l = at_prices({1.0 + 0.1 * day, 2.0, 3.0}, t, timestamp{} + days(day));
        CHECK(test::same_bits(std::span<const double>{weights_of(p, l, m)}, std::span<const double>{t}));
        p.observe(l, m);
        CHECK(test::same_bits(std::span<const double>{weights_of(p, l, m)}, std::span<const double>{t}));
    }
}

TEST_CASE("mean_reversion: leans against the deviation from the average, by hand") {
    // After one half-life at 1.2 an average that began at 1 is 1.1: deviations of 1/11 and 0.
    const mean_reversion p{.strength = 2.0, .bound = 0.5, .half_life = days(10)};
    auto m = test::fresh_memory(p, 2);
    p.observe(at_prices({1.0, 5.0}, {0.5, 0.5}, timestamp{}), m);
    CHECK(weights_of(p, at_prices({1.0, 5.0}, {0.5, 0.5}, timestamp{}), m) == std::vector{0.5, 0.5});
    const test_look later = at_prices({1.2, 5.0}, {0.5, 0.5}, timestamp{} + days(10));
    const std::vector<double> w = weights_of(p, later, m);
    CHECK(w[0] == Approx(0.5 * (1.0 - 2.0 * 0.5 / 11.0)).epsilon(1e-13));
    CHECK(w[1] == Approx(0.5 * (1.0 + 2.0 * 0.5 / 11.0)).epsilon(1e-13));
    p.observe(later, m);
    CHECK(weights_of(p, later, m) == w);  // the same before and after it was observed
    CHECK(m.average[0] == Approx(1.1).epsilon(1e-14));
    CHECK(m.slope[0] == Approx(0.5 * 0.1 / days(10).years()).epsilon(1e-13));
    // The bound, and the other way round.
    const std::vector<double> small = weights_of(mean_reversion{.strength = 2.0, .bound = 0.05, .half_life = days(10)}, later, m);
    CHECK(small[0] == Approx(0.475).epsilon(1e-14));
    CHECK(small[1] == Approx(0.525).epsilon(1e-14));
    const std::vector<double> follows = weights_of(mean_reversion{.strength = -2.0, .bound = 0.5, .half_life = days(10)}, later, m);
    CHECK(follows[0] == Approx(w[1]).epsilon(1e-13));
}

// QuantAMM's momentum rule (defi_cases.json): w += κ(g/avg − mean), avg the new moving average, g = (1 − λ)³/λ·a, a = λ·a_prev + (p − avg)/(1 − λ).
// As avg − avg_prev = (1 − λ)(p − avg_prev), g is the exponential average of what the average moved in a step: the slope of ours times the
// length of a step. Its tilt is absolute, ours a share of the target, and it follows prices.
TEST_CASE("mean_reversion: below 0 with the slope it is the momentum rule (quantamm-momentum-*)") {
    const test::json all = test::reference("defi_cases.json");
    for (const char* id : {"quantamm-momentum-higher-avg-denominator", "quantamm-momentum-lower-avg-denominator"}) {
        const test::json& c = all.by_id(id);
        const test::json& in = c["input"];
        const std::vector<double> price = in["price"].numbers(), average = in["moving_average"].numbers(), a = in["prev_alpha"].numbers();
        if (price.empty()) continue;
        const double lambda = in["lam"].number();
        const timestamp before = timestamp{} + days(100), now = before + days(1);
        const duration step = elapsed(before, now);
        const mean_reversion p{.strength = -2.0 * in["kappa"][std::size_t{0}].number() * step.years(),
                               .bound = 0.9,
                               .half_life = {static_cast<std::int64_t>(static_cast<double>(step.ns) * std::log(0.5) / std::log(lambda))},
                               .signal = tilt_signal::slope};
        auto m = test::fresh_memory(p, 2);
        m.seen = before;
        for (std::size_t i = 0; i < 2; ++i) {
            m.average[i] = price[i] - (price[i] - average[i]) / lambda;
            m.slope[i] = std::pow(1.0 - lambda, 3) / lambda * a[i] / step.years();
        }
        const std::vector<double> w = weights_of(p, at_prices(price, in["prev_weights"].numbers(), now), m);
        for (std::size_t i = 0; i < 2; ++i) CHECK(w[i] == Approx(c["expected"]["weights"][i].number()).epsilon(1e-12));
    }
}

TEST_CASE("mean_reversion: sum, bound and sign are kept whatever prices do; who rose more has less") {
    std::mt19937_64 random{81};
    std::normal_distribution<double> noise;
    for (int k = 0; k < 200; ++k) {
        const std::size_t n = 1 + random() % 20;
        std::vector<double> t(n), price(n);
        for (double& x : t) x = random() % 5 == 0 ? 0.0 : k % 2 == 0 ? std::fabs(noise(random)) : noise(random);
        for (double& x : price) x = std::exp(noise(random));
        const mean_reversion p{.strength = std::exp(2.0 * noise(random)),
                               .bound = 0.3,
                               .half_life = days(7),
                               .signal = k % 3 == 0 ? tilt_signal::slope : tilt_signal::deviation};
        auto m = test::fresh_memory(p, n);
        timestamp now{};
        for (int day = 0; day < 10; ++day) {
            now = now + hours(static_cast<std::int64_t>(1 + random() % 60));
            for (double& x : price) x *= std::exp(0.1 * noise(random));
            const test_look l = at_prices(price, t, now);
            const std::vector<double> w = weights_of(p, l, m);
            p.observe(l, m);
            CHECK(weights_of(p, l, m) == w);
            double sum = 0.0, wanted = 0.0, size = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                CHECK(std::fabs(w[i] - t[i]) <= 0.3 * std::fabs(t[i]) * (1.0 + 1e-14));
                sum += w[i];
                wanted += t[i];
                size += std::fabs(t[i]);
                if (p.signal != tilt_signal::deviation) continue;
                const auto signal = [&](std::size_t j) { return price[j] / m.average[j]; };
                for (std::size_t j = 0; j < i; ++j)
                    if (t[i] != 0.0 && t[j] != 0.0 && signal(i) > signal(j))
                        CHECK((w[i] - t[i]) / std::fabs(t[i]) <= (w[j] - t[j]) / std::fabs(t[j]) + 1e-12);
            }
            CHECK(sum == Approx(wanted).margin(1e-13 * (1.0 + size)));
        }
    }
}

TEST_CASE("mean_reversion: a call learns from valuations") {
    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{},
                        mean_reversion{.strength = 1.0, .half_life = days(1)}},
             {.assets = 2}};
    std::vector<double> price{1.0, 1.0};
    const std::vector<double> quantity{50.0, 50.0}, target{0.5, 0.5};
    REQUIRE_FALSE(k.observe({.now = timestamp{} + days(1), .price = price}));
    CHECK(k.propose({.cash = 0.0, .quantity = quantity}, target).orders.empty());
    price[0] = 1.1;  // the average: 1.05
    REQUIRE_FALSE(k.observe({.now = timestamp{} + days(2), .price = price}));
    CHECK(k.propose({.cash = 0.0, .quantity = quantity}, target).weight_after()[0] == Approx(0.5 * (1.0 - 0.5 * 0.05 / 1.05)));
}

TEST_CASE("mean_reversion: what is wrong is told") {
    const mean_reversion p{.strength = 1.0};
    mean_reversion::memory small;
    std::vector<double> out;
    CHECK(test::try_weights(p, at_prices({1.0}, {1.0}, {}), small, out).code == fault_code::not_prepared);
    auto m = test::fresh_memory(p, 1);
    m.seen = timestamp{};
    CHECK(std::isnan(weights_of(p, at_prices({1.0}, {std::numeric_limits<double>::quiet_NaN()}, {}), m)[0]));
    CHECK(weights_of(p, at_prices({1.0}, {0.7}, {}), m)[0] == 0.7);  // an average of 0 tells nothing

    CHECK(refusal(mean_reversion{}).empty());
    CHECK(refusal(mean_reversion{.strength = HUGE_VAL}) == "ballast: mean_reversion.strength = inf: must be a finite number");
    CHECK(refusal(mean_reversion{.bound = 1.0}) == "ballast: mean_reversion.bound = 1: must be at or above 0 and below 1");
    CHECK(refusal(mean_reversion{.half_life = {}}) == "ballast: mean_reversion.half_life = 0: must be a time above 0 (seconds)");
}
