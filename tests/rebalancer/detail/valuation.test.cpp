#include <ballast/rebalancer/detail/valuation.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"
#include "support/same_bits.hpp"

#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/concept.hpp>
#include <ballast/guard/stale_price.hpp>
#include <ballast/risk/ewma.hpp>
#include <ballast/risk/given.hpp>
#include <ballast/solver/to_band.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/target/equal.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/volatility_band.hpp>

#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <vector>

// Through a whole rebalancer: every fault that an input can have is told with its place and value, gives no orders and leaves the states as they were;
// the look's numbers are those of plain formulas.

using namespace ballast;
using test::one_call;
using test::propose_once;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();

/// An account that is far from its targets, in lists that a test may spoil.
struct host {
    std::vector<double> price{100.0, 50.0, 10.0};
    std::vector<double> quantity{70.0, 40.0, 100.0};
    std::vector<double> weight{};
    double cash = 0.0;
    double value = 0.0;
    std::vector<std::uint32_t> asset_of_row{};
    std::vector<std::uint32_t> place_of_row{};
    std::vector<double> target{0.5, 0.3, 0.2};
    std::vector<timestamp> as_of{};
    std::vector<decimal_step> step{};
    std::vector<decimal_step> tick{};
    std::vector<double> min_notional{};

    [[nodiscard]] inputs view() const {
        return {.market = {.now = {days(1).ns}, .price = price, .as_of = as_of},
                .account = {.cash = cash,
                            .quantity = quantity,
                            .weight = weight,
                            .value = value,
                            .asset_of_row = asset_of_row,
                            .place_of_row = place_of_row},
                .target = target,
                .instruments = {.step = step, .tick = tick, .min_notional = min_notional}};
    }
    /// The same by weights.
    [[nodiscard]] host weighed() const {
        host h = *this;
        h.value = cash;
        for (std::size_t i = 0; i < price.size(); ++i) h.value += quantity[i] * price[i];
        for (std::size_t i = 0; i < price.size(); ++i) h.weight.push_back(quantity[i] * price[i] / h.value);
        h.quantity.clear();
        h.cash = 0.0;
        return h;
    }
    /// The same with two rows for the first asset, the last one first.
    [[nodiscard]] host in_rows() const {
        host h = *this;
        h.quantity = {quantity[2], quantity[0] - 30.0, quantity[1], 30.0};
        h.asset_of_row = {2, 0, 1, 0};
        return h;
    }
};

auto plain(mandate m = {}) {
    return rebalancer{trigger::band{.absolute = 0.05}, cost::proportional{.rate = 0.001}, solver::to_target{}, m};
}

/// What is told of the account; that nothing else is.
template <class Rebalancer>
fault told(const Rebalancer& r, const host& h, const sizes& prepared = {.assets = 3, .rows = 4}) {
    one_call call{r, prepared};
    // An older answer, which must not shine through.
    call.decision.orders.emplace_back();
    call.decision.reasons.emplace_back();
    call.decision.cost = call.decision.cash_after = 9.0;
    const inputs in = h.view();
    const decision& d = call.propose(in);
    CHECK(d.orders.empty());
    CHECK(d.reasons.empty());
    CHECK(d.cost == 0.0);
    CHECK(d.turnover == 0.0);
    CHECK(d.at == in.market.now);
    CHECK((d.outcome == outcome::rejected || d.outcome == outcome::infeasible));
    CHECK(d.problem);
    return d.problem;
}
bool is(const fault& f, fault_code code, std::uint32_t index, double value) {
    return f.code == code && f.index == index && (test::same_bits(f.value, value) || (std::isnan(f.value) && std::isnan(value)));
}
/// Spoils a sound account, and tells what is told then.
fault told_of(const std::function<void(host&)>& spoil, mandate m = {}) {
    host h;
    spoil(h);
    return told(plain(m), h);
}

/// A trigger that can not tell, and a guard that leaves no room.
struct unsure {
    static constexpr const char* name = "unsure";
    firing check(const look&) const noexcept { return {.trigger = name, .problem = {fault_code::risk_not_ready, 1, 7.0}}; }
};
struct impossible {
    static constexpr const char* name = "impossible";
    void narrow(const look&, limits& lim) const noexcept { lim.narrow(1, 0.5, 0.25, why::cut_by_bounds); }
};

}  // namespace

