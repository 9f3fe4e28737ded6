/// Both states as bytes, for keeping them over a restart.
///
///     std::vector<std::byte> bytes = save(account);        // or save(account, span, written), which allocates nothing
///     if (const fault f = load(account, bytes)) ...        // checked first: on a fault the account is as it was, to the last bit
///
/// Numbers are little-endian on every machine. A byte string is
///
/// | bytes | content                                                                                                        |
/// |-------|----------------------------------------------------------------------------------------------------------------|
/// | 8     | magic: 89 'B' 'L' 'S' 'T' 0D 0A 1A, which a transfer as text would damage                                       |
/// | 2     | format version, 1; the first 28 bytes keep their meaning in every later format                                  |
/// | 1     | kind: 1 market, 2 account                                                                                      |
/// | 1     | 0                                                                                                              |
/// | 8     | size of the whole                                                                                              |
/// | 8     | checksum of the 20 bytes before                                                                                |
/// | ...   | sections: the state's own, then one for every policy that remembers something, in the composition's order      |
/// | 8     | checksum of everything before                                                                                  |
///
/// A section is the byte 64, the hash of its policy's `name` (8; of the state's own "market_state" or "account_state"), its
/// `memory_version` (4; 1 where the policy does not tell), the size of what follows (8), and fields, each led by its kind (1 byte):
///
/// | field                                   | kind                          | then                                              |
/// |-----------------------------------------|-------------------------------|---------------------------------------------------|
/// | `bool`                                  | 1 boolean                     | 1 byte, 0 or 1                                    |
/// | integers; `long` takes 8 bytes anywhere | 2 i8, 3 u8 .. 10 i128 11 u128 | 1, 2, 4, 8 or 16 bytes                            |
/// | `float`, `double`                       | 12 f32, 13 f64                | their bits                                        |
/// | `timestamp`, `duration`                 | 14 time, 15 span              | nanoseconds, 8 bytes                              |
/// | enums                                   | that of their underlying type | as those                                          |
/// | `std::vector` of these                  | 128 + that of its elements    | count (8), then the elements without their kinds  |
/// | `memories<Policies...>`                 | none                          | a section for each of them that remembers a thing |
/// | any other type with `fields`            | none                          | its fields                                        |
///
/// Checksums and name hashes are FNV-1a with 64 bits (Fowler, Noll and Vo); each of its steps is a bijection, so that damage to a single
/// byte never goes unseen. Saved bytes know policies by their names: the memory of another policy stands in a memory as
/// `memories<Policy>`. Parameters are not saved; a policy with other parameters goes on from what it remembers.
///
/// A memory that is known at run time alone declares `static constexpr bool opens_sections = true`, and its `fields` opens its section
/// with `visit.section(name, version, body)`, or none where nothing is remembered. Visitors are the two classes `archive_writer` and
/// `archive_reader`, so that two pointers to functions erase it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "detail/archive_field.hpp"
#include "fault.hpp"
#include "state.hpp"
#include "step.hpp"

namespace ballast::inline v0 {

namespace detail {
inline constexpr std::uint8_t archive_magic[8] = {0x89, 'B', 'L', 'S', 'T', 0x0D, 0x0A, 0x1A};
inline constexpr std::uint16_t archive_format = 1;
inline constexpr std::size_t archive_header = 28;
inline constexpr std::size_t archive_checksum = 8;
/// Of the states' own sections. Raised when `market_state::fields` or `account_state::fields` change.
inline constexpr std::uint32_t state_version = 1;
}  // namespace detail

/// What `save` hands to `fields`: writes each field, or only counts the bytes that it would take.
class archive_writer {
public:
    archive_writer() noexcept = default;  ///< only counts
    /// Writes from `out` on, where there has to be room.
    explicit archive_writer(std::byte* out) noexcept : out_{out} {}

