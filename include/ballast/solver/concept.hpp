/// Solvers: how much of each asset to hold afterwards.
///
/// | expression                               | required | meaning                                                                       |
/// |------------------------------------------|----------|-------------------------------------------------------------------------------|
/// | `s.solve(problem, cost[, scratch], solution&)` | yes | fills the solution and tells how well; `const noexcept`, for any `bound_cost`  |
/// | `scratch`                                | no       | nested type with `prepare(const sizes&)`: memory of its own in the workspace  |
/// | `memory`, `s.solve(problem, cost, const memory&, scratch&, solution&)` | no | what it remembers of an account (core/memory.hpp): where its search begins. It decides how long that takes, never what is found |
/// | `s.commit(decision, timestamp, memory&)`, `s.observe(look, memory&)` | no | what changes the memory; `propose` does not |
/// | `s.told_prices()`                        | no       | `price_counts`: that it fills `solution::prices`, and for how many of them the decision has to have room |
/// | `static constexpr bool needs_region`     | no       | true: only composes with a trigger that offers a region                       |
/// | `static constexpr bool accepts(shape)`   | no       | false for cost shapes that it can not treat                                   |
/// | `static constexpr bool weighs_costs`     | no       | true: it is handed the whole of the costs, to weigh them; others, what is paid of them with the orders |
/// | `static constexpr risk_need needs`        | no       | that it reads a risk view                                                     |
/// | `s.runtime_needs_region()`, `s.runtime_accepts(cost_traits)` | no | the same, where only the object knows: of erased solvers   |
/// | `s.validate()`, `s.covers(n)`            | no       | configuration                                                                 |
///
/// Models here: to_target, to_band, closest, no_trade_region, trading_rate. The smallest legal one is examples/custom/solver.cpp.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <type_traits>

#include "../core/decision.hpp"
#include "../core/fault.hpp"
#include "../core/limits.hpp"
#include "../core/look.hpp"
#include "../core/memory.hpp"
#include "../core/policy.hpp"
#include "../cost/concept.hpp"
#include "../cost/detail/cost_ref.hpp"
#include "../numeric/octet.hpp"
#include "../numeric/ranking.hpp"

namespace ballast::inline v0 {

/// The rows of each asset, as lists in row order: `first[asset]`, then `next[row]`, up to `no_index`. Empty where row i is asset i.
struct row_lists {
    std::span<const std::uint32_t> first{};  ///< per asset
    std::span<const std::uint32_t> next{};   ///< per row
    bool mapped = false;                     ///< false where row i is asset i
};

/// What is asked of a solver.
struct problem {
    const v0::look& look;       ///< the book as it is
    const v0::limits& limits;   ///< what the guards allow
    box region{};               ///< the trigger's live band; empty spans where the solver needs none
    row_lists rows{};           ///< which rows hold an asset
    std::span<ranked> ranks{};  ///< scratch, one per asset, for whoever works on the problem

    /// An asset among others: `score` decides, then the host's key, then the index.
    [[nodiscard]] ranked rank(std::size_t asset, double score) const noexcept {
        return {score, detail::rule(look.input->instruments.key, asset), static_cast<std::uint32_t>(asset)};
    }
};

/// How a wanted trade becomes whole steps.
enum class rounding : std::uint8_t {
    toward_no_trade,  ///< never more than wanted
    nearest,          ///< for solvers that have rounded already: to the step that is nearest
};

/// Where the portfolio should go. Spans are per asset and filled by the solver; on entry `move` is 0 and `cause` is `why::full`.
struct solution {
    std::span<double> share{};       ///< wanted position as a share of what is left of the wealth after costs
    std::span<std::uint8_t> move{};  ///< 0: the asset keeps its quantity, whatever its share says
    std::span<rounding> round{};     ///< how each trade becomes whole steps
    std::span<why> cause{};  ///< why each asset moves as it does, or does not; assets with `not_worth_cost` are tried again by sizing
    double set_aside = 0.0;  ///< shares are of wealth − set_aside
    double fraction = 1.0;   ///< how much of each trade is made; below 1 under a turnover limit
    double wealth = 0.0;     ///< portfolio value after all costs, before rounding to steps
    /// Set by a solver whose shares hold for this very wealth only (limits, bands): where rounding leaves another wealth, it is asked
    /// again.
    bool for_this_wealth = false;
    /// Set where the answer is the best that was found, so that the next call might find a better one from where this one ends.
    bool may_go_on = false;
    fault problem{};                      ///< set where there is no answer because an input is at fault: the decision is rejected with it
    fault conflict{};                     ///< may be set beside `status::infeasible`: which limits contradict each other
    v0::optimality optimality{};          ///< set by a solver that minimises something: how good its answer is
    v0::answer_prices* prices = nullptr;  ///< of a solver that tells them (`told_prices`): has room, and is empty
    double given_wealth = 0.0;            ///< above 0: asked again, for this wealth
    double given_slack = 0.0;             ///< and for all that differ from it by no more than this, where rounding can not settle on one

