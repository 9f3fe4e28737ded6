#include <ballast/risk/garman_klass.hpp>

#include "support/bar_estimators.hpp"

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::garman_klass;
using test::counted_bar;

static_assert(std::is_aggregate_v<garman_klass> && std::is_trivially_copyable_v<garman_klass> && estimator_policy<garman_klass>);
static_assert(garman_klass::provides == risk_need::volatility && detail::check_estimator<garman_klass>() &&
              detail::adjustable<garman_klass::estimate>);

namespace {
garman_klass over(std::uint64_t n) { return {.bars = n}; }
long double by_definition(const std::vector<counted_bar>& bars) {
    long double sum = 0;
    for (const counted_bar& c : bars)
        sum +=
            0.5L * std::pow(std::log(c.high / c.low), 2.0L) - (2.0L * std::log(2.0L) - 1.0L) * std::pow(std::log(c.close / c.open), 2.0L);
    return sum / static_cast<long double>(bars.size());
}
}  // namespace

TEST_CASE("garman_klass: as R's TTR has it") { test::check_against_ttr("garman.klass", over); }

TEST_CASE("garman_klass: irregular bars with holes, flat, late and missing ones, against the definition with all sums written out") {
    for (const std::uint64_t window : {1u, 2u, 10u, 37u}) {
        CAPTURE(window);
        test::check_definition(over(window), window, false, days(5), by_definition);
    }
}

TEST_CASE("garman_klass: a spike is forgotten to the last bit, and no bar makes it less than 0 or no number") {
    test::check_forgets(over(7), 7);
    test::check_always_a_number(over(3));
}

TEST_CASE("garman_klass: saved, erased and adjusted for a split it goes on as before") { test::check_same_elsewhere(over(5)); }

TEST_CASE("garman_klass: bad bars are told with asset and value, and teach nothing") { test::check_bar_faults(over(3)); }

TEST_CASE("garman_klass: finds the volatility of the open hours") {
    const garman_klass all = over(4000);
    CHECK(test::share_of_walk(all, 0.0, 1.0, 4000) == Approx(1.0).epsilon(0.04));
    // A third of the day open: a third of the variance, spread over the year.
    CHECK(test::share_of_walk(all, 0.0, 1.0 / 3.0, 4000) == Approx(1.0 / 3.0).epsilon(0.04));
}

TEST_CASE("garman_klass: an estimate for another window is not prepared") { test::check_windows_differ(over(5), over(6)); }

TEST_CASE("garman_klass: what a stale quote leaves out is not taken for calm") { test::check_stale_is_not_calm(over); }

TEST_CASE("garman_klass: bad parameters are refused with parameter, value and range") {
    CHECK(test::refusal(garman_klass{}).empty());
    CHECK(test::refusal(over(0)) == "ballast: garman_klass.bars = 0: must be 1 to 1048576 bars");
    CHECK(test::refusal(over(1048577)) == "ballast: garman_klass.bars = 1.04858e+06: must be 1 to 1048576 bars");
    CHECK(test::refusal(garman_klass{.longest_gap = {}}) == "ballast: garman_klass.longest_gap = 0: must be a time above 0 (seconds)");
}

TEST_CASE("garman_klass: splits do not show") { test::check_splits_do_not_show(over); }

TEST_CASE("garman_klass: bars further apart than it takes for neighbours never get it ready") { test::check_neighbours_only(over); }

TEST_CASE("garman_klass: closes alone are no bars, and never get it ready") { test::check_closes_are_no_bars(over); }
