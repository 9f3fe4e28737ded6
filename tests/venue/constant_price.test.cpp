#include <ballast/venue/constant_price.hpp>

#include "support/catch.hpp"
#include "support/curves.hpp"

#include <cmath>
#include <limits>
#include <string>

using namespace ballast;
using ballast_test::dice;
using venue::constant_price;

static_assert(venue::venue_model<constant_price> && venue::shortfall_curve<venue::straight_curve>);
static_assert(constant_price{.price = 2.0}.curve(0, 1).out(3.0) == 6.0);  // a price can stand in the program's text

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
}  // namespace

TEST_CASE("constant_price: one price, both ways, as long as there is something") {
    const constant_price v{.price = 4.0, .holds_0 = 100.0, .holds_1 = 1'000.0};
    REQUIRE_FALSE(v.validate());
    const auto there = v.curve(0, 1), back = v.curve(1, 0);
    CHECK(there.out(10.0) == 40.0);
    CHECK(there.depth() == 250.0);
    CHECK(there.out(300.0) == 1'000.0);
    CHECK(there.in(1'000.0) == 250.0);
    CHECK(there.in(1'001.0) == infinity);
    CHECK(back.out(40.0) == 10.0);
    CHECK(back.depth() == 400.0);
    CHECK(v.curve(0, 0).depth() == 0.0);
    CHECK(v.curve(2, 1).out(1.0) == 0.0);
    CHECK(v.curve(2, 1).in(1.0) == infinity);
    CHECK(v.curve(2, 1).in(0.0) == 0.0);
    const venue::quote q = venue::quote_in(there, 300.0);
    CHECK(q.in == 250.0);
    CHECK(q.unfilled == 50.0);
    CHECK(q.price_after == 0.0);
    CHECK(venue::quote_out(there, 1'100.0).unfilled == 100.0);
    // A price without a limit.
    const auto free = constant_price{.price = 3.0}.curve(0, 1);
    CHECK(free.out(1e30) == Approx(3e30));
    CHECK(free.in(3e30) == Approx(1e30));
    CHECK(free.inverse_marginal(3.0).low == 0.0);
    CHECK(free.inverse_marginal(3.0).high == infinity);
    CHECK(free.inverse_marginal(2.0).low == infinity);
    CHECK(free.inverse_marginal(4.0).high == 0.0);
    CHECK(venue::quote_in(free, 5.0).price_after == 3.0);
}

TEST_CASE("constant_price: fees on either side") {
    for (const auto from : {venue::fee_side::input, venue::fee_side::output}) {
        constant_price v{.price = 4.0, .fee = 0.01, .fee_from = from, .holds_0 = 0.0, .holds_1 = 400.0};
        CHECK(v.curve(0, 1).out(10.0) == Approx(39.6).epsilon(1e-15));
        const bool in = from == venue::fee_side::input;
        CHECK(v.curve(0, 1).depth() == Approx(in ? 100.0 / 0.99 : 100.0).epsilon(1e-15));
        CHECK(v.curve(0, 1).out(1e9) == Approx(in ? 400.0 : 396.0).epsilon(1e-15));
        CHECK(v.curve(1, 0).depth() == 0.0);
        CHECK(v.apply(0, 1, 10.0) == Approx(39.6).epsilon(1e-15));
        CHECK(v.holds_0 == Approx(in ? 9.9 : 10.0).epsilon(1e-15));
        CHECK(v.holds_1 == Approx(in ? 400.0 - 39.6 : 360.0).epsilon(1e-15));
        CHECK(v.apply(1, 0, 1.0) == Approx(0.2475).epsilon(1e-15));
    }
}

TEST_CASE("constant_price: what curves promise, for random prices, and two orders after one another") {
    dice d{1};
    for (int trial = 0; trial < 500; ++trial) {
        constant_price v{.price = d.scale(1e-12, 1e12),
                         .fee = d.chance(0.3) ? 0.0 : d.scale(1e-6, 0.5),
                         .fee_from = d.chance(0.5) ? venue::fee_side::input : venue::fee_side::output,
                         .holds_0 = d.scale(1e-12, 1e30),
                         .holds_1 = d.scale(1e-12, 1e30)};
        REQUIRE_FALSE(v.validate());
        const std::size_t in = d.below(2), out = 1 - in;
        const auto c = v.curve(in, out);
        CAPTURE(trial, v.price, v.fee, c.depth());
        test::check_straight_pieces(c, {0.0}, 4e-16);
        const double x = c.depth() * d.unit() * 0.5, y = c.depth() * d.unit() * 0.5;
        const double other = v.curve(out, in).out(v.curve(out, in).depth());
        const double first = v.apply(in, out, x);
        CHECK(first + v.apply(in, out, y) == Approx(c.out(x + y)).epsilon(1e-14));
        CHECK(v.curve(in, out).depth() == Approx(c.depth() - x - y).epsilon(1e-12).margin(c.depth() * 1e-14));
        CHECK(v.curve(out, in).out(v.curve(out, in).depth()) >= other);
        static_cast<void>(v.apply(in, out, infinity));
        CHECK(v.curve(in, out).depth() == 0.0);
        CHECK(v.apply(in, out, 1.0) == 0.0);
    }
    // Without a fee it can all be had back.
    constant_price v{.price = 4.0, .holds_0 = 8.0, .holds_1 = 64.0};
    CHECK(v.apply(1, 0, v.apply(0, 1, 2.0)) == 2.0);
    CHECK(v.holds_0 == 8.0);
    CHECK(v.holds_1 == 64.0);
    CHECK(v.apply(0, 0, 1.0) == 0.0);
}

TEST_CASE("constant_price: what is no price is refused, and named") {
    const auto named = [](const constant_price& v) {
        const configuration_fault f = v.validate();
        return std::string{f ? f.parameter : "fine"};
    };
    CHECK(named({}) == "constant_price.price");
    CHECK(named({.price = 0.0}) == "constant_price.price");
    CHECK(named({.price = infinity}) == "constant_price.price");
    CHECK(named({.price = 1.0, .fee = 1.0}) == "constant_price.fee");
    CHECK(named({.price = 1.0, .fee = -0.1}) == "constant_price.fee");
    CHECK(named({.price = 1.0, .fee_from = static_cast<venue::fee_side>(7)}) == "constant_price.fee_from");
    CHECK(named({.price = 1.0, .holds_0 = -1.0}) == "constant_price.holds_0");
    CHECK(named({.price = 1.0, .holds_1 = not_a_number}) == "constant_price.holds_1");
    CHECK(named({.price = 1.0}) == "fine");
}
