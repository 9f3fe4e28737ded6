// One order split over many venues: constant-product pools in closed form, a mix of curves and books by the search; and the quote of one
// book.
#include <ballast/venue/concentrated.hpp>
#include <ballast/venue/constant_product.hpp>
#include <ballast/venue/order_book.hpp>
#include <ballast/venue/split.hpp>
#include <ballast/venue/stable.hpp>
#include <ballast/venue/weighted.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <random>
#include <span>
#include <vector>

#include "support.hpp"

namespace {

using namespace ballast;

/// Pools of sizes over two orders of magnitude, prices within 1 %.
std::vector<venue::constant_product_curve> pools_of(std::size_t n, std::mt19937_64& random) {
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::vector<venue::constant_product_curve> pools;
    for (std::size_t i = 0; i < n; ++i) {
        const double input = 1e5 * std::pow(100.0, unit(random));
        pools.emplace_back(input, input * (2.0 + 0.02 * unit(random)));
    }
    return pools;
}

/// Levels of a book of n on each side around a price of 2.
struct book_of {
    venue::order_book book{};
    book_of(std::size_t n, std::mt19937_64& random) {
        std::uniform_real_distribution<double> unit{0.0, 1.0};
        std::vector<venue::book_level> bids, asks;
        for (std::size_t k = 0; k < n; ++k) {
            const double away = 1e-4 * static_cast<double>(k + 1);
            bids.push_back({2.0 * (1.0 - away), 1e4 * unit(random)});
            asks.push_back({2.0 * (1.0 + away), 1e4 * unit(random)});
        }
        book.prepare(n);
        static_cast<void>(book.assign(std::span<const venue::book_level>{bids}, std::span<const venue::book_level>{asks}));
    }
};

template <class Curve>
void split_over(benchmark::State& state, const std::vector<Curve>& curves, double amount) {
    venue::split_workspace w;
    venue::split_result r;
    w.prepare(curves.size());
    r.prepare(curves.size());
    const std::size_t before = bench::allocations();
    venue::split_status how = venue::split_status::solved;
    for (auto _ : state) {
        how = split_in(curves, amount, w, r);
        benchmark::DoNotOptimize(r.in.data());
        benchmark::ClobberMemory();
    }
    if (bench::allocations() != before) state.SkipWithError("it allocates");
    if (how != venue::split_status::solved) state.SkipWithError("it is not solved");
    state.counters["gap"] = r.gap / r.total_out;
    state.counters["steps"] = r.steps;
}

void split_pools(benchmark::State& state) {
    std::mt19937_64 random{7};
    const auto pools = pools_of(static_cast<std::size_t>(state.range(0)), random);
    split_over(state, pools, 300.0 * static_cast<double>(state.range(0)));
}
BENCHMARK(split_pools)->Arg(2)->Arg(8)->Arg(64)->Arg(1024)->Unit(benchmark::kNanosecond);

/// What no split by prices can do without: a square root and a quotient for each pool.
void split_roots_floor(benchmark::State& state) {
    std::mt19937_64 random{7};
    const auto pools = pools_of(static_cast<std::size_t>(state.range(0)), random);
    std::vector<double> x(pools.size());
    double price = 1.9;
    for (auto _ : state) {
        benchmark::DoNotOptimize(price);
        for (std::size_t k = 0; k < pools.size(); ++k)
            x[k] = __builtin_sqrt(pools[k].input_scale() * pools[k].output_scale() / price) - pools[k].input_scale();
        benchmark::DoNotOptimize(x.data());
        benchmark::ClobberMemory();
    }
}
BENCHMARK(split_roots_floor)->Arg(2)->Arg(8)->Arg(64)->Arg(1024)->Unit(benchmark::kNanosecond);

/// Four pools each of four kinds, and four books.
void split_mix(benchmark::State& state) {
    std::mt19937_64 random{7};
    const auto pools = pools_of(4, random);
    const book_of a{100, random}, b{100, random}, c{500, random}, d{1000, random};
    std::vector<venue::any_curve> curves(pools.begin(), pools.end());
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::vector<venue::concentrated_edge> edges[4];
    for (auto& e : edges) {
        const double size = 3e5 * (0.5 + unit(random));
        const double price = 2.0 * (1.0 + 0.01 * (unit(random) - 0.5));
        curves.push_back(
            venue::weighted{.tokens = 2, .balances = {4.0 * size, price * size}, .weights = {0.8, 0.2}, .fee = 0.002}.curve(0, 1));
        curves.push_back(
            venue::stable{.coins = 2, .balances = {size, price * size}, .rates = {price, 1.0}, .amplification = 50.0, .fee = 0.0004}.curve(
                0, 1));
        for (int k = 0; k <= 40; ++k) e.push_back({.sqrt_price = 1.2 + 0.01 * k, .liquidity = k < 40 ? size * (1.0 + unit(random)) : 0.0});
        venue::concentrated::prepare(e);
        curves.push_back(venue::concentrated{.edges = e, .sqrt_price = __builtin_sqrt(price), .fee = 0.0005}.curve(0, 1));
    }
    for (const book_of* book : {&a, &b, &c, &d}) curves.push_back(book->book.curve(0, 1));
    split_over(state, curves, 2e5);
}
BENCHMARK(split_mix)->Unit(benchmark::kNanosecond);

/// Gas for every pool used: by branch and bound.
void split_pools_with_gas(benchmark::State& state) {
    std::mt19937_64 random{7};
    const auto pools = pools_of(static_cast<std::size_t>(state.range(0)), random);
    const std::vector<double> fixed(pools.size(), 20.0);
    venue::split_workspace w;
    venue::split_result r;
    w.prepare(pools.size());
    r.prepare(pools.size());
    for (auto _ : state) {
        static_cast<void>(split_in(pools, 2e4 * static_cast<double>(state.range(0)), venue::split_costs{fixed}, w, r));
        benchmark::DoNotOptimize(r.in.data());
        benchmark::ClobberMemory();
    }
    state.counters["gap"] = r.gap / r.total_out;
    state.counters["nodes"] = static_cast<double>(r.nodes);
}
BENCHMARK(split_pools_with_gas)->Arg(4)->Arg(20)->Unit(benchmark::kMicrosecond);

void quote_book(benchmark::State& state) {
    std::mt19937_64 random{7};
    const book_of b{static_cast<std::size_t>(state.range(0)), random};
    const auto curve = b.book.curve(0, 1);
    const double depth = curve.depth();
    double x = 0.1 * depth;
    for (auto _ : state) {
        benchmark::DoNotOptimize(curve.out(x));
        x = x < 0.9 * depth ? x * 1.001 : 0.1 * depth;
    }
}
BENCHMARK(quote_book)->Arg(10)->Arg(1500);

}  // namespace
