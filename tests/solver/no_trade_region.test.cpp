// The best trade of one period is checked against reference regions, against the conditions of Karush, Kuhn and Tucker in long doubles,
// against a search through all patterns of sides, against known special cases, and over random books with the referee.
#include <ballast/solver/no_trade_region.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/next_calls.hpp"
#include "support/one_call.hpp"
#include "support/period_problems.hpp"
#include "support/period_promises.hpp"
#include "support/reference_regions.hpp"
#include "support/solved.hpp"

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
using ballast_test::and_one;
using ballast_test::bounds;
using ballast_test::check;
using ballast_test::conditions;
using ballast_test::covariance;
using ballast_test::dice;
using ballast_test::draw;
using ballast_test::draw_covariance;
using ballast_test::for_period_calls;
using ballast_test::infinity;
using ballast_test::look_of;
using ballast_test::moving;
using ballast_test::of_correlations;
using ballast_test::random_problem;
using ballast_test::rates_of;
using ballast_test::reference_region;
using ballast_test::show_risk;
using ballast_test::test_look;
using ballast_test::wide;

static_assert(solver_policy<no_trade_region> && std::is_aggregate_v<no_trade_region>);
static_assert(!detail::needs_region<no_trade_region>() && detail::need_of<no_trade_region>() == risk_need::volatility);
static_assert(detail::accepts<no_trade_region>(cost_shape::convex) && !detail::accepts<no_trade_region>(cost_shape::fixed_plus_convex) &&
              !detail::accepts<no_trade_region>(cost_shape::general));

namespace {

using solved = ballast_test::solved<no_trade_region>;

no_trade_region draw_solver(dice& d, const ballast_test::book&, std::size_t) {
    return {.risk_aversion = d.scale(0.5, 20.0), .horizon = days(static_cast<std::int64_t>(1 + d.below(700)))};
}

constexpr duration year = days(365) + hours(6);

}  // namespace

TEST_CASE("no_trade_region: the reference regions of one period, vertices and all cases") {
    const std::vector<reference_region> regions = ballast_test::reference_regions();
    if (regions.empty()) return;
    int cases = 0, vertices = 0;
    for (const reference_region& m : regions) {
        const no_trade_region solver{.risk_aversion = m.gamma};
        const covariance& c = m.risk;
        const std::size_t n = m.assets();
        CAPTURE(m.name);
        // μ is what the targets imply.
        for (std::size_t i = 0; i < n; ++i) {
            double implied = 0.0;
            for (std::size_t j = 0; j < n; ++j) implied += m.gamma * c.at(i, j) * m.target[j];
            CHECK(implied == Approx(m.expected[i]).epsilon(1e-12));
        }
        for (const reference_region::answer& given : m.answers) {
            const std::vector<double>&w0 = given.held, &w = given.best;
            const test_look l = m.at(w0, w, c);
            const solved r{solver, l, m.cost};
            CAPTURE(w0);
            CHECK(r.how == status::solved);
            CHECK(r.s.optimality.proved);
            CHECK(std::fabs(r.s.wealth - 1.0) <= 1e-14);
            double utility = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                const double s = r.s.move[i] != 0 ? r.share[i] : w0[i];
                CHECK(std::fabs(s - w[i]) <= 1e-12);
                CHECK((r.trade(i) > 0.0 ? 1.0 : r.trade(i) < 0.0 ? -1.0 : 0.0) == given.sign[i]);
                utility += m.expected[i] * s - m.rate[i] * std::fabs(s - w0[i]);
                for (std::size_t j = 0; j < n; ++j) utility -= 0.5 * m.gamma * s * c.at(i, j) * (r.s.move[j] != 0 ? r.share[j] : w0[j]);
            }
            CHECK(utility == Approx(given.utility).epsilon(1e-12));
            ++cases;
        }
        // From beyond a corner of the region the best is the corner: γΣ(w − t) = ±k.
        const double signs[4][2] = {{1, 1}, {1, -1}, {-1, -1}, {-1, 1}};
        for (std::size_t v = 0; v < m.corners.size(); ++v) {
            const std::vector<double>& corner = m.corners[v];
            // Further out along both costs.
            std::vector<double> from = corner;
            for (std::size_t i = 0; i < 2; ++i) from[i] += 0.3 * signs[v][i];
            const test_look l = m.at(from, corner, c);
            const solved r{solver, l, m.cost};
            for (std::size_t i = 0; i < 2; ++i) CHECK(std::fabs(r.share[i] - corner[i]) <= 1e-12);
            ++vertices;
            // And just inside of it nothing is traded.
            std::vector<double> inside(2);
            for (std::size_t i = 0; i < 2; ++i) inside[i] = m.target[i] + (corner[i] - m.target[i]) * (1.0 - 1e-9);
            const test_look in = look_of(and_one(inside, 1.0), m.aims, c);
            const solved stays{solver, in, m.cost};
            CHECK(stays.trade(0) == 0.0);
            CHECK(stays.trade(1) == 0.0);
            CHECK(stays.cause[0] == why::inside_band);
            for (std::size_t i = 0; i < 2; ++i) inside[i] = m.target[i] + (corner[i] - m.target[i]) * (1.0 + 1e-9);
            const test_look out = look_of(and_one(inside, 1.0), m.aims, c);
            const solved goes{solver, out, m.cost};
            CHECK((goes.trade(0) != 0.0 || goes.trade(1) != 0.0));
        }
    }
    CHECK(cases == 29);
    CHECK(vertices == 12);
}

