// rebalance replay: policies over a price history.
#include <ballast/describe.hpp>
#include <ballast/sim/replay.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "host.hpp"
#include "plot.hpp"
#include "policy.hpp"
#include "prices.hpp"
#include "times.hpp"
#include "watched.hpp"

using namespace ballast;

namespace host {

namespace {

/// What the command line asks for, read and checked.
struct request {
    std::vector<named_policy> policies{};
    target_list targets{};
    table file{};
    price_history prices{};
    double wealth = 1.0;
    double cash_rate = 0.0;
    decimal_step step{};
    double min_notional = 0.0;
    const std::string* trades = nullptr;
    const std::string* equity = nullptr;
    const std::string* plot = nullptr;
};

bool makes_targets(const spec::composition& c) { return c.target && !c.target->policy.runtime_transforms(); }

/// What the estimators of all policies read beside the prices.
bar_columns bars_read(const std::vector<named_policy>& policies) {
    bar_columns bars = bar_columns::none;
    for (const named_policy& p : policies)
        for (const auto& e : p.parts.estimators) {
            const std::string_view name = e.policy.runtime_name();
            if (name == "parkinson" && bars == bar_columns::none) bars = bar_columns::high_low;
            for (const char* whole : {"garman_klass", "rogers_satchell", "garman_klass_yang_zhang", "yang_zhang"})
                if (name == whole) bars = bar_columns::open_high_low;
        }
    return bars;
}

failure read_targets(const command_line& line, request& r) {
    const std::string* text = line.find("--targets");
    if (text == nullptr) return {wrong_usage, "replay needs --targets LIST, like --targets A=0.6,B=0.4"};
    // Each policy has a mandate of its own; the strictest counts.
    bool weights = false;
    bool allow_short = true;
    double leverage = std::numeric_limits<double>::infinity();
    for (const named_policy& p : r.policies) {
        if (makes_targets(p.parts)) continue;
        weights = true;
        allow_short = allow_short && p.parts.mandate.allow_short;
        leverage = std::min(leverage, p.parts.mandate.leverage);
    }
    if (failure f = parse_targets(*text, weights, allow_short, leverage, r.targets)) return f;
    for (const named_policy& p : r.policies)
        if (const std::size_t n = p.parts.assets(); n != 0 && n != r.targets.asset.size())
            return {wrong_usage, joined({"policy ", in_quotes(p.name), ": its lists have ", std::to_string(n), " numbers, --targets names ",
                                         std::to_string(r.targets.asset.size()), " assets"})};
    return {};
}

/// An output may not stand where another does, nor where the prices are read.
failure check_files(const command_line& line) {
    const auto same = [](const std::string& a, const std::string& b) {
        std::error_code error;
        return a == b || std::filesystem::equivalent(a, b, error);
    };
    constexpr const char* files[] = {"--prices", "--trades", "--equity", "--plot"};
    for (std::size_t i = 0; i < 4; ++i)
        for (std::size_t j = i + 1; j < 4; ++j) {
            const std::string* a = line.find(files[i]);
            const std::string* b = line.find(files[j]);
            if (a != nullptr && b != nullptr && same(*a, *b))
                return {wrong_usage, joined({files[j], ": ", *b, " is the file of ", files[i], " as well"})};
        }
    return {};
}

failure read_request(const command_line& line, request& r) {
    if (failure f = read_policies(line, r.policies)) return f;
    for (const named_policy& p : r.policies) {
        if (p.parts.triggers.empty())
            return {wrong_usage,
                    "replay needs a --trigger, like --trigger band:absolute=0.05, or a --policy; rebalance list trigger shows all"};
        for (const auto& e : p.parts.estimators) {
            const std::string_view name = e.policy.runtime_name();
            if (name == "given")
                return {wrong_usage, joined({"policy ", in_quotes(p.name),
                                             ": the estimator given passes volatilities on, and a price file has none; use ewma"})};
            if (name == "given_regimes")
                return {wrong_usage, joined({"policy ", in_quotes(p.name),
                                             ": the estimator given_regimes passes regimes on, and a price file has none; use "
                                             "hamilton or threshold_regimes"})};
            if (name == "given_covariance" || name == "given_factors")
                return {wrong_usage, joined({"policy ", in_quotes(p.name), ": the estimator ", name,
                                             " passes the host's own numbers on, and a price file has none; use ewma_covariance or "
                                             "principal_factors"})};
            if (name == "factor_model")
                return {wrong_usage, joined({"policy ", in_quotes(p.name),
                                             ": the estimator factor_model reads outside series, and a price file has none; use "
                                             "principal_factors or ewma_covariance"})};
        }
        if (const auto f = p.parts.check()) return {wrong_usage, joined({"policy ", in_quotes(p.name), ": ", f->message})};
    }
    if (failure f = read_targets(line, r)) return f;
    const auto above_zero = [](double x) { return x > 0.0 && x < 1e300; };
    const auto not_negative = [](double x) { return x >= 0.0; };
    const auto a_rate = [](double x) { return x > -10.0 && x < 10.0; };
    if (failure f = number_of(line, "--wealth", above_zero, "an amount above 0", r.wealth)) return f;
    if (failure f = number_of(line, "--cash-rate", a_rate, "a rate per year, like 0.02", r.cash_rate)) return f;
    if (failure f = number_of(line, "--min-notional", not_negative, "an amount at or above 0", r.min_notional)) return f;
    double step = 0.0;
    if (failure f = number_of(line, "--step", not_negative, "a number at or above 0", step)) return f;
    r.step = decimal_step{step};
    if (!r.step.valid())
        return {wrong_usage, joined({"--step: ", in_quotes(*line.find("--step")), " is no decimal number of at most 18 places"})};
    if (failure f = check_files(line)) return f;
    r.trades = line.find("--trades");
    r.equity = line.find("--equity");
    r.plot = line.find("--plot");
    const std::string* signals = line.find("--signals");
    for (const named_policy& p : r.policies)
        if (signals == nullptr && has_trigger(p, "signal"))
            return {wrong_usage, joined({"policy ", in_quotes(p.name),
                                         ": the trigger signal reads numbers that are no prices; say --signals "
                                         "with the columns that hold them"})};
    const std::string* prices = line.find("--prices");
    if (prices == nullptr) return {wrong_usage, "replay needs --prices PRICES.csv"};
    if (failure f = r.file.load(*prices)) return f;
    return read_prices(r.file,
                       {.assets = r.targets.asset,
                        .bars = bars_read(r.policies),
                        .signals = signals != nullptr ? parts_of(*signals) : std::vector<std::string>{}},
                       r.prices);
}

/// What a replay stopped at, with the place in the file.
failure stopped(const request& r, const named_policy& p, const sim::result& result) {
    const std::string who = joined({"policy ", in_quotes(p.name), ": "});
    const std::string what = describe(result.problem, r.targets.asset);
    // A signal that the command line names is blank in the file; another one was not named.
    const bool blank = result.problem.code == fault_code::bad_signal && result.problem.index < r.prices.signal_count;
    const exit_code code = blank ? bad_data : code_of(result.problem.code);
    if (code == wrong_usage) return {code, joined({who, what})};
    const std::size_t row = r.prices.row[std::min(result.problem_row, r.prices.row.size() - 1)];
    return {code, joined({who, r.file.place(row), ": ", what})};
}

std::string side_of(const order& o) { return o.buy() ? "BUY" : "SELL"; }

/// Writes down what happens in a replay, row by row.
class recorder {
public:
    recorder(const request& r, const named_policy& p, progress* meter) : request_{r}, policy_{p}, meter_{meter}, highest_{r.wealth} {}

