// Random accounts run through whole rebalancers, for tests of guards.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include <ballast/rebalancer.hpp>

// A namespace of its own: random_book.hpp has a `book` as well, and all tests are one program.
namespace ballast_test {
inline namespace guarded {

/// A book with prices, targets and rules of its own.
struct book {
    std::vector<double> price{};
    std::vector<double> quantity{};
    std::vector<double> target{};
    std::vector<ballast::timestamp> as_of{};
    std::vector<ballast::decimal_step> step{};
    std::vector<double> min_notional{};
    std::vector<std::uint32_t> asset_of_row{};
    double cash = 0.0;
    ballast::timestamp now = ballast::timestamp{} + ballast::days(20'000);

    [[nodiscard]] std::size_t assets() const { return price.size(); }
    [[nodiscard]] ballast::inputs inputs() const {
        ballast::inputs in{.market = {.now = now, .price = price, .as_of = as_of},
                           .account = {.cash = cash, .quantity = quantity, .asset_of_row = asset_of_row},
                           .target = target};
        in.instruments.step = step;
        in.instruments.min_notional = min_notional;
        return in;
    }
    [[nodiscard]] double value() const {
        double v = cash;
        for (std::size_t r = 0; r < quantity.size(); ++r) v += quantity[r] * price[asset_of_row.empty() ? r : asset_of_row[r]];
        return v;
    }
};

struct book_kind {
    bool shorts = false;
    bool steps = false;
    bool rows = false;      ///< some assets lie in two rows
    bool minimums = false;  ///< small orders are not sent
    double cash_share = 0.2;
};

[[nodiscard]] inline book random_book(std::mt19937_64& rng, std::size_t n, const book_kind& kind) {
    std::uniform_real_distribution<double> unit{0.0, 1.0};
    book b;
    double held = 0.0;
    double wanted = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        b.price.push_back(std::exp(6.0 * unit(rng) - 1.0));
        const double sign_now = kind.shorts && unit(rng) < 0.25 ? -0.3 : 1.0;
        const double position = unit(rng) < 0.2 ? 0.0 : 100'000.0 * unit(rng) * sign_now;
        double quantity = position / b.price[i];
        if (kind.steps) {
            b.step.push_back(ballast::decimal_step{1, -static_cast<int>(rng() % 4)});
            quantity = std::trunc(quantity / b.step[i].value()) * b.step[i].value();
        }
        b.quantity.push_back(quantity);
        b.asset_of_row.push_back(static_cast<std::uint32_t>(i));
        held += std::fabs(quantity * b.price[i]);
        const double sign_then = kind.shorts && unit(rng) < 0.25 ? -0.3 : 1.0;
        b.target.push_back(unit(rng) < 0.15 ? 0.0 : unit(rng) * sign_then);
        wanted += std::fabs(b.target[i]);
    }
    const double invested = 0.5 + 0.5 * unit(rng);
    for (double& t : b.target) t *= wanted > 0.0 ? invested / wanted : 0.0;
    b.cash = (kind.shorts ? 0.5 : 0.0) * held + kind.cash_share * unit(rng) * held + 1000.0;
    if (kind.rows)
        for (std::size_t i = 0; i < n; ++i)
            if (rng() % 2 == 0) {  // a second row, with half as much
                const double half =
                    kind.steps ? std::trunc(0.5 * b.quantity[i] / b.step[i].value()) * b.step[i].value() : 0.5 * b.quantity[i];
                b.quantity.push_back(half);
                b.asset_of_row.push_back(static_cast<std::uint32_t>(i));
            }
    if (!kind.rows) b.asset_of_row.clear();
    if (kind.minimums)
        for (std::size_t i = 0; i < n; ++i) b.min_notional.push_back(rng() % 3 == 0 ? 5000.0 * unit(rng) : 10.0);
    while (b.value() < 0.2 * held) b.cash += 0.3 * held;  // shorts that the rest does not carry
    return b;
}

/// A rebalancer with its states, for one book.
template <class Rebalancer>
class account_of {
public:
    account_of(Rebalancer r, const book& b) : policy_{std::move(r)} {
        const ballast::sizes s{.assets = b.assets(), .rows = b.quantity.size()};
        policy_.prepare(market_, s);
        policy_.prepare(account_, s);
        policy_.prepare(workspace_, s);
        policy_.prepare(decision_, s);
    }
    const ballast::decision& propose(const book& b) {
        policy_.propose(market_, account_, b.inputs(), workspace_, decision_);
        return decision_;
    }

private:
    Rebalancer policy_;
    typename Rebalancer::market_state market_{};
    typename Rebalancer::account_state account_{};
    typename Rebalancer::workspace workspace_{};
    ballast::decision decision_{};
};
template <class Rebalancer>
account_of(Rebalancer, const book&) -> account_of<Rebalancer>;

/// All orders fill at their reference prices.
inline void fill(book& b, const ballast::decision& d) {
    for (const ballast::order& o : d.orders) b.quantity[o.row] += o.quantity;
    for (const ballast::order& o : d.orders) b.cash -= o.notional + o.cost;
}

/// One-way turnover, reckoned from the orders: ½·(Σ|notional per asset| + |Σ notional + costs|) / value.
[[nodiscard]] inline double turnover_of(const book& b, const ballast::decision& d) {
    std::vector<double> per_asset(b.assets(), 0.0);
    double net = 0.0;
    for (const ballast::order& o : d.orders) {
        per_asset[o.asset] += o.notional;
        net += o.notional + o.cost;
    }
    double gross = 0.0;
    for (const double x : per_asset) gross += std::fabs(x);
    return 0.5 * (gross + std::fabs(net)) / b.value();
}

/// What the steps of all assets together are worth: as much may be left to do where every asset stops short of one.
[[nodiscard]] inline double steps_together(const book& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < b.step.size(); ++i) sum += b.step[i].value() * b.price[i];
    return sum;
}

/// Notional per asset.
[[nodiscard]] inline std::vector<double> traded(const book& b, const ballast::decision& d) {
    std::vector<double> per_asset(b.assets(), 0.0);
    for (const ballast::order& o : d.orders) per_asset[o.asset] += o.notional;
    return per_asset;
}

}  // namespace guarded
}  // namespace ballast_test
