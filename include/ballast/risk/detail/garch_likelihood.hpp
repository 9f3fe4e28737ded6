/// The likelihood of a GARCH(1,1) process, and its maximum.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace ballast::inline v0::detail {

/// Gaussian log-likelihood of returns, with its slopes:
///   εₜ = rₜ − μ,  h₁ = ω + (α + β)·mean ε²,  hₜ = ω + α εₜ₋₁² + β hₜ₋₁,  ℓ = −½ Σ (ln 2π + ln hₜ + εₜ²/hₜ)
/// in units of `scale` around `centre`: of (r − centre) / scale. The slopes by differentiating the recursion (Fiorentini, Calzolari and
/// Panattoni 1996, Journal of Applied Econometrics 11, 399-417).
struct garch_likelihood {
    std::span<const double> returns{};
    double centre = 0.0;
    double scale = 1.0;

    struct point {
        double mu = 0.0, omega = 0.0, alpha = 0.0, beta = 0.0;
    };
    struct value {
        double log_likelihood = 0.0;
        double slope[4] = {};  ///< by mu, omega, alpha, beta
    };

    [[nodiscard]] value at(const point& p) const noexcept {
        const auto n = static_cast<double>(returns.size());
        double sum = 0.0;
        double squares = 0.0;
        for (std::size_t t = 0; t < returns.size(); ++t) {
            const double e = error(t, p.mu);
            sum += e;
            squares += e * e;
        }
        const double start = squares / n;
        const double persistence = p.alpha + p.beta;
        double h = p.omega + persistence * start;
        double dh[4] = {-2.0 * persistence * (sum / n), 1.0, start, start};
        value v;
        double e = 0.0;
        for (std::size_t t = 0; t < returns.size(); ++t) {
            if (t > 0) {
                dh[0] = p.beta * dh[0] - 2.0 * p.alpha * e;
                dh[1] = p.beta * dh[1] + 1.0;
                dh[2] = p.beta * dh[2] + e * e;
                dh[3] = p.beta * dh[3] + h;
                h = p.omega + p.alpha * e * e + p.beta * h;
            }
            e = error(t, p.mu);
            const double z = e * e / h;
            v.log_likelihood -= 0.5 * (1.8378770664093454836 + std::log(h) + z);
            const double by_h = 0.5 * (z - 1.0) / h;
            for (std::size_t k = 0; k < 4; ++k) v.slope[k] += by_h * dh[k];
            v.slope[0] += e / h;
        }
        return v;
    }

private:
    [[nodiscard]] double error(std::size_t t, double mu) const noexcept { return (returns[t] - centre) / scale - mu; }
};

/// Climbs to the maximum in coordinates in which every point is a stationary process with a positive variance:
///   μ = x₀,  ω = exp x₁,  α + β = 1/(1 + exp −x₂),  α/(α + β) = 1/(1 + exp −x₃)
/// by Newton's method with the curvature from differences of the exact slopes, damped where a step does not lead upwards (Levenberg 1944,
/// Marquardt 1963).
class garch_climb {
public:
    explicit garch_climb(const garch_likelihood& l) noexcept : likelihood_{l} {}

    /// From a persistence and its share of news, at a variance of 1.
    void start(double persistence, double news) noexcept {
        x_[0] = 0.0;
        x_[1] = std::log(1.0 - persistence);
        x_[2] = std::log(persistence / (1.0 - persistence));
        x_[3] = std::log(news / (1.0 - news));
        here_ = look(x_);
        converged_ = false;
    }
    /// To the top, or as far as 300 steps lead.
    void run() noexcept {
        double damping = 0.0;
        for (int step = 0; step < 300; ++step) {
            double curvature[4][4];
            bend(curvature);
            for (bool moved = false; !moved;) {
                double move[4];
                double gain = 0.0;
                if (solve(curvature, damping, move)) {
                    for (int k = 0; k < 4; ++k) gain += here_.slope[k] * move[k];
                    if (damping < 1e-2 && gain < 1e-10) {  // at the top but for one more step
                        (void)try_step(move);
                        return done(true);
                    }
                    moved = try_step(move);
                }
                if (moved)
                    damping = damping > 1e-6 ? damping * 0.1 : 0.0;
                else if (damping > 1e12)
                    return done(steepest() < 1e-6);  // no step leads upwards
                else
                    damping = damping > 0.0 ? damping * 10.0 : 1e-4;
            }
        }
    }
    [[nodiscard]] garch_likelihood::point place() const noexcept { return point_of(x_); }
    [[nodiscard]] double height() const noexcept { return here_.log_likelihood; }
    [[nodiscard]] bool converged() const noexcept { return converged_; }

private:
    void done(bool well) noexcept { converged_ = well; }
    [[nodiscard]] double steepest() const noexcept {
        double s = 0.0;
        for (const double x : here_.slope) s = std::fabs(x) > s ? std::fabs(x) : s;
        return s;
    }

