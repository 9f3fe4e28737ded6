// The tracking solver is checked against the reference regions, against no_trade_region, against the verifier with programs that are built here
// from the book alone, against other answers within the limits, by hand where the answer is known, and over random books with the referee.
#include <ballast/solver/tracking.hpp>

#include <ballast/core/apply.hpp>
#include <ballast/core/archive.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/square_root_impact.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/no_trade_region.hpp>
#include <ballast/solver/verify.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/one_call.hpp"
#include "support/period_problems.hpp"
#include "support/reference_regions.hpp"
#include "support/same_bits.hpp"
#include "support/solved.hpp"
#include "support/tracking_problems.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace ballast;
using ballast::solver::no_trade_region;
using ballast::solver::tracking;
using ballast_test::covariance;
using ballast_test::dice;
using ballast_test::draw;
using ballast_test::draw_covariance;
using ballast_test::infinity;
using ballast_test::known_risk;
using ballast_test::look_of;
using ballast_test::question;
using ballast_test::random_problem;
using ballast_test::shares_of;
using ballast_test::show_risk;
using ballast_test::test_look;
using ballast_test::verified;
using ballast_test::with_limits;
using test::same_bits;

static_assert(solver_policy<tracking> && std::is_aggregate_v<tracking>);
static_assert(!detail::needs_region<tracking>() && detail::need_of<tracking>() == risk_need::volatility);
static_assert(detail::accepts<tracking>(cost_shape::convex) && !detail::accepts<tracking>(cost_shape::fixed_plus_convex) &&
              !detail::accepts<tracking>(cost_shape::general));
static_assert(detail::has_memory<tracking> && detail::committing<tracking> && detail::with_told_prices<tracking>);

namespace {

constexpr risk_layout layouts[] = {risk_layout::diagonal, risk_layout::factor, risk_layout::dense};

using solved = ballast_test::solved<tracking>;
using region = ballast_test::solved<no_trade_region>;

// Σ = FΩFᵀ with as many factors as assets, or with some of the variance of each asset its own.
covariance as_factors(const covariance& dense, double own) {
    covariance c{.layout = risk_layout::factor, .n = dense.n};
    for (std::size_t i = 0; i < c.n; ++i) {
        c.specific.push_back(own);
        for (std::size_t j = 0; j < c.n; ++j) {
            c.loadings.push_back(i == j ? 1.0 : 0.0);
            c.omega.push_back(dense.at(i, j) - (i == j ? own : 0.0));
        }
    }
    return c;
}

}  // namespace

TEST_CASE("tracking: the reference regions of one period, with covariances and with as many factors as assets") {
    const std::vector<ballast_test::reference_region> regions = ballast_test::reference_regions();
    if (regions.empty()) return;
    int cases = 0;
    for (const ballast_test::reference_region& m : regions) {
        for (const double own : {-1.0, 0.0, 1e-4}) {
            const covariance c = own < 0.0 ? m.risk : as_factors(m.risk, own);
            const tracking how{.risk_aversion = m.gamma};
            CAPTURE(m.name, own);
            for (const auto& given : m.answers) {
                const test_look l = m.at(given.held, given.best, c);
                const solved r{how, l, m.cost};
                CAPTURE(given.held, r.s.optimality.iterations);
                CHECK(r.how == status::solved);
                CHECK(r.s.optimality.end == search_end::best);
                for (std::size_t i = 0; i < m.assets(); ++i) {
                    CHECK(std::fabs((r.s.move[i] != 0 ? r.share[i] : given.held[i]) - given.best[i]) <= 1e-11);
                    CHECK((r.trade(i) > 0.0 ? 1.0 : r.trade(i) < 0.0 ? -1.0 : 0.0) == given.sign[i]);
                }
                ++cases;
            }
        }
    }
    CHECK(cases == 87);
}

TEST_CASE("tracking: without limits of its own it is no_trade_region") {
    dice d{701};
    int traded = 0, cash_binds = 0;
    const auto books = static_cast<int>(ballast_test::books_of(3000));
    for (int round = 0; round < books; ++round) {
        random_problem p = draw(d, 1 + d.below(round % 20 == 0 ? 40 : 9), layouts[round % 3]);
        if (p.c.layout == risk_layout::factor)  // of a singular matrix there are many answers
            for (double& x : p.c.specific) x += 1e-3;
        if (p.l.rules.allow_short) p.l.rules.leverage = 50.0;  // that of the positions is kept by the sizing there, in the program here
        show_risk(p);
        const region one{{.risk_aversion = p.gamma}, p.l, p.cost, p.b};
        const solved two{{.risk_aversion = p.gamma}, p.l, p.cost, p.b};
        CAPTURE(round, p.l.assets(), two.s.optimality.iterations, two.s.optimality.cash_price, one.s.optimality.cash_price);
        CHECK(two.how == status::solved);
        CHECK(two.s.optimality.cash_price == Approx(one.s.optimality.cash_price).margin(1e-11));
        CHECK(two.s.wealth == Approx(one.s.wealth).epsilon(1e-12));
        for (std::size_t i = 0; i < p.l.assets(); ++i) {
            CHECK(std::fabs(two.trade(i) - one.trade(i)) <= 1e-9 * p.l.value);
            CHECK((two.s.move[i] != 0) == (one.s.move[i] != 0));
            if (two.s.move[i] == one.s.move[i]) CHECK(two.cause[i] == one.cause[i]);
            traded += two.s.move[i] != 0 ? 1 : 0;
        }
        cash_binds += two.s.optimality.cash_price > 0.0 ? 1 : 0;
    }
    CHECK(traded > books);
    CHECK(cash_binds > books / 20);
}

