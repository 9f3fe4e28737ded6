/// A trigger chosen at run time.
#pragma once

#include <concepts>

#include "../trigger/concept.hpp"
#include "detail/model.hpp"

namespace ballast::inline v0 {

namespace detail {
struct trigger_base : remembering_base {
    [[nodiscard]] virtual firing check(const look& l, const any_memory& m) const noexcept = 0;
    [[nodiscard]] virtual firing explain(const look& l, const any_memory& m, leaf_sink& sink) const noexcept = 0;
    [[nodiscard]] virtual bool has_region() const noexcept = 0;
    virtual void region(const look& l, const any_memory& m, const box& b) const noexcept = 0;
    [[nodiscard]] virtual std::size_t leaves() const noexcept = 0;
};

[[nodiscard]] inline firing unprepared_trigger(const look& l, const char* name) noexcept {
    firing f;
    f.trigger = name;
    f.problem = {fault_code::not_prepared, no_index, static_cast<double>(l.assets())};
    return f;
}

template <class P>
struct trigger_model final : remembering_model_of<trigger_model<P>, trigger_base, P> {
    using remembering_model_of<trigger_model<P>, trigger_base, P>::remembering_model_of;

    [[nodiscard]] firing check(const look& l, const any_memory& m) const noexcept override {
        const auto* own = this->memory_in(m);
        return own != nullptr ? v0::detail::check(this->policy, l, *own) : unprepared_trigger(l, this->name());
    }
    [[nodiscard]] firing explain(const look& l, const any_memory& m, leaf_sink& sink) const noexcept override {
        const auto* own = this->memory_in(m);
        return own != nullptr ? examine(this->policy, l, *own, sink) : unprepared_trigger(l, this->name());
    }
    [[nodiscard]] bool has_region() const noexcept override { return v0::detail::has_region(this->policy); }
    void region([[maybe_unused]] const look& l, [[maybe_unused]] const any_memory& m,
                [[maybe_unused]] const box& b) const noexcept override {
        if constexpr (banded_trigger<P>) {
            const auto* own = this->memory_in(m);
            if (own != nullptr && has_region()) narrow_to_region(this->policy, l, *own, b);
        }
    }
    [[nodiscard]] std::size_t leaves() const noexcept override { return leaf_count(this->policy); }
};
}  // namespace detail

/// Any trigger as a value: `any_trigger t = trigger::band{.absolute = 0.05};`. It answers as the trigger that it holds, by that one's name;
/// whether it has a region and what it needs it tells at run time. Also a part of other triggers: `any_of{any_trigger{...},
/// any_trigger{...}}`, and again a trigger of which an `any_trigger` can be made.
///
/// Copies are deep. One indirect call per question. Where the memory was not prepared by this trigger's rebalancer the firing's problem is
/// `not_prepared`.
class any_trigger : public detail::bases::erased_remembering<detail::trigger_base> {
public:
    static constexpr const char* name = "any_trigger";

    /// Empty: to be assigned to.
    any_trigger() noexcept = default;
    template <class P>
        requires(!std::same_as<P, any_trigger> && trigger_policy<P>)
    any_trigger(P policy) : erased_remembering{new detail::trigger_model<P>(std::move(policy))} {
        static_assert(detail::check_trigger<P>());
    }

    [[nodiscard]] firing check(const look& l, const memory& m) const noexcept {
        return model_ ? model_->check(l, m) : detail::unprepared_trigger(l, name);
    }
    [[nodiscard]] firing explain(const look& l, const memory& m, leaf_sink& sink) const noexcept {
        return model_ ? model_->explain(l, m, sink) : detail::unprepared_trigger(l, name);
    }
    [[nodiscard]] bool has_region() const noexcept { return model_ && model_->has_region(); }
    /// Leaves the box as it is where there is no region.
    void region(const look& l, const memory& m, const box& b) const noexcept {
        if (model_) model_->region(l, m, b);
    }
    [[nodiscard]] std::size_t leaves() const noexcept { return model_ ? model_->leaves() : 1; }
    [[nodiscard]] configuration_fault validate() const { return validate_as(name); }
};

}  // namespace ballast::inline v0
