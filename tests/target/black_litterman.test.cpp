#include <ballast/target/black_litterman.hpp>

#include "support/best_weights.hpp"
#include "support/same_bits.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::target::black_litterman;
using ballast::target::view;
using test::answered;
using test::infinite;
using test::numbers;
using test::risky_look;

static_assert(target_policy<black_litterman> && std::is_aggregate_v<black_litterman> && std::is_aggregate_v<view>);
static_assert(detail::need_of<black_litterman>() == risk_need::covariance && detail::transforms<black_litterman>());

namespace {

numbers mean_of(const black_litterman& p, const risky_look& l) {
    target_scratch scratch;
    p.prepare(scratch, {.assets = l.size()});
    for (double& x : scratch.numbers) x = std::nan("");
    numbers out(l.size(), std::nan(""));
    REQUIRE_FALSE(p.expected_returns(l(), scratch, out));
    return out;
}
numbers times(const numbers& a, const numbers& x) {
    const std::size_t n = x.size();
    numbers y(n, 0.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) y[i] += a[i * n + j] * x[j];
    return y;
}
/// The inverse, column by column.
numbers inverse(const numbers& a, std::size_t n) {
    numbers out(n * n);
    for (std::size_t j = 0; j < n; ++j) {
        numbers one(n, 0.0);
        one[j] = 1.0;
        const numbers column = test::solution(a, one);
        for (std::size_t i = 0; i < n; ++i) out[i * n + j] = column[i];
    }
    return out;
}
void close_to(const numbers& a, const numbers& b, double within) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        CAPTURE(i, a[i], b[i]);
        CHECK(std::fabs(a[i] - b[i]) <= within);
    }
}

// He and Litterman 1999, The Intuition behind Black-Litterman Model Portfolios: tables 1 and 2; Australia, Canada, France, Germany, Japan, UK, USA.
numbers seven_countries() {
    const double volatility[] = {0.160, 0.203, 0.248, 0.271, 0.210, 0.200, 0.187};
    const double correlation[7][7] = {{1.000, 0.488, 0.478, 0.515, 0.439, 0.512, 0.491}, {0.488, 1.000, 0.664, 0.655, 0.310, 0.608, 0.779},
                                      {0.478, 0.664, 1.000, 0.861, 0.355, 0.783, 0.668}, {0.515, 0.655, 0.861, 1.000, 0.354, 0.777, 0.653},
                                      {0.439, 0.310, 0.355, 0.354, 1.000, 0.405, 0.306}, {0.512, 0.608, 0.783, 0.777, 0.405, 1.000, 0.652},
                                      {0.491, 0.779, 0.668, 0.653, 0.306, 0.652, 1.000}};
    numbers sigma;
    for (std::size_t i = 0; i < 7; ++i)
        for (std::size_t j = 0; j < 7; ++j) sigma.push_back(volatility[i] * volatility[j] * correlation[i][j]);
    return sigma;
}
const numbers world{0.016, 0.022, 0.052, 0.055, 0.116, 0.124, 0.615};
const view germany{.weight = {0.0, 0.0, -0.295, 1.0, 0.0, -0.705, 0.0}, .expected_return = 0.05};
const view canada{.weight = {0.0, 1.0, 0.0, 0.0, 0.0, 0.0, -1.0}, .expected_return = 0.03};

}  // namespace

