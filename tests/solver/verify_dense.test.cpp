// The verifier with a dense Σ, and with the tracking error and the costs as limits: closed forms, the same problem written as factors, conditions
// that are broken one at a time, and bounds on what is lost at random points with random prices.
#include <ballast/solver/verify.hpp>

#include <ballast/cost/linear_impact.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>

#include "support/catch.hpp"
#include "support/dense_dice.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using namespace ballast;
using ballast_test::draw_dense_program;
using ballast_test::draw_program;
using ballast_test::random_program;
using ballast_test::seeded;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Without limits.
random_program dense_program(std::vector<double> sigma, std::vector<double> b, std::vector<double> h) {
    random_program r;
    const std::size_t n = h.size();
    r.layout = risk_layout::dense;
    r.dense = std::move(sigma);
    for (std::size_t i = 0; i < n; ++i) r.specific.push_back(r.dense[i * n + i]);
    r.benchmark = std::move(b);
    r.held = std::move(h);
    r.lower.assign(n, -infinity);
    r.upper.assign(n, infinity);
    return r;
}
// Σ as FΩFᵀ with F = I, Ω = Σ and D = 0.
random_program as_factors(random_program r) {
    const std::size_t n = r.assets();
    r.layout = risk_layout::factor;
    r.factor_covariance = r.dense;
    r.dense.clear();
    r.loadings.assign(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) r.loadings[i * n + i] = 1.0;
    r.specific.assign(n, 0.0);
    return r;
}

template <class View>
solver::certificate checked(const solver::program& p, const View& cost, const std::vector<double>& w, const solver::shadow_prices& y) {
    std::vector<double> scratch(solver::verify_room(p), not_a_number);
    return solver::verify(p, cost, std::span<const double>(w), y, std::span<double>(scratch));
}
template <class Cost>
solver::certificate checked(const random_program& r, const Cost& cost, const std::vector<double>& w, const solver::shadow_prices& y = {}) {
    const look l;
    return checked(r.view(), cost.bind(l), w, y);
}

template <class View>
long double objective(const random_program& r, const View& cost, const std::vector<double>& w) {
    long double sum = static_cast<long double>(r.risk_aversion) / 2 * static_cast<long double>(ballast_test::squared_tracking_error(r, w));
    for (std::size_t i = 0; i < w.size(); ++i) {
        if (!r.expected_return.empty()) sum -= static_cast<long double>(r.expected_return[i]) * static_cast<long double>(w[i]);
        sum += static_cast<long double>(cost.cost(i, r.wealth * (w[i] - r.held[i]))) / static_cast<long double>(r.wealth);
    }
    return sum;
}

// Random prices of a size that matters, those of rows in `mu`.
solver::shadow_prices draw_prices(seeded& d, double typical, std::vector<double>& mu, const random_program& r) {
    solver::shadow_prices y;
    if (d.chance(0.8)) y.budget = typical * d.normal();
    if (d.chance(0.8)) y.turnover = typical * d.unit();
    if (d.chance(0.8)) y.leverage = typical * d.unit();
    if (d.chance(0.8)) y.risk = r.risk_aversion * d.power_of_ten(-3.0, 1.0);
    if (d.chance(0.8)) y.costs = d.power_of_ten(-3.0, 1.0);
    mu.resize(r.row_lower.size());
    for (double& m : mu) m = typical * d.normal();
    y.row = mu;
    return y;
}
// The terms of the largest asset's condition.
template <class View>
double size_of_terms(const solver::program& p, const View& view, const std::vector<double>& w, const solver::shadow_prices& y) {
    std::vector<double> scratch(solver::verify_room(p));
    const solver::conditions of{p, view, std::span<const double>(w), y, std::span<double>(scratch)};
    double most = 0.0;
    for (std::size_t i = 0; i < w.size(); ++i) most = std::max(most, of.margin_of(i).size);
    return most;
}

}  // namespace

