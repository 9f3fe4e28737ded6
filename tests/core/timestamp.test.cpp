#include <ballast/core/timestamp.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>

using namespace ballast;

namespace {
constexpr auto most = std::numeric_limits<std::int64_t>::max();
constexpr auto least = std::numeric_limits<std::int64_t>::min();

__extension__ typedef __int128 wide;

std::int64_t clamped(wide x) { return x > most ? most : x < least ? least : static_cast<std::int64_t>(x); }

// Any magnitude alike: as many small numbers as large ones.
std::int64_t any_number(std::mt19937_64& rng) {
    const auto bits = rng() >> (rng() % 64);
    const auto n = static_cast<std::int64_t>(bits);
    return rng() % 2 == 0 ? n : n == least ? least : -n;
}
}  // namespace

static_assert(std::is_trivially_copyable_v<timestamp> && std::is_aggregate_v<timestamp> && sizeof(timestamp) == 8);
static_assert(std::is_trivially_copyable_v<duration> && std::is_aggregate_v<duration> && sizeof(duration) == 8);
static_assert(noexcept(timestamp{} + duration{}) && noexcept(duration{} * 2) && noexcept(elapsed({}, {})) && noexcept(days(1)));
static_assert(!std::is_convertible_v<std::int64_t, duration> && !std::is_convertible_v<std::int64_t, timestamp>);
static_assert(!std::is_convertible_v<duration, timestamp> && !std::is_convertible_v<timestamp, duration>);

TEST_CASE("timestamp: spans are as long as the standard library has them") {
    const auto same = [](duration d, auto other) { return d.ns == std::chrono::duration_cast<std::chrono::nanoseconds>(other).count(); };
    for (const int n : {-3, -1, 0, 1, 7, 400}) {
        CHECK(same(nanoseconds(n), std::chrono::nanoseconds{n}));
        CHECK(same(milliseconds(n), std::chrono::milliseconds{n}));
        CHECK(same(seconds(n), std::chrono::seconds{n}));
        CHECK(same(minutes(n), std::chrono::minutes{n}));
        CHECK(same(hours(n), std::chrono::hours{n}));
        CHECK(same(days(n), std::chrono::days{n}));
    }
    CHECK(days(1).seconds() == 86400.0);
    CHECK(milliseconds(-1500).seconds() == -1.5);
    CHECK(days(1461).years() == 4.0);
    CHECK(hours(-8766).years() == -1.0);
}

TEST_CASE("timestamp: arithmetic ends at the last moment instead of overflowing") {
    CHECK(days(200'000).ns == most);
    CHECK(days(-200'000).ns == least);
    CHECK(days(106'751).ns == 106'751 * 86'400'000'000'000);
    CHECK(seconds(most).ns == most);
    CHECK(minutes(least).ns == least);
    CHECK((timestamp{most} + nanoseconds(1)).ns == most);
    CHECK((timestamp{least + 5} + nanoseconds(-3)).ns == least + 2);
}

TEST_CASE("timestamp: what never happened stays so, and nothing becomes so") {
    CHECK_FALSE(timestamp::never().happened());
    CHECK(timestamp{}.happened());
    CHECK(timestamp{least + 1}.happened());
    CHECK(timestamp::never() < timestamp{least + 1});
    CHECK_FALSE((timestamp::never() + days(1)).happened());
    CHECK_FALSE((timestamp::never() - days(1)).happened());
    CHECK((timestamp{least + 1} + days(-1)).happened());
    CHECK((timestamp{least + 1} - days(1)).happened());
    CHECK(elapsed(timestamp::never(), timestamp{}).ns == most);
    CHECK(elapsed(timestamp::never(), timestamp::never()).ns == most);
    CHECK(elapsed(timestamp{}, timestamp::never()).ns < 0);
}

// elapsed(a, b) = b − a, a + b, a − b, a·k, each clamped to 64 bits: reckoned in 128.
TEST_CASE("timestamp: random spans and moments, against 128 bits") {
    std::mt19937_64 rng{1};
    int wrong = 0;
    for (int round = 0; round < 200'000; ++round) {
        const std::int64_t a = any_number(rng);
        const std::int64_t b = any_number(rng);
        wrong += (duration{a} + duration{b}).ns != clamped(wide{a} + b);
        wrong += (duration{a} - duration{b}).ns != clamped(wide{a} - b);
        wrong += (duration{a} * b).ns != clamped(wide{a} * b);
        wrong += days(a).ns != clamped(wide{a} * 86'400'000'000'000);
        wrong += hours(a).ns != clamped(wide{a} * 3'600'000'000'000);
        wrong += milliseconds(a).ns != clamped(wide{a} * 1'000'000);
        if (a == least) continue;
        wrong += elapsed({a}, {b}).ns != clamped(wide{b} - a);
        const std::int64_t sum = clamped(wide{a} + b);
        wrong += (timestamp{a} + duration{b}).ns != (sum == least ? least + 1 : sum);
        const std::int64_t difference = clamped(wide{a} - b);
        wrong += (timestamp{a} - duration{b}).ns != (difference == least ? least + 1 : difference);
    }
    CHECK(wrong == 0);
}
