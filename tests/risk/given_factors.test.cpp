#include <ballast/risk/given_factors.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/risk/factor_model.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/tracking_error.hpp>

#include "support/covariances.hpp"

#include <type_traits>

using namespace ballast;
using ballast::risk::given_factors;
using test::not_a_number;
using test::of_market;

static_assert(std::is_aggregate_v<given_factors> && std::is_trivially_copyable_v<given_factors> && estimator_policy<given_factors>);
static_assert(given_factors::provides == risk_need::covariance && detail::check_estimator<given_factors>());

namespace {
struct numbers {
    std::vector<double> loadings{}, covariance{}, specific{};
};
// Three assets, two factors.
numbers model() { return {{1.0, 0.5, 1.0, -0.5, 0.5, 0.0}, {0.04, 0.01, 0.01, 0.09}, {0.02, 0.0, 0.01}}; }
market_view tick(const numbers& m) { return {.loadings = m.loadings, .factor_covariance = m.covariance, .specific = m.specific}; }
fault tell(of_market<given_factors>& s, const numbers& m) { return s.tick(tick(m)); }
bool same(const given_factors::estimate& e, const numbers& m) {
    return e.loadings == m.loadings && e.factor_covariance == m.covariance && e.specific == m.specific;
}
}  // namespace

TEST_CASE("given_factors: passes on what the host says, each column as of the newest tick that had it") {
    of_market<given_factors> s{{.factors = 2}, 3};
    const numbers m = model();
    CHECK_FALSE(tell(s, {}));
    CHECK_FALSE(s.view().ready);
    CHECK_FALSE(tell(s, {.loadings = m.loadings}));
    CHECK_FALSE(tell(s, {.specific = m.specific}));
    CHECK_FALSE(s.view().ready);
    CHECK_FALSE(tell(s, {.covariance = m.covariance}));
    CHECK(s.view().ready);
    CHECK(s.view().layout == risk_layout::factor);
    CHECK(s.view().factors() == 2);
    // fᵢΩfⱼᵀ by hand: f₀ = (1, 0.5), f₁ = (1, −0.5).
    CHECK(s.view().variance(0) == Approx(0.02 + 0.04 + 2 * 0.5 * 0.01 + 0.25 * 0.09));
    CHECK(s.view().covariance(0, 1) == Approx(0.04 - 0.25 * 0.09));
    CHECK(s.view().variance(2) == Approx(0.01 + 0.25 * 0.04));
    CHECK(same(s.estimate, m));
    CHECK_FALSE(tell(s, {}));
    CHECK(same(s.estimate, m));
    numbers newer = m;
    newer.loadings[0] = 2.0;
    CHECK_FALSE(tell(s, {.loadings = newer.loadings}));
    CHECK(same(s.estimate, newer));
    newer.covariance = {0.25, 0.0, 0.0, 0.0};
    newer.specific = {0.0, 0.0, 0.0};
    CHECK_FALSE(tell(s, {.covariance = newer.covariance, .specific = newer.specific}));
    CHECK(same(s.estimate, newer));
    CHECK(s.view().variance(0) == 1.0);
    s.prepare({.factors = 2}, s.estimate, 4);
    CHECK_FALSE(s.view().ready);
    CHECK(s.view().factors() == 2);
    of_market<given_factors> none{{.factors = 2}, 0};
    CHECK_FALSE(tell(none, {.covariance = m.covariance}));
    CHECK(none.view().ready);
}

TEST_CASE("given_factors: the model that an estimator finds, passed through, is the same model") {
    const std::size_t n = 5, k = 3;
    of_market<risk::factor_model> found{{.series = k, .half_life = days(30), .warm_up = 10}, n};
    of_market<given_factors> given{{.factors = k}, n};
    test::walk w{n + k, 3, 0.3};
    for (int day = 0; day < 60; ++day) {
        w.move(days(1).years());
        std::vector<double> logs(k);
        for (std::size_t f = 0; f < k; ++f) logs[f] = std::log(w.price[n + f]);
        REQUIRE_FALSE(found.tick({.now = timestamp{} + days(day), .price = {w.price.data(), n}, .factor = logs}));
        const risk_view v = found.view();
        REQUIRE_FALSE(given.tick({.loadings = v.loadings, .factor_covariance = v.factor_covariance, .specific = v.specific}));
        REQUIRE(test::same_bits(v.loadings, given.view().loadings));
        REQUIRE(test::same_bits(v.factor_covariance, given.view().factor_covariance));
        REQUIRE(test::same_bits(v.specific, given.view().specific));
        test::check_matrix(given.view());
    }
    CHECK(given.view().ready);
}

