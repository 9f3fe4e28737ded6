/// The composition: trigger × cost model × solver × guards, and what else a rebalancer is made of.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/apply.hpp"
#include "core/configuration.hpp"
#include "core/decision.hpp"
#include "core/inputs.hpp"
#include "core/look.hpp"
#include "core/mandate.hpp"
#include "core/state.hpp"
#include "cost/concept.hpp"
#include "guard/concept.hpp"
#include "rebalancer/detail/charges.hpp"
#include "rebalancer/detail/composition.hpp"
#include "rebalancer/detail/instrument_rules.hpp"
#include "rebalancer/detail/valuation.hpp"
#include "risk/concept.hpp"
#include "sizing/concept.hpp"
#include "sizing/reconciled.hpp"
#include "solver/concept.hpp"
#include "target/concept.hpp"
#include "trigger/concept.hpp"

namespace ballast::inline v0 {

/// Scratch of one thread. Warm or cold it changes no answer.
template <class Solver>
struct basic_workspace {
    /// Where the stages of a proposal work; nobody else reads it.
    /// @{
    detail::valuation_buffers valuation{};
    limits_memory room{};
    std::vector<double> region_lower{}, region_upper{}, share{};
    std::vector<std::uint8_t> move{};
    std::vector<std::uint32_t> first_row{}, next_row{};
    std::vector<rounding> round{};
    std::vector<why> cause{};
    std::vector<ranked> ranks{};
    std::vector<risk_view> risk{};
    std::vector<regime_view> regime{};
    sizing_scratch sizing{};
    target_scratch target{};
    /// @}
    decision seen{};                              ///< weights of a valuation that decides nothing; what the next call would do
    detail::valuation_buffers valuation_after{};  ///< of the account once the orders are filled
    /// The rows of that account.
    /// @{
    std::vector<double> quantity_after{};
    std::vector<int128> steps_after{};
    std::vector<std::uint32_t> asset_after{};
    /// @}
    [[no_unique_address]] scratch_of<Solver> solver{};  ///< where the solver works
};

/// A policy for keeping a portfolio on its target. Immutable and free of state: one object serves any number of accounts and threads.
///
/// `rebalancer{trigger, cost, solver, more...}`, where `more` are, in any order: guards, at most one target policy, estimators, at most one
/// `mandate`, at most one sizing (default `sizing::reconciled{}`). Building one validates every part and throws `invalid_configuration`.
///
/// `propose` is pure: it changes nothing but its answer, reads no clock, allocates nothing and gives the same bits for the same inputs.
/// Cost of a call that holds: two passes over the assets and the trigger's own.
template <class Trigger, class Cost, class Solver, class... More>
class rebalancer {
    static_assert(detail::check_trigger<Trigger>());
    static_assert(cost_model<Cost>, "ballast: the second part must be a cost model: `static constexpr cost_shape shape` and `bind(const "
                                    "look&) const noexcept`, whose view has `cost(i, x)` and `marginal(i, x)`, both noexcept");
    static_assert(solver_policy<Solver>,
                  "ballast: the third part must be a solver: `status solve(const problem&, const auto& cost, solution&) const noexcept`");
    static_assert(((detail::is_guard<More> || detail::is_target<More> || detail::is_estimator<More> || detail::is_sizing<More> ||
                    detail::is_mandate<More>)&&...),
                  "ballast: each further part must be a guard, a target policy, an estimator, a sizing or a mandate");
    static_assert((detail::check_cost<Cost>() && detail::check_optional_members<Cost>() && detail::check_solver<Solver>()) &&
                  (detail::check_part<More>() && ...));
    static_assert(detail::count_of<detail::target_kind, More...> <= 1, "ballast: a rebalancer has one target policy at most");
    static_assert(detail::count_of<detail::sizing_kind, More...> <= 1, "ballast: a rebalancer has one sizing at most");
    static_assert(detail::count_of<detail::mandate_kind, More...> <= 1, "ballast: a rebalancer has one mandate at most");
    static_assert(
        !detail::needs_region<Solver>() || banded_trigger<Trigger>,
        "ballast: this solver goes to the edge of a band, but the trigger has no region; use a banded trigger, or solver::to_target");
    static_assert(detail::told_at_run_time<Cost> || detail::accepts<Solver>(Cost::shape),
                  "ballast: this solver does not accept a cost model of this shape");
    static_assert((detail::unmet_needs<Trigger, Cost, Solver, More...>() & risk_need::volatility) == risk_need::nothing,
                  "ballast: a policy needs volatility or covariance, but no estimator is named; add risk::ewma{} or risk::given{}");
    static_assert((detail::unmet_needs<Trigger, Cost, Solver, More...>() & risk_need::regimes) == risk_need::nothing,
                  "ballast: a policy needs regimes, but no estimator is named that tells them; add risk::hamilton{...}, "
                  "risk::threshold_regimes{...} or risk::given_regimes{}");

public:
    /// What it knows of a market: one estimate of each estimator.
    using market_state = typename detail::applied<v0::market_state, typename detail::filtered<detail::estimator_kind, More...>::type>::type;
    /// What it remembers of an account: one memory of each policy that has one.
    using account_state = v0::account_state<Trigger, Solver, More...>;
    /// Scratch of one thread.
    using workspace = basic_workspace<Solver>;