TEST_CASE("no_trade_region: the conditions of Karush, Kuhn and Tucker hold on random accounts in all layouts") {
    dice d{501};
    int stayed = 0, cash_binds = 0, limited = 0, hedged = 0, count = 0;
    const auto books = static_cast<int>(ballast_test::books_of(9000));
    for (int round = 0; round < books; ++round) {
        const risk_layout layout = round % 3 == 0 ? risk_layout::diagonal : round % 3 == 1 ? risk_layout::dense : risk_layout::factor;
        random_problem p = draw(d, 1 + d.below(round % 20 == 0 ? 40 : 9), layout);
        show_risk(p);
        const solved r{{.risk_aversion = p.gamma}, p.l, p.cost, p.b};
        const conditions k = check(p.l, r, p.c, p.gamma, p.b, rates_of(p.cost, p.l));
        CAPTURE(round, p.l.assets(), static_cast<int>(layout), r.s.optimality.residual, r.s.optimality.gap);
        CHECK(r.how == status::solved);
        CHECK(r.s.optimality.made);
        CHECK(r.s.optimality.proved);
        CHECK(static_cast<double>(k.worst) <= 1e-12);
        CHECK(static_cast<double>(k.cash) <= 1e-13);
        CHECK(k.within);
        CHECK(r.s.optimality.gap <= 1e-11);
        // The wealth is what the costs leave.
        long double cost = 0.0L;
        bool any = false;
        for (std::size_t i = 0; i < p.l.assets(); ++i) {
            cost += wide(p.cost.bind(p.l).cost(i, r.trade(i)));
            any = any || r.trade(i) != 0.0;
            hedged += r.cause[i] == why::hedged && r.s.move[i] != 0 ? 1 : 0;
        }
        CHECK(static_cast<double>(std::fabs(wide(r.s.wealth) - (wide(p.l.value) - cost))) <= 1e-14 * p.l.value);
        stayed += any ? 0 : 1;
        cash_binds += r.s.optimality.cash_price > 0.0 ? 1 : 0;
        limited += p.b.buy.empty() ? 0 : 1;
        ++count;
    }
    CAPTURE(stayed, cash_binds, limited, hedged);
    CHECK(stayed > count / 50);
    CHECK(cash_binds > count / 20);
    CHECK(limited > count / 4);
    CHECK(hedged > count / 20);
}

