// Target policies that work for their weights: risk parity on a dense covariance and on factors, projection, small steps.
#include <ballast/target/projected.hpp>
#include <ballast/target/risk_parity.hpp>
#include <ballast/target/smoothed.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "support.hpp"

namespace {

using namespace ballast;

// A market of three factors and what each asset has of its own, volatilities around 0.3 per year; once as factors, once as a matrix.
struct market {
    std::vector<double> specific{}, loadings{}, omega{0.03, 0.002, 0.0, 0.002, 0.01, 0.0, 0.0, 0.0, 0.005}, variance{}, dense{};
    std::vector<double> target{}, quantity{}, price{};
    std::vector<risk_view> views{};
    look seen{};

    explicit market(std::size_t n) {
        std::mt19937_64 random{7};
        std::uniform_real_distribution<double> unit{0.0, 1.0};
        for (std::size_t i = 0; i < n; ++i) {
            specific.push_back(0.01 + 0.1 * unit(random));
            for (int f = 0; f < 3; ++f) loadings.push_back(f == 0 ? 0.5 + unit(random) : 2.0 * unit(random) - 1.0);
            target.push_back(2.0 * unit(random) / static_cast<double>(n));
        }
        dense.resize(n * n);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                double s = i == j ? specific[i] : 0.0;
                for (std::size_t a = 0; a < 3; ++a)
                    for (std::size_t b = 0; b < 3; ++b) s += loadings[i * 3 + a] * omega[a * 3 + b] * loadings[j * 3 + b];
                dense[i * n + j] = s;
            }
            variance.push_back(dense[i * n + i]);
        }
        price.assign(n, 1.0);
        quantity.assign(n, 0.0);
        views.push_back({.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = dense});
        views.push_back(
            {.layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega});
        seen.value = 1.0;
        seen.price = price;
        seen.quantity = quantity;
        seen.target = target;
        seen.risk = views;
    }
};

template <class Target>
void run(benchmark::State& state, const Target& t, memory_of<Target> m = {}) {
    const auto n = static_cast<std::size_t>(state.range(0));
    const market of{n};
    target_scratch scratch;
    detail::prepare_for(t, scratch, {.assets = n});
    std::vector<double> out(n);
    const std::size_t before = bench::allocations();
    for (auto _ : state) {
        const fault f = detail::weights(t, of.seen, m, scratch, out);
        benchmark::DoNotOptimize(f);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
    if (bench::allocations() != before) state.SkipWithError("it allocates");
    if (detail::weights(t, of.seen, m, scratch, out)) state.SkipWithError("there are no weights");
}

void risk_parity_dense(benchmark::State& state) { run(state, target::risk_parity{}); }
void risk_parity_factors(benchmark::State& state) { run(state, target::risk_parity{.estimator = 1}); }
void projected(benchmark::State& state) {
    const double n = static_cast<double>(state.range(0));
    run(state, target::projected{.lower = 0.3 / n, .upper = 1.6 / n});
}
void smoothed(benchmark::State& state) {
    const auto n = static_cast<std::size_t>(state.range(0));
    target::smoothed::memory m;
    m.last.assign(n, 1.0 / static_cast<double>(n));
    m.seen = timestamp{};
    run(state, target::smoothed{.step = 0.2 / static_cast<double>(n)}, m);
}

BENCHMARK(risk_parity_dense)->Arg(10)->Arg(100)->Arg(500)->Unit(benchmark::kMicrosecond);
BENCHMARK(risk_parity_factors)->Arg(10)->Arg(100)->Arg(500)->Unit(benchmark::kMicrosecond);
BENCHMARK(projected)->Arg(10)->Arg(100)->Arg(500)->Unit(benchmark::kMicrosecond);
BENCHMARK(smoothed)->Arg(10)->Arg(100)->Arg(500)->Unit(benchmark::kMicrosecond);

}  // namespace
