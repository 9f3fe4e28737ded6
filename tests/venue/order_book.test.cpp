#include <ballast/venue/order_book.hpp>

#include "support/catch.hpp"
#include "support/curves.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

// Sells take the bids from the best on, buys the asks: what comes out is summed level by level.

using namespace ballast;
using ballast_test::dice;
using venue::book_level;
using venue::order_book;

static_assert(venue::venue_model<order_book> && venue::shortfall_curve<order_book::curve_type>);
static_assert(sizeof(order_book::curve_type) <= venue::any_curve::room && std::is_trivially_copyable_v<order_book::curve_type>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct sides {
    std::vector<book_level> bids{}, asks{};
};

order_book book_of(const sides& s, const venue::book_rules& rules = {}) {
    order_book b{rules};
    b.prepare(std::max(s.bids.size(), s.asks.size()));
    REQUIRE_FALSE(b.assign(std::span<const book_level>{s.bids}, std::span<const book_level>{s.asks}));
    return b;
}

sides random_sides(dice& d, std::size_t most = 40) {
    sides s;
    const double mid = d.scale(1e-6, 1e6);
    double bid = mid, ask = mid;
    const std::size_t bids = 1 + d.below(most), asks = 1 + d.below(most);
    for (std::size_t k = 0; k < bids; ++k) {
        bid *= 1.0 - d.scale(1e-7, 1e-2);
        s.bids.push_back({bid, d.scale(1e-6, 1e6)});
    }
    for (std::size_t k = 0; k < asks; ++k) {
        ask *= 1.0 + d.scale(1e-7, 1e-2);
        s.asks.push_back({ask, d.scale(1e-6, 1e6)});
    }
    return s;
}

long double wide(double x) { return static_cast<long double>(x); }

/// Level by level, in long doubles: what x of the base asset brings; what x of money buys.
long double sold(const sides& s, long double x) {
    long double out = 0.0L;
    for (const book_level& l : s.bids) {
        const long double t = std::min(x, wide(l.size));
        out += t * wide(l.price);
        x -= t;
    }
    return out;
}
long double bought(const sides& s, long double x) {
    long double out = 0.0L;
    for (const book_level& l : s.asks) {
        const long double t = std::min(x, wide(l.size) * wide(l.price));
        out += t / wide(l.price);
        x -= t;
    }
    return out;
}

/// A real book; empty where there is no data.
sides real_book(const char* name) {
    sides s;
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: the book " << name << " is skipped");
        return s;
    }
    std::ifstream in{std::string{folder} + "/market/lob_bitstamp_" + name + "_2022-01-05.csv"};
    for (std::string line; std::getline(in, line);) {
        std::stringstream cells{line};
        std::string side, price, size;
        std::getline(cells, side, ',');
        std::getline(cells, price, ',');
        std::getline(cells, size, ',');
        if (side == "bid") s.bids.push_back({std::strtod(price.c_str(), nullptr), std::strtod(size.c_str(), nullptr)});
        if (side == "ask") s.asks.push_back({std::strtod(price.c_str(), nullptr), std::strtod(size.c_str(), nullptr)});
    }
    CHECK_FALSE(s.bids.empty());
    return s;
}

bool within(double found, double wanted, double tolerance) { return std::fabs(found - wanted) <= tolerance * std::fabs(wanted); }
}  // namespace

