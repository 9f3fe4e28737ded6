// The search for prices with a dense Σ: checked by the verifier on random matrices of all kinds, against the search for factors on the same Σ, and
// for what it promises of definiteness, of sharing and of where it begins.
#include <ballast/solver/price_search.hpp>

#include <ballast/numeric/symmetric_eigen.hpp>
#include <ballast/solver/verify.hpp>

#include "support/catch.hpp"
#include "support/dense_dice.hpp"
#include "support/program_answers.hpp"
#include "support/same_bits.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ballast;
using ballast_test::check_answer;
using ballast_test::checked;
using ballast_test::dense_class;
using ballast_test::dense_kind;
using ballast_test::draw_dense_program;
using ballast_test::draw_program;
using ballast_test::owned_answer;
using ballast_test::random_program;
using ballast_test::risk_kind;
using ballast_test::solve;
using test::same_bits;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The sizes of the terms of the objective, as the verifier tells them.
double terms_of(const random_program& r, const owned_answer& a) {
    const solver::program p = r.view();
    std::vector<double> scratch(solver::verify_room(p));
    double sum = 0.0;
    r.with_cost([&](const auto& view) {
        const solver::conditions of{p, view, std::span<const double>(a.position), a.a.price, std::span<double>(scratch)};
        for (std::size_t i = 0; i < r.assets(); ++i) sum += of.margin_of(i).size * (std::fabs(a.position[i]) + std::fabs(r.benchmark[i]));
    });
    return sum;
}
void solve_with(solver::price_search& s, const random_program& r, owned_answer& a) {
    const solver::program p = r.view();
    r.with_cost([&](const auto& view) { s.solve(p, view, a.a); });
}
bool is_linear(const random_program& r) {
    return r.with_cost([](const auto& view) { return linear_bound_cost<std::remove_cvref_t<decltype(view)>>; });
}
// Of kinds whose best answer is one: no two assets, and no sum of them, can stand for each other.
bool is_definite(std::uint64_t seed) {
    const dense_kind k = dense_class::of(seed).dense;
    return k == dense_kind::many || k == dense_kind::diagonal;
}

// An index of two assets and cash within it, by hand.
struct two_assets {
    std::vector<double> specific{0.04, 0.09}, dense{0.04, 0.03, 0.03, 0.09}, benchmark{0.6, 0.4}, held{0.5, 0.5}, lower{0.0, 0.0},
        upper{1.0, 1.0};
    [[nodiscard]] solver::program program() const {
        solver::program p;
        p.risk = {.layout = risk_layout::dense, .ready = true, .specific = specific, .dense = dense};
        p.benchmark = benchmark;
        p.held = held;
        p.lower = lower;
        p.upper = upper;
        return p;
    }
};
// Charges the same rate on both sides.
struct flat_rate {
    double rate;
    [[nodiscard]] double cost(std::size_t, double x) const noexcept { return rate * std::fabs(x); }
    [[nodiscard]] slope_interval marginal(std::size_t, double x) const noexcept { return {x > 0.0 ? rate : -rate, x < 0.0 ? -rate : rate}; }
    [[nodiscard]] linear_cost linear(std::size_t) const noexcept { return {.buy = rate, .sell = rate}; }
    [[nodiscard]] response trade(std::size_t, double, double) const noexcept { return {}; }
};

// Σ of one factor that all have in common, with a correlation of 0.9: the sign of one covariance changed, it is none.
struct alike {
    std::size_t n;
    std::vector<double> specific, dense, benchmark, position;
    explicit alike(std::size_t assets)
        : n{assets},
          specific(n, 0.04),
          dense(n * n, 0.036),
          benchmark(n, 1.0 / static_cast<double>(n)),
          position(n) {
        for (std::size_t i = 0; i < n; ++i) dense[i * n + i] = 0.04;
    }
    [[nodiscard]] risk_view view() const { return {.layout = risk_layout::dense, .ready = true, .specific = specific, .dense = dense}; }
};

}  // namespace

TEST_CASE("price_search, dense: answers on matrices of all kinds pass the verifier, and conflicts are proved") {
    int stopped = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) check_answer(draw_dense_program(seed, 40), &stopped);
    CHECK(stopped <= 1);  // eight limits on three assets, most of which say the same
}

TEST_CASE("price_search, dense: large ones as well") {
    for (std::uint64_t seed = 40'000; seed < 40'024; ++seed) check_answer(draw_dense_program(seed, 400));
}

