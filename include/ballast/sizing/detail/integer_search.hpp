/// Whole steps chosen to make a declared distance plus cost as small as possible: exactly for few rows, with a proved bound for many.
#pragma once

#include "integer_budget_tree.hpp"
#include "integer_risk_tree.hpp"

namespace ballast::inline v0::detail {

/// The whole search over one model.
template <class Cost, class Takes>
class integer_searcher {
public:
    using model = integer_model<Cost, Takes>;

    integer_searcher(const model& of, const integer_effort& effort) noexcept : m_(of), s_(of.s), effort_(effort), local_(of), bound_(of) {}

    integer_answer search() noexcept {
        integer_answer out;
        const std::size_t m = m_.m;
        if (m == 0) return without_rows();
        const std::uint64_t pairs = effort_.exchanges < 2000 * m ? effort_.exchanges : 2000 * m;
        const bool plain = local_.round_plainly();
        out.plain = integer_problem::infinity;
        if (plain && local_.consider(s_.k.data())) out.plain = local_.objective;
        if (plain) {
            for (std::size_t r = 0; r < m; ++r) s_.trial[r] = s_.k[r];
            local_.serve_deficits();
            local_.consider(s_.k.data());
            for (std::size_t r = 0; r < m; ++r) s_.k[r] = s_.trial[r];
            local_.improve(pairs);
        }
        stand_still();
        for (std::size_t r = 0; r < m; ++r) s_.gradient[r] = m_.eps(r, local_.objective < integer_problem::infinity ? s_.best[r] : 0);
        if (bound_.solve(s_.gradient.data()) && m_.fits(s_.found.data())) from(s_.found.data(), pairs);
        if (!(local_.objective < integer_problem::infinity) && !raise_cash(pairs)) return beyond_means(out);
        local_.polish(pairs);
        out.bound = bound_.value;
        settle(out);
        if (!out.proved && m <= effort_.exact_rows && m <= integer_scratch::most_exact) climb_trees(out);
        return finish(out);
    }

private:
    const model& m_;
    integer_scratch& s_;
    integer_effort effort_;
    integer_local<model> local_;
    integer_bound<model> bound_;
    double rounding_ = 0.0;  ///< of the tree

