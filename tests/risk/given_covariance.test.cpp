#include <ballast/risk/given_covariance.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/numeric/nearest_correlation.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/tracking_error.hpp>

#include "support/covariances.hpp"

#include <type_traits>

using namespace ballast;
using ballast::risk::given_covariance;
using test::not_a_number;
using test::of_market;

static_assert(std::is_empty_v<given_covariance> && estimator_policy<given_covariance>);
static_assert(given_covariance::provides == risk_need::covariance && detail::check_estimator<given_covariance>());

namespace {
fault tell(of_market<given_covariance>& s, const std::vector<double>& covariance) { return s.tick({.covariance = covariance}); }

// Correlations with a smallest eigenvalue of `least`, times volatilities over ten orders of magnitude.
std::vector<double> random_covariance(std::size_t n, std::mt19937_64& rng, double least) {
    std::normal_distribution<double> noise{0.0, 1.0};
    std::vector<double> f(n * n), c(n * n), vectors(n * n), values(n), scratch(symmetric_eigen_room(n));
    for (double& x : f) x = noise(rng);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j)
            for (std::size_t k = 0; k < n; ++k) c[i * n + j] += f[i * n + k] * f[j * n + k];
    std::vector<double> scale(n);
    for (std::size_t i = 0; i < n; ++i) scale[i] = std::sqrt(c[i * n + i]);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) c[i * n + j] = i == j ? 1.0 : c[i * n + j] / scale[i] / scale[j];
    vectors = c;
    REQUIRE(symmetric_eigen(vectors, values, scratch));
    const double t = (least - values[n - 1]) / (1.0 - least);
    for (std::size_t i = 0; i < n; ++i) scale[i] = std::pow(10.0, noise(rng));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < i; ++j) c[i * n + j] = c[j * n + i] = scale[i] * scale[j] * (c[i * n + j] / (1.0 + t));
    for (std::size_t i = 0; i < n; ++i) c[i * n + i] = scale[i] * scale[i];
    return c;
}
}  // namespace

TEST_CASE("given_covariance: passes on what the host says, as of the newest tick that said it") {
    of_market<given_covariance> s{{}, 2};
    CHECK_FALSE(s.view().ready);
    CHECK_FALSE(tell(s, {}));
    CHECK_FALSE(s.view().ready);
    CHECK_FALSE(tell(s, {0.04, -0.01, -0.01, 0.09}));
    CHECK(s.view().ready);
    CHECK(s.view().layout == risk_layout::dense);
    CHECK(s.view().covariance(0, 1) == -0.01);
    CHECK(s.view().covariance(1, 0) == -0.01);
    CHECK(s.view().variance(1) == 0.09);
    CHECK(s.view().dense[3] == 0.09);
    CHECK_FALSE(tell(s, {}));  // a tick without
    CHECK(s.view().variance(1) == 0.09);
    CHECK_FALSE(tell(s, {0.25, 0.5, 0.5, 1.0}));  // of rank one
    CHECK(s.view().correlation(0, 1) == 1.0);
    CHECK_FALSE(tell(s, {0.0, 0.0, 0.0, 1.0}));  // a peg
    CHECK(s.view().variance(0) == 0.0);
    s.estimate.prepare({.assets = 3});
    CHECK_FALSE(s.view().ready);
    CHECK(s.view().dense.size() == 9);
    of_market<given_covariance> none{{}, 0};
    CHECK_FALSE(tell(none, {}));
    CHECK(none.view().ready);
}

TEST_CASE("given_covariance: of two entries for a pair that differ by rounding the one above the diagonal counts; columns may be strided") {
    of_market<given_covariance> s{{}, 2};
    CHECK_FALSE(tell(s, {0.04, 0.01, 0.01 + 5e-12, 0.09}));
    CHECK(s.view().covariance(1, 0) == 0.01);
    test::check_matrix(s.view());
    CHECK(tell(s, {0.04, 0.01, 0.01 + 7e-11, 0.09}).code == fault_code::bad_covariance);
    const std::vector<double> apart{0.04, -1.0, 0.02, -1.0, 0.02, -1.0, 0.09, -1.0};
    CHECK_FALSE(s.tick({.covariance = column<double>{apart.data(), 4, 2 * sizeof(double)}}));
    CHECK(s.view().covariance(0, 1) == 0.02);
}

