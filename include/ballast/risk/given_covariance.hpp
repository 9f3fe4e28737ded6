/// A covariance matrix that the host knows better.
#pragma once

#include <vector>

#include "concept.hpp"
#include "detail/given_matrix.hpp"

namespace ballast::inline v0::risk {

/// Passes `market_view::covariance` through, as of the newest tick that had it; not ready before one did. Per year, of the assets in their order,
/// n × n numbers row by row. A fault that changes nothing is a column of another size (`size_mismatch`), and (`bad_covariance`, with the asset) a
/// matrix with a variance that is negative, an entry that is not finite, two entries for one pair that differ by more than 1e-9 of the product of
/// their volatilities (of two that differ by less the one above the diagonal counts), or a matrix that is not positive semidefinite: its
/// correlations have an eigenvalue below −1e-8. Such a one is repaired by `nearest_covariance`; one with an eigenvalue below 0 but not that far,
/// which few digits make, has its covariances made smaller by 2e-8 of them, and is positive semidefinite then. A split changes nothing: returns are told.
///
/// O(n²) per tick that has the matrix, O(n³/6) where it is a new one; 2n² + 2n numbers of memory.
struct given_covariance {
    static constexpr const char* name = "given_covariance";
    static constexpr risk_need provides = risk_need::covariance;

    struct estimate {
        std::vector<double> variance{};  ///< n, per year
        std::vector<double> dense{};     ///< n × n, per year, row by row
        bool ready = false;              ///< whether there is a matrix

        /// Scratch: no part of what is remembered. `check` works in it: two threads do not check ticks against one estimate at a time.
        mutable v0::detail::covariance_test test{};

        void prepare(const sizes& s) {
            variance.assign(s.assets, 0.0);
            dense.assign(s.assets * s.assets, 0.0);
            test.make_room(s.assets);
            ready = false;
        }
        template <class Self, class Visit>
        static void fields(Self& e, Visit&& visit) {
            visit(e.variance);
            visit(e.dense);
            visit(e.ready);
        }
    };

    [[nodiscard]] fault check(const estimate& e, const market_view& m) const noexcept {
        if (m.covariance.empty()) return {};
        return e.test(m.covariance, fault_code::bad_covariance);
    }
    [[nodiscard]] fault observe(estimate& e, const market_view& m) const noexcept {
        if (const fault f = check(e, m)) return f;
        if (m.covariance.empty()) return {};
        const std::size_t n = e.variance.size();
        v0::detail::copy_passed(m.covariance, e.test, e.dense.data());
        for (std::size_t i = 0; i < n; ++i) e.variance[i] = e.dense[i * n + i];
        e.ready = true;
        return {};
    }
    [[nodiscard]] risk_view view(const estimate& e) const noexcept {
        return {.layout = risk_layout::dense, .ready = e.ready || e.variance.empty(), .specific = e.variance, .dense = e.dense};
    }
};

}  // namespace ballast::inline v0::risk