TEST_CASE("tracking: with limits on several assets the verifier finds nothing, and no other answer is better") {
    dice d{702};
    int binding = 0, cut = 0, moved = 0, count = 0, against = 0, stopped = 0;
    double worst = 0.0;
    const auto books = static_cast<int>(ballast_test::books_of(3000));
    for (int round = 0; round < books; ++round) {
        random_problem p = draw(d, 1 + d.below(round % 20 == 0 ? 40 : 12), layouts[round % 3]);
        show_risk(p);
        const std::size_t n = p.l.assets();
        tracking plain{.risk_aversion = p.gamma};
        if (d.chance(0.3)) {
            std::vector<double> expected(n);
            for (double& x : expected) x = 0.02 * d.normal();
            plain.expected_return = expected;
        }
        const tracking how = with_limits(d, p, plain, p.b);
        REQUIRE_FALSE(how.validate());
        const solved r{how, p.l, p.cost, p.b};
        CAPTURE(round, n, how.limit_count(), r.s.optimality.iterations, to_string(r.s.optimality.end));
        if (r.how == status::infeasible) continue;  // at another wealth the point that the limits were drawn around may be out
        ++count;
        CHECK((r.how == status::solved) == (r.s.optimality.end == search_end::best));
        if (r.s.optimality.end == search_end::stopped) {
            ++stopped;
            continue;
        }
        const question q{p.l, p.c, how, p.b, r.s.wealth};
        const solver::certificate c = verified(q, p.cost, r);
        CAPTURE(c.relative_primal, c.relative_dual, c.relative_gap);
        CHECK(c.how == search_end::best);
        worst = std::fmax(worst, std::fmax(c.relative_primal, c.relative_dual));
        CHECK(r.prices.assets.size() == n);
        REQUIRE(r.prices.limits.size() == how.limit_count());
        const std::vector<double> w = shares_of(r);
        for (std::size_t k = 0; k < r.prices.limits.size(); ++k) {
            const limit_price& l = r.prices.limits[k];
            double at = 0.0;
            for (std::size_t i = 0; i < n; ++i) at += q.rows[k * n + i] * w[i];
            CHECK(l.value == Approx(at).margin(1e-9));
            CHECK(l.lower == Approx(q.row_lower[k]).margin(1e-12));
            if (l.price > 0.0) CHECK(l.value == Approx(l.upper).margin(1e-9));
            if (l.price < 0.0) CHECK(l.value == Approx(l.lower).margin(1e-9));
            binding += l.price != 0.0 ? 1 : 0;
        }
        // What is told of each asset says why it stops where it does.
        for (std::size_t i = 0; i < n; ++i) {
            const asset_worth& a = r.prices.assets[i];
            const double size = std::fabs(a.benefit) + std::fabs(a.cost_low) + std::fabs(a.cost_high);
            if (w[i] > q.lower[i] + 1e-12 && w[i] < q.upper[i] - 1e-12) CHECK(std::fabs(a.missing()) <= 1e-9 * (1.0 + size));
            cut += r.cause[i] == why::cut_by_limit ? 1 : 0;
            moved += r.cause[i] == why::limit_kept ? 1 : 0;
        }
        // Others within the limits: nothing traded, the targets, half of the way, the same with something moved.
        const auto view = p.cost.bind(p.l);
        const double best = q.objective(p.c, view, w);
        CHECK(r.s.optimality.objective == Approx(best).margin(1e-12));
        std::vector<double> half(n);
        for (std::size_t i = 0; i < n; ++i) half[i] = 0.5 * (q.held[i] + w[i]);
        std::vector<std::vector<double>> others{q.held, q.benchmark, half};
        for (int k = 0; k < 6; ++k) {
            std::vector<double> x = w;
            const std::size_t i = d.below(n), j = d.below(n);
            const double by = 1e-3 * d.normal();
            x[i] += by;
            x[j] -= by;
            others.push_back(x);
        }
        for (const std::vector<double>& other : others) {
            if (q.missed(other) > 1e-12) continue;
            CHECK(q.objective(p.c, view, other) >= best - 1e-11);
            ++against;
        }
        CHECK(r.s.optimality.before == Approx(q.objective(p.c, view, q.held)).margin(1e-12));
    }
    CAPTURE(binding, cut, moved, count, against, stopped, worst);
    CHECK(stopped <= count / 1000);
    CHECK(count > books * 9 / 10);
    CHECK(binding > count / 4);
    CHECK(cut > count / 10);
    CHECK(moved > count / 50);
    CHECK(against > count);
    CHECK(worst <= 1e-9);
}