TEST_CASE("verify dense: two assets and a budget by hand") {
    // Σd = −(ν/γ)·1 with Σd summed −0.1: d = −0.1·Σ⁻¹1/(1ᵀΣ⁻¹1)
    random_program r = dense_program({0.04, 0.03, 0.03, 0.09}, {0.6, 0.4}, {0.6, 0.3});
    r.risk_aversion = 2.0;
    r.budget_lower = r.budget_upper = 0.9;
    const double det = 0.04 * 0.09 - 0.03 * 0.03, x0 = (0.09 - 0.03) / det, x1 = (0.04 - 0.03) / det;
    solver::shadow_prices y;
    y.budget = 2.0 * 0.1 / (x0 + x1);
    const std::vector<double> w{0.6 - 0.1 * x0 / (x0 + x1), 0.4 - 0.1 * x1 / (x0 + x1)};
    const auto c = checked(r, cost::zero{}, w, y);
    CHECK(c.how == search_end::best);
    CHECK(c.relative_dual < 1e-15);
    CHECK(c.relative_primal < 1e-15);
    CHECK(c.objective == Approx(0.5 * 2.0 * 0.01 / (x0 + x1)));
    CHECK(checked(r, cost::zero{}, {w[0] + 1e-7, w[1] - 1e-7}, y).how == search_end::stopped);
    CHECK(checked(r, cost::zero{}, {w[0] + 1e-7, w[1]}, y).how == search_end::stopped);
    y.budget *= 1.0 + 1e-7;
    CHECK(checked(r, cost::zero{}, w, y).how == search_end::stopped);

    const solver::program p = r.view();
    CHECK(solver::verify_room(p) == 2 * 2 + 4 * 2);
    std::vector<double> scratch(solver::verify_room(p));
    const look l;
    const auto view = cost::zero{}.bind(l);
    const solver::conditions of{p, view, std::span<const double>(w), y, std::span<double>(scratch)};
    CHECK(of.margin_of(0).risk == Approx(2.0 * (0.04 * (w[0] - 0.6) + 0.03 * (w[1] - 0.4))));
    CHECK(of.margin_of(1).risk == Approx(2.0 * (0.03 * (w[0] - 0.6) + 0.09 * (w[1] - 0.4))));
}

TEST_CASE("verify dense: the same Σ written as factors has the same certificate but for rounding") {
    seeded d{5};
    int compared = 0, better = 0;
    const auto compare = [&](const random_program& r, const random_program& s, bool of_one) {
        std::vector<double> mu;
        const double typical = r.risk_aversion * r.scale * r.specific[0];
        solver::shadow_prices y = draw_prices(d, typical, mu, r);
        if (!(r.tracking_error < infinity)) y.risk = 0.0;  // what it would charge is told by the sizes of terms
        std::vector<double> w = r.inside;
        if (d.chance(0.5)) w = r.benchmark;
        r.with_cost([&](const auto& view) {
            CAPTURE(r.name());
            const auto one = checked(r.view(), view, w, y);
            const auto other = checked(s.view(), view, w, y);
            REQUIRE(one.how != search_end::none);
            CHECK(one.how == other.how);
            const double size = std::max(size_of_terms(r.view(), view, w, y), size_of_terms(s.view(), view, w, y));
            CHECK(std::fabs(one.dual - other.dual) <= 1e-12 * size);
            if (of_one && one.dual > 1e-9 * size) CHECK(one.relative_dual == Approx(other.relative_dual).epsilon(1e-3));
            CHECK(one.primal == Approx(other.primal).epsilon(1e-7).margin(1e-12 * r.scale));
            CHECK(one.objective == Approx(other.objective).epsilon(1e-9).margin(1e-12 * size * r.scale));
            if (of_one) {
                CHECK(one.gap <= other.gap + 1e-11 * size * r.scale);  // a part of the variances may be proved to be the assets' own
                if (one.gap < 0.5 * other.gap) ++better;
            }
        });
        ++compared;
    };
    for (std::uint64_t seed = 0; seed < 1500; ++seed) {
        random_program r = draw_program(seed, 30);
        if (seed % 2 == 0) ballast_test::limit_risk_and_costs(r, seed);
        compare(ballast_test::written_dense(r), r, false);
        r = draw_dense_program(seed, 20);
        if (seed % 2 == 1) ballast_test::limit_risk_and_costs(r, seed);
        compare(r, as_factors(r), true);
    }
    CHECK(compared == 3000);
    CHECK(better > 50);
}

