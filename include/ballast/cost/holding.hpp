/// What positions cost to hold: borrow fees, funding, financing, dividends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "../core/arithmetic.hpp"
#include "../core/per_asset.hpp"
#include "../core/timestamp.hpp"
#include "concept.hpp"

namespace ballast::inline v0::cost {

/// A span of time in years of 365 days of 24 hours: the day count act/365 fixed (ISDA 2006 definitions, 4.16 (d)), in which rates of lending
/// and funding are told. `duration::years`, for volatilities, has 365.25 days.
[[nodiscard]] constexpr double years_of_365(duration d) noexcept { return d.seconds() / (365.0 * 86'400.0); }

/// What a position cost from one moment to another, base currency, below 0 where it brought something: value·long_rate·t for a long one,
/// |value|·short_rate·t for a short one, t in years of 365 days, without interest on it. The value and the rates are those of the whole span:
/// where they change, add up the spans between. An `until` before `from` takes back what that span cost.
[[nodiscard]] constexpr double accrued(double value, double long_rate, double short_rate, timestamp from, timestamp until) noexcept {
    const double years = until < from ? -years_of_365(elapsed(until, from)) : years_of_365(elapsed(from, until));
    return (value > 0.0 ? value * long_rate : -value * short_rate) * years;
}

/// What a trade changes in the cost of holding until the horizon ends. With v the value of the position in the look,
///
///     cost = h(v + x) − h(v),    h(v) = (long_rate·max(v, 0) + short_rate·max(−v, 0))·horizon.
///
/// A borrow fee is a rate of shorts; financing is one of longs. Funding of a perpetual contract is f on longs and −f on shorts, as its mark is
/// above the index or below; a dividend yield q is −q on longs and q on shorts. Rates add up: a short pays the borrow fee and the dividend. A
/// rate below 0 is received; the two of an asset must not add up to less than 0, or holding both sides would earn money, and the cost would
/// not be convex.
///
/// It is piecewise linear with a kink where the position becomes 0, and convex. Closing a position that costs something has a cost below 0.
/// **None of it is paid with the order** (`paid`): it accrues later, and cash that has still to come buys nothing. Solvers that weigh
/// (`solver::no_trade_region`) and `guard::worth_it` count it. Values are as they are now: no return is expected, no interest compounded. O(1).
struct holding {
    per_asset long_rate = 0.0;   ///< per year of 365 days, of the value of a long position; below 0: received
    per_asset short_rate = 0.0;  ///< per year of 365 days, of the absolute value of a short one; below 0: received
    duration horizon{};          ///< for how long; to be given

    static constexpr cost_shape shape = cost_shape::convex;
    static constexpr const char* name = "holding";

    class view {
    public:
        /// Looks at the model and the look, which must outlive it.
        view(const holding& of, const look& l) noexcept
            : of_{&of},
              position_{l.position.empty() ? l.weight.data() : l.position.data()},
              scale_{l.position.empty() ? l.value : 1.0},
              years_{years_of_365(of.horizon)} {}

        [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
            if (x == 0.0) return 0.0;
            const double v = held(i);
            const double after = v + x;
            // No difference of two large amounts: what is on one side of 0 alone is a rate of x.
            if (v >= 0.0 && after >= 0.0) return buy(i) * x;
            if (v <= 0.0 && after <= 0.0) return -sell(i) * x;
            return v > 0.0 ? -buy(i) * v - sell(i) * after : sell(i) * v + buy(i) * after;
        }
        /// A position of which no more is left than rounding (2^-50 of it) is closed: solvers come to it by sums of shares.
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            const double v = held(i), after = v + x;
            if (detail::absolute(after) <= detail::absolute(v) * detail::snap) return {-sell(i), buy(i)};
            const double s = after > 0.0 ? buy(i) : -sell(i);
            return {s, s};
        }
        /// The cost begins at 0.
        [[nodiscard]] double jump(std::size_t) const noexcept { return 0.0; }
        /// Closes the position where no price is worth a step further.
        [[nodiscard]] response respond(std::size_t i, double price, double curvature, double centre, double lo, double hi) const noexcept {
            constexpr double infinity = std::numeric_limits<double>::infinity();
            const double v = held(i);
            response r{-v, 0.0, 0};
            if (curvature > 0.0) {
                const double as_long = centre + (price - buy(i)) / curvature;
                const double as_short = centre + (price + sell(i)) / curvature;
                if (v + as_long > 0.0)
                    r = {as_long, 1.0 / curvature, 0};
                else if (v + as_short < 0.0)
                    r = {as_short, 1.0 / curvature, 0};
            } else if (price > buy(i)) {
                r.x = infinity;
            } else if (price < -sell(i)) {
                r.x = -infinity;
            } else if ((price == buy(i) && v >= 0.0) || (price == -sell(i) && v <= 0.0)) {
                r.x = 0.0;  // of equally good answers the smallest trade
            }
            if (r.x == 0.0) r = {};
            r.piece = r.x > 0.0 ? std::int8_t{1} : r.x < 0.0 ? std::int8_t{-1} : std::int8_t{0};
            if (r.x <= lo && (r.x < lo || r.piece != 0)) return {lo, 0.0, -2};
            if (r.x >= hi && (r.x > hi || r.piece != 0)) return {hi, 0.0, 2};
            return r;
        }
        /// Nothing: it accrues after the order.
        [[nodiscard]] detail::nothing_paid paid() const noexcept { return {}; }

    private:
        [[nodiscard]] double held(std::size_t i) const noexcept { return position_ == nullptr ? 0.0 : position_[i] * scale_; }
        /// Of another unit of a long position, and of a short one.
        /// @{
        [[nodiscard]] double buy(std::size_t i) const noexcept { return of_->long_rate[i] * years_; }
        [[nodiscard]] double sell(std::size_t i) const noexcept { return of_->short_rate[i] * years_; }
        /// @}

        const holding* of_;
        const double* position_;
        double scale_;
        double years_;
    };
    [[nodiscard]] view bind(const look& l) const noexcept { return {*this, l}; }

    /// What a position of asset i cost from one moment to another (`cost::accrued`).
    [[nodiscard]] double accrued(std::size_t i, double value, timestamp from, timestamp until) const noexcept {
        return cost::accrued(value, long_rate[i], short_rate[i], from, until);
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept { return long_rate.covers(n) && short_rate.covers(n); }
    [[nodiscard]] configuration_fault validate() const noexcept {
        const auto bad = [](double x) { return !(x >= -1e3 && x <= 1e3); };
        if (const double* v = long_rate.find(bad)) return {"holding.long_rate", *v, "must be a rate per year between -1000 and 1000"};
        if (const double* v = short_rate.find(bad)) return {"holding.short_rate", *v, "must be a rate per year between -1000 and 1000"};
        const std::size_t n = long_rate.size() > short_rate.size() ? long_rate.size() : short_rate.size();
        for (std::size_t i = 0; i < (n == 0 ? 1 : n); ++i)
            if ((long_rate.uniform() || i < long_rate.size()) && (short_rate.uniform() || i < short_rate.size()) &&
                long_rate[i] + short_rate[i] < 0.0)
                return {"holding.short_rate", short_rate[i], "must not be received beyond what the other side pays"};
        if (!(horizon.ns > 0)) return {"holding.horizon", horizon.seconds(), "has to be given: a time above 0 (seconds)"};
        return {};
    }
};

}  // namespace ballast::inline v0::cost
