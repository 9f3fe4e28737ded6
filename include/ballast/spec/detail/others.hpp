/// The words of solvers, guards, estimators, sizing and the mandate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "../../any/estimator.hpp"
#include "../../any/guard.hpp"
#include "../../any/sizing.hpp"
#include "../../any/solver.hpp"
#include "../../core/mandate.hpp"
#include "../../guard/max_trade.hpp"
#include "../../guard/max_turnover.hpp"
#include "../../guard/participation.hpp"
#include "../../guard/stale_price.hpp"
#include "../../guard/worth_it.hpp"
#include "../../risk/close_to_close.hpp"
#include "../../risk/ewma.hpp"
#include "../../risk/ewma_covariance.hpp"
#include "../../risk/factor_model.hpp"
#include "../../risk/garch.hpp"
#include "../../risk/garman_klass.hpp"
#include "../../risk/garman_klass_yang_zhang.hpp"
#include "../../risk/given.hpp"
#include "../../risk/given_regimes.hpp"
#include "../../risk/hamilton.hpp"
#include "../../risk/ledoit_wolf.hpp"
#include "../../risk/parkinson.hpp"
#include "../../risk/principal_factors.hpp"
#include "../../risk/realised.hpp"
#include "../../risk/rogers_satchell.hpp"
#include "../../risk/sample_covariance.hpp"
#include "../../risk/threshold_regimes.hpp"
#include "../../risk/yang_zhang.hpp"
#include "../../sizing/integer.hpp"
#include "../../sizing/reconciled.hpp"
#include "../../solver/closest.hpp"
#include "../../solver/no_trade_region.hpp"
#include "../../solver/to_band.hpp"
#include "../../solver/to_target.hpp"
#include "../../solver/trading_rate.hpp"
#include "vocabulary.hpp"

namespace ballast::inline v0::spec::detail {

// ---- solvers ----

template <>
struct vocabulary<solver::to_target> : without_parameters<solver::to_target> {
    static constexpr const char* summary = "goes all the way to the targets";
    static constexpr const char* example = "to_target";
};

template <>
struct vocabulary<solver::to_band> : of_aggregate<solver::to_band> {
    static constexpr const char* summary = "goes to the edge of the trigger's band, or further in; needs a trigger with a band";
    static constexpr const char* example = "to_band:edge";
    static constexpr named_number depths[] = {{"edge", solver::to_band::edge}, {"midpoint", solver::to_band::midpoint}};
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        about depth = fraction("depth", "share of the way", "0 is the edge, 0.5 midway to the target, 1 the target");
        depth.words = depths;
        visit(p.depth, depth);
        visit(p.rows, about{"rows", "", "which assets move: those that left their band, or all that are further off than the destination"});
    }
};

template <>
struct vocabulary<solver::closest> : of_aggregate<solver::closest> {
    static constexpr const char* summary = "goes as close to the targets as cash and permitted sides allow: contributions, withdrawals";
    static constexpr const char* example = "closest:buys_only";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.distance, about{"distance", "", "of the weights from the targets"});
        visit(p.sides, about{"sides", "", "what may be done: buys_only for contributions, sells_only raises missing cash"});
    }
};

template <>
struct vocabulary<solver::no_trade_region> : of_aggregate<solver::no_trade_region> {
    static constexpr const char* summary =
        "the best trade of one period for risk and proportional costs: inside the no-trade region nothing; needs an estimator";
    static constexpr const char* example = "no_trade_region:risk_aversion=5,horizon=90d";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.risk_aversion, about{"risk_aversion", "", "what variance counts against return"});
        visit(p.horizon, about{"horizon", "time", "over which variance counts against costs that are paid once"});
        about which{"estimator", "index", "which of the estimators, from 0"};
        which.names_estimator = true;
        visit(p.estimator, which);
    }
};

template <>
struct vocabulary<solver::trading_rate> : of_aggregate<solver::trading_rate> {
    static constexpr const char* summary = "goes the same part of the way at every call: costs that rise with the size of a trade";
    static constexpr const char* example = "trading_rate:risk_aversion=5,impact=20,discount=0.01";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.rate, fraction("rate", "share of the way", "of a call; 0: the best for the risk aversion, the impact and the discount"));
        visit(p.risk_aversion, about{"risk_aversion", "", "what variance counts against return"});
        visit(p.impact, about{"impact", "", "what the variance of a trade counts as its cost"});
        visit(p.discount, fraction("discount", "per period", "by which the next period counts less"));
        visit(p.decay, fraction("decay", "per period", "of the signal behind the targets that fades"));
    }
};

