#include <ballast/core/step.hpp>

#include "support/books_of.hpp"
#include "support/catch.hpp"
#include "support/whole_number.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>

// steps_toward_zero(x, s), with q = |x| / s exactly: where a whole number lies within q·2^-50 of q, the one nearest to q; otherwise the one
// below. The checks below decide this in whole numbers of any size: |x| = m·2^e and s = k·10^p make q the fraction A / B of two of them.

using namespace ballast;
using ballast_test::whole_number;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct fraction {
    whole_number above;
    whole_number below;
};

fraction quotient(double x, const decimal_step& step) {
    fraction q{ballast_test::scaled_up(x), whole_number{static_cast<std::uint64_t>(step.mantissa())} << 1074};
    (step.exponent() < 0 ? q.above : q.below) =
        (step.exponent() < 0 ? q.above : q.below) * whole_number::power(10, std::abs(step.exponent()));
    return q;
}

whole_number wide(uint128 x) { return (whole_number{static_cast<std::uint64_t>(x >> 64)} << 64) + static_cast<std::uint64_t>(x); }

// True where the answer follows the rule; in the strip between 2^-50·(1 ± 3/8) both answers do.
bool follows_rule(double x, const decimal_step& step, step_count answer) {
    if (answer.overflow || (answer.steps != 0 && (answer.steps < 0) != (x < 0))) return false;
    const fraction q = quotient(x, step);
    const whole_number n = wide(static_cast<uint128>(answer.steps < 0 ? -answer.steps : answer.steps));
    const whole_number off = distance(q.above, n * q.below);
    const bool is_floor = n * q.below <= q.above && q.above < (n + 1) * q.below;
    const bool is_nearest = off * 2 <= q.below;
    const whole_number scaled_off = off << 53;
    if (is_floor && is_nearest) return true;
    if (is_nearest) return scaled_off <= q.above * 11;  // rounded up: only because it is near enough
    // Rounded down past the middle: only because the one above is not near enough.
    return is_floor && (distance(q.above, (n + 1) * q.below) << 53) >= q.above * 5;
}

// True where no double is nearer to n·k·10^p than `value`.
bool is_nearest_double(int128 n, const decimal_step& step, double value) {
    const auto exact = [&](double x) {  // |x| · 10^18 · 2^1074
        return ballast_test::scaled_up(x) * whole_number::power(10, 18);
    };
    const whole_number wanted = wide(static_cast<uint128>(n < 0 ? -n : n)) * whole_number{static_cast<std::uint64_t>(step.mantissa())} *
                                (whole_number::power(10, 18 + step.exponent()) << 1074);
    const whole_number off = distance(exact(value), wanted);
    return (n < 0) == (value < 0) && off <= distance(exact(std::nextafter(value, 0.0)), wanted) &&
           off <= distance(exact(std::nextafter(value, value < 0 ? -infinity : infinity)), wanted);
}

int128 ten_to(int e) {
    int128 p = 1;
    for (int i = 0; i < e; ++i) p *= 10;
    return p;
}

}  // namespace

static_assert(std::is_trivially_copyable_v<decimal_step> && std::is_nothrow_default_constructible_v<decimal_step>);
static_assert(noexcept(steps_toward_zero(1.0, decimal_step{})) && noexcept(quantity_of(1, decimal_step{})));