// Every asset is bought, sold, kept, or at one of its bounds; for every such pattern, with the cash binding and not, the best point of its
// face by Gauss elimination in long doubles. Of all that are feasible the least objective is the answer.
namespace {
struct enumeration {
    long double best = wide(infinity);
    std::vector<long double> share{};
};
enumeration enumerate(const std::vector<long double>& held, const std::vector<long double>& target, const std::vector<long double>& low,
                      const std::vector<long double>& high, const std::vector<long double>& buy, const std::vector<long double>& sell,
                      const covariance& c, double gamma, long double budget) {
    const std::size_t n = held.size();
    enumeration found;
    std::size_t patterns = 1;
    for (std::size_t i = 0; i < n; ++i) patterns *= 5;
    for (std::size_t pattern = 0; pattern < 2 * patterns; ++pattern) {
        const bool binds = pattern >= patterns;
        std::vector<int> of(n);
        std::size_t rest = pattern % patterns;
        std::vector<long double> s(n);
        std::vector<std::size_t> free;
        for (std::size_t i = 0; i < n; ++i) {
            of[i] = static_cast<int>(rest % 5);  // kept, bought, sold, lower, upper
            rest /= 5;
            s[i] = of[i] == 0 ? held[i] : of[i] == 3 ? low[i] : high[i];
            if (of[i] == 1 || of[i] == 2) free.push_back(i);
        }
        if (binds && free.empty()) continue;
        const std::size_t m = free.size() + (binds ? 1 : 0);
        std::vector<std::vector<long double>> a(m, std::vector<long double>(m + 1, 0.0L));
        for (std::size_t r = 0; r < free.size(); ++r) {
            const std::size_t i = free[r];
            a[r][m] = of[i] == 1 ? -buy[i] : sell[i];
            for (std::size_t j = 0; j < n; ++j) {
                const long double q = wide(gamma) * wide(c.at(i, j));
                const auto at = std::find(free.begin(), free.end(), j);
                if (at != free.end()) {
                    a[r][static_cast<std::size_t>(at - free.begin())] = q;
                    a[r][m] += q * target[j];
                } else {
                    a[r][m] -= q * (s[j] - target[j]);
                }
            }
            if (binds) a[r][m - 1] = a[m - 1][r] = 1.0L;
        }
        if (binds) {
            a[m - 1][m] = budget;
            for (std::size_t j = 0; j < n; ++j)
                if (std::find(free.begin(), free.end(), j) == free.end()) a[m - 1][m] -= s[j];
        }
        bool singular = false;
        for (std::size_t k = 0; k < m && !singular; ++k) {
            std::size_t pivot = k;
            for (std::size_t r = k; r < m; ++r)
                if (std::fabs(a[r][k]) > std::fabs(a[pivot][k])) pivot = r;
            std::swap(a[k], a[pivot]);
            singular = std::fabs(a[k][k]) < 1e-18L;
            for (std::size_t r = 0; r < m && !singular; ++r)
                if (r != k)
                    for (std::size_t e = m + 1; e-- > k;) a[r][e] -= a[r][k] / a[k][k] * a[k][e];
        }
        if (singular) continue;
        for (std::size_t r = 0; r < free.size(); ++r) s[free[r]] = a[r][m] / a[r][r];
        long double sum = 0.0L, value = 0.0L;
        bool feasible = true;
        for (std::size_t i = 0; i < n; ++i) {
            feasible = feasible && s[i] >= low[i] - 1e-15L && s[i] <= high[i] + 1e-15L;
            sum += s[i];
            value += s[i] > held[i] ? buy[i] * (s[i] - held[i]) : sell[i] * (held[i] - s[i]);
            for (std::size_t j = 0; j < n; ++j) value += 0.5L * wide(gamma) * wide(c.at(i, j)) * (s[i] - target[i]) * (s[j] - target[j]);
        }
        if (!feasible || sum > budget + 1e-15L || !(value < found.best)) continue;
        found.best = value;
        found.share = s;
    }
    return found;
}
}  // namespace

