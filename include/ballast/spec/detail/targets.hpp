/// The words of target policies.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../any/target.hpp"
#include "../../core/civil_date.hpp"
#include "../../target/black_litterman.hpp"
#include "../../target/constant_leverage.hpp"
#include "../../target/cppi.hpp"
#include "../../target/equal.hpp"
#include "../../target/fixed.hpp"
#include "../../target/glide_path.hpp"
#include "../../target/inverse_volatility.hpp"
#include "../../target/maximum_sharpe.hpp"
#include "../../target/mean_reversion.hpp"
#include "../../target/mean_variance.hpp"
#include "../../target/minimum_variance.hpp"
#include "../../target/projected.hpp"
#include "../../target/risk_parity.hpp"
#include "../../target/smoothed.hpp"
#include "../../target/tipp.hpp"
#include "../../target/volatility_target.hpp"
#include "asset_limits.hpp"
#include "vocabulary.hpp"

namespace ballast::inline v0::spec::detail {

inline constexpr named_number safe_words[] = {{"cash", 0.0}};
/// Which asset takes what the others leave over; cash is the largest number there is.
[[nodiscard]] constexpr about safe_asset() noexcept {
    about which{"safe", "index of an asset, from 0", "which one takes what the others leave over"};
    which.words = safe_words;
    return which;
}

/// `[2020-01-01:0.8:0.2 2040-01-01:0.3:0.7]`: each point its date, with `+12h` its time of the day, and its weights.
template <>
struct value_of<target::glide_points> {
    static std::optional<fault> read(const slot& s, piece p, int, notes& n) {
        target::glide_points path;
        const bool many = p.text.starts_with('[');
        std::size_t from = many ? 1 : 0;
        const std::size_t end = p.text.size() - (many ? 1 : 0);
        while (from < end) {
            std::size_t to = from;
            while (to < end && !is_space(p.text[to]) && p.text[to] != ',') ++to;
            if (to > from)
                if (auto f = read_point(p.part(from, to - from), n, path)) return f;
            from = to + 1;
        }
        if (path.empty()) return wrong(p, "points are expected, such as [2020-01-01:0.8:0.2 2040-01-01:0.3:0.7]");
        in<target::glide_points>(s) = path;
        return {};
    }
    static std::string write(const slot& s) {
        const target::glide_points& path = in<target::glide_points>(s);
        if (path.empty()) return {};
        std::string text = "[";
        for (const target::glide_point& point : path) {
            if (text.size() > 1) text += ' ';
            const std::int64_t day = day_number(point.at);
            text += date_text(civil_from_day_number(day));
            if (const duration rest = elapsed(timestamp{} + days(day), point.at); rest.ns != 0) {
                text += '+';
                text += time_text(rest);
            }
            for (std::size_t i = 0; i < (point.weight.uniform() ? 1 : point.weight.size()); ++i) {
                text += ':';
                text += number_text(point.weight[i]);
            }
        }
        text += ']';
        return text;
    }
    static bool spoil(const slot&, std::size_t) { return false; }
    static constexpr value_type type{&read, &write, &no_words, &spoil, &copy_value<target::glide_points>};

private:
    static std::optional<fault> read_point(piece item, notes& n, target::glide_points& path) {
        const std::size_t colon = item.text.find(':');
        if (colon == std::string_view::npos) return wrong(item, quoted(item.text) + " has no weights, as in 2020-01-01:0.8:0.2");
        const piece when = item.part(0, colon);
        civil_date d;
        if (!read_date(when.text.substr(0, 10), d)) return wrong(when, quoted(when.text) + " is no date, such as 2026-12-25");
        duration rest{};
        if (when.text.size() > 10) {
            if (when.text[10] != '+') return wrong(when, quoted(when.text) + " is no date, such as 2026-12-25");
            const piece clock = when.part(11);
            std::string message = read_time(clock.text, rest);
            if (!message.empty()) return wrong(clock, std::move(message));
        }
        std::vector<double> each;
        for (std::size_t from = colon + 1; from <= item.text.size();) {
            std::size_t to = item.text.find(':', from);
            if (to == std::string_view::npos) to = item.text.size();
            const piece number = item.part(from, to - from);
            double x = 0.0;
            std::string message = read_number(number.text, true, 0, x);
            if (!message.empty()) return wrong(number, std::move(message));
            each.push_back(x);
            from = to + 1;
        }
        if (each.size() > 1 && n.assets != 0 && n.assets != each.size()) {
            std::string message = std::to_string(each.size());
            message += " weights, where another list is of ";
            message += std::to_string(n.assets);
            message += " assets";
            return wrong(item, std::move(message));
        }
        if (each.size() > 1) n.assets = each.size();
        path.push_back({timestamp{} + days(day_number(d)) + rest, per_asset{std::move(each)}});
        return {};
    }
};

/// `[5%:::1:-1 3%:70%::0:1]`: each view its return, its confidence, its variance, and its weights. Confidence and variance may be left out.
template <>
struct value_of<std::vector<target::view>> {
    using list = std::vector<target::view>;
    static std::optional<fault> read(const slot& s, piece p, int, notes& n) {
        list all;
        auto bad = each_item(p, [&](piece item) -> std::optional<fault> {
            const std::vector<piece> fields = fields_of(item);
            if (fields.size() < 4) return wrong(item, quoted(item.text) + " is no view, such as 5%:::1:-1");
            target::view one;
            if (auto f = read_plain(fields[0], one.expected_return)) return f;
            if (!fields[1].text.empty())
                if (auto f = read_plain(fields[1], one.confidence)) return f;
            if (!fields[2].text.empty())
                if (auto f = read_plain(fields[2], one.variance)) return f;
            std::vector<double> each;
            for (std::size_t k = 3; k < fields.size(); ++k) {
                double x = 0.0;
                if (auto f = read_plain(fields[k], x)) return f;
                each.push_back(x);
            }
            if (each.size() > 1 && n.assets != 0 && n.assets != each.size())
                return wrong(item,
                             std::to_string(each.size()) + " weights, where another list is of " + std::to_string(n.assets) + " assets");
            if (each.size() > 1) n.assets = each.size();
            one.weight = per_asset{std::move(each)};
            all.push_back(std::move(one));
            return {};
        });
        if (bad) return bad;
        if (all.empty()) return wrong(p, "views are expected, such as [5%:::1:-1]");
        in<list>(s) = std::move(all);
        return {};
    }
    static std::string write(const slot& s) {
        std::string text;
        for (const target::view& one : in<list>(s)) {
            text += text.empty() ? "[" : " ";
            text += number_text(one.expected_return);
            text += ':';
            if (one.confidence != 0.5) text += number_text(one.confidence);
            text += ':';
            if (one.variance >= 0.0) text += number_text(one.variance);
            for (std::size_t i = 0; i < (one.weight.uniform() ? 1 : one.weight.size()); ++i) {
                text += ':';
                text += number_text(one.weight[i]);
            }
        }
        return text.empty() ? text : text + "]";
    }
    static bool spoil(const slot& s, std::size_t k) {
        in<list>(s).assign(1, {});
        return k == 0;
    }
    static constexpr value_type type{&read, &write, &no_words, &spoil, &copy_value<list>};
};

template <>
struct vocabulary<target::fixed> : of_aggregate<target::fixed> {
    static constexpr const char* summary = "always the same weights; what they leave over is cash";
    static constexpr const char* example = "fixed:weight=[0.6 0.4]";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.weight, fraction("weight", "weight", "of each asset"));
    }
};

