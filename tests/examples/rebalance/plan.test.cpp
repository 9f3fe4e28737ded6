// rebalance plan: what the columns of a book and the options mean.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/hosted.hpp"

namespace {

struct trade {
    std::string asset, side;
    double quantity, price, limit, notional, cost;
    std::string reason;
    std::string fee_asset{}, fee_quantity{};
};

const std::string header = "asset,side,quantity,price,limit,notional,cost,reason";

const std::string header_with_fees = "asset,side,quantity,price,limit,notional,cost,fee_asset,fee_quantity,reason";

struct cancelled {
    std::string asset, side, quantity, limit;
    friend bool operator==(const cancelled&, const cancelled&) = default;
};

struct planned {
    int code = 0;
    std::vector<trade> trades{};
    std::vector<cancelled> cancels{};
    std::string err{};

    [[nodiscard]] double of(const std::string& asset) const {
        for (const trade& t : trades)
            if (t.asset == asset) return t.side == "BUY" ? t.quantity : -t.quantity;
        return 0.0;
    }
    [[nodiscard]] std::string reason(const std::string& asset) const {
        for (const trade& t : trades)
            if (t.asset == asset) return t.reason;
        return {};
    }
    [[nodiscard]] bool says(const std::string& text) const { return err.find(text) != std::string::npos; }
};

planned plan(const std::string& book, std::vector<std::string> more = {}) {
    const test::temporary_file file{book};
    std::vector<std::string> arguments{"plan", "--book", file.path()};
    if (std::find(more.begin(), more.end(), "--now") == more.end()) arguments.insert(arguments.end(), {"--now", "2020-03-12T14:29:00Z"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    const test::answer a = test::hosted(arguments);
    CAPTURE(a.err);
    planned p{.code = a.code, .trades = {}, .cancels = {}, .err = a.err};
    if (a.code != 0) {
        CHECK(a.out.empty());
        return p;
    }
    const auto lines = test::lines_of(a.out);
    REQUIRE_FALSE(lines.empty());
    const bool with_fees = lines[0] == header_with_fees;
    if (!with_fees) CHECK(lines[0] == header);
    for (std::size_t k = 1; k < lines.size(); ++k) {
        auto f = test::fields_of(lines[k]);
        REQUIRE(f.size() == (with_fees ? 10u : 8u));
        std::string fee_asset, fee_quantity;
        if (with_fees) {
            fee_asset = f[7];
            fee_quantity = f[8];
            f.erase(f.begin() + 7, f.begin() + 9);
        }
        if (f[1].substr(0, 7) == "CANCEL ") {
            CHECK(p.trades.empty());
            CHECK(f[7] == "nearer to its target without it");
            p.cancels.push_back({f[0], f[1], f[2], f[4]});
            continue;
        }
        p.trades.push_back({f[0], f[1], std::stod(f[2]), std::stod(f[3]), std::stod(f[4]), std::stod(f[5]), std::stod(f[6]), f[7],
                            fee_asset, fee_quantity});
        const bool sale = p.trades.back().side == "SELL";
        CHECK((sale || p.trades.back().side == "BUY"));
        if (sale && p.trades.size() > 1) CHECK(p.trades[p.trades.size() - 2].side == "SELL");
    }
    return p;
}

}  // namespace

TEST_CASE("rebalance plan: without a trigger at once and all the way; the rest is cash") {
    const planned p = plan("asset,quantity,price,target\nA,10,10,0.25\nB,0,5,0.5\nCASH,100,,0.25\n");
    CHECK(p.of("A") == -5.0);
    CHECK(p.of("B") == 20.0);
    CHECK(p.says("TRADE at 2020-03-12T14:29:00Z, portfolio 200.00: every fired"));
}

TEST_CASE("rebalance plan: a hold prints the header alone and ends with 0") {
    const planned p = plan("asset,quantity,price,target\nA,10,10,0.5\nCASH,100,,\n", {"--trigger", "band:absolute=0.05"});
    CHECK(p.code == 0);
    CHECK(p.trades.empty());
    CHECK(p.says("HOLD at "));
    CHECK(plan("asset,quantity,price,target\nA,99,10,0.5\nCASH,10,,\n", {"--trigger", "never"}).trades.empty());
}

TEST_CASE("rebalance plan: several triggers fire as any of them, or as all") {
    const std::string book = "asset,quantity,price,target\nA,12,10,0.5\nCASH,100,,\n";  // drift 4.5 %
    const std::vector<std::string> both{"--trigger", "band:absolute=0.05", "--trigger", "band:absolute=0.02"};
    CHECK(plan(book, both).trades.size() == 1);
    std::vector<std::string> all = both;
    all.emplace_back("--all");
    CHECK(plan(book, all).trades.empty());
    CHECK(plan(book, {"--all", "--trigger", "band:absolute=0.02", "--trigger", "every:0s"}).trades.size() == 1);
}

TEST_CASE("rebalance plan: options as --option=value, before the command, and as a policy with a name, say the same") {
    const test::temporary_file file{"asset,quantity,price,target,step\nA,100,10,0.3,1\nB,10,20,0.6,1\nCASH,50,,,\n"};
    const auto run = [&](std::vector<std::string> a) { return test::hosted(a).out; };
    const std::string out =
        run({"plan", "--book", file.path(), "--now", "2020-01-01", "--trigger", "band:absolute=0.05", "--cost", "proportional:bps=10",
             "--cost", "fixed:amount=1", "--reserve", "0.02", "--guard", "max_turnover:limit=0.2"});
    CHECK(test::lines_of(out).size() > 2);
    CHECK(out == run({"--book=" + file.path(), "--now=2020-01-01", "plan", "--trigger=band:absolute=0.05", "--cost=proportional:bps=10",
                      "--cost=fixed:amount=1", "--reserve=0.02", "--guard=max_turnover:limit=0.2"}));
    CHECK(
        out ==
        run({"plan", "--book", file.path(), "--now", "2020-01-01", "--policy",
             "p: trigger=band:absolute=0.05; cost=proportional:bps=10; cost=fixed:amount=1; reserve=0.02; guard=max_turnover:limit=0.2"}));
    CHECK(out == run({"plan", "--book", file.path(), "--now", "2020-01-01", "--cost", "proportional:bps=10", "--cost", "fixed:amount=1",
                      "--mandate", "reserve=0.02", "--policy", "p: trigger=band:absolute=0.05; guard=max_turnover:limit=0.2"}));
    CHECK(out != run({"plan", "--book", file.path(), "--now", "2020-01-01", "--trigger", "band:absolute=0.05"}));
}

TEST_CASE("rebalance plan: steps, minimums, a reserve and a collar") {
    const planned p =
        plan("asset,quantity,price,target,step,min_notional\nA,0,10,0.5,0.1,\nB,0,30,0.35,1,\nC,0,1,0.1,,200\nCASH,1000,,,,\n",
             {"--reserve", "0.05", "--sizing", "reconciled:collar=0.01", "--cost", "proportional:bps=20"});
    CHECK(p.of("A") == Approx(49.3).margin(1.0));
    CHECK(std::abs(p.of("A") * 10.0 - std::round(p.of("A") * 10.0)) < 1e-9);
    CHECK(p.of("B") == 11.0);
    CHECK(p.of("C") == 0.0);
    CHECK(p.says("C not traded, 100.00 below its target (below the minimum notional)"));
    for (const trade& t : p.trades) {
        CHECK(t.limit == Approx(1.01 * t.price));
        CHECK(t.notional == Approx(t.quantity * t.price));
        CHECK(t.cost == Approx(0.002 * t.notional));
    }
}

TEST_CASE("rebalance plan: lower and upper are a band, of one side where the other is blank") {
    const auto book = [](double a, const std::string& bounds) {
        return "asset,quantity,price,target,lower,upper\nA," + std::to_string(a) + ",1,0.5," + bounds + "\nB," + std::to_string(100.0 - a) +
               ",1,0.5,,\n";
    };
    CHECK(plan(book(56, "0.45,0.57")).trades.empty());
    CHECK(plan(book(58, "0.45,0.57")).of("A") == Approx(-8.0));
    CHECK(plan(book(44, "0.45,0.57")).of("A") == Approx(6.0));
    CHECK(plan(book(44, ",0.57")).trades.empty());
    CHECK(plan(book(90, "0.45,")).trades.empty());
    CHECK(plan(book(58, "0.45,0.57"), {"--solver", "to_band:edge"}).of("A") == Approx(-1.0).epsilon(1e-9));
    CHECK(plan(book(44, "0.45,0.57"), {"--solver", "to_band:edge"}).of("A") == Approx(1.0).epsilon(1e-9));
    // One more trigger: any of them, or all.
    CHECK(plan(book(56, "0.45,0.57"), {"--trigger", "every:0s"}).of("A") == Approx(-6.0));
    CHECK(plan(book(56, "0.45,0.57"), {"--trigger", "every:0s", "--all"}).trades.empty());
    CHECK(plan(book(58, "0.45,0.57"), {"--trigger", "never", "--all"}).trades.empty());
    // The edge itself is inside.
    CHECK(plan(book(57, "0.45,0.57")).trades.empty());
}

TEST_CASE("rebalance plan: a frozen row keeps its quantity, and says so") {
    const std::string book = "asset,quantity,price,target,frozen\nA,50,1,0.3,yes\nB,20,1,0.4,\nC,30,1,0.3,No\n";
    const planned p = plan(book, {"--explain"});
    CHECK(p.of("A") == 0.0);
    CHECK(p.code == 0);
    CHECK(p.says("A not traded, 20.00 above its target (frozen: the host keeps it as it is)"));
    CHECK(p.says("frozen: the host keeps it as it is\n"));
    for (const std::string yes : {"1", "true", "TRUE", "Yes"})
        CHECK(plan("asset,quantity,price,target,frozen\nA,50,1,0.3," + yes + "\nB,50,1,0.7,0\n").trades.empty());
    CHECK(plan("asset,quantity,price,target,frozen\nA,50,1,0.3,\nB,50,1,0.7,false\n").trades.size() == 2);
}

TEST_CASE("rebalance plan: a row outside its band says what keeps it there, and its open order is cancelled all the same") {
    const std::vector<std::string> edge{"--solver", "to_band:edge"};
    CHECK(plan("asset,quantity,price,target,lower,upper,frozen\nA,80,1,0.5,0.4,0.6,yes\nB,20,1,0.5,,,\n", edge)
              .says("A not traded, 30.00 above its target (frozen: the host keeps it as it is)"));
    const planned p =
        plan("asset,quantity,price,target,lower,upper,open_quantity\nA,80,1,0.5,0.4,0.6,10\nB,5,1,0.5,,,\nCASH,15,,,,,\n", edge);
    CHECK(p.cancels == std::vector<cancelled>{{"A", "CANCEL BUY", "10", ""}});
    CHECK(p.says("A not traded, 40.00 above its target (open orders of the other side are to be cancelled first)"));
}

TEST_CASE("rebalance plan: limits that can not all be kept end with 4 and name the rows") {
    const planned p = plan("asset,quantity,price,target,frozen,lower\nA,60,1,0.2,yes,\nB,20,1,0.4,,0.3\nC,20,1,0.4,,0.3\n");
    CHECK(p.code == 4);
    CHECK(p.says("the limits can not all be kept: frozen rows hold 60 % of the portfolio: A (row 2); lower bounds ask for 60 %: B (row 3), "
                 "C (row 4)"));
    const planned reserve = plan("asset,quantity,price,target,frozen\nA,95,1,0.5,yes\nCASH,5,,,\n", {"--reserve", "0.1"});
    CHECK(reserve.code == 4);
    CHECK(reserve.says("frozen rows hold 95 % of the portfolio: A (row 2); the reserve is 10 %"));
    CHECK(plan("asset,quantity,price,target,frozen\nA,95,1,0.5,yes\nCASH,5,,,\n").code == 0);
}

TEST_CASE("rebalance plan: open orders count as filled") {
    const auto book = [](const std::string& a, const std::string& cash) {
        return "asset,quantity,price,target,open_quantity\n" + a + "\nCASH," + cash + ",,,\n";
    };
    // 10 A held and 10 more bought for 100 of the 200: as if 20 A and 100 in cash.
    CHECK(plan(book("A,10,10,0.8,10", "200")).of("A") == Approx(4.0));
    CHECK(plan(book("A,0,10,0.5,10", "200")).trades.empty());
    CHECK(plan(book("A,20,10,0.5,-10", "0")).trades.empty());
    CHECK(plan(book("A,20,10,0.25,-10", "0")).of("A") == Approx(-5.0));
    CHECK(plan(book("A,20,10,0,-15", "0")).of("A") == Approx(-5.0));
}

TEST_CASE("rebalance plan: what is left of a large position and a large open order is whole steps") {
    // As doubles 20.65 − 20.59 is 1e-15 less than 0.06: of that 5 steps were sold, and one stayed.
    CHECK(plan("asset,quantity,price,target,step,open_quantity\nA,20.65,8.9,0,0.01,-20.59\nB,0.5,1,0,,\nCASH,100,,,,\n").of("A") == -0.06);
    // And without steps: sold in two orders, nothing is left to be looked at, and B goes on.
    const planned p =
        plan("asset,quantity,price,target,open_quantity,max_notional\nA,27.29,1.26,0,-3.81,\nB,100,10,0.5,,100\nCASH,0,,,,\n");
    CHECK(p.of("B") == Approx(-10.0));
    CHECK(p.says("more to do once these are filled: B"));
}

TEST_CASE("rebalance plan: an open order is cancelled where its asset is nearer to its target without it") {
    // 200 of 300, of which 100 are on order: to 120 it is 80 with the order and 20 without it.
    const planned p = plan("asset,quantity,price,target,open_quantity,open_limit\nA,10,10,0.4,10,10.5\nCASH,200,,,,\n");
    CHECK(p.trades.empty());
    CHECK(p.cancels == std::vector<cancelled>{{"A", "CANCEL BUY", "10", "10.5"}});
    CHECK(p.says("TRADE at "));
    CHECK(p.says("\n  CANCEL open order 0: BUY 10 A at \u2264 10.5\n"));
    CHECK(p.says("A not traded, 80.00 above its target (open orders of the other side are to be cancelled first)"));
    CHECK(p.says("more to do once these are cancelled: A"));
    // To 150 it is 50 on either side: the order stays, and nothing is sold on top of it.
    const planned stays = plan("asset,quantity,price,target,open_quantity\nA,10,10,0.5,10\nCASH,200,,,\n");
    CHECK(stays.trades.empty());
    CHECK(stays.cancels.empty());
    CHECK(stays.says("HOLD at "));
    CHECK(stays.says("more to do once open orders are filled: A"));
    // Orders of others go on beside it; a limit that was not given is blank; counted quantities keep their digits.
    const planned q = plan("asset,quantity,price,target,open_quantity,step\nA,20,10,0.5,-15.50,0.25\nB,0,10,0.25,,0.25\nCASH,200,,,,\n");
    CHECK(q.cancels == std::vector<cancelled>{{"A", "CANCEL SELL", "15.5", ""}});
    CHECK(q.of("B") == 10.0);
    CHECK(q.trades.size() == 1);
    CHECK_FALSE(q.says("more to do"));  // without the order A is at its target
}

TEST_CASE("rebalance plan: no more is sold than is held and not on sale already") {
    CHECK(plan("asset,quantity,price,target,open_quantity\nA,20,10,0,-15\nCASH,0,,,\n").of("A") == Approx(-5.0));
    CHECK(plan("asset,quantity,price,target,open_quantity,step\nA,7,10,0.1,23,1\nCASH,300,,,,\n").of("A") == 0.0);
}

TEST_CASE("rebalance plan: what open sales have still to bring is not spent") {
    const planned p =
        plan("asset,quantity,price,target,open_quantity\nA,50,10,0,-50\nB,50,10,1,0\nCASH,20,,,\n", {"--cost", "proportional:bps=10"});
    REQUIRE(p.trades.size() == 1);
    CHECK(p.of("B") * 10.0 * 1.001 <= 20.0 * (1 + 1e-12));
    CHECK(p.of("B") == Approx(2.0 / 1.001).epsilon(1e-6));
    CHECK(p.trades[0].reason == "cut: cash that would reach has not settled yet");
    CHECK(p.says("more to do once these are filled and the cash has settled: B"));
    const planned none = plan("asset,quantity,price,target,open_quantity\nA,50,10,0,-50\nB,50,10,1,0\nCASH,0,,,\n");
    CHECK(none.trades.empty());
    CHECK(none.says("B not traded, 500.00 below its target (cash that would reach for an order has not settled yet)"));
    CHECK(none.says("more to do once the cash has settled: B"));
    // The sale of C pays for B; that of A does not.
    const planned q = plan("asset,quantity,price,target,open_quantity\nA,50,10,0,-50\nB,20,10,0.9,0\nC,30,10,0.1,0\n");
    CHECK(q.of("C") == Approx(-20.0));
    CHECK(q.of("B") == Approx(20.0).epsilon(1e-6));
    CHECK(q.of("B") <= 20.0);
}

TEST_CASE("rebalance plan: an open buy may take as much as its limit, and its fees") {
    // 5 A are on order: 50 at the price. Of 100 in all, B is to have the other half.
    const auto b = [](const std::string& limit, const std::string& cost) {
        const std::string book = "asset,quantity,price,target,open_quantity,open_limit,open_cost\nA,0,10,0.5,5,";
        return plan(book + limit + "," + cost + "\nB,0,10,0.5,,,\nCASH,100,,,,,\n");
    };
    CHECK(b("", "").of("B") == Approx(5.0));
    CHECK(b("12", "").of("B") == Approx(4.0));  // 100 − 60
    CHECK(b("12", "").reason("B") == "cut: cash that would reach has not settled yet");
    CHECK(b("9", "").of("B") == Approx(5.0));  // it may not bring more than it costs at the price
    CHECK(b("", "4").of("B") == Approx(4.6));  // 100 − 50 − 4
    CHECK(b("12", "4").of("B") == Approx(3.6));
}

TEST_CASE("rebalance plan: on random books with open orders, frozen rows, steps and costs, nothing is oversold or overspent") {
    std::mt19937_64 random{20200312};
    const auto uniform = [&](double low, double high) { return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53; };
    std::size_t orders = 0;
    std::size_t cut = 0;
    std::size_t cancels = 0;
    for (int round = 0; round < 400; ++round) {
        const std::size_t n = 1 + random() % 6;
        std::vector<double> held(n), open(n), price(n), target(n);
        std::vector<bool> frozen(n);
        double total = 0.3;
        for (std::size_t i = 0; i < n; ++i) total += target[i] = uniform(0.0, 1.0);
        double cash = uniform(0.0, 500.0);
        const bool steps = random() % 2 == 0;
        std::string book = "asset,quantity,price,target,open_quantity,frozen,step\n";
        double committed = cash;
        for (std::size_t i = 0; i < n; ++i) {
            price[i] = uniform(1.0, 50.0);
            held[i] = std::floor(uniform(0.0, 30.0));
            const auto what = random() % 3;
            open[i] = what == 0 ? 0.0 : what == 1 ? -std::floor(uniform(0.0, held[i] + 1.0)) : std::floor(uniform(0.0, 10.0));
            if (open[i] > 0.0 && open[i] * price[i] > committed) open[i] = 0.0;
            if (open[i] > 0.0) committed -= open[i] * price[i];
            frozen[i] = random() % 5 == 0;
            book += "X" + std::to_string(i) + "," + std::to_string(held[i]) + "," + std::to_string(price[i]) + "," +
                    std::to_string(target[i] / total) + "," + std::to_string(open[i]) + "," + (frozen[i] ? "yes" : "no") + "," +
                    (steps ? "1" : "") + "\n";
            price[i] = std::stod(std::to_string(price[i]));
        }
        book += "CASH," + std::to_string(cash) + ",,,,,\n";
        std::vector<std::string> options{"--cost", "proportional:bps=20"};
        if (random() % 2 == 0) options.insert(options.end(), {"--cost", "fixed:amount=0.5"});
        CAPTURE(book);
        const planned p = plan(book, options);
        if (p.code == 3 && p.says("not worth a number above zero")) continue;
        REQUIRE(p.code == 0);
        double left = std::stod(std::to_string(cash));
        for (std::size_t i = 0; i < n; ++i)
            if (open[i] > 0.0) left -= open[i] * price[i];
        const double floor = std::min(0.0, left);
        for (const trade& t : p.trades) {
            const std::size_t i = static_cast<std::size_t>(t.asset[1] - '0');
            CHECK_FALSE(frozen[i]);
            CHECK(t.quantity > 0.0);
            if (t.side == "SELL") CHECK(t.quantity <= held[i] + std::min(open[i], 0.0));
            CHECK((t.side == "SELL" ? -1.0 : 1.0) * open[i] >= 0.0);
            left += (t.side == "SELL" ? t.notional : -t.notional) - t.cost;
            CHECK(left >= floor - 1e-7);
            ++orders;
            cut += t.reason == "cut: not enough cash" || t.reason == "cut: cash that would reach has not settled yet" ? 1u : 0u;
        }
        for (const cancelled& c : p.cancels) {
            const std::size_t i = static_cast<std::size_t>(c.asset[1] - '0');
            CHECK(open[i] == (c.side == "CANCEL BUY" ? 1.0 : -1.0) * std::stod(c.quantity));
            CHECK(p.of(c.asset) == 0.0);
            ++cancels;
        }
    }
    CHECK(orders > 300);
    CHECK(cut > 20);
    CHECK(cancels > 20);
}

// ---- what may be traded, and how ----

namespace {
/// 1000 in cash, or what is held besides; the columns and the fields of A.
planned of_a(const std::string& columns, const std::string& fields, const std::string& a = "0,10,0.5", const std::string& cash = "1000",
             std::vector<std::string> more = {}) {
    const std::string blank(static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ',')) + 1, ',');
    return plan("asset,quantity,price,target," + columns + "\nA," + a + "," + fields + "\nCASH," + cash + ",," + blank + "\n",
                std::move(more));
}
}  // namespace

