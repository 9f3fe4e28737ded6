#include <ballast/tune/calendar.hpp>

#include "support/tuning.hpp"

#include <cstring>
#include <string>
#include <type_traits>

using namespace ballast;
using tune::calendar;
using tune::costs;
using tune::expect;
using tune::expectation;
using tune::gbm_market;

static_assert(std::is_aggregate_v<calendar> && std::is_trivially_copyable_v<calendar>);
static_assert(noexcept(expect(gbm_market{}, 0.5, calendar{}, costs{})));

namespace {
constexpr double inf = std::numeric_limits<double>::infinity();
const gbm_market typical{.drift = 0.08, .volatility = 0.2, .other_drift = 0.03};

gbm_market swapped(const gbm_market& m) {
    return {.drift = m.other_drift,
            .volatility = m.other_volatility,
            .other_drift = m.drift,
            .other_volatility = m.volatility,
            .correlation = m.correlation};
}

// One trade, its costs found by halving: |trade| of the first, of the other, and the wealth that is left.
struct trade {
    double first = 0.0, other = 0.0, left = 0.0;
};
trade traded(double w, double t, const costs& c) {
    double low = -1.0, high = 1.0;
    for (int n = 0; n < 70; ++n) {
        const double x = 0.5 * (low + high);
        (x + c.rate * std::fabs(t * x - w) + c.other_rate * std::fabs((1 - t) * x - (1 - w)) + c.fixed > 1 ? high : low) = x;
    }
    return {std::fabs(t * low - w), std::fabs((1 - t) * low - (1 - w)), low};
}

// The integrals over the normal distribution as sums over very many points, which is exact where nothing has a kink; at kinks it is off by
// the square of their distance.
expectation by_sums(const gbm_market& m, double t, double interval, const costs& c) {
    constexpr int points = 40'000;
    const double nu = (m.growth() - m.other_growth()) * interval, s = std::sqrt(m.relative_variance() * interval);
    const double step = 18.0 / points;
    expectation e{.log_growth = 0, .rebalances = 1 / interval, .turnover = 0, .traded = 0, .cost = 0, .tracking_error = 0};
    for (int k = 0; k <= points; ++k) {
        const double z = -9.0 + k * step, p = step * std::exp(-0.5 * z * z) / std::sqrt(6.283185307179586);
        const double first = t * std::exp(nu + s * z), wealth = first + 1 - t;
        const trade now = traded(first / wealth, t, c);
        e.log_growth += p * std::log(wealth * now.left);
        e.traded += p * now.first;
        e.turnover += p * 0.5 * (now.first + now.other);
        e.cost += p * (1 - now.left);
    }
    for (double* x : {&e.log_growth, &e.traded, &e.turnover, &e.cost}) *x /= interval;
    e.log_growth += m.other_growth();
    // E (w − T)² in the middle of many equal parts of the interval.
    constexpr int times = 400, coarse = 400;
    for (int j = 0; j < times; ++j) {
        const double part = (j + 0.5) / times;
        for (int k = 0; k <= coarse; ++k) {
            const double z = -9.0 + k * 18.0 / coarse, p = 18.0 / coarse * std::exp(-0.5 * z * z) / std::sqrt(6.283185307179586);
            const double first = t * std::exp(nu * part + s * std::sqrt(part) * z), off = first / (first + 1 - t) - t;
            e.tracking_error += p * off * off / times;
        }
    }
    e.tracking_error = m.relative_volatility() * std::sqrt(e.tracking_error);
    return e;
}
}  // namespace

TEST_CASE("tune::calendar: the published figures") {
    int rows = 0;
    for (const test::growth_row& r : test::published_growth()) {
        if (r.policy.rfind("calendar", 0) != 0) {
            if (r.policy == "continuous_frictionless") CHECK(std::fabs(r.market.growth_at(r.target) - r.log_growth) < 1e-12);
            continue;
        }
        test::check_published(r, expect(r.market, r.target, calendar{r.parameter}, r.costs));
        ++rows;
    }
    CHECK((rows == 0 || rows > 50));
}