TEST_CASE("price_search, dense: the same as with the same risk in factors") {
    int compared = 0, stopped = 0;
    for (std::uint64_t seed = 50'000; seed < 51'500; ++seed) {
        const random_program r = draw_program(seed, 30);
        if (!r.feasible) continue;
        CAPTURE(r.name());
        const random_program d = ballast_test::written_dense(r);
        owned_answer by_factors{r}, by_matrix{d};
        solve(r, by_factors);
        solve(d, by_matrix);
        if (by_matrix.a.certificate.how == search_end::stopped) {
            ++stopped;
            continue;
        }
        const auto one = checked(r, by_factors), two = checked(d, by_matrix);
        CHECK(two.how == search_end::best);
        CHECK(std::fabs(one.objective - two.objective) <= 1e-10 * terms_of(r, by_factors));
        ++compared;
    }
    CHECK(compared > 1200);
    CHECK(stopped <= 1);  // copies of assets without variance of their own, whose costs bend
}

TEST_CASE("price_search, dense: two assets by hand") {
    // Without limits and costs it is the benchmark; with a sum of 1 it stays it; with cash to spend and a cost, as far as that pays.
    const two_assets t;
    solver::program p = t.program();
    std::vector<double> w(2);
    solver::program_answer a;
    a.position = w;
    solver::price_search s;
    s.prepare(2, 0, 0, true);
    s.solve(p, flat_rate{0.0}, a);
    CHECK(a.certificate.how == search_end::best);
    CHECK(w[0] == Approx(0.6).epsilon(1e-15));
    CHECK(w[1] == Approx(0.4).epsilon(1e-15));
    // Told to sum to 1, only x = w₀ is free: (Σ₀₀ − 2Σ₀₁ + Σ₁₁)(x − 0.6) = −2·rate where it is bought for the other, 0.07·0.1 > 2·rate.
    p.budget_lower = p.budget_upper = 1.0;
    const double rate = 0.001;
    s.solve(p, flat_rate{rate}, a);
    CHECK(a.certificate.how == search_end::best);
    CHECK(w[0] == Approx(0.6 - 2.0 * rate / 0.07).epsilon(1e-14));
    CHECK(w[0] + w[1] == Approx(1.0).epsilon(1e-15));
    // Σ(w − b) of the first, and what it costs: γ(0.04·d − 0.03·d) + ν + rate = 0.
    const double d = w[0] - 0.6;
    CHECK(a.price.budget == Approx(-(0.01 * d) - rate).epsilon(1e-12));
    // Dear enough, nobody trades.
    s.solve(p, flat_rate{0.0036}, a);
    CHECK(w == t.held);
}

TEST_CASE("price_search, dense: no assets, one asset, no variance, no risk aversion") {
    solver::price_search s;
    s.prepare(2, 0, 0, true);
    {
        solver::program_answer a;
        solver::program p;
        p.risk = {.layout = risk_layout::dense, .ready = true};
        s.solve(p, flat_rate{0.001}, a);
        CHECK(a.certificate.how == search_end::best);
    }
    two_assets t;
    std::vector<double> w(2);
    solver::program_answer a;
    a.position = w;
    t.specific = {0.0, 0.0};
    t.dense = {0.0, 0.0, 0.0, 0.0};
    s.solve(t.program(), flat_rate{0.001}, a);
    CHECK(a.certificate.how == search_end::best);
    CHECK(w == t.held);
    t = {};
    solver::program p = t.program();
    p.risk_aversion = 0.0;
    s.solve(p, flat_rate{0.001}, a);
    CHECK(a.certificate.how == search_end::best);
    CHECK(w == t.held);
}