TEST_CASE("verify dense: the gap of an answer that all but is the best is all but none") {
    // Off by d, without bounds: γ/2·dᵀΣd is lost; told is at most Σ excess²/(2γ·2^-27·variance).
    random_program r = dense_program({0.04, 0.03, 0.03, 0.09}, {0.6, 0.4}, {0.6, 0.4});
    const double d = 1e-9;
    const auto c = checked(r, cost::zero{}, {0.6 + d, 0.4});
    CHECK(c.gap >= 0.5 * 0.04 * d * d);
    CHECK(c.gap == Approx(0x1p26 * (0.04 * 0.04 * d * d / 0.04 + 0.03 * 0.03 * d * d / 0.09)));
    // Of assets that are copies nothing is proved, but by bounds.
    r = dense_program({0.04, 0.04, 0.04, 0.04}, {0.6, 0.4}, {0.6, 0.4});
    CHECK(checked(r, cost::zero{}, {0.6 + d, 0.4}).gap == infinity);
    r.lower = {0.0, 0.0};
    r.upper = {1.0, 1.0};
    CHECK(checked(r, cost::zero{}, {0.6 + d, 0.4}).gap == Approx(0.04 * d * (0.6 + 0.4)));
    CHECK(checked(r, cost::zero{}, {0.6 + d, 0.4 - d}).gap < 1e-16);
}

TEST_CASE("verify dense: what is positive semidefinite but for rounding is taken, what is not is refused") {
    const auto refused = [](const random_program& r) {
        const auto c = checked(r, cost::zero{}, r.benchmark);
        CHECK(c.how == (c.fault ? search_end::none : search_end::best));
        if (c.fault) CHECK(c.fault.code == fault_code::bad_risk);
        return c.fault;
    };
    const auto correlated = [&](double by) { return refused(dense_program({0.04, by * 0.06, by * 0.06, 0.09}, {0.5, 0.5}, {0.5, 0.5})); };
    for (const double by : {0.0, 0.5, 1.0 - 1e-12, 1.0, 1.0 + 1e-14, -1.0}) CHECK_FALSE(correlated(by));
    for (const double by : {1.0 + 1e-8, -1.0 - 1e-8, 1.5, -100.0}) CHECK(correlated(by).index == 1);
    // Three that can not all go against each other, though any two can.
    const auto three = [&](double c) {
        return refused(dense_program({1.0, c, c, c, 1.0, c, c, c, 1.0}, {0.3, 0.3, 0.4}, {0.3, 0.3, 0.4}));
    };
    CHECK_FALSE(three(-0.5));
    CHECK(three(-0.50001).index == 2);
    CHECK(three(-0.9).value < -0.1);
    // What does not move does not move with anything.
    CHECK_FALSE(refused(dense_program({0.0, 0.0, 0.0, 0.04}, {0.5, 0.5}, {0.5, 0.5})));
    CHECK_FALSE(refused(dense_program({0.0, 0.0, 0.0, 0.0}, {0.5, 0.5}, {0.5, 0.5})));
    CHECK(refused(dense_program({0.0, 1e-6, 1e-6, 0.04}, {0.5, 0.5}, {0.5, 0.5})));
    CHECK(refused(dense_program({0.04, 1e-6, 1e-6, 0.0}, {0.5, 0.5}, {0.5, 0.5})));
    CHECK(refused(dense_program({0.0, 1e-300, 1e-300, 0.0}, {0.5, 0.5}, {0.5, 0.5})).index == 1);

    // All kinds of matrices; and the same with a direction of variance −1e-6 beside the assets' own.
    seeded d{23};
    int asked = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
        random_program r = draw_dense_program(seed, 40);
        CAPTURE(r.name());
        r.kind.degenerate = ballast_test::degenerate_kind::plain;
        random_program alone = dense_program(r.dense, r.benchmark, r.benchmark);
        CHECK_FALSE(refused(alone));
        const std::size_t n = r.assets();
        if (n < 2) continue;
        // Another copy of one asset, all but the same: their difference is worth less than nothing.
        const std::size_t i = d.below(n), j = (i + 1 + d.below(n - 1)) % n;
        if (alone.specific[i] == 0.0) continue;
        for (std::size_t k = 0; k < n; ++k) alone.dense[j * n + k] = alone.dense[k * n + j] = r.dense[i * n + k];
        alone.dense[j * n + j] = alone.specific[j] = alone.specific[i];
        alone.dense[i * n + j] = alone.dense[j * n + i] = alone.specific[i] * (1.0 + 1e-6);
        const double largest = *std::max_element(alone.specific.begin(), alone.specific.end());
        if (alone.specific[i] < 1e-7 * largest) continue;
        CHECK(refused(alone));
        ++asked;
    }
    CHECK(asked > 1500);
}