    integer_answer without_rows() const noexcept {
        integer_answer out;
        out.feasible = !(m_.p.means < 0.0);
        out.proved = true;
        out.objective = out.plain = m_.constant;
        if (!out.feasible) out.plain = out.bound = integer_problem::infinity;
        if (!out.feasible) return out;
        const double size = m_.constant_size + 2.0 * m_.fixed_risk * m_.fixed_risk;
        out.bound = m_.constant - size * static_cast<double>(m_.p.rows.size() + 8) / 2251799813685248.0;
        return out;
    }
    /// No trade at all is always looked at.
    void stand_still() noexcept {
        for (std::size_t r = 0; r < m_.m; ++r) s_.trial[r] = 0;
        local_.consider(s_.trial.data());
    }
    void from(const std::int64_t* k, std::uint64_t pairs) noexcept {
        for (std::size_t r = 0; r < m_.m; ++r) s_.k[r] = k[r];
        local_.consider(s_.k.data());
        local_.improve(pairs);
    }
    /// What takes the least cash of all, where even that is wanted.
    bool raise_cash(std::uint64_t pairs) noexcept {
        least_cash(false);
        if (!local_.consider(s_.k.data())) return false;
        from(s_.best.data(), pairs);
        return true;
    }
    /// The least that the rows can take (base currency), proved or of counts at the ends of intervals, which are left in s.k.
    double least_cash(bool proof) noexcept {
        const std::size_t m = m_.m;
        for (std::size_t r = 0; r < m; ++r) {
            double least = 0.0;
            s_.k[r] = 0;
            for (std::size_t j = 0; j < s_.piece_count[r]; ++j) {
                const count_interval c = m_.piece(r)[j];
                if (c.lo == 0 && c.hi == 0) continue;
                if (proof) {
                    const double x = s_.a[r] * static_cast<double>(c.lo) + m_.least_rest(r, c.lo, c.hi);
                    if (x < least) least = x;
                    continue;
                }
                for (const std::int64_t k : {c.lo, c.hi})
                    if (const double x = m_.take_of(r, k); x < least) {
                        least = x;
                        s_.k[r] = k;
                    }
            }
            s_.gain[r] = least;
            s_.order[r] = static_cast<std::uint32_t>(r);
        }
        heap_sort(s_.order.data(), m,
                  [&](std::uint32_t x, std::uint32_t y) { return s_.gain[x] != s_.gain[y] ? s_.gain[x] < s_.gain[y] : x < y; });
        double sum = 0.0;
        for (std::size_t j = 0; j < m; ++j) {
            if (j < m_.orders)
                sum += s_.gain[s_.order[j]];
            else
                s_.k[s_.order[j]] = 0;
        }
        return sum;
    }
    /// Nothing was found that keeps the budget: the sales of plain rounding alone, which bring the book nearer to both.
    integer_answer beyond_means(integer_answer out) noexcept {
        const double least = least_cash(true);
        out.proved = least > m_.means + 1e-12 * (absolute(m_.means) + absolute(least));
        local_.round_plainly();
        for (std::size_t r = 0; r < m_.m; ++r) s_.best[r] = s_.k[r] < 0 ? s_.k[r] : 0;
        out.objective = m_.objective(s_.best.data());
        out.bound = out.proved ? integer_problem::infinity : bound_.value;
        return out;
    }
    void settle(integer_answer& out) const noexcept {
        out.feasible = true;
        out.objective = local_.objective;
        if (out.bound > out.objective - local_.noise) out.bound = out.objective - local_.noise;
        out.proved = out.gap() <= effort_.tolerance * absolute(out.objective) + 2.0 * (local_.noise + rounding_);
    }
    void climb_trees(integer_answer& out) noexcept {
        for (int pass = 0; pass < 4 && !out.proved && out.nodes < effort_.nodes; ++pass) {
            const double before = out.gap();
            const bool complete = m_.coupled ? climb<integer_risk_tree<model>>(out) : climb<integer_budget_tree<model>>(out);
            local_.polish(64 * m_.m);
            settle(out);
            // Another pass only helps where fine rows have left a gap: their counts are looked at more closely the smaller it is.
            if (!complete || out.gap() > 0.5 * before) break;
        }
    }
    template <class Tree>
    bool climb(integer_answer& out) noexcept {
        Tree tree(m_, local_, effort_.nodes - out.nodes, effort_.tolerance);
        const double found = tree.search(bound_);
        out.nodes += tree.nodes;
        rounding_ = tree.rounding;
        if (found > out.bound) out.bound = found;
        return tree.complete;
    }
    integer_answer finish(integer_answer out) noexcept {
        settle(out);
        return out;
    }
};

/// Chooses counts, one for each row of the problem, into `counts`, and says how good they are. `cost(i, notional)` is in base currency, 0 at 0
/// and of any shape (see tells_least_cost for what is asked of it over long ranges), `takes(i, count)` the cash that a trade takes at worst,
/// below 0 for sales; both noexcept. The answer is never worse than plain rounding, nor than no trade, where those keep the budget; ties go to fewer
/// orders, then to less traded, then to the smaller keys. It depends on nothing but the arguments; permuting the rows with their keys
/// permutes it. Where nothing keeps the budget, the counts are the sales of plain rounding, and `feasible` is false. Nothing is allocated: a
/// scratch that does not hold the rows is answered by no trade, neither feasible nor proved. O(n log n) for a bound (risk: times what a product
/// with the covariance takes), plus the exchange search and, up to `exact_rows`, a tree.
template <class Cost, class Takes>
integer_answer search_integers(const integer_problem& p, const Cost& cost, const Takes& takes, integer_scratch& scratch,
                               std::span<std::int64_t> counts, const integer_effort& effort = {}) noexcept {
    static_assert(noexcept(cost(std::size_t{}, 0.0))&& noexcept(takes(std::size_t{}, std::int64_t{})));
    for (auto& k : counts) k = 0;
    if (!scratch.holds(p.rows.size(), p.distance == integer_distance::tracking ? p.risk.factors() : 0)) return {};
    const integer_model<Cost, Takes> model(p, cost, takes, scratch);
    const integer_answer out = integer_searcher<Cost, Takes>(model, effort).search();
    for (std::size_t r = 0; r < model.m; ++r) counts[scratch.row[r]] = scratch.best[r];
    return out;
}

}  // namespace ballast::inline v0::detail
