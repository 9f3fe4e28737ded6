#include <ballast/numeric/octet.hpp>

#include "support/catch.hpp"
#include "support/same_bits.hpp"
#include "support/whole_number.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

using namespace ballast::detail;
using ballast_test::whole_number;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Numbers of all kinds, so that pairs of them meet every case.
const std::vector<double> kinds{0.0, -0.0, 1.0, -1.0, 0.1, -2.5, 5e-324, -5e-324, 1.7e308, -1.7e308, infinity, -infinity, not_a_number};

double same_or_nan(double x) { return std::isnan(x) ? not_a_number : x; }

// op(octet) against op(double) in every lane, with x and y in that lane and other numbers around them.
template <class Eight, class One>
void check_lanes(Eight eight, One one) {
    for (const double x : kinds)
        for (const double y : kinds)
            for (std::size_t lane = 0; lane < 8; ++lane) {
                double xs[8] = {1, 2, 3, 4, 5, 6, 7, 8}, ys[8] = {2, 1, 4, 3, 6, 5, 8, 7}, out[8];
                xs[lane] = x;
                ys[lane] = y;
                store(out, eight(load(xs), load(ys)));
                for (std::size_t l = 0; l < 8; ++l) REQUIRE(test::same_bits(same_or_nan(out[l]), same_or_nan(one(xs[l], ys[l]))));
            }
}

double added_up(const std::vector<double>& x) {
    octet sum = every(0.0);
    for_each_octet(x.size(), [&](std::size_t i, auto lanes) { sum = sum + load(x.data() + i, lanes, 0.0); });
    return sum_of(sum);
}

}  // namespace

TEST_CASE("octet: every operation in every lane is that of doubles") {
    check_lanes([](octet x, octet y) { return x + y; }, [](double x, double y) { return x + y; });
    check_lanes([](octet x, octet y) { return x - y; }, [](double x, double y) { return x - y; });
    check_lanes([](octet x, octet y) { return x * y; }, [](double x, double y) { return x * y; });
    check_lanes([](octet x, octet y) { return x / y; }, [](double x, double y) { return x / y; });
    check_lanes([](octet x, octet) { return -x; }, [](double x, double) { return -x; });
    check_lanes([](octet x, octet) { return absolute(x); }, [](double x, double) { return std::fabs(x); });
    check_lanes([](octet x, octet y) { return larger(x, y); }, [](double x, double y) { return x > y ? x : y; });
    check_lanes([](octet x, octet y) { return smaller(x, y); }, [](double x, double y) { return x < y ? x : y; });
    check_lanes([](octet x, octet y) { return where_above(x, y, every(3.0), -x); }, [](double x, double y) { return x > y ? 3.0 : -x; });
    check_lanes([](octet x, octet y) { return with_sign_of(x, y); }, [](double x, double y) { return std::copysign(x, y); });
    check_lanes(
        [](octet x, octet y) { return bits_of(x, y); },
        [](double x, double y) { return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) | std::bit_cast<std::uint64_t>(y)); });
}

TEST_CASE("octet: the sign bit tells what is not above zero, in every lane") {
    for (const double x : kinds) {
        if (std::isnan(x)) continue;
        for (std::size_t lane = 0; lane < 8; ++lane) {
            double xs[8] = {1, 2, 3, 4, 5, 6, 7, 8};
            xs[lane] = x;
            REQUIRE(any_signed(signed_unless_positive(load(xs))) == !(x > 0.0));
            REQUIRE(any_signed(load(xs)) == std::signbit(x));
        }
    }
}

TEST_CASE("octet: a part of a block is read and written without touching what lies behind it") {
    for (std::size_t count = 0; count < 8; ++count) {
        std::vector<double> from(count), out(8, -1.0);  // the address sanitizer sees any read beyond it
        for (std::size_t l = 0; l < count; ++l) from[l] = static_cast<double>(l) + 0.5;
        const octet x = load(from.data(), some_lanes{count}, 9.0);
        double all[8];
        store(all, x);
        for (std::size_t l = 0; l < 8; ++l) CHECK(all[l] == (l < count ? from[l] : 9.0));
        store(out.data(), x, some_lanes{count});
        for (std::size_t l = 0; l < 8; ++l) CHECK(out[l] == (l < count ? from[l] : -1.0));
        store(all, gather(some_lanes{count}, [&](std::size_t l) { return from[l]; }));
        for (std::size_t l = 0; l < 8; ++l) CHECK(all[l] == (l < count ? from[l] : 0.0));
    }
}