TEST_CASE("verify: the best a tracking error allows") {
    // Without risk aversion the expected return is earned until TE is reached, along Σ⁻¹α; its price is √(αᵀΣ⁻¹α)/TE.
    const double det = 0.04 * 0.09 - 0.03 * 0.03;
    const double a0 = 0.05, a1 = 0.02, x0 = (0.09 * a0 - 0.03 * a1) / det, x1 = (0.04 * a1 - 0.03 * a0) / det;
    const double length = std::sqrt(a0 * x0 + a1 * x1);
    random_program r = dense_program({0.04, 0.03, 0.03, 0.09}, {0.6, 0.4}, {0.6, 0.4});
    r.expected_return = {a0, a1};
    r.risk_aversion = 0.0;
    for (const double te : {0.5, 0.02, 1e-4}) {
        r.tracking_error = te;
        const auto at = [&](double part) { return std::vector<double>{0.6 + part * te * x0 / length, 0.4 + part * te * x1 / length}; };
        solver::shadow_prices y;
        y.risk = length / te;
        const auto c = checked(r, cost::zero{}, at(1.0), y);
        CHECK(c.how == search_end::best);
        CHECK(c.relative_primal < 1e-11);
        CHECK(c.complementarity < 1e-10 * te * length);
        CHECK(c.objective == Approx(-a0 * 0.6 - a1 * 0.4 - te * length));
        // The limit is told beside TE itself.
        CHECK(checked(r, cost::zero{}, at(1.0 + 1e-8), y).how == search_end::stopped);
        CHECK(checked(r, cost::zero{}, at(1.0 + 1e-8), y).relative_primal == Approx(1e-8).epsilon(2e-2));
        CHECK(checked(r, cost::zero{}, at(1.5), y).primal == Approx(0.5 * te));
        CHECK(checked(r, cost::zero{}, at(1.0 - 1e-8), y).how == search_end::stopped);  // there is room, and it has a price
        CHECK(checked(r, cost::zero{}, at(0.5), y).complementarity == Approx(0.5 * length / te * 0.75 * te * te));
        // Another price; none; one that no such limit has; one of a limit that is not there.
        y.risk *= 1.0 + 1e-3;
        CHECK(checked(r, cost::zero{}, at(1.0), y).how == search_end::stopped);
        y.risk = 0.0;
        CHECK(checked(r, cost::zero{}, at(1.0), y).how == search_end::stopped);
        CHECK(checked(r, cost::zero{}, at(1.0), y).dual == Approx(a0));
        y.risk = -length / te;
        CHECK(checked(r, cost::zero{}, at(1.0), y).how == search_end::stopped);
        y.risk = length / te;
        r.tracking_error = infinity;
        CHECK(checked(r, cost::zero{}, at(1.0), y).how == search_end::stopped);
        r.tracking_error = 2.0 * te;
        CHECK(checked(r, cost::zero{}, at(1.0), y).how == search_end::stopped);
    }
    // With risk aversion the price is what is lacking of it.
    r.tracking_error = 0.02;
    r.risk_aversion = 0.25 * length / 0.02;
    solver::shadow_prices y;
    y.risk = 0.75 * length / 0.02;
    const std::vector<double> w{0.6 + 0.02 * x0 / length, 0.4 + 0.02 * x1 / length};
    CHECK(checked(r, cost::zero{}, w, y).how == search_end::best);
    CHECK(checked(as_factors(r), cost::zero{}, w, y).how == search_end::best);
    r.risk_aversion *= 8.0;  // not reached: the price is 0
    y.risk = 0.0;
    const std::vector<double> inner{0.6 + x0 / r.risk_aversion, 0.4 + x1 / r.risk_aversion};
    CHECK(checked(r, cost::zero{}, inner, y).how == search_end::best);
    CHECK(checked(r, cost::zero{}, inner, y).primal == 0.0);
    // A price that changes nothing, as nothing is away from the benchmark, is still one of a limit that is not there.
    r.expected_return.clear();
    CHECK(checked(r, cost::zero{}, r.benchmark, y).how == search_end::best);
    y.risk = 1.0;
    CHECK(checked(r, cost::zero{}, r.benchmark, y).complementarity == Approx(0.5 * 0.02 * 0.02));
    r.tracking_error = infinity;
    CHECK(checked(r, cost::zero{}, r.benchmark, y).how == search_end::stopped);
}

