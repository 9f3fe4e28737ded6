/// Whole steps: the problem, its answer, the memory in which it is solved, and the rows as the search sees them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "../../core/arithmetic.hpp"
#include "../../core/risk_view.hpp"

namespace ballast::inline v0::detail {

/// What the search makes small; with eᵢ what is left of the drift of row i, as a share of the wealth.
enum class integer_distance : std::uint8_t {
    squared,   ///< Σ eᵢ²
    absolute,  ///< Σ |eᵢ|
    tracking,  ///< λ/2 · eᵀΣe, with Σ of a risk view and a risk aversion λ
};

/// Counts of steps from lo to hi, both within ±2^52.
struct count_interval {
    std::int64_t lo = 0;
    std::int64_t hi = 0;
};

/// One row: e = value + step·k − goal is what is left of its drift (base currency) after k steps.
struct integer_row {
    double step = 0.0;               ///< notional of one step at the reference price, above 0
    double value = 0.0;              ///< position before
    double goal = 0.0;               ///< position wanted
    bool targeted = true;            ///< false: only toward the goal, never past it, whatever the intervals say
    std::uint8_t intervals = 0;      ///< how many of `allowed` count; none: the row is fixed
    count_interval allowed[4] = {};  ///< which counts may be traded besides 0: ascending, without overlap
};

/// minimise  distance(e / wealth) / scale + cost_weight · Σ cost(i, stepᵢ·kᵢ) / wealth
/// subject to  Σ takes(i, kᵢ) ≤ means,  at most max_orders rows with kᵢ ≠ 0,  kᵢ in {0} ∪ the allowed intervals.
struct integer_problem {
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    std::span<const integer_row> rows{};
    std::span<const std::uint64_t> key{};  ///< breaks ties: the smaller key goes first, then the smaller index; empty: the index
    double wealth = 1.0;                   ///< above 0
    double means = infinity;               ///< base currency
    std::size_t max_orders = static_cast<std::size_t>(-1);
    integer_distance distance = integer_distance::squared;
    double scale = 1.0;          ///< above 0
    double cost_weight = 1.0;    ///< at or above 0
    double risk_aversion = 1.0;  ///< at or above 0; tracking alone
    risk_view risk{};            ///< tracking alone: row i is asset i; Σ has to be positive semidefinite
};

/// How much work may be done.
struct integer_effort {
    std::size_t exact_rows = 25;        ///< up to so many rows that can move, branch and bound; 32 at most
    std::uint64_t nodes = 100'000;      ///< of the tree
    std::uint64_t exchanges = 200'000;  ///< pairs looked at by each exchange search, at most 2000 per row that can move
    double tolerance = 1e-9;            ///< proved: within so much of the objective
};

/// The certificate: bound ≤ the smallest objective that any choice can have ≤ objective.
struct integer_answer {
    bool feasible = false;   ///< the counts keep the budget and the number of orders
    bool proved = false;     ///< objective − bound ≤ tolerance · objective, or it is proved that nothing is feasible
    double objective = 0.0;  ///< of the counts
    double bound = 0.0;      ///< proved; −infinity where nothing could be
    double plain = 0.0;      ///< the objective of plain rounding; infinite where that does not keep the budget
    std::uint64_t nodes = 0;
    [[nodiscard]] double gap() const noexcept { return objective - bound; }
};

/// Memory of the search: `prepare` for as many rows, and factors of the risk view, as may come.
struct integer_scratch {
    static constexpr std::size_t pieces = 6;        ///< of a row: four intervals, split at 0, which is one itself
    static constexpr std::size_t most_exact = 32;   ///< rows of a tree
    static constexpr std::size_t most_dense = 256;  ///< rows up to which a dense Σ is split
    static constexpr std::size_t cells = 256;       ///< counts of a row that a tree looks at
    static constexpr std::size_t prices = 48;       ///< of the budget, in its tables

    std::vector<std::uint32_t> row{}, order{}, rank{};
    std::vector<std::uint8_t> piece_count{}, fine{};
    std::vector<count_interval> piece{};
    std::vector<double> a{}, b{}, q{}, linear{}, split{}, slope{}, eps{}, centre{}, best_centre{}, gradient{}, product{}, gain{}, least{},
        factor{}, loading{}, matrix{};
    std::vector<std::int64_t> k{}, best{}, trial{}, found{}, wish{};
    std::vector<double> tree{}, tree_matrix{}, cell_number{};
    std::vector<count_interval> cell{};
    std::vector<std::uint16_t> cell_count{}, child{};
    std::size_t rows = 0, factors = 0;

