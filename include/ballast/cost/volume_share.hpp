/// Slippage by the square of the share of the volume.
#pragma once

#include "detail/impact.hpp"

namespace ballast::inline v0::cost {

/// What an order costs that is larger than the limited share of the volume.
enum class beyond_limit : std::uint8_t {
    straight,  ///< it goes on with the slope that it has at the limit: convex
    capped,    ///< the average move stays what it is at the limit, as if the rest traded in later bars: the slope falls at the limit
};

/// An order of the notional x trades at a price that is worse by k·s², where s = |x|/V is its share of the volume V of a bar:
///   cost(x) = a·|x| + k·|x|·(|x|/V)²
/// up to the share `limit` (the volume share slippage of Zipline and of Lean, from which the defaults are: 2.5 % of the volume, k = 0.1).
/// Those simulators fill no more than the limit in a bar, or cap s there; a cost has to say something about every size. `capped` is the same
/// as theirs: an order that is filled at the limit bar after bar costs k·limit² on all of it; but it is not convex, and large orders look
/// cheap. With `straight`, which is above it, the shape is convex, and prices are answered, in closed form. How much may trade at all is not
/// the cost's business: `guard::participation` limits it.
///
/// V is `volume` where it is given, or else the market's of a day (`market_view::volume`, units, at the price). Without volume, or where it
/// is NaN, infinite or below 0, every unit costs `untradable_rate`, capped or not: no solver trades the asset, and the others go on. To the
/// compiler the shape is general; the object and its views tell. O(1).
struct volume_share {
    per_asset impact = 0.1;                        ///< k, relative price move at the share 1
    per_asset limit = 0.025;                       ///< share of the volume, above 0; may be infinite
    per_asset volume{};                            ///< V, base currency per bar; not given: the market's of a day
    per_asset rate = 0.0;                          ///< a, fraction of the notional: half the spread, fees
    beyond_limit beyond = beyond_limit::straight;  ///< what lies beyond the limit

    static constexpr cost_shape shape = cost_shape::general;
    static constexpr const char* name = "volume_share";

    struct view : detail::impact_view<volume_share> {
        [[nodiscard]] double cost(std::size_t i, double x) const noexcept {
            const auto c = model->curve(*at, i);
            const double size = detail::absolute(x);
            if (model->is_capped(c, i, size)) return size * (c.rate + c.move.average(model->limit[i]));
            return c.cost(size);
        }
        /// At the limit of a capped one the slopes on both sides and all between.
        [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
            const auto c = model->curve(*at, i);
            const double size = detail::absolute(x);
            slope_interval s = c.marginal(size);
            if (size == 0.0) return s;
            const double at_limit = c.rate + c.move.average(model->limit[i]);
            if (model->is_capped(c, i, size))
                s = {at_limit, at_limit};
            else if (model->beyond == beyond_limit::capped && c.volume > 0.0 && size / c.volume == model->limit[i])
                s.low = at_limit < s.low ? at_limit : s.low;
            return x > 0.0 ? s : slope_interval{-s.high, -s.low};
        }
        [[nodiscard]] cost_traits runtime_traits() const noexcept { return model->runtime_traits(); }
    };
    [[nodiscard]] view bind(const look& l) const noexcept { return {{this, &l}}; }
    /// What the view asks.
    [[nodiscard]] detail::impact_curve<detail::square_move> curve(const look& l, std::size_t i) const noexcept {
        detail::impact_curve<detail::square_move> c{detail::volume_of(l, volume, i), rate[i], {impact[i]}};
        if (beyond == beyond_limit::capped || c.volume == 0.0) return c;
        const double at_limit = c.rate + c.move.slope(limit[i]);
        if (at_limit < c.most) c.most = at_limit;
        return c;
    }
    [[nodiscard]] cost_traits runtime_traits() const noexcept {
        if (beyond == beyond_limit::capped) return {};
        return {.shape = cost_shape::convex, .linear = false, .responsive = true};
    }
    [[nodiscard]] bool covers(std::size_t n) const noexcept {
        return impact.covers(n) && limit.covers(n) && volume.covers(n) && rate.covers(n);
    }
    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!impact.given()) return {"volume_share.impact", 0.0, "has to be given"};
        if (const double* v = detail::find_no_amount(impact)) return {"volume_share.impact", *v, "must be a finite number at or above 0"};
        if (!limit.given()) return {"volume_share.limit", 0.0, "has to be given"};
        if (const double* v = limit.find([](double x) { return !(x > 0.0); }))
            return {"volume_share.limit", *v, "must be a share of the volume above 0"};
        if (const double* v = detail::find_no_amount(volume)) return {"volume_share.volume", *v, "must be a finite amount at or above 0"};
        if (const double* v = detail::find_no_rate(rate)) return {"volume_share.rate", *v, "must be a fraction at or above 0 and below 1"};
        return {};
    }

private:
    friend view;
    /// Whether the size is beyond the limit of a capped one.
    [[nodiscard]] bool is_capped(const detail::impact_curve<detail::square_move>& c, std::size_t i, double size) const noexcept {
        return beyond == beyond_limit::capped && c.volume > 0.0 && size / c.volume > limit[i] && c.rate + c.move.slope(limit[i]) <= c.most;
    }
};

}  // namespace ballast::inline v0::cost
