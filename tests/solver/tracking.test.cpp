// The tracking solver is checked against the reference regions, against no_trade_region, against the verifier with programs that are built here
// from the book alone, against other answers within the limits, by hand where the answer is known, and over random books with the referee.
#include <ballast/solver/tracking.hpp>

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
#include "support/json.hpp"
#include "support/looks.hpp"
#include "support/one_call.hpp"
#include "support/period_problems.hpp"
#include "support/same_bits.hpp"
#include "support/solved.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace ballast;
using ballast::solver::no_trade_region;
using ballast::solver::tracking;
using ballast_test::bounds;
using ballast_test::covariance;
using ballast_test::dice;
using ballast_test::draw;
using ballast_test::draw_covariance;
using ballast_test::infinity;
using ballast_test::known_risk;
using ballast_test::look_of;
using ballast_test::random_problem;
using ballast_test::show_risk;
using ballast_test::test_look;
using test::same_bits;

static_assert(solver_policy<tracking> && std::is_aggregate_v<tracking>);
static_assert(!detail::needs_region<tracking>() && detail::need_of<tracking>() == risk_need::volatility);
static_assert(detail::accepts<tracking>(cost_shape::convex) && !detail::accepts<tracking>(cost_shape::fixed_plus_convex) &&
              !detail::accepts<tracking>(cost_shape::general));
static_assert(detail::has_memory<tracking> && detail::committing<tracking> && detail::with_told_prices<tracking>);

namespace {

using solved = ballast_test::solved<tracking>;
using region = ballast_test::solved<no_trade_region>;

// The program that a book is, built from the book and nothing else, at the wealth of an answer.
struct question {
    solver::program q{};
    std::vector<double> benchmark{}, held{}, expected{}, lower{}, upper{}, rows{}, row_lower{}, row_upper{};
    question(const test_look& l, const covariance& c, const tracking& how, const bounds& b, double w) {
        const std::size_t n = l.assets();
        const mandate& rules = l.rules;
        double targets = 0.0;
        for (const double t : l.target) targets += t;
        const double borrowed = rules.leverage > 1.0 && targets > 1.0 ? targets - 1.0 : 0.0;
        const double floor = std::fmin(rules.reserve * w + rules.reserve_amount, w) - borrowed * w;
        const double room = 1.0 - floor / w;
        const double scale = targets > room && targets > 0.0 ? room / targets : 1.0;
        double least = 0.0, gross = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            benchmark.push_back(l.target[i] * scale);
            held.push_back(l.position[i] / w);
            const double most = std::fmax(std::fmax(rules.leverage, std::fabs(benchmark[i])), std::fabs(held[i]));
            double low = rules.allow_short ? -most : std::fmin(0.0, held[i]), high = most;
            if (l.target[i] == 0.0) {
                low = std::fmin(0.0, held[i]);
                high = std::fmax(0.0, held[i]);
            }
            const auto clamp = [](double x, double lo, double hi) { return x < lo ? lo : x > hi ? hi : x; };
            if (!b.lower.empty()) {
                low = clamp(low, b.lower[i], b.upper[i]);
                high = clamp(high, b.lower[i], b.upper[i]);
            }
            if (!b.buy.empty()) {
                const double lo = held[i] - b.sell[i] / w, hi = held[i] + b.buy[i] / w;
                low = clamp(low, lo, hi);
                high = clamp(high, lo, hi);
            }
            lower.push_back(low);
            upper.push_back(high);
            least += low;
            gross += low > 0.0 ? low : high < 0.0 ? -high : 0.0;
            if (how.expected_return.given()) expected.push_back(how.expected_return[i] * how.horizon.years());
        }
        const auto add = [&](const auto& limit, auto&& coefficient) {
            double from = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                rows.push_back(coefficient(i));
                from += coefficient(i) * benchmark[i];
            }
            row_lower.push_back(limit.lower + (limit.active ? from : 0.0));
            row_upper.push_back(limit.upper + (limit.active ? from : 0.0));
        };
        for (const auto& limit : how.limits) add(limit, [&](std::size_t i) { return limit.coefficient[i]; });
        for (const auto& all : how.groups)
            for (std::size_t g = 0; g < all.groups.size(); ++g)
                add(all.groups[g], [&](std::size_t i) { return all.group_of[i] == g ? 1.0 : 0.0; });
        for (const auto& limit : how.exposures)
            add(limit, [&](std::size_t i) { return c.loadings[i * (c.loadings.size() / n) + limit.factor]; });
        q.risk = c.view();
        q.risk_aversion = how.risk_aversion * how.horizon.years();
        q.wealth = w;
        q.benchmark = benchmark;
        q.held = held;
        q.expected_return = expected;
        q.lower = lower;
        q.upper = upper;
        q.rows = rows;
        q.row_lower = row_lower;
        q.row_upper = row_upper;
        q.budget_upper = std::fmax(room, least);
        if (rules.allow_short) q.leverage = std::fmax(rules.leverage, gross);
    }
    // Σ φ and the rest at shares of the same wealth.
    template <class View>
    [[nodiscard]] double objective(const covariance& c, const View& view, const std::vector<double>& w) const {
        double sum = 0.0;
        const std::size_t n = w.size();
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j)
                sum += 0.5 * q.risk_aversion * (w[i] - benchmark[i]) * c.at(i, j) * (w[j] - benchmark[j]);
            sum += view.cost(i, (w[i] - held[i]) * q.wealth) / q.wealth - q.alpha(i) * w[i];
        }
        return sum;
    }
    // By how much shares miss the limits at most.
    [[nodiscard]] double missed(const std::vector<double>& w) const {
        double worst = 0.0, sum = 0.0, gross = 0.0;
        for (std::size_t i = 0; i < w.size(); ++i) {
            worst = std::fmax(worst, std::fmax(lower[i] - w[i], w[i] - upper[i]));
            sum += w[i];
            gross += std::fabs(w[i]);
        }
        worst = std::fmax(worst, std::fmax(sum - q.budget_upper, gross - q.leverage));
        for (std::size_t r = 0; r < row_lower.size(); ++r) {
            double at = 0.0;
            for (std::size_t i = 0; i < w.size(); ++i) at += rows[r * w.size() + i] * w[i];
            worst = std::fmax(worst, std::fmax(row_lower[r] - at, at - row_upper[r]));
        }
        return worst;
    }
};
std::vector<double> shares_of(const solved& r) {
    std::vector<double> w;
    for (std::size_t i = 0; i < r.l.assets(); ++i) w.push_back(r.s.move[i] != 0 ? r.share[i] : r.l.position[i] / r.s.wealth);
    return w;
}
// What the verifier says of the answer with the prices that the solver told.
template <class Cost>
solver::certificate verified(const question& q, const Cost& cost, const solved& r) {
    std::vector<double> w = shares_of(r);
    for (std::size_t i = 0; i < w.size(); ++i)  // bounds that were reckoned another way are off by a rounding
        for (const double at : {q.lower[i], q.upper[i]})
            if (std::fabs(w[i] - at) <= 1e-14 * (1.0 + std::fabs(at))) w[i] = at;
    std::vector<double> row_price, scratch(solver::verify_room(q.q));
    for (const limit_price& l : r.prices.limits) row_price.push_back(l.price);
    const optimality& o = r.s.optimality;
    const solver::shadow_prices price{o.cash_price, o.turnover_price, o.leverage_price, row_price};
    const bound<Cost> view{cost.bind(r.l)};
    return solver::verify(q.q, view, w, price, scratch);
}