TEST_CASE("black_litterman: the seven countries of He and Litterman 1999") {
    risky_look l{seven_countries()};
    l.give(world);
    const black_litterman none{.posterior_covariance = true};
    close_to(mean_of(none, l), {0.039, 0.069, 0.084, 0.090, 0.043, 0.068, 0.076}, 0.00051);
    // Table 4: Germany outperforms the rest of Europe by 5 %.
    const black_litterman one{.views = {germany}, .posterior_covariance = true};
    close_to(mean_of(one, l), {0.043, 0.076, 0.093, 0.110, 0.045, 0.070, 0.081}, 0.00051);
    const answered a{one, l};
    REQUIRE_FALSE(a.fault);
    close_to(a.w, {0.015, 0.021, -0.040, 0.354, 0.110, -0.095, 0.586}, 0.00101);
    // The same with the error of the view as it is printed there: omega/tau of 0.021.
    black_litterman printed = one;
    printed.views[0].variance = 0.05 * 0.021;
    close_to(answered(printed, l).w, {0.015, 0.021, -0.040, 0.354, 0.110, -0.095, 0.586}, 0.003);  // that has two digits
    // Table 5: and Canada outperforms the USA by 3 %.
    const black_litterman two{.views = {germany, canada}, .posterior_covariance = true};
    close_to(mean_of(two, l), {0.044, 0.087, 0.095, 0.112, 0.046, 0.070, 0.075}, 0.00051);
    const answered b{two, l};
    REQUIRE_FALSE(b.fault);
    close_to(b.w, {0.015, 0.419, -0.034, 0.336, 0.110, -0.082, 0.188}, 0.00101);
}

TEST_CASE("black_litterman: the eight assets of Idzorek 2005") {
    // A Step-by-Step Guide to the Black-Litterman Model, tables 1, 2, 5 and 6: US and international bonds, US large growth and value, small growth
    // and value, international developed and emerging equity.
    risky_look l{{0.001005,  0.001328,  -0.000579, -0.000675, 0.000121,  0.000128,  -0.000445, -0.000437, 0.001328,  0.007277, -0.001307,
                  -0.000610, -0.002237, -0.000989, 0.001442,  -0.001535, -0.000579, -0.001307, 0.059852,  0.027588,  0.063497, 0.023036,
                  0.032967,  0.048039,  -0.000675, -0.000610, 0.027588,  0.029609,  0.026572,  0.021465,  0.020697,  0.029854, 0.000121,
                  -0.002237, 0.063497,  0.026572,  0.102488,  0.042744,  0.039443,  0.065994,  0.000128,  -0.000989, 0.023036, 0.021465,
                  0.042744,  0.032056,  0.019881,  0.032235,  -0.000445, 0.001442,  0.032967,  0.020697,  0.039443,  0.019881, 0.028355,
                  0.035064,  -0.000437, -0.001535, 0.048039,  0.029854,  0.065994,  0.032235,  0.035064,  0.079958}};
    l.give({0.1934, 0.2613, 0.1209, 0.1209, 0.0134, 0.0134, 0.2418, 0.0349});
    black_litterman p{.risk_aversion = 3.07, .tau = 0.025};
    close_to(mean_of(p, l), {0.0008, 0.0067, 0.0641, 0.0408, 0.0743, 0.0370, 0.0480, 0.0660}, 0.0003);  // from more digits than are printed
    p.views = {{.weight = {0, 0, 0, 0, 0, 0, 1, 0}, .expected_return = 0.0525},
               {.weight = {-1, 1, 0, 0, 0, 0, 0, 0}, .expected_return = 0.0025},
               {.weight = {0, 0, 0.9, -0.9, 0.1, -0.1, 0, 0}, .expected_return = 0.02}};
    close_to(mean_of(p, l), {0.0007, 0.0050, 0.0650, 0.0433, 0.0755, 0.0394, 0.0494, 0.0684}, 0.0003);
    const answered a{p, l};
    REQUIRE_FALSE(a.fault);
    close_to(a.w, {0.2988, 0.1559, 0.0935, 0.1482, 0.0104, 0.0165, 0.2781, 0.0349}, 0.0005);
}

