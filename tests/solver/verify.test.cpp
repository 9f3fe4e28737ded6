// The verifier is checked against closed forms, against answers that an oracle found by trying everything, and against answers that were moved:
// it has to accept the best and refuse the rest. Bounds on what is lost are checked with points drawn at random.
#include <ballast/solver/verify.hpp>

#include <ballast/cost/proportional.hpp>
#include <ballast/cost/square_root_impact.hpp>
#include <ballast/cost/tiered.hpp>
#include <ballast/cost/zero.hpp>

#include "support/catch.hpp"
#include "support/program_dice.hpp"
#include "support/tracking_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast_test::draw_program;
using ballast_test::program_class;
using ballast_test::random_program;
using ballast_test::seeded;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// A program that owns its numbers: diagonal, without limits.
struct small_program {
    std::vector<double> variance, benchmark, held, lower, upper, expected_return, rows, row_lower, row_upper, loadings, factor_covariance,
        price_of_row;
    solver::program p{};
    solver::shadow_prices y{};

    small_program(std::vector<double> d, std::vector<double> b, std::vector<double> h)
        : variance(std::move(d)),
          benchmark(std::move(b)),
          held(std::move(h)),
          lower(held.size(), -infinity),
          upper(held.size(), infinity) {
        p.risk.layout = risk_layout::diagonal;
    }
    void add_row(const std::vector<double>& a, double lo, double hi, double price = 0.0) {
        rows.insert(rows.end(), a.begin(), a.end());
        row_lower.push_back(lo);
        row_upper.push_back(hi);
        price_of_row.push_back(price);
    }
    [[nodiscard]] const solver::program& program() {
        p.risk.specific = variance;
        p.risk.loadings = loadings;
        p.risk.factor_covariance = factor_covariance;
        p.benchmark = benchmark;
        p.held = held;
        p.lower = lower;
        p.upper = upper;
        p.expected_return = expected_return;
        p.rows = rows;
        p.row_lower = row_lower;
        p.row_upper = row_upper;
        y.row = price_of_row;
        return p;
    }
};

template <class View>
solver::certificate checked(const solver::program& p, const View& cost, const std::vector<double>& w, const solver::shadow_prices& y) {
    std::vector<double> scratch(solver::verify_room(p));
    return solver::verify(p, cost, std::span<const double>(w), y, std::span<double>(scratch));
}
template <class Cost>
solver::certificate checked(small_program& s, const Cost& cost, const std::vector<double>& w) {
    const look l;
    return checked(s.program(), cost.bind(l), w, s.y);
}
template <class Cost>
solver::asset_margin margin(small_program& s, const Cost& cost, const std::vector<double>& w, std::size_t i) {
    const look l;
    const auto view = cost.bind(l);
    std::vector<double> scratch(solver::verify_room(s.program()));
    return solver::conditions{s.program(), view, std::span<const double>(w), s.y, std::span<double>(scratch)}.margin_of(i);
}

// The objective in long doubles, from Σ as a matrix.
template <class View>
long double objective(const solver::program& p, const View& cost, const std::vector<double>& w) {
    long double sum = 0.0L;
    for (std::size_t i = 0; i < w.size(); ++i) {
        const long double di = static_cast<long double>(w[i]) - static_cast<long double>(p.benchmark[i]);
        for (std::size_t j = 0; j < w.size(); ++j)
            sum += static_cast<long double>(p.risk_aversion) / 2 * di * static_cast<long double>(p.risk.covariance(i, j)) *
                   (static_cast<long double>(w[j]) - static_cast<long double>(p.benchmark[j]));
        sum -= static_cast<long double>(p.alpha(i)) * static_cast<long double>(w[i]);
        sum += static_cast<long double>(cost.cost(i, p.wealth * (w[i] - p.held[i]))) / static_cast<long double>(p.wealth);
    }
    return sum;
}

template <class View>
constexpr bool is_linear = linear_bound_cost<std::remove_cvref_t<View>>;

// Sum of the sizes of the terms of all conditions, each times the position.
template <class View>
double terms(const solver::program& p, const View& view, const std::vector<double>& w, const solver::shadow_prices& y) {
    std::vector<double> scratch(solver::verify_room(p));
    const solver::conditions of{p, view, std::span<const double>(w), y, std::span<double>(scratch)};
    double sum = 0.0;
    for (std::size_t i = 0; i < w.size(); ++i) sum += of.margin_of(i).size * (std::fabs(w[i]) + std::fabs(p.benchmark[i]));
    return sum;
}

