// rebalance replay: the golden backtests, and what its options and files mean.
#include <ballast/any.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/parkinson.hpp>
#include <ballast/risk/yang_zhang.hpp>
#include <ballast/sim/replay.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <ballast_example_data.hpp>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/csv.hpp"
#include "support/hosted.hpp"

using namespace ballast;
using namespace ballast::literals;

namespace {

const std::string header = "policy,start,end,rows,final_wealth,rebalances,turnover_two_way,cost_paid,max_drawdown,sd_log_return_per_row";

/// The policies of the golden file in the words of the classes.
std::vector<std::string> trigger_of(const std::string& policy) {
    static const std::map<std::string, std::string> named{{"never", "never"},
                                                          {"weekly", "calendar:weekly"},
                                                          {"monthly", "calendar:monthly"},
                                                          {"quarterly", "calendar:quarterly"},
                                                          {"annual", "calendar:yearly"},
                                                          {"every_row", "every:0s"},
                                                          {"swedroe_5_25", "band:absolute=0.05,relative=0.25"}};
    if (const auto at = named.find(policy); at != named.end()) return {"--trigger", at->second};
    const std::size_t band = policy.find("band_abs_");
    REQUIRE(band != std::string::npos);
    std::vector<std::string> out{"--trigger", "band:absolute=" + policy.substr(band + 9)};
    if (band > 0) out.insert(out.end(), {"--trigger", "calendar:" + policy.substr(0, band - 1), "--all"});
    return out;
}

std::string replaced(std::string text, char from, char to) {
    std::replace(text.begin(), text.end(), from, to);
    return text;
}

test::answer replay(const std::string& prices, std::vector<std::string> more) {
    const test::temporary_file file{prices};
    more.insert(more.begin(), {"replay", "--prices", file.path()});
    return test::hosted(more);
}

const std::string monthly{example_data::us_monthly_2000_2010};

}  // namespace

TEST_CASE("rebalance replay: the golden backtests, every row") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: the golden backtests are skipped");
        return;
    }
    const std::string data = folder;
    std::string golden;
    REQUIRE(csv::load(data + "/reference/golden_backtests.csv", golden) == "");
    std::vector<std::string> lines = test::lines_of(golden);
    REQUIRE(test::fields_of(lines[0]).size() == 16);
    std::size_t replayed = 0;
    for (std::size_t k = 1; k < lines.size(); ++k) {
        if (!lines[k].empty() && lines[k].back() == '\r') lines[k].pop_back();
        const auto g = test::fields_of(lines[k]);
        REQUIRE(g.size() == 16);
        const auto columns = test::fields_of(replaced(g[2], '|', ','));
        const auto weights = test::fields_of(replaced(g[6], '|', ','));
        REQUIRE(columns.size() == weights.size());
        std::string targets;
        for (std::size_t i = 0; i < columns.size(); ++i) targets += (i > 0 ? "," : "") + columns[i] + "=" + weights[i];
        std::vector<std::string> arguments{"replay", "--prices", data + "/prices/" + g[1],   "--targets",
                                           targets,  "--cost",   "proportional:rate=" + g[8]};
        for (const std::string& a : trigger_of(g[7])) arguments.push_back(a);
        CAPTURE(lines[k]);
        const test::answer a = test::hosted(arguments);
        CAPTURE(a.err);
        REQUIRE(a.code == 0);
        const auto out = test::lines_of(a.out);
        REQUIRE(out.size() == 2);
        CHECK(out[0] == header);
        // The name may hold commas, and stands in quotes then.
        const std::size_t quote = out[1].rfind('"');
        const auto f = test::fields_of(quote == std::string::npos ? out[1] : "policy" + out[1].substr(quote + 1));
        REQUIRE(f.size() == 10);
        CHECK(f[1] == g[3]);
        CHECK(f[2] == g[4]);
        CHECK(f[3] == g[5]);
        CHECK(f[5] == g[10]);
        const auto close = [&](std::size_t mine, std::size_t theirs) {
            CHECK(std::stod(f[mine]) == Approx(std::stod(g[theirs])).epsilon(1e-9));
        };
        close(4, 9);
        close(6, 11);
        close(7, 12);
        close(8, 13);
        close(9, 14);
        ++replayed;
    }
    CHECK(replayed == 24);
}