TEST_CASE("no_trade_region: of all patterns of sides none is better, up to four assets") {
    dice d{502};
    const auto books = static_cast<int>(ballast_test::books_of(600));
    for (int round = 0; round < books; ++round) {
        const std::size_t n = 1 + d.below(round % 4 == 0 ? 4 : 3);
        const risk_layout layout = round % 2 == 0 ? risk_layout::dense : risk_layout::factor;
        const covariance c = draw_covariance(d, n, layout);
        const double gamma = d.scale(0.5, 20.0);
        std::vector<double> held, target, low, high, rate;
        double sum = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            held.push_back(d.between(-0.2, 0.8));
            target.push_back(d.between(-0.2, 0.8));
            low.push_back(d.chance(0.5) ? -1.0 : std::fmin(held[i], target[i]) + d.between(-0.1, 0.1));
            high.push_back(d.chance(0.5) ? 1.5 : std::fmax(low[i], std::fmax(held[i], target[i]) + d.between(-0.1, 0.1)));
            rate.push_back(d.scale(1e-5, 5e-2));
            sum += target[i];
        }
        const double budget = d.chance(0.5) ? 10.0 : sum * d.between(0.7, 1.0);
        double least = 0.0;
        for (const double x : low) least += x;
        if (least > budget) continue;
        detail::region_columns m;
        m.prepare(n);
        m.held = m.share = held;
        m.aim = target;
        m.lower = low;
        m.upper = high;
        const cost::proportional cost{.rate = rate};
        const test_look l{held, target};
        const auto view = cost.bind(l);
        const risk_view risk = c.view();
        detail::region_program program{risk, gamma, n, view, m};
        program.at(1.0, budget);
        program.solve();
        const optimality o = program.certificate();
        const auto wides = [](const std::vector<double>& v) {
            std::vector<long double> all;
            for (const double x : v) all.push_back(wide(x));
            return all;
        };
        const enumeration e =
            enumerate(wides(held), wides(target), wides(low), wides(high), wides(rate), wides(rate), c, gamma, wide(budget));
        CAPTURE(round, n, o.objective, static_cast<double>(e.best), o.residual);
        CHECK(o.proved);
        CHECK(std::fabs(o.objective - static_cast<double>(e.best)) <= 1e-13 * (1.0 + o.objective));
        CHECK(o.objective - static_cast<double>(e.best) <= o.gap + 1e-14);
        for (std::size_t i = 0; i < n; ++i) CHECK(static_cast<double>(std::fabs(wide(m.share[i]) - e.share[i])) <= 1e-8);
    }
}

TEST_CASE("no_trade_region: without costs it goes to the targets, with costs that are too dear nowhere") {
    dice d{503};
    for (int round = 0; round < 300; ++round) {
        random_problem p = draw(d, 1 + d.below(12), round % 2 == 0 ? risk_layout::dense : risk_layout::diagonal);
        show_risk(p);
        p.l.rules.reserve = p.l.rules.reserve_amount = 0.0;
        double targets = 0.0;
        for (const double t : p.l.target) targets += t;
        if (targets > 1.0) p.l.rules.leverage = 2.0;
        const no_trade_region solver{.risk_aversion = p.gamma};
        const solved free{solver, p.l, cost::zero{}};
        const solved target{solver, p.l, cost::proportional{.rate = 0.0}};
        CAPTURE(round);
        for (std::size_t i = 0; i < p.l.assets(); ++i) {
            const double s = free.s.move[i] != 0 ? free.share[i] : p.l.weight[i];
            CHECK(s == Approx(p.l.target[i]).margin(1e-9));
            CHECK(target.trade(i) == free.trade(i));
        }
        if (p.l.cash < 0.0) continue;
        const solved none{solver, p.l, cost::proportional{.rate = 0.99}};
        CHECK(none.s.wealth <= p.l.value);
        double most = 0.0;  // of what trading could improve, per unit
        for (std::size_t i = 0; i < p.l.assets(); ++i) {
            double g = 0.0;
            for (std::size_t j = 0; j < p.l.assets(); ++j) g += p.gamma * p.c.at(i, j) * (p.l.weight[j] - p.l.target[j]);
            most = std::fmax(most, std::fabs(g));
        }
        if (most > 0.98) continue;
        for (std::size_t i = 0; i < p.l.assets(); ++i) CHECK(none.trade(i) == 0.0);
        CHECK(none.s.wealth == p.l.value);
    }
}