    /// Takes the policies by value and checks their parameters; throws `invalid_configuration`.
    explicit rebalancer(Trigger trigger, Cost cost, Solver solver, More... more)
        : trigger_{std::move(trigger)},
          cost_{std::move(cost)},
          solver_{std::move(solver)},
          more_{std::move(more)...} {
        if (const configuration_fault f = check_parts(trigger_, cost_, solver_, more_)) detail::refuse(f);
    }

    /// What building a rebalancer of these parts would throw: that of the first part that does not validate, or why they do not go together.
    /// For hosts that would rather be told.
    [[nodiscard]] static configuration_fault check(const Trigger& trigger, const Cost& cost, const Solver& solver, const More&... more) {
        return check_parts(trigger, cost, solver, detail::pack<More...>{more...});
    }

    // ---- making room: the only allocations -------------------------------------------------------------------------------------------------
    void prepare(market_state& m, const sizes& s) const {
        m.prepare(s);
        for_each_estimator(m, [&](const auto& e, auto& estimate) { detail::prepare_for(e, estimate, s); });
    }
    void prepare(account_state& a, const sizes& s) const {
        a.prepare(s);
        for_each_policy(a, [&](const auto& policy, auto& memory) { detail::prepare_for(policy, memory, s); });
    }
    void prepare(workspace& w, const sizes& of) const {
        sizes s = of;
        detail::for_each(more_, [&](const auto& part) {
            if constexpr (detail::is_estimator<std::remove_cvref_t<decltype(part)>>)
                s.dense_risk = s.dense_risk || detail::tells_dense(part, of);
        });
        w.valuation.prepare(s);
        w.room.prepare(s);
        for (auto* v : {&w.region_lower, &w.region_upper, &w.share}) v->resize(s.assets);
        w.move.resize(s.assets);
        w.first_row.resize(s.assets);
        // An asset without a row gets one when it is bought.
        const std::size_t rows_after = s.row_count() + s.assets;
        w.next_row.resize(rows_after);
        w.valuation_after.prepare({s.assets, rows_after});
        w.quantity_after.resize(rows_after);
        w.steps_after.resize(rows_after);
        w.asset_after.resize(rows_after);
        w.round.resize(s.assets);
        w.cause.resize(s.assets);
        w.ranks.resize(s.assets);
        w.risk.resize(risk_views());
        w.regime.resize(risk_views());
        w.sizing.prepare(s);
        detail::prepare_for(sizing(), w.sizing, s);
        detail::for_each(more_, [&](const auto& part) {
            if constexpr (detail::is_target<std::remove_cvref_t<decltype(part)>>) detail::prepare_for(part, w.target, s);
        });
        detail::prepare(w.solver, s);
        detail::prepare_for(solver_, w.solver, s);
        prepare(w.seen, s);
    }
    void prepare(decision& d, const sizes& s) const {
        d.reserve(s.assets, order_room(s.assets, s.row_count(), true), detail::leaf_count(trigger_), s.open_count());
        d.prices.reserve(s.assets, detail::told_prices(solver_));
    }

