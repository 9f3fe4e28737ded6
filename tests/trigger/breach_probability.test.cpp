#include <ballast/trigger/breach_probability.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::detail::exit_probability;
using ballast::trigger::breach_probability;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<breach_probability> && trigger_policy<breach_probability> && banded_trigger<breach_probability>);
static_assert(std::is_same_v<memory_of<breach_probability>, no_memory>);
static_assert(detail::need_of<breach_probability>() == risk_need::volatility);
static_assert(noexcept(breach_probability{}.check(look{})) && noexcept(breach_probability{}.region(look{}, box{})) && noexcept(
    breach_probability{}.validate()));
static_assert(detail::check_trigger<breach_probability>());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
using wide = long double;

// Φ(b) − Φ(a).
wide between(wide a, wide b) {
    const wide root = std::sqrt(2.0L);
    return a > 0.0L ? 0.5L * (std::erfc(a / root) - std::erfc(b / root)) : 0.5L * (std::erfc(-b / root) - std::erfc(-a / root));
}
// What stays inside, as the integral of the density by images over the interval: another expansion than those of the library.
wide exit_by_images(double of_below, double of_above, double of_d) {
    const wide below = static_cast<wide>(of_below), above = static_cast<wide>(of_above), d = static_cast<wide>(of_d);
    const wide length = below + above;
    wide inside = 0.0L;
    for (int n = -60; n <= 60; ++n) {
        const wide at = 2.0L * static_cast<wide>(n) * length;
        inside += std::exp(d * at) * between(-below - at - d, above - at - d);
        const wide mirrored = 2.0L * above + at;
        inside -= std::exp(d * mirrored) * between(-below - mirrored - d, above - mirrored - d);
    }
    return 1.0L - inside;
}
wide exit_by_modes(double of_below, double of_above, double of_d) {
    const wide below = static_cast<wide>(of_below), above = static_cast<wide>(of_above), d = static_cast<wide>(of_d);
    const wide length = below + above, y = below / length, m = d * length, t = 1.0L / (length * length);
    wide inside = 0.0L;
    for (int k = 1; k < 500; ++k) {
        const wide kp = static_cast<wide>(k) * 3.14159265358979323846264338328L;
        const wide fade = 0.5L * (kp * kp + m * m) * t;
        inside += 2.0L * std::sin(kp * y) * kp / (m * m + kp * kp) *
                  (std::exp(-m * y - fade) + (k % 2 == 1 ? 1.0L : -1.0L) * std::exp(m * (1.0L - y) - fade));
    }
    return 1.0L - inside;
}

// A dense view of volatilities and one correlation.
struct dense_look {
    test_look l;
    std::vector<double> sigma{}, variance{};
    dense_look(std::vector<double> weights, std::vector<double> targets, const std::vector<double>& volatility, double correlation)
        : l(std::move(weights), std::move(targets)) {
        const std::size_t n = volatility.size();
        for (std::size_t i = 0; i < n; ++i) {
            variance.push_back(volatility[i] * volatility[i]);
            for (std::size_t j = 0; j < n; ++j) sigma.push_back(volatility[i] * volatility[j] * (i == j ? 1.0 : correlation));
        }
        l.risk = {{.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = sigma}};
        l.refresh();
    }
    dense_look(const dense_look&) = delete;
    dense_look& operator=(const dense_look&) = delete;
    ~dense_look() = default;
};
double odds(double w) { return std::log(w / (1.0 - w)); }

