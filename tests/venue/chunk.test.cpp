#include <ballast/venue/chunk.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "support/catch.hpp"

using namespace ballast;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

/// out(x) = O·x/(I + x): within a tolerance t while x ≤ I·t/(1 − t).
struct bent {
    double in_scale, out_scale;

    [[nodiscard]] double out(double x) const noexcept { return out_scale * (x / (in_scale + x)); }
    [[nodiscard]] double in(double y) const noexcept { return y < out_scale ? in_scale * (y / (out_scale - y)) : infinity; }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        const double s = out_scale / (in_scale + x) * (in_scale / (in_scale + x));
        return {s, x > 0.0 ? s : infinity};
    }
    [[nodiscard]] venue::amount_interval inverse_marginal(double p) const noexcept {
        const double x = std::sqrt(in_scale * out_scale / p) - in_scale;
        return x > 0.0 ? venue::amount_interval{x, x} : venue::amount_interval{};
    }
    [[nodiscard]] double depth() const noexcept { return infinity; }
    [[nodiscard]] double shortfall(double x) const noexcept { return out_scale / in_scale * x * (x / (in_scale + x)); }
    [[nodiscard]] double excess(double y) const noexcept { return in(y) * (y / out_scale); }
};

/// Two levels of a book: 10 at 2, then 30 at 1.
struct two_levels {
    [[nodiscard]] double out(double x) const noexcept { return x <= 10.0 ? 2.0 * x : x <= 40.0 ? 10.0 + x : 50.0; }
    [[nodiscard]] double in(double y) const noexcept { return y <= 20.0 ? y / 2.0 : y <= 50.0 ? y - 10.0 : infinity; }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        return {x < 10.0 ? 2.0 : x < 40.0 ? 1.0 : 0.0, x == 0.0 ? infinity : x <= 10.0 ? 2.0 : x <= 40.0 ? 1.0 : 0.0};
    }
    [[nodiscard]] venue::amount_interval inverse_marginal(double p) const noexcept {
        if (p > 2.0) return {};
        if (p == 2.0) return {0.0, 10.0};
        if (p > 1.0) return {10.0, 10.0};
        return {p == 1.0 ? 10.0 : 40.0, 40.0};
    }
    [[nodiscard]] double depth() const noexcept { return 40.0; }
};

std::string refusal(const auto& policy) {
    const configuration_fault f = policy.validate();
    return f ? f.parameter : "";
}
}  // namespace

TEST_CASE("venue.chunk: the largest trade whose average price is within the tolerance") {
    std::mt19937_64 random{31};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int k = 0; k < 500; ++k) {
        const bent pool{std::pow(10.0, -12.0 + 30.0 * unit(random)), std::pow(10.0, -12.0 + 30.0 * unit(random))};
        const double tolerance = std::pow(10.0, -9.0 + 8.9 * unit(random));
        const double most = venue::largest_by_depth(pool, tolerance);
        CHECK(most == Approx(pool.in_scale * tolerance / (1.0 - tolerance)).epsilon(1e-12));
        CHECK(pool.shortfall(most) <= tolerance * (venue::spot(pool) * most));
    }
    // 20 for 10, and 10 + x beyond: at 10 % the average of 1.8 is reached where 10 + x = 1.8·x.
    CHECK(venue::largest_by_depth(two_levels{}, 0.1) == Approx(12.5).epsilon(1e-12));
    CHECK(venue::largest_by_depth(two_levels{}, 0.0) == 10.0);
    CHECK(venue::largest_by_depth(two_levels{}, 0.9) == 40.0);
    CHECK(venue::largest_by_depth(bent{1.0, 1.0}, 0.0) == 0.0);
    CHECK(venue::largest_by_depth(bent{1.0, 1.0}, 1.0) == infinity);
    CHECK(venue::largest_by_depth(bent{1.0, 1.0}, -1.0) == 0.0);
    CHECK(venue::largest_by_depth(bent{1.0, 0.0}, 0.1) == 0.0);
    CHECK(venue::largest_by_depth(venue::any_curve{}, 0.1) == 0.0);
}

TEST_CASE("venue.chunk: of several limits the smallest counts") {
    CHECK(venue::chunk_limits{}.largest() == infinity);
    CHECK(venue::chunk_limits{.depth = 5.0, .participation = 3.0, .sandwich = 4.0}.largest() == 3.0);
    CHECK(venue::chunk_limits{.depth = 5.0, .sandwich = 0.0, .size = 1.0}.largest() == 0.0);
    CHECK(refusal(venue::chunk_limits{}).empty());
    CHECK(refusal(venue::chunk_limits{.sandwich = -1.0}) == "chunk_limits.sandwich");
    CHECK(refusal(venue::chunk_limits{.depth = std::nan("")}) == "chunk_limits.depth");
}

TEST_CASE("venue.chunk: parts are never too large, add up to the order and are as few as can be") {
    // Sales of Set's general index module are min(largest, what is left): of 1,000.00…5 with 1,000 allowed, 1,000; of 521.7 with 800, all of it.
    CHECK(venue::chunk_schedule{.largest = 1'000.0}.next(1'000.00000000005) == 1'000.0);
    CHECK(venue::chunk_schedule{.largest = 800.0}.next(521.739118395525668) == 521.739118395525668);
    CHECK(venue::chunk_schedule{.largest = 3.0}.parts(10.0) == 4.0);
    CHECK(venue::chunk_schedule{.largest = 5.0}.parts(10.0) == 2.0);
    CHECK(venue::chunk_schedule{}.parts(10.0) == 1.0);
    CHECK(venue::chunk_schedule{}.parts(0.0) == 0.0);
    CHECK(venue::chunk_schedule{.largest = 3.0, .cut = venue::chunking::equal}.next(10.0) == 2.5);
    std::mt19937_64 random{32};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int k = 0; k < 1'000; ++k) {
        const venue::chunk_schedule plan{.largest = std::pow(10.0, 3.0 * unit(random)),
                                         .cut = k % 2 == 0 ? venue::chunking::full : venue::chunking::equal};
        const double amount = std::pow(10.0, 5.0 * unit(random));
        double left = amount;
        double count = 0.0;
        double smallest = infinity;
        double largest = 0.0;
        while (left > 1e-9 * amount) {
            const double part = plan.next(left);
            if (!(part > 0.0 && part <= plan.largest && part <= left)) FAIL("a part of " << part << " of " << left);
            smallest = std::fmin(smallest, part);
            largest = std::fmax(largest, part);
            left -= part;
            ++count;
        }
        CHECK(count == plan.parts(amount));
        if (plan.cut == venue::chunking::equal) CHECK(smallest == Approx(largest).epsilon(1e-9));
    }
}

TEST_CASE("venue.chunk: the next part waits for the cool-off") {
    const venue::chunk_schedule plan{.largest = 1.0, .cool_off = minutes(10)};
    const timestamp first{1'000'000'000};
    CHECK(plan.may_go(timestamp::never(), first));
    CHECK_FALSE(plan.may_go(first, first));
    CHECK_FALSE(plan.may_go(first, first + minutes(10) - nanoseconds(1)));
    CHECK(plan.may_go(first, first + minutes(10)));
    CHECK(plan.next_time(first) == first + minutes(10));
    CHECK(refusal(plan).empty());
    CHECK(refusal(venue::chunk_schedule{.largest = 0.0}) == "chunk_schedule.largest");
    CHECK(refusal(venue::chunk_schedule{.cool_off = seconds(-1)}) == "chunk_schedule.cool_off");
}
