// The search for the prices of a tracking error and of costs is checked by closed forms, and by the verifier: with θ and κ put into the weights of
// risk and costs, an answer has to be the best of a program without these limits, which the verifier knows nothing of.
#include <ballast/solver/limited_search.hpp>

#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/solver/verify.hpp>

#include "support/catch.hpp"
#include "support/dense_dice.hpp"
#include "support/program_dice.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace ballast;
using ballast_test::degenerate_kind;
using ballast_test::draw_program;
using ballast_test::random_program;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A program of a drawn one with limits of its own.
struct limited_program {
    const random_program& r;
    double tracking_error = infinity, costs = infinity;

    [[nodiscard]] solver::program view() const {
        solver::program p = r.view();
        p.tracking_error = tracking_error;
        p.costs = costs;
        return p;
    }
};

/// An answer that owns its numbers.
struct owned_answer {
    std::vector<double> position, factor_price, row;
    solver::program_answer a{};

    explicit owned_answer(const solver::program& p)
        : position(p.assets()),
          factor_price(p.risk.layout == risk_layout::factor ? p.risk.factors() : 0),
          row(p.row_count()) {
        a.position = position;
        a.factor_price = factor_price;
        a.price.row = row;
    }
    owned_answer(const owned_answer&) = delete;
    owned_answer& operator=(const owned_answer&) = delete;
    void begin_at(const owned_answer& o) {
        position = o.position;
        factor_price = o.factor_price;
        row = o.row;
        const solver::shadow_prices y = o.a.price;
        a.price.budget = y.budget;
        a.price.turnover = y.turnover;
        a.price.leverage = y.leverage;
        a.price.risk = y.risk;
        a.price.costs = y.costs;
        a.warm = true;
    }
};

/// A bound cost, weighed.
template <class View>
struct weighed {
    const View& view;
    double weight;
    [[nodiscard]] double cost(std::size_t i, double x) const noexcept { return weight * view.cost(i, x); }
    [[nodiscard]] slope_interval marginal(std::size_t i, double x) const noexcept {
        const slope_interval s = view.marginal(i, x);
        return {weight * s.low, weight * s.high};
    }
};

double variance(const solver::program& p, const std::vector<double>& w) {
    const std::size_t n = p.assets(), k = p.risk.layout == risk_layout::factor ? p.risk.factors() : 0;
    long double sum = 0.0L;
    std::vector<long double> e(k, 0.0L);
    if (p.risk.layout == risk_layout::dense) {
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                sum += (static_cast<long double>(w[i]) - static_cast<long double>(p.benchmark[i])) *
                       (static_cast<long double>(w[j]) - static_cast<long double>(p.benchmark[j])) *
                       static_cast<long double>(p.risk.dense[i * n + j]);
        return std::max(0.0, static_cast<double>(sum));
    }
    for (std::size_t i = 0; i < n; ++i) {
        const auto d = static_cast<long double>(w[i]) - static_cast<long double>(p.benchmark[i]);
        sum += d * d * static_cast<long double>(p.risk.specific[i]);
        for (std::size_t f = 0; f < k; ++f) e[f] += d * static_cast<long double>(p.risk.loadings[i * k + f]);
    }
    for (std::size_t f = 0; f < k; ++f)
        for (std::size_t g = 0; g < k; ++g) sum += e[f] * e[g] * static_cast<long double>(p.risk.factor_covariance[f * k + g]);
    return std::max(0.0, static_cast<double>(sum));
}
double risk_size(const solver::program& p) {
    double size = 0.0;
    for (std::size_t i = 0; i < p.assets(); ++i) size += std::sqrt(p.risk.variance(i)) * (std::fabs(p.benchmark[i]) + std::fabs(p.held[i]));
    return size;
}
template <class View>
double cost_of(const solver::program& p, const View& view, const std::vector<double>& w) {
    long double sum = 0.0L;
    for (std::size_t i = 0; i < p.assets(); ++i) sum += static_cast<long double>(view.cost(i, p.wealth * (w[i] - p.held[i])) / p.wealth);
    return static_cast<double>(sum);
}