// The share of paths of a book of two or more assets, the last of which may be cash, on which asset 0 leaves target ± width within the
// horizon, nobody trading. Between two of the moments the chance that the log-odds passed a level is that of a Brownian bridge.
struct simulated {
    double share, error;
};
simulated simulate(std::uint64_t seed, const std::vector<double>& weight, const std::vector<double>& volatility, double correlation,
                   double target, double width, double years, int paths, int steps) {
    std::mt19937_64 rng{seed};
    std::normal_distribution<double> noise{0.0, 1.0};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    const std::size_t n = weight.size();
    const double dt = years / steps, low = target - width, high = target + width;
    double rest_cash = 1.0;
    for (const double w : weight) rest_cash -= w;
    int out = 0;
    for (int p = 0; p < paths; ++p) {
        std::vector<double> value = weight;
        double x = odds(weight[0]);
        for (int s = 0; s < steps; ++s) {
            const double common = noise(rng);
            double total = rest_cash, square = 0.0;
            std::vector<double> share(n);
            double before = rest_cash;
            for (const double v : value) before += v;
            for (std::size_t i = 1; i < n; ++i) share[i] = value[i] / (before - value[0]);
            // Variance of the log-odds over the step: of the asset against the rest as it is composed now.
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j)
                    square += (i == 0 ? 1.0 : -share[i]) * (j == 0 ? 1.0 : -share[j]) * volatility[i] * volatility[j] *
                              (i == j ? 1.0 : correlation) * dt;
            for (std::size_t i = 0; i < n; ++i) {
                const double z = std::sqrt(correlation) * common + std::sqrt(1.0 - correlation) * noise(rng);
                value[i] *= std::exp(volatility[i] * std::sqrt(dt) * z - 0.5 * volatility[i] * volatility[i] * dt);
                total += value[i];
            }
            const double w = value[0] / total, y = odds(w);
            bool left = w <= low || w >= high;
            if (!left && high < 1.0) left = unit(rng) < std::exp(-2.0 * (odds(high) - x) * (odds(high) - y) / square);
            if (!left && low > 0.0) left = unit(rng) < std::exp(-2.0 * (x - odds(low)) * (y - odds(low)) / square);
            if (left) {
                ++out;
                break;
            }
            x = y;
        }
    }
    const double share = static_cast<double>(out) / paths;
    return {share, std::sqrt(share * (1.0 - share) / paths)};
}
breach_probability over(duration horizon, double width, double limit = 0.5) { return {.width = width, .horizon = horizon, .limit = limit}; }
}  // namespace

TEST_CASE("breach_probability: the chance of leaving an interval, by two other expansions with 64 bits") {
    std::mt19937_64 rng{1};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    double worst = 0.0, worst_between = 0.0, worst_small = 0.0;
    for (int k = 0; k < 20'000; ++k) {
        const double length = std::exp(-1.5 + 4.0 * unit(rng));
        const double below = length * unit(rng), above = length - below, d = k % 3 == 0 ? 0.0 : 8.0 * (unit(rng) - 0.5);
        const double p = exit_probability(below, above, d);
        const wide other = length < 2.0 ? exit_by_modes(below, above, d) : exit_by_images(below, above, d);
        worst = std::fmax(worst, std::fabs(p - static_cast<double>(other)));
        // Where both converge they say the same.
        if (length > 1.0 && length < 4.0)
            worst_between =
                std::fmax(worst_between, static_cast<double>(std::fabs(exit_by_modes(below, above, d) - exit_by_images(below, above, d))));
        // Small chances to their last digits, not only to the last of 1.
        if (p > 1e-12 && d == 0.0 && length > 3.0) {
            const wide direct =
                std::erfc(static_cast<wide>(below) / std::sqrt(2.0L)) + std::erfc(static_cast<wide>(above) / std::sqrt(2.0L));
            if (direct < 1e-3L) worst_small = std::fmax(worst_small, std::fabs(p / static_cast<double>(direct) - 1.0));
        }
        CHECK(exit_probability(above, below, -d) == Approx(p).epsilon(1e-13));
    }
    CHECK(worst < 1e-14);
    CHECK(worst_between < 1e-16);
    CHECK(worst_small < 1e-3);
}