TEST_CASE("given_factors: a fault names the asset or the factor and changes nothing") {
    of_market<given_factors> s{{.factors = 2}, 3};
    const numbers good = model();
    REQUIRE_FALSE(tell(s, good));
    const double infinity = std::numeric_limits<double>::infinity();
    const auto refused = [&](numbers m, fault_code code, std::uint32_t index, double value) {
        const fault of_check = s.estimator.check(s.estimate, tick(m));
        const fault f = tell(s, m);
        CHECK(f.code == code);
        CHECK(f.index == index);
        CHECK((value == value ? f.value == Approx(value).margin(1e-12) : f.value != f.value));
        CHECK(test::same_bits(f, of_check));
        CHECK(same(s.estimate, good));
        CHECK(s.view().ready);
    };
    refused({.loadings = {1.0, 1.0, 1.0}}, fault_code::size_mismatch, no_index, 3.0);
    refused({.specific = {1.0, 1.0}}, fault_code::size_mismatch, no_index, 2.0);
    refused({.covariance = {1.0}}, fault_code::size_mismatch, no_index, 1.0);
    refused({.specific = {0.1, -0.1, 0.1}}, fault_code::bad_risk, 1, -0.1);
    refused({.specific = {0.1, 0.1, not_a_number}}, fault_code::bad_risk, 2, not_a_number);
    refused({.specific = {infinity, 0.1, 0.1}}, fault_code::bad_risk, 0, infinity);
    refused({.loadings = {1.0, 0.5, 1.0, -0.5, 0.5, not_a_number}}, fault_code::bad_loading, 2, not_a_number);
    refused({.loadings = {1.0, 0.5, -infinity, -0.5, 0.5, 0.0}}, fault_code::bad_loading, 1, -infinity);
    refused({.loadings = {1.0, 0.5, 1e160, 0.0, 0.5, 0.0}}, fault_code::bad_loading, 1, 0.2e160);  // its variance is not finite
    refused({.covariance = {1e308, 0.0, 0.0, 1e308}}, fault_code::bad_loading, 0, 1.5e154);  // nor with the exposures that were told before
    refused({.covariance = {-0.04, 0.0, 0.0, 0.09}}, fault_code::bad_factor_covariance, 0, -0.04);
    refused({.covariance = {0.04, 0.0, 0.0, not_a_number}}, fault_code::bad_factor_covariance, 1, not_a_number);
    refused({.covariance = {0.04, 0.02, 0.01, 0.09}}, fault_code::bad_factor_covariance, 1, 0.01);
    refused({.covariance = {0.04, 0.066, 0.066, 0.09}}, fault_code::bad_factor_covariance, 1, -0.21 * 0.09);
    // One bad column, and the good ones beside it are not taken.
    numbers half = good;
    half.loadings[0] = 7.0;
    half.specific[2] = -1.0;
    refused(half, fault_code::bad_risk, 2, -1.0);
    // A factor that does not move, and one that is another.
    CHECK_FALSE(tell(s, {.covariance = {0.0, 0.0, 0.0, 0.09}}));
    CHECK_FALSE(tell(s, {.covariance = {0.04, 0.06, 0.06, 0.09}}));
}

TEST_CASE("given_factors: covariances that few digits have made impossible are made possible again") {
    of_market<given_factors> s{{.factors = 2}, 3};
    const double over = 0.06 * (1.0 + 5e-9);  // a correlation above 1
    REQUIRE_FALSE(tell(s, {model().loadings, {0.04, over, over, 0.09}, {0.0, 0.0, 0.0}}));
    const std::vector<double>& omega = s.estimate.factor_covariance;
    CHECK(omega[0] == 0.04);
    CHECK(omega[3] == 0.09);
    CHECK(omega[1] == omega[2]);
    CHECK(omega[1] == Approx(0.06).epsilon(2e-8));
    CHECK(omega[1] * omega[1] < omega[0] * omega[3]);
    test::check_matrix(s.view(), 1e-14);
}

