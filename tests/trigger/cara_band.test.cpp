#include <ballast/trigger/cara_band.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <ballast/cost/proportional.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_band.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::trigger::cara_band;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<cara_band> && trigger_policy<cara_band> && banded_trigger<cara_band>);
static_assert(std::is_same_v<memory_of<cara_band>, no_memory>);
static_assert(detail::need_of<cara_band>() == risk_need::nothing && detail::with_runtime_needs<cara_band>);
static_assert(noexcept(cara_band{}.check(look{})) && noexcept(cara_band{}.region(look{}, box{})) && noexcept(
    cara_band{}.optimum(look{}, 0)) && noexcept(cara_band{}.validate()));
static_assert(detail::check_trigger<cara_band>());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
}  // namespace

// cara_liu_dollar_bands.csv: return 0.06, volatility 0.2, interest 0.01, risk aversion 0.001 (of r·γ = 1e-5), 50 bps on both sides: 125,000 is
// best, between 101,550.50508 and 147,301.36402; to leading order ±22,714.00741.
TEST_CASE("cara_band: fires beyond Liu's amounts, whatever the portfolio is worth") {
    const cara_band b{.risk_aversion = 1e-5, .rate = 0.005, .drift = 0.05, .interest = 0.01};
    CHECK(b.runtime_needs() == risk_need::volatility);
    for (const double value : {200000.0, 1e6}) {
        const double target = 125000.0 / value;
        const auto look = [&](double amount) { return test_look{{amount / value}, {target}, value}.volatility({0.2}); };
        CHECK_FALSE(b.check(look(101550.506)).fired);
        CHECK(b.check(look(101550.504)).fired);
        CHECK_FALSE(b.check(look(147301.363)).fired);
        CHECK(b.check(look(147301.365)).fired);
        CHECK(b.check(look(150000.0)).threshold * value == Approx(147301.36402 - 125000.0).epsilon(1e-9));
        CHECK(std::string{b.check(look(1.0)).trigger} == "cara_band");
        CHECK(b.optimum(look(1.0), 0).lower == Approx(101550.50508).epsilon(1e-10));
        const auto box = ballast_test::region(b, look(1.0));
        CHECK(box.lower[0] * value == Approx(101550.50508).epsilon(1e-10));
        cara_band expansion = b;
        expansion.method = region_method::expansion;
        CHECK(ballast_test::region(expansion, look(1.0)).upper[0] * value == Approx(125000.0 + 22714.00741).epsilon(1e-10));
        // What the target implies is the same here.
        cara_band implied = b;
        implied.drift = {};
        CHECK(ballast_test::region(implied, look(1.0)).lower[0] == Approx(box.lower[0]).epsilon(1e-12));
    }
}

TEST_CASE("cara_band: asks for a volatility only where it reads one") {
    cara_band b{.risk_aversion = 1e-5, .rate = 0.005};
    CHECK(b.runtime_needs() == risk_need::nothing);
    CHECK_FALSE(b.check(test_look{{0.5}, {0.5}, 1e5}).problem);
    b.interest = 0.02;
    CHECK(b.runtime_needs() == risk_need::volatility);
    CHECK(b.check(test_look{{0.5}, {0.5}, 1e5}).problem.code == fault_code::risk_not_ready);
    b.method = region_method::expansion;
    CHECK(b.runtime_needs() == risk_need::nothing);
    CHECK_FALSE(b.check(test_look{{0.5}, {0.5}, 1e5}).problem);
    b.drift = 0.05;
    CHECK(b.runtime_needs() == risk_need::volatility);
    const auto check = [&](const auto&... more) {
        return rebalancer<cara_band, cost::proportional, solver::to_band, std::remove_cvref_t<decltype(more)>...>::check(
            b, cost::proportional{.rate = 0.005}, solver::to_band{}, more...);
    };
    CHECK(std::string{check().parameter} == "policy.needs");
    CHECK_FALSE(check(risk::given{}));
    // Not ready: what the target implies, no interest.
    b.method = region_method::exact;
    const test_look early = test_look{{0.5}, {0.5}, 1e5}.volatility({not_a_number}, false);
    const cara_region plain = exact_cara_region({.target = 5e4, .risk_aversion = 1e-5, .buy = 0.005, .sell = 0.005});
    CHECK(ballast_test::region(b, early).upper[0] == Approx(plain.upper / 1e5).epsilon(1e-14));
}