TEST_CASE("price_search, dense: a matrix that is none is refused with its most negative eigenvalue") {
    two_assets t;
    std::vector<double> w{7.0, 8.0};
    solver::program_answer a;
    a.position = w;
    solver::price_search s;
    s.prepare(2, 0, 0, true);
    const auto refused = [&](double covariance) {
        t.dense = {0.04, covariance, covariance, 0.09};
        const solver::program p = t.program();
        s.forget_shared();
        s.solve(p, flat_rate{0.001}, a);
        const fault f = s.prepare_shared(p.risk);
        CHECK(f.code == a.certificate.fault.code);
        CHECK(f.value == a.certificate.fault.value);
        return f;
    };
    CHECK_FALSE(refused(0.06));   // perfectly correlated
    CHECK_FALSE(refused(-0.06));  // hedges
    w = {7.0, 8.0};
    for (const double covariance : {0.0601, 0.07, -0.08, 3.0}) {
        const fault f = refused(covariance);
        CHECK(f.code == fault_code::bad_risk);
        // (a + b)/2 − √(((a − b)/2)² + c²)
        const double least = 0.065 - std::sqrt(0.025 * 0.025 + covariance * covariance);
        CHECK(f.value == Approx(least).epsilon(0.01));
        CHECK(a.certificate.how == search_end::none);
        CHECK(w == std::vector<double>{7.0, 8.0});
    }
    t.dense = {0.04, 0.01, 0.02, 0.09};
    s.solve(t.program(), flat_rate{0.001}, a);
    CHECK(a.certificate.fault.code == fault_code::bad_risk);
    // Factors are refused as well.
    const std::vector<double> own{0.01, 0.01}, loadings{1.0, 0.0, 0.0, 1.0}, omega{0.04, 0.07, 0.07, 0.09};
    std::vector<double> factor_price(2);
    s.prepare(2, 2, 0);
    solver::program p = t.program();
    p.risk = {.layout = risk_layout::factor, .ready = true, .specific = own, .loadings = loadings, .factor_covariance = omega};
    a.factor_price = factor_price;
    s.solve(p, flat_rate{0.001}, a);
    CHECK(a.certificate.fault.code == fault_code::bad_risk);
    CHECK(a.certificate.fault.value == Approx(0.065 - std::sqrt(0.025 * 0.025 + 0.0049)).epsilon(0.01));
}

TEST_CASE("price_search, dense: room for a matrix has to be made, and limits on risk and costs are for who searches for their prices") {
    const two_assets t;
    std::vector<double> w(2);
    solver::program_answer a;
    a.position = w;
    solver::price_search s;
    s.prepare(2, 5, 0);
    s.solve(t.program(), flat_rate{0.001}, a);
    CHECK(a.certificate.fault.code == fault_code::not_prepared);
    CHECK(s.prepare_shared(t.program().risk).code == fault_code::not_prepared);
    s.prepare(2, 0, 0, true);
    solver::program p = t.program();
    p.tracking_error = 0.02;
    s.solve(p, flat_rate{0.001}, a);
    CHECK(a.certificate.fault.code == fault_code::bad_limit);
    CHECK(a.certificate.fault.value == 0.02);
    p.tracking_error = infinity;
    p.costs = 0.01;
    s.solve(p, flat_rate{0.001}, a);
    CHECK(a.certificate.fault.code == fault_code::bad_limit);
}

TEST_CASE("price_search, dense: linear costs have the same answer to the bit, wherever the search begins") {
    int same = 0, warm = 0;
    double cold_steps = 0.0, warm_steps = 0.0;
    for (std::uint64_t seed = 60'000; seed < 62'000; ++seed) {
        const random_program r = draw_dense_program(seed, 40);
        if (!r.feasible || !is_definite(seed)) continue;
        CAPTURE(r.name());
        owned_answer cold{r}, again{r};
        solve(r, cold);
        again.position = cold.position;
        again.a.position = again.position;
        again.row = cold.row;
        again.a.price = cold.a.price;
        again.a.price.row = again.row;
        if (seed % 2 == 0)  // from elsewhere
            for (std::size_t i = 0; i < r.assets(); ++i) again.position[i] *= 1.0 + 1e-3 * std::sin(static_cast<double>(seed + i));
        again.a.warm = true;
        solve(r, again);
        CHECK(again.a.certificate.how == search_end::best);
        CHECK(checked(r, again).how == search_end::best);
        if (!is_linear(r)) continue;
        ++warm;
        same += again.position == cold.position ? 1 : 0;
        for (std::size_t i = 0; i < r.assets(); ++i)
            CHECK(std::fabs(again.position[i] - cold.position[i]) <= 1e-9 * (std::fabs(cold.position[i]) + r.scale));
        if (seed % 2 == 0) continue;
        cold_steps += cold.a.certificate.iterations;
        warm_steps += again.a.certificate.iterations;
    }
    CAPTURE(same, warm, cold_steps, warm_steps);
    CHECK(warm > 80);
    CHECK(same >= warm - warm / 50);  // but for limits that say the same twice
    CHECK(warm_steps < 0.8 * cold_steps);
}

