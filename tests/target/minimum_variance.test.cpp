#include <ballast/target/minimum_variance.hpp>

#include <ballast/any/target.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/given_covariance.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/best_weights.hpp"
#include "support/same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::target::minimum_variance;
using test::answered;
using test::infinite;
using test::numbers;
using test::risky_look;

static_assert(target_policy<minimum_variance> && std::is_aggregate_v<minimum_variance>);
static_assert(detail::need_of<minimum_variance>() == risk_need::covariance && !detail::transforms<minimum_variance>());

namespace {

/// Within its limits; checked to 1e-10.
void check(const minimum_variance& p, const risky_look& l, double to = 1e-10) {
    const answered a{p, l};
    CAPTURE(static_cast<int>(a.fault.code), a.fault.value);
    REQUIRE_FALSE(a.fault);
    CHECK(test::missed(l, test::question_of(p, l.size(), 1.0, {}), a) <= to);
}

}  // namespace

TEST_CASE("minimum_variance: without limits it is the inverse of the covariances times ones") {
    std::mt19937_64 random{1};
    for (const std::size_t n : {1u, 2u, 5u, 20u, 32u}) {
        const numbers sigma = test::random_covariance(random, n, 3 * n + 5);
        const risky_look l{sigma};
        const numbers x = test::solution(sigma, numbers(n, 1.0));
        double sum = 0.0;
        for (const double xi : x) sum += xi;
        for (const double cash : {0.0, 0.25, -0.5}) {
            const answered a{minimum_variance{.lower = -infinite, .upper = infinite, .cash = cash}, l};
            REQUIRE_FALSE(a.fault);
            for (std::size_t i = 0; i < n; ++i) CHECK(a.w[i] == Approx((1.0 - cash) * x[i] / sum).epsilon(1e-10).margin(1e-11));
        }
    }
}

TEST_CASE("minimum_variance: two assets by hand") {
    // w1 = (s2^2 - c)/(s1^2 + s2^2 - 2c)
    const answered a{minimum_variance{}, risky_look{{0.04, 0.006, 0.006, 0.09}}};
    REQUIRE_FALSE(a.fault);
    CHECK(a.w[0] == Approx(0.084 / 0.118).epsilon(1e-13));
    CHECK(a.w[1] == Approx(0.034 / 0.118).epsilon(1e-13));
    // A correlation above s1/s2: all of the safer one.
    const answered corner{minimum_variance{}, risky_look{{0.04, 0.05, 0.05, 0.09}}};
    CHECK((corner.w[0] == 1.0 && corner.w[1] == 0.0));
    const answered sold{minimum_variance{.lower = -0.1, .upper = 2.0}, risky_look{{0.04, 0.05, 0.05, 0.09}}};
    CHECK(sold.w[0] == Approx(1.1).epsilon(1e-12));
    CHECK(sold.w[1] == -0.1);
}

TEST_CASE("minimum_variance: variances alone give weights in proportion to 1/variance") {
    const answered a{minimum_variance{.cash = 0.1},
                     risky_look{{0.01, 0.0, 0.0, 0.0, 0.04, 0.0, 0.0, 0.0, 0.02}, test::shown::as_variances}};
    REQUIRE_FALSE(a.fault);
    CHECK(a.w[0] == Approx(0.9 * 4.0 / 7.0).epsilon(1e-14));
    CHECK(a.w[1] == Approx(0.9 * 1.0 / 7.0).epsilon(1e-14));
    CHECK(a.w[2] == Approx(0.9 * 2.0 / 7.0).epsilon(1e-14));
}

TEST_CASE("minimum_variance: twenty stocks, to 1e-10 of every condition") {
    const test::stocks s;
    if (s.n == 0) return;
    for (const test::shown how : {test::shown::as_factors, test::shown::dense}) {
        const risky_look l{s.sigma, how};
        check({}, l);
        check({.upper = 0.1}, l);
        check({.lower = 0.01, .upper = 0.15, .cash = 0.05}, l);
        check({.lower = -0.2, .upper = 0.3}, l);
        check({.lower = -infinite, .upper = infinite}, l);
        solver::group_limits sectors{
            .groups = {{.name = "tech", .lower = 0.2}, {.name = "shops", .upper = 0.15}, {.name = "banks", .lower = 0.05, .upper = 0.1}}};
        for (std::size_t i = 0; i < s.n; ++i) sectors.group_of.push_back(static_cast<std::uint32_t>(i % 4));
        check({.groups = {sectors}}, l);
        check({.upper = 0.12, .groups = {sectors}}, l);
        numbers beta;
        for (std::size_t i = 0; i < s.n; ++i) beta.push_back(0.5 + 0.05 * static_cast<double>(i));
        check({.upper = 0.2, .limits = {{.name = "beta", .coefficient = per_asset{beta}, .lower = 1.1, .upper = 1.2}}, .groups = {sectors}},
              l);
    }
}

