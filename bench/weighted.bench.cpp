// Weighted pools: one quote in doubles, with its curve already made and making it, and in the integers of Balancer.
#include <ballast/venue/contract/balancer_weighted.hpp>
#include <ballast/venue/weighted.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

namespace {

using namespace ballast;

// 80/20, as most pools of two tokens; amounts from 1e-9 to 0.1 of the balance, in turn.
constexpr double amounts[] = {1e-9, 1e-7, 1e-5, 1e-3, 1e-2, 1e-1};
constexpr std::size_t count = sizeof amounts / sizeof amounts[0];

venue::weighted pool_in_doubles() {
    return {.tokens = 2, .balances = {29'401'141.523139759, 605.007002163317945}, .weights = {0.8, 0.2}, .fee = 0.01};
}

template <class Ask>
void quote(benchmark::State& state, Ask ask) {
    const venue::weighted pool = pool_in_doubles();
    venue::weighted_curve c = pool.curve(1, 0);
    std::size_t k = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(c);
        benchmark::DoNotOptimize(ask(c, amounts[k++ % count]));
    }
}
void weighted_out(benchmark::State& state) {
    quote(state, [](const venue::weighted_curve& c, double share) { return c.out(share * 605.0); });
}
void weighted_in(benchmark::State& state) {
    quote(state, [](const venue::weighted_curve& c, double share) { return c.in(share * 29'401'141.0); });
}
void weighted_marginal(benchmark::State& state) {
    quote(state, [](const venue::weighted_curve& c, double share) { return c.marginal(share * 605.0); });
}
void weighted_inverse_marginal(benchmark::State& state) {
    quote(state, [](const venue::weighted_curve& c, double share) { return c.inverse_marginal((1.0 - share) * venue::spot(c)); });
}
void weighted_shortfall(benchmark::State& state) {
    quote(state, [](const venue::weighted_curve& c, double share) { return c.shortfall(share * 605.0); });
}
void weighted_make_curve(benchmark::State& state) {
    venue::weighted pool = pool_in_doubles();
    for (auto _ : state) {
        benchmark::DoNotOptimize(pool);
        benchmark::DoNotOptimize(pool.curve(1, 0));
    }
}
BENCHMARK(weighted_out);
BENCHMARK(weighted_in);
BENCHMARK(weighted_marginal);
BENCHMARK(weighted_inverse_marginal);
BENCHMARK(weighted_shortfall);
BENCHMARK(weighted_make_curve);

// The same pool in units of 18 decimals. The exponent is 4 or 1/4; the argument: whether the power function has short cuts.
venue::contract::balancer_weighted pool_in_integers(bool short_cuts) {
    const uint256 percent = 10'000'000'000'000'000;
    return {.tokens = 2,
            .balances = {29401141523139759968410400_u256, 605007002163317945954_u256},
            .weights = {percent * 80, percent * 20},
            .swap_fee = percent,
            .version = short_cuts ? venue::contract::power_version::short_cuts : venue::contract::power_version::plain};
}
template <class Ask>
void answer(benchmark::State& state, std::size_t of, Ask ask) {
    venue::contract::balancer_weighted pool = pool_in_integers(state.range(0) != 0);
    uint256 amount[count];
    for (std::size_t i = 0; i < count; ++i) amount[i] = uint256::from_double(amounts[i] * static_cast<double>(pool.balances[of]));
    std::size_t k = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(pool);
        benchmark::DoNotOptimize(ask(pool, amount[k++ % count]));
    }
}
void balancer_weighted_out(benchmark::State& state) {
    answer(state, 0, [](const venue::contract::balancer_weighted& p, const uint256& x) { return p.out_given_in(0, 1, x); });
}
void balancer_weighted_in(benchmark::State& state) {
    answer(state, 0, [](const venue::contract::balancer_weighted& p, const uint256& y) { return p.in_given_out(1, 0, y); });
}
BENCHMARK(balancer_weighted_out)->Arg(0)->Arg(1);
BENCHMARK(balancer_weighted_in)->Arg(0)->Arg(1);

}  // namespace
