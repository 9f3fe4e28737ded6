// The search for prices is checked by the verifier, which shares nothing with it, on random programs of all kinds; against an oracle that tries
// everything; and for what it promises beside the best answer: the same bits wherever it begins, proofs of conflict, faults.
#include <ballast/solver/price_search.hpp>

#include <ballast/solver/verify.hpp>

#include "support/catch.hpp"
#include "support/program_answers.hpp"
#include "support/program_dice.hpp"
#include "support/tracking_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>
#include <vector>

using namespace ballast;
using ballast_test::check_answer;
using ballast_test::checked;
using ballast_test::degenerate_kind;
using ballast_test::draw_program;
using ballast_test::owned_answer;
using ballast_test::program_class;
using ballast_test::random_program;
using ballast_test::solve;

namespace {

// Every so many seeds apart, so that all kinds come up.
template <class F>
void for_each_program(std::uint64_t first, std::size_t count, std::size_t most_assets, F f) {
    for (std::uint64_t s = 0; s < count; ++s) {
        const random_program r = draw_program(first + s, most_assets);
        CAPTURE(r.name());
        f(r);
    }
}

}  // namespace

TEST_CASE("price_search: answers of all kinds pass the verifier, and conflicts are proved") {
    std::size_t solved = 0, conflicts = 0;
    for_each_program(0, 4000, 40, [&](const random_program& r) {
        check_answer(r);
        ++(r.feasible ? solved : conflicts);
    });
    CHECK(solved > 3500);
    CHECK(conflicts > 200);
}

// Each was not solved, or not proved, once: prices without enough digits for tiny curvatures, own curvature lost beside the proximal terms, limits on
// what nobody holds, costs that begin with no slope, pieces that were not those of the prices, limits that all but contradict each other.
TEST_CASE("price_search: what was hard once") {
    const auto check = [](std::uint64_t seed, std::size_t most_assets) { check_answer(draw_program(seed, most_assets)); };
    for (const std::uint64_t seed : std::initializer_list<std::uint64_t>{
             3,     344,   1340,  3567,  4561,  4626,  5232,  6841,  6915,  11239, 11540, 11680, 13218, 15000,
             16106, 16255, 16961, 17413, 17640, 18039, 19436, 19813, 20938, 23809, 24050, 24145, 24559, 25120,
             25123, 26127, 29912, 30097, 31524, 32093, 32295, 34032, 39797, 43075, 44485, 47336, 48942, 50038})
        check(seed, 300);
    for (const std::uint64_t seed : std::initializer_list<std::uint64_t>{28916, 40541, 42730, 44284, 52153, 59090, 61649})
        check(seed, 2000);
    for (const std::uint64_t seed : std::initializer_list<std::uint64_t>{1375, 2974}) check(seed, 40);
    check(100'397, 3);
}

TEST_CASE("price_search: large ones as well") {
    for_each_program(60'000, 40, 2000, [&](const random_program& r) {
        if (!r.feasible) return;
        owned_answer a{r};
        solve(r, a);
        CHECK(a.a.certificate.how == search_end::best);
        CHECK(checked(r, a).how == search_end::best);
    });
}

TEST_CASE("price_search: nothing that tries everything finds better") {
    int compared = 0;
    for (std::uint64_t seed = 100'000; seed < 106'000; ++seed) {
        if (program_class::of(seed).cost > ballast_test::cost_kind::rebate) continue;
        const random_program r = draw_program(seed, 3);
        if (!r.feasible || r.row_lower.size() > 3) continue;
        const solver::program p = r.view();
        CAPTURE(r.name());
        r.with_cost([&](const auto& view) {
            if constexpr (linear_bound_cost<std::remove_cvref_t<decltype(view)>>) {
                const ballast_test::oracle_answer best = ballast_test::tracking_oracle{p, view}.solve();
                if (!best.found()) return;
                owned_answer a{r};
                solve(r, a);
                const auto c = checked(r, a);
                double terms = 0.0;
                std::vector<double> scratch(solver::verify_room(p));
                const solver::conditions of{p, view, std::span<const double>(a.position), a.a.price, std::span<double>(scratch)};
                for (std::size_t i = 0; i < r.assets(); ++i)
                    terms += of.margin_of(i).size * (std::fabs(a.position[i]) + std::fabs(r.benchmark[i]));
                CHECK(std::fabs(c.objective - static_cast<double>(best.objective)) <= 1e-9 * terms);
                ++compared;
            }
        });
    }
    CHECK(compared > 1500);
}

TEST_CASE("price_search: no worse than holding on, than the benchmark, than any point that keeps the limits") {
    for_each_program(10'000, 1500, 40, [&](const random_program& r) {
        if (!r.feasible) return;
        owned_answer a{r};
        solve(r, a);
        const double found = checked(r, a).objective;
        const solver::program p = r.view();
        std::vector<double> scratch(solver::verify_room(p));
        std::vector<double> nothing(r.row_lower.size());
        solver::shadow_prices none;
        none.row = nothing;
        const auto try_point = [&](const std::vector<double>& w) {
            const auto c = r.with_cost(
                [&](const auto& view) { return solver::verify(p, view, std::span<const double>(w), none, std::span<double>(scratch)); });
            if (c.relative_primal > 1e-14) return;
            double size = 0.0;
            r.with_cost([&](const auto& view) {
                const solver::conditions of{p, view, std::span<const double>(w), none, std::span<double>(scratch)};
                for (std::size_t i = 0; i < w.size(); ++i) size += of.margin_of(i).size * (std::fabs(w[i]) + std::fabs(r.benchmark[i]));
            });
            CHECK(found <= c.objective + 1e-9 * size);
        };
        try_point(r.held);
        try_point(r.benchmark);
        try_point(r.inside);
    });
}

TEST_CASE("price_search: costs that are linear have the same answer to the bit, wherever the search begins") {
    int warm = 0;
    for_each_program(30'000, 1500, 40, [&](const random_program& r) {
        if (!r.feasible) return;
        owned_answer cold{r};
        solve(r, cold);
        owned_answer again{r};
        again.factor_price = cold.factor_price;
        again.row = cold.row;
        again.a.factor_price = again.factor_price;
        again.a.price = cold.a.price;
        again.a.price.row = again.row;
        again.a.warm = true;
        solve(r, again);
        CHECK(again.a.certificate.how == search_end::best);
        CHECK(checked(r, again).how == search_end::best);
        const bool linear = r.with_cost([](const auto& view) { return linear_bound_cost<std::remove_cvref_t<decltype(view)>>; });
        if (!linear) return;
        ++warm;
        CHECK(again.position == cold.position);
    });
    CHECK(warm > 300);
}

TEST_CASE("price_search: what is no program, and what is not prepared, is told") {
    random_program r = draw_program(0, 10);
    owned_answer a{r};
    solver::price_search s;
    r.with_cost([&](const auto& view) {
        s.solve(r.view(), view, a.a);
        CHECK(a.a.certificate.how == search_end::none);
        CHECK(a.a.certificate.fault.code == fault_code::not_prepared);
        s.prepare(r.assets(), r.factors(), r.row_lower.size());
        solver::program p = r.view();
        p.wealth = -1.0;
        s.solve(p, view, a.a);
        CHECK(a.a.certificate.how == search_end::none);
        CHECK(a.a.certificate.fault.code == fault_code::bad_value);
        std::vector<double> less(r.assets() + 1);
        a.a.position = less;
        s.solve(r.view(), view, a.a);
        CHECK(a.a.certificate.fault.code == fault_code::size_mismatch);
    });
}
