/// Replaying a policy over a price history, and measuring it.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <utility>

#include "../core/apply.hpp"
#include "../core/configuration.hpp"
#include "../core/inputs.hpp"
#include "../cost/zero.hpp"
#include "../rebalancer.hpp"
#include "../solver/to_target.hpp"
#include "../trigger/every.hpp"

namespace ballast::inline v0::sim {

/// A price history: one row of prices per time stamp, oldest first, row after row. Views only. Rows in which a price is missing are left out by the caller, or
/// kept as NaN for a mandate that freezes bad prices.
struct history {
    std::span<const timestamp> when{};  ///< one per row, oldest first
    std::span<const double> price{};    ///< rows() × assets, base currency per unit
    std::size_t assets = 0;             ///< prices in a row
    /// Where rows are bars, and the prices their closes: laid out as these. Empty: not given.
    /// @{
    std::span<const double> open{};
    std::span<const double> high{};
    std::span<const double> low{};
    /// @}
    std::span<const double> signal{};  ///< rows() × signal_count, `market_view::signal` row after row; a number that is none is not known
    std::size_t signal_count = 0;      ///< in a row

    /// How many rows.
    [[nodiscard]] std::size_t rows() const noexcept { return when.size(); }
    /// The prices of row k.
    [[nodiscard]] std::span<const double> row(std::size_t k) const noexcept { return price.subspan(k * assets, assets); }
    /// Row k as a tick.
    [[nodiscard]] market_view tick(std::size_t k) const noexcept {
        const auto part = [&](std::span<const double> c) { return c.empty() ? c : c.subspan(k * assets, assets); };
        return {.now = when[k],
                .price = row(k),
                .open = part(open),
                .high = part(high),
                .low = part(low),
                .signal = signal.subspan(k * signal_count, signal_count)};
    }
};

/// What a replay begins with.
struct options {
    double wealth = 1.0;            ///< base currency, before the first row
    double cash_rate = 0.0;         ///< per year, compounded continuously over the time between rows; negative cash pays it
    instrument_view instruments{};  ///< steps, ticks and minimums; also the purchase on the first row keeps to them

    [[nodiscard]] configuration_fault validate() const noexcept {
        if (!(wealth > 0.0) || !v0::detail::finite(wealth)) return {"options.wealth", wealth, "must be an amount above 0"};
        if (!v0::detail::finite(cash_rate)) return {"options.cash_rate", cash_rate, "must be finite"};
        return {};
    }
};

/// One row as it ended, for equity curves and lists of trades. Valid during the call of the observer.
struct row_report {
    std::size_t row = 0;           ///< of the history
    timestamp now{};               ///< its time
    double wealth_before = 0.0;    ///< at this row's prices, before trading
    double wealth = 0.0;           ///< after trading
    const v0::decision& decision;  ///< on the first row the purchase
    const v0::holdings& holdings;  ///< after trading
};

/// What came of it. Rates per year are over the time from the first row to the last, in years of 365.25 days.
struct result {
    double start = 0.0;           ///< wealth before the first row
    double wealth = 0.0;          ///< after the last row
    std::size_t rows = 0;         ///< replayed, the first included
    std::size_t rebalances = 0;   ///< rows on which the trigger fired and every asset that could be traded was, or was in place already
    std::size_t held = 0;         ///< rows on which the trigger fired and no order came of it: guards, limits, steps, minimums, fees
    std::size_t orders = 0;       ///< after the first row
    double turnover = 0.0;        ///< one-way, the sum over all rows after the first
    double cost = 0.0;            ///< base currency
    double max_drawdown = 0.0;    ///< largest 1 − wealth / highest wealth before, a fraction
    double sd_log_return = 0.0;   ///< sample deviation of ln(wealth / wealth of the row before); 0 with fewer than two returns
    double weight_before = 0.0;   ///< mean weight of the first asset before trading, over the rows after the first
    double weight_after = 0.0;    ///< the same after trading
    timestamp first{};            ///< time of the first row
    timestamp last{};             ///< time of the last row replayed
    fault problem{};              ///< what ended the replay early; `index` is the asset
    std::size_t problem_row = 0;  ///< the row in which it was found