TEST_CASE("given_factors: of other sizes than it was prepared for") {
    of_market<given_factors> s{{.factors = 2}, 3};
    const given_factors three{.factors = 3};
    CHECK_FALSE(three.prepared(s.estimate));
    CHECK(three.observe(s.estimate, {}).code == fault_code::not_prepared);
    given_factors::estimate bare;
    CHECK(s.estimator.observe(bare, {}).code == fault_code::not_prepared);
    of_market<given_factors> few{{.factors = 3}, 2};
    const std::vector<double> six(6, 1.0);
    CHECK(few.tick({.loadings = six}).code == fault_code::bad_parameter_count);
    CHECK_FALSE(few.estimator.covers(2));
    CHECK(few.estimator.covers(3));
    CHECK(few.estimator.covers(0));
    CHECK(test::refusal(given_factors{.factors = 0}) == "ballast: given_factors.factors = 0: must be 1 to 1024 factors");
    CHECK(test::refusal(given_factors{.factors = 1025}) == "ballast: given_factors.factors = 1025: must be 1 to 1024 factors");
    CHECK(test::refusal(given_factors{.factors = 1024}).empty());
}

// More factors than assets: F = 1, Ω = FΩFᵀ.
TEST_CASE("given_factors: a covariance matrix passed as factors of its own is itself") {
    of_market<given_factors> s{{.factors = 3}, 3};
    REQUIRE_FALSE(tell(s, {{1, 0, 0, 0, 1, 0, 0, 0, 1}, {0.04, 0.01, 0.0, 0.01, 0.09, -0.02, 0.0, -0.02, 0.01}, {0.0, 0.0, 0.0}}));
    CHECK(s.view().variance(1) == 0.09);
    CHECK(s.view().covariance(1, 2) == -0.02);
    CHECK(s.view().covariance(0, 2) == 0.0);
}

TEST_CASE("given_factors: saved, erased and loaded; a split changes nothing") {
    const given_factors g{.factors = 2};
    const any_estimator erased = g;
    CHECK(erased.runtime_provides() == risk_need::covariance);
    market_state<given_factors> a, c;
    market_state<any_estimator> b;
    for (auto* m : {&a, &c}) {
        m->prepare({.assets = 3});
        g.prepare(detail::get<0>(m->estimates), {.assets = 3});
    }
    b.prepare({.assets = 3});
    erased.prepare(detail::get<0>(b.estimates), {.assets = 3});
    const numbers m = model();
    // What is not complete yet is saved as it is.
    REQUIRE_FALSE(g.observe(detail::get<0>(a.estimates), {.loadings = m.loadings, .specific = m.specific}));
    REQUIRE_FALSE(erased.observe(detail::get<0>(b.estimates), {.loadings = m.loadings, .specific = m.specific}));
    CHECK(save(a) == save(b));
    REQUIRE_FALSE(load(c, save(a)));
    CHECK_FALSE(g.view(detail::get<0>(c.estimates)).ready);
    REQUIRE_FALSE(g.observe(detail::get<0>(c.estimates), {.factor_covariance = m.covariance}));
    REQUIRE_FALSE(erased.observe(detail::get<0>(b.estimates), {.factor_covariance = m.covariance}));
    CHECK(g.view(detail::get<0>(c.estimates)).ready);
    CHECK(save(b) == save(c));
    REQUIRE_FALSE(c.adjust(1, 0.5));
    CHECK(save(b) == save(c));
    REQUIRE_FALSE(load(a, save(b)));
    CHECK(same(detail::get<0>(a.estimates), m));
}

TEST_CASE("given_factors: a policy reads it, told with ticks") {
    const std::vector<double> price{1.0, 1.0, 1.0}, quantity{60.0, 30.0, 10.0}, target{0.5, 0.3, 0.2};
    keeper k{rebalancer{trigger::tracking_error{.limit = 0.01}, cost::zero{}, solver::to_target{}, given_factors{.factors = 2}},
             {.assets = 3}};
    const numbers m = model();
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price, .loadings = m.loadings, .factor_covariance = m.covariance}));
    CHECK_FALSE(k.propose({.quantity = quantity}, target).firing.fired);  // of variances nothing is known yet
    REQUIRE_FALSE(k.observe({.now = timestamp{2}, .price = price, .specific = m.specific}));
    // 0.1·(f₀ − f₂) = (0.05, 0.05); and 0.1²·(0.02 + 0.01).
    const double variance = 0.0025 * (0.04 + 0.09 + 2 * 0.01) + 0.0003;
    CHECK(k.propose({.quantity = quantity}, target).firing.measure == Approx(std::sqrt(variance)));
}
