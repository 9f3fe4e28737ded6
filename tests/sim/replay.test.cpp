#include <ballast/sim/replay.hpp>

#include <ballast/any.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/guard/stale_price.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/yang_zhang.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/target/equal.hpp>
#include <ballast/target/fixed.hpp>
#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/calendar.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/hysteresis.hpp>
#include <ballast/trigger/never.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <ballast_example_data.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/csv.hpp"

using namespace ballast;
using namespace ballast::literals;

namespace {

// ---- a second method ----------------------------------------------------------------------------------------------------------------------
// The conventions of the golden backtests in plain code, with positions v instead of quantities and nothing of the library's:
//   each row: v_i *= p_i / p_i(row before); where the trigger fires, W' solves W' + c·Σ|T_i·W' − v_i| = W, by iteration; v_i = T_i·W'.
struct plain_result {
    double wealth = 1.0, turnover = 0.0, turnover_of_assets = 0.0, cost = 0.0, drawdown = 0.0, deviation = 0.0, before = 0.0, after = 0.0;
    std::size_t rebalances = 0;
};

template <class Fires>
plain_result plain_backtest(const sim::history& h, const std::vector<double>& target, double rate, Fires fires) {
    plain_result out;
    double cash = 1.0;
    std::vector<double> v, weight(target.size());
    for (const double t : target) {
        v.push_back(t);
        cash -= t;
    }
    double highest = 1.0;
    std::vector<double> returns;
    for (std::size_t k = 1; k < h.rows(); ++k) {
        double before = cash;
        for (std::size_t i = 0; i < v.size(); ++i) {
            v[i] *= h.row(k)[i] / h.row(k - 1)[i];
            before += v[i];
        }
        for (std::size_t i = 0; i < v.size(); ++i) weight[i] = v[i] / before;
        out.before += weight[0];
        double wealth = before;
        if (fires(k, weight)) {
            double moved = 0.0;
            for (int pass = 0; pass < 200; ++pass) {
                moved = 0.0;
                for (std::size_t i = 0; i < v.size(); ++i) moved += std::abs(target[i] * wealth - v[i]);
                wealth = before - rate * moved;
            }
            double new_cash = wealth;
            for (std::size_t i = 0; i < v.size(); ++i) {
                v[i] = target[i] * wealth;
                new_cash -= v[i];
            }
            ++out.rebalances;
            out.cost += rate * moved;
            out.turnover_of_assets += moved / before;
            out.turnover += 0.5 * (moved + std::abs(new_cash - cash)) / before;
            cash = new_cash;
        }
        out.after += v[0] / wealth;
        returns.push_back(std::log(wealth / out.wealth));
        out.wealth = wealth;
        highest = std::max(highest, wealth);
        out.drawdown = std::max(out.drawdown, 1.0 - wealth / highest);
    }
    double mean = 0.0, squares = 0.0;
    for (const double r : returns) mean += r / static_cast<double>(returns.size());
    for (const double r : returns) squares += (r - mean) * (r - mean);
    out.deviation = std::sqrt(squares / static_cast<double>(returns.size() - 1));
    out.before /= static_cast<double>(returns.size());
    out.after /= static_cast<double>(returns.size());
    return out;
}

void check_close(const sim::result& r, const plain_result& p, double tolerance = 1e-10) {
    CHECK_FALSE(r.problem);
    CHECK(r.wealth == Approx(p.wealth).epsilon(tolerance));
    CHECK(r.rebalances == p.rebalances);
    CHECK(r.turnover == Approx(p.turnover).epsilon(tolerance));
    CHECK(r.cost == Approx(p.cost).epsilon(tolerance).margin(1e-15));
    CHECK(r.max_drawdown == Approx(p.drawdown).epsilon(tolerance));
    CHECK(r.sd_log_return == Approx(p.deviation).epsilon(tolerance));
    CHECK(r.weight_before == Approx(p.before).epsilon(tolerance));
    CHECK(r.weight_after == Approx(p.after).epsilon(tolerance));
}

timestamp day(int n) { return timestamp_from_civil(2020, 1, 1) + days(n); }

/// Daily geometric random walks.
csv::prices walk(std::size_t rows, std::size_t assets, unsigned seed, double step = 0.03) {
    std::mt19937_64 random{seed};
    csv::prices out{.assets = assets};
    std::vector<double> p(assets);
    for (double& x : p) x = 10.0 + static_cast<double>(random() % 1000);
    for (std::size_t k = 0; k < rows; ++k) {
        out.when.push_back(day(static_cast<int>(k)));
        for (double& x : p) {
            out.price.push_back(x);
            // A sum of twelve uniform numbers is near enough to normal, and the same on every platform.
            double normal = -6.0;
            for (int j = 0; j < 12; ++j) normal += static_cast<double>(random() >> 11) * 0x1p-53;
            x *= std::exp(step * normal);
        }
    }
    return out;
}

csv::prices prices_of(std::string_view text, const std::vector<std::string>& columns) {
    csv::prices p;
    REQUIRE(csv::read(text, "embedded", columns, p) == "");
    return p;
}

auto to_target(auto trigger, double rate, auto... more) {
    return rebalancer{trigger, cost::proportional{.rate = rate}, solver::to_target{}, more...};
}

bool outside(const std::vector<double>& weight, const std::vector<double>& target, double width) {
    for (std::size_t i = 0; i < weight.size(); ++i)
        if (std::abs(weight[i] - target[i]) > width) return true;
    return false;
}

// ---- the golden backtests -----------------------------------------------------------------------------------------------------------------
struct golden_row {
    std::string name;
    std::vector<double> target;
    double rate;
    double wealth, turnover_two_way, cost, drawdown, deviation, weight;
    std::size_t rows, rebalances;
};

void check_golden(const golden_row& g, const sim::result& r) {
    INFO(g.name);
    CHECK_FALSE(r.problem);
    CHECK(r.rows == g.rows);
    CHECK(r.rebalances == g.rebalances);
    CHECK(r.held == 0);
    CHECK(r.wealth == Approx(g.wealth).epsilon(1e-9));
    CHECK(r.turnover_two_way() == Approx(g.turnover_two_way).epsilon(1e-9));
    CHECK(r.cost == Approx(g.cost).epsilon(1e-9));
    CHECK(r.max_drawdown == Approx(g.drawdown).epsilon(1e-9));
    CHECK(r.sd_log_return == Approx(g.deviation).epsilon(1e-9));
    // The file's words say "before trading"; its numbers are those after trading, over the rows after the first.
    CHECK(r.weight_after == Approx(g.weight).epsilon(1e-9));
}

void replay_golden(const golden_row& g, const std::string& policy, const sim::history& h) {
    const auto calendar = [](trigger::period p) { return trigger::calendar{.period = p}; };
    const auto width = [&](std::size_t from) { return std::stod(policy.substr(from)); };
    const auto run = [&](auto t) { check_golden(g, sim::replay(to_target(t, g.rate), h, g.target)); };
    using enum trigger::period;
    if (policy == "never") return run(trigger::never{});
    if (policy == "weekly") return run(calendar(weekly));
    if (policy == "monthly") return run(calendar(monthly));
    if (policy == "quarterly") return run(calendar(quarterly));
    if (policy == "annual") return run(calendar(yearly));
    if (policy == "every_row") return run(trigger::every{.interval = {}});
    if (policy == "swedroe_5_25") return run(trigger::band{.absolute = 0.05, .relative = 0.25});
    if (policy.rfind("band_abs_", 0) == 0) return run(trigger::band{.absolute = width(9)});
    if (policy.rfind("monthly_band_abs_", 0) == 0) return run(trigger::all_of{calendar(monthly), trigger::band{.absolute = width(17)}});
    if (policy.rfind("quarterly_band_abs_", 0) == 0) return run(trigger::all_of{calendar(quarterly), trigger::band{.absolute = width(19)}});
    FAIL("unknown policy " << policy);
}

}  // namespace