TEST_CASE("price_search: what programs share of a risk is worked out once, and changes no answer") {
    for (const std::uint64_t seed : {7u, 1234u, 5005u}) {
        for (const bool dense : {false, true}) {
            const random_program r = dense ? draw_dense_program(seed, 30) : draw_program(seed, 30);
            if (!r.feasible) continue;
            CAPTURE(r.name());
            solver::price_search s;
            s.prepare(r.assets(), r.factors(), r.row_lower.size(), dense);
            const solver::program p = r.view();
            owned_answer alone{r}, shared{r}, other{r};
            r.with_cost([&](const auto& view) {
                s.solve(p, view, alone.a);
                CHECK_FALSE(s.prepare_shared(p.risk));
                CHECK_FALSE(s.prepare_shared(p.risk));
                s.solve(p, view, shared.a);
                CHECK(same_bits(alone.position, shared.position));
                CHECK(same_bits(alone.row, shared.row));
                // Another account on the same risk, and another risk in between.
                std::vector<double> benchmark = r.benchmark;
                for (double& b : benchmark) b *= 1.01;
                solver::program q = p;
                q.benchmark = benchmark;
                s.solve(q, view, other.a);
                const two_assets t;
                std::vector<double> w(2);
                solver::program_answer small_one;
                small_one.position = w;
                if (dense && r.assets() >= 2) {
                    s.solve(t.program(), flat_rate{0.001}, small_one);
                    CHECK(small_one.certificate.how == search_end::best);
                }
                s.solve(p, view, shared.a);
                CHECK(same_bits(alone.position, shared.position));
            });
        }
    }
}

TEST_CASE("price_search: a program with another risk between those that share theirs leaves no trace in them") {
    int compared = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const random_program one = draw_program(seed, 20),
                             other = seed % 2 == 0 ? draw_program(seed + 1000, 20) : draw_dense_program(seed, 20);
        if (!one.feasible || !other.feasible || one.layout != risk_layout::factor) continue;
        CAPTURE(one.name(), other.name());
        solver::price_search s, fresh;
        for (solver::price_search* each : {&s, &fresh})
            each->prepare(std::max(one.assets(), other.assets()), std::max(one.factors(), other.factors()),
                          std::max(one.row_lower.size(), other.row_lower.size()), true);
        owned_answer alone{one}, between{other}, shared{one};
        solve_with(fresh, one, alone);
        REQUIRE_FALSE(s.prepare_shared(one.view().risk));
        solve_with(s, other, between);
        solve_with(s, one, shared);
        CHECK(same_bits(alone.position, shared.position));
        CHECK(same_bits(alone.a.certificate.objective, shared.a.certificate.objective));
        ++compared;
    }
    CHECK(compared > 60);
}

TEST_CASE("price_search: numbers that changed are seen when sharing is asked for again") {
    two_assets t;
    std::vector<double> w(2);
    solver::program_answer a;
    a.position = w;
    solver::price_search s;
    s.prepare(2, 0, 0, true);
    const solver::program p = t.program();
    CHECK_FALSE(s.prepare_shared(p.risk));
    t.dense[1] = t.dense[2] = 0.07;  // none any more
    CHECK(s.prepare_shared(p.risk).code == fault_code::bad_risk);
    s.solve(p, flat_rate{0.001}, a);
    CHECK(a.certificate.fault.code == fault_code::bad_risk);
    t.dense[1] = t.dense[2] = 0.01;
    CHECK_FALSE(s.prepare_shared(p.risk));
    s.solve(p, flat_rate{0.001}, a);
    CHECK(a.certificate.how == search_end::best);
    s.forget_shared();
    t.dense[1] = t.dense[2] = 0.07;
    s.solve(p, flat_rate{0.001}, a);
    CHECK(a.certificate.fault.code == fault_code::bad_risk);
}

