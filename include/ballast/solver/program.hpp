/// The problem of one period as plain numbers: risk and return against costs, within limits.
///
///   minimise over w   (γ/2)(w − b)ᵀΣ(w − b) − αᵀw + Σ φᵢ(wᵢ − hᵢ)
///   subject to        lᵢ ≤ wᵢ ≤ uᵢ                         bounds of each asset
///                     β₋ ≤ Σwᵢ [+ Σφᵢ] ≤ β₊                the budget, with the costs in it or without
///                     r₋ ≤ A w ≤ r₊                        rows: groups, sectors, exposures, beta, net
///                     ½Σ|wᵢ − hᵢ| ≤ T                      turnover
///                     Σ|wᵢ| ≤ L                            leverage
///                     (w − b)ᵀΣ(w − b) ≤ TE²               tracking error
///                     Σ φᵢ(wᵢ − hᵢ) ≤ C                    costs
///
/// with Σ = F Ω Fᵀ + D, diagonal or dense, and φᵢ(x) = costᵢ(W·x)/W of a bound convex cost, where W is the money that a w of 1 stands for.
///
/// Each limit but the bounds has a price y, which is above 0 only where its upper side is reached and below 0 only where its lower side
/// is: by so much the objective would fall were there one unit more room. With g = γΣ(w − b) − α, the price ν of the budget, μ of the rows, τ of
/// turnover, λ of leverage, w is best where for every asset
///   0 ∈ gᵢ + ν + (Aᵀμ)ᵢ + (1 + [costs inside]·ν)·∂φᵢ + τ/2·∂|wᵢ − hᵢ| + λ·∂|wᵢ| + normals of [lᵢ, uᵢ]
/// and every limit holds, with a price of 0 where it is not reached. The price θ of the tracking error is one of ½(w − b)ᵀΣ(w − b) ≤ ½TE², so that
/// risk weighs γ + θ instead of γ, and the price κ of the costs makes each weigh κ more (Karush, Kuhn and Tucker; Rockafellar 1970, Convex Analysis, §28).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "../core/decision.hpp"
#include "../core/fault.hpp"
#include "../core/risk_view.hpp"

namespace ballast::inline v0::solver {

/// What is to be solved. Spans are the caller's; n entries where not said otherwise. Units of w: shares of the wealth, or money, or any.
struct program {
    risk_view risk{};                           ///< n assets; a dense one has to be positive semidefinite, but for rounding
    double risk_aversion = 1.0;                 ///< γ, at or above 0; times the horizon where a yearly risk counts for another time
    double wealth = 1.0;                        ///< W, above 0: a trade of x costs cost(i, W·x)/W
    std::span<const double> benchmark{};        ///< b: without costs and limits, and without α, the best w
    std::span<const double> held{};             ///< h: no cost is paid here
    std::span<const double> expected_return{};  ///< α; empty: 0
    /// Bounds of each w; may be infinite.
    /// @{
    std::span<const double> lower{};
    std::span<const double> upper{};
    /// @}
    /// Of the sum of all w; equal ones are an equality.
    /// @{
    double budget_lower = -std::numeric_limits<double>::infinity();
    double budget_upper = std::numeric_limits<double>::infinity();
    /// @}
    bool costs_inside = false;       ///< the sum is of all w and all costs; there is no lower side then, as it would not be convex
    std::span<const double> rows{};  ///< A, m × n, row by row
    /// m entries, may be infinite.
    /// @{
    std::span<const double> row_lower{};
    std::span<const double> row_upper{};
    /// @}
    double turnover = std::numeric_limits<double>::infinity();  ///< T, one-way, at or above 0
    double leverage = std::numeric_limits<double>::infinity();  ///< L, at or above 0
    /// TE, at or above 0; of a yearly Σ over a year: the volatility of w beside b.
    double tracking_error = std::numeric_limits<double>::infinity();
    double costs = std::numeric_limits<double>::infinity();  ///< C, at or above 0

    [[nodiscard]] std::size_t assets() const noexcept { return held.size(); }
    /// m.
    [[nodiscard]] std::size_t row_count() const noexcept { return row_lower.size(); }
    /// The expected return of an asset; 0 where none are given.
    [[nodiscard]] double alpha(std::size_t i) const noexcept { return expected_return.empty() ? 0.0 : expected_return[i]; }
    /// The coefficient of an asset in a row.
    [[nodiscard]] double coefficient(std::size_t row, std::size_t asset) const noexcept { return rows[row * assets() + asset]; }
};

/// The prices of the limits, in units of the objective per unit of w; signs as said at the top. Where limits contradict each other they are the
/// proof of that instead: see `search_end::infeasible`.
struct shadow_prices {
    double budget = 0.0;      ///< of the sum
    double turnover = 0.0;    ///< at or above 0
    double leverage = 0.0;    ///< at or above 0
    double risk = 0.0;        ///< θ, of half the squared tracking error, at or above 0; θ·TE is that of TE itself
    double costs = 0.0;       ///< κ, at or above 0
    std::span<double> row{};  ///< m
};

/// How good an answer is. Relative numbers are divided by the sizes of the terms that were added up to get them.
struct certificate {
    search_end how = search_end::none;  ///< what ended the search
    int iterations = 0;                 ///< steps of the search
    double objective = 0.0;             ///< at the answer
    double gap = 0.0;                   ///< no point within the limits is better by more than this; infinity where nothing tells
    double relative_gap = 0.0;          ///< beside the objective's terms
    double primal = 0.0;                ///< largest by which a limit or bound is missed, in its own units
    double relative_primal = 0.0;       ///< beside the limit's terms
    double dual = 0.0;                  ///< largest by which an asset misses its condition, in units of the objective per unit of w
    double relative_dual = 0.0;         ///< beside the terms of its condition
    double complementarity = 0.0;       ///< largest |price|·room left, in units of the objective
    v0::fault fault{};                  ///< which input is not as it has to be; or bounds that contradict each other
};

/// An answer. The spans are the caller's, sized before: n positions, as many factor prices as there are factors (none where Σ is dense), m prices of rows.
struct program_answer {
    std::span<double> position{};           ///< w
    std::span<double> factor_price{};       ///< γΩFᵀ(w − b)
    shadow_prices price{};                  ///< of the limits
    v0::solver::certificate certificate{};  ///< how good it is
    /// On entry: the prices that stand here are where the search begins; of a dense Σ the positions as well. They decide how long it takes, not
    /// what it finds.
    bool warm = false;
};

/// Options of a search.
struct search_options {
    int iterations = 1000;  ///< steps that are allowed, above 0
    bool closest = false;   ///< where limits contradict each other, look for the point that misses them least
};

}  // namespace ballast::inline v0::solver