TEST_CASE("replay: the golden backtests, every row") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: the golden backtests are skipped");
        return;
    }
    const std::string data = folder;
    std::string golden;
    REQUIRE(csv::load(data + "/reference/golden_backtests.csv", golden) == "");
    std::string_view rest = golden;
    const std::string header{csv::take_line(rest)};
    REQUIRE(header ==
            "dataset,file,columns,start,end,rows,targets,policy,cost_each_side,final_wealth,rebalances,turnover_two_way,cost_paid,"
            "max_drawdown,sd_log_return_per_row,avg_weight_first");
    std::size_t replayed = 0;
    std::string loaded, file;
    std::vector<std::string_view> field, part;
    while (!rest.empty()) {
        csv::split(csv::take_line(rest), field);
        REQUIRE(field.size() == 16);
        if (loaded != field[1]) {
            loaded = field[1];
            REQUIRE(csv::load(data + "/prices/" + loaded, file) == "");
        }
        csv::split(field[2], part, '|');
        const std::vector<std::string> columns{part.begin(), part.end()};
        csv::prices prices;
        REQUIRE(csv::read(file, loaded, columns, prices) == "");
        timestamp start, end;
        REQUIRE((csv::parse_date(field[3], start) && csv::parse_date(field[4], end)));
        REQUIRE(prices.when.front() == start);
        REQUIRE(prices.when.back() == end);

        const auto number = [&](std::size_t k) { return std::stod(std::string{field[k]}); };
        const auto count = [&](std::size_t k) { return static_cast<std::size_t>(std::stoul(std::string{field[k]})); };
        golden_row g{.name = std::string{field[0]} + " " + std::string{field[7]} + " " + std::string{field[8]},
                     .target = {},
                     .rate = number(8),
                     .wealth = number(9),
                     .turnover_two_way = number(11),
                     .cost = number(12),
                     .drawdown = number(13),
                     .deviation = number(14),
                     .weight = number(15),
                     .rows = count(5),
                     .rebalances = count(10)};
        csv::split(field[6], part, '|');
        for (const auto p : part) g.target.push_back(std::stod(std::string{p}));
        replay_golden(g, std::string{field[7]}, prices.view());
        ++replayed;
    }
    CHECK(replayed == 24);
}

