#include <ballast/venue/quotes.hpp>

#include "support/catch.hpp"
#include "support/curves.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace ballast;
using ballast_test::dice;
using venue::quotes;

static_assert(venue::venue_model<quotes> && venue::shortfall_curve<quotes::curve_type>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

struct table {
    std::vector<double> in{}, out{};
};
quotes quotes_of(const table& t) {
    quotes q;
    q.prepare(t.in.size());
    REQUIRE_FALSE(q.assign(0, 1, t.in, t.out));
    return q;
}
}  // namespace

TEST_CASE("quotes: straight between the answers, and nothing beyond the last") {
    const quotes q = quotes_of({{10.0, 20.0, 40.0}, {100.0, 190.0, 350.0}});
    const auto c = q.curve(0, 1);
    CHECK(c.out(5.0) == 50.0);
    CHECK(c.out(10.0) == 100.0);
    CHECK(c.out(15.0) == 145.0);
    CHECK(c.out(30.0) == 270.0);
    CHECK(c.depth() == 40.0);
    CHECK(c.out(50.0) == 350.0);
    CHECK(venue::quote_in(c, 50.0).unfilled == 10.0);
    CHECK(c.in(351.0) == infinity);
    CHECK(c.inverse_marginal(9.0).low == 10.0);
    CHECK(c.inverse_marginal(9.0).high == 20.0);
    CHECK(q.lowered(0, 1) == 0);
    CHECK(q.worst(0, 1) == 0.0);
    CHECK(q.curve(1, 0).depth() == 0.0);
    CHECK(q.curve(1, 1).depth() == 0.0);
}

TEST_CASE("quotes: no more is promised than was answered, where a table is not concave") {
    // A fixed cost of 50 in it: the first answer is worth 5 a piece, the others more. All get the price of the first.
    const quotes fixed = quotes_of({{10.0, 20.0, 40.0}, {50.0, 140.0, 300.0}});
    CHECK(fixed.curve(0, 1).out(20.0) == 100.0);
    CHECK(fixed.curve(0, 1).out(40.0) == 200.0);
    CHECK(fixed.lowered(0, 1) == 2);
    CHECK(fixed.worst(0, 1) == Approx(1.0 / 3.0));
    // A dent: the upper hull would promise 15 for 2.
    const quotes dent = quotes_of({{1.0, 2.0, 3.0, 4.0}, {10.0, 12.0, 20.0, 21.0}});
    CHECK(dent.curve(0, 1).out(2.0) == 12.0);
    CHECK(dent.curve(0, 1).out(3.0) == 14.0);
    CHECK(dent.curve(0, 1).out(4.0) == 16.0);
    CHECK(dent.lowered(0, 1) == 2);
    // Where more in gives no more out it ends.
    const quotes falls = quotes_of({{1.0, 2.0, 3.0, 4.0}, {10.0, 12.0, 12.0, 20.0}});
    CHECK(falls.curve(0, 1).depth() == 2.0);
    CHECK(falls.lowered(0, 1) == 2);
    CHECK(falls.worst(0, 1) == Approx(0.4));
    CHECK(quotes_of({{1.0, 2.0}, {0.0, 1.0}}).curve(0, 1).depth() == 0.0);
    CHECK(quotes_of({}).curve(0, 1).depth() == 0.0);
}

TEST_CASE("quotes: random tables: below every answer and every line between two, concave, and the answers themselves where these are") {
    dice d{1};
    for (int trial = 0; trial < 500; ++trial) {
        const bool concave = d.chance(0.4);
        table t;
        double x = 0.0, y = 0.0, slope = d.scale(1e-6, 1e6);
        const std::size_t n = 1 + d.below(20);
        for (std::size_t k = 0; k < n; ++k) {
            const double step = d.scale(1e-3, 1e3);
            slope *= concave ? d.between(0.5, 0.99) : d.between(0.6, 1.3);
            x += step;
            y += step * slope;
            t.in.push_back(x);
            t.out.push_back(y);
        }
        quotes q = quotes_of(t);
        const auto c = q.curve(0, 1);
        CAPTURE(trial, concave, n);
        bool below = true, met = true;
        double last_x = 0.0, last_y = 0.0;
        for (std::size_t k = 0; k < n; ++k) {
            below = below && c.out(t.in[k]) <= t.out[k] * (1.0 + 1e-14);
            met = met && c.out(t.in[k]) >= t.out[k] * (1.0 - 1e-13);
            for (const double part : {0.2, 0.5, 0.9}) {
                const double line = last_y + part * (t.out[k] - last_y);
                below = below && c.out(last_x + part * (t.in[k] - last_x)) <= line * (1.0 + 1e-13);
            }
            last_x = t.in[k];
            last_y = t.out[k];
        }
        CHECK(below);
        if (concave) CHECK(met);
        if (concave) CHECK(q.lowered(0, 1) == 0);
        CHECK((q.worst(0, 1) > 0.0) == !met);
        std::vector<double> knots = t.in;
        knots.insert(knots.begin(), 0.0);
        test::check_straight_pieces(c, knots, 1e-13);
        // Two orders after one another.
        const double a = c.depth() * d.unit() * 0.5, b = c.depth() * d.unit() * 0.5;
        const double both = c.out(a + b);
        const double first = q.apply(0, 1, a);
        CHECK(first + q.apply(0, 1, b) == Approx(both).epsilon(1e-13));
    }
}

TEST_CASE("quotes: two tables, and what is none is refused, and named") {
    quotes q;
    q.prepare(3);
    REQUIRE_FALSE(q.assign(0, 1, std::vector<double>{1.0, 2.0}, std::vector<double>{10.0, 19.0}));
    REQUIRE_FALSE(q.assign(1, 0, std::vector<double>{10.0}, std::vector<double>{0.9}));
    CHECK(q.curve(0, 1).out(2.0) == 19.0);
    CHECK(q.curve(1, 0).out(10.0) == Approx(0.9));
    const auto named = [&](std::vector<double> in, std::vector<double> out, std::size_t from = 0, std::size_t to = 1) {
        const configuration_fault f = q.assign(from, to, in, out);
        REQUIRE(f);
        if (from == 0 && to == 1) CHECK(q.curve(0, 1).depth() == 0.0);
        return std::string{f.parameter};
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(named({1.0, 2.0}, {1.0}) == "quotes.out");
    CHECK(named({2.0, 1.0}, {1.0, 2.0}) == "quotes.in");
    CHECK(named({0.0}, {1.0}) == "quotes.in");
    CHECK(named({nan}, {1.0}) == "quotes.in");
    CHECK(named({infinity}, {1.0}) == "quotes.in");
    CHECK(named({1.0}, {-1.0}) == "quotes.out");
    CHECK(named({1.0}, {nan}) == "quotes.out");
    CHECK(named({1.0, 2.0, 3.0, 4.0}, {1.0, 2.0, 3.0, 4.0}) == "quotes.in");
    CHECK(named({1.0}, {1.0}, 0, 0) == "quotes.in");
    CHECK(named({1.0}, {1.0}, 1, 2) == "quotes.in");
    CHECK(q.curve(1, 0).out(10.0) == Approx(0.9));  // the other direction stays
    CHECK(quotes{}.curve(0, 1).out(1.0) == 0.0);
}
