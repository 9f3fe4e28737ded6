#include <ballast/trigger/optimal_band.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <ballast/any/trigger.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/keeper.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::trigger::optimal_band;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<optimal_band> && trigger_policy<optimal_band> && banded_trigger<optimal_band>);
static_assert(std::is_same_v<memory_of<optimal_band>, no_memory>);
static_assert(detail::need_of<optimal_band>() == risk_need::nothing && detail::with_runtime_needs<optimal_band>);
static_assert(noexcept(optimal_band{}.check(look{})) && noexcept(optimal_band{}.region(look{}, box{})) && noexcept(
    optimal_band{}.optimum(look{}, 0)) && noexcept(optimal_band{}.validate()));
static_assert(detail::check_trigger<optimal_band>());

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double tolerance = 1.0 / 281474976710656.0;  // 2^-48
}  // namespace

// nt_region_reference.csv: excess return 0.06, volatility 0.3, γ = 2, 50 bps on both sides: 1/3 is best, between 0.275966940401 and
// 0.390894868615; to leading order between 0.276334135111 and 0.390332531556.
TEST_CASE("optimal_band: fires beyond the edges of the optimal region") {
    optimal_band b{.risk_aversion = 2.0, .rate = 0.005};
    const auto fires = [&](double weight) { return b.check(test_look{{weight}, {1.0 / 3.0}}).fired; };
    CHECK_FALSE(fires(0.275966941));
    CHECK(fires(0.275966940));
    CHECK_FALSE(fires(0.390894868));
    CHECK(fires(0.390894869));
    const test_look over{{0.4}, {1.0 / 3.0}};
    CHECK(b.check(over).measure == Approx(0.4 - 1.0 / 3.0));
    CHECK(b.check(over).threshold == Approx(0.390894868615 - 1.0 / 3.0).epsilon(1e-10));
    CHECK(b.check(over).unit == measure_unit::weight);
    CHECK(std::string{b.check(over).trigger} == "optimal_band");
    CHECK(b.check(test_look{{0.3}, {1.0 / 3.0}}).threshold == Approx(1.0 / 3.0 - 0.275966940401).epsilon(1e-10));
    const auto box = ballast_test::region(b, over);
    CHECK(box.lower[0] == Approx(0.275966940401).epsilon(1e-11));
    CHECK(box.upper[0] == Approx(0.390894868615).epsilon(1e-11));
    b.method = region_method::expansion;
    CHECK(ballast_test::region(b, over).lower[0] == Approx(0.276334135111).epsilon(1e-11));
    CHECK(ballast_test::region(b, over).upper[0] == Approx(0.390332531556).epsilon(1e-11));
    CHECK(b.optimum(over, 0).upper == Approx(0.390332531556).epsilon(1e-11));
}

TEST_CASE("optimal_band: with the drift that the target implies, volatility is not asked for") {
    const optimal_band b{.risk_aversion = {2.0, 5.0}, .rate = {0.005, 0.001}, .sell = {0.001, 0.002}};
    CHECK(b.runtime_needs() == risk_need::nothing);
    test_look l{{0.5, 0.2}, {0.4, 0.3}};
    const auto plain = ballast_test::region(b, l);
    const auto priced = ballast_test::region(b, l.volatility({0.2, not_a_number}));
    for (const std::size_t i : {0u, 1u}) {
        CHECK(plain.lower[i] == priced.lower[i]);
        CHECK(plain.upper[i] == priced.upper[i]);
        const growth_problem p{.target = l.target[i], .risk_aversion = b.risk_aversion[i], .buy = b.rate[i], .sell = b.sell[i]};
        CHECK(plain.lower[i] == Approx(exact_region(p).lower).epsilon(1e-15));
        CHECK(plain.upper[i] == Approx(exact_region(p).upper).epsilon(1e-15));
    }
}

