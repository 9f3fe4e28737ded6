// What a tick costs: `observe` of the estimators of volatilities and covariances, beside the floors of n logarithms and of one pass over a matrix.
#include <ballast/core/memory.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/ewma_covariance.hpp>
#include <ballast/risk/factor_model.hpp>
#include <ballast/risk/ledoit_wolf.hpp>
#include <ballast/risk/principal_factors.hpp>
#include <ballast/risk/sample_covariance.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "support.hpp"

namespace {

using namespace ballast;

// Sixteen rows of prices, over and over; every price moves at every tick.
struct feed {
    static constexpr std::size_t rows = 16;
    std::vector<double> price{}, series{};

    explicit feed(std::size_t n) {
        std::mt19937_64 random{7};
        std::normal_distribution<double> noise{0.0, 0.01};
        for (std::size_t k = 0; k < rows; ++k) {
            const double common = noise(random);
            series.push_back(common);
            for (std::size_t i = 0; i < n; ++i) price.push_back(100.0 * std::exp(common + noise(random)));
        }
    }
};

// What a volatility can not do without: a logarithm and a few multiplications an asset.
void observe_floor_logarithms(benchmark::State& state) {
    const auto n = static_cast<std::size_t>(state.range(0));
    const feed f{n};
    std::vector<double> last(n, 100.0), variance(n, 0.0);
    std::size_t tick = 0;
    for (auto _ : state) {
        const double* p = f.price.data() + (tick++ % feed::rows) * n;
        for (std::size_t i = 0; i < n; ++i) {
            const double r = std::log1p((p[i] - last[i]) / last[i]);
            variance[i] = 0.97 * variance[i] + 0.03 * r * r;
            last[i] = p[i];
        }
        benchmark::DoNotOptimize(variance.data());
        benchmark::ClobberMemory();
    }
}

// What a covariance can not do without: a pass over the matrix that it shows.
[[gnu::noinline]] void fade_and_add(double* __restrict m, const double* __restrict u, double kept, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) m[i * n + j] = kept * m[i * n + j] + u[i] * u[j];
}
void observe_floor_matrix(benchmark::State& state) {
    const auto n = static_cast<std::size_t>(state.range(0));
    const feed f{n};
    std::vector<double> m(n * n, 0.0), u(f.price.begin(), f.price.begin() + static_cast<std::ptrdiff_t>(n));
    for (auto _ : state) {
        fade_and_add(m.data(), u.data(), 0.97, n);
        benchmark::DoNotOptimize(m.data());
        benchmark::ClobberMemory();
    }
}

template <class Estimator>
void run(benchmark::State& state, const Estimator& e) {
    const auto n = static_cast<std::size_t>(state.range(0));
    const feed f{n};
    typename Estimator::estimate s;
    detail::prepare(s, sizes{.assets = n});
    detail::prepare_for(e, s, sizes{.assets = n});
    std::size_t tick = 0;
    bool refused = false;
    const auto observe = [&] {
        const std::size_t row = tick % feed::rows;
        const fault wrong = e.observe(s, {.now = timestamp{} + hours(static_cast<std::int64_t>(tick)),
                                          .price = {f.price.data() + row * n, n},
                                          .factor = {f.series.data() + row, 1}});
        refused = refused || static_cast<bool>(wrong);
        ++tick;
    };
    while (tick < 130) observe();  // windows are full
    const std::size_t before = bench::allocations();
    for (auto _ : state) {
        observe();
        benchmark::DoNotOptimize(e.view(s).specific.data());
        benchmark::ClobberMemory();
    }
    if (bench::allocations() != before) state.SkipWithError("it allocates");
    if (refused || !e.view(s).ready) state.SkipWithError("a tick was refused, or it is not ready");
}

void observe_ewma(benchmark::State& state) { run(state, risk::ewma{}); }
void observe_ewma_covariance(benchmark::State& state) { run(state, risk::ewma_covariance{}); }
void observe_sample_covariance(benchmark::State& state) { run(state, risk::sample_covariance{.returns = 60}); }
void observe_ledoit_wolf(benchmark::State& state) { run(state, risk::ledoit_wolf{.returns = 60}); }
void observe_factor_model(benchmark::State& state) { run(state, risk::factor_model{}); }
void observe_principal_factors(benchmark::State& state) { run(state, risk::principal_factors{.refresh = {}}); }

BENCHMARK(observe_floor_logarithms)->Arg(1)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(observe_ewma)->Arg(1)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(observe_floor_matrix)->Arg(1)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(observe_ewma_covariance)->Arg(1)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(observe_sample_covariance)->Arg(1)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(observe_ledoit_wolf)->Arg(1)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(observe_factor_model)->Arg(1)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(observe_principal_factors)->Arg(10)->Arg(100)->Unit(benchmark::kMicrosecond);

}  // namespace