    /// Saves a field: a number, an enum, a list, a column, a memory.
    template <class Field>
    void operator()(const Field& field) noexcept {
        detail::visit_field(field, *this);
    }
    /// A section of what `body` visits.
    template <class Body>
    void section(const char* name, std::uint32_t memory_version, Body&& body) noexcept {
        put(static_cast<std::uint8_t>(detail::field_kind::section), 1);
        put(detail::name_hash(name), 8);
        put(memory_version, 4);
        const std::size_t at = size_;
        put(0, 8);
        body();
        put_at(at, size_ - at - 8, 8);
    }
    /// Saves a number, least significant byte first.
    template <class T>
    void number(const T& value) noexcept {
        constexpr detail::field_kind kind = detail::kind_of<T>();
        put(static_cast<std::uint8_t>(kind), 1);
        put(detail::bits_of(value), detail::width_of(kind));
    }
    /// Saves a list: its length, then its entries.
    template <class Vector>
    void list(const Vector& values) noexcept {
        constexpr detail::field_kind kind = detail::kind_of<typename Vector::value_type>();
        put(static_cast<std::uint8_t>(kind) + static_cast<unsigned>(detail::field_kind::vector), 1);
        put(values.size(), 8);
        for (const typename Vector::value_type value : values) put(detail::bits_of(value), detail::width_of(kind));
    }
    /// The lowest `width` bytes of `bits`, lowest first.
    void put(uint128 bits, unsigned width) noexcept {
        put_at(size_, bits, width);
        size_ += width;
    }
    /// How many bytes were written.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    void put_at(std::size_t at, uint128 bits, unsigned width) const noexcept {
        if (out_ == nullptr) return;
        for (unsigned i = 0; i < width; ++i) out_[at + i] = static_cast<std::byte>(static_cast<std::uint8_t>(bits >> (8 * i)));
    }

    std::byte* out_ = nullptr;
    std::size_t size_ = 0;
};

/// What `load` hands to `fields`, twice: first it only compares what the bytes hold with what the fields are, then it fills them. Which
/// fields a memory has must not depend on their values.
class archive_reader {
public:
    /// Which of the two times.
    enum class pass : std::uint8_t { check, fill };

    /// Reads the bytes from `from` up to `to`.
    archive_reader(std::span<const std::byte> bytes, std::size_t from, std::size_t to, pass p) noexcept
        : bytes_{bytes},
          at_{from},
          end_{to},
          fill_{p == pass::fill} {}

    /// Checks or restores a field.
    template <class Field>
    void operator()(Field& field) noexcept {
        detail::visit_field(field, *this);
    }
    /// Expects a section of this name; an older version of its memory is as foreign as another name.
    template <class Body>
    void section(const char* name, std::uint32_t memory_version, Body&& body) noexcept {
        const std::size_t began = at_;
        if (!expect(static_cast<std::uint8_t>(detail::field_kind::section), 1) || !expect(detail::name_hash(name), 8)) return;
        const auto saved_version = static_cast<std::uint32_t>(take(4));
        const auto length = static_cast<std::uint64_t>(take(8));
        if (problem_) return;
        if (saved_version > memory_version) return fail({fault_code::bytes_newer, no_index, static_cast<double>(saved_version)});
        if (saved_version < memory_version || length > end_ - at_) return foreign(began);
        const std::size_t outer = end_;
        end_ = at_ + static_cast<std::size_t>(length);
        body();
        if (at_ != end_) foreign(at_);
        end_ = outer;
    }
    /// Checks or restores a number.
    template <class T>
    void number(T& value) noexcept {
        constexpr detail::field_kind kind = detail::kind_of<T>();
        if (!expect(static_cast<std::uint8_t>(kind), 1)) return;
        take_into<T>([&](T v) { value = v; });
    }
    /// Checks or restores a list.
    template <class Vector>
    void list(Vector& values) noexcept {
        using element = typename Vector::value_type;
        constexpr detail::field_kind kind = detail::kind_of<element>();
        if (!expect(static_cast<std::uint8_t>(kind) + static_cast<unsigned>(detail::field_kind::vector), 1)) return;
        const auto count = static_cast<std::uint64_t>(take(8));
        if (problem_) return;
        if (count > (end_ - at_) / detail::width_of(kind)) return foreign(at_);
        if (count != values.size())
            return fail(
                {count > values.size() ? fault_code::not_prepared : fault_code::size_mismatch, no_index, static_cast<double>(count)});
        for (std::size_t i = 0; i < values.size(); ++i) take_into<element>([&](element v) { values[i] = v; });
    }
    /// The first thing found wrong, if any.
    [[nodiscard]] const fault& problem() const noexcept { return problem_; }
    /// Where the next field begins.
    [[nodiscard]] std::size_t position() const noexcept { return at_; }

private:
    void fail(const fault& f) noexcept {
        if (!problem_) problem_ = f;
    }
    void foreign(std::size_t at) noexcept { fail({fault_code::bytes_foreign, no_index, static_cast<double>(at)}); }

