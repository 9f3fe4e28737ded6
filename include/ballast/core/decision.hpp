/// The answer to `propose`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fault.hpp"
#include "firing.hpp"
#include "order.hpp"
#include "reason.hpp"
#include "timestamp.hpp"

namespace ballast::inline v0 {

/// What a decision comes to.
enum class outcome : std::uint8_t {
    hold,          ///< nothing to do: no trigger fired, or nothing can be traded
    trade,         ///< cancel what is to be cancelled, send the orders
    not_worth_it,  ///< a guard found that the orders cost more than they are worth
    blocked,       ///< a guard forbids to trade now
    rejected,      ///< the inputs are at fault
    infeasible,    ///< the limits contradict each other
    inexact,       ///< the solver stopped short; the orders are its best feasible point
};

[[nodiscard]] constexpr const char* to_string(outcome o) noexcept {
    switch (o) {
        case outcome::hold: return "hold";
        case outcome::trade: return "trade";
        case outcome::not_worth_it: return "not worth it";
        case outcome::blocked: return "blocked";
        case outcome::rejected: return "rejected";
        case outcome::infeasible: return "infeasible";
        case outcome::inexact: return "inexact";
    }
    return "unknown";
}

/// How good a choice of whole steps is: bound ≤ the objective of the best choice ≤ objective ≤ plain. All zero where none was made.
struct step_certificate {
    bool proved = false;      ///< no choice is better, but for a stated tolerance
    double objective = 0.0;   ///< distance and cost of the choice
    double bound = 0.0;       ///< no choice can be below it
    double plain = 0.0;       ///< of plain rounding
    std::uint64_t nodes = 0;  ///< of the search tree; 0 where none was climbed

