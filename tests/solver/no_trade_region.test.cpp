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
#include "support/json.hpp"
#include "support/looks.hpp"
#include "support/next_calls.hpp"
#include "support/one_call.hpp"
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
using ballast_test::dice;
using ballast_test::test_look;

static_assert(solver_policy<no_trade_region> && std::is_aggregate_v<no_trade_region>);
static_assert(!detail::needs_region<no_trade_region>() && detail::need_of<no_trade_region>() == risk_need::volatility);
static_assert(detail::accepts<no_trade_region>(cost_shape::convex) && !detail::accepts<no_trade_region>(cost_shape::fixed_plus_convex) &&
              !detail::accepts<no_trade_region>(cost_shape::general));

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
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
covariance of_correlations(const std::vector<double>& vol, const std::vector<double>& corr) {
    covariance c{.layout = risk_layout::dense, .n = vol.size()};
    for (std::size_t i = 0; i < c.n; ++i)
        for (std::size_t j = 0; j < c.n; ++j) c.dense.push_back(vol[i] * vol[j] * corr[i * c.n + j]);
    for (const double v : vol) c.specific.push_back(v * v);
    return c;
}

// `rank` below n: dense matrices are singular. Factors correlate.
covariance draw_covariance(dice& d, std::size_t n, risk_layout layout, std::size_t rank = 1000) {
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

using solved = ballast_test::solved<no_trade_region>;

test_look look_of(const std::vector<double>& weight, const std::vector<double>& target, const covariance& c, double value = 1.0) {
    test_look l{weight, target, value};
    l.rules.leverage = 100.0;
    l.rules.allow_short = true;
    l.risk = {c.view()};
    l.refresh();
    return l;
}

constexpr duration year = days(365) + hours(6);

// The reference knows no limit on what is borrowed, and here no more is borrowed than the targets do. One asset more makes room: far below
// its target, without correlations, and so dear that it stays.
constexpr double dear = 0.9;
covariance with_room(const covariance& of) {
    const std::size_t n = of.n + 1;
    covariance c{.layout = risk_layout::dense, .n = n};
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) c.dense.push_back(i < of.n && j < of.n ? of.at(i, j) : i == j ? 0.01 : 0.0);
    for (std::size_t i = 0; i < n; ++i) c.specific.push_back(c.at(i, i));
    return c;
}
std::vector<double> and_one(std::vector<double> v, double x) {
    v.push_back(x);
    return v;
}

