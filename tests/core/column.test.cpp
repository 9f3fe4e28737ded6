#include <ballast/core/column.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

using namespace ballast;

namespace {
struct asset {
    std::uint32_t id = 0;
    double price = 0.0;
    double quantity = 0.0;
};
struct named_asset : asset {  // larger than the struct in which the member stands
    std::string name{};
    const double fee = 0.5;
};
struct lone {
    double price = 0.0;
};

template <class T>
std::vector<T> values(const column<T>& c) {
    std::vector<T> out;
    for (std::size_t i = 0; i < c.size(); ++i) out.push_back(c[i]);
    return out;
}

// What a function of the library takes.
std::size_t taken(const column<double>& c) { return c.size(); }
}  // namespace

static_assert(std::is_trivially_copyable_v<column<double>>);
static_assert(std::is_nothrow_default_constructible_v<column<double>>);
static_assert(std::is_convertible_v<std::vector<double>, column<double>>);
static_assert(std::is_convertible_v<std::span<const double>, column<double>>);
// Neither another type of number, nor a single one, nor a list of bits.
static_assert(!std::is_convertible_v<std::vector<float>, column<double>>);
static_assert(!std::is_convertible_v<std::vector<int>, column<double>>);
static_assert(!std::is_convertible_v<double, column<double>>);
static_assert(!std::is_constructible_v<column<bool>, std::vector<bool>>);
static_assert(!std::is_constructible_v<column<double>, std::vector<asset>, std::uint32_t asset::*>);
static_assert(!std::is_convertible_v<std::vector<named_asset>, column<asset>>);  // they lie further apart
static_assert(!std::is_constructible_v<column<double>, std::vector<lone>, double asset::*>);

TEST_CASE("column: nothing is empty") {
    constexpr column<double> none;
    STATIC_REQUIRE(none.empty());
    STATIC_REQUIRE(none.size() == 0);
    STATIC_REQUIRE(none.data() == nullptr);
    STATIC_REQUIRE(none.contiguous());
    CHECK(taken({}) == 0);
}

TEST_CASE("column: of vectors, arrays, spans, C arrays, initialiser lists and pointers") {
    const std::vector<double> expected{1.5, -2.0, 3.25};
    const std::array<double, 3> array{1.5, -2.0, 3.25};
    const double c_array[] = {1.5, -2.0, 3.25};
    const std::initializer_list<double> list{1.5, -2.0, 3.25};
    std::vector<double> changeable = expected;
    for (const column<double>& c : {column<double>{expected}, column<double>{array}, column<double>{c_array}, column<double>{list},
                                    column<double>{std::span{changeable}}, column<double>{std::span<const double, 3>{array}},
                                    column<double>{expected.data(), 3}, column<double>{expected.data(), 3, sizeof(double)}}) {
        CHECK(values(c) == expected);
        CHECK(c.contiguous());
        CHECK_FALSE(c.empty());
        CHECK(c.stride() == sizeof(double));
    }
    CHECK(column<double>{expected}.data() == expected.data());
    CHECK(taken(changeable) == 3);
    CHECK(taken(column<double>{std::vector<double>{}}) == 0);
    static constexpr double fixed[] = {1.0, 2.0};
    constexpr column<double> at_compile_time{fixed};
    STATIC_REQUIRE(at_compile_time[1] == 2.0);
}

TEST_CASE("column: it looks, it does not copy") {
    std::vector<double> v{1.0, 2.0};
    const column<double> c = v;
    v[1] = 5.0;
    CHECK(c[1] == 5.0);
}

TEST_CASE("column: a member of an array of structs") {
    std::vector<asset> v;
    for (std::uint32_t i = 0; i < 5; ++i) v.push_back({i, 10.0 + i, 100.0 + i});
    const column<double> price{v, &asset::price};
    const column<double> quantity{v, &asset::quantity};
    const column<std::uint32_t> id{v, &asset::id};
    CHECK(values(price) == std::vector<double>{10, 11, 12, 13, 14});
    CHECK(values(quantity) == std::vector<double>{100, 101, 102, 103, 104});
    CHECK(values(id) == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
    CHECK_FALSE(price.contiguous());
    CHECK(price.stride() == sizeof(asset));
    const std::array<asset, 2> array{v[3], v[4]};
    CHECK(values(column<double>{array, &asset::price}) == std::vector<double>{13, 14});
    CHECK(values(column<double>{std::span{v}.subspan(1, 2), &asset::price}) == std::vector<double>{11, 12});
    CHECK(column<double>{std::vector<asset>{}, &asset::price}.empty());
}

TEST_CASE("column: an inherited member, a constant member, a struct of one member") {
    std::vector<named_asset> v(3);
    for (std::size_t i = 0; i < 3; ++i) {
        v[i].price = 1.0 + static_cast<double>(i);
        v[i].name = "a name";
    }
    static_assert(sizeof(named_asset) > sizeof(asset));
    const column<double> price{v, &named_asset::price};  // of type double asset::*
    CHECK(values(price) == std::vector<double>{1, 2, 3});
    CHECK(price.stride() == sizeof(named_asset));
    CHECK(values(column<double>{v, &named_asset::fee}) == std::vector<double>{0.5, 0.5, 0.5});
    const std::vector<lone> single{{1.0}, {2.0}};
    const column<double> c{single, &lone::price};
    CHECK(values(c) == std::vector<double>{1, 2});
    CHECK(c.contiguous());
}

TEST_CASE("column: a distance in bytes, as of a column of a matrix") {
    const double rows[] = {1, 2, 3, 4, 5, 6};  // 2 × 3
    CHECK(values(column<double>{rows + 1, 2, 3 * sizeof(double)}) == std::vector<double>{2, 5});
    CHECK(values(column<double>{rows, 3, 2 * sizeof(double)}) == std::vector<double>{1, 3, 5});
    CHECK(values(column<double>{rows + 4, 3, 0}) == std::vector<double>{5, 5, 5});
}

TEST_CASE("column: the type of the values is found by itself") {
    const std::vector<double> v{1.0};
    const std::vector<asset> a(1);
    const std::vector<named_asset> b(1);
    const column c{v};
    const column price{a, &asset::price};
    const column id{a, &asset::id};
    const column fee{b, &named_asset::fee};
    const column span{std::span<const double>{v}};
    STATIC_REQUIRE(std::is_same_v<decltype(c), const column<double>>);
    STATIC_REQUIRE(std::is_same_v<decltype(price), const column<double>>);
    STATIC_REQUIRE(std::is_same_v<decltype(id), const column<std::uint32_t>>);
    STATIC_REQUIRE(std::is_same_v<decltype(fee), const column<double>>);
    STATIC_REQUIRE(std::is_same_v<decltype(span), const column<double>>);
    const column copy{c};
    STATIC_REQUIRE(std::is_same_v<decltype(copy), const column<double>>);
    CHECK(copy.data() == v.data());
}