TEST_CASE("verify: the least costs within a tracking error") {
    // Bought until TE is left: w = b − TE/σ and θ·σ²·TE/σ = rate. As a diagonal, dense, or of a factor.
    const double rate = 0.002, te = 0.03, sigma = 0.2;
    for (const risk_layout layout : {risk_layout::diagonal, risk_layout::dense, risk_layout::factor}) {
        random_program r = dense_program({sigma * sigma}, {0.5}, {0.1});
        if (layout == risk_layout::factor) r = as_factors(r);
        r.layout = layout;
        r.risk_aversion = 0.0;
        r.tracking_error = te;
        solver::shadow_prices y;
        y.risk = rate / (sigma * te);
        const cost::proportional cost{.rate = rate};
        const auto c = checked(r, cost, {0.5 - te / sigma}, y);
        CHECK(c.how == search_end::best);
        CHECK(c.objective == Approx(rate * (0.4 - te / sigma)));
        CHECK(checked(r, cost, {0.5 - te / sigma + 1e-6}, y).how == search_end::stopped);
        CHECK(checked(r, cost, {0.5 - te / sigma - 1e-6}, y).how == search_end::stopped);
        CHECK(checked(r, cost, {0.1}, y).primal == Approx(0.4 * sigma - te));
        // Held within it already, nothing is done at any price that pays no trade.
        r.held = {0.45};
        y.risk = 0.0;
        CHECK(checked(r, cost, {0.45}, y).how == search_end::best);
        y.risk = 0.01;
        CHECK(checked(r, cost, {0.45}, y).how == search_end::stopped);
        CHECK(checked(r, cost, {0.45}, y).complementarity == Approx(0.5 * 0.01 * (te * te - 0.01 * 0.01)));
        CHECK(checked(r, cost, {0.45}, y).gap == Approx(0.5 * 0.01 * (te * te - 0.01 * 0.01)));
    }
}

TEST_CASE("verify: the best that costs of so much buy") {
    // A trade of C/rate, after which a unit more is worth (1 + κ)·rate.
    const double rate = 0.002, most = 0.0003, sigma = 0.2;
    random_program r = dense_program({sigma * sigma}, {0.5}, {0.1});
    r.most_costs = most;
    r.wealth = 1e6;
    const cost::proportional cost{.rate = rate};
    const double w = 0.1 + most / rate;
    solver::shadow_prices y;
    y.costs = sigma * sigma * (0.5 - w) / rate - 1.0;
    const auto c = checked(r, cost, {w}, y);
    CHECK(c.how == search_end::best);
    CHECK(c.relative_primal < 1e-13);
    CHECK(c.objective == Approx(0.5 * sigma * sigma * (0.5 - w) * (0.5 - w) + most));
    CHECK(checked(r, cost, {w + 1e-8}, y).how == search_end::stopped);
    CHECK(checked(r, cost, {w - 1e-8}, y).how == search_end::stopped);
    CHECK(checked(r, cost, {w + 0.01}, y).primal == Approx(0.01 * rate));
    CHECK(checked(r, cost, {w + 0.01}, y).relative_primal == Approx(0.01 * rate / (2.0 * most + 0.01 * rate)).epsilon(1e-5));
    CHECK(checked(r, cost, {w - 0.01}, y).complementarity == Approx(y.costs * 0.01 * rate));
    const double right = y.costs;
    for (const double wrong : {0.0, -right, right * (1.0 + 1e-6)}) {
        y.costs = wrong;
        CHECK(checked(r, cost, {w}, y).how == search_end::stopped);
    }
    y.costs = right;
    r.most_costs = infinity;
    CHECK(checked(r, cost, {w}, y).how == search_end::stopped);
    CHECK(checked(r, cost, {w}, y).dual >= right * rate * (1.0 - 1e-9));
    // Out of a budget that they are paid of as well: its price is on top.
    r.most_costs = most;
    r.costs_inside = true;
    r.budget_upper = w + most;
    y.budget = 0.25 * right * rate;
    y.costs = (sigma * sigma * (0.5 - w) - y.budget) / rate - 1.0 - y.budget;
    CHECK(checked(r, cost, {w}, y).how == search_end::best);
    y.costs += 1e-5;
    CHECK(checked(r, cost, {w}, y).how == search_end::stopped);
    // Nothing is traded, and nothing paid: a price is one of a limit that is not reached, or not there.
    r = dense_program({sigma * sigma}, {0.5}, {0.5});
    y = {.costs = 1.0};
    for (const double limit : {infinity, most}) {
        r.most_costs = limit;
        CHECK(checked(r, cost, {0.5}).how == search_end::best);
        CHECK(checked(r, cost, {0.5}, y).how == search_end::stopped);
    }
    CHECK(checked(r, cost, {0.5}, y).gap == Approx(most));
}

