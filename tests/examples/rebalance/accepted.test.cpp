// Random books with every column and option of `rebalance plan`, and a plain checker of what a venue and a broker would refuse: it knows
// the book as text and the list as text, and nothing of how the list was made.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "rebalance/text.hpp"
#include "support/catch.hpp"
#include "support/hosted.hpp"

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A number as the book says it: so many places.
std::string text_of(double x, int places) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*f", places, x);
    return buffer;
}

struct asset_rules {
    double quantity = 0, price = 0, target = 0, step = 0, tick = 0, multiplier = 1;
    double least[2]{}, most[2]{infinity, infinity};  // of an order, in units: sales, buys
    double least_worth[2]{}, most_worth[2]{infinity, infinity};
    double least_held = 0, most_held = infinity, most_short = 0;
    bool no_buy = false, no_sell = false, close_only = false, frozen = false;
    double open = 0, open_limit = 0, open_cost = 0;
};

struct book_rules {
    std::vector<asset_rules> assets{};
    double cash = 0, flow = 0, unsettled = 0, reserve = 0, reserve_amount = 0, collar = 0, bps = 0, fixed = 0;
    double turnover = 0;
    std::string solver{};
    bool allow_short = false, when_settled = false;

    [[nodiscard]] std::string csv() const {
        std::string out =
            "asset,quantity,price,target,step,tick,multiplier,sell_min_quantity,buy_min_quantity,sell_max_quantity,buy_max_quantity,"
            "sell_min_notional,buy_min_notional,sell_max_notional,buy_max_notional,min_position,max_position,max_short,no_buy,no_sell,"
            "close_only,frozen,open_quantity,open_limit,open_cost\n";
        const auto number = [](double x) { return x == infinity ? std::string{} : host::shortest(x); };
        const auto yes = [](bool b) { return std::string{b ? "yes" : ""}; };
        for (std::size_t i = 0; i < assets.size(); ++i) {
            const asset_rules& a = assets[i];
            out += "X" + std::to_string(i);
            for (const double x :
                 {a.quantity, a.price, a.target, a.step, a.tick, a.multiplier, a.least[0], a.least[1], a.most[0], a.most[1],
                  a.least_worth[0], a.least_worth[1], a.most_worth[0], a.most_worth[1], a.least_held, a.most_held, a.most_short})
                out += "," + number(x);
            for (const bool b : {a.no_buy, a.no_sell, a.close_only, a.frozen}) out += "," + yes(b);
            out += a.open == 0.0
                       ? ",,,"
                       : "," + number(a.open) + "," + (a.open_limit > 0.0 ? number(a.open_limit) : "") + "," + number(a.open_cost);
            out += "\n";
        }
        out += "CASH," + host::shortest(cash);
        return out + std::string(23, ',') + "\n";
    }
    [[nodiscard]] std::vector<std::string> options() const {
        std::vector<std::string> o{"--now",     "2020-01-01",        "--flow",           text_of(flow, 6),
                                   "--reserve", text_of(reserve, 6), "--reserve-amount", text_of(reserve_amount, 6),
                                   "--collar",  text_of(collar, 6),  "--cost",           "proportional:bps=" + text_of(bps, 6)};
        if (!solver.empty()) o.insert(o.end(), {"--trigger", "band:absolute=0.05", "--solver", solver});
        if (turnover > 0.0) o.insert(o.end(), {"--guard", "max_turnover:limit=" + text_of(turnover, 2)});
        if (fixed > 0.0) o.insert(o.end(), {"--cost", "fixed:amount=" + text_of(fixed, 6)});
        if (allow_short) o.insert(o.end(), {"--mandate", "allow_short"});
        if (when_settled) o.insert(o.end(), {"--proceeds", "when_settled", "--unsettled", text_of(unsettled, 6)});
        return o;
    }
};

bool whole(double x, double step) { return step == 0.0 || std::abs(x / step - std::round(x / step)) < 1e-6; }