    uint128 take(unsigned width) noexcept {
        if (problem_) return 0;
        if (end_ - at_ < width) {
            foreign(at_);
            return 0;
        }
        uint128 bits = 0;
        for (unsigned i = 0; i < width; ++i) bits |= static_cast<uint128>(static_cast<std::uint8_t>(bytes_[at_ + i])) << (8 * i);
        at_ += width;
        return bits;
    }
    bool expect(std::uint64_t wanted, unsigned width) noexcept {
        const std::size_t at = at_;
        if (take(width) != wanted) foreign(at);
        return !problem_;
    }
    template <class T, class Set>
    void take_into(Set&& set) noexcept {
        const std::size_t at = at_;
        constexpr unsigned width = detail::width_of(detail::kind_of<T>());
        const uint128 bits = take(width);
        const T value = detail::value_of<T>(bits);
        // A bool of 2, or a `long` that is longer where the bytes come from.
        if (detail::lowest_bytes(detail::bits_of(value), width) != bits) foreign(at);
        if (fill_ && !problem_) set(value);
    }

    std::span<const std::byte> bytes_;
    std::size_t at_;
    std::size_t end_;
    bool fill_;
    fault problem_{};
};

namespace detail {
template <class State>
struct saved_state {
    static constexpr std::uint8_t kind = 0;
};
template <class... Estimators>
struct saved_state<market_state<Estimators...>> {
    static constexpr std::uint8_t kind = 1;
    template <class State, class Archive>
    static void visit(State& s, Archive& archive) noexcept {
        archive.section("market_state", state_version, [&] { market_state<Estimators...>::fields(s, archive); });
        policy_list<Estimators...>::visit(s.estimates, archive);
    }
};
template <class... Policies>
struct saved_state<account_state<Policies...>> {
    static constexpr std::uint8_t kind = 2;
    template <class State, class Archive>
    static void visit(State& s, Archive& archive) noexcept {
        archive.section("account_state", state_version, [&] { account_state<Policies...>::fields(s, archive); });
        policy_list<Policies...>::visit(s.memories, archive);
    }
};

template <class State>
void write_archive(const State& s, std::size_t size, std::byte* out) noexcept {
    archive_writer w{out};
    for (const std::uint8_t byte : archive_magic) w.put(byte, 1);
    w.put(archive_format, 2);
    w.put(saved_state<State>::kind, 1);
    w.put(0, 1);
    w.put(size, 8);
    w.put(checksum({out, w.size()}), 8);
    saved_state<State>::visit(s, w);
    w.put(checksum({out, w.size()}), archive_checksum);
}

[[nodiscard]] inline std::uint64_t word_at(std::span<const std::byte> bytes, std::size_t at, unsigned width) noexcept {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < width; ++i) word |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
    return word;
}

