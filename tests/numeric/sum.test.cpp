#include <ballast/numeric/sum.hpp>

#include "support/catch.hpp"
#include "support/whole_number.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

// Against the exact sum S = Σx, reckoned in whole numbers of 2^-1074, with u = 2^-53:
//   exact_sum:   |value − S| ≤ u·|S| + n²u²·Σ|x|

using namespace ballast;
using ballast_test::whole_number;

namespace {

struct exact_total {
    whole_number above;  // of the terms above zero
    whole_number below;
    explicit exact_total(const std::vector<double>& x) {
        for (double v : x) (v < 0.0 ? below : above) = (v < 0.0 ? below : above) + ballast_test::scaled_up(v);
    }
    whole_number size() const { return distance(above, below); }
    whole_number gross() const { return above + below; }
    whole_number off(double value) const {
        exact_total with{*this};
        (value < 0.0 ? with.above : with.below) = (value < 0.0 ? with.above : with.below) + ballast_test::scaled_up(value);
        return with.size();
    }
};

double added(const std::vector<double>& x) {
    exact_sum s;
    for (double v : x) s.add(v);
    return s.value();
}
double naive(const std::vector<double>& x) {
    double s = 0.0;
    for (double v : x) s += v;
    return s;
}

bool within_bound(const std::vector<double>& x, double value) {
    const exact_total t{x};
    const auto n = static_cast<std::uint64_t>(x.size());
    // Everything times 2^106.
    return (t.off(value) << 106) <= (t.size() << 53) + t.gross() * whole_number{n * n};
}
}  // namespace

TEST_CASE("exact_sum: nothing, one term, and what doubles can not hold together") {
    STATIC_REQUIRE(exact_sum{}.value() == 0.0);
    CHECK(added({-0.1}) == -0.1);
    CHECK(added({1.0, 1e100, 1.0, -1e100}) == 2.0);
    CHECK(added({1e16, 1.0, -1e16}) == 1.0);
    CHECK(added({1.0, 1e16, -1e16}) == 1.0);
    CHECK(added({0.1, 0.2, -0.3}) == 2.77555756156289135e-17);  // the exact sum of these doubles
    CHECK(naive({1e16, 1.0, -1e16}) == 0.0);
    constexpr double at_compile_time = [] {
        exact_sum s;
        for (int i = 0; i < 10; ++i) s.add(0.1);
        return s.value();
    }();
    STATIC_REQUIRE(at_compile_time == 1.0);
}

TEST_CASE("exact_sum: ten million cents are a hundred thousand") {
    exact_sum s;
    double plain = 0.0;
    for (int i = 0; i < 10'000'000; ++i) {
        s.add(0.01);
        plain += 0.01;
    }
    CHECK(s.value() == 100'000.0);
    CHECK(plain != 100'000.0);
}

TEST_CASE("exact_sum: terms that cancel, against the exact sum") {
    std::mt19937_64 random{31};
    std::uniform_real_distribution<double> part{-1.0, 1.0};
    int corrected = 0;
    for (int trial = 0; trial < 400; ++trial) {
        std::uniform_int_distribution<int> magnitude{-(trial % 40), trial % 40};
        std::vector<double> x;
        const int pairs = 1 + trial % 60;
        for (int i = 0; i < pairs; ++i) {
            const double v = std::ldexp(part(random), magnitude(random));
            x.push_back(v);
            x.push_back(-v);                                           // cancels exactly ...
            if (i % 3 == 0) x.back() = std::nextafter(x.back(), 0.0);  // ... or nearly
        }
        for (int i = 0; i < 5; ++i) x.push_back(std::ldexp(part(random), -30));
        std::shuffle(x.begin(), x.end(), random);
        CHECK(within_bound(x, added(x)));
        corrected += within_bound(x, naive(x)) ? 0 : 1;
    }
    CHECK(corrected > 300);  // the plain sum would not do
}

TEST_CASE("exact_sum: amounts of money give the true sum, in any order") {
    // A book of 1e12: quantities in cents; the true sum is a whole number of them.
    std::mt19937_64 random{37};
    std::uniform_int_distribution<std::int64_t> cents{-200'000'000'000, 200'000'000'000};
    for (int trial = 0; trial < 50; ++trial) {
        std::vector<double> x;
        std::int64_t total = 0;
        for (int i = 0; i < 1'000; ++i) {
            const std::int64_t c = cents(random);
            total += c;
            x.push_back(static_cast<double>(c) / 64.0);  // 64ths, so that the terms are exact
        }
        CHECK(added(x) == static_cast<double>(total) / 64.0);
        std::shuffle(x.begin(), x.end(), random);
        CHECK(added(x) == static_cast<double>(total) / 64.0);
    }
}

TEST_CASE("exact_sum: the error bound is what is promised, not more") {
    // Three sizes, more than 2^53 apart: the second carry is lost. The bound n²u²·Σ|x| allows it.
    const std::vector<double> x{1e200, 1e100, 1.0, -1e200, -1e100};
    CHECK(added(x) != 1.0);
    CHECK(within_bound(x, added(x)));
}

TEST_CASE("exact_sum: what is not finite makes the sum not finite") {
    const double infinity = std::numeric_limits<double>::infinity();
    CHECK_FALSE(std::isfinite(added({1.0, infinity, 1.0})));
    CHECK_FALSE(std::isfinite(added({1.0, -infinity})));
    CHECK_FALSE(std::isfinite(added({infinity, -infinity})));
    CHECK_FALSE(std::isfinite(added({1.0, std::numeric_limits<double>::quiet_NaN(), 1.0})));
    CHECK_FALSE(std::isfinite(added({1e308, 1e308, -1e308})));
}