TEST_CASE("tune::calendar: a second method") {
    test::chance random{1};
    for (int k = 0; k < 40; ++k) {
        const gbm_market m = random.market();
        const costs c = random.costs();
        const double t = random.between(0.02, 0.98), interval = std::exp(random.between(-6.0, 2.0));
        CAPTURE(k, m.drift, m.volatility, m.other_drift, m.other_volatility, m.correlation, t, interval, c.rate, c.other_rate, c.fixed);
        const expectation e = expect(m, t, calendar{interval}, c), f = by_sums(m, t, interval, c);
        REQUIRE_FALSE(e.problem);
        CHECK(e.log_growth == Approx(f.log_growth).epsilon(1e-5).margin(1e-8));
        CHECK(e.rebalances == 1 / interval);
        CHECK(e.turnover == Approx(f.turnover).epsilon(1e-6));
        CHECK(e.traded == Approx(f.traded).epsilon(1e-6));
        CHECK(e.cost == Approx(f.cost).epsilon(1e-6).margin(1e-12));
        CHECK(e.tracking_error == Approx(f.tracking_error).epsilon(1e-4));
        // Without costs nothing has a kink in the growth, and the sum is exact.
        CHECK(expect(m, t, calendar{interval}).log_growth == Approx(by_sums(m, t, interval, {}).log_growth).epsilon(1e-11).margin(1e-12));
    }
}

TEST_CASE("tune::calendar: the two assets may change their names; what scales with time") {
    test::chance random{2};
    for (int k = 0; k < 100; ++k) {
        const gbm_market m = random.market();
        const costs c = random.costs();
        const double t = random.between(0.0, 1.0), interval = std::exp(random.between(-8.0, 5.0));
        CAPTURE(k, m.drift, m.volatility, m.other_drift, m.other_volatility, m.correlation, t, interval);
        const expectation a = expect(m, t, calendar{interval}, c);
        const expectation b =
            expect(swapped(m), 1.0 - t, calendar{interval}, {.rate = c.other_rate, .other_rate = c.rate, .fixed = c.fixed});
        const gbm_market fast{.drift = 4 * m.drift,
                              .volatility = 2 * m.volatility,
                              .other_drift = 4 * m.other_drift,
                              .other_volatility = 2 * m.other_volatility,
                              .correlation = m.correlation};
        const expectation f = expect(fast, t, calendar{interval / 4}, c);
        CHECK(a.log_growth == Approx(b.log_growth).epsilon(1e-11).margin(1e-13));
        CHECK(a.turnover == Approx(b.turnover).epsilon(1e-11));
        CHECK(a.cost == Approx(b.cost).epsilon(1e-11));
        CHECK(a.tracking_error == Approx(b.tracking_error).epsilon(1e-11));
        CHECK(4 * a.log_growth == Approx(f.log_growth).epsilon(1e-11).margin(1e-13));
        CHECK(4 * a.turnover == Approx(f.turnover).epsilon(1e-11));
        CHECK(2 * a.tracking_error == Approx(f.tracking_error).epsilon(1e-11));
    }
}

TEST_CASE("tune::calendar: short and long intervals") {
    const double s = 0.2 * 0.6 * 0.4;
    for (const double interval : {1e-3, 1e-5, 1e-8, 1e-12, 1e-30, 1e-100}) {
        const expectation e = expect(typical, 0.6, calendar{interval});
        CAPTURE(interval);
        CHECK(e.log_growth == Approx(typical.growth_at(0.6)).epsilon(interval + 1e-14));
        CHECK(e.turnover == Approx(s * std::sqrt(2 / 3.14159265358979323846 / interval)).epsilon(interval + 1e-12));
        CHECK(e.tracking_error == Approx(0.2 * s * std::sqrt(interval / 2)).epsilon(interval + 1e-12));
    }
    const expectation always = expect(typical, 0.6, calendar{0.0});
    CHECK(always.log_growth == Approx(typical.growth_at(0.6)).epsilon(1e-15));
    CHECK((std::isinf(always.rebalances) && std::isinf(always.turnover) && always.tracking_error == 0.0));
    CHECK(expect(typical, 0.6, calendar{0.0}, {.rate = 1e-6}).log_growth == -inf);

    // Ever longer is never.
    const expectation never = expect(typical, 0.6, calendar{inf}, {.rate = 0.01});
    CHECK(never.log_growth == Approx(0.06).epsilon(1e-14));
    CHECK((never.rebalances == 0.0 && never.turnover == 0.0 && never.cost == 0.0));
    CHECK(never.tracking_error == Approx(0.2 * 0.4).epsilon(1e-14));
    for (const double interval : {1e5, 1e7, 1e9, 1e15, 1e100}) {
        const expectation e = expect(typical, 0.6, calendar{interval}, {.rate = 0.01, .fixed = 1e-3});
        CAPTURE(interval);
        CHECK(e.log_growth == Approx(0.06).margin(2.0 / interval + 1e-16));
        CHECK(e.traded == Approx(0.4 / interval).epsilon(0.02));
        CHECK(e.tracking_error == Approx(0.08).epsilon(1000.0 / interval + 1e-12));
    }
    // Where all that bends is narrower than the rounding of where it is.
    CHECK_FALSE(expect({.drift = 0.03125 + 1e-16, .volatility = 0.25}, 0.3, calendar{1e32}).problem);
    // No drift: half of the time in either.
    const gbm_market level{.drift = 0.03125, .volatility = 0.25};
    CHECK(expect(level, 0.3, calendar{1e12}).tracking_error == Approx(0.25 * std::sqrt((0.09 + 0.49) / 2)).epsilon(1e-4));
    CHECK(expect(level, 0.3, calendar{inf}).tracking_error == Approx(0.25 * std::sqrt((0.09 + 0.49) / 2)).epsilon(1e-14));
}

