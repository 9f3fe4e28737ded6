/// Only as far as the band asks for.
#pragma once

#include "concept.hpp"
#include "detail/balance.hpp"
#include "detail/self_finance.hpp"

namespace ballast::inline v0::solver {

/// Which assets move once the trigger has fired.
enum class band_rows : std::uint8_t {
    drifted,  ///< those outside their band
    all,      ///< those further from their target than the destination is
};

/// Brings assets that left the trigger's live band to its edge, or further in: with proportional costs the edge is where trading should stop, with
/// fixed costs it should go on (Taksar, Klass and Assaf 1988; Morton and Pliska 1995). The book's exposure stays between what it was and what the
/// targets ask for: where going to the edge would leave it over- or under-invested, assets inside their bands move toward their targets, all by the same fraction of their way, with
/// the reason `why::exposure_kept`. The destination lies inside the band by 2^-40 of the portfolio at least.
struct to_band {
    double depth = 0.0;  ///< 0: the edge, 0.5: midway to the target, 1: the target
    band_rows rows = band_rows::drifted;

    static constexpr const char* name = "to_band";
    static constexpr bool needs_region = true;
    static constexpr double edge = 0.0;
    static constexpr double midpoint = 0.5;

    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, solution& s) const noexcept {
        const look& l = p.look;
        for (std::size_t i = 0; i < l.assets(); ++i) {
            const double w = l.weight[i];
            const double wanted = destination(l.target[i], w, p.region.lower[i], p.region.upper[i]);
            const detail::share_range range = detail::allowed(p, i);
            s.share[i] = wanted < range.lower ? range.lower : wanted > range.upper ? range.upper : wanted;
            s.move[i] = s.share[i] != w ? 1 : 0;
            s.round[i] = rounding::inward;
            s.cause[i] = wanted == w ? why::inside_band : s.share[i] != wanted ? p.limits.cause[i] : why::full;
        }
        const double free = 1.0 - l.rules->reserved(l.value) / l.value;
        detail::balance(p, s, free, [&](std::size_t i) { return l.target[i]; });
        for (std::size_t i = 0; i < l.assets(); ++i)
            if (s.cause[i] == why::exposure_kept || s.cause[i] == why::cut_for_balance) s.round[i] = rounding::toward_no_trade;
        detail::self_finance(p, view, s);
        if (p.limits.turnover < std::numeric_limits<double>::infinity()) detail::keep_turnover(p, view, s);
        return status::solved;
    }

    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (!(depth >= 0.0 && depth <= 1.0)) return {"to_band.depth", depth, "must be between 0 (edge) and 1 (target)"};
        return {};
    }

private:
    [[nodiscard]] double destination(double target, double w, double lower, double upper) const noexcept {
        const double inner_upper = inward(target, upper);
        const double inner_lower = -inward(-target, -lower);
        const bool above = rows == band_rows::drifted ? w - upper > edge_slack : w - inner_upper > edge_slack;
        const bool below = rows == band_rows::drifted ? lower - w > edge_slack : inner_lower - w > edge_slack;
        return above ? inner_upper : below ? inner_lower : w;
    }
    /// From the upper edge toward the target by `depth`, and by 2^-40 at least where the band is wide enough.
    [[nodiscard]] double inward(double target, double upper) const noexcept {
        if (!(upper > target)) return upper;
        if (upper > 1e300) return upper;
        const double to = upper - depth * (upper - target);
        const double safe = upper - detail::dust;
        const double at = to < safe ? to : safe;
        return at > target ? at : target;
    }

    static constexpr double edge_slack = 1.0 / 281474976710656.0;  ///< 2^-48, as the band triggers see it
};

}  // namespace ballast::inline v0::solver
