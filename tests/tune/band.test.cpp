#include <ballast/tune/band.hpp>

#include "support/tuning.hpp"

#include <cstring>
#include <string>
#include <type_traits>

using namespace ballast;
using tune::band;
using tune::costs;
using tune::expect;
using tune::expectation;
using tune::gbm_market;

static_assert(std::is_aggregate_v<band> && std::is_trivially_copyable_v<band>);
static_assert(noexcept(expect(gbm_market{}, 0.5, band{}, costs{})));

namespace {
constexpr double inf = std::numeric_limits<double>::infinity();
const gbm_market typical{.drift = 0.08, .volatility = 0.2, .other_drift = 0.03};

double logit(double w) { return std::log(std::fabs(w / (1.0 - w))); }

// To the target, by the textbook, in numbers with more digits: the chance to leave above, Wald's identity for the time, and growth by what
// the other asset's units become. The formulas lose digits where the library's do not, which is what more digits are for.
expectation to_target_by_hand(const gbm_market& m, double t, double h, const costs& c) {
    using wide = long double;
    const auto more = [](double x) { return static_cast<wide>(x); };
    const wide nu = more(m.growth() - m.other_growth()), s2 = more(m.relative_variance());
    const auto y = [](wide w) { return std::log(std::fabs(w / (1 - w))); };
    const wide width = t > 0 && t < 1 ? more(h) : -more(h);
    const wide target = more(t), w_up = target + width, w_down = target - width;
    const wide p = y(target) - y(w_down), q = y(w_up) - y(target), k = nu / s2;
    const wide up = nu == 0 ? p / (p + q) : (1 - std::exp(-2 * k * p)) / (1 - std::exp(-2 * k * (p + q)));
    const wide time = nu == 0 ? p * q / s2 : (up * q - (1 - up) * p) / nu;
    const wide rate = more(c.rate), other_rate = more(c.other_rate), fixed = more(c.fixed);
    expectation e{.log_growth = 0, .rebalances = static_cast<double>(1 / time), .turnover = 0, .traded = 0, .cost = 0};
    wide growth = more(m.other_growth());
    for (const bool above : {true, false}) {
        const wide w = above ? w_up : w_down, often = (above ? up : 1 - up) / time;
        // W' + c|T W' − w| + c'|(1 − T) W' − (1 − w)| + f = 1, by halving.
        wide low = 0, high = 1;
        for (int n = 0; n < 80; ++n) {
            const wide x = (low + high) / 2;
            const wide all = x + rate * std::fabs(target * x - w) + other_rate * std::fabs((1 - target) * x - (1 - w)) + fixed;
            (all > 1 ? high : low) = x;
        }
        const wide first = std::fabs(target * low - w), other = std::fabs((1 - target) * low - (1 - w));
        growth += often * (std::log((1 - target) / (1 - w)) + std::log(low));
        e.traded += static_cast<double>(often * first);
        e.turnover += static_cast<double>(often * (first + other) / 2);
        e.cost += static_cast<double>(often * (1 - low));
    }
    e.log_growth = static_cast<double>(growth);
    return e;
}

void check_same(const expectation& a, const expectation& b, double tolerance) {
    REQUIRE_FALSE(a.problem);
    REQUIRE_FALSE(b.problem);
    CHECK(a.log_growth == Approx(b.log_growth).epsilon(tolerance).margin(tolerance));
    CHECK(((std::isinf(a.rebalances) && std::isinf(b.rebalances)) || a.rebalances == Approx(b.rebalances).epsilon(tolerance)));
    CHECK(a.turnover == Approx(b.turnover).epsilon(tolerance).margin(1e-300));
    CHECK(a.traded == Approx(b.traded).epsilon(tolerance).margin(1e-300));
    CHECK(a.cost == Approx(b.cost).epsilon(tolerance).margin(1e-300));
    CHECK(a.tracking_error == Approx(b.tracking_error).epsilon(tolerance).margin(1e-300));
}

// The same portfolio with the two assets named the other way round.
gbm_market swapped(const gbm_market& m) {
    return {.drift = m.other_drift,
            .volatility = m.other_volatility,
            .other_drift = m.drift,
            .other_volatility = m.volatility,
            .correlation = m.correlation};
}
costs swapped(const costs& c) { return {.rate = c.other_rate, .other_rate = c.rate, .fixed = c.fixed}; }
}  // namespace