TEST_CASE("octet: asset i is lane i mod 8, whatever the width of the registers") {
    for (std::size_t n = 0; n < 40; ++n) {
        std::vector<double> x(n);
        double lanes_of[8] = {};
        for (std::size_t i = 0; i < n; ++i) {
            x[i] = std::ldexp(1.0 / (static_cast<double>(i) + 3.0), static_cast<int>(i % 13));
            lanes_of[i % 8] += x[i];
        }
        CHECK(added_up(x) ==
              ((lanes_of[0] + lanes_of[4]) + (lanes_of[1] + lanes_of[5])) + ((lanes_of[2] + lanes_of[6]) + (lanes_of[3] + lanes_of[7])));
    }
}

// |sum − Σx| ≤ (n/8 + 3)·2^-53·Σ|x|, in whole numbers of 2^-1074.
TEST_CASE("octet: sums of columns of any length, against the exact sum") {
    std::mt19937_64 random{41};
    std::uniform_real_distribution<double> part{-1.0, 1.0};
    for (std::size_t n = 0; n <= 200; ++n) {
        std::vector<double> x;
        for (std::size_t i = 0; i < n; ++i) x.push_back(std::ldexp(part(random), static_cast<int>(i % 20)));
        whole_number above, below;
        for (const double v : x) (v < 0.0 ? below : above) = (v < 0.0 ? below : above) + ballast_test::scaled_up(v);
        const whole_number gross = above + below;
        const double sum = added_up(x);
        (sum < 0.0 ? above : below) = (sum < 0.0 ? above : below) + ballast_test::scaled_up(sum);
        CHECK((distance(above, below) << 53) <= gross * whole_number{n / 8 + 3});
    }
}

TEST_CASE("octet: a NaN or an infinity in any lane reaches the sum; the largest and the smallest are found in any lane") {
    for (std::size_t lane = 0; lane < 8; ++lane) {
        double x[8] = {1, 1, 1, 1, 1, 1, 1, 1};
        x[lane] = not_a_number;
        CHECK(std::isnan(sum_of(load(x))));
        x[lane] = infinity;
        CHECK(std::isinf(sum_of(load(x))));
        CHECK(largest_of(load(x)) == infinity);
        CHECK(smallest_of(load(x)) == 1.0);
        x[lane] = -3.0;
        CHECK(smallest_of(load(x)) == -3.0);
        CHECK(largest_of(load(x)) == 1.0);
        CHECK(sum_of(load(x)) == 4.0);
    }
}

// Σx by integers: multiples of 2^-20 below 2^60 in a 128-bit count. The sum is that, rounded once.
TEST_CASE("exact_octet: the sum of amounts that cancel, rounded once") {
    std::mt19937_64 random{29};
    std::uniform_int_distribution<std::int64_t> amount{-(std::int64_t{1} << 52), std::int64_t{1} << 52};
    constexpr double unit = 1.0 / 1048576.0;
    int plain_was_off = 0;
    for (const std::size_t blocks : {0u, 1u, 2u, 5u, 125u}) {
        for (int trial = 0; trial < 200; ++trial) {
            exact_octet s;
            __extension__ __int128 exact = 0;
            double plain = 0.0;
            for (std::size_t b = 0; b < blocks; ++b) {
                double x[8];
                for (double& term : x) {
                    const std::int64_t count = amount(random) >> (static_cast<int>(b) % 40);
                    term = static_cast<double>(count) * unit;
                    exact += count;
                    plain += term;
                }
                s.add(load(x));
            }
            const double rounded = static_cast<double>(exact) * unit;
            CHECK(s.value() == rounded);
            plain_was_off += plain != rounded ? 1 : 0;
        }
    }
    CHECK(plain_was_off > 0);
}
