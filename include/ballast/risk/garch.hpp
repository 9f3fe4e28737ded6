/// Volatility that comes in clusters and returns to its mean: GARCH(1,1), with its fit.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/garch_likelihood.hpp"
#include "detail/price_track.hpp"

namespace ballast::inline v0::risk {

/// Forecast of each asset's variance per year over the next `horizon`, by GARCH(1,1) (Bollerslev 1986, Journal of Econometrics 31, 307-327)
/// with given parameters. Per `interval`, ε = r − μ:
///   h ← ω + α ε² + β h
/// begins at its mean h̄ = ω/(1 − α − β), and over m intervals is expected to be on average
///   h̄ + (h − h̄)·(1 − (α + β)ᵐ) / (m (1 − α − β))
///
/// Parameters are of log returns per interval, as `fit_garch` finds them (of percent returns: μ/100, ω/10⁴). One number for all assets or one
/// for each.
///
/// Irregular ticks: a return over k intervals, not necessarily whole ones, counts as k steps with the k-th part of its square each:
///   h ← (ω + α q)·(1 − βᵏ)/(1 − β) + βᵏ h,  q = (r − kμ)²/k
/// which for k = 1 is the recursion itself. Ticks closer together than an interval so add up their squares, and a return over a hole counts
/// for all of it.
///
/// Gaps: a time longer than an interval but at most `closed` counts as one interval, a night or weekend in a market that closes; then the
/// year has as many intervals as were seen in the time that passed since the first price. With the default every interval counts. A price
/// that is the same as before teaches nothing; the next return spans the time (see risk/concept.hpp). O(1) per tick and asset.
struct garch {
    per_asset mu{};               ///< mean return per interval; 0 where it is not given
    per_asset omega{};            ///< above 0
    per_asset alpha{};            ///< weight of the news, at or above 0
    per_asset beta{};             ///< weight of the past, at or above 0; α + β below 1
    duration interval = days(1);  ///< to which the parameters belong
    duration closed{};            ///< longest time without a price in which the market was closed
    duration horizon = days(1);   ///< of the forecast; at least an interval is looked ahead
    std::uint64_t warm_up = 20;   ///< prices of every asset after its first, before the view is ready

    static constexpr const char* name = "garch";
    static constexpr risk_need provides = risk_need::volatility;

    struct estimate {
        v0::detail::price_track last{};   ///< the last price that moved
        std::vector<double> next{};       ///< h: variance of the next interval; negative before the first return
        std::vector<double> intervals{};  ///< that passed since the first price
        std::vector<duration> passed{};   ///< time that they took
        std::vector<double> variance{};   ///< per year, over the horizon; 0 before the first return

        void prepare(const sizes& s) {
            last.make_room(s.assets);
            for (auto* v : {&intervals, &variance}) v->assign(s.assets, 0.0);
            next.assign(s.assets, -1.0);
            passed.assign(s.assets, {});
        }
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.last);
            visit(e.next);
            visit(e.intervals);
            visit(e.passed);
            visit(e.variance);
        }
        /// The next return is from the last price in new units.
        void adjust(std::size_t asset, double factor) noexcept { last.adjust(asset, factor); }
    };

    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        if (const fault f = v0::detail::check_prices(e.last.assets(), m)) return f;
        if (!covers(m.price.size())) return {fault_code::bad_parameter_count, no_index, static_cast<double>(m.price.size())};
        return {};
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        for (std::size_t i = 0; i < e.last.assets(); ++i)
            if (e.last.is_new(m, i)) learn(e, i, m.price[i], v0::detail::quoted_at(m, i));
        e.last.count_fewest();
        return {};
    }
    /// Ready once every asset has had `warm_up` prices after its first, moves or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::diagonal, .ready = e.last.assets() == 0 || e.last.fewest >= warm_up, .specific = e.variance};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return mu.covers(n) && omega.covers(n) && alpha.covers(n) && beta.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto not_finite = [](double x) { return x - x != 0.0; };
        const auto negative = [](double x) { return !(x >= 0.0) || x - x != 0.0; };
        const auto not_above = [](double x) { return !(x > 0.0) || x - x != 0.0; };
        if (const double* v = mu.find(not_finite)) return {"garch.mu", *v, "must be finite"};
        if (!omega.given()) return {"garch.omega", 0.0, "has to be given: a variance above 0"};
        if (const double* v = omega.find(not_above)) return {"garch.omega", *v, "must be a variance above 0"};
        if (!alpha.given()) return {"garch.alpha", 0.0, "has to be given: a weight at or above 0"};
        if (const double* v = alpha.find(negative)) return {"garch.alpha", *v, "must be a weight at or above 0"};
        if (!beta.given()) return {"garch.beta", 0.0, "has to be given: a weight at or above 0"};
        if (const double* v = beta.find(negative)) return {"garch.beta", *v, "must be a weight at or above 0"};
        const std::size_t n = alpha.uniform() ? (beta.uniform() ? 1 : beta.size()) : alpha.size();
        for (std::size_t i = 0; i < n && alpha.covers(n) && beta.covers(n); ++i)
            if (!(alpha[i] + beta[i] < 1.0)) return {"garch.beta", beta[i], "must be below 1 together with alpha: else it has no mean"};
        if (interval.ns <= 0) return {"garch.interval", interval.seconds(), "must be a time above 0 (seconds)"};
        if (closed.ns < 0) return {"garch.closed", closed.seconds(), "must be a time at or above 0 (seconds)"};
        if (horizon.ns <= 0) return {"garch.horizon", horizon.seconds(), "must be a time above 0 (seconds)"};
        if (warm_up == 0) return {"garch.warm_up", 0.0, "must be 1 price or more: without any nothing is known"};
        return {};
    }