TEST_CASE("verify: limits of 0, at which prices need not exist") {
    random_program r = dense_program({0.04, 0.01, 0.01, 0.09}, {0.5, 0.5}, {0.4, 0.6});
    const cost::proportional linear{.rate = 0.001};
    const cost::linear_impact flat{.coefficient = 0.01, .daily_volume = 1.0};
    // Costs of 0 where each trade costs: whatever is worth more than its rate is held back by a price.
    r.most_costs = 0.0;
    solver::shadow_prices y;
    CHECK(checked(r, linear, r.held, y).how == search_end::stopped);
    y.costs = 0.01 / 0.001;
    CHECK(checked(r, linear, r.held, y).how == search_end::best);
    CHECK(checked(r, linear, r.held, y).gap == 0.0);
    CHECK(checked(r, linear, {0.4 + 1e-9, 0.6}, y).how == search_end::stopped);
    // Where the first unit costs nothing no price holds it, but for large ones.
    CHECK(checked(r, flat, r.held, y).how == search_end::stopped);
    y.costs = 1e16;
    CHECK(checked(r, flat, r.held, y).how == search_end::best);
    // The same of a tracking error of 0: nothing but the benchmark is allowed.
    r.most_costs = infinity;
    y.costs = 0.0;
    r.tracking_error = 0.0;
    CHECK(checked(r, linear, r.held, y).how == search_end::stopped);
    CHECK(checked(r, linear, r.held, y).primal == Approx(std::sqrt(0.04 * 0.01 + 0.09 * 0.01 - 2.0 * 0.01 * 0.01)));
    CHECK(checked(r, linear, r.benchmark, y).how == search_end::stopped);
    CHECK(checked(r, linear, r.benchmark, y).primal == 0.0);
    y.risk = 1e3;
    CHECK(checked(r, linear, r.benchmark, y).how == search_end::stopped);
    y.risk = 1e8;
    CHECK(checked(r, linear, r.benchmark, y).how == search_end::best);
    CHECK(checked(r, linear, {std::nextafter(0.5, 1.0), 0.5}, y).relative_primal < 1e-9);
    CHECK(checked(r, linear, {0.5 + 1e-12, 0.5}, y).how == search_end::stopped);
    // Where what is held is the benchmark it is best, without any price.
    r.held = r.benchmark;
    CHECK(checked(r, linear, r.benchmark).how == search_end::best);
}