// ---- against the second method ------------------------------------------------------------------------------------------------------------
TEST_CASE("replay: all figures agree with plain code on random histories") {
    const std::vector<std::vector<double>> books = {{0.6}, {0.5, 0.5}, {0.2, 0.3, 0.1, 0.25}, {0.7, 0.3, 0.0}};
    for (unsigned seed = 1; seed <= 6; ++seed) {
        const auto& target = books[seed % books.size()];
        const csv::prices p = walk(400, target.size(), seed);
        const sim::history h = p.view();
        for (const double rate : {0.0, 0.001, 0.02}) {
            CAPTURE(seed, rate);
            check_close(sim::replay(to_target(trigger::never{}, rate), h, target),
                        plain_backtest(h, target, rate, [](std::size_t, const auto&) { return false; }));
            check_close(sim::replay(to_target(trigger::every{.interval = {}}, rate), h, target),
                        plain_backtest(h, target, rate, [](std::size_t, const auto&) { return true; }));
            check_close(sim::replay(to_target(trigger::calendar{}, rate), h, target),
                        plain_backtest(h, target, rate, [&](std::size_t k, const auto&) {
                            return civil_from_timestamp(h.when[k]).month != civil_from_timestamp(h.when[k - 1]).month;
                        }));
            check_close(sim::replay(to_target(trigger::band{.absolute = 0.04}, rate), h, target),
                        plain_backtest(h, target, rate, [&](std::size_t, const auto& w) { return outside(w, target, 0.04); }));
        }
    }
}

TEST_CASE("replay: the demo's books under its first three policies agree with plain code") {
    const csv::prices stocks = prices_of(example_data::us_monthly_2000_2010, {"MSFT", "AMZN", "IBM", "AAPL"});
    const csv::prices index = prices_of(example_data::sp500_daily_close_2000_2020, {"close"});
    const std::vector<double> quarters(4, 0.25);
    const std::vector<double> sixty{0.6};
    const double rate = 10_bps;
    const auto swedroe = [](const std::vector<double>& t) {
        return [t](std::size_t, const std::vector<double>& w) {
            for (std::size_t i = 0; i < w.size(); ++i)
                if (std::abs(w[i] - t[i]) > std::min(0.05, 0.25 * t[i])) return true;
            return false;
        };
    };
    const auto check_book = [&](const sim::history& h, const std::vector<double>& target) {
        check_close(sim::replay(to_target(trigger::never{}, rate), h, target),
                    plain_backtest(h, target, rate, [](std::size_t, const auto&) { return false; }));
        check_close(sim::replay(to_target(trigger::calendar{}, rate), h, target),
                    plain_backtest(h, target, rate, [&](std::size_t k, const auto&) {
                        return civil_from_timestamp(h.when[k]).month != civil_from_timestamp(h.when[k - 1]).month;
                    }));
        check_close(sim::replay(to_target(trigger::band{.absolute = 0.05, .relative = 0.25}, rate), h, target),
                    plain_backtest(h, target, rate, swedroe(target)));
    };
    check_book(stocks.view(), quarters);
    check_book(index.view(), sixty);
}

// One asset with cash, from above and below to the edge b = T ± h at a cost c on both sides. With position v and cash m, W = v + m:
//   selling x from above:  (v − x) / (W − c·x) = b  →  x = (v − b·W) / (1 − b·c)
//   buying x from below:   (v + x) / (W − c·x) = b  →  x = (b·W − v) / (1 + b·c)
TEST_CASE("replay: bands to the edge of one asset and cash agree with their closed form") {
    const csv::prices p = walk(600, 1, 7, 0.04);
    const double target = 0.5, width = 0.05, rate = 0.002;
    double v = target, m = 1.0 - target, cost = 0.0, moved = 0.0;
    std::size_t trades = 0;
    for (std::size_t k = 1; k < p.when.size(); ++k) {
        v *= p.price[k] / p.price[k - 1];
        const double wealth = v + m;
        const double w = v / wealth;
        double x = 0.0;
        if (w > target + width) x = -(v - (target + width) * wealth) / (1.0 - (target + width) * rate);
        if (w < target - width) x = ((target - width) * wealth - v) / (1.0 + (target - width) * rate);
        if (x == 0.0) continue;
        v += x;
        m -= x + rate * std::abs(x);
        cost += rate * std::abs(x);
        moved += 0.5 * (std::abs(x) + std::abs(x + rate * std::abs(x))) / wealth;
        ++trades;
    }
    const rebalancer r{trigger::band{.absolute = width}, cost::proportional{.rate = rate}, solver::to_band{}};
    const sim::result got = sim::replay(r, p.view(), std::vector<double>{target});
    REQUIRE(trades > 20);
    CHECK(got.rebalances == trades);
    // to_band goes inside of the edge by 2^-40.
    CHECK(got.wealth == Approx(v + m).epsilon(1e-9));
    CHECK(got.cost == Approx(cost).epsilon(1e-8));
    CHECK(got.turnover == Approx(moved).epsilon(1e-8));
}