TEST_CASE("tune::band: the published figures") {
    int rows = 0;
    for (const test::growth_row& r : test::published_growth()) {
        if (r.policy.rfind("band", 0) != 0) continue;
        const double depth = r.policy == "band_to_edge" ? 0.0 : r.policy == "band_to_halfway" ? 0.5 : 1.0;
        test::check_published(r, expect(r.market, r.target, band{r.parameter, depth}, r.costs));
        ++rows;
    }
    CHECK((rows == 0 || rows > 140));
}

TEST_CASE("tune::band: to the target, a second method") {
    test::chance random{1};
    int checked = 0;
    for (int k = 0; k < 400; ++k) {
        const gbm_market m = random.market();
        const costs c = random.costs();
        const double t = k % 4 == 0 ? random.between(1.1, 2.5) : k % 4 == 1 ? random.between(-1.5, -0.1) : random.between(0.02, 0.98);
        const double room = t < 0 ? -t : t > 1 ? t - 1 : std::min(t, 1 - t);
        const double h = room * random.between(0.01, 0.95);
        CAPTURE(k, m.drift, m.volatility, m.other_drift, m.other_volatility, m.correlation, t, h, c.rate, c.other_rate, c.fixed);
        const expectation e = expect(m, t, band{h, 1.0}, c);
        REQUIRE_FALSE(e.problem);
        // Where the drift is all, what the textbook's chances leave of a wide number is not enough.
        if (std::fabs(m.growth() - m.other_growth()) / m.relative_variance() > 300) continue;
        expectation by_hand = to_target_by_hand(m, t, h, c);
        by_hand.tracking_error = e.tracking_error;
        check_same(e, by_hand, 1e-10);
        ++checked;
    }
    CHECK(checked > 350);
}

TEST_CASE("tune::band: the two assets may change their names") {
    test::chance random{2};
    for (int k = 0; k < 300; ++k) {
        const gbm_market m = random.market();
        const costs c = random.costs();
        const double t = random.between(-1.0, 2.0), h = random.between(0.001, 0.6), depth = k % 3 == 0 ? 1.0 : random.unit();
        CAPTURE(k, m.drift, m.volatility, m.other_drift, m.other_volatility, m.correlation, t, h, depth);
        const expectation a = expect(m, t, band{h, depth}, c);
        const expectation b = expect(swapped(m), 1.0 - t, band{h, depth}, swapped(c));
        CHECK(static_cast<bool>(a.problem) == static_cast<bool>(b.problem));
        if (a.problem) continue;
        CHECK(a.log_growth == Approx(b.log_growth).epsilon(1e-9).margin(1e-11));
        CHECK(a.turnover == Approx(b.turnover).epsilon(1e-9));
        CHECK(a.cost == Approx(b.cost).epsilon(1e-9));
        CHECK(a.tracking_error == Approx(b.tracking_error).epsilon(1e-9));
    }
}

TEST_CASE("tune::band: what scales with time") {
    test::chance random{3};
    for (int k = 0; k < 100; ++k) {
        const gbm_market m = random.market();
        const costs c = random.costs();
        const double t = random.between(0.05, 0.95), h = random.between(0.001, 0.5), depth = k % 3 == 0 ? 1.0 : random.between(0.01, 1.0);
        const gbm_market fast{.drift = 4 * m.drift,
                              .volatility = 2 * m.volatility,
                              .other_drift = 4 * m.other_drift,
                              .other_volatility = 2 * m.other_volatility,
                              .correlation = m.correlation};
        const expectation a = expect(m, t, band{h, depth}, c), b = expect(fast, t, band{h, depth}, c);
        CHECK(b.log_growth == Approx(4 * a.log_growth).epsilon(1e-11).margin(1e-14));
        CHECK(b.rebalances == Approx(4 * a.rebalances).epsilon(1e-11));
        CHECK(b.turnover == Approx(4 * a.turnover).epsilon(1e-11));
        CHECK(b.cost == Approx(4 * a.cost).epsilon(1e-11));
        CHECK(b.tracking_error == Approx(2 * a.tracking_error).epsilon(1e-11));
    }
}

