#include "planner.hpp"

#include <ballast/describe.hpp>

#include <vector>

using namespace ballast;

namespace host {

failure decide(const book& b, const named_policy& p, const occasion& when, decision& d) {
    std::vector<any_rebalancer> built;
    if (failure f = build(p, built)) return f;
    const any_rebalancer& r = built.front();
    const sizes n{.assets = b.assets()};
    any_rebalancer::market_state market;
    any_rebalancer::account_state account;
    any_rebalancer::workspace scratch;
    r.prepare(market, n);
    r.prepare(account, n);
    r.prepare(scratch, n);
    r.prepare(d, n);
    inputs in{.market = {.now = when.now,
                         .price = b.price,
                         .as_of = b.as_of,
                         .volatility = b.volatility,
                         .volume = b.volume,
                         .loadings = when.factors.loadings,
                         .factor_covariance = when.factors.covariance,
                         .specific = when.factors.specific,
                         .covariance = when.covariance,
                         .signal = when.signals},
              .account = b.account(),
              .target = b.target,
              .instruments = b.rules.view()};
    in.account.flow = when.flow;
    in.account.unsettled = b.unsettled.value_or(when.unsettled);
    if (const fault f = r.observe(market, in.market)) return {bad_data, describe(f, b.asset)};
    if (when.last_trade.happened()) {
        decision traded;  // clocks ask when, not what
        traded.orders.emplace_back();
        if (const fault f = r.commit(account, traded, when.last_trade)) return {bad_data, describe(f, b.asset)};
    }
    r.propose(market, account, in, scratch, d);
    return {};
}

}  // namespace host
