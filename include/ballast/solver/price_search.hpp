/// Solves a program of one period, exactly and with proof, by the few prices behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../cost/concept.hpp"
#include "detail/check_program.hpp"
#include "detail/price_memory.hpp"
#include "detail/price_proof.hpp"
#include "program.hpp"

namespace ballast::inline v0::solver {

/// The best w of a `program`, and the prices that prove it (see detail/price_run.hpp for how). O(n·(k + m)²) for the first step and O(n·(k + m)) for those after
/// it, in which few assets change sides; two to six steps as a rule. The same problem has the same answer, to the bit for costs that are linear on
/// both sides, wherever the search begins. Nothing is allocated after `prepare`, but O(n + (k + m)²) there.
class price_search {
public:
    /// Makes room for n assets, k factors and m rows, and `dense` covariance matrices as well. Allocates.
    void prepare(std::size_t n, std::size_t k, std::size_t m, bool dense = false) {
        memory_.prepare(n, k, m, dense);
        row_lower_.resize(m);
        row_upper_.resize(m);
    }

    /// Fills in the answer: its positions, prices and certificate. `view` has to be convex, and must not charge by the order. Where limits contradict
    /// each other, the positions are those held within their bounds, or the closest where that was asked for.
    template <bound_cost View>
    void solve(const program& p, const View& view, program_answer& a, const search_options& how = {}) noexcept {
        a.certificate = {};
        if (const fault f = refused(p, a)) {
            a.certificate.fault = f;
            return;
        }
        if (const std::uint32_t i = detail::first_crossed(p); i != no_index) {
            a.certificate.how = search_end::infeasible;
            a.certificate.fault = {fault_code::limits_conflict, i, p.lower[i] - p.upper[i]};
            stay(p, a);
            return;
        }
        detail::price_proof<View> run{p, view, memory_};
        if (!run.lay_out()) {
            a.certificate.fault = {fault_code::bad_risk, no_index, 0.0};
            return;
        }
        if (search(run, a, how.iterations)) return;
        bool conflict = run.proves_conflict();
        if (!conflict || how.closest) {
            run.start_again();
            run.give_way();
            run.begin_cold();
            (void)run.search(run.steps() + how.iterations);
            conflict = conflict || run.proves_conflict();
        }
        if (!conflict) return run.tell_what_there_is(a);
        if (how.closest) return solve_closest(p, view, run, a, how.iterations);
        run.tell_conflict(a);
        stay(p, a);
    }

private:
    /// True where that is the answer.
    template <class Run>
    [[nodiscard]] static bool search(Run& run, program_answer& a, int allowed) noexcept {
        const bool warm = a.warm && !run.way_shows();
        if (warm) {
            run.begin_warm(a, [&](std::size_t j) { return price_of(a, run.limit(j)); });
            run.begin_with_pieces_of(a);
        } else
            run.begin_cold();
        bool found = run.search(allowed);
        if (warm && !(found && run.from_pieces_alone())) {  // then as if nothing were known
            run.start_again();
            run.begin_cold();
            found = run.search(run.steps() + allowed);
        }
        if (!found) return false;
        run.certify(a);
        return a.certificate.relative_dual <= run.proved && a.certificate.relative_primal <= run.proved;
    }
    /// Limits are moved to where the point lies that misses them least; the best of the points that miss them no more is the answer.
    template <class View>
    void solve_closest(const program& p, const View& view, const detail::price_proof<View>& nearest, program_answer& a,
                       int allowed) noexcept {
        program wider = p;
        for (std::size_t j = 0; j < p.row_count(); ++j) {
            row_lower_[j] = p.row_lower[j];
            row_upper_[j] = p.row_upper[j];
        }
        wider.row_lower = std::span<const double>{row_lower_.data(), p.row_count()};
        wider.row_upper = std::span<const double>{row_upper_.data(), p.row_count()};
        for (std::size_t j = 0; j < nearest.limits(); ++j) {
            const double at = nearest.activity(j), least = nearest.range(j).lower, most = nearest.range(j).upper;
            const double slack = 1e-11 * nearest.size(j);
            const double low = at < least ? at - slack : least, high = at > most ? at + slack : most;
            switch (nearest.limit(j)) {
                case detail::budget_limit:
                    wider.budget_lower = low;
                    wider.budget_upper = high;
                    break;
                case detail::turnover_limit: wider.turnover = high; break;
                case detail::leverage_limit: wider.leverage = high; break;
                default: row_lower_[nearest.limit(j)] = low; row_upper_[nearest.limit(j)] = high;
            }
        }
        detail::price_proof<View> run{wider, view, memory_};
        a.warm = false;
        if (!run.lay_out() || !search(run, a, allowed)) run.tell_what_there_is(a);
        run.judge_by(p, a.certificate);
        if (a.certificate.how == search_end::best) a.certificate.how = search_end::closest;
    }
    [[nodiscard]] fault refused(const program& p, const program_answer& a) const noexcept {
        if (const fault f = detail::check_program(p)) return f;
        const std::size_t n = p.assets(), k = p.risk.factors(), m = p.row_count();
        const auto wrong = [](std::size_t size) -> fault { return {fault_code::size_mismatch, no_index, static_cast<double>(size)}; };
        if (a.position.size() != n) return wrong(a.position.size());
        if (p.risk.layout == risk_layout::factor && a.factor_price.size() != k) return wrong(a.factor_price.size());
        if (a.price.row.size() != m) return wrong(a.price.row.size());
        if (!memory_.holds(n, p.risk.layout == risk_layout::factor ? k : 0, m, p.risk.layout == risk_layout::dense))
            return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        return {};
    }
    [[nodiscard]] static double price_of(const program_answer& a, std::uint32_t limit) noexcept {
        switch (limit) {
            case detail::budget_limit: return a.price.budget;
            case detail::turnover_limit: return a.price.turnover;
            case detail::leverage_limit: return a.price.leverage;
            default: return a.price.row[limit];
        }
    }
    static void stay(const program& p, program_answer& a) noexcept {
        for (std::size_t i = 0; i < p.assets(); ++i) {
            const double h = p.held[i];
            a.position[i] = h < p.lower[i] ? p.lower[i] : h > p.upper[i] ? p.upper[i] : h;
        }
    }

    detail::price_memory memory_{};
    std::vector<double> row_lower_{}, row_upper_{};  ///< of limits that were moved
};

}  // namespace ballast::inline v0::solver
