/// The words of cost models.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "../../any/cost.hpp"
#include "../../cost/almgren.hpp"
#include "../../cost/fixed.hpp"
#include "../../cost/half_spread.hpp"
#include "../../cost/linear_impact.hpp"
#include "../../cost/maximum.hpp"
#include "../../cost/minimum.hpp"
#include "../../cost/per_unit.hpp"
#include "../../cost/power_impact.hpp"
#include "../../cost/proportional.hpp"
#include "../../cost/rebate.hpp"
#include "../../cost/rounded.hpp"
#include "../../cost/square_root_impact.hpp"
#include "../../cost/sum.hpp"
#include "../../cost/tiered.hpp"
#include "../../cost/volume_share.hpp"
#include "../../cost/zero.hpp"
#include "charges.hpp"
#include "vocabulary.hpp"

namespace ballast::inline v0::spec::detail {

template <>
struct vocabulary<cost::zero> : without_parameters<cost::zero> {
    static constexpr const char* summary = "no cost at all";
    static constexpr const char* example = "zero";
};

template <>
struct vocabulary<cost::proportional> : of_aggregate<cost::proportional> {
    static constexpr const char* summary = "a rate of the traded value";
    static constexpr const char* example = "proportional:rate=10bps";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.rate, fraction("rate", "fraction of the notional", "on buys and, unless sell is given, on sells; below 0: a rebate"));
        visit(p.sell, fraction("sell", "fraction of the notional", "on sells"));
    }
};

template <>
struct vocabulary<cost::half_spread> : of_aggregate<cost::half_spread> {
    static constexpr const char* summary = "half of the quoted spread on either side of the mid";
    static constexpr const char* example = "half_spread:spread=4bps";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.spread, fraction("spread", "fraction of the mid", "(ask - bid) / mid, the whole of it"));
    }
};

template <>
struct vocabulary<cost::per_unit> : of_aggregate<cost::per_unit> {
    static constexpr const char* summary = "a fee per share, contract or coin";
    static constexpr const char* example = "per_unit:amount=0.005";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.amount, about{"amount", "base currency per unit", "on buys and, unless sell is given, on sells; below 0: a rebate"});
        visit(p.sell, about{"sell", "base currency per unit", "on sells"});
    }
};

template <>
struct vocabulary<cost::fixed> : of_aggregate<cost::fixed> {
    static constexpr const char* summary = "a fee per order, whatever its size";
    static constexpr const char* example = "fixed:amount=1";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.amount, about{"amount", "base currency per order", "the fee"});
    }
};

/// `[10000:10bps 100000:5bps unlimited:2bps]`: each tier its edge and its rate; the last may be its rate alone.
template <>
struct value_of<cost::tier_list> {
    static std::optional<fault> read(const slot& s, piece p, int, notes&) {
        cost::tier_list tiers;
        const bool many = p.text.starts_with('[');
        std::size_t from = many ? 1 : 0;
        const std::size_t end = p.text.size() - (many ? 1 : 0);
        while (from < end) {
            std::size_t to = from;
            while (to < end && !is_space(p.text[to]) && p.text[to] != ',') ++to;
            if (to > from) {
                const piece item = p.part(from, to - from);
                const std::size_t colon = item.text.find(':');
                cost::tier t;
                if (colon != std::string_view::npos) {
                    std::string message = read_number(item.text.substr(0, colon), false, 0, t.up_to);
                    if (!message.empty()) return wrong(item.part(0, colon), std::move(message));
                }
                const piece rate = colon == std::string_view::npos ? item : item.part(colon + 1);
                std::string message = read_number(rate.text, true, 0, t.rate);
                if (!message.empty()) return wrong(rate, std::move(message));
                tiers.push_back(t);
            }
            from = to + 1;
        }
        if (tiers.given() == 0) return wrong(p, "tiers are expected, such as [10000:10bps unlimited:5bps]");
        in<cost::tier_list>(s) = tiers;
        return {};
    }
    static std::string write(const slot& s) {
        const cost::tier_list& tiers = in<cost::tier_list>(s);
        if (tiers.given() == 0) return {};
        std::string text = "[";
        for (const cost::tier& t : tiers) {
            if (text.size() > 1) text += ' ';
            text += number_text(t.up_to);
            text += ':';
            text += number_text(t.rate);
        }
        text += ']';
        return text;
    }
    static bool spoil(const slot& s, std::size_t k) {
        in<cost::tier_list>(s) = {{.rate = -1.0}};
        return k == 0;
    }
    static constexpr value_type type{&read, &write, &no_words, &spoil, &copy_value<cost::tier_list>};
};

template <>
struct vocabulary<cost::tiered> : of_aggregate<cost::tiered> {
    static constexpr const char* summary = "a rate by the size of the order";
    static constexpr const char* example = "tiered:[10000:10bps unlimited:5bps]";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.tiers, about{"tiers", "base currency:fraction", "up to which notional, and the rate, from small orders to large"});
        visit(p.by, about{"by", "", "whether a rate is taken of the part of the order in its tier, or of the whole order"});
    }
};

