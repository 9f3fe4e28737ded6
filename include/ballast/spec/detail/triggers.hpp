/// The words of triggers.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "../../trigger/all_of.hpp"
#include "../../trigger/any_of.hpp"
#include "../../trigger/band.hpp"
#include "../../trigger/breach_probability.hpp"
#include "../../trigger/calendar.hpp"
#include "../../trigger/cara_band.hpp"
#include "../../trigger/cash_flow.hpp"
#include "../../trigger/cooldown.hpp"
#include "../../trigger/distance.hpp"
#include "../../trigger/drawdown.hpp"
#include "../../trigger/every.hpp"
#include "../../trigger/hysteresis.hpp"
#include "../../trigger/never.hpp"
#include "../../trigger/not_.hpp"
#include "../../trigger/optimal_band.hpp"
#include "../../trigger/predictive_band.hpp"
#include "../../trigger/regime_band.hpp"
#include "../../trigger/signal.hpp"
#include "../../trigger/time_window.hpp"
#include "../../trigger/tracking_error.hpp"
#include "../../trigger/volatility_band.hpp"
#include "moments.hpp"
#include "trigger_parts.hpp"
#include "vocabulary.hpp"

namespace ballast::inline v0::spec::detail {

template <>
struct vocabulary<trigger::never> : without_parameters<trigger::never> {
    static constexpr const char* summary = "never fires: buy and hold";
    static constexpr const char* example = "never";
};

template <>
struct vocabulary<trigger::every> : of_aggregate<trigger::every> {
    static constexpr const char* summary = "fires when so much time has passed since the last trade, and at once where there was none";
    static constexpr const char* example = "every:24h";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.interval, about{"interval", "time", "since the last trade; 0s fires at every look"});
    }
};

/// A calendar that owns its holidays.
struct dated_calendar {
    trigger::calendar rule{};
    day_list holidays{};

    static constexpr const char* name = trigger::calendar::name;
    using memory = trigger::calendar::memory;

    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept { return bound().check(l, m); }
    void observe(const look& l, memory& m) const noexcept { bound().observe(l, m); }
    void commit(const decision& d, timestamp at, memory& m) const noexcept { bound().commit(d, at, m); }
    [[nodiscard]] configuration_fault validate() const noexcept { return rule.validate(); }

private:
    [[nodiscard]] trigger::calendar bound() const noexcept {
        trigger::calendar c = rule;
        c.holidays = {[](const civil_date& d, const void* days) { return static_cast<const day_list*>(days)->holds(day_number(d)); },
                      &holidays};
        return c;
    }
};

template <>
struct vocabulary<trigger::calendar> : of_aggregate<trigger::calendar> {
    static constexpr const char* summary = "fires on the first look of a new day, week, month, quarter, half-year or year";
    static constexpr const char* example = "calendar:monthly";
    using draft = dated_calendar;
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.rule.period, about{"period", "", "how often"});
        visit(p.rule.day,
              about{"day", "day", "on which it begins: of the week (1 is Monday) where weekly, else of the month (-1 is the last)"});
        visit(p.rule.month, about{"month", "month", "in which it begins, of the quarter, half-year or year"});
        visit(p.rule.miss, about{"miss", "", "what becomes of a period without a trade: gone, or due until there is one"});
        visit(p.rule.roll,
              about{"roll", "", "where a period begins that would on a holiday: on the next day that is none, or the last before"});
        visit(p.holidays, about{"holidays", "dates", "on which it does not fire: [weekends 2026-12-25 2027-01-01]"});
        visit(p.rule.utc_offset, about{"utc_offset", "time", "by which the trading place's clock is ahead of UTC"});
    }
    template <class Parts>
    [[nodiscard]] static any_trigger make(draft d, const Parts&) {
        if (d.holidays.empty()) return d.rule;
        return d;
    }
    [[nodiscard]] static draft taken(const trigger::calendar& c) {
        draft d{c, {}};
        d.holidays.of_the_host = c.holidays.is_holiday != nullptr;
        return d;
    }
};

