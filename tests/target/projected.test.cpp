#include <ballast/target/projected.hpp>

#include <ballast/keeper.hpp>

#include <ballast/cost/zero.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>

#include "support/catch.hpp"
#include "support/looks.hpp"
#include "support/same_bits.hpp"
#include "support/targets.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

using namespace ballast;
using ballast::target::projected;
using ballast::target::spread;
using ballast_test::test_look;
using test::refusal;

static_assert(std::is_aggregate_v<projected> && target_policy<projected>);
static_assert(detail::transforms<projected>() && std::is_same_v<memory_of<projected>, no_memory>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<double> weights(const projected& p, const std::vector<double>& target) {
    return test::weights_of(p, test_look{std::vector<double>(target.size(), 0.0), target});
}
fault fault_of(const projected& p, const std::vector<double>& target) {
    return test::fault_of(p, test_look{std::vector<double>(target.size(), 0.0), target});
}
double sum(const std::vector<double>& w) {
    long double s = 0;
    for (const double x : w) s += static_cast<long double>(x);
    return static_cast<double>(s);
}

using problem_of = std::vector<detail::bounded_weight>;
std::vector<double> solve(const problem_of& p, double total) {
    std::vector<double> out(p.size(), -7.0);
    detail::project_weights([&](std::size_t i) noexcept { return p[i]; }, total, out);
    return out;
}
double distance(const problem_of& p, const std::vector<double>& w) {
    double d = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i)
        if (p[i].give > 0.0) d += (w[i] - p[i].wish) * (w[i] - p[i].wish) / (2.0 * p[i].give);
    return d;
}
/// Feasible, and one multiplier explains every coordinate: free ones stand at v + λa, those at a bound would go beyond it.
void check_kkt(const problem_of& p, double total, const std::vector<double>& w) {
    double size = 1.0;
    double low = -infinity, high = infinity;
    for (std::size_t i = 0; i < p.size(); ++i) {
        REQUIRE(w[i] >= p[i].lower);
        REQUIRE(w[i] <= p[i].upper);
        size += std::fabs(w[i]) + std::fabs(p[i].wish);
    }
    const double near = 1e-14 * size;
    CHECK(sum(w) == Approx(total).margin(near));
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (p[i].give == 0.0) {
            CHECK(w[i] == p[i].clamped(p[i].wish));
            continue;
        }
        const double lambda = (w[i] - p[i].wish) / p[i].give;
        if (w[i] > p[i].lower) low = std::max(low, lambda - near / p[i].give);
        if (w[i] < p[i].upper) high = std::min(high, lambda + near / p[i].give);
    }
    // λ is at or above that of all that could go down, and at or below that of all that could go up.
    CHECK(low <= high + 2.0 * near);
}
/// The best of all 3^n ways to stand at the lower bound, the upper bound or between.
double brute_force(const problem_of& p, double total) {
    double best = infinity;
    std::size_t ways = 1;
    for (std::size_t i = 0; i < p.size(); ++i) ways *= 3;
    for (std::size_t way = 0; way < ways; ++way) {
        std::vector<double> w(p.size());
        std::size_t code = way;
        double rest = total, give = 0.0;
        for (std::size_t i = 0; i < p.size(); ++i, code /= 3) {
            const std::size_t at = code % 3;
            w[i] = at == 0 ? p[i].lower : at == 1 ? p[i].upper : p[i].wish;
            rest -= w[i];
            if (at == 2) give += p[i].give;
        }
        if (give == 0.0 && std::fabs(rest) > 1e-12) continue;
        code = way;
        bool inside = true;
        for (std::size_t i = 0; i < p.size(); ++i, code /= 3) {
            if (code % 3 == 2 && give > 0.0) w[i] += rest / give * p[i].give;
            inside = inside && w[i] >= p[i].lower - 1e-12 && w[i] <= p[i].upper + 1e-12;
        }
        if (inside) best = std::min(best, distance(p, w));
    }
    return best;
}
}  // namespace

TEST_CASE("projected: what is within the bounds with the right sum stays as it is, to the bit") {
    for (const std::vector<double>& t : {std::vector{0.3, 0.3, 0.4}, std::vector{0.1, 0.2, 0.7}, std::vector{1.0}})
        CHECK(test::same_bits(std::span<const double>{weights({}, t)}, std::span<const double>{t}));
    const std::vector<double> thirds{1.0 / 3.0, 1.0 / 3.0, 0.2};
    CHECK(test::same_bits(std::span<const double>{weights({.keep_sum = true}, thirds)}, std::span<const double>{thirds}));
    CHECK(weights({}, {}).empty());
}

