// What one `propose` costs: one that holds, beside the floor of two plain passes, and one that trades.
#include <ballast/core/bps.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/keeper.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/every.hpp>

#include <benchmark/benchmark.h>

#include "support.hpp"

namespace {

using namespace ballast;

// The floor: two passes in eight lanes, nothing but the arithmetic, written so that both compilers make vector code of it. First the value; then
// weights written, the largest deviation found, inputs checked to be finite.
[[gnu::noinline]] bool floor_of_two_passes(const double* __restrict price, const double* __restrict quantity,
                                           const double* __restrict target, double cash, double* __restrict weight, std::size_t n,
                                           double& largest) {
    double sum[8] = {};
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (std::size_t l = 0; l < 8; ++l) sum[l] += price[i + l] * quantity[i + l];
    for (std::size_t l = 0; i < n; ++i, ++l) sum[l] += price[i] * quantity[i];
    const double value = cash + (((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7])));
    double most[8] = {};
    double check[8] = {};
    for (i = 0; i + 8 <= n; i += 8) {
        double w[8], d[8], a[8];
        for (std::size_t l = 0; l < 8; ++l) w[l] = price[i + l] * quantity[i + l] / value;
        for (std::size_t l = 0; l < 8; ++l) weight[i + l] = w[l];
        for (std::size_t l = 0; l < 8; ++l) d[l] = w[l] - target[i + l];
        for (std::size_t l = 0; l < 8; ++l) a[l] = __builtin_fabs(d[l]);
        for (std::size_t l = 0; l < 8; ++l) most[l] = a[l] > most[l] ? a[l] : most[l];
        for (std::size_t l = 0; l < 8; ++l) check[l] += d[l];
    }
    for (std::size_t l = 0; i < n; ++i, ++l) {
        const double w = price[i] * quantity[i] / value;
        weight[i] = w;
        const double a = __builtin_fabs(w - target[i]);
        most[l] = a > most[l] ? a : most[l];
        check[l] += w - target[i];
    }
    largest = 0.0;
    double total = 0.0;
    for (std::size_t l = 0; l < 8; ++l) {
        largest = most[l] > largest ? most[l] : largest;
        total += check[l];
    }
    return total - total == 0.0;
}

void hold_floor(benchmark::State& state) {
    const bench::book b{static_cast<std::size_t>(state.range(0))};
    std::vector<double> weight(b.price.size());
    for (auto _ : state) {
        double largest = 0.0;
        benchmark::DoNotOptimize(
            floor_of_two_passes(b.price.data(), b.quantity.data(), b.target.data(), b.cash, weight.data(), b.price.size(), largest));
        benchmark::DoNotOptimize(largest);
        benchmark::ClobberMemory();
    }
}
BENCHMARK(hold_floor)->Arg(10)->Arg(100)->Arg(1000);

template <class Policy>
void propose(benchmark::State& state, const Policy& policy, const instrument_view& instruments, outcome expected) {
    const bench::book b{static_cast<std::size_t>(state.range(0))};
    const sizes s{.assets = b.price.size()};
    typename Policy::market_state market;
    typename Policy::account_state account;
    typename Policy::workspace workspace;
    decision d;
    policy.prepare(market, s);
    policy.prepare(account, s);
    policy.prepare(workspace, s);
    policy.prepare(d, s);
    const inputs in{
        .market = {.price = b.price}, .account = {.cash = b.cash, .quantity = b.quantity}, .target = b.target, .instruments = instruments};
    const std::size_t before = bench::allocations();
    std::size_t calls = 0;
    for (auto _ : state) {
        policy.propose(market, account, in, workspace, d);
        benchmark::DoNotOptimize(d.outcome);
        benchmark::ClobberMemory();
        ++calls;
    }
    if (d.outcome != expected) state.SkipWithError("another outcome than this benchmark is about");
    state.counters["allocations"] = static_cast<double>(bench::allocations() - before);
    state.counters["orders"] = static_cast<double>(d.orders.size());
    state.counters["per_row"] =
        benchmark::Counter(static_cast<double>(calls * b.price.size()), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void hold_band(benchmark::State& state) {
    propose(state, rebalancer{trigger::band{.absolute = 0.5}, cost::proportional{.rate = bps(10)}, solver::to_target{}}, {}, outcome::hold);
}
BENCHMARK(hold_band)->Arg(10)->Arg(100)->Arg(1000);

void hold_5_25(benchmark::State& state) {
    propose(state, rebalancer{trigger::band{.absolute = 0.5, .relative = 0.9}, cost::proportional{.rate = bps(10)}, solver::to_target{}},
            {}, outcome::hold);
}
BENCHMARK(hold_5_25)->Arg(10)->Arg(100)->Arg(1000);

void trade_continuous(benchmark::State& state) {
    propose(state, rebalancer{trigger::every{duration{}}, cost::proportional{.rate = bps(10)}, solver::to_target{}}, {}, outcome::trade);
}
BENCHMARK(trade_continuous)->Arg(10)->Arg(100)->Arg(1000);

void trade_steps(benchmark::State& state) {
    const std::vector<decimal_step> step{decimal_step{1, -2}};
    propose(state, rebalancer{trigger::every{duration{}}, cost::proportional{.rate = bps(10)}, solver::to_target{}}, {.step = step},
            outcome::trade);
}
BENCHMARK(trade_steps)->Arg(10)->Arg(100)->Arg(1000);

// The full path: a fee with a minimum, steps, smallest orders, cash and sequence.
void trade_minimum_fee(benchmark::State& state) {
    const std::vector<decimal_step> step{decimal_step{1, -2}};
    const std::vector<double> smallest{5.0};
    propose(state, rebalancer{trigger::every{duration{}}, cost::minimum{cost::proportional{.rate = bps(10)}, 0.10}, solver::to_target{}},
            {.step = step, .min_notional = smallest}, outcome::trade);
}
BENCHMARK(trade_minimum_fee)->Arg(10)->Arg(100)->Arg(1000)->Arg(10000);

}  // namespace
