#include <ballast/risk/hamilton.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/never.hpp>

#include "support/bar_estimators.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::risk::hamilton;
using test::wide;

static_assert(std::is_aggregate_v<hamilton> && estimator_policy<hamilton> && regime_model<hamilton>);
static_assert(hamilton::provides == (risk_need::volatility | risk_need::regimes));
static_assert(detail::check_estimator<hamilton>() && detail::preparable<hamilton::estimate> && detail::adjustable<hamilton::estimate>);

namespace {
hamilton daily() {
    return {.calm_volatility = 0.15, .turbulent_volatility = 0.6, .calm_lasts = days(60), .turbulent_lasts = days(20), .warm_up = 1};
}

using matrix = std::vector<std::vector<long double>>;
matrix product(const matrix& a, const matrix& b) {
    matrix c(2, std::vector<long double>(2, 0.0L));
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 2; ++j)
            for (std::size_t k = 0; k < 2; ++k) c[i][j] += a[i][k] * b[k][j];
    return c;
}
// exp(QΔ) by its series, of a small part of Δ, squared again.
matrix transition(const hamilton& h, duration d) {
    const long double t = test::years_of(d) / 1048576.0L;
    const matrix q{{-t / test::years_of(h.calm_lasts), t / test::years_of(h.calm_lasts)},
                   {t / test::years_of(h.turbulent_lasts), -t / test::years_of(h.turbulent_lasts)}};
    matrix sum{{1.0L, 0.0L}, {0.0L, 1.0L}}, term = sum;
    for (int k = 1; k < 20; ++k) {
        term = product(term, q);
        for (auto& row : term)
            for (auto& x : row) x /= static_cast<long double>(k);
        for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t j = 0; j < 2; ++j) sum[i][j] += term[i][j];
    }
    for (int k = 0; k < 20; ++k) sum = product(sum, sum);
    return sum;
}
long double density(const hamilton& h, std::size_t s, double r, duration d) {
    const long double years = test::years_of(d);
    const long double mean = wide(s == 0 ? h.calm_mean[0] : h.turbulent_mean[0]) * years;
    const long double sigma = wide(s == 0 ? h.calm_volatility[0] : h.turbulent_volatility[0]) * std::sqrt(years);
    const long double z = (wide(r) - mean) / sigma;
    return std::exp(-0.5L * z * z) / sigma;
}
struct step {
    double r;
    duration took;
};
// The chance of the turbulent regime at the end, by adding up all 2^T paths through the regimes.
long double by_paths(const hamilton& h, const std::vector<step>& steps) {
    std::vector<matrix> p;
    for (const step& s : steps) p.push_back(transition(h, s.took));
    const long double calm = test::years_of(h.calm_lasts), turbulent = test::years_of(h.turbulent_lasts);
    long double of[2] = {0.0L, 0.0L};
    for (std::size_t path = 0; path < (std::size_t{2} << steps.size()); ++path) {
        std::size_t s = path & 1;
        long double chance = (s == 0 ? calm : turbulent) / (calm + turbulent);
        for (std::size_t t = 0; t < steps.size(); ++t) {
            const std::size_t next = (path >> (t + 1)) & 1;
            chance *= p[t][s][next] * density(h, next, steps[t].r, steps[t].took);
            s = next;
        }
        of[s] += chance;
    }
    return of[1] / (of[0] + of[1]);
}
// The same by the forward recursion, in logarithms of 64 bits of mantissa.
struct forward {
    hamilton h;
    long double log_p[2];
    explicit forward(const hamilton& of) : h(of) {
        const long double calm = test::years_of(h.calm_lasts), turbulent = test::years_of(h.turbulent_lasts);
        log_p[0] = std::log(calm / (calm + turbulent));
        log_p[1] = std::log(turbulent / (calm + turbulent));
    }
    static long double log_sum(long double a, long double b) {
        const long double high = std::max(a, b), low = std::min(a, b);
        return high + std::log1p(std::exp(low - high));
    }
    void pass(duration d) {
        const matrix p = transition(h, d);
        const long double to[2] = {log_sum(log_p[0] + std::log(p[0][0]), log_p[1] + std::log(p[1][0])),
                                   log_sum(log_p[0] + std::log(p[0][1]), log_p[1] + std::log(p[1][1]))};
        log_p[0] = to[0];
        log_p[1] = to[1];
    }
    void learn(const step& x) {
        pass(x.took);
        const long double years = test::years_of(x.took);
        for (std::size_t s = 0; s < 2; ++s) {
            const long double sigma = wide(s == 0 ? h.calm_volatility[0] : h.turbulent_volatility[0]) * std::sqrt(years);
            const long double z = (wide(x.r) - wide(s == 0 ? h.calm_mean[0] : h.turbulent_mean[0]) * years) / sigma;
            log_p[s] += -0.5L * z * z - std::log(sigma);
        }
        const long double all = log_sum(log_p[0], log_p[1]);
        log_p[0] -= all;
        log_p[1] -= all;
    }
    [[nodiscard]] double turbulent() const { return static_cast<double>(std::exp(log_p[1])); }
};

