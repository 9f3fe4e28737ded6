// Seeded problems of tracking a target, of every size: factors, costs, bounds, and a target that has drifted.
#pragma once

#include <ballast/cost/proportional.hpp>
#include <ballast/cost/square_root_impact.hpp>
#include <ballast/solver/program.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <vector>

namespace bench {

/// What is asked besides the budget, the bounds and proportional costs.
enum class extra {
    nothing,
    turnover,    ///< a limit that binds
    groups,      ///< twelve two-sided rows, the sums of the sectors, some of which bind
    root_costs,  ///< costs of |x|^{3/2} on top of the proportional ones
};

/// Numbers that are the same with every standard library, which a distribution of <random> does not promise.
class plain_random {
public:
    explicit plain_random(std::uint64_t seed) : next_{seed} {}
    /// Between two numbers, all equally likely.
    [[nodiscard]] double between(double low, double high) {
        return low + (high - low) * static_cast<double>(next_() >> 11) * (1.0 / 9007199254740992.0);
    }
    /// A bell of mean 0 and variance 1: twelve numbers added up.
    [[nodiscard]] double bell() {
        double sum = -6.0;
        for (int i = 0; i < 12; ++i) sum += between(0.0, 1.0);
        return sum;
    }

private:
    std::mt19937_64 next_;
};

/// A fully invested portfolio of n assets that has drifted from its target for a quarter.
///
/// Factors: 20, those of the market, of twelve sectors and seven styles; 5 for n = 50, with three sectors and one style. Volatilities are between
/// 10% and 80% a year, of which the factors make 20% to 60% of the variance; sales and purchases cost 1 to 30 basis points; weights lie between 0
/// and the larger of 10% and three times the target.
///
/// The risk aversion is three quarters of the median of cᵢ/(dᵢ|hᵢ − bᵢ|), with c the cost and d the specific variance: at the median half of
/// the assets were not worth their cost if the factors asked for nothing. They do ask; 40% to 60% are not traded, and benchmarks tell how many.
struct tracking_instance {
    static constexpr std::size_t days = 50;  ///< that follow, on each of which every price moves by 1%

    std::size_t n, k, sectors;
    double risk_aversion = 0.0;
    std::vector<double> specific, loadings, omega, target, held, lower, upper, rate;
    std::vector<double> daily_volatility, daily_volume;  ///< for |x|^{3/2}; volume in units of the portfolio
    std::vector<double> rows, row_lower, row_upper;      ///< of the groups
    double turnover = 0.0;                               ///< the limit that binds
    std::vector<double> later;                           ///< what is held on each of the days if nothing is traded

    explicit tracking_instance(std::size_t assets, std::uint64_t seed = 11)
        : n{assets},
          k{assets == 50 ? 5u : 20u},
          sectors{assets == 50 ? 3u : 12u} {
        plain_random random{seed + assets};
        make_factors(random);
        make_assets(random);
        make_weights(random);
        make_extras(random);
        make_days(random);
    }
    tracking_instance(const tracking_instance&) = delete;
    tracking_instance& operator=(const tracking_instance&) = delete;

