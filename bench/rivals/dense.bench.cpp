// The problems of dense_family.hpp, asked of this library and of other solvers in the same run.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <initializer_list>
#include <string>

#include "../dense_family.hpp"
#include "contest.hpp"
#include "dense_forms.hpp"
#ifdef BALLAST_BENCH_OSQP
#include "osqp.hpp"
#endif
#ifdef BALLAST_BENCH_PIQP
#include "piqp_dense.hpp"
#endif
#ifdef BALLAST_BENCH_DAQP
#include "daqp.hpp"
#endif
#ifdef BALLAST_BENCH_HIGHS
#include "highs.hpp"
#endif

namespace {

using bench::extra;

template <class Rival>
void add(std::initializer_list<std::size_t> sizes) {
    for (const bool warm : {false, true})
        for (const std::size_t n : sizes) {
            const std::string name = std::string{Rival::name} + "_dense_" + (warm ? "warm/" : "cold/") + std::to_string(n);
            benchmark::RegisterBenchmark(
                name.c_str(),
                [=](benchmark::State& state) { bench::rivals::contest<Rival>(state, bench::dense_instance_of(n), extra::nothing, warm); })
                ->UseManualTime()
                ->Unit(benchmark::kMicrosecond)
                ->Iterations(n > 500   ? 3
                             : n > 200 ? 5
                                       : 25);
        }
}

[[maybe_unused]] const bool added = [] {
#ifdef BALLAST_BENCH_PIQP
    add<bench::rivals::piqp_dense_rival>({50, 200, 500, 1000});
#endif
#ifdef BALLAST_BENCH_DAQP
    add<bench::rivals::daqp_rival>({50, 200, 500, 1000});
#endif
#ifdef BALLAST_BENCH_OSQP
    add<bench::rivals::osqp_of<bench::rivals::dense_quadratic>>({50, 200, 500, 1000});
#endif
#ifdef BALLAST_BENCH_HIGHS
    add<bench::rivals::highs_rival>({50, 200, 500, 1000});
#endif
    return true;
}();

}  // namespace
