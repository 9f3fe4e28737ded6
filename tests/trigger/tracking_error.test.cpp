#include <ballast/trigger/tracking_error.hpp>

#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/describe.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/detail/covariance.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/not_.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast::trigger::tracking_error;
using ballast_test::test_look;

static_assert(std::is_aggregate_v<tracking_error> && std::is_trivially_copyable_v<tracking_error>);
static_assert(trigger_policy<tracking_error> && !banded_trigger<tracking_error>);  // an ellipsoid is no box
static_assert(std::is_same_v<memory_of<tracking_error>, no_memory>);
static_assert(detail::need_of<tracking_error>() == risk_need::volatility && detail::check_trigger<tracking_error>());
static_assert(noexcept(tracking_error{}.check(look{})) && noexcept(tracking_error{}.validate()));

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// A covariance by all its layouts, which own their numbers.
struct covariance {
    risk_layout layout = risk_layout::dense;
    std::vector<double> specific{}, dense{}, loadings{}, factors{};

    [[nodiscard]] risk_view view(bool ready = true) const {
        return {.layout = layout, .ready = ready, .specific = specific, .dense = dense, .loadings = loadings, .factor_covariance = factors};
    }
};
test_look& with(test_look& l, const covariance& c, bool ready = true) {
    l.risk.push_back(c.view(ready));
    l.refresh();
    return l;
}
test_look& with(test_look& l, covariance&& c, bool ready = true) = delete;  // the look refers to it
/// Σ = AAᵀ of a random A: dense; or F(AAᵀ)Fᵀ + D, or D alone. `full` is Σ written out in doubles.
covariance random_covariance(std::mt19937_64& rng, risk_layout layout, std::size_t n, std::size_t k, std::vector<double>& full) {
    std::normal_distribution<double> normal{0.0, 0.2};
    covariance c{.layout = layout};
    full.assign(n * n, 0.0);
    const auto square = [&](std::size_t m) {
        std::vector<double> a(m * m), s(m * m);
        for (double& x : a) x = normal(rng);
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t j = 0; j < m; ++j)
                for (std::size_t q = 0; q < m; ++q) s[i * m + j] += a[i * m + q] * a[j * m + q];
        return s;
    };
    if (layout == risk_layout::dense) {
        c.dense = square(n);
        for (std::size_t i = 0; i < n; ++i) c.specific.push_back(c.dense[i * n + i]);
        for (std::size_t i = 0; i < n * n; ++i) full[i] = c.dense[i];
        return c;
    }
    for (std::size_t i = 0; i < n; ++i) {
        const double s = normal(rng);
        c.specific.push_back(s * s);
        full[i * n + i] = c.specific[i];
    }
    if (layout == risk_layout::diagonal) return c;
    c.loadings.resize(n * k);
    for (double& x : c.loadings) x = normal(rng);
    c.factors = square(k);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t a = 0; a < k; ++a)
                for (std::size_t b = 0; b < k; ++b) full[i * n + j] += c.loadings[i * k + a] * c.factors[a * k + b] * c.loadings[j * k + b];
    return c;
}
}  // namespace

// Two assets of 20 % and 10 %, correlated by 0.5: Σ = [0.04 0.01; 0.01 0.01]. Drifts +5 % and −5 %: 0.0025·(0.04 − 0.02 + 0.01) = 0.000075,
// whose root is 0.00866. Drifts of +5 % both, out of cash: 0.0025·0.07 = 0.000175, root 0.01323.
TEST_CASE("tracking_error: two assets by hand, in every layout") {
    covariance dense{.specific = {0.04, 0.01}, .dense = {0.04, 0.01, 0.01, 0.01}};
    // One factor of variance 0.01: loadings 1 and 1, specific 0.03 and 0.
    covariance factor{.layout = risk_layout::factor, .specific = {0.03, 0.0}, .loadings = {1.0, 1.0}, .factors = {0.01}};
    covariance diagonal{.layout = risk_layout::diagonal, .specific = {0.04, 0.01}};
    for (const covariance* c : {&dense, &factor}) {
        test_look apart{{0.55, 0.45}, {0.5, 0.5}};
        const firing f = tracking_error{.limit = 0.008}.check(with(apart, *c));
        CHECK(f.fired);
        CHECK(f.measure == Approx(std::sqrt(0.000075)).epsilon(1e-14));
        CHECK(f.threshold == 0.008);
        CHECK(f.unit == measure_unit::volatility);
        CHECK(f.asset == no_index);
        CHECK(std::string{f.trigger} == "tracking_error");
        CHECK_FALSE(tracking_error{.limit = 0.009}.check(apart).fired);
        test_look together{{0.45, 0.45}, {0.4, 0.4}};
        CHECK(tracking_error{.limit = 0.01}.check(with(together, *c)).measure == Approx(std::sqrt(0.000175)).epsilon(1e-14));
    }
    test_look apart{{0.55, 0.45}, {0.5, 0.5}};
    CHECK(tracking_error{.limit = 0.01}.check(with(apart, diagonal)).measure == Approx(std::sqrt(0.000125)).epsilon(1e-14));
}