/// What the models of market impact have in common.
/// @{
template <class P, class Visit>
void visit_volatility(P& p, Visit&& visit) {
    visit(p.daily_volatility,
          fraction("daily_volatility", "per day", "not given: that of the market, over the root of the days of a year"));
}
template <class P, class Visit>
void visit_volume(P& p, Visit&& visit) {
    visit(p.daily_volume, about{"daily_volume", "base currency per day", "not given: that of the market"});
}
template <class P, class Visit>
void visit_rate(P& p, Visit&& visit) {
    visit(p.rate, fraction("rate", "fraction of the notional", "on top: half the spread, fees"));
}
template <class P, class Visit>
void visit_days(P& p, Visit&& visit) {
    visit(p.days_per_year, about{"days_per_year", "days", "that make up the volatility of the market, which is per year"});
}
/// @}

template <>
struct vocabulary<cost::linear_impact> : of_aggregate<cost::linear_impact> {
    static constexpr const char* summary = "market impact: the price moves in proportion to the size";
    static constexpr const char* example = "linear_impact:0.1,daily_volume=1e7";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.coefficient, fraction("coefficient", "relative move", "of the price while a day's volume is traded; half of it is paid"));
        visit_volume(p, visit);
        visit_rate(p, visit);
    }
};

template <>
struct vocabulary<cost::square_root_impact> : of_aggregate<cost::square_root_impact> {
    static constexpr const char* summary = "market impact: the price moves with the square root of the size";
    static constexpr const char* example = "square_root_impact:1,daily_volatility=2%,daily_volume=1e7";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.coefficient, about{"coefficient", "daily volatilities", "that trading a day's volume costs"});
        visit_volatility(p, visit);
        visit_volume(p, visit);
        visit_rate(p, visit);
        visit_days(p, visit);
    }
};

template <>
struct vocabulary<cost::power_impact> : of_aggregate<cost::power_impact> {
    static constexpr const char* summary = "market impact: the cost is a power of the size";
    static constexpr const char* example = "power_impact:1.6,daily_volatility=2%,daily_volume=1e7";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.exponent, about{"exponent", "", "of the cost, above 1; 1.5 is the square root law"});
        visit(p.coefficient, about{"coefficient", "daily volatilities", "that trading a day's volume costs"});
        visit_volatility(p, visit);
        visit_volume(p, visit);
        visit_rate(p, visit);
        visit_days(p, visit);
    }
};

template <>
struct vocabulary<cost::almgren> : of_aggregate<cost::almgren> {
    static constexpr const char* summary = "permanent and temporary market impact (Almgren, Thum, Hauptmann and Li 2005)";
    static constexpr const char* example = "almgren:2e9,days=0.5,daily_volatility=2%,daily_volume=1e7";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.outstanding, about{"outstanding", "base currency", "market capitalisation"});
        visit(p.days, about{"days", "trading days", "how long a trade takes"});
        visit_volatility(p, visit);
        visit_volume(p, visit);
        visit(p.permanent, about{"permanent", "", "gamma of the paper"});
        visit(p.temporary, about{"temporary", "", "eta of the paper"});
        visit_rate(p, visit);
        visit_days(p, visit);
    }
};

template <>
struct vocabulary<cost::volume_share> : of_aggregate<cost::volume_share> {
    static constexpr const char* summary = "slippage by the square of the share of the volume";
    static constexpr const char* example = "volume_share:0.1,limit=2.5%,volume=1e7";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.impact, fraction("impact", "relative move", "of the price where an order is all of the volume"));
        visit(p.limit, fraction("limit", "share of the volume", "up to which the square goes"));
        visit(p.volume, about{"volume", "base currency per bar", "not given: that of the market, of a day"});
        visit_rate(p, visit);
        visit(p.beyond, about{"beyond", "", "the limit: straight on, or at the same average price"});
    }
};

template <class Inner>
struct vocabulary<cost::rounded<Inner>> {
    static constexpr const char* name = cost::rounded<Inner>::name;
    static constexpr const char* summary = "another cost, each order's in whole cents";
    static constexpr const char* example = "rounded:0.01(proportional:10bps)";
    static constexpr std::size_t least_parts = 1;
    static constexpr std::size_t most_parts = 1;
    struct draft {
        decimal_step step = cost::rounded<cost::zero>{}.step;
        cost::fee_rounding to = cost::rounded<cost::zero>{}.to;
    };
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.step, about{"step", "base currency", "what it is a whole number of; 0: it is not rounded"});
        visit(p.to, about{"to", "", "which whole number: up is in favour of the venue, down of the account"});
    }
    [[nodiscard]] static draft taken(const cost::rounded<Inner>& m) noexcept { return {m.step, m.to}; }
    template <class F>
    static void each_part(const cost::rounded<Inner>& m, F&& f) {
        f(m.inner);
    }
    [[nodiscard]] static any_cost make(draft d, std::vector<any_cost> parts) {
        return cost::rounded<any_cost>{std::move(parts[0]), d.step, d.to};
    }
};

