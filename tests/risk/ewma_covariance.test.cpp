#include <ballast/risk/ewma_covariance.hpp>

#include <ballast/risk/ewma.hpp>

#include "support/covariances.hpp"

#include <type_traits>

using namespace ballast;
using ballast::risk::ewma_covariance;
using test::matrix;
using test::not_a_number;
using test::of_market;
using test::real;

static_assert(std::is_aggregate_v<ewma_covariance> && std::is_trivially_copyable_v<ewma_covariance> && estimator_policy<ewma_covariance>);
static_assert(ewma_covariance::provides == risk_need::covariance && detail::check_estimator<ewma_covariance>());

TEST_CASE("ewma_covariance: irregular ticks with missing prices, against the definition with all weights written out") {
    // One row per tick. δ and weights of each asset by its own times:
    //   aᵢₖ = (1 − 2^(−Δᵢₖ/h))·2^(−(tᵢ − tᵢₖ)/h),  Wᵢ = Σₖ aᵢₖ,  Σᵢⱼ = Σₖ √(aᵢₖaⱼₖ)·rᵢₖrⱼₖ/√(ΔᵢₖΔⱼₖ) / √(WᵢWⱼ),  k: rows that have both
    // where tᵢ is the time of i's last return.
    struct one_return {
        int row;
        real r, years, begin, end;
    };
    test::walk w{5, 3};
    for (const std::int64_t half_life_hours : {5, 48, 24 * 60}) {
        const std::size_t n = 5;
        of_market<ewma_covariance> s{{.half_life = hours(half_life_hours), .warm_up = 1, .patience = {}}, n};
        std::vector<std::vector<one_return>> history(n);
        std::vector<double> last(n, 0.0);
        std::vector<timestamp> when(n);
        timestamp now = timestamp{} + days(18'000);
        double worst = 0.0;
        for (int k = 0; k < 160; ++k) {
            const duration passed = seconds(1 + static_cast<std::int64_t>(w.rng() % 86'400));
            now = now + passed;
            w.move(passed.years());
            std::vector<double> told = w.price;
            for (std::size_t i = 0; i < n; ++i) {
                if (w.rng() % 4 == 0 || (i == 4 && k < 60)) told[i] = not_a_number;
                if (w.rng() % 10 == 0 && last[i] > 0.0) told[i] = last[i];  // as before: no news
                if (!(told[i] > 0.0) || told[i] == last[i]) continue;
                if (last[i] > 0.0) {
                    const duration took = elapsed(when[i], now);
                    const auto at = [](timestamp t) { return static_cast<real>(t.ns) / (365.25L * 86400e9L); };
                    history[i].push_back({k, std::log(static_cast<real>(told[i]) / static_cast<real>(last[i])),
                                          static_cast<real>(took.ns) / (365.25L * 86400e9L), at(when[i]), at(now)});
                }
                last[i] = told[i];
                when[i] = now;
            }
            REQUIRE_FALSE(s.tick(now, told));
            if (k % 10 != 9) continue;
            const real h = static_cast<real>(half_life_hours) / (365.25L * 24);
            const auto weight = [&](std::size_t i, const one_return& x) {
                return (1 - std::exp2(-x.years / h)) * std::exp2(-(history[i].back().end - x.end) / h);
            };
            // Where i was not quoted between two of its returns, time passes for it with the next.
            const auto sum = [&](std::size_t i) {
                real total = 0;
                for (const one_return& x : history[i]) total += weight(i, x);
                return total;
            };
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) {
                    real together = 0;
                    for (const one_return& x : history[i])
                        for (const one_return& y : history[j])
                            if (x.row == y.row)
                                together += std::sqrt(weight(i, x) * weight(j, y)) * x.r * y.r / std::sqrt(x.years * y.years);
                    const real expected = history[i].empty() || history[j].empty() ? 0 : together / std::sqrt(sum(i) * sum(j));
                    const real scale = std::sqrt(static_cast<real>(s.view().variance(i)) * static_cast<real>(s.view().variance(j)));
                    const double off =
                        static_cast<double>(std::fabs(static_cast<real>(s.view().covariance(i, j)) - expected) / (scale > 0 ? scale : 1));
                    worst = std::fmax(worst, off);
                }
        }
        CHECK(worst < 1e-12);
        CHECK(history[4].size() > 40);
    }
}

// RiskMetrics: Σₜ = λ·Σₜ₋₁ + (1 − λ)·rrᵀ. Per year and divided by 1 − λᵏ.
TEST_CASE("ewma_covariance: is RiskMetrics' recursion for equal intervals, and its variances are those of ewma") {
    const std::size_t n = 9;
    const duration half_life = days(11);
    of_market<ewma_covariance> s{{.half_life = half_life, .warm_up = 1}, n};
    of_market<risk::ewma> volatility{{.half_life = half_life, .warm_up = 1}, n};
    const double lambda = std::exp2(-1.0 / 11.0);
    test::walk w{n, 4};
    matrix recursion{n};
    double power = 1.0;
    REQUIRE_FALSE(s.tick(timestamp{}, w.price));
    REQUIRE_FALSE(volatility.tick(timestamp{}, w.price));
    for (int day = 1; day <= 300; ++day) {
        const std::vector<double> before = w.price;
        w.move(days(1).years());
        REQUIRE_FALSE(s.tick(timestamp{} + days(day), w.price));
        REQUIRE_FALSE(volatility.tick(timestamp{} + days(day), w.price));
        power *= lambda;
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                recursion(i, j) =
                    lambda * recursion(i, j) + (1 - lambda) * std::log(w.price[i] / before[i]) * std::log(w.price[j] / before[j]);
                REQUIRE(std::fabs(s.view().covariance(i, j) - recursion(i, j) / (1 - power) * 365.25) < 1e-13);
            }
            REQUIRE(s.view().variance(i) == Approx(volatility.view().variance(i)).epsilon(1e-13));
        }
        test::check_matrix(s.view());
    }
}

