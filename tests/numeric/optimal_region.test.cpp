#include <ballast/numeric/optimal_region.hpp>

#include "support/catch.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

using namespace ballast;

static_assert(noexcept(exact_region({})) && noexcept(expanded_region({})) && noexcept(exact_rates({}, 0.2)));
static_assert(growth_problem{.target = 0.5, .risk_aversion = 1.0}.valid() && !growth_problem{}.valid());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The rows of a file of the data folder, without its header; empty where there is no folder.
std::vector<std::vector<std::string>> rows_of(const char* file) {
    std::vector<std::vector<std::string>> rows;
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: " << file << " is skipped");
        return rows;
    }
    std::ifstream in{std::string{folder} + "/reference/" + file};
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        rows.emplace_back();
        std::stringstream cells{line};
        for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    CHECK_FALSE(rows.empty());
    return rows;
}

/// Half of the last of 12 digits, and at least `most`.
double allowed(double value, double most) {
    const double digit = std::pow(10.0, std::floor(std::log10(std::fabs(value))) - 11.0);
    return std::fmax(most, 0.51 * digit);
}

/// How many rows there are beyond what is allowed of a column; empty cells count as met.
void meet(const std::string& cell, double found, double most, const char* column, std::size_t row) {
    if (cell.empty()) return;
    const double wanted = std::strtod(cell.c_str(), nullptr);
    if (!(std::fabs(found - wanted) <= allowed(wanted, most))) {
        CAPTURE(column, row, found, wanted);
        FAIL_CHECK("not met");
    }
}

/// ∫γq/(P(P − γq)) over π* ± h with q = h² − (w−π*)², P = w(1−w): the definition, by Simpson's rule.
double cost_by_simpson(double target, double gamma, double h, int steps) {
    const auto f = [&](double x) {
        const double q = h * h - x * x;
        const double p = (target + x) * (1.0 - target - x);
        return gamma * q / (p * (p - gamma * q));
    };
    double sum = 0.0;
    for (int k = 0; k < steps; ++k) {
        const double a = h * (2.0 * k / steps - 1.0);
        const double b = h * (2.0 * (k + 1) / steps - 1.0);
        sum += (b - a) / 6.0 * (f(a) + 4.0 * f(0.5 * (a + b)) + f(b));
    }
    return sum;
}

/// The logarithm of the odds of a weight, to be told of weights on the same side of 0 and 1.
double log_odds(double w) { return std::log(std::fabs(w / (1.0 - w))); }
}  // namespace

// nt_region_reference.csv: regions by two or three other methods, 12 digits.
TEST_CASE("optimal_region: the regions of long-run growth") {
    int met = 0;
    std::size_t at = 1;
    for (auto& c : rows_of("nt_region_reference.csv")) {
        ++at;
        if (c[0] != "LR") continue;
        c.resize(18);
        const auto number = [&](std::size_t k) { return std::strtod(c[k].c_str(), nullptr); };
        const double sigma = number(3);
        const growth_problem p{
            .target = number(1) / (number(4) * sigma * sigma), .risk_aversion = number(4), .buy = number(6), .sell = number(7)};
        const optimal_region exact = exact_region(p);
        const growth_rates rates = exact_rates(p, sigma);
        const optimal_region expanded = expanded_region(p);
        meet(c[9], exact.lower, 1e-11, "pi_lower", at);
        meet(c[10], exact.upper, 1e-11, "pi_upper", at);
        meet(c[11], rates.growth, 1e-12, "growth", at);
        meet(c[14], rates.bought, 1e-11, "turnover_buy", at);
        meet(c[15], rates.sold, 1e-11, "turnover_sell", at);
        meet(c[16], expanded.lower, 1e-12, "pi_lower_asym", at);
        meet(c[17], expanded.upper, 1e-12, "pi_upper_asym", at);
        CHECK((exact.lower_goal == exact.lower && exact.upper_goal == exact.upper));
        ++met;
    }
    if (at > 1) CHECK(met > 150);
}

