#include <ballast/target/cppi.hpp>

#include <ballast/keeper.hpp>

#include <ballast/core/archive.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/csv.hpp"
#include "support/looks.hpp"
#include "support/targets.hpp"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace ballast;
using ballast::target::cppi;
using ballast_test::test_look;
using test::refusal;
using test::weights_of;

static_assert(std::is_aggregate_v<cppi> && std::is_trivially_copyable_v<cppi> && target_policy<cppi> && detail::transforms<cppi>());

namespace {
test_look worth(double value, const std::vector<double>& target = {1.0}) {
    return {std::vector<double>(target.size(), 0.0), target, value};
}
/// Of an account that began with a value.
cppi::memory begun(double value, timestamp at = {}) { return {value, at}; }
timestamp in_years(double years) { return {static_cast<std::int64_t>(years * 365.25 * 86400e9)}; }

struct gap_row {
    double multiplier, per_year, mu, r, sigma, horizon, local, whole;
};
std::vector<gap_row> gap_rows() {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: cppi_gap_risk.csv is skipped");
        return {};
    }
    std::string text;
    REQUIRE(csv::load(std::string{folder} + "/reference/cppi_gap_risk.csv", text) == "");
    std::string_view rest = text;
    csv::take_line(rest);
    std::vector<gap_row> rows;
    while (!rest.empty()) {
        const std::string line{csv::take_line(rest)};
        double x[8] = {};
        const char* at = line.c_str();
        for (double& v : x) {
            char* end = nullptr;
            v = std::strtod(at, &end);
            at = *end == ',' ? end + 1 : end;
        }
        rows.push_back({x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]});
    }
    REQUIRE(rows.size() == 32);
    return rows;
}
}  // namespace

TEST_CASE("cppi: the exposure is the multiplier times the cushion (defi_cases.json, cppi)") {
    const test::json all = test::reference("defi_cases.json");
    const test::json& c = all.by_id("cppi");
    if (!c.is(test::json::kind::object)) return;
    const double value = c["input"]["V"].number();
    const cppi p{.multiplier = c["input"]["m"].number(), .floor_amount = c["input"]["F"].number()};
    const double w = weights_of(p, worth(value))[0];
    CHECK(w * value == Approx(c["expected"]["risky"].number()).epsilon(1e-15));
    CHECK((1.0 - w) * value == Approx(c["expected"]["safe"].number()).epsilon(1e-15));
}

TEST_CASE("cppi: Perold and Sharpe's example (cppi_reference.json)") {
    const test::json all = test::reference("cppi_reference.json");
    const test::json& c = all["perold_sharpe_1988"];
    if (!c.is(test::json::kind::object)) return;
    const cppi p{.multiplier = c["m"].number(), .floor_amount = c["floor"].number()};
    CHECK(weights_of(p, worth(c["V0"].number()))[0] * c["V0"].number() == Approx(c["initial_stock"].number()).epsilon(1e-15));
    const test::json& after = c["after_20pct_fall"];
    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, p}, {.assets = 1}};
    const std::vector<double> target{1.0}, held{c["initial_stock"].number()}, price{0.8};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    const decision& d = k.propose({.cash = c["V0"].number() - held[0], .quantity = held}, target);
    CHECK(d.value == Approx(after["total"].number()));
    CHECK(d.weight_before()[0] * d.value == Approx(after["stock"].number()));
    CHECK(d.weight_after()[0] * d.value == Approx(after["target_stock"].number()));
    REQUIRE(d.orders.size() == 1);
    CHECK(-d.orders[0].notional == Approx(after["sell"].number()));
}

// S follows a path from S₀ to S_T whose squared moves add up to σ²T: equal steps up and down about a straight line of its logarithm. Rebalanced
// at each of them, the value comes to F_T + (V₀ − F₀)(S_T/S₀)^m·exp((r − m(r − σ²/2) − m²σ²/2)T), as the reference has it.
TEST_CASE("cppi: rebalanced without pause it ends where the closed form says (cppi_reference.json)") {
    const test::json all = test::reference("cppi_reference.json");
    const test::json& rows = all["continuous_terminal"];
    constexpr double r = 0.03, sigma = 0.2;
    constexpr int steps = 4096;
    for (std::size_t k = 0; k < rows.size(); ++k) {
        const double end = rows[k]["S_T"].number(), m = rows[k]["m"].number(), expected = rows[k]["value"].number();
        const double closed = 80.0 * std::exp(r) +
                              20.0 * std::pow(end / 100.0, m) * std::exp(r - m * (r - 0.5 * sigma * sigma) - 0.5 * m * m * sigma * sigma);
        CHECK(closed == Approx(expected).epsilon(1e-12));
        const cppi p{.multiplier = m, .floor = 0.8, .growth = r, .cap = 100.0};
        const double drift = std::log(end / 100.0) / steps, move = sigma / std::sqrt(static_cast<double>(steps));
        const double earned = std::exp(r / steps);
        double value = 100.0;
        test_look l = worth(value);
        l.rules.leverage = 100.0;
        look v = l.look();
        const cppi::memory memory = begun(100.0);
        std::vector<double> out(1);
        for (int s = 0; s < steps; ++s) {
            v.value = value;
            v.now = in_years(static_cast<double>(s) / steps);
            p.weights(v, memory, out);
            value *= out[0] * std::exp(drift + (s % 2 == 0 ? move : -move)) + (1.0 - out[0]) * earned;
        }
        CHECK(value == Approx(expected).epsilon(2e-3));
    }
}

