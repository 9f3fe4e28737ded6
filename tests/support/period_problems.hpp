// Problems of one period, for tests of the solvers that look for its best trade: covariances, random books and looks, the conditions for the
// best in long doubles, whole calls of a rebalancer.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <ballast/cost/proportional.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>

#include "looks.hpp"
#include "moving_cost.hpp"
#include "next_calls.hpp"
#include "solved.hpp"

namespace ballast_test {
using namespace ballast;

inline constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr long double wide(double x) { return static_cast<long double>(x); }

// A covariance in any layout, that owns its numbers.
struct covariance {
    risk_layout layout = risk_layout::dense;
    std::size_t n = 0;
    std::vector<double> specific{}, dense{}, loadings{}, omega{};

    [[nodiscard]] risk_view view(bool ready = true) const {
        risk_view v{.layout = layout, .ready = ready, .specific = specific};
        if (layout == risk_layout::dense) v.dense = dense;
        if (layout == risk_layout::factor) {
            v.loadings = loadings;
            v.factor_covariance = omega;
        }
        return v;
    }
    [[nodiscard]] double at(std::size_t i, std::size_t j) const {
        if (layout == risk_layout::dense) return dense[i * n + j];
        double sum = i == j ? specific[i] : 0.0;
        if (layout == risk_layout::diagonal) return sum;
        const std::size_t k = loadings.size() / n;
        for (std::size_t a = 0; a < k; ++a)
            for (std::size_t b = 0; b < k; ++b) sum += loadings[i * k + a] * omega[a * k + b] * loadings[j * k + b];
        return sum;
    }
    [[nodiscard]] covariance as_dense() const {
        covariance c{.layout = risk_layout::dense, .n = n};
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j) c.dense.push_back(at(i, j));
        for (std::size_t i = 0; i < n; ++i) c.specific.push_back(at(i, i));
        return c;
    }
};
inline covariance of_correlations(const std::vector<double>& vol, const std::vector<double>& corr) {
    covariance c{.layout = risk_layout::dense, .n = vol.size()};
    for (std::size_t i = 0; i < c.n; ++i)
        for (std::size_t j = 0; j < c.n; ++j) c.dense.push_back(vol[i] * vol[j] * corr[i * c.n + j]);
    for (const double v : vol) c.specific.push_back(v * v);
    return c;
}

// `rank` below n: dense matrices are singular. Factors correlate.
inline covariance draw_covariance(dice& d, std::size_t n, risk_layout layout, std::size_t rank = 1000) {
    covariance c{.layout = layout, .n = n};
    if (layout == risk_layout::diagonal) {
        for (std::size_t i = 0; i < n; ++i) c.specific.push_back(d.scale(1e-3, 0.5));
        return c;
    }
    if (layout == risk_layout::factor) {
        const std::size_t k = 1 + d.below(n < 4 ? n : 4);
        for (std::size_t i = 0; i < n; ++i) {
            c.specific.push_back(d.chance(0.05) ? 0.0 : d.scale(1e-4, 0.1));
            for (std::size_t a = 0; a < k; ++a) c.loadings.push_back(a == 0 ? d.between(0.3, 1.5) : d.normal());
        }
        std::vector<double> root(k * k);
        for (double& x : root) x = 0.2 * d.normal();
        for (std::size_t a = 0; a < k; ++a)
            for (std::size_t b = 0; b < k; ++b) {
                double sum = 0.0;
                for (std::size_t e = 0; e < k; ++e) sum += root[a * k + e] * root[b * k + e];
                c.omega.push_back(sum);
            }
        return c;
    }
    const std::size_t m = rank < 1000 ? rank : n + 2;
    std::vector<double> root(n * m), vol;
    for (double& x : root) x = d.normal();
    for (std::size_t i = 0; i < n; ++i) vol.push_back(d.scale(0.02, 0.8));
    if (rank >= 1000 && d.chance(0.5))  // a market that all follow
        for (std::size_t i = 0; i < n; ++i) root[i * m] += d.scale(0.1, 10.0);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) {
            double sum = 0.0;
            for (std::size_t e = 0; e < m; ++e) sum += root[i * m + e] * root[j * m + e];
            c.dense.push_back(vol[i] * vol[j] * sum / static_cast<double>(m));
        }
    for (std::size_t i = 0; i < n; ++i) c.specific.push_back(c.dense[i * n + i]);
    return c;
}

