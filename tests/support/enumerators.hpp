// Which values of an enum have a name? The compiler says it: `template <auto V>` is spelt by its enumerator where there is one, as a cast
// where there is none. So that a test of "for every enumerator" does not rest on a list that somebody has to keep.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace test {

namespace detail {
template <auto V>
constexpr std::string_view spelling() {
    std::string_view text = __PRETTY_FUNCTION__;  // "... [with auto V = ns::color::red; ...]" or "... [V = ns::color::red]"
    text.remove_prefix(text.find("V = ") + 4);
    return text.substr(0, text.find_first_of(";]"));
}
template <auto V>
constexpr bool is_named() {
    const std::string_view text = spelling<V>();
    return text.substr(text.rfind(')') + 1).find_first_not_of("0123456789") != std::string_view::npos;  // a cast: "(ns::color)17"
}
template <class E, std::size_t... Is>
std::vector<E> named(std::index_sequence<Is...>) {
    std::vector<E> found;
    ((is_named<static_cast<E>(Is)>() ? found.push_back(static_cast<E>(Is)) : void()), ...);
    return found;
}
}  // namespace detail

// The enumerators of E with values 0..255: all of them where E is of one unsigned byte.
template <class E>
std::vector<E> enumerators() {
    static_assert(std::is_enum_v<E> && sizeof(E) == 1 && std::is_unsigned_v<std::underlying_type_t<E>>);
    return detail::named<E>(std::make_index_sequence<256>{});
}

}  // namespace test