/// What is wrong with a byte string before anything is read of its sections.
[[nodiscard]] inline fault check_frame(std::span<const std::byte> bytes, std::uint8_t kind) noexcept {
    const auto foreign = [](std::size_t at) { return fault{fault_code::bytes_foreign, no_index, static_cast<double>(at)}; };
    for (std::size_t i = 0; i < sizeof archive_magic && i < bytes.size(); ++i)
        if (bytes[i] != static_cast<std::byte>(archive_magic[i])) return foreign(i);
    if (bytes.size() < archive_header) return {fault_code::bytes_truncated, no_index, static_cast<double>(archive_header)};
    if (checksum(bytes.first(archive_header - 8)) != word_at(bytes, archive_header - 8, 8)) return foreign(archive_header - 8);
    const std::uint64_t format = word_at(bytes, 8, 2);
    if (format > archive_format) return {fault_code::bytes_newer, no_index, static_cast<double>(format)};
    if (format < archive_format) return foreign(8);
    if (word_at(bytes, 10, 1) != kind) return foreign(10);
    if (word_at(bytes, 11, 1) != 0) return foreign(11);
    const std::uint64_t size = word_at(bytes, 12, 8);
    if (size < archive_header + archive_checksum) return foreign(12);
    if (bytes.size() < size) return {fault_code::bytes_truncated, no_index, static_cast<double>(size)};
    if (bytes.size() > size) return foreign(static_cast<std::size_t>(size));
    const std::size_t end = bytes.size() - archive_checksum;
    if (checksum(bytes.first(end)) != word_at(bytes, end, 8)) return foreign(end);
    return {};
}
}  // namespace detail

/// `market_state` or `account_state`.
template <class State>
concept saved = detail::saved_state<State>::kind != 0;

/// Size of the state as bytes. It depends on the state's type and the sizes that it was prepared for, not on what it holds. O(number of
/// fields and of their entries).
template <saved State>
[[nodiscard]] std::size_t saved_size(const State& s) noexcept {
    archive_writer count;
    detail::saved_state<State>::visit(s, count);
    return detail::archive_header + count.size() + detail::archive_checksum;
}

/// Writes the state to the front of `out` and tells how many bytes that took. Where `out` is too short the fault is `bytes_truncated` with
/// the size needed, nothing is written and `written` is 0. Allocates nothing. O(size).
template <saved State>
fault save(const State& s, std::span<std::byte> out, std::size_t& written) noexcept {
    const std::size_t size = v0::saved_size(s);
    written = 0;
    if (out.size() < size) return {fault_code::bytes_truncated, no_index, static_cast<double>(size)};
    detail::write_archive(s, size, out.data());
    written = size;
    return {};
}

/// The state as bytes. Allocates them.
template <saved State>
[[nodiscard]] std::vector<std::byte> save(const State& s) {
    std::vector<std::byte> bytes(v0::saved_size(s));
    detail::write_archive(s, bytes.size(), bytes.data());
    return bytes;
}

/// Fills the state from all of `bytes`. It has to be prepared for the sizes of the state that was saved. Everything is checked before
/// anything is changed; on a fault the state is as it was:
///
/// | fault           | what                                                                                | value                     |
/// |-----------------|-------------------------------------------------------------------------------------|---------------------------|
/// | bytes_truncated | the bytes end too early                                                             | size needed               |
/// | bytes_foreign   | not ballast's, of the other kind of state, of other policies or older ones, damaged | position where that shows |
/// | bytes_newer     | a newer format, or a newer version of a policy's memory                             | that version              |
/// | not_prepared    | a vector of the state is shorter than the saved one                                 | entries saved             |
/// | size_mismatch   | a vector of the state is longer than the saved one                                  | entries saved             |
///
/// Allocates nothing. O(size).
template <saved State>
fault load(State& s, std::span<const std::byte> bytes) noexcept {
    if (const fault f = detail::check_frame(bytes, detail::saved_state<State>::kind)) return f;
    const std::size_t end = bytes.size() - detail::archive_checksum;
    archive_reader check{bytes, detail::archive_header, end, archive_reader::pass::check};
    detail::saved_state<State>::visit(s, check);
    if (check.problem()) return check.problem();
    if (check.position() != end) return {fault_code::bytes_foreign, no_index, static_cast<double>(check.position())};
    archive_reader fill{bytes, detail::archive_header, end, archive_reader::pass::fill};
    detail::saved_state<State>::visit(s, fill);
    return {};
}

}  // namespace ballast::inline v0