namespace {
struct drawn {
    numbers sigma{}, market{};
    black_litterman p{};
};
drawn draw(std::mt19937_64& random, std::size_t n, std::size_t v, std::size_t observations) {
    std::uniform_real_distribution<double> unit;
    drawn d{.sigma = test::random_covariance(random, n, observations)};
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) d.market.push_back(0.05 + unit(random)), sum += d.market[i];
    for (double& w : d.market) w /= sum;
    d.p.risk_aversion = 1.0 + 4.0 * unit(random);
    d.p.tau = 0.02 + unit(random) * unit(random);
    for (std::size_t j = 0; j < v; ++j) {
        numbers weight(n, 0.0);
        for (double& w : weight)
            if (unit(random) < 0.5) w = unit(random) - 0.5;
        weight[random() % n] = 1.0;
        view one{.weight = per_asset{weight}, .expected_return = 0.2 * (unit(random) - 0.3)};
        if (unit(random) < 0.5) one.confidence = 0.05 + 0.9 * unit(random);
        if (unit(random) < 0.3) one.variance = 0.02 * unit(random) + 1e-5;
        d.p.views.push_back(one);
    }
    return d;
}
}  // namespace

TEST_CASE("black_litterman: against the formulas with inverses of matrices") {
    std::mt19937_64 random{1};
    for (int k = 0; k < 60; ++k) {
        const std::size_t n = 1 + random() % 8, v = random() % 5;
        drawn d = draw(random, n, v, 3 * n + 5);
        risky_look l{d.sigma};
        l.give(d.market);
        const double tau = d.p.tau, delta = d.p.risk_aversion;
        // mu = ((tau Sigma)^-1 + P' Omega^-1 P)^-1 ((tau Sigma)^-1 Pi + P' Omega^-1 q); M is the first inverse.
        numbers scaled = d.sigma;
        for (double& x : scaled) x *= tau;
        numbers precision = inverse(scaled, n), right = times(precision, times(d.sigma, d.market));
        for (double& x : right) x *= delta;
        for (const view& one : d.p.views) {
            double own = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) own += one.weight[i] * d.sigma[i * n + j] * one.weight[j];
            const double omega = one.variance >= 0.0 ? one.variance : tau * own * (1.0 - one.confidence) / one.confidence;
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t j = 0; j < n; ++j) precision[i * n + j] += one.weight[i] * one.weight[j] / omega;
                right[i] += one.weight[i] * one.expected_return / omega;
            }
        }
        const numbers mu = test::solution(precision, right);
        close_to(mean_of(d.p, l), mu, 1e-11);
        numbers expected = test::solution(d.sigma, mu);
        double most = 1.0;
        for (double& w : expected) w /= delta, most = std::fmax(most, std::fabs(w));
        const answered a{d.p, l};
        REQUIRE_FALSE(a.fault);
        close_to(a.w, expected, 1e-9 * most);
        const numbers m = inverse(precision, n);
        numbers both = d.sigma;
        for (std::size_t i = 0; i < n * n; ++i) both[i] += m[i];
        expected = test::solution(both, mu);
        for (double& w : expected) w /= delta;
        d.p.posterior_covariance = true;
        close_to(mean_of(d.p, l), mu, 1e-11);
        const answered b{d.p, l};
        REQUIRE_FALSE(b.fault);
        close_to(b.w, expected, 1e-9 * most);
    }
}

TEST_CASE("black_litterman: without views nothing moves, and all layouts agree") {
    std::mt19937_64 random{2};
    const drawn d = draw(random, 6, 3, 30);
    risky_look by_factors{d.sigma}, dense{d.sigma, test::shown::dense}, variances{d.sigma, test::shown::as_variances};
    by_factors.give(d.market);
    dense.give(d.market);
    variances.give(d.market);
    CHECK(answered(black_litterman{}, dense).w == d.market);
    const answered a{d.p, by_factors}, b{d.p, dense};
    REQUIRE_FALSE(a.fault);
    REQUIRE_FALSE(b.fault);
    close_to(a.w, b.w, 1e-12);
    close_to(mean_of(d.p, by_factors), mean_of(d.p, dense), 1e-13);
    // Without correlations, a view on one asset moves that one alone, and its return alone.
    const black_litterman one{.views = {{.weight = {0.0, 0.0, 1.0, 0.0, 0.0, 0.0}, .expected_return = 0.5}}};
    const numbers before = mean_of({}, variances), after = mean_of(one, variances);
    for (std::size_t i = 0; i < 6; ++i) CHECK((before[i] == after[i]) == (i != 2));
    CHECK(after[2] == Approx(0.5 * (before[2] + 0.5)));
    // A view that says what is expected anyway changes nothing.
    black_litterman same = one;
    same.views[0].expected_return = before[2];
    close_to(answered(same, variances).w, d.market, 1e-15);
    // An empty universe.
    CHECK_FALSE(answered(black_litterman{}, risky_look{numbers{}}).fault);
}