TEST_CASE("tracking_error: an error equal to the limit does not fire") {
    test_look l{{0.6, 0.4}, {0.5, 0.5}};
    const covariance c{.layout = risk_layout::diagonal, .specific = {0.04, 0.0}};  // 0.1 · 0.2
    with(l, c);
    CHECK_FALSE(tracking_error{.limit = 0.02}.check(l).fired);
    CHECK(tracking_error{.limit = 0.0199}.check(l).fired);
    CHECK_FALSE(tracking_error{.limit = 0.0}.check(test_look{{0.5}, {0.5}}.volatility({0.2})).fired);
    CHECK(tracking_error{.limit = 0.0}.check(test_look{{0.51}, {0.5}}.volatility({0.2})).fired);
}

TEST_CASE("tracking_error: quiet while the estimator is not ready, a problem where there is none or its numbers are none") {
    const tracking_error t{.limit = 0.01};
    const test_look early = test_look{{0.9, 0.1}, {0.5, 0.5}}.volatility({0.4, not_a_number}, false);
    const firing waiting = t.check(early);
    CHECK_FALSE(waiting.fired);
    CHECK_FALSE(waiting.problem);
    CHECK(waiting.measure == -1.0);
    CHECK(describe(waiting) == "tracking_error: the risk is not known yet");
    CHECK(describe(ballast_test::check(trigger::not_{t}, early)) ==
          "not_ fired: what it turns around did not fire, the risk is not known yet");

    const test_look l = test_look{{0.9, 0.1}, {0.5, 0.5}}.volatility({0.2, 0.2});
    const firing missing = tracking_error{.limit = 0.01, .estimator = 1}.check(l);
    CHECK(missing.problem.code == fault_code::risk_not_ready);
    CHECK(missing.problem.value == 1.0);
    for (const double bad : {not_a_number, infinity}) {
        const firing f = t.check(test_look{{0.9, 0.1}, {0.5, 0.5}}.volatility({0.2, bad}));
        CHECK_FALSE(f.fired);
        CHECK(f.problem.code == fault_code::bad_risk);
        CHECK(f.problem.index == 1);
    }
    CHECK(t.check(test_look{{0.9, 0.1}, {0.5, 0.5}}.volatility({0.2})).problem.code == fault_code::size_mismatch);
    const auto of = [&](covariance c) {
        test_look bad{{0.9, 0.1}, {0.5, 0.5}};
        with(bad, c);
        return t.check(bad).problem.code;
    };
    CHECK(of({.specific = {0.04, 0.01}, .dense = {0.04, 0.01, 0.01}}) == fault_code::size_mismatch);
    CHECK(of({.layout = risk_layout::factor, .specific = {0.04, 0.01}, .loadings = {1.0, 1.0}}) == fault_code::size_mismatch);
    CHECK(of({.specific = {0.04, 0.01}, .dense = {0.04, not_a_number, 0.01, 0.01}}) == fault_code::bad_risk);
    // Correlations beyond 1: no covariance, and not a risk of nothing.
    CHECK(of({.specific = {0.01, 0.01}, .dense = {0.01, 0.02, 0.02, 0.01}}) == fault_code::bad_risk);
    CHECK(of({.layout = risk_layout::factor, .specific = {0.0, 0.0}, .loadings = {1.0, 2.0}, .factors = {-0.1}}) == fault_code::bad_risk);
    CHECK(of({.layout = risk_layout::none}) == fault_code::risk_not_ready);
}

// Two assets that move as one: drifts that offset each other have no risk, whatever rounding leaves of it.
TEST_CASE("tracking_error: what rounding makes of no risk is no fault") {
    std::mt19937_64 rng{5};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int round = 0; round < 1000; ++round) {
        const double a = 0.1 + unit(rng), b = 0.1 + unit(rng), d = unit(rng) - 0.5;
        const covariance c{.specific = {a * a, b * b}, .dense = {a * a, a * b, a * b, b * b}};
        test_look l{{0.5 + d / a, 0.5 - d / b}, {0.5, 0.5}};
        const firing f = tracking_error{.limit = 0.01}.check(with(l, c));
        REQUIRE_FALSE(f.problem);
        CHECK(f.measure < 1e-7);
    }
}

TEST_CASE("tracking_error: an empty universe stays quiet") {
    const test_look l = test_look{std::vector<double>{}, std::vector<double>{}}.volatility({});
    CHECK_FALSE(tracking_error{.limit = 0.0}.check(l).fired);
    CHECK_FALSE(tracking_error{.limit = 0.0}.check(l).problem);
}