TEST_CASE("tracking: the turnover is kept by the trades that are worth most") {
    // All in. Without correlations each asset is moved until what is left to gain is the same for all that trade.
    covariance c{.layout = risk_layout::diagonal, .n = 4, .specific = {0.04, 0.04, 0.04, 0.04}};
    test_look l = look_of({0.4, 0.3, 0.2, 0.1}, {0.2, 0.3, 0.25, 0.25}, c, 1000.0);
    l.rules = {};
    l.refresh();
    const tracking how{.risk_aversion = 1.0, .turnover = 0.1};
    const solved r{how, l, cost::zero{}};
    CHECK(r.how == status::solved);
    // ½(|−0.1| + 0 + |0| + |0.1|): γσ²·(0.2 − x) = τ for both ends, the two inner ones stay as 0.04·0.05 < τ.
    CHECK(r.share[0] == Approx(0.3).margin(1e-12));
    CHECK(r.share[3] == Approx(0.2).margin(1e-12));
    CHECK(r.trade(1) == 0.0);
    CHECK(r.trade(2) == 0.0);
    CHECK(r.cause[0] == why::cut_by_turnover);
    CHECK(r.cause[1] == why::inside_band);
    CHECK(r.s.fraction == 1.0);
    // What is left to gain from another sale and another purchase, which come together: 0.04·0.1 + 0.04·0.05.
    CHECK(r.s.optimality.turnover_price == Approx(0.006).margin(1e-12));
    // A guard's limit is the same.
    const solved guarded{{.risk_aversion = 1.0}, l, cost::zero{}, guard::max_turnover{.limit = 0.1}};
    for (std::size_t i = 0; i < 4; ++i) CHECK(guarded.trade(i) == r.trade(i));
    const solved tighter{{.risk_aversion = 1.0, .turnover = 0.5}, l, cost::zero{}, guard::max_turnover{.limit = 0.1}};
    for (std::size_t i = 0; i < 4; ++i) CHECK(tighter.trade(i) == r.trade(i));
    // Nothing at all.
    const solved none{{.risk_aversion = 1.0, .turnover = 0.0}, l, cost::zero{}};
    for (std::size_t i = 0; i < 4; ++i) CHECK(none.trade(i) == 0.0);
    CHECK(none.cause[0] == why::cut_by_turnover);
    // Cash that is put to work: purchases alone count, in full.
    test_look cash = look_of({0.1, 0.3, 0.2, 0.1}, {0.3, 0.3, 0.25, 0.15}, c, 1000.0);
    cash.rules = {};
    cash.refresh();
    const solved bought{how, cash, cost::zero{}};
    CHECK(bought.how == status::solved);
    CHECK(bought.share[0] == Approx(0.2).margin(1e-9));
    CHECK(bought.trade(2) == 0.0);
    CHECK(bought.trade(3) == 0.0);
    CHECK(bought.cause[0] == why::cut_by_turnover);
}

TEST_CASE("tracking: over random books the turnover never exceeds its limit, costs counted") {
    dice d{703};
    int binding = 0, scaled = 0;
    const auto books = static_cast<int>(ballast_test::books_of(1500));
    for (int round = 0; round < books; ++round) {
        random_problem p = draw(d, 1 + d.below(12), layouts[round % 3]);
        show_risk(p);
        const double most = d.scale(1e-4, 0.5);
        const solved r{{.risk_aversion = p.gamma, .turnover = most}, p.l, p.cost, p.b};
        CAPTURE(round, p.l.assets(), most, r.s.optimality.iterations);
        if (r.how == status::infeasible) continue;
        long double sold = 0.0L, bought = 0.0L, cost = 0.0L;
        for (std::size_t i = 0; i < p.l.assets(); ++i) {
            const double x = r.trade(i);
            (x < 0.0 ? sold : bought) += static_cast<long double>(std::fabs(x));
            cost += static_cast<long double>(p.cost.bind(p.l).cost(i, x));
        }
        const long double one_way = 0.5L * (sold + bought + std::fabs(sold - bought - cost)) / static_cast<long double>(p.l.value);
        CHECK(static_cast<double>(one_way) <= most * (1.0 + 1e-12));
        const solved free{{.risk_aversion = p.gamma}, p.l, p.cost, p.b};
        if (free.how != status::solved) continue;
        if (r.s.optimality.turnover_price > 0.0) {
            ++binding;
            scaled += r.s.fraction < 1.0 - 1e-9 ? 1 : 0;
            // Of the costs no part counts in favour of sales.
            if (r.s.fraction > 1.0 - 1e-9)
                CHECK(static_cast<double>(one_way + cost / static_cast<long double>(p.l.value)) >= most * (1.0 - 1e-6));
        }
    }
    CAPTURE(binding, scaled);
    CHECK(binding > books / 4);
    CHECK(scaled <= binding / 20);
}

