/// What erased policies remember, learn and work on: a value of a type that only the policy knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "../../core/archive.hpp"
#include "../../core/memory.hpp"

namespace ballast::inline v0::detail {

/// What can be done with a value whose type is gone. The address of a table stands for policy and type.
struct state_table {
    void* (*clone)(const void*) = nullptr;
    void (*destroy)(void*) noexcept = nullptr;
    void (*save)(const void*, archive_writer&) noexcept = nullptr;
    void (*load)(void*, archive_reader&) noexcept = nullptr;
    void (*adjust)(void*, std::size_t, double) noexcept = nullptr;
};

/// Values that hold nothing need no memory: they all stand here.
template <class T>
inline T nothing_held{};

/// `Saved`: the value has fields.
template <class Policy, class T, bool Saved>
[[nodiscard]] consteval state_table make_state_table() noexcept {
    state_table t;
    t.clone = [](const void* v) -> void* { return new T(*static_cast<const T*>(v)); };
    t.destroy = [](void* v) noexcept { delete static_cast<T*>(v); };
    if constexpr (Saved) {
        t.save = [](const void* v, archive_writer& archive) noexcept { visit_policy<Policy>(*static_cast<const T*>(v), archive); };
        t.load = [](void* v, archive_reader& archive) noexcept { visit_policy<Policy>(*static_cast<T*>(v), archive); };
    }
    if constexpr (adjustable<T>)
        t.adjust = [](void* v, std::size_t asset, double factor) noexcept { static_cast<T*>(v)->adjust(asset, factor); };
    return t;
}
template <class Policy, class T, bool Saved>
inline constexpr state_table state_table_of = make_state_table<Policy, T, Saved>();
/// One table for all policies that hold nothing, so that they can take each other's place.
inline constexpr state_table table_of_nothing{};

/// The bases of public types stand apart from `detail`, so that no call with such an argument finds a function of `detail` by its argument.
namespace bases {
/// Owns the value. Empty until a policy prepares it; copies are deep, moves leave it empty.
class erased_state {
public:
    erased_state() noexcept = default;
    erased_state(const erased_state& other)
        : table_{other.table_},
          value_{other.value_ == nullptr ? nullptr : other.table_->clone(other.value_)} {}
    erased_state(erased_state&& other) noexcept
        : table_{std::exchange(other.table_, nullptr)},
          value_{std::exchange(other.value_, nullptr)} {}
    erased_state& operator=(erased_state other) noexcept {
        std::swap(table_, other.table_);
        std::swap(value_, other.value_);
        return *this;
    }
    ~erased_state() {
        if (value_ != nullptr) table_->destroy(value_);
    }

    /// Forgets what it held and holds a new value for this policy: prepared as such, and then by the policy. Allocates.
    template <class T, bool Saved, class Policy>
    void prepare_as(const Policy& policy, const sizes& s) {
        static_assert(std::is_copy_constructible_v<T>, "ballast: what an erased policy remembers must be copyable");
        if constexpr (std::is_empty_v<T>) {
            prepare_as_nothing();
        } else {
            erased_state fresh;
            T* value = new T{};
            fresh.table_ = &state_table_of<Policy, T, Saved>;
            fresh.value_ = value;
            detail::prepare(*value, s);
            prepare_for(policy, *value, s);
            *this = std::move(fresh);
        }
    }

    /// Holds nothing, as for a policy that remembers nothing.
    void prepare_as_nothing() noexcept {
        erased_state fresh;
        fresh.table_ = &table_of_nothing;
        *this = std::move(fresh);
    }
    [[nodiscard]] bool holds_nothing() const noexcept { return table_ == &table_of_nothing; }

    /// The value, where it was prepared for this very policy; nullptr otherwise.
    template <class T, bool Saved, class Policy>
    [[nodiscard]] T* get(const Policy& policy) noexcept {
        return const_cast<T*>(std::as_const(*this).template get<T, Saved>(policy));
    }
    template <class T, bool Saved, class Policy>
    [[nodiscard]] const T* get(const Policy& policy) const noexcept {
        if constexpr (std::is_empty_v<T>) {
            return holds_nothing() ? &nothing_held<T> : nullptr;
        } else {
            if (table_ != &state_table_of<Policy, T, Saved>) return nullptr;
            const T* value = static_cast<const T*>(value_);
            return prepared_for(policy, *value) ? value : nullptr;
        }
    }

    /// A split, for what remembers prices.
    void adjust(std::size_t asset, double factor) noexcept {
        if (value_ != nullptr && table_->adjust != nullptr) table_->adjust(value_, asset, factor);
    }

    static constexpr bool opens_sections = true;
    /// For `save` and `load`: a section named after the policy, or none where there is nothing to save.
    template <class Self, class Visit>
    static void fields(Self& s, Visit& archive) noexcept {
        static_assert(std::is_same_v<Visit, archive_writer> || std::is_same_v<Visit, archive_reader>,
                      "ballast: what an erased policy remembers can be visited by archive_writer and archive_reader alone");
        if (s.value_ == nullptr || s.table_->save == nullptr) return;
        if constexpr (std::is_same_v<Visit, archive_writer>)
            s.table_->save(s.value_, archive);
        else
            s.table_->load(s.value_, archive);
    }

private:
    const state_table* table_ = nullptr;
    void* value_ = nullptr;
};
}  // namespace bases

}  // namespace ballast::inline v0::detail
