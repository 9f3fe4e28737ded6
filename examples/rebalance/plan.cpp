// rebalance plan: the trades of today.
#include <ballast/cost/fixed.hpp>
#include <ballast/describe.hpp>
#include <ballast/guard/depth.hpp>
#include <ballast/solver/tracking.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/venue/at_venue.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "book.hpp"
#include "certificate.hpp"
#include "covariance.hpp"
#include "factors.hpp"
#include "groups.hpp"
#include "host.hpp"
#include "planner.hpp"
#include "policy.hpp"
#include "times.hpp"
#include "venues.hpp"

using namespace ballast;

namespace host {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

failure read_time(const command_line& line, std::string_view option, timestamp& out) {
    const std::string* text = line.find(option);
    if (text == nullptr || parse_time(trimmed(*text), out)) return {};
    return {wrong_usage, joined({option, ": ", in_quotes(*text), " is no time (", time_forms, ")"})};
}

failure read_occasion(const command_line& line, const mandate& m, occasion& out) {
    out.now = timestamp::never();
    if (failure f = read_time(line, "--now", out.now)) return f;
    if (failure f = read_time(line, "--last-trade", out.last_trade)) return f;
    if (!line.has("--now")) out.now = clock_now();
    if (out.last_trade > out.now)
        return {wrong_usage, joined({"--last-trade: ", time_text(out.last_trade), " is later than now, ", time_text(out.now)})};
    const auto any = [](double) { return true; };
    const auto not_below_zero = [](double x) { return x >= 0.0; };
    if (failure f = number_of(line, "--flow", any, "an amount: what was paid in, or below 0 what is to be paid out", out.flow)) return f;
    if (failure f = number_of(line, "--unsettled", not_below_zero, "an amount at or above 0", out.unsettled)) return f;
    if (line.has("--unsettled") && m.proceeds == proceeds::at_once)
        return {wrong_usage, "--unsettled counts for nothing where cash may be spent before it settles; add --proceeds when_settled"};
    return {};
}

/// What the triggers of the policy ask for that is neither in the book nor of now.
failure read_signals(const command_line& line, const named_policy& p, occasion& out) {
    if (has_trigger(p, "drawdown"))
        return {
            wrong_usage,
            "the trigger drawdown goes by the highest value that was seen, and a plan has seen nothing; it is for replay, and for hosts "
            "that keep their account"};
    const std::string* text = line.find("--signals");
    if (text == nullptr) {
        if (!has_trigger(p, "signal")) return {};
        return {wrong_usage, "the trigger signal reads numbers that no book has; say --signals LIST, like --signals 0.93"};
    }
    for (const std::string& part : parts_of(*text)) {
        double x = 0.0;
        if (!parse_number(part, x)) return {wrong_usage, joined({"--signals: ", in_quotes(part), " is not a number"})};
        out.signals.push_back(x);
    }
    return {};
}

/// The band that the columns lower and upper are.
spec::stated<any_trigger> band_of(const book& b) {
    std::vector<double> above(b.assets(), infinity);
    std::vector<double> below(b.assets(), infinity);
    for (std::size_t i = 0; i < b.assets(); ++i) {
        if (!b.upper.empty()) above[i] = b.upper[i] - b.target[i];
        if (!b.lower.empty()) below[i] = b.target[i] - b.lower[i];
    }
    trigger::band band;
    band.absolute = std::move(above);
    band.absolute_below = std::move(below);
    return {.policy = std::move(band), .text = "band of the book", .assets = b.assets(), .estimators = 0};
}

/// What is asked of the rows that keep their quantity and of the lower bounds of the others can not be more than there is.
failure check_limits(const table& t, const book& b, const mandate& m, double flow) {
    std::vector<double> quantity = b.quantity;
    double value = b.cash + flow;
    for (const open_order& o : b.open) {
        quantity[o.asset] += o.quantity;
        value -= o.quantity * b.worth(o.asset) + o.cost;
    }
    for (std::size_t i = 0; i < b.assets(); ++i) value += quantity[i] * b.worth(i);
    if (!(value > 0.0) || m.leverage > 1.0 || m.allow_short) return {};
    double kept_share = 0.0;
    double lower_share = 0.0;
    std::vector<std::string> kept_rows;
    std::vector<std::string> bound_rows;
    const auto name_of = [&](std::size_t i) { return joined({b.asset[i], " (row ", std::to_string(t.line(b.row[i])), ")"}); };
    for (std::size_t i = 0; i < b.assets(); ++i) {
        if (b.is_frozen(i)) {
            kept_share += quantity[i] * b.worth(i) / value;
            kept_rows.push_back(name_of(i));
        } else if (!b.lower.empty() && b.lower[i] > 0.0) {
            lower_share += b.lower[i];
            bound_rows.push_back(name_of(i));
        }
    }
    const double reserve = m.reserved(value) / value;
    if (kept_rows.empty() || kept_share + lower_share + reserve <= 1.0 + 1e-9) return {};
    const auto percent = [](double x) { return joined({number12(std::round(x * 1e4) / 1e2), " %"}); };
    std::string text = joined(
        {t.file(), ": the limits can not all be kept: frozen rows hold ", percent(kept_share), " of the portfolio: ", listed(kept_rows)});
    if (lower_share > 0.0) text += joined({"; lower bounds ask for ", percent(lower_share), ": ", listed(bound_rows)});
    if (reserve > 0.0) text += joined({"; the reserve is ", percent(reserve)});
    return {host::infeasible, text};
}

std::string size_text(double quantity, int128 steps, const decimal_step& step) {
    if (step.continuous()) return shortest(std::abs(quantity));
    const std::string text = to_string(steps, step);
    return text.front() == '-' ? text.substr(1) : text;
}

/// What is to be cancelled, as the host knows it; then the orders, or their legs where they are split over venues.
std::string trade_list(const book& b, const decision& d, const split_orders* split) {
    const bool in_assets = !b.rules.fee_asset.buy.empty() || !b.rules.fee_asset.sell.empty();
    std::string out = joined({"asset,side,quantity,price,limit,notional,cost,", in_assets ? "fee_asset,fee_quantity," : "",
                              split != nullptr ? "venue,order," : "", "reason\n"});
    struct fee_fields {
        std::string asset, quantity;
    };
    struct place_fields {
        std::string venue, order;
    };
    const auto add = [&](const std::string& asset, const char* side, const std::string& quantity, const std::string& price,
                         const std::string& limit, const std::string& notional, const std::string& cost, const fee_fields& fee,
                         const place_fields& place, const char* reason) {
        std::vector<std::string_view> fields{asset, side, quantity, price, limit, notional, cost};
        if (in_assets) fields.insert(fields.end(), {fee.asset, fee.quantity});
        if (split != nullptr) fields.insert(fields.end(), {place.venue, place.order});
        fields.push_back(reason);
        add_line(out, fields);
    };
    for (const std::uint32_t k : d.cancels) {
        const open_order& o = b.open[k];
        const bool counted = !b.counted.empty();
        add(b.asset[o.asset], o.quantity > 0.0 ? "CANCEL BUY" : "CANCEL SELL",
            size_text(o.quantity, o.steps, counted ? b.rules.step[o.asset] : decimal_step{}), shortest(b.price[o.asset]),
            o.limit_price > 0.0 ? shortest(o.limit_price) : "", number12(std::abs(o.quantity * b.worth(o.asset))), number12(o.cost), {}, {},
            "nearer to its target without it");
    }
    std::size_t next_fee = 0;
    const auto line_of = [&](const order& o, std::size_t k, const place_fields& place) {
        fee_fields paid;
        if (next_fee < d.fees.size() && d.fees[next_fee].order == k) {
            const fee_payment& f = d.fees[next_fee++];
            paid = {b.asset[f.asset], joined({f.quantity < 0.0 ? "-" : "", size_text(f.quantity, f.steps, f.step)})};
        }
        add(b.asset[o.asset], o.buy() ? "BUY" : "SELL", size_text(o.quantity, o.steps, o.step), shortest(o.price), shortest(o.limit_price),
            number12(std::abs(o.notional)), number12(o.cost), paid, place, to_string(o.reason));
    };
    if (split == nullptr) {
        for (std::size_t k = 0; k < d.orders.size(); ++k) line_of(d.orders[k], k, {});
        return out;
    }
    for (const named_leg& l : split->legs) line_of(l.order, l.order.parent, {l.venue, std::to_string(l.order.parent + 1)});
    return out;
}

/// Every row, for --explain.
std::string all_rows(const book& b, const decision& d) {
    const auto percent = [](double w) { return joined({fixed(100.0 * w, 2), " %"}); };
    std::vector<std::vector<std::string>> lines{{"asset", "before", "target", "drift", "after", "reason"}};
    double before = 1.0;
    double target = 1.0;
    double after = 1.0;
    for (std::size_t i = 0; i < d.assets(); ++i) {
        const double wanted = d.weight_before()[i] - d.drift()[i];
        const reason r = d.reason_of(i);
        const bool in_place = d.firing.fired && r.done == 0.0 && std::abs(d.drift()[i]) < 1e-12;
        lines.push_back({b.asset[i], percent(d.weight_before()[i]), percent(wanted), percent(d.drift()[i]), percent(d.weight_after()[i]),
                         in_place ? "at its target" : to_string(r.code)});
        before -= d.weight_before()[i];
        target -= wanted;
        after -= d.weight_after()[i];
    }
    const auto clean = [](double x) { return std::abs(x) < 1e-12 ? 0.0 : x; };
    lines.push_back({"CASH", percent(clean(before)), percent(clean(target)), percent(clean(before - target)), percent(clean(after)),
                     "what is left over"});
    return aligned(lines);
}

/// The policy of the options, with the triggers and estimators that the book brings.
failure complete(const table& t, const book& b, named_policy& p) {
    spec::composition& parts = p.parts;
    if (b.banded()) parts.triggers.insert(parts.triggers.begin(), band_of(b));
    if (parts.triggers.empty())
        if (const auto f = parts.add("trigger", "every:0s")) return wrong_spec("--trigger", *f, "every:0s");
    if (!b.volatility.empty() && parts.estimators.empty())
        if (const auto f = parts.add("estimator", "given")) return wrong_spec("--estimator", *f, "given");
    if (const std::size_t n = parts.assets(); n != 0 && n != b.assets())
        return {wrong_usage, joined({"the policy's lists have ", std::to_string(n), " numbers, ", t.file(), " has ",
                                     std::to_string(b.assets()), " assets"})};
    if (const auto f = parts.check()) return {wrong_usage, f->message};
    for (const auto& e : parts.estimators)
        if (b.volatility.empty() && std::string_view{e.policy.runtime_name()} == "given")
            return t.wrong_header("no column is called 'volatility', which the estimator given reads");
    for (const auto& g : parts.guards) {
        const std::string_view guard{g.policy.runtime_name()};
        if (b.as_of.empty() && guard == "stale_price")
            return t.wrong_header("no column is called 'as_of', which the guard stale_price reads");
        if (b.volume.empty() && guard == "participation")
            return t.wrong_header("no column is called 'volume', which the guard participation reads");
    }
    return {};
}

/// A book is one row of prices.
failure check_estimators(const named_policy& p) {
    for (const auto& e : p.parts.estimators) {
        const std::string_view name = e.policy.runtime_name();
        if (name == "given_factors") return {wrong_usage, "the estimator given_factors stands for the files of --factors; leave it out"};
        if (name == "given_covariance")
            return {wrong_usage, "the estimator given_covariance stands for the file of --covariance; leave it out"};
        if (name != "given")
            return {wrong_usage, joined({"the estimator ", name,
                                         " learns from many rows of prices, and a book is one; give the book a column "
                                         "volatility, and name the estimator given; or give --covariance or --factors"})};
    }
    return {};
}

/// An estimator before those that are there: what a policy reads that names none.
failure use_first(named_policy& p, const char* option, const std::string& text) {
    std::vector<spec::stated<any_estimator>> others;
    others.swap(p.parts.estimators);
    if (const auto f = p.parts.add("estimator", text)) return wrong_spec(option, *f, text);
    for (auto& other : others) p.parts.estimators.push_back(std::move(other));
    return {};
}

/// The factor model of --factors, as the first estimator.
failure use_factors(const command_line& line, const book& b, named_policy& p, factor_model& model) {
    constexpr const char* options[] = {"--factors", "--factor-covariance", "--specific"};
    const std::string* files[3] = {};
    bool any = false;
    for (std::size_t k = 0; k < 3; ++k) {
        files[k] = line.find(options[k]);
        any = any || files[k] != nullptr;
    }
    if (!any) return {};
    for (std::size_t k = 0; k < 3; ++k)
        if (files[k] == nullptr)
            return {wrong_usage,
                    joined({"a factor model is three files, --factors, --factor-covariance and --specific; ", options[k], " is missing"})};
    table tables[3];
    for (std::size_t k = 0; k < 3; ++k)
        if (failure f = tables[k].load(*files[k])) return f;
    if (failure f = read_factor_model(tables[0], tables[1], tables[2], b, model)) return f;
    return use_first(p, "--factors", joined({"given_factors:factors=", std::to_string(model.factor.size())}));
}

/// The matrix of --covariance, as the first estimator.
failure use_covariance(const command_line& line, const book& b, named_policy& p, covariance_matrix& matrix) {
    const std::string* file = line.find("--covariance");
    if (file == nullptr) return {};
    for (const char* other : {"--factors", "--factor-covariance", "--specific"})
        if (line.has(other))
            return {wrong_usage, joined({"--covariance beside ", other, ": risk is told as a matrix or as factors, not as both"})};
    table t;
    if (failure f = t.load(*file)) return f;
    if (failure f = read_covariance_matrix(t, b, matrix)) return f;
    return use_first(p, "--covariance", "given_covariance");
}

/// The limits of --groups, and room for as many factors as there are, in the solver tracking.
failure use_groups(const command_line& line, const book& b, const factor_model& model, named_policy& p, asset_groups& groups) {
    const std::string* file = line.find("--groups");
    const auto* said = p.parts.solver ? p.parts.solver->policy.get_if<solver::tracking>() : nullptr;
    if (said == nullptr)
        return file == nullptr ? failure{}
                               : failure{wrong_usage, "--groups is about the solver tracking: add --solver tracking:risk_aversion=..."};
    solver::tracking tracking = *said;
    tracking.factors = std::max(tracking.factors, model.factor.size());
    if (file != nullptr) {
        table t;
        if (failure f = t.load(*file)) return f;
        if (failure f = read_groups(t, b, groups)) return f;
        for (asset_group& g : groups.all) {
            solver::linear_limit& limit = tracking.limits.emplace_back();
            limit.name = label{g.name.c_str()};
            limit.coefficient = std::move(g.coefficient);
            limit.lower = g.lower;
            limit.upper = g.upper;
        }
        p.parts.solver->assets = b.assets();
    }
    p.parts.solver->policy = std::move(tracking);
    return {};
}

/// The venues of --venues: as a cost, what they hold as a limit, and the gas of an order's legs as a fee that it may have to pay.
failure use_venues(const command_line& line, const book& b, named_policy& p, venue_list& venues, venue::slippage& tolerance) {
    double impact = 1.0;
    const auto share = [](double x) { return x >= 0.0 && x <= 1.0; };
    const auto below_1 = [](double x) { return x >= 0.0 && x < 1.0; };
    const std::string* file = line.find("--venues");
    if (file == nullptr) {
        for (const char* option : {"--impact", "--slippage"})
            if (line.has(option)) return {wrong_usage, joined({option, " is about the venues of --venues FILE, which is missing"})};
        return {};
    }
    if (failure f = number_of(line, "--impact", share, "a share from 0 to 1", impact)) return f;
    if (failure f = number_of(line, "--slippage", below_1, "a share at or above 0 and below 1", tolerance.relative)) return f;
    table t;
    if (failure f = t.load(*file)) return f;
    if (failure f = venues.read(t, b)) return f;
    const std::vector<venue::market> markets = venues.markets(b);
    std::vector<double> gas(b.assets());
    bool any_gas = false;
    for (std::size_t i = 0; i < b.assets(); ++i)
        for (const double g : venues.of_asset()[i].gas) {
            gas[i] += g;
            any_gas = any_gas || g > 0.0;
        }
    // Legs may fill worse than their quotes: the cash has to reach for that.
    if (!p.parts.sizing) {
        const std::string collar = joined({"reconciled:collar=", shortest(tolerance.relative)});
        if (const auto f = p.parts.add("sizing", collar)) return wrong_spec("--slippage", *f, collar);
    }
    p.parts.costs.push_back({.policy = venue::at_venue{markets}, .text = "at_venue", .assets = b.assets(), .estimators = 0});
    if (any_gas) p.parts.costs.push_back({.policy = cost::fixed{.amount = gas}, .text = "gas", .assets = b.assets(), .estimators = 0});
    p.parts.guards.push_back(
        {.policy = guard::depth{.markets = markets, .tolerance = impact}, .text = "depth", .assets = b.assets(), .estimators = 0});
    return {};
}

/// Up to five names, and how many more there are.
std::string first_few(const std::vector<std::string>& names) {
    constexpr std::size_t most = 5;
    if (names.size() <= most) return listed(names);
    const std::vector<std::string> first(names.begin(), names.begin() + most);
    return joined({listed(first), " and ", std::to_string(names.size() - most), " more"});
}

/// What of an amount to be paid out is not there once everything is filled.
double not_raised(const book& b, const decision& d) {
    double cash = d.cash_after;
    for (std::uint32_t k = 0; k < b.open.size(); ++k)
        if (std::find(d.cancels.begin(), d.cancels.end(), k) == d.cancels.end())
            cash -= b.open[k].quantity * b.worth(b.open[k].asset) + b.open[k].cost;
    return d.flow < 0.0 && cash < -1e-9 * d.value ? -cash : 0.0;
}

/// What else there is to say where whole steps were to be chosen; how good they are the description says.
std::string of_whole_steps(const spec::composition& parts, const decision& d) {
    const bool asked = parts.sizing && std::string_view{parts.sizing->policy.runtime_name()} == "integer";
    if (!asked || !d.firing.fired || d.outcome == outcome::blocked || d.outcome == outcome::not_worth_it) return {};
    if (!d.steps.made())
        return "  no whole steps were chosen, each asset is rounded by itself: there is a turnover limit, or no choice keeps the cash\n";
    const bool exact = parts.sizing->text.find("exact_rows=32") != std::string::npos;
    return exact && !d.steps.proved && d.steps.nodes == 0 ? "  this is a bound and not a proof: more than 32 assets can move\n" : "";
}

failure refused(const table& t, const book& b, const decision& d) {
    const exit_code code = d.outcome == outcome::infeasible ? host::infeasible : code_of(d.problem.code);
    if (const std::string conflict = d.outcome == outcome::infeasible ? conflict_text(d) : std::string{}; !conflict.empty())
        return {code, joined({t.file(), ": the limits can not all be kept: these contradict each other: ", conflict})};
    if (d.problem.code == fault_code::bad_signal) return {code, joined({"--signals: ", describe(d.problem)})};
    const bool of_row = d.problem.index < b.assets() && code != wrong_usage && d.problem.code != fault_code::bad_open_order;
    return {code, joined({of_row ? t.place(b.row[d.problem.index]) : t.file(), ": ", describe(d.problem, b.asset)})};
}

}  // namespace

