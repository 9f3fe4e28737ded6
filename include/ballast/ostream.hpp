/// Printing to streams: `out << decision`. Not part of ballast.hpp: the streams take long to compile.
///
/// Everything is printed as `describe` and `to_string` say it, whatever the stream's locale; of its settings width, fill and alignment
/// count. For symbols print `describe(decision, symbols)`.
#pragma once

#include <concepts>
#include <ostream>
#include <type_traits>

#include "describe.hpp"

namespace ballast::inline v0 {

namespace detail {
template <class E>
concept enum_with_text = std::is_enum_v<E> && requires(E e) {
    { to_string(e) } -> std::same_as<const char*>;
};
}  // namespace detail

/// Any enum of ballast that has a `to_string`: its text.
template <detail::enum_with_text E>
std::ostream& operator<<(std::ostream& out, E e) {
    return out << to_string(e);
}

/// A step count. As 128-bit integers belong to no namespace, `using ballast::operator<<;` brings it in.
template <std::same_as<int128> Integer>
std::ostream& operator<<(std::ostream& out, Integer steps) {
    return out << to_string(steps);
}
/// As `to_string` or `describe` say it.
/// @{
inline std::ostream& operator<<(std::ostream& out, const step_count& n) { return out << to_string(n); }
inline std::ostream& operator<<(std::ostream& out, const decimal_step& step) { return out << to_string(step); }

inline std::ostream& operator<<(std::ostream& out, timestamp t) { return out << to_string(t); }
inline std::ostream& operator<<(std::ostream& out, duration d) { return out << to_string(d); }

inline std::ostream& operator<<(std::ostream& out, const fault& f) { return out << describe(f); }
inline std::ostream& operator<<(std::ostream& out, const firing& f) { return out << describe(f); }
inline std::ostream& operator<<(std::ostream& out, const order& o) { return out << describe(o); }
inline std::ostream& operator<<(std::ostream& out, const open_order& o) { return out << describe(o); }
inline std::ostream& operator<<(std::ostream& out, const reason& r) { return out << describe(r); }
inline std::ostream& operator<<(std::ostream& out, const decision& d) { return out << describe(d); }
/// @}

}  // namespace ballast::inline v0