template <>
struct vocabulary<trigger::band> : of_aggregate<trigger::band> {
    static constexpr const char* summary = "fires when a weight has left a band around its target";
    static constexpr const char* example = "band:absolute=0.05,relative=0.25";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.absolute, fraction("absolute", "weight", "half the width of the band"));
        visit(p.relative, fraction("relative", "share of |target|", "half the width of the band, in proportion to the target"));
        visit(p.combine, about{"combine", "", "which of the two counts where both are given"});
        visit(p.absolute_below, fraction("absolute_below", "weight", "stands for absolute below the target"));
        visit(p.relative_below, fraction("relative_below", "share of |target|", "stands for relative below the target"));
    }
};

template <>
struct vocabulary<trigger::volatility_band> : of_aggregate<trigger::volatility_band> {
    static constexpr const char* summary = "a band of width*(volatility/reference)^exponent, within floor and ceiling; needs an estimator";
    static constexpr const char* example = "volatility_band:width=0.05,reference=0.16,exponent=-1";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.width, fraction("width", "weight", "half the width of the band where the volatility is the reference"));
        visit(p.reference, fraction("reference", "volatility per year", "at which the band is as wide as width says"));
        visit(p.exponent,
              about{"exponent", "", "-1 keeps the risk of a drift the same, a positive one trades less in turbulence, 0 is band"});
        visit(p.floor, fraction("floor", "weight", "smallest width"));
        visit(p.ceiling, fraction("ceiling", "weight", "largest width"));
        visit(p.estimator, which_estimator());
    }
};

template <>
struct vocabulary<trigger::predictive_band> : of_aggregate<trigger::predictive_band> {
    static constexpr const char* summary = "a band as wide as the market is expected to move over a horizon; needs an estimator";
    static constexpr const char* example = "predictive_band:deviations=2,horizon=30d";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.deviations, about{"deviations", "standard deviations", "of the forecast, to either side of the target"});
        visit(p.horizon, about{"horizon", "time", "over which the market may move"});
        visit(p.floor, fraction("floor", "weight", "smallest width"));
        visit(p.ceiling, fraction("ceiling", "weight", "largest width"));
        visit(p.estimator, which_estimator());
    }
};

template <>
struct vocabulary<trigger::regime_band> : of_aggregate<trigger::regime_band> {
    static constexpr const char* summary =
        "a band with a width for each regime, mixed by how likely each is; needs an estimator of regimes";
    static constexpr const char* example = "regime_band:width=[0.03 0.08]";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.width, fraction("width", "weight", "half the width of the band, for each regime"));
        visit(p.scale, about{"scale", "", "by which an asset's width is multiplied"});
        visit(p.estimator, which_estimator());
    }
};

template <>
struct vocabulary<trigger::breach_probability> : of_aggregate<trigger::breach_probability> {
    static constexpr const char* summary = "fires when a weight will probably leave its band within a horizon; needs an estimator";
    static constexpr const char* example = "breach_probability:width=0.05,horizon=1d,limit=0.5";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.width, fraction("width", "weight", "half the width of the band"));
        visit(p.horizon, about{"horizon", "time", "within which the band may be left"});
        visit(p.limit, fraction("limit", "chance", "the largest that is accepted"));
        visit(p.estimator, which_estimator());
    }
};

template <>
struct vocabulary<trigger::optimal_band> : of_aggregate<trigger::optimal_band> {
    static constexpr const char* summary = "a band of the width that is best for what trading costs, growth wanted";
    static constexpr const char* example = "optimal_band:risk_aversion=3,rate=10bps";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.risk_aversion, about{"risk_aversion", "", "relative: 1 for logarithmic utility"});
        visit(p.rate, fraction("rate", "share of the notional", "what a trade costs"));
        visit(p.sell, fraction("sell", "share of the notional", "stands for rate on sales"));
        visit(p.drift, fraction("drift", "return per year", "above that of cash; without it what the target implies. Needs an estimator"));
        visit(p.fixed, about{"fixed", "base currency", "what an order costs besides; where the method is expansion"});
        visit(p.method, about{"method", "", "the free boundaries solved, or to leading order in the costs"});
        about which{"estimator", "index", "which of the estimators, from 0"};
        which.names_estimator = true;
        visit(p.estimator, which);
    }
};

