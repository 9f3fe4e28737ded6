#include <ballast/risk/yang_zhang.hpp>

#include "support/bar_estimators.hpp"

#include <ballast/core/civil_date.hpp>

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::yang_zhang;
using test::counted_bar;

static_assert(std::is_aggregate_v<yang_zhang> && std::is_trivially_copyable_v<yang_zhang> && estimator_policy<yang_zhang>);
static_assert(yang_zhang::provides == risk_need::volatility && detail::check_estimator<yang_zhang>() &&
              detail::adjustable<yang_zhang::estimate>);

namespace {
yang_zhang over(std::uint64_t n) { return {.bars = n}; }
long double by_definition(const std::vector<counted_bar>& bars) {
    const auto n = static_cast<long double>(bars.size());
    const auto sample_variance = [&](auto&& x) {
        long double mean = 0, squares = 0;
        for (const counted_bar& c : bars) mean += x(c) / n;
        for (const counted_bar& c : bars) squares += std::pow(x(c) - mean, 2.0L);
        return bars.size() > 1 ? squares / (n - 1) : mean * mean;
    };
    const long double jumps = sample_variance([](const counted_bar& c) { return std::log(c.open / c.before); });
    const long double moves = sample_variance([](const counted_bar& c) { return std::log(c.close / c.open); });
    long double rs = 0;
    for (const counted_bar& c : bars)
        rs += (std::log(c.high / c.close) * std::log(c.high / c.open) + std::log(c.low / c.close) * std::log(c.low / c.open)) / n;
    const long double k = bars.size() > 1 ? 0.34L / (1.34L + (n + 1) / (n - 1)) : 0.0L;
    return jumps + k * moves + (1 - k) * rs;
}
}  // namespace

TEST_CASE("yang_zhang: as R's TTR has it") { test::check_against_ttr("yang.zhang", over); }

TEST_CASE("yang_zhang: irregular bars with holes, flat, late and missing ones, against the definition with all sums written out") {
    for (const std::uint64_t window : {2u, 10u, 37u}) {
        CAPTURE(window);
        test::check_definition(over(window), window, true, days(5), by_definition);
    }
}

TEST_CASE("yang_zhang: a spike is forgotten to the last bit, and no bar makes it less than 0 or no number") {
    test::check_forgets(over(7), 7);
    test::check_always_a_number(over(3));
}

TEST_CASE("yang_zhang: saved, erased and adjusted for a split it goes on as before") { test::check_same_elsewhere(over(5)); }

TEST_CASE("yang_zhang: bad bars are told with asset and value, and teach nothing") { test::check_bar_faults(over(3)); }

TEST_CASE("yang_zhang: finds the volatility, nights included, whatever the drift") {
    const yang_zhang all = over(4000);
    CHECK(test::share_of_walk(all, 0.0, 1.0, 4000) == Approx(1.0).epsilon(0.04));
    CHECK(test::share_of_walk(all, 0.0, 1.0 / 3.0, 4000) == Approx(1.0).epsilon(0.04));
    // Whatever the drift, here five standard deviations a bar.
    CHECK(test::share_of_walk(all, 38.2, 1.0 / 3.0, 4000) == Approx(1.0).epsilon(0.05));
}

TEST_CASE("yang_zhang: an estimate for another window is not prepared") { test::check_windows_differ(over(5), over(6)); }

TEST_CASE("yang_zhang: a stale run is a gap, and the jump at its end counts over all of it") {
    test::single s{over(10)};
    test::random_bars bars{5};
    timestamp now{};
    for (int k = 0; k < 30; ++k, now = now + hours(1)) REQUIRE_FALSE(s.bar(now, bars.next()));
    const double before = s.variance();
    CHECK(before > 0.0);
    for (int k = 0; k < 419; ++k, now = now + hours(1)) REQUIRE_FALSE(s.bar(now, {bars.last, bars.last, bars.last, bars.last}));
    CHECK(s.variance() == before);
    REQUIRE_FALSE(s.bar(now, bars.next()));
    CHECK(s.estimate.window.span[0] == hours(9 + 420));
}

TEST_CASE("yang_zhang: bad parameters are refused with parameter, value and range") {
    CHECK(test::refusal(yang_zhang{}).empty());
    CHECK(test::refusal(over(1)) == "ballast: yang_zhang.bars = 1: must be 2 to 1048576 bars: of one there is no mean");
    CHECK(test::refusal(over(1048577)) == "ballast: yang_zhang.bars = 1.04858e+06: must be 2 to 1048576 bars: of one there is no mean");
}

// Apple's four splits, told: the same as with adjusted prices. That of 7 for 1 not told: a jump of −1.9.
TEST_CASE("yang_zhang: unadjusted bars with their splits told are as good as adjusted ones") {
    const std::string path = test::data_file("prices/aapl_daily_raw_unadjusted.csv");
    if (path.empty()) return;
    const csv::prices data = test::read_bars(path);
    REQUIRE(data.when.size() == 5849);
    test::single told{over(20)}, naive{over(20)}, adjusted{over(20)};
    double cumulated = 1.0, worst = 0.0;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        const timestamp now = data.when[row];
        const double factor = now == timestamp_from_civil(2014, 6, 9)                                                ? 1.0 / 7.0
                              : now == timestamp_from_civil(2020, 8, 31)                                             ? 1.0 / 4.0
                              : now == timestamp_from_civil(2000, 6, 21) || now == timestamp_from_civil(2005, 2, 28) ? 1.0 / 2.0
                                                                                                                     : 1.0;
        if (factor != 1.0) told.estimate.adjust(0, factor);
        cumulated *= factor;
        const test::price_bar b = test::bar_of(data, row);
        REQUIRE_FALSE(told.bar(now, b));
        REQUIRE_FALSE(naive.bar(now, b));
        REQUIRE_FALSE(adjusted.bar(now, {b.open / cumulated, b.high / cumulated, b.low / cumulated, b.close / cumulated}));
        if (row > 0) worst = std::fmax(worst, std::fabs(told.variance() / adjusted.variance() - 1.0));
        if (now == timestamp_from_civil(2014, 6, 9)) {
            CHECK(naive.volatility() > 6.0);
            CHECK(told.volatility() < 0.3);
        }
        // A fall by half overnight that was one.
        if (now == timestamp_from_civil(2000, 9, 29)) CHECK(told.volatility() > 2.0);
    }
    CHECK(worst < 1e-9);
}
