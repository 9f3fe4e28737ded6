#include <ballast/target/glide_path.hpp>

#include <ballast/keeper.hpp>

#include <ballast/core/civil_date.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/targets.hpp"

#include <limits>
#include <random>
#include <utility>
#include <vector>

using namespace ballast;
using ballast::target::glide_path;
using ballast::target::glide_points;
using ballast_test::test_look;
using test::refusal;

static_assert(std::is_aggregate_v<glide_path> && target_policy<glide_path> && !detail::transforms<glide_path>());
static_assert(noexcept(glide_path{}.weights(look{}, {})));

namespace {
std::vector<double> weights(const glide_path& p, timestamp now, std::size_t n) {
    test_look l{std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)};
    l.at(now);
    return test::weights_of(p, l);
}
}  // namespace

TEST_CASE("glide_path: in straight lines, constant outside, exact at the points") {
    const timestamp a = timestamp_from_civil(2020, 1, 1), b = timestamp_from_civil(2030, 1, 1), c = timestamp_from_civil(2034, 1, 1);
    const glide_path p{{{a, {0.8, 0.2}}, {b, {0.5, 0.5}}, {c, {0.3, 0.1}}}};
    for (const timestamp early : {timestamp::never(), timestamp{}, a - nanoseconds(1), a})
        CHECK(weights(p, early, 2) == std::vector{0.8, 0.2});
    CHECK(weights(p, b, 2) == std::vector{0.5, 0.5});
    for (const timestamp late : {c, c + days(5000)}) CHECK(weights(p, late, 2) == std::vector{0.3, 0.1});
    const std::vector<double> half = weights(p, a + nanoseconds((b.ns - a.ns) / 2), 2);
    CHECK(half[0] == Approx(0.65).epsilon(1e-15));
    CHECK(half[1] == Approx(0.35).epsilon(1e-15));
    const std::vector<double> quarter = weights(p, b + nanoseconds((c.ns - b.ns) / 4), 2);
    CHECK(quarter[0] == Approx(0.45).epsilon(1e-15));
    CHECK(quarter[1] == Approx(0.4).epsilon(1e-15));
    CHECK(weights({{{a, 0.5}}}, b, 3) == std::vector(3, 0.5));  // one point, one number for all
}

TEST_CASE("glide_path: any number of points, against a plain search") {
    std::mt19937_64 random{71};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (std::size_t many = 1; many < 40; ++many) {
        glide_path p;
        std::vector<std::pair<timestamp, double>> points;
        timestamp at{static_cast<std::int64_t>(random() >> 8)};
        for (std::size_t k = 0; k < many; ++k) {
            const double w = unit(random);
            at = at + nanoseconds(static_cast<std::int64_t>(1 + random() % 1'000'000'000'000));
            points.emplace_back(at, w);
            p.path.push_back({at, {w, 1.0 - w}});
        }
        REQUIRE_FALSE(p.validate());
        for (int k = 0; k < 60; ++k) {
            const auto span = static_cast<double>(points.back().first.ns - points.front().first.ns);
            const timestamp now{points.front().first.ns + static_cast<std::int64_t>(span * (1.2 * unit(random) - 0.1))};
            double expected = points.front().second;
            for (std::size_t i = 0; i < many; ++i) {
                if (points[i].first > now) break;
                expected = points[i].second;
                if (i + 1 < many && now < points[i + 1].first)
                    expected += (points[i + 1].second - expected) * static_cast<double>(now.ns - points[i].first.ns) /
                                static_cast<double>(points[i + 1].first.ns - points[i].first.ns);
            }
            const std::vector<double> w = weights(p, now, 2);
            CHECK(w[0] == Approx(expected).epsilon(1e-13));
            CHECK(w[0] + w[1] == Approx(1.0).epsilon(1e-14));
        }
    }
}

TEST_CASE("glide_path: a call takes its time from the market") {
    const timestamp a = timestamp_from_civil(2020, 1, 1);
    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{},
                        glide_path{{{a, {0.8, 0.2}}, {a + days(10), {0.3, 0.7}}}}},
             {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{0.0, 0.0};
    for (int day = 0; day < 15; ++day) {
        REQUIRE_FALSE(k.observe({.now = a + days(day), .price = price}));
        CHECK(k.propose({.cash = 100.0, .quantity = quantity}).weight_after()[0] == Approx(day < 10 ? 0.8 - 0.05 * day : 0.3));
    }
    keeper other{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, glide_path{{{a, {0.8, 0.2}}}}},
                 {.assets = 3}};
    const std::vector<double> three(3, 1.0);
    REQUIRE_FALSE(other.observe({.now = a, .price = three}));
    CHECK(other.propose({.cash = 100.0, .quantity = three}).problem.code == fault_code::bad_parameter_count);
}

TEST_CASE("glide_path: bad paths are refused with parameter, value and range") {
    const timestamp a = timestamp_from_civil(2020, 1, 1);
    CHECK(refusal(glide_path{}) == "ballast: glide_path.path = 0: has to be given: points in time, each with weights");
    CHECK(refusal(glide_path{{{a, 0.5}, {a, 0.4}}}) ==
          "ballast: glide_path.path = 1: must have points of rising times (which one, from 0)");
    CHECK(refusal(glide_path{{{timestamp::never(), 0.5}}}) ==
          "ballast: glide_path.path = 0: must have points of rising times (which one, from 0)");
    CHECK(refusal(glide_path{{{a, per_asset{}}}}) == "ballast: glide_path.path = 0: must have weights at every point (which one, from 0)");
    CHECK(refusal(glide_path{{{a, {0.5, std::numeric_limits<double>::infinity()}}}}) ==
          "ballast: glide_path.path = inf: must have finite weights");
    CHECK(glide_path{{{a, {0.5, 0.5}}}}.covers(2));
    CHECK_FALSE(glide_path{{{a, {0.5, 0.5}}, {a + days(1), {0.5, 0.2, 0.3}}}}.covers(2));
    const glide_points none;
    CHECK(none.empty());
    CHECK(none.begin() == none.end());
}