// From its close of 2007-10-09 (1565.15) to that of 2009-03-09 (676.53) the S&P 500 fell by 56.8 %.
TEST_CASE("replay: the S&P 500 held alone falls as it did") {
    const csv::prices p = prices_of(example_data::sp500_daily_close_2000_2020, {"close"});
    const sim::result r = sim::replay(to_target(trigger::never{}, 0.0), p.view(), std::vector<double>{1.0});
    CHECK(r.max_drawdown == Approx(1.0 - 676.53 / 1565.15).epsilon(1e-12));
    CHECK(r.wealth == Approx(p.price.back() / p.price.front()).epsilon(1e-12));
    CHECK(r.rows == p.when.size());
    CHECK(r.first == timestamp_from_civil(2000, 1, 3));
    CHECK(r.last == timestamp_from_civil(2020, 4, 17));
    CHECK(r.years() == Approx(7410.0 / 365.25).epsilon(1e-14));
    CHECK(r.volatility() == Approx(r.sd_log_return * std::sqrt(5104.0 / r.years())).epsilon(1e-14));
    CHECK(r.turnover_per_year() == 0.0);
    CHECK(r.weight_before == Approx(1.0).epsilon(1e-14));
}

// ---- exactly what a keeper does -----------------------------------------------------------------------------------------------------------
namespace {

/// The same history shown to a keeper, row after row; every order must have the same bits.
template <class Rebalancer>
void check_against_keeper(const Rebalancer& r, const csv::prices& p, const std::vector<double>& target, decimal_step step) {
    keeper k{r, {.assets = p.assets}};
    const std::vector<decimal_step> steps{step};
    k.instruments({.step = steps});
    holdings mine;
    std::size_t orders = 0, rows = 0;
    double cost = 0.0;
    const auto each = [&](const sim::row_report& row) {
        REQUIRE(row.row == rows++);
        REQUIRE(row.now == p.when[row.row]);
        REQUIRE_FALSE(k.observe({.now = row.now, .price = p.view().row(row.row)}));
        if (row.row == 0) {
            mine = row.holdings;
            REQUIRE_FALSE(k.commit(row.decision));
            (void)k.propose(mine.view(), target);
            return;
        }
        const decision& d = k.propose(mine.view(), target);
        REQUIRE(d.outcome == row.decision.outcome);
        REQUIRE(d.orders.size() == row.decision.orders.size());
        for (std::size_t i = 0; i < d.orders.size(); ++i) {
            REQUIRE(d.orders[i].quantity == row.decision.orders[i].quantity);
            REQUIRE(d.orders[i].asset == row.decision.orders[i].asset);
        }
        REQUIRE(row.wealth_before == d.value);
        REQUIRE(row.wealth == d.value_after());
        REQUIRE_FALSE(apply(mine, d));
        REQUIRE(mine.cash == row.holdings.cash);
        REQUIRE(mine.quantity == row.holdings.quantity);
        REQUIRE_FALSE(k.commit(d));
        orders += d.orders.size();
        cost += d.cost;
    };
    const sim::result got = sim::replay(r, p.view(), target, {.wealth = 1e5, .instruments = {.step = steps}}, each);
    REQUIRE_FALSE(got.problem);
    CHECK(rows == p.when.size());
    CHECK(got.orders == orders);
    CHECK(got.cost == cost);
    CHECK(orders > 0);
}

}  // namespace

TEST_CASE("replay: what it does is what a keeper does that is shown one row after the other, to the bit") {
    const std::vector<double> target{0.3, 0.3, 0.3};
    const csv::prices p = walk(300, 3, 11);
    const cost::proportional tenth{.rate = 10_bps};
    for (const decimal_step step : {decimal_step{}, decimal_step{1}}) {
        check_against_keeper(rebalancer{trigger::cooldown{trigger::band{.absolute = 0.03}, days(9)}, tenth, solver::to_band{}}, p, target,
                             step);
        check_against_keeper(rebalancer{trigger::hysteresis{trigger::band{.absolute = 0.04}, trigger::band{.absolute = 0.01}}, tenth,
                                        solver::to_target{}, guard::max_turnover{.limit = 0.01}},
                             p, target, step);
        check_against_keeper(rebalancer{trigger::volatility_band{.width = 0.04, .reference = 0.4, .exponent = -1.0}, tenth,
                                        solver::to_target{}, risk::ewma{.half_life = days(10)}},
                             p, target, step);
        check_against_keeper(
            rebalancer{trigger::calendar{.period = trigger::period::weekly, .miss = trigger::on_miss::pending}, tenth, solver::to_target{}},
            p, target, step);
    }
}

TEST_CASE("replay: a rebalancer composed at run time gives the same bits, also with a mandate and a target policy of its own") {
    const csv::prices p = walk(300, 3, 43);
    const trigger::volatility_band band{.width = 0.04, .reference = 0.4, .exponent = -1.0};
    const cost::proportional fee{.rate = 10_bps};
    const risk::ewma volatility{.half_life = days(10)};
    const target::fixed mix{{1.3, -0.4, 0.2}};
    const mandate bold{.leverage = 2.5, .allow_short = true};
    const sim::result a = sim::replay(rebalancer{band, fee, solver::to_target{}, mix, volatility, bold}, p.view(), {});
    const sim::result b =
        sim::replay(any_rebalancer{band, fee, solver::to_target{}, {}, any_target{mix}, {volatility}, bold}, p.view(), {});
    CHECK_FALSE(a.problem);
    CHECK_FALSE(b.problem);
    CHECK(a.rebalances > 5);
    CHECK(a.rebalances == b.rebalances);
    CHECK(a.wealth == b.wealth);
    CHECK(a.sd_log_return == b.sd_log_return);
    CHECK(a.cost == b.cost);
}

