#include <ballast/numeric/cara_region.hpp>

#include "support/catch.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

using namespace ballast;

static_assert(noexcept(exact_cara_region({})) && noexcept(expanded_cara_region({})));
static_assert(cara_problem{.target = 1.0, .risk_aversion = 1.0}.valid() && !cara_problem{}.valid());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
}  // namespace

// cara_liu_dollar_bands.csv: Liu's problem by another method, 11 digits; his risk aversion γ counts as r·γ.
TEST_CASE("cara_region: Liu's amounts") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: cara_liu_dollar_bands.csv is skipped");
        return;
    }
    std::ifstream in{std::string{folder} + "/reference/cara_liu_dollar_bands.csv"};
    std::string line;
    std::getline(in, line);
    int rows = 0;
    while (std::getline(in, line)) {
        std::array<double, 10> c{};
        std::stringstream cells{line};
        std::string cell;
        for (double& x : c) {
            std::getline(cells, cell, ',');
            x = std::strtod(cell.c_str(), nullptr);
        }
        const auto& [mu, sigma, r, gamma, buy, sell, merton, lower, upper, half_width] = c;
        CAPTURE(line);
        const cara_problem p{.target = (mu - r) / (r * gamma * sigma * sigma),
                             .risk_aversion = r * gamma,
                             .buy = buy,
                             .sell = sell,
                             .interest = r,
                             .volatility = sigma};
        CHECK(p.target == Approx(merton).epsilon(1e-10));
        const cara_region exact = exact_cara_region(p);
        CHECK(exact.lower == Approx(lower).epsilon(6e-11));
        CHECK(exact.upper == Approx(upper).epsilon(6e-11));
        const cara_region expanded = expanded_cara_region(p);
        CHECK(expanded.upper - p.target == Approx(half_width).epsilon(6e-11));
        CHECK(p.target - expanded.lower == Approx(half_width).epsilon(6e-11));
        ++rows;
    }
    CHECK(rows == 13);
}

// The equation of Liu's value function −exp(−ρ(x + g(y))) as it stands, where nobody trades: ½σ²y²(g″ − ρg′²) + μyg′ − rg = 0, integrated in y
// from one edge leads to the other; g′ = 1 + buy and g″ = 0 at the buying edge, g′ = 1 − sell and g″ = 0 at the selling edge.
TEST_CASE("cara_region: solves the free-boundary problem") {
    int tried = 0;
    for (const double target : {1000.0, 50.0, -1000.0, -50.0})
        for (const double aversion : {0.0005, 0.002})
            for (const double interest : {0.0, 0.01, 0.05})
                for (const double sigma : {0.15, 0.5})
                    for (const double buy : {0.0, 0.02})
                        for (const double sell : {0.001, 0.1}) {
                            const cara_problem p{.target = target,
                                                 .risk_aversion = aversion,
                                                 .buy = buy,
                                                 .sell = sell,
                                                 .interest = interest,
                                                 .volatility = sigma};
                            const cara_region r = exact_cara_region(p);
                            CAPTURE(target, aversion, interest, sigma, buy, sell, r.lower, r.upper);
                            REQUIRE(r.lower < r.upper);
                            REQUIRE(r.lower * target > 0.0);
                            REQUIRE(r.upper * target > 0.0);
                            const double variance = sigma * sigma;
                            const double mu = interest + aversion * variance * target;
                            // With f = g′, the equation differentiated: no interest on g itself.
                            const auto curve = [&](double y, double f, double d) {
                                return 2.0 * aversion * f * d -
                                       2.0 / (variance * y * y) *
                                           (variance * y * (d - aversion * f * f) + mu * f + mu * y * d - interest * f);
                            };
                            // In even steps of log |y|, as edges may lie far from each other.
                            constexpr int steps = 4000;
                            const bool held = target > 0.0;
                            const double from = held ? r.lower : r.upper;  // away from 0
                            const double to = held ? r.upper : r.lower;
                            const double t = std::log(to / from) / steps;
                            if (t * steps > 4.0) continue;  // nearly all of it rounding
                            ++tried;
                            double y = from, f = held ? 1.0 + buy : 1.0 - sell, d = 0.0;
                            for (int k = 0; k < steps; ++k) {
                                const double s = y * std::expm1(t);
                                const double f1 = d, d1 = curve(y, f, d);
                                const double f2 = d + 0.5 * s * d1, d2 = curve(y + 0.5 * s, f + 0.5 * s * f1, d + 0.5 * s * d1);
                                const double f3 = d + 0.5 * s * d2, d3 = curve(y + 0.5 * s, f + 0.5 * s * f2, d + 0.5 * s * d2);
                                const double f4 = d + s * d3, d4 = curve(y + s, f + s * f3, d + s * d3);
                                f += s / 6.0 * (f1 + 2.0 * f2 + 2.0 * f3 + f4);
                                d += s / 6.0 * (d1 + 2.0 * d2 + 2.0 * d3 + d4);
                                y += s;
                            }
                            CHECK(f == Approx(held ? 1.0 - sell : 1.0 + buy).epsilon(1e-8));
                            CHECK(d * y == Approx(0.0).margin(1e-7));
                        }
    CHECK(tried > 150);
}