struct bounds {
    std::vector<double> lower{}, upper{}, buy{}, sell{};
    void narrow(const look& l, limits& lim) const noexcept {
        for (std::size_t i = 0; i < l.assets(); ++i) {
            if (!lower.empty()) lim.narrow(i, lower[i], upper[i], why::cut_by_bounds);
            if (!buy.empty()) lim.narrow_buy(i, buy[i], why::cut_by_trade_limit);
            if (!sell.empty()) lim.narrow_sell(i, sell[i], why::cut_by_trade_limit);
        }
    }
};

inline test_look look_of(const std::vector<double>& weight, const std::vector<double>& target, const covariance& c, double value = 1.0) {
    test_look l{weight, target, value};
    l.rules.leverage = 100.0;
    l.rules.allow_short = true;
    l.risk = {c.view()};
    l.refresh();
    return l;
}

// The reference knows no limit on what is borrowed, and here no more is borrowed than the targets do. One asset more makes room: far below
// its target, without correlations, and so dear that it stays.
constexpr double dear = 0.9;
inline covariance with_room(const covariance& of) {
    const std::size_t n = of.n + 1;
    covariance c{.layout = risk_layout::dense, .n = n};
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) c.dense.push_back(i < of.n && j < of.n ? of.at(i, j) : i == j ? 0.01 : 0.0);
    for (std::size_t i = 0; i < n; ++i) c.specific.push_back(c.at(i, i));
    return c;
}
inline std::vector<double> and_one(std::vector<double> v, double x) {
    v.push_back(x);
    return v;
}

// Shares held of the wealth after costs: what is left of W = 1 + costs is 1, so that the reference, where costs are a loss of utility and
// not of wealth, is the same problem.
inline double value_before(const std::vector<double>& k, const std::vector<double>& w, const std::vector<double>& w0) {
    double cost = 0.0;
    for (std::size_t i = 0; i < w.size(); ++i) cost += k[i] * std::fabs(w[i] - w0[i]);
    return 1.0 + cost;
}
inline std::vector<double> divided(std::vector<double> v, double by) {
    for (double& x : v) x /= by;
    return v;
}

// The conditions for the best, in long doubles: by how much they are missed beside what the slopes are made of.
struct conditions {
    long double worst = 0.0L;      // slope that no condition excuses
    long double objective = 0.0L;  // at the answer
    long double cash = 0.0L;       // what is missing of it, or idle though it has a price
    bool within = true;
};
template <class Solved, class Slopes>
conditions check(const test_look& l, const Solved& r, const covariance& c, double gamma, const bounds& b, const Slopes& slopes) {
    conditions k;
    const std::size_t n = l.assets();
    const long double w = wide(r.s.wealth), price = wide(r.s.optimality.cash_price);
    const mandate& rules = l.rules;
    long double targets = 0.0L;
    for (const double t : l.target) targets += wide(t);
    const long double borrowed = rules.leverage > 1.0 && targets > 1.0L ? targets - 1.0L : 0.0L;
    const long double floor = std::fmin(wide(rules.reserve) * w + wide(rules.reserve_amount), w) - borrowed * w;
    const long double room = 1.0L - floor / w;
    const long double scale = targets > room && targets > 0.0L ? room / targets : 1.0L;  // a reserve shrinks all targets
    std::vector<long double> s(n), t(n), held(n), low(n), high(n);
    long double sum = 0.0L, least = 0.0L;
    for (std::size_t i = 0; i < n; ++i) {
        held[i] = wide(l.position[i]) / w;
        s[i] = r.s.move[i] != 0 ? wide(r.share[i]) : held[i];
        t[i] = wide(l.target[i]) * scale;
        sum += s[i];
        high[i] = std::fmax(std::fmax(wide(rules.leverage), std::fabs(t[i])), std::fabs(held[i]));
        low[i] = rules.allow_short ? -high[i] : std::fmin(0.0L, held[i]);
        if (l.target[i] == 0.0) {
            low[i] = std::fmin(0.0L, held[i]);
            high[i] = std::fmax(0.0L, held[i]);
        }
        const auto clamp = [](long double x, long double lo, long double hi) { return x < lo ? lo : x > hi ? hi : x; };
        if (!b.lower.empty()) {
            low[i] = clamp(low[i], wide(b.lower[i]), wide(b.upper[i]));
            high[i] = clamp(high[i], wide(b.lower[i]), wide(b.upper[i]));
        }
        if (!b.buy.empty()) {
            const long double lo = held[i] - wide(b.sell[i]) / w, hi = held[i] + wide(b.buy[i]) / w;
            low[i] = clamp(low[i], lo, hi);
            high[i] = clamp(high[i], lo, hi);
        }
        least += low[i];
    }
    for (std::size_t i = 0; i < n; ++i) {
        long double g = price, size = price;
        for (std::size_t j = 0; j < n; ++j) {
            const long double q = wide(gamma) * wide(c.at(i, j));
            g += q * (s[j] - t[j]);
            size += std::fabs(q) * (std::fabs(s[j]) + std::fabs(t[j]));
            k.objective += 0.5L * (s[i] - t[i]) * q * (s[j] - t[j]);
        }
        const bool moved = r.s.move[i] != 0;
        const slope_interval d = slopes(i, moved ? static_cast<double>((s[i] - held[i]) * w) : 0.0);
        const long double edge = 1e-14L;
        if (s[i] < low[i] - edge || s[i] > high[i] + edge) k.within = false;
        long double miss = 0.0L;
        if (g + wide(d.high) < 0.0L && s[i] < high[i] - edge) miss = -(g + wide(d.high));
        if (g + wide(d.low) > 0.0L && s[i] > low[i] + edge) miss = g + wide(d.low);
        size += std::fabs(wide(d.low)) + std::fabs(wide(d.high));
        miss -= wide(gamma * c.at(i, i) * 0x1p-40);  // a trade below 2^-40 of the portfolio is none
        if (size > 0.0L) k.worst = std::fmax(k.worst, miss / size);
    }
    const long double budget = std::fmax(room, least);
    k.cash = std::fmax(0.0L, sum - budget);
    if (price > 0.0L) k.cash = std::fmax(k.cash, budget - sum);
    return k;
}
inline auto rates_of(const cost::proportional& cost, const test_look& l) {
    return [&cost, &l](std::size_t i, double x) { return cost.bind(l).marginal(i, x); };
}