    // ---- learning ---------------------------------------------------------------------------------------------------------------------------
    /// A tick: estimators learn, last good prices are kept. A price that can not be used is left out. O(n) and the estimators' own.
    fault observe(market_state& m, const market_view& market) const noexcept {
        if (market.price.size() != m.assets() || !is_prepared(m))
            return {fault_code::not_prepared, no_index, static_cast<double>(market.price.size())};
        if (m.last_observed.happened() && market.now < m.last_observed)
            return {fault_code::bad_time, no_index, static_cast<double>(market.now.ns)};
        fault first;
        if constexpr (estimators > 1) {
            for_each_estimator(m, [&](const auto& e, const auto& estimate) {
                const fault f = detail::check_tick(e, estimate, market);
                if (f && !first) first = f;
            });
            if (first) return first;
        }
        for_each_estimator(m, [&](const auto& e, auto& estimate) {
            const fault f = e.observe(estimate, market);
            if (f && !first) first = f;
        });
        if (first) return first;
        for (std::size_t i = 0; i < m.assets(); ++i) {
            const double p = market.price[i];
            if (detail::usable_price(p)) m.last_good_price[i] = p;
        }
        m.last_observed = market.now;
        return {};
    }

    /// A valuation: policies remember what they see of the account (the period, the hysteresis). Not needed by policies without memory.
    fault observe(const market_state& m, account_state& a, const inputs& in, workspace& w) const noexcept {
        if (a.last_observed.happened() && in.market.now < a.last_observed)
            return {fault_code::bad_time, no_index, static_cast<double>(in.market.now.ns)};
        look l;
        if (const fault f = look_at(m, a, in, w, w.seen, l)) return f;
        for_each_policy(a, [&](const auto& policy, auto& memory) { detail::observe(policy, l, memory); });
        a.last_observed = in.market.now;
        return {};
    }

    // ---- deciding ---------------------------------------------------------------------------------------------------------------------------
    /// What to do now, and why. Pure. `out` and `w` have to be prepared for at least as many assets and rows.
    void propose(const market_state& m, const account_state& a, const inputs& in, workspace& w, decision& out) const noexcept {
        look l;
        if (const fault f = look_at(m, a, in, w, out, l)) return reject(out, f);
        leaf_sink sink{out.leaves};
        out.firing = detail::examine(trigger_, l, detail::get<0>(a.memories), sink);
        if (out.firing.problem) return reject(out, out.firing.problem);
        if (out.firing.fired) {
            if (const fault f = detail::check_instruments(in.instruments, l.assets())) return reject(out, f);
            if (const double margin = detail::exposure_limits{l}.margin_of_targets(); margin > 1.0 + detail::leverage_slack)
                return reject(out, {fault_code::over_margin, no_index, margin});
            detail::fill_positions(w.valuation, l);
            if (trade(l, a, w, out)) look_ahead(m, a, in, l, w, out);
        }
        if (!l.frozen.empty() && out.outcome != outcome::rejected) name_frozen(l, out);
    }

    /// All orders were filled as proposed, at `at`. Committing a decision that did not trade does nothing.
    fault commit(account_state& a, const decision& d, timestamp at) const noexcept {
        if (d.orders.empty()) return {};
        if (!is_prepared(a)) return {fault_code::not_prepared, no_index, static_cast<double>(d.assets())};
        for_each_policy(a, [&](const auto& policy, auto& memory) { detail::commit(policy, d, at, memory); });
        return {};
    }

    /// Some orders were filled, in part or at other prices. Where nothing was, nothing happened, and nothing is remembered.
    fault commit(account_state& a, const decision& d, std::span<const fill> fills, timestamp at) const noexcept {
        if (const fault f = detail::check_fills(d, fills)) return f;
        for (const fill& f : fills)
            if (f.quantity != 0.0) return commit(a, d, at);
        return {};
    }

    /// The policies that it is made of.
    /// @{
    [[nodiscard]] const Trigger& trigger() const noexcept { return trigger_; }
    [[nodiscard]] const Cost& cost() const noexcept { return cost_; }
    [[nodiscard]] const Solver& solver() const noexcept { return solver_; }
    /// @}
    /// The mandate; the default one where none was given.
    [[nodiscard]] const v0::mandate& mandate() const noexcept {
        constexpr auto at = detail::position_of<detail::mandate_kind, More...>();
        if constexpr (at < sizeof...(More))
            return detail::get<at>(more_);
        else
            return default_mandate;
    }

private:
    static constexpr std::size_t estimators = detail::count_of<detail::estimator_kind, More...>;
    static constexpr v0::mandate default_mandate{};
    static constexpr v0::sizing::reconciled default_sizing{};
    static constexpr double infinity = std::numeric_limits<double>::infinity();

    /// Sales take at most one order a row and buys one an asset, and one more where a position is closed before the other side is opened.
    [[nodiscard]] static constexpr std::size_t order_room(std::size_t assets, std::size_t rows, bool close_first) noexcept {
        return (rows <= assets ? assets : rows + assets) + (close_first ? assets : 0);
    }

