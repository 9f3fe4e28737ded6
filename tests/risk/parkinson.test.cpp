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

TEST_CASE("parkinson: what a stale quote leaves out is not taken for calm") { test::check_stale_is_not_calm(over); }

TEST_CASE("parkinson: bad parameters are refused with parameter, value and range") {
    CHECK(test::refusal(parkinson{}).empty());
    CHECK(test::refusal(over(0)) == "ballast: parkinson.bars = 0: must be 1 to 1048576 bars");
    CHECK(test::refusal(over(1048577)) == "ballast: parkinson.bars = 1.04858e+06: must be 1 to 1048576 bars");
    CHECK(test::refusal(parkinson{.longest_gap = {}}) == "ballast: parkinson.longest_gap = 0: must be a time above 0 (seconds)");
}

TEST_CASE("parkinson: splits do not show") { test::check_splits_do_not_show(over); }

TEST_CASE("parkinson: bars further apart than it takes for neighbours never get it ready") { test::check_neighbours_only(over); }

TEST_CASE("parkinson: closes alone are no bars, and never get it ready") { test::check_closes_are_no_bars(over); }