TEST_CASE("tracking: limits on several assets have their prices and reasons") {
    const covariance c{.layout = risk_layout::diagonal, .n = 4, .specific = {0.04, 0.04, 0.04, 0.04}};
    test_look l{std::vector<double>{0.1, 0.1, 0.1, 0.1}, {0.25, 0.25, 0.25, 0.25}, 1000.0};
    l.risk = {c.view()};
    l.refresh();
    const tracking how{.risk_aversion = 2.0,
                       .groups = {{.group_of = {0, 0, 1, no_index}, .groups = {{.name = "tech", .upper = 0.3}, {.name = "rest"}}}}};
    const solved r{how, l, cost::zero{}};
    CHECK(r.share[0] == Approx(0.15).margin(1e-12));
    CHECK(r.share[1] == Approx(0.15).margin(1e-12));
    CHECK(r.share[2] == Approx(0.25).margin(1e-12));
    CHECK(r.cause[0] == why::cut_by_limit);
    CHECK(r.cause[2] == why::full);
    REQUIRE(r.prices.limits.size() == 2);
    CHECK(r.prices.limits[0].name == label{"tech"});
    CHECK(r.prices.limits[0].price == Approx(0.08 * 0.1).margin(1e-12));  // γσ²·(t − w)
    CHECK(r.prices.limits[0].value == Approx(0.3).margin(1e-12));
    CHECK(r.prices.limits[1].price == 0.0);
    CHECK(r.prices.assets[2].benefit == Approx(0.0).margin(1e-12));
    // At a lower bound it is bought past what it is worth, and says so.
    const tracking least{.risk_aversion = 2.0, .limits = {{.name = "pair", .coefficient = {1.0, 1.0, 0.0, 0.0}, .lower = 0.6}}};
    const solved more{least, l, cost::zero{}};
    CHECK(more.share[0] == Approx(0.3).margin(1e-12));
    CHECK(more.cause[0] == why::limit_kept);
    CHECK(more.prices.limits[0].price == Approx(-0.08 * 0.05 - more.s.optimality.cash_price).margin(1e-12));
    // Of what differs from the targets.
    const tracking active{.risk_aversion = 2.0,
                          .expected_return = {0.02, 0.0, 0.0, -0.02},
                          .limits = {{.name = "tilt", .coefficient = {1.0, 0.0, 0.0, 0.0}, .upper = 0.05, .active = true}}};
    const solved tilted{active, l, cost::zero{}};
    CHECK(tilted.share[0] == Approx(0.3).margin(1e-12));
    CHECK(tilted.share[3] == Approx(0.0).margin(1e-12));  // 0.25 − 0.02/0.08
    CHECK(tilted.cause[0] == why::for_return);
    // A factor of the risk model.
    covariance f{
        .layout = risk_layout::factor, .n = 4, .specific = {0.04, 0.04, 0.04, 0.04}, .loadings = {1.0, 1.0, 0.5, 0.5}, .omega = {0.01}};
    test_look with_factor = l;
    with_factor.risk = {f.view()};
    with_factor.refresh();
    const tracking exposed{.risk_aversion = 2.0, .exposures = {{.name = "market", .upper = 0.6}}};
    const solved e{exposed, with_factor, cost::zero{}};
    CHECK(e.share[0] + e.share[1] + 0.5 * (e.share[2] + e.share[3]) == Approx(0.6).margin(1e-12));
    CHECK(e.prices.limits[0].price > 0.0);
    REQUIRE(e.prices.factors.size() == 1);
    // γΩFᵀ(w − t), as the verifier would have it.
    CHECK(e.prices.factors[0] == Approx(2.0 * 0.01 * (0.6 - 0.75)).margin(1e-12));
}

TEST_CASE("tracking: a tracking error and a budget of costs, by hand") {
    // Costs of 0.2 %, a volatility of 20 %: it is bought until it is 5 % from the target, which is a tracking error of 1 %.
    const covariance c{.layout = risk_layout::diagonal, .n = 2, .specific = {0.04, 0.01}};
    test_look l = look_of({0.1, 0.3}, {0.5, 0.3}, c, 1000.0);
    l.rules = {};
    l.refresh();
    const cost::proportional fees{.rate = 0.002};
    for (const double gamma : {0.0, 0.1}) {
        const solved r{{.risk_aversion = gamma, .tracking_error = 0.01}, l, fees};
        CHECK(r.how == status::solved);
        // The second asset's share of what is left of the wealth is a little more than 0.3.
        const double other = 0.3 * l.value / r.s.wealth - 0.3;
        CHECK(r.share[0] == Approx(0.5 - std::sqrt(1e-4 - 0.01 * other * other) / 0.2).epsilon(1e-10));
        CHECK(r.trade(1) == 0.0);
        CHECK(r.cause[0] == why::limit_kept);
        // (γ + θ)·0.04·0.05 is the rate; of the tracking error itself that is θ·0.01.
        CHECK(r.s.optimality.tracking_error_price == Approx((1.0 - gamma) * 0.01).epsilon(1e-4));
        CHECK(r.s.optimality.cost_price == 0.0);
        CHECK(r.prices.assets[0].benefit == Approx(0.002).epsilon(1e-8));
    }
    // A budget of costs for a fifth of the value, of two fifths that are wanted.
    const solved r{{.risk_aversion = 1.0, .cost_budget = 0.0004}, l, fees};
    CHECK(r.how == status::solved);
    CHECK(r.trade(0) == Approx(200.0).epsilon(1e-10));
    CHECK(r.cause[0] == why::cut_by_limit);
    CHECK(r.s.optimality.cost_price == Approx(0.04 * (0.5 - 0.3) / 0.002 - 1.0).epsilon(1e-2));
    CHECK(r.s.optimality.tracking_error_price == 0.0);
    CHECK(r.prices.assets[0].cost_high == Approx(r.prices.assets[0].benefit).epsilon(1e-8));
    // Nothing may be spent.
    const solved none{{.risk_aversion = 1.0, .cost_budget = 0.0}, l, fees};
    CHECK(none.how == status::solved);
    CHECK(none.trade(0) == 0.0);
    CHECK(none.cause[0] == why::cut_by_limit);
    // Room enough in both: as without them.
    const solved wide{{.risk_aversion = 1.0, .tracking_error = 0.5, .cost_budget = 0.1}, l, fees}, plain{{.risk_aversion = 1.0}, l, fees};
    for (std::size_t i = 0; i < 2; ++i) CHECK(wide.trade(i) == plain.trade(i));
    CHECK(wide.s.optimality.tracking_error_price == 0.0);
    CHECK(wide.s.optimality.cost_price == 0.0);
    // The tracking error takes more than the budget.
    const solved both{{.risk_aversion = 0.0, .tracking_error = 0.01, .cost_budget = 0.0004}, l, fees};
    CHECK(both.how == status::infeasible);
    CHECK(both.s.optimality.tracking_error_price + both.s.optimality.cost_price > 0.0);
    CHECK(both.s.conflict.code == fault_code::limits_contradict);
}

