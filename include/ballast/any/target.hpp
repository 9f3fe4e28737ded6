/// A target policy chosen at run time.
#pragma once

#include <concepts>
#include <optional>
#include <span>

#include "../target/concept.hpp"
#include "detail/model.hpp"

namespace ballast::inline v0 {

namespace detail {
struct target_base : remembering_base {
    [[nodiscard]] virtual bool transforms() const noexcept = 0;
    virtual void prepare_scratch(target_scratch& s, const sizes& of) const = 0;
    [[nodiscard]] virtual fault weights(const look& l, const any_memory& m, target_scratch& s, std::span<double> out) const noexcept = 0;
};

template <class P>
struct target_model final : remembering_model_of<target_model<P>, target_base, P> {
    using remembering_model_of<target_model<P>, target_base, P>::remembering_model_of;

    [[nodiscard]] bool transforms() const noexcept override { return v0::detail::transforms(this->policy); }
    void prepare_scratch(target_scratch& s, const sizes& of) const override { prepare_for(this->policy, s, of); }
    [[nodiscard]] fault weights(const look& l, const any_memory& m, target_scratch& s, std::span<double> out) const noexcept override {
        const auto* own = this->memory_in(m);
        if (own == nullptr) return {fault_code::not_prepared, no_index, static_cast<double>(out.size())};
        return v0::detail::weights(this->policy, l, *own, s, out);
    }
};
}  // namespace detail

/// Any target policy as a value: `any_target t = target::equal{};`. Whether it makes its targets from the host's it tells at run time.
/// Copies are deep. Without a prepared memory there are no weights, but a fault.
class any_target : public detail::bases::erased_remembering<detail::target_base> {
public:
    static constexpr const char* name = "any_target";

    /// Empty: to be assigned to.
    any_target() noexcept = default;
    template <class P>
        requires(!std::same_as<P, any_target> && target_policy<P>)
    any_target(P policy) : erased_remembering{new detail::target_model<P>(std::move(policy))} {
        static_assert(detail::check_optional_members<P>());
    }

    using detail::bases::erased_remembering<detail::target_base>::prepare;
    void prepare(target_scratch& s, const sizes& of) const {
        if (model_) model_->prepare_scratch(s, of);
    }
    [[nodiscard]] fault weights(const look& l, const memory& m, target_scratch& s, std::span<double> out) const noexcept {
        if (model_) return model_->weights(l, m, s, out);
        return {fault_code::not_prepared, no_index, static_cast<double>(out.size())};
    }
    [[nodiscard]] bool runtime_transforms() const noexcept { return model_ && model_->transforms(); }
    [[nodiscard]] configuration_fault validate() const { return validate_as(name); }
};

namespace detail {
/// A target policy or none; none hands on the host's targets as they are.
class optional_target {
public:
    static constexpr const char* name = "optional_target";
    using memory = any_memory;

    optional_target() noexcept = default;
    explicit optional_target(std::optional<any_target> target) noexcept : target_{std::move(target)} {}

    [[nodiscard]] bool given() const noexcept { return target_.has_value(); }
    [[nodiscard]] fault weights(const look& l, const memory& m, target_scratch& s, std::span<double> out) const noexcept {
        if (target_) return target_->weights(l, m, s, out);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = l.target[i];
        return {};
    }
    void prepare(target_scratch& s, const sizes& of) const {
        if (target_) target_->prepare(s, of);
    }
    [[nodiscard]] bool runtime_transforms() const noexcept { return !target_ || target_->runtime_transforms(); }
    void prepare(memory& m, const sizes& s) const {
        if (target_)
            target_->prepare(m, s);
        else
            m.prepare_as_nothing();
    }
    [[nodiscard]] bool prepared(const memory& m) const noexcept { return target_ ? target_->prepared(m) : m.holds_nothing(); }
    void observe(const look& l, memory& m) const noexcept {
        if (target_) target_->observe(l, m);
    }
    void commit(const decision& d, timestamp at, memory& m) const noexcept {
        if (target_) target_->commit(d, at, m);
    }
    [[nodiscard]] risk_need runtime_needs() const noexcept { return target_ ? target_->runtime_needs() : risk_need::nothing; }
    [[nodiscard]] bool covers(std::size_t assets) const noexcept { return !target_ || target_->covers(assets); }
    [[nodiscard]] configuration_fault validate() const { return target_ ? target_->validate() : configuration_fault{}; }

private:
    std::optional<any_target> target_{};
};
}  // namespace detail

}  // namespace ballast::inline v0
