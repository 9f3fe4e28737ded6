// Tracking a target under a covariance matrix at the least risk and cost: from nothing, and day after day from the last answer; beside one
// plain Cholesky factor of the whole matrix, and beside the library's own.
#include <benchmark/benchmark.h>

#include <ballast/numeric/cholesky.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "dense_family.hpp"
#include "support.hpp"
#include "tracking_runs.hpp"

namespace {

using bench::dense_instance;
using bench::extra;
using dense_run = bench::run_of<dense_instance>;

// UᵀU in three plain loops, of the upper triangle.
void plain_factor(const dense_instance& of, std::vector<double>& u) {
    const std::size_t n = of.n;
    u = of.sigma;
    for (std::size_t i = 0; i < n; ++i) {
        double* const top = u.data() + i * n;
        const double root = std::sqrt(top[i]);
        for (std::size_t j = i; j < n; ++j) top[j] /= root;
        for (std::size_t r = i + 1; r < n; ++r) {
            double* const row = u.data() + r * n;
            const double factor = top[r];
            for (std::size_t j = r; j < n; ++j) row[j] -= factor * top[j];
        }
    }
}
void block_factor(const dense_instance& of, std::vector<double>& u) {
    u = of.sigma;
    benchmark::DoNotOptimize(ballast::cholesky(u.data(), of.n, of.n, of.n, 1e-14, of.variance.data()));
}

// What an answer was like, and the time of a solve in plain factors and in the library's of the same moment.
template <class Solve>
void tell(benchmark::State& state, const dense_instance& of, double iterations, double gap, double untraded, Solve&& solve) {
    std::vector<double> u(of.n * of.n);
    const auto seconds = bench::seconds_of(
        9, solve, [&] { plain_factor(of, u); }, [&] { block_factor(of, u); });
    state.counters["iterations"] = iterations;
    state.counters["gap"] = gap;
    state.counters["untraded"] = untraded;
    state.counters["plain_factors"] = seconds[0] / seconds[1];
    state.counters["factors"] = seconds[0] / seconds[2];
}

void dense_cold(benchmark::State& state) {
    const auto& of = bench::dense_instance_of(static_cast<std::size_t>(state.range(0)));
    dense_run run{of, extra::nothing};
    run.cold();
    const std::size_t before = bench::allocations();
    for (auto _ : state) {
        run.cold();
        benchmark::ClobberMemory();
    }
    if (bench::allocations() != before) state.SkipWithError("it allocates");
    if (!run.proved()) state.SkipWithError("it stopped short");
    tell(state, of, run.answer.certificate.iterations, run.answer.certificate.relative_gap, run.untraded(), [&] { run.cold(); });
}

// Fifty days in a row, each from the answer of the day before, then the fifty again. An iteration is one day. `shared`: the matrix was looked at
// before, once for all days.
void warm(benchmark::State& state, bool shared) {
    const auto& of = bench::dense_instance_of(static_cast<std::size_t>(state.range(0)));
    dense_run run{of, extra::nothing};
    if (shared) run.share();
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
    tell(state, of, iterations / days, gap, run.untraded(day), next);
}

void dense_warm(benchmark::State& state) { warm(state, false); }
void dense_shared_warm(benchmark::State& state) { warm(state, true); }

// Accounts that hold other weights under the same matrix, one after the other in one thread. An iteration is one account.
void accounts(benchmark::State& state, bool shared) {
    const auto& of = bench::dense_instance_of(static_cast<std::size_t>(state.range(0)));
    dense_run run{of, extra::nothing};
    if (shared) run.share();
    std::size_t which = 0;
    bool proved = true;
    for (auto _ : state) {
        run.answer.warm = false;
        run.solve(of.of_account(which));
        which = (which + 1) % dense_instance::account_count;
        proved = proved && run.proved();
        benchmark::ClobberMemory();
    }
    if (!proved) state.SkipWithError("it stopped short");
    state.SetItemsProcessed(state.iterations());
}

void dense_accounts(benchmark::State& state) { accounts(state, false); }
void dense_shared_accounts(benchmark::State& state) { accounts(state, true); }

void dense_floor_factor(benchmark::State& state) {
    const auto& of = bench::dense_instance_of(static_cast<std::size_t>(state.range(0)));
    std::vector<double> u(of.n * of.n);
    for (auto _ : state) {
        plain_factor(of, u);
        benchmark::DoNotOptimize(u.data());
        benchmark::ClobberMemory();
    }
}
void dense_factor(benchmark::State& state) {
    const auto& of = bench::dense_instance_of(static_cast<std::size_t>(state.range(0)));
    std::vector<double> u(of.n * of.n);
    for (auto _ : state) {
        block_factor(of, u);
        benchmark::DoNotOptimize(u.data());
        benchmark::ClobberMemory();
    }
    const double n = static_cast<double>(of.n);
    state.counters["flops"] = benchmark::Counter(n * n * n / 3.0, benchmark::Counter::kIsIterationInvariantRate);
}

void all_sizes(benchmark::internal::Benchmark* b) {
    for (const int n : {50, 200, 500, 1000}) b->Arg(n);
    b->Unit(benchmark::kMicrosecond);
}

BENCHMARK(dense_floor_factor)->Apply(all_sizes);
BENCHMARK(dense_factor)->Apply(all_sizes);
BENCHMARK(dense_cold)->Apply(all_sizes);
BENCHMARK(dense_warm)->Apply(all_sizes);
BENCHMARK(dense_shared_warm)->Apply(all_sizes);
BENCHMARK(dense_accounts)->Arg(100)->Unit(benchmark::kMicrosecond);
BENCHMARK(dense_shared_accounts)->Arg(100)->Unit(benchmark::kMicrosecond);

}  // namespace
