#include <ballast/risk/garch.hpp>

#include "support/bar_estimators.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::fit_garch;
using ballast::risk::garch;
using ballast::risk::garch_fit;

static_assert(std::is_aggregate_v<garch> && estimator_policy<garch> && garch::provides == risk_need::volatility);
static_assert(detail::check_estimator<garch>() && detail::preparable<garch::estimate> && detail::adjustable<garch::estimate>);

namespace {
// Of daily returns, as a fraction.
garch daily() { return {.omega = 2e-6, .alpha = 0.1, .beta = 0.85, .warm_up = 1}; }

struct simulated {
    std::mt19937_64 rng;
    std::normal_distribution<double> noise{0.0, 1.0};
    double mu, omega, alpha, beta, h;
    simulated(std::uint64_t seed, double m, double o, double a, double b)
        : rng(seed),
          mu(m),
          omega(o),
          alpha(a),
          beta(b),
          h(o / (1 - a - b)) {}
    [[nodiscard]] double next() {
        const double e = std::sqrt(h) * noise(rng);
        h = omega + alpha * e * e + beta * h;
        return mu + e;
    }
};
[[nodiscard]] double likelihood(const std::vector<double>& r, double mu, double omega, double alpha, double beta) {
    using test::wide;
    const auto error = [&](std::size_t t) { return wide(r[t]) - wide(mu); };
    long double start = 0, sum = 0;
    for (std::size_t t = 0; t < r.size(); ++t) start += error(t) * error(t) / static_cast<long double>(r.size());
    long double h = wide(omega) + (wide(alpha) + wide(beta)) * start;
    for (std::size_t t = 0; t < r.size(); ++t) {
        if (t > 0) h = wide(omega) + wide(alpha) * error(t - 1) * error(t - 1) + wide(beta) * h;
        sum -= 0.5L * (std::log(2 * 3.14159265358979323846L * h) + error(t) * error(t) / h);
    }
    return static_cast<double>(sum);
}
[[nodiscard]] std::vector<double> benchmark() {
    const std::string path = test::data_file("prices/dem2gbp_daily_pct_logreturns.csv");
    if (path.empty()) return {};
    std::string file;
    REQUIRE(csv::load(path, file) == "");
    std::string_view text = file;
    (void)csv::take_line(text);
    std::vector<double> r;
    std::vector<std::string_view> fields;
    while (!text.empty()) {
        csv::split(csv::take_line(text), fields);
        double x = 0.0;
        REQUIRE((fields.size() == 2 && csv::parse_number(fields[1], x)));
        r.push_back(x);
    }
    REQUIRE(r.size() == 1974);
    return r;
}
}  // namespace

// Mark against pound, Bollerslev and Ghysels 1996: the benchmark of Fiorentini, Calzolari and Panattoni 1996, here as R's fGarch has it.
TEST_CASE("garch: the fit meets the benchmark") {
    std::vector<double> r = benchmark();
    if (r.empty()) return;
    const garch_fit f = fit_garch(r);
    CHECK(f.converged);
    CHECK(std::fabs(f.mu - -0.006190414431) < 1e-6);
    CHECK(std::fabs(f.omega - 0.010761390272) < 1e-6);
    CHECK(std::fabs(f.alpha - 0.153133894690) < 1e-6);
    CHECK(std::fabs(f.beta - 0.805973795982) < 1e-6);
    CHECK(std::fabs(f.log_likelihood - -1106.60788104) < 1e-7);
    CHECK(f.log_likelihood == Approx(likelihood(r, f.mu, f.omega, f.alpha, f.beta)).epsilon(1e-13));

    // In another unit μ and ω scale, the likelihood by the unit.
    for (double& x : r) x *= 0.01;
    const garch_fit g = fit_garch(r);
    CHECK(g.converged);
    CHECK(g.mu == Approx(0.01 * f.mu).epsilon(1e-8));
    CHECK(g.omega == Approx(1e-4 * f.omega).epsilon(1e-8));
    CHECK(g.alpha == Approx(f.alpha).epsilon(1e-8));
    CHECK(g.beta == Approx(f.beta).epsilon(1e-8));
    CHECK(g.log_likelihood == Approx(f.log_likelihood + 1974.0 * std::log(100.0)).epsilon(1e-12));
}

