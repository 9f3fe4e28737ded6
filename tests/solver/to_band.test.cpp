// Going only as far as the band asks for. With weight w, target T and half width h an asset that left its band ends at
//
//   T ± h·(1 − depth)      (0: the edge, less 2^-40 so that it is inside; 1: the target)
//
// as a share of what is left after costs. The book's exposure Σw stays between what it was and ΣT; what the edges leave open to that is
// made up on the way to the targets.
#include <ballast/solver/to_band.hpp>

#include <ballast/core/bps.hpp>
#include <ballast/cost/fixed.hpp>
#include <ballast/cost/proportional.hpp>
#include <ballast/cost/zero.hpp>
#include <ballast/guard/max_trade.hpp>
#include <ballast/guard/max_turnover.hpp>
#include <ballast/rebalancer.hpp>
#include <ballast/solver/to_target.hpp>
#include <ballast/trigger/all_of.hpp>
#include <ballast/trigger/any_of.hpp>
#include <ballast/trigger/band.hpp>
#include <ballast/trigger/cooldown.hpp>
#include <ballast/trigger/every.hpp>
#include <ballast/trigger/hysteresis.hpp>

#include "support/catch.hpp"
#include "support/one_call.hpp"
#include "support/random_book.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace ballast;
using solver::band_rows;
using solver::to_band;
using test::propose_once;
using trigger::band;

static_assert(solver_policy<to_band> && detail::needs_region<to_band>());
static_assert(to_band::edge == 0.0 && to_band::midpoint == 0.5 && to_band{}.depth == to_band::edge);

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double dust = 0x1p-40;
const auto at_once = trigger::every{.interval = {}};

// An account of 100 at prices of 1: quantities are percents.
struct account {
    std::vector<double> weight{};
    std::vector<double> target{};
    std::vector<decimal_step> step{};
    [[nodiscard]] decision propose(const auto& rebalancer) const {
        std::vector<double> price(weight.size(), 1.0), quantity;
        double cash = 100.0;
        for (const double w : weight) {
            quantity.push_back(100.0 * w);
            cash -= 100.0 * w;
        }
        return propose_once(
            rebalancer,
            {.market = {.price = price}, .account = {.cash = cash, .quantity = quantity}, .target = target, .instruments = {.step = step}});
    }
};

auto policy(const auto& trigger, const to_band& s, const auto&... more) { return rebalancer{trigger, cost::zero{}, s, more...}; }