// Without interest p = κ(h² − x²)/(1 + x): the edges lie at the same distance from the target where valued at ask and bid, and the cost
// of a round trip is ∫κq/(z(z − κq)) dz, z = 1 + x, q = h² − x².
TEST_CASE("cara_region: without interest there is a closed form") {
    for (const double kappa : {0.1, 1.0, 30.0, -0.1, -1.0, -30.0})
        for (const double sell : {1e-9, 1e-4, 0.02, 0.3}) {
            const double buy = 0.5 * sell;
            const cara_region r = exact_cara_region({.target = kappa, .risk_aversion = 1.0, .buy = buy, .sell = sell});
            CAPTURE(kappa, sell);
            const double near = (kappa > 0.0 ? r.lower * (1.0 + buy) : r.upper * (1.0 - sell)) / kappa;
            const double far = (kappa > 0.0 ? r.upper * (1.0 - sell) : r.lower * (1.0 + buy)) / kappa;
            CHECK(near + far == Approx(2.0).epsilon(1e-13));
            const double h = 0.5 * (far - near);
            constexpr int steps = 20000;
            double cost = 0.0;
            for (int k = 0; k <= steps; ++k) {
                const double x = h * (2.0 * k / steps - 1.0);
                const double q = kappa * (h * h - x * x);
                cost += (k == 0 || k == steps ? 1.0 : k % 2 == 1 ? 4.0 : 2.0) * q / ((1.0 + x) * (1.0 + x - q));
            }
            cost *= std::copysign(2.0 * h / steps / 3.0, kappa);
            CHECK(cost == Approx(std::log((1.0 + buy) / (1.0 - sell))).epsilon(1e-7));
        }
}

TEST_CASE("cara_region: comes near its expansion at the rate that theory says") {
    for (const double kappa : {0.5, 3.0, -1.0}) {
        const auto error = [&](double cost) {
            const cara_problem p{
                .target = 100.0 * kappa, .risk_aversion = 0.01, .buy = 0.5 * cost, .sell = 0.5 * cost, .interest = 0.02, .volatility = 0.2};
            const cara_region exact = exact_cara_region(p);
            const cara_region expanded = expanded_cara_region(p);
            return (exact.upper - exact.lower) / (expanded.upper - expanded.lower) - 1.0;
        };
        CAPTURE(kappa);
        CHECK(std::fabs(error(1e-3)) < 0.05);
        CHECK(error(1e-6) / error(1e-3) == Approx(0.01).epsilon(0.3));
    }
}

