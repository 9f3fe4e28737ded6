// What a quote of concentrated liquidity costs: in doubles, where it reads two sums however far it goes, and in the contract's integers, which step from
// tick to tick. The floor is the formula of one range.
#include <ballast/venue/concentrated.hpp>
#include <ballast/venue/contract/uniswap_v3.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "support.hpp"

namespace {

using namespace ballast;

// Positions around the price, n ticks in all, 60 apart; amounts of 18 decimals.
struct ticks_around {
    static constexpr std::int32_t spacing = 60;
    std::vector<venue::contract::uniswap_v3_tick> ticks{};
    std::vector<venue::concentrated_edge> edges{};
    venue::contract::uniswap_v3 integers{};
    venue::concentrated doubles{};

    explicit ticks_around(std::size_t n) {
        std::mt19937_64 random{7};
        int128 sum = 0;
        for (std::size_t k = 0; k < n; ++k) {
            const auto index = (static_cast<std::int32_t>(k) - static_cast<std::int32_t>(n / 2)) * spacing;
            const int128 wanted = k + 1 == n ? int128{0} : int128{1'000'000'000'000'000'000} * static_cast<int128>(1000 + random() % 1000);
            ticks.push_back({index, wanted - sum});
            sum = wanted;
        }
        integers = {.ticks = ticks,
                    .sqrt_price_x96 = venue::contract::uniswap_v3::sqrt_price_at_tick(7),
                    .tick = 7,
                    .fee_pips = 3000,
                    .tick_spacing = spacing};
        integers.liquidity = integers.liquidity_at(7);
        edges.resize(n);
        (void)venue::concentrated::from_ticks(ticks, 18, 18, edges);
        doubles = {.edges = edges, .sqrt_price = venue::concentrated::sqrt_price_of(integers.sqrt_price_x96), .fee = 0.003};
    }
    // So much that `crossed` ticks are passed, and half of a range.
    [[nodiscard]] double amount(std::size_t crossed) const {
        const double price = 1.0 + 0.003 * (static_cast<double>(crossed) + 0.3);
        return doubles.curve(1, 0).inverse_marginal(0.997 / (price * price)).low;
    }
};

void concentrated_floor(benchmark::State& state) {
    double x = 0.1;
    const double u = 1.0003;
    const double liquidity = 1234.0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(x);
        const double z = 0.997 * x;
        benchmark::DoNotOptimize(u * u * z / (1.0 + z * u / liquidity));
    }
}

// Arguments: ticks, and how many of them are passed.
template <class Quote>
void run(benchmark::State& state, Quote&& quote) {
    const ticks_around t{static_cast<std::size_t>(state.range(0))};
    const auto crossed = static_cast<std::size_t>(state.range(1));
    const std::size_t before = bench::allocations();
    double x = t.amount(crossed);
    if (t.integers.validate() || t.doubles.validate() || !(x > 0.0)) state.SkipWithError("no such pool");
    for (auto _ : state) {
        benchmark::DoNotOptimize(x);
        benchmark::DoNotOptimize(quote(t, x));
    }
    if (bench::allocations() != before) state.SkipWithError("it allocates");
}

void concentrated_curve(benchmark::State& state) {
    run(state, [](const ticks_around& t, double) { return t.doubles.curve(1, 0).depth(); });
}
void concentrated_out(benchmark::State& state) {
    const ticks_around pool{static_cast<std::size_t>(state.range(0))};
    const auto c = pool.doubles.curve(1, 0);
    run(state, [&](const ticks_around&, double x) { return c.out(x); });
}
void concentrated_in(benchmark::State& state) {
    const ticks_around pool{static_cast<std::size_t>(state.range(0))};
    const auto c = pool.doubles.curve(1, 0);
    const double scale =
        c.out(pool.amount(static_cast<std::size_t>(state.range(1)))) / pool.amount(static_cast<std::size_t>(state.range(1)));
    run(state, [&](const ticks_around&, double x) { return c.in(scale * x); });
}
void concentrated_inverse_marginal(benchmark::State& state) {
    const ticks_around pool{static_cast<std::size_t>(state.range(0))};
    const auto c = pool.doubles.curve(1, 0);
    const double scale =
        c.marginal(pool.amount(static_cast<std::size_t>(state.range(1)))).low / pool.amount(static_cast<std::size_t>(state.range(1)));
    run(state, [&](const ticks_around&, double x) { return c.inverse_marginal(scale * x).low; });
}
void concentrated_integers(benchmark::State& state) {
    run(state,
        [](const ticks_around& t, double x) { return t.integers.out_given_in(1, 0, uint256::from_double(x * 1e18)).amount.word(0); });
}
void concentrated_integers_given_out(benchmark::State& state) {
    run(state, [](const ticks_around& t, double x) {
        return t.integers.in_given_out(1, 0, uint256::from_double(0.99 * x * 1e18)).amount.word(0);
    });
}
void tick_price(benchmark::State& state) {
    std::int32_t tick = 123456;
    for (auto _ : state) {
        benchmark::DoNotOptimize(tick);
        benchmark::DoNotOptimize(venue::contract::uniswap_v3::sqrt_price_at_tick(tick));
    }
}
void tick_of_price(benchmark::State& state) {
    uint256 price = venue::contract::uniswap_v3::sqrt_price_at_tick(123456) + 123456789;
    for (auto _ : state) {
        benchmark::DoNotOptimize(price);
        benchmark::DoNotOptimize(venue::contract::uniswap_v3::tick_at_sqrt_price(price));
    }
}

void pools(benchmark::internal::Benchmark* b) { b->Args({16, 0})->Args({512, 0})->Args({512, 1})->Args({512, 16})->Args({512, 200}); }

BENCHMARK(concentrated_floor);
BENCHMARK(concentrated_curve)->Args({16, 0})->Args({512, 0});
BENCHMARK(concentrated_out)->Apply(pools);
BENCHMARK(concentrated_in)->Apply(pools);
BENCHMARK(concentrated_inverse_marginal)->Apply(pools);
BENCHMARK(concentrated_integers)->Apply(pools);
BENCHMARK(concentrated_integers_given_out)->Apply(pools);
BENCHMARK(tick_price);
BENCHMARK(tick_of_price);

}  // namespace