TEST_CASE("rebalance plan: the smallest and the largest order, of both sides or of one") {
    // 500 of the 1000: 50 units.
    CHECK(of_a("min_quantity", "50").of("A") == Approx(50.0));
    const planned less = of_a("min_quantity", "50.01");
    CHECK(less.trades.empty());
    CHECK(less.says("A not traded, 500.00 below its target (below the minimum quantity)"));
    const planned most = of_a("max_quantity", "30");
    CHECK(most.of("A") == Approx(30.0));
    CHECK(most.reason("A") == "cut to the largest order that is taken");
    CHECK(most.says("A traded in part, 200.00 below its target"));
    CHECK(most.says("more to do once these are filled: A"));
    CHECK(of_a("max_notional", "120").of("A") == Approx(12.0));
    CHECK(of_a("max_notional", "").of("A") == Approx(50.0));
    CHECK(of_a("max_quantity", "0").trades.empty());
    CHECK(of_a("min_notional,max_notional", "500,500").of("A") == Approx(50.0));
    for (const char* column : {"buy_min_quantity", "buy_min_notional", "sell_min_quantity", "sell_min_notional"}) {
        CAPTURE(column);
        const bool buy = column[0] == 'b';
        // 50 units for 500, whichever side
        const planned bought = of_a(column, "501");
        const planned sold = of_a(column, "501", "100,10,0.5", "0");
        CHECK(bought.of("A") == Approx(buy ? 0.0 : 50.0));
        CHECK(sold.of("A") == Approx(buy ? -50.0 : 0.0));
    }
    const auto both = [](const char* column, const char* limit, double a, double b) {
        CAPTURE(column);
        CHECK(of_a(column, limit).of("A") == Approx(a));
        CHECK(of_a(column, limit, "100,10,0.5", "0").of("A") == Approx(b));
    };
    both("buy_max_quantity", "20", 20.0, -50.0);
    both("buy_max_notional", "20", 2.0, -50.0);
    both("sell_max_quantity", "20", 50.0, -20.0);
    both("sell_max_notional", "20", 50.0, -2.0);
}

