/// A solver chosen at run time.
#pragma once

#include <concepts>

#include "../solver/concept.hpp"
#include "detail/model.hpp"

namespace ballast::inline v0 {

namespace detail {
struct solver_base : remembering_base {
    [[nodiscard]] virtual bool needs_region() const noexcept = 0;
    [[nodiscard]] virtual bool accepts(const cost_traits& t) const noexcept = 0;
    virtual void prepare_scratch(bases::erased_state& scratch, const sizes& s) const = 0;
    [[nodiscard]] virtual bool prepared_scratch(const bases::erased_state& scratch) const noexcept = 0;
    [[nodiscard]] virtual price_counts told_prices() const noexcept = 0;
    [[nodiscard]] virtual status solve(const problem& p, const cost_ref& cost, const any_memory& known, bases::erased_state& scratch,
                                       solution& out) const noexcept = 0;
};

template <class P>
struct solver_model final : remembering_model_of<solver_model<P>, solver_base, P> {
    using scratch = scratch_of<P>;
    using remembering_model_of<solver_model<P>, solver_base, P>::remembering_model_of;

    [[nodiscard]] bool needs_region() const noexcept override { return v0::detail::needs_region(this->policy); }
    [[nodiscard]] bool accepts(const cost_traits& t) const noexcept override { return v0::detail::accepts(this->policy, t); }
    void prepare_scratch(bases::erased_state& m, const sizes& s) const override { m.template prepare_as<scratch, false>(this->policy, s); }
    [[nodiscard]] bool prepared_scratch(const bases::erased_state& m) const noexcept override {
        return m.template get<scratch, false>(this->policy) != nullptr;
    }
    [[nodiscard]] price_counts told_prices() const noexcept override { return v0::detail::told_prices(this->policy); }
    [[nodiscard]] status solve(const problem& p, const cost_ref& cost, const any_memory& remembered, bases::erased_state& m,
                               solution& out) const noexcept override {
        scratch* own = m.template get<scratch, false>(this->policy);
        if (own == nullptr) return status::infeasible;
        const auto* known = this->memory_in(remembered);
        return known != nullptr ? v0::detail::solve(this->policy, p, cost, *known, *own, out)
                                : v0::detail::solve(this->policy, p, cost, *own, out);
    }
};
}  // namespace detail

/// Any solver as a value: `any_solver s = solver::to_target{};`. Whether it needs a region and which costs it accepts it tells at run time,
/// and a rebalancer that can not give it that is refused when it is built. The cost is handed to it by one of six types with the static
/// traits of the view (cost/detail/cost_ref.hpp), so that the solver's code is what it would be for the view itself. Copies are deep.
class any_solver : public detail::bases::erased_remembering<detail::solver_base> {
public:
    static constexpr const char* name = "any_solver";
    /// The solver's own scratch, known once a workspace was prepared.
    class scratch : public detail::bases::erased_state {};

    /// Empty: to be assigned to.
    any_solver() noexcept = default;
    template <class P>
        requires(!std::same_as<P, any_solver> && solver_policy<P>)
    any_solver(P policy) : erased_remembering{new detail::solver_model<P>(std::move(policy))} {
        static_assert(detail::check_optional_members<P>());
    }

    using erased_remembering::prepare;
    using erased_remembering::prepared;
    void prepare(scratch& m, const sizes& s) const {
        if (model_) model_->prepare_scratch(m, s);
    }
    [[nodiscard]] bool prepared(const scratch& m) const noexcept { return model_ && model_->prepared_scratch(m); }

    /// `infeasible` where the scratch was not prepared by this solver. Without a memory, or with one that is not this solver's, its search begins
    /// as for an account of which nothing is known.
    /// @{
    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, const memory& known, scratch& m, solution& out) const noexcept {
        return model_ ? model_->solve(p, detail::ref_to(view), known, m, out) : status::infeasible;
    }
    template <bound_cost View>
    [[nodiscard]] status solve(const problem& p, const View& view, scratch& m, solution& out) const noexcept {
        const memory nothing;
        return solve(p, view, nothing, m, out);
    }
    /// @}
    /// Those that the erased one tells of.
    [[nodiscard]] price_counts told_prices() const noexcept { return model_ ? model_->told_prices() : price_counts{}; }
    [[nodiscard]] bool runtime_needs_region() const noexcept { return model_ && model_->needs_region(); }
    [[nodiscard]] bool runtime_accepts(const cost_traits& t) const noexcept { return model_ && model_->accepts(t); }
    [[nodiscard]] configuration_fault validate() const { return validate_as(name); }
};

}  // namespace ballast::inline v0
