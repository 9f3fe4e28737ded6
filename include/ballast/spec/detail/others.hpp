/// The words of solvers, guards, sizing and the mandate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "../../any/guard.hpp"
#include "../../any/sizing.hpp"
#include "../../any/solver.hpp"
#include "../../core/mandate.hpp"
#include "../../guard/max_trade.hpp"
#include "../../guard/max_turnover.hpp"
#include "../../guard/participation.hpp"
#include "../../guard/stale_price.hpp"
#include "../../guard/worth_it.hpp"
#include "../../sizing/integer.hpp"
#include "../../sizing/reconciled.hpp"
#include "../../solver/closest.hpp"
#include "../../solver/no_trade_region.hpp"
#include "../../solver/to_band.hpp"
#include "../../solver/to_target.hpp"
#include "../../solver/tracking.hpp"
#include "../../solver/trading_rate.hpp"
#include "asset_limits.hpp"
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
struct vocabulary<solver::tracking> : of_aggregate<solver::tracking> {
    static constexpr const char* summary = "the same within limits on many assets at once: groups, factor exposures, beta, turnover, "
                                           "tracking error, costs; needs an estimator";
    static constexpr const char* example = "tracking:risk_aversion=5,horizon=90d,turnover=10%";
    static constexpr named_number turnovers[] = {{no_limit, std::numeric_limits<double>::infinity()}};
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.risk_aversion, about{"risk_aversion", "", "what variance counts against return"});
        visit(p.horizon, about{"horizon", "time", "over which variance and returns count against costs that are paid once"});
        visit(p.estimator, which_estimator());
        visit(p.expected_return, fraction("expected_return", "per year", "in excess of cash, beyond what the targets imply"));
        about most = fraction("turnover", "share of the portfolio value", "largest one-way turnover");
        most.words = turnovers;
        visit(p.turnover, most);
        visit(p.tracking_error, fraction("tracking_error", "volatility per year", "of the weights beside the targets, at most"));
        visit(p.cost_budget, fraction("cost_budget", "share of the portfolio value", "costs of a rebalance, at most"));
        visit(p.limits, about{"limits", "", "name:lower:upper:coefficients, on sums of weights"});
        visit(p.groups, about{"groups", "", "name:lower:upper of each group, then the number of each asset's group, or -"});
        visit(p.exposures, about{"exposures", "", "name:lower:upper:factor, on exposures to factors of the risk model"});
        visit(p.closest, about{"closest_feasible", "", "where limits contradict each other, go to what misses them least"});
        visit(p.iterations, about{"iterations", "steps", "that a search may take"});
        visit(p.factors, about{"factors", "", "for how many factors of the risk model there is room"});
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
    using list = words<any_solver, solver::to_target, solver::to_band, solver::closest, solver::no_trade_region, solver::tracking,
                       solver::trading_rate>;
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
