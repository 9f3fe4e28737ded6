#include <ballast/target/inverse_volatility.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/targets.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace ballast;
using ballast::target::inverse_volatility;
using ballast_test::test_look;
using test::fault_of;
using test::refusal;
using test::weights_of;

static_assert(std::is_aggregate_v<inverse_volatility> && target_policy<inverse_volatility>);
static_assert(!detail::transforms<inverse_volatility>() && detail::need_of<inverse_volatility>() == risk_need::volatility);

namespace {
test_look flat(std::size_t n) { return {std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)}; }
}  // namespace

TEST_CASE("inverse_volatility: in proportion to 1/volatility, with the wanted sum") {
    test_look l = flat(3);
    l.volatility({0.1, 0.2, 0.4});
    const std::vector<double> w = weights_of(inverse_volatility{}, l);
    CHECK(w[0] == Approx(4.0 / 7.0));
    CHECK(w[1] == Approx(2.0 / 7.0));
    CHECK(w[2] == Approx(1.0 / 7.0));

    std::mt19937_64 random{5};
    std::uniform_real_distribution<double> unit{0.01, 1.0};
    for (const std::size_t n : ballast_test::look_sizes)
        for (const double cash : {0.0, 0.3, 1.0}) {
            std::vector<double> sigma(n);
            for (double& s : sigma) s = unit(random);
            test_look r = flat(n);
            r.volatility(std::vector<double>(n, 1.0)).volatility(sigma);
            double sum = 0.0;
            const std::vector<double> each = weights_of(inverse_volatility{.cash = cash, .estimator = 1}, r);
            for (std::size_t i = 0; i < n; ++i) {
                sum += each[i];
                CHECK(each[i] * sigma[i] == Approx(each[0] * sigma[0]).epsilon(1e-13).margin(1e-300));
            }
            if (n > 0) CHECK(sum == Approx(1.0 - cash).margin(1e-14));
        }
}

TEST_CASE("inverse_volatility: other powers") {
    test_look l = flat(2);
    l.volatility({0.1, 0.3});
    CHECK(weights_of(inverse_volatility{.power = 2.0}, l)[0] == Approx(0.9).epsilon(1e-14));
    CHECK(weights_of(inverse_volatility{.power = 0.0}, l) == std::vector{0.5, 0.5});
    CHECK(weights_of(inverse_volatility{.power = 0.5, .cash = 0.5}, l)[1] == Approx(0.5 / (1.0 + std::sqrt(3.0))).epsilon(1e-14));
}

// QuantAMM's minimum-variance rule (defi_cases.json): a part of the way to weights in proportion to 1/variance, with variances
// v ← λv + (p − average)(p − last average), up to a common factor.
TEST_CASE("inverse_volatility: in proportion to 1/variance (quantamm-minvar-0.9)") {
    const test::json all = test::reference("defi_cases.json");
    const test::json& c = all.by_id("quantamm-minvar-0.9");
    const test::json& in = c["input"];
    if (!in.is(test::json::kind::object)) return;
    const std::vector<double> v = in["prev_variance_state"].numbers(), p = in["price"].numbers(), before = in["prev_weights"].numbers();
    std::vector<double> sigma;
    for (std::size_t i = 0; i < 2; ++i)
        sigma.push_back(std::sqrt(in["lam"].number() * v[i] + (p[i] - in["ma"][i].number()) * (p[i] - in["ma_prev"][i].number())));
    test_look l = flat(2);
    l.volatility(sigma);
    const std::vector<double> w = weights_of(inverse_volatility{.power = 2.0}, l);
    const double mix = in["mix"].number();
    for (std::size_t i = 0; i < 2; ++i)
        CHECK(mix * before[i] + (1.0 - mix) * w[i] == Approx(c["expected"]["weights"][i].number()).epsilon(1e-14));
}

TEST_CASE("inverse_volatility: the whole variance of the factor layout") {
    test_look l = flat(2);
    const std::vector<double> specific{0.01, 0.03}, loadings{1.0, 0.5}, factor{0.04};
    l.volatility({1.0, 1.0});
    l.risk[0] = {.layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = factor};
    look view = l.look();
    view.risk = l.risk;
    const std::vector<double> w = weights_of(inverse_volatility{}, view);
    CHECK(w[0] / w[1] == Approx(std::sqrt(0.04 / 0.05)));  // 0.03 + 0.25·0.04 against 0.01 + 0.04
}

TEST_CASE("inverse_volatility: what the estimator does not know is a fault") {
    test_look l = flat(2);
    CHECK(fault_of(inverse_volatility{}, l).code == fault_code::risk_not_ready);
    l.volatility({0.1, 0.2}, false);
    CHECK(fault_of(inverse_volatility{}, l).code == fault_code::risk_not_ready);
    l.volatility({0.1, 0.0}).volatility({0.1}).volatility({0.1, std::numeric_limits<double>::quiet_NaN()});
    const fault zero = fault_of(inverse_volatility{.estimator = 1}, l);
    CHECK(zero.code == fault_code::bad_risk);
    CHECK(zero.index == 1);
    CHECK(fault_of(inverse_volatility{.estimator = 2}, l).code == fault_code::size_mismatch);
    CHECK(fault_of(inverse_volatility{.estimator = 3}, l).index == 1);
    CHECK(fault_of(inverse_volatility{.estimator = 9}, l).value == 9.0);
}

TEST_CASE("inverse_volatility: a call with an estimator, ready or not") {
    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, inverse_volatility{}, risk::given{}},
             {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{0.0, 0.0}, volatility{0.1, 0.3};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    const decision& early = k.propose({.cash = 100.0, .quantity = quantity});
    CHECK(early.outcome == outcome::rejected);
    CHECK(early.problem.code == fault_code::risk_not_ready);
    REQUIRE_FALSE(k.observe({.now = timestamp{2}, .price = price, .volatility = volatility}));
    const decision& d = k.propose({.cash = 100.0, .quantity = quantity});
    CHECK(d.weight_after()[0] == Approx(0.75));
    CHECK(d.weight_after()[1] == Approx(0.25));
}

TEST_CASE("inverse_volatility: a bad share of cash is refused") {
    CHECK(refusal(inverse_volatility{}).empty());
    CHECK(refusal(inverse_volatility{.power = -1.0}) == "ballast: inverse_volatility.power = -1: must be a finite number at or above 0");
    CHECK(refusal(inverse_volatility{.cash = 1.5}) == "ballast: inverse_volatility.cash = 1.5: must be a share between 0 and 1");
}