// ggms2014_exact_vs_asymptotic.csv: ask price 1, bid price 1 − ε.
TEST_CASE("optimal_region: growth, liquidity premium and turnover beside those of Gerhold and others") {
    std::size_t at = 1;
    for (const auto& c : rows_of("ggms2014_exact_vs_asymptotic.csv")) {
        ++at;
        const auto number = [&](std::size_t k) { return std::strtod(c[k].c_str(), nullptr); };
        const double sigma = number(1);
        const double gamma = number(2);
        const double variance = sigma * sigma;
        const growth_problem p{.target = number(0) / (gamma * variance), .risk_aversion = gamma, .sell = number(3)};
        const optimal_region r = exact_region(p);
        const growth_rates rates = exact_rates(p, sigma);
        meet(c[5], gamma * variance * r.half_width, 1e-12, "lam", at);
        meet(c[6], p.target - r.half_width, 1e-11, "pi_minus_ask", at);
        meet(c[7], p.target + r.half_width, 1e-11, "pi_plus_bid", at);
        meet(c[8], r.upper, 1e-11, "pi_plus_at_ask", at);
        CHECK(r.lower == Approx(p.target - r.half_width).epsilon(1e-15));
        meet(c[9], rates.growth, 1e-12, "esr_excess", at);
        meet(c[10], rates.liquidity_premium, 1e-13, "lipr", at);
        meet(c[11], rates.share_turnover, 1e-11, "share_turnover", at);
        meet(c[12], rates.wealth_turnover, 1e-11, "wealth_turnover", at);
        const optimal_region e = expanded_region(p);
        const growth_rates leading = expanded_rates(p, sigma);
        meet(c[13], gamma * variance * e.half_width, 1e-12, "lam_asym", at);
        meet(c[14], e.lower, 1e-12, "pi_minus_asym", at);
        meet(c[15], e.upper, 1e-12, "pi_plus_asym", at);
        meet(c[16], leading.liquidity_premium, 1e-12, "lipr_asym", at);
        meet(c[17], leading.share_turnover, 1e-12, "shtu_asym", at);
        meet(c[18], leading.wealth_turnover, 1e-12, "wetu_asym", at);
        meet(c[19], leading.growth_loss, 1e-12, "esr_loss_asym", at);
    }
}

// The equation of the value function and both smooth fits, by Runge and Kutta: from π₋ at the ask price, w' = Q(w) along the logarithm
// of the price leads to π₊ at the bid price over just the range that the odds at the mid price span, and w' = w(1−w) at both ends.
TEST_CASE("optimal_region: solves the free-boundary problem for weights of every kind") {
    int tried = 0;
    for (const double target : {0.5, 0.05, 0.95, 1.3, 2.5, 8.0, -0.2, -1.0, -5.0})
        for (const double gamma : {0.3, 1.0, 2.0, 7.0, 40.0})
            for (const double buy : {0.0, 0.001, 0.03, 0.4})
                for (const double sell : {0.0001, 0.02, 0.3}) {
                    const growth_problem p{.target = target, .risk_aversion = gamma, .buy = buy, .sell = sell};
                    const optimal_region r = exact_region(p);
                    const double h = r.half_width;
                    const double lower = target - h;
                    const double upper = target + h;
                    // Valued at ask and bid.
                    CHECK(r.lower * (1.0 + buy) / (1.0 + buy * r.lower) == Approx(lower).epsilon(1e-13));
                    CHECK(r.upper * (1.0 - sell) / (1.0 - sell * r.upper) == Approx(upper).epsilon(1e-13));
                    const auto slope = [&](double w) { return w * (1.0 - w) - gamma * (h * h - (w - target) * (w - target)); };
                    if (h > 0.97 * std::fmin(std::fabs(target), std::fabs(1.0 - target))) continue;  // too steep for plain steps
                    const double range = log_odds(r.upper) - log_odds(r.lower);
                    constexpr int steps = 4000;
                    const double t = range / steps;
                    double w = lower;
                    for (int k = 0; k < steps; ++k) {
                        const double k1 = slope(w);
                        const double k2 = slope(w + 0.5 * t * k1);
                        const double k3 = slope(w + 0.5 * t * k2);
                        const double k4 = slope(w + t * k3);
                        w += t / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
                    }
                    ++tried;
                    if (std::fabs(w - upper) > 1e-9 * std::fmax(1.0, std::fabs(upper))) {
                        CAPTURE(target, gamma, buy, sell, w, upper, range);
                        FAIL_CHECK("does not end at the upper boundary");
                    }
                }
    CHECK(tried > 300);
}

