// Whole steps: the search, its objective and its bound, beside plain greedy rounding on the same books.
#include <ballast/sizing/detail/integer_search.hpp>

#include <benchmark/benchmark.h>

#include "../tests/support/greedy_rounding.hpp"
#include "support.hpp"

namespace {

using namespace ballast;

// Whole shares, 10 bps with a minimum of 1, goals 5% above what there is, and cash for 90% of that; two factors where risk counts.
struct whole_shares {
    std::vector<detail::integer_row> rows{};
    std::vector<double> specific{}, loadings{}, factors{0.03, -0.004, -0.004, 0.01};
    detail::integer_problem problem{};

    struct fee {
        double operator()(std::size_t, double x) const noexcept {
            const double c = 1e-3 * (x < 0.0 ? -x : x);
            return x == 0.0 ? 0.0 : c > 1.0 ? c : 1.0;
        }
    };
    struct cash {
        const whole_shares* of;
        double operator()(std::size_t i, std::int64_t k) const noexcept {
            const double x = of->rows[i].step * static_cast<double>(k);
            return x + fee{}(i, x);
        }
    };

    whole_shares(std::size_t n, detail::integer_distance d) {
        const bench::book b{n};
        double wealth = b.cash, wanted = 0.0;
        for (std::size_t i = 0; i < n; ++i) wealth += b.price[i] * b.quantity[i];
        for (std::size_t i = 0; i < n; ++i) {
            detail::integer_row r{
                .step = b.price[i], .value = b.price[i] * b.quantity[i], .goal = 1.05 * b.target[i] * wealth, .intervals = 1};
            r.allowed[0] = {-static_cast<std::int64_t>(b.quantity[i]), 1000};
            rows.push_back(r);
            wanted += r.goal - r.value;
            specific.push_back(0.02 + 0.1 * static_cast<double>(i % 7) / 7.0);
            loadings.push_back(0.8 + 0.4 * static_cast<double>(i % 5) / 5.0);
            loadings.push_back(i % 2 == 0 ? 1.0 : -1.0);
        }
        problem = {.rows = rows, .wealth = wealth, .means = 0.9 * wanted, .distance = d};
        if (d != detail::integer_distance::absolute) problem.scale = 1.0 / static_cast<double>(n);  // so that costs do not hide it
        if (d == detail::integer_distance::tracking) {
            problem.risk_aversion = 4.0;
            problem.risk = {
                .layout = risk_layout::factor, .ready = true, .specific = specific, .loadings = loadings, .factor_covariance = factors};
        }
    }
};

void report(benchmark::State& state, const whole_shares& w, detail::integer_scratch& s, std::span<const std::int64_t> k) {
    const whole_shares::cash takes{&w};
    const whole_shares::fee fee;
    const detail::integer_model model(w.problem, fee, takes, s);
    std::vector<std::int64_t> of_rows(model.m);
    for (std::size_t r = 0; r < model.m; ++r) of_rows[r] = k[s.row[r]];
    state.counters["objective"] = model.objective(of_rows.data());
}

void greedy(benchmark::State& state, detail::integer_distance d) {
    const whole_shares w{static_cast<std::size_t>(state.range(0)), d};
    std::vector<std::int64_t> k(w.rows.size());
    std::vector<double> deficit(w.rows.size());
    for (auto _ : state) {
        ballast_test::greedy_rounding(w.problem, whole_shares::cash{&w}, k, deficit);
        benchmark::DoNotOptimize(k.data());
        benchmark::ClobberMemory();
    }
    detail::integer_scratch s;
    s.prepare(w.rows.size(), 2);
    report(state, w, s, k);
}
void search(benchmark::State& state, detail::integer_distance d) {
    const whole_shares w{static_cast<std::size_t>(state.range(0)), d};
    std::vector<std::int64_t> k(w.rows.size());
    detail::integer_scratch s;
    s.prepare(w.rows.size(), 2);
    detail::integer_answer a;
    const std::size_t before = bench::allocations();
    for (auto _ : state) {
        a = detail::search_integers(w.problem, whole_shares::fee{}, whole_shares::cash{&w}, s, k, {.nodes = 20'000});
        benchmark::DoNotOptimize(k.data());
        benchmark::ClobberMemory();
    }
    state.counters["allocations"] = static_cast<double>(bench::allocations() - before);
    state.counters["bound"] = a.bound;
    state.counters["nodes"] = static_cast<double>(a.nodes);
    state.counters["proved"] = a.proved ? 1.0 : 0.0;
    report(state, w, s, k);
}

void integers_greedy_squared(benchmark::State& state) { greedy(state, detail::integer_distance::squared); }
void integers_squared(benchmark::State& state) { search(state, detail::integer_distance::squared); }
void integers_greedy_absolute(benchmark::State& state) { greedy(state, detail::integer_distance::absolute); }
void integers_absolute(benchmark::State& state) { search(state, detail::integer_distance::absolute); }
void integers_greedy_tracking(benchmark::State& state) { greedy(state, detail::integer_distance::tracking); }
void integers_tracking(benchmark::State& state) { search(state, detail::integer_distance::tracking); }

BENCHMARK(integers_greedy_squared)->Arg(10)->Arg(25)->Arg(100)->Arg(1000);
BENCHMARK(integers_squared)->Arg(10)->Arg(25)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(integers_greedy_absolute)->Arg(10)->Arg(25)->Arg(100)->Arg(1000);
BENCHMARK(integers_absolute)->Arg(10)->Arg(25)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(integers_greedy_tracking)->Arg(10)->Arg(25)->Arg(100)->Arg(1000);
BENCHMARK(integers_tracking)->Arg(10)->Arg(25)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