template <>
struct vocabulary<trigger::cara_band> : of_aggregate<trigger::cara_band> {
    static constexpr const char* summary = "a band of the width that is best for what trading costs, where the best positions are amounts";
    static constexpr const char* example = "cara_band:risk_aversion=3e-5,rate=10bps";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.risk_aversion, about{"risk_aversion", "1/base currency", "absolute: the relative one / wealth"});
        visit(p.rate, fraction("rate", "share of the notional", "what a trade costs"));
        visit(p.sell, fraction("sell", "share of the notional", "stands for rate on sales"));
        visit(p.drift, fraction("drift", "return per year", "above that of cash; without it what the target implies. Needs an estimator"));
        visit(p.interest, fraction("interest", "per year", "of cash. Needs an estimator where the method is exact"));
        visit(p.method, about{"method", "", "the free boundaries solved, or to leading order in the costs"});
        about which{"estimator", "index", "which of the estimators, from 0"};
        which.names_estimator = true;
        visit(p.estimator, which);
    }
};

template <>
struct vocabulary<trigger::distance> : of_aggregate<trigger::distance> {
    static constexpr const char* summary = "fires when the book as a whole is too far from its targets";
    static constexpr const char* example = "distance:limit=0.05";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.limit, fraction("limit", "weight", "largest distance"));
        visit(p.measure, about{"measure", "", "one-way turnover back to the targets, or the Euclidean norm of the drifts, cash included"});
    }
};

template <>
struct vocabulary<trigger::cash_flow> : of_aggregate<trigger::cash_flow> {
    static constexpr const char* summary = "fires when too much cash is idle, or missing: contributions and withdrawals";
    static constexpr const char* example = "cash_flow:share=0.02,amount=10000";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.share, fraction("share", "share of the portfolio value", "largest cash that is idle, or missing"));
        visit(p.amount, about{"amount", "base currency", "the same as an amount; the smaller of both counts"});
        visit(p.watch, about{"watch", "", "cash beyond what targets and reserve leave over, cash missing to the reserve, or both"});
    }
};

template <>
struct vocabulary<trigger::tracking_error> : of_aggregate<trigger::tracking_error> {
    static constexpr const char* summary = "fires when the risk of the weights against the targets is too large; needs an estimator";
    static constexpr const char* example = "tracking_error:limit=2%";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.limit, fraction("limit", "volatility per year", "largest tracking error"));
        about which{"estimator", "index", "which of the estimators, from 0"};
        which.names_estimator = true;
        visit(p.estimator, which);
    }
};

template <>
struct vocabulary<trigger::signal> : of_aggregate<trigger::signal> {
    static constexpr const char* summary = "fires while a number that the host hands in is beyond a threshold; needs the signals";
    static constexpr const char* example = "signal:0,threshold=0.9,back=0.05";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.index, about{"index", "index", "which of the host's signals, from 0"});
        visit(p.threshold, fraction("threshold", "of the signal", "beyond which it fires"));
        visit(p.side, about{"side", "", "of the threshold on which it fires"});
        visit(p.back, fraction("back", "of the signal", "how far back from the threshold it has to come to stop"));
        visit(p.missing,
              about{"missing", "", "what is made of a signal that was not given: the decision is rejected, or it does not fire"});
    }
};

template <>
struct vocabulary<trigger::drawdown> : of_aggregate<trigger::drawdown> {
    static constexpr const char* summary = "fires when the account has lost too much from its peak; flows do not count";
    static constexpr const char* example = "drawdown:limit=10%,rearm=5%";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.limit, fraction("limit", "share of the peak", "largest loss"));
        visit(p.rearm, fraction("rearm", "share of the peak", "loss at which a drawdown is over; unlimited: as limit"));
        visit(p.repeat, about{"repeat", "", "whether it fires as long as the drawdown lasts, or once"});
    }
};

template <>
struct vocabulary<trigger::time_window> : of_aggregate<trigger::time_window> {
    static constexpr const char* summary =
        "fires within hours of the day and days of the week, and not about events: a permission in all_of";
    static constexpr const char* example = "time_window:from=14h30m,to=21h,days=working";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.from, about{"from", "time of the day", "at which it opens"});
        visit(p.to, about{"to", "time of the day", "at which it closes, on the next day where that is not later"});
        visit(p.days, about{"days", "days of the week", "on which it opens: working, weekend, or like [1 3 5] (1 is Monday)"});
        visit(p.utc_offset, about{"utc_offset", "time", "by which the clock is ahead of UTC"});
        visit(p.not_before, about{"not_before", "date", "closed before; UTC, with its time like 2026-12-25+14h30m"});
        visit(p.events, about{"events", "dates", "about which it is closed: [2026-01-28+19h 2026-03-18+18h], UTC"});
        visit(p.before, about{"before", "time", "closed so long before each event"});
        visit(p.after, about{"after", "time", "closed so long after each event"});
    }
};