TEST_CASE("optimal_region: the equation in closed form is its integral") {
    int series = 0, arcs = 0, logarithms = 0;
    for (const double target : {0.5, 0.1, 0.9, 0.002, 1.01, 1.7, 6.0, -0.03, -0.7, -3.0})
        for (const double gamma : {0.2, 1.0, 3.0, 30.0})
            for (const double part : {1e-4, 0.01, 0.05, 0.15, 0.3, 0.6, 0.9}) {
                const detail::region_equation equation{target, gamma};
                const double h = part * equation.most();
                const double cost = equation.cost(h);
                const double p = equation.spread();
                // Beyond a root of Q there is no region.
                double least = infinity;
                for (int k = 0; k <= 2000; ++k) {
                    const double x = h * (k / 1000.0 - 1.0);
                    const double w = target + x;
                    least = std::fmin(least, (w * (1.0 - w) - gamma * (h * h - x * x)) / p);
                }
                if (least < 1e-4) {
                    if (least < 0.0) CHECK(cost == infinity);
                    continue;
                }
                (part < 0.1 ? series : 1.0 - 4.0 * gamma * (p + (1.0 - gamma) * h * h) < 0.0 ? arcs : logarithms) += 1;
                const double plain = cost_by_simpson(target, gamma, h, 40000);
                if (!(std::fabs(cost - plain) <= 1e-9 * plain + 1e-14)) {
                    CAPTURE(target, gamma, part, cost, plain);
                    FAIL_CHECK("differs from the integral");
                }
            }
    CHECK(series > 80);
    CHECK(arcs > 10);
    CHECK(logarithms > 80);
}

namespace {
// Growth of logarithmic utility under a policy of reflection, by its stationary law: y, the logarithm of the odds at the mid price,
// is a Brownian motion with drift μ − σ²/2 kept in a..b, with density in proportion to exp(2(μ−σ²/2)y/σ²). A push dL at the
// lower edge takes b·π(1−π)/(1+bπ) dL of the logarithm of wealth, one at the upper s·π(1−π)/(1−sπ).
double growth_of_log(double mu, double sigma, double buy, double sell, double lower, double upper) {
    const double a = log_odds(lower);
    const double b = log_odds(upper);
    const double k = 2.0 * mu / (sigma * sigma) - 1.0;
    constexpr int steps = 2000;
    double mass = 0.0, gain = 0.0;
    for (int i = 0; i <= steps; ++i) {
        const double y = a + (b - a) * i / steps;
        const double w = 1.0 / (1.0 + std::exp(-y));
        const double weight = (i == 0 || i == steps ? 1.0 : i % 2 == 1 ? 4.0 : 2.0) * std::exp(k * (y - a));
        mass += weight;
        gain += weight * (mu * w - 0.5 * sigma * sigma * w * w);
    }
    const double cell = (b - a) / steps / 3.0;
    const double pushes = 0.5 * sigma * sigma / (mass * cell);
    return gain / mass - pushes * buy * lower * (1.0 - lower) / (1.0 + buy * lower) -
           pushes * std::exp(k * (b - a)) * sell * upper * (1.0 - upper) / (1.0 - sell * upper);
}
}  // namespace

TEST_CASE("optimal_region: no other pair of edges grows faster with logarithmic utility") {
    struct market {
        double mu, sigma, buy, sell;
    };
    for (const market& m :
         {market{0.06, 0.3, 0.0, 0.01}, market{0.06, 0.3, 0.02, 0.001}, market{0.02, 0.2, 0.05, 0.05}, market{0.01, 0.3, 0.1, 0.2}}) {
        const double mu = m.mu, sigma = m.sigma, buy = m.buy, sell = m.sell;
        CAPTURE(mu, sigma, buy, sell);
        const growth_problem p{.target = mu / (sigma * sigma), .risk_aversion = 1.0, .buy = buy, .sell = sell};
        const optimal_region r = exact_region(p);
        const double best = growth_of_log(mu, sigma, buy, sell, r.lower, r.upper);
        CHECK(best == Approx(exact_rates(p, sigma).growth).epsilon(1e-10));
        // Flat at the edges, to the second order, and lower on all sides.
        for (const double by : {-0.02, -0.002, 0.002, 0.02}) {
            CHECK(growth_of_log(mu, sigma, buy, sell, r.lower * (1.0 + by), r.upper) < best);
            CHECK(growth_of_log(mu, sigma, buy, sell, r.lower, r.upper * (1.0 + by)) < best);
        }
        const double t = 1e-4;
        const auto slope = [&](double a, double b) {
            return (growth_of_log(mu, sigma, buy, sell, r.lower + a, r.upper + b) -
                    growth_of_log(mu, sigma, buy, sell, r.lower - a, r.upper - b)) /
                   (2.0 * t);
        };
        CHECK(std::fabs(slope(t, 0.0)) < 1e-6);
        CHECK(std::fabs(slope(0.0, t)) < 1e-6);
    }
}