TEST_CASE("tracking_error: random looks and covariances of every layout, against Σ written out") {
    std::mt19937_64 rng{23};
    int fired = 0;
    int quiet = 0;
    std::vector<double> full;
    for (const std::size_t n : {1u, 2u, 3u, 8u, 17u, 40u})
        for (int round = 0; round < 60; ++round) {
            const auto layout = round % 3 == 0 ? risk_layout::dense : round % 3 == 1 ? risk_layout::diagonal : risk_layout::factor;
            const covariance c = random_covariance(rng, layout, n, 1 + rng() % n, full);
            test_look l = ballast_test::random_look(rng, n);
            with(l, c);
            double variance = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) variance += l.drift[i] * full[i * n + j] * l.drift[j];
            const double expected = std::sqrt(variance);
            const double limit = std::uniform_real_distribution<double>{0.0, 0.03}(rng);
            const firing f = tracking_error{.limit = limit}.check(l);
            CAPTURE(n, round, f.measure, expected);
            CHECK_FALSE(f.problem);
            CHECK(std::fabs(f.measure - expected) <= 1e-9 * expected + 1e-12);
            CHECK(f.fired == (expected > limit));
            (f.fired ? fired : quiet) += 1;
        }
    CHECK(fired > 50);
    CHECK(quiet > 50);
}

// More factors than are worked on at once (32), in one and in several pieces.
TEST_CASE("tracking_error: any number of factors") {
    std::mt19937_64 rng{29};
    std::vector<double> full;
    for (const std::size_t k : {1u, 31u, 32u, 33u, 64u, 70u}) {
        const std::size_t n = 70;
        const covariance c = random_covariance(rng, risk_layout::factor, n, k, full);
        test_look l = ballast_test::random_look(rng, n);
        with(l, c);
        double variance = 0.0;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) variance += l.drift[i] * full[i * n + j] * l.drift[j];
        const firing f = tracking_error{.limit = 0.01}.check(l);
        CAPTURE(k);
        CHECK_FALSE(f.problem);
        CHECK(f.measure == Approx(std::sqrt(variance)).epsilon(1e-10));
    }
}

TEST_CASE("tracking_error: after the trade that it led to it is quiet") {
    std::mt19937_64 rng{31};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    const rebalancer r{tracking_error{.limit = 0.01}, cost::proportional{.rate = 0.001}, solver::to_target{}, risk::given{}};
    int traded = 0;
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 1 + rng() % 5;
        keeper k{r, {.assets = n}};
        std::vector<double> price(n), quantity(n), target(n), volatility(n);
        for (std::size_t i = 0; i < n; ++i) {
            price[i] = 1.0 + 99.0 * unit(rng);
            quantity[i] = 100.0 * unit(rng) / price[i];
            target[i] = unit(rng) / static_cast<double>(n);
            volatility[i] = 0.05 + 0.5 * unit(rng);
        }
        REQUIRE_FALSE(k.observe({.now = timestamp{} + days(round), .price = price, .volatility = volatility}));
        holdings mine{.cash = 20.0 * unit(rng), .quantity = quantity};
        const decision& d = k.propose(mine.view(), target);
        CAPTURE(round, n);
        if (d.orders.empty()) continue;
        ++traded;
        REQUIRE_FALSE(apply(mine, d));
        REQUIRE_FALSE(k.commit(d));
        const decision& again = k.propose(mine.view(), target);
        CHECK_FALSE(again.firing.fired);
        CHECK(again.orders.empty());
    }
    CHECK(traded > 100);
}

TEST_CASE("tracking_error: a decision says how large the risk is") {
    keeper k{rebalancer{tracking_error{.limit = 0.02}, cost::zero{}, solver::to_target{}, risk::given{}}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{60.0, 40.0}, target{0.5, 0.5}, volatility{0.2, 0.2};
    REQUIRE_FALSE(k.observe({.now = timestamp{}, .price = price, .volatility = volatility}));
    CHECK(describe(k.propose({.quantity = quantity}, target))
              .find("tracking_error fired: the risk against the targets is 2.83% per year, 0.83% beyond the 2.00% allowed") !=
          std::string::npos);
    // What the estimator does not know yet rejects nothing, and others beside it go on.
    keeper beside{rebalancer{trigger::any_of{tracking_error{.limit = 0.02}, trigger::band{.absolute = 0.05}}, cost::zero{},
                             solver::to_target{}, risk::given{}},
                  {.assets = 2}};
    REQUIRE_FALSE(beside.observe({.now = timestamp{}, .price = price}));
    CHECK(beside.propose({.quantity = quantity}, target).outcome == outcome::trade);
}

TEST_CASE("tracking_error: bad parameters are refused with parameter, value and range") {
    const auto text = [](double limit) -> std::string {
        const configuration_fault f = tracking_error{.limit = limit}.validate();
        return f ? invalid_configuration{f}.what() : "";
    };
    CHECK(text(0.0).empty());
    CHECK(text(0.02).empty());
    CHECK(text(-0.01) == "ballast: tracking_error.limit = -0.01: has to be given: a finite volatility per year at or above 0");
    for (const double bad : {not_a_number, infinity}) CHECK_THAT(text(bad), StartsWith("ballast: tracking_error.limit = "));
    CHECK(tracking_error{}.validate());
}