/// The verifier's word on an answer: costs weighed by a cost of its own, or, where they are in the budget as well, the program divided.
template <class View>
solver::certificate checked(const solver::program& p, const View& view, const owned_answer& o) {
    solver::program q = p;
    q.tracking_error = q.costs = infinity;
    q.risk_aversion = p.risk_aversion + o.a.price.risk;
    std::vector<double> scratch(solver::verify_room(q)), row = o.row, alpha(p.expected_return.begin(), p.expected_return.end());
    const double c = 1.0 + o.a.price.costs;
    solver::shadow_prices y = o.a.price;
    y.risk = y.costs = 0.0;
    if (!p.costs_inside) {
        y.row = row;
        return solver::verify(q, weighed<View>{view, c}, std::span<const double>(o.position), y, std::span<double>(scratch));
    }
    q.risk_aversion /= c;
    for (double& x : alpha) x /= c;
    for (double& x : row) x /= c;
    q.expected_return = alpha;
    y.budget /= c;
    y.turnover /= c;
    y.leverage /= c;
    y.row = row;
    return solver::verify(q, view, std::span<const double>(o.position), y, std::span<double>(scratch));
}

/// The same with the prices as they are.
template <class View>
solver::certificate verified_by_prices(const solver::program& p, const View& view, const owned_answer& o) {
    std::vector<double> scratch(solver::verify_room(p));
    solver::shadow_prices y = o.a.price;
    std::vector<double> row = o.row;
    y.row = row;
    return solver::verify(p, view, std::span<const double>(o.position), y, std::span<double>(scratch));
}

solver::limited_search& searcher(const solver::program& p) {
    static solver::limited_search s;
    static std::size_t n = 0, k = 0, m = 0;
    const std::size_t of = p.risk.layout == risk_layout::factor ? p.risk.factors() : 0;
    if (p.assets() > n || of > k || p.row_count() > m) {
        n = std::max(n, p.assets());
        k = std::max(k, of);
        m = std::max(m, p.row_count());
        s.prepare(n, k, m, true);
    }
    return s;
}

/// Diagonal risk, one rate of cost.
struct simple_program {
    std::vector<double> specific, benchmark, held, lower, upper, alpha{};
    solver::program p{};
    explicit simple_program(std::vector<double> variances, std::vector<double> b, std::vector<double> h)
        : specific(std::move(variances)),
          benchmark(std::move(b)),
          held(std::move(h)),
          lower(held.size(), -10.0),
          upper(held.size(), 10.0) {
        p.risk.layout = risk_layout::diagonal;
        p.risk.ready = true;
        p.risk.specific = specific;
        p.benchmark = benchmark;
        p.held = held;
        p.lower = lower;
        p.upper = upper;
    }
    simple_program(const simple_program&) = delete;
    simple_program& operator=(const simple_program&) = delete;
};

}  // namespace

TEST_CASE("limited_search: one asset, by hand") {
    const look l;
    const cost::proportional rates{.rate = 0.002};
    const auto view = rates.bind(l);
    simple_program s{{0.04}, {0.5}, {0.1}};
    solver::limited_search search;
    search.prepare(1, 0, 0);
    for (const double gamma : {0.0, 0.01, 0.02}) {
        // It is bought until it is TE/σ from the benchmark: 0.05 for a TE of 1 %; (γ + θ)σ²·0.05 is then the rate.
        s.p.risk_aversion = gamma;
        s.p.tracking_error = 0.01;
        owned_answer o{s.p};
        search.solve(s.p, view, o.a);
        CAPTURE(gamma, o.a.certificate.iterations);
        CHECK(o.a.certificate.how == search_end::best);
        CHECK(o.position[0] == Approx(0.45).epsilon(1e-11));
        CHECK(o.a.price.risk == Approx(0.002 / (0.04 * 0.05) - gamma).epsilon(1e-9));
        CHECK(o.a.price.costs == 0.0);
        CHECK(o.a.certificate.relative_dual <= 1e-12);
        CHECK(o.a.certificate.relative_gap <= 1e-10);
    }
    s.p.tracking_error = infinity;
    // Without the limit 0.4 − 0.002/(0.04·γ) is bought; costs of a fourth of that leave a fourth of it.
    s.p.risk_aversion = 1.0;
    const double bought = 0.4 - 0.002 / 0.04;
    s.p.costs = 0.25 * 0.002 * bought;
    owned_answer o{s.p};
    search.solve(s.p, view, o.a);
    CHECK(o.a.certificate.how == search_end::best);
    CHECK(o.position[0] == Approx(0.1 + 0.25 * bought).epsilon(1e-11));
    CHECK(o.a.price.costs == Approx(0.04 * (0.4 - 0.25 * bought) / 0.002 - 1.0).epsilon(1e-9));
    CHECK(o.a.price.risk == 0.0);
    // Costs of 0: it stays where it is.
    s.p.costs = 0.0;
    search.solve(s.p, view, o.a);
    CHECK(o.a.certificate.how == search_end::best);
    CHECK(o.position[0] == 0.1);
    CHECK(o.a.price.costs >= 0.04 * 0.4 / 0.002 - 1.0 - 1e-9);
    // Room enough: no price, and what there is without the limits.
    s.p.costs = 1.0;
    s.p.tracking_error = 1.0;
    o.a.warm = false;
    search.solve(s.p, view, o.a);
    CHECK(o.a.price.costs == 0.0);
    CHECK(o.a.price.risk == 0.0);
    CHECK(o.position[0] == Approx(0.1 + bought).epsilon(1e-13));
}

