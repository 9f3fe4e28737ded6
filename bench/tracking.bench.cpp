// Tracking a target at the least risk and cost: from nothing, and day after day from the last prices; beside one plain product FᵀF.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "support.hpp"
#include "tracking_family.hpp"
#include "tracking_runs.hpp"

namespace {

using bench::extra;

// What an answer was like, and the time of a solve in products FᵀF of the same moment.
void tell(benchmark::State& state, double iterations, double gap, double untraded, double products) {
    state.counters["iterations"] = iterations;
    state.counters["gap"] = gap;
    state.counters["untraded"] = untraded;
    state.counters["products"] = products;
}

void cold(benchmark::State& state, extra with) {
    const auto& of = bench::tracking_instance_of(static_cast<std::size_t>(state.range(0)));
    bench::tracking_run run{of, with};
    std::vector<double> sums(of.k * of.k);
    run.cold();
    const std::size_t before = bench::allocations();
    for (auto _ : state) {
        run.cold();
        benchmark::ClobberMemory();
    }
    if (bench::allocations() != before) state.SkipWithError("it allocates");
    if (!run.proved()) state.SkipWithError("it stopped short");
    const auto seconds = bench::seconds_of(
        9, [&] { run.cold(); },
        [&] {
            gram(of, sums);
            benchmark::DoNotOptimize(sums.data());
        });
    tell(state, run.answer.certificate.iterations, run.answer.certificate.relative_gap, run.untraded(), seconds[0] / seconds[1]);
}

// Fifty days in a row, each from the prices of the day before, then the fifty again. An iteration is one day.
void warm(benchmark::State& state, extra with) {
    const auto& of = bench::tracking_instance_of(static_cast<std::size_t>(state.range(0)));
    bench::tracking_run run{of, with};
    std::vector<double> sums(of.k * of.k);
    std::size_t day = 0;
    double iterations = 0.0, gap = 0.0, days = 0.0;
    bool proved = true;
    const auto next = [&] {
        if (day == 0) run.cold();
        day = day % of.days + 1;
        run.warm(day);
        iterations += run.answer.certificate.iterations;
        gap = std::max(gap, run.answer.certificate.relative_gap);
        proved = proved && run.proved();
        days += 1.0;
    };
    next();
    const std::size_t before = bench::allocations();
    for (auto _ : state) {
        next();
        benchmark::ClobberMemory();
    }
    if (bench::allocations() != before) state.SkipWithError("it allocates");
    if (!proved) state.SkipWithError("it stopped short");
    const auto seconds = bench::seconds_of(9, next, [&] {
        gram(of, sums);
        benchmark::DoNotOptimize(sums.data());
    });
    tell(state, iterations / days, gap, run.untraded(day), seconds[0] / seconds[1]);
}

void tracking_floor_gram(benchmark::State& state) {
    const auto& of = bench::tracking_instance_of(static_cast<std::size_t>(state.range(0)));
    std::vector<double> sums(of.k * of.k);
    for (auto _ : state) {
        gram(of, sums);
        benchmark::DoNotOptimize(sums.data());
        benchmark::ClobberMemory();
    }
}

void tracking_cold(benchmark::State& state) { cold(state, extra::nothing); }
void tracking_warm(benchmark::State& state) { warm(state, extra::nothing); }
void tracking_turnover_cold(benchmark::State& state) { cold(state, extra::turnover); }
void tracking_turnover_warm(benchmark::State& state) { warm(state, extra::turnover); }
void tracking_groups_cold(benchmark::State& state) { cold(state, extra::groups); }
void tracking_groups_warm(benchmark::State& state) { warm(state, extra::groups); }
void tracking_root_costs_cold(benchmark::State& state) { cold(state, extra::root_costs); }
void tracking_root_costs_warm(benchmark::State& state) { warm(state, extra::root_costs); }

void all_sizes(benchmark::internal::Benchmark* b) {
    for (const int n : {50, 200, 500, 1000, 5000, 20000, 100000}) b->Arg(n);
    b->Unit(benchmark::kMicrosecond);
}
void some_sizes(benchmark::internal::Benchmark* b) {
    for (const int n : {200, 1000, 5000}) b->Arg(n);
    b->Unit(benchmark::kMicrosecond);
}

BENCHMARK(tracking_floor_gram)->Apply(all_sizes);
BENCHMARK(tracking_cold)->Apply(all_sizes);
BENCHMARK(tracking_warm)->Apply(all_sizes);
BENCHMARK(tracking_turnover_cold)->Apply(some_sizes);
BENCHMARK(tracking_turnover_warm)->Apply(some_sizes);
BENCHMARK(tracking_groups_cold)->Apply(some_sizes);
BENCHMARK(tracking_groups_warm)->Apply(some_sizes);
BENCHMARK(tracking_root_costs_cold)->Apply(some_sizes);
BENCHMARK(tracking_root_costs_warm)->Apply(some_sizes);

}  // namespace