TEST_CASE("no_trade_region: a diagonal covariance is a box with half widths k over γσ²") {
    // γσ²·h: 0.002/(3·0.04), 0.004/(3·0.0225).
    covariance c{.layout = risk_layout::diagonal, .n = 2, .specific = {0.04, 0.0225}};
    test_look l = look_of({0.2, 0.7}, {0.4, 0.3}, c);
    const solved r{{.risk_aversion = 3.0}, l, cost::proportional{.rate = {0.002, 0.004}}};
    CHECK(r.share[0] == Approx(0.4 - 0.002 / 0.12).epsilon(1e-14));
    CHECK(r.share[1] == Approx(0.3 + 0.004 / 0.0675).epsilon(1e-14));
    CHECK(r.s.for_this_wealth);
    CHECK(r.s.optimality.cash_price == 0.0);
    // Twice the horizon is half the cost; a view that is not a rebalancer's first is named.
    const solved longer{{.risk_aversion = 3.0, .horizon = year * 2}, l, cost::proportional{.rate = {0.004, 0.008}}};
    for (std::size_t i = 0; i < 2; ++i) CHECK(longer.share[i] == Approx(r.share[i]).epsilon(1e-14));
    l.risk.push_back(l.risk[0]);
    l.refresh();
    const solved second{{.risk_aversion = 3.0, .estimator = 1}, l, cost::proportional{.rate = {0.002, 0.004}}};
    CHECK(second.share[0] == r.share[0]);
    // Buys and sells of their own.
    const solved sides{{.risk_aversion = 3.0}, l, cost::proportional{.rate = 0.001, .sell = 0.006}};
    CHECK(sides.share[0] == Approx(0.4 - 0.001 / 0.12).epsilon(1e-14));
    CHECK(sides.share[1] == Approx(0.3 + 0.006 / 0.0675).epsilon(1e-14));
}

TEST_CASE("no_trade_region: what hedges says so, and an asset without a target is never bought") {
    // Two assets that move nearly as one; the first is too heavy but too dear to sell, so that the second is sold past its target.
    const covariance c = of_correlations({0.3, 0.3}, {1.0, 0.95, 0.95, 1.0});
    const test_look l = look_of({0.6, 0.3}, {0.4, 0.3}, c);
    const solved r{{.risk_aversion = 5.0}, l, cost::proportional{.rate = {0.5, 0.0}}};
    CHECK(r.trade(0) == 0.0);
    CHECK(r.cause[0] == why::inside_band);
    CHECK(r.share[1] == Approx(0.3 - 0.95 * 0.2).epsilon(1e-12));
    CHECK(r.cause[1] == why::hedged);
    // A hedge that would have to be bought, of an asset that is not wanted.
    const covariance against = of_correlations({0.3, 0.3}, {1.0, -0.9, -0.9, 1.0});
    const test_look unwanted = look_of({0.6, 0.0}, {0.4, 0.0}, against);
    const solved none{{.risk_aversion = 5.0}, unwanted, cost::proportional{.rate = {0.5, 0.0}}};
    CHECK(none.trade(0) == 0.0);
    CHECK(none.trade(1) == 0.0);
    // Held already it is not sold for the same reason, though its target is 0.
    const test_look kept = look_of({0.6, 0.1}, {0.4, 0.0}, against);
    const solved stays{{.risk_aversion = 5.0}, kept, cost::proportional{.rate = {0.5, 0.0}}};
    CHECK(stays.trade(1) == 0.0);
}