TEST_CASE("order_book: a small book by hand") {
    const sides s{{{99.0, 1.0}, {98.0, 2.0}}, {{101.0, 1.0}, {102.0, 2.0}}};
    const order_book b = book_of(s);
    const auto sell = b.curve(0, 1);
    CHECK(sell.out(0.5) == 49.5);
    CHECK(sell.out(2.0) == 197.0);
    CHECK(sell.depth() == 3.0);
    CHECK(sell.out(5.0) == 295.0);
    CHECK(sell.in(197.0) == 2.0);
    CHECK(sell.in(295.1) == infinity);
    CHECK(sell.marginal(1.0).low == 98.0);
    CHECK(sell.marginal(1.0).high == 99.0);
    CHECK(sell.inverse_marginal(98.5).low == 1.0);
    CHECK(sell.inverse_marginal(98.5).high == 1.0);
    CHECK(sell.inverse_marginal(98.0).low == 1.0);
    CHECK(sell.inverse_marginal(98.0).high == 3.0);
    CHECK(sell.inverse_marginal(99.5).high == 0.0);
    CHECK(sell.inverse_marginal(1.0).low == 3.0);
    const auto buy = b.curve(1, 0);
    CHECK(within(buy.out(101.0 + 102.0), 2.0, 1e-15));
    CHECK(within(buy.depth(), 305.0, 1e-15));
    CHECK(within(buy.in(2.0), 203.0, 1e-15));

    const venue::quote q = venue::quote_in(sell, 4.0);
    CHECK(q.in == 3.0);
    CHECK(q.out == 295.0);
    CHECK(q.unfilled == 1.0);
    CHECK(q.price_after == 0.0);
    const venue::quote p = venue::quote_out(buy, 3.5);
    CHECK(within(p.in, 305.0, 1e-15));
    CHECK(within(p.unfilled, 0.5, 1e-14));
    // Of any other pair there is nothing.
    CHECK(b.curve(0, 0).depth() == 0.0);
    CHECK(b.curve(1, 2).out(1.0) == 0.0);
    CHECK(b.curve(2, 2).in(1.0) == infinity);
}

TEST_CASE("order_book: fees on what goes in, on what comes out, and in money") {
    const sides s{{{100.0, 10.0}}, {{200.0, 10.0}}};
    const auto out = book_of(s, {.fee = 0.01});
    CHECK(within(out.curve(0, 1).out(1.0), 99.0, 1e-15));
    CHECK(within(out.curve(1, 0).out(200.0), 0.99, 1e-15));
    CHECK(out.curve(0, 1).depth() == 10.0);
    const auto in = book_of(s, {.fee = 0.01, .fee_from = venue::taker_fee::input});
    CHECK(within(in.curve(0, 1).out(1.0), 99.0, 1e-15));
    CHECK(within(in.curve(0, 1).depth(), 10.0 / 0.99, 1e-15));
    CHECK(within(in.curve(1, 0).out(200.0), 0.99, 1e-15));
    const auto money = book_of(s, {.fee = 0.01, .fee_from = venue::taker_fee::money});
    CHECK(within(money.curve(0, 1).out(1.0), 99.0, 1e-15));
    CHECK(money.curve(0, 1).depth() == 10.0);
    CHECK(within(money.curve(1, 0).in(1.0), 202.0, 1e-15));  // 200 and 1 % on top
    CHECK(within(money.curve(1, 0).depth(), 2020.0, 1e-15));
}

TEST_CASE("order_book: dust, and prices too far from the best") {
    const sides s{{{105.0, 1e-9}, {100.0, 5.0}, {99.0, 0.001}, {98.0, 7.0}, {50.0, 1.0}, {49.0, 100.0}},
                  {{106.0, 0.0}, {107.0, 2.0}, {213.0, 1.0}, {215.0, 1.0}, {9'999'999.0, 1e-6}}};
    const order_book b = book_of(s, {.least_size = 1e-6, .least_notional = 0.5, .farthest = 2.0});
    CHECK(b.curve(0, 1).depth() == 13.0);  // 5 + 7 + 1; not the dust at 105 and 99, nor what is below 100/2
    CHECK(b.curve(0, 1).marginal(0.0).low == 100.0);
    CHECK(within(b.curve(1, 0).depth(), 2.0 * 107.0 + 213.0, 1e-15));
    CHECK(b.ignored() == 3 + 3);
    // Without rules only what is empty does not count.
    CHECK(book_of(s).ignored() == 1);
    CHECK(book_of(s).curve(0, 1).depth() == Approx(113.001));
    // Nothing but dust: nothing.
    const order_book none = book_of(s, {.least_size = 1e6});
    CHECK(none.curve(0, 1).depth() == 0.0);
    CHECK(none.curve(1, 0).out(10.0) == 0.0);
    CHECK(none.curve(1, 0).marginal(0.0).low == 0.0);
    CHECK(venue::quote_in(none.curve(1, 0), 7.0).unfilled == 7.0);
}