    /// Σ|Δw|: both sides of each trade.
    [[nodiscard]] double turnover_two_way() const noexcept { return 2.0 * turnover; }
    /// From the first row to the last, in years of 365.25 days.
    [[nodiscard]] double years() const noexcept { return elapsed(first, last).years(); }
    /// One-way; 0 where no time passed.
    [[nodiscard]] double turnover_per_year() const noexcept { return years() > 0.0 ? turnover / years() : 0.0; }
    /// Volatility per year: the deviation per row times the root of the mean number of rows in a year.
    [[nodiscard]] double volatility() const noexcept {
        return years() > 0.0 ? sd_log_return * std::sqrt(static_cast<double>(rows - 1) / years()) : 0.0;
    }
};

/// The observer of those who want none.
struct no_observer {
    /// Does nothing.
    void operator()(const row_report&) const noexcept {}
};

}  // namespace ballast::inline v0::sim

namespace ballast::inline v0::detail {

/// The figures as they grow, row by row. Mean and deviation of returns by the recurrence of Welford (1962).
class replay_measures {
public:
    replay_measures(const sim::history& h, double wealth) noexcept : highest_{wealth}, last_wealth_{wealth} {
        out_.start = out_.wealth = wealth;
        if (h.rows() > 0) out_.first = out_.last = h.when[0];
    }

    void first_row() noexcept { out_.rows = 1; }

    void row(const decision& d, timestamp now) noexcept {
        ++out_.rows;
        out_.last = now;
        const bool in_place = d.outcome == outcome::hold && d.reasons.empty();
        if (d.firing.fired) ++(!d.orders.empty() || in_place ? out_.rebalances : out_.held);
        out_.orders += d.orders.size();
        out_.turnover += d.turnover;
        out_.cost += d.cost;
        const double wealth = d.value_after();
        if (wealth > highest_) highest_ = wealth;
        const double drawdown = 1.0 - wealth / highest_;
        if (drawdown > out_.max_drawdown) out_.max_drawdown = drawdown;
        const auto returns = static_cast<double>(out_.rows - 1);
        const double off = std::log(wealth / last_wealth_) - mean_;
        mean_ += off / returns;
        squares_ += off * (std::log(wealth / last_wealth_) - mean_);
        if (d.assets() > 0) {
            out_.weight_before += (d.weight_before()[0] - out_.weight_before) / returns;
            out_.weight_after += (d.weight_after()[0] - out_.weight_after) / returns;
        }
        out_.wealth = last_wealth_ = wealth;
    }

    [[nodiscard]] sim::result at_row(const fault& f, std::size_t row) noexcept {
        out_.problem = f;
        out_.problem_row = row;
        return done();
    }
    [[nodiscard]] sim::result done() noexcept {
        if (out_.rows > 2) out_.sd_log_return = std::sqrt(squares_ / static_cast<double>(out_.rows - 2));
        return out_;
    }

private:
    sim::result out_{};
    double highest_;
    double last_wealth_;
    double mean_ = 0.0;
    double squares_ = 0.0;
};

/// Buys the targets of `seen`, a decision about an account that holds nothing but cash, at no cost. Its answer is in `out`.
inline void buy_at_targets(const decision& seen, const mandate& m, inputs in, decision& out) {
    const rebalancer buyer{trigger::every{.interval = {}}, cost::zero{}, solver::to_target{}, m};
    const sizes s{.assets = in.market.price.size()};
    typename decltype(buyer)::market_state market;
    typename decltype(buyer)::account_state account;
    typename decltype(buyer)::workspace scratch;
    buyer.prepare(market, s);
    buyer.prepare(account, s);
    buyer.prepare(scratch, s);
    buyer.prepare(out, s);
    std::vector<double> target(s.assets);
    for (std::size_t i = 0; i < s.assets; ++i) target[i] = seen.weight_before()[i] - seen.drift()[i];
    in.target = target;
    buyer.propose(market, account, in, scratch, out);
}

}  // namespace ballast::inline v0::detail

