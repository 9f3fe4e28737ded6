// Problems for solver::tracking: the program that a book is, limits that bind, solvers for random books.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <ballast/solver/tracking.hpp>
#include <ballast/solver/verify.hpp>

#include "period_problems.hpp"
#include "solved.hpp"

namespace ballast_test {

// The program that a book is, built from the book and nothing else, at the wealth of an answer.
struct question {
    solver::program q{};
    std::vector<double> benchmark{}, held{}, expected{}, lower{}, upper{}, rows{}, row_lower{}, row_upper{};
    question(const test_look& l, const covariance& c, const solver::tracking& how, const bounds& b, double w) {
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
            for (std::size_t j = 0; j < n; ++j) sum += 0.5 * q.risk_aversion * (w[i] - benchmark[i]) * c.at(i, j) * (w[j] - benchmark[j]);
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
inline std::vector<double> shares_of(const solved<solver::tracking>& r) {
    std::vector<double> w;
    for (std::size_t i = 0; i < r.l.assets(); ++i) w.push_back(r.s.move[i] != 0 ? r.share[i] : r.l.position[i] / r.s.wealth);
    return w;
}
// What the verifier says of the answer with the prices that the solver told.
template <class Cost>
solver::certificate verified(const question& q, const Cost& cost, const solved<solver::tracking>& r) {
    std::vector<double> w = shares_of(r);
    for (std::size_t i = 0; i < w.size(); ++i)  // bounds that were reckoned another way are off by a rounding
        for (const double at : {q.lower[i], q.upper[i]})
            if (w[i] != q.held[i] && std::fabs(w[i] - at) <= 1e-14 * (1.0 + std::fabs(at))) w[i] = at;
    std::vector<double> row_price, scratch(solver::verify_room(q.q));
    for (const limit_price& l : r.prices.limits) row_price.push_back(l.price);
    const optimality& o = r.s.optimality;
    solver::shadow_prices price{.budget = o.cash_price, .turnover = o.turnover_price, .leverage = o.leverage_price, .row = row_price};
    // Of half the square instead of the tracking error itself.
    price.risk = q.q.tracking_error > 0.0 && q.q.tracking_error < infinity ? o.tracking_error_price / q.q.tracking_error : 0.0;
    price.costs = o.cost_price;
    const bound<Cost> view{cost.bind(r.l)};
    return solver::verify(q.q, view, w, price, scratch);
}

// Limits around a point between where the book is and where it would go, so that there is an answer.
inline solver::tracking with_limits(dice& d, const random_problem& p, const solver::tracking& plain, const bounds& b) {
    solver::tracking how = plain;
    const std::size_t n = p.l.assets();
    const solved<solver::tracking> free{plain, p.l, p.cost, b};
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

// Of a random book.
inline solver::tracking draw_tracking(dice& d, const book&, std::size_t n) {
    solver::tracking how{.risk_aversion = d.scale(0.5, 20.0), .horizon = days(static_cast<std::int64_t>(1 + d.below(700)))};
    if (n > 0 && d.chance(0.5)) {  // wide enough to be met, mostly
        solver::group_limits sectors{.groups = std::vector<solver::group_limit>(1 + d.below(4))};
        for (std::size_t i = 0; i < n; ++i) sectors.group_of.push_back(static_cast<std::uint32_t>(d.below(sectors.groups.size())));
        for (solver::group_limit& g : sectors.groups) g.upper = d.between(0.3, 1.2);
        how.groups.push_back(sectors);
    }
    if (d.chance(0.2)) how.turnover = d.scale(0.01, 0.5);
    return how;
}

}  // namespace ballast_test