private:
    void learn(estimate& e, std::size_t i, double price, timestamp quoted) const noexcept {
        const double before = e.last.price[i];
        const duration took = elapsed(e.last.taught[i], quoted);
        e.last.see(i, quoted);
        if (price == before) return;
        e.last.teach(i, price, quoted);
        if (!(before > 0.0)) return;

        const bool pause = took > interval && took <= closed;
        const double k = pause ? 1.0 : static_cast<double>(took.ns) / static_cast<double>(interval.ns);
        e.intervals[i] += k;
        e.passed[i] = e.passed[i] + took;
        const double off = v0::detail::log_return(before, price) - k * mu[i];
        const double h = e.next[i] < 0.0 ? omega[i] / (1.0 - alpha[i] - beta[i]) : e.next[i];
        e.next[i] = after(i, h, off * off / k, k);
        e.variance[i] = forecast(i, e.next[i], e.intervals[i] / e.passed[i].years());
    }
    /// k steps, each with the square q.
    [[nodiscard]] double after(std::size_t i, double h, double q, double k) const noexcept {
        const double news = omega[i] + alpha[i] * q;
        if (k == 1.0) return news + beta[i] * h;
        const double gone = -std::expm1(k * std::log(beta[i]));  // 1 − βᵏ, also where β is 0
        return news * (gone / (1.0 - beta[i])) + (1.0 - gone) * h;
    }
    [[nodiscard]] double forecast(std::size_t i, double h, double per_year) const noexcept {
        const double ahead = horizon.years() * per_year;
        const double m = ahead > 1.0 ? ahead : 1.0;
        const double persistence = alpha[i] + beta[i];
        const double mean = omega[i] / (1.0 - persistence);
        const double mean_of_path = mean + (h - mean) * (1.0 - std::pow(persistence, m)) / (m * (1.0 - persistence));
        const double v = mean_of_path * per_year;
        return v > 0.0 ? v : 0.0;
    }
};

/// What `fit_garch` finds. Per interval of the returns, in their unit and its square.
struct garch_fit {
    double mu = 0.0;              ///< mean return
    double omega = 0.0;           ///< ω
    double alpha = 0.0;           ///< weight of the news
    double beta = 0.0;            ///< weight of the past
    double log_likelihood = 0.0;  ///< at the maximum
    bool converged = false;       ///< false: too few returns, not all finite, all the same, or no maximum was found
};

/// GARCH(1,1) with a constant mean that is likeliest to give these returns, oldest first and equally spaced, if news are Gaussian: maximises
///   ℓ = −½ Σ (ln 2π + ln hₜ + εₜ²/hₜ),  hₜ = ω + α εₜ₋₁² + β hₜ₋₁,  h₁ = ω + (α + β)·mean ε²
/// over ω > 0, α, β ≥ 0, α + β < 1: the conventions of the benchmark by Fiorentini, Calzolari and Panattoni (1996, Journal of Applied
/// Econometrics 11, 399-417). Climbs from several starts and takes the highest top. Where α comes out at 0, β is not determined. Returns in any unit: scaling
/// them scales μ and ω. Allocates nothing; O(returns) with some thousands of passes at most, as a rule a few hundred. At least 10 returns.
[[nodiscard]] inline garch_fit fit_garch(std::span<const double> returns) noexcept {
    const auto n = static_cast<double>(returns.size());
    double mean = 0.0;
    for (const double r : returns) mean += r / n;
    double squares = 0.0;
    for (const double r : returns) squares += (r - mean) * (r - mean) / n;
    garch_fit best{.mu = mean, .omega = squares, .log_likelihood = -std::numeric_limits<double>::infinity()};
    // Of returns that are all the same the squares are what rounding leaves.
    if (returns.size() < 10 || !(squares > 1e-24 * mean * mean) || squares - squares != 0.0) return best;

    const double scale = std::sqrt(squares);
    const double unit = n * std::log(scale);
    for (const double persistence : {0.5, 0.9, 0.98})
        for (const double news : {0.05, 0.2}) {
            v0::detail::garch_climb climb{{returns, mean, scale}};
            climb.start(persistence, news);
            climb.run();
            const double reached = climb.height() - unit;
            if (!(reached > best.log_likelihood)) continue;
            const auto p = climb.place();
            best = {mean + scale * p.mu, squares * p.omega, p.alpha, p.beta, reached, climb.converged()};
        }
    return best;
}

}  // namespace ballast::inline v0::risk