namespace ballast::inline v0::sim {

/// Feeds the history row by row through `rebalancer.observe`, `propose` and `commit`, with one account that begins in cash.
///
/// On the first row the account is bought at the targets, at no cost and by no trigger; that purchase is committed, so that calendars, intervals and
/// cooldowns begin there. On each later row prices move, cash earns its rate, the market is observed, the policy proposes, the valuation is observed, and what was
/// proposed fills at the same prices: exactly what a `keeper` would do that is shown one row after the other.
///
/// `targets`: one weight per asset, or none where the rebalancer has a target policy; what they leave over is cash. `each` is called with a `row_report`
/// after every row. A row that can not be replayed (a bad price, a time before the last one) ends it: `problem` and `problem_row` say where and why, and the
/// figures are those of the rows before. Options that do not validate throw `invalid_configuration`.
///
/// Cost: one observe and one propose per row. After the first row nothing is allocated.
template <class Rebalancer, class Observer = no_observer>
[[nodiscard]] result replay(const Rebalancer& r, const history& h, const column<double>& targets, const options& o = {},
                            Observer&& each = {}) {
    if (const configuration_fault f = o.validate()) v0::detail::refuse(f);
    v0::detail::replay_measures measured{h, o.wealth};
    if (h.price.size() != h.rows() * h.assets)
        return measured.at_row({fault_code::size_mismatch, no_index, static_cast<double>(h.price.size())}, 0);
    for (const std::span<const double>& c : {h.open, h.high, h.low})
        if (!c.empty() && c.size() != h.price.size())
            return measured.at_row({fault_code::size_mismatch, no_index, static_cast<double>(c.size())}, 0);
    if (h.signal.size() != h.rows() * h.signal_count)
        return measured.at_row({fault_code::size_mismatch, no_index, static_cast<double>(h.signal.size())}, 0);
    if (h.rows() == 0) return measured.done();

    const sizes s{.assets = h.assets};
    typename Rebalancer::market_state market;
    typename Rebalancer::account_state account;
    typename Rebalancer::workspace scratch;
    decision d;
    r.prepare(market, s);
    r.prepare(account, s);
    r.prepare(scratch, s);
    r.prepare(d, s);
    holdings held{.cash = o.wealth, .quantity = std::vector<double>(h.assets)};
    const auto look_at = [&](std::size_t k) {
        return inputs{.market = h.tick(k), .account = held.view(), .target = targets, .instruments = o.instruments};
    };

    // The first row. A proposal about the account in cash tells the targets, also those of a target policy.
    if (const fault f = r.observe(market, look_at(0).market)) return measured.at_row(f, 0);
    r.propose(market, account, look_at(0), scratch, d);
    if (d.outcome == outcome::rejected) return measured.at_row(d.problem, 0);
    {
        decision purchase;
        v0::detail::buy_at_targets(d, r.mandate(), look_at(0), purchase);
        if (purchase.outcome == outcome::rejected) return measured.at_row(purchase.problem, 0);
        if (const fault f = apply(held, purchase)) return measured.at_row(f, 0);
        if (const fault f = r.commit(account, purchase, h.when[0])) return measured.at_row(f, 0);
        if (const fault f = r.observe(market, account, look_at(0), scratch)) return measured.at_row(f, 0);
        measured.first_row();
        each(row_report{0, h.when[0], purchase.value, purchase.value_after(), purchase, held});
    }

    for (std::size_t k = 1; k < h.rows(); ++k) {
        if (o.cash_rate != 0.0) held.cash *= std::exp(o.cash_rate * elapsed(h.when[k - 1], h.when[k]).years());
        const inputs in = look_at(k);
        if (const fault f = r.observe(market, in.market)) return measured.at_row(f, k);
        r.propose(market, account, in, scratch, d);
        if (d.outcome == outcome::rejected) return measured.at_row(d.problem, k);
        if (const fault f = r.observe(market, account, in, scratch)) return measured.at_row(f, k);
        if (const fault f = apply(held, d)) return measured.at_row(f, k);
        if (const fault f = r.commit(account, d, in.market.now)) return measured.at_row(f, k);
        measured.row(d, in.market.now);
        each(row_report{k, in.market.now, d.value, d.value_after(), d, held});
    }
    return measured.done();
}

}  // namespace ballast::inline v0::sim