TEST_CASE("breach_probability: the chance of leaving an interval where it is known") {
    const double root = std::sqrt(0.5);
    // One level: 2Φ(−c), and the inverse Gaussian law with drift.
    CHECK(exit_probability(infinity, 1.5, 0.0) == Approx(std::erfc(1.5 * root)).epsilon(1e-15));
    CHECK(exit_probability(9.0, infinity, 0.0) == Approx(std::erfc(9.0 * root)).epsilon(1e-13));
    CHECK(exit_probability(infinity, 1.5, 0.7) ==
          Approx(0.5 * std::erfc(0.8 * root) + 0.5 * std::exp(2.1) * std::erfc(2.2 * root)).epsilon(1e-14));
    CHECK(exit_probability(1e9, 1.5, 0.7) == exit_probability(infinity, 1.5, 0.7));
    // Both far away, or no level at all.
    CHECK(exit_probability(infinity, infinity, 3.0) == 0.0);
    CHECK(exit_probability(1e300, 1e300, 0.0) == 0.0);
    // On a level, and in an interval of no width.
    CHECK(exit_probability(0.0, 5.0, 0.0) == 1.0);
    CHECK(exit_probability(5.0, 0.0, -9.0) == 1.0);
    CHECK(exit_probability(1e-200, 1e-200, 0.0) == 1.0);
    // Carried there by drift alone.
    for (const double d : {50.0, 1e3, 1e6, 1e9, 1e100}) {
        CHECK(exit_probability(infinity, 0.5 * d, d) == Approx(1.0).epsilon(1e-12));
        CHECK(exit_probability(2.0 * d, 2.0 * d, d) == 0.0);
        CHECK(exit_probability(1.0, 1.0, -d) == 1.0);
        CHECK(exit_probability(d, infinity, -d) == Approx(0.5).epsilon(0.02));
    }
    CHECK(exit_probability(1.0, 1.0, infinity) == 1.0);
    CHECK(exit_probability(1.0, infinity, infinity) == 0.0);
    // It grows with either edge coming nearer and is continuous where the expansions change over.
    double last = 1.0;
    for (double length = 0.02; length < 12.0; length += 0.01) {
        const double p = exit_probability(0.4 * length, 0.6 * length, 0.5);
        CHECK(p <= last + 1e-14);
        last = p;
    }
    const double change = std::sqrt(2.0);
    for (const double y : {0.1, 0.5, 0.8})
        for (const double d : {-3.0, 0.0, 20.0})
            CHECK(exit_probability(y * change * (1 - 1e-12), (1 - y) * change * (1 - 1e-12), d) ==
                  Approx(exit_probability(y * change * (1 + 1e-12), (1 - y) * change * (1 + 1e-12), d)).margin(1e-11));
}

// The motion itself, in steps, with the chance of a passage between them as that of a Brownian bridge.
TEST_CASE("breach_probability: the chance of leaving an interval, simulated") {
    std::mt19937_64 rng{2};
    std::normal_distribution<double> noise{0.0, 1.0};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    const double cases[][3] = {{0.5, 0.8, 0.0}, {1.0, 1.0, 0.7}, {2.0, 0.7, -1.0}, {1.8, 2.5, 0.0}, {0.4, 0.5, 1.5}, {3.0, 1.2, 0.4}};
    for (const auto& c : cases) {
        const int paths = 40'000, steps = 40;
        const double dt = 1.0 / steps;
        int out = 0;
        for (int p = 0; p < paths; ++p) {
            double x = 0.0;
            for (int s = 0; s < steps; ++s) {
                const double y = x + c[2] * dt + std::sqrt(dt) * noise(rng);
                if (y <= -c[0] || y >= c[1] || unit(rng) < std::exp(-2.0 * (x + c[0]) * (y + c[0]) / dt) ||
                    unit(rng) < std::exp(-2.0 * (c[1] - x) * (c[1] - y) / dt)) {
                    ++out;
                    break;
                }
                x = y;
            }
        }
        const double share = static_cast<double>(out) / paths, p = exit_probability(c[0], c[1], c[2]);
        CAPTURE(c[0], c[1], c[2], share, p);
        CHECK(std::fabs(share - p) < 4.0 * std::sqrt(p * (1.0 - p) / paths));
    }
}