TEST_CASE("tracking: over random books the tracking error and the costs are kept, and bind where they have a price") {
    dice d{709};
    int risk_binds = 0, costs_bind = 0, count = 0, stopped = 0;
    const auto books = static_cast<int>(ballast_test::books_of(900));
    for (int round = 0; round < books; ++round) {
        random_problem p = draw(d, 1 + d.below(12), layouts[round % 3]);
        show_risk(p);
        const std::size_t n = p.l.assets();
        const auto view = p.cost.bind(p.l);
        const auto risk_of = [&](const solved& r) {
            const question q{p.l, p.c, {}, p.b, r.s.wealth};
            const std::vector<double> w = shares_of(r);
            double sum = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) sum += (w[i] - q.benchmark[i]) * p.c.at(i, j) * (w[j] - q.benchmark[j]);
            return std::sqrt(std::fmax(sum, 0.0));
        };
        const auto costs_of = [&](const solved& r) {
            double sum = 0.0;
            for (std::size_t i = 0; i < n; ++i) sum += view.cost(i, r.trade(i));
            return sum / p.l.value;
        };
        const solved free{{.risk_aversion = p.gamma}, p.l, p.cost, p.b};
        if (free.how != status::solved) continue;
        const double te = risk_of(free), paid = costs_of(free);
        if (!(te > 1e-6) || !(paid > 1e-9)) continue;
        tracking how{.risk_aversion = p.gamma};
        if (round % 3 != 1) how.tracking_error = te * d.between(0.3, 1.2);
        if (round % 3 != 0) how.cost_budget = paid * d.between(0.3, 1.2) * (round % 3 == 2 ? 10.0 : 1.0);
        const solved r{how, p.l, p.cost, p.b};
        CAPTURE(round, n, te, paid, how.tracking_error, how.cost_budget, r.s.optimality.iterations);
        if (r.how == status::infeasible) {
            CHECK(r.s.optimality.tracking_error_price + r.s.optimality.cost_price > 0.0);
            continue;
        }
        if (r.how != status::solved) {
            ++stopped;
            continue;
        }
        ++count;
        CHECK(risk_of(r) <= how.tracking_error * (1.0 + 1e-8) + 1e-10);
        CHECK(costs_of(r) <= how.cost_budget * (1.0 + 1e-10));
        if (r.s.optimality.tracking_error_price > 0.0) {
            ++risk_binds;
            CHECK(risk_of(r) >= how.tracking_error * (1.0 - 1e-8));
        }
        if (r.s.optimality.cost_price > 0.0) {
            ++costs_bind;
            CHECK(costs_of(r) >= how.cost_budget * (1.0 - 1e-8));
        }
        // The verifier with both prices, at the wealth of the answer.
        question q{p.l, p.c, how, p.b, r.s.wealth};
        q.q.tracking_error = how.tracking_error;
        q.q.costs = how.cost_budget < infinity ? how.cost_budget * p.l.value / r.s.wealth : infinity;
        const optimality& o = r.s.optimality;
        const solver::certificate v = verified(q, p.cost, r);
        CHECK(v.relative_dual <= 1e-9);
        CHECK(v.relative_primal <= 1e-9);
        CHECK(o.relative_residual <= 1e-9);
    }
    CAPTURE(risk_binds, costs_bind, count, stopped);
    CHECK(risk_binds > books / 10);
    CHECK(costs_bind > books / 10);
    CHECK(stopped <= books / 100);
}

TEST_CASE("tracking: leverage and net leverage are limits of the program, where they bind they are the reason") {
    const covariance c{.layout = risk_layout::diagonal, .n = 2, .specific = {0.04, 0.04}};
    test_look l{std::vector<double>{0.0, 0.0}, {0.8, -0.6}, 1000.0};
    l.rules.allow_short = true;
    l.rules.leverage = 1.0;
    l.risk = {c.view()};
    l.refresh();
    const solved gross{{.risk_aversion = 1.0}, l, cost::zero{}};
    CHECK(gross.share[0] == Approx(0.6).margin(1e-12));
    CHECK(gross.share[1] == Approx(-0.4).margin(1e-12));
    CHECK(gross.s.optimality.leverage_price == Approx(0.04 * 0.2).margin(1e-12));
    CHECK(gross.cause[0] == why::cut_by_exposure);
    l.rules.leverage = 2.0;
    l.rules.net_leverage = 0.1;
    l.refresh();
    const solved net{{.risk_aversion = 1.0}, l, cost::zero{}};
    CHECK(net.share[0] == Approx(0.75).margin(1e-12));
    CHECK(net.share[1] == Approx(-0.65).margin(1e-12));
    CHECK(net.s.optimality.leverage_price == Approx(0.04 * 0.05).margin(1e-12));
    CHECK(net.s.optimality.cash_price == 0.0);
    CHECK(net.cause[0] == why::cut_by_exposure);
    CHECK(net.cause[1] == why::exposure_reduced);
}

