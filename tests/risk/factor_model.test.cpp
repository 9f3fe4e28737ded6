#include <ballast/risk/factor_model.hpp>

#include <ballast/risk/ewma_covariance.hpp>

#include "support/covariances.hpp"

#include <type_traits>

using namespace ballast;
using ballast::risk::factor_model;
using test::matrix;
using test::not_a_number;
using test::of_market;
using test::real;

static_assert(std::is_aggregate_v<factor_model> && std::is_trivially_copyable_v<factor_model> && estimator_policy<factor_model>);
static_assert(factor_model::provides == risk_need::covariance && detail::check_estimator<factor_model>());

namespace {
// a·x = b by elimination with pivoting; a is k × k.
std::vector<real> solve(std::vector<real> a, std::vector<real> b) {
    const std::size_t k = b.size();
    for (std::size_t c = 0; c < k; ++c) {
        std::size_t p = c;
        for (std::size_t r = c; r < k; ++r)
            if (std::fabs(a[r * k + c]) > std::fabs(a[p * k + c])) p = r;
        for (std::size_t j = 0; j < k; ++j) std::swap(a[p * k + j], a[c * k + j]);
        std::swap(b[p], b[c]);
        for (std::size_t r = 0; r < k; ++r) {
            if (r == c) continue;
            const real f = a[r * k + c] / a[c * k + c];
            for (std::size_t j = 0; j < k; ++j) a[r * k + j] -= f * a[c * k + j];
            b[r] -= f * b[c];
        }
    }
    for (std::size_t c = 0; c < k; ++c) b[c] /= a[c * k + c];
    return b;
}
}  // namespace

TEST_CASE("factor_model: is the regression on the covariance matrix of assets and series together") {
    const std::size_t n = 5, k = 3;
    of_market<factor_model> s{{.series = k, .half_life = days(30), .warm_up = 10}, n};
    // Series that are fed as the logarithms of prices, beside an estimator that knows them as assets.
    of_market<risk::ewma_covariance> all{{.half_life = days(30), .warm_up = 10}, n + k};
    test::walk w{n + k, 3, 0.3};
    for (int day = 0; day < 200; ++day) {
        w.move(days(1).years());
        std::vector<double> told = w.price, logs(k);
        if (day % 11 == 0) told[1] = not_a_number;
        if (day % 13 == 0) told[n + 1] = not_a_number;
        for (std::size_t f = 0; f < k; ++f) logs[f] = std::log(told[n + f]);
        const timestamp now = timestamp{} + hours(24 * day + day % 5);
        REQUIRE_FALSE(all.tick(now, told));
        REQUIRE_FALSE(s.tick({.now = now, .price = {told.data(), n}, .factor = logs}));
        CHECK(s.view().ready == all.view().ready);
        if (day < 20 || day % 10 != 0) continue;
        const risk_view v = s.view();
        const matrix sigma = all.covariance();
        REQUIRE((v.layout == risk_layout::factor && v.factors() == k));
        std::vector<real> omega(k * k);
        for (std::size_t a = 0; a < k; ++a)
            for (std::size_t b = 0; b < k; ++b) {
                omega[a * k + b] = static_cast<real>(sigma(n + a, n + b));
                CHECK(v.factor_covariance[a * k + b] == Approx(sigma(n + a, n + b)).epsilon(1e-12));
            }
        for (std::size_t i = 0; i < n; ++i) {
            std::vector<real> b(k);
            for (std::size_t a = 0; a < k; ++a) b[a] = static_cast<real>(sigma(i, n + a));
            const std::vector<real> beta = solve(omega, b);
            real left = static_cast<real>(sigma(i, i));
            for (std::size_t a = 0; a < k; ++a) {
                CHECK(v.loadings[i * k + a] == Approx(static_cast<double>(beta[a])).epsilon(1e-9).margin(1e-10));
                left -= beta[a] * b[a];
                CHECK(s.estimator.beta(s.estimate, i, a) == Approx(sigma(i, n + a) / sigma(n + a, n + a)).epsilon(1e-9));
                CHECK(s.estimator.correlation(s.estimate, i, a) ==
                      Approx(sigma(i, n + a) / std::sqrt(sigma(i, i) * sigma(n + a, n + a))).epsilon(1e-9));
                CHECK(all.view().beta(i, n + a) == Approx(s.estimator.beta(s.estimate, i, a)).epsilon(1e-9));
            }
            CHECK(v.specific[i] == Approx(static_cast<double>(left)).epsilon(1e-9));
            CHECK(v.variance(i) == Approx(sigma(i, i)).epsilon(1e-11));
        }
    }
}