// The estimator learns from the very bars that a keeper is shown.
TEST_CASE("replay: rows may be bars, and their highs and lows reach the estimators") {
    csv::prices p = walk(200, 1, 44);
    csv::prices open = p, high = p, low = p;
    for (std::size_t k = 1; k < p.price.size(); ++k) {
        open.price[k] = p.price[k - 1];
        high.price[k] = std::fmax(p.price[k], open.price[k]) * 1.01;
        low.price[k] = std::fmin(p.price[k], open.price[k]) * 0.99;
    }
    sim::history h = p.view();
    const rebalancer r{trigger::volatility_band{.width = 0.04, .reference = 0.4, .exponent = -1.0}, cost::proportional{.rate = 10_bps},
                       solver::to_target{}, risk::yang_zhang{.bars = 10}};
    const std::vector<double> half{0.5};
    const sim::result without = sim::replay(r, h, half);
    h.open = open.price;
    h.high = high.price;
    h.low = low.price;
    std::vector<double> threshold;
    const sim::result with =
        sim::replay(r, h, half, {}, [&](const sim::row_report& row) { threshold.push_back(row.decision.firing.threshold); });
    CHECK_FALSE(without.problem);
    CHECK_FALSE(with.problem);
    CHECK(with.rebalances != without.rebalances);

    keeper k{r, {.assets = 1}};
    const std::vector<double> held{1.0};
    for (std::size_t row = 0; row < 200; ++row) {
        REQUIRE_FALSE(k.observe(h.tick(row)));
        const double width = k.propose({.cash = 1.0, .quantity = held}, half).firing.threshold;
        if (row > 0) CHECK(width == threshold[row]);
    }
    h.low = h.low.first(10);
    CHECK(sim::replay(r, h, half).problem.code == fault_code::size_mismatch);
    CHECK(sim::replay(r, h, half).problem.value == 10.0);
    h.low = low.price;
    low.price[50] = high.price[50] * 1.1;
    CHECK(sim::replay(r, h, half).problem.code == fault_code::bad_bar);
    CHECK(sim::replay(r, h, half).problem.index == 0);
    CHECK(sim::replay(r, h, half).problem_row == 50);
}

// ---- the first row ------------------------------------------------------------------------------------------------------------------------
TEST_CASE("replay: clocks begin with the purchase on the first row") {
    // 2020-01-01 .. 2020-04-09, a price that rises every day.
    csv::prices p{.assets = 1};
    for (int k = 0; k < 100; ++k) {
        p.when.push_back(day(k));
        p.price.push_back(100.0 + k);
    }
    const std::vector<double> half{0.5};
    std::vector<std::size_t> traded;
    const auto note = [&](const sim::row_report& row) {
        if (row.row > 0 && !row.decision.orders.empty()) traded.push_back(row.row);
    };
    const auto rows_of = [&](auto trigger) {
        traded.clear();
        const sim::result r = sim::replay(to_target(trigger, 0.001), p.view(), half, {}, note);
        CHECK(r.rebalances == traded.size());
        return traded;
    };
    CHECK(rows_of(trigger::calendar{}) == std::vector<std::size_t>{31, 60, 91});
    CHECK(rows_of(trigger::every{.interval = days(30)}) == std::vector<std::size_t>{30, 60, 90});
    CHECK(rows_of(trigger::cooldown{trigger::every{.interval = {}}, days(40)}) == std::vector<std::size_t>{40, 80});
}

namespace {

/// Fires on every look and writes down what it is called for.
struct recorder {
    std::string* calls = nullptr;
    struct memory {
        template <class Self, class Visit>
        static void fields(Self&, Visit&&) {}
    };
    static constexpr const char* name = "recorder";
    [[nodiscard]] firing check(const look&, const memory&) const noexcept {
        calls->push_back('p');
        return {.fired = true, .trigger = name};
    }
    void observe(const look&, memory&) const noexcept { calls->push_back('o'); }
    void commit(const decision&, timestamp, memory&) const noexcept { calls->push_back('c'); }
};

}  // namespace

TEST_CASE("replay: a policy is called in the order propose, observe, commit; on the first row it sees the account after the purchase") {
    const csv::prices p = walk(4, 2, 41);
    std::string calls;
    const sim::result r = sim::replay(to_target(recorder{&calls}, 0.001), p.view(), std::vector<double>{0.5, 0.5});
    CHECK(r.orders == 6);
    CHECK(calls == "pcopocpocpoc");
}

TEST_CASE("replay: a hysteresis begins quiet") {
    // A drift of 0.03 on the second row: beyond where it stops, not beyond where it starts.
    const csv::prices p{.when = {day(0), day(1)}, .price = {100.0, 112.8}, .assets = 1};
    const trigger::hysteresis patient{trigger::band{.absolute = 0.05}, trigger::band{.absolute = 0.02}};
    const sim::result r = sim::replay(to_target(patient, 0.0), p.view(), std::vector<double>{0.5});
    CHECK(r.weight_before == Approx(0.53).epsilon(1e-3));
    CHECK(r.rebalances == 0);
}