TEST_CASE("rebalance replay: the figures are those of the library, to twelve digits") {
    csv::prices p;
    REQUIRE(csv::read(monthly, "monthly", {"MSFT", "AMZN", "IBM"}, p) == "");
    const rebalancer r{trigger::band{.absolute = 0.05, .relative = 0.25}, cost::proportional{.rate = 10_bps}, solver::to_band{}};
    const sim::result expected = sim::replay(r, p.view(), std::vector<double>{0.3, 0.2, 0.3}, {.wealth = 10'000.0, .cash_rate = 0.02});
    const test::answer a =
        replay(monthly, {"--targets", "MSFT=0.3,AMZN=0.2,IBM=0.3,CASH=0.2", "--wealth", "10000", "--cash-rate", "0.02", "--policy",
                         "edge: trigger=band:absolute=0.05,relative=0.25; cost=proportional:bps=10; solver=to_band:edge"});
    REQUIRE(a.code == 0);
    CHECK(a.err.empty());
    CHECK(a.out == header + "\nedge,2000-01-01,2010-03-01,123," + host::number12(expected.wealth) + "," +
                       std::to_string(expected.rebalances) + "," + host::number12(expected.turnover_two_way()) + "," +
                       host::number12(expected.cost) + "," + host::number12(expected.max_drawdown) + "," +
                       host::number12(expected.sd_log_return) + "\n");
    CHECK(expected.rebalances > 10);
}

TEST_CASE("rebalance replay: several policies in one table are what each is alone; options complete what they do not say") {
    const std::vector<std::string> common{"--targets", "MSFT=0.5,IBM=0.5", "--cost", "proportional:bps=20"};
    const std::vector<std::string> policies{"a: trigger=calendar:monthly", "b: trigger=band:absolute=0.05; cost=zero", "c: trigger=never"};
    std::vector<std::string> together = common;
    std::string expected = header + "\n";
    for (const std::string& p : policies) {
        std::vector<std::string> alone = common;
        alone.insert(alone.end(), {"--policy", p});
        together.insert(together.end(), {"--policy", p});
        expected += test::lines_of(replay(monthly, alone).out).at(1) + "\n";
    }
    const std::string out = replay(monthly, together).out;
    CHECK(out == expected);
    const auto lines = test::lines_of(out);
    CHECK(test::fields_of(lines[1])[7] != "0");
    CHECK(test::fields_of(lines[2])[7] == "0");
}

TEST_CASE("rebalance replay: rows with a blank in a chosen column are left out; dates of several forms; CASH") {
    const std::string text = "date,A,B,C\nJan 1 2020,1,,5\nJan 2 2020,1,2,\nJan 3 2020,2,2,\n";
    const test::answer a = replay(text, {"--targets", "A=0.5,B=0.25,CASH=0.25", "--trigger", "never"});
    CHECK(a.out == header + "\nnever,2020-01-02,2020-01-03,2,1.5,0,0,0,0,0\n");
    const test::answer hourly =
        replay("time,A\n2020-01-01T00:00Z,1\n2020-01-01T12:00Z,3\n2020-01-02T00:00Z,2\n", {"--targets", "A=1", "--trigger", "never"});
    CHECK(test::lines_of(hourly.out).at(1).substr(0, 54) == "never,2020-01-01T00:00:00Z,2020-01-02T00:00:00Z,3,2,0,");
    const test::answer offset =
        replay("time,A\n2020-01-01 00:00,1\n2020-01-01 02:00+01:00,3\n", {"--targets", "A=1", "--trigger", "never"});
    CHECK(test::lines_of(offset.out).at(1).substr(0, 53) == "never,2020-01-01T00:00:00Z,2020-01-01T01:00:00Z,2,3,0");
}

TEST_CASE("rebalance replay: whole steps and minimums also bind the purchase") {
    const test::answer a = replay(monthly, {"--targets", "MSFT=0.6,IBM=0.3", "--wealth", "20000", "--step", "1", "--min-notional", "500",
                                            "--trigger", "band:absolute=0.05", "--trades", "trades.csv"});
    REQUIRE(a.files.size() == 1);
    CHECK(a.files[0].option == "--trades");
    CHECK(a.files[0].path == "trades.csv");
    const auto lines = test::lines_of(a.files[0].content);
    REQUIRE(lines.size() > 5);
    CHECK(lines[0] == "policy,date,asset,side,quantity,price,notional,cost,reason");
    for (std::size_t k = 1; k < lines.size(); ++k) {
        const auto f = test::fields_of(lines[k]);
        REQUIRE(f.size() == 9);
        CHECK(f[4].find('.') == std::string::npos);
        CHECK(std::stod(f[6]) >= 500.0);
        CHECK((k > 2) == (f[1] > "2000-01-01"));
    }
}

TEST_CASE("rebalance replay: whole steps are chosen for the book as a whole where --integers asks for it") {
    const auto bought = [](std::vector<std::string> more) {
        more.insert(more.begin(),
                    {"--targets", "A=0.5,B=0.35,C=0.15", "--wealth", "1000", "--step", "1", "--trigger", "every:0s", "--trades", "t.csv"});
        const test::answer a = replay("date,A,B,C\n2020-01-01,305,125,72\n2020-01-02,300,120,70\n", more);
        REQUIRE(a.code == 0);
        std::vector<std::string> out;
        for (const std::string& line : test::lines_of(a.files[0].content))
            if (const auto f = test::fields_of(line); f[1] == "2020-01-02") out.push_back(f[2] + " " + f[3] + " " + f[4]);
        return out;
    };
    // The first row buys 1, 2 and 2; with what is left a second A is nearer.
    CHECK(bought({}).empty());
    CHECK(bought({"--integers", "exact"}) == std::vector<std::string>{"A BUY 1"});
    CHECK(bought({"--integers", "search"}) == bought({"--integers", "exact"}));
}

TEST_CASE("rebalance replay: proceeds, an amount in reserve and a collar") {
    // 50 of each; then A is worth 100, and 25 of it are sold for B.
    const auto trades = [](std::vector<std::string> more) {
        more.insert(more.begin(), {"--targets", "A=0.5,B=0.5", "--trigger", "every:0s", "--wealth", "100", "--trades", "t.csv"});
        const test::answer a = replay("date,A,B\n2020-01-01,1,1\n2020-01-02,2,1\n2020-01-03,2,1\n", more);
        REQUIRE(a.code == 0);
        REQUIRE(a.files.size() == 1);
        std::vector<std::string> out;
        for (const std::string& line : test::lines_of(a.files[0].content)) {
            const auto f = test::fields_of(line);
            out.push_back(f[1] + " " + f[2] + " " + f[3] + " " + f[4]);
        }
        out.erase(out.begin());
        return out;
    };
    using lines = std::vector<std::string>;
    const std::string a = "2020-01-01 A BUY 50";
    const std::string b = "2020-01-01 B BUY 50";
    const std::string sale = "2020-01-02 A SELL 12.5";
    CHECK(trades({}) == lines{a, b, sale, "2020-01-02 B BUY 25"});
    CHECK(trades({"--proceeds", "when_settled"}) == lines{a, b, sale, "2020-01-03 B BUY 25"});
    // The sale may bring 18.75, for which 15 may be had at 1.25; of the 10 that it brought besides, 8.
    CHECK(trades({"--collar", "0.25"}) == lines{a, b, sale, "2020-01-02 B BUY 15", "2020-01-03 B BUY 8"});
    // 70, and then 105, in two halves.
    CHECK(trades({"--reserve-amount", "30"}) ==
          lines{"2020-01-01 A BUY 35", "2020-01-01 B BUY 35", "2020-01-02 A SELL 8.75", "2020-01-02 B BUY 17.5"});
}

TEST_CASE("rebalance replay: its files hold what the table adds up") {
    const test::answer a = replay(monthly, {"--targets", "MSFT=0.3,AMZN=0.3,IBM=0.2", "--cost", "proportional:bps=30", "--policy",
                                            "p: trigger=band:absolute=0.05", "--policy", "q: trigger=calendar:quarterly; solver=to_target",
                                            "--trades", "t.csv", "--equity", "e.csv", "--plot", "p.svg"});
    REQUIRE(a.code == 0);
    REQUIRE(a.files.size() == 3);
    const auto table = test::lines_of(a.out);
    const auto trades = test::lines_of(a.files[0].content);
    const auto equity = test::lines_of(a.files[1].content);
    REQUIRE(table.size() == 3);
    CHECK(equity[0] == "policy,date,wealth,drawdown,weight_MSFT,weight_AMZN,weight_IBM,weight_CASH");
    CHECK(equity.size() == 1 + 2 * 123);
    for (std::size_t row = 1; row < table.size(); ++row) {
        const auto figures = test::fields_of(table[row]);
        double cost = 0.0, deepest = 0.0, last = 0.0, highest = 1.0;
        for (std::size_t k = 1; k < trades.size(); ++k) {
            const auto f = test::fields_of(trades[k]);
            if (f[0] == figures[0]) cost += std::stod(f[7]);
        }
        for (std::size_t k = 1; k < equity.size(); ++k) {
            const auto f = test::fields_of(equity[k]);
            REQUIRE(f.size() == 8);
            if (f[0] != figures[0]) continue;
            last = std::stod(f[2]);
            highest = std::max(highest, last);
            CHECK(std::stod(f[3]) == Approx(1.0 - last / highest).margin(1e-11));
            deepest = std::max(deepest, std::stod(f[3]));
            CHECK(std::stod(f[4]) + std::stod(f[5]) + std::stod(f[6]) + std::stod(f[7]) == Approx(1.0).epsilon(1e-10));
        }
        CHECK(cost == Approx(std::stod(figures[7])).epsilon(1e-10));
        CHECK(deepest == Approx(std::stod(figures[8])).epsilon(1e-10));
        CHECK(last == Approx(std::stod(figures[4])).epsilon(1e-11));
    }
}

TEST_CASE("rebalance replay: drawing changes no figure; the picture has a line for every asset, and bands where there are some") {
    const std::vector<std::string> plain{
        "--targets",
        "MSFT=0.4,IBM=0.4",
        "--cost",
        "proportional:bps=10",
        "--estimator",
        "ewma:half_life=120d",
        "--policy",
        "steady: trigger=volatility_band:width=0.05,reference=0.3,exponent=-1; solver=to_band; estimator=ewma:half_life=120d",
        "--policy",
        "calm <&> \"quiet\": trigger=cooldown:90d(band:absolute=0.05)",
        "--policy",
        "clock: trigger=calendar:monthly"};
    std::vector<std::string> drawn = plain;
    drawn.insert(drawn.end(), {"--plot", "p.svg"});
    const test::answer a = replay(monthly, plain);
    const test::answer b = replay(monthly, drawn);
    REQUIRE(a.code == 0);
    CHECK(a.out == b.out);
    CHECK(a.files.empty());
    REQUIRE(b.files.size() == 1);
    const std::string& svg = b.files[0].content;
    const auto count = [&](const std::string& what) {
        std::size_t n = 0;
        for (std::size_t at = svg.find(what); at != std::string::npos; at = svg.find(what, at + 1)) ++n;
        return n;
    };
    CHECK(svg.substr(0, 5) == "<svg ");
    CHECK(svg.substr(svg.size() - 7) == "</svg>\n");
    CHECK(count("<polyline") == 3 + 3 + 3 * (2 + 2));
    CHECK(count("<polygon") == 2 * 2);
    CHECK(count("weights with their bands: ") == 2);
    CHECK(count("calm &lt;&amp;&gt; &quot;quiet&quot;") >= 1);
    CHECK(count("<&>") == 0);
    CHECK(svg.find("nan") == std::string::npos);
    CHECK(svg.find("inf") == std::string::npos);
    // A width that follows volatility moves the edges of the band.
    const std::size_t at = svg.find("<polygon");
    const std::string points = svg.substr(svg.find("points=\"", at) + 8, 4000);
    std::map<std::string, int> heights;
    for (std::size_t k = 0; k + 1 < 60; ++k) {
        std::size_t begin = 0;
        for (std::size_t skip = 0; skip < k; ++skip) begin = points.find(' ', begin) + 1;
        const std::size_t comma = points.find(',', begin);
        ++heights[points.substr(comma + 1, points.find(' ', comma) - comma - 1)];
    }
    CHECK(heights.size() > 10);
}

TEST_CASE("rebalance replay: a target policy makes the weights of the columns that are named") {
    const test::answer equal = replay(monthly, {"--targets", "MSFT,IBM", "--target", "equal", "--trigger", "calendar:monthly"});
    const test::answer given = replay(monthly, {"--targets", "MSFT=0.5,IBM=0.5", "--trigger", "calendar:monthly"});
    CHECK(equal.code == 0);
    CHECK(equal.out == given.out);
}

TEST_CASE("rebalance replay: leverage and shorts where the mandate allows them") {
    CHECK(replay(monthly, {"--targets", "MSFT=1.2,IBM=0.2", "--trigger", "every:0s", "--mandate", "leverage=1.5"}).code == 0);
    CHECK(replay(monthly, {"--targets", "MSFT=0.8,IBM=-0.2", "--trigger", "every:0s", "--mandate", "allow_short"}).code == 0);
    CHECK(replay(monthly, {"--targets", "MSFT=1.2,IBM=0.2", "--trigger", "every:0s", "--mandate", "leverage=1.3"}).code == 2);
    // Short of an asset that multiplies: the account is worth nothing, and says in which row.
    const test::answer ruined = replay("date,A\n2020-01-01,1\n2020-01-02,1.5\n2020-01-03,9\n",
                                       {"--targets", "A=-1", "--trigger", "never", "--mandate", "allow_short"});
    CHECK(ruined.code == 3);
    CHECK(ruined.out.empty());
    CHECK(ruined.err.find(", row 4: cash and positions together are not worth a number above zero") != std::string::npos);
}

namespace {

struct counting final : host::progress {
    std::size_t calls = 0, last = 0, all = 0;
    void at(std::string_view, std::size_t done, std::size_t of) override {
        ++calls;
        CHECK(done == last + 1);
        last = done;
        all = of;
    }
};

}  // namespace

TEST_CASE("rebalance replay: signals are columns of the price file, and a blank one is not known") {
    const std::string prices =
        "date,A,B,heat\n2020-01-01,1,1,0\n2020-01-02,2,1,0.5\n2020-01-03,3,1,\n2020-01-06,4,1,0.95\n2020-01-07,5,1,0.7\n";
    const std::vector<std::string> rest{"--targets", "A=0.5,B=0.5", "--signals", "heat", "--trigger"};
    const auto rebalances = [&](const std::string& trigger) {
        std::vector<std::string> all = rest;
        all.push_back(trigger);
        const test::answer a = replay(prices, all);
        CAPTURE(a.err);
        REQUIRE(a.code == 0);
        return test::fields_of(test::lines_of(a.out)[1].substr(test::lines_of(a.out)[1].rfind('"') + 1))[5];
    };
    CHECK(rebalances("signal:0,threshold=0.9,missing=quiet,back=0.1") == "1");
    CHECK(rebalances("signal:0,threshold=0.9,missing=quiet,back=0.3") == "2");
    const test::answer blank = replay(prices, {"--targets", "A=0.5,B=0.5", "--signals", "heat", "--trigger", "signal:0,threshold=0.9"});
    CHECK(blank.code == 3);
    CHECK(blank.err.find("row 4: a signal is missing or not a finite number: signal 0") != std::string::npos);
    const test::answer none = replay(prices, {"--targets", "A=0.5,B=0.5", "--signals", "heat", "--trigger", "signal:1,threshold=0.9"});
    CHECK(none.code == 2);
    CHECK(none.err.find("a signal is missing or not a finite number: signal 1") != std::string::npos);
    // A drawdown is seen, and acted on once.
    const std::string fall =
        "date,A,B\n2020-01-01,1,1\n2020-01-02,2,1\n2020-01-03,1.5,1\n2020-01-06,1,1\n2020-01-07,0.9,1\n2020-01-08,3,1\n";
    const test::answer once = replay(fall, {"--targets", "A=0.5,B=0.5", "--trigger", "drawdown:10%"});
    CHECK(once.code == 0);
    CHECK(test::fields_of(test::lines_of(once.out)[1])[5] == "1");
}

TEST_CASE("rebalance replay: a meter hears of every row") {
    const test::temporary_file file{monthly};
    counting meter;
    host::output o;
    const std::vector<std::string> arguments{"replay", "--prices", file.path(), "--targets", "MSFT=1", "--trigger", "never"};
    REQUIRE_FALSE(host::run(arguments, &meter, o));
    CHECK(meter.calls == 123);
    CHECK(meter.last == 123);
    CHECK(meter.all == 123);
}

TEST_CASE("rebalance replay: estimators from bars read the highs and lows of the file") {
    const std::string closes = "date,A\n2020-01-01,100\n2020-01-02,101\n2020-01-03,99\n2020-01-04,104\n2020-01-05,98\n2020-01-06,97\n";
    const std::string bars = "date,A,A.open,A.high,A.low\n"
                             "2020-01-01,100,99,101,98\n"
                             "2020-01-02,101,100,103,99\n"
                             "2020-01-03,99,101,102,97\n"
                             "2020-01-04,104,99,105,99\n"
                             "2020-01-05,98,104,104,\n"  // a bar that is not known
                             "2020-01-06,97,98,101,95\n";
    const auto run = [](const std::string& file, const std::string& estimator) {
        return replay(file, {"--targets", "A=0.5", "--policy",
                             "bars: trigger=volatility_band:width=0.001,reference=0.3,exponent=1,ceiling=1; estimator=" + estimator +
                                 "; cost=proportional:bps=10"});
    };
    std::vector<timestamp> when;
    for (int day = 1; day <= 6; ++day) when.push_back(timestamp_from_civil(2020, 1, day));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> close{100, 101, 99, 104, 98, 97}, open{99, 100, 101, 99, 104, 98}, high{101, 103, 102, 105, 104, 101},
        low{98, 99, 97, 99, nan, 95}, target{0.5};
    const sim::history h{.when = when, .price = close, .assets = 1, .open = open, .high = high, .low = low};
    const trigger::volatility_band band{.width = 0.001, .reference = 0.3, .exponent = 1.0};
    const auto expected = [&](const auto& estimator) {
        return sim::replay(rebalancer{band, cost::proportional{.rate = 10_bps}, solver::to_target{}, estimator}, h, target, {});
    };
    const auto final_wealth = [](const test::answer& a) {
        INFO(a.err);
        REQUIRE(a.code == 0);
        return std::stod(test::fields_of(test::lines_of(a.out)[1])[4]);
    };
    CHECK(final_wealth(run(bars, "parkinson:bars=2")) == Approx(expected(risk::parkinson{.bars = 2}).wealth).epsilon(1e-11));
    CHECK(final_wealth(run(bars, "yang_zhang:bars=3")) == Approx(expected(risk::yang_zhang{.bars = 3}).wealth).epsilon(1e-11));
    CHECK(expected(risk::parkinson{.bars = 2}).rebalances > 0);
    // One asset alone may have the usual columns.
    const std::string plain = "date,A,open,high,low" + bars.substr(bars.find('\n'));
    CHECK(run(plain, "yang_zhang:bars=3").out == run(bars, "yang_zhang:bars=3").out);
    // What is not there is told, and nothing else is asked for.
    const test::answer missing = run(closes, "parkinson:bars=2");
    CHECK(missing.code == 3);
    CHECK_THAT(missing.err, ContainsSubstring("no column is called 'A.high', which an estimator from bars reads"));
    const test::answer no_open = run("date,A,A.high,A.low\n2020-01-01,100,101,98\n2020-01-02,101,103,99\n", "garman_klass:bars=2");
    CHECK(no_open.code == 3);
    CHECK_THAT(no_open.err, ContainsSubstring("'A.open'"));
    CHECK(run(closes, "close_to_close:returns=2").code == 0);
    const test::answer bad = run("date,A,A.high,A.low\n2020-01-01,100,x,98\n2020-01-02,101,103,99\n", "parkinson:bars=1");
    CHECK(bad.code == 3);
    CHECK_THAT(bad.err, ContainsSubstring("is not a price above zero"));
}
