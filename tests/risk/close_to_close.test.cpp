#include <ballast/risk/close_to_close.hpp>

#include "support/bar_estimators.hpp"

#include <ballast/core/civil_date.hpp>
#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <cmath>
#include <cstdint>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::close_to_close;
using test::counted_bar;

static_assert(std::is_aggregate_v<close_to_close> && std::is_trivially_copyable_v<close_to_close> && estimator_policy<close_to_close>);
static_assert(close_to_close::provides == risk_need::volatility && detail::check_estimator<close_to_close>() &&
              detail::adjustable<close_to_close::estimate>);

namespace {
close_to_close over(std::uint64_t n) { return {.returns = n}; }
}  // namespace

// TTR's close of n takes n closes, which are n − 1 returns.
TEST_CASE("close_to_close: as R's TTR has it") {
    test::check_against_ttr("close", [](std::uint64_t n) { return over(n - 1); });
}

TEST_CASE("close_to_close: irregular prices, missing, repeated and late ones, against the definition with all sums written out") {
    test::random_bars prices{9};
    for (const std::size_t window : {2u, 10u, 37u}) {
        test::single s{over(window)};
        std::vector<counted_bar> counted;
        timestamp now = timestamp{} + days(18'000), taught = timestamp::never(), seen = timestamp::never();
        double close = 0.0, worst = 0.0;
        std::uint64_t ticks = 0;
        for (int k = 0; k < 3000; ++k) {
            now = now + seconds(static_cast<std::int64_t>(prices.rng() % 86400));
            double p = prices.next(prices.rng() % 100 == 0 ? 2.0 : 0.01).close;
            if (prices.rng() % 10 == 0) p = close;
            if (prices.rng() % 20 == 0) p = test::no_number;
            REQUIRE_FALSE(s.price(now, p));
            if (p > 0.0 && now > seen) {
                if (seen.happened()) ++ticks;
                seen = now;
                if (p != close) {
                    if (close > 0.0) counted.emplace_back(close, test::price_bar{.close = p}, elapsed(taught, now));
                    close = p;
                    taught = now;
                }
            }
            CHECK(s.ready() == (ticks >= window));
            if (counted.empty()) continue;
            if (counted.size() > window) counted.erase(counted.begin());
            const auto n = static_cast<long double>(counted.size());
            long double years = 0, mean = 0, squares = 0;
            for (const counted_bar& c : counted) {
                years += c.years;
                mean += std::log(c.close / c.before) / n;
            }
            for (const counted_bar& c : counted) squares += std::pow(std::log(c.close / c.before) - mean, 2.0L);
            const long double variance = n > 1 ? squares / (n - 1) : mean * mean;
            worst = std::fmax(worst, std::fabs(s.variance() / static_cast<double>(variance * n / years) - 1.0));
        }
        CHECK(worst < 1e-12);
    }
}

// Steady growth: the returns' mean is 10^6 times their deviation, and what is subtracted of it must not take the digits along.
TEST_CASE("close_to_close: a large mean leaves the deviations their digits, however long it runs") {
    test::single s{over(50)};
    std::mt19937_64 rng{6};
    std::vector<double> log_price{0.0};
    for (int k = 0; k < 20'000; ++k) {
        log_price.push_back(std::fmod(log_price.back(), 1.0) + 1e-4 * (1.0 + 1e-6 * static_cast<double>(rng() % 1000)));
        REQUIRE_FALSE(s.price(timestamp{} + days(k), std::exp(log_price.back())));
    }
    long double mean = 0, squares = 0;
    std::vector<long double> r;
    for (std::size_t k = log_price.size() - 50; k < log_price.size(); ++k)
        r.push_back(std::log(static_cast<long double>(std::exp(log_price[k])) / static_cast<long double>(std::exp(log_price[k - 1]))));
    for (const long double x : r) mean += x / 50;
    for (const long double x : r) squares += (x - mean) * (x - mean);
    CHECK(s.variance() == Approx(static_cast<double>(squares / 49 * 365.25L)).epsilon(1e-9));
}

TEST_CASE("close_to_close: a spike is forgotten to the last bit, and no price makes it less than 0 or no number") {
    test::single clean{over(7)}, spiked{over(7)};
    test::random_bars prices{4};
    for (int k = 0; k < 60; ++k) {
        const double p = prices.next().close;
        REQUIRE_FALSE(clean.price(timestamp{} + hours(k), p));
        REQUIRE_FALSE(spiked.price(timestamp{} + hours(k), k == 20 ? 1e300 : p));
        CHECK(test::same_bits(clean.variance(), spiked.variance()) == (k < 20 || k >= 28));
    }
    test::check_always_a_number(over(3));
}

TEST_CASE("close_to_close: saved, erased and adjusted for a split it goes on as before") { test::check_same_elsewhere(over(5)); }

TEST_CASE("close_to_close: finds the volatility of a random walk, nights included") {
    CHECK(test::share_of_walk(over(4000), 0.0, 1.0, 4000) == Approx(1.0).epsilon(0.04));
    CHECK(test::share_of_walk(over(4000), 38.2, 0.3, 4000) == Approx(1.0).epsilon(0.04));
}

// Five days of trading, two of rest: per year of elapsed time as with 5·365.25/7 = 260.9 trading days.
TEST_CASE("close_to_close: weekends are time in which nothing happened") {
    test::single s{over(1000)};
    std::mt19937_64 rng{7};
    std::normal_distribution<double> noise{0.0, 0.01};
    double x = 0.0, mean = 0.0, squares = 0.0;
    std::vector<double> returns;
    for (int day = 0; day < 2000; ++day) {
        if (day % 7 >= 5) continue;
        const double was = x;
        x += noise(rng);
        returns.push_back(x - was);
        REQUIRE_FALSE(s.price(timestamp{} + days(day), std::exp(x)));
    }
    returns.erase(returns.begin(), returns.end() - 1000);
    for (const double r : returns) mean += r / 1000.0;
    for (const double r : returns) squares += (r - mean) * (r - mean);
    CHECK(s.variance() == Approx(squares / 999.0 * 5.0 * 365.25 / 7.0).epsilon(2e-3));
}

TEST_CASE("close_to_close: is ready once every asset has had its returns, and an asset that never moves has volatility 0") {
    const close_to_close e = over(3);
    close_to_close::estimate s;
    test::single<close_to_close>::prepare(e, s, 2);
    CHECK_FALSE(e.view(s).ready);
    for (int day = 0; day < 10; ++day) {
        const std::vector<double> p{100.0 + day, day < 5 ? test::no_number : 1.0};  // a dollar coin, listed on day 5
        REQUIRE_FALSE(e.observe(s, {.now = timestamp{} + days(day), .price = p}));
        CHECK(e.view(s).ready == (day >= 8));
    }
    CHECK(e.view(s).layout == risk_layout::diagonal);
    CHECK(e.view(s).variance(1) == 0.0);
    // Its first move is spread over all the time.
    const std::vector<double> p{110.0, 1.01};
    REQUIRE_FALSE(e.observe(s, {.now = timestamp{} + days(10), .price = p}));
    CHECK(e.view(s).variance(1) == Approx(std::log(1.01) * std::log(1.01) / days(5).years()).epsilon(1e-12));

    close_to_close::estimate none;
    test::single<close_to_close>::prepare(e, none, 0);
    CHECK_FALSE(e.observe(none, {.now = timestamp{1}}));
    CHECK(e.view(none).ready);
}

TEST_CASE("close_to_close: late, repeated and future quotes teach nothing, and a fault changes nothing") {
    test::single s{over(2)};
    for (int k = 0; k < 4; ++k) REQUIRE_FALSE(s.price(timestamp{} + hours(k), 100.0 + k * k));
    const double v = s.variance();
    REQUIRE_FALSE(s.price(timestamp{} + hours(3), 50.0));
    REQUIRE_FALSE(s.price(timestamp{} + hours(1), 50.0));
    REQUIRE_FALSE(s.price(timestamp{} + hours(9), 50.0, timestamp{} + hours(3)));
    REQUIRE_FALSE(s.price(timestamp{} + hours(9), 50.0, timestamp{} + hours(10)));
    REQUIRE_FALSE(s.price(timestamp{} + hours(9), 50.0, timestamp::never()));
    const std::vector<double> two{1.0, 2.0};
    CHECK(s.estimator.observe(s.estimate, {.now = timestamp{} + hours(9), .price = two}).code == fault_code::size_mismatch);
    const std::vector<timestamp> dates{timestamp{1}, timestamp{2}};
    CHECK(s.estimator.observe(s.estimate, {.now = timestamp{} + hours(9), .price = s.one(two[0]), .as_of = dates}).code ==
          fault_code::size_mismatch);
    CHECK(s.variance() == v);
    CHECK(s.estimate.last.fewest == 3);
}

TEST_CASE("close_to_close: an estimate for another window is not prepared, and a keeper prepares it") {
    test::check_windows_differ(over(5), over(6));
    keeper k{rebalancer{trigger::volatility_band{.width = 0.05, .reference = 0.2, .exponent = -1.0}, cost::zero{}, solver::to_target{},
                        over(10)},
             {.assets = 2}};
    const std::vector<double> target{0.5, 0.5}, quantity{54.0, 46.0};
    const double daily = 0.4 / std::sqrt(365.25) / std::sqrt(10.0 / 9.0);
    for (int day = 0; day <= 20; ++day) {
        const double p = day % 2 == 0 ? 1.0 : std::exp(daily);
        const std::vector<double> price{p, p};
        REQUIRE_FALSE(k.observe({.now = timestamp{} + days(day), .price = price}));
        CHECK(k.propose({.quantity = quantity}, target).firing.threshold == Approx(day < 10 ? 0.05 : 0.025).epsilon(1e-9));
    }
    // A split of 2 for 1 is no crash.
    REQUIRE_FALSE(k.market().adjust(0, 0.5));
    const std::vector<double> split{0.5 * std::exp(daily), std::exp(daily)}, twice{108.0, 46.0};
    REQUIRE_FALSE(k.observe({.now = timestamp{} + days(21), .price = split}));
    CHECK(k.propose({.quantity = twice}, target).firing.threshold == Approx(0.025).epsilon(1e-9));
}

TEST_CASE("close_to_close: bad parameters are refused with parameter, value and range") {
    CHECK(test::refusal(close_to_close{}).empty());
    CHECK(test::refusal(over(1)) == "ballast: close_to_close.returns = 1: must be 2 to 1048576 returns: of one there is no mean");
    CHECK(test::refusal(over(1048577)) ==
          "ballast: close_to_close.returns = 1.04858e+06: must be 2 to 1048576 returns: of one there is no mean");
}

// BCH stands at 335.99 for 419 hours up to 2018-12-06 and then prints 101.26; LTC prints 216.62 for an hour of 2021-09-13 between 174 and 178.
TEST_CASE("close_to_close: a stale run in real prices is not taken for calm, a false print is forgotten") {
    const std::string path = test::data_file("prices/crypto_hourly_close.csv");
    if (path.empty()) return;
    const csv::prices data = test::read_columns(path, {"BCH", "LTC"});
    REQUIRE(data.when.size() == 32'659);
    const std::uint64_t window = 100;
    test::single bch{over(window)}, dated{over(window)}, ltc{over(window)}, cleaned{over(window)};
    timestamp changed = timestamp::never();
    const timestamp print = timestamp_from_civil(2021, 9, 13) + hours(13);
    double last = 0.0, before_run = 0.0, jump = 0.0, worst_inside = 0.0;
    int run = 0, longest = 0, after_print = 0;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        const timestamp now = data.when[row];
        const double p = data.price[2 * row], q = data.price[2 * row + 1];
        const bool same = p == last;
        run = same ? run + 1 : 0;
        if (!same) changed = now;
        if (run == 1 && p == 335.99) before_run = bch.variance();
        REQUIRE_FALSE(bch.price(now, p));
        REQUIRE_FALSE(dated.price(now, p, changed));
        // That the host says when a price was quoted tells nothing new.
        REQUIRE(test::same_bits(bch.variance(), dated.variance()));
        if (run == 419) {
            longest = run;
            CHECK(bch.variance() == before_run);
            CHECK(bch.volatility() > 0.3);
        }
        if (last == 335.99 && p == 101.26) {
            jump = bch.variance();
            CHECK(bch.estimate.window.span[0] > hours(420));
            // One return of −1.2 in the window's time of about 520 hours.
            CHECK(jump > std::pow(std::log(101.26 / 335.99), 2.0) / bch.estimate.window.span[0].years() * 0.9);
        }
        last = p;

        REQUIRE_FALSE(ltc.price(now, q));
        REQUIRE_FALSE(cleaned.price(now, now == print ? test::no_number : q));
        if (now < print) CHECK(test::same_bits(ltc.variance(), cleaned.variance()));
        if (now == print) CHECK(q == 216.62);
        if (now >= print) {
            ++after_print;
            if (after_print <= 100) worst_inside = std::fmax(worst_inside, ltc.volatility() / cleaned.volatility());
            // 100 moves after the price was right again nothing is left of it.
            if (after_print > 110) CHECK(ltc.variance() == Approx(cleaned.variance()).epsilon(1e-12));
        }
    }
    CHECK(longest == 419);
    CHECK(worst_inside > 3.0);
    CHECK(bch.ready());
}

// Four splits; the fall by half on 2000-09-29 is a real one.
TEST_CASE("close_to_close: unadjusted prices with their splits told are as good as adjusted ones") {
    const std::string path = test::data_file("prices/aapl_daily_raw_unadjusted.csv");
    if (path.empty()) return;
    const csv::prices data = test::read_columns(path, {"close"});
    REQUIRE(data.when.size() == 5849);
    struct split {
        timestamp first_day;
        double factor;
    };
    const split splits[] = {{timestamp_from_civil(2000, 6, 21), 1.0 / 2.0},
                            {timestamp_from_civil(2005, 2, 28), 1.0 / 2.0},
                            {timestamp_from_civil(2014, 6, 9), 1.0 / 7.0},
                            {timestamp_from_civil(2020, 8, 31), 1.0 / 4.0}};
    const close_to_close e = over(20);
    market_state<close_to_close> told, naive, adjusted;
    for (auto* m : {&told, &naive, &adjusted}) {
        m->prepare({.assets = 1});
        e.prepare(detail::get<0>(m->estimates), {.assets = 1});
    }
    const auto volatility = [&](auto& m) { return std::sqrt(e.view(detail::get<0>(m.estimates)).variance(0)); };
    double cumulated = 1.0, worst = 0.0;
    int days_apart = 0, seen = 0;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        for (const split& s : splits)
            if (data.when[row] == s.first_day) {
                ++seen;
                cumulated *= s.factor;
                REQUIRE_FALSE(told.adjust(0, s.factor));
            }
        const double raw = data.price[row], in_first_shares = raw / cumulated;
        const auto tick = [&](auto& m, const double& p) {
            REQUIRE_FALSE(e.observe(detail::get<0>(m.estimates), {.now = data.when[row], .price = {&p, 1}}));
        };
        tick(told, raw);
        tick(naive, raw);
        tick(adjusted, in_first_shares);
        if (row == 0) continue;
        if (row > 1) worst = std::fmax(worst, std::fabs(volatility(told) / volatility(adjusted) - 1.0));
        if (volatility(naive) > 2.0 * volatility(told)) ++days_apart;
        if (data.when[row] == timestamp_from_civil(2020, 8, 31)) {
            CHECK(volatility(naive) > 4.0);
            CHECK(volatility(told) < 0.6);
        }
        if (data.when[row] == timestamp_from_civil(2000, 9, 29)) CHECK(volatility(told) > 2.0);
    }
    CHECK(seen == 4);
    CHECK(worst < 1e-9);
    CHECK(days_apart >= 60);  // naively each split shows for 20 moves
}