TEST_CASE("replay: the first row buys at target, at no cost, whatever the trigger, the costs and the guards say") {
    const csv::prices p = walk(2, 2, 3);
    const std::vector<double> target{0.5, 0.3};
    const rebalancer r{trigger::never{}, cost::fixed{.amount = 1000.0}, solver::to_target{}, guard::max_turnover{.limit = 0.0}};
    std::size_t rows = 0;
    (void)sim::replay(r, p.view(), target, {.wealth = 200.0}, [&](const sim::row_report& row) {
        if (rows++ > 0) return;
        CHECK(row.wealth == 200.0);
        CHECK(row.decision.cost == 0.0);
        CHECK(row.holdings.quantity[0] * p.price[0] == Approx(100.0).epsilon(1e-14));
        CHECK(row.holdings.quantity[1] * p.price[1] == Approx(60.0).epsilon(1e-14));
        CHECK(row.holdings.cash == Approx(40.0).epsilon(1e-14));
    });
    CHECK(rows == 2);
}

TEST_CASE("replay: the first purchase and all later trades keep to steps and minimums, and the cash is never overdrawn") {
    const csv::prices p = walk(500, 3, 21);
    const std::vector<double> target{0.4, 0.3, 0.3};
    const std::vector<decimal_step> whole{decimal_step{1}};
    const std::vector<double> least{250.0};
    std::size_t orders = 0;
    const sim::result r =
        sim::replay(to_target(trigger::band{.absolute = 0.02}, 0.001), p.view(), target,
                    {.wealth = 20'000.0, .instruments = {.step = whole, .min_notional = least}}, [&](const sim::row_report& row) {
                        REQUIRE(row.holdings.cash >= 0.0);
                        double value = row.holdings.cash;
                        for (std::size_t i = 0; i < 3; ++i) {
                            REQUIRE(row.holdings.quantity[i] == std::floor(row.holdings.quantity[i]));
                            value += row.holdings.quantity[i] * p.view().row(row.row)[i];
                        }
                        REQUIRE(row.wealth == Approx(value).epsilon(1e-13));
                        for (const order& o : row.decision.orders) {
                            REQUIRE(std::abs(o.notional) >= 250.0);
                            orders += row.row > 0;
                        }
                    });
    CHECK(r.orders == orders);
    CHECK(orders > 0);
    CHECK(r.start == 20'000.0);
}

TEST_CASE("replay: targets from a target policy are bought on the first row, too") {
    const csv::prices p = walk(200, 4, 5);
    const auto band = trigger::band{.absolute = 0.03};
    const sim::result given = sim::replay(to_target(band, 0.001), p.view(), std::vector<double>(4, 0.2));
    const sim::result policy = sim::replay(to_target(band, 0.001, target::equal{.cash = 0.2}), p.view(), {});
    CHECK(given.rebalances > 3);
    CHECK(policy.wealth == Approx(given.wealth).epsilon(1e-12));
    CHECK(policy.rebalances == given.rebalances);
    CHECK(policy.turnover == Approx(given.turnover).epsilon(1e-12));
}

// ---- cash, shorts and leverage ------------------------------------------------------------------------------------------------------------
// All in cash: W = exp(r·t). Half in an asset that returns R, held: W = ½·R + ½·exp(r·t).
TEST_CASE("replay: what the targets leave over is cash and earns its rate") {
    const csv::prices p = walk(366, 1, 9);
    const double growth = std::exp(0.05 * days(365).years());
    const sim::result cash =
        sim::replay(to_target(trigger::every{.interval = {}}, 0.001), p.view(), std::vector<double>{0.0}, {.cash_rate = 0.05});
    CHECK(cash.wealth == Approx(growth).epsilon(1e-12));
    CHECK(cash.max_drawdown == 0.0);
    CHECK(cash.cost == 0.0);
    CHECK(cash.sd_log_return == Approx(0.0).margin(1e-12));
    const sim::result half =
        sim::replay(to_target(trigger::never{}, 0.0), p.view(), std::vector<double>{0.5}, {.wealth = 8.0, .cash_rate = 0.05});
    CHECK(half.wealth == Approx(8.0 * (0.5 * p.price.back() / p.price.front() + 0.5 * growth)).epsilon(1e-12));
    const sim::result none = sim::replay(to_target(trigger::never{}, 0.0), p.view(), std::vector<double>{0.5});
    CHECK(none.wealth == Approx(0.5 * p.price.back() / p.price.front() + 0.5).epsilon(1e-12));
}

// Held weights T with returns R and cash 1 − ΣT: W = 1 + ΣT_i·(R_i − 1).
TEST_CASE("replay: shorts and leverage where the mandate allows them") {
    const csv::prices p = walk(30, 2, 13, 0.01);
    const std::vector<double> target{1.3, -0.4};
    const mandate bold{.leverage = 2.0, .allow_short = true};
    const sim::result held = sim::replay(to_target(trigger::never{}, 0.0, bold), p.view(), target);
    const double first = p.price[58] / p.price[0], second = p.price[59] / p.price[1];
    CHECK(held.wealth == Approx(1.0 + 1.3 * (first - 1.0) - 0.4 * (second - 1.0)).epsilon(1e-12));
    check_close(sim::replay(to_target(trigger::band{.absolute = 0.02}, 0.001, bold), p.view(), target),
                plain_backtest(p.view(), target, 0.001, [&](std::size_t, const auto& w) { return outside(w, target, 0.02); }));
    const sim::result refused = sim::replay(to_target(trigger::never{}, 0.0), p.view(), target);
    CHECK(refused.problem.code == fault_code::short_target);
    CHECK(refused.problem_row == 0);
}

// ---- what can not be replayed -------------------------------------------------------------------------------------------------------------
TEST_CASE("replay: a price that can not be used ends it, with the row and the asset; the figures are those of the rows before") {
    const std::vector<double> target{0.5, 0.5};
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 0.0, -3.0}) {
        csv::prices p = walk(50, 2, 17);
        p.price[2 * 20 + 1] = bad;
        const sim::result r = sim::replay(to_target(trigger::band{.absolute = 0.02}, 0.001), p.view(), target);
        CHECK(r.problem.code == fault_code::bad_price);
        CHECK(r.problem.index == 1);
        CHECK(r.problem_row == 20);
        CHECK(r.rows == 20);
        const csv::prices good = walk(20, 2, 17);
        const sim::result shorter = sim::replay(to_target(trigger::band{.absolute = 0.02}, 0.001), good.view(), target);
        CHECK(r.wealth == shorter.wealth);
        CHECK(r.sd_log_return == shorter.sd_log_return);
        CHECK(r.last == shorter.last);

        csv::prices at_once = walk(50, 2, 17);
        at_once.price[0] = bad;
        const sim::result none = sim::replay(to_target(trigger::never{}, 0.0), at_once.view(), target);
        CHECK(none.problem.code == fault_code::bad_price);
        CHECK(none.problem.index == 0);
        CHECK(none.problem_row == 0);
        CHECK(none.rows == 0);
        CHECK(none.wealth == 1.0);
    }
}

