// The search for prices and its verifier, without exceptions and without an allocation after `prepare`: cold and warm, solved, infeasible and
// stopped.
#include <ballast/solver/price_search.hpp>
#include <ballast/solver/verify.hpp>

#include "../support/program_dice.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "allocations.hpp"
#include "expect.hpp"

using namespace ballast;

int main() {
    constexpr std::size_t most = 60;
    solver::price_search search;
    search.prepare(most, 70, 40);
    std::vector<double> position(most), factor_price(70), row(40), scratch(4 * 70 + 40);
    std::size_t solved = 0;
    for (std::uint64_t seed = 0; seed < 600; ++seed) {
        const ballast_test::random_program r = ballast_test::draw_program(seed * 41, most);
        const solver::program p = r.view();
        solver::program_answer a;
        a.position = std::span{position}.first(r.assets());
        a.factor_price = std::span{factor_price}.first(r.factors());
        a.price.row = std::span{row}.first(r.row_lower.size());
        r.with_cost([&](const auto& view) {
            const std::size_t before = allocations;
            for (const bool warm : {false, true}) {
                a.warm = warm;
                search.solve(p, view, a, {.iterations = seed % 10 == 0 ? 1 : 200});
                const solver::certificate c = solver::verify(p, view, std::span<const double>{a.position}, a.price, std::span{scratch});
                expect(c.how != search_end::none, "an answer was no answer");
                if (c.how == search_end::best) ++solved;
                const solver::conditions of{p, view, std::span<const double>{a.position}, a.price, std::span{scratch}};
                for (std::size_t i = 0; i < r.assets(); ++i) expect(of.margin_of(i).size >= 0.0, "an asset without a margin");
                if (a.certificate.how == search_end::infeasible)
                    expect(solver::proves_infeasible(p, view, a.price, 1e3 * r.scale) > 0.0, "a conflict without a proof");
            }
            expect(allocations == before, "something was allocated while a program was solved");
        });
    }
    expect(solved > 800, "too few programs were solved");
    return failures == 0 ? 0 : 1;
}