// Shares held of the wealth after costs: what is left of W = 1 + costs is 1, so that the reference, where costs are a loss of utility and
// not of wealth, is the same problem.
double value_before(const std::vector<double>& k, const std::vector<double>& w, const std::vector<double>& w0) {
    double cost = 0.0;
    for (std::size_t i = 0; i < w.size(); ++i) cost += k[i] * std::fabs(w[i] - w0[i]);
    return 1.0 + cost;
}
std::vector<double> divided(std::vector<double> v, double by) {
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
template <class Slopes>
conditions check(const test_look& l, const solved& r, const covariance& c, double gamma, const bounds& b, const Slopes& slopes) {
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
auto rates_of(const cost::proportional& cost, const test_look& l) {
    return [&cost, &l](std::size_t i, double x) { return cost.bind(l).marginal(i, x); };
}

struct random_problem {
    covariance c;
    test_look l;
    cost::proportional cost;
    bounds b{};
    double gamma = 1.0;
};
random_problem draw(dice& d, std::size_t n, risk_layout layout, std::size_t rank = 1000) {
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
void show_risk(random_problem& p) {
    p.l.risk = {p.c.view()};
    p.l.refresh();
}

}  // namespace

TEST_CASE("no_trade_region: the reference regions of one period, vertices and all cases") {
    const char* folder = std::getenv("BALLAST_DATA");
    if (folder == nullptr) {
        WARN("BALLAST_DATA is not set: one_period_nt_region.json is skipped");
        return;
    }
    const test::json all = test::json::load(std::string{folder} + "/reference/one_period_nt_region.json");
    REQUIRE(all.size() == 4);
    int cases = 0, vertices = 0;
    for (std::size_t m = 0; m < all.size(); ++m) {
        const test::json& model = all[m];
        const std::vector<double> vol = model["vol"].numbers(), k = model["k"].numbers(), target = model["markowitz"].numbers(),
                                  mu = model["mu"].numbers();
        const double gamma = model["gamma"].number();
        std::vector<double> corr;
        if (model["corr"].size() > 0)
            for (std::size_t i = 0; i < vol.size(); ++i)
                for (const double x : model["corr"][i].numbers()) corr.push_back(x);
        else
            corr = {1.0, model["rho"].number(), model["rho"].number(), 1.0};
        const covariance c = with_room(of_correlations(vol, corr));
        const cost::proportional cost{.rate = and_one(k, dear)};
        const std::vector<double> aims = and_one(target, 2.0);
        const no_trade_region solver{.risk_aversion = gamma};
        const std::size_t n = vol.size();
        CAPTURE(model["name"].text());
        // μ is what the targets imply.
        for (std::size_t i = 0; i < n; ++i) {
            double implied = 0.0;
            for (std::size_t j = 0; j < n; ++j) implied += gamma * c.at(i, j) * target[j];
            CHECK(implied == Approx(mu[i]).epsilon(1e-12));
        }
        for (std::size_t e = 0; e < model["cases"].size(); ++e) {
            const test::json& given = model["cases"][e];
            const std::vector<double> w0 = given["w0"].numbers(), w = given["w"].numbers(), sign = given["trade_sign"].numbers();
            const double value = value_before(k, w, w0);
            const test_look l = look_of(divided(and_one(w0, 1.0), value), aims, c, value);
            const solved r{solver, l, cost};
            CAPTURE(e);
            CHECK(r.how == status::solved);
            CHECK(r.s.optimality.proved);
            CHECK(std::fabs(r.s.wealth - 1.0) <= 1e-14);
            double utility = 0.0;
            for (std::size_t i = 0; i < n; ++i) {
                const double s = r.s.move[i] != 0 ? r.share[i] : w0[i];
                CHECK(std::fabs(s - w[i]) <= 1e-12);
                CHECK((r.trade(i) > 0.0 ? 1.0 : r.trade(i) < 0.0 ? -1.0 : 0.0) == sign[i]);
                utility += mu[i] * s - k[i] * std::fabs(s - w0[i]);
                for (std::size_t j = 0; j < n; ++j)
                    utility -= 0.5 * gamma * s * c.at(i, j) * (r.s.move[j] != 0 ? r.share[j] : w0[j]);
            }
            CHECK(utility == Approx(given["utility"].number()).epsilon(1e-12));
            ++cases;
        }
        // From beyond a corner of the region the best is the corner: γΣ(w − t) = ±k.
        const test::json& corners = model["nt_vertices_pp_pm_mm_mp"];
        const double signs[4][2] = {{1, 1}, {1, -1}, {-1, -1}, {-1, 1}};
        for (std::size_t v = 0; v < corners.size(); ++v) {
            const std::vector<double> corner = corners[v].numbers();
            // Further out along both costs.
            std::vector<double> from = corner;
            for (std::size_t i = 0; i < 2; ++i) from[i] += 0.3 * signs[v][i];
            const double value = value_before(k, corner, from);
            const test_look l = look_of(divided(and_one(from, 1.0), value), aims, c, value);
            const solved r{solver, l, cost};
            for (std::size_t i = 0; i < 2; ++i) CHECK(std::fabs(r.share[i] - corner[i]) <= 1e-12);
            ++vertices;
            // And just inside of it nothing is traded.
            std::vector<double> inside(2);
            for (std::size_t i = 0; i < 2; ++i) inside[i] = target[i] + (corner[i] - target[i]) * (1.0 - 1e-9);
            const test_look in = look_of(and_one(inside, 1.0), aims, c);
            const solved stays{solver, in, cost};
            CHECK(stays.trade(0) == 0.0);
            CHECK(stays.trade(1) == 0.0);
            CHECK(stays.cause[0] == why::inside_band);
            for (std::size_t i = 0; i < 2; ++i) inside[i] = target[i] + (corner[i] - target[i]) * (1.0 + 1e-9);
            const test_look out = look_of(and_one(inside, 1.0), aims, c);
            const solved goes{solver, out, cost};
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
        const risk_layout layout = round % 3 == 0   ? risk_layout::diagonal
                                   : round % 3 == 1 ? risk_layout::dense
                                                    : risk_layout::factor;
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
