/// The same composition, chosen at run time from the same pieces.
///
///     any_trigger when = trigger::band{.absolute = 0.05};
///     if (config.cooldown > 0) when = trigger::cooldown{std::move(when), days(config.cooldown)};
///     any_rebalancer policy{when, cost::proportional{.rate = 10_bps}, solver::to_target{}, {guard::max_turnover{.limit = 0.2}}};
///
/// Decisions are those of a `rebalancer` of the same pieces, to the bit. What that one refuses to compile this one refuses when it is
/// built, by `invalid_configuration` with the same sentence. After `prepare` nothing is allocated here either. The price is an indirect
/// call for each question to a policy, and for each number of a cost model.
///
/// **Keeping one.** The type has no parameters, so that it can be the member of a class whose header includes no policy:
///
///     class account_service {
///     public:
///         account_service(any_rebalancer policy, std::size_t assets) : keeper_{std::move(policy), {.assets = assets}} {}
///     private:
///         keeper<any_rebalancer> keeper_;
///     };
///
/// or, for many accounts under one policy, a member `any_rebalancer policy_`, with one `any_rebalancer::market_state`, one `account_state`
/// per account and one `workspace` per thread, each prepared by `policy_.prepare(...)`.
///
/// **States belong to the policies that prepared them.** Where another rebalancer has other policies with something to remember, its calls
/// answer `not_prepared`; where its policies differ in parameters alone, or in policies that remember nothing, it goes on with them. Saved
/// bytes (core/archive.hpp) are those of the `rebalancer` of the same pieces; a state is prepared before it is loaded. Estimates depend on
/// the estimators alone, solvers' scratch on the solver.
///
/// **Changing the policy.** A rebalancer can be assigned to while none of its calls is running; in between it is as immutable as any other.
/// One that was moved from proposes, observes accounts and commits nothing (`not_prepared`); it can be assigned to and destroyed.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "any/cost.hpp"
#include "any/estimator.hpp"
#include "any/guard.hpp"
#include "any/sizing.hpp"
#include "any/solver.hpp"
#include "any/target.hpp"
#include "any/trigger.hpp"
#include "rebalancer.hpp"
#include "sizing/reconciled.hpp"

namespace ballast::inline v0 {

/// A `rebalancer` whose policies are chosen at run time. Its interface is that of `rebalancer`, and a `keeper` keeps it. Without a target
/// policy the targets are those of the inputs.
class any_rebalancer
    : public rebalancer<any_trigger, any_cost, any_solver, any_guards, detail::optional_target, any_estimators, mandate, any_sizing> {
    using composition =
        rebalancer<any_trigger, any_cost, any_solver, any_guards, detail::optional_target, any_estimators, v0::mandate, any_sizing>;

public:
    /// Validates every policy, and that they go together; throws `invalid_configuration`.
    explicit any_rebalancer(any_trigger trigger, any_cost cost, any_solver solver, std::vector<any_guard> guards = {},
                            std::optional<any_target> target = std::nullopt, std::vector<any_estimator> risk = {}, v0::mandate mandate = {},
                            any_sizing sizing = sizing::reconciled{})
        : composition{std::move(trigger),
                      std::move(cost),
                      std::move(solver),
                      any_guards{std::move(guards)},
                      detail::optional_target{std::move(target)},
                      any_estimators{std::move(risk)},
                      mandate,
                      std::move(sizing)} {}

    /// What building it would throw, for hosts that would rather be told.
    [[nodiscard]] static configuration_fault check(const any_trigger& trigger, const any_cost& cost, const any_solver& solver,
                                                   const std::vector<any_guard>& guards = {}, const std::optional<any_target>& target = {},
                                                   const std::vector<any_estimator>& risk = {}, const v0::mandate& mandate = {},
                                                   const any_sizing& sizing = sizing::reconciled{}) {
        return composition::check(trigger, cost, solver, any_guards{guards}, detail::optional_target{target}, any_estimators{risk}, mandate,
                                  sizing);
    }
};

}  // namespace ballast::inline v0