TEST_CASE("cppi: cap, floor, growth and what the exposure is made of") {
    const cppi p{.multiplier = 4.0, .floor = 0.8};
    CHECK(weights_of(p, worth(100.0), begun(100.0))[0] == Approx(0.8).epsilon(1e-15));
    CHECK(weights_of(p, worth(200.0), begun(100.0))[0] == 1.0);  // capped
    CHECK(weights_of(cppi{.multiplier = 4.0, .floor = 0.8, .cap = 2.0}, worth(200.0), begun(100.0))[0] == 2.0);
    for (const double below : {80.0, 79.0, 1.0}) CHECK(weights_of(p, worth(below), begun(100.0))[0] == 0.0);
    // Without a valuation before, the account begins now.
    CHECK(weights_of(p, worth(50.0))[0] == Approx(0.8).epsilon(1e-15));
    // The larger of the two floors.
    CHECK(weights_of(cppi{.multiplier = 1.0, .floor = 0.5, .floor_amount = 60.0}, worth(100.0))[0] == Approx(0.4).epsilon(1e-15));
    CHECK(weights_of(cppi{.multiplier = 1.0, .floor = 0.7, .floor_amount = 60.0}, worth(100.0))[0] == Approx(0.3).epsilon(1e-14));
    // 5% a year for two years.
    test_look later = worth(100.0);
    later.at(in_years(3.0));
    const cppi growing{.multiplier = 2.0, .floor = 0.8, .growth = 0.05};
    CHECK(weights_of(growing, later, begun(100.0, in_years(1.0)))[0] == Approx(2.0 * (1.0 - 0.8 * std::exp(0.1))).epsilon(1e-12));
    // A mix of risky assets, one safe one; only the ratios of the targets count.
    const std::vector<double> w = weights_of(cppi{.multiplier = 3.0, .floor = 0.8, .safe = 2}, worth(100.0, {0.3, 0.1, 0.6}));
    CHECK(w[0] == Approx(0.45).epsilon(1e-14));
    CHECK(w[1] == Approx(0.15).epsilon(1e-14));
    CHECK(w[2] == Approx(0.4).epsilon(1e-14));
    const std::vector<double> none = weights_of(cppi{.multiplier = 3.0, .floor = 0.8, .safe = 1}, worth(100.0, {0.0, 0.4}));
    CHECK(none == std::vector{0.0, 1.0});
    CHECK(std::isnan(weights_of(p, worth(100.0, {0.5, std::numeric_limits<double>::quiet_NaN()}))[1]));
}

TEST_CASE("cppi: it remembers the first valuation alone, over a restart as well") {
    const cppi p{.multiplier = 4.0, .floor = 0.8};
    const rebalancer r{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, p};
    keeper k{r, {.assets = 1}};
    const std::vector<double> target{1.0}, quantity{0.0};
    std::vector<double> price{1.0};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    CHECK(k.propose({.cash = 100.0, .quantity = quantity}, target).weight_after()[0] == Approx(0.8));
    CHECK(k.propose({.cash = 100.0, .quantity = quantity}, target).weight_after()[0] == Approx(0.8));
    const std::vector<double> held{80.0};
    price[0] = 0.9;
    REQUIRE_FALSE(k.observe({.now = timestamp{2}, .price = price}));
    const double after = k.propose({.cash = 20.0, .quantity = held}, target).weight_after()[0];
    CHECK(after == Approx(4.0 * 12.0 / 92.0));
    typename decltype(r)::account_state a, b;
    r.prepare(a, {.assets = 1});
    r.prepare(b, {.assets = 1});
    test_look l = worth(123.0);
    l.at(timestamp{77});
    detail::for_each(a.memories, [&](auto& m) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(m)>, cppi::memory>) p.observe(l, m);
    });
    REQUIRE_FALSE(load(b, save(a)));
    detail::for_each(b.memories, [&](auto& m) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(m)>, cppi::memory>) {
            CHECK(m.first_value == 123.0);
            CHECK(m.begun == timestamp{77});
        }
    });
}