TEST_CASE("rebalance plan: the smallest and the largest position, and what can be borrowed") {
    const planned none = of_a("min_position", "60");
    CHECK(none.trades.empty());
    CHECK(none.says("(would leave less than the smallest position)"));
    CHECK(of_a("min_position", "50").of("A") == Approx(50.0));
    const planned down = of_a("min_position", "60", "100,10,0.5", "0");
    CHECK(down.of("A") == Approx(-40.0));
    CHECK(down.reason("A") == "cut: a smaller position may not be held");
    const planned most = of_a("max_position", "20");
    CHECK(most.of("A") == Approx(20.0));
    CHECK(most.reason("A") == "cut by a bound on the position");
    const planned lent = of_a("max_short", "12", "0,10,-0.3", "1000", {"--mandate", "allow_short"});
    CHECK(lent.of("A") == Approx(-12.0));
    CHECK(lent.reason("A") == "cut: no more can be borrowed");
    CHECK(of_a("max_short", "", "0,10,-0.3", "1000", {"--mandate", "allow_short"}).of("A") == Approx(-30.0));
}

TEST_CASE("rebalance plan: through zero in two orders where the venue asks for it") {
    const planned one = of_a("close_first", "", "20,10,-0.3", "800", {"--mandate", "allow_short"});
    REQUIRE(one.trades.size() == 1);
    CHECK(one.of("A") == Approx(-50.0));
    const planned two = of_a("close_first", "yes", "20,10,-0.3", "800", {"--mandate", "allow_short"});
    REQUIRE(two.trades.size() == 2);
    CHECK(two.trades[0].quantity == Approx(20.0));
    CHECK(two.trades[1].quantity == Approx(30.0));
}

