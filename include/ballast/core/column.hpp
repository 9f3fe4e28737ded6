/// A read-only column of values: a span, a single member of an array of structs, or nothing.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

namespace ballast::inline v0 {

namespace detail {
/// Anything whose elements lie one after the other and can be seen as T.
template <class Container, class T>
concept contiguous_container = requires(const Container& c) {
    { std::data(c) } -> std::convertible_to<const T*>;
    { std::size(c) } -> std::convertible_to<std::size_t>;
};

template <class Container>
using element_of = std::remove_cvref_t<decltype(*std::data(std::declval<const Container&>()))>;
}  // namespace detail

/// A view of `size()` values of type `T` that lie `stride()` bytes apart. It owns nothing: what it looks at must outlive the call that it is given
/// to. Implicit from any contiguous container of `T`, so that `.price = prices` reads as it works; from an array of structs by naming the member:
/// `column{positions, &position::price}`; from anything else by a pointer and a distance in bytes. Strided or not, the answers are the same bits. Where
/// a column is optional, an empty one is one that is not given.
template <class T>
class column {
public:
    using value_type = T;  ///< what it is a column of

    constexpr column() noexcept = default;
    /// `size` values from `first` on, one after the other.
    constexpr column(const T* first, std::size_t size) noexcept : first_{first}, size_{size} {}
    /// `size` values `stride` bytes apart, each aligned for `T`; a stride of 0 shows one value `size` times.
    constexpr column(const T* first, std::size_t size, std::size_t stride) noexcept : first_{first}, size_{size}, stride_{stride} {}

    /// All values of a container, one after the other.
    template <class Container>
        requires(!std::is_same_v<std::remove_cvref_t<Container>, column> && detail::contiguous_container<Container, T> &&
                 sizeof(detail::element_of<Container>) == sizeof(T))
    constexpr column(const Container& c) noexcept : first_{std::data(c)}, size_{static_cast<std::size_t>(std::size(c))} {}

    /// One member of each struct of a contiguous container; it may be inherited.
    template <class Container, class Struct>
        requires(detail::contiguous_container<Container, Struct>)
    column(const Container& c, const T Struct::*member)
    noexcept
        : first_{std::size(c) == 0 ? nullptr : &(std::data(c)->*member)},
          size_{static_cast<std::size_t>(std::size(c))},
          stride_{sizeof(detail::element_of<Container>)} {}

    /// Number of values; bytes from one to the next; whether there is nothing between them.
    /// @{
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr std::size_t stride() const noexcept { return stride_; }
    [[nodiscard]] constexpr bool contiguous() const noexcept { return stride_ == sizeof(T); }
    /// @}
    /// The first value; the others follow without a gap only where `contiguous()`.
    [[nodiscard]] constexpr const T* data() const noexcept { return first_; }

    /// The i-th value.
    [[nodiscard]] constexpr const T& operator[](std::size_t i) const noexcept {
        if (contiguous()) return first_[i];
        return *reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(first_) + i * stride_);
    }

private:
    const T* first_ = nullptr;
    std::size_t size_ = 0;
    std::size_t stride_ = sizeof(T);
};
template <class Container>
column(const Container&) -> column<detail::element_of<Container>>;
template <class Container, class T, class Struct>
column(const Container&, T Struct::*) -> column<std::remove_cv_t<T>>;

}  // namespace ballast::inline v0
