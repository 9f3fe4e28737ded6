#include <ballast/venue/trajectory.hpp>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace ballast;

/// The example of Almgren and Chriss (2000), section 3.4: a million shares of a 50 dollar stock in five days, 30 % volatility a year.
venue::trajectory example(double risk_aversion) {
    return {.volatility = 0.95,
            .temporary = 2.5e-6,
            .permanent = 2.5e-7,
            .spread = 0.0625,
            .risk_aversion = risk_aversion,
            .period = 1.0,
            .periods = 5};
}

/// Expected cost + aversion · variance of any way to trade, straight from the definitions.
double utility(const venue::trajectory& t, const std::vector<double>& trades) {
    double left = 0.0;
    for (const double n : trades) left += n;
    double cost = 0.0;
    double variance = 0.0;
    for (const double n : trades) {
        left -= n;
        // What is still held loses by the permanent move; the trade itself pays the temporary one and the spread.
        cost += t.permanent * n * left + n * (t.temporary * n / t.period) + t.spread * std::fabs(n);
        variance += t.volatility * t.volatility * t.period * left * left;
    }
    return cost + t.risk_aversion * variance;
}

std::vector<double> trades_of(const venue::trajectory& t, double amount) {
    std::vector<double> trades;
    for (std::size_t k = 1; k <= t.periods; ++k) trades.push_back(t.trade(amount, k));
    return trades;
}

}  // namespace

TEST_CASE("venue.trajectory: the published example") {
    // Section 3.4 of the paper: with λ = 1e-6 κ is about 0.61 a day; with λ = 0 the trades are equal.
    CHECK(example(1e-6).urgency() == Approx(0.61).margin(0.005));
    for (const double n : trades_of(example(0.0), 1e6)) CHECK(n == Approx(200'000.0).epsilon(1e-12));
    // Equal trades: E = ½γX² + εX + (η − ½γτ)X²/T, V = ⅓σ²X²T(1 − 1/N)(1 − 1/2N), eqs. (10) and (11).
    const auto even = example(0.0);
    CHECK(even.expected_cost(1e6) == Approx(0.5 * 2.5e-7 * 1e12 + 0.0625 * 1e6 + (2.5e-6 - 0.125e-6) * 1e12 / 5.0).epsilon(1e-12));
    CHECK(even.variance(1e6) == Approx(0.95 * 0.95 * 1e12 * 5.0 / 3.0 * (1.0 - 1.0 / 5.0) * (1.0 - 1.0 / 10.0)).epsilon(1e-12));
    // All at once: E = εX + ηX²/τ, V = 0, eqs. (12) and (13).
    auto once = example(1e-6);
    once.periods = 1;
    CHECK(once.expected_cost(1e6) == Approx(0.0625 * 1e6 + 2.5e-6 * 1e12).epsilon(1e-12));
    CHECK(once.variance(1e6) == 0.0);
    CHECK(once.trade(1e6, 1) == 1e6);
}

TEST_CASE("venue.trajectory: its costs are those of the definition, and no other way to trade is better") {
    std::mt19937_64 random{20001};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int round = 0; round < 300; ++round) {
        venue::trajectory t;
        t.volatility = 2.0 * unit(random);
        t.permanent = 1e-6 * unit(random);
        t.period = 0.1 + unit(random);
        t.temporary = 0.5 * t.permanent * t.period + 1e-7 + 1e-5 * unit(random);
        t.spread = 0.1 * unit(random);
        t.risk_aversion = round % 7 == 0 ? 0.0 : std::pow(10.0, -9.0 + 6.0 * unit(random));
        t.periods = 1 + static_cast<std::size_t>(20.0 * unit(random));
        REQUIRE_FALSE(t.validate());
        const double amount = (round % 2 == 0 ? 1.0 : -1.0) * 1e6 * (0.1 + unit(random));
        const auto best = trades_of(t, amount);
        double sum = 0.0;
        for (const double n : best) {
            CHECK(n * amount >= 0.0);
            sum += n;
        }
        CHECK(sum == Approx(amount).epsilon(1e-13));
        const double least = t.expected_cost(amount) + t.risk_aversion * t.variance(amount);
        CHECK(utility(t, best) == Approx(least).epsilon(1e-11));
        for (int other = 0; other < 20 && t.periods > 1; ++other) {
            auto moved = best;
            const auto i = static_cast<std::size_t>(unit(random) * static_cast<double>(t.periods));
            const auto j = static_cast<std::size_t>(unit(random) * static_cast<double>(t.periods));
            const double by = amount * 0.01 * unit(random);
            moved[i] += by;
            moved[j] -= by;
            CHECK(utility(t, moved) >= least * (1.0 - 1e-12));
        }
    }
}

TEST_CASE("venue.trajectory: with great haste nearly all goes at once, with little all is even") {
    auto t = example(1e9);
    CHECK(t.trade(1e6, 1) > 999'999.0);
    CHECK(t.left(1e6, 1) >= 0.0);
    CHECK(t.left(1e6, 5) == 0.0);
    CHECK(t.left(1e6, 0) == 1e6);
    CHECK(t.trade(1e6, 0) == 0.0);
    CHECK(t.trade(1e6, 6) == 0.0);
    // From haste that matters to none at all the trades change smoothly.
    t.risk_aversion = 1e-22;
    CHECK(t.trade(1e6, 1) == Approx(200'000.0).epsilon(1e-9));
    CHECK(t.trade(0.0, 1) == 0.0);
}

TEST_CASE("venue.trajectory: what it refuses") {
    const auto refused = [](venue::trajectory t, const char* parameter) {
        const auto f = t.validate();
        return f && std::string{f.parameter} == parameter;
    };
    auto t = example(1e-6);
    CHECK_FALSE(t.validate());
    t.temporary = 0.5 * t.permanent * t.period;
    CHECK(refused(t, "trajectory.temporary"));
    t = example(-1.0);
    CHECK(refused(t, "trajectory.risk_aversion"));
    t = example(0.0);
    t.periods = 0;
    CHECK(refused(t, "trajectory.periods"));
    t = example(0.0);
    t.period = 0.0;
    CHECK(refused(t, "trajectory.period"));
    t = example(0.0);
    t.volatility = std::nan("");
    CHECK(refused(t, "trajectory.volatility"));
    t = example(0.0);
    t.permanent = -1e-9;
    CHECK(refused(t, "trajectory.permanent"));
    t = example(0.0);
    t.spread = -1.0;
    CHECK(refused(t, "trajectory.spread"));
}