// Limits around a point between where the book is and where it would go, so that there is an answer.
tracking with_limits(dice& d, const random_problem& p, const tracking& plain, const bounds& b) {
    tracking how = plain;
    const std::size_t n = p.l.assets();
    const solved free{plain, p.l, p.cost, b};
    const std::vector<double> there = shares_of(free);
    const question q{p.l, p.c, plain, b, free.s.wealth};
    std::vector<double> at(n);
    const double part = d.unit();
    for (std::size_t i = 0; i < n; ++i) {
        const double in = std::fmin(std::fmax(q.held[i], q.lower[i]), q.upper[i]);
        at[i] = part * there[i] + (1.0 - part) * in;
    }
    double sum = 0.0;
    for (const double x : at) sum += x;
    if (sum > q.q.budget_upper) at = there;
    const double loose = d.scale(1e-4, 1e-1);
    const auto around = [&](auto& limit, auto&& coefficient) {
        double x = 0.0;
        for (std::size_t i = 0; i < n; ++i) x += coefficient(i) * (at[i] - (limit.active ? q.benchmark[i] : 0.0));
        if (d.chance(0.7)) limit.upper = x + (d.chance(0.2) ? 1e-6 : loose * d.unit());
        if (d.chance(0.5)) limit.lower = x - (d.chance(0.2) ? 1e-6 : loose * d.unit());
    };
    if (d.chance(0.5)) {
        solver::linear_limit net{.name = "net", .active = d.chance(0.3)};
        around(net, [](std::size_t) { return 1.0; });
        how.limits.push_back(net);
    }
    if (d.chance(0.5)) {
        std::vector<double> beta(n);
        for (double& x : beta) x = d.between(0.3, 1.7);
        solver::linear_limit limit{.name = "beta", .coefficient = beta, .active = d.chance(0.3)};
        around(limit, [&](std::size_t i) { return limit.coefficient[i]; });
        how.limits.push_back(limit);
    }
    if (d.chance(0.6)) {
        solver::group_limits sectors{.groups = std::vector<solver::group_limit>(1 + d.below(4))};
        for (std::size_t i = 0; i < n; ++i)
            sectors.group_of.push_back(d.chance(0.1) ? no_index : static_cast<std::uint32_t>(d.below(sectors.groups.size())));
        for (std::size_t g = 0; g < sectors.groups.size(); ++g)
            around(sectors.groups[g], [&](std::size_t i) { return sectors.group_of[i] == g ? 1.0 : 0.0; });
        how.groups.push_back(sectors);
    }
    if (p.c.layout == risk_layout::factor && d.chance(0.6)) {
        const std::size_t k = p.c.loadings.size() / n;
        solver::factor_limit limit{.name = "factor", .factor = d.below(k), .active = d.chance(0.3)};
        around(limit, [&](std::size_t i) { return p.c.loadings[i * k + limit.factor]; });
        how.exposures.push_back(limit);
    }
    return how;
}

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

