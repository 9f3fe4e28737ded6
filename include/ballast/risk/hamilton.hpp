/// Two regimes, and how likely each is: the filter of Hamilton (1989).
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../core/per_asset.hpp"
#include "concept.hpp"
#include "detail/price_track.hpp"

namespace ballast::inline v0::risk {

/// How likely it is, given all prices so far, that an asset is in its calm regime (0) or in its turbulent one (1), with given parameters
/// (Hamilton 1989, Econometrica 57, 357-384, with a variance of its own in each regime). In regime s a log return over Δ years is Gaussian
/// with mean μₛΔ and variance σₛ²Δ. "Calm" and "turbulent" are names: two regimes that differ in their means alone are as good.
///
/// Regimes change as a Markov chain in continuous time, at the rates λ₀ = 1/calm_lasts and λ₁ = 1/turbulent_lasts, so that ticks need not be
/// equally spaced. Over Δ a chance pₛ becomes
///   πₛ + (pₛ − πₛ)·exp(−(λ₀ + λ₁)Δ),  π₁ = λ₀/(λ₀ + λ₁)
/// and after the return r over Δ, by Bayes' rule,
///   p₁ : p₀ ← p₁·φ(r; μ₁Δ, σ₁²Δ) : p₀·φ(r; μ₀Δ, σ₀²Δ)
/// It begins at π. A return counts as one of the regime in which it ends, as in Hamilton's discrete chain: of equal intervals this is his filter
/// with the transition matrix exp(QΔ); where intervals are not short beside the time that regimes last it is an approximation, and `longest` may leave
/// such returns out. Densities are compared by their logarithms, so that no crash is too large: of chances further apart than e^700 the
/// smaller counts as e^-700.
///
/// A price that is the same as before teaches nothing (see risk/concept.hpp), but time passes: what is shown are the chances at the newest
/// tick, which without news return to π. The risk view has the expected variance per year, p₀σ₀² + p₁σ₁², without what the means differ by.
/// O(1) per tick and asset, with some exponentials.
struct hamilton {
    per_asset calm_volatility{};       ///< σ₀ per year; to be given
    per_asset turbulent_volatility{};  ///< σ₁ per year; to be given
    duration calm_lasts{};             ///< how long the calm regime lasts on average; to be given
    duration turbulent_lasts{};        ///< the same of the turbulent one; to be given
    per_asset calm_mean = 0.0;         ///< μ₀: log return per year
    per_asset turbulent_mean = 0.0;    ///< μ₁: log return per year
    duration longest{};                ///< returns over a longer time teach nothing; 0: there is no such limit
    std::uint32_t market = no_index;   ///< the asset whose regime is that of the market; without it each has its own
    std::uint64_t warm_up = 20;        ///< prices of every asset after its first, before the views are ready

    static constexpr const char* name = "hamilton";
    static constexpr risk_need provides = risk_need::volatility | risk_need::regimes;

    struct estimate {
        v0::detail::price_track last{};     ///< the last price that moved
        std::vector<double> filtered{};     ///< p₀ and p₁ of each asset, as of that price; zeros before the first tick
        std::vector<double> probability{};  ///< the same as of the newest tick
        std::vector<double> variance{};     ///< per year, as of the newest tick