    void prepare(std::size_t n, std::size_t k_factors = 0) {
        rows = n;
        factors = k_factors;
        for (auto* v : {&row, &order, &rank}) v->resize(n);
        for (auto* v : {&piece_count, &fine}) v->resize(n);
        piece.resize(n * pieces);
        for (auto* v : {&a, &b, &q, &linear, &split, &slope, &eps, &centre, &best_centre, &gradient, &product, &gain, &least}) v->resize(n);
        factor.resize((k_factors + 1) * (k_factors + 4));
        loading.resize(n * k_factors);
        const std::size_t d = n < most_dense ? n : most_dense;
        matrix.resize(3 * d * d);
        for (auto* v : {&k, &best, &trial, &found, &wish}) v->resize(n);
        const std::size_t t = n < most_exact ? n : most_exact;
        tree.resize((t + 1) * (t + 1) * prices + 8 * t * (t + 1));
        tree_matrix.resize(3 * t * t);
        cell.resize(t * cells);
        cell_number.resize(5 * t * cells);
        cell_count.resize(t);
        child.resize(t * cells);
    }
    [[nodiscard]] bool holds(std::size_t n, std::size_t k_factors) const noexcept { return n <= rows && k_factors <= factors; }
};

/// Sorts indices in place without memory of its own (Williams 1964, Floyd 1964).
template <class Index, class Less>
constexpr void heap_sort(Index* x, std::size_t n, Less less) noexcept {
    const auto sift = [&](std::size_t root, std::size_t end) {
        const Index moved = x[root];
        for (std::size_t child = 2 * root + 1; child < end; child = 2 * root + 1) {
            if (child + 1 < end && less(x[child], x[child + 1])) ++child;
            if (!less(moved, x[child])) break;
            x[root] = x[child];
            root = child;
        }
        x[root] = moved;
    };
    for (std::size_t i = n / 2; i-- > 0;) sift(i, n);
    for (std::size_t end = n; end-- > 1;) {
        const Index last = x[0];
        x[0] = x[end];
        x[end] = last;
        sift(0, end);
    }
}

/// Costs or cash that tell the least that they can be over a range of counts of one sign; without it the least is taken to be at an end,
/// as it is for what rises or falls all the way, or is concave. Ranges of counts that are looked at one by one do not need it.
template <class F>
concept tells_least_cost = requires(const F& f, std::size_t i, double x) {
    { f.least(i, x, x) }
    noexcept->std::same_as<double>;
};
template <class F>
concept tells_least_takes = requires(const F& f, std::size_t i, std::int64_t k) {
    { f.least(i, k, k) }
    noexcept->std::same_as<double>;  // of takes − step·k
};

constexpr double at_least_zero(double x) noexcept { return x > 0.0 ? x : 0.0; }

/// q·e² + p·|e| + l·e.
constexpr double distance_term(double q, double p, double l, double e) noexcept { return (q * e + l) * e + p * absolute(e); }

/// Where that is smallest from lo to hi; q and p at or above 0.
constexpr double least_term_at(double q, double p, double l, double lo, double hi) noexcept {
    double e = 0.0;
    if (-l > p)
        e = q > 0.0 ? (-l - p) / (2.0 * q) : hi;
    else if (l > p)
        e = q > 0.0 ? -(l - p) / (2.0 * q) : lo;
    return e < lo ? lo : e > hi ? hi : e;
}
constexpr double least_term(double q, double p, double l, double lo, double hi) noexcept {
    return distance_term(q, p, l, least_term_at(q, p, l, lo, hi));
}

/// A double as a count, within ±2^52.
constexpr std::int64_t to_count(double x) noexcept {
    constexpr double most = 4503599627370496.0;
    return static_cast<std::int64_t>(x > most ? most : x < -most ? -most : x);
}
constexpr std::int64_t floor_count(double x) noexcept {
    const std::int64_t t = to_count(x);
    return static_cast<double>(t) > x ? t - 1 : t;
}

}  // namespace ballast::inline v0::detail