TEST_CASE("given_covariance: a fault names the asset and changes nothing") {
    of_market<given_covariance> s{{}, 3};
    const std::vector<double> good{0.04, 0.01, 0.0, 0.01, 0.09, 0.0, 0.0, 0.0, 0.01};
    REQUIRE_FALSE(tell(s, good));
    const auto refused = [&](std::vector<double> c, fault_code code, std::uint32_t index, double value) {
        const fault of_check = given_covariance{}.check(s.estimate, {.covariance = c});
        const fault f = tell(s, c);
        CHECK(f.code == code);
        CHECK(f.index == index);
        CHECK((value == value ? f.value == Approx(value).margin(1e-12) : f.value != f.value));
        CHECK(test::same_bits(f, of_check));
        CHECK(s.estimate.dense == good);
        CHECK(s.estimate.ready);
    };
    const auto with = [&](std::size_t i, std::size_t j, double a, double b) {
        std::vector<double> c = good;
        c[i * 3 + j] = a;
        c[j * 3 + i] = b;
        return c;
    };
    const double infinity = std::numeric_limits<double>::infinity();
    refused({0.04}, fault_code::size_mismatch, no_index, 1.0);
    refused({0.04, 0.0, 0.0}, fault_code::size_mismatch, no_index, 3.0);
    refused(with(1, 1, -0.09, -0.09), fault_code::bad_covariance, 1, -0.09);
    refused(with(2, 2, infinity, infinity), fault_code::bad_covariance, 2, infinity);
    refused(with(0, 0, not_a_number, not_a_number), fault_code::bad_covariance, 0, not_a_number);
    refused(with(0, 2, not_a_number, 0.0), fault_code::bad_covariance, 2, 0.0);
    refused(with(0, 2, 0.0, not_a_number), fault_code::bad_covariance, 2, not_a_number);
    refused(with(0, 2, not_a_number, not_a_number), fault_code::bad_covariance, 2, not_a_number);
    refused(with(0, 2, infinity, infinity), fault_code::bad_covariance, 2, infinity);
    refused(with(1, 2, 0.01, -0.01), fault_code::bad_covariance, 2, -0.01);
    // A correlation of 1.1: of the second's variance −0.21 is left.
    refused(with(0, 1, 0.066, 0.066), fault_code::bad_covariance, 1, -0.21 * 0.09);
    CHECK_FALSE(tell(s, with(2, 2, 0.0, 0.0)));
}

TEST_CASE("given_covariance: what has no variance has no covariance") {
    of_market<given_covariance> s{{}, 2};
    CHECK(tell(s, {0.0, 1e-9, 1e-9, 1.0}).code == fault_code::bad_covariance);
    CHECK(tell(s, {1.0, 1e-300, 1e-300, 0.0}).code == fault_code::bad_covariance);
    CHECK_FALSE(s.estimate.ready);
    CHECK_FALSE(tell(s, {1e-300, 1e-301, 1e-301, 1e300}));
    CHECK(tell(s, {1e-300, 2.0, 2.0, 1e300}).code == fault_code::bad_covariance);
}