TEST_CASE("black_litterman: the tilt is in proportion to the confidence, and a certain view is kept") {
    std::mt19937_64 random{3};
    drawn d = draw(random, 5, 1, 30);
    risky_look l{d.sigma};
    l.give(d.market);
    view& one = d.p.views[0];
    one.variance = -1.0;
    one.confidence = 1.0;
    const answered certain{d.p, l};
    REQUIRE_FALSE(certain.fault);
    double told = 0.0;
    const numbers mu = mean_of(d.p, l);
    for (std::size_t i = 0; i < 5; ++i) told += one.weight[i] * mu[i];
    CHECK(told == Approx(one.expected_return).epsilon(1e-12));
    for (const double c : {0.0, 0.1, 0.5, 0.9}) {
        one.confidence = c;
        const answered part{d.p, l};
        REQUIRE_FALSE(part.fault);
        for (std::size_t i = 0; i < 5; ++i)
            CHECK(part.w[i] - d.market[i] == Approx(c * (certain.w[i] - d.market[i])).epsilon(1e-11).margin(1e-14));
    }
    // The same view twice, for certain, is one; two that differ are none.
    one.confidence = 1.0;
    black_litterman twice = d.p;
    twice.views.push_back(twice.views[0]);
    const answered again{twice, l};
    REQUIRE_FALSE(again.fault);
    close_to(again.w, certain.w, 1e-12);
    twice.views[1].expected_return += 0.01;
    CHECK(answered(twice, l).fault.code == fault_code::views_contradict);
    CHECK(answered(twice, l).fault.index == 1);
    // One that is not certain gives way.
    twice.views[1].confidence = 0.99;
    const answered outvoted{twice, l};
    REQUIRE_FALSE(outvoted.fault);
    close_to(outvoted.w, certain.w, 1e-10);
}

TEST_CASE("black_litterman: a singular covariance, and what has no risk") {
    std::mt19937_64 random{4};
    const drawn d = draw(random, 10, 3, 4);
    risky_look l{d.sigma};
    l.give(d.market);
    const answered a{d.p, l};
    REQUIRE_FALSE(a.fault);
    // delta Sigma w = mu all the same.
    const numbers mu = mean_of(d.p, l), back = times(d.sigma, a.w);
    for (std::size_t i = 0; i < 10; ++i) CHECK(d.p.risk_aversion * back[i] == Approx(mu[i]).epsilon(1e-11).margin(1e-13));
    risky_look safe{{0.04, 0.0, 0.0, 0.0}};
    safe.give({0.5, 0.5});
    black_litterman p{.views = {{.weight = {0.0, 1.0}, .expected_return = 0.0}}};
    CHECK(answered(p, safe).w == numbers{0.5, 0.5});
    p.views[0].expected_return = 0.01;
    CHECK(answered(p, safe).fault.code == fault_code::views_contradict);
    p.views[0].variance = 0.01;  // then it may be right
    CHECK_FALSE(answered(p, safe).fault);
}

