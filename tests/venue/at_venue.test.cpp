#include <ballast/venue/at_venue.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/no_trade_region.hpp>
#include <ballast/trigger/every.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/costs.hpp"
#include "support/looks.hpp"

namespace {

using namespace ballast;

/// A pool without reserves that move on their own: out(x) = O·x/(I + x).
struct bent {
    double in_scale, out_scale;

    [[nodiscard]] double out(double x) const noexcept { return out_scale * (x / (in_scale + x)); }
    [[nodiscard]] double in(double y) const noexcept {
        return y < out_scale ? in_scale * (y / (out_scale - y)) : std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        const double s = out_scale / (in_scale + x) * (in_scale / (in_scale + x));
        return {s, x > 0.0 ? s : std::numeric_limits<double>::infinity()};
    }
    [[nodiscard]] venue::amount_interval inverse_marginal(double p) const noexcept {
        const double x = std::sqrt(in_scale * out_scale / p) - in_scale;
        return x > 0.0 ? venue::amount_interval{x, x} : venue::amount_interval{};
    }
    [[nodiscard]] double depth() const noexcept { return std::numeric_limits<double>::infinity(); }
    [[nodiscard]] double shortfall(double x) const noexcept { return out_scale / in_scale * x * (x / (in_scale + x)); }
    [[nodiscard]] double excess(double y) const noexcept { return in(y) * (y / out_scale); }
};

/// So many at one price.
struct straight {
    double price, most;

    [[nodiscard]] double out(double x) const noexcept { return price * (x < most ? x : most); }
    [[nodiscard]] double in(double y) const noexcept { return y <= price * most ? y / price : std::numeric_limits<double>::infinity(); }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        return {x < most ? price : 0.0, x > 0.0 && x <= most ? price : x > most ? 0.0 : std::numeric_limits<double>::infinity()};
    }
    [[nodiscard]] venue::amount_interval inverse_marginal(double p) const noexcept {
        if (p > price) return {};
        return {p < price ? most : 0.0, most};
    }
    [[nodiscard]] double depth() const noexcept { return most; }
};

/// A pool of an asset and money at a price, with a fee on what goes in, from both sides.
venue::market pool(double units, double price, double fee, std::uint64_t number = venue::market::unnamed) {
    const double money = units * price;
    return {.sell = bent{units / (1.0 - fee), money}, .buy = bent{money / (1.0 - fee), units}, .venue = number};
}

std::string refusal(const venue::at_venue& m) {
    const configuration_fault f = m.validate();
    return f ? invalid_configuration{f}.what() : "";
}

}  // namespace