TEST_CASE("replay: a mandate that freezes bad prices goes on over them") {
    csv::prices p = walk(50, 2, 19);
    csv::prices filled = p;
    for (std::size_t k = 20; k < 25; ++k) {
        p.price[2 * k] = std::numeric_limits<double>::quiet_NaN();
        filled.price[2 * k] = p.price[2 * 19];
    }
    const std::vector<double> target{0.5, 0.5};
    const sim::result r = sim::replay(to_target(trigger::never{}, 0.0, mandate{.bad_price = on_bad_price::freeze}), p.view(), target);
    const sim::result as_filled = sim::replay(to_target(trigger::never{}, 0.0), filled.view(), target);
    CHECK_FALSE(r.problem);
    CHECK(r.rows == 50);
    CHECK(r.wealth == as_filled.wealth);
    CHECK(r.sd_log_return == as_filled.sd_log_return);
}

TEST_CASE("replay: wrong shapes, times and targets are told with the row") {
    csv::prices p = walk(10, 2, 23);
    const auto run = [&](const sim::history& h, const std::vector<double>& target) {
        return sim::replay(to_target(trigger::never{}, 0.0), h, target);
    };
    const std::vector<double> half{0.5, 0.5};

    sim::history h = p.view();
    h.assets = 3;
    CHECK(run(h, half).problem.code == fault_code::size_mismatch);
    CHECK(run(p.view(), {0.5}).problem.code == fault_code::size_mismatch);
    CHECK(run(p.view(), {0.9, 0.9}).problem.code == fault_code::over_leveraged);
    CHECK(sim::replay(to_target(trigger::never{}, 0.0), p.view(), {}).problem.code == fault_code::targets_missing);
    CHECK(sim::replay(to_target(trigger::never{}, 0.0, target::equal{}), p.view(), half).problem.code == fault_code::targets_given_twice);

    std::swap(p.when[6], p.when[7]);
    const sim::result r = run(p.view(), half);
    CHECK(r.problem.code == fault_code::bad_time);
    CHECK(r.problem_row == 7);
    CHECK(r.rows == 7);
}

TEST_CASE("replay: no row, one row, two rows, no asset") {
    const std::vector<double> half{0.5};
    csv::prices p{.assets = 1};
    const auto run = [&] { return sim::replay(to_target(trigger::band{.absolute = 0.01}, 0.001), p.view(), half, {.wealth = 7.0}); };
    sim::result r = run();
    CHECK_FALSE(r.problem);
    CHECK(r.rows == 0);
    CHECK(r.wealth == 7.0);

    p.when.push_back(day(0));
    p.price.push_back(10.0);
    r = run();
    CHECK(r.rows == 1);
    CHECK(r.wealth == 7.0);
    CHECK(r.volatility() == 0.0);
    CHECK(r.turnover_per_year() == 0.0);

    p.when.push_back(day(1));
    p.price.push_back(20.0);
    r = run();
    CHECK(r.rows == 2);
    CHECK(r.rebalances == 1);
    CHECK(r.sd_log_return == 0.0);  // one return has no deviation

    // Returns a and b deviate by |a − b|/√2.
    p.when.push_back(day(2));
    p.price.push_back(25.0);
    const sim::result three = sim::replay(to_target(trigger::never{}, 0.0), p.view(), std::vector<double>{1.0});
    CHECK(three.rows == 3);
    CHECK(three.sd_log_return == Approx((std::log(2.0) - std::log(1.25)) / std::sqrt(2.0)).epsilon(1e-13));

    const std::vector<timestamp> when{day(0), day(1), day(2)};
    const sim::result empty = sim::replay(to_target(trigger::every{.interval = {}}, 0.001), {.when = when}, {}, {.wealth = 3.0});
    CHECK_FALSE(empty.problem);
    CHECK(empty.rows == 3);
    CHECK(empty.wealth == 3.0);
    CHECK(empty.orders == 0);
}

