// Venues: what a quote takes, in doubles and in the contracts' integers, and the arithmetic under it.
#include <ballast/numeric/wide_uint.hpp>
#include <ballast/venue/constant_product.hpp>
#include <ballast/venue/contract/uniswap_v2.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using namespace ballast;

constexpr std::size_t many = 256;  // numbers in turn, so that nothing is known beforehand

// Random numbers of so many bits.
std::vector<uint256> numbers(int bits, std::uint64_t seed) {
    std::mt19937_64 random{seed};
    std::vector<uint256> all;
    for (std::size_t i = 0; i < many; ++i) {
        const uint256 n = uint256::from_words({random(), random(), random(), random() | std::uint64_t{1} << 63});
        all.push_back(n >> (256 - bits));
    }
    return all;
}

template <class Operation>
void each(benchmark::State& state, Operation operation) {
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(operation(i));
        i = (i + 1) % many;
    }
}

// The floor: one division of two words by one, as the compiler's library does it.
void wide_floor_two_words(benchmark::State& state) {
    const auto a = numbers(126, 1);
    const auto b = numbers(63, 2);
    each(state, [&](std::size_t i) { return static_cast<uint128>(a[i]) / static_cast<std::uint64_t>(b[i]); });
}
BENCHMARK(wide_floor_two_words);

void wide_multiply(benchmark::State& state) {
    const auto a = numbers(256, 1);
    const auto b = numbers(256, 2);
    each(state, [&](std::size_t i) { return a[i] * b[i]; });
}
BENCHMARK(wide_multiply);

void wide_multiply_whole(benchmark::State& state) {
    const auto a = numbers(256, 1);
    const auto b = numbers(256, 2);
    each(state, [&](std::size_t i) { return multiply_wide(a[i], b[i]); });
}
BENCHMARK(wide_multiply_whole);

// 256 bits by so many.
void wide_divide(benchmark::State& state) {
    const auto a = numbers(256, 1);
    const auto b = numbers(static_cast<int>(state.range(0)), 2);
    each(state, [&](std::size_t i) { return a[i] / b[i]; });
}
BENCHMARK(wide_divide)->Arg(60)->Arg(120)->Arg(180)->Arg(250);

// A product of so many bits each, by as many.
void wide_mul_div(benchmark::State& state) {
    const auto bits = static_cast<int>(state.range(0));
    const auto a = numbers(bits, 1);
    const auto b = numbers(bits, 2);
    const auto d = numbers(bits, 3);
    each(state, [&](std::size_t i) {
        uint256 q;
        benchmark::DoNotOptimize(mul_div(a[i], b[i], d[i], q));
        return q;
    });
}
BENCHMARK(wide_mul_div)->Arg(60)->Arg(120)->Arg(180)->Arg(250);

void wide_square_root(benchmark::State& state) {
    const auto a = numbers(static_cast<int>(state.range(0)), 1);
    each(state, [&](std::size_t i) { return square_root(a[i]); });
}
BENCHMARK(wide_square_root)->Arg(120)->Arg(224)->Arg(256);

void wide_to_double(benchmark::State& state) {
    const auto a = numbers(112, 1);
    each(state, [&](std::size_t i) { return static_cast<double>(a[i]); });
}
BENCHMARK(wide_to_double);

void quote_constant_product(benchmark::State& state) {
    std::mt19937_64 random{4};
    std::vector<double> x;
    for (std::size_t i = 0; i < many; ++i) x.push_back(1.0 + static_cast<double>(random() % 1000));
    const venue::constant_product p{.balances = {1e6, 3e5}, .fee = 0.003};
    each(state, [&](std::size_t i) { return p.curve(0, 1).out(x[i]); });
}
BENCHMARK(quote_constant_product);

// How much of it is right at a price.
void answer_constant_product(benchmark::State& state) {
    std::mt19937_64 random{5};
    std::vector<double> price;
    for (std::size_t i = 0; i < many; ++i) price.push_back(0.2 + 1e-4 * static_cast<double>(random() % 1000));
    const auto c = venue::constant_product{.balances = {1e6, 3e5}, .fee = 0.003}.curve(0, 1);
    each(state, [&](std::size_t i) { return c.inverse_marginal(price[i]).low; });
}
BENCHMARK(answer_constant_product);

void quote_uniswap_v2_out(benchmark::State& state) {
    const auto x = numbers(static_cast<int>(state.range(0)) - 8, 6);
    const auto r = numbers(static_cast<int>(state.range(0)), 7);
    each(state, [&](std::size_t i) {
        return venue::contract::uniswap_v2{.reserves = {r[i], r[many - 1 - i]}}.out_given_in(0, 1, x[i]).amount;
    });
}
BENCHMARK(quote_uniswap_v2_out)->Arg(60)->Arg(84)->Arg(111);

void quote_uniswap_v2_in(benchmark::State& state) {
    const auto y = numbers(static_cast<int>(state.range(0)) - 8, 6);
    const auto r = numbers(static_cast<int>(state.range(0)), 7);
    each(state, [&](std::size_t i) {
        return venue::contract::uniswap_v2{.reserves = {r[i], r[many - 1 - i]}}.in_given_out(0, 1, y[i]).amount;
    });
}
BENCHMARK(quote_uniswap_v2_in)->Arg(84);

}  // namespace