// One asset and cash: s = σ, ν = −σ²/2, so that the chance is the two-barrier one of the log-odds themselves.
TEST_CASE("breach_probability: one asset and cash by hand") {
    const breach_probability b = over(days(30), 0.05);
    const double h = days(30).years(), s = 0.8 * std::sqrt(h);
    const test_look l = test_look{{0.52}, {0.5}}.volatility({0.8});
    const double p = exit_probability((odds(0.52) - odds(0.45)) / s, (odds(0.55) - odds(0.52)) / s, -0.32 * h / s);
    CHECK(b.check(l).measure == Approx(p).epsilon(1e-13));
    CHECK(b.check(l).threshold == 0.5);
    CHECK(b.check(l).fired == (p > 0.5));
    CHECK(b.check(l).unit == measure_unit::chance);
    CHECK(b.check(l).asset == 0);
    CHECK(std::string{b.check(l).trigger} == "breach_probability");
    // First passage, not the end point: more than twice as likely as to be outside at the end, where the edges are far.
    const breach_probability far = over(days(2), 0.05);
    const double s2 = 0.8 * std::sqrt(days(2).years()), ends = 0.5 * std::erfc((odds(0.55) - odds(0.5)) / s2 * std::sqrt(0.5)) * 2.0;
    const test_look centred = test_look{{0.5}, {0.5}}.volatility({0.8});
    CHECK(far.check(centred).measure == Approx(2.0 * ends).epsilon(0.02));
    // It grows with horizon and volatility, and toward an edge.
    double last = 0.0;
    for (const int d : {1, 3, 10, 40, 400}) {
        CHECK(over(days(d), 0.05).check(l).measure > last);
        last = over(days(d), 0.05).check(l).measure;
    }
    last = 0.0;
    for (const double w : {0.51, 0.52, 0.53, 0.54, 0.549, 0.5499}) {
        const double now = b.check(test_look{{w}, {0.5}}.volatility({0.4})).measure;
        CHECK(now > last);
        last = now;
    }
}

TEST_CASE("breach_probability: what has left its band is certain, the furthest out first; what can not move is not") {
    const breach_probability b = over(days(1), 0.05);
    const firing f = b.check(test_look{{0.3, 0.38, 0.3}, {0.3, 0.3, 0.22}}.volatility({0.2, 0.2, 0.2}));
    CHECK(f.fired);
    CHECK(f.measure == 1.0);
    CHECK(f.asset == 1);
    CHECK(b.check(test_look{{0.25, 0.42}, {0.3, 0.3}}.volatility({0.2, 0.2})).asset == 1);
    CHECK(b.check(test_look{{0.55}, {0.5}}.volatility({0.2})).measure == Approx(1.0).epsilon(1e-9));  // on the edge
    CHECK(b.check(test_look{{0.54}, {0.5}}.volatility({0.0})).measure == 0.0);
    CHECK_FALSE(b.check(test_look{{0.54}, {0.5}}.volatility({0.0})).fired);
    CHECK(b.check(test_look{{0.0}, {0.0}}.volatility({5.0})).measure == 0.0);  // holds nothing
    CHECK(b.check(test_look{{1.0}, {1.0}}.volatility({5.0})).measure == 0.0);  // holds nothing else
    CHECK(over(days(1), infinity).check(test_look{{0.9}, {0.1}}.volatility({5.0})).measure == 0.0);
    CHECK(over(days(1), 1e-9).check(test_look{{0.5}, {0.5}}.volatility({0.5})).measure == Approx(1.0));
    // An edge at or beyond 0 or 1 is never reached: only the other one counts.
    const double s = 0.9 * std::sqrt(days(60).years()), move = -0.5 * 0.81 * days(60).years() / s;
    CHECK(over(days(60), 0.05).check(test_look{{0.03}, {0.05}}.volatility({0.9})).measure ==
          Approx(exit_probability(infinity, (odds(0.1) - odds(0.03)) / s, move)).epsilon(1e-12));
    CHECK(over(days(60), 0.05).check(test_look{{0.97}, {0.96}}.volatility({0.9})).measure ==
          Approx(exit_probability((odds(0.97) - odds(0.91)) / s, infinity, move)).epsilon(1e-12));
    const test_look empty = test_look{std::vector<double>{}, std::vector<double>{}}.volatility({});
    CHECK_FALSE(b.check(empty).fired);
    CHECK_FALSE(b.check(empty).problem);
    CHECK(b.check(empty).asset == no_index);
}