// f(random program, view, oracle's answer) of tiny programs with linear costs.
template <class F>
void for_each_tiny(std::uint64_t first, std::uint64_t last, F f) {
    for (std::uint64_t seed = first; seed < last; ++seed) {
        if (program_class::of(seed).cost > ballast_test::cost_kind::rebate) continue;
        const random_program r = draw_program(seed, 3);
        if (!r.feasible || r.row_lower.size() > 3) continue;
        const solver::program p = r.view();
        r.with_cost([&](const auto& view) {
            if constexpr (is_linear<decltype(view)>) {
                ballast_test::tracking_oracle oracle{p, view};
                ballast_test::oracle_answer a = oracle.solve();
                if (!a.found()) return;
                CAPTURE(r.name());
                f(r, p, view, a);
            }
        });
    }
}

}  // namespace

TEST_CASE("verify: one asset without costs is best at the benchmark, moved by its expected return") {
    small_program s{{0.04}, {0.5}, {0.2}};
    s.expected_return = {0.01};
    s.p.risk_aversion = 2.0;
    const double best = 0.5 + 0.01 / (2.0 * 0.04);
    const auto c = checked(s, cost::zero{}, {best});
    CHECK(c.how == search_end::best);
    CHECK(c.dual < 1e-16);
    CHECK(c.gap < 1e-30);
    CHECK(c.objective == Approx(0.5 * 2.0 * 0.04 * 0.125 * 0.125 - 0.01 * best));

    // Off by d it loses γD/2·d², and just that is its gap.
    const auto off = checked(s, cost::zero{}, {best + 0.1});
    CHECK(off.how == search_end::stopped);
    CHECK(off.dual == Approx(2.0 * 0.04 * 0.1));
    CHECK(off.gap == Approx(0.04 * 0.01));
}

TEST_CASE("verify: a budget shares a shortfall by the inverse of the variances") {
    small_program s{{0.04, 0.09, 0.01}, {0.5, 0.3, 0.2}, {0.3, 0.3, 0.3}};
    s.p.risk_aversion = 3.0;
    s.p.budget_lower = s.p.budget_upper = 0.9;
    const double weight = 1.0 / 0.04 + 1.0 / 0.09 + 1.0 / 0.01;
    s.y.budget = 3.0 * (1.0 - 0.9) / weight;
    std::vector<double> w(3);
    for (std::size_t i = 0; i < 3; ++i) w[i] = s.benchmark[i] - s.y.budget / (3.0 * s.variance[i]);
    CHECK(checked(s, cost::zero{}, w).how == search_end::best);
    CHECK(checked(s, cost::zero{}, w).relative_primal < 1e-15);

    // The price of the other side is none that an upper limit has.
    s.p.budget_lower = -infinity;
    CHECK(checked(s, cost::zero{}, w).how == search_end::best);
    s.p.budget_lower = 0.9;
    s.p.budget_upper = infinity;
    CHECK(checked(s, cost::zero{}, w).how == search_end::stopped);
    CHECK(checked(s, cost::zero{}, w).dual == Approx(s.y.budget));
    // One unit of the budget missing is told in its own units.
    s.p.budget_lower = s.p.budget_upper = 1.0;
    CHECK(checked(s, cost::zero{}, w).primal == Approx(0.1));
    // Room where there is a price is lost at that price.
    s.p.budget_lower = -infinity;
    const auto roomy = checked(s, cost::zero{}, w);
    CHECK(roomy.how == search_end::stopped);
    CHECK(roomy.complementarity == Approx(0.1 * s.y.budget));
    CHECK(roomy.gap == Approx(0.1 * s.y.budget));
}