TEST_CASE("projected: by hand") {
    CHECK(weights({.upper = 0.5}, {0.6, 0.2, 0.2}) == std::vector{0.5, 0.25, 0.25});
    // 0.05 goes up to 0.1, the other two give 0.025 each.
    const std::vector<double> w = weights({.lower = 0.1}, {0.05, 0.45, 0.5});
    CHECK(w[0] == 0.1);
    CHECK(w[1] == Approx(0.425).epsilon(1e-15));
    CHECK(w[2] == Approx(0.475).epsilon(1e-15));
    // The plain simplex: clamping at 0 and dividing would give (0.75, 0.25, 0).
    const std::vector<double> s = weights({}, {0.9, 0.3, -0.4});
    CHECK(s[0] == Approx(0.8).epsilon(1e-15));
    CHECK(s[1] == Approx(0.2).epsilon(1e-15));
    CHECK(s[2] == 0.0);
    // A sum other than 1; shorts where the bounds let them be.
    const std::vector<double> l = weights({.lower = -0.5, .upper = 1.5, .sum = 1.3}, {1.0, 1.0, -1.0});
    CHECK(l[0] == Approx(0.9).epsilon(1e-15));
    CHECK(l[1] == Approx(0.9).epsilon(1e-15));
    CHECK(l[2] == -0.5);
    // One bound for each.
    CHECK(weights({.lower = {0.0, 0.25}, .upper = {1.0, 0.3}}, {0.9, 0.1}) == std::vector{0.75, 0.25});
}

// bt, test_limit_weights (portfolio_cases.json, bt-limit-weights): the excess goes to the others in proportion.
TEST_CASE("projected: limits that hand the excess to the others in proportion (bt-limit-weights)") {
    const test::json all = test::reference("portfolio_cases.json");
    const test::json& c = all.by_id("bt-limit-weights");
    for (std::size_t k = 0; k < c["input"]["cases"].size(); ++k) {
        const std::vector<double> t = c["input"]["cases"][k]["weights"].numbers();
        const projected p{.upper = c["input"]["cases"][k]["limit"].number(), .by = spread::in_proportion};
        const test::json& expected = c["expected"]["results"][k];
        if (expected.text() == "infeasible") {
            CHECK(fault_of(p, t).code == fault_code::sum_out_of_reach);
            CHECK(fault_of(p, t).value == Approx(-0.1));
            continue;
        }
        const std::vector<double> w = weights(p, t), e = expected.numbers();
        REQUIRE(w.size() == e.size());
        for (std::size_t i = 0; i < e.size(); ++i) CHECK(w[i] == Approx(e[i]).epsilon(1e-12));
    }
}

// QuantAMM, MathGuard (defi_cases.json): a rail at 0.1, proportional. All zeros give weights that do not add up to 1 there; here they do.
TEST_CASE("projected: guard rails (quantamm-clamp-*)") {
    const test::json all = test::reference("defi_cases.json");
    for (const char* id : {"quantamm-clamp-within", "quantamm-clamp-below", "quantamm-clamp-sum-gt-1"}) {
        const test::json& c = all.by_id(id);
        const std::vector<double> t = c["input"]["weights"].numbers(), e = c["expected"]["weights"].numbers();
        const double rail = c["input"]["rail"].number();
        if (t.empty()) continue;
        const std::vector<double> w = weights({.lower = rail, .upper = 1.0 - 2.0 * rail, .by = spread::in_proportion}, t);
        for (std::size_t i = 0; i < e.size(); ++i) CHECK(w[i] == Approx(e[i] / 1e18).margin(2e-16));
    }
    const std::vector<double> w = weights({.lower = 0.1, .upper = 0.8}, {0.0, 0.0, 0.0});
    for (const double x : w) CHECK(x == Approx(1.0 / 3.0).epsilon(1e-15));
    CHECK(fault_of({.lower = 0.1, .upper = 0.8, .by = spread::in_proportion}, {0.0, 0.0, 0.0}).code == fault_code::sum_out_of_reach);
}

TEST_CASE("projected: as good as the best of all active sets, on random small problems") {
    std::mt19937_64 random{21};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    for (int k = 0; k < 4000; ++k) {
        const std::size_t n = 1 + random() % 6;
        problem_of p(n);
        double low = 0.0, high = 0.0;
        for (auto& b : p) {
            b.wish = 2.0 * unit(random) - 0.5;
            b.give = k % 2 == 0 ? 1.0 : 0.01 + unit(random);
            b.lower = unit(random) - 0.5;
            b.upper = b.lower + (random() % 4 == 0 ? 0.0 : unit(random));
            if (random() % 5 == 0) b.wish = b.lower;  // ties between coordinates and bounds
            low += b.lower;
            high += b.upper;
        }
        const double total = low + (high - low) * unit(random);
        const std::vector<double> w = solve(p, total);
        check_kkt(p, total, w);
        CHECK(distance(p, w) == Approx(brute_force(p, total)).margin(1e-12).epsilon(1e-10));
    }
}

