#include <ballast/target/smoothed.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/same_bits.hpp"
#include "support/targets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace ballast;
using ballast::target::smoothed;
using ballast_test::test_look;
using test::refusal;

static_assert(std::is_aggregate_v<smoothed> && target_policy<smoothed> && detail::transforms<smoothed>());

namespace {
/// What a policy remembers after targets at a time.
smoothed::memory after(const std::vector<double>& last, timestamp seen = {}) {
    smoothed::memory m;
    m.last = last;
    m.seen = seen;
    return m;
}
std::vector<double> weights(const smoothed& p, const std::vector<double>& last, const std::vector<double>& target) {
    return test::weights_of(p, test_look{std::vector<double>(target.size(), 0.0), target}, after(last));
}
double sum(const std::vector<double>& w) {
    long double s = 0;
    for (const double x : w) s += static_cast<long double>(x);
    return static_cast<double>(s);
}
std::vector<double> random_simplex(std::mt19937_64& random, std::size_t n, double total) {
    std::exponential_distribution<double> e;
    std::vector<double> w(n);
    for (double& x : w) x = random() % 4 == 0 ? 0.0 : e(random);
    double all = 0.0;
    for (const double x : w) all += x;
    for (double& x : w) x *= all > 0.0 ? total / all : 0.0;
    return w;
}
}  // namespace

// QuantAMM, MathGuard (defi_cases.json): all changes scaled until the largest is 0.1; here it is the nearest weights, which are the same.
TEST_CASE("smoothed: a speed limit (quantamm-speed-limit)") {
    const test::json all = test::reference("defi_cases.json");
    const test::json& c = all.by_id("quantamm-speed-limit");
    const std::vector<double> e = c["expected"]["weights"].numbers();
    if (e.empty()) return;
    const std::vector<double> w =
        weights({.step = c["input"]["epsilon_max"].number()}, c["input"]["prev"].numbers(), c["input"]["new"].numbers());
    for (std::size_t i = 0; i < e.size(); ++i) CHECK(w[i] == Approx(e[i]).margin(1e-15));
}

TEST_CASE("smoothed: the first targets are the host's, and what is within reach is reached, to the bit") {
    const std::vector<double> t{0.25, 0.35, 0.3};
    const test_look l{{0.0, 0.0, 0.0}, t};
    const smoothed p{.step = 0.05};
    CHECK(test::same_bits(std::span<const double>{test::weights_of(p, l)}, std::span<const double>{t}));
    CHECK(test::same_bits(std::span<const double>{weights(p, {0.3, 0.3, 0.3}, t)}, std::span<const double>{t}));
    CHECK(test::weights_of(p, test_look{}).empty());
}

TEST_CASE("smoothed: clamping each change breaks the sum, this does not") {
    // Clamped: 0.5, 0.35, 0.25: a sum of 1.1.
    const std::vector<double> w = weights({.step = 0.05}, {0.55, 0.3, 0.15}, {0.5, 0.2, 0.3});
    CHECK(sum(w) == Approx(1.0).epsilon(1e-15));
    CHECK(w[2] == Approx(0.2).epsilon(1e-15));
    CHECK(w[0] + w[1] == Approx(0.8).epsilon(1e-15));
    CHECK(w[0] >= 0.5);
    CHECK(w[1] >= 0.25);
}

TEST_CASE("smoothed: its promises on random targets") {
    std::mt19937_64 random{31};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int k = 0; k < 3000; ++k) {
        const std::size_t n = 1 + random() % (k % 50 == 0 ? 500 : 12);
        const bool same_sum = k % 2 == 0;
        const std::vector<double> last = random_simplex(random, n, same_sum ? 1.0 : unit(random));
        const std::vector<double> t = random_simplex(random, n, same_sum ? 1.0 : unit(random));
        const double step = k % 7 == 0 ? 1.5 : 0.3 * unit(random) / std::sqrt(static_cast<double>(n)) + 1e-6;
        const std::vector<double> w = weights({.step = step}, last, t);
        const double before = sum(last), wanted = sum(t);
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(std::fabs(w[i] - last[i]) <= step * (1.0 + 1e-15) + 1e-16);
            CHECK(w[i] >= std::min(last[i], t[i]));  // so no weight of long-only targets is below 0
            CHECK(w[i] <= std::max(last[i], t[i]));
        }
        // Cash changes by no more either, and by all that it has to where it can.
        CHECK(sum(w) == Approx(std::clamp(wanted, before - step, before + step)).margin(1e-14));
        if (std::fabs(wanted - before) > 1e-12) continue;
        // A target that stands still is reached in as many steps as are said.
        double away = 0.0;
        for (std::size_t i = 0; i < n; ++i) away += std::max(0.0, t[i] - last[i]);
        const double most = std::ceil(away / step * (1.0 - 1e-9));
        if (most > 300.0) continue;
        std::vector<double> x = last;
        for (int s = 0; s < static_cast<int>(most) + 1 && x != t; ++s) x = weights({.step = step}, x, t);
        for (std::size_t i = 0; i < n; ++i) CHECK(x[i] == Approx(t[i]).margin(1e-13));
    }
}

