/// Sizing: from wanted positions to orders that can be sent.
///
/// | expression                                                    | required | meaning                                            |
/// |---------------------------------------------------------------|----------|----------------------------------------------------|
/// | `s.size(problem, bound cost, solution, sizing_scratch&, decision&)` | yes | writes orders, reasons, costs, cash and weights after; `fault` where a quantity can not be counted |
/// | `s.prepare(sizing_scratch&, sizes)`                           | no       | memory that only this sizing needs                 |
/// | `static constexpr risk_need needs`, `s.runtime_needs()`       | no       | that it reads a risk view                          |
/// | `s.validate()`, `s.covers(n)`                                 | no       | configuration                                      |
///
/// Models here: reconciled, integer. A small one of one's own is examples/custom/sizing.cpp.
#pragma once

#include <concepts>
#include <cstdint>
#include <vector>

#include "../core/decision.hpp"
#include "../core/fault.hpp"
#include "../core/look.hpp"
#include "../solver/concept.hpp"
#include "../solver/detail/rounding.hpp"
#include "detail/integer_problem.hpp"

namespace ballast::inline v0 {

namespace sizing {
/// Who gets the cash where it does not reach for all buys.
enum class shortfall_rule : std::uint8_t {
    proportional,   ///< all buys become smaller by one common factor
    largest_drift,  ///< the one furthest below its target is served first, as far as there is cash
};

[[nodiscard]] constexpr const char* to_string(shortfall_rule r) noexcept {
    switch (r) {
        case shortfall_rule::proportional: return "proportional";
        case shortfall_rule::largest_drift: return "largest drift";
    }
    return "unknown";
}
}  // namespace sizing

/// Memory of the workspace in which sizing works, per asset.
struct sizing_scratch {
    /// The trade of each asset: units, notional, cost, whole steps, and what made it smaller.
    /// @{
    std::vector<double> quantity{}, notional{}, cost{};
    std::vector<int128> steps{};
    std::vector<why> cut{};
    /// @}
    std::vector<std::uint32_t> buys{};  ///< assets, in any order
    /// Of each asset: what is taken from it for the fees of others, at the reference and at the limit prices; what is bought at least, and traded at most, for them; what is left of it; its turn.
    /// @{
    std::vector<double> owed{}, owed_at_limit{}, pin{}, cap{}, left{};
    std::vector<std::uint8_t> turn{};
    /// @}
    /// Of `sizing::integer`, and empty for others: rows, their keys, chosen counts, and what the search works in.
    /// @{
    std::vector<detail::integer_row> rows{};
    std::vector<std::uint64_t> keys{};
    std::vector<std::int64_t> counts{};
    detail::integer_scratch search{};
    /// @}

    void prepare(const sizes& s) {
        for (auto* v : {&quantity, &notional, &cost, &owed, &owed_at_limit, &pin, &cap, &left}) v->resize(s.assets);
        steps.resize(s.assets);
        cut.resize(s.assets);
        turn.resize(s.assets);
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
