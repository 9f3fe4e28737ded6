#include <ballast/risk/ewma.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include "support/catch.hpp"
#include "support/csv.hpp"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::ewma;

static_assert(std::is_aggregate_v<ewma> && std::is_trivially_copyable_v<ewma> && estimator_policy<ewma>);
static_assert(ewma::provides == risk_need::volatility);
static_assert(detail::check_estimator<ewma>() && detail::preparable<ewma::estimate>);

namespace {
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

ewma::estimate fresh(std::size_t n) {
    ewma::estimate e;
    e.prepare({.assets = n});
    return e;
}
bool same(const ewma::estimate& a, const ewma::estimate& b) {
    return a.variance == b.variance && a.weight == b.weight && a.price == b.price && a.seen == b.seen && a.returns == b.returns &&
           a.fewest == b.fewest;
}

// One asset's history of usable prices, and the definition, all weights written out:
//   δⱼ = 2^(−Δⱼ/half-life),  aⱼ = (1 − δⱼ)·δⱼ₊₁·…·δ_k,  v = Σ aⱼ·rⱼ²/Δⱼ / Σ aⱼ.
struct history {
    std::vector<timestamp> when;
    std::vector<double> price;

    void add(timestamp t, double p) {
        if (!(p > 0.0) || !std::isfinite(p) || (!when.empty() && t <= when.back())) return;
        when.push_back(t);
        price.push_back(p);
    }
    [[nodiscard]] double direct(duration half_life) const {
        long double top = 0, bottom = 0;
        for (std::size_t j = 1; j < when.size(); ++j) {
            const auto lives = [&](std::size_t m) {
                return static_cast<long double>(when[m].ns - when[m - 1].ns) / static_cast<long double>(half_life.ns);
            };
            long double a = 1 - std::exp2(-lives(j));
            for (std::size_t m = j + 1; m < when.size(); ++m) a *= std::exp2(-lives(m));
            const long double r = std::log(static_cast<long double>(price[j]) / static_cast<long double>(price[j - 1]));
            const long double years = static_cast<long double>(when[j].ns - when[j - 1].ns) / (365.25L * 86400.0L * 1e9L);
            top += a * r * r / years;
            bottom += a;
        }
        return when.size() < 2 ? 0.0 : static_cast<double>(top / bottom);
    }
};
}  // namespace