// Narrow bands: with s = σT(1 − T) a rebalance to the target takes h²/s² years; the weight has a triangular density and the square h²/6,
// midway a cut one and 5/24 h², at the edges a flat one and h²/3.
TEST_CASE("tune::band: narrow bands") {
    for (const double t : {0.3, 0.5, 0.8, 1.5, -0.4}) {
        const double s = 0.2 * std::fabs(t * (1 - t));
        for (const double h : {1e-3, 1e-5, 1e-7, 1e-9}) {
            CAPTURE(t, h);
            const double near_by = 10 * h / std::fabs(t * (1 - t)) + 1e-7;
            const expectation all = expect(typical, t, band{h, 1.0}, {.rate = 1e-12});
            CHECK(all.rebalances == Approx(s * s / (h * h)).epsilon(near_by));
            CHECK(all.traded == Approx(s * s / h).epsilon(near_by));
            CHECK(all.tracking_error == Approx(0.2 * h / std::sqrt(6.0)).epsilon(near_by));
            CHECK(all.log_growth + all.cost == Approx(typical.growth_at(t)).margin(1e-3 * h + 1e-12));
            const expectation half = expect(typical, t, band{h, 0.5});
            CHECK(half.rebalances == Approx(4.0 / 3.0 * s * s / (h * h)).epsilon(near_by));
            CHECK(half.tracking_error == Approx(0.2 * h * std::sqrt(5.0 / 24.0)).epsilon(near_by));
            CHECK(half.log_growth == Approx(typical.growth_at(t)).margin(1e-3 * h + 1e-12));
            const expectation edge = expect(typical, t, band{h, 0.0});
            CHECK(std::isinf(edge.rebalances));
            CHECK(edge.traded == Approx(s * s / (2 * h)).epsilon(near_by));
            CHECK(edge.tracking_error == Approx(0.2 * h / std::sqrt(3.0)).epsilon(near_by));
        }
        // Ever narrower is always.
        const expectation always = expect(typical, t, band{0.0, 1.0});
        CHECK(always.log_growth == Approx(typical.growth_at(t)).epsilon(1e-14));
        CHECK((std::isinf(always.rebalances) && std::isinf(always.turnover) && always.tracking_error == 0.0 && always.cost == 0.0));
        CHECK(expect(typical, t, band{1e-300, 0.3}).log_growth == always.log_growth);
        CHECK(expect(typical, t, band{0.0, 1.0}, {.rate = 1e-4}).log_growth == -inf);
        for (const double depth : {0.0, 1e-3, 0.5, 1.0}) {
            const expectation e = expect(typical, t, band{2e-100, depth});
            CHECK_FALSE(e.problem);
            CHECK(e.log_growth == Approx(typical.growth_at(t)).epsilon(1e-12));
        }
    }
}

// A shallow depth trades ever more often, ever less at a time: its limit is the edge.
TEST_CASE("tune::band: from midway to the edge") {
    for (const double t : {0.3, 0.6, 1.5, -0.4}) {
        const expectation edge = expect(typical, t, band{0.08, 0.0}, {.rate = 0.002, .other_rate = 0.001});
        for (const double depth : {1e-2, 1e-4, 1e-6, 1e-9, 1e-13, 1e-17, 1e-40, 1e-99}) {
            const expectation e = expect(typical, t, band{0.08, depth}, {.rate = 0.002, .other_rate = 0.001});
            CAPTURE(t, depth);
            CHECK(e.log_growth == Approx(edge.log_growth).epsilon(depth + 1e-9));
            CHECK(e.turnover == Approx(edge.turnover).epsilon(10 * depth + 1e-9));
            CHECK(e.cost == Approx(edge.cost).epsilon(10 * depth + 1e-9));
            CHECK(e.tracking_error == Approx(edge.tracking_error).epsilon(depth + 1e-9));
            CHECK(e.rebalances > 0.1 / depth * 0.002);
        }
        CHECK(std::isinf(expect(typical, t, band{0.08, 1e-200}).rebalances));
        // A fixed cost at every one of them is more than anything.
        CHECK(expect(typical, t, band{0.08, 0.0}, {.fixed = 1e-9}).log_growth == -inf);
    }
}