// The weights after it, in one line.
bool ends_at(const decision& d, const std::vector<double>& expected, double margin = 4 * dust) {
    if (d.weight_after().size() != expected.size()) return false;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        UNSCOPED_INFO("asset " << i << " ends at " << d.weight_after()[i] << ", expected " << expected[i]);
        if (!(std::fabs(d.weight_after()[i] - expected[i]) <= margin)) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("to_band: one asset with cash goes to the edge, from above and from below, and ends inside") {
    const auto edge = policy(band{.absolute = 0.1}, to_band{});
    const decision above = account{{0.75}, {0.5}}.propose(edge);
    REQUIRE(above.orders.size() == 1);
    CHECK(ends_at(above, {0.6}));
    CHECK(above.weight_after()[0] < 0.6);
    CHECK(above.weight_after()[0] > 0.6 - 2 * dust);
    CHECK(above.orders[0].reason == why::full);
    const decision below = account{{0.25}, {0.5}}.propose(edge);
    CHECK(ends_at(below, {0.4}));
    CHECK(below.weight_after()[0] > 0.4);
    CHECK(below.weight_after()[0] < 0.4 + 2 * dust);
    CHECK(account{{0.6}, {0.5}}.propose(edge).outcome == outcome::hold);
    CHECK(account{{0.4}, {0.5}}.propose(edge).outcome == outcome::hold);
}

// v − x = (T + h)·(W − c·x) from above, v + x = (T − h)·(W − c·x) from below.
TEST_CASE("to_band: with proportional costs the weight after them is at the edge: closed form for one asset") {
    const double c = 0.02;
    const rebalancer r{band{.absolute = 0.1}, cost::proportional{.rate = c}, to_band{}};
    const decision above = account{{0.75}, {0.5}}.propose(r);
    CHECK(above.orders[0].quantity == Approx(-(75.0 - 60.0) / (1.0 - 0.6 * c)).epsilon(1e-10));
    CHECK(ends_at(above, {0.6}));
    const decision below = account{{0.25}, {0.5}}.propose(r);
    CHECK(below.orders[0].quantity == Approx((40.0 - 25.0) / (1.0 + 0.4 * c)).epsilon(1e-10));
    CHECK(ends_at(below, {0.4}));
}

TEST_CASE("to_band: midpoint, any depth, and all the way") {
    const auto ends = [](double depth, double expected) {
        const decision d = account{{0.75}, {0.5}}.propose(policy(band{.absolute = 0.125}, to_band{.depth = depth}));
        return ends_at(d, {expected});
    };
    CHECK(ends(to_band::edge, 0.625));
    CHECK(ends(0.25, 0.59375));
    CHECK(ends(to_band::midpoint, 0.5625));
    CHECK(ends(1.0, 0.5));
}

// Targets 0.3, 0.2, 0.2; the first is 0.1 above, the third 0.07 below, the second 0.03 above and inside its band of 0.05.
TEST_CASE("to_band: drifted rows alone, or all that are further off than the destination") {
    const account a{{0.4, 0.23, 0.13}, {0.3, 0.2, 0.2}};
    const band b{.absolute = 0.05};
    const decision drifted = a.propose(policy(b, to_band{.depth = 0.5}));
    CHECK(ends_at(drifted, {0.325, 0.23, 0.175}));
    CHECK(drifted.orders.size() == 2);
    CHECK(drifted.reason_of(1).code == why::inside_band);
    const decision all = a.propose(policy(b, to_band{.depth = 0.5, .rows = band_rows::all}));
    CHECK(ends_at(all, {0.325, 0.225, 0.175}));
    CHECK(all.orders.size() == 3);
    // At the edge nobody inside is further off than the destination.
    CHECK(ends_at(a.propose(policy(b, to_band{.rows = band_rows::all})), {0.35, 0.23, 0.15}));
    // All the way: everybody goes, or the drifted ones do.
    CHECK(ends_at(a.propose(policy(b, to_band{.depth = 1.0, .rows = band_rows::all})), {0.3, 0.2, 0.2}));
    CHECK(ends_at(a.propose(policy(b, to_band{.depth = 1.0})), {0.3, 0.23, 0.2}));
}

// To the edges: 0.45 + 0.27 + 0.25 = 0.97, but all was invested and all should be. 0.03 are missing; the ways left to the targets on the
// buying side are 0.03 and 0.05, and of both three eighths are gone.
TEST_CASE("to_band: what the edges leave uninvested is made up on the way to the targets") {
    const account a{{0.5, 0.27, 0.23}, {0.4, 0.3, 0.3}};
    const decision d = a.propose(policy(band{.absolute = 0.05}, to_band{}));
    CHECK(ends_at(d, {0.45, 0.27 + 0.03 * 3.0 / 8.0, 0.25 + 0.05 * 3.0 / 8.0}));
    CHECK(d.reason_of(0).code == why::full);
    CHECK(d.reason_of(1).code == why::exposure_kept);
    CHECK(std::fabs(d.cash_after) < 1e-9);
    // The other way: one below its edge, nobody above: what is bought is sold elsewhere.
    const account o{{0.33, 0.33, 0.34}, {0.3, 0.3, 0.4}};
    const decision e = o.propose(policy(band{.absolute = 0.05}, to_band{}));
    CHECK(ends_at(e, {0.33 - 0.005, 0.33 - 0.005, 0.35}));
    CHECK(e.reason_of(0).code == why::exposure_kept);
    CHECK(e.reason_of(2).code == why::full);
}

TEST_CASE("to_band: where the others may not move, the trade to the edge is made smaller") {
    const account a{{0.5, 0.27, 0.23}, {0.4, 0.3, 0.3}};
    const decision d = a.propose(policy(band{.absolute = 0.05}, to_band{}, guard::max_trade{.amount = {100.0, 0.0, 1.0}}));
    CHECK(ends_at(d, {0.49, 0.27, 0.24}));
    CHECK(d.reason_of(0).code == why::cut_for_balance);
    CHECK(d.reason_of(2).code == why::cut_by_trade_limit);
}

TEST_CASE("to_band: an asset outside its band that may not move is told so, not that it is inside") {
    const account a{.weight = {0.6, 0.4}, .target = {0.4, 0.4}};
    const decision d = a.propose(policy(band{.absolute = 0.05}, to_band{}, guard::max_trade{.amount = {0.0, infinity}}));
    CHECK(d.orders.empty());
    CHECK(d.reason_of(0).code == why::cut_by_trade_limit);
    CHECK(d.reason_of(1).code == why::inside_band);
}

TEST_CASE("to_band: one side, one width for each asset, infinite widths") {
    // No upper edge: what is above stays, what is below comes up.
    const band floor{.absolute = infinity, .absolute_below = 0.05};
    CHECK(account{{0.9}, {0.5}}.propose(policy(floor, to_band{})).outcome == outcome::hold);
    CHECK(ends_at(account{{0.3}, {0.5}}.propose(policy(floor, to_band{})), {0.45}));
    CHECK(ends_at(account{{0.3}, {0.5}}.propose(policy(floor, to_band{.depth = 0.5})), {0.475}));
    // Different above and below.
    const band uneven{.absolute = 0.2, .absolute_below = 0.05};
    CHECK(ends_at(account{{0.8}, {0.5}}.propose(policy(uneven, to_band{})), {0.7}));
    CHECK(ends_at(account{{0.3}, {0.5}}.propose(policy(uneven, to_band{})), {0.45}));
    // One each; the second is within its own.
    const band each{.absolute = {0.02, 0.1}};
    CHECK(ends_at(account{{0.4, 0.38}, {0.3, 0.3}}.propose(policy(each, to_band{})), {0.32, 0.38}));
    const band out{.absolute = {0.02, infinity}};
    CHECK(ends_at(account{{0.4, 0.5}, {0.3, 0.3}}.propose(policy(out, to_band{})), {0.32, 0.5}));
}

TEST_CASE("to_band: shorts: the signed weight goes to its edge, a target of 0 without a band to 0") {
    const mandate shorts{.leverage = 2.0, .allow_short = true};
    const auto edge = policy(band{.absolute = 0.1}, to_band{}, shorts);
    CHECK(ends_at(account{{-0.5}, {-0.3}}.propose(edge), {-0.4}));
    CHECK(ends_at(account{{-0.1}, {-0.3}}.propose(edge), {-0.2}));
    const auto relative = policy(band{.relative = 0.25}, to_band{}, shorts);
    CHECK(ends_at(account{{-0.5}, {-0.4}}.propose(relative), {-0.5}));
    CHECK(ends_at(account{{-0.6}, {-0.4}}.propose(relative), {-0.5}));
    const decision gone = account{{0.2, 0.3}, {0.0, 0.3}}.propose(policy(band{.relative = 0.25}, to_band{}));
    CHECK(ends_at(gone, {0.0, 0.3}, 0.0));
}

TEST_CASE("to_band: the live region of composed triggers") {
    const account a{{0.75}, {0.5}};
    const band narrow{.absolute = 0.05};
    const band wide{.absolute = 0.1};
    CHECK(ends_at(a.propose(policy(trigger::any_of{wide, narrow}, to_band{})), {0.55}));          // the intersection
    CHECK(ends_at(a.propose(policy(trigger::any_of{at_once, wide}, to_band{})), {0.6}));          // no band takes nothing from it
    CHECK(ends_at(a.propose(policy(trigger::all_of{at_once, wide, narrow}, to_band{})), {0.6}));  // its first band
    CHECK(ends_at(a.propose(policy(trigger::all_of{narrow, wide}, to_band{})), {0.55}));
    CHECK(ends_at(a.propose(policy(trigger::cooldown{wide, days(3)}, to_band{})), {0.6}));
    CHECK(ends_at(a.propose(policy(trigger::hysteresis{wide, narrow}, to_band{})), {0.55}));  // acting ends where `off` does
    // Fired by a clock while inside: there is nothing to do.
    const decision inside = account{{0.58}, {0.5}}.propose(policy(trigger::any_of{at_once, wide}, to_band{}));
    CHECK(inside.outcome == outcome::hold);
    CHECK(inside.firing.fired);
    CHECK(inside.reason_of(0).code == why::inside_band);
}

TEST_CASE("to_band: a depth of 1 with all rows is to_target") {
    ballast_test::dice dice{21};
    int trades = 0;
    for (int round = 0; round < 300; ++round) {
        const std::size_t n = 1 + dice.below(12);
        const auto b = ballast_test::random_book(
            dice, n,
            {.steps = 0.0, .minimums = 0.0, .shorts = 0.0, .rows = 0.0, .reserve = 0.0, .overdrawn = 0.0, .rules = 0.0, .counted = 0.0});
        const cost::proportional c{.rate = dice.chance(0.3) ? 0.0 : 0.005};
        const band half{.absolute = 0.01};
        const decision band_way = propose_once(rebalancer{half, c, to_band{.depth = 1.0, .rows = band_rows::all}, b.rules}, b.view());
        const decision all_way = propose_once(rebalancer{half, c, solver::to_target{}, b.rules}, b.view());
        CAPTURE(round, n);
        CHECK(band_way.outcome == all_way.outcome);
        for (std::size_t i = 0; i < n && !all_way.orders.empty(); ++i)
            CHECK(std::fabs(band_way.weight_after()[i] - all_way.weight_after()[i]) <= 1e-11);
        trades += all_way.outcome == outcome::trade ? 1 : 0;
    }
    CHECK(trades > 100);
}

namespace {
// After the fills the trigger is quiet, nothing moved away from its target beyond the exposure's need, and the exposure was kept.
struct tally {
    int trades = 0;
    int quiet = 0;
};
template <class Cost>
void keeps_quiet(ballast_test::dice& dice, double steps, const Cost& cost, const to_band& s, tally& seen) {
    const std::size_t n = 1 + dice.below(12);
    ballast_test::book b = ballast_test::random_book(
        dice, n,
        {.steps = steps, .minimums = 0.0, .shorts = 0.2, .rows = 0.0, .reserve = 0.0, .overdrawn = 0.0, .rules = 0.0, .counted = 0.0});
    // Steps small enough that every band holds many of them.
    if (steps > 0.0) {
        b.step.clear();
        for (const double p : b.price)
            b.step.push_back(decimal_step{1, std::max(-18, static_cast<int>(std::floor(std::log10(1e-5 * b.value() / p))))});
        for (const auto& x : b.step)
            if (!x.valid()) return;
    }
    band t{.absolute = dice.scale(2e-3, 0.05)};
    if (dice.chance(0.3)) t.absolute_below = dice.scale(2e-3, 0.05);
    const rebalancer r{t, cost, s, b.rules};
    const decision d = propose_once(r, b.view());
    CAPTURE(n, t.absolute[0], steps, s.depth, s.rows == band_rows::all);
    REQUIRE_FALSE(d.problem);
    if (d.outcome != outcome::trade) return;
    ++seen.trades;
    double held = 0.0, wanted = 0.0, after = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
        held += d.weight_before()[i];
        wanted += b.target[i];
        after += d.weight_after()[i];
    }
    const double slack = steps > 0.0 ? 1e-4 * static_cast<double>(n) : 1e-9;
    bool leveraged = false;  // the leverage was kept, not the exposure
    for (const reason& x : d.reasons) leveraged = leveraged || x.code == why::exposure_reduced || x.code == why::cut_by_exposure;
    if (!leveraged) CHECK(after >= std::fmin(held, wanted) - slack);
    if (!leveraged) CHECK(after <= std::fmax(held, wanted) + slack);
    bool short_of_cash = false;
    for (const reason& x : d.reasons)
        short_of_cash = short_of_cash || x.code == why::no_cash || x.code == why::cut_by_cash || x.code == why::cut_for_balance;
    if (short_of_cash && steps > 0.0) return;
    REQUIRE_FALSE(short_of_cash);
    auto next = b.held;
    REQUIRE_FALSE(apply(next, d));
    const decision again = propose_once(r, b.view(next));
    CAPTURE(again.firing.measure, again.firing.threshold, again.firing.asset);
    CHECK_FALSE(again.firing.fired);
    CHECK(again.orders.empty());
    ++seen.quiet;
}
}  // namespace