TEST_CASE("order_book: random books, level by level") {
    dice d{1};
    for (int trial = 0; trial < 300; ++trial) {
        const sides s = random_sides(d);
        const double fee = d.chance(0.5) ? 0.0 : d.scale(1e-5, 0.1);
        const auto from = static_cast<venue::taker_fee>(d.below(3));
        const order_book b = book_of(s, {.fee = fee, .fee_from = from});
        CAPTURE(trial, fee);
        const long double kept = 1.0L - wide(fee);
        for (int way = 0; way < 2; ++way) {
            const auto c = way == 0 ? b.curve(0, 1) : b.curve(1, 0);
            const long double in_kept = from == venue::taker_fee::input               ? kept
                                        : from == venue::taker_fee::money && way == 1 ? 1.0L / (1.0L + wide(fee))
                                                                                      : 1.0L;
            const long double out_kept = from == venue::taker_fee::output || (from == venue::taker_fee::money && way == 0) ? kept : 1.0L;
            double worst = 0.0;
            std::vector<double> knots;
            for (std::size_t k = 0; k < 40; ++k) {
                const double x = d.chance(0.2) ? c.depth() * d.scale(1e-18, 1e-3) : c.depth() * d.unit();
                const auto wanted = static_cast<double>((way == 0 ? sold(s, wide(x) * in_kept) : bought(s, wide(x) * in_kept)) * out_kept);
                worst = std::max(worst, std::fabs(c.out(x) - wanted) / (wanted + 1e-300));
                knots.push_back(c.inverse_marginal(c.marginal(x).low).low);
            }
            CHECK(worst < 4e-15);
            test::check_straight_pieces(c, knots, 1e-13);
        }
    }
}

TEST_CASE("order_book: two orders after one another are one") {
    dice d{2};
    for (int trial = 0; trial < 300; ++trial) {
        const sides s = random_sides(d);
        order_book b = book_of(s, {.fee = 0.002, .fee_from = static_cast<venue::taker_fee>(trial % 3)});
        const std::size_t in = d.below(2), out = 1 - in;
        const auto whole = b.curve(in, out);
        const double x = whole.depth() * d.unit() * 0.7, y = whole.depth() * d.unit() * 0.5;
        const double other = b.curve(out, in).out(b.curve(out, in).depth() * 0.3);
        const double expected = whole.out(x + y), after = whole.marginal(x + y).low, rest = whole.depth() - x - y;
        const double first = b.apply(in, out, x);
        const double second = b.apply(in, out, y);
        CAPTURE(trial, x, y);
        CHECK(within(first + second, expected, 1e-14));
        if (rest > 0.0) {
            CHECK(std::fabs(b.curve(in, out).depth() - rest) < 1e-14 * (x + y + rest));
            if (rest > 1e-9 * x) CHECK(within(b.curve(in, out).marginal(0.0).low, after, 1e-12));
        }
        CHECK(b.curve(out, in).out(b.curve(out, in).depth() * 0.3) == other);
        // The rest, and more than that: empty.
        static_cast<void>(b.apply(in, out, infinity));
        CHECK(b.curve(in, out).depth() == 0.0);
        CHECK(b.apply(in, out, 1.0) == 0.0);
        CHECK(b.apply(in, in, 1.0) == 0.0);
    }
}

TEST_CASE("order_book: columns of the host's own structs") {
    struct row {
        int id;
        double size;
        double price;
    };
    const std::vector<row> bids{{1, 2.0, 10.0}, {2, 3.0, 9.0}};
    const std::vector<double> prices{11.0, 11.0, 12.0}, sizes{1.0, 1.0, 5.0};
    order_book b;
    b.prepare(3);
    REQUIRE_FALSE(b.assign({{bids, &row::price}, {bids, &row::size}}, {prices, sizes}));
    CHECK(b.curve(0, 1).out(5.0) == 47.0);
    CHECK(b.curve(1, 0).inverse_marginal(1.0 / 11.0).high == 22.0);  // the same price twice is one level
    CHECK(within(b.curve(1, 0).out(82.0), 7.0, 1e-15));
    REQUIRE_FALSE(b.assign({}, {prices, sizes}));
    CHECK(b.curve(0, 1).depth() == 0.0);
}