TEST_CASE("verify: why an asset does not trade, and why a trade stops where it does") {
    small_program s{{0.04}, {0.5}, {0.4}};
    const cost::proportional cost{.rate = 0.01, .sell = 0.002};
    // One unit more is worth 0.04·0.1 and costs 0.01: it is kept.
    const auto kept = margin(s, cost, {0.4}, 0);
    CHECK(kept.benefit == Approx(0.004));
    CHECK(kept.risk == Approx(-0.004));
    CHECK(kept.cost.low == Approx(-0.002));
    CHECK(kept.cost.high == Approx(0.01));
    CHECK(kept.excess() == 0.0);
    CHECK(checked(s, cost, {0.4}).how == search_end::best);
    CHECK(checked(s, cost, {std::nextafter(0.4, 1.0)}).how == search_end::stopped);  // dust is a trade
    CHECK(checked(s, cost, {std::nextafter(0.4, 0.0)}).how == search_end::stopped);

    // From further off it is bought until the next unit is not worth its cost.
    s.held = {0.1};
    CHECK(margin(s, cost, {0.1}, 0).excess() == Approx(0.016 - 0.01));
    CHECK(checked(s, cost, {0.25}).how == search_end::best);
    CHECK(margin(s, cost, {0.25}, 0).cost.low == Approx(0.01));
    // At a bound it does not matter how much more would be worth.
    s.upper = {0.2};
    CHECK(checked(s, cost, {0.2}).how == search_end::best);
    CHECK(margin(s, cost, {0.2}, 0).cost.high == infinity);
    CHECK(checked(s, cost, {0.19}).how == search_end::stopped);
    s.upper = {infinity};
    s.lower = {0.3};
    CHECK(checked(s, cost, {0.3}).how == search_end::best);
    CHECK(checked(s, cost, {0.31}).how == search_end::stopped);
    CHECK(checked(s, cost, {0.29}).primal == Approx(0.01));
    s.lower = s.upper = {0.9};
    CHECK(checked(s, cost, {0.9}).how == search_end::best);
}

TEST_CASE("verify: prices of turnover and leverage have their kinks where it is held and at 0") {
    small_program s{{0.04, 0.04}, {0.5, -0.5}, {0.0, 0.0}};
    s.p.turnover = 0.2;  // 0.2 each way, one-way
    s.y.turnover = 2.0 * 0.04 * 0.3;
    CHECK(checked(s, cost::zero{}, {0.2, -0.2}).how == search_end::best);
    CHECK(checked(s, cost::zero{}, {0.25, -0.15}).how == search_end::stopped);
    s.y.turnover = -s.y.turnover;
    CHECK(checked(s, cost::zero{}, {0.2, -0.2}).how == search_end::stopped);
    s.y.turnover = 0.0;
    s.p.turnover = infinity;
    s.p.leverage = 0.4;
    s.y.leverage = 0.04 * 0.3;
    CHECK(checked(s, cost::zero{}, {0.2, -0.2}).how == search_end::best);
    // Far more of one than of the other: the other is left at 0.
    s.benchmark = {0.6, -0.1};
    s.held = {0.3, 0.0};
    s.y.leverage = 0.04 * 0.2;
    CHECK(checked(s, cost::zero{}, {0.4, 0.0}).how == search_end::best);
    const auto m = margin(s, cost::zero{}, {0.4, 0.0}, 1);
    CHECK(m.cost.low == Approx(-0.008));
    CHECK(m.cost.high == Approx(0.008));
    CHECK(m.benefit == Approx(-0.004));
}

TEST_CASE("verify: costs that are paid out of the budget weigh by its price as well") {
    // 0 = D(w − b) + ν + (1 + ν)·rate, and w + rate·(w − h) = 1
    const double rate = 0.01;
    small_program s{{0.04}, {1.5}, {0.5}};
    s.p.costs_inside = true;
    s.p.budget_upper = 1.0;
    const double w = (1.0 + rate * 0.5) / (1.0 + rate);
    s.y.budget = (0.04 * (1.5 - w) - rate) / (1.0 + rate);
    CHECK(checked(s, cost::proportional{.rate = rate}, {w}).how == search_end::best);
    s.y.budget = 0.04 * (1.5 - w) - rate;
    CHECK(checked(s, cost::proportional{.rate = rate}, {w}).how == search_end::stopped);
    s.p.budget_lower = 0.5;  // would not be convex
    CHECK(checked(s, cost::proportional{.rate = rate}, {w}).fault.code == fault_code::bad_limit);
}

TEST_CASE("verify: a price that its limit can not have is refused, even where it changes nothing") {
    small_program s{{0.04, 0.04}, {0.5, 0.5}, {0.5, 0.5}};
    s.add_row({1.0, -1.0}, 0.0, infinity, 0.001);
    const cost::proportional cost{.rate = 0.01};
    CHECK(checked(s, cost, {0.5, 0.5}).how == search_end::stopped);
    CHECK(checked(s, cost, {0.5, 0.5}).dual == Approx(0.001));
    s.price_of_row = {-0.001};
    CHECK(checked(s, cost, {0.5, 0.5}).how == search_end::best);
    s.price_of_row = {0.0};
    for (double* price : {&s.y.budget, &s.y.turnover, &s.y.leverage}) {
        *price = 0.001;
        CHECK(checked(s, cost, {0.5, 0.5}).how == search_end::stopped);
        CHECK(checked(s, cost, {0.5, 0.5}).dual == Approx(price == &s.y.turnover ? 0.0005 : 0.001));
        *price = 0.0;
    }
}

