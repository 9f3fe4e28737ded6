// A vault of coins that trades on the pools of a chain, twice: each order at once on the first pool of its coin, at 1 % slippage; and split over
// all pools, in parts that attackers have nothing to gain from, with limits from the quotes. Both pay the same gas for each leg.
//
// The pools are those of Ethereum at block 24407242, as they stood: Uniswap v3 WBTC/WETH 0.3 % (its ranges around the price), Balancer v2
// USDC/WETH 50/50, DAI/WETH 40/60 and BAL/WETH 80/20, Curve's 3pool. Everything is reckoned in ETH.
#include <ballast/ballast.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <vector>

using namespace ballast;

namespace {

// ---- a curve of one's own: two pools, one after the other ----

/// What the first pool gives goes into the second. Refers to both.
struct in_turn {
    const venue::any_curve* first = nullptr;
    const venue::any_curve* second = nullptr;

    [[nodiscard]] double out(double x) const noexcept { return second->out(first->out(x)); }
    [[nodiscard]] double in(double y) const noexcept {
        const double between = second->in(y);
        return std::isfinite(between) ? first->in(between) : between;
    }
    [[nodiscard]] slope_interval marginal(double x) const noexcept {
        const slope_interval a = first->marginal(x);
        const slope_interval b = second->marginal(first->out(x));
        return {a.low * b.low, a.high * b.high};
    }
    [[nodiscard]] venue::amount_interval inverse_marginal(double p) const noexcept {
        if (!(marginal(0.0).low > p)) return {};
        double enough = 1.0;
        while (enough < depth() && marginal(enough).low > p) enough *= 2.0;
        double low = 0.0;
        double high = enough < depth() ? enough : depth();
        for (int k = 0; k < 60; ++k) {
            const double middle = 0.5 * (low + high);
            (marginal(middle).low > p ? low : high) = middle;
        }
        return {low, low};
    }
    [[nodiscard]] double depth() const noexcept { return first->depth(); }
};

// ---- the chain ----

constexpr std::size_t coins = 3;
const char* const symbol[coins] = {"WBTC", "USDC", "BAL"};

constexpr double gas_of_leg = 150'000 * 1.2e-9;  // ETH: units at 1.2 gwei
constexpr double attack_cost = 0.002;            // ETH: what an attacker pays for its two trades and their place in the block

/// How an order through a pool can be sandwiched: on pools that are, or are nearly, of a constant product what an attacker can take is known;
/// elsewhere it may take all that the tolerance leaves.
struct exposed_pool {
    venue::any_curve curve{};
    cost::sandwiched_pool as{};
    bool modelled = false;