TEST_CASE("cppi: the chance of a gap, in closed form (cppi_gap_risk.csv)") {
    for (const gap_row& g : gap_rows()) {
        CAPTURE(g.multiplier, g.per_year, g.sigma);
        const cppi p{.multiplier = g.multiplier, .floor = 0.8, .growth = g.r};
        const target::gap_risk risk = p.gap(g.mu, g.sigma, g.per_year, g.horizon);
        CHECK(risk.period == Approx(g.local).epsilon(1e-10));
        // The reference forms 1 − (1 − p)^N in doubles and has nothing below 1e-16.
        CHECK(risk.horizon == Approx(g.whole).epsilon(1e-10).margin(1e-13));
        if (g.local < 1e-12) CHECK(risk.horizon == Approx(g.local * g.per_year * g.horizon).epsilon(1e-9));
    }
    CHECK(cppi{.multiplier = 1.0}.gap(0.0, 0.9, 12.0, 1.0).horizon == 0.0);
    CHECK(cppi{.multiplier = 4.0}.gap(0.05, 0.0, 12.0, 1.0).period == 0.0);
    CHECK(cppi{.multiplier = 4.0}.gap(-9.0, 0.0, 12.0, 1.0).horizon == 1.0);
}

TEST_CASE("cppi: the chance of a gap, by paths that the policy itself is rebalanced on") {
    std::mt19937_64 random{51};
    std::normal_distribution<double> noise;
    int rows = 0;
    for (const gap_row& g : gap_rows()) {
        if (g.per_year > 12.0 || g.whole < 0.02 || g.whole > 0.98) continue;
        ++rows;
        const cppi p{.multiplier = g.multiplier, .floor = 0.8, .growth = g.r, .cap = 1e6};
        const cppi::memory memory = begun(100.0);
        const test_look l = worth(100.0);
        look v = l.look();
        std::vector<double> out(1);
        const double dt = 1.0 / g.per_year;
        constexpr int paths = 20'000;
        int broken = 0, first = 0;
        for (int k = 0; k < paths; ++k) {
            double value = 100.0;
            for (int s = 0; s < static_cast<int>(g.per_year * g.horizon); ++s) {
                v.value = value;
                v.now = in_years(s * dt);
                p.weights(v, memory, out);
                const double move = std::exp((g.mu - 0.5 * g.sigma * g.sigma) * dt + g.sigma * std::sqrt(dt) * noise(random));
                value *= out[0] * move + (1.0 - out[0]) * std::exp(g.r * dt);
                if (value < 80.0 * std::exp(g.r * (s + 1) * dt) * (1.0 - 1e-12)) {
                    ++broken;
                    first += s == 0 ? 1 : 0;
                    break;
                }
            }
        }
        CAPTURE(g.multiplier, g.sigma);
        // 99.99% intervals.
        const auto near = [](double p0) { return 3.89 * std::sqrt(p0 * (1.0 - p0) / paths); };
        CHECK(static_cast<double>(broken) / paths == Approx(g.whole).margin(near(g.whole)));
        CHECK(static_cast<double>(first) / paths == Approx(g.local).margin(near(g.local)));
    }
    CHECK((rows == 0 || rows >= 8));
}

TEST_CASE("cppi: bad parameters are refused with parameter, value and range") {
    CHECK_THAT(refusal(cppi{}), EndsWith("has to be given: a finite number at or above 0"));
    CHECK(refusal(cppi{.multiplier = 3.0}).empty());
    CHECK(refusal(cppi{.multiplier = 3.0, .floor = -0.1}) == "ballast: cppi.floor = -0.1: must be a finite share at or above 0");
    CHECK(refusal(cppi{.multiplier = 3.0, .floor_amount = -1.0}) ==
          "ballast: cppi.floor_amount = -1: must be a finite amount at or above 0");
    CHECK(refusal(cppi{.multiplier = 3.0, .growth = HUGE_VAL}) == "ballast: cppi.growth = inf: must be a finite rate per year");
    CHECK(refusal(cppi{.multiplier = 3.0, .cap = -1.0}) == "ballast: cppi.cap = -1: must be a finite share at or above 0");
    CHECK_FALSE(cppi{.safe = 3}.covers(3));
    CHECK(cppi{.safe = 2}.covers(3));
}