TEST_CASE("verify: what is left where costs and prices of turnover or leverage cancel is rounding") {
    // Sold without any risk until the leverage is kept: its price is the rate of sales, but for rounding.
    small_program s{{0.0}, {1.0}, {1.1}};
    s.p.leverage = 1.0;
    s.y.leverage = 1.5e-6 * (1.0 + 0x1p-50);
    CHECK(checked(s, cost::proportional{.rate = 1.5e-6}, {1.0}).how == search_end::best);
    s.y.leverage = 1.5e-6 * (1.0 + 1e-7);
    CHECK(checked(s, cost::proportional{.rate = 1.5e-6}, {1.0}).how == search_end::stopped);
}

TEST_CASE("verify: kinks at sizes that no w stands for exactly") {
    small_program s{{0.04, 0.04}, {0.9, -0.5}, {0.1, 0.2}};
    s.p.wealth = 1e6;
    // A third tier that nothing reaches; the best is just at the edge of the second.
    const cost::tiered cost{.tiers = {{100'000.0, 0.001}, {333'333.3, 0.002}, {.rate = 0.5}}};
    CHECK(checked(s, cost, {0.1 + 0.3333333, 0.2 - 0.3333333}).how == search_end::best);
    CHECK(checked(s, cost, {0.1 + 0.333333, 0.2 - 0.3333333}).how == search_end::stopped);
    CHECK(checked(s, cost, {0.1 + 0.3333334, 0.2 - 0.3333333}).how == search_end::stopped);
    // An infinite slope's beginning: next to nothing of a trade costs next to nothing.
    small_program t{{0.04}, {0.5}, {0.25}};
    const cost::square_root_impact root{.coefficient = 1.0, .daily_volatility = 0.02, .daily_volume = 100.0};
    CHECK(checked(t, root, {0.25}).how == search_end::stopped);
    t.benchmark = {0.25};
    CHECK(checked(t, root, {0.25}).how == search_end::best);
}

TEST_CASE("verify: factors pull on all assets") {
    // One factor, closed form by Sherman and Morrison: (D + ff'Ω)d = −ν·1 with Σd = −0.1
    small_program s{{0.04, 0.02}, {0.6, 0.4}, {0.6, 0.3}};
    s.loadings = {1.0, 0.5};
    s.factor_covariance = {0.09};
    s.p.risk.layout = risk_layout::factor;
    s.p.budget_lower = s.p.budget_upper = 0.9;
    const auto solve = [&](double r0, double r1) {  // Σ⁻¹r
        const double a = 0.04 + 0.09, b = 0.045, c = 0.02 + 0.0225, det = a * c - b * b;
        return std::pair{(c * r0 - b * r1) / det, (a * r1 - b * r0) / det};
    };
    const auto [x0, x1] = solve(1.0, 1.0);
    s.y.budget = 0.1 / (x0 + x1);
    const std::vector<double> w{0.6 - s.y.budget * x0, 0.4 - s.y.budget * x1};
    const auto c = checked(s, cost::zero{}, w);
    CHECK(c.how == search_end::best);
    CHECK(c.relative_dual < 1e-15);
    CHECK(c.objective == Approx(0.5 * 0.1 * s.y.budget));
    CHECK(checked(s, cost::zero{}, {w[0] + 1e-7, w[1] - 1e-7}).how == search_end::stopped);
}

TEST_CASE("verify: answers that were found by trying everything are accepted, at any scale") {
    int accepted = 0;
    for_each_tiny(0, 12'000, [&](const random_program&, const solver::program& p, const auto& view, ballast_test::oracle_answer& a) {
        const auto c = checked(p, view, a.position, a.prices());
        CHECK(c.how == search_end::best);
        CHECK(c.relative_dual < 1e-9);
        CHECK(c.relative_primal < 1e-12);
        CHECK(c.objective == Approx(static_cast<double>(a.objective))
                                 .epsilon(1e-9)
                                 .margin(1e-12 * std::fabs(static_cast<double>(a.objective)) + 1e-20 * p.wealth + 1e-16));
        ++accepted;
    });
    CHECK(accepted > 2500);
}

