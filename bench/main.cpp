// Runs the benchmarks, but only where their figures mean something.
#include <benchmark/benchmark.h>

#include <cstdio>

int main(int argc, char** argv) {
#ifndef NDEBUG
    constexpr bool asserts = true;
#else
    constexpr bool asserts = false;
#endif
    if (asserts) {
        std::fputs("ballast_bench refuses to measure with asserts on: cmake --workflow --preset bench builds without them\n", stderr);
        return 2;
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
