/// Solves a program of one period that also limits its tracking error and its costs, exactly and with proof.
#pragma once

#include <cstddef>
#include <limits>

#include "../cost/concept.hpp"
#include "detail/check_program.hpp"
#include "detail/limited_point.hpp"
#include "detail/limited_run.hpp"
#include "price_search.hpp"
#include "program.hpp"

namespace ballast::inline v0::solver {

/// `price_search` for programs that may also have limits on the tracking error and on the costs; those without are solved by it alone.
///
/// A limit that the best answer without it keeps has no price. For one that it does not keep, the price is searched at which the limit is met:
/// to 1e-11 of it, from within but for rounding, in some two to eight programs, each of which begins where the one before ended; for both, the
/// price of the costs is searched anew for each price of the tracking error. The factor prices of an answer are (γ + θ)ΩFᵀ(w − b).
///
/// Where the sum of costs jumps with its price, or nothing weighs risk but the limit's own price, there is more than one best
/// answer: that on the straight line between those of both sides of the jump is the one that meets the limit, and is told if its conditions
/// hold. A limit that leaves just what is least of all, as a tracking error of 0 does, is met to 2e-10 of the size of its terms, with
/// as high a price as that takes; it may have none that is finite.
///
/// A tracking error that nothing within the other limits attains is `infeasible`: the answer is then the w of the least, its price of the tracking error
/// is 1, and the other prices y are the proof: for all w within the bounds ½(w − b)ᵀΣ(w − b) + Σ yⱼ·rⱼ(w) > ½TE² + Σ (yⱼ > 0 ? upperⱼ : lowerⱼ)·yⱼ, by
/// more than the `gap`, with the costs and C among the sums where they are limited. Costs that are not attained likewise, with a price of 1 of
/// the costs: the answer is what costs least. Asked for the closest, that is it. Where limits other than these two contradict each other, it is as
/// for `price_search`.
///
/// `iterations` counts the steps of all programs; after the last of them the answer is the best within the limits that is known, as `stopped`.
/// Nothing is allocated after `prepare`.
class limited_search {
public:
    /// Makes room for n assets, k factors and m rows, and `dense` covariance matrices as well. Allocates: beside what `price_search` does, O(n + k + m).
    void prepare(std::size_t n, std::size_t k, std::size_t m, bool dense = false) {
        search_.prepare(n, k, m, dense);
        memory_.prepare(n, k, m);
        shared_ = false;
    }

    /// What all programs with this risk have in common is done once: see `price_search::prepare_shared`.
    /// @{
    [[nodiscard]] fault prepare_shared(const risk_view& risk) noexcept {
        const fault f = search_.prepare_shared(risk);
        shared_ = !f;
        return f;
    }
    void forget_shared() noexcept {
        search_.forget_shared();
        shared_ = false;
    }
    /// @}

    /// Fills in the answer, as `price_search::solve` does. Where the answer is warm its prices of the two limits are where their search
    /// begins. A tracking error or costs below 0, or no number: `bad_limit`.
    template <bound_cost View>
    void solve(const program& p, const View& view, program_answer& a, const search_options& how = {}) noexcept {
        constexpr double none = std::numeric_limits<double>::infinity();
        for (const double limit : {p.tracking_error, p.costs})
            if (!(limit >= 0.0)) {
                a.certificate = {};
                a.certificate.fault = {fault_code::bad_limit, no_index, limit};
                return;
            }
        if (p.tracking_error == none && p.costs == none) {
            search_.solve(p, view, a, how);
            a.price.risk = a.price.costs = 0.0;
            return;
        }
        a.certificate = {};
        a.certificate.fault = refused(p);
        if (a.certificate.fault) return;
        memory_.least_risk.known = memory_.cheapest.known = false;
        detail::limited_run<View>{p, view, search_, memory_, a, how}.solve();
        if (!shared_) search_.forget_shared();
    }

private:
    [[nodiscard]] fault refused(const program& p) noexcept {
        if (const fault f = detail::check_program(p, true)) return f;
        if (!memory_.holds(p.assets(), p.risk.layout == risk_layout::factor ? p.risk.factors() : 0, p.row_count()))
            return {fault_code::not_prepared, no_index, static_cast<double>(p.assets())};
        // Of all the programs of this search the risk is the same.
        return shared_ ? fault{} : search_.prepare_shared(p.risk);
    }

    price_search search_{};
    detail::limited_memory memory_{};
    bool shared_ = false;  ///< by the caller
};

}  // namespace ballast::inline v0::solver