TEST_CASE("verify: answers that were moved are refused, and their gaps hold") {
    int moved = 0;
    int refused = 0;
    seeded d{7};
    for_each_tiny(12'000, 20'000, [&](const random_program& r, const solver::program& p, const auto& view, ballast_test::oracle_answer& a) {
        const long double best = objective(p, view, a.position);
        const double all_terms = terms(p, view, a.position, a.prices());
        // Along the way to the point that keeps all limits, which is feasible all along: what is lost is never more than the gap, whatever the
        // prices.
        for (const double part : {1e-3, 0.3, 1.0}) {
            std::vector<double> w(a.position);
            for (std::size_t i = 0; i < w.size(); ++i) w[i] += part * (r.inside[i] - a.position[i]);
            for (const bool other_prices : {false, true}) {
                solver::shadow_prices y = a.prices();
                std::vector<double> mu(a.row);
                if (other_prices) {
                    y.budget *= d.between(0.0, 2.0);
                    y.turnover += d.between(-0.1, 1.0) * std::fabs(y.budget);
                    y.leverage *= d.between(0.5, 1.5);
                    for (double& m : mu) m += d.between(-1.0, 1.0) * std::fabs(y.budget);
                    y.row = mu;
                }
                const auto c = checked(p, view, w, y);
                const long double lost = objective(p, view, w) - best;
                CHECK(c.gap >= static_cast<double>(lost) * (1.0 - 1e-6) - 1e-9 * c.gap - 1e-13 * std::fabs(static_cast<double>(best)) -
                                   1e-15 * p.risk_aversion * r.scale * r.scale);
                if (part == 0.3 && !other_prices && static_cast<double>(lost) > 1e-6 * all_terms) {
                    ++moved;
                    if (c.how == search_end::stopped) ++refused;
                }
            }
        }
    });
    CHECK(moved > 500);
    CHECK(refused == moved);
}

TEST_CASE("verify: gaps hold for all kinds of costs, limits and risk, whatever the positions and prices") {
    seeded d{19};
    int finite = 0;
    for (std::uint64_t seed = 40'000; seed < 46'000; ++seed) {
        const random_program r = draw_program(seed, 8);
        if (!r.feasible) continue;
        const solver::program p = r.view();
        std::vector<double> w(r.assets());
        for (std::size_t i = 0; i < w.size(); ++i) {
            const double from = std::max(r.lower[i], -r.scale);
            const double to = std::max(from, std::min(r.upper[i], r.scale));
            w[i] = d.chance(0.3) ? r.inside[i] : d.between(from, to);
        }
        r.with_cost([&](const auto& view) {
            CAPTURE(r.name());
            solver::shadow_prices y;
            std::vector<double> mu(r.row_lower.size());
            y.row = mu;
            const double typical = terms(p, view, w, y) / r.scale;
            if (d.chance(0.8)) y.budget = typical * d.normal();
            if (d.chance(0.8)) y.turnover = typical * d.unit();
            if (d.chance(0.8)) y.leverage = typical * d.unit();
            for (double& m : mu) m = typical * d.normal();
            const auto c = checked(p, view, w, y);
            REQUIRE(c.how != search_end::none);
            const long double here = objective(p, view, w);
            const long double better = here - objective(p, view, r.inside);  // which keeps all limits
            CHECK(c.objective == Approx(static_cast<double>(here)).epsilon(1e-9).margin(1e-12 * typical * r.scale));
            CHECK(c.gap >= static_cast<double>(better) - 1e-9 * (typical * r.scale + std::fabs(static_cast<double>(here))));
            if (c.gap < infinity) ++finite;
        });
    }
    CHECK(finite > 2000);
}

TEST_CASE("verify: what is in other units by a power of two has the same certificate, to the bit") {
    for (std::uint64_t seed = 50'000; seed < 50'400; ++seed) {
        random_program r = draw_program(seed, 20);
        if (!r.feasible) continue;
        const solver::program p = r.view();
        random_program s = r;
        const double by = 0x1p20;
        for (std::vector<double>* column : {&s.benchmark, &s.held, &s.lower, &s.upper, &s.row_lower, &s.row_upper, &s.inside})
            for (double& x : *column) x *= by;
        for (double* x : {&s.budget_lower, &s.budget_upper, &s.turnover, &s.leverage}) *x *= by;
        s.wealth /= by;
        s.risk_aversion /= by;
        const solver::program q = s.view();
        std::vector<double> mu(r.row_lower.size(), 1e-3);
        const solver::shadow_prices y{.budget = 1e-3, .turnover = 1e-3, .leverage = 1e-3, .row = mu};
        r.with_cost([&](const auto& view) {
            CAPTURE(r.name());
            const auto one = checked(p, view, r.inside, y);
            const auto other = checked(q, view, s.inside, y);
            CHECK(one.how == other.how);
            CHECK(one.dual == other.dual);
            CHECK(one.relative_dual == other.relative_dual);
            CHECK(one.relative_primal == other.relative_primal);
            CHECK(one.primal * by == other.primal);
            CHECK(one.objective * by == other.objective);
            CHECK(one.gap * by == other.gap);
            CHECK(one.relative_gap == other.relative_gap);
        });
    }
}