TEST_CASE("optimal_band: with a drift of its own the region moves with volatility") {
    const optimal_band b{.risk_aversion = 2.0, .rate = 0.005, .drift = 0.06};
    CHECK(b.runtime_needs() == risk_need::volatility);
    const test_look calm = test_look{{0.5}, {1.0 / 3.0}}.volatility({0.3});
    CHECK(ballast_test::region(b, calm).lower[0] == Approx(0.275966940401).epsilon(1e-11));
    CHECK(ballast_test::region(b, calm).upper[0] == Approx(0.390894868615).epsilon(1e-11));
    CHECK(b.check(calm).fired);
    // At 0.25 the best weight is 0.48, and one of 0.5 is as it should be. The target is outside: the band begins there.
    const test_look calmer = test_look{{0.5}, {1.0 / 3.0}}.volatility({0.25});
    CHECK_FALSE(b.check(calmer).fired);
    const optimal_region r = exact_region({.target = 0.48, .risk_aversion = 2.0, .buy = 0.005, .sell = 0.005});
    CHECK(b.optimum(calmer, 0).lower == Approx(r.lower).epsilon(1e-14));
    CHECK(r.lower > 1.0 / 3.0);
    CHECK(ballast_test::region(b, calmer).lower[0] == Approx(1.0 / 3.0).epsilon(1e-15));
    CHECK(ballast_test::region(b, calmer).upper[0] == Approx(r.upper).epsilon(1e-14));
    CHECK_FALSE(b.check(test_look{{1.0 / 3.0}, {1.0 / 3.0}}.volatility({0.25})).fired);
    CHECK(b.check(test_look{{0.33}, {1.0 / 3.0}}.volatility({0.25})).fired);
    // And beyond the far edge on the other side.
    const test_look wild = test_look{{0.2}, {1.0 / 3.0}}.volatility({0.5});
    CHECK_FALSE(b.check(wild).fired);
    CHECK(ballast_test::region(b, wild).upper[0] == Approx(1.0 / 3.0).epsilon(1e-15));
    // Who is to be sold is sold.
    const test_look out = test_look{{0.2}, {0.0}}.volatility({0.3});
    CHECK(b.check(out).fired);
    CHECK(b.check(out).threshold == 0.0);
}

TEST_CASE("optimal_band: while the estimator is not ready the drift is what the target implies") {
    const optimal_band b{.risk_aversion = 2.0, .rate = 0.005, .drift = 0.5};
    const test_look early = test_look{{0.4}, {1.0 / 3.0}}.volatility({not_a_number}, false);
    CHECK_FALSE(b.check(early).problem);
    CHECK(ballast_test::region(b, early).upper[0] == Approx(0.390894868615).epsilon(1e-11));
}

TEST_CASE("optimal_band: reads the estimator that it is told to, and tells where it can not") {
    optimal_band b{.risk_aversion = 2.0, .rate = 0.005, .drift = 0.06, .estimator = 1};
    const test_look l = test_look{{0.4}, {1.0 / 3.0}}.volatility({0.9}).volatility({0.3});
    CHECK(b.check(l).threshold == Approx(0.390894868615 - 1.0 / 3.0).epsilon(1e-10));
    b.estimator = 2;
    CHECK_FALSE(b.check(l).fired);
    CHECK(b.check(l).problem.code == fault_code::risk_not_ready);
    CHECK(b.check(l).problem.value == 2.0);
    CHECK(ballast_test::region(b, l).upper[0] == infinity);
    CHECK(std::isnan(b.optimum(l, 0).lower));
    b.estimator = 0;
    for (const double bad : {not_a_number, infinity, 0.0, 1e-160}) {
        const test_look wrong = test_look{{0.9, 0.1}, {0.5, 0.5}}.volatility({0.2, bad});
        CHECK_FALSE(b.check(wrong).fired);
        CHECK(b.check(wrong).problem.code == fault_code::bad_risk);
        CHECK(b.check(wrong).problem.index == 1);
        CHECK(ballast_test::region(b, wrong).upper[0] == infinity);
    }
    const test_look too_few = test_look{{0.54, 0.46}, {0.5, 0.5}}.volatility({0.2});
    CHECK(b.check(too_few).problem.code == fault_code::size_mismatch);
    test_look absurd{{0.5}, {0.5}};
    absurd.target[0] = 1e80;
    absurd.refresh();
    CHECK(optimal_band{.risk_aversion = 2.0, .rate = 0.005}.check(absurd).problem.code == fault_code::bad_target);
    // The factor layout: σ² = 0.01 + 0.08 = 0.3².
    test_look factors{{0.4}, {1.0 / 3.0}};
    const std::vector<double> loadings{2.0}, omega{0.02}, specific{0.01};
    factors.risk.push_back(
        {.layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega});
    factors.refresh();
    CHECK(b.check(factors).threshold == Approx(0.390894868615 - 1.0 / 3.0).epsilon(1e-10));
}

// (12/3·1/16·5/50000)^¼ and a fourth of the costs at four times the value: 4^(−1/4) of the width.
TEST_CASE("optimal_band: fixed costs are amounts") {
    const optimal_band b{.risk_aversion = 3.0, .rate = 0.0, .fixed = 5.0, .method = region_method::expansion};
    const test_look l{{0.5}, {0.5}, 50000.0};
    CHECK(b.check(l).threshold == Approx(std::pow(2.5e-5, 0.25)).epsilon(1e-13));
    CHECK(b.check(test_look{{0.5}, {0.5}, 200000.0}).threshold == Approx(std::pow(2.5e-5 / 4.0, 0.25)).epsilon(1e-13));
    CHECK(b.optimum(l, 0).upper_goal == Approx(0.5));
    optimal_band both = b;
    both.rate = 0.002;
    CHECK(both.optimum(l, 0).upper_goal > 0.51);
    CHECK(both.optimum(l, 0).upper > b.optimum(l, 0).upper);
}