TEST_CASE("garch: nothing around the fit is likelier") {
    std::mt19937_64 rng{41};
    std::normal_distribution<double> noise{0.0, 1.0};
    int inside = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const double alpha = 0.02 + 0.01 * static_cast<double>(seed % 10), beta = seed % 2 == 0 ? 0.85 : 0.6;
        simulated s{seed, 0.1, 0.05, alpha, beta};
        std::vector<double> r(seed % 3 == 0 ? 300 : 2000);
        for (double& x : r) x = s.next();
        const garch_fit f = fit_garch(r);
        CAPTURE(seed, f.mu, f.omega, f.alpha, f.beta);
        CHECK(f.converged);
        CHECK((f.omega > 0.0 && f.alpha >= 0.0 && f.beta >= 0.0 && f.alpha + f.beta < 1.0));
        CHECK(f.log_likelihood == Approx(likelihood(r, f.mu, f.omega, f.alpha, f.beta)).epsilon(1e-12));
        CHECK(f.log_likelihood >= likelihood(r, 0.1, 0.05, alpha, beta));
        for (int k = 0; k < 60; ++k) {
            const double size = k % 2 == 0 ? 1e-3 : 0.2;
            const double mu = f.mu + size * noise(rng), omega = f.omega * std::exp(size * noise(rng));
            const double a = f.alpha * std::exp(size * noise(rng)), b = f.beta * std::exp(size * noise(rng));
            if (a + b < 1.0) CHECK(likelihood(r, mu, omega, a, b) <= f.log_likelihood + 1e-9);
        }
        inside += f.alpha > 1e-6 && f.beta > 1e-6 ? 1 : 0;
    }
    CHECK(inside >= 12);
}

