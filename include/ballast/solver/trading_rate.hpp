/// A part of the way at a time.
#pragma once

#include "concept.hpp"
#include "detail/balance.hpp"
#include "detail/self_finance.hpp"

namespace ballast::inline v0::solver {

/// How fast to trade, and what it follows from.
struct trading_speed {
    double curvature = 0.0;  ///< a: ½·a·xᵀΣx is what being off by x costs from now on, costs of trading included
    double rate = 1.0;       ///< a/λ: of the way to the aim, per period
};

/// The best rate where a trade Δ costs λ/2·ΔᵀΣΔ and being off by x costs γ/2·xᵀΣx a period, of which the next one counts 1 − ρ as much: with
/// b = γ(1 − ρ) + λρ
///   a = (√(b² + 4γλ(1 − ρ)²) − b) / (2(1 − ρ)),   rate = a/λ
/// (Gârleanu and Pedersen 2013, "Dynamic trading with predictable returns and transaction costs"), reckoned as 2γλ(1 − ρ)/(b + √…), which loses no digits. It is the same for all assets whatever Σ
/// is, as costs that are in proportion to risk leave Σ out of it. γ > 0, λ ≥ 0, 0 ≤ ρ < 1; without costs the rate is 1.
[[nodiscard]] inline trading_speed quadratic_cost_rate(double risk_aversion, double impact, double discount) noexcept {
    // In units of γ, so that nothing over- or underflows that does not have to.
    const double kept = 1.0 - discount;
    const double l = impact / risk_aversion;
    const double b = kept + l * discount;
    const double rate = 2.0 * kept / (b + __builtin_sqrt(b * b + 4.0 * l * (kept * kept)));
    return {rate * impact, rate};
}

/// Every call brings every asset the same share of its way to the aim: where trading the faster the dearer it gets, moving all the way is
/// too much at once, and aiming at where the targets are now is too far where they fade. The rate is given, or follows from risk aversion,
/// cost and discount (`quadratic_cost_rate`). A period is the time from one call that trades to the next: beside trigger::every or
/// trigger::calendar it has a length; the solver itself reads no time.
///
/// The aim is the targets; with `decay` it is target/(1 + φ·a/γ), where φ is the share of the signal behind the targets that fades in a
/// period, the same for all (the same authors' aim in front of the target): what will not last is not run after. What that leaves over stays in
/// cash. With `rate` given a is rate·λ.
///
/// Shares are of the wealth after costs. Limits on trades and weights come first, weights that have to change change at once; where an asset is
/// held the others go on only as far as the exposure allows, as for `to_target`. Any cost model: what it says is paid and told, and a trade
/// that costs as much as it moves is not made; the rate does not follow from it. The part of the way has the reason `why::cut_to_rate`, and the
/// next call goes on, until an order would be too small. O(n) per pass, a few of them.
struct trading_rate {
    double rate = 0.0;           ///< of the way, per call, up to 1; 0: the best for the three below
    double risk_aversion = 1.0;  ///< γ, above 0: being off by x costs γ/2·xᵀΣx a period
    double impact = 1.0;         ///< λ, at or above 0: a trade Δ costs λ/2·ΔᵀΣΔ, Σ of a period
    double discount = 0.0;       ///< ρ per period, from 0 to below 1
    double decay = 0.0;          ///< φ per period, at or above 0

    static constexpr const char* name = "trading_rate";

    /// What it comes to.
    [[nodiscard]] trading_speed speed() const noexcept {
        return rate > 0.0 ? trading_speed{rate * impact, rate} : quadratic_cost_rate(risk_aversion, impact, discount);
    }
    /// The aim of an asset whose target this is.
    [[nodiscard]] double aim(double target) const noexcept { return target / (1.0 + decay * (speed().curvature / risk_aversion)); }

    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, solution& s) const noexcept {
        const look& l = p.look;
        const detail::rounder<View> round{p, view};
        const double part = speed().rate;
        const double fade = aim(1.0);
        s.for_this_wealth = true;
        const bool given = s.given_wealth > 0.0;
        double w = given ? s.given_wealth : l.value;
        detail::target_shares form;
        for (int attempt = 0; attempt < 12; ++attempt) {
            form = detail::targets_beside_reserve(l, w);
            const auto goal = [&](std::size_t i) {
                const double held = l.position[i] / w, end = form.of(fade * l.target[i], w);
                return part < 1.0 ? held + part * (end - held) : end;
            };
            for (std::size_t i = 0; i < l.assets(); ++i) {
                const double wanted = goal(i);
                s.share[i] = detail::allowed(p, i, w).nearest(wanted);
                s.move[i] = p.limits.may_trade(i) ? 1 : 0;
                s.round[i] = rounding::toward_no_trade;
                s.cause[i] = s.share[i] != wanted ? detail::kept_by(p, i, w, wanted) : part < 1.0 ? why::cut_to_rate : why::full;
                if (s.move[i] == 0) continue;
                const sized_trade t = round(i, s.share[i] * w - l.position[i], rounding::toward_no_trade);
                if (t.quantity != 0.0) continue;
                s.move[i] = 0;
                s.share[i] = l.position[i] / w;
                s.cause[i] = t.cut;
            }
            detail::exposure e{p, round, s, w, goal};
            e.give_back();
            detail::self_finance(p, view, s);
            if (given) s.wealth = w;
            const double off = detail::absolute(s.wealth - w);
            w = s.wealth;
            if (off <= l.value * detail::snap) break;
        }
        if (form.reduced()) detail::explain_reserve(p, s);
        if (p.limits.turnover < std::numeric_limits<double>::infinity())
            detail::keep_turnover(p, view, s, [&](solution& again) { detail::self_finance(p, view, again); });
        return status::solved;
    }

    [[nodiscard]] constexpr configuration_fault validate() const noexcept {
        if (!(rate >= 0.0 && rate <= 1.0)) return {"trading_rate.rate", rate, "must be a share above 0 and up to 1, or 0 for the best"};
        if (!(risk_aversion > 0.0) || !detail::finite(risk_aversion))
            return {"trading_rate.risk_aversion", risk_aversion, "must be a number above 0"};
        if (!(impact >= 0.0) || !detail::finite(impact)) return {"trading_rate.impact", impact, "must be a number at or above 0"};
        if (!(discount >= 0.0 && discount < 1.0)) return {"trading_rate.discount", discount, "must be at or above 0 and below 1"};
        if (!(decay >= 0.0) || !detail::finite(decay)) return {"trading_rate.decay", decay, "must be a number at or above 0"};
        return {};
    }
};

}  // namespace ballast::inline v0::solver
