/// The kinds of memory: what is known of a market, what an account remembers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../detail/pack.hpp"
#include "inputs.hpp"
#include "memory.hpp"
#include "timestamp.hpp"

namespace ballast::inline v0 {

/// What depends on prices alone; one per market, shared by any number of accounts and by all rebalancers that name the same estimators. Written by
/// `rebalancer::observe(market_state&, ...)` only; any number of threads may read it in between.
template <class... Estimators>
class market_state {
public:
    detail::pack<typename Estimators::estimate...> estimates{};  ///< one of each
    std::vector<double> last_good_price{};                       ///< per asset; 0 before the first
    timestamp last_observed = timestamp::never();                ///< the time of the last `observe`

    /// The only place where it allocates. Forgets everything.
    void prepare(const sizes& s) {
        estimates = {};
        last_good_price.assign(s.assets, 0.0);
        last_observed = timestamp::never();
        detail::for_each(estimates, [&](auto& e) { detail::prepare(e, s); });
    }
    [[nodiscard]] std::size_t assets() const noexcept { return last_good_price.size(); }

    template <class Self, class Visit>
    static void fields(Self& m, Visit&& visit) {
        visit(m.last_good_price);
        visit(m.last_observed);
    }
};

/// What one account remembers: a memory for every policy that has one. One per account; never shared between threads without a lock.
template <class... Policies>
class account_state {
public:
    detail::pack<memory_of<Policies>...> memories{};  ///< one of each
    timestamp last_observed = timestamp::never();     ///< the time of the last `observe`

    /// The only place where it allocates. Forgets everything.
    void prepare(const sizes& s) {
        memories = {};
        last_observed = timestamp::never();
        detail::for_each(memories, [&](auto& m) { detail::prepare(m, s); });
    }

    template <class Self, class Visit>
    static void fields(Self& m, Visit&& visit) {
        visit(m.last_observed);
    }
};

}  // namespace ballast::inline v0