TEST_CASE("optimal_region: without costs, without an asset, with nothing else") {
    for (const double gamma : {0.5, 1.0, 5.0})
        for (const double target : {-0.5, 0.0, 0.3, 1.0, 2.0}) {
            const optimal_region free = exact_region({.target = target, .risk_aversion = gamma});
            CHECK((free.lower == target && free.upper == target && free.half_width == 0.0));
            const optimal_region e = expanded_region({.target = target, .risk_aversion = gamma});
            CHECK((e.lower == target && e.upper == target && e.lower_goal == target && e.upper_goal == target));
            CHECK(exact_rates({.target = target, .risk_aversion = gamma}, 0.2).growth_loss == 0.0);
        }
    for (const double target : {0.0, 1.0})
        for (const double fixed : {0.0, 0.001}) {
            const growth_problem p{.target = target, .risk_aversion = 2.0, .buy = 0.01, .sell = 0.02};
            CHECK((exact_region(p).lower == target && exact_region(p).upper == target));
            growth_problem q = p;
            q.fixed = fixed;
            const optimal_region e = expanded_region(q);
            CHECK((e.lower == target && e.upper == target && e.lower_goal == target && e.upper_goal == target));
            const growth_rates rates = exact_rates(p, 0.2);
            CHECK(rates.growth == Approx(0.5 * 2.0 * 0.04 * target).margin(0));
            CHECK((rates.wealth_turnover == 0.0 && rates.liquidity_premium == 0.0 && rates.growth_loss == 0.0));
        }
    CHECK(exact_rates({.target = 0.5, .risk_aversion = 2.0}, 0.2).wealth_turnover == infinity);
}

TEST_CASE("optimal_region: what is no problem has no region") {
    const growth_problem right{.target = 0.5, .risk_aversion = 2.0, .buy = 0.001, .sell = 0.001};
    const auto none = [](const growth_problem& p) {
        CHECK_FALSE(p.valid());
        CHECK((std::isnan(exact_region(p).lower) && std::isnan(exact_region(p).upper) && std::isnan(expanded_region(p).lower)));
    };
    const auto with = [&](auto change) {
        growth_problem p = right;
        change(p);
        return p;
    };
    CHECK(right.valid());
    for (const double bad : {not_a_number, infinity, -infinity, 1e61}) none(with([&](auto& p) { p.target = bad; }));
    for (const double bad : {not_a_number, infinity, 0.0, -1.0}) none(with([&](auto& p) { p.risk_aversion = bad; }));
    for (const double bad : {not_a_number, infinity, -0.001, 1.0}) {
        none(with([&](auto& p) { p.buy = bad; }));
        none(with([&](auto& p) { p.sell = bad; }));
    }
    for (const double bad : {not_a_number, infinity, -1e-9}) none(with([&](auto& p) { p.fixed = bad; }));
    // A fixed cost has an expansion alone.
    const growth_problem fixed = with([](auto& p) { p.fixed = 1e-4; });
    CHECK(fixed.valid());
    CHECK(std::isnan(exact_region(fixed).half_width));
    CHECK(expanded_region(fixed).half_width > 0.0);
}