    /// Whether a choice was made at all.
    [[nodiscard]] constexpr bool made() const noexcept { return proved || nodes != 0 || objective != 0.0 || bound != 0.0; }
    /// By how much another choice could be better, at most.
    [[nodiscard]] constexpr double gap() const noexcept { return objective - bound; }
};

/// What a guard weighed before it let a proposal pass or held it back: `guard::worth_it`. Amounts in base currency.
struct weighing {
    bool made = false;  ///< false: nothing was weighed
    /// Not asked whether it is worth it: the trades raise cash that is missing, or reduce an exposure that is not allowed.
    bool forced = false;
    double benefit = 0.0;  ///< what is expected of the trades over the horizon: `risk` + `carry`
    double risk = 0.0;     ///< of it: the tracking variance that they take away, at the price that the risk aversion puts on it
    double carry = 0.0;    ///< of it: the difference in expected returns
    double cost = 0.0;     ///< all-in cost of the trades, also where they were held back
    duration horizon{};    ///< over which
    fault problem{};       ///< set where the benefit is not known
};

/// What ended a solver's search for the best.
enum class search_end : std::uint8_t {
    none,     ///< it does not tell, nothing was searched for, or an input was at fault
    best,     ///< the best was found, but for rounding
    stopped,  ///< as many steps were made as are allowed: the best that was found by then
    closest,  ///< limits contradict each other: what misses them least, as was asked for
    /// Limits contradict each other: those with a price other than 0 do. The prices y are the proof: whatever is held within the bounds,
    /// Σ yⱼ·rⱼ > Σ (yⱼ > 0 ? upperⱼ : lowerⱼ)·yⱼ, with r the sums that are limited.
    infeasible,
};

[[nodiscard]] constexpr const char* to_string(search_end e) noexcept {
    switch (e) {
        case search_end::none: return "no search";
        case search_end::best: return "the best was found";
        case search_end::stopped: return "stopped after as many steps as are allowed";
        case search_end::closest: return "limits contradict each other: as close to them as can be";
        case search_end::infeasible: return "limits contradict each other";
    }
    return "unknown";
}

/// How near to the best a solver's answer is that minimises something, before it is rounded to orders: its certificate. Shares are of the wealth
/// that is left after costs; a price is what another unit of room in its limit would improve. All zero where no solver tells.
struct optimality {
    bool made = false;                  ///< whether the solver minimised anything
    bool proved = false;                ///< the conditions for the best hold, but for rounding
    double objective = 0.0;             ///< what was made small, at the answer
    double gap = 0.0;                   ///< no answer is better by more than this
    double residual = 0.0;              ///< the largest by which a slope misses its condition, per share of the wealth
    double cash_price = 0.0;            ///< what another share of the wealth in cash would improve: above 0 where the cash is what binds
    search_end end = search_end::none;  ///< what ended the search
    int iterations = 0;                 ///< steps of it
    double before = 0.0;                ///< what was made small, were nothing traded
    double relative_gap = 0.0;          ///< the gap, beside the sizes of the terms of the objective
    double relative_residual = 0.0;     ///< the residual, beside the sizes of the terms of the slopes
    double missed = 0.0;                ///< the largest by which the answer misses a limit, in the limit's units
    double relative_missed = 0.0;       ///< that, beside the sizes of the limit's terms
    double complementarity = 0.0;       ///< the largest product of a price and the room that its limit has left
    double turnover_price = 0.0;        ///< at or above 0
    double leverage_price = 0.0;        ///< at or above 0
    double tracking_error_price = 0.0;  ///< at or above 0, of the volatility beside the targets
    double cost_price = 0.0;            ///< at or above 0, of the budget of costs
};

/// The name of a limit: what fits into 31 bytes, owned, so that what is told of a limit may outlive the policy that sets it.
class label {
public:
    static constexpr std::size_t most = 31;  ///< longer names are cut
    constexpr label() noexcept = default;
    /// As much of a text as fits; of none an empty one.
    constexpr label(const char* text) noexcept {
        for (std::size_t i = 0; text != nullptr && i < most && text[i] != '\0'; ++i) text_[i] = text[i];
    }
    /// Ends with a 0; empty where no name was given.
    [[nodiscard]] constexpr const char* text() const noexcept { return text_; }
    /// Whether no name was given.
    [[nodiscard]] constexpr bool empty() const noexcept { return text_[0] == '\0'; }
    friend constexpr bool operator==(const label& a, const label& b) noexcept {
        for (std::size_t i = 0; i <= most; ++i)
            if (a.text_[i] != b.text_[i]) return false;
        return true;
    }

private:
    char text_[most + 1] = {};
};

/// A limit on several assets at once, lower ≤ Σ coefficient·share ≤ upper, as a solver's answer meets it.
struct limit_price {
    label name{};        ///< as the policy names it
    double value = 0.0;  ///< of the sum, before trades are rounded to orders
    /// Infinite where there is none.
    /// @{
    double lower = 0.0;
    double upper = 0.0;
    /// @}
    /// What another unit of room would improve: above 0 where the upper side is what binds, below 0 where the lower is; 0 where there is room.
    /// Where limits contradict each other the weights that prove it: those other than 0 are of limits that can not be kept together.
    double price = 0.0;
};

/// Why a trade stops where it does, or is none: what one more share of the wealth in an asset is worth, and what it costs. It is bought until
/// that costs what it is worth; it stays where it is where the worth lies within the costs of both sides.
struct asset_worth {
    double benefit =
        0.0;  ///< per share: less risk, more return, less the prices of all limits but the asset's own bounds; below 0: what less of it is worth
    /// Marginal cost, the price of turnover included: at a trade one number, at none from minus that of selling to that of buying.
    /// @{
    double cost_low = 0.0;
    double cost_high = 0.0;
    /// @}
    /// What trading on would still improve, per share: 0 at the best; above 0, something keeps it from being bought, below 0 from being sold.
    [[nodiscard]] constexpr double missing() const noexcept {
        return benefit > cost_high ? benefit - cost_high : benefit < cost_low ? benefit - cost_low : 0.0;
    }
};

/// Of how many prices a solver tells.
struct price_counts {
    bool any = false;         ///< whether it tells of any; of each asset then
    std::size_t factors = 0;  ///< of its risk model, at most
    std::size_t limits = 0;   ///< on several assets at once
};

/// The prices that explain a solver's answer. Empty where it tells none.
struct answer_prices {
    std::vector<asset_worth> assets{};  ///< each
    std::vector<limit_price> limits{};  ///< those on several assets at once, in the policy's order
    std::vector<double> factors{};      ///< of another unit of exposure to each factor of the risk model: what the risk of that costs

    /// Allocates.
    void reserve(std::size_t n, const price_counts& counts) {
        if (!counts.any) return;
        assets.reserve(n);
        limits.reserve(counts.limits);
        factors.reserve(counts.factors);
    }
    /// True where so many fit without an allocation.
    [[nodiscard]] bool holds(std::size_t n, const price_counts& counts) const noexcept {
        return !counts.any || (assets.capacity() >= n && limits.capacity() >= counts.limits && factors.capacity() >= counts.factors);
    }
    /// Keeps the memory.
    void clear() noexcept {
        assets.clear();
        limits.clear();
        factors.clear();
    }
};

/// What was decided and why. Owned by the caller, prepared once, reused from call to call. Outside `trade` and `inexact` there are no orders.
class decision {
public:
    v0::outcome outcome = v0::outcome::hold;  ///< whether there are orders, and if not, why
    fault problem{};                          ///< what the inputs are at fault of (rejected), or which limits contradict (infeasible)
    v0::firing firing{};                      ///< the trigger as a whole
    const char* guard = nullptr;              ///< the guard that held back or blocked; a literal
    timestamp at{};                           ///< the time of the inputs, also where they were rejected
    double value = 0.0;                       ///< portfolio value before trading
    double cash = 0.0;                        ///< before trading, the flow included
    double cash_after = 0.0;                  ///< after all orders of this list fill at their reference prices
    double flow = 0.0;                        ///< what was, or is to be, paid in or out
    double cost = 0.0;                        ///< total cost of the orders, what is paid once for all of them included
    double batch =
        0.0;  ///< of it: what is paid once for all of them, and is no part of an order's cost: who tells fills adds it to one of them
    double unpaid = 0.0;    ///< what the orders cost besides, but is not paid with them: costs of holding, losses to be expected
    double turnover = 0.0;  ///< one-way: ½·Σ|Δw| over all positions and cash, cost included

