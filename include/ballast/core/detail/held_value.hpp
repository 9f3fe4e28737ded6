/// A place for a value of any type, chosen where it is used.
#pragma once

#include <utility>

namespace ballast::inline v0::detail {

/// Owns a value of any type that can be copied, or none. Copies are deep, moves leave it empty.
class held_value {
public:
    held_value() noexcept = default;
    held_value(const held_value& other)
        : what_{other.what_},
          value_{other.value_ == nullptr ? nullptr : other.what_->clone(other.value_)} {}
    held_value(held_value&& other) noexcept : what_{std::exchange(other.what_, nullptr)}, value_{std::exchange(other.value_, nullptr)} {}
    held_value& operator=(held_value other) noexcept {
        std::swap(what_, other.what_);
        std::swap(value_, other.value_);
        return *this;
    }
    ~held_value() {
        if (value_ != nullptr) what_->destroy(value_);
    }

    /// The T that it holds; nullptr where it holds none.
    /// @{
    template <class T>
    [[nodiscard]] T* get() noexcept {
        return what_ == &type_of<T> ? static_cast<T*>(value_) : nullptr;
    }
    template <class T>
    [[nodiscard]] const T* get() const noexcept {
        return what_ == &type_of<T> ? static_cast<const T*>(value_) : nullptr;
    }
    /// @}
    /// The T that it holds, or from now on a new one. Allocates.
    template <class T>
    [[nodiscard]] T& hold() {
        if (T* held = get<T>()) return *held;
        held_value fresh;
        T* value = new T{};
        fresh.value_ = value;
        fresh.what_ = &type_of<T>;
        *this = std::move(fresh);
        return *value;
    }

private:
    struct type {
        void* (*clone)(const void*);
        void (*destroy)(void*) noexcept;
    };
    /// Its address stands for the type.
    template <class T>
    static constexpr type type_of{[](const void* v) -> void* { return new T(*static_cast<const T*>(v)); },
                                  [](void* v) noexcept { delete static_cast<T*>(v); }};

    const type* what_ = nullptr;
    void* value_ = nullptr;
};

}  // namespace ballast::inline v0::detail