TEST_CASE("ewma_covariance: whatever the ticks, it is a covariance matrix") {
    test::check_always_a_matrix(ewma_covariance{.half_life = hours(40), .warm_up = 3, .patience = hours(3)});
    test::check_always_a_matrix(ewma_covariance{.half_life = days(40), .warm_up = 3, .patience = {}});
    test::check_always_a_matrix(ewma_covariance{.half_life = nanoseconds(1), .warm_up = 3});
}

TEST_CASE("ewma_covariance: the same bits saved, erased and permuted; faults change nothing") {
    const ewma_covariance e{.half_life = days(20), .warm_up = 10};
    test::check_same_elsewhere(e);
    test::check_faults(e);
    test::check_permuted(e);
}

TEST_CASE("ewma_covariance: quotes that come in turns are awaited, so that assets which move together are seen to") {
    // Two assets with correlation 0.9, each quoted at every second minute only: at no tick both. Rows of two minutes overlap by one.
    test::walk w{2, 6, 0.9};
    of_market<ewma_covariance> waits{{.half_life = days(300), .patience = minutes(30)}, 2};
    of_market<ewma_covariance> rarer{{.half_life = days(300), .every = minutes(40), .patience = minutes(60)}, 2};
    of_market<ewma_covariance> never{{.half_life = days(300), .patience = {}}, 2};
    of_market<ewma_covariance> apart{{.half_life = days(300), .patience = minutes(30)}, 2};
    for (int k = 0; k < 60'000; ++k) {
        const timestamp now = timestamp{} + minutes(k);
        w.move(minutes(1).years());
        const std::vector<double> turn{k % 2 == 0 ? w.price[0] : not_a_number, k % 2 == 1 ? w.price[1] : not_a_number};
        REQUIRE_FALSE(waits.tick(now, turn));
        REQUIRE_FALSE(rarer.tick(now, turn));
        REQUIRE_FALSE(never.tick(now, turn));
        // Three of four quotes missing at random.
        const std::vector<double> rare{w.rng() % 4 == 0 ? w.price[0] : not_a_number, w.rng() % 4 == 0 ? w.price[1] : not_a_number};
        REQUIRE_FALSE(apart.tick(now, rare));
    }
    CHECK(waits.view().correlation(0, 1) == Approx(0.45).margin(0.02));  // half of the time in common
    CHECK(rarer.view().correlation(0, 1) == Approx(0.9 * 39 / 40).margin(0.02));
    CHECK(never.view().correlation(0, 1) == 0.0);
    CHECK(apart.view().correlation(0, 1) > 0.4);
    for (const auto* s : {&waits, &apart}) {
        CHECK(std::sqrt(s->view().variance(0)) == Approx(0.3).epsilon(0.03));
        CHECK(std::sqrt(s->view().variance(1)) == Approx(0.3).epsilon(0.03));
    }
}