TEST_CASE("order_book: what is no book is refused, and named") {
    const auto fault_of = [](const sides& s, std::size_t room = 10) {
        order_book b;
        b.prepare(room);
        REQUIRE_FALSE(b.assign(std::span<const book_level>{}, std::span<const book_level>{}));
        const configuration_fault f = b.assign(std::span<const book_level>{s.bids}, std::span<const book_level>{s.asks});
        REQUIRE(f);
        CHECK(b.curve(0, 1).depth() == 0.0);
        CHECK(b.curve(1, 0).depth() == 0.0);
        return std::pair{std::string{f.parameter}, f.value};
    };
    CHECK(fault_of({{{10.0, 1.0}, {11.0, 1.0}}, {}}) == std::pair{std::string{"order_book.bids"}, 11.0});
    CHECK(fault_of({{}, {{10.0, 1.0}, {9.0, 1.0}}}) == std::pair{std::string{"order_book.asks"}, 9.0});
    CHECK(fault_of({{{12.0, 1.0}}, {{11.0, 1.0}}}) == std::pair{std::string{"order_book.bids"}, 12.0});
    CHECK(fault_of({{{0.0, 1.0}}, {}}).second == 0.0);
    CHECK(fault_of({{{-1.0, 1.0}}, {}}).second == -1.0);
    CHECK(fault_of({{{1.0, -1.0}}, {}}).second == -1.0);
    CHECK(fault_of({{{infinity, 1.0}}, {}}).second == infinity);
    CHECK(std::isnan(fault_of({{{not_a_number, 1.0}}, {}}).second));
    CHECK(std::isnan(fault_of({{}, {{1.0, not_a_number}}}).second));
    CHECK(fault_of({{{2.0, 1.0}, {1.0, 1.0}}, {}}, 1) == std::pair{std::string{"order_book.levels"}, 2.0});
    const std::vector<double> two{2.0, 1.0}, one{1.0};
    CHECK(order_book::check({two, one}, {}));
    CHECK_FALSE(order_book::check({}, {}));
    const auto rule = [](const venue::book_rules& r) { return std::string{order_book{r}.validate().parameter}; };
    CHECK(rule({.fee = -0.1}) == "order_book.fee");
    CHECK(rule({.fee = 1.0}) == "order_book.fee");
    CHECK(rule({.fee = not_a_number}) == "order_book.fee");
    CHECK(rule({.fee_from = static_cast<venue::taker_fee>(9)}) == "order_book.fee_from");
    CHECK(rule({.least_size = -1.0}) == "order_book.least_size");
    CHECK(rule({.least_notional = infinity}) == "order_book.least_notional");
    CHECK(rule({.farthest = 0.5}) == "order_book.farthest");
    // A copy is a book of its own, with room for what it holds.
    order_book whole;
    whole.prepare(9);
    const std::vector<book_level> both{{2.0, 1.0}, {1.0, 1.0}};
    REQUIRE_FALSE(whole.assign(std::span<const book_level>{both}, {}));
    order_book copy = whole;
    CHECK(copy.apply(0, 1, 1.0) == 2.0);
    CHECK(copy.curve(0, 1).depth() == 1.0);
    CHECK(whole.curve(0, 1).depth() == 2.0);
    order_book wrong{{.fee = 2.0}};
    wrong.prepare(1);
    CHECK(wrong.assign({}, {}));
    CHECK_FALSE(order_book{}.validate());
    CHECK(order_book{}.curve(0, 1).depth() == 0.0);  // never assigned
}