TEST_CASE("projected: the conditions of Karush, Kuhn and Tucker on random large problems") {
    std::mt19937_64 random{22};
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::normal_distribution<double> noise;
    for (int k = 0; k < 600; ++k) {
        const std::size_t n = 1 + random() % (k % 20 == 0 ? 1000 : 60);
        problem_of p(n);
        double low = 0.0, high = 0.0;
        const double scale = std::exp(6.0 * noise(random));
        for (auto& b : p) {
            b.wish = scale * noise(random);
            if (random() % 4 == 0) b.wish = std::round(b.wish * 4.0) / 4.0;
            b.give = k % 3 == 0 ? 1.0 : k % 3 == 1 ? std::fabs(b.wish) : std::exp(3.0 * noise(random));
            b.lower = random() % 6 == 0 ? -infinity : noise(random) - 1.0;
            b.upper = random() % 6 == 0 ? infinity
                                        : (std::isinf(b.lower) ? noise(random) : b.lower + (random() % 5 == 0 ? 0.0 : 2.0 * unit(random)));
            low += b.give == 0.0 ? b.clamped(b.wish) : b.lower;
            high += b.give == 0.0 ? b.clamped(b.wish) : b.upper;
        }
        double total = unit(random) * static_cast<double>(n);
        if (std::isfinite(low) && total < low) total = low;
        if (std::isfinite(high) && total > high) total = high;
        check_kkt(p, total, solve(p, total));
    }
}

TEST_CASE("projected: bounds that leave no such sum are told, with by how much") {
    const fault low = fault_of({.upper = 0.3}, {0.5, 0.25, 0.25});
    CHECK(low.code == fault_code::sum_out_of_reach);
    CHECK(low.value == Approx(-0.1));
    const fault high = fault_of({.lower = 0.4}, {0.5, 0.25, 0.25});
    CHECK(high.code == fault_code::sum_out_of_reach);
    CHECK(high.value == Approx(0.2));
    // Bounds that leave just one answer are none.
    CHECK(weights({.upper = 0.25}, {0.9, 0.1, 0.0, 0.0}) == std::vector(4, 0.25));
    CHECK(weights({.lower = 0.2}, {0.9, 0.1, 0.0, 0.0, 0.0}) == std::vector(5, 0.2));

    keeper k{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, projected{.upper = 0.3}}, {.assets = 2}};
    const std::vector<double> price{1.0, 1.0}, quantity{50.0, 50.0}, target{0.6, 0.4}, broken{0.6, infinity};
    REQUIRE_FALSE(k.observe({.now = timestamp{1}, .price = price}));
    CHECK(k.propose({.cash = 0.0, .quantity = quantity}, target).problem.code == fault_code::sum_out_of_reach);
    const decision& d = k.propose({.cash = 0.0, .quantity = quantity}, broken);
    CHECK(d.problem.code == fault_code::bad_target);
    CHECK(d.problem.index == 1);
    keeper wide{rebalancer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, projected{.upper = 0.55}}, {.assets = 2}};
    REQUIRE_FALSE(wide.observe({.now = timestamp{1}, .price = price}));
    CHECK(wide.propose({.cash = 0.0, .quantity = quantity}, target).weight_after()[0] == Approx(0.55));
    CHECK(wide.propose({.cash = 0.0, .quantity = quantity}).problem.code == fault_code::targets_missing);
}

TEST_CASE("projected: bad parameters are refused with parameter, value and range") {
    CHECK(refusal(projected{}).empty());
    CHECK(refusal(projected{.lower = 0.5, .upper = 0.4}) ==
          "ballast: projected.lower = 0.5: must be a finite weight, and not above the upper bound");
    CHECK(refusal(projected{.lower = {0.0, 0.5}, .upper = {0.1, 0.4}}) ==
          "ballast: projected.lower = 0.5: must be a finite weight, and not above the upper bound");
    CHECK(refusal(projected{.upper = infinity}) == "ballast: projected.upper = inf: must be a finite weight");
    CHECK(refusal(projected{.lower = per_asset{}}) == "ballast: projected.lower = 0: has to be given: the smallest weight");
    CHECK(refusal(projected{.upper = per_asset{}}) == "ballast: projected.upper = 0: has to be given: the largest weight");
    CHECK(refusal(projected{.sum = infinity}) == "ballast: projected.sum = inf: must be a finite sum of weights");
    CHECK(projected{.lower = {0.0, 0.1}}.covers(2));
    CHECK_FALSE(projected{.upper = {1.0, 0.9}}.covers(3));
}
