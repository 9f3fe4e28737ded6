// What the market has taught and what the account remembers, as bytes, over a restart.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

auto make_keeper() {
    const trigger::volatility_band band{.width = 0.05, .reference = 0.20, .exponent = -1.0, .floor = 0.01, .ceiling = 0.10};
    return keeper{
        rebalancer{trigger::cooldown{band, days(5)}, cost::proportional{.rate = 10_bps}, solver::to_target{}, risk::ewma{.warm_up = 2}},
        {.assets = 1}};
}

int main() {
    const std::vector<double> target{0.6};
    holdings mine{.cash = 4000.0, .quantity = {72.0}};
    auto before = make_keeper();
    int day = 1;
    for (const double p : {100.0, 103.0, 99.0, 108.0}) {
        const std::vector<double> price{p};
        if (before.observe({.now = timestamp_from_civil(2024, 3, day++), .price = price})) return 1;
        const decision& d = before.propose(mine.view(), target);
        if (apply(mine, d) || before.commit(d)) return 1;
    }
    const std::vector<std::byte> market = save(before.market());
    const std::vector<std::byte> account = save(before.account());

    // ... the program ends, and begins anew ...
    auto after = make_keeper();
    if (load(after.market(), market) || load(after.account(), account)) return 1;

    auto forgetful = make_keeper();  // what it would be without them: no volatility is known, and no trade to pause after
    for (const int days_later : {0, 3}) {
        const std::vector<double> price{128.0};
        const auto ask = [&](const char* who, auto& k) {
            if (k.observe({.now = timestamp_from_civil(2024, 3, day + days_later), .price = price})) return;
            const decision& d = k.propose(mine.view(), target);
            std::printf("day %d, %-9s: %s, drift %.4f, %s\n", day + days_later, who, to_string(d.outcome), d.drift()[0],
                        describe(d.firing, {"it"}).c_str());
        };
        ask("before", before);
        ask("after", after);
        ask("forgetful", forgetful);
    }

    // Bytes that are cut short are refused and change nothing.
    const fault f = load(after.account(), std::span{account}.first(account.size() - 1));
    std::printf("%s\n", to_string(f.code));
}