    /// The problem on a day: 0 is the first one, the days that follow go from 1 to `days`.
    [[nodiscard]] ballast::solver::program program(extra with, std::size_t day = 0) const {
        ballast::solver::program p;
        p.risk = {
            .layout = ballast::risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega};
        p.risk_aversion = risk_aversion;
        p.benchmark = target;
        p.held = day == 0 ? std::span<const double>{held} : std::span<const double>{later}.subspan((day - 1) * n, n);
        p.lower = lower;
        p.upper = upper;
        p.budget_lower = p.budget_upper = 1.0;
        if (with == extra::turnover) p.turnover = turnover;
        if (with == extra::groups) {
            p.rows = rows;
            p.row_lower = row_lower;
            p.row_upper = row_upper;
        }
        return p;
    }
    [[nodiscard]] ballast::cost::proportional costs() const { return {.rate = rate}; }
    [[nodiscard]] ballast::cost::square_root_impact root_costs() const {
        return {.daily_volatility = daily_volatility, .daily_volume = daily_volume, .rate = rate};
    }
    /// The factor of |x|^{3/2} in `root_costs`.
    [[nodiscard]] double root_factor(std::size_t i) const { return daily_volatility[i] / std::sqrt(daily_volume[i]); }

private:
    // Volatilities of 16%, 8% and 4%, correlations of at most a fifth.
    void make_factors(plain_random& random) {
        std::vector<double> volatility;
        for (std::size_t f = 0; f < k; ++f) volatility.push_back(f == 0 ? 0.16 : f <= sectors ? 0.08 : 0.04);
        std::vector<double> common;
        for (std::size_t f = 0; f < k; ++f) common.push_back(random.between(-0.45, 0.45));
        for (std::size_t f = 0; f < k; ++f)
            for (std::size_t g = 0; g < k; ++g) omega.push_back((f == g ? 1.0 : common[f] * common[g]) * volatility[f] * volatility[g]);
    }
    void make_assets(plain_random& random) {
        for (std::size_t i = 0; i < n; ++i) {
            std::vector<double> row(k, 0.0);
            row[0] = random.between(0.5, 1.5);
            row[1 + i % sectors] = 1.0;
            for (std::size_t f = 1 + sectors; f < k; ++f) row[f] = random.bell();
            double variance = 0.0;
            for (std::size_t f = 0; f < k; ++f)
                for (std::size_t g = 0; g < k; ++g) variance += row[f] * omega[f * k + g] * row[g];
            const double volatility = random.between(0.1, 0.8);
            const double share = random.between(0.2, 0.6);
            for (const double x : row) loadings.push_back(x * volatility * std::sqrt(share / variance));
            specific.push_back((1.0 - share) * volatility * volatility);
            rate.push_back(random.between(1e-4, 30e-4));
            daily_volatility.push_back(volatility / 16.0);
        }
    }
    void make_weights(plain_random& random) {
        for (std::size_t i = 0; i < n; ++i) {
            const double u = random.between(0.0, 1.0);
            target.push_back(0.2 + 4.0 * u * u * u);
        }
        make_shares(target);
        std::vector<double> move(k);
        for (std::size_t f = 0; f < k; ++f) move[f] = 0.5 * std::sqrt(omega[f * k + f]) * random.bell();
        for (std::size_t i = 0; i < n; ++i) {
            double change = 0.5 * std::sqrt(specific[i]) * random.bell();
            for (std::size_t f = 0; f < k; ++f) change += loadings[i * k + f] * move[f];
            held.push_back(target[i] * std::clamp(1.0 + change, 0.4, 2.0));
        }
        make_shares(held);
        std::vector<double> worth;
        for (std::size_t i = 0; i < n; ++i) {
            lower.push_back(0.0);
            upper.push_back(std::max(3.0 * target[i], 0.1));
            worth.push_back(rate[i] / (specific[i] * std::abs(held[i] - target[i])));
        }
        const auto middle = worth.begin() + static_cast<std::ptrdiff_t>(n / 2);
        std::nth_element(worth.begin(), middle, worth.end());
        risk_aversion = 0.75 * *middle;
    }
    void make_extras(plain_random& random) {
        rows.assign(sectors * n, 0.0);
        std::vector<double> of_target(sectors), of_held(sectors);
        for (std::size_t i = 0; i < n; ++i) {
            rows[(i % sectors) * n + i] = 1.0;
            of_target[i % sectors] += target[i];
            of_held[i % sectors] += held[i];
            turnover += 0.5 * std::abs(held[i] - target[i]) * turnover_share;
            daily_volume.push_back(target[i] * random.between(20.0, 200.0));
        }
        for (std::size_t g = 0; g < sectors; ++g) {
            const double room = std::abs(of_held[g] - of_target[g]) * (g % 2 == 0 ? tight : loose);
            row_lower.push_back(of_target[g] - room);
            row_upper.push_back(of_target[g] + room);
        }
    }
    void make_days(plain_random& random) {
        std::vector<double> today = held;
        for (std::size_t day = 0; day < days; ++day) {
            for (double& w : today) w *= 1.0 + random.between(-0.01, 0.01) * std::sqrt(3.0);
            make_shares(today);
            later.insert(later.end(), today.begin(), today.end());
        }
    }
    static void make_shares(std::vector<double>& weights) {
        double sum = 0.0;
        for (const double w : weights) sum += w;
        for (double& w : weights) w /= sum;
    }

    static constexpr double turnover_share = 0.5;       // of what would bring every asset to its target
    static constexpr double tight = 0.05, loose = 0.9;  // of how far a sector has drifted
};

/// That of a size, made once.
[[nodiscard]] inline const tracking_instance& tracking_instance_of(std::size_t n) {
    static std::map<std::size_t, tracking_instance> made;
    return made.try_emplace(n, n).first->second;
}

}  // namespace bench