        void prepare(const sizes& s) {
            last.make_room(s.assets);
            filtered.assign(2 * s.assets, 0.0);
            probability.assign(2 * s.assets, 0.0);
            variance.assign(s.assets, 0.0);
        }
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.last);
            visit(e.filtered);
            visit(e.probability);
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
        passing of_return{}, since{};
        for (std::size_t i = 0; i < e.last.assets(); ++i) {
            double* p = e.filtered.data() + 2 * i;
            if (!(p[0] + p[1] > 0.0)) {
                p[0] = at_rest(0);
                p[1] = at_rest(1);
            }
            if (e.last.is_new(m, i)) learn(e, i, m.price[i], v0::detail::quoted_at(m, i), of_return);
            double* now = e.probability.data() + 2 * i;
            now[0] = p[0];
            now[1] = p[1];
            if (e.last.taught[i].happened()) pass(now, elapsed(e.last.taught[i], m.now), since);
            const double calm = calm_volatility[i];
            const double turbulent = turbulent_volatility[i];
            e.variance[i] = now[0] * calm * calm + now[1] * turbulent * turbulent;
        }
        e.last.count_fewest();
        return {};
    }
    /// Ready once every asset has had `warm_up` prices after its first, moves or not.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::diagonal, .ready = e.last.assets() == 0 || e.last.fewest >= warm_up, .specific = e.variance};
    }
    /// Calm, turbulent; of the market where one is named, ready when that asset is; of each asset otherwise.
    [[nodiscard]] regime_view regimes(const estimate& e) const noexcept {
        const std::span<const double> all = e.probability;
        if (market == no_index || market >= e.last.assets())
            return {.ready = market == no_index && e.last.fewest >= warm_up, .regimes = 2, .probability = all};
        return {.ready = e.last.ticks[market] >= warm_up, .regimes = 2, .probability = all.subspan(2 * std::size_t{market}, 2)};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        return calm_volatility.covers(n) && turbulent_volatility.covers(n) && calm_mean.covers(n) && turbulent_mean.covers(n) &&
               (market == no_index || market < n || n == 0);
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto not_finite = [](double x) { return x - x != 0.0; };
        const auto not_positive = [](double x) { return !(x > 0.0) || !(x * x > 0.0) || x * x - x * x != 0.0; };
        if (!calm_volatility.given()) return {"hamilton.calm_volatility", 0.0, "has to be given: a volatility above 0"};
        if (const double* v = calm_volatility.find(not_positive)) return {"hamilton.calm_volatility", *v, "must be a volatility above 0"};
        if (!turbulent_volatility.given()) return {"hamilton.turbulent_volatility", 0.0, "has to be given: a volatility above 0"};
        if (const double* v = turbulent_volatility.find(not_positive))
            return {"hamilton.turbulent_volatility", *v, "must be a volatility above 0"};
        if (calm_lasts.ns <= 0) return {"hamilton.calm_lasts", calm_lasts.seconds(), "has to be given: a time above 0 (seconds)"};
        if (turbulent_lasts.ns <= 0)
            return {"hamilton.turbulent_lasts", turbulent_lasts.seconds(), "has to be given: a time above 0 (seconds)"};
        if (const double* v = calm_mean.find(not_finite)) return {"hamilton.calm_mean", *v, "must be finite"};
        if (const double* v = turbulent_mean.find(not_finite)) return {"hamilton.turbulent_mean", *v, "must be finite"};
        if (longest.ns < 0) return {"hamilton.longest", longest.seconds(), "must be a time at or above 0 (seconds)"};
        if (warm_up == 0) return {"hamilton.warm_up", 0.0, "must be 1 price or more: without any nothing is known"};
        return {};
    }

private:
    /// A time and how much of the way to rest the chain goes in it: most assets of a tick share it.
    struct passing {
        duration time{};
        double kept = 1.0;  ///< exp(−(λ₀ + λ₁)Δ)
        double gone = 0.0;  ///< 1 − kept, above 0 however short the time
    };

    /// πₛ.
    [[nodiscard]] double at_rest(int s) const noexcept {
        const auto calm = static_cast<double>(calm_lasts.ns);
        const auto turbulent = static_cast<double>(turbulent_lasts.ns);
        return (s == 0 ? calm : turbulent) / (calm + turbulent);
    }
    void pass(double* p, duration time, passing& last) const noexcept {
        if (time.ns <= 0) return;
        if (time != last.time) {
            const double rate = 1.0 / static_cast<double>(calm_lasts.ns) + 1.0 / static_cast<double>(turbulent_lasts.ns);
            const double x = rate * static_cast<double>(time.ns);
            last = {time, std::exp(-x), -std::expm1(-x)};
        }
        p[0] = last.kept * p[0] + last.gone * at_rest(0);
        p[1] = last.kept * p[1] + last.gone * at_rest(1);
    }
    void learn(estimate& e, std::size_t i, double price, timestamp quoted, passing& last) const noexcept {
        const double before = e.last.price[i];
        const duration took = elapsed(e.last.taught[i], quoted);
        e.last.see(i, quoted);
        if (price == before) return;
        e.last.teach(i, price, quoted);
        if (!(before > 0.0)) return;  // the first price, or one that a split has left without a number
        double* p = e.filtered.data() + 2 * i;
        pass(p, took, last);
        if (longest.ns == 0 || took <= longest) weigh(p, log_ratio(i, v0::detail::log_return(before, price), took.years()));
    }
    /// Log of the quotient of the two densities, turbulent over calm; 0 where it is no number.
    [[nodiscard]] double log_ratio(std::size_t i, double r, double years) const noexcept {
        const double root = std::sqrt(years);
        const double calm = (r - calm_mean[i] * years) / (calm_volatility[i] * root);
        const double turbulent = (r - turbulent_mean[i] * years) / (turbulent_volatility[i] * root);
        const double x = 0.5 * (calm - turbulent) * (calm + turbulent) + std::log(calm_volatility[i] / turbulent_volatility[i]);
        return x == x ? x : 0.0;
    }
    static void weigh(double* p, double log_ratio) noexcept {
        const double x = log_ratio > 700.0 ? 700.0 : log_ratio < -700.0 ? -700.0 : log_ratio;
        p[x > 0.0 ? 0 : 1] *= std::exp(x > 0.0 ? -x : x);
        const double sum = p[0] + p[1];
        p[0] /= sum;
        p[1] /= sum;
    }
};

}  // namespace ballast::inline v0::risk