    [[nodiscard]] const auto& sizing() const noexcept {
        constexpr auto at = detail::position_of<detail::sizing_kind, More...>();
        if constexpr (at < sizeof...(More))
            return detail::get<at>(more_);
        else
            return default_sizing;
    }

    /// f(estimator, its estimate) for each, in order.
    template <class State, class F>
    void for_each_estimator(State& m, F&& f) const {
        visit_estimators(m, f, std::index_sequence_for<More...>{});
    }
    template <class State, class F, std::size_t... Is>
    void visit_estimators(State& m, F& f, std::index_sequence<Is...>) const {
        (visit_estimator<Is>(m, f), ...);
    }
    template <std::size_t Index, class State, class F>
    void visit_estimator(State& m, F& f) const {
        const auto& part = detail::get<Index>(more_);
        if constexpr (detail::is_estimator<std::remove_cvref_t<decltype(part)>>)
            f(part, detail::get<estimators_before<Index>()>(m.estimates));
    }
    template <std::size_t Index>
    [[nodiscard]] static consteval std::size_t estimators_before() noexcept {
        std::size_t at = 0;
        std::size_t count = 0;
        ((count += at++ < Index && detail::is_estimator<More> ? std::size_t{1} : std::size_t{0}), ...);
        return count;
    }

    /// f(policy, its memory): the trigger, the solver, the further parts in order.
    template <class State, class F>
    void for_each_policy(State& a, F&& f) const {
        f(trigger_, detail::get<0>(a.memories));
        f(solver_, detail::get<1>(a.memories));
        for_each_part(a, f);
    }
    /// f(further part, its memory), in order.
    template <class State, class F>
    void for_each_part(State& a, F&& f) const {
        visit_more(a, f, std::index_sequence_for<More...>{});
    }
    template <class State, class F, std::size_t... Is>
    void visit_more(State& a, F& f, std::index_sequence<Is...>) const {
        (f(detail::get<Is>(more_), detail::get<Is + 2>(a.memories)), ...);
    }

    /// False where a state was prepared by a rebalancer whose erased parts are others; without erased parts that is another type.
    [[nodiscard]] bool is_prepared(const market_state& m) const noexcept {
        bool all = true;
        for_each_estimator(m, [&](const auto& e, const auto& estimate) { all = all && detail::prepared_for(e, estimate); });
        return all;
    }
    [[nodiscard]] bool is_prepared(const account_state& a) const noexcept {
        bool all = true;
        for_each_policy(a, [&](const auto& policy, const auto& memory) { all = all && detail::prepared_for(policy, memory); });
        return all;
    }

    /// How many risk views the estimators give.
    [[nodiscard]] std::size_t risk_views() const noexcept { return risk_views(more_); }
    [[nodiscard]] static std::size_t risk_views(const detail::pack<More...>& more) noexcept {
        std::size_t n = 0;
        detail::for_each(more, [&](const auto& part) {
            if constexpr (detail::is_estimator<std::remove_cvref_t<decltype(part)>>) n += detail::view_count(part);
        });
        return n;
    }

    [[nodiscard]] static configuration_fault check_parts(const Trigger& trigger, const Cost& cost, const Solver& solver,
                                                         const detail::pack<More...>& more) {
        configuration_fault first;
        const auto validate = [&](const auto& part) {
            if (!first) first = detail::validate(part);
        };
        validate(trigger);
        validate(cost);
        validate(solver);
        detail::for_each(more, validate);
        return first ? first : check_composition(trigger, cost, solver, more);
    }
    /// What the sentences above can not tell of erased parts.
    [[nodiscard]] static configuration_fault check_composition(const Trigger& trigger, const Cost& cost, const Solver& solver,
                                                               const detail::pack<More...>& more) {
        if (detail::needs_region(solver) && !detail::has_region(trigger))
            return {"solver.needs_region", 1.0,
                    "this solver goes to the edge of a band, but the trigger has no region; use a banded trigger, or solver::to_target"};
        if constexpr (detail::told_at_run_time<Cost> || detail::with_runtime_accepts<Solver>) {
            const cost_traits of_cost = detail::traits_of(cost);
            if (!detail::accepts(solver, of_cost))
                return {"cost.shape", static_cast<double>(of_cost.shape), "this solver does not accept a cost model of this shape"};
        }
        risk_need most = risk_need::nothing;
        const auto ask = [&](const auto& part) { most = most | detail::need_of(part); };
        ask(trigger);
        ask(cost);
        ask(solver);
        detail::for_each(more, ask);
        risk_need provided = risk_need::nothing;
        detail::for_each(more, [&](const auto& part) {
            if constexpr (detail::is_estimator<std::remove_cvref_t<decltype(part)>>) provided = provided | detail::provided_by(part);
        });
        const risk_need missing = detail::missing_of(most, provided);
        if ((missing & risk_need::volatility) != risk_need::nothing)
            return {"policy.needs", static_cast<double>(missing), detail::volatility_missing};
        if (missing != risk_need::nothing) return {"policy.needs", static_cast<double>(missing), detail::regimes_missing};
        return {};
    }