    void operator()(const sim::row_report& row) {
        if (meter_ != nullptr) meter_->at(policy_.name, row.row + 1, request_.prices.when.size());
        if (row.decision.outcome == outcome::infeasible && !infeasible_) {
            infeasible_ = true;
            infeasible_row_ = row.row;
            conflict_ = row.decision.problem;
        }
        if (row.wealth > highest_) highest_ = row.wealth;
        const double drawdown = 1.0 - row.wealth / highest_;
        if (request_.trades != nullptr && !row.decision.orders.empty()) add_trades(row, request_.prices.date(row.row));
        if (request_.equity != nullptr) add_equity(row, request_.prices.date(row.row), drawdown);
        if (request_.plot != nullptr) {
            plotted.wealth.push_back(row.wealth);
            plotted.drawdown.push_back(drawdown);
            for (const double w : row.decision.weight_after()) plotted.weight.push_back(w);
        }
    }

    /// A row whose limits contradict each other, if there was one.
    [[nodiscard]] failure conflict() const {
        if (!infeasible_) return {};
        return {host::infeasible,
                joined({"policy ", in_quotes(policy_.name), ": ", request_.file.place(request_.prices.row[infeasible_row_]), ": ",
                        describe(conflict_, request_.targets.asset)})};
    }

    std::string trades{};
    std::string equity{};
    plotted_policy plotted{};

private:
    void add_trades(const sim::row_report& row, const std::string& date) {
        for (const order& o : row.decision.orders)
            add_line(trades, {policy_.name, date, request_.targets.asset[o.asset], side_of(o), shortest(std::abs(o.quantity)),
                              shortest(o.price), number12(std::abs(o.notional)), number12(o.cost), to_string(o.reason)});
    }
    void add_equity(const sim::row_report& row, const std::string& date, double drawdown) {
        equity += joined({csv_field(policy_.name), ",", date, ",", number12(row.wealth), ",", number12(drawdown)});
        for (const double w : row.decision.weight_after()) equity += joined({",", number12(w)});
        const double cash = row.holdings.cash / row.wealth;
        equity += joined({",", number12(std::abs(cash) < 1e-12 ? 0.0 : cash), "\n"});
    }