TEST_CASE("tune::band: edges that are never reached") {
    // Up, and away from the lower edge: all of it ends up in the asset.
    const gbm_market up{.drift = 0.1, .volatility = 0.2}, down{.drift = 0.01, .volatility = 0.2},
        level{.drift = 0.03125, .volatility = 0.25};
    for (const double depth : {0.0, 0.5, 1.0}) {
        const expectation e = expect(up, 0.8, band{0.3, depth}, {.rate = 0.01, .fixed = 0.001});
        CHECK(e.log_growth == Approx(0.08).epsilon(1e-14));
        CHECK((e.rebalances == 0.0 && e.turnover == 0.0 && e.traded == 0.0 && e.cost == 0.0));
        CHECK(e.tracking_error == Approx(0.2 * 0.2).epsilon(1e-14));
        // Without a drift it comes back to the edge, but is away for ever longer.
        const expectation f = expect(level, 0.8, band{0.3, depth});
        CHECK(f.log_growth == Approx(0.0).margin(1e-16));
        CHECK(f.rebalances == 0.0);
        CHECK(f.tracking_error == Approx(0.25 * 0.2).epsilon(1e-14));
        // Down: the one edge is reached again and again. As with an upper edge that is next to out of reach.
        const expectation g = expect(down, 0.8, band{0.3, depth});
        CHECK((depth == 0.0 || g.rebalances > 0.0));
        CHECK(g.turnover > 0.0);
        const expectation near_by = expect(down, 0.8, band{0.2, depth}), before = expect(down, 0.8, band{0.2 - 1e-12, depth});
        CHECK(near_by.turnover == Approx(before.turnover).epsilon(1e-4));
        CHECK(near_by.log_growth == Approx(before.log_growth).epsilon(1e-4));
        CHECK(near_by.tracking_error == Approx(before.tracking_error).epsilon(1e-4));
    }
    // The mean time down to the edge, and what is bought there.
    const expectation e = expect(down, 0.8, band{0.3, 1.0});
    CHECK(e.rebalances == Approx(0.01 / (logit(0.8) - logit(0.5))).epsilon(1e-13));
    CHECK(e.traded == Approx(0.3 * e.rebalances).epsilon(1e-13));
    CHECK(e.log_growth == Approx(e.rebalances * std::log(0.2 / 0.5)).epsilon(1e-12));
    // Nothing is ever reached.
    for (const double width : {0.9, 5.0, inf}) {
        CHECK(expect(up, 0.4, band{width}).log_growth == Approx(0.08).epsilon(1e-14));
        CHECK(expect(down, 0.4, band{width}).log_growth == 0.0);
        CHECK(expect(up, 0.4, band{width}).tracking_error == Approx(0.2 * 0.6).epsilon(1e-14));
        CHECK(expect(down, 0.4, band{width}).tracking_error == Approx(0.2 * 0.4).epsilon(1e-14));
        CHECK(expect(level, 0.4, band{width}).tracking_error == Approx(0.25 * std::sqrt((0.16 + 0.36) / 2)).epsilon(1e-14));
        CHECK(expect(up, 0.4, band{width}).rebalances == 0.0);
    }
    // Leveraged: the lower edge is out of reach, the upper one is what keeps it from ruin.
    const expectation l = expect(down, 1.2, band{0.5, 1.0});
    CHECK(l.rebalances > 0.0);
    CHECK(l.rebalances == Approx(0.01 / (logit(1.2) - logit(1.7))).epsilon(1e-12));
    CHECK(expect(up, 1.2, band{0.5, 1.0}).rebalances == 0.0);
    CHECK(expect(up, 1.2, band{0.5, 1.0}).log_growth == Approx(0.08).epsilon(1e-14));
    // All in one of the two: there is nothing to do.
    for (const double depth : {0.0, 1.0}) {
        CHECK(expect(up, 1.0, band{0.05, depth}, {.rate = 0.1}).log_growth == Approx(0.08).epsilon(1e-14));
        CHECK(expect(up, 0.0, band{0.05, depth}, {.rate = 0.1}).log_growth == 0.0);
        CHECK(expect(up, 0.0, band{0.0, depth}, {.rate = 0.1}).log_growth == 0.0);
        CHECK(expect(up, 1.0, band{0.05, depth}).tracking_error == 0.0);
    }
}