    [[nodiscard]] bool covers_all(std::size_t n) const noexcept {
        bool all = detail::covers(trigger_, n) && detail::covers(cost_, n) && detail::covers(solver_, n);
        detail::for_each(more_, [&](const auto& part) { all = all && detail::covers(part, n); });
        return all;
    }

    static void reject(decision& out, const fault& f) noexcept {
        out.outcome = outcome::rejected;
        out.problem = f;
        out.flow = 0.0;
        out.orders.clear();
        out.fees.clear();
        out.cancels.clear();
        out.reasons.clear();
    }

    /// Checks the inputs and makes the look. The weights and drifts are written into `out`.
    fault look_at(const market_state& m, const account_state& a, const inputs& in, workspace& w, decision& out, look& l) const noexcept {
        const std::size_t n = in.market.price.size();
        const std::size_t rows = detail::row_count(in.account);
        out.at = in.market.now;
        const std::size_t open = in.account.open.size();
        if (!out.holds(n, order_room(n, rows, !in.instruments.crossing.empty()), detail::leaf_count(trigger_), open) ||
            !out.prices.holds(n, detail::told_prices(solver_)) || w.share.size() < n || !is_prepared(m) || !is_prepared(a) ||
            !detail::prepared_for(solver_, w.solver)) {
            out.reset(0);
            const std::size_t most = n > rows ? n : rows;
            return {fault_code::not_prepared, no_index, static_cast<double>(most > open ? most : open)};
        }
        out.reset(n);
        if (const fault f = detail::value_account(in, mandate(), m.last_good_price, w.valuation, l)) {
            out.reset(0);
            return f;
        }
        out.value = l.value;
        out.cash = out.cash_after = l.booked;
        out.flow = in.account.flow;
        if (!covers_all(n)) return {fault_code::bad_parameter_count, no_index, static_cast<double>(n)};
        if (const fault f = detail::check_call(cost_, l)) return f;
        if constexpr (estimators > 0) {
            const std::size_t views = risk_views();
            if (views > 0 && (m.assets() != n || w.risk.size() < views))
                return {fault_code::not_prepared, no_index, static_cast<double>(n)};
            l.risk = {w.risk.data(), views};
            l.regime = {w.regime.data(), views};
            std::size_t k = 0;
            for_each_estimator(m, [&](const auto& e, const auto& estimate) {
                detail::views(e, estimate, std::span{w.risk}.subspan(k, detail::view_count(e)));
                detail::regimes(e, estimate, std::span{w.regime}.subspan(k, detail::view_count(e)));
                k += detail::view_count(e);
            });
        }
        const double* target = nullptr;
        if (const fault f = find_target(a, in, w, l, target)) return f;
        return detail::drift_account(target, mandate(), out, l);
    }

    fault find_target(const account_state& a, const inputs& in, workspace& w, look& l, const double*& target) const noexcept {
        constexpr auto at = detail::position_of<detail::target_kind, More...>();
        const std::size_t n = l.assets();
        if constexpr (at < sizeof...(More)) {
            const auto& policy = detail::get<at>(more_);
            const bool transforms = detail::transforms(policy);
            if (transforms && in.target.empty() && n > 0) return {fault_code::targets_missing};
            if (!transforms && !in.target.empty()) return {fault_code::targets_given_twice};
            if (transforms) l.target = {detail::in_place_or_copied(in.target, w.share), n};
            const std::span made{w.valuation.target.data(), n};
            if (const fault f = detail::weights(policy, l, detail::get<at + 2>(a.memories), w.target, made)) return f;
            target = w.valuation.target.data();
        } else {
            if (in.target.empty() && n > 0) return {fault_code::targets_missing};
            target = detail::in_place_or_copied(in.target, w.valuation.target);
        }
        return {};
    }

