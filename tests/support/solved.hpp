// A call of a solver with everything that the rebalancer would lend it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <ballast/core/limits.hpp>
#include <ballast/core/look.hpp>
#include <ballast/cost/concept.hpp>
#include <ballast/solver/concept.hpp>

namespace ballast_test {

/// The answer, and what it is made of; guards narrow the limits in their order. The look has to outlive it.
template <class Solver>
struct solved {
    ballast::limits_memory room{};
    std::vector<double> share;
    std::vector<std::uint8_t> move;
    std::vector<ballast::rounding> round;
    std::vector<ballast::why> cause;
    ballast::limits lim{};
    ballast::answer_prices prices{};  // empty where the solver tells none
    ballast::solution s{};
    ballast::status how = ballast::status::infeasible;
    const ballast::look& l;

    template <class Cost, class... Guards>
    solved(const Solver& solver, const ballast::look& at, const Cost& cost, const Guards&... guards)
        : share(at.assets(), 0.0),
          move(at.assets(), 0),
          round(at.assets(), ballast::rounding::toward_no_trade),
          cause(at.assets(), ballast::why::full),
          l{at} {
        const ballast::sizes n{.assets = l.assets(), .dense_risk = true};
        room.prepare(n);
        lim = room.free(n.assets);
        (guards.narrow(l, lim), ...);
        s = {.share = share, .move = move, .round = round, .cause = cause, .wealth = l.value, .prices = &prices};
        prices.reserve(n.assets, ballast::detail::told_prices(solver));
        std::vector<ballast::ranked> ranks(n.assets);
        ballast::scratch_of<Solver> scratch{};
        ballast::detail::prepare(scratch, n);
        ballast::detail::prepare_for(solver, scratch, n);
        const ballast::bound<Cost> view{cost.bind(l)};
        how = ballast::detail::solve(solver, ballast::problem{.look = l, .limits = lim, .ranks = ranks}, view, scratch, s);
    }
    /// Of a solver without parameters.
    template <class Cost, class... Guards>
        requires std::is_empty_v<Solver> solved(const ballast::look& at, const Cost& cost, const Guards&... guards)
            : solved{Solver{}, at, cost, guards...} {}
        solved(const solved&) = delete;
        solved& operator=(const solved&) = delete;

        [[nodiscard]] double trade(std::size_t i) const { return s.move[i] != 0 ? s.trade(l, lim, i, s.wealth) : 0.0; }
        /// What is left of the cash once all trades and their costs are paid.
        [[nodiscard]] long double cash_after(const auto& view) const {
            auto cash = static_cast<long double>(l.cash);
            for (std::size_t i = 0; i < l.assets(); ++i)
                cash -= static_cast<long double>(trade(i)) + static_cast<long double>(view.cost(i, trade(i)));
            return cash;
        }
};

}  // namespace ballast_test
