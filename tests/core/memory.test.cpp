#include <ballast/core/memory.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <type_traits>
#include <vector>

using namespace ballast;

namespace {
struct stateless {};
struct with_number {
    struct memory {
        int number = 7;
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.number);
        }
    };
};
struct with_list {
    struct memory {
        std::vector<double> list{};
        void prepare(const sizes& s) { list.assign(s.assets, 1.0); }
        template <class Self, class Visit>
        static void fields(Self& m, Visit&& visit) {
            visit(m.list);
        }
    };
    std::size_t entries = 0;
    [[nodiscard]] bool covers(std::size_t n) const { return entries == n; }
};

// What fields a memory lists, in order, nested ones opened.
struct field_reader {
    std::vector<int>& numbers;
    std::size_t& lists;
    void operator()(const int& x) const { numbers.push_back(x); }
    void operator()(const std::vector<double>&) const { ++lists; }
    template <class Memory>
        requires detail::lists_fields<const Memory>
    void operator()(const Memory& m) const { Memory::fields(m, *this); }
};
}  // namespace

static_assert(std::is_same_v<memory_of<stateless>, no_memory> && std::is_empty_v<no_memory>);
static_assert(std::is_same_v<memory_of<with_number>, with_number::memory>);
static_assert(std::is_trivially_copyable_v<no_memory>);

// Parts without memory take no room in a composite, alone or beside others.
static_assert(std::is_empty_v<memories<>> && std::is_empty_v<memories<stateless>> && std::is_empty_v<memories<stateless, stateless>>);
static_assert(sizeof(memories<stateless, with_number>) == sizeof(int));
static_assert(!std::is_empty_v<memories<with_number>>);

static_assert(detail::preparable<with_list::memory> && !detail::preparable<with_number::memory>);
static_assert(detail::lists_fields<no_memory> && detail::lists_fields<with_list::memory> && detail::lists_fields<memories<with_list>>);
static_assert(!detail::lists_fields<stateless> && !detail::lists_fields<int>);
static_assert(detail::has_covers<with_list> && !detail::has_covers<stateless>);

TEST_CASE("memory: a composite's memory prepares and lists those of its parts in order") {
    memories<with_number, stateless, with_list, with_number> m;
    detail::get<0>(m.parts).number = 1;
    detail::get<3>(m.parts).number = 2;
    m.prepare({.assets = 5});
    CHECK(detail::get<2>(m.parts).list == std::vector<double>(5, 1.0));
    std::vector<int> numbers;
    std::size_t lists = 0;
    field_reader{numbers, lists}(m);
    CHECK(numbers == std::vector<int>{1, 2});
    CHECK(lists == 1);
}

TEST_CASE("memory: a memory of memories nests") {
    struct outer {
        using memory = memories<with_number, with_list>;
    };
    memories<outer, with_number> m;
    m.prepare({.assets = 2});
    CHECK(detail::get<1>(detail::get<0>(m.parts).parts).list.size() == 2);
    std::vector<int> numbers;
    std::size_t lists = 0;
    field_reader{numbers, lists}(m);
    CHECK(numbers == std::vector<int>{7, 7});
    CHECK(lists == 1);
}

TEST_CASE("memory: preparing what has nothing to prepare does nothing") {
    with_number::memory m{3};
    detail::prepare(m, {.assets = 9});
    CHECK(m.number == 3);
    no_memory none;
    detail::prepare(none, {.assets = 9});
}

TEST_CASE("memory: a policy that does not say covers everything") {
    CHECK(detail::covers(stateless{}, 0));
    CHECK(detail::covers(stateless{}, 1000));
    CHECK(detail::covers(with_list{.entries = 4}, 4));
    CHECK_FALSE(detail::covers(with_list{.entries = 4}, 5));
}
