#include <ballast/target/maximum_sharpe.hpp>

#include "support/best_weights.hpp"
#include "support/same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::target::maximum_sharpe;
using test::answered;
using test::infinite;
using test::numbers;
using test::risky_look;

static_assert(target_policy<maximum_sharpe> && std::is_aggregate_v<maximum_sharpe>);
static_assert(detail::need_of<maximum_sharpe>() == risk_need::covariance && !detail::transforms<maximum_sharpe>());

namespace {

struct point {
    double gain = 0.0, variance = 0.0;
    [[nodiscard]] double ratio() const { return gain / std::sqrt(variance); }
};
point point_of(const numbers& alpha, const risky_look& l, const numbers& w) { return {test::gain_of(alpha, w), test::variance_of(l, w)}; }
numbers returns_of(const per_asset& alpha, std::size_t n) {
    numbers each(n);
    for (std::size_t i = 0; i < n; ++i) each[i] = alpha[i];
    return each;
}

/// The best ratio: w is the best of its own mean and variance.
answered check(const maximum_sharpe& p, const risky_look& l, double to = 1e-10) {
    answered a{p, l};
    CAPTURE(static_cast<int>(a.fault.code), a.fault.value);
    REQUIRE_FALSE(a.fault);
    const numbers alpha = returns_of(p.expected_return, l.size());
    const point at = point_of(alpha, l, a.w);
    REQUIRE(at.gain > 0.0);
    CHECK(test::missed(l, test::question_of(p, l.size(), at.gain / at.variance, alpha), a) <= to);
    return a;
}

}  // namespace

TEST_CASE("maximum_sharpe: without limits it is the tangency portfolio") {
    std::mt19937_64 random{1};
    std::uniform_real_distribution<double> unit;
    std::size_t compared = 0;
    for (const std::size_t n : {1u, 2u, 5u, 20u, 32u})
        for (int k = 0; k < 6; ++k) {
            const numbers sigma = test::random_covariance(random, n, 3 * n + 5);
            numbers alpha(n);
            for (double& a : alpha) a = 0.2 * unit(random) - 0.03;
            const risky_look l{sigma};
            const numbers x = test::solution(sigma, alpha);
            double sum = 0.0;
            for (const double xi : x) sum += xi;
            const double cash = 0.5 * unit(random) - 0.2;
            const maximum_sharpe p{.expected_return = per_asset{alpha}, .lower = -infinite, .upper = infinite, .cash = cash};
            const answered a{p, l};
            CAPTURE(n, k, sum, static_cast<int>(a.fault.code));
            if (sum <= 0.0) {
                CHECK(a.fault);
                continue;
            }
            REQUIRE_FALSE(a.fault);
            double most = 0.0;
            for (const double xi : x) most = std::fmax(most, std::fabs(xi / sum));
            for (std::size_t i = 0; i < n; ++i) CHECK(a.w[i] == Approx((1.0 - cash) * x[i] / sum).epsilon(1e-9).margin(1e-10 * most));
            ++compared;
        }
    CHECK(compared > 15);
}

TEST_CASE("maximum_sharpe: by hand") {
    // Without correlations in proportion to return/variance.
    const answered a = check({.expected_return = {0.04, 0.09, 0.02}}, risky_look{{0.04, 0.0, 0.0, 0.0, 0.09, 0.0, 0.0, 0.0, 0.01}});
    CHECK(a.w[0] == Approx(0.25).epsilon(1e-12));
    CHECK(a.w[1] == Approx(0.25).epsilon(1e-12));
    CHECK(a.w[2] == Approx(0.5).epsilon(1e-12));
    const answered variances = check({.expected_return = {0.04, 0.09, 0.02}, .cash = 0.2},
                                     risky_look{{0.04, 0.0, 0.0, 0.0, 0.09, 0.0, 0.0, 0.0, 0.01}, test::shown::as_variances});
    CHECK(variances.w[2] == Approx(0.4).epsilon(1e-12));
    // One asset, and one that would be sold.
    CHECK(check({.expected_return = 0.05}, risky_look{{0.04}}).w[0] == Approx(1.0).epsilon(1e-14));
    const answered one = check({.expected_return = {0.05, -0.02}}, risky_look{{0.04, 0.0, 0.0, 0.01}});
    CHECK(one.w[0] == Approx(1.0).epsilon(1e-12));
    CHECK(one.w[1] == 0.0);
    // The return of the least variance is below 0: it begins at the other end.
    const answered far = check({.expected_return = {0.05, -0.02}, .upper = 0.7}, risky_look{{0.4, 0.0, 0.0, 0.01}});
    CHECK(far.w[0] == Approx(0.7).epsilon(1e-12));
    // Ties: any of the best will do, and it is the same in every run.
    const answered tie = check({.expected_return = 0.05, .upper = 0.8}, risky_look{{0.04, 0.04, 0.04, 0.04}});
    CHECK(tie.w[0] + tie.w[1] == Approx(1.0).epsilon(1e-12));
}