TEST_CASE("tune::band: without a volatility, and with next to none") {
    const gbm_market sure{.drift = 0.05};
    for (const double sigma : {0.0, 1e-200, 1e-60, 1e-9}) {
        const gbm_market m{.drift = 0.05, .volatility = sigma};
        CAPTURE(sigma);
        const expectation e = expect(m, 0.6, band{0.1, 1.0}, {.rate = 0.01});
        const double years = (logit(0.7) - logit(0.6)) / 0.05;
        const double after = (1 - 0.01 * 0.7) / (1 - 0.01 * 0.6);
        CHECK(e.rebalances == Approx(1 / years).epsilon(1e-12));
        CHECK(e.traded == Approx((0.7 - 0.6 * after) / years).epsilon(1e-12));
        CHECK(e.log_growth == Approx((std::log(0.4 / 0.3) + std::log(after)) / years).epsilon(1e-12));
        // Only the edge that it drifts to is seen.
        const expectation f = expect(m, 0.6, band{0.1, 0.5});
        CHECK(f.rebalances == Approx(0.05 / (logit(0.7) - logit(0.65))).epsilon(1e-12));
        const expectation g = expect(m, 0.6, band{0.1, 0.0});
        CHECK(g.traded == Approx(0.05 * 0.7 * 0.3).epsilon(1e-12));
        CHECK(g.log_growth == Approx(0.05 * 0.7).epsilon(1e-12));
        CHECK(g.tracking_error == Approx(sigma * 0.1).epsilon(1e-6).margin(1e-150));
        if (sigma == 1e-9) {
            // The mean over the way from target to edge.
            double square = 0.0;
            for (int k = 0; k < 100'000; ++k) {
                const double y = logit(0.6) + (logit(0.7) - logit(0.6)) * (k + 0.5) / 100'000;
                const double off = 1 / (1 + std::exp(-y)) - 0.6;
                square += off * off / 100'000;
            }
            CHECK(e.tracking_error == Approx(sigma * std::sqrt(square)).epsilon(1e-8));
        }
    }
    // Always at the target, that is a finite trade.
    const expectation always = expect(sure, 0.6, band{0.0}, {.rate = 0.01});
    CHECK(always.traded == Approx(0.05 * 0.24 / (1 - 0.01 * 0.6)).epsilon(1e-14));
    CHECK(always.log_growth == Approx(0.05 * 0.6 - 0.01 * always.traded).epsilon(1e-14));
    CHECK(expect(sure, 0.6, band{0.0}, {.fixed = 0.01}).log_growth == -inf);
    // Nothing moves at all.
    for (const gbm_market m :
         {gbm_market{}, gbm_market{.drift = 0.1, .volatility = 0.3, .other_drift = 0.1, .other_volatility = 0.3, .correlation = 1.0}})
        for (const double width : {0.0, 0.05, inf}) {
            const expectation e = expect(m, 0.6, band{width}, {.rate = 0.01});
            CHECK(e.log_growth == Approx(m.growth()).epsilon(1e-15));
            CHECK((e.turnover == 0.0 && e.cost == 0.0 && e.tracking_error == 0.0));
        }
}