TEST_CASE("to_band: after the fills the trigger is quiet and the exposure kept, over random books") {
    ballast_test::dice dice{22};
    tally seen;
    for (int round = 0; round < 500; ++round) {
        CAPTURE(round);
        const to_band s{.depth = dice.chance(0.5) ? 0.0 : dice.unit(), .rows = dice.chance(0.5) ? band_rows::all : band_rows::drifted};
        const double steps = dice.chance(0.4) ? 1.0 : 0.0;
        keeps_quiet(dice, steps, cost::zero{}, s, seen);
        keeps_quiet(dice, steps, cost::proportional{.rate = dice.scale(1e-4, 1e-2)}, s, seen);
    }
    CHECK(seen.trades > 400);
    CHECK(seen.quiet > 350);
}

TEST_CASE("to_band: in whole steps it ends at the last step outside or the first inside, whichever is nearer to the target") {
    // The edge is 0.6. In steps of 7: 75, 68, 61, 54: 54 is nearer to 50 than 61.
    const account coarse{{0.75}, {0.5}, {decimal_step{7, 0}}};
    CHECK(ends_at(coarse.propose(policy(band{.absolute = 0.1}, to_band{})), {0.54}, 1e-15));
    // In steps of 30: 75, 45: 45 is nearer than 75. In steps of 60: 15 is not.
    const account big{{0.75}, {0.5}, {decimal_step{30, 0}}};
    CHECK(ends_at(big.propose(policy(band{.absolute = 0.1}, to_band{})), {0.45}, 1e-15));
    const account too_big{{0.75}, {0.5}, {decimal_step{60, 0}}};
    const decision d = too_big.propose(policy(band{.absolute = 0.1}, to_band{}));
    CHECK(d.outcome == outcome::hold);
    CHECK(d.reason_of(0).code == why::below_step);
}

