#include <ballast/target/mean_variance.hpp>

#include "support/best_weights.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::target::mean_variance;
using test::answered;
using test::infinite;
using test::numbers;
using test::risky_look;

static_assert(target_policy<mean_variance> && std::is_aggregate_v<mean_variance>);
static_assert(detail::need_of<mean_variance>() == risk_need::covariance && !detail::transforms<mean_variance>());

namespace {

numbers returns_of(const per_asset& alpha, std::size_t n) {
    numbers each(n);
    for (std::size_t i = 0; i < n; ++i) each[i] = alpha[i];
    return each;
}
/// By how much its answer misses the conditions.
double missed(const mean_variance& p, const risky_look& l, const answered& a) {
    const numbers alpha = returns_of(p.expected_return, l.size());
    if (!(p.target_return > -infinite)) return test::missed(l, test::question_of(p, l.size(), p.risk_aversion, alpha), a);
    test::question q = test::question_of(p, l.size(), 1.0, {});
    q.rows.insert(q.rows.end(), alpha.begin(), alpha.end());
    q.row_lower.push_back(p.target_return);
    q.row_upper.push_back(infinite);
    return test::missed(l, q, a);
}
answered check(const mean_variance& p, const risky_look& l, double to = 1e-10) {
    answered a{p, l};
    CAPTURE(static_cast<int>(a.fault.code), a.fault.value, p.target_return);
    REQUIRE_FALSE(a.fault);
    CHECK(missed(p, l, a) <= to);
    return a;
}

}  // namespace

TEST_CASE("mean_variance: without limits it is the inverse of the covariances times what is left of the returns") {
    std::mt19937_64 random{1};
    std::uniform_real_distribution<double> unit;
    for (const std::size_t n : {1u, 2u, 5u, 20u, 32u}) {
        const numbers sigma = test::random_covariance(random, n, 3 * n + 5);
        numbers alpha(n);
        for (double& a : alpha) a = 0.2 * unit(random) - 0.05;
        const risky_look l{sigma};
        const numbers of_return = test::solution(sigma, alpha), of_ones = test::solution(sigma, numbers(n, 1.0));
        const double all_return = test::gain_of(of_return, numbers(n, 1.0)), all_ones = test::gain_of(of_ones, numbers(n, 1.0));
        for (const double gamma : {0.5, 3.0, 50.0}) {
            const answered a{
                mean_variance{
                    .expected_return = per_asset{alpha}, .risk_aversion = gamma, .lower = -infinite, .upper = infinite, .cash = 0.1},
                l};
            REQUIRE_FALSE(a.fault);
            const double nu = (0.9 * gamma - all_return) / all_ones;
            double most = 1.0;
            for (std::size_t i = 0; i < n; ++i) most = std::fmax(most, std::fabs(a.w[i]));
            for (std::size_t i = 0; i < n; ++i)
                CHECK(a.w[i] == Approx((of_return[i] + nu * of_ones[i]) / gamma).epsilon(1e-9).margin(1e-11 * most));
        }
    }
}

TEST_CASE("mean_variance: two assets by hand") {
    // g·(s1^2 w - s2^2 (1 - w)) = a1 - a2
    const risky_look l{{0.04, 0.0, 0.0, 0.09}};
    CHECK(check({.expected_return = {0.05, 0.08}, .risk_aversion = 2.0}, l).w[0] == Approx((0.09 - 0.03 / 2.0) / 0.13).epsilon(1e-13));
    CHECK(check({.expected_return = {0.05, 0.08}, .risk_aversion = 0.1}, l).w[1] == Approx(1.0).epsilon(1e-13));
    // A return of 7 %: a third and two thirds; one that the least variance has already changes nothing.
    const answered seven = check({.expected_return = {0.05, 0.08}, .target_return = 0.07}, l);
    CHECK(seven.w[0] == Approx(1.0 / 3.0).epsilon(1e-12));
    const answered slack = check({.expected_return = {0.05, 0.08}, .target_return = 0.055}, l);
    CHECK(slack.w[0] == Approx(0.09 / 0.13).epsilon(1e-12));
    CHECK(check({.expected_return = {0.05, 0.08}, .target_return = 0.08}, l).w[1] == Approx(1.0).epsilon(1e-12));
    const fault far = answered(mean_variance{.expected_return = {0.05, 0.08}, .target_return = 0.081}, l).fault;
    CHECK(far.code == fault_code::return_out_of_reach);
    CHECK(far.value == Approx(0.08));
    const fault capped = answered(mean_variance{.expected_return = {0.05, 0.08}, .target_return = 0.075, .upper = 0.6}, l).fault;
    CHECK(capped.code == fault_code::return_out_of_reach);
    CHECK(capped.value == Approx(0.4 * 0.05 + 0.6 * 0.08));
    CHECK(answered(mean_variance{.expected_return = {0.05, 0.08}, .target_return = 0.06, .upper = 0.4}, l).fault.code ==
          fault_code::sum_out_of_reach);
    CHECK(answered(mean_variance{.expected_return = {0.05, 0.08},
                                 .target_return = 0.0,
                                 .groups = {{.group_of = {0, 0}, .groups = {{.upper = 0.5}}}}},
                   l)
              .fault.code == fault_code::limits_contradict);
}