TEST_CASE("tracking: limits that contradict each other are named; as close as can be where that is asked for") {
    const covariance c{.layout = risk_layout::diagonal, .n = 3, .specific = {0.04, 0.04, 0.04}};
    test_look l{std::vector<double>{0.3, 0.3, 0.3}, {0.3, 0.3, 0.3}, 1000.0};
    l.risk = {c.view()};
    l.refresh();
    tracking how{.limits = {{.name = "fine", .coefficient = {0.0, 0.0, 1.0}, .upper = 0.5},
                            {.name = "at least", .coefficient = {1.0, 1.0, 0.0}, .lower = 0.8},
                            {.name = "at most", .coefficient = {1.0, 1.0, 0.0}, .upper = 0.7}}};
    const solved r{how, l, cost::zero{}};
    CHECK(r.how == status::infeasible);
    CHECK_FALSE(r.s.problem);
    CHECK(r.s.conflict.code == fault_code::limits_contradict);
    CHECK(r.s.conflict.index == 1);
    CHECK(r.s.optimality.end == search_end::infeasible);
    REQUIRE(r.prices.limits.size() == 3);
    CHECK(r.prices.limits[0].price == 0.0);
    CHECK(r.prices.limits[1].price < 0.0);
    CHECK(r.prices.limits[2].price > 0.0);
    // Of a whole rebalancer: no orders, and it says why.
    const rebalancer policy{trigger::every{.interval = {}}, cost::zero{}, how, known_risk{c}};
    const std::vector<double> price(3, 1.0), quantity{300.0, 300.0, 300.0}, target{0.3, 0.3, 0.3};
    const decision d =
        test::propose_once(policy, {.market = {.price = price}, .account = {.cash = 100.0, .quantity = quantity}, .target = target});
    CHECK(d.outcome == outcome::infeasible);
    CHECK(d.orders.empty());
    CHECK(d.problem.code == fault_code::limits_contradict);
    CHECK(d.problem.index == 1);
    REQUIRE(d.prices.limits.size() == 3);
    CHECK(d.prices.limits[2].name == label{"at most"});
    CHECK(d.prices.limits[2].price > 0.0);
    // As close as can be: between the two, by as much from either.
    how.closest = true;
    const solved near_to{how, l, cost::zero{}};
    CHECK(near_to.how == status::inexact);
    CHECK(near_to.s.optimality.end == search_end::closest);
    CHECK_FALSE(near_to.s.optimality.proved);
    CHECK(near_to.share[0] + near_to.share[1] == Approx(0.75).margin(1e-8));
    CHECK(near_to.s.optimality.missed == Approx(0.05).margin(1e-8));
    CHECK(near_to.cause[0] == why::limit_kept);
    // More than there is of cash.
    const tracking rich{.limits = {{.name = "all in and more", .lower = 1.2}}};
    const solved cash{rich, l, cost::zero{}};
    CHECK(cash.how == status::infeasible);
    CHECK(cash.s.optimality.cash_price > 0.0);
    CHECK(cash.prices.limits[0].price < 0.0);
}

TEST_CASE("tracking: risk that can not be used and parameters out of range have their names") {
    const covariance good{.layout = risk_layout::diagonal, .n = 2, .specific = {0.04, 0.09}};
    const auto fault_of = [&](risk_view v, const tracking& how = {}) {
        test_look l = look_of({0.5, 0.2}, {0.3, 0.4}, good);
        l.risk = {v};
        l.refresh();
        const solved r{how, l, cost::zero{}};
        CHECK((r.how == status::infeasible) == bool{r.s.problem});
        return r.s.problem;
    };
    CHECK_FALSE(fault_of(good.view()));
    CHECK(fault_of(good.view(), {.estimator = 1}).code == fault_code::risk_not_ready);
    CHECK(fault_of(good.view(false)).code == fault_code::risk_not_ready);
    CHECK(fault_of({}).code == fault_code::risk_not_ready);
    const covariance dense = ballast_test::of_correlations({0.2, 0.3}, {1.0, 0.5, 0.5, 1.0});
    CHECK_FALSE(fault_of(dense.view()));
    CHECK(fault_of(ballast_test::of_correlations({0.2, 0.3}, {1.0, 1.5, 1.5, 1.0}).view()).code == fault_code::bad_risk);
    const std::vector<double> three(3, 0.04), bad{0.04, -0.01}, loadings(8, 0.1),
        omega{0.04, 0.0, 0.0, 0.0, 0.0, 0.04, 0.0, 0.0, 0.0, 0.0, 0.04, 0.0, 0.0, 0.0, 0.0, 0.04};
    CHECK(fault_of({.layout = risk_layout::diagonal, .ready = true, .specific = three}).code == fault_code::size_mismatch);
    CHECK(fault_of({.layout = risk_layout::diagonal, .ready = true, .specific = bad}).code == fault_code::bad_risk);
    const risk_view four{
        .layout = risk_layout::factor, .ready = true, .specific = good.specific, .loadings = loadings, .factor_covariance = omega};
    CHECK_FALSE(fault_of(four));  // more factors than assets are fine
    CHECK(fault_of(four, {.factors = 3}).code == fault_code::too_many_factors);
    CHECK(fault_of(four, {.factors = 3}).value == 4.0);
    const fault no_factor = fault_of(four, {.limits = {{}}, .exposures = {{.factor = 3}, {.factor = 4}}});
    CHECK(no_factor.code == fault_code::unknown_factor);
    CHECK(no_factor.index == 2);
    CHECK(fault_of(good.view(), {.exposures = {{.factor = 0}}}).code == fault_code::unknown_factor);

    const auto refused = [](const tracking& how) {
        return std::string{how.validate().parameter == nullptr ? "" : how.validate().parameter};
    };
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(refused({}).empty());
    CHECK(refused({.risk_aversion = 0.0}) == "tracking.risk_aversion");
    CHECK(refused({.risk_aversion = 0.0, .cost_budget = 0.01}) == "tracking.risk_aversion");
    CHECK(refused({.risk_aversion = 0.0, .tracking_error = 0.01}).empty());
    CHECK(refused({.risk_aversion = -1.0, .tracking_error = 0.01}) == "tracking.risk_aversion");
    CHECK(refused({.tracking_error = -0.01}) == "tracking.tracking_error");
    CHECK(refused({.tracking_error = nan}) == "tracking.tracking_error");
    CHECK(refused({.cost_budget = -0.01}) == "tracking.cost_budget");
    CHECK(refused({.cost_budget = nan}) == "tracking.cost_budget");
    CHECK(refused({.horizon = {}}) == "tracking.horizon");
    CHECK(refused({.expected_return = nan}) == "tracking.expected_return");
    CHECK(refused({.turnover = -0.1}) == "tracking.turnover");
    CHECK(refused({.turnover = nan}) == "tracking.turnover");
    CHECK(refused({.iterations = 0}) == "tracking.iterations");
    CHECK(refused({.limits = {{.lower = 0.5, .upper = 0.4}}}) == "tracking.limits");
    CHECK(refused({.limits = {{.coefficient = {1.0, infinity}}}}) == "tracking.limits");
    CHECK(refused({.limits = {{.lower = infinity}}}) == "tracking.limits");
    CHECK(refused({.groups = {{.group_of = {0}, .groups = {{.upper = nan}}}}}) == "tracking.groups");
    CHECK(refused({.exposures = {{.factor = 32}}}) == "tracking.exposures");
    CHECK(refused({.exposures = {{.factor = 32}}, .factors = 33}).empty());
    CHECK(tracking{.groups = {{.group_of = {0, 1}, .groups = {{}}}}}.covers(2));
    CHECK_FALSE(tracking{.groups = {{.group_of = {0, 1}, .groups = {{}}}}}.covers(3));
    CHECK_FALSE(tracking{.limits = {{.coefficient = {1.0, 2.0}}}}.covers(3));
    CHECK_FALSE(tracking{.expected_return = {0.1, 0.2}}.covers(3));
}