TEST_CASE("minimum_variance: random covariances, also singular ones, bounds, groups and sums") {
    std::mt19937_64 random{2};
    std::size_t solved = 0, none = 0;
    for (int k = 0; k < 400; ++k) {
        const std::size_t n = 1 + random() % 20;
        const numbers sigma = test::draw_sigma(random, n);
        minimum_variance p;
        test::draw_limits(random, n, p);
        REQUIRE_FALSE(p.validate());
        REQUIRE(p.covers(n));
        const risky_look l{sigma, k % 2 == 0 ? test::shown::dense : test::shown::as_factors};
        const answered a{p, l};
        CAPTURE(k, n, static_cast<int>(a.fault.code), a.fault.value);
        if (a.fault) {
            CHECK((a.fault.code == fault_code::limits_contradict || a.fault.code == fault_code::sum_out_of_reach));
            ++none;
            continue;
        }
        CHECK(test::missed(l, test::question_of(p, n, 1.0, {}), a) <= 1e-10);
        ++solved;
    }
    CAPTURE(solved, none);
    CHECK(solved > 200);
    CHECK(none > 30);
}

TEST_CASE("minimum_variance: groups alone, without bounds") {
    std::mt19937_64 random{7};
    std::uniform_real_distribution<double> unit;
    for (int k = 0; k < 100; ++k) {
        const std::size_t n = 6 + random() % 14;
        minimum_variance p{.lower = -infinite, .upper = infinite};
        // What is in no group makes up for the sum.
        solver::group_limits g{.groups = {{.upper = 0.5 * unit(random)}, {.lower = unit(random) - 0.5}, {.lower = 0.1, .upper = 0.1}}};
        for (std::size_t i = 0; i < n; ++i) g.group_of.push_back(static_cast<std::uint32_t>(i % 4));
        p.groups.push_back(g);
        const risky_look l{test::random_covariance(random, n, 3 * n), k % 2 == 0 ? test::shown::dense : test::shown::as_factors};
        check(p, l);
    }
}

TEST_CASE("minimum_variance: all layouts give the weights of the same covariance") {
    std::mt19937_64 random{3};
    std::normal_distribution<double> noise;
    for (const std::size_t n : {4u, 12u, 40u}) {
        const std::size_t k = 3;
        numbers specific(n), loadings(n * k), omega(k * k), sigma(n * n);
        for (double& d : specific) d = 0.01 + 0.05 * std::fabs(noise(random));
        for (double& f : loadings) f = 1.0 + 0.5 * noise(random);
        for (std::size_t a = 0; a < k; ++a)
            for (std::size_t b = 0; b < k; ++b) omega[a * k + b] = a == b ? 0.03 : 0.005;
        const risk_view view{
            .layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega};
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) sigma[i * n + j] = view.covariance(i, j);
        const minimum_variance p{.upper = 0.3, .factors = 40};
        const answered a{p, risky_look{n, view}}, b{p, risky_look{sigma}}, c{p, risky_look{sigma, test::shown::dense}};
        REQUIRE_FALSE(a.fault);
        REQUIRE_FALSE(b.fault);
        REQUIRE_FALSE(c.fault);
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(a.w[i] == Approx(b.w[i]).epsilon(1e-9).margin(1e-11));
            CHECK(a.w[i] == Approx(c.w[i]).epsilon(1e-9).margin(1e-11));
        }
    }
}

TEST_CASE("minimum_variance: limits that leave no weights are told") {
    const risky_look l{{0.04, 0.0, 0.0, 0.0, 0.09, 0.0, 0.0, 0.0, 0.01}};
    const auto fault_of = [&](const minimum_variance& p) { return answered{p, l}.fault; };
    const fault low = fault_of({.upper = 0.3});
    CHECK(low.code == fault_code::sum_out_of_reach);
    CHECK(low.value == Approx(-0.1));
    const fault high = fault_of({.lower = 0.4});
    CHECK(high.code == fault_code::sum_out_of_reach);
    CHECK(high.value == Approx(0.2));
    // Just reached, but for rounding.
    const answered third{minimum_variance{.upper = 1.0 / 3.0}, l};
    CHECK_FALSE(third.fault);
    CHECK(third.w == numbers(3, 1.0 / 3.0));
    const answered tenth{minimum_variance{.lower = 0.1, .upper = 0.1, .cash = 0.7}, l};
    CHECK_FALSE(tenth.fault);
    CHECK(tenth.w == numbers(3, 0.1));
    // Two groups of which one has to be larger than the other allows.
    const fault groups =
        fault_of({.groups = {{.group_of = {0, 0, 1}, .groups = {{.name = "a", .upper = 0.3}, {.name = "b", .upper = 0.6}}}}});
    CHECK(groups.code == fault_code::limits_contradict);
    CHECK(groups.index == 0);
    const fault second = fault_of({.upper = 0.4,
                                   .limits = {{.name = "net", .lower = 0.0, .upper = 2.0}},
                                   .groups = {{.group_of = {0, 0, 1}, .groups = {{.name = "a", .lower = 0.9}, {.name = "b"}}}}});
    CHECK(second.code == fault_code::limits_contradict);
    CHECK(second.index == 1);
    CHECK(fault_of({.limits = {{.name = "net", .upper = 0.9}}}).code == fault_code::limits_contradict);
    CHECK_FALSE(fault_of({.limits = {{.name = "net", .upper = 1.0}}}));
}

