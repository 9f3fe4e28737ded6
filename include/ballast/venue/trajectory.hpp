/// How to spread a large order over time.
#pragma once

#include <cstddef>

#include "../core/configuration.hpp"
#include "concept.hpp"

namespace ballast::inline v0::venue {

/// The trajectory of Almgren and Chriss (2000, "Optimal execution of portfolio transactions", Journal of Risk 3): of all ways to trade an amount
/// in a fixed number of periods the one with the least expected cost + risk_aversion · variance, where each trade moves the price for
/// good by permanent·n and for itself by temporary·n/period, and what is still held swings with the market. Without risk aversion it
/// trades the same in every period; the more of it, the more trades come first. Amounts are units and may be negative (a purchase); time is in any
/// one unit, the same in all parameters. Each number O(1), costs O(periods).
struct trajectory {
    double volatility = 0.0;     ///< σ: money per unit and √time, at or above 0
    double temporary = 0.0;      ///< η: money per unit for each unit traded per time; η > γ·period/2
    double permanent = 0.0;      ///< γ: money per unit for each unit traded, at or above 0
    double spread = 0.0;         ///< ε: money per unit, half of the bid-ask spread and fees, at or above 0
    double risk_aversion = 0.0;  ///< λ: per money, at or above 0
    double period = 1.0;         ///< τ: time from one trade to the next, above 0
    std::size_t periods = 1;     ///< N: how many trades, 1 or more

    /// κ, per time: how fast the trajectory falls; 1/κ is the time in which a lone trader would shed all but 1/e. From
    /// sinh(κτ/2) = κ̃τ/2 with κ̃² = λσ²/(η − γτ/2), which is eq. (18) and the one before it.
    [[nodiscard]] double urgency() const noexcept {
        return 2.0 * __builtin_asinh(0.5 * __builtin_sqrt(risk_aversion / net_temporary()) * volatility * period) / period;
    }
    /// What is still to be traded of `amount` after k of the periods: amount·sinh(κ(T − kτ))/sinh(κT), eq. (17). All of it at 0, nothing at the end.
    [[nodiscard]] double left(double amount, std::size_t k) const noexcept {
        if (k >= periods) return 0.0;
        const double gone = static_cast<double>(k);
        const double all = static_cast<double>(periods);
        const double step = urgency() * period;
        if (!(step * all > 1e-8)) return amount * ((all - gone) / all);
        const double to_go = step * (all - gone);
        return amount * __builtin_exp(-step * gone) * (__builtin_expm1(-2.0 * to_go) / __builtin_expm1(-2.0 * step * all));
    }
    /// The trade of period k, from 1: what is left before it without what is left after it. They add up to the amount.
    [[nodiscard]] double trade(double amount, std::size_t k) const noexcept {
        return k == 0 || k > periods ? 0.0 : left(amount, k - 1) - left(amount, k);
    }
    /// E, money: what all trades together are expected to cost against the price at the start, eq. (8) with (6), (7).
    [[nodiscard]] double expected_cost(double amount) const noexcept {
        double sum_of_squares = 0.0;
        double sum = 0.0;
        for (std::size_t k = 1; k <= periods; ++k) {
            const double n = trade(amount, k);
            sum_of_squares += n * n;
            sum += detail::absolute(n);
        }
        return 0.5 * permanent * amount * amount + spread * sum + net_temporary() / period * sum_of_squares;
    }
    /// V, money²: the variance of that cost, eq. (5).
    [[nodiscard]] double variance(double amount) const noexcept {
        double sum = 0.0;
        for (std::size_t k = 1; k < periods; ++k) {
            const double x = left(amount, k);
            sum += x * x;
        }
        return volatility * volatility * period * sum;
    }

    [[nodiscard]] configuration_fault validate() const noexcept {
        const char* const range = "must be a number at or above 0";
        if (!at_least_zero(volatility)) return {"trajectory.volatility", volatility, range};
        if (!at_least_zero(permanent)) return {"trajectory.permanent", permanent, range};
        if (!at_least_zero(spread)) return {"trajectory.spread", spread, range};
        if (!at_least_zero(risk_aversion)) return {"trajectory.risk_aversion", risk_aversion, range};
        if (!(period > 0.0 && detail::finite(period))) return {"trajectory.period", period, "must be a time above 0"};
        if (periods < 1) return {"trajectory.periods", 0.0, "must be 1 or more"};
        if (!(net_temporary() > 0.0 && detail::finite(temporary)))
            return {"trajectory.temporary", temporary, "must be above permanent*period/2: one trade would pay for the next"};
        return {};
    }

private:
    [[nodiscard]] double net_temporary() const noexcept { return temporary - 0.5 * permanent * period; }
    [[nodiscard]] static bool at_least_zero(double x) noexcept { return x >= 0.0 && detail::finite(x); }
};

}  // namespace ballast::inline v0::venue