template <>
struct words_of<any_solver> {
    static constexpr family of = family::solver;
    using list = words<any_solver, solver::to_target, solver::to_band, solver::closest, solver::no_trade_region, solver::trading_rate>;
};

// ---- guards ----

template <>
struct vocabulary<guard::max_turnover> : of_aggregate<guard::max_turnover> {
    static constexpr const char* summary = "makes all trades smaller where the turnover of a proposal would be too large";
    static constexpr const char* example = "max_turnover:limit=0.2";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.limit, fraction("limit", "share of the portfolio value", "largest one-way turnover"));
    }
};

template <>
struct vocabulary<guard::max_trade> : of_aggregate<guard::max_trade> {
    static constexpr const char* summary = "keeps every asset's trade below a share of the portfolio, an amount, or both";
    static constexpr const char* example = "max_trade:share=0.1,amount=10000";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.share, fraction("share", "share of the portfolio value", "largest trade"));
        visit(p.amount, about{"amount", "base currency", "largest trade"});
    }
};

template <>
struct vocabulary<guard::participation> : of_aggregate<guard::participation> {
    static constexpr const char* summary = "keeps every asset's trade below a share of its daily volume; needs the volumes";
    static constexpr const char* example = "participation:rate=0.05";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.rate, fraction("rate", "share of the daily volume", "largest trade of a call"));
    }
};

template <>
struct vocabulary<guard::stale_price> : of_aggregate<guard::stale_price> {
    static constexpr const char* summary = "does not trade assets whose quotes are old; needs the times of the quotes";
    static constexpr const char* example = "stale_price:max_age=15m";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.max_age, about{"max_age", "time", "since the quote"});
    }
};

template <>
struct vocabulary<guard::worth_it> : of_aggregate<guard::worth_it> {
    static constexpr const char* summary = "holds trades back that cost more than they are expected to bring over a horizon";
    static constexpr const char* example = "worth_it:risk_aversion=3,horizon=30d";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.risk_aversion, about{"risk_aversion", "", "half of it is the price of tracking variance; above 0 it needs an estimator"});
        visit(p.horizon, about{"horizon", "time", "over which trades have to bring what they cost"});
        visit(p.expected_return, fraction("expected_return", "per year", "in excess of cash, for the carry"));
        about which{"estimator", "index", "which of the estimators, from 0"};
        which.names_estimator = true;
        visit(p.estimator, which);
        visit(p.adapt, fraction("adapt", "", "weight of the newest time between trades in the average that replaces the horizon; 0: none"));
        visit(p.relax, about{"relax", "time", "by which the horizon grows"});
        visit(p.relax_every, about{"relax_every", "time", "for each of these without a trade"});
        visit(p.shortest, about{"shortest", "time", "least horizon"});
        visit(p.longest, about{"longest", "time", "largest horizon"});
    }
};

template <>
struct words_of<any_guard> {
    static constexpr family of = family::guard;
    using list = words<any_guard, guard::max_turnover, guard::max_trade, guard::participation, guard::stale_price, guard::worth_it>;
};

// ---- estimators ----

template <>
struct vocabulary<risk::close_to_close> : of_aggregate<risk::close_to_close> {
    static constexpr const char* summary = "sample volatility of the last returns";
    static constexpr const char* example = "close_to_close:returns=20";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.returns, about{"returns", "returns", "the window"});
    }
};

template <>
struct vocabulary<risk::realised> : of_aggregate<risk::realised> {
    static constexpr const char* summary = "volatility from squared intraday returns over a horizon";
    static constexpr const char* example = "realised:horizon=1d,every=5m";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.horizon, about{"horizon", "time", "over which squares are summed"});
        visit(p.every, about{"every", "time", "shortest from one price taken to the next"});
    }
};

template <>
struct vocabulary<risk::parkinson> : of_aggregate<risk::parkinson> {
    static constexpr const char* summary = "volatility from highs and lows; needs bars";
    static constexpr const char* example = "parkinson:bars=20";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.bars, about{"bars", "bars", "the window"});
        visit(p.longest_gap, about{"longest_gap", "time", "between neighbouring bars; after a longer one bars are missing"});
    }
};