TEST_CASE("verify: with a tracking error and costs as limits gaps hold whatever the positions and prices") {
    seeded d{29};
    int finite = 0, asked = 0;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        random_program r = seed % 2 == 0 ? draw_dense_program(seed, 8) : draw_program(seed, 8);
        if (!r.feasible) continue;
        ballast_test::limit_risk_and_costs(r, seed);
        const solver::program p = r.view();
        std::vector<double> w(r.assets());
        for (std::size_t i = 0; i < w.size(); ++i) {
            const double from = std::max(r.lower[i], -r.scale);
            const double to = std::max(from, std::min(r.upper[i], r.scale));
            w[i] = d.chance(0.3) ? r.inside[i] : d.between(from, to);
        }
        r.with_cost([&](const auto& view) {
            CAPTURE(r.name());
            std::vector<double> mu(r.row_lower.size());
            solver::shadow_prices none;
            none.row = mu;
            const double typical = size_of_terms(p, view, w, none);
            const solver::shadow_prices y = draw_prices(d, typical, mu, r);
            const auto c = checked(p, view, w, y);
            REQUIRE(c.how != search_end::none);
            const long double here = objective(r, view, w);
            CHECK(c.objective == Approx(static_cast<double>(here)).epsilon(1e-9).margin(1e-12 * typical * r.scale));
            // The inside keeps all limits.
            const auto kept = checked(p, view, r.inside, y);
            CHECK(kept.relative_primal < 1e-9);
            const long double better = here - objective(r, view, r.inside);
            CHECK(c.gap >=
                  static_cast<double>(better) - 1e-9 * (size_of_terms(p, view, w, y) * r.scale + std::fabs(static_cast<double>(here))));
            if (c.gap < infinity) ++finite;
            ++asked;
        });
    }
    CHECK(asked > 3500);
    CHECK(finite > 2000);
}

TEST_CASE("verify dense: what is in other units by a power of two has the same certificate, to the bit") {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        random_program r = draw_dense_program(seed, 20);
        ballast_test::limit_risk_and_costs(r, seed);
        random_program s = r;
        const double by = 0x1p20;
        for (std::vector<double>* column : {&s.benchmark, &s.held, &s.lower, &s.upper, &s.row_lower, &s.row_upper, &s.inside})
            for (double& x : *column) x *= by;
        for (double* x : {&s.budget_lower, &s.budget_upper, &s.turnover, &s.leverage, &s.tracking_error, &s.most_costs}) *x *= by;
        s.wealth /= by;
        s.risk_aversion /= by;
        std::vector<double> mu(r.row_lower.size(), 1e-3);
        solver::shadow_prices y{.budget = 1e-3, .turnover = 1e-3, .leverage = 1e-3, .risk = 0.5, .costs = 0.25, .row = mu};
        r.with_cost([&](const auto& view) {
            CAPTURE(r.name());
            const auto one = checked(r.view(), view, r.inside, y);
            y.risk /= by;
            const auto other = checked(s.view(), view, s.inside, y);
            CHECK(one.how == other.how);
            CHECK(one.dual == other.dual);
            CHECK(one.relative_dual == other.relative_dual);
            CHECK(one.relative_primal == other.relative_primal);
            CHECK(one.primal * by == other.primal);
            CHECK(one.objective * by == other.objective);
            CHECK(one.gap * by == other.gap);
            CHECK(one.complementarity * by == other.complementarity);
            CHECK(one.relative_gap == other.relative_gap);
        });
    }
}

TEST_CASE("verify: prices of the tracking error and of costs that are no numbers are refused, and prove no conflict") {
    random_program r = dense_program({0.04, 0.01, 0.01, 0.09}, {0.5, 0.5}, {0.4, 0.6});
    r.tracking_error = r.most_costs = 1.0;
    for (double solver::shadow_prices::*of : {&solver::shadow_prices::risk, &solver::shadow_prices::costs})
        for (const double bad : {not_a_number, infinity, -infinity}) {
            solver::shadow_prices y;
            y.*of = bad;
            CHECK(checked(r, cost::zero{}, r.held, y).how == search_end::none);
            CHECK(checked(r, cost::zero{}, r.held, y).fault.code == fault_code::bad_price);
        }
    r.lower = {0.0, 0.0};
    r.upper = {1.0, 1.0};
    r.budget_lower = 2.5;
    solver::shadow_prices y;
    y.budget = -1.0;
    const look l;
    CHECK(solver::proves_infeasible(r.view(), cost::zero{}.bind(l), y) == Approx(0.5));
    for (double solver::shadow_prices::*of : {&solver::shadow_prices::risk, &solver::shadow_prices::costs}) {
        y.*of = 1e-9;
        CHECK(solver::proves_infeasible(r.view(), cost::zero{}.bind(l), y) == -infinity);
        y.*of = 0.0;
    }
}