TEST_CASE("optimal_band: without costs every drift is too much; an empty universe stays quiet") {
    const optimal_band b{.risk_aversion = 2.0, .rate = 0.0};
    CHECK(b.check(test_look{{0.501}, {0.5}}).fired);
    CHECK_FALSE(b.check(test_look{{0.5}, {0.5}}).fired);
    const firing f = b.check(test_look{});
    CHECK_FALSE(f.fired);
    CHECK_FALSE(f.problem);
    CHECK(f.asset == no_index);
}

// Fires where and only where a weight is outside of the region by more than 2^-48; the asset named is the one furthest beyond, or
// nearest to its edge.
TEST_CASE("optimal_band: random looks, against each asset's own region") {
    std::mt19937_64 rng{17};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    int fired = 0;
    int quiet = 0;
    for (const std::size_t n : ballast_test::look_sizes)
        for (int round = 0; round < 60; ++round) {
            test_look l = ballast_test::random_look(rng, n, {.spread = 0.02, .round_to = round % 4 == 0 ? 0.05 : 0.0});
            std::vector<double> gamma(n), rate(n), sell(n), drift(n), sigma(n), fixed(n);
            for (std::size_t i = 0; i < n; ++i) {
                gamma[i] = 0.5 + 5.0 * unit(rng);
                rate[i] = 0.01 * unit(rng);
                sell[i] = 0.03 * unit(rng);
                sigma[i] = 0.1 + 0.4 * unit(rng);
                drift[i] = gamma[i] * sigma[i] * sigma[i] * (l.target[i] + 0.05 * (unit(rng) - 0.5));
                fixed[i] = unit(rng);
            }
            l.volatility(sigma);
            optimal_band b{.risk_aversion = gamma, .rate = rate, .sell = sell};
            if (round % 2 == 0) b.drift = drift;
            if (round % 3 == 0) b.method = region_method::expansion;
            if (round % 6 == 0) b.fixed = fixed;
            REQUIRE_FALSE(b.validate());
            REQUIRE(b.covers(n));
            const auto box = ballast_test::region(b, l);
            double most = -infinity;
            bool outside = false;
            bool same = true;
            for (std::size_t i = 0; i < n; ++i) {
                const bool own = round % 2 == 0 && l.target[i] != 0.0;
                const growth_problem p{.target = own ? drift[i] / (gamma[i] * sigma[i] * sigma[i]) : l.target[i],
                                       .risk_aversion = gamma[i],
                                       .buy = rate[i],
                                       .sell = sell[i],
                                       .fixed = round % 6 == 0 ? fixed[i] / l.value : 0.0};
                const optimal_region r = round % 3 == 0 ? expanded_region(p) : exact_region(p);
                const double lower = std::fmin(r.lower, l.target[i]);
                const double upper = std::fmax(r.upper, l.target[i]);
                const double w = l.weight[i];
                most = std::fmax(most, l.drift[i] > 0.0 ? w - upper : lower - w);
                outside = outside || w - box.upper[i] > tolerance || box.lower[i] - w > tolerance;
                same = same && std::fabs(box.upper[i] - upper) < 1e-12 && std::fabs(box.lower[i] - lower) < 1e-12;
            }
            const firing f = b.check(l);
            (f.fired ? fired : quiet) += n > 0 ? 1 : 0;
            if (f.fired != outside || !same || (std::fabs(most) > 1e-12 && f.fired != (most > 0.0)) ||
                (n > 0 && std::fabs(f.margin() - most) > 1e-12)) {
                CAPTURE(n, round, f.measure, f.threshold, most);
                CHECK(f.fired == outside);
                CHECK(same);
                FAIL("optimal_band and the regions differ");
            }
        }
    CHECK(fired > 100);
    CHECK(quiet > 100);
}

TEST_CASE("optimal_band: the same numbers in a row, or apart, have the same bits") {
    const optimal_band b{.risk_aversion = 3.0, .rate = 0.001};
    const test_look l{{0.2, 0.2, 0.1, 0.2}, {0.2, 0.2, 0.3, 0.2}};
    const auto box = ballast_test::region(b, l);
    for (const std::size_t i : {1u, 3u}) {
        CHECK(box.lower[i] == box.lower[0]);
        CHECK(box.upper[i] == box.upper[0]);
    }
    CHECK(b.check(l).asset == 2);
    CHECK(b.check(test_look{{0.2, 0.2}, {0.2, 0.2}}).asset == 0);  // the first of equals
}

