#include <ballast/venue/concept.hpp>

#include <cmath>
#include <limits>
#include <type_traits>

#include "support/catch.hpp"

using namespace ballast;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The smallest curve that there can be: so much at one price. It knows nothing of shortfall or excess.
struct plain {
    double price = 2.0;
    double most = 10.0;

    [[nodiscard]] double out(double x) const noexcept { return price * (x < most ? x : most); }
    [[nodiscard]] double in(double y) const noexcept { return y <= price * most ? y / price : infinity; }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        return {x < most ? price : 0.0, x > most ? 0.0 : x > 0.0 ? price : infinity};
    }
    [[nodiscard]] venue::amount_interval inverse_marginal(double p) const noexcept {
        return {p < price ? most : 0.0, p > price ? 0.0 : most};
    }
    [[nodiscard]] double depth() const noexcept { return most; }
};
struct pool {
    [[nodiscard]] plain curve(std::size_t, std::size_t) const noexcept { return {}; }
    double apply(std::size_t, std::size_t, double x) noexcept { return x; }
};
/// out throws, so it is none.
struct throwing : plain {
    [[nodiscard]] double out(double x) const { return x; }
};
struct large : plain {
    double more[13] = {};
};

static_assert(venue::venue_curve<plain> && !venue::shortfall_curve<plain>);
static_assert(venue::venue_model<pool> && !venue::venue_model<plain>);
static_assert(!venue::venue_curve<throwing> && !venue::venue_curve<int>);
static_assert(venue::shortfall_curve<venue::any_curve> && std::is_trivially_copyable_v<venue::any_curve>);
static_assert(venue::shortfall_curve<venue::curve_ref<plain>> && sizeof(venue::curve_ref<plain>) == sizeof(void*));
static_assert(sizeof(plain) < venue::any_curve::room && sizeof(large) > venue::any_curve::room);
}  // namespace

TEST_CASE("venue.concept: spot, shortfall and excess of a curve that does not tell them") {
    const plain c;
    CHECK(venue::spot(c) == 2.0);
    CHECK(venue::shortfall(c, 5.0) == 0.0);
    CHECK(venue::shortfall(c, 15.0) == 10.0);
    CHECK(venue::excess(c, 5.0) == 0.0);
    CHECK(venue::excess(c, 25.0) == infinity);
}

TEST_CASE("venue.concept: quotes tell what is not filled") {
    const plain c;
    const venue::quote some = venue::quote_in(c, 4.0);
    CHECK(some.in == 4.0);
    CHECK(some.out == 8.0);
    CHECK(some.unfilled == 0.0);
    CHECK(some.price_after == 2.0);
    const venue::quote more = venue::quote_in(c, 14.0);
    CHECK(more.in == 10.0);
    CHECK(more.out == 20.0);
    CHECK(more.unfilled == 4.0);
    CHECK(more.price_after == 0.0);
    const venue::quote wanted = venue::quote_out(c, 6.0);
    CHECK(wanted.in == 3.0);
    CHECK(wanted.out == 6.0);
    CHECK(wanted.unfilled == 0.0);
    const venue::quote too_much = venue::quote_out(c, 26.0);
    CHECK(too_much.in == 10.0);
    CHECK(too_much.out == 20.0);
    CHECK(too_much.unfilled == 6.0);
    CHECK(too_much.price_after == 0.0);
}

TEST_CASE("venue.concept: an erased curve and one that lies elsewhere answer as the curve itself, an empty one takes nothing") {
    const plain c{3.0, 7.0};
    const venue::any_curve erased = c;
    const venue::curve_ref other{c};
    const venue::any_curve copied = erased;
    for (const double x : {0.0, 1.0, 7.0, 9.0}) {
        CHECK(erased.out(x) == c.out(x));
        CHECK(other.out(x) == c.out(x));
        CHECK(copied.in(x) == c.in(x));
        CHECK(other.in(x) == c.in(x));
        CHECK(erased.marginal(x).low == c.marginal(x).low);
        CHECK(other.marginal(x).high == c.marginal(x).high);
        CHECK(erased.inverse_marginal(x).high == c.inverse_marginal(x).high);
        CHECK(other.inverse_marginal(x).low == c.inverse_marginal(x).low);
        CHECK(erased.shortfall(x) == venue::shortfall(c, x));
        CHECK(other.excess(x) == venue::excess(c, x));
    }
    CHECK(erased.depth() == 7.0);
    CHECK(other.depth() == 7.0);
    const venue::any_curve none;
    CHECK(none.out(1.0) == 0.0);
    CHECK(none.in(0.0) == 0.0);
    CHECK(none.in(1.0) == infinity);
    CHECK(none.depth() == 0.0);
    CHECK(venue::spot(none) == 0.0);
    CHECK(none.inverse_marginal(1.0).high == 0.0);
    CHECK(venue::quote_in(none, 1.0).unfilled == 1.0);
    CHECK(venue::quote_out(none, 1.0).unfilled == 1.0);
}

TEST_CASE("venue.concept: of a curve that only flattens its whole reserve can not be had") {
    struct flat {
        [[nodiscard]] double out(double x) const noexcept { return x / (1.0 + x); }
        [[nodiscard]] double in(double y) const noexcept { return y < 1.0 ? y / (1.0 - y) : infinity; }
        [[nodiscard]] slope_interval marginal(double x) const noexcept {
            return {1.0 / ((1.0 + x) * (1.0 + x)), x > 0.0 ? 1.0 / ((1.0 + x) * (1.0 + x)) : infinity};
        }
        [[nodiscard]] venue::amount_interval inverse_marginal(double) const noexcept { return {}; }
        [[nodiscard]] double depth() const noexcept { return infinity; }
    };
    const venue::quote q = venue::quote_out(flat{}, 1.0);
    CHECK(q.unfilled == 1.0);
    CHECK(q.out == 0.0);
    CHECK(q.in == 0.0);
    CHECK(q.price_after == 1.0);
    CHECK(venue::quote_out(flat{}, 0.5).in == 1.0);
    // Nothing is lost to rounding below zero.
    CHECK(venue::shortfall(flat{}, 1e-18) >= 0.0);
    CHECK(venue::excess(flat{}, 1e-18) >= 0.0);
}
