// Whole steps: what the search finds against brute force, what its bounds promise against what is true, and that it is never worse than rounding.
#include <ballast/sizing/detail/integer_search.hpp>

#include "support/books_of.hpp"
#include "support/catch.hpp"
#include "support/greedy_rounding.hpp"
#include "support/integer_problems.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

using namespace ballast;
using namespace ballast_test;
using ballast::detail::integer_distance;
using ballast::detail::integer_effort;

namespace {

const double infinite = std::numeric_limits<double>::infinity();

struct gaps {
    std::size_t cases = 0, same = 0;
    double sum = 0.0, largest = 0.0;
    void add(double gap) {
        ++cases;
        same += gap <= 1e-9;
        sum += gap;
        largest = std::max(largest, gap);
    }
    [[nodiscard]] double mean() const { return sum / static_cast<double>(cases); }
};

// Differences of objectives, beside what is at stake: an objective may be as good as 0.
double relative(const steps_problem& p, double difference, double objective) {
    return difference / (std::fabs(objective) + 1e-3 * p.size());
}
double slack_of(const steps_problem& p, double objective) { return 1e-11 * (std::fabs(objective) + p.size()) + 1e-14 * p.gross(); }

// One row that wants `wish` steps of `step`, from nothing.
detail::integer_row buys(double step, double wish, std::int64_t most = 1000) {
    detail::integer_row r{.step = step, .goal = step * wish, .intervals = 1};
    r.allowed[0] = {0, most};
    return r;
}
steps_problem book_of(std::vector<detail::integer_row> rows, double means = infinite) {
    steps_problem p;
    p.fee.resize(rows.size());
    p.rows = std::move(rows);
    p.p.wealth = 1000.0;
    p.p.means = means;
    return p;
}
using counts = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("integer_search: up to five rows it finds what brute force finds, and proves it") {
    dice d{20240611};
    std::size_t feasible = 0, binding = 0;
    std::uint64_t nodes = 0;
    constexpr int cases = static_cast<int>(ballast_test::books_of(8000));
    for (int c = 0; c < cases; ++c) {
        CAPTURE(c);
        const steps_problem p = random_steps_problem(d, d.below(6));
        const integer_effort effort{.exchanges = d.chance(0.5) ? 0U : 200'000U, .tolerance = d.chance(0.5) ? 0.0 : 1e-9};
        const auto truth = p.brute_force();
        const auto found = d.chance(0.2) ? p.search_untold(effort) : p.search(effort);
        nodes += found.answer.nodes;
        REQUIRE(found.answer.feasible == truth.feasible);
        if (!truth.feasible) {
            CHECK((found.answer.bound == infinite) == found.answer.proved);
            continue;
        }
        ++feasible;
        binding += truth.binding;
        REQUIRE(p.allowed(found.counts));
        const double objective = p.objective(found.counts), slack = slack_of(p, truth.objective);
        CHECK(std::fabs(found.answer.objective - objective) <= slack);
        CHECK(objective <= truth.objective + std::max(slack, effort.tolerance * std::fabs(truth.objective)));
        CHECK(found.answer.bound <= truth.objective);
        CHECK(found.answer.proved);
        CHECK(found.answer.gap() <= effort.tolerance * std::fabs(objective) + slack);
        CHECK(found.answer.objective <= found.answer.plain);
    }
    CHECK(feasible > cases / 2);
    CHECK(binding > cases / 10);
    CHECK(nodes > cases);
}

TEST_CASE("integer_search: rows with hundreds of counts, which no tree lists, are bounded as a whole") {
    dice d{77};
    gaps proved;
    for (int c = 0; c < static_cast<int>(ballast_test::books_of(300)); ++c) {
        CAPTURE(c);
        steps_problem p = random_steps_problem(d, 2, false);
        for (auto& r : p.rows)
            if (r.intervals > 0 && r.allowed[r.intervals - 1].hi > 0) r.allowed[r.intervals - 1].hi += 400;
        const auto truth = p.brute_force();
        const auto found = p.search({});
        REQUIRE(found.answer.feasible == truth.feasible);
        if (!truth.feasible) continue;
        const double slack = slack_of(p, truth.objective);
        CHECK(found.answer.bound <= truth.objective);
        CHECK(p.objective(found.counts) >= truth.objective - slack);
        proved.add(relative(p, p.objective(found.counts) - truth.objective, truth.objective));
    }
    CAPTURE(proved.cases, proved.same, proved.mean(), proved.largest);
    CHECK(proved.same >= proved.cases * 99 / 100);
    CHECK(proved.largest < 1e-3);
}

TEST_CASE("integer_search: the proof holds at every limit of nodes") {
    dice d{5};
    std::size_t stopped = 0;
    for (int c = 0; c < 300; ++c) {
        CAPTURE(c);
        const steps_problem p = random_steps_problem(d, 4 + d.below(7), false);
        const auto whole = p.search({});
        if (!whole.answer.feasible || !whole.answer.proved) continue;
        for (const std::uint64_t limit : {0U, 1U, 5U, 30U}) {
            const auto part = p.search({.nodes = limit});
            CHECK(part.answer.feasible);
            CAPTURE(limit);
            CHECK(part.answer.bound <= whole.answer.objective);
            CHECK(part.answer.objective >= whole.answer.bound);
            CHECK(part.answer.nodes <= limit + 400);
            stopped += !part.answer.proved;
        }
    }
    CHECK(stopped > 50);
}

TEST_CASE("integer_search: twenty-five rows, and how far the search without a tree is from the proved best") {
    for (const integer_distance kind : {integer_distance::squared, integer_distance::absolute, integer_distance::tracking}) {
        CAPTURE(static_cast<int>(kind));
        dice d{1234};
        gaps local, certified, root;
        std::size_t proved = 0;
        std::uint64_t nodes = 0;
        while (local.cases < 40) {
            const std::size_t n = 10 + d.below(16);
            const steps_problem p = random_steps_problem(d, n, false);
            if (p.p.distance != kind) continue;
            const auto exact = p.search({.nodes = 20'000});
            const auto quick = p.search({.exact_rows = 0});
            REQUIRE(exact.answer.feasible == quick.answer.feasible);
            if (!exact.answer.feasible) continue;
            REQUIRE(p.allowed(exact.counts));
            REQUIRE(p.allowed(quick.counts));
            const double best = exact.answer.objective;
            CHECK(best <= quick.answer.objective);
            CHECK(quick.answer.bound <= best);
            CHECK(exact.answer.bound >= quick.answer.bound);
            local.add(relative(p, quick.answer.objective - best, best));
            certified.add(relative(p, exact.answer.gap(), best));
            root.add(relative(p, best - quick.answer.bound, best));
            proved += exact.answer.proved;
            nodes += exact.answer.nodes;
        }
        INFO("proved " << proved << " of " << local.cases << " with " << nodes / local.cases << " nodes; certified gap " << certified.mean()
                       << "; without a tree: off by " << local.mean() << ", at most " << local.largest << ", the same in " << local.same
                       << ", its bound off by " << root.mean());
        CHECK(proved >= (kind == integer_distance::squared ? 38U : 28U));
        CHECK(certified.mean() < 0.02);
        CHECK(local.mean() < 0.003);
        CHECK(local.largest < 0.06);
        CHECK(local.same >= 24);
        CHECK(root.mean() < (kind == integer_distance::tracking ? 0.04 : 0.003));
    }
}

TEST_CASE("integer_search: never worse than plain rounding, no trade, or greedy rounding, and never below its bound") {
    dice d{99};
    gaps squared, absolute, tracking;
    std::size_t beaten = 0, compared = 0;
    for (int c = 0; c < 400; ++c) {
        CAPTURE(c);
        const std::size_t n = c % 40 == 0 ? 300 : 5 + d.below(80);
        const steps_problem p = random_steps_problem(d, n, false);
        const auto found = p.search({.nodes = 500});
        if (!found.answer.feasible) continue;
        REQUIRE(p.allowed(found.counts));
        const double objective = p.objective(found.counts), slack = slack_of(p, objective);
        CHECK(std::fabs(objective - found.answer.objective) <= 100.0 * slack);
        CHECK(found.answer.bound <= objective);
        CHECK(objective <= found.answer.plain + slack);
        const counts none(n, 0);
        if (p.allowed(none)) CHECK(objective <= p.objective(none) + slack);
        counts greedy(n);
        std::vector<double> deficit(n);
        greedy_rounding(p.view(), steps_problem::takes_of{&p}, greedy, deficit);
        if (p.allowed(greedy)) {
            ++compared;
            CHECK(objective <= p.objective(greedy) + slack);
            beaten += objective < p.objective(greedy) - slack;
        }
        (p.p.distance == integer_distance::squared    ? squared
         : p.p.distance == integer_distance::absolute ? absolute
                                                      : tracking)
            .add(relative(p, found.answer.gap(), objective));
        for (std::size_t i = 0; i < n; ++i) {  // what has no target is never bought, nor sold short
            const auto& r = p.rows[i];
            if (r.targeted) continue;
            CHECK(std::fabs(r.value - r.goal + r.step * static_cast<double>(found.counts[i])) <= std::fabs(r.value - r.goal));
        }
    }
    CAPTURE(beaten, compared, squared.mean(), squared.largest, absolute.mean(), absolute.largest, tracking.mean(), tracking.largest);
    CHECK(compared > 200);
    CHECK(beaten > compared * 9 / 10);
    CHECK(squared.mean() < 0.002);
    CHECK(absolute.mean() < 0.003);
    CHECK(tracking.mean() < 0.04);
}

TEST_CASE("integer_search: permuting the rows with their keys permutes the answer, bit for bit; used memory changes nothing") {
    dice d{31};
    detail::integer_scratch used;
    used.prepare(40, 8);
    for (int c = 0; c < 200; ++c) {
        CAPTURE(c);
        const std::size_t n = 2 + d.below(30);
        steps_problem p = random_steps_problem(d, n, false);
        p.key.resize(n);
        std::iota(p.key.begin(), p.key.end(), 100U);
        const integer_effort effort{.nodes = 300};
        const auto first = p.search(effort);
        const auto again = p.search(effort, used);
        CHECK(again.counts == first.counts);
        CHECK(again.answer.bound == first.answer.bound);
        std::vector<std::size_t> from(n);
        std::iota(from.begin(), from.end(), 0U);
        for (std::size_t i = n; i-- > 1;) std::swap(from[i], from[d.below(i + 1)]);
        steps_problem q = p;
        const std::size_t k = p.loadings.size() / n;
        for (std::size_t i = 0; i < n; ++i) {
            q.rows[i] = p.rows[from[i]];
            q.key[i] = p.key[from[i]];
            q.fee[i] = p.fee[from[i]];
            if (!p.specific.empty()) q.specific[i] = p.specific[from[i]];
            for (std::size_t f = 0; f < k; ++f) q.loadings[i * k + f] = p.loadings[from[i] * k + f];
            for (std::size_t j = 0; j < n && !p.dense.empty(); ++j) q.dense[i * n + j] = p.dense[from[i] * n + from[j]];
        }
        const auto moved = q.search(effort);
        for (std::size_t i = 0; i < n; ++i) CHECK(moved.counts[i] == first.counts[from[i]]);
        CHECK(moved.answer.objective == first.answer.objective);
        CHECK(moved.answer.bound == first.answer.bound);
    }
}

TEST_CASE("integer_search: money in other units is the same problem") {
    dice d{32};
    for (int c = 0; c < 200; ++c) {
        CAPTURE(c);
        steps_problem p = random_steps_problem(d, 2 + d.below(20), false);
        const auto first = p.search({.nodes = 300});
        const double by = 1024.0;
        p.p.wealth *= by;
        p.p.means *= by;
        for (auto& r : p.rows) {
            r.step *= by;
            r.value *= by;
            r.goal *= by;
        }
        for (auto& f : p.fee) {
            f.fixed *= by;
            f.minimum *= by;
            f.tier *= by;
        }
        const auto scaled = p.search({.nodes = 300});
        CHECK(scaled.counts == first.counts);
        CHECK(scaled.answer.bound == first.answer.bound);
    }
}

TEST_CASE("integer_search: memory that was not prepared for so many is told by an answer, not by an allocation") {
    const auto p = book_of({buys(10.0, 7.3), buys(10.0, 2.6)});
    detail::integer_scratch one;
    one.prepare(1);
    const auto found = p.search({}, one);
    CHECK_FALSE((found.answer.feasible || found.answer.proved));
    CHECK(found.counts == counts{0, 0});
}

TEST_CASE("integer_search: nothing to choose") {
    const auto none = book_of({}).search({});
    CHECK((none.answer.feasible && none.answer.proved && none.answer.objective == 0.0));
    CHECK_FALSE(book_of({}, -1.0).search({}).answer.feasible);

    auto fixed = buys(10.0, 7.3);
    fixed.intervals = 0;
    const auto all_fixed = book_of({fixed, fixed}).search({});
    CHECK(all_fixed.counts == counts{0, 0});
    CHECK((all_fixed.answer.proved && all_fixed.answer.feasible));
    CHECK(all_fixed.answer.objective == Approx(2.0 * 0.073 * 0.073));

    const auto mixed = book_of({fixed, buys(10.0, 7.3)}).search({});
    CHECK(mixed.counts == counts{0, 7});
    CHECK(mixed.answer.objective == Approx(0.073 * 0.073 + 0.003 * 0.003));

    CHECK(book_of({buys(10.0, 7.3)}, 0.0).search({}).counts == counts{0});
    auto zero = book_of({buys(10.0, 7.3)});
    zero.p.max_orders = 0;
    CHECK(zero.search({}).counts == counts{0});
    CHECK(book_of({buys(10.0, 0.0)}).search({}).counts == counts{0});
}

TEST_CASE("integer_search: each row to the nearest step where nothing is short") {
    CHECK(book_of({buys(10.0, 7.3), buys(10.0, 2.6), buys(1.0, 0.4)}).search({}).counts == counts{7, 3, 0});
    // Half a step off on either side: the smaller trade.
    CHECK(book_of({buys(8.0, 4.5)}).search({}).counts == counts{4});
    auto sale = buys(8.0, 0.0);
    sale.value = 36.0;
    sale.allowed[0] = {-4, 0};
    CHECK(book_of({sale}).search({}).counts == counts{-4});
    // A hole around the wish, and a step that none of the counts reaches.
    auto hole = buys(10.0, 7.3);
    hole.intervals = 2;
    hole.allowed[0] = {1, 4};
    hole.allowed[1] = {9, 20};
    CHECK(book_of({hole}).search({}).counts == counts{9});
    hole.intervals = 1;
    hole.allowed[0] = {16, 20};
    CHECK(book_of({hole}).search({}).counts == counts{0});
    // Billions of steps are as easy.
    const auto coin = book_of({buys(1e-8, 12345678901.4, 4'000'000'000'000)}).search({});
    CHECK(coin.counts == counts{12345678901});
    CHECK(coin.answer.proved);
}

TEST_CASE("integer_search: of two that are as good the smaller key, then the smaller index, is served") {
    const auto row = buys(10.0, 1.0);
    CHECK(book_of({row, row, row}, 15.0).search({}).counts == counts{1, 0, 0});
    auto keyed = book_of({row, row, row}, 25.0);
    keyed.key = {9, 5, 5};
    CHECK(keyed.search({}).counts == counts{0, 1, 1});
    keyed.p.means = 15.0;
    CHECK(keyed.search({}).counts == counts{0, 1, 0});
    keyed.key = {9, 5, 4};
    CHECK(keyed.search({}).counts == counts{0, 0, 1});
    CHECK(keyed.search({.exact_rows = 0}).counts == counts{0, 0, 1});
    // Twenty-four of a kind, cash for half of them: not 2.7 million ways, but one.
    std::vector<detail::integer_row> many(24, row);
    const auto half = book_of(many, 125.0).search({});
    CHECK(half.answer.proved);
    CHECK(half.answer.nodes < 2000);
    CHECK(std::accumulate(half.counts.begin(), half.counts.end(), std::int64_t{0}) == 12);
    CHECK(std::is_sorted(half.counts.rbegin(), half.counts.rend()));
}

TEST_CASE("integer_search: cash that is missing is raised at the least distance, and what can not be raised is said") {
    auto held = buys(10.0, 6.0);
    held.value = 60.0;  // on target
    held.allowed[0] = {-6, 10};
    auto other = held;
    other.step = 25.0;
    other.goal = other.value = 100.0;
    const auto raised = book_of({held, other}, -21.0).search({});
    CHECK(raised.answer.feasible);
    CHECK(raised.answer.proved);
    CHECK(raised.counts == counts{0, -1});
    CHECK(raised.answer.plain == infinite);

    const auto never = book_of({held, other}, -1000.0).search({});
    CHECK_FALSE(never.answer.feasible);
    CHECK(never.answer.proved);
    CHECK(never.counts == counts{0, 0});
    auto above = held;
    above.value = 85.0;
    CHECK(book_of({above, buys(10.0, 3.0)}, -1000.0).search({}).counts == counts{-2, 0});  // the sale that is wanted anyway
}

TEST_CASE("integer_search: a trade that is not worth its fixed cost is not made, and orders that may be few are the best few") {
    auto p = book_of({buys(10.0, 5.0), buys(10.0, 1.0), buys(10.0, 3.0)});
    for (auto& f : p.fee) f.fixed = 0.5;
    // Squared, 0.01² = 1e-4 for one step of row 1, against 0.5/1000 of cost.
    CHECK(p.search({}).counts == counts{5, 0, 3});
    p.p.cost_weight = 0.0;
    CHECK(p.search({}).counts == counts{5, 1, 3});
    p.p.max_orders = 2;
    CHECK(p.search({}).counts == counts{5, 0, 3});
    p.p.max_orders = 1;
    CHECK(p.search({}).counts == counts{5, 0, 0});
    p.p.means = 35.0;
    CHECK(p.search({}).counts == counts{3, 0, 0});
}

TEST_CASE("integer_search: ppo-lp-degenerate, an asset without a target is not bought to use up cash") {
    // The peer's program minimises Σ|drift| + what is left over, which is flat above the targets: a share of AMD, target 0, costs it nothing. Prices of
    // the same kind of book.
    const std::vector<double> price{11.0, 1000.0, 170.0, 185.0, 190.0, 70.0, 175.0, 36.0, 60.0};
    const std::vector<double> weight{0.0, 0.1, 0.07, 0.22, 0.08, 0.007, 0.33, 0.19, 0.006};
    for (const integer_distance kind : {integer_distance::squared, integer_distance::absolute, integer_distance::tracking})
        for (const bool targeted : {false, true}) {
            CAPTURE(static_cast<int>(kind), targeted);
            std::vector<detail::integer_row> rows;
            for (std::size_t i = 0; i < price.size(); ++i) rows.push_back(buys(price[i], 10000.0 * weight[i] / price[i]));
            rows[0].targeted = targeted;
            auto p = book_of(rows, 10000.0);
            p.p.wealth = 10000.0;
            p.p.distance = kind;
            if (kind == integer_distance::tracking) {
                p.p.risk = {.layout = risk_layout::factor, .ready = true};
                p.specific.assign(9, 0.03);
                p.loadings.assign(9, 1.0);
                p.factor_covariance = {0.04};
            }
            const auto found = p.search({});
            CHECK(found.answer.proved);
            if (!targeted || kind != integer_distance::tracking) CHECK(found.counts[0] == 0);
            const counts with{1, 1, 4, 12, 4, 1, 20, 54, 1}, without{0, 1, 4, 12, 4, 1, 20, 54, 1};
            if (kind != integer_distance::tracking) CHECK(p.objective(without) < p.objective(with));
            if (p.allowed(without)) CHECK(found.answer.objective <= p.objective(without));
        }
}

TEST_CASE("integer_search: what has no target only moves toward its goal, whatever is allowed") {
    auto r = buys(10.0, 0.0);
    r.targeted = false;
    r.value = 35.0;
    r.allowed[0] = {-9, 9};
    auto p = book_of({r, buys(1.0, 10.0)});
    p.p.distance = integer_distance::tracking;
    p.p.risk_aversion = 2.0;
    p.p.risk = {.layout = risk_layout::dense, .ready = true};
    p.specific = {1.0, 1.0};
    // So much of a hedge for the other row, whose way up is blocked, that risk alone would have it sold short or bought.
    for (const double c : {-0.9, 0.9}) {
        p.dense = {1.0, 5.0 * c, 5.0 * c, 25.0};
        p.rows[1].allowed[0] = {0, 1};
        p.rows[1].goal = 1000.0;
        const auto found = p.search({});
        CHECK(found.counts[0] <= 0);
        CHECK(found.counts[0] >= -3);
        p.rows[1].goal = -1000.0;
        const auto opposite = p.search({});
        CHECK(opposite.counts[0] <= 0);
        CHECK(opposite.counts[0] >= -3);
        CHECK(found.counts[0] != opposite.counts[0]);
    }
}

TEST_CASE("integer_search: risk alone decides, against the closed form of two assets") {
    // With e₁ fixed, λ/2·eᵀΣe is least at e₂ = −e₁·Σ₁₂/Σ₂₂.
    auto fixed = buys(1.0, 0.0);
    fixed.intervals = 0;
    fixed.value = 100.0;
    auto hedge = buys(1.0, 0.0);
    hedge.allowed[0] = {-1000, 1000};
    auto p = book_of({fixed, hedge});
    p.p.distance = integer_distance::tracking;
    p.p.risk = {.layout = risk_layout::dense, .ready = true};
    p.specific = {0.09, 0.04};
    p.dense = {0.09, 0.0303, 0.0303, 0.04};
    const auto found = p.search({});
    CHECK(found.counts == counts{0, -76});  // 75.75
    CHECK(found.answer.proved);
    CHECK(found.answer.objective == Approx(0.5 * (0.09 * 0.01 - 2.0 * 0.0303 * 0.0076 + 0.04 * 0.076 * 0.076)));
}

TEST_CASE("diagonal_split: what is left of a covariance stays positive semidefinite, and little is left to gain") {
    dice d{8};
    for (int c = 0; c < 100; ++c) {
        const std::size_t n = 1 + d.below(25);
        std::vector<double> a(n * n, 0.0), out(n), memory(2 * n * n), zero(n, 0.0);
        for (std::size_t i = 0; i < n; ++i) a[i * n + i] = d.scale(0.01, 0.1);
        for (int f = 0; f < 3; ++f) {
            std::vector<double> x(n);
            for (double& v : x) v = 0.2 * d.normal();
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) a[i * n + j] += x[i] * x[j];
        }
        detail::split_diagonal(a.data(), n, out.data(), memory.data());
        double taken = 0.0, specific = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(out[i] >= 0.0);
            taken += out[i];
            specific += a[i * n + i];
        }
        CHECK(taken > 0.05 * specific);
        for (int k = 0; k < 50; ++k) {  // xᵀ(A − D)x ≥ 0
            std::vector<double> x(n);
            for (double& v : x) v = d.normal();
            double form = 0.0, size = 0.0;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < n; ++j) {
                    form += x[i] * (a[i * n + j] - (i == j ? out[i] : 0.0)) * x[j];
                    size += std::fabs(x[i] * a[i * n + j] * x[j]);
                }
            CHECK(form >= -1e-13 * size);
        }
    }
    // Singular: nothing can be taken out.
    const std::vector<double> ones(9, 1.0);
    std::vector<double> out(3, 7.0), memory(18);
    detail::split_diagonal(ones.data(), 3, out.data(), memory.data());
    CHECK(out == std::vector<double>{0.0, 0.0, 0.0});
}

TEST_CASE("heap_sort: sorts") {
    dice d{3};
    for (int c = 0; c < 200; ++c) {
        std::vector<std::uint32_t> x(d.below(60));
        for (auto& v : x) v = static_cast<std::uint32_t>(d.below(40));
        auto sorted = x;
        std::sort(sorted.begin(), sorted.end());
        detail::heap_sort(x.data(), x.size(), [](std::uint32_t a, std::uint32_t b) { return a < b; });
        CHECK(x == sorted);
    }
}