TEST_CASE("rebalance plan: margins and a net leverage keep positions as small as they have to be") {
    // 10 of 60 are to go, in steps of 6; beside it nothing: 54 at a margin of 1.9 are more than there are.
    CHECK(of_a("step,margin_long", "6,1.9", "60,10,0.5", "400", {}).of("A") == Approx(-12.0));
    CHECK(of_a("step,margin_long", "6,1.8", "60,10,0.5", "400", {}).of("A") == Approx(-6.0));
    const planned net = of_a("step", "6", "60,10,0.5", "400", {"--mandate", "net_leverage=0.5"});
    CHECK(net.of("A") == Approx(-12.0));
    CHECK(net.reason("A") == "reduced to keep leverage and margin");
}

TEST_CASE("rebalance plan: contracts and ticks") {
    // A contract is 50 times the price: 1000.
    const planned p = of_a("multiplier,step", "50,1", "0,20,0.55", "10000");
    CHECK(p.of("A") == 5.0);
    REQUIRE(p.trades.size() == 1);
    CHECK(p.trades[0].price == 20.0);
    CHECK(p.trades[0].limit == 20.0);
    CHECK(p.trades[0].notional == 5000.0);
    CHECK(p.says("portfolio 10000.00"));
    CHECK(of_a("multiplier", "50", "6,20,0.5", "4000").of("A") == Approx(-1.0));
    CHECK(of_a("multiplier", "", "0,20,0.5").of("A") == Approx(25.0));
    // 10.003 and 1 % are 10.10303 for a buy, 9.90297 for a sale.
    const planned buy = of_a("tick", "0.01", "0,10.003,0.5", "1000", {"--collar", "0.01"});
    const planned sell = of_a("tick", "0.01", "100,10.003,0.5", "0", {"--collar", "1%"});
    REQUIRE(buy.trades.size() == 1);
    REQUIRE(sell.trades.size() == 1);
    CHECK(buy.trades[0].limit == 10.1);
    CHECK(sell.trades[0].limit == 9.91);
    CHECK(buy.trades[0].price == 10.003);
}