template <>
struct vocabulary<risk::garman_klass> : of_aggregate<risk::garman_klass> {
    static constexpr const char* summary = "volatility from opens, highs, lows and closes; needs bars";
    static constexpr const char* example = "garman_klass:bars=20";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.bars, about{"bars", "bars", "the window"});
        visit(p.longest_gap, about{"longest_gap", "time", "between neighbouring bars; after a longer one bars are missing"});
    }
};

template <>
struct vocabulary<risk::rogers_satchell> : of_aggregate<risk::rogers_satchell> {
    static constexpr const char* summary = "the same, whatever the drift; needs bars";
    static constexpr const char* example = "rogers_satchell:bars=20";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.bars, about{"bars", "bars", "the window"});
        visit(p.longest_gap, about{"longest_gap", "time", "between neighbouring bars; after a longer one bars are missing"});
    }
};

template <>
struct vocabulary<risk::garman_klass_yang_zhang> : of_aggregate<risk::garman_klass_yang_zhang> {
    static constexpr const char* summary = "volatility from bars and the jumps between them; needs bars";
    static constexpr const char* example = "garman_klass_yang_zhang:bars=20";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.bars, about{"bars", "bars", "the window"});
    }
};

template <>
struct vocabulary<risk::yang_zhang> : of_aggregate<risk::yang_zhang> {
    static constexpr const char* summary = "the same, whatever the drift; needs bars";
    static constexpr const char* example = "yang_zhang:bars=20";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.bars, about{"bars", "bars", "the window"});
    }
};

template <>
struct vocabulary<risk::garch> : of_aggregate<risk::garch> {
    static constexpr const char* summary = "volatility forecast by GARCH(1,1) with given parameters";
    static constexpr const char* example = "garch:omega=0.000002,alpha=0.1,beta=0.85";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.mu, about{"mu", "log return", "mean return of an interval"});
        visit(p.omega, about{"omega", "variance", "of an interval, that is always added"});
        visit(p.alpha, about{"alpha", "", "weight of the news"});
        visit(p.beta, about{"beta", "", "weight of the past; with alpha below 1"});
        visit(p.interval, about{"interval", "time", "to which the parameters belong"});
        visit(p.closed, about{"closed", "time", "longest in which the market was closed, which counts as one interval"});
        visit(p.horizon, about{"horizon", "time", "of the forecast"});
        visit(p.warm_up, about{"warm_up", "prices", "of every asset after its first, before the volatilities are used"});
    }
};

template <>
struct vocabulary<risk::ewma> : of_aggregate<risk::ewma> {
    static constexpr const char* summary = "exponentially weighted volatility of log returns";
    static constexpr const char* example = "ewma:half_life=30d,warm_up=20";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.half_life, about{"half_life", "time", "in which the weight of a return halves"});
        visit(p.warm_up, about{"warm_up", "returns", "of every asset, before the volatilities are used"});
    }
};

/// Of every estimator that takes returns in rows.
inline constexpr about row_every{"every", "time", "shortest from one row of returns to the next"};
inline constexpr about row_patience{"patience", "time", "longest wait of a row of returns for an asset without a quote"};

template <>
struct vocabulary<risk::ewma_covariance> : of_aggregate<risk::ewma_covariance> {
    static constexpr const char* summary = "exponentially weighted covariances of log returns";
    static constexpr const char* example = "ewma_covariance:half_life=60d";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.half_life, about{"half_life", "time", "in which the weight of a return halves"});
        visit(p.warm_up, about{"warm_up", "rows", "of returns with every asset, before the covariances are used"});
        visit(p.every, row_every);
        visit(p.patience, row_patience);
    }
};

template <>
struct vocabulary<risk::sample_covariance> : of_aggregate<risk::sample_covariance> {
    static constexpr const char* summary = "sample covariance of the last returns";
    static constexpr const char* example = "sample_covariance:returns=120";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.returns, about{"returns", "returns", "the window"});
        visit(p.every, row_every);
        visit(p.patience, row_patience);
    }
};

template <>
struct vocabulary<risk::ledoit_wolf> : of_aggregate<risk::ledoit_wolf> {
    static constexpr const char* summary = "the same, shrunk toward a simple matrix by as much as the data say";
    static constexpr const char* example = "ledoit_wolf:constant_correlation,returns=60";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.target, about{"target", "", "what is shrunk toward: no correlations and one variance, or one correlation"});
        visit(p.returns, about{"returns", "returns", "the window"});
        visit(p.every, row_every);
        visit(p.patience, row_patience);
    }
};

