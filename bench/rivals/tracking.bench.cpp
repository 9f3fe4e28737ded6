// The problems of tracking_family.hpp, asked of this library and of other solvers in the same run.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <initializer_list>
#include <string>

#include "../tracking_family.hpp"
#include "contest.hpp"
#ifdef BALLAST_BENCH_OSQP
#include "osqp.hpp"
#endif
#ifdef BALLAST_BENCH_PIQP
#include "piqp.hpp"
#endif
#ifdef BALLAST_BENCH_ECOS
#include "ecos.hpp"
#endif

namespace {

using bench::extra;

template <class Rival>
void add() {
    const auto each = [](const char* what, extra with, std::initializer_list<std::size_t> sizes) {
        if (!Rival::takes(with)) return;
        for (const bool warm : {false, true})
            for (const std::size_t n : sizes) {
                const std::string name = std::string{Rival::name} + "_" + what + (warm ? "warm/" : "cold/") + std::to_string(n);
                benchmark::RegisterBenchmark(
                    name.c_str(),
                    [=](benchmark::State& state) { bench::rivals::contest<Rival>(state, bench::tracking_instance_of(n), with, warm); })
                    ->UseManualTime()
                    ->Unit(benchmark::kMicrosecond)
                    ->Iterations(n > 2000 ? 10 : 50);
            }
    };
    each("", extra::nothing, {50, 200, 500, 1000, 5000, 20000});
    each("turnover_", extra::turnover, {200, 1000, 5000});
    each("groups_", extra::groups, {200, 1000, 5000});
    each("root_costs_", extra::root_costs, {200, 1000, 5000});
}

[[maybe_unused]] const bool added = [] {
#ifdef BALLAST_BENCH_OSQP
    add<bench::rivals::osqp_rival>();
#endif
#ifdef BALLAST_BENCH_PIQP
    add<bench::rivals::piqp_rival>();
#endif
#ifdef BALLAST_BENCH_ECOS
    add<bench::rivals::ecos_rival>();
#endif
    return true;
}();

}  // namespace
