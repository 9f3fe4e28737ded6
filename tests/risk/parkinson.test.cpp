#include <ballast/risk/parkinson.hpp>

#include "support/bar_estimators.hpp"

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::parkinson;
using test::counted_bar;

static_assert(std::is_aggregate_v<parkinson> && std::is_trivially_copyable_v<parkinson> && estimator_policy<parkinson>);
static_assert(parkinson::provides == risk_need::volatility && detail::check_estimator<parkinson>() &&
              detail::adjustable<parkinson::estimate>);

namespace {
parkinson over(std::uint64_t n) { return {.bars = n}; }
long double by_definition(const std::vector<counted_bar>& bars) {
    long double sum = 0;
    for (const counted_bar& c : bars) sum += std::pow(std::log(c.high / c.low), 2.0L) / (4.0L * std::log(2.0L));
    return sum / static_cast<long double>(bars.size());
}
}  // namespace

TEST_CASE("parkinson: as R's TTR has it") { test::check_against_ttr("parkinson", over); }

TEST_CASE("parkinson: irregular bars with holes, flat, late and missing ones, against the definition with all sums written out") {
    for (const std::uint64_t window : {1u, 2u, 10u, 37u}) {
        CAPTURE(window);
        test::check_definition(over(window), window, false, days(5), by_definition);
    }
}

TEST_CASE("parkinson: a spike is forgotten to the last bit, and no bar makes it less than 0 or no number") {
    test::check_forgets(over(7), 7);
    test::check_always_a_number(over(3));
}

TEST_CASE("parkinson: saved, erased and adjusted for a split it goes on as before") { test::check_same_elsewhere(over(5)); }

TEST_CASE("parkinson: bad bars are told with asset and value, and teach nothing") { test::check_bar_faults(over(3)); }

TEST_CASE("parkinson: finds the volatility of the open hours") {
    const parkinson all = over(4000);
    CHECK(test::share_of_walk(all, 0.0, 1.0, 4000) == Approx(1.0).epsilon(0.04));
    // A third of the day open: a third of the variance, spread over the year.
    CHECK(test::share_of_walk(all, 0.0, 1.0 / 3.0, 4000) == Approx(1.0 / 3.0).epsilon(0.04));
}

TEST_CASE("parkinson: an estimate for another window is not prepared") { test::check_windows_differ(over(5), over(6)); }

TEST_CASE("parkinson: what a stale quote leaves out is not taken for calm") {
    test::single s{over(10)};
    test::random_bars bars{5};
    timestamp now{};
    for (int k = 0; k < 30; ++k, now = now + hours(1)) REQUIRE_FALSE(s.bar(now, bars.next()));
    const double before = s.variance();
    CHECK(before > 0.0);
    for (int k = 0; k < 419; ++k, now = now + hours(1)) REQUIRE_FALSE(s.bar(now, {bars.last, bars.last, bars.last, bars.last}));
    CHECK(s.variance() == before);
    // The next bar takes an hour, as the others did.
    for (int k = 0; k < 10; ++k, now = now + hours(1)) REQUIRE_FALSE(s.bar(now, bars.next()));
    CHECK(s.estimate.window.span[0] == hours(10));
    // After a hole in the data a bar says only where the next one begins.
    const double after = s.variance();
    now = now + days(6);
    REQUIRE_FALSE(s.bar(now, bars.next()));
    CHECK(s.variance() == after);
    REQUIRE_FALSE(s.bar(now + hours(1), bars.next()));
    CHECK(s.variance() != after);
    CHECK(s.estimate.window.span[0] == hours(10));
}

TEST_CASE("parkinson: bad parameters are refused with parameter, value and range") {
    CHECK(test::refusal(parkinson{}).empty());
    CHECK(test::refusal(over(0)) == "ballast: parkinson.bars = 0: must be 1 to 1048576 bars");
    CHECK(test::refusal(over(1048577)) == "ballast: parkinson.bars = 1.04858e+06: must be 1 to 1048576 bars");
    CHECK(test::refusal(parkinson{.longest_gap = {}}) == "ballast: parkinson.longest_gap = 0: must be a time above 0 (seconds)");
}

// Daily bars of a stock with four splits that nobody told of: all prices of a bar are of one day, so that it never sees them.
// Three days have a false low, of a tenth of the price: in 20 bars that is forgotten.
TEST_CASE("parkinson: splits do not show") {
    const std::string path = test::data_file("prices/aapl_daily_raw_unadjusted.csv");
    if (path.empty()) return;
    const csv::prices data = test::read_bars(path);
    test::single s{over(20)};
    double highest = 0.0, lowest = 1.0;
    int since_false = 1000, false_lows = 0;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        REQUIRE_FALSE(s.bar(data.when[row], test::bar_of(data, row)));
        if (row < 20) continue;
        REQUIRE(s.ready());
        const test::price_bar b = test::bar_of(data, row);
        ++since_false;
        if (3.0 * b.low < b.close) {
            ++false_lows;
            since_false = 0;
            CHECK(s.volatility() > 4.0);
        }
        if (since_false < 20) continue;
        highest = std::fmax(highest, s.volatility());
        lowest = std::fmin(lowest, s.volatility());
    }
    CHECK(false_lows == 3);
    CHECK(highest < 1.5);
    CHECK(lowest > 0.05);
}

TEST_CASE("parkinson: bars further apart than it takes for neighbours never get it ready") {
    test::single s{over(3)};
    test::random_bars bars{6};
    for (int week = 0; week < 20; ++week) REQUIRE_FALSE(s.bar(timestamp{} + days(7 * week), bars.next()));
    CHECK_FALSE(s.ready());
    CHECK(s.variance() == 0.0);
}

TEST_CASE("parkinson: closes alone are no bars, and never get it ready") {
    test::single s{over(3)};
    test::random_bars bars{7};
    for (int k = 0; k < 50; ++k) {
        const double p = bars.next().close;
        REQUIRE_FALSE(s.bar(timestamp{} + hours(k), {p, p, p, p}));
    }
    CHECK_FALSE(s.ready());
    CHECK(s.variance() == 0.0);
    // One of them among true bars is left out with its time.
    for (int k = 50; k < 60; ++k) REQUIRE_FALSE(s.bar(timestamp{} + hours(k), bars.next()));
    const double v = s.variance(), p = bars.last * 1.1;
    CHECK(v > 0.0);
    REQUIRE_FALSE(s.bar(timestamp{} + hours(60), {p, p, p, p}));
    CHECK(s.variance() == v);
    REQUIRE_FALSE(s.bar(timestamp{} + hours(61), bars.next()));
    CHECK(s.estimate.window.span[0] == hours(3));
    CHECK(s.ready());
}