template <>
struct vocabulary<risk::factor_model> : of_aggregate<risk::factor_model> {
    static constexpr const char* summary = "exposures to outside series, by regression; needs the series";
    static constexpr const char* example = "factor_model:series=2,half_life=60d";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.series, about{"series", "series", "that come with the ticks"});
        visit(p.half_life, about{"half_life", "time", "in which the weight of a return halves"});
        visit(p.warm_up, about{"warm_up", "rows", "of returns with every asset and series, before the model is used"});
        visit(p.every, row_every);
        visit(p.patience, row_patience);
    }
};

template <>
struct vocabulary<risk::principal_factors> : of_aggregate<risk::principal_factors> {
    static constexpr const char* summary = "the factors that explain most of the correlations";
    static constexpr const char* example = "principal_factors:factors=3,half_life=120d";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.factors, about{"factors", "factors", "that are kept"});
        visit(p.half_life, about{"half_life", "time", "in which the weight of a return halves"});
        visit(p.warm_up, about{"warm_up", "rows", "of returns with every asset, before the factors are used"});
        visit(p.refresh, about{"refresh", "time", "shortest from finding the factors to finding them anew"});
        visit(p.every, row_every);
        visit(p.patience, row_patience);
    }
};

template <>
struct vocabulary<risk::given> : without_parameters<risk::given> {
    static constexpr const char* summary = "the host's own volatilities, passed through";
    static constexpr const char* example = "given";
};

inline constexpr named_number market_words[] = {{"each", 0.0}};
/// The asset whose regime is that of the market.
[[nodiscard]] constexpr about market_asset() noexcept {
    about which{"market", "index of an asset, from 0", "whose regime is that of the market; without it each asset has its own"};
    which.words = market_words;
    return which;
}

template <>
struct vocabulary<risk::hamilton> : of_aggregate<risk::hamilton> {
    static constexpr const char* summary = "two regimes and how likely each is, by Hamilton's filter with given parameters";
    static constexpr const char* example = "hamilton:calm_volatility=0.15,turbulent_volatility=0.5,calm_lasts=120d,turbulent_lasts=30d";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.calm_volatility, fraction("calm_volatility", "volatility per year", "in regime 0"));
        visit(p.turbulent_volatility, fraction("turbulent_volatility", "volatility per year", "in regime 1"));
        visit(p.calm_lasts, about{"calm_lasts", "time", "on average"});
        visit(p.turbulent_lasts, about{"turbulent_lasts", "time", "on average"});
        visit(p.calm_mean, fraction("calm_mean", "log return per year", "in regime 0"));
        visit(p.turbulent_mean, fraction("turbulent_mean", "log return per year", "in regime 1"));
        visit(p.longest, about{"longest", "time", "of a return that is read; 0s: any"});
        visit(p.market, market_asset());
        visit(p.warm_up, about{"warm_up", "prices", "of every asset after its first, before the regimes are used"});
    }
};

template <class Inner>
struct vocabulary<risk::threshold_regimes<Inner>> {
    static constexpr const char* name = risk::threshold_regimes<Inner>::name;
    static constexpr const char* summary = "turbulent or calm, by the volatility that another estimator finds";
    static constexpr const char* example = "threshold_regimes:enter=0.6,leave=0.4(ewma:half_life=10d)";
    struct draft {
        per_asset enter{};
        per_asset leave{};
        std::uint32_t market = no_index;
    };
    static constexpr std::size_t least_parts = 1;
    static constexpr std::size_t most_parts = 1;
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.enter, fraction("enter", "volatility per year", "from which on an asset is turbulent"));
        visit(p.leave, fraction("leave", "volatility per year", "down to which it stays so; without it enter"));
        visit(p.market, market_asset());
    }
    [[nodiscard]] static draft taken(const risk::threshold_regimes<Inner>& t) { return {t.enter, t.leave, t.market}; }
    template <class F>
    static void each_part(const risk::threshold_regimes<Inner>& t, F&& f) {
        f(t.inner);
    }
    [[nodiscard]] static any_estimator make(draft d, std::vector<any_estimator> parts) {
        return risk::threshold_regimes<any_estimator>{std::move(parts[0]), std::move(d.enter), std::move(d.leave), d.market};
    }
};

template <>
struct vocabulary<risk::given_regimes> : of_aggregate<risk::given_regimes> {
    static constexpr const char* summary = "the host's own chances of regimes, passed through";
    static constexpr const char* example = "given_regimes:count=3";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.count, about{"count", "regimes", "how many there are"});
    }
};