TEST_CASE("cara_region: scales with money; wider with costs; nothing where there is nothing") {
    const cara_problem p{.target = 1e5, .risk_aversion = 3e-5, .buy = 0.001, .sell = 0.002, .interest = 0.03, .volatility = 0.2};
    const cara_region r = exact_cara_region(p);
    cara_problem in_cents = p;
    in_cents.target *= 100.0;
    in_cents.risk_aversion /= 100.0;
    CHECK(exact_cara_region(in_cents).lower == Approx(100.0 * r.lower).epsilon(1e-12));
    CHECK(exact_cara_region(in_cents).upper == Approx(100.0 * r.upper).epsilon(1e-12));
    double before = 0.0;
    for (const double sell : {0.0, 1e-10, 1e-6, 1e-3, 0.05, 0.5, 0.9}) {
        cara_problem q = p;
        q.buy = 0.0;
        q.sell = sell;
        const double lower = exact_cara_region(q).lower;
        CAPTURE(sell);
        CHECK(p.target - lower >= before);
        CHECK((lower > 0.0 && lower <= p.target));
        CHECK(exact_cara_region(q).upper >= p.target);
        before = p.target - lower;
    }
    for (const bool exact : {true, false}) {
        const auto of = [&](const cara_problem& q) { return exact ? exact_cara_region(q) : expanded_cara_region(q); };
        cara_problem q = p;
        q.target = 0.0;
        CHECK((of(q).lower == 0.0 && of(q).upper == 0.0));
        q = p;
        q.buy = q.sell = 0.0;
        CHECK((of(q).lower == 1e5 && of(q).upper == 1e5));
        const auto none = [&](auto change) {
            cara_problem bad = p;
            change(bad);
            CHECK_FALSE(bad.valid());
            CHECK((std::isnan(of(bad).lower) && std::isnan(of(bad).upper)));
        };
        for (const double bad : {not_a_number, infinity}) {
            none([&](auto& b) { b.target = bad; });
            none([&](auto& b) { b.risk_aversion = bad; });
            none([&](auto& b) { b.buy = bad; });
            none([&](auto& b) { b.sell = bad; });
            none([&](auto& b) { b.interest = bad; });
            none([&](auto& b) { b.volatility = bad; });
        }
        none([](auto& b) { b.risk_aversion = 0.0; });
        none([](auto& b) { b.buy = -0.01; });
        none([](auto& b) { b.sell = 1.0; });
        none([](auto& b) { b.interest = -0.01; });
        none([](auto& b) { b.volatility = 0.0; });
    }
}

TEST_CASE("cara_region: answers wherever it is within reach, and says where it is not") {
    for (const double target : {1e-12, 1e-4, 1.0, 1000.0, -1e-12, -1e-4, -1.0, -1000.0})
        for (const double sell : {1e-300, 1e-12, 1e-4, 0.02, 0.3})
            for (const double interest : {0.0, 0.5, 20.0}) {
                CAPTURE(target, sell, interest);
                const cara_region r = exact_cara_region({.target = target, .risk_aversion = 1.0, .sell = sell, .interest = interest});
                CHECK(r.lower <= r.upper);
                CHECK((r.lower * target > 0.0 && r.upper * target > 0.0));
            }
    const auto reaches = [](const cara_problem& p) {
        CHECK(p.valid());
        CHECK(p.within_reach() == !std::isnan(exact_cara_region(p).lower));
        CHECK_FALSE(std::isnan(expanded_cara_region(p).lower));
        return p.within_reach();
    };
    CHECK(reaches({.target = 1e8, .risk_aversion = 9.9e-6, .sell = 0.001}));
    CHECK_FALSE(reaches({.target = 1e8, .risk_aversion = 1.1e-5, .sell = 0.001}));
    CHECK(reaches({.target = 1e4, .risk_aversion = 1e-5, .sell = 0.001, .interest = 0.05, .volatility = 0.05}));
    CHECK_FALSE(reaches({.target = 1e4, .risk_aversion = 1e-5, .sell = 0.001, .interest = 0.0501, .volatility = 0.05}));
    CHECK(reaches({.target = 1e4, .risk_aversion = 1e-5, .sell = 0.001, .volatility = 1e-200}));
}