    const request& request_;
    const named_policy& policy_;
    progress* meter_;
    double highest_;
    bool infeasible_ = false;
    std::size_t infeasible_row_ = 0;
    fault conflict_{};
};

/// Replays one policy; adds a line to the table and what the files will hold.
failure replay_one(const request& r, const named_policy& p, progress* meter, output& o, std::string& trades, std::string& equity,
                   std::vector<plotted_policy>& plotted) {
    const std::size_t n = r.targets.asset.size();
    const std::size_t rows = r.prices.when.size();
    band_log bands{n, r.plot != nullptr ? rows : 0};
    named_policy run = p;
    if (r.plot != nullptr) {
        const any_trigger inner = run.parts.joined_trigger();
        run.parts.triggers.assign(1, {.policy = watched{inner, bands}, .text = "watched", .assets = 0, .estimators = 0});
        run.parts.all = false;
    }
    std::vector<any_rebalancer> built;
    if (failure f = build(run, built)) return f;

    sim::options options{.wealth = r.wealth, .cash_rate = r.cash_rate};
    if (!r.step.continuous()) options.instruments.step = {&r.step, 1};
    if (r.min_notional > 0.0) options.instruments.min_notional = {&r.min_notional, 1};
    const column<double> targets = makes_targets(p.parts) ? column<double>{} : column<double>{r.targets.weight};
    recorder each{r, p, meter};
    const sim::result result = sim::replay(built.front(), r.prices.view(), targets, options, each);
    if (result.problem) return stopped(r, p, result);
    if (failure f = each.conflict()) return f;

    add_line(o.out, {p.name, r.prices.date(0), r.prices.date(rows - 1), std::to_string(result.rows), number12(result.wealth),
                     std::to_string(result.rebalances), number12(result.turnover_two_way()), number12(result.cost),
                     number12(result.max_drawdown), number12(result.sd_log_return)});
    trades += each.trades;
    equity += each.equity;
    if (r.plot != nullptr) {
        each.plotted.name = p.name;
        if (!makes_targets(p.parts)) each.plotted.target = r.targets.weight;
        each.plotted.lower = std::move(bands.lower);
        each.plotted.upper = std::move(bands.upper);
        plotted.push_back(std::move(each.plotted));
    }
    return {};
}

}  // namespace

failure replay(const command_line& line, progress* meter, output& o) {
    request r;
    if (failure f = read_request(line, r)) return f;
    o.out = "policy,start,end,rows,final_wealth,rebalances,turnover_two_way,cost_paid,max_drawdown,sd_log_return_per_row\n";
    std::string trades = "policy,date,asset,side,quantity,price,notional,cost,reason\n";
    std::string equity = "policy,date,wealth,drawdown";
    for (const std::string& asset : r.targets.asset) equity += joined({",", csv_field(joined({"weight_", asset}))});
    equity += ",weight_CASH\n";
    std::vector<plotted_policy> plotted;
    for (const named_policy& p : r.policies)
        if (failure f = replay_one(r, p, meter, o, trades, equity, plotted)) return f;
    if (r.trades != nullptr) o.files.push_back({"--trades", *r.trades, std::move(trades)});
    if (r.equity != nullptr) o.files.push_back({"--equity", *r.equity, std::move(equity)});
    if (r.plot != nullptr) o.files.push_back({"--plot", *r.plot, draw(r.prices.when, r.targets.asset, plotted)});
    return {};
}

}  // namespace host
