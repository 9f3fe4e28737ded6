#include <ballast/risk/principal_factors.hpp>

#include <ballast/risk/ewma_covariance.hpp>

#include "support/covariances.hpp"

#include <type_traits>

using namespace ballast;
using ballast::risk::principal_factors;
using test::matrix;
using test::not_a_number;
using test::of_market;
using test::real;

static_assert(std::is_aggregate_v<principal_factors> && std::is_trivially_copyable_v<principal_factors> &&
              estimator_policy<principal_factors>);
static_assert(principal_factors::provides == risk_need::covariance && detail::check_estimator<principal_factors>());

namespace {
// The best approximation by k components, found by multiplying with the matrix again and again, one component after another.
std::vector<real> by_powers(const matrix& c, std::size_t k) {
    const std::size_t n = c.n;
    std::vector<real> left(n * n), sum(n * n);
    for (std::size_t l = 0; l < n * n; ++l) left[l] = static_cast<real>(c.at[l]);
    for (std::size_t a = 0; a < k; ++a) {
        std::vector<real> v(n), u(n);
        for (std::size_t i = 0; i < n; ++i) v[i] = 1 + static_cast<real>(i % 3) + static_cast<real>(a);
        real value = 0;
        for (int step = 0; step < 20'000; ++step) {
            real size = 0;
            for (std::size_t i = 0; i < n; ++i) {
                u[i] = 0;
                for (std::size_t j = 0; j < n; ++j) u[i] += left[i * n + j] * v[j];
                size += u[i] * u[i];
            }
            value = std::sqrt(size);
            for (std::size_t i = 0; i < n; ++i) v[i] = u[i] / value;
        }
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                sum[i * n + j] += value * v[i] * v[j];
                left[i * n + j] -= value * v[i] * v[j];
            }
    }
    return sum;
}
}  // namespace

TEST_CASE("principal_factors: is the covariance with its correlations approximated by their largest components") {
    const std::size_t n = 6;
    for (const std::uint64_t k : {1u, 2u, 4u}) {
        of_market<principal_factors> s{{.factors = k, .half_life = days(40), .warm_up = 20, .refresh = {}}, n};
        of_market<risk::ewma_covariance> all{{.half_life = days(40), .warm_up = 20}, n};
        test::walk w{n, 3, 0.4};
        for (int day = 0; day < 120; ++day) {
            w.move(days(1).years());
            w.price[5] *= day % 2 == 0 ? 1.2 : 1.0 / 1.2;  // a loud one
            REQUIRE_FALSE(s.tick(timestamp{} + days(day), w.price));
            REQUIRE_FALSE(all.tick(timestamp{} + days(day), w.price));
            CHECK(s.view().ready == all.view().ready);
            if (day != 50 && day != 119) continue;
            matrix c{n};
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) c(i, j) = all.view().correlation(i, j);
            const std::vector<real> best = by_powers(c, static_cast<std::size_t>(k));
            REQUIRE(s.view().factors() == k);
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) {
                    const double scale = std::sqrt(all.view().variance(i) * all.view().variance(j));
                    const double expected = i == j ? 1.0 : static_cast<double>(best[i * n + j]);
                    CHECK(s.view().covariance(i, j) == Approx(expected * scale).epsilon(1e-8).margin(1e-9 * scale));
                }
            test::check_matrix(s.view());
        }
    }
}

// Two assets: λ₁ = 1 + |ρ|, v₁ = (1, ±1)/√2. With as many factors as assets all of Σ is in them.
TEST_CASE("principal_factors: closed forms") {
    of_market<principal_factors> one{{.factors = 1, .half_life = days(40), .warm_up = 5}, 2};
    of_market<principal_factors> more{{.factors = 9, .half_life = days(40), .warm_up = 5}, 4};
    of_market<risk::ewma_covariance> two{{.half_life = days(40)}, 2}, four{{.half_life = days(40)}, 4};
    test::walk w{4, 5, 0.5};
    for (int day = 0; day < 90; ++day) {
        w.move(days(1).years());
        const std::vector<double> pair{w.price[0], 1.0 / w.price[1]};
        REQUIRE_FALSE(one.tick(timestamp{} + days(day), pair));
        REQUIRE_FALSE(two.tick(timestamp{} + days(day), pair));
        REQUIRE_FALSE(more.tick(timestamp{} + days(day), w.price));
        REQUIRE_FALSE(four.tick(timestamp{} + days(day), w.price));
    }
    const double rho = two.view().correlation(0, 1);
    CHECK(rho < -0.2);
    CHECK(one.view().factor_covariance[0] == Approx(1.0 - rho).epsilon(1e-12));
    CHECK(one.view().loadings[0] == Approx(std::sqrt(two.view().variance(0) / 2)).epsilon(1e-12));
    CHECK(one.view().loadings[1] == Approx(-std::sqrt(two.view().variance(1) / 2)).epsilon(1e-12));
    CHECK(one.view().correlation(0, 1) == Approx(-(1.0 - rho) / 2).epsilon(1e-12));
    CHECK(more.view().factors() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(more.view().specific[i] == 0.0);
        for (std::size_t j = 0; j < 4; ++j) CHECK(more.view().covariance(i, j) == Approx(four.view().covariance(i, j)).epsilon(1e-11));
    }
}