/// Every order is one that its venue takes, and after every one of them the account is one that its broker allows.
std::size_t check_list(const book_rules& book, const std::string& out, std::size_t& cancels) {
    std::vector<double> position, free;
    double at_hand = book.cash + book.flow;
    double value = book.cash + book.flow;
    for (const asset_rules& a : book.assets) {
        position.push_back(a.quantity + a.open);
        free.push_back(a.quantity + std::min(a.open, 0.0));
        const double worth = a.price * a.multiplier;
        if (a.open > 0.0) at_hand -= a.open * std::max(worth, a.open_limit * a.multiplier);
        if (a.open != 0.0) at_hand -= a.open_cost;
        value += a.quantity * worth - (a.open != 0.0 ? a.open_cost : 0.0);
    }
    const auto lines = test::lines_of(out);
    REQUIRE(!lines.empty());
    double costs = 0.0;
    for (std::size_t k = 1; k < lines.size(); ++k) {
        const auto f = test::fields_of(lines[k]);
        if (f[1] == "BUY" || f[1] == "SELL") costs += std::stod(f[6]);
    }
    const double reserved = std::min(book.reserve * (value - costs) + book.reserve_amount, value - costs);
    const double noise = 1e-7 * (std::abs(value) + std::abs(book.cash));
    const double floor = std::min(reserved, at_hand) - noise;
    double settled = at_hand - (book.when_settled ? book.unsettled : 0.0);
    const double settled_floor = std::min(0.0, settled) - noise;  // the reserve may be cash that has not settled
    bool buying = false;
    std::vector<bool> seen(book.assets.size());
    std::size_t orders = 0;
    for (std::size_t k = 1; k < lines.size(); ++k) {
        CAPTURE(lines[k]);
        const auto f = test::fields_of(lines[k]);
        REQUIRE(f.size() == 8);
        const auto i = static_cast<std::size_t>(std::stoul(f[0].substr(1)));
        const asset_rules& a = book.assets[i];
        if (f[1] == "CANCEL BUY" || f[1] == "CANCEL SELL") {
            CHECK(orders == 0);
            CHECK((f[1] == "CANCEL BUY" ? 1.0 : -1.0) * std::stod(f[2]) == a.open);
            ++cancels;
            continue;
        }
        ++orders;
        CHECK_FALSE(seen[i]);
        seen[i] = true;
        const bool buy = f[1] == "BUY";
        CHECK((buy || !buying));  // sales first
        buying = buy;
        const double quantity = std::stod(f[2]);
        const double limit = std::stod(f[4]);
        const double cost = std::stod(f[6]);
        const double worth = a.price * a.multiplier;
        const double notional = quantity * worth;
        // The venue.
        CHECK(quantity > 0.0);
        CHECK(whole(quantity, a.step));
        CHECK(whole(limit, a.tick));
        CHECK(limit > 0.0);
        CHECK((buy ? limit <= a.price * (1.0 + book.collar) * (1 + 1e-12) : limit >= a.price * (1.0 - book.collar) * (1 - 1e-12)));
        CHECK(std::stod(f[5]) == Approx(notional));
        CHECK(cost == Approx(notional * book.bps * 1e-4 + book.fixed));
        const std::size_t side = buy ? 1 : 0;
        CHECK(quantity >= a.least[side] * (1 - 1e-12));
        CHECK(quantity <= a.most[side] * (1 + 1e-12));
        CHECK(notional >= a.least_worth[side] * (1 - 1e-12));
        CHECK(notional <= a.most_worth[side] * (1 + 1e-12));
        // The broker.
        const double before = position[i];
        const double after = before + (buy ? quantity : -quantity);
        const double tiny = 1e-9 * (1.0 + std::abs(before));
        CHECK_FALSE(a.frozen);
        CHECK_FALSE((buy ? a.no_buy : a.no_sell));
        if (a.close_only) CHECK(std::abs(after) <= std::abs(before) + tiny);
        if (a.close_only) CHECK(after * before >= -tiny);
        CHECK((buy ? a.open >= 0.0 : a.open <= 0.0));
        if (!book.allow_short && !buy) CHECK(quantity <= free[i] + tiny);
        if (book.allow_short && !buy) CHECK(after >= std::min(-a.most_short, before) - tiny);
        CHECK((std::abs(after) <= tiny || std::abs(after) >= a.least_held - tiny));
        CHECK(std::abs(after) <= std::max(a.most_held, std::abs(before)) + tiny);
        // The cash, where every order fills as badly as it may.
        const double worst = quantity * (buy ? std::max(limit, a.price) : std::min(limit, a.price)) * a.multiplier;
        at_hand += (buy ? -worst : worst) - (worst * book.bps * 1e-4 + book.fixed);
        CHECK(at_hand >= floor);
        if (buy) settled -= worst * (1.0 + book.bps * 1e-4) + book.fixed;
        if (buy && book.when_settled) CHECK(settled >= settled_floor);
    }
    return orders;
}