TEST_CASE("limited_search: two assets without costs, by hand") {
    // α alone against the tracking error: w − b = Σ⁻¹α/θ, and TE² = αᵀΣ⁻¹α/θ².
    const look l;
    const auto view = cost::zero{}.bind(l);
    simple_program s{{0.04, 0.09}, {0.5, 0.5}, {0.5, 0.5}};
    s.alpha = {0.02, -0.03};
    s.p.expected_return = s.alpha;
    s.p.risk_aversion = 0.0;
    s.p.tracking_error = 0.05;
    const double theta = std::sqrt(0.02 * 0.02 / 0.04 + 0.03 * 0.03 / 0.09) / 0.05;
    solver::limited_search search;
    search.prepare(2, 0, 0);
    owned_answer o{s.p};
    search.solve(s.p, view, o.a);
    CAPTURE(o.a.certificate.iterations);
    CHECK(o.a.certificate.how == search_end::best);
    CHECK(o.a.price.risk == Approx(theta).epsilon(1e-9));
    CHECK(o.position[0] == Approx(0.5 + 0.02 / 0.04 / theta).epsilon(1e-10));
    CHECK(o.position[1] == Approx(0.5 - 0.03 / 0.09 / theta).epsilon(1e-10));
    // Without bounds nothing but the limit ends it.
    for (double& x : s.lower) x = -infinity;
    for (double& x : s.upper) x = infinity;
    o.a.warm = false;
    search.solve(s.p, view, o.a);
    CHECK(o.a.certificate.how == search_end::best);
    CHECK(o.a.price.risk == Approx(theta).epsilon(1e-9));
    // A tracking error of 0: the benchmark.
    s.p.tracking_error = 0.0;
    o.a.warm = false;
    search.solve(s.p, view, o.a);
    CHECK(o.a.certificate.how == search_end::best);
    CHECK(o.position[0] == Approx(0.5).margin(1e-9));
    CHECK(o.position[1] == Approx(0.5).margin(1e-9));
}