TEST_CASE("black_litterman: within limits it is the best of mean and variance, to 1e-10 of every condition") {
    std::mt19937_64 random{5};
    std::size_t solved = 0, none = 0;
    for (int k = 0; k < 300; ++k) {
        const std::size_t n = 1 + random() % 15;
        drawn d = draw(random, n, random() % 4, 3 * n + 5);
        d.sigma = test::draw_sigma(random, n);
        risky_look l{d.sigma, k % 2 == 0 ? test::shown::dense : test::shown::as_factors};
        l.give(d.market);
        d.p.lower = 0.0;
        d.p.upper = 1.0;
        test::draw_limits(random, n, d.p);
        REQUIRE_FALSE(d.p.validate());
        const answered a{d.p, l};
        CAPTURE(k, n, static_cast<int>(a.fault.code), a.fault.value);
        if (a.fault) {
            CHECK((a.fault.code == fault_code::limits_contradict || a.fault.code == fault_code::sum_out_of_reach ||
                   a.fault.code == fault_code::views_contradict));
            ++none;
            continue;
        }
        const numbers mu = mean_of(d.p, l);
        CHECK(test::missed(l, test::question_of(d.p, n, d.p.risk_aversion, mu), a) <= 1e-10);
        ++solved;
    }
    CAPTURE(solved, none);
    CHECK(solved > 150);
    CHECK(none > 20);
    // Limits that the market's weights keep change nothing.
    risky_look l{seven_countries()};
    l.give(world);
    const answered market{black_litterman{.lower = 0.0, .upper = 1.0, .cash = 1e-17}, l};
    REQUIRE_FALSE(market.fault);
    close_to(market.w, world, 1e-13);
    const answered held{black_litterman{.views = {germany}, .lower = 0.0, .upper = 1.0}, l};
    REQUIRE_FALSE(held.fault);
    CHECK((held.w[2] == 0.0 && held.w[5] == 0.0 && held.w[3] > 0.2));
}

TEST_CASE("black_litterman: within limits with what is not known of the returns as risk") {
    std::mt19937_64 random{7};
    std::size_t solved = 0;
    for (int k = 0; k < 100; ++k) {
        const std::size_t n = 1 + random() % 10, v = random() % 4;
        drawn d = draw(random, n, v, 3 * n + 5);
        d.p.posterior_covariance = true;
        risky_look l{d.sigma, k % 3 == 0 ? test::shown::dense : test::shown::as_factors};
        l.give(d.market);
        // M as the inverse of a sum of inverses.
        numbers scaled = d.sigma;
        for (double& x : scaled) x *= d.p.tau;
        numbers precision = inverse(scaled, n);
        for (const view& one : d.p.views) {
            double own = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) own += one.weight[i] * d.sigma[i * n + j] * one.weight[j];
            const double omega = one.variance >= 0.0 ? one.variance : d.p.tau * own * (1.0 - one.confidence) / one.confidence;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) precision[i * n + j] += one.weight[i] * one.weight[j] / omega;
        }
        numbers both = inverse(precision, n);
        for (std::size_t i = 0; i < n * n; ++i) both[i] += d.sigma[i];
        d.p.lower = 0.0;
        test::draw_limits(random, n, d.p);
        const answered a{d.p, l};
        CAPTURE(k, n, v, static_cast<int>(a.fault.code), a.fault.value);
        if (a.fault) {
            CHECK((a.fault.code == fault_code::limits_contradict || a.fault.code == fault_code::sum_out_of_reach));
            continue;
        }
        const risky_look blended{both, test::shown::dense};
        CHECK(test::missed(blended, test::question_of(d.p, n, d.p.risk_aversion, mean_of(d.p, l)), a) <= 1e-10);
        ++solved;
    }
    CHECK(solved > 50);
}

TEST_CASE("black_litterman: warm or cold, the same bits") {
    std::mt19937_64 random{6};
    const drawn d = draw(random, 12, 3, 40), e = draw(random, 12, 3, 20);
    risky_look one{d.sigma}, other{e.sigma};
    one.give(d.market);
    other.give(e.market);
    for (black_litterman p : {d.p, black_litterman{.views = d.p.views, .upper = 0.2},
                              black_litterman{.views = d.p.views, .posterior_covariance = true, .upper = 0.2}}) {
        const answered first{p, one};
        REQUIRE_FALSE(first.fault);
        target_scratch warm;
        p.prepare(warm, {.assets = 30});
        numbers x(12);
        for (int k = 0; k < 3; ++k) {
            REQUIRE_FALSE(p.weights(other(), warm, x));
            REQUIRE_FALSE(p.weights(one(), warm, x));
            CHECK(test::same_bits(std::span<const double>{x}, std::span<const double>{first.w}));
        }
    }
}