template <>
struct vocabulary<target::equal> : of_aggregate<target::equal> {
    static constexpr const char* summary = "the same weight for every asset";
    static constexpr const char* example = "equal:cash=0.1";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.cash, fraction("cash", "share of the portfolio value", "that stays in cash"));
    }
};

template <>
struct vocabulary<target::inverse_volatility> : of_aggregate<target::inverse_volatility> {
    static constexpr const char* summary = "weights in proportion to a power of 1/volatility; needs an estimator";
    static constexpr const char* example = "inverse_volatility:power=2,cash=0.1";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.power, about{"power", "", "of 1/volatility; 2: in proportion to 1/variance"});
        visit(p.cash, fraction("cash", "share of the portfolio value", "that stays in cash"));
        visit(p.estimator, which_estimator());
    }
};

template <>
struct vocabulary<target::risk_parity> : of_aggregate<target::risk_parity> {
    static constexpr const char* summary = "every asset brings its share of the risk; needs an estimator";
    static constexpr const char* example = "risk_parity:budget=[0.5 0.3 0.2]";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.budget, fraction("budget", "share of the risk", "of each asset; equal ones where none are given"));
        visit(p.cash, fraction("cash", "share of the portfolio value", "that stays in cash"));
        visit(p.estimator, which_estimator());
    }
};