TEST_CASE("tracking: where steps run out the answer says so and keeps all limits") {
    dice d{704};
    int stopped = 0, traded = 0;
    for (int round = 0; round < 400; ++round) {
        random_problem p = draw(d, 5 + d.below(30), risk_layout::factor);
        show_risk(p);
        const tracking how{.risk_aversion = p.gamma, .iterations = 1};
        const solved r{how, p.l, p.cost, p.b};
        if (r.s.optimality.end != search_end::stopped) continue;
        CAPTURE(round);
        ++stopped;
        CHECK(r.how == status::inexact);
        CHECK_FALSE(r.s.optimality.proved);
        bool any = false;
        for (std::size_t i = 0; i < p.l.assets(); ++i) any = any || r.trade(i) != 0.0;
        traded += any ? 1 : 0;
        if (!any) continue;
        const question q{p.l, p.c, how, p.b, r.s.wealth};
        CHECK(q.missed(shares_of(r)) <= 1e-9);
    }
    CAPTURE(stopped, traded);
    CHECK(stopped > 50);
}

// ---- through a whole rebalancer ----

TEST_CASE("tracking: the referee accepts every list over random books") {
    std::size_t orders = 0, holds = 0, inexact = 0, infeasible = 0, calls = 0;
    ballast_test::for_period_calls<tracking>(
        ballast_test::books_of(3000), {}, ballast_test::draw_tracking, [&](auto& call, std::uint64_t seed) {
            CAPTURE(seed);
            if (const std::string complaint = call.complaint(); !complaint.empty()) FAIL_CHECK(complaint);
            orders += call.answer.orders.size();
            holds += call.answer.outcome == outcome::hold ? 1u : 0u;
            inexact += call.answer.outcome == outcome::inexact ? 1u : 0u;
            infeasible += call.answer.outcome == outcome::infeasible ? 1u : 0u;
            ++calls;
            if (call.answer.outcome == outcome::infeasible) CHECK(call.answer.optimality.end == search_end::infeasible);
            for (const order& o : call.answer.orders) {
                if (o.reason == why::fees_covered) continue;
                if (call.of.target[o.asset] == 0.0 && o.buy() && call.answer.weight_before()[o.asset] >= 0.0 && !call.limited)
                    FAIL_CHECK("buys an asset that has no target");
            }
        });
    CAPTURE(orders, holds, inexact, infeasible, calls);
    CHECK(orders > calls);
    CHECK(holds > calls / 50);
    CHECK(inexact < calls / 100);
    CHECK(infeasible < calls / 2);
}

namespace {
// Prices that drift, day by day; the same for two accounts, one of which remembers.
struct pair_of_accounts {
    std::size_t n = 0;
    covariance c{};
    tracking how{};
    cost::proportional fees{};
    std::vector<double> price{}, target{};
    explicit pair_of_accounts(dice& d, std::size_t assets, bool dense = false)
        : n{assets},
          c{draw_covariance(d, assets, risk_layout::factor)} {
        for (double& x : c.specific) x += 1e-3;
        if (dense) c = c.as_dense();
        how.risk_aversion = 5.0;
        solver::group_limits sectors{.groups = {{.name = "a", .upper = 0.33}, {.name = "b", .lower = 0.3}, {.name = "c"}}};
        for (std::size_t i = 0; i < n; ++i) {
            sectors.group_of.push_back(static_cast<std::uint32_t>(i % 3));
            price.push_back(d.between(10.0, 100.0));
            target.push_back(0.95 / static_cast<double>(n));
        }
        how.groups = {sectors};
        fees.rate = 5_bps;
    }
};
}  // namespace

