// What a program has to be, and what it is without being told: every column that may be of another size, every number that may be none.
#include <ballast/solver/program.hpp>

#include <ballast/solver/detail/check_program.hpp>

#include "support/catch.hpp"
#include "support/dense_dice.hpp"
#include "support/program_dice.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast_test::random_program;

static_assert(std::is_aggregate_v<solver::program> && std::is_aggregate_v<solver::program_answer>);
static_assert(std::is_trivially_copyable_v<solver::program> && std::is_trivially_copyable_v<solver::certificate>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Two assets, two factors, a row.
random_program sound() {
    random_program r;
    r.layout = risk_layout::factor;
    r.specific = {0.04, 0.04};
    r.loadings = {1.0, 0.0, 1.0, 1.0};
    r.factor_covariance = {0.04, 0.01, 0.01, 0.04};
    r.benchmark = r.held = {0.5, 0.5};
    r.lower = {-infinity, 0.0};
    r.upper = {1.0, infinity};
    r.rows = {1.0, 1.0};
    r.row_lower = {-infinity};
    r.row_upper = {2.0};
    return r;
}
template <class Change>
fault_code code(Change change, std::uint32_t index) {
    random_program r = sound();
    change(r);
    const fault f = detail::check_program(r.view());
    CHECK(f.index == index);
    return f.code;
}
using given = random_program&;
}  // namespace

TEST_CASE("program: sound ones are") {
    CHECK_FALSE(detail::check_program(sound().view()));
    random_program r = sound();
    r.layout = risk_layout::diagonal;
    r.loadings.clear();
    r.factor_covariance.clear();
    r.expected_return = {0.1, -0.1};
    r.budget_lower = r.budget_upper = 1.0;
    r.turnover = r.leverage = r.risk_aversion = 0.0;
    CHECK_FALSE(detail::check_program(r.view()));
    random_program nothing;
    CHECK_FALSE(detail::check_program(nothing.view()));
    for (std::uint64_t seed = 0; seed < 2000; ++seed) CHECK_FALSE(detail::check_program(ballast_test::draw_program(seed, 50).view()));
}

TEST_CASE("program: reads its columns") {
    random_program r = sound();
    r.rows = {1.0, 2.0, 3.0, 4.0};
    r.row_lower = {0.0, 0.0};
    r.row_upper = {1.0, 1.0};
    const solver::program p = r.view();
    CHECK(p.assets() == 2);
    CHECK(p.row_count() == 2);
    CHECK(p.coefficient(1, 0) == 3.0);
    CHECK(p.alpha(1) == 0.0);
    r.expected_return = {0.1, 0.2};
    CHECK(r.view().alpha(1) == 0.2);
}

TEST_CASE("program: columns of another size are told") {
    CHECK(code([](given r) { r.specific.pop_back(); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given r) { r.held.pop_back(); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given r) { r.benchmark.pop_back(); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given r) { r.lower.push_back(0.0); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given r) { r.upper.clear(); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given r) { r.expected_return = {0.1}; }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given r) { r.rows.pop_back(); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given r) { r.row_upper.push_back(1.0); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given r) { r.row_lower.clear(); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given r) { r.factor_covariance.pop_back(); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given r) { r.loadings.pop_back(); }, no_index) == fault_code::size_mismatch);
}

TEST_CASE("program: numbers that are none, or not what they may be, are told") {
    CHECK(code([](given r) { r.layout = risk_layout::none; }, no_index) == fault_code::risk_not_ready);
    CHECK(code([](given r) { r.specific[1] = -1e-9; }, 1) == fault_code::bad_risk);
    CHECK(code([](given r) { r.specific[1] = not_a_number; }, 1) == fault_code::bad_risk);
    CHECK(code([](given r) { r.specific[0] = infinity; }, 0) == fault_code::bad_risk);
    CHECK(code([](given r) { r.loadings[3] = not_a_number; }, 1) == fault_code::bad_risk);
    CHECK(code([](given r) { r.factor_covariance[1] = 0.02; }, no_index) == fault_code::bad_risk);
    CHECK(code([](given r) { r.factor_covariance[2] = not_a_number; }, no_index) == fault_code::bad_risk);
    CHECK(code([](given r) { r.factor_covariance[3] = -0.04; }, no_index) == fault_code::bad_risk);
    CHECK(code([](given r) { r.risk_aversion = -1.0; }, no_index) == fault_code::bad_risk);
    CHECK(code([](given r) { r.risk_aversion = infinity; }, no_index) == fault_code::bad_risk);
    CHECK(code([](given r) { r.wealth = 0.0; }, no_index) == fault_code::bad_value);
    CHECK(code([](given r) { r.wealth = not_a_number; }, no_index) == fault_code::bad_value);
    CHECK(code([](given r) { r.held[1] = not_a_number; }, 1) == fault_code::bad_weight);
    CHECK(code([](given r) { r.benchmark[0] = infinity; }, 0) == fault_code::bad_target);
    CHECK(code([](given r) { r.expected_return = {0.0, not_a_number}; }, 1) == fault_code::bad_expected_return);
    CHECK(code([](given r) { r.lower[1] = not_a_number; }, 1) == fault_code::bad_limit);
    CHECK(code([](given r) { r.lower[1] = infinity; }, 1) == fault_code::bad_limit);
    CHECK(code([](given r) { r.upper[0] = -infinity; }, 0) == fault_code::bad_limit);
    CHECK(code([](given r) { r.upper[1] = not_a_number; }, 1) == fault_code::bad_limit);
    CHECK(code([](given r) { r.row_lower[0] = not_a_number; }, 0) == fault_code::bad_limit);
    CHECK(code([](given r) { r.row_upper[0] = -infinity; }, 0) == fault_code::bad_limit);
    CHECK(code([](given r) { r.rows[1] = infinity; }, 1) == fault_code::bad_limit);
    CHECK(code([](given r) { r.budget_upper = not_a_number; }, no_index) == fault_code::bad_limit);
    CHECK(code([](given r) { r.budget_lower = infinity; }, no_index) == fault_code::bad_limit);
    CHECK(code([](given r) { r.costs_inside = true, r.budget_lower = 0.0; }, no_index) == fault_code::bad_limit);
    CHECK(code([](given r) { r.turnover = -1.0; }, no_index) == fault_code::bad_limit);
    CHECK(code([](given r) { r.turnover = not_a_number; }, no_index) == fault_code::bad_limit);
    CHECK(code([](given r) { r.leverage = not_a_number; }, no_index) == fault_code::bad_limit);
    CHECK(code([](given r) { r.tracking_error = -1e-300; }, no_index) == fault_code::bad_limit);
    CHECK(code([](given r) { r.tracking_error = not_a_number; }, no_index) == fault_code::bad_limit);
    CHECK(code([](given r) { r.most_costs = -1.0; }, no_index) == fault_code::bad_limit);
    CHECK(code([](given r) { r.most_costs = not_a_number; }, no_index) == fault_code::bad_limit);
}