TEST_CASE("no_trade_region: cash that binds has its price, and what is short of it says so") {
    const covariance c{.layout = risk_layout::diagonal, .n = 3, .specific = {0.04, 0.04, 0.04}};
    // All in: the third is dear to sell, so that the two others can not be filled up.
    test_look l{std::vector<double>{0.3, 0.3, 0.4}, {0.4, 0.4, 0.2}, 1000.0};
    l.risk = {c.view()};
    l.refresh();
    const solved r{{.risk_aversion = 2.0}, l, cost::proportional{.rate = {0.0, 0.0, 0.01}}};
    CHECK(r.s.optimality.cash_price > 0.0);
    CHECK(static_cast<double>(r.cash_after(cost::proportional{.rate = {0.0, 0.0, 0.01}}.bind(l))) == Approx(0.0).margin(1e-10));
    CHECK(r.trade(0) == Approx(r.trade(1)));
    CHECK(r.cause[0] == why::cut_by_cash);
    CHECK(r.cause[2] == why::full);
    // One multiplier for all: what the last unit is worth is the same to buyers, and what the seller loses with its cost.
    const double g0 = 0.08 * (r.share[0] - 0.4), g2 = 0.08 * (r.share[2] - 0.2);
    CHECK(-g0 == Approx(r.s.optimality.cash_price).epsilon(1e-12));
    CHECK(g2 + r.s.optimality.cash_price == Approx(0.01).epsilon(1e-12));
    // A reserve takes from all targets by one factor, as for to_target.
    l.rules.reserve = 0.1;
    const solved kept{{.risk_aversion = 2.0}, l, cost::zero{}};
    CHECK(kept.share[0] == Approx(0.36));
    CHECK(kept.share[2] == Approx(0.18));
    CHECK(kept.cause[0] == why::cut_by_cash);
}

TEST_CASE("no_trade_region: singular, tiny and huge covariances; many assets") {
    dice d{504};
    int inexact = 0, runs = 0;
    for (int round = 0; round < 160; ++round) {
        const std::size_t n = round % 16 == 0 ? 60 + d.below(100) : 2 + d.below(20);
        random_problem p = draw(d, n, risk_layout::dense, 1 + d.below(n));
        if (round % 3 == 0) {  // an asset that does not move at all
            const std::size_t still = d.below(n);
            for (std::size_t j = 0; j < n; ++j) p.c.dense[still * n + j] = p.c.dense[j * n + still] = 0.0;
            p.c.specific[still] = 0.0;
        }
        const double unit = round % 4 == 1 ? 1e-8 : round % 4 == 2 ? 1e6 : 1.0;
        for (double& x : p.c.dense) x *= unit;
        for (double& x : p.c.specific) x *= unit;
        show_risk(p);
        const solved r{{.risk_aversion = p.gamma}, p.l, p.cost, p.b};
        const conditions k = check(p.l, r, p.c, p.gamma, p.b, rates_of(p.cost, p.l));
        CAPTURE(round, n, r.s.optimality.residual, r.s.optimality.gap, r.s.optimality.objective);
        CHECK(static_cast<double>(k.worst) <= 1e-11);
        CHECK(static_cast<double>(k.cash) <= 1e-12);
        CHECK(k.within);
        inexact += r.how == status::solved ? 0 : 1;
        ++runs;
    }
    CHECK(inexact == 0);
}