// An asset whose price is moved by returns.
struct walk {
    test::single<hamilton> s;
    timestamp now = timestamp{} + days(18'000);
    double price = 100.0;
    explicit walk(const hamilton& h) : s(h) { REQUIRE_FALSE(s.price(now, price)); }
    // The return that the price, a double, really makes.
    step move(double r, duration took) {
        const double before = price;
        price *= std::exp(r);
        now = now + took;
        REQUIRE_FALSE(s.price(now, price));
        return {static_cast<double>(std::log(wide(price) / wide(before))), took};
    }
    [[nodiscard]] double calm() const { return s.estimate.probability[0]; }
    [[nodiscard]] double turbulent() const { return s.estimate.probability[1]; }
};
}  // namespace

// σ = 0.1 and 0.4, a quarter of a year of 91.3125 days each on average 1 and 1/3 of a year: π₁ = ¼, exp(−(1 + 3)/4) = 1/e, and a return of 0 is
// four times as likely in the calm one. The chance before it is ¼, and after it (¼)/(¼ + 4·¾) = 1/13. A quarter later without news:
// ¼ + (1/13 − ¼)/e.
TEST_CASE("hamilton: one step by hand") {
    hamilton h{.calm_volatility = 0.1, .turbulent_volatility = 0.4, .warm_up = 1};
    h.calm_lasts = hours(8766);
    h.turbulent_lasts = hours(2922);
    walk w{h};
    CHECK(w.turbulent() == 0.25);
    CHECK(w.s.variance() == Approx(0.75 * 0.01 + 0.25 * 0.16).epsilon(1e-15));
    w.move(1e-9, minutes(131'490));
    CHECK(w.turbulent() == Approx(1.0 / 13.0).epsilon(1e-12));
    CHECK(w.calm() == Approx(12.0 / 13.0).epsilon(1e-12));
    CHECK(w.s.variance() == Approx((12.0 * 0.01 + 0.16) / 13.0).epsilon(1e-12));
    w.now = w.now + minutes(131'490);
    REQUIRE_FALSE(w.s.price(w.now, w.price));
    CHECK(w.turbulent() == Approx(0.25 + (1.0 / 13.0 - 0.25) * std::exp(-1.0)).epsilon(1e-12));
    // A return of 2 calm standard deviations: densities 4·exp(−2) to exp(−1/8).
    walk v{h};
    v.move(2.0 * 0.1 * std::sqrt(0.25), minutes(131'490));
    CHECK(v.turbulent() == Approx(0.25 * std::exp(-0.125) / (0.25 * std::exp(-0.125) + 3.0 * std::exp(-2.0))).epsilon(1e-12));
}

TEST_CASE("hamilton: all paths through the regimes, added up") {
    std::mt19937_64 rng{11};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::normal_distribution<double> noise{0.0, 1.0};
    double worst = 0.0;
    for (int round = 0; round < 60; ++round) {
        hamilton h{.calm_volatility = 0.05 + 0.3 * unit(rng),
                   .turbulent_volatility = 0.1 + 0.9 * unit(rng),
                   .calm_mean = unit(rng) - 0.5,
                   .turbulent_mean = 4.0 * (unit(rng) - 0.5),
                   .warm_up = 1};
        h.calm_lasts = hours(1 + static_cast<std::int64_t>(2000.0 * unit(rng)));
        h.turbulent_lasts = hours(1 + static_cast<std::int64_t>(1000.0 * unit(rng)));
        REQUIRE_FALSE(h.validate());
        walk w{h};
        std::vector<step> steps;
        for (int t = 0; t < 10; ++t) {
            const duration took = minutes(1 + static_cast<std::int64_t>(rng() % 10'000));
            steps.push_back(w.move((round % 2 == 0 ? 0.2 : 0.6) * std::sqrt(took.years()) * noise(rng), took));
            worst = std::fmax(worst, std::fabs(w.turbulent() - static_cast<double>(by_paths(h, steps))));
            CHECK(w.calm() + w.turbulent() == Approx(1.0).epsilon(1e-14));
        }
    }
    CHECK(worst < 1e-12);
}

TEST_CASE("hamilton: long series, by the forward recursion in logarithms") {
    std::mt19937_64 rng{12};
    std::normal_distribution<double> noise{0.0, 1.0};
    walk w{daily()};
    forward f{daily()};
    double worst = 0.0;
    for (int t = 0; t < 3000; ++t) {
        const duration took = minutes(1 + static_cast<std::int64_t>(rng() % 5000));
        const double sigma = (t / 200) % 2 == 0 ? 0.15 : 0.6;
        f.learn(w.move(sigma * std::sqrt(took.years()) * noise(rng), took));
        worst = std::fmax(worst, std::fabs(w.turbulent() - f.turbulent()));
    }
    CHECK(worst < 1e-12);
}

// 20, 50 and 1,000 daily standard deviations of the calm regime, and one of none at all.
TEST_CASE("hamilton: no crash is too large, and none is remembered for ever") {
    for (const double size : {20.0, 50.0, 1000.0}) {
        walk w{daily()};
        forward f{daily()};
        const double day = std::sqrt(days(1).years());
        for (int t = 0; t < 40; ++t) f.learn(w.move((t % 2 == 0 ? 0.1 : -0.1) * day, days(1)));
        CHECK(w.turbulent() < 0.02);
        const double before = w.turbulent();
        f.learn(w.move(-size * 0.15 * day, days(1)));
        CHECK(w.turbulent() > 1.0 - 1e-12);
        CHECK((w.calm() >= 0.0 && w.calm() < 1e-50 + std::exp(-150.0)));
        if (size < 40.0) CHECK(std::log(w.calm()) == Approx(static_cast<double>(f.log_p[0])).epsilon(1e-12));
        CHECK(w.s.variance() == Approx(0.36).epsilon(1e-12));
        for (int t = 0; t < 60; ++t) {
            f.learn(w.move((t % 2 == 0 ? 0.1 : -0.1) * day, days(1)));
            CHECK(w.turbulent() == Approx(f.turbulent()).epsilon(1e-9));
        }
        CHECK(w.turbulent() == Approx(before).epsilon(1e-6));
    }
    // Prices at both ends of what a double holds, a nanosecond apart.
    walk w{daily()};
    w.price = std::numeric_limits<double>::denorm_min();
    for (int t = 0; t < 10; ++t) {
        w.now = w.now + nanoseconds(1);
        w.price = w.price < 1.0 ? std::numeric_limits<double>::max() : std::numeric_limits<double>::denorm_min();
        REQUIRE_FALSE(w.s.price(w.now, w.price));
        CHECK(w.turbulent() == 1.0);
        CHECK(w.calm() < 1e-300);
    }
    REQUIRE_FALSE(w.s.price(w.now + days(400), w.price));
    CHECK(w.turbulent() == Approx(0.25).epsilon(1e-6));
}

// What a filter promises: of all moments at which it says "60 %", 60 % are turbulent.
TEST_CASE("hamilton: its chances come true on simulated regimes") {
    const hamilton h = daily();
    std::mt19937_64 rng{13};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::normal_distribution<double> noise{0.0, 1.0};
    walk w{h};
    bool turbulent = unit(rng) < 0.25;
    double said[10] = {}, was[10] = {}, many[10] = {}, brier = 0.0, prior = 0.0;
    const int ticks = 60'000;
    for (int t = 0; t < ticks; ++t) {
        const duration took = hours(6 + static_cast<std::int64_t>(rng() % 37));
        const matrix p = transition(h, took);
        turbulent = wide(unit(rng)) < p[turbulent ? 1 : 0][1];
        w.move((turbulent ? 0.6 : 0.15) * std::sqrt(took.years()) * noise(rng), took);
        const double q = w.turbulent();
        const auto bin = static_cast<std::size_t>(q * 9.999999);
        said[bin] += q;
        was[bin] += turbulent ? 1.0 : 0.0;
        many[bin] += 1.0;
        brier += (q - (turbulent ? 1.0 : 0.0)) * (q - (turbulent ? 1.0 : 0.0)) / ticks;
        prior += (0.25 - (turbulent ? 1.0 : 0.0)) * (0.25 - (turbulent ? 1.0 : 0.0)) / ticks;
    }
    for (std::size_t b = 0; b < 10; ++b) {
        CAPTURE(b, said[b], was[b], many[b]);
        REQUIRE(many[b] > 300.0);
        const double q = said[b] / many[b];
        // Neighbouring moments are not independent: wider than four binomial standard errors.
        CHECK(std::fabs(was[b] - said[b]) < 6.0 * std::sqrt(many[b] * q * (1.0 - q)));
    }
    CHECK(brier < 0.5 * prior);
}

TEST_CASE("hamilton: a price as before teaches nothing, but time passes") {
    walk w{daily()}, clean{daily()};
    w.move(-0.1, days(1));
    clean.move(-0.1, days(1));
    const std::vector<double> taught = w.s.estimate.filtered;
    double last = w.turbulent();
    for (int t = 0; t < 30; ++t) {
        w.now = w.now + days(1);
        // Stale, then missing, then late: all the same.
        REQUIRE_FALSE(w.s.price(w.now, t < 10 ? w.price : t < 20 ? test::no_number : -1.0));
        CHECK(w.s.estimate.filtered == taught);
        CHECK(w.turbulent() < last);
        const double rate = (1.0 / 60.0 + 1.0 / 20.0) * (t + 1);
        CHECK(w.turbulent() == Approx(0.25 + (taught[1] - 0.25) * std::exp(-rate)).epsilon(1e-12));
        last = w.turbulent();
    }
    // The next move spans the time, as if none of these ticks had been.
    w.move(0.02, days(1));
    clean.move(0.02, days(31));
    CHECK(w.turbulent() == clean.turbulent());
    // A tick that is late changes no chance.
    const double now = w.turbulent();
    REQUIRE_FALSE(w.s.price(w.now + days(-3), 1.0));
    CHECK(w.turbulent() == now);
    CHECK(w.s.estimate.filtered[1] == now);
}

TEST_CASE("hamilton: quotes with their own dates") {
    test::single s{daily()};
    const timestamp start = timestamp{} + days(100);
    REQUIRE_FALSE(s.price(start, 100.0, start));
    REQUIRE_FALSE(s.price(start + days(3), 95.0, start + days(1)));
    forward f{daily()};
    f.learn({std::log(0.95), days(1)});
    CHECK(s.estimate.filtered[1] == Approx(f.turbulent()).epsilon(1e-12));
    f.pass(days(2));
    CHECK(s.estimate.probability[1] == Approx(f.turbulent()).epsilon(1e-12));
    // A quote from the future is none.
    const std::vector<double> before = s.estimate.filtered;
    REQUIRE_FALSE(s.price(start + days(4), 50.0, start + days(5)));
    CHECK(s.estimate.filtered == before);
}

TEST_CASE("hamilton: returns over too long a time may be left out") {
    hamilton h = daily();
    h.longest = days(4);
    walk w{h};
    w.move(0.02, days(4));
    CHECK(w.turbulent() != Approx(0.25));
    const double before = w.turbulent();
    w.move(-0.5, days(5));
    CHECK(w.turbulent() == Approx(0.25 + (before - 0.25) * std::exp(-5.0 * (1.0 / 60.0 + 1.0 / 20.0))).epsilon(1e-12));
    CHECK(w.s.estimate.last.price[0] == w.price);
}

TEST_CASE("hamilton: regimes that differ in their means alone") {
    hamilton h{.calm_volatility = 0.2, .turbulent_volatility = 0.2, .calm_mean = 0.3, .turbulent_mean = -0.5, .warm_up = 1};
    h.calm_lasts = days(300);
    h.turbulent_lasts = days(100);
    walk up{h}, down{h};
    for (int t = 0; t < 200; ++t) {
        up.move(0.3 / 365.25, days(1));
        down.move(-0.5 / 365.25, days(1));
    }
    CHECK(up.turbulent() < 0.15);
    CHECK(down.turbulent() > 0.5);
    CHECK(up.s.variance() == Approx(0.04).epsilon(1e-14));
}

TEST_CASE("hamilton: ready after as many prices; a market's regime is one asset's") {
    hamilton h = daily();
    h.warm_up = 3;
    h.market = 1;
    test::single s{h};
    test::single<hamilton>::prepare(h, s.estimate, 2);
    std::vector<double> price{100.0, 50.0};
    for (int t = 0; t < 6; ++t) {
        price[1] *= t % 2 == 0 ? 1.1 : 0.9;
        price[0] *= 1.001;
        if (t == 4) price[0] = test::no_number;
        if (t == 5) price[0] = 100.0;
        REQUIRE_FALSE(h.observe(s.estimate, {.now = timestamp{} + days(t), .price = price}));
        const regime_view r = h.regimes(s.estimate);
        CHECK(r.regimes == 2);
        CHECK(r.ready == (t >= 3));
        REQUIRE(r.probability.size() == 2);
        CHECK(r.of(0)[1] == s.estimate.probability[3]);
        CHECK(r.of(1)[1] == s.estimate.probability[3]);
    }
    CHECK(s.estimate.probability[3] > 0.9);
    CHECK(s.estimate.probability[1] < 0.5);
    h.market = no_index;
    CHECK(h.regimes(s.estimate).probability.size() == 4);
    CHECK(h.regimes(s.estimate).of(1)[1] == s.estimate.probability[3]);
    // An asset that there is not.
    h.market = 2;
    CHECK_FALSE(h.covers(2));
    CHECK(h.covers(3));
    CHECK(h.covers(0));
    CHECK(h.observe(s.estimate, {.now = timestamp{} + days(9), .price = price}).code == fault_code::bad_parameter_count);
    CHECK_FALSE(h.regimes(s.estimate).ready);
}

TEST_CASE("hamilton: each asset by its own parameters; wrong sizes are faults that change nothing") {
    hamilton h = daily();
    h.calm_volatility = {0.1, 0.3};
    h.turbulent_volatility = {0.5, 0.9};
    h.calm_mean = {0.0, 0.2};
    test::single s{h};
    test::single<hamilton>::prepare(h, s.estimate, 2);
    std::vector<double> price{100.0, 50.0};
    for (int t = 0; t < 20; ++t) {
        for (double& p : price) p *= t % 3 == 0 ? 1.02 : 0.99;
        REQUIRE_FALSE(h.observe(s.estimate, {.now = timestamp{} + days(t), .price = price}));
    }
    hamilton second = daily();
    second.calm_volatility = 0.3;
    second.turbulent_volatility = 0.9;
    second.calm_mean = 0.2;
    test::single alone{second};
    double p = 50.0;
    for (int t = 0; t < 20; ++t) {
        p *= t % 3 == 0 ? 1.02 : 0.99;
        REQUIRE_FALSE(alone.price(timestamp{} + days(t), p));
    }
    CHECK(s.estimate.probability[3] == alone.estimate.probability[1]);
    CHECK(s.estimate.variance[1] == alone.estimate.variance[0]);
    const std::vector<double> before = s.estimate.probability, three{1.0, 2.0, 3.0};
    CHECK(h.observe(s.estimate, {.now = timestamp{} + days(99), .price = three}).code == fault_code::size_mismatch);
    h.calm_mean = {0.0, 0.2, 0.3};
    CHECK(h.observe(s.estimate, {.now = timestamp{} + days(99), .price = price}).code == fault_code::bad_parameter_count);
    CHECK(s.estimate.probability == before);
}

TEST_CASE("hamilton: no price makes a chance no number; saved, erased and split it goes on as before") {
    test::check_always_a_number(daily());
    hamilton h = daily();
    h.warm_up = 20;
    test::check_same_elsewhere(h);

    std::mt19937_64 rng{14};
    walk w{h};
    for (int t = 0; t < 20'000; ++t) {
        w.now = w.now + duration{static_cast<std::int64_t>(1 + (rng() >> (2 + rng() % 60)) % 100'000'000'000'000)};
        w.price = rng() % 50 == 0 ? std::exp(static_cast<double>(rng() % 1200) - 600.0)
                                  : w.price * (0.5 + static_cast<double>(rng() % 100) * 0.01);
        if (!(w.price > 1e-300 && w.price < 1e300)) w.price = 1.0;
        REQUIRE_FALSE(w.s.price(w.now, w.price));
        REQUIRE((w.calm() >= 0.0 && w.turbulent() >= 0.0 && std::fabs(w.calm() + w.turbulent() - 1.0) < 1e-14));
        REQUIRE((w.s.variance() >= 0.15 * 0.15 - 1e-12 && w.s.variance() <= 0.36 + 1e-12));
    }
}

TEST_CASE("hamilton: kept in the market's state and lent through the look, the same erased") {
    struct listener {
        double* heard;
        bool* ready;
        [[nodiscard]] firing check(const look& l) const noexcept {
            *ready = l.regime[0].ready;
            *heard = l.regime[0].of(1)[1];
            return {.trigger = "listener"};
        }
    };
    double heard = -1.0;
    bool ready = false;
    const hamilton h = daily();
    keeper k{rebalancer{listener{&heard, &ready}, cost::zero{}, solver::to_target{}, h}, {.assets = 2}};
    std::vector<double> price{100.0, 50.0};
    const std::vector<double> quantity{1.0, 2.0}, target{0.5, 0.5};
    for (int t = 0; t < 5; ++t) {
        price[0] *= 1.001;
        price[1] *= t % 2 == 0 ? 1.05 : 0.95;
        REQUIRE_FALSE(k.observe({.now = timestamp{} + days(t), .price = price}));
        CHECK(k.propose({.quantity = quantity}, target).outcome == outcome::hold);
        CHECK(ready == (t >= 1));
        CHECK(heard == detail::get<0>(k.market().estimates).probability[3]);
    }
    CHECK(heard > 0.9);
}

// BCH stands at 335.99 for 419 hours up to 2018-12-06 and then prints 101.26.
TEST_CASE("hamilton: a stale run and false prints in real hourly prices") {
    const std::string path = test::data_file("prices/crypto_hourly_close.csv");
    if (path.empty()) return;
    const csv::prices data = test::read_columns(path, {"BCH"});
    hamilton h{.calm_volatility = 0.6, .turbulent_volatility = 1.8, .warm_up = 1};
    h.calm_lasts = days(6);
    h.turbulent_lasts = days(2);
    test::single s{h}, spiked{h};
    double last = 0.0, before_run = 0.0, share = 0.0;
    int run = 0, spikes = 0, since = 0;
    for (std::size_t row = 0; row < data.when.size(); ++row) {
        const double p = data.price[row];
        run = p == last ? run + 1 : 0;
        REQUIRE_FALSE(s.price(data.when[row], p));
        // A print a hundred times too high, every thousand hours.
        const bool spike = row % 1000 == 500;
        REQUIRE_FALSE(spiked.price(data.when[row], spike ? 100.0 * p : p));
        const double q = s.estimate.probability[1];
        REQUIRE((q >= 0.0 && q <= 1.0 && s.estimate.probability[0] >= 0.0));
        // A quote that nobody renews is no calm: the chance goes back to rest, from either side.
        if (run == 0) before_run = q;
        if (run > 100) CHECK(std::fabs(q - 0.25) <= std::fabs(before_run - 0.25));
        if (run == 419) CHECK(q == Approx(0.25).epsilon(1e-3));
        if (last == 335.99 && p == 101.26) CHECK(q > 0.9);
        share += q / static_cast<double>(data.when.size());
        since = spike ? 0 : since + 1;
        spikes += spike ? 1 : 0;
        // Forgotten within days: a chance of nearly 1 that decays with the chain and the news.
        if (spike && row > 0) CHECK(spiked.estimate.probability[1] > 0.999);
        if (spikes > 0 && since > 300) CHECK(spiked.estimate.probability[1] == Approx(q).margin(1e-3));
        last = p;
    }
    CHECK(spikes > 10);
    CHECK((share > 0.05 && share < 0.6));
}

TEST_CASE("hamilton: bad parameters are refused with parameter, value and range") {
    const auto with = [](auto&& change) {
        hamilton h = daily();
        change(h);
        return test::refusal(h);
    };
    CHECK(with([](hamilton&) {}).empty());
    CHECK_THAT(test::refusal(hamilton{}), StartsWith("ballast: hamilton.calm_volatility = 0: has to be given"));
    CHECK_THAT(test::refusal(hamilton{.calm_volatility = 0.1}), StartsWith("ballast: hamilton.turbulent_volatility = 0: has to be given"));
    CHECK_THAT(with([](hamilton& h) { h.calm_volatility = 0.0; }), StartsWith("ballast: hamilton.calm_volatility = 0: must be"));
    CHECK_THAT(with([](hamilton& h) { h.calm_volatility = 1e-200; }), StartsWith("ballast: hamilton.calm_volatility = 1e-200: must be"));
    CHECK_THAT(with([](hamilton& h) {
                   h.turbulent_volatility = {0.1, test::no_number};
               }),
               StartsWith("ballast: hamilton.turbulent_volatility = nan"));
    CHECK_THAT(with([](hamilton& h) { h.turbulent_volatility = 1e200; }), StartsWith("ballast: hamilton.turbulent_volatility = 1e+200"));
    CHECK_THAT(with([](hamilton& h) { h.calm_lasts = {}; }), StartsWith("ballast: hamilton.calm_lasts = 0: has to be given"));
    CHECK_THAT(with([](hamilton& h) { h.turbulent_lasts = days(-1); }), StartsWith("ballast: hamilton.turbulent_lasts = -86400"));
    CHECK_THAT(with([](hamilton& h) { h.calm_mean = test::no_number; }), StartsWith("ballast: hamilton.calm_mean = nan"));
    CHECK_THAT(with([](hamilton& h) { h.turbulent_mean = HUGE_VAL; }), StartsWith("ballast: hamilton.turbulent_mean = inf"));
    CHECK_THAT(with([](hamilton& h) { h.longest = days(-1); }), StartsWith("ballast: hamilton.longest = -86400"));
    CHECK_THAT(with([](hamilton& h) { h.warm_up = 0; }), StartsWith("ballast: hamilton.warm_up = 0"));
}