    [[nodiscard]] double loss(double amount, double tolerance) const {
        return modelled ? as.expected_loss(amount, tolerance, attack_cost) : tolerance * curve.out(amount);
    }
    [[nodiscard]] double safe(double tolerance) const {
        return modelled ? as.safe_order(tolerance, attack_cost) : std::numeric_limits<double>::infinity();
    }
};

/// The pools of one coin, the largest first, to sell it and to buy it.
struct coin_pools {
    std::vector<exposed_pool> sell{}, buy{};
};

class chain {
public:
    chain() {
        // Uniswap v3: liquidity that begins (or ends) at each tick; what lies further away is left out.
        struct tick {
            std::int32_t index;
            int128 net;
        };
        const std::vector<tick> ticks{{265140, 79112051995261502},  {265200, 803267653803831},   {265260, -2079514775905702},
                                      {265320, -321023649446831},   {265380, 32034539956899984}, {265440, -485957033311542},
                                      {265500, -109063364147301242}};
        edges_.resize(ticks.size());
        wrong_ = wrong_ || venue::concentrated::from_ticks(ticks, 8, 18, edges_);
        const venue::concentrated wbtc{.edges = edges_, .sqrt_price = 45586356773108504879089041748871691.0 / 0x1p96 * 1e-5, .fee = 0.003};
        const venue::weighted usdc{.tokens = 2, .balances = {88868.983841, 42.484865836432363}, .weights = {0.5, 0.5}, .fee = 0.003};
        const venue::weighted dai{.tokens = 2, .balances = {63642.228811179189, 45.714902326364041}, .weights = {0.4, 0.6}, .fee = 0.0005};
        const venue::weighted bal{.tokens = 2, .balances = {29401141.523139760, 605.007002163317946}, .weights = {0.8, 0.2}, .fee = 0.01};
        const venue::stable three{
            .coins = 3, .balances = {27137121.100372139, 27662471.158553, 108298644.409129}, .amplification = 4000.0, .fee = 0.00015};
        wrong_ = wrong_ || wbtc.validate() || usdc.validate() || dai.validate() || bal.validate() || three.validate();

        dai_to_eth_ = dai.curve(0, 1);
        eth_to_dai_ = dai.curve(1, 0);
        usdc_to_dai_ = three.curve(1, 0);
        dai_to_usdc_ = three.curve(0, 1);
        price_ = {wbtc.sqrt_price * wbtc.sqrt_price, usdc.balances[1] / usdc.balances[0], bal.balances[1] / 0.2 / (bal.balances[0] / 0.8)};

        // What the liquidity at the price is in a pool of a constant product: L/√P and L·√P.
        const double l = wbtc.liquidity();
        const cost::sandwiched_pool wbtc_sale{l / wbtc.sqrt_price, l * wbtc.sqrt_price, 0.003};
        const cost::sandwiched_pool usdc_sale{usdc.balances[0], usdc.balances[1], 0.003};
        const auto turned = [](const cost::sandwiched_pool& p) { return cost::sandwiched_pool{p.out, p.in, p.fee}; };
        of_[0].sell = {{wbtc.curve(0, 1), wbtc_sale, true}};
        of_[0].buy = {{wbtc.curve(1, 0), turned(wbtc_sale), true}};
        of_[1].sell = {{usdc.curve(0, 1), usdc_sale, true}, {in_turn{&usdc_to_dai_, &dai_to_eth_}}};
        of_[1].buy = {{usdc.curve(1, 0), turned(usdc_sale), true}, {in_turn{&eth_to_dai_, &dai_to_usdc_}}};
        of_[2].sell = {{bal.curve(0, 1)}};
        of_[2].buy = {{bal.curve(1, 0)}};
    }
    chain(const chain&) = delete;
    chain& operator=(const chain&) = delete;