TEST_CASE("program: a dense risk is n x n, finite and symmetric, and its diagonal is the variances") {
    const auto dense = [](auto change, std::uint32_t index) {
        return code(
            [&](given r) {
                r.layout = risk_layout::dense;
                r.loadings.clear();
                r.factor_covariance.clear();
                r.dense = {0.04, -0.01, -0.01, 0.04};
                change(r);
            },
            index);
    };
    CHECK(dense([](given) {}, no_index) == fault_code::none);
    CHECK(dense([](given r) { r.dense.clear(); }, no_index) == fault_code::size_mismatch);
    CHECK(dense([](given r) { r.dense.pop_back(); }, no_index) == fault_code::size_mismatch);
    CHECK(dense([](given r) { r.dense[2] = not_a_number; }, 1) == fault_code::bad_risk);
    CHECK(dense([](given r) { r.dense[1] = infinity; }, 0) == fault_code::bad_risk);
    CHECK(dense([](given r) { r.dense[2] = -0.01 - 1e-12; }, 1) == fault_code::bad_risk);
    CHECK(dense([](given r) { r.dense[2] = -0.01 - 1e-15; }, no_index) == fault_code::none);
    CHECK(dense([](given r) { r.dense[0] = 0.041; }, 0) == fault_code::bad_risk);
    CHECK(dense([](given r) { r.specific[1] = 0.041; }, 1) == fault_code::bad_risk);
    CHECK(dense([](given r) { r.dense[3] = r.specific[1] = -0.04; }, 1) == fault_code::bad_risk);
    CHECK(dense([](given r) { r.specific[1] = not_a_number; }, 1) == fault_code::bad_risk);
    CHECK(dense([](given r) { r.dense[3] = r.specific[1] = 0.0; }, no_index) == fault_code::none);  // a question of definiteness
    CHECK(dense(
              [](given r) {
                  r.dense[3] = 1e-300;
                  r.specific[1] = 0.0;
              },
              1) == fault_code::bad_risk);
    // Every entry of a matrix that is larger than what is read at a time.
    constexpr std::size_t n = 40;
    random_program r;
    r.layout = risk_layout::dense;
    r.specific.assign(n, 1.0);
    r.held = r.benchmark = r.lower = r.upper = std::vector<double>(n, 0.0);
    r.dense.assign(n * n, 0.25);
    for (std::size_t i = 0; i < n; ++i) r.dense[i * n + i] = 1.0;
    CHECK_FALSE(detail::check_program(r.view()));
    for (std::size_t at = 0; at < n * n; ++at) {
        if (at / n == at % n) continue;
        r.dense[at] = 0.2500001;
        const fault f = detail::check_program(r.view());
        CHECK(f.code == fault_code::bad_risk);
        CHECK(f.index == std::max(at / n, at % n));
        r.dense[at] = 0.25;
    }
    for (std::uint64_t seed = 0; seed < 2000; ++seed) CHECK_FALSE(detail::check_program(ballast_test::draw_dense_program(seed, 30).view()));
}

TEST_CASE("program: limits that cross are no fault, and bounds that do are found") {
    random_program r = sound();
    r.row_lower = {3.0};
    r.budget_lower = 2.0;
    r.budget_upper = 1.0;
    CHECK_FALSE(detail::check_program(r.view()));
    CHECK(detail::first_crossed(r.view()) == no_index);
    r.upper[1] = -1e-300;
    CHECK_FALSE(detail::check_program(r.view()));
    CHECK(detail::first_crossed(r.view()) == 1);
    r.upper[1] = 0.0;
    CHECK(detail::first_crossed(r.view()) == no_index);
}

TEST_CASE("program: no number that stands after a sum of eight is missed") {
    for (std::size_t n = 0; n < 20; ++n) {
        std::vector<double> x(n, 1e308);
        CHECK(detail::first_not_finite(x) == n);
        for (std::size_t i = 0; i < n; ++i) {
            for (const double bad : {infinity, -infinity, not_a_number}) {
                x[i] = bad;
                CHECK(detail::first_not_finite(x) == i);
            }
            x[i] = -1e308;
        }
    }
}
