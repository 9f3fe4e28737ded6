/// Sizing: from wanted positions to orders that can be sent.
///
/// | expression                                                    | required | meaning                                            |
/// |---------------------------------------------------------------|----------|----------------------------------------------------|
/// | `s.size(problem, bound cost, solution, sizing_scratch&, decision&)` | yes | writes orders, reasons, costs, cash and weights after; `fault` where a quantity can not be counted |
/// | `s.validate()`, `s.covers(n)`                                 | no       | configuration                                      |
///
/// Models here: reconciled. A small one of one's own is examples/custom/sizing.cpp.
#pragma once

#include <concepts>
#include <cstdint>
#include <vector>

#include "../core/decision.hpp"
#include "../core/fault.hpp"
#include "../core/look.hpp"
#include "../solver/concept.hpp"
#include "../solver/detail/rounding.hpp"

namespace ballast::inline v0 {

/// Memory of the workspace in which sizing works, per asset.
struct sizing_scratch {
    /// The trade of each asset: units, notional, cost, whole steps, and what made it smaller.
    /// @{
    std::vector<double> quantity{}, notional{}, cost{};
    std::vector<int128> steps{};
    std::vector<why> cut{};
    /// @}
    std::vector<std::uint32_t> buys{};  ///< assets, in any order

    void prepare(const sizes& s) {
        for (auto* v : {&quantity, &notional, &cost}) v->resize(s.assets);
        steps.resize(s.assets);
        cut.resize(s.assets);
        buys.resize(s.assets);
    }
    /// Whether there is room for so many.
    [[nodiscard]] bool holds(std::size_t assets) const noexcept { return buys.size() >= assets; }
};

/// What a sizing must have: `size`. The table at the top of this header says what else it may have.
template <class S>
concept sizing_policy = requires(const S& s, const problem& p, const detail::any_linear_view& c, solution& sol, sizing_scratch& m,
                                 decision& d) {
    { s.size(p, c, sol, m, d) }
    noexcept->std::same_as<fault>;
};

}  // namespace ballast::inline v0