TEST_CASE("venue.at_venue: buying and selling cost what the pool takes beyond the reference price") {
    const ballast_test::price_look at{{10.0, 2.0}};
    const venue::at_venue model{{pool(1000.0, 10.0, 0.003), pool(50'000.0, 2.2, 0.0)}};
    const auto v = model.bind(at.look);
    // Selling 20 units into 1000 : 10000 with 0.3 % of what goes in as the fee.
    const double proceeds = 10'000.0 * (20.0 * 0.997) / (1000.0 + 20.0 * 0.997);
    CHECK(v.cost(0, -200.0) == Approx(200.0 - proceeds).epsilon(1e-12));
    const double paid = 10'000.0 * 20.0 / (1000.0 - 20.0) / 0.997;
    CHECK(v.cost(0, 200.0) == Approx(paid - 200.0).epsilon(1e-12));
    // The second pool pays more than the reference: selling a little earns.
    CHECK(v.cost(1, -2.0) == Approx(2.0 - 110'000.0 * 1.0 / (50'000.0 + 1.0)).epsilon(1e-12));
    CHECK(v.cost(1, -2.0) < 0.0);
    CHECK(v.marginal(1, 0.0).low == Approx(0.1));
    CHECK(v.marginal(1, 0.0).high == Approx(0.1));
    CHECK(v.cost(0, 0.0) == 0.0);
    CHECK(v.jump(0) == 0.0);
}

TEST_CASE("venue.at_venue: a trade that is tiny beside the pool costs its fee and its square, to the last digits") {
    const ballast_test::price_look at{{10.0}};
    const venue::at_venue model{{pool(1e6, 10.0, 0.0)}};
    const auto v = model.bind(at.look);
    for (double x = 1e-9; x < 1e6; x *= 10.0) {
        const double q = x / 10.0;
        CHECK(v.cost(0, x) == Approx(10.0 * q * q / (1e6 - q)).epsilon(1e-11));
        CHECK(v.cost(0, -x) == Approx(10.0 * q * q / (1e6 + q)).epsilon(1e-11));
    }
}

TEST_CASE("venue.at_venue: slopes, shape and answers") {
    const ballast_test::price_look at{{10.0, 2.0, 1.0, 5.0}};
    const venue::at_venue model{{pool(40'000.0, 10.0, 0.003),
                                 pool(5'000.0, 2.0, 0.0005),
                                 {.sell = straight{0.99, 3'000.0}, .buy = straight{0.98, 4'000.0}},
                                 {.sell = bent{8'000.0, 39'900.0}, .buy = straight{0.19, 7'000.0}}}};
    REQUIRE(refusal(model).empty());
    const auto v = model.bind(at.look);
    auto points = ballast_test::many_points(61);
    for (double& x : points)
        if (std::fabs(x) > 9'000.0) x *= 1e-4;
    ballast_test::check_slopes(v, 4, points);
    ballast_test::check_shape<cost_shape::convex>(v, 4, ballast_test::many_points(62));
    ballast_test::check_respond(v, 4, 63);
    // Beside a fee it still answers prices.
    const cost::sum with_fee{cost::proportional{.rate = 10_bps, .sell = 20_bps}, model};
    STATIC_REQUIRE(responsive_cost<decltype(with_fee)::view>);
    ballast_test::check_respond(with_fee.bind(at.look), 4, 64);
}

TEST_CASE("venue.at_venue: beyond what the venue holds a sale brings nothing more and a purchase costs a thousandfold") {
    const ballast_test::price_look at{{2.0, 2.0, 2.0}};
    const venue::at_venue model{{{.sell = straight{2.0, 100.0}, .buy = straight{0.5, 300.0}}, pool(100.0, 2.0, 0.0), {}}};
    const auto v = model.bind(at.look);
    CHECK(v.cost(0, -200.0) == Approx(0.0).margin(1e-12));
    CHECK(v.cost(0, -300.0) == Approx(100.0));
    CHECK(v.cost(0, 300.0) == Approx(0.0).margin(1e-12));
    CHECK(v.cost(0, 301.0) == Approx(999.0));
    CHECK(v.marginal(0, 400.0).low == 999.0);
    // The whole pool can not be bought, but every number stays finite, and the slope never falls.
    double last = 0.0;
    for (double x = 1.0; x < 1e4; x *= 1.1) {
        const slope_interval s = v.marginal(1, x);
        CHECK(std::isfinite(v.cost(1, x)));
        CHECK(s.low >= last);
        last = s.high;
    }
    CHECK(last == 999.0);
    // Without curves nothing is bought or sold.
    CHECK(v.cost(2, -10.0) == 10.0);
    CHECK(v.cost(2, 10.0) == 9'990.0);
    CHECK(v.marginal(2, 0.0).low == -1.0);
    CHECK(v.marginal(2, 0.0).high == 999.0);
    CHECK(v.respond(2, 0.1, 0.0, 0.0, -100.0, 100.0).x == 0.0);
}

TEST_CASE("venue.at_venue: a call that it can not price is refused") {
    const venue::at_venue model{{pool(100.0, 1.0, 0.003), pool(100.0, 1.0, 0.003)}};
    CHECK(model.covers(2));
    CHECK_FALSE(model.covers(3));
    ballast_test::test_look l{{0.5, 0.5}, {0.5, 0.5}};
    CHECK_FALSE(model.check(l.look()));
    const std::vector<std::uint32_t> one_each{1, 0};
    const std::vector<std::uint32_t> twice{1, 1};
    l.input.account.asset_of_row = one_each;
    CHECK_FALSE(model.check(l.look()));
    l.input.account.asset_of_row = twice;
    const fault f = model.check(l.look());
    CHECK(f.code == fault_code::venue_shared);
    CHECK(f.index == 1);
    CHECK(f.value == 1.0);
}

TEST_CASE("venue.at_venue: markets that it refuses") {
    CHECK(refusal(venue::at_venue{{pool(1.0, 1.0, 0.0, 7), pool(1.0, 1.0, 0.0, 8), pool(1.0, 1.0, 0.0)}}).empty());
    CHECK(refusal(venue::at_venue{{pool(1.0, 1.0, 0.0, 7), pool(1.0, 1.0, 0.0, 8), pool(1.0, 1.0, 0.0, 7)}})
              .find("two assets trade through one venue") != std::string::npos);
    CHECK(refusal(venue::at_venue{{{.sell = straight{1.01, 5.0}, .buy = straight{1.0, 5.0}}}}).find("crossed") != std::string::npos);
    CHECK(refusal(venue::at_venue{}).empty());
}

TEST_CASE("venue.at_venue: a solver that weighs costs stops where the pool takes for the next unit what it is worth") {
    // 70 % of 10,000 in an asset that is wanted at 50 %, 60 % volatility; pools from deep to shallow.
    const double aversion = 5.0;
    const std::vector<double> price{10.0}, target{0.5}, volatility{0.6}, quantity{700.0};
    double last = 1.0;
    for (const double units : {1e7, 1e5, 1e4, 3e3, 1e3, 300.0}) {
        const venue::market m = pool(units, 10.0, 0.003);
        keeper k{rebalancer{trigger::every{}, venue::at_venue{{m}}, solver::no_trade_region{.risk_aversion = aversion}, risk::given{}},
                 {.assets = 1}};
        REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price, .volatility = volatility}));
        const decision& d = k.propose({.cash = 3'000.0, .quantity = quantity}, target);
        CAPTURE(units);
        REQUIRE_FALSE(d.problem);
        REQUIRE(d.orders.size() == 1);
        CHECK(d.optimality.gap <= 1e-9);
        const double sold = -d.orders[0].quantity;
        CHECK(d.orders[0].cost == Approx(sold * 10.0 - m.sell.out(sold)).margin(1e-9));
        // What the next unit of money sold takes away of risk, and what it costs; the wealth that costs take moves both a little.
        const double gained = aversion * 0.36 * (d.weight_after()[0] - 0.5);
        const double paid = 1.0 - m.sell.marginal(sold).low / 10.0;
        CHECK(gained == Approx(paid).margin(1e-3 + 0.1 * d.cost / d.value));
        // The shallower the pool, the earlier it stops.
        CHECK(sold / 700.0 < last);
        last = sold / 700.0;
    }
}