    /// Limits, solver, sizing and the guards' verdict. True where the next call might go on.
    bool trade(const look& l, const account_state& a, workspace& w, decision& out) const noexcept {
        const std::size_t n = l.assets();
        limits lim;
        if (const fault f = find_limits(l, a, w, lim)) return conflict(out, f), false;
        const problem p{l, lim, find_region(l, a, w), find_rows(l, w), {w.ranks.data(), n}};
        const bound<Cost> costs{cost_.bind(l)};
        solution s;
        status how = status::solved;
        if (!make_orders(p, costs, a, w, s, how, out)) return false;
        if constexpr (batched_cost<bound<Cost>>)
            if (!pay_for_batch(p, costs, a, w, s, how, out)) return false;
        detail::choose_cancels(l, std::span{w.region_lower}.first(n), out);
        out.outcome = out.orders.empty() && out.cancels.empty() ? outcome::hold
                      : how == status::inexact                  ? outcome::inexact
                                                                : outcome::trade;
        if constexpr (partly_paid_cost<bound<Cost>>) out.unpaid = detail::unpaid_cost(costs, out);
        judge(l, a, out);
        // The account changes though nothing is sent: orders are filled, or cash settles.
        bool waits = !l.input->account.open.empty();
        // Where costs are no more than any function, two orders may cost less than one.
        bool more = s.for_this_wealth || !out.fees.empty() || s.may_go_on || s.fraction < 1.0 || waits ||
                    detail::shape_of(costs) == cost_shape::general;
        for (const auto& r : out.reasons) {
            more = more || may_leave_more(r.code);
            waits = waits || r.code == why::not_settled;
        }
        return more && (waits || !out.orders.empty() || !out.cancels.empty());
    }

    /// Solver and sizing. False where there is no answer.
    bool make_orders(const problem& p, const bound<Cost>& costs, const account_state& a, workspace& w, solution& s, status& how,
                     decision& out) const noexcept {
        const look& l = p.look;
        const std::size_t n = l.assets();
        const auto& paid = detail::paid_of(costs);
        s = {};
        // A solver whose shares hold for one wealth only is asked again where rounding to steps leaves another.
        double off = 0.0;
        for (int attempt = 0; attempt < 9; ++attempt) {
            const double given = s.wealth;
            s = {.share = {w.share.data(), n},
                 .move = {w.move.data(), n},
                 .round = {w.round.data(), n},
                 .cause = {w.cause.data(), n},
                 .wealth = l.value,
                 .prices = &out.prices,
                 .given_wealth = given,
                 .given_slack = attempt >= 5 ? 2.0 * off : 0.0};
            detail::set_all(s.move, std::uint8_t{0});
            detail::set_all(s.round, rounding::toward_no_trade);
            detail::set_all(s.cause, why::full);
            out.prices.clear();
            how = detail::solve(solver_, p, costs, detail::get<1>(a.memories), w.solver, s);
            if (s.problem) return reject(out, s.problem), false;
            out.optimality = s.optimality;
            if (how == status::infeasible) return conflict(out, s.conflict ? s.conflict : fault{fault_code::limits_conflict}), false;
            const double meant = s.wealth;
            out.orders.clear();
            out.fees.clear();
            out.reasons.clear();
            if (const fault f = sizing().size(p, paid, s, w.sizing, out)) return reject(out, f), false;
            if (!s.for_this_wealth || s.may_go_on || out.orders.empty()) break;
            off = detail::absolute(s.wealth - meant);
            if (off <= l.value * (detail::dust / 16) || off <= s.given_slack) break;
        }
        return true;
    }

    /// What is paid once for a list of orders counts as paid out with it, like a flow. Orders that are wanted without it are looked for
    /// again in the account that it leaves, so that nothing is traded to pay for it alone. False where there is no answer.
    bool pay_for_batch(const problem& p, const bound<Cost>& costs, const account_state& a, workspace& w, solution& s, status& how,
                       decision& out) const noexcept {
        const double asked = costs.batch();
        if (!(asked > 0.0) || out.orders.empty()) return true;
        const double batch = detail::round_up(asked, p.look.rules->money_step);
        const detail::account_after after{p.look, p.limits, batch};
        if (!(after.left.value > 0.0)) return detail::hold_back(out, why::not_worth_cost), true;
        detail::clear_orders(out);
        if (!make_orders({after.left, after.narrower, p.region, p.rows, p.ranks}, costs, a, w, s, how, out)) return false;
        if (!out.orders.empty()) detail::charge_batch(out, batch, after.left.value, p.look.rules->money_step);
        return true;
    }

