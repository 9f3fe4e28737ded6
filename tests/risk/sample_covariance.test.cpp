#include <ballast/risk/sample_covariance.hpp>

#include <ballast/risk/close_to_close.hpp>

#include "support/covariances.hpp"

#include <type_traits>

using namespace ballast;
using ballast::risk::sample_covariance;
using test::matrix;
using test::not_a_number;
using test::of_market;
using test::real;

static_assert(std::is_aggregate_v<sample_covariance> && std::is_trivially_copyable_v<sample_covariance> &&
              estimator_policy<sample_covariance>);
static_assert(sample_covariance::provides == risk_need::covariance && detail::check_estimator<sample_covariance>());

TEST_CASE("sample_covariance: irregular times, against the definition summed anew from every window") {
    test::walk w{6, 3};
    for (const std::uint64_t window : {2u, 3u, 4u, 7u, 8u, 31u, 64u}) {
        const std::size_t n = 6;
        of_market<sample_covariance> s{{.returns = window}, n};
        of_market<risk::close_to_close> volatility{{.returns = window}, n};
        std::vector<std::vector<real>> moves;
        std::vector<real> years;
        std::vector<double> last;
        timestamp now = timestamp{} + days(18'000);
        real worst = 0;
        for (int k = 0; k < 200; ++k) {
            const duration passed = seconds(1 + static_cast<std::int64_t>(w.rng() % 200'000));
            now = now + passed;
            w.move(passed.years());
            REQUIRE_FALSE(s.tick(now, w.price));
            REQUIRE_FALSE(volatility.tick(now, w.price));
            CHECK(s.view().ready == (static_cast<std::uint64_t>(k) >= window));
            if (k > 0) {
                moves.emplace_back();
                for (std::size_t i = 0; i < n; ++i)
                    moves.back().push_back(std::log(static_cast<real>(w.price[i]) / static_cast<real>(last[i])));
                years.push_back(static_cast<real>(passed.ns) / (365.25L * 86400e9L));
            }
            last = w.price;
            if (k < 2) continue;
            const std::size_t count = moves.size() < window ? moves.size() : static_cast<std::size_t>(window);
            const std::size_t first = moves.size() - count;
            std::vector<real> mean(n);
            real time = 0;
            for (std::size_t r = first; r < moves.size(); ++r) {
                time += years[r];
                for (std::size_t i = 0; i < n; ++i) mean[i] += moves[r][i] / static_cast<real>(count);
            }
            for (std::size_t i = 0; i < n; ++i) {
                CHECK(s.view().variance(i) == Approx(volatility.view().variance(i)).epsilon(1e-12));
                for (std::size_t j = 0; j < n; ++j) {
                    real sum = 0;
                    for (std::size_t r = first; r < moves.size(); ++r) sum += (moves[r][i] - mean[i]) * (moves[r][j] - mean[j]);
                    const real expected = static_cast<real>(count) / time * sum / static_cast<real>(count - 1);
                    const real scale = std::sqrt(static_cast<real>(s.view().variance(i)) * static_cast<real>(s.view().variance(j)));
                    worst = std::fmax(worst, std::fabs(static_cast<real>(s.view().covariance(i, j)) - expected) / scale);
                }
            }
        }
        CHECK(worst < 1e-12L);
    }
}

TEST_CASE("sample_covariance: the largest move is forgotten to the last bit, whoever is left out of rows meanwhile") {
    for (const std::uint64_t window : {2u, 5u, 16u, 33u}) {
        const std::size_t n = 9;
        of_market<sample_covariance> clean{{.returns = window, .patience = {}}, n}, spiked{{.returns = window, .patience = {}}, n};
        test::walk w{n, 12};
        bool differed = false;
        for (std::uint64_t k = 0; k < 12 * window; ++k) {
            w.move(days(1).years());
            std::vector<double> told = w.price;
            if (k % 3 == 1) told[k % n] = not_a_number;
            std::vector<double> wild = told;
            if (k == 4 * window || k == 7 * window + 1) wild[4] = wild[5] = 1e200;
            if (k == 4 * window || k == 7 * window + 1) told[4] = w.price[4], told[5] = w.price[5];
            const timestamp now = timestamp{} + days(static_cast<std::int64_t>(k));
            REQUIRE_FALSE(clean.tick(now, told));
            REQUIRE_FALSE(spiked.tick(now, wild));
            const bool same = test::same_bits(clean.view().dense, spiked.view().dense);
            differed = differed || !same;
            // The spike is two returns; the second may be taken later where the asset is left out.
            if (k < 4 * window || k > 8 * window + 6 || (k > 5 * window + 6 && k < 7 * window)) REQUIRE(same);
        }
        CHECK(differed);
    }
}

TEST_CASE("sample_covariance: who is left out: variances of one's own, covariances of the rows in common") {
    const std::size_t n = 2;
    const std::uint64_t window = 40;
    test::walk w{n, 13, 1.0};
    of_market<sample_covariance> s{{.returns = window, .patience = {}}, n}, alone{{.returns = 20, .patience = {}}, 1};
    for (int k = 0; k <= 40; ++k) {
        w.move(days(1).years());
        const double second = k >= 20 ? w.price[1] : not_a_number;
        REQUIRE_FALSE(s.tick(timestamp{} + days(k), {w.price[0], second}));
        REQUIRE_FALSE(alone.tick(timestamp{} + days(k), {second}));
    }
    CHECK(alone.view().ready);
    CHECK_FALSE(s.view().ready);
    CHECK(s.view().variance(1) == Approx(alone.view().variance(0)).epsilon(1e-12));
    // The same moves, seen of both in 20 of 40 rows.
    const double in_common = std::sqrt(20.0 / 40.0) * std::sqrt(alone.view().variance(0) / s.view().variance(0));
    CHECK(s.view().correlation(0, 1) == Approx(in_common).epsilon(0.05));
}

TEST_CASE("sample_covariance: an asset that is halted for longer than the window keeps its last variance") {
    test::walk w{3, 15, 0.5};
    of_market<sample_covariance> s{{.returns = 20, .patience = days(2)}, 3};
    double last = 0.0;
    for (int k = 0; k < 120; ++k) {
        w.move(days(1).years());
        REQUIRE_FALSE(s.tick(timestamp{} + days(k), {w.price[0], w.price[1], k < 60 || k >= 110 ? w.price[2] : not_a_number}));
        test::check_matrix(s.view());
        CHECK((k < 2 || s.view().variance(2) > 0.0));
        if (k > 82 && k < 110) {
            CHECK(s.view().covariance(0, 2) == 0.0);
            CHECK((last == 0.0 || last == s.view().variance(2)));
            last = s.view().variance(2);
        }
    }
    CHECK(s.view().variance(2) != last);
}

TEST_CASE("sample_covariance: finds the covariance of a random walk") {
    // 4000 rows of a walk with correlation 0.5: standard errors of a variance 2.2 %, of a correlation 0.012.
    test::walk w{3, 14, 0.5};
    of_market<sample_covariance> s{{.returns = 4000}, 3};
    for (int k = 0; k <= 4000; ++k) {
        w.move(hours(5).years());
        REQUIRE_FALSE(s.tick(timestamp{} + hours(5 * k), w.price));
    }
    CHECK(s.view().ready);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(s.view().variance(i) == Approx(0.09).epsilon(0.08));
        for (std::size_t j = 0; j < i; ++j) CHECK(s.view().correlation(i, j) == Approx(0.5).margin(0.05));
    }
}

TEST_CASE("sample_covariance: whatever the ticks, it is a covariance matrix") {
    test::check_always_a_matrix(sample_covariance{.returns = 5, .patience = hours(3)});
    test::check_always_a_matrix(sample_covariance{.returns = 30, .patience = {}});
    test::check_always_a_matrix(sample_covariance{.returns = 2});
}

TEST_CASE("sample_covariance: the same bits saved, erased and permuted; faults change nothing") {
    const sample_covariance e{.returns = 25};
    test::check_same_elsewhere(e);
    test::check_faults(e);
    test::check_permuted(e);
    // Prepared for another window.
    of_market<sample_covariance> s{e, 2};
    CHECK(sample_covariance{.returns = 26}.observe(s.estimate, {.now = timestamp{1}, .price = std::vector<double>{1.0, 2.0}}).code ==
          fault_code::not_prepared);
}

TEST_CASE("sample_covariance: real prices of stocks, also before their listing, and of coins with stale runs") {
    const csv::prices daily = test::read_prices("prices/us20_stocks_daily_adjclose.csv");
    if (daily.when.empty()) return;
    of_market<sample_covariance> s{{.returns = 120}, daily.assets};
    for (std::size_t k = 0; k < daily.when.size(); ++k) {
        REQUIRE_FALSE(s.tick(test::tick_of(daily, k)));
        if (k % 100 == 0) test::check_matrix(s.view());
    }
    CHECK(s.view().ready);
    CHECK(s.view().correlation(8, 18) > 0.8);  // two banks
    const csv::prices hourly = test::read_prices("prices/crypto_hourly_close.csv");
    of_market<sample_covariance> coins{{.returns = 240, .patience = hours(6)}, hourly.assets};
    for (std::size_t k = 0; k < hourly.when.size(); ++k) {
        REQUIRE_FALSE(coins.tick(test::tick_of(hourly, k)));
        if (k % 500 == 0) test::check_matrix(coins.view());
    }
    CHECK(coins.view().correlation(0, 1) > 0.7);
}

TEST_CASE("sample_covariance: what it refuses") {
    CHECK(test::refusal(sample_covariance{}) == "");
    CHECK(test::refusal(sample_covariance{.returns = 1}) ==
          "ballast: sample_covariance.returns = 1: must be 2 to 1048576 returns: of one there is no mean");
    CHECK(test::refusal(sample_covariance{.returns = (1u << 20) + 1}) ==
          "ballast: sample_covariance.returns = 1.04858e+06: must be 2 to 1048576 returns: of one there is no mean");
    CHECK(test::refusal(sample_covariance{.every = seconds(-2)}) ==
          "ballast: sample_covariance.every = -2: must be a time at or above 0 (seconds)");
    CHECK(test::refusal(sample_covariance{.patience = seconds(-1)}) ==
          "ballast: sample_covariance.patience = -1: must be a time at or above 0 (seconds)");
}