TEST_CASE("maximum_sharpe: where there is no best ratio it is told") {
    const risky_look l{{0.04, 0.0, 0.0, 0.09}};
    const auto fault_of = [&](const maximum_sharpe& p) { return answered{p, l}.fault; };
    const fault none = fault_of({.expected_return = {-0.01, -0.03}});
    CHECK(none.code == fault_code::no_positive_return);
    CHECK(none.value == Approx(-0.01));
    CHECK(fault_of({.expected_return = 0.0}).code == fault_code::no_positive_return);
    CHECK(fault_of({.expected_return = 0.05, .cash = 1.0}).code == fault_code::no_positive_return);
    const fault far = fault_of({.expected_return = {0.05, -0.03}, .upper = {0.3, 1.0}});
    CHECK(far.code == fault_code::no_positive_return);
    CHECK(far.value == Approx(0.3 * 0.05 - 0.7 * 0.03));
    // Riskless assets with a return.
    for (const auto how : {test::shown::as_variances, test::shown::as_factors}) {
        const risky_look safe{{0.04, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.09}, how};
        const fault f = answered(maximum_sharpe{.expected_return = {0.05, 0.01, 0.03}}, safe).fault;
        CHECK(f.code == fault_code::riskless_return);
        CHECK(f.value == Approx(0.01));
        // One whose return is that of cash takes no part in it: whatever is held of it, the ratio is that of the others.
        const answered neutral{maximum_sharpe{.expected_return = {0.05, 0.0, 0.03}}, safe};
        REQUIRE_FALSE(neutral.fault);
        CHECK(neutral.w[0] / neutral.w[2] == Approx((0.05 / 0.04) / (0.03 / 0.09)).epsilon(1e-9));
    }
    // A perfect hedge.
    CHECK(answered(maximum_sharpe{.expected_return = {0.05, 0.01}}, risky_look{{0.04, -0.04, -0.04, 0.04}}).fault.code ==
          fault_code::riskless_return);
    // Without bounds, where the tangency is at the other branch of the frontier.
    CHECK(answered(maximum_sharpe{.expected_return = {0.05, -0.2}, .lower = -infinite, .upper = infinite}, l).fault);
    CHECK(fault_of({.expected_return = 0.05, .upper = 0.4}).code == fault_code::sum_out_of_reach);
    CHECK(fault_of({.expected_return = 0.05, .groups = {{.group_of = {0, 0}, .groups = {{.upper = 0.5}}}}}).code ==
          fault_code::limits_contradict);
}

TEST_CASE("maximum_sharpe: twenty stocks, to 1e-10 of every condition") {
    const test::stocks s;
    if (s.n == 0) return;
    for (const test::shown how : {test::shown::as_factors, test::shown::dense}) {
        const risky_look l{s.sigma, how};
        const per_asset alpha{s.mean};
        const answered free = check({.expected_return = alpha}, l);
        double best = point_of(s.mean, l, free.w).ratio();
        // No weights at random are better.
        std::mt19937_64 random{3};
        std::exponential_distribution<double> part;
        for (int k = 0; k < 2000; ++k) {
            numbers w(s.n);
            double sum = 0.0;
            for (std::size_t i = 0; i < s.n; ++i) sum += w[i] = std::pow(part(random), 3.0) * (k % 2 == 0 ? 1.0 : 0.05 + free.w[i]);
            for (double& x : w) x /= sum;
            CHECK(point_of(s.mean, l, w).ratio() <= best * (1.0 + 1e-12));
        }
        check({.expected_return = alpha, .upper = 0.1}, l);
        check({.expected_return = alpha, .lower = 0.01, .upper = 0.15, .cash = 0.05}, l);
        check({.expected_return = alpha, .lower = -0.2, .upper = 0.3}, l);
        check({.expected_return = alpha, .lower = -infinite, .upper = infinite}, l);
        solver::group_limits sectors{
            .groups = {{.name = "tech", .lower = 0.2}, {.name = "shops", .upper = 0.15}, {.name = "banks", .lower = 0.05, .upper = 0.1}}};
        for (std::size_t i = 0; i < s.n; ++i) sectors.group_of.push_back(static_cast<std::uint32_t>(i % 4));
        check({.expected_return = alpha, .groups = {sectors}}, l);
        check({.expected_return = alpha, .upper = 0.12, .groups = {sectors}}, l);
    }
}

