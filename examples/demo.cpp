// Two books replayed through real prices under six policies; or a book of your own:
//   demo                                    the two price histories that the program carries
//   demo PRICES.csv "A=0.6,B=0.4" [0.16]    columns A and B of a file, 60 % and 40 %, what is left over in cash; the last is the
//                                           reference volatility of the volatility bands, a year
// Exit: 0 done, 2 wrong usage, 3 bad data.
#include <ballast/ballast.hpp>

#include <ballast_example_data.hpp>

#include <cstdio>
#include <string>
#include <vector>

#include "support/csv.hpp"
#include "support/targets.hpp"

using namespace ballast;
using namespace ballast::literals;

namespace {

struct book {
    std::vector<std::string> names{};
    std::vector<double> targets{};
    double reference = 0.16;  // volatility per year at which the volatility band has its nominal width
};

constexpr double start_wealth = 10'000.0;

template <class Rebalancer>
int replay_line(const char* name, const Rebalancer& policy, const book& b, const csv::prices& p) {
    const sim::result r = sim::replay(policy, p.view(), b.targets, {.wealth = start_wealth});
    if (r.problem) {
        std::fprintf(stderr, "demo: row %zu of the prices: %s\n", r.problem_row + 1, to_string(r.problem.code));
        return 3;
    }
    std::printf("  %-26s %12.2f %10.2f %% %10.2f %% %10.1f %% %10zu %8zu %10.2f\n", name, r.wealth, 100.0 * r.volatility(),
                100.0 * r.max_drawdown, 100.0 * r.turnover_per_year(), r.rebalances, r.orders, r.cost);
    return 0;
}

std::string date(timestamp t) {
    const civil_date d = civil_from_timestamp(t);
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", d.year, d.month, d.day);
    return text;
}

int replay_book(const book& b, const csv::prices& p) {
    double cash = 1.0;
    for (std::size_t i = 0; i < b.names.size(); ++i) {
        std::printf("%s%s %g %%", i > 0 ? ", " : "", b.names[i].c_str(), 100.0 * b.targets[i]);
        cash -= b.targets[i];
    }
    if (cash > 1e-9) std::printf(", cash %g %%", 100.0 * cash);
    std::printf(": %zu rows, %s to %s\n", p.when.size(), date(p.when.front()).c_str(), date(p.when.back()).c_str());
    std::printf("  %-26s %12s %12s %12s %12s %10s %8s %10s\n", "policy", "final", "volatility", "max", "turnover", "rebalances", "orders",
                "cost");
    std::printf("  %-26s %12s %12s %12s %12s %10s %8s %10s\n", "", "wealth", "per year", "drawdown", "per year", "", "", "paid");

    const cost::proportional fee{.rate = 10_bps};
    const trigger::band five_25{.absolute = 0.05, .relative = 0.25};
    // A drift of d in an asset of volatility σ is a risk of d·σ. The exponent −1 lets it grow to 5 % × reference, whatever σ is.
    const trigger::volatility_band steady{.width = 0.05, .reference = b.reference, .exponent = -1.0, .floor = 0.01, .ceiling = 0.15};
    // What is best for these costs and a relative risk aversion of 3, if the target is the weight that would be best without costs.
    const trigger::optimal_band optimal{.risk_aversion = 3.0, .rate = 10_bps};
    const auto rows = static_cast<std::int64_t>(p.when.size());
    const duration six_rows = elapsed(p.when.front(), p.when.back()) * 6;
    const duration half_life{six_rows.ns / (rows - 1) > days(30).ns ? six_rows.ns / (rows - 1) : days(30).ns};
    const risk::ewma volatility{.half_life = half_life, .warm_up = 12};

    int code = replay_line("buy and hold", rebalancer{trigger::never{}, fee, solver::to_target{}}, b, p);
    if (code == 0) code = replay_line("monthly", rebalancer{trigger::calendar{}, fee, solver::to_target{}}, b, p);
    if (code == 0) code = replay_line("5/25 bands", rebalancer{five_25, fee, solver::to_target{}}, b, p);
    if (code == 0) code = replay_line("5/25 bands, to the edge", rebalancer{five_25, fee, solver::to_band{}}, b, p);
    if (code == 0) code = replay_line("volatility bands", rebalancer{steady, fee, solver::to_target{}, volatility}, b, p);
    if (code == 0) code = replay_line("optimal bands, to the edge", rebalancer{optimal, fee, solver::to_band{}}, b, p);
    std::printf("  volatility bands: 5 points x %g %% / volatility, within 1 and 15 points; EWMA with a half-life of %.0f days\n",
                100.0 * b.reference, static_cast<double>(half_life.ns) / static_cast<double>(days(1).ns));
    const optimal_region first = exact_region({.target = b.targets[0], .risk_aversion = 3.0, .buy = fee.rate[0], .sell = fee.rate[0]});
    std::printf("  optimal bands: for a risk aversion of 3 and 10 bps; %s from %.2f to %.2f %%\n\n", b.names[0].c_str(),
                100.0 * first.lower, 100.0 * first.upper);
    return code;
}

void print_head() {
    std::printf(
        "%.0f at the start, bought at the targets at no cost; later trades cost 10 bps. Cash earns nothing.\n"
        "Volatility is that of log returns; turnover is one-way; a 5/25 band is 5 points or a quarter of the target, the smaller.\n\n",
        start_wealth);
}

int carried() {
    const book stocks{.names = {"MSFT", "AMZN", "IBM", "AAPL"}, .targets = {0.25, 0.25, 0.25, 0.25}, .reference = 0.32};  // 2 % a day
    const book index{.names = {"S&P 500"}, .targets = {0.6}, .reference = 0.16};                                          // 1 % a day
    csv::prices monthly, daily;
    std::string wrong = csv::read(example_data::us_monthly_2000_2010, "us_monthly_2000_2010.csv", stocks.names, monthly);
    if (wrong.empty()) wrong = csv::read(example_data::sp500_daily_close_2000_2020, "sp500_daily_close_2000_2020.csv", {"close"}, daily);
    if (!wrong.empty()) {
        std::fprintf(stderr, "demo: %s\n", wrong.c_str());
        return 3;
    }
    print_head();
    const int code = replay_book(stocks, monthly);
    return code != 0 ? code : replay_book(index, daily);
}

int of_ones_own(int argc, char** argv) {
    book b;
    std::string wrong = csv::parse_targets(argv[2], b.names, b.targets);
    if (wrong.empty() && argc == 4 && !(csv::parse_number(argv[3], b.reference) && b.reference > 0.0 && b.reference < 100.0))
        wrong = csv::joined({"'", argv[3], "' is not a volatility above zero, like 0.16"});
    if (!wrong.empty()) {
        std::fprintf(stderr, "demo: %s\n", wrong.c_str());
        return 2;
    }
    std::string content;
    csv::prices p;
    wrong = csv::load(argv[1], content);
    if (wrong.empty()) wrong = csv::read(content, argv[1], b.names, p);
    if (wrong.empty() && p.when.size() < 2) wrong = std::string{argv[1]} + ": one row is no history";
    if (!wrong.empty()) {
        std::fprintf(stderr, "demo: %s\n", wrong.c_str());
        return 3;
    }
    print_head();
    return replay_book(b, p);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 1) return carried();
    if (argc == 3 || argc == 4) return of_ones_own(argc, argv);
    std::fprintf(stderr, "usage: demo [PRICES.csv \"A=0.6,B=0.4\" [reference volatility]]\n");
    return 2;
}