TEST_CASE("tune::calendar: without a volatility, and with next to none") {
    for (const double sigma : {0.0, 1e-200, 1e-30, 1e-9}) {
        const gbm_market m{.drift = 0.05, .volatility = sigma, .other_drift = 0.01};
        const expectation e = expect(m, 0.6, calendar{2.0}, {.rate = 0.01, .fixed = 0.001});
        const double w = 0.6 * std::exp(0.08) / (0.6 * std::exp(0.08) + 0.4);
        const trade now = traded(w, 0.6, {.rate = 0.01, .fixed = 0.001});
        CAPTURE(sigma);
        CHECK(e.log_growth == Approx(0.01 + std::log((0.6 * std::exp(0.08) + 0.4) * now.left) / 2).epsilon(1e-12));
        CHECK(e.traded == Approx(now.first / 2).epsilon(1e-9));
        CHECK(e.cost == Approx((1 - now.left) / 2).epsilon(1e-12));
        CHECK((sigma < 1e-9 || e.tracking_error > 0.0));
    }
    // Nothing moves, nothing is traded or paid.
    const expectation still = expect({.drift = 0.05, .other_drift = 0.05}, 0.6, calendar{2.0}, {.rate = 0.01, .fixed = 0.001});
    CHECK(still.log_growth == 0.05);
    CHECK((still.turnover == 0.0 && still.cost == 0.0 && still.tracking_error == 0.0 && still.rebalances == 0.5));
    // All in one of the two.
    for (const double t : {0.0, 1.0}) {
        const expectation e = expect(typical, t, calendar{0.25}, {.rate = 0.01});
        CHECK(e.log_growth == Approx(t == 0.0 ? 0.03 : 0.06).epsilon(1e-14));
        CHECK((e.turnover == 0.0 && e.cost == 0.0 && e.tracking_error == 0.0));
    }
}

TEST_CASE("tune::calendar: wild markets") {
    // Deviations far beyond 1 over an interval, and targets next to an end.
    for (const double sigma : {1.0, 3.0, 10.0})
        for (const double t : {1e-12, 1e-3, 0.5, 1 - 1e-3}) {
            const gbm_market m{.drift = 0.3, .volatility = sigma};
            const expectation e = expect(m, t, calendar{1.0}), f = by_sums(m, t, 1.0, {});
            CAPTURE(sigma, t);
            CHECK(e.log_growth == Approx(f.log_growth).epsilon(1e-9).margin(1e-12));
            CHECK(e.turnover == Approx(f.turnover).epsilon(1e-5).margin(1e-15));
            CHECK(e.tracking_error == Approx(f.tracking_error).epsilon(1e-2));
        }
}