TEST_CASE("optimal_region: who pays, which side of one half, and what more of everything does") {
    std::mt19937_64 rng{3};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int round = 0; round < 2000; ++round) {
        const double target = round % 3 == 0 ? 4.0 * unit(rng) - 2.0 : unit(rng);
        const double gamma = std::exp(5.0 * unit(rng) - 2.0);
        const double buy = 0.2 * unit(rng) * unit(rng);
        const double sell = 0.2 * unit(rng) * unit(rng);
        CAPTURE(target, gamma, buy, sell);
        const growth_problem p{.target = target, .risk_aversion = gamma, .buy = buy, .sell = sell};
        const optimal_region r = exact_region(p);
        REQUIRE(r.half_width > 0.0);
        REQUIRE(r.half_width <= std::fmin(std::fabs(target), std::fabs(1.0 - target)));
        REQUIRE(r.lower < r.upper);
        // Only the ratio of both prices counts.
        const double all_on_sales = 1.0 - (1.0 - sell) / (1.0 + buy);
        CHECK(exact_region({.target = target, .risk_aversion = gamma, .sell = all_on_sales}).half_width ==
              Approx(r.half_width).epsilon(1e-9));
        // Cash and the asset change places.
        CHECK(exact_region({.target = 1.0 - target, .risk_aversion = gamma, .buy = buy, .sell = sell}).half_width ==
              Approx(r.half_width).epsilon(1e-9));
        // Inside 0..1 the region stays there, on both sides of the target; outside it never reaches 0 or 1.
        if (target > 0.0 && target < 1.0) CHECK((r.lower >= 0.0 && r.lower < target && r.upper > target && r.upper <= 1.0));
        if (target > 1.0) CHECK(r.lower >= 1.0);
        if (target < 0.0) CHECK(r.upper <= 0.0);
        // More costs, a wider region; more aversion, a narrower one, and less growth lost at the same volatility and excess return.
        growth_problem dearer = p;
        dearer.sell += 0.01;
        // (Where an edge is 0 or 1 to the last digit there is no more to be seen.)
        const bool at_the_end = std::fmin(std::fabs(target), std::fabs(1.0 - target)) - r.half_width < 1e-12;
        CHECK((at_the_end ? exact_region(dearer).half_width >= r.half_width * (1.0 - 1e-15)
                          : exact_region(dearer).half_width > r.half_width));
        growth_problem braver = p;
        braver.risk_aversion *= 0.9;
        CHECK((at_the_end ? exact_region(braver).half_width >= r.half_width * (1.0 - 1e-15)
                          : exact_region(braver).half_width > r.half_width));
        const growth_rates rates = exact_rates(p, 0.25);
        CHECK((rates.growth >= 0.0 && rates.growth_loss > 0.0 && rates.liquidity_premium > 0.0));
        CHECK((rates.share_turnover >= 0.0 && rates.wealth_turnover >= 0.0 && rates.bought >= 0.0 && rates.sold >= 0.0));
        if (!at_the_end) CHECK((rates.bought > 0.0 && rates.sold > 0.0));
    }
}

TEST_CASE("optimal_region: costs from next to nothing to nearly everything") {
    for (const double target : {0.4, 0.999, 1e-5, 1.5, -2.0})
        for (const double gamma : {0.1, 1.0, 20.0, 1000.0}) {
            double before = 0.0;
            for (const double sell : {1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999, 0.999999}) {
                CAPTURE(target, gamma, sell);
                const optimal_region r = exact_region({.target = target, .risk_aversion = gamma, .sell = sell});
                CHECK(r.half_width >= before);
                CHECK(r.half_width <= std::fmin(std::fabs(target), std::fabs(1.0 - target)));
                CHECK(r.lower < r.upper);
                if (sell == 1e-15)
                    CHECK(r.half_width ==
                          Approx(expanded_region({.target = target, .risk_aversion = gamma, .sell = sell}).half_width).epsilon(1e-5));
                before = r.half_width;
            }
        }
}

