#include <ballast/risk/garman_klass_yang_zhang.hpp>

#include "support/bar_estimators.hpp"

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::garman_klass_yang_zhang;
using test::counted_bar;

static_assert(std::is_aggregate_v<garman_klass_yang_zhang> && std::is_trivially_copyable_v<garman_klass_yang_zhang> &&
              estimator_policy<garman_klass_yang_zhang>);
static_assert(garman_klass_yang_zhang::provides == risk_need::volatility && detail::check_estimator<garman_klass_yang_zhang>() &&
              detail::adjustable<garman_klass_yang_zhang::estimate>);

namespace {
garman_klass_yang_zhang over(std::uint64_t n) { return {.bars = n}; }
long double by_definition(const std::vector<counted_bar>& bars) {
    long double sum = 0;
    for (const counted_bar& c : bars)
        sum += std::pow(std::log(c.open / c.before), 2.0L) + 0.5L * std::pow(std::log(c.high / c.low), 2.0L) -
               (2.0L * std::log(2.0L) - 1.0L) * std::pow(std::log(c.close / c.open), 2.0L);
    return sum / static_cast<long double>(bars.size());
}
}  // namespace

TEST_CASE("garman_klass_yang_zhang: as R's TTR has it") { test::check_against_ttr("gk.yz", over); }

TEST_CASE(
    "garman_klass_yang_zhang: irregular bars with holes, flat, late and missing ones, against the definition with all sums written out") {
    for (const std::uint64_t window : {1u, 2u, 10u, 37u}) {
        CAPTURE(window);
        test::check_definition(over(window), window, true, days(5), by_definition);
    }
}

TEST_CASE("garman_klass_yang_zhang: a spike is forgotten to the last bit, and no bar makes it less than 0 or no number") {
    test::check_forgets(over(7), 7);
    test::check_always_a_number(over(3));
}

TEST_CASE("garman_klass_yang_zhang: saved, erased and adjusted for a split it goes on as before") { test::check_same_elsewhere(over(5)); }

TEST_CASE("garman_klass_yang_zhang: bad bars are told with asset and value, and teach nothing") { test::check_bar_faults(over(3)); }

TEST_CASE("garman_klass_yang_zhang: finds the volatility, nights included") {
    const garman_klass_yang_zhang all = over(4000);
    CHECK(test::share_of_walk(all, 0.0, 1.0, 4000) == Approx(1.0).epsilon(0.04));
    CHECK(test::share_of_walk(all, 0.0, 1.0 / 3.0, 4000) == Approx(1.0).epsilon(0.04));
}

TEST_CASE("garman_klass_yang_zhang: an estimate for another window is not prepared") { test::check_windows_differ(over(5), over(6)); }

TEST_CASE("garman_klass_yang_zhang: a stale run is a gap, and the jump at its end counts over all of it") {
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

TEST_CASE("garman_klass_yang_zhang: bad parameters are refused with parameter, value and range") {
    CHECK(test::refusal(garman_klass_yang_zhang{}).empty());
    CHECK(test::refusal(over(0)) == "ballast: garman_klass_yang_zhang.bars = 0: must be 1 to 1048576 bars");
    CHECK(test::refusal(over(1048577)) == "ballast: garman_klass_yang_zhang.bars = 1.04858e+06: must be 1 to 1048576 bars");
}