TEST_CASE("price_search: any number that changed is seen when sharing is asked for again, signs of pairs as well") {
    for (std::size_t n = 3; n <= 18; ++n) {
        alike a{n};
        solver::price_search s;
        s.prepare(n, n, 0, true);
        CAPTURE(n);
        CHECK_FALSE(s.prepare_shared(a.view()));
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < i; ++j) {
                double &one = a.dense[i * n + j], &other = a.dense[j * n + i];
                one = other = -one;
                CHECK(s.prepare_shared(a.view()).code == fault_code::bad_risk);
                one = other = -one;
                CHECK_FALSE(s.prepare_shared(a.view()));
            }
        // Any one of them, in every layout.
        std::vector<double> own = a.specific, loadings(n * 3, 0.5), omega{0.04, 0.01, 0.01, 0.01, 0.04, 0.01, 0.01, 0.01, 0.04};
        const risk_view factors{
            .layout = risk_layout::factor, .ready = true, .specific = own, .loadings = loadings, .factor_covariance = omega};
        const risk_view diagonal{.layout = risk_layout::diagonal, .ready = true, .specific = own};
        const auto each = [&](const risk_view& r, std::vector<double>& numbers) {
            for (double& x : numbers) {
                CHECK_FALSE(s.prepare_shared(r));
                const double was = std::exchange(x, std::numeric_limits<double>::quiet_NaN());
                CHECK(s.prepare_shared(r).code == fault_code::bad_risk);
                x = was;
            }
        };
        each(a.view(), a.specific);
        each(a.view(), a.dense);
        each(factors, own);
        each(factors, loadings);
        each(factors, omega);
        each(diagonal, own);
        CHECK(s.prepare_shared({.layout = risk_layout::dense, .ready = true, .specific = a.specific, .dense = own}).code ==
              fault_code::size_mismatch);
        // Of the same numbers told as a matrix, the matrix.
        a.dense[1] = a.dense[n] = 1.0;
        risk_view both = a.view();
        both.layout = risk_layout::diagonal;
        CHECK_FALSE(s.prepare_shared(both));
        CHECK(s.prepare_shared(a.view()).code == fault_code::bad_risk);
    }
}

TEST_CASE("price_search: no view but the very one that is shared is spared its check") {
    const std::size_t n = 5;
    alike good{n};
    std::vector<double> held(n, 0.2), lower(n, 0.0), upper(n, 1.0), factor_price(2);
    std::vector<double> loadings(2 * n, 0.5), omega{0.04, 0.01, 0.01, 0.04};
    solver::price_search s;
    solver::program_answer a;
    a.position = good.position;
    const auto told = [&](const risk_view& r) {
        solver::program p;
        p.risk = r;
        p.benchmark = good.benchmark;
        p.held = held;
        p.lower = lower;
        p.upper = upper;
        a.factor_price = std::span{factor_price}.first(r.factors());
        s.solve(p, flat_rate{0.001}, a);
        CHECK((a.certificate.how == search_end::none) == (a.certificate.fault.code == fault_code::bad_risk));
        return a.certificate.fault.code;
    };
    const risk_view dense = good.view();
    const risk_view factors{
        .layout = risk_layout::factor, .ready = true, .specific = good.specific, .loadings = loadings, .factor_covariance = omega};
    std::vector<double> variances = good.specific, matrix = good.dense, other_loadings = loadings, indefinite{0.04, 0.05, 0.05, 0.04};
    variances[2] = 0.05;  // not what stands in the matrix
    matrix[1] = matrix[n] = -0.036;
    other_loadings[3] = infinity;
    s.prepare(n, 2, 0, true);
    const auto with = [](risk_view r, auto change) {
        change(r);
        return r;
    };
    for (int times = 0; times < 2; ++times) {  // unshared, and shared
        CHECK(told(dense) == fault_code::none);
        CHECK(told(with(dense, [&](risk_view& r) { r.specific = variances; })) == fault_code::bad_risk);
        CHECK(told(with(dense, [&](risk_view& r) { r.dense = matrix; })) == fault_code::bad_risk);
        CHECK_FALSE(s.prepare_shared(dense));
    }
    s.forget_shared();
    variances[2] = -0.05;
    for (int times = 0; times < 2; ++times) {
        CHECK(told(factors) == fault_code::none);
        CHECK(told(with(factors, [&](risk_view& r) { r.specific = variances; })) == fault_code::bad_risk);
        CHECK(told(with(factors, [&](risk_view& r) { r.loadings = other_loadings; })) == fault_code::bad_risk);
        CHECK(told(with(factors, [&](risk_view& r) { r.factor_covariance = indefinite; })) == fault_code::bad_risk);
        CHECK_FALSE(s.prepare_shared(factors));
    }
    // Another layout in the same memory, and numbers that changed after room was made anew.
    risk_view flat = dense;
    flat.dense = matrix;
    flat.layout = risk_layout::diagonal;
    CHECK_FALSE(s.prepare_shared(flat));
    flat.layout = risk_layout::dense;
    CHECK(told(flat) == fault_code::bad_risk);
    CHECK_FALSE(s.prepare_shared(dense));
    s.prepare(n, 2, 0, true);
    good.dense[1] = good.dense[n] = -0.036;
    CHECK(told(dense) == fault_code::bad_risk);
}