struct random_problem {
    covariance c;
    test_look l;
    cost::proportional cost;
    bounds b{};
    double gamma = 1.0;
};
inline random_problem draw(dice& d, std::size_t n, risk_layout layout, std::size_t rank = 1000) {
    std::vector<double> weight, target, buy, sell;
    const bool shorts = d.chance(0.3);
    double sum = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        target.push_back(d.chance(0.1) ? 0.0 : d.scale(0.05, 1.0));
        if (shorts && d.chance(0.3)) target[i] = -target[i];
        sum += std::fabs(target[i]);
    }
    const double invested = shorts ? d.between(0.5, 1.5) : d.chance(0.5) ? 1.0 : d.between(0.5, 1.0);
    const double spread = d.scale(0.01, 1.0);
    double held = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        target[i] *= sum > 0.0 ? invested / sum : 0.0;
        double w = d.chance(0.1) ? target[i] : target[i] * (1.0 + spread * d.normal());
        if (d.chance(0.1)) w = d.unit() / static_cast<double>(n);
        if (!shorts && w < 0.0) w = 0.0;
        weight.push_back(w);
        held += w;
    }
    if (!shorts && held > 1.0)
        for (double& w : weight) w /= held;
    const double rate = d.scale(1e-5, 2e-2);
    for (std::size_t i = 0; i < n; ++i) {
        buy.push_back(d.chance(0.1) ? 0.0 : rate * d.scale(0.1, 1.0));
        sell.push_back(d.chance(0.1) ? 0.0 : rate * d.scale(0.1, 1.0));
    }
    random_problem p{draw_covariance(d, n, layout, rank), test_look{weight, target, d.scale(1.0, 1e9)}, {.rate = buy, .sell = sell}};
    p.gamma = d.scale(0.5, 20.0);
    p.l.rules.allow_short = shorts;
    p.l.rules.leverage = shorts ? 2.0 : 1.0;
    if (d.chance(0.3)) p.l.rules.reserve = d.between(0.0, 0.1);
    if (d.chance(0.2)) p.l.rules.reserve_amount = d.between(0.0, 0.1) * p.l.value;
    if (d.chance(0.4)) {
        for (std::size_t i = 0; i < n; ++i) {
            p.b.buy.push_back(d.chance(0.6) ? infinity : d.chance(0.2) ? 0.0 : d.between(0.0, 0.2) * p.l.value);
            p.b.sell.push_back(d.chance(0.6) ? infinity : d.chance(0.2) ? 0.0 : d.between(0.0, 0.2) * p.l.value);
            p.b.lower.push_back(d.chance(0.9) ? -infinity : target[i] * (target[i] < 0.0 ? 1.1 : 0.6));
            p.b.upper.push_back(d.chance(0.9) ? infinity : std::fmax(p.b.lower.back(), target[i] + 0.05));
        }
    }
    p.l.refresh();
    p.l.risk = {p.c.view()};
    p.l.refresh();
    return p;
}
// The risk view of a copy still shows the numbers of its first owner.
inline void show_risk(random_problem& p) {
    p.l.risk = {p.c.view()};
    p.l.refresh();
}