// Sums by exact fractions over the files: what is bought for so much money, what is unfilled of it; what is sold (that much money's worth
// at the mid price), what it brings, what is unfilled.
TEST_CASE("order_book: what orders from 10 thousand to 10 million cost in two real books") {
    struct fact {
        double money, got, money_left, base, received, base_left;
    };
    static constexpr std::array<fact, 7> eth{{
        {10000, 2.6277963037417194, 0, 2.6286839362438998, 9996.6018543025639, 0},
        {30000, 7.8833889112251576, 0, 7.8860518087316995, 29989.267509404559, 0},
        {100000, 26.275977312381631, 0, 26.286839362438997, 99957.802162771346, 0},
        {300000, 78.806134107541041, 0, 78.86051808731699, 299754.95634555339, 0},
        {1000000, 262.38100758470426, 0, 262.86839362438997, 997452.03763208061, 0},
        {3000000, 785.62144300153466, 0, 788.60518087316996, 2982946.590730004, 0},
        {10000000, 2449.417657586549, 0, 2628.6839362439, 9500017.9963439312, 0},
    }};
    static constexpr std::array<fact, 7> sgb{{
        {10000, 65502.69264916292, 0, 67707.099089339521, 9557.1717106642318, 0},
        {30000, 188874.13284032734, 0, 203121.29726801856, 27094.107422766614, 0},
        {100000, 580678.46032227448, 0, 677070.99089339515, 79001.538971398259, 0},
        {300000, 1204002.4900849296, 0, 2031212.9726801855, 113648.74545831529, 0},
        {1000000, 1686796.4315020945, 0, 6770709.9089339515, 116508.83056101194, 1647917.0450828415},
        {3000000, 1779598.4301064624, 0, 20312129.726801854, 116508.83056101194, 15189336.862950744},
        {10000000, 1918515.1094380028, 0, 67707099.089339525, 116508.83056101194, 62584306.225488417},
    }};
    const auto meet = [](const char* name, const std::array<fact, 7>& facts) {
        const sides s = real_book(name);
        if (s.bids.empty()) return;
        const order_book b = book_of(s);
        for (const fact& f : facts) {
            CAPTURE(name, f.money);
            const venue::quote buy = venue::quote_in(b.curve(1, 0), f.money);
            CHECK(within(buy.out, f.got, 1e-14));
            CHECK(std::fabs(buy.unfilled - f.money_left) <= 1e-14 * f.money);
            CHECK(within(buy.in + buy.unfilled, f.money, 1e-15));
            const venue::quote sell = venue::quote_in(b.curve(0, 1), f.base);
            CHECK(within(sell.out, f.received, 1e-14));
            CHECK(std::fabs(sell.unfilled - f.base_left) <= 1e-14 * f.base);
            CHECK(within(b.curve(1, 0).in(f.got), f.money - f.money_left, 1e-13));
        }
        if (name[0] == 'e') {
            // 6.8 basis points between bid and ask; a buy for a million costs 18.6 from the mid price.
            const double mid = 0.5 * (s.bids[0].price + s.asks[0].price);
            CHECK((s.asks[0].price - s.bids[0].price) / mid * 1e4 == Approx(6.7557177161468225).epsilon(1e-12));
            const double got = b.curve(1, 0).out(1e6);
            CHECK((1e6 / got / mid - 1.0) * 1e4 == Approx(18.57550759).epsilon(1e-9));
            CHECK(within(b.curve(0, 1).depth(), 10650.34987512, 1e-15));
            CHECK(within(b.curve(1, 0).depth(), 53543588.7199099, 1e-14));
        }
    };
    meet("ethusd", eth);
    meet("sgbeur", sgb);
}

TEST_CASE("order_book: the asks of a thin book that nobody means") {
    const sides s = real_book("sgbeur");
    if (s.bids.empty()) return;
    // A unit of dust at 9,999,999 and 1,000 units at 5,555,555: 5.6 billion of depth that is none.
    CHECK(book_of(s).curve(1, 0).depth() > 5.5e9);
    const order_book b = book_of(s, {.least_notional = 10.0, .farthest = 2.0});
    CHECK(within(b.curve(0, 1).depth(), 767424.70717247005, 1e-14));
    CHECK(within(b.curve(1, 0).depth(), 147638.17526857683, 1e-14));
    CHECK(b.ignored() == 331);
    CHECK(venue::quote_in(b.curve(1, 0), 1e6).unfilled == Approx(1e6 - 147638.17526857683));
}