/// The limits of a policy that looks for the best weights within some.
template <class P, class Visit>
void limit_parameters(P& p, Visit& visit) {
    visit(p.lower, fraction("lower", "weight", "smallest one"));
    visit(p.upper, fraction("upper", "weight", "largest one"));
    visit(p.cash, fraction("cash", "share of the portfolio value", "that stays in cash"));
    visit(p.limits, about{"limits", "", "name:lower:upper:coefficients, on sums of weights"});
    visit(p.groups, about{"groups", "", "name:lower:upper of each group, then the number of each asset's group, or -"});
    visit(p.estimator, which_estimator());
    visit(p.factors, about{"factors", "", "for how many factors of the risk model there is room"});
}

template <>
struct vocabulary<target::minimum_variance> : of_aggregate<target::minimum_variance> {
    static constexpr const char* summary = "the least variance within limits on weights, sums and groups; needs an estimator";
    static constexpr const char* example = "minimum_variance:upper=0.6,cash=0.1";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        limit_parameters(p, visit);
    }
};

template <>
struct vocabulary<target::mean_variance> : of_aggregate<target::mean_variance> {
    static constexpr const char* summary = "expected return against variance, or the least variance for a return, within limits on "
                                           "weights, sums and groups; needs an estimator";
    static constexpr const char* example = "mean_variance:expected_return=5%,risk_aversion=3";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.expected_return, fraction("expected_return", "per year", "of each asset, in excess of cash"));
        visit(p.risk_aversion, about{"risk_aversion", "", "what variance counts against return"});
        visit(p.target_return, fraction("target_return", "per year", "with the least variance, whatever the risk aversion"));
        limit_parameters(p, visit);
    }
};

template <>
struct vocabulary<target::maximum_sharpe> : of_aggregate<target::maximum_sharpe> {
    static constexpr const char* summary =
        "the largest expected return for its risk, within limits on weights, sums and groups; needs an estimator";
    static constexpr const char* example = "maximum_sharpe:expected_return=5%,upper=0.6";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.expected_return, fraction("expected_return", "per year", "of each asset, in excess of cash"));
        limit_parameters(p, visit);
    }
};

template <>
struct vocabulary<target::glide_path> : of_aggregate<target::glide_path> {
    static constexpr const char* summary = "in straight lines from point to point in time";
    static constexpr const char* example = "glide_path:path=[2020-01-01:0.8:0.2 2040-01-01:0.3:0.7]";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.path, about{"path", "dates, each with the weights", "[date:weight:weight ...], a weight for each asset, or one for all"});
    }
};

template <>
struct vocabulary<target::projected> : of_aggregate<target::projected> {
    static constexpr const char* summary = "the host's targets within bounds: the nearest weights that have the wanted sum";
    static constexpr const char* example = "projected:lower=0.05,upper=0.4";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.lower, fraction("lower", "weight", "smallest one"));
        visit(p.upper, fraction("upper", "weight", "largest one"));
        visit(p.sum, fraction("sum", "share of the portfolio value", "of all weights; what it leaves over is cash"));
        visit(p.keep_sum, about{"keep_sum", "", "the sum is that of the host's targets, whatever it is"});
        visit(p.by, about{"by", "", "who makes room: all by the same amount, or in proportion to the targets"});
    }
};

template <>
struct vocabulary<target::smoothed> : of_aggregate<target::smoothed> {
    static constexpr const char* summary = "the host's targets, followed in small steps that keep their sum";
    static constexpr const char* example = "smoothed:step=0.01,every=1d";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.step, fraction("step", "weight", "largest change of a weight"));
        visit(p.every, about{"every", "time", "in which it may change so much; 0s: from commit to commit"});
    }
};

template <>
struct vocabulary<target::volatility_target> : of_aggregate<target::volatility_target> {
    static constexpr const char* summary = "the host's targets, scaled to a volatility; needs an estimator";
    static constexpr const char* example = "volatility_target:volatility=0.1,leverage=1.5";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.volatility, fraction("volatility", "per year", "of the portfolio"));
        visit(p.leverage, fraction("leverage", "share of the portfolio value", "largest sum of |weight|"));
        visit(p.correlation, fraction("correlation", "", "between any two assets, where the estimator knows none; 1 is the worst case"));
        visit(p.safe, safe_asset());
        visit(p.estimator, which_estimator());
    }
};

