#include "certificate.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "text.hpp"

using namespace ballast;

namespace host {

namespace {

std::string bps(double x) { return joined({fixed(1e4 * x + 0.0, 2), " bps"}); }

/// What is zero but for rounding, to one digit; of rounding itself not even that.
std::string residual(double x) { return std::abs(x) < 1e-12 ? "below 1e-12" : significant(x, 1); }

std::string share(double x) { return std::isfinite(x) ? number12(std::round(x * 1e6) / 1e6) : "-"; }

std::string name_of(const limit_price& l, std::size_t index) {
    return l.name.empty() ? joined({"limit ", std::to_string(index + 1)}) : std::string{l.name.text()};
}

/// Why an asset is traded as it is.
std::string why_of(const asset_worth& m, double traded, const reason& r) {
    const double size = std::abs(m.benefit) + std::abs(m.cost_low) + std::abs(m.cost_high);
    if (std::abs(m.missing()) > 1e-9 * size)
        return joined(
            {m.missing() > 0.0 ? "more of it would be worth more than it costs: " : "less of it would be worth more than it costs: ",
             to_string(r.code)});
    if (m.cost_low < m.cost_high) return "stays: neither side is worth its cost";
    return traded > 0.0   ? "bought until more is worth no more than it costs"
           : traded < 0.0 ? "sold until less is worth no more than it costs"
                          : joined({"stays: ", to_string(r.code)});
}

}  // namespace

std::string certificate_text(const book& b, const factor_model& factors, const decision& d) {
    const optimality& o = d.optimality;
    if (!d.firing.fired) return "  no certificate: nothing was asked of the solver, as no trigger fired\n";
    if (!o.made) return "  no certificate: the solver goes by a rule and minimises nothing; tracking and no_trade_region do\n";
    std::string out;
    const auto line = [&](std::string_view name, std::string_view text) {
        std::string head = joined({"  ", name});
        head.resize(20, ' ');
        out += joined({head, text, "\n"});
    };
    const bool searched = o.end != search_end::none;
    const auto and_relative = [&](double x, double relative) {
        return searched ? joined({residual(x), ", relative ", residual(relative)}) : residual(x);
    };
    if (searched) line("search", joined({to_string(o.end), "; steps: ", std::to_string(o.iterations)}));
    line("objective", o.before != 0.0 ? joined({bps(o.objective), "; were nothing traded ", bps(o.before)}) : bps(o.objective));
    line("gap", joined({and_relative(o.gap, o.relative_gap), ": no answer is better by more"}));
    line("slopes", joined({and_relative(o.residual, o.relative_residual), ": the most that one misses its condition by"}));
    if (searched) {
        line("limits", joined({and_relative(o.missed, o.relative_missed), ": the most that one is missed by"}));
        line("complementarity", joined({residual(o.complementarity), ": the most of a price times the room that its limit has left"}));
    }
    line("price of cash", joined({bps(o.cash_price), ": what a share more of it would improve, per share"}));
    if (d.prices.assets.empty()) return out;
    line("price of turnover", joined({bps(o.turnover_price), o.turnover_price > 0.0 ? "; half of it is a cost of each trade" : ""}));
    line("price of leverage", bps(o.leverage_price));
    if (o.tracking_error_price > 0.0) line("price of tracking", joined({bps(o.tracking_error_price), ": of the tracking error's limit"}));
    if (o.cost_price > 0.0) line("price of costs", joined({bps(o.cost_price), ": of their budget"}));
    if (!d.prices.limits.empty()) {
        std::vector<std::vector<std::string>> lines{{"limit", "lower", "value", "upper", "price"}};
        for (std::size_t k = 0; k < d.prices.limits.size(); ++k) {
            const limit_price& l = d.prices.limits[k];
            lines.push_back({name_of(l, k), share(l.lower), share(l.value), share(l.upper), bps(l.price)});
        }
        out += aligned(lines);
    }
    if (!factors.reduced && d.prices.factors.size() == factors.factor.size() && !factors.empty()) {
        std::vector<std::vector<std::string>> lines{{"factor", "price of exposure"}};
        for (std::size_t k = 0; k < factors.factor.size(); ++k) lines.push_back({factors.factor[k], bps(d.prices.factors[k])});
        out += aligned(lines);
    }
    std::vector<std::vector<std::string>> lines{{"asset", "traded", "a share more is worth", "less costs", "more costs", "why"}};
    for (std::size_t i = 0; i < d.prices.assets.size() && i < b.assets(); ++i) {
        const asset_worth& m = d.prices.assets[i];
        const double traded = d.weight_after()[i] - d.weight_before()[i];
        const reason r = d.reason_of(i);
        lines.push_back({b.asset[i], joined({fixed(100.0 * (r.done == 0.0 ? 0.0 : traded), 2), " %"}), bps(m.benefit), bps(m.cost_low),
                         bps(m.cost_high), why_of(m, r.done, r)});
    }
    return out + aligned(lines);
}

std::string conflict_text(const decision& d) {
    std::vector<std::string> all;
    const optimality& o = d.optimality;
    double most = std::max({std::abs(o.turnover_price), std::abs(o.leverage_price), std::abs(o.cash_price),
                            std::abs(o.tracking_error_price), std::abs(o.cost_price)});
    for (const limit_price& l : d.prices.limits) most = std::max(most, std::abs(l.price));
    const auto counts = [&](double price) { return std::abs(price) > 1e-9 * most; };  // more than rounding
    for (std::size_t k = 0; k < d.prices.limits.size(); ++k) {
        const limit_price& l = d.prices.limits[k];
        if (!counts(l.price)) continue;
        all.push_back(joined({name_of(l, k), l.price > 0.0 ? " at most " : " at least ", share(l.price > 0.0 ? l.upper : l.lower)}));
    }
    if (counts(o.turnover_price)) all.emplace_back("the turnover");
    if (counts(o.leverage_price)) all.emplace_back("the leverage");
    if (counts(o.tracking_error_price)) all.emplace_back("the tracking error");
    if (counts(o.cost_price)) all.emplace_back("the budget of costs");
    if (counts(o.cash_price) && !all.empty()) all.emplace_back("the cash");
    return listed(all);
}

}  // namespace host
