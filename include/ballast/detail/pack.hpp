/// A small heterogeneous list: what std::tuple is for, at a tenth of its compile time, with empty members taking no room.
#pragma once

#include <cstddef>
#include <utility>

namespace ballast::inline v0::detail {

template <std::size_t At, class T>
struct pack_leaf {
    [[no_unique_address]] T value{};
};

template <class Indices, class... Ts>
struct pack_of;

template <std::size_t... Is, class... Ts>
struct pack_of<std::index_sequence<Is...>, Ts...> : pack_leaf<Is, Ts>... {
    constexpr pack_of() = default;
    constexpr explicit pack_of(Ts... values) requires(sizeof...(Ts) > 0) : pack_leaf<Is, Ts>{std::move(values)}... {}
};

template <class... Ts>
using pack = pack_of<std::index_sequence_for<Ts...>, Ts...>;

template <std::size_t At, class T>
[[nodiscard]] constexpr T& get(pack_leaf<At, T>& leaf) noexcept {
    return leaf.value;
}
template <std::size_t At, class T>
[[nodiscard]] constexpr const T& get(const pack_leaf<At, T>& leaf) noexcept {
    return leaf.value;
}

/// Calls f on each member, in order.
template <std::size_t... Is, class... Ts, class F>
constexpr void for_each(const pack_of<std::index_sequence<Is...>, Ts...>& p, F&& f) {
    (f(detail::get<Is>(p)), ...);
}
template <std::size_t... Is, class... Ts, class F>
constexpr void for_each(pack_of<std::index_sequence<Is...>, Ts...>& p, F&& f) {
    (f(detail::get<Is>(p)), ...);
}

/// Calls f on the members of two packs of equal length, pair by pair.
template <std::size_t... Is, class... Ts, class... Us, class F>
constexpr void for_each_pair(const pack_of<std::index_sequence<Is...>, Ts...>& a, pack_of<std::index_sequence<Is...>, Us...>& b, F&& f) {
    (f(detail::get<Is>(a), detail::get<Is>(b)), ...);
}
template <std::size_t... Is, class... Ts, class... Us, class F>
constexpr void for_each_pair(const pack_of<std::index_sequence<Is...>, Ts...>& a, const pack_of<std::index_sequence<Is...>, Us...>& b,
                             F&& f) {
    (f(detail::get<Is>(a), detail::get<Is>(b)), ...);
}

}  // namespace ballast::inline v0::detail