TEST_CASE("tracking: a run of calls that remembers has the bits of one that does not") {
    dice d{705};
    for (const int kind : {0, 1, 2, 3}) {
        const double most = kind == 1 ? 0.02 : infinity;
        int with = 0, without = 0, traded = 0;
        for (int run = 0; run < 4; ++run) {
            pair_of_accounts a{d, 12 + d.below(30), run % 2 == 1};
            a.how.turnover = most;
            if (kind == 2) a.how.tracking_error = 0.01;
            if (kind == 3) a.how.cost_budget = 4e-6;
            if (kind == 3) a.how.groups.clear();
            const rebalancer policy{trigger::every{.interval = {}}, a.fees, a.how, known_risk{a.c}};
            const sizes s{.assets = a.n};
            test::one_call warm{policy, s}, cold{policy, s};
            std::vector<double> quantity;
            for (std::size_t i = 0; i < a.n; ++i) quantity.push_back(std::floor(95'000.0 / static_cast<double>(a.n) / a.price[i]));
            holdings h{.cash = 5'000.0, .quantity = quantity};
            for (int day = 0; day < 50; ++day) {
                CAPTURE(run, day, most);
                for (double& x : a.price) x *= 1.0 + 0.01 * d.normal();
                const inputs in{.market = {.now = timestamp{} + days(day), .price = a.price}, .account = h.view(), .target = a.target};
                detail::get<1>(cold.account.memories).prices.known = false;  // forgets
                const decision& one = warm.propose(in);
                const decision& two = cold.propose(in);
                REQUIRE_FALSE(one.problem);
                CHECK(same_bits(one, two));
                CHECK(same_bits(one, warm.propose(in)));  // and propose remembers nothing
                with += one.optimality.iterations;
                without += two.optimality.iterations;
                traded += one.orders.empty() ? 0 : 1;
                REQUIRE_FALSE(policy.commit(warm.account, one, in.market.now));
                REQUIRE_FALSE(policy.commit(cold.account, two, in.market.now));
                REQUIRE_FALSE(apply(h, one));
            }
            // It outlives a restart.
            test::one_call later{policy, s};
            REQUIRE_FALSE(load(later.account, save(warm.account)));
            const auto& was = detail::get<1>(warm.account.memories).prices;
            const auto& is = detail::get<1>(later.account.memories).prices;
            CHECK(is.known);
            CHECK(is.rows == a.how.limit_count());
            CHECK(is.factors == was.factors);
            CHECK(same_bits(std::span<const double>{is.price}, std::span<const double>{was.price}));
        }
        CAPTURE(with, without, traded);
        CHECK(traded > 50);
        CHECK(with < without + without / 4);  // where prices move much a search begins as well from where nobody trades
    }
}

TEST_CASE("tracking: the decision carries the prices, and nothing that was not prepared") {
    dice d{706};
    pair_of_accounts a{d, 9};
    const rebalancer policy{trigger::every{.interval = {}}, a.fees, a.how, known_risk{a.c}};
    test::one_call call{policy, {.assets = a.n}};
    const std::vector<double> quantity(a.n, 10.0);
    const decision& one =
        call.propose({.market = {.price = a.price}, .account = {.cash = 1000.0, .quantity = quantity}, .target = a.target});
    REQUIRE(one.outcome == outcome::trade);
    CHECK(one.prices.assets.size() == a.n);
    REQUIRE(one.prices.limits.size() == 3);
    CHECK(one.prices.limits[1].name == label{"b"});
    CHECK(one.prices.factors.size() == a.c.loadings.size() / a.n);
    CHECK(one.optimality.end == search_end::best);
    CHECK(one.optimality.proved);
    CHECK(one.optimality.before >= one.optimality.objective);
    CHECK(one.optimality.relative_gap <= 1e-10);
    CHECK(one.optimality.relative_residual <= 1e-10);
    // A decision that was prepared by another rebalancer has no room for them.
    const rebalancer plain{trigger::every{.interval = {}}, a.fees, no_trade_region{}, known_risk{a.c}};
    plain.prepare(call.decision = {}, {.assets = a.n});
    CHECK(
        call.propose({.market = {.price = a.price}, .account = {.cash = 1000.0, .quantity = quantity}, .target = a.target}).problem.code ==
        fault_code::not_prepared);
}

TEST_CASE("tracking: costs that bend, by their answers and by their slopes") {
    dice d{707};
    int stopped = 0;
    const auto books = static_cast<int>(ballast_test::books_of(300));
    for (int round = 0; round < books; ++round) {
        random_problem p = draw(d, 1 + d.below(8), risk_layout::factor);
        for (double& x : p.c.specific) x += 1e-3;
        show_risk(p);
        ballast_test::moving<true> cost{.rate = d.chance(0.2) ? 0.0 : d.scale(1e-5, 1e-2)};
        for (std::size_t i = 0; i < p.l.assets(); ++i) cost.impact.push_back(d.scale(1e-4, 1.0) / p.l.value);
        const ballast_test::moving<false> slopes{cost.rate, cost.impact};
        const tracking how{.risk_aversion = p.gamma};
        const solved one{how, p.l, cost, p.b}, two{how, p.l, slopes, p.b};
        CAPTURE(round, p.l.assets(), one.s.optimality.iterations);
        stopped += one.how == status::solved ? 0 : 1;
        if (one.how != status::solved || two.how != status::solved) continue;
        const question q{p.l, p.c, how, p.b, one.s.wealth};
        const solver::certificate c = verified(q, cost, one);
        CAPTURE(c.relative_primal, c.relative_dual);
        CHECK(c.how == search_end::best);
        for (std::size_t i = 0; i < p.l.assets(); ++i) CHECK(std::fabs(one.trade(i) - two.trade(i)) <= 1e-6 * p.l.value);
    }
    CHECK(stopped <= books / 50);
}