TEST_CASE("mean_variance: twenty stocks along the frontier, to 1e-10 of every condition") {
    const test::stocks s;
    if (s.n == 0) return;
    for (const test::shown how : {test::shown::as_factors, test::shown::dense}) {
        const risky_look l{s.sigma, how};
        solver::group_limits sectors{
            .groups = {{.name = "tech", .lower = 0.2}, {.name = "shops", .upper = 0.15}, {.name = "banks", .lower = 0.05, .upper = 0.1}}};
        for (std::size_t i = 0; i < s.n; ++i) sectors.group_of.push_back(static_cast<std::uint32_t>(i % 4));
        for (mean_variance p : {mean_variance{}, mean_variance{.upper = 0.15}, mean_variance{.lower = -0.2, .upper = 0.3, .cash = 0.05},
                                mean_variance{.groups = {sectors}}, mean_variance{.upper = 0.12, .groups = {sectors}}}) {
            p.expected_return = per_asset{s.mean};
            p.target_return = -1.0;
            const answered least = check(p, l);
            p.target_return = 1e3;
            const fault beyond = answered(p, l).fault;
            REQUIRE(beyond.code == fault_code::return_out_of_reach);
            const double from = test::gain_of(s.mean, least.w), to = beyond.value;
            REQUIRE(to > from);
            double before = test::variance_of(l, least.w);
            for (int k = 1; k <= 20; ++k) {
                p.target_return = from + (to - from) * (k < 20 ? k / 20.0 : 1.0 - 1e-9);
                const answered a = check(p, l);
                CHECK(test::gain_of(s.mean, a.w) == Approx(p.target_return).epsilon(1e-11));
                const double now = test::variance_of(l, a.w);
                CHECK(now >= before);
                before = now;
                // The same point by its risk aversion, which is 1 over the price of the return.
                const double price = -a.memory().row_price[p.groups.size() * 3];
                CHECK(price > 0.0);
                mean_variance same = p;
                same.target_return = -infinite;
                same.risk_aversion = 1.0 / price;
                const answered b = check(same, l);
                if (k < 20)
                    for (std::size_t i = 0; i < s.n; ++i) CHECK(b.w[i] == Approx(a.w[i]).epsilon(1e-7).margin(1e-8));
            }
        }
    }
}

TEST_CASE("mean_variance: random covariances, returns, bounds, groups and sums") {
    std::mt19937_64 random{2};
    std::uniform_real_distribution<double> unit;
    std::size_t solved = 0, contradicted = 0, beyond = 0;
    for (int k = 0; k < 400; ++k) {
        const std::size_t n = 1 + random() % 20;
        const risky_look l{test::draw_sigma(random, n), k % 2 == 0 ? test::shown::dense : test::shown::as_factors};
        numbers alpha(n);
        for (double& a : alpha) a = 0.2 * (unit(random) - 0.3);
        mean_variance p{.expected_return = per_asset{alpha}, .risk_aversion = std::pow(10.0, 3.0 * unit(random) - 1.0)};
        if (unit(random) < 0.5) p.target_return = 0.15 * unit(random);
        test::draw_limits(random, n, p);
        REQUIRE_FALSE(p.validate());
        const answered a{p, l};
        CAPTURE(k, n, static_cast<int>(a.fault.code), a.fault.value);
        if (!a.fault) {
            CHECK(missed(p, l, a) <= 1e-10);
            ++solved;
        } else if (a.fault.code == fault_code::return_out_of_reach) {
            CHECK(a.fault.value < p.target_return);
            ++beyond;
        } else {
            CHECK((a.fault.code == fault_code::limits_contradict || a.fault.code == fault_code::sum_out_of_reach));
            ++contradicted;
        }
    }
    CAPTURE(solved, contradicted, beyond);
    CHECK(solved > 200);
    CHECK(contradicted > 30);
    CHECK(beyond > 10);
}

TEST_CASE("mean_variance: faults and bad parameters") {
    const risky_look two{{0.04, 0.0, 0.0, 0.09}};
    numbers out(2);
    target_scratch none;
    CHECK(mean_variance{.expected_return = 0.05}.weights(two(), none, out).code == fault_code::not_prepared);
    CHECK(answered(mean_variance{.expected_return = 0.05, .estimator = 1}, two).fault.code == fault_code::risk_not_ready);
    CHECK(answered(mean_variance{.expected_return = 0.05, .factors = 1}, two).fault.code == fault_code::too_many_factors);
    // A riskless return without bounds.
    CHECK(answered(mean_variance{.expected_return = {0.05, 0.01, 0.0}, .lower = -infinite, .upper = infinite},
                   risky_look{{0.04, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0}})
              .fault.code == fault_code::not_solved);
    using test::refusal;
    CHECK(refusal(mean_variance{}) == "ballast: mean_variance.expected_return = 0: has to be given: a finite return per year");
    CHECK(refusal(mean_variance{.expected_return = 0.05}).empty());
    CHECK(refusal(mean_variance{.expected_return = {0.05, infinite}}) ==
          "ballast: mean_variance.expected_return = inf: must be a finite return per year");
    CHECK(refusal(mean_variance{.expected_return = 0.05, .risk_aversion = 0.0}) ==
          "ballast: mean_variance.risk_aversion = 0: must be a number above 0");
    CHECK(refusal(mean_variance{.expected_return = 0.05, .target_return = infinite}) ==
          "ballast: mean_variance.target_return = inf: must be a return per year, or -infinity for none");
    CHECK(refusal(mean_variance{.expected_return = 0.05, .lower = 0.5, .upper = 0.4}) ==
          "ballast: mean_variance.lower = 0.5: must be a weight or -infinity, and not above the upper bound");
    CHECK(mean_variance{.expected_return = {0.05, 0.06}}.covers(2));
    CHECK_FALSE(mean_variance{.expected_return = {0.05, 0.06}}.covers(3));
    CHECK_FALSE(mean_variance{.expected_return = 0.05, .upper = {0.5, 0.5}}.covers(3));
}