// An estimator that knows its covariance from the start.
struct known_risk {
    covariance of{};
    bool ready = true;
    static constexpr const char* name = "known_risk";
    static constexpr risk_need provides = risk_need::covariance;
    struct estimate {
        template <class Self, class Visit>
        static void fields(Self&, Visit&&) {}
    };
    [[nodiscard]] fault observe(estimate&, const market_view&) const noexcept { return {}; }
    [[nodiscard]] risk_view view(const estimate&) const noexcept { return of.view(ready); }
};

template <class Solver>
using period_rebalancer =
    rebalancer<open_trigger, convex_cost, Solver, guard::max_turnover, open_guard, sizing::reconciled, mandate, known_risk>;
template <class Solver>
struct period_call {
    book of{};
    house_rules house{};
    bool limited = false;
    runner<period_rebalancer<Solver>> run;
    decision answer{};
    risk_layout layout = risk_layout::none;

    void propose() { run.propose(of.view(), answer); }
    [[nodiscard]] double cost(std::size_t asset, double notional) const {
        std::vector<double> worth;
        for (std::size_t i = 0; i < of.price.size(); ++i) worth.push_back(of.worth(i));
        look l;
        l.price = worth;
        return run.policy.cost().bind(l).cost(asset, notional);
    }
    [[nodiscard]] std::string complaint() const {
        return first_complaint(
            of.view(), house, [&](std::size_t i, double x) { return cost(i, x); }, answer);
    }
};
/// `draw_solver(dice, book, assets)` gives the solver.
template <class Solver, class Draw>
period_call<Solver> make_period_call(std::uint64_t seed, const book_kind& kind, Draw&& draw_solver) {
    dice d{seed};
    std::size_t n = random_count(d);
    if (n > 60) n = 60;
    book b = random_book(d, n, kind);
    const auto cost = random_cost<convex_cost>(d, b);
    const limits_drawn limits = random_limits(d, b);
    const double collar = d.chance(0.2) ? d.scale(1e-4, 1e-2) : 0.0;
    house_rules house{
        .rules = b.rules, .collar = collar, .max_turnover = limits.turnover, .max_buy = limits.guard.buy, .max_sell = limits.guard.sell};
    const bool limited = ballast::detail::limits_trades(b.view().instruments) || limits.turnover < HUGE_VAL || !limits.guard.buy.empty() ||
                         !limits.guard.lower.empty();
    const auto drawn = static_cast<risk_layout>(1 + d.below(3)), layout = n == 0 ? risk_layout::diagonal : drawn;
    const Solver solver = draw_solver(d, b, n);
    period_rebalancer<Solver> policy{{},           cost,
                                     solver,       guard::max_turnover{.limit = limits.turnover},
                                     limits.guard, {collar, sizing::shortfall_rule::proportional},
                                     b.rules,      known_risk{draw_covariance(d, n, layout, d.chance(0.1) ? 1 + d.below(n + 1) : 1000)}};
    const sizes s{n, b.held.quantity.size() + n + 1};
    return {std::move(b), std::move(house), limited, {std::move(policy), s}, {}, layout};
}
template <class Solver, class Draw, class Body>
inline void for_period_calls(std::uint64_t count, const book_kind& kind, Draw&& draw_solver, Body&& body) {
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        auto call = make_period_call<Solver>(seed, kind, draw_solver);
        call.propose();
        if (call.answer.outcome != outcome::rejected) body(call, seed);
    }
}

}  // namespace ballast_test