    [[nodiscard]] static double share(double x) noexcept { return 1.0 / (1.0 + std::exp(-x)); }
    [[nodiscard]] static garch_likelihood::point point_of(const double (&x)[4]) noexcept {
        const double p = share(x[2]);
        return {x[0], std::exp(x[1]), p * share(x[3]), p * share(-x[3])};
    }
    [[nodiscard]] garch_likelihood::value look(const double (&x)[4]) const noexcept {
        garch_likelihood::value v = likelihood_.at(point_of(x));
        const double p = share(x[2]);
        const double news = share(x[3]);
        const double by_alpha = v.slope[2];
        const double by_beta = v.slope[3];
        v.slope[1] *= std::exp(x[1]);
        v.slope[2] = p * share(-x[2]) * (news * by_alpha + (1.0 - news) * by_beta);
        v.slope[3] = p * news * share(-x[3]) * (by_alpha - by_beta);
        return v;
    }
    /// Minus the second derivatives.
    void bend(double (&c)[4][4]) const noexcept {
        for (int k = 0; k < 4; ++k) {
            double up[4] = {x_[0], x_[1], x_[2], x_[3]};
            double down[4] = {x_[0], x_[1], x_[2], x_[3]};
            up[k] += 1e-5;
            down[k] -= 1e-5;
            const auto above = look(up);
            const auto below = look(down);
            for (int j = 0; j < 4; ++j) c[k][j] = (below.slope[j] - above.slope[j]) / (up[k] - down[k]);
        }
        for (int k = 0; k < 4; ++k)
            for (int j = 0; j < k; ++j) c[k][j] = c[j][k] = 0.5 * (c[k][j] + c[j][k]);
    }
    /// (c + damping·D)·move = slope by Cholesky's factors; false where that is no hill.
    [[nodiscard]] bool solve(const double (&c)[4][4], double damping, double (&move)[4]) const noexcept {
        double l[4][4] = {};
        for (int k = 0; k < 4; ++k)
            for (int j = 0; j <= k; ++j) {
                double s = c[k][j];
                if (j == k) s += damping * (std::fabs(c[k][k]) + 1e-6);
                for (int m = 0; m < j; ++m) s -= l[k][m] * l[j][m];
                if (j < k)
                    l[k][j] = s / l[j][j];
                else if (!(s > 0.0))
                    return false;
                else
                    l[k][k] = std::sqrt(s);
            }
        for (int k = 0; k < 4; ++k) {
            move[k] = here_.slope[k];
            for (int m = 0; m < k; ++m) move[k] -= l[k][m] * move[m];
            move[k] /= l[k][k];
        }
        for (int k = 4; k-- > 0;) {
            for (int m = k + 1; m < 4; ++m) move[k] -= l[m][k] * move[m];
            move[k] /= l[k][k];
        }
        return true;
    }
    [[nodiscard]] bool try_step(const double (&move)[4]) noexcept {
        double to[4];
        double longest = 0.0;
        for (int k = 0; k < 4; ++k) longest = std::fabs(move[k]) > longest ? std::fabs(move[k]) : longest;
        const double part = longest > 2.0 ? 2.0 / longest : 1.0;
        for (int k = 0; k < 4; ++k) {
            to[k] = x_[k] + part * move[k];
            if (to[k] > 30.0) to[k] = 30.0;  // beyond, α + β is 1 to rounding
            if (to[k] < -30.0) to[k] = -30.0;
        }
        const auto there = look(to);
        // To rounding as high is high enough: near the top the slope knows better than the height.
        if (!(there.log_likelihood >= here_.log_likelihood - 1e-13 * std::fabs(here_.log_likelihood))) return false;
        for (int k = 0; k < 4; ++k) x_[k] = to[k];
        here_ = there;
        return true;
    }

    garch_likelihood likelihood_;
    double x_[4] = {};
    garch_likelihood::value here_{};
    bool converged_ = false;
};

}  // namespace ballast::inline v0::detail