TEST_CASE("verify: dust, a step beyond a bound, and prices of limits that are not there are refused") {
    int dusty = 0, beyond = 0, priced = 0;
    for_each_tiny(20'000, 26'000, [&](const random_program& r, const solver::program& p, const auto& view, ballast_test::oracle_answer& a) {
        const auto& w = a.position;
        for (std::size_t i = 0; i < w.size(); ++i) {
            if (w[i] == p.upper[i] && w[i] != 0.0) {
                auto past = w;
                past[i] += 1e-6 * std::fabs(w[i]);
                CHECK(checked(p, view, past, a.prices()).how == search_end::stopped);
                ++beyond;
            }
            const linear_cost c = view.linear(i);
            if (w[i] == p.held[i] && w[i] != 0.0 && w[i] > p.lower[i] && w[i] < p.upper[i] && c.buy > 0.0) {
                std::vector<double> scratch(solver::verify_room(p));
                const auto y = a.prices();
                const solver::conditions of{p, view, std::span<const double>(w), y, std::span<double>(scratch)};
                const auto m = of.margin_of(i);
                if (m.cost.high - m.benefit < 1e-6 * m.size) continue;  // it might as well be bought
                auto dust = w;
                dust[i] = std::nextafter(w[i], infinity);
                CHECK(checked(p, view, dust, a.prices()).how == search_end::stopped);
                ++dusty;
            }
        }
        if (!(p.leverage < infinity)) {
            solver::shadow_prices y = a.prices();
            y.leverage = 1e-3 * terms(p, view, w, y) / r.scale;
            if (y.leverage > 0.0) {
                CHECK(checked(p, view, w, y).how == search_end::stopped);
                ++priced;
            }
        }
    });
    CHECK(dusty > 50);
    CHECK(beyond > 50);
    CHECK(priced > 500);
}

TEST_CASE("verify: what is no program, and no answer to it, is told") {
    const auto code = [](auto change, std::uint32_t index) {
        small_program s{{0.04, 0.04}, {0.5, 0.5}, {0.5, 0.5}};
        s.add_row({1.0, 1.0}, 0.0, 2.0);
        std::vector<double> w{0.5, 0.5};
        CHECK(checked(s, cost::zero{}, w).how == search_end::best);
        change(s, w);
        const auto c = checked(s, cost::zero{}, w);
        CHECK(c.how == search_end::none);
        CHECK(c.fault.index == index);
        return c.fault.code;
    };
    using given = small_program&;
    using answer = std::vector<double>&;
    CHECK(code([](given s, answer) { s.held[1] = not_a_number; }, 1) == fault_code::bad_weight);  // see program.test.cpp for all of these
    CHECK(code([](given s, answer) { s.price_of_row.clear(); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given, answer w) { w.pop_back(); }, no_index) == fault_code::size_mismatch);
    CHECK(code([](given, answer w) { w[1] = not_a_number; }, 1) == fault_code::bad_weight);
    CHECK(code([](given s, answer) { s.y.turnover = not_a_number; }, no_index) == fault_code::bad_price);
    CHECK(code([](given s, answer) { s.price_of_row[0] = infinity; }, 0) == fault_code::bad_price);

    small_program s{{0.04}, {0.5}, {0.5}};
    s.add_row({1.0}, 0.0, 2.0);
    const look l;
    const auto view = cost::zero{}.bind(l);
    const std::vector<double> w{0.5};
    const auto cramped = solver::verify(s.program(), view, std::span<const double>(w), s.y, std::span<double>{});
    CHECK(cramped.how == search_end::none);
    CHECK(cramped.fault.code == fault_code::not_prepared);
    CHECK(cramped.fault.value == 1.0);
    // Bounds that cross are infeasible, and no fault.
    s.lower = {0.7};
    s.upper = {0.6};
    CHECK(detail::first_crossed(s.program()) == 0);
    CHECK(checked(s, cost::zero{}, w).how == search_end::stopped);
    CHECK(checked(s, cost::zero{}, w).primal == Approx(0.2));
}

TEST_CASE("verify: nothing at all is solved") {
    small_program s{{}, {}, {}};
    CHECK(checked(s, cost::zero{}, {}).how == search_end::best);
    s.p.budget_lower = 1.0;
    CHECK(checked(s, cost::zero{}, {}).how == search_end::stopped);
    s.y.budget = -1.0;
    const look l;
    CHECK(solver::proves_infeasible(s.program(), cost::zero{}.bind(l), s.y) == Approx(1.0));
}

