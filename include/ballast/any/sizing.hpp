/// A sizing chosen at run time.
#pragma once

#include <concepts>

#include "../cost/detail/cost_ref.hpp"
#include "../sizing/concept.hpp"
#include "detail/model.hpp"

namespace ballast::inline v0 {

namespace detail {
/// A sizing that takes a bound cost whose traits are known at run time only, as it has to beside an erased cost anyway.
template <class S>
concept sizing_any_cost = requires(const S& s, const problem& p, const cost_ref& c, solution& sol, sizing_scratch& m, decision& d) {
    { s.size(p, c, sol, m, d) }
    noexcept->std::same_as<fault>;
};

struct sizing_base : model_base {
    virtual void prepare(sizing_scratch& m, const sizes& s) const = 0;
    [[nodiscard]] virtual fault size(const problem& p, const cost_ref& cost, solution& s, sizing_scratch& m,
                                     decision& d) const noexcept = 0;
};

template <class P>
struct sizing_model final : model_of<sizing_model<P>, sizing_base, P> {
    static_assert(sizing_any_cost<P>,
                  "ballast: to be erased a sizing has to take any bound cost: `template <bound_cost View> fault size(const problem&, const "
                  "View&, solution&, sizing_scratch&, decision&) const noexcept`");

    using model_of<sizing_model<P>, sizing_base, P>::model_of;

    void prepare(sizing_scratch& m, const sizes& s) const override { prepare_for(this->policy, m, s); }
    [[nodiscard]] fault size(const problem& p, const cost_ref& cost, solution& s, sizing_scratch& m, decision& d) const noexcept override {
        return this->policy.size(p, cost, s, m, d);
    }
};
}  // namespace detail

/// Any sizing as a value: `any_sizing s = sizing::integer{.max_orders = 5};`. What it needs it tells at run time. The cost is handed to it by
/// reference, with its traits told at run time: orders are those of the sizing itself, to the bit. Copies are deep. One indirect call for
/// each list of orders, and one for each number of the cost.
class any_sizing : public detail::bases::erased<detail::sizing_base> {
public:
    static constexpr const char* name = "any_sizing";

    /// Empty: to be assigned to.
    any_sizing() noexcept = default;
    template <class P>
        requires(!std::same_as<P, any_sizing> && sizing_policy<P>)
    any_sizing(P policy) : erased{new detail::sizing_model<P>(std::move(policy))} { static_assert(detail::check_optional_members<P>()); }

    void prepare(sizing_scratch& m, const sizes& s) const {
        if (model_) model_->prepare(m, s);
    }
    /// `not_prepared` where it is empty, and where the scratch was prepared for another sizing and does not have what this one needs.
    template <bound_cost View>
    [[nodiscard]] fault size(const problem& p, const View& view, solution& s, sizing_scratch& m, decision& d) const noexcept {
        if (!model_) return {fault_code::not_prepared, no_index, static_cast<double>(p.look.assets())};
        return model_->size(p, detail::ref_to(view), s, m, d);
    }
    [[nodiscard]] configuration_fault validate() const { return validate_as(name); }
};

}  // namespace ballast::inline v0