TEST_CASE("tracking: the reference regions of one period, with as many factors as assets") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: one_period_nt_region.json is skipped");
        return;
    }
    const test::json all = test::json::load(std::string{folder} + "/reference/one_period_nt_region.json");
    REQUIRE(all.size() == 4);
    int cases = 0;
    for (std::size_t m = 0; m < all.size(); ++m) {
        const test::json& model = all[m];
        const std::vector<double> vol = model["vol"].numbers(), k = model["k"].numbers(), target = model["markowitz"].numbers();
        std::vector<double> corr;
        if (model["corr"].size() > 0)
            for (std::size_t i = 0; i < vol.size(); ++i)
                for (const double x : model["corr"][i].numbers()) corr.push_back(x);
        else
            corr = {1.0, model["rho"].number(), model["rho"].number(), 1.0};
        const covariance dense = ballast_test::with_room(ballast_test::of_correlations(vol, corr));
        const cost::proportional cost{.rate = ballast_test::and_one(k, ballast_test::dear)};
        const std::vector<double> aims = ballast_test::and_one(target, 2.0);
        for (const double own : {0.0, 1e-4}) {
            const covariance c = as_factors(dense, own);
            const tracking how{.risk_aversion = model["gamma"].number()};
            CAPTURE(model["name"].text(), own);
            for (std::size_t e = 0; e < model["cases"].size(); ++e) {
                const test::json& given = model["cases"][e];
                const std::vector<double> w0 = given["w0"].numbers(), w = given["w"].numbers(), sign = given["trade_sign"].numbers();
                const double value = ballast_test::value_before(k, w, w0);
                const test_look l = look_of(ballast_test::divided(ballast_test::and_one(w0, 1.0), value), aims, c, value);
                const solved r{how, l, cost};
                CAPTURE(e, r.s.optimality.iterations);
                CHECK(r.how == status::solved);
                CHECK(r.s.optimality.end == search_end::best);
                for (std::size_t i = 0; i < vol.size(); ++i) {
                    CHECK(std::fabs((r.s.move[i] != 0 ? r.share[i] : w0[i]) - w[i]) <= 1e-11);
                    CHECK((r.trade(i) > 0.0 ? 1.0 : r.trade(i) < 0.0 ? -1.0 : 0.0) == sign[i]);
                }
                ++cases;
            }
        }
    }
    CHECK(cases == 58);
}

TEST_CASE("tracking: without limits of its own it is no_trade_region") {
    dice d{701};
    int traded = 0, cash_binds = 0;
    const auto books = static_cast<int>(ballast_test::books_of(3000));
    for (int round = 0; round < books; ++round) {
        random_problem p = draw(d, 1 + d.below(round % 20 == 0 ? 40 : 9), round % 2 == 0 ? risk_layout::diagonal : risk_layout::factor);
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
    int binding = 0, cut = 0, moved = 0, count = 0, against = 0;
    double worst = 0.0;
    const auto books = static_cast<int>(ballast_test::books_of(3000));
    for (int round = 0; round < books; ++round) {
        random_problem p = draw(d, 1 + d.below(round % 20 == 0 ? 40 : 12), round % 3 == 0 ? risk_layout::diagonal : risk_layout::factor);
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
        CHECK(r.how == status::solved);
        const question q{p.l, p.c, how, p.b, r.s.wealth};
        const solver::certificate c = verified(q, p.cost, r);
        CAPTURE(c.relative_primal, c.relative_dual, c.relative_gap);
        CHECK(c.how == solver::ending::solved);
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
    CAPTURE(binding, cut, moved, count, against, worst);
    CHECK(count > books * 9 / 10);
    CHECK(binding > count / 4);
    CHECK(cut > count / 10);
    CHECK(moved > count / 50);
    CHECK(against > count);
    CHECK(worst <= 1e-9);
}