namespace {
template <class Cost = cost::zero>
double proof(small_program& s, const Cost& cost = {}, double reach = infinity) {
    const look l;
    return solver::proves_infeasible(s.program(), cost.bind(l), s.y, reach);
}
small_program boxed(std::vector<double> h = {0.5, 0.5}) {
    small_program s{std::vector<double>(h.size(), 0.04), h, h};
    s.lower.assign(h.size(), 0.0);
    s.upper.assign(h.size(), 1.0);
    return s;
}
}  // namespace

TEST_CASE("verify: prices prove that limits contradict each other") {
    SECTION("a budget above what the bounds hold") {
        auto s = boxed();
        s.p.budget_lower = 2.25;
        CHECK(proof(s) == 0.0);  // no prices, no proof
        s.y.budget = -1.0;
        CHECK(proof(s) == Approx(0.25));
        s.y.budget = 1.0;
        CHECK(proof(s) == -infinity);  // a side that is not there
        s.p.budget_lower = 2.0;
        s.y.budget = -1.0;
        CHECK(proof(s) < 0.0);  // just feasible
        CHECK(proof(s) > -1e-14);
        s.p.budget_lower = -infinity;
        s.p.budget_upper = -0.5;
        s.y.budget = 4.0;
        CHECK(proof(s) == Approx(2.0));
    }
    SECTION("two rows, and nothing to bound the assets") {
        small_program s{{0.04, 0.04}, {0.0, 0.0}, {0.0, 0.0}};
        s.add_row({1.0, 2.0}, 1.0, infinity, -2.0);
        s.add_row({2.0, 4.0}, -infinity, 1.0, 1.0);
        CHECK(proof(s) == Approx(1.0));
        s.price_of_row[1] = 1.5;  // something is left of the assets: the sum falls for ever
        CHECK(proof(s) == -infinity);
        CHECK(proof(s, cost::zero{}, 0.01) == Approx(0.5 - 0.01 * 3.0));
        CHECK(proof(s, cost::zero{}, 10.0) < 0.0);
        CHECK(proof(s, cost::zero{}, -1.0) == -infinity);
        s.price_of_row = {-2.0, not_a_number};
        CHECK(proof(s) == -infinity);
    }
    SECTION("a turnover that does not get there") {
        auto s = boxed();
        s.p.budget_lower = 1.5;
        s.p.turnover = 0.2;  // 0.4 of purchases
        s.y.budget = -1.0;
        s.y.turnover = 2.0;
        CHECK(proof(s) == Approx(0.1));
        s.p.turnover = 0.3;
        CHECK(proof(s) < 0.0);
        s.p.turnover = 0.2;
        s.y.turnover = -2.0;
        CHECK(proof(s) == -infinity);
        s.y.turnover = 2.0;
        s.lower = {-infinity, -infinity};
        s.upper = {infinity, infinity};
        CHECK(proof(s) == Approx(0.1));  // the kinks bound it
        s.y.turnover = 1.9;
        CHECK(proof(s) == -infinity);
    }
    SECTION("a leverage below the net exposure") {
        auto s = boxed({0.0, 0.0});
        s.lower = {-1.0, -1.0};
        s.add_row({1.0, 0.5}, 0.8, infinity, -1.0);
        s.p.leverage = 0.5;
        s.y.leverage = 1.0;
        CHECK(proof(s) == Approx(0.3));
        s.y.leverage = 0.4;
        CHECK(proof(s) == Approx(0.8 - 0.2 - 0.6 - 0.1));
    }
    SECTION("limits that cross by themselves") {
        auto s = boxed();
        s.upper[1] = -0.25;
        CHECK(proof(s) == infinity);
        s.upper[1] = 1.0;
        s.add_row({1.0, 1.0}, 0.75, 0.5, 2.0);
        CHECK(proof(s) == Approx(0.5));
        s.price_of_row[0] = -2.0;
        CHECK(proof(s) == Approx(0.5));
        s.price_of_row[0] = 0.0;
        CHECK(proof(s) == 0.0);
    }
}