// An answer that is the best with some prices of the two limits is the best with limits that are just what it has left of them.
namespace {

struct found_counts {
    std::size_t solved = 0, active_risk = 0, active_costs = 0, both = 0;
};

void check_known_limits(const random_program& r, std::uint64_t seed, found_counts& n) {
    const solver::program plain = r.view();
    r.with_cost([&](const auto& view) {
        owned_answer free{plain};
        searcher(plain).solve(plain, view, free.a);
        if (free.a.certificate.how != search_end::best) return;
        const double te = std::sqrt(variance(plain, free.position)), paid = cost_of(plain, view, free.position);
        for (int kind = 0; kind < 3; ++kind) {
            const double u = static_cast<double>((seed * 7 + static_cast<std::uint64_t>(kind) * 31) % 97) / 97.0;
            const double v = static_cast<double>((seed * 13 + static_cast<std::uint64_t>(kind) * 57) % 89) / 89.0;
            const double theta = kind != 1 ? std::max(r.risk_aversion, 1e-3 * paid / (te * te)) * std::pow(10.0, 3.0 * u - 1.5) : 0.0;
            const double kappa = kind != 0 ? std::pow(10.0, 3.0 * v - 2.0) : 0.0;
            if (!(te > 1e-8 * risk_size(plain)) || !std::isfinite(theta)) continue;
            solver::program weighed_program = plain;
            std::vector<double> alpha = r.expected_return;
            for (double& x : alpha) x /= 1.0 + kappa;
            weighed_program.expected_return = alpha;
            weighed_program.risk_aversion = (r.risk_aversion + theta) / (1.0 + kappa);
            owned_answer known{plain};
            searcher(plain).solve(weighed_program, view, known.a);
            if (known.a.certificate.how != search_end::best) continue;
            const double known_te = std::sqrt(variance(plain, known.position)), known_cost = cost_of(plain, view, known.position);
            const double size = risk_size(plain);
            limited_program q{r};
            if (kind != 1) q.tracking_error = known_te;
            if (kind != 0) q.costs = known_cost;
            double gross = 0.0;
            for (std::size_t i = 0; i < r.assets(); ++i) gross += std::fabs(r.held[i]) + std::fabs(r.benchmark[i]);
            if (!(q.costs > 1e-12 * gross) || !(known_te > 1e-8 * size)) continue;
            const solver::program p = q.view();
            owned_answer o{p};
            searcher(p).solve(p, view, o.a);
            const solver::certificate& c = o.a.certificate;
            CAPTURE(r.name(), seed, kind, c.iterations, static_cast<int>(c.how), theta, kappa);
            INFO(std::scientific << "found " << o.a.price.risk << " " << o.a.price.costs << " te " << te << " known " << known_te
                                 << " size " << size << " costs " << paid << " known " << known_cost);
            // Where the two leave next to nothing between them there may be no finite prices: it is then near to both, and says how near.
            const bool extreme = o.a.price.risk > 1e4 * (r.risk_aversion + theta) || o.a.price.costs > 1e4 * (1.0 + kappa);
            if (kind == 2 && extreme && c.how == search_end::stopped) {
                CHECK(c.relative_primal <= 1e-7);
                continue;
            }
            CHECK(c.how == search_end::best);
            const double found_te = std::sqrt(variance(p, o.position)), found_cost = cost_of(p, view, o.position);
            INFO(std::scientific << "te " << found_te - q.tracking_error << " cost " << found_cost - q.costs);
            const double tiny = 1e-9 * size;
            CHECK(found_te <= q.tracking_error * (1.0 + 1e-8) + tiny);
            CHECK(found_cost <= q.costs * (1.0 + 1e-8) + 1e-15 * gross);
            if (o.a.price.risk > 0.0) {
                CHECK(found_te >= q.tracking_error * (1.0 - 1e-8) - tiny);
                ++n.active_risk;
            }
            if (o.a.price.costs > 0.0) {
                CHECK(found_cost >= q.costs * (1.0 - 1e-8) - 1e-15 * gross);
                ++n.active_costs;
            }
            if (o.a.price.risk > 0.0 && o.a.price.costs > 0.0) ++n.both;
            const solver::certificate verified = checked(p, view, o), by_prices = verified_by_prices(p, view, o);
            CAPTURE(by_prices.relative_primal, by_prices.relative_dual);
            CHECK(by_prices.how == search_end::best);
            CHECK(verified.how == search_end::best);
            CHECK(verified.relative_dual <= 1e-9);
            CHECK(verified.relative_primal <= 1e-9);
            if (std::isfinite(c.gap)) CHECK(c.relative_gap <= 1e-8);
            ++n.solved;
        }
    });
}

}  // namespace

TEST_CASE("limited_search: random programs whose limits are those of an answer that is known") {
    found_counts n;
    for (std::uint64_t seed = 0; seed < 560; ++seed) {
        const random_program r = draw_program(seed, 30);
        if (r.feasible) check_known_limits(r, seed, n);
    }
    CHECK(n.solved > 1000);
    CHECK(n.active_risk > 350);
    CHECK(n.active_costs > 350);
    CHECK(n.both > 150);
}

TEST_CASE("limited_search: the same of a dense covariance matrix") {
    found_counts n;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const random_program r = ballast_test::draw_dense_program(seed, 25);
        if (r.feasible) check_known_limits(r, seed, n);
    }
    CHECK(n.solved > 500);
    CHECK(n.active_risk > 150);
    CHECK(n.active_costs > 150);
    CHECK(n.both > 70);
}

