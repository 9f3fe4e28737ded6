// What the tests of tuning share: the published figures, random settings, normal numbers that are the same everywhere, means with their
// standard errors, and accounts that follow a walk of the log-odds.
#pragma once

#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/sim/replay.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/tune/band.hpp>
#include <ballast/tune/calendar.hpp>

#include "support/catch.hpp"
#include "support/csv.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace test {

// policy_growth_gbm.csv: growth, rebalances and what is traded of the risky asset, by closed forms that Monte Carlo agrees with.
struct growth_row {
    std::string policy{};
    ballast::tune::gbm_market market{};
    double target = 0.0, parameter = 0.0;
    ballast::tune::costs costs{};
    double log_growth = 0.0, rebalances = 0.0, traded = 0.0;
};
inline std::vector<growth_row> published_growth() {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: policy_growth_gbm.csv is skipped");
        return {};
    }
    std::string file;
    REQUIRE(csv::load(std::string{folder} + "/reference/policy_growth_gbm.csv", file) == "");
    std::string_view text = file;
    (void)csv::take_line(text);
    std::vector<growth_row> rows;
    std::vector<std::string_view> f;
    while (!text.empty()) {
        csv::split(csv::take_line(text), f);
        REQUIRE(f.size() == 9);
        const auto number = [&](std::size_t k) { return std::strtod(std::string{f[k]}.c_str(), nullptr); };
        growth_row r{.policy = std::string{f[0]},
                     .market = {.drift = number(1), .volatility = number(2)},
                     .target = number(3),
                     .parameter = number(4),
                     .costs = {.rate = number(5)},
                     .log_growth = number(6),
                     .rebalances = number(7),
                     .traded = number(8)};
        // The file's intervals have twelve digits; the numbers of dates in a year are whole.
        if (r.policy.rfind("calendar", 0) == 0) r.parameter = 1.0 / r.rebalances;
        rows.push_back(r);
    }
    REQUIRE(rows.size() == 222);
    return rows;
}

// To 1e-9, absolute for growth and of its size for the others.
inline void check_published(const growth_row& r, const ballast::tune::expectation& e) {
    CAPTURE(r.policy, r.market.drift, r.market.volatility, r.target, r.parameter, r.costs.rate);
    REQUIRE_FALSE(e.problem);
    CHECK(std::fabs(e.log_growth - r.log_growth) < 1e-10);
    if (std::isinf(r.rebalances))
        CHECK(e.rebalances == r.rebalances);
    else
        CHECK(std::fabs(e.rebalances / r.rebalances - 1.0) < 1e-10);
    CHECK(std::fabs(e.traded / r.traded - 1.0) < 1e-10);
    CHECK(e.turnover == Approx(e.traded).epsilon(r.costs.rate));
}

class chance {
public:
    explicit chance(std::uint64_t seed) : random_{seed} {}
    double unit() { return (static_cast<double>(random_() >> 11) + 0.5) * 0x1p-53; }
    double between(double a, double b) { return a + (b - a) * unit(); }
    double normal() { return std::sqrt(-2.0 * std::log(unit())) * std::cos(6.283185307179586 * unit()); }

    ballast::tune::gbm_market market() {
        ballast::tune::gbm_market m{.drift = between(-0.2, 0.3), .volatility = between(0.05, 0.9)};
        if (unit() < 0.5) return m;
        m.other_drift = between(-0.2, 0.3);
        m.other_volatility = between(0.0, 0.6);
        m.correlation = between(-1.0, 1.0);
        return m;
    }
    ballast::tune::costs costs() {
        return {.rate = unit() < 0.3 ? 0.0 : between(0.0, 0.02),
                .other_rate = unit() < 0.5 ? 0.0 : between(0.0, 0.02),
                .fixed = unit() < 0.5 ? 0.0 : between(0.0, 0.002)};
    }

private:
    std::mt19937_64 random_;
};

// A mean and how sure it is.
class sample_mean {
public:
    void add(double x) {
        ++count_;
        const double off = x - mean_;
        mean_ += off / static_cast<double>(count_);
        squares_ += off * (x - mean_);
    }
    [[nodiscard]] double mean() const { return mean_; }
    [[nodiscard]] double error() const {
        const auto n = static_cast<double>(count_);
        return std::sqrt(squares_ / (n - 1.0) / n);
    }
    /// By how many standard errors it is off, once `bias` is allowed for.
    [[nodiscard]] double off(double expected, double bias = 0.0) const {
        const double d = std::fabs(mean_ - expected) - bias;
        return d > 0.0 ? d / error() : 0.0;
    }

private:
    std::size_t count_ = 0;
    double mean_ = 0.0, squares_ = 0.0;
};

// The price of one asset, in cash, that goes up or down by a factor e^step in equal times. With chances that leave e^(−2ky) a martingale and
// times that leave the mean of y, it goes through barriers on its grid with the chances, and after the mean times, of the Brownian motion:
// exactly (by optional stopping), however coarse the grid is.
struct log_walk {
    double step = 0.0, up = 0.5, years = 0.0;

    log_walk(const ballast::tune::gbm_market& m, double grid) : step{grid} {
        const double nu = m.growth() - m.other_growth(), variance = m.relative_variance();
        up = 1.0 / (1.0 + std::exp(-2.0 * nu / variance * grid));
        years = nu == 0.0 ? grid * grid / variance : grid * (2.0 * up - 1.0) / nu;
    }
};

}  // namespace test
