/// What prices may do while an order settles.
#pragma once

#include <cstddef>

#include "../core/per_asset.hpp"
#include "../core/timestamp.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// k·σ·√τ·|x|: the move against the order to be reckoned with until it is done, after a block, an auction or a settlement of length τ.
///
/// Over τ a price without drift moves by a normal amount with standard deviation σ·√τ (Bachelier 1900). What k stands for:
///
/// - 1/√(2π) ≈ 0.399, the default: the mean of the moves against the order, those in its favour counted as 0. That is what an option at the
///   money is worth, which the order gives to whoever may fill it at will: it is filled where that serves them (adverse selection).
/// - √(2/π) ≈ 0.798: the mean size of a move, in either direction.
/// - 1, 2, 3: so many standard deviations, as a charge for risk. 0: filled for certain, the moves average out and cost nothing.
///
/// A loss to be expected, not an amount that is paid: `paid` is nothing. Volatilities are the host's, per year of 365.25 days. O(1).
struct latency {
    per_asset volatility{};         ///< σ, per year; to be given
    duration delay{};               ///< τ; to be given
    double k = 0.3989422804014327;  ///< in standard deviations, at or above 0

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "latency";

    struct view : detail::convex_linear_view<view> {
        const per_asset* volatility = nullptr;  ///< of the model
        double scale = 0.0;                     ///< k·√τ
        [[nodiscard]] linear_cost linear(std::size_t i) const noexcept { return {0.0, scale * (*volatility)[i], scale * (*volatility)[i]}; }
        [[nodiscard]] bool uniform() const noexcept { return volatility->uniform(); }
        /// Nothing.
        [[nodiscard]] detail::nothing_paid paid() const noexcept { return {}; }
    };
    [[nodiscard]] view bind(const look&) const noexcept {
        view v;
        v.volatility = &volatility;
        v.scale = k * __builtin_sqrt(delay.years());
        return v;
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return volatility.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!volatility.given()) return {"latency.volatility", 0.0, "has to be given: per year, at or above 0"};
        const auto bad = [](double x) { return !(x >= 0.0 && x <= 1e6); };
        if (const double* v = volatility.find(bad)) return {"latency.volatility", *v, "must be per year, at or above 0"};
        if (!(delay.ns > 0)) return {"latency.delay", delay.seconds(), "has to be given: a time above 0 (seconds)"};
        if (!(k >= 0.0 && k <= 1e6)) return {"latency.k", k, "must be a number at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::cost