TEST_CASE("cara_band: the target is let in, and one of 0 is to be sold") {
    const cara_band b{.risk_aversion = 1e-5, .rate = 0.005, .drift = 0.05};
    // The best amount is 125,000; the host wants 50,000.
    const test_look low = test_look{{0.25}, {0.25}, 200000.0}.volatility({0.2});
    CHECK_FALSE(b.check(low).fired);
    CHECK(b.optimum(low, 0).lower > 60000.0);
    CHECK(ballast_test::region(b, low).lower[0] == Approx(0.25).epsilon(1e-15));
    CHECK(ballast_test::region(b, low).upper[0] == Approx(b.optimum(low, 0).upper / 200000.0).epsilon(1e-14));
    CHECK(b.check(test_look{{0.3}, {0.0}, 200000.0}.volatility({0.2})).fired);
}

TEST_CASE("cara_band: an estimator whose numbers are none is a problem, not a width") {
    cara_band b{.risk_aversion = 1e-5, .rate = 0.005, .drift = 0.05};
    for (const double bad : {not_a_number, infinity, 0.0}) {
        const test_look l = test_look{{0.9, 0.1}, {0.5, 0.5}}.volatility({0.2, bad});
        CHECK(b.check(l).problem.code == fault_code::bad_risk);
        CHECK(b.check(l).problem.index == 1);
        CHECK(ballast_test::region(b, l).upper[0] == infinity);
        CHECK(std::isnan(b.optimum(l, 0).lower));
    }
    CHECK(b.check(test_look{{0.9, 0.1}, {0.5, 0.5}}.volatility({0.2})).problem.code == fault_code::size_mismatch);
    // So calm that the exact band is out of reach; its expansion is not.
    cara_band calm{.risk_aversion = 1e-5, .rate = 0.005, .interest = 0.05};
    const test_look still = test_look{{0.5}, {0.5}, 1e5}.volatility({0.01});
    CHECK(calm.check(still).problem.code == fault_code::bad_risk);
    CHECK(calm.check(still).problem.value == Approx(1e-4));
    calm.method = region_method::expansion;
    CHECK_FALSE(calm.check(still).problem);
    b.estimator = 1;
    CHECK(b.check(test_look{{0.9}, {0.5}}.volatility({0.2})).problem.code == fault_code::risk_not_ready);
    CHECK_FALSE(b.check(test_look{}.volatility({}).volatility({})).fired);
}

