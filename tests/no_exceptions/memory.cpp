// After `prepare` nothing is allocated: by ticks, valuations, proposals that hold, trade, are cut short, rejected or not prepared for, by
// commits and by fills. Counts allocations itself, which the program of the unit tests can not do for one file.
#include <ballast/core/apply.hpp>
#include <ballast/core/bps.hpp>
#include <ballast/cost/minimum.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/guard/stale_price.hpp>
#include <ballast/guard/worth_it.hpp>
#include <ballast/keeper.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/solver/closest.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/drawdown.hpp>
#include <ballast/trigger/hysteresis.hpp>
#include <ballast/trigger/signal.hpp>
#include <ballast/trigger/time_window.hpp>
#include <ballast/trigger/tracking_error.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include "allocations.hpp"

using namespace ballast;

namespace {

int failures = 0;
void expect(bool what, const char* text, std::size_t n) {
    if (what) return;
    ++failures;
    std::printf("%zu assets: %s\n", n, text);
}

struct seen {
    std::size_t held = 0, traded = 0, rejected = 0, not_prepared = 0;
};

// Sixty days of an account with n assets, each in `parts` rows. All allocations are counted but those that are the host's own.
template <class Solver>
void live(const Solver& solver, std::size_t n, std::size_t parts, seen& counted) {
    std::mt19937_64 rng{n * 31 + parts};
    const auto unit = [&] { return static_cast<double>(rng() >> 11) * (1.0 / 9007199254740992.0); };
    const rebalancer r{
        trigger::any_of{trigger::cooldown{trigger::volatility_band{.width = 0.02, .reference = 0.3, .exponent = -1.0}, days(2)},
                        trigger::hysteresis{trigger::band{.relative = 0.2}, trigger::band{.relative = 0.02}},
                        trigger::tracking_error{.limit = 0.05}, trigger::drawdown{.limit = 0.1},
                        trigger::all_of{trigger::time_window{.days = {1, 3}, .events = {timestamp{}}, .after = days(1)},
                                        trigger::signal{.threshold = 0.5, .missing = trigger::on_missing::quiet}}},
        cost::minimum{cost::proportional{.rate = 10_bps}, 1.0},
        solver,
        guard::max_trade{.share = 0.2},
        guard::max_turnover{.limit = 0.1},
        guard::stale_price{.max_age = days(1)},
        guard::worth_it{.risk_aversion = 1e4, .horizon = days(3650), .adapt = 0.1},
        risk::ewma{.half_life = days(10), .warm_up = 3},
        sizing::reconciled{.collar = 0.01},
        mandate{.reserve = 0.01, .bad_price = on_bad_price::freeze}};
    using policy = std::remove_cv_t<decltype(r)>;
    const sizes s{.assets = n, .rows = n * parts};
    typename policy::market_state market;
    typename policy::account_state account;
    typename policy::workspace work, no_work;
    decision d, no_room;
    r.prepare(market, s);
    r.prepare(account, s);
    r.prepare(work, s);
    r.prepare(d, s);
    keeper k{r, s};

    std::vector<double> price(n, 20.0), target(n, 0.9 / static_cast<double>(n == 0 ? 1 : n));
    std::vector<timestamp> as_of(n);
    const std::vector<decimal_step> step{decimal_step{1, -2}};
    holdings h{.cash = 1000.0};
    for (std::size_t i = 0; i < n * parts; ++i) {
        h.quantity.push_back(static_cast<double>(rng() % 1000) / 4.0);
        if (parts > 1) h.asset_of_row.push_back(static_cast<std::uint32_t>(i % n));
    }
    std::vector<fill> fills;
    fills.reserve(n * parts + n);

    timestamp now{1'600'000'000'000'000'000};
    k.instruments({.step = step});
    const std::size_t before = allocations;
    for (int day = 0; day < 60; ++day) {
        now = now + days(1);
        for (std::size_t i = 0; i < n; ++i) {
            price[i] *= 1.0 + 0.1 * (unit() + unit() + unit() - 1.5);
            as_of[i] = unit() < 0.05 ? now - days(3) : now;
        }
        inputs in{
            .market = {.now = now, .price = price, .as_of = as_of}, .account = h.view(), .target = target, .instruments = {.step = step}};
        expect(!r.observe(market, in.market), "a tick was refused", n);
        r.propose(market, account, in, work, d);
        expect(!d.problem, "a proposal was refused", n);
        counted.held += d.outcome == outcome::hold ? 1 : 0;
        counted.traded += d.outcome == outcome::trade ? 1 : 0;
        expect(!r.observe(market, account, in, work), "a valuation was refused", n);

        // Bad data, too little room, no room.
        if (n > 0) {
            const double good = price[0];
            price[0] = -1.0;
            r.propose(market, account, in, work, d);  // frozen
            price[0] = good;
            in.target = column<double>{target.data(), n - 1};
            r.propose(market, account, in, work, d);
            counted.rejected += d.outcome == outcome::rejected ? 1 : 0;
            in.target = target;
            r.propose(market, account, in, no_work, d);
            counted.not_prepared += d.problem.code == fault_code::not_prepared ? 1 : 0;
            r.propose(market, account, in, work, no_room);
            counted.not_prepared += no_room.problem.code == fault_code::not_prepared ? 1 : 0;
        }
        r.propose(market, account, in, work, d);

        expect(!k.observe(in.market), "the keeper refused a tick", n);
        const decision& same = k.propose(h.view(), target);
        expect(same.outcome == d.outcome && same.orders.size() == d.orders.size(), "the keeper answers otherwise", n);
        if (day % 3 == 0) {
            fills.clear();
            for (std::uint32_t i = 0; i < d.orders.size(); ++i)
                fills.push_back({.order = i, .quantity = 0.5 * d.orders[i].quantity, .price = d.orders[i].price, .cost = d.orders[i].cost});
            expect(!r.commit(account, d, fills, now) && !k.commit(same, fills) && !apply(h, d, fills), "fills were refused", n);
        } else {
            expect(!r.commit(account, d, now) && !k.commit(same) && !apply(h, d), "a commit was refused", n);
        }
    }
    expect(allocations == before, "allocates", n);
}

}  // namespace

int main() {
    seen counted;
    for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{9}, std::size_t{50}}) {
        live(solver::to_target{}, n, 1, counted);
        live(solver::to_band{.depth = 0.5}, n, 1, counted);
        if (n == 0) continue;
        live(solver::to_target{}, n, 3, counted);
        live(solver::to_band{}, n, 3, counted);
        live(solver::closest{}, n, 1, counted);
        live(solver::closest{.distance = drift_measure::absolute, .sides = solver::sides::buys_only}, n, 3, counted);
    }
    expect(counted.held > 50 && counted.traded > 200, "too few of a kind", 0);
    expect(counted.rejected > 200 && counted.not_prepared > 400, "too few faults", 0);
    return failures == 0 ? 0 : 1;
}