TEST_CASE("optimal_region: absurd numbers have an answer, too") {
    for (const double target : {1e-300, 1e-20, 0.3, 1.0 - 1e-15, 1.0 + 1e-15, 1e20, 1e59, -1e-300, -1e-20, -1e59})
        for (const double gamma : {1e-300, 1e-12, 1.0, 1e12, 1e300})
            for (const double cost : {1e-300, 1e-17, 1e-3, 1.0 - 1e-16}) {
                CAPTURE(target, gamma, cost);
                const optimal_region r = exact_region({.target = target, .risk_aversion = gamma, .buy = cost, .sell = cost});
                CHECK(r.half_width >= 0.0);
                CHECK(r.half_width <= std::fmin(std::fabs(target), std::fabs(1.0 - target)));
                // Beside the rounding of the valuation at both prices.
                const double slack = 1e-12 * std::fabs(target) + 1e-15 / (1.0 - cost);
                if (std::fabs(target) < 1e3 && gamma > 1e-200) {
                    CHECK(r.lower <= r.upper + slack);
                    CHECK(expanded_region({.target = target, .risk_aversion = gamma, .buy = cost, .fixed = cost}).half_width >= 0.0);
                }
            }
}

// The next term of the expansion is of order ε relative to ε^(1/3): a thousandth of the cost, a hundredth of the relative error.
TEST_CASE("optimal_region: the exact region comes near its expansion at the rate that theory says") {
    for (const double target : {0.3, 0.7, 1.6, -0.5})
        for (const double gamma : {1.0, 4.0}) {
            const auto error = [&](double cost) {
                const growth_problem p{.target = target, .risk_aversion = gamma, .sell = cost};
                return exact_region(p).half_width / expanded_region(p).half_width - 1.0;
            };
            CAPTURE(target, gamma);
            CHECK(error(1e-6) / error(1e-3) == Approx(0.01).epsilon(0.3));
            CHECK(error(1e-9) / error(1e-6) == Approx(0.01).epsilon(0.04));
            // The term itself: −c·h²/3 with c as in the expansion of the integral, and −ε/6·... of log(1 + b) − log(1 − s) ≈ ε(1 + ε/2).
            const double p = target * (1.0 - target);
            const double c = (0.4 + 0.8 * gamma) / p + 0.6 * (1.0 - 2.0 * target) * (1.0 - 2.0 * target) / (p * p);
            const double h = expanded_region({.target = target, .risk_aversion = gamma, .sell = 1e-9}).half_width;
            CHECK(error(1e-9) == Approx(-c * h * h / 3.0).epsilon(0.01));
        }
}

// ---- fixed costs ----

TEST_CASE("optimal_region: the quartic root, and a fixed cost beside proportional ones") {
    // (12/γ·π²(1−π)²·λ)^¼ = (12/3·1/16·1e-4)^¼
    const optimal_region fixed = expanded_region({.target = 0.5, .risk_aversion = 3.0, .fixed = 1e-4});
    CHECK(fixed.half_width == Approx(std::pow(2.5e-5, 0.25)).epsilon(1e-14));
    CHECK(fixed.upper == Approx(0.5 + std::pow(2.5e-5, 0.25)).epsilon(1e-14));
    CHECK(fixed.lower_goal == Approx(0.5).margin(1e-15));
    CHECK(fixed.upper_goal == Approx(0.5).margin(1e-15));
    // Next to no fixed cost: the cube root; next to no proportional one: the quartic.
    const growth_problem p{.target = 0.3, .risk_aversion = 2.0, .buy = 0.002, .sell = 0.003, .fixed = 1e-18};
    growth_problem q = p;
    q.fixed = 0.0;
    CHECK(expanded_region(p).half_width == Approx(expanded_region(q).half_width).epsilon(1e-4));
    CHECK(expanded_region(p).upper_goal == Approx(expanded_region(q).upper_goal).epsilon(1e-4));
    CHECK(expanded_region({.target = 0.3, .risk_aversion = 2.0, .buy = 1e-14, .fixed = 1e-4}).half_width ==
          Approx(expanded_region({.target = 0.3, .risk_aversion = 2.0, .fixed = 1e-4}).half_width).epsilon(1e-9));
}