TEST_CASE("to_band: a fee that costs as much as the way to the edge is not paid") {
    const account a{{0.65}, {0.5}};
    const decision small = a.propose(rebalancer{band{.absolute = 0.1}, cost::fixed{.amount = 4.0}, to_band{}});
    CHECK(small.outcome == outcome::trade);
    const decision large = a.propose(rebalancer{band{.absolute = 0.1}, cost::fixed{.amount = 6.0}, to_band{}});
    CHECK(large.outcome == outcome::hold);
    CHECK(large.reason_of(0).code == why::not_worth_cost);
}

TEST_CASE("to_band: a turnover limit goes part of the way") {
    const account a{{0.75}, {0.5}};
    const decision d = a.propose(policy(band{.absolute = 0.1}, to_band{}, guard::max_turnover{.limit = 0.05}));
    CHECK(ends_at(d, {0.70}));
    CHECK(d.turnover <= 0.05);
    CHECK(d.reason_of(0).code == why::cut_by_turnover);
    CHECK(d.more_to_do());
}

TEST_CASE("to_band: no assets, and depths that are none") {
    const decision d = propose_once(policy(trigger::any_of{at_once, band{.absolute = 0.1}}, to_band{}), {.account = {.cash = 10.0}});
    CHECK(d.outcome == outcome::hold);
    CHECK(d.firing.fired);
    for (const double bad : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
        const configuration_fault f = to_band{.depth = bad}.validate();
        REQUIRE(f);
        CHECK(std::string{f.parameter} == "to_band.depth");
    }
    CHECK_FALSE(to_band{.depth = 0.0}.validate());
    CHECK_FALSE(to_band{.depth = 1.0}.validate());
}