TEST_CASE("price_search, dense: what a search says of its answer is what the verifier says, also where it was stopped") {
    int stopped = 0, off = 0, better = 0;
    for (std::uint64_t seed = 70'000; seed < 71'200; ++seed) {
        const random_program r = draw_dense_program(seed, 25);
        if (!r.feasible) continue;
        CAPTURE(r.name());
        owned_answer a{r};
        solve(r, a, {.iterations = seed % 3 == 0 ? 1000 : static_cast<int>(seed % 3)});
        const solver::certificate& one = a.a.certificate;
        if (one.how == search_end::infeasible) continue;
        const solver::certificate two = checked(r, a);
        stopped += one.how == search_end::stopped ? 1 : 0;
        off += two.relative_dual > 1e-6 ? 1 : 0;
        const double terms = terms_of(r, a);
        CHECK(std::fabs(one.objective - two.objective) <= 1e-11 * terms);
        CHECK(one.dual == Approx(two.dual).epsilon(1e-6).margin(1e-10 * (1.0 + terms / r.scale)));
        CHECK(std::fabs(one.relative_dual - two.relative_dual) <= 1e-9 + 0.5 * std::fmax(one.relative_dual, two.relative_dual));
        CHECK(one.primal == Approx(two.primal).epsilon(1e-6).margin(1e-11 * r.scale));
        CHECK(one.gap >= 0.0);
        owned_answer b{r};
        solve(r, b);
        if (b.a.certificate.how == search_end::best) {  // nothing is better by more than the gap
            better += one.objective - b.a.certificate.objective > 1e-9 * terms ? 1 : 0;
            CHECK(b.a.certificate.objective >= one.objective - one.gap - 1e-9 * terms);
        }
        const solver::program p = r.view();
        double used = 0.0;  // what prices and the room that limits leave say by themselves
        for (std::size_t j = 0; j < p.row_count(); ++j) {
            double at = 0.0;
            for (std::size_t i = 0; i < r.assets(); ++i) at += p.coefficient(j, i) * a.position[i];
            const double y = a.row[j];
            if (y != 0.0) used += std::fabs(y) * std::fabs((y > 0.0 ? r.row_upper[j] : r.row_lower[j]) - at);
        }
        CHECK(one.gap >= used * (1.0 - 1e-6) - 1e-11 * terms);
        CHECK(one.complementarity <= one.gap * (1.0 + 1e-9) + 1e-11 * terms);
    }
    CAPTURE(stopped, off, better);
    CHECK(better > 50);
    CHECK(stopped > 100);
    CHECK(off > 50);
}

TEST_CASE("price_search, dense: of many answers that are as good it is mostly the same one, wherever the search begins") {
    int same = 0, count = 0;
    for (std::uint64_t seed = 80'000; seed < 81'500; ++seed) {
        const random_program r = draw_dense_program(seed, 25);
        if (!r.feasible || is_definite(seed) || !is_linear(r)) continue;
        CAPTURE(r.name());
        owned_answer cold{r}, again{r};
        solve(r, cold);
        for (std::size_t i = 0; i < r.assets(); ++i) {
            const auto at = static_cast<double>(i);
            again.position[i] =
                cold.position[i] + 0.1 * (cold.position[i] * std::sin(at + static_cast<double>(seed)) + r.scale * std::cos(at));
        }
        again.row = cold.row;
        again.a.price = cold.a.price;
        again.a.price.row = again.row;
        again.a.warm = true;
        solve(r, again);
        CHECK(checked(r, again).how == search_end::best);
        CHECK(std::fabs(again.a.certificate.objective - cold.a.certificate.objective) <= 1e-10 * terms_of(r, cold));
        ++count;
        same += again.position == cold.position ? 1 : 0;
    }
    CAPTURE(same, count);
    CHECK(count > 400);
    CHECK(same >= count * 47 / 50);  // but for assets without costs that stand for each other
}