    /// What the next call would do at the same prices, once the orders are filled at theirs: tells it in the reasons. Valued as `propose`
    /// values the account that `apply` leaves, to the last bit.
    void look_ahead(const market_state& m, const account_state& a, const inputs& in, const look& l, workspace& w,
                    decision& out) const noexcept {
        const bool mapped = !in.account.asset_of_row.empty();
        std::size_t rows = l.rows();
        const bool counted = !in.account.steps.empty();
        const bool by_weight = in.account.quantity.empty() && !counted;
        for (std::size_t r = 0; r < rows; ++r) w.quantity_after[r] = by_weight || counted ? l.quantity[r] : in.account.quantity[r];
        for (std::size_t r = 0; counted && r < rows; ++r) w.steps_after[r] = in.account.steps[r];
        for (std::size_t r = 0; mapped && r < rows; ++r) w.asset_after[r] = l.asset_of(r);
        const auto book = [&](std::uint32_t asset, std::uint32_t row, double quantity, int128 steps, const decimal_step& step) {
            std::size_t r = mapped ? row : asset;
            if (r == no_index)
                for (r = l.rows(); r < rows && w.asset_after[r] != asset;) ++r;
            if (r == rows) {
                w.quantity_after[rows] = 0.0;
                w.steps_after[rows] = 0;
                w.asset_after[rows++] = asset;
            }
            double& after = w.quantity_after[r];
            after = detail::add_quantity(after, quantity, step);
            if (after < 0.0 && !mandate().allow_short) after = 0.0;  // what is sold in two orders may add up to its last bit more
            w.steps_after[r] += counted ? steps : 0;
        };
        for (const order& o : out.orders) book(o.asset, o.row, o.quantity, o.steps, detail::rule(in.instruments.step, o.asset));
        for (const fee_payment& f : out.fees) book(f.asset, f.row, -f.quantity, -f.steps, f.step);
        // Open orders that are not cancelled are filled, and all cash has settled.
        exact_sum cash;
        cash.add(out.cash_after);
        for (std::size_t k = 0, cancelled = 0; k < in.account.open.size(); ++k) {
            if (cancelled < out.cancels.size() && out.cancels[cancelled] == k) {
                ++cancelled;
                continue;
            }
            const open_order& o = in.account.open[k];
            book(o.asset, o.row, o.quantity, o.steps, detail::rule(in.instruments.step, o.asset));
            cash.add(-o.quantity * l.price[o.asset]);
            cash.add(-o.cost);
        }
        if (!mandate().allow_short)  // what is left of a sale of all
            for (std::size_t r = 0; r < rows; ++r)
                if (w.quantity_after[r] < 0.0) w.quantity_after[r] = 0.0;
        inputs next_in = in;
        next_in.account = {.cash = cash.value(), .trailing_volume = in.account.trailing_volume};
        for (const order& o : out.orders) next_in.account.trailing_volume += detail::absolute(o.notional);
        if (counted)
            next_in.account.steps = {w.steps_after.data(), rows};
        else
            next_in.account.quantity = {w.quantity_after.data(), rows};
        if (mapped) next_in.account.asset_of_row = {w.asset_after.data(), rows};
        look next;
        w.seen.reset(l.assets());
        if (detail::value_account(next_in, mandate(), m.last_good_price, w.valuation_after, next)) return;
        next.risk = l.risk;
        next.regime = l.regime;
        if (detail::drift_account(l.target.data(), mandate(), w.seen, next)) return;
        w.seen.value = next.value;
        w.seen.cash = w.seen.cash_after = next.booked;
        if (!detail::check(trigger_, next, detail::get<0>(a.memories)).fired) return;
        detail::fill_positions(w.valuation_after, next);
        trade(next, a, w, w.seen);
        auto at = out.reasons.begin();
        for (const order& o : w.seen.orders) {  // sells by asset, then buys by asset
            if (at != out.reasons.end() && at->asset > o.asset) at = out.reasons.begin();
            while (at != out.reasons.end() && at->asset < o.asset) ++at;
            if (at == out.reasons.end() || at->asset != o.asset) at = out.reasons.insert(at, {o.asset, why::below_step});
            at->more = true;
        }
    }