TEST_CASE("rebalance plan: what may not be done, and what it comes to together") {
    const auto buys = [](const std::string& columns, const std::string& fields) { return of_a(columns, fields).of("A"); };
    const auto sells = [](const std::string& columns, const std::string& fields) {
        return of_a(columns, fields, "100,10,0.5", "0").of("A");
    };
    CHECK(buys("no_buy", "yes") == 0.0);
    CHECK(sells("no_buy", "yes") == Approx(-50.0));
    CHECK(buys("no_sell", "1") == Approx(50.0));
    CHECK(sells("no_sell", "TRUE") == 0.0);
    CHECK(buys("close_only", "yes") == 0.0);
    CHECK(sells("close_only", "yes") == Approx(-50.0));
    CHECK(sells("no_buy,no_sell", "yes,yes") == 0.0);
    CHECK(sells("no_buy,close_only", "yes,yes") == Approx(-50.0));
    CHECK(sells("no_sell,close_only", "yes,yes") == 0.0);
    CHECK(buys("no_buy,no_sell,close_only,frozen", "no,0,false,") == Approx(50.0));
    CHECK(of_a("no_buy", "yes").says("A not traded, 500.00 below its target (it may not be bought)"));
    CHECK(of_a("no_sell", "yes", "100,10,0.5", "0").says("(it may not be sold)"));
    CHECK(of_a("close_only", "yes").says("(its position may only be closed)"));
    CHECK(of_a("no_buy,no_sell", "yes,yes").says("(frozen: the host keeps it as it is)"));
    // A short position is closed by a buy, and not turned around.
    const std::vector<std::string> shorts{"--mandate", "allow_short"};
    const planned closed = of_a("close_only", "yes", "-10,10,0.5", "1100", shorts);
    CHECK(closed.of("A") == Approx(10.0));
    CHECK(closed.reason("A") == "cut: its position may only be closed");
    CHECK(of_a("close_only,no_sell", "yes,yes", "-10,10,0.5", "1100", shorts).of("A") == Approx(10.0));
    CHECK(of_a("close_only,no_buy", "yes,yes", "-10,10,0.5", "1100", shorts).trades.empty());
}

TEST_CASE("rebalance plan: what is held in whole steps is counted, to the last digit") {
    const auto list = [](const std::string& book) {
        const test::temporary_file file{book};
        return test::hosted({"plan", "--book", file.path(), "--now", "2020-01-01"}).out;
    };
    CHECK(list("asset,quantity,price,target,step\nA,2300000.000000000000000001,1,0,1e-18\n") ==
          header + "\nA,SELL,2300000.000000000000000001,1,1,2300000,0,traded in full\n");
    CHECK(list("asset,quantity,price,target,step,open_quantity\nA,2300000.000000000000000001,1,0,1e-18,-300000.000000000000000003\n") ==
          header + "\nA,SELL,1999999.999999999999999998,1,1,2000000,0,traded in full\n");
    // Half a share, or an exponent, is left to doubles.
    CHECK(list("asset,quantity,price,target,step\nA,10.5,1,0,1\n") == header + "\nA,SELL,10,1,1,10,0,rounded to whole steps\n");
    CHECK(list("asset,quantity,price,target,step\nA,1e1,1,0,1\nB,5,1,0,1\n") ==
          header + "\nA,SELL,10,1,1,10,0,traded in full\nB,SELL,5,1,1,5,0,traded in full\n");
    CHECK(list("asset,quantity,price,target,step\nA,10,1,0,1\nB,5,1,0,\n") ==
          header + "\nA,SELL,10,1,1,10,0,traded in full\nB,SELL,5,1,1,5,0,traded in full\n");
}

TEST_CASE("rebalance plan: volumes are read, and need not be known") {
    CHECK(of_a("volume", "1e6").of("A") == Approx(50.0));
    CHECK(of_a("volume", "").of("A") == Approx(50.0));
}

// ---- cash ----

TEST_CASE("rebalance plan: a flow is paid in, or raised and paid out") {
    const std::string book = "asset,quantity,price,target\nA,50,10,0.5\nCASH,500,,\n";
    CHECK(plan(book).trades.empty());
    const planned in = plan(book, {"--flow", "500"});
    CHECK(in.of("A") == Approx(25.0));
    CHECK(in.says("portfolio 1500.00"));
    CHECK(in.says("cash 1000.00 before (500.00 paid in) and 750.00 after"));
    const planned out = plan(book, {"--flow=-400"});
    CHECK(out.of("A") == Approx(-20.0));
    CHECK(out.says("cash 100.00 before (400.00 to be paid out) and 300.00 after"));
    // 50 units bring 500, of which 5 are the cost.
    const planned net = plan("asset,quantity,price,target\nA,100,10,1\n", {"--flow", "-495", "--cost", "proportional:bps=100"});
    CHECK(net.of("A") == Approx(-50.0));
    CHECK(net.says("cash -495.00 before (495.00 to be paid out) and 0.00 after"));
    CHECK(plan(book, {"--flow", "-1000"}).code == 3);
    CHECK(plan(book, {"--flow", "-1000"}).says("cash and positions together are not worth a number above zero"));
    // Where that is not raised, it is said: 10 a list, or none of A; what is on its way counts.
    CHECK_FALSE(out.says("is not raised"));
    CHECK(plan("asset,quantity,price,target,max_notional\nA,50,10,0.5,100\nCASH,100,,,\n", {"--flow", "-400"})
              .says("  of what is to be paid out 200.00 is not raised\n"));
    CHECK(plan("asset,quantity,price,target,no_sell,open_quantity\nA,50,10,0.5,yes,-20\nCASH,100,,,,\n", {"--flow", "-400"})
              .says("  of what is to be paid out 100.00 is not raised\n"));
    // A row that keeps its quantity can not be sold for it.
    const planned frozen = plan("asset,quantity,price,target,frozen\nA,90,1,0.5,yes\nCASH,10,,,\n", {"--flow", "-50"});
    CHECK(frozen.code == 4);
    CHECK(frozen.says("the limits can not all be kept: frozen rows hold 180 % of the portfolio: A (row 2)"));
    // A step more, where it takes one.
    CHECK(plan("asset,quantity,price,target,step\nA,100,10,1,1\n", {"--flow", "-495", "--cost", "proportional:bps=101"}).of("A") == -51.0);
}

