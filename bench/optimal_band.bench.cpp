// Bands that are best for what trading costs: one tick that holds, beside the plain band, and one region alone.
#include <ballast/core/bps.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/keeper.hpp>
#include <ballast/numeric/cara_region.hpp>
#include <ballast/numeric/optimal_region.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/cara_band.hpp>
#include <ballast/trigger/optimal_band.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <vector>

#include "support.hpp"

namespace {

using namespace ballast;

// Every asset with a target of its own and exactly on it, so that all of them hold and none is reckoned for another.
struct on_target {
    std::vector<double> price{}, quantity{}, target{}, volatility{};
    explicit on_target(std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) {
            const double size = static_cast<double>(n);
            target.push_back((0.5 + static_cast<double>(i) / size) / size);
            price.push_back(1.0);
            quantity.push_back(target.back() * 1e6);
            volatility.push_back(0.2 + 0.2 * static_cast<double>(i) / size);
        }
    }
};

template <class Policy>
void tick(benchmark::State& state, const Policy& policy) {
    const on_target book{static_cast<std::size_t>(state.range(0))};
    const sizes s{.assets = book.price.size()};
    typename Policy::market_state market;
    typename Policy::account_state account;
    typename Policy::workspace workspace;
    decision d;
    policy.prepare(market, s);
    policy.prepare(account, s);
    policy.prepare(workspace, s);
    policy.prepare(d, s);
    double cash = 1e6;
    for (const double q : book.quantity) cash -= q;
    const inputs in{.market = {.price = book.price, .volatility = book.volatility},
                    .account = {.cash = cash, .quantity = book.quantity},
                    .target = book.target};
    if (policy.observe(market, in.market)) state.SkipWithError("the prices are refused");
    const std::size_t before = bench::allocations();
    for (auto _ : state) {
        policy.propose(market, account, in, workspace, d);
        benchmark::DoNotOptimize(d.outcome);
        benchmark::ClobberMemory();
    }
    if (bench::allocations() != before) state.SkipWithError("it allocates");
    if (d.outcome != outcome::hold) state.SkipWithError("another outcome than this benchmark is about");
}

const cost::proportional ten{.rate = bps(10)};

void tick_band(benchmark::State& state) {
    tick(state, rebalancer{trigger::band{.absolute = 0.05, .relative = 0.25}, ten, solver::to_band{}, risk::given{}});
}
void tick_optimal_exact(benchmark::State& state) {
    tick(state, rebalancer{trigger::optimal_band{.risk_aversion = 3.0, .rate = bps(10)}, ten, solver::to_band{}, risk::given{}});
}
void tick_optimal_expansion(benchmark::State& state) {
    tick(state, rebalancer{trigger::optimal_band{.risk_aversion = 3.0, .rate = bps(10), .method = region_method::expansion}, ten,
                           solver::to_band{}, risk::given{}});
}
void tick_optimal_fixed(benchmark::State& state) {
    tick(state, rebalancer{trigger::optimal_band{.risk_aversion = 3.0, .rate = bps(10), .fixed = 1.0, .method = region_method::expansion},
                           ten, solver::to_band{}, risk::given{}});
}
void tick_cara_exact(benchmark::State& state) {
    tick(state, rebalancer{trigger::cara_band{.risk_aversion = 3e-6, .rate = bps(10)}, ten, solver::to_band{}, risk::given{}});
}
void tick_cara_expansion(benchmark::State& state) {
    tick(state, rebalancer{trigger::cara_band{.risk_aversion = 3e-6, .rate = bps(10), .method = region_method::expansion}, ten,
                           solver::to_band{}, risk::given{}});
}
BENCHMARK(tick_band)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);
BENCHMARK(tick_optimal_exact)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);
BENCHMARK(tick_optimal_expansion)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);
BENCHMARK(tick_optimal_fixed)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);
BENCHMARK(tick_cara_exact)->Arg(1)->Arg(10)->Arg(100);
BENCHMARK(tick_cara_expansion)->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

// One region alone; the argument is the cost in units of 0.01 bps.
void region_exact(benchmark::State& state) {
    growth_problem p{.target = 0.6, .risk_aversion = 3.0, .sell = 1e-6 * static_cast<double>(state.range(0))};
    for (auto _ : state) {
        benchmark::DoNotOptimize(p);
        benchmark::DoNotOptimize(exact_region(p));
    }
}
void region_expansion(benchmark::State& state) {
    growth_problem p{.target = 0.6, .risk_aversion = 3.0, .sell = 1e-6 * static_cast<double>(state.range(0))};
    for (auto _ : state) {
        benchmark::DoNotOptimize(p);
        benchmark::DoNotOptimize(expanded_region(p));
    }
}
void region_cara(benchmark::State& state) {
    cara_problem p{
        .target = 6e5, .risk_aversion = 5e-6, .sell = 1e-6 * static_cast<double>(state.range(0)), .interest = 0.02, .volatility = 0.2};
    for (auto _ : state) {
        benchmark::DoNotOptimize(p);
        benchmark::DoNotOptimize(exact_cara_region(p));
    }
}
BENCHMARK(region_exact)->Arg(1)->Arg(100)->Arg(1000)->Arg(10000)->Arg(100000);
BENCHMARK(region_expansion)->Arg(1000);
BENCHMARK(region_cara)->Arg(100)->Arg(1000)->Arg(10000);

}  // namespace
