// Includes nothing else: venue.hpp has to bring every venue, and what they need.
#include <ballast/venue.hpp>

#include "support/catch.hpp"

#include <string>

using namespace ballast;

TEST_CASE("venue: the family's header brings every venue, each with a curve for both directions") {
    STATIC_REQUIRE(venue::venue_model<venue::constant_product>);
    STATIC_REQUIRE(venue::venue_model<venue::weighted>);
    STATIC_REQUIRE(venue::venue_model<venue::stable>);
    STATIC_REQUIRE(venue::venue_model<venue::concentrated>);
    STATIC_REQUIRE(venue::venue_model<venue::order_book>);
    STATIC_REQUIRE(venue::venue_model<venue::constant_price>);
    STATIC_REQUIRE(venue::venue_model<venue::quotes>);
}

TEST_CASE("venue: every curve fits in an erased one, knows its shortfall, and can be referred to, capped and combined") {
    const auto check = [](auto curve) {
        using type = decltype(curve);
        STATIC_REQUIRE(venue::shortfall_curve<type>);
        STATIC_REQUIRE(sizeof(type) <= venue::any_curve::room);
        STATIC_REQUIRE(venue::shortfall_curve<venue::curve_ref<type>>);
        STATIC_REQUIRE(venue::shortfall_curve<venue::capped<type>>);
        STATIC_REQUIRE(venue::shortfall_curve<venue::combined<type>>);
        const venue::any_curve erased = curve;
        const venue::any_curve capped = venue::capped{venue::curve_ref{erased}, 1.0};
        CHECK(erased.out(0.0) == 0.0);
        CHECK(capped.depth() <= 1.0);
    };
    check(venue::constant_product{}.curve(0, 1));
    check(venue::weighted{}.curve(0, 1));
    check(venue::stable{}.curve(0, 1));
    check(venue::concentrated{}.curve(0, 1));
    check(venue::order_book{}.curve(0, 1));
    check(venue::constant_price{.price = 1.0}.curve(0, 1));
    check(venue::quotes{}.curve(0, 1));
}

TEST_CASE("venue: at_venue is a cost model") {
    STATIC_REQUIRE(cost_model<venue::at_venue>);
    STATIC_REQUIRE(detail::check_cost<venue::at_venue>());
    CHECK(std::string{venue::at_venue::name} == "at_venue");
}
