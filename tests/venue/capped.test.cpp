#include <ballast/venue/capped.hpp>

#include <ballast/venue/constant_price.hpp>
#include <ballast/venue/constant_product.hpp>

#include <cmath>
#include <limits>

#include "support/catch.hpp"

using namespace ballast;

static_assert(venue::shortfall_curve<venue::capped<venue::constant_product_curve>>);
static_assert(venue::shortfall_curve<venue::capped<venue::straight_curve>>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
const venue::constant_product_curve pool{1'000.0, 2'000.0};
}  // namespace

TEST_CASE("venue.capped: the other curve up to the cap, and nothing beyond") {
    const venue::capped c{pool, 10.0};
    for (const double x : {0.0, 1e-18, 1.0, 9.9}) {
        CHECK(c.out(x) == pool.out(x));
        CHECK(c.in(pool.out(x)) == Approx(x));
        CHECK(c.marginal(x).low == pool.marginal(x).low);
        CHECK(c.marginal(x).high == pool.marginal(x).high);
        CHECK(c.shortfall(x) == pool.shortfall(x));
        CHECK(c.excess(pool.out(x)) == pool.excess(pool.out(x)));
    }
    CHECK(c.depth() == 10.0);
    CHECK(c.out(11.0) == pool.out(10.0));
    CHECK(c.in(pool.out(10.0)) == Approx(10.0));
    CHECK(c.in(pool.out(10.1)) == infinity);
    CHECK(c.excess(pool.out(10.1)) == infinity);
    CHECK(c.marginal(10.0).low == 0.0);
    CHECK(c.marginal(10.0).high == pool.marginal(10.0).high);
    CHECK(c.marginal(11.0).high == 0.0);
    CHECK(c.shortfall(11.0) == Approx(2.0 * 11.0 - pool.out(10.0)));
    const venue::quote q = venue::quote_in(c, 25.0);
    CHECK(q.unfilled == 15.0);
    CHECK(q.out == pool.out(10.0));
}

TEST_CASE("venue.capped: its answers to a price stop at the cap and are right for it") {
    const venue::capped c{pool, 10.0};
    for (double p = 1.5; p < 2.1; p += 0.001) {
        const venue::amount_interval x = c.inverse_marginal(p);
        CHECK(x.low <= 10.0);
        CHECK(c.marginal(x.low).low <= p * (1.0 + 1e-12));
        CHECK(c.marginal(x.high).high >= p * (1.0 - 1e-12));
    }
    // A cap that the depth does not reach is none; one of 0 takes nothing.
    const venue::capped wide{venue::straight_curve{2.0, 5.0}, 10.0};
    CHECK(wide.depth() == 5.0);
    CHECK(wide.inverse_marginal(2.0).high == 5.0);
    CHECK(wide.marginal(5.0).low == 0.0);
    const venue::capped none{pool, 0.0};
    CHECK(none.out(1.0) == 0.0);
    CHECK(none.in(0.0) == 0.0);
    CHECK(none.in(1.0) == infinity);
    CHECK(none.depth() == 0.0);
}