    /// The trade of an asset that brings it to its share of this wealth, part of the way where told so, within its limit.
    [[nodiscard]] double trade(const look& l, const limits& lim, std::size_t i, double wealth_after) const noexcept {
        return lim.nearest_trade(i, fraction * (share[i] * (wealth_after - set_aside) - l.position[i]));
    }
};

namespace detail {
/// `solution::trade` for many assets at one wealth.
class trades_at {
public:
    trades_at(const solution& s, const look& l, const limits& lim, double wealth) noexcept
        : share_{s.share.data()},
          position_{l.position.data()},
          buy_{lim.narrowed ? lim.buy.data() : nullptr},
          sell_{lim.sell.data()},
          base_{wealth - s.set_aside},
          fraction_{s.fraction} {}
    [[nodiscard]] double operator()(std::size_t i) const noexcept {
        const double x = fraction_ * (share_[i] * base_ - position_[i]);
        if (buy_ == nullptr) return x;
        return x > buy_[i] ? buy_[i] : x < -sell_[i] ? -sell_[i] : x;
    }
    /// Those of a block.
    template <class Lanes>
    [[nodiscard, gnu::always_inline]] octet octet_at(std::size_t first, Lanes lanes) const noexcept {
        const octet x = every(fraction_) * (load(share_ + first, lanes, 0.0) * every(base_) - load(position_ + first, lanes, 0.0));
        if (buy_ == nullptr) return x;
        return larger(-load(sell_ + first, lanes, 0.0), smaller(load(buy_ + first, lanes, 0.0), x));
    }

private:
    const double* share_;
    const double* position_;
    const double* buy_;
    const double* sell_;
    double base_;
    double fraction_;
};

/// One value for all: through a pointer of its own, as bytes may alias the span that they are reached through.
template <class T>
inline void set_all(std::span<T> all, T value) noexcept {
    T* const first = all.data();
    const std::size_t n = all.size();
    for (std::size_t i = 0; i < n; ++i) first[i] = value;
}

/// Whether eight assets in a row all move.
[[nodiscard, gnu::always_inline]] inline bool eight_move(const std::uint8_t* move) noexcept {
    std::uint64_t all;
    __builtin_memcpy(&all, move, sizeof all);
    return all == 0x0101010101010101u;
}

[[nodiscard]] inline bool all_move(const solution& s) noexcept {
    const std::uint8_t* const move = s.move.data();
    const std::size_t n = s.move.size();
    std::uint8_t still = 0;
    for (std::size_t i = 0; i < n; ++i) still |= move[i] == 0 ? 1 : 0;
    return still == 0;
}
}  // namespace detail

/// How well a solver did.
enum class status : std::uint8_t {
    solved,
    inexact,     ///< the best feasible point found before it had to stop
    infeasible,  ///< the limits contradict each other
};

/// Of a solver that needs none.
struct no_scratch {};

namespace detail {
/// The bound cost with which solvers are checked.
struct any_linear_view : convex_linear_view<any_linear_view> {
    [[nodiscard]] constexpr linear_cost linear(std::size_t) const noexcept { return {}; }
};

template <class S>
concept with_scratch = requires {
    typename S::scratch;
};
template <class S>
struct scratch_of_solver {
    using type = no_scratch;
};
template <with_scratch S>
struct scratch_of_solver<S> {
    using type = typename S::scratch;
};
}  // namespace detail

/// The scratch of a solver; `no_scratch` where it names none.
template <class Solver>
using scratch_of = typename detail::scratch_of_solver<Solver>::type;

namespace detail {
template <class S, class View>
concept solving = requires(const S& s, const problem& p, const View& c, solution& out) {
    { s.solve(p, c, out) }
    noexcept->std::same_as<status>;
};
template <class S, class View>
concept scratch_solving = requires(const S& s, const problem& p, const View& c, scratch_of<S>& m, solution& out) {
    { s.solve(p, c, m, out) }
    noexcept->std::same_as<status>;
};
template <class S, class View>
concept remembering_solving = has_memory<S> &&
    requires(const S& s, const problem& p, const View& c, const memory_of<S>& known, scratch_of<S>& m, solution& out) {
    { s.solve(p, c, known, m, out) }
    noexcept->std::same_as<status>;
};
template <class S>
concept with_told_prices = requires(const S& s) {
    { s.told_prices() }
    noexcept->std::same_as<price_counts>;
};
/// How many prices a solver tells; none where it has no such member.
template <class S>
[[nodiscard]] constexpr price_counts told_prices(const S& s) noexcept {
    if constexpr (with_told_prices<S>)
        return s.told_prices();
    else
        return {};
}
template <class S>
concept with_needs_region = requires {
    typename std::bool_constant<S::needs_region>;
};
template <class S>
concept with_accepts = requires {
    { S::accepts(cost_shape::convex) } -> std::same_as<bool>;
};

template <class S>
[[nodiscard]] consteval bool needs_region() noexcept {
    if constexpr (with_needs_region<S>)
        return S::needs_region;
    else
        return false;
}
template <class S>
concept with_weighs_costs = requires {
    typename std::bool_constant<S::weighs_costs>;
};
/// Whether a solver sees costs that are not paid with the orders.
template <class S>
[[nodiscard]] consteval bool weighs_costs() noexcept {
    if constexpr (with_weighs_costs<S>)
        return S::weighs_costs;
    else
        return false;
}
template <class S>
[[nodiscard]] consteval bool accepts(cost_shape shape) noexcept {
    if constexpr (with_accepts<S>)
        return S::accepts(shape);
    else
        return true;
}

template <class S>
concept with_runtime_needs_region = requires(const S& s) {
    { s.runtime_needs_region() }
    noexcept->std::same_as<bool>;
};
template <class S>
concept with_runtime_accepts = requires(const S& s, const cost_traits& t) {
    { s.runtime_accepts(t) }
    noexcept->std::same_as<bool>;
};

/// Does this very solver need a region? Erased ones tell it at run time.
template <class S>
[[nodiscard]] constexpr bool needs_region(const S& s) noexcept {
    if constexpr (with_runtime_needs_region<S>)
        return s.runtime_needs_region();
    else
        return needs_region<S>();
}

/// A solver that can be called with this view.
template <class S, class View>
concept can_solve = accepts<S>(shape_of<View>()) &&(solving<S, View> || scratch_solving<S, View> || remembering_solving<S, View>);

/// `known` is what the solver remembers of the account.
template <class S, class View>
[[nodiscard]] status solve(const S& s, const problem& p, const View& c, const memory_of<S>& known, scratch_of<S>& m,
                           solution& out) noexcept {
    if constexpr (told_at_run_time<View> && !with_runtime_accepts<S>)
        return with_exact_traits(weighs_costs<S>() ? ref_to(c) : ref_to(c).paid_part(), [&](const auto& exact) noexcept {
            if constexpr (can_solve<S, std::remove_cvref_t<decltype(exact)>>)
                return solve(s, p, exact, known, m, out);
            else
                return status::infeasible;  // refused when the rebalancer was built
        });
    else if constexpr (partly_paid_cost<View> && !with_runtime_accepts<S> && !weighs_costs<S>())
        return solve(s, p, c.paid(), known, m, out);
    else if constexpr (remembering_solving<S, View>)
        return s.solve(p, c, known, m, out);
    else if constexpr (scratch_solving<S, View>)
        return s.solve(p, c, m, out);
    else
        return s.solve(p, c, out);
}
/// Of an account of which nothing is remembered.
template <class S, class View>
[[nodiscard]] status solve(const S& s, const problem& p, const View& c, scratch_of<S>& m, solution& out) noexcept {
    const memory_of<S> nothing{};
    return solve(s, p, c, nothing, m, out);
}

/// Does this very solver take costs of these traits? A solver that is not erased knows it of those of the six types.
template <class S>
[[nodiscard]] bool accepts(const S& s, const cost_traits& t) noexcept {
    if constexpr (with_runtime_accepts<S>)
        return s.runtime_accepts(t);
    else
        return with_exact_traits(cost_ref{nullptr, cost_table_of<any_linear_view>, t},
                                 [](const auto& exact) noexcept { return can_solve<S, std::remove_cvref_t<decltype(exact)>>; });
}
}  // namespace detail

/// What a solver must have: `solve`. The table at the top of this header says what else it may have.
template <class S>
concept solver_policy = detail::solving<S, detail::any_linear_view> || detail::scratch_solving<S, detail::any_linear_view> ||
    detail::remembering_solving<S, detail::any_linear_view>;

namespace detail {
/// The sentences for members that have an optional name but another signature.
template <class S>
consteval bool check_solver() {
    static_assert(!names_needs_region<S> || with_needs_region<S>,
                  "ballast: this solver has a member `needs_region`, but not `static constexpr bool needs_region`");
    static_assert(!names_weighs_costs<S> || with_weighs_costs<S>,
                  "ballast: this solver has a member `weighs_costs`, but not `static constexpr bool weighs_costs`");
    static_assert(!names_told_prices<S> || with_told_prices<S>,
                  "ballast: this solver has a member `told_prices`, but not `price_counts told_prices() const noexcept`");
    static_assert(!names_accepts<S> || with_accepts<S>,
                  "ballast: this solver has a member `accepts`, but not `static constexpr bool accepts(cost_shape)`");
    return check_optional_members<S>();
}
}  // namespace detail

}  // namespace ballast::inline v0