TEST_CASE("tune::calendar: what can not be answered is named") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const auto named = [](const gbm_market& m, double t, const calendar& p, const costs& c = {}) {
        const expectation e = expect(m, t, p, c);
        if (!e.problem) return std::string{};
        CHECK(std::isnan(e.log_growth));
        return std::string{e.problem.parameter};
    };
    CHECK(named(typical, 0.6, {}).empty());
    CHECK(named({.volatility = -1.0}, 0.6, {}) == "gbm_market.volatility");
    CHECK(named(typical, 0.6, {-1.0}) == "calendar.interval");
    CHECK(named(typical, 0.6, {nan}) == "calendar.interval");
    for (const double t : {nan, inf, -1e-9, 1.0 + 1e-9, 1.5}) CHECK(named(typical, t, {}) == "target");
    CHECK(named(typical, 0.6, {}, {.other_rate = -0.1}) == "costs.other_rate");
    CHECK(named(typical, 0.6, {}, {.rate = 0.5, .fixed = 0.9}) == "costs.fixed");
}

TEST_CASE("tune::calendar: the same bits every time") {
    test::chance random{5};
    for (int k = 0; k < 30; ++k) {
        const gbm_market m = random.market();
        const costs c = random.costs();
        const double t = random.unit(), interval = std::exp(random.between(-6.0, 3.0));
        const expectation x = expect(m, t, calendar{interval}, c), y = expect(m, t, calendar{interval}, c);
        for (const auto p : {&expectation::log_growth, &expectation::turnover, &expectation::cost, &expectation::tracking_error})
            CHECK(std::memcmp(&(x.*p), &(y.*p), sizeof(double)) == 0);
    }
}

// Prices at the dates, through a rebalancer with a trigger for every look and one of an interval.
TEST_CASE("tune::calendar: Monte Carlo, through the library") {
    const gbm_market m{.drift = 0.1, .volatility = 0.5, .other_drift = 0.02};
    const costs c{.rate = 0.005};
    const std::vector<double> target{0.6};
    for (const int month : {1, 6}) {
        // Looks every month, trades every one or every sixth.
        const duration between = seconds(2'629'800);
        const expectation e = expect(m, 0.6, calendar{month / 12.0}, c);
        const rebalancer r{trigger::every{.interval = between * month}, cost::proportional{.rate = c.rate}, solver::to_target{}};
        test::chance random{41};
        test::sample_mean growth, turnover, paid;
        for (int path = 0; path < 200; ++path) {
            std::vector<timestamp> when{{0}};
            std::vector<double> price{1.0};
            const double dt = between.years();
            for (int k = 0; k < 240; ++k) {
                // The asset's price in cash that earns its interest.
                price.push_back(price.back() * std::exp(m.growth() * dt + m.volatility * std::sqrt(dt) * random.normal()));
                when.push_back(when.back() + between);
            }
            double cost = 0.0;
            const sim::result out =
                sim::replay(r, {.when = when, .price = price, .assets = 1}, target, {.cash_rate = m.other_drift},
                            [&](const sim::row_report& row) { cost += row.row > 0 ? row.decision.cost / row.wealth_before : 0.0; });
            REQUIRE_FALSE(out.problem);
            CHECK(out.rebalances == 240u / static_cast<unsigned>(month));
            growth.add(std::log(out.wealth) / out.years());
            turnover.add(out.turnover_per_year());
            paid.add(cost / out.years());
        }
        CAPTURE(month);
        CHECK(turnover.error() < 0.01 * e.turnover);
        CHECK(turnover.off(e.turnover) < 4.0);
        CHECK(paid.off(e.cost) < 4.0);
        CHECK(growth.off(e.log_growth) < 4.0);
    }
}

// The drift of the weight at a random time between two dates, drawn as it is.
TEST_CASE("tune::calendar: Monte Carlo, the tracking error in plain code") {
    const gbm_market m{.drift = 0.1, .volatility = 0.6, .other_drift = 0.05, .other_volatility = 0.3, .correlation = -0.2};
    for (const double interval : {0.1, 1.0, 5.0}) {
        const expectation e = expect(m, 0.35, calendar{interval});
        test::chance random{43};
        test::sample_mean square;
        for (int k = 0; k < 100'000; ++k) {
            const double time = interval * random.unit();
            const double z1 = random.normal(), z2 = -0.2 * z1 + std::sqrt(1 - 0.04) * random.normal();
            const double first = 0.35 * std::exp(m.growth() * time + 0.6 * std::sqrt(time) * z1);
            const double other = 0.65 * std::exp(m.other_growth() * time + 0.3 * std::sqrt(time) * z2);
            const double off = first / (first + other) - 0.35;
            square.add(off * off);
        }
        CHECK(square.off(e.tracking_error * e.tracking_error / m.relative_variance()) < 4.0);
    }
}
