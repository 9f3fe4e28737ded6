#include <ballast/trigger/distance.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::trigger::distance;
using ballast::trigger::distance_measure;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<distance> && std::is_trivially_copyable_v<distance> && trigger_policy<distance>);
static_assert(!banded_trigger<distance>);  // a ball or a diamond is no box
static_assert(std::is_same_v<memory_of<distance>, no_memory>);
static_assert(noexcept(distance{}.check(look{})) && noexcept(distance{}.validate()));
static_assert(detail::check_trigger<distance>());

// Bought and sold once each: 10 points from A to B, 5 of cash into C. Turnover ½·(0.10 + 0.10 + 0.05 + 0.05) = 0.15, Euclidean
// √(0.01 + 0.01 + 0.0025 + 0.0025) = √0.025.
TEST_CASE("distance: a case by hand, cash included") {
    const test_look l{{0.4, 0.2, 0.25}, {0.3, 0.3, 0.3}};
    CHECK(l.look().cash_drift() == Approx(0.05));
    CHECK(distance{}.check(l).measure == Approx(0.15).epsilon(1e-14));
    CHECK(distance{.limit = 0.1, .measure = distance_measure::euclidean}.check(l).measure == Approx(std::sqrt(0.025)).epsilon(1e-14));
    CHECK(distance{.limit = 0.1499}.check(l).fired);
    CHECK(distance{.limit = 0.1499}.check(l).threshold == 0.1499);
    CHECK_FALSE(distance{.limit = 0.1501}.check(l).fired);
    CHECK(std::string{distance{}.check(l).trigger} == "distance");
    CHECK(distance{}.check(l).asset == no_index);
}

TEST_CASE("distance: one equal to the limit does not fire") {
    const test_look l{{0.55, 0.45}, {0.5, 0.5}};
    CHECK_FALSE(distance{.limit = 0.05}.check(l).fired);
    CHECK(distance{.limit = 0.0499}.check(l).fired);
    CHECK_FALSE(distance{.limit = 0.0}.check(test_look({0.5, 0.5}, {0.5, 0.5})).fired);
}

TEST_CASE("distance: sees a deposit that leaves every asset a little short") {
    const std::size_t n = 20;
    const test_look l{std::vector<double>(n, 0.045), std::vector<double>(n, 0.05)};
    CHECK(l.look().largest_drift < 0.0051);
    CHECK(distance{}.check(l).measure == Approx(0.1));  // the cash, a tenth of the book
    CHECK(distance{.limit = 0.09}.check(l).fired);
}

// d₁ = ½·(Σ|wᵢ − Tᵢ| + |w_cash − T_cash|), d₂ = √(Σ(wᵢ − Tᵢ)² + (w_cash − T_cash)²), by plain sums in long double. The first is the larger
// of what is bought and what is sold, cash counted as an asset, because both are the same.
TEST_CASE("distance: random looks, against plain sums") {
    std::mt19937_64 rng{12};
    int fired = 0;
    for (const std::size_t n : ballast_test::look_sizes)
        for (int round = 0; round < 100; ++round) {
            const test_look l = ballast_test::random_look(rng, n);
            long double bought = 0, sold = 0, squares = 0, cash = 1, cash_target = 1;
            const auto count = [&](long double drift) {
                (drift > 0 ? sold : bought) += std::fabs(drift);
                squares += drift * drift;
            };
            for (std::size_t i = 0; i < n; ++i) {
                const auto weight = static_cast<long double>(l.weight[i]);
                const auto target = static_cast<long double>(l.target[i]);
                count(weight - target);
                cash -= weight;
                cash_target -= target;
            }
            count(cash - cash_target);
            const double one_way = static_cast<double>(bought);
            const double euclidean = static_cast<double>(std::sqrt(squares));
            CHECK(static_cast<double>(sold) == Approx(one_way).margin(1e-15));
            const double limit = 0.05 + 0.2 * static_cast<double>(rng() % 1000) / 1000.0;
            const firing a = distance{.limit = limit}.check(l);
            const firing b = distance{.limit = limit, .measure = distance_measure::euclidean}.check(l);
            CHECK(a.measure == Approx(one_way).epsilon(1e-13).margin(1e-15));
            CHECK(b.measure == Approx(euclidean).epsilon(1e-13).margin(1e-15));
            CHECK(a.fired == (one_way > limit));
            CHECK(b.fired == (euclidean > limit));
            fired += a.fired;
            if (n == 0) CHECK(a.measure == 0.0);
        }
    CHECK(fired > 100);
    CHECK(fired < 1000);
}

TEST_CASE("distance: a bad limit is refused with parameter, value and range") {
    const auto text = [](double limit) -> std::string {
        const configuration_fault f = distance{.limit = limit}.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    CHECK(text(-0.1) == "ballast: distance.limit = -0.1: must be a weight at or above 0");
    CHECK_THAT(text(std::numeric_limits<double>::quiet_NaN()), StartsWith("ballast: distance.limit = "));
    CHECK(text(0.0).empty());
    CHECK(text(std::numeric_limits<double>::infinity()).empty());
}