// The smallest eigenvalue is known by another method.
TEST_CASE("given_covariance: matrices that are none are refused, whatever their size and units; those at the edge are not") {
    std::mt19937_64 rng{11};
    for (const std::size_t n : {std::size_t{2}, std::size_t{3}, std::size_t{8}, std::size_t{9}, std::size_t{40}}) {
        of_market<given_covariance> s{{}, n};
        for (int draw = 0; draw < 30; ++draw) {
            const std::vector<double> proper = random_covariance(n, rng, 1e-4), edge = random_covariance(n, rng, 0.0),
                                      rounded = random_covariance(n, rng, -0.9e-8), wrong = random_covariance(n, rng, -1.1e-8),
                                      far_off = random_covariance(n, rng, -0.1);
            for (const auto* m : {&proper, &edge}) {
                REQUIRE_FALSE(tell(s, *m));
                REQUIRE(s.estimate.dense == *m);
                REQUIRE_FALSE(tell(s, *m));  // the same again
                REQUIRE(s.estimate.dense == *m);
            }
            // What few digits have made of a matrix is made one again, with variances as they are.
            std::vector<double> kept;
            for (int again = 0; again < 2; ++again) {
                REQUIRE_FALSE(tell(s, rounded));
                kept = s.estimate.dense;
                test::check_matrix(s.view(), 1e-14);
                for (std::size_t k = 0; k < n * n; ++k) {
                    const bool variance = k % (n + 1) == 0;
                    REQUIRE((variance ? kept[k] == rounded[k] : std::fabs(kept[k] - rounded[k]) <= 2.1e-8 * std::fabs(rounded[k])));
                }
            }
            for (const auto* m : {&wrong, &far_off}) {
                REQUIRE(tell(s, *m).code == fault_code::bad_covariance);
                REQUIRE(tell(s, *m).code == fault_code::bad_covariance);
                REQUIRE(s.estimate.dense == kept);
            }
            std::vector<double> repaired = far_off, scratch(nearest_correlation_room(n));
            REQUIRE(nearest_covariance(repaired, n, scratch).done);
            REQUIRE_FALSE(tell(s, repaired));
        }
    }
}

TEST_CASE("given_covariance: saved, erased and loaded; a split changes nothing") {
    const given_covariance g;
    const any_estimator erased = g;
    CHECK(erased.runtime_provides() == risk_need::covariance);
    market_state<given_covariance> a, c;
    market_state<any_estimator> b;
    for (auto* m : {&a, &c}) m->prepare({.assets = 3});
    b.prepare({.assets = 3});
    erased.prepare(detail::get<0>(b.estimates), {.assets = 3});
    const std::vector<double> told{0.04, 0.01, 0.0, 0.01, 0.09, 0.0, 0.0, 0.0, 0.01};
    REQUIRE_FALSE(g.observe(detail::get<0>(a.estimates), {.covariance = told}));
    REQUIRE_FALSE(erased.observe(detail::get<0>(b.estimates), {.covariance = told}));
    CHECK(save(a) == save(b));
    REQUIRE_FALSE(a.adjust(1, 0.5));
    CHECK(save(a) == save(b));
    REQUIRE_FALSE(load(c, save(b)));
    CHECK(detail::get<0>(c.estimates).dense == told);
    CHECK(g.view(detail::get<0>(c.estimates)).ready);
    const std::vector<double> wrong{0.04, 0.07, 0.0, 0.07, 0.09, 0.0, 0.0, 0.0, 0.01};
    CHECK(g.observe(detail::get<0>(c.estimates), {.covariance = wrong}).code == fault_code::bad_covariance);
    CHECK(erased.observe(detail::get<0>(b.estimates), {.covariance = wrong}).code == fault_code::bad_covariance);
    CHECK(save(c) == save(b));
}

TEST_CASE("given_covariance: a policy reads it, told with the tick") {
    const std::vector<double> price{1.0, 1.0}, quantity{60.0, 40.0}, target{0.5, 0.5}, told{0.04, 0.03, 0.03, 0.09};
    keeper k{rebalancer{trigger::tracking_error{.limit = 0.01}, cost::zero{}, solver::to_target{}, given_covariance{}}, {.assets = 2}};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price, .covariance = told}));
    REQUIRE_FALSE(k.observe({.now = timestamp{2}, .price = price}));
    // 0.1²·(0.04 + 0.09 − 2·0.03)
    CHECK(k.propose({.quantity = quantity}, target).firing.measure == Approx(std::sqrt(0.0007)));
    const std::vector<double> wrong{0.04, 0.07, 0.07, 0.09};
    const fault f = k.observe({.now = timestamp{3}, .price = price, .covariance = wrong});
    CHECK(f.code == fault_code::bad_covariance);
    CHECK(f.index == 1);
}
