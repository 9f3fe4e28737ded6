// A count of c ticks of num/den seconds is c·num·10⁹/den nanoseconds, rounded down for whole c; std::chrono::floor says the same wherever
// its 64 bits do not overflow.
#include <ballast/chrono.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <ratio>
#include <type_traits>

using namespace ballast;
namespace chr = std::chrono;

namespace {
constexpr auto most = std::numeric_limits<std::int64_t>::max();
constexpr auto least = std::numeric_limits<std::int64_t>::min();
using picoseconds = chr::duration<std::int64_t, std::pico>;
using thirds = chr::duration<std::int64_t, std::ratio<1, 3>>;
using frames = chr::duration<std::int64_t, std::ratio<1001, 30000>>;
using exaseconds = chr::duration<std::int64_t, std::exa>;
using real_seconds = chr::duration<double>;

template <class D>
bool agrees_with_floor(D d) {
    duration checked{-77};
    return from_chrono(d).ns == chr::floor<chr::nanoseconds>(d).count() && checked_from_chrono(d, checked) && checked == from_chrono(d);
}
template <class D>
bool refused(D d) {
    duration out{-77};
    return !checked_from_chrono(d, out) && out.ns == -77;
}
template <class D>
bool refused(chr::sys_time<D> t) {
    timestamp out{-77};
    return !checked_from_chrono(t, out) && out.ns == -77;
}
}  // namespace

TEST_CASE("chrono: what goes out comes back") {
    STATIC_REQUIRE(std::is_same_v<decltype(to_chrono(duration{})), chr::nanoseconds>);
    STATIC_REQUIRE(std::is_same_v<decltype(to_chrono(timestamp{})), chr::sys_time<chr::nanoseconds>>);
    STATIC_REQUIRE(to_chrono(minutes(90)) == chr::minutes{90});
    STATIC_REQUIRE(from_chrono(chr::hours{36}) == hours(36));
    STATIC_REQUIRE(to_chrono(timestamp{0}) == chr::sys_days{chr::year{1970} / 1 / 1});
    STATIC_REQUIRE(from_chrono(chr::sys_days{chr::year{2020} / 3 / 12}) == timestamp{1'583'971'200'000'000'000});
    std::mt19937_64 random{1};
    for (int k = 0; k < 10'000; ++k) {
        const auto ns = static_cast<std::int64_t>(random());
        REQUIRE(to_chrono(duration{ns}).count() == ns);
        REQUIRE(from_chrono(to_chrono(duration{ns})).ns == ns);
        REQUIRE(from_chrono(to_chrono(timestamp{ns})).ns == ns);
    }
    for (const auto ns : {least, least + 1, std::int64_t{-1}, std::int64_t{0}, most}) {
        CHECK(from_chrono(to_chrono(duration{ns})).ns == ns);
        CHECK(from_chrono(to_chrono(timestamp{ns})).ns == ns);
        timestamp t{-77};
        CHECK(checked_from_chrono(to_chrono(timestamp{ns}), t));
        CHECK(t.ns == ns);
    }
}

TEST_CASE("chrono: never is the earliest time point, and nothing else becomes it") {
    STATIC_REQUIRE(to_chrono(timestamp::never()) == chr::sys_time<chr::nanoseconds>::min());
    STATIC_REQUIRE(from_chrono(chr::sys_time<chr::nanoseconds>::min()) == timestamp::never());
    CHECK(from_chrono(chr::sys_time<chr::hours>::min()) == timestamp{least + 1});
    CHECK(from_chrono(chr::sys_time<chr::microseconds>::min()) == timestamp{least + 1});
    CHECK(from_chrono(chr::sys_time<real_seconds>{real_seconds{-1e300}}) == timestamp{least + 1});
    CHECK(from_chrono(chr::sys_time<real_seconds>{real_seconds{std::numeric_limits<double>::quiet_NaN()}}) == timestamp::never());
}

TEST_CASE("chrono: the clocks of the standard library") {
    const auto now = chr::system_clock::now();
    const timestamp t = from_chrono(now);
    CHECK(chr::floor<chr::system_clock::duration>(to_chrono(t)) == now);
    CHECK(from_chrono(chr::steady_clock::duration{5}) == duration{chr::nanoseconds{chr::steady_clock::duration{5}}.count()});
}

