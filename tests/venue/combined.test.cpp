#include <ballast/venue/combined.hpp>

#include <ballast/venue/constant_price.hpp>
#include <ballast/venue/order_book.hpp>
#include <ballast/venue/quotes.hpp>
#include <ballast/venue/split.hpp>
#include <ballast/venue/weighted.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include "support/catch.hpp"

using namespace ballast;
using venue::any_curve;

static_assert(venue::shortfall_curve<venue::combined<>> && sizeof(venue::combined<>) <= any_curve::room);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Venues of any kind around a price of 2, some of them empty.
struct mix {
    std::vector<venue::order_book> books{};
    std::vector<any_curve> curves{};

    mix(std::mt19937_64& random, std::size_t n, bool unlimited) {
        std::uniform_real_distribution<double> unit{0.0, 1.0};
        const auto near_two = [&] { return 2.0 * std::exp(0.05 * (unit(random) - 0.5)); };
        books.resize(n);
        for (std::size_t i = 0; i < n; ++i) {
            const double size = std::pow(10.0, -1.0 + 4.0 * unit(random));
            switch (random() % (unlimited ? 4 : 3)) {
                case 0: curves.push_back(venue::constant_price{.price = near_two(), .fee = 0.001, .holds_1 = size}.curve(0, 1)); break;
                case 1: {
                    std::vector<venue::book_level> bids;
                    double price = near_two();
                    for (int k = 0; k < 5; ++k, price *= 1.0 - 0.01 * unit(random)) bids.push_back({price, size * unit(random)});
                    books[i].prepare(8);
                    REQUIRE_FALSE(books[i].assign(std::span<const venue::book_level>{bids}, {}));
                    curves.push_back(books[i].curve(0, 1));
                    break;
                }
                case 2: curves.push_back(random() % 3 == 0 ? any_curve{} : any_curve{venue::straight_curve{near_two(), size}}); break;
                default: {
                    const venue::weighted pool{.tokens = 2,
                                               .balances = {size, near_two() * size * 0.25},
                                               .weights = {0.8, 0.2},
                                               .fee = 0.003,
                                               .max_in_ratio = infinity,
                                               .max_out_ratio = 1.0};
                    REQUIRE_FALSE(pool.validate());
                    curves.push_back(pool.curve(0, 1));
                }
            }
        }
    }
};
}  // namespace

TEST_CASE("venue.combined: it gives what the best split gives, and asks for what the best split asks for") {
    std::mt19937_64 random{51};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    venue::split_workspace w;
    venue::split_result r;
    w.prepare(8);
    r.prepare(8);
    for (int round = 0; round < 600; ++round) {
        const mix m{random, 1 + random() % 8, round % 2 == 0};
        const venue::combined<> all{m.curves};
        const double depth = all.depth();
        const double x = std::isfinite(depth) ? depth * 1.2 * unit(random) : std::pow(10.0, -6.0 + 9.0 * unit(random));
        CAPTURE(round, x, depth);
        venue::split_in(m.curves, x, w, r);
        CHECK(all.out(x) == Approx(r.total_out).epsilon(1e-12));
        CHECK(all.out(x) <= r.dual * (1.0 + 1e-12));
        const double y = all.out(x) * (0.1 + 0.89 * unit(random));
        if (y > 0.0) {
            venue::split_out(m.curves, y, w, r);
            CHECK(all.in(y) == Approx(r.total_in).epsilon(1e-12));
            CHECK(all.out(all.in(y)) == Approx(y).epsilon(1e-12));
        }
        const double within = x < depth ? x : depth;
        CHECK(all.shortfall(x) == Approx(venue::spot(all) * x - all.out(x)).margin(1e-12 * venue::spot(all) * x));
        if (std::isfinite(all.in(y)))
            CHECK(all.excess(y) == Approx(all.in(y) - (y > 0.0 ? y / venue::spot(all) : 0.0)).margin(1e-12 * within));
    }
}

TEST_CASE("venue.combined: its slopes are those of what it gives, and its answers to a price are right for it") {
    std::mt19937_64 random{52};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int round = 0; round < 600; ++round) {
        const mix m{random, 1 + random() % 6, round % 2 == 0};
        const venue::combined<> all{m.curves};
        const double first = venue::spot(all);
        if (!(first > 0.0)) continue;
        const double p = first * (1.02 - 0.3 * unit(random));
        const venue::amount_interval x = all.inverse_marginal(p);
        CAPTURE(round, p, x.low, x.high);
        for (const double at : {x.low, x.high}) {
            const slope_interval s = all.marginal(at);
            // Where nearly all goes to straight pieces the rest of an amount says less of the price.
            CHECK(s.low <= p * (1.0 + 1e-9));
            CHECK(s.high >= p * (1.0 - 1e-9));
        }
        // No other amount is better at that price, and what it takes is as good at both ends.
        const double best = all.out(x.low) - p * x.low;
        CHECK(all.out(x.high) - p * x.high == Approx(best).margin(1e-12 * p * (x.high + 1.0)));
        for (int other = 0; other < 20; ++other) {
            const double z = (x.high + 1.0) * 2.0 * unit(random);
            CHECK(all.out(z) - p * z <= best + 1e-12 * p * (z + x.high + 1.0));
        }
    }
}

TEST_CASE("venue.combined: none, one, nothing, all and more") {
    const venue::combined<> none;
    CHECK(none.out(1.0) == 0.0);
    CHECK(none.in(0.0) == 0.0);
    CHECK(none.in(1.0) == infinity);
    CHECK(none.depth() == 0.0);
    CHECK(venue::spot(none) == 0.0);
    const std::vector<any_curve> curves{venue::straight_curve{2.0, 10.0}, venue::straight_curve{1.0, 30.0}, any_curve{}};
    const venue::combined<> two{curves};
    CHECK(two.out(0.0) == 0.0);
    CHECK(two.out(15.0) == Approx(25.0));
    CHECK(two.out(40.0) == 50.0);
    CHECK(two.out(99.0) == 50.0);
    CHECK(two.in(25.0) == Approx(15.0));
    CHECK(two.in(50.0) == 40.0);
    CHECK(two.in(50.1) == infinity);
    CHECK(two.depth() == 40.0);
    CHECK(two.marginal(0.0).low == 2.0);
    CHECK(two.marginal(0.0).high == infinity);
    CHECK(two.marginal(10.0).low == 1.0);
    CHECK(two.marginal(10.0).high == 2.0);
    CHECK(two.marginal(40.0).low == 0.0);
    CHECK(two.marginal(40.0).high == 1.0);
    CHECK(two.shortfall(15.0) == Approx(5.0));
    CHECK(two.shortfall(41.0) == Approx(32.0));
    CHECK(two.excess(25.0) == Approx(2.5));
    // One without a limit takes the rest.
    const std::vector<any_curve> open{venue::straight_curve{2.0, 10.0}, venue::straight_curve{1.0, infinity},
                                      venue::straight_curve{1.0, infinity}};
    const venue::combined<> all{open};
    CHECK(all.out(100.0) == Approx(110.0));
    CHECK(all.in(110.0) == Approx(100.0));
    CHECK(all.depth() == infinity);
    const any_curve erased = all;
    CHECK(erased.out(100.0) == all.out(100.0));
}