TEST_CASE("step: 4.35 at 0.01 is 435, also at compile time") {
    STATIC_REQUIRE(4.35 / 0.01 < 435.0);
    STATIC_REQUIRE(steps_toward_zero(4.35, 0.01).steps == 435);
    STATIC_REQUIRE(steps_toward_zero(-4.35, 0.01).steps == -435);
    STATIC_REQUIRE(steps_toward_zero(4.349, 0.01).steps == 434);
    STATIC_REQUIRE(steps_toward_zero(4.359999999, 0.01).steps == 435);
    STATIC_REQUIRE(steps_toward_zero(-4.359999999, 0.01).steps == -435);
    STATIC_REQUIRE(steps_toward_zero(0.0, 0.01).steps == 0);
    STATIC_REQUIRE(steps_toward_zero(-0.0, 0.01).steps == 0);
    STATIC_REQUIRE(steps_toward_zero(0.0099, 0.01).steps == 0);
    STATIC_REQUIRE(steps_toward_zero(1234567.0, decimal_step{1, 6}).steps == 1);
    STATIC_REQUIRE(quantity_of(435, 0.01) == 4.35);
    STATIC_REQUIRE(quantity_of(-435, 0.01) == -4.35);
    STATIC_REQUIRE(steps_toward_zero(2'300'000.0, decimal_step{1, -18}).steps == int128{2'300'000} * 1'000'000'000'000'000'000);
    STATIC_REQUIRE(quantity_of(int128{2'300'000} * 1'000'000'000'000'000'000, decimal_step{1, -18}) == 2'300'000.0);
}

