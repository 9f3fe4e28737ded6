/// What all erased policies share: owning a model behind its base, and what every policy can be asked.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include "../../core/configuration.hpp"
#include "../../core/policy.hpp"
#include "state.hpp"

namespace ballast::inline v0 {

/// What an erased policy remembers of one account: known once `prepare` of its rebalancer has been called.
class any_memory : public detail::bases::erased_state {};

namespace detail {
/// Owns a model of `Base`. Copies are deep, moves leave it empty.
template <class Base>
class owned {
public:
    owned() noexcept = default;
    explicit owned(Base* model) noexcept : model_{model} {}
    owned(const owned& other) : model_{other.model_ == nullptr ? nullptr : static_cast<const Base*>(other.model_->clone())} {}
    owned(owned&& other) noexcept : model_{std::exchange(other.model_, nullptr)} {}
    owned& operator=(owned other) noexcept {
        std::swap(model_, other.model_);
        return *this;
    }
    ~owned() { delete model_; }

    [[nodiscard]] explicit operator bool() const noexcept { return model_ != nullptr; }
    [[nodiscard]] const Base* operator->() const noexcept { return model_; }

private:
    const Base* model_ = nullptr;
};

template <class P>
[[nodiscard]] consteval const char* name_of() noexcept {
    if constexpr (has_name<P>)
        return P::name;
    else
        return "";
}

/// Its address stands for the type, without run-time type information.
template <class P>
inline char type_tag{};

/// What every model can be asked.
struct model_base {
    model_base() = default;
    model_base(const model_base&) = default;
    model_base& operator=(const model_base&) = delete;
    virtual ~model_base() = default;

    [[nodiscard]] virtual model_base* clone() const = 0;
    [[nodiscard]] virtual const char* name() const noexcept = 0;
    /// The policy, where the tag is that of its type; nullptr otherwise.
    [[nodiscard]] virtual const void* held(const char* tag) const noexcept = 0;
    [[nodiscard]] virtual configuration_fault validate() const = 0;
    [[nodiscard]] virtual bool covers(std::size_t assets) const noexcept = 0;
    [[nodiscard]] virtual risk_need needs() const noexcept = 0;
};

/// And what policies with a memory can be asked besides.
struct remembering_base : model_base {
    [[nodiscard]] virtual bool remembers() const noexcept = 0;
    virtual void prepare(any_memory& m, const sizes& s) const = 0;
    [[nodiscard]] virtual bool prepared(const any_memory& m) const noexcept = 0;
    virtual void observe(const look& l, any_memory& m) const noexcept = 0;
    virtual void commit(const decision& d, timestamp at, any_memory& m) const noexcept = 0;
};

/// `Model` is the class that derives from this one; `Base` derives from model_base.
template <class Model, class Base, class P>
struct model_of : Base {
    static_assert(std::is_copy_constructible_v<P>, "ballast: a policy must be copyable to be erased");

    P policy;

    explicit model_of(P p) : policy(std::move(p)) {}
    [[nodiscard]] model_base* clone() const final { return new Model(static_cast<const Model&>(*this)); }
    [[nodiscard]] const char* name() const noexcept final { return name_of<P>(); }
    [[nodiscard]] const void* held(const char* tag) const noexcept final { return tag == &type_tag<P> ? &policy : nullptr; }
    [[nodiscard]] configuration_fault validate() const final { return v0::detail::validate(policy); }
    [[nodiscard]] bool covers(std::size_t assets) const noexcept final { return v0::detail::covers(policy, assets); }
    [[nodiscard]] risk_need needs() const noexcept final { return need_of(policy); }
};

template <class Model, class Base, class P>
struct remembering_model_of : model_of<Model, Base, P> {
    using memory = memory_of<P>;
    using model_of<Model, Base, P>::model_of;

    [[nodiscard]] memory* memory_in(any_memory& m) const noexcept { return m.template get<memory, true>(this->policy); }
    [[nodiscard]] const memory* memory_in(const any_memory& m) const noexcept { return m.template get<memory, true>(this->policy); }

    [[nodiscard]] bool remembers() const noexcept final { return !std::is_empty_v<memory>; }
    void prepare(any_memory& m, const sizes& s) const final { m.template prepare_as<memory, true>(this->policy, s); }
    [[nodiscard]] bool prepared(const any_memory& m) const noexcept final { return memory_in(m) != nullptr; }
    void observe(const look& l, any_memory& m) const noexcept final {
        if (memory* of_policy = memory_in(m)) v0::detail::observe(this->policy, l, *of_policy);
    }
    void commit(const decision& d, timestamp at, any_memory& m) const noexcept final {
        if (memory* of_policy = memory_in(m)) v0::detail::commit(this->policy, d, at, *of_policy);
    }
};

namespace bases {
/// What all erased policies have in common.
template <class Base>
class erased {
public:
    /// True where nothing is held: default-constructed, or moved from. Such a policy can be destroyed, copied and assigned to; `validate`
    /// refuses it.
    [[nodiscard]] bool empty() const noexcept { return !model_; }
    /// Name of the policy that is held; "" where it has none.
    [[nodiscard]] const char* runtime_name() const noexcept { return model_ ? model_->name() : ""; }
    /// The policy that is held, where it is a P; nullptr otherwise. To change one that came from a text: a copy of it, changed, is assigned back.
    template <class P>
    [[nodiscard]] const P* get_if() const noexcept {
        return model_ ? static_cast<const P*>(model_->held(&type_tag<P>)) : nullptr;
    }
    [[nodiscard]] risk_need runtime_needs() const noexcept { return model_ ? model_->needs() : risk_need::nothing; }
    [[nodiscard]] bool covers(std::size_t assets) const noexcept { return !model_ || model_->covers(assets); }

protected:
    erased() noexcept = default;
    explicit erased(Base* model) noexcept : model_{model} {}

    [[nodiscard]] configuration_fault validate_as(const char* family) const {
        if (!model_) return {family, 0.0, "holds no policy: it was default-constructed or moved from"};
        return model_->validate();
    }

    owned<Base> model_{};
};

/// The same for those that remember.
template <class Base>
class erased_remembering : public erased<Base> {
public:
    using memory = any_memory;

    /// Is there anything to remember of an account?
    [[nodiscard]] bool remembers() const noexcept { return this->model_ && this->model_->remembers(); }
    void prepare(memory& m, const sizes& s) const {
        if (this->model_) this->model_->prepare(m, s);
    }
    [[nodiscard]] bool prepared(const memory& m) const noexcept { return this->model_ && this->model_->prepared(m); }
    void observe(const look& l, memory& m) const noexcept {
        if (this->model_) this->model_->observe(l, m);
    }
    void commit(const decision& d, timestamp at, memory& m) const noexcept {
        if (this->model_) this->model_->commit(d, at, m);
    }

protected:
    using erased<Base>::erased;
};
}  // namespace bases
}  // namespace detail

}  // namespace ballast::inline v0