TEST_CASE("rebalance plan: what sales bring is spent at once, or when it has settled") {
    const std::string book = "asset,quantity,price,target\nA,0,10,1\nB,100,5,0\nCASH,300,,\n";
    const auto a = [&](std::vector<std::string> more) { return plan(book, std::move(more)).of("A"); };
    CHECK(a({}) == Approx(80.0));
    CHECK(a({"--proceeds", "at_once"}) == Approx(80.0));
    CHECK(a({"--proceeds", "when_settled"}) == Approx(30.0));
    CHECK(a({"--proceeds", "when_settled", "--unsettled", "200"}) == Approx(10.0));
    CHECK(a({"--mandate", "proceeds=when_settled", "--unsettled", "200"}) == Approx(10.0));
    CHECK(a({"--policy", "p: trigger=every:0s; proceeds=when_settled", "--unsettled", "0"}) == Approx(30.0));
    const std::string told = "asset,quantity,price,target,settled\nA,0,10,1,\nB,100,5,0,\nCASH,300,,,100\n";
    CHECK(plan(told, {"--proceeds", "when_settled"}).of("A") == Approx(10.0));
    CHECK(plan(told).of("A") == Approx(80.0));
    CHECK(plan(told).says("the column settled makes no difference without --proceeds when_settled"));
    CHECK(plan(told, {"--proceeds", "when_settled", "--unsettled", "200"}).says("is said twice"));
    CHECK(plan("asset,quantity,price,target,settled\nA,0,10,1,\nCASH,300,,,301\n").says("is more than the cash, 300"));
    CHECK(plan("asset,quantity,price,target,settled\nA,0,10,1,5\nCASH,300,,,\n").says("is said of CASH alone"));
    const planned p = plan(book, {"--proceeds", "when_settled", "--unsettled", "200"});
    CHECK(p.of("B") == Approx(-100.0));
    CHECK(p.reason("A") == "cut: cash that would reach has not settled yet");
    CHECK(p.says("A traded in part, 700.00 below its target"));
    CHECK(p.says("more to do once these are filled and the cash has settled: A"));
}

TEST_CASE("rebalance plan: a share, an amount or both stay in cash; a collar is paid for") {
    const std::string book = "asset,quantity,price,target\nA,0,10,1\nCASH,1000,,\n";
    const auto a = [&](std::vector<std::string> more) { return plan(book, std::move(more)).of("A"); };
    CHECK(a({"--reserve", "0.1"}) == Approx(90.0));
    CHECK(a({"--reserve-amount", "150"}) == Approx(85.0));
    CHECK(a({"--reserve", "0.1", "--reserve-amount", "150"}) == Approx(75.0));
    // What a policy does not say of its mandate is said by the options.
    CHECK(a({"--policy", "p: trigger=every:0s; reserve=0.1", "--reserve-amount", "150"}) == Approx(75.0));
    CHECK(a({"--policy", "p: trigger=every:0s; reserve=0.1", "--reserve", "0.3", "--reserve-amount", "150"}) == Approx(75.0));
    // At 12.5, which it may cost, 1000 buy 80.
    const planned p = plan(book, {"--collar", "0.25"});
    CHECK(p.of("A") == Approx(80.0));
    CHECK(p.trades[0].limit == 12.5);
    CHECK(p.reason("A") == "cut: not enough cash at the limit prices");
    CHECK(a({"--sizing", "reconciled:collar=0.25"}) == p.of("A"));
    CHECK(a({"--policy", "p: trigger=every:0s", "--collar", "25%"}) == p.of("A"));
}

TEST_CASE("rebalance plan: who gets the cash where it does not reach is a rule") {
    // The sale of C has not settled: 1000 for wishes of 6000 and 2000.
    const std::string book = "asset,quantity,price,target,step\nA,0,10,0.6,1\nB,0,10,0.2,1\nC,900,10,0,1\nCASH,1000,,,\n";
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.end(), {"--proceeds", "when_settled"});
        const planned p = plan(book, std::move(more));
        return std::pair{p.of("A"), p.of("B")};
    };
    CHECK(with({}) == std::pair{75.0, 25.0});
    CHECK(with({"--shortfall", "proportional"}) == std::pair{75.0, 25.0});
    CHECK(with({"--shortfall", "largest_drift"}) == std::pair{100.0, 0.0});
    CHECK(with({"--shortfall", "largest_drift", "--collar", "0.25"}) == std::pair{80.0, 0.0});
    CHECK(with({"--collar", "0.25", "--shortfall", "largest_drift"}) == std::pair{80.0, 0.0});
}