TEST_CASE("tune::band: drifts of any size lose no digits") {
    for (const double t : {0.6, 1.5, -0.5})
        for (const double depth : {0.0, 0.3, 1.0}) {
            expectation last = expect({.drift = 0.02, .volatility = 0.2}, t, band{0.1, depth});
            for (const double nu : {1e-16, 1e-12, 1e-9, 1e-7}) {
                const expectation e = expect({.drift = 0.02 + nu, .volatility = 0.2}, t, band{0.1, depth});
                check_same(e, last, 1e-13 + 100 * nu);
            }
            // From a drift that the noise hides to one that hides the noise, in small steps without a jump.
            for (double nu = 1e-4; nu < 1e4; nu *= 1.02) {
                const expectation e = expect({.drift = 0.02 + nu, .volatility = 0.2}, t, band{0.1, depth});
                if (nu > 1e-4) {
                    CHECK(e.turnover == Approx(last.turnover).epsilon(0.04));
                    CHECK(e.tracking_error == Approx(last.tracking_error).epsilon(0.04));
                }
                last = e;
            }
        }
}

TEST_CASE("tune::band: what can not be answered is named") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const auto named = [](const gbm_market& m, double t, const band& b, const costs& c = {}) {
        const expectation e = expect(m, t, b, c);
        if (!e.problem) return std::string{};
        CHECK(std::isnan(e.log_growth));
        CHECK(std::isnan(e.turnover));
        return std::string{e.problem.parameter};
    };
    CHECK(named(typical, 0.6, {}).empty());
    CHECK(named({.drift = nan}, 0.6, {}) == "gbm_market.drift");
    CHECK(named({.volatility = 1e200}, 0.6, {}) == "gbm_market.volatility");
    CHECK(named(typical, nan, {}) == "target");
    CHECK(named(typical, inf, {}) == "target");
    CHECK(named(typical, 0.6, {.half_width = -0.01}) == "band.half_width");
    CHECK(named(typical, 0.6, {.half_width = nan}) == "band.half_width");
    CHECK(named(typical, 1.2, {.half_width = inf}) == "band.half_width");
    CHECK(named(typical, -0.2, {.half_width = inf}) == "band.half_width");
    CHECK(named(typical, 0.6, {.depth = 1.1}) == "band.depth");
    CHECK(named(typical, 0.6, {.depth = -0.1}) == "band.depth");
    CHECK(named(typical, 0.6, {.depth = nan}) == "band.depth");
    CHECK(named(typical, 0.6, {}, {.rate = 1.0}) == "costs.rate");
    // So leveraged that a sale costs more than there is.
    CHECK(named(typical, 5.0, {.half_width = 60.0}, {.rate = 0.02}) == "costs.rate");
    CHECK(named(typical, 0.6, {.half_width = 0.3}, {.rate = 0.6, .fixed = 0.95}) == "costs.fixed");
}

TEST_CASE("tune::band: the same bits every time") {
    test::chance random{5};
    for (int k = 0; k < 50; ++k) {
        const gbm_market m = random.market();
        const costs c = random.costs();
        const double t = random.between(-0.5, 1.5);
        const band b{random.between(0.001, 0.4), random.unit()};
        const expectation x = expect(m, t, b, c), y = expect(m, t, b, c);
        for (const auto p : {&expectation::log_growth, &expectation::rebalances, &expectation::turnover, &expectation::tracking_error})
            CHECK(std::memcmp(&(x.*p), &(y.*p), sizeof(double)) == 0);
    }
}

// ---- Monte Carlo ----------------------------------------------------------------------------------------------------------------------