    /// Every asset that a bad price froze has its reason, whether anything fired or it drifted or not.
    static void name_frozen(const look& l, decision& out) noexcept {
        auto at = out.reasons.begin();
        for (std::uint32_t i = 0; i < l.assets(); ++i) {
            while (at != out.reasons.end() && at->asset < i) ++at;
            if (!l.is_frozen(i)) continue;
            if (at == out.reasons.end() || at->asset != i) at = out.reasons.insert(at, {i, why::frozen_price, -l.drift[i] * l.value, 0.0});
            at->code = why::frozen_price;
        }
    }

    static void conflict(decision& out, const fault& f) noexcept {
        reject(out, f);
        out.outcome = outcome::infeasible;
    }

    fault find_limits(const look& l, const account_state& a, workspace& w, limits& lim) const noexcept {
        const std::size_t n = l.assets();
        constexpr bool can_narrow = (detail::limiting_guard<More> || ...);
        const bool ruled = detail::limits_trades(l.input->instruments);
        const bool open = !l.input->account.open.empty();
        if (!can_narrow && !ruled && !open && l.frozen.empty()) {
            lim = w.room.unset(n);
            return {};
        }
        lim = w.room.free(n);
        if (ruled) detail::narrow_to_rules(l, lim);
        if (open) detail::narrow_to_open_orders(l, lim);
        for_each_part(a, [&](const auto& policy, const auto& memory) {
            if constexpr (detail::limiting_guard<std::remove_cvref_t<decltype(policy)>>) detail::narrow(policy, l, memory, lim);
        });
        for (std::size_t i = 0; i < l.frozen.size(); ++i)
            if (l.frozen[i] != 0) lim.narrow_trade(i, 0.0, why::frozen_price);
        for (std::size_t i = 0; i < n; ++i)
            if (lim.weight.lower[i] > lim.weight.upper[i])
                return detail::fault_at(fault_code::limits_conflict, i, lim.weight.lower[i] - lim.weight.upper[i]);
        return {};
    }

    [[nodiscard]] static row_lists find_rows(const look& l, workspace& w) noexcept {
        if (l.input->account.asset_of_row.empty()) return {};
        for (std::size_t i = 0; i < l.assets(); ++i) w.first_row[i] = no_index;
        for (std::size_t r = l.rows(); r-- > 0;) {
            w.next_row[r] = w.first_row[l.asset_of(r)];
            w.first_row[l.asset_of(r)] = static_cast<std::uint32_t>(r);
        }
        return {{w.first_row.data(), l.assets()}, {w.next_row.data(), l.rows()}, true};
    }

    [[nodiscard]] box find_region(const look& l, const account_state& a, workspace& w) const noexcept {
        if constexpr (banded_trigger<Trigger>) {
            if (!detail::needs_region(solver_)) return {};
            const box b{{w.region_lower.data(), l.assets()}, {w.region_upper.data(), l.assets()}};
            for (std::size_t i = 0; i < l.assets(); ++i) {
                b.lower[i] = -infinity;
                b.upper[i] = infinity;
            }
            detail::narrow_to_region(trigger_, l, detail::get<0>(a.memories), b);
            return b;
        } else {
            return {};
        }
    }

    void judge(const look& l, const account_state& a, decision& out) const noexcept {
        verdict worst = verdict::pass;
        for_each_part(a, [&](const auto& policy, const auto& memory) {
            if constexpr (detail::judging_guard<std::remove_cvref_t<decltype(policy)>>) {
                const char* name = nullptr;
                weighing note;
                const verdict v = detail::judge(policy, proposal{l, out, &note}, memory, name);
                if (note.made && (v > worst || worst == verdict::pass)) out.weighing = note;
                if (v > worst) {
                    if (!note.made) out.weighing = {};
                    worst = v;
                    out.guard = name;
                }
            }
        });
        if (worst == verdict::pass) return;
        out.outcome = worst == verdict::block ? outcome::blocked : outcome::not_worth_it;
        detail::clear_orders(out);
        out.cancels.clear();
        for (auto& r : out.reasons)
            if (r.done != 0.0) r = {r.asset, why::held_back, r.wished, 0.0};
    }

    Trigger trigger_;
    Cost cost_;
    Solver solver_;
    detail::pack<More...> more_;
};

template <class Trigger, class Cost, class Solver, class... More>
rebalancer(Trigger, Cost, Solver, More...) -> rebalancer<Trigger, Cost, Solver, More...>;

}  // namespace ballast::inline v0