namespace {

/// By how much an answer's prices prove that nothing keeps all limits: the tracking error is put in by its tangent at the answer, below which
/// it is nowhere; what is then left is least of each asset alone, at a bound or a kink.
template <class View>
double proof(const solver::program& p, const View& view, const owned_answer& o) {
    const solver::shadow_prices& y = o.a.price;
    const std::size_t n = p.assets(), k = o.factor_price.size();
    double sum = 0.0;
    if (y.risk > 0.0) sum += 0.5 * y.risk * (variance(p, o.position) - p.tracking_error * p.tracking_error);
    if (y.costs > 0.0) sum -= y.costs * p.costs;
    const auto limit = [&](double price, double lower, double upper) {
        if (price != 0.0) sum -= price * (price > 0.0 ? upper : lower);
    };
    limit(y.budget, p.budget_lower, p.budget_upper);
    limit(y.turnover, 0.0, p.turnover);
    limit(y.leverage, 0.0, p.leverage);
    for (std::size_t j = 0; j < p.row_count(); ++j) limit(o.row[j], p.row_lower[j], p.row_upper[j]);
    for (std::size_t i = 0; i < n; ++i) {
        double slope = y.budget + y.risk * p.risk.specific[i] * (o.position[i] - p.benchmark[i]), fixed = 0.0;
        if (y.risk > 0.0)
            for (std::size_t f = 0; f < k; ++f) slope += p.risk.loadings[i * k + f] * o.factor_price[f];
        fixed = -(slope - y.budget) * o.position[i];
        for (std::size_t j = 0; j < p.row_count(); ++j) slope += o.row[j] * p.coefficient(j, i);
        double least = infinity;
        for (const double w : {p.lower[i], p.upper[i], p.held[i], 0.0}) {
            if (w < p.lower[i] || w > p.upper[i]) continue;
            const double paid = view.cost(i, p.wealth * (w - p.held[i])) / p.wealth;
            least = std::min(least, slope * w + 0.5 * y.turnover * std::fabs(w - p.held[i]) + y.leverage * std::fabs(w) + y.costs * paid);
        }
        sum += least + fixed;
    }
    return sum;
}

}  // namespace

TEST_CASE("limited_search: what is not to be had is proved") {
    std::size_t of_risk = 0, of_costs = 0, of_both = 0;
    for (std::uint64_t seed = 20'000; seed < 22'000; ++seed) {
        const ballast_test::program_class kind = ballast_test::program_class::of(seed);
        if (kind.cost > ballast_test::cost_kind::rebate) continue;
        random_program r = draw_program(seed, 20);
        if (!r.feasible || r.costs_inside) continue;
        for (std::size_t i = 0; i < r.assets(); ++i) {
            r.lower[i] = std::max(r.lower[i], -10.0 * r.scale);
            r.upper[i] = std::min(r.upper[i], 10.0 * r.scale);
        }
        const solver::program plain = r.view();
        CAPTURE(r.name(), seed);
        r.with_cost([&](const auto& view) {
            // The least of each, alone.
            solver::program q = plain;
            q.expected_return = {};
            q.risk_aversion = 0.0;
            owned_answer cheapest{q};
            searcher(q).solve(q, view, cheapest.a);
            const double least_cost = cost_of(plain, view, cheapest.position);
            q.risk_aversion = 1.0;
            const auto free = cost::zero{}.bind(look{});
            owned_answer nearest{q};
            searcher(q).solve(q, free, nearest.a);
            const double least_te = std::sqrt(variance(plain, nearest.position));
            if (cheapest.a.certificate.how != search_end::best || nearest.a.certificate.how != search_end::best) return;
            solver::program p = plain;
            if (least_te > 1e-4 * risk_size(p)) {
                p.tracking_error = 0.9 * least_te;
                owned_answer o{p};
                searcher(p).solve(p, view, o.a);
                CHECK(o.a.certificate.how == search_end::infeasible);
                CHECK(o.a.price.risk == 1.0);
                CHECK(proof(p, view, o) > 0.0);
                ++of_risk;
                p.tracking_error = infinity;
            }
            if (least_cost > 1e-6 * r.scale) {
                p.costs = 0.9 * least_cost;
                owned_answer o{p};
                searcher(p).solve(p, view, o.a);
                CHECK(o.a.certificate.how == search_end::infeasible);
                CHECK(o.a.price.costs == 1.0);
                CHECK(proof(p, view, o) > 0.0);
                ++of_costs;
            }
            // Each alone can be had, not both.
            const double cost_of_nearest = cost_of(plain, view, nearest.position);
            if (!(least_cost >= 0.0) || !(cost_of_nearest > 2.0 * least_cost + 1e-4 * r.scale)) return;
            p.costs = least_cost + 0.3 * (cost_of_nearest - least_cost);
            solver::program with_costs = p;
            with_costs.expected_return = {};
            with_costs.risk_aversion = 1e9;
            owned_answer o{p};
            searcher(p).solve(with_costs, view, o.a);
            const double te = std::sqrt(variance(plain, o.position));
            if (o.a.certificate.how != search_end::best || !(te > 1.01 * least_te + 1e-4 * risk_size(p))) return;
            p.tracking_error = least_te + 0.5 * (te - least_te);
            owned_answer none{p};
            searcher(p).solve(p, view, none.a);
            CHECK(none.a.certificate.how == search_end::infeasible);
            CHECK(none.a.price.risk == 1.0);
            CHECK(none.a.price.costs > 0.0);
            CHECK(proof(p, view, none) > 0.0);
            ++of_both;
        });
    }
    CHECK(of_risk > 20);
    CHECK(of_costs > 10);
    CHECK(of_both > 20);
}