// Around the target to leading order: deviations x diffuse with variance v = σ²π²(1−π)² and cost γσ²/2·x² per year; from ±h one goes to ±x₁
// at λ + k(h − x₁), k = (buy + sell)/2. By the renewal theorem, with the means of the time and of ∫x² from x₁ to the exit at ±h,
// the yearly loss is (γσ²(h⁴ − x₁⁴)/(12v) + λ + k(h − x₁))·v/(h² − x₁²).
// Cases band-width-sigma-0.2, -0.4 and -0.8 of the data folder, which derive the widths another way: the mean square of a reflected walk and its
// turnover, and those of one that is sent back to the middle.
TEST_CASE("optimal_region: leading-order widths at 0.6, 30 bps or a fixed 0.1 bp, and a risk aversion of 3") {
    const optimal_region proportional = expanded_region({.target = 0.6, .risk_aversion = 3.0, .buy = 0.003, .sell = 0.003});
    CHECK(proportional.half_width == Approx(0.0442083779837).margin(1e-10));
    const optimal_region fixed = expanded_region({.target = 0.6, .risk_aversion = 3.0, .fixed = 1e-5});
    CHECK(fixed.half_width == Approx(0.038960149857).margin(1e-10));
    CHECK(fixed.lower_goal == Approx(0.6).margin(1e-12));
    CHECK(fixed.upper_goal == Approx(0.6).margin(1e-12));
}

TEST_CASE("optimal_region: fixed and proportional costs together, against a search over the yearly loss") {
    std::mt19937_64 rng{8};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int round = 0; round < 300; ++round) {
        const double target = round % 4 == 0 ? 3.0 * unit(rng) - 1.0 : unit(rng);
        const double gamma = std::exp(4.0 * unit(rng) - 1.0);
        const double buy = round % 7 == 0 ? 0.0 : std::exp(-12.0 * unit(rng) - 2.0);
        const double sell = round % 7 == 0 ? 0.0 : std::exp(-12.0 * unit(rng) - 2.0);
        const double fixed = std::exp(-16.0 * unit(rng) - 3.0);
        const growth_problem p{.target = target, .risk_aversion = gamma, .buy = buy, .sell = sell, .fixed = fixed};
        const optimal_region r = expanded_region(p);
        const double x1 = r.upper_goal - target;
        const double h = r.half_width;
        CAPTURE(target, gamma, buy, sell, fixed, h, x1);
        const double variance = 0.04;
        const double v = variance * target * target * (1.0 - target) * (1.0 - target);
        const double k = 0.5 * (buy + sell);
        const auto loss = [&](double edge, double end) {
            const double square = edge * edge - end * end;
            return (gamma * variance * square * (edge * edge + end * end) / (12.0 * v) + fixed + k * (edge - end)) * v / square;
        };
        // Both smooth fits: the marginal loss Bx − Ax³ is k at the edge and where trades end, and its integral between is λ beyond k·way.
        const double best = loss(h, x1);
        const double a = gamma * variance / (3.0 * v);
        const double b = 2.0 * best / v;
        const double scale = a * h * h * h;
        CHECK(b * h - a * h * h * h == Approx(k).margin(1e-9 * scale));
        if (x1 > 1e-6 * h) CHECK(b * x1 - a * x1 * x1 * x1 == Approx(k).margin(1e-9 * scale));
        CHECK(0.5 * b * (h * h - x1 * x1) - 0.25 * a * (std::pow(h, 4) - std::pow(x1, 4)) - k * (h - x1) ==
              Approx(fixed).margin(1e-9 * scale * h));
        // Nothing near is better, nor anything on a coarse grid.
        const double by = 0.1 * (h - x1);
        CHECK((loss(h + by, x1) > best && loss(h - by, x1) > best && loss(h, x1 + by) > best));
        if (x1 > by) CHECK(loss(h, x1 - by) > best);
        double least = infinity;
        for (int i = 1; i <= 80; ++i)
            for (int j = 0; j < 40; ++j) least = std::fmin(least, loss(h * i / 40.0, h * i / 40.0 * j / 40.0));
        CHECK(least >= best * (1.0 - 1e-12));
        CHECK(least <= best * 1.01);
    }
}

