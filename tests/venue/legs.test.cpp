#include <ballast/venue/legs.hpp>

#include <ballast/venue/constant_price.hpp>
#include <ballast/venue/quotes.hpp>
#include <ballast/venue/weighted.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "support/catch.hpp"

using namespace ballast;
using venue::any_curve;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

/// An order for the base asset at 100 units of money.
order of(double units, const decimal_step& step = {}, double multiplier = 1.0) {
    order o{.row = 3, .asset = 2, .quantity = units, .price = 100.0, .limit_price = 100.0, .multiplier = multiplier};
    o.step = step;
    if (!step.continuous()) {
        o.steps = steps_toward_zero(std::fabs(units), step).steps;
        if (units < 0.0) o.steps = -o.steps;
    }
    o.notional = units * o.price * multiplier;
    return o;
}

any_curve pool(double units, double price, bool sell) {
    const venue::weighted p{.tokens = 2,
                            .balances = {units, units * price},
                            .weights = {0.5, 0.5},
                            .fee = 0.003,
                            .max_in_ratio = infinity,
                            .max_out_ratio = 1.0};
    return sell ? p.curve(0, 1) : p.curve(1, 0);
}

struct answer {
    std::vector<order> legs{};
    venue::leg_summary summary{};
};
answer split(const order& o, const venue::leg_terms& terms) {
    venue::leg_splitter s;
    s.prepare(terms.curves.size());
    answer a;
    a.legs.reserve(16);
    a.summary = s.split(o, 5, terms, a.legs);
    return a;
}
}  // namespace

TEST_CASE("venue.legs: a sale in whole steps, its legs, limits and costs") {
    const std::vector<any_curve> curves{pool(1'000.0, 100.0, true), pool(1'000.0, 100.0, true), pool(10.0, 80.0, true)};
    const answer a = split(of(-21.0, decimal_step{1, 0}), {.curves = curves, .slippage = {.relative = 0.01}});
    CHECK(a.summary.status == venue::split_status::solved);
    REQUIRE(a.legs.size() == 2);  // the third pays 80 for the first unit
    CHECK(a.legs[0].steps + a.legs[1].steps == -21);
    CHECK(a.legs[0].steps == -11);  // of two that are as good the first takes the odd one
    double money = 0.0;
    for (const order& leg : a.legs) {
        CHECK(leg.row == 3);
        CHECK(leg.asset == 2);
        CHECK(leg.parent == 5);
        const double units = -leg.quantity;
        const double brought = curves[leg.venue].out(units);
        CHECK(leg.notional == Approx(leg.quantity * 100.0));
        CHECK(leg.cost == Approx(units * 100.0 - brought).margin(1e-9));
        CHECK(leg.limit_price == Approx(brought / units * 0.99));
        money += brought;
    }
    CHECK(a.legs[0].venue == 0);
    CHECK(a.legs[1].venue == 1);
    CHECK(a.summary.money == Approx(money));
    CHECK(a.summary.unfilled == 0.0);
    CHECK((a.summary.unfilled_steps == 0));
}