/// The book once the orders are filled at the prices, what was open is filled, and all cash has settled.
book_rules filled(book_rules book, const std::string& out) {
    double paid = -book.flow;
    for (asset_rules& a : book.assets) {
        paid += a.open * a.price * a.multiplier + (a.open != 0.0 ? a.open_cost : 0.0);
        const double after = a.quantity + a.open;
        a.quantity = a.step == 0.0 ? after : std::stod(text_of(after, 2));
        a.open = a.open_limit = a.open_cost = 0.0;
    }
    const auto lines = test::lines_of(out);
    for (std::size_t k = 1; k < lines.size(); ++k) {
        const auto f = test::fields_of(lines[k]);
        asset_rules& a = book.assets[static_cast<std::size_t>(std::stoul(f[0].substr(1)))];
        const double quantity = f[1] == "BUY" ? std::stod(f[2]) : -std::stod(f[2]);
        const double after = a.quantity + quantity;
        a.quantity = a.step == 0.0 ? after : std::stod(text_of(after, 2));
        paid += quantity * a.price * a.multiplier + std::stod(f[6]);
    }
    book.cash -= paid;
    book.flow = book.unsettled = 0.0;
    return book;
}

}  // namespace

TEST_CASE("rebalance plan: lists for random books with every column and option are taken by a plain checker") {
    std::mt19937_64 random{41};
    const auto uniform = [&](double low, double high) { return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53; };
    const auto one_in = [&](std::uint64_t n) { return random() % n == 0; };
    const auto written = [](double x, int places) { return std::stod(text_of(x, places)); };
    std::size_t orders = 0, cancels = 0, lists = 0, flows = 0, ended = 0;
    for (int round = 0; round < 6000; ++round) {
        book_rules b;
        const std::size_t n = 1 + random() % 6;
        b.allow_short = one_in(4);
        const char* const solvers[] = {"", "", "to_target", "to_band:edge", "to_band:midpoint"};
        b.solver = solvers[random() % 5];
        b.turnover = one_in(4) ? 0.1 : 0.0;
        b.cash = written(one_in(3) ? 0.0 : uniform(0.0, 2000.0), 2);
        b.when_settled = one_in(3);
        b.unsettled = b.when_settled && one_in(2) ? written(uniform(0.0, b.cash), 2) : 0.0;
        b.reserve = one_in(2) ? 0.0 : written(uniform(0.0, 0.2), 3);
        b.reserve_amount = one_in(2) ? 0.0 : written(uniform(0.0, 200.0), 2);
        b.collar = one_in(2) ? 0.0 : written(uniform(0.0, 0.05), 4);
        b.bps = one_in(3) ? 0.0 : written(uniform(0.0, 50.0), 1);
        b.fixed = one_in(2) ? 0.0 : written(uniform(0.0, 3.0), 2);
        double total = one_in(2) ? 0.0 : uniform(0.0, 1.0);
        std::vector<double> wanted(n);
        for (double& t : wanted) total += t = one_in(5) ? 0.0 : uniform(0.0, 1.0);
        double value = b.cash;
        for (std::size_t i = 0; i < n; ++i) {
            asset_rules a;
            a.step = one_in(3) ? 0.0 : one_in(2) ? 1.0 : 0.01;
            a.tick = one_in(2) ? 0.0 : one_in(2) ? 0.01 : 0.25;
            a.multiplier = one_in(5) ? 10.0 : 1.0;
            a.price = written(uniform(1.0, 50.0), one_in(2) ? 2 : 4);
            a.quantity = written(uniform(0.0, 40.0), a.step == 1.0 ? 0 : 2);
            if (b.allow_short && one_in(4)) a.quantity = -written(uniform(0.0, 5.0), a.step == 1.0 ? 0 : 2);
            a.target = written(0.999 * wanted[i] / (total > 0.0 ? total : 1.0), 5);
            if (b.allow_short && one_in(4)) a.target = -written(a.target * 0.3, 5);
            for (const std::size_t side : {0u, 1u}) {
                if (one_in(4)) a.least[side] = written(uniform(0.0, 5.0), 2);
                if (one_in(4)) a.most[side] = written(a.least[side] + uniform(0.0, 20.0), 2);
                if (one_in(4)) a.least_worth[side] = written(uniform(0.0, 100.0), 2);
                if (one_in(4)) a.most_worth[side] = written(a.least_worth[side] + uniform(0.0, 300.0), 2);
            }
            if (one_in(4)) a.least_held = written(uniform(0.0, 10.0), 2);
            if (one_in(4)) a.most_held = written(a.least_held + uniform(0.0, 20.0), 2);
            a.most_short = one_in(2) ? written(uniform(0.0, 10.0), 2) : infinity;
            a.no_buy = one_in(8);
            a.no_sell = one_in(8);
            a.close_only = one_in(8);
            a.frozen = one_in(12);
            if (one_in(4)) {
                const double most_sold = std::max(a.quantity, 0.0);
                a.open = written(one_in(2) ? uniform(0.0, 8.0) : -uniform(0.0, most_sold), a.step == 1.0 ? 0 : 2);
                if (a.open < 0.0 && -a.open > most_sold) a.open = -most_sold;
                if (one_in(2)) a.open_limit = written(a.price * uniform(0.97, 1.05), 2);
                a.open_cost = one_in(2) ? 0.0 : written(uniform(0.0, 2.0), 2);
            }
            value += a.quantity * a.price * a.multiplier;
            b.assets.push_back(a);
        }
        b.flow = one_in(2) ? 0.0 : written(uniform(-0.5, 0.5) * std::max(value, 0.0), 2);
        const std::string csv = b.csv();
        const auto answer_for = [](const book_rules& of) {
            const test::temporary_file file{of.csv()};
            std::vector<std::string> arguments{"plan", "--book", file.path()};
            for (const std::string& o : of.options()) arguments.push_back(o);
            return test::hosted(arguments);
        };
        const test::answer a = answer_for(b);
        CAPTURE(csv, b.options(), a.out, a.err);
        if (a.code == 4 || (a.code == 3 && a.err.find("not worth a number above zero") != std::string::npos)) continue;
        if (a.code == 3 && a.err.find("the targets add up to") != std::string::npos) continue;
        REQUIRE(a.code == 0);
        const std::size_t of_this = check_list(b, a.out, cancels);
        orders += of_this;
        if (a.out.find("CANCEL") == std::string::npos && a.err.find("more to do") == std::string::npos) {
            const test::answer again = answer_for(filled(b, a.out));
            CAPTURE(again.out, again.err);
            CHECK(again.code == 0);
            CHECK(test::lines_of(again.out).size() == 1);
            ++ended;
        }
        lists += of_this > 0 ? 1u : 0u;
        flows += of_this > 0 && b.flow < 0.0 ? 1u : 0u;
    }
    CAPTURE(orders, cancels, lists, flows, ended);
    CHECK(orders > 3000);
    CHECK(cancels > 100);
    CHECK(lists > 1500);
    CHECK(flows > 300);
}
