/// Permanent and temporary market impact, as measured on a large set of orders.
#pragma once

#include "detail/impact.hpp"

namespace ballast::inline v0::cost {

/// A trade of the notional x, done at an even pace over T days, leaves the price moved by
///   I = γ·σ·(|x|/V)·(Θ/V)^{1/4}
/// and pays, relative to the price before it,
///   J = I/2 + η·σ·(|x|/(V·T))^{3/5},   cost(x) = |x|·(a + J)
/// with the volatility σ and the volume V of a day, and Θ what there is of the asset. γ = 0.314 and η = 0.142 were fitted to some 30,000
/// orders in US stocks (Almgren, Thum, Hauptmann and Li 2005, "Direct estimation of equity market impact", Risk 18). T counts trading days.
///
/// V is `daily_volume` where it is given, or else the market's (`market_view::volume`, units a day, at the price). σ is `daily_volatility`
/// where it is given, or else the market's (`market_view::volatility`, per year) over √days_per_year. Without volume, or where either is not
/// known (NaN, infinite, below 0), every unit costs `untradable_rate`: no solver trades the asset, and the others go on. With σ = 0 only
/// a·|x| is left. Convex; answers prices by a handful of Newton's steps, which come down to the answer and never pass it. Some powers a
/// number.
struct almgren {
    per_asset outstanding{};        ///< Θ, market capitalisation in base currency; to be given
    per_asset days = 1.0;           ///< T, how long the trade takes, in trading days
    per_asset daily_volatility{};   ///< σ, per day; not given: the market's
    per_asset daily_volume{};       ///< V, base currency per day; not given: the market's
    per_asset permanent = 0.314;    ///< γ
    per_asset temporary = 0.142;    ///< η
    per_asset rate = 0.0;           ///< a, fraction of the notional: half the spread, fees
    double days_per_year = 365.25;  ///< that make up the market's volatility per year; 252 where markets close on weekends

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "almgren";

    struct view : detail::impact_view<almgren> {
        /// I and the other part of J, relative price moves of the trade's sign; 0 where the asset can not be traded.
        /// @{
        [[nodiscard]] double permanent_move(std::size_t i, double x) const noexcept {
            const auto c = model->curve(*at, i);
            return c.volume > 0.0 ? 2.0 * c.move.r[0] * (x / c.volume) : 0.0;
        }
        [[nodiscard]] double temporary_move(std::size_t i, double x) const noexcept {
            const auto c = model->curve(*at, i);
            if (!(c.volume > 0.0)) return 0.0;
            const double move = c.move.r[1] * std::pow(detail::absolute(x) / c.volume, c.move.e[1]);
            return x < 0.0 ? -move : move;
        }
        /// @}
    };
    [[nodiscard]] view bind(const look& l) const noexcept { return {{this, &l}}; }
    /// What the view asks.
    [[nodiscard]] detail::impact_curve<detail::power_moves<2>> curve(const look& l, std::size_t i) const noexcept {
        const double sigma = detail::volatility_of(l, daily_volatility, days_per_year, i);
        const double volume = detail::volume_of(l, daily_volume, i);
        if (sigma < 0.0 || volume == 0.0) return {};
        const double inverse_turnover = outstanding[i] / volume;
        const double half_of_permanent = 0.5 * permanent[i] * sigma * __builtin_sqrt(__builtin_sqrt(inverse_turnover));
        const double pace = days[i] == 1.0 ? 1.0 : std::pow(days[i], -temporary_exponent);
        return {volume, rate[i], {{half_of_permanent, temporary[i] * sigma * pace}, {1.0, temporary_exponent}}};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        for (const per_asset* p : {&outstanding, &days, &daily_volatility, &daily_volume, &permanent, &temporary, &rate})
            if (!p->covers(n)) return false;
        return true;
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!outstanding.given()) return {"almgren.outstanding", 0.0, "has to be given"};
        if (const double* v = detail::find_not_positive(outstanding)) return {"almgren.outstanding", *v, "must be a finite amount above 0"};
        if (!days.given()) return {"almgren.days", 0.0, "has to be given"};
        if (const double* v = detail::find_not_positive(days)) return {"almgren.days", *v, "must be a finite number of days above 0"};
        if (const double* v = detail::find_no_amount(daily_volatility))
            return {"almgren.daily_volatility", *v, "must be a finite volatility at or above 0"};
        if (const double* v = detail::find_no_amount(daily_volume))
            return {"almgren.daily_volume", *v, "must be a finite amount at or above 0"};
        if (const double* v = detail::find_no_amount(permanent)) return {"almgren.permanent", *v, "must be a finite number at or above 0"};
        if (const double* v = detail::find_no_amount(temporary)) return {"almgren.temporary", *v, "must be a finite number at or above 0"};
        if (const double* v = detail::find_no_rate(rate)) return {"almgren.rate", *v, "must be a fraction at or above 0 and below 1"};
        if (detail::no_days(days_per_year)) return {"almgren.days_per_year", days_per_year, "must be a finite number above 0"};
        return {};
    }

private:
    static constexpr double temporary_exponent = 0.6;
};

}  // namespace ballast::inline v0::cost
