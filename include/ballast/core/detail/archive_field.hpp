/// What the fields of a memory are as bytes, and which sections a state needs.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "../memory.hpp"
#include "../step.hpp"
#include "../timestamp.hpp"

namespace ballast::inline v0 {

namespace detail {
/// What a saved field is.
enum class field_kind : std::uint8_t {
    none,
    boolean,
    i8,
    u8,
    i16,
    u16,
    i32,
    u32,
    i64,
    u64,
    i128,
    u128,
    f32,
    f64,
    time,
    span,
    section = 64,
    vector = 128,  ///< added to the kind of the elements
};

inline constexpr std::uint64_t fnv_start = 14695981039346656037u;
[[nodiscard]] constexpr std::uint64_t fnv_step(std::uint64_t h, std::uint8_t byte) noexcept { return (h ^ byte) * 1099511628211u; }
[[nodiscard]] constexpr std::uint64_t name_hash(const char* name) noexcept {
    std::uint64_t h = fnv_start;
    for (; *name != '\0'; ++name) h = fnv_step(h, static_cast<std::uint8_t>(*name));
    return h;
}
[[nodiscard]] inline std::uint64_t checksum(std::span<const std::byte> bytes) noexcept {
    std::uint64_t h = fnv_start;
    for (const std::byte b : bytes) h = fnv_step(h, static_cast<std::uint8_t>(b));
    return h;
}

// ---- fields ----

/// `char` is unsigned here, whatever it is elsewhere.
template <class T>
concept integer_field = std::is_integral_v<T> || std::is_same_v<T, v0::int128> || std::is_same_v<T, v0::uint128>;
template <class T>
concept long_field = std::is_same_v<T, long> || std::is_same_v<T, unsigned long>;
template <class T>
concept signed_field = !std::is_same_v<T, char> && static_cast<T>(-1) < static_cast<T>(0);

template <class T>
inline constexpr bool is_vector = false;
template <class T, class Allocator>
inline constexpr bool is_vector<std::vector<T, Allocator>> = true;

template <class T>
inline constexpr bool is_memories = false;
template <class... Policies>
inline constexpr bool is_memories<memories<Policies...>> = true;

/// The kind of a field that is one number; `field_kind::none` where it is something else.
template <class T>
[[nodiscard]] consteval field_kind kind_of() noexcept {
    if constexpr (std::is_same_v<T, bool>) {
        return field_kind::boolean;
    } else if constexpr (std::is_enum_v<T>) {
        return kind_of<std::underlying_type_t<T>>();
    } else if constexpr (integer_field<T>) {
        constexpr std::size_t size = long_field<T> ? 8 : sizeof(T);
        constexpr field_kind as_signed = size == 1   ? field_kind::i8
                                         : size == 2 ? field_kind::i16
                                         : size == 4 ? field_kind::i32
                                         : size == 8 ? field_kind::i64
                                                     : field_kind::i128;
        return static_cast<field_kind>(static_cast<unsigned>(as_signed) + (signed_field<T> ? 0u : 1u));
    } else if constexpr (std::is_same_v<T, float>) {
        return field_kind::f32;
    } else if constexpr (std::is_same_v<T, double>) {
        return field_kind::f64;
    } else if constexpr (std::is_same_v<T, v0::timestamp>) {
        return field_kind::time;
    } else if constexpr (std::is_same_v<T, v0::duration>) {
        return field_kind::span;
    } else {
        return field_kind::none;
    }
}
[[nodiscard]] constexpr unsigned width_of(field_kind k) noexcept {
    switch (k) {
        case field_kind::boolean:
        case field_kind::i8:
        case field_kind::u8: return 1;
        case field_kind::i16:
        case field_kind::u16: return 2;
        case field_kind::i32:
        case field_kind::u32:
        case field_kind::f32: return 4;
        case field_kind::i128:
        case field_kind::u128: return 16;
        default: return 8;
    }
}

template <class T>
[[nodiscard]] constexpr uint128 bits_of(T value) noexcept {
    if constexpr (std::is_same_v<T, float>)
        return std::bit_cast<std::uint32_t>(value);
    else if constexpr (std::is_same_v<T, double>)
        return std::bit_cast<std::uint64_t>(value);
    else if constexpr (std::is_same_v<T, v0::timestamp> || std::is_same_v<T, v0::duration>)
        return static_cast<uint128>(value.ns);
    else
        return static_cast<uint128>(value);
}
template <class T>
[[nodiscard]] constexpr T value_of(uint128 bits) noexcept {
    if constexpr (std::is_same_v<T, float>)
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    else if constexpr (std::is_same_v<T, double>)
        return std::bit_cast<double>(static_cast<std::uint64_t>(bits));
    else if constexpr (std::is_same_v<T, v0::timestamp> || std::is_same_v<T, v0::duration>)
        return T{static_cast<std::int64_t>(bits)};
    else if constexpr (std::is_same_v<T, bool>)
        return bits != 0;
    else if constexpr (std::is_enum_v<T>)
        return static_cast<T>(static_cast<std::underlying_type_t<T>>(bits));
    else
        return static_cast<T>(bits);
}

[[nodiscard]] constexpr uint128 lowest_bytes(uint128 bits, unsigned count) noexcept {
    return count >= 16 ? bits : bits & ((static_cast<uint128>(1) << (8 * count)) - 1);
}

// ---- policies ----

template <class P>
concept has_name = requires {
    { P::name } -> std::convertible_to<const char*>;
};
template <class P>
concept has_memory_version = requires {
    P::memory_version;
};
template <class P>
concept has_whole_memory_version = std::integral<std::remove_cvref_t<decltype(P::memory_version)>>;
template <class M>
concept opening_sections = requires {
    requires M::opens_sections;
};

template <class P>
[[nodiscard]] consteval std::uint32_t memory_version_of() noexcept {
    if constexpr (has_memory_version<P>) {
        static_assert(has_whole_memory_version<P>,
                      "ballast: a policy's `memory_version` must be a whole number, `static constexpr unsigned`");
        static_assert(P::memory_version >= 1, "ballast: a policy's `memory_version` starts at 1");
        return static_cast<std::uint32_t>(P::memory_version);
    } else {
        return 1;
    }
}

/// False where a memory holds nothing, nor does any memory in it.
template <class M>
struct remembers {
    static constexpr bool value = true;
};
template <>
struct remembers<no_memory> {
    static constexpr bool value = false;
};
template <class... Policies>
struct remembers<memories<Policies...>> {
    static constexpr bool value = (remembers<memory_of<Policies>>::value || ...);
};

/// The section of one policy, if it needs one.
template <class Policy, class Memory, class Archive>
void visit_policy(Memory& memory, Archive& archive) noexcept {
    using plain = std::remove_const_t<Memory>;
    if constexpr (remembers<plain>::value) {
        static_assert(lists_fields<plain>,
                      "ballast: this policy's memory does not list its fields; it needs `template <class Self, class Visit> static "
                      "void fields(Self&, Visit&&)`");
        if constexpr (opening_sections<plain>) {
            plain::fields(memory, archive);
        } else {
            static_assert(has_name<Policy>,
                          "ballast: this policy remembers something and so needs `static constexpr const char* name`, by which "
                          "saved bytes know it; a composite needs one of its own");
            if constexpr (has_name<Policy>) archive.section(Policy::name, memory_version_of<Policy>(), [&] { archive(memory); });
        }
    }
}

template <class... Policies>
struct policy_list {
    template <class Pack, class Archive>
    static void visit(Pack& pack, Archive& archive) noexcept {
        visit_at(pack, archive, std::index_sequence_for<Policies...>{});
    }

private:
    template <class Pack, class Archive, std::size_t... Is>
    static void visit_at(Pack& pack, Archive& archive, std::index_sequence<Is...>) noexcept {
        (v0::detail::visit_policy<Policies>(v0::detail::get<Is>(pack), archive), ...);
    }
};
template <class... Policies>
policy_list<Policies...> policies_of(const memories<Policies...>&) noexcept;

/// One field: what it is made of, or handed to `archive.number` or `archive.list`.
template <class Field, class Archive>
void visit_field(Field& field, Archive& archive) noexcept {
    using plain = std::remove_const_t<Field>;
    if constexpr (is_memories<plain>) {
        decltype(v0::detail::policies_of(field))::visit(field.parts, archive);
    } else if constexpr (lists_fields<plain>) {
        plain::fields(field, archive);
    } else if constexpr (is_vector<plain>) {
        static_assert(kind_of<typename plain::value_type>() != field_kind::none,
                      "ballast: a vector in a memory must hold numbers, bools, enums, timestamps or durations");
        archive.list(field);
    } else {
        static_assert(kind_of<plain>() != field_kind::none,
                      "ballast: a field of a memory must be a number (not long double), a bool, an enum, a timestamp, a "
                      "duration, a std::vector of these, or a memory");
        archive.number(field);
    }
}
}  // namespace detail

}  // namespace ballast::inline v0