namespace {
// Logarithmic utility, exactly: the wealth's logarithm plus v(y), y the log odds, where y is left alone in lower..upper and sent to a goal at
// the edges. v′ solves σ²/2·v″ + (μ−σ²/2)v′ + μπ − σ²π²/2 = growth; what jumps cost makes two conditions for growth and v′ at the
// lower edge. Runge and Kutta.
double growth_with_jumps(double mu, double sigma, const growth_problem& p, const optimal_region& r) {
    const double half = 0.5 * sigma * sigma;
    const double nu = mu - half;
    struct parts {
        std::array<double, 3> u{1.0, 0.0, 0.0};  // of v′ at the edge, of the growth, of the rest
        std::array<double, 3> sum{};
    } s;
    const auto rate = [&](double y, const std::array<double, 3>& u) {
        const double w = 1.0 / (1.0 + std::exp(-y));
        const double f = mu * w - half * w * w;
        return std::array{-nu * u[0] / half, (1.0 - nu * u[1]) / half, (-f - nu * u[2]) / half};
    };
    const auto go = [&](double from, double to) {
        constexpr int steps = 400;
        const double t = (to - from) / steps;
        s.sum = {};
        for (int k = 0; k < steps; ++k) {
            const double y = from + t * k;
            const auto moved = [](const std::array<double, 3>& u, const std::array<double, 3>& d, double by) {
                return std::array{u[0] + by * d[0], u[1] + by * d[1], u[2] + by * d[2]};
            };
            const auto k1 = rate(y, s.u);
            const auto k2 = rate(y + 0.5 * t, moved(s.u, k1, 0.5 * t));
            const auto k3 = rate(y + 0.5 * t, moved(s.u, k2, 0.5 * t));
            const auto k4 = rate(y + t, moved(s.u, k3, t));
            const auto before = s.u;
            for (std::size_t i = 0; i < 3; ++i) {
                s.u[i] += t / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
                const double at_half = 0.5 * (before[i] + s.u[i]) + t / 8.0 * (k1[i] - k4[i]);
                s.sum[i] += t / 6.0 * (before[i] + 4.0 * at_half + s.u[i]);
            }
        }
        return s.sum;
    };
    // The share of wealth lost by going from one weight to another.
    const auto lost = [&](double from, double to) {
        const double side = to > from ? 1.0 : -1.0;
        const double c = to > from ? p.buy : p.sell;
        const double x = side * (to * (1.0 - p.fixed) - from) / (1.0 + side * c * to);
        return -std::log(1.0 - p.fixed - c * x);
    };
    const auto below = go(log_odds(r.lower), log_odds(r.lower_goal));
    go(log_odds(r.lower_goal), log_odds(r.upper_goal));
    const auto above = go(log_odds(r.upper_goal), log_odds(r.upper));
    const double right0 = lost(r.lower, r.lower_goal) - below[2];
    const double right1 = -lost(r.upper, r.upper_goal) - above[2];
    const double determinant = below[0] * above[1] - below[1] * above[0];
    return (below[0] * right1 - above[0] * right0) / determinant;
}
}  // namespace

TEST_CASE("optimal_region: fixed costs beside the exact growth of logarithmic utility, as costs vanish") {
    const double mu = 0.045, sigma = 0.3;
    const double free = 0.5 * mu * mu / (sigma * sigma);
    double before = 1.0;
    for (const double size : {1e-4, 1e-6, 1e-8}) {
        CAPTURE(size);
        // λ of the fourth order and ε of the third in the same width.
        const double rate = std::pow(size, 0.75);
        const growth_problem p{.target = 0.5, .risk_aversion = 1.0, .buy = 0.3 * rate, .sell = 0.7 * rate, .fixed = size};
        const optimal_region r = expanded_region(p);
        const double loss = free - growth_with_jumps(mu, sigma, p, r);
        // The loss to leading order, from the fit at the edge: (A·h³ + k)/h = 2·loss/v.
        const double v = sigma * sigma / 16.0;
        const double leading = 0.5 * v * (sigma * sigma / (3.0 * v) * r.half_width * r.half_width + 0.5 * rate / r.half_width);
        const double off = std::fabs(loss / leading - 1.0);
        CHECK(off < 0.4 * before);
        before = off;
        // Symmetric changes of the edges or of where trades end only lose.
        for (const double by : {0.85, 1.15}) {
            optimal_region other = r;
            other.lower = p.target - by * r.half_width;
            other.upper = p.target + by * r.half_width;
            CHECK(free - growth_with_jumps(mu, sigma, p, other) > loss);
            other = r;
            other.lower_goal = p.target + by * (r.lower_goal - p.target);
            other.upper_goal = p.target + by * (r.upper_goal - p.target);
            CHECK(free - growth_with_jumps(mu, sigma, p, other) > loss);
        }
    }
    CHECK(before < 0.02);
}
