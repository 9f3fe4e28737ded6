// A rival and this library in turns on the same problem.
//
// A rival may choose: of the forms and tolerances it is offered, the one counts with which it is fastest among those whose objective is within
// 1e-10 of the best, relative, and which miss no limit by more than 1e-9; where none is, the most exact one, and `error` says how exact that is.
// Its cold time has in it all from the numbers of the problem to the answer, its warm time the new vectors and the answer; to
// write the problem down in its form is no part of either. `ours` is the time of this library on the same problem in turns with the
// rival's, `ratio` the rival's over that.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "../tracking_runs.hpp"
#include "forms.hpp"

namespace bench::rivals {

/// How a way of asking did: on the first day, or on those after it.
struct trial {
    way how{};
    double seconds = 0.0, error = 0.0, violation = 0.0;

    [[nodiscard]] bool exact() const { return error <= 1e-10 && violation <= 1e-9; }
    [[nodiscard]] bool better_than(const trial& other) const {
        if (exact() != other.exact()) return exact();
        return exact() ? seconds < other.seconds : std::max(error, violation) < std::max(other.error, other.violation);
    }
};

inline constexpr std::size_t trial_days = 5;

/// `best`: the objectives of the days, the first of them that of day 0.
template <class Rival, class Instance>
std::optional<trial> try_way(const Instance& of, extra with, way how, bool warm, const std::vector<double>& best) {
    Rival rival{of, with, how};
    trial t{.how = how};
    std::vector<double> w;
    for (std::size_t day = 0; day <= (warm ? trial_days : 0); ++day) {
        if (day > 0) rival.set_day(day);
        const double begin = processor_seconds();
        if (!(day > 0 ? rival.warm() : rival.cold())) return {};
        const double seconds = processor_seconds() - begin;
        if (warm && day == 0) continue;
        rival.weights(w);
        const worth is = worth_of(of, with, day, w);
        t.seconds += seconds;
        t.error = std::max(t.error, std::abs(is.objective - best[day]) / best[day]);
        t.violation = std::max(t.violation, is.violation);
    }
    return t;
}

/// Some are worth no trial.
template <class Rival>
[[nodiscard]] constexpr bool is_offered(form shape, std::size_t n) {
    if constexpr (requires { Rival::offers(shape, n); })
        return Rival::offers(shape, n);
    else
        return true;
}

/// Of each form the loosest tolerance that is exact enough; of those the fastest.
template <class Rival, class Instance>
std::optional<trial> best_way(const Instance& of, extra with, bool warm, const std::vector<double>& best) {
    std::optional<trial> found;
    for (const form shape : Rival::forms) {
        if (!is_offered<Rival>(shape, of.n)) continue;
        for (const double tolerance : Rival::tolerances) {
            const auto t = try_way<Rival>(of, with, {shape, tolerance}, warm, best);
            if (!t) continue;
            if (!found || t->better_than(*found)) found = t;
            if (t->exact()) break;
        }
    }
    return found;
}

[[nodiscard]] inline double median(std::vector<double> all) {
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    return *middle;
}

/// Seconds of a day from the prices of the day before. They are too few for the clock, so that several go back and forth between the two days:
/// either way is a day's change of prices.
template <class Run>
double one_day(Run& ours, std::size_t day) {
    if (day == 1)
        ours.cold(0);
    else
        ours.warm(day - 1);
    bool forth = false;
    const double seconds = seconds_of(1, [&] {
        forth = !forth;
        ours.warm(forth ? day : day - 1);
    })[0];
    ours.warm(day);
    return seconds;
}

/// Rival and library in turns, day after day where it is warm.
template <class Rival, class Instance>
void contest(benchmark::State& state, const Instance& of, extra with, bool warm) {
    run_of<Instance> ours{of, with};
    if (warm && of.k == 0) ours.share();  // as the rivals keep what they know of a matrix
    ours.cold();
    if (!ours.proved()) return state.SkipWithError("the library stopped short");
    std::vector<double> best;
    for (std::size_t day = 0; day <= trial_days; ++day) {
        ours.cold(day);
        best.push_back(worth_of(of, with, day, ours.answer.position).objective);
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
        const double begin = processor_seconds();
        const bool done = warm ? rival.warm() : rival.cold();
        seconds.push_back(processor_seconds() - begin);
        state.SetIterationTime(seconds.back());
        if (!done) return state.SkipWithError("the rival has no answer");
        rival.weights(w);
        steps.push_back(rival.iterations());
        own.push_back(warm ? one_day(ours, day) : seconds_of(1, [&] { ours.cold(); })[0]);
        const worth mine = worth_of(of, with, day, ours.answer.position), its = worth_of(of, with, day, w);
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

}  // namespace bench::rivals
