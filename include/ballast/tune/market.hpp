/// What tuning has to be told: how two assets move, and what trading them costs.
#pragma once

#include <cmath>

#include "../core/arithmetic.hpp"
#include "../core/configuration.hpp"

namespace ballast::inline v0::tune {

/// Two assets whose prices follow geometric Brownian motions dP/P = drift·dt + volatility·dB; the target is the weight of the first, the
/// other makes up the rest. Without a volatility the other is cash, and `other_drift` is its interest. All per year. The drift is that of
/// the price, its expected rate of return: the logarithm grows by drift − volatility²/2.
struct gbm_market {
    double drift = 0.0;             ///< of the first asset
    double volatility = 0.0;        ///< of the first asset, at or above 0
    double other_drift = 0.0;       ///< of the other
    double other_volatility = 0.0;  ///< of the other; 0: cash
    double correlation = 0.0;       ///< of the two, from −1 to 1

    /// Of the price of one in terms of the other: σ² = σ₁² + σ₂² − 2ρσ₁σ₂.
    [[nodiscard]] double relative_variance() const noexcept {
        const double off = volatility - other_volatility;
        return off * off + 2.0 * (1.0 - correlation) * volatility * other_volatility;
    }
    /// σ: what drives the weights apart.
    [[nodiscard]] double relative_volatility() const noexcept { return std::sqrt(relative_variance()); }
    /// Log growth of the first asset.
    [[nodiscard]] double growth() const noexcept { return drift - 0.5 * volatility * volatility; }
    /// Log growth of the other.
    [[nodiscard]] double other_growth() const noexcept { return other_drift - 0.5 * other_volatility * other_volatility; }
    /// Log growth of a portfolio that is always at this weight and pays nothing for it: the mean of the two growths with its weights, and
    /// the excess growth ½σ²·w(1 − w) (Fernholz and Shay 1982, Journal of Finance 37, 615-624).
    [[nodiscard]] double growth_at(double weight) const noexcept {
        return other_growth() + weight * (growth() - other_growth()) + 0.5 * relative_variance() * weight * (1.0 - weight);
    }
    /// The relative risk aversion of an investor for whom this is the best weight where trading costs nothing (Merton 1969, Review of Economics
    /// and Statistics 51, 247-257); 1 where it is the weight of highest growth. Below 0 where nobody wants it.
    [[nodiscard]] double risk_aversion_for(double weight) const noexcept {
        const double at_zero = other_volatility * (other_volatility - correlation * volatility);
        return (drift - other_drift) / (weight * relative_variance() - at_zero);
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= 0.0) || !v0::detail::finite(x); };
        if (!v0::detail::finite(drift)) return {"gbm_market.drift", drift, "must be finite"};
        if (bad(volatility)) return {"gbm_market.volatility", volatility, "must be finite and at or above 0"};
        if (!v0::detail::finite(other_drift)) return {"gbm_market.other_drift", other_drift, "must be finite"};
        if (bad(other_volatility)) return {"gbm_market.other_volatility", other_volatility, "must be finite and at or above 0"};
        if (!(correlation >= -1.0 && correlation <= 1.0)) return {"gbm_market.correlation", correlation, "must be from -1 to 1"};
        return {};
    }
};

/// What a rebalance costs, paid out of the portfolio: W′ + rate·|trade of the first| + other_rate·|trade of the other| + fixed·W = W.
struct costs {
    double rate = 0.0;        ///< of what is traded of the first asset, on buys and on sells
    double other_rate = 0.0;  ///< of what is traded of the other; 0: cash is free
    double fixed = 0.0;       ///< of each rebalance, a share of the portfolio: an amount would lose its weight as the portfolio grows

    /// Does trading cost nothing at all?
    [[nodiscard]] bool none() const noexcept { return rate == 0.0 && other_rate == 0.0 && fixed == 0.0; }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= 0.0 && x < 1.0); };
        if (bad(rate)) return {"costs.rate", rate, "must be at or above 0 and below 1"};
        if (bad(other_rate)) return {"costs.other_rate", other_rate, "must be at or above 0 and below 1"};
        if (bad(fixed)) return {"costs.fixed", fixed, "must be at or above 0 and below 1"};
        return {};
    }
};

}  // namespace ballast::inline v0::tune
