// Solvers that search for their answer: the no-trade region on a dense covariance and on factors.
#include <ballast/cost/proportional.hpp>
#include <ballast/solver/no_trade_region.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "support.hpp"

namespace {

using namespace ballast;

// A fully invested account in a market of three factors, weights within a third of their targets, costs of 1 to 10 basis points.
struct account {
    std::vector<double> specific{}, loadings{}, omega{0.03, 0.002, 0.0, 0.002, 0.01, 0.0, 0.0, 0.0, 0.005}, variance{}, dense{};
    std::vector<double> target{}, weight{}, price{}, quantity{}, rate{};
    std::vector<risk_view> views{};
    mandate rules{};
    inputs input{};
    look seen{};

    explicit account(std::size_t n) {
        std::mt19937_64 random{7};
        std::uniform_real_distribution<double> unit{0.0, 1.0};
        double targets = 0.0, weights = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            specific.push_back(0.01 + 0.1 * unit(random));
            for (int f = 0; f < 3; ++f) loadings.push_back(f == 0 ? 0.5 + unit(random) : 2.0 * unit(random) - 1.0);
            target.push_back(unit(random));
            weight.push_back(target[i] * (2.0 + 2.0 * unit(random)) / 3.0);
            rate.push_back(1e-4 + 9e-4 * unit(random));
            targets += target[i];
            weights += weight[i];
        }
        for (std::size_t i = 0; i < n; ++i) {
            target[i] /= targets;
            weight[i] /= weights;
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
        quantity = weight;
        views.push_back({.layout = risk_layout::dense, .ready = true, .specific = variance, .dense = dense});
        views.push_back(
            {.layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = omega});
        seen.value = 1.0;
        seen.price = price;
        seen.quantity = quantity;
        seen.position = seen.weight = weight;
        seen.target = target;
        seen.risk = views;
        seen.input = &input;
        seen.rules = &rules;
    }
    account(const account&) = delete;
    account& operator=(const account&) = delete;
};

void run(benchmark::State& state, std::size_t estimator) {
    const auto n = static_cast<std::size_t>(state.range(0));
    const account of{n};
    const cost::proportional model{.rate = of.rate};
    const bound<cost::proportional> cost{model.bind(of.seen)};
    const solver::no_trade_region solver{.risk_aversion = 5.0, .horizon = days(90), .estimator = estimator};
    limits_memory room;
    room.prepare({.assets = n});
    const limits lim = room.free(n);
    solver::no_trade_region::scratch scratch;
    scratch.prepare({.assets = n});
    std::vector<double> share(n);
    std::vector<std::uint8_t> move(n);
    std::vector<rounding> round(n);
    std::vector<why> cause(n);
    std::vector<ranked> ranks(n);
    bool proved = true;
    const std::size_t before = bench::allocations();
    for (auto _ : state) {
        solution s{.share = share, .move = move, .round = round, .cause = cause, .wealth = 1.0};
        const status how = solver.solve(problem{.look = of.seen, .limits = lim, .ranks = ranks}, cost, scratch, s);
        proved = proved && how == status::solved;
        benchmark::DoNotOptimize(share.data());
        benchmark::ClobberMemory();
    }
    if (bench::allocations() != before) state.SkipWithError("it allocates");
    if (!proved) state.SkipWithError("it stopped short");
}

void no_trade_region_dense(benchmark::State& state) { run(state, 0); }
void no_trade_region_factors(benchmark::State& state) { run(state, 1); }

BENCHMARK(no_trade_region_dense)->Arg(10)->Arg(100)->Arg(500)->Unit(benchmark::kMicrosecond);
BENCHMARK(no_trade_region_factors)->Arg(10)->Arg(100)->Arg(500)->Unit(benchmark::kMicrosecond);

}  // namespace