TEST_CASE("minimum_variance: nothing invested, no assets, assets without risk") {
    const answered none{minimum_variance{.cash = 1.0}, risky_look{{0.04, 0.0, 0.0, 0.09}}};
    CHECK_FALSE(none.fault);
    CHECK(none.w == numbers{0.0, 0.0});
    CHECK_FALSE(answered(minimum_variance{}, risky_look{numbers{}}).fault);
    for (const auto how : {test::shown::as_variances, test::shown::as_factors}) {
        const answered riskless{minimum_variance{}, risky_look{{0.04, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.09}, how}};
        CHECK_FALSE(riskless.fault);
        CHECK(riskless.w[1] == Approx(1.0).epsilon(1e-12));
        const answered nothing{minimum_variance{.upper = 0.6}, risky_look{numbers(9, 0.0), how}};
        CHECK_FALSE(nothing.fault);
        CHECK(nothing.w[0] + nothing.w[1] + nothing.w[2] == Approx(1.0).epsilon(1e-14));
    }
}

TEST_CASE("minimum_variance: warm or cold, the same bits") {
    std::mt19937_64 random{4};
    const risky_look a{test::random_covariance(random, 20, 60)}, b{test::random_covariance(random, 20, 15)};
    const minimum_variance p{.upper = 0.2};
    const risky_look c{test::random_covariance(random, 20, 60), test::shown::dense};
    const answered first{p, a};
    REQUIRE_FALSE(first.fault);
    target_scratch warm;
    p.prepare(warm, {.assets = 50, .dense_risk = true});
    numbers x(20, 7.0);
    const answered of_matrix{p, c};
    for (int k = 0; k < 3; ++k) {
        REQUIRE_FALSE(p.weights(c(), warm, x));
        CHECK(test::same_bits(std::span<const double>{x}, std::span<const double>{of_matrix.w}));
        REQUIRE_FALSE(p.weights(b(), warm, x));
        REQUIRE_FALSE(p.weights(a(), warm, x));
        CHECK(test::same_bits(std::span<const double>{x}, std::span<const double>{first.w}));
    }
    target_scratch copy{warm};
    REQUIRE_FALSE(p.weights(a(), copy, x));
    CHECK(test::same_bits(std::span<const double>{x}, std::span<const double>{first.w}));
}

TEST_CASE("minimum_variance: faults of the estimate and of the scratch") {
    numbers out(2);
    const risky_look two{{0.04, 0.0, 0.0, 0.09}};
    target_scratch none;
    CHECK(minimum_variance{}.weights(two(), none, out).code == fault_code::not_prepared);
    minimum_variance{}.prepare(none, {.assets = 1});
    CHECK(minimum_variance{}.weights(two(), none, out).code == fault_code::not_prepared);
    CHECK(answered(minimum_variance{.factors = 1}, two).fault.code == fault_code::too_many_factors);
    const risky_look dense{{0.04, 0.0, 0.0, 0.09}, test::shown::dense};
    target_scratch for_factors;
    minimum_variance{}.prepare(for_factors, {.assets = 2});
    CHECK(minimum_variance{}.weights(dense(), for_factors, out).code == fault_code::not_prepared);
    minimum_variance{}.prepare(for_factors, {.assets = 2, .dense_risk = true});
    CHECK_FALSE(minimum_variance{}.weights(dense(), for_factors, out));
    CHECK(answered(minimum_variance{.estimator = 1}, two).fault.code == fault_code::risk_not_ready);
    const risk_view nothing{.layout = risk_layout::none, .ready = true};
    CHECK(answered(minimum_variance{}, risky_look{2, nothing}).fault.code == fault_code::risk_not_ready);
    const numbers variance{0.04, 0.09}, three{0.1, 0.1, 0.1}, minus{0.04, -0.01};
    const risk_view early{.layout = risk_layout::diagonal, .ready = false, .specific = variance};
    CHECK(answered(minimum_variance{}, risky_look{2, early}).fault.code == fault_code::risk_not_ready);
    const risk_view wrong{
        .layout = risk_layout::factor, .ready = true, .specific = variance, .loadings = variance, .factor_covariance = variance};
    CHECK(answered(minimum_variance{}, risky_look{2, wrong}).fault.code == fault_code::size_mismatch);
    const risk_view bad{.layout = risk_layout::diagonal, .ready = true, .specific = minus};
    const fault f = answered(minimum_variance{}, risky_look{2, bad}).fault;
    CHECK(f.code == fault_code::bad_risk);
    CHECK(f.index == 1);
    for (const auto how : {test::shown::dense, test::shown::as_factors})
        CHECK(answered(minimum_variance{}, risky_look{{0.04, -0.2, -0.2, 0.04}, how}).fault.code == fault_code::bad_risk);
}