// A book of two correlated assets, from the prices: exact in theory.
TEST_CASE("breach_probability: a simulated book of two assets") {
    const struct {
        double weight, target, width, volatility0, volatility1, correlation;
        int days;
    } cases[] = {{0.52, 0.5, 0.05, 0.6, 0.2, 0.3, 10}, {0.3, 0.3, 0.04, 0.8, 0.8, 0.9, 30}, {0.05, 0.06, 0.08, 1.0, 0.5, 0.0, 200}};
    std::uint64_t seed = 3;
    for (const auto& c : cases) {
        const dense_look d{{c.weight, 1.0 - c.weight}, {c.target, 1.0 - c.target}, {c.volatility0, c.volatility1}, c.correlation};
        breach_probability b = over(days(c.days), c.width);
        b.width = {c.width, infinity};
        const firing f = b.check(d.l);
        const simulated s = simulate(seed++, {c.weight, 1.0 - c.weight}, {c.volatility0, c.volatility1}, c.correlation, c.target, c.width,
                                     days(c.days).years(), 30'000, 40);
        CAPTURE(f.measure, s.share, s.error);
        CHECK((f.measure > 0.03 && f.measure < 0.97));
        CHECK(std::fabs(f.measure - s.share) < 4.0 * s.error);
        // The other asset's weight is 1 less this one's, so it leaves the same band at the same time.
        b.width = {infinity, c.width};
        CHECK(b.check(d.l).measure == Approx(f.measure).epsilon(1e-9));
    }
}

TEST_CASE("breach_probability: simulated books of one asset and cash, and of more assets") {
    const test_look one = test_look{{0.6}, {0.58}}.volatility({0.7});
    const breach_probability b = over(days(20), 0.06);
    const simulated s = simulate(7, {0.6}, {0.7}, 0.0, 0.58, 0.06, days(20).years(), 30'000, 40);
    CHECK(std::fabs(b.check(one).measure - s.share) < 4.0 * s.error);
    // Three assets and cash: the rest is taken as one asset, which costs a little.
    const std::vector<double> weight{0.3, 0.25, 0.35}, volatility{0.7, 0.4, 0.15};
    const dense_look d{weight, {0.28, 0.27, 0.35}, volatility, 0.4};
    breach_probability c = over(days(40), 0.05);
    c.width = {0.05, infinity, infinity};
    const simulated t = simulate(8, weight, volatility, 0.4, 0.28, 0.05, days(40).years(), 30'000, 40);
    CAPTURE(c.check(d.l).measure, t.share);
    CHECK(std::fabs(c.check(d.l).measure - t.share) < 4.0 * t.error + 0.01);
    // Variances alone: as if uncorrelated.
    test_look diagonal{weight, {0.28, 0.27, 0.35}};
    diagonal.volatility(volatility);
    const dense_look uncorrelated{weight, {0.28, 0.27, 0.35}, volatility, 0.0};
    CHECK(c.check(diagonal).measure == Approx(c.check(uncorrelated.l).measure).epsilon(1e-12));
}

// Short 20 % of one asset, and 150 % in one asset on borrowed cash, by simulation of the same two numbers: value and cash.
TEST_CASE("breach_probability: short and leveraged weights") {
    const struct {
        double weight, target, width, sigma;
    } cases[] = {{-0.2, -0.22, 0.06, 0.9}, {1.5, 1.5, 0.1, 0.3}, {-0.02, -0.015, 0.015, 1.5}, {1.04, 1.03, 0.025, 0.9}};
    std::uint64_t seed = 20;
    for (const auto& c : cases) {
        std::mt19937_64 rng{seed++};
        std::normal_distribution<double> noise{0.0, 1.0};
        const test_look l = test_look{{c.weight}, {c.target}}.volatility({c.sigma});
        const breach_probability b = over(days(30), c.width);
        const int paths = 10'000, steps = 400;
        const double dt = days(30).years() / steps;
        int out = 0;
        for (int p = 0; p < paths; ++p) {
            double value = c.weight;
            for (int s = 0; s < steps; ++s) {
                value *= std::exp(c.sigma * std::sqrt(dt) * noise(rng) - 0.5 * c.sigma * c.sigma * dt);
                const double w = value / (1.0 - c.weight + value);
                if (!(std::fabs(w - c.target) < c.width)) {
                    ++out;
                    break;
                }
            }
        }
        const double share = static_cast<double>(out) / paths, p = b.check(l).measure;
        CAPTURE(c.weight, share, p);
        // Seen at so many moments only it is a little lower: the edges are as if 0.58 of a step's deviation further out.
        CHECK((p > 0.05 && p < 0.95));
        CHECK(share < p + 4.0 * std::sqrt(p * (1.0 - p) / paths));
        CHECK(share > p - 4.0 * std::sqrt(p * (1.0 - p) / paths) - 0.04);
    }
}

TEST_CASE("breach_probability: while the estimator is not ready only what has left its band fires") {
    const breach_probability b = over(days(1), 0.05, 0.0);
    CHECK_FALSE(b.check(test_look{{0.549}, {0.5}}.volatility({not_a_number}, false)).fired);
    CHECK_FALSE(b.check(test_look{{0.549}, {0.5}}.volatility({not_a_number}, false)).problem);
    const test_look out = test_look{{0.56}, {0.5}}.volatility({9.0}, false);
    CHECK(b.check(out).fired);
    CHECK(ballast_test::region(b, out).upper[0] == Approx(0.55));
    CHECK(ballast_test::region(b, out).lower[0] == Approx(0.45));
    test_look bare{{0.56, 0.4}, {0.5, 0.5}};
    bare.risk.push_back({});
    bare.refresh();
    CHECK(b.check(bare).measure == 1.0);
}

TEST_CASE("breach_probability: an estimator that is not there or whose numbers are none is a problem") {
    const auto problem = [](const breach_probability& b, const test_look& l) {
        const firing f = b.check(l);
        CHECK_FALSE(f.fired);
        return f.problem;
    };
    const test_look none{{0.6, 0.4}, {0.5, 0.5}};
    CHECK(problem(over(days(1), 0.05), none).code == fault_code::risk_not_ready);
    for (const double bad : {not_a_number, infinity}) {
        const test_look l = test_look{{0.54, 0.46}, {0.5, 0.5}}.volatility({0.2, bad});
        CHECK(problem(over(days(1), 0.05), l).code == fault_code::bad_risk);
        CHECK(problem(over(days(1), 0.05), l).index == 1);
        CHECK(ballast_test::region(over(days(1), 0.05), l).upper[0] == infinity);
    }
    CHECK(problem(over(days(1), 0.05), test_look{{0.54, 0.46}, {0.5, 0.5}}.volatility({0.2})).code == fault_code::size_mismatch);
    dense_look d{{0.54, 0.46}, {0.5, 0.5}, {0.2, 0.3}, 0.5};
    d.sigma[1] = not_a_number;
    CHECK(problem(over(days(1), 0.05), d.l).code == fault_code::bad_risk);
    CHECK(ballast_test::region(over(days(1), 0.05), d.l).upper[0] == infinity);
    d.l.risk[0].dense = d.l.risk[0].dense.first(3);
    d.l.refresh();
    CHECK(problem(over(days(1), 0.05), d.l).code == fault_code::size_mismatch);
}

TEST_CASE("breach_probability: the factor layout says the same as the covariance that it stands for") {
    std::mt19937_64 rng{9};
    std::normal_distribution<double> noise{0.0, 1.0};
    for (const std::size_t k : {1u, 3u, 64u, 65u, 150u}) {
        const std::size_t n = 6;
        std::vector<double> loadings(n * k), omega(k * k, 0.0), specific(n), full(n * n), variance(n);
        for (double& x : loadings) x = noise(rng) / std::sqrt(static_cast<double>(k));
        for (std::size_t a = 0; a < k; ++a) {
            omega[a * k + a] = 0.05;
            if (a > 0) omega[a * k + a - 1] = omega[(a - 1) * k + a] = 0.02;
        }
        for (std::size_t i = 0; i < n; ++i) specific[i] = 0.02 * static_cast<double>(i + 1);
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                double v = i == j ? specific[i] : 0.0;
                for (std::size_t a = 0; a < k; ++a)
                    for (std::size_t c = 0; c < k; ++c) v += loadings[i * k + a] * omega[a * k + c] * loadings[j * k + c];
                full[i * n + j] = v;
                if (i == j) variance[i] = v;
            }
        test_look f{{0.2, 0.1, 0.15, 0.2, 0.1, 0.2}, {0.18, 0.12, 0.15, 0.2, 0.12, 0.2}};
        f.risk = {{.layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega}};
        f.refresh();
        test_look d = f;
        d.risk = {{.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = full}};
        d.refresh();
        const breach_probability b = over(days(20), 0.04);
        CHECK(b.check(f).measure == Approx(b.check(d).measure).epsilon(1e-11));
        CHECK(b.check(f).asset == b.check(d).asset);
        const auto x = ballast_test::region(b, f), y = ballast_test::region(b, d);
        for (std::size_t i = 0; i < n; ++i) CHECK(x.upper[i] == Approx(y.upper[i]).epsilon(1e-11));
        // Brute force: the motion of asset i against the rest from its definition.
        const detail::relative_risk risk{d, d.look().risk[0]};
        for (std::size_t i = 0; i < n; ++i) {
            std::vector<double> c(n);
            for (std::size_t j = 0; j < n; ++j) c[j] = j == i ? 1.0 : -d.target[j] / (1.0 - d.target[i]);
            double s2 = 0.0, rest = 0.0;
            for (std::size_t j = 0; j < n; ++j)
                for (std::size_t m = 0; m < n; ++m) {
                    s2 += c[j] * c[m] * full[j * n + m];
                    if (j != i && m != i) rest += c[j] * c[m] * full[j * n + m];
                }
            CHECK(risk.of(i).sigma2 == Approx(s2).epsilon(1e-12));
            CHECK(risk.of(i).drift == Approx(0.5 * (rest - variance[i])).epsilon(1e-12).margin(1e-15));
        }
    }
}

// Quiet where and only where every weight lies in the region; the region lies in the band and around the target.
TEST_CASE("breach_probability: random looks, against the region") {
    std::mt19937_64 rng{10};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int fired = 0, quiet = 0, inner = 0;
    for (const std::size_t n : ballast_test::look_sizes)
        for (int round = 0; round < 40; ++round) {
            test_look l = ballast_test::random_look(rng, n, {.shorts = round % 4 == 0, .spread = 0.02});
            std::vector<double> sigma(n), width(n);
            for (std::size_t i = 0; i < n; ++i) {
                sigma[i] = 0.02 + unit(rng);
                width[i] = 0.01 + 0.1 * unit(rng);
            }
            l.volatility(sigma);
            const breach_probability b{.width = width,
                                       .horizon = hours(1 + static_cast<std::int64_t>(1000.0 * unit(rng) * unit(rng))),
                                       .limit = 0.01 + 0.98 * unit(rng)};
            REQUIRE_FALSE(b.validate());
            REQUIRE(b.covers(n));
            const firing f = b.check(l);
            REQUIRE_FALSE(f.problem);
            REQUIRE((f.measure >= 0.0 && f.measure <= 1.0));
            const auto box = ballast_test::region(b, l);
            double most = -infinity;
            for (std::size_t i = 0; i < n; ++i) {
                REQUIRE((box.lower[i] <= l.target[i] && box.upper[i] >= l.target[i]));
                REQUIRE((box.lower[i] >= l.target[i] - width[i] - 1e-15 && box.upper[i] <= l.target[i] + width[i] + 1e-15));
                most = std::fmax(most, std::fmax(l.weight[i] - box.upper[i], box.lower[i] - l.weight[i]));
                inner += box.upper[i] < l.target[i] + 0.9 * width[i] ? 1 : 0;
            }
            // Where even the target is likely to be left, the region is the target itself, and a weight on it fires all the same.
            if (std::fabs(most) > 1e-12) CHECK((f.fired || most < 0.0));
            if (most > 1e-12) CHECK(f.fired);
            if (f.fired && most < -1e-12) FAIL("fires inside of its region");
            (f.fired ? fired : quiet) += n > 0 ? 1 : 0;
        }
    CHECK(fired > 50);
    CHECK(quiet > 50);
    CHECK(inner > 100);
}

TEST_CASE("breach_probability: to_band stops where the band is safe for the horizon, and the next call is quiet") {
    std::mt19937_64 rng{12};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int traded = 0;
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 1 + rng() % 6;
        std::vector<double> price(n), quantity(n), target(n), volatility(n);
        for (std::size_t i = 0; i < n; ++i) {
            price[i] = 10.0 + 90.0 * unit(rng);
            target[i] = 0.9 / static_cast<double>(n);
            quantity[i] = 1000.0 * target[i] * (0.8 + 0.4 * unit(rng)) / price[i];
            volatility[i] = 0.1 + 0.5 * unit(rng);
        }
        const breach_probability b{.width = 0.1, .horizon = days(20), .limit = 0.3};
        keeper k{rebalancer{b, cost::zero{}, solver::to_band{}, risk::given{}}, {.assets = n}};
        REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price, .volatility = volatility}));
        holdings h{.cash = 1000.0, .quantity = quantity};
        for (std::size_t i = 0; i < n; ++i) h.cash -= quantity[i] * price[i];
        const decision& d = k.propose(h.view(), target);
        REQUIRE_FALSE(d.problem);
        if (d.orders.empty()) continue;
        ++traded;
        REQUIRE_FALSE(apply(h, d));
        const decision& next = k.propose(h.view(), target);
        CAPTURE(round, next.firing.measure);
        CHECK(next.orders.empty());
        CHECK_FALSE(next.firing.fired);
    }
    CHECK(traded > 20);
}

