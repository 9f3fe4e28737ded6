// One call of `propose` with everything that it needs, made fresh for it.
#pragma once

#include <ballast/rebalancer.hpp>

namespace test {

/// The market, the account and the scratch of one rebalancer, prepared; `propose` keeps the answer.
template <class Rebalancer>
struct one_call {
    const Rebalancer& policy;
    typename Rebalancer::market_state market{};
    typename Rebalancer::account_state account{};
    typename Rebalancer::workspace workspace{};
    ballast::decision decision{};

    one_call(const Rebalancer& r, const ballast::sizes& s) : policy{r} {
        r.prepare(market, s);
        r.prepare(account, s);
        r.prepare(workspace, s);
        r.prepare(decision, s);
    }
    const ballast::decision& propose(const ballast::inputs& in) {
        policy.propose(market, account, in, workspace, decision);
        return decision;
    }
};

template <class Rebalancer>
ballast::decision propose_once(const Rebalancer& r, const ballast::inputs& in, const ballast::sizes& s) {
    one_call call{r, s};
    return call.propose(in);
}

/// Prepared for just these inputs.
template <class Rebalancer>
ballast::decision propose_once(const Rebalancer& r, const ballast::inputs& in) {
    return propose_once(r, in, {.assets = in.market.price.size(), .rows = ballast::detail::row_count(in.account)});
}

}  // namespace test