TEST_CASE("verify: costs that no budget pays") {
    // All that is held has to be sold, and what that costs is more than there is.
    auto s = boxed({0.5, 0.25});
    s.p.costs_inside = true;
    s.p.wealth = 1000.0;
    s.upper = {0.0, 0.0};
    s.p.budget_upper = 0.005;
    s.y.budget = 2.0;
    CHECK(proof(s, cost::proportional{.rate = 0.01}) == Approx(2.0 * (0.0075 - 0.005)));
    s.p.budget_upper = 0.0076;
    CHECK(proof(s, cost::proportional{.rate = 0.01}) < 0.0);
    s.y.budget = -1.0;
    CHECK(proof(s, cost::proportional{.rate = 0.01}) == -infinity);

    // The least of w + φ(w − h) + a row's share against a grid, for costs with curvature and kinks, with and without bounds.
    seeded d{11};
    for (int k = 0; k < 60; ++k) {
        const double h = d.between(-1.0, 1.0);
        small_program one{{0.04}, {0.0}, {h}};
        one.p.costs_inside = true;
        one.p.wealth = 100.0;
        one.p.budget_upper = 0.0;
        const bool bounded = d.chance(0.5);
        one.lower = {bounded ? d.between(-2.0, 0.0) : -infinity};
        one.upper = {bounded ? d.between(0.0, 2.0) : infinity};
        one.y.budget = d.between(0.5, 2.0);
        one.add_row({d.between(-1.2, -0.8)}, -infinity, 0.0, one.y.budget);
        if (d.chance(0.4)) {
            one.p.turnover = 0.0;
            one.y.turnover = d.between(0.0, 0.1);
        }
        if (d.chance(0.4)) {
            one.p.leverage = 0.0;
            one.y.leverage = d.between(0.0, 0.1);
        }
        const double charge = one.y.budget * (1.0 + one.rows[0]);
        const auto check = [&](const auto& cost) {
            const look l;
            const auto view = cost.bind(l);
            const auto value = [&](double w) {
                return charge * w + 0.5 * one.y.turnover * std::fabs(w - h) + one.y.leverage * std::fabs(w) +
                       one.y.budget * view.cost(0, 100.0 * (w - h)) / 100.0;
            };
            double least = std::min(value(0.0), value(std::clamp(h, one.lower[0], one.upper[0])));
            double from = std::max(one.lower[0], -30.0);
            double to = std::min(one.upper[0], 30.0);
            for (int zoom = 0; zoom < 8; ++zoom) {
                double at = from;
                for (int g = 0; g <= 200; ++g)
                    if (const double w = from + (to - from) * g / 200.0; value(w) < value(at)) at = w;
                least = std::min(least, value(at));
                const double beside = (to - from) / 200.0;
                from = std::max(at - beside, from);
                to = std::min(at + beside, to);
            }
            const double found = proof(one, cost);
            CAPTURE(k, h, charge, one.lower[0], one.upper[0]);
            CHECK(found <= least + 1e-15);
            CHECK(found >= least - 1e-9);
        };
        check(cost::square_root_impact{.coefficient = 1.0, .daily_volatility = 0.1, .daily_volume = 100.0, .rate = 0.02});
        check(cost::tiered{.tiers = {{10.0, 0.01}, {30.0, 0.05}, {.rate = 0.4}}});
        check(cost::linear_impact{.coefficient = 0.3, .daily_volume = 100.0});
    }
    // Rates below what the sum falls by: it falls for ever.
    small_program falling{{0.04}, {0.0}, {0.0}};
    falling.p.costs_inside = true;
    falling.p.budget_upper = -1.0;
    falling.y.budget = 1.0;
    CHECK(proof(falling, cost::proportional{.rate = 0.01}) == -infinity);
    CHECK(proof(falling, cost::proportional{.rate = 0.01}, 0.5) == Approx(1.0 - 0.495));
}

TEST_CASE("verify: prices of programs that can be solved prove nothing") {
    seeded d{3};
    int asked = 0;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        const random_program r = draw_program(seed, 8);
        if (!r.feasible) continue;
        const solver::program p = r.view();
        std::vector<double> mu(r.row_lower.size());
        for (double& m : mu) m = d.chance(0.5) ? 0.0 : d.normal();
        for (std::size_t j = 0; j < mu.size(); ++j) mu[j] = detail::limit_check::usable(mu[j], p.row_lower[j], p.row_upper[j]);
        solver::shadow_prices y{.budget = d.normal(), .turnover = std::fabs(d.normal()), .leverage = std::fabs(d.normal()), .row = mu};
        const auto can = detail::limit_check::usable(p, y);
        y.budget = can.budget;
        y.turnover = can.turnover;
        y.leverage = can.leverage;
        r.with_cost([&](const auto& view) {
            CAPTURE(r.name());
            CHECK_FALSE(solver::proves_infeasible(p, view, y) > 0.0);
        });
        ++asked;
    }
    CHECK(asked > 3000);
}