TEST_CASE("black_litterman: faults of targets, the estimate and the scratch") {
    risky_look two{{0.04, 0.0, 0.0, 0.09}};
    two.give({0.5, std::nan("")});
    const answered handed{black_litterman{}, two};
    CHECK_FALSE(handed.fault);
    CHECK((handed.w[0] == 0.5 && std::isnan(handed.w[1])));
    two.give({0.5, 0.5});
    numbers out(2);
    target_scratch none;
    CHECK(black_litterman{}.weights(two(), none, out).code == fault_code::not_prepared);
    CHECK(black_litterman{}.expected_returns(two(), none, out).code == fault_code::not_prepared);
    black_litterman{.lower = 0.0}.prepare(none, {.assets = 1});
    CHECK(black_litterman{}.weights(two(), none, out).code == fault_code::not_prepared);
    black_litterman{}.prepare(none, {.assets = 2});
    CHECK(black_litterman{.lower = 0.0}.weights(two(), none, out).code == fault_code::not_prepared);
    CHECK(answered(black_litterman{.estimator = 1}, two).fault.code == fault_code::risk_not_ready);
    CHECK(answered(black_litterman{.lower = 0.0, .factors = 1}, two).fault.code == fault_code::too_many_factors);
    CHECK_FALSE(answered(black_litterman{.factors = 1}, two).fault);
    CHECK(answered(black_litterman{.upper = 0.4}, two).fault.code == fault_code::sum_out_of_reach);
    risky_look no_matrix{{0.04, -0.2, -0.2, 0.04}};
    no_matrix.give({0.5, 0.5});
    CHECK(answered(black_litterman{.views = {{.weight = 1.0}}}, no_matrix).fault.code == fault_code::bad_risk);
}

TEST_CASE("black_litterman: bad parameters are refused with parameter, value and range") {
    using test::refusal;
    CHECK(refusal(black_litterman{}).empty());
    CHECK(refusal(black_litterman{.views = {{}}}) == "ballast: black_litterman.views = 0: must have weights");
    CHECK(refusal(black_litterman{.views = {{.weight = infinite}}}) == "ballast: black_litterman.views = inf: must have finite weights");
    CHECK(refusal(black_litterman{.views = {{.weight = 1.0, .expected_return = infinite}}}) ==
          "ballast: black_litterman.views = inf: must have a finite return");
    CHECK(refusal(black_litterman{.views = {{.weight = 1.0, .confidence = 1.5}}}) ==
          "ballast: black_litterman.views = 1.5: must have a confidence from 0 to 1");
    CHECK(refusal(black_litterman{.views = {{.weight = 1.0, .variance = infinite}}}) ==
          "ballast: black_litterman.views = inf: must have a finite variance, or one below 0 for none");
    CHECK(refusal(black_litterman{.risk_aversion = 0.0}) == "ballast: black_litterman.risk_aversion = 0: must be a number above 0");
    CHECK(refusal(black_litterman{.tau = -1.0}) == "ballast: black_litterman.tau = -1: must be a number above 0");
    CHECK(refusal(black_litterman{.cash = 0.1}) ==
          "ballast: black_litterman.cash = 0.1: must be 0 without limits: what the weights leave over is cash");
    CHECK(refusal(black_litterman{.upper = 0.5, .cash = 0.1}).empty());
    CHECK(refusal(black_litterman{.lower = 0.5, .upper = 0.4}) ==
          "ballast: black_litterman.lower = 0.5: must be a weight or -infinity, and not above the upper bound");
    CHECK(black_litterman{.views = {{.weight = {1.0, -1.0}}}}.covers(2));
    CHECK_FALSE(black_litterman{.views = {{.weight = {1.0, -1.0}}}}.covers(3));
    CHECK_FALSE(black_litterman{.upper = {0.5, 0.5}}.covers(3));
}