TEST_CASE("step: every price of two places from 0.01 to 10000.00 is its number of cents") {
    const decimal_step cent{1, -2};
    std::int64_t wrong = 0;
    for (std::int64_t cents = 1; cents <= 1'000'000; ++cents) {
        const double price = static_cast<double>(cents) / 100.0;
        wrong += steps_toward_zero(price, cent).steps != cents || steps_toward_zero(-price, cent).steps != -cents ||
                 quantity_of(cents, cent) != price;
        // A unit in the last place above or below stands for the same number; a thousandth of a cent less does not.
        wrong += steps_toward_zero(std::nextafter(price, 0.0), cent).steps != cents;
        wrong += steps_toward_zero(std::nextafter(price, infinity), cent).steps != cents;
        wrong += steps_toward_zero(price - 1e-5, cent).steps != cents - 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("step: sums and products of decimals come back as the decimals they stand for") {
    // What hosts compute: 0.1 + 0.2, 3 × 0.1, 1.1 × 1.1, 100 × 1.15.
    CHECK(steps_toward_zero(0.1 + 0.2, 0.1).steps == 3);
    CHECK(steps_toward_zero(3 * 0.1, 0.1).steps == 3);
    CHECK(steps_toward_zero(1.1 * 1.1, 0.01).steps == 121);
    CHECK(steps_toward_zero(100 * 1.15, 1.0).steps == 115);
    CHECK(steps_toward_zero(0.7 + 0.1, 0.8).steps == 1);
}

TEST_CASE("step: the rule holds against exact arithmetic, for steps from 1e-18 to 1e6 and quantities around whole steps") {
    std::mt19937_64 random{20260105};
    std::uniform_int_distribution<int> exponent{-18, 6};
    std::uniform_int_distribution<int> mantissa{1, 9999};
    std::uniform_real_distribution<double> magnitude{-1.0, 60.0};  // log2 of the count: both sides of 2^49, where integers take over
    std::uniform_real_distribution<double> part{-0.6, 0.6};
    std::uniform_int_distribution<int> ulps{-12, 12};
    int fast = 0;
    int exact = 0;
    for (int trial = 0; trial < static_cast<int>(ballast_test::books_of(20'000)); ++trial) {
        const decimal_step step{mantissa(random), exponent(random)};
        double count = std::floor(std::exp2(magnitude(random)));
        double x = count * step.value();
        switch (trial % 3) {
            case 0: x = (count + part(random)) * step.value(); break;  // anywhere between two whole numbers
            case 1:                                                    // some units in the last place beside one
                for (int k = ulps(random); k != 0; k += k < 0 ? 1 : -1) x = std::nextafter(x, k < 0 ? 0.0 : infinity);
                break;
            default: x *= 1.0 + part(random) * std::exp2(-49.0);  // around the border of 2^-50
        }
        if (trial % 2 == 1) x = -x;
        const step_count answer = steps_toward_zero(x, step);
        (std::fabs(x) / step.value() < std::exp2(49.0) ? fast : exact) += 1;
        if (!follows_rule(x, step, answer)) {
            CAPTURE(trial, x, step.mantissa(), step.exponent(), static_cast<double>(answer.steps));
            FAIL("not the number of steps that the rule asks for");
        }
    }
    CHECK(fast > static_cast<int>(ballast_test::books_of(5'000)));
    CHECK(exact > static_cast<int>(ballast_test::books_of(2'000)));
}

TEST_CASE("step: huge counts, up to 127 bits, against exact arithmetic") {
    std::mt19937_64 random{7};
    std::uniform_int_distribution<int> exponent{-18, 6};
    std::uniform_int_distribution<std::int64_t> mantissa{1, std::numeric_limits<std::int64_t>::max()};
    std::uniform_real_distribution<double> magnitude{45.0, 126.9};
    for (int trial = 0; trial < 4'000; ++trial) {
        const decimal_step step{trial % 2 == 0 ? 1 : mantissa(random), exponent(random)};
        const double x = std::exp2(magnitude(random)) * step.value();
        const step_count answer = steps_toward_zero(x, step);
        if (!follows_rule(x, step, answer)) {
            CAPTURE(trial, x, step.mantissa(), step.exponent(), static_cast<double>(answer.steps));
            FAIL("not the number of steps that the rule asks for");
        }
    }
}

TEST_CASE("step: 2.3 million tokens of 18 decimals are exact, and any whole number of tokens") {
    const decimal_step wei{1, -18};
    for (const std::int64_t tokens : {1LL, 2'300'000LL, 21'000'000LL, 999'999'999'999LL}) {
        const step_count count = steps_toward_zero(static_cast<double>(tokens), wei);
        CHECK_FALSE(count.overflow);
        CHECK((count.steps == tokens * ten_to(18)));
        CHECK(quantity_of(count.steps, wei) == static_cast<double>(tokens));
    }
}

TEST_CASE("step: an overflow is told, and just below it there is none") {
    const decimal_step wei{1, -18};
    const double most = std::ldexp(1.0, 127) / 1e18;  // 1.7e20 tokens
    CHECK(steps_toward_zero(most * 1.001, wei).overflow);
    CHECK(steps_toward_zero(-most * 1.001, wei).overflow);
    CHECK_FALSE(steps_toward_zero(most * 0.999, wei).overflow);
    CHECK(steps_toward_zero(1e300, 0.01).overflow);
    CHECK(steps_toward_zero(infinity, 0.01).overflow);
    CHECK(steps_toward_zero(-infinity, 0.01).overflow);
    CHECK(steps_toward_zero(not_a_number, 0.01).overflow);
    CHECK(steps_toward_zero(std::numeric_limits<double>::max(), decimal_step{1, 6}).overflow);
    // 2^127 steps are one too many, and the next double below is not.
    CHECK(steps_toward_zero(std::ldexp(1.0, 127), decimal_step{1, 0}).overflow);
    const double below = std::nextafter(std::ldexp(1.0, 127), 0.0);
    const step_count largest = steps_toward_zero(below, decimal_step{1, 0});
    CHECK_FALSE(largest.overflow);
    CHECK(quantity_of(largest.steps, decimal_step{1, 0}) == below);
    // Asking for steps of no step, or of one that is not valid, is told as well.
    CHECK(steps_toward_zero(1.0, decimal_step{}).overflow);
    CHECK(steps_toward_zero(0.0, decimal_step{}).overflow);
    CHECK(steps_toward_zero(1.0, decimal_step{-1, 0}).overflow);
}

TEST_CASE("step: subnormal and smallest quantities have no steps") {
    const decimal_step wei{1, -18};
    CHECK(steps_toward_zero(std::numeric_limits<double>::denorm_min(), wei).steps == 0);
    CHECK(steps_toward_zero(std::numeric_limits<double>::min(), wei).steps == 0);
    CHECK(steps_toward_zero(-9.9e-19, wei).steps == 0);
    CHECK(steps_toward_zero(1e-18, wei).steps == 1);
}

TEST_CASE("quantity_of: the double nearest to steps × step, against exact arithmetic") {
    std::mt19937_64 random{11};
    std::uniform_int_distribution<int> exponent{-18, 6};
    std::uniform_int_distribution<int> bits{1, 104};
    std::uniform_int_distribution<std::int64_t> mantissa{1, 9'999};
    for (int trial = 0; trial < static_cast<int>(ballast_test::books_of(10'000)); ++trial) {
        const decimal_step step{trial % 3 == 0 ? mantissa(random) : 1, exponent(random)};
        auto n = static_cast<int128>(((static_cast<uint128>(random()) << 64) | random()) >> (127 - bits(random)) >> 1);
        if (trial % 2 == 1) n = -n;
        const double q = quantity_of(n, step);
        if (n == 0 ? q != 0.0 : !is_nearest_double(n, step, q)) {
            CAPTURE(trial, q, step.mantissa(), step.exponent(), static_cast<double>(n));
            FAIL("not the nearest double");
        }
    }
    const auto most = static_cast<int128>(~uint128{0} >> 1);
    CHECK(is_nearest_double(most, decimal_step{1, 6}, quantity_of(most, decimal_step{1, 6})));
    // Where steps × mantissa leaves 127 bits: to two roundings.
    CHECK(quantity_of(-most, decimal_step{INT64_MAX, 0}) == Approx(-1.5692754338466701e57).epsilon(1e-15));
    CHECK(quantity_of(-most - 1, decimal_step{7, 0}) == Approx(-7 * 1.7014118346046923e38).epsilon(1e-15));
    CHECK(quantity_of(5, decimal_step{}) == 0.0);
}

TEST_CASE("step: quantity_of and steps_toward_zero are each other's inverse below 2^49, and beyond it for what a double can hold") {
    std::mt19937_64 random{13};
    std::uniform_int_distribution<int> exponent{-18, 6};
    std::uniform_int_distribution<int> bits{1, 49};
    std::uniform_int_distribution<std::int64_t> mantissa{1, 99'999};
    int wrong = 0;
    for (int trial = 0; trial < 200'000; ++trial) {
        const decimal_step step{mantissa(random), exponent(random)};
        auto n = static_cast<std::int64_t>(random() >> (64 - bits(random)));
        if (trial % 2 == 1) n = -n;
        const step_count back = steps_toward_zero(quantity_of(n, step), step);
        wrong += back.overflow || back.steps != n;
    }
    CHECK(wrong == 0);
    for (int trial = 0; trial < static_cast<int>(ballast_test::books_of(20'000)); ++trial) {  // from a double to steps and back
        const double x = std::ldexp(static_cast<double>(random() >> 11), -30);
        const decimal_step wei{1, -18};
        wrong += quantity_of(steps_toward_zero(x, wei).steps, wei) != x;
    }
    CHECK(wrong == 0);
}

TEST_CASE("decimal_step: a double becomes the decimal with the fewest places that it stands for") {
    const auto is = [](decimal_step s, std::int64_t mantissa, int exponent) {
        return s.valid() && s.mantissa() == mantissa && s.exponent() == exponent;
    };
    CHECK(is(0.01, 1, -2));
    CHECK(is(0.001, 1, -3));
    CHECK(is(1e-8, 1, -8));
    CHECK(is(1e-18, 1, -18));
    CHECK(is(0.05, 5, -2));
    CHECK(is(0.25, 25, -2));
    CHECK(is(0.03125, 3125, -5));
    CHECK(is(1.0, 1, 0));
    CHECK(is(12.5, 125, -1));
    CHECK(is(100.0, 1, 2));
    CHECK(is(1e6, 1, 6));
    CHECK(is(1e9, 1000, 6));
    CHECK(is(9e15, 9'000'000'000, 6));
    CHECK(is(0.1 + 0.2, 3, -1));
    CHECK(is(1.0 / 3.0, 3'333'333'333'333'333, -16));
    for (int places = 0; places <= 18; ++places) {
        const double x = 1.0 / std::pow(10.0, places);
        CHECK(is(x, 1, -places));
        CHECK(decimal_step{x}.value() == x);
    }
    STATIC_REQUIRE(decimal_step{0.01} == decimal_step{1, -2});
}

TEST_CASE("decimal_step: value() of a decimal of up to 15 digits is the double it came from") {
    std::mt19937_64 random{17};
    std::uniform_int_distribution<std::int64_t> mantissa{1, 999'999'999'999'999};
    std::uniform_int_distribution<int> places{0, 18};
    for (int trial = 0; trial < 100'000; ++trial) {
        std::int64_t m = mantissa(random);
        const int p = places(random);
        if (trial % 2 == 0) m %= 10'000;
        const double x = static_cast<double>(m) / std::pow(10.0, p);
        const decimal_step s{x};
        if (!s.valid() || s != decimal_step{m, -p} || s.value() != x) {
            CAPTURE(m, p, s.mantissa(), s.exponent());
            FAIL("another decimal");
        }
    }
}

TEST_CASE("decimal_step: zero is no step; what is no decimal of 18 places is not valid") {
    CHECK(decimal_step{}.continuous());
    CHECK(decimal_step{0.0}.continuous());
    CHECK(decimal_step{-0.0}.continuous());
    CHECK(decimal_step{0, -5}.continuous());
    CHECK(decimal_step{0, 99}.continuous());
    CHECK(decimal_step{}.valid());
    for (const double bad : {-0.01, -1.0, -infinity, infinity, not_a_number, 1e-19, 1.5e-18, 5e-324, 1.0 / 3e6, 1e16, 1e300}) {
        CAPTURE(bad);
        CHECK_FALSE(decimal_step{bad}.valid());
        CHECK_FALSE(decimal_step{bad}.continuous());
        CHECK(decimal_step{bad}.value() == 0.0);
        CHECK(steps_toward_zero(1.0, bad).overflow);
    }
}

TEST_CASE("decimal_step: mantissas and exponents outside the range are not valid, unless zeros of the mantissa bring them inside") {
    CHECK(decimal_step{1, -18}.valid());
    CHECK(decimal_step{1, 6}.valid());
    CHECK_FALSE(decimal_step{1, -19}.valid());
    CHECK_FALSE(decimal_step{15, -19}.valid());
    CHECK(decimal_step{10, -19} == decimal_step{1, -18});
    CHECK(decimal_step{1'000, -21} == decimal_step{1, -18});
    CHECK(decimal_step{1, 7} == decimal_step{10, 6});
    CHECK(decimal_step{1, 24} == decimal_step{1'000'000'000'000'000'000, 6});
    CHECK_FALSE(decimal_step{1, 25}.valid());
    CHECK_FALSE(decimal_step{10, 24}.valid());
    CHECK_FALSE(decimal_step{1, std::numeric_limits<int>::max()}.valid());
    CHECK_FALSE(decimal_step{1, std::numeric_limits<int>::min()}.valid());
    CHECK_FALSE(decimal_step{INT64_MAX, -19}.valid());
    CHECK_FALSE(decimal_step{-1, 0}.valid());
    CHECK_FALSE(decimal_step{std::numeric_limits<std::int64_t>::min(), 0}.valid());
}

TEST_CASE("decimal_step: equal where the numbers are") {
    CHECK(decimal_step{10, -3} == decimal_step{1, -2});
    CHECK(decimal_step{500, -4} == decimal_step{0.05});
    CHECK(decimal_step{100, 0} == decimal_step{1, 2});
    CHECK(decimal_step{1, -2} != decimal_step{1, -3});
    CHECK(decimal_step{1, -2} != decimal_step{2, -2});
    CHECK(decimal_step{} == decimal_step{0, 3});
    CHECK(decimal_step{} != decimal_step{1, 0});
}

TEST_CASE("decimal_step: value() is the nearest double for every mantissa") {
    std::mt19937_64 random{19};
    for (int trial = 0; trial < 5'000; ++trial) {
        const auto mantissa = static_cast<std::int64_t>(random() >> (1 + trial % 60)) | 1;
        const decimal_step step{mantissa, trial % 25 - 18};
        REQUIRE(step.valid());
        CHECK(is_nearest_double(1, step, step.value()));
    }
}
