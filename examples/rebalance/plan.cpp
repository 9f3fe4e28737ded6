// rebalance plan: the trades of today.
#include <ballast/core/apply.hpp>
#include <ballast/describe.hpp>
#include <ballast/trigger/band.hpp>

#include <cmath>
#include <limits>
#include <utility>

#include "book.hpp"
#include "host.hpp"
#include "kept.hpp"
#include "policy.hpp"
#include "times.hpp"

using namespace ballast;

namespace host {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// The account as it will be once the open orders are filled at the book's prices.
struct settled {
    std::vector<double> quantity{};
    double cash = 0.0;
    double committed = 0.0;  ///< cash without what open sales have still to bring
};

settled settle(const book& b) {
    settled s{.quantity = b.quantity, .cash = b.cash, .committed = b.cash};
    for (std::size_t i = 0; i < b.open.size(); ++i) {
        s.quantity[i] = b.quantity[i] + b.open[i];
        s.cash -= b.open[i] * b.price[i];
        if (b.open[i] > 0.0) s.committed -= b.open[i] * b.price[i];
    }
    return s;
}

failure read_time(const command_line& line, std::string_view option, timestamp& out) {
    const std::string* text = line.find(option);
    if (text == nullptr || parse_time(trimmed(*text), out)) return {};
    return {wrong_usage, joined({option, ": ", in_quotes(*text), " is no time (", time_forms, ")"})};
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
failure check_limits(const table& t, const book& b, const settled& s, const mandate& m) {
    double value = s.cash;
    for (std::size_t i = 0; i < b.assets(); ++i) value += s.quantity[i] * b.price[i];
    if (!(value > 0.0) || m.leverage > 1.0 || m.allow_short) return {};
    double kept_share = 0.0;
    double lower_share = 0.0;
    std::vector<std::string> kept_rows;
    std::vector<std::string> bound_rows;
    const auto name_of = [&](std::size_t i) { return joined({b.asset[i], " (row ", std::to_string(t.line(b.row[i])), ")"}); };
    for (std::size_t i = 0; i < b.assets(); ++i) {
        if (b.is_frozen(i)) {
            kept_share += s.quantity[i] * b.price[i] / value;
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

/// One account at one time: decides, and decides again where the answer relies on what open orders have still to bring.
class planner {
public:
    planner(const book& b, const settled& s, const named_policy& p, timestamp now, timestamp last_trade)
        : book_{b},
          settled_{s},
          policy_{p},
          now_{now},
          last_trade_{last_trade} {
        kept_.most.assign(b.assets(), infinity);
        kept_.cause.assign(b.assets(), why::full);
        for (std::size_t i = 0; i < b.assets(); ++i)
            if (b.is_frozen(i)) keep(i, 0.0, why::frozen_by_host);
    }

    failure decide(decision& d) {
        for (int attempt = 0;; ++attempt) {
            if (failure f = propose(d)) return f;
            if (book_.open.empty() || !narrowed(d, attempt)) return {};
        }
    }

private:
    void keep(std::size_t i, double most, why because) {
        kept_.most[i] = most;
        kept_.cause[i] = because;
    }

    failure propose(decision& d) {
        named_policy p = policy_;
        p.parts.guards.push_back({.policy = kept_, .text = "kept", .assets = book_.assets(), .estimators = 0});
        std::vector<any_rebalancer> built;
        if (failure f = build(p, built)) return f;
        const any_rebalancer& r = built.front();
        const sizes n{.assets = book_.assets()};
        any_rebalancer::market_state market;
        any_rebalancer::account_state account;
        any_rebalancer::workspace scratch;
        r.prepare(market, n);
        r.prepare(account, n);
        r.prepare(scratch, n);
        r.prepare(d, n);
        const inputs in{.market = {.now = now_, .price = book_.price, .as_of = book_.as_of, .volatility = book_.volatility},
                        .account = {.cash = settled_.cash, .quantity = settled_.quantity},
                        .target = book_.target,
                        .instruments = {.step = book_.step, .min_notional = book_.min_notional}};
        if (const fault f = r.observe(market, in.market)) return {bad_data, describe(f, book_.asset)};
        if (last_trade_.happened()) {
            decision traded;  // clocks ask when, not what
            traded.orders.emplace_back();
            if (const fault f = r.commit(account, traded, last_trade_)) return {bad_data, describe(f, book_.asset)};
        }
        r.propose(market, account, in, scratch, d);
        return {};
    }

    /// Sales that go beyond what is held, and purchases beyond the cash that is there, are bounded. True where one was.
    bool narrowed(const decision& d, int attempt) {
        bool any = false;
        double cash = settled_.committed;
        double bought = 0.0;
        for (const order& o : d.orders) {
            const double open = book_.open_of(o.asset);
            const double held = std::max(0.0, std::min(book_.quantity[o.asset], book_.quantity[o.asset] + open));
            if (!o.buy() && !policy_.parts.mandate.allow_short && -o.quantity > held * (1.0 + 1e-12)) {
                keep(o.asset, held * book_.price[o.asset] * (1.0 - 0x1p-51), why::cut_by_holding);
                any = true;
            }
            cash -= o.notional + o.cost;
            bought += o.buy() ? o.notional + o.cost : 0.0;
        }
        const mandate& m = policy_.parts.mandate;
        const double floor = std::min(m.cash_floor(d.value_after(), 1.0), settled_.committed);
        const double slack = d.value * 1e-12;
        // Only where open sales have still to bring something can more be spent than is there: otherwise the list itself keeps to the cash.
        if (any || settled_.committed >= settled_.cash || bought == 0.0 || cash >= floor - slack) return any;
        const double fitting = std::max(0.0, (bought - (floor - cash)) / bought);
        const double part = attempt > 20 ? 0.0 : fitting * (1.0 - 1e-9);
        for (const order& o : d.orders)
            if (o.buy()) keep(o.asset, o.notional * part, why::cut_by_cash);
        return true;
    }

    const book& book_;
    const settled& settled_;
    const named_policy& policy_;
    timestamp now_;
    timestamp last_trade_;
    kept kept_{};
};

std::string order_text(const order& o) {
    if (o.step.continuous()) return shortest(std::abs(o.quantity));
    const std::string steps = to_string(o.steps, o.step);
    return steps.front() == '-' ? steps.substr(1) : steps;
}

std::string trade_list(const book& b, const decision& d) {
    std::string out = "asset,side,quantity,price,limit,notional,cost,reason\n";
    for (const order& o : d.orders)
        add_line(out, {b.asset[o.asset], o.buy() ? "BUY" : "SELL", order_text(o), shortest(o.price), shortest(o.limit_price),
                       number12(std::abs(o.notional)), number12(o.cost), to_string(o.reason)});
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
    std::string out;
    std::vector<std::size_t> wide(lines[0].size());
    for (const auto& fields : lines)
        for (std::size_t c = 0; c < fields.size(); ++c) wide[c] = std::max(wide[c], fields[c].size());
    for (const auto& fields : lines) {
        out += "  ";
        for (std::size_t c = 0; c < fields.size(); ++c) {
            const std::string room(wide[c] - fields[c].size(), ' ');
            const bool last = c + 1 == fields.size();
            out += c == 0 ? joined({fields[c], room}) : last ? fields[c] : joined({room, fields[c]});
            if (!last) out += "  ";
        }
        out += '\n';
    }
    return out;
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
    for (const auto& g : parts.guards)
        if (b.as_of.empty() && std::string_view{g.policy.runtime_name()} == "stale_price")
            return t.wrong_header("no column is called 'as_of', which the guard stale_price reads");
    return {};
}

failure refused(const table& t, const book& b, const decision& d) {
    const exit_code code = d.outcome == outcome::infeasible ? host::infeasible : code_of(d.problem.code);
    const bool of_row = d.problem.index < b.assets() && code != wrong_usage;
    return {code, joined({of_row ? t.place(b.row[d.problem.index]) : t.file(), ": ", describe(d, b.asset)})};
}

}  // namespace

failure plan(const command_line& line, output& o) {
    std::vector<named_policy> policies;
    if (failure f = read_policies(line, policies)) return f;
    if (policies.size() > 1) return {wrong_usage, "--policy is given twice; plan follows one policy, and replay compares several"};
    named_policy& p = policies.front();
    for (const auto& e : p.parts.estimators)
        if (const std::string_view name = e.policy.runtime_name(); name != "given")
            return {wrong_usage, joined({"the estimator ", name,
                                         " learns from many rows of prices, and a book is one; give the book a column "
                                         "volatility, and name the estimator given"})};
    timestamp now = timestamp::never();
    timestamp last_trade = timestamp::never();
    if (failure f = read_time(line, "--now", now)) return f;
    if (failure f = read_time(line, "--last-trade", last_trade)) return f;
    if (!line.has("--now")) now = clock_now();
    if (last_trade > now) return {wrong_usage, joined({"--last-trade: ", time_text(last_trade), " is later than now, ", time_text(now)})};
    const std::string* file = line.find("--book");
    if (file == nullptr) return {wrong_usage, "plan needs --book BOOK.csv"};

    table t;
    book b;
    if (failure f = t.load(*file)) return f;
    const bool targets = !p.parts.target || p.parts.target->policy.runtime_transforms();
    if (failure f = read_book(t, {.mandate = p.parts.mandate, .targets = targets}, b)) return f;
    if (failure f = complete(t, b, p)) return f;
    const settled s = settle(b);
    if (failure f = check_limits(t, b, s, p.parts.mandate)) return f;

    decision d;
    if (failure f = planner{b, s, p, now, last_trade}.decide(d)) return f;
    if (d.outcome == outcome::rejected || d.outcome == outcome::infeasible) return refused(t, b, d);
    if (!b.not_read.empty()) o.err += joined({t.file(), ": not read: ", listed(b.not_read), "\n"});
    o.out = trade_list(b, d);
    o.err += joined({describe(d, b.asset), "\n"});
    if (!b.open.empty())
        o.err += "  open orders count as filled at the prices of the book; nothing is spent that they have still to bring\n";
    if (line.has("--explain")) o.err += all_rows(b, d);
    return {};
}

}  // namespace host