TEST_CASE("venue.legs: limits lie on whole ticks, on the side that fills no worse, and count the multiplier out") {
    const std::vector<any_curve> sells{pool(1'000.0, 1'000.0, true)};
    const std::vector<any_curve> buys{pool(1'000.0, 1'000.0, false)};
    const decimal_step tick{1, -1};
    // A contract of ten at 100 is worth 1,000.
    const answer sale = split(of(-7.0, decimal_step{1, 0}, 10.0), {.curves = sells, .slippage = {.relative = 0.0}, .tick = tick});
    const answer purchase = split(of(7.0, decimal_step{1, 0}, 10.0), {.curves = buys, .slippage = {.relative = 0.0}, .tick = tick});
    REQUIRE(sale.legs.size() == 1);
    REQUIRE(purchase.legs.size() == 1);
    const double sold = sells[0].out(7.0) / 70.0;
    const double bought = buys[0].in(7.0) / 70.0;
    CHECK(sale.legs[0].limit_price >= sold);
    CHECK(sale.legs[0].limit_price < sold + 0.1);
    CHECK(purchase.legs[0].limit_price <= bought);
    CHECK(purchase.legs[0].limit_price > bought - 0.1);
    CHECK(purchase.legs[0].cost == Approx(buys[0].in(7.0) - 7'000.0));
}

TEST_CASE("venue.legs: what no venue takes or gives stays unfilled, and is told") {
    const std::vector<any_curve> curves{venue::straight_curve{99.0, 10.25}, venue::straight_curve{98.0, 5.5}};
    const answer a = split(of(-30.0, decimal_step{1, -1}), {.curves = curves});
    REQUIRE(a.legs.size() == 2);
    CHECK(a.summary.status == venue::split_status::unfilled);
    CHECK((a.legs[0].steps == -102));  // 10.25 are 102 whole tenths
    CHECK((a.legs[1].steps == -55));
    CHECK((a.summary.unfilled_steps == 300 - 157));
    CHECK(a.summary.unfilled == Approx(14.3));
    // No venue at all.
    const answer none = split(of(-30.0, decimal_step{1, -1}), {});
    CHECK(none.legs.empty());
    CHECK(none.summary.unfilled == Approx(30.0));
    // Nothing to do.
    const answer nothing = split(of(0.0), {.curves = curves});
    CHECK(nothing.legs.empty());
    CHECK(nothing.summary.unfilled == 0.0);
}

TEST_CASE("venue.legs: with a fixed cost a leg has to be worth it") {
    const std::vector<any_curve> curves{pool(100.0, 100.0, true), pool(100.0, 99.9, true)};
    const std::vector<double> cheap{0.1, 0.1};
    const std::vector<double> dear{0.1, 50.0};
    CHECK(split(of(-2.0), {.curves = curves, .fixed = cheap}).legs.size() == 2);
    const answer one = split(of(-2.0), {.curves = curves, .fixed = dear});
    REQUIRE(one.legs.size() == 1);
    CHECK(one.legs[0].cost == Approx(200.0 - curves[0].out(2.0) + 0.1));
    CHECK(one.summary.money == Approx(curves[0].out(2.0) - 0.1));
    // A sale that does not pay its gas is not made; a purchase is.
    const std::vector<double> absurd{1e6, 1e6};
    CHECK(split(of(-2.0), {.curves = curves, .fixed = absurd}).legs.empty());
    const std::vector<any_curve> buys{pool(100.0, 100.0, false), pool(100.0, 99.9, false)};
    CHECK(split(of(2.0), {.curves = buys, .fixed = absurd}).legs.size() == 1);
}

TEST_CASE("venue.legs: the legs of random orders add up to them, and no steps are better moved from one to another") {
    std::mt19937_64 random{41};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int round = 0; round < 2'000; ++round) {
        const bool sell = round % 2 == 0;
        std::vector<any_curve> curves;
        const std::size_t n = 1 + random() % 6;
        for (std::size_t k = 0; k < n; ++k) {
            const double price = 100.0 * (1.0 + 0.02 * (unit(random) - 0.5));
            if (random() % 3 == 0)
                curves.push_back(venue::straight_curve{sell ? price : 1.0 / price, sell ? 20.0 * unit(random) : 2'000.0 * unit(random)});
            else
                curves.push_back(pool(std::pow(10.0, 3.0 * unit(random)), price, sell));
        }
        const decimal_step step{1, -static_cast<int>(random() % 5)};
        const double units = std::floor(50.0 * unit(random) / step.value()) * step.value();
        const order o = of(sell ? -units : units, step);
        const answer a = split(o, {.curves = curves});
        CAPTURE(round, sell, units, step.exponent());
        int128 steps = 0;
        double money = 0.0;
        for (const order& leg : a.legs) {
            REQUIRE((leg.steps != 0 && (leg.steps < 0) == sell));
            steps += leg.steps;
            const double u = std::fabs(leg.quantity);
            money += sell ? curves[leg.venue].out(u) : -curves[leg.venue].in(u);
            CHECK(leg.quantity == quantity_of(leg.steps, step));
        }
        CHECK((steps + (sell ? -a.summary.unfilled_steps : a.summary.unfilled_steps) == o.steps));
        CHECK(a.summary.money == Approx(money).margin(1e-9));
        // Never better than the split of the same units that is not rounded.
        venue::split_workspace w;
        venue::split_result r;
        w.prepare(n);
        r.prepare(n);
        const double filled = units - a.summary.unfilled;
        if (a.legs.empty()) continue;
        const auto status = sell ? venue::split_in(curves, filled, w, r) : venue::split_out(curves, filled, w, r);
        if (status != venue::split_status::solved) continue;
        const double best = sell ? r.total_out : -r.total_in;
        CHECK(money <= best + 1e-9 * std::fabs(best));
        // Of all ways to share the steps among the venues used, none is better.
        const auto of_venue = [&](std::size_t k, int128 count) {
            const double u = quantity_of(count, step);
            if (count < 0 || (sell && u > curves[k].depth())) return -infinity;
            return sell ? curves[k].out(u) : -curves[k].in(u);
        };
        for (const order& from : a.legs)
            for (const order& to : a.legs)
                for (const int128 by : {1, 2, 3, 10}) {
                    if (from.venue == to.venue) continue;
                    const int128 f = from.steps < 0 ? -from.steps : from.steps;
                    const int128 t = to.steps < 0 ? -to.steps : to.steps;
                    const double other =
                        of_venue(from.venue, f - by) - of_venue(from.venue, f) + of_venue(to.venue, t + by) - of_venue(to.venue, t);
                    CHECK(other <= 1e-9 * std::fabs(money));
                }
    }
}

TEST_CASE("venue.legs: a step that rounding down left where it brings least is moved") {
    // Half a unit at 110, then 95, twice, beside a desk at 99: the split of three units is 0.5, 0.5 and 2, but whole units bring most as 1, 1 and 1.
    const auto table = [] {
        venue::quotes q;
        q.prepare(2);
        const std::vector<double> in{0.5, 10.0}, out{55.0, 55.0 + 9.5 * 95.0};
        REQUIRE_FALSE(q.assign(0, 1, in, out));
        return q;
    };
    const venue::quotes a = table();
    const venue::quotes b = table();
    const std::vector<any_curve> curves{a.curve(0, 1), b.curve(0, 1), venue::straight_curve{99.0, 5.0}};
    const answer found = split(of(-3.0, decimal_step{1, 0}), {.curves = curves});
    REQUIRE(found.legs.size() == 3);
    for (const order& leg : found.legs) CHECK((leg.steps == -1));
    CHECK(found.summary.money == Approx(102.5 + 102.5 + 99.0));
}

TEST_CASE("venue.legs: without room nothing is split") {
    const std::vector<any_curve> curves{pool(100.0, 100.0, true), pool(100.0, 100.0, true)};
    venue::leg_splitter s;
    std::vector<order> legs;
    legs.reserve(8);
    CHECK(s.split(of(-1.0), 0, {.curves = curves}, legs).status == venue::split_status::not_prepared);
    s.prepare(2);
    std::vector<order> none;
    CHECK(s.split(of(-1.0), 0, {.curves = curves}, none).status == venue::split_status::not_prepared);
    CHECK(s.split(of(-1.0), 0, {.curves = curves}, legs).status == venue::split_status::solved);
    const std::size_t before = legs.size();
    CHECK(s.split(of(-1.0), 1, {.curves = curves}, legs).status == venue::split_status::solved);
    CHECK(legs.size() == 2 * before);
    CHECK(legs.back().parent == 1);
}