    v0::weighing weighing{};   ///< benefit and cost, where a guard weighed them: those of the guard that held it back, or else of the last
    step_certificate steps{};  ///< how good the choice of whole steps is, where one was made (sizing/integer.hpp)
    v0::optimality optimality{};  ///< how good the solver's answer is, where it minimises something (solver/no_trade_region.hpp)
    answer_prices prices{};       ///< why its trades stop where they do, where it tells (solver/tracking.hpp)

    /// Sells first, then buys. The cash is kept after every first part of the list: buys may be sent once the sells before them are filled. What fees
    /// are paid in is bought before the other buys, and before the sells where their fees need it.
    std::vector<v0::order> orders{};
    std::vector<fee_payment> fees{};  ///< what the orders pay in assets instead of cash, in the order of the orders; empty where none does
    std::vector<std::uint32_t> cancels{};  ///< open orders that are to be cancelled: indices into `account_view::open`, ascending
    std::vector<reason>
        reasons{};  ///< one for every asset that drifted or was traded, none while no trigger fired; always one for a frozen price
    std::vector<v0::firing> leaves{};  ///< every trigger that was asked, fired or not

    [[nodiscard]] std::size_t assets() const noexcept { return assets_; }
    /// One entry per asset: its weight before, and its weight − target.
    /// @{
    [[nodiscard]] std::span<const double> weight_before() const noexcept { return {before_.data(), assets_}; }
    [[nodiscard]] std::span<const double> drift() const noexcept { return {drift_.data(), assets_}; }
    /// @}
    /// Weights after all orders fill at their reference prices; without orders those before.
    [[nodiscard]] std::span<const double> weight_after() const noexcept {
        return orders.empty() ? weight_before() : std::span{after_.data(), assets_};
    }
    /// Portfolio value once the costs are paid.
    [[nodiscard]] double value_after() const noexcept { return value - cost; }

    /// The reason of one asset, also where no trigger fired. O(number of reasons).
    [[nodiscard]] reason reason_of(std::size_t asset) const noexcept {
        for (const auto& r : reasons)
            if (r.asset == asset) return r;
        const double wished = asset < assets_ ? -drift_[asset] * value : 0.0;
        return {static_cast<std::uint32_t>(asset), firing.fired ? why::inside_band : why::trigger_quiet, wished, 0.0};
    }

    /// True where, once the orders are filled at their reference prices, a call at the same prices would find something left to do.
    [[nodiscard]] bool more_to_do() const noexcept {
        for (const auto& r : reasons)
            if (r.more_to_do()) return true;
        return false;
    }

    /// Makes room for `n` assets and `rows` rows, `triggers` leaves, `open` open orders. Allocates.
    void reserve(std::size_t n, std::size_t rows, std::size_t triggers, std::size_t open = 0) {
        cancels.reserve(open);
        before_.resize(n);
        after_.resize(n);
        drift_.resize(n);
        orders.reserve(rows);
        fees.reserve(rows);
        reasons.reserve(n);
        leaves.reserve(triggers);
    }

    /// True where everything fits without an allocation.
    [[nodiscard]] bool holds(std::size_t n, std::size_t rows, std::size_t triggers, std::size_t open = 0) const noexcept {
        return cancels.capacity() >= open && before_.size() >= n && orders.capacity() >= rows && fees.capacity() >= rows &&
               reasons.capacity() >= n && leaves.capacity() >= triggers;
    }

    /// Empties the answer for `n` assets. Keeps the memory.
    void reset(std::size_t n) noexcept {
        outcome = v0::outcome::hold;
        problem = {};
        firing = {};
        guard = nullptr;
        weighing = {};
        steps = {};
        optimality = {};
        prices.clear();
        value = cash = cash_after = flow = cost = batch = unpaid = turnover = 0.0;
        orders.clear();
        fees.clear();
        cancels.clear();
        reasons.clear();
        leaves.clear();
        assets_ = n;
    }

    /// For the stages of the rebalancer that write the weights.
    /// @{
    [[nodiscard]] std::span<double> writable_before() noexcept { return {before_.data(), assets_}; }
    [[nodiscard]] std::span<double> writable_after() noexcept { return {after_.data(), assets_}; }
    [[nodiscard]] std::span<double> writable_drift() noexcept { return {drift_.data(), assets_}; }
    /// @}

private:
    std::vector<double> before_{};
    std::vector<double> after_{};
    std::vector<double> drift_{};
    std::size_t assets_ = 0;
};

}  // namespace ballast::inline v0