template <class Inner>
struct vocabulary<cost::rebate<Inner>> {
    static constexpr const char* name = cost::rebate<Inner>::name;
    static constexpr const char* summary = "another cost, paid to the account";
    static constexpr const char* example = "rebate(proportional:2bps)";
    static constexpr std::size_t least_parts = 1;
    static constexpr std::size_t most_parts = 1;
    using draft = nothing_to_fill;
    template <class P, class Visit>
    static void parameters(P&, Visit&&) {}
    [[nodiscard]] static draft taken(const cost::rebate<Inner>&) noexcept { return {}; }
    template <class F>
    static void each_part(const cost::rebate<Inner>& m, F&& f) {
        f(m.inner);
    }
    [[nodiscard]] static any_cost make(draft, std::vector<any_cost> parts) { return cost::rebate<any_cost>{std::move(parts[0])}; }
};

/// An erased cost whose shape is known after all, for models that go by the shape of their part.
template <cost_shape Shape>
struct shaped_cost : any_cost {
    static constexpr cost_shape shape = Shape;
    shaped_cost() = default;
    explicit shaped_cost(any_cost c) : any_cost{std::move(c)} {}
};
template <template <class> class Model>
[[nodiscard]] any_cost limited(any_cost inner, double amount) {
    switch (inner.runtime_shape()) {
        case cost_shape::convex: return Model<shaped_cost<cost_shape::convex>>{shaped_cost<cost_shape::convex>{std::move(inner)}, amount};
        case cost_shape::fixed_plus_convex:
            return Model<shaped_cost<cost_shape::fixed_plus_convex>>{shaped_cost<cost_shape::fixed_plus_convex>{std::move(inner)}, amount};
        case cost_shape::general: break;
    }
    return Model<shaped_cost<cost_shape::general>>{shaped_cost<cost_shape::general>{std::move(inner)}, amount};
}

template <class Model>
struct of_limit {
    static constexpr const char* name = Model::name;
    static constexpr std::size_t least_parts = 1;
    static constexpr std::size_t most_parts = 1;
    struct draft {
        double amount = 0.0;
    };
    [[nodiscard]] static draft taken(const Model& m) noexcept { return {m.amount}; }
    template <class F>
    static void each_part(const Model& m, F&& f) {
        f(m.inner);
    }
};

template <class Inner>
struct vocabulary<cost::minimum<Inner>> : of_limit<cost::minimum<Inner>> {
    static constexpr const char* summary = "another cost, but at least so much per order";
    static constexpr const char* example = "minimum:1(proportional:10bps)";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.amount, about{"amount", "base currency per order", "the least"});
    }
    template <class Draft>
    [[nodiscard]] static any_cost make(Draft d, std::vector<any_cost> parts) {
        return limited<cost::minimum>(std::move(parts[0]), d.amount);
    }
};

template <class Inner>
struct vocabulary<cost::maximum<Inner>> : of_limit<cost::maximum<Inner>> {
    static constexpr const char* summary = "another cost, but at most so much per order";
    static constexpr const char* example = "maximum:100(proportional:25bps)";
    template <class P, class Visit>
    static void parameters(P& p, Visit&& visit) {
        visit(p.amount, about{"amount", "base currency per order", "the most"});
    }
    template <class Draft>
    [[nodiscard]] static any_cost make(Draft d, std::vector<any_cost> parts) {
        return limited<cost::maximum>(std::move(parts[0]), d.amount);
    }
};

template <class... Parts>
struct vocabulary<cost::sum<Parts...>> {
    static constexpr const char* name = cost::sum<Parts...>::name;
    static constexpr const char* summary = "several costs at once";
    static constexpr const char* example = "sum(fixed:1, proportional:10bps)";
    using draft = nothing_to_fill;
    static constexpr std::size_t least_parts = 1;
    static constexpr std::size_t most_parts = description::any_number;
    template <class P, class Visit>
    static void parameters(P&, Visit&&) {}
    [[nodiscard]] static draft taken(const cost::sum<Parts...>&) noexcept { return {}; }
    template <class F>
    static void each_part(const cost::sum<Parts...>& c, F&& f) {
        v0::detail::for_each(c.parts(), f);
    }
    [[nodiscard]] static any_cost make(draft, std::vector<any_cost> parts) { return any_costs{std::move(parts)}; }
};

template <>
struct words_of<any_cost> {
    static constexpr family of = family::cost;
    using list = words<any_cost, cost::zero, cost::proportional, cost::half_spread, cost::per_unit, cost::fixed, cost::tiered,
                       cost::maker_taker, cost::linear_impact, cost::square_root_impact, cost::power_impact, cost::almgren,
                       cost::volume_share, cost::holding, cost::latency, cost::gas, cost::sandwich, cost::minimum<any_cost>,
                       cost::maximum<any_cost>, cost::rounded<any_cost>, cost::rebate<any_cost>, cost::sum<any_cost>>;
};

}  // namespace ballast::inline v0::spec::detail