TEST_CASE("minimum_variance: bad parameters are refused with parameter, value and range") {
    using test::refusal;
    CHECK(refusal(minimum_variance{}).empty());
    CHECK(refusal(minimum_variance{.lower = -infinite, .upper = infinite}).empty());
    CHECK(refusal(minimum_variance{.lower = 0.5, .upper = 0.4}) ==
          "ballast: minimum_variance.lower = 0.5: must be a weight or -infinity, and not above the upper bound");
    CHECK(refusal(minimum_variance{.lower = {0.1, 0.3}, .upper = 0.2}) ==
          "ballast: minimum_variance.lower = 0.3: must be a weight or -infinity, and not above the upper bound");
    CHECK(refusal(minimum_variance{.upper = -infinite}) == "ballast: minimum_variance.upper = -inf: must be a weight or infinity");
    CHECK(refusal(minimum_variance{.lower = per_asset{}}) ==
          "ballast: minimum_variance.lower = 0: has to be given: the smallest weight, or -infinity");
    CHECK(refusal(minimum_variance{.upper = per_asset{}}) ==
          "ballast: minimum_variance.upper = 0: has to be given: the largest weight, or infinity");
    CHECK(refusal(minimum_variance{.cash = 1.1}) ==
          "ballast: minimum_variance.cash = 1.1: must be a share at or below 1; below 0 it is borrowed");
    CHECK(refusal(minimum_variance{.limits = {{.lower = 1.0, .upper = 0.0}}}) ==
          "ballast: minimum_variance.limits = 1: must not have a lower bound above the upper one");
    CHECK(refusal(minimum_variance{.limits = {{.coefficient = infinite}}}) ==
          "ballast: minimum_variance.limits = inf: must have finite coefficients");
    CHECK(refusal(minimum_variance{.limits = {{.coefficient = per_asset{}}}}) ==
          "ballast: minimum_variance.limits = 0: must have coefficients");
    CHECK(refusal(minimum_variance{.groups = {{.group_of = {0}, .groups = {{.lower = infinite}}}}}) ==
          "ballast: minimum_variance.groups = inf: must have numbers as bounds; the lower may be -infinity, the upper infinity");
    CHECK(refusal(minimum_variance{.groups = {{.group_of = {0}, .groups = {{.active = true}}}}}) ==
          "ballast: minimum_variance.groups = 1: must be on the weights: there are no targets yet from which they could differ");
    CHECK(minimum_variance{.upper = {0.5, 0.5}}.covers(2));
    CHECK_FALSE(minimum_variance{.upper = {0.5, 0.5}}.covers(3));
    CHECK_FALSE(minimum_variance{.limits = {{.coefficient = {0.5, 0.5}}}}.covers(3));
    CHECK_FALSE(minimum_variance{.groups = {{.group_of = {0, 1}}}}.covers(3));
}

TEST_CASE("minimum_variance: a call from prices to orders, named and erased") {
    const auto keeps = [](auto target) {
        keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, target, risk::given_covariance{}},
                 {.assets = 2}};
        const numbers price{1.0, 1.0}, quantity{0.0, 0.0}, sigma{0.04, 0.006, 0.006, 0.09};
        REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price, .covariance = sigma}));
        const decision& d = k.propose({.cash = 100.0, .quantity = quantity});
        REQUIRE(d.outcome == outcome::trade);
        CHECK(d.weight_after()[0] == Approx(0.084 / 0.118));
        CHECK(d.weight_after()[1] == Approx(0.034 / 0.118));
    };
    keeps(minimum_variance{});
    keeps(any_target{minimum_variance{}});
}