TEST_CASE("ewma: irregular ticks with missing prices, against the definition with all weights written out") {
    std::mt19937_64 rng{31};
    std::normal_distribution<double> noise{0.0, 0.02};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (const bool dated : {false, true})
        for (const std::int64_t half_life_hours : {1, 24, 24 * 30}) {
            const std::size_t n = 4;
            const ewma e{.half_life = hours(half_life_hours), .warm_up = 1};
            ewma::estimate state = fresh(n);
            std::vector<history> plain(n);
            std::vector<double> price(n, 100.0);
            std::vector<timestamp> as_of(n, timestamp::never());
            timestamp now = timestamp{} + days(18'000);
            for (int tick = 0; tick < 150; ++tick) {
                now = now + seconds(static_cast<std::int64_t>(rng() % (3600 * 24)) + (rng() % 5 == 0 ? 0 : 1));
                std::vector<double> told(n);
                for (std::size_t i = 0; i < n; ++i) {
                    price[i] *= std::exp(noise(rng));
                    const double bad[] = {not_a_number, 0.0, -price[i], infinity};
                    told[i] = unit(rng) < 0.2 ? bad[rng() % 4] : price[i];
                    // A quote that is new, repeated, or older than the last.
                    if (unit(rng) < 0.7) as_of[i] = now - seconds(static_cast<std::int64_t>(rng() % 7200));
                    const timestamp quoted = dated ? as_of[i] : now;
                    if (quoted.happened()) plain[i].add(quoted, told[i]);
                }
                market_view m{.now = now, .price = told};
                if (dated) m.as_of = as_of;
                REQUIRE_FALSE(e.observe(state, m));
                std::size_t fewest = 1000;
                for (std::size_t i = 0; i < n; ++i) {
                    const double expected = plain[i].direct(e.half_life);
                    if (std::fabs(state.variance[i] - expected) > 1e-12 * expected) {
                        CAPTURE(dated, half_life_hours, tick, i);
                        CHECK(state.variance[i] == Approx(expected).epsilon(1e-12));
                    }
                    const std::size_t returns = plain[i].when.empty() ? 0 : plain[i].when.size() - 1;
                    CHECK(state.returns[i] == returns);
                    fewest = returns < fewest ? returns : fewest;
                }
                CHECK(state.fewest == fewest);
                CHECK(e.view(state).ready == (fewest >= 1));
            }
            CHECK(state.fewest > 50);
        }
}

// RiskMetrics: σ²ₜ = λ·σ²ₜ₋₁ + (1 − λ)·r², λ = 0.94 for days, that is a half-life of ln ½ / ln 0.94 = 11.2 days. Per year and divided by 1 − λᵏ.
TEST_CASE("ewma: is RiskMetrics' estimator for equal intervals") {
    const double lambda = 0.94;
    const double half_life_days = std::log(0.5) / std::log(lambda);
    const ewma e{.half_life = duration{static_cast<std::int64_t>(half_life_days * 86400e9)}, .warm_up = 1};
    ewma::estimate state = fresh(1);
    std::mt19937_64 rng{32};
    std::normal_distribution<double> noise{0.0, 0.012};
    double price = 50.0;
    double recursion = 0.0;
    double power = 1.0;
    timestamp now = timestamp{};
    const std::vector<double> first{price};
    REQUIRE_FALSE(e.observe(state, {.now = now, .price = first}));
    for (int day = 1; day <= 400; ++day) {
        const double r = noise(rng);
        price *= std::exp(r);
        now = now + days(1);
        const std::vector<double> p{price};
        REQUIRE_FALSE(e.observe(state, {.now = now, .price = p}));
        recursion = lambda * recursion + (1 - lambda) * r * r;
        power *= lambda;
        CHECK(state.variance[0] == Approx(recursion / (1 - power) * 365.25).epsilon(1e-9));
        CHECK(state.weight[0] == Approx(1 - power).epsilon(1e-9));
    }
    // Published beside it: on long samples the correction is gone.
    CHECK(state.variance[0] == Approx(recursion * 365.25).epsilon(1e-9));
}

TEST_CASE("ewma: one return is its own estimate, and equal returns stay so") {
    const ewma e{.half_life = days(3), .warm_up = 1};
    ewma::estimate state = fresh(1);
    double price = 10.0;
    for (int day = 0; day < 50; ++day) {
        const std::vector<double> p{price};
        REQUIRE_FALSE(e.observe(state, {.now = timestamp{} + days(day), .price = p}));
        if (day > 0) CHECK(std::sqrt(state.variance[0]) == Approx(0.01 * std::sqrt(365.25)).epsilon(1e-12));
        price *= std::exp(day % 3 == 0 ? 0.01 : -0.01);
    }
}

// A random walk of volatility 40 % per year, ticks at irregular times, some missing: E v = σ² whatever the ticks are. With K returns of about equal
// weight the standard error of v is about σ²·√(2/K).
TEST_CASE("ewma: finds the volatility of a random walk, whatever its ticks") {
    std::mt19937_64 rng{33};
    std::normal_distribution<double> noise{0.0, 1.0};
    std::exponential_distribution<double> wait{1.0};
    const double sigma = 0.4;
    for (const double share_missing : {0.0, 0.5}) {
        const ewma e{.half_life = days(10'000), .warm_up = 1};
        ewma::estimate state = fresh(1);
        timestamp now{};
        double log_price = 0.0;
        for (int tick = 0; tick < 20'000; ++tick) {
            const auto step = duration{static_cast<std::int64_t>(wait(rng) * 3600e9) + 1};
            now = now + step;
            log_price += sigma * std::sqrt(step.years()) * noise(rng);
            const std::vector<double> p{static_cast<double>(rng() % 1000) < share_missing * 1000.0 ? not_a_number : std::exp(log_price)};
            REQUIRE_FALSE(e.observe(state, {.now = now, .price = p}));
        }
        CHECK(std::sqrt(state.variance[0]) == Approx(sigma).epsilon(0.03));
    }
}

TEST_CASE("ewma: is ready once every asset has seen enough returns") {
    const ewma e{.half_life = days(3), .warm_up = 3};
    ewma::estimate state = fresh(2);
    CHECK_FALSE(e.view(state).ready);
    for (int day = 0; day < 10; ++day) {
        const std::vector<double> p{100.0 + day, day < 5 ? not_a_number : 50.0 + day};  // listed on day 5
        REQUIRE_FALSE(e.observe(state, {.now = timestamp{} + days(day), .price = p}));
        CHECK(e.view(state).ready == (day >= 8));
    }
    CHECK(e.view(state).layout == risk_layout::diagonal);
    CHECK(e.view(state).specific.size() == 2);
    CHECK(e.view(state).variance(1) == state.variance[1]);
    // What was learnt serves another warm-up as well: after a restart with a changed configuration.
    CHECK(ewma{.half_life = days(3), .warm_up = 4}.view(state).ready);
    CHECK_FALSE(ewma{.half_life = days(3), .warm_up = 5}.view(state).ready);
}

TEST_CASE("ewma: an empty universe") {
    const ewma e{};
    ewma::estimate state = fresh(0);
    CHECK_FALSE(e.observe(state, {.now = timestamp{1}}));
    CHECK(e.view(state).ready);
    CHECK(state.fewest == 0);
}

TEST_CASE("ewma: ticks at or before the last one teach nothing") {
    const ewma e{.half_life = days(3), .warm_up = 1};
    ewma::estimate state = fresh(1);
    const auto tick = [&](std::int64_t second, double p) {
        const std::vector<double> price{p};
        REQUIRE_FALSE(e.observe(state, {.now = timestamp{} + seconds(second), .price = price}));
    };
    tick(0, 100.0);
    tick(10, 101.0);
    const ewma::estimate before = state;
    tick(10, 150.0);
    tick(5, 50.0);
    tick(0, 70.0);
    CHECK(same(before, state));
    tick(20, 102.0);
    CHECK(state.returns[0] == 2);
}

TEST_CASE("ewma: a quote told as old, repeated or from the future teaches nothing") {
    const ewma e{.half_life = days(3), .warm_up = 1};
    const auto run = [&](bool dated) {
        ewma::estimate state = fresh(1);
        const auto tick = [&](int hour, int quoted, double p) {
            const std::vector<double> price{p};
            const std::vector<timestamp> as_of{timestamp{} + hours(quoted)};
            market_view m{.now = timestamp{} + hours(hour), .price = price};
            if (dated) m.as_of = as_of;
            REQUIRE_FALSE(e.observe(state, m));
        };
        tick(0, 0, 100.0);
        for (int hour = 1; hour < 100; ++hour) tick(hour, 0, 100.0);  // stale
        tick(100, 100, 110.0);
        tick(101, 500, 500.0);  // dated after its own tick
        tick(102, 99, 70.0);    // late
        return state;
    };
    const ewma::estimate known = run(true);
    CHECK(known.returns[0] == 1);
    CHECK(known.variance[0] == Approx(std::log(1.1) * std::log(1.1) / hours(100).years()).epsilon(1e-12));
    CHECK(known.price[0] == 110.0);
    const ewma::estimate unknown = run(false);
    CHECK(unknown.returns[0] == 102);
    // An undated quote that never happened.
    ewma::estimate state = fresh(1);
    const std::vector<double> price{1.0};
    const std::vector<timestamp> never{timestamp::never()};
    REQUIRE_FALSE(e.observe(state, {.now = timestamp{5}, .price = price, .as_of = never}));
    CHECK(same(state, fresh(1)));
}

TEST_CASE("ewma: neither the shortest steps nor the largest moves poison it") {
    const ewma e{.half_life = days(365 * 100), .warm_up = 1};
    ewma::estimate state = fresh(1);
    const auto tick = [&](std::int64_t ns, double p) {
        const std::vector<double> price{p};
        REQUIRE_FALSE(e.observe(state, {.now = timestamp{ns}, .price = price}));
        CHECK(std::isfinite(state.variance[0]));
        CHECK(state.variance[0] >= 0.0);
        CHECK(std::isfinite(state.weight[0]));
    };
    tick(0, 100.0);
    tick(1, 100.0001);  // one nanosecond: 1 − δ is far below a rounding of 1
    CHECK(state.variance[0] == Approx(std::pow(std::log(1.000001), 2) / nanoseconds(1).years()).epsilon(1e-9));
    tick(2, 100.0);
    tick(3, std::numeric_limits<double>::max());
    tick(4, std::numeric_limits<double>::denorm_min());  // the quotient is 0
    tick(5, std::numeric_limits<double>::max());         // the quotient is infinite
    const double r = std::log(std::numeric_limits<double>::max()) - std::log(std::numeric_limits<double>::denorm_min());
    CHECK(state.variance[0] ==
          Approx((r * r * 2 + std::pow(std::log(std::numeric_limits<double>::max() / 100), 2)) / 5 / nanoseconds(1).years()).epsilon(1e-6));
    tick(std::numeric_limits<std::int64_t>::max(), 100.0);
}

TEST_CASE("ewma: a fault changes nothing") {
    const ewma e{.half_life = days(3), .warm_up = 1};
    ewma::estimate state = fresh(2);
    const std::vector<double> two{1.0, 2.0}, three{1.0, 2.0, 3.0};
    const std::vector<timestamp> one{timestamp{1}};
    REQUIRE_FALSE(e.observe(state, {.now = timestamp{1}, .price = two}));
    const ewma::estimate before = state;
    const fault size = e.observe(state, {.now = timestamp{2}, .price = three});
    CHECK(size.code == fault_code::size_mismatch);
    CHECK(size.value == 3.0);
    const fault dates = e.observe(state, {.now = timestamp{2}, .price = two, .as_of = one});
    CHECK(dates.code == fault_code::size_mismatch);
    CHECK(dates.value == 1.0);
    CHECK(same(before, state));
}

TEST_CASE("ewma: prices may lie in an array of structs") {
    struct quote {
        double bid, price;
        timestamp when;
    };
    const ewma e{.half_life = days(3), .warm_up = 1};
    ewma::estimate a = fresh(2), b = fresh(2);
    for (int day = 0; day < 5; ++day) {
        const timestamp now = timestamp{} + days(day);
        const std::vector<quote> quotes{{1.0, 100.0 + day * day, now}, {2.0, 50.0 - day, now - hours(day)}};
        const std::vector<double> price{quotes[0].price, quotes[1].price};
        const std::vector<timestamp> as_of{quotes[0].when, quotes[1].when};
        REQUIRE_FALSE(
            e.observe(a, {.now = now, .price = column<double>{quotes, &quote::price}, .as_of = column<timestamp>{quotes, &quote::when}}));
        REQUIRE_FALSE(e.observe(b, {.now = now, .price = price, .as_of = as_of}));
    }
    CHECK(same(a, b));
}

TEST_CASE("ewma: feeds a volatility band through a keeper") {
    keeper k{rebalancer{trigger::volatility_band{.width = 0.05, .reference = 0.2, .exponent = -1.0}, cost::zero{}, solver::to_target{},
                        ewma{.half_life = days(20), .warm_up = 10}},
             {.assets = 2}};
    const std::vector<double> target{0.5, 0.5}, quantity{54.0, 46.0};
    const double daily = 0.4 / std::sqrt(365.25);  // 40 % a year halves the band to 2.5 points
    bool early = false, late = false;
    for (int day = 0; day <= 20; ++day) {
        const double p = day % 2 == 0 ? 1.0 : std::exp(daily);
        const std::vector<double> price{p, p};
        CHECK_FALSE(k.observe({.now = timestamp{} + days(day), .price = price}));
        const decision& d = k.propose({.quantity = quantity}, target);
        CHECK(d.firing.threshold == Approx(day < 10 ? 0.05 : 0.025).epsilon(1e-9));
        early = early || (day < 10 && d.firing.fired);
        late = late || (day >= 10 && d.firing.fired);
    }
    CHECK_FALSE(early);
    CHECK(late);
}

TEST_CASE("ewma: bad parameters are refused with parameter, value and range") {
    const auto text = [](const ewma& e) -> std::string {
        const configuration_fault f = e.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    CHECK(text({}).empty());
    CHECK(text({.half_life = {}}) == "ballast: ewma.half_life = 0: must be a time above 0 (seconds)");
    CHECK(text({.half_life = days(-1)}) == "ballast: ewma.half_life = -86400: must be a time above 0 (seconds)");
    CHECK_THAT(text({.warm_up = 0}), StartsWith("ballast: ewma.warm_up = 0: must be 1 return or more"));
}

// Hourly closes 2018-05 to 2022-02. BCH stands at 335.99 up to 2018-12-06T23, 419 hours after it first did, and then prints 101.26.
TEST_CASE("ewma: a stale run in real prices does not poison it") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: the hourly prices are skipped");
        return;
    }
    std::string file;
    csv::prices data;
    REQUIRE(csv::load(std::string{folder} + "/prices/crypto_hourly_close.csv", file) == "");
    REQUIRE(csv::read(file, "crypto_hourly_close.csv", {"BTC", "BCH"}, data) == "");
    REQUIRE(data.when.size() == 32'659);

    const duration half_life = days(10);
    const ewma e{.half_life = half_life};
    ewma::estimate naive = fresh(2);    // takes every row as a quote
    ewma::estimate dated = fresh(2);    // the host says when each price last changed
    ewma::estimate missing = fresh(2);  // the host leaves out what did not change
    std::vector<timestamp> as_of(2, timestamp::never());
    std::vector<double> last(2, 0.0);
    history bch;
    timestamp jump = timestamp::never();
    double at_first = 0.0;
    double before_jump = 0.0;
    double apart = 0.0;
    int run = 0;
    int longest = 0;
    bool finite = true;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        const timestamp now = data.when[row];
        const std::vector<double> price{data.price[2 * row], data.price[2 * row + 1]};
        std::vector<double> changed = price;
        for (std::size_t i = 0; i < 2; ++i) {
            if (price[i] != last[i])
                as_of[i] = now;
            else
                changed[i] = not_a_number;
        }
        run = price[1] == last[1] ? run + 1 : 0;
        longest = run > longest ? run : longest;
        if (run == 1 && price[1] == 335.99) at_first = naive.variance[1];
        if (last[1] == 335.99 && price[1] == 101.26) {
            jump = now;
            before_jump = naive.variance[1];
        }
        last = price;
        REQUIRE_FALSE(e.observe(naive, {.now = now, .price = price}));
        REQUIRE_FALSE(e.observe(dated, {.now = now, .price = price, .as_of = as_of}));
        REQUIRE_FALSE(e.observe(missing, {.now = now, .price = changed}));
        if (row < 1500) bch.add(now, price[1]);
        if (row + 1 == 1500) CHECK(naive.variance[1] == Approx(bch.direct(half_life)).epsilon(1e-11));
        finite = finite && std::isfinite(naive.variance[1]) && std::isfinite(dated.variance[1]);

        if (now == jump) {
            // 419 hours of silence: the naive estimate has lost the factor 2^1.746 for nothing; then both see the same fall by two thirds.
            CHECK(before_jump == Approx(at_first * std::exp2(-419.0 / 240.0)).epsilon(1e-5));
            CHECK(std::sqrt(naive.variance[1]) > 2.0);
            CHECK(std::sqrt(dated.variance[1]) > 2.0);
            apart = std::fabs(naive.variance[1] - dated.variance[1]);
        }
        // Ten half-lives later neither knows of it any more: what they disagree about has halved ten times.
        if (jump.happened() && now == jump + days(100)) {
            CHECK(std::sqrt(naive.variance[1]) < 1.5);
            CHECK(std::fabs(naive.variance[1] - dated.variance[1]) == Approx(apart / 1024.0).epsilon(0.05));
            CHECK(naive.variance[1] == Approx(dated.variance[1]).epsilon(0.025));
        }
    }
    CHECK(civil_from_timestamp(jump) == civil_date{2018, 12, 7});
    CHECK(longest == 419);
    CHECK(finite);
    CHECK(dated.variance == missing.variance);
    CHECK(dated.weight == missing.weight);
    CHECK(dated.returns == missing.returns);
    // BTC's own estimate does not know what BCH's quotes are like.
    CHECK(naive.variance[0] == Approx(dated.variance[0]).epsilon(0.01));
}

// With a half-life of a thousand years all weights are equal, and the estimate is the mean of r²/Δ.
TEST_CASE("ewma: the plain volatility of real prices, at an endless half-life") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: the daily prices are skipped");
        return;
    }
    std::string file;
    csv::prices data;
    REQUIRE(csv::load(std::string{folder} + "/prices/sp500_daily_ohlc_2000_2020.csv", file) == "");
    REQUIRE(csv::read(file, "sp500_daily_ohlc_2000_2020.csv", {"close"}, data) == "");
    const ewma e{.half_life = days(365 * 290)};
    ewma::estimate state = fresh(1);
    double weighted = 0.0;
    double years = 0.0;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        const std::vector<double> price{data.price[row]};
        REQUIRE_FALSE(e.observe(state, {.now = data.when[row], .price = price}));
        if (row == 0) continue;
        const double r = std::log(data.price[row] / data.price[row - 1]);
        weighted += r * r;  // weights 1 − δ are as the steps are long
        years += elapsed(data.when[row - 1], data.when[row]).years();
    }
    CHECK(e.view(state).ready);
    CHECK(state.variance[0] == Approx(weighted / years).epsilon(0.03));
    CHECK(std::sqrt(state.variance[0]) == Approx(0.2).margin(0.02));
}