TEST_CASE("factor_model: finds the exposures of a market that has some") {
    // r = 1.5·f₁ − 0.02·f₂ + noise, f₁ an index (as a logarithm), f₂ a rate in percent. Standard errors of some 1 %.
    std::mt19937_64 rng{5};
    std::normal_distribution<double> noise{};
    of_market<factor_model> s{{.series = 2, .half_life = days(100'000), .warm_up = 10}, 2};
    double index = 4.0, rate = 3.0;
    std::vector<double> price{10.0, 20.0};
    for (int day = 0; day < 10'000; ++day) {
        const double f1 = 0.01 * noise(rng), f2 = 0.05 * noise(rng) + 2.0 * f1;
        index += f1;
        rate += f2;
        price[0] *= std::exp(1.5 * f1 - 0.02 * f2 + 0.005 * noise(rng));
        price[1] *= std::exp(0.01 * noise(rng));
        const std::vector<double> f{index, rate};
        REQUIRE_FALSE(s.tick({.now = timestamp{} + days(day), .price = price, .factor = f}));
    }
    const risk_view v = s.view();
    CHECK(v.ready);
    CHECK(v.loadings[0] == Approx(1.5).epsilon(0.02));
    CHECK(v.loadings[1] == Approx(-0.02).epsilon(0.15));
    CHECK(std::sqrt(v.specific[0] / 365.25) == Approx(0.005).epsilon(0.03));
    CHECK(s.estimator.correlation(s.estimate, 1, 0) == Approx(0.0).margin(0.04));
    CHECK(s.estimator.beta(s.estimate, 0, 0) == Approx(1.5 - 0.02 * 2.0).epsilon(0.02));
    // The units of the series are in the exposures alone.
    of_market<factor_model> scaled{{.series = 2, .half_life = days(100), .warm_up = 10}, 2}, plain = scaled;
    test::walk w{2, 6};
    for (int day = 0; day < 100; ++day) {
        w.move(days(1).years());
        const std::vector<double> f{w.price[0] + w.unit(), w.price[1] - w.unit()}, g{1024.0 * f[0], 0.5 * f[1]};
        REQUIRE_FALSE(plain.tick({.now = timestamp{} + days(day), .price = w.price, .factor = f}));
        REQUIRE_FALSE(scaled.tick({.now = timestamp{} + days(day), .price = w.price, .factor = g}));
    }
    CHECK(scaled.view().covariance(0, 1) == Approx(plain.view().covariance(0, 1)).epsilon(1e-13));
    CHECK(scaled.view().loadings[0] == Approx(plain.view().loadings[0] / 1024.0).epsilon(1e-13));
}

TEST_CASE("factor_model: series that say the same, or nothing, have no exposures, and no variance is lost") {
    of_market<factor_model> s{{.series = 3, .half_life = days(50), .warm_up = 10}, 3};
    test::walk w{3, 7};
    for (int day = 0; day < 100; ++day) {
        w.move(days(1).years());
        const double f = std::log(w.price[0]);
        const std::vector<double> three{f, 2.0 * f + 7.0, 5.0};
        REQUIRE_FALSE(s.tick({.now = timestamp{} + days(day), .price = w.price, .factor = three}));
        test::check_matrix(s.view());
    }
    const risk_view v = s.view();
    CHECK(v.ready);
    CHECK(v.loadings[0] == Approx(1.0).epsilon(1e-9));
    CHECK((v.loadings[1] == 0.0 && v.loadings[2] == 0.0));
    CHECK(v.specific[0] < 1e-12);
    for (std::size_t i = 0; i < 3; ++i) CHECK(v.variance(i) == Approx(s.estimate.variance[i]).epsilon(1e-12));
    CHECK(s.estimator.correlation(s.estimate, 0, 1) == Approx(1.0).epsilon(1e-9));
    CHECK(s.estimator.correlation(s.estimate, 0, 2) == 0.0);
    CHECK(s.estimator.beta(s.estimate, 0, 2) == 0.0);
}

TEST_CASE("factor_model: a series that comes once a month makes rows of a month, for who has the patience") {
    of_market<factor_model> s{{.series = 1, .half_life = days(40'000), .warm_up = 10, .patience = days(40)}, 1};
    test::walk w{1, 8};
    double last = 0.0;
    for (int day = 0; day < 30 * 400; ++day) {
        w.move(days(1).years());
        const std::vector<double> f{day % 30 == 0 ? std::log(w.price[0]) : not_a_number};
        REQUIRE_FALSE(s.tick({.now = timestamp{} + days(day), .price = w.price, .factor = f}));
        if (day % 30 == 0 && day > 0) CHECK(s.estimate.rows.took[0] == days(30));
        last = w.price[0];
    }
    (void)last;
    CHECK(s.estimator.beta(s.estimate, 0, 0) == Approx(1.0).epsilon(1e-9));
    CHECK(s.view().ready);
    // Ticks without the column are ticks without numbers: never ready.
    of_market<factor_model> none{{.warm_up = 2, .patience = {}}, 2};
    test::walk v{2, 9};
    for (int day = 0; day < 50; ++day) {
        v.move(days(1).years());
        REQUIRE_FALSE(none.tick(timestamp{} + days(day), v.price));
    }
    CHECK_FALSE(none.view().ready);
    CHECK(none.view().variance(0) > 0.0);
}

TEST_CASE("factor_model: whatever the ticks, it is a covariance matrix") {
    // Of series that are nearly the same the exposures are large, and so is the rounding of FΩFᵀ.
    test::check_always_a_matrix(factor_model{.series = 1, .half_life = days(2), .warm_up = 3, .patience = hours(3)}, 1);
    test::check_always_a_matrix(factor_model{.series = 2, .half_life = days(40), .warm_up = 3, .patience = {}}, 2, 1e-9);
    test::check_always_a_matrix(factor_model{.series = 7, .half_life = hours(5), .warm_up = 3}, 7, 1e-9);
}

TEST_CASE("factor_model: the same bits saved and erased; faults change nothing") {
    test::check_same_elsewhere(factor_model{.series = 2, .half_life = days(20), .warm_up = 10}, 2);
    const factor_model e{.series = 2};
    test::check_faults(e);
    of_market<factor_model> s{e, 2};
    const std::vector<double> price{1.0, 2.0}, three{1.0, 2.0, 3.0}, one{1.0};
    CHECK(s.tick({.now = timestamp{1}, .price = price, .factor = three}).code == fault_code::size_mismatch);
    CHECK(s.tick({.now = timestamp{1}, .price = price, .factor = three}).value == 3.0);
    CHECK(factor_model{.series = 1}.observe(s.estimate, {.now = timestamp{1}, .price = price}).code == fault_code::not_prepared);
    of_market<factor_model> more{e, 1};
    CHECK(more.tick({.now = timestamp{1}, .price = one}).code == fault_code::bad_parameter_count);
    CHECK((e.covers(0) && e.covers(2) && !e.covers(1)));
}

TEST_CASE("factor_model: stocks against one of them") {
    const csv::prices daily = test::read_prices("prices/us20_stocks_daily_adjclose.csv");
    if (daily.when.empty()) return;
    of_market<factor_model> s{{.half_life = days(90), .warm_up = 60}, daily.assets};
    for (std::size_t k = 0; k < daily.when.size(); ++k) {
        market_view m = test::tick_of(daily, k);
        const std::vector<double> bank{std::log(m.price[18])};
        m.factor = bank;
        REQUIRE_FALSE(s.tick(m));
        if (k % 100 == 0) test::check_matrix(s.view());
    }
    CHECK(s.view().ready);
    CHECK(s.estimator.beta(s.estimate, 18, 0) == Approx(1.0).epsilon(1e-9));
    CHECK(s.estimator.correlation(s.estimate, 8, 0) > 0.8);  // the other bank
    CHECK(s.view().loadings[8] > s.view().loadings[7]);
}

TEST_CASE("factor_model: what it refuses") {
    CHECK(test::refusal(factor_model{}) == "");
    CHECK(test::refusal(factor_model{.series = 0}) == "ballast: factor_model.series = 0: must be 1 to 1024 series");
    CHECK(test::refusal(factor_model{.half_life = {}}) == "ballast: factor_model.half_life = 0: must be a time above 0 (seconds)");
    CHECK(test::refusal(factor_model{.warm_up = 0}) ==
          "ballast: factor_model.warm_up = 0: must be 1 row or more: without any nothing is known");
    CHECK(test::refusal(factor_model{.every = seconds(-2)}) == "ballast: factor_model.every = -2: must be a time at or above 0 (seconds)");
    CHECK(test::refusal(factor_model{.patience = seconds(-1)}) ==
          "ballast: factor_model.patience = -1: must be a time at or above 0 (seconds)");
}