// A walk on a grid of the log-odds that goes through the edges exactly, through a rebalancer with the trigger and the solver that a band
// stands for. Whole renewal cycles are measured, so that nothing depends on where the walk ends.
TEST_CASE("tune::band: Monte Carlo, through the library") {
    struct which {
        double half_width, depth;
        int steps;  ///< from the target to an edge
    };
    // At midway the destination is on the grid as well: logit(0.5 + h) is 9/4 of logit(0.5 + h/2).
    double low = 0.2, high = 0.4;
    for (int k = 0; k < 60; ++k)
        (4 * logit(0.5 + 0.5 * (low + high)) < 9 * logit(0.5 + 0.25 * (low + high)) ? low : high) = 0.5 * (low + high);
    for (const which& w : {which{0.1, 1.0, 8}, which{0.25, 1.0, 12}, which{low, 0.5, 9}})
        for (const gbm_market& m : {gbm_market{.drift = 0.08, .volatility = 0.2}, gbm_market{.drift = -0.3, .volatility = 0.9}}) {
            const costs c{.rate = 0.004};
            const expectation e = expect(m, 0.5, band{w.half_width, w.depth}, c);
            const test::log_walk walk{m, logit(0.5 + w.half_width) / w.steps};
            CAPTURE(w.half_width, w.depth, m.drift);
            test::chance random{17};
            // The edges are on the grid to rounding: a shade inside.
            const rebalancer r{trigger::band{.absolute = w.half_width * (1 - 1e-9)}, cost::proportional{.rate = c.rate},
                               solver::to_band{.depth = w.depth}};
            typename decltype(r)::market_state market;
            typename decltype(r)::account_state account;
            typename decltype(r)::workspace scratch;
            decision d;
            r.prepare(market, {.assets = 1});
            r.prepare(account, {.assets = 1});
            r.prepare(scratch, {.assets = 1});
            r.prepare(d, {.assets = 1});
            const std::vector<double> target{0.5};
            holdings held{.cash = 0.5, .quantity = {0.5}};
            test::sample_mean steps, turnover, growth, paid;
            for (int cycle = 0; cycle < 3'000; ++cycle) {
                // A price of 1 and a portfolio of 1 again: nothing runs away.
                double y = 0.0;
                const double wealth = held.cash + held.quantity[0];
                held.cash /= wealth;
                held.quantity[0] /= wealth;
                for (int k = 1;; ++k) {
                    y += random.unit() < walk.up ? walk.step : -walk.step;
                    const std::vector<double> price{std::exp(y)};
                    r.propose(market, account, {.market = {.now = {k}, .price = price}, .account = held.view(), .target = target}, scratch,
                              d);
                    if (d.outcome == outcome::rejected) FAIL("rejected at y = " << y);
                    if (d.outcome != outcome::trade) continue;
                    REQUIRE_FALSE(apply(held, d));
                    held.quantity[0] *= price[0];
                    steps.add(k);
                    turnover.add(d.turnover);
                    paid.add(d.cost / d.value);
                    growth.add(std::log(held.cash + held.quantity[0]));
                    break;
                }
            }
            CHECK(steps.error() < 0.02 * steps.mean());
            CHECK(steps.off(1.0 / e.rebalances / walk.years) < 4.0);
            CHECK(turnover.off(e.turnover / e.rebalances, 1e-9) < 4.0);
            CHECK(paid.off(e.cost / e.rebalances, 1e-9) < 4.0);
            CHECK(growth.off(e.log_growth / e.rebalances, 1e-9) < 4.0);
        }
}

