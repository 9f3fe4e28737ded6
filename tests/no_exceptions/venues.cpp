// Venues, splits and legs, without exceptions and without an allocation after `prepare`: in doubles, in the contracts' integers, and as a cost that
// a rebalancer goes by.
#include <ballast/core/apply.hpp>
#include <ballast/core/civil_date.hpp>
#include <ballast/cost/gas.hpp>
#include <ballast/cost/sum.hpp>
#include <ballast/guard/depth.hpp>
#include <ballast/keeper.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/venue.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "allocations.hpp"
#include "expect.hpp"

using namespace ballast;

namespace {

void contracts() {
    venue::contract::uniswap_v2 pair{.reserves = {1'000'000u, 4'000'000u}};
    expect(static_cast<bool>(pair.out_given_in(0, 1, 1'000u)), "uniswap_v2");
    expect(pair.out_given_in(0, 1, uint256{}).why == venue::contract::refusal::zero_amount, "uniswap_v2: nothing in");
    expect(static_cast<bool>(pair.apply(0, 1, 1'000u)), "uniswap_v2: apply");
    expect(!pair.validate(), "uniswap_v2: validate");
    expect(static_cast<double>(uint256::from_double(1e60) * uint256{7u} / uint256{3u}) > 2e60, "uint256");
}

}  // namespace

int main() {
    const std::vector<venue::book_level> bids{{9.9, 50.0}, {9.8, 500.0}};
    const std::vector<venue::book_level> asks{{10.1, 50.0}, {10.2, 500.0}};
    const std::vector<double> sold{10.0, 100.0};
    const std::vector<double> brought{98.0, 970.0};
    std::vector<venue::concentrated_edge> edges{{.sqrt_price = 3.0, .liquidity = 500.0}, {.sqrt_price = 3.5, .liquidity = 0.0}};
    venue::order_book book;
    venue::quotes table;
    book.prepare(4);
    table.prepare(4);
    venue::split_workspace scratch;
    venue::split_result split;
    venue::leg_splitter splitter;
    scratch.prepare(8);
    split.prepare(8);
    splitter.prepare(8);
    std::vector<order> legs;
    legs.reserve(8);

    std::size_t before = allocations;
    contracts();
    expect(!book.assign(std::span{bids}, std::span{asks}), "order_book");
    expect(!table.assign(0, 1, sold, brought), "quotes");
    venue::concentrated::prepare(edges);
    venue::constant_product pair{.balances = {1'000.0, 10'000.0}, .fee = 0.003};
    venue::weighted pool{.tokens = 2, .balances = {4'000.0, 10'000.0}, .weights = {0.8, 0.2}, .fee = 0.002};
    venue::stable coins{.coins = 2, .balances = {1'000.0, 10'000.0}, .rates = {10.0, 1.0}, .amplification = 100.0, .fee = 0.0004};
    venue::concentrated ranges{.edges = edges, .sqrt_price = 3.16, .fee = 0.0005};
    const venue::any_curve curves[]{pair.curve(0, 1),   pool.curve(0, 1), coins.curve(0, 1),
                                    ranges.curve(0, 1), book.curve(0, 1), table.curve(0, 1)};
    const double gas[]{0.1, 0.1, 0.1, 0.1, 0.1, 0.1};
    expect(venue::split_in(curves, 100.0, scratch, split) == venue::split_status::solved, "split_in");
    expect(split.gap <= 1e-12 * split.total_out, "gap");
    expect(venue::split_out(curves, 900.0, scratch, split) == venue::split_status::solved, "split_out");
    expect(venue::split_in(curves, 100.0, {.fixed = gas}, scratch, split) == venue::split_status::solved, "split_in with gas");
    const venue::combined<> all{curves};
    expect(all.out(100.0) > 900.0, "combined");
    order o{.asset = 0, .quantity = -100.0, .price = 10.0, .notional = -1'000.0};
    expect(splitter.split(o, 0, {.curves = curves, .fixed = gas}, legs).status == venue::split_status::solved && !legs.empty(), "legs");
    expect(venue::largest_by_depth(all, 0.01) > 0.0, "largest_by_depth");
    expect(pair.apply(0, 1, 1.0) > 0.0 && pool.apply(0, 1, 1.0) > 0.0 && coins.apply(0, 1, 1.0) > 0.0 && ranges.apply(0, 1, 1.0) > 0.0 &&
               book.apply(0, 1, 1.0) > 0.0 && table.apply(0, 1, 1.0) > 0.0,
           "apply");
    // What is wrong is an answer as well.
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    expect(venue::split_in(curves, nan, scratch, split) == venue::split_status::bad_amount, "an amount that is no number");
    expect(static_cast<bool>(book.assign(std::span{asks}, std::span{bids})), "a crossed book");
    expect(static_cast<bool>(venue::weighted{}.validate()) && static_cast<bool>(venue::stable{}.validate()), "pools that are none");
    expect(allocations == before, "a venue, a split or legs allocated");

    // The same as a cost.
    const venue::market market{.sell = pair.curve(0, 1), .buy = pair.curve(1, 0)};
    keeper k{rebalancer{trigger::every{}, cost::sum{venue::at_venue{{market}}, cost::gas{.leg = 100'000.0, .gas_price = 1.0}},
                        solver::to_target{}, guard::depth{.markets = {market}, .tolerance = 0.05}},
             {.assets = 1}};
    const std::vector<double> price{10.0}, target{0.5};
    holdings mine{.cash = 5'000.0, .quantity = {0.0}};
    before = allocations;
    if (k.observe({.now = timestamp_from_civil(2026, 2, 7), .price = price})) return 1;
    const decision& d = k.propose(mine.view(), target);
    expect(d.orders.size() == 1 && d.reason_of(0).code == why::cut_by_depth, "a purchase that its pool does not hold is cut");
    expect(d.batch > 0.0 && d.cost > d.batch, "gas is paid once");
    expect(allocations == before, "a rebalancer at venues allocated");
    return failures == 0 ? 0 : 1;
}