TEST_CASE("no_trade_region: scaling money changes no share; permuting assets permutes the answer; the layout does not matter") {
    dice d{505};
    for (int round = 0; round < 200; ++round) {
        random_problem p = draw(d, 1 + d.below(12), risk_layout::factor);
        show_risk(p);
        const std::size_t n = p.l.assets();
        const no_trade_region solver{.risk_aversion = p.gamma};
        const solved one{solver, p.l, p.cost, p.b};
        const solved again{solver, p.l, p.cost, p.b};
        CAPTURE(round, n);
        for (std::size_t i = 0; i < n; ++i) CHECK(again.share[i] == one.share[i]);

        ballast_test::check_scale(solver, p);
        // Half the variance and twice the aversion.
        random_problem h = p;
        for (auto* column : {&h.c.specific, &h.c.omega})
            for (double& x : *column) x *= 0.5;
        show_risk(h);
        const solved halved{{.risk_aversion = 2.0 * p.gamma}, h.l, h.cost, h.b};
        for (std::size_t i = 0; i < n; ++i) CHECK(halved.share[i] == one.share[i]);
        // The same matrix written out, where it is far enough from singular to say what the shares are.
        random_problem full = p;
        for (double& x : full.c.specific) x += 0.01;
        show_risk(full);
        random_problem dense = full;
        dense.c = full.c.as_dense();
        show_risk(dense);
        const solved by_factors{solver, full.l, full.cost, full.b};
        const solved by_matrix{solver, dense.l, dense.cost, dense.b};
        for (std::size_t i = 0; i < n; ++i) CHECK(by_matrix.trade(i) == Approx(by_factors.trade(i)).margin(1e-9 * p.l.value));
        const std::vector<std::size_t> order = ballast_test::draw_order(d, n);
        CHECK(ballast_test::apart_in_order(solver, solver, dense, order) <= 1e-9);
    }
}

// What a trade moves the price: rate·|x| + impact/2·x², with answers to prices and without.
namespace {
template <bool Answers>
void check_moving(std::uint64_t seed) {
    dice d{seed};
    int solved_well = 0, count = 0;
    for (int round = 0; round < 150; ++round) {
        random_problem p = draw(d, 1 + d.below(8), round % 2 == 0 ? risk_layout::dense : risk_layout::factor);
        show_risk(p);
        moving<Answers> cost{.rate = d.chance(0.2) ? 0.0 : d.scale(1e-5, 1e-2)};
        for (std::size_t i = 0; i < p.l.assets(); ++i) cost.impact.push_back(d.scale(1e-4, 1.0) / p.l.value);
        const solved r{{.risk_aversion = p.gamma}, p.l, cost, p.b};
        const conditions k = check(p.l, r, p.c, p.gamma, p.b, [&](std::size_t i, double x) { return cost.bind(p.l).marginal(i, x); });
        CAPTURE(round, p.l.assets(), r.s.optimality.residual, r.s.optimality.gap);
        solved_well += r.how == status::solved ? 1 : 0;
        ++count;
        CHECK((r.how == status::solved) == r.s.optimality.proved);
        if (r.how != status::solved) continue;
        CHECK(k.within);
        CHECK(static_cast<double>(k.cash) <= 1e-12);
        CHECK(static_cast<double>(k.worst) <= 1e-9);
    }
    CAPTURE(solved_well, count);
    CHECK(solved_well >= count - count / 50);
}
}  // namespace

TEST_CASE("no_trade_region: convex costs that are not linear, with answers to prices and by their slopes") {
    check_moving<true>(506);
    check_moving<false>(507);
}

