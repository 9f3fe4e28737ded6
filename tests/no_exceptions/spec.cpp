// Texts become policies where exceptions and run-time type information are off, and what is wrong with one is an answer, not the end of the
// program. The rebalancer that it gives allocates nothing once it is prepared.
#include <ballast/spec.hpp>

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include "allocations.hpp"

using namespace ballast;

namespace {
int failures = 0;
void expect(bool what, const char* text) {
    if (what) return;
    ++failures;
    std::printf("failed: %s\n", text);
}
}  // namespace

int main() {
    for (const char* bad : {"", "trigger=bnad", "trigger=band:-1", "trigger=band:nan", "trigger=never; solver=to_band",
                            "trigger=any_of(never", "trigger=volatility_band:0.05,reference=0.16,exponent=-1", "trigger=never; reserve=2",
                            "cost=zero", "trigger=band:[0.1 0.2]; cost=fixed:[1 2 3]", "trigger=never; cost=maximum(zero)"}) {
        const auto c = spec::policy(bad);
        expect(!c && !c.fault().message.empty(), bad);
    }
    for (const spec::description& d : spec::catalogue()) {
        spec::composition c;
        if (d.family != spec::family::mandate) expect(!c.add(to_string(d.family), d.example), d.name.c_str());
    }

    const auto c = spec::policy(
        "trigger=any_of(band:absolute=0.05,relative=0.25, calendar:monthly,holidays=[weekends]); trigger=cooldown:1h(distance:0.1); "
        "cost=sum(fixed:1, minimum:2(proportional:10bps)); guard=max_turnover:0.5; estimator=ewma; reserve=0.01");
    expect(static_cast<bool>(c), "the policy is read");
    if (!c) return 1;
    const auto r = c->build();
    expect(static_cast<bool>(r), "and built");
    if (!r) return 1;

    any_rebalancer::market_state market;
    any_rebalancer::account_state account;
    any_rebalancer::workspace workspace;
    decision d;
    const sizes two{.assets = 2};
    r->prepare(market, two);
    r->prepare(account, two);
    r->prepare(workspace, two);
    r->prepare(d, two);
    std::vector<double> price{100.0, 50.0}, quantity{50.0, 60.0}, target{0.5, 0.4};
    int trades = 0;
    const std::size_t before = allocations;
    for (int day = 0; day < 200; ++day) {
        price[0] *= day % 7 < 3 ? 1.04 : 0.97;
        const inputs in{.market = {.now = timestamp_from_civil(2021, 3, 1) + days(day), .price = price},
                        .account = {.cash = 2000.0, .quantity = quantity},
                        .target = target};
        expect(!r->observe(market, in.market), "a tick is observed");
        r->propose(market, account, in, workspace, d);
        expect(d.outcome != outcome::rejected, "no day is rejected");
        expect(!r->observe(market, account, in, workspace), "a valuation is observed");
        if (d.orders.empty()) continue;
        ++trades;
        for (const order& o : d.orders) quantity[o.row] += o.quantity;
        expect(!r->commit(account, d, in.market.now), "the orders are committed");
    }
    expect(allocations == before, "nothing is allocated");
    expect(trades > 3 && trades < 200, "it trades now and then");
    return failures == 0 ? 0 : 1;
}
