#include <ballast/numeric/wide_uint.hpp>

#include "support/big_number.hpp"
#include "support/catch.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

// Against whole numbers of any size (schoolbook, long division bit by bit), and against figures of Python's integers.

using namespace ballast;
using ballast_test::big;
using ballast_test::big_number;
using ballast_test::big_power_of_two;
using ballast_test::low_bits;
using ballast_test::wide;

namespace {

static_assert(std::is_trivially_copyable_v<uint256> && sizeof(uint256) == 32 && sizeof(uint512) == 64);
static_assert(std::is_convertible_v<int, uint256> && std::is_convertible_v<uint128, uint256> && !std::is_convertible_v<double, uint256>);
static_assert(!std::is_convertible_v<bool, uint256> && !std::is_convertible_v<uint256, std::uint64_t> &&
              !std::is_convertible_v<uint256, bool>);
static_assert(std::is_convertible_v<uint256, uint512> && !std::is_convertible_v<uint512, uint256>);

// In the compiler.
static_assert(0x10_u256 == 16 && 340282366920938463463374607431768211456_u256 == uint256::power_of_two(128));
static_assert(0x1'0000'0000'0000'0000_u256 + std::int64_t{-1} == 0xffff'ffff'ffff'ffff_u256 && 0_u256 == uint256{});
static_assert(square_root(1'000'000_u256) == 1000 && (7_u256 * 3 - 1) / 4 == 5 && 20_u256 % 7 == 6);
static_assert(uint256{-1} == uint256::largest() && uint256{-2} + 2 == 0 && -1_u256 == ~uint256{});
static_assert(static_cast<double>(uint256::largest()) == 0x1p256 && static_cast<double>(uint512::largest()) == 0x1p512);
static_assert(uint256::from_double(0x1.8p200) == (3_u256 << 199));
static_assert(divide(uint512::largest(), uint512{uint256::largest()}).quotient == uint512{uint256::largest()} + 2);
static_assert(*uint256::from_decimal("115792089237316195423570985008687907853269984665640564039457584007913129639935") ==
              uint256::largest());
static_assert(uint256::largest().to_decimal().view() == "115792089237316195423570985008687907853269984665640564039457584007913129639935");

// Numbers with edges: runs of ones and zeros, powers of two and their neighbours, random words, of any length.
template <class Wide>
class numbers {
public:
    explicit numbers(unsigned seed) : random_{seed} {}

    Wide operator()() {
        const int width = static_cast<int>(random_() % (Wide::bits + 1));
        switch (random_() % 6) {
            case 0: return Wide::power_of_two(width);
            case 1: return Wide::power_of_two(width) - 1;
            case 2: return Wide::power_of_two(width) + 1;
            case 3: return cut(patterned(), width);
            case 4: return random_() % 4;
            default: return cut(any(), width);
        }
    }
    std::mt19937_64& random() { return random_; }

private:
    static Wide cut(const Wide& n, int width) { return width == 0 ? Wide{} : n >> (Wide::bits - width); }
    Wide any() {
        std::uint64_t words[Wide::words];
        for (std::uint64_t& w : words) w = random_();
        return Wide::from_words(words);
    }
    // Words of zeros, ones, and what lies beside them.
    Wide patterned() {
        constexpr std::uint64_t highest = std::uint64_t{1} << 63;
        constexpr std::uint64_t edges[]{0, 1, 2, highest - 1, highest, highest + 1, ~std::uint64_t{0}, ~std::uint64_t{1}};
        std::uint64_t words[Wide::words];
        for (std::uint64_t& w : words) w = edges[random_() % 8];
        return Wide::from_words(words);
    }

    std::mt19937_64 random_;
};

template <class Wide>
void check_pair(const Wide& a, const Wide& b) {
    constexpr auto bits = static_cast<std::size_t>(Wide::bits);
    const big_number x = big(a);
    const big_number y = big(b);
    const big_number limit = big_power_of_two(bits);
    CAPTURE(a.to_decimal().view(), b.to_decimal().view());

    REQUIRE(a + b == wide<Wide>(x + y));
    REQUIRE(a - b == wide<Wide>(x + limit - y));
    REQUIRE(a * b == wide<Wide>(x * y));
    REQUIRE(multiply_wide(a, b) == wide<wide_uint<2 * Wide::words>>(x * y));
    REQUIRE((a <=> b) == (x <=> y));
    REQUIRE((a == b) == (x == y));
    REQUIRE(-a == wide<Wide>(limit - x));

    Wide r;
    REQUIRE(checked_add(a, b, r) == (x + y < limit));
    REQUIRE(r == a + b);
    REQUIRE(checked_subtract(a, b, r) == (x >= y));
    REQUIRE(r == a - b);
    REQUIRE(checked_multiply(a, b, r) == (x * y < limit));
    REQUIRE(r == a * b);

    const auto [quotient, remainder] = divide(a, b);
    if (b == 0) {
        REQUIRE(quotient == Wide::largest());
        REQUIRE(remainder == a);
    } else {
        const auto d = divided(x, y);
        REQUIRE(big(quotient) == d.quotient);
        REQUIRE(big(remainder) == d.remainder);
    }
    REQUIRE(a / b == quotient);
    REQUIRE(a % b == remainder);
}

template <class Wide>
void check_mul_div(const Wide& a, const Wide& b, const Wide& d) {
    CAPTURE(a.to_decimal().view(), b.to_decimal().view(), d.to_decimal().view());
    const Wide before = 12345;
    Wide down = before;
    Wide up = before;
    const bool has_down = mul_div(a, b, d, down);
    const bool has_up = mul_div_up(a, b, d, up);
    const big_number limit = big_power_of_two(static_cast<std::size_t>(Wide::bits));
    if (d == 0) {
        REQUIRE_FALSE(has_down);
        REQUIRE_FALSE(has_up);
    } else {
        const auto exact = divided(big(a) * big(b), big(d));
        const big_number above = exact.quotient + (exact.remainder.bits() != 0 ? big_number{1} : big_number{});
        REQUIRE(has_down == (exact.quotient < limit));
        REQUIRE(has_up == (above < limit));
        if (has_down) REQUIRE(big(down) == exact.quotient);
        if (has_up) REQUIRE(big(up) == above);
    }
    if (!has_down) REQUIRE(down == before);
    if (!has_up) REQUIRE(up == before);
}

template <class Wide>
void check_root(const Wide& n) {
    CAPTURE(n.to_decimal().view());
    const big_number root = big(square_root(n));
    const big_number next = root + big_number{1};
    REQUIRE(root * root <= big(n));
    REQUIRE(next * next > big(n));
}

// The nearest double of n, found by comparing: no rounding of a processor is asked.
double nearest(const big_number& n) {
    if (n.bits() <= 53) return n.rough();
    const std::size_t cut = n.bits() - 53;
    const auto d = divided(n, big_power_of_two(cut));
    const std::strong_ordering side = d.remainder + d.remainder <=> big_power_of_two(cut);
    const bool up = side > 0 || (side == 0 && d.quotient.bit(0));
    return std::ldexp((up ? d.quotient + big_number{1} : d.quotient).rough(), static_cast<int>(cut));
}

template <class Wide>
void check_double(const Wide& n) {
    CAPTURE(n.to_decimal().view());
    const double x = static_cast<double>(n);
    REQUIRE(x == nearest(big(n)));
    const Wide back = Wide::from_double(x);
    if (x < std::ldexp(1.0, Wide::bits))
        REQUIRE(static_cast<double>(back) == x);
    else
        REQUIRE(back == Wide::largest());
}

}  // namespace

TEMPLATE_TEST_CASE("wide_uint: arithmetic of random numbers with edges", "[wide_uint]", wide_uint<1>, wide_uint<2>, wide_uint<3>, uint256,
                   uint512) {
    numbers<TestType> next{11};
    for (int i = 0; i < 600; ++i) {
        const TestType a = next();
        const TestType b = next();
        check_pair(a, b);
        check_pair(a, a);
        check_mul_div(a, b, next());
        check_root(a);
        check_double(a);
    }
}

TEMPLATE_TEST_CASE("wide_uint: the numbers about every power of two", "[wide_uint]", uint256, uint512) {
    std::vector<TestType> edges{0, 1, 2, 3, TestType::largest(), TestType::largest() - 1};
    for (int k : {31, 32, 63, 64, 65, 127, 128, 129, 191, 192, 255})
        for (int off : {-1, 0, 1}) edges.push_back(TestType::power_of_two(k) + off);
    for (const TestType& a : edges) {
        for (std::size_t j = 0; j < edges.size(); j += 3) check_pair(a, edges[j]);
        check_mul_div(a, TestType::largest(), a);
        check_mul_div(a, a, a - 1);
        check_mul_div(TestType::largest(), TestType::largest(), a);
        check_root(a);
        check_root(a * a);
        check_root(a * a - 1);
        check_double(a);
    }
}

TEST_CASE("wide_uint: quotients whose estimate has to be taken back, and those that start with equal words", "[wide_uint]") {
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    constexpr std::uint64_t highest = std::uint64_t{1} << 63;
    std::mt19937_64 random{12};
    int taken_back = 0;
    for (int i = 0; i < 2000; ++i) {
        // A dividend of q·d − 1 or a little less, where the words of d below its highest two are large: three words by two see q.
        const std::uint64_t top = i % 2 == 0 ? highest : highest | random();
        const std::uint64_t second = i % 3 == 0 ? 0 : random();
        const uint256 d = uint256::from_words({i % 5 == 0 ? random() : ones, second, top, 0});
        const uint256 q = random() | highest;
        const uint256 u = q * d - (i % 4 == 0 ? random() % 3 + 1 : 1);
        const auto exact = divided(big(u), big(d));
        const auto [quotient, remainder] = divide(u, d);
        REQUIRE(big(quotient) == exact.quotient);
        REQUIRE(big(remainder) == exact.remainder);
        // Whether the estimate of three words by two is too large here.
        const auto seen = divided(divided(big(u), big_power_of_two(64)).quotient, divided(big(d), big_power_of_two(64)).quotient);
        if (seen.quotient > exact.quotient) ++taken_back;
        check_mul_div(u, uint256{ones}, d);
    }
    CHECK(taken_back > 1000);

    // The words of the dividend and of the divisor are the same at the top: the quotient is 2^64 − 1 there.
    int equal = 0;
    for (int i = 0; i < 500; ++i) {
        const std::uint64_t top = highest | random();
        const std::uint64_t second = random();
        const std::uint64_t third = random() | 1;
        const uint256 d = uint256::from_words({third, second, top, 0});
        const uint256 u = uint256::from_words({random(), random() % third, second, top});
        REQUIRE(u < (d << 64));
        check_pair(u, d);
        const uint512 long_u = (uint512{u} << 64) + random();
        const auto exact = divided(big(long_u), big(d));
        REQUIRE(big(long_u / d) == exact.quotient);
        REQUIRE(big(long_u % d) == exact.remainder);
        if (u / d == ones) ++equal;
    }
    CHECK(equal == 500);
}

TEST_CASE("wide_uint: bits and shifts", "[wide_uint]") {
    numbers<uint256> next{13};
    for (int i = 0; i < 400; ++i) {
        const uint256 a = next();
        const uint256 b = next();
        const uint256 a_and_b = a & b;
        const uint256 a_or_b = a | b;
        const uint256 a_xor_b = a ^ b;
        const uint256 not_a = ~a;
        int width = 0;
        for (int k = 0; k < 256; ++k) {
            if (a.bit(k)) width = k + 1;
            const bool right = a_and_b.bit(k) == (a.bit(k) && b.bit(k)) && a_or_b.bit(k) == (a.bit(k) || b.bit(k)) &&
                               a_xor_b.bit(k) == (a.bit(k) != b.bit(k)) && not_a.bit(k) != a.bit(k);
            if (!right) FAIL("bit " << k << " of " << a.to_decimal().view() << " and " << b.to_decimal().view());
        }
        REQUIRE(a.bit_width() == width);
        REQUIRE((a.fits(width) && (width == 0 || !a.fits(width - 1))));
        const int shift = static_cast<int>(next.random()() % 256);
        const big_number scale = big_power_of_two(static_cast<std::size_t>(shift));
        REQUIRE((a << shift) == wide<uint256>(big(a) * scale));
        REQUIRE(big(a >> shift) == divided(big(a), scale).quotient);
    }
    const uint256 a = uint256::largest();
    for (int beyond : {256, 257, 1000, -1, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
        CHECK((a << beyond) == 0);
        CHECK((a >> beyond) == 0);
        CHECK_FALSE(a.bit(beyond));
        CHECK(uint256::power_of_two(beyond) == 0);
    }
    CHECK((a << 0) == a);
    CHECK((a >> 0) == a);
}

TEST_CASE("wide_uint: assignments and steps", "[wide_uint]") {
    uint256 a = 100;
    a += 5;
    a -= 1;
    a *= 3;
    CHECK(a == 312);
    a /= 7;
    CHECK(a == 44);
    a %= 10;
    CHECK(a == 4);
    a <<= 70;
    a |= 3;
    a ^= 1;
    a &= ~uint256{8};
    CHECK(a == (4_u256 << 70) + 2);
    a >>= 70;
    CHECK(a == 4);
    CHECK(a++ == 4);
    CHECK(++a == 6);
    CHECK(a-- == 6);
    CHECK(--a == 4);
    uint256 below = 0;
    CHECK(--below == uint256::largest());
    CHECK(++below == 0);
    a = 0x1'0000'0000'0000'0000_u256;
    CHECK(--a == 0xffff'ffff'ffff'ffffu);
    // The result may be one of the operands.
    uint256 x = 10;
    CHECK(checked_add(x, x, x));
    CHECK(checked_multiply(x, x, x));
    CHECK(x == 400);
    CHECK(mul_div(x, x, x, x));
    CHECK(mul_div_up(x, x, x - 1, x));
    CHECK(x == 402);
}

TEST_CASE("wide_uint: to and from what is built in", "[wide_uint]") {
    CHECK(uint256{std::numeric_limits<std::int64_t>::min()} == -(1_u256 << 63));
    CHECK(uint256{static_cast<int128>(-5)} == -5_u256);
    CHECK(uint256{~uint128{0}} == (1_u256 << 128) - 1);
    CHECK(wide_uint<1>{~uint128{0}} == ~std::uint64_t{0});
    CHECK(uint256{'a'} == 97);
    const uint256 n = (7_u256 << 128) + (5_u256 << 64) + 3;
    CHECK(static_cast<std::uint64_t>(n) == 3);
    CHECK(static_cast<std::uint8_t>(n + 256) == 3);
    CHECK(static_cast<uint128>(n) == (uint128{5} << 64) + 3);
    CHECK(static_cast<int>(uint256{-4}) == -4);
    CHECK(static_cast<bool>(n));
    CHECK_FALSE(static_cast<bool>(uint256{}));
    CHECK(uint512{n} == (7_u512 << 128) + (5_u256 << 64) + 3);
    CHECK(uint256{uint512{n} + (1_u512 << 300)} == n);
    CHECK(n.word(2) == 7);
    const std::uint64_t words[]{3, 5, 7, 0};
    CHECK(uint256::from_words(words) == n);
}

TEST_CASE("wide_uint: doubles", "[wide_uint]") {
    CHECK(uint256::from_double(0.0) == 0);
    CHECK(uint256::from_double(-0.0) == 0);
    CHECK(uint256::from_double(-1.0) == 0);
    CHECK(uint256::from_double(0.999) == 0);
    CHECK(uint256::from_double(1.0) == 1);
    CHECK(uint256::from_double(1.999) == 1);
    CHECK(uint256::from_double(std::numeric_limits<double>::quiet_NaN()) == 0);
    CHECK(uint256::from_double(-std::numeric_limits<double>::quiet_NaN()) == 0);
    CHECK(uint256::from_double(std::numeric_limits<double>::infinity()) == uint256::largest());
    CHECK(uint256::from_double(-std::numeric_limits<double>::infinity()) == 0);
    CHECK(uint256::from_double(0x1p256) == uint256::largest());
    CHECK(uint256::from_double(std::nextafter(0x1p256, 0.0)) == uint256::largest() - ((1_u256 << 203) - 1));
    CHECK(uint256::from_double(std::numeric_limits<double>::denorm_min()) == 0);
    CHECK(uint256::from_double(2251799813685249.5) == 2251799813685249u);
    CHECK(uint256::from_double(1e18) == 1'000'000'000'000'000'000_u256);
    CHECK(uint256::from_double(1e22) == 10'000'000'000'000'000'000'000_u256);
    // Halves between two doubles go to the even one; a bit anywhere below decides.
    const uint256 even = (1_u256 << 200) + (2_u256 << 148);
    const uint256 half = 1_u256 << 147;
    CHECK(static_cast<double>(even + half) == static_cast<double>(even));
    CHECK(static_cast<double>(even + half + 1) == static_cast<double>(even + half * 2));
    CHECK(static_cast<double>(even + half - 1) == static_cast<double>(even));
    const uint256 odd = even + (1_u256 << 148);
    CHECK(static_cast<double>(odd + half) == static_cast<double>(odd + half * 2));
    std::mt19937_64 random{14};
    for (int i = 0; i < 2000; ++i) {
        const double x = std::ldexp(static_cast<double>(random() >> 11) + 1.0, static_cast<int>(random() % 280) - 60);
        const uint256 n = uint256::from_double(x);
        if (x >= 0x1p256)
            REQUIRE(n == uint256::largest());
        else
            REQUIRE(static_cast<double>(n) == std::floor(x));
    }
}

TEST_CASE("wide_uint: decimal digits", "[wide_uint]") {
    CHECK(uint256{}.to_decimal().view() == "0");
    CHECK(uint256{10}.to_decimal().view() == "10");
    CHECK((1_u256 << 64).to_decimal().view() == "18446744073709551616");
    CHECK(uint256{10'000'000'000'000'000'000u}.to_decimal().view() == "10000000000000000000");
    CHECK(uint512::largest().to_decimal().view().size() == uint512::digits10);
    CHECK(wide_uint<1>::largest().to_decimal().view() == "18446744073709551615");
    CHECK(wide_uint<16>::largest().to_decimal().view().size() == 309);
    CHECK(uint256::from_decimal("000123") == 123_u256);
    for (const char* wrong :
         {"", " 1", "1 ", "-1", "+1", "1.0", "0x1", "1e3", "115792089237316195423570985008687907853269984665640564039457584007913129639936",
          "99999999999999999999999999999999999999999999999999999999999999999999999999999999"})
        CHECK_FALSE(uint256::from_decimal(wrong).has_value());
    numbers<uint512> next{15};
    for (int i = 0; i < 200; ++i) {
        const uint512 n = next();
        const std::string text{n.to_decimal().view()};
        REQUIRE(ballast_test::big_from_decimal(text) == big(n));
        REQUIRE(uint512::from_decimal(text) == n);
        if (i < 30) REQUIRE(ballast_test::to_decimal(big(n)) == text);
    }
}

TEST_CASE("wide_uint: what Python's integers say", "[wide_uint]") {
    struct fact {
        uint256 a, b, c;
        uint256 low_product;     // a·b modulo 2^256
        const char* scaled;      // ⌊a·b/c⌋, empty where it exceeds 256 bits
        uint256 quotient, rest;  // a/b
        uint256 root;            // ⌊√a⌋
        double nearest;          // to a
    };
    const fact facts[]{
        {26959946667150639794667015087019630673637144422540572481103610249215_u256,
         3138550867693340381917894711603833208051177722232017217837_u256, 676170499691018804_u256,
         115791048286815430067079322252875042556392150150253432117362338394185779943123_u256, "", 8589934592_u256, 331665964531711_u256,
         5192296858534827628530496329220095_u256, 0x1.0000000000000p+224},
        {3138550867693340381917894711603833208051177722232016921548_u256, 1152921504606334389_u256, 3541383131883574157842350130023121_u256,
         3618502788664522326612974955255150972518150146748651911084531864556467514172_u256, "1021776705289701351642230969372268706877663",
         2722258935368718019541174748972367988975_u256, 276181353701560273_u256, 56022770974786139918731938227_u256,
         0x1.0000000000000p+191},
        {10212397231088872137_u256, 170141183460469231731687303715884105727_u256, 1461501637330902918203684832716283019655931504638_u256,
         1737549350865879790663221711072694113340324703257292428599_u256, "1188879510", 0_u256, 10212397231088872137_u256, 3195684156_u256,
         0x1.1b73725920785p+63},
        {18446744073708712459_u256, 1461501637330902918203684832716283019655932076137_u256, 11712185509200800537_u256,
         26959946667149413365337537398519499624083968112971090441617028490883_u256, "2301871554712854601613890071941526095493057737256",
         0_u256, 18446744073708712459_u256, 4294967295_u256, 0x1.ffffffffffe66p+63},
        {170141183460469231731687303715884105727_u256, 755629353881143142_u256, 65920526467559240440766061380249312693_u256,
         128563672526807403627778238547533054391199000859148974234_u256, "1950282854462275279", 225164867651808588199_u256,
         304717080633124469_u256, 13043817825332782212_u256, 0x1.0000000000000p+127},
        {6277101735386680763835789423207666416102355444464034512895_u256,
         115792089237316195423570985008687907853269984665640564039457584007913129383145_u256,
         23726878713565254183777386213193446326313810155644735307952436032590_u256,
         115792089237314583520339253327547881697068209745773906699500644644026528819991_u256,
         "30633558382040992376437336362697030310058504142176894498693002369976", 0_u256,
         6277101735386680763835789423207666416102355444464034512895_u256, 79228162514264337593543950335_u256, 0x1.0000000000000p+192},
        {101874655888185561299523927980425979275119435972826532870023336786275764548613_u256,
         2749322444860395857918698244280910139601239886916742734464_u256, 6277101735386680763835789423207666416102355444464034512895_u256,
         45048979910396283615792440903988012739963694270465035499370660467736159218816_u256,
         "44620318389433277406198410194651128833239351838706689544767309538922624092604", 37054459028125570503_u256,
         104304859965491713075961565543208056586566740995524633221_u256, 319178094311288163157311803889919847300_u256,
         0x1.c276061464778p+255},
        {2895974172232376470791988883355210_u256, 115792089237316195423570985008687907853269984665640564039457584007913129247106_u256,
         714320340725223176808233289746443582626297392775_u256,
         115792089237316195423570985008687907852132359131562519590436367014864702495636_u256,
         "469440502617698251397550668034237256296931953272374241424204073", 0_u256, 2895974172232376470791988883355210_u256,
         53814256217403734_u256, 0x1.1d90aa7373295p+111},
        {684754626456743488_u256, 1461501637330902918203684832716283019655932542975_u256,
         2103510476449119601716015541683133950249672635326362816090_u256,
         1000770007736441421549100408498240648182180357938898241921111396800_u256, "475761836", 0_u256, 684754626456743488_u256,
         827499019_u256, 0x1.3017968d884dcp+59},
        {1621647380541104648413890900908100212137118954484006794764_u256, 1374871355386000760046288471916833270027976158046_u256,
         12547101107058092638_u256, 13610367899050847719127283317384975001849592950665393433695591022638368414824_u256, "", 1179490265_u256,
         1235961434656692698900469480511004798416648372574_u256, 40269683144284915622451684369_u256, 0x1.088b27904e4e6p+190},
        {164198810277221120459176853921976519740_u256, 79228162514264337593543950335_u256, 1152921504606846975_u256,
         13009170025292532242424294376765431717722741512905693777594707112900_u256, "11283656322924374507909269209774040369803636415617",
         2072480353_u256, 62117198547997717210681251485_u256, 12814008361056313922_u256, 0x1.ee1e298722d89p+126},
        {170141183460469231731687303715883909059_u256, 43345745895754097908967275755409387610_u256,
         693787868287500495554753174864835122632154653809_u256,
         7374896504680379206784346176571598391670002067380121688734985397112121358990_u256, "10629901215891940819462902277", 3_u256,
         40103945773206938004785476449655746229_u256, 13043817825332782212_u256, 0x1.0000000000000p+127},
        {93182639848526920852313120441528424568509820816979541321845207455876968163662_u256,
         3138550867693340381917894711603833208051177722232016872169_u256,
         88674048893008199310162284810013955956923939706607890629362088309269048074303_u256,
         1209791851775857523216189378311444551597018980667968155232490500226693133310_u256,
         "3298129033257779481686310506617004095451088254055268487799", 29689701960131351140_u256,
         1918743833777512171150547096671915045298399943978335741002_u256, 305258316591910270025133979773873552816_u256,
         0x1.9c0702a144d91p+255},
        {269993306105605391153152088347168640740_u256, 79228162514264337593543363281_u256, 65837639427928615_u256,
         21391073533898421757445243900486789515538080219434612758512796667940_u256, "324906447432928992227404066893528823602300475457858",
         3407794621_u256, 57781545729746930627927929239_u256, 16431473035172634550_u256, 0x1.963da37b75679p+127},
        {79228162514264337593543950335_u256, 26959946667150639794667015087019630673637144422540572481103610249215_u256,
         115792089237316195423570985008687907853269984665640564039457584007913129260340_u256,
         115792089210356248756420345214020892766250353991924191454402747189215975440385_u256, "18446744073709551615", 0_u256,
         79228162514264337593543950335_u256, 281474976710655_u256, 0x1.0000000000000p+96},
        {3138550867693340381917894711603833208051177722232017256447_u256, 2673127576193796902073596237069835_u256,
         542090621187849743775820721882188842073678472361_u256,
         73484742064512803217463157238712038930110808872691728441192643104535515480565_u256, "15476650113101204832253267822947785658695756",
         1174111888876717470653861_u256, 1798970620365400568058547847873512_u256, 56022770974786139918731938227_u256,
         0x1.0000000000000p+191},
    };
    for (const fact& f : facts) {
        CAPTURE(f.a.to_decimal().view());
        CHECK(f.a * f.b == f.low_product);
        uint256 scaled;
        CHECK(mul_div(f.a, f.b, f.c, scaled) == (f.scaled[0] != '\0'));
        if (f.scaled[0] != '\0') CHECK(scaled.to_decimal().view() == f.scaled);
        CHECK(f.a / f.b == f.quotient);
        CHECK(f.a % f.b == f.rest);
        CHECK(square_root(f.a) == f.root);
        CHECK(static_cast<double>(f.a) == f.nearest);
    }
}
