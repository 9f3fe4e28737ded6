// One policy for many accounts: the policy and the market are shared, each account has a state of its own.
#include <ballast/ballast.hpp>

#include <cstdio>
#include <type_traits>
#include <vector>

using namespace ballast;
using namespace ballast::literals;

const rebalancer fleet_policy{trigger::cooldown{trigger::band{.absolute = 0.05}, days(5)}, cost::proportional{.rate = 10_bps},
                              solver::to_target{}};
using fleet_rebalancer = std::remove_const_t<decltype(fleet_policy)>;

struct client {
    holdings account{};
    fleet_rebalancer::account_state remembered{};
};

int main() {
    const sizes two{.assets = 2};
    const std::vector<double> target{0.6, 0.4};
    std::vector<client> clients{{{.cash = 0.0, .quantity = {120.0, 40.0}}}, {{.cash = 900.0, .quantity = {100.0, 50.0}}}};

    fleet_rebalancer::market_state market;  // one, shared
    fleet_rebalancer::workspace scratch;    // one per thread
    decision d;                             // one per thread
    fleet_policy.prepare(market, two);
    fleet_policy.prepare(scratch, two);
    fleet_policy.prepare(d, two);
    for (client& c : clients) fleet_policy.prepare(c.remembered, two);  // the last allocation

    for (int day = 1; day <= 8; day += 3) {
        const std::vector<double> price{50.0 + 4.0 * day, 100.0};
        const market_view now{.now = timestamp_from_civil(2024, 3, day), .price = price};
        if (fleet_policy.observe(market, now)) return 1;
        for (std::size_t i = 0; i < clients.size(); ++i) {
            client& c = clients[i];
            const inputs in{.market = now, .account = c.account.view(), .target = target};
            fleet_policy.propose(market, c.remembered, in, scratch, d);
            // The valuation, for policies that remember what they see (a period, a hysteresis); after proposing, as a keeper does it.
            if (fleet_policy.observe(market, c.remembered, in, scratch)) return 1;
            std::printf("day %d, client %zu: weights %.4f %.4f, %s\n", day, i, d.weight_before()[0], d.weight_before()[1],
                        to_string(d.outcome));
            if (apply(c.account, d) || fleet_policy.commit(c.remembered, d, now.now)) return 1;
        }
    }
}