TEST_CASE("smoothed: a step is a commit") {
    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, smoothed{.step = 0.1}}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, first{0.8, 0.2}, second{0.4, 0.6};
    holdings h{100.0, {0.0, 0.0}, {}};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    CHECK(k.propose(h.view(), first).weight_after()[0] == Approx(0.8));
    CHECK(k.propose(h.view(), second).weight_after()[0] == Approx(0.4));  // nothing was committed: still the first
    const decision& d = k.propose(h.view(), first);
    REQUIRE_FALSE(apply(h, d));
    REQUIRE_FALSE(k.commit(d));
    for (const double expected : {0.7, 0.6, 0.5, 0.4}) {
        CHECK(k.propose(h.view(), second).weight_after()[0] == Approx(expected));
        const decision& again = k.propose(h.view(), second);  // proposing again changes nothing
        CHECK(again.weight_after()[0] == Approx(expected));
        CHECK(again.weight_after()[1] == Approx(1.0 - expected));
        REQUIRE_FALSE(apply(h, again));
        REQUIRE_FALSE(k.commit(again));
    }
    CHECK(k.propose(h.view(), second).orders.empty());
}

TEST_CASE("smoothed: by time, whether or not anything is traded") {
    const smoothed p{.step = 0.1, .every = days(1)};
    test_look l{{0.0, 0.0}, {0.8, 0.2}};
    auto m = test::fresh_memory(p, 2);
    l.at(timestamp{} + days(1));
    p.observe(l, m);
    l.target = {0.2, 0.8};
    l.refresh();
    CHECK(test::weights_of(p, l, m) == std::vector{0.8, 0.2});
    for (int hour = 0; hour <= 48; hour += 6) {
        l.target = {0.2, 0.8};
        l.refresh();
        l.at(timestamp{} + days(1) + hours(hour));
        const std::vector<double> w = test::weights_of(p, l, m);
        CHECK(w[0] == Approx(0.8 - 0.1 * hour / 24.0).epsilon(1e-14));
        CHECK(w[0] + w[1] == Approx(1.0).epsilon(1e-15));
        if (hour % 12 == 0) continue;
        // A valuation in between changes neither that answer nor the later ones.
        l.target = w;
        l.refresh();
        p.observe(l, m);
        l.target = {0.2, 0.8};
        l.refresh();
        CHECK(test::weights_of(p, l, m) == w);
    }
    p.commit(decision{}, l.look().now, m);  // is nothing to it
    l.at(timestamp{} + days(30));
    CHECK(test::weights_of(p, l, m) == std::vector{0.2, 0.8});
}

TEST_CASE("smoothed: targets that are no numbers are named, a memory that is too small is a fault") {
    const test_look l{{0.0, 0.0}, {0.5, std::numeric_limits<double>::quiet_NaN()}};
    CHECK(std::isnan(test::weights_of(smoothed{.step = 0.1}, l, after({0.5, 0.5}))[1]));
    std::vector<double> out;
    CHECK(test::try_weights(smoothed{.step = 0.1}, l, after({0.5}), out).code == fault_code::not_prepared);
}

TEST_CASE("smoothed: bad parameters are refused with parameter, value and range") {
    CHECK_THAT(refusal(smoothed{}), StartsWith("ballast: smoothed.step = ") && EndsWith("has to be given: a weight above 0"));
    CHECK(refusal(smoothed{.step = 0.0}) == "ballast: smoothed.step = 0: has to be given: a weight above 0");
    CHECK(refusal(smoothed{.step = 0.1, .every = seconds(-1)}) == "ballast: smoothed.every = -1: must be a time at or above 0 (seconds)");
    CHECK(refusal(smoothed{.step = 0.1}).empty());
}
