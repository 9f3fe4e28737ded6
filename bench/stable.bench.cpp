// Stable pools: one quote in doubles and in the integers of the contracts, the pool of Curve's 3pool.
#include <ballast/venue/contract/balancer_stable.hpp>
#include <ballast/venue/contract/curve_stable.hpp>
#include <ballast/venue/stable.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

namespace {

using namespace ballast;

venue::stable in_doubles() {
    return {.coins = 3, .balances = {27'137'121.1, 27'662'471.2, 108'298'644.4}, .amplification = 4000.0, .fee = 0.00015};
}
uint256 millionths(std::uint64_t n) { return uint256{n} * uint256{1'000'000'000'000u}; }

venue::contract::curve_stable in_integers(venue::contract::curve_version version) {
    const uint256 one = 1'000'000'000'000'000'000u;
    venue::contract::curve_stable p{
        .coins = 3,
        .balances = {millionths(27'137'121'100'372), millionths(27'662'471'158'553), millionths(108'298'644'409'129)},
        .rates = {one, one, one},
        .amplification = version == venue::contract::curve_version::classic ? 4000u : 400'000u,
        .fee = 1'500'000u,
        .offpeg_fee_multiplier = 20'000'000'000u,
        .version = version};
    return p;
}

void stable_curve_of_pool(benchmark::State& state) {
    venue::stable p = in_doubles();
    for (auto _ : state) {
        benchmark::DoNotOptimize(p);
        auto c = p.curve(0, 2);
        benchmark::DoNotOptimize(c);
    }
}
BENCHMARK(stable_curve_of_pool);

void stable_out(benchmark::State& state) {
    const auto c = in_doubles().curve(0, 2);
    double x = 1e6;
    for (auto _ : state) {
        benchmark::DoNotOptimize(x);
        benchmark::DoNotOptimize(c.out(x));
    }
}
BENCHMARK(stable_out);

void stable_in(benchmark::State& state) {
    const auto c = in_doubles().curve(0, 2);
    double y = 1e6;
    for (auto _ : state) {
        benchmark::DoNotOptimize(y);
        benchmark::DoNotOptimize(c.in(y));
    }
}
BENCHMARK(stable_in);

void stable_marginal(benchmark::State& state) {
    const auto c = in_doubles().curve(0, 2);
    double x = 1e6;
    for (auto _ : state) {
        benchmark::DoNotOptimize(x);
        benchmark::DoNotOptimize(c.marginal(x));
    }
}
BENCHMARK(stable_marginal);

void stable_inverse_marginal(benchmark::State& state) {
    const auto c = in_doubles().curve(0, 2);
    double p = c.marginal(1e6).low;
    for (auto _ : state) {
        benchmark::DoNotOptimize(p);
        benchmark::DoNotOptimize(c.inverse_marginal(p));
    }
}
BENCHMARK(stable_inverse_marginal);

void stable_shortfall(benchmark::State& state) {
    const auto c = in_doubles().curve(0, 2);
    double x = 1e6;
    for (auto _ : state) {
        benchmark::DoNotOptimize(x);
        benchmark::DoNotOptimize(c.shortfall(x));
    }
}
BENCHMARK(stable_shortfall);

void curve_stable_out_given_in(benchmark::State& state, venue::contract::curve_version version) {
    const auto p = in_integers(version);
    uint256 amount = millionths(1'000'000'000'000);
    for (auto _ : state) {
        benchmark::DoNotOptimize(amount);
        benchmark::DoNotOptimize(p.out_given_in(0, 2, amount));
    }
}
BENCHMARK_CAPTURE(curve_stable_out_given_in, classic, venue::contract::curve_version::classic);
BENCHMARK_CAPTURE(curve_stable_out_given_in, ng, venue::contract::curve_version::ng);

void curve_stable_in_given_out(benchmark::State& state) {
    const auto p = in_integers(venue::contract::curve_version::ng);
    uint256 amount = millionths(1'000'000'000'000);
    for (auto _ : state) {
        benchmark::DoNotOptimize(amount);
        benchmark::DoNotOptimize(p.in_given_out(0, 2, amount));
    }
}
BENCHMARK(curve_stable_in_given_out);

void balancer_stable_out_given_in(benchmark::State& state) {
    const auto from = in_integers(venue::contract::curve_version::classic);
    venue::contract::balancer_stable p{
        .tokens = 3, .balances = {}, .scaling = {}, .amplification = 4'000'000u, .swap_fee = 150'000'000'000'000u};
    for (std::size_t k = 0; k < 3; ++k) {
        p.balances[k] = from.balances[k];
        p.scaling[k] = from.rates[k];
    }
    uint256 amount = millionths(1'000'000'000'000);
    for (auto _ : state) {
        benchmark::DoNotOptimize(amount);
        benchmark::DoNotOptimize(p.out_given_in(0, 2, amount));
    }
}
BENCHMARK(balancer_stable_out_given_in);

}  // namespace
