// The problems of tracking_family.hpp with a covariance matrix in place of factors: that of a sample.
#pragma once

#include <ballast/cost/proportional.hpp>
#include <ballast/cost/square_root_impact.hpp>
#include <ballast/solver/program.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "tracking_family.hpp"

namespace bench {

/// Weights, costs, bounds and risk aversion of a `tracking_instance`. Σ is the covariance of two observations an asset, 252 at least, drawn from its
/// factors and its specific risk: of full rank, with correlations whose eigenvalues begin at a few hundredths. On each of the days that
/// follow the target has moved by 1% of every weight; what is held stays.
struct dense_instance {
    static constexpr std::size_t days = tracking_instance::days;
    static constexpr std::size_t k = 0;  ///< factors

    const tracking_instance& base;
    std::size_t n;
    std::vector<double> sigma, variance;
    std::vector<double> later;     ///< the target on each of the days
    std::vector<double> accounts;  ///< what others hold, `account_count` of them

    static constexpr std::size_t account_count = 64;

    explicit dense_instance(std::size_t assets) : base{tracking_instance_of(assets)}, n{assets}, sigma(n * n), variance(n) {
        plain_random random{1000 + n};
        make_covariance(random);
        const auto walk = [&](std::vector<double>& to, std::size_t count, const std::vector<double>& from, double width, bool on) {
            std::vector<double> now = from;
            for (std::size_t c = 0; c < count; ++c) {
                if (!on) now = from;
                for (double& w : now) w *= 1.0 + random.between(-width, width) * std::sqrt(3.0);
                double sum = 0.0;
                for (const double w : now) sum += w;
                for (double& w : now) w /= sum;
                to.insert(to.end(), now.begin(), now.end());
            }
        };
        walk(later, days, base.target, 0.01, true);
        walk(accounts, account_count, base.held, 0.2, false);
    }
    dense_instance(const dense_instance&) = delete;
    dense_instance& operator=(const dense_instance&) = delete;

    /// The problem on a day: 0 is the first one, the days that follow go from 1 to `days`.
    [[nodiscard]] ballast::solver::program program(extra with, std::size_t day = 0) const {
        ballast::solver::program p = base.program(with, 0);
        p.risk = {.layout = ballast::risk_layout::dense, .ready = true, .specific = variance, .dense = sigma};
        if (day > 0) p.benchmark = std::span<const double>{later}.subspan((day - 1) * n, n);
        return p;
    }
    /// That of another account on the first day.
    [[nodiscard]] ballast::solver::program of_account(std::size_t which) const {
        ballast::solver::program p = program(extra::nothing);
        p.held = std::span<const double>{accounts}.subspan(which * n, n);
        return p;
    }
    [[nodiscard]] ballast::cost::proportional costs() const { return base.costs(); }
    [[nodiscard]] ballast::cost::square_root_impact root_costs() const { return base.root_costs(); }

private:
    void make_covariance(plain_random& random) {
        const std::size_t count = std::max<std::size_t>(2 * n, 252), f = base.k;
        // The factors' covariance by Cholesky's method.
        std::vector<double> root(f * f), own(f), factor(f), row(n);
        for (std::size_t a = 0; a < f; ++a)
            for (std::size_t b = 0; b <= a; ++b) {
                double rest = base.omega[a * f + b];
                for (std::size_t c = 0; c < b; ++c) rest -= root[a * f + c] * root[b * f + c];
                root[a * f + b] = a == b ? std::sqrt(rest) : rest / root[b * f + b];
            }
        for (std::size_t t = 0; t < count; ++t) {
            for (double& x : own) x = random.bell();
            for (std::size_t a = 0; a < f; ++a) {
                factor[a] = 0.0;
                for (std::size_t b = 0; b <= a; ++b) factor[a] += root[a * f + b] * own[b];
            }
            for (std::size_t i = 0; i < n; ++i) {
                row[i] = std::sqrt(base.specific[i]) * random.bell();
                for (std::size_t a = 0; a < f; ++a) row[i] += base.loadings[i * f + a] * factor[a];
            }
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = i; j < n; ++j) sigma[i * n + j] += row[i] * row[j];
        }
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = i; j < n; ++j) sigma[j * n + i] = sigma[i * n + j] /= static_cast<double>(count);
        for (std::size_t i = 0; i < n; ++i) variance[i] = sigma[i * n + i];
    }
};

/// That of a size, made once.
[[nodiscard]] inline const dense_instance& dense_instance_of(std::size_t n) {
    static std::map<std::size_t, dense_instance> made;
    return made.try_emplace(n, n).first->second;
}

}  // namespace bench
