// The problems of tracking_family.hpp, asked of this library and of other solvers in the same run.
//
// A rival may choose: of the forms and tolerances it is offered, the one counts with which it is fastest among those whose objective is within
// 1e-10 of the best, relative, and which miss no limit by more than 1e-9; where none is, the most exact one, and `error` says how exact that is.
// Its cold time has in it all from the numbers of the problem to the answer, its warm time the new vectors and the answer; to
// write the problem down in its form is no part of either. `ours` is the time of this library on the same problem in turns with the
// rival's, `ratio` the rival's over that.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "../tracking_family.hpp"
#include "../tracking_runs.hpp"
#include "forms.hpp"
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
using bench::rivals::form;
using bench::rivals::way;
using bench::rivals::worth;

// How a way of asking did: on the first day, or on those after it.
struct trial {
    way how{};
    double seconds = 0.0, error = 0.0, violation = 0.0;

    [[nodiscard]] bool exact() const { return error <= 1e-10 && violation <= 1e-9; }
    [[nodiscard]] bool better_than(const trial& other) const {
        if (exact() != other.exact()) return exact();
        return exact() ? seconds < other.seconds : std::max(error, violation) < std::max(other.error, other.violation);
    }
};

constexpr std::size_t trial_days = 5;

// `best`: the objectives of the days, the first of them that of day 0.
template <class Rival>
std::optional<trial> try_way(const bench::tracking_instance& of, extra with, way how, bool warm, const std::vector<double>& best) {
    Rival rival{of, with, how};
    trial t{.how = how};
    std::vector<double> w;
    for (std::size_t day = 0; day <= (warm ? trial_days : 0); ++day) {
        if (day > 0) rival.set_day(day);
        const double begin = bench::processor_seconds();
        if (!(day > 0 ? rival.warm() : rival.cold())) return {};
        const double seconds = bench::processor_seconds() - begin;
        if (warm && day == 0) continue;
        rival.weights(w);
        const worth is{of, with, day, w};
        t.seconds += seconds;
        t.error = std::max(t.error, std::abs(is.objective - best[day]) / best[day]);
        t.violation = std::max(t.violation, is.violation);
    }
    return t;
}

// Of each form the loosest tolerance that is exact enough; of those the fastest.
template <class Rival>
std::optional<trial> best_way(const bench::tracking_instance& of, extra with, bool warm, const std::vector<double>& best) {
    std::optional<trial> found;
    for (const form shape : Rival::forms)
        for (const double tolerance : Rival::tolerances) {
            const auto t = try_way<Rival>(of, with, {shape, tolerance}, warm, best);
            if (!t) continue;
            if (!found || t->better_than(*found)) found = t;
            if (t->exact()) break;
        }
    return found;
}

double median(std::vector<double> all) {
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    return *middle;
}

// Seconds of a day from the prices of the day before. They are too few for the clock, so that several go back and forth between the two days:
// either way is a day's change of prices.
double one_day(bench::tracking_run& ours, std::size_t day) {
    if (day == 1)
        ours.cold(0);
    else
        ours.warm(day - 1);
    bool forth = false;
    const double seconds = bench::seconds_of(1, [&] {
        forth = !forth;
        ours.warm(forth ? day : day - 1);
    })[0];
    ours.warm(day);
    return seconds;
}

// Rival and library in turns, day after day where it is warm.
template <class Rival>
void run(benchmark::State& state, extra with, std::size_t n, bool warm) {
    const auto& of = bench::tracking_instance_of(n);
    bench::tracking_run ours{of, with};
    ours.cold();
    if (!ours.proved()) return state.SkipWithError("the library stopped short");
    std::vector<double> best;
    for (std::size_t day = 0; day <= trial_days; ++day) {
        ours.cold(day);
        best.push_back(worth{of, with, day, ours.answer.position}.objective);
    }
    const auto chosen = best_way<Rival>(of, with, warm, best);
    if (!chosen) return state.SkipWithError("the rival has no answer");
    Rival rival{of, with, chosen->how};
    if (!rival.cold()) return state.SkipWithError("the rival has no answer");
    std::vector<double> seconds, own, errors, violations, steps, w;
    std::size_t day = 0;
    for (auto _ : state) {
        if (warm) {
            day = day % of.days + 1;
            rival.set_day(day);
        }
        const double begin = bench::processor_seconds();
        const bool done = warm ? rival.warm() : rival.cold();
        seconds.push_back(bench::processor_seconds() - begin);
        state.SetIterationTime(seconds.back());
        if (!done) return state.SkipWithError("the rival has no answer");
        rival.weights(w);
        steps.push_back(rival.iterations());
        own.push_back(warm ? one_day(ours, day) : bench::seconds_of(1, [&] { ours.cold(); })[0]);
        const worth mine{of, with, day, ours.answer.position}, its{of, with, day, w};
        errors.push_back(std::abs(its.objective - mine.objective) / mine.objective);
        violations.push_back(its.violation);
    }
    const double ratio = median(seconds) / median(own);
    state.counters["its_us"] = median(seconds) * 1e6;
    state.counters["ours_us"] = median(own) * 1e6;
    state.counters["ratio"] = ratio;
    state.counters["error"] = *std::max_element(errors.begin(), errors.end());
    state.counters["violation"] = *std::max_element(violations.begin(), violations.end());
    state.counters["steps"] = median(steps);
    state.counters["form"] = static_cast<double>(chosen->how.shape);
    state.counters["tolerance"] = chosen->how.tolerance;
}

template <class Rival>
void add() {
    const auto each = [](const char* what, extra with, std::initializer_list<std::size_t> sizes) {
        if (!Rival::takes(with)) return;
        for (const bool warm : {false, true})
            for (const std::size_t n : sizes) {
                const std::string name = std::string{Rival::name} + "_" + what + (warm ? "warm/" : "cold/") + std::to_string(n);
                benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) { run<Rival>(state, with, n, warm); })
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
