#include <ballast/risk/realised.hpp>

#include "support/bar_estimators.hpp"

#include <ballast/core/civil_date.hpp>

#include <cmath>
#include <cstdint>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::realised;

static_assert(std::is_aggregate_v<realised> && std::is_trivially_copyable_v<realised> && estimator_policy<realised>);
static_assert(realised::provides == risk_need::volatility && detail::check_estimator<realised>() && detail::adjustable<realised::estimate>);

namespace {
struct taken {
    long double square, years;
    duration took;
};
}  // namespace

TEST_CASE("realised: irregular ticks, missing, repeated and late ones, against the definition with all sums written out") {
    for (const std::int64_t every : {1, 300, 7200})
        for (const std::int64_t horizon : {7200, 86'400, 100'000}) {
            CAPTURE(every, horizon);
            const realised e{.horizon = seconds(horizon), .every = seconds(every)};
            test::single s{e};
            test::random_bars prices{21};
            std::vector<taken> window;
            timestamp now = timestamp{} + days(18'000), sampled = timestamp::never(), seen = sampled, first = sampled;
            double last = 0.0, worst = 0.0;
            std::size_t most = 0;
            for (int k = 0; k < 4000; ++k) {
                now = now + seconds(static_cast<std::int64_t>(prices.rng() % 400) * (prices.rng() % 100 == 0 ? 500 : 1));
                double p = prices.next(prices.rng() % 100 == 0 ? 1.0 : 0.001).close;
                if (prices.rng() % 10 == 0) p = last;
                if (prices.rng() % 20 == 0) p = test::no_number;
                REQUIRE_FALSE(s.price(now, p));
                if (p > 0.0 && now > seen) {
                    seen = now;
                    if (!first.happened()) first = now;
                    const duration took = elapsed(sampled, now);
                    if (last == 0.0 || (took >= e.every && p != last)) {
                        if (last > 0.0) {
                            const long double r = std::log(static_cast<long double>(p) / static_cast<long double>(last));
                            window.push_back({r * r, static_cast<long double>(took.ns) / (365.25L * 86400.0L * 1e9L), took});
                        }
                        last = p;
                        sampled = now;
                    }
                }
                // The fewest newest ones that take a horizon.
                duration span{};
                std::size_t from = window.size();
                while (from > 0 && span < e.horizon) span = span + window[--from].took;
                window.erase(window.begin(), window.begin() + static_cast<std::ptrdiff_t>(from));
                most = std::max(most, window.size());
                CHECK(s.ready() == (first.happened() && elapsed(first, seen) >= e.horizon));
                if (window.empty()) continue;
                long double squares = 0, years = 0;
                for (const taken& t : window) {
                    squares += t.square;
                    years += t.years;
                }
                worst = std::fmax(worst, std::fabs(s.variance() / static_cast<double>(squares / years) - 1.0));
                CHECK(s.estimate.window.size[0] == window.size());
            }
            CHECK(worst < 1e-12);
            CHECK(most <= s.estimate.window.passed.size());
            CHECK(s.ready());
        }
}

TEST_CASE("realised: a spike is forgotten to the last bit when the horizon has passed") {
    const realised e{.horizon = hours(2), .every = minutes(5)};
    test::single clean{e}, spiked{e};
    test::random_bars prices{22};
    for (int k = 0; k < 200; ++k) {
        const double p = prices.next(0.001).close;
        const timestamp now = timestamp{} + minutes(5 * k);
        REQUIRE_FALSE(clean.price(now, p));
        REQUIRE_FALSE(spiked.price(now, k == 50 ? 1e300 : p));
        CHECK(test::same_bits(clean.variance(), spiked.variance()) == (k < 50 || k >= 51 + 24));
    }
}

TEST_CASE("realised: no price makes it less than 0 or no number, even where time has no room for all of it") {
    test::check_always_a_number(realised{.horizon = nanoseconds(3), .every = nanoseconds(1)});
    test::check_always_a_number(realised{.horizon = days(1), .every = hours(1)});
    test::single s{realised{.horizon = days(36'500 * 2), .every = days(36'500)}};
    timestamp now{detail::earliest_ns + 1};
    for (int k = 0; k < 5; ++k, now = now + days(365 * 140)) {
        REQUIRE_FALSE(s.price(now, 1.0 + k));
        CHECK(std::isfinite(s.variance()));
    }
}

TEST_CASE("realised: saved, erased and adjusted for a split it goes on as before") {
    test::check_same_elsewhere(realised{.horizon = days(10), .every = hours(3)});
}

// Prices every minute that bounce between bid and ask: returns of a minute are bounce for the most part, those of half an hour hardly.
TEST_CASE("realised: finds the volatility of a random walk, and less of the bounce the longer it waits") {
    std::mt19937_64 rng{23};
    std::normal_distribution<double> noise{0.0, 1.0};
    const auto found = [&](duration every, double half_spread) {
        test::single s{realised{.horizon = days(60), .every = every}};
        double x = 0.0;
        for (int k = 0; k <= 60 * 1440 + 100; ++k) {
            x += 0.4 * std::sqrt(minutes(1).years()) * noise(rng);
            REQUIRE_FALSE(s.price(timestamp{} + minutes(k), std::exp(x + (rng() % 2 == 0 ? half_spread : -half_spread))));
        }
        return s.volatility();
    };
    CHECK(found(minutes(1), 0.0) == Approx(0.4).epsilon(0.02));
    CHECK(found(minutes(30), 0.0) == Approx(0.4).epsilon(0.06));
    CHECK(found(minutes(1), 5e-4) > 0.6);
    CHECK(found(minutes(30), 5e-4) == Approx(0.4).epsilon(0.1));
}

TEST_CASE("realised: a return over a night counts with its time, and one longer than the horizon is alone") {
    test::single s{realised{.horizon = hours(8), .every = minutes(5)}};
    timestamp now{};
    for (int k = 0; k < 100; ++k, now = now + minutes(5)) REQUIRE_FALSE(s.price(now, k % 2 == 0 ? 100.0 : 100.1));
    const double day = s.variance();
    const double r = std::log(100.1 / 100.0);
    CHECK(day == Approx(r * r / minutes(5).years()).epsilon(1e-12));
    const timestamp evening = now - minutes(5);
    REQUIRE_FALSE(s.price(evening + hours(16), 102.0));
    CHECK(s.variance() == Approx(std::pow(std::log(102.0 / 100.1), 2.0) / hours(16).years()).epsilon(1e-12));
    CHECK(s.estimate.window.size[0] == 1);
    // Nobody renewed the quote: it stays as it is.
    const double v = s.variance();
    for (int k = 1; k < 500; ++k) REQUIRE_FALSE(s.price(evening + hours(16) + minutes(5 * k), 102.0));
    CHECK(s.variance() == v);
}

TEST_CASE("realised: a fault changes nothing, another window is not prepared, no assets are ready") {
    test::single s{realised{}};
    REQUIRE_FALSE(s.price(timestamp{} + hours(1), 1.0));
    REQUIRE_FALSE(s.price(timestamp{} + hours(2), 1.1));
    const double v = s.variance();
    const std::vector<double> two{1.0, 2.0};
    CHECK(s.estimator.observe(s.estimate, {.now = timestamp{} + hours(3), .price = two}).code == fault_code::size_mismatch);
    CHECK(s.variance() == v);
    CHECK(s.estimate.shortest == hours(1));
    test::check_windows_differ(realised{}, realised{.every = minutes(6)});
    realised::estimate none;
    test::single<realised>::prepare(realised{}, none, 0);
    CHECK_FALSE(realised{}.observe(none, {.now = timestamp{1}}));
    CHECK(realised{}.view(none).ready);
}

TEST_CASE("realised: bad parameters are refused with parameter, value and range") {
    CHECK(test::refusal(realised{}).empty());
    CHECK(test::refusal(realised{.every = {}}) == "ballast: realised.every = 0: must be a time above 0 (seconds)");
    CHECK(test::refusal(realised{.horizon = minutes(4)}) ==
          "ballast: realised.horizon = 240: must be 1 to 1048576 times `every` (seconds)");
    CHECK(test::refusal(realised{.horizon = days(1), .every = nanoseconds(1)}) ==
          "ballast: realised.horizon = 86400: must be 1 to 1048576 times `every` (seconds)");
}

// BCH stands at 335.99 for 419 hours up to 2018-12-06 and then prints 101.26. LTC prints a false 216.62 for an hour of 2021-09-13.
TEST_CASE("realised: stale runs and a false print in real hourly prices") {
    const std::string path = test::data_file("prices/crypto_hourly_close.csv");
    if (path.empty()) return;
    const csv::prices data = test::read_columns(path, {"BCH", "LTC"});
    const realised e{.horizon = days(2), .every = hours(1)};
    test::single bch{e}, ltc{e}, cleaned{e};
    const timestamp print = timestamp_from_civil(2021, 9, 13) + hours(13);
    double last = 0.0, before_run = 0.0;
    int run = 0;
    bool jumped = false, forgotten = false;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        const timestamp now = data.when[row];
        const double p = data.price[2 * row], q = data.price[2 * row + 1];
        run = p == last ? run + 1 : 0;
        if (run == 1) before_run = bch.variance();
        REQUIRE_FALSE(bch.price(now, p));
        if (run > 0) CHECK(bch.variance() == before_run);
        if (last == 335.99 && p == 101.26) {
            jumped = true;
            // Alone in the window: the fall by two thirds, spread over the 420 hours in which nobody told of it.
            CHECK(bch.variance() == Approx(std::pow(std::log(101.26 / 335.99), 2.0) / hours(420).years()).epsilon(1e-12));
        }
        last = p;
        REQUIRE_FALSE(ltc.price(now, q));
        REQUIRE_FALSE(cleaned.price(now, now == print ? test::no_number : q));
        if (now == print) CHECK(ltc.volatility() > 2.0 * cleaned.volatility());
        if (now > print + hours(52)) {
            forgotten = true;
            CHECK(ltc.variance() == Approx(cleaned.variance()).epsilon(1e-12));
        }
    }
    CHECK((jumped && forgotten));
    CHECK(ltc.ready());
}
