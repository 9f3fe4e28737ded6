/// The words of estimators.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "../../any/estimator.hpp"
#include "../../risk/close_to_close.hpp"
#include "../../risk/ewma.hpp"
#include "../../risk/ewma_covariance.hpp"
#include "../../risk/factor_model.hpp"
#include "../../risk/garch.hpp"
#include "../../risk/garman_klass.hpp"
#include "../../risk/garman_klass_yang_zhang.hpp"
#include "../../risk/given.hpp"
#include "../../risk/given_covariance.hpp"
#include "../../risk/given_factors.hpp"
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
#include "vocabulary.hpp"

namespace ballast::inline v0::spec::detail {

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

template <>
struct vocabulary<risk::given_covariance> : without_parameters<risk::given_covariance> {
    static constexpr const char* summary = "the host's own covariance matrix, passed through";
    static constexpr const char* example = "given_covariance";
};

template <>
struct vocabulary<risk::given_factors> : of_aggregate<risk::given_factors> {
    static constexpr const char* summary = "the host's own factor model, passed through";
    static constexpr const char* example = "given_factors:factors=3";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.factors, about{"factors", "factors", "how many there are"});
    }
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
                       risk::threshold_regimes<any_estimator>, risk::given_regimes, risk::given_covariance, risk::given_factors>;
};

}  // namespace ballast::inline v0::spec::detail