template <>
struct vocabulary<target::constant_leverage> : of_aggregate<target::constant_leverage> {
    static constexpr const char* summary = "the host's targets, scaled to a gross exposure, at once or little by little";
    static constexpr const char* example = "constant_leverage:leverage=2,lower=1.7,upper=2.3,speed=0.05";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.leverage, fraction("leverage", "share of the portfolio value", "sum of |weight|"));
        visit(p.lower, fraction("lower", "share of the portfolio value", "smallest exposure after a part of the way"));
        visit(p.upper, fraction("upper", "share of the portfolio value", "largest exposure after a part of the way"));
        visit(p.speed, fraction("speed", "share of the way", "that is gone after an interval; 1: at once"));
        visit(p.interval, about{"interval", "time", "in which that share of the way is gone"});
        visit(p.safe, safe_asset());
    }
};

template <>
struct vocabulary<target::cppi> : of_aggregate<target::cppi> {
    static constexpr const char* summary = "constant proportion portfolio insurance: a multiple of what the value is above a floor";
    static constexpr const char* example = "cppi:multiplier=3,floor=0.8,growth=0.03";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.multiplier, about{"multiplier", "", "of the cushion, the value above the floor"});
        visit(p.floor, fraction("floor", "share of the first value", "that is kept; the larger of both floors counts"));
        visit(p.floor_amount, about{"floor_amount", "base currency", "that is kept"});
        visit(p.growth, fraction("growth", "per year, continuous", "of the floor"));
        visit(p.cap, fraction("cap", "share of the portfolio value", "largest exposure"));
        visit(p.safe, safe_asset());
    }
};

template <>
struct vocabulary<target::tipp> : of_aggregate<target::tipp> {
    static constexpr const char* summary = "the same with a floor that follows the highest value";
    static constexpr const char* example = "tipp:multiplier=3,floor=0.8";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.multiplier, about{"multiplier", "", "of the cushion, the value above the floor"});
        visit(p.floor, fraction("floor", "share of the highest value", "that is kept"));
        visit(p.growth, fraction("growth", "per year, continuous", "of the floor, besides"));
        visit(p.cap, fraction("cap", "share of the portfolio value", "largest exposure"));
        visit(p.safe, safe_asset());
    }
};

template <>
struct vocabulary<target::mean_reversion> : of_aggregate<target::mean_reversion> {
    static constexpr const char* summary = "the host's targets, tilted against what prices have done lately; off unless strength is given";
    static constexpr const char* example = "mean_reversion:strength=1,bound=0.2,half_life=60d";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.strength, about{"strength", "share of a target per unit of the signal", "0 is off, below 0 follows prices"});
        visit(p.bound, fraction("bound", "share of a target", "largest change of it"));
        visit(p.half_life, about{"half_life", "time", "of the average of the price"});
        visit(p.signal, about{"signal", "", "what is leant against: the price's deviation from its average, or the average's slope"});
    }
};

template <>
struct vocabulary<target::black_litterman> : of_aggregate<target::black_litterman> {
    static constexpr const char* summary =
        "the host's targets as the market's weights, tilted by views, within limits where there are any; needs an estimator";
    static constexpr const char* example = "black_litterman:views=[5%:::1:-1],tau=0.05";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.views, about{"views", "", "return:confidence:variance:weights, of portfolios; confidence and variance may be left out"});
        visit(p.risk_aversion, about{"risk_aversion", "", "of the market: what its variance counts against its return"});
        visit(p.tau, about{"tau", "", "how badly the market's returns are known, as a multiple of the covariance"});
        visit(p.posterior_covariance, about{"posterior_covariance", "", "what is not known of the returns is a part of the risk"});
        limit_parameters(p, visit);
    }
};

template <>
struct words_of<any_target> {
    static constexpr family of = family::target;
    using list = words<any_target, target::fixed, target::equal, target::inverse_volatility, target::risk_parity, target::minimum_variance,
                       target::mean_variance, target::maximum_sharpe, target::glide_path, target::projected, target::smoothed,
                       target::volatility_target, target::constant_leverage, target::cppi, target::tipp, target::mean_reversion,
                       target::black_litterman>;
};

}  // namespace ballast::inline v0::spec::detail
