// One order split over many venues: constant-product pools in closed form, a mix of curves and books by the search; and the quote of one
// book.
#include <ballast/venue/order_book.hpp>
#include <ballast/venue/split.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "support.hpp"

namespace {

using namespace ballast;

/// out(x) = O·x/(I + x).
struct product {
    double input = 0.0, output = 0.0;
    [[nodiscard]] double out(double x) const noexcept { return output * x / (input + x); }
    [[nodiscard]] double in(double y) const noexcept {
        return y < output ? input * y / (output - y) : std::numeric_limits<double>::infinity();
    }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        const double part = input / (input + x);
        const double slope = output / input * part * part;
        return {slope, x > 0.0 ? slope : std::numeric_limits<double>::infinity()};
    }
    [[nodiscard]] venue::amount_interval inverse_marginal(double p) const noexcept {
        const double x = std::sqrt(input * output / p) - input;
        return {x > 0.0 ? x : 0.0, x > 0.0 ? x : 0.0};
    }
    [[nodiscard]] double depth() const noexcept { return std::numeric_limits<double>::infinity(); }
    [[nodiscard]] double input_scale() const noexcept { return input; }
    [[nodiscard]] double output_scale() const noexcept { return output; }
};

/// Pools of sizes over two orders of magnitude, prices within 1 %.
std::vector<product> pools_of(std::size_t n, std::mt19937_64& random) {
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    std::vector<product> pools;
    for (std::size_t i = 0; i < n; ++i) {
        const double input = 1e5 * std::pow(100.0, unit(random));
        pools.push_back({input, input * (2.0 + 0.02 * unit(random))});
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

void split_mix(benchmark::State& state) {
    std::mt19937_64 random{7};
    const auto pools = pools_of(16, random);
    const book_of a{100, random}, b{100, random}, c{500, random}, d{1000, random};
    std::vector<venue::any_curve> curves(pools.begin(), pools.end());
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
