// The same inputs give the same bits: with scratch that is cold, warm from the same call or from others, or larger than it has to be; with
// columns that lie close together or apart.
#include <ballast/rebalancer.hpp>

#include <ballast/cost/fixed.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/band.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"
#include "support/random_book.hpp"
#include "support/same_bits.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using namespace ballast;
using test::same_bits;

namespace {

// All that a host may know of an asset, and of a row, in one struct each.
struct asset_record {
    char flag = 0;
    double price = 0.0;
    decimal_step step{};
    double target = 0.0;
    decimal_step tick{};
    double least = 0.0;
};
struct row_record {
    double quantity = 0.0;
    int128 steps = 0;
    std::uint32_t asset = 0;
    char flag = 0;
};

template <class Solver>
void over_random_books(std::uint64_t seed, const Solver& solver) {
    ballast_test::dice dice{seed};
    constexpr std::size_t most = 40;
    decision warm, large;
    int trades = 0;
    for (int round = 0; round < 300; ++round) {
        const std::size_t n = dice.below(most);
        auto b = ballast_test::random_book(dice, n);
        const auto other = ballast_test::random_book(dice, most);
        const rebalancer r{trigger::band{.relative = 0.02},
                           cost::sum{cost::proportional{.rate = 0.001}, cost::fixed{.amount = dice.chance(0.5) ? 0.0 : 1e-4 * b.value()}},
                           solver,
                           guard::max_turnover{.limit = dice.chance(0.6) ? std::numeric_limits<double>::infinity() : 0.1},
                           guard::max_trade{.share = dice.chance(0.6) ? std::numeric_limits<double>::infinity() : 0.05},
                           sizing::reconciled{.collar = dice.chance(0.5) ? 0.0 : 0.01},
                           b.rules};
        const sizes s{.assets = n, .rows = b.held.quantity.size()};
        CAPTURE(seed, round, n);
        test::one_call cold{r, s};
        const decision d = cold.propose(b.view());
        trades += d.outcome == outcome::trade ? 1 : 0;
        CHECK(same_bits(cold.propose(b.view()), d));

        // Larger, and warm from another book.
        test::one_call roomy{r, sizes{.assets = most + 7, .rows = 4 * most + 9}};
        roomy.propose(other.view());
        CHECK(same_bits(roomy.propose(b.view()), d));
        for (double& x : roomy.workspace.share) x = std::numeric_limits<double>::quiet_NaN();
        for (double& x : roomy.workspace.valuation.position) x = std::numeric_limits<double>::quiet_NaN();
        for (auto& m : roomy.workspace.move) m = 1;
        CHECK(same_bits(roomy.propose(b.view()), d));

        // Columns apart.
        std::vector<asset_record> assets(n);
        std::vector<row_record> rows(b.held.quantity.size());
        for (std::size_t i = 0; i < n; ++i) {
            assets[i].price = b.price[i];
            assets[i].target = b.target[i];
            if (!b.step.empty()) assets[i].step = b.step[i];
            if (!b.tick.empty()) assets[i].tick = b.tick[i];
            if (!b.min_notional.empty()) assets[i].least = b.min_notional[b.min_notional.size() == 1 ? 0 : i];
        }
        for (std::size_t k = 0; k < rows.size(); ++k) {
            rows[k].quantity = b.held.quantity[k];
            if (!b.held.steps.empty()) rows[k].steps = b.held.steps[k];
            if (!b.held.asset_of_row.empty()) rows[k].asset = b.held.asset_of_row[k];
        }
        inputs in = b.view();
        in.market.price = {assets, &asset_record::price};
        in.target = {assets, &asset_record::target};
        if (!b.step.empty()) in.instruments.step = {assets, &asset_record::step};
        if (!b.tick.empty()) in.instruments.tick = {assets, &asset_record::tick};
        if (!b.min_notional.empty()) in.instruments.min_notional = {assets, &asset_record::least};
        if (b.held.steps.empty())
            in.account.quantity = {rows, &row_record::quantity};
        else
            in.account.steps = {rows, &row_record::steps};
        if (!b.held.asset_of_row.empty()) in.account.asset_of_row = {rows, &row_record::asset};
        CHECK(same_bits(roomy.propose(in), d));
        test::one_call apart{r, s};
        CHECK(same_bits(apart.propose(in), d));
    }
    CHECK(trades > 100);
}

}  // namespace

TEST_CASE("promise: bits: cold, warm, roomy or strided, the answer is the same to the last bit: to_target") {
    over_random_books(1, solver::to_target{});
}
TEST_CASE("promise: bits: cold, warm, roomy or strided, the answer is the same to the last bit: to_band") {
    over_random_books(2, solver::to_band{});
    over_random_books(3, solver::to_band{.depth = 0.5, .rows = solver::band_rows::all});
}