TEST_CASE("maximum_sharpe: random covariances, returns, bounds, groups and sums") {
    std::mt19937_64 random{4};
    std::uniform_real_distribution<double> unit;
    std::size_t solved = 0, contradicted = 0, hopeless = 0, riskless = 0;
    for (int k = 0; k < 400; ++k) {
        const std::size_t n = 1 + random() % 20;
        const risky_look l{test::draw_sigma(random, n), k % 2 == 0 ? test::shown::dense : test::shown::as_factors};
        numbers alpha(n);
        const double level = 0.15 * unit(random) - 0.05;
        for (double& a : alpha) a = level + 0.1 * (unit(random) - 0.5);
        if (unit(random) < 0.1) alpha.assign(n, alpha[0]);
        maximum_sharpe p{.expected_return = per_asset{alpha}};
        test::draw_limits(random, n, p);
        const answered a{p, l};
        CAPTURE(k, n, static_cast<int>(a.fault.code), a.fault.value);
        switch (a.fault.code) {
            case fault_code::none: {
                const point at = point_of(alpha, l, a.w);
                REQUIRE(at.gain > 0.0);
                CHECK(test::missed(l, test::question_of(p, n, at.gain / at.variance, alpha), a) <= 1e-10);
                ++solved;
                break;
            }
            case fault_code::limits_contradict:
            case fault_code::sum_out_of_reach: ++contradicted; break;
            case fault_code::no_positive_return: ++hopeless; break;
            case fault_code::riskless_return: ++riskless; break;
            default: CHECK(a.fault.code == fault_code::none);
        }
    }
    CAPTURE(solved, contradicted, hopeless, riskless);
    CHECK(solved > 150);
    CHECK(contradicted > 30);
    CHECK(hopeless > 10);
    CHECK(riskless > 3);
}

TEST_CASE("maximum_sharpe: all layouts give the weights of the same covariance, and warm or cold the same bits") {
    std::mt19937_64 random{5};
    std::normal_distribution<double> noise;
    const std::size_t n = 30, k = 3;
    numbers specific(n), loadings(n * k), omega(k * k), sigma(n * n), alpha(n);
    for (double& d : specific) d = 0.01 + 0.05 * std::fabs(noise(random));
    for (double& f : loadings) f = 1.0 + 0.5 * noise(random);
    for (double& a : alpha) a = 0.04 + 0.04 * noise(random);
    for (std::size_t a = 0; a < k; ++a)
        for (std::size_t b = 0; b < k; ++b) omega[a * k + b] = a == b ? 0.03 : 0.005;
    const risk_view view{
        .layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega};
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) sigma[i * n + j] = view.covariance(i, j);
    const maximum_sharpe p{.expected_return = per_asset{alpha}, .upper = 0.2};
    const risky_look by_factors{n, view}, another{test::random_covariance(random, n, 20)};
    const answered a = check(p, by_factors), b = check(p, risky_look{sigma}), c = check(p, risky_look{sigma, test::shown::dense});
    for (std::size_t i = 0; i < n; ++i) CHECK(a.w[i] == Approx(b.w[i]).epsilon(1e-8).margin(1e-10));
    for (std::size_t i = 0; i < n; ++i) CHECK(a.w[i] == Approx(c.w[i]).epsilon(1e-8).margin(1e-10));
    target_scratch warm;
    p.prepare(warm, {.assets = 50});
    numbers x(n);
    for (int round = 0; round < 3; ++round) {
        (void)p.weights(another(), warm, x);
        REQUIRE_FALSE(p.weights(by_factors(), warm, x));
        CHECK(test::same_bits(std::span<const double>{x}, std::span<const double>{a.w}));
    }
}

TEST_CASE("maximum_sharpe: faults of the estimate and of the scratch, and bad parameters") {
    const risky_look two{{0.04, 0.0, 0.0, 0.09}};
    numbers out(2);
    target_scratch none;
    CHECK(maximum_sharpe{.expected_return = 0.05}.weights(two(), none, out).code == fault_code::not_prepared);
    CHECK(answered(maximum_sharpe{.expected_return = 0.05, .estimator = 1}, two).fault.code == fault_code::risk_not_ready);
    CHECK(answered(maximum_sharpe{.expected_return = 0.05, .factors = 1}, two).fault.code == fault_code::too_many_factors);
    CHECK_FALSE(answered(maximum_sharpe{.expected_return = 0.05}, risky_look{numbers{}}).fault);
    using test::refusal;
    CHECK(refusal(maximum_sharpe{}) == "ballast: maximum_sharpe.expected_return = 0: has to be given: a finite return per year");
    CHECK(refusal(maximum_sharpe{.expected_return = 0.05}).empty());
    CHECK(refusal(maximum_sharpe{.expected_return = {0.05, std::nan("")}}) ==
          "ballast: maximum_sharpe.expected_return = nan: must be a finite return per year");
    CHECK(refusal(maximum_sharpe{.expected_return = 0.05, .cash = -infinite}) ==
          "ballast: maximum_sharpe.cash = -inf: must be a share at or below 1; below 0 it is borrowed");
    CHECK(maximum_sharpe{.expected_return = {0.05, 0.06}}.covers(2));
    CHECK_FALSE(maximum_sharpe{.expected_return = {0.05, 0.06}}.covers(3));
}