    [[nodiscard]] bool wrong() const { return wrong_; }
    [[nodiscard]] const std::vector<double>& price() const { return price_; }
    [[nodiscard]] const coin_pools& of(std::size_t coin) const { return of_[coin]; }

private:
    bool wrong_ = false;
    std::vector<venue::concentrated_edge> edges_{};
    venue::any_curve dai_to_eth_{}, eth_to_dai_{}, usdc_to_dai_{}, dai_to_usdc_{};
    std::vector<double> price_{};
    coin_pools of_[coins]{};
};

// ---- the vault ----

/// How it trades.
struct style {
    double tolerance = 0.01;  ///< slippage that a limit allows from its quote
    bool in_parts = false;    ///< over all pools of a coin, and in parts
    double part = 1.0;        ///< how much worse than the first unit's the average price of a part may be
};

/// What one coin's trades came to, in ETH.
struct account_of_coin {
    double traded = 0.0, slippage = 0.0, sandwich = 0.0, gas = 0.0;
    int legs = 0, rounds = 0;
    [[nodiscard]] double lost() const { return slippage + sandwich + gas; }
};

/// The curves of a coin by a style: the first pool's, or all of them, none for more than a part may be.
std::vector<venue::any_curve> curves_of(const std::vector<exposed_pool>& pools, const style& how) {
    if (!how.in_parts) return {pools.front().curve};
    std::vector<venue::any_curve> curves;
    for (const exposed_pool& p : pools) {
        const venue::chunk_limits most{.depth = venue::largest_by_depth(p.curve, how.part), .sandwich = p.safe(how.tolerance)};
        curves.push_back(venue::capped{venue::curve_ref{p.curve}, most.largest()});
    }
    return curves;
}

/// Trades until nothing is left to do. After each round arbitrage brings the pools back to where they stood: the vault waits for that.
std::vector<account_of_coin> rebalance(const chain& on, const style& how, holdings& mine, const std::vector<double>& target) {
    std::vector<account_of_coin> told(coins);
    std::vector<venue::any_curve> sell[coins], buy[coins];
    std::vector<venue::market> markets(coins);
    for (std::size_t i = 0; i < coins; ++i) {
        sell[i] = curves_of(on.of(i).sell, how);
        buy[i] = curves_of(on.of(i).buy, how);
        markets[i] = {.sell = venue::combined<>{sell[i]}, .buy = venue::combined<>{buy[i]}, .venue = i + 1};
    }
    keeper k{rebalancer{trigger::band{.absolute = 0.001},
                        cost::sum{venue::at_venue{markets}, cost::gas{.leg = 150'000.0, .gas_price = 1.2}}, solver::to_target{},
                        guard::depth{.markets = markets, .tolerance = 1.0}},
             {.assets = coins}};
    k.instruments({.min_notional = {0.1}});  // ETH: less is not worth its gas
    venue::leg_splitter splitter;
    splitter.prepare(2);
    std::vector<order> legs;
    legs.reserve(2);
    const double gas[]{gas_of_leg, gas_of_leg};
    for (int round = 0; round < 100; ++round) {
        const timestamp now = timestamp_from_civil(2026, 2, 7) + minutes(10) * round;
        if (k.observe({.now = now, .price = on.price()})) break;
        const decision& d = k.propose(mine.view(), target);
        if (d.orders.empty()) break;
        for (std::uint32_t o = 0; o < d.orders.size(); ++o) {
            const std::size_t coin = d.orders[o].asset;
            const bool buys = d.orders[o].buy();
            const std::vector<venue::any_curve>& curves = buys ? buy[coin] : sell[coin];
            const std::vector<exposed_pool>& pools = buys ? on.of(coin).buy : on.of(coin).sell;
            legs.clear();
            splitter.split(d.orders[o], o,
                           {.curves = curves, .fixed = std::span{gas}.first(curves.size()), .slippage = {.relative = how.tolerance}}, legs);
            account_of_coin& t = told[coin];
            ++t.rounds;
            for (const order& leg : legs) {
                const double units = std::fabs(leg.quantity);
                const exposed_pool& pool = pools[leg.venue];
                // What an attacker takes: of a sale from the ETH that come out, of a purchase from the coins.
                const double paid = buys ? leg.notional + leg.cost - gas_of_leg : units;
                const double lost = pool.loss(paid, how.tolerance);
                t.traded += std::fabs(leg.notional);
                t.slippage += leg.cost - gas_of_leg;
                t.sandwich += buys ? lost * leg.price : lost;
                t.gas += gas_of_leg;
                ++t.legs;
                mine.quantity[coin] += leg.quantity - (buys ? lost : 0.0);
                mine.cash -= leg.notional + leg.cost + (buys ? 0.0 : lost);
            }
        }
        mine.cash -= d.batch;
        if (k.commit(d)) break;
    }
    return told;
}

double value_of(const holdings& mine, const std::vector<double>& price) {
    double v = mine.cash;
    for (std::size_t i = 0; i < coins; ++i) v += mine.quantity[i] * price[i];
    return v;
}

void print(const char* title, const std::vector<account_of_coin>& told) {
    std::printf("%s\n  %-6s %10s %6s %6s %10s %10s %10s %8s\n", title, "coin", "traded", "rounds", "legs", "slippage", "sandwich", "gas",
                "bps");
    for (std::size_t i = 0; i < coins; ++i) {
        const account_of_coin& t = told[i];
        std::printf("  %-6s %10.4f %6d %6d %10.6f %10.6f %10.6f %8.1f\n", symbol[i], t.traded, t.rounds, t.legs, t.slippage, t.sandwich,
                    t.gas, 1e4 * t.lost() / t.traded);
    }
}

}  // namespace

int main() {
    const chain on;
    if (on.wrong()) return 1;
    const std::vector<double>& price = on.price();
    const std::vector<double> target{0.35, 0.25, 0.15};
    const holdings before{.cash = 9.5, .quantity = {0.25, 2'500.0, 75'000.0}};
    const double value = value_of(before, price);
    std::printf("A vault worth %.2f ETH, 25 %% of it to be ETH: WBTC to 35 %%, USDC to 25 %%, BAL to 15 %%\n\n", value);

    holdings plain = before;
    print("On the first pool of each coin, at once, with 1 % slippage (ETH)", rebalance(on, {}, plain, target));
    holdings careful = before;
    const style careful_style{.tolerance = 0.001, .in_parts = true, .part = 0.01};
    print("\nOver all pools, in parts, with 0.1 % slippage (ETH)", rebalance(on, careful_style, careful, target));

    const double lost_plain = value - value_of(plain, price);
    const double lost_careful = value - value_of(careful, price);
    std::printf("\nlost: %.4f ETH (%.1f bps of the vault) and %.4f ETH (%.1f bps): %.4f ETH saved\n", lost_plain, 1e4 * lost_plain / value,
                lost_careful, 1e4 * lost_careful / value, lost_plain - lost_careful);
    return 0;
}