TEST_CASE("limited_search: less of a limit has a higher price, and more of it a better objective") {
    std::size_t steps = 0;
    for (std::uint64_t seed = 40'000; seed < 40'200; ++seed) {
        const random_program r = draw_program(seed, 20);
        if (!r.feasible) continue;
        solver::program p = r.view();
        CAPTURE(r.name(), seed);
        r.with_cost([&](const auto& view) {
            owned_answer free{p};
            searcher(p).solve(p, view, free.a);
            const double te = std::sqrt(variance(p, free.position));
            const double least = std::sqrt(variance(p, r.inside));
            if (free.a.certificate.how != search_end::best || !(te - least > 1e-4 * risk_size(p))) return;
            double price = 0.0, objective = -infinity;
            for (const double part : {1.1, 0.9, 0.7, 0.5, 0.3, 0.1}) {
                p.tracking_error = least + part * (te - least);
                owned_answer o{p};
                searcher(p).solve(p, view, o.a);
                if (o.a.certificate.how != search_end::best) return;
                CHECK(o.a.price.risk >= price * (1.0 - 1e-7));
                CHECK(o.a.certificate.objective >= objective - 1e-9 * std::fabs(objective));
                CHECK((part < 1.0 || o.a.price.risk == 0.0));
                price = o.a.price.risk;
                objective = o.a.certificate.objective;
                ++steps;
            }
        });
    }
    CHECK(steps > 50);
}

TEST_CASE("limited_search: begun warm it finds the same") {
    std::size_t compared = 0;
    for (std::uint64_t seed = 50'000; seed < 50'300; ++seed) {
        const random_program r = draw_program(seed, 20);
        if (!r.feasible || r.kind.risk == ballast_test::risk_kind::no_specific) continue;
        solver::program p = r.view();
        CAPTURE(r.name(), seed);
        r.with_cost([&](const auto& view) {
            owned_answer free{p};
            searcher(p).solve(p, view, free.a);
            const double te = std::sqrt(variance(p, free.position)), paid = cost_of(p, view, free.position);
            const double of_inside = cost_of(p, view, r.inside);
            if (free.a.certificate.how != search_end::best || !(te > 1e-6 * risk_size(p))) return;
            p.tracking_error = std::max(0.7 * te, 1.0001 * std::sqrt(variance(p, r.inside)));
            if (seed % 2 == 0 && of_inside >= 0.0) p.costs = std::max(0.7 * paid, 1.0001 * of_inside);
            owned_answer cold{p};
            searcher(p).solve(p, view, cold.a);
            if (cold.a.certificate.how != search_end::best) return;
            double scale = r.scale;
            for (std::size_t i = 0; i < r.assets(); ++i) scale = std::max(scale, std::fabs(r.held[i]) + std::fabs(r.benchmark[i]));
            for (const double off : {1.0, 1.3, 0.6}) {
                owned_answer warm{p};
                warm.begin_at(cold);
                warm.a.price.risk *= off;
                warm.a.price.costs *= off;
                searcher(p).solve(p, view, warm.a);
                CAPTURE(off, cold.a.price.risk, cold.a.price.costs, warm.a.price.risk, warm.a.price.costs);
                CHECK(warm.a.certificate.how == search_end::best);
                const solver::certificate v = checked(p, view, warm);
                CHECK(v.how == search_end::best);
                CHECK(std::fabs(warm.a.certificate.objective - cold.a.certificate.objective) <=
                      warm.a.certificate.gap + cold.a.certificate.gap + 1e-9 * std::fabs(cold.a.certificate.objective) + 1e-12 * scale);
                bool definite = p.risk_aversion > 0.0;
                for (const double d : r.specific) definite = definite && d > 1e-4;
                if (!definite) continue;
                for (std::size_t i = 0; i < r.assets(); ++i) CHECK(std::fabs(warm.position[i] - cold.position[i]) <= 1e-9 * scale);
                ++compared;
            }
        });
    }
    CHECK(compared > 100);
}