TEST_CASE("garch: the fit finds the parameters of a long sample") {
    simulated s{5, 0.05, 0.05, 0.1, 0.85};
    std::vector<double> r(50'000);
    for (double& x : r) x = s.next();
    const garch_fit f = fit_garch(r);
    CHECK(f.converged);
    CHECK(f.mu == Approx(0.05).margin(0.012));
    CHECK(f.omega == Approx(0.05).epsilon(0.15));
    CHECK(f.alpha == Approx(0.1).margin(0.01));
    CHECK(f.beta == Approx(0.85).margin(0.015));
}

TEST_CASE("garch: what can not be fitted says so") {
    const auto fitted = [](const std::vector<double>& r) {
        const garch_fit f = fit_garch(r);
        CHECK(!(f.alpha + f.beta >= 1.0));
        return f.converged;
    };
    CHECK_FALSE(fitted({}));
    CHECK_FALSE(fitted({0.1, -0.1, 0.2, 0.0, 0.1, 0.05, -0.1, 0.02, 0.1}));
    CHECK_FALSE(fitted(std::vector<double>(100, 1.0)));
    CHECK_FALSE(fitted(std::vector<double>(100, 0.1)));
    CHECK_FALSE(fitted(std::vector<double>(100, 0.0)));
    std::vector<double> r(100, 0.1);
    for (std::size_t k = 0; k < r.size(); k += 3) r[k] = -0.2;
    CHECK(fitted(r));
    r[50] = test::no_number;
    CHECK_FALSE(fitted(r));
    r[50] = std::numeric_limits<double>::infinity();
    CHECK_FALSE(fitted(r));
}

TEST_CASE("garch: for equal intervals it is the recursion, and forecasts the mean of the path") {
    for (const std::int64_t horizon : {1, 5, 250}) {
        garch e = daily();
        e.mu = 3e-4;
        e.horizon = days(horizon);
        test::single s{e};
        simulated market{51, 3e-4, 2e-6, 0.1, 0.85};
        double x = 0.0, h = 2e-6 / 0.05;
        REQUIRE_FALSE(s.price(timestamp{}, 1.0));
        CHECK(s.variance() == 0.0);
        CHECK_FALSE(s.ready());
        for (int day = 1; day < 500; ++day) {
            const double r = market.next();
            x += r;
            REQUIRE_FALSE(s.price(timestamp{} + days(day), std::exp(x)));
            h = 2e-6 + 0.1 * (r - 3e-4) * (r - 3e-4) + 0.85 * h;
            double ahead = h, path = 0.0;
            for (std::int64_t j = 0; j < horizon; ++j) {
                path += ahead / static_cast<double>(horizon);
                ahead = 2e-6 + 0.95 * ahead;
            }
            CHECK(s.variance() == Approx(path * 365.25).epsilon(1e-9));
            CHECK(s.ready());
        }
        CHECK(s.estimate.next[0] == Approx(h).epsilon(1e-9));
    }
}

TEST_CASE("garch: follows the fit, once its own start is forgotten") {
    const std::vector<double> r = benchmark();
    if (r.empty()) return;
    const garch_fit f = fit_garch(r);
    const garch e{.mu = f.mu / 100, .omega = f.omega / 1e4, .alpha = f.alpha, .beta = f.beta};
    REQUIRE(test::refusal(e).empty());
    test::single s{e};
    double x = 0.0, mean_square = 0.0;
    for (const double v : r) mean_square += (v - f.mu) * (v - f.mu) / 1974.0;
    double h = f.omega + (f.alpha + f.beta) * mean_square;
    REQUIRE_FALSE(s.price(timestamp{}, 1.0));
    for (std::size_t t = 0; t < r.size(); ++t) {
        x += r[t] / 100.0;
        REQUIRE_FALSE(s.price(timestamp{} + days(static_cast<std::int64_t>(t) + 1), std::exp(x)));
        h = f.omega + f.alpha * (r[t] - f.mu) * (r[t] - f.mu) + f.beta * h;
    }
    CHECK(s.estimate.next[0] * 1e4 == Approx(h).epsilon(1e-9));
}

TEST_CASE("garch: k intervals at once are k steps with equal squares, whole or not") {
    const garch e = daily();
    for (const int k : {2, 3, 17, 419}) {
        test::single s{e};
        REQUIRE_FALSE(s.price(timestamp{}, 1.0));
        REQUIRE_FALSE(s.price(timestamp{} + days(k), 1.1));
        double h = 2e-6 / 0.05;
        for (int j = 0; j < k; ++j) h = 2e-6 + 0.1 * std::pow(std::log(1.1), 2.0) / k + 0.85 * h;
        CHECK(s.estimate.next[0] == Approx(h).epsilon(1e-12));
    }
    // A day in pieces with equal squares per time is a day in one piece, as long as the squares are what comes anyway.
    test::single whole{e}, pieces{e};
    REQUIRE_FALSE(whole.price(timestamp{}, 1.0));
    REQUIRE_FALSE(pieces.price(timestamp{}, 1.0));
    double x = 0.0;
    for (int j = 1; j <= 240; ++j) {
        x += (j % 2 == 0 ? 1 : -1) * 0.02 / std::sqrt(24.0);
        REQUIRE_FALSE(pieces.price(timestamp{} + hours(j), std::exp(x)));
        if (j % 24 == 0) REQUIRE_FALSE(whole.price(timestamp{} + hours(j), j % 48 == 0 ? 1.0 : std::exp(0.02)));
    }
    CHECK(pieces.variance() == Approx(whole.variance()).epsilon(1e-9));
}

TEST_CASE("garch: without a past, and without memory at all") {
    garch e = daily();
    e.beta = 0.0;
    test::single s{e};
    REQUIRE_FALSE(s.price(timestamp{}, 1.0));
    REQUIRE_FALSE(s.price(timestamp{} + hours(36), 1.1));
    CHECK(s.estimate.next[0] == Approx(2e-6 + 0.1 * std::pow(std::log(1.1), 2.0) / 1.5).epsilon(1e-12));
    e.alpha = 0.0;
    test::single constant{e};
    for (int k = 0; k < 5; ++k) REQUIRE_FALSE(constant.price(timestamp{} + hours(31 * k), 1.0 + k));
    CHECK(constant.variance() == Approx(2e-6 * 365.25).epsilon(1e-12));
}

// Five trading days a week. Taken as a closed market it has 5·365.25/7 intervals a year, and a weekend is one.
TEST_CASE("garch: a market that closes") {
    garch e = daily();
    e.closed = days(4);
    test::single s{e};
    simulated market{52, 0.0, 2e-6, 0.1, 0.85};
    double x = 0.0, h = 2e-6 / 0.05;
    REQUIRE_FALSE(s.price(timestamp{}, 1.0));
    for (int day = 1; day < 7 * 300; ++day) {
        if (day % 7 >= 5) continue;
        const double r = market.next();
        x += r;
        REQUIRE_FALSE(s.price(timestamp{} + days(day), std::exp(x)));
        h = 2e-6 + 0.1 * r * r + 0.85 * h;
    }
    CHECK(s.estimate.next[0] == Approx(h).epsilon(1e-9));
    CHECK(s.variance() == Approx(h * 5.0 * 365.25 / 7.0).epsilon(2e-3));
    // A hole of ten days is ten intervals all the same.
    const double was = s.estimate.intervals[0];
    REQUIRE_FALSE(s.price(s.estimate.last.seen[0] + days(10), std::exp(x + 0.01)));
    CHECK(s.estimate.intervals[0] == was + 10.0);
}

TEST_CASE("garch: parameters per asset, and a list of another length is a fault") {
    garch e = daily();
    e.omega = {2e-6, 8e-6};
    e.mu = {0.0, 1e-3};
    CHECK(e.covers(2));
    CHECK_FALSE(e.covers(3));
    garch::estimate s;
    s.prepare({.assets = 2});
    for (int day = 0; day < 50; ++day) {
        const std::vector<double> p{day % 2 == 0 ? 1.0 : 1.01, std::exp(1e-3 * day)};
        REQUIRE_FALSE(e.observe(s, {.now = timestamp{} + days(day), .price = p}));
    }
    CHECK(s.next[1] == Approx(8e-6 / 0.15).epsilon(1e-3));  // ε is 0: h returns to ω/(1 − β)
    garch::estimate three;
    three.prepare({.assets = 3});
    const std::vector<double> p{1.0, 1.0, 1.0};
    CHECK(e.observe(three, {.now = timestamp{1}, .price = p}).code == fault_code::bad_parameter_count);
    CHECK(e.observe(s, {.now = timestamp{1}, .price = p}).code == fault_code::size_mismatch);
}

TEST_CASE("garch: stale quotes teach nothing, a spike decays, a split is told") {
    test::single s{daily()};
    test::random_bars prices{53};
    timestamp now{};
    for (int k = 0; k < 100; ++k, now = now + days(1)) REQUIRE_FALSE(s.price(now, prices.next().close));
    const double before = s.variance();
    for (int k = 0; k < 419; ++k, now = now + days(1)) REQUIRE_FALSE(s.price(now, prices.last));
    CHECK(s.variance() == before);
    REQUIRE_FALSE(s.price(now, prices.last / 3.0));
    const double q = std::pow(std::log(3.0), 2.0) / 420.0;
    CHECK(s.estimate.next[0] == Approx((2e-6 + 0.1 * q) / 0.15).epsilon(1e-9));
    s.estimate.adjust(0, 3.0);
    now = now + days(1);
    REQUIRE_FALSE(s.price(now, prices.last * 1.0001));
    CHECK(s.volatility() < 0.8);  // not told, it were a return of 110 %

    test::single clean{daily()}, spiked{daily()};
    double apart = 0.0;
    for (int k = 0; k < 300; ++k) {
        const double p = prices.next().close;
        REQUIRE_FALSE(clean.price(timestamp{} + days(k), p));
        REQUIRE_FALSE(spiked.price(timestamp{} + days(k), k == 50 ? 100.0 * p : p));
        const double off = std::fabs(spiked.estimate.next[0] - clean.estimate.next[0]);
        if (k == 51) apart = off;
        if (k > 51 && off > 1e-12) CHECK(off == Approx(apart * std::pow(0.85, k - 51)).epsilon(1e-6));
    }
    CHECK(apart > 1.0);
}

TEST_CASE("garch: no price makes it less than 0 or no number; saved, erased and split it goes on as before") {
    test::check_always_a_number(daily());
    garch e = daily();
    e.warm_up = 20;
    e.omega = 2e-5;
    test::check_same_elsewhere(e);
}

// BCH stands at 335.99 for 419 hours up to 2018-12-06 and then prints 101.26.
TEST_CASE("garch: a stale run in real hourly prices") {
    const std::string path = test::data_file("prices/crypto_hourly_close.csv");
    if (path.empty()) return;
    const csv::prices data = test::read_columns(path, {"BCH"});
    const garch e{.omega = 1e-6, .alpha = 0.1, .beta = 0.88, .interval = hours(1), .horizon = hours(1)};
    test::single s{e};
    double last = 0.0, before_run = 0.0, at_jump = 0.0;
    int run = 0;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        const double p = data.price[row];
        run = p == last ? run + 1 : 0;
        if (run == 1) before_run = s.variance();
        REQUIRE_FALSE(s.price(data.when[row], p));
        if (run > 0) CHECK(s.variance() == before_run);
        if (last == 335.99 && p == 101.26) at_jump = s.estimate.next[0];
        last = p;
        CHECK(std::isfinite(s.variance()));
    }
    CHECK(at_jump == Approx((1e-6 + 0.1 * std::pow(std::log(101.26 / 335.99), 2.0) / 420.0) / 0.12).epsilon(1e-6));
}

