// Whole steps: what the search finds against brute force, its bounds against what is true.
#include <ballast/sizing/detail/integer_search.hpp>

#include "support/catch.hpp"
#include "support/integer_problems.hpp"

using namespace ballast;
using namespace ballast_test;
using ballast::detail::integer_answer;
using ballast::detail::integer_effort;

TEST_CASE("integer_search: up to five rows it finds what brute force finds, and proves it") {
    dice d{20240611};
    std::size_t proved = 0, feasible = 0, binding = 0;
    std::uint64_t nodes = 0;
    const int cases = 20000;
    for (int c = 0; c < cases; ++c) {
        CAPTURE(c);
        steps_problem p = random_steps_problem(d, d.below(6));
        const auto truth = p.brute_force();
        const auto found = p.search({.tolerance = d.chance(0.5) ? 0.0 : 1e-9});
        nodes += found.answer.nodes;
        REQUIRE(found.answer.feasible == truth.feasible);
        if (!truth.feasible) {
            CHECK((found.answer.proved || found.answer.bound <= found.answer.objective));
            continue;
        }
        ++feasible;
        REQUIRE(p.allowed(found.counts));
        const double objective = p.objective(found.counts), slack = 1e-11 * (std::fabs(truth.objective) + p.size()) + 1e-14 * p.gross();
        CHECK(std::fabs(found.answer.objective - objective) <= slack);
        CHECK(objective <= truth.objective + slack);
        CAPTURE(found.answer.bound - truth.objective, objective - truth.objective, p.size(), found.answer.gap(), int(p.p.distance), int(p.p.risk.layout));
        CHECK(found.answer.bound <= truth.objective);
        CHECK(found.answer.proved);
        CHECK(found.answer.objective - found.answer.bound <= 2e-9 * std::fabs(objective) + slack);
        proved += found.answer.proved;
        binding += truth.binding;
    }
    CHECK(feasible > cases / 2);
    CHECK(binding > cases / 10);
    WARN(feasible << " feasible " << proved << " proved " << binding << " binding " << nodes << " nodes");
}

#include <chrono>
TEST_CASE("probe", "[.probe]") {
    for (auto dist : {distance::squared, distance::absolute, distance::tracking})
        for (std::size_t n : {std::size_t{10}, std::size_t{25}}) {
            dice d{7};
            double worst_ms = 0, total = 0, gap = 0, gaps = 0; int proved = 0, count = 0, same = 0, feas = 0; std::uint64_t nodes = 0, most = 0;
            double rootgap = 0;
            while (count < 60) {
                auto p = random_steps_problem(d, n, false);
                if (p.p.distance != dist) continue;
                ++count;
                const auto t0 = std::chrono::steady_clock::now();
                const auto f = p.search({});
                const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - t0).count();
                const auto l = p.search({.exact_rows = 0});
                if (!f.answer.feasible) { proved += f.answer.proved; continue; }
                ++feas;
                total += ms; worst_ms = std::max(ms, worst_ms); nodes += f.answer.nodes; most = std::max(most, f.answer.nodes);
                proved += f.answer.proved;
                const double o = f.answer.objective + 1e-3 * p.size();
                rootgap += (l.answer.objective - l.answer.bound) / o;
                const double g = (l.answer.objective - f.answer.objective) / o; gaps += g; gap = std::max(gap, g); same += g <= 1e-12;
                if (!f.answer.proved) WARN("unproved " << count << " gap " << f.answer.gap() / o << " layout " << int(p.p.risk.layout) << " orders " << p.p.max_orders << " nodes " << f.answer.nodes<<" ms "<<ms);
            }
            WARN(to_string(dist) << " n " << n << " feas " << feas << " proved " << proved << " nodes " << nodes / 60 << " most " << most << " ms " << total / 60 << " worst " << worst_ms
                );
            WARN("local gap mean " << gaps / feas << " max " << gap << " same " << same << " local bound gap " << rootgap / feas);
        }
}