template <>
struct words_of<any_estimator> {
    static constexpr family of = family::estimator;
    using list = words<any_estimator, risk::close_to_close, risk::realised, risk::parkinson, risk::garman_klass, risk::rogers_satchell,
                       risk::garman_klass_yang_zhang, risk::yang_zhang, risk::ewma, risk::garch, risk::given, risk::ewma_covariance,
                       risk::sample_covariance, risk::ledoit_wolf, risk::factor_model, risk::principal_factors, risk::hamilton,
                       risk::threshold_regimes<any_estimator>, risk::given_regimes>;
};

// ---- sizing ----

template <>
struct vocabulary<sizing::reconciled> : of_aggregate<sizing::reconciled> {
    static constexpr const char* summary = "steps, minimums, fees, cash and sequence settled in the list itself";
    static constexpr const char* example = "reconciled:collar=50bps";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.collar, fraction("collar", "fraction of the price", "how much worse than the reference price an order may fill"));
        visit(p.shortfall, about{"shortfall", "", "who gets the cash where it does not reach for all buys"});
    }
};

template <>
struct vocabulary<sizing::integer> : of_aggregate<sizing::integer> {
    static constexpr const char* summary =
        "the same, with whole steps chosen for the book as a whole: the best ones, proved or with a bound";
    static constexpr const char* example = "integer:absolute,max_orders=5";
    static constexpr named_number orders[] = {{no_limit, std::numeric_limits<double>::infinity()}};
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.distance, about{"distance", "", "of the weights from the targets, which is made small"});
        visit(p.cost_weight, about{"cost_weight", "", "what a unit of cost counts beside the distance"});
        visit(p.risk_aversion,
              about{"risk_aversion", "", "above 0: half of it times the tracking variance is made small; needs an estimator"});
        about most{"max_orders", "assets", "traded at most: those that matter most"};
        most.words = orders;
        visit(p.max_orders, most);
        visit(p.exact_rows,
              about{"exact_rows", "assets", "up to so many by branch and bound, with a proof; beyond by exchanges, with a bound"});
        visit(p.nodes, about{"nodes", "of the tree", "looked at before what is proved by then is told"});
        visit(p.collar, fraction("collar", "fraction of the price", "how much worse than the reference price an order may fill"));
        visit(p.shortfall, about{"shortfall", "", "who gets the cash first where it does not reach for all buys"});
    }
};

template <>
struct words_of<any_sizing> {
    static constexpr family of = family::sizing;
    using list = words<any_sizing, sizing::reconciled, sizing::integer>;
};

// ---- the mandate, whose parameters are fields of a policy text ----

template <>
struct vocabulary<v0::mandate> {
    static constexpr const char* name = "mandate";
    static constexpr const char* summary = "what the account may do at all";
    static constexpr const char* example = "mandate:reserve=0.01,leverage=1.5,allow_short";
    using draft = v0::mandate;
    static constexpr std::size_t least_parts = 0;
    static constexpr std::size_t most_parts = 0;
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.reserve, fraction("reserve", "share of the portfolio value", "that stays in cash"));
        visit(p.reserve_amount, about{"reserve_amount", "base currency", "that stays in cash, besides reserve"});
        visit(p.leverage, fraction("leverage", "share of the portfolio value", "largest sum of |target| over risky assets"));
        visit(p.net_leverage, fraction("net_leverage", "share of the portfolio value", "largest |sum of targets| over risky assets"));
        visit(p.allow_short, about{"allow_short", "", "whether assets may be sold that are not held"});
        visit(p.bad_price,
              about{"bad_price", "", "what becomes of an asset whose price can not be used: the decision, or the asset, is left"});
        visit(p.proceeds, about{"proceeds", "", "when what sales bring pays for buys: in the same list, or once it has settled"});
        visit(p.money_step, about{"money_step", "base currency", "what orders take from the cash is rounded up to whole numbers of it"});
    }
    template <class Parts>
    [[nodiscard]] static v0::mandate make(const v0::mandate& m, const Parts&) noexcept {
        return m;
    }
    [[nodiscard]] static const v0::mandate& taken(const v0::mandate& m) noexcept { return m; }
    template <class F>
    static void each_part(const v0::mandate&, F&&) {}
};

template <>
struct words_of<v0::mandate> {
    static constexpr family of = family::mandate;
    using list = words<v0::mandate, v0::mandate>;
};

}  // namespace ballast::inline v0::spec::detail