TEST_CASE("garch: bad parameters are refused with parameter, value and range") {
    const auto with = [](auto&& change) {
        garch e = daily();
        change(e);
        return test::refusal(e);
    };
    CHECK(with([](garch&) {}).empty());
    CHECK_THAT(test::refusal(garch{}), StartsWith("ballast: garch.omega = 0: has to be given"));
    CHECK_THAT(test::refusal(garch{.omega = 1.0}), StartsWith("ballast: garch.alpha = 0: has to be given"));
    CHECK_THAT(test::refusal(garch{.omega = 1.0, .alpha = 0.1}), StartsWith("ballast: garch.beta = 0: has to be given"));
    CHECK_THAT(with([](garch& e) { e.mu = test::no_number; }), StartsWith("ballast: garch.mu = nan"));
    CHECK_THAT(with([](garch& e) { e.omega = 0.0; }), StartsWith("ballast: garch.omega = 0: must be a variance above 0"));
    CHECK_THAT(with([](garch& e) { e.alpha = -0.1; }), StartsWith("ballast: garch.alpha = -0.1"));
    CHECK_THAT(with([](garch& e) { e.beta = -0.1; }), StartsWith("ballast: garch.beta = -0.1"));
    CHECK_THAT(with([](garch& e) { e.beta = 0.9; }), StartsWith("ballast: garch.beta = 0.9: must be below 1 together with alpha"));
    CHECK_THAT(with([](garch& e) { e.beta = {0.5, 0.95}; }), StartsWith("ballast: garch.beta = 0.95: must be below 1"));
    CHECK_THAT(with([](garch& e) { e.alpha = {0.05, 0.16}; }), StartsWith("ballast: garch.beta = 0.85: must be below 1"));
    CHECK_THAT(with([](garch& e) { e.interval = {}; }), StartsWith("ballast: garch.interval = 0"));
    CHECK_THAT(with([](garch& e) { e.closed = days(-1); }), StartsWith("ballast: garch.closed = -86400"));
    CHECK_THAT(with([](garch& e) { e.horizon = {}; }), StartsWith("ballast: garch.horizon = 0"));
    CHECK_THAT(with([](garch& e) { e.warm_up = 0; }), StartsWith("ballast: garch.warm_up = 0"));
}