TEST_CASE("limited_search: without the two limits it is the search for prices, and what is wrong is told") {
    const look l;
    const cost::proportional rates{.rate = 0.002};
    const auto view = rates.bind(l);
    simple_program s{{0.04, 0.01}, {0.5, 0.3}, {0.1, 0.4}};
    solver::limited_search search;
    search.prepare(2, 0, 0);
    solver::price_search plain;
    plain.prepare(2, 0, 0);
    owned_answer one{s.p}, other{s.p};
    search.solve(s.p, view, one.a);
    plain.solve(s.p, view, other.a);
    CHECK(one.position == other.position);
    CHECK(one.a.certificate.iterations == other.a.certificate.iterations);
    for (const double bad : {-0.1, std::numeric_limits<double>::quiet_NaN()}) {
        s.p.tracking_error = bad;
        search.solve(s.p, view, one.a);
        CHECK(one.a.certificate.how == search_end::none);
        CHECK(one.a.certificate.fault.code == fault_code::bad_limit);
        s.p.tracking_error = infinity;
        s.p.costs = bad;
        search.solve(s.p, view, one.a);
        CHECK(one.a.certificate.fault.code == fault_code::bad_limit);
        s.p.costs = infinity;
    }
    s.p.tracking_error = 0.01;
    s.specific[1] = -1.0;
    search.solve(s.p, view, one.a);
    CHECK(one.a.certificate.fault.code == fault_code::bad_risk);
    s.specific[1] = 0.01;
    solver::limited_search unprepared;
    unprepared.solve(s.p, view, one.a);
    CHECK(one.a.certificate.fault.code == fault_code::not_prepared);
    // Bounds that cross: a conflict of others.
    s.lower[0] = 1.0;
    s.upper[0] = 0.0;
    search.solve(s.p, view, one.a);
    CHECK(one.a.certificate.how == search_end::infeasible);
    CHECK(one.a.price.risk == 0.0);
}

TEST_CASE("limited_search: stopped, it tells the best within the limits that it knows") {
    std::size_t stopped = 0, kept = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const random_program r = draw_program(seed, 30);
        if (!r.feasible) continue;
        solver::program p = r.view();
        r.with_cost([&](const auto& view) {
            owned_answer free{p};
            searcher(p).solve(p, view, free.a);
            p.tracking_error = std::max(0.5 * std::sqrt(variance(p, free.position)), std::sqrt(variance(p, r.inside)));
            if (!(p.tracking_error > 1e-4 * risk_size(p))) return;
            owned_answer full{p};
            searcher(p).solve(p, view, full.a);
            owned_answer o{p};
            searcher(p).solve(p, view, o.a, {.iterations = 1});
            CAPTURE(r.name(), seed);
            if (o.a.certificate.how != search_end::stopped || full.a.certificate.how != search_end::best) return;
            ++stopped;
            if (o.a.certificate.relative_primal > 1e-9) return;
            ++kept;
            CHECK(std::sqrt(variance(p, o.position)) <= p.tracking_error * (1.0 + 1e-8));
            const double theta = full.a.price.risk, allowed = p.tracking_error * p.tracking_error;
            CAPTURE(full.a.certificate.objective, full.a.certificate.gap, theta);
            CHECK(o.a.certificate.objective >= full.a.certificate.objective - full.a.certificate.gap - 2e-8 * theta * allowed -
                                                   1e-7 * std::fabs(full.a.certificate.objective));
        });
    }
    CHECK(stopped > 5);
}