TEST_CASE("rebalance plan: whole steps for the book as a whole, proved or with a bound") {
    // 1000 in shares of 300, 120 and 70 at 50, 35 and 15 %: rounded by itself each asset gets 1, 2 and 2 of them, and 320 are left.
    const std::string book = "asset,quantity,price,target,step\nA,0,300,0.5,1\nB,0,120,0.35,1\nC,0,70,0.15,1\nCASH,1000,,,\n";
    const auto counts = [](const planned& p) { return std::vector<double>{p.of("A"), p.of("B"), p.of("C")}; };
    CHECK(counts(plan(book)) == std::vector<double>{1.0, 2.0, 2.0});
    CHECK_FALSE(plan(book).says("\n  whole steps"));
    const planned exact = plan(book, {"--integers", "exact"});
    CHECK(counts(exact) == std::vector<double>{2.0, 2.0, 2.0});
    CHECK(exact.reason("A") == "whole steps chosen for the book as a whole");
    CHECK(exact.says("  whole steps proved to be the best: distance and cost "));
    CHECK(exact.says("A traded, 100.00 above its target"));
    CHECK_FALSE(exact.says("a bound and not a proof"));
    CHECK(counts(plan(book, {"--integers", "search"})) == counts(exact));
    CHECK(counts(plan(book, {"--sizing", "integer"})) == counts(exact));
    CHECK(counts(plan(book, {"--sizing", "integer:absolute,max_orders=1"})) == std::vector<double>{2.0, 0.0, 0.0});
    CHECK(counts(plan(book, {"--policy", "p: trigger=every:0s", "--integers", "exact"})) == counts(exact));
    CHECK(counts(plan(book, {"--policy", "p: trigger=every:0s; sizing=reconciled", "--integers", "exact"})) == counts(plan(book)));
    // The other options of sizing go with it, before and after: at 5 % more, 2 of A, 2 of B and 2 of C take 1029, one C less 955.5.
    for (const auto& more :
         {std::vector<std::string>{"--integers", "exact", "--collar", "0.05"}, {"--collar", "0.05", "--integers", "exact"}}) {
        const planned p = plan(book, more);
        CHECK(p.trades[0].limit == Approx(1.05 * p.trades[0].price));
        double worst = 0.0;
        for (const trade& t : p.trades) worst += t.quantity * t.limit;
        CHECK(worst <= 1000.0);
        CHECK(p.says("whole steps proved"));
    }
    // A turnover limit scales all trades alike: nothing is chosen, and that is said.
    CHECK(plan(book, {"--integers", "exact", "--guard", "max_turnover:limit=0.3"})
              .says("no whole steps were chosen, each asset is rounded by itself: there is a turnover limit"));
    CHECK_FALSE(plan(book, {"--integers", "exact", "--trigger", "band:absolute=0.9"}).says("whole steps"));
    // By risk, the volatile one is put right first.
    const std::string risky = "asset,quantity,price,target,step,volatility\nA,0,100,0.55,1,0.1\nB,0,100,0.45,1,0.6\nCASH,1000,,,,\n";
    const planned by_risk = plan(risky, {"--sizing", "integer:risk_aversion=5"});
    CHECK(by_risk.code == 0);
    CHECK(by_risk.says("whole steps proved"));
    const planned blind = plan(book, {"--sizing", "integer:risk_aversion=5"});
    CHECK(blind.code == 2);
    CHECK(blind.says("volatilities are needed, but there is no estimator"));
}

TEST_CASE("rebalance plan: the choice of whole steps says whether it is proved, and what no choice is below") {
    std::mt19937_64 random{20};
    int proved = 0;
    int bounds = 0;
    for (int round = 0; round < 12; ++round) {
        const std::size_t n = round % 2 == 0 ? 12 : 45;
        std::vector<double> share(n);  // all of the cash is wanted, so that the choices depend on each other
        double sum = 0.0;
        for (double& w : share) sum += w = 0.1 + static_cast<double>(random() % 100) / 100.0;
        std::string book = "asset,quantity,price,target,step\n";
        for (std::size_t i = 0; i < n; ++i)
            book += "A" + std::to_string(i) + ",0," + std::to_string(5 + random() % 400) + "," +
                    std::to_string(std::floor(1e5 * share[i] / sum) / 1e5) + ",1\n";
        book += "CASH,20000,,,\n";
        CAPTURE(round, n);
        const planned exact = plan(book, {"--integers", "exact"});
        const planned search = plan(book, {"--integers", "search"});
        const auto number_after = [](const planned& p, const std::string& text) {
            const std::size_t at = p.err.find(text);
            REQUIRE(at != std::string::npos);
            return std::stod(p.err.substr(at + text.size()));
        };
        const double of_exact = number_after(exact, "distance and cost ");
        const double of_search = number_after(search, "distance and cost ");
        if (n < 32) CHECK(exact.says("whole steps proved to be the best"));
        if (exact.says("whole steps proved to be the best")) {
            ++proved;
            CHECK(of_exact <= of_search);
            if (!search.says("proved to be the best:")) CHECK(number_after(search, "no choice is below ") <= of_exact);
        } else {
            ++bounds;
            CHECK(exact.says("whole steps not proved to be the best (found by exchanges)"));
            CHECK(exact.says("  this is a bound and not a proof: more than 32 assets can move\n"));
            CHECK(number_after(exact, "no choice is below ") <= of_exact);
        }
        CHECK_FALSE(search.says("this is a bound and not a proof"));
    }
    CHECK(proved >= 6);
    CHECK(bounds >= 1);
}

TEST_CASE("rebalance plan: old quotes are frozen by stale_price, as of --now") {
    const std::string book = "asset,quantity,price,target,as_of\nA,50,1,0.3,2020-03-12T14:20:00Z\nB,30,1,0.4,2020-03-12 "
                             "09:00\nC,20,1,0.3,2020-03-12T15:28+01:00\nCASH,0,,,\n";
    const planned p = plan(book, {"--guard", "stale_price:max_age=15m"});
    CHECK(p.of("A") == Approx(-10.0));
    CHECK(p.of("B") == 0.0);
    CHECK(p.of("C") == Approx(10.0));
    CHECK(p.says("B not traded, 10.00 below its target (frozen: its price is too old)"));
    CHECK(plan(book).trades.size() == 3);
    CHECK(plan(book, {"--guard", "stale_price:max_age=15m", "--now", "2020-03-13"}).trades.empty());
    // A quote without a time is as good as none.
    CHECK(plan("asset,quantity,price,target,as_of\nA,50,1,0.3,\nB,50,1,0.7,2020-03-12T14:29:00Z\n", {"--guard", "stale_price"}).of("A") ==
          0.0);
}

TEST_CASE("rebalance plan: clocks know the last trade") {
    const std::string book = "asset,quantity,price,target\nA,60,1,0.5\nB,40,1,0.5\n";
    const auto trades = [&](const std::string& trigger, const std::string& last) {
        std::vector<std::string> more{"--trigger", trigger};
        if (!last.empty()) more.insert(more.end(), {"--last-trade", last});
        return plan(book, more).trades.size();
    };
    CHECK(trades("every:24h", "") == 2);
    CHECK(trades("every:24h", "2020-03-11T14:29:00Z") == 2);
    CHECK(trades("every:24h", "2020-03-11T14:30:00Z") == 0);
    CHECK(trades("calendar:monthly", "2020-02-28") == 2);
    CHECK(trades("calendar:monthly", "2020-03-02") == 0);
    CHECK(trades("cooldown:5d(band:absolute=0.05)", "2020-03-10") == 0);
    CHECK(trades("cooldown:5d(band:absolute=0.05)", "2020-03-01") == 2);
}