failure plan(const command_line& line, output& o) {
    std::vector<named_policy> policies;
    if (failure f = read_policies(line, policies)) return f;
    if (policies.size() > 1) return {wrong_usage, "--policy is given twice; plan follows one policy, and replay compares several"};
    named_policy& p = policies.front();
    if (failure f = check_estimators(p)) return f;
    occasion when;
    if (failure f = read_occasion(line, p.parts.mandate, when)) return f;
    if (failure f = read_signals(line, p, when)) return f;
    const std::string* file = line.find("--book");
    if (file == nullptr) return {wrong_usage, "plan needs --book BOOK.csv"};

    table t;
    book b;
    if (failure f = t.load(*file)) return f;
    const bool targets = !p.parts.target || p.parts.target->policy.runtime_transforms();
    if (failure f = read_book(t, {.mandate = p.parts.mandate, .targets = targets}, b)) return f;
    if (b.unsettled && line.has("--unsettled"))
        return {wrong_usage, joined({"what has not settled is said twice: by --unsettled and by the column settled of ", t.file()})};
    covariance_matrix matrix;
    if (failure f = use_covariance(line, b, p, matrix)) return f;
    when.covariance = matrix.entry;
    if (failure f = use_factors(line, b, p, when.factors)) return f;
    asset_groups groups;
    if (failure f = use_groups(line, b, when.factors, p, groups)) return f;
    if (failure f = complete(t, b, p)) return f;
    if (failure f = check_limits(t, b, p.parts.mandate, when.flow)) return f;

    venue_list venues;
    venue::slippage tolerance;
    if (failure f = use_venues(line, b, p, venues, tolerance)) return f;

    decision d;
    if (failure f = decide(b, p, when, d)) return f;
    if (d.outcome == outcome::rejected || d.outcome == outcome::infeasible) return refused(t, b, d);
    if (!b.not_read.empty()) o.err += joined({t.file(), ": not read: ", listed(b.not_read), "\n"});
    if (b.unsettled && p.parts.mandate.proceeds == proceeds::at_once)
        o.err += joined({t.file(), ": the column settled makes no difference without --proceeds when_settled\n"});
    if (!groups.not_in_book.empty()) o.err += joined({*line.find("--groups"), ": not in the book: ", listed(groups.not_in_book), "\n"});
    if (!matrix.not_in_book.empty())
        o.err += joined({*line.find("--covariance"), ": not in the book: ", first_few(matrix.not_in_book), "\n"});
    const bool split_over = line.has("--venues");
    const split_orders legs = split_over ? split(venues, b, d, tolerance) : split_orders{};
    o.out = trade_list(b, d, split_over ? &legs : nullptr);
    o.err += joined({describe(d, b.asset, {}, b.open), "\n"});
    for (const std::string& remark : legs.remarks) o.err += joined({remark, "\n"});
    o.err += of_whole_steps(p.parts, d);
    if (!b.open.empty())
        o.err += "  open orders count as filled at the prices of the book; nothing is spent that they have still to bring\n";
    if (const double missing = not_raised(b, d); missing > 0.0)
        o.err += joined({"  of what is to be paid out ", fixed(missing, 2), " is not raised\n"});
    if (line.has("--explain")) o.err += all_rows(b, d);
    if (line.has("--certificate")) o.err += certificate_text(b, when.factors, d);
    return {};
}

}  // namespace host
