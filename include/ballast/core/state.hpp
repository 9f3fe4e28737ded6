/// The kinds of memory: what is known of a market, what an account remembers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
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

    /// The unit in which an asset is priced changes, by a split or otherwise: each price up to now stands for `factor` times as much. A split
    /// of 2 for 1: 0.5; a reverse split of 1 for 10: 10; a dividend d after a close p that returns should include: 1 − d/p. To be told before
    /// the first price in new units is observed; the last good price and every estimator that remembers prices take it over, so that the
    /// split is no return. Faults, which change nothing: `not_prepared` where there is no such asset, `bad_adjustment`. O(estimators).
    fault adjust(std::size_t asset, double factor) noexcept {
        if (asset >= assets()) return {fault_code::not_prepared, no_index, static_cast<double>(asset) + 1.0};
        if (!(factor > 0.0) || factor - factor != 0.0) return {fault_code::bad_adjustment, static_cast<std::uint32_t>(asset), factor};
        last_good_price[asset] = detail::adjusted_price(last_good_price[asset], factor);
        detail::for_each(estimates, [&](auto& e) {
            if constexpr (detail::adjustable<std::remove_cvref_t<decltype(e)>>) e.adjust(asset, factor);
        });
        return {};
    }

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
