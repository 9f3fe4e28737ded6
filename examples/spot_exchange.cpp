// A spot exchange: fees of buys are taken from what is bought, or all fees from the exchange's own coin, which must not run out. Lots, smallest
// orders and cents are the exchange's; the list can be sent as it is, and leaves the next call nothing to do.
#include <ballast/ballast.hpp>

#include <cstdint>
#include <cstdio>
#include <utility>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

namespace {

const char* const name[] = {"BTC", "ETH", "SOL", "COIN"};

/// Proposes, prints what is sent and what is paid, and looks again once it is filled.
int rebalance(const char* title, fee_assets paid_in) {
    const std::vector<double> price{60000.0, 2500.0, 150.0, 600.0}, target{0.50, 0.30, 0.20, 0.0};
    holdings mine{.cash = 1250.00, .quantity = {0.20000, 1.5000, 40.0, 0.004}};
    keeper k{
        rebalancer{trigger::band{.absolute = 0.02}, cost::proportional{.rate = 10_bps}, solver::to_target{}, mandate{.money_step = 0.01}},
        {.assets = 4}};
    k.instruments({.step = {1e-5, 1e-4, 1e-3, 1e-3}, .min_notional = {5.0}, .fee_asset = std::move(paid_in), .fee_step = {1e-8}});
    if (k.observe({.now = timestamp_from_civil(2024, 9, 2), .price = price})) return 1;

    const decision& d = k.propose(mine.view(), target);
    std::printf("%s\n%s\n", title, describe(d, {"BTC", "ETH", "SOL", "COIN"}).c_str());
    if (apply(mine, d) || k.commit(d)) return 1;
    for (std::size_t i = 0; i < 4; ++i) std::printf("  %s %.8f\n", name[i], mine.quantity[i]);
    std::printf("  the next call: %s\n", to_string(k.propose(mine.view(), target).outcome));
    return 0;
}

}  // namespace

int main() {
    constexpr std::uint32_t coin = 3;
    return rebalance("Buys pay in what is bought, sales in cash", {.buy = {own_asset}}) +
           rebalance("All pay in the coin", {.buy = {coin, coin, coin, no_index}, .sell = {coin, coin, coin, no_index}});
}