TEST_CASE("chrono: whole numbers are rounded down") {
    CHECK(from_chrono(picoseconds{1999}).ns == 1);
    CHECK(from_chrono(picoseconds{-1}).ns == -1);
    CHECK(from_chrono(picoseconds{-1000}).ns == -1);
    CHECK(from_chrono(picoseconds{-1001}).ns == -2);
    CHECK(from_chrono(thirds{1}).ns == 333'333'333);
    CHECK(from_chrono(thirds{2}).ns == 666'666'666);
    CHECK(from_chrono(thirds{3}).ns == 1'000'000'000);
    CHECK(from_chrono(thirds{-1}).ns == -333'333'334);
    CHECK(from_chrono(frames{30}).ns == 1'001'000'000);
    CHECK(from_chrono(chr::years{1}).ns == 31'556'952'000'000'000);
    CHECK(from_chrono(chr::duration<unsigned char>{200}) == seconds(200));
    std::mt19937_64 random{2};
    for (int k = 0; k < 5'000; ++k) {
        const auto n = static_cast<std::int64_t>(random()) >> (random() % 60);
        REQUIRE(agrees_with_floor(picoseconds{n}));
        REQUIRE(agrees_with_floor(chr::nanoseconds{n}));
        REQUIRE(agrees_with_floor(thirds{n >> 34}));
        REQUIRE(agrees_with_floor(frames{n >> 38}));
        REQUIRE(agrees_with_floor(chr::microseconds{n >> 12}));
        REQUIRE(agrees_with_floor(chr::minutes{n >> 40}));
    }
}

TEST_CASE("chrono: floating-point numbers are rounded to the nearest") {
    CHECK(from_chrono(real_seconds{0.1}).ns == 100'000'000);
    CHECK(from_chrono(real_seconds{0.3}).ns == 300'000'000);
    CHECK(from_chrono(real_seconds{0.7}).ns == 700'000'000);
    CHECK(from_chrono(chr::duration<double, std::nano>{-1.5}).ns == -2);  // halves away from zero
    CHECK(from_chrono(chr::duration<double, std::nano>{2.5}).ns == 3);
    CHECK(from_chrono(real_seconds{1.4e-9}).ns == 1);
    CHECK(from_chrono(real_seconds{-1.4e-9}).ns == -1);
    CHECK(from_chrono(chr::duration<float, std::ratio<60>>{2.5f}) == seconds(150));
    for (std::int64_t ms = -20'000; ms < 20'000; ++ms)
        REQUIRE(from_chrono(real_seconds{static_cast<double>(ms) / 1000.0}) == milliseconds(ms));
}

TEST_CASE("chrono: what is too long ends at the longest, or is refused") {
    const auto check = [](auto d, std::int64_t at) {
        CHECK(from_chrono(d).ns == at);
        CHECK(refused(d));
    };
    check(chr::hours::max(), most);
    check(chr::hours::min(), least);
    check(chr::microseconds::max(), most);
    check(chr::microseconds::min(), least);
    check(chr::years{293}, most);
    check(chr::years{-293}, least);
    check(exaseconds{1}, most);
    check(exaseconds{-1}, least);
    check(exaseconds::max(), most);
    check(exaseconds::min(), least);
    check(thirds::max(), most);
    check(thirds::min(), least);
    check(chr::duration<std::uint64_t>{~std::uint64_t{0}}, most);
    check(chr::duration<std::uint64_t, std::nano>{static_cast<std::uint64_t>(most) + 1}, most);
    check(real_seconds{1e300}, most);
    check(real_seconds{-std::numeric_limits<double>::infinity()}, least);
    check(chr::duration<double, std::nano>{9223372036854775808.0}, most);
    check(real_seconds{std::numeric_limits<double>::quiet_NaN()}, 0);
    // The last that fit.
    CHECK(from_chrono(chr::years{292}).ns == 292 * 31'556'952'000'000'000);
    CHECK(agrees_with_floor(chr::years{-292}));
    CHECK(agrees_with_floor(chr::microseconds{most / 1000}));
    CHECK(refused(chr::microseconds{most / 1000 + 1}));
    CHECK(agrees_with_floor(chr::microseconds{least / 1000}));
    CHECK(refused(chr::microseconds{least / 1000 - 1}));
    CHECK(from_chrono(exaseconds{0}).ns == 0);
    CHECK(from_chrono(chr::duration<double, std::nano>{-9223372036854775808.0}).ns == least);
    CHECK_FALSE(refused(chr::duration<double, std::nano>{-9223372036854775808.0}));
    CHECK(refused(chr::sys_time<chr::hours>::max()));
    CHECK(from_chrono(chr::sys_time<chr::hours>::max()).ns == most);
    CHECK(refused(chr::sys_time<real_seconds>{real_seconds{std::numeric_limits<double>::quiet_NaN()}}));
}
