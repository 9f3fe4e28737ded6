#include <ballast/numeric/wide_int.hpp>

#include "support/big_number.hpp"
#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>

// Against the size and the sign, reckoned apart in whole numbers of any size; and of 64 bits against the processor's own.

using namespace ballast;
using ballast_test::big;
using ballast_test::big_number;
using ballast_test::big_power_of_two;

namespace {

static_assert(sizeof(int256) == 32 && std::is_trivially_copyable_v<int256>);
static_assert(std::is_convertible_v<int, int256> && !std::is_convertible_v<uint256, int256> && !std::is_convertible_v<int256, uint256>);
static_assert(int256{-7} / 2 == -3 && int256{-7} % 2 == -1 && int256{7} / -2 == -3 && int256{7} % -2 == 1);
static_assert(int256{-7} < 3 && int256{-7} < -3 && int256{5} > -5 && -int256{5} == -5);
static_assert(int256{5} / 0 == -1 && int256{-5} % 0 == -5);
static_assert((int256{-5} >> 1) == -3 && (int256{-1} >> 300) == -1 && (int256{-5} << 2) == -20 && (int256{5} >> 300) == 0);
static_assert(int256::least() / -1 == int256::least() && -int256::least() == int256::least());
static_assert(int256::least().absolute() == uint256::power_of_two(255) && int256::largest() + 1 == int256::least());
static_assert(static_cast<double>(int256::least()) == -0x1p255 && static_cast<std::int64_t>(int256{-9}) == -9);
static_assert(wide_int<8>{int256{-3}} == -3 && int256{wide_int<8>{-3}} == -3 && wide_int<8>{int256{3}} == 3);
static_assert(static_cast<uint256>(int256{-1}) == uint256::largest() && int256{uint256::largest()} == -1);

// A sign and a size.
struct signed_number {
    bool below = false;
    big_number size{};
};
template <std::size_t Words>
signed_number exact(const wide_int<Words>& n) {
    return {n.negative(), big(n.absolute())};
}
signed_number sum(const signed_number& a, const signed_number& b) {
    if (a.below == b.below) return {a.below, a.size + b.size};
    return {a.size < b.size ? b.below : a.below, distance(a.size, b.size)};
}
signed_number negated(const signed_number& a) { return {!a.below, a.size}; }
signed_number product(const signed_number& a, const signed_number& b) { return {a.below != b.below, a.size * b.size}; }

bool fits(const signed_number& n, int bits) {
    const big_number limit = big_power_of_two(static_cast<std::size_t>(bits - 1));
    return n.size < limit || (n.below && n.size == limit);
}
template <class Wide>
Wide modulo(const signed_number& n) {
    const auto size = ballast_test::wide<wide_uint<Wide::words>>(n.size);
    return Wide{n.below ? -size : size};
}

template <class Wide>
Wide any(std::mt19937_64& random) {
    std::uint64_t words[Wide::words];
    for (std::uint64_t& w : words) w = random() % 4 == 0 ? (random() % 2 == 0 ? 0 : ~std::uint64_t{0}) : random();
    const Wide n{wide_uint<Wide::words>::from_words(words)};
    switch (random() % 8) {
        case 0: return Wide::least() + static_cast<int>(random() % 2);
        case 1: return Wide::largest() - static_cast<int>(random() % 2);
        case 2: return static_cast<int>(random() % 5) - 2;
        default: return n >> static_cast<int>(random() % Wide::bits);
    }
}

}  // namespace

TEMPLATE_TEST_CASE("wide_int: arithmetic of random numbers with edges", "[wide_int]", wide_int<1>, wide_int<2>, int256, wide_int<8>) {
    std::mt19937_64 random{21};
    for (int i = 0; i < 1000; ++i) {
        const auto a = any<TestType>(random);
        const auto b = any<TestType>(random);
        const signed_number x = exact(a);
        const signed_number y = exact(b);
        CAPTURE(a.negative(), a.absolute().to_decimal().view(), b.negative(), b.absolute().to_decimal().view());
        REQUIRE(a + b == modulo<TestType>(sum(x, y)));
        REQUIRE(a - b == modulo<TestType>(sum(x, negated(y))));
        REQUIRE(a * b == modulo<TestType>(product(x, y)));
        REQUIRE(-a == modulo<TestType>(negated(x)));
        TestType r;
        REQUIRE(checked_add(a, b, r) == fits(sum(x, y), TestType::bits));
        REQUIRE(r == a + b);
        REQUIRE(checked_subtract(a, b, r) == fits(sum(x, negated(y)), TestType::bits));
        REQUIRE(r == a - b);
        REQUIRE(checked_multiply(a, b, r) == fits(product(x, y), TestType::bits));
        REQUIRE(r == a * b);
        // a < b where b − a is above zero.
        const signed_number off = sum(y, negated(x));
        REQUIRE((a < b) == (!off.below && off.size.bits() != 0));
        REQUIRE((a == b) == (off.size.bits() == 0));
        if (b == 0) {
            REQUIRE(a / b == -1);
            REQUIRE(a % b == a);
        } else {
            const auto d = divided(x.size, y.size);
            REQUIRE(a / b == modulo<TestType>({x.below != y.below, d.quotient}));
            REQUIRE(a % b == modulo<TestType>({x.below, d.remainder}));
        }
        REQUIRE(static_cast<double>(a) == -static_cast<double>(-a) * (a == TestType::least() ? -1.0 : 1.0));
        // Rounded down: what is cut off is not below zero, and below one.
        const int shift = static_cast<int>(random() % TestType::bits);
        const TestType down = a >> shift;
        const signed_number cut = sum(x, negated(product(exact(down), {false, big_power_of_two(static_cast<std::size_t>(shift))})));
        REQUIRE((!cut.below || cut.size.bits() == 0));
        REQUIRE(cut.size < big_power_of_two(static_cast<std::size_t>(shift)));
        REQUIRE((a << shift) == modulo<TestType>(product(x, {false, big_power_of_two(static_cast<std::size_t>(shift))})));
    }
}

TEST_CASE("wide_int: of one word it is the processor's", "[wide_int]") {
    std::mt19937_64 random{22};
    for (int i = 0; i < 2000; ++i) {
        const auto a = static_cast<std::int64_t>(random()) >> (random() % 64);
        auto b = static_cast<std::int64_t>(random()) >> (random() % 64);
        if (b == 0) b = 3;
        if (b == -1) b = -2;
        const wide_int<1> x = a;
        const wide_int<1> y = b;
        REQUIRE(static_cast<std::int64_t>(x / y) == a / b);
        REQUIRE(static_cast<std::int64_t>(x % y) == a % b);
        REQUIRE((x <=> y) == (a <=> b));
        REQUIRE(static_cast<double>(x) == static_cast<double>(a));
        REQUIRE(static_cast<std::int64_t>(x >> 5) == a >> 5);
        REQUIRE(wide_int<8>{x} == a);
    }
}

TEST_CASE("wide_int: assignments", "[wide_int]") {
    int256 a = -100;
    a += 30;
    a -= 5;
    a *= -3;
    CHECK(a == 225);
    a /= -4;
    CHECK(a == -56);
    a %= 10;
    CHECK(a == -6);
    CHECK(++a == -5);
    CHECK(--a == -6);
    CHECK(checked_add(a, a, a));
    CHECK(checked_subtract(a, int256{1}, a));
    CHECK(checked_multiply(a, a, a));
    CHECK(a == 169);
    CHECK(static_cast<bool>(a));
    CHECK((a >> -1) == 0);
}