TEST_CASE("ewma_covariance: stocks beside coins: who is quoted at the weekend waits for Monday") {
    test::walk w{2, 7, 0.8};
    of_market<ewma_covariance> s{{.half_life = days(4000)}, 2};
    of_market<ewma_covariance> impatient{{.half_life = days(4000), .patience = {}}, 2};
    for (int k = 0; k < 7 * 600; ++k) {
        w.move(days(1).years());
        const std::vector<double> told{w.price[0], k % 7 < 5 ? w.price[1] : not_a_number};
        REQUIRE_FALSE(s.tick(timestamp{} + days(k), told));
        REQUIRE_FALSE(impatient.tick(timestamp{} + days(k), told));
    }
    CHECK(s.view().correlation(0, 1) == Approx(0.8).margin(0.02));
    CHECK(impatient.view().correlation(0, 1) < 0.75);
    CHECK(s.view().ready);
}

TEST_CASE("ewma_covariance: before its first day nobody waits for an asset, and its correlations grow with what is seen of both") {
    const duration half_life = days(50);
    test::walk w{3, 8, 0.7};
    of_market<ewma_covariance> s{{.half_life = half_life, .warm_up = 20}, 3}, without{{.half_life = half_life, .warm_up = 20}, 2};
    for (int k = 0; k < 1200; ++k) {
        w.move(days(1).years());
        const timestamp now = timestamp{} + days(k);
        REQUIRE_FALSE(s.tick(now, {w.price[0], w.price[1], k < 600 ? not_a_number : w.price[2]}));
        REQUIRE_FALSE(without.tick(now, {w.price[0], w.price[1]}));
        for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t j = 0; j < 2; ++j) REQUIRE(test::same_bits(s.view().covariance(i, j), without.view().covariance(i, j)));
        CHECK(s.view().ready == (k >= 620));
        if (k < 601) REQUIRE((s.view().variance(2) == 0.0 && s.view().covariance(0, 2) == 0.0));
    }
    // What it is after so many half-lives, of what a market without a listing shows.
    test::walk v{2, 9, 1.0};
    of_market<ewma_covariance> same{{.half_life = half_life, .warm_up = 1}, 2};
    const auto after = [&](int day) {
        for (int k = 0; k <= day; ++k) {
            v.price[0] *= k % 2 == 0 ? 1.01 : 1 / 1.01;  // moves of one size: all weights count alike
            v.price[1] *= k % 2 == 0 ? 1.01 : 1 / 1.01;
            REQUIRE_FALSE(same.tick(timestamp{} + days(10'000 + k), {v.price[0], v.price[1]}));
        }
        return same.view().correlation(0, 1);
    };
    for (int k = 0; k < 2000; ++k) {
        v.price[0] *= k % 2 == 0 ? 1.01 : 1 / 1.01;
        REQUIRE_FALSE(same.tick(timestamp{} + days(8000 + k), {v.price[0], not_a_number}));
    }
    CHECK(after(50) == Approx(std::sqrt(0.5)).epsilon(1e-3));
}

TEST_CASE("ewma_covariance: a halted asset holds the others up once, keeps its variance, and its return spans the halt") {
    test::walk w{2, 10, 0.6};
    of_market<ewma_covariance> s{{.half_life = days(30), .patience = days(3)}, 2};
    int day = 0;
    const auto tick = [&](bool quoted) {
        w.move(days(1).years());
        REQUIRE_FALSE(s.tick(timestamp{} + days(day++), {w.price[0], quoted ? w.price[1] : not_a_number}));
    };
    for (int k = 0; k < 200; ++k) tick(true);
    const double before = s.view().variance(1);
    const double related = s.view().correlation(0, 1);
    const auto rows = [&] { return s.estimate.rows.rows[0]; };
    const auto first = rows();
    tick(false);
    tick(false);
    CHECK(rows() == first);
    tick(false);
    CHECK(rows() == first + 1);
    for (int k = 0; k < 27; ++k) {
        tick(false);
        CHECK(rows() == first + 2 + static_cast<std::uint64_t>(k));
    }
    CHECK(test::same_bits(s.view().variance(1), before));
    // 30 days without it: what is known fades by √½ with the half-life.
    CHECK(s.view().correlation(0, 1) == Approx(related * std::sqrt(0.5)).margin(0.12));
    tick(true);
    CHECK(s.estimate.rows.took[1] == days(31));
    CHECK(s.view().variance(1) < 3.0 * before);
}

TEST_CASE("ewma_covariance: a stale quote that is not dated keeps what is known, and never moving is volatility 0") {
    test::walk w{3, 11, 0.6};
    of_market<ewma_covariance> s{{.half_life = days(30)}, 3};
    for (int k = 0; k < 100; ++k) {
        w.move(days(1).years());
        REQUIRE_FALSE(s.tick(timestamp{} + days(k), {w.price[0], w.price[1], 1.0}));
    }
    const double before = s.view().variance(1);
    const double stale = w.price[1];
    for (int k = 100; k < 130; ++k) {
        w.move(days(1).years());
        REQUIRE_FALSE(s.tick(timestamp{} + days(k), {w.price[0], stale, 1.0}));
        CHECK(s.estimate.rows.took[0] == days(1));  // nobody waits
        CHECK(test::same_bits(s.view().variance(1), before));
    }
    CHECK(s.view().ready);
    CHECK(s.view().variance(2) == 0.0);
    CHECK(s.view().correlation(0, 2) == 0.0);
}

TEST_CASE("ewma_covariance: real prices: stocks before their listing, coins with stale runs and false prints") {
    const csv::prices daily = test::read_prices("prices/us20_stocks_daily_adjclose.csv");
    if (daily.when.empty()) return;
    const std::size_t n = daily.assets;
    of_market<ewma_covariance> s{{.half_life = days(90), .warm_up = 60}, n};
    for (std::size_t k = 0; k < daily.when.size(); ++k) {
        REQUIRE_FALSE(s.tick(test::tick_of(daily, k)));
        if (k % 50 == 0) test::check_matrix(s.view());
        CHECK(s.view().ready == (daily.when[k] >= timestamp_from_civil(2014, 12, 15)));  // 60 rows after BABA's first, 2014-09-19
    }
    CHECK(s.view().correlation(8, 18) > 0.8);  // two banks
    CHECK(s.view().correlation(8, 18) > s.view().correlation(8, 7));
    for (std::size_t i = 0; i < n; ++i) CHECK((std::sqrt(s.view().variance(i)) > 0.1 && std::sqrt(s.view().variance(i)) < 1.5));

    const csv::prices hourly = test::read_prices("prices/crypto_hourly_close.csv");
    of_market<ewma_covariance> coins{{.half_life = days(10), .warm_up = 60, .patience = hours(6)}, hourly.assets};
    double of_bch = 0.0;
    for (std::size_t k = 0; k < hourly.when.size(); ++k) {
        REQUIRE_FALSE(coins.tick(test::tick_of(hourly, k)));
        if (k % 100 == 0) test::check_matrix(coins.view());
        if (hourly.when[k] < timestamp_from_civil(2018, 11, 20)) of_bch = coins.view().variance(4);
        if (hourly.when[k] > timestamp_from_civil(2018, 11, 21) && hourly.when[k] < timestamp_from_civil(2018, 12, 6))
            REQUIRE(test::same_bits(coins.view().variance(4), of_bch));  // 335.99 for 419 hours
        // The print of 101.26 after it is a return over all of these hours, |ln(101.26/335.99)|/√Δ = 5.5 a year; as one of an hour it would be 112.
        REQUIRE(std::sqrt(coins.view().variance(4)) < 5.5);
    }
    CHECK(coins.view().correlation(0, 1) > 0.7);
}

TEST_CASE("ewma_covariance: what it refuses") {
    CHECK(test::refusal(ewma_covariance{}) == "");
    CHECK(test::refusal(ewma_covariance{.half_life = {}}) == "ballast: ewma_covariance.half_life = 0: must be a time above 0 (seconds)");
    CHECK(test::refusal(ewma_covariance{.warm_up = 0}) ==
          "ballast: ewma_covariance.warm_up = 0: must be 1 row or more: without any nothing is known");
    CHECK(test::refusal(ewma_covariance{.every = seconds(-2)}) ==
          "ballast: ewma_covariance.every = -2: must be a time at or above 0 (seconds)");
    CHECK(test::refusal(ewma_covariance{.patience = seconds(-1)}) ==
          "ballast: ewma_covariance.patience = -1: must be a time at or above 0 (seconds)");
}