TEST_CASE("valuation: the sound account trades, in all three forms") {
    for (const host& h : {host{}, host{}.weighed(), host{}.in_rows()}) {
        const decision d = propose_once(plain(), h.view());
        CHECK(d.outcome == outcome::trade);
        CHECK_FALSE(d.problem);
        CHECK(d.value == Approx(10'000.0));
        CHECK(d.weight_before()[0] == Approx(0.7));
        CHECK(d.drift()[0] == Approx(0.2));
        CHECK(d.drift()[1] == Approx(-0.1));
    }
}

TEST_CASE("valuation: value, weights, drifts and the largest of them, against plain formulas") {
    std::mt19937_64 random{5};
    std::uniform_real_distribution<double> part{-1.0, 1.0};
    for (std::size_t n = 0; n < 70; ++n) {
        host h;
        h.price.clear();
        h.quantity.clear();
        h.target.clear();
        h.cash = 1e6;
        double value = h.cash;
        for (std::size_t i = 0; i < n; ++i) {
            h.price.push_back(std::exp(3.0 * part(random)));
            h.quantity.push_back(100.0 * part(random));
            h.target.push_back(part(random) / static_cast<double>(n));
            value += h.price[i] * h.quantity[i];
        }
        const decision d = propose_once(plain({.leverage = 3.0, .allow_short = true}), h.view());
        REQUIRE_FALSE(d.problem);
        CHECK(d.value == Approx(value).epsilon(1e-14));
        CHECK(d.cash == 1e6);
        double most = 0.0;
        std::uint32_t furthest = no_index;
        for (std::uint32_t i = 0; i < n; ++i) {
            const double w = h.price[i] * h.quantity[i] / value;
            CHECK(d.weight_before()[i] == Approx(w).epsilon(1e-13));
            CHECK(d.drift()[i] == Approx(w - h.target[i]).epsilon(1e-11).margin(1e-16));
            if (std::fabs(d.drift()[i]) > most) {
                most = std::fabs(d.drift()[i]);
                furthest = i;
            }
        }
        CHECK(d.firing.measure == most);
        if (n > 0) CHECK(d.firing.asset == furthest);
    }
}

TEST_CASE("valuation: not prepared, too small, prepared for too few rows or leaves") {
    const auto r = plain();
    const host h;
    CHECK(is(told(r, h, {}), fault_code::not_prepared, no_index, 3.0));
    CHECK(is(told(r, h, {.assets = 2}), fault_code::not_prepared, no_index, 3.0));
    CHECK(is(told(r, h.in_rows(), {.assets = 3}), fault_code::not_prepared, no_index, 4.0));
    CHECK(is(told(r, h.in_rows(), {.assets = 3, .rows = 3}), fault_code::not_prepared, no_index, 4.0));
    // Each of the objects that `propose` is given, on its own.
    const inputs in = h.view();
    one_call good{r, {.assets = 3}};
    decision small_decision;
    r.propose(good.market, good.account, in, good.workspace, small_decision);
    CHECK(is(small_decision.problem, fault_code::not_prepared, no_index, 3.0));
    decltype(good.workspace) small_workspace;
    r.propose(good.market, good.account, in, small_workspace, good.decision);
    CHECK(is(good.decision.problem, fault_code::not_prepared, no_index, 3.0));
    const rebalancer with_estimator{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, risk::ewma{}};
    one_call estimating{with_estimator, {.assets = 3}};
    estimating.market.prepare({.assets = 2});
    CHECK(is(estimating.propose(in).problem, fault_code::not_prepared, no_index, 3.0));
    // More room than is needed is fine.
    CHECK(propose_once(r, in, {.assets = 10, .rows = 20}).outcome == outcome::trade);
}

TEST_CASE("valuation: a column of another length") {
    CHECK(is(told_of([](host& h) { h.quantity.pop_back(); }), fault_code::size_mismatch, no_index, 2.0));
    CHECK(is(told_of([](host& h) { h.quantity.push_back(1.0); }), fault_code::size_mismatch, no_index, 4.0));
    CHECK(is(told_of([](host& h) { h.price.pop_back(); }), fault_code::size_mismatch, no_index, 3.0));
    CHECK(is(told_of([](host& h) { h.target.pop_back(); }), fault_code::size_mismatch, no_index, 2.0));
    CHECK(is(told_of([](host& h) { h.target.push_back(0.0); }), fault_code::size_mismatch, no_index, 4.0));
    CHECK(is(told_of([](host& h) { h.as_of.resize(2); }), fault_code::size_mismatch, no_index, 2.0));
    CHECK(is(told_of([](host& h) { h.step.resize(2); }), fault_code::size_mismatch, no_index, 2.0));
    CHECK(is(told_of([](host& h) { h.tick.resize(4); }), fault_code::size_mismatch, no_index, 4.0));
    CHECK(is(told_of([](host& h) { h.min_notional.resize(2); }), fault_code::size_mismatch, no_index, 2.0));
    CHECK(is(told_of([](host& h) { h.place_of_row.resize(2); }), fault_code::size_mismatch, no_index, 2.0));
    CHECK(is(told_of([](host& h) { h.asset_of_row = {0, 1}; }), fault_code::size_mismatch, no_index, 3.0));
    host weighed = host{}.weighed();
    weighed.weight.pop_back();
    CHECK(is(told(plain(), weighed), fault_code::size_mismatch, no_index, 2.0));
    host only_map;
    only_map.quantity.clear();
    only_map.asset_of_row = {0, 1, 2};
    CHECK(is(told(plain(), only_map), fault_code::size_mismatch, no_index, 0.0));
}

TEST_CASE("valuation: a price that can not be used") {
    for (const double bad : {0.0, -0.0, -1.0, not_a_number, -not_a_number, infinity, -infinity, -largest, -5e-324})
        for (std::uint32_t at = 0; at < 3; ++at)
            for (host h : {host{}, host{}.weighed(), host{}.in_rows()}) {
                CAPTURE(bad, at);
                h.price[at] = bad;
                CHECK(is(told(plain(), h), fault_code::bad_price, at, bad));
                if (h.weight.empty())
                    h.quantity[h.asset_of_row.empty() ? at : at == 1 ? 2 : at == 2 ? 0 : 1] = 0.0;  // also where it prices nothing
                CHECK(is(told(plain(), h), fault_code::bad_price, at, bad));
            }
    // The first of two; and the smallest one that is a price.
    CHECK(is(told_of([](host& h) { h.price[1] = h.price[2] = -1.0; }), fault_code::bad_price, 1, -1.0));
    host h;
    h.price[2] = 5e-324;
    CHECK(propose_once(plain(), h.view()).outcome == outcome::trade);
}

TEST_CASE("valuation: a bad price anywhere in a book of any length is found") {
    for (std::size_t n = 1; n < 40; ++n)
        for (std::uint32_t at = 0; at < n; ++at)
            for (const double bad : {0.0, -1.0, not_a_number, infinity}) {
                host h;
                h.price.assign(n, 10.0);
                h.quantity.assign(n, 1.0);
                h.target.assign(n, 0.0);
                h.price[at] = bad;
                if (!is(propose_once(plain(), h.view()).problem, fault_code::bad_price, at, bad)) {
                    CAPTURE(n, at, bad);
                    FAIL("not found");
                }
            }
}

TEST_CASE("valuation: a quantity that is none") {
    for (const double bad : {not_a_number, infinity, -infinity})
        for (std::uint32_t at = 0; at < 3; ++at) {
            CAPTURE(bad, at);
            CHECK(is(told_of([&](host& h) { h.quantity[at] = bad; }), fault_code::bad_quantity, at, bad));
            CHECK(is(told_of([&](host& h) { h.quantity[at] = bad; }, {.leverage = 2.0, .allow_short = true}), fault_code::bad_quantity, at,
                     bad));
        }
    host rows = host{}.in_rows();
    rows.quantity[3] = infinity;
    CHECK(is(told(plain(), rows), fault_code::bad_quantity, 3, infinity));
}

TEST_CASE("valuation: a short that the mandate does not allow") {
    for (std::uint32_t at = 0; at < 3; ++at)
        CHECK(is(told_of([&](host& h) { h.quantity[at] = -0.5; }), fault_code::short_not_allowed, at, -0.5));
    host rows = host{}.in_rows();
    rows.quantity[2] = -1.0;
    CHECK(is(told(plain(), rows), fault_code::short_not_allowed, 2, -1.0));
    host weighed = host{}.weighed();
    weighed.weight[1] = -0.25;
    CHECK(is(told(plain(), weighed), fault_code::short_not_allowed, 1, -0.25));
    host allowed;
    allowed.quantity[1] = -5.0;
    CHECK(propose_once(plain({.leverage = 2.0, .allow_short = true}), allowed.view()).outcome == outcome::trade);
    host zero;  // −0 is no short
    zero.quantity[2] = -0.0;
    CHECK(propose_once(plain(), zero.view()).outcome == outcome::trade);
}

TEST_CASE("valuation: weights that are none, cash and values that are none") {
    for (const double bad : {not_a_number, infinity, -infinity}) {
        host weighed = host{}.weighed();
        weighed.weight[2] = bad;
        CHECK(is(told(plain(), weighed), fault_code::bad_weight, 2, bad));
        CHECK(is(told_of([&](host& h) { h.cash = bad; }), fault_code::bad_cash, no_index, bad));
    }
    for (const double bad : {0.0, -1.0, not_a_number, infinity}) {
        host weighed = host{}.weighed();
        weighed.value = bad;
        CHECK(is(told(plain(), weighed), fault_code::bad_value, no_index, bad));
    }
    host both = host{}.weighed();
    both.cash = 5.0;
    CHECK(is(told(plain(), both), fault_code::bad_cash, no_index, 5.0));
}

TEST_CASE("valuation: a portfolio that is worth nothing, less, or more than a double holds") {
    CHECK(is(told_of([](host& h) { h.cash = -10'000.0; }), fault_code::no_value, no_index, 0.0));
    CHECK(is(told_of([](host& h) { h.cash = -10'001.0; }), fault_code::no_value, no_index, -1.0));
    CHECK(is(told_of([](host& h) { h.quantity = {0.0, 0.0, 0.0}; }), fault_code::no_value, no_index, 0.0));
    CHECK(is(told_of([](host& h) { h.quantity[0] = h.quantity[1] = largest; }), fault_code::no_value, no_index, infinity));
    host rows = host{}.in_rows();
    rows.cash = -20'000.0;
    CHECK(is(told(plain(), rows), fault_code::no_value, no_index, -10'000.0));
    host empty;
    empty.price.clear();
    empty.quantity.clear();
    empty.target.clear();
    CHECK(is(told(plain(), empty), fault_code::no_value, no_index, 0.0));
}

TEST_CASE("valuation: holdings and targets that are missing or given twice") {
    CHECK(is(told_of([](host& h) { h.quantity.clear(); }), fault_code::holdings_missing, no_index, 0.0));
    CHECK(is(told_of([](host& h) { h.quantity.clear(), h.value = 5.0; }), fault_code::holdings_missing, no_index, 0.0));
    CHECK(is(told_of([](host& h) { h.weight = {0.1, 0.1, 0.1}, h.value = 5.0; }), fault_code::holdings_given_twice, no_index, 0.0));
    CHECK(is(told_of([](host& h) { h.target.clear(); }), fault_code::targets_missing, no_index, 0.0));
    const rebalancer with_policy{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, target::equal{}};
    CHECK(is(told(with_policy, host{}), fault_code::targets_given_twice, no_index, 0.0));
}

TEST_CASE("valuation: targets that are none, short, or above the leverage") {
    for (const double bad : {not_a_number, infinity, -infinity})
        CHECK(is(told_of([&](host& h) { h.target[1] = bad; }), fault_code::bad_target, 1, bad));
    CHECK(is(told_of([](host& h) { h.target[2] = -0.1; }), fault_code::short_target, 2, -0.1));
    CHECK(told_of([](host& h) { h.target[2] = 0.21; }).code == fault_code::over_leveraged);
    CHECK(told_of([](host& h) { h.target[2] = 0.21; }).value == Approx(1.01));
    // With shorts it is Σ|target| that counts.
    const mandate shorts{.leverage = 1.5, .allow_short = true};
    const fault gross = told_of([](host& h) { h.target = {1.0, -0.35, 0.2}; }, shorts);
    CHECK(gross.code == fault_code::over_leveraged);
    CHECK(gross.value == Approx(1.55));
    host within;
    within.target = {1.0, -0.3, 0.2};
    CHECK(propose_once(plain(shorts), within.view()).outcome == outcome::trade);
    // What six digits of thirds add up to is not above 1.
    host thirds;
    thirds.target = {0.333334, 0.333333, 0.333333};
    CHECK(propose_once(plain(), thirds.view()).outcome == outcome::trade);
    thirds.target = {0.333336, 0.333333, 0.333333};
    CHECK(told(plain(), thirds).code == fault_code::over_leveraged);
}

TEST_CASE("valuation: a row of an asset that is not there") {
    CHECK(is(told_of([](host& h) { h.asset_of_row = {0, 3, 2}; }), fault_code::bad_asset_of_row, 1, 3.0));
    CHECK(is(told_of([](host& h) { h.asset_of_row = {0, 1, no_index}; }), fault_code::bad_asset_of_row, 2, double{no_index}));
}

TEST_CASE("valuation: steps, ticks and minimums that are none are told when they are needed") {
    const double bad_minimums[] = {-1.0, not_a_number, infinity};
    for (std::uint32_t at = 0; at < 3; ++at) {
        for (const decimal_step bad : {decimal_step{-0.01}, decimal_step{1e-19}, decimal_step{not_a_number}, decimal_step{1, -19}}) {
            CHECK(is(told_of([&](host& h) { h.step.resize(3), h.step[at] = bad; }), fault_code::bad_step, at, 0.0));
            CHECK(is(told_of([&](host& h) { h.tick.resize(3), h.tick[at] = bad; }), fault_code::bad_step, at, 0.0));
        }
        for (const double bad : bad_minimums)
            CHECK(is(told_of([&](host& h) { h.min_notional.resize(3), h.min_notional[at] = bad; }), fault_code::bad_minimum, at, bad));
    }
    CHECK(is(told_of([](host& h) { h.step = {decimal_step{-1.0}}; }), fault_code::bad_step, 0, 0.0));
    CHECK(is(told_of([](host& h) { h.min_notional = {-1.0}; }), fault_code::bad_minimum, 0, -1.0));
    // Where nothing fires they are not read.
    host quiet;
    quiet.target = {0.7, 0.2, 0.1};
    quiet.step = {decimal_step{-1.0}};
    CHECK(propose_once(plain(), quiet.view()).outcome == outcome::hold);
}

TEST_CASE("valuation: quantities that can not be counted in steps") {
    const fault f = told_of([](host& h) {
        h.price = {1e-30, 1.0, 1.0};
        h.quantity = {0.0, 1e4, 0.0};
        h.step = {decimal_step{1, -18}, {}, {}};
    });
    CHECK(f.code == fault_code::overflow);
    CHECK(f.index == 0);
}

TEST_CASE("valuation: lists of policies that do not fit, triggers that can not tell, guards that leave no room") {
    const rebalancer two_widths{trigger::band{.absolute = {0.05, 0.05}}, cost::zero{}, solver::to_target{}};
    CHECK(is(told(two_widths, host{}), fault_code::bad_parameter_count, no_index, 3.0));
    const rebalancer two_rates{trigger::band{.absolute = 0.05}, cost::proportional{.rate = {0.1, 0.1}}, solver::to_target{}};
    CHECK(is(told(two_rates, host{}), fault_code::bad_parameter_count, no_index, 3.0));
    const rebalancer cannot_tell{unsure{}, cost::zero{}, solver::to_target{}};
    CHECK(is(told(cannot_tell, host{}), fault_code::risk_not_ready, 1, 7.0));
    const rebalancer no_room{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, impossible{}};
    CHECK(is(told(no_room, host{}), fault_code::limits_conflict, 1, 0.25));
}

TEST_CASE("valuation: observing tells the same faults, and learns nothing from them") {
    const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, risk::given{}};
    one_call call{r, {.assets = 3}};
    host h;
    h.quantity[1] = not_a_number;
    CHECK(is(r.observe(call.market, call.account, h.view(), call.workspace), fault_code::bad_quantity, 1, not_a_number));
    CHECK_FALSE(call.account.last_observed.happened());
    h.quantity[1] = 40.0;
    CHECK_FALSE(r.observe(call.market, call.account, h.view(), call.workspace));
    CHECK(call.account.last_observed == h.view().market.now);
    inputs earlier = h.view();
    earlier.market.now.ns -= 1;
    CHECK(is(r.observe(call.market, call.account, earlier, call.workspace), fault_code::bad_time, no_index,
             static_cast<double>(earlier.market.now.ns)));
    CHECK(call.account.last_observed == h.view().market.now);

    // A tick.
    const double price[] = {100.0, 50.0, 10.0};
    const double volatility[] = {0.1, -0.2, 0.3};
    CHECK(is(r.observe(call.market, {.now = {5}, .price = price, .volatility = volatility}), fault_code::bad_risk, 1, -0.2));
    CHECK_FALSE(call.market.last_observed.happened());
    CHECK(call.market.last_good_price[0] == 0.0);
    CHECK(is(r.observe(call.market, {.now = {5}, .price = std::span{price}.first(2)}), fault_code::not_prepared, no_index, 2.0));
    CHECK_FALSE(r.observe(call.market, {.now = {5}, .price = price}));
    CHECK(call.market.last_observed == timestamp{5});
    CHECK(is(r.observe(call.market, {.now = {4}, .price = price}), fault_code::bad_time, no_index, 4.0));
    CHECK_FALSE(r.observe(call.market, {.now = {5}, .price = price}));
}

TEST_CASE("valuation: committing fills that do not fit tells it, and remembers nothing") {
    const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}};
    one_call call{r, {.assets = 3}};
    const host h;
    const decision d = call.propose(h.view());
    REQUIRE(d.orders.size() == 3);
    const fill wrong_side[] = {{0, -d.orders[0].quantity, 100.0, 0.0}};
    CHECK(r.commit(call.account, d, wrong_side, {1}).code == fault_code::bad_fill);
    const fill unknown[] = {{0, d.orders[0].quantity, 100.0, 0.0}, {3, 1.0, 1.0, 0.0}};
    CHECK(is(r.commit(call.account, d, unknown, {1}), fault_code::bad_fill, 1, 1.0));
    const fill good[] = {{0, 0.5 * d.orders[0].quantity, 100.0, 0.0}};
    CHECK_FALSE(r.commit(call.account, d, good, {1}));
}

// ---- freezing -------------------------------------------------------------------------------------------------------------------------------

namespace {
/// With good prices observed already.
template <class Rebalancer>
decision after_good_prices(const Rebalancer& r, const host& h, const std::vector<double>& good = {100.0, 50.0, 10.0}) {
    one_call call{r, {.assets = h.price.size(), .rows = h.quantity.size()}};
    CHECK_FALSE(r.observe(call.market, {.now = {1}, .price = good}));
    return call.propose(h.view());
}
const mandate freezing{.bad_price = on_bad_price::freeze};
}  // namespace

TEST_CASE("freeze: the asset keeps its quantity at its last good price and is named, the rest goes on") {
    const auto r = plain(freezing);
    for (const double bad : {not_a_number, infinity, 0.0, -1.0})
        for (host h : {host{}, host{}.weighed(), host{}.in_rows()}) {
            CAPTURE(bad);
            h.price[2] = bad;
            const decision d = after_good_prices(r, h);
            REQUIRE(d.outcome == outcome::trade);
            CHECK_FALSE(d.problem);
            CHECK(d.value == Approx(10'000.0));
            CHECK(d.weight_before()[2] == Approx(0.1));
            CHECK(d.weight_after()[2] == Approx(0.1).epsilon(1e-3));
            for (const order& o : d.orders) CHECK(o.asset != 2);
            CHECK(d.orders.size() >= 2);
            CHECK(d.reason_of(2).code == why::frozen_price);
            CHECK(d.reason_of(2).done == 0.0);
            CHECK(d.reason_of(2).wished == Approx(1000.0));
            CHECK_FALSE(d.reason_of(2).more_to_do());
        }
}

TEST_CASE("freeze: it is named where nothing fires and where it did not drift, and the reasons stay in the order of the assets") {
    const auto r = plain(freezing);
    host quiet;
    quiet.target = {0.7, 0.2, 0.1};
    quiet.price[1] = not_a_number;
    const decision held = after_good_prices(r, quiet);
    CHECK(held.outcome == outcome::hold);
    REQUIRE(held.reasons.size() == 1);
    CHECK(held.reasons[0].asset == 1);
    CHECK(held.reasons[0].code == why::frozen_price);
    host undrifted;  // the first asset is on target
    undrifted.target = {0.7, 0.1, 0.2};
    undrifted.price[0] = -1.0;
    const decision d = after_good_prices(r, undrifted);
    CHECK(d.outcome == outcome::trade);
    REQUIRE(d.reasons.size() == 3);
    for (std::uint32_t i = 0; i < 3; ++i) CHECK(d.reasons[i].asset == i);
    CHECK(d.reasons[0].code == why::frozen_price);
    host all;
    all.price = {not_a_number, not_a_number, not_a_number};
    const decision none = after_good_prices(r, all);
    CHECK(none.orders.empty());
    CHECK(none.reasons.size() == 3);
    for (const reason& why_not : none.reasons) CHECK(why_not.code == why::frozen_price);
    // To a band as well, where an asset inside its band would be named otherwise.
    const rebalancer to_band{trigger::band{.absolute = 0.11}, cost::zero{}, solver::to_band{}, freezing};
    host inside;
    inside.price[2] = 0.0;
    CHECK(after_good_prices(to_band, inside).reason_of(2).code == why::frozen_price);
}

TEST_CASE("freeze: one answer is not kept for the next") {
    const auto r = plain(freezing);
    one_call call{r, {.assets = 3}};
    host h;
    CHECK_FALSE(r.observe(call.market, {.now = {1}, .price = h.price}));
    const decision before = call.propose(h.view());
    host bad = h;
    bad.price[2] = 0.0;
    CHECK(call.propose(bad.view()).reason_of(2).code == why::frozen_price);
    CHECK(test::same_bits(call.propose(h.view()), before));
}

TEST_CASE("freeze: without a last good price the account is rejected") {
    const auto r = plain(freezing);
    host h;
    h.price[1] = not_a_number;
    CHECK(is(told(r, h), fault_code::bad_price, 1, not_a_number));
    CHECK(is(after_good_prices(r, h, {100.0, -1.0, 10.0}).problem, fault_code::bad_price, 1, not_a_number));
    CHECK(after_good_prices(r, h, {100.0, 50.0, -1.0}).outcome == outcome::trade);
    // A market that was never prepared knows none either.
    one_call call{r, {.assets = 3}};
    call.market = {};
    CHECK(is(call.propose(h.view()).problem, fault_code::bad_price, 1, not_a_number));
}

TEST_CASE("freeze: other faults are told as ever") {
    const auto r = plain(freezing);
    host h;
    h.price[1] = not_a_number;
    h.quantity[2] = infinity;
    CHECK(is(after_good_prices(r, h).problem, fault_code::bad_quantity, 2, infinity));
    h.quantity[2] = -1.0;
    CHECK(is(after_good_prices(r, h).problem, fault_code::short_not_allowed, 2, -1.0));
}

TEST_CASE("freeze: a bad price that nothing is held of does not freeze the others") {
    const auto r = plain(freezing);
    host h;
    h.quantity[1] = 0.0;
    h.price[1] = infinity;
    const decision d = after_good_prices(r, h);
    CHECK(d.outcome == outcome::trade);
    CHECK(d.weight_after()[1] == 0.0);
    CHECK(d.reason_of(1).code == why::frozen_price);
    CHECK(d.reason_of(1).wished == Approx(0.3 * d.value));
}

TEST_CASE("freeze: a stale price keeps its own name, and where both are true the bad price is named") {
    const rebalancer r{trigger::band{.absolute = 0.05}, cost::zero{}, solver::to_target{}, guard::stale_price{.max_age = minutes(1)},
                       freezing};
    host h;
    h.as_of = {{days(1).ns}, {days(1).ns - hours(1).ns}, {days(1).ns - hours(1).ns}};
    h.price[2] = not_a_number;
    const decision d = after_good_prices(r, h);
    CHECK(d.reason_of(1).code == why::frozen_stale);
    CHECK(d.reason_of(2).code == why::frozen_price);
}
