/// One account, its market and its policy in one object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "rebalancer.hpp"

namespace ballast::inline v0 {

/// The owner of everything that keeping one account needs. Three verbs:
///
///     keeper k{rebalancer{...}, {.assets = 2}};
///     k.observe({.now = t, .price = prices});          // as often as prices come
///     const decision& d = k.propose(account, targets); // whenever it may act
///     k.commit(d);                                     // once the orders are filled
///
/// `observe` copies the prices; `propose` decides at the newest ones. Proposing again changes nothing. For many accounts under one policy use the rebalancer
/// itself, with states and workspaces of your own.
template <class Rebalancer>
class keeper {
public:
    using rebalancer_type = Rebalancer;  ///< the policy

    /// Allocates; nothing after it does.
    keeper(Rebalancer r, const sizes& s) : rebalancer_{std::move(r)}, sizes_{s} {
        rebalancer_.prepare(market_, s);
        rebalancer_.prepare(account_, s);
        rebalancer_.prepare(workspace_, s);
        rebalancer_.prepare(decision_, s);
        price_.resize(s.assets);
        as_of_.resize(s.assets);
        volume_.resize(s.assets);
        signal_.resize(s.signal_count);
    }

    /// What can be traded and how, kept from now on: `k.instruments({.step = {decimal_step{1}}, .min_notional = {500.0}})`.
    void instruments(v0::instruments rules) noexcept { instruments_ = std::move(rules); }

    /// A tick. It may have up to `sizes::signal_count` signals; what a tick leaves out is not known until the next one.
    fault observe(const market_view& market) noexcept {
        if (market.price.size() != sizes_.assets || (!market.as_of.empty() && market.as_of.size() != sizes_.assets) ||
            (!market.volume.empty() && market.volume.size() != sizes_.assets))
            return {fault_code::size_mismatch, no_index, static_cast<double>(market.price.size())};
        if (market.signal.size() > sizes_.signal_count)
            return {fault_code::not_prepared, no_index, static_cast<double>(market.signal.size())};
        if (const fault f = rebalancer_.observe(market_, market)) return f;
        for (std::size_t i = 0; i < price_.size(); ++i) price_[i] = market.price[i];
        for (std::size_t i = 0; i < market.as_of.size(); ++i) as_of_[i] = market.as_of[i];
        for (std::size_t i = 0; i < market.volume.size(); ++i) volume_[i] = market.volume[i];
        for (std::size_t i = 0; i < market.signal.size(); ++i) signal_[i] = market.signal[i];
        signals_ = market.signal.size();
        dated_ = !market.as_of.empty();
        traded_ = !market.volume.empty();
        now_ = market.now;
        return {};
    }

    /// What to do with the account at the newest prices. The answer stays valid until the next call.
    const decision& propose(const account_view& account, const column<double>& targets = {}) noexcept {
        inputs in{.market = {.now = now_, .price = price_}, .account = account, .target = targets, .instruments = instruments_.view()};
        if (dated_) in.market.as_of = as_of_;
        if (traded_) in.market.volume = volume_;
        in.market.signal = {signal_.data(), signals_};
        rebalancer_.propose(market_, account_, in, workspace_, decision_);
        // What is wrong with the inputs the decision has told already.
        (void)rebalancer_.observe(market_, account_, in, workspace_);
        return decision_;
    }

    /// All orders were filled.
    fault commit(const decision& d) noexcept { return rebalancer_.commit(account_, d, now_); }
    /// These fills happened; none: nothing happened.
    fault commit(const decision& d, std::span<const fill> fills) noexcept { return commit(d, fills, now_); }
    /// These fills happened, the last of them at `at`: later than the newest tick, where they come by themselves.
    fault commit(const decision& d, std::span<const fill> fills, timestamp at) noexcept {
        return rebalancer_.commit(account_, d, fills, at);
    }

    /// The policy.
    [[nodiscard]] const Rebalancer& policy() const noexcept { return rebalancer_; }
    /// The time of the last `observe`.
    [[nodiscard]] timestamp now() const noexcept { return now_; }
    /// What `propose` has answered last: a keeper that is a member moves with its owner, a reference to its answer does not.
    [[nodiscard]] const decision& last_decision() const noexcept { return decision_; }
    /// For saving and restoring.
    /// @{
    [[nodiscard]] typename Rebalancer::market_state& market() noexcept { return market_; }
    [[nodiscard]] typename Rebalancer::account_state& account() noexcept { return account_; }
    /// @}

private:
    Rebalancer rebalancer_;
    sizes sizes_;
    typename Rebalancer::market_state market_{};
    typename Rebalancer::account_state account_{};
    typename Rebalancer::workspace workspace_{};
    decision decision_{};
    std::vector<double> price_{};
    std::vector<timestamp> as_of_{};
    std::vector<double> volume_{};
    std::vector<double> signal_{};
    v0::instruments instruments_{};
    timestamp now_{};
    std::size_t signals_ = 0;
    bool dated_ = false;
    bool traded_ = false;
};
template <class Rebalancer>
keeper(Rebalancer, sizes) -> keeper<Rebalancer>;

}  // namespace ballast::inline v0