TEST_CASE("rebalance plan: volatilities of the book, a target policy, shorts and leverage") {
    const std::string book = "asset,quantity,price,target,volatility\nA,56,1,0.5,0.1\nB,44,1,0.5,0.4\n";
    const std::string width = "volatility_band:width=0.05,reference=0.2,exponent=";
    CHECK(plan(book, {"--trigger", width + "-1"}).trades.size() == 2);  // 2.5 % for B
    CHECK(plan(book, {"--trigger", width + "1"}).trades.size() == 2);   // 2.5 % for A
    CHECK(plan(book, {"--trigger", "volatility_band:width=0.07,reference=0.4,exponent=0"}).trades.empty());
    const planned equal = plan("asset,quantity,price\nA,60,1\nB,40,1\nCASH,20,\n", {"--target", "equal"});
    CHECK(equal.of("A") == 0.0);
    CHECK(equal.of("B") == Approx(20.0));
    const planned lent =
        plan("asset,quantity,price,target\nA,100,1,1.2\nB,-20,1,-0.2\nCASH,20,,\n", {"--mandate", "leverage=1.5,allow_short"});
    CHECK(lent.of("A") == Approx(20.0));
    CHECK(lent.of("B") == Approx(0.0));
}

// 100, drifts of ±6 %, volatilities of 10 % and 40 %: √(0.0036·(0.01 + 0.16)) = 2.47 % a year.
TEST_CASE("rebalance plan: the risk against the targets, benefit against cost, signals and hours of the day") {
    const std::string book = "asset,quantity,price,target,volatility\nA,56,1,0.5,0.1\nB,44,1,0.5,0.4\n";
    CHECK(plan(book, {"--trigger", "tracking_error:2.4%"}).trades.size() == 2);
    const planned quiet = plan(book, {"--trigger", "tracking_error:2.5%"});
    CHECK(quiet.trades.empty());
    CHECK(quiet.err.find("the risk against the targets is 2.47% per year, 0.026% short of the 2.50% allowed") != std::string::npos);
    // 100 · 10/2 · 0.000612 · 1 = 0.306 a year.
    const std::vector<std::string> weighed{"--trigger", "every:0s", "--guard", "worth_it:risk_aversion=10,horizon=365d6h"};
    const auto with_fee = [&](const char* fee) {
        std::vector<std::string> all = weighed;
        all.insert(all.end(), {"--cost", fee});
        return plan(book, all);
    };
    CHECK(with_fee("fixed:0.15").trades.size() == 2);
    const planned held = with_fee("fixed:0.16");
    CHECK(held.trades.empty());
    CHECK(held.err.find("worth_it says that the trades are not worth it, benefit 0.31 over 365 d 6 h (risk 0.31, carry 0.00), cost 0.32") !=
          std::string::npos);
    CHECK(plan(book, {"--trigger", "signal:1,threshold=0.9", "--signals", "0, 0.95"}).trades.size() == 2);
    CHECK(plan(book, {"--trigger", "signal:1,threshold=0.9", "--signals", "0,0.85"}).trades.empty());
    const std::string hours = "all_of(time_window:from=14h,to=20h,days=working, band:2%)";
    CHECK(plan(book, {"--trigger", hours, "--now", "2026-01-05T15:00:00Z"}).trades.size() == 2);  // a Monday
    const planned closed = plan(book, {"--trigger", hours, "--now", "2026-01-04T15:00:00Z"});
    CHECK(closed.trades.empty());
    CHECK(closed.err.find("time_window: closed, opens in 23 h") != std::string::npos);
}

TEST_CASE("rebalance plan: --explain tells every row, cash included; columns that mean nothing are named") {
    const planned p = plan("asset,name,quantity,price,target\nA,\"Alpha, Inc.\",10,10,0.5\nB,Beta,10,10,0.4\nCASH,,0,,0.1\n",
                           {"--trigger", "band:absolute=0.2", "--explain"});
    CHECK(p.says("not read: name"));
    CHECK(p.says("  asset   before   target     drift    after  reason\n"));
    CHECK(p.says("  A      50.00 %  50.00 %    0.00 %  50.00 %  no trigger fired\n"));
    CHECK(p.says("  B      50.00 %  40.00 %   10.00 %  50.00 %  no trigger fired\n"));
    CHECK(p.says("  CASH    0.00 %  10.00 %  -10.00 %"));
}

TEST_CASE("rebalance plan: an asset's name may hold anything that CSV can quote") {
    const test::temporary_file file{"asset,quantity,price,target\n\"BRK, \"\"B\"\"\",0,10,1\nCASH,100,,\n"};
    const test::answer a = test::hosted({"plan", "--book", file.path(), "--now", "2020-01-01"});
    CHECK(a.out == header + "\n\"BRK, \"\"B\"\"\",BUY,10,10,10,100,0,traded in full\n");
}

TEST_CASE("rebalance plan: fees are paid in cash, in the asset itself or in another one") {
    const std::vector<std::string> costs{"--cost", "proportional:rate=0.01"};
    const planned in_kind = plan("asset,quantity,price,target,buy_fee_asset\nA,0,10,1,A\nCASH,1000,,,\n", costs);
    REQUIRE(in_kind.trades.size() == 1);
    CHECK(in_kind.of("A") == Approx(100.0));
    CHECK(in_kind.trades[0].fee_asset == "A");
    CHECK(std::stod(in_kind.trades[0].fee_quantity) == Approx(1.0));
    CHECK(in_kind.says("as its fee"));
    const std::string coins = "asset,quantity,price,target,step,fee_asset,fee_step\nA,0,10,0.5,1,COIN,\nB,0,20,0.5,1,COIN,\nCOIN,0,4,0,0."
                              "01,CASH,0.001\nCASH,1000,,,,,\n";
    const planned third = plan(coins, costs);
    REQUIRE(third.trades.size() == 3);
    CHECK(third.trades[0].asset == "COIN");
    CHECK(third.reason("COIN") == "bought or kept to pay fees in it");
    CHECK(third.trades[0].fee_asset.empty());
    CHECK(third.trades[1].fee_asset == "COIN");
    // 1% of the notional in coins of 4, rounded up to thousandths.
    CHECK(std::stod(third.trades[1].fee_quantity) == Approx(std::ceil(third.trades[1].notional / 400.0 * 1000.0 - 1e-9) / 1000.0));
    const planned by_side =
        plan("asset,quantity,price,target,fee_asset,sell_fee_asset\nA,100,10,0.5,,B\nB,50,10,0.5,B,\nCASH,0,,,,\n", costs);
    REQUIRE(by_side.trades.size() == 2);
    CHECK(by_side.trades[0].asset == "A");
    CHECK(by_side.trades[0].fee_asset == "B");
    CHECK(by_side.trades[1].fee_asset == "B");
    CHECK(plan("asset,quantity,price,target,fee_asset\nA,0,10,1,C\nCASH,1000,,,\n", costs).says("is no asset of the book, nor CASH"));
    CHECK(plan("asset,quantity,price,target,fee_asset\nA,0,10,1,\nCASH,1000,,,A\n", costs).says("means nothing for CASH"));
}