template <class Composite, std::size_t Least, std::size_t Most>
struct of_composite {
    static constexpr const char* name = Composite::name;
    using draft = nothing_to_fill;
    static constexpr std::size_t least_parts = Least;
    static constexpr std::size_t most_parts = Most;
    template <class P, class Visit>
    static void parameters(P&, Visit&&) {}
    [[nodiscard]] static draft taken(const Composite&) noexcept { return {}; }
    template <class F>
    static void each_part(const Composite& c, F&& f) {
        v0::detail::for_each(c.parts(), f);
    }
};

template <class... Triggers>
struct vocabulary<trigger::any_of<Triggers...>> : of_composite<trigger::any_of<Triggers...>, 1, description::any_number> {
    static constexpr const char* summary = "fires when one of several triggers does";
    static constexpr const char* example = "any_of(band:absolute=0.05, calendar:monthly)";
    [[nodiscard]] static any_trigger make(nothing_to_fill, std::vector<any_trigger> parts) { return joined<trigger::any_of>(parts); }
};

template <class... Triggers>
struct vocabulary<trigger::all_of<Triggers...>> : of_composite<trigger::all_of<Triggers...>, 1, description::any_number> {
    static constexpr const char* summary = "fires when all of several triggers do";
    static constexpr const char* example = "all_of(calendar:monthly, band:absolute=0.05)";
    [[nodiscard]] static any_trigger make(nothing_to_fill, std::vector<any_trigger> parts) { return joined<trigger::all_of>(parts); }
};

template <class Inner>
struct vocabulary<trigger::not_<Inner>> : of_composite<trigger::not_<Inner>, 1, 1> {
    static constexpr const char* summary = "fires when another trigger does not";
    static constexpr const char* example = "not_(calendar:monthly)";
    [[nodiscard]] static any_trigger make(nothing_to_fill, std::vector<any_trigger> parts) {
        return composite_of<trigger::not_<any_trigger>>(std::move(parts[0]));
    }
};

template <class Inner>
struct vocabulary<trigger::cooldown<Inner>> : of_composite<trigger::cooldown<Inner>, 1, 1> {
    static constexpr const char* summary = "fires as another trigger does, but not so soon after a trade";
    static constexpr const char* example = "cooldown:5d(band:absolute=0.05)";
    struct draft {
        duration interval{};
    };
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.interval, about{"interval", "time", "since the last trade"});
    }
    [[nodiscard]] static draft taken(const trigger::cooldown<Inner>& c) noexcept { return {c.interval()}; }
    [[nodiscard]] static any_trigger make(draft d, std::vector<any_trigger> parts) {
        return trigger::cooldown<any_trigger>{std::move(parts[0]), d.interval};
    }
};

template <class On, class Off>
struct vocabulary<trigger::hysteresis<On, Off>> : of_composite<trigger::hysteresis<On, Off>, 2, 2> {
    static constexpr const char* summary = "fires from when the first trigger does until neither of the two does";
    static constexpr const char* example = "hysteresis(band:absolute=0.05, band:absolute=0.02)";
    [[nodiscard]] static any_trigger make(nothing_to_fill, std::vector<any_trigger> parts) {
        return trigger::hysteresis<any_trigger, any_trigger>{std::move(parts[0]), std::move(parts[1])};
    }
};

template <>
struct words_of<any_trigger> {
    static constexpr family of = family::trigger;
    using list = words<any_trigger, trigger::never, trigger::every, trigger::calendar, trigger::band, trigger::volatility_band,
                       trigger::predictive_band, trigger::regime_band, trigger::breach_probability, trigger::optimal_band,
                       trigger::cara_band, trigger::distance, trigger::tracking_error, trigger::cash_flow, trigger::drawdown,
                       trigger::signal, trigger::time_window, trigger::any_of<any_trigger>, trigger::all_of<any_trigger>,
                       trigger::not_<any_trigger>, trigger::cooldown<any_trigger>, trigger::hysteresis<any_trigger, any_trigger>>;
};

}  // namespace ballast::inline v0::spec::detail
