/// A target policy chosen at run time.
#pragma once

#include <concepts>
#include <limits>
#include <optional>
#include <span>

#include "../target/concept.hpp"
#include "detail/model.hpp"

namespace ballast::inline v0 {

namespace detail {
struct target_base : remembering_base {
    [[nodiscard]] virtual bool transforms() const noexcept = 0;
    /// False where the memory was not prepared.
    [[nodiscard]] virtual bool weights(const look& l, const any_memory& m, std::span<double> out) const noexcept = 0;
};

template <class P>
struct target_model final : remembering_model_of<target_model<P>, target_base, P> {
    using remembering_model_of<target_model<P>, target_base, P>::remembering_model_of;

    [[nodiscard]] bool transforms() const noexcept override { return v0::detail::transforms(this->policy); }
    [[nodiscard]] bool weights(const look& l, const any_memory& m, std::span<double> out) const noexcept override {
        const auto* own = this->memory_in(m);
        if (own != nullptr) v0::detail::weights(this->policy, l, *own, out);
        return own != nullptr;
    }
};
}  // namespace detail

/// Any target policy as a value: `any_target t = target::equal{};`. Whether it makes its targets from the host's it tells at run time.
/// Copies are deep. Without a prepared memory its weights are NaN, which no rebalancer takes for targets.
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

    void weights(const look& l, const memory& m, std::span<double> out) const noexcept {
        if (model_ && model_->weights(l, m, out)) return;
        for (double& w : out) w = std::numeric_limits<double>::quiet_NaN();
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
    void weights(const look& l, const memory& m, std::span<double> out) const noexcept {
        if (target_) return target_->weights(l, m, out);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = l.target[i];
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