TEST_CASE("breach_probability: bad parameters are refused with parameter, value and range") {
    const auto refusal = [](const breach_probability& b) {
        const configuration_fault f = b.validate();
        return f ? invalid_configuration{f}.what() : std::string{};
    };
    CHECK(refusal(over(days(1), 0.05, 0.0)).empty());
    CHECK(refusal(over(days(1), infinity, 0.999)).empty());
    CHECK_THAT(refusal({}), StartsWith("ballast: breach_probability.width = 0: has to be given"));
    CHECK_THAT(refusal(over(days(1), 0.0)), StartsWith("ballast: breach_probability.width = 0: must be"));
    CHECK_THAT(refusal({.width = {0.1, not_a_number}}), StartsWith("ballast: breach_probability.width = nan"));
    CHECK_THAT(refusal(over({}, 0.05)), StartsWith("ballast: breach_probability.horizon = 0"));
    CHECK_THAT(refusal({.width = 0.05}), StartsWith("ballast: breach_probability.limit = nan: has to be given"));
    CHECK_THAT(refusal(over(days(1), 0.05, 1.0)), StartsWith("ballast: breach_probability.limit = 1"));
    CHECK_THAT(refusal(over(days(1), 0.05, -0.1)), StartsWith("ballast: breach_probability.limit = -0.1"));
    CHECK_FALSE(breach_probability{.width = {0.1, 0.2}}.covers(3));
}
