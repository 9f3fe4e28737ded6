/// Calm or turbulent, by the volatility that another estimator finds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "../core/detail/archive_field.hpp"
#include "../core/per_asset.hpp"
#include "concept.hpp"

namespace ballast::inline v0::risk {

/// An asset is turbulent (regime 1) from when its volatility reaches `enter` until it falls to `leave`, and calm (regime 0) otherwise:
/// `threshold_regimes{ewma{.half_life = days(10)}, 0.6, 0.4}`. In between it stays what it was, so that a volatility at a threshold does not
/// switch at every tick. The chances are 0 and 1. The volatilities are those of the other estimator, whose risk view this one passes on, so
/// that both are asked for at one place. It begins calm, and switches nothing while that view is not ready. O(n) besides the other's.
template <class Inner>
struct threshold_regimes {
    static_assert(estimator_policy<Inner>, "ballast: risk::threshold_regimes needs an estimator as its first part");

    Inner inner{};                    ///< whose volatilities are compared
    per_asset enter{};                ///< volatility per year; to be given
    per_asset leave{};                ///< volatility per year, at or below `enter`; the same where it is not given
    std::uint32_t market = no_index;  ///< the asset whose regime is that of the market; without it each has its own

    static constexpr const char* name = "threshold_regimes";
    static constexpr risk_need provides = Inner::provides | risk_need::regimes;

    /// What the other knows, in saved bytes under its own name.
    struct of_inner {
        typename Inner::estimate estimate{};  ///< the other's own
        template <class Self, class Visit>
        static void fields(Self& o, Visit&& visit) {
            v0::detail::visit_policy<Inner>(o.estimate, visit);
        }
    };
    struct estimate {
        of_inner inner{};                   ///< what the other knows
        std::vector<double> probability{};  ///< of calm and turbulent, asset by asset

        void prepare(const sizes& s) {
            v0::detail::prepare(inner.estimate, s);
            probability.assign(2 * s.assets, 0.0);
            for (std::size_t i = 0; i < s.assets; ++i) probability[2 * i] = 1.0;
        }
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.inner);
            visit(e.probability);
        }
        /// The other takes it over.
        void adjust(std::size_t asset, double factor) noexcept {
            if constexpr (v0::detail::adjustable<typename Inner::estimate>) inner.estimate.adjust(asset, factor);
        }
    };

    void prepare(estimate& e, const sizes& s) const { v0::detail::prepare_for(inner, e.inner.estimate, s); }
    [[nodiscard]] bool prepared(const estimate& e) const noexcept { return v0::detail::prepared_for(inner, e.inner.estimate); }
    [[nodiscard]] risk_need runtime_provides() const noexcept { return v0::detail::provided_by(inner) | risk_need::regimes; }
    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        const std::size_t n = e.probability.size() / 2;
        if (m.price.size() != n) return {fault_code::size_mismatch, no_index, static_cast<double>(m.price.size())};
        if (!covers(n)) return {fault_code::bad_parameter_count, no_index, static_cast<double>(n)};
        return v0::detail::check_tick(inner, e.inner.estimate, m);
    }
    /// Whatever the other refuses is refused. Where the other's variances are none, an asset stays what it was.
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        if (const fault f = inner.observe(e.inner.estimate, m)) return f;
        const risk_view risk = inner.view(e.inner.estimate);
        if (!risk.ready || risk.layout == risk_layout::none) return {};
        for (std::size_t i = 0; i < risk.specific.size() && 2 * i < e.probability.size(); ++i) {
            const double v = risk.variance(i);
            const double up = enter[i];
            const double down = leave.given() ? leave[i] : up;
            if (v >= up * up)
                set(e, i, 1);
            else if (v <= down * down)
                set(e, i, 0);
        }
        return {};
    }
    /// The other's.
    [[nodiscard]] risk_view view(const estimate& e) const noexcept { return inner.view(e.inner.estimate); }
    /// Calm, turbulent; of the market where one is named, of each asset otherwise. Ready when the other is.
    [[nodiscard]] regime_view regimes(const estimate& e) const noexcept {
        const std::span<const double> all = e.probability;
        const bool of_market = market != no_index && market < all.size() / 2;
        return {.ready = inner.view(e.inner.estimate).ready && (of_market || market == no_index),
                .regimes = 2,
                .probability = of_market ? all.subspan(2 * std::size_t{market}, 2) : all};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        return enter.covers(n) && leave.covers(n) && (market == no_index || market < n || n == 0) && v0::detail::covers(inner, n);
    }
    [[nodiscard]] configuration_fault validate() const {
        const auto bad = [](double x) { return !(x > 0.0) || x * x - x * x != 0.0; };
        const auto negative = [](double x) { return !(x >= 0.0) || x - x != 0.0; };
        if (!enter.given()) return {"threshold_regimes.enter", 0.0, "has to be given: a volatility above 0"};
        if (const double* v = enter.find(bad)) return {"threshold_regimes.enter", *v, "must be a volatility above 0"};
        if (const double* v = leave.find(negative)) return {"threshold_regimes.leave", *v, "must be a volatility at or above 0"};
        const std::size_t lists = enter.size() > leave.size() ? enter.size() : leave.size();
        for (std::size_t i = 0; leave.given() && i < (lists > 0 ? lists : 1); ++i) {
            if ((!enter.uniform() && i >= enter.size()) || (!leave.uniform() && i >= leave.size())) break;  // `covers` tells
            if (leave[i] > enter[i]) return {"threshold_regimes.leave", leave[i], "must not be above enter"};
        }
        if ((v0::detail::provided_by(inner) & risk_need::volatility) == risk_need::nothing &&
            v0::detail::validate(inner).parameter == nullptr)
            return {"threshold_regimes.inner", 0.0, "must be an estimator of volatility"};
        return v0::detail::validate(inner);
    }

private:
    static void set(estimate& e, std::size_t i, int regime) noexcept {
        e.probability[2 * i] = regime == 0 ? 1.0 : 0.0;
        e.probability[2 * i + 1] = regime == 0 ? 0.0 : 1.0;
    }
};
template <class Inner>
threshold_regimes(Inner, per_asset) -> threshold_regimes<Inner>;
template <class Inner>
threshold_regimes(Inner, per_asset, per_asset) -> threshold_regimes<Inner>;
template <class Inner>
threshold_regimes(Inner, per_asset, per_asset, std::uint32_t) -> threshold_regimes<Inner>;

}  // namespace ballast::inline v0::risk