TEST_CASE("optimal_band: in a rebalancer, trades end at the edge and the next look is quiet") {
    keeper k{rebalancer{optimal_band{.risk_aversion = 2.0, .rate = 0.005}, cost::proportional{.rate = 0.005}, solver::to_band{}},
             {.assets = 1}};
    const std::vector<double> price{100.0}, target{1.0 / 3.0}, quantity{50.0};
    REQUIRE_FALSE(k.observe({.price = price}));
    const decision& d = k.propose({.cash = 5000.0, .quantity = quantity}, target);
    REQUIRE(d.outcome == outcome::trade);
    REQUIRE(d.orders.size() == 1);
    // Half of the book is in the asset; after the costs its weight is that of the edge.
    const double sold = -d.orders[0].quantity;
    const double position = (50.0 - sold) * 100.0;
    CHECK(position / (10000.0 - 0.005 * sold * 100.0) == Approx(0.390894868615).epsilon(1e-9));
    const std::vector<double> after{50.0 - sold};
    CHECK(k.propose({.cash = 5000.0 + sold * 100.0 * 0.995, .quantity = after}, target).outcome == outcome::hold);
}

TEST_CASE("optimal_band: a drift asks for an estimator") {
    const optimal_band b{.risk_aversion = 2.0, .rate = 0.005, .drift = 0.06};
    const auto check = [&](const auto&... more) {
        return rebalancer<optimal_band, cost::proportional, solver::to_target, std::remove_cvref_t<decltype(more)>...>::check(
            b, cost::proportional{.rate = 0.005}, solver::to_target{}, more...);
    };
    CHECK(std::string{check().parameter} == "policy.needs");
    CHECK_FALSE(check(risk::given{}));
    CHECK(any_trigger{b}.runtime_needs() == risk_need::volatility);
    const test_look l = test_look{{0.4}, {1.0 / 3.0}}.volatility({0.3});
    CHECK(any_trigger{b}.has_region());
    CHECK_FALSE(any_trigger{optimal_band{.risk_aversion = 2.0, .rate = 0.005}}.runtime_needs() != risk_need::nothing);
    CHECK(l.assets() == 1);
}

TEST_CASE("optimal_band: bad parameters are refused with parameter, value and range") {
    const auto text = [](const optimal_band& b) -> std::string {
        const configuration_fault f = b.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    const auto with = [](auto change) {
        optimal_band b{.risk_aversion = 2.0, .rate = 0.005};
        change(b);
        return b;
    };
    CHECK(text(with([](auto&) {})).empty());
    CHECK(text({.rate = 0.005}) == "ballast: optimal_band.risk_aversion = 0: has to be given: 1 for logarithmic utility, 2 to 10 often");
    CHECK(text({.risk_aversion = 2.0}) == "ballast: optimal_band.rate = 0: has to be given: what a trade costs, as a share of it");
    for (const double bad : {-1.0, 0.0, infinity, not_a_number})
        CHECK_THAT(text(with([&](auto& b) { b.risk_aversion = bad; })),
                   StartsWith("ballast: optimal_band.risk_aversion = ") && EndsWith("must be a finite number above 0"));
    for (const double bad : {-0.01, 1.0, infinity, not_a_number}) {
        CHECK_THAT(text(with([&](auto& b) { b.rate = bad; })),
                   StartsWith("ballast: optimal_band.rate = ") && EndsWith("must be a fraction at or above 0 and below 1"));
        CHECK_THAT(text(with([&](auto& b) {
                       b.sell = {0.001, bad};
                   })),
                   StartsWith("ballast: optimal_band.sell = ") && EndsWith("must be a fraction at or above 0 and below 1"));
    }
    for (const double bad : {infinity, not_a_number})
        CHECK_THAT(text(with([&](auto& b) { b.drift = bad; })),
                   StartsWith("ballast: optimal_band.drift = ") && EndsWith("must be a finite return per year"));
    CHECK(text(with([](auto& b) { b.drift = -0.02; })).empty());
    for (const double bad : {-1.0, infinity, not_a_number})
        CHECK_THAT(text(with([&](auto& b) { b.fixed = bad; })),
                   StartsWith("ballast: optimal_band.fixed = ") && EndsWith("must be an amount at or above 0"));
    CHECK(text(with([](auto& b) { b.fixed = 5.0; })) ==
          "ballast: optimal_band.fixed = 5: must be 0 where the method is exact; set it to expansion");
    CHECK(text(with([](auto& b) { b.fixed = 5.0, b.method = region_method::expansion; })).empty());
    for (const std::size_t n : {0u, 1u, 2u, 3u}) {
        CHECK(with([](auto&) {}).covers(n));
        for (int which = 0; which < 5; ++which)
            CHECK(with([&](auto& b) {
                      per_asset* const lists[] = {&b.risk_aversion, &b.rate, &b.sell, &b.drift, &b.fixed};
                      *lists[which] = {0.1, 0.2};
                  }).covers(n) == (n == 2));
    }
}