TEST_CASE("no_trade_region: risk that can not be used is a fault with its name; parameters out of range are refused") {
    const covariance good = of_correlations({0.2, 0.3}, {1.0, 0.5, 0.5, 1.0});
    const auto fault_of = [&](risk_view v, std::size_t estimator = 0) {
        test_look l = look_of({0.5, 0.2}, {0.3, 0.4}, good);
        l.risk = {v};
        l.refresh();
        const solved r{{.estimator = estimator}, l, cost::zero{}};
        CHECK((r.how == status::infeasible) == bool{r.s.problem});
        return r.s.problem;
    };
    CHECK_FALSE(fault_of(good.view()));
    CHECK(fault_of(good.view(), 1).code == fault_code::risk_not_ready);
    CHECK(fault_of(good.view(false)).code == fault_code::risk_not_ready);
    CHECK(fault_of({}).code == fault_code::risk_not_ready);
    const std::vector<double> three(3, 0.04), bad{0.04, -0.01}, none{0.04, infinity};
    CHECK(fault_of({.layout = risk_layout::diagonal, .ready = true, .specific = three}).code == fault_code::size_mismatch);
    CHECK(fault_of({.layout = risk_layout::dense, .ready = true, .specific = good.specific, .dense = three}).code ==
          fault_code::size_mismatch);
    CHECK(fault_of({.layout = risk_layout::factor, .ready = true, .specific = good.specific, .loadings = three}).code ==
          fault_code::size_mismatch);
    const fault negative = fault_of({.layout = risk_layout::diagonal, .ready = true, .specific = bad});
    CHECK(negative.code == fault_code::bad_risk);
    CHECK(negative.index == 1);
    CHECK(fault_of({.layout = risk_layout::diagonal, .ready = true, .specific = none}).code == fault_code::bad_risk);

    CHECK_FALSE(no_trade_region{}.validate());
    CHECK(std::string{no_trade_region{.risk_aversion = 0.0}.validate().parameter} == "no_trade_region.risk_aversion");
    CHECK(no_trade_region{.risk_aversion = infinity}.validate());
    CHECK(no_trade_region{.risk_aversion = std::numeric_limits<double>::quiet_NaN()}.validate());
    CHECK(std::string{no_trade_region{.horizon = {}}.validate().parameter} == "no_trade_region.horizon");
}

// ---- through a whole rebalancer ----

TEST_CASE("no_trade_region: the referee accepts every list over random books") {
    std::size_t orders = 0, holds = 0, inexact = 0, infeasible = 0, calls = 0;
    for_period_calls<no_trade_region>(ballast_test::books_of(6000), {}, draw_solver, [&](auto& call, std::uint64_t seed) {
        CAPTURE(seed);
        if (const std::string complaint = call.complaint(); !complaint.empty()) FAIL_CHECK(complaint);
        orders += call.answer.orders.size();
        holds += call.answer.outcome == outcome::hold ? 1u : 0u;
        inexact += call.answer.outcome == outcome::inexact ? 1u : 0u;
        infeasible += call.answer.outcome == outcome::infeasible ? 1u : 0u;
        ++calls;
        for (const order& o : call.answer.orders) {
            if (o.reason == why::fees_covered) continue;
            if (call.of.target[o.asset] == 0.0 && o.buy() && call.answer.weight_before()[o.asset] >= 0.0 && !call.limited)
                FAIL_CHECK("buys an asset that has no target");
        }
    });
    CAPTURE(orders, holds, inexact, infeasible, calls);
    CHECK(orders > calls);
    CHECK(holds > calls / 50);
    CHECK(inexact < calls / 500);
}

TEST_CASE("no_trade_region: proposing again finds nothing to do") {
    ballast_test::next_calls next;
    for_period_calls<no_trade_region>(ballast_test::books_of(6000), {}, draw_solver,
                                      [&](auto& call, std::uint64_t seed) { next.check(call, seed); });
    CAPTURE(next.again, next.found, next.said_more, next.more_was_true, next.unlimited, next.unlimited_said_more);
    CHECK(next.again > ballast_test::books_of(6000) / 4);
    CHECK(static_cast<double>(next.unlimited_said_more) <= 0.02 * static_cast<double>(next.unlimited));
    CHECK(next.more_was_true == next.said_more);
}