TEST_CASE("replay: options that do not validate are refused when it begins") {
    const csv::prices p = walk(3, 1, 1);
    const std::vector<double> half{0.5};
    const auto run = [&](sim::options o) { return sim::replay(to_target(trigger::never{}, 0.0), p.view(), half, o); };
    CHECK_THROWS_AS(run({.wealth = 0.0}), invalid_configuration);
    CHECK_THROWS_AS(run({.wealth = -1.0}), invalid_configuration);
    CHECK_THROWS_AS(run({.wealth = std::numeric_limits<double>::infinity()}), invalid_configuration);
    CHECK_THROWS_AS(run({.cash_rate = std::numeric_limits<double>::quiet_NaN()}), invalid_configuration);
    CHECK_NOTHROW(run({.cash_rate = -0.01}));
}

// ---- what is counted ----------------------------------------------------------------------------------------------------------------------
TEST_CASE("replay: rows on which the trigger fired and nothing came of it are held, not rebalances") {
    const csv::prices p = walk(100, 2, 29);
    const std::vector<double> target{0.5, 0.5};
    const auto always = trigger::every{.interval = {}};
    // Without the time of the quotes this guard blocks every proposal.
    const sim::result blocked = sim::replay(to_target(always, 0.001, guard::stale_price{}), p.view(), target);
    CHECK(blocked.held == 99);
    CHECK(blocked.rebalances == 0);
    CHECK(blocked.orders == 0);
    const sim::result untouched = sim::replay(to_target(trigger::never{}, 0.001), p.view(), target);
    CHECK(blocked.wealth == untouched.wealth);
    CHECK(untouched.held == 0);

    const std::vector<double> never_so_much{10.0};
    const sim::result too_small = sim::replay(to_target(always, 0.001), p.view(), target, {.instruments = {.min_notional = never_so_much}});
    CHECK(too_small.held == 99);
    CHECK(too_small.rebalances == 0);
}

TEST_CASE("replay: a rebalance that finds every asset in place is one, without an order") {
    csv::prices p{.assets = 2};
    for (int k = 0; k < 10; ++k) {
        p.when.push_back(day(k));
        p.price.insert(p.price.end(), {10.0, 20.0});
    }
    const sim::result r = sim::replay(to_target(trigger::every{.interval = {}}, 0.001), p.view(), std::vector<double>{0.5, 0.5});
    CHECK(r.rebalances == 9);
    CHECK(r.orders == 0);
    CHECK(r.held == 0);
    CHECK(r.cost == 0.0);
}

TEST_CASE("replay: the observer sees every row; its rows add up to the result") {
    const csv::prices p = walk(200, 3, 31);
    const std::vector<double> target{0.2, 0.3, 0.4};
    double cost = 0.0, last = 0.0, highest = 0.0, drawdown = 0.0;
    std::size_t rows = 0;
    const sim::result r =
        sim::replay(to_target(trigger::band{.absolute = 0.02}, 0.002), p.view(), target, {.wealth = 50.0}, [&](const sim::row_report& row) {
            REQUIRE(row.wealth == row.wealth_before - row.decision.cost);
            cost += row.decision.cost;
            last = row.wealth;
            highest = std::max(highest, row.wealth);
            drawdown = std::max(drawdown, 1.0 - row.wealth / highest);
            ++rows;
        });
    CHECK(rows == 200);
    CHECK(cost == Approx(r.cost).epsilon(1e-13));
    CHECK(last == r.wealth);
    CHECK(drawdown == r.max_drawdown);
}

TEST_CASE("replay: memory is taken before the second row and kept") {
    const csv::prices p = walk(300, 5, 37);
    const void* orders = nullptr;
    const void* quantities = nullptr;
    std::size_t room = 0;
    (void)sim::replay(to_target(trigger::every{.interval = {}}, 0.001), p.view(), std::vector<double>(5, 0.2), {},
                      [&](const sim::row_report& row) {
                          if (row.row == 1) {
                              orders = row.decision.orders.data();
                              room = row.decision.orders.capacity();
                              quantities = row.holdings.quantity.data();
                          }
                          if (row.row < 2) return;
                          REQUIRE(row.decision.orders.data() == orders);
                          REQUIRE(row.decision.orders.capacity() == room);
                          REQUIRE(row.holdings.quantity.data() == quantities);
                      });
}