TEST_CASE("cara_band: random looks, against each asset's own amounts") {
    std::mt19937_64 rng{5};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int fired = 0;
    int quiet = 0;
    for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{9}})
        for (int round = 0; round < 40; ++round) {
            test_look l = ballast_test::random_look(rng, n, {.spread = 0.02});
            std::vector<double> aversion(n), rate(n), sell(n), drift(n), sigma(n);
            for (std::size_t i = 0; i < n; ++i) {
                aversion[i] = (0.5 + 5.0 * unit(rng)) / l.value;
                rate[i] = 0.01 * unit(rng);
                sell[i] = 0.03 * unit(rng);
                sigma[i] = 0.1 + 0.4 * unit(rng);
                drift[i] = aversion[i] * sigma[i] * sigma[i] * l.value * (l.target[i] + 0.05 * (unit(rng) - 0.5));
            }
            l.volatility(sigma);
            cara_band b{.risk_aversion = aversion, .rate = rate, .sell = sell};
            if (round % 2 == 0) b.drift = drift;
            if (round % 3 == 0) b.method = region_method::expansion;
            if (round % 5 == 0) b.interest = 0.02;
            REQUIRE_FALSE(b.validate());
            REQUIRE(b.covers(n));
            const auto box = ballast_test::region(b, l);
            double most = -infinity;
            for (std::size_t i = 0; i < n; ++i) {
                const bool own = round % 2 == 0 && l.target[i] != 0.0;
                const cara_problem p{.target = own ? drift[i] / (aversion[i] * sigma[i] * sigma[i]) : l.target[i] * l.value,
                                     .risk_aversion = aversion[i],
                                     .buy = rate[i],
                                     .sell = sell[i],
                                     .interest = b.interest,
                                     .volatility = sigma[i]};
                const cara_region r = round % 3 == 0 ? expanded_cara_region(p) : exact_cara_region(p);
                const double lower = std::fmin(r.lower / l.value, l.target[i]);
                const double upper = std::fmax(r.upper / l.value, l.target[i]);
                most = std::fmax(most, l.drift[i] > 0.0 ? l.weight[i] - upper : lower - l.weight[i]);
                CAPTURE(n, round, i);
                CHECK(box.lower[i] == Approx(lower).margin(1e-12));
                CHECK(box.upper[i] == Approx(upper).margin(1e-12));
            }
            const firing f = b.check(l);
            (f.fired ? fired : quiet) += 1;
            CHECK(f.margin() == Approx(most).margin(1e-12));
            CHECK(f.fired == (most > 0.0));
        }
    CHECK(fired > 30);
    CHECK(quiet > 30);
}

TEST_CASE("cara_band: bad parameters are refused with parameter, value and range") {
    const auto text = [](const cara_band& b) -> std::string {
        const configuration_fault f = b.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    const auto with = [](auto change) {
        cara_band b{.risk_aversion = 1e-5, .rate = 0.005};
        change(b);
        return b;
    };
    CHECK(text(with([](auto&) {})).empty());
    CHECK(text({.rate = 0.005}) == "ballast: cara_band.risk_aversion = 0: has to be given: relative risk aversion / wealth");
    CHECK(text({.risk_aversion = 2.0}) == "ballast: cara_band.rate = 0: has to be given: what a trade costs, as a share of it");
    for (const double bad : {-1.0, 0.0, infinity, not_a_number})
        CHECK_THAT(text(with([&](auto& b) { b.risk_aversion = bad; })),
                   StartsWith("ballast: cara_band.risk_aversion = ") && EndsWith("must be a finite number above 0"));
    for (const double bad : {-0.01, 1.0, not_a_number}) {
        CHECK_THAT(text(with([&](auto& b) {
                       b.rate = {0.1, bad};
                   })),
                   StartsWith("ballast: cara_band.rate = ") && EndsWith("must be a fraction at or above 0 and below 1"));
        CHECK_THAT(text(with([&](auto& b) { b.sell = bad; })),
                   StartsWith("ballast: cara_band.sell = ") && EndsWith("must be a fraction at or above 0 and below 1"));
    }
    CHECK_THAT(text(with([](auto& b) { b.drift = infinity; })),
               StartsWith("ballast: cara_band.drift = ") && EndsWith("must be a finite return per year"));
    for (const double bad : {-0.01, infinity, not_a_number})
        CHECK_THAT(text(with([&](auto& b) { b.interest = bad; })),
                   StartsWith("ballast: cara_band.interest = ") && EndsWith("must be a finite rate at or above 0"));
    for (const std::size_t n : {0u, 1u, 2u, 3u}) {
        CHECK(with([](auto&) {}).covers(n));
        for (int which = 0; which < 4; ++which)
            CHECK(with([&](auto& b) {
                      per_asset* const lists[] = {&b.risk_aversion, &b.rate, &b.sell, &b.drift};
                      *lists[which] = {0.1, 0.2};
                  }).covers(n) == (n == 2));
    }
}