TEST_CASE("principal_factors: are found anew when it is time, and not before") {
    of_market<principal_factors> s{{.factors = 1, .half_life = days(10), .warm_up = 10, .refresh = days(7)}, 3};
    test::walk w{3, 6};
    std::vector<double> before;
    int changes = 0;
    for (int day = 0; day < 80; ++day) {
        w.move(days(1).years());
        REQUIRE_FALSE(s.tick(timestamp{} + days(day), w.price));
        CHECK(s.view().ready == (day >= 10));
        const std::vector<double> now{s.view().loadings.begin(), s.view().loadings.end()};
        if (day > 0 && now != before) {
            CHECK((day - 10) % 7 == 0);
            ++changes;
        }
        before = now;
    }
    CHECK(changes == 10);
}

TEST_CASE("principal_factors: an asset that never moves is no factor") {
    of_market<principal_factors> s{{.factors = 2, .half_life = days(20), .warm_up = 10}, 3};
    test::walk w{2, 7};
    for (int day = 0; day < 40; ++day) {
        w.move(days(1).years());
        REQUIRE_FALSE(s.tick(timestamp{} + days(day), {w.price[0], 1.0, w.price[1]}));
    }
    CHECK(s.view().ready);
    CHECK(s.view().variance(1) == 0.0);
    CHECK((s.view().specific[0] == 0.0 && s.view().specific[2] == 0.0));
    test::check_matrix(s.view());
}

TEST_CASE("principal_factors: whatever the ticks, it is a covariance matrix") {
    test::check_always_a_matrix(principal_factors{.factors = 1, .half_life = days(2), .warm_up = 1, .refresh = {}, .patience = hours(3)});
    test::check_always_a_matrix(principal_factors{.factors = 3, .half_life = days(40), .warm_up = 3, .refresh = {}, .patience = {}});
    test::check_always_a_matrix(principal_factors{.factors = 50, .half_life = hours(5), .warm_up = 3, .refresh = hours(9)});
}

TEST_CASE("principal_factors: the same bits saved and erased; faults change nothing; other orders of assets") {
    const principal_factors e{.factors = 2, .half_life = days(20), .warm_up = 10};
    test::check_same_elsewhere(e);
    test::check_faults(e);
    test::check_permuted(e, 1e-11);
    of_market<principal_factors> s{e, 4};
    CHECK(
        principal_factors{.factors = 3}.observe(s.estimate, {.now = timestamp{1}, .price = std::vector<double>{1.0, 2.0, 3.0, 4.0}}).code ==
        fault_code::not_prepared);
}

TEST_CASE("principal_factors: real prices of stocks, also before their listing, and of coins with stale runs") {
    const csv::prices daily = test::read_prices("prices/us20_stocks_daily_adjclose.csv");
    if (daily.when.empty()) return;
    of_market<principal_factors> s{{.factors = 4, .warm_up = 60, .refresh = days(20)}, daily.assets};
    of_market<risk::ewma_covariance> all{{.half_life = days(120), .warm_up = 60}, daily.assets};
    for (std::size_t k = 0; k < daily.when.size(); ++k) {
        REQUIRE_FALSE(s.tick(test::tick_of(daily, k)));
        REQUIRE_FALSE(all.tick(test::tick_of(daily, k)));
        if (k % 100 == 0) test::check_matrix(s.view());
    }
    CHECK(s.view().ready);
    // The market: all stocks have a part of it, of one sign but for the smallest parts; a quarter and more of what they do.
    CHECK(s.view().factor_covariance[0] > 0.25 * 20);
    for (std::size_t i = 0; i < daily.assets; ++i) CHECK(s.view().loadings[i * 4] > -0.01);
    CHECK(s.view().correlation(8, 18) > 0.6);  // two banks
    const csv::prices hourly = test::read_prices("prices/crypto_hourly_close.csv");
    of_market<principal_factors> coins{{.factors = 1, .half_life = days(20), .patience = hours(6)}, hourly.assets};
    for (std::size_t k = 0; k < hourly.when.size(); ++k) {
        REQUIRE_FALSE(coins.tick(test::tick_of(hourly, k)));
        if (k % 500 == 0) test::check_matrix(coins.view());
    }
    CHECK(coins.view().factor_covariance[0] > 3.0);  // of 5
}

TEST_CASE("principal_factors: what it refuses") {
    CHECK(test::refusal(principal_factors{}) == "");
    CHECK(test::refusal(principal_factors{.factors = 0}) == "ballast: principal_factors.factors = 0: must be 1 factor or more");
    CHECK(test::refusal(principal_factors{.half_life = {}}) ==
          "ballast: principal_factors.half_life = 0: must be a time above 0 (seconds)");
    CHECK(test::refusal(principal_factors{.warm_up = 0}) ==
          "ballast: principal_factors.warm_up = 0: must be 1 row or more: without any nothing is known");
    CHECK(test::refusal(principal_factors{.refresh = seconds(-1)}) ==
          "ballast: principal_factors.refresh = -1: must be a time at or above 0 (seconds)");
    CHECK(test::refusal(principal_factors{.every = seconds(-2)}) ==
          "ballast: principal_factors.every = -2: must be a time at or above 0 (seconds)");
    CHECK(test::refusal(principal_factors{.patience = seconds(-1)}) ==
          "ballast: principal_factors.patience = -1: must be a time at or above 0 (seconds)");
}
