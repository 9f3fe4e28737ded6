/// Solves a program of one period, exactly and with proof, by the few prices behind it.
#pragma once

#include <bit>
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
/// both sides, wherever the search begins; but where assets without costs stand for each other in a singular Σ there are many that are as good,
/// and it may be another of them. Nothing is allocated after `prepare`, but O(n + (k + m)²) there.
///
/// Of a dense Σ: O(n³) for its check, and O(f³ + n²) for each step, f the assets that trade and are at no bound; O((n + m)²) of memory.
class price_search {
public:
    /// Makes room for n assets, k factors and m rows, and `dense` covariance matrices as well. Allocates.
    void prepare(std::size_t n, std::size_t k, std::size_t m, bool dense = false) {
        forget_shared();
        memory_.prepare(n, k, m, dense);
        row_lower_.resize(m);
        row_upper_.resize(m);
    }

    /// What all programs with this risk have in common is done once: its numbers are checked, the factor covariance is taken apart, a dense matrix is
    /// found to be positive semidefinite. Programs with the very same view, its spans where they are, are spared it from then on, until one with
    /// another view is solved, and as long as the numbers in it stay what they are: when they change call this again, or `forget_shared`. Called
    /// with the numbers of the last time it reads them once, and no more.
    ///
    /// Faults, after which nothing is shared: that of a program with such a risk, a size without room (`not_prepared`), and a matrix that is
    /// not positive semidefinite (`bad_risk`, with its most negative eigenvalue, to 1 percent).
    [[nodiscard]] fault prepare_shared(const risk_view& risk) noexcept {
        const std::uint64_t print = fingerprint(risk);
        const bool same =
            shared_ && print == print_ && risk.specific.size() == shared_risk_.specific.size() && risk.layout == shared_risk_.layout;
        shared_ = false;
        if (!same)
            if (const fault f = take_shared(risk)) return f;
        shared_risk_ = risk;
        print_ = print;
        shared_ = true;
        return {};
    }
    /// Every program is checked again.
    void forget_shared() noexcept { shared_ = false; }

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
        const bool known_risk = shares(p.risk);
        if (!known_risk) forget_shared();  // what is worked out of this one takes its place
        if (const fault f = run.lay_out(known_risk)) {
            a.certificate.fault = f;
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
        if (warm && !(found && run.from_pieces_alone() && !run.way_shows())) {  // then as if nothing were known
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
        if (run.lay_out(true) || !search(run, a, allowed)) run.tell_what_there_is(a);
        run.judge_by(p, a.certificate);
        if (a.certificate.how == search_end::best) a.certificate.how = search_end::closest;
    }
    [[nodiscard]] fault refused(const program& p, const program_answer& a) const noexcept {
        if (const fault f = detail::check_program(p, shares(p.risk))) return f;
        for (const double most : {p.tracking_error, p.costs})  // those are for who searches for their prices
            if (detail::finite(most)) return {fault_code::bad_limit, no_index, most};
        const std::size_t n = p.assets(), k = p.risk.factors(), m = p.row_count();
        const auto wrong = [](std::size_t size) -> fault { return {fault_code::size_mismatch, no_index, static_cast<double>(size)}; };
        if (a.position.size() != n) return wrong(a.position.size());
        if (p.risk.layout == risk_layout::factor && a.factor_price.size() != k) return wrong(a.factor_price.size());
        if (a.price.row.size() != m) return wrong(a.price.row.size());
        if (!memory_.holds(n, p.risk.layout == risk_layout::factor ? k : 0, m, p.risk.layout == risk_layout::dense))
            return {fault_code::not_prepared, no_index, static_cast<double>(n)};
        return {};
    }
    /// Whether its numbers are known to be those of a covariance matrix.
    [[nodiscard]] bool shares(const risk_view& r) const noexcept {
        const auto same = [](std::span<const double> x, std::span<const double> y) { return x.data() == y.data() && x.size() == y.size(); };
        const risk_view& s = shared_risk_;
        return shared_ && r.layout == s.layout && same(r.specific, s.specific) && same(r.dense, s.dense) && same(r.loadings, s.loadings) &&
               same(r.factor_covariance, s.factor_covariance);
    }
    [[nodiscard]] fault take_shared(const risk_view& risk) noexcept {
        const program alone{
            .risk = risk, .benchmark = risk.specific, .held = risk.specific, .lower = risk.specific, .upper = risk.specific};
        if (risk.layout == risk_layout::none) return {fault_code::risk_not_ready, no_index, 0.0};
        if (const fault f = detail::program_check::sizes(alone)) return f;
        if (const fault f = detail::program_check::risk(risk)) return f;
        const bool dense = risk.layout == risk_layout::dense;
        if (!memory_.holds(alone.assets(), risk.layout == risk_layout::factor ? risk.factors() : 0, 0, dense))
            return {fault_code::not_prepared, no_index, static_cast<double>(alone.assets())};
        return dense ? detail::price_covariance{alone, memory_}.take_risk() : detail::price_factors{alone, memory_}.take_risk();
    }
    /// Of all numbers of a view; two that differ have the same one by accident once in 2^64.
    [[nodiscard]] static std::uint64_t fingerprint(const risk_view& r) noexcept {
        std::uint64_t lane[8] = {};
        const auto read = [&](std::span<const double> x) {
            for (std::size_t i = 0; i < x.size(); ++i) {
                std::uint64_t& l = lane[i % 8];
                l = (l ^ std::bit_cast<std::uint64_t>(x[i])) * 0x9e3779b97f4a7c15u + x.size();
                l ^= l >> 29;  // a sign that changed is the uppermost bit, which a product leaves where it is
            }
        };
        for (const auto& x : {r.specific, r.dense, r.loadings, r.factor_covariance}) read(x);
        std::uint64_t all = 0;
        for (const std::uint64_t l : lane) all = (all ^ (l >> 29) ^ l) * 0xbf58476d1ce4e5b9u;
        return all;
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
    risk_view shared_risk_{};
    std::uint64_t print_ = 0;  ///< of its numbers
    bool shared_ = false;
};

}  // namespace ballast::inline v0::solver