// Held at the edge by the library, on a grid: the walk is as if the band were half a step wider on each side.
TEST_CASE("tune::band: Monte Carlo, held at the edge through the library") {
    const gbm_market m{.drift = 0.1, .volatility = 0.4};
    const double h = 0.1, edge = logit(0.5 + h);
    const test::log_walk walk{m, edge / 8.0};
    const costs c{.rate = 0.002};
    const auto of = [](double y) { return 1.0 / (1.0 + std::exp(-y)); };
    const expectation e = expect(m, 0.5, band{of(edge + 0.5 * walk.step) - 0.5, 0.0}, c);
    const rebalancer r{trigger::band{.absolute = h + 1e-9}, cost::proportional{.rate = c.rate}, solver::to_band{.depth = 0.0}};
    test::chance random{23};
    test::sample_mean turnover, growth;
    const std::vector<double> target{0.5};
    constexpr int rows = 12'000;
    for (int path = 0; path < 60; ++path) {
        std::vector<timestamp> when{{0}};
        std::vector<double> price{1.0};
        double y = 0.0;
        for (int k = 0; k < rows; ++k) {
            y += random.unit() < walk.up ? walk.step : -walk.step;
            price.push_back(std::exp(y));
            when.push_back({when.back().ns + 1'000'000'000});
        }
        const sim::result out = sim::replay(r, {.when = when, .price = price, .assets = 1}, target);
        REQUIRE_FALSE(out.problem);
        turnover.add(out.turnover / (rows * walk.years));
        growth.add(std::log(out.wealth) / (rows * walk.years));
    }
    CHECK(turnover.error() < 0.02 * e.turnover);
    CHECK(turnover.off(e.turnover, 0.01 * e.turnover) < 4.0);
    CHECK(growth.off(e.log_growth) < 4.0);
}

// Without anything of the library: positions in plain code, on a fine walk, with the weight's distance from its target measured as it goes;
// leverage and shorts, and two risky assets as one in terms of the other.
TEST_CASE("tune::band: Monte Carlo, in plain code") {
    struct setting {
        gbm_market m;
        double target, half_width, depth;
        costs c;
    };
    const gbm_market two{.drift = 0.1, .volatility = 0.35, .other_drift = 0.06, .other_volatility = 0.25, .correlation = 0.4};
    for (const setting& s : {setting{two, 0.5, 0.15, 1.0, {.rate = 0.003, .other_rate = 0.002, .fixed = 0.0005}},
                             setting{two, 0.3, 0.1, 0.6, {.rate = 0.003, .other_rate = 0.002}},
                             setting{{.drift = 0.1, .volatility = 0.3}, 1.6, 0.2, 1.0, {.rate = 0.002}},
                             setting{{.drift = -0.05, .volatility = 0.3}, -0.5, 0.15, 0.4, {.rate = 0.002, .fixed = 0.0002}},
                             setting{{.drift = 0.01, .volatility = 0.3}, 0.8, 0.3, 1.0, {.rate = 0.002}}}) {
        const expectation e = expect(s.m, s.target, band{s.half_width, s.depth}, s.c);
        REQUIRE_FALSE(e.problem);
        const test::log_walk walk{s.m, 0.01};
        test::chance random{31};
        test::sample_mean rebalances, turnover, square, paid, growth;
        // Positions in units of the other asset.
        const double years = 80.0 / e.rebalances;
        CAPTURE(s.target, s.half_width, e.rebalances, years / walk.years);
        for (int path = 0; path < 24; ++path) {
            double first = s.target, other = 1.0 - s.target, time = 0.0, off_square = 0.0, moved = 0.0, cost = 0.0, log_wealth = 0.0;
            int count = 0;
            while (time < years) {
                first *= std::exp(random.unit() < walk.up ? walk.step : -walk.step);
                time += walk.years;
                const double wealth = first + other, off = first / wealth - s.target;
                off_square += off * off * walk.years;
                if (std::fabs(off) <= s.half_width) continue;
                const double to = s.target + (off > 0.0 ? 1 : -1) * (1.0 - s.depth) * s.half_width;
                double left = wealth;
                for (int k = 0; k < 20; ++k)
                    left = wealth * (1.0 - s.c.fixed) - s.c.rate * std::fabs(to * left - first) -
                           s.c.other_rate * std::fabs((1 - to) * left - other);
                moved += 0.5 * (std::fabs(to * left - first) + std::fabs((1 - to) * left - other)) / wealth;
                cost += 1.0 - left / wealth;
                first = to * left;
                other = (1 - to) * left;
                ++count;
            }
            log_wealth = std::log(first + other);
            rebalances.add(count / time);
            turnover.add(moved / time);
            square.add(off_square / time);
            paid.add(cost / time);
            growth.add(s.m.other_growth() + log_wealth / time);
        }
        // Overshooting by up to a step makes the band that much wider.
        const double wider = 0.01 * std::fabs(s.target * (1 - s.target)) / (s.depth * s.half_width);
        CHECK(rebalances.error() < 0.05 * e.rebalances);
        CHECK(rebalances.off(e.rebalances, 2.0 * wider * e.rebalances) < 4.0);
        CHECK(turnover.off(e.turnover, wider * e.turnover) < 4.0);
        CHECK(paid.off(e.cost, 2.0 * wider * e.cost) < 4.0);
        const double variance = e.tracking_error * e.tracking_error / s.m.relative_variance();
        CHECK(square.off(variance, 2.0 * wider * variance) < 4.0);
        CHECK(growth.off(e.log_growth, 2e-4) < 4.0);
    }
}
