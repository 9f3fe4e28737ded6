// rebalance plan --venues: what the columns of a file of venues mean, how orders become legs, and what is refused.
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/hosted.hpp"

namespace {

struct leg {
    std::string asset, side;
    double quantity, price, limit, notional, cost;
    std::string venue, order, reason;
};
struct planned {
    int code = 0;
    std::vector<leg> legs{};
    std::string err{};

    [[nodiscard]] bool says(const std::string& text) const { return err.find(text) != std::string::npos; }
};

planned plan(const std::string& book, const std::string& venues, const std::vector<std::string>& more = {}) {
    const test::temporary_file of_book{book};
    const test::temporary_file of_venues{venues};
    std::vector<std::string> arguments{"plan", "--book", of_book.path(), "--venues", of_venues.path(), "--now", "2020-03-12T14:29:00Z"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const test::answer a = test::hosted(arguments);
    planned p{.code = a.code, .legs = {}, .err = a.err};
    if (a.code != 0) {
        CHECK(a.out.empty());
        return p;
    }
    const auto lines = test::lines_of(a.out);
    REQUIRE_FALSE(lines.empty());
    CHECK(lines[0] == "asset,side,quantity,price,limit,notional,cost,venue,order,reason");
    for (std::size_t k = 1; k < lines.size(); ++k) {
        const auto f = test::fields_of(lines[k]);
        REQUIRE(f.size() == 10);
        const auto number = [&](std::size_t i) { return std::stod(f[i]); };
        p.legs.push_back({f[0], f[1], number(2), number(3), number(4), number(5), number(6), f[7], f[8], f[9]});
    }
    return p;
}

const std::string book = "asset,quantity,price,target,step\nA,100,10,0.6,0.1\nB,500,2,0.4,1\nCASH,0,,,\n";

}  // namespace

TEST_CASE("rebalance plan --venues: an order is split over the pools of its asset, and its cost is what they take") {
    // 1000 of A are to be 1200, bought with B.
    const planned p = plan(book,
                           "asset,venue,kind,units,cash,fee,gas\n"
                           "A,deep,constant_product,10000,100000,0.003,\n"
                           "A,shallow,constant_product,1000,10000,0.003,\n"
                           "B,desk,constant_price,,,0.001,\n",
                           {"--slippage", "0.01"});
    CHECK(p.code == 3);  // a constant price needs its price
    const planned q = plan(book,
                           "asset,venue,kind,units,cash,price,fee,gas\n"
                           "A,deep,constant_product,10000,100000,,0.003,\n"
                           "A,shallow,constant_product,1000,10000,,0.003,\n"
                           "B,desk,constant_price,,,2,0.001,\n",
                           {"--slippage", "0.01"});
    REQUIRE(q.code == 0);
    REQUIRE(q.legs.size() == 3);
    CHECK(q.legs[0].asset == "B");
    CHECK(q.legs[0].venue == "desk");
    CHECK(q.legs[0].cost == Approx(0.001 * q.legs[0].notional));
    CHECK(q.legs[0].limit == Approx(2.0 * 0.999 * 0.99));
    CHECK(q.legs[1].order == "2");
    CHECK(q.legs[2].order == "2");
    CHECK(q.legs[1].venue == "deep");
    CHECK(q.legs[2].venue == "shallow");
    // Ten times the liquidity takes ten times as much, to a step.
    CHECK(std::fabs(q.legs[1].quantity - 10.0 * q.legs[2].quantity) <= 1.1);
    for (std::size_t k = 1; k < 3; ++k) {
        const double units = k == 1 ? 10'000.0 : 1'000.0;
        const double y = q.legs[k].quantity;
        const double paid = 10.0 * units * (y / (units - y)) / 0.997;
        CHECK(q.legs[k].cost == Approx(paid - 10.0 * y).epsilon(1e-6));
        CHECK(q.legs[k].limit == Approx(paid / y * 1.01).epsilon(1e-6));
    }
    CHECK(q.says("deep, shallow; costs"));
    CHECK(q.says("better than at the best venue alone"));
}

TEST_CASE("rebalance plan --venues: every kind of venue, both ways") {
    const std::string venues = "asset,venue,kind,units,cash,weight,amplification,fee,gas,side,price,size,lower,upper,liquidity\n"
                               "A,w,weighted,40000,100000,0.8,,0.002,,,,,,,\n"
                               "A,book,order_book,,,,,0.001,,bid,9.99,30,,,\n"
                               "A,book,order_book,,,,,,,ask,10.01,30,,,\n"
                               "A,v3,concentrated,,,,,0.0005,,,10,,8,9.9,5000\n"
                               "A,v3,concentrated,,,,,,,,,,9.9,12,9000\n"
                               "B,s,stable,50000,100000,,200,0.0004,,,,,,,\n"
                               "B,q,quotes,100,199,,,,,sell,,,,,\n"
                               "B,q,quotes,300,590,,,,,sell,,,,,\n"
                               "B,q,quotes,100,201,,,,,buy,,,,,\n";
    const planned there = plan(book, venues);
    CAPTURE(there.err);
    // A stable pool holds the two at one for one; here a unit of B is worth two.
    CHECK(there.code == 3);
    const std::string right = [&] {
        std::string t = venues;
        const std::size_t at = t.find("B,s,stable");
        t.erase(at, t.find('\n', at) - at + 1);
        return t;
    }();
    for (const std::string targets : {"0.6", "0.3"}) {
        std::string b = book;
        b.replace(b.find("10,0.6"), 6, "10," + targets);
        b.replace(b.find("2,0.4"), 5, targets == "0.6" ? "2,0.4" : "2,0.7");
        const planned p = plan(b, right);
        CAPTURE(targets, p.err);
        REQUIRE(p.code == 0);
        std::size_t of_a = 0;
        for (const leg& l : p.legs) {
            of_a += l.asset == "A" ? 1u : 0u;
            CHECK((l.side == "BUY" ? l.limit > l.price : l.limit < l.price));
            CHECK(l.cost > 0.0);
        }
        CHECK(of_a >= 2);
    }
}

TEST_CASE("rebalance plan --venues: what the venues do not hold is left, by --impact too, and gas keeps legs few") {
    const std::string small = "asset,venue,kind,price,units,cash,fee,gas\n"
                              "A,desk,constant_price,10,5,,0.001,\n";
    const planned held = plan(book, small);
    REQUIRE(held.code == 0);
    double bought = 0.0;
    for (const leg& l : held.legs) bought += l.asset == "A" ? l.quantity : 0.0;
    CHECK(bought <= 5.0);
    CHECK(bought > 4.5);
    const planned with_cash = plan("asset,quantity,price,target,step\nA,100,10,0.6,0.1\nCASH,3000,,,\n", small);
    REQUIRE(with_cash.legs.size() == 1);
    CHECK(with_cash.legs[0].quantity == Approx(4.9));  // of its five units 0.1 % are the fee
    CHECK(with_cash.legs[0].reason == "cut to what the venue holds");
    CHECK(held.says("more to do"));
    const std::string pools = "asset,venue,kind,units,cash,fee,gas\n"
                              "A,one,constant_product,1000,10000,0.003,GAS\n"
                              "A,two,constant_product,1000,10000,0.003,GAS\n";
    const auto with_gas = [&](const std::string& gas, const std::vector<std::string>& more) {
        std::string t = pools;
        for (std::size_t at = t.find("GAS"); at != std::string::npos; at = t.find("GAS")) t.replace(at, 3, gas);
        return plan(book, t, more);
    };
    const auto legs_of_a = [](const planned& p) {
        int n = 0;
        for (const leg& l : p.legs) n += l.asset == "A" ? 1 : 0;
        return n;
    };
    CHECK(legs_of_a(with_gas("0", {})) == 2);
    CHECK(legs_of_a(with_gas("20", {})) == 1);
    const planned less = with_gas("0", {"--impact", "0.001"});
    double few = 0.0;
    for (const leg& l : less.legs) few += l.asset == "A" ? l.quantity : 0.0;
    CHECK(few < 2.2);
    CHECK(few > 1.5);
    // An asset without a venue is traded at the price of the book.
    for (const leg& l : less.legs)
        if (l.asset == "B") {
            CHECK(l.venue.empty());
            CHECK(l.order == "1");
            CHECK(l.cost == 0.0);
        }
}

TEST_CASE("rebalance plan --venues: what is wrong is told with file, row and column") {
    const auto refused = [](const std::string& venues, const std::string& text) {
        const planned p = plan(book, venues);
        CAPTURE(p.err);
        CHECK(p.code == 3);
        CHECK(p.says(text));
    };
    const std::string head = "asset,venue,kind,units,cash,price,fee,gas,weight,amplification,side,size,lower,upper,liquidity\n";
    refused("asset,venue\nA,x\n", "no column is called 'kind'");
    refused("asset,venue,kind,unit\nA,x,weighted,1\n", "no column of venues is called 'unit'; did you mean 'units'?");
    refused(head + "C,x,constant_product,1,1,,,,,,,,,,\n", "(asset): 'C' is no asset of the book");
    refused(head + "A,,constant_product,1,1,,,,,,,,,,\n", "(venue)");
    refused(head + "A,x,constant,1,1,,,,,,,,,,\n", "(kind): 'constant' is no kind of venue");
    refused(head + "A,x,constant_product,,1,,,,,,,,,,\n", "(units)");
    refused(head + "A,x,constant_product,0,1,,,,,,,,,,\n", "(units): '0' is not above zero");
    refused(head + "A,x,constant_product,1,1,,1.5,,,,,,,,\n", "(fee): '1.5' is no share below 1");
    refused(head + "A,x,constant_product,1,1,,,-1,,,,,,,\n", "(gas): '-1' is below zero");
    refused(head + "A,x,constant_product,1,1,,,,,,,,,,\nA,x,constant_product,1,1,,,,,,,,,,\n", "a constant_product is one row");
    refused(head + "A,x,weighted,1,1,,,,1.5,,,,,,\n", "(weight): '1.5' is no share below 1");
    refused(head + "A,x,order_book,,,9,,,,,mid,1,,,\n", "(side): 'mid' is neither bid nor ask");
    refused(head + "A,x,order_book,,,9,,,,,bid,1,,,\nA,x,order_book,,,10,,,,,bid,1,,,\n", "order_book.bids");
    refused(head + "A,x,quotes,2,20,,,,,,buy,,,,\nA,x,quotes,1,10,,,,,,buy,,,,\n", "quotes.in");
    refused(head + "A,x,concentrated,,,10,,,,,,,9,8,5\n", "(upper): '8' is not above lower");
    refused(head + "A,x,concentrated,,,10,,,,,,,9,11,5\nA,x,concentrated,,,,,,,,,,10,12,5\n", "(lower): '10' is below the range before");
    refused(head + "A,x,concentrated,,,20,,,,,,,9,11,5\n", "concentrated.sqrt_price");
    refused(head + "A,x,constant_product,1,1,,,,,,,,,,\nB,y,constant_product,1,1,,,,,,,,,,\nA,x,constant_product,1,1,,,,,,,,,,\n",
            "is there twice: the rows of a venue stand together");
    refused(head + "A,x,constant_price,5,5,10,,,,,,,,,\nA,y,constant_price,5,5,11,,,,,,,,,\n",
            "y pays 11, x asks 10: are they of the same time?");
}
